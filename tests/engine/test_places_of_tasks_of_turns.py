"""Tasks of turns: when one is begun, under whose name, what has it go on, and who is released from waiting for it."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from minicloud import Cloud
from minicloud.core.errands import Errand
from minicloud.engine import aio_driver, aio_turns
from minicloud.engine.errands import ErrandRunner
from minicloud.engine.turns import Execution, Turn

from .broken import Stop, a_runner
from .test_async_handlers import publish
from .test_turns import subscribe


@pytest.mark.parametrize(
    ("runs", "lets_go", "has_more", "is_held", "goes_on"),
    [
        (0, False, False, False, True),
        (1, False, False, False, False),
        (1, False, False, True, False),
        (1, False, True, False, True),
        (0, True, False, False, False),
        (0, True, False, True, True),
        (1, True, False, True, True),
        (1, True, True, False, True),
    ],
)
def test_when_a_turn_goes_on_in_a_task_of_its_loop(
    runs: int, lets_go: bool, has_more: bool, is_held: bool, goes_on: bool
) -> None:
    """At the first time, when there is more for it, or when it lets go what is held."""
    cloud: Any = Cloud(clock="virtual")
    runner = a_runner(state=cloud, held=SimpleNamespace(line=deque(["held"] * is_held)))
    turn = Turn(runner)
    turn.runs, turn.lets_go = runs, lets_go
    if has_more:
        cloud.errands.add(turn, "more")
    begun: list[Any] = []

    def create_task(work: Any, name: str, context: Any) -> Any:
        work.close()
        begun.append((name, list(context)))
        return _Begun(begun.append)

    performers = set(aio_turns._performers)
    loop: Any = SimpleNamespace(create_task=create_task)
    aio_turns._go_on(runner, turn, loop)
    if goes_on:
        (task,) = aio_turns._performers - performers
        assert begun == [("minicloud", []), aio_turns._performers.discard]
        assert (turn.awaits, turn.has_caller) == (True, False)
        aio_turns._performers.discard(task)
    else:
        assert (begun, turn.awaits, turn.has_caller) == ([], False, True)
    assert aio_turns._performers == performers
    cloud.errands.clear()


class _Begun:
    """A task that was begun."""

    def __init__(self, add_done_callback: Callable[[Any], object]) -> None:
        self.add_done_callback = add_done_callback


def test_who_lets_go_is_told_in_a_turn_of_its_own_from_whatever_thread() -> None:
    told: list[Any] = []
    loop: Any = SimpleNamespace(
        is_closed=lambda: False, call_soon_threadsafe=lambda *given, context: told.append((given, list(context)))
    )
    runner: Any = a_runner()
    aio_turns.let_go(runner, loop)
    assert len(told) == 2
    for (go_on, one, turn, other), context in told:
        assert (go_on, one, other, context) == (aio_turns._go_on, runner, loop, [])
        assert (turn.lets_go, turn.runs, turn.runner) == (True, 0, runner)
    assert told[0] == told[1]


@pytest.mark.parametrize("is_in_a_task", [True, False])
@pytest.mark.parametrize("has_go_on", [True, False])
def test_a_handler_runs_under_the_name_of_the_task_that_has_led_to_it(is_in_a_task: bool, has_go_on: bool) -> None:
    names: list[str] = []
    runner: Any = Cloud(clock="virtual").errand_runner

    async def work() -> None:
        task = asyncio.current_task()
        assert task is not None
        assert execution.task is task
        assert list(turn.tasks) == [task]
        names.append(task.get_name())

    turn = Turn(runner)
    errand: Any = Errand.__new__(Errand)
    errand.came = errand.ending = None
    errand.complete = lambda *_: None
    execution = Execution(turn, errand, None)

    def go_on() -> None:
        """As it does already."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        if has_go_on:
            turn.go_on = go_on
        if is_in_a_task:
            asyncio.create_task(begin(loop), name="the caller's")  # noqa: RUF006
        else:
            loop.call_soon(aio_turns.start, runner, execution, work(), loop)
        for _ in range(5):
            await asyncio.sleep(0)

    async def begin(loop: Any) -> None:
        aio_turns.start(runner, execution, work(), loop)

    asyncio.run(main())
    assert len(names) == 1
    assert (names == ["the caller's"]) is is_in_a_task
    assert names[0] == "the caller's" or names[0].startswith("Task-")
    assert (turn.go_on is go_on) is has_go_on
    assert turn.tasks == {}


def test_a_call_that_was_released_once_is_not_released_again() -> None:
    cloud = Cloud(clock="virtual")
    lull = aio_driver.Lull([])
    aio_turns._release(cloud, lull)
    assert (lull.is_released, lull.done) == (True, True)
    other = aio_driver.Lull([])
    other.finish(None)
    aio_turns._release(cloud, other)
    assert (other.is_released, other.done) == (False, True)


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_when_a_call_waits_for_handlers_no_more_nothing_of_its_wait_is_left(is_cancelled: bool) -> None:
    cloud: Any = Cloud(clock="virtual")
    runner: Any = cloud.errand_runner
    went_on: list[str] = []

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()
        turn = Turn(runner)
        turn.go_on = lambda: went_on.append("goes on")
        turn.add("a task", cast("Any", SimpleNamespace(has_waited=True)))
        waiting = asyncio.create_task(aio_turns._until_news(runner, turn))
        await asyncio.sleep(0)
        (lull,) = cloud.sleepers.drivers[loop].waiters
        assert isinstance(lull, aio_driver.Lull)
        assert [timer for timer in loop._scheduled if timer._callback is aio_turns._release and not timer.cancelled()]
        cloud.errands.add(turn, "news")
        if is_cancelled:
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        else:
            assert turn.poke is not None
            turn.poke()
            assert await waiting is True
        assert turn.poke is turn.go_on
        assert not cloud.sleepers.drivers[loop].waiters
        assert not [
            timer for timer in loop._scheduled if timer._callback is aio_turns._release and not timer.cancelled()
        ]
        cloud.errands.clear()

    asyncio.run(main())
    assert went_on == ["goes on"] * is_cancelled


