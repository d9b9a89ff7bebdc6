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


@pytest.mark.parametrize(
    "lost", ["by_url", "by_handle_prefix", "source_lists", "active_tasks", "move_tasks", "sinks", "a sink too many"]
)
def test_what_a_service_keeps_beside_its_queues_is_derived_anew(cloud: minicloud.Cloud, lost: str) -> None:
    sqs: Any = cloud.client("sqs")
    for name in ("dead", "q", "other"):
        sqs.create_queue(QueueName=name)
    arn = cloud.queue("dead").arn
    policy = f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": 1}}'
    sqs.set_queue_attributes(QueueUrl=cloud.queue("q").url, Attributes={"RedrivePolicy": policy})
    for body in "ab":
        sqs.send_message(QueueUrl=cloud.queue("dead").url, MessageBody=body)
    destination = cloud.queue("other").arn
    sqs.start_message_move_task(SourceArn=arn, DestinationArn=destination, MaxNumberOfMessagesPerSecond=1)
    service: Any = next(iter(cloud.services("sqs")))
    sinks = service.world.sinks
    if lost == "sinks":
        sinks.clear()
    elif lost == "a sink too many":
        sinks[service.arn_of("gone")] = sinks[arn]
    else:
        getattr(service, lost).clear()
    service.mend(cloud.time_ns())
    check(cloud)
    assert [task["Status"] for task in sqs.list_message_move_tasks(SourceArn=arn)["Results"]] == ["RUNNING"]
    assert len(sqs.list_dead_letter_source_queues(QueueUrl=cloud.queue("dead").url)["queueUrls"]) == 1


def test_letters_expire_in_their_order_after_a_queue_was_mended(cloud: minicloud.Cloud) -> None:
    """They were moved in another one, and the first of them is gone."""
    sqs: Any = cloud.client("sqs")
    dead = sqs.create_queue(QueueName="dead", Attributes={"MessageRetentionPeriod": "100"})["QueueUrl"]
    policy = f'{{"deadLetterTargetArn": "{cloud.queue("dead").arn}", "maxReceiveCount": 1}}'
    urls = {}
    for moment in (0, 20, 40):
        attributes = {"RedrivePolicy": policy}
        url = urls[moment] = sqs.create_queue(QueueName=f"q{moment}", Attributes=attributes)["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=str(moment))
        sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)
        cloud.clock.advance(20)
    sqs.send_message(QueueUrl=dead, MessageBody="60")
    for moment in (0, 40, 20):
        assert "Messages" not in sqs.receive_message(QueueUrl=urls[moment])
    queue: Any = next(iter(cloud.services("sqs"))).queue(dead)
    [first] = [one for one in queue.all_messages() if one.body == "0"]
    queue.remove(first)
    queue.mend(cloud.time_ns())
    check(cloud)
    for seconds, left in ((59, ["20", "40", "60"]), (1, ["40", "60"]), (20, ["60"]), (20, [])):
        cloud.clock.advance(seconds)
        assert sorted(cloud.queue("dead").bodies) == left
