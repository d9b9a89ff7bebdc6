"""What became of the records of streams: who read which of them, from where on, and which were left.

A record stays in its shard when it was read, so its account has reads and no end; and a stream has readers, each with a
position in a shard. A *reader* is a thread or task and its chain of iterators on a shard, or a consumer and its
subscriptions to one. Who makes another iterator of the same shard goes on, unless it begins before the place that it
has come to: then it is a reader of its own, which reads again.

Made from events alone, in one pass. Positions are those of a shard: how many records it had taken before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.shown import counted, escaped
from .bodies import excerpt
from .message_ledger import Delivery, MessageLedger
from .run_notes import Account, Note, RunNotes
from .text import clock_time, describe, shard_label, short_sequence_number

if TYPE_CHECKING:
    from .trace_event import TraceEvent

__all__ = [
    "EARLY_CHILD",
    "PARTIAL_PUT_RETRIED",
    "Early",
    "RecordLedger",
    "ShardAccount",
    "StreamAccounts",
    "StreamReader",
    "expired_of",
    "shard_label",
]

_MOST_RANGES = 4
"""Of a reader's reads, so many are told."""
EARLY_CHILD = "kinesis: child shard read before its parent's end"
PARTIAL_PUT_RETRIED = "kinesis: partial put retried"


class RecordLedger(MessageLedger):
    """What became of one record of a stream. Its deliveries are the times that it was read. ``str()`` tells it."""

    def __init__(self, put: TraceEvent) -> None:
        details = put.details
        super().__init__(details["sequence_number"], put.resource, details["arn"], put)
        self.identity = f"{self.arn}/{self.message_id}"
        self.body = details["data"].decode("utf-8", "backslashreplace")
        self.partition_key: str | None = details["partition_key"]
        self.shard_id: str = details["shard_id"]
        self.position: int = details["position"]
        """How many records its shard had taken before."""
        self.fate = "unread"
        """``"unread"``, ``"read"`` or ``"stream deleted"``."""
        self.events.append(put)

    @property
    def is_of_stream(self) -> bool:
        """Whether it is a record of a stream, which stays there when it was read."""
        return True

    @property
    def trouble(self) -> int:
        """Nothing can go wrong with one record; it can with its readers."""
        return 0

    @property
    def name(self) -> str:
        """What it is, and the end of its sequence number."""
        return f"record {short_sequence_number(self.message_id)}"

    @property
    def title(self) -> str:
        """The record in a few words."""
        where = shard_label(self.queue, self.shard_id)
        return f"{self.name} {self.excerpt or excerpt(self.body or '')} in {where}, {self.fate}"

    def lines(self) -> list[str]:
        """Its events, a line each."""
        lines = [f"{clock_time(self.events[0].time_ns)}  {describe(self.events[0])}"]
        reads = {read.sequence: read for read in self.deliveries if not read.is_of_function}
        for event in self.events[1:]:
            if isinstance(event, Note):
                lines.append(f"{clock_time(event.time_ns)}  {event.text}")
            elif event.number in reads:
                lines.append(f"{clock_time(event.time_ns)}  read by {escaped(reads[event.number].by, 80)}")
        if self.gone_ns is not None:
            lines.append(f"{clock_time(self.gone_ns)}  gone with its stream")
        return lines

    def read(self, event: TraceEvent, by: str, *, is_of_function: bool = False) -> None:
        """Somebody has read it."""
        delivery = Delivery(len(self.deliveries) + 1, self.queue, event.time_ns, by, "", 0)
        delivery.sequence, delivery.outcome, delivery.ended_ns = event.number, "read", event.time_ns
        delivery.is_of_function = is_of_function
        self.deliveries.append(delivery)
        self.events.append(event)
        self.fate = "read"


class StreamReader:
    """Somebody who reads a shard: a thread or task by its iterators, or a consumer by its subscriptions."""

    def __init__(
        self,
        shard: ShardAccount,
        name: str,
        event: TraceEvent,
        *,
        is_consumer: bool = False,
        is_function: bool = False,
    ) -> None:
        details = event.details
        self._shard = shard
        self.name = name
        """Of the thread or task that read first, or made the iterator; of the consumer, or the function."""
        self.is_function = is_function
        """Whether an event source mapping reads for it."""
        self.is_consumer = is_consumer
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
        what = "consumer " if self.is_consumer else "function " if self.is_function else ""
        who = f"{what}{escaped(self.name, 80)}"
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


