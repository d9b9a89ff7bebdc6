"""Calls of SQS, SNS and Kinesis."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from .calls import BIG, POLICY, Call


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


def queues_on_streams() -> Iterator[Call]:
    stream = "arn:aws:kinesis:us-east-1:123456789012:stream/on-demand"
    yield "kinesis", "create_stream", {"StreamName": "on-demand"}
    auto = {"StreamARN": stream, "RecordDistributionStrategy": "AUTO"}
    yield "kinesis", "update_stream_record_distribution_strategy", auto
    made = yield (
        "kinesis",
        "create_queue",
        {
            "QueueName": "q",
            "StreamConfigurationList": [{"StreamARN": stream}],
            "QueueAttributes": {"DeadLetterConfiguration": {"TargetType": "BUILT_IN", "MaxReceiveCount": 1}},
            "Tags": {"a": "b"},
        },
    )
    queue = {"QueueARN": made.get("QueueDescription", {}).get("QueueARN", "unknown")}
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "describe_queue", queue
    yield "kinesis", "update_queue", {**queue, "QueueAttributes": {"VisibilityTimeoutSeconds": 5}}
    yield "kinesis", "list_queues", {"StreamFilter": [{"StreamARN": stream}]}
    yield "wait", "", {"seconds": 60}
    for data in (b"\x00\xff", b""):
        yield "kinesis", "put_record", {"StreamName": "on-demand", "Data": data, "PartitionKey": "k"}

    def handles(answer: Any, **more: Any) -> dict[str, Any]:
        found = [record["ReceiptHandle"] for record in answer.get("QueueRecords", ())]
        return {**queue, "Entries": [{"ReceiptHandle": handle, **more} for handle in [*found, "nonsense"]]}

    hide = {"VisibilityTimeoutSeconds": 0}
    received = yield "kinesis", "receive_queue_records", {**queue, "Limit": 1}
    yield "kinesis", "acknowledge_queue_records", handles(received)
    received = yield "kinesis", "receive_queue_records", queue
    yield "kinesis", "update_queue_records_visibility", handles(received, **hide)
    yield "kinesis", "receive_queue_records", {**queue, "WaitTimeSeconds": 2}
    received = yield "kinesis", "receive_dead_letter_queue_records", queue
    yield "kinesis", "update_dead_letter_queue_records_visibility", handles(received, **hide)
    received = yield "kinesis", "receive_dead_letter_queue_records", queue
    yield "kinesis", "restore_dead_letter_queue_records", handles(received)
    yield "kinesis", "acknowledge_dead_letter_queue_records", handles(received)
    yield "kinesis", "receive_queue_records", {**queue, "Limit": 11}
    yield "kinesis", "delete_stream", {"StreamName": "on-demand"}
    yield "kinesis", "delete_queue", queue
    bucket = {"BucketARN": "arn:aws:s3:::bucket", "ExpectedBucketOwner": "123456789012"}
    made = yield (
        "kinesis",
        "create_channel",
        {
            "ChannelName": "c",
            "ServiceExecutionRoleARN": "arn:aws:iam::123456789012:role/r",
            "StreamConfigurationList": [{"StreamARN": stream, "RecordConfiguration": {"RecordFormatType": "JSON"}}],
            "S3DestinationConfiguration": {"StorageConfiguration": {**bucket, "CompressionType": "NONE"}},
        },
    )
    channel = {"ChannelARN": made.get("ChannelDescription", {}).get("ChannelARN", "unknown")}
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "describe_channel", channel
    yield "kinesis", "update_channel", {**channel, "LoggingConfiguration": {"CloudWatchLogs": {"Enabled": True}}}
    yield "kinesis", "list_channels", {}
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "delete_channel", channel
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "delete_stream", {"StreamName": "on-demand"}


def rest_of_sqs() -> Iterator[Call]:
    """With what follows: every operation that the scripts before have not called."""
    arn = "arn:aws:sqs:us-east-1:123456789012:"
    dead = (yield "sqs", "create_queue", {"QueueName": "dead"})["QueueUrl"]
    redrive = {"RedrivePolicy": f'{{"deadLetterTargetArn":"{arn}dead","maxReceiveCount":"1"}}'}
    url = (yield "sqs", "create_queue", {"QueueName": "source", "Attributes": redrive})["QueueUrl"]
    yield "sqs", "list_dead_letter_source_queues", {"QueueUrl": dead}
    yield "sqs", "tag_queue", {"QueueUrl": url, "Tags": {"a": "é", "b": ""}}
    yield "sqs", "untag_queue", {"QueueUrl": url, "TagKeys": ["a"]}
    yield "sqs", "add_permission", {"QueueUrl": url, "Label": "l", "AWSAccountIds": ["1" * 12], "Actions": ["*"]}
    yield "sqs", "remove_permission", {"QueueUrl": url, "Label": "l"}
    yield "sqs", "remove_permission", {"QueueUrl": url, "Label": "nobody's"}
    for body in ("one", "two"):
        yield "sqs", "send_message", {"QueueUrl": url, "MessageBody": body}
    received = yield "sqs", "receive_message", {"QueueUrl": url, "MaxNumberOfMessages": 10}
    entries = [
        {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
        for place, message in enumerate(received["Messages"])
    ]
    yield (
        "sqs",
        "change_message_visibility_batch",
        {"QueueUrl": url, "Entries": [*entries[:1], {**entries[1], "VisibilityTimeout": -1}]},
    )
    bad = {"Id": "bad", "ReceiptHandle": "nonsense"}
    handles = [{name: entry[name] for name in ("Id", "ReceiptHandle")} for entry in entries]
    yield "sqs", "receive_message", {"QueueUrl": url}
    yield "sqs", "delete_message_batch", {"QueueUrl": url, "Entries": [handles[1], bad]}
    moving = yield "sqs", "start_message_move_task", {"SourceArn": f"{arn}dead", "MaxNumberOfMessagesPerSecond": 1}
    yield "sqs", "list_message_move_tasks", {"SourceArn": f"{arn}dead", "MaxResults": 10}
    yield "sqs", "cancel_message_move_task", {"TaskHandle": moving.get("TaskHandle", "none")}
    yield "sqs", "cancel_message_move_task", {"TaskHandle": "nonsense"}


def rest_of_sns() -> Iterator[Call]:
    topic = (yield "sns", "create_topic", {"Name": "rest"})["TopicArn"]
    account = {"TopicArn": topic, "Label": "l", "AWSAccountId": ["1" * 12], "ActionName": ["Publish"]}
    yield "sns", "add_permission", account
    yield "sns", "add_permission", account
    yield "sns", "remove_permission", {"TopicArn": topic, "Label": "l"}
    yield "sns", "tag_resource", {"ResourceArn": topic, "Tags": [{"Key": "k", "Value": "<&>"}]}
    yield "sns", "untag_resource", {"ResourceArn": topic, "TagKeys": ["k"]}
    yield "sns", "get_data_protection_policy", {"ResourceArn": topic}
    yield "sns", "put_data_protection_policy", {"ResourceArn": topic, "DataProtectionPolicy": "{"}
    pending = yield "sns", "subscribe", {"TopicArn": topic, "Protocol": "https", "Endpoint": "https://example.com/"}
    yield "sns", "confirm_subscription", {"TopicArn": topic, "Token": "nonsense"}
    queue = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": "arn:aws:sqs:us-east-1:123456789012:source"}
    made = (yield "sns", "subscribe", queue)["SubscriptionArn"]
    setting = {"SubscriptionArn": made, "AttributeName": "RawMessageDelivery"}
    yield "sns", "set_subscription_attributes", {**setting, "AttributeValue": "true"}
    yield "sns", "set_subscription_attributes", {**setting, "AttributeValue": "perhaps"}
    yield "sns", "list_subscriptions_by_topic", {"TopicArn": topic}
    yield "sns", "list_subscriptions_by_topic", {"TopicArn": topic, "NextToken": "nonsense"}
    yield "sns", "get_subscription_attributes", {"SubscriptionArn": pending["SubscriptionArn"]}
    yield "sns", "list_phone_numbers_opted_out", {}
    yield "sns", "get_sms_sandbox_account_status", {}
    yield "sns", "delete_sms_sandbox_phone_number", {"PhoneNumber": "+15550199"}
    yield "sns", "list_origination_numbers", {"MaxResults": 3}
    credentials = {"PlatformPrincipal": "p", "PlatformCredential": "c"}
    made = yield "sns", "create_platform_application", {"Name": "app", "Platform": "GCM", "Attributes": credentials}
    application = made["PlatformApplicationArn"]
    by_application = {"PlatformApplicationArn": application}
    yield (
        "sns",
        "set_platform_application_attributes",
        {**by_application, "Attributes": {"SuccessFeedbackSampleRate": "5"}},
    )
    yield "sns", "get_platform_application_attributes", by_application
    yield "sns", "list_platform_applications", {}
    made = yield "sns", "create_platform_endpoint", {**by_application, "Token": "t" * 20, "CustomUserData": '"é'}
    by_endpoint = {"EndpointArn": made["EndpointArn"]}
    yield "sns", "set_endpoint_attributes", {**by_endpoint, "Attributes": {"Enabled": "false"}}
    yield "sns", "get_endpoint_attributes", by_endpoint
    yield "sns", "list_endpoints_by_platform_application", by_application
    yield "sns", "publish", {"TargetArn": made["EndpointArn"], "Message": "x"}
    yield "sns", "delete_endpoint", by_endpoint
    yield "sns", "get_endpoint_attributes", by_endpoint
    yield "sns", "delete_platform_application", by_application


def rest_of_kinesis() -> Iterator[Call]:
    yield "kinesis", "create_stream", {"StreamName": "rest", "ShardCount": 1, "Tags": {"a": "b"}}
    yield "wait", "", {"seconds": 60}
    name = {"StreamName": "rest"}
    arn = "arn:aws:kinesis:us-east-1:123456789012:stream/rest"
    yield "kinesis", "remove_tags_from_stream", {**name, "TagKeys": ["a"]}
    yield "kinesis", "tag_resource", {"ResourceARN": arn, "Tags": {"c": "d"}}
    yield "kinesis", "list_tags_for_resource", {"ResourceARN": arn}
    yield "kinesis", "untag_resource", {"ResourceARN": arn, "TagKeys": ["c"]}
    yield (
        "kinesis",
        "put_resource_policy",
        {"ResourceARN": arn, "Policy": POLICY.replace("sqs", "kinesis").replace('"*"', f'"{arn}"')},
    )
    yield "kinesis", "get_resource_policy", {"ResourceARN": arn}
    yield "kinesis", "delete_resource_policy", {"ResourceARN": arn}
    yield "kinesis", "get_resource_policy", {"ResourceARN": arn}
    split = {**name, "ShardToSplit": "shardId-000000000000", "NewStartingHashKey": str(2**127)}
    yield "kinesis", "split_shard", split
    yield "kinesis", "split_shard", {**split, "NewStartingHashKey": "0"}
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "update_shard_count", {**name, "TargetShardCount": 4, "ScalingType": "UNIFORM_SCALING"}
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "increase_stream_retention_period", {**name, "RetentionPeriodHours": 48}
    yield "kinesis", "decrease_stream_retention_period", {**name, "RetentionPeriodHours": 24}
    yield "kinesis", "decrease_stream_retention_period", {**name, "RetentionPeriodHours": 1}
    yield "kinesis", "start_stream_encryption", {**name, "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "put_record", {**name, "Data": b"x", "PartitionKey": "k"}
    yield "kinesis", "stop_stream_encryption", {**name, "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "enable_enhanced_monitoring", {**name, "ShardLevelMetrics": ["ALL"]}
    yield "kinesis", "disable_enhanced_monitoring", {**name, "ShardLevelMetrics": ["IncomingBytes"]}
    yield "kinesis", "update_stream_mode", {"StreamARN": arn, "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "update_stream_warm_throughput", {**name, "WarmThroughputMiBps": 10}
    yield "kinesis", "update_max_record_size", {"StreamARN": arn, "MaxRecordSizeInKiB": 2048}
    yield "kinesis", "describe_account_settings", {}
    commitment = {"MinimumThroughputBillingCommitment": {"Status": "ENABLED"}}
    yield "kinesis", "update_account_settings", commitment
    yield "kinesis", "update_stream_warm_throughput", {**name, "WarmThroughputMiBps": 10}
    yield "kinesis", "describe_account_settings", {}
    yield "wait", "", {"seconds": 60}
    yield "kinesis", "register_stream_consumer", {"StreamARN": arn, "ConsumerName": "c"}
    yield "kinesis", "list_stream_consumers", {"StreamARN": arn}
    yield "kinesis", "deregister_stream_consumer", {"StreamARN": arn, "ConsumerName": "c"}
    yield "kinesis", "list_streams", {"Limit": 1}
    # Older releases of botocore do not know the parameter, and refuse it.
    yield "kinesis", "describe_stream", {**name, "StreamId": "x" * 24}
