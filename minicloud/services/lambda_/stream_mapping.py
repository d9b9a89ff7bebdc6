"""A mapping of a stream: which of its shards it reads, and in which order.

For each shard it has a line (``shard_line``), which stands at the shard and handles its records. A shard that was split
or merged ends; its children are read from their start, once all that came before them is done, so that the records of
a key stay in order over a resharding. So there is a line for each shard that is not done, and those of a shard that has
parents among these wait. A shard's children have lines as soon as it is closed: of two parents one may have ended long
before the other, whose own parents are not done, has begun.

What is true of a mapping is which lines it has, and of each of these how far its lanes are.

A mapping stands for the ARN of a stream. When the stream goes the mapping stays; when it is made anew, it is read from
where the mapping starts.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...core.record_sources import RecordShard
from ...core.shown import counted
from ...core.timestamps import nanoseconds_of
from .mapping import FUNCTION_GONE, Current
from .shard_line import ShardLine
from .stream_reading import StreamReading

__all__ = ["StreamMapping"]


class StreamMapping(StreamReading):
    """A mapping from a stream, or a consumer of one, to a function."""

    def _set_up(self) -> None:
        self.lines: dict[str, ShardLine] = {}
        """By shard, those that are not at their end, in the order in which they were found."""
        self._life: object = None
        """What was the source when the lines were made."""

    # --- what its lines ask -------------------------------------------------------------------------------------------

    def may_read(self, shard: RecordShard, line: object) -> bool:
        """Whether the line of a shard may begin something: it is enabled, and everything that came before is done."""
        lines = self.lines
        return (
            self.is_reading
            and self._life is self.source.life is not None
            and lines.get(shard.shard_id) is line
            and not any(parent in lines for parent in shard.parents)
        )

    def add_descendants(self, line: ShardLine) -> None:
        """Have lines for all shards that took over from one; they wait until it is done. O(new ones)."""
        lines, ahead = self.lines, [line]
        while ahead:
            parent = ahead.pop()
            if parent.has_descendants or lines.get(parent.shard.shard_id) is not parent:
                continue
            children = parent.shard.children()
            for child in children:
                if child.shard_id not in lines:
                    lines[child.shard_id] = ShardLine(self, child, 0)
                child.add_reader(lines[child.shard_id])
                ahead.append(lines[child.shard_id])
            parent.has_descendants = bool(children)

    def line_ended(self, now: int, line: ShardLine) -> None:
        """A shard has come to its end: its children are read, from their start. A chain of them ends in one go."""
        ended = [line]
        while ended:
            one = ended.pop(0)
            self.add_descendants(one)
            self.lines.pop(one.shard.shard_id, None)
            one.stop()
            for child in one.shard.children():
                following = self.lines.get(child.shard_id)
                if following is not None and following.go_on(now):
                    ended.append(following)

    # --- life ---------------------------------------------------------------------------------------------------------

    def go_on(self, now: int) -> None:
        """Begin and end what has to be: it was made, changed or ended; its function or its stream has come or gone."""
        if self.has_ended:
            self.source.detach(self)
        else:
            self.source.attach(self)
        if self.is_reading:
            self.look(now)
            return
        self._stop_reading()
        if self.is_enabled:
            self.note_result(now, FUNCTION_GONE)

    def change(self, now: int, current: Current) -> None:
        """It has other settings, or another function, from now on; what is gathered for a batch is gathered anew."""
        self.current = current
        self._gather_anew()
        self.go_on(now)

    def forget(self) -> None:
        """Its Lambda forgets it, as if it had never been."""
        super().forget()
        self._stop_reading()

    def look(self, now: int) -> bool:
        """Begin whatever can begin. Nothing is ever taken from a stream: False."""
        life = self.source.life
        if not self.is_reading or life is None:
            return False
        if self._life is not life:
            self._read_from_the_start(now)
        for line in list(self.lines.values()):
            if line.shard.shard_id in self.lines:
                line.shard.add_reader(line)
                line.look(now)
        return False

    def _read_from_the_start(self, now: int) -> None:
        """Have a line for each shard that there is, from where the mapping starts."""
        for line in list(self.lines.values()):
            line.stop()
        settings = self.settings
        moment = settings.get("StartingPositionTimestamp")
        asked = None if moment is None else nanoseconds_of(moment)
        life = self.source.life
        starts = self.source.starts(now, settings["StartingPosition"], asked)
        lines = {shard.shard_id: ShardLine(self, shard, position) for shard, position in starts}
        # One step from here on: nothing is called.
        self.lines, self._life = lines, life

    def _gather_anew(self) -> None:
        """Know of nothing that can be derived."""
        for line in list(self.lines.values()):
            line.forget()

    def _stop_reading(self) -> None:
        """Begin nothing more. Doing it again changes nothing."""
        for line in list(self.lines.values()):
            line.stop()

    def mend(self, now: int) -> None:
        """Gather anew, and begin again whatever can begin, when all that is due before has happened."""
        self._gather_anew()
        self.world.timeline.schedule(now, self.go_on)

    # --- as others see it ---------------------------------------------------------------------------------------------

    @property
    def positions(self) -> dict[str, str]:
        """For each shard that it reads the number of the last record that is done, and all before it with that."""
        return {shard_id: line.shard.number_before(line.position) for shard_id, line in self.lines.items()}

    @property
    def in_flight(self) -> int:
        """How many records the function is running with."""
        return sum(line.in_flight for line in self.lines.values())

    def owed(self, now: int) -> Iterator[str]:
        """The records that are not done, and tumbling windows that are open. O(shards)."""
        if not self.is_reading or self._life is not self.source.life:
            return
        behind = sum(line.behind(now) for line in self.lines.values())
        name = f"{self.source_name} for {self.resolved.function.name}"
        if behind:
            yield f"{counted(behind, 'record')} of {name}"
        elif any(line.is_open(now) for line in self.lines.values()):
            yield f"the end of a tumbling window of {name}"
