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
RATES: dict[str, tuple[int, dict[str, Any]]] = {
    "add_tags_to_stream": (5, {**S, "Tags": {"a": "b"}}),
    "describe_account_settings": (5, {}),
    "describe_limits": (1, {}),
    "describe_stream": (10, S),
    "describe_stream_summary": (20, S),
    "get_shard_iterator": (5, ITERATOR),
    "list_channels": (5, {}),
    "list_shards": (1000, S),
    "list_stream_consumers": (5, {"StreamARN": ARN}),
    "list_streams": (5, {}),
    "list_tags_for_stream": (5, S),
    "merge_shards": (5, {**S, "ShardToMerge": SHARDS[0], "AdjacentShardToMerge": SHARDS[1]}),
    "remove_tags_from_stream": (5, {**S, "TagKeys": ["a"]}),
    "split_shard": (5, SPLIT),
    "update_shard_count": (10, {**S, "TargetShardCount": 3, "ScalingType": "UNIFORM_SCALING"}),
}
"""As AWS documents them. [API reference]"""


@pytest.mark.parametrize("name", RATES)
def test_calls_a_second(name: str) -> None:
    """So many go through at one moment, whatever they are answered, and the next when a second is over."""
    rate, params = RATES[name]
    with minicloud.Cloud(clock="virtual", limits="strict", trace=False) as cloud:
        kinesis: Any = cloud.client("kinesis", "us-east-1")
        kinesis.create_stream(StreamName="s", ShardCount=2)
        cloud.clock.advance(60)

        def is_refused() -> bool:
            try:
                getattr(kinesis, name)(**params)
            except ClientError as error:
                return "Rate exceeded" in str(error)
            return False

        refused = [is_refused() for _ in range(rate + 2)]
        assert refused == [False] * rate + [True, True]
        cloud.clock.advance(1)
        assert not is_refused()
