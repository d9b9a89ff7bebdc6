"""Errands: effects that run foreign code, performed without the lock.

An errand (``core.effects``) is performed by the thread or task whose call led to it, as soon as that call has let go of
the lock. Two exceptions:

* A real post runs in a thread of its own, for the server may need the caller's; ``pending`` counts such posts. The call
  that led to one waits a moment for it, and a clock that is moved waits for all of them first.
* On a real clock, retries come due when nobody calls. A daemon thread, the background settler, settles them; it starts
  with the first errand and ends with the cloud. Clouds on other clocks have no thread.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from weakref import finalize, ref

from ..core.effects import Errand, Post
from ..core.shown import shown
from ..core.timeline import FOREVER, SECOND
from ..exceptions import UsageError
from .handlers import is_awaitable, run_awaitable
from .http_post import TIMEOUT, post_for_real

if TYPE_CHECKING:
    from .state import State

__all__ = ["ErrandRunner"]

SeeThrough = Callable[[Coroutine[Any, Any, None], Callable[[], Coroutine[Any, Any, None]]], Awaitable[None]]
"""Awaits some work to its end, and if its own task is cancelled first, has it and the rest done without it."""

_LONGEST_SLEEP = 60.0
_MOMENT = 0.1
"""Seconds in which a call that has let go of the lock has begun to perform its errands."""
_POSTING = "minicloud-post"
_depth: ContextVar[int] = ContextVar("minicloud_errands", default=0)
"""How many runs of errands are inside of each other here."""
ENDS_AN_ERRAND = (Exception, SystemExit)
"""What a handler may raise: it ends the errand, which has failed. A function that exits is a failed invocation on AWS.
Anything else (Ctrl-C) is the test's own: the errand has failed as well, and it goes on to the caller."""
_PATIENCE = 0.25
"""Seconds that a publisher waits for a server on this machine: usually it has answered when the call returns."""


class ErrandRunner:
    """Performs the errands of one cloud."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.pending = 0
        """Posts that are under way in threads of their own."""
        self._post_ended: Any = None
        """A condition, made with the first real post: most clouds have none."""
        self._settler: _BackgroundSettler | None = None
        self.taken: dict[Errand, object] = {}
        """Those that have been taken from the line and are not completed, and by which run; None: by nobody who could
        lose them."""
        self._misuse: UsageError | None = None
        """A handler broke its contract: the test is to know, not the retries alone."""

    def is_a_copy(self) -> None:
        """Wait for nobody: this is a process that was forked, and the threads that post were not copied."""
        self.pending = 0
        self._post_ended = threading.Condition()

    def take(self, errand: Errand) -> None:
        """Keep an errand until the lock is released. Called under the lock."""
        if self._post_ended is None and _is_real_post(errand):
            self._post_ended = threading.Condition()
        if not self._state.clock.manual and self._settler is None:
            self._settler = _BackgroundSettler(self._state)
        self._state.errands.append(errand)  # the last step: from now on it will be performed

    def run(self) -> None:
        """Perform the errands that wait. Called without the lock; an errand's error stays in the errand."""
        run = object()
        depth = _depth.get()
        try:
            _depth.set(depth + 1)
            self._perform_all(run)
        except BaseException:
            self._give_back(run)
            raise
        finally:
            _depth.set(depth)
        self.wait_a_moment()
        self._raise_misuse()

    def _perform_all(self, run: object) -> None:
        # Apart: what comes into the jump back of a loop may pass by the try that the loop stands in (CPython 3.13).
        while (errand := self._next(run)) is not None:
            self._perform(errand)

    async def run_async(self, see_through: SeeThrough) -> None:
        """The same in a task: what the handlers return is awaited, and seen through whatever becomes of the task."""
        run = object()
        try:
            await self._perform_all_async(run, see_through)
        except BaseException:
            self._give_back(run)
            raise
        self._raise_misuse()

    async def _perform_all_async(self, run: object, see_through: SeeThrough) -> None:
        while (errand := self._next(run)) is not None:
            outcome: Any = None
            failure: BaseException | None = None
            if errand.ended is not None:
                self._complete(errand, *errand.ended)
                continue
            try:
                outcome = errand.perform()
            except ENDS_AN_ERRAND as error:
                failure = error
            except BaseException as error:
                self._complete(errand, None, _ended(error))
                raise
            if is_awaitable(outcome):
                await see_through(self._await(errand, outcome), lambda: self.run_async(see_through))
            else:
                errand.ended = outcome, failure
                self._complete(errand, outcome, failure)

    async def _await(self, errand: Errand, awaitable: Awaitable[Any]) -> None:
        run = self.taken[errand] = object()  # whatever becomes of the task that took it, it is seen through
        outcome: Any = None
        failure: BaseException | None = None
        try:
            try:
                outcome = await awaitable
            except ENDS_AN_ERRAND as error:
                failure = error
            except BaseException as error:
                # The loop ends, and the handler with it: a delivery that has failed, and not one that never was.
                self._complete(errand, None, _ended(error))
                raise
            errand.ended = outcome, failure
            self._complete(errand, outcome, failure)
        except BaseException:
            self._give_back(run)
            raise

    def _perform(self, errand: Errand) -> None:
        """Perform one errand and take note of how it ended. Called without the lock."""
        if errand.ended is not None:
            self._complete(errand, *errand.ended)  # it was performed, and an interruption kept us from noting that
            return
        outcome: Any = None
        failure: BaseException | None = None
        try:
            outcome = errand.perform()
            if is_awaitable(outcome):
                outcome = run_awaitable(outcome)
        except RecursionError as error:
            failure = error if _depth.get() < 2 else _endless()
        except ENDS_AN_ERRAND as error:
            failure = error
        except BaseException as error:
            # Ctrl-C in a handler: that delivery has failed, and the others stay for the next call, or for the clock.
            self._complete(errand, None, _ended(error))
            raise
        errand.ended = outcome, failure
        self._complete(errand, outcome, failure)

    def _next(self, run: object) -> Errand | None:
        """The next errand for the caller's own thread; posts that need one of theirs are started on the way."""
        state = self._state
        while True:
            with state.gate("an errand"):
                if state.timeline.torn and not state.closed:
                    state.mend(state.time_ns())
                if not state.errands:
                    return None
                errand = state.errands[0]
                self.taken[errand] = run  # before it leaves the line
                state.errands.popleft()
            if not self._runs_apart(errand):
                return errand

    def _give_back(self, run: object) -> None:
        """Put back in line what an interrupted run had taken and not completed."""
        with self._state.lock:
            self._put_back(run)

    def _put_back(self, run: object) -> None:
        for errand in [errand for errand, taken_by in self.taken.items() if taken_by is run]:
            if errand not in self._state.errands:
                self._state.errands.appendleft(errand)
            del self.taken[errand]

    def keep_misuse(self, misuse: UsageError) -> None:
        """Have the next call of the test's own raise it: it was met in a thread that nobody waits for."""
        self._misuse = misuse

    def _raise_misuse(self) -> None:
        misuse, self._misuse = self._misuse, None
        if misuse is not None:
            raise misuse

    def _complete(self, errand: Errand, outcome: Any, failure: BaseException | None) -> None:
        if isinstance(failure, UsageError):
            self._misuse = failure
        state = self._state

        def complete(now: int) -> None:
            errand.complete(now, outcome, failure)
            self.taken.pop(errand, None)
            if state.effects:
                state.drain(now)

        with state.gate("an errand"):
            if state.closed:
                return
            state.inside = "an errand"
            now = state.time_ns()
            try:
                if state.timeline.torn:
                    state.mend(now)
                complete(now)
            except BaseException:
                state.timeline.torn = state.timeline.next_due = -1
                raise

    # --- real posts -------------------------------------------------------------------------------------------------

    def _runs_apart(self, errand: Errand) -> bool:
        """Whether an errand needs a thread of its own; if so it is started. Called without the lock."""
        if not _is_real_post(errand):
            return False
        thread = threading.Thread(target=self._perform_apart, args=(errand,), name=_POSTING, daemon=True)
        run, self.taken[errand] = self.taken[errand], None
        counted = False
        try:
            with self._post_ended:
                self.pending += 1
                counted = True
            thread.start()
        except BaseException:
            if thread.ident is None:
                self.pending -= counted
                self.taken[errand] = run
            raise
        return True

    def _perform_apart(self, errand: Errand) -> None:
        try:
            self._perform(errand)
            self.run()
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


