"""What is noted of a refusal beside AWS's text: the reason that the cloud knows."""

from __future__ import annotations

from typing import Any

import minicloud
from tests.support.notes import Noted
from tests.support.ways import MakeClient

SHARD = "shardId-000000000000"


def test_a_stream_that_is_elsewhere_or_has_another_name(make_client: MakeClient, kinesis: Any, noted: Noted) -> None:
    given = {"StreamName": "clicks", "Data": b"x", "PartitionKey": "a"}
    code = "ResourceNotFoundException"
    assert noted(kinesis.put_record, code, **given) == [
        "this cloud has no stream at all: the test has to make it first, on this cloud"
    ]
    make_client("kinesis", "eu-west-1").create_stream(StreamName="clicks", ShardCount=1)
    elsewhere = [
        "there is a stream of this name in eu-west-1, and this call went to us-east-1: make the client with "
        'region_name="eu-west-1"'
    ]
    assert noted(kinesis.put_record, code, **given) == elsewhere
    assert noted(kinesis.describe_stream_summary, code, StreamName="clicks") == elsewhere
    iterator = {"StreamName": "clicks", "ShardId": SHARD, "ShardIteratorType": "LATEST"}
    assert noted(kinesis.get_shard_iterator, code, **iterator) == elsewhere
    kinesis.create_stream(StreamName="orders", ShardCount=1)
    assert noted(kinesis.describe_stream_summary, code, StreamName="order") == [
        "there is a stream 'orders': did you mean that one?"
    ]
    (note,) = noted(kinesis.create_stream, "ResourceInUseException", StreamName="orders", ShardCount=1)
    assert note == "it was made at 00:00:00.000 of this cloud's clock, and is ACTIVE with 1 open shard"


def test_a_stream_that_is_not_ready(limited: Any, noted: Noted) -> None:
    cloud, kinesis = limited(transition_seconds=10)
    cloud.clock.advance(5)
    kinesis.create_stream(StreamName="clicks", ShardCount=2)
    given = {"StreamName": "clicks", "ShardToSplit": SHARD, "NewStartingHashKey": "7"}
    assert noted(kinesis.split_shard, "ResourceInUseException", **given) == [
        "it is CREATING, and ACTIVE at 00:00:15.000 of this cloud's clock: cloud.clock.advance() goes there, a waiter "
        "waits for it; how long changes take is Limits(kinesis_transition_seconds=...)"
    ]
    cloud.clock.advance(10)
    kinesis.split_shard(**given)
    (note,) = noted(kinesis.split_shard, "ResourceInUseException", **given)
    assert note.startswith("it is UPDATING, and ACTIVE at 00:00:25.000 ")
    cloud.clock.advance(10)
    (note,) = noted(kinesis.split_shard, "InvalidArgumentException", **given)
    assert note == (
        "it was closed at 00:00:25.000 of this cloud's clock; open shards of clicks: shardId-000000000002, "
        "shardId-000000000003, shardId-000000000001"
    )
    kinesis.delete_stream(StreamName="clicks")
    (note,) = noted(kinesis.delete_stream, "ResourceInUseException", StreamName="clicks")
    assert note.startswith("it is DELETING, and gone at 00:00:35.000 ")


def test_iterators(cloud: minicloud.Cloud, make_client: MakeClient, kinesis: Any, noted: Noted) -> None:
    def iterator(client: Any = kinesis, shard_id: str = SHARD) -> str:
        given = {"StreamName": "clicks", "ShardId": shard_id, "ShardIteratorType": "LATEST"}
        made: str = client.get_shard_iterator(**given)["ShardIterator"]
        return made

    other = make_client("kinesis", "eu-west-1")
    for client in (kinesis, other):
        client.create_stream(StreamName="clicks", ShardCount=2)
    (note,) = noted(kinesis.get_records, "InvalidArgumentException", ShardIterator=iterator(other))
    assert note == 'it is of eu-west-1, and this call went to us-east-1: make the client with region_name="eu-west-1"'
    (note,) = noted(lambda: iterator(shard_id="shardId-000000000007"), "ResourceNotFoundException")
    assert note == f"open shards of clicks: {SHARD}, shardId-000000000001"
    made = iterator()
    cloud.clock.advance(301)
    (note,) = noted(kinesis.get_records, "ExpiredIteratorException", ShardIterator=made)
    assert note == (
        "it was made 301 s ago on this cloud's clock, and is good for 300 s: a reader goes on with GetShardIterator, "
        "AFTER_SEQUENCE_NUMBER and the last record that it has"
    )
    made = iterator()
    kinesis.delete_stream(StreamName="clicks")
    (note,) = noted(kinesis.get_records, "ResourceNotFoundException", ShardIterator=made)
    assert note.startswith("there is a stream of this name in eu-west-1, and this call went to us-east-1: ")


def test_limits_that_relaxed_ones_are_not(kinesis: Any, noted: Noted) -> None:
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    given = {"StreamName": "clicks", "TargetShardCount": 3, "ScalingType": "UNIFORM_SCALING"}
    (note,) = noted(kinesis.update_shard_count, "LimitExceededException", **given)
    assert note == 'limits="relaxed" drops this rule (for a suite, in pytest\'s ini file: minicloud_limits = relaxed)'


def test_rates_that_only_strict_limits_enforce(limited: Any, noted: Noted) -> None:
    _, kinesis = limited("strict")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    code = "ProvisionedThroughputExceededException"
    put = {"StreamName": "clicks", "Data": b"x" * 1_000_000, "PartitionKey": "a"}
    kinesis.put_record(**put)
    (note,) = noted(kinesis.put_record, code, **put)
    assert note == 'a shard takes 1 MiB and 1,000 records a second; only limits="strict" enforces it, as AWS does'


def test_consumers_that_are_in_the_way(kinesis: Any, noted: Noted) -> None:
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    arn = kinesis.describe_stream_summary(StreamName="clicks")["StreamDescriptionSummary"]["StreamARN"]
    kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="reports")
    assert noted(kinesis.delete_stream, "ResourceInUseException", StreamName="clicks") == ["they are reports"]
