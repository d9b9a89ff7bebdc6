"""Floors: the least pure Python that gives the same answers.

A floor does what no emulator can leave out and nothing else: it takes the keyword arguments, computes the MD5, makes
the identifiers, keeps an entry, and builds the whole answer, ``ResponseMetadata`` included. It checks nothing, hides
nothing by time, knows one queue only, locks nothing, and knows no errors. Identifiers are a counter that looks like a
UUID, made a few hundred at a time, and MD5 comes from the quickest implementation that the standard library has, so
that nothing flatters minicloud.

The *plain floor* is less: what somebody writes who wants a queue for one test, with MD5 from where everybody takes it,
and no headers in the answer.
"""

from __future__ import annotations

import hashlib
from collections import deque
from typing import Any

try:
    from _md5 import md5
except ImportError:
    from hashlib import md5

__all__ = ["Entry", "FloorFifoQueue", "FloorQueue", "FloorTopic", "PlainQueue"]

_STEP = 0x9E3779B97F4B
_MASK = (1 << 48) - 1
_TAIL = "-4d21-9b0c-6a1d5e7f9a3b"
_AT_ONCE = 256
_PLAIN_TAIL = "-0000-4000-8000-000000000000"
CONTENT_TYPE = "application/x-amz-json-1.0"


class Entry:
    """What a receive has to show again."""

    __slots__ = ("body", "md5", "message_id")

    def __init__(self, body: str, digest: str, message_id: str) -> None:
        self.body = body
        self.md5 = digest
        self.message_id = message_id


def _metadata(request_id: str) -> dict[str, Any]:
    return {
        "RequestId": request_id,
        "HTTPStatusCode": 200,
        "HTTPHeaders": {"x-amzn-requestid": request_id, "content-type": CONTENT_TYPE},
        "RetryAttempts": 0,
    }


