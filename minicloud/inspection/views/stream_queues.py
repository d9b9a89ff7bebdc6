"""Looking into the queues and channels on a stream, without receiving anything."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ...core.shown import counted, escaped, shown
from ...core.timestamps import datetime_of
from ...services.kinesis.channel import Channel
from ...services.kinesis.queue import RecordQueue
from ...services.kinesis.queue_record import STATE_NAMES, VISIBLE
from ...services.kinesis.record import Record, record_id_of
from ...services.kinesis.shard import Shard
from ..bodies import excerpt_of_bytes
from ..message_ledger import MessageLedger
from ..trace import Trace

if TYPE_CHECKING:
    from ...engine.engine import Engine

__all__ = [
    "ChannelView",
    "QueueRecordCounts",
    "QueueRecordView",
    "RecordView",
    "StreamQueueView",
    "all_stream_queues",
    "record_view",
]


@dataclass(frozen=True, slots=True, repr=False)
class RecordView:
    """A record in a stream."""

    sequence_number: str
    """Its place in the shard."""
    partition_key: str | None
    """None when it was put without one."""
    data: bytes
    """What was put."""
    shard_id: str
    """The shard that it is in."""
    time: datetime
    """When it was put."""

    def json(self) -> Any:
        """The data, parsed. Raises ``ValueError`` when it is not JSON."""
        return json.loads(self.data)

    def __repr__(self) -> str:
        text = excerpt_of_bytes(self.data)
        key = "no key" if self.partition_key is None else f"key {shown(self.partition_key)}"
        return f"<record …{self.sequence_number[-8:]} {text} in {self.shard_id}, {key}>"


@dataclass(frozen=True, slots=True)
class QueueRecordCounts:
    """How many records of a queue are in which state; exact."""

    visible: int
    """That can be received, and are no dead letters."""
    in_flight: int
    """That were received, and hidden until their visibility timeouts end."""
    dead_letters: int
    """That can be received."""
    dead_letters_in_flight: int
    """Dead letters that were received, and are hidden."""


@dataclass(frozen=True, slots=True, repr=False)
class QueueRecordView:
    """A record as a queue has it, when it was looked at."""

    record_id: str
    """The same in every queue of the stream."""
    sequence_number: str
    """Its place in the shard."""
    partition_key: str | None
    """None when it was put without one."""
    data: bytes
    """What was put."""
    shard_id: str
    """The shard that it is in."""
    time: datetime
    """When it was put."""
    state: str
    """``"visible"``, ``"in_flight"``, ``"dead_letter"`` or ``"dead_letter_in_flight"``."""
    receive_count: int
    """How often the queue has delivered it."""

    def json(self) -> Any:
        """The data, parsed. Raises ``ValueError`` when it is not JSON."""
        return json.loads(self.data)

    def __repr__(self) -> str:
        times = counted(self.receive_count, "time")
        state = self.state.replace("_", " ")
        return f"<record …{self.sequence_number[-8:]} {excerpt_of_bytes(self.data)}: {state}, received {times}>"


class StreamQueueView:
    """A queue on a stream, read-only. Each property looks anew; nothing is consumed and no receive is counted."""

    def __init__(self, engine: Engine, queue: RecordQueue) -> None:
        self._engine = engine
        self._queue = queue

    @property
    def name(self) -> str:
        """The queue's name."""
        return self._queue.name

    @property
    def arn(self) -> str:
        """The queue's ARN."""
        return self._queue.arn

    @property
    def status(self) -> str:
        """``"CREATING"``, ``"ACTIVE"``, ``"UPDATING"`` or ``"DELETING"``."""
        return self._engine.look("a view", lambda _: self._queue.status)

    @property
    def records(self) -> list[QueueRecordView]:
        """Every record that is not acknowledged and that the stream keeps, in the order of arrival. O(n log n)."""
        return self._engine.look("a view", self._records)

    def _records(self, now: int) -> list[QueueRecordView]:
        queue = self._queue
        queue.refresh(now)
        shards = {index: reader.shard for index, reader in queue.readers.items()}
        found = [
            (held.record, shards[held.shard_index], held.state, held.receive_count) for held in queue.held.values()
        ]
        found += [(record, shard, VISIBLE, 0) for record, shard in queue.unread(now)]
        found.sort(key=lambda one: (one[0].arrival, one[1].index, one[0].sequence_number))
        return [_queue_record_view(*one) for one in found]

    @property
    def dead_letters(self) -> list[QueueRecordView]:
        """Those of ``records`` that are dead letters."""
        return [record for record in self.records if record.state.startswith("dead_letter")]

    @property
    def counts(self) -> QueueRecordCounts:
        """How many records are in which state. O(n)."""
        return self._engine.look("a view", self._counts)

    def _counts(self, now: int) -> QueueRecordCounts:
        return QueueRecordCounts(*self._queue.counts_at(now))

    def ledger(self, record_id: str) -> MessageLedger:
        """What became of a record in this queue, delivery by delivery. Needs the trace. O(events)."""
        return Trace(self._engine).ledger().record(self.arn, record_id)

    def __len__(self) -> int:
        counts = self.counts
        return counts.visible + counts.in_flight + counts.dead_letters + counts.dead_letters_in_flight

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        # Without the lock, and nothing is settled: a debugger shows it in the midst of a call.
        counts = self._counts(self._engine.seen_ns())
        letters = counted(counts.dead_letters + counts.dead_letters_in_flight, "dead letter")
        held = f"{counts.visible} visible, {counts.in_flight} in flight, {letters}"
        return f"<queue {escaped(self.name, 80)} on {escaped(self._queue.stream.name, 80)}: {held}>"


