"""What a type checker sees of a client; mypy reads this file, nothing runs it.

``assert_type`` shows what is inferred. Each ignore shows a mistake that is found: mypy reports an ignore that is not
needed, so a mistake that went unnoticed would fail here, too.
"""

from __future__ import annotations

import datetime
from typing import assert_type

import minicloud
from minicloud.services.sqs.message_shapes import Message
from minicloud.services.sqs.shapes import CreateQueueResult, ReceiveMessageResult, SendMessageResult
from minicloud.typing import AsyncSqsClient, SqsClient


def clouds() -> None:
    with minicloud.Cloud(clock="virtual", seed=7) as cloud:
        assert_type(cloud, minicloud.Cloud)
        assert_type(cloud.client("sqs"), SqsClient)
        assert_type(cloud.async_client("sqs"), AsyncSqsClient)
        assert_type(cloud.clock.now(), datetime.datetime)
        assert_type(cloud.clock.time_ns(), int)
        cloud.clock.advance(datetime.timedelta(minutes=5))
        cloud.clock.advance("5 minutes")  # type: ignore[arg-type]


def calls(sqs: SqsClient) -> None:
    assert_type(sqs.create_queue(QueueName="orders", Attributes={"DelaySeconds": "5"}), CreateQueueResult)
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    assert_type(url, str)
    sent = sqs.send_message(
        QueueUrl=url, MessageBody="1", MessageAttributes={"kind": {"DataType": "String", "StringValue": "x"}}
    )
    assert_type(sent, SendMessageResult)
    received = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
    assert_type(received, ReceiveMessageResult)
    for message in received.get("Messages", ()):
        assert_type(message, Message)
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def mistakes(sqs: SqsClient) -> None:
    sqs.send_message(QueueUrl="")  # type: ignore[call-arg]
    sqs.send_message("", "")  # type: ignore[call-arg]
    sqs.send_message(QueueUrl="", MessageBody=b"bytes")  # type: ignore[arg-type]
    sqs.send_message(QueueUrl="", MessageBody="", Delay=5)  # type: ignore[call-arg]
    sqs.receive_message(QueueUrl="", MaxNumberOfMessages="10")  # type: ignore[arg-type]


async def awaited(sqs: AsyncSqsClient) -> None:
    async with sqs as client:
        answer = await client.send_message(QueueUrl="", MessageBody="")
        assert_type(answer, SendMessageResult)
        client.send_message(QueueUrl="", MessageBody="")["MessageId"]  # type: ignore[index]
        await client.send_message(QueueUrl="")  # type: ignore[call-arg]
