"""The event that a function gets of a queue's messages, in AWS's form. [recorded]

Events are made of ReceiveMessage's answers, each time anew, for a handler may do with its event what it likes.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from json import dumps
from operator import itemgetter
from typing import Any, Final

__all__ = ["queue_event", "queue_record", "shown_attribute", "size_of", "size_of_event", "upper_bound"]

_ATTRIBUTES: Final = (
    "ApproximateReceiveCount",
    "AWSTraceHeader",
    "SentTimestamp",
    "SequenceNumber",
    "MessageGroupId",
    "SenderId",
    "MessageDeduplicationId",
    "ApproximateFirstReceiveTimestamp",
    "DeadLetterQueueSourceArn",
)
"""In the order of the examples. [Lambda developer guide: SQS]"""

_orders: dict[tuple[str, ...], tuple[tuple[str, ...], Callable[[Mapping[str, str]], tuple[str, ...]]]] = {}
"""The order of those that a message has, and what gets them so, by these as it has them: there are a few such lists."""

_FRAME: Final = 2_000
"""More bytes than a record has beside its body and its message attributes."""
_LONGEST_ESCAPE: Final = 6
"""Bytes of JSON for a character."""


def queue_event(
    messages: Iterable[Mapping[str, Any]], queue_arn: str, region_name: str, *, is_windowed: bool
) -> dict[str, Any]:
    """The event of a batch. O(batch).

    Mappings with a batching window have ``md5OfMessageAttributes`` also where a message has none of these: it was
    recorded as null with a window, and absent without one. [recorded; that it is the window: inferred]
    """
    records: list[dict[str, Any]] = []
    for message in messages:
        given = message["Attributes"]
        names, values_of = _orders.get(tuple(given)) or _order_of(tuple(given))
        attributes = message.get("MessageAttributes")
        record: dict[str, Any] = {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": dict(zip(names, values_of(given), strict=True)),
            "messageAttributes": {},
        }
        if attributes is not None:
            record["messageAttributes"] = {name: shown_attribute(value) for name, value in attributes.items()}
        if attributes is not None or is_windowed:
            record["md5OfMessageAttributes"] = message.get("MD5OfMessageAttributes")
        record["md5OfBody"] = message["MD5OfBody"]
        record["eventSource"] = "aws:sqs"
        record["eventSourceARN"] = queue_arn
        record["awsRegion"] = region_name
        records.append(record)
    return {"Records": records}


def queue_record(message: Mapping[str, Any], queue_arn: str, *, is_windowed: bool) -> Any:
    """The record of a message in such an event."""
    return queue_event((message,), queue_arn, queue_arn.split(":")[3], is_windowed=is_windowed)["Records"][0]


def _order_of(given: tuple[str, ...]) -> tuple[tuple[str, ...], Callable[[Mapping[str, str]], tuple[str, ...]]]:
    """The attributes that a record shows of those that a message has, in the record's order: four at least."""
    order = tuple(name for name in _ATTRIBUTES if name in given)
    found = _orders[given] = order, itemgetter(*order)
    return found


def shown_attribute(value: Mapping[str, Any]) -> dict[str, Any]:
    """A message attribute: text as it is, bytes in base64; the lists are always there, and empty."""
    shown: dict[str, Any] = {}
    if "StringValue" in value:
        shown["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        shown["binaryValue"] = b64encode(value["BinaryValue"]).decode()
    return {**shown, "stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}


# --- sizes -----------------------------------------------------------------------------------------------------------


def upper_bound(message: Mapping[str, Any]) -> int:
    """No less than the bytes of a message's record; found without making it. O(attributes)."""
    size = _FRAME + _LONGEST_ESCAPE * len(message["Body"])
    for name, value in message.get("MessageAttributes", {}).items():
        size += 200 + _LONGEST_ESCAPE * (len(name) + len(value["DataType"]) + len(value.get("StringValue", "")))
        size += 2 * len(value.get("BinaryValue", b""))
    return size


def size_of(message: Mapping[str, Any], queue_arn: str) -> int:
    """The bytes of a message's record, with the comma behind it."""
    record = queue_record(message, queue_arn, is_windowed=True)
    return 1 + len(dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def size_of_event(sizes: Iterable[int]) -> int:
    """The bytes of an event whose records have these sizes."""
    return len('{"Records":[]}') + sum(sizes)
