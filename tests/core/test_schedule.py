"""Schedule expressions: what AWS takes and refuses, and when they happen, against a search minute by minute."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from minicloud.core.schedule import RULES, SCALING, SCHEDULER, ScheduleError, read_schedule, read_zone
from minicloud.core.timestamps import datetime_of, nanoseconds_of
from tests.support.depth import deep, is_deep

TAKEN = [
    # recorded or measured of AWS
    "cron(0 2 ? * SAT *)",
    "cron(5,35 14 * * ? *)",
    "cron(15 10 ? * 6L 2002-2005)",
    "cron(* * ? * SAT#3 *)",
    "cron(0/5 5 ? JAN 1-5 2022)",
    "cron(0/30 20-23 ? * MON-FRI *)",
    "cron(0 0 1 1 ? 2500)",
    # of its guide
    "cron(1/10 * * * ? *)",
    "cron(0 12 3W * ? *)",
    "cron(0 12 L * ? *)",
    "cron(0 12 ? * 3#2 *)",
    "cron(0 12 ? * L *)",
    "cron(*/15 0-6/2,12 1,15-20/2 JAN,MAR-MAY ? 2026,2028/2)",
    "rate(1 minute)",
    "rate(5 minutes)",
    "rate(1 hour)",
    "rate(24 hours)",
    "rate(1 day)",
    "rate(7 days)",
]
REFUSED_BY_ALL = [
    # recorded of AWS
    "cron(0 1 * * * *)",
    "cron(7 20 * * NOT *)",
    "cron(INVALID)",
    "cron(0 dummy ? * MON-FRI *)",
    "cron(71 8 1 * ? *)",
    "cron()",
    "rate(10 seconds)",
    "rate(10 years)",
    "rate()",
    "rate(10)",
    "rate(10 minutess)",
    "rate(foo minutes)",
    "rate(0 minutes)",
    "rate(-10 minutes)",
    "rate( 10 minutes )",
    " rate(10 minutes)",
    "at(2021-12-31T23:59:59Z)",
    "at(2021-12-31)",
    # measured
    "cron(0 0 ? * 2#0 *)",
    "cron(0 0 ? * 2#6 *)",
    "at(2021-12-31 23:59:59)",
    "at(2021-12-31T23:59:59.5)",
    "at(2021-12-31T23:59:59+01:00)",
    "cron(0 0 3#2 * ? *)",
    "cron(0 24 * * ? *)",
    "cron(0 0 32 * ? *)",
    "cron(0 0 0 * ? *)",
    "cron(0 0 * 13 ? *)",
    "cron(0 0 ? * 8 *)",
    "cron(0 0 ? * 0 *)",
    # what follows, and what cannot be meant
    "cron(0 0 ? * ? *)",
    "cron(0 0 ? * 3#1,6#3 *)",
    "cron(? 0 * * ? *)",
    "cron(0 0 * * ? 1969)",
    "cron(0  0 * * ? *)",
    "cron(0 0 * * ? * )",
    "cron(0 0 * * ? * *)",
    "cron(0/0 0 * * ? *)",
    "cron(30-10 0 * * ? *)",
    "cron(/5 0 * * ? *)",
    "cron(0, 0 * * ? *)",
    "cron(0 0 LW * ? *)",
    "cron(0 0 W * ? *)",
    "cron(0 0 ?,1 * ? *)",
    "cron(٣ 0 * * ? *)",
    "at(2021-02-29T00:00:00)",
    "at(2021-01-01T24:00:00)",
    "at(0001-01-01T00:00:00)x",
    "rate(1 day) ",
    "rate(1  day)",
    "rate(1 day",
    "every(1 day)",
    "",
    "rate(1 day)\n",
]
# How they differ: an expression, and who takes it.
DIFFERENT = [
    ("rate(1 minutes)", SCHEDULER),
    ("rate(1 hours)", SCHEDULER),
    ("rate(1 days)", SCHEDULER),
    ("rate(10 minute)", SCHEDULER),
    ("rate(10 hour)", SCHEDULER),
    ("rate(10 day)", SCHEDULER),
    ("rate(10 MINUTES)", SCHEDULER),
    ("RATE(10 minutes)", SCHEDULER),
    ("CRON(0 2 ? * SAT *)", SCHEDULER),
    ("cron(0 3 * * ?)", SCHEDULER),
    ("at(2026-01-01T09:00:00)", SCHEDULER, SCALING),
    ("at(2026-01-01T09:00)", SCHEDULER, SCALING),
]


def is_taken(expression, dialect):
    try:
        read_schedule(expression, dialect)
    except ScheduleError as error:
        assert str(error)  # noqa: PT017
        return False
    return True


def test_what_is_taken_and_what_is_refused():
    dialects = (RULES, SCHEDULER, SCALING)
    assert [text for text in TAKEN if not all(is_taken(text, dialect) for dialect in dialects)] == []
    assert [text for text in REFUSED_BY_ALL if any(is_taken(text, dialect) for dialect in dialects)] == []
    taken = [(text, *(one for one in dialects if is_taken(text, one))) for text, *_ in DIFFERENT]
    assert taken == DIFFERENT


def times(expression, since, count=3, zone="UTC", dialect=SCHEDULER):
    schedule = read_schedule(expression, dialect, read_zone(zone))
    start = now = nanoseconds_of(datetime.fromisoformat(since).replace(tzinfo=UTC))
    found = []
    for _ in range(count):
        now = schedule.next_after(now, start)
        if now is None:
            return [*found, None]
        found.append(f"{datetime_of(now):%Y-%m-%dT%H:%M:%S}".removesuffix(":00"))
    return found


@pytest.mark.parametrize(
    ("expression", "since", "zone", "expected"),
    [
        ("cron(0 3 * * ? *)", "2026-01-01T03:00", "UTC", ["2026-01-02T03:00", "2026-01-03T03:00"]),
        ("cron(0 3 * * ? *)", "2026-01-01T02:59:59", "UTC", ["2026-01-01T03:00", "2026-01-02T03:00"]),
        (
            "cron(1/25 8 * * ? *)",
            "2026-01-01T00:00",
            "UTC",
            ["2026-01-01T08:01", "2026-01-01T08:26", "2026-01-01T08:51"],
        ),
        ("cron(0 0 ? * 6L *)", "2026-01-01T00:00", "UTC", ["2026-01-30T00:00", "2026-02-27T00:00"]),
        ("cron(0 0 ? * L *)", "2026-01-01T00:00", "UTC", ["2026-01-03T00:00", "2026-01-10T00:00"]),
        ("cron(0 0 ? * SAT#5 *)", "2026-01-01T00:00", "UTC", ["2026-01-31T00:00", "2026-05-30T00:00"]),
        ("cron(0 0 L * ? *)", "2028-01-31T00:00", "UTC", ["2028-02-29T00:00", "2028-03-31T00:00"]),
        # the nearest weekday, within the month: the 1st is a Sunday, the 31st a Saturday or a Sunday, or is not
        ("cron(0 0 1W 2,3 ? *)", "2026-01-01T00:00", "UTC", ["2026-02-02T00:00", "2026-03-02T00:00"]),
        ("cron(0 0 1W 8 ? 2026)", "2026-01-01T00:00", "UTC", ["2026-08-03T00:00", None]),
        (
            "cron(0 0 31W * ? *)",
            "2026-01-15T00:00",
            "UTC",
            ["2026-01-30T00:00", "2026-03-31T00:00", "2026-05-29T00:00"],
        ),
        ("cron(0 0 29 2 ? *)", "2026-01-01T00:00", "UTC", ["2028-02-29T00:00", "2032-02-29T00:00"]),
        ("cron(0 0 29 2 ? *)", "2096-03-01T00:00", "UTC", ["2104-02-29T00:00"]),
        ("cron(0 0 ? * SAT#2 *)", "2026-01-01T00:00", "UTC", ["2026-01-10T00:00", "2026-02-14T00:00"]),
        ("cron(0 0 30 2 ? *)", "2026-01-01T00:00", "UTC", [None]),
        ("cron(15 10 ? * 6L 2002-2005)", "2026-01-01T00:00", "UTC", [None]),
        ("cron(59 23 31 12 ? *)", "2198-01-01T00:00", "UTC", ["2198-12-31T23:59", "2199-12-31T23:59", None]),
        ("cron(0 0 1 1 ? 9999)", "9998-01-01T00:00", "Asia/Tokyo", ["9998-12-31T15:00", None]),
        # Berlin: 02:30 is skipped in March, and shown twice in October
        ("cron(30 2 * * ? *)", "2026-03-27T12:00", "Europe/Berlin", ["2026-03-28T01:30", "2026-03-30T00:30"]),
        ("cron(30 2 * * ? *)", "2026-10-24T12:00", "Europe/Berlin", ["2026-10-25T00:30", "2026-10-26T01:30"]),
        ("cron(0/30 2 * * ? *)", "2026-10-25T01:10", "Europe/Berlin", ["2026-10-26T01:00", "2026-10-26T01:30"]),
        ("cron(0 0/1 * * ? *)", "2026-10-24T23:30", "Europe/Berlin", ["2026-10-25T00:00", "2026-10-25T02:00"]),
        # a whole day that Samoa never had
        ("cron(0 12 30,31 12 ? 2011)", "2011-12-01T00:00", "Pacific/Apia", ["2011-12-30T22:00", None]),
        ("rate(5 minutes)", "2026-01-01T10:02:30", "UTC", ["2026-01-01T10:07:30", "2026-01-01T10:12:30"]),
        ("rate(1 day)", "2026-03-28T12:00", "Europe/Berlin", ["2026-03-29T12:00", "2026-03-30T12:00"]),
        ("at(2026-01-01T09:00:30)", "2026-01-01T00:00", "America/New_York", ["2026-01-01T14:00:30", None]),
        ("at(2026-03-29T02:30)", "2026-01-01T00:00", "Europe/Berlin", ["2026-03-29T01:30", None]),
        ("at(2025-12-31T23:59:59)", "2026-01-01T00:00", "UTC", [None]),
    ],
)
def test_the_next_times(expression, since, zone, expected):
    assert times(expression, since, len(expected), zone) == expected


def test_a_rate_counts_from_its_start():
    rate = read_schedule("rate(10 minutes)", RULES)
    minute = 60 * 10**9
    start = 33 * minute + 5
    asked = [0, start - 1, start, start + 1, start + 10 * minute - 1, start + 10 * minute, start + 95 * minute]
    expected = [start, start, *[start + 10 * minute] * 3, start + 20 * minute, start + 100 * minute]
    assert [rate.next_after(now, start) for now in asked] == expected


def test_beyond_the_calendar_there_is_nothing():
    for zone in ("UTC", "Asia/Tokyo", "America/New_York"):
        schedule = read_schedule("cron(* * * * ? 2026-9999)", SCHEDULER, read_zone(zone))
        assert schedule.next_after(400 * 10**18, 0) is None
        now = nanoseconds_of(datetime(9999, 12, 29, 23, 58, tzinfo=UTC))
        assert schedule.next_after(now, 0) == now + 60 * 10**9


def test_zones():
    assert read_zone("UTC") is UTC
    for name in ("Mars/Olympus", "../etc/passwd", "Europe", "", "a\0b", "/etc/localtime"):
        with pytest.raises(ScheduleError):
            read_zone(name)


# --- minute by minute ------------------------------------------------------------------------------------------------

NAMES = {name: number for number, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], start=1)}
NAMES |= {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}


def number_of(text):
    return NAMES[text] if text in NAMES else int(text)


@lru_cache(maxsize=10_000)
def names_value(field, value, low, high):
    """Whether a field of a cron expression, as AWS's guide tells of it, names a value."""
    for term in field.split(","):
        span, _, step = term.partition("/")
        first, _, last = span.partition("-")
        first = low if first == "*" else number_of(first)
        last = number_of(last) if last else high if step or span == "*" else first
        if first <= value <= last and (value - first) % int(step or 1) == 0:
            return True
    return False