class ChannelView:
    """A channel of a stream, read-only. Each property looks anew."""

    def __init__(self, engine: Engine, channel: Channel) -> None:
        self._engine = engine
        self._channel = channel

    @property
    def name(self) -> str:
        """The channel's name."""
        return self._channel.name

    @property
    def arn(self) -> str:
        """The channel's ARN."""
        return self._channel.arn

    @property
    def status(self) -> str:
        """``"CREATING"``, ``"ACTIVE"``, ``"UPDATING"`` or ``"DELETING"``."""
        return self._engine.look("a view", lambda _: self._channel.status)

    @property
    def destination(self) -> str:
        """The ARN of the bucket; of a table, that of its bucket, and after it ``/<namespace>/<name>``."""
        destination = self._channel.destination
        if not self._channel.is_to_tables:
            bucket: str = destination["StorageConfiguration"]["BucketARN"]
            return bucket
        table = destination["S3TablesConfigurationList"][0]
        return f"{table['TableBucketARN']}/{table['Namespace']}/{table['TableName']}"

    @property
    def records(self) -> list[RecordView]:
        """What it has delivered, or would have if there were a store: all that was put since it is ACTIVE. O(n)."""
        return self._engine.look("a view", self._records)

    def _records(self, _: int) -> list[RecordView]:
        return [record_view(record, shard) for record, shard in self._channel.copied]

    def __repr__(self) -> str:
        records = counted(len(self._channel.copied), "record")
        return f"<channel {escaped(self.name, 80)} to {escaped(self.destination, 200)}: {records}>"


def record_view(record: Record, shard: Shard) -> RecordView:
    """The view of a record in a shard."""
    return RecordView(
        record.sequence_number, record.partition_key or None, record.data, shard.shard_id, datetime_of(record.arrival)
    )


def _queue_record_view(record: Record, shard: Shard, state: int, receive_count: int) -> QueueRecordView:
    return QueueRecordView(
        record_id_of(record.sequence_number),
        record.sequence_number,
        record.partition_key or None,
        record.data,
        shard.shard_id,
        datetime_of(record.arrival),
        STATE_NAMES[state],
        receive_count,
    )


def all_stream_queues(engine: Engine) -> list[StreamQueueView]:
    """Views of the queues on the streams of every account and region."""
    with engine.gate("a view"):
        queues = _queues_of(engine)
    return [StreamQueueView(engine, queue) for queue in queues]


def _queues_of(engine: Engine) -> list[RecordQueue]:
    return [queue for service in engine.services("kinesis") for queue in service.queues.values()]
