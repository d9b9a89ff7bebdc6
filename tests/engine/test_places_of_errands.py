"""Places of errands and of closed clouds where few calls come: what is over already, what something came into."""

from __future__ import annotations

import asyncio
import selectors
import socket
import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest

import minicloud
from minicloud import Cloud, UsageError
from minicloud.core.errands import Abandon, Errand
from minicloud.engine import (
    blocking,
    errands,
    event_loop,
)
from minicloud.engine.errands import ErrandRunner
from minicloud.engine.turns import Turn
from minicloud.services.events.state import EventsState
from tests.support.words import Words

from .broken import SECOND, Source, Stop, interrupted

# --- errands ----------------------------------------------------------------------------------------------------------


def test_who_lets_time_pass_is_told_again_of_what_is_held() -> None:
    cloud = Cloud(clock="virtual", handlers="held")
    told: list[str] = []
    held = cloud.errand_runner.held
    with held.letting_go(object(), lambda: told.append("again")):
        before = len(told)
        cloud.errand_runner.look_again()
        assert len(told) == before + 1


@pytest.mark.parametrize("has_begun", [False, True])
def test_a_post_whose_thread_cannot_be_started_is_there_still(monkeypatch: pytest.MonkeyPatch, has_begun: bool) -> None:
    runner = Cloud(clock="virtual").errand_runner
    errand: Any = object()
    thread = SimpleNamespace(ident=7 if has_begun else None, start=interrupted)
    runner._post_ended = threading.Condition()
    runner.taken[errand] = "somebody"
    options: dict[str, Any] = {}
    with monkeypatch.context() as patched:
        patched.setattr(errands, "_is_real_post", lambda _: True)
        patched.setattr(errands, "threading", SimpleNamespace(Thread=lambda **given: options.update(given) or thread))
        with pytest.raises(Stop):
            runner._runs_apart(errand)
    assert (runner.pending, runner.taken[errand]) == ((1, None) if has_begun else (0, "somebody"))
    assert options == {"target": runner._perform_apart, "args": (errand,), "name": "minicloud-post", "daemon": True}
    runner.pending = 0