class StreamAccounts:
    """The accounts of all streams that some events tell of."""

    def __init__(self, events: Iterable[TraceEvent] = ()) -> None:
        self.shards: list[ShardAccount] = []
        """Those of deleted streams, too."""
        self.early: list[Early] = []
        self.behaviours: Counter[str] = Counter()
        """Those that no single event shows."""
        self._current: dict[tuple[str, str], ShardAccount] = {}
        self._by_iterator: dict[str, tuple[StreamReader, int]] = {}
        """Whose each iterator is, and the position that it stands for."""
        self._by_name: dict[tuple[bool, str, str, str], StreamReader] = {}
        self._mapped: dict[tuple[str, str], StreamReader] = {}
        """By mapping and shard."""
        self._by_number: dict[tuple[str, str], tuple[ShardAccount, RecordLedger]] = {}
        self._taken: dict[str, dict[str, Account]] = {}
        """By request id, the records that a run will begin with, by their numbers."""
        self._runs = RunNotes()
        self._refused: Counter[tuple[str, str | None, bytes]] = Counter()
        """Entries of puts that were refused while others were stored."""
        for event in events:
            self.post(event)

    def post(self, event: TraceEvent) -> None:
        """Take an event in."""
        post = _POSTINGS.get(event.kind)
        if post is not None and not (event.kind in _HAVE_POSITIONS and "position" not in event.details):
            post(self, event)  # what was recorded before there were positions tells nothing here

    def of(self, arn: str) -> list[ShardAccount]:
        """The shards of the stream that has this ARN, and of those that had it before."""
        return [shard for shard in self.shards if shard.arn == arn]

    def current(self, arn: str) -> dict[str, ShardAccount]:
        """The shards of the stream that has this ARN now, by id."""
        return {shard_id: shard for (of, shard_id), shard in self._current.items() if of == arn}

    @property
    def readers(self) -> list[StreamReader]:
        """All of them, in the order in which they began."""
        found = [reader for shard in self.shards for reader in shard.readers]
        return sorted(found, key=lambda reader: reader.began.number)

    @property
    def records(self) -> Iterator[RecordLedger]:
        """The records of all shards, shard by shard."""
        return (record for shard in self.shards for record in shard.records.values())

    # --- postings, one for each kind of event -----------------------------------------------------------------------

    def _shard(self, event: TraceEvent) -> ShardAccount:
        key = event.details["arn"], event.details["shard_id"]
        shard = self._current.get(key)
        if shard is None:
            shard = self._current[key] = ShardAccount(event.resource, *key)
            self.shards.append(shard)
        return shard

    def _put(self, event: TraceEvent) -> None:
        shard, details = self._shard(event), event.details
        position = details["position"]
        shard.records[position] = record = RecordLedger(event)
        self._by_number[shard.arn, record.message_id] = shard, record
        shard.tip = max(shard.tip, position + 1)
        entry = event.resource, details["partition_key"], details["data"]
        if self._refused and self._refused[entry] > 0:
            self._refused[entry] -= 1
            self.behaviours[PARTIAL_PUT_RETRIED] += 1

    def _refuse(self, event: TraceEvent) -> None:
        stream = event.details.get("resource_name", event.resource)
        for key, data in event.details.get("refused", ()):
            if isinstance(data, str | bytes | bytearray):
                self._refused[stream, key, data.encode() if isinstance(data, str) else bytes(data)] += 1

    def _made(self, event: TraceEvent) -> None:
        reader = self._begun(event, event.actor, is_consumer=False)
        self._by_iterator[event.details["iterator"]] = reader, event.details["position"]

    def _subscribed(self, event: TraceEvent) -> None:
        self._begun(event, event.details["consumer"], is_consumer=True)

    def _begun(self, event: TraceEvent, name: str, *, is_consumer: bool) -> StreamReader:
        shard, details = self._shard(event), event.details
        self._note(shard, details["position"] + details["left"], details["position"] - details["before"])
        key = (is_consumer, name, shard.arn, shard.shard_id)
        reader = self._by_name.get(key)
        if reader is None or details["position"] < reader.position:
            reader = self._by_name[key] = StreamReader(shard, name, event, is_consumer=is_consumer)
            shard.readers.append(reader)
        else:
            reader.go_on(event)
        return reader

    def _read(self, event: TraceEvent) -> None:
        details = event.details
        shard = self._shard(event)
        if details["iterator"] not in self._by_iterator:  # it is older than the trace
            shard.readers.append(StreamReader(shard, event.actor, event))
            self._by_iterator[details["iterator"]] = shard.readers[-1], details["position"]
        reader, place = self._by_iterator[details["iterator"]]
        if not reader.has_read and reader.name != event.actor:
            reader.name = event.actor  # who made the iterator made it for this one
            self._by_name.setdefault((False, event.actor, shard.arn, shard.shard_id), reader)
        if details["next_iterator"] is not None:
            self._by_iterator[details["next_iterator"]] = reader, details["position"] + details.get("count", 0)
        self._take(shard, reader, event, place)

    def _pushed(self, event: TraceEvent) -> None:
        shard, name = self._shard(event), event.details["consumer"]
        key = (True, name, shard.arn, shard.shard_id)
        reader = self._by_name.get(key)
        if reader is None:
            reader = self._by_name[key] = StreamReader(shard, name, event, is_consumer=True)
            shard.readers.append(reader)
        self._take(shard, reader, event, reader.pushed_to)
        reader.pushed_to = event.details["position"] + event.details["count"]

    def _take(self, shard: ShardAccount, reader: StreamReader, event: TraceEvent, place: int) -> None:
        details = event.details
        position, count = details["position"], details.get("count", 0)
        self._note(shard, position + count + details["left"])
        reader.has_read, reader.latest = True, event
        if not count:
            return
        if not reader.reads and reader.start != "LATEST":
            self._look_at_parents(shard, reader, event)
        reader.read(event, place)
        for ordinal in range(position, position + count):
            record = shard.records.get(ordinal)
            if record is not None:
                record.read(event, reader.name if reader.is_consumer else event.actor)

    def _look_at_parents(self, shard: ShardAccount, reader: StreamReader, event: TraceEvent) -> None:
        """Whether somebody has read the parents to their ends, before a child is read for the first time."""
        for shard_id in reader.parents:
            parent = self._current.get((shard.arn, shard_id))
            if parent is None:
                continue
            fellows = [
                one
                for one in parent.readers
                if one.is_consumer == reader.is_consumer and (not one.is_consumer or one.name == reader.name)
            ]
            left = parent.tip - max([parent.horizon, *(one.position for one in fellows)])
            if left > 0:
                self.early.append(Early(reader, parent, left, event))
                self.behaviours[EARLY_CHILD] += 1

    # --- mappings ---------------------------------------------------------------------------------------------------

    def _found(self, event: TraceEvent) -> dict[str, Account]:
        """The records that a fact of a mapping is about, by their numbers, as far as they are known."""
        arn = _stream_arn(event)
        found = {number: self._by_number.get((arn, number)) for number in event.details.get("numbers", ())}
        return {number: pair[1] for number, pair in found.items() if pair is not None}

    def _read_by_mapping(self, event: TraceEvent) -> None:
        """A mapping has read records, for a run or to pass them over; what it has read before does not count again."""
        arn, details = _stream_arn(event), event.details
        for number in details.get("numbers", ()):
            shard, record = self._by_number.get((arn, number), (None, None))
            if shard is None or record is None:
                continue
            key = details["mapping"], shard.shard_id
            reader = self._mapped.get(key)
            if reader is None:
                reader = self._mapped[key] = StreamReader(shard, details["function"], event, is_function=True)
                shard.readers.append(reader)
            place = record.position
            if not any(first <= place < end for first, end in reader.reads[-1:]) and place >= reader.position:
                reader.reads.append((place, place + 1))
            if len(reader.reads) > 1 and reader.reads[-2][1] == place:
                reader.reads[-2:] = [(reader.reads[-2][0], place + 1)]
            reader.position = max(reader.position, place + 1)
            reader.has_read, reader.latest = True, event
            record.read(event, reader.name, is_of_function=True)

    def _taken_by_mapping(self, event: TraceEvent) -> None:
        if "numbers" in event.details:
            self._read_by_mapping(event)
            self._taken[event.details["request_id"]] = self._found(event)

    def _run_begun(self, event: TraceEvent) -> None:
        records = self._taken.pop(event.details.get("request_id", ""), None)
        if records:
            self._runs.begin(event, records)

    def _run_ended(self, event: TraceEvent) -> None:
        self._runs.end(event)

    def _run_handled(self, event: TraceEvent) -> None:
        self._runs.handled(event)

    def _filtered(self, event: TraceEvent) -> None:
        self._read_by_mapping(event)
        who = escaped(event.details["function"], 80)
        self._runs.tell(event, self._found(event).values(), f"not for {who}, by its filters")

    def _discarded(self, event: TraceEvent) -> None:
        details = event.details
        told = "" if details.get("destination") is None else f", {details['destination'].rpartition(':')[2]} is told"
        how = f"given up by {details['function']} ({details['why']}){told}"
        self._runs.tell(event, self._found(event).values(), how)

    # --- ends -------------------------------------------------------------------------------------------------------

    def _expired(self, event: TraceEvent) -> None:
        reader, _ = self._by_iterator.get(event.details["iterator"], (None, 0))
        if reader is not None:
            reader.expired_after.append(event.details["seconds"])
            reader.latest = event

    def _deleted(self, event: TraceEvent) -> None:
        arn = event.details["arn"]
        for shard in self.current(arn).values():
            del self._current[arn, shard.shard_id]
            for record in shard.records.values():
                record.end("stream deleted", event)
                record.events.append(event)
        self._by_name = {key: reader for key, reader in self._by_name.items() if key[2] != arn}

    def _note(self, shard: ShardAccount, tip: int, horizon: int = 0) -> None:
        shard.tip = max(shard.tip, tip)
        shard.horizon = max(shard.horizon, horizon)


