"""What the trace tells of messages: each fact with its members."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import minicloud

HOME = "arn:aws:sqs:us-east-1:123456789012:"


class Told:
    """A cloud, a client, and what has been told since somebody looked last."""

    def __init__(self) -> None:
        self.cloud = minicloud.Cloud(clock="virtual")
        self.sqs: Any = self.cloud.client("sqs")
        self.seen = 0

    def news(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Kind, queue and details, without calls; without members that are None or empty."""
        events = list(self.cloud.trace)[self.seen :]
        self.seen += len(events)
        return [
            (event.kind.removeprefix("sqs."), event.resource, {k: v for k, v in event.details.items() if v or v == 0})
            for event in events
            if event.kind.startswith("sqs.")
        ]


def test_the_life_of_a_message() -> None:
    told = Told()
    sqs = told.sqs
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    redrive = json.dumps({"deadLetterTargetArn": f"{HOME}dead", "maxReceiveCount": 2})
    settings = {"VisibilityTimeout": "30", "RedrivePolicy": redrive, "MessageRetentionPeriod": "60"}
    url = sqs.create_queue(QueueName="q", Attributes=settings)["QueueUrl"]
    arn, place = f"{HOME}q", {"QueueUrl": url}
    assert told.news() == [
        ("queue.created", "dead", {"arn": f"{HOME}dead"}),
        ("queue.created", "q", {"arn": arn}),
    ]
    one = sqs.send_message(**place, MessageBody="a", DelaySeconds=5)["MessageId"]
    assert told.news() == [("message.sent", "q", {"message_id": one, "body": "a", "delay_seconds": 5, "arn": arn})]
    sqs.receive_message(**place)
    (event,) = told.news()
    due = told.cloud.clock.time_ns() + 5 * 10**9
    hidden = {"next_id": one, "next_body": "a", "next_due_ns": due, "next_was": "delayed", "behind": 0}
    assert event == ("receive.empty", "q", {"in_flight": 0, "delayed": 1, "arn": arn, **hidden})
    told.cloud.clock.advance(5)
    handle = sqs.receive_message(**place)["Messages"][0]["ReceiptHandle"]
    received = {"message_id": one, "receive_count": 1, "visibility_seconds": 30, "handle": handle, "arn": arn}
    assert told.news() == [
        ("message.visible", "q", {"message_id": one, "was": "delayed"}),
        ("message.received", "q", received),
    ]
    sqs.change_message_visibility(**place, ReceiptHandle=handle, VisibilityTimeout=0)
    changed = {"message_id": one, "seconds": 0, "handle": handle}
    assert told.news() == [("message.visibility_changed", "q", changed)]
    handle = sqs.receive_message(**place, VisibilityTimeout=7)["Messages"][0]["ReceiptHandle"]
    received |= {"receive_count": 2, "visibility_seconds": 7, "handle": handle}
    assert told.news() == [("message.received", "q", received)]
    sqs.change_message_visibility(**place, ReceiptHandle=handle, VisibilityTimeout=9)
    assert told.news() == [("message.visibility_changed", "q", {"message_id": one, "seconds": 9, "handle": handle})]
    told.cloud.clock.advance(9)
    assert "Messages" not in sqs.receive_message(**place)
    moved = {"message_id": one, "receive_count": 2, "dead_letter_queue": "dead", "arn": f"{HOME}dead"}
    assert told.news()[:2] == [
        ("message.visible", "q", {"message_id": one, "was": "in flight", "moves_to": "dead"}),
        ("message.moved_to_dlq", "q", moved),
    ]
    handle = sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10)["Messages"][0]["ReceiptHandle"]
    told.news()
    sqs.delete_message(QueueUrl=dead, ReceiptHandle=handle)
    gone = {"message_id": one, "handle": handle, "arn": f"{HOME}dead"}
    assert told.news() == [("message.deleted", "dead", gone)]
    sqs.delete_message(QueueUrl=dead, ReceiptHandle=handle)
    in_vain = {"reason": "the message has gone", "handle": handle, "arn": f"{HOME}dead"}
    assert told.news() == [("delete.in_vain", "dead", in_vain)]
    other = sqs.send_message(**place, MessageBody="b")["MessageId"]
    told.news()
    told.cloud.clock.advance(61)
    sqs.receive_message(**place)
    assert ("message.expired", "q", {"message_id": other}) in told.news()
    sqs.send_message_batch(**place, Entries=[{"Id": str(number), "MessageBody": "c"} for number in range(3)])
    told.news()
    sqs.purge_queue(**place)
    assert told.news() == [("queue.purged", "q", {"messages": 3, "arn": arn})]
    sqs.send_message(**place, MessageBody="d")
    told.news()
    sqs.delete_queue(**place)
    assert told.news()[-1] == ("queue.deleted", "q", {"messages": 1, "arn": arn})


