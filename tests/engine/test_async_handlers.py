"""``async def`` handlers: tasks of the loop of the call that led to them, which waits until there is a lull."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest

import minicloud
from minicloud import Cloud, UsageError
from tests.support.clouds import bodies, make_queue
from tests.support.depth import is_deep

from .test_turns import subscribe, text_of

Run = Callable[[Cloud, Coroutine[Any, Any, Any]], Any]


def on_its_loop(cloud: Cloud, main: Coroutine[Any, Any, Any]) -> Any:
    return minicloud.run(main, cloud=cloud)


def on_a_plain_loop(cloud: Cloud, main: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(main)


@pytest.fixture(params=[on_its_loop, on_a_plain_loop])
def run(request: pytest.FixtureRequest) -> Run:
    chosen: Run = request.param
    return chosen


async def publish(cloud: Cloud, topic: str, text: str = "m") -> None:
    await cloud.async_client("sns").publish(TopicArn=cloud.topic(topic).arn, Message=text)


def seconds(cloud: Cloud, since: Any) -> float:
    return float((cloud.clock.now() - since) / timedelta(seconds=1))


def test_handlers_that_sleep_overlap(run: Run) -> None:
    cloud = Cloud(clock="virtual")
    began = cloud.clock.now()
    ended: list[float] = []
    returned: list[float] = []

    async def work(event: Any, context: Any) -> None:
        await cloud.async_sleep(10)
        ended.append(seconds(cloud, began))

    async def main() -> None:
        for _ in range(3):
            await publish(cloud, "jobs")
            returned.append(seconds(cloud, began))
        await cloud.async_sleep(11)

    subscribe(cloud, "jobs", work)
    run(cloud, main())
    assert returned == [0, 0, 0]
    assert ended == [10, 10, 10]


def test_a_handler_that_only_yields_has_ended_when_the_call_returns(run: Run) -> None:
    cloud = Cloud(clock="virtual")
    ran: list[str] = []

    async def work(event: Any, context: Any) -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        ran.append(text_of(event))
        if len(ran) < 20:
            await publish(cloud, "jobs", f"{len(ran)}")
            await asyncio.sleep(0)

    def plain(event: Any, context: Any) -> None:
        ran.append("plain")

    async def main() -> list[str]:
        await publish(cloud, "jobs", "0")
        return list(ran)

    subscribe(cloud, "jobs", work, plain)
    ran_by_then = run(cloud, main())
    assert sorted(ran_by_then) == sorted(ran)
    assert ran_by_then.count("plain") >= 10


@pytest.mark.parametrize("clock", ["virtual", "frozen", "real"])
def test_a_handler_stays_on_its_loop_when_it_is_called_again(run: Run, clock: str) -> None:
    cloud = Cloud(clock=clock)
    loops: list[Any] = []

    async def work(event: Any, context: Any) -> None:
        await asyncio.sleep(0)
        loops.append(asyncio.get_running_loop())
        raise RuntimeError

    async def main() -> Any:
        await publish(cloud, "jobs")
        for wait in (60, 120):
            if clock == "virtual":
                await cloud.async_sleep(wait)
            else:
                cloud.clock.advance(wait)  # runs plain handlers, and starts this one
                for _ in range(5):
                    await asyncio.sleep(0)
        return asyncio.get_running_loop()

    subscribe(cloud, "jobs", work)
    assert loops == [run(cloud, main())] * 3


def test_a_move_of_the_clock_runs_plain_handlers_and_starts_the_others(run: Run) -> None:
    cloud = Cloud(clock="virtual")
    began = cloud.clock.now()
    ran: list[tuple[str, float]] = []

    async def slow(event: Any, context: Any) -> None:
        ran.append(("slow", seconds(cloud, began)))
        await cloud.async_sleep(5)
        ran.append(("slow has ended", seconds(cloud, began)))

    def plain(event: Any, context: Any) -> None:
        ran.append(("plain", seconds(cloud, began)))
        if len(ran) == 1:
            raise RuntimeError

    async def main() -> None:
        await publish(cloud, "jobs")
        cloud.clock.advance(60)
        assert ran[-1] == ("plain", 60)
        await cloud.async_sleep(10)

    subscribe(cloud, "jobs", plain, slow)
    run(cloud, main())
    assert ran == [("plain", 0), ("slow", 0), ("plain", 60), ("slow has ended", 60)]


def test_a_handler_asks_another_one_and_waits(run: Run) -> None:
    cloud = Cloud(clock="virtual")
    url = make_queue(cloud, "replies")
    got: list[Any] = []

    async def answer(event: Any, context: Any) -> None:
        await asyncio.sleep(0)
        await cloud.async_client("sqs").send_message(QueueUrl=url, MessageBody="yes")

    async def ask(event: Any, context: Any) -> None:
        await publish(cloud, "questions")
        got.append(bodies(await cloud.async_client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)))

    async def main() -> None:
        await publish(cloud, "jobs")

    subscribe(cloud, "questions", answer)
    subscribe(cloud, "jobs", ask)
    began = cloud.clock.now()
    run(cloud, main())
    cloud.client("sns").publish(TopicArn=cloud.topic("jobs").arn, Message="from a plain thread")
    assert got == [["yes"], ["yes"]]
    assert cloud.clock.now() == began


@pytest.mark.parametrize("clock", ["virtual", *(("frozen", "real") if is_deep() else ())])
def test_a_call_waits_a_moment_for_what_is_outside(run: Run, clock: str) -> None:
    cloud = Cloud(clock=clock)
    told: list[str] = []

    async def main() -> None:
        outside = asyncio.get_running_loop().create_future()
        go_on = threading.Event()

        async def work(event: Any, context: Any) -> None:
            told.append("begun")
            await outside
            told.append("ended")

        async def soon() -> None:
            await asyncio.to_thread(go_on.wait)
            outside.set_result(None)

        answering = asyncio.create_task(soon())
        subscribe(cloud, "jobs", work)
        await publish(cloud, "jobs")
        told.append("returned")
        go_on.set()
        await answering
        for _ in range(5):
            await asyncio.sleep(0)

    run(cloud, main())
    assert told == ["begun", "returned", "ended"]


@pytest.mark.parametrize("released", [False, True])
def test_what_is_the_test_s_own_reaches_it(run: Run, released: bool) -> None:
    """The caller, or, when that has returned already, the next call that only a test makes."""
    cloud = Cloud(clock="virtual", trace=True)

    async def work(event: Any, context: Any) -> None:
        if released:
            await cloud.async_sleep(10)
        pytest.fail("not so")

    async def main() -> None:
        await publish(cloud, "jobs")
        assert released
        await cloud.async_sleep(11)

    subscribe(cloud, "jobs", work)
    with pytest.raises(pytest.fail.Exception, match="not so"):
        run(cloud, main())
    assert len(cloud.trace.of("lambda.failed")) == 1


def test_handlers_that_lead_to_each_other_without_end(run: Run) -> None:
    """Nobody's call is there to tell it to, as a timer has begun it: the next call that only a test makes is told."""
    cloud = Cloud(clock="virtual", limits=minicloud.Limits(invocations_per_call=60))
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="jobs", Attributes={"VisibilityTimeout": "900"})["QueueUrl"]
    ran: list[str] = []

    async def work(event: Any, context: Any) -> None:
        ran.append("work")
        await publish(cloud, "again")

    async def main() -> None:
        await cloud.async_client("sqs").send_message(QueueUrl=url, MessageBody="m", DelaySeconds=5)
        await asyncio.sleep(0)
        await cloud.async_sleep(6)

    subscribe(cloud, "again", work)
    cloud.event_source_mapping(url, "again-work")
    with pytest.raises(
        UsageError, match=r"^60 handlers have run for one call, the last ones in a circle: again-work\. "
    ):
        run(cloud, main())
    assert 60 <= len(ran) < 120  # what is left is the next one's, who is told as well


