"""Dry runs: never answered, and nothing done."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud
from tests.kinesis.support import ARN, data_of, iterator, read_all
from tests.support.answers import answer, refusal

pytestmark = pytest.mark.modelled("kinesis.PutRecord.DryRun")

OK = "DryRunOperationException"


@pytest.fixture
def stream(kinesis: Any) -> str:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    return "s"


def test_putting_a_record(kinesis: Any, stream: str) -> None:
    record = {"StreamName": "s", "Data": b"x", "PartitionKey": "k"}
    first = int(kinesis.put_record(**record)["SequenceNumber"])
    code, text = refusal(kinesis.put_record, **record, DryRun=True)
    assert code == OK
    assert "DryRun" in text
    assert len(read_all(kinesis, "s", 0)) == 1
    second = int(kinesis.put_record(**record, DryRun=False)["SequenceNumber"])
    assert second - first == 1 << 80
    assert refusal(kinesis.put_record, **{**record, "StreamName": "x"}, DryRun=True)[0] == "ResourceNotFoundException"
    refused = refusal(kinesis.put_record, **record, ExplicitHashKey=str(2**128), DryRun=True)
    assert refused[0] == "InvalidArgumentException"
    refused = refusal(kinesis.put_record, **{**record, "PartitionKey": "k" * 257}, DryRun=True)
    assert refused[0] == "ValidationException"


def test_putting_records(kinesis: Any, stream: str) -> None:
    records = [{"Data": b"x", "PartitionKey": "k"}] * 3
    assert refusal(kinesis.put_records, StreamName="s", Records=records, DryRun=True)[0] == OK
    assert read_all(kinesis, "s", 0) == []
    bad = [*records, {"Data": b"x", "PartitionKey": "k" * 257}]
    assert refusal(kinesis.put_records, StreamName="s", Records=bad, DryRun=True)[0] == "ValidationException"
    assert kinesis.put_records(StreamName="s", Records=records, DryRun=False)["FailedRecordCount"] == 0


def test_reading(kinesis: Any, stream: str) -> None:
    kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k")
    shard = {"StreamName": "s", "ShardId": "0"}
    get = kinesis.get_shard_iterator
    assert refusal(get, **shard, ShardIteratorType="TRIM_HORIZON", DryRun=True)[0] == OK
    refused = refusal(get, **shard, ShardIteratorType="AT_TIMESTAMP", DryRun=True)
    assert refused[0] == "InvalidArgumentException"
    place = iterator(kinesis, "s", 0, DryRun=False)
    assert refusal(kinesis.get_records, ShardIterator=place, DryRun=True)[0] == OK
    assert data_of(answer(kinesis.get_records(ShardIterator=place, DryRun=False))["Records"]) == [b"x"]


def test_an_iterator_that_has_expired(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    place = iterator(kinesis, "s", 0)
    cloud.clock.advance(301)
    assert refusal(kinesis.get_records, ShardIterator=place, DryRun=True)[0] == "ExpiredIteratorException"


def test_subscribing(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    consumer = kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")["Consumer"]["ConsumerARN"]
    position = {"StartingPosition": {"Type": "TRIM_HORIZON"}}
    subscribe = {"ConsumerARN": consumer, "ShardId": "0", **position}
    assert refusal(kinesis.subscribe_to_shard, **subscribe, DryRun=True)[0] == OK
    events = iter(kinesis.subscribe_to_shard(**subscribe)["EventStream"])  # no five seconds to wait
    cloud.clock.advance(6)
    assert refusal(kinesis.subscribe_to_shard, **subscribe, DryRun=True)[0] == OK
    kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k")
    assert data_of(next(events)["SubscribeToShardEvent"]["Records"]) == [b"x"]  # it has not been taken over
    refused = refusal(kinesis.subscribe_to_shard, **{**subscribe, "ConsumerARN": f"{consumer}0"}, DryRun=True)
    assert refused[0] == "ResourceNotFoundException"


@pytest.mark.minicloud(limits="strict")
def test_one_a_second_where_rates_are_enforced(cloud: minicloud.Cloud, kinesis: Any, stream: str) -> None:
    """[documented]"""
    record = {"StreamName": "s", "Data": b"x", "PartitionKey": "k"}
    place = iterator(kinesis, "s", 0)
    assert refusal(kinesis.put_record, **record, DryRun=True)[0] == OK
    assert refusal(kinesis.get_records, ShardIterator=place, DryRun=True)[0] == "ThrottlingException"
    cloud.clock.advance(1)
    assert refusal(kinesis.get_records, ShardIterator=place, DryRun=True)[0] == OK
