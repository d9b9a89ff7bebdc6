"""Faults, seen through real clients: what botocore tries again, it tries again."""

from __future__ import annotations

from typing import Any

import boto3
import botocore.exceptions
import pytest
from botocore.config import Config

import minicloud
from tests.boto.support import take_full_pipeline

pytestmark = pytest.mark.needs("boto3")


@pytest.fixture(params=["fast-path", "full-pipeline"])
def sqs(request: pytest.FixtureRequest) -> Any:
    return lambda **options: (take_full_pipeline if request.param == "full-pipeline" else lambda it: it)(
        boto3.client("sqs", config=Config(retries={"mode": "standard", "total_max_attempts": 3, **options}))
    )


def test_a_refusal_that_passes_is_not_seen(sqs: Any) -> None:
    with minicloud.mock_aws(clock="virtual") as cloud:
        client = sqs()
        url = client.create_queue(QueueName="q")["QueueUrl"]
        cloud.faults.refuse("ServiceUnavailable", operation="SendMessage", first=2)
        answer = client.send_message(QueueUrl=url, MessageBody="x")
        assert answer["ResponseMetadata"]["RetryAttempts"] == 2
        assert cloud.queue("q").bodies == ["x"]


def test_a_refusal_that_stays_is_raised_when_attempts_run_out(sqs: Any) -> None:
    with minicloud.mock_aws(clock="virtual") as cloud:
        client = sqs()
        url = client.create_queue(QueueName="q")["QueueUrl"]
        cloud.faults.refuse("InternalError", operation="SendMessage")
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            client.send_message(QueueUrl=url, MessageBody="x")
        metadata = caught.value.response["ResponseMetadata"]
        assert metadata["RetryAttempts"] == 2
        assert metadata["MaxAttemptsReached"]
        assert "reached max retries: 2" in str(caught.value)


def test_a_lost_answer_leads_to_a_second_message(sqs: Any) -> None:
    with minicloud.mock_aws(clock="virtual") as cloud:
        client = sqs()
        url = client.create_queue(QueueName="q")["QueueUrl"]
        cloud.faults.lose_answer(operation="SendMessage", first=1)
        client.send_message(QueueUrl=url, MessageBody="x")
        assert cloud.queue("q").bodies == ["x", "x"]


def test_a_lost_connection_is_botocores_own_exception(sqs: Any) -> None:
    with minicloud.mock_aws(clock="virtual") as cloud:
        client = sqs(total_max_attempts=1)
        cloud.faults.disconnect(operation="ListQueues")
        with pytest.raises(botocore.exceptions.EndpointConnectionError) as caught:
            client.list_queues()
        assert type(caught.value) is botocore.exceptions.EndpointConnectionError


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_is_tried_again_by_nobody(sqs: Any, when: Any) -> None:
    with minicloud.mock_aws(clock="virtual") as cloud:
        client = sqs()
        url = client.create_queue(QueueName="q")["QueueUrl"]
        fault = cloud.faults.crash(when, operation="SendMessage")
        with pytest.raises(minicloud.exceptions.Crash, match="ended the caller"):
            client.send_message(QueueUrl=url, MessageBody="x")
        assert fault.fired == 1
        assert cloud.queue("q").bodies == ["x"] * (when == "after")
        cloud.faults.clear()
        client.send_message(QueueUrl=url, MessageBody="y")
