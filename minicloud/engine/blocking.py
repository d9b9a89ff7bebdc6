"""How a call sleeps, and who moves time meanwhile.

A blocked call holds a *wake lock*, a plain lock that was taken beforehand; whoever fills its waiter releases it.
Nothing polls in slices. What else may have to happen while callers sleep depends on the clock:

*real*      the sleeper waits until the next event is due (its own deadline is one), settles it, and looks again.
*virtual*   nothing will happen by itself, so time jumps to the next due event, again and again until the call has its
            answer. When other threads are awake one of them may be about to make a call, so the jump waits until the
            cloud has been left alone for ``QUIET`` seconds of real time, and a task on a loop in the cloud's time has
            come to its next call or sleep. It does not pass the end of a visibility
            timeout as long as a thread has the message in hand (``holders``), but for one that makes no end of it.
            (asyncio has a driver of its own.)
*frozen*    only ``advance`` moves time. With no thread awake to call it the wait could never end: ``UsageError`` at
            once; with others, after ``STALL`` seconds of real time without a call.

Where gevent or eventlet has put green threads in the place of threads, nobody can tell how many others there are: they
all have the time that threads get which are awake.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from ..core import facts
from ..core.shown import counted, shown
from ..core.timeline import FOREVER, LATEST, SECOND, Event
from ..core.waiter import Waiter
from ..exceptions import UsageError
from .holders import RECEIVER, Patience, TasksOfLoop, find_holder, flights, sleeps, wakes
from .idle_threads import OtherThreads, count_running, threads_are_green

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Protocol

    from ..core.world import Trace
    from .state import State
else:
    Protocol = object

__all__ = ["PAUSE", "QUIET", "STALL", "Driver", "Sleepers", "alarm", "stalled"]

QUIET = 0.005
"""Seconds of real time without a call after which a virtual clock jumps although other threads are awake."""
STALL = 5.0
"""Seconds of real time after which a poll on a frozen clock gives up."""

PAUSE = 0.02
"""Seconds of real time between two looks whether somebody has a message in hand still."""
_TURNS = 3
"""How often each green thread has its turn after that: one that has computed for long may not have made its call."""
_WITHOUT_END = float("inf")


class Driver(Protocol):
    """Sleeps for an event loop's tasks; here so that sleepers of both kinds can be woken to look again."""

    @property
    def waiters(self) -> Mapping[Waiter, Any]:
        """Those for which tasks sleep."""

    def join(self, waiter: Waiter, future: Any) -> None:
        """A task is going to sleep. Called under the lock."""

    def leave(self, waiter: Waiter) -> None:
        """The task has woken up. Called under the lock."""

    def poke(self) -> None:
        """The next due event has moved: look again. Called under the lock, from any thread."""


