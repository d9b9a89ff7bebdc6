"""How moments read on a line: the time of day, and the day where there are several."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..core.timeline import SECOND
from ..core.timestamps import datetime_of

__all__ = ["clock_time", "time_teller"]


def clock_time(time_ns: int) -> str:
    """The time of day with milliseconds, in UTC."""
    seconds, rest = divmod(time_ns, SECOND)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours % 24:02d}:{minute:02d}:{second:02d}.{rest // 1_000_000:03d}"


def _dated_time(time_ns: int) -> str:
    """The same, with month and day before it."""
    return f"{datetime_of(time_ns):%m-%d} {clock_time(time_ns)}"


def time_teller(moments: Iterable[int]) -> Callable[[int], str]:
    """How each of several moments is told: with its day, where they are not all of one."""
    days = {moment // (86_400 * SECOND) for moment in moments}
    return _dated_time if len(days) > 1 else clock_time
