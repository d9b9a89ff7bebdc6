"""How asyncio tasks sleep in a cloud, and who moves time meanwhile.

One driver per cloud and event loop. On a real clock it keeps one timer, for the next due event. On a virtual clock it
keeps one *idle probe*: a callback that the loop runs once per tick while tasks are blocked here. Time may only jump
when the loop has nothing else to run, for a task that is still runnable may be about to send the very message that a
poll waits for. A tick counts as idle when, at the probe's turn, nothing is left in the loop's ready queue and no call
reached the cloud since the last tick; two idle ticks in a row (the second one has let sockets and other threads have
their say) make time jump to the next due event.

Were each poll to keep a probe of its own they would keep the loop busy for each other and time would never move.
With several clouds on one loop their probes do just that, as does a task that spins on ``sleep(0)``: so a cloud that
has been left alone for ``BUSY_QUIET`` seconds of work jumps although the loop is busy. Loops that hide their
ready queue, and processes with other threads awake, fall back to ``QUIET`` seconds of real time without a call.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any

from ..core.timeline import FOREVER, SECOND
from ..core.waiter import Waiter
from ..exceptions import UsageError
from .blocking import QUIET, STALL, Driver, alarm, stalled
from .idle_threads import OtherThreads, count_running

if TYPE_CHECKING:
    from .engine import Engine

__all__ = ["BUSY_QUIET", "LoopDriver", "sleep", "take_a_turn", "wait"]

BUSY_QUIET = 0.05
"""Seconds of processor time without a call after which time jumps although the loop is never idle."""

_LONGEST_TIMER = 86_400.0
_orphans: set[asyncio.Task[None]] = set()
"""Errands whose task was cancelled: an event loop itself holds tasks weakly."""


async def wait(engine: Engine, waiter: Waiter) -> Any:
    """Sleep until ``waiter`` is done; return its answer or raise its error.

    Cancelled, also at the moment when a message has just been handed over, the poll has taken nothing.
    """
    asleep = None
    try:
        with engine.gate("a call that waits"):
            asleep = None if waiter.done else _join(engine, waiter)
        if asleep is not None:
            await asleep[1]
    except BaseException:
        try:
            engine.abandon(waiter)
        except BaseException:  # the stack is full: whoever comes next does it
            waiter.deserted = True
            engine.timeline.torn = engine.timeline.next_due = -1
            raise
        raise
    finally:
        if asleep is not None:
            with engine.lock:
                asleep[0].leave(waiter)
    if waiter.error is not None:
        raise waiter.error
    return waiter.result


def _join(engine: Engine, waiter: Waiter) -> tuple[Driver, asyncio.Future[None]]:
    """Count the waiter in with its loop's driver; what will be done when it is woken. Called under the lock."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        raise UsageError(
            "a long poll of an asyncio client needs a running asyncio event loop: under trio or another loop use "
            "the sync client in a thread, or poll with WaitTimeSeconds=0"
        ) from None
    driver = engine.sleepers.drivers.get(loop)
    if driver is None:
        driver = engine.sleepers.drivers[loop] = LoopDriver(engine, loop)
    future = loop.create_future()
    waiter.wake = _waker(engine, loop, waiter, future)
    driver.join(waiter, future)
    return driver, future


async def take_a_turn() -> None:
    """Let what else is ready on this event loop run first. Without a loop of asyncio's there is nobody to wait for."""
    if asyncio._get_running_loop() is not None:
        await asyncio.sleep(0)


async def sleep(engine: Engine, seconds: float) -> None:
    """Wait until ``seconds`` have passed on the cloud's clock, as ``Cloud.sleep`` does."""
    await asyncio.sleep(0)  # a loop of polls without a delay lets others run, too
    await wait(engine, alarm(engine, seconds))


