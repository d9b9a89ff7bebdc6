"""How moments read on a line: the time of day; the day where there are several days, and so the year."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..core.timeline import SECOND
from ..core.timestamps import datetime_of

__all__ = ["clock_time", "day_format", "time_teller"]


def clock_time(time_ns: int) -> str:
    """The time of day with milliseconds, in UTC."""
    seconds, rest = divmod(time_ns, SECOND)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours % 24:02d}:{minute:02d}:{second:02d}.{rest // 1_000_000:03d}"


def day_format(moments: Iterable[int]) -> str:
    """How the days of several moments are told before their times: not at all where all are of one day."""
    days = {moment // (86_400 * SECOND) for moment in moments}
    if len(days) < 2:
        return ""
    years = {datetime_of(day * 86_400 * SECOND).year for day in (min(days), max(days))}
    return "%m-%d " if len(years) == 1 else "%Y-%m-%d "


def time_teller(moments: Iterable[int]) -> Callable[[int], str]:
    """How each of several moments is told: with its day, where they are not all of one."""
    day = day_format(moments)
    return (lambda moment: f"{datetime_of(moment):{day}}{clock_time(moment)}") if day else clock_time
