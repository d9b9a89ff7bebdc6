"""What a call on a fair queue executes does not grow with its groups, nor with what a noisy one has left behind."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

import minicloud
from benchmarks.instructions import Counter

ROUNDS = 40


class Stage:
    """A queue with so many groups that have a message each, or with one that has as many and is noisy."""

    def __init__(self, size: int, *, floods: bool) -> None:
        cloud = minicloud.Cloud(clock="virtual", seed=1, limits=minicloud.Limits(sqs_noisy_group_in_flight=3))
        self.client: Any = cloud.client("sqs")
        self.url = self.client.create_queue(QueueName="q")["QueueUrl"]
        self.numbers = itertools.count()
        for start in range(0, size, 10):
            groups = ["flood" if floods else f"g{number}" for number in range(start, start + 10)]
            entries = [{"Id": str(n), "MessageBody": "x", "MessageGroupId": group} for n, group in enumerate(groups)]
            self.client.send_message_batch(QueueUrl=self.url, Entries=entries)
        for _ in range(4):
            self.client.receive_message(QueueUrl=self.url)
        self.noisy = cloud.queue("q").noisy_groups

    def cycles(self) -> None:
        for _ in range(ROUNDS):
            self.client.send_message(QueueUrl=self.url, MessageBody="x", MessageGroupId=f"n{next(self.numbers) % 7}")
            (message,) = self.client.receive_message(QueueUrl=self.url)["Messages"]
            self.client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def cost(self) -> int:
        self.cycles()
        counter = Counter()
        counter.run(self.cycles)
        return counter.instructions // ROUNDS


@pytest.mark.parametrize("floods", [False, True])
def test_a_cycle_costs_the_same_among_ten_times_as_much(floods: bool) -> None:
    few, many = Stage(300, floods=floods), Stage(3_000, floods=floods)
    assert few.noisy == many.noisy == (["flood"] if floods else [])
    few.cost()  # from Python 3.12 on, the first round counts little
    small, large = few.cost(), many.cost()
    assert 500 < large < 1.05 * small, (small, large)
