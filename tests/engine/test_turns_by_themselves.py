"""Turns of event loops: when their calls return, what goes on without a call, and who is told of what comes of it."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest

import minicloud
from minicloud import Cloud, UsageError
from minicloud.engine import aio_driver, aio_turns
from tests.support.clouds import make_queue, send

from .test_async_handlers import Run, invoked_by_task, on_a_plain_loop, on_its_loop, publish
from .test_turns import subscribe, text_of


@pytest.fixture(params=[on_its_loop, on_a_plain_loop])
def run(request: pytest.FixtureRequest) -> Run:
    chosen: Run = request.param
    return chosen


class Stop(BaseException):
    """What is no error of a handler's."""


def test_a_call_whose_handlers_have_ended_does_not_wait_for_a_lull(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.setattr(aio_turns, "LULL", 3600)
    ran: list[str] = []

    async def work(event: Any, context: Any) -> None:
        await asyncio.sleep(0)
        ran.append(text_of(event))

    with Cloud(clock="real") as cloud:
        subscribe(cloud, "jobs", work)
        run(cloud, publish(cloud, "jobs"))
        run(cloud, publish(cloud, "jobs"))
    assert ran == ["m", "m"]


def test_on_a_real_clock_a_call_is_released_from_a_handler_that_goes_on(
    monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setattr(aio_turns, "LULL", 0.01)
    told: list[str] = []

    async def work(event: Any, context: Any) -> None:
        await goes_on[0].wait()
        told.append("ended")

    async def main() -> None:
        goes_on.append(asyncio.Event())
        await publish(cloud, "jobs")
        told.append("returned")
        goes_on[0].set()
        for _ in range(5):
            await asyncio.sleep(0)

    goes_on: list[asyncio.Event] = []
    with Cloud(clock="real") as cloud:
        subscribe(cloud, "jobs", work)
        run(cloud, main())
    assert told == ["returned", "ended"]


def test_what_one_handler_ends_with_the_caller_has_at_once_and_of_the_next_the_loop_is_told(run: Run) -> None:
    cloud = Cloud(clock="virtual")
    told: list[dict[str, Any]] = []
    never: list[Any] = []

    async def ends(event: Any, context: Any) -> None:
        await asyncio.sleep(0)
        raise Stop("first")

    async def waits(event: Any, context: Any) -> None:
        never.append(asyncio.get_running_loop().create_future())
        await never[0]
        raise Stop("second")

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        with pytest.raises(Stop, match=r"^first$"):
            await publish(cloud, "jobs")
        assert told == []
        never[0].set_result(None)
        for _ in range(5):
            await asyncio.sleep(0)
        with pytest.raises(Stop, match=r"^second$"):  # as whoever called has returned
            cloud.run_until_idle()

    subscribe(cloud, "jobs", waits, ends)
    run(cloud, main())
    (context,) = told
    assert (context["message"], str(context["exception"])) == ("an errand was interrupted", "second")
    assert isinstance(context["task"], asyncio.Task)
    assert list(context) == ["message", "exception", "task"]


def test_a_call_that_is_cancelled_leaves_what_has_come_meanwhile_to_the_loop(run: Run) -> None:
    cloud = Cloud(clock="virtual")
    ran: list[str] = []

    async def work(event: Any, context: Any) -> None:
        await asyncio.sleep(0)
        await publish(cloud, "others")
        calls[0].cancel()  # before it has seen that there is something new
        await asyncio.Event().wait()

    async def other(event: Any, context: Any) -> None:
        task = asyncio.current_task()
        assert task is not None
        ran.append(f"{text_of(event)} in a task of {task.get_name()}")  # which is nobody's who has called

    async def main() -> None:
        calls.append(asyncio.create_task(publish(cloud, "jobs")))
        with pytest.raises(asyncio.CancelledError):
            await calls[0]
        for _ in range(5):
            await asyncio.sleep(0)
        assert ran == ["m in a task of minicloud"]

    calls: list[Any] = []
    subscribe(cloud, "jobs", work)
    subscribe(cloud, "others", other)
    run(cloud, main())


@pytest.mark.parametrize("clock", ["virtual", "frozen"])
def test_handlers_that_sleep_in_the_cloud_are_waited_for_no_longer_beside_other_threads(
    monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    for module in (aio_driver, aio_turns):
        monkeypatch.setattr(module, "LULL", 3600)
    cloud = Cloud(clock=clock)
    began = cloud.clock.now()
    over = threading.Event()

    async def work(event: Any, context: Any) -> None:
        await cloud.async_sleep(5)

    async def main() -> None:
        for _ in range(2):
            await publish(cloud, "jobs")
        assert cloud.clock.now() == began
        if clock == "virtual":
            await cloud.async_sleep(6)

    subscribe(cloud, "jobs", work)
    thread = threading.Thread(target=over.wait, args=(60,))  # it may go on by itself
    thread.start()
    try:
        asyncio.run(main())
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize(("answer", "runs"), [(None, 1), (204, 1), ((200, "body"), 1), (503, 4), ((503, "body"), 4)])
def test_an_endpoint_may_be_async_too(answer: Any, runs: int) -> None:
    cloud = Cloud(clock="virtual")
    told: list[str] = []
    confirmations: list[str] = []

    async def listen(request: Any) -> Any:
        body = request.json()
        if "SubscribeURL" in body:
            confirmations.append(body["SubscribeURL"])
            return None
        await cloud.async_sleep(1)
        told.append(body["Message"])
        return answer

    cloud.http_endpoint("https://example.com/", listen)
    sns = cloud.client("sns")
    sns.subscribe(TopicArn=sns.create_topic(Name="jobs")["TopicArn"], Protocol="https", Endpoint="https://example.com/")
    cloud.visit(confirmations[0])

    async def main() -> None:
        await publish(cloud, "jobs")
        await cloud.async_sleep(3600)

    on_a_plain_loop(cloud, main())
    assert told == ["m"] * runs


# --- without a call ---------------------------------------------------------------------------------------------------


async def released(cloud: Cloud) -> None:
    """The handlers sleep first: their call returns before they do anything."""
    await publish(cloud, "jobs")
    await cloud.async_sleep(6)


async def come_due(cloud: Cloud) -> None:
    send(cloud, make_queue(cloud, "q", VisibilityTimeout=900), "m", DelaySeconds=2)
    cloud.event_source_mapping("q", "jobs-work")
    await cloud.async_sleep(6)


async def let_go(cloud: Cloud) -> None:
    with cloud.hold_handlers():
        await publish(cloud, "jobs")
        await cloud.async_sleep(6)


WAYS = [released, come_due, let_go]


@pytest.mark.parametrize("way", WAYS)
def test_whom_a_handler_asks_is_on_the_same_loop(run: Run, way: Any) -> None:
    cloud = Cloud(clock="virtual")
    loops: list[Any] = []

    async def answer(event: Any, context: Any) -> int:
        loops.append(asyncio.get_running_loop())
        await cloud.async_sleep(1)
        return int(event) + 1

    async def work(event: Any, context: Any) -> None:
        await cloud.async_sleep(1)
        loops.append(await invoked_by_task(cloud, "answer", 1))

    async def main() -> Any:
        await way(cloud)
        return asyncio.get_running_loop()

    cloud.function("answer", answer)
    subscribe(cloud, "jobs", work)
    assert [run(cloud, main()), 2] == loops


@pytest.mark.parametrize("way", WAYS)
def test_a_mistake_is_kept_for_the_test(way: Any) -> None:
    cloud = Cloud(clock="virtual")

    async def work(event: Any, context: Any) -> None:
        await cloud.async_sleep(1)
        raise UsageError("a mistake")

    async def main() -> None:
        with pytest.raises(UsageError, match=r"^a mistake$"):
            await way(cloud)

    subscribe(cloud, "jobs", work)
    on_a_plain_loop(cloud, main())
    cloud.close()


def test_a_mistake_of_one_that_a_handler_s_own_loop_performs_is_kept() -> None:
    """It waits, and performs what it has led to; who called it is told of its own mistakes alone."""
    cloud = Cloud(clock="virtual")
    loops: list[Any] = []

    def other(event: Any, context: Any) -> None:
        raise UsageError("a mistake")

    async def answer(event: Any, context: Any) -> int:
        loops.append(asyncio.get_running_loop())
        return int(event)

    async def work(event: Any, context: Any) -> int:
        await publish(cloud, "others")
        await cloud.async_sleep(1)
        loops.append(asyncio.get_running_loop())
        return await invoked_by_task(cloud, "answer", 2)

    subscribe(cloud, "others", other)
    cloud.function("answer", answer)
    cloud.function("work", work)
    answered: Any = cloud.client("lambda").invoke(FunctionName="work", Payload="1")
    assert json.loads(answered["Payload"].read()) == 2
    assert loops[0] is loops[1]
    with pytest.raises(UsageError, match=r"^a mistake$"):
        cloud.sleep(0)
    cloud.close()


def test_async_handlers_that_wait_inside_of_each_other_without_end_are_told() -> None:
    """Each blocks its loop until the next one has ended."""
    cloud = Cloud(clock="virtual")
    deepest: list[int] = []

    async def work(event: Any, context: Any) -> None:
        deepest.append(int(event))
        await cloud.async_sleep(1)
        cloud.client("lambda").invoke(FunctionName="work", Payload=str(int(event) + 1))

    cloud.function("work", work, timeout=900)
    with pytest.raises(UsageError, match=r"^50 handlers wait inside of each other, of work: "):
        cloud.client("lambda").invoke(FunctionName="work", Payload="1")
    assert max(deepest) == 50


# --- a clock that jumps -----------------------------------------------------------------------------------------------


def test_why_time_jumps() -> None:
    """Two looks in a row at a loop that has nothing to run, as soon as there are such."""
    cloud = Cloud(clock="virtual", trace=True)
    url = make_queue(cloud, "q")

    async def main() -> None:
        for _ in range(3):
            await cloud.async_client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=1)

    asyncio.run(main())
    assert [jump.details["why"] for jump in cloud.trace.of("clock.jumped")] == ["every task waits"] * 3


def test_a_handler_of_which_nobody_knows_that_it_waits_ends_with_its_time() -> None:
    """Nothing else is due, and nobody's call waits for it: only now it is told that it does."""
    cloud = Cloud(clock="virtual")
    over: list[asyncio.Event] = []

    async def work(event: Any, context: Any) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            over[0].set()

    async def main() -> None:
        over.append(asyncio.Event())
        scheduler = cloud.async_client("scheduler")
        target = {"Arn": cloud.function("work", work), "RoleArn": "arn:aws:iam::123456789012:role/r"}
        await scheduler.create_schedule(
            Name="s",
            ScheduleExpression=f"at({cloud.clock.now():%Y-%m-%dT%H:%M}:30)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target=target,
            ActionAfterCompletion="DELETE",
        )
        await over[0].wait()

    minicloud.run(main(), cloud=cloud)
    assert [run.outcome for run in cloud.invocations][:1] == ["timeout"]


def test_a_sleep_that_cannot_be_leaves_nothing_behind() -> None:
    cloud = Cloud(clock="virtual")

    async def main() -> None:
        with pytest.raises(UsageError, match=r"^cannot sleep for -1 seconds"):
            await cloud.async_sleep(-1)
        sleeping = asyncio.create_task(cloud.async_sleep(60))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        sleeping.cancel()
        await asyncio.wait([sleeping])
        assert cloud.clock.next_due is None
        await cloud.async_sleep(1)

    asyncio.run(main())
    assert not cloud.forsaken
