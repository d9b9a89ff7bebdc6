"""Errands in event loops: ``async def`` handlers as tasks, which overlap.

A handler's task runs in the loop of the call that led to it, and that call waits until it has ended; but no longer
than the loop has something to run at this instant. When time would have to jump for it to go on, the call is released:
it returns, and the handler goes on by itself. On a real clock, and while the handler waits for something outside of the
cloud, the call is released after ``LULL`` seconds of real time. Who waits so is a ``Lull`` among the sleepers of the
loop's driver, which releases it before it moves time (``aio_driver``).

A turn whose call has been released, or cancelled, goes on: what its handlers cause is performed by tasks of the loop.
What comes due in a loop (its driver has moved time, or its timer has gone off) is as well, and an ``async def`` handler
stays on its loop when it is called again.

A thread that runs no loop, and a call that blocks its loop until the handler has ended, run such a handler to its end
in a loop of its own, which is on the cloud's time where that jumps.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import Context, copy_context
from functools import partial
from typing import TYPE_CHECKING, Any

from .aio_blocking import join, need_a_loop
from .aio_blocking import sleep as sleep_in_cloud
from .aio_driver import LULL, Lull
from .turns import ENDS_AN_ERRAND, Execution, Turn, current_execution, ended_by, inside, tell_that_it_waits

if TYPE_CHECKING:
    from .aio_driver import LULL, Lull
    from .state import State
from .turns import Runner

__all__ = ["before_waiting", "letting_go", "perform_due", "run", "run_errands", "run_to_its_end", "sleep", "start"]

_performers: set[asyncio.Task[None]] = set()
"""An event loop itself holds tasks weakly."""


async def run_errands(runner: Runner) -> None:
    """Perform what a call has led to outside of the lock; handlers that are ``async def`` are awaited.

    A task that is cancelled meanwhile has had its call all the same, and what follows from it happens without the task.
    """
    await run(runner)
    if runner.pending and asyncio._get_running_loop() is not None:  # without one, ``run`` has waited
        # The server may live in this very loop.
        await asyncio.to_thread(runner.wait_a_moment)


async def run(runner: Runner) -> None:
    """Perform what waits for this thread, and await the handlers; inside of a handler the outermost call does."""
    if inside(runner) is not None:
        return
    if asyncio._get_running_loop() is None:  # a loop of another library's
        runner.run()
        return
    turn = Turn(runner, current_execution.get())
    turn.awaits = True
    try:
        await _perform(runner, turn)
    except asyncio.CancelledError:
        turn.has_caller = False  # its call has been made, and what follows from it happens without the task
        raise
    except BaseException:
        runner.leave(turn)
        raise
    turn.has_caller = False
    if turn.misuse is not None:
        raise turn.misuse


async def _perform(runner: Runner, turn: Turn) -> None:
    while True:
        runner.perform_all(turn)
        if turn.error is not None:
            raise turn.error
        if not turn.tasks or not await _until_news(runner, turn):
            return


async def _until_news(runner: Runner, turn: Turn) -> bool:
    """Sleep until a handler has caused something or all have ended; False when the call is released before."""
    engine = runner.state
    lull = Lull(turn.tasks)
    asleep = timer = None
    is_cancelled = True
    try:
        with engine.lock:
            if turn in engine.errands or not turn.tasks or turn.error is not None:
                return True
            asleep = join(engine, lull)
            turn.poke = partial(lull.finish, None)
        loop = asyncio.get_running_loop()
        if not engine.clock.manual or not hasattr(loop, "next_timer"):  # its time is real
            timer = loop.call_later(LULL, _release, engine, lull)
        await asleep[1]
        is_cancelled = False
    finally:
        with engine.lock:
            turn.poke = turn.go_on
            if asleep is not None:
                asleep[0].leave(lull)
                if is_cancelled and turn in engine.errands and turn.go_on is not None:
                    turn.go_on()  # what is there already is nobody else's
        if timer is not None:
            timer.cancel()
    if lull.is_released:
        engine.change("an event loop's turn", partial(_tell_those_who_wait, turn))
    return not lull.is_released


def _release(engine: State, lull: Lull) -> None:
    with engine.lock:
        if not lull.done:
            lull.release()


def _tell_late(engine: State, turn: Turn) -> None:
    if not engine.closed and turn.tasks:
        engine.change("an event loop's timer", partial(_tell_those_who_wait, turn))


def _tell_those_who_wait(turn: Turn, now: int) -> None:
    for one in list(turn.tasks.values()):
        if not one.has_waited:
            tell_that_it_waits(one, now)


async def sleep(runner: Runner, seconds: float) -> None:
    """``Cloud.async_sleep``."""
    __tracebackhide__ = True
    need_a_loop()
    engine = runner.state
    engine.tell_what_is_kept()
    with letting_go(runner):
        await sleep_in_cloud(engine, seconds)
    engine.tell_what_is_kept()


@contextmanager
def letting_go(runner: Runner) -> Iterator[None]:
    """For ``with``: the test lets time pass in this loop, so handlers that are held run, in tasks of it."""
    held = runner.held
    if not held.holders or inside(runner) is not None:
        yield
        return
    poke = partial(let_go, runner, asyncio.get_running_loop())
    with held.letting_go(object(), poke):
        with runner.state.lock:
            poke()
        yield


# --- tasks of handlers -----------------------------------------------------------------------------------------------


def start(runner: Runner, execution: Execution, awaitable: Awaitable[Any], loop: asyncio.AbstractEventLoop) -> None:
    """Have a task await what a handler has returned. Called in the handler's context, without the lock."""
    turn = execution.turn
    if turn.go_on is None:
        turn.go_on = partial(_go_on_soon, runner, turn, loop, threading.get_ident())
    caller = asyncio.current_task()  # what is done there is the caller's
    taken_by = runner.taken.get(execution.errand)
    work = _see_to_its_end(runner, execution, awaitable, taken_by)
    task = loop.create_task(work, name=None if caller is None else caller.get_name())
    execution.task = task
    turn.add(task, execution)
    task.add_done_callback(partial(_ended, runner, execution, awaitable, taken_by))


