"""From facts to counts: which metrics a fact of a service adds to, and how much.

A fact becomes rows, one for each metric. A row names what it is of by ARN, which says whose account and which region;
what a fact does not say (its queue's ARN, sizes) has to be added to the facts of the service, not found out here. A row
may have a mark, by which a later fact finds it: what a topic has sent is delivered, unless it is told that it failed.
This file changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from ...core import facts

__all__ = ["CORRECTIONS", "Row", "rows_of"]

Row: TypeAlias = tuple[str, int, str, str, tuple[tuple[str, str], ...], str, float, float, object]
"""ARN, moment, namespace, name, dimensions, unit, value, how often, mark."""
Rows: TypeAlias = list[Row]
Details: TypeAlias = dict[str, Any]


def rows_of(now: int, kind: str, resource: str, details: Details) -> Rows:
    """What a fact adds to metrics; nothing for most. O(1), but for what it is about."""
    make = _MAKERS.get(kind)
    return [] if make is None else make(now, resource, details)


def size_of(text: str) -> int:
    """The length of a text in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _size_of_attributes(attributes: Mapping[str, Any] | None) -> int:
    if not attributes:
        return 0
    size = 0
    for name, attribute in attributes.items():
        content = attribute.get("BinaryValue")
        length = size_of(attribute.get("StringValue", "")) if content is None else len(content)
        size += size_of(name) + size_of(attribute["DataType"]) + length
    return size


# --- SQS --------------------------------------------------------------------------------------------------------------


def _of_queue(name: str) -> Callable[[int, str, Details], Rows]:
    def make(now: int, resource: str, details: Details) -> Rows:
        return [(details["arn"], now, "AWS/SQS", name, (("QueueName", resource),), "Count", 1.0, 1.0, None)]

    return make


def _sent(now: int, resource: str, details: Details) -> Rows:
    arn, dimensions = details["arn"], (("QueueName", resource),)
    size = size_of(details["body"]) + _size_of_attributes(details["attributes"])
    return [
        (arn, now, "AWS/SQS", "NumberOfMessagesSent", dimensions, "Count", 1.0, 1.0, None),
        (arn, now, "AWS/SQS", "SentMessageSize", dimensions, "Bytes", float(size), 1.0, None),
    ]


_MAKERS: Final[dict[str, Callable[[int, str, Details], Rows]]] = {
    facts.SQS_DELETE_IN_VAIN: _of_queue("NumberOfMessagesDeleted"),
    facts.SQS_MESSAGE_DEDUPLICATED: _of_queue("NumberOfDeduplicatedSentMessages"),
    facts.SQS_MESSAGE_DELETED: _of_queue("NumberOfMessagesDeleted"),
    facts.SQS_MESSAGE_RECEIVED: _of_queue("NumberOfMessagesReceived"),
    facts.SQS_MESSAGE_SENT: _sent,
    facts.SQS_POLL_ENDED_EMPTY: _of_queue("NumberOfEmptyReceives"),
    facts.SQS_RECEIVE_EMPTY: _of_queue("NumberOfEmptyReceives"),
}
CORRECTIONS: Final[dict[str, Callable[[int, str, Details], tuple[object, Rows]]]] = {}
