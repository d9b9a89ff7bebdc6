"""S3 through a client of each way in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.clients import in_virginia, s3, sqs

__all__ = ["in_virginia", "s3", "sqs"]


Refused = Callable[..., dict[str, Any]]


@pytest.fixture
def bucket(s3: Any) -> str:
    """A bucket; its name."""
    s3.create_bucket(Bucket="photos")
    return "photos"


@pytest.fixture
def queue(sqs: Any) -> str:
    """A queue; its ARN."""
    sqs.create_queue(QueueName="uploads")
    return "arn:aws:sqs:us-east-1:123456789012:uploads"


@pytest.fixture
def refused(s3: Any) -> Refused:
    """Calls a client's method that has to be refused; the error."""

    def check(method: Any, code: str, message: str | None = None, **params: Any) -> dict[str, Any]:
        members = params.pop("members", {})
        with pytest.raises(s3.exceptions.ClientError) as caught:
            method(**params)
        error: dict[str, Any] = caught.value.response["Error"]
        assert error["Code"] == code
        assert message is None or error["Message"] == message
        assert {name: error.get(name) for name in members} == members
        return error

    return check


def records_of(cloud: Any, name: str = "uploads") -> list[Any]:
    """The records of S3's events that a queue holds, oldest first; without test messages."""
    found = [json.loads(body) for body in cloud.queue(name).bodies]
    return [message["Records"][0] for message in found if "Records" in message]