def test_a_call_that_is_released_tells_its_handlers_that_they_wait() -> None:
    """Those that have not been told, and once."""
    cloud: Any = Cloud(clock="virtual")
    told: list[str] = []

    async def main() -> None:
        turn = Turn(cloud.errand_runner)
        for name, has_waited in (("one", False), ("other", True)):
            errand = SimpleNamespace(waits=lambda _, name=name: told.append(name))
            turn.add(name, cast("Any", SimpleNamespace(has_waited=has_waited, errand=errand)))
        waiting = asyncio.create_task(aio_turns._until_news(cloud.errand_runner, turn))
        await asyncio.sleep(0)
        (lull,) = cloud.sleepers.drivers[asyncio.get_running_loop()].waiters
        with cloud.lock:
            lull.release()
        assert await waiting is False
        assert all(execution.has_waited for execution in turn.tasks.values())

    asyncio.run(main())
    assert told == ["one"]


@pytest.mark.parametrize("is_in_a_loop_of_its_own", [False, True])
def test_a_handler_that_is_about_to_wait_performs_what_it_has_led_to_where_nobody_else_does(
    monkeypatch: pytest.MonkeyPatch, is_in_a_loop_of_its_own: bool
) -> None:
    """Its turn's is performed by whoever waits for the end of such a loop."""
    cloud = Cloud(clock="virtual")
    runner: Any = cloud.errand_runner
    performed: list[Any] = []
    told: list[Any] = []
    outer = Turn(runner)
    execution = Execution(outer, cast("Any", object()), None)
    execution.task = "a task"
    if not is_in_a_loop_of_its_own:
        outer.add("a task", execution)
    monkeypatch.setattr(ErrandRunner, "begin_to_wait", lambda _, one: told.append(("begins to wait", one)))
    monkeypatch.setattr(ErrandRunner, "check_depth", lambda _, one: told.append(("is checked", one)))
    monkeypatch.setattr(ErrandRunner, "perform_all", lambda _, *given: performed.append(given))
    asyncio.run(aio_turns.before_waiting(runner, execution))
    if is_in_a_loop_of_its_own:
        assert told == [("begins to wait", execution), ("is checked", execution)]
        ((turn, waiting, also),) = performed
        assert (waiting, also, turn.outer, turn.awaits, turn.has_caller) == (None, outer, execution, True, False)
    else:
        assert (told, performed) == ([("begins to wait", execution)], [])


def test_what_comes_due_on_a_loop_is_performed_there_and_by_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud: Any = Cloud(clock="virtual")
    runner: Any = cloud.errand_runner
    gone_on: list[Any] = []
    monkeypatch.setattr(aio_turns, "_go_on", lambda *given: gone_on.append(given))

    async def main() -> None:
        cloud.errand_runner.perform_due()
        for owner, expected in ((threading.get_ident() + 1, 0), (threading.get_ident(), 1), (-1, 2)):
            cloud.errands.clear()
            cloud.errands.add(owner, object())
            cloud.errand_runner.perform_due()
            assert len(gone_on) == expected
        for one, turn, loop in gone_on:
            assert (one, turn.runs, loop) == (runner, 0, asyncio.get_running_loop())
        cloud.errands.clear()

    asyncio.run(main())


def test_handlers_that_are_held_run_in_tasks_of_the_loop_in_which_the_test_lets_time_pass() -> None:
    cloud = Cloud(clock="virtual", handlers="held")
    ran: list[str] = []

    async def work(event: Any, context: Any) -> None:
        task = asyncio.current_task()
        assert task is not None
        ran.append(task.get_name())

    async def main() -> None:
        await publish(cloud, "jobs")
        assert ran == []
        await cloud.async_sleep(1)

    subscribe(cloud, "jobs", work)
    asyncio.run(main())
    assert ran == ["minicloud"]
    assert not cloud.errand_runner.held.letting


@pytest.mark.parametrize("is_interrupted", [False, True])
def test_while_an_async_handler_is_under_way_its_task_has_its_errand(is_interrupted: bool) -> None:
    """What comes into that gives it back to its turn, where it is the first again."""
    cloud: Any = Cloud(clock="virtual")
    runner: Any = cloud.errand_runner
    turn = Turn(runner)
    errand: Any = Errand.__new__(Errand)
    errand.came = errand.ending = None
    execution = Execution(turn, errand, None)
    seen: list[Any] = []

    def complete(*_: object) -> None:
        if is_interrupted:
            raise Stop

    async def work() -> None:
        seen.append((runner.taken[errand], runner.in_tasks[errand]))

    errand.complete = complete
    runner.taken[errand] = turn
    cloud.errands.add(turn, "the next")
    working = aio_turns._see_to_its_end(runner, execution, work(), turn)
    with pytest.raises(Stop if is_interrupted else StopIteration):
        working.send(None)
    assert seen == [(execution, execution)]
    assert (runner.taken, runner.in_tasks) == ({}, {})
    assert list(cloud.errands[turn]) == [*[errand] * is_interrupted, "the next"]
    cloud.errands.clear()
