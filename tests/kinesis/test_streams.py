"""Streams come, are described and listed, change on the clock, and go."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import minicloud
from tests.kinesis.support import ACCOUNT, ARN, botocores_refusal, iterator, numbers, read_all, shards_of
from tests.support.answers import answer, refusal
from tests.support.ways import REAL, MakeClient

Make = Callable[..., tuple[Any, Any]]


def status(kinesis: Any, stream: str = "s") -> str:
    return kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["StreamStatus"]


def test_a_new_stream(cloud: Any, kinesis: Any) -> None:
    assert answer(kinesis.create_stream(StreamName="s", ShardCount=1)) == {}
    description = kinesis.describe_stream(StreamName="s")["StreamDescription"]
    (shard,) = description.pop("Shards")
    assert description == {
        "StreamName": "s",
        "StreamARN": f"{ARN}s",
        "StreamStatus": "ACTIVE",
        "StreamModeDetails": {"StreamMode": "PROVISIONED"},
        "HasMoreShards": False,
        "RetentionPeriodHours": 24,
        "StreamCreationTimestamp": cloud.clock.now(),
        "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
        "EncryptionType": "NONE",
    }
    assert shard == {
        "ShardId": "shardId-000000000000",
        "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": str(2**128 - 1)},
        "SequenceNumberRange": {"StartingSequenceNumber": numbers(shard)["StartingSequenceNumber"]},
    }


@pytest.mark.modelled("kinesis.CreateQueue")
def test_a_summary(cloud: Any, kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=3, MaxRecordSizeInKiB=2048)
    cloud.clock.advance(100)
    kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")
    assert kinesis.describe_stream_summary(StreamARN=f"{ARN}s")["StreamDescriptionSummary"] == {
        "StreamName": "s",
        "StreamARN": f"{ARN}s",
        "StreamStatus": "ACTIVE",
        "StreamModeDetails": {"StreamMode": "PROVISIONED"},
        "RetentionPeriodHours": 24,
        "StreamCreationTimestamp": cloud.clock.now() - timedelta(seconds=100),
        "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
        "EncryptionType": "NONE",
        "OpenShardCount": 3,
        "ConsumerCount": 1,
        "MaxRecordSizeInKiB": 2048,
        "ChannelCount": 0,
        "QueueCount": 0,
    }


def test_the_creation_time_is_a_whole_second(cloud: Any, kinesis: Any) -> None:
    start = cloud.clock.now()
    cloud.clock.advance(0.75)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    assert kinesis.describe_stream(StreamName="s")["StreamDescription"]["StreamCreationTimestamp"] == start


@pytest.mark.parametrize(
    "params", [{}, {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}], ids=["nothing said", "on demand"]
)
def test_an_on_demand_stream_has_four_shards(kinesis: Any, params: Any) -> None:
    kinesis.create_stream(StreamName="s", **params)
    description = kinesis.describe_stream(StreamName="s")["StreamDescription"]
    assert description["StreamModeDetails"] == {"StreamMode": "ON_DEMAND"}
    assert len(description["Shards"]) == 4


def test_a_mode_that_does_not_go_with_the_shard_count(kinesis: Any) -> None:
    on_demand = {"StreamMode": "ON_DEMAND"}
    assert refusal(kinesis.create_stream, StreamName="s", ShardCount=1, StreamModeDetails=on_demand) == (
        "ValidationException",
        "ShardCount is not expected when StreamMode=ON_DEMAND",
    )
    assert refusal(kinesis.create_stream, StreamName="s", StreamModeDetails={"StreamMode": "PROVISIONED"}) == (
        "ValidationException",
        "1 validation error detected: Value null at 'shardCount' failed to satisfy constraint: Member must not be null",
    )


def test_names_are_unique_in_an_account_and_region(make_client: MakeClient, kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    assert refusal(kinesis.create_stream, StreamName="s", ShardCount=1) == (
        "ResourceInUseException",
        f"Stream s under account {ACCOUNT} already exists.",
    )
    elsewhere = make_client("kinesis", region_name="eu-west-1")
    elsewhere.create_stream(StreamName="s", ShardCount=2)
    other = make_client("kinesis", account_id="210987654321")
    other.create_stream(StreamName="s", ShardCount=3)
    assert [len(shards_of(client, "s")) for client in (kinesis, elsewhere, other)] == [1, 2, 3]


def test_unknown_streams(kinesis: Any) -> None:
    expected = ("ResourceNotFoundException", f"Stream x under account {ACCOUNT} not found.")
    assert refusal(kinesis.describe_stream, StreamName="x") == expected
    assert refusal(kinesis.describe_stream, StreamARN=f"{ARN}x") == expected
    assert refusal(kinesis.delete_stream, StreamName="x") == expected
    assert refusal(kinesis.put_record, StreamName="x", Data=b"", PartitionKey="p") == expected
    assert refusal(kinesis.put_records, StreamName="x", Records=[{"Data": b"", "PartitionKey": "p"}]) == expected
    assert refusal(kinesis.list_shards, StreamName="x") == expected


@pytest.mark.modelled("kinesis.TagResource")
def test_arns_of_another_region(kinesis: Any) -> None:
    """[the text: seen on AWS, 2026; the code: another emulator]"""
    stream = ARN.replace("us-east-1", "eu-west-1") + "x"
    consumer = f"{stream}/consumer/c:1"

    def expected(arn: str) -> tuple[str, str]:
        text = f"The region specified in the ARN '{arn}' does not match the endpoint region"
        return "InvalidArgumentException", text

    assert refusal(kinesis.describe_stream, StreamARN=stream) == expected(stream)
    assert refusal(kinesis.put_record, StreamARN=stream, Data=b"", PartitionKey="p") == expected(stream)
    assert refusal(kinesis.register_stream_consumer, StreamARN=stream, ConsumerName="c") == expected(stream)
    assert refusal(kinesis.put_resource_policy, ResourceARN=stream, Policy="{}") == expected(stream)
    assert refusal(kinesis.tag_resource, ResourceARN=consumer, Tags={"a": "b"}) == expected(consumer)
    assert refusal(kinesis.describe_stream_consumer, ConsumerARN=consumer) == expected(consumer)


@pytest.mark.parametrize(
    ("arn", "botocores"),
    [
        (f"arn:aws-cn:kinesis:us-east-1:{ACCOUNT}:stream/s", "doesn't match with partition"),
        (f"arn:aws:kinesis:us-east-1:x:{ACCOUNT}:stream/s", "don't support `123456789012` arn types"),
        (f"{ARN}s/consumer/c:1", None),
    ],
)
def test_arns_that_are_nearly_right(kinesis: Any, way: str, arn: str, botocores: str | None) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    if way in REAL and botocores is not None:
        assert botocores in botocores_refusal(kinesis.describe_stream, StreamARN=arn)
    else:
        assert refusal(kinesis.describe_stream, StreamARN=arn) == (
            "ResourceNotFoundException",
            f"Stream {arn.split('stream/')[1]} under account {ACCOUNT} not found.",
        )


def test_name_and_arn_have_to_agree(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.create_stream(StreamName="t", ShardCount=1)
    both = kinesis.describe_stream(StreamName="s", StreamARN=f"{ARN}s")
    assert both["StreamDescription"]["StreamName"] == "s"
    for name, other in (("s", "t"), ("unknown", "s"), ("s", "unknown")):
        assert refusal(kinesis.describe_stream, StreamName=name, StreamARN=f"{ARN}{other}") == (
            "InvalidArgumentException",
            f"StreamName {name} does not match StreamARN {ARN}{other}.",
        )
    assert refusal(kinesis.describe_stream) == (
        "InvalidArgumentException",
        "Either StreamName or StreamARN should be provided.",
    )


def test_a_stream_of_another_account_by_its_arn(make_client: MakeClient, kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    other = make_client("kinesis", account_id="210987654321")
    other.put_record(StreamARN=f"{ARN}s", Data=b"from elsewhere", PartitionKey="p")
    place = other.get_shard_iterator(StreamARN=f"{ARN}s", ShardId="0", ShardIteratorType="TRIM_HORIZON")
    records = other.get_records(ShardIterator=place["ShardIterator"], StreamARN=f"{ARN}s")["Records"]
    assert records == read_all(kinesis, "s", 0)
    assert refusal(other.delete_stream, StreamARN=f"{ARN}s") == (
        "AccessDeniedException",
        "User: arn:aws:iam::210987654321:user/minicloud is not authorized to perform: kinesis:DeleteStream "
        f"on resource: {ARN}s because no resource-based policy allows the kinesis:DeleteStream action",
    )


@pytest.mark.modelled("kinesis.CreateStream.Tags")
def test_deleting_takes_everything_along(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1, Tags={"a": "b"})
    kinesis.put_record(StreamName="s", Data=b"", PartitionKey="p")
    assert answer(kinesis.delete_stream(StreamName="s")) == {}
    assert refusal(kinesis.describe_stream, StreamName="s")[0] == "ResourceNotFoundException"
    kinesis.create_stream(StreamName="s", ShardCount=1)
    assert kinesis.list_tags_for_stream(StreamName="s")["Tags"] == []
    assert read_all(kinesis, "s", 0) == []


def test_deleting_a_stream_with_consumers(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    consumer = kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")["Consumer"]
    expected = (
        "ResourceInUseException",
        f"DeleteStream can't delete {ARN}s because there are consumers associated with this data stream. To delete s "
        "anyway, set the EnforceConsumerDeletion parameter to true to force the deletion of all the consumers that are "
        "associated with it.",
    )
    assert refusal(kinesis.delete_stream, StreamName="s") == expected
    assert refusal(kinesis.delete_stream, StreamName="s", EnforceConsumerDeletion=False) == expected
    kinesis.delete_stream(StreamName="s", EnforceConsumerDeletion=True)
    assert refusal(kinesis.describe_stream_consumer, ConsumerARN=consumer["ConsumerARN"]) == (
        "ResourceNotFoundException",
        f"Consumer {consumer['ConsumerARN']}, account {ACCOUNT} not found.",
    )


# --- lists and pages ------------------------------------------------------------------------------------------------


def test_streams_are_listed_by_name(cloud: Any, kinesis: Any) -> None:
    for name in ("b", "C", "a"):
        kinesis.create_stream(StreamName=name, ShardCount=1)
    response = answer(kinesis.list_streams())
    assert response["StreamNames"] == ["C", "a", "b"]
    assert response["HasMoreStreams"] is False
    assert "NextToken" not in response
    assert response["StreamSummaries"][0] == {
        "StreamName": "C",
        "StreamARN": f"{ARN}C",
        "StreamStatus": "ACTIVE",
        "StreamModeDetails": {"StreamMode": "PROVISIONED"},
        "StreamCreationTimestamp": cloud.clock.now(),
    }
    assert kinesis.list_streams(ExclusiveStartStreamName="D")["StreamNames"] == ["a", "b"]


def test_pages_of_streams(cloud: Any, kinesis: Any) -> None:
    names = [f"s{place:03d}" for place in range(120)]
    for name in names:
        kinesis.create_stream(StreamName=name, ShardCount=1)
    first = kinesis.list_streams(Limit=10_000)
    assert first["StreamNames"] == names[:100]
    assert first["HasMoreStreams"] is True
    second = kinesis.list_streams(NextToken=first["NextToken"])
    assert second["StreamNames"] == names[100:]
    assert refusal(kinesis.list_streams, NextToken="bogus")[0] == "InvalidArgumentException"
    cloud.clock.advance(301)
    assert refusal(kinesis.list_streams, NextToken=first["NextToken"])[0] == "ExpiredNextTokenException"


def test_pages_of_shards(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=250)
    indices: list[str] = []
    more = {}
    sizes = []
    while True:
        description = kinesis.describe_stream(StreamName="s", Limit=10_000, **more)["StreamDescription"]
        sizes.append(len(description["Shards"]))
        indices += [shard["ShardId"] for shard in description["Shards"]]
        if not description["HasMoreShards"]:
            break
        more = {"ExclusiveStartShardId": indices[-1]}
    assert sizes == [100, 100, 50]
    assert indices == [f"shardId-{index:012d}" for index in range(250)]


# --- states ---------------------------------------------------------------------------------------------------------


@pytest.mark.modelled("kinesis.CreateStream.Tags")
def test_a_stream_takes_its_time(limited: Make) -> None:
    cloud, kinesis = limited(transition_seconds=30)
    kinesis.create_stream(StreamName="s", ShardCount=1, Tags={"a": "b"})
    description = kinesis.describe_stream(StreamName="s")["StreamDescription"]
    assert (description["StreamStatus"], description["Shards"]) == ("CREATING", [])
    assert kinesis.list_tags_for_stream(StreamName="s")["Tags"] == [{"Key": "a", "Value": "b"}]
    assert kinesis.list_streams()["StreamSummaries"][0]["StreamStatus"] == "CREATING"
    not_found = ("ResourceNotFoundException", f"Stream s under account {ACCOUNT} not found.")
    assert refusal(kinesis.put_record, StreamName="s", Data=b"", PartitionKey="p") == not_found
    assert refusal(kinesis.put_records, StreamName="s", Records=[{"Data": b"", "PartitionKey": "p"}]) == not_found
    assert refusal(kinesis.get_shard_iterator, StreamName="s", ShardId="0", ShardIteratorType="LATEST") == (
        "ResourceNotFoundException",
        f"Shard shardId-000000000000 in stream s under account {ACCOUNT} does not exist",
    )
    creating = (
        "ResourceInUseException",
        f"Stream s under account {ACCOUNT} not ACTIVE, instead in state CREATING",
    )
    assert refusal(kinesis.split_shard, StreamName="s", ShardToSplit="0", NewStartingHashKey="9") == creating
    assert refusal(kinesis.list_shards, StreamName="s") == creating
    assert refusal(kinesis.add_tags_to_stream, StreamName="s", Tags={"c": "d"}) == creating
    assert refusal(kinesis.create_stream, StreamName="s", ShardCount=1)[0] == "ResourceInUseException"
    cloud.clock.advance(29.999)
    assert status(kinesis) == "CREATING"
    cloud.clock.advance(0.001)
    assert status(kinesis) == "ACTIVE"
    assert len(shards_of(kinesis, "s")) == 1


def test_reading_and_writing_go_on_while_updating(limited: Make) -> None:
    cloud, kinesis = limited(transition_seconds=30)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    cloud.clock.advance(30)
    kinesis.split_shard(StreamName="s", ShardToSplit="0", NewStartingHashKey="1000")
    assert status(kinesis) == "UPDATING"
    updating = (
        "ResourceInUseException",
        f"Stream s under account {ACCOUNT} not ACTIVE, instead in state UPDATING",
    )
    assert refusal(kinesis.split_shard, StreamName="s", ShardToSplit="0", NewStartingHashKey="9") == updating
    assert refusal(kinesis.increase_stream_retention_period, StreamName="s", RetentionPeriodHours=48) == updating
    assert refusal(kinesis.update_stream_mode, StreamARN=f"{ARN}s", StreamModeDetails={"StreamMode": "ON_DEMAND"}) == (
        updating
    )
    kinesis.put_record(StreamName="s", Data=b"meanwhile", PartitionKey="p")
    assert len(shards_of(kinesis, "s")) == 1
    cloud.clock.advance(30)
    assert status(kinesis) == "ACTIVE"
    assert len(shards_of(kinesis, "s")) == 3
    assert [record["Data"] for record in read_all(kinesis, "s", 0)] == [b"meanwhile"]


def test_deleting_takes_its_time(limited: Make) -> None:
    cloud, kinesis = limited(transition_seconds=30)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    cloud.clock.advance(30)
    place = iterator(kinesis, "s", 0)
    kinesis.update_shard_count(StreamName="s", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    cloud.clock.advance(10)
    kinesis.delete_stream(StreamName="s")
    assert status(kinesis) == "DELETING"
    assert len(shards_of(kinesis, "s")) == 1
    deleting = (
        "ResourceInUseException",
        f"Stream s under account {ACCOUNT} not ACTIVE, instead in state DELETING",
    )
    assert refusal(kinesis.delete_stream, StreamName="s") == deleting
    assert refusal(kinesis.merge_shards, StreamName="s", ShardToMerge="0", AdjacentShardToMerge="1") == deleting
    assert refusal(kinesis.create_stream, StreamName="s", ShardCount=1)[0] == "ResourceInUseException"
    assert kinesis.get_records(ShardIterator=place)["Records"] == []
    cloud.clock.advance(20)
    assert status(kinesis) == "DELETING"  # what was under way is not carried out any more
    cloud.clock.advance(10)
    assert refusal(kinesis.describe_stream, StreamName="s")[0] == "ResourceNotFoundException"
    assert refusal(kinesis.get_records, ShardIterator=place) == (
        "ResourceNotFoundException",
        f"Shard shardId-000000000000 in stream s under account {ACCOUNT} does not exist",
    )


def test_a_stream_that_never_was_active_shows_no_shards(limited: Make) -> None:
    cloud, kinesis = limited(transition_seconds=30)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.delete_stream(StreamName="s")
    description = kinesis.describe_stream(StreamName="s")["StreamDescription"]
    assert (description["StreamStatus"], description["Shards"]) == ("DELETING", [])
    cloud.clock.advance(30)
    assert kinesis.list_streams()["StreamNames"] == []


def test_a_reset_ends_what_is_under_way(limited: Make) -> None:
    cloud, kinesis = limited(transition_seconds=30)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    cloud.reset()
    assert kinesis.list_streams()["StreamNames"] == []
    cloud.clock.advance(60)
    assert kinesis.list_streams()["StreamNames"] == []


# --- limits of the account ------------------------------------------------------------------------------------------


def test_the_shard_limit(limited: Make) -> None:
    _, kinesis = limited(shards=3)
    kinesis.create_stream(StreamName="s", ShardCount=2)
    expected = (
        "LimitExceededException",
        f"This request would exceed the shard limit for the account {ACCOUNT} in us-east-1. Current shard count for "
        "the account: 2. Limit: 3. Number of additional shards that would have resulted from this request: {}. Refer "
        "to the AWS Service Limits page (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for "
        "current limits and how to request higher limits.",
    )
    code, text = refusal(kinesis.create_stream, StreamName="t", ShardCount=2)
    assert (code, text) == (expected[0], expected[1].format(2))
    kinesis.create_stream(StreamName="t", ShardCount=1)
    assert refusal(kinesis.split_shard, StreamName="s", ShardToSplit="0", NewStartingHashKey="9") == (
        expected[0],
        expected[1].format(1).replace("account: 2", "account: 3"),
    )
    kinesis.merge_shards(StreamName="s", ShardToMerge="0", AdjacentShardToMerge="1")
    kinesis.split_shard(StreamName="s", ShardToSplit="2", NewStartingHashKey="9")


def test_the_shard_limit_of_each_region() -> None:
    """[documented: 20,000 in three regions, 6,000 in the others]"""
    with minicloud.Cloud(clock="virtual", seed=1) as cloud:
        found = {
            region: cloud.client("kinesis", region).describe_limits()["ShardLimit"]
            for region in ("us-east-1", "us-west-2", "eu-west-1", "us-east-2", "eu-central-1")
        }
    assert list(found.values()) == [20_000, 20_000, 20_000, 6_000, 6_000]


def test_streams_that_come_and_go(limited: Make) -> None:
    """[the text, with its two blanks: seen on AWS, 2017]"""
    cloud, kinesis = limited(transition_seconds=30)
    expected = (
        "LimitExceededException",
        "This request would have exceed the limit on the number  of streams that can simultaneously be in CREATING or "
        f"DELETING for the account {ACCOUNT}. Limit: 5.",
    )
    for place in range(5):
        kinesis.create_stream(StreamName=f"s{place}", ShardCount=1)
    assert refusal(kinesis.create_stream, StreamName="s5", ShardCount=1) == expected
    cloud.clock.advance(30)
    kinesis.create_stream(StreamName="s5", ShardCount=1)
    kinesis.delete_stream(StreamName="s5")  # counts once
    for place in range(4):
        kinesis.delete_stream(StreamName=f"s{place}")
    assert refusal(kinesis.create_stream, StreamName="s6", ShardCount=1) == expected
    cloud.clock.advance(30)
    for place in range(6, 11):
        kinesis.create_stream(StreamName=f"s{place}", ShardCount=1)


def test_on_demand_streams(limited: Make) -> None:
    """[the text: seen on AWS, 2024]"""
    _, kinesis = limited(on_demand_streams=1)
    kinesis.create_stream(StreamName="a")
    kinesis.create_stream(StreamName="b", ShardCount=1)
    on_demand = {"StreamMode": "ON_DEMAND"}
    expected = (
        "LimitExceededException",
        f"This request would exceed the limit on the number of On-Demand streams for the account {ACCOUNT} in "
        "us-east-1. Current On-Demand streams count: 1. Limit: 1.",
    )
    assert refusal(kinesis.create_stream, StreamName="c") == expected
    assert refusal(kinesis.update_stream_mode, StreamARN=f"{ARN}b", StreamModeDetails=on_demand) == expected


@pytest.mark.modelled("kinesis.CreateChannel")
def test_describe_limits(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="a")
    kinesis.create_stream(StreamName="b", ShardCount=3)
    kinesis.split_shard(StreamName="b", ShardToSplit="0", NewStartingHashKey="9")
    assert answer(kinesis.describe_limits()) == {
        "ShardLimit": 20000,
        "OpenShardCount": 8,
        "OnDemandStreamCount": 1,
        "OnDemandStreamCountLimit": 50,
        "ChannelCount": 0,
        "ChannelCountLimit": 100,
    }


def test_the_same_seed_gives_the_same_answers() -> None:
    def play() -> list[Any]:
        with minicloud.Cloud(clock="virtual", seed=3) as cloud:
            kinesis = cloud.client("kinesis")
            kinesis.create_stream(StreamName="s", ShardCount=2)
            kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="p")
            return [kinesis.list_shards(StreamName="s", MaxResults=1), iterator(kinesis, "s", 0)]

    assert play() == play()


def test_a_deleted_stream_is_let_go_of_with_its_records() -> None:
    with minicloud.Cloud(clock="virtual", seed=1) as cloud:
        kinesis = cloud.client("kinesis")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k")
        (service,) = cloud.services("kinesis")
        stream = weakref.ref(service.streams["s"])
        kinesis.delete_stream(StreamName="s")
        kinesis.get_waiter("stream_not_exists").wait(StreamName="s")
        gc.collect()
        assert stream() is None
