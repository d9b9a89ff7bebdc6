"""How often each operation may be called a second, where the limits enforce rates."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud
from minicloud.exceptions import ClientError

ARN = "arn:aws:kinesis:us-east-1:123456789012:stream/s"
S = {"StreamName": "s"}
SHARDS = ["shardId-000000000000", "shardId-000000000001"]
SPLIT = {**S, "ShardToSplit": SHARDS[0], "NewStartingHashKey": str(2**126)}
ITERATOR = {**S, "ShardId": SHARDS[0], "ShardIteratorType": "LATEST"}
CONSUMER = {"StreamARN": ARN, "ConsumerName": "n{}"}
TO_BUCKET = {
    "ChannelName": "c",
    "ServiceExecutionRoleARN": "arn:aws:iam::123456789012:role/r",
    "StreamConfigurationList": [{"StreamARN": ARN, "RecordConfiguration": {"RecordFormatType": "STRING"}}],
    "S3DestinationConfiguration": {
        "StorageConfiguration": {
            "BucketARN": "arn:aws:s3:::bucket",
            "ExpectedBucketOwner": "123456789012",
            "CompressionType": "GZIP",
        }
    },
}
CHANNEL = "arn:aws:kinesis:us-east-1:123456789012:channel/c"
RATES: dict[str, tuple[int, dict[str, Any]]] = {
    "add_tags_to_stream": (5, {**S, "Tags": {"a": "b"}}),
    "create_channel": (5, TO_BUCKET),
    "create_stream": (5, {**S, "ShardCount": 1}),
    "delete_channel": (5, {"ChannelARN": CHANNEL}),
    "delete_stream": (5, {"StreamName": "n{}"}),
    "deregister_stream_consumer": (5, CONSUMER),
    "describe_account_settings": (5, {}),
    "describe_channel": (5, {"ChannelARN": CHANNEL}),
    "describe_limits": (1, {}),
    "describe_stream": (10, S),
    "describe_stream_summary": (20, S),
    "describe_stream_consumer": (20, {**CONSUMER, "ConsumerName": "n0"}),
    "get_shard_iterator": (5, ITERATOR),
    "list_channels": (5, {}),
    "list_shards": (1000, S),
    "list_stream_consumers": (5, {"StreamARN": ARN}),
    "list_streams": (5, {}),
    "list_tags_for_stream": (5, S),
    "merge_shards": (5, {**S, "ShardToMerge": SHARDS[0], "AdjacentShardToMerge": SHARDS[1]}),
    "register_stream_consumer": (5, {**CONSUMER, "ConsumerName": "n0"}),
    "remove_tags_from_stream": (5, {**S, "TagKeys": ["a"]}),
    "split_shard": (5, SPLIT),
    "update_account_settings": (5, {"MinimumThroughputBillingCommitment": {"Status": "DISABLED"}}),
    "update_channel": (5, {"ChannelARN": CHANNEL}),
    "update_shard_count": (10, {**S, "TargetShardCount": 3, "ScalingType": "UNIFORM_SCALING"}),
    "update_stream_warm_throughput": (5, {**S, "WarmThroughputMiBps": 1}),
}
"""As AWS documents them, and calls; ``{}`` is the number of the call. [API reference]"""


@pytest.mark.parametrize("name", RATES)
def test_calls_a_second(name: str) -> None:
    """So many go through at one moment, whatever they are answered, and the next when a second is over."""
    rate, params = RATES[name]
    with minicloud.Cloud(clock="virtual", limits="strict", trace=False) as cloud:
        kinesis: Any = cloud.client("kinesis", "us-east-1")
        kinesis.create_stream(StreamName="s", ShardCount=2)
        cloud.clock.advance(60)

        for number in range(7):
            kinesis.create_stream(StreamName=f"n{number}", ShardCount=1)
            kinesis.register_stream_consumer(StreamARN=ARN, ConsumerName=f"n{number}")
            cloud.clock.advance(60)

        def is_refused(number: int = 0) -> bool:
            given = {key: value.format(number) if isinstance(value, str) else value for key, value in params.items()}
            try:
                getattr(kinesis, name)(**given)
            except ClientError as error:
                return "Rate exceeded" in str(error)
            return False

        refused = [is_refused(number) for number in range(rate + 2)]
        assert refused == [False] * rate + [True, True]
        cloud.clock.advance(1)
        assert not is_refused()
