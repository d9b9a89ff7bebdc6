"""Clocks, loops that move them, and what a cloud makes of it, by themselves: what few applications would tell."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

import minicloud
from minicloud import Cloud, UsageError, VirtualClock
from minicloud.core.chaos import Chaos
from minicloud.core.errands import Errand
from minicloud.core.timeline import FOREVER
from minicloud.engine import aio_driver, blocking, event_loop, http_post
from minicloud.engine.aio_tasks import _is_of_application, _short
from minicloud.engine.chaotic_delivery import _Copy
from minicloud.engine.errands import ErrandRunner
from minicloud.engine.turns import Turn
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


def test_whose_code_a_place_is_in() -> None:
    for path, expected in (
        (str(Path("app", "worker.py").absolute()), True),
        (str(Path("lib", "site-packages", "worker.py").absolute()), False),
        (asyncio.events.__file__, False),
        (blocking.__file__, False),
        ("<minicloud function f>", False),
    ):
        frame: Any = SimpleNamespace(f_code=SimpleNamespace(co_filename=path))
        assert _is_of_application(frame) is expected


@pytest.mark.parametrize("end", ["aclose", "athrow"])
def test_who_ends_a_generator_is_told_with_what_that_waits_for(end: str) -> None:
    async def numbers() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            await asyncio.Event().wait()

    async def main() -> None:
        found: Any = numbers()
        await anext(found)
        await (found.aclose() if end == "aclose" else found.athrow(ValueError()))

    with pytest.raises(UsageError, match="in numbers: await asyncio"):
        minicloud.run(main)


def test_a_timer_of_a_driver_is_for_a_day_at_most() -> None:
    source = SimpleNamespace(time_ns=lambda: 1_800_000_000 * 10**9)
    for seconds in (86_400, 86_401):
        cloud = Cloud(clock=source)
        loop = asyncio.new_event_loop()
        driver = aio_driver.LoopDriver(cloud, loop)
        event = cloud.timeline.schedule(source.time_ns() + seconds * 10**9, print)
        driver._schedule()
        assert driver._timer_due == (event.due if seconds == 86_400 else FOREVER)
        assert round(driver._turn_due - loop.time(), -1) == 86_400
        loop.close()


def test_jumps_are_in_vain_when_each_task_waits_for_what_it_waited_for_at_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A jump to something that does not go on for ever was none of them."""
    monkeypatch.setattr(event_loop, "_MOST_JUMPS", 2)

    async def waits() -> None:
        await asyncio.Event().wait()

    for goes_on in (False, True):
        cloud: Any = Cloud(clock="virtual")
        loop: Any = minicloud.EventLoop(cloud)
        task = loop.create_task(waits())
        loop.run_until_complete(asyncio.sleep(0))
        seen = []
        for is_perpetual in (True, True, False, True, True, True):
            with monkeypatch.context() as patched:
                patched.setattr(cloud, "timeline", SimpleNamespace(is_perpetual=is_perpetual))
                seen.append(loop._jumps_in_vain())
        assert seen == [False] * 5 + [True]
        seen.clear()
        for step in range(3):
            if goes_on and step == 1:
                task.cancel()
                loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
            with monkeypatch.context() as patched:
                patched.setattr(cloud, "timeline", SimpleNamespace(is_perpetual=True))
                seen.append(loop._jumps_in_vain())
        assert seen == [False, False, not goes_on]
        task.cancel()
        loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        loop.close()


# --- threads ----------------------------------------------------------------------------------------------------------


def test_green_threads_have_their_turns_before_time_jumps(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(clock="virtual")
    url = make_queue(cloud, "q")
    turns: list[float] = []
    with monkeypatch.context() as patched:
        patched.setattr(blocking, "threads_are_green", lambda: True)
        patched.setattr(time, "sleep", turns.append)
        assert "Messages" not in cloud.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=1)
    assert turns == [0, 0, 0]


def test_what_is_kept_for_the_test_is_not_for_others() -> None:
    cloud = Cloud(clock="virtual")
    cloud.keep_for_the_test(AssertionError("of a handler"))
    with cloud.for_others():
        cloud.clock.advance(1)
    with pytest.raises(AssertionError, match="of a handler"):
        cloud.clock.advance(1)


