"""Odd values of parameters: the two ways of a call take and refuse the same, in the same words."""

from __future__ import annotations

import datetime
import enum
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

import minicloud
from tests.boto.support import comparable, refusal, take_full_pipeline

pytestmark = pytest.mark.needs("boto3")


class Text(str):
    __slots__ = ()


class Choice(enum.StrEnum):
    HELLO = "hello"


TOPIC = "arn:aws:sns:us-east-1:123456789012:t"
QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/q"
NAIVE = datetime.datetime(2026, 1, 1, 12, 30, 1, 999_999)  # noqa: DTZ001  # that is what is tried
SHARD = {"StreamName": "s", "ShardId": "shardId-000000000000", "ShardIteratorType": "AT_TIMESTAMP"}

EVENT = {"Source": "shop", "DetailType": "order", "Detail": "{}"}
ROLE = "arn:aws:iam::123456789012:role/r"
TARGET = {"Arn": "arn:aws:sqs:us-east-1:123456789012:q", "RoleArn": ROLE}
SCHEDULE = {
    "Name": "s",
    "ScheduleExpression": "rate(1 day)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": TARGET,
    "ClientToken": "t",
}
PIPE = {"Name": "p", "Source": TARGET["Arn"], "Target": "arn:aws:sns:us-east-1:123456789012:t", "RoleArn": ROLE}
TO_BUCKET = {"ExtendedS3DestinationConfiguration": {"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::lake"}}

