"""Which shard takes which record."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kinesis.support import ACCOUNT, MIDDLE, TOP, hash_range, open_shards, shard_id, shards_of
from tests.support.answers import refusal

WIDTHS = {
    1: 340282366920938463463374607431768211456,
    2: 170141183460469231731687303715884105728,
    3: 113427455640312821154458202477256070485,
    5: 68056473384187692692674921486353642291,
}

# Partition key, its hash key, and the shard that takes it in a stream of 1, 2, 3 and 5 shards.
KEYS = [
    ("a", 16955237001963240173058271559858726497, (0, 0, 0, 0)),
    ("b", 195289424170611159128911017612795795343, (0, 1, 1, 2)),
    ("e", 299611584147932843547128611849858313266, (0, 1, 2, 4)),
    ("1", 261578874264819908609102035485573088411, (0, 1, 2, 3)),
    ("user#42", 53358799394368549034077983579306898398, (0, 0, 0, 0)),
    ("é", 136732923097551493579404309126273812335, (0, 0, 1, 2)),
    ("日本", 103341369634063465466164320543046703539, (0, 0, 0, 1)),
]


@pytest.mark.parametrize("count", WIDTHS)
def test_ranges_are_uniform_and_the_last_takes_the_rest(kinesis: Any, count: int) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=count)
    width = WIDTHS[count]
    expected = [(place * width, (place + 1) * width - 1) for place in range(count)]
    expected[-1] = (expected[-1][0], TOP)
    assert [hash_range(shard) for shard in shards_of(kinesis, "s")] == expected


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize(("key", "hash_key", "indices"), KEYS)
def test_a_partition_keys_md5_is_its_hash_key(
    kinesis: Any, key: str, hash_key: int, indices: tuple[int, ...], place: int
) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=list(WIDTHS)[place])
    expected = shard_id(indices[place])
    assert kinesis.put_record(StreamName="s", Data=b"", PartitionKey=key)["ShardId"] == expected
    explicit = {"PartitionKey": "p", "ExplicitHashKey": str(hash_key), "Data": b""}
    assert kinesis.put_record(StreamName="s", **explicit)["ShardId"] == expected
    response = kinesis.put_records(StreamName="s", Records=[{"PartitionKey": key, "Data": b""}, explicit])
    assert [record["ShardId"] for record in response["Records"]] == [expected, expected]


def test_a_split_divides_exactly_at_its_key(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.split_shard(StreamName="s", ShardToSplit="0", NewStartingHashKey=str(MIDDLE))

    def shard_of(hash_key: int) -> str:
        response = kinesis.put_record(StreamName="s", Data=b"", PartitionKey="p", ExplicitHashKey=str(hash_key))
        return response["ShardId"]

    assert [shard_of(key) for key in (0, MIDDLE - 1, MIDDLE, TOP)] == [shard_id(index) for index in (1, 1, 2, 2)]
    assert [hash_range(shard) for shard in open_shards(kinesis, "s")] == [(0, MIDDLE - 1), (MIDDLE, TOP)]


def test_a_hash_key_beyond_the_space_fails_the_whole_call(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    too_high = str(2**128)
    expected = (
        "InvalidArgumentException",
        f"Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {too_high}",
    )
    entry = {"Data": b"", "PartitionKey": "p"}
    assert refusal(kinesis.put_record, StreamName="s", ExplicitHashKey=too_high, **entry) == expected
    bad = {**entry, "ExplicitHashKey": too_high}
    assert refusal(kinesis.put_records, StreamName="s", Records=[entry, bad]) == expected
    place = kinesis.get_shard_iterator(StreamName="s", ShardId="0", ShardIteratorType="TRIM_HORIZON")
    assert kinesis.get_records(ShardIterator=place["ShardIterator"])["Records"] == []


def test_a_split_key_has_to_leave_room(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    for key in ("0", "1", str(TOP)):
        assert refusal(kinesis.split_shard, StreamName="s", ShardToSplit="0", NewStartingHashKey=key) == (
            "InvalidArgumentException",
            f"NewStartingHashKey {key} used in SplitShard() on shard shardId-000000000000 in stream s under account "
            f"{ACCOUNT} is not both greater than one plus the shard's StartingHashKey 0 and less than the shard's "
            f"EndingHashKey {TOP}.",
        )
    kinesis.split_shard(StreamName="s", ShardToSplit="0", NewStartingHashKey="2")
    kinesis.split_shard(StreamName="s", ShardToSplit="2", NewStartingHashKey=str(TOP - 1))
    assert [hash_range(shard) for shard in open_shards(kinesis, "s")] == [(0, 1), (2, TOP - 2), (TOP - 1, TOP)]
