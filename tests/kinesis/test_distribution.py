"""Streams that distribute their records themselves, and records without a partition key."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

import minicloud
from tests.kinesis.support import ARN, data_of, ids_of, open_shards, read_all, shards_of
from tests.support.answers import answer, refusal

pytestmark = pytest.mark.modelled("kinesis.UpdateStreamRecordDistributionStrategy")


@pytest.fixture
def stream(kinesis: Any) -> str:
    kinesis.create_stream(
        StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"}, RecordDistributionStrategy="AUTO"
    )
    return "s"


def strategy(kinesis: Any, stream: str = "s") -> str | None:
    return kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"].get(
        "RecordDistributionStrategy"
    )


def switch(kinesis: Any, to: str, stream: str = "s") -> Any:
    return answer(
        kinesis.update_stream_record_distribution_strategy(StreamARN=f"{ARN}{stream}", RecordDistributionStrategy=to)
    )


def test_records_go_round(kinesis: Any, stream: str) -> None:
    """[inferred: AWS promises that it is even]"""
    places = [kinesis.put_record(StreamName="s", Data=b"x")["ShardId"] for _ in range(8)]
    assert set(Counter(places).values()) == {2}
    answers = kinesis.put_records(StreamName="s", Records=[{"Data": b"y"}] * 8)["Records"]
    assert set(Counter(one["ShardId"] for one in answers).values()) == {2}
    assert strategy(kinesis) == "AUTO"


def test_keys_and_hash_keys_place_nothing_and_keys_are_kept(kinesis: Any, stream: str) -> None:
    given = {"PartitionKey": "k", "ExplicitHashKey": "0"}
    places = [kinesis.put_record(StreamName="s", Data=b"x", **given)["ShardId"] for _ in range(4)]
    assert len(set(places)) == 4
    kinesis.put_records(StreamName="s", Records=[{"Data": b"y", **given}, {"Data": b"z"}])
    records = [record for shard in range(4) for record in read_all(kinesis, "s", shard)]
    assert {(record["Data"], record.get("PartitionKey")) for record in records} == {
        (b"x", "k"),
        (b"y", "k"),
        (b"z", None),
    }
    assert all("PartitionKey" in record for record in records if record["Data"] != b"z")


def test_a_key_alone_places_nothing_either(kinesis: Any, stream: str) -> None:
    def places() -> set[str]:
        return {kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k")["ShardId"] for _ in range(4)}

    assert len(places()) == 4
    switch(kinesis, "USER_PARTITION_KEY")
    assert len(places()) == 1
    switch(kinesis, "AUTO")
    assert len(places()) == 4
    kinesis.update_max_record_size(StreamARN=f"{ARN}s", MaxRecordSizeInKiB=2048)
    assert len(places()) == 4


def test_a_key_that_is_given_has_its_bounds(kinesis: Any, stream: str) -> None:
    """[inferred]"""
    assert refusal(kinesis.put_record, StreamName="s", Data=b"", PartitionKey="k" * 257)[0] == "ValidationException"
    mebibyte = bytes(1 << 20)
    kinesis.put_record(StreamName="s", Data=mebibyte)
    assert refusal(kinesis.put_record, StreamName="s", Data=mebibyte, PartitionKey="k")[0] == "ValidationException"


def test_what_orders_by_a_key_goes_not_with_it(kinesis: Any, stream: str) -> None:
    """[documented]"""
    number = kinesis.put_record(StreamName="s", Data=b"x")["SequenceNumber"]
    refused = refusal(kinesis.put_record, StreamName="s", Data=b"x", SequenceNumberForOrdering=number)
    assert refused[0] == "InvalidArgumentException"


def test_a_switch_moves_nothing(kinesis: Any, stream: str) -> None:
    for _ in range(4):
        kinesis.put_record(StreamName="s", Data=b"auto")
    assert switch(kinesis, "USER_PARTITION_KEY") == {}
    assert strategy(kinesis) == "USER_PARTITION_KEY"
    where = {kinesis.put_record(StreamName="s", Data=b"key", PartitionKey="k")["ShardId"] for _ in range(4)}
    assert len(where) == 1
    assert switch(kinesis, "USER_PARTITION_KEY") == {}
    switch(kinesis, "AUTO")
    assert strategy(kinesis) == "AUTO"
    kinesis.put_record(StreamName="s", Data=b"auto")
    found = [data_of(read_all(kinesis, "s", shard)) for shard in range(4)]
    assert all(b"auto" in one for one in found)
    assert sum(one.count(b"key") for one in found) == 4


def test_a_stream_that_goes_by_keys_needs_them(kinesis: Any) -> None:
    """In the words of before; AWS may have others now. [inferred]"""
    kinesis.create_stream(StreamName="s")
    assert strategy(kinesis) == "USER_PARTITION_KEY"
    codes = {"ValidationException", "InvalidArgumentException"}
    code, text = refusal(kinesis.put_record, StreamName="s", Data=b"x")
    assert code in codes
    assert "partitionKey" in text
    records = [{"Data": b"a", "PartitionKey": "k"}, {"Data": b"b"}]
    code, text = refusal(kinesis.put_records, StreamName="s", Records=records)
    assert code in codes
    assert "records.2.member.partitionKey" in text
    assert [one for shard in range(4) for one in read_all(kinesis, "s", shard)] == []


def test_only_streams_on_demand_have_it(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="p", ShardCount=1)
    assert strategy(kinesis, "p") is None
    auto = {"RecordDistributionStrategy": "AUTO"}
    for params in ({"ShardCount": 1}, {"ShardCount": 1, "StreamModeDetails": {"StreamMode": "PROVISIONED"}}):
        assert refusal(kinesis.create_stream, StreamName="s", **params, **auto)[0] == "InvalidArgumentException"
    change = kinesis.update_stream_record_distribution_strategy
    assert refusal(change, StreamARN=f"{ARN}p", **auto)[0] == "InvalidArgumentException"
    assert refusal(change, StreamARN=f"{ARN}x", **auto)[0] == "ResourceNotFoundException"
    kinesis.create_stream(StreamName="s")
    assert refusal(change, StreamARN=f"{ARN}s", RecordDistributionStrategy="X")[0] == "ValidationException"


def test_a_provisioned_stream_forgets_it(kinesis: Any, stream: str) -> None:
    """[inferred]"""
    mode = kinesis.update_stream_mode
    mode(StreamARN=f"{ARN}s", StreamModeDetails={"StreamMode": "PROVISIONED"})
    assert strategy(kinesis) is None
    assert refusal(kinesis.put_record, StreamName="s", Data=b"x")[0] == "ValidationException"
    mode(StreamARN=f"{ARN}s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    assert strategy(kinesis) == "USER_PARTITION_KEY"


def test_the_open_shards_take_turns(cloud: minicloud.Cloud, kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=2)
    kinesis.split_shard(StreamName="s", ShardToSplit="0", NewStartingHashKey="1000")
    kinesis.update_stream_mode(StreamARN=f"{ARN}s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    switch(kinesis, "AUTO")
    for _ in range(6):
        kinesis.put_record(StreamName="s", Data=b"x")
    counts = {shard["ShardId"]: len(read_all(kinesis, "s", shard["ShardId"])) for shard in shards_of(kinesis, "s")}
    opened = {f"shardId-{index:012d}" for index in ids_of(open_shards(kinesis, "s"))}
    assert {shard_id for shard_id, count in counts.items() if count == 2} == opened
    assert sum(counts.values()) == 6


def test_subscriptions_leave_the_key_out(kinesis: Any, stream: str) -> None:
    for _ in range(4):
        kinesis.put_record(StreamName="s", Data=b"x")
    consumer = kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")["Consumer"]["ConsumerARN"]
    events = kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId="0", StartingPosition={"Type": "TRIM_HORIZON"})[
        "EventStream"
    ]
    [record] = next(iter(events))["SubscribeToShardEvent"]["Records"]
    assert record["Data"] == b"x"
    assert "PartitionKey" not in record


def test_the_same_seed_begins_in_the_same_shard() -> None:
    def first(seed: int) -> str:
        with minicloud.Cloud(seed=seed) as cloud:
            kinesis = cloud.client("kinesis")
            kinesis.create_stream(StreamName="s", RecordDistributionStrategy="AUTO")
            return kinesis.put_record(StreamName="s", Data=b"x")["ShardId"]

    assert first(1) == first(1)
    assert len({first(seed) for seed in range(20)}) > 1