def _endless() -> RecursionError:
    """What to say where handlers have called each other until the stack was full."""
    return RecursionError(
        f"handlers called each other {_depth.get()} deep: does one publish, directly or not, to a topic that calls it?"
    )


def _ended(error: BaseException) -> RuntimeError:
    return RuntimeError(f"its handler was ended by {shown(error)}")


def _is_real_post(errand: Errand) -> bool:
    return isinstance(errand, Post) and errand.target is post_for_real


class _BackgroundSettler:
    """Settles what comes due on a real clock while nobody calls.

    Its thread holds the cloud for a moment at a time only: one that nobody else holds is collected, and ends it.
    """

    def __init__(self, state: State) -> None:
        poked = threading.Event()
        state.on_earlier += (poked.set,)
        finalize(state, poked.set).atexit = False
        threading.Thread(
            target=_settle_forever, args=(ref(state), poked), name="minicloud-settler", daemon=True
        ).start()


def _settle_forever(reference: Callable[[], State | None], poked: threading.Event) -> None:
    left: Errand | None = None
    while (looked := _settle_once(reference(), left)) is not None:
        delay, left = looked
        if left is None:
            poked.wait(delay)
            poked.clear()
        else:
            threading.Event().wait(delay)  # news does not end this one


def _settle_once(state: State | None, left: Errand | None) -> tuple[float, Errand | None] | None:
    """Settle what is due, and perform what came of it; None when the cloud is no more.

    Else how many seconds to sleep then, and which errand was left to the call that led to it: it has just let go of the
    lock, and performs it in its own thread. One that lies there still, ``left`` the last time, is of a call that was
    interrupted.
    """
    if state is None:
        return None
    with state.gate("the background settler"):
        if state.closed:
            return None
        first = state.errands[0] if state.errands else None
        now = state.settled("the background settler")
        due = state.timeline.next_due
    if first is not None and first is not left:
        return _MOMENT, first
    if state.errands:
        try:
            state.run_errands()
        except UsageError as misuse:
            state.keep_misuse(misuse)
    return _LONGEST_SLEEP if due >= FOREVER else max(min((due - now) / SECOND, _LONGEST_SLEEP), 0), None
