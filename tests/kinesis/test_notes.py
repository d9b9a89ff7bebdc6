"""What is noted of a refusal beside AWS's text: the reason that the cloud knows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import minicloud
from tests.kinesis.support import ACCOUNT, ARN, dead_letters, make_queue
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


def test_whatever_is_changing_says_until_when(limited: Any, noted: Noted) -> None:
    cloud, kinesis = limited(transition_seconds=10)
    code = "ResourceInUseException"
    stream = {"StreamName": "clicks"}
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    for call, params in (
        (kinesis.list_shards, stream),
        (kinesis.increase_stream_retention_period, {**stream, "RetentionPeriodHours": 25}),
        (kinesis.put_resource_policy, {"ResourceARN": f"{ARN}clicks", "Policy": "{}"}),
    ):
        (note,) = noted(call, code, **params)
        assert note.startswith("it is CREATING, and ACTIVE at 00:00:10.000 ")
    reads = {**stream, "ShardId": SHARD, "ShardIteratorType": "LATEST"}
    puts = {**stream, "Data": b"x", "PartitionKey": "a"}
    for call, params in ((kinesis.put_record, puts), (kinesis.get_shard_iterator, reads)):
        (note,) = noted(call, "ResourceNotFoundException", **params)
        assert note.startswith("it is CREATING, and ACTIVE at 00:00:10.000 ")
    cloud.clock.advance(10)
    registered = kinesis.register_stream_consumer(StreamARN=f"{ARN}clicks", ConsumerName="reports")
    consumer = registered["Consumer"]["ConsumerARN"]
    start = {"ConsumerARN": consumer, "ShardId": SHARD, "StartingPosition": {"Type": "LATEST"}}
    for call, params in (
        (kinesis.subscribe_to_shard, start),
        (kinesis.put_resource_policy, {"ResourceARN": consumer, "Policy": "{}"}),
    ):
        (note,) = noted(call, code, **params)
        assert note.startswith("it is CREATING, and ACTIVE at 00:00:20.000 ")


@pytest.mark.modelled("kinesis.CreateQueue")
def test_queues_that_are_changing_say_until_when(limited: Any, noted: Noted) -> None:
    cloud, kinesis = limited(transition_seconds=10)
    kinesis.create_stream(StreamName="s")
    cloud.clock.advance(10)
    queue = make_queue(kinesis)
    for call, code, params in (
        (kinesis.receive_queue_records, "ResourceNotFoundException", {"QueueARN": queue}),
        (kinesis.update_queue, "ResourceInUseException", {"QueueARN": queue, "QueueAttributes": dead_letters(3)}),
        (kinesis.put_resource_policy, "ResourceInUseException", {"ResourceARN": queue, "Policy": "{}"}),
    ):
        (note,) = noted(call, code, **params)
        assert note.startswith("it is CREATING, and ACTIVE at 00:00:20.000 ")
    cloud.clock.advance(10)
    kinesis.delete_queue(QueueARN=queue)
    (note,) = noted(kinesis.delete_queue, "ResourceInUseException", QueueARN=queue)
    assert note.startswith("it is DELETING, and gone at 00:00:30.000 ")


def test_names_of_another_region_or_account(make_client: MakeClient, kinesis: Any, noted: Noted) -> None:
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    there = f"{ARN}clicks"
    (note,) = noted(make_client("kinesis", "eu-west-1").list_shards, "InvalidArgumentException", StreamARN=there)
    assert note == 'it is of us-east-1, and this call went to eu-west-1: make the client with region_name="us-east-1"'
    missing = there.replace(ACCOUNT, "111111111111")
    for call, given in (
        (kinesis.list_shards, {"StreamARN": missing}),
        (kinesis.get_shard_iterator, {"StreamARN": missing, "ShardId": SHARD, "ShardIteratorType": "LATEST"}),
        (kinesis.get_resource_policy, {"ResourceARN": missing}),
    ):
        assert noted(call, "ResourceNotFoundException", **given) == [
            f"account 111111111111 has none; this call was made for account {ACCOUNT}"
        ]


def test_streams_and_iterators_that_are_not_the_ones_meant(cloud: minicloud.Cloud, kinesis: Any, noted: Noted) -> None:
    made = cloud.clock.now()
    kinesis.create_stream(StreamName="clicks", ShardCount=4)
    token = kinesis.list_shards(StreamName="clicks", MaxResults=1)["NextToken"]
    given = {"StreamName": "clicks", "ShardId": SHARD, "ShardIteratorType": "LATEST"}
    iterator = kinesis.get_shard_iterator(**given)["ShardIterator"]
    assert noted(kinesis.get_records, "InvalidArgumentException", ShardIterator=iterator[:-4]) == []
    cloud.clock.advance(301)
    (note,) = noted(kinesis.list_shards, "ExpiredNextTokenException", NextToken=token)
    assert note.startswith("it was made 301 s ago on this cloud's clock, and is good for 300 s: ")
    iterator = kinesis.get_shard_iterator(**given)["ShardIterator"]
    kinesis.delete_stream(StreamName="clicks")
    kinesis.create_stream(StreamName="clicks", ShardCount=4)
    assert noted(kinesis.get_records, "InternalFailure", ShardIterator=iterator) == [
        "the stream was deleted after this iterator was made, and there is another one of its name now"
    ]
    there = "it was made at 00:05:01.000 of this cloud's clock, and is ACTIVE with 4 open shards"
    assert noted(kinesis.create_stream, "ResourceInUseException", StreamName="clicks") == [there]
    (note,) = noted(kinesis.list_shards, "ResourceNotFoundException", StreamName="clicks", StreamCreationTimestamp=made)
    assert note == f"there is another of its name: {there}"
    four = f"open shards of clicks: {SHARD}, shardId-000000000001, shardId-000000000002 and 1 more"
    split = {"StreamName": "clicks", "ShardToSplit": "shardId-000000000009", "NewStartingHashKey": "7"}
    assert noted(kinesis.split_shard, "ResourceNotFoundException", **split) == [four]
    for names in (["a", "b", "c"], ["d", "e"]):
        for name in reversed(names):
            kinesis.register_stream_consumer(StreamARN=f"{ARN}clicks", ConsumerName=name)
        more = " and 2 more" if "d" in names else ""
        assert noted(kinesis.delete_stream, "ResourceInUseException", StreamName="clicks") == [
            f"they are a, b, c{more}"
        ]
    kinesis.update_shard_count(StreamName="clicks", TargetShardCount=3, ScalingType="UNIFORM_SCALING")
    (note,) = noted(kinesis.split_shard, "ResourceNotFoundException", **split)
    assert note.startswith("open shards of clicks: ")
    assert "more" not in note


def test_every_rate_that_only_strict_limits_enforce(limited: Any, noted: Noted) -> None:
    _, kinesis = limited("strict")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    given = {"StreamName": "clicks", "ShardId": SHARD, "ShardIteratorType": "LATEST"}
    iterators = [kinesis.get_shard_iterator(**given)["ShardIterator"] for _ in range(5)]
    code = "ProvisionedThroughputExceededException"
    assert noted(kinesis.get_shard_iterator, code, **given) == [
        'GetShardIterator may be called 5 times a second a shard; only limits="strict" enforces it, as AWS does'
    ]
    for iterator in iterators:
        kinesis.get_records(ShardIterator=iterator)
    assert noted(kinesis.get_records, code, ShardIterator=iterators[0]) == [
        "a shard answers 5 reads and gives 2 MiB a second (a larger answer closes it for longer); only "
        'limits="strict" enforces it, as AWS does'
    ]
    rate = ['limits="strict" enforces this rate, and AWS does; limits="aws", which is the default, does not']
    for _ in range(5):
        kinesis.list_streams()
    assert noted(kinesis.list_streams, "LimitExceededException") == rate
    for _ in range(5):
        kinesis.add_tags_to_stream(StreamName="clicks", Tags={"a": "b"})
    assert noted(kinesis.add_tags_to_stream, "LimitExceededException", StreamName="clicks", Tags={"a": "b"}) == rate


def test_every_limit_that_relaxed_ones_have_not(limited: Any, noted: Noted) -> None:
    _, kinesis = limited(key_changes_per_day=1, scalings_per_day=1)
    kinesis.create_stream(StreamName="clicks", ShardCount=4)
    key = {"StreamName": "clicks", "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
    kinesis.start_stream_encryption(**key)
    scale = {"StreamName": "clicks", "ScalingType": "UNIFORM_SCALING"}
    kinesis.update_shard_count(**scale, TargetShardCount=4)
    for call, params in (
        (kinesis.start_stream_encryption, key),
        (kinesis.update_shard_count, {**scale, "TargetShardCount": 1}),
        (kinesis.update_shard_count, {**scale, "TargetShardCount": 9}),
        (kinesis.update_shard_count, {**scale, "TargetShardCount": 4}),
    ):
        (note,) = noted(call, "LimitExceededException", **params)
        assert note.startswith('limits="relaxed" drops this rule (')


def test_a_time_that_has_not_come(cloud: minicloud.Cloud, kinesis: Any, noted: Noted) -> None:
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    cloud.clock.advance(61)
    given = {"StreamName": "clicks", "ShardId": SHARD, "ShardIteratorType": "AT_TIMESTAMP"}
    ahead = cloud.clock.now() + timedelta(seconds=1)
    assert noted(kinesis.get_shard_iterator, "InvalidArgumentException", **given, Timestamp=ahead) == [
        "the cloud's clock stands at 2026-01-01 00:01:01: use cloud.clock.now(), or a clock that begins now, "
        "clock=VirtualClock(datetime.now(timezone.utc)) (in pytest's ini file, minicloud_clock_start = now)"
    ]
