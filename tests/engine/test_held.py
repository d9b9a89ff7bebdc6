"""Handlers that are held, until a block ends or the test lets time pass."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

import minicloud
from minicloud import Cloud, UsageError
from tests.support.threads import Worker

from .test_turns import publish, subscribe, text_of


class Stage:
    """A cloud with a topic that calls a function, and what has run."""

    def __init__(self, **options: Any) -> None:
        self.cloud = Cloud(**{"clock": "virtual", **options})
        self.ran: list[str] = []
        subscribe(self.cloud, "jobs", self.work)

    def work(self, event: Any, context: Any) -> None:
        self.ran.append(text_of(event))
        if self.ran[-1] == "first":
            publish(self.cloud, "jobs", "its own")

    def publish(self, text: str = "first") -> None:
        publish(self.cloud, "jobs", text)


def test_nothing_runs_until_the_end_of_the_block() -> None:
    stage = Stage()
    with stage.cloud.hold_handlers():
        stage.publish()
        with stage.cloud.hold_handlers():
            stage.publish("second")
        stage.cloud.client("sqs").list_queues()
        assert stage.ran == []
    assert stage.ran == ["first", "second", "its own"]
    stage.publish("at once")
    assert stage.ran[3:] == ["at once"]


def test_an_application_that_makes_calls_while_it_holds_a_lock() -> None:
    cloud = Cloud(clock="virtual")
    lock = threading.Lock()
    ran = []

    def work(event: Any, context: Any) -> None:
        assert lock.acquire(timeout=0)  # no RLock: in its own thread it would wait forever
        ran.append(text_of(event))
        lock.release()

    subscribe(cloud, "jobs", work)
    with cloud.hold_handlers(), lock:
        publish(cloud, "jobs", "m")
        Worker(lambda: publish(cloud, "jobs", "of a thread")).result()
        assert ran == []
    assert ran == ["m", "of a thread"]  # the lock was let go of first


@pytest.mark.parametrize("let", ["advance", "sleep", "idle", "run_until", "async_run_until"])
def test_time_that_the_test_lets_pass_lets_them_run(let: str) -> None:
    stage = Stage(handlers="held")
    cloud = stage.cloud
    stage.publish()
    assert cloud.client("sqs").list_queues()
    assert stage.ran == []
    match let:
        case "advance":
            cloud.clock.advance(0)
        case "sleep":
            cloud.sleep(1)
        case "idle":
            cloud.run_until_idle()
        case "run_until":
            assert cloud.run_until(lambda: len(stage.ran) == 2)
        case "async_run_until":
            assert asyncio.run(cloud.async_run_until(lambda: len(stage.ran) == 2))
    assert stage.ran == ["first", "its own"]
    stage.publish("second")
    assert len(stage.ran) == 2
    with cloud.hold_handlers():
        pass
    assert len(stage.ran) == 2  # the cloud holds them still


def test_what_other_threads_cause_while_the_test_sleeps_runs_in_its_thread() -> None:
    cloud = Cloud(clock="virtual", handlers="held")
    ran: list[str] = []
    has_run = threading.Event()

    def work(event: Any, context: Any) -> None:
        ran.append(threading.current_thread().name)
        has_run.set()

    def call() -> None:
        while not cloud.world.waiters:
            pass
        publish(cloud, "jobs")
        assert has_run.wait(10)

    subscribe(cloud, "jobs", work)
    worker = Worker(call)
    cloud.sleep(10)
    worker.result()
    assert ran == [threading.current_thread().name]


@pytest.mark.parametrize("is_async", [False, True])
def test_in_an_event_loop(is_async: bool) -> None:
    cloud = Cloud(clock="virtual", handlers="held")
    ran: list[str] = []

    def plain(event: Any, context: Any) -> None:
        ran.append(text_of(event))

    async def work(event: Any, context: Any) -> None:
        await asyncio.sleep(1)
        plain(event, context)

    async def main() -> None:
        sns = cloud.async_client("sns")
        topic = cloud.topic("jobs").arn
        await sns.publish(TopicArn=topic, Message="first")
        await asyncio.sleep(5)  # that is the application's
        assert ran == []

        async def later() -> None:
            await asyncio.sleep(3)
            await sns.publish(TopicArn=topic, Message="later")

        other = asyncio.create_task(later())
        await cloud.async_sleep(10)
        assert ran == ["first", "later"]
        await other
        await sns.publish(TopicArn=topic, Message="last")
        assert len(ran) == 2
        await cloud.async_run_until_idle()
        assert len(ran) == 3

    subscribe(cloud, "jobs", work if is_async else plain)
    minicloud.run(main(), cloud=cloud)


def test_a_block_that_fails_fails_with_what_it_failed_with() -> None:
    cloud = Cloud(clock="virtual")

    def work(event: Any, context: Any) -> None:
        raise UsageError("a mistake")

    subscribe(cloud, "jobs", work)

    def publish_and_fail() -> None:
        with cloud.hold_handlers():
            publish(cloud, "jobs")
            raise LookupError

    with pytest.raises(LookupError) as caught:
        publish_and_fail()
    assert caught.value.__notes__ == ["a handler that was held: a mistake"]
    with pytest.raises(UsageError, match="a mistake"), cloud.hold_handlers():
        publish(cloud, "jobs")


def test_what_is_held_is_owed_and_no_part_of_a_snapshot_and_is_forgotten_by_a_reset() -> None:
    stage = Stage(handlers="held")
    stage.publish()
    with pytest.raises(UsageError, match="a handler or a post waits"):
        stage.cloud.snapshot()
    stage.cloud.reset()
    assert stage.cloud.snapshot()
    stage.cloud.clock.advance(1)
    assert stage.ran == []


def test_the_option_has_two_values() -> None:
    wrong: Any = "later"
    with pytest.raises(UsageError, match='handlers=\'later\': give "at_once", or "held"'):
        Cloud(handlers=wrong)
    stage = Stage(handlers="at_once")
    stage.publish()
    assert len(stage.ran) == 2


@pytest.mark.minicloud(handlers="held")
def test_the_marker_says_it(cloud: Cloud) -> None:
    ran = []

    def work(event: Any, context: Any) -> None:
        ran.append(event)

    subscribe(cloud, "jobs", work)
    publish(cloud, "jobs")
    assert ran == []
    with minicloud.mock_aws(handlers="held") as mocked:
        assert mocked.errand_runner.held.holders
        with pytest.raises(UsageError, match="handlers"), minicloud.mock_aws(handlers="at_once"):
            pass
    cloud.clock.advance(0)
    assert len(ran) == 1
