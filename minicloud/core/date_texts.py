"""Dates as people write them, where a parameter takes a time."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

__all__ = ["moment_of"]

_DAY: Final = re.compile(r"(\d\d?)[-/.](\d\d?)[-/.](\d{4})(?=$|[ T])")


def moment_of(text: str) -> datetime:
    """A date as people write it, as botocore's parser (dateutil) reads it: the month comes before the day if it can.

    Raises ``ValueError`` for other texts, of which that knows more: a month in words beside no weekday, say.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        day = _DAY.match(text)
        if day is None:
            from email.utils import parsedate_to_datetime  # what no test needs that gives datetimes

            try:
                return parsedate_to_datetime(text)
            except TypeError:  # what this has raised in some releases
                raise ValueError(text) from None
    month, number, year = (int(part) for part in day.groups())
    if month > 12:
        month, number = number, month
    return datetime.fromisoformat(f"{year:04d}-{month:02d}-{number:02d}{text[day.end() :]}")
