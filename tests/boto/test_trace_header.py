"""A request's X-Amzn-Trace-Id becomes the AWSTraceHeader of the messages that it sends."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

import minicloud

pytestmark = pytest.mark.needs("boto3")

HEADER = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
OWN = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-own"}}


@pytest.fixture
def traced(mock_aws: minicloud.Cloud) -> Any:
    """A client whose requests carry the header."""

    def add(request: Any, **_: Any) -> None:
        request.headers["X-Amzn-Trace-Id"] = HEADER

    client = boto3.client("sqs", "us-east-1", aws_access_key_id="x", aws_secret_access_key="y")
    client.meta.events.register("before-send.sqs", add)
    client.create_queue(QueueName="queue")
    return client


def headers(client: Any) -> dict[str, str | None]:
    """What the messages of the queue show, by their bodies."""
    messages = client.receive_message(QueueUrl="queue", MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"])
    return {message["Body"]: message["Attributes"].get("AWSTraceHeader") for message in messages["Messages"]}


def test_a_message(traced: Any) -> None:
    answer = traced.send_message(QueueUrl="queue", MessageBody="without")
    assert "MD5OfMessageSystemAttributes" not in answer
    answer = traced.send_message(QueueUrl="queue", MessageBody="with", MessageSystemAttributes=OWN)
    assert "MD5OfMessageSystemAttributes" in answer
    assert headers(traced) == {"without": HEADER, "with": "Root=1-own"}


def test_a_batch(traced: Any) -> None:
    entries = [
        {"Id": "1", "MessageBody": "without"},
        {"Id": "2", "MessageBody": "with", "MessageSystemAttributes": OWN},
    ]
    without, with_own = traced.send_message_batch(QueueUrl="queue", Entries=entries)["Successful"]
    assert "MD5OfMessageSystemAttributes" not in without
    assert "MD5OfMessageSystemAttributes" in with_own
    assert headers(traced) == {"without": HEADER, "with": "Root=1-own"}


def test_a_request_without_the_header(mock_aws: minicloud.Cloud) -> None:
    client = boto3.client("sqs", "us-east-1", aws_access_key_id="x", aws_secret_access_key="y")
    client.meta.events.register("before-send.sqs", lambda **_: None)
    client.create_queue(QueueName="queue")
    client.send_message(QueueUrl="queue", MessageBody="x")
    assert headers(client) == {"x": None}
