"""What Kinesis tells whoever watches: one function a fact, called only when there is somebody to tell.

``if trace is not None: facts.record_put(trace, ...)``: the test stands at the caller, so that a call that nobody
watches pays one attribute for it and no call. The kinds of facts and the names of their details stand here and nowhere
else in the service; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

from ...core.facts import (
    CHAOS,
    KINESIS_CALL_THROTTLED,
    KINESIS_CHANNEL_CREATED,
    KINESIS_CHANNEL_DELETED,
    KINESIS_ITERATOR_EXPIRED,
    KINESIS_ITERATOR_MADE,
    KINESIS_POLL_ABANDONED,
    KINESIS_POLL_BEGAN,
    KINESIS_POLL_ENDED_EMPTY,
    KINESIS_POLL_FILLED,
    KINESIS_QUEUE_CREATED,
    KINESIS_QUEUE_DELETED,
    KINESIS_QUEUE_UPDATED,
    KINESIS_READ_EMPTY,
    KINESIS_RECORD_ACKNOWLEDGED,
    KINESIS_RECORD_ACKNOWLEDGED_IN_VAIN,
    KINESIS_RECORD_DEAD_LETTERED,
    KINESIS_RECORD_EXPIRED,
    KINESIS_RECORD_PUT,
    KINESIS_RECORD_RECEIVED,
    KINESIS_RECORD_RESTORED,
    KINESIS_RECORD_RETURNED,
    KINESIS_RECORD_THROTTLED,
    KINESIS_RECORD_VISIBILITY_CHANGED,
    KINESIS_RECORD_VISIBLE,
    KINESIS_RECORDS_COPIED,
    KINESIS_RECORDS_PUSHED,
    KINESIS_RECORDS_READ,
    KINESIS_SHARD_SPLIT,
    KINESIS_SHARD_SUBSCRIBED,
    KINESIS_SHARDS_MERGED,
    KINESIS_STREAM_CREATED,
    KINESIS_STREAM_DELETED,
    KINESIS_STREAM_SCALED,
    KINESIS_STREAM_UPDATED,
    KINESIS_SUBSCRIPTION_REFUSED,
)
from ...core.timeline import SECOND
from ...core.world import Trace
from .queue_record import DEAD_IN_FLIGHT, QueueRecord
from .record import Record
from .shard import Shard
from .stream import Stream

__all__ = [
    "call_throttled",
    "channel_created",
    "channel_deleted",
    "chaos",
    "fewer_records",
    "iterator_expired",
    "iterator_made",
    "poll_abandoned",
    "poll_began",
    "poll_ended_empty",
    "poll_filled",
    "poll_returned",
    "queue_created",
    "queue_deleted",
    "queue_updated",
    "record_acknowledged",
    "record_acknowledged_in_vain",
    "record_dead_lettered",
    "record_expired",
    "record_put",
    "record_received",
    "record_restored",
    "record_throttled",
    "record_visibility_changed",
    "record_visible",
    "records_copied",
    "records_pushed",
    "records_read",
    "shard_split",
    "shard_subscribed",
    "shards_merged",
    "stream_created",
    "stream_deleted",
    "stream_scaled",
    "stream_updated",
    "subscription_refused",
]


class Queue(Protocol):
    """A queue or a channel, as facts know it."""

    name: str
    arn: str


# --- streams ----------------------------------------------------------------------------------------------------------


def stream_created(trace: Trace, now: int, stream: Stream) -> None:
    """A stream was made."""
    trace(now, KINESIS_STREAM_CREATED, stream.name, shards=len(stream.open), on_demand=stream.on_demand, arn=stream.arn)


def stream_updated(trace: Trace, now: int, stream: Stream, setting: str) -> None:
    """A setting of a stream, by its name in AWS's model, has got its new value."""
    trace(now, KINESIS_STREAM_UPDATED, stream.name, setting=setting)


def stream_scaled(trace: Trace, now: int, stream: Stream) -> None:
    """UpdateShardCount has come to its end."""
    trace(now, KINESIS_STREAM_SCALED, stream.name, shards=len(stream.open))


def stream_deleted(trace: Trace, now: int, stream: Stream) -> None:
    """A stream is gone."""
    trace(now, KINESIS_STREAM_DELETED, stream.name, arn=stream.arn)


# --- shards -----------------------------------------------------------------------------------------------------------


def shard_split(trace: Trace, now: int, stream: Stream, shard: Shard) -> None:
    """A shard was closed and has two children."""
    trace(now, KINESIS_SHARD_SPLIT, stream.name, shard_id=shard.shard_id, children=_children_of(shard))


