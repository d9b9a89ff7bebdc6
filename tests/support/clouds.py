"""Setting up a cloud, and calling it: what tests use to which SQS and SNS are only the means.

The contract tests of a service have words of their own, for clients of any way in.
"""

from __future__ import annotations

import json
from typing import Any

import minicloud


def traced(**options: Any) -> minicloud.Cloud:
    return minicloud.Cloud(clock="virtual", seed=7, **{"trace": True, **options})


def make_queue(cloud: minicloud.Cloud, name: str = "queue", **attributes: object) -> str:
    """A new queue's URL; FIFO with deduplication by content if the name says so."""
    given = {key: str(value) for key, value in attributes.items()}
    if name.endswith(".fifo"):
        given |= {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    url: str = cloud.client("sqs").create_queue(QueueName=name, Attributes=given)["QueueUrl"]
    return url


def make_queue_with_dlq(cloud: minicloud.Cloud, name: str = "orders", receives: int = 3) -> str:
    """A new queue's URL; its dead-letter queue is named ``orders-dlq``."""
    make_queue(cloud, f"{name}-dlq")
    return make_queue(cloud, name, RedrivePolicy=_policy(cloud, f"{name}-dlq", receives))


def redrive(cloud: minicloud.Cloud, source: str, target: str, max_receive_count: int) -> None:
    """Make ``target`` the dead-letter queue of ``source``; both are names."""
    policy = _policy(cloud, target, max_receive_count)
    cloud.client("sqs").set_queue_attributes(QueueUrl=source, Attributes={"RedrivePolicy": policy})


def _policy(cloud: minicloud.Cloud, target: str, max_receive_count: int) -> str:
    return json.dumps({"deadLetterTargetArn": cloud.queue(target).arn, "maxReceiveCount": max_receive_count})


def make_topic(cloud: minicloud.Cloud, name: str, *queues: str, raw: bool = False) -> str:
    """A new topic's ARN; the queues, by name, are subscribed to it."""
    sns = cloud.client("sns")
    arn: str = sns.create_topic(Name=name)["TopicArn"]
    for queue in queues:
        sns.subscribe(
            TopicArn=arn,
            Protocol="sqs",
            Endpoint=cloud.queue(queue).arn,
            Attributes={"RawMessageDelivery": str(raw).lower()},
        )
    return arn


def send(cloud: minicloud.Cloud, url: str, body: str, **parameters: Any) -> str:
    message_id: str = cloud.client("sqs").send_message(QueueUrl=url, MessageBody=body, **parameters)["MessageId"]
    return message_id


def receive(cloud: minicloud.Cloud, url: str, **parameters: Any) -> list[Any]:
    """One ReceiveMessage; its messages."""
    answer: Any = cloud.client("sqs").receive_message(QueueUrl=url, **{"MaxNumberOfMessages": 10, **parameters})
    return list(answer.get("Messages", []))


def delete(cloud: minicloud.Cloud, url: str, message: Any) -> None:
    cloud.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def bodies(answer: dict[str, Any]) -> list[str]:
    """The bodies in an answer of ReceiveMessage."""
    return [message["Body"] for message in answer.get("Messages", [])]


def string(text: str) -> dict[str, str]:
    """A message attribute's value."""
    return {"DataType": "String", "StringValue": text}
