"""Who reads a stream, and what was read of each shard.

A *reader* is a thread or task and its chain of iterators on a shard, or a consumer and its subscriptions to one, or
what reads by itself: the mapping of a function, a delivery stream, a pipe, a channel. It has a position in the shard:
how many records that had taken before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..core.shown import counted, escaped
from .record_ledger import RecordLedger
from .text import shard_label

if TYPE_CHECKING:
    from .trace_event import TraceEvent

__all__ = ["Early", "ShardAccount", "StreamReader"]

_MOST_RANGES = 4
"""Of a reader's reads, so many are told."""


class StreamReader:
    """Who reads a shard: a thread or task by iterators, a consumer by subscriptions, a function or pipe by itself."""

    def __init__(
        self,
        shard: ShardAccount,
        name: str,
        event: TraceEvent,
        what: str = "",
    ) -> None:
        details = event.details
        self._shard = shard
        self._what = what
        """``consumer``, ``function``, ``delivery stream``, ``pipe`` or ``channel``; empty for a thread or task."""
        self.name = name
        """Of the thread or task that read first, or made the iterator; of the consumer, the function ..."""
        self.is_function = what == "function"
        """Whether an event source mapping reads for it."""
        self.is_consumer = what == "consumer"
        """Whether records are pushed to it (SubscribeToShard)."""
        self.start: str = details.get("start") or ""
        """Where it began: ``"LATEST"``, ``"TRIM_HORIZON"`` ...; empty when that was before the trace."""
        self.start_position: int = details.get("position", 0)
        self.position = self.start_position
        """How many records of its shard lie before the one that it reads next."""
        self.before = int(details.get("before", 0))
        """How many records lay before the place where it began, and so were never for it."""
        self.parents: Sequence[str] = details.get("parents") or ()
        self.pushed_to = self.position
        """Where a subscription goes on."""
        self.reads: list[tuple[int, int]] = []
        """The positions that it has read: the first, and the one behind the last."""
        self.jumps: list[tuple[int, int, str, TraceEvent]] = []
        """From where to where it went without reading, and by an iterator of which type."""
        self.disorder: list[tuple[int, int, TraceEvent]] = []
        """Where a read had to begin, and where it did, at records before that which were new."""
        self.expired_after: list[int] = []
        """How old the iterators were that had expired when it used them, in seconds."""
        self.began = event
        self.latest = event
        """What it did last."""
        self.has_read = False

    @property
    def stream(self) -> str:
        """The name of the stream."""
        return self._shard.stream

    @property
    def shard_id(self) -> str:
        """The shard that it reads."""
        return self._shard.shard_id

    @property
    def label(self) -> str:
        """The shard in short: ``clicks/0``."""
        return self._shard.label

    @property
    def behind(self) -> int:
        """How many records it has not come to yet."""
        lag: int = self._shard.tip - max(self.position, self._shard.horizon)
        return max(lag, 0)

    @property
    def is_troubled(self) -> bool:
        """Whether there is something that it has not read, or its iterator had expired."""
        return bool(self.behind or self.expired_after or self.skipped() or (self._shard.tip and not self.reads))

    def skipped(self) -> list[tuple[int, int, str, TraceEvent]]:
        """The jumps over records that it has never read."""
        if not self.jumps:
            return []
        reads = _united(self.reads)
        found = []
        for first, end, start, event in self.jumps:
            at = max(bisect_right(reads, first, key=_first) - 1, 0)
            found += [(gap[0], gap[1], start, event) for gap in _gaps(reads, first, end, at)]
        return found

    def __str__(self) -> str:
        shard = self._shard
        who = f"{self._what} {escaped(self.name, 80)}".lstrip()
        start = f" from {self.start}" if self.start else ""
        kept = shard.tip - min(shard.horizon, self.start_position)
        parts = []
        if self.reads:
            parts.append(_ranges(self.reads))
        elif not kept:
            parts.append("nothing, as there are no records")
        else:
            before = min(self.before, kept)
            if before == kept:
                lie = f" ({'all ' if kept > 1 else 'it '}{f'{kept} lie' if kept > 1 else 'lies'} before it)"
            else:
                lie = f" ({before} {'lies' if before == 1 else 'lie'} before it)" if before else ""
            parts.append(f"0 of {counted(kept, 'record')}{lie}")
        if self.behind:
            parts.append(f"{self.behind} left unread")
        if self.reads and self.before and self.start == "LATEST":
            parts.append(f"{self.before} {'lies' if self.before == 1 else 'lie'} before where it began")
        for first, end, by, _ in self.skipped()[:_MOST_RANGES]:
            parts.append(f"{_range(first, end)} passed over{f' by a new iterator at {by}' if by else ''}")
        parts += [f"iterator expired after {seconds} s" for seconds in self.expired_after[:_MOST_RANGES]]
        return f"{who} read {shard.label}{start}: {'; '.join(parts)}"

    def __repr__(self) -> str:
        return f"<reader: {self}>"

    # --- bookkeeping ------------------------------------------------------------------------------------------------

    def go_on(self, event: TraceEvent) -> None:
        """It has made a new iterator, or subscribed again, at the place where it stands or further on."""
        position = event.details["position"]
        if position > self.position:
            self.jumps.append((self.position, position, event.details["start"], event))
        self.position = self.pushed_to = position
        self.latest = event

    def read(self, event: TraceEvent, place: int) -> None:
        """It has read records, by an iterator that stands for a place, or where its subscription stood.

        An iterator can be used again, and an event that got lost on its way is sent again.
        """
        first, end = event.details["position"], event.details["position"] + event.details["count"]
        if first > place:
            # Behind where it had come to: the stream has let go of what lay between.
            self.jumps.append((place, first, "", event))
        elif first < place and _gaps(_united(self.reads), first, min(place, end)):
            self.disorder.append((place, first, event))
        self.reads.append((first, end))
        self.position = max(self.position, end)

    def take(self, event: TraceEvent, ranges: Iterable[tuple[int, int]]) -> None:
        """It has read these by itself, in whatever order; what it has read before does not count again. O(ranges)."""
        self.reads = _united([*self.reads, *ranges])
        self.position = max(self.position, self.reads[-1][1])
        self.has_read, self.latest = True, event


