"""Retries of all modes: as many as botocore makes, and none of them takes real time on a virtual clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import aiobotocore.session
import boto3
import pytest
from aiobotocore.config import AioConfig
from botocore.config import Config
from botocore.exceptions import ClientError

import minicloud

pytestmark = pytest.mark.needs("boto3", "aiobotocore")

MODES = ["legacy", "standard", "adaptive"]


@pytest.fixture(params=["virtual", "frozen"])
def cloud(request: pytest.FixtureRequest) -> Iterator[minicloud.Cloud]:
    started = time.monotonic()
    with minicloud.mock_aws(clock=request.param) as cloud:
        yield cloud
    # In real time, the sleeps of one of these tests would add up to several times as much.
    assert time.monotonic() - started < 3


def settings(mode: str, attempts: int) -> Any:
    return {"mode": mode, "total_max_attempts": attempts}


@pytest.mark.parametrize("mode", MODES)
def test_throttled_calls_are_tried_again(cloud: minicloud.Cloud, mode: str) -> None:
    sqs = boto3.client("sqs", config=Config(retries=settings(mode, 6)))
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    cloud.faults.refuse("RequestThrottled", operation="SendMessage", first=4)
    before = cloud.clock.time()
    answers = [sqs.send_message(QueueUrl=url, MessageBody=str(number)) for number in range(6)]
    assert [answer["ResponseMetadata"]["RetryAttempts"] for answer in answers] == [4, 0, 0, 0, 0, 0]
    assert cloud.queue("q").bodies == ["0", "1", "2", "3", "4", "5"]
    assert (cloud.clock.time() > before) == cloud.clock.autojump


@pytest.mark.parametrize("mode", MODES)
def test_attempts_run_out(cloud: minicloud.Cloud, mode: str) -> None:
    sqs = boto3.client("sqs", config=Config(retries=settings(mode, 3)))
    cloud.faults.refuse("RequestThrottled", operation="ListQueues")
    with pytest.raises(ClientError) as caught:
        sqs.list_queues()
    metadata = caught.value.response["ResponseMetadata"]
    assert metadata["RetryAttempts"] == 2
    assert metadata["MaxAttemptsReached"]


def test_a_client_that_was_throttled_limits_its_own_rate_by_the_clouds_time() -> None:
    with minicloud.mock_aws(clock="virtual") as cloud:
        sqs = boto3.client("sqs", config=Config(retries=settings("adaptive", 3)))
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        before = cloud.clock.time()
        for _ in range(20):
            sqs.send_message(QueueUrl=url, MessageBody="x")
        assert cloud.clock.time() == before
        cloud.faults.refuse("RequestThrottled", operation="SendMessage", first=1)
        for _ in range(20):
            sqs.send_message(QueueUrl=url, MessageBody="x")
        assert cloud.clock.time() - before > 3


def test_a_limited_client_goes_on_under_another_clock() -> None:
    sqs = None
    started = time.monotonic()
    for moment in ("virtual", "virtual", "frozen", "virtual"):
        with minicloud.mock_aws(clock=moment) as cloud:
            if sqs is None:
                sqs = boto3.client("sqs", config=Config(retries=settings("adaptive", 3)))
            url = sqs.create_queue(QueueName="q")["QueueUrl"]
            before = cloud.clock.time()
            cloud.faults.refuse("RequestThrottled", operation="SendMessage", first=1)
            for _ in range(3):
                sqs.send_message(QueueUrl=url, MessageBody="x")
            assert cloud.clock.time() - before < 60
            cloud.clock.advance(86_400)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("mode", MODES)
def test_aiobotocore(cloud: minicloud.Cloud, mode: str) -> None:
    async def main() -> list[int]:
        config = AioConfig(retries=settings(mode, 6))
        async with aiobotocore.session.get_session().create_client("sqs", config=config) as sqs:
            url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]
            cloud.faults.refuse("RequestThrottled", operation="SendMessage", first=4)
            sends = [await sqs.send_message(QueueUrl=url, MessageBody="x") for _ in range(3)]
            sends += await asyncio.gather(*[sqs.send_message(QueueUrl=url, MessageBody="x") for _ in range(3)])
            return [answer["ResponseMetadata"]["RetryAttempts"] for answer in sends]

    assert asyncio.run(main()) == [4, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("mode", MODES)
def test_throttled_writes_to_a_stream(mode: str) -> None:
    started = time.monotonic()
    with minicloud.mock_aws(clock="virtual", limits="strict") as cloud:
        kinesis = boto3.client("kinesis", config=Config(retries=settings(mode, 8)))
        kinesis.create_stream(StreamName="s", ShardCount=1)
        cloud.clock.advance(60)
        data = b"x" * 900_000
        kinesis.put_record(StreamName="s", Data=data, PartitionKey="k")
        before = cloud.clock.time()
        answer = kinesis.put_record(StreamName="s", Data=data, PartitionKey="k")
        assert answer["ResponseMetadata"]["RetryAttempts"] > 0
        assert cloud.clock.time() > before
        impatient = boto3.client("kinesis", config=Config(retries=settings(mode, 1)))
        with pytest.raises(kinesis.exceptions.ProvisionedThroughputExceededException) as caught:
            impatient.put_record(StreamName="s", Data=data, PartitionKey="k")
        assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0
    assert time.monotonic() - started < 5
