"""The clocks a cloud can have. One of them drives everything timed.

``real``     wall time, read through the ``time`` module at each call, so that freezegun and time-machine move it (also
             backwards); ``advance`` adds an offset on top.
``virtual``  starts at a fixed instant and stands still, but for ``advance`` and for *autojump*: a call that would
             block moves time to the next thing that is due, or to its own deadline, instead of waiting.
``frozen``   the same without autojump: a call that would block, with nobody there to move time, is a ``UsageError``.

Inside, time is an integer of nanoseconds since the epoch; seconds and datetimes exist at the edge only, so that
``now == deadline`` is exact.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar
from operator import index

from ..core.dates import UTC, datetime, timedelta
from ..core.shown import shown
from ..core.timeline import LATEST, SECOND
from ..core.timestamps import datetime_of, nanoseconds_of
from ..exceptions import UsageError
from . import locks
from .forks import in_forked_processes

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any

    from .argument_types import TimeSource

__all__ = [
    "VIRTUAL_START",
    "Clock",
    "FrozenClock",
    "RealClock",
    "VirtualClock",
    "is_of_the_machine",
    "make_clock",
    "pace_of",
    "set_pace",
]

VIRTUAL_START = datetime(2026, 1, 1, tzinfo=UTC)
"""Where virtual and frozen clocks start unless told otherwise."""
PATIENCE = 5.0
"""For how many seconds of real time a virtual clock waits for who has a message in hand, unless told otherwise."""


_DAY = 24 * 3600 * SECOND


_goals = locks.rlock()
_is_asked = False
"""Whether the thread that has this lock asks a clock for the time: a source of time may do anything."""


@in_forked_processes
def _start_over() -> None:
    global _goals, _is_asked  # another thread may have held it, and was not copied
    _goals, _is_asked = locks.rlock(), False


inf = float("inf")

_moving: ContextVar[object] = ContextVar("minicloud_moving", default=None)
"""The clock that is being moved by whoever asks, directly or through a handler."""


class Clock:
    """The time of one cloud. Reading costs O(1); moving it runs everything that becomes due, in order."""

    autojump = False
    """Whether a call that would block moves time by itself."""
    manual = True
    """Whether time stands still unless somebody moves it."""
    patience = PATIENCE
    """Seconds of real time that it waits for who has a message in hand before it jumps past the message's timeout."""
    _next_due: Callable[..., tuple[int, str] | None] | None = None
    _moves = 0
    """How many threads are in ``advance`` at the moment."""
    _goal = 0
    """How far they have promised to go."""

    def __init__(self) -> None:
        self._advance_to: Callable[[int], None] | None = None

    def time_ns(self) -> int:
        """Nanoseconds since the epoch, an int."""
        raise NotImplementedError

    def time(self) -> float:
        """Seconds since the epoch, a float as from ``time.time()``."""
        return self.time_ns() / SECOND

    def now(self) -> datetime:
        """The moment as an aware datetime in UTC (microseconds; the rest is cut off)."""
        return datetime_of(self.time_ns())

    def advance(self, duration: float | timedelta) -> None:
        """Move time forward by ``duration`` (seconds, or a timedelta) and run everything that becomes due.

        Each event runs at its own due time, in order. When the call returns, all of it has happened. What several
        threads ask for at once adds up. Raises ``UsageError`` when the duration is negative, or leads beyond the year
        9998.
        """
        if isinstance(duration, timedelta):
            step = duration // timedelta(microseconds=1) * 1000
        elif hasattr(duration, "__float__") and _is_finite(duration):
            step = round(duration * SECOND)
        else:
            raise UsageError(f"{shown(duration)} is not a duration: give seconds or a timedelta")
        if step < 0:
            raise UsageError(f"the clock cannot go back (by {shown(duration)}): make a new Cloud for an earlier time")
        before = _moving.get()
        counts = False  # whatever comes in between, who has counted itself counts itself out
        try:
            with _goals:
                start = self._asked()
                # A handler that is called on the way moves on from there; another thread from where this one will end.
                if before is not self and self._moves:
                    start = max(start, self._goal)
                target = start + step
                if target >= LATEST:
                    raise UsageError(
                        f"the clock cannot go beyond the year 9998 (by {shown(duration)}): give a shorter time"
                    )
                goal = max(self._goal, target) if self._moves else target
                self._goal = goal  # from here on without a call: as a whole, or not at all
                self._moves += 1
                counts = True
            _moving.set(self)
            self._move(target)
        finally:
            try:
                _moving.set(before)
            finally:
                if counts:
                    # Without the lock, in which an exception might come: no thread gets its turn between two steps
                    # of which neither is a call.
                    self._moves -= 1

    def _asked(self) -> int:
        """What time it is. Called under the lock of all goals, for which a call from inside would wait for ever."""
        global _is_asked  # noqa: PLW0603  # beside the lock
        if _is_asked:
            raise UsageError(
                "advance() was called from inside of advance(), by a finalizer, a signal handler, a debugger or the "
                "clock: have a finalizer's work done in close() or a context manager, let a signal handler set a flag, "
                "and let a clock know nothing of its cloud"
            )
        _is_asked = True
        try:
            return self.time_ns()
        finally:
            _is_asked = False

    def advance_to(self, moment: datetime) -> None:
        """Move time forward to ``moment`` (a naive one is taken as UTC) and run everything that becomes due.

        Raises ``UsageError`` when the moment has passed, or comes after the year 9998.
        """
        if not isinstance(moment, datetime):
            raise UsageError(f"{shown(moment)} is not a point in time: give a datetime, or call advance() with seconds")
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        target = nanoseconds_of(moment)
        if target < self.time_ns():
            raise UsageError(f"the clock cannot go back to {moment.isoformat()}: it is {self.now().isoformat()} now")
        if target >= LATEST:
            raise UsageError(
                f"the clock cannot go beyond the year 9998 (to {moment.isoformat()}): give an earlier moment"
            )
        self._move(target)

    @property
    def next_due(self) -> str | None:
        """What ``advance_to_next`` would run next, in words; None when nothing is due. Moves nothing. O(queues)."""
        found = None if self._next_due is None else self._next_due(also_when_closed=True)
        return None if found is None else found[1]

    def advance_to_next(self) -> str | None:
        """Move time forward to what is due next, and run everything that is due then; return what that was, in words.

        Due are the ends of delays, visibility timeouts and waits, retries of deliveries, and whatever else a cloud does
        later; the end of a retention period is not. None, and time stands still, when nothing is. O(queues).
        """
        found = None if self._next_due is None else self._next_due()
        if found is None:
            return None
        due, what = found
        self._move(max(due, self.time_ns()))
        return what

    def bind(
        self, advance_to: Callable[[int], None], next_due: Callable[..., tuple[int, str] | None] | None = None
    ) -> None:
        """Make this the clock of a cloud, whose ``advance_to`` runs what is due on the way to it.

        ``next_due`` says when the next of it is due, and what it is; ``also_when_closed``, what it was at the close.
        """
        if self._advance_to is not None:
            raise UsageError("this clock already belongs to another Cloud: give each Cloud a clock of its own")
        self._advance_to, self._next_due = advance_to, next_due

    def set(self, now: int) -> None:
        """Let it be ``now``; never earlier than it is. Called under the cloud's lock, step by step."""
        raise NotImplementedError

    def lasts(self, span: int) -> float:
        """How many seconds of real time it takes until ``span`` nanoseconds have passed on it; infinity for never."""
        return max(span / SECOND, 0.0)

    def waited(self, since: int, until: int) -> int:
        """A real wait that began at ``since`` and was to last until then is over; what time it is.

        Called under the cloud's lock, for clocks that move by themselves.
        """
        return max(self.time_ns(), until)

    def _move(self, target: int) -> None:
        if self._advance_to is None:
            self.set(target)
        else:
            self._advance_to(target)


