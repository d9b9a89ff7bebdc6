"""Faults under real aiobotocore clients, which retry as they do with AWS."""

from __future__ import annotations

import asyncio
from typing import Any

import aiobotocore.session
import pytest

import minicloud

pytestmark = pytest.mark.needs("aiobotocore")


def test_aiobotocore_retries() -> None:
    async def main(cloud: minicloud.Cloud) -> None:
        async with aiobotocore.session.get_session().create_client("sqs", region_name="us-east-1") as sqs:
            url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
            cloud.faults.lose_answer(operation="SendMessage", nth=1)
            cloud.faults.disconnect(operation="SendMessage", nth=1)
            cloud.faults.refuse("RequestThrottled", operation="SendMessage", nth=1)
            await sqs.send_message(QueueUrl=url, MessageBody="m")

    with minicloud.mock_aws(clock="virtual") as cloud:
        asyncio.run(main(cloud))
        assert cloud.queue("orders").bodies == ["m", "m"]
        assert cloud.faults.unused == []


def test_on_the_clouds_own_loop() -> None:
    async def main(cloud: minicloud.Cloud) -> float:
        async with aiobotocore.session.get_session().create_client("sqs", region_name="us-east-1") as sqs:
            url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
            before = cloud.clock.time()
            cloud.faults.delay(60, operation="SendMessage")
            await sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=30)
            await asyncio.sleep(30)
            answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
            assert len(answer["Messages"]) == 1
            return cloud.clock.time() - before

    with minicloud.mock_aws(clock="virtual") as cloud:
        assert minicloud.run(main, cloud=cloud) == 90


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_is_tried_again_by_nobody(when: Any) -> None:
    async def main(cloud: minicloud.Cloud) -> None:
        async with aiobotocore.session.get_session().create_client("sqs", region_name="us-east-1") as sqs:
            url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
            fault = cloud.faults.crash(when, operation="SendMessage", nth=1)
            with pytest.raises(minicloud.exceptions.Crash):
                await sqs.send_message(QueueUrl=url, MessageBody="m")
            assert fault.fired == 1
            await sqs.send_message(QueueUrl=url, MessageBody="m")

    with minicloud.mock_aws(clock="virtual") as cloud:
        minicloud.run(main, cloud=cloud)
        assert len(cloud.queue("orders").bodies) == {"before": 1, "after": 2}[when]
