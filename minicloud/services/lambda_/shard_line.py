"""A shard that a mapping reads: who is handling which of its records, and what has been done.

A shard has one *lane*, or with a ParallelizationFactor several, each of which takes the records of its own partition
keys, so that the records of a key stay in order. A lane handles one batch at a time; the next one waits until that is
done, or given up. How a lane gets on is ``lane``'s affair. How far the shard is done is the position of the lane that
is furthest behind.

When the number of lanes changes, the new ones begin where the furthest behind of the old ones was, and pass over what
others had done already (``skips``).
"""

from __future__ import annotations

from zlib import crc32

from ...core.record_sources import RecordShard
from .lane import Lane
from .stream_reading import StreamReading

__all__ = ["ShardLine"]

_Skip = tuple[int, tuple[int, ...]]


class ShardLine:
    """How far a mapping has read a shard. It listens to the shard for as long as the mapping reads it."""

    def __init__(self, mapping: StreamReading, shard: RecordShard, position: int) -> None:
        self.mapping = mapping
        self.shard = shard
        self.lanes = self._make_lanes(position)
        self.skips: tuple[_Skip, ...] = ()
        """Of former lanes: how many there were, and up to where each of them was done."""
        self.has_descendants = False
        """Whether the shard is closed, and all that follow it have lines."""

    def _make_lanes(self, position: int) -> list[Lane]:
        return [Lane(self.mapping, self, number, position) for number in range(self.mapping.stream_settings.factor)]

    @property
    def position(self) -> int:
        """All records before it are done."""
        return min(lane.progress.position for lane in self.lanes)

    @property
    def running(self) -> int:
        """How many runs are under way."""
        return sum(lane.progress.run is not None for lane in self.lanes)

    @property
    def in_flight(self) -> int:
        """How many records these were begun with."""
        return sum(lane.in_flight for lane in self.lanes)

    def behind(self, now: int) -> int:
        """How many records are not done; or more, where lanes have their own."""
        return max(self.shard.tip - max(self.position, self.shard.horizon(now)), 0)

    def is_open(self, now: int) -> bool:
        """Whether it has something to do, now or later, if nothing more is put."""
        return any(lane.is_open(now) for lane in self.lanes)

    @property
    def may_read(self) -> bool:
        """Whether it may begin something."""
        return self.mapping.may_read(self.shard, self)

    @property
    def is_whole(self) -> bool:
        """Whether all records are for its one lane."""
        return len(self.lanes) == 1 and not self.skips

    @property
    def is_changing(self) -> bool:
        """Whether it waits for the runs of its lanes, to have another number of lanes."""
        return len(self.lanes) != self.mapping.stream_settings.factor

    def is_mine(self, lane: int, position: int, partition_key: str) -> bool:
        """Whether a record is for this lane, and was not done by a former one."""
        key = crc32(partition_key.encode("utf-8", "surrogatepass"))
        if key % len(self.lanes) != lane:
            return False
        return all(position >= positions[key % count] for count, positions in self.skips)

    # --- in line ------------------------------------------------------------------------------------------------------

    def note(self) -> None:
        """There is news; what it is shows when it looks."""

    def look(self, now: int) -> None:
        """There is news at the shard, or a run has ended, or the mapping has changed."""
        if self.shard.is_closed:
            self.mapping.add_descendants(self)
        if self.go_on(now):
            self.mapping.line_ended(now, self)

    def go_on(self, now: int) -> bool:
        """Begin whatever can begin; whether it has come to its end, for nothing will ever follow in this shard."""
        lanes = self.lanes
        if not self.mapping.may_read(self.shard, self):
            for lane in lanes:
                lane.stop()
            return False
        if self.is_changing:
            if self.running:
                return False
            self._change_lanes()
            lanes = self.lanes
        for lane in lanes:
            lane.look(now)
        return self.shard.is_closed and all(lane.has_ended() for lane in lanes)

    def stop(self) -> None:
        """Begin nothing more; what is not done will be read anew. Doing it again changes nothing."""
        self.shard.remove_reader(self)
        for lane in self.lanes:
            lane.stop()

    def mend(self, now: int) -> None:
        """Its mapping mends it."""

    def forget(self) -> None:
        """Know of nothing that can be derived: its mapping is about to look."""
        self.has_descendants = False
        for lane in self.lanes:
            lane.forget()

    def _change_lanes(self) -> None:
        """Have as many lanes as the settings say. All that was not done is read anew, by others."""
        positions = tuple(lane.progress.position for lane in self.lanes)
        for lane in self.lanes:
            lane.stop()
        lanes = self._make_lanes(min(positions))
        window = self.lanes[0].progress.window
        lanes[0].progress = lanes[0].progress._replace(window=window)
        skips = (*self.skips, (len(positions), positions)) if len(positions) > 1 else self.skips
        # One step from here on: nothing is called.
        self.skips, self.lanes = skips, lanes
