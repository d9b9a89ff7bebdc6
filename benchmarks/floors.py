"""Floors: the least pure Python that gives the same answers.

A floor does what no emulator can leave out and nothing else: it takes the keyword arguments, computes the MD5, makes
the identifiers, keeps an entry, and builds the whole answer, ``ResponseMetadata`` included. It checks nothing, hides
nothing by time, knows one queue only, locks nothing, and knows no errors. Identifiers are a counter that looks like a
UUID, made a few hundred at a time, and MD5 comes from the quickest implementation that the standard library has, so
that nothing flatters minicloud.
"""

from __future__ import annotations

from collections import deque
from typing import Any

try:
    from _md5 import md5
except ImportError:
    from hashlib import md5

__all__ = ["FloorQueue", "Message"]

_STEP = 0x9E3779B97F4B
_MASK = (1 << 48) - 1
_TAIL = "-4d21-9b0c-6a1d5e7f9a3b"
_AT_ONCE = 256
CONTENT_TYPE = "application/x-amz-json-1.0"


class Message:
    """An entry: what a receive has to show again."""

    __slots__ = ("body", "md5", "message_id")

    def __init__(self, body: str, digest: str, message_id: str) -> None:
        self.body = body
        self.md5 = digest
        self.message_id = message_id


class FloorQueue:
    """One queue, in as little Python as gives boto3's answers."""

    def __init__(self) -> None:
        self.waiting: deque[Message] = deque()
        self.in_flight: dict[str, Message] = {}
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
        self.waiting.append(Message(MessageBody, digest, message_id))
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