def _waker(engine: Engine, loop: asyncio.AbstractEventLoop, waiter: Waiter, future: asyncio.Future[None]) -> Any:
    thread = threading.get_ident()

    def resolve() -> None:
        if not future.done():
            future.set_result(None)

    def wake() -> None:
        try:
            # Not at once: a future into whose set_result an exception comes is done, and its task sleeps on for good.
            # The loop can be told again by whoever mends.
            if threading.get_ident() == thread:
                loop.call_soon(resolve)
                loop.call_soon(resolve)  # once more: what comes into the first one the loop logs, and goes on
            else:
                loop.call_soon_threadsafe(resolve)
        except RuntimeError:  # the loop was closed, and its tasks with it: nobody will take the answer
            waiter.on_abandon(engine.time_ns())

    return wake


def _is_waited_for(waiters: Iterable[Waiter]) -> bool:
    return any(not waiter.done for waiter in waiters)


async def run_errands(engine: Engine) -> None:
    """Perform what has to run outside of the lock; handlers that are ``async def`` are awaited.

    A task that is cancelled meanwhile has had its call all the same, and what follows from it happens without the task.
    """
    await engine.errand_runner.run_async(see_through)
    if engine.errand_runner.pending:
        # The server may live in this very loop.
        await asyncio.to_thread(engine.errand_runner.wait_a_moment)