class Sleepers:
    """The blocked calls of one cloud, and whoever moves time for them."""

    _jumps = 0
    looked_after = 0.0
    """Until when, by the machine's clock, nobody jumps: a thread that lets time pass until something holds is to see
    first whether it does. Whatever becomes of that thread, this ends by itself."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._errand_runner = state.errand_runner
        self._wake_locks: dict[Waiter, threading.Lock] = {}
        """By the waiters that threads sleep for."""
        self.drivers: dict[Any, Driver] = {}
        """By event loop."""
        if state.clock.autojump:
            state.world.receiver = RECEIVER
        state.timeline.earlier = self.look_again

    @property
    def activity(self) -> tuple[int, int, int]:
        """Differs after each call on the cloud and each move of its manual clock."""
        state = self._state
        return state.request_ids.position, state.time_ns() if state.clock.manual else 0, self._jumps

    @property
    def count(self) -> int:
        """How many threads sleep here."""
        return sum(not waiter.done for waiter in list(self._wake_locks))

    def wait(self, waiter: Waiter) -> Any:
        """Sleep until ``waiter`` is done; return its answer or raise its error."""
        state = self._state
        try:
            wake_lock = threading.Lock()
            wake_lock.acquire()
            sleeps(waiter)
            with state.gate("a call that waits"):
                if not waiter.done:
                    waiter.wake = _releaser(wake_lock)
                    self._wake_locks[waiter] = wake_lock
            self._sleep_until_done(waiter, wake_lock)
        except BaseException:
            state.timeline.torn = state.timeline.torn or 1  # as ``State.take_back`` tells
            state.timeline.next_due = -1
            state.forsaken[waiter] = None
            state.take_back()
            raise
        finally:
            self._wake_locks.pop(waiter, None)
            wakes(waiter)
        if waiter.error is not None:
            raise waiter.error
        return waiter.result

    def _sleep_until_done(self, waiter: Waiter, wake_lock: threading.Lock) -> None:
        # Apart: what comes into the jump back of a loop passes by the try that the loop stands in (CPython 3.13).
        others, patience = OtherThreads(), Patience()
        while not waiter.done:
            self._sleep(waiter, wake_lock, others, patience)

    def _sleep(self, waiter: Waiter, wake_lock: threading.Lock, others: OtherThreads, patience: Patience) -> None:
        """Sleep until woken, or until it is this thread's turn to move time; then do that."""
        state = self._state
        clock = state.clock
        if self._errand_runner.held.line and self._errand_runner.run_waiting():
            return
        if not clock.manual:
            self._sleep_until_due(waiter, wake_lock)
            return
        if clock.autojump:
            self._errand_runner.wait_for_posts()
        with state.gate("a call that waits"):
            seen = self.activity
            alone = self._is_alone()
        pause = QUIET if patience.holder is None else PAUSE
        if not alone:
            loops = self._threads_of_loops()
            others.are_running(seen, loops)
            if wake_lock.acquire(timeout=pause):
                return
            if threads_are_green():
                for _ in range(_TURNS):
                    time.sleep(0)
            if clock.autojump:
                if others.are_running(seen, loops):
                    return
            else:
                with state.lock:
                    alone = self._is_alone()
                if not alone and (others.are_running(seen, loops) or wake_lock.acquire(timeout=STALL)):
                    return  # or another look: who was about to be parked is so once it has had the processor
        with state.lock:
            # Meanwhile another sleeper may have moved time and so have woken a third one, who is to speak first.
            if waiter.done or self.activity != seen:
                return
            if not clock.autojump:
                raise stalled(waiter, state)
            if alone:
                self._jump(_BLOCKING_A_LOOP if _runs_a_loop() else "every thread waits")
            elif self.looked_after > time.monotonic() or self.is_held(patience, pause):
                return
            else:
                self._jump(_ALONG_WITH_OTHERS, patience)
        if state.errands:
            self._errand_runner.run_waiting()

    def is_held(
        self, patience: Patience, waited: float, look_at_own: Callable[[], TasksOfLoop | None] | None = None
    ) -> bool:
        """Whether time has to wait for a thread, after ``waited`` more seconds, that has a message in hand.

        Or for a task: ``look_at_own`` gives those of this thread's own loop. Called under the lock.
        """
        state = self._state
        holder = None
        held = flights(state, state.timeline.next_due) if state.clock.autojump else []
        if held:
            own = None if look_at_own is None else look_at_own()
            holder = find_holder(held, self._asleep(), self._look_at_loop, own, state.clock.patience)
        return patience.holds(holder, waited, state.clock.patience)

    def _look_at_loop(self, loop: Any, frame: FrameType) -> TasksOfLoop:
        from .aio_holders import Tasks  # of which nobody has need who has no event loop

        driver = self.drivers.get(loop)
        return Tasks(loop, [] if driver is None else list(driver.waiters.values()), frame)

    def _threads_of_loops(self) -> dict[int, float]:
        """The threads that run event loops on this cloud's time, by their idents, and the patience of these."""
        drivers: list[Any] = list(self.drivers.values())  # those of other loops, which are in real time, have no owner
        return {driver.owner: driver.patience for driver in drivers if hasattr(driver, "owner")}

    def _asleep(self) -> list[object]:
        """The threads that sleep here, by their idents. Called under the lock."""
        pending = self._state.world.waiters
        return [pending[waiter] for waiter in list(self._wake_locks) if not waiter.done and waiter in pending]

    def _sleep_until_due(self, waiter: Waiter, wake_lock: threading.Lock) -> None:
        state = self._state
        with state.gate("a call that waits"):
            if waiter.done:  # what was handed over counts, also if the cloud was closed since
                return
            now = state.settled("a call that waits")
            due = state.timeline.next_due
        if state.errands and self._errand_runner.run_waiting():
            return
        if wake_lock.acquire(timeout=min(state.clock.lasts(due - now), threading.TIMEOUT_MAX)):
            return
        with state.lock:
            if due < FOREVER and not waiter.done:
                state.clock.waited(now, due)
                state.settled("a call that waits")
        if state.errands:
            self._errand_runner.run_waiting()

    def _is_alone(self) -> bool:
        """Whether every thread of the process is asleep, here or for good. One that has its answer is about to wake."""
        if threads_are_green():
            return False
        sleepers = sum(not waiter.done for waiter in list(self._wake_locks))  # which others change without the lock
        return threading.active_count() <= sleepers or count_running() <= sleepers

    def jump(self, seen: tuple[int, int, int], why: str, patience: Patience | None = None) -> None:
        """Move a virtual clock to the next due event and run it, unless there was activity since ``seen``.

        ``why`` says in words why it does so. Called without the lock, by a loop that performs what comes of it.
        """
        with self._state.lock:
            if self.activity == seen:
                self._jump(why, patience)

    def _jump(self, why: str, patience: Patience | None = None) -> None:
        state = self._state
        self._jumps += 1
        if state.timeline.torn:
            state.settled("a jump of the clock")
        if self._errand_runner.in_tasks:
            self._errand_runner.tell_those_in_tasks(state.time_ns())
        due = state.timeline.next_due
        if due < FOREVER:
            before = state.time_ns()
            state.clock.set(due)
            trace = state.world.trace
            if trace is not None and due > before:
                jumped(trace, before, due, why, patience)
            state.settle(due)

    def waiters(self) -> Iterator[Waiter]:
        """All that threads and tasks sleep for. Called under the lock."""
        yield from list(self._wake_locks)
        for driver in list(self.drivers.values()):
            yield from list(driver.waiters)

    def forget_closed_loops(self) -> None:
        """Let go of loops whose tasks were interrupted when they left. Called under the lock."""
        for loop in list(self.drivers):
            if loop.is_closed():
                del self.drivers[loop]

    def look_again(self) -> None:
        """Have those who sleep until the next event look again. Called under the lock."""
        for wake_lock in list(self._wake_locks.values()):
            _release(wake_lock)
        for driver in list(self.drivers.values()):
            driver.poke()
        self.tell_others()

    def tell_others(self) -> None:
        """Have those look again who sleep beside these. Called under the lock."""
        for look_again in self._state.on_earlier:
            look_again()


