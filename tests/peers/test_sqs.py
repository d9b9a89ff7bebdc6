"""SQS"""

from __future__ import annotations

from hashlib import md5
from typing import Any

import pytest

import minicloud

from .issues import issue

Y1 = {"DataType": "String", "StringValue": "y"}


def take(sqs: Any, url: str, **params: Any) -> list[Any]:
    found: list[Any] = sqs.receive_message(QueueUrl=url, **params).get("Messages", [])
    return found


@issue("gopherstack#1665", "elasticmq#160", symptom="Messages in flight have no limit, and it cannot be tested.")
@pytest.mark.minicloud(limits=minicloud.Limits(sqs_in_flight_standard=5))
def test_limit_of_messages_in_flight(sqs: Any, new_queue: Any, refused: Any) -> None:
    """A standard queue answers `OverLimit` at 120,000 in flight; a test sets the limit to five."""
    url = new_queue()
    for number in range(6):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    assert len(take(sqs, url, MaxNumberOfMessages=5)) == 5
    refused(sqs.receive_message, "OverLimit", QueueUrl=url)


@issue(
    "fakecloud#2237", symptom="A `VisibilityTimeout` of 43,201, or of ten trillion, is accepted, and a panic follows."
)
def test_visibility_timeout_too_long(sqs: Any, new_queue: Any, refused: Any) -> None:
    """Twelve hours is the most; the call is refused and the message stays visible."""
    url = new_queue()
    sqs.send_message(QueueUrl=url, MessageBody="x")
    for seconds in (43_201, 2_000_000_000):
        refused(sqs.receive_message, "InvalidParameterValue", QueueUrl=url, VisibilityTimeout=seconds)
    assert len(take(sqs, url, VisibilityTimeout=43_200)) == 1


@issue("floci#768", symptom="The limit of a message's size forgets its attributes.")
def test_attributes_count_in_the_size(sqs: Any, new_queue: Any, refused: Any) -> None:
    """Names, types and values of attributes count together with the body."""
    url = new_queue(MaximumMessageSize=1024)
    fits = {"k": {"DataType": "String", "StringValue": "v" * (1024 - 1 - 6 - 10)}}
    sqs.send_message(QueueUrl=url, MessageBody="b" * 10, MessageAttributes=fits)
    refused(sqs.send_message, "InvalidParameterValue", QueueUrl=url, MessageBody="b" * 11, MessageAttributes=fits)


@issue("cloudemu#1176", symptom="An empty receive answers `Messages: []`.")
def test_an_empty_receive(sqs: Any, new_queue: Any) -> None:
    """Where there is no message, the answer has no `Messages`."""
    assert "Messages" not in sqs.receive_message(QueueUrl=new_queue())


@issue("cloudemu#1045", symptom="The error of a missing queue lacks the old code that tools match on.")
def test_the_code_of_a_missing_queue(sqs: Any, refused: Any) -> None:
    """boto3 shows `AWS.SimpleQueueService.NonExistentQueue`, and raises `QueueDoesNotExist`."""
    refused(sqs.get_queue_url, "AWS.SimpleQueueService.NonExistentQueue", QueueName="missing")
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName="missing")


@issue("ministack#282", symptom="A bare name as `QueueUrl` is refused.")
def test_a_name_as_url(sqs: Any, new_queue: Any, cloud: minicloud.Cloud) -> None:
    """AWS takes the last part of a URL as the name, and a name alone too."""
    new_queue("jobs")
    sqs.send_message(QueueUrl="jobs", MessageBody="x")
    assert cloud.queue("jobs").bodies == ["x"]


@issue(
    "localstack#12898",
    "moto#9146",
    "elasticmq#1137",
    symptom="`MessageGroupId` on a standard queue is refused or dropped.",
)
def test_groups_on_standard_queues(sqs: Any, new_queue: Any) -> None:
    """Fair queues: a standard queue takes a group id and gives it back."""
    url = new_queue()
    sqs.send_message(QueueUrl=url, MessageBody="x", MessageGroupId="tenant-1")
    (message,) = take(sqs, url, MessageSystemAttributeNames=["MessageGroupId"])
    assert message["Attributes"] == {"MessageGroupId": "tenant-1"}


@issue("elasticmq#1139", symptom="A noisy tenant keeps the others waiting: a fair queue only takes the group id.")
def test_fair_queues_are_fair(sqs: Any, new_queue: Any) -> None:
    """While one tenant has many messages in flight, the messages of a quiet one come first."""
    url = new_queue()
    for number in range(200):
        sqs.send_message(QueueUrl=url, MessageBody=f"noisy {number}", MessageGroupId="noisy")
    for _ in range(15):
        take(sqs, url, MaxNumberOfMessages=10)
    sqs.send_message(QueueUrl=url, MessageBody="quiet", MessageGroupId="quiet")
    assert "quiet" in [message["Body"] for message in take(sqs, url, MaxNumberOfMessages=10)]


@issue("localstack#6454", symptom="The visibility timeout cannot be extended again and again.")
def test_heartbeats(sqs: Any, new_queue: Any, cloud: minicloud.Cloud) -> None:
    """Each ChangeMessageVisibility starts the timeout anew, up to twelve hours after the receive."""
    url = new_queue(VisibilityTimeout=30)
    sqs.send_message(QueueUrl=url, MessageBody="x")
    (message,) = take(sqs, url)
    for _ in range(20):
        cloud.clock.advance(20)
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=30)
        assert take(sqs, url) == []
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    cloud.clock.advance(60)
    assert take(sqs, url) == []