def test_the_end_of_the_cloud_ends_its_handlers(run: Run) -> None:
    cloud = Cloud(clock="virtual")
    ended: list[BaseException] = []

    async def work(event: Any, context: Any) -> None:
        try:
            await cloud.async_sleep(10)
            await asyncio.Event().wait()
        except BaseException as error:
            ended.append(error)
            raise

    async def main() -> None:
        await publish(cloud, "jobs")
        cloud.close()
        for _ in range(5):
            await asyncio.sleep(0)
        assert len(ended) == 1

    subscribe(cloud, "jobs", work)
    on_a_plain_loop(cloud, main())


# --- somebody waits for the outcome -----------------------------------------------------------------------------------


def functions(cloud: Cloud, ran: list[str]) -> None:
    """Functions that double a number: one plain, one that takes a second, and those that ask these."""

    def plain(event: Any, context: Any) -> int:
        ran.append("plain")
        return int(event) * 2

    async def slow(event: Any, context: Any) -> int:
        ran.append("slow")
        await cloud.async_sleep(1)
        return int(event) * 2

    def ask(event: Any, context: Any) -> int:
        return invoked(cloud, event["which"], event["n"])

    async def ask_slowly(event: Any, context: Any) -> int:
        return await invoked_by_task(cloud, event["which"], event["n"])

    for handler in (plain, slow, ask, ask_slowly):
        cloud.function(handler.__name__, handler, timeout=30)


def invoked(cloud: Cloud, name: str, event: Any) -> int:
    answer: Any = cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    return int(json.loads(answer["Payload"].read()))


