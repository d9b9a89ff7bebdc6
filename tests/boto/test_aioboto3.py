"""aioboto3: its sessions, clients and resources."""

from __future__ import annotations

import asyncio

import aioboto3
import pytest

import minicloud

pytestmark = pytest.mark.needs("aioboto3")


def test_clients_and_resources() -> None:
    async def main() -> None:
        async with minicloud.mock_aws() as cloud:
            session = aioboto3.Session()
            async with session.client("sqs") as sqs, session.resource("sns") as sns:
                url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]
                topic = await sns.create_topic(Name="t")
                await topic.subscribe(
                    Protocol="sqs",
                    Endpoint=cloud.queue("q").arn,
                    Attributes={"RawMessageDelivery": "true"},
                )
                await topic.publish(Message="hello")
                received = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
                assert received["Messages"][0]["Body"] == "hello"
                assert [each.arn async for each in sns.topics.all()] == [topic.arn]
            async with session.resource("sqs") as resource:
                queue = await resource.get_queue_by_name(QueueName="q")
                await queue.send_message(MessageBody="x")
                assert [await message.body for message in await queue.receive_messages()] == ["x"]

    asyncio.run(main())