async def see_through(work: Coroutine[Any, Any, None], rest: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Await ``work``; when the task is cancelled it goes on in a task of its own, and then ``rest`` does."""
    task = asyncio.current_task()
    inner = asyncio.create_task(work, name=None if task is None else task.get_name())
    try:
        await asyncio.shield(inner)
    except asyncio.CancelledError:
        if not inner.done():
            _orphans.add(inner)
            inner.add_done_callback(_orphans.discard)
        after = asyncio.create_task(_after(inner, rest))
        _orphans.add(after)
        after.add_done_callback(_orphans.discard)
        raise


async def _after(task: asyncio.Task[None], rest: Callable[[], Coroutine[Any, Any, None]]) -> None:
    await asyncio.wait([task])
    await rest()


class LoopDriver:
    """Moves time for the tasks of one loop that are blocked on one engine."""

    def __init__(self, engine: Engine, loop: asyncio.AbstractEventLoop) -> None:
        self.waiters: dict[Waiter, asyncio.Future[None]] = {}
        self._engine = engine
        self._loop = loop
        self._thread = threading.get_ident()
        self._handle: asyncio.Handle | None = None
        self._timer_due = FOREVER
        """What the timer was set for; ``FOREVER`` when it will go off earlier."""
        self._timer_set = 0
        """When it was set."""
        self._activity = (-1, -1, -1)
        self._idle_ticks = 0
        self._last_look = 0.0
        self._left_alone = 0.0
        """For how many seconds no call has come."""
        self._others = OtherThreads()

    def join(self, waiter: Waiter, future: asyncio.Future[None]) -> None:
        """A task is going to sleep. Called under the lock, in the loop's thread."""
        self.waiters[waiter] = future
        if self._handle is None:
            self._schedule()

    def leave(self, waiter: Waiter) -> None:
        """The task has woken up. Called under the lock; the last one to leave takes the driver away."""
        self.waiters.pop(waiter, None)
        if not self.waiters:
            self._engine.sleepers.drivers.pop(self._loop, None)
            if self._handle is not None:
                self._handle.cancel()
                self._handle = None

    def poke(self) -> None:
        """The next due event has moved: set the timer anew. Called under the lock, from any thread."""
        if self._engine.clock.manual or self._handle is None:
            return
        try:
            if threading.get_ident() == self._thread:
                self._handle.cancel()
                self._schedule()
            else:
                self._loop.call_soon_threadsafe(self._again)
        except RuntimeError:  # the loop was closed: its tasks wait no more
            self._handle = None

    def _again(self) -> None:
        with self._engine.lock:
            if self._handle is not None:
                self._handle.cancel()
                self._schedule()

    def _schedule(self) -> None:
        clock = self._engine.clock
        if not clock.manual:
            due = self._engine.timeline.next_due
            self._timer_set = now = self._engine.time_ns()
            delay = max((due - now) / SECOND, 0.0)
            self._timer_due = due if delay <= _LONGEST_TIMER else FOREVER
            self._handle = self._loop.call_later(min(delay, _LONGEST_TIMER), self._tick_real)
        elif clock.autojump:
            self._idle_ticks = 0
            self._note_activity()
            if self._can_probe():
                self._handle = self._loop.call_soon(self._probe)
            else:
                self._handle = self._loop.call_later(QUIET, self._probe_quietly)
        else:
            self._note_activity()
            self._handle = self._loop.call_later(STALL, self._give_up)

    # --- real clock -------------------------------------------------------------------------------------------------

    def _tick_real(self) -> None:
        engine = self._engine
        with engine.lock:
            self._handle = None
            if not _is_waited_for(self.waiters):
                return
            try:
                if self._timer_due < FOREVER:
                    engine.clock.waited(self._timer_set, self._timer_due)
                engine.settled("an event loop's timer")
            finally:
                if self.waiters and self._handle is None:
                    self._schedule()
        if engine.errands:
            engine.run_errands()

    # --- virtual clock ----------------------------------------------------------------------------------------------

    def _can_probe(self) -> bool:
        if not hasattr(self._loop, "_ready"):
            return False
        return threading.active_count() == 1 or count_running() <= 1

    def _note_activity(self) -> bool:
        """Whether calls reached the cloud since the last look."""
        activity = self._engine.sleepers.activity
        # A loop that is never idle uses the processor, and nobody holds that clock still (freezegun, time-machine).
        now = time.process_time()
        since, self._last_look = now - self._last_look, now
        if activity == self._activity:
            # A tick that took long was at work; what it leads to has not had its turn yet.
            self._left_alone += min(since, 2 * QUIET)
            return False
        self._activity = activity
        self._left_alone = 0.0
        return True

    def _is_busy(self) -> bool:
        """Whether the loop has something else to run, or a post is under way; false when the loop does not tell."""
        return bool(self._engine.errand_runner.pending or getattr(self._loop, "_ready", ()))

    def _probe(self) -> None:
        self._handle = None
        if not _is_waited_for(self.waiters):
            return
        try:
            active = self._note_activity()
            self._idle_ticks = 0 if active or self._is_busy() else self._idle_ticks + 1
            if self._idle_ticks >= 2 or self._left_alone > BUSY_QUIET:
                self._jump()
        finally:  # the loop logs what is raised here and goes on, and so has this to
            self._probe_again()

    def _probe_again(self) -> None:
        if self._handle is None and self.waiters:
            if self._can_probe():
                self._handle = self._loop.call_soon(self._probe)
            else:
                self._handle = self._loop.call_later(QUIET, self._probe_quietly)

    def _probe_quietly(self) -> None:
        self._handle = None
        if not _is_waited_for(self.waiters):
            return
        try:
            if (
                not self._note_activity()
                and (not self._is_busy() or self._left_alone > BUSY_QUIET)
                and not self._others.are_running(self._activity)
            ):
                self._jump()
        finally:
            if self._handle is None:
                self._handle = self._loop.call_later(QUIET, self._probe_quietly)

    def _jump(self) -> None:
        self._idle_ticks = 0
        self._engine.sleepers.jump(self._activity)
        self._note_activity()

    # --- frozen clock -----------------------------------------------------------------------------------------------

    def _give_up(self) -> None:
        self._handle = None
        with self._engine.gate("an event loop's timer"):
            if self._note_activity():
                self._handle = self._loop.call_later(STALL, self._give_up)
                return
            for waiter in list(self.waiters):
                if not waiter.done:
                    self._engine.abandon(waiter)
                    waiter.fail(stalled(waiter, self._engine))
