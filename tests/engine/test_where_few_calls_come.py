"""Places of the engine where few calls come: what is over already, what cannot be started, what something came into."""

from __future__ import annotations

import asyncio
import os
import selectors
import socket
import threading
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

import minicloud
from minicloud import Cloud, UsageError
from minicloud.core.chaos import Chaos
from minicloud.core.effects import ToAlarms, ToLog
from minicloud.core.errands import Abandon, Errand
from minicloud.engine import (
    aio_blocking,
    aio_driver,
    aio_holders,
    aio_tasks,
    aio_turns,
    blocking,
    engine,
    errands,
    event_loop,
)
from minicloud.engine.chaotic_delivery import ChaoticDelivery, _Copy
from minicloud.engine.clock import Clock
from minicloud.engine.errands import ErrandRunner
from minicloud.engine.holders import Patience
from minicloud.engine.idle_threads import OtherThreads
from minicloud.engine.turns import Execution, Turn, ended_by
from minicloud.services.events.state import EventsState
from minicloud.services.sqs.state import SqsState
from tests.support.clouds import make_queue
from tests.support.words import Words

from .test_turns import subscribe

SECOND = 10**9


class Stop(BaseException):
    """What is no error of a handler's."""


class Source:
    """A clock of the application's, which may be broken."""

    now: Any = 1_800_000_000 * SECOND

    def time_ns(self) -> Any:
        return self.now


def interrupted(*_: object, **__: object) -> Any:
    raise Stop


