"""An event loop whose time is a cloud's, for ``minicloud.EventLoop`` and ``minicloud.run``.

The loop is asyncio's own, with two things changed. ``time()`` is the cloud's, so that timers are set on its clock; of
timers for the same moment, the one set first goes off first. And where the loop would wait, in its selector, for the
next timer or for I/O, it looks at the cloud as well: the first timer stands on the cloud's timeline as an *alarm*,
beside timeouts, delays, and the ends of polls, and on a virtual clock time jumps to whatever comes first. What the
cloud has to do at a moment happens before the tasks that sleep until then run on.

Nobody can know what comes from outside, and how soon. So before a jump the loop waits, in real time,

* for functions in executors (``asyncio.to_thread``, name look-ups) and posts to a server of the test's own, ``STALL``
  seconds without a call on the cloud;
* for open sockets and pipes, ``patience`` seconds in which nothing came; sockets that only listen do not count, and
  connections that have both ends in this very loop have ``QUIET`` seconds;
* for other threads, ``QUIET`` seconds without a call.

A thread that sleeps in a call of this cloud, or that only another one can wake, holds nobody up. With none of these
there is no wait at all. When nothing is due and nothing can come, the tasks would wait forever: that is a
``UsageError``. Where there are other threads, one of them may be going to wake a task, or may just be left over: they
have ``STALL`` seconds. What goes on for ever (a schedule) is always due: when time has jumped to it ``_MOST_JUMPS``
times in a row, and each task still waits for what it waited for, that is the same as nothing.
"""

from __future__ import annotations

import asyncio
import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextvars import Context
from heapq import heappush
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, TypeVarTuple

from ..core.shown import counted
from ..core.timeline import FOREVER, SECOND, Event
from ..core.waiter import Waiter
from ..exceptions import UsageError
from .aio_driver import LULL, LoopDriver, Lull, release
from .aio_tasks import ended_by_errors, suspended_tasks, tasks_of
from .blocking import QUIET, STALL
from .holders import Patience
from .idle_threads import OtherThreads, count_running

if TYPE_CHECKING:
    from .state import State

__all__ = ["CloudLoop"]

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_RESOLUTION = 1e-6
"""Timers are kept to the microsecond: nearer than that, a float of seconds since the epoch does not tell."""
_LONGEST_WAIT = 3_600.0
_MOST_JUMPS = 10_000
"""In a row, to nothing but what goes on for ever, while no task wakes."""
_IN_VAIN = f" but what goes on for ever, and that has woken nobody {_MOST_JUMPS:,} times"


class _Timer(asyncio.TimerHandle):
    """A timer that goes off after those that were set before it for the same moment."""

    _when: float
    _scheduled: bool
    _sequence = 0

    def __lt__(self, other: Any) -> bool:
        return (self._when, self._sequence) < (other._when, other._sequence)

    __hash__ = asyncio.TimerHandle.__hash__


