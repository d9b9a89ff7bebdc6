"""Schedule expressions: ``rate``, ``cron`` and ``at``, and the next time after a time.

The one source of next times, for rules, for EventBridge Scheduler and for scheduled scaling. Each service writes the
same three expressions a little differently, and that is a ``Dialect``; what an expression means is the same for all.

    schedule = read_schedule("cron(0 3 * * ? *)", RULES)      # raises ScheduleError
    schedule.next_after(now, start)                           # nanoseconds, or None: never again

``start`` is when the schedule began to count: a rate happens at it and every period after it, the others ignore it. A
rule's first time is one period after it was made, so its next time is asked for *after* its start; a schedule of
Scheduler's happens at its start, too, so it is asked for after the nanosecond before. [EventBridge user guide]

A cron expression names minutes on a wall clock, in a time zone. A minute that the clock skips in spring does not
happen; one that it shows twice in autumn happens once, the first time [Scheduler user guide; that it is the first:
inferred]. So the search walks wall minutes, field by field from the year down, and asks of each which moment it is.
What AWS's guide does not have (``LW``, ``L-3``, ``FRI-MON``, ``L``, ``W`` and ``#`` within a list) is refused.

This file knows no clock. Dates that no calendar has (30 February) cost one look at each month of the years to come.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Protocol

from ..exceptions import UsageError
from .timeline import SECOND
from .timestamps import datetime_of, nanoseconds_of

__all__ = ["RULES", "SCALING", "SCHEDULER", "Dialect", "Schedule", "ScheduleError", "read_schedule", "read_zone"]


class ScheduleError(Exception):
    """AWS would refuse the expression. Its own text says no more than that; this one says why."""


@dataclass(frozen=True)
class Dialect:
    """How a service writes the expressions."""

    has_at: bool
    cron_fields: tuple[int, ...]
    """How many fields a cron expression may have; the sixth is the year."""
    is_free: bool
    """Whether upper case, and a singular for several or a plural for one, are taken, too."""


RULES = Dialect(has_at=False, cron_fields=(6,), is_free=False)
"""Rules of EventBridge. [recorded of AWS]"""
SCHEDULER = Dialect(has_at=True, cron_fields=(5, 6), is_free=True)
"""EventBridge Scheduler. [measured of AWS]"""
SCALING = Dialect(has_at=True, cron_fields=(6,), is_free=False)
"""Scheduled actions of Application Auto Scaling. [its user guide; that it is as strict as rules: inferred]"""


class Schedule(Protocol):
    """When something is to happen."""

    def next_after(self, now: int, start: int) -> int | None:
        """The first time after ``now``, in nanoseconds; None when there is none any more."""
        ...


def read_schedule(expression: str, dialect: Dialect, zone: tzinfo = UTC) -> Schedule:
    """The schedule that an expression stands for; ``zone`` is where its cron and at are meant.

    Raises ``ScheduleError``.
    """
    match = _EXPRESSION.fullmatch(expression)
    keyword = match[1] if match else ""
    if match is None or not (dialect.is_free or keyword.islower()):
        raise ScheduleError("it is not rate(...), cron(...) or at(...)")
    keyword = keyword.lower()
    if keyword == "rate":
        return _read_rate(match[2], dialect)
    if keyword == "cron":
        return _read_cron(match[2], dialect, zone)
    if not dialect.has_at:
        raise ScheduleError("there is no at(...) here")
    return _read_at(match[2], zone)


_EXPRESSION = re.compile(r"(rate|cron|at)\(([^()]*)\)", re.ASCII | re.IGNORECASE)


def read_zone(name: str) -> tzinfo:
    """The time zone of a name of IANA's (``Europe/Berlin``). Raises ``ScheduleError`` for a name that there is not.

    Where this machine knows no zones at all, a ``UsageError`` says what to install.
    """
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo, available_timezones

    try:
        return ZoneInfo(name)
    except (ValueError, LookupError, OSError):  # not a name; no such zone; a folder of them
        if not available_timezones():
            raise UsageError(
                "there are no time zones on this machine: install the package tzdata (`pip install tzdata`)"
            ) from None
        raise ScheduleError(f"there is no time zone {name!r}") from None


# --- rate ------------------------------------------------------------------------------------------------------------

_RATE = re.compile(r"([0-9]{1,9}) (minute|hour|day)(s?)", re.ASCII | re.IGNORECASE)
_UNITS = {"minute": 60, "hour": 3_600, "day": 86_400}


class _Rate:
    __slots__ = ("period",)

    def __init__(self, period: int) -> None:
        self.period = period

    def next_after(self, now: int, start: int) -> int:
        """A day is 24 hours, whatever clocks do. O(1)."""
        return start if now < start else now + self.period - (now - start) % self.period


def _read_rate(text: str, dialect: Dialect) -> _Rate:
    match = _RATE.fullmatch(text)
    if match is None:
        raise ScheduleError("a rate is a number and a unit, with one blank between: minutes, hours or days")
    number, unit, plural = int(match[1]), match[2], match[3]
    if not number:
        raise ScheduleError("a rate is at least 1")
    if not dialect.is_free and (not (unit + plural).islower() or bool(plural) is (number == 1)):
        raise ScheduleError("the unit of a rate is minute, hour or day for 1, and minutes, hours or days for more")
    return _Rate(number * _UNITS[unit.lower()] * SECOND)


# --- at --------------------------------------------------------------------------------------------------------------

_AT = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?", re.ASCII)


class _At:
    __slots__ = ("moment",)

    def __init__(self, moment: int) -> None:
        self.moment = moment

    def next_after(self, now: int, start: int) -> int | None:
        """Once. O(1)."""
        return self.moment if now < self.moment else None


def _numbers(match: re.Match[str]) -> list[int]:
    return [int(part or 0) for part in match.groups()]


def _read_at(text: str, zone: tzinfo) -> _At:
    match = _AT.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        year, month, day, hour, minute, second = _numbers(match)
        # What the clock skips is taken as if it had not been changed. [inferred]
        return _At(nanoseconds_of(datetime(year, month, day, hour, minute, second, tzinfo=zone)))
    except (ValueError, OverflowError):
        raise ScheduleError("at is a time like 2026-01-31T09:00:00, without a zone") from None


# --- cron ------------------------------------------------------------------------------------------------------------

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_SATURDAY = 7
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
"""What ``*`` means as a year. [EventBridge user guide]"""
_LAST_NAMED_YEAR = 9999
"""A year of 2500 was taken by AWS. [measured]"""

Days = Callable[[int, int], Sequence[int]]
"""The days of a year's month, in their order."""
_Wall = tuple[int, int, int, int, int]