async def _see_to_its_end(runner: Runner, execution: Execution, awaitable: Awaitable[Any], taken_by: object) -> None:
    errand = execution.errand
    if runner.taken.get(errand) is not taken_by:  # whoever started this was interrupted, and has given it back
        getattr(awaitable, "close", _no_end)()
        return
    runner.taken[errand] = execution
    runner.in_tasks[errand] = execution
    try:
        await _await(runner, execution, awaitable)
    except BaseException:
        runner.give_back(execution, execution.turn)
        raise
    finally:
        runner.in_tasks.pop(errand, None)


def _no_end() -> None:
    """It is a future, say."""


async def _await(runner: Runner, execution: Execution, awaitable: Awaitable[Any]) -> None:
    outcome: Any = None
    failure: BaseException | None = None
    try:
        outcome = await awaitable
    except ENDS_AN_ERRAND as error:
        failure = error
    except BaseException as error:
        # The loop ends, and the handler with it: a delivery that has failed, and not one that never was.
        execution.ended = True
        if execution.errand.came is None:
            execution.errand.ending = None, ended_by(error)
            runner.complete(execution.errand, *execution.errand.ending, execution.turn)
        if not isinstance(error, asyncio.CancelledError | GeneratorExit):
            runner.pass_through(execution.turn, error)
        raise
    execution.ended = True
    execution.errand.ending = outcome, failure
    runner.complete(execution.errand, outcome, failure, execution.turn)


def _ended(runner: Runner, execution: Execution, awaitable: Any, taken_by: object, task: asyncio.Task[None]) -> None:
    turn = execution.turn
    if taken_by is not None and runner.taken.get(execution.errand) is taken_by:
        runner.give_back_one(execution.errand)  # it was cancelled before it began: that is left to whoever comes next
        getattr(awaitable, "close", _no_end)()
    error = None if task.cancelled() else task.exception()
    if error is not None and error is not turn.error:
        task.get_loop().call_exception_handler(
            {"message": "an errand was interrupted", "exception": error, "task": task}
        )
    with runner.state.lock:
        turn.forget(task)
        if turn.poke is not None and (not turn.tasks or turn.error is not None):
            turn.poke()


