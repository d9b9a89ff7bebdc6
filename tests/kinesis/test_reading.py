"""Iterators and GetRecords: positions, expiry, limits, the end of a shard, retention."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import minicloud
from tests.kinesis.support import (
    ACCOUNT,
    ARN,
    check_state,
    data_of,
    iterator,
    numbers,
    read_all,
    sends_parts_of_seconds,
    shards_of,
)
from tests.support.answers import answer, refusal
from tests.support.clocks import SECOND, SettableClock
from tests.support.ways import MakeClient

MIB = 1024 * 1024
HOUR = 3600


@pytest.fixture
def stream(kinesis: Any) -> str:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    return "s"


def put(kinesis: Any, *datas: bytes) -> list[str]:
    """Put records, each with a call of its own; their sequence numbers."""
    return [kinesis.put_record(StreamName="s", Data=data, PartitionKey="p")["SequenceNumber"] for data in datas]


def test_a_record(cloud: Any, kinesis: Any, stream: str) -> None:
    cloud.clock.advance(0.1234567)
    (number,) = put(kinesis, b"hello")
    response = answer(kinesis.get_records(ShardIterator=iterator(kinesis, stream, 0)))
    now = cloud.clock.now()
    assert response["Records"] == [
        {
            "SequenceNumber": number,
            "ApproximateArrivalTimestamp": now.replace(microsecond=123_000),
            "Data": b"hello",
            "PartitionKey": "p",
        }
    ]
    assert response["Records"][0]["ApproximateArrivalTimestamp"].utcoffset() == timedelta(0)
    assert response["MillisBehindLatest"] == 0
    assert set(response) == {"Records", "NextShardIterator", "MillisBehindLatest"}


def test_records_that_have_all_gone_are_counted_on(cloud: Any, kinesis: Any, stream: str) -> None:
    """Whatever is derived from the last record is known when it is gone, too."""
    for _ in range(3):
        kinesis.put_records(StreamName=stream, Records=[{"Data": b"x", "PartitionKey": "p"}] * 500)
    cloud.clock.advance(24 * 3600)
    assert read_all(kinesis, stream, 0) == []
    check_state(cloud)
    (number,) = put(kinesis, b"y")
    assert [one["SequenceNumber"] for one in read_all(kinesis, stream, 0)] == [number]
    check_state(cloud)


# --- where iterators begin ------------------------------------------------------------------------------------------


def test_all_types_of_iterators(cloud: Any, kinesis: Any, stream: str) -> None:
    marks = []
    made = []
    for data in (b"0", b"1", b"2", b"3"):
        marks.append(cloud.clock.now())
        made += put(kinesis, data)
        cloud.clock.advance(10)

    def seen(kind: str, **params: Any) -> list[bytes]:
        return data_of(read_all(kinesis, stream, 0, kind, **params))

    assert seen("TRIM_HORIZON") == [b"0", b"1", b"2", b"3"]
    assert seen("LATEST") == []
    assert seen("AT_SEQUENCE_NUMBER", StartingSequenceNumber=made[1]) == [b"1", b"2", b"3"]
    assert seen("AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=made[1]) == [b"2", b"3"]
    assert seen("AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=made[3]) == []
    assert seen("AT_TIMESTAMP", Timestamp=marks[2]) == [b"2", b"3"]
    after = [b"3"] if sends_parts_of_seconds(kinesis) else [b"2", b"3"]
    assert seen("AT_TIMESTAMP", Timestamp=marks[2] + timedelta(milliseconds=999)) == after
    assert seen("AT_TIMESTAMP", Timestamp=marks[2] + timedelta(seconds=1)) == [b"3"]
    assert seen("AT_TIMESTAMP", Timestamp=marks[0] - timedelta(days=30)) == [b"0", b"1", b"2", b"3"]
    assert seen("AT_TIMESTAMP", Timestamp=cloud.clock.now()) == []
    assert seen("AT_TIMESTAMP", Timestamp=marks[3].timestamp()) == [b"3"]


def test_times_are_sent_to_the_microsecond_but_by_older_real_clients(cloud: Any, kinesis: Any, stream: str) -> None:
    start = cloud.clock.now()
    for data in (b"0", b"1", b"2"):
        put(kinesis, data)
        cloud.clock.advance(0.7)
    whole = [(0.9, [b"0", b"1", b"2"]), (1.9, [b"2"]), (2.9, [])]
    parts = [(0.5, [b"1", b"2"]), (0.9, [b"2"]), (1.3, [b"2"]), (1.9, [])]
    for seconds, seen in parts if sends_parts_of_seconds(kinesis) else whole:
        for moment in (start + timedelta(seconds=seconds), start.timestamp() + seconds):
            assert data_of(read_all(kinesis, stream, 0, "AT_TIMESTAMP", Timestamp=moment)) == seen


def test_a_records_own_timestamp_finds_it(cloud: Any, kinesis: Any, stream: str) -> None:
    for _ in range(3):
        cloud.clock.advance(0.0004)
        put(kinesis, b"x")
    records = read_all(kinesis, stream, 0)
    found = read_all(kinesis, stream, 0, "AT_TIMESTAMP", Timestamp=records[2]["ApproximateArrivalTimestamp"])
    assert records[2] in found


def test_latest_and_a_timestamp_behind_the_last_record_wait_for_what_comes(
    cloud: Any, kinesis: Any, stream: str
) -> None:
    put(kinesis, b"old")
    cloud.clock.advance(1)
    places = [
        iterator(kinesis, stream, 0, "LATEST"),
        iterator(kinesis, stream, 0, "AT_TIMESTAMP", Timestamp=cloud.clock.now()),
    ]
    put(kinesis, b"new")
    for place in places:
        assert data_of(kinesis.get_records(ShardIterator=place)["Records"]) == [b"new"]


def test_a_time_when_the_clock_was_put_back() -> None:
    """The first record that is as new as the time, of those from the trim horizon on."""
    clock = SettableClock()
    kinesis = minicloud.Cloud(clock=clock, seed=1).client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    begin = clock.time_ns()
    for step in (0, 10, -8, 3, 5):  # put at 0, 10, 2, 5, 10
        clock.move(step)
        put(kinesis, b"%d" % ((clock.time_ns() - begin) // SECOND))
    clock.move(10)
    for seconds, expected in ((0, [b"0"]), (1, [b"10"]), (5, [b"10"]), (10, [b"10"]), (11, [])):
        records = read_all(kinesis, "s", 0, "AT_TIMESTAMP", Timestamp=begin // SECOND + seconds)
        assert data_of(records)[:1] == expected


def test_iterators_are_opaque_and_all_different(kinesis: Any, stream: str) -> None:
    made = [iterator(kinesis, stream, 0) for _ in range(3)]
    assert len(set(made)) == 3
    assert all(len(place) == 204 for place in made)
    kinesis.create_stream(StreamName="x" * 128, ShardCount=1)
    assert len(iterator(kinesis, "x" * 128, 0)) <= 512


def test_an_iterator_can_be_used_again(kinesis: Any, stream: str) -> None:
    put(kinesis, b"0", b"1")
    place = iterator(kinesis, stream, 0)
    first = kinesis.get_records(ShardIterator=place, Limit=1)
    assert data_of(first["Records"]) == [b"0"]
    assert data_of(kinesis.get_records(ShardIterator=place)["Records"]) == [b"0", b"1"]
    assert data_of(kinesis.get_records(ShardIterator=first["NextShardIterator"])["Records"]) == [b"1"]


# --- what is refused ------------------------------------------------------------------------------------------------


def iterate(kinesis: Any, kind: str, **params: Any) -> tuple[str, str]:
    return refusal(
        kinesis.get_shard_iterator, **{"StreamName": "s", "ShardId": "0", "ShardIteratorType": kind, **params}
    )


def test_types_and_what_goes_with_them(cloud: Any, kinesis: Any, stream: str) -> None:
    (number,) = put(kinesis, b"x")
    must = (
        "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or "
        "(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified {} and "
    )
    for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        assert iterate(kinesis, kind) == (
            "InvalidArgumentException",
            must.format(kind) + "no StartingSequenceNumber.",
        )
    for kind in ("TRIM_HORIZON", "LATEST"):
        assert iterate(kinesis, kind, StartingSequenceNumber=number) == (
            "InvalidArgumentException",
            must.format(kind) + "also a StartingSequenceNumber.",
        )
    assert iterate(kinesis, "AT_TIMESTAMP") == (
        "InvalidArgumentException",
        "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp "
        "parameter.",
    )
    now = round(cloud.clock.time() * 1000)
    assert iterate(kinesis, "AT_TIMESTAMP", Timestamp=cloud.clock.now() + timedelta(seconds=1)) == (
        "InvalidArgumentException",
        "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
        f"timestampInMillis: {now + 1000}, currentTimestampInMillis: {now}",
    )


def test_shards_that_are_not_there(kinesis: Any, stream: str) -> None:
    assert iterate(kinesis, "LATEST", ShardId="7") == (
        "ResourceNotFoundException",
        f"Shard shardId-000000000007 in stream s under account {ACCOUNT} does not exist",
    )
    assert iterate(kinesis, "LATEST", ShardId="2147483647")[1] == (
        f"Shard shardId-002147483647 in stream s under account {ACCOUNT} does not exist"
    )
    for text in ("shardId-x", "2147483648", "shardId-"):
        assert iterate(kinesis, "LATEST", ShardId=text) == (
            "ResourceNotFoundException",
            f"Could not find shard {text} in stream s under account {ACCOUNT}.",
        )


def test_a_stream_that_is_not_there(kinesis: Any) -> None:
    for name in ({"StreamName": "s"}, {"StreamARN": f"{ARN}s"}):
        assert refusal(kinesis.get_shard_iterator, ShardId="shard-7", ShardIteratorType="LATEST", **name) == (
            "ResourceNotFoundException",
            f"Shard shardId-000000000007 in stream s under account {ACCOUNT} does not exist",
        )
        assert refusal(kinesis.get_shard_iterator, ShardId="x", ShardIteratorType="LATEST", **name) == (
            "ResourceNotFoundException",
            f"Could not find shard x in stream s under account {ACCOUNT}.",
        )


def test_quotes_around_an_iterator_are_passed_over(kinesis: Any, stream: str) -> None:
    kinesis.put_record(StreamName=stream, Data=b"x", PartitionKey="p")
    place = iterator(kinesis, stream, 0)
    assert data_of(kinesis.get_records(ShardIterator=f'"{place}"')["Records"]) == [b"x"]
    for text in (f'"{place}', f'{place}"', f"'{place}'", '"', '""'):
        assert refusal(kinesis.get_records, ShardIterator=text)[1] == "Invalid ShardIterator."


def test_what_is_no_iterator(kinesis: Any, stream: str) -> None:
    place = iterator(kinesis, stream, 0)
    token = kinesis.list_shards(StreamName=kinesis_of_many(kinesis), MaxResults=1)["NextToken"]
    changed = place[:100] + ("A" if place[100] != "A" else "B") + place[101:]
    for text in ("x", "é", "AAAA", place[:-4], changed, token, "A" * 204):
        assert refusal(kinesis.get_records, ShardIterator=text) == (
            "InvalidArgumentException",
            "Invalid ShardIterator.",
        )
    assert refusal(kinesis.get_records, ShardIterator="A" * 513)[0] == "ValidationException"


def kinesis_of_many(kinesis: Any) -> str:
    kinesis.create_stream(StreamName="many", ShardCount=2)
    return "many"


def test_an_iterator_of_another_region_or_stream(make_client: MakeClient, kinesis: Any, stream: str) -> None:
    place = iterator(kinesis, stream, 0)
    elsewhere = make_client("kinesis", region_name="eu-west-1")
    elsewhere.create_stream(StreamName="s", ShardCount=1)
    assert refusal(elsewhere.get_records, ShardIterator=place)[1] == "Invalid ShardIterator."
    assert kinesis.get_records(ShardIterator=place, StreamARN=f"{ARN}s")["Records"] == []
    assert refusal(kinesis.get_records, ShardIterator=place, StreamARN=f"{ARN}t") == (
        "InvalidArgumentException",
        f"StreamARN {ARN}t does not match the stream of the ShardIterator.",
    )


def test_an_arn_of_another_region_beside_an_iterator(kinesis: Any, stream: str) -> None:
    """As of all operations that take the ARN of a stream, and before the iterator is looked at."""
    there = ARN.replace("us-east-1", "eu-west-1") + stream
    for place in (iterator(kinesis, stream, 0), "none"):
        assert refusal(kinesis.get_records, ShardIterator=place, StreamARN=there) == (
            "InvalidArgumentException",
            f"The region specified in the ARN '{there}' does not match the endpoint region",
        )


def test_iterators_expire_after_five_minutes(cloud: Any, kinesis: Any, stream: str) -> None:
    cloud.clock.advance_to(cloud.clock.now().replace(month=1, day=22, hour=1, minute=22, second=2))
    place = iterator(kinesis, stream, 0)
    cloud.clock.advance(300)
    fresh = kinesis.get_records(ShardIterator=place)["NextShardIterator"]
    cloud.clock.advance(1)
    assert refusal(kinesis.get_records, ShardIterator=place) == (
        "ExpiredIteratorException",
        "Iterator expired. The iterator was created at time Thu Jan 22 01:22:02 UTC 2026 while right now it is Thu Jan "
        "22 01:27:03 UTC 2026 which is further in the future than the tolerated delay of 300000 milliseconds.",
    )
    assert kinesis.get_records(ShardIterator=fresh)["Records"] == []


def test_iterators_of_streams_that_are_gone(kinesis: Any, stream: str) -> None:
    place = iterator(kinesis, stream, 0)
    kinesis.delete_stream(StreamName=stream)
    assert refusal(kinesis.get_records, ShardIterator=place) == (
        "ResourceNotFoundException",
        f"Shard shardId-000000000000 in stream s under account {ACCOUNT} does not exist",
    )
    kinesis.create_stream(StreamName=stream, ShardCount=1)
    assert refusal(kinesis.get_records, ShardIterator=place)[0] == "InternalFailure"


# --- how much comes -------------------------------------------------------------------------------------------------


def test_limit(kinesis: Any, stream: str) -> None:
    put(kinesis, *[b"%d" % place for place in range(5)])
    first = kinesis.get_records(ShardIterator=iterator(kinesis, stream, 0), Limit=3)
    assert data_of(first["Records"]) == [b"0", b"1", b"2"]
    assert first["MillisBehindLatest"] > 0
    second = kinesis.get_records(ShardIterator=first["NextShardIterator"])
    assert data_of(second["Records"]) == [b"3", b"4"]
    assert second["MillisBehindLatest"] == 0
    assert refusal(kinesis.get_records, ShardIterator=first["NextShardIterator"], Limit=100_000) == (
        "ValidationException",
        "1 validation error detected: Value '100000' at 'limit' failed to satisfy constraint: Member must have value "
        "less than or equal to 10000",
    )


def test_at_most_10000_records(kinesis: Any, stream: str) -> None:
    for _ in range(21):
        kinesis.put_records(StreamName=stream, Records=[{"Data": b"", "PartitionKey": "p"}] * 500)
    response = kinesis.get_records(ShardIterator=iterator(kinesis, stream, 0))
    assert len(response["Records"]) == 10_000
    assert len(kinesis.get_records(ShardIterator=response["NextShardIterator"])["Records"]) == 500


@pytest.mark.modelled("kinesis.UpdateMaxRecordSize")
def test_at_most_ten_mebibytes(kinesis: Any, stream: str) -> None:
    put(kinesis, *[bytes(MIB - 1)] * 11)
    response = kinesis.get_records(ShardIterator=iterator(kinesis, stream, 0))
    assert len(response["Records"]) == 10
    kinesis.update_max_record_size(StreamARN=f"{ARN}s", MaxRecordSizeInKiB=10_240)
    put(kinesis, bytes(10 * MIB - 1))
    response = kinesis.get_records(ShardIterator=response["NextShardIterator"])
    assert [len(record["Data"]) for record in response["Records"]] == [MIB - 1]
    response = kinesis.get_records(ShardIterator=response["NextShardIterator"])
    assert [len(record["Data"]) for record in response["Records"]] == [10 * MIB - 1]


def test_millis_behind_latest(cloud: Any, kinesis: Any, stream: str) -> None:
    place = iterator(kinesis, stream, 0)
    put(kinesis, b"0")
    cloud.clock.advance(2.5)
    put(kinesis, b"1")
    cloud.clock.advance(1)
    response = kinesis.get_records(ShardIterator=place, Limit=1)
    assert response["MillisBehindLatest"] == 3500
    assert kinesis.get_records(ShardIterator=response["NextShardIterator"])["MillisBehindLatest"] == 0


# --- the end of a shard ---------------------------------------------------------------------------------------------


def test_a_closed_shard_ends_and_names_its_children(kinesis: Any, stream: str) -> None:
    put(kinesis, b"0", b"1")
    place = iterator(kinesis, stream, 0)
    latest = iterator(kinesis, stream, 0, "LATEST")
    kinesis.split_shard(StreamName=stream, ShardToSplit="0", NewStartingHashKey="1000")
    put(kinesis, b"2")
    first = kinesis.get_records(ShardIterator=place, Limit=1)
    assert "ChildShards" not in first
    last = answer(kinesis.get_records(ShardIterator=first["NextShardIterator"]))
    assert data_of(last["Records"]) == [b"1"]
    assert "NextShardIterator" not in last
    assert last["MillisBehindLatest"] == 0
    assert last["ChildShards"] == [
        {
            "ShardId": "shardId-000000000001",
            "ParentShards": ["shardId-000000000000"],
            "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": "999"},
        },
        {
            "ShardId": "shardId-000000000002",
            "ParentShards": ["shardId-000000000000"],
            "HashKeyRange": {"StartingHashKey": "1000", "EndingHashKey": str(2**128 - 1)},
        },
    ]
    for at_end in (latest, iterator(kinesis, stream, 0, "LATEST")):
        end = answer(kinesis.get_records(ShardIterator=at_end))
        assert end == {"Records": [], "MillisBehindLatest": 0, "ChildShards": last["ChildShards"]}


def test_behind_the_end_of_a_shard_time_goes_on(cloud: Any, kinesis: Any, stream: str) -> None:
    put(kinesis, b"x")
    kinesis.split_shard(StreamName=stream, ShardToSplit="0", NewStartingHashKey="1000")
    cloud.clock.advance(80_742.5)
    place = iterator(kinesis, stream, 0)
    assert kinesis.get_records(ShardIterator=place)["MillisBehindLatest"] == 0  # with the last records
    response = answer(kinesis.get_records(ShardIterator=iterator(kinesis, stream, 0, "LATEST")))
    assert (response["Records"], response["MillisBehindLatest"]) == ([], 80_742_000)
    assert "NextShardIterator" not in response


def test_the_child_of_a_merge_has_two_parents(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=2)
    kinesis.merge_shards(StreamName="s", ShardToMerge="0", AdjacentShardToMerge="1")
    for parent in (0, 1):
        response = kinesis.get_records(ShardIterator=iterator(kinesis, "s", parent))
        (child,) = response["ChildShards"]
        assert child["ShardId"] == "shardId-000000000002"
        assert child["ParentShards"] == ["shardId-000000000000", "shardId-000000000001"]


# --- retention ------------------------------------------------------------------------------------------------------


def test_records_go_after_a_day(cloud: Any, kinesis: Any, stream: str) -> None:
    old = put(kinesis, b"old")[0]
    cloud.clock.advance(HOUR)
    put(kinesis, b"new")
    cloud.clock.advance(23 * HOUR - 1)
    assert data_of(read_all(kinesis, stream, 0)) == [b"old", b"new"]
    place = iterator(kinesis, stream, 0)
    cloud.clock.advance(1)
    assert data_of(read_all(kinesis, stream, 0)) == [b"new"]
    assert data_of(kinesis.get_records(ShardIterator=place)["Records"]) == [b"new"]
    at_old = iterator(kinesis, stream, 0, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=old)
    assert data_of(kinesis.get_records(ShardIterator=at_old)["Records"]) == [b"new"]
    cloud.clock.advance(HOUR)
    assert read_all(kinesis, stream, 0) == []
    put(kinesis, b"newer")
    assert data_of(read_all(kinesis, stream, 0)) == [b"newer"]


def test_a_longer_retention_keeps_what_is_there_and_brings_nothing_back(cloud: Any, kinesis: Any, stream: str) -> None:
    put(kinesis, b"0")
    cloud.clock.advance(20 * HOUR)
    put(kinesis, b"1")
    cloud.clock.advance(5 * HOUR)
    kinesis.increase_stream_retention_period(StreamName=stream, RetentionPeriodHours=48)
    assert data_of(read_all(kinesis, stream, 0)) == [b"1"]
    cloud.clock.advance(42 * HOUR)
    assert data_of(read_all(kinesis, stream, 0)) == [b"1"]
    kinesis.decrease_stream_retention_period(StreamName=stream, RetentionPeriodHours=24)
    kinesis.increase_stream_retention_period(StreamName=stream, RetentionPeriodHours=8760)
    assert read_all(kinesis, stream, 0) == []


def test_closed_shards_go_with_their_records(cloud: Any, kinesis: Any, stream: str) -> None:
    put(kinesis, b"0")
    cloud.clock.advance(HOUR)
    kinesis.split_shard(StreamName=stream, ShardToSplit="0", NewStartingHashKey="1000")
    cloud.clock.advance(24 * HOUR - 1)
    assert len(shards_of(kinesis, stream)) == 3
    place = iterator(kinesis, stream, 0)
    cloud.clock.advance(1)
    assert [shard["ShardId"][-1] for shard in shards_of(kinesis, stream)] == ["1", "2"]
    assert shards_of(kinesis, stream)[0]["ParentShardId"] == "shardId-000000000000"
    expected = f"Shard shardId-000000000000 in stream s under account {ACCOUNT} does not exist"
    assert refusal(kinesis.get_records, ShardIterator=place)[1] == expected
    assert iterate(kinesis, "TRIM_HORIZON")[1] == expected


def test_many_records_are_trimmed_exactly(cloud: Any, kinesis: Any, stream: str) -> None:
    for _ in range(100):
        kinesis.put_records(StreamName=stream, Records=[{"Data": b"x", "PartitionKey": "p"}] * 50)
        cloud.clock.advance(HOUR)
    # 100 hours have passed; the calls of the last 23 are younger than 24 hours.
    records = read_all(kinesis, stream, 0)
    assert len(records) == 50 * 23
    assert len(
        read_all(kinesis, stream, 0, "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=records[9]["SequenceNumber"])
    ) == (50 * 23 - 10)


# --- clocks ---------------------------------------------------------------------------------------------------------


def test_a_clock_that_is_put_back() -> None:
    source = SettableClock()
    with minicloud.Cloud(clock=source, seed=1) as cloud:
        kinesis = cloud.client("kinesis")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        made = put(kinesis, b"0")
        back = 1000 * HOUR * 10**9
        moments = []
        source.now -= back
        for data in (b"1", b"2"):
            moments.append(cloud.clock.now())
            made += put(kinesis, data)
            source.now += 10**9
        source.now += back
        made += put(kinesis, b"3")

        # They show the time that it was, and are kept as long as the others.
        records = read_all(kinesis, "s", 0)
        assert data_of(records) == [b"0", b"1", b"2", b"3"]
        assert [record["ApproximateArrivalTimestamp"] for record in records[1:3]] == moments
        assert made == sorted(made)
        assert data_of(read_all(kinesis, "s", 0, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=made[2])) == [b"2", b"3"]
        source.now += 24 * HOUR * 10**9 - 10**9
        assert data_of(read_all(kinesis, "s", 0)) == [b"3"]
        source.now += 10**9
        assert read_all(kinesis, "s", 0) == []


def test_a_position_by_time_when_the_clock_was_put_back() -> None:
    source = SettableClock()
    with minicloud.Cloud(clock=source, seed=1) as cloud:
        kinesis = cloud.client("kinesis")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        source.now -= 1000 * HOUR * 10**9
        put(kinesis, b"0")
        source.now += 2 * 10**9
        put(kinesis, b"1")
        moment = cloud.clock.now() - timedelta(seconds=1)
        source.now += 1000 * HOUR * 10**9
        assert data_of(read_all(kinesis, "s", 0, "AT_TIMESTAMP", Timestamp=moment)) == [b"1"]


# --- throughput -----------------------------------------------------------------------------------------------------


@pytest.mark.minicloud(limits="strict")
def test_a_shard_answers_five_get_records_a_second(cloud: Any, kinesis: Any, stream: str) -> None:
    place = iterator(kinesis, stream, 0)
    for _ in range(5):
        kinesis.get_records(ShardIterator=place)
    expected = (
        "ProvisionedThroughputExceededException",
        f"Rate exceeded for shard shardId-000000000000 in stream s under account {ACCOUNT}.",
    )
    assert refusal(kinesis.get_records, ShardIterator=place) == expected
    cloud.clock.advance(0.2)
    kinesis.get_records(ShardIterator=place)
    assert refusal(kinesis.get_records, ShardIterator=place) == expected
    cloud.clock.advance(1)
    for _ in range(5):
        kinesis.get_records(ShardIterator=place)


@pytest.mark.minicloud(limits="strict")
def test_a_full_answer_closes_the_shard_for_five_seconds(cloud: Any, kinesis: Any, stream: str) -> None:
    for _ in range(10):
        put(kinesis, bytes(MIB - 1))
        cloud.clock.advance(1)
    place = iterator(kinesis, stream, 0)
    assert len(kinesis.get_records(ShardIterator=place)["Records"]) == 10
    cloud.clock.advance(4.999)
    assert refusal(kinesis.get_records, ShardIterator=place)[0] == "ProvisionedThroughputExceededException"
    cloud.clock.advance(0.001)
    kinesis.get_records(ShardIterator=place)


@pytest.mark.minicloud(limits="strict")
def test_two_mebibytes_a_second(cloud: Any, kinesis: Any, stream: str) -> None:
    put(kinesis, bytes(MIB - 1))
    place = iterator(kinesis, stream, 0)
    kinesis.get_records(ShardIterator=place)
    kinesis.get_records(ShardIterator=place)
    kinesis.get_records(ShardIterator=place)
    assert refusal(kinesis.get_records, ShardIterator=place)[0] == "ProvisionedThroughputExceededException"
    cloud.clock.advance(1.5)
    kinesis.get_records(ShardIterator=place)


@pytest.mark.minicloud(limits="strict")
def test_what_reads_nothing_counts_as_nothing(cloud: Any, kinesis: Any, stream: str) -> None:
    for _ in range(2):
        put(kinesis, bytes(MIB - 1))
        cloud.clock.advance(1)
    nothing, place = iterator(kinesis, stream, 0, "LATEST"), iterator(kinesis, stream, 0)
    for one in (nothing, nothing, place, nothing, nothing):  # 2 MiB to the byte
        kinesis.get_records(ShardIterator=one)
    assert refusal(kinesis.get_records, ShardIterator=nothing)[0] == "ProvisionedThroughputExceededException"


def test_numbers_of_closed_shards_are_complete(kinesis: Any, stream: str) -> None:
    kinesis.split_shard(StreamName=stream, ShardToSplit="0", NewStartingHashKey="1000")
    parent, lower, upper = shards_of(kinesis, stream)
    assert set(numbers(parent)) == {"StartingSequenceNumber", "EndingSequenceNumber"}
    assert set(numbers(lower)) == set(numbers(upper)) == {"StartingSequenceNumber"}


def test_chaos_returns_fewer_records_and_says_so() -> None:
    """AWS promises no more than an upper limit. [Kinesis API: GetRecords]"""
    told, seen = [], []
    for seed in range(4):
        with minicloud.Cloud(clock="virtual", seed=seed, delivery="aws", trace=True) as cloud:
            kinesis = cloud.client("kinesis", "us-east-1")
            kinesis.create_stream(StreamName="s", ShardCount=1)
            for number in range(10):
                kinesis.put_record(StreamName="s", Data=b"%d" % number, PartitionKey="k")
            place = iterator(kinesis, "s", 0)
            count = 0
            while count < 10:
                page = kinesis.get_records(ShardIterator=place, Limit=6)
                place, found = page["NextShardIterator"], len(page["Records"])
                if 0 < found < min(6, 10 - count):
                    seen.append(f"{found} of {min(6, 10 - count)} records")
                count += found
            told += [one.details["choice"] for one in cloud.trace.of("chaos") if "records" in one.details["choice"]]
    assert seen
    assert [one for one in told if not one.startswith("0 ")] == seen
