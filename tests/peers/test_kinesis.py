"""Kinesis Data Streams"""

from __future__ import annotations

from typing import Any

import pytest

import minicloud

from .issues import issue


def put(kinesis: Any, name: str, *data: bytes, key: str = "k") -> list[str]:
    return [kinesis.put_record(StreamName=name, Data=one, PartitionKey=key)["SequenceNumber"] for one in data]


def start(kinesis: Any, name: str, kind: str = "TRIM_HORIZON", shard: int = 0, **more: Any) -> str:
    iterator: str = kinesis.get_shard_iterator(
        StreamName=name, ShardId=f"shardId-{shard:012}", ShardIteratorType=kind, **more
    )["ShardIterator"]
    return iterator


@issue("floci#1900", symptom="`LATEST` never sees what is put after it.")
def test_latest(kinesis: Any, stream: Any) -> None:
    """An iterator `LATEST` stands behind the last record of its moment, and reads what comes."""
    name = stream()
    put(kinesis, name, b"before")
    iterator = start(kinesis, name, "LATEST")
    put(kinesis, name, b"after")
    assert [found["Data"] for found in kinesis.get_records(ShardIterator=iterator)["Records"]] == [b"after"]


@issue(
    "kinesis-mock#1186", "kinesalite#36", "kinesalite#62", symptom="The next iterator repeats records, or goes back."
)
def test_the_next_iterator(kinesis: Any, stream: Any) -> None:
    """It goes on behind the last record that was read, and stays there while nothing comes."""
    name = stream()
    put(kinesis, name, b"1", b"2", b"3")
    seen, iterator = [], start(kinesis, name)
    for _ in range(5):
        answer = kinesis.get_records(ShardIterator=iterator, Limit=2)
        seen += [found["Data"] for found in answer["Records"]]
        iterator = answer["NextShardIterator"]
    assert seen == [b"1", b"2", b"3"]


@issue("ministack#333", "fakecloud#185", symptom="An iterator can be used once, so that a retry fails.")
def test_an_iterator_is_used_again(kinesis: Any, stream: Any) -> None:
    """An iterator is a place and has no memory: a retry reads the same."""
    name = stream()
    put(kinesis, name, b"1")
    iterator = start(kinesis, name)
    first, second = (kinesis.get_records(ShardIterator=iterator)["Records"] for _ in range(2))
    assert first == second != []


@issue("fakecloud#1912", "floci#444", symptom="`MillisBehindLatest` is 0 or 1, or a count of records.")
def test_how_far_behind(kinesis: Any, stream: Any, cloud: minicloud.Cloud) -> None:
    """Milliseconds of the cloud's clock from the last record that was read to the tip of the shard."""
    name = stream()
    put(kinesis, name, b"1")
    cloud.clock.advance(42)
    put(kinesis, name, b"2")
    first = kinesis.get_records(ShardIterator=start(kinesis, name), Limit=1)
    assert first["MillisBehindLatest"] == 42_000
    assert kinesis.get_records(ShardIterator=first["NextShardIterator"])["MillisBehindLatest"] == 0


@issue("robotocore#296", "moto#9598", symptom="`AT_TIMESTAMP` does not look at the time, or fails.")
def test_at_a_time(kinesis: Any, stream: Any, read: Any, cloud: minicloud.Cloud) -> None:
    """It begins with the first record at that time or later."""
    name = stream()
    put(kinesis, name, b"1")
    cloud.clock.advance(60)
    moment = cloud.clock.now()
    put(kinesis, name, b"2")
    assert read(name, ShardIteratorType="AT_TIMESTAMP", Timestamp=moment) == [b"2"]


@issue(
    "fakecloud#1925",
    symptom="`AT_SEQUENCE_NUMBER` with the second shard's first number is refused, or an empty partition key passes.",
)
def test_the_first_number_of_a_shard(kinesis: Any, stream: Any, refused: Any) -> None:
    """The starting number of any shard is a place in it. One empty key makes the whole PutRecords malformed."""
    name = stream(shards=2)
    second = kinesis.list_shards(StreamName=name)["Shards"][1]
    number = second["SequenceNumberRange"]["StartingSequenceNumber"]
    low = second["HashKeyRange"]["StartingHashKey"]
    kinesis.put_record(StreamName=name, Data=b"x", PartitionKey="k", ExplicitHashKey=low)
    iterator = start(kinesis, name, "AT_SEQUENCE_NUMBER", shard=1, StartingSequenceNumber=number)
    assert len(kinesis.get_records(ShardIterator=iterator)["Records"]) == 1
    records = [{"Data": b"x", "PartitionKey": key} for key in ("a", "")]
    with pytest.raises(Exception, match=r"[pP]artitionKey"):
        kinesis.put_records(StreamName=name, Records=records)
    assert len(kinesis.get_records(ShardIterator=iterator)["Records"]) == 1


