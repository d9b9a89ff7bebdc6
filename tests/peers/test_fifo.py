"""SQS FIFO queues"""

from __future__ import annotations

from hashlib import md5
from typing import Any

import minicloud

from .issues import issue


def send(sqs: Any, url: str, body: str, group: str = "g", **params: Any) -> Any:
    return sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=group, **params)


def take(sqs: Any, url: str, **params: Any) -> list[Any]:
    found: list[Any] = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, **params).get("Messages", [])
    return found


@issue(
    "moto#1438",
    "elasticmq#354",
    "ministack#1326",
    symptom="A duplicate that is sent after the first was deleted is delivered again.",
)
def test_a_duplicate_after_the_delete(sqs: Any, new_queue: Any, cloud: minicloud.Cloud) -> None:
    """An id is remembered for five minutes from the first send, whatever has become of the message."""
    url = new_queue("jobs.fifo")
    send(sqs, url, "x", MessageDeduplicationId="1")
    (message,) = take(sqs, url)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    cloud.clock.advance(299)
    send(sqs, url, "x", MessageDeduplicationId="1")
    assert take(sqs, url) == []
    cloud.clock.advance(1)
    send(sqs, url, "x", MessageDeduplicationId="1")
    assert len(take(sqs, url)) == 1


@issue("fakecloud#1569", symptom="A duplicate gets a new id, and the sequence goes on.")
def test_the_answer_to_a_duplicate(sqs: Any, new_queue: Any) -> None:
    """The second send is answered with the id and the sequence number of the first."""
    url = new_queue("jobs.fifo")
    first, second = (send(sqs, url, "x", MessageDeduplicationId="1") for _ in range(2))
    assert (second["MessageId"], second["SequenceNumber"]) == (first["MessageId"], first["SequenceNumber"])


@issue(
    "floci#770",
    symptom="A duplicate with another body is answered with the first body's digest, and the SDK refuses the answer.",
)
def test_the_digest_of_a_duplicate(sqs: Any, new_queue: Any) -> None:
    """The digest is that of the body in the request, so that the SDK's check passes."""
    url = new_queue("jobs.fifo")
    send(sqs, url, "one", MessageDeduplicationId="1")
    answer = send(sqs, url, "two", MessageDeduplicationId="1")
    assert answer["MD5OfMessageBody"] == md5(b"two", usedforsecurity=False).hexdigest()


@issue("gopherstack#1666", "floci#901", symptom="`DeduplicationScope=messageGroup` is ignored.")
def test_scope_of_deduplication(sqs: Any, new_queue: Any) -> None:
    """With it, each group has ids of its own."""
    url = new_queue("jobs.fifo", DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId")
    for group in ("a", "b", "a"):
        send(sqs, url, group, group=group, MessageDeduplicationId="1")
    assert [message["Body"] for message in take(sqs, url)] == ["a", "b"]


@issue(
    "localstack#10098",
    "localstack#6766",
    "kumo#650",
    symptom="A batch has one message of a group at most, or a group is not locked while a message is in flight.",
)
def test_batches_and_locks_of_groups(sqs: Any, new_queue: Any, cloud: minicloud.Cloud) -> None:
    """A receive takes as many of a group as it may, in order; then the group waits until they are gone or back."""
    url = new_queue("jobs.fifo", VisibilityTimeout=30, ContentBasedDeduplication="true")
    for number in range(12):
        send(sqs, url, str(number))
    first = take(sqs, url)
    assert [message["Body"] for message in first] == [str(number) for number in range(10)]
    assert take(sqs, url) == []
    for message in first:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert [message["Body"] for message in take(sqs, url)] == ["10", "11"]
    cloud.clock.advance(30)
    assert [message["Body"] for message in take(sqs, url)] == ["10", "11"]


@issue("localstack#12278", symptom="A delete with an expired receipt handle succeeds, and fails in production.")
def test_a_delete_that_comes_too_late(sqs: Any, new_queue: Any, cloud: minicloud.Cloud, refused: Any) -> None:
    """A FIFO queue refuses a handle whose visibility timeout is over; the message is delivered again."""
    url = new_queue("jobs.fifo", VisibilityTimeout=30)
    send(sqs, url, "x", MessageDeduplicationId="1")
    (message,) = take(sqs, url)
    cloud.clock.advance(30)
    text = refused(sqs.delete_message, "InvalidParameterValue", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert "The receipt handle has expired" in text
    assert len(take(sqs, url)) == 1
