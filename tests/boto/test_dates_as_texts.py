"""Dates that are given as texts: minicloud's own client reads them as boto3's does, or says that it does not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minicloud
from minicloud.exceptions import ParamValidationError

pytestmark = pytest.mark.needs("boto3")

MONTHS = [
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
    "January",
    "Sept",
    "march",
]
DAYS = st.sampled_from(["1", "01", "9", "12", "13", "28", "3rd", "21st", "11th"])
YEARS = st.sampled_from(["1999", "2026"])
SEPARATORS = st.sampled_from([" ", "-", "/", ", ", "  "])
TIMES = st.sampled_from(
    ["", " 12:30", " 12:30:05", ", 12:30:05", "T12:30:05", " 9:05", " 12:30:05.25", " 12:05 AM", " 9:05 pm", " 11:59PM"]
)
ZONES = st.sampled_from(["", " GMT", " UTC", " Z", " +0200", "-01:30", " +05"])
WEEKDAYS = st.sampled_from(["", "Thu, ", "Thursday ", "mon "])
EXACT = [
    "Thu, 01 Jan 2026 00:00:00 GMT",
    "Thursday, 01-Jan-26 00:00:00 GMT",
    "Thu Jan  1 00:00:00 2026",
    "2026-01-01 12:30 UTC",
    "2026/01/02",
    "1/2/2026",
    "13/1/2026 5:00 PM",
    "1 Jan 2026 12:30:05Z",
    "20260101T123005Z",
    "2026-01-01T00:00:00+00:00",
]
REFUSED = ["1 Mai 2026", "2026-13-01", "Feb 30 2026", "1 Jan 2026 25:00", "1 Jan 2026 13:00 PM", "yesterday", ""]
"""By both."""
UNKNOWN = [
    "Jan 2026",
    "1 Jan 26",
    "1 Jan 2026 5pm",
    "Jan 1 2026 12:30:05 UTC+3",
    "1 Jan 2026 at noon",
    "1 Jan 2026 5:00 PMZ",
]
"""What boto3 takes, or does not, and minicloud's own client refuses rather than reading it in another way."""


@pytest.fixture(scope="module")
def readers() -> Any:
    """What each client makes of a text."""
    with minicloud.mock_aws(region_name="us-east-1") as cloud:
        clients = cloud.client("s3"), boto3.client("s3", region_name="us-east-1")
        clients[0].create_bucket(Bucket="photos")

        def read(client: Any, text: str) -> datetime | None:
            try:
                client.put_object(Bucket="photos", Key="a", Body=b"", Expires=text)
            except (clients[1].exceptions.ClientError, ParamValidationError, ValueError, _refusal()):
                return None
            # Of naive ones each client takes the zone of this machine; a header has whole seconds.
            found: datetime = client.get_object(Bucket="photos", Key="a")["Expires"]
            return found.replace(microsecond=0)

        yield [lambda text, one=client: read(one, text) for client in clients]


def _refusal() -> type[Exception]:
    from botocore.exceptions import ParamValidationError

    return ParamValidationError


def words(order: str, day: str, month: str, year: str, separator: str) -> str:
    parts = {"d": day, "m": month, "y": year}
    return separator.join(parts[one] for one in order)


TEXTS = st.builds(
    lambda weekday, day, time, zone: weekday + day + time + (zone if time else ""),
    WEEKDAYS,
    st.builds(words, st.sampled_from(["dmy", "mdy"]), DAYS, st.sampled_from(MONTHS), YEARS, SEPARATORS),
    TIMES,
    ZONES,
)


@given(text=TEXTS)
def test_months_in_words(readers: Any, text: str) -> None:
    own, real = (read(text) for read in readers)
    assert real is not None
    assert own == real


@pytest.mark.parametrize("text", EXACT)
def test_other_forms(readers: Any, text: str) -> None:
    own, real = (read(text) for read in readers)
    assert real is not None
    assert own == real


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_date(readers: Any, text: str) -> None:
    assert [read(text) for read in readers] == [None, None]


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_minicloud_does_not_read(readers: Any, text: str) -> None:
    assert readers[0](text) is None
