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
from typing import TYPE_CHECKING, Any

from ..core.effects import Errand, Post
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
_POSTING = "minicloud-post"
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
        self._misuse: UsageError | None = None
        """A handler broke its contract: the test is to know, not the retries alone."""

    def take(self, errand: Errand) -> None:
        """Keep an errand until the lock is released. Called under the lock."""
        self._state.errands.append(errand)
        if self._post_ended is None and _is_real_post(errand):
            self._post_ended = threading.Condition()
        if not self._state.clock.manual and self._settler is None:
            self._settler = _BackgroundSettler(self._state)

    def run(self) -> None:
        """Perform the errands that wait. Called without the lock; an errand's error stays in the errand."""
        while (errand := self._next()) is not None:
            self._perform(errand)
        self.wait_a_moment()
        self._raise_misuse()

    async def run_async(self, see_through: SeeThrough) -> None:
        """The same in a task: what the handlers return is awaited, and seen through whatever becomes of the task."""
        while (errand := self._next()) is not None:
            outcome: Any = None
            failure: Exception | None = None
            try:
                outcome = errand.perform()
            except Exception as error:  # noqa: BLE001  # whatever foreign code raises belongs to the errand
                failure = error
            if is_awaitable(outcome):
                await see_through(self._await(errand, outcome), lambda: self.run_async(see_through))
            else:
                self._complete(errand, outcome, failure)
        self._raise_misuse()

    async def _await(self, errand: Errand, awaitable: Awaitable[Any]) -> None:
        outcome: Any = None
        failure: Exception | None = None
        try:
            outcome = await awaitable
        except Exception as error:  # noqa: BLE001  # whatever foreign code raises belongs to the errand
            failure = error
        except BaseException as error:
            # The loop ends, and the handler with it: a delivery that has failed, and not one that never was.
            self._complete(errand, None, RuntimeError(f"its handler was ended by {error!r}"))
            raise
        self._complete(errand, outcome, failure)

    def _perform(self, errand: Errand) -> None:
        """Perform one errand and take note of how it ended. Called without the lock."""
        outcome: Any = None
        failure: Exception | None = None
        try:
            outcome = errand.perform()
            if is_awaitable(outcome):
                outcome = run_awaitable(outcome)
        except Exception as error:  # noqa: BLE001  # whatever foreign code raises belongs to the errand
            failure = error
        self._complete(errand, outcome, failure)

    def _next(self) -> Errand | None:
        """The next errand for the caller's own thread; posts that need one of theirs are started on the way."""
        state = self._state
        while True:
            with state.lock:
                if not state.errands:
                    return None
                errand = state.errands.popleft()
            if not self._runs_apart(errand):
                return errand

    def _raise_misuse(self) -> None:
        misuse, self._misuse = self._misuse, None
        if misuse is not None:
            raise misuse

    def _complete(self, errand: Errand, outcome: Any, failure: Exception | None) -> None:
        if isinstance(failure, UsageError):
            self._misuse = failure
        state = self._state
        with state.lock:
            if state.closed:
                return
            now = state.time_ns()
            errand.complete(now, outcome, failure)
            if state.effects:
                state.drain(now)

    # --- real posts -------------------------------------------------------------------------------------------------

    def _runs_apart(self, errand: Errand) -> bool:
        """Whether an errand needs a thread of its own; if so it is started. Called without the lock."""
        if not _is_real_post(errand):
            return False
        with self._post_ended:
            self.pending += 1
        threading.Thread(target=self._perform_apart, args=(errand,), name=_POSTING, daemon=True).start()
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


def _is_real_post(errand: Errand) -> bool:
    return isinstance(errand, Post) and errand.target is post_for_real


class _BackgroundSettler:
    """Settles what comes due on a real clock while nobody calls."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._poked = threading.Event()
        state.on_earlier += (self._poked.set,)
        threading.Thread(target=self._run, name="minicloud-settler", daemon=True).start()

    def _run(self) -> None:
        state = self._state
        while True:
            with state.lock:
                if state.closed:
                    return
                now = state.time_ns()
                if now >= state.timeline.next_due:
                    state.settle(now)
                due = state.timeline.next_due
            if state.errands:
                state.run_errands()
            delay = _LONGEST_SLEEP if due >= FOREVER else min((due - now) / SECOND, _LONGEST_SLEEP)
            self._poked.wait(max(delay, 0))
            self._poked.clear()
