"""Places of drivers of loops, and of threads that sleep, where few calls come: what is overdue, who is told."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

import minicloud
from minicloud import Cloud, UsageError
from minicloud.core.timeline import LATEST
from minicloud.core.waiter import Pending, Waiter
from minicloud.engine import aio_driver, aio_holders, blocking, event_loop
from minicloud.engine.blocking import alarm
from minicloud.engine.errands import ErrandRunner

from .broken import SECOND, Source, Stop, interrupted

# --- drivers of loops of asyncio's own --------------------------------------------------------------------------------


def test_a_loop_is_probed_where_no_other_thread_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.new_event_loop()
    driver = aio_driver.LoopDriver(Cloud(clock="virtual"), loop)
    for there, running, expected in ((1, 5, True), (2, 1, True), (2, 0, True), (2, 2, False), (3, 1, True)):
        monkeypatch.setattr(aio_driver, "threading", SimpleNamespace(active_count=lambda there=there: there))
        monkeypatch.setattr(aio_driver, "count_running", lambda running=running: running)
        assert driver._can_probe() is expected
    loop.close()


@pytest.mark.parametrize("is_own", [True, False])
def test_who_is_poked_sets_the_timer_in_the_thread_of_its_loop(monkeypatch: pytest.MonkeyPatch, is_own: bool) -> None:
    """But for one that all have left meanwhile."""
    cloud = Cloud(clock=Source())
    loop = asyncio.new_event_loop()
    driver = aio_driver.LoopDriver(cloud, loop)
    told: list[Any] = []
    monkeypatch.setattr(loop, "call_soon_threadsafe", told.append)
    driver._turn = turn = loop.call_later(60, print)
    if not is_own:
        driver._thread = threading.get_ident() + 1
    driver.poke()
    assert (told, driver._turns) == (([], 1) if is_own else ([driver._again], 0))
    driver._again()
    assert driver._turns == (2 if is_own else 1)
    assert turn.cancelled()
    driver._turn = None
    driver._again()
    assert driver._turns == (2 if is_own else 1)
    loop.close()


def test_a_driver_knows_whether_calls_have_come_since_it_looked() -> None:
    cloud = Cloud(clock="virtual")
    loop = asyncio.new_event_loop()
    driver = aio_driver.LoopDriver(cloud, loop)
    noted = [driver._note_activity() for _ in range(2)]
    driver._left_alone = 7.0
    cloud.client("sqs").list_queues()
    noted += [driver._note_activity()]
    assert driver._left_alone == 0
    noted += [driver._note_activity()]
    assert noted == [True, False, True, False]
    loop.close()


@pytest.mark.parametrize("is_called", [False, True])
def test_on_a_frozen_clock_who_waits_is_told_when_nobody_has_made_a_call_for_a_while(is_called: bool) -> None:
    cloud = Cloud(clock="frozen")
    loop: Any = asyncio.new_event_loop()
    loop.time = lambda: 100.0
    driver = aio_driver.LoopDriver(cloud, loop)
    waiter = alarm(cloud, 20)
    driver.join(waiter, loop.create_future())
    assert driver._turn_due == 100 + aio_driver.STALL
    if is_called:
        cloud.client("sqs").list_queues()
        driver._give_up(driver._turns)
        assert not waiter.done
    driver._give_up(driver._turns)
    assert waiter.done
    assert "on a frozen clock that nobody moves" in str(waiter.error)
    assert driver._turns == (3 if is_called else 2)
    loop.close()


@pytest.mark.parametrize("is_called", [False, True])
def test_time_jumps_at_the_second_look_at_a_loop_that_has_nothing_to_run(is_called: bool) -> None:
    """Since the latest call."""
    cloud = Cloud(clock="virtual")
    begun = cloud.clock.time_ns()
    loop: Any = SimpleNamespace(_ready=[])
    driver = aio_driver.LoopDriver(cloud, loop)
    driver.waiters[alarm(cloud, 20)] = cast("Any", object())
    driver._schedule_probe = lambda: None  # type: ignore[method-assign]
    driver._idle_ticks = 5  # of looks at what waited before
    driver._schedule()
    driver._probe(0)
    assert cloud.clock.time_ns() == begun
    if is_called:
        cloud.client("sqs").list_queues()
        for _ in range(2):
            driver._probe(0)
            assert cloud.clock.time_ns() == begun
    driver._wake_those_with_answers = lambda: False  # type: ignore[method-assign]
    driver._probe(0)
    assert cloud.clock.time_ns() == begun + 20 * SECOND


@pytest.mark.parametrize("is_interrupted", [False, True])
def test_a_turn_on_a_real_clock_settles_what_is_due_and_sets_the_next(
    monkeypatch: pytest.MonkeyPatch, is_interrupted: bool
) -> None:
    source = Source()
    cloud = Cloud(clock=source)
    loop = asyncio.new_event_loop()
    driver = aio_driver.LoopDriver(cloud, loop)
    happened: list[Any] = []
    driver.join(alarm(cloud, 500), loop.create_future())
    due = source.now + 5 * SECOND
    cloud.timeline.schedule(due, interrupted if is_interrupted else happened.append)
    driver.poke()
    turns = driver._turns
    assert driver._timer_due == due
    monkeypatch.setattr(ErrandRunner, "perform_due", lambda _: happened.append("performed"))
    if is_interrupted:
        with pytest.raises(Stop):
            driver._tick_real(turns)
    else:
        driver._tick_real(turns)  # the clock stands, and the timer has gone off all the same
        assert happened == [due, "performed"]
        assert driver._timer_due == due + 495 * SECOND
    assert driver._turns == turns + 1
    driver._tick_real(turns)
    assert driver._turns == turns + 1
    loop.close()


@pytest.mark.parametrize("days", [2, None])
def test_after_a_day_in_which_nothing_is_due_a_clock_that_stands_is_where_it_was(days: int | None) -> None:
    """The timer has gone off for nothing but a look."""
    source = Source()
    cloud = Cloud(clock=source)
    loop: Any = asyncio.new_event_loop()
    loop.time = lambda: 100.0
    driver = aio_driver.LoopDriver(cloud, loop)
    driver.waiters[Waiter(0, print, Pending(int))] = loop.create_future()
    if days is not None:
        cloud.timeline.schedule(source.now + days * 86_400 * SECOND, print)
    driver._schedule()
    assert driver._turn_due == 100 + 86_400
    driver._tick_real(driver._turns)
    assert cloud.clock.time_ns() == source.now
    loop.close()


@pytest.mark.parametrize("is_in_a_cloud_s_time", [False, True])
@pytest.mark.parametrize("is_patched", [False, True])
def test_tasks_have_messages_in_hand_on_loops_in_real_time(
    monkeypatch: pytest.MonkeyPatch, is_in_a_cloud_s_time: bool, is_patched: bool
) -> None:
    """On others they wait in the time that is about to jump, or nobody can tell for how long."""
    cloud = Cloud(clock="virtual")
    loop: Any = event_loop.CloudLoop(Cloud(clock="virtual")) if is_in_a_cloud_s_time else asyncio.new_event_loop()
    driver = aio_driver.LoopDriver(cloud, loop)
    future = loop.create_future()
    driver.waiters[alarm(cloud, 20)] = future
    asked: list[Any] = []
    monkeypatch.setattr(aio_holders, "Tasks", lambda *given: asked.append(given) or "its tasks")
    with monkeypatch.context() as patched:
        if is_patched:
            patched.setattr(time, "monotonic", lambda: 0.0)
        found = driver._look_at_tasks()
    if is_in_a_cloud_s_time or is_patched:
        assert (found, asked) == (None, [])
    else:
        assert (found, asked) == ("its tasks", [(loop, [future])])
    loop.close()


def test_a_turn_that_is_for_now_is_overdue_when_a_watch_looks() -> None:
    """Whatever the one before it was for: it would have been by now."""
    cloud = Cloud(clock="virtual")
    loop = asyncio.new_event_loop()
    driver = aio_driver.LoopDriver(cloud, loop)
    driver.waiters[alarm(cloud, 20)] = loop.create_future()
    driver._call(3_600, driver._probe)
    driver._call(0, driver._probe)
    turns = driver._turns
    driver.look_after()
    assert driver._turns == turns + 1
    loop.close()


# --- threads that sleep -----------------------------------------------------------------------------------------------


def test_a_jump_shows_as_activity_also_where_time_stands() -> None:
    """Whoever has looked before looks again: what is due now may have led to something."""
    cloud = Cloud(clock="virtual")
    happened: list[int] = []
    before, now = cloud.sleepers.activity, cloud.clock.time_ns()
    cloud.timeline.schedule(now, happened.append)
    cloud.sleepers.jump(before, "every task waits")
    assert happened == [now]
    assert cloud.sleepers.activity != before
    cloud.timeline.schedule(now, happened.append)
    cloud.sleepers.jump(before, "every task waits")
    assert happened == [now]


def test_a_sleep_ends_before_the_end_of_the_calendar() -> None:
    cloud = Cloud(clock=minicloud.VirtualClock(datetime(9998, 12, 31, 23, 59, 50, tzinfo=UTC)))
    cloud.sleep(9)
    for seconds in (1, 2):
        with pytest.raises(UsageError, match=rf"^cannot sleep for {seconds} seconds: the clock cannot go beyond"):
            cloud.sleep(seconds)
    cloud.sleep(0.999_999_999)
    assert cloud.clock.time_ns() == LATEST - 1


@pytest.mark.parametrize("is_interrupted", [False, True])
def test_a_thread_is_known_to_sleep_from_before_its_wait_until_after_it(
    monkeypatch: pytest.MonkeyPatch, is_interrupted: bool
) -> None:
    """Also a green one, which nobody else tells from others."""
    cloud = Cloud(clock="virtual")
    waiter = alarm(cloud, 5)
    told: list[Any] = []
    monkeypatch.setattr(blocking, "sleeps", lambda one: told.append(("sleeps", one, one.done)))
    monkeypatch.setattr(blocking, "wakes", lambda one: told.append(("wakes", one, one.done)))
    if is_interrupted:
        monkeypatch.setattr(type(cloud.sleepers), "_sleep", interrupted)
        with pytest.raises(Stop):
            cloud.sleepers.wait(waiter)
    else:
        cloud.sleepers.wait(waiter)
    assert told == [("sleeps", waiter, False), ("wakes", waiter, True)]
    assert cloud.sleepers.count == 0
    assert list(cloud.sleepers.waiters()) == []


@pytest.mark.parametrize(("is_woken", "is_filled"), [(False, False), (True, False), (False, True)])
def test_a_thread_whose_wait_is_over_settles_what_is_due_and_performs_what_comes_of_it(
    monkeypatch: pytest.MonkeyPatch, is_woken: bool, is_filled: bool
) -> None:
    """Unless it was woken before it, or has its answer."""
    source = Source()
    cloud: Any = Cloud(clock=source)
    waiter = alarm(cloud, 500)
    happened: list[Any] = []
    performed: list[bool] = []

    def happen(now: int) -> None:
        happened.append(now)
        cloud.errands.add(threading.get_ident(), object())

    def acquire(timeout: float) -> bool:
        assert timeout == 5
        waiter.done = is_filled
        return is_woken

    begun = source.now
    cloud.timeline.schedule(begun + 5 * SECOND, happen)
    monkeypatch.setattr(ErrandRunner, "run_waiting", lambda _: performed.append(True))
    lock: Any = SimpleNamespace(acquire=acquire)
    cloud.sleepers._sleep_until_due(waiter, lock)
    assert (happened, performed) == (([], []) if is_woken or is_filled else ([begun + 5 * SECOND], [True]))
    assert cloud.clock.time_ns() == begun + (0 if is_woken or is_filled else 5) * SECOND
    cloud.errands.clear()


def test_a_thread_that_nothing_is_due_for_sleeps_as_long_as_can_be() -> None:
    """A clock that stands does not move when that has passed."""
    cloud = Cloud(clock=Source())
    begun = cloud.clock.time_ns()
    waited: list[float] = []
    lock: Any = SimpleNamespace(acquire=lambda timeout: waited.append(timeout) or False)
    cloud.sleepers._sleep_until_due(Waiter(0, print, Pending(int)), lock)
    assert waited == [threading.TIMEOUT_MAX]
    assert cloud.clock.time_ns() == begun


def test_which_threads_sleep_in_a_cloud() -> None:
    cloud = Cloud(clock="virtual")
    sleeps, has_its_answer, has_been_told = (alarm(cloud, 5) for _ in range(3))
    tasks = alarm(cloud, 5)
    for waiter in (sleeps, has_its_answer, has_been_told):
        cloud.sleepers._wake_locks[waiter] = threading.Lock()
    has_its_answer.done = True
    cloud.world.waiters[has_its_answer] = "another thread"
    cloud.world.waiters.pop(has_been_told)
    assert cloud.sleepers._asleep() == [threading.get_ident()]
    assert cloud.sleepers.count == 2
    driver: Any = SimpleNamespace(waiters={tasks: "a future"}, owner=7, patience=0.5)
    cloud.sleepers.drivers.update({"a loop": driver, "another": cast("Any", SimpleNamespace(waiters={}))})
    assert list(cloud.sleepers.waiters()) == [sleeps, has_its_answer, has_been_told, tasks]
    assert cloud.sleepers._threads_of_loops() == {7: 0.5}
    cloud.sleepers.drivers.clear()
    cloud.sleepers._wake_locks.clear()


def test_what_was_handed_over_counts_also_when_the_cloud_was_closed_since() -> None:
    cloud = Cloud(clock="real")
    waiter = alarm(cloud, 5)
    waiter.finish("the answer")
    cloud.close()
    cloud.sleepers._sleep_until_due(waiter, cast("Any", object()))
    assert cloud.wait(waiter) == "the answer"


def test_a_watch_over_a_driver_that_all_have_left_is_the_last() -> None:
    cloud: Any = Cloud(clock="virtual")
    loop: Any = asyncio.new_event_loop()
    driver = aio_driver.LoopDriver(cloud, loop)
    cloud.sleepers.drivers[loop] = driver
    waiter = alarm(cloud, 20)
    driver.join(waiter, loop.create_future())
    first = driver._watch
    driver.look_after()
    assert cloud.sleepers.drivers == {loop: driver}
    assert driver._watch not in (None, first)
    driver.leave(waiter)
    watch, turns = driver._watch, driver._turns
    driver.look_after()
    assert cloud.sleepers.drivers == {}
    assert (driver._watch, driver._turns) == (watch, turns)
    loop.close()


def test_a_driver_whose_turns_come_sees_to_its_watch_now_and_then() -> None:
    cloud = Cloud(clock="virtual")
    loop = asyncio.new_event_loop()
    driver: Any = aio_driver.LoopDriver(cloud, loop)
    overdue = SimpleNamespace(when=lambda: loop.time() - 2 * aio_driver.WATCH)
    driver._watch = overdue
    renewed = []
    for _ in range(128):
        driver._call(0, print)
        if driver._watch is not overdue:
            renewed.append(driver._turns)
            driver._watch = overdue
    assert renewed == [64, 128]
    loop.close()