def test_a_real_post_has_a_thread_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which performs what follows from it; an interruption before it is counted leaves nothing of it."""
    runner: Any = Cloud(clock="virtual").errand_runner
    done: list[str] = []
    errand: Any = object()

    class Ended:
        def __enter__(self) -> None:
            if not done:
                raise Stop

        def __exit__(self, *_: object) -> None:
            """Nobody else has it."""

        def notify_all(self) -> None:
            done.append(f"notified of {runner.pending}")

    assert runner._runs_apart(errand) is False
    runner._post_ended = Ended()
    runner.taken[errand] = "somebody"
    monkeypatch.setattr(errands, "_is_real_post", lambda _: True)
    with pytest.raises(Stop):
        runner._runs_apart(errand)
    assert (runner.pending, runner.taken[errand]) == (0, "somebody")
    done.append("begun")
    monkeypatch.setattr(type(runner), "_perform", lambda *_: done.append("performed"))
    monkeypatch.setattr(type(runner), "perform_all", lambda _, turn: done.append(f"the rest {turn.has_caller}"))
    started = SimpleNamespace(ident=None, start=lambda: runner._perform_apart(errand))
    monkeypatch.setattr(errands, "threading", SimpleNamespace(Thread=lambda **_: started))
    assert runner._runs_apart(errand) is True
    assert done == ["begun", "performed", "the rest False", "notified of 0"]
    runner.taken.clear()


def test_a_post_that_something_comes_into_is_left_to_whoever_performs_next(monkeypatch: pytest.MonkeyPatch) -> None:
    runner = Cloud(clock="virtual").errand_runner
    left: list[bool] = []
    runner._post_ended = threading.Condition()
    runner.pending = 1
    monkeypatch.setattr(type(runner), "_perform", interrupted)
    monkeypatch.setattr(type(runner), "leave", lambda _, turn: left.append(turn.has_caller))
    with pytest.raises(Stop):
        runner._perform_apart(cast("Any", object()))
    assert (left, runner.pending) == ([False], 0)


# --- loops in a cloud's time ------------------------------------------------------------------------------------------


def test_a_loop_whose_cloud_is_closed_goes_on_where_there_is_another_time() -> None:
    cloud = Cloud(clock="virtual")
    loop: Any = event_loop.CloudLoop(cloud)
    assert loop.leave_closed_cloud() is False
    cloud.close()
    with pytest.raises(UsageError, match="closed"):
        loop.idle(SimpleNamespace())
    loop.leave_closed_cloud = lambda: True
    assert loop.idle(SimpleNamespace()) == []
    loop.close()


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_loop_that_stays_in_its_time_keeps_what_it_has(is_closed: bool) -> None:
    """Where it is bound to the cloud that it has, and when it is closed."""
    cloud, other = Cloud(clock="virtual"), Cloud(clock="virtual")
    other.clock.advance(60)
    loop = event_loop.CloudLoop(cloud)
    loop._floor = floor = cloud.clock.time_ns() + SECOND
    if is_closed:
        loop.close()
    loop.bind(other if is_closed else cloud)
    assert (loop.cloud, loop._floor) == (cloud, floor)
    assert list(other.sleepers.drivers) == []
    loop.close()


def test_the_selector_of_a_loop_tells_what_the_real_one_tells() -> None:
    loop: Any = minicloud.EventLoop(Cloud(clock="virtual"))
    one, other = socket.socketpair()
    selector = loop._selector
    selector.register(one, selectors.EVENT_READ, "data")
    changed = selector.modify(one, selectors.EVENT_WRITE, "other")
    assert (changed.fileobj, changed.events, changed.data) == (one, selectors.EVENT_WRITE, "other")
    assert selector.get_key(one) == changed
    assert selector.unregister(one) == changed
    loop.close()
    for file in (one, other):
        file.close()


def test_a_loop_that_is_bound_to_another_cloud_takes_its_timers_along() -> None:
    cloud, other = Cloud(clock="virtual"), Cloud(clock="virtual")
    other.clock.advance(60)
    loop = event_loop.CloudLoop(cloud)
    timers = [loop.call_at(loop.time() + seconds, print) for seconds in (5, 7)]
    loop._set_alarm(cloud.clock.time_ns() + 5 * SECOND)
    loop._floor = cloud.clock.time_ns() + SECOND
    loop.bind(other)
    assert [timer.when() - other.clock.time() for timer in timers] == [4, 6]  # a second had passed
    assert (list(cloud.sleepers.drivers), cloud.clock.next_due) == ([], None)
    assert list(other.sleepers.drivers) == [loop]
    assert (loop.cloud, loop._floor, loop.time()) == (other, 0, other.clock.time())
    loop.close()


def test_a_loop_in_its_debug_mode_takes_timers_of_its_own_thread_only() -> None:
    loop = minicloud.EventLoop(Cloud(clock="virtual"))
    loop.set_debug(True)
    failed: list[str] = []

    async def main() -> None:
        def call() -> None:
            with pytest.raises(RuntimeError) as caught:
                loop.call_at(loop.time() + 1, print)
            failed.append(str(caught.value))

        await asyncio.to_thread(call)

    loop.run_until_complete(main())
    assert ["Non-thread-safe" in text for text in failed] == [True]
    loop.close()


def test_a_loop_beside_guests_has_its_first_timer_on_the_timeline(monkeypatch: pytest.MonkeyPatch) -> None:
    words = Words(monkeypatch)
    for clock in ("virtual", "frozen", "real"):
        cloud = Cloud(clock=cast("Any", clock))
        loop: Any = event_loop.CloudLoop(cloud)
        begun = cloud.clock.time_ns()
        for seconds in (5, 7, 6):
            loop.call_at(loop.time() + seconds, print)
        words.said.clear()
        assert loop.beside_guests(SimpleNamespace()) == []
        if clock == "virtual":
            assert loop._alarm.due == begun + 5 * SECOND
            assert words.said == {"an event loop's turn"}
        else:
            assert (loop._alarm, words.said) == (None, set())
        loop.close()


def test_a_loop_beside_guests_first_sees_to_what_is_due_now() -> None:
    cloud = Cloud(clock="virtual")
    loop: Any = event_loop.CloudLoop(cloud)
    begun = cloud.clock.time_ns()
    happened: list[int] = []
    cloud.timeline.schedule(begun + 60 * SECOND, happened.append)
    loop.beside_guests(SimpleNamespace())  # it sees for the first time that nobody does anything
    cloud.timeline.schedule(begun, happened.append)
    loop.beside_guests(SimpleNamespace())
    assert happened == [begun]
    loop.close()


@pytest.mark.parametrize(("seconds", "is_over"), [(3_600, True), (3_601, False)])
def test_a_loop_on_a_clock_that_something_holds_waits_an_hour_at_most(
    monkeypatch: pytest.MonkeyPatch, seconds: int, is_over: bool
) -> None:
    source, words = Source(), Words(monkeypatch)
    cloud = Cloud(clock=source)
    loop: Any = event_loop.CloudLoop(cloud)
    happened: list[int] = []
    due = source.now + seconds * SECOND
    cloud.timeline.schedule(due, happened.append)
    waited: list[float] = []
    performed: list[bool] = []
    monkeypatch.setattr(type(cloud.errand_runner), "perform_due", lambda _: performed.append(True))
    words.said.clear()
    assert loop._idle_on_real_clock(SimpleNamespace(select=lambda seconds: waited.append(seconds) or [])) == []
    assert waited == [3_600]
    assert (happened, loop._floor, performed) == (([due], due, [True]) if is_over else ([], 0, []))
    assert words.said == ({"an event loop's turn"} if is_over else set())
    assert loop._idle_on_real_clock(SimpleNamespace(select=lambda _: ["something"])) == ["something"]
    loop.close()


# --- what is left of a cloud ------------------------------------------------------------------------------------------


def test_a_copy_of_a_cloud_in_a_forked_process_has_nobody_inside() -> None:
    cloud = Cloud(clock="virtual")
    waiter, lock = blocking.alarm(cloud, 5), cloud.lock
    cloud.forsaken[waiter] = None
    cloud.inside, cloud.errand_runner.pending = "a call", 1
    cloud.is_a_copy()
    assert cloud.lock is not lock
    assert (cloud.inside, dict(cloud.world.waiters), cloud.forsaken) == (None, {}, {})
    assert cloud.errand_runner.pending == 0
    cloud.errand_runner.wait_for_posts()
    with cloud.errand_runner._post_ended:
        """Nobody else has it."""
    with pytest.raises(UsageError) as caught:
        cloud.client("sqs").list_queues()
    assert str(caught.value) == (
        "this process was forked from the one in which this Cloud lives, and which would see nothing of what happens "
        "here: run the application's workers in threads of the test's process (ThreadPoolExecutor or "
        'multiprocessing.pool.ThreadPool in place of ProcessPoolExecutor or Pool, a worker\'s pool "solo" or '
        '"threads" in place of "prefork"), or call their code there; for a cloud of its own, make a Cloud, or '
        "mock_aws(), in the process that uses it"
    )


def test_who_waits_when_a_cloud_is_reset_is_told() -> None:
    cloud = Cloud(clock="virtual")
    waiters = [blocking.alarm(cloud, seconds) for seconds in (5, 6)]
    waiters[0].done = True
    cloud.end_polls("it ended")
    assert [str(waiter.error) for waiter in waiters] == ["None", "it ended: stop its pollers before the test ends"]
    waiter = blocking.alarm(cloud, 5)
    cloud.reset()
    text = "the cloud was reset while this call was waiting: stop its pollers before the test ends"
    assert str(waiter.error) == text


def test_what_nobody_performs_is_told_to_who_settles_when_nobody_calls() -> None:
    cloud = Cloud(clock="virtual")
    told: list[str] = []
    cloud.on_earlier = (lambda: told.append("again"),)
    runner: Any = cloud.errand_runner
    for settler, has_errand, expected in ((None, True, 0), (object(), True, 1), (object(), False, 1)):
        cloud.errands.clear()
        runner._settler = settler
        if has_errand:
            cloud.errands.add(threading.get_ident(), cast("Any", object()))
        runner.disown()
        assert len(told) == expected
    cloud.errands.clear()


def test_an_errand_that_ends_when_its_cloud_is_closed_tells_nobody() -> None:
    cloud = Cloud(clock="virtual")
    completed: list[object] = []
    errand: Any = Errand.__new__(Errand)
    errand.complete = lambda *arguments: completed.append(arguments)
    cloud.close()
    turn = Turn(cast("Any", cloud.errand_runner))
    cloud.errand_runner.complete(errand, None, UsageError("a mistake"), turn)
    assert (completed, turn.misuse) == ([], None)


def test_an_errand_whose_time_is_over_has_its_task_cancelled() -> None:
    cloud = Cloud(clock="virtual")
    cancelled: list[str] = []
    is_closed = [False]
    loop = SimpleNamespace(is_closed=lambda: is_closed[0], call_soon_threadsafe=lambda cancel: cancel())
    task = SimpleNamespace(get_loop=lambda: loop, cancel=lambda: cancelled.append("cancelled"))
    errand, other = Errand.__new__(Errand), Errand.__new__(Errand)
    runner: Any = cloud.errand_runner
    for execution in (SimpleNamespace(task=None), SimpleNamespace(task=task)):
        runner.in_tasks[errand] = execution
        runner.abandon(0, Abandon(errand))
        runner.abandon(0, Abandon(other))
    assert cancelled == ["cancelled"]
    runner.end()
    assert cancelled == ["cancelled"] * 2
    is_closed[0] = True
    runner.end()
    assert cancelled == ["cancelled"] * 2


def test_an_account_has_its_default_bus_when_nobody_has_looked_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud: Any = Cloud(clock="virtual")
    taken: list[int] = []
    monkeypatch.setattr(EventsState, "target", lambda *_: lambda now, _: taken.append(now))
    effect = SimpleNamespace(
        begun=None,
        happened=False,
        may_be_refused=False,
        origin="",
        target_arn="arn:aws:events:eu-central-1:123456789012:event-bus/default",
    )
    cloud._deliver(7, effect)
    assert (taken, effect.happened) == ([7], True)


def test_a_delivery_of_no_kind_is_refused_before_the_reset() -> None:
    cloud = Cloud(clock="virtual")
    with pytest.raises(UsageError, match="'chaotic' is not a kind of delivery"):
        cloud.deliver_from_reset("chaotic")
    cloud.reset()
    with pytest.raises(UsageError) as caught:
        minicloud.VirtualClock(patience=-1)
    assert str(caught.value) == "patience=-1 is not a number of seconds: give zero or more"


def test_whether_something_is_due_sooner_when_handlers_are_known_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(clock="virtual")
    loop = event_loop.CloudLoop(cloud)
    begun = cloud.clock.time_ns()
    cloud.timeline.schedule(begun + 9 * SECOND, print)
    assert loop._tells_handlers() is False

    def tell(_: object, now: int) -> None:
        cloud.timeline.schedule(now + 5 * SECOND, print)

    monkeypatch.setattr(ErrandRunner, "tell_those_in_tasks", tell)
    assert [loop._tells_handlers() for _ in range(2)] == [True, False]
    loop.close()
