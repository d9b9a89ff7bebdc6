"""What chance may do to a standard queue of ``Cloud(delivery="aws")``, each of it made to happen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import minicloud
from tests.sqs.consistency import check


class Chances:
    """Draws the plain number, 0, but where something else is said of draws out of so many."""

    def __init__(self) -> None:
        self.said: dict[int, int] = {}

    def __call__(self, odds: int) -> int:
        return self.said.get(odds, 0)

    def happen(self, *odds: int) -> None:
        """From now on the draws out of so many are the last one, all others the first."""
        self.said = {one: one - 1 for one in odds}


EMPTY, REPEATED = 4, 5
"""Out of how many it is drawn."""


class Queue:
    def __init__(self, cloud: Any, chances: Chances, **attributes: str) -> None:
        self.cloud = cloud
        self.chances = chances
        self.sqs: Any = cloud.client("sqs")
        self.url = self.sqs.create_queue(QueueName="q", Attributes=attributes)["QueueUrl"]

    def send(self, *bodies: str, **params: Any) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body, **params)

    def answer(self, **params: Any) -> list[Any]:
        params = {"MaxNumberOfMessages": 10, **params}
        found: list[Any] = self.sqs.receive_message(QueueUrl=self.url, **params).get("Messages", [])
        return found

    def receive(self, **params: Any) -> list[str]:
        return [message["Body"] for message in self.answer(**params)]

    def told(self) -> list[str]:
        """What chance did, in the words of the trace."""
        return [event.details["choice"] for event in self.cloud.trace if event.kind == "chaos"]

    def states(self) -> dict[str, str]:
        return {message.body: message.state for message in self.cloud.queue("q").messages}


@pytest.fixture
def queue() -> Iterator[Queue]:
    chances = Chances()
    with minicloud.Cloud(clock="virtual", region_name="us-east-1", delivery="aws") as cloud:
        engine: Any = cloud
        engine.world.chaos._draw = chances
        yield Queue(cloud, chances)
        check(cloud)


def test_nothing_is_withheld_where_there_is_nothing_to_receive(queue: Queue) -> None:
    """Neither what is delayed nor what is in flight could have been in the answer."""
    queue.send("a")
    queue.send("later", DelaySeconds=100)
    assert queue.receive() == ["a"]
    queue.chances.happen(EMPTY)
    assert queue.receive() == []
    assert queue.told() == []
    queue.send("b")
    assert queue.receive() == []
    assert queue.told() == ["an empty answer, although there are messages"]
    assert queue.receive() == ["b"]


def test_a_long_poll_gets_what_there_is(queue: Queue) -> None:
    queue.send("a")
    queue.chances.happen(EMPTY)
    start = queue.cloud.clock.time_ns()
    assert queue.receive(WaitTimeSeconds=1) == ["a"]
    assert queue.cloud.clock.time_ns() == start


def test_fewer_than_there_are(queue: Queue) -> None:
    """Of those that are visible, if that is not more than were asked for."""
    queue.send("a", "b", "c", "d", "e")
    queue.send("later", DelaySeconds=100)
    queue.cloud.world.chaos.next_of = lambda _: 0
    queue.chances.said = {5: 3}
    assert queue.receive() == ["a", "b"]
    assert queue.told() == ["at most 2 of 5 messages"]
    queue.chances.happen(2)
    assert queue.receive(MaxNumberOfMessages=2) == ["c"]
    assert queue.told()[1:] == ["at most 1 of 2 messages"]
    queue.chances.happen()
    assert queue.receive() == ["d", "e"]
    assert queue.told()[2:] == []


def test_a_message_is_delivered_and_still_visible_once(queue: Queue) -> None:
    queue.send("a", "b")
    queue.chances.happen(REPEATED)
    assert queue.receive() == ["a", "b"]
    assert queue.told() == ["delivered, and still visible"] * 2
    assert queue.states() == {"a": "visible", "b": "visible"}
    check(queue.cloud)
    assert queue.receive() == ["a", "b"]
    assert queue.told()[2:] == []
    assert queue.states() == {"a": "in_flight", "b": "in_flight"}
    assert queue.receive() == []


def test_a_message_that_is_visible_anyhow_is_not_repeated(queue: Queue) -> None:
    queue.send("a")
    queue.chances.happen(REPEATED)
    assert queue.receive(VisibilityTimeout=0) == ["a"]
    assert queue.told() == []
    assert queue.receive() == ["a"]
    assert queue.told() == ["delivered, and still visible"]


@pytest.mark.parametrize("timeout", [30, 0])
def test_a_message_is_deleted_and_still_there_once(queue: Queue, timeout: int) -> None:
    queue.send("a")
    [message] = queue.answer(VisibilityTimeout=timeout)
    queue.chances.happen(REPEATED)
    queue.sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"])
    assert queue.told() == ["deleted, and still there"]
    assert queue.states() == {"a": "visible"}
    check(queue.cloud)
    queue.sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"])
    assert queue.told()[1:] == []
    assert queue.states() == {}


@pytest.mark.parametrize("group", [{}, {"MessageGroupId": "g"}])
def test_the_next_is_one_of_the_oldest_ten(queue: Queue, group: dict[str, str]) -> None:
    """The others stay in their order."""
    queue.send(*"abcdefghijkl", **group)
    queue.chances.happen(10)
    received = [queue.receive(MaxNumberOfMessages=1)[0] for _ in range(4)]
    assert "".join(received) == "jkla"
    queue.chances.happen()
    assert "".join(queue.receive()) == "bcdefghi"


def test_what_had_enough_is_moved_where_it_is_the_only_one(queue: Queue) -> None:
    queue.sqs.create_queue(QueueName="dead")
    policy = {"deadLetterTargetArn": queue.cloud.queue("dead").arn, "maxReceiveCount": 1}
    queue.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"RedrivePolicy": json.dumps(policy)})
    queue.send("a")
    assert queue.receive(VisibilityTimeout=0) == ["a"]
    assert queue.receive() == []
    assert queue.cloud.queue("dead").bodies == ["a"]
