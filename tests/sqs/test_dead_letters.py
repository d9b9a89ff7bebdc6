"""Dead-letter queues: when a message moves, what it keeps, and queues that point at each other."""

from __future__ import annotations

import json
from typing import Any

import pytest

import minicloud
from tests.support.ways import MakeClient

from .support import (
    NewQueue,
    arn_of,
    attributes,
    change,
    counts,
    delete,
    receive,
    receive_one,
    received_bodies,
    redrive,
    send,
    send_to_groups,
    text,
)

TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


@pytest.fixture
def dead(new_queue: NewQueue) -> str:
    return new_queue("dead")


def fail(sqs: Any, url: str, times: int = 1, maximum: int = 10) -> None:
    """Receive what there is and let it come back."""
    for _ in range(times):
        receive(sqs, url, maximum, VisibilityTimeout=0)


# --- when ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 2, "3", 10])
def test_a_message_is_delivered_as_often_as_the_policy_says(
    sqs: Any, new_queue: NewQueue, dead: str, limit: int | str
) -> None:
    url = new_queue("queue", RedrivePolicy=redrive("dead", limit))
    send(sqs, url, "x")
    for _ in range(int(limit)):
        assert received_bodies(sqs, url, VisibilityTimeout=0) == ["x"]
    assert receive(sqs, dead) == []
    assert receive(sqs, url) == []
    assert counts(sqs, url) == (0, 0, 0)
    assert received_bodies(sqs, dead) == ["x"]


def test_only_a_receive_moves(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue, dead: str) -> None:
    url = new_queue("queue", RedrivePolicy=redrive("dead"))
    send(sqs, url, "x")
    message = receive_one(sqs, url)
    cloud.clock.advance(3600)
    assert counts(sqs, url) == (1, 0, 0)
    assert counts(sqs, dead) == (0, 0, 0)
    # As long as it has not moved, it can still be dealt with.
    change(sqs, url, message, 10)
    assert counts(sqs, url) == (1, 0, 0)
    delete(sqs, url, message)
    assert receive(sqs, url) == []
    assert counts(sqs, dead) == (0, 0, 0)


def test_the_receive_goes_on_with_others(sqs: Any, new_queue: NewQueue, dead: str) -> None:
    url = new_queue("queue", RedrivePolicy=redrive("dead"))
    send(sqs, url, "a", "b")
    fail(sqs, url)
    send(sqs, url, "c")
    assert received_bodies(sqs, url, 1) == ["c"]
    assert received_bodies(sqs, dead) == ["a", "b"]


def test_a_policy_set_later_counts_earlier_receives(sqs: Any, new_queue: NewQueue, dead: str) -> None:
    url = new_queue("queue")
    send(sqs, url, "x")
    fail(sqs, url, 5)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": redrive("dead", 5)})
    assert receive(sqs, url) == []
    assert received_bodies(sqs, dead) == ["x"]


def test_a_policy_that_was_removed(sqs: Any, new_queue: NewQueue, dead: str) -> None:
    url = new_queue("queue", RedrivePolicy=redrive("dead"))
    send(sqs, url, "x")
    fail(sqs, url)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})
    fail(sqs, url, 3)
    assert received_bodies(sqs, url) == ["x"]


def test_the_target_is_gone(sqs: Any, new_queue: NewQueue, dead: str) -> None:
    url = new_queue("queue", RedrivePolicy=redrive("dead"))
    send(sqs, url, "x")
    fail(sqs, url)
    sqs.delete_queue(QueueUrl=dead)
    fail(sqs, url, 3)
    assert received_bodies(sqs, url) == ["x"]


# --- what it keeps -------------------------------------------------------------------------------------------------


def test_what_a_moved_message_keeps(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue, dead: str) -> None:
    # The target's delay does not apply.
    sqs.set_queue_attributes(QueueUrl=dead, Attributes={"DelaySeconds": "900"})
    url = new_queue("queue", RedrivePolicy=redrive("dead"))
    send(
        sqs,
        url,
        "x",
        MessageAttributes={"k": text("v")},
        MessageSystemAttributes={"AWSTraceHeader": text(TRACE)},
        MessageGroupId="tenant",
    )
    cloud.clock.advance(1)
    asked = {"MessageSystemAttributeNames": ["All"], "MessageAttributeNames": ["All"]}
    before = receive_one(sqs, url, VisibilityTimeout=0, **asked)
    cloud.clock.advance(1)
    assert receive(sqs, url) == []
    cloud.clock.advance(1)
    after = receive_one(sqs, dead, **asked)
    for member in ("MessageId", "Body", "MD5OfBody", "MessageAttributes", "MD5OfMessageAttributes"):
        assert after[member] == before[member]
    assert after["Attributes"] == {
        **before["Attributes"],
        "ApproximateReceiveCount": "2",
        "DeadLetterQueueSourceArn": arn_of("queue"),
    }


