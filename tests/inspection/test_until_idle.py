"""``run_until_idle``: time passes until nothing is owed; and the verdict that nothing is."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from typing import Any

import pytest

import minicloud
from minicloud import Cloud, UsageError
from minicloud.core.effects import Deliver
from minicloud.engine.clock import set_pace
from minicloud.engine.frames import frames_of_others
from minicloud.engine.idle_threads import is_parked
from minicloud.inspection.verdicts import judge
from tests.engine.test_turns import publish, subscribe
from tests.support.clouds import make_queue, make_queue_with_dlq, make_topic, send
from tests.support.threads import Worker


@pytest.fixture(params=["virtual", "frozen"])
def cloud(request: pytest.FixtureRequest) -> Cloud:
    return Cloud(clock=request.param, trace=True)


def failing(times: int) -> Any:
    left = [RuntimeError("not yet")] * times

    def work(event: Any, context: Any) -> None:
        if left:
            raise left.pop()

    return work


def test_an_idle_cloud_takes_no_time(cloud: Cloud) -> None:
    url = make_queue(cloud)
    send(cloud, url, "m", DelaySeconds=100)  # it waits for somebody to receive it
    subscribe(cloud, "jobs", failing(0))
    publish(cloud, "jobs")
    assert cloud.run_until_idle() == timedelta(0)
    assert judge(cloud, ["nothing_owed"]) == ""


def test_what_the_look_itself_has_settled_is_done_then(cloud: Cloud) -> None:
    arn = cloud.function("late", failing(0))
    event = Deliver(arn, "{}", trigger="test")
    cloud.timeline.schedule(cloud.time_ns(), lambda _: cloud.world.outbox.append(event))
    assert cloud.run_until_idle() == timedelta(0)
    assert [run.outcome for run in cloud.invocations] == ["success"]


def test_retries_of_functions_and_web_servers(cloud: Cloud) -> None:
    subscribe(cloud, "jobs", failing(2))
    publish(cloud, "jobs")
    owed = judge(cloud, ["nothing_owed"])
    assert "nothing_owed:\n  the cloud still owes " in owed
    assert "jobs" in owed
    assert owed.endswith("(let it be done, by cloud.run_until_idle(), before the test ends)")
    assert cloud.run_until_idle() == timedelta(seconds=180)

    answers = [500, 500]
    links: list[str] = []

    def answer(request: Any) -> int:
        if request.json()["Type"] == "SubscriptionConfirmation":
            links.append(request.json()["SubscribeURL"])
            return 200
        return answers.pop() if answers else 200

    cloud.http_endpoint("https://example.com/", answer)
    topic = make_topic(cloud, "news")
    cloud.client("sns").subscribe(TopicArn=topic, Protocol="https", Endpoint="https://example.com/")
    cloud.visit(links[0])
    publish(cloud, "news")
    assert "a delivery of news to https://example.com/" in judge(cloud, ["nothing_owed"])
    assert cloud.run_until_idle() == timedelta(seconds=40)
    assert not judge(cloud, ["nothing_owed"])


def test_what_takes_too_long_is_named(cloud: Cloud) -> None:
    subscribe(cloud, "jobs", failing(2))
    publish(cloud, "jobs")
    with pytest.raises(
        AssertionError, match=r"not idle after 0 s \(limit=59\): it still owes .*jobs.* next is due, at"
    ):
        cloud.run_until_idle(limit=59)
    assert cloud.run_until_idle(limit=180) == timedelta(seconds=180)
    wrong: Any = "1"
    with pytest.raises(UsageError, match="limit='1' is not a number of seconds"):
        cloud.run_until_idle(wrong)


def test_move_tasks_and_deliveries_that_are_held_back(cloud: Cloud) -> None:
    redriven, dead = make_queue_with_dlq(cloud), cloud.queue("orders-dlq")
    for _ in range(3):
        send(cloud, dead.url, "m")
    cloud.client("sqs").start_message_move_task(
        SourceArn=dead.arn, DestinationArn=cloud.queue(redriven).arn, MaxNumberOfMessagesPerSecond=1
    )
    assert "a move task from orders-dlq" in judge(cloud, ["nothing_owed"])
    assert cloud.run_until_idle() == timedelta(seconds=3)
    assert len(cloud.queue(redriven)) == 3
    make_topic(cloud, "t", "orders")
    cloud.faults.postpone(30)
    publish(cloud, "t")
    assert "a delivery arrives that a fault holds back" in judge(cloud, ["nothing_owed"])
    assert cloud.run_until_idle() == timedelta(seconds=30)


def test_a_mapping_is_worked_off_or_named(cloud: Cloud) -> None:
    url = make_queue(cloud, "poisoned", VisibilityTimeout=30)
    cloud.function("bill", failing(2))
    cloud.event_source_mapping(url, "bill")
    send(cloud, url, "m")
    assert cloud.run_until_idle() == timedelta(seconds=60)
    cloud.function("bill", failing(1000))
    send(cloud, url, "poison")
    with pytest.raises(AssertionError, match=r"not idle after .* \(limit=600\): it still owes .*poisoned"):
        cloud.run_until_idle(limit=600)


def test_inside_of_a_handler_it_is_a_mistake(cloud: Cloud) -> None:
    def work(event: Any, context: Any) -> None:
        cloud.run_until_idle()

    subscribe(cloud, "jobs", work)
    with pytest.raises(UsageError, match="inside of a handler"):
        publish(cloud, "jobs")


def test_a_real_clock_is_waited_for() -> None:
    cloud = Cloud(clock="real")
    url = make_queue(cloud, "jobs", VisibilityTimeout=1)
    cloud.function("bill", failing(1), timeout=1)
    cloud.event_source_mapping(url, "bill")
    began = cloud.clock.now()
    send(cloud, url, "m")
    passed = cloud.run_until_idle()
    took = cloud.clock.now() - began
    assert timedelta(0) < passed <= took
    assert took >= timedelta(seconds=1), "the first run may have taken some of it"
    assert cloud.clock._offset == 0


@pytest.mark.parametrize("way", ["thread", "task"])
def test_a_real_clock_that_stands_still_is_moved(way: str) -> None:
    """As a server's clock does that was told to."""
    cloud = Cloud(clock="real")
    with cloud.lock:
        set_pace(cloud.clock, stands=True)
    cloud.function("bill", failing(1))
    cloud.client("lambda").invoke(FunctionName="bill", InvocationType="Event")
    passed = asyncio.run(cloud.async_run_until_idle()) if way == "task" else cloud.run_until_idle()
    assert passed == timedelta(minutes=1)


