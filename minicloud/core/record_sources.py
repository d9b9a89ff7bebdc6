"""Streams as sources (``sources``): what an event source mapping sees of them.

Nothing is taken from a stream: each reader keeps its own positions, one a shard, as *ordinals*. An ordinal counts the
records that the shard had taken before; it stays right when old records go. A reader stands in line at each shard that
it reads, and is told of news there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from .sources import Source

__all__ = ["RecordShard", "RecordSource", "ShardReader", "StreamRecord"]


class ShardReader(Protocol):
    """Who stands in line at a shard."""

    def note(self) -> None:
        """There is news, and may be more of it before ``look``."""

    def look(self, now: int) -> None:
        """There is news: records were put, or the shard was closed. Called under the cloud's lock."""

    def mend(self, now: int) -> None:
        """The stream is made whole after an interruption."""


class StreamRecord(Protocol):
    """A record; it never changes."""

    @property
    def sequence_number(self) -> str:
        """Its number, higher than those of all records before it in its shard."""

    @property
    def arrival(self) -> int:
        """When it was put, in nanoseconds."""

    @property
    def data(self) -> bytes:
        """What was put."""

    @property
    def partition_key(self) -> str:
        """Empty when it was put without one."""


class RecordShard(Protocol):
    """A shard, as its readers see it."""

    @property
    def shard_id(self) -> str:
        """``shardId-000000000000``."""

    @property
    def parents(self) -> Sequence[str]:
        """The ids of the shards that it took over from: none, one or two."""

    @property
    def tip(self) -> int:
        """The position behind the newest record."""

    @property
    def is_closed(self) -> bool:
        """Whether it takes no more records, and others have taken over."""

    def add_reader(self, reader: ShardReader) -> None:
        """Have this one look when there is news: records were put, or the shard was closed. Again changes nothing."""

    def remove_reader(self, reader: ShardReader) -> None:
        """Tell this one of nothing any more."""

    def horizon(self, now: int) -> int:
        """The position of the oldest record that is kept. What comes before is gone."""

    def read(self, now: int, position: int, limit: int) -> Sequence[StreamRecord]:
        """Up to ``limit`` records from ``position`` on, or from the horizon if that is later. O(1) beside them."""

    def number_before(self, position: int) -> str:
        """A sequence number after which the records from ``position`` on come."""

    def has_ended_at(self, position: int) -> bool:
        """Whether nothing will ever come at ``position``: the shard is closed."""

    def children(self) -> Sequence[RecordShard]:
        """The shards that took over from it."""


class RecordSource(Source, Protocol):
    """A stream, or a consumer of one. Readers in its line are told when one is made with this ARN."""

    @property
    def stream_arn(self) -> str:
        """The stream's ARN."""

    @property
    def stream_name(self) -> str:
        """The stream's name."""

    @property
    def life(self) -> object:
        """Stands for what has the ARN at the moment: another object when it was made anew, None when there is none."""

    @property
    def kept_for(self) -> int:
        """How long records are kept, in nanoseconds; 0 where there is no stream."""

    def starts(self, now: int, kind: str, moment: int | None) -> Iterable[tuple[RecordShard, int]]:
        """Which shards are to be read, and from which position on. O(shards).

        ``kind`` is ``TRIM_HORIZON``, ``LATEST`` or ``AT_TIMESTAMP``, which goes with a ``moment``. But for ``LATEST``
        shards that are closed are among them, also those that have nothing for this start.
        """