def names_day(field, day):
    last = calendar.monthrange(day.year, day.month)[1]
    if field == "L":
        return day.day == last
    if field.endswith("W"):
        if int(field[:-1]) > last:
            return False
        days = [one for one in range(1, last + 1) if calendar.weekday(day.year, day.month, one) < 5]
        return day.day == min(days, key=lambda one: abs(one - int(field[:-1])))
    return names_value(field, day.day, 1, 31)


def names_weekday(field, day):
    weekday = (calendar.weekday(day.year, day.month, day.day) + 1) % 7 + 1
    if field == "L":
        return weekday == 7
    if field.endswith("L"):
        last = calendar.monthrange(day.year, day.month)[1]
        return weekday == number_of(field[:-1]) and day.day + 7 > last
    if "#" in field:
        wanted, which = field.split("#")
        return weekday == number_of(wanted) and (day.day - 1) // 7 + 1 == int(which)
    return names_value(field, weekday, 1, 7)


def minute_by_minute(expression, since, until, zone):
    minutes, hours, day, month, weekday, year = expression[5:-1].split(" ")
    found = []
    seen = set()
    moment = since
    # A day before, so that what the clock shows for the second time is known to be the second time.
    probe = since - timedelta(days=1)
    while probe <= until:
        wall = probe.astimezone(zone)
        shown = wall.replace(tzinfo=None, fold=0)
        is_again = wall.fold and shown in seen
        if (
            names_value(minutes, wall.minute, 0, 59)
            and names_value(hours, wall.hour, 0, 23)
            and names_value(month, wall.month, 1, 12)
            and (names_day(day, wall) if weekday == "?" else names_weekday(weekday, wall))
            and names_value(year, wall.year, 1970, 2199)
        ):
            if probe > moment and not is_again:
                found.append(probe)
            seen.add(shown)
        probe += timedelta(minutes=1)
    return found


