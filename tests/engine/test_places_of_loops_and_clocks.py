"""Places of loops, sleeping threads and clocks where few calls come: what is over already, what cannot be started."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

import minicloud
from minicloud import Cloud, UsageError
from minicloud.core.effects import ToAlarms, ToLog
from minicloud.core.errands import Abandon, Errand
from minicloud.engine import (
    aio_blocking,
    aio_driver,
    aio_holders,
    aio_tasks,
    aio_turns,
    blocking,
)
from minicloud.engine.chaotic_delivery import _Copy
from minicloud.engine.clock import Clock
from minicloud.engine.errands import ErrandRunner
from minicloud.engine.holders import Patience
from minicloud.engine.turns import Turn, ended_by
from minicloud.services.sqs.state import SqsState

from .broken import SECOND, Source, Stop, a_runner, interrupted


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
    others: Any = SimpleNamespace(are_running=lambda *_: False)
    monkeypatch.setattr(type(cloud.sleepers), "_is_alone", lambda _: False)
    cloud.sleepers._sleep(waiter, cast("Any", lock), others, Patience())
    assert lock.answers == []
    with pytest.raises(UsageError, match="on a frozen clock that nobody moves"):
        cloud.sleepers._sleep(waiter, cast("Any", WakeLock(False, False)), others, Patience())


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
