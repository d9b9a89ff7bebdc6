"""How a call sleeps, and who moves time meanwhile.

A blocked call holds a baton, a plain lock that was taken beforehand; whoever fills its waiter releases it. Nothing
polls in slices. What else may have to happen while callers sleep depends on the clock:

*real*      the sleeper waits until the next event is due (its own deadline is one), settles it, and looks again.
*virtual*   nothing will happen by itself, so time jumps to the next due event, again and again until the call has its
            answer. When other threads are alive one of them may be about to make a call, so the jump waits until the
            cloud has been left alone for ``QUIET`` seconds of real time. (asyncio has a driver of its own.)
*frozen*    only ``advance`` moves time. With no other thread to call it the wait could never end: ``UsageError`` at
            once; with others, after ``STALL`` seconds of real time without a call.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol

from ._timeline import FOREVER, SECOND
from ._waiters import Waiter
from .exceptions import UsageError

if TYPE_CHECKING:
    from .cloud import Cloud

__all__ = ["QUIET", "STALL", "Blocked", "Driver"]

QUIET = 0.005
"""Seconds of real time without a call after which a virtual clock jumps although other threads are alive."""
STALL = 5.0
"""Seconds of real time after which a poll on a frozen clock gives up."""


class Driver(Protocol):
    """Sleeps for an event loop's tasks; here so that sleepers of both kinds can be woken to look again."""

    def poke(self) -> None:
        """The next due event has moved: look again. Called under the lock, from any thread."""


class Blocked:
    """The blocked calls of one cloud."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._batons: dict[Waiter, threading.Lock] = {}
        self._other_waiters: set[Waiter] = set()
        self.drivers: dict[Any, Driver] = {}
        """By event loop."""
        cloud.timeline.earlier = self._poke

    def waiters(self) -> list[Waiter]:
        """Everyone who is waiting. Called under the lock."""
        return [waiter for waiter in (*self._batons, *self._other_waiters) if not waiter.done]

    def join(self, waiter: Waiter) -> None:
        """Count in a waiter that sleeps in an event loop. Called under the lock."""
        self._other_waiters.add(waiter)

    def leave(self, waiter: Waiter) -> None:
        """Count it out again. Called under the lock."""
        self._other_waiters.discard(waiter)

    @property
    def activity(self) -> str:
        """Differs after each call on the cloud."""
        return f"{self._cloud.request_ids.position} {self._cloud.time_ns() if self._cloud.clock.manual else 0}"

    def wait(self, waiter: Waiter) -> Any:
        """Sleep until ``waiter`` is done; return its answer or raise its error."""
        cloud = self._cloud
        baton = threading.Lock()
        baton.acquire()
        with cloud.lock:
            if not waiter.done:
                waiter.wake = _releaser(baton)
                self._batons[waiter] = baton
        try:
            while not waiter.done:
                self._sleep(waiter, baton)
        except BaseException:
            with cloud.lock:
                waiter.on_abandon(cloud.time_ns())
            raise
        finally:
            with cloud.lock:
                self._batons.pop(waiter, None)
        if waiter.error is not None:
            raise waiter.error
        return waiter.result

    def _sleep(self, waiter: Waiter, baton: threading.Lock) -> None:
        """Sleep until woken, or until it is this thread's turn to move time; then do that."""
        clock = self._cloud.clock
        if not clock.manual:
            self._sleep_until_due(baton)
        elif clock.autojump:
            if self._is_alone() or self._is_quiet(baton, QUIET):
                self.jump(waiter)
        elif self._is_alone() or self._is_quiet(baton, STALL):
            raise stalled(waiter, self._cloud)

    def _sleep_until_due(self, baton: threading.Lock) -> None:
        cloud = self._cloud
        with cloud.lock:
            now = cloud.time_ns()
            if now >= cloud.timeline.next_due:
                cloud.settle(now)
            due = cloud.timeline.next_due
        if cloud.errands:
            cloud.run_errands()
        patience = min((due - now) / SECOND, threading.TIMEOUT_MAX)
        if baton.acquire(timeout=max(patience, 0)):
            return
        with cloud.lock:
            # The wait was real. Where something holds the wall clock still (freezegun), its end has come all the same.
            if due < FOREVER and not self._closed_or_moved(due):
                cloud.settle(max(due, cloud.time_ns()))

    def _closed_or_moved(self, due: int) -> bool:
        return self._cloud.timeline.next_due != due

    def _is_alone(self) -> bool:
        """Whether every thread of the process is asleep here."""
        return threading.active_count() <= len(self._batons)

    def _is_quiet(self, baton: threading.Lock, seconds: float) -> bool:
        before = self.activity
        return not baton.acquire(timeout=seconds) and self.activity == before

    def jump(self, waiter: Waiter | None = None) -> None:
        """Move a virtual clock to the next due event and run it. Called without the lock."""
        cloud = self._cloud
        with cloud.lock:
            due = cloud.timeline.next_due
            if (waiter is None or not waiter.done) and due < FOREVER:
                cloud.clock.set(due)
                cloud.settle(due)
        if cloud.errands:
            cloud.run_errands()

    def _poke(self) -> None:
        for baton in self._batons.values():
            _release(baton)
        for driver in self.drivers.values():
            driver.poke()


def stalled(waiter: Waiter, cloud: Cloud) -> UsageError:
    """What to say of a poll on a clock that nobody moves."""
    seconds = (waiter.deadline - cloud.time_ns()) / SECOND
    return UsageError(
        f"this call waits for up to {seconds:g} more seconds on a frozen clock that nobody moves: call "
        'cloud.clock.advance() from another thread or task, or use Cloud(clock="virtual"), which moves by itself'
    )


def _release(baton: threading.Lock) -> None:
    try:
        baton.release()
    except RuntimeError:
        pass  # released already: its holder is on its way


def _releaser(baton: threading.Lock) -> Any:
    return lambda: _release(baton)