def test_a_thread_that_runs_a_handler_is_waited_for() -> None:
    cloud = Cloud(clock="virtual")
    go_on = threading.Event()
    ran = []

    def work(event: Any, context: Any) -> None:
        ran.append("begun")
        go_on.wait(10)
        ran.append("ended")

    subscribe(cloud, "jobs", work)
    worker = Worker(lambda: publish(cloud, "jobs"))
    while not ran:
        pass
    timer = threading.Timer(0.05, go_on.set)
    timer.start()
    assert cloud.run_until_idle() == timedelta(0)
    assert ran == ["begun", "ended"]
    worker.result()
    timer.join()


def test_threads_that_are_parked_are_no_reason_for_jumps_of_its_own() -> None:
    cloud = Cloud(clock="virtual", trace=True)
    cloud.function("work", lambda *_: None)
    cloud.faults.time_out(function="work", nth=1)
    go_on = threading.Event()
    parked = threading.Thread(target=go_on.wait)
    parked.start()
    try:
        while not is_parked(frames_of_others().get(parked.ident or 0)):
            pass
        cloud.client("lambda").invoke(FunctionName="work", InvocationType="Event")
        assert cloud.run_until_idle() == timedelta(seconds=63)
        assert cloud.trace.of("clock.jumped") == []
    finally:
        go_on.set()
        parked.join()


@pytest.mark.parametrize("own_loop", [True, False])
def test_in_a_task(own_loop: bool) -> None:
    cloud = Cloud(clock="virtual")
    ran: list[str] = []

    async def work(event: Any, context: Any) -> None:
        ran.append("begun")
        await cloud.async_sleep(10)
        if len(ran) < 3:
            raise RuntimeError
        ran.append("ended")

    async def main() -> timedelta:
        await cloud.async_client("sns").publish(TopicArn=cloud.topic("jobs").arn, Message="m")
        assert ran == ["begun"]
        with pytest.raises(UsageError, match=r"await cloud\.async"):
            cloud.run_until_idle()
        assert "jobs" in judge(cloud, ["nothing_owed"])
        return await cloud.async_run_until_idle()

    cloud.function("jobs-work", work, timeout=60)
    topic = make_topic(cloud, "jobs")
    cloud.client("sns").subscribe(
        TopicArn=topic, Protocol="lambda", Endpoint=cloud.function("jobs-work", work, timeout=60)
    )
    passed = minicloud.run(main(), cloud=cloud) if own_loop else asyncio.run(main())
    assert ran == ["begun", "begun", "begun", "ended"]
    assert passed == timedelta(seconds=10 + 60 + 10 + 120 + 10)


def test_who_blocks_the_loop_is_told_that_its_tasks_do_not_run() -> None:
    cloud = Cloud(clock="virtual")
    topic = make_topic(cloud, "jobs")
    cloud.client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=cloud.function("f", lambda *_: 1 / 0))
    cloud.client("sns").publish(TopicArn=topic, Message="m")

    async def main() -> None:
        with pytest.raises(
            AssertionError, match=r"run_until_idle\(\) blocks the event loop, .*: await cloud\.async_run_"
        ):
            cloud.run_until_idle(limit=1)
        with pytest.raises(AssertionError) as caught:
            await cloud.async_run_until_idle(limit=1)
        assert "blocks the event loop" not in str(caught.value)

    minicloud.run(main(), cloud=cloud)