class _Cron:
    __slots__ = ("days", "hours", "minutes", "months", "years", "zone")

    def __init__(
        self,
        minutes: Sequence[int],
        hours: Sequence[int],
        days: Days,
        months: Sequence[int],
        years: Sequence[int],
        zone: tzinfo,
    ) -> None:
        self.minutes = minutes
        self.hours = hours
        self.days = days
        self.months = months
        self.years = years
        self.zone = zone

    def next_after(self, now: int, start: int) -> int | None:
        """The first of its minutes. O(1), or O(months between) where few months have such a day."""
        if now >= _END:
            return None
        local = datetime_of(now).astimezone(self.zone)
        for year, month, day, hour, minute in self._walls(
            (local.year, local.month, local.day, local.hour, local.minute)
        ):
            moment = self._moment(datetime(year, month, day, hour, minute, tzinfo=self.zone))
            if moment is not None and moment > now:
                return moment
        return None

    def _moment(self, wall: datetime) -> int | None:
        """When a wall clock shows this, for the first time; None where it never does."""
        if self.zone is UTC:
            return nanoseconds_of(wall)
        try:
            utc = wall.astimezone(UTC)
            exists = utc.astimezone(self.zone).replace(tzinfo=None) == wall.replace(tzinfo=None)
        except OverflowError:  # the last hours of the calendar
            return None
        return nanoseconds_of(utc) if exists else None

    def _walls(self, start: _Wall) -> Iterator[_Wall]:
        """All that the fields name, from ``start`` on, in the order of the wall clock."""
        for year in self.years[bisect_left(self.years, start[0]) :]:
            for month in self.months:
                if (year, month) < start[:2]:
                    continue
                for day in self.days(year, month):
                    if (year, month, day) < start[:3]:
                        continue
                    for hour in self.hours:
                        if (year, month, day, hour) < start[:4]:
                            continue
                        for minute in self.minutes:
                            wall = (year, month, day, hour, minute)
                            if wall >= start:
                                yield wall


_END = nanoseconds_of(datetime(_LAST_NAMED_YEAR, 12, 30, tzinfo=UTC))
"""The end of the calendar, short of what a zone may add."""


