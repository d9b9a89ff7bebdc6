"""Splits, merges, UpdateShardCount, and listing what comes of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

import minicloud
from tests.kinesis.support import (
    ACCOUNT,
    ARN,
    MIDDLE,
    TOP,
    data_of,
    hash_range,
    ids_of,
    iterator,
    numbers,
    open_shards,
    read_all,
    shard_id,
    shards_of,
)
from tests.support.answers import answer, refusal
from tests.support.clocks import SettableClock
from tests.support.ways import MakeClient

HOUR = 3600

Make = Callable[..., tuple[Any, Any]]


def create(kinesis: Any, shards: int) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=shards)


def split(kinesis: Any, shard: int, hash_key: int) -> None:
    kinesis.split_shard(StreamName="s", ShardToSplit=shard_id(shard), NewStartingHashKey=str(hash_key))


def merge(kinesis: Any, lower: int, upper: int) -> None:
    kinesis.merge_shards(StreamName="s", ShardToMerge=shard_id(lower), AdjacentShardToMerge=shard_id(upper))


def scale(kinesis: Any, target: int) -> dict[str, Any]:
    return kinesis.update_shard_count(StreamName="s", TargetShardCount=target, ScalingType="UNIFORM_SCALING")


# --- split and merge ------------------------------------------------------------------------------------------------


def test_a_split(kinesis: Any) -> None:
    create(kinesis, 1)
    params = {"StreamName": "s", "ShardToSplit": "shardId-000000000000", "NewStartingHashKey": str(MIDDLE)}
    assert answer(kinesis.split_shard(**params)) == {}
    parent, lower, upper = shards_of(kinesis, "s")
    assert "EndingSequenceNumber" in numbers(parent)
    for child, keys in ((lower, (0, MIDDLE - 1)), (upper, (MIDDLE, TOP))):
        assert child["ParentShardId"] == shard_id(0)
        assert "AdjacentParentShardId" not in child
        assert hash_range(child) == keys
        assert "EndingSequenceNumber" not in numbers(child)
        assert numbers(child)["StartingSequenceNumber"] > numbers(parent)["EndingSequenceNumber"]


def test_a_merge(kinesis: Any) -> None:
    create(kinesis, 2)
    merge(kinesis, 0, 1)
    lower, upper, child = shards_of(kinesis, "s")
    assert "EndingSequenceNumber" in numbers(lower)
    assert "EndingSequenceNumber" in numbers(upper)
    assert (child["ParentShardId"], child["AdjacentParentShardId"]) == (shard_id(0), shard_id(1))
    assert hash_range(child) == (0, TOP)


def test_only_neighbours_merge_the_lower_first(kinesis: Any) -> None:
    create(kinesis, 3)
    for lower, upper in ((1, 0), (0, 2), (0, 0)):
        assert refusal(
            kinesis.merge_shards, StreamName="s", ShardToMerge=str(lower), AdjacentShardToMerge=str(upper)
        ) == (
            "InvalidArgumentException",
            f"Shards {shard_id(lower)} and {shard_id(upper)} in stream s under account {ACCOUNT} are not an adjacent "
            "pair of shards eligible for merging",
        )


def test_closed_shards_are_not_resharded_again(kinesis: Any) -> None:
    create(kinesis, 2)
    split(kinesis, 0, 1000)
    expected = (
        "InvalidArgumentException",
        f"Shard shardId-000000000000 in stream s under account {ACCOUNT} has already been merged or split, and thus is "
        "not eligible for merging or splitting.",
    )
    assert refusal(split, kinesis=kinesis, shard=0, hash_key=500) == expected
    assert refusal(merge, kinesis=kinesis, lower=0, upper=1) == expected


def test_shards_that_are_not_there(kinesis: Any) -> None:
    create(kinesis, 2)
    expected = (
        "ResourceNotFoundException",
        f"Could not find shard shardId-000000000005 in stream s under account {ACCOUNT}.",
    )
    assert refusal(split, kinesis=kinesis, shard=5, hash_key=500) == expected
    assert refusal(merge, kinesis=kinesis, lower=0, upper=5) == expected
    assert refusal(kinesis.split_shard, StreamName="s", ShardToSplit="none", NewStartingHashKey="9") == (
        "ResourceNotFoundException",
        f"Could not find shard none in stream s under account {ACCOUNT}.",
    )


def test_shard_ids_are_read_before_the_stream_is_looked_for(kinesis: Any) -> None:
    for shard, code in (
        ("none", "Could not find shard none in stream t under account {}."),
        ("0", "Stream t under account {} not found."),
    ):
        expected = ("ResourceNotFoundException", code.format(ACCOUNT))
        for name in ({"StreamName": "t"}, {"StreamARN": f"{ARN}t"}):
            for call, params in (
                (kinesis.split_shard, {"ShardToSplit": shard, "NewStartingHashKey": "9"}),
                (kinesis.merge_shards, {"ShardToMerge": "0", "AdjacentShardToMerge": shard}),
            ):
                assert refusal(call, **name, **params) == expected


def test_a_shard_that_was_closed_while_the_clock_was_put_back_stays_as_long_as_its_records() -> None:
    clock = SettableClock()
    kinesis = minicloud.Cloud(clock=clock, seed=1).client("kinesis")
    create(kinesis, 1)
    clock.move(10)
    kinesis.put_record(StreamName="s", Data=b"d", PartitionKey="p")
    clock.move(-HOUR)
    split(kinesis, 0, MIDDLE)
    clock.move(HOUR + 24 * HOUR - 1)
    assert ids_of(shards_of(kinesis, "s")) == [0, 1, 2]
    assert data_of(read_all(kinesis, "s", 0)) == [b"d"]
    clock.move(1)
    assert ids_of(shards_of(kinesis, "s")) == [1, 2]


def test_a_closed_shard_that_has_expired_is_not_there(cloud: Any, kinesis: Any) -> None:
    create(kinesis, 1)
    split(kinesis, 0, MIDDLE)
    cloud.clock.advance(24 * HOUR)
    assert refusal(split, kinesis=kinesis, shard=0, hash_key=500) == (
        "ResourceNotFoundException",
        f"Could not find shard shardId-000000000000 in stream s under account {ACCOUNT}.",
    )


def test_on_demand_streams_are_left_alone(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s")
    expected = (
        "ValidationException",
        f"Request is invalid. Stream s under account {ACCOUNT} is in On-Demand mode.",
    )
    assert refusal(split, kinesis=kinesis, shard=0, hash_key=500) == expected
    assert refusal(merge, kinesis=kinesis, lower=0, upper=1) == expected
    assert refusal(scale, kinesis=kinesis, target=5) == expected


# --- UpdateShardCount -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("initial", "target", "total"), [(2, 4, 6), (4, 5, 15), (10, 13, 37), (4, 2, 6), (5, 3, 7), (10, 3, 17), (6, 6, 6)]
)
def test_update_shard_count_leaves_as_many_shards_as_on_aws(
    limited: Make, initial: int, target: int, total: int
) -> None:
    _, kinesis = limited(scaling_down_factor=0)  # from ten to three was seen in 2021, and is not documented
    create(kinesis, initial)
    assert answer(scale(kinesis, target)) == {
        "StreamName": "s",
        "CurrentShardCount": initial,
        "TargetShardCount": target,
        "StreamARN": f"{ARN}s",
    }
    assert len(shards_of(kinesis, "s")) == total
    ranges = [hash_range(shard) for shard in open_shards(kinesis, "s")]
    assert len(ranges) == target
    assert (ranges[0][0], ranges[-1][1]) == (0, TOP)
    assert all(lower[1] + 1 == upper[0] for lower, upper in pairwise(ranges))


def test_going_up_freely_where_the_limit_is_lifted(limited: Make) -> None:
    _, kinesis = limited(scaling_factor=0)
    create(kinesis, 3)
    scale(kinesis, 40)
    assert len(open_shards(kinesis, "s")) == 40


@pytest.mark.parametrize(("current", "target"), [(5, 2), (6, 2)])
def test_the_half_at_least(kinesis: Any, current: int, target: int) -> None:
    """[documented; the text: seen on AWS, 2017 and 2026]"""
    create(kinesis, current)
    assert refusal(scale, kinesis=kinesis, target=target) == (
        "LimitExceededException",
        "UpdateShardCount cannot scale down below half your current open shard count. "
        f"Current open shard count: {current}, Target shard count: {target}",
    )
    scale(kinesis, 3)
    assert len(open_shards(kinesis, "s")) == 3


def test_doubling_gives_equal_ranges(kinesis: Any) -> None:
    create(kinesis, 4)
    scale(kinesis, 8)
    widths = [high - low for low, high in map(hash_range, open_shards(kinesis, "s"))]
    assert widths == [2**125 - 1] * 8


def test_of_an_odd_number_of_hash_keys_the_upper_half_has_one_more(kinesis: Any) -> None:
    """[inferred]"""
    create(kinesis, 3)
    third = 2**128 // 3
    assert third % 2 == 1
    scale(kinesis, 6)
    starts = [low for low, _ in map(hash_range, open_shards(kinesis, "s"))]
    assert starts == [0, third // 2, third, third + third // 2, 2 * third, 2 * third + (third + 1) // 2]


def test_a_shard_of_a_single_hash_key_is_not_split(kinesis: Any) -> None:
    create(kinesis, 1)
    split(kinesis, 0, 2)
    scale(kinesis, 4)
    ranges = [hash_range(shard) for shard in open_shards(kinesis, "s")]
    assert ranges[:2] == [(0, 0), (1, 1)]
    scale(kinesis, 8)
    ranges = [hash_range(shard) for shard in open_shards(kinesis, "s")]
    assert len(ranges) == 8
    assert (ranges[0][0], ranges[-1][1]) == (0, TOP)
    assert all(low <= high for low, high in ranges)
    assert all(lower[1] + 1 == upper[0] for lower, upper in pairwise(ranges))
    everything = [hash_range(shard) for shard in shards_of(kinesis, "s")]
    assert [low for low, high in everything if low == high] == [0, 1]


def test_far_fewer_shards_are_merged_pass_by_pass(limited: Make) -> None:
    _, kinesis = limited("relaxed")
    create(kinesis, 5)
    scale(kinesis, 1)
    shards = shards_of(kinesis, "s")
    parents = [
        (int(one["ParentShardId"][-12:]), int(one["AdjacentParentShardId"][-12:]))
        for one in shards
        if "ParentShardId" in one
    ]
    assert parents == [(0, 1), (2, 3), (5, 6), (7, 4)]
    assert hash_range(shards[-1]) == (0, TOP)


def test_the_double_at_most(kinesis: Any) -> None:
    """[the text: seen on AWS; another source has a comma in it]"""
    create(kinesis, 5)
    assert refusal(scale, kinesis=kinesis, target=11) == (
        "LimitExceededException",
        "UpdateShardCount cannot scale up over double your current open shard count. "
        "Current open shard count: 5 Target shard count: 11",
    )
    scale(kinesis, 10)
    assert len(open_shards(kinesis, "s")) == 10


def test_10000_shards_at_most(kinesis: Any) -> None:
    """Looked at before the double. [the text: seen on AWS, 2017]"""
    create(kinesis, 6000)
    for target in (10_001, 20_000):
        assert refusal(scale, kinesis=kinesis, target=target) == (
            "LimitExceededException",
            "Target shard count or number of open shards cannot be greater than 10000. "
            f"Current open shard count: 6000, Target shard count: {target}",
        )


def test_the_shards_that_the_account_has_left_bound_the_target_before_the_double_does(limited: Make) -> None:
    """In words of its own, and not in those of CreateStream. [the text: seen on AWS, 2017]"""
    _, kinesis = limited(shards=5)
    create(kinesis, 2)
    kinesis.create_stream(StreamName="other", ShardCount=2)
    for target in (4, 9):
        assert refusal(scale, kinesis=kinesis, target=target) == (
            "LimitExceededException",
            "Target shard count or number of open shards cannot be greater than 5. "
            f"Current open shard count: 2, Target shard count: {target}",
        )
    assert len(shards_of(kinesis, "s")) == 2
    scale(kinesis, 3)
    assert len(open_shards(kinesis, "s")) == 3


def test_10000_shards_are_not_too_many(kinesis: Any) -> None:
    create(kinesis, 1)
    _, text = refusal(scale, kinesis=kinesis, target=10_000)
    assert text.startswith("UpdateShardCount cannot scale up over double ")


def test_ten_times_in_24_hours(cloud: Any, kinesis: Any) -> None:
    create(kinesis, 2)
    for place in range(10):
        scale(kinesis, 2 + place % 2)
        cloud.clock.advance(HOUR)
    assert refusal(scale, kinesis=kinesis, target=2) == (
        "LimitExceededException",
        f"Stream s under account {ACCOUNT} has reached the limit of 10 UpdateShardCount calls per 24 hours.",
    )
    cloud.clock.advance(14 * HOUR)
    scale(kinesis, 2)
    assert refusal(scale, kinesis=kinesis, target=3)[0] == "LimitExceededException"


def test_the_shard_limit_counts_for_scaling(limited: Make) -> None:
    _, kinesis = limited(shards=7)
    create(kinesis, 4)
    assert refusal(scale, kinesis=kinesis, target=8)[0] == "LimitExceededException"
    scale(kinesis, 7)


# --- ListShards -----------------------------------------------------------------------------------------------------


def listed(kinesis: Any, kind: str, **params: Any) -> list[int]:
    return ids_of(shards_of(kinesis, "s", ShardFilter={"Type": kind, **params}))


def test_every_filter(cloud: Any, kinesis: Any) -> None:
    start = cloud.clock.now()
    create(kinesis, 2)
    cloud.clock.advance(100)
    split(kinesis, 0, 1000)  # 0 -> 2, 3
    after_split = cloud.clock.now()
    cloud.clock.advance(100)
    merge(kinesis, 3, 1)  # 3, 1 -> 4
    after_merge = cloud.clock.now()
    cloud.clock.advance(100)

    everything = [0, 1, 2, 3, 4]
    assert ids_of(shards_of(kinesis, "s")) == everything
    assert listed(kinesis, "FROM_TRIM_HORIZON") == everything
    assert listed(kinesis, "AT_LATEST") == [2, 4]
    assert listed(kinesis, "AT_TRIM_HORIZON") == [0, 1]
    assert listed(kinesis, "AFTER_SHARD_ID", ShardId="shardId-000000000001") == [2, 3, 4]
    assert ids_of(shards_of(kinesis, "s", ExclusiveStartShardId="shardId-000000000001")) == [2, 3, 4]

    def at(moment: Any, seconds: float = 0) -> list[int]:
        return listed(kinesis, "AT_TIMESTAMP", Timestamp=moment.timestamp() + seconds)

    assert at(start) == [0, 1]
    assert at(start, -1000) == [0, 1]
    assert at(after_split, -1) == [0, 1]
    assert at(after_split) == [1, 2, 3]
    assert at(after_merge, -1) == [1, 2, 3]
    assert at(after_merge) == [2, 4]
    assert at(cloud.clock.now()) == [2, 4]

    def since(moment: Any, seconds: float = 0) -> list[int]:
        return listed(kinesis, "FROM_TIMESTAMP", Timestamp=moment.timestamp() + seconds)

    assert since(start, -1000) == everything
    assert since(after_split, -1) == everything
    assert since(after_split, 1) == [1, 2, 3, 4]
    assert since(after_merge, 1) == [2, 4]

    cloud.clock.advance(24 * HOUR - 200)
    assert ids_of(shards_of(kinesis, "s")) == [1, 2, 3, 4]
    assert listed(kinesis, "AT_TRIM_HORIZON") == [1, 2, 3]
    assert at(start) == [1, 2, 3]
    cloud.clock.advance(100)
    assert ids_of(shards_of(kinesis, "s")) == listed(kinesis, "AT_TRIM_HORIZON") == [2, 4]


def test_the_trim_horizon_of_a_stream_resharded_at_once_is_its_beginning(kinesis: Any) -> None:
    create(kinesis, 1)
    split(kinesis, 0, 1000)
    split(kinesis, 1, 500)
    assert listed(kinesis, "AT_TRIM_HORIZON") == [0]
    assert listed(kinesis, "FROM_TRIM_HORIZON") == [0, 1, 2, 3, 4]


def test_pages_of_shards(cloud: Any, kinesis: Any) -> None:
    create(kinesis, 5)
    split(kinesis, 0, 1000)
    first = kinesis.list_shards(StreamName="s", MaxResults=2, ShardFilter={"Type": "AT_LATEST"})
    assert ids_of(first["Shards"]) == [1, 2]
    second = kinesis.list_shards(NextToken=first["NextToken"], MaxResults=3)
    assert ids_of(second["Shards"]) == [3, 4, 5]
    assert ids_of(kinesis.list_shards(NextToken=second["NextToken"])["Shards"]) == [6]
    assert "NextToken" not in kinesis.list_shards(NextToken=second["NextToken"])
    cloud.clock.advance(300.001)
    assert refusal(kinesis.list_shards, NextToken=first["NextToken"])[0] == "ExpiredNextTokenException"


def test_pages_of_filtered_shards(make_client: MakeClient, cloud: Any, kinesis: Any) -> None:
    """A token stands for its filter, too; and whoever may list the shards of a stream may turn its pages."""
    create(kinesis, 3)
    cloud.clock.advance(10)
    split(kinesis, 1, MIDDLE)  # 1 -> 3, 4
    before = cloud.clock.time() - 5
    cloud.clock.advance(10)
    filters: dict[str, tuple[dict[str, Any], list[int]]] = {
        "AFTER_SHARD_ID": ({"ShardId": "1"}, [2, 3, 4]),
        "AT_TIMESTAMP": ({"Timestamp": before}, [0, 1, 2]),
        "FROM_TIMESTAMP": ({"Timestamp": cloud.clock.time()}, [0, 2, 3, 4]),
        "AT_LATEST": ({}, [0, 2, 3, 4]),
        "AT_TRIM_HORIZON": ({}, [0, 1, 2]),
    }
    for client in (kinesis, make_client("kinesis", account_id="210987654321")):
        for kind, (params, expected) in filters.items():
            page = client.list_shards(StreamARN=f"{ARN}s", ShardFilter={"Type": kind, **params}, MaxResults=1)
            found = ids_of(page["Shards"])
            while "NextToken" in page:
                page = client.list_shards(NextToken=page["NextToken"], MaxResults=1)
                found += ids_of(page["Shards"])
            assert found == expected, kind


def test_both_ways_to_start_after_a_shard(kinesis: Any) -> None:
    create(kinesis, 5)
    for start, after in (("1", "2"), ("2", "1")):
        shard_filter = {"Type": "AFTER_SHARD_ID", "ShardId": after}
        assert ids_of(shards_of(kinesis, "s", ExclusiveStartShardId=start, ShardFilter=shard_filter)) == [3, 4]


def test_a_thousand_shards_in_one_answer(kinesis: Any) -> None:
    create(kinesis, 1001)
    first = kinesis.list_shards(StreamName="s", MaxResults=10_000)
    assert len(first["Shards"]) == 1000
    assert ids_of(kinesis.list_shards(NextToken=first["NextToken"])["Shards"]) == [1000]


def test_what_list_shards_does_not_take(cloud: Any, kinesis: Any) -> None:
    create(kinesis, 2)
    token = kinesis.list_shards(StreamName="s", MaxResults=1)["NextToken"]
    assert refusal(kinesis.list_shards) == (
        "InvalidArgumentException",
        "Either NextToken or StreamName should be provided.",
    )
    for name, value in (
        ("StreamName", "s"),
        ("StreamARN", f"{ARN}s"),
        ("ExclusiveStartShardId", "0"),
        ("StreamCreationTimestamp", 0),
        ("ShardFilter", {"Type": "AT_LATEST"}),
    ):
        assert refusal(kinesis.list_shards, NextToken=token, **{name: value}) == (
            "InvalidArgumentException",
            f"NextToken and {name} cannot be provided together.",
        )
    for token in ("bogus", iterator(kinesis, "s", 0)):
        assert refusal(kinesis.list_shards, NextToken=token) == ("InvalidArgumentException", "Invalid NextToken.")
    now = round(cloud.clock.time() * 1000)
    for shard_filter, text in (
        ({"Type": "AFTER_SHARD_ID"}, "ShardId is required for a ShardFilter of type AFTER_SHARD_ID."),
        ({"Type": "AT_TIMESTAMP"}, "Timestamp is required for a ShardFilter of type AT_TIMESTAMP."),
        ({"Type": "FROM_TIMESTAMP"}, "Timestamp is required for a ShardFilter of type FROM_TIMESTAMP."),
        (
            {"Type": "AT_TIMESTAMP", "Timestamp": cloud.clock.time() + 1},
            "The Timestamp of a ShardFilter cannot be greater than the current time. "
            f"Timestamp: {now + 1000}, current time: {now}",
        ),
    ):
        assert refusal(kinesis.list_shards, StreamName="s", ShardFilter=shard_filter) == (
            "InvalidArgumentException",
            text,
        )
    assert refusal(kinesis.list_shards, StreamName="s", ShardFilter={"Type": "ALL"}) == (
        "ValidationException",
        "1 validation error detected: Value 'ALL' at 'shardFilter.type' failed to satisfy constraint: Member must "
        "satisfy enum value set: [AFTER_SHARD_ID, AT_TRIM_HORIZON, FROM_TRIM_HORIZON, AT_LATEST, AT_TIMESTAMP, "
        "FROM_TIMESTAMP]",
    )


def test_the_stream_creation_timestamp_tells_streams_apart(cloud: Any, kinesis: Any) -> None:
    create(kinesis, 1)
    old = kinesis.describe_stream(StreamName="s")["StreamDescription"]["StreamCreationTimestamp"]
    token_of_old = kinesis.list_shards
    kinesis.delete_stream(StreamName="s")
    cloud.clock.advance(60)
    create(kinesis, 2)
    new = kinesis.describe_stream(StreamName="s")["StreamDescription"]["StreamCreationTimestamp"]
    assert len(token_of_old(StreamName="s", StreamCreationTimestamp=new)["Shards"]) == 2
    assert refusal(kinesis.list_shards, StreamName="s", StreamCreationTimestamp=old)[0] == "ResourceNotFoundException"


def test_a_token_of_a_stream_that_is_gone(kinesis: Any) -> None:
    create(kinesis, 2)
    token = kinesis.list_shards(StreamName="s", MaxResults=1)["NextToken"]
    kinesis.delete_stream(StreamName="s")
    create(kinesis, 2)
    assert refusal(kinesis.list_shards, NextToken=token)[0] == "ResourceNotFoundException"


# --- following lineage ----------------------------------------------------------------------------------------------


class Follower:
    """Reads a stream from its beginning, parents to the end before their children."""

    def __init__(self, kinesis: Any, stream: str) -> None:
        self.kinesis = kinesis
        self.stream = stream
        self.records: list[Any] = []
        self.places: dict[str, str] = {}
        self.finished: set[str] = set()
        for shard in shards_of(kinesis, stream, ShardFilter={"Type": "AT_TRIM_HORIZON"}):
            self._begin(shard["ShardId"])

    def _begin(self, shard: str) -> None:
        self.places[shard] = iterator(self.kinesis, self.stream, shard)

    def read(self, limit: int = 10) -> None:
        """Read until there is nothing more for now."""
        busy = True
        while busy:
            busy = False
            for shard, place in list(self.places.items()):
                response = self.kinesis.get_records(ShardIterator=place, Limit=limit)
                self.records += response["Records"]
                busy = busy or bool(response["Records"])
                if "NextShardIterator" in response:
                    self.places[shard] = response["NextShardIterator"]
                    continue
                busy = True
                del self.places[shard]
                self.finished.add(shard)
                for child in response["ChildShards"]:
                    if set(child["ParentShards"]) <= self.finished:
                        self._begin(child["ShardId"])


def test_a_follower_reads_every_record_once_and_in_order(kinesis: Any) -> None:
    create(kinesis, 2)
    sent: dict[str, list[bytes]] = defaultdict(list)
    keys = [f"key {place}" for place in range(20)]
    counter = 0

    def send(count: int) -> None:
        nonlocal counter
        for _ in range(count):
            key = keys[counter % len(keys)]
            data = b"%d" % counter
            counter += 1
            sent[key].append(data)
            kinesis.put_record(StreamName="s", Data=data, PartitionKey=key)

    follower = Follower(kinesis, "s")
    send(50)
    split(kinesis, 0, MIDDLE // 3)
    send(50)
    follower.read()
    scale(kinesis, 6)
    send(50)
    merge(kinesis, *ids_of(open_shards(kinesis, "s")[2:4]))
    send(50)
    scale(kinesis, 3)
    send(50)
    follower.read(7)

    seen: dict[str, list[bytes]] = defaultdict(list)
    for record in follower.records:
        seen[record["PartitionKey"]].append(record["Data"])
    assert seen == sent
