"""Dates as people write them, where a parameter takes a time."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

__all__ = ["moment_of"]

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY: Final = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun)"
_MONTH: Final = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY: Final = r"(?P<day>\d\d?)(?:st|nd|rd|th)?"
_YEAR: Final = r"(?P<year>\d{4})"
_BETWEEN: Final = r"(?:[-/.]|,? +)"
_DAYS: Final = [
    re.compile(f"(?:{_WEEKDAY},? +)?{day}(?=$|[ ,T])", re.IGNORECASE)
    for day in (
        f"{_DAY}{_BETWEEN}{_MONTH}{_BETWEEN}{_YEAR}",
        f"{_MONTH}{_BETWEEN}{_DAY}{_BETWEEN}{_YEAR}",
        f"{_YEAR}{_BETWEEN}{_MONTH}{_BETWEEN}{_DAY}",
        r"(?P<year>\d{4})[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?)",
        r"(?P<month>\d\d?)[-/.](?P<day>\d\d?)[-/.](?P<year>\d{4})",
    )
]
"""The days in each order; in the last one, the month comes before the day if it can."""
_TIME: Final = re.compile(
    r"(?:(?:(?<=\d)T|,? +)(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{1,6}))?)?"
    r"(?: ?(?P<half>[aApP])[mM](?![A-Za-z]))?"
    r"(?: ?(?:(?P<utc>Z|UTC|GMT)|(?P<offset>[-+]\d\d)(?::?(?P<minutes>\d\d))?))?)?"
)
_MISREAD: Final = re.compile(r"\d ?[ap]m|(?:utc|gmt)[-+]", re.IGNORECASE)
"""What the standard library's parser would pass over."""


def moment_of(text: str) -> datetime:
    """A date as people write it, as botocore's parser (dateutil) reads it.

    Raises ``ValueError`` for other texts, of which that knows more: a time without a day, or a year of two digits.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        for form in _DAYS:
            day = form.match(text)
            time = None if day is None else _TIME.fullmatch(text, day.end())
            if day is not None and time is not None:
                return datetime.fromisoformat(f"{_day_of(day)}T{_time_of(time)}")
        if _MISREAD.search(text):
            raise
    from email.utils import parsedate_to_datetime  # what no test needs that gives datetimes

    try:
        return parsedate_to_datetime(text)
    except TypeError:  # what this has raised in some releases
        raise ValueError(text) from None


def _day_of(found: re.Match[str]) -> str:
    day, month = int(found["day"]), found["month"]
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    if number > 12 and found.start("year") > found.start("day"):
        number, day = day, number
    return f"{found['year']}-{number:02d}-{day:02d}"


def _time_of(found: re.Match[str]) -> str:
    hour, half = int(found["hour"] or 0), (found["half"] or "").lower()
    if half:
        if hour > 12:
            raise ValueError(found.string)
        hour = hour % 12 + (12 if half == "p" else 0)
    zone = "+00:00" if found["utc"] else f"{found['offset']}:{found['minutes'] or '00'}" if found["offset"] else ""
    fraction = (found["fraction"] or "").ljust(6, "0")
    return f"{hour:02d}:{found['minute'] or '00'}:{found['second'] or '00'}.{fraction}{zone}"