async def invoked_by_task(cloud: Cloud, name: str, event: Any) -> int:
    answer: Any = await cloud.async_client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    return int(json.loads(await answer["Payload"].read()))


@pytest.mark.parametrize("which", ["plain", "slow"])
@pytest.mark.parametrize("asks", ["", "ask", "ask_slowly"])
@pytest.mark.parametrize("handlers", ["at_once", "held"])
def test_a_function_is_asked_and_answers(which: str, asks: str, handlers: Any) -> None:
    """By a thread, by a task, and by a task that blocks its loop; in a handler, which may itself block its loop."""
    cloud = Cloud(clock="virtual", handlers=handlers)
    ran: list[str] = []
    functions(cloud, ran)
    name, event = (asks, {"which": which, "n": 4}) if asks else (which, 4)
    began = cloud.clock.now()

    async def main() -> tuple[int, int]:
        return await invoked_by_task(cloud, name, event), invoked(cloud, name, event)

    assert invoked(cloud, name, event) == 8
    assert on_its_loop(cloud, main()) == (8, 8)
    assert on_a_plain_loop(cloud, main()) == (8, 8)
    assert ran == [which] * 5
    assert seconds(cloud, began) == (5 if which == "slow" else 0)


@pytest.mark.parametrize("clock", ["virtual", "frozen"])
def test_a_handler_whose_time_is_over_is_cancelled(clock: str) -> None:
    cloud = Cloud(clock=clock)
    told: list[str] = []

    async def work(event: Any, context: Any) -> None:
        told.append("begun")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            told.append("cancelled")
            raise

    async def main() -> None:
        await publish(cloud, "jobs")
        assert told == ["begun"]
        if clock == "virtual":
            await cloud.async_sleep(10)
        else:
            cloud.clock.advance(10)
        for _ in range(5):
            await asyncio.sleep(0)
        assert told == ["begun", "cancelled"]
        assert cloud.invocations.last.outcome == "timeout"
        assert cloud.invocations.last.duration == 3

    topic = subscribe(cloud, "jobs")
    cloud.client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=cloud.function("work", work, timeout=3))
    on_a_plain_loop(cloud, main())


def test_a_handler_that_is_cancelled_before_it_began_is_called_all_the_same(run: Run) -> None:
    cloud = Cloud(clock="virtual")
    ran: list[str] = []

    async def work(event: Any, context: Any) -> None:
        ran.append(text_of(event))

    async def cancel_others(than: set[Any]) -> None:
        for task in asyncio.all_tasks() - than - {asyncio.current_task()}:
            task.cancel()

    async def main() -> None:
        asyncio.create_task(cancel_others(asyncio.all_tasks()))  # noqa: RUF006  # it runs before the handler's
        await publish(cloud, "jobs", "0")

    subscribe(cloud, "jobs", work)
    run(cloud, main())
    cloud.run_until_idle()
    assert ran == ["0"]


def test_in_a_thread_without_a_loop_a_handler_sleeps_in_the_cloud_s_time() -> None:
    ended: list[tuple[str, float]] = []
    with Cloud(clock="virtual") as cloud:
        began, client = cloud.clock.now(), cloud.client("lambda")

        async def work(event: Any, context: Any) -> None:
            await asyncio.sleep(40)
            if event != "asked":
                client.invoke(FunctionName="work", Payload='"asked"')  # blocks the loop, which stands meanwhile
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(asyncio.Event().wait(), 5)
            ended.append((event if isinstance(event, str) else text_of(event), seconds(cloud, began)))

        cloud.function("work", work, timeout=100)
        client.invoke(FunctionName="work", Payload='"invoked"')
        assert ended == [("asked", 85), ("invoked", 90)]
        subscribe(cloud, "jobs", work)
        cloud.client("sns").publish(TopicArn=cloud.topic("jobs").arn, Message="published")
        assert ended[2:] == [("asked", 175), ("published", 180)]

        cloud.function("work", work, timeout=20)
        answer = client.invoke(FunctionName="work", Payload='"late"')
        assert (answer["FunctionError"], seconds(cloud, began)) == ("Unhandled", 200)
        assert ([run.outcome for run in cloud.invocations][-1], len(ended)) == ("timeout", 4)


@pytest.mark.parametrize("clock", ["virtual", "frozen", "real"])
def test_in_a_thread_without_a_loop_a_handler_has_one_of_its_own(clock: str) -> None:
    loops: list[Any] = []

    async def work(event: Any, context: Any) -> str:
        await asyncio.sleep(0)
        loops.append(asyncio.get_running_loop())
        return f"done {event}"

    with Cloud(clock=clock) as cloud:  # type: ignore[arg-type]
        cloud.function("work", work)
        answer: Any = cloud.client("lambda").invoke(FunctionName="work", Payload=b'"it"')
        assert json.loads(answer["Payload"].read()) == "done it"
    assert loops[0].is_closed()