def test_the_handle_of_the_source_is_of_no_use(sqs: Any, new_queue: NewQueue, dead: str) -> None:
    url = new_queue("queue", RedrivePolicy=redrive("dead"))
    send(sqs, url, "x")
    [message] = receive(sqs, url, VisibilityTimeout=0)
    receive(sqs, url)
    delete(sqs, url, message)
    assert counts(sqs, dead) == (1, 0, 0)
    with pytest.raises(sqs.exceptions.ReceiptHandleIsInvalid):
        delete(sqs, dead, message)


def test_retention_counts_from_the_send(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    dead = new_queue("dead", MessageRetentionPeriod=100)
    url = new_queue("queue", RedrivePolicy=redrive("dead"))
    send(sqs, url, "x")
    fail(sqs, url)
    cloud.clock.advance(99)
    # It is the oldest of the dead-letter queue, though it comes last.
    send(sqs, dead, "newer")
    assert receive(sqs, url) == []
    assert counts(sqs, dead) == (2, 0, 0)
    cloud.clock.advance(1)
    assert received_bodies(sqs, dead) == ["newer"]


def test_retention_starts_anew_on_fifo_queues(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    dead = new_queue("dead.fifo", MessageRetentionPeriod=100)
    url = new_queue("queue.fifo", RedrivePolicy=redrive("dead.fifo"))
    send_to_groups(sqs, url, "g-1")
    sent = cloud.clock.time()
    fail(sqs, url)
    cloud.clock.advance(99)
    assert receive(sqs, url) == []
    cloud.clock.advance(99)
    [message] = receive(sqs, dead, AttributeNames=["SentTimestamp"], VisibilityTimeout=0)
    assert message["Attributes"] == {"SentTimestamp": str(round((sent + 99) * 1000))}
    cloud.clock.advance(1)
    assert receive(sqs, dead) == []


def test_ids_of_a_moved_fifo_message(sqs: Any, new_queue: NewQueue) -> None:
    dead = new_queue("dead.fifo")
    url = new_queue("queue.fifo", RedrivePolicy=redrive("dead.fifo"))
    # The target has accepted this very id already; moving is not sending, and nothing is dropped.
    send_to_groups(sqs, dead, "g-1")
    send_to_groups(sqs, url, "g-1")
    [before] = receive(sqs, url, VisibilityTimeout=0)
    assert receive(sqs, url) == []
    _, after = receive(sqs, dead, AttributeNames=["All"])
    assert after["MessageId"] == before["MessageId"]
    shown = after["Attributes"]
    assert shown["MessageGroupId"] == "g"
    assert shown["MessageDeduplicationId"] == before["MessageId"]
    assert shown["DeadLetterQueueSourceArn"] == arn_of("queue.fifo")
    assert shown["SequenceNumber"].isdecimal()


def test_sequence_numbers_rise_however_messages_come(
    cloud: minicloud.Cloud, make_client: MakeClient, sqs: Any, new_queue: NewQueue
) -> None:
    """By moves out of two queues, by sends, from a topic, and back by a task."""
    dead = new_queue("dead.fifo")
    urls = [new_queue(name, RedrivePolicy=redrive("dead.fifo")) for name in ("a.fifo", "b.fifo")]
    sns = make_client("sns", "us-east-1")
    topic = sns.create_topic(Name="t.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of("dead.fifo"))
    for turn in "12":
        for url in urls:
            send_to_groups(sqs, url, f"{url[-6]}{turn}-{turn}")
            for _ in range(2):
                receive(sqs, url, VisibilityTimeout=0)
        send_to_groups(sqs, dead, f"s{turn}-{turn}")
        sns.publish(TopicArn=topic, Message="t", MessageGroupId=f"t{turn}", MessageDeduplicationId=turn)

    def numbers(url: str) -> dict[str, int]:
        messages = receive(sqs, url, AttributeNames=["All"], VisibilityTimeout=0)
        found = {one["Attributes"]["MessageGroupId"]: int(one["Attributes"]["SequenceNumber"]) for one in messages}
        assert all(len(str(number)) == 20 for number in found.values())
        return found

    there = numbers(dead)
    assert sorted(there, key=there.__getitem__) == ["a1", "b1", "s1", "t1", "a2", "b2", "s2", "t2"]
    sqs.start_message_move_task(SourceArn=arn_of("dead.fifo"), DestinationArn=arn_of("a.fifo"))
    cloud.clock.advance(60)
    back = numbers(urls[0])
    assert sorted(back, key=back.__getitem__) == sorted(there, key=there.__getitem__)


# --- who points at whom --------------------------------------------------------------------------------------------


def test_a_queue_that_is_its_own_target(sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("queue")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": redrive("queue", 2)})
    sent = send(sqs, url, "x")[0]
    fail(sqs, url, 2)
    assert receive(sqs, url) == []
    # It goes round: a receive moves it once, and the next one finds that it had enough again.
    assert counts(sqs, url) == (1, 0, 0)
    assert receive(sqs, url) == []
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})
    [message] = receive(sqs, url, AttributeNames=["All"])
    assert message["MessageId"] == sent["MessageId"]
    assert message["Attributes"]["DeadLetterQueueSourceArn"] == arn_of("queue")


def test_a_chain_of_queues(sqs: Any, new_queue: NewQueue) -> None:
    last = new_queue("last")
    middle = new_queue("middle", RedrivePolicy=redrive("last", 3))
    first = new_queue("first", RedrivePolicy=redrive("middle", 1))
    send(sqs, first, "x")
    fail(sqs, first)
    assert receive(sqs, first) == []
    # The count goes on from queue to queue: one delivery of the first, two of the second.
    fail(sqs, middle, 2)
    assert receive(sqs, middle) == []
    [message] = receive(sqs, last, AttributeNames=["All"])
    assert message["Attributes"]["ApproximateReceiveCount"] == "4"
    assert message["Attributes"]["DeadLetterQueueSourceArn"] == arn_of("middle")


def test_two_queues_that_are_each_others_target(sqs: Any, new_queue: NewQueue) -> None:
    one = new_queue("one")
    other = new_queue("other", RedrivePolicy=redrive("one"))
    sqs.set_queue_attributes(QueueUrl=one, Attributes={"RedrivePolicy": redrive("other")})
    send(sqs, one, "x")
    fail(sqs, one)
    assert receive(sqs, one) == receive(sqs, other) == []
    assert counts(sqs, one) == (1, 0, 0)


def test_many_sources_of_one_target(sqs: Any, new_queue: NewQueue, dead: str) -> None:
    for name in ("a", "b"):
        url = new_queue(name, RedrivePolicy=redrive("dead"))
        send(sqs, url, name)
        fail(sqs, url)
        assert receive(sqs, url) == []
    messages = receive(sqs, dead, AttributeNames=["DeadLetterQueueSourceArn"])
    assert {message["Body"]: message["Attributes"]["DeadLetterQueueSourceArn"] for message in messages} == {
        "a": arn_of("a"),
        "b": arn_of("b"),
    }


# --- who is allowed ------------------------------------------------------------------------------------------------


def test_a_target_that_allows_some_queues(sqs: Any, new_queue: NewQueue, dead: str) -> None:
    allowed = {"redrivePermission": "byQueue", "sourceQueueArns": [arn_of("friend")]}
    sqs.set_queue_attributes(QueueUrl=dead, Attributes={"RedriveAllowPolicy": json.dumps(allowed)})
    new_queue("friend", RedrivePolicy=redrive("dead"))
    stranger = new_queue("stranger")
    with pytest.raises(sqs.exceptions.ClientError, match="InvalidParameterValue"):
        sqs.set_queue_attributes(QueueUrl=stranger, Attributes={"RedrivePolicy": redrive("dead")})
    assert "RedrivePolicy" not in attributes(sqs, stranger)
    sqs.set_queue_attributes(QueueUrl=dead, Attributes={"RedriveAllowPolicy": '{"redrivePermission":"allowAll"}'})
    sqs.set_queue_attributes(QueueUrl=stranger, Attributes={"RedrivePolicy": redrive("dead")})
