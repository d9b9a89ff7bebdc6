"""A cloud with a queue and a function behind a mapping, for the tests of what a mapping does with messages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import minicloud

QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"


class Stage:
    """A cloud with a queue, a function that notes what it gets, and words for what a test does."""

    def __init__(self, **options: Any) -> None:
        self.cloud = minicloud.Cloud(**{"clock": "virtual", "seed": 1, "trace": True, **options})
        self.sqs = self.cloud.client("sqs")
        self.lambda_ = self.cloud.client("lambda")
        self.batches: list[list[str]] = []
        self.events: list[dict[str, Any]] = []
        self.times: list[float] = []
        self.begun = self.cloud.clock.time_ns()

    def queue(self, name: str = "q", **attributes: Any) -> str:
        if name.endswith(".fifo"):
            attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true", **attributes}
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in attributes.items()}
        url: str = self.sqs.create_queue(QueueName=name, Attributes=texts)["QueueUrl"]
        return url

    def with_dlq(self, receives: int, name: str = "q", **attributes: Any) -> str:
        fifo = ".fifo" if name.endswith(".fifo") else ""
        dlq = self.queue(f"dlq{fifo}")
        policy = {"deadLetterTargetArn": self.cloud.queue(dlq).arn, "maxReceiveCount": receives}
        return self.queue(name, RedrivePolicy=policy, **attributes)

    def function(self, answer: Any = None, name: str = "f", **settings: Any) -> None:
        def handle(event: dict[str, Any], context: Any) -> Any:
            self.events.append(event)
            self.batches.append([record["body"] for record in event["Records"]])
            self.times.append(self.now)
            return answer(event) if callable(answer) else answer

        self.cloud.function(name, handle, **settings)

    def send(self, url: str, *bodies: str, **params: Any) -> None:
        for start in range(0, len(bodies), 10):
            entries = [
                {"Id": str(n), "MessageBody": body, **params} for n, body in enumerate(bodies[start : start + 10])
            ]
            self.sqs.send_message_batch(QueueUrl=url, Entries=entries)

    @property
    def now(self) -> float:
        return (self.cloud.clock.time_ns() - self.begun) / 1e9

    def counts(self, name: str = "q") -> tuple[int, int, int]:
        counts = self.cloud.queue(name).counts
        return counts.visible, counts.delayed, counts.in_flight


def failing(*bodies: str) -> Callable[[dict[str, Any]], Any]:
    """Reports the messages with these bodies as failed."""
    return lambda event: {
        "batchItemFailures": [
            {"itemIdentifier": record["messageId"]} for record in event["Records"] if record["body"] in bodies
        ]
    }


def boom(event: dict[str, Any]) -> None:
    raise RuntimeError("boom")
