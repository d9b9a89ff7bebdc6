"""Which message of a fair queue is next, when others of its group have gone or groups are quiet again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

import minicloud
from minicloud.services.sqs.fair_groups import FairGroup, is_noisy
from minicloud.services.sqs.retention import SLACK
from tests.sqs.consistency import check

LIMITS = minicloud.Limits(sqs_noisy_group_in_flight=2, sqs_noisy_group_percent=10)


class Queue:
    """A fair queue: ``a1`` is a message of the group ``a``."""

    def __init__(self, cloud: minicloud.Cloud) -> None:
        self.cloud = cloud
        self.sqs: Any = cloud.client("sqs")
        self.url = self.sqs.create_queue(QueueName="q")["QueueUrl"]
        self.handles: dict[str, str] = {}
        self.kept: Any = next(iter(cloud.services("sqs"))).queue(self.url)

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body, MessageGroupId=body[0])

    def receive(self, maximum: int, timeout: int = 3_000) -> list[str]:
        messages = self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=maximum, VisibilityTimeout=timeout
        ).get("Messages", [])
        self.handles.update({message["Body"]: message["ReceiptHandle"] for message in messages})
        return [message["Body"] for message in messages]

    def show(self, *bodies: str) -> None:
        """Have them visible again, and in the lines of their groups."""
        for body in bodies:
            handle = self.handles[body]
            self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=handle, VisibilityTimeout=0)
        assert self.cloud.queue("q").noisy_groups is not None

    def delete(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=self.handles[body])


@pytest.fixture
def queue() -> Iterator[Queue]:
    with minicloud.Cloud(clock="virtual", limits=LIMITS, region_name="us-east-1") as cloud:
        yield Queue(cloud)
        check(cloud)


SIX = ("a1", "a2", "a3", "b4", "a5", "a6")


@pytest.mark.parametrize("count", range(1, 6))
def test_what_has_gone_keeps_its_place_from_nobody(queue: Queue, count: int) -> None:
    """Whichever messages were deleted while they were visible, the others come in their order."""
    for gone in combinations(SIX, count):
        queue.send(*SIX)
        assert queue.receive(10) == list(SIX)
        queue.show(*SIX)
        queue.delete(*gone)
        left = [body for body in SIX if body not in gone]
        received = [body for _ in left for body in queue.receive(1)]
        assert sorted(received) == sorted(left)
        assert [body for body in received if body[0] == "a"] == [body for body in left if body[0] == "a"]
        assert queue.receive(1) == []
        queue.delete(*left)


@pytest.mark.parametrize("from_the_youngest", [False, True])
def test_the_line_of_a_group_holds_little_that_has_gone(queue: Queue, *, from_the_youngest: bool) -> None:
    bodies = [f"a{number}" for number in range(3 * SLACK)]
    queue.send(*bodies)
    for _ in range(0, len(bodies), 10):
        queue.receive(10)
    queue.show(*bodies)
    group = queue.kept._fair._groups["a"]
    order = bodies[::-1] if from_the_youngest else bodies
    for number, body in enumerate(order[:-3], 1):
        queue.delete(body)
        assert len(group.line) <= 2 * (len(bodies) - number) + SLACK
    check(queue.cloud)
    assert len(group.line) <= 2 * 3 + SLACK
    left = sorted(order[-3:], key=bodies.index)
    assert queue.receive(10) == left


def test_a_noisy_group_that_sends_nothing_for_five_minutes_is_quiet_again_and_another_is_not_yet(queue: Queue) -> None:
    queue.send("a1", "a2", "a3")
    assert queue.receive(2) == ["a1", "a2"]
    queue.cloud.clock.advance(100)
    queue.send("b1", "b2", "b3")
    assert queue.receive(2) == ["b1", "b2"]
    queue.cloud.clock.advance(100)
    queue.send("c1", "c2")
    queue.cloud.clock.advance(99)
    assert queue.cloud.queue("q").noisy_groups == ["a", "b"]
    assert queue.receive(1) == ["c1"]
    queue.cloud.clock.advance(1)
    assert queue.cloud.queue("q").noisy_groups == ["b"]
    assert queue.receive(10) == ["a3", "c2", "b3"]


def test_a_group_that_was_remembered_twice_is_quiet_when_it_has_been_silent_since_the_latest_send(queue: Queue) -> None:
    queue.send("a1", "a2", "a3", "a4")
    assert queue.receive(2) == ["a1", "a2"]
    queue.cloud.clock.advance(200)
    queue.send("a5")
    queue.cloud.clock.advance(99)
    queue.send("b1", "b2")
    queue.cloud.clock.advance(1)
    assert queue.receive(1) == ["b1"]  # three hundred seconds after the first ones
    queue.cloud.clock.advance(199)
    queue.send("c1", "c2")
    assert queue.receive(2) == ["b2", "c1"]
    queue.cloud.clock.advance(1)
    assert queue.receive(10) == ["a3", "a4", "a5", "c2"]


@pytest.mark.parametrize(
    ("own", "in_flight", "noisy"),
    [(30, 299, True), (30, 300, False), (31, 309, True), (31, 310, False), (29, 29, False), (30, 30, True)],
)
def test_a_group_is_noisy_with_thirty_in_flight_that_are_more_than_a_tenth(
    own: int, in_flight: int, *, noisy: bool
) -> None:
    group = FairGroup("g")
    group.in_flight = own
    group.last_sent = 0
    assert is_noisy(group, in_flight, 1, minicloud.Limits()) is noisy
