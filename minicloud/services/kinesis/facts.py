"""What Kinesis tells whoever watches: one function a fact, called only when there is somebody to tell.

``if trace is not None: facts.record_put(trace, ...)``: the test stands at the caller, so that a call that nobody
watches pays one attribute for it and no call. The kinds of facts and the names of their details stand here and nowhere
else in the service; nothing is decided here.
"""

from __future__ import annotations

from ...core.facts import (
    CHAOS,
    KINESIS_RECORD_PUT,
    KINESIS_RECORD_THROTTLED,
    KINESIS_RECORDS_PUSHED,
    KINESIS_RECORDS_READ,
    KINESIS_SHARD_SPLIT,
    KINESIS_SHARD_SUBSCRIBED,
    KINESIS_SHARDS_MERGED,
    KINESIS_STREAM_CREATED,
    KINESIS_STREAM_DELETED,
    KINESIS_STREAM_SCALED,
    KINESIS_STREAM_UPDATED,
)
from ...core.world import Trace
from .record import Record
from .shard import Shard
from .stream import Stream

__all__ = [
    "fewer_records",
    "record_put",
    "record_throttled",
    "records_pushed",
    "records_read",
    "shard_split",
    "shard_subscribed",
    "shards_merged",
    "stream_created",
    "stream_deleted",
    "stream_scaled",
    "stream_updated",
]

# --- streams ----------------------------------------------------------------------------------------------------------


def stream_created(trace: Trace, now: int, stream: Stream) -> None:
    """A stream was made."""
    trace(now, KINESIS_STREAM_CREATED, stream.name, shards=len(stream.open), on_demand=stream.on_demand)


def stream_updated(trace: Trace, now: int, stream: Stream, setting: str) -> None:
    """A setting of a stream, by its name in AWS's model, has got its new value."""
    trace(now, KINESIS_STREAM_UPDATED, stream.name, setting=setting)


def stream_scaled(trace: Trace, now: int, stream: Stream) -> None:
    """UpdateShardCount has come to its end."""
    trace(now, KINESIS_STREAM_SCALED, stream.name, shards=len(stream.open))


def stream_deleted(trace: Trace, now: int, stream: Stream) -> None:
    """A stream is gone."""
    trace(now, KINESIS_STREAM_DELETED, stream.name)


# --- shards -----------------------------------------------------------------------------------------------------------


def shard_split(trace: Trace, now: int, stream: Stream, shard: Shard) -> None:
    """A shard was closed and has two children."""
    trace(now, KINESIS_SHARD_SPLIT, stream.name, shard_id=shard.shard_id, children=_children_of(shard))


def shards_merged(trace: Trace, now: int, stream: Stream, lower: Shard) -> None:
    """A shard and the neighbour above it were closed and have one child."""
    trace(now, KINESIS_SHARDS_MERGED, stream.name, shard_id=lower.shard_id, children=_children_of(lower))


def shard_subscribed(trace: Trace, now: int, stream: Stream, shard: Shard, consumer_name: str) -> None:
    """A consumer has subscribed to a shard."""
    trace(now, KINESIS_SHARD_SUBSCRIBED, stream.name, shard_id=shard.shard_id, consumer=consumer_name)


def _children_of(shard: Shard) -> list[str]:
    return [child.shard_id for child in shard.children]


# --- records ----------------------------------------------------------------------------------------------------------


def record_put(trace: Trace, now: int, stream: Stream, shard: Shard, record: Record) -> None:
    """A record was put."""
    trace(
        now,
        KINESIS_RECORD_PUT,
        stream.name,
        shard_id=shard.shard_id,
        sequence_number=record.sequence_number,
        partition_key=record.partition_key,
        data=record.data,
        arn=stream.arn,
    )


def record_throttled(trace: Trace, now: int, stream: Stream, shard: Shard) -> None:
    """A record of PutRecords was kept out because its shard takes no more this second."""
    trace(now, KINESIS_RECORD_THROTTLED, stream.name, shard_id=shard.shard_id, arn=stream.arn)


def records_read(trace: Trace, now: int, stream: Stream, shard: Shard, records: list[Record]) -> None:
    """GetRecords has returned records, one at least."""
    trace(
        now,
        KINESIS_RECORDS_READ,
        stream.name,
        shard_id=shard.shard_id,
        count=len(records),
        first=records[0].sequence_number,
        last=records[-1].sequence_number,
        arn=stream.arn,
    )


def records_pushed(
    trace: Trace, now: int, stream: Stream, shard: Shard, consumer_name: str, records: list[Record]
) -> None:
    """A consumer's subscription has sent records, one at least."""
    trace(
        now,
        KINESIS_RECORDS_PUSHED,
        stream.name,
        shard_id=shard.shard_id,
        consumer=consumer_name,
        count=len(records),
        first=records[0].sequence_number,
        last=records[-1].sequence_number,
        arn=stream.arn,
    )


def fewer_records(trace: Trace, now: int, stream: Stream, shard: Shard, count: int, most: int) -> None:
    """Chaos: GetRecords returns ``count`` records where it could return ``most``."""
    trace(now, CHAOS, stream.name, choice=f"{count} of {most} records", shard_id=shard.shard_id, arn=stream.arn)