def searched(expression, since, until, zone):
    schedule = read_schedule(expression, RULES, zone)
    end = nanoseconds_of(until)
    now = nanoseconds_of(since)
    found = []
    while (now := schedule.next_after(now, 0)) is not None and now <= end:
        found.append(datetime_of(now))
    return found


def numbers(low, high, names=()):
    one = st.integers(low, high).map(lambda value: names[value - low] if names and value % 2 else str(value))
    span = st.tuples(st.integers(low, high), st.integers(low, high)).map(lambda ends: f"{min(ends)}-{max(ends)}")
    start = one | span | st.just("*")
    stepped = st.builds(lambda first, step: f"{first}/{step}", start, st.integers(1, high))
    return st.just("*") | st.lists(one | span | stepped, min_size=1, max_size=3).map(",".join)


WEEKDAYS = list(NAMES)[:7]
days = st.one_of(numbers(1, 31), st.just("L"), st.integers(1, 31).map("{}W".format))
weekdays = st.one_of(
    numbers(1, 7, WEEKDAYS),
    st.just("L"),
    st.integers(1, 7).map("{}L".format),
    st.builds("{}#{}".format, st.sampled_from(WEEKDAYS), st.integers(1, 5)),
)
either = st.one_of(days.map(lambda day: (day, "?")), weekdays.map(lambda weekday: ("?", weekday)))
crons = st.builds(
    lambda minutes, hours, day, month, year: f"cron({minutes} {hours} {day[0]} {month} {day[1]} {year})",
    numbers(0, 59),
    numbers(0, 23),
    either,
    st.just("*") | numbers(1, 12, list(NAMES)[7:]),
    st.sampled_from(["*", "*", "2024-2028", "2026/2"]),
)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]
# Where something is to be seen: ends of months and years, a leap day, clocks that change in each of the zones.
SINCE = ["2026-01-30", "2026-02-28", "2028-02-28", "2025-12-30", "2026-03-07", "2026-03-28", "2026-10-24", "2026-10-31"]
SINCE += ["2026-04-04", "2026-10-03", "2026-05-29"]