class _CheckedSource:
    """A user's source of time, which may return anything."""

    def __init__(self, source: TimeSource) -> None:
        self._source = source

    def time_ns(self) -> int:
        """Nanoseconds since the epoch, an int. Raises ``UsageError`` when the source returns something else."""
        now = self._source.time_ns()
        if type(now) is int:
            return now
        try:
            return index(now)
        except TypeError:
            raise UsageError(
                f"time_ns() of the cloud's clock returned {shown(now)}: have it return nanoseconds since the epoch as "
                "an int, as time.time_ns() does"
            ) from None


class RealClock(Clock):
    """Wall time plus an offset that ``advance`` adds to. ``source`` is another object with ``time_ns()``."""

    manual = False

    def __init__(self, source: TimeSource | None = None) -> None:
        super().__init__()
        self._source: TimeSource = time if source is None else _CheckedSource(source)
        self._offset = 0

    def time_ns(self) -> int:
        """Nanoseconds since the epoch."""
        return self._source.time_ns() + self._offset

    def set(self, now: int) -> None:
        """Let it be ``now``, unless it is later already. Called under the cloud's lock."""
        ahead = now - self.time_ns()
        if ahead > 0:
            self._offset += ahead

    def lasts(self, span: int) -> float:
        """How many seconds of real time it takes until ``span`` nanoseconds have passed; infinity while it stands."""
        seconds = max(span / SECOND, 0.0)
        pace = 1.0 if self._paced is None else self._paced.pace
        return seconds / pace if pace else inf

    def waited(self, since: int, until: int) -> int:
        """A real wait from ``since`` to ``until`` is over: what time it is."""
        now = self.time_ns()
        if now == since and self.lasts(1) < inf:
            # Something holds the wall clock still (freezegun, time-machine). The time has passed all the same: were it
            # not to count, a long wait beside endless short ones would never come to its end.
            self.set(until)
        return max(now, until)  # timers may go off a clock tick early

    @property
    def _paced(self) -> PacedSource | None:
        return self._source if isinstance(self._source, PacedSource) else None

    def __repr__(self) -> str:
        pace = "" if self._paced is None or self._paced.pace == 1 else f", {self._paced}"
        return f"<RealClock {self.now().isoformat()}, {self._offset / SECOND:g} s ahead{pace}>"