def shards_merged(trace: Trace, now: int, stream: Stream, lower: Shard) -> None:
    """A shard and the neighbour above it were closed and have one child."""
    trace(now, KINESIS_SHARDS_MERGED, stream.name, shard_id=lower.shard_id, children=_children_of(lower))


def shard_subscribed(
    trace: Trace, now: int, stream: Stream, shard: Shard, consumer_name: str, kind: str, position: int
) -> None:
    """A consumer has subscribed to a shard, from a position on."""
    trace(
        now,
        KINESIS_SHARD_SUBSCRIBED,
        stream.name,
        shard_id=shard.shard_id,
        consumer=consumer_name,
        **_beginning(shard, kind, position),
        arn=stream.arn,
    )


def subscription_refused(trace: Trace, now: int, stream: Stream, shard: Shard, consumer_name: str) -> None:
    """A consumer has subscribed to a shard too soon after the last time."""
    trace(
        now,
        KINESIS_SUBSCRIPTION_REFUSED,
        stream.name,
        shard_id=shard.shard_id,
        consumer=consumer_name,
        arn=stream.arn,
    )


def _children_of(shard: Shard) -> list[str]:
    return [child.shard_id for child in shard.children]


def _parents_of(shard: Shard) -> list[str]:
    return [parent for parent in (shard.parent, shard.adjacent_parent) if parent is not None]


# --- iterators --------------------------------------------------------------------------------------------------------


def iterator_made(
    trace: Trace, now: int, stream: Stream, shard: Shard, kind: str, position: int, iterator: str
) -> None:
    """GetShardIterator has returned an iterator."""
    trace(
        now,
        KINESIS_ITERATOR_MADE,
        stream.name,
        shard_id=shard.shard_id,
        **_beginning(shard, kind, position),
        iterator=_sign(iterator),
        arn=stream.arn,
    )


def iterator_expired(trace: Trace, now: int, stream: Stream, shard_id: str, age: int, iterator: str) -> None:
    """GetRecords was called with an iterator that is good no more; ``age`` is in nanoseconds."""
    trace(
        now,
        KINESIS_ITERATOR_EXPIRED,
        stream.name,
        shard_id=shard_id,
        seconds=age // SECOND,
        iterator=_sign(iterator),
        arn=stream.arn,
    )


def _beginning(shard: Shard, kind: str, position: int) -> dict[str, object]:
    """Where reading begins: how many of the records that are kept lie before it, and how many do not."""
    return {
        "start": kind,
        "position": position,
        "before": position - shard.horizon,
        "left": shard.tip - position,
        "parents": _parents_of(shard) or None,
    }


def _sign(iterator: str | None) -> str | None:
    """A part of an iterator that no other one has: its digest. The whole would be the half of a trace's size."""
    return None if iterator is None else iterator.strip('"')[12:32]


# --- records ----------------------------------------------------------------------------------------------------------


def not_so(told: Sequence[tuple[int, str, str, dict[str, Any]]], find: Callable[[str], Stream | None]) -> list[int]:
    """The numbers of puts that have not happened; ``find`` has the stream of an ARN, if it is there."""
    wrong: list[int] = []
    later: set[tuple[str, str, int]] = set()
    gone: set[str] = set()
    for number in range(len(told) - 1, -1, -1):
        _, kind, _, details = told[number]
        if kind == KINESIS_STREAM_DELETED:
            gone.add(details["arn"])
        stream = find(details["arn"]) if kind == KINESIS_RECORD_PUT and details["arn"] not in gone else None
        if stream is None:
            continue
        place = details["arn"], details["shard_id"], details["position"]
        shard = next((one for one in stream.shards.values() if one.shard_id == details["shard_id"]), None)
        if place in later or (shard is not None and shard.tip <= details["position"]):
            wrong.append(number)
        later.add(place)
    return wrong


Call: TypeAlias = list[str | int]
"""A call that puts records: its operation, how many records it was given, how many of these were throttled, and how
many bytes were stored."""


def record_put(
    trace: Trace,
    now: int,
    stream: Stream,
    shard: Shard,
    sequence_number: str,
    partition_key: str,
    data: bytes,
    call: Call | None,
) -> None:
    """A record is put, next in its shard; ``call`` where the call ends with it."""
    trace(
        now,
        KINESIS_RECORD_PUT,
        stream.name,
        shard_id=shard.shard_id,
        sequence_number=sequence_number,
        partition_key=partition_key or None,
        data=data,
        position=shard.tip,
        arn=stream.arn,
        call=call,
        **_monitored(stream),
    )


def call_throttled(trace: Trace, now: int, stream: Stream, shard: Shard, operation: str) -> None:
    """PutRecord or GetRecords is refused because its shard takes, or gives, no more this second."""
    trace(
        now,
        KINESIS_CALL_THROTTLED,
        stream.name,
        operation=operation,
        shard_id=shard.shard_id,
        arn=stream.arn,
        **_monitored(stream),
    )


