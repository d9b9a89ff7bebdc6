"""Members that break the model: botocore's report before the call, AWS's report after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import minicloud
from minicloud.core.operation import operations_of
from minicloud.services.kinesis.service import SERVICE
from tests.kinesis.support import ACCOUNT, ARN, BUCKET, TABLE, botocores_refusal
from tests.support.answers import refusal
from tests.support.ways import REAL, error_class

NAME = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"


def report(*faults: str) -> tuple[str, str]:
    noun = "error" if len(faults) == 1 else "errors"
    return "ValidationException", f"{len(faults)} validation {noun} detected: {'; '.join(faults)}"


def fault(value: str, path: str, constraint: str) -> str:
    return f"Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"


def test_names(kinesis: Any) -> None:
    assert refusal(kinesis.create_stream, StreamName="a b", ShardCount=1) == report(fault("a b", "streamName", NAME))
    assert refusal(kinesis.create_stream, StreamName="a\n", ShardCount=1) == report(fault("a\n", "streamName", NAME))
    assert refusal(kinesis.create_stream, StreamName="é", ShardCount=1) == report(fault("é", "streamName", NAME))
    long = "a" * 129
    assert refusal(kinesis.create_stream, StreamName=long, ShardCount=1) == report(
        fault(long, "streamName", "Member must have length less than or equal to 128")
    )
    kinesis.create_stream(StreamName="a" * 128, ShardCount=1)
    kinesis.create_stream(StreamName="A._-9", ShardCount=1)


def test_every_broken_member_is_reported(kinesis: Any) -> None:
    assert refusal(
        kinesis.get_shard_iterator,
        StreamName="?",
        ShardId="!",
        ShardIteratorType="NOW",
        StartingSequenceNumber="x",
    ) == report(
        fault("!", "shardId", NAME),
        fault(
            "NOW",
            "shardIteratorType",
            "Member must satisfy enum value set: "
            "[AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]",
        ),
        fault("x", "startingSequenceNumber", r"Member must satisfy regular expression pattern: 0|([1-9]\d{0,128})"),
        fault("?", "streamName", NAME),
    )


@pytest.mark.modelled("kinesis.ListQueues", "kinesis.ListChannels")
def test_which_of_several_streams_is_wrong(kinesis: Any) -> None:
    streams = [{"StreamARN": f"{ARN}s"}, {"StreamARN": "x"}]
    pattern = r"Member must satisfy regular expression pattern: arn:aws.*:kinesis:.*:\d{12}:stream/\S+"
    for call in (kinesis.list_queues, kinesis.list_channels):
        refused = refusal(call, StreamFilter=streams)
        assert refused == report(fault("x", "streamFilter.2.member.streamARN", pattern))


def test_ten_are_reported_at_most(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    entry = {"Data": b"", "PartitionKey": "p", "ExplicitHashKey": "x"}
    _, text = refusal(kinesis.put_records, StreamName="s", Records=[entry] * 12)
    assert text.startswith("10 validation errors detected: ")
    assert text.count("failed to satisfy constraint") == 10


@pytest.mark.parametrize(
    ("operation", "params", "path", "shown", "maximum"),
    [
        ("describe_stream", {"StreamName": "s", "Limit": 10_001}, "limit", "10001", 10_000),
        ("describe_stream", {"StreamName": "s", "Limit": 2**40}, "limit", "2147483647", 10_000),
        ("list_streams", {"Limit": 10_001}, "limit", "10001", 10_000),
        ("list_shards", {"StreamName": "s", "MaxResults": 10_001}, "maxResults", "10001", 10_000),
        ("list_stream_consumers", {"StreamARN": f"{ARN}s", "MaxResults": 10_001}, "maxResults", "10001", 10_000),
        ("list_tags_for_stream", {"StreamName": "s", "Limit": 51}, "limit", "51", 50),
        ("create_stream", {"StreamName": "s", "ShardCount": 100_001}, "shardCount", "100001", 100_000),
    ],
)
def test_numbers(kinesis: Any, operation: str, params: Any, path: str, shown: str, maximum: int) -> None:
    assert refusal(getattr(kinesis, operation), **params) == report(
        fault(shown, path, f"Member must have value less than or equal to {maximum}")
    )


@pytest.mark.parametrize(
    ("operation", "params", "path", "pattern"),
    [
        ("describe_stream", {"StreamARN": "x"}, "streamARN", r"arn:aws.*:kinesis:.*:\d{12}:stream/\S+"),
        (
            "get_resource_policy",
            {"ResourceARN": "x"},
            "resourceARN",
            r"arn:aws.*:kinesis:.*:\d{12}:.*(stream|channel|queue)/\S+",
        ),
        (
            "describe_stream_consumer",
            {"ConsumerARN": "x"},
            "consumerARN",
            r"^(arn):aws.*:kinesis:.*:\d{12}:.*stream\/[a-zA-Z0-9_.-]+\/consumer\/[a-zA-Z0-9_.-]+:[0-9]+",
        ),
    ],
)
def test_arns(kinesis: Any, way: str, operation: str, params: Any, path: str, pattern: str) -> None:
    if way in REAL:
        assert "Invalid ARN" in botocores_refusal(getattr(kinesis, operation), **params)
        return
    assert refusal(getattr(kinesis, operation), **params) == report(
        fault("x", path, f"Member must satisfy regular expression pattern: {pattern}")
    )


def test_enumerations(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    assert refusal(kinesis.create_stream, StreamName="t", StreamModeDetails={"StreamMode": "FAST"}) == report(
        fault("FAST", "streamModeDetails.streamMode", "Member must satisfy enum value set: [PROVISIONED, ON_DEMAND]")
    )
    assert refusal(kinesis.update_shard_count, StreamName="s", TargetShardCount=2, ScalingType="BIG") == report(
        fault("BIG", "scalingType", "Member must satisfy enum value set: [UNIFORM_SCALING]")
    )


@pytest.mark.modelled("kinesis.PutRecords.StreamId")
def test_what_botocore_finds_before_the_call(kinesis: Any) -> None:
    with pytest.raises(error_class("ParamValidationError")) as caught:
        kinesis.put_records(Records=[{"Data": 5, "PartitionKey": ""}], StreamName="", Unknown=1)
    text = str(caught.value)
    assert 'Unknown parameter in input: "Unknown", must be one of: Records, StreamName, StreamARN, StreamId' in text
    assert "Invalid type for parameter Records[0].Data, value: 5" in text
    assert "Invalid length for parameter Records[0].PartitionKey, value: 0, valid min length: 1" in text
    assert "Invalid length for parameter StreamName, value: 0, valid min length: 1" in text
    with pytest.raises(error_class("ParamValidationError"), match='Missing required parameter in input: "Tags"'):
        kinesis.add_tags_to_stream(StreamName="s")


@pytest.mark.modelled("kinesis.UpdateStreamWarmThroughput")
def test_a_boolean_is_no_number(kinesis: Any) -> None:
    """Clients let it pass, for in Python it is one."""
    for call, params in (
        (kinesis.create_stream, {"ShardCount": True}),
        (kinesis.update_stream_warm_throughput, {"WarmThroughputMiBps": False}),
    ):
        assert refusal(call, StreamName="s", **params) == (
            "SerializationException",
            "class java.lang.Boolean can not be converted to an Integer",
        )


@pytest.mark.modelled("kinesis.DescribeStream.StreamId")
def test_the_reserved_stream_id_is_ignored(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    assert kinesis.describe_stream(StreamName="s", StreamId="anything")["StreamDescription"]["StreamName"] == "s"


# --- all members of all operations -----------------------------------------------------------------------------------

ARN_OF_CONSUMER = f"{ARN}s/consumer/c:1767225600"
ACCEPTED: dict[str, Any] = {
    "AdjacentShardToMerge": "1",
    "ConsumerARN": ARN_OF_CONSUMER,
    "ConsumerName": "c",
    "Data": b"",
    "EncryptionType": "KMS",
    "KeyId": "k",
    "MaxRecordSizeInKiB": 1024,
    "NewStartingHashKey": "9",
    "PartitionKey": "p",
    "Policy": "{}",
    "Records": [{"Data": b"", "PartitionKey": "p"}],
    "ResourceARN": f"{ARN}s",
    "RetentionPeriodHours": 24,
    "ScalingType": "UNIFORM_SCALING",
    "ShardId": "0",
    "ShardIterator": "x",
    "ShardIteratorType": "LATEST",
    "ShardLevelMetrics": ["ALL"],
    "ShardToMerge": "0",
    "ShardToSplit": "0",
    "StartingPosition": {"Type": "LATEST"},
    "StreamARN": f"{ARN}s",
    "StreamModeDetails": {"StreamMode": "ON_DEMAND"},
    "StreamName": "s",
    "TagKeys": ["k"],
    "Tags": {"k": "v"},
    "TargetShardCount": 1,
    "WarmThroughputMiBps": 1,
}
"""A value of each member that an operation on streams, shards, records or consumers requires."""
BROKEN: dict[str, tuple[Any, str]] = {
    "AdjacentShardToMerge": ("!", "adjacentShardToMerge"),
    "ConsumerARN": ("x", "consumerARN"),
    "ConsumerName": ("!", "consumerName"),
    "EncryptionType": ("AES", "encryptionType"),
    "ExclusiveStartShardId": ("!", "exclusiveStartShardId"),
    "ExclusiveStartStreamName": ("!", "exclusiveStartStreamName"),
    "ExclusiveStartTagKey": ("k" * 129, "exclusiveStartTagKey"),
    "ExplicitHashKey": ("01", "explicitHashKey"),
    "KeyId": ("k" * 2049, "keyId"),
    "Limit": (10_001, "limit"),
    "MaxRecordSizeInKiB": (10_241, "maxRecordSizeInKiB"),
    "MaxResults": (10_001, "maxResults"),
    "NewStartingHashKey": ("01", "newStartingHashKey"),
    "NextToken": ("x" * 1_048_577, "nextToken"),
    "PartitionKey": ("p" * 257, "partitionKey"),
    "ResourceARN": ("x", "resourceARN"),
    "ScalingType": ("BIG", "scalingType"),
    "SequenceNumberForOrdering": ("x", "sequenceNumberForOrdering"),
    "ShardFilter": ({"Type": "ALL"}, "shardFilter.type"),
    "ShardId": ("!", "shardId"),
    "ShardIterator": ("x" * 513, "shardIterator"),
    "ShardIteratorType": ("NOW", "shardIteratorType"),
    "ShardLevelMetrics": (["Some"], "shardLevelMetrics"),
    "ShardToMerge": ("!", "shardToMerge"),
    "ShardToSplit": ("!", "shardToSplit"),
    "StartingPosition": ({"Type": "NOW"}, "startingPosition.type"),
    "StartingSequenceNumber": ("x", "startingSequenceNumber"),
    "StreamARN": ("x", "streamARN"),
    "StreamModeDetails": ({"StreamMode": "FAST"}, "streamModeDetails.streamMode"),
    "StreamName": ("!", "streamName"),
    "TagKeys": (["k" * 129], "tagKeys"),
    "Tags": ({"k" * 129: ""}, "tags"),
}
"""A value that breaks a constraint of the model, and the member's path in the report."""
OPERATIONS = operations_of(SERVICE.api)


