"""Fixtures of the tests of SQS; the most important one runs a test through every way in."""

from __future__ import annotations

import asyncio
import importlib.util
import os
from collections.abc import Iterator
from typing import Any

import pytest

import minicloud

from .support import Connect, NewQueue, Refused, Stage, Synchronous, check_error

WAYS = ["native", "asyncio"]
if importlib.util.find_spec("botocore") is not None or os.environ.get("MINICLOUD_REQUIRE_BOTO") == "1":
    WAYS.append("boto3")


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """The event loop that asyncio clients run on."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def real_clients() -> dict[str, Any]:
    """Real clients by region, kept as applications keep them: the test's cloud answers each time."""
    return {}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """The way in."""
    way: str = request.param
    return way


@pytest.fixture
def connect(
    way: str, cloud: minicloud.Cloud, loop: asyncio.AbstractEventLoop, real_clients: dict[str, Any]
) -> Iterator[Connect]:
    """Makes clients of this way; ``connect(region_name, account_id=...)``.

    A mock answers for one account: clients of other accounts are native ones, whatever the way.
    """

    def native(region_name: str = "us-east-1", **options: Any) -> Any:
        return cloud.client("sqs", region_name, **options)

    def asynchronous(region_name: str = "us-east-1", **options: Any) -> Any:
        return Synchronous(cloud.async_client("sqs", region_name, **options), loop)

    def real(region_name: str = "us-east-1", **options: Any) -> Any:
        import boto3
        from botocore.config import Config

        if options:
            return native(region_name, **options)
        if region_name not in real_clients:
            # Without botocore's retries: what SQS answers is what is looked at.
            config = Config(retries={"total_max_attempts": 1})
            real_clients[region_name] = boto3.client("sqs", region_name=region_name, config=config)
        return real_clients[region_name]

    if way == "boto3":
        with minicloud.mock_aws(cloud=cloud):
            yield real
    else:
        yield native if way == "native" else asynchronous


@pytest.fixture
def sqs(connect: Connect) -> Any:
    """A client of every way in, in turn."""
    return connect()


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
