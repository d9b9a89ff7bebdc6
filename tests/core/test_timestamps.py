"""Moments as answers show them, against the arithmetic of ``datetime``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import hypothesis.strategies as st
from hypothesis import given

from minicloud.core.timestamps import datetime_of, datetime_to_the_millisecond, nanoseconds_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Up to the year 2242: so far a float of seconds tells every millisecond.
NANOSECONDS = st.integers(0, (1 << 33) * 1_000_000_000)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(NANOSECONDS)
def test_a_moment_shows_whole_milliseconds(nanoseconds: int) -> None:
    moment = datetime_to_the_millisecond(nanoseconds)
    assert moment == EPOCH + timedelta(milliseconds=nanoseconds // 1_000_000)
    assert moment.utcoffset() == timedelta(0)


@given(st.integers(-(1 << 60), 1 << 63))
def test_a_datetime_is_exact_to_the_microsecond(nanoseconds: int) -> None:
    moment = datetime_of(nanoseconds)
    assert moment - EPOCH == timedelta(microseconds=nanoseconds // 1000)
    assert moment.utcoffset() == timedelta(0)
    assert nanoseconds_of(moment) == nanoseconds // 1000 * 1000


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=OFFSETS))  # noqa: DTZ001
def test_a_datetime_of_any_zone_is_taken_exactly(moment: datetime) -> None:
    assert nanoseconds_of(moment) == (moment - EPOCH) // timedelta(microseconds=1) * 1000


@given(NANOSECONDS)
def test_there_and_back_lose_what_is_below_a_millisecond(nanoseconds: int) -> None:
    assert nanoseconds_of(datetime_to_the_millisecond(nanoseconds)) == nanoseconds // 1_000_000 * 1_000_000