def test_messages_of_groups() -> None:
    told = Told()
    sqs = told.sqs
    settings = {"FifoQueue": "true", "VisibilityTimeout": "30"}
    url = sqs.create_queue(QueueName="q.fifo", Attributes=settings)["QueueUrl"]
    arn, place = f"{HOME}q.fifo", {"QueueUrl": url}
    told.news()
    first, second = (
        sqs.send_message(**place, MessageBody=body, MessageGroupId="g", MessageDeduplicationId=body)["MessageId"]
        for body in "ab"
    )
    sent = {"group_id": "g", "delay_seconds": 0, "arn": arn}
    assert told.news() == [
        ("message.sent", "q.fifo", {"message_id": number, "body": body, "deduplication_id": body, **sent})
        for number, body in [(first, "a"), (second, "b")]
    ]
    assert (
        sqs.send_message(**place, MessageBody="c", MessageGroupId="g", MessageDeduplicationId="a")["MessageId"] == first
    )
    assert told.news() == [
        ("message.deduplicated", "q.fifo", {"message_id": first, "deduplication_id": "a", "arn": arn})
    ]
    handle = sqs.receive_message(**place)["Messages"][0]["ReceiptHandle"]
    told.news()
    sqs.receive_message(**place)
    (event,) = told.news()
    due = told.cloud.clock.time_ns() + 30 * 10**9
    hidden = {"next_id": first, "next_body": "a", "next_due_ns": due, "next_was": "in flight", "next_group_id": "g"}
    assert event == ("receive.empty", "q.fifo", {"in_flight": 1, "delayed": 0, "arn": arn, **hidden, "behind": 1})
    told.cloud.clock.advance(30)
    told.news()
    with contextlib.suppress(sqs.exceptions.ClientError):
        sqs.delete_message(**place, ReceiptHandle=handle)
    refused = {"message_id": first, "reason": "the visibility timeout has ended", "handle": handle}
    assert ("delete.refused", "q.fifo", refused) in told.news()


def test_what_was_told_and_has_not_happened() -> None:
    """As where an exception came between the fact and what it tells: metrics do not count it."""
    told = Told()
    sqs = told.sqs
    dead = json.dumps({"deadLetterTargetArn": f"{HOME}dead", "maxReceiveCount": 1})
    sqs.create_queue(QueueName="dead")
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("q", "purged", "gone")}
    urls["source"] = sqs.create_queue(QueueName="source", Attributes={"RedrivePolicy": dead})["QueueUrl"]
    ids = {name: sqs.send_message(QueueUrl=url, MessageBody="x")["MessageId"] for name, url in urls.items()}
    ids["deleted"] = sqs.send_message(QueueUrl=urls["q"], MessageBody="x")["MessageId"]
    for message in sqs.receive_message(QueueUrl=urls["q"], MaxNumberOfMessages=10)["Messages"]:
        if message["MessageId"] == ids["deleted"]:
            sqs.delete_message(QueueUrl=urls["q"], ReceiptHandle=message["ReceiptHandle"])
    for _ in range(2):
        sqs.receive_message(QueueUrl=urls["source"], VisibilityTimeout=0)
    sqs.purge_queue(QueueUrl=urls["purged"])
    sqs.delete_queue(QueueUrl=urls["gone"])
    facts = [(0, one.kind, one.resource, dict(one.details)) for one in told.cloud.trace]
    [service] = told.cloud.services("sqs")

    def wrong(*more: tuple[str, str, str], before: bool = False) -> list[int]:
        made = [
            (0, f"sqs.message.{kind}", name, {"message_id": ids.get(one, one), "arn": f"{HOME}{name}"})
            for kind, name, one in more
        ]
        place = len(made) if before else 0
        return sorted(number - place for number in service.not_so([*made, *facts] if before else [*facts, *made]))

    def place_of(kind: str, one: str) -> int:
        return next(
            number
            for number, (_, name, _, details) in enumerate(facts)
            if name == f"sqs.message.{kind}" and details["message_id"] == ids[one]
        )

    end = len(facts)
    assert wrong() == []
    for name in ("q", "purged", "source"):
        assert wrong(("sent", name, "nobody"), ("sent", name, "else")) == [end, end + 1], name
    assert wrong(("sent", "gone", "nobody"), ("sent", "never", "else"), ("deleted", "gone", "someone")) == []
    assert wrong(("sent", "purged", "nobody"), ("sent", "gone", "else"), before=True) == []
    assert wrong(("sent", "q", "nobody"), ("deleted", "q", "nobody"), before=True) == []
    assert wrong(("received", "q", "nobody")) == []
    assert wrong(("deleted", "q", "q")) == [end]
    assert wrong(("sent", "q", "q")) == [place_of("sent", "q")]
    assert wrong(("deleted", "q", "deleted")) == [place_of("deleted", "deleted")]