class CloudLoop(asyncio.SelectorEventLoop):
    """An event loop in a cloud's time. A driver of the cloud's as well: see ``blocking.Driver``."""

    # What asyncio's own loops have, though their types do not tell.
    waiters: Mapping[Any, Any] = MappingProxyType({})
    """Its tasks are woken by their futures."""
    _closed = True
    """Until there is something to close."""
    _check_closed: Callable[[], None]
    _check_thread: Callable[[], None]
    _ready: deque[Any]
    _scheduled: list[Any]
    _signal_handlers: dict[int, Any]
    _ssock: socket.socket
    _write_to_self: Callable[[], None]

    def __init__(self, engine: State, patience: float = 1.0) -> None:
        self.engine = engine
        self.patience = patience
        """How many seconds of real time an open socket may be silent before time jumps."""
        self._timers = 0
        self._jobs = 0
        """Functions that run in executors."""
        self._alarm: Event | None = None
        self._floor = 0
        """No earlier than this, on a clock that something turns back."""
        self._seen_beside: object = None
        self._waited_beside = 0.0
        self._held_beside = Patience()
        """Since when nobody has made a call, in ``beside_guests``, and for how long that has waited."""
        self._lulls: dict[Waiter, None] = {}
        """Calls that wait for their handlers."""
        self._in_vain = 0
        """How many jumps in a row were to nothing but what goes on for ever (schedules)."""
        self._asleep: dict[Any, Any] = {}
        """The tasks that there were at the first of them, with what each waited for."""
        self.owner = threading.get_ident()
        super().__init__(_Selector(self))
        self._clock_resolution = _RESOLUTION
        engine.sleepers.drivers[self] = self

    @property
    def cloud(self) -> Any:
        """The cloud whose time it is."""
        return self.engine

    def bind(self, engine: State) -> None:
        """Go on in the time of another cloud; who sleeps on the loop sleeps as long as it would have. O(timers).

        Called in the loop's thread while no task runs, and none waits in a call of the former cloud.
        """
        former = self.engine
        if engine is former or self.is_closed():
            return
        before = self.time()
        with former.lock:
            former.sleepers.drivers.pop(self, None)
            self._set_alarm(FOREVER)
        self.engine, self._floor = engine, 0
        later = self.time() - before
        for timer in self._scheduled:  # all by as much, so that the heap stays one
            timer._when += later
        engine.sleepers.drivers[self] = self

    def mock_has_begun(self, cloud: Any) -> None:
        """A mock of this cloud has been begun by what runs on the loop, which stays on the time that it has."""

    def leave_closed_cloud(self) -> bool:
        """Go on in another time, the cloud being closed. Whether there is one; if not, whoever sleeps here is told."""
        return False

    def time(self) -> float:
        """The cloud's time, in seconds since the epoch."""
        return max(self.engine.time_ns(), self._floor) / SECOND

    def next_timer(self) -> int | None:
        """When the next timer goes off, in nanoseconds since the epoch; None when none is set. O(timers)."""
        ahead = [timer._when for timer in self._scheduled if not timer.cancelled()]
        return _nanoseconds(min(ahead)) if ahead else None

    def call_at(
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """As in asyncio; timers of one moment go off in the order in which they were set."""
        self._check_closed()
        if self.get_debug():
            self._check_thread()
        timer = _Timer(when, callback, args, self, context)
        self._timers = timer._sequence = self._timers + 1
        heappush(self._scheduled, timer)
        timer._scheduled = True
        return timer

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        """As in asyncio; time does not jump while the function runs."""
        future = super().run_in_executor(executor, func, *args)
        self._jobs += 1
        future.add_done_callback(self._job_done)
        return future

    async def shutdown_default_executor(self, *args: Any) -> None:
        """As in asyncio; its threads are given time to end."""
        self._jobs += 1
        try:
            await super().shutdown_default_executor(*args)
        finally:
            self._jobs -= 1

    def close(self) -> None:
        """Close the loop; the cloud goes on."""
        with self.engine.lock:
            self.engine.sleepers.drivers.pop(self, None)
            self._set_alarm(FOREVER)
        super().close()

    # --- a driver of the cloud's ------------------------------------------------------------------------------------

    def join(self, waiter: Waiter, future: Any) -> None:
        """A task is going to sleep: the loop sees that by itself, unless it waits for handlers."""
        if isinstance(waiter, Lull):
            self._lulls[waiter] = None

    def leave(self, waiter: Waiter) -> None:
        """The task has woken up."""
        self._lulls.pop(waiter, None)

    def poke(self) -> None:
        """The next due event has moved. Called under the cloud's lock, from any thread."""
        if threading.get_ident() != self.owner and not self.is_closed():
            self._write_to_self()

    # --- waiting ----------------------------------------------------------------------------------------------------

    def idle(self, selector: selectors.BaseSelector) -> list[Any]:
        """Nothing is left to run: wait for what comes first, or have time jump to it. What I/O there is."""
        self.owner = threading.get_ident()
        if self.engine.closed and self.leave_closed_cloud():
            return []
        engine = self.engine
        with engine.gate("an event loop's turn"):
            scheduled = self._scheduled
            self._set_alarm(_nanoseconds(scheduled[0]._when) if scheduled else FOREVER)
            late = engine.time_ns() >= engine.timeline.next_due
            engine.settled("an event loop's turn")
            # In the same breath: what another thread does from here on, and be it its last, shows as activity.
            seen = engine.sleepers.activity
        if late:
            engine.errand_runner.perform_due()
            return []
        if engine.clock.manual:
            return self._idle_on_manual_clock(selector, seen)
        return self._idle_on_real_clock(selector)

    def has_only_guests(self) -> bool:
        """Whether all that is ready is what moves time for tasks that wait in another cloud: it is so turn by turn."""
        ready = self._ready
        if not ready or not _is_of_a_guest(ready[0]):
            return False
        # A copy, for another thread may hand in something meanwhile (``call_soon_threadsafe``).
        return all(map(_is_of_a_guest, ready.copy()))

    def beside_guests(self, selector: selectors.BaseSelector) -> list[Any]:
        """Tasks wait in other clouds, whose time goes on by turns of the loop: so has this one's, turn about.

        Not on a frozen clock, which somebody else moves, nor on a real one. What I/O there is.
        """
        engine = self.engine
        if not engine.clock.autojump:
            return []
        with engine.gate("an event loop's turn"):
            self._set_alarm(_nanoseconds(self._scheduled[0]._when) if self._scheduled else FOREVER)
            late = engine.time_ns() >= engine.timeline.next_due
            engine.settled("an event loop's turn")
            seen = engine.sleepers.activity
            is_due = engine.timeline.next_due < FOREVER
        engine.errand_runner.perform_due()
        if late or seen != self._seen_beside:
            self._seen_beside, self._waited_beside, self._held_beside = seen, 0.0, Patience()
            return []
        outside = self._outside(selector)
        if self._waited_beside < outside.patience or self._is_held(outside, self._held_beside):
            self._waited_beside += QUIET
            return selector.select(QUIET)
        if is_due:
            engine.sleepers.jump(seen, "every task waits", self._held_beside)
            engine.errand_runner.perform_due()
        return []

    def _idle_on_manual_clock(self, selector: selectors.BaseSelector, seen: tuple[int, int, int]) -> list[Any]:
        engine = self.engine
        autojump = engine.clock.autojump
        waited = 0.0
        """Real seconds, counted in waits: something may hold every clock of the machine still (freezegun)."""
        others, patience = OtherThreads(), Patience()
        while True:
            # First who may still do something, then whether somebody has: a thread that ended in between is not missed.
            outside = self._outside(selector)
            if self._ready:
                return []  # that thread has handed in work (call_soon_threadsafe)
            with engine.lock:
                if engine.sleepers.activity != seen:
                    return []  # somebody else has made a call, or moved time: look again at everything
                is_due = engine.timeline.next_due < FOREVER
                if self._lulls and waited >= min(outside.patience, LULL) and release(self._lulls):
                    return []
            if autojump and is_due:
                running = outside.patience > 0 and others.are_running(seen)
                if waited >= outside.patience and not running and not self._is_held(outside, patience):
                    if self._jumps_in_vain():
                        raise self._stuck(False, _IN_VAIN)
                    engine.sleepers.jump(seen, "every task waits", patience)
                    engine.errand_runner.perform_due()
                    return []
            elif waited >= (outside.hope_on_standing_clock if is_due else outside.hope):
                if engine.errand_runner.in_tasks and self._tells_handlers():
                    return []
                raise self._stuck(is_due)
            events = selector.select(QUIET)
            if events:
                return events
            waited += QUIET

    def _jumps_in_vain(self) -> bool:
        """Whether time has jumped often enough to nothing but what goes on for ever, and that has woken no task.

        A task that this began (an ``async def`` handler) is none that waited for it.
        """
        if not self.engine.timeline.is_perpetual:
            self._in_vain = 0
            return False
        if not self._in_vain:
            self._asleep = {task: getattr(task, "_fut_waiter", None) for task in asyncio.all_tasks(self)}
        self._in_vain += 1
        if self._in_vain <= _MOST_JUMPS:
            return False
        self._in_vain = 0
        asleep, self._asleep = self._asleep, {}
        return all(getattr(task, "_fut_waiter", None) is waits and not task.done() for task, waits in asleep.items())

    def _tells_handlers(self) -> bool:
        """Whether something is due sooner, now that handlers are known to wait: the end of a run's time."""
        engine = self.engine
        with engine.lock:
            before = engine.timeline.next_due
            engine.errand_runner.tell_those_in_tasks(engine.time_ns())
            return engine.timeline.next_due < before

    def _is_held(self, outside: _Outside, patience: Patience) -> bool:
        """Whether another thread has a message in hand whose timeout a jump would end."""
        if not outside.patience:
            return False
        with self.engine.lock:
            held: bool = self.engine.sleepers.is_held(patience, QUIET)
            return held

    def _idle_on_real_clock(self, selector: selectors.BaseSelector) -> list[Any]:
        engine = self.engine
        with engine.lock:
            due = engine.timeline.next_due
            since = now = engine.time_ns()
            if self._alarm is not None and self._alarm.due == due:
                now = max(now, self._floor)
        seconds = engine.clock.lasts(due - now)
        wait = None if due == FOREVER else min(seconds, _LONGEST_WAIT)
        events = selector.select(wait)
        if events or due == FOREVER:
            return events
        if seconds <= _LONGEST_WAIT:
            with engine.gate("an event loop's turn"):
                engine.clock.waited(since, due)
                engine.settled("an event loop's turn")
            self._floor = max(self._floor, due)
            engine.errand_runner.perform_due()
        return []

    def _outside(self, selector: selectors.BaseSelector) -> _Outside:
        """What may come from outside of the loop."""
        sleepers = self.engine.sleepers.count
        if self._jobs > sleepers or self.engine.errand_runner.pending:
            return _Outside(STALL, inf, inf)
        files: Mapping[Any, selectors.SelectorKey] = selector.get_map()
        own = self._ssock.fileno()
        if len(files) > 1 and _lead_outside([key.fd for key in files.values() if key.fd != own]):
            return _Outside(self.patience, inf, STALL)
        if len(files) > 1 or self._signal_handlers:
            return _Outside(QUIET, inf, STALL)
        if threading.active_count() - 1 > sleepers and count_running() - 1 > sleepers:
            return _Outside(QUIET, STALL, STALL)
        return _Outside(0.0, 0.0, 0.0)

    def _set_alarm(self, due: int) -> None:
        """Have the first timer on the cloud's timeline. Called under the lock."""
        timeline = self.engine.timeline
        if self._alarm is not None:
            timeline.cancel(self._alarm)
            self._alarm = None
        if due < FOREVER and not self.engine.closed:
            self._alarm = timeline.schedule(due, self._ring)

    def _ring(self, now: int) -> None:
        self._alarm = None
        self.poke()

    def _job_done(self, _: Any) -> None:
        self._jobs -= 1

    def _stuck(self, is_due: bool, but: str = "") -> UsageError:
        who = suspended_tasks(self) + ended_by_errors(tasks_of(self), "\n")
        if not is_due:
            return UsageError(
                "all tasks wait for something that cannot happen any more: no timer is set, nothing is due in the "
                f"cloud{but}, and no socket, executor or other thread is there to wake them{who}"
            )
        seconds = (self.engine.timeline.next_due - self.engine.time_ns()) / SECOND
        return UsageError(
            f"all tasks wait for {counted(seconds, 'more second')} on a frozen clock that nobody moves: call "
            f'cloud.clock.advance() from a task, or use minicloud.run(clock="virtual"), which moves by itself{who}'
        )


class _Outside(NamedTuple):
    """How long, in seconds of real time, to wait for what may come from outside of the loop..."""

    patience: float
    """before time jumps to what is due;"""
    hope: float
    """before the tasks are stuck, when nothing is due;"""
    hope_on_standing_clock: float
    """before they are stuck, when something is due and nobody moves the clock."""


class _Selector(selectors.BaseSelector):
    """The selector of a ``CloudLoop``: a real one, that lets the loop look at the cloud before it waits."""

    def __init__(self, loop: CloudLoop) -> None:
        self._loop = loop
        self._real = selectors.DefaultSelector()

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """As the real one."""
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """As the real one."""
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """As the real one."""
        return self._real.modify(fileobj, events, data)

    def get_map(self) -> Any:
        """As the real one."""
        return self._real.get_map()

    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        """As the real one."""
        return self._real.get_key(fileobj)

    def select(self, timeout: float | None = None) -> list[Any]:
        """What I/O there is; when there is none and nothing to run, what ``CloudLoop.idle`` makes of it."""
        events = self._real.select(0)
        if events:
            return events
        if timeout is not None and timeout <= 0:
            return self._loop.beside_guests(self._real) if self._loop.has_only_guests() else events
        return self._loop.idle(self._real)

    def close(self) -> None:
        """Close the real one."""
        self._real.close()


def _nanoseconds(when: float) -> int:
    return round(when * 1e6) * 1_000


def _is_of_a_guest(handle: Any) -> bool:
    return isinstance(getattr(handle._callback, "__self__", None), LoopDriver)


def _lead_outside(fds: list[int]) -> bool:
    """Whether something can come by one of these whose other end is not among them. O(files), two system calls each."""
    ends: set[tuple[Any, Any]] = set()
    for fd in fds:
        try:
            probed = socket.socket(fileno=fd)
        except OSError:  # a pipe, for instance
            return True
        try:
            if probed.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                continue
            ends.add((probed.getsockname(), probed.getpeername()))
        except OSError:  # it is about to connect, or knows no such thing
            return True
        finally:
            probed.detach()
    # Sockets without names, as those of a pair, are no other's other end: nobody can tell whose they are.
    return not all(own and (other, own) in ends for own, other in ends)
