"""The life of a message in a standard queue: sent, delayed, received, hidden, deleted, expired."""

from __future__ import annotations

import json
import sys
from hashlib import md5
from typing import Any
from uuid import UUID

import pytest

import minicloud
from tests.support.clocks import SettableClock
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
    send,
    text,
    url_of,
)

TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"

# --- sending -------------------------------------------------------------------------------------------------------


def test_what_a_send_answers(sqs: Any, url: str) -> None:
    answer = sqs.send_message(QueueUrl=url, MessageBody="message")
    assert list(answer) == ["MD5OfMessageBody", "MessageId", "ResponseMetadata"]
    assert answer["MD5OfMessageBody"] == "78e731027d8fd50ed642340b7c9a63b3"
    assert str(UUID(answer["MessageId"])) == answer["MessageId"]
    full = sqs.send_message(
        QueueUrl=url,
        MessageBody="message",
        DelaySeconds=0,
        MessageAttributes={"k": text("x")},
        MessageSystemAttributes={"AWSTraceHeader": text(TRACE)},
        MessageGroupId="tenant",
    )
    digests = ["MD5OfMessageBody", "MD5OfMessageAttributes", "MD5OfMessageSystemAttributes"]
    assert list(full) == [*digests, "MessageId", "ResponseMetadata"]
    assert full["MessageId"] != answer["MessageId"]
    empty = sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes={}, MessageSystemAttributes={})
    assert list(empty) == ["MD5OfMessageBody", "MessageId", "ResponseMetadata"]


def test_the_largest_message(sqs: Any, url: str) -> None:
    body = "é" * (2**19)
    assert len(body.encode()) == 1_048_576
    sqs.send_message(QueueUrl=url, MessageBody=body, MessageSystemAttributes={"AWSTraceHeader": text(TRACE)})
    assert receive_one(sqs, url)["Body"] == body
    with pytest.raises(sqs.exceptions.ClientError, match="shorter than 1048576 bytes"):
        sqs.send_message(QueueUrl=url, MessageBody=body + "x")


def test_the_most_that_attributes_may_be(sqs: Any, url: str) -> None:
    values = {f"n{number}": text("x") for number in range(7)}
    values |= {
        "n" * 256: text("x", f"String.{'t' * 249}"),
        "A-z_0.9": text("\t\n"),
        "AWSx": text("x"),
        "amazon": text("x"),
    }
    del values["n0"]
    sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes=values)
    assert len(values) == 10
    assert receive_one(sqs, url, MessageAttributeNames=["All"])["MessageAttributes"] == values


def test_every_receive_gets_attributes_of_its_own(sqs: Any, url: str) -> None:
    """What is plain (texts, short numbers) is kept in another way than the rest; neither is the caller's, or shared."""
    for values in ({"a": text("x"), "b": text("-17", "Number")}, {"a": text("x", "String.custom"), "b": text("y")}):
        given = {name: dict(value) for name, value in values.items()}
        sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes=given)
        given["a"]["StringValue"] = "changed after the send"
        for names, wanted in ((["All"], {"a", "b"}), (["b"], {"b"}), (["*"], {"a", "b"})):
            message = receive_one(sqs, url, MessageAttributeNames=names, VisibilityTimeout=0)
            assert message["MessageAttributes"] == {name: values[name] for name in wanted}
            for value in message["MessageAttributes"].values():
                value["StringValue"] = "changed after the receive"
        delete(sqs, url, receive_one(sqs, url))


