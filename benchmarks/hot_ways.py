"""More operations whose instructions are counted: what a test begins with, and calls by other ways in."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import minicloud

from .hot_operations import BODY, REPEATS, Task, new_cloud

__all__ = ["THEMES"]


def start_tasks(stack: ExitStack) -> dict[str, Task]:
    """What a test begins with."""

    def make() -> None:
        for _ in range(REPEATS):
            minicloud.Cloud(clock="virtual", seed=1).client("sqs")

    def make_and_use() -> None:
        for _ in range(REPEATS):
            client = minicloud.Cloud(clock="virtual", seed=1).client("sqs")
            url = client.create_queue(QueueName="queue")["QueueUrl"]
            client.send_message(QueueUrl=url, MessageBody=BODY)

    return {
        "cloud and client": Task(REPEATS, make),
        "cloud, client, queue and message": Task(REPEATS, make_and_use),
    }


def asyncio_tasks(stack: ExitStack) -> dict[str, Task]:
    """The same calls, awaited; without a loop, which a call that does not wait has no use for."""
    cloud = new_cloud(stack)
    client = cloud.async_client("sqs")
    url = cloud.client("sqs").create_queue(QueueName="plain")["QueueUrl"]

    def drive(coroutine: Any) -> Any:
        try:
            coroutine.send(None)
        except StopIteration as stop:
            return stop.value
        raise RuntimeError("the call waits")

    def send() -> None:
        for _ in range(REPEATS):
            drive(client.send_message(QueueUrl=url, MessageBody=BODY))

    return {"asyncio: sqs.send": Task(REPEATS, send)}


def boto3_tasks(stack: ExitStack) -> dict[str, Task]:
    """A real client's calls under ``mock_aws()``, where boto3 is installed."""
    try:
        import boto3
    except ImportError:
        return {}
    stack.enter_context(minicloud.mock_aws(clock="virtual", seed=1))
    client = boto3.client("sqs", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
    url = client.create_queue(QueueName="plain")["QueueUrl"]

    def send() -> None:
        for _ in range(REPEATS):
            client.send_message(QueueUrl=url, MessageBody=BODY)

    def cycle() -> None:
        for _ in range(REPEATS):
            handle = client.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
            client.delete_message(QueueUrl=url, ReceiptHandle=handle)

    return {"boto3: sqs.send": Task(REPEATS, send), "boto3: sqs.receive + delete": Task(REPEATS, cycle)}


THEMES = (start_tasks, asyncio_tasks, boto3_tasks)
