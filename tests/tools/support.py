"""Setting up what the tests of the tester's tools look at."""

from __future__ import annotations

import json
from typing import Any

import minicloud


def traced(**options: Any) -> minicloud.Cloud:
    return minicloud.Cloud(clock="virtual", seed=7, **{"trace": True, **options})


def make_queue(cloud: minicloud.Cloud, name: str, **attributes: Any) -> str:
    texts = {key: str(value) for key, value in attributes.items()}
    if name.endswith(".fifo"):
        texts["FifoQueue"] = "true"
    url: str = cloud.client("sqs").create_queue(QueueName=name, Attributes=texts)["QueueUrl"]
    return url


def make_queue_with_dlq(cloud: minicloud.Cloud, name: str = "orders", receives: int = 3) -> str:
    make_queue(cloud, f"{name}-dlq")
    policy = {"deadLetterTargetArn": cloud.queue(f"{name}-dlq").arn, "maxReceiveCount": receives}
    return make_queue(cloud, name, RedrivePolicy=json.dumps(policy))


def send(cloud: minicloud.Cloud, url: str, body: str, **parameters: Any) -> str:
    message_id: str = cloud.client("sqs").send_message(QueueUrl=url, MessageBody=body, **parameters)["MessageId"]
    return message_id


def receive(cloud: minicloud.Cloud, url: str, **parameters: Any) -> list[Any]:
    answer: Any = cloud.client("sqs").receive_message(QueueUrl=url, **{"MaxNumberOfMessages": 10, **parameters})
    return list(answer.get("Messages", []))


def delete(cloud: minicloud.Cloud, url: str, message: Any) -> None:
    cloud.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def string(text: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": text}


def make_topic(cloud: minicloud.Cloud, name: str, *queues: str, raw: bool = False) -> str:
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
