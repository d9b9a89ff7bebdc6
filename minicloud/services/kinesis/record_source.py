"""What an event source mapping sees of a stream: ``core.record_sources``, by the stream's own means.

A reader stands in line at a shard as a subscription does, and reads as GetRecords does. A stream knows nothing of its
readers, and one without any pays nothing for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from ...core.record_sources import ShardReader
from ...core.sources import Reader
from .record import Record
from .shard import Shard
from .status import DELETING
from .stream import HOUR, Stream

__all__ = ["SourceShard", "SourceStream"]

_MOST_BYTES = 10 * 1024 * 1024
"""What one read answers with at most, as GetRecords does."""


class SourceShard:
    """A shard, as its readers see it."""

    __slots__ = ("_shard", "_stream", "parents", "shard_id")

    def __init__(self, stream: Stream, shard: Shard) -> None:
        self._stream = stream
        self._shard = shard
        self.shard_id = shard.shard_id
        self.parents = tuple(parent for parent in (shard.parent, shard.adjacent_parent) if parent is not None)
        """The ids of the shards that it took over from."""

    @property
    def tip(self) -> int:
        """The position behind the newest record."""
        return self._shard.tip

    @property
    def is_closed(self) -> bool:
        """Whether it takes no more records, and others have taken over."""
        return self._shard.closed is not None

    def add_reader(self, reader: ShardReader) -> None:
        """Have this one look when records were put, or the shard was closed."""
        self._shard.add_listener(reader)

    def remove_reader(self, reader: ShardReader) -> None:
        """Tell this one of nothing any more."""
        self._shard.remove_listener(reader)

    def horizon(self, now: int) -> int:
        """The position of the oldest record that is kept."""
        self._stream.trim(now, self._shard)
        return self._shard.horizon

    def read(self, now: int, position: int, limit: int) -> list[Record]:
        """Up to ``limit`` records from ``position`` on, or from the horizon if that is later."""
        return self._shard.read(max(position, self.horizon(now)), limit, _MOST_BYTES)

    def number_before(self, position: int) -> str:
        """A sequence number after which the records from ``position`` on come."""
        return self._shard.number_before(position)

    def has_ended_at(self, position: int) -> bool:
        """Whether nothing will ever come at ``position``."""
        return self._shard.has_ended_at(position)

    def children(self) -> list[SourceShard]:
        """The shards that took over from it."""
        return [SourceShard(self._stream, child) for child in self._shard.children]


class Streams(Protocol):
    """Where streams are found: the service of an account in a region."""

    streams: dict[str, Stream]
    readers: dict[str, dict[Reader, None]]
    """Who reads from streams, by the ARN of these, which need not be there."""


class SourceStream:
    """A stream, or a consumer that is registered with it, as its readers see it."""

    __slots__ = ("_consumer_name", "_streams", "arn", "stream_arn", "stream_name")

    def __init__(
        self, streams: Streams, arn: str, stream_arn: str, stream_name: str, consumer_name: str | None
    ) -> None:
        self._streams = streams
        self.arn = arn
        self.stream_arn = stream_arn
        self.stream_name = stream_name
        self._consumer_name = consumer_name
        """None for a stream."""

    @property
    def life(self) -> object:
        """Stands for what has the ARN at the moment: another object when it was made anew, None when there is none."""
        stream = self._stream
        if stream is None or self._consumer_name is None:
            return stream
        consumer = stream.consumers.get(self._consumer_name)
        return None if consumer is None or consumer.arn != self.arn or consumer.status == DELETING else consumer

    @property
    def kept_for(self) -> int:
        """How long records are kept, in nanoseconds; 0 where there is no stream."""
        stream = self._stream
        return 0 if stream is None else stream.retention_hours * HOUR

    @property
    def _stream(self) -> Stream | None:
        stream = self._streams.streams.get(self.stream_name)
        return None if stream is None or stream.arn != self.stream_arn or stream.status == DELETING else stream

    @property
    def exists(self) -> bool:
        """Whether there is something with this ARN, that can be read."""
        return self.life is not None

    def attach(self, reader: Reader) -> None:
        """Have this one look when a stream with this ARN is made."""
        self._streams.readers.setdefault(self.stream_arn, {})[reader] = None

    def detach(self, reader: Reader) -> None:
        """Tell this one of nothing any more."""
        readers = self._streams.readers.get(self.stream_arn)
        if readers is not None:
            readers.pop(reader, None)

    def offer(self, now: int) -> None:
        """Have all who wait look."""
        for reader in list(self._streams.readers.get(self.stream_arn, ())):
            reader.look(now)

    def starts(self, now: int, kind: str, moment: int | None) -> Iterator[tuple[SourceShard, int]]:
        """Which shards are to be read, and from which position on. O(shards)."""
        stream = self._stream
        if stream is None:
            return
        stream.expire(now)
        for shard in list(stream.shards.values()):
            stream.trim(now, shard)
            if kind == "LATEST":
                if shard.closed is None:
                    yield SourceShard(stream, shard), shard.tip
            else:
                yield SourceShard(stream, shard), shard.horizon if moment is None else shard.position_at_time(moment)
