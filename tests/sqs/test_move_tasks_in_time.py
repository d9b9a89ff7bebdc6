"""A slow move task sees what has come back, and what has expired, as of each of its steps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import minicloud
from tests.sqs.consistency import check


class Letters:
    """A dead-letter queue with three messages, and a task that moves one of them a second."""

    def __init__(self, cloud: minicloud.Cloud, end: str) -> None:
        self.cloud = cloud
        self.end = end
        self.sqs: Any = cloud.client("sqs")
        kind = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if end else {}
        self.dead = self.create("dead", **kind)
        policy = {"deadLetterTargetArn": cloud.queue(f"dead{end}").arn, "maxReceiveCount": 1}
        self.create("q", RedrivePolicy=json.dumps(policy), **kind)
        self.other = self.create("other", **kind)

    def create(self, name: str, **attributes: str) -> str:
        url: str = self.sqs.create_queue(QueueName=f"{name}{self.end}", Attributes=attributes)["QueueUrl"]
        return url

    def send(self, *bodies: str) -> None:
        for body in bodies:
            group = {"MessageGroupId": body} if self.end else {}
            self.sqs.send_message(QueueUrl=self.dead, MessageBody=body, **group)

    def hide(self, body: str, seconds: int) -> None:
        [message] = self.sqs.receive_message(QueueUrl=self.dead, VisibilityTimeout=seconds)["Messages"]
        assert message["Body"] == body

    def move(self) -> None:
        """Begin to: the first one goes at once."""
        arn = self.cloud.queue(f"dead{self.end}").arn
        destination = self.cloud.queue(f"other{self.end}").arn
        self.sqs.start_message_move_task(SourceArn=arn, DestinationArn=destination, MaxNumberOfMessagesPerSecond=1)

    def moved(self) -> list[str]:
        return self.cloud.queue(f"other{self.end}").bodies

    def task(self) -> tuple[str, int]:
        arn = self.cloud.queue(f"dead{self.end}").arn
        [result] = self.sqs.list_message_move_tasks(SourceArn=arn)["Results"]
        return result["Status"], result["ApproximateNumberOfMessagesMoved"]


@pytest.fixture(params=["", ".fifo"], ids=["standard", "fifo"])
def letters(request: pytest.FixtureRequest) -> Iterator[Letters]:
    with minicloud.Cloud(clock="virtual", region_name="us-east-1") as cloud:
        yield Letters(cloud, request.param)
        check(cloud)


def test_what_has_come_back_by_then_is_moved(letters: Letters) -> None:
    letters.send("a", "b", "c")
    letters.hide("a", 2)
    letters.hide("b", 3)
    letters.move()
    assert letters.moved() == ["c"]
    letters.cloud.clock.advance(3)
    # After the first step there was nothing to move.
    assert letters.moved() == ["c"]
    assert letters.task() == ("COMPLETED", 1)
    letters.move()
    letters.cloud.clock.advance(2)
    assert letters.moved() == ["c", "a", "b"]


def test_what_comes_back_in_time_for_its_step_is_moved(letters: Letters) -> None:
    """At the very moment at which it is seen again."""
    letters.send("a", "b", "c")
    letters.hide("a", 2)
    letters.move()
    letters.cloud.clock.advance(1)
    assert letters.moved() == ["b", "c"]
    letters.cloud.clock.advance(1)
    assert letters.moved() == ["b", "c", "a"]
    letters.cloud.clock.advance(1)
    assert letters.task() == ("COMPLETED", 3)


def test_what_expires_before_its_step_is_not_moved(letters: Letters) -> None:
    letters.sqs.set_queue_attributes(QueueUrl=letters.dead, Attributes={"MessageRetentionPeriod": "60"})
    letters.send("a", "b", "c")
    letters.cloud.clock.advance(59)
    letters.send("d")
    letters.move()
    assert letters.moved() == ["a"]
    letters.cloud.clock.advance(1)
    assert letters.moved() == ["a", "d"]
