"""Who moves time while asyncio tasks sleep in a cloud (``aio_blocking``).

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
from collections.abc import Callable, Collection, Iterable
from contextvars import Context
from types import BuiltinFunctionType
from typing import TYPE_CHECKING, Any
from weakref import ref

from ..core.timeline import FOREVER
from ..core.waiter import Pending, Waiter
from .blocking import PAUSE, QUIET, STALL, stalled
from .holders import Patience, TasksOfLoop
from .idle_threads import OtherThreads, count_running

if TYPE_CHECKING:
    from .state import State

__all__ = ["BUSY_QUIET", "LULL", "LoopDriver", "Lull", "release", "resolve"]

WATCH = 1.0
"""Seconds of real time after which something looks after the callbacks that a loop ran for a driver."""
BUSY_QUIET = 0.05
"""Seconds of processor time without a call after which time jumps although the loop is never idle."""

LULL = 0.25
"""Seconds of real time after which a call is released from handlers that wait for something outside of the cloud."""
_LONGEST_TIMER = 86_400.0


def resolve(loop: asyncio.AbstractEventLoop, future: asyncio.Future[None]) -> None:
    """End the wait of a task for a future, so that it wakes also when something comes into this."""
    if future.done():
        return
    callbacks: Any = getattr(future, "_callbacks", None)
    try:
        future.set_result(None)
    except BaseException:
        _see_that_it_calls(loop, future, callbacks)
        raise


def _see_that_it_calls(loop: Any, future: asyncio.Future[None], callbacks: Any) -> None:
    # A future forgets its callbacks before it has the loop call them: what comes in between, and the task never wakes.
    ahead = [handle._callback for handle in getattr(loop, "_ready", ())]
    if future.done() and hasattr(loop, "_ready"):  # other loops have this in C, where nothing comes in
        for callback, context in callbacks or ():
            if not any(callback is other for other in ahead):
                loop.call_soon(callback, future, context=context)


class Lull(Waiter):
    """A call that waits for its ``async def`` handlers as long as their loop has something to run at this instant.

    It is not among those who wait in the cloud.
    """

    __slots__ = ("is_released", "tasks")

    def __init__(self, tasks: Collection[Any]) -> None:
        super().__init__(0, _nothing, Pending(_nobody))
        self.tasks = tasks
        """Those of the handlers."""
        self.is_released = False
        """Whether there was a lull, and the handlers go on without it."""

    def release(self) -> None:
        """Have the call return. Called under the lock."""
        self.is_released = True
        self.finish(None)


def _nothing(_: int) -> None:
    """There is nothing to take back."""


def _nobody() -> None:
    """Nobody is told who it is."""


def release(waiters: Iterable[Waiter]) -> bool:
    """Release those of these who wait for handlers; whether there were any. Called under the lock."""
    lulls = [waiter for waiter in waiters if isinstance(waiter, Lull) and not waiter.done]
    for lull in lulls:
        lull.release()
    return bool(lulls)


def _look_after(reference: Callable[[], LoopDriver | None]) -> None:
    driver = reference()
    if driver is not None:  # a loop is not to keep a cloud alive
        driver.look_after()


class LoopDriver:
    """Moves time for the tasks of one loop that are blocked on one engine.

    What comes into a callback of the loop's (a signal handler's exception, say) the loop logs, and runs the callback no
    more. So while anybody sleeps here there are two of them, and neither needs the other: the *turn*, which moves time,
    and a *watch*, a timer that revives a turn that ended, wakes tasks that nobody has told of their answer, and is
    revived by the turn.
    """

    def __init__(self, engine: State, loop: asyncio.AbstractEventLoop) -> None:
        self.waiters: dict[Waiter, asyncio.Future[None]] = {}
        self._engine = engine
        self._loop = loop
        self._thread = threading.get_ident()
        self._turn: asyncio.Handle | None = None
        """The turn that is ahead, or, if something came into it, that was."""
        self._turns = 0
        """How many were scheduled: an earlier one than the latest has nothing to do."""
        self._turn_due = 0.0
        """When, on the loop's clock, the turn comes."""
        self._watch: asyncio.TimerHandle | None = None
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
        self._patience = Patience()
        self._pause = 0.0
        """How long the turn that is ahead waits, as somebody has a message in hand."""
        self._lull = 0.0
        """For how many seconds somebody has waited for handlers, beside other threads."""

    def join(self, waiter: Waiter, future: asyncio.Future[None]) -> None:
        """A task is going to sleep. Called under the lock, in the loop's thread."""
        self.waiters[waiter] = future
        is_first = isinstance(waiter, Lull) and self._engine.clock.manual and not self._engine.clock.autojump
        if self._turn is None or is_first:  # who waits for handlers on a frozen clock is released in no time
            self._schedule()
            if self._watch is None:
                self._keep_watch()

    def leave(self, waiter: Waiter) -> None:
        """The task has woken up. Called under the lock; the watch takes a driver away that is left by all."""
        self.waiters.pop(waiter, None)
        if not self.waiters and self._turn is not None:
            turn, self._turn = self._turn, None
            turn.cancel()

    def poke(self) -> None:
        """The next due event has moved: set the timer anew. Called under the lock, from any thread."""
        if self._engine.clock.manual or self._turn is None:
            return
        try:
            if threading.get_ident() == self._thread:
                self._schedule()
            else:
                self._loop.call_soon_threadsafe(self._again)
        except RuntimeError:
            if not self._loop.is_closed():
                raise
            self._turn = None  # its tasks wait no more

    def _again(self) -> None:
        with self._engine.lock:
            if self._turn is not None:
                self._schedule()

    # --- turns and watches ------------------------------------------------------------------------------------------

    def _schedule(self) -> None:
        """Have the next turn on the loop, instead of the one that may be there."""
        clock = self._engine.clock
        if not clock.manual:
            due = self._engine.timeline.next_due
            self._timer_set = now = self._engine.time_ns()
            delay = clock.lasts(due - now)
            self._timer_due = due if delay <= _LONGEST_TIMER else FOREVER
            self._call(min(delay, _LONGEST_TIMER), self._tick_real)
        elif clock.autojump or any(isinstance(waiter, Lull) for waiter in self.waiters):
            self._idle_ticks = 0
            self._note_activity()
            self._schedule_probe()
        else:
            self._note_activity()
            self._call(STALL, self._give_up)

    def _call(self, delay: float, turn: Callable[[int], None]) -> None:
        if self._turn is not None:
            self._turn.cancel()
        self._turns += 1
        if not self._turns % 64:
            self._keep_watch()
        if delay:
            self._turn_due = self._loop.time() + delay
            self._turn = self._loop.call_later(delay, turn, self._turns, context=Context())
        else:
            self._turn_due = 0.0
            self._turn = self._loop.call_soon(turn, self._turns, context=Context())

    def _is_over(self, turn: int) -> bool:
        """Whether another turn is ahead in place of this one, or nobody sleeps here any more."""
        return turn != self._turns or not self.waiters

    def _keep_watch(self) -> None:
        watch = self._watch
        if watch is None or watch.when() + WATCH < self._loop.time():
            self._watch = self._loop.call_later(WATCH, _look_after, ref(self))

    def look_after(self) -> None:
        """See that the turn is ahead, and that who has an answer knows of it; be gone when nobody sleeps any more."""
        with self._engine.lock:
            self._forget_those_who_left()
            if not self.waiters:
                self._engine.sleepers.drivers.pop(self._loop, None)
                return
            self._watch = self._loop.call_later(WATCH, _look_after, ref(self))
        self._wake_those_with_answers()
        timeline = self._engine.timeline
        # A turn that was for now, and one that is overdue, have been, or will find that they are over.
        if self._turn_due + WATCH / 2 < self._loop.time() or (
            not self._engine.clock.manual and (timeline.next_due < self._timer_due or self._engine.errands)
        ):
            self._schedule()

    def _forget_those_who_left(self) -> None:
        for waiter, future in list(self.waiters.items()):
            if waiter.done and future.done():
                self.waiters.pop(waiter, None)

    def _wake_those_with_answers(self) -> bool:
        """Whether there were any that had not been told."""
        found = False
        for waiter, future in list(self.waiters.items()):
            if waiter.done and not future.done():
                resolve(self._loop, future)
                found = True
        return found

    # --- real clock -------------------------------------------------------------------------------------------------

    def _tick_real(self, turn: int) -> None:
        if self._is_over(turn):
            return
        engine = self._engine
        try:
            with engine.lock:
                self._keep_watch()
                self._wake_those_with_answers()
                if self._timer_due < FOREVER:
                    engine.clock.waited(self._timer_set, self._timer_due)
                engine.settled("an event loop's timer")
        finally:
            with engine.lock:
                if not self._is_over(turn):
                    self._schedule()
        engine.errand_runner.perform_due()

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

    def _schedule_probe(self) -> None:
        if self._can_probe():
            self._call(0, self._probe)
        else:
            self._call(QUIET, self._probe_quietly)

    def _probe(self, turn: int) -> None:
        if self._is_over(turn):
            return
        if all(waiter.done for waiter in self.waiters):
            self._turn = None  # they are about to leave; the next to join schedules another one
            return
        waited, self._pause = self._pause, 0.0
        try:
            active = self._note_activity()
            self._idle_ticks = 0 if active or self._is_busy() else self._idle_ticks + 1
            # Who is released has the loop busy at the next tick.
            if (self._idle_ticks >= 2 or self._left_alone > BUSY_QUIET) and not self._releases(0.0):
                if self._is_held(waited):
                    self._pause = PAUSE
                else:
                    self._jump("every task waits" if self._idle_ticks >= 2 else "no task made a call", self._patience)
        finally:
            if not self._is_over(turn):
                if self._pause:
                    self._call(self._pause, self._probe)
                else:
                    self._go_on_probing(self._schedule_probe)

    def _probe_quietly(self, turn: int) -> None:
        if self._is_over(turn):
            return
        try:
            if (
                not self._note_activity()
                and (not self._is_busy() or self._left_alone > BUSY_QUIET)
                and not self._others.are_running(self._activity)
                and not self._releases(QUIET)
                and not self._is_held(QUIET)
            ):
                self._jump("every task waits", self._patience)
        finally:
            if not self._is_over(turn):
                self._go_on_probing(lambda: self._call(QUIET, self._probe_quietly))

    def _go_on_probing(self, probe: Callable[[], None]) -> None:
        if self._engine.clock.autojump or any(isinstance(waiter, Lull) for waiter in self.waiters):
            probe()
        else:
            self._schedule()  # who waited for handlers on a frozen clock is gone

    def _handlers_sleep(self) -> bool:
        """Whether all handlers that somebody waits for sleep in this cloud, and wait for nothing else."""
        asleep = set(self.waiters.values())
        lulls = [waiter for waiter in self.waiters if isinstance(waiter, Lull)]
        return all(getattr(task, "_fut_waiter", None) in asleep for lull in lulls for task in lull.tasks)

    def _is_held(self, waited: float) -> bool:
        """Whether another thread, or a task, has a message in hand whose timeout a jump would end."""
        with self._engine.lock:
            held: bool = self._engine.sleepers.is_held(self._patience, waited, self._look_at_tasks)
        # A thread that has ended just before that look may have handed in what wakes a task.
        return held or (self._is_busy() and self._left_alone <= BUSY_QUIET)

    def _look_at_tasks(self) -> TasksOfLoop | None:
        if hasattr(self._loop, "cloud") or not isinstance(time.monotonic, BuiltinFunctionType):
            return None  # its timers go off in a cloud's time; or something holds its clock still (freezegun)
        from .aio_holders import Tasks  # of which no loop has need whose tasks are done in time

        return Tasks(self._loop, list(self.waiters.values()))

    def _jump(self, why: str, patience: Patience | None = None) -> None:
        self._idle_ticks = 0
        if not self._wake_those_with_answers() and self._engine.clock.autojump:
            self._engine.sleepers.jump(self._activity, why, patience)
            self._engine.errand_runner.perform_due()
        self._note_activity()

    def _releases(self, waited: float) -> bool:
        """Whether somebody waits for handlers: time does not move then. In a lull they are released.

        ``waited`` is how long other threads were given, which may be what the handlers wait for.
        """
        if not any(isinstance(waiter, Lull) and not waiter.done for waiter in self.waiters):
            self._lull = 0.0
            return False
        self._lull += waited
        if not waited or self._lull >= LULL or self._handlers_sleep():
            with self._engine.lock:
                release(self.waiters)
        return True

    # --- frozen clock -----------------------------------------------------------------------------------------------

    def _give_up(self, turn: int) -> None:
        if self._is_over(turn):
            return
        try:
            self._keep_watch()
            if not self._wake_those_with_answers() and not self._note_activity():
                self._fail_all()
        finally:
            if not self._is_over(turn):
                self._call(STALL, self._give_up)

    def _fail_all(self) -> None:
        # Apart: what comes into the jump back of a loop passes by the try that the loop stands in (CPython 3.13).
        for waiter in list(self.waiters):  # nobody among them waits for handlers: who does has a probe
            self._fail(waiter)

    def _fail(self, waiter: Waiter) -> None:
        engine = self._engine

        def fail(now: int) -> None:
            if not waiter.done:
                waiter.error = stalled(waiter, engine)  # first: it counts from the moment when the waiter is done
                waiter.on_abandon(now)
                waiter.finish(None)

        if not waiter.done:
            engine.change("an event loop's timer", fail)