@settings(max_examples=deep(200))
@given(crons, st.sampled_from(SINCE), st.sampled_from(ZONES), st.integers(0, 24 * 60))
def test_the_next_time_is_the_one_that_a_search_finds(expression, since, zone_name, minute):
    note(f"{expression} {zone_name}")
    zone = read_zone(zone_name)
    begin = datetime.fromisoformat(since).replace(tzinfo=UTC) + timedelta(minutes=minute)
    until = begin + timedelta(days=2)
    assert searched(expression, begin, until, zone) == minute_by_minute(expression, begin, until, zone)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("expression", "zone_name"),
    [
        ("cron(0/17 2,3 ? * SUN *)", "Europe/Berlin"),
        ("cron(30 1/2 L * ? *)", "America/New_York"),
        ("cron(*/20 * 31W * ? *)", "Australia/Lord_Howe"),
        ("cron(0 12 ? 2-11/3 FRI#5 *)", "Asia/Kathmandu"),
        ("cron(5 4 ? * 6L 2027)", "UTC"),
    ],
)
def test_two_years_minute_by_minute(expression, zone_name):
    zone = read_zone(zone_name)
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    until = begin + timedelta(days=731 if is_deep() else 10)
    assert searched(expression, begin, until, zone) == minute_by_minute(expression, begin, until, zone)
