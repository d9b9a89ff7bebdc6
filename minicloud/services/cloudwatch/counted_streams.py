"""From facts of Kinesis to counts, as ``counted`` does it.

What a call has put or read is told with its records: a put of one record with that record, PutRecords with its last
entry (``call``), so that an interrupted call, which has no answer, is no call; what it has stored counts all the same.
Calls take no time on the cloud's clock, so all latencies are 0.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from ...core import facts
from .rows import Details, Maker, Row, Rows

__all__ = ["MAKERS"]

_NAMESPACE: Final = "AWS/Kinesis"
_OF_SHARDS: Final = {
    "GetRecords.Bytes": "OutgoingBytes",
    "GetRecords.IteratorAgeMilliseconds": "IteratorAgeMilliseconds",
    "GetRecords.Records": "OutgoingRecords",
    "IncomingBytes": "IncomingBytes",
    "IncomingRecords": "IncomingRecords",
    "ReadProvisionedThroughputExceeded": "ReadProvisionedThroughputExceeded",
    "SubscribeToShardEvent.Bytes": "OutgoingBytes",
    "SubscribeToShardEvent.Records": "OutgoingRecords",
    "WriteProvisionedThroughputExceeded": "WriteProvisionedThroughputExceeded",
}
"""What a metric of a stream, or of a consumer, is called of a shard. [Kinesis developer guide: enhanced metrics]"""

Value: TypeAlias = tuple[str, str, float]
"""Name, unit, value."""


def _count(name: str, value: float = 1.0) -> Value:
    return name, "Count", value


def _of_stream(resource: str, details: Details, *values: Value) -> Rows:
    """Of a stream, and of the shard where that is monitored."""
    arn, dimensions = details["arn"], (("StreamName", resource),)
    rows: Rows = [(arn, _NAMESPACE, name, dimensions, unit, value, None) for name, unit, value in values]
    return rows + _of_shard(resource, details, *values)


def _of_shard(resource: str, details: Details, *values: Value) -> list[Row]:
    monitored = details.get("shard_metrics", ())
    if not monitored:
        return []
    arn, dimensions = details["arn"], (("ShardId", details["shard_id"]), ("StreamName", resource))
    return [
        (arn, _NAMESPACE, shown, dimensions, unit, value, None)
        for name, unit, value in values
        if (shown := _OF_SHARDS.get(name, "")) in monitored
    ]


# --- puts -------------------------------------------------------------------------------------------------------------


def _put(now: int, resource: str, details: Details) -> Rows:
    size = float(len(details["data"]))
    return _of_stream(
        resource,
        details,
        ("IncomingBytes", "Bytes", size),
        _count("IncomingRecords"),
        _count("WriteProvisionedThroughputExceeded", 0.0),
        *_of_call(details),
    )


def _kept_out(now: int, resource: str, details: Details) -> Rows:
    return _of_stream(resource, details, _count("WriteProvisionedThroughputExceeded"), *_of_call(details))


def _of_call(details: Details) -> list[Value]:
    """What the call adds that has come to its end with a record."""
    call = details.get("call")
    if call is None:
        return []
    name, total, throttled, size = call
    if name == "PutRecord":
        return [
            ("PutRecord.Bytes", "Bytes", float(size)),
            ("PutRecord.Latency", "Milliseconds", 0.0),
            _count("PutRecord.Success"),
        ]
    stored = float(total - throttled)
    return [
        ("PutRecords.Bytes", "Bytes", float(size)),
        _count("PutRecords.FailedRecords", 0.0),
        ("PutRecords.Latency", "Milliseconds", 0.0),
        _count("PutRecords.Records", stored),
        _count("PutRecords.Success", float(stored > 0)),
        _count("PutRecords.SuccessfulRecords", stored),
        _count("PutRecords.ThrottledRecords", float(throttled)),
        _count("PutRecords.TotalRecords", float(total)),
    ]


def _throttled(now: int, resource: str, details: Details) -> Rows:
    """A call that was refused for its shard's rate."""
    operation = details["operation"]
    kind = "Read" if operation == "GetRecords" else "Write"
    return _of_stream(
        resource, details, _count(f"{kind}ProvisionedThroughputExceeded"), _count(f"{operation}.Success", 0.0)
    )


# --- reads ------------------------------------------------------------------------------------------------------------


def _read(now: int, resource: str, details: Details) -> Rows:
    return _of_stream(
        resource,
        details,
        ("GetRecords.Bytes", "Bytes", float(details.get("bytes", 0))),
        ("GetRecords.IteratorAgeMilliseconds", "Milliseconds", float(details.get("age", 0))),
        ("GetRecords.Latency", "Milliseconds", 0.0),
        _count("GetRecords.Records", float(details.get("count", 0))),
        _count("GetRecords.Success"),
        _count("ReadProvisionedThroughputExceeded", 0.0),
    )


def _of_consumer(resource: str, details: Details, *values: Value) -> Rows:
    arn, dimensions = details["arn"], (("ConsumerName", details["consumer"]), ("StreamName", resource))
    return [(arn, _NAMESPACE, name, dimensions, unit, value, None) for name, unit, value in values]


def _subscribed(now: int, resource: str, details: Details) -> Rows:
    return _of_consumer(
        resource, details, _count("SubscribeToShard.RateExceeded", 0.0), _count("SubscribeToShard.Success")
    )


def _not_subscribed(now: int, resource: str, details: Details) -> Rows:
    return _of_consumer(
        resource, details, _count("SubscribeToShard.RateExceeded"), _count("SubscribeToShard.Success", 0.0)
    )


def _pushed(now: int, resource: str, details: Details) -> Rows:
    values: list[Value] = [
        ("SubscribeToShardEvent.Bytes", "Bytes", float(details["bytes"])),
        ("SubscribeToShardEvent.MillisBehindLatest", "Milliseconds", float(details["age"])),
        _count("SubscribeToShardEvent.Records", float(details["count"])),
        _count("SubscribeToShardEvent.Success"),
    ]
    return _of_consumer(resource, details, *values) + _of_shard(resource, details, *values)


def _of_record_queue(name: str) -> Maker:
    def make(now: int, resource: str, details: Details) -> Rows:
        arn = details["arn"]
        dimensions = ("QueueId", arn.rpartition("/")[2]), ("QueueName", resource)
        return [(arn, _NAMESPACE, name, dimensions, "Count", 1.0, None)]

    return make


MAKERS: Final[dict[str, Maker]] = {
    facts.KINESIS_CALL_THROTTLED: _throttled,
    facts.KINESIS_POLL_ENDED_EMPTY: _of_record_queue("EmptyReceives"),
    facts.KINESIS_READ_EMPTY: _read,
    facts.KINESIS_RECORD_ACKNOWLEDGED: _of_record_queue("AcknowledgedQueueRecords"),
    facts.KINESIS_RECORD_PUT: _put,
    facts.KINESIS_RECORD_RECEIVED: _of_record_queue("ReceivedQueueRecords"),
    facts.KINESIS_RECORD_THROTTLED: _kept_out,
    facts.KINESIS_RECORDS_PUSHED: _pushed,
    facts.KINESIS_RECORDS_READ: _read,
    facts.KINESIS_SHARD_SUBSCRIBED: _subscribed,
    facts.KINESIS_SUBSCRIPTION_REFUSED: _not_subscribed,
}
