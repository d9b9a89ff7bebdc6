"""Fixtures that several folders of tests share: clients of every way in, in turn, and what is made with them.

The ``conftest.py`` of a folder imports those that its tests have. Elsewhere ``sqs`` and the like are the plugin's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .ways import MakeClient

__all__ = [
    "NewQueue",
    "cloudwatch",
    "events",
    "firehose",
    "in_virginia",
    "kinesis",
    "logs",
    "new_queue",
    "pipes",
    "s3",
    "scheduler",
    "sns",
    "sqs",
]

NewQueue = Callable[..., str]


def _client_of(service_name: str) -> Any:
    @pytest.fixture(name=service_name)
    def client(make_client: MakeClient) -> Any:
        return make_client(service_name)

    return client


cloudwatch = _client_of("cloudwatch")
events = _client_of("events")
firehose = _client_of("firehose")
kinesis = _client_of("kinesis")
logs = _client_of("logs")
pipes = _client_of("pipes")
s3 = _client_of("s3")
scheduler = _client_of("scheduler")
sns = _client_of("sns")
sqs = _client_of("sqs")


@pytest.fixture(autouse=True)
def in_virginia(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients and ARNs of a folder's tests are of us-east-1, in whatever region whoever runs them works."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture
def new_queue(sqs: Any) -> NewQueue:
    """Makes a queue and returns its URL; keyword arguments are attributes. A name with ``.fifo`` makes a FIFO queue."""

    def make(name: str = "queue", **attributes: Any) -> str:
        if name.endswith(".fifo"):
            attributes = {"FifoQueue": "true", **attributes}
        texts = {key: str(value) for key, value in attributes.items()}
        url: str = sqs.create_queue(QueueName=name, Attributes=texts)["QueueUrl"]
        return url

    return make