@pytest.mark.parametrize(
    ("method", "member"),
    [
        (method, member)
        for method, operation in OPERATIONS.items()
        if ACCEPTED.keys() >= set(operation.input.required)
        for member in operation.input.members
        if member in BROKEN
    ],
)
def test_the_report_names_the_member(method: str, member: str) -> None:
    kinesis = minicloud.Cloud(clock="virtual", seed=1).client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    value, path = BROKEN[member]
    params = {name: ACCEPTED[name] for name in OPERATIONS[method].input.required}
    code, text = refusal(getattr(kinesis, method), **{**params, member: value})
    assert code == "ValidationException"
    assert text.startswith("1 validation error detected: ")
    assert f" at '{path}' failed to satisfy constraint: " in text


LARGEST: dict[str, Any] = {
    "ConsumerARN": f"{ARN}s/consumer/c:1".ljust(2048, "1"),
    "ConsumerName": "c" * 128,
    "ExclusiveStartShardId": "s" * 128,
    "ExclusiveStartStreamName": "s" * 128,
    "ExclusiveStartTagKey": "k" * 128,
    "ExplicitHashKey": "9" * 39,
    "KeyId": "k" * 2048,
    "Limit": 10_000,
    "MaxRecordSizeInKiB": 10_240,
    "MaxResults": 10_000,
    "NewStartingHashKey": "9" * 39,
    "NextToken": "x" * 1_048_576,
    "PartitionKey": "p" * 256,
    "ResourceARN": f"{ARN}s".ljust(2048, "s"),
    "SequenceNumberForOrdering": "9" * 129,
    "ShardId": "s" * 128,
    "ShardIterator": "x" * 512,
    "ShardLevelMetrics": ["ALL"] * 7,
    "ShardToMerge": "s" * 128,
    "ShardToSplit": "s" * 128,
    "StartingSequenceNumber": "9" * 129,
    "StreamARN": f"{ARN}s".ljust(2048, "s"),
    "StreamName": "s" * 128,
    "TagKeys": ["k" * 128] * 50,
    "Tags": {"k" * 128: "v" * 256, **{str(number): "" for number in range(199)}},
}
"""What the constraints just let pass. Most of it is refused later, for another reason."""


