"""Errands: effects that run foreign code, performed without the lock.

An errand (``core.errands``) is performed by the thread or task whose call led to it, as soon as that call has let go of
the lock; ``turns`` says whose it is. Made inside of a handler, a call leaves its errands to the outermost one. But one
that waits there first performs what has been left so far, and what comes due while it waits: what it waits for may
follow from that. Exceptions:

* ``async def`` handlers run in tasks of the caller's event loop, and overlap (``aio_turns``).
* A real post runs in a thread of its own, for the server may need the caller's; ``pending`` counts such posts. The call
  that led to one waits a moment for it, and a clock that is moved waits for all of them first.
* On a real clock, something comes due when nobody calls (``settler``).
* Handlers may be held (``held``).

What a handler raises stays in its errand, but for what is the test's: a ``UsageError`` is raised at the end of the call
that led to it, an ``AssertionError`` is kept (``kept``), and what is no ``Exception`` (Ctrl-C, ``pytest.fail``) passes
through at once. In each case the errand has failed first.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Awaitable

from ..core.errands import Abandon, Errand, Post
from ..exceptions import UsageError
from . import locks
from .held_handlers import NOTHING_IS_HELD, Held
from .http_post import TIMEOUT, post_for_real
from .turns import (
    DEEPEST,
    ENDS_AN_ERRAND,
    NAMED,
    Execution,
    Turn,
    current_execution,
    ended_by,
    inside,
    name_of,
    tell_that_it_waits,
)

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any

    from .handler_errors import HandlerErrors
    from .settler import BackgroundSettler
    from .state import State

__all__ = ["ErrandRunner"]

_POSTING = "minicloud-post"
_PATIENCE = 0.25
"""Seconds that a publisher waits for a server on this machine: usually it has answered when the call returns."""


class ErrandRunner:
    """Performs the errands of one cloud."""

    # Most clouds have none of these.
    held: Held = NOTHING_IS_HELD
    kept: HandlerErrors | None = None
    pending = 0
    """Posts that are under way in threads of their own."""
    _post_ended: Any = None
    """A condition, made with the first real post."""
    _settler: BackgroundSettler | None = None
    completing: Turn | None = None
    """Whose errand is being completed: what follows from that is its affair as well."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.taken: dict[Errand, object] = {}
        """Those that have been taken from the line and are not completed, and by whom; None: by nobody who could lose
        them."""
        self.in_tasks: dict[Errand, Execution] = {}
        """Those whose ``async def`` handlers are under way."""

    def is_a_copy(self) -> None:
        """Wait for nobody: this is a process that was forked, and the threads that post were not copied."""
        self.pending = 0
        self._post_ended = threading.Condition(locks.rlock())

    def keep_settling(self) -> None:
        """From now on something may come due when nobody calls: on a real clock, have it seen to. Under the lock."""
        if self._settler is None and not self.state.clock.manual:
            from .settler import BackgroundSettler

            self._settler = BackgroundSettler(self.state)

    def hold(self, who: object) -> None:
        """Have handlers held, for as long as anybody wants it."""
        with self.state.lock:
            if self.held is NOTHING_IS_HELD:
                self.held = Held()
            self.held.holders.add(who)

    def hold_no_more(self, who: object) -> None:
        """Perform what was held, unless somebody else holds it. Inside of a handler the outermost call does."""
        held = self.held
        with self.state.lock:
            held.holders.discard(who)
        if held.line and not held.holders:
            self.run()

    def keep(self, error: BaseException) -> None:
        """Keep what a handler has raised for the test."""
        with self.state.lock:
            if self.kept is None:
                from .handler_errors import HandlerErrors

                self.kept = HandlerErrors()
            self.kept.keep(error)

    @property
    def is_busy(self) -> bool:
        """Whether an errand waits, is held or is under way."""
        return bool(self.state.errands or self.held.line or self.taken or self.pending)

    def owed(self) -> list[str]:
        """The errands that wait, are held or are under way, in words. Called under the lock. O(errands)."""
        return [errand.owed for errand in (*self.taken, *self.state.errands.all(), *self.held.line)]

    # --- whose errands are whose ------------------------------------------------------------------------------------

    def take(self, errand: Errand) -> None:
        """Keep an errand until the lock is released. Called under the lock."""
        state = self.state
        if self._post_ended is None and isinstance(errand, Post) and _is_real_post(errand):
            self._post_ended = threading.Condition(locks.rlock())
        if self._settler is None and not state.clock.manual:
            self.keep_settling()
        turn = self.completing
        if turn is None and current_execution.get() is not None and (execution := inside(self)) is not None:
            turn = execution.turn
        owner: Any = threading.get_ident() if turn is None else turn
        held = self.held
        if held.holders and not errand.at_once and not (owner in held.letting if turn is None else turn.lets_go):
            held.take(errand)
            return
        state.errands.add(owner, errand)  # from now on it will be performed
        if turn is not None and turn.poke is not None:
            turn.poke()

    def has(self, errand: object) -> bool:
        """Whether it will be performed, or is. Called under the lock. O(errands)."""
        return errand in self.taken or errand in self.held.line or self.state.errands.has(errand)

    def disown(self) -> None:
        """What this thread has settled, and will not perform, is nobody's from now on: it looked, or was refused."""
        state = self.state
        with state.lock:
            if state.errands.disown(threading.get_ident()) and self._settler is not None:
                state.sleepers.tell_others()

    def look_again(self) -> None:
        """Have whoever sleeps see to what is new for it: that may not have been told. Called under the lock."""
        for owner in list(self.state.errands):
            if isinstance(owner, Turn) and owner.poke is not None:
                owner.poke()
        for poke in list(self.held.letting.values()):
            poke()

    def forget(self) -> None:
        """Nothing that waits is to be performed any more. Called under the lock."""
        self.state.errands.clear()
        self.held.line.clear()

    def end(self) -> None:
        """Cancel the handlers that run in tasks. Called under the lock."""
        for execution in list(self.in_tasks.values()):
            _cancel(execution)

    def abandon(self, _: int, effect: Abandon) -> None:
        """Its time is over: cancel the task of an ``async def`` handler. Called under the lock."""
        execution = self.in_tasks.get(effect.errand)
        if execution is not None:
            _cancel(execution)

    # --- performing -------------------------------------------------------------------------------------------------

    def run(self) -> bool:
        """Perform what waits for this thread, unless it is inside of a handler. Whether there was anything.

        Called without the lock; an errand's error stays in the errand.
        """
        if inside(self) is not None:
            return False
        turn = Turn(self, current_execution.get())
        try:
            self.perform_all(turn)
        except BaseException:
            self.leave(turn)
            raise
        turn.has_caller = False
        if self.pending:
            self.wait_a_moment()
        if turn.misuse is not None:
            raise turn.misuse
        return turn.runs > 0

    def run_waiting(self) -> bool:
        """The same for a call that waits: inside of a handler as well, where it performs what is its turn's.

        Raises ``UsageError`` when too many handlers wait for each other.
        """
        execution = inside(self)
        if execution is None:
            return self.run()
        before = execution.turn.runs
        try:
            self.check_depth(execution)
            self.perform_all(execution.turn, execution)
        except BaseException:
            self.give_back(execution, execution.turn)
            raise
        return execution.turn.runs > before

    def begin_to_wait(self, execution: Execution) -> None:
        """A handler is about to wait: tell its errand, if it is for the first time. Called without the lock."""
        if not execution.has_waited:
            self.state.change("a wait inside of a handler", lambda now: tell_that_it_waits(execution, now))

    def tell_those_in_tasks(self, now: int) -> None:
        """Time is about to move: the handlers that run in tasks wait for it. Called under the lock."""
        for execution in list(self.in_tasks.values()):
            if not (execution.has_waited or execution.ended):
                tell_that_it_waits(execution, now)

    def perform_all(self, turn: Turn, waiting: Execution | None = None, also: Turn | None = None) -> None:
        """Perform what waits for a turn, for who ``waiting`` inside of it. What of ``also`` is waits for it, too."""
        # Apart: what comes into the jump back of a loop may pass by the try that the loop stands in (CPython 3.13).
        while (errand := self._next(turn, waiting, also)) is not None:
            self._perform(errand, turn, waiting)
            if not self.state.errands and waiting is None and turn.go_on is None and not self.held.line:
                return  # as seen under the lock when that one was completed: what is new since has another owner

    def _perform(self, errand: Errand, turn: Turn, waiting: Execution | None) -> None:
        """Perform one errand and take note of how it ended. Called without the lock."""
        if errand.ending is not None:
            self.complete(
                errand, *errand.ending, turn
            )  # it was performed, and an interruption kept us from noting that
            return
        execution = Execution(turn, errand, turn.outer if waiting is None else waiting)
        outcome: Any = None
        failure: BaseException | None = None
        before = current_execution.get()
        try:
            current_execution.set(execution)
            outcome = errand.perform() if errand.target is None else errand.target(errand)
            if hasattr(outcome, "__await__"):
                if self._starts(execution, outcome, waiting):
                    return
                outcome = self._to_its_end(execution, outcome)
        except RecursionError as error:
            failure = error if execution.depth < 2 else _too_deep(execution)
        except ENDS_AN_ERRAND as error:
            failure = error
        except BaseException as error:
            execution.ended = True
            if errand.came is None and errand.is_called:
                # Ctrl-C in a handler: that one has failed, and the others stay for the next call, or for the clock.
                errand.ending = None, ended_by(error)
                self.complete(errand, *errand.ending, turn)
            self.pass_through(turn, error)
            raise
        finally:
            current_execution.set(before)
        execution.ended = True
        errand.ending = outcome, failure
        self.complete(errand, outcome, failure, turn)

    def check_depth(self, execution: Execution) -> None:
        """Raise ``UsageError`` when one that waits is as deep inside of others as may be."""
        if execution.depth >= DEEPEST:
            execution.turn.too_deep = _too_deep(execution)
            raise execution.turn.too_deep

    def _next(self, turn: Turn, waiting: Execution | None, also: Turn | None) -> Errand | None:
        """The next errand for the caller's own thread; posts that need one of theirs are started on the way."""
        state = self.state
        caller = threading.get_ident()
        while True:
            with state.gate("an errand"):
                if state.timeline.torn and not state.closed:
                    state.mend(state.time_ns())
                errands, held = state.errands, self.held
                if held.line and waiting is None:
                    self._let_go(turn, caller)
                owner = errands.owner_of_next(turn, caller, also)
                if owner is None:
                    if waiting is None:
                        turn.poke = turn.go_on
                    return None
                line = errands[owner]
                errand = line[0]
                turn.runs += 1
                if turn.runs > state.limits.invocations_per_call - NAMED or turn.too_deep is not None:
                    turn.check(errand, state.limits.invocations_per_call)
                self.taken[errand] = turn if waiting is None else waiting  # before it leaves the line
                if len(line) > 1:
                    line.popleft()
                else:
                    del errands[owner]
            if self._post_ended is None or not self._runs_apart(errand):
                return errand

    def _let_go(self, turn: Turn, caller: int) -> None:
        held, errands = self.held, self.state.errands
        if caller in held.letting:
            turn.lets_go = True
        if (turn.lets_go or not held.holders) and turn not in errands:
            errands[turn] = held.line
            held.renew()

    def leave(self, turn: Turn) -> None:
        """A turn was interrupted: what it had not performed is nobody's. Called without the lock."""
        turn.has_caller = False
        with self.state.lock:
            self._put_back(turn, None)
            self.state.errands.disown(turn)
            self.disown()

    def give_back(self, taken_by: object, owner: Turn) -> None:
        """Put back in a turn's line what somebody inside of it had taken, and not completed, when interrupted."""
        with self.state.lock:
            self._put_back(taken_by, owner)

    def give_back_one(self, errand: Errand) -> None:
        """Have one that somebody had taken, and not begun, belong to nobody."""
        with self.state.lock:
            self._put_back_one(errand, None)

    def _put_back(self, taken_by: object, owner: Turn | None) -> None:
        for errand in [errand for errand, by in self.taken.items() if by is taken_by]:
            self._put_back_one(errand, owner)

    def _put_back_one(self, errand: Errand, owner: Turn | None) -> None:
        if not self.state.errands.has(errand):
            self.state.errands.put_back(errand, owner)
        self.taken.pop(errand, None)

    def complete(self, errand: Errand, outcome: Any, failure: BaseException | None, turn: Turn) -> None:
        """Take note of how an errand ended, and drain what follows. Called without the lock."""
        state = self.state
        with state.gate("an errand"):
            if state.refusal:  # it is closed
                return
            if failure is not None:
                self._keep(errand, failure, turn)
            state.inside = "an errand"
            now = state.time_ns()
            try:
                if state.timeline.torn:
                    state.mend(now)
                self.completing = turn
                errand.complete(now, outcome, failure)
                self.taken.pop(errand, None)
                errand.came = errand.ending = None
                if state.effects:
                    state.drain(now)
            except BaseException:
                state.timeline.torn = state.timeline.next_due = -1
                raise
            finally:
                self.completing = None

    def _keep(self, errand: Errand, failure: BaseException, turn: Turn) -> None:
        if isinstance(failure, UsageError):
            turn.misuse = failure
            if not turn.has_caller:
                self.keep(failure)
        elif errand.keeps_assertions and isinstance(failure, AssertionError):
            self.keep(failure)

    def pass_through(self, turn: Turn, error: BaseException) -> None:
        """A handler has raised what is the test's own: whoever is there gets it, and else it is kept."""
        turn.error = turn.error or error
        if not turn.has_caller and not isinstance(error, KeyboardInterrupt | GeneratorExit):
            self.keep(error)

    # --- event loops: what follows loads asyncio, which only those pay for who have one ----------------------------

    def _starts(self, execution: Execution, awaitable: Awaitable[Any], waiting: Execution | None) -> bool:
        """Have a task of this thread's loop await it; False where there is none, or somebody here waits for its end."""
        asyncio: Any = sys.modules.get("asyncio.events")
        loop = None if asyncio is None else asyncio._get_running_loop()
        if loop is None or waiting is not None or (execution.errand.at_once and not execution.turn.awaits):
            return False
        from .aio_turns import start

        start(self, execution, awaitable, loop)
        return True

    def _to_its_end(self, execution: Execution, awaitable: Awaitable[Any]) -> Any:
        from .aio_turns import run_to_its_end

        return run_to_its_end(self, execution, awaitable)

    def perform_due(self) -> None:
        """Have a task of this thread's loop perform what has come due there. Called without the lock."""
        if self.state.errands:
            from .aio_turns import perform_due

            perform_due(self)

    async def before_waiting(self) -> None:
        """A task is about to wait in the cloud: if it is inside of a handler, that one does."""
        execution = inside(self)
        if execution is not None:
            from .aio_turns import before_waiting

            await before_waiting(self, execution)

    # --- real posts -------------------------------------------------------------------------------------------------

    def _runs_apart(self, errand: Errand) -> bool:
        """Whether an errand needs a thread of its own; if so it is started. Called without the lock."""
        if not _is_real_post(errand):
            return False
        thread = threading.Thread(target=self._perform_apart, args=(errand,), name=_POSTING, daemon=True)
        execution, self.taken[errand] = self.taken[errand], None
        counted = False
        try:
            with self._post_ended:
                self.pending += 1
                counted = True
            thread.start()
        except BaseException:
            if thread.ident is None:
                self.pending -= counted
                self.taken[errand] = execution
            raise
        return True

    def _perform_apart(self, errand: Errand) -> None:
        turn = Turn(self)
        turn.has_caller = False
        try:
            self._perform(errand, turn, None)
            self.perform_all(turn)
        except BaseException:
            self.leave(turn)
            raise
        finally:
            with self._post_ended:
                self.pending -= 1
                self._post_ended.notify_all()

    def wait_for_posts(self, patience: float = 2 * TIMEOUT) -> None:
        """Wait until no post is under way, for ``patience`` real seconds at most. Called without the lock."""
        if self.pending and not threading.current_thread().name.startswith(_POSTING):
            with self._post_ended:
                self._post_ended.wait_for(lambda: not self.pending, timeout=patience)

    def wait_a_moment(self) -> None:
        """Wait for the posts that are under way, as long as a publisher does."""
        self.wait_for_posts(_PATIENCE)


def _too_deep(execution: Execution) -> UsageError:
    names: dict[str, None] = {}
    inner: Execution | None = execution
    while inner is not None and inner.turn.runner is execution.turn.runner:
        names[name_of(inner.errand)] = None
        inner = inner.outer
    return UsageError(
        f"{execution.depth} handlers wait inside of each other, of {', '.join(sorted(names))}: each waits for what the "
        "next one does. Have them not wait, or be async def"
    )


def _cancel(execution: Execution) -> None:
    task = execution.task
    loop = None if task is None else task.get_loop()
    if loop is not None and not loop.is_closed():
        loop.call_soon_threadsafe(task.cancel)


def _is_real_post(errand: Errand) -> bool:
    return isinstance(errand, Post) and errand.target is post_for_real