def interrupt_a_close(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(ErrandRunner, "end", interrupted)
        with pytest.raises(Stop):
            cloud.close()


# --- tasks and drivers ------------------------------------------------------------------------------------------------


def test_a_task_is_told_twice_of_its_answer_in_its_own_thread_or_in_another() -> None:
    """If its loop is closed, the answer goes back; what else comes into this goes through."""
    cloud, given_back = Cloud(clock="virtual"), list[int]()
    told: list[str] = []
    loop: Any = SimpleNamespace(
        call_soon=lambda _: told.append("own"),
        call_soon_threadsafe=lambda _: told.append("other"),
        is_closed=lambda: is_closed[0],
    )
    is_closed = [False]
    waiter: Any = SimpleNamespace(on_abandon=given_back.append)
    wake = aio_blocking._waker(cloud, loop, waiter, cast("Any", None))
    wake()
    thread = threading.Thread(target=wake)
    thread.start()
    thread.join()
    assert told == ["own", "own", "other", "other"]

    def fail(_: object) -> None:
        raise RuntimeError

    loop.call_soon = fail
    with pytest.raises(RuntimeError):
        wake()
    assert given_back == []
    is_closed[0] = True
    wake()
    assert given_back == [cloud.clock.time_ns()]


@pytest.mark.parametrize("name", ["_tick_real", "_probe", "_probe_quietly", "_give_up"])
def test_a_turn_that_is_over_does_nothing(name: str) -> None:
    cloud = Cloud(clock="virtual")
    loop = asyncio.new_event_loop()
    driver = aio_driver.LoopDriver(cloud, loop)
    waiter = blocking.alarm(cloud, 20)
    driver.waiters[waiter] = loop.create_future()
    driver._turn = turn = loop.call_later(60, print)
    driver._turns = 5
    getattr(driver, name)(4)
    waiter.done = True
    getattr(driver, name)(4)
    assert (driver._turn, driver._turns, driver._watch) == (turn, 5, None)
    assert driver._activity == (-1, -1, -1)
    assert not driver.waiters[waiter].done()
    loop.close()


def test_when_a_watch_has_a_timer_set_anew() -> None:
    """When something is due before it, or is to be performed; it is on time otherwise, and not overdue."""
    source = Source()
    cloud = Cloud(clock=source)
    loop: Any = asyncio.new_event_loop()
    driver: Any = aio_driver.LoopDriver(cloud, loop)
    assert not cloud.has_sleepers()
    driver.waiters[blocking.alarm(cloud, 500)] = loop.create_future()
    cloud.sleepers.drivers[loop] = driver
    assert cloud.has_sleepers()
    driver._schedule()
    turns = driver._turns
    driver.look_after()
    assert driver._turns == turns
    driver._timer_due += 1
    driver.look_after()
    assert driver._turns == turns + 1
    cloud.errands.add(threading.get_ident(), cast("Any", object()))
    driver.look_after()
    assert driver._turns == turns + 2
    cloud.errands.clear()
    driver._turn_due = loop.time() - aio_driver.WATCH / 2 - 0.1
    driver.look_after()
    assert driver._turns == turns + 3
    driver.look_after()
    assert driver._turns == turns + 3
    assert cloud.sleepers.drivers == {loop: driver}
    (waiter,) = driver.waiters
    waiter.done = True
    driver.look_after()
    assert list(driver.waiters) == [waiter]  # it has its answer, and was not told of it
    loop.run_until_complete(driver.waiters[waiter])
    driver.look_after()
    assert (driver.waiters, cloud.sleepers.drivers) == ({}, {})
    loop.close()


def test_how_far_a_callback_is_followed() -> None:
    loop = asyncio.new_event_loop()
    future = loop.create_future()
    inside: Any = future
    found = []
    for _ in range(8):
        inside = [inside]
        found.append(list(aio_holders._futures_behind(inside)) == [future])
    assert found == [True] * 6 + [False] * 2
    for count, times in ((198, 2), (199, 1)):  # 200 are looked at, the list itself among them, from one of its ends on
        others: list[Any] = [[] for _ in range(count)]
        both = [future, *others], [*others, future]
        assert sum(list(aio_holders._futures_behind(one)) == [future] for one in both) == times
    loop.close()


def test_a_loop_that_hides_what_is_ready_cannot_be_probed() -> None:
    driver = aio_driver.LoopDriver(Cloud(clock="virtual"), cast("Any", SimpleNamespace()))
    assert driver._can_probe() is False


def test_where_tasks_wait_of_which_little_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    task: Any = SimpleNamespace(get_coro=lambda: None)
    assert aio_tasks._place(task) == (False, "")

    def on_another_drive(_: str) -> str:
        raise ValueError

    with monkeypatch.context() as patched:
        patched.setattr(os.path, "relpath", on_another_drive)
        assert aio_tasks._short("D:\\worker.py") == "D:\\worker.py"


def test_who_asks_a_generator_for_its_next_or_something_else() -> None:
    async def numbers() -> AsyncIterator[int]:
        await asyncio.Event().wait()
        yield 1

    async def main() -> None:
        await anext(numbers(), None)

    with pytest.raises(UsageError, match="in numbers: await asyncio"):
        minicloud.run(main)


# --- turns of loops ---------------------------------------------------------------------------------------------------


def a_runner(**parts: Any) -> Any:
    return SimpleNamespace(**{"pending": 0, "perform_all": lambda _: None, "in_tasks": {}, **parts})


def test_posts_that_are_under_way_are_waited_for_in_another_thread() -> None:
    """The server may live in this very loop."""
    waited: list[int] = []
    runner = a_runner(pending=1, wait_a_moment=lambda: waited.append(threading.get_ident()))
    asyncio.run(aio_turns.run_errands(runner))
    assert len(waited) == 1
    assert waited != [threading.get_ident()]


def test_on_a_loop_of_another_library_s_handlers_run_in_the_call() -> None:
    ran: list[str] = []
    runner = a_runner(run=lambda: ran.append("run"), perform_all=interrupted)
    with pytest.raises(StopIteration):
        aio_turns.run(runner).send(None)
    assert ran == ["run"]


def test_a_mistake_in_a_handler_is_raised_at_the_end_of_the_call() -> None:
    def perform(turn: Turn) -> None:
        turn.misuse = UsageError("a mistake")

    with pytest.raises(UsageError, match="a mistake"):
        asyncio.run(aio_turns.run(a_runner(perform_all=perform)))


def test_what_is_there_already_is_news() -> None:
    cloud = Cloud(clock="virtual")
    turn = Turn(cast("Any", cloud.errand_runner))
    cloud.errands.add(turn, cast("Any", object()))
    assert asyncio.run(aio_turns._until_news(cast("Any", cloud.errand_runner), turn)) is True
    cloud.errands.clear()


@pytest.mark.parametrize("has_tasks", [False, True])
def test_on_a_real_clock_handlers_that_go_on_by_themselves_count_as_waiting_after_a_lull(
    monkeypatch: pytest.MonkeyPatch, has_tasks: bool
) -> None:
    told: list[object] = []
    monkeypatch.setattr(aio_turns, "tell_that_it_waits", lambda execution, _: told.append(execution))
    monkeypatch.setattr(aio_turns, "LULL", 0)
    cloud = Cloud(clock="real")
    turn = Turn(cast("Any", cloud.errand_runner))
    waits, has_waited = (SimpleNamespace(has_waited=value) for value in (False, True))
    if has_tasks:
        for number, execution in enumerate((waits, has_waited)):
            turn.add(cast("Any", number), cast("Any", execution))

    async def main() -> None:
        cloud.inside = "nothing"
        await aio_turns._perform_by_itself(a_runner(state=cloud), turn)
        for _ in range(3):
            await asyncio.sleep(0)

    asyncio.run(main())
    expected: list[object] = [waits] if has_tasks else []
    assert told == expected
    aio_turns._tell_late(cloud, turn)
    assert told == expected * 2
    assert cloud.inside == ("an event loop's timer" if has_tasks else "nothing")
    cloud.close()
    aio_turns._tell_late(cloud, turn)
    assert told == expected * 2


@pytest.mark.parametrize("is_over", [False, True])
def test_a_handler_in_a_loop_of_its_own_that_is_cancelled(monkeypatch: pytest.MonkeyPatch, is_over: bool) -> None:
    """By the end of its time it has failed; by somebody else it is cancelled."""

    async def cancelled() -> None:
        raise asyncio.CancelledError

    async def main() -> None:
        errand = Errand.__new__(Errand)
        monkeypatch.setattr(Errand, "is_over", is_over, raising=False)
        execution: Any = SimpleNamespace(errand=errand, task=None)
        runner = a_runner()
        with pytest.raises(type(ended_by(asyncio.CancelledError())) if is_over else asyncio.CancelledError):
            await aio_turns._to_its_end(runner, execution, cancelled())
        assert runner.in_tasks == {}

    asyncio.run(main())


def test_a_loop_of_a_handler_s_own_ends_when_all_that_came_due_there_has() -> None:
    ended: list[str] = []
    runner = a_runner()

    async def other() -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        ended.append("other")
        runner.in_tasks.clear()

    async def main() -> None:
        runner.in_tasks[1] = SimpleNamespace(task=asyncio.create_task(other()))
        await aio_turns._until_others_have_ended(runner)
        assert ended == ["other"]

    asyncio.run(main())


# --- threads that sleep -----------------------------------------------------------------------------------------------


class WakeLock:
    """A wake lock that is taken for some waits, and then released."""

    def __init__(self, *answers: bool) -> None:
        self.answers = list(answers)

    def acquire(self, timeout: float) -> bool:
        return self.answers.pop(0)


def test_who_is_woken_on_a_frozen_clock_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(clock="frozen")
    waiter, lock = blocking.alarm(cloud, 5), WakeLock(False, True)
    monkeypatch.setattr(type(cloud.sleepers), "_is_alone", lambda _: False)
    cloud.sleepers._sleep(waiter, cast("Any", lock), OtherThreads(), Patience())
    assert lock.answers == []
    with pytest.raises(UsageError, match="on a frozen clock that nobody moves"):
        cloud.sleepers._sleep(waiter, cast("Any", WakeLock(False, False)), OtherThreads(), Patience())


def test_who_has_performed_something_on_a_real_clock_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(clock="real")
    waiter = blocking.alarm(cloud, 3600)
    cloud.errands.add(threading.get_ident(), cast("Any", object()))
    performed = [True, False]
    monkeypatch.setattr(type(cloud.errand_runner), "run_waiting", lambda _: performed.pop(0))
    lock = WakeLock(True)
    cloud.sleepers._sleep_until_due(waiter, cast("Any", lock))
    assert (performed, lock.answers) == ([False], [True])
    cloud.sleepers._sleep_until_due(waiter, cast("Any", lock))
    assert (performed, lock.answers) == ([], [])
    cloud.errands.clear()


def test_green_threads_are_never_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(clock="virtual")
    monkeypatch.setattr(blocking, "threads_are_green", lambda: True)
    assert cloud.sleepers._is_alone() is False


def test_before_a_jump_what_something_came_into_is_mended() -> None:
    cloud = Cloud(clock="virtual")
    waiter = blocking.alarm(cloud, 5)
    begun = cloud.clock.time()
    cloud.timeline.torn = cloud.timeline.next_due = -1
    cloud.sleepers._jump("every thread waits")
    assert cloud.clock.time() == begun + 5
    assert waiter.done
    assert cloud.inside == "a jump of the clock"


# --- clocks and deliveries --------------------------------------------------------------------------------------------


def test_what_a_clock_of_somebody_else_s_has_by_itself() -> None:
    class Own(Clock):
        def time_ns(self) -> int:
            return 10 * SECOND

    own = Own()
    assert [own.lasts(span) for span in (3 * SECOND // 2, 0, -1)] == [1.5, 0, 0]
    assert [own.waited(0, until) for until in (9 * SECOND, 11 * SECOND)] == [10 * SECOND, 11 * SECOND]
    with pytest.raises(NotImplementedError):
        Clock().time_ns()
    with pytest.raises(NotImplementedError):
        Clock().set(1)


def test_whether_a_late_copy_is_under_way() -> None:
    cloud: Any = Cloud(clock="virtual")
    one, other = (_Copy(cloud, print, cast("Any", object()), SECOND) for _ in range(2))
    assert not one.is_under_way
    cloud.timeline.schedule(cloud.clock.time_ns() + SECOND, print)
    cloud.timeline.schedule(cloud.clock.time_ns() + SECOND, one.arrive)
    assert one.is_under_way is True
    assert other.is_under_way is False


# --- looks at what is due ---------------------------------------------------------------------------------------------


def test_a_close_that_was_interrupted_is_carried_through_by_who_brings_the_record_up_to_date(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cloud = Cloud(clock="virtual")
    interrupt_a_close(cloud, monkeypatch)
    cloud.catch_up()
    assert cloud.closed
    cloud.catch_up()


def test_a_clock_that_breaks_is_told_by_every_look() -> None:
    source = Source()
    cloud = Cloud(clock=source, trace=False)
    source.now = "noon"
    for look in (cloud.catch_up, cloud.next_due, cloud.close):
        with pytest.raises(UsageError, match="'noon'"):
            look()
    assert cloud.timeline.torn == 0
    assert not cloud.closed


@pytest.mark.parametrize("name", ["catch_up", "next_due"])
def test_a_look_that_something_comes_into_is_mended(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    cloud = Cloud(clock="virtual")
    cloud.client("sqs").list_queues()
    with monkeypatch.context() as patched:
        patched.setattr(SqsState, name, interrupted)
        with pytest.raises(Stop):
            getattr(cloud, name)()
    assert (cloud.timeline.torn, cloud.timeline.next_due) == (-1, -1)
    getattr(cloud, name)()
    assert cloud.timeline.torn == 0


@pytest.mark.parametrize("name", ["catch_up", "next_due"])
def test_what_a_look_has_settled_is_left_to_whoever_performs_next(name: str) -> None:
    source = Source()
    cloud = Cloud(clock=source)
    errand: Any = SimpleNamespace(at_once=True)
    cloud.timeline.schedule(source.now + SECOND, lambda _: cloud.errand_runner.take(errand))
    source.now += 2 * SECOND
    getattr(cloud, name)()
    (owner,) = cloud.errands
    assert isinstance(owner, int)
    assert owner < 0
    cloud.errands.clear()


def test_which_effects_outside_of_queues_have_been_carried_out(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(clock="virtual")
    for kind in (Abandon, ToAlarms):
        assert cloud.is_carried_out(cast("Any", kind.__new__(kind))) is False
    for is_there in (True, False):
        logs = SimpleNamespace(has_ingested=lambda _, is_there=is_there: is_there)
        monkeypatch.setattr(type(cloud), "_logs_of", lambda _, __, logs=logs: logs)
        assert cloud.is_carried_out(cast("Any", ToLog.__new__(ToLog))) is is_there
    errand: Any = object()
    assert cloud.is_carried_out(errand) is False
    cloud.errands.add(threading.get_ident(), errand)
    assert cloud.is_carried_out(errand) is True
    cloud.errands.clear()


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


# --- who is let go of, and who is told --------------------------------------------------------------------------------


def test_loops_that_are_closed_are_forgotten() -> None:
    cloud: Any = Cloud(clock="virtual")
    closed, open_ = asyncio.new_event_loop(), asyncio.new_event_loop()
    cloud.sleepers.drivers.update({closed: "one", open_: "other"})
    closed.close()
    cloud.sleepers.forget_closed_loops()
    assert cloud.sleepers.drivers == {open_: "other"}
    cloud.sleepers.drivers.clear()
    open_.close()


@pytest.mark.parametrize("has_driver", [False, True])
def test_what_those_await_who_poll_on_a_loop_of_another_thread(
    monkeypatch: pytest.MonkeyPatch, has_driver: bool
) -> None:
    cloud: Any = Cloud(clock="virtual")
    loop, frame, held = object(), object(), [object()]
    asked: list[Any] = []
    monkeypatch.setattr(aio_holders, "find_task", lambda *arguments: asked.append(arguments) or "a holder")
    if has_driver:
        cloud.sleepers.drivers[loop] = SimpleNamespace(waiters={1: "a future"})
    assert cloud.sleepers._look_at_loop(held, loop, frame) == "a holder"
    assert asked == [(loop, ["a future"] if has_driver else [], held, frame)]
    cloud.sleepers.drivers.clear()


@pytest.mark.parametrize(
    ("error", "is_the_turn_s", "passes"),
    [(Stop(), True, False), (Stop(), False, True), (KeyboardInterrupt(), True, True), (ValueError(), False, False)],
)
def test_what_comes_into_a_turn_that_goes_on_by_itself(error: BaseException, is_the_turn_s: bool, passes: bool) -> None:
    """What the turn has raised is kept already, and the loop is told of the rest; what it had not performed stays."""
    left: list[Turn] = []
    kept: list[BaseException] = []

    def perform(turn: Turn) -> None:
        turn.error = error if is_the_turn_s else None
        raise error

    runner = a_runner(perform_all=perform, leave=left.append, keep=kept.append)
    turn = Turn(runner)
    working = aio_turns._perform_by_itself(runner, turn)
    with pytest.raises(type(error) if passes else StopIteration):
        working.send(None)
    assert left == [turn]
    assert kept == ([error] if isinstance(error, ValueError) else [])


def test_a_loop_that_comes_late_performs_what_has_come_due(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(clock="virtual")
    loop: Any = event_loop.CloudLoop(cloud)
    performed: list[bool] = []
    monkeypatch.setattr(ErrandRunner, "perform_due", lambda _: performed.append(True))
    cloud.timeline.schedule(cloud.clock.time_ns(), print)
    assert loop.idle(SimpleNamespace()) == []
    assert performed == [True]
    loop.close()


def test_who_sleeps_performs_what_is_held_and_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(clock="virtual", handlers="held")
    waiter = blocking.alarm(cloud, 5)
    performed = [True, False]
    held: Any = cloud.errand_runner.held
    held.line.append(object())
    monkeypatch.setattr(ErrandRunner, "run_waiting", lambda _: performed.pop(0))
    lock = threading.Lock()
    lock.acquire()
    for left, is_done in (([False], False), ([], True)):
        cloud.sleepers._sleep(waiter, lock, OtherThreads(), Patience())
        assert (performed, waiter.done) == (left, is_done)
    held.line.clear()


def test_a_handler_that_moves_the_clock_counts_as_waiting() -> None:
    """And so do those that run in tasks when somebody moves it."""
    cloud = Cloud(clock="virtual")
    told: list[str] = []
    runner: Any = cloud.errand_runner

    def work(_: Any, __: Any) -> None:
        (errand,) = runner.taken
        errand.waits = lambda _: told.append("waits")
        cloud.clock.advance(1)

    topic = subscribe(cloud, "jobs", work)
    cloud.client("sns").publish(TopicArn=topic, Message="m")
    assert told == ["waits"]
    errand = SimpleNamespace(waits=lambda now: told.append(f"at {now - begun}"))
    begun = cloud.clock.time_ns()
    runner.in_tasks[1] = SimpleNamespace(has_waited=False, ended=False, errand=errand, task=None)
    cloud.clock.advance(1)
    assert told == ["waits", "at 0"]
    runner.in_tasks.clear()


def test_only_on_a_real_clock_somebody_settles_when_nobody_calls() -> None:
    for clock, has_one in (("virtual", False), ("frozen", False), ("real", True)):
        cloud = Cloud(clock=cast("Any", clock))
        cloud.keep_settling()
        settler = cloud.errand_runner._settler
        assert (settler is not None) is has_one
        cloud.keep_settling()
        assert cloud.errand_runner._settler is settler
        cloud.close()


def test_who_pokes_the_driver_of_a_clock_that_is_moved_sets_no_timer() -> None:
    cloud = Cloud(clock="virtual")
    loop = asyncio.new_event_loop()
    driver = aio_driver.LoopDriver(cloud, loop)
    driver.poke()
    driver._turn = turn = loop.call_later(60, print)
    driver.poke()
    assert (driver._turn, driver._turns) == (turn, 0)
    loop.close()


def test_after_its_end_an_executor_takes_nothing_more() -> None:
    loop = minicloud.EventLoop(Cloud(clock="virtual"))

    async def main() -> None:
        await asyncio.to_thread(len, "")
        await loop.shutdown_default_executor()
        with pytest.raises(RuntimeError, match="shutdown"):
            await asyncio.to_thread(len, "")

    loop.run_until_complete(main())
    loop.close()


def test_a_loop_of_a_handler_s_own_waits_for_who_performs_there() -> None:
    ended: list[str] = []

    async def perform() -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        ended.append("performed")

    async def main() -> None:
        task = asyncio.create_task(perform())
        aio_turns._performers.add(task)
        task.add_done_callback(aio_turns._performers.discard)
        await aio_turns._until_others_have_ended(a_runner())
        assert ended == ["performed"]

    asyncio.run(main())


@pytest.mark.parametrize("count", [1, 2])
def test_of_as_many_places_as_are_told_none_is_left_out(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(aio_tasks, "_MOST", 1)

    async def one() -> None:
        await asyncio.Event().wait()

    async def other() -> None:
        await asyncio.Event().wait()

    async def main() -> None:
        tasks = [asyncio.create_task(place()) for place in (one, other)[: count - 1]]
        await asyncio.sleep(0)
        told = aio_tasks.suspended_tasks(asyncio.get_running_loop()).splitlines()
        assert len(told) == 1 + count  # and this task is one of them
        for task in tasks:
            task.cancel()

    asyncio.run(main())


# --- what is carried out ----------------------------------------------------------------------------------------------


def test_a_delivery_that_is_refused_has_happened() -> None:
    cloud: Any = Cloud(clock="virtual")
    failed: list[Any] = []
    cloud.world.refusals = lambda now, _: f"refused at {now}"
    effect = SimpleNamespace(
        begun=None, happened=False, may_be_refused=True, fail=lambda *given: failed.append(given), target_arn=""
    )
    cloud._deliver(7, effect)
    assert (failed, effect.happened) == ([(7, "refused at 7")], True)


def test_what_something_came_into_is_mended_before_an_errand_is_completed() -> None:
    cloud: Any = Cloud(clock="virtual")
    runner = cloud.errand_runner
    turn = Turn(runner)
    seen: list[Any] = []
    errand: Any = Errand.__new__(Errand)
    errand.complete = lambda *_: seen.append((cloud.timeline.torn, runner.completing))
    cloud.timeline.torn = cloud.timeline.next_due = -1
    runner.complete(errand, None, None, turn)
    assert seen == [(0, turn)]  # what follows from it is that turn's
    assert runner.completing is None


def test_who_wants_to_know_is_told_of_a_reset() -> None:
    cloud: Any = Cloud(clock="virtual")
    told: list[str] = []
    cloud.on_reset = [lambda: told.append("reset")]
    cloud.reset()
    assert told == ["reset"]


def test_a_delivery_is_made_once_unless_chance_has_it_otherwise() -> None:
    cloud = Cloud(clock="virtual", delivery=Chaos(lambda _: 0), trace=True)
    make_queue(cloud, "q")
    topic = cloud.client("sns").create_topic(Name="t")["TopicArn"]
    cloud.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("q").arn)
    cloud.client("sns").publish(TopicArn=topic, Message="m")
    assert len(cloud.queue("q").messages) == 1
    assert list(cloud.trace.of("chaos")) == []


def test_a_delivery_that_comes_again_is_not_under_way_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it does when something came into it; a queue that is exact has it once, and at once."""
    cloud = Cloud(clock="virtual", delivery=Chaos(lambda count: count - 1))
    arrived: list[int] = []
    chaotic = ChaoticDelivery(cloud, lambda now, _: arrived.append(now))
    begun = cloud.clock.time_ns()
    subscription = SimpleNamespace(topic=SimpleNamespace(name="t"))
    for queue, times in (("q", 2), ("q.fifo", 1)):
        delivery: Any = SimpleNamespace(queue_arn=queue, subscription=subscription, origin="")
        if times > 1:
            with monkeypatch.context() as patched:
                patched.setattr(type(cloud.timeline), "schedule", interrupted)
                with pytest.raises(Stop):
                    chaotic.deliver(begun, delivery)
        for _ in range(times):
            chaotic.deliver(begun, delivery)
    assert arrived == [begun]
    cloud.clock.advance(60)
    assert arrived == [begun, begun + SECOND, begun + SECOND]


def test_the_names_of_those_who_wait_at_one_place() -> None:
    listed = [aio_tasks._listed(list("abcde"[:count])) for count in range(1, 6)]
    assert listed == [
        "a waits",
        "a and b wait",
        "a, b and c wait",
        "a, b, c and 1 more wait",
        "a, b, c and 2 more wait",
    ]


@pytest.mark.parametrize("depth", [1, 2])
def test_a_stack_that_is_full_is_told_of_those_who_wait_inside_of_each_other(depth: int) -> None:
    """One alone has filled it by itself."""
    runner: Any = Cloud(clock="virtual").errand_runner
    failures: list[Any] = []

    def fill(_: object) -> None:
        raise RecursionError

    errand: Any = Errand.__new__(Errand)
    errand.target = fill
    errand.complete = lambda _, __, failure: failures.append(type(failure))
    turn = Turn(runner)
    runner._perform(errand, turn, None if depth == 1 else Execution(turn, errand, None))
    assert failures == [RecursionError if depth == 1 else UsageError]


# --- waits that something comes into ----------------------------------------------------------------------------------


@pytest.mark.parametrize("was_torn", [False, True])
@pytest.mark.parametrize("way", ["a call", "a sleep", "a task's call", "a task's sleep"])
def test_who_is_interrupted_while_he_waits_is_taken_back_by_somebody(
    monkeypatch: pytest.MonkeyPatch, way: str, was_torn: bool
) -> None:
    """By the next call, where that was interrupted as well."""
    cloud: Any = Cloud(clock="virtual")
    waiter = blocking.alarm(cloud, 5)
    taken_back: list[bool] = []
    monkeypatch.setattr(type(cloud), "take_back", lambda _: taken_back.append(True))
    monkeypatch.setattr(type(cloud.sleepers), "_sleep_until_done", interrupted)
    monkeypatch.setattr(aio_blocking, "join", interrupted)
    monkeypatch.setattr(aio_blocking, "alarm", lambda *_: waiter)
    monkeypatch.setattr(engine, "alarm", lambda *_: waiter)
    if way.endswith("sleep"):
        monkeypatch.setattr(type(cloud), "wait", interrupted)
        monkeypatch.setattr(aio_blocking, "wait", interrupted)
    if was_torn:
        cloud.timeline.torn = -1
    ways: dict[str, Any] = {
        "a call": lambda: cloud.sleepers.wait(waiter),
        "a sleep": lambda: cloud.pause(5),
        "a task's call": lambda: asyncio.run(aio_blocking.wait(cloud, waiter)),
        "a task's sleep": lambda: asyncio.run(aio_blocking.sleep(cloud, 5)),
    }
    with pytest.raises(Stop):
        ways[way]()
    assert taken_back == [True]
    assert (cloud.timeline.torn, cloud.timeline.next_due) == (-1 if was_torn else 1, -1)
    assert list(cloud.forsaken) == [waiter]


@pytest.mark.parametrize("came", [None, ("what came", None)])
def test_a_handler_that_ends_with_its_loop_has_failed_unless_it_had_ended(came: Any) -> None:
    completed: list[Any] = []
    errand = SimpleNamespace(came=came, ending=None)
    execution: Any = SimpleNamespace(errand=errand, turn="the turn", ended=False)
    runner = a_runner(complete=lambda *given: completed.append(given))

    async def cancelled() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        aio_turns._await(runner, execution, cancelled()).send(None)
    assert execution.ended
    assert [(one, type(failure), turn) for one, _, failure, turn in completed] == (
        [(errand, RuntimeError, "the turn")] if came is None else []
    )


def test_a_turn_that_nobody_waits_for_any_more_is_cancelled() -> None:
    cloud = Cloud(clock="virtual")
    loop = asyncio.new_event_loop()
    driver: Any = aio_driver.LoopDriver(cloud, loop)
    driver._turn = turn = loop.call_later(60, print)
    one, other = (blocking.alarm(cloud, 5) for _ in range(2))
    driver.waiters.update({one: loop.create_future(), other: loop.create_future()})
    driver.leave(one)
    assert (driver._turn, turn.cancelled()) == (turn, False)
    driver.leave(other)
    assert (driver._turn, turn.cancelled()) == (None, True)
    loop.close()


def test_where_nothing_is_held_nobody_lets_go(monkeypatch: pytest.MonkeyPatch) -> None:
    runner: Any = Cloud(clock="virtual").errand_runner
    monkeypatch.setattr(type(runner.held), "letting_go", interrupted)
    with aio_turns.letting_go(runner):
        assert not runner.held.line
