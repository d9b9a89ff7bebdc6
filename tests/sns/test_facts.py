"""What the record says of topics: each fact with all of its details."""

from __future__ import annotations

import json
from typing import Any

import minicloud

from .subscribed import ACCOUNT, token_in

TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:t"


def arn_of(queue: str) -> str:
    return f"arn:aws:sqs:us-east-1:{ACCOUNT}:{queue}"


def told(cloud: minicloud.Cloud) -> list[tuple[str, str | None, dict[str, Any]]]:
    return [
        (one.kind.removeprefix("sns."), one.resource, dict(one.details))
        for one in cloud.trace
        if one.kind.startswith("sns.")
    ]


def test_the_life_of_a_topic_and_its_messages(cloud: minicloud.Cloud) -> None:
    sns, sqs = cloud.client("sns", region_name="us-east-1"), cloud.client("sqs", region_name="us-east-1")
    sqs.create_queue(QueueName="q")
    sqs.create_queue(QueueName="dead")
    sns.create_topic(Name="t")
    policy, mail = '{"a":["b"]}', "a@example.com"
    made = {
        name: sns.subscribe(
            TopicArn=TOPIC, Protocol=protocol, Endpoint=endpoint, Attributes=attributes, ReturnSubscriptionArn=True
        )["SubscriptionArn"]
        for name, protocol, endpoint, attributes in (
            ("q", "sqs", arn_of("q"), {"FilterPolicy": policy}),
            ("gone", "sqs", arn_of("gone"), {"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn_of("dead")})}),
            ("lost", "sqs", arn_of("lost"), {"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn_of("nowhere")})}),
            ("mail", "email", mail, {}),
        )
    }
    one = sns.publish(TopicArn=TOPIC, Message="one", Subject="s")["MessageId"]
    sns.confirm_subscription(TopicArn=TOPIC, Token=token_in(cloud.outbox.of("email")[0]))
    for name in ("gone", "lost"):
        sns.unsubscribe(SubscriptionArn=made[name])
    attributes = {"a": {"DataType": "String", "StringValue": "b"}}
    two = sns.publish(TopicArn=TOPIC, Message="two", MessageAttributes=attributes)["MessageId"]
    sns.delete_topic(TopicArn=TOPIC)

    missing = "AWS.SimpleQueueService.NonExistentQueue"
    of_one, of_two = {"message_id": one, "arn": TOPIC}, {"message_id": two, "arn": TOPIC}
    plain = {"subject": None, "attributes": None, "group_id": None, "deduplication_id": None}
    found = told(cloud)
    assert {resource for _, resource, _ in found} == {"t"}
    got = [(what, details) for what, _, details in found]
    want: list[tuple[str, dict[str, Any]]] = [
        ("topic.created", {"arn": TOPIC}),
        *(
            ("subscription.created", {"protocol": "sqs", "endpoint": arn_of(name), "pending": False})
            for name in ("q", "gone", "lost")
        ),
        ("subscription.created", {"protocol": "email", "endpoint": mail, "pending": True}),
        ("message.published", {**of_one, **plain, "body": "one", "subject": "s"}),
        (
            "message.fanned_out",
            {
                **of_one,
                "queues": [arn_of("gone"), arn_of("lost")],
                "subscriptions": [
                    (made[name], "sqs", arn_of(name), "", "MessageAttributes") for name in ("gone", "lost")
                ],
            },
        ),
        (
            "message.filtered",
            {
                **of_one,
                "subscription": made["q"],
                "protocol": "sqs",
                "endpoint": arn_of("q"),
                "policy": policy,
                "scope": "MessageAttributes",
                "attributes": None,
                "body": "one",
            },
        ),
        ("delivery.unconfirmed", {**of_one, "subscription": made["mail"], "protocol": "email", "endpoint": mail}),
        (
            "delivery.failed",
            {**of_one, "subscription": made["gone"], "endpoint": arn_of("gone"), "reason": missing},
        ),
        ("message.dead_lettered", {**of_one, "subscription": made["gone"], "queue": arn_of("dead")}),
        (
            "delivery.failed",
            {**of_one, "subscription": made["lost"], "endpoint": arn_of("lost"), "reason": missing},
        ),
        ("message.dead_lettered", {**of_one, "subscription": made["lost"], "queue": arn_of("nowhere")}),
        (
            "message.lost",
            {**of_one, "subscription": made["lost"], "queue": arn_of("nowhere"), "reason": missing},
        ),
        ("subscription.confirmed", {"endpoint": mail}),
        *(("subscription.deleted", {"endpoint": arn_of(name)}) for name in ("gone", "lost")),
        ("message.published", {**of_two, **plain, "body": "two", "attributes": attributes}),
        (
            "message.fanned_out",
            {
                **of_two,
                "queues": [arn_of("q")],
                "subscriptions": [
                    (made["q"], "sqs", arn_of("q"), policy, "MessageAttributes"),
                    (made["mail"], "email", mail, "", "MessageAttributes"),
                ],
            },
        ),
        ("topic.deleted", {"arn": TOPIC}),
    ]
    assert got == want


def test_a_message_that_was_there_before(cloud: minicloud.Cloud) -> None:
    sns = cloud.client("sns")
    arn = sns.create_topic(Name="t.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    message = {"TopicArn": arn, "Message": "x", "MessageGroupId": "g", "MessageDeduplicationId": "d"}
    message_id = sns.publish(**message)["MessageId"]
    assert sns.publish(**message)["MessageId"] == message_id
    of_it = {"message_id": message_id, "arn": arn}
    ids = {"group_id": "g", "deduplication_id": "d"}
    assert told(cloud) == [
        ("topic.created", "t.fifo", {"arn": arn}),
        ("message.published", "t.fifo", {**of_it, **ids, "body": "x", "subject": None, "attributes": None}),
        ("message.fanned_out", "t.fifo", {**of_it, "queues": [], "subscriptions": []}),
        ("message.deduplicated", "t.fifo", {"message_id": message_id}),
    ]


def test_what_was_told_and_has_not_happened(cloud: minicloud.Cloud) -> None:
    """As where an exception came between the fact and what it tells: metrics do not count it."""
    sns, sqs = cloud.client("sns", region_name="us-east-1"), cloud.client("sqs", region_name="us-east-1")
    sqs.create_queue(QueueName="q")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of("q"), Attributes={"FilterPolicy": '{"a":["b"]}'})
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")
    for attributes in ({}, {"a": {"DataType": "String", "StringValue": "b"}}):
        sns.publish(TopicArn=topic, Message="m", MessageAttributes=attributes)
    facts = [(0, one.kind, one.resource, dict(one.details)) for one in cloud.trace]
    (service,) = cloud.services("sns")
    end = len(facts)
    assert service.not_so(facts) == []

    def about(message_id: str, arn: str = topic) -> list[tuple[int, str, str, dict[str, Any]]]:
        kinds = ("message.published", "delivery.unconfirmed", "message.fanned_out", "message.filtered", "topic.created")
        return [(0, f"sns.{kind}", "t", {"message_id": message_id, "arn": arn}) for kind in kinds]

    assert service.not_so([*facts, *about("nobody")]) == [end, end + 1, end + 2, end + 3]
    assert service.not_so([*facts, *about("nobody", f"{topic}2"), *about("nobody")[1:]]) == []
