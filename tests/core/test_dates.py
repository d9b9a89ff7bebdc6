"""Dates as people write them, by themselves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from minicloud.core.date_texts import moment_of

MONTHS = "January February March April May June July August September October November December"


@pytest.mark.parametrize(("number", "name"), list(enumerate(MONTHS.split(), 1)))
def test_months_by_their_names(number: int, name: str) -> None:
    """Whole, or three letters of them."""
    for word in (name, name[:3], name.upper(), name[:3].lower()):
        for text in (f"7 {word} 2026", f"{word} 7, 2026", f"2026 {word} 7", f"7-{word}-2026"):
            made = moment_of(text)
            assert (made.year, made.month, made.day) == (2026, number, 7), text


@pytest.mark.parametrize(
    ("text", "hour", "minute", "second", "microsecond"),
    [
        ("7 Jan 2026 12:05 am", 0, 5, 0, 0),
        ("7 Jan 2026 12:05 pm", 12, 5, 0, 0),
        ("7 Jan 2026 1:05 PM", 13, 5, 0, 0),
        ("7 Jan 2026 11:59:58 AM", 11, 59, 58, 0),
        ("7 Jan 2026 23:00:01.25 UTC", 23, 0, 1, 250_000),
        ("7 Jan 2026", 0, 0, 0, 0),
    ],
)
def test_times_of_the_day(text: str, hour: int, minute: int, second: int, microsecond: int) -> None:
    made = moment_of(text)
    assert (made.hour, made.minute, made.second, made.microsecond) == (hour, minute, second, microsecond)


def test_a_month_that_is_none_is_a_day() -> None:
    """Where the month comes first."""
    assert moment_of("1/13/2026 00:00").replace(tzinfo=UTC) == datetime(2026, 1, 13, tzinfo=UTC)
    assert moment_of("13/1/2026 00:00").replace(tzinfo=UTC) == datetime(2026, 1, 13, tzinfo=UTC)
    assert moment_of("12/1/2026 00:00").replace(tzinfo=UTC) == datetime(2026, 12, 1, tzinfo=UTC)
    assert moment_of("7 Jan 2026 00:00 +02:00").utcoffset() == moment_of("7 Jan 2026 00:00 +02").utcoffset()
