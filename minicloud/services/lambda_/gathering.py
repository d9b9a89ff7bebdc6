"""Gathering: what there is for the next batch of a lane so far.

Records are looked at in the order of the shard, from a *cursor* on, until the batch is full: it has as many as it may,
or as many bytes, or the next record is of another tumbling window. Records of other lanes and what the filters do not
want are passed over. All of this is derived: after an interruption it is gathered anew.
"""

from __future__ import annotations

from typing import Final, Protocol

from ...core.record_sources import RecordShard, StreamRecord
from ...core.timeline import FOREVER
from . import facts
from .stream_batch import MOST_BYTES, Window, event_size
from .stream_events import is_wanted
from .stream_reading import StreamReading

__all__ = ["Gathering", "Line"]

_CHUNK: Final = 1_000
"""Records that are looked at in one go where not all are for the batch."""


class Line(Protocol):
    """A shard's line, as its lanes see it."""

    shard: RecordShard

    @property
    def may_read(self) -> bool:
        """Whether something may be begun."""

    @property
    def is_whole(self) -> bool:
        """Whether all records are for its one lane."""

    def is_mine(self, lane: int, position: int, partition_key: str) -> bool:
        """Whether a record is for this lane."""

    def look(self, now: int) -> None:
        """Begin whatever can begin."""


class Gathering:
    """What there is for the next batch so far."""

    def __init__(self, mapping: StreamReading, line: Line, lane: int, cursor: int) -> None:
        self._mapping = mapping
        self._line = line
        self._lane = lane
        self.cursor = cursor
        """What comes before it was looked at."""
        self.records: list[StreamRecord] = []
        self.positions: list[int] = []
        self.size = 0
        self.is_full = False
        self.until = FOREVER
        """When the batch is closed."""
        self.window: tuple[int, int] | None = None

    def gather(self, now: int, open_window: Window | None) -> None:
        """Add what there is. O(what is looked at)."""
        mapping, line = self._mapping, self._line
        shard = line.shard
        if self.cursor >= shard.tip:
            return  # as after most batches
        settings, arn = mapping.stream_settings, mapping.source_arn
        filters = settings.filters
        is_plain = line.is_whole and filters is None
        filtered: list[StreamRecord] = []
        horizon = shard.horizon(now)
        if self.cursor < horizon:
            trace = mapping.world.trace
            if trace is not None:
                facts.records_expired(trace, now, mapping, shard.shard_id, horizon - self.cursor)
            self.cursor = horizon
        while not self.is_full:
            room = settings.batch_size - len(self.records)
            found = shard.read(now, self.cursor, room if is_plain else _CHUNK)
            for record in found:
                position = self.cursor
                if is_plain or line.is_mine(self._lane, position, record.partition_key):
                    if filters is not None and not is_wanted(filters, record):
                        filtered.append(record)
                    elif not self._add(record, event_size(record, arn), open_window):
                        break
                self.cursor = position + 1
                if self.is_full:
                    break
            if not found:
                break
        if filtered:
            trace = mapping.world.trace
            if trace is not None:
                facts.records_filtered(trace, now, mapping, shard.shard_id, [one.sequence_number for one in filtered])

    def _add(self, record: StreamRecord, size: int, open_window: Window | None) -> bool:
        """Add a record; whether it fits. If not, the batch is full."""
        window = self._window_of(record.arrival, open_window)
        if self.records and (self.size + size > MOST_BYTES or window != self.window):
            self.is_full = True
            return False
        self.records.append(record)
        self.positions.append(self.cursor)
        self.size += size
        self.window = window
        self.is_full = len(self.records) >= self._mapping.stream_settings.batch_size
        return True

    def _window_of(self, arrival: int, open_window: Window | None) -> tuple[int, int] | None:
        """Start and end of the tumbling window of a record; never before the one that is open."""
        length = self._mapping.stream_settings.tumbling_window
        if open_window is not None and arrival < open_window.end:
            return open_window[:2]
        if not length:
            return None
        start = arrival // length * length
        return start, start + length
