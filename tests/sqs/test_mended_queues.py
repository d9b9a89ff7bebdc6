"""A queue that is made whole after an exception in the midst of a call: what such a call began is finished."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import minicloud
from minicloud.services.sqs.fifo_queue import FifoQueue
from tests.sqs.consistency import check

SCOPE = {"DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perQueue"}


@pytest.fixture
def cloud() -> Iterator[minicloud.Cloud]:
    with minicloud.Cloud(clock="virtual", region_name="us-east-1") as made:
        yield made


def test_a_scope_that_was_just_set_comes_into_force_a_minute_after_the_call_that_was_interrupted(
    cloud: minicloud.Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attributes are the new ones by then, so nobody else would note the change."""
    sqs: Any = cloud.client("sqs")
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    url = sqs.create_queue(QueueName="q.fifo", Attributes=attributes)["QueueUrl"]

    def interrupted(queue: FifoQueue, now: int) -> None:
        raise KeyboardInterrupt

    cloud.clock.advance(100)
    with monkeypatch.context() as patch:
        patch.setattr(FifoQueue, "attributes_changed", interrupted)
        with pytest.raises(KeyboardInterrupt):
            sqs.set_queue_attributes(QueueUrl=url, Attributes=SCOPE)

    def sent(group: str) -> str:
        number: str = sqs.send_message(QueueUrl=url, MessageBody="m", MessageGroupId=group)["SequenceNumber"]
        return number

    cloud.clock.advance(59)
    first = sent("a")
    assert sent("b") == first
    cloud.clock.advance(1)
    assert sent("b") != first
    assert sent("a") == first


@pytest.mark.parametrize("name", ["q", "q.fifo"])
@pytest.mark.parametrize("since", ["nothing", "deleted", "seen again", "delivered again", "seen again twice"])
def test_a_delivery_is_undone_unless_the_message_has_gone_or_was_delivered_again(
    cloud: minicloud.Cloud, name: str, since: str
) -> None:
    sqs: Any = cloud.client("sqs")
    is_fifo = name.endswith(".fifo")
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if is_fifo else {}
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="m", **({"MessageGroupId": "g"} if is_fifo else {}))
    queue: Any = next(iter(cloud.services("sqs"))).queue(url)

    def received() -> str:
        [one] = sqs.receive_message(QueueUrl=url)["Messages"]
        handle: str = one["ReceiptHandle"]
        return handle

    handle = received()
    [message] = queue.all_messages()
    if since == "deleted":
        sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
    elif since != "nothing":
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
    if since == "delivered again":
        received()
    elif since == "seen again twice":
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=received(), VisibilityTimeout=0)
    is_undone = since in ("nothing", "seen again")
    seen = message.receive_count, message.state, message.handles
    assert queue.give_back(message, handle) is is_undone
    check(cloud)
    if is_undone:
        assert (message.receive_count, message.first_received, message.handles) == (0, 0, None)
        assert cloud.queue(name).counts.visible == 1
        assert received() == handle  # nobody has that one
    else:
        assert (message.receive_count, message.state, message.handles) == seen
        assert queue.give_back(message, handle) is False