class Early:
    """A child shard was read while its parent had records that had not been read."""

    def __init__(self, reader: StreamReader, parent: ShardAccount, left: int, event: TraceEvent) -> None:
        self.reader = reader
        self.parent = parent
        self.left = left
        """How many they were."""
        self.event = event


class ShardAccount:
    """A shard, with its records and its readers, as far as the events tell."""

    def __init__(self, stream: str, arn: str, shard_id: str) -> None:
        self.stream = stream
        self.arn = arn
        self.shard_id = shard_id
        self.tip = 0
        """How many records it has taken."""
        self.horizon = 0
        """How many of them the stream has let go of."""
        self.records: dict[int, RecordLedger] = {}
        """Those that were put while the trace was on, by position."""
        self.readers: list[StreamReader] = []

    @property
    def label(self) -> str:
        """The shard in short."""
        return shard_label(self.stream, self.shard_id)

    def unread(self) -> list[tuple[int, int]]:
        """Ranges of records that are kept, and that nobody has read."""
        return _gaps(_united(read for reader in self.readers for read in reader.reads), self.horizon, self.tip)


# --- ranges of positions ---------------------------------------------------------------------------------------------


def _range(first: int, end: int) -> str:
    return f"{first}" if end - first == 1 else f"{first}..{end - 1}"


def _ranges(ranges: Sequence[tuple[int, int]]) -> str:
    """``0..9, then 10..19``; of many, the first ones and the last."""
    texts = [_range(first, end) for first, end in ranges]
    if len(texts) > _MOST_RANGES:
        texts[_MOST_RANGES - 1 : -1] = [f"{len(texts) - _MOST_RANGES} more"]
    return ", then ".join(texts)


def _first(read: tuple[int, int]) -> int:
    return read[0]


def _united(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same positions in ranges that rise and do not touch. O(n log n)."""
    united: list[tuple[int, int]] = []
    for first, end in sorted(ranges):
        if united and first <= united[-1][1]:
            united[-1] = united[-1][0], max(end, united[-1][1])
        else:
            united.append((first, end))
    return united


def _gaps(united: Sequence[tuple[int, int]], first: int, end: int, at: int = 0) -> list[tuple[int, int]]:
    """What of ``first`` to ``end`` is in none of the ranges, from the one at ``at`` on."""
    gaps = []
    for place in range(at, len(united)):
        start, stop = united[place]
        if stop <= first:
            continue
        if start >= end:
            break
        if start > first:
            gaps.append((first, start))
        first = stop
    if first < end:
        gaps.append((first, end))
    return gaps
