"""One topic of orders, and three departments that want to hear of different ones."""

from __future__ import annotations

import json
from typing import Any

import boto3

TOPIC = "orders"
FILTERS: dict[str, dict[str, Any]] = {
    # Where the policy looks is said by its scope: "MessageAttributes" unless it says "MessageBody".
    "warehouse": {"policy": {"kind": ["book", "game"]}, "scope": "MessageAttributes"},
    "fraud": {"policy": {"total": [{"numeric": [">=", 500]}]}, "scope": "MessageBody"},
    "export": {"policy": {"address": {"country": [{"anything-but": ["DE", "AT"]}]}}, "scope": "MessageBody"},
}


def set_up() -> None:
    """Makes the topic, a queue for each department, and its subscription."""
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    topic = sns.create_topic(Name=TOPIC)["TopicArn"]
    for department, rule in FILTERS.items():
        url = sqs.create_queue(QueueName=department)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy_for(topic, arn))})
        sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=arn,
            Attributes={
                "RawMessageDelivery": "true",
                "FilterPolicy": json.dumps(rule["policy"]),
                "FilterPolicyScope": rule["scope"],
            },
        )


def policy_for(topic: str, queue: str) -> dict[str, Any]:
    """Lets the topic send to the queue. Without it AWS delivers nothing."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def announce(order: dict[str, Any]) -> None:
    """Tells everybody whom it concerns of an order."""
    sns = boto3.client("sns")
    sns.publish(
        TopicArn=sns.create_topic(Name=TOPIC)["TopicArn"],  # says the ARN of one that is there
        Message=json.dumps(order),
        MessageAttributes={"kind": {"DataType": "String", "StringValue": order["kind"]}},
    )
