"""Calls of all services, answers made comparable, and a client that is made to take the whole road."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

BIG = "é<&>\"'\r\n\t" + "x" * 50
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"*"}]}'

Call = tuple[str, str, dict[str, Any]]


def script() -> Iterator[Call]:
    """Yields calls (service, method, parameters) and takes each answer, or error response, by ``send``."""
    yield "sts", "get_caller_identity", {}
    yield "sts", "assume_role", {"RoleArn": "arn:aws:iam::111122223333:role/r", "RoleSessionName": "me"}
    yield "sts", "assume_role", {"RoleArn": "arn:aws:iam::11:role/r-of-nobody", "RoleSessionName": "me"}
    yield "sts", "get_session_token", {"DurationSeconds": 900}
    yield from sqs_script()
    yield from sns_script()
    yield from kinesis_script()


def sqs_script() -> Iterator[Call]:
    yield "sqs", "list_queues", {}
    url = (yield "sqs", "create_queue", {"QueueName": "q", "Attributes": {"DelaySeconds": "0"}, "tags": {"a": "b"}})[
        "QueueUrl"
    ]
    fifo = (yield "sqs", "create_queue", {"QueueName": "f.fifo", "Attributes": {"FifoQueue": "true"}})["QueueUrl"]
    yield "sqs", "list_queues", {"QueueNamePrefix": "q"}
    yield "sqs", "list_queue_tags", {"QueueUrl": url}
    yield "sqs", "get_queue_attributes", {"QueueUrl": url, "AttributeNames": ["All"]}
    attributes = {
        "s": {"DataType": "String", "StringValue": BIG.replace("\r", "")},
        "b": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
        "n": {"DataType": "Number", "StringValue": "1.5"},
    }
    yield "sqs", "send_message", {"QueueUrl": url, "MessageBody": BIG, "MessageAttributes": attributes}
    entries = [{"Id": "a", "MessageBody": "x"}, {"Id": "b", "MessageBody": "\x01"}]
    yield "sqs", "send_message_batch", {"QueueUrl": url, "Entries": entries}
    received = yield (
        "sqs",
        "receive_message",
        {"QueueUrl": url, "MaxNumberOfMessages": 10, "AttributeNames": ["All"], "MessageAttributeNames": ["All"]},
    )
    handle = received["Messages"][0]["ReceiptHandle"]
    yield "sqs", "change_message_visibility", {"QueueUrl": url, "ReceiptHandle": handle, "VisibilityTimeout": 9}
    yield "sqs", "delete_message", {"QueueUrl": url, "ReceiptHandle": handle}
    yield "sqs", "receive_message", {"QueueUrl": url}
    yield "sqs", "receive_message", {"QueueUrl": url, "WaitTimeSeconds": 3}
    yield "sqs", "send_message", {"QueueUrl": fifo, "MessageBody": "x"}
    yield (
        "sqs",
        "send_message",
        {"QueueUrl": fifo, "MessageBody": "x", "MessageGroupId": "g", "MessageDeduplicationId": "d"},
    )
    yield "sqs", "purge_queue", {"QueueUrl": url}
    yield "sqs", "purge_queue", {"QueueUrl": url}
    yield "sqs", "set_queue_attributes", {"QueueUrl": url, "Attributes": {"Policy": POLICY}}
    yield "sqs", "set_queue_attributes", {"QueueUrl": url, "Attributes": {"Policy": "{"}}
    yield "sqs", "set_queue_attributes", {"QueueUrl": url, "Attributes": {"Nonsense": "{"}}
    yield "sqs", "add_permission", {"QueueUrl": url, "Label": "l", "AWSAccountIds": ["1" * 12], "Actions": ["*"]}
    yield "sqs", "get_queue_url", {"QueueName": "nobody"}
    yield "sqs", "delete_message", {"QueueUrl": url, "ReceiptHandle": "bad"}
    yield "sqs", "send_message_batch", {"QueueUrl": url, "Entries": []}
    yield "sqs", "start_message_move_task", {"SourceArn": "arn:aws:sqs:us-east-1:123456789012:q"}
    yield "sqs", "list_message_move_tasks", {"SourceArn": "arn:aws:sqs:us-east-1:123456789012:nobody"}
    yield "sqs", "delete_queue", {"QueueUrl": fifo}
    yield "sqs", "create_queue", {"QueueName": "f.fifo", "Attributes": {"FifoQueue": "true"}}


def sns_script() -> Iterator[Call]:
    topic = (yield "sns", "create_topic", {"Name": "t", "Tags": [{"Key": "a", "Value": "+"}]})["TopicArn"]
    yield "sns", "create_topic", {"Name": "t t"}
    yield "sns", "list_topics", {}
    yield "sns", "list_subscriptions", {}
    queue = "arn:aws:sqs:us-east-1:123456789012:q"
    subscription = (
        yield (
            "sns",
            "subscribe",
            {
                "TopicArn": topic,
                "Protocol": "sqs",
                "Endpoint": queue,
                "Attributes": {"FilterPolicy": '{"k":["v"]}', "RawMessageDelivery": "true"},
                "ReturnSubscriptionArn": True,
            },
        )
    )["SubscriptionArn"]
    yield "sns", "get_subscription_attributes", {"SubscriptionArn": subscription}
    yield "sns", "get_topic_attributes", {"TopicArn": topic}
    yield "sns", "get_topic_attributes", {"TopicArn": topic + "x"}
    yield "sns", "list_tags_for_resource", {"ResourceArn": topic}
    yield "sns", "tag_resource", {"ResourceArn": topic, "Tags": [{"Key": "c", "Value": ""}]}
    yield "sns", "tag_resource", {"ResourceArn": topic + "x", "Tags": [{"Key": "c", "Value": ""}]}
    attributes = {
        "k": {"DataType": "String", "StringValue": "v"},
        "b": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }
    yield "sns", "publish", {"TopicArn": topic, "Message": BIG, "Subject": "s", "MessageAttributes": attributes}
    yield "sns", "publish", {"TopicArn": topic, "Message": ""}
    yield "sns", "publish", {"PhoneNumber": "+1555", "Message": "x"}
    entries = [{"Id": "1", "Message": "m", "MessageAttributes": attributes}, {"Id": "2", "Message": ""}]
    yield "sns", "publish_batch", {"TopicArn": topic, "PublishBatchRequestEntries": entries}
    yield "sns", "publish_batch", {"TopicArn": topic, "PublishBatchRequestEntries": []}
    yield (
        "sqs",
        "receive_message",
        {
            "QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/q",
            "MessageAttributeNames": ["All"],
            "MaxNumberOfMessages": 10,
        },
    )
    yield "sns", "set_topic_attributes", {"TopicArn": topic, "AttributeName": "DisplayName", "AttributeValue": "é"}
    yield "sns", "set_topic_attributes", {"TopicArn": topic, "AttributeName": "Nonsense", "AttributeValue": "é"}
    yield "sns", "subscribe", {"TopicArn": topic, "Protocol": "pigeon", "Endpoint": queue}
    yield "sns", "unsubscribe", {"SubscriptionArn": "x"}
    yield "sns", "unsubscribe", {"SubscriptionArn": subscription}
    yield "sns", "opt_in_phone_number", {"phoneNumber": "+15550100"}
    yield "sns", "check_if_phone_number_is_opted_out", {"phoneNumber": "+15550100"}
    yield "sns", "set_sms_attributes", {"attributes": {"DefaultSMSType": "Promotional"}}
    yield "sns", "get_sms_attributes", {"attributes": ["DefaultSMSType"]}
    yield "sns", "create_sms_sandbox_phone_number", {"PhoneNumber": "+15550100"}
    yield "sns", "verify_sms_sandbox_phone_number", {"PhoneNumber": "+15550100", "OneTimePassword": "00000"}
    yield "sns", "list_sms_sandbox_phone_numbers", {}
    yield "sns", "delete_topic", {"TopicArn": topic}


def kinesis_script() -> Iterator[Call]:
    yield "kinesis", "create_stream", {"StreamName": "s", "ShardCount": 2}
    yield "kinesis", "create_stream", {"StreamName": "s", "ShardCount": 2}
    yield "kinesis", "put_record", {"StreamName": "nobody", "Data": b"x", "PartitionKey": "k"}
    described = yield "kinesis", "describe_stream", {"StreamName": "s"}
    arn = described["StreamDescription"]["StreamARN"]
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "describe_stream_summary", {"StreamARN": arn}
    yield "kinesis", "put_record", {"StreamName": "s", "Data": b"\x00\xff", "PartitionKey": "k"}
    records = [{"Data": "é", "PartitionKey": "k"}, {"Data": b"", "PartitionKey": "l", "ExplicitHashKey": "0"}]
    yield "kinesis", "put_records", {"StreamARN": arn, "Records": records}
    shard = {"StreamName": "s", "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}
    iterator = (yield "kinesis", "get_shard_iterator", shard)["ShardIterator"]
    yield "kinesis", "get_records", {"ShardIterator": iterator}
    yield "kinesis", "get_records", {"ShardIterator": "nonsense"}
    moment = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    yield "kinesis", "get_shard_iterator", {**shard, "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": moment}
    yield "kinesis", "get_shard_iterator", {**shard, "ShardId": "shardId-000000000009"}
    yield "kinesis", "get_shard_iterator", {**shard, "StreamName": "?"}
    yield "kinesis", "list_shards", {"StreamName": "s"}
    yield "kinesis", "list_streams", {}
    yield "kinesis", "describe_limits", {}
    yield "kinesis", "describe_stream", {"StreamARN": "arn:aws:kinesis:us-east-1:123456789012:stream/nobody"}
    consumer = (yield "kinesis", "register_stream_consumer", {"StreamARN": arn, "ConsumerName": "c"})["Consumer"]
    yield "kinesis", "describe_stream_consumer", {"ConsumerARN": consumer["ConsumerARN"]}
    yield "wait", "", {"seconds": 60}
    yield (
        "kinesis",
        "subscribe_to_shard",
        {
            "ConsumerARN": consumer["ConsumerARN"],
            "ShardId": "shardId-000000000001",
            "StartingPosition": {"Type": "TRIM_HORIZON"},
        },
    )
    yield "kinesis", "add_tags_to_stream", {"StreamName": "s", "Tags": {"a": "b"}}
    yield "kinesis", "list_tags_for_stream", {"StreamName": "s"}
    yield (
        "kinesis",
        "merge_shards",
        {
            "StreamName": "s",
            "ShardToMerge": "shardId-000000000000",
            "AdjacentShardToMerge": "shardId-000000000001",
        },
    )
    yield "kinesis", "delete_stream", {"StreamName": "s", "EnforceConsumerDeletion": True}
    # Real clients refuse it before they send anything. Last, as native ones have a number for the request.
    yield "kinesis", "describe_stream", {"StreamARN": "no arn at all"}


def comparable(answer: Any) -> Any:
    """An answer without what two roads may differ in: headers that only a real answer has, and kinds of time zones."""
    if isinstance(answer, dict):
        if "HTTPHeaders" in answer:
            headers = {k: v for k, v in answer["HTTPHeaders"].items() if k not in ("date", "content-length")}
            answer = {**answer, "HTTPHeaders": dict(sorted(headers.items()))}
        # Equal dicts may differ in their order, which boto3's never do.
        return [(name, comparable(value)) for name, value in answer.items()]
    if isinstance(answer, list):
        return [comparable(item) for item in answer]
    if isinstance(answer, datetime.datetime):
        return answer.timestamp()
    return answer


def refusal(error: Exception) -> Any:
    """What an exception shows to the one who catches it."""
    response = getattr(error, "response", None)
    names = [cls.__name__ for cls in type(error).__mro__ if cls.__module__.startswith(("botocore", "minicloud"))]
    return {"type": names[0], "str": str(error), **(response or {})}


def see(**_: Any) -> None:
    """A handler that sees a call, and so makes it take the whole road."""


def watch(client: Any) -> Any:
    client.meta.events.register("before-send", see)
    return client