MESSAGES: list[dict[str, Any]] = [
    {"MessageBody": Text("x")},
    {"MessageBody": Choice.HELLO},
    {"MessageBody": ""},
    {"MessageBody": None},
    {"MessageBody": 5},
    {"MessageBody": "x", "DelaySeconds": True},
    {"MessageBody": "x", "DelaySeconds": 1.0},
    {"MessageBody": "x", "DelaySeconds": "1"},
    {"MessageBody": "x", "DelaySeconds": 901},
    {"MessageBody": "x", "DelaySeconds": 2**40},
    {"MessageBody": "\ud800"},
    {"MessageBody": "\x00"},
    {"MessageBody": "\uffff"},
    {"MessageBody": "é" * 10},
    {"MessageBody": "x" * 1100000},
    {"MessageBody": "x", "MessageAttributes": {}},
    {"MessageBody": "x", "MessageAttributes": {"": {"DataType": "String", "StringValue": "x"}}},
    {"MessageBody": "x", "MessageAttributes": {"a": {"DataType": "String", "StringValue": ""}}},
    {"MessageBody": "x", "MessageAttributes": {"a": {"DataType": "Number", "StringValue": "NaN"}}},
    {"MessageBody": "x", "MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": "text"}}},
    {"MessageBody": "x", "MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": bytearray(b"z")}}},
    {"MessageBody": "x", "MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": memoryview(b"z")}}},
    {"MessageBody": "x", "MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": b""}}},
    {"MessageBody": "x", "MessageAttributes": {5: {"DataType": "String", "StringValue": "x"}}},
    {"MessageBody": "x", "MessageAttributes": []},
    {
        "MessageBody": "x",
        "MessageSystemAttributes": {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1"}},
    },
    {"MessageBody": "x", "MessageGroupId": "g"},
    {"MessageBody": "x", "MessageDeduplicationId": ""},
    {"MessageBody": "x", "Foo": 1},
]
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("sns", "publish", {"TopicArn": TOPIC, "Message": ""}),
    ("sns", "publish", {"TopicArn": TOPIC, "Message": "x", "Subject": ""}),
    ("sns", "publish", {"TopicArn": TOPIC, "Message": "a\r\nb\tc", "Subject": "é"}),
    (
        "sns",
        "publish",
        {"TopicArn": TOPIC, "Message": "x", "MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": b"\0"}}},
    ),
    (
        "sns",
        "publish",
        {"TopicArn": TOPIC, "Message": "x", "MessageAttributes": {"a": {"DataType": "String", "StringValue": ""}}},
    ),
    ("sns", "publish", {"TopicArn": TOPIC, "Message": "x", "MessageAttributes": {}}),
    ("sns", "publish", {"TopicArn": TOPIC, "Message": "x\x00"}),
    ("sns", "publish", {"Message": "x"}),
    ("sns", "publish", {"TopicArn": "", "Message": "x"}),
    ("sns", "publish", {"TopicArn": TOPIC, "Message": "x", "MessageStructure": "json"}),
    ("sns", "publish", {"TopicArn": TOPIC, "Message": '{"default":"x"}', "MessageStructure": "json"}),
    ("sns", "publish", {"PhoneNumber": "+15550100", "Message": "x"}),
    ("sns", "create_topic", {"Name": "x", "Attributes": {}, "Tags": []}),
    ("sns", "create_topic", {"Name": "x.fifo", "Attributes": {"FifoTopic": "true"}}),
    ("sns", "create_topic", {"Name": "x", "Tags": [{"Key": "", "Value": "v"}]}),
    ("sns", "create_topic", {"Name": "x", "Attributes": {"DisplayName": ""}}),
    ("sns", "tag_resource", {"ResourceArn": TOPIC, "Tags": []}),
    ("sns", "untag_resource", {"ResourceArn": TOPIC, "TagKeys": []}),
    ("sns", "add_permission", {"TopicArn": TOPIC, "Label": "l", "AWSAccountId": [], "ActionName": ["Publish"]}),
    (
        "sns",
        "publish_batch",
        {"TopicArn": TOPIC, "PublishBatchRequestEntries": [{"Id": "a", "Message": "x"}, {"Id": "a", "Message": "y"}]},
    ),
    (
        "sns",
        "publish_batch",
        {"TopicArn": TOPIC, "PublishBatchRequestEntries": [{"Id": "a", "Message": "x"}, {"Id": "b", "Message": ""}]},
    ),
    ("sns", "set_topic_attributes", {"TopicArn": TOPIC, "AttributeName": "DisplayName"}),
    ("sns", "set_topic_attributes", {"TopicArn": TOPIC, "AttributeName": "DisplayName", "AttributeValue": ""}),
    ("sns", "set_sms_attributes", {"attributes": {}}),
    ("sns", "get_sms_attributes", {"attributes": []}),
    ("sns", "subscribe", {"TopicArn": TOPIC, "Protocol": "sqs"}),
    ("sns", "list_topics", {"NextToken": ""}),
    ("sns", "subscribe", {"TopicArn": TOPIC, "Protocol": "email", "Endpoint": "a@b.c", "Attributes": {}}),
    ("sqs", "receive_message", {"QueueUrl": QUEUE, "MaxNumberOfMessages": 0}),
    ("sqs", "receive_message", {"QueueUrl": QUEUE, "AttributeNames": ["Nope"]}),
    ("sqs", "receive_message", {"QueueUrl": QUEUE, "AttributeNames": []}),
    ("sqs", "receive_message", {"QueueUrl": QUEUE, "MessageAttributeNames": ["a.*", ""]}),
    ("sqs", "receive_message", {"QueueUrl": QUEUE, "WaitTimeSeconds": 21}),
    ("sqs", "get_queue_attributes", {"QueueUrl": QUEUE, "AttributeNames": []}),
    ("sqs", "get_queue_attributes", {"QueueUrl": QUEUE}),
    ("sqs", "create_queue", {"QueueName": ""}),
    ("sqs", "create_queue", {"QueueName": "q", "Attributes": {"DelaySeconds": "1"}}),
    ("sqs", "create_queue", {"QueueName": "q", "tags": {}}),
    ("sqs", "tag_queue", {"QueueUrl": QUEUE, "Tags": {}}),
    ("sqs", "list_queues", {"MaxResults": 0}),
    ("sqs", "list_queues", {"NextToken": "x"}),
    ("sqs", "send_message_batch", {"QueueUrl": QUEUE, "Entries": [{"Id": "a", "MessageBody": "x"}] * 2}),
    ("sqs", "delete_queue", {"QueueUrl": ""}),
    ("sqs", "delete_queue", {"QueueUrl": "nonsense"}),
    ("sqs", "delete_queue", {"QueueUrl": "http://x/1/q"}),
    ("sqs", "change_message_visibility", {"QueueUrl": QUEUE, "ReceiptHandle": "", "VisibilityTimeout": 1}),
    ("sqs", "get_queue_url", {"QueueName": "q", "QueueOwnerAWSAccountId": "1"}),
    ("kinesis", "put_record", {"StreamName": "s", "Data": "text", "PartitionKey": "k"}),
    ("kinesis", "put_record", {"StreamName": "s", "Data": b"", "PartitionKey": "k"}),
    ("kinesis", "put_record", {"StreamName": "s", "Data": bytearray(b"x"), "PartitionKey": "k"}),
    ("kinesis", "put_record", {"StreamName": "s", "Data": memoryview(b"x"), "PartitionKey": "k"}),
    ("kinesis", "put_record", {"StreamName": "s", "Data": io.BytesIO(b"x"), "PartitionKey": "k"}),
    ("kinesis", "put_record", {"StreamName": "s", "Data": b"x", "PartitionKey": ""}),
    ("kinesis", "put_record", {"StreamName": "s", "Data": b"x", "PartitionKey": "\ud800"}),
    ("kinesis", "put_record", {"Data": b"x", "PartitionKey": "k"}),
    ("kinesis", "put_records", {"StreamName": "s", "Records": []}),
    ("kinesis", "list_shards", {}),
    (
        "kinesis",
        "list_shards",
        {"StreamName": "s", "StreamCreationTimestamp": datetime.datetime(2026, 1, 1).astimezone()},
    ),
    ("kinesis", "list_shards", {"StreamName": "s", "ShardFilter": {"Type": "AT_TIMESTAMP", "Timestamp": 1767225600.5}}),
    ("kinesis", "get_shard_iterator", dict(**SHARD, Timestamp="2026-01-01T00:00:00")),
    ("kinesis", "get_shard_iterator", dict(**SHARD, Timestamp="yesterday")),
    ("kinesis", "get_shard_iterator", dict(**SHARD, Timestamp=True)),
    ("kinesis", "get_shard_iterator", dict(**SHARD, Timestamp=datetime.date(2026, 1, 1))),
    ("kinesis", "get_shard_iterator", dict(**SHARD, Timestamp="Thu, 01 Jan 2026 00:00:00 GMT")),
    ("kinesis", "describe_stream", {"StreamName": "s", "Limit": 0}),
    ("kinesis", "create_stream", {"StreamName": "z"}),
    ("kinesis", "create_stream", {"StreamName": "z", "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}),
    ("kinesis", "describe_stream", {"StreamARN": "arn:aws:kinesis:eu-west-1:123456789012:stream/s"}),
    ("kinesis", "describe_stream", {"StreamARN": "arn:aws:kinesis:us-east-1:111122223333:stream/s"}),
    ("kinesis", "put_record", {"StreamName": "s", "Data": 5, "PartitionKey": "k"}),
    ("kinesis", "get_records", {"ShardIterator": "", "Limit": 5}),
    ("sts", "assume_role", {"RoleArn": "arn:aws:iam::111122223333:role/r", "RoleSessionName": "x" * 65}),
    ("sts", "assume_role", {"RoleArn": "arn:aws:iam::111122223333:role/r", "RoleSessionName": "a b"}),
    (
        "sts",
        "assume_role",
        {"RoleArn": "arn:aws:iam::111122223333:role/r", "RoleSessionName": "ab", "Tags": [{"Key": "k", "Value": ""}]},
    ),
    ("iam", "create_role", {"RoleName": "r", "AssumeRolePolicyDocument": "{", "MaxSessionDuration": 1}),
    (
        "iam",
        "create_role",
        {"RoleName": "r" * 65, "AssumeRolePolicyDocument": "é", "Tags": [{"Key": "<", "Value": ""}]},
    ),
    ("iam", "get_role", {"RoleName": "\ud800"}),
    ("iam", "get_policy", {"PolicyArn": "x"}),
    ("logs", "create_log_group", {"logGroupName": "a b", "tags": {}}),
    ("logs", "create_log_group", {"logGroupName": "g", "tags": {"": "x"}}),
    ("logs", "filter_log_events", {"logGroupName": "g", "startTime": -1, "limit": 10_001}),
    ("logs", "get_log_events", {"logGroupName": "g", "logStreamName": "a:b", "startTime": 1.5}),
    ("sts", "get_session_token", {"DurationSeconds": 1}),
    ("sts", "get_access_key_info", {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"}),
    ("kinesis", "get_shard_iterator", dict(**SHARD, Timestamp=NAIVE)),
    ("events", "put_events", {"Entries": []}),
    ("events", "put_events", {"Entries": [{}, EVENT, {**EVENT, "Detail": "[]"}, {**EVENT, "Detail": "{"}]}),
    ("events", "put_events", {"Entries": [{**EVENT, "Time": "2026-01-01", "Resources": ["é", ""]}]}),
    ("events", "put_events", {"Entries": [{**EVENT, "Time": "yesterday"}]}),
    ("events", "put_events", {"Entries": [{**EVENT, "Time": NAIVE, "Source": "\0"}]}),
    ("events", "put_events", {"Entries": [{**EVENT, "Time": True}, {**EVENT, "Detail": '{"a":"\\ud800"}'}]}),
    ("events", "put_events", {"Entries": [{**EVENT, "EventBusName": ""}]}),
    ("events", "put_events", {"Entries": [{**EVENT, "Source": "aws.s3"}] * 11}),
    ("events", "put_rule", {"Name": "r", "EventPattern": '{"a": 1}'}),
    ("events", "put_rule", {"Name": "r", "ScheduleExpression": "rate(1 minutes)", "Tags": [{"Key": "", "Value": ""}]}),
    ("events", "put_rule", {"Name": "a b" * 30, "State": "on"}),
    ("events", "describe_rule", {"Name": "\ud800"}),
    ("events", "list_rules", {"Limit": 0}),
    ("scheduler", "create_schedule", {**SCHEDULE, "Target": {**TARGET, "Input": "\ud800"}}),
    ("scheduler", "create_schedule", {**SCHEDULE, "Name": "a b", "State": "on", "GroupName": "é"}),
    ("scheduler", "create_schedule", {**SCHEDULE, "Name": ""}),
    ("scheduler", "create_schedule", {**SCHEDULE, "StartDate": "2026-01-02", "EndDate": NAIVE}),
    ("scheduler", "create_schedule", {**SCHEDULE, "StartDate": "yesterday"}),
    ("scheduler", "create_schedule", {**SCHEDULE, "FlexibleTimeWindow": {"Mode": "OFF", "MaximumWindowInMinutes": 0}}),
    ("scheduler", "create_schedule", {**SCHEDULE, "ScheduleExpression": "", "ScheduleExpressionTimezone": "Mars"}),
    ("scheduler", "create_schedule", {**SCHEDULE, "Target": {**TARGET, "SqsParameters": {}, "RetryPolicy": {}}}),
    ("scheduler", "create_schedule", {**SCHEDULE, "Target": {"Arn": "x"}}),
    ("scheduler", "get_schedule", {"Name": "a/b?c"}),
    ("scheduler", "list_schedules", {"MaxResults": 0, "NextToken": ""}),
    ("scheduler", "list_schedules", {"MaxResults": 101, "NamePrefix": "&"}),
    ("scheduler", "tag_resource", {"ResourceArn": "x", "Tags": []}),
    ("pipes", "create_pipe", {**PIPE, "Name": "a b", "DesiredState": "on", "Description": "x" * 513}),
    ("pipes", "create_pipe", {**PIPE, "Name": ""}),
    ("pipes", "create_pipe", {**PIPE, "Source": "x", "SourceParameters": {"SqsQueueParameters": {"BatchSize": 0}}}),
    ("pipes", "create_pipe", {**PIPE, "SourceParameters": {"SqsQueueParameters": {"BatchSize": 10_001}}, "Tags": {}}),
    ("pipes", "create_pipe", {**PIPE, "SourceParameters": {"FilterCriteria": {"Filters": [{"Pattern": "{"}]}}}),
    ("pipes", "create_pipe", {**PIPE, "TargetParameters": {"InputTemplate": "<$.body", "SqsQueueParameters": {}}}),
    ("pipes", "create_pipe", {**PIPE, "Tags": {"": "\ud800"}}),
    ("pipes", "describe_pipe", {"Name": "é/?"}),
    ("pipes", "list_pipes", {"Limit": 0, "NamePrefix": "x" * 65}),
    ("pipes", "list_pipes", {"Limit": True}),
    ("scheduler", "list_schedules", {"MaxResults": True}),
    ("pipes", "update_pipe", {"Name": "p", "RoleArn": "r"}),
    ("firehose", "create_delivery_stream", {"DeliveryStreamName": "d", **TO_BUCKET}),
    ("firehose", "create_delivery_stream", {"DeliveryStreamName": "d"}),
    ("firehose", "create_delivery_stream", {"DeliveryStreamName": "é b", **TO_BUCKET, "DeliveryStreamType": "Direct"}),
    ("firehose", "create_delivery_stream", {"DeliveryStreamName": "d", **TO_BUCKET, "Tags": []}),
    ("firehose", "create_delivery_stream", {"DeliveryStreamName": "d", "S3DestinationConfiguration": {}}),
    ("firehose", "put_record", {"DeliveryStreamName": "logs", "Record": {"Data": "text"}}),
    ("firehose", "put_record", {"DeliveryStreamName": "logs", "Record": {"Data": bytearray(b"x")}}),
    ("firehose", "put_record", {"DeliveryStreamName": "logs", "Record": {"Data": memoryview(b"x")}}),
    ("firehose", "put_record", {"DeliveryStreamName": "logs", "Record": {"Data": io.BytesIO(b"x")}}),
    ("firehose", "put_record", {"DeliveryStreamName": "logs", "Record": {"Data": 5}}),
    ("firehose", "put_record", {"DeliveryStreamName": "logs", "Record": {"Data": b""}}),
    ("firehose", "put_record", {"DeliveryStreamName": "logs", "Record": {"Data": "\ud800"}}),
    ("firehose", "put_record", {"DeliveryStreamName": "logs", "Record": {}}),
    ("firehose", "put_record", {"DeliveryStreamName": "", "Record": {"Data": b"x"}}),
    ("firehose", "put_record_batch", {"DeliveryStreamName": "logs", "Records": []}),
    ("firehose", "put_record_batch", {"DeliveryStreamName": "logs", "Records": [{"Data": "é"}, {"Data": b""}]}),
    ("firehose", "describe_delivery_stream", {"DeliveryStreamName": "logs", "Limit": 0}),
    ("firehose", "list_delivery_streams", {"Limit": 10_001, "DeliveryStreamType": "x"}),
    ("firehose", "tag_delivery_stream", {"DeliveryStreamName": "logs", "Tags": [{"Key": "aws:x", "Value": "\0"}]}),
    ("firehose", "untag_delivery_stream", {"DeliveryStreamName": "logs", "TagKeys": [""]}),
]


@pytest.fixture(scope="module")
def clients() -> dict[str, list[Any]]:
    """Clients of both ways, kept for all tests."""
    with minicloud.mock_aws():
        names = ("sqs", "sns", "kinesis", "sts", "iam", "logs", "events", "scheduler", "pipes", "firehose")
        return {name: [boto3.client(name), take_full_pipeline(boto3.client(name))] for name in names}


@contextmanager
def furnished() -> Iterator[None]:
    """A cloud with a queue, a topic and a stream; the same each time."""
    with minicloud.mock_aws(clock="virtual", seed="same") as cloud:
        cloud.client("sqs").create_queue(QueueName="q")
        cloud.client("sns").create_topic(Name="t")
        cloud.client("kinesis").create_stream(StreamName="s", ShardCount=1)
        to_bucket: Any = TO_BUCKET
        cloud.client("firehose").create_delivery_stream(DeliveryStreamName="logs", **to_bucket)
        cloud.clock.advance(60)
        yield


def seen(client: Any, method: str, params: dict[str, Any]) -> Any:
    with furnished():
        try:
            return comparable(getattr(client, method)(**params))
        except Exception as error:  # whatever it is gets compared
            if isinstance(error, TypeError | UnicodeError):
                return type(error), str(error)
            return comparable(refusal(error))


@pytest.mark.parametrize("params", MESSAGES)
def test_messages(clients: dict[str, list[Any]], params: dict[str, Any]) -> None:
    fast, full = (seen(client, "send_message", {"QueueUrl": QUEUE, **params}) for client in clients["sqs"])
    assert fast == full


@pytest.mark.parametrize(("service", "method", "params"), CALLS)
def test_calls(clients: dict[str, list[Any]], service: str, method: str, params: dict[str, Any]) -> None:
    fast, full = (seen(client, method, params) for client in clients[service])
    assert fast == full