@pytest.mark.parametrize(
    ("method", "member"),
    [
        (method, member)
        for method, operation in OPERATIONS.items()
        if ACCEPTED.keys() >= set(operation.input.required) and method != "list_tags_for_stream"
        for member in operation.input.members
        if member in LARGEST
    ],
)
def test_the_largest_values_pass(method: str, member: str) -> None:
    kinesis = minicloud.Cloud(clock="virtual", seed=1).client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    params = {name: ACCEPTED[name] for name in OPERATIONS[method].input.required}
    try:
        getattr(kinesis, method)(**{**params, member: LARGEST[member]})
    except kinesis.exceptions.ClientError as error:
        assert "failed to satisfy constraint" not in str(error)  # noqa: PT017  # it may be refused for another reason


QUEUE, CHANNEL = (f"arn:aws:kinesis:us-east-1:{ACCOUNT}:{kind}/x" for kind in ("queue", "channel"))


def channel(to: dict[str, Any] | None = None, record: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    records = {"RecordFormatType": "STRING", **(record or {})}
    made: dict[str, Any] = {
        "ChannelName": "c",
        "ServiceExecutionRoleARN": f"arn:aws:iam::{ACCOUNT}:role/r",
        "StreamConfigurationList": [{"StreamARN": f"{ARN}s", "RecordConfiguration": records}],
    }
    return {**made, **(to or bucket()), **more}


def bucket(**more: Any) -> dict[str, Any]:
    return {"S3DestinationConfiguration": {"StorageConfiguration": {**BUCKET, **more}}}


def table(dead: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    letters = {name: BUCKET[name] for name in ("BucketARN", "ExpectedBucketOwner")} | (dead or {})
    rows = [{**TABLE, **more}]
    return {
        "S3TablesDestinationConfiguration": {
            "DeadLetterQueueS3Configuration": letters,
            "S3TablesConfigurationList": rows,
        }
    }


def fields(count: int, name: str = "f") -> dict[str, Any]:
    return {"PartitionSpec": {"PartitionFields": [{"Transform": "TIME_HOUR", "SourceName": name}] * count}}


def logs(**names: str) -> dict[str, Any]:
    return {"LoggingConfiguration": {"CloudWatchLogs": {"Enabled": True, **names}}}


def position(count: int = 1) -> list[dict[str, Any]]:
    return [{"StreamARN": f"{ARN}s"}] * count


def attributes(seconds: int = 30, count: int = 3) -> dict[str, Any]:
    letters = {"TargetType": "BUILT_IN", "MaxReceiveCount": count}
    return {"VisibilityTimeoutSeconds": seconds, "DeadLetterConfiguration": letters}


def new_queue(given: dict[str, Any]) -> dict[str, Any]:
    return {"QueueName": "q", "StreamConfigurationList": position(), "QueueAttributes": given}


def long(length: int, start: str = "", fill: str = "1") -> str:
    return start.ljust(length, fill)


ENDS: list[tuple[str, Callable[[int], dict[str, Any]], int]] = [
    ("describe_stream_summary", lambda n: {"StreamName": long(n)}, 128),
    ("describe_stream_summary", lambda n: {"StreamARN": long(n, f"{ARN}s")}, 2048),
    ("describe_stream_consumer", lambda n: {"ConsumerARN": long(n, f"{ARN}s/consumer/c:1")}, 2048),
    ("describe_stream_consumer", lambda n: {"StreamARN": f"{ARN}s", "ConsumerName": long(n)}, 128),
    ("get_resource_policy", lambda n: {"ResourceARN": long(n, f"{ARN}s")}, 2048),
    ("list_shards", lambda n: {"StreamName": "s", "ExclusiveStartShardId": long(n)}, 128),
    ("list_streams", lambda n: {"ExclusiveStartStreamName": long(n)}, 128),
    ("list_shards", lambda n: {"NextToken": long(n)}, 1_048_576),
    ("get_records", lambda n: {"ShardIterator": long(n)}, 512),
    ("put_record", lambda n: {"StreamName": "s", "Data": b"", "PartitionKey": long(n)}, 256),
    ("put_record", lambda n: {"StreamName": "s", "Data": b"", "PartitionKey": "k", "ExplicitHashKey": long(n)}, 39),
    (
        "put_record",
        lambda n: {"StreamName": "s", "Data": b"", "PartitionKey": "k", "SequenceNumberForOrdering": long(n)},
        129,
    ),
    ("start_stream_encryption", lambda n: {"StreamName": "s", "EncryptionType": "KMS", "KeyId": long(n)}, 2048),
    ("remove_tags_from_stream", lambda n: {"StreamName": "s", "TagKeys": [long(n)]}, 128),
    ("remove_tags_from_stream", lambda n: {"StreamName": "s", "TagKeys": ["k"] * n}, 50),
    ("add_tags_to_stream", lambda n: {"StreamName": "s", "Tags": {long(n): ""}}, 128),
    ("add_tags_to_stream", lambda n: {"StreamName": "s", "Tags": {"k": long(n)}}, 256),
    ("add_tags_to_stream", lambda n: {"StreamName": "s", "Tags": {str(one): "" for one in range(n)}}, 200),
    ("update_max_record_size", lambda n: {"StreamARN": f"{ARN}s", "MaxRecordSizeInKiB": n}, 10_240),
    ("describe_queue", lambda n: {"QueueARN": long(n, QUEUE)}, 2048),
    ("create_queue", lambda n: {"QueueName": long(n), "StreamConfigurationList": position()}, 128),
    ("create_queue", lambda n: {"QueueName": "q", "StreamConfigurationList": position(n)}, 10_000),
    ("create_queue", lambda n: new_queue(attributes(seconds=n)), 43_200),
    ("create_queue", lambda n: new_queue(attributes(count=n)), 1000),
    ("receive_queue_records", lambda n: {"QueueARN": QUEUE, "Limit": n}, 10),
    ("receive_queue_records", lambda n: {"QueueARN": QUEUE, "WaitTimeSeconds": n}, 20),
    ("receive_dead_letter_queue_records", lambda n: {"QueueARN": QUEUE, "VisibilityTimeoutSeconds": n}, 43_200),
    ("acknowledge_queue_records", lambda n: {"QueueARN": QUEUE, "Entries": [{"ReceiptHandle": "x"}] * n}, 10),
    ("acknowledge_queue_records", lambda n: {"QueueARN": QUEUE, "Entries": [{"ReceiptHandle": long(n)}]}, 1024),
    ("describe_channel", lambda n: {"ChannelARN": long(n, CHANNEL)}, 2048),
    ("update_channel", lambda n: {"ChannelARN": CHANNEL, **logs(LogGroupName=long(n))}, 512),
    *(
        ("create_channel", one, most)
        for one, most in (
            (lambda n: channel(ChannelName=long(n)), 128),
            (lambda n: channel(ServiceExecutionRoleARN=long(n, f"arn:aws:iam::{ACCOUNT}:role/")), 512),
            (
                lambda n: channel(record={"GSRSchemaARN": long(n, f"arn:aws:glue:us-east-1:{ACCOUNT}:schema/r/")}),
                512,
            ),
            (lambda n: channel(bucket(BucketARN=f"arn:aws:s3:::{long(n)}")), 63),
            (lambda n: channel(bucket(ExpectedBucketOwner=long(n))), 12),
            (lambda n: channel(bucket(OutputKeyTemplate=long(n))), 1024),
            (lambda n: channel(table({"ErrorOutputPrefix": long(n)})), 512),
            (lambda n: channel(table({"BucketARN": f"arn:aws:s3:::{long(n)}"})), 63),
            (lambda n: channel(table(TableBucketARN=f"{TABLE['TableBucketARN'][:-6]}{long(n)}")), 63),
            (lambda n: channel(table(Namespace=long(n))), 255),
            (lambda n: channel(table(TableName=long(n))), 255),
            (lambda n: channel(table(**fields(n))), 10),
            (lambda n: channel(table(**fields(1, long(n)))), 255),
            (lambda n: channel(EncryptionConfiguration={"EncryptionType": "KMS", "KeyId": long(n)}), 2048),
            (lambda n: channel(**logs(LogGroupName=long(n))), 512),
            (lambda n: channel(**logs(LogGroupName="g", LogStreamName=long(n))), 512),
            (lambda n: channel(Tags={str(one): "" for one in range(n)}), 200),
        )
    ),
]
"""Calls with something of a length or a size, and the largest that the model lets pass."""


def test_where_constraints_end() -> None:
    kinesis: Any = minicloud.Cloud(clock="virtual", seed=1).client("kinesis", "us-east-1")
    kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})

    def is_broken(method: str, params: dict[str, Any]) -> bool:
        try:
            getattr(kinesis, method)(**params)
        except kinesis.exceptions.ClientError as error:
            return error.response["Error"]["Code"] == "ValidationException" and "to satisfy constraint" in str(error)
        return False

    found = [(is_broken(method, params(most)), is_broken(method, params(most + 1))) for method, params, most in ENDS]
    assert [(number, *ends) for number, ends in enumerate(found) if ends != (False, True)] == []
