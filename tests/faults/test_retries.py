"""Faults under real boto3 clients, which retry as they do with AWS."""

from __future__ import annotations

from typing import Any

import boto3
import botocore.exceptions
import pytest
from botocore.config import Config

import minicloud

pytestmark = pytest.mark.needs("boto3")


@pytest.fixture
def real(mock_aws: minicloud.Cloud) -> Any:
    return boto3.client("sqs", region_name="us-east-1")


@pytest.fixture
def url(real: Any) -> str:
    created: str = real.create_queue(QueueName="orders")["QueueUrl"]
    return created


def test_an_error_that_is_not_retried(cloud: minicloud.Cloud, real: Any, url: str) -> None:
    fault = cloud.faults.refuse("OverLimit", operation="ReceiveMessage")
    with pytest.raises(real.exceptions.OverLimit, match="Too many messages have been received without being deleted"):
        real.receive_message(QueueUrl=url)
    assert fault.fired == 1


def test_throttling_is_retried(cloud: minicloud.Cloud, real: Any, url: str) -> None:
    fault = cloud.faults.refuse("RequestThrottled", operation="SendMessage", first=2)
    answer = real.send_message(QueueUrl=url, MessageBody="m")
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert (fault.seen, fault.fired) == (3, 2)
    assert cloud.queue("orders").bodies == ["m"]


def test_a_lost_answer_is_retried_and_the_message_is_there_twice(cloud: minicloud.Cloud, real: Any, url: str) -> None:
    cloud.faults.lose_answer(operation="SendMessage", nth=1)
    real.send_message(QueueUrl=url, MessageBody="m")
    assert cloud.queue("orders").bodies == ["m", "m"]


@pytest.mark.parametrize(
    "name", ["ReadTimeoutError", "ConnectionClosedError", "EndpointConnectionError", "ConnectTimeoutError"]
)
def test_without_retries_botocores_own_exception_comes_out(
    cloud: minicloud.Cloud, mock_aws: minicloud.Cloud, name: str
) -> None:
    client = boto3.client("sqs", region_name="us-east-1", config=Config(retries={"max_attempts": 0}))
    cloud.faults.lose_answer(name, operation="ListQueues")
    with pytest.raises(getattr(botocore.exceptions, name)):
        client.list_queues()
    # Native clients raise what both are.
    with pytest.raises(getattr(botocore.exceptions, name)):
        cloud.client("sqs").list_queues()


def test_entries_fail(cloud: minicloud.Cloud, real: Any, url: str) -> None:
    cloud.faults.fail_entries(0, operation="SendMessageBatch")
    answer = real.send_message_batch(QueueUrl=url, Entries=[{"Id": name, "MessageBody": name} for name in "ab"])
    assert [entry["Id"] for entry in answer["Successful"]] == ["b"]
    assert [entry["Id"] for entry in answer["Failed"]] == ["a"]


def test_a_call_takes_its_time(cloud: minicloud.Cloud, real: Any, url: str) -> None:
    cloud.faults.delay(5, operation="SendMessage")
    before = cloud.clock.time()
    real.send_message(QueueUrl=url, MessageBody="m")
    assert cloud.clock.time() - before == 5


def test_calls_in_the_full_pipeline_meet_faults_too(cloud: minicloud.Cloud, real: Any, url: str) -> None:
    seen: list[int] = []
    real.meta.events.register("before-send.sqs.SendMessage", lambda **_: seen.append(1))
    cloud.faults.refuse("RequestThrottled", operation="SendMessage", nth=1)
    cloud.faults.lose_answer(operation="SendMessage", nth=1)
    real.send_message(QueueUrl=url, MessageBody="m")
    assert len(seen) == 3
    assert cloud.queue("orders").bodies == ["m", "m"]