class FloorQueue:
    """One queue, in as little Python as gives boto3's answers."""

    def __init__(self) -> None:
        self.waiting: deque[Entry] = deque()
        self.in_flight: dict[str, Entry] = {}
        self._state = 0
        self._ids: list[str] = []

    def _more_ids(self) -> list[str]:
        state = self._state
        for _ in range(_AT_ONCE):
            state = (state + _STEP) & _MASK
            self._ids.append(state.to_bytes(6, "big").hex("-", -4) + _TAIL)
        self._state = state
        return self._ids

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> dict[str, Any]:
        """MD5, an id, an entry, a request id, the answer."""
        digest = md5(MessageBody.encode()).hexdigest()
        message_id = (self._ids or self._more_ids()).pop()
        self.waiting.append(Entry(MessageBody, digest, message_id))
        request_id = (self._ids or self._more_ids()).pop()
        return {
            "MD5OfMessageBody": digest,
            "MessageId": message_id,
            "ResponseMetadata": {
                "RequestId": request_id,
                "HTTPStatusCode": 200,
                "HTTPHeaders": {"x-amzn-requestid": request_id, "content-type": CONTENT_TYPE},
                "RetryAttempts": 0,
            },
        }

    def receive_message(self, *, QueueUrl: str) -> dict[str, Any]:
        """The oldest entry, a handle under which it is found again, a request id, the answer."""
        message = self.waiting.popleft()
        handle = (self._ids or self._more_ids()).pop()
        self.in_flight[handle] = message
        request_id = (self._ids or self._more_ids()).pop()
        return {
            "Messages": [
                {
                    "MessageId": message.message_id,
                    "ReceiptHandle": handle,
                    "MD5OfBody": message.md5,
                    "Body": message.body,
                }
            ],
            "ResponseMetadata": {
                "RequestId": request_id,
                "HTTPStatusCode": 200,
                "HTTPHeaders": {"x-amzn-requestid": request_id, "content-type": CONTENT_TYPE},
                "RetryAttempts": 0,
            },
        }

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> dict[str, Any]:
        """Forget the entry; a request id, the answer."""
        self.in_flight.pop(ReceiptHandle, None)
        request_id = (self._ids or self._more_ids()).pop()
        return {
            "ResponseMetadata": {
                "RequestId": request_id,
                "HTTPStatusCode": 200,
                "HTTPHeaders": {"x-amzn-requestid": request_id, "content-type": CONTENT_TYPE},
                "RetryAttempts": 0,
            }
        }

    # What ten messages share costs less for each, so the metadata may come from a function.

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        """For each entry an MD5, an id, an entry and a part of the answer; one request id."""
        waiting = self.waiting
        successful = []
        for entry in Entries:
            body = entry["MessageBody"]
            digest = md5(body.encode()).hexdigest()
            message_id = (self._ids or self._more_ids()).pop()
            waiting.append(Entry(body, digest, message_id))
            successful.append({"Id": entry["Id"], "MessageId": message_id, "MD5OfMessageBody": digest})
        return {"Successful": successful, "ResponseMetadata": _metadata((self._ids or self._more_ids()).pop())}

    def receive_messages(self, *, QueueUrl: str, MaxNumberOfMessages: int) -> dict[str, Any]:
        """The oldest entries; for each a handle and a part of the answer."""
        waiting, in_flight = self.waiting, self.in_flight
        answers = []
        for _ in range(min(MaxNumberOfMessages, len(waiting))):
            message = waiting.popleft()
            handle = (self._ids or self._more_ids()).pop()
            in_flight[handle] = message
            answers.append(
                {
                    "MessageId": message.message_id,
                    "ReceiptHandle": handle,
                    "MD5OfBody": message.md5,
                    "Body": message.body,
                }
            )
        return {"Messages": answers, "ResponseMetadata": _metadata((self._ids or self._more_ids()).pop())}

    def delete_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        """Forget the entries; a part of the answer for each."""
        in_flight = self.in_flight
        successful = []
        for entry in Entries:
            in_flight.pop(entry["ReceiptHandle"], None)
            successful.append({"Id": entry["Id"]})
        return {"Successful": successful, "ResponseMetadata": _metadata((self._ids or self._more_ids()).pop())}

    def send_with_attributes(
        self, *, QueueUrl: str, MessageBody: str, MessageAttributes: dict[str, dict[str, str]]
    ) -> dict[str, Any]:
        """A send, and the MD5 of its attributes, all of them text."""
        answer = self.send_message(QueueUrl=QueueUrl, MessageBody=MessageBody)
        parts = []
        for name in sorted(MessageAttributes):
            value = MessageAttributes[name]
            for text in (name, value["DataType"]):
                encoded = text.encode()
                parts += [len(encoded).to_bytes(4, "big"), encoded]
            encoded = value["StringValue"].encode()
            parts += [b"\x01", len(encoded).to_bytes(4, "big"), encoded]
        answer["MD5OfMessageAttributes"] = md5(b"".join(parts)).hexdigest()
        return answer


class PlainQueue:
    """One queue, as plain as can be: the plain floor."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[str, str, str]] = deque()
        self.in_flight: dict[str, tuple[str, str, str]] = {}
        self._made = 0

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> dict[str, Any]:
        """MD5, a counter as id, an entry, the answer."""
        self._made += 1
        digest = hashlib.md5(MessageBody.encode()).hexdigest()
        message_id = f"{self._made:08x}{_PLAIN_TAIL}"
        self.waiting.append((message_id, MessageBody, digest))
        return {
            "MD5OfMessageBody": digest,
            "MessageId": message_id,
            "ResponseMetadata": {
                "RequestId": message_id,
                "HTTPStatusCode": 200,
                "HTTPHeaders": {},
                "RetryAttempts": 0,
            },
        }

    def receive_message(self, *, QueueUrl: str) -> dict[str, Any]:
        """The oldest entry, a counter as the handle under which it is found again, the answer."""
        entry = self.waiting.popleft()
        self._made += 1
        handle = f"{self._made:08x}{_PLAIN_TAIL}"
        self.in_flight[handle] = entry
        message_id, body, digest = entry
        return {
            "Messages": [{"MessageId": message_id, "ReceiptHandle": handle, "MD5OfBody": digest, "Body": body}],
            "ResponseMetadata": {
                "RequestId": handle,
                "HTTPStatusCode": 200,
                "HTTPHeaders": {},
                "RetryAttempts": 0,
            },
        }

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> dict[str, Any]:
        """Forget the entry; a counter as the request's id, the answer."""
        self.in_flight.pop(ReceiptHandle, None)
        self._made += 1
        return {
            "ResponseMetadata": {
                "RequestId": f"{self._made:08x}{_PLAIN_TAIL}",
                "HTTPStatusCode": 200,
                "HTTPHeaders": {},
                "RetryAttempts": 0,
            }
        }