def _read_cron(text: str, dialect: Dialect, zone: tzinfo) -> _Cron:
    fields = text.split(" ")
    if len(fields) not in dialect.cron_fields:
        raise ScheduleError("a cron has six fields with one blank between: minutes hours day month weekday year")
    minutes, hours, day, month, weekday = fields[:5]
    year = fields[5] if len(fields) > 5 else "*"
    if (day == "?") is (weekday == "?"):
        raise ScheduleError('one of day and weekday has to be "?", and not both')
    return _Cron(
        _read_field("minutes", minutes, 0, 59),
        _read_field("hours", hours, 0, 23),
        _read_weekday(weekday) if day == "?" else _read_day(day),
        _read_field("month", month, 1, 12, _MONTHS),
        _years() if year == "*" else _read_field("year", year, _FIRST_YEAR, _LAST_NAMED_YEAR),
        zone,
    )


def _years() -> Sequence[int]:
    return range(_FIRST_YEAR, _LAST_YEAR + 1)


def _read_field(what: str, text: str, low: int, high: int, names: Sequence[str] = ()) -> Sequence[int]:
    """The values of a field, in their order: ``*``, ``5``, ``1-5``, ``5/15``, ``*/15``, ``MON-FRI``, and lists."""
    values: set[int] = set()
    for term in text.split(","):
        span, slash, step_text = term.partition("/")
        first_text, dash, last_text = span.partition("-")
        if span == "*":
            first, last = low, _LAST_YEAR if high == _LAST_NAMED_YEAR else high
        else:
            first = _read_value(what, first_text, low, high, names)
            last = _read_value(what, last_text, low, high, names) if dash else high if slash else first
        step = _read_number(what, step_text) if slash else 1
        if not step or last < first:
            raise ScheduleError(f"{what}: {term!r} is not a range, or a step of 0")
        values.update(range(first, last + 1, step))
    return sorted(values)


def _read_value(what: str, text: str, low: int, high: int, names: Sequence[str] = ()) -> int:
    if text.upper() in names:
        return names.index(text.upper()) + low
    value = _read_number(what, text)
    if not low <= value <= high:
        raise ScheduleError(f"{what}: {text} is not between {low} and {high}")
    return value


def _read_number(what: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text, re.ASCII):
        raise ScheduleError(f"{what}: {text!r} is not a number")
    return int(text)


# --- days ------------------------------------------------------------------------------------------------------------


def _read_day(text: str) -> Days:
    """The days that a field for the day of the month names."""
    if text == "L":
        return lambda year, month: (_last_day(year, month),)
    if text.endswith("W"):
        wanted = _read_value("day", text[:-1], 1, 31)
        return lambda year, month: _nearest_weekday(year, month, wanted)
    days = _read_field("day", text, 1, 31)
    return lambda year, month: days[: bisect_left(days, _last_day(year, month) + 1)]


def _read_weekday(text: str) -> Days:
    """The days that a field for the day of the week names; Sunday is 1."""
    head, hash_sign, number = text.partition("#")
    if hash_sign:
        weekday = _read_value("weekday", head, 1, 7, _WEEKDAYS)
        which = _read_value("weekday", number, 1, 5)
        return lambda year, month: _weekdays(year, month, (weekday,))[which - 1 : which]
    if text == "L":
        weekdays: Sequence[int] = (_SATURDAY,)
    elif text.endswith("L"):
        weekday = _read_value("weekday", text[:-1], 1, 7, _WEEKDAYS)
        return lambda year, month: _weekdays(year, month, (weekday,))[-1:]
    else:
        weekdays = _read_field("weekday", text, 1, 7, _WEEKDAYS)
    return lambda year, month: _weekdays(year, month, weekdays)


def _last_day(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _weekday(year: int, month: int, day: int) -> int:
    return date(year, month, day).isoweekday() % 7 + 1


def _weekdays(year: int, month: int, weekdays: Sequence[int]) -> Sequence[int]:
    """The days of a month that are of certain weekdays."""
    before = _weekday(year, month, 1) - 2
    return [day for day in range(1, _last_day(year, month) + 1) if (before + day) % 7 + 1 in weekdays]


def _nearest_weekday(year: int, month: int, wanted: int) -> Sequence[int]:
    """The weekday (Monday to Friday) that is nearest to a day, within the month; none where there is no such day."""
    last = _last_day(year, month)
    if wanted > last:
        return ()
    weekday = _weekday(year, month, wanted)
    if weekday == _SATURDAY:
        return (wanted - 1 if wanted > 1 else 3,)
    if weekday == 1:
        return (wanted + 1 if wanted < last else last - 2,)
    return (wanted,)