class PacedSource:
    """A source of time that follows another one faster, slower, or not at all: it never changes, a clock gets another.

    ``speed`` is how many of its seconds pass in one of the other's; ``stands`` whether none does for the moment.
    """

    def __init__(self, source: TimeSource, base: int, since: int, speed: float, stands: bool) -> None:
        self.source = source
        self._base = base
        """What it showed when it began."""
        self._since = since
        """What the other one showed then."""
        self.speed = speed
        self.stands = stands
        self.pace = 0.0 if stands else speed

    @classmethod
    def following(cls, source: TimeSource, speed: float, stands: bool) -> PacedSource:
        """One that goes on from what the source shows, which may be a paced one itself."""
        if not isinstance(source, PacedSource):
            now = source.time_ns()
            return cls(source, now, now, speed, stands)
        since = source.source.time_ns()
        return cls(source.source, source.at(since), since, speed, stands)

    def at(self, moment: int) -> int:
        """What it shows when the other one shows ``moment``."""
        return self._base + int((moment - self._since) * self.pace)

    def time_ns(self) -> int:
        """Nanoseconds since the epoch."""
        return self.at(self.source.time_ns())

    def __str__(self) -> str:
        return "standing still" if self.stands else f"{self.speed:g} times as fast"


def set_pace(clock: RealClock, speed: float | None = None, *, stands: bool) -> None:
    """Have a real clock stand still, or go on from what it shows, at a speed or at the one that it had.

    Called under the cloud's lock, by whoever has those look again that sleep until something is due.
    """
    known = 1.0 if clock._paced is None else clock._paced.speed
    clock._source = PacedSource.following(clock._source, known if speed is None else speed, stands)


def pace_of(clock: RealClock) -> tuple[float, bool]:
    """How many of its seconds pass in one of real time, and whether it stands still for the moment."""
    return (1.0, False) if clock._paced is None else (clock._paced.speed, clock._paced.stands)