def test_delays(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("queue", DelaySeconds=10)
    send(sqs, url, "queue's own")
    send(sqs, url, "none", DelaySeconds=0)
    send(sqs, url, "longest", DelaySeconds=900)
    assert counts(sqs, url) == (1, 0, 2)
    assert received_bodies(sqs, url) == ["none"]
    cloud.clock.advance(9.999)
    assert received_bodies(sqs, url) == []
    cloud.clock.advance(0.001)
    assert received_bodies(sqs, url) == ["queue's own"]
    cloud.clock.advance(890)
    assert "longest" in received_bodies(sqs, url)


# --- receiving -----------------------------------------------------------------------------------------------------


def test_what_a_receive_answers(sqs: Any, url: str) -> None:
    assert list(sqs.receive_message(QueueUrl=url)) == ["ResponseMetadata"]
    sent = sqs.send_message(QueueUrl=url, MessageBody="message", MessageAttributes={"k": text("x")})
    answer = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)
    assert list(answer) == ["Messages", "ResponseMetadata"]
    [message] = answer["Messages"]
    assert list(message) == ["MessageId", "ReceiptHandle", "MD5OfBody", "Body"]
    assert (message["MessageId"], message["Body"]) == (sent["MessageId"], "message")
    assert message["MD5OfBody"] == md5(b"message").hexdigest()
    [message] = receive(sqs, url, MessageSystemAttributeNames=["All"], MessageAttributeNames=["All"])
    plain = ["MessageId", "ReceiptHandle", "MD5OfBody", "Body"]
    assert list(message) == [*plain, "Attributes", "MD5OfMessageAttributes", "MessageAttributes"]


@pytest.mark.parametrize("names", [["All"], ["k"], ["k.*"]])
def test_asking_for_attributes_of_a_message_without(sqs: Any, url: str, names: list[str]) -> None:
    send(sqs, url, "x")
    assert list(receive_one(sqs, url, MessageAttributeNames=names)) == [
        "MessageId",
        "ReceiptHandle",
        "MD5OfBody",
        "Body",
    ]


def test_order_and_number(sqs: Any, url: str) -> None:
    send(sqs, url, *"abcdefghijklmnopq")
    assert [message["Body"] for message in sqs.receive_message(QueueUrl=url)["Messages"]] == ["a"]
    assert received_bodies(sqs, url, 3) == ["b", "c", "d"]
    assert received_bodies(sqs, url, 10) == list("efghijklmn")
    assert received_bodies(sqs, url, 10) == list("opq")
    assert receive(sqs, url) == []


def test_a_message_is_once_in_an_answer(sqs: Any, url: str) -> None:
    send(sqs, url, "a", "b")
    assert received_bodies(sqs, url, VisibilityTimeout=0) == ["a", "b"]
    assert counts(sqs, url) == (2, 0, 0)
    again = receive(sqs, url, AttributeNames=["ApproximateReceiveCount"])
    assert [(message["Body"], message["Attributes"]) for message in again] == [
        ("a", {"ApproximateReceiveCount": "2"}),
        ("b", {"ApproximateReceiveCount": "2"}),
    ]


ALWAYS = ["SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp"]


def test_system_attributes(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    start = round(cloud.clock.time() * 1000)
    send(sqs, url, "x")
    cloud.clock.advance(1.25)
    first = receive_one(sqs, url, AttributeNames=["All"])["Attributes"]
    assert sorted(first) == sorted(ALWAYS)
    assert first["SenderId"].startswith("AIDA")
    assert first["SentTimestamp"] == str(start)
    assert first["ApproximateFirstReceiveTimestamp"] == str(start + 1250)
    assert first["ApproximateReceiveCount"] == "1"
    cloud.clock.advance(30)
    assert receive_one(sqs, url, AttributeNames=["All"])["Attributes"] == {**first, "ApproximateReceiveCount": "2"}


def test_system_attributes_that_only_some_messages_have(sqs: Any, url: str) -> None:
    params = {"MessageSystemAttributes": {"AWSTraceHeader": text(TRACE)}, "MessageGroupId": "tenant-1"}
    send(sqs, url, "x", **params)
    found = receive_one(sqs, url, MessageSystemAttributeNames=["All"])["Attributes"]
    assert {name: found[name] for name in found if name not in ALWAYS} == {
        "AWSTraceHeader": TRACE,
        "MessageGroupId": "tenant-1",
    }


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, None),
        ({"AttributeNames": [], "MessageSystemAttributeNames": []}, None),
        ({"AttributeNames": ["SenderId"]}, ["SenderId"]),
        ({"MessageSystemAttributeNames": ["SentTimestamp", "SenderId"]}, ["SenderId", "SentTimestamp"]),
        ({"MessageSystemAttributeNames": ["All"], "AttributeNames": ["SenderId"]}, ALWAYS),
        ({"AttributeNames": ["All"], "MessageSystemAttributeNames": ["SenderId"]}, ALWAYS),
        ({"AttributeNames": ["SenderId"], "MessageSystemAttributeNames": ["SentTimestamp"]}, ALWAYS[:2]),
        ({"AttributeNames": ["QueueArn", "VisibilityTimeout", "Policy"]}, None),
        ({"AttributeNames": ["QueueArn", "SenderId"]}, ["SenderId"]),
        ({"MessageSystemAttributeNames": ["SequenceNumber", "AWSTraceHeader", "MessageGroupId"]}, None),
        ({"MessageSystemAttributeNames": ["SqsManagedSseEnabled"]}, None),  # among the values of the API reference
        ({"MessageSystemAttributeNames": ["SqsManagedSseEnabled", "SenderId"]}, ["SenderId"]),
    ],
)
def test_asking_for_system_attributes(sqs: Any, url: str, params: Any, expected: list[str] | None) -> None:
    send(sqs, url, "x")
    message = receive_one(sqs, url, **params)
    if expected is None:
        assert "Attributes" not in message
    else:
        assert sorted(message["Attributes"]) == sorted(expected)


