"""How a call sleeps, and who moves time meanwhile.

A blocked call holds a baton, a plain lock that was taken beforehand; whoever fills its waiter releases it. Nothing
polls in slices. What else may have to happen while callers sleep depends on the clock:

*real*      the sleeper waits until the next event is due (its own deadline is one), settles it, and looks again.
*virtual*   nothing will happen by itself, so time jumps to the next due event, again and again until the call has its
            answer. When other threads are awake one of them may be about to make a call, so the jump waits until the
            cloud has been left alone for ``QUIET`` seconds of real time. (asyncio has a driver of its own.)
*frozen*    only ``advance`` moves time. With no thread awake to call it the wait could never end: ``UsageError`` at
            once; with others, after ``STALL`` seconds of real time without a call.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from ..core.timeline import FOREVER, SECOND
from ..core.waiter import Waiter
from ..exceptions import UsageError
from .idle_threads import Bystanders, awake

if TYPE_CHECKING:
    from ..cloud import Cloud

__all__ = ["QUIET", "STALL", "Blocked", "Driver", "alarm", "stalled"]

QUIET = 0.005
"""Seconds of real time without a call after which a virtual clock jumps although other threads are awake."""
STALL = 5.0
"""Seconds of real time after which a poll on a frozen clock gives up."""


class Driver(Protocol):
    """Sleeps for an event loop's tasks; here so that sleepers of both kinds can be woken to look again."""

    def join(self, waiter: Waiter, future: Any) -> None:
        """A task is going to sleep. Called under the lock."""

    def leave(self, waiter: Waiter) -> None:
        """The task has woken up. Called under the lock."""

    def poke(self) -> None:
        """The next due event has moved: look again. Called under the lock, from any thread."""


class Blocked:
    """The blocked calls of one cloud."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._batons: dict[Waiter, threading.Lock] = {}
        """By the waiters that threads sleep for."""
        self.drivers: dict[Any, Driver] = {}
        """By event loop."""
        self.on_poke: list[Callable[[], object]] = []
        """Who else wants to know that the next due event has moved."""
        self._jumps = 0
        cloud.timeline.earlier = self._poke

    @property
    def activity(self) -> tuple[int, int, int]:
        """Differs after each call on the cloud and each move of its manual clock."""
        cloud = self._cloud
        return cloud.request_ids.position, cloud.time_ns() if cloud.clock.manual else 0, self._jumps

    @property
    def sleepers(self) -> int:
        """How many threads sleep here."""
        return sum(not waiter.done for waiter in list(self._batons))

    def wait(self, waiter: Waiter) -> Any:
        """Sleep until ``waiter`` is done; return its answer or raise its error."""
        cloud = self._cloud
        baton = threading.Lock()
        baton.acquire()
        with cloud.lock:
            if not waiter.done:
                waiter.wake = _releaser(baton)
                self._batons[waiter] = baton
        bystanders = Bystanders()
        try:
            while not waiter.done:
                self._sleep(waiter, baton, bystanders)
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

    def _sleep(self, waiter: Waiter, baton: threading.Lock, bystanders: Bystanders) -> None:
        """Sleep until woken, or until it is this thread's turn to move time; then do that."""
        cloud = self._cloud
        clock = cloud.clock
        if not clock.manual:
            self._sleep_until_due(baton)
            return
        if clock.autojump:
            cloud.carriers.wait_for_posts()
        with cloud.lock:
            seen = self.activity
            alone = self._is_alone()
        if not alone:
            bystanders.on_their_way(seen)
            if baton.acquire(timeout=QUIET):
                return
            if clock.autojump:
                if bystanders.on_their_way(seen):
                    return
            else:
                with cloud.lock:  # who was about to be parked is so by now
                    alone = self._is_alone()
                if not alone and baton.acquire(timeout=STALL):
                    return
        with cloud.lock:
            # Meanwhile another sleeper may have moved time and so have woken a third one, who is to speak first.
            if waiter.done or self.activity != seen:
                return
            if not clock.autojump:
                raise stalled(waiter, cloud)
            self._jump()
        if cloud.errands:
            cloud.run_errands()

    def _sleep_until_due(self, baton: threading.Lock) -> None:
        cloud = self._cloud
        with cloud.lock:
            now = cloud.time_ns()
            if now >= cloud.timeline.next_due:
                cloud.settle(now)
            due = cloud.timeline.next_due
        if cloud.errands:
            cloud.run_errands()
            return
        patience = min((due - now) / SECOND, threading.TIMEOUT_MAX)
        if baton.acquire(timeout=max(patience, 0)):
            return
        with cloud.lock:
            if due < FOREVER:
                now = cloud.clock.waited(now, due)
                if now >= cloud.timeline.next_due:
                    cloud.settle(now)
        if cloud.errands:
            cloud.run_errands()

    def _is_alone(self) -> bool:
        """Whether every thread of the process is asleep, here or for good. One that has its answer is about to wake."""
        sleepers = sum(not waiter.done for waiter in self._batons)
        return threading.active_count() <= sleepers or awake() <= sleepers

    def jump(self, seen: tuple[int, int, int]) -> None:
        """Move a virtual clock to the next due event and run it, unless there was activity since ``seen``.

        Called without the lock.
        """
        cloud = self._cloud
        with cloud.lock:
            if self.activity != seen:
                return
            self._jump()
        if cloud.errands:
            cloud.run_errands()

    def _jump(self) -> None:
        cloud = self._cloud
        self._jumps += 1
        due = cloud.timeline.next_due
        if due < FOREVER:
            cloud.clock.set(due)
            cloud.settle(due)

    def _poke(self) -> None:
        for baton in self._batons.values():
            _release(baton)
        for driver in self.drivers.values():
            driver.poke()
        for look_again in self.on_poke:
            look_again()


def alarm(cloud: Cloud, seconds: float) -> Waiter:
    """A waiter that is done when ``seconds`` of the cloud's time have passed. Called without the lock."""
    if seconds < 0:
        raise UsageError(f"a sleep of {seconds!r} seconds: give zero or more")

    def abandon(_: int) -> None:
        if not waiter.done:
            cloud.timeline.cancel(event)
            waiter.leave()

    with cloud.lock:
        now = cloud.time_ns()
        if now >= cloud.timeline.next_due:
            cloud.settle(now)
        due = now + round(seconds * SECOND)
        waiter = Waiter(due, abandon, cloud.world.waiters)
        event = cloud.timeline.schedule(due, waiter.finish)
        if due == now:
            abandon(now)
    return waiter


def stalled(waiter: Waiter, cloud: Cloud) -> UsageError:
    """What to say of a poll on a clock that nobody moves."""
    seconds = (waiter.deadline - cloud.time_ns()) / SECOND
    return UsageError(
        f"this call waits for up to {seconds:g} more seconds on a frozen clock that nobody moves: call "
        'cloud.clock.advance() from another thread or task, or use Cloud(clock="virtual"), which moves by itself'
    )


def _release(baton: threading.Lock) -> None:
    with suppress(RuntimeError):  # released already: its holder is on its way
        baton.release()


def _releaser(baton: threading.Lock) -> Any:
    return lambda: _release(baton)