@pytest.mark.parametrize("is_before", [True, False])
@pytest.mark.parametrize("way", ["sleep", "async_sleep", "advance"])
def test_who_lets_time_pass_is_told_what_is_kept_before_it_and_what_is_kept_meanwhile(
    way: str, is_before: bool
) -> None:
    cloud = Cloud(clock="virtual")
    begun = cloud.clock.time_ns()

    def keep(_: int) -> None:
        cloud.keep_for_the_test(AssertionError("of a handler"))

    def let_pass() -> None:
        if way == "async_sleep":
            asyncio.run(cloud.async_sleep(10))
        else:
            (cloud.sleep if way == "sleep" else cloud.clock.advance)(10)

    if is_before:
        keep(0)
    else:
        cloud.timeline.schedule(begun + 5 * 10**9, keep)
    with pytest.raises(AssertionError, match="of a handler"):
        let_pass()
    assert cloud.clock.time_ns() == begun + (0 if is_before else 10 * 10**9)
    let_pass()


def test_who_performs_a_turn_elsewhere_is_told_of_what_comes_into_its_line() -> None:
    """And is told again after something was mended, as that may have been interrupted."""
    cloud = Cloud(clock="virtual")
    runner = cloud.errand_runner
    told: list[str] = []
    turn = Turn(cast("Any", runner))
    errand: Any = SimpleNamespace(at_once=False)
    turn.poke = lambda: told.append("the turn")
    runner.completing = turn
    runner.take(errand)
    runner.completing = None
    assert told == ["the turn"]
    cloud.wake_all()
    assert told == ["the turn"] * 2
    cloud.errands.clear()


def test_what_is_held_runs_before_a_clock_is_moved() -> None:
    cloud = Cloud(clock="virtual", handlers="held")
    ran: list[float] = []

    def work(_: Any, __: Any) -> None:
        ran.append(cloud.clock.time())

    subscribe(cloud, "jobs", work)
    topic = cloud.client("sns").create_topic(Name="jobs")["TopicArn"]
    cloud.client("sns").publish(TopicArn=topic, Message="m")
    begun = cloud.clock.time()
    assert ran == []
    cloud.clock.advance(60)
    assert ran == [begun]


def test_of_an_errand_that_is_completed_nothing_is_kept() -> None:
    cloud = Cloud(clock="virtual")
    completed: list[object] = []
    errand: Any = Errand.__new__(Errand)
    errand.complete = lambda *arguments: completed.append((*arguments, errand.ending))
    errand.came = errand.ending = outcome = "what came of it", None
    cloud.errand_runner.complete(errand, *outcome, Turn(cast("Any", cloud.errand_runner)))
    assert completed == [(cloud.clock.time_ns(), *outcome, outcome)]
    assert (errand.came, errand.ending) == (None, None)


# --- effects ----------------------------------------------------------------------------------------------------------


def test_an_effect_that_goes_on_has_happened_when_all_of_it_is_there() -> None:
    """What it had led to when it was interrupted is left out when it comes again."""
    cloud: Any = Cloud(clock="virtual")
    before, one, other = (SimpleNamespace(is_due=False) for _ in range(3))
    cloud.effects.append(before)

    def interrupted(now: int) -> None:
        cloud.effects.append(one)
        raise KeyboardInterrupt

    effect = SimpleNamespace(begun=None, happened=False, carry_out=interrupted)
    with pytest.raises(KeyboardInterrupt):
        cloud._go_on(1, effect)
    assert (effect.begun, effect.happened, cloud.effects) == (1, False, [before, one])
    effect.carry_out = lambda _: cloud.effects.append(other)
    cloud._go_on(1, effect)
    assert (effect.happened, cloud.effects) == (True, [before, other])
    cloud._forget()  # as a reset does that comes into it
    assert cloud.effects == []


def test_after_a_reset_a_cloud_delivers_as_was_said_and_counts_its_calls_anew() -> None:
    cloud = Cloud(clock="virtual", seed=1, delivery="aws")
    first = cloud.client("sqs").list_queues()["ResponseMetadata"]["RequestId"]
    cloud.client("sqs").list_queues()
    cloud.deliver_from_reset("readable")
    assert cloud.world.chaos is not None
    cloud.reset()
    assert cloud.world.chaos is None
    assert cloud.client("sqs").list_queues()["ResponseMetadata"]["RequestId"] == first


def test_what_a_topic_has_chosen_in_words() -> None:
    cloud = Cloud(clock="virtual", seed=1, delivery=Chaos(lambda count: count - 1), trace=True)
    sns = cloud.client("sns")
    make_queue(cloud, "q")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("q").arn)
    sns.publish(TopicArn=topic, Message="m")
    told = [event.details["choice"] for event in cloud.trace.of("chaos")]
    assert told == ["delivered twice", "delivered 1 s late", "delivered 1 s late"]


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