# --- hiding --------------------------------------------------------------------------------------------------------


def test_visibility_timeouts(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("queue", VisibilityTimeout=5)
    send(sqs, url, "a", "b")
    assert received_bodies(sqs, url, 1) == ["a"]
    assert received_bodies(sqs, url, 1, VisibilityTimeout=43_200) == ["b"]
    assert counts(sqs, url) == (0, 2, 0)
    cloud.clock.advance(4.999)
    assert receive(sqs, url) == []
    cloud.clock.advance(0.001)
    assert received_bodies(sqs, url) == ["a"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "0"})
    cloud.clock.advance(5)
    assert received_bodies(sqs, url) == received_bodies(sqs, url) == ["a"]
    cloud.clock.advance(43_190)
    assert received_bodies(sqs, url) == ["a", "b"]


def test_what_comes_back_keeps_its_place(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send(sqs, url, "a", "b", "c")
    receive(sqs, url, 2, VisibilityTimeout=10)
    cloud.clock.advance(10)
    assert received_bodies(sqs, url) == ["a", "b", "c"]


def test_changing_a_timeout(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send(sqs, url, "x")
    message = receive_one(sqs, url)
    cloud.clock.advance(20)
    change(sqs, url, message, 20)
    cloud.clock.advance(19)
    assert counts(sqs, url) == (0, 1, 0)
    change(sqs, url, message, 2)
    cloud.clock.advance(1)
    assert receive(sqs, url) == []
    cloud.clock.advance(1)
    # For this delivery only: the next one has the queue's own again.
    receive_one(sqs, url)
    cloud.clock.advance(29)
    assert receive(sqs, url) == []
    cloud.clock.advance(1)
    receive_one(sqs, url)


def test_a_timeout_of_zero_shows_the_message(sqs: Any, url: str) -> None:
    send(sqs, url, "x")
    message = receive_one(sqs, url)
    change(sqs, url, message, 0)
    assert counts(sqs, url) == (1, 0, 0)
    again = receive_one(sqs, url)
    assert again["MessageId"] == message["MessageId"]
    assert again["ReceiptHandle"] != message["ReceiptHandle"]


@pytest.mark.parametrize("seconds", [0, 10, 43_200])
def test_a_timeout_that_has_ended_cannot_be_set_again(cloud: minicloud.Cloud, sqs: Any, url: str, seconds: int) -> None:
    """AWS says OK and does nothing. [the OK is recorded, the rest was seen in 2023]"""
    send(sqs, url, "x")
    message = receive_one(sqs, url)
    cloud.clock.advance(30)
    change(sqs, url, message, seconds)
    assert counts(sqs, url) == (1, 0, 0)
    receive_one(sqs, url)


def test_two_timeouts_in_a_batch_for_one_message(sqs: Any, url: str) -> None:
    """The second finds it visible again, which is fine and has no effect. [the same]"""
    send(sqs, url, "x")
    entry = {"ReceiptHandle": receive_one(sqs, url)["ReceiptHandle"]}
    entries = [{"Id": "a", "VisibilityTimeout": 0, **entry}, {"Id": "b", "VisibilityTimeout": 30, **entry}]
    answer = sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)
    assert answer["Successful"] == [{"Id": "a"}, {"Id": "b"}]
    assert "Failed" not in answer
    assert counts(sqs, url) == (1, 0, 0)


def test_an_older_handle_acts_on_a_newer_delivery(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send(sqs, url, "x")
    older = receive_one(sqs, url)
    cloud.clock.advance(30)
    receive_one(sqs, url)
    change(sqs, url, older, 0)
    newest = receive_one(sqs, url)
    delete(sqs, url, older)
    change_again = {"QueueUrl": url, "ReceiptHandle": newest["ReceiptHandle"], "VisibilityTimeout": 5}
    with pytest.raises(sqs.exceptions.ClientError, match="Message does not exist or is not available"):
        sqs.change_message_visibility(**change_again)


def test_twelve_hours_less_what_has_passed(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send(sqs, url, "x")
    message = receive_one(sqs, url)
    change(sqs, url, message, 43_195)
    for passed in range(10_000, 50_000, 10_000):
        cloud.clock.advance(10_000)
        change(sqs, url, message, 43_199 - passed)
    with pytest.raises(sqs.exceptions.ClientError, match="beyond the limit"):
        change(sqs, url, message, 3_200)
    change(sqs, url, message, 0)
    # A new receive starts anew.
    change(sqs, url, receive_one(sqs, url), 43_195)


# --- receipt handles and deleting ----------------------------------------------------------------------------------


def test_handles(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send(sqs, url, "a", "b")
    handles = [message["ReceiptHandle"] for message in receive(sqs, url)]
    cloud.clock.advance(30)
    handles += [message["ReceiptHandle"] for message in receive(sqs, url)]
    assert len(set(handles)) == 4
    assert all(handle.startswith("AQEB") and len(handle) <= 1024 and handle.isascii() for handle in handles)


def test_deleting(cloud: minicloud.Cloud, sqs: Any, url: str) -> None:
    send(sqs, url, "a", "b", "c")
    a, b, c = receive(sqs, url)
    delete(sqs, url, a)
    assert counts(sqs, url) == (0, 2, 0)
    delete(sqs, url, a, a)
    cloud.clock.advance(30)
    delete(sqs, url, b)
    assert received_bodies(sqs, url) == ["c"]
    # An older handle, while the message is in flight under a newer one.
    delete(sqs, url, c)
    cloud.clock.advance(30)
    assert receive(sqs, url) == []
    assert counts(sqs, url) == (0, 0, 0)


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("name", ["q", "q.fifo"])
def test_what_was_deleted_takes_no_memory(name: str, newest_first: bool) -> None:
    body = "x".join(["a"] * 50)
    with minicloud.Cloud(clock="virtual", seed=1, trace=False) as cloud:
        sqs: Any = cloud.client("sqs", "us-east-1")
        is_fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        url = sqs.create_queue(QueueName=name, Attributes=is_fifo)["QueueUrl"]
        before = sys.getrefcount(body)
        for number in range(400):
            ids = {"MessageGroupId": str(number), "MessageDeduplicationId": str(number)} if is_fifo else {}
            sqs.send_message(QueueUrl=url, MessageBody=body, **ids)
        assert sys.getrefcount(body) >= before + 400
        handles: list[str] = []
        while len(handles) < 400:
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=3600)
            handles += [message["ReceiptHandle"] for message in answer["Messages"]]
        del answer
        left, *others = handles
        for handle in reversed(others) if newest_first else others:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
        assert sys.getrefcount(body) < before + 100
        sqs.delete_message(QueueUrl=url, ReceiptHandle=left)
        assert sys.getrefcount(body) < before + 100


@pytest.mark.parametrize("name", ["q", "q.fifo"])
def test_a_message_that_is_hidden_anew_again_and_again_takes_no_more_memory(name: str) -> None:
    with minicloud.Cloud(clock="virtual", seed=1, trace=False) as cloud:
        sqs: Any = cloud.client("sqs", "us-east-1")
        is_fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        url = sqs.create_queue(QueueName=name, Attributes=is_fifo)["QueueUrl"]
        ids = {"MessageGroupId": "g", "MessageDeduplicationId": "d"} if is_fifo else {}
        sqs.send_message(QueueUrl=url, MessageBody="m", **ids)
        [message] = sqs.receive_message(QueueUrl=url)["Messages"]

        def hide(times: int) -> None:
            for number in range(times):
                given = {"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]}
                sqs.change_message_visibility(**given, VisibilityTimeout=10_000 - number)

        hide(500)
        before = sys.getallocatedblocks()
        hide(2000)
        assert sys.getallocatedblocks() < before + 1000


def test_retention(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("queue", MessageRetentionPeriod=60, VisibilityTimeout=40)
    send(sqs, url, "in flight", "visible")
    send(sqs, url, "delayed", DelaySeconds=100)
    message = receive_one(sqs, url, maximum=1)
    cloud.clock.advance(59)
    assert counts(sqs, url) == (2, 0, 1)
    cloud.clock.advance(0.5)
    in_flight = receive_one(sqs, url, maximum=1)
    cloud.clock.advance(0.5)
    assert counts(sqs, url) == (0, 0, 0)
    assert receive(sqs, url) == []
    delete(sqs, url, message, in_flight)
    with pytest.raises(sqs.exceptions.ClientError, match="Message does not exist or is not available"):
        change(sqs, url, in_flight, 5)
    cloud.clock.advance(60)
    assert receive(sqs, url) == []


def test_deleting_a_message_at_the_moment_at_which_it_expires(
    cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue
) -> None:
    """It is gone once, and what is left is counted right; nobody has looked at the queue in between."""
    for url in (new_queue("queue", MessageRetentionPeriod=60), new_queue("queue.fifo", MessageRetentionPeriod=60)):
        group = {"MessageGroupId": "g", "MessageDeduplicationId": "1"} if url.endswith(".fifo") else {}
        send(sqs, url, "one", **group)
        message = receive_one(sqs, url, VisibilityTimeout=120)
        cloud.clock.advance(60)
        delete(sqs, url, message)
        assert counts(sqs, url) == (0, 0, 0)
        assert cloud.queue(url).messages == []


@pytest.mark.parametrize("way", ["send", "batch", "raw", "raw to two", "envelope", "rule"])
@pytest.mark.parametrize("trace", [False, True])
def test_retention_of_what_was_sent_while_the_clock_was_put_back(way: str, *, trace: bool) -> None:
    """It counts as for what was sent before, or the message would be gone as soon as the clock is right again."""
    clock = SettableClock()
    cloud = minicloud.Cloud(clock=clock, seed=1, trace=trace, region_name="us-east-1")
    sqs, sns = cloud.client("sqs"), cloud.client("sns")
    url = sqs.create_queue(QueueName="queue", Attributes={"MessageRetentionPeriod": "60"})["QueueUrl"]
    topic = sns.create_topic(Name="t")["TopicArn"]
    for name in ("queue", "other") if way == "raw to two" else ("queue",):
        raw = {"RawMessageDelivery": "false" if way == "envelope" else "true"}
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of(name), Attributes=raw)
    sqs.create_queue(QueueName="other")
    events = cloud.client("events")
    events.put_rule(Name="r", EventPattern='{"source": ["s"]}')
    events.put_targets(Rule="r", Targets=[{"Id": "t", "Arn": arn_of("queue"), "Input": '"put back"'}])
    send(sqs, url, "older")
    clock.move(1)
    send(sqs, url, "before")
    clock.move(-3600)
    if way == "send":
        send(sqs, url, "put back")
    elif way == "batch":
        sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "put back"}])
    elif way == "rule":
        events.put_events(Entries=[{"Source": "s", "DetailType": "d", "Detail": "{}"}])
    else:
        sns.publish(TopicArn=topic, Message="put back")
    messages = receive(sqs, url, AttributeNames=["SentTimestamp"])
    shown = [one["Attributes"]["SentTimestamp"] for one in messages]
    assert shown == ["1700000000000", "1700000001000", "1699996401000"]
    delete(sqs, url, messages[1])
    clock.move(3600 + 59)
    assert ["put back" in body for body in received_bodies(sqs, url)] == [True]
    assert counts(sqs, url) == (0, 1, 0)
    clock.move(1)
    assert counts(sqs, url) == (0, 0, 0)


@pytest.mark.parametrize("kind", ["standard", "fair", "fifo"])
def test_what_is_in_flight_in_a_queue_of_many_messages_can_be_deleted(kind: str, sqs: Any, new_queue: NewQueue) -> None:
    """By a call each, as a batch and again, when a thousand have come and gone meanwhile."""
    url = new_queue("q.fifo" if kind == "fifo" else "q")

    def send_ten(number: int) -> None:
        entries: list[dict[str, Any]] = [{"Id": str(one), "MessageBody": "x"} for one in range(10)]
        for entry in entries:
            if kind != "standard":
                entry["MessageGroupId"] = f"{number}-{entry['Id']}"
            if kind == "fifo":
                entry["MessageDeduplicationId"] = f"{number}-{entry['Id']}"
        sqs.send_message_batch(QueueUrl=url, Entries=entries)

    def delete_batch(messages: list[Any]) -> None:
        entries = [{"Id": str(number), "ReceiptHandle": one["ReceiptHandle"]} for number, one in enumerate(messages)]
        sqs.delete_message_batch(QueueUrl=url, Entries=entries)

    send_ten(0)
    messages = receive(sqs, url)
    for number in range(1, 101):
        send_ten(number)
        delete_batch(receive(sqs, url))
    for start, count in ((0, 1), (1, 2), (3, 1), (4, 5), (9, 1)):
        if count == 1:
            delete(sqs, url, messages[start])
        else:
            delete_batch(messages[start : start + count])
        assert counts(sqs, url) == (0, 10 - start - count, 0)


def test_what_is_in_flight_as_a_thousand_expire_can_be_deleted(
    cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue
) -> None:
    url = new_queue("q", MessageRetentionPeriod="60")
    entries = [{"Id": str(one), "MessageBody": "x", "DelaySeconds": 50} for one in range(10)]
    for _ in range(101):
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
    cloud.clock.advance(40)
    send(sqs, url, "late")
    late = receive_one(sqs, url)
    cloud.clock.advance(20)
    assert counts(sqs, url) == (0, 1, 0)
    delete(sqs, url, late)
    assert counts(sqs, url) == (0, 0, 0)


def test_what_came_late_keeps_its_retention_when_most_have_gone(cloud: minicloud.Cloud) -> None:
    """Messages that were moved, and so are older than those before them, while many of those are deleted."""
    sqs = cloud.client("sqs")
    dead = sqs.create_queue(QueueName="dead", Attributes={"MessageRetentionPeriod": "100"})["QueueUrl"]
    redrive = json.dumps({"deadLetterTargetArn": cloud.queue(dead).arn, "maxReceiveCount": 1})
    url = sqs.create_queue(QueueName="queue", Attributes={"RedrivePolicy": redrive})["QueueUrl"]
    send(sqs, url, "old")
    cloud.clock.advance(20)
    send(sqs, url, "late")
    receive(sqs, url, VisibilityTimeout=0)
    cloud.clock.advance(20)
    send(sqs, dead, "first", "second")
    receive(sqs, url)
    for _ in range(100):
        send(sqs, dead, "gone")
    receive(sqs, dead, maximum=4)
    for _ in range(10):
        delete(sqs, dead, *receive(sqs, dead))
    view = cloud.queue("dead")
    assert sorted(view.bodies) == ["first", "late", "old", "second"]
    for seconds, left in ((59, 4), (1, 3), (20, 2), (19, 2), (1, 0)):
        cloud.clock.advance(seconds)
        assert (len(view.messages), sum(counts(sqs, dead))) == (left, left)


def test_every_message_has_its_own_retention(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("queue", MessageRetentionPeriod=60)
    for body in "abc":
        send(sqs, url, body)
        cloud.clock.advance(25)
    assert received_bodies(sqs, url) == ["b", "c"]


# --- fair queues ---------------------------------------------------------------------------------------------------


def test_groups_of_a_standard_queue_only_label(sqs: Any, url: str) -> None:
    sent = send(sqs, url, "a", "b", "a", MessageGroupId="!tenant~")
    assert all("SequenceNumber" not in answer for answer in sent)
    first = receive_one(sqs, url, maximum=1, AttributeNames=["All"])
    rest = receive(sqs, url, AttributeNames=["All"])
    assert [message["Body"] for message in (first, *rest)] == ["a", "b", "a"]
    for message in (first, *rest):
        assert message["Attributes"]["MessageGroupId"] == "!tenant~"
        assert not message["Attributes"].keys() & {"SequenceNumber", "MessageDeduplicationId"}
    assert attributes(sqs, url, "ApproximateNumberOfMessagesNotVisible") == {
        "ApproximateNumberOfMessagesNotVisible": "3"
    }


def test_an_attempt_id_means_nothing_to_a_standard_queue(sqs: Any, url: str) -> None:
    send(sqs, url, "x")
    assert received_bodies(sqs, url, ReceiveRequestAttemptId="attempt") == ["x"]
    assert received_bodies(sqs, url, ReceiveRequestAttemptId="attempt") == []


def test_attributes_that_were_sent_before(sqs: Any, url: str) -> None:
    """What the latest ones came to is remembered: not whose they were, nor what they become afterwards."""
    given: dict[str, Any] = {"kind": text("1"), "size": {"DataType": "Number", "StringValue": "2"}}

    def sent() -> str:
        answer = sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes=given)
        digest: str = answer["MD5OfMessageAttributes"]
        return digest

    def received() -> Any:
        return sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"][0]["MessageAttributes"]

    digests = [sent(), sent()]
    assert digests[0] == digests[1]
    for name, member, value in (("size", "StringValue", "3"), ("kind", "DataType", "Number"), ("kind", "DataType", "")):
        given[name][member] = value
        if value:
            digests.append(sent())
            assert sent() == digests[-1]
    assert len(set(digests)) == 3
    with pytest.raises(sqs.exceptions.ClientError):
        sent()
    seen = received()
    assert seen["size"]["StringValue"] == "2"
    seen["size"]["StringValue"] = "changed"
    seen.clear()
    assert received() == {"kind": text("1"), "size": {"DataType": "Number", "StringValue": "2"}}


# --- what services bring ---------------------------------------------------------------------------------------------


@pytest.mark.minicloud(trace=False)
@pytest.mark.parametrize("is_raw", [False, True])
def test_a_queue_takes_of_a_topic_what_it_takes_of_a_sender(
    cloud: minicloud.Cloud, make_client: MakeClient, sqs: Any, new_queue: NewQueue, *, is_raw: bool
) -> None:
    """To the byte, whoever else gets the same text."""
    sns = make_client("sns", "us-east-1")
    topic = sns.create_topic(Name="t")["TopicArn"]
    raw = {"RawMessageDelivery": "true" if is_raw else "false"}
    for name in ("large", "fits", "small"):
        new_queue(name)
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of(name), Attributes=raw)
    note = {"MessageAttributes": {"name": text("vélo")}}
    subject = {} if is_raw else {"Subject": "s"}
    for given in ({}, note):
        message = {"TopicArn": topic, "Message": "é" * 1000, **subject, **given}
        sns.publish(**message)
        [sent] = receive(sqs, url_of("large"), MessageAttributeNames=["All"])
        size = len(sent["Body"].encode()) + (len("nameStringvélo".encode()) if is_raw and given else 0)
        cloud.clock.advance(60)
        for name, most in (("fits", size), ("small", size - 1)):
            sqs.purge_queue(QueueUrl=url_of(name))
            sqs.set_queue_attributes(QueueUrl=url_of(name), Attributes={"MaximumMessageSize": str(most)})
        sns.publish(**message)
        delete(sqs, url_of("large"), sent, *receive(sqs, url_of("large")))
        assert [counts(sqs, url_of(name))[0] for name in ("fits", "small")] == [1, 0]


def test_what_a_rule_brings_to_a_fifo_queue_needs_an_id(
    cloud: minicloud.Cloud, make_client: MakeClient, sqs: Any, new_queue: NewQueue
) -> None:
    events = make_client("events", "us-east-1")
    urls = [new_queue("none.fifo"), new_queue("content.fifo", ContentBasedDeduplication="true")]
    events.put_rule(Name="r", EventPattern='{"source": ["s"]}')
    parameters = {"SqsParameters": {"MessageGroupId": "g"}}
    targets = [{"Id": name, "Arn": arn_of(f"{name}.fifo"), **parameters} for name in ("none", "content")]
    events.put_targets(Rule="r", Targets=targets)
    events.put_events(Entries=[{"Source": "s", "DetailType": "d", "Detail": "{}"}])
    assert [counts(sqs, url)[0] for url in urls] == [0, 1]
