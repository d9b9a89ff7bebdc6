"""Timestamps in answers are those of botocore's parser, whichever path a call takes; native ones are in UTC."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.utils import parse_timestamp

import minicloud
from tests.boto.support import take_full_pipeline

pytestmark = pytest.mark.needs("boto3")

ZONES = ["UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Europe/Moscow"]
MOMENTS = [
    datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC),
    datetime(2026, 3, 8, 7, 0, tzinfo=UTC),
    datetime(2026, 4, 4, 14, 59, tzinfo=UTC),
    datetime(2026, 4, 4, 15, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
]
"""Around the hours at which clocks are put on and back; the last two are the same time of day in New York."""


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def shown(moment: datetime) -> tuple[Any, ...]:
    return moment.isoformat(), moment.fold, repr(moment), moment.tzname()


def test_timestamps_of_records(zone: str) -> None:
    with minicloud.mock_aws(clock="virtual") as cloud:
        boto3.client("kinesis").create_stream(StreamName="s", ShardCount=1)
        cloud.clock.advance(60)
        kinesis, other = boto3.client("kinesis"), take_full_pipeline(boto3.client("kinesis"))
        cloud.client("kinesis").increase_stream_retention_period(StreamName="s", RetentionPeriodHours=8760)
        for moment in MOMENTS:
            cloud.clock.advance_to(moment + timedelta(milliseconds=123))
            kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k")
        where = {"StreamName": "s", "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}
        seen = []
        for client in (kinesis, other, cloud.client("kinesis")):
            iterator = client.get_shard_iterator(**where)["ShardIterator"]
            records = client.get_records(ShardIterator=iterator)["Records"]
            seen.append([record["ApproximateArrivalTimestamp"] for record in records])
        fast, full, native = seen
        assert [shown(moment) for moment in fast] == [shown(moment) for moment in full]
        assert [shown(moment) for moment in fast] == [shown(parse_timestamp(moment.timestamp())) for moment in native]
        # Compared as numbers: where a time of day comes twice, moments of different zones are never equal.
        assert [moment.timestamp() for moment in fast] == [moment.timestamp() for moment in native]
        assert {moment.tzinfo for moment in native} == {UTC}


def test_a_timestamp_in_xml(zone: str) -> None:
    with minicloud.mock_aws(clock="virtual"):
        fast, full = boto3.client("sts"), take_full_pipeline(boto3.client("sts"))
        ends = [client.get_session_token()["Credentials"]["Expiration"] for client in (fast, full)]
        assert shown(ends[0]) == shown(ends[1])


def test_an_applications_own_parser_of_timestamps_is_asked() -> None:
    session = botocore.session.Session()
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=lambda value: f"at {value}")
    with minicloud.mock_aws(clock="virtual"):
        kinesis = session.create_client("kinesis", region_name="us-east-1")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        description = kinesis.describe_stream(StreamName="s")["StreamDescription"]
        assert description["StreamCreationTimestamp"].startswith("at 17")