_BLOCKING_A_LOOP = "every thread waits, one in a call that blocks its event loop"
_ALONG_WITH_OTHERS = "others are awake, and made no call"


def _runs_a_loop() -> bool:
    """Whether an event loop runs in this thread, whose tasks cannot run while it waits."""
    asyncio: Any = sys.modules.get("asyncio.events")
    return asyncio is not None and asyncio._get_running_loop() is not None


def jumped(trace: Trace, before: int, now: int, why: str, patience: Patience | None) -> None:
    """Tell that a clock has jumped, and over whom."""
    holder = None if patience is None else patience.holder
    details: dict[str, Any] = {"from_ns": before, "to_ns": now, "why": why}
    if holder is not None and patience is not None:
        details |= {"holder": holder.thread, "held": holder.held.identity, "held_seconds": patience.seconds}
    trace(before, facts.CLOCK_JUMPED, "", **details)


def alarm(state: State, seconds: float) -> Waiter:
    """A waiter that is done when ``seconds`` of the cloud's time have passed. Called without the lock."""
    try:
        is_span = 0 <= seconds < _WITHOUT_END
    except TypeError:
        is_span = False
    if not is_span:
        raise UsageError(f"cannot sleep for {shown(seconds)} seconds: give zero or more")

    def begin(now: int) -> Waiter:
        due = now + round(seconds * SECOND)
        if due >= LATEST:
            raise UsageError(f"cannot sleep for {shown(seconds)} seconds: the clock cannot go beyond the year 9998")
        events: list[Event] = []

        def abandon(_: int) -> None:
            if waiter is not None and not waiter.done:  # None: its making was interrupted, and nothing is set yet
                for event in events:
                    state.timeline.cancel(event)
                waiter.leave()

        waiter: Waiter | None = None
        waiter = Waiter(due, abandon, state.world.waiters, ("sleep()", ""))
        if due == now:
            abandon(now)
        else:
            events.append(state.timeline.schedule(due, waiter.finish))
        return waiter

    return state.change("sleep()", begin)


def stalled(waiter: Waiter, state: State) -> UsageError:
    """What to say of a poll on a clock that nobody moves."""
    seconds = (waiter.deadline - state.time_ns()) / SECOND
    from .waits import who_waits

    waiting = who_waits(state)
    return UsageError(
        f"this call waits for up to {counted(seconds, 'more second')} on a frozen clock that nobody moves: call "
        'cloud.clock.advance() from another thread or task, or use Cloud(clock="virtual"), which moves by itself'
        f"{f' (waiting: {waiting})' if waiting else ''}"
    )


def _release(wake_lock: threading.Lock) -> None:
    with suppress(RuntimeError):  # released already: its holder is on its way
        wake_lock.release()


def _releaser(wake_lock: threading.Lock) -> Any:
    return lambda: _release(wake_lock)
