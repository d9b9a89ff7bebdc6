"""How a delivery stream reads a stream of Kinesis: everything that is put since it was made, as soon as it is put.

A *cursor* stands at each shard. What it reads goes to the delivery stream, and how far it is, in one step. Aggregates
of the Kinesis Producer Library are taken apart. [Firehose developer guide] A shard that took over from others is read
from its start; when the stream is made anew it is read from its start, too. [inferred]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ...core.aggregation import deaggregate
from ...core.record_sources import RecordShard, RecordSource, StreamRecord
from . import facts
from .item import Item

if TYPE_CHECKING:
    from .protocols import Stream

__all__ = ["StreamReader"]

_CHUNK: Final = 1_000


class Cursor:
    """How far a shard is read."""

    def __init__(self, reader: StreamReader, shard: RecordShard, position: int) -> None:
        self._reader = reader
        self.shard = shard
        self.position = position

    def note(self) -> None:
        """There is news; what it is shows when it looks."""

    def mend(self, now: int) -> None:
        """The stream is whole again; the delivery stream sees to it that this goes on."""

    def look(self, now: int) -> None:
        """Read what there is. O(that)."""
        reader, stream = self._reader, self._reader.stream
        if not reader.has(self):
            return
        total = 0
        while True:
            position = max(self.position, self.shard.horizon(now))
            found = self.shard.read(now, position, _CHUNK)
            if not found:
                break
            items = [item for record in found for item in self._items(now, record)]
            size = stream.entry_size + sum(len(one.data) for one in items)
            if (trace := stream.world.trace) is not None:
                facts.records_read(trace, now, stream, len(items), self.shard.shard_id, position, len(found))
            position += len(found)
            # One step: nothing is called.
            stream.entry += items
            self.position, stream.entry_size = position, size
            total += len(items)
        if total:
            stream.came(now, total)
        if self.shard.is_closed:
            reader.read_descendants(now, self)

    def _items(self, now: int, record: StreamRecord) -> list[Item]:
        parts = deaggregate(record.data)
        made = []
        for number, part in enumerate(parts):
            metadata: dict[str, Any] = {
                "sequenceNumber": record.sequence_number,
                "subsequenceNumber": number,
                "partitionKey": record.partition_key if part.partition_key is None else part.partition_key,
                "shardId": self.shard.shard_id,
                "approximateArrivalTimestamp": record.arrival // 1_000_000,
            }
            record_id = f"{record.sequence_number}{number:06d}"
            made.append(Item(record_id, part.data, record.arrival, now, metadata))
        return made

    def behind(self, now: int) -> int:
        """How many records are not read."""
        return max(self.shard.tip - max(self.position, self.shard.horizon(now)), 0)


class StreamReader:
    """Reads the shards of a stream for a delivery stream."""

    def __init__(self, stream: Stream, source: RecordSource) -> None:
        self.stream = stream
        self._source = source
        self.cursors: dict[str, Cursor] = {}
        """By shard, those that are not at their end."""
        self._life: object = None
        """What was the source when these were made."""

    def has(self, cursor: Cursor) -> bool:
        """Whether a shard is to be read."""
        return (
            not self.stream.has_ended
            and self._life is self._source.life is not None
            and self.cursors.get(cursor.shard.shard_id) is cursor
        )

    def start(self, now: int) -> None:
        """Read what is put from now on. Called before that the delivery stream is there."""
        self._begin_at(now, "LATEST")

    def _begin_at(self, now: int, kind: str) -> None:
        life = self._source.life
        cursors = {
            shard.shard_id: Cursor(self, shard, position) for shard, position in self._source.starts(now, kind, None)
        }
        # One step: nothing is called. Those of a stream that is no more hear nothing any more.
        self.cursors, self._life = cursors, life

    def look(self, now: int) -> bool:
        """Read whatever there is. Nothing is ever taken from a stream: False."""
        if self.stream.has_ended or self._source.life is None:
            return False
        if self._life is not self._source.life:
            self._begin_at(now, "TRIM_HORIZON")
        for cursor in list(self.cursors.values()):
            cursor.shard.add_reader(cursor)
            cursor.look(now)
        return False

    def go_on(self, now: int) -> None:
        """Stand in line, and read. Doing it again changes nothing."""
        self._source.attach(self)
        self.look(now)

    def read_descendants(self, now: int, cursor: Cursor) -> None:
        """A shard is closed, and read to its end: read what took over from it, from its start."""
        added = {
            child.shard_id: Cursor(self, child, 0)
            for child in cursor.shard.children()
            if child.shard_id not in self.cursors
        }
        name = cursor.shard.shard_id
        rest = {one: other for one, other in self.cursors.items() if one != name}
        # One step: nothing is called.
        self.cursors = {**rest, **added}
        cursor.shard.remove_reader(cursor)
        for child in added.values():
            child.shard.add_reader(child)
            child.look(now)

    def stop(self) -> None:
        """Be told of nothing any more."""
        self._source.detach(self)
        for cursor in list(self.cursors.values()):
            cursor.shard.remove_reader(cursor)

    @property
    def kept_for(self) -> int:
        """How long the stream keeps records, in nanoseconds; 0 where there is none."""
        return self._source.kept_for

    def behind(self, now: int) -> int:
        """How many records are not read."""
        if self._life is not self._source.life:
            return 0
        return sum(cursor.behind(now) for cursor in self.cursors.values())
