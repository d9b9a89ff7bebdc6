"""What became of the records of streams: who read which of them, from where on, and which were left.

Who makes another iterator of the same shard goes on, unless it begins before the place that it has come to: then it is
a reader of its own, which reads again.

Made from events alone, in one pass. Positions are those of a shard: how many records it had taken before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.shown import escaped
from .record_ledger import PARTIAL_PUT_RETRIED, RecordLedger
from .run_notes import Account, RunNotes
from .stream_readers import Early, ShardAccount, StreamReader
from .text import shard_label

if TYPE_CHECKING:
    from .trace_event import TraceEvent

__all__ = ["EARLY_CHILD", "StreamAccounts", "expired_of", "stream_arn"]

EARLY_CHILD = "kinesis: child shard read before its parent's end"


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
        self._by_themselves: dict[tuple[str, ShardAccount], StreamReader] = {}
        """By mapping, delivery stream, pipe or channel, and shard."""
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
        return self._shard_of(event.resource, event.details["arn"], event.details["shard_id"])

    def _shard_of(self, stream: str, arn: str, shard_id: str) -> ShardAccount:
        shard = self._current.get((arn, shard_id))
        if shard is None:
            shard = self._current[arn, shard_id] = ShardAccount(stream, arn, shard_id)
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
            reader = self._by_name[key] = StreamReader(shard, name, event, "consumer" if is_consumer else "")
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
            reader = self._by_name[key] = StreamReader(shard, name, event, "consumer")
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

    # --- what reads by itself ---------------------------------------------------------------------------------------

    def _reads_by_itself(
        self, event: TraceEvent, shard: ShardAccount, what: str, name: str, identity: str, ranges: list[tuple[int, int]]
    ) -> None:
        """A mapping, a delivery stream, a pipe or a channel has read these of a shard, perhaps once more."""
        reader = self._by_themselves.get((identity, shard))
        if reader is None:
            reader = self._by_themselves[identity, shard] = StreamReader(shard, name, event, what)
            shard.readers.append(reader)
        reader.take(event, ranges)
        is_function, by = reader.is_function, name if reader.is_function else f"{what} {name}"
        for first, end in ranges:
            for record in map(shard.records.get, range(first, end)):
                if record is not None and (is_function or all(read.by != by for read in record.deliveries)):
                    record.read(event, by, is_of_function=is_function)

    def _reads_a_range(self, event: TraceEvent, what: str, arn: str, name: str, identity: str) -> None:
        """By a fact that names shard and position."""
        details = event.details
        shard = self._shard_of(arn.rpartition("/")[2], arn, details["shard_id"])
        first, end = details["position"], details["position"] + details["read"]
        self._note(shard, end)
        self._reads_by_itself(event, shard, what, name, identity, [(first, end)])

    def _reads_numbers(
        self, event: TraceEvent, what: str, arn: str, name: str, identity: str, numbers: Iterable[str]
    ) -> None:
        """By a fact that has the numbers of the records."""
        found: dict[ShardAccount, list[tuple[int, int]]] = {}
        for number in numbers:
            shard, record = self._by_number.get((arn, number), (None, None))
            if shard is not None and record is not None:
                found.setdefault(shard, []).append((record.position, record.position + 1))
        for shard, ranges in found.items():
            self._reads_by_itself(event, shard, what, name, identity, ranges)

    def _delivery_stream(self, event: TraceEvent) -> None:
        self._reads_a_range(event, "delivery stream", event.details["by"], event.resource, event.details["arn"])

    def _channel(self, event: TraceEvent) -> None:
        details = event.details
        self._reads_a_range(event, "channel", details["arn"], details["channel"], details["channel_arn"])

    def _pipe(self, event: TraceEvent) -> None:
        details = event.details
        arn = stream_arn(details["source"])
        if ":kinesis:" in arn:  # the records of one are called by shard and number
            names = details.get("message_ids") or details.get("numbers") or ()
            numbers = [name.rpartition(":")[2] for name in names]
            self._reads_numbers(event, "pipe", arn, event.resource, details["arn"], numbers)

    # --- mappings ---------------------------------------------------------------------------------------------------

    def _found(self, event: TraceEvent) -> dict[str, Account]:
        """The records that a fact of a mapping is about, by their numbers, as far as they are known."""
        arn = stream_arn(event.details["arn"])
        found = {number: self._by_number.get((arn, number)) for number in event.details.get("numbers", ())}
        return {number: pair[1] for number, pair in found.items() if pair is not None}

    def _read_by_mapping(self, event: TraceEvent) -> None:
        """A mapping has read records, for a run or to pass them over."""
        details = event.details
        numbers, arn = details.get("numbers", ()), stream_arn(details["arn"])
        self._reads_numbers(event, "function", arn, details["function"], details["mapping"], numbers)

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
    facts.DELIVERY_STREAM_TAKEN: StreamAccounts._delivery_stream,
    facts.FAULT_FIRED: StreamAccounts._refuse,
    facts.KINESIS_ITERATOR_EXPIRED: StreamAccounts._expired,
    facts.KINESIS_ITERATOR_MADE: StreamAccounts._made,
    facts.KINESIS_READ_EMPTY: StreamAccounts._read,
    facts.KINESIS_RECORD_PUT: StreamAccounts._put,
    facts.KINESIS_RECORD_THROTTLED: StreamAccounts._refuse,
    facts.KINESIS_RECORDS_COPIED: StreamAccounts._channel,
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
    facts.PIPE_FILTERED: StreamAccounts._pipe,
    facts.PIPE_GIVEN_UP: StreamAccounts._pipe,
    facts.PIPE_TAKEN: StreamAccounts._pipe,
}

_HAVE_POSITIONS = frozenset(
    {
        facts.DELIVERY_STREAM_TAKEN,
        facts.KINESIS_ITERATOR_MADE,
        facts.KINESIS_READ_EMPTY,
        facts.KINESIS_RECORD_PUT,
        facts.KINESIS_RECORDS_PUSHED,
        facts.KINESIS_RECORDS_READ,
        facts.KINESIS_SHARD_SUBSCRIBED,
    }
)


def stream_arn(arn: str) -> str:
    """Of the stream of a mapping, which may have one of a consumer."""
    return "/".join(arn.split("/")[:2])


def expired_of(event: TraceEvent) -> str:
    """Whose iterator of which shard had expired, and how old it was."""
    details: Any = event.details
    where = shard_label(event.resource, details["shard_id"])
    return f"{escaped(event.actor, 80)}'s iterator of {where} expired: it was {details['seconds']} s old"
