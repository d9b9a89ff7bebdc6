"""What another account may not do, and in which words it is refused."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud
from tests.kinesis.support import ACCOUNT, ARN, make_queue
from tests.support.answers import refusal

OTHER = "111122223333"
STREAM = {"StreamARN": f"{ARN}s"}
KEY = {"EncryptionType": "KMS", "KeyId": "k"}
METRICS = {"ShardLevelMetrics": ["ALL"]}
TO_BUCKET = {
    "ChannelName": "d",
    "ServiceExecutionRoleARN": f"arn:aws:iam::{OTHER}:role/r",
    "StreamConfigurationList": [{**STREAM, "RecordConfiguration": {"RecordFormatType": "STRING"}}],
    "S3DestinationConfiguration": {
        "StorageConfiguration": {
            "BucketARN": "arn:aws:s3:::bucket",
            "ExpectedBucketOwner": ACCOUNT,
            "CompressionType": "GZIP",
        }
    },
}
OF_STREAMS: dict[str, dict[str, Any]] = {
    "AddTagsToStream": {**STREAM, "Tags": {"a": "b"}},
    "CreateChannel": TO_BUCKET,
    "CreateQueue": {"QueueName": "p", "StreamConfigurationList": [STREAM]},
    "DecreaseStreamRetentionPeriod": {**STREAM, "RetentionPeriodHours": 24},
    "DeleteStream": STREAM,
    "DeregisterStreamConsumer": {**STREAM, "ConsumerName": "c"},
    "DisableEnhancedMonitoring": {**STREAM, **METRICS},
    "EnableEnhancedMonitoring": {**STREAM, **METRICS},
    "IncreaseStreamRetentionPeriod": {**STREAM, "RetentionPeriodHours": 48},
    "ListStreamConsumers": STREAM,
    "ListTagsForStream": STREAM,
    "MergeShards": {**STREAM, "ShardToMerge": "0", "AdjacentShardToMerge": "1"},
    "RegisterStreamConsumer": {**STREAM, "ConsumerName": "d"},
    "RemoveTagsFromStream": {**STREAM, "TagKeys": ["a"]},
    "SplitShard": {**STREAM, "ShardToSplit": "0", "NewStartingHashKey": "9"},
    "StartStreamEncryption": {**STREAM, **KEY},
    "StopStreamEncryption": {**STREAM, **KEY},
    "UpdateMaxRecordSize": {**STREAM, "MaxRecordSizeInKiB": 2048},
    "UpdateShardCount": {**STREAM, "TargetShardCount": 2, "ScalingType": "UNIFORM_SCALING"},
    "UpdateStreamMode": {**STREAM, "StreamModeDetails": {"StreamMode": "ON_DEMAND"}},
    "UpdateStreamRecordDistributionStrategy": {**STREAM, "RecordDistributionStrategy": "AUTO"},
    "UpdateStreamWarmThroughput": {**STREAM, "WarmThroughputMiBps": 1},
}
OF_ANYTHING: dict[str, dict[str, Any]] = {
    "DeleteResourcePolicy": {},
    "GetResourcePolicy": {},
    "ListTagsForResource": {},
    "PutResourcePolicy": {"Policy": "{}"},
    "TagResource": {"Tags": {"a": "b"}},
    "UntagResource": {"TagKeys": ["a"]},
}
OF_ONE = {
    "queue": {"DeleteQueue": {}, "DescribeQueue": {}, "UpdateQueue": {"QueueAttributes": {}}},
    "channel": {"DeleteChannel": {}, "DescribeChannel": {}, "UpdateChannel": {}},
}


def method_of(client: Any, operation: str) -> Any:
    """The method of an operation."""
    return getattr(client, "".join(f"_{one.lower()}" if one.isupper() else one for one in operation).lstrip("_"))


@pytest.fixture
def cloud() -> Any:
    with minicloud.Cloud(clock="virtual", seed=1) as made:
        yield made


def test_it_is_told_by_name_what_it_may_not_do(cloud: minicloud.Cloud) -> None:
    """[AWS's words: of IAM's documentation of messages for access that is denied]"""
    own: Any = cloud.client("kinesis", "us-east-1", account_id=ACCOUNT)
    own.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    consumer = own.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")["Consumer"]["ConsumerARN"]
    queue = make_queue(own)
    channel = own.create_channel(**{**TO_BUCKET, "ChannelName": "c"})["ChannelDescription"]["ChannelARN"]
    arns = {"queue": queue, "channel": channel}
    calls = [(name, params, f"{ARN}s") for name, params in OF_STREAMS.items()]
    # What a consumer may be asked is up to its stream.
    calls += [
        (name, {**params, "ResourceARN": arn}, f"{ARN}s" if arn == consumer else arn)
        for name, params in OF_ANYTHING.items()
        for arn in (f"{ARN}s", consumer, queue, channel)
    ]
    for kind, operations in OF_ONE.items():
        for name, params in operations.items():
            calls.append((name, {**params, f"{kind.capitalize()}ARN": arns[kind]}, arns[kind]))
    other = cloud.client("kinesis", "us-east-1", account_id=OTHER)
    differing = []
    for name, params, arn in calls:
        text = (
            f"User: arn:aws:iam::{OTHER}:user/minicloud is not authorized to perform: kinesis:{name} on resource: "
            f"{arn} because no resource-based policy allows the kinesis:{name} action"
        )
        told = refusal(method_of(other, name), **params)
        if told != ("AccessDeniedException", text):
            differing.append((name, told))
    assert differing == []
    with pytest.raises(minicloud.exceptions.ClientError, match="not found"):
        other.describe_channel(ChannelARN=f"{channel}0")


def test_what_it_may_do(cloud: minicloud.Cloud) -> None:
    own: Any = cloud.client("kinesis", "us-east-1", account_id=ACCOUNT)
    other: Any = cloud.client("kinesis", "us-east-1", account_id=OTHER)
    own.create_stream(StreamName="s", ShardCount=1)
    consumer = own.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")["Consumer"]["ConsumerARN"]
    assert other.describe_stream(**STREAM)["StreamDescription"]["StreamARN"] == f"{ARN}s"
    assert other.describe_stream_summary(**STREAM)["StreamDescriptionSummary"]["StreamARN"] == f"{ARN}s"
    assert len(other.list_shards(**STREAM)["Shards"]) == 1
    assert other.describe_stream_consumer(ConsumerARN=consumer)["ConsumerDescription"]["ConsumerARN"] == consumer
