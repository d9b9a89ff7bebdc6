"""An exception that comes into a call on a fair queue leaves nobody noisy, or quiet, who would not be so without it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

import minicloud
from tests.sns.interrupted import strike
from tests.support.depth import deep

LIMITS = minicloud.Limits(sqs_noisy_group_in_flight=2, sqs_noisy_group_percent=10)


class Stage:
    """A fair queue with a dead-letter queue, and what was received from it."""

    def __init__(self) -> None:
        self.cloud = minicloud.Cloud(clock="virtual", seed=1, limits=LIMITS)
        self.sqs: Any = self.cloud.client("sqs")
        self.sqs.create_queue(QueueName="dead")
        policy = json.dumps({"deadLetterTargetArn": self.cloud.queue("dead").arn, "maxReceiveCount": 2})
        self.url = self.sqs.create_queue(QueueName="q", Attributes={"RedrivePolicy": policy})["QueueUrl"]
        self.handles: list[str] = []
        self.send("a1", "a2", "a3", "b1", "c1", "a4", "b2")

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body, MessageGroupId=body[0])

    def receive(self, maximum: int, **options: Any) -> None:
        answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=maximum, **options)
        self.handles += [message["ReceiptHandle"] for message in answer.get("Messages", [])]

    def delete(self, count: int) -> None:
        entries = [{"Id": str(number), "ReceiptHandle": handle} for number, handle in enumerate(self.handles[:count])]
        self.sqs.delete_message_batch(QueueUrl=self.url, Entries=entries)

    def show(self, number: int) -> None:
        self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=self.handles[number], VisibilityTimeout=0)

    def picture(self) -> Any:
        """Who is noisy, what there is, and in which order it is received from here on; at last all of it once more."""
        view = self.cloud.queue("q")
        seen: list[Any] = [view.noisy_groups, [(one.body, one.state, one.receive_count) for one in view.messages]]
        for _ in range(2):
            self.send("d1", "a9")
            for _ in range(12):
                answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=1)
                seen.append(([message["Body"] for message in answer.get("Messages", [])], view.noisy_groups))
            self.cloud.clock.advance(31)
        return [*seen, self.cloud.queue("dead").bodies]


def nothing(stage: Stage) -> None:
    pass


@dataclass
class Row:
    make: Callable[[Stage], Any]
    act: Callable[[Stage], Any]
    partly: tuple[Callable[[Stage], Any], ...] = ()


def two_and_done(stage: Stage) -> None:
    stage.receive(2)
    stage.delete(2)


def surfaced(stage: Stage) -> None:
    stage.receive(2)
    stage.cloud.clock.advance(31)
    stage.send("a5")


ROWS = {
    "send to a plain queue": Row(lambda s: s.sqs.purge_queue(QueueUrl=s.url), lambda s: s.send("a1")),
    "send": Row(two_and_done, lambda s: s.send("a5")),
    "a first receive": Row(nothing, lambda s: s.receive(2), (lambda s: s.receive(1),)),
    "a second receive": Row(lambda s: s.receive(1), lambda s: s.receive(2), (lambda s: s.receive(1),)),
    "a receive that hides nothing": Row(nothing, lambda s: s.receive(1, VisibilityTimeout=0)),
    "a receive that takes a backlog": Row(
        two_and_done,
        lambda s: s.receive(10),
        tuple(lambda s, maximum=maximum: s.receive(maximum) for maximum in range(1, 5)),  # type: ignore[misc]
    ),
    "delete one": Row(lambda s: s.receive(2), lambda s: s.delete(1)),
    "delete what made it noisy": Row(
        lambda s: s.receive(3), lambda s: s.delete(3), (lambda s: s.delete(1), lambda s: s.delete(2))
    ),
    "show one again": Row(lambda s: s.receive(3), lambda s: s.show(1)),
    "timeouts end": Row(surfaced, lambda s: s.receive(1)),
    "look who is noisy": Row(two_and_done, lambda s: s.cloud.queue("q").noisy_groups),
}


@pytest.mark.stress
@pytest.mark.parametrize("name", ROWS)
def test_an_interrupted_call_on_a_fair_queue_has_happened_or_has_not(name: str) -> None:
    row = ROWS[name]

    def made() -> Stage:
        stage = Stage()
        row.make(stage)
        return stage

    row.act(made())  # what is loaded and compiled by the first call
    pictures = []
    for act in (nothing, row.act, *row.partly):
        stage = made()
        act(stage)
        pictures.append(stage.picture())
    stage = made()
    places, _ = strike(lambda: row.act(stage), 0)
    step = max(1, places // deep(100))
    wrong = []
    for number in range(1 + places % step, places + 1, step):
        stage = made()
        _, place = strike(lambda stage=stage: row.act(stage), number)  # type: ignore[misc]
        if place and (seen := stage.picture()) not in pictures:
            wrong.append(f"{number}, {place}: {seen[:2]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.stress
def test_an_interrupted_move_to_the_dead_letter_queue_makes_nobody_noisy() -> None:
    def made() -> Stage:
        stage = Stage()
        for _ in range(2):
            stage.receive(4, VisibilityTimeout=0)
        return stage

    stage = made()
    sent = sorted(stage.cloud.queue("q").bodies)
    places, _ = strike(lambda: stage.receive(1), 0)
    for number in range(1, places + 1, max(1, places // deep(100))):
        stage = made()
        _, place = strike(lambda stage=stage: stage.receive(1), number)  # type: ignore[misc]
        view, dead = stage.cloud.queue("q"), stage.cloud.queue("dead")
        assert sorted(view.bodies + dead.bodies) == sent, place
        assert view.noisy_groups == dead.noisy_groups == [], place
