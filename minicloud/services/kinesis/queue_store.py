"""The records of a queue: which it has begun to deliver, in which state each is, and what it reads next.

A queue takes its records from the stream when somebody receives: it has a position in each shard, and what lies behind
it nobody has received yet. So a record costs a queue nothing before its first delivery, and a put costs a stream with
queues one note a queue: *there is news in this shard*. Shards with news wait in a heap, by the arrival of their next
record; what was received and came back waits in an ordered queue. The older of the two heads is next.

What ends by itself, a visibility timeout or the retention of the stream, is looked at with the next call on the queue.
An entry of an ordered queue is a hint: it holds while the record's own state agrees, and is stale otherwise.

What is true is which records are ``held``, and what each says of itself; all else can be derived from that and from the
stream, and ``derive`` does so. Nothing here refuses anything: who calls has checked. Who waits is ``queue``'s affair.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush, heapreplace

from ...core.ordered import OrderedQueue
from ...core.timeline import FOREVER
from ...core.world import Trace, World
from . import facts
from .queue_record import DEAD, DEAD_IN_FLIGHT, GONE, IN_FLIGHT, VISIBLE, QueueRecord
from .record import Record, record_id_of
from .shard import Shard
from .stream import Stream

__all__ = ["SLACK", "RecordStore", "ShardReader"]

SLACK = 64
"""Stale entries that are always tolerated."""

_Key = tuple[int, int, int, QueueRecord]
_Fresh = tuple[int, int, int, "ShardReader"]


class ShardReader:
    """How far a queue has read a shard. It listens to the shard for as long as the queue is there."""

    __slots__ = ("_store", "has_news", "position", "shard")

    def __init__(self, store: RecordStore, shard: Shard, position: int) -> None:
        self._store = store
        self.shard = shard
        self.position = position
        """The first record that the queue has not begun to deliver."""
        self.has_news = False
        """Whether it waits among those that have something to read."""

    def note(self) -> None:
        """Records were put, or the shard was closed."""
        self._store.hear_of(self)

    def look(self, now: int) -> None:
        """The same, and all of it is there."""
        self._store.offer(now)

    def mend(self, now: int) -> None:
        """Its queue mends it."""


class RecordStore:
    """Records, and their ways from one state to another."""

    name: str
    arn: str
    _world: World

    def __init__(self, stream: Stream, since: int, token: str, in_flight_limit: int) -> None:
        self.stream = stream
        self.since = since
        """What arrived before does not belong to the queue."""
        self.prefixes = f"AQEB{token}", f"AQED{token}"
        """What the handles of records begin with, and those of dead letters."""
        self.in_flight_limit = in_flight_limit
        self.visibility_ns = 0
        self.max_receive_count = 0
        """How often a record is received before it is a dead letter; 0: as often as need be."""
        self.held: dict[int, QueueRecord] = {}
        """The records that it has begun to deliver and that are not gone, by their serial numbers."""
        self.readers: dict[int, ShardReader] = {}
        """By the index of the shard."""
        self._serial = 0
        self._arrange()

    def _arrange(self) -> None:
        """Know of nothing that can be derived."""
        self.handles: dict[str, QueueRecord] = {}
        """The held records by the handles that are good for something."""
        self.in_flight = 0
        self._news: list[_Fresh] = []
        """A heap of the readers with something to read, by the arrival of what comes next there."""
        self._hidden: OrderedQueue[tuple[int, int, QueueRecord]] = OrderedQueue()
        """Those in flight, by the end of their flights."""
        self._back: OrderedQueue[_Key] = OrderedQueue()
        """Those that were received and can be received again."""
        self._dead: OrderedQueue[_Key] = OrderedQueue()
        """Dead letters that can be received."""
        self._aging: OrderedQueue[tuple[int, int, QueueRecord]] = OrderedQueue()
        """All that are held, by the beginning of their retention."""
        self._next_due = FOREVER
        self._oldest = FOREVER
        """When the retention of the oldest held record began; or earlier."""

    # --- who waits ----------------------------------------------------------------------------------------------------

    def offer(self, now: int) -> None:
        """Something may have become available: fill the polls in line."""
        raise NotImplementedError

    # --- reading the stream -------------------------------------------------------------------------------------------

    def read_from(self, positions: dict[Shard, int]) -> None:
        """Read shards from these positions on, and listen to them. Doing it again changes nothing."""
        for shard, position in positions.items():
            if shard.index not in self.readers:
                self.readers[shard.index] = ShardReader(self, shard, position)
            shard.add_listener(self.readers[shard.index])
        for shard in positions:
            self.hear_of(self.readers[shard.index])

    def hear_of(self, reader: ShardReader) -> None:
        """There is news of a shard: something to read, or shards that took over from it. O(log shards)."""
        shard = reader.shard
        if shard.closed is not None:
            self.read_from({child: 0 for child in shard.children if child.index not in self.readers})
        if not reader.has_news:
            position = max(reader.position, shard.horizon)
            if position < shard.tip:
                arrival = shard.records[position - shard.offset].arrival
                heappush(self._news, (arrival, shard.index, position, reader))
                reader.has_news = True

    def stop_reading(self) -> None:
        """Listen to no shard any more."""
        for reader in self.readers.values():
            reader.shard.remove_listener(reader)

    def _next_fresh(self, now: int) -> _Fresh | None:
        """The oldest record that nobody has received, at the head of the heap. O(log shards)."""
        news = self._news
        while news:
            head = news[0]
            arrival, index, place, reader = head
            shard = reader.shard
            self.stream.trim(now, shard)
            position = max(reader.position, shard.horizon)
            while position < shard.tip and shard.records[position - shard.offset].arrival < self.since:
                position += 1
            if position >= shard.tip:
                heappop(news)
                reader.has_news = False
                reader.position = position
                continue
            if position == place:
                return head
            arrival = shard.records[position - shard.offset].arrival
            heapreplace(news, (arrival, index, position, reader))
        return None

    def _hold(self, fresh: _Fresh) -> QueueRecord:
        """Begin to deliver the record at the head of the heap."""
        _, index, position, reader = fresh
        record = reader.shard.records[position - reader.shard.offset]
        self._serial += 1
        held = QueueRecord(self._serial, record, index, position)
        self.held[held.serial] = held
        # It is held from here on; what follows can be derived.
        reader.position = position + 1
        self._age(held)
        return held

    def unread(self, now: int) -> Iterator[tuple[Record, Shard]]:
        """Every record that the queue has not begun to deliver, shard by shard. O(n)."""
        for reader in self.readers.values():
            shard = reader.shard
            self.stream.trim(now, shard)
            for record in shard.records[max(reader.position, shard.horizon) - shard.offset :]:
                if record.arrival >= self.since:
                    yield record, shard

    # --- receiving ----------------------------------------------------------------------------------------------------

    def take(self, now: int, limit: int, *, dead: bool) -> list[QueueRecord]:
        """Take up to ``limit`` records, or dead letters, out of those that can be received. O(log n) for each.

        Whoever has them ``deliver``s them: until then nothing has happened to them.
        """
        self.refresh(now)
        limit = min(limit, self.in_flight_limit - self.in_flight)
        taken: list[QueueRecord] = []
        while len(taken) < limit:
            held = self._take_dead() if dead else self._take_visible(now)
            if held is None:
                break
            taken.append(held)
        return taken

    def _take_visible(self, now: int) -> QueueRecord | None:
        back = self._back
        while (entry := back.head()) is not None and entry[3].state != VISIBLE:
            back.pop()
        fresh = self._next_fresh(now)
        if fresh is not None and (entry is None or fresh[:3] < entry[:3]):
            return self._hold(fresh)
        return None if entry is None else back.pop()[3]

    def _take_dead(self) -> QueueRecord | None:
        dead = self._dead
        while dead.head() is not None:
            held = dead.pop()[3]
            if held.state == DEAD:
                return held
        return None

    def deliver(self, now: int, taken: list[QueueRecord], visibility_ns: int | None, *, dead: bool) -> None:
        """Have records in flight for ``visibility_ns``, by default the queue's. O(log n) for each."""
        if visibility_ns is None:
            visibility_ns = self.visibility_ns
        due = now + visibility_ns
        prefix, state = self.prefixes[dead], DEAD_IN_FLIGHT if dead else IN_FLIGHT
        trace, receiver = self._world.trace, self._world.receiver.who
        for held in taken:
            held.receiver = receiver
            earlier = held.handle
            handle = f"{prefix}{held.serial}/{held.deliveries + 1}="
            held.deliver(now, due, handle, state)
            if earlier is not None:
                self.handles.pop(earlier, None)
            self.handles[handle] = held
            self.in_flight += 1
            if trace is not None:
                facts.record_received(trace, now, self, held, visibility_ns)
            if visibility_ns:
                self._hide(held)
            else:
                self._end_flight(now, held, was_given_up=True)

    def _hide(self, held: QueueRecord) -> None:
        """Let the flight end when it is due."""
        self._hidden.push((held.due, held.serial, held))
        if held.due < self._next_due:
            self._next_due = held.due
            self._due_changed()

    def _due_changed(self) -> None:
        """The next due time is earlier than it was."""

    # --- flights end --------------------------------------------------------------------------------------------------

    def _end_flight(self, now: int, held: QueueRecord, *, was_given_up: bool = False) -> None:
        """A flight is over, and nobody has acknowledged the record.

        That is when a record becomes a dead letter: only now it is sure that no acknowledgement comes. [inferred]
        """
        trace = self._world.trace
        self.in_flight -= 1
        limit = self.max_receive_count
        if held.state == DEAD_IN_FLIGHT:
            held.state = DEAD
        elif limit and held.receive_count >= limit:
            held.state = DEAD
            if trace is not None:
                facts.record_dead_lettered(trace, now, self, held)
            self._make_available(held)
            return
        else:
            held.state = VISIBLE
        if trace is not None and not was_given_up:
            facts.record_visible(trace, now, self, held)
        self._make_available(held)

    def _make_available(self, held: QueueRecord) -> None:
        """Let a record be received that can be."""
        queue = self._dead if held.state == DEAD else self._back
        queue.push((*held.key, held))
        if len(queue) > 2 * len(self.held) + SLACK:
            state = held.state
            queue.keep(lambda entry: entry[3].state == state)

    def refresh(self, now: int) -> None:
        """Bring everything up to ``now``. O(1) amortised."""
        horizon = self.stream.horizon(now)
        if self._oldest <= horizon:
            self._expire(now)
        trace = self._world.trace
        if trace is not None and self._news and self._news[0][0] <= horizon:
            self._tell_of_unread(trace, now, horizon)
        if now >= self._next_due:
            self._surface(now)

    def _surface(self, now: int) -> None:
        hidden = self._hidden
        for due, _, held in hidden.pop_until(now):
            if _is_in_flight((due, 0, held)):
                self._end_flight(due, held)
        while (entry := hidden.head()) is not None and not _is_in_flight(entry):
            hidden.pop()
        self._next_due = FOREVER if entry is None else entry[0]

    def flights(self, until: int) -> list[QueueRecord]:
        """The records whose flights end by ``until``, in that order. O(as many) in the usual case."""
        entries = self._hidden.until(until, _is_in_flight) if self._next_due <= until else []
        return [held for _, _, held in entries]

    def next_in_flight(self) -> QueueRecord | None:
        """The one whose flight ends next. O(1) amortised."""
        hidden = self._hidden
        while (entry := hidden.head()) is not None and not _is_in_flight(entry):
            hidden.pop()
        return None if entry is None else entry[2]

    def change_visibility(self, now: int, held: QueueRecord, visibility_ns: int) -> None:
        """Let a flight end ``visibility_ns`` from now, or at once for 0. O(log n)."""
        if visibility_ns:
            held.due = now + visibility_ns
            self._hide(held)
        else:
            self._end_flight(now, held, was_given_up=True)
        self._prune_hidden()

    def restore(self, held: QueueRecord) -> None:
        """Have a dead letter received as if it never had been. O(log n)."""
        handle = held.handle
        was_in_flight = held.state == DEAD_IN_FLIGHT
        held.restore()
        if handle is not None:
            self.handles.pop(handle, None)
        if was_in_flight:
            self.in_flight -= 1
            self._prune_hidden()
        self._make_available(held)

    def give_back(self, held: QueueRecord, handle: str | None) -> bool:
        """Undo a delivery; false when the record is gone or has been delivered again since. O(log n)."""
        if held.state == GONE or held.handle != handle:
            return False
        was_in_flight = held.state in (IN_FLIGHT, DEAD_IN_FLIGHT)
        held.undo_delivery()
        if handle is not None:
            self.handles.pop(handle, None)
        if held.handle is not None:
            self.handles[held.handle] = held
        if was_in_flight:
            self.in_flight -= 1
            self._make_available(held)
        return True

    # --- leaving ------------------------------------------------------------------------------------------------------

    def remove(self, held: QueueRecord) -> None:
        """A record is acknowledged, or expired: gone for this queue. O(1) amortised."""
        was_in_flight = held.state in (IN_FLIGHT, DEAD_IN_FLIGHT)
        held.state = GONE
        self.held.pop(held.serial, None)
        if held.handle is not None:
            self.handles.pop(held.handle, None)
        if was_in_flight:
            self.in_flight -= 1
            self._prune_hidden()
        if len(self._aging) > 2 * len(self.held) + SLACK:
            self._aging.keep(lambda entry: entry[2].state != GONE)

    def _age(self, held: QueueRecord) -> None:
        kept_from = held.record.kept_from
        self._aging.push((kept_from, held.serial, held))
        if kept_from < self._oldest:
            self._oldest = kept_from

    def _expire(self, now: int) -> None:
        """Let go of what the stream keeps no longer, in whatever state it is. O(1) amortised."""
        trace = self._world.trace
        for _, _, held in self._aging.pop_until(self.stream.horizon(now)):
            if held.state != GONE:
                if trace is not None:
                    facts.record_expired(trace, now, self, held.record_id)
                self.remove(held)
        head = self._aging.head()
        self._oldest = FOREVER if head is None else head[0]

    def _tell_of_unread(self, trace: Trace, now: int, horizon: int) -> None:
        """Tell whoever watches of records that nobody has received, and that the stream keeps no longer. O(shards)."""
        for reader in self.readers.values():
            shard = reader.shard
            place = max(reader.position - shard.offset, 0)
            while place < len(shard.records) and shard.records[place].kept_from <= horizon:
                record = shard.records[place]
                if record.arrival >= self.since:
                    facts.record_expired(trace, now, self, record_id_of(record.sequence_number))
                place += 1
            reader.position = max(reader.position, place + shard.offset)

    def _prune_hidden(self) -> None:
        if len(self._hidden) > 2 * self.in_flight + SLACK:
            self._hidden.keep(_is_in_flight)

    # --- as others see it ---------------------------------------------------------------------------------------------

    def counts_at(self, now: int) -> list[int]:
        """How many records are in each state at ``now``, in the order of the states; nothing happens. O(n).

        May be asked in the midst of a call, without the lock.
        """
        horizon = self.stream.horizon(now)
        counts = [0, 0, 0, 0, 0]
        for held in list(self.held.values()):
            if held.record.kept_from > horizon:
                counts[self._state_at(held, now)] += 1
        for reader in list(self.readers.values()):
            first = max(reader.position - reader.shard.offset, reader.shard.head)
            unread = reader.shard.records[first:]
            counts[VISIBLE] += sum(one.kept_from > horizon and one.arrival >= self.since for one in unread)
        return counts[:GONE]

    def _state_at(self, held: QueueRecord, now: int) -> int:
        if held.state not in (IN_FLIGHT, DEAD_IN_FLIGHT) or held.due > now:
            return held.state
        return DEAD if held.state == DEAD_IN_FLIGHT or 0 < self.max_receive_count <= held.receive_count else VISIBLE

    # --- mending ------------------------------------------------------------------------------------------------------

    def derive(self) -> None:
        """Derive anew what can be derived. O(n log n)."""
        self._arrange()
        there = {serial: held for serial, held in self.held.items() if held.state != GONE}
        self.held = there
        for held in there.values():
            reader = self.readers[held.shard_index]
            reader.position = max(reader.position, held.position + 1)
            if held.handle is not None:
                self.handles[held.handle] = held
            self._age(held)
            if held.state in (IN_FLIGHT, DEAD_IN_FLIGHT):
                self.in_flight += 1
                self._hidden.push((held.due, held.serial, held))
                self._next_due = min(self._next_due, held.due)
            else:
                queue = self._dead if held.state == DEAD else self._back
                queue.push((*held.key, held))
        for reader in list(self.readers.values()):
            reader.shard.add_listener(reader)
            reader.has_news = False
            self.hear_of(reader)

    def derived(self) -> list[object]:
        """What ``derive`` derives, without what is stale, to be compared."""
        keys = [
            sorted(entry[:-1] for entry in {*queue.run, *queue.rest} if entry[-1].state == state)
            for queue, state in ((self._back, VISIBLE), (self._dead, DEAD))
        ]
        hidden = sorted(entry[:2] for entry in {*self._hidden.run, *self._hidden.rest} if _is_in_flight(entry))
        positions = {index: max(reader.position, reader.shard.horizon) for index, reader in self.readers.items()}
        return [sorted(self.handles), self.in_flight, hidden, *keys, positions, sorted(self.held)]


def _is_in_flight(entry: tuple[int, int, QueueRecord]) -> bool:
    due, _, held = entry
    return held.due == due and held.state in (IN_FLIGHT, DEAD_IN_FLIGHT)
