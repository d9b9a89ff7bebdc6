"""What a run of a function executes does not grow with the functions that there are."""

from __future__ import annotations

from typing import Any

import minicloud
from benchmarks.instructions import Counter


def cost_of_a_message(functions: int) -> int:
    """Instructions of ten messages, each sent, handled by a function, and deleted."""
    with minicloud.Cloud(clock="virtual", seed=1) as cloud:
        sqs: Any = cloud.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        for number in range(functions):
            cloud.function(f"f{number}", lambda *_: None)
        cloud.function("reserved", lambda *_: None, reserved_concurrency=5)
        cloud.event_source_mapping(url, "f0")

        def send() -> None:
            for _ in range(10):
                sqs.send_message(QueueUrl=url, MessageBody="x")

        send()
        counter = Counter()
        counter.run(send)
        assert len(cloud.invocations) == 20
        return counter.instructions


def test_a_run_costs_the_same_beside_many_functions() -> None:
    cost_of_a_message(1)  # from Python 3.12 on, the first round counts less
    assert cost_of_a_message(100) == cost_of_a_message(1)
