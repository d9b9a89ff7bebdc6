"""An exception that comes into a call on a fair queue leaves nobody noisy, or quiet, who would not be so without it."""

from __future__ import annotations

import json
from typing import Any

import pytest

import minicloud
from tests.support import strikes
from tests.support.strikes import FORMS, Act, Form
from tests.support.strikes import Row as AnyRow

LIMITS = minicloud.Limits(sqs_noisy_group_in_flight=2, sqs_noisy_group_percent=10)


class World(strikes.World):
    """A fair queue with a dead-letter queue, and what was received from it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(limits=LIMITS, **options)
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

    def look(self) -> Any:
        """Who is noisy, what there is, and in which order it is received from here on, until all timeouts are over."""
        view = self.cloud.queue("q")
        seen: list[Any] = [view.noisy_groups, [(one.body, one.state, one.receive_count) for one in view.messages]]
        self.send("d1", "a9")
        for _ in range(12):
            answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=1)
            seen.append(([message["Body"] for message in answer.get("Messages", [])], view.noisy_groups))
        self.cloud.clock.advance(31)
        return [*seen, self.cloud.queue("dead").bodies]


Row = AnyRow[World]


def nothing(world: World) -> None:
    pass


def received(maximum: int, **options: Any) -> Act[World]:
    return lambda w: w.receive(maximum, **options)


def deleted(count: int) -> Act[World]:
    return lambda w: w.delete(count)


def two_and_done(world: World) -> None:
    world.receive(2)
    world.delete(2)


def surfaced(world: World) -> None:
    world.receive(2)
    world.cloud.clock.advance(31)
    world.send("a5")


def received_twice(world: World) -> None:
    for _ in range(2):
        world.receive(4, VisibilityTimeout=0)


def nobody_is_noisy(world: World) -> Any:
    """A receive that moves several messages may have moved some of them."""
    view, dead = world.cloud.queue("q"), world.cloud.queue("dead")
    return sorted(view.bodies + dead.bodies), view.noisy_groups, dead.noisy_groups


ROWS = {
    "send to a plain queue": Row(lambda w: w.sqs.purge_queue(QueueUrl=w.url), lambda w: w.send("a1")),
    "send": Row(two_and_done, lambda w: w.send("a5")),
    "a first receive": Row(nothing, received(2), (received(1),)),
    "a second receive": Row(received(1), received(2), (received(1),)),
    "a receive that hides nothing": Row(nothing, received(1, VisibilityTimeout=0)),
    "a receive that takes a backlog": Row(two_and_done, received(10), tuple(map(received, range(1, 5)))),
    "delete one": Row(received(2), deleted(1)),
    "delete what made it noisy": Row(received(3), deleted(3), (deleted(1), deleted(2))),
    "show one again": Row(received(3), lambda w: w.show(1)),
    "timeouts end": Row(surfaced, received(1)),
    "purge": Row(two_and_done, lambda w: w.sqs.purge_queue(QueueUrl=w.url)),
    "look who is noisy": Row(two_and_done, lambda w: w.cloud.queue("q").noisy_groups),
    "move to the dead-letter queue": Row(received_twice, received(1), judge=nobody_is_noisy),
}


@pytest.mark.stress
@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("name", ROWS)
def test_an_interrupted_call_has_happened_or_has_not(name: str, form: Form) -> None:
    wrong = form.wrong_places(ROWS[name], World)
    assert not wrong, "\n".join(wrong)
