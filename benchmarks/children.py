"""What processes do that ``scale_out`` starts. Imports minicloud alone: whoever is started afresh imports this."""

from __future__ import annotations

from time import process_time_ns
from typing import Any

import minicloud

__all__ = ["COUNT", "answer", "cycle", "first_message", "nothing"]

COUNT = 1_000
"""How many messages are sent, received and deleted."""


def nothing() -> None:
    """What a process costs by itself."""


def first_message() -> str:
    """A cloud of this process's own, a client, a queue and a message: its id, which is the seed's."""
    with minicloud.Cloud(clock="virtual", seed=1) as cloud:
        client = cloud.client("sqs")
        url = client.create_queue(QueueName="bench")["QueueUrl"]
        return client.send_message(QueueUrl=url, MessageBody="x")["MessageId"]


def cycle() -> float:
    """Nanoseconds of a send, a receive and a delete in a cloud of this process's own."""
    with minicloud.Cloud(clock="virtual", seed=1) as cloud:
        client: Any = cloud.client("sqs")
        url = client.create_queue(QueueName="bench")["QueueUrl"]

        def run() -> None:
            for _ in range(COUNT):
                client.send_message(QueueUrl=url, MessageBody="x" * 100)
                (message,) = client.receive_message(QueueUrl=url)["Messages"]
                client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

        run()
        started = process_time_ns()
        run()
        return (process_time_ns() - started) / COUNT


def answer(connection: Any, action: Any) -> None:
    """The target of a process of multiprocessing: what ``action`` returns is sent back."""
    connection.send(action())
    connection.close()
