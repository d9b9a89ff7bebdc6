"""Clients for the tests of issues that users of other emulators had: of every way in, in turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import minicloud
from tests.support.clients import in_virginia, kinesis, new_queue, sns, sqs
from tests.support.ways import MakeClient

__all__ = ["in_virginia", "kinesis", "new_queue", "sns", "sqs"]


@pytest.fixture
def lambdas(make_client: MakeClient) -> Any:
    return make_client("lambda")


@pytest.fixture
def refused() -> Callable[..., str]:
    """``refused(client.method, code, **params)``: the call has to be refused with this code; its message."""

    def check(call: Any, code: str, **params: Any) -> str:
        try:
            call(**params)
        except Exception as error:
            answer: Any = getattr(error, "response", None)
            if answer is None:
                raise
            assert answer["Error"]["Code"] == code
            message: str = answer["Error"]["Message"]
            return message
        raise AssertionError(f"not refused with {code}")

    return check


@pytest.fixture
def subscribed(sns: Any, sqs: Any, cloud: minicloud.Cloud) -> Callable[..., str]:
    """Makes a queue, subscribes it to the topic, and returns its URL; keyword arguments are of the subscription."""

    def subscribe(topic: str, name: str, **attributes: str) -> str:
        fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        url: str = sqs.create_queue(QueueName=name, Attributes=fifo)["QueueUrl"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue(name).arn, Attributes=attributes)
        return url

    return subscribe


@pytest.fixture
def stream(kinesis: Any, cloud: minicloud.Cloud) -> Callable[..., str]:
    """Makes a stream and returns its name."""

    def make(name: str = "stream", shards: int = 1) -> str:
        kinesis.create_stream(StreamName=name, ShardCount=shards)
        cloud.clock.advance(10)
        return name

    return make


@pytest.fixture
def read(kinesis: Any) -> Callable[..., list[bytes]]:
    """``read("stream", ShardIteratorType="TRIM_HORIZON")``: what one GetRecords of the first shard gives."""

    def read_from(name: str, ShardId: str = "shardId-000000000000", **start: Any) -> list[bytes]:
        iterator = kinesis.get_shard_iterator(StreamName=name, ShardId=ShardId, **start)["ShardIterator"]
        return [record["Data"] for record in kinesis.get_records(ShardIterator=iterator)["Records"]]

    return read_from