def run_to_its_end(runner: Runner, execution: Execution, awaitable: Awaitable[Any]) -> Any:
    """Run what a handler has returned in a loop of its own; in a thread of its own where this one has a loop."""
    main = _to_its_end(runner, execution, awaitable)
    if asyncio._get_running_loop() is None:
        return _run_in_a_loop(runner, main)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1, "minicloud-handler") as executor:
        return executor.submit(copy_context().run, _run_in_a_loop, runner, main).result()


def _run_in_a_loop(runner: Runner, main: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a new loop, which is on the cloud's time where that jumps: a sleep in it is no real one."""
    if not runner.state.clock.autojump:
        return asyncio.run(main)
    from .event_loop import CloudLoop

    with asyncio.Runner(loop_factory=partial(CloudLoop, runner.state)) as loop:
        return loop.run(main)


async def _to_its_end(runner: Runner, execution: Execution, awaitable: Awaitable[Any]) -> Any:
    execution.task = asyncio.current_task()
    runner.in_tasks[execution.errand] = execution
    try:
        return await awaitable
    except asyncio.CancelledError as error:
        if not execution.errand.is_over:
            raise
        raise ended_by(error) from None  # whoever called knows of no task
    finally:
        runner.in_tasks.pop(execution.errand, None)
        await _until_others_have_ended(runner)


async def _until_others_have_ended(runner: Runner) -> None:
    # What came due in this loop meanwhile ends with it otherwise.
    loop, own = asyncio.get_running_loop(), asyncio.current_task()
    while True:
        others = {one.task for one in runner.in_tasks.values() if one.task.get_loop() is loop}
        others |= {task for task in _performers if task.get_loop() is loop}
        others.discard(own)
        if not others:
            return
        await asyncio.wait(others)


# --- turns that go on by themselves ----------------------------------------------------------------------------------


def perform_due(runner: Runner) -> None:
    """Have a task of this thread's loop perform what has come due there. Called without the lock."""
    with runner.state.lock:
        found = runner.state.errands.owner_of_next(None, threading.get_ident())
    if found is not None:
        turn = Turn(runner)
        _go_on(runner, turn, asyncio.get_running_loop())


def let_go(runner: Runner, loop: asyncio.AbstractEventLoop) -> None:
    """Have a task of the loop perform what is held. Called under the lock, from any thread."""
    turn = Turn(runner)
    turn.lets_go = True
    _go_on_soon(runner, turn, loop, 0)


def _go_on_soon(runner: Runner, turn: Turn, loop: asyncio.AbstractEventLoop, thread: int) -> None:
    if loop.is_closed():
        runner.state.errands.disown(turn)
        return
    call = loop.call_soon if threading.get_ident() == thread else loop.call_soon_threadsafe
    for _ in range(2):  # once more: what comes into the first is only logged
        call(_go_on, runner, turn, loop, context=Context())


def _go_on(runner: Runner, turn: Turn, loop: asyncio.AbstractEventLoop) -> None:
    is_new = not turn.runs and not turn.lets_go
    if is_new or turn in runner.state.errands or (turn.lets_go and runner.held.line):
        turn.awaits, turn.has_caller = True, False
        task = loop.create_task(_perform_by_itself(runner, turn), name="minicloud", context=Context())
        _performers.add(task)
        task.add_done_callback(_performers.discard)


async def _perform_by_itself(runner: Runner, turn: Turn) -> None:
    try:
        runner.perform_all(turn)
        if turn.tasks and not runner.state.clock.manual:
            asyncio.get_running_loop().call_later(LULL, _tell_late, runner.state, turn)
    except ENDS_AN_ERRAND as error:  # too many have run
        runner.leave(turn)
        runner.keep(error)
    except BaseException as error:
        runner.leave(turn)
        if error is not turn.error or isinstance(error, KeyboardInterrupt):
            raise
        # A handler has raised it, and it is kept.


async def before_waiting(runner: Runner, execution: Execution) -> None:
    """A handler's task is about to wait: tell its errand, and see that what it has caused so far is performed."""
    runner.begin_to_wait(execution)
    if execution.task not in execution.turn.tasks:
        # It runs in a loop of its own, and who performs its turn waits for its end.
        runner.check_depth(execution)
        turn = Turn(runner, execution)
        turn.awaits, turn.has_caller = True, False
        runner.perform_all(turn, None, execution.turn)
