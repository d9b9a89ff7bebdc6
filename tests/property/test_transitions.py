"""The table of a message's states says all that can happen to one: each of its lines happens here."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

import minicloud
from minicloud.services.sqs.message import DELAYED, GONE, IN_FLIGHT, TAKEN, TRANSITIONS, VISIBLE, Message

from .transitions import Watch, watched


class Stage:
    """A standard queue and a FIFO queue, and calls in few words."""

    def __init__(self) -> None:
        self.cloud = minicloud.Cloud(clock="virtual", seed=1)
        self.sqs = self.cloud.client("sqs")
        self.url = self.sqs.create_queue(QueueName="q", Attributes={"MessageRetentionPeriod": "60"})["QueueUrl"]
        attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
        self.fifo = self.sqs.create_queue(QueueName="q.fifo", Attributes=attributes)["QueueUrl"]

    def send(self, **params: Any) -> None:
        self.sqs.send_message(QueueUrl=self.url, MessageBody="m", **params)

    def send_to_fifo(self) -> None:
        self.sqs.send_message(QueueUrl=self.fifo, MessageBody="m", MessageGroupId="g")

    def receive(self, visibility: int = 30) -> str:
        (message,) = self.sqs.receive_message(QueueUrl=self.url, VisibilityTimeout=visibility)["Messages"]
        handle: str = message["ReceiptHandle"]
        return handle

    def change(self, handle: str, seconds: int) -> None:
        self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=handle, VisibilityTimeout=seconds)

    def look(self) -> None:
        for url in (self.url, self.fifo):
            self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])


def sent_with_a_delay(stage: Stage) -> None:
    stage.send(DelaySeconds=5)


def a_fifo_queue_s_delay_is_made_longer(stage: Stage) -> None:
    stage.send_to_fifo()
    stage.sqs.set_queue_attributes(QueueUrl=stage.fifo, Attributes={"DelaySeconds": "9"})


def received(stage: Stage) -> None:
    stage.send()
    stage.receive()


def received_without_a_timeout(stage: Stage) -> None:
    stage.send()
    stage.receive(0)


def changed_by_an_old_handle(stage: Stage) -> None:
    stage.send()
    stage.change(stage.receive(0), 9)


def the_delay_is_over(stage: Stage) -> None:
    stage.send(DelaySeconds=5)
    stage.cloud.clock.advance(5)
    stage.look()


def the_timeout_is_over(stage: Stage) -> None:
    stage.send()
    stage.receive(5)
    stage.cloud.clock.advance(5)
    stage.look()


def the_timeout_is_set_to_0(stage: Stage) -> None:
    stage.send()
    stage.change(stage.receive(), 0)


def the_receiver_was_cancelled(stage: Stage) -> None:
    async def main() -> None:
        call = stage.cloud.async_client("sqs").receive_message(QueueUrl=stage.url, WaitTimeSeconds=20)
        task = asyncio.create_task(call)
        await asyncio.sleep(0)
        stage.send()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())
    assert [message.state for message in stage.cloud.queue("q").messages] == ["visible"]


def deleted_by_an_old_handle(stage: Stage) -> None:
    stage.send()
    stage.sqs.delete_message(QueueUrl=stage.url, ReceiptHandle=stage.receive(0))


def deleted_in_flight(stage: Stage) -> None:
    stage.send()
    stage.sqs.delete_message(QueueUrl=stage.url, ReceiptHandle=stage.receive())


def expired(stage: Stage) -> None:
    stage.send(DelaySeconds=100)
    stage.cloud.clock.advance(60)
    stage.look()


def purged(stage: Stage) -> None:
    stage.send()
    stage.receive()
    stage.send()
    stage.send(DelaySeconds=5)
    stage.sqs.purge_queue(QueueUrl=stage.url)


def moved_to_a_dead_letter_queue(stage: Stage) -> None:
    stage.sqs.create_queue(QueueName="dead")
    policy = json.dumps({"deadLetterTargetArn": stage.cloud.queue("dead").arn, "maxReceiveCount": 1})
    stage.sqs.set_queue_attributes(QueueUrl=stage.url, Attributes={"RedrivePolicy": policy})
    stage.send()
    stage.receive(0)
    assert "Messages" not in stage.sqs.receive_message(QueueUrl=stage.url)


def moved_by_a_task(stage: Stage) -> None:
    moved_to_a_dead_letter_queue(stage)
    stage.sqs.start_message_move_task(SourceArn=stage.cloud.queue("dead").arn)


def the_receive_was_interrupted(stage: Stage) -> None:
    """As an exception would leave it that comes in just after the message was picked."""
    stage.send()
    engine: Any = stage.cloud
    with engine.lock:
        (service,) = engine.services("sqs")
        service.queues["q"]._take().state = TAKEN
        engine.timeline.torn = engine.timeline.next_due = -1
    stage.look()


PICKED = (VISIBLE, TAKEN)
DELIVERED = {PICKED, (TAKEN, IN_FLIGHT)}
SHOWN = {*DELIVERED, (IN_FLIGHT, VISIBLE)}
SCENES = {
    sent_with_a_delay: {(VISIBLE, DELAYED)},
    a_fifo_queue_s_delay_is_made_longer: {(VISIBLE, DELAYED)},
    received: DELIVERED,
    received_without_a_timeout: SHOWN,
    changed_by_an_old_handle: SHOWN,
    the_receive_was_interrupted: {PICKED, (TAKEN, VISIBLE)},
    the_delay_is_over: {(VISIBLE, DELAYED), (DELAYED, VISIBLE)},
    the_timeout_is_over: {*DELIVERED, (IN_FLIGHT, VISIBLE)},
    the_timeout_is_set_to_0: {*DELIVERED, (IN_FLIGHT, VISIBLE)},
    the_receiver_was_cancelled: {*DELIVERED, (IN_FLIGHT, VISIBLE)},
    deleted_by_an_old_handle: {*SHOWN, (VISIBLE, GONE)},
    deleted_in_flight: {*DELIVERED, (IN_FLIGHT, GONE)},
    expired: {(VISIBLE, DELAYED), (DELAYED, GONE)},
    purged: {*DELIVERED, (VISIBLE, DELAYED), (IN_FLIGHT, GONE), (VISIBLE, GONE), (DELAYED, GONE)},
    moved_to_a_dead_letter_queue: {*SHOWN, (VISIBLE, GONE)},
    moved_by_a_task: {*SHOWN, (VISIBLE, GONE)},
}


@pytest.fixture
def watch() -> Any:
    with watched() as watch:
        yield watch


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_what_happens_to_a_message(watch: Watch, scene: Any) -> None:
    scene(Stage())
    assert watch.seen == SCENES[scene]
    assert watch.forbidden == []


def test_every_line_of_the_table_happens_and_nothing_comes_after_the_end() -> None:
    assert set.union(*SCENES.values()) == {(state, after) for state in TRANSITIONS for after in TRANSITIONS[state]}
    assert TRANSITIONS[GONE] == {}


def test_what_is_not_in_the_table_is_noticed(watch: Watch) -> None:
    message = Message.__new__(Message)
    for state in (DELAYED, IN_FLIGHT, IN_FLIGHT, GONE, VISIBLE):
        message.state = state
    assert watch.forbidden == [(None, DELAYED), (DELAYED, IN_FLIGHT), (GONE, VISIBLE)]
    assert message.state == VISIBLE
