"""What services tell the record: each kind of fact with its resource and its details."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud
from minicloud.exceptions import ClientError
from tests.support.clouds import make_queue

ACCOUNT = "123456789012"
STREAM = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/s"
SHARDS = [f"shardId-{number:012d}" for number in range(9)]


def told(cloud: minicloud.Cloud, *service: str) -> list[tuple[str, str, dict[str, Any]]]:
    """What was told of a service since the last time, but for the calls."""
    facts = [
        (event.kind, event.resource, dict(event.details)) for event in cloud.trace if event.kind.startswith(service)
    ]
    cloud.trace.clear()
    return facts


def test_streams_and_shards() -> None:
    limits = minicloud.Limits(kinesis_transition_seconds=10)
    cloud = minicloud.Cloud(clock="virtual", seed=1, trace=True, limits=limits)
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=2)
    kinesis.create_stream(StreamName="d")
    assert told(cloud, "kinesis.") == [
        ("kinesis.stream.created", "s", {"shards": 2, "on_demand": False, "arn": STREAM}),
        ("kinesis.stream.created", "d", {"shards": 4, "on_demand": True, "arn": STREAM[:-1] + "d"}),
    ]
    cloud.clock.advance(10)
    for change, params, expected in (
        (
            kinesis.split_shard,
            {"ShardToSplit": "0", "NewStartingHashKey": "1000"},
            [("kinesis.shard.split", "s", {"shard_id": SHARDS[0], "children": SHARDS[2:4]})],
        ),
        (
            kinesis.merge_shards,
            {"ShardToMerge": "3", "AdjacentShardToMerge": "1"},
            [("kinesis.shards.merged", "s", {"shard_id": SHARDS[3], "children": [SHARDS[4]]})],
        ),
        (
            kinesis.update_shard_count,
            {"TargetShardCount": 4, "ScalingType": "UNIFORM_SCALING"},
            [("kinesis.stream.scaled", "s", {"shards": 4})],
        ),
        (
            kinesis.increase_stream_retention_period,
            {"RetentionPeriodHours": 48},
            [("kinesis.stream.updated", "s", {"setting": "RetentionPeriodHours"})],
        ),
        (
            kinesis.start_stream_encryption,
            {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"},
            [("kinesis.stream.updated", "s", {"setting": "EncryptionType"})],
        ),
        (kinesis.delete_stream, {}, [("kinesis.stream.deleted", "s", {"arn": STREAM})]),
    ):
        change(StreamName="s", **params)
        assert told(cloud, "kinesis.") == []  # it has not happened yet
        cloud.clock.advance(10)
        assert told(cloud, "kinesis.") == expected


def test_records() -> None:
    cloud = minicloud.Cloud(clock="virtual", seed=1, trace=True, limits="strict")
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    told(cloud)
    first = kinesis.put_record(StreamName="s", Data=b"0", PartitionKey="p")["SequenceNumber"]
    entries = [{"Data": bytes(size), "PartitionKey": "q"} for size in (1, 2**20 - 1)]
    second = kinesis.put_records(StreamName="s", Records=entries)["Records"][0]["SequenceNumber"]
    shard = {"shard_id": SHARDS[0], "arn": STREAM}
    record = {"sequence_number": first, "partition_key": "p", "data": b"0", "position": 0}
    other = {"sequence_number": second, "partition_key": "q", "data": b"\0", "position": 1}
    assert told(cloud, "kinesis.") == [
        ("kinesis.record.put", "s", {**shard, **record, "call": ["PutRecord", 1, 0, 1]}),
        ("kinesis.record.put", "s", {**shard, **other, "call": None}),
        (
            "kinesis.record.throttled",
            "s",
            {**shard, "refused": [("q", bytes(2**20 - 1))], "call": ["PutRecords", 2, 1, 1]},
        ),
    ]
    place = kinesis.get_shard_iterator(StreamName="s", ShardId="0", ShardIteratorType="TRIM_HORIZON")
    answer = kinesis.get_records(ShardIterator=place["ShardIterator"])
    last = kinesis.get_records(ShardIterator=answer["NextShardIterator"])  # where there is nothing
    some = {**shard, "bytes": 2, "age": 0, "count": 2, "first": first, "last": second, "position": 0, "left": 0}
    signs = [
        iterator[12:32] for iterator in (place["ShardIterator"], *(a["NextShardIterator"] for a in (answer, last)))
    ]
    beginning = {"start": "TRIM_HORIZON", "position": 0, "before": 0, "left": 2, "parents": None}
    assert told(cloud, "kinesis.") == [
        ("kinesis.iterator.made", "s", {**shard, **beginning, "iterator": signs[0]}),
        ("kinesis.records.read", "s", {**some, "iterator": signs[0], "next_iterator": signs[1]}),
        (
            "kinesis.read.empty",
            "s",
            {**shard, "position": 2, "left": 0, "iterator": signs[1], "next_iterator": signs[2]},
        ),
    ]
    cloud.clock.advance(301)
    with pytest.raises(minicloud.exceptions.ClientError):
        kinesis.get_records(ShardIterator=place["ShardIterator"])
    assert told(cloud, "kinesis.") == [
        ("kinesis.iterator.expired", "s", {**shard, "seconds": 301, "iterator": signs[0]})
    ]
    arn = kinesis.register_stream_consumer(StreamARN=STREAM, ConsumerName="c")["Consumer"]["ConsumerARN"]
    start = {"Type": "TRIM_HORIZON"}
    events = iter(kinesis.subscribe_to_shard(ConsumerARN=arn, ShardId="0", StartingPosition=start)["EventStream"])
    next(events)
    next(events)  # the heartbeat
    assert told(cloud, "kinesis.") == [
        ("kinesis.shard.subscribed", "s", {**shard, **beginning, "consumer": "c"}),
        ("kinesis.records.pushed", "s", {**some, "consumer": "c"}),
    ]


def test_topics() -> None:
    cloud = minicloud.Cloud(clock="virtual", seed=1, trace=True)
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    arn = sns.create_topic(Name="t.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    sns.create_topic(Name="t.fifo", Attributes={"FifoTopic": "true"})  # which is there already
    sqs.create_queue(QueueName="q")
    queue_arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"
    subscription = sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue_arn)["SubscriptionArn"]
    ids = {"MessageGroupId": "g", "MessageDeduplicationId": "d"}
    message_id = sns.publish(TopicArn=arn, Message="m", Subject="s", **ids)["MessageId"]
    sns.publish(TopicArn=arn, Message="m", **ids)
    sns.unsubscribe(SubscriptionArn=subscription)
    sns.delete_topic(TopicArn=arn)
    published = {
        "message_id": message_id,
        "body": "m",
        "subject": "s",
        "attributes": None,
        "group_id": "g",
        "deduplication_id": "d",
        "arn": arn,
    }
    facts = told(cloud, "sns.")
    fanned_out = {
        "message_id": message_id,
        "queues": [queue_arn],
        "subscriptions": [(subscription, "sqs", queue_arn, "", "MessageAttributes")],
        "arn": arn,
    }
    assert facts == [
        ("sns.topic.created", "t.fifo", {"arn": arn}),
        ("sns.subscription.created", "t.fifo", {"protocol": "sqs", "endpoint": queue_arn, "pending": False}),
        ("sns.message.published", "t.fifo", published),
        ("sns.message.fanned_out", "t.fifo", fanned_out),
        ("sns.message.deduplicated", "t.fifo", {"message_id": message_id}),
        ("sns.subscription.deleted", "t.fifo", {"endpoint": queue_arn}),
        ("sns.topic.deleted", "t.fifo", {"arn": arn}),
    ]


def test_deliveries_that_fail() -> None:
    cloud = minicloud.Cloud(clock="virtual", seed=1, trace=True)
    sns = cloud.client("sns")
    arn = sns.create_topic(Name="t")["TopicArn"]
    gone = f"arn:aws:sqs:us-east-1:{ACCOUNT}:gone"
    dead = f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead"
    policy = {"RedrivePolicy": f'{{"deadLetterTargetArn":"{dead}"}}'}
    subscription = sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=gone, Attributes=policy)["SubscriptionArn"]
    mail = {"TopicArn": arn, "Protocol": "email", "Endpoint": "a@example.com"}
    sns.subscribe(**mail)
    assert told(cloud, "sns.")[-1] == (
        "sns.subscription.created",
        "t",
        {"protocol": "email", "endpoint": "a@example.com", "pending": True},
    )
    cloud.clock.advance(3 * 86_400)
    assert told(cloud, "sns.") == [("sns.subscription.deleted", "t", {"endpoint": "a@example.com"})]
    message_id = sns.publish(TopicArn=arn, Message="m")["MessageId"]
    facts = [fact for fact in told(cloud, "sns.") if fact[0] not in ("sns.message.published", "sns.message.fanned_out")]
    reasons = [details.pop("reason") for _, _, details in facts if "reason" in details]
    assert len(reasons) == 2
    assert all(reasons)
    message = {"message_id": message_id, "arn": arn}
    assert facts == [
        ("sns.delivery.failed", "t", {**message, "subscription": subscription, "endpoint": gone}),
        ("sns.message.dead_lettered", "t", {**message, "subscription": subscription, "queue": dead}),
        ("sns.message.lost", "t", {**message, "subscription": subscription, "queue": dead}),
    ]
    cloud.opt_out("+15550100000")
    message_id = sns.publish(PhoneNumber="+15550100000", Message="m")["MessageId"]
    assert told(cloud, "sns.") == [
        ("sns.delivery.failed", "+15550100000", {"message_id": message_id, "reason": "opted out"})
    ]


def test_publications_that_are_not_for_a_subscriber() -> None:
    cloud = minicloud.Cloud(clock="virtual", seed=1, trace=True)
    sns = cloud.client("sns")
    arn = sns.create_topic(Name="t")["TopicArn"]
    queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"
    policy = {"FilterPolicy": '{"kind": ["book"]}', "FilterPolicyScope": "MessageBody"}
    filtered = sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue, Attributes=policy)["SubscriptionArn"]
    mail = {"TopicArn": arn, "Protocol": "email", "Endpoint": "a@example.com", "ReturnSubscriptionArn": True}
    pending = sns.subscribe(**mail)["SubscriptionArn"]
    attributes = {"kind": {"DataType": "String", "StringValue": "film"}}
    told(cloud)
    message_id = sns.publish(TopicArn=arn, Message="m", MessageAttributes=attributes)["MessageId"]
    message = {"message_id": message_id, "arn": arn}
    given = {"policy": '{"kind": ["book"]}', "scope": "MessageBody", "attributes": attributes, "body": "m"}
    assert told(cloud, "sns.")[1:] == [
        ("sns.message.fanned_out", "t", {**message, "queues": [], "subscriptions": []}),
        (
            "sns.message.filtered",
            "t",
            {**message, "subscription": filtered, "protocol": "sqs", "endpoint": queue, **given},
        ),
        (
            "sns.delivery.unconfirmed",
            "t",
            {**message, "subscription": pending, "protocol": "email", "endpoint": "a@example.com"},
        ),
    ]


def test_queues() -> None:
    cloud = minicloud.Cloud(clock="virtual", seed=1, trace=True)
    sqs = cloud.client("sqs")
    url = make_queue(cloud, "q", VisibilityTimeout="10", MessageRetentionPeriod="60")
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"
    first = sqs.send_message(QueueUrl=url, MessageBody="m")["MessageId"]
    handles = [sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]]
    sqs.receive_message(QueueUrl=url)
    cloud.clock.advance(10)
    handles += [sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]]
    handle = {"handle": handles[1]}
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handles[1], VisibilityTimeout=5)
    sqs.receive_message(QueueUrl=url, WaitTimeSeconds=2)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=handles[1])
    sqs.delete_message(QueueUrl=url, ReceiptHandle=handles[1])
    second = sqs.send_message(QueueUrl=url, MessageBody="n", DelaySeconds=1)["MessageId"]
    sqs.purge_queue(QueueUrl=url)
    sqs.delete_queue(QueueUrl=url)
    sent = {"attributes": None, "group_id": None, "deduplication_id": None, "origin": None, "redriven_from": None}
    received = {"message_id": first, "visibility_seconds": 10, "arn": arn}
    start = 1_767_225_600 * 10**9
    hidden = {"next_id": first, "next_body": "m", "next_due_ns": start + 10 * 10**9, "next_was": "in flight"}
    hidden |= {"next_group_id": None, "behind": 0}
    assert told(cloud, "sqs.") == [
        ("sqs.queue.created", "q", {"arn": arn}),
        ("sqs.message.sent", "q", {"message_id": first, "body": "m", "delay_seconds": 0, "arn": arn, **sent}),
        ("sqs.message.received", "q", {**received, "receive_count": 1, "handle": handles[0]}),
        ("sqs.receive.empty", "q", {"in_flight": 1, "delayed": 0, "arn": arn, **hidden}),
        ("sqs.message.visible", "q", {"message_id": first, "was": "in flight"}),
        ("sqs.message.received", "q", {**received, "receive_count": 2, **handle}),
        ("sqs.message.visibility_changed", "q", {"message_id": first, "seconds": 5, **handle}),
        ("sqs.poll.began", "q", {"poll": 1, "wait_seconds": 2, "arn": arn}),
        ("sqs.poll.ended_empty", "q", {"poll": 1, "arn": arn, **hidden, "next_due_ns": start + 15 * 10**9}),
        ("sqs.message.deleted", "q", {"message_id": first, "arn": arn, **handle}),
        ("sqs.delete.in_vain", "q", {"reason": "the message has gone", "arn": arn, **handle}),
        ("sqs.message.sent", "q", {"message_id": second, "body": "n", "delay_seconds": 1, "arn": arn, **sent}),
        ("sqs.queue.purged", "q", {"messages": 1, "arn": arn}),
        ("sqs.queue.deleted", "q", {"messages": 0, "arn": arn}),
    ]


def test_messages_of_fifo_queues_and_their_ends() -> None:
    cloud = minicloud.Cloud(clock="virtual", seed=1, trace=True)
    sqs = cloud.client("sqs")
    make_queue(cloud, "dead.fifo", FifoQueue="true")
    policy = f'{{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:{ACCOUNT}:dead.fifo","maxReceiveCount":1}}'
    url = make_queue(cloud, "q.fifo", FifoQueue="true", MessageRetentionPeriod="60", RedrivePolicy=policy)
    ids = {"MessageGroupId": "g", "MessageDeduplicationId": "d"}
    told(cloud)
    first = sqs.send_message(QueueUrl=url, MessageBody="m", **ids)["MessageId"]
    sqs.send_message(QueueUrl=url, MessageBody="m", **ids)
    facts = told(cloud, "sqs.")
    assert [kind for kind, _, _ in facts] == ["sqs.message.sent", "sqs.message.deduplicated"]
    assert [details["message_id"] for _, _, details in facts] == [first, first]
    assert (facts[0][2]["group_id"], facts[0][2]["deduplication_id"]) == ("g", "d")
    [message] = sqs.receive_message(QueueUrl=url, VisibilityTimeout=1)["Messages"]
    cloud.clock.advance(1)
    with pytest.raises(ClientError):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    sqs.receive_message(QueueUrl=url)
    kinds = [kind for kind, _, _ in told(cloud, "sqs.")]
    assert kinds == [
        "sqs.message.received",
        "sqs.message.visible",
        "sqs.delete.refused",
        "sqs.message.moved_to_dlq",
        "sqs.receive.empty",
    ]
    second = sqs.send_message(QueueUrl=url, MessageBody="n", MessageGroupId="g", MessageDeduplicationId="e")[
        "MessageId"
    ]
    told(cloud)
    cloud.clock.advance(61)
    sqs.receive_message(QueueUrl=url)
    kind, resource, details = told(cloud, "sqs.")[0]
    assert (kind, resource, details["message_id"]) == ("sqs.message.expired", "q.fifo", second)
