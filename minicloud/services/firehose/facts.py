"""What Firehose tells the recorder: a function for each fact.

The kinds come from the register in ``core/facts.py``. No kind and no name of a detail stands anywhere else in this
folder. Whoever calls has looked whether anybody records.
"""

from __future__ import annotations

from typing import Any, Protocol

from ...core import facts as kinds
from ...core.world import Trace

__all__ = [
    "delivered",
    "put_failed",
    "records_read",
    "records_taken",
    "stream_changed",
    "stream_created",
    "stream_deleted",
    "transformed",
]


class Stream(Protocol):
    """A delivery stream, as facts tell of it."""

    name: str
    arn: str
    source_arn: str

    @property
    def destination(self) -> Any:
        """Where it delivers to."""


def stream_created(trace: Trace, now: int, stream: Stream) -> None:
    """A delivery stream is there."""
    trace(
        now,
        kinds.DELIVERY_STREAM_CREATED,
        stream.name,
        arn=stream.arn,
        source=stream.source_arn,
        bucket=stream.destination.bucket_arn,
    )


def stream_changed(trace: Trace, now: int, stream: Stream) -> None:
    """A delivery stream gets another destination."""
    trace(now, kinds.DELIVERY_STREAM_CHANGED, stream.name, arn=stream.arn)


def stream_deleted(trace: Trace, now: int, stream: Stream, lost: int) -> None:
    """A delivery stream is no more, nor are so many records that it had not delivered."""
    trace(now, kinds.DELIVERY_STREAM_DELETED, stream.name, arn=stream.arn, lost=lost)


def records_taken(trace: Trace, now: int, stream: Stream, count: int, source: str) -> None:
    """Records were put."""
    trace(now, kinds.DELIVERY_STREAM_TAKEN, stream.name, arn=stream.arn, count=count, by=source)


def records_read(trace: Trace, now: int, stream: Stream, count: int, shard_id: str, position: int, read: int) -> None:
    """Records were read from a stream: ``read`` of a shard, from a position on, which ``count`` were made of."""
    trace(
        now,
        kinds.DELIVERY_STREAM_TAKEN,
        stream.name,
        arn=stream.arn,
        count=count,
        by=stream.source_arn,
        shard_id=shard_id,
        position=position,
        read=read,
    )


def transformed(trace: Trace, now: int, stream: Stream, count: int, dropped: int, failed: int, reason: str) -> None:
    """A function is done with records."""
    trace(
        now,
        kinds.DELIVERY_STREAM_TRANSFORMED,
        stream.name,
        arn=stream.arn,
        count=count,
        dropped=dropped,
        failed=failed,
        reason=reason,
    )


def delivered(trace: Trace, now: int, stream: Stream, where: str, key: str, count: int, what: str) -> None:
    """An object is in its bucket, or in the outbox."""
    details = {"arn": stream.arn, "bucket": where, "key": key, "count": count, "what": what}
    trace(now, kinds.DELIVERY_STREAM_DELIVERED, stream.name, **details)


def put_failed(trace: Trace, now: int, stream: Stream, key: str, count: int, reason: str, is_over: bool) -> None:
    """An object could not be put; it is tried again, unless it is over."""
    details = {"arn": stream.arn, "key": key, "count": count, "reason": reason, "given_up": is_over}
    trace(now, kinds.DELIVERY_STREAM_PUT_FAILED, stream.name, **details)