@issue("floci#1281", "localstack#6416", symptom="Delayed messages are counted as in flight, or not at all.")
def test_counts(sqs: Any, new_queue: Any) -> None:
    """Three counts, always there: visible, in flight, delayed."""
    url = new_queue()
    for delay in (0, 0, 60, 60, 60):
        sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=delay)
    take(sqs, url)
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    names = ("", "NotVisible", "Delayed")
    assert [counts[f"ApproximateNumberOfMessages{name}"] for name in names] == ["1", "1", "3"]


@issue(
    "localstack#5190",
    "ministack#771",
    "elasticmq#56",
    "elasticmq#662",
    symptom="To look at a queue costs a receive, and what is in flight or delayed cannot be seen.",
)
def test_looking_at_a_queue(sqs: Any, new_queue: Any, cloud: minicloud.Cloud) -> None:
    """`cloud.queue(...)` shows every message and its state, and receives nothing."""
    url = new_queue()
    for delay in (0, 0, 60):
        sqs.send_message(QueueUrl=url, MessageBody=f"after {delay}", DelaySeconds=delay)
    take(sqs, url)
    messages = cloud.queue("queue").messages
    assert sorted(message.state for message in messages) == ["delayed", "in_flight", "visible"]
    assert sum(message.receive_count for message in messages) == 1


@issue(
    "elasticmq#646",
    "localstack#5690",
    symptom="Calls become slower as the backlog grows; beyond 1,000 messages hardly anything moves.",
)
def test_a_backlog(cloud: minicloud.Cloud) -> None:
    """What a call costs does not depend on how many messages there are."""
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="queue")["QueueUrl"]
    for start in range(0, 5_000, 10):
        entries = [{"Id": str(number), "MessageBody": str(start + number)} for number in range(10)]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
    seen = []
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        seen += [int(message["Body"]) for message in found]
    assert seen == list(range(5_000))


@issue("floci#495", symptom="`SendMessageBatch` answers without `MD5OfMessageAttributes`.")
def test_digests_of_a_batch(sqs: Any, new_queue: Any) -> None:
    """Each entry has the digest of its body, and of its attributes if it has some."""
    url = new_queue()
    entries: list[Any] = [
        {"Id": "a", "MessageBody": "x", "MessageAttributes": {"k": Y1}},
        {"Id": "b", "MessageBody": "x"},
    ]
    with_attributes, without = sqs.send_message_batch(QueueUrl=url, Entries=entries)["Successful"]
    one = sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes={"k": Y1})
    assert with_attributes["MD5OfMessageAttributes"] == one["MD5OfMessageAttributes"]
    assert "MD5OfMessageAttributes" not in without


@issue(
    "moto#918",
    "localstack#3022",
    "localstack#6794",
    symptom="The digest of attributes is wrong for a custom type or a binary value, and the SDK refuses the answer.",
)
def test_digest_of_attributes(sqs: Any, new_queue: Any) -> None:
    """Names in order, each with length, type, kind of value and value, under MD5."""

    def part(value: bytes) -> bytes:
        return len(value).to_bytes(4, "big") + value

    url = new_queue()
    attributes = {
        "b": {"DataType": "Binary.png", "BinaryValue": b"\x00\xff"},
        "a": {"DataType": "Number.float", "StringValue": "1.50"},
    }
    answer = sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes=attributes)
    digest = md5(part(b"a") + part(b"Number.float") + b"\x01" + part(b"1.50"), usedforsecurity=False)
    digest.update(part(b"b") + part(b"Binary.png") + b"\x02" + part(b"\x00\xff"))
    assert answer["MD5OfMessageAttributes"] == digest.hexdigest()
    (message,) = take(sqs, url, MessageAttributeNames=["All"])
    assert message["MD5OfMessageAttributes"] == digest.hexdigest()
    assert "MD5OfMessageAttributes" not in take(sqs, url, MessageAttributeNames=["none"])[:1]


@issue("floci#774", symptom="`MessageSystemAttributeNames` selects nothing.")
def test_system_attributes_by_name(sqs: Any, new_queue: Any) -> None:
    """The newer name of `AttributeNames`; either selects."""
    url = new_queue(VisibilityTimeout=0)
    sqs.send_message(QueueUrl=url, MessageBody="x")
    for parameter in ("AttributeNames", "MessageSystemAttributeNames"):
        (message,) = take(sqs, url, **{parameter: ["SentTimestamp"]})
        assert list(message["Attributes"]) == ["SentTimestamp"]


@issue("localstack#12956", "elasticmq#1180", symptom="Messages of more than 256 KiB are refused.")
def test_a_mebibyte(sqs: Any, new_queue: Any, refused: Any) -> None:
    """Since August 2025 a message may have 1 MiB."""
    url = new_queue()
    sqs.send_message(QueueUrl=url, MessageBody="x" * 1_048_576)
    refused(sqs.send_message, "InvalidParameterValue", QueueUrl=url, MessageBody="x" * 1_048_577)