_POSTINGS: dict[str, Callable[[StreamAccounts, TraceEvent], None]] = {
    facts.FAULT_FIRED: StreamAccounts._refuse,
    facts.KINESIS_ITERATOR_EXPIRED: StreamAccounts._expired,
    facts.KINESIS_ITERATOR_MADE: StreamAccounts._made,
    facts.KINESIS_READ_EMPTY: StreamAccounts._read,
    facts.KINESIS_RECORD_PUT: StreamAccounts._put,
    facts.KINESIS_RECORD_THROTTLED: StreamAccounts._refuse,
    facts.KINESIS_RECORDS_PUSHED: StreamAccounts._pushed,
    facts.KINESIS_RECORDS_READ: StreamAccounts._read,
    facts.KINESIS_SHARD_SUBSCRIBED: StreamAccounts._subscribed,
    facts.KINESIS_STREAM_DELETED: StreamAccounts._deleted,
    facts.LAMBDA_FAILED: StreamAccounts._run_ended,
    facts.LAMBDA_INVOKED: StreamAccounts._run_begun,
    facts.LAMBDA_SUCCEEDED: StreamAccounts._run_ended,
    facts.LAMBDA_TIMED_OUT: StreamAccounts._run_ended,
    facts.MAPPING_DISCARDED: StreamAccounts._discarded,
    facts.MAPPING_FILTERED: StreamAccounts._filtered,
    facts.MAPPING_HANDLED: StreamAccounts._run_handled,
    facts.MAPPING_TAKEN: StreamAccounts._taken_by_mapping,
}

_HAVE_POSITIONS = frozenset(
    {
        facts.KINESIS_ITERATOR_MADE,
        facts.KINESIS_READ_EMPTY,
        facts.KINESIS_RECORD_PUT,
        facts.KINESIS_RECORDS_PUSHED,
        facts.KINESIS_RECORDS_READ,
        facts.KINESIS_SHARD_SUBSCRIBED,
    }
)


def _stream_arn(event: TraceEvent) -> str:
    """Of the stream of a mapping, which may have one of a consumer."""
    arn: str = event.details["arn"]
    return "/".join(arn.split("/")[:2])


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


def expired_of(event: TraceEvent) -> str:
    """Whose iterator of which shard had expired, and how old it was."""
    details: Any = event.details
    where = shard_label(event.resource, details["shard_id"])
    return f"{escaped(event.actor, 80)}'s iterator of {where} expired: it was {details['seconds']} s old"