def record_throttled(trace: Trace, now: int, stream: Stream, shard: Shard, entry: Any, call: Call | None) -> None:
    """A record of PutRecords is kept out because its shard takes no more this second."""
    refused = [(entry.get("PartitionKey"), entry["Data"])]
    trace(
        now,
        KINESIS_RECORD_THROTTLED,
        stream.name,
        shard_id=shard.shard_id,
        refused=refused,
        arn=stream.arn,
        call=call,
        **_monitored(stream),
    )


def records_read(
    trace: Trace,
    now: int,
    stream: Stream,
    shard: Shard,
    records: list[Record],
    position: int,
    iterator: str,
    next_iterator: str | None,
) -> None:
    """GetRecords has returned what lies at a position. There is no iterator to go on with where the shard ends."""
    if not records:
        trace(
            now,
            KINESIS_READ_EMPTY,
            stream.name,
            shard_id=shard.shard_id,
            position=position,
            left=shard.tip - position,
            iterator=_sign(iterator),
            next_iterator=_sign(next_iterator),
            arn=stream.arn,
            **_monitored(stream),
        )
        return
    trace(
        now,
        KINESIS_RECORDS_READ,
        stream.name,
        shard_id=shard.shard_id,
        count=len(records),
        first=records[0].sequence_number,
        last=records[-1].sequence_number,
        position=position,
        left=shard.tip - position - len(records),
        iterator=_sign(iterator),
        next_iterator=_sign(next_iterator),
        **_measured(now, shard, position, records),
        arn=stream.arn,
        **_monitored(stream),
    )


def records_pushed(
    trace: Trace, now: int, stream: Stream, shard: Shard, consumer_name: str, records: list[Record], position: int
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
        position=position,
        left=shard.tip - position - len(records),
        **_measured(now, shard, position, records),
        arn=stream.arn,
        **_monitored(stream),
    )


def _measured(now: int, shard: Shard, position: int, records: list[Record]) -> dict[str, int]:
    """How many bytes somebody has read, and how old the last record is, in milliseconds; 0 at the tip."""
    age = 0 if position + len(records) >= shard.tip else (now - records[-1].arrival) // 1_000_000
    return {"bytes": sum(len(record.data) for record in records), "age": age}


def _monitored(stream: Stream) -> dict[str, object]:
    """The metrics of its shards, where they are on."""
    return {"shard_metrics": list(stream.metrics)} if stream.metrics else {}


def fewer_records(trace: Trace, now: int, stream: Stream, shard: Shard, count: int, most: int) -> None:
    """Chaos: GetRecords returns ``count`` records where it could return ``most``."""
    trace(now, CHAOS, stream.name, choice=f"{count} of {most} records", shard_id=shard.shard_id, arn=stream.arn)


# --- queues -----------------------------------------------------------------------------------------------------------


def queue_created(trace: Trace, now: int, queue: Queue, stream: Stream, since: int | None) -> None:
    """A queue was made; to it belongs what arrived at ``since`` or later, or what is put from now on (None)."""
    trace(now, KINESIS_QUEUE_CREATED, queue.name, stream=stream.name, since=since, stream_arn=stream.arn, arn=queue.arn)


def queue_updated(trace: Trace, now: int, queue: Queue, max_receive_count: int, visibility_seconds: int) -> None:
    """A queue delivers in another way."""
    trace(
        now,
        KINESIS_QUEUE_UPDATED,
        queue.name,
        max_receive_count=max_receive_count,
        visibility_seconds=visibility_seconds,
        arn=queue.arn,
    )


def queue_deleted(trace: Trace, now: int, queue: Queue) -> None:
    """A queue is gone, and with it what it knew of records."""
    trace(now, KINESIS_QUEUE_DELETED, queue.name, arn=queue.arn)


# --- channels ---------------------------------------------------------------------------------------------------------


def channel_created(trace: Trace, now: int, channel: Queue, stream: Stream, kind: str) -> None:
    """A channel was made."""
    trace(now, KINESIS_CHANNEL_CREATED, channel.name, stream=stream.name, destination=kind, arn=channel.arn)


def records_copied(
    trace: Trace, now: int, stream: Stream, shard: Shard, channel: Queue, position: int, read: int
) -> None:
    """A channel has copied so many records of a shard, from a position on."""
    trace(
        now,
        KINESIS_RECORDS_COPIED,
        stream.name,
        shard_id=shard.shard_id,
        channel=channel.name,
        position=position,
        read=read,
        channel_arn=channel.arn,
        arn=stream.arn,
    )