class FloorFifoQueue(FloorQueue):
    """The same in order, group by group, once for each deduplication id. No id lapses."""

    def __init__(self) -> None:
        super().__init__()
        self.accepted: dict[str, str] = {}
        self.groups: dict[str, deque[Entry]] = {}
        self.ready: deque[str] = deque()
        self.locked: dict[str, str] = {}
        self._sequence = 18_849_000_000_000_000_000

    def send_in_order(
        self, *, QueueUrl: str, MessageBody: str, MessageGroupId: str, MessageDeduplicationId: str
    ) -> dict[str, Any]:
        """A send, a sequence number, a place in the group, and the deduplication id is remembered."""
        digest = md5(MessageBody.encode()).hexdigest()
        message_id = self.accepted.get(MessageDeduplicationId)
        if message_id is None:
            message_id = self.accepted[MessageDeduplicationId] = (self._ids or self._more_ids()).pop()
            group = self.groups.get(MessageGroupId)
            if group is None:
                group = self.groups[MessageGroupId] = deque()
                self.ready.append(MessageGroupId)
            group.append(Entry(MessageBody, digest, message_id))
        self._sequence += 256
        return {
            "MD5OfMessageBody": digest,
            "MessageId": message_id,
            "SequenceNumber": str(self._sequence),
            "ResponseMetadata": _metadata((self._ids or self._more_ids()).pop()),
        }

    def receive_message(self, *, QueueUrl: str) -> dict[str, Any]:
        """The oldest entry of the next group, which is locked."""
        name = self.ready.popleft()
        message = self.groups[name].popleft()
        handle = (self._ids or self._more_ids()).pop()
        self.locked[handle] = name
        return {
            "Messages": [
                {
                    "MessageId": message.message_id,
                    "ReceiptHandle": handle,
                    "MD5OfBody": message.md5,
                    "Body": message.body,
                }
            ],
            "ResponseMetadata": _metadata((self._ids or self._more_ids()).pop()),
        }

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> dict[str, Any]:
        """Forget the entry and unlock its group."""
        name = self.locked.pop(ReceiptHandle, None)
        if name is not None:
            if self.groups[name]:
                self.ready.append(name)
            else:
                del self.groups[name]
        return {"ResponseMetadata": _metadata((self._ids or self._more_ids()).pop())}


class FloorTopic:
    """A topic whose every subscriber is a queue that gets an envelope, unsigned and without attributes."""

    def __init__(self, queues: int) -> None:
        self.queues = {f"arn:aws:sns:us-east-1:123456789012:topic:{number}": FloorQueue() for number in range(queues)}
        self._ids = FloorQueue()

    def publish(self, *, TopicArn: str, Message: str) -> dict[str, Any]:
        """For each queue its own text, an MD5, an id, an entry."""
        ids = self._ids
        message_id = (ids._ids or ids._more_ids()).pop()
        head = f'{{"Type": "Notification", "MessageId": "{message_id}", "Message": "{Message}", "UnsubscribeURL": "'
        for arn, queue in self.queues.items():
            body = f'{head}{arn}"}}'
            digest = md5(body.encode()).hexdigest()
            queue.waiting.append(Entry(body, digest, (ids._ids or ids._more_ids()).pop()))
        return {"MessageId": message_id, "ResponseMetadata": _metadata((ids._ids or ids._more_ids()).pop())}
