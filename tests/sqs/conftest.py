"""Fixtures of the tests of SQS; the most important one runs a test through every way in."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

import minicloud
from tests.support.clients import new_queue
from tests.support.ways import MakeClient

from .support import Connect, NewQueue, Refused, Stage, check_error

__all__ = ["new_queue"]


@pytest.fixture
def connect(make_client: MakeClient) -> Connect:
    """Makes SQS clients of the test's way; ``connect(region_name, account_id=...)``."""
    return partial(make_client, "sqs")


@pytest.fixture
def sqs(connect: Connect) -> Any:
    """A client of every way in, in turn."""
    return connect()


@pytest.fixture
def url(new_queue: NewQueue) -> str:
    """A standard queue."""
    return new_queue()


@pytest.fixture
def fifo(new_queue: NewQueue) -> str:
    """A FIFO queue."""
    return new_queue("queue.fifo")


@pytest.fixture
def refused(sqs: Any) -> Refused:
    """``refused(sqs.send_message, code, message, **params)``: the call has to be refused so; its answer."""

    def check(call: Any, code: str, message: str, **params: Any) -> dict[str, Any]:
        with pytest.raises(sqs.exceptions.ClientError) as caught:
            call(**params)
        return check_error(sqs, caught.value, code, message)

    return check


@pytest.fixture
def stage(cloud: minicloud.Cloud, sqs: Any) -> Stage:
    """Two queues to be refused at."""
    return Stage(cloud, sqs)