@issue("cloudemu#758", "localstack#5182", symptom="Iterators never expire, or do although they are in use.")
def test_iterators_expire(kinesis: Any, stream: Any, cloud: minicloud.Cloud, refused: Any) -> None:
    """Five minutes after it was given out; each read gives out a new one."""
    name = stream()
    unused = iterator = start(kinesis, name)
    for _ in range(4):
        cloud.clock.advance(100)
        iterator = kinesis.get_records(ShardIterator=iterator)["NextShardIterator"]
    assert "Iterator expired" in refused(kinesis.get_records, "ExpiredIteratorException", ShardIterator=unused)


@issue(
    "moto#1475",
    "kinesalite#109",
    "kinesalite#20",
    symptom="A shard that was split can be split again, never ends, and does not name its children.",
)
def test_a_split(kinesis: Any, stream: Any, cloud: minicloud.Cloud, refused: Any) -> None:
    """A closed shard is read to its end, which names the children; new records go to these."""
    name = stream()
    put(kinesis, name, b"before")
    middle = str(2**127)
    kinesis.split_shard(StreamName=name, ShardToSplit="shardId-000000000000", NewStartingHashKey=middle)
    cloud.clock.advance(60)
    put(kinesis, name, b"after")
    last = kinesis.get_records(ShardIterator=start(kinesis, name))
    assert [found["Data"] for found in last["Records"]] == [b"before"]
    if "NextShardIterator" in last:
        last = kinesis.get_records(ShardIterator=last["NextShardIterator"])
    assert "NextShardIterator" not in last
    assert [child["ShardId"][-1] for child in last["ChildShards"]] == ["1", "2"]
    refused(
        kinesis.split_shard,
        "InvalidArgumentException",
        StreamName=name,
        ShardToSplit="shardId-000000000000",
        NewStartingHashKey=str(2**126),
    )


@issue(
    "floci#562",
    "localstack#10864",
    "kinesis-mock#1396",
    symptom="`SubscribeToShard` is not there, or delivers nothing.",
)
def test_enhanced_fan_out(kinesis: Any, stream: Any, cloud: minicloud.Cloud) -> None:
    """A registered consumer gets events with what is there and what comes."""
    name = stream()
    put(kinesis, name, b"1")
    arn = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]
    consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")["Consumer"]["ConsumerARN"]
    cloud.clock.advance(10)
    client = cloud.client("kinesis")
    answer = client.subscribe_to_shard(
        ConsumerARN=consumer, ShardId="shardId-000000000000", StartingPosition={"Type": "TRIM_HORIZON"}
    )
    events = iter(answer["EventStream"])
    first = next(event["SubscribeToShardEvent"] for event in events)
    assert [found["Data"] for found in first["Records"]] == [b"1"]
    put(kinesis, name, b"2")
    later = next(event["SubscribeToShardEvent"] for event in events if event["SubscribeToShardEvent"]["Records"])
    assert [found["Data"] for found in later["Records"]] == [b"2"]
    answer["EventStream"].close()


@issue("fakecloud#2042", symptom="Records stay for ever: 25 hours later all are there.")
def test_retention(kinesis: Any, stream: Any, read: Any, cloud: minicloud.Cloud) -> None:
    """A record is trimmed when the stream's retention period is over."""
    name = stream()
    put(kinesis, name, b"old")
    cloud.clock.advance(25 * 3600)
    put(kinesis, name, b"new")
    assert read(name, ShardIteratorType="TRIM_HORIZON") == [b"new"]


@issue(
    "localstack#7",
    "localstack#2510",
    "localstack#3660",
    "kinesalite#50",
    symptom="Throttling comes at random only, and the count of failed records does not fit the records.",
)
@pytest.mark.minicloud(limits="strict")
def test_throttled_records(kinesis: Any, stream: Any) -> None:
    """With `limits="strict"` a shard takes 1 MB a second, and each record that has no room is counted and named."""
    name = stream()
    records = [{"Data": b"x" * 400_000, "PartitionKey": "k"} for _ in range(4)]
    answer = kinesis.put_records(StreamName=name, Records=records)
    failed = [found for found in answer["Records"] if "ErrorCode" in found]
    assert answer["FailedRecordCount"] == len(failed) == 2
    assert {found["ErrorCode"] for found in failed} == {"ProvisionedThroughputExceededException"}


@pytest.mark.modelled("kinesis.PutRecord.DryRun")
@issue(
    "botocore#2930",
    symptom="A parameter that is newer than the emulator is dropped without a word, and `DryRun=True` writes.",
)
def test_dry_runs(kinesis: Any, stream: Any, read: Any, refused: Any) -> None:
    """A dry run is refused with `DryRunOperationException` where it would have worked, and writes nothing."""
    name = stream()
    refused(kinesis.put_record, "DryRunOperationException", StreamName=name, Data=b"x", PartitionKey="k", DryRun=True)
    assert read(name, ShardIteratorType="TRIM_HORIZON") == []
