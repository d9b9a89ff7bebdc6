"""Every two parameters of every operation of Kinesis together, as values that are good or nearly so, through every way
in.

A call is answered, or refused properly and without a trace; so is the same call once more.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from minicloud.core.operation import Operation
from minicloud.core.shapes import Shape
from tests.support.depth import is_deep
from tests.support.pairs import Path, few_calls, plain_calls
from tests.support.ways import RealClients, client_maker

from .support import ARN
from .test_fuzz import CHANNEL, HANDLE, ITERATOR, NUMBER, OPERATIONS, POLICY, QUEUE, furnished, proper, snapshot

CONSUMER = f"{ARN}s/consumer/c:1767225600"
KINDS = ["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"]

BUCKET = "arn:aws:s3:::bucket"
TABLES = "arn:aws:s3tables:us-east-1:123456789012:bucket/tables"

VALUES: dict[str, Any] = {
    "QueueARN": [QUEUE, f"{QUEUE}0"],
    "QueueName": ["p", "q"],
    "TargetType": ["BUILT_IN", "NONE"],
    "MaxReceiveCount": [1, 1000],
    "VisibilityTimeoutSeconds": [0, 30],
    "WaitTimeSeconds": [1, 20],
    "ReceiptHandle": [HANDLE, "x"],
    "RecordDistributionStrategy": ["AUTO", "USER_PARTITION_KEY"],
    "DryRun": [True, False],
    "ChannelARN": [CHANNEL, f"{CHANNEL}0"],
    "ChannelName": ["c", "d"],
    "ServiceExecutionRoleARN": ["arn:aws:iam::123456789012:role/r"],
    "RecordFormatType": ["JSON", "STRING", "GSR_JSON"],
    "GSRSchemaARN": ["arn:aws:glue:us-east-1:123456789012:schema/a/b"],
    "DataFreshnessInSeconds": [300, 900, 0],
    "BucketARN": [BUCKET],
    "ExpectedBucketOwner": ["123456789012"],
    "ErrorOutputPrefix": ["errors/"],
    "OutputKeyTemplate": ["x"],
    "StorageClass": ["STANDARD", "X"],
    "CompressionType": ["NONE", "GZIP", "SNAPPY"],
    "TableBucketARN": [TABLES],
    "Namespace": ["n"],
    "TableName": ["t"],
    "Transform": ["TIME_HOUR"],
    "SourceName": ["s"],
    "Enabled": [True, False],
    "LogGroupName": ["/g"],
    "LogStreamName": ["s"],
    "StreamName": ["s", "d"],
    "StreamARN": [f"{ARN}s", f"{ARN}d"],
    "ResourceARN": [f"{ARN}s", CONSUMER],
    "ConsumerARN": [CONSUMER],
    "ConsumerName": ["c", "e"],
    "StreamId": ["x"],
    "StreamMode": ["PROVISIONED", "ON_DEMAND"],
    "ShardIteratorType": KINDS,
    "StartingPosition.Type": KINDS,
    "ShardFilter.Type": [
        *("AT_LATEST", "AFTER_SHARD_ID", "AT_TIMESTAMP", "FROM_TIMESTAMP", "AT_TRIM_HORIZON", "FROM_TRIM_HORIZON"),
    ],
    "ScalingType": ["UNIFORM_SCALING"],
    "EncryptionType": ["KMS", "NONE"],
    "KeyId": ["alias/aws/kinesis"],
    "Status": ["ENABLED", "DISABLED"],
    "ShardLevelMetrics": [["ALL"], ["IncomingBytes"], []],
    "Policy": [POLICY, "["],
    "Tags": [{"k": "v"}, {"l": ""}],
    "TagKeys": [["k"], ["x"]],
    "ShardIterator": [ITERATOR],
    "PartitionKey": ["p", "q"],
    "Data": [b"x", b""],
    "ShardId": ["0", "1"],
    "ExclusiveStartShardId": ["shardId-000000000000"],
    "ShardToSplit": ["0", "1"],
    "ShardToMerge": ["0", "2"],
    "AdjacentShardToMerge": ["2", "0"],
    "ExplicitHashKey": ["0", "1000"],
    "NewStartingHashKey": ["1000", "0"],
    "StartingSequenceNumber": [NUMBER, "0", "5"],
    "SequenceNumber": [NUMBER, "5"],
    "SequenceNumberForOrdering": [NUMBER, "0"],
    "Timestamp": [1767225600, 1e12],
    "StreamCreationTimestamp": [1767225600],
    "NextToken": ["x"],
    "Limit": [1, 10],
    "MaxResults": [1, 1000],
    "ShardCount": [1, 2],
    "TargetShardCount": [2, 4],
    "RetentionPeriodHours": [24, 48],
    "MaxRecordSizeInKiB": [1024, 2048],
    "WarmThroughputMiBps": [1, 10],
    "ExclusiveStartStreamName": ["d"],
    "ExclusiveStartTagKey": ["k"],
    "ExclusiveStartConsumerName": ["c"],
}


def values(path: Path, shape: Shape) -> Any:
    return VALUES.get(".".join(path[-2:]), VALUES.get(path[-1]))


def calls(operation: Operation[..., Any], way: str) -> Iterator[dict[str, Any]]:
    """Each pair on its own natively, if all is gone through, else packed into a few calls; the stream is in each."""
    shape = operation.input
    make: Callable[..., Iterator[dict[str, Any]]] = plain_calls if way == "native" and is_deep() else few_calls
    named = [{name: VALUES[name][0]} for name in ("StreamName", "StreamARN") if name in shape.members]
    if operation.name in ("CreateStream", "ListStreams"):
        named = [{"StreamName": "new"}] if "StreamName" in shape.members else [{}]
    for context in named or [{}]:
        yield from make(shape, values, context)
    if operation.name == "GetShardIterator":
        for kind in KINDS:
            yield from make(shape, values, {"StreamName": "s", "ShardIteratorType": kind})
    if operation.name == "SubscribeToShard":
        for kind in KINDS:
            yield from make(shape, values, {"Type": kind})
    if operation.name == "ListShards":
        for kind in VALUES["ShardFilter.Type"]:
            yield from make(shape, values, {"StreamName": "s", "Type": kind})


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.modelled(f"kinesis.{operation.name}"))
        for name, operation in sorted(OPERATIONS.items())
    ],
)
def test_every_two_parameters_together(name: str, way: str, loop: AbstractEventLoop, real_clients: RealClients) -> None:
    ahead = deque({repr(params): params for params in calls(OPERATIONS[name], way)}.values())
    at_first = None
    while ahead:
        cloud, kinesis = furnished()
        with cloud, client_maker(way, cloud, loop, real_clients) as make:
            seen = at_first = at_first or snapshot(kinesis)
            is_answered = False
            while ahead and not is_answered:  # who is refused leaves no trace, so the next one finds what this one did
                params = ahead.popleft()
                for _ in range(2):
                    tried = proper(kinesis, name, params, make("kinesis"), seen)
                    seen = tried.after
                    is_answered |= tried.is_answered or "Entries" in params  # for these records have been received
            cloud.clock.advance(100)
            snapshot(kinesis)
