"""From facts to counts: which metrics a fact of a service adds to, and how much.

A fact becomes rows, one for each metric. A row names what it is of by ARN, which says whose account and which region;
what a fact does not say (its queue's ARN, sizes) has to be added to the facts of the service, not found out here. A row
may have a mark, by which a later fact finds it: what a topic has sent is delivered, unless it is told that it failed.
This file changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from ...core import facts

__all__ = ["Row", "corrected", "rows_of"]

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


# --- SNS --------------------------------------------------------------------------------------------------------------


def _of_topic(arn: str, now: int, resource: str, *names: str, mark: object = None) -> Rows:
    return [(arn, now, "AWS/SNS", name, (("TopicName", resource),), "Count", 1.0, 1.0, mark) for name in names]


def _published(now: int, resource: str, details: Details) -> Rows:
    arn = details["arn"]
    size = size_of(details["body"]) + _size_of_attributes(details["attributes"])
    rows = _of_topic(arn, now, resource, "NumberOfMessagesPublished")
    rows.append((arn, now, "AWS/SNS", "PublishSize", (("TopicName", resource),), "Bytes", float(size), 1.0, None))
    return rows


def _fanned_out(now: int, resource: str, details: Details) -> Rows:
    """What goes to a web server is delivered when that says so; all else now, unless it is told that it failed."""
    rows: Rows = []
    for arn, protocol, *_ in details["subscriptions"]:
        if protocol not in ("http", "https"):
            mark = "sns", arn, details["message_id"]
            rows += _of_topic(details["arn"], now, resource, "NumberOfNotificationsDelivered", mark=mark)
    return rows


def _filtered(now: int, resource: str, details: Details) -> Rows:
    if not details["policy"]:
        return []  # a replay that is over
    if details["scope"] == "MessageBody":
        why = "MessageBody" if _is_json_object(details["body"]) else "InvalidMessageBody"
    elif not details["attributes"]:
        why = "NoMessageAttributes"
    else:
        why = "InvalidAttributes" if _has_wrong_array(details["attributes"]) else "MessageAttributes"
    name = "NumberOfNotificationsFilteredOut"
    return _of_topic(details["arn"], now, resource, name, f"{name}-{why}")


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _has_wrong_array(attributes: Mapping[str, Any]) -> bool:
    for attribute in attributes.values():
        if attribute["DataType"].startswith("String.Array"):
            try:
                json.loads(attribute.get("StringValue", ""))
            except ValueError:
                return True
    return False


def _delivered(now: int, resource: str, details: Details) -> Rows:
    return _of_topic(details["arn"], now, resource, "NumberOfNotificationsDelivered")


def _failed(now: int, resource: str, details: Details) -> Rows:
    return _of_topic(details["arn"], now, resource, "NumberOfNotificationsFailed") if "arn" in details else []


def _redriven(now: int, resource: str, details: Details) -> Rows:
    mark = "dlq", details["subscription"], details["message_id"]
    return _of_topic(details["arn"], now, resource, "NumberOfNotificationsRedrivenToDlq", mark=mark)


def _lost(now: int, resource: str, details: Details) -> Rows:
    return _of_topic(details["arn"], now, resource, "NumberOfNotificationsFailedToRedriveToDlq")


# --- Kinesis ----------------------------------------------------------------------------------------------------------


def _of_stream(now: int, resource: str, details: Details, *values: tuple[str, str, float]) -> Rows:
    """Of a stream, and of the shard where that is monitored. Each value with its name and unit."""
    arn, dimensions = details["arn"], (("StreamName", resource),)
    rows: Rows = [(arn, now, "AWS/Kinesis", name, dimensions, unit, value, 1.0, None) for name, unit, value in values]
    monitored = details.get("shard_metrics", ())
    of_shard = ("ShardId", details["shard_id"]), ("StreamName", resource)
    for name, unit, value in values:
        shown = _OF_SHARDS.get(name, "")
        if shown in monitored:
            rows.append((arn, now, "AWS/Kinesis", shown, of_shard, unit, value, 1.0, None))
    return rows


_OF_SHARDS: Final = {
    "GetRecords.Bytes": "OutgoingBytes",
    "GetRecords.IteratorAgeMilliseconds": "IteratorAgeMilliseconds",
    "GetRecords.Records": "OutgoingRecords",
    "IncomingBytes": "IncomingBytes",
    "IncomingRecords": "IncomingRecords",
    "WriteProvisionedThroughputExceeded": "WriteProvisionedThroughputExceeded",
}
"""What a metric of a stream is called of a shard."""


def _put(now: int, resource: str, details: Details) -> Rows:
    size = float(len(details["data"]))
    return _of_stream(now, resource, details, ("IncomingBytes", "Bytes", size), ("IncomingRecords", "Count", 1.0))


def _kept_out(now: int, resource: str, details: Details) -> Rows:
    return _of_stream(now, resource, details, ("WriteProvisionedThroughputExceeded", "Count", 1.0))


def _read(now: int, resource: str, details: Details) -> Rows:
    return _of_stream(
        now,
        resource,
        details,
        ("GetRecords.Bytes", "Bytes", float(details.get("bytes", 0))),
        ("GetRecords.IteratorAgeMilliseconds", "Milliseconds", float(details.get("age", 0))),
        ("GetRecords.Records", "Count", float(details.get("count", 0))),
        ("GetRecords.Success", "Count", 1.0),
    )


def _of_consumer(now: int, resource: str, details: Details, *values: tuple[str, str, float]) -> Rows:
    dimensions = ("ConsumerName", details["consumer"]), ("StreamName", resource)
    return [
        (details["arn"], now, "AWS/Kinesis", name, dimensions, unit, value, 1.0, None) for name, unit, value in values
    ]


def _subscribed(now: int, resource: str, details: Details) -> Rows:
    return _of_consumer(now, resource, details, ("SubscribeToShard.Success", "Count", 1.0))


def _pushed(now: int, resource: str, details: Details) -> Rows:
    return _of_consumer(
        now,
        resource,
        details,
        ("SubscribeToShardEvent.Bytes", "Bytes", float(details["bytes"])),
        ("SubscribeToShardEvent.MillisBehindLatest", "Milliseconds", float(details["age"])),
        ("SubscribeToShardEvent.Records", "Count", float(details["count"])),
        ("SubscribeToShardEvent.Success", "Count", 1.0),
    )


def _of_record_queue(name: str) -> Callable[[int, str, Details], Rows]:
    def make(now: int, resource: str, details: Details) -> Rows:
        arn = details["arn"]
        dimensions = ("QueueId", arn.rpartition("/")[2]), ("QueueName", resource)
        return [(arn, now, "AWS/Kinesis", name, dimensions, "Count", 1.0, 1.0, None)]

    return make


# --- Lambda -----------------------------------------------------------------------------------------------------------


def _of_function(name: str, *more: str) -> Callable[[int, str, Details], Rows]:
    def make(now: int, resource: str, details: Details) -> Rows:
        return _lambda(now, resource, details, *((one, "Count", 1.0) for one in (name, *more)))

    return make


def _lambda(now: int, resource: str, details: Details, *values: tuple[str, str, float]) -> Rows:
    arn, dimensions = details["function"], (("FunctionName", resource),)
    return [(arn, now, "AWS/Lambda", name, dimensions, unit, value, 1.0, None) for name, unit, value in values]


def _ran(errors: float) -> Callable[[int, str, Details], Rows]:
    def make(now: int, resource: str, details: Details) -> Rows:
        lasted = details["lasted"] / 1_000_000
        return _lambda(now, resource, details, ("Duration", "Milliseconds", lasted), ("Errors", "Count", errors))

    return make


def _not_sent(now: int, resource: str, details: Details) -> Rows:
    name = "DeadLetterErrors" if details["what"] == "event" else "DestinationDeliveryFailures"
    return _lambda(now, resource, details, (name, "Count", 1.0))


_MAKERS.update(
    {
        facts.KINESIS_POLL_ENDED_EMPTY: _of_record_queue("EmptyReceives"),
        facts.KINESIS_READ_EMPTY: _read,
        facts.KINESIS_RECORD_ACKNOWLEDGED: _of_record_queue("AcknowledgedQueueRecords"),
        facts.KINESIS_RECORD_PUT: _put,
        facts.KINESIS_RECORD_RECEIVED: _of_record_queue("ReceivedQueueRecords"),
        facts.KINESIS_RECORD_THROTTLED: _kept_out,
        facts.KINESIS_RECORDS_PUSHED: _pushed,
        facts.KINESIS_RECORDS_READ: _read,
        facts.KINESIS_SHARD_SUBSCRIBED: _subscribed,
        facts.LAMBDA_FAILED: _ran(1.0),
        facts.LAMBDA_GIVEN_UP: _of_function("AsyncEventsDropped"),
        facts.LAMBDA_INVOKED: _of_function("Invocations"),
        facts.LAMBDA_LOST: _not_sent,
        facts.LAMBDA_SUCCEEDED: _ran(0.0),
        facts.LAMBDA_THROTTLED: _of_function("Throttles"),
        facts.LAMBDA_TIMED_OUT: _ran(1.0),
        facts.SNS_DELIVERY_FAILED: _failed,
        facts.SNS_DELIVERY_SUCCEEDED: _delivered,
        facts.SNS_MESSAGE_DEAD_LETTERED: _redriven,
        facts.SNS_MESSAGE_FANNED_OUT: _fanned_out,
        facts.SNS_MESSAGE_FILTERED: _filtered,
        facts.SNS_MESSAGE_LOST: _lost,
        facts.SNS_MESSAGE_PUBLISHED: _published,
    }
)


def corrected(kind: str, details: Details) -> object:
    """The mark of the row that a fact says was wrong; None for most facts."""
    if kind == facts.SNS_DELIVERY_FAILED and "subscription" in details:
        return "sns", details["subscription"], details["message_id"]
    if kind == facts.SNS_MESSAGE_LOST:
        return "dlq", details["subscription"], details["message_id"]
    return None
