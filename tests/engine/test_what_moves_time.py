"""Clocks, loops that move them, and what a cloud makes of it, by themselves: what few applications would tell."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import minicloud
from minicloud import Cloud, VirtualClock
from minicloud.engine import http_post
from minicloud.engine.aio_tasks import _short
from minicloud.engine.chaotic_delivery import _Copy
from minicloud.engine.errands import ErrandRunner
from tests.support.clouds import make_queue, send
from tests.support.threads import Worker

from .test_turns import subscribe

# --- clocks -----------------------------------------------------------------------------------------------------------


def test_who_has_moved_a_clock_adds_to_what_another_thread_has_promised() -> None:
    """It is not taken for somebody who is on the way with that one."""
    clock = VirtualClock()
    begun, go_on = threading.Event(), threading.Event()
    targets: list[int] = []

    def move(target: int) -> None:
        targets.append(target)
        if threading.get_ident() != own:
            begun.set()
            assert go_on.wait(60)

    own = threading.get_ident()
    clock.bind(move)
    start = clock.time_ns()
    clock.advance(1)
    other = Worker(lambda: clock.advance(60))
    assert begun.wait(60)
    clock.advance(10)
    go_on.set()
    other.result()
    assert [(target - start) / 1e9 for target in targets] == [1, 60, 70]


# --- the end of a cloud -----------------------------------------------------------------------------------------------


def test_what_had_ended_by_itself_when_a_cloud_was_closed_is_recorded() -> None:
    cloud = Cloud(clock="virtual", trace=True)
    url = make_queue(cloud, "q")
    send(cloud, url, "m")
    cloud.client("sqs").receive_message(QueueUrl=url, VisibilityTimeout=10)
    cloud.clock.advance(60)
    cloud.close()
    assert [event.kind for event in cloud.trace][-1] == "sqs.message.visible"


def test_a_close_that_was_interrupted_is_carried_through_by_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(clock="virtual", trace=False)

    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(ErrandRunner, "end", interrupted)
        with pytest.raises(KeyboardInterrupt):
            cloud.close()
    assert not cloud.closed
    cloud.close()
    assert cloud.closed


# --- loops ------------------------------------------------------------------------------------------------------------


def test_a_loop_beside_guests_performs_what_has_come_due() -> None:
    cloud = Cloud(clock="virtual")
    loop: Any = minicloud.EventLoop(cloud)
    called: list[object] = []

    def work(event: Any, _: Any) -> None:
        called.append(event)
        if len(called) < 2:
            raise ValueError("not yet")

    async def main() -> None:
        cloud.clock.set(cloud.timeline.next_due)
        assert loop.beside_guests(SimpleNamespace()) == []
        for _ in range(3):
            await asyncio.sleep(0)
        assert len(called) == 2

    subscribe(cloud, "jobs", work)
    topic = cloud.client("sns").create_topic(Name="jobs")["TopicArn"]
    cloud.client("sns").publish(TopicArn=topic, Message="m")
    assert len(called) == 1
    loop.run_until_complete(main())
    loop.close()


def test_where_tasks_wait_is_told_from_the_current_folder_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies outside of it by its whole path."""
    monkeypatch.chdir(tmp_path)
    assert _short(str(tmp_path / "app" / "worker.py")) == str(Path("app", "worker.py"))
    outside = str(tmp_path.parent / "worker.py")
    assert _short(outside) == outside


# --- deliveries and posts ---------------------------------------------------------------------------------------------


def test_a_copy_of_a_delivery_is_made_once_wherever_it_was_interrupted() -> None:
    """Another copy of the same delivery, which has arrived before, is none of its own."""
    arrived: list[object] = []
    delivery: Any = SimpleNamespace(message=None)
    state: Any = SimpleNamespace(is_carried_out=lambda one: one.message is not None)

    def onward(now: int, one: Any) -> None:
        if now == 0:
            raise KeyboardInterrupt
        one.message = object()
        arrived.append(now)
        if now == 1:
            raise KeyboardInterrupt

    first, second = (_Copy(state, onward, delivery, 0) for _ in range(2))
    first.arrive(2)
    for now in (0, 1):
        with pytest.raises(KeyboardInterrupt):
            second.arrive(now)
    second.arrive(3)
    assert arrived == [2, 1]


def test_which_deliveries_have_been_carried_out() -> None:
    cloud = Cloud(clock="virtual")
    sns, effects = cloud.client("sns"), list[Any]()
    make_queue(cloud, "q")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("q").arn)

    def deliver(now: int, effect: Any) -> None:
        effects.append(effect)
        assert cloud.is_carried_out(effect) is False
        cloud.deliver_plainly(now, effect)
        assert cloud.is_carried_out(effect) is True

    cloud.deliver_through(deliver)
    sns.publish(TopicArn=topic, Message="m")
    assert len(effects) == 1


def test_how_long_posts_are_waited_for() -> None:
    """Longer than one may take, by who moves time; a moment by a publisher. Not at all by one of them."""
    runner = Cloud(clock="virtual").errand_runner
    limits: list[float] = []

    class Ended:
        def __enter__(self) -> None:
            """Nobody else has it."""

        def __exit__(self, *_: object) -> None:
            """As above."""

        def wait_for(self, is_over: Any, timeout: float) -> None:
            assert not is_over()
            limits.append(timeout)

    runner._post_ended = Ended()
    runner.wait_for_posts()
    assert limits == []
    runner.pending = 1
    runner.wait_for_posts()
    runner.wait_a_moment()
    assert limits == [2 * http_post.TIMEOUT, 0.25]
    thread = threading.Thread(target=runner.wait_for_posts, name="minicloud-post")
    thread.start()
    thread.join()
    assert len(limits) == 2
