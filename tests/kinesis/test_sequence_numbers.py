"""Sequence numbers have AWS's bits: worked vectors, order, and which ones are refused."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

import minicloud
from tests.kinesis.support import ACCOUNT, MIDDLE, TOP, iterator, numbers, shard_id, shards_of
from tests.support.answers import refusal

CREATED = 1_700_000_000


@pytest.fixture
def cloud() -> Any:
    clock = minicloud.FrozenClock(datetime.fromtimestamp(CREATED, UTC))
    with minicloud.Cloud(clock=clock, seed=1) as cloud:
        yield cloud


@pytest.fixture
def kinesis(cloud: Any) -> Any:
    client = cloud.client("kinesis")
    client.create_stream(StreamName="s", ShardCount=2)
    return client


def digits(number: str) -> str:
    return f"{int(number):x}"


def put(kinesis: Any, hash_key: int = 0, **params: Any) -> str:
    response = kinesis.put_record(StreamName="s", Data=b"d", PartitionKey="p", ExplicitHashKey=str(hash_key), **params)
    return response["SequenceNumber"]


def test_a_shard_starts_at_aws_number(kinesis: Any) -> None:
    first, second = shards_of(kinesis, "s")
    assert numbers(first) == {"StartingSequenceNumber": "49646437577108476416916876405825929425585429676275269634"}
    assert numbers(second) == {"StartingSequenceNumber": "49646437577130777162115407028967465143858078037781250066"}


def test_a_record_has_aws_number(cloud: Any, kinesis: Any) -> None:
    for _ in range(6):
        put(kinesis, TOP)
    cloud.clock.advance(123)
    assert put(kinesis, TOP) == "49646437577130777162115407028975927624595388894499831826"


def test_a_split_ends_and_starts_at_aws_numbers(cloud: Any, kinesis: Any) -> None:
    cloud.clock.advance(200)
    kinesis.split_shard(StreamName="s", ShardToSplit="0", NewStartingHashKey="1000")
    parent, _, _, child = shards_of(kinesis, "s")
    assert numbers(parent)["EndingSequenceNumber"] == "49646437577119626789516141717395488358902152971748900866"
    assert numbers(child)["StartingSequenceNumber"] == "49646437648894575210986952298429406545240519176641052722"


def test_both_parents_of_a_merge_end_in_the_same_second(cloud: Any, kinesis: Any) -> None:
    cloud.clock.advance(1.9)
    kinesis.merge_shards(StreamName="s", ShardToMerge="0", AdjacentShardToMerge="1")
    lower, upper, child = shards_of(kinesis, "s")
    ends = [digits(numbers(shard)["EndingSequenceNumber"])[29:38] for shard in (lower, upper)]
    assert ends == [f"{CREATED + 1:09x}"] * 2
    assert digits(numbers(child)["StartingSequenceNumber"])[1:10] == f"{CREATED + 2:09x}"


def test_numbers_rise_across_calls_and_resharding(cloud: Any, kinesis: Any) -> None:
    made = [put(kinesis), put(kinesis)]
    response = kinesis.put_records(
        StreamName="s", Records=[{"Data": b"d", "PartitionKey": "p", "ExplicitHashKey": "0"}] * 3
    )
    made += [record["SequenceNumber"] for record in response["Records"]]
    kinesis.split_shard(StreamName="s", ShardToSplit="0", NewStartingHashKey="1000")
    made.append(put(kinesis))
    kinesis.split_shard(StreamName="s", ShardToSplit="2", NewStartingHashKey="100")
    made.append(put(kinesis))
    cloud.clock.advance(3600)
    made.append(put(kinesis))
    assert all(int(earlier) < int(later) for earlier, later in pairwise(made))
    assert len({len(number) for number in made}) == 1  # texts sort as the numbers do


def test_a_records_number_lies_within_its_shard(kinesis: Any) -> None:
    number = put(kinesis)
    kinesis.split_shard(StreamName="s", ShardToSplit="0", NewStartingHashKey="1000")
    shard = numbers(shards_of(kinesis, "s")[0])
    assert int(shard["StartingSequenceNumber"]) < int(number) < int(shard["EndingSequenceNumber"])


def test_a_record_of_the_second_of_a_split_is_numbered_behind_the_beginning_of_its_shard(kinesis: Any) -> None:
    kinesis.split_shard(StreamName="s", ShardToSplit="0", NewStartingHashKey="1000")
    number = put(kinesis)
    start = numbers(shards_of(kinesis, "s")[2])["StartingSequenceNumber"]
    assert int(number) > int(start)
    assert int(digits(number)[29:38], 16) >= int(digits(start)[1:10], 16)


def test_a_stream_that_is_made_again_at_once_has_other_numbers(kinesis: Any) -> None:
    old = numbers(shards_of(kinesis, "s")[0])["StartingSequenceNumber"]
    number = put(kinesis)
    kinesis.delete_stream(StreamName="s")
    kinesis.create_stream(StreamName="s", ShardCount=2)
    assert numbers(shards_of(kinesis, "s")[0])["StartingSequenceNumber"] > old
    assert refusal(
        kinesis.get_shard_iterator,
        StreamName="s",
        ShardId="0",
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=number,
    ) == (
        "InvalidArgumentException",
        f"StartingSequenceNumber {number} used in GetShardIterator on shard shardId-000000000000 in stream s under "
        f"account {ACCOUNT} is invalid because it did not come from this stream.",
    )


# --- SequenceNumberForOrdering --------------------------------------------------------------------------------------


def changed(number: str, place: int, text: str) -> str:
    old = digits(number)
    return str(int(old[:place] + text + old[place + len(text) :], 16))


@pytest.mark.parametrize(
    ("place", "text"),
    [
        pytest.param(46, "0", id="version 0"),
        pytest.param(46, "3", id="version 3"),
        pytest.param(46, "4", id="version 4"),
        pytest.param(0, "1", id="first digit 1"),
        pytest.param(0, "3", id="first digit 3"),
        pytest.param(11, "8", id="count too high"),
        pytest.param(1, f"{16_025_175_000:09x}", id="made at the first second that is too late"),
        pytest.param(29, f"{16_025_175_000:09x}", id="put at the first second that is too late"),
        pytest.param(1, "fffffffff", id="made too late"),
        pytest.param(29, "fffffffff", id="put too late"),
        pytest.param(29, f"{CREATED + 1:09x}", id="put in the future"),
    ],
)
def test_invalid_numbers_for_ordering(kinesis: Any, place: int, text: str) -> None:
    number = changed(put(kinesis), place, text)
    assert refusal(
        kinesis.put_record, StreamName="s", Data=b"", PartitionKey="p", SequenceNumberForOrdering=number
    ) == (
        "InvalidArgumentException",
        f"ExclusiveMinimumSequenceNumber {number} used in PutRecord on stream s under account {ACCOUNT} is invalid.",
    )


def test_the_first_number_beyond_those_of_version_0(kinesis: Any) -> None:
    """It has too few digits for any other version."""
    text = " is invalid."
    number = str(2**124)
    told = refusal(kinesis.put_record, StreamName="s", Data=b"", PartitionKey="p", SequenceNumberForOrdering=number)
    assert (told[0], told[1].endswith(text)) == ("InvalidArgumentException", True)
    told = starting_at(kinesis, number)
    assert (told[0], told[1].endswith(text)) == ("InvalidArgumentException", True)


def test_valid_numbers_for_ordering(kinesis: Any) -> None:
    before = put(kinesis)
    other_shard = put(kinesis, TOP)
    zero = str(int("2" + "0" * 45 + "2", 16))
    first_version = changed(before, 46, "1")
    for number in (before, other_shard, zero, "0", str(2**124 - 1), first_version):
        assert int(put(kinesis, SequenceNumberForOrdering=number)) > int(before)


def test_the_number_of_a_child_is_valid_for_ordering_at_once(kinesis: Any) -> None:
    kinesis.split_shard(StreamName="s", ShardToSplit="0", NewStartingHashKey="1000")
    kinesis.split_shard(StreamName="s", ShardToSplit="2", NewStartingHashKey="100")
    first = put(kinesis)
    assert put(kinesis, SequenceNumberForOrdering=first) > first


# --- StartingSequenceNumber -----------------------------------------------------------------------------------------


def starting_at(kinesis: Any, number: str) -> tuple[str, str]:
    return refusal(
        kinesis.get_shard_iterator,
        StreamName="s",
        ShardId="0",
        ShardIteratorType="AFTER_SEQUENCE_NUMBER",
        StartingSequenceNumber=number,
    )


def test_the_number_of_another_shard(kinesis: Any) -> None:
    assert starting_at(kinesis, put(kinesis, TOP)) == (
        "InvalidArgumentException",
        "Invalid StartingSequenceNumber. It encodes shardId-000000000001, while it was used in a call to a shard with "
        "shardId-000000000000",
    )
    assert "It encodes shardId--02147483648," in starting_at(kinesis, changed(put(kinesis), 38, "80000000"))[1]


@pytest.mark.parametrize(("number", "index"), [("5", 5), ("65535", 65_535), ("65537", 1)])
def test_small_numbers_of_another_shard(kinesis: Any, number: str, index: int) -> None:
    """[a test of kinesalite that was run against AWS, for 5]"""
    assert starting_at(kinesis, number) == (
        "InvalidArgumentException",
        f"Invalid StartingSequenceNumber. It encodes shardId-{index:012d}, while it was used in a call to a shard with "
        "shardId-000000000000",
    )


@pytest.mark.parametrize("number", ["0", "65536"])
def test_small_numbers_of_this_shard(kinesis: Any, number: str) -> None:
    assert starting_at(kinesis, number)[0] == "InternalFailure"


def test_a_number_that_is_none(kinesis: Any) -> None:
    number = changed(put(kinesis), 46, "5")
    assert starting_at(kinesis, number) == (
        "InvalidArgumentException",
        f"StartingSequenceNumber {number} used in GetShardIterator on shard shardId-000000000000 in stream s under "
        f"account {ACCOUNT} is invalid.",
    )


def test_zero_breaks_the_service(kinesis: Any) -> None:
    with pytest.raises(kinesis.exceptions.ClientError) as caught:
        kinesis.get_shard_iterator(
            StreamName="s", ShardId="0", ShardIteratorType="AT_SEQUENCE_NUMBER", StartingSequenceNumber="0"
        )
    response = caught.value.response
    assert response["Error"] == {"Message": "", "Code": "InternalFailure"}
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 500


def test_a_shards_own_numbers_are_positions(kinesis: Any) -> None:
    put(kinesis)
    kinesis.split_shard(StreamName="s", ShardToSplit="0", NewStartingHashKey=str(MIDDLE // 2))
    ends = numbers(shards_of(kinesis, "s")[0])
    start = iterator(kinesis, "s", 0, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=ends["StartingSequenceNumber"])
    assert len(kinesis.get_records(ShardIterator=start)["Records"]) == 1
    end = iterator(kinesis, "s", 0, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=ends["EndingSequenceNumber"])
    assert kinesis.get_records(ShardIterator=end)["Records"] == []


@pytest.mark.parametrize(
    ("seconds", "kind", "begins"),
    [
        (1, "AT_SEQUENCE_NUMBER", 1),
        (-1, "AT_SEQUENCE_NUMBER", 0),
        (1, "AFTER_SEQUENCE_NUMBER", 1),
        (-1, "AFTER_SEQUENCE_NUMBER", 0),
    ],
)
def test_a_number_of_another_second_is_a_position_too(kinesis: Any, seconds: int, kind: str, begins: int) -> None:
    """Positions go by the order of numbers, whether a record has them or not."""
    made = [put(kinesis), put(kinesis)]
    number = changed(made[0], 29, f"{CREATED + seconds:09x}")
    start = iterator(kinesis, "s", 0, kind, StartingSequenceNumber=number)
    found = kinesis.get_records(ShardIterator=start)["Records"]
    assert [one["SequenceNumber"] for one in found] == made[begins:]


@pytest.mark.parametrize("count", [3, 4, 100])
@pytest.mark.parametrize("kind", ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"])
def test_behind_all_records_a_number_waits_for_what_comes(kinesis: Any, kind: str, count: int) -> None:
    made = [put(kinesis), put(kinesis)]
    start = iterator(kinesis, "s", 0, kind, StartingSequenceNumber=changed(made[0], 11, f"{count:016x}"))
    assert kinesis.get_records(ShardIterator=start)["Records"] == []
    made.append(put(kinesis))
    assert [one["SequenceNumber"] for one in kinesis.get_records(ShardIterator=start)["Records"]] == made[2:]


def test_shard_ids(kinesis: Any) -> None:
    for same in (shard_id(0), "shard-0", "foo-0", "0", "-00000000000"):
        assert iterator(kinesis, "s", same)


# --- where to begin ---------------------------------------------------------------------------------------------------


OTHER_STREAM = (
    f"StartingSequenceNumber {{}} used in GetShardIterator on shard shardId-000000000000 in stream s under account "
    f"{ACCOUNT} is invalid because it did not come from this stream."
)
OTHER_SHARD = (
    "Invalid StartingSequenceNumber. It encodes {}, while it was used in a call to a shard with shardId-000000000000"
)


@pytest.mark.parametrize("kind", ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"])
@pytest.mark.parametrize(
    ("place", "text", "told"),
    [
        pytest.param(46, "1", OTHER_STREAM, id="version 1"),
        pytest.param(1, "000000001", OTHER_STREAM, id="made in another second"),
        pytest.param(38, "00000001", OTHER_SHARD.format("shardId-000000000001"), id="shard 1"),
        pytest.param(38, "7fffffff", OTHER_SHARD.format("shardId-002147483647"), id="the last shard"),
        pytest.param(38, "80000000", OTHER_SHARD.format("shardId--02147483648"), id="the least shard"),
        pytest.param(38, "ffffffff", OTHER_SHARD.format("shardId--00000000001"), id="shard -1"),
    ],
)
def test_numbers_from_elsewhere(kinesis: Any, kind: str, place: int, text: str, told: str) -> None:
    number = changed(put(kinesis), place, text)
    given = {"StreamName": "s", "ShardId": "0", "ShardIteratorType": kind, "StartingSequenceNumber": number}
    assert refusal(kinesis.get_shard_iterator, **given) == ("InvalidArgumentException", told.format(number))
