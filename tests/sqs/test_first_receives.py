"""By whichever way a message has come, its first receive is its first."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud

from .support import arn_of, receive_one, redrive

WAYS = ("send", "batch", "attributes", "raw", "raw to two", "envelope", "envelope with attributes", "rule")


@pytest.mark.parametrize("end", ["", ".fifo"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("trace", [False, True])
def test_what_has_come_was_never_received(way: str, end: str, *, trace: bool) -> None:
    with minicloud.Cloud(clock="virtual", trace=trace, region_name="us-east-1") as cloud:
        sqs: Any = cloud.client("sqs")
        sns: Any = cloud.client("sns")
        fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if end else {}
        dead = sqs.create_queue(QueueName=f"dead{end}", Attributes=fifo)["QueueUrl"]
        for name in ("q", "other"):
            attributes = {**fifo, "RedrivePolicy": redrive(f"dead{end}", 2), "VisibilityTimeout": "30"}
            sqs.create_queue(QueueName=f"{name}{end}", Attributes=attributes)
        url = sqs.get_queue_url(QueueName=f"q{end}")["QueueUrl"]
        kind = {"FifoTopic": "true", "ContentBasedDeduplication": "true"} if end else {}
        topic = sns.create_topic(Name=f"t{end}", Attributes=kind)["TopicArn"]
        for name in ("q", "other") if way == "raw to two" else ("q",):
            raw = {"RawMessageDelivery": str(way.startswith("raw")).lower()}
            sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of(f"{name}{end}"), Attributes=raw)
        group = {"MessageGroupId": "g"} if end else {}
        attributes = {"n": {"DataType": "String", "StringValue": "v"}}
        if way == "send":
            sqs.send_message(QueueUrl=url, MessageBody="m", **group)
        elif way == "attributes":
            sqs.send_message(QueueUrl=url, MessageBody="m", MessageAttributes=attributes, **group)
        elif way == "batch":
            sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "m", **group}])
        elif way == "rule":
            events: Any = cloud.client("events")
            events.put_rule(Name="r", EventPattern='{"source": ["s"]}')
            target = {"SqsParameters": group} if end else {}
            events.put_targets(Rule="r", Targets=[{"Id": "t", "Arn": arn_of(f"q{end}"), **target}])
            events.put_events(Entries=[{"Source": "s", "DetailType": "d", "Detail": "{}"}])
        elif way == "envelope with attributes":
            sns.publish(TopicArn=topic, Message="m", MessageAttributes=attributes, **group)
        else:
            sns.publish(TopicArn=topic, Message="m", **group)
        sent = cloud.clock.time_ns() // 1_000_000
        cloud.clock.advance(7)
        for count in (1, 2):
            message = receive_one(sqs, url, AttributeNames=["All"])
            shown = message["Attributes"]
            assert shown["ApproximateReceiveCount"] == str(count)
            assert shown["SentTimestamp"] == str(sent)
            assert shown["ApproximateFirstReceiveTimestamp"] == str(sent + 7_000)
            assert "DeadLetterQueueSourceArn" not in shown
            cloud.clock.advance(30)
        assert "Messages" not in sqs.receive_message(QueueUrl=url)
        moved = receive_one(sqs, dead, AttributeNames=["All"])
        assert moved["MessageId"] == message["MessageId"]
        assert moved["Attributes"]["ApproximateReceiveCount"] == "3"
        assert moved["Attributes"]["DeadLetterQueueSourceArn"] == arn_of(f"q{end}")