class FrozenClock(Clock):
    """Time that stands still until ``advance``. Raises ``UsageError`` for a start that is not a ``datetime``."""

    def __init__(self, start: datetime = VIRTUAL_START) -> None:
        super().__init__()
        try:
            self.now_ns = nanoseconds_of(start.replace(tzinfo=UTC) if start.tzinfo is None else start)
        except (AttributeError, TypeError):
            raise UsageError(
                f"{shown(start)} is not a point in time: give a datetime, such as datetime(2026, 1, 31) or "
                "datetime.now(timezone.utc)"
            ) from None

    def time_ns(self) -> int:
        """Nanoseconds since the epoch."""
        return self.now_ns

    def set(self, now: int) -> None:
        """Let it be ``now``, unless it is later already. Called under the cloud's lock."""
        self.now_ns = max(self.now_ns, now)

    def rewind(self, now: int) -> None:
        """Let it be ``now`` again, as it was when a snapshot was taken. Called under the cloud's lock."""
        self.now_ns = now

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.now().isoformat()}>"


class VirtualClock(FrozenClock):
    """Time that moves by ``advance`` and by autojump.

    It does not jump past the end of a visibility timeout while a thread is at work on the message, but for one that
    makes no end of it: ``patience`` is for how many seconds of real time it waits for one. Raises ``UsageError`` for
    something that is not a number of seconds.
    """

    autojump = True

    def __init__(self, start: datetime = VIRTUAL_START, *, patience: float = PATIENCE) -> None:
        super().__init__(start)
        if patience is not PATIENCE:
            if not isinstance(patience, int | float) or not patience >= 0:
                raise UsageError(f"patience={shown(patience)} is not a number of seconds: give zero or more")
            self.patience = patience


def is_of_the_machine(clock: Clock, now: int, start: int, end: int) -> bool:
    """Whether a time from ``start`` to ``end`` that somebody gave is the machine's, and not that of ``clock``.

    So it is where it lies within a day of what the machine says, and more than a day from ``now``, which the clock said
    then: a time zone that was left out does not count. Never where the clock is the machine's.
    """
    if not clock.manual or start - _DAY <= now <= end + _DAY:
        return False
    return start - _DAY < time.time_ns() < end + _DAY


_NAMED: dict[str, type[Clock]] = {"real": RealClock, "virtual": VirtualClock, "frozen": FrozenClock}


def make_clock(clock: str | Clock | TimeSource | None) -> Clock:
    """The clock that ``Cloud(clock=...)`` asks for: a name, a ``Clock``, an object with ``time_ns()``, or None."""
    if clock is None:
        return RealClock()
    if isinstance(clock, Clock):
        return clock
    if isinstance(clock, str):
        if clock in _NAMED:
            return _NAMED[clock]()
    elif isinstance(clock, type) and hasattr(clock, "time_ns"):
        raise UsageError(f"clock={shown(clock)} is a class: give an object of it, such as {clock.__name__}()")
    elif callable(getattr(clock, "time_ns", None)):
        return RealClock(clock)
    raise UsageError(
        f'clock={shown(clock)} is not a clock: use "real", "virtual", "frozen" or an object with time_ns()'
    )


def check_start(start: object) -> None:
    """Raise ``UsageError`` for what ``started`` does not take."""
    _moment(start)


def started(clock: Any, start: str | None) -> Any:
    """A clock that stands or jumps and is given by its name, from ``start`` on: a date, or "now". Others as they are.

    Raises ``UsageError`` for a start that is neither.
    """
    if not start or not isinstance(clock, str) or clock not in ("virtual", "frozen"):
        return clock
    return VirtualClock(_moment(start)) if clock == "virtual" else FrozenClock(_moment(start))


def _is_finite(number: float) -> bool:
    from math import isfinite  # an extension, which the first import need not load

    return isfinite(number)


def _moment(start: object) -> datetime:
    if start == "now":
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(str(start))
    except ValueError:
        raise UsageError(f'{shown(start)} is not a point in time: give "now", or a date such as 2026-01-31') from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
