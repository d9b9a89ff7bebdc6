"""A shard: a range of hash keys and the records that fell into it, in order.

A record is stored once, in the list of its shard, and everything that reads it refers to the same object. A reader's
position is a record's *ordinal*: how many records the shard had taken before it. An ordinal stays right when old
records go, so a position costs nothing to keep and O(1) to find; numbers and times are turned into ordinals by
bisection when an iterator is made.

Records go at the end of the retention period, when somebody looks: ``trim`` moves ``head`` past what is too old, and
now and then the list is cut. A clock may be put back (freezegun). Then a record shows that time, but is kept as long as
the one before it, or it would be gone as soon as the clock is right again; and a position by time takes a walk.

A shard knows no stream, no retention period and no reader: who calls says what is too old, and who waits for news is a
``Listener``.

What is true of a shard is its range, how it was closed, and its records, each of which is whole when it is linked into
the list. What else is counted can be derived from the last one; therefore that one stays in the list.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, Protocol, cast

from ...core.timeline import SECOND
from . import shapes
from .record import Record, size_of
from .sequence import COUNT_STEP, ending_number, record_count, shard_number, starting_number, time_stamp
from .throughput import ReadMeter, WriteMeter

__all__ = ["HASH_KEYS", "Listener", "Shard", "notify_listeners", "shard_id_of", "uniform_ranges"]

HASH_KEYS: Final = 1 << 128
"""How many hash keys there are."""

_CUT_AT: Final = 1024
"""Trimmed records that stay in the list at most, unless the living are more."""

_arrival = attrgetter("arrival")
_kept_from = attrgetter("kept_from")
_end = attrgetter("end")


@lru_cache(maxsize=16)
def _stamp_of_second(second: int) -> int:
    # One object for all shards that are made together: what a put to a shard among thousands costs is what it has to
    # fetch from memory.
    return time_stamp(second * SECOND)


def shard_id_of(index: int) -> str:
    """The id of the shard that was made as number ``index`` of its stream."""
    return f"shardId-{index:012d}"


def uniform_ranges(count: int) -> list[tuple[int, int]]:
    """All hash keys in ``count`` ranges of the same width; the last one takes the rest."""
    width = HASH_KEYS // count
    return [(index * width, (index + 1) * width - 1) for index in range(count - 1)] + [
        ((count - 1) * width, HASH_KEYS - 1)
    ]


class Listener(Protocol):
    """Who waits for news of a shard: that records were put, or that it was closed."""

    def note(self) -> None:
        """There is news, and may be more of it before ``look``."""

    def look(self, now: int) -> None:
        """There is news."""

    def mend(self, now: int) -> None:
        """Make whole what an exception may have torn."""


def notify_listeners(shards: Iterable[Shard], now: int) -> None:
    """Have everybody look who waits for news of these shards. O(listeners).

    Each is told of all that there is before anybody looks: who waits for ten records gets them, not the first alone.
    """
    listeners = [listener for shard in shards for listener in shard.listeners or ()]
    for listener in listeners:
        listener.note()
    for listener in listeners:
        listener.look(now)


class Shard:
    """One shard of a stream. ``closed`` is None while it is open."""

    __slots__ = (
        "_least_stamp",
        "_number",
        "adjacent_parent",
        "children",
        "closed",
        "created",
        "ending_hash_key",
        "ending_sequence_number",
        "head",
        "index",
        "is_ordered",
        "listeners",
        "newest",
        "offset",
        "opened",
        "parent",
        "reading",
        "records",
        "shard_id",
        "starting_hash_key",
        "starting_sequence_number",
        "taken",
        "writing",
    )

    def __init__(
        self,
        index: int,
        hash_keys: tuple[int, int],
        opened: int,
        created: int,
        *,
        parent: Shard | None = None,
        adjacent_parent: Shard | None = None,
        metered: bool = False,
    ) -> None:
        self.index = index
        self.shard_id = shard_id_of(index)
        self.starting_hash_key, self.ending_hash_key = hash_keys
        self.opened = opened
        """When it was opened, in nanoseconds."""
        self.created = created
        """The second of its making that its sequence numbers carry; after a reshard one ahead of the clock."""
        self.closed: int | None = None
        """When it was closed, in nanoseconds."""
        self.parent = None if parent is None else parent.shard_id
        self.adjacent_parent = None if adjacent_parent is None else adjacent_parent.shard_id
        self.children: list[Shard] = []

        self.records: list[Record] = []
        self.head = 0
        """How many of ``records`` have been trimmed."""
        self.offset = 0
        """The ordinal of ``records[0]``."""
        self.newest = opened
        """When the retention of the last record began."""
        self.is_ordered = True
        """Whether each record arrived after the one before it."""
        self.taken = 0
        """Bytes of all records ever put, partition keys included."""

        self._number = shard_number(created, index)
        self._least_stamp = _stamp_of_second(created)
        self.starting_sequence_number = str(starting_number(created, index))
        self.ending_sequence_number: str | None = None

        self.listeners: dict[Listener, None] | None = None
        """Who waits for news, in line; None when nobody does."""
        self.writing = WriteMeter() if metered else None
        self.reading = ReadMeter() if metered else None

    def append(self, now: int, stamp: int, data: bytes, partition_key: str, size: int, marks: int) -> Record:
        """Store a record. O(1). ``stamp`` is the time stamp of ``now``, which the records of one call share."""
        if now < self.newest:
            self.is_ordered = False
        else:
            self.newest = now
        if stamp < self._least_stamp:
            stamp = self._least_stamp
        self._number = number = self._number + COUNT_STEP
        self.taken = end = self.taken + size
        record = Record(str(number + stamp), now, self.newest, data, partition_key, end, marks)
        self.records.append(record)
        return record

    def next_sequence_number(self, stamp: int) -> str:
        """What ``append`` gives the next record, with this time stamp."""
        return str(self._number + COUNT_STEP + max(stamp, self._least_stamp))

    def close(self, moment: int, second: int, children: list[Shard]) -> None:
        """Take no more records from ``moment`` on. Doing it again changes nothing."""
        number = str(ending_number(self.created, self.index, second))
        self.closed, self.ending_sequence_number, self.children = moment, number, children

    def mend(self) -> None:
        """Derive anew what counts the records. O(1), where calls are metered O(records)."""
        count = self.offset + len(self.records)
        self._number = shard_number(self.created, self.index) + count * COUNT_STEP
        if self.records:
            last = self.records[-1]
            self.newest, self.taken = last.kept_from, last.end
        else:
            self.newest, self.taken = self.opened, 0
        if self.writing is not None:
            self.writing.mend((record.arrival, size_of(record)) for record in self.records)

    def notify_listeners(self, now: int) -> None:
        """Have everybody look who waits for news. O(listeners)."""
        notify_listeners((self,), now)

    def add_listener(self, listener: Listener) -> None:
        """Tell this one of news from now on."""
        if self.listeners is None:
            self.listeners = {}
        self.listeners[listener] = None

    def remove_listener(self, listener: Listener) -> None:
        """Tell this one of nothing any more."""
        if self.listeners is not None:
            self.listeners.pop(listener, None)
            if not self.listeners:
                self.listeners = None

    # --- positions ----------------------------------------------------------------------------------------------------

    @property
    def horizon(self) -> int:
        """The position of the oldest record that is kept."""
        return self.offset + self.head

    @property
    def tip(self) -> int:
        """The position behind the newest record."""
        return self.offset + len(self.records)

    def position_at_time(self, moment: int) -> int:
        """The position of the first record that arrived at ``moment`` or later.

        O(log n); O(n) when the clock was put back.
        """
        if self.is_ordered:
            return self.offset + bisect_left(self.records, moment, self.head, key=_arrival)
        place = self.head
        while place < len(self.records) and self.records[place].arrival < moment:
            place += 1
        return self.offset + place

    def position_at_number(self, sequence_number: str) -> int:
        """The position of the first record with this number, a number of this shard, or a higher one. O(1)."""
        place = self._place_of(sequence_number)
        if self.head <= place < len(self.records) and self.records[place].sequence_number < sequence_number:
            place += 1
        return self.offset + min(max(place, self.head), len(self.records))

    def position_after_number(self, sequence_number: str) -> int:
        """The position of the first record with a higher number than this, a number of this shard. O(1)."""
        place = self._place_of(sequence_number)
        if self.head <= place < len(self.records) and self.records[place].sequence_number <= sequence_number:
            place += 1
        return self.offset + min(max(place, self.head), len(self.records))

    def _place_of(self, sequence_number: str) -> int:
        """Where in ``records`` the record with the same count is, or would be: numbers count the shard's records."""
        return record_count(int(sequence_number)) - 1 - self.offset

    def number_before(self, position: int) -> str:
        """A sequence number after which the records from ``position`` on come."""
        index = position - self.offset - 1
        return self.records[index].sequence_number if index >= 0 else self.starting_sequence_number

    # --- reading ------------------------------------------------------------------------------------------------------

    def trim(self, horizon: int) -> None:
        """Let go of records whose retention began at ``horizon`` or earlier. O(log n) if there are any, else O(1)."""
        records = self.records
        head = self.head
        if head < len(records) and records[head].kept_from <= horizon:
            self.head = head = bisect_right(records, horizon, head, key=_kept_from)
            if head > _CUT_AT and head * 2 > len(records):
                cut = head - 1 if head == len(records) else head  # the last record stays
                # One step from here on: nothing is called.
                del records[:cut]
                self.offset += cut
                self.head = head - cut

    def read(self, position: int, limit: int, size: int) -> list[Record]:
        """Up to ``limit`` records from ``position`` on, together of at most ``size`` bytes, but one at least.

        O(log n) beside what it returns.
        """
        records = self.records
        first = position - self.offset
        last = min(first + limit, len(records))
        if last > first:
            before = records[first - 1].end if first else records[0].end - size_of(records[0])
            if records[last - 1].end - before > size:
                last = max(first + 1, bisect_right(records, before + size, first, last, key=_end))
        return records[first:last]

    def size_of(self, records: list[Record]) -> int:
        """The bytes of a run of records as ``read`` returns them, partition keys included."""
        if not records:
            return 0
        return records[-1].end - records[0].end + size_of(records[0])

    def millis_behind(self, now: int, position: int, records: list[Record]) -> int:
        """How far behind the tip a reader is who has just read ``records`` and stands at ``position``.

        0 at the tip and only there; otherwise the age of the last record read, or of the next one. [Kinesis API:
        GetRecords, "how far behind current time"; which record's age: inferred]
        """
        if position >= self.tip:
            return 0
        last = records[-1] if records else self.records[position - self.offset]
        return max(1, (now - last.arrival) // 1_000_000)

    def millis_since_end(self, now: int, records: list[Record]) -> int:
        """How far behind the tip a reader is who has just read ``records`` and stands at the end of a closed shard.

        0 with the last records; after that AWS counts from the end on, in seconds, though nothing will ever come.
        """
        return 0 if records or self.closed is None else max(0, (now - self.closed) // SECOND * 1000)

    def has_ended_at(self, position: int) -> bool:
        """Whether nothing will ever come at ``position``."""
        return self.closed is not None and position >= self.tip

    # --- as answers show it -------------------------------------------------------------------------------------------

    def hash_key_range(self) -> shapes.HashKeyRange:
        """The shard's hash keys."""
        return {"StartingHashKey": str(self.starting_hash_key), "EndingHashKey": str(self.ending_hash_key)}

    def describe(self) -> shapes.Shard:
        """The shard as it is listed."""
        answer: dict[str, Any] = {"ShardId": self.shard_id}  # filled in the model's order
        if self.parent is not None:
            answer["ParentShardId"] = self.parent
        if self.adjacent_parent is not None:
            answer["AdjacentParentShardId"] = self.adjacent_parent
        answer["HashKeyRange"] = self.hash_key_range()
        numbers: shapes.SequenceNumberRange = {"StartingSequenceNumber": self.starting_sequence_number}
        if self.ending_sequence_number is not None:
            numbers["EndingSequenceNumber"] = self.ending_sequence_number
        answer["SequenceNumberRange"] = numbers
        return cast("shapes.Shard", answer)

    def describe_children(self) -> list[shapes.ChildShard]:
        """The shards that took over from this one."""
        return [
            {
                "ShardId": child.shard_id,
                "ParentShards": [parent for parent in (child.parent, child.adjacent_parent) if parent is not None],
                "HashKeyRange": child.hash_key_range(),
            }
            for child in self.children
        ]