def channel_deleted(trace: Trace, now: int, channel: Queue) -> None:
    """A channel is gone."""
    trace(now, KINESIS_CHANNEL_DELETED, channel.name, arn=channel.arn)


# --- records of queues ------------------------------------------------------------------------------------------------


def record_received(trace: Trace, now: int, queue: Queue, held: QueueRecord, visibility_ns: int) -> None:
    """A record, or a dead letter, was delivered, under its latest handle."""
    trace(
        now,
        KINESIS_RECORD_RECEIVED,
        queue.name,
        record_id=held.record_id,
        receive_count=held.receive_count,
        visibility_seconds=visibility_ns // SECOND,
        is_dead_letter=held.state == DEAD_IN_FLIGHT or None,
        handle=held.handle,
        arn=queue.arn,
    )


def record_visible(trace: Trace, now: int, queue: Queue, held: QueueRecord) -> None:
    """A flight has ended without acknowledgement."""
    trace(now, KINESIS_RECORD_VISIBLE, queue.name, record_id=held.record_id, arn=queue.arn)


def record_dead_lettered(trace: Trace, now: int, queue: Queue, held: QueueRecord) -> None:
    """The last flight that a record may have has ended without acknowledgement."""
    trace(
        now,
        KINESIS_RECORD_DEAD_LETTERED,
        queue.name,
        record_id=held.record_id,
        receive_count=held.receive_count,
        arn=queue.arn,
    )


def record_visibility_changed(trace: Trace, now: int, queue: Queue, held: QueueRecord, seconds: int) -> None:
    """A flight ends at another time, or now."""
    trace(
        now,
        KINESIS_RECORD_VISIBILITY_CHANGED,
        queue.name,
        record_id=held.record_id,
        seconds=seconds,
        handle=held.handle,
        arn=queue.arn,
    )


def record_restored(trace: Trace, now: int, queue: Queue, held: QueueRecord) -> None:
    """A dead letter is one no more."""
    trace(now, KINESIS_RECORD_RESTORED, queue.name, record_id=held.record_id, arn=queue.arn)


def poll_returned(trace: Trace, now: int, queue: Queue, held: QueueRecord, handle: str | None) -> None:
    """A delivery was undone, for the caller is no more."""
    trace(now, KINESIS_RECORD_RETURNED, queue.name, record_id=held.record_id, handle=handle, arn=queue.arn)


def record_acknowledged(trace: Trace, now: int, queue: Queue, held: QueueRecord) -> None:
    """A record is done, for this queue."""
    trace(now, KINESIS_RECORD_ACKNOWLEDGED, queue.name, record_id=held.record_id, handle=held.handle, arn=queue.arn)


def record_acknowledged_in_vain(trace: Trace, now: int, queue: Queue, handle: str) -> None:
    """The handle is one of the queue's, and good for nothing any more."""
    trace(now, KINESIS_RECORD_ACKNOWLEDGED_IN_VAIN, queue.name, handle=handle, arn=queue.arn)


def record_expired(trace: Trace, now: int, queue: Queue, record_id: str) -> None:
    """The stream keeps a record no longer that the queue has not done with."""
    trace(now, KINESIS_RECORD_EXPIRED, queue.name, record_id=record_id, arn=queue.arn)


# --- polls ------------------------------------------------------------------------------------------------------------


def poll_began(trace: Trace, now: int, queue: Queue, number: int, wait_ns: int) -> None:
    """A receive found nothing, and waits; ``number`` counts the queue's polls."""
    trace(now, KINESIS_POLL_BEGAN, queue.name, poll=number, wait_seconds=wait_ns // SECOND, arn=queue.arn)


def poll_filled(trace: Trace, now: int, queue: Queue, number: int, taken: list[QueueRecord]) -> None:
    """A receive that waited has got these records."""
    handles = [held.handle for held in taken]
    trace(now, KINESIS_POLL_FILLED, queue.name, poll=number, handles=handles, arn=queue.arn)


def poll_abandoned(trace: Trace, now: int, queue: Queue, number: int) -> None:
    """The caller of a receive that waited is no more."""
    trace(now, KINESIS_POLL_ABANDONED, queue.name, poll=number, arn=queue.arn)


def poll_ended_empty(trace: Trace, now: int, queue: Queue, number: int) -> None:
    """A receive has waited in vain."""
    trace(now, KINESIS_POLL_ENDED_EMPTY, queue.name, poll=number, arn=queue.arn)


def chaos(trace: Trace, now: int, queue: Queue, choice: str, held: QueueRecord | None = None) -> None:
    """The queue did what AWS reserves the right to do."""
    record_id = None if held is None else held.record_id
    trace(now, CHAOS, queue.name, choice=choice, record_id=record_id, arn=queue.arn)
