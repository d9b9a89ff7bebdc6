"""A batch of a shard's records, and how it can be divided.

A batch never changes. What fails is followed by another batch of what is left of it: the same once more, a half, or
what comes after the records that are done.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from ...core.record_sources import StreamRecord
from ...core.timeline import SECOND

__all__ = ["MOST_BYTES", "Batch", "Window", "backoff", "event_size"]

MOST_BYTES: Final = 6 * 1024 * 1024
"""The size of an event's payload, at which a batch is closed. [Lambda developer guide: Kinesis, batching behavior]"""

_FIRST_WAIT: Final = SECOND // 2
_LONGEST_WAIT: Final = 60 * SECOND
_ENVELOPE: Final = 420
"""Bytes that a record takes in an event beside its data, its key and the source's ARN."""


class Window(NamedTuple):
    """A tumbling window that has begun, and what its function has made of it so far."""

    start: int
    """In nanoseconds; so is ``end``, at which the next one begins."""
    end: int
    state: str
    """JSON text."""
    early: bool = False
    """Whether it is to be ended now, for its state is too large."""


class Batch:
    """Records of one shard, in order, for one run of a function."""

    __slots__ = ("attempts", "closes", "comes_again", "end", "positions", "records", "window")

    def __init__(
        self,
        records: Sequence[StreamRecord],
        positions: Sequence[int],
        end: int,
        *,
        attempts: int = 0,
        window: tuple[int, int] | None = None,
        closes: bool = False,
        comes_again: bool = False,
    ) -> None:
        self.records = records
        self.positions = positions
        """Where each of them is in the shard; there may be others between them, which are not for this batch."""
        self.end = end
        """The position behind it: nothing before it is left once the batch is done."""
        self.attempts = attempts
        """How many runs have failed with just these records."""
        self.window = window
        """Start and end of the tumbling window that its records are in."""
        self.closes = closes
        """Whether it only tells the function of a window's end, and has no records."""
        self.comes_again = comes_again
        """Whether it was done, and comes again nevertheless, as AWS may do."""

    @property
    def start(self) -> int:
        """The position of its first record."""
        return self.positions[0] if self.positions else self.end

    @property
    def numbers(self) -> list[str]:
        """The sequence numbers of its records."""
        return [record.sequence_number for record in self.records]

    def about(self, shard_id: str) -> dict[str, Any]:
        """What facts say of its run. O(batch)."""
        return {"shard": shard_id, "records": len(self.records), "numbers": self.numbers}

    def part(self, first: int, last: int) -> Batch:
        """The records from ``first`` on, up to ``last``, as a batch that nothing was tried with."""
        end = self.end if last >= len(self.records) else self.positions[last]
        records, positions = self.records[first:last], self.positions[first:last]
        return Batch(records, positions, end, window=self.window, comes_again=self.comes_again)

    def rest(self, first: int) -> Batch:
        """The records from ``first`` on."""
        return self.part(first, len(self.records))

    def again(self) -> Batch:
        """The same, one run of which has failed."""
        return Batch(
            self.records,
            self.positions,
            self.end,
            attempts=self.attempts + 1,
            window=self.window,
            closes=self.closes,
            comes_again=self.comes_again,
        )

    def once_more(self) -> Batch:
        """The same, though it was done."""
        return Batch(self.records, self.positions, self.end, comes_again=True)

    def halves(self) -> tuple[Batch, Batch]:
        """Both halves; of an odd number the first is the smaller one."""
        middle = len(self.records) // 2
        return self.part(0, middle), self.rest(middle)


def backoff(failures: int) -> int:
    """How long to wait after so many failures in a row: half a second, twice as long each time, a minute at most.

    AWS says no more than that it backs off; eight runs within the first minute were observed, which this makes.
    """
    return _LONGEST_WAIT if failures > 7 else min(_FIRST_WAIT << (failures - 1), _LONGEST_WAIT)


def event_size(record: StreamRecord, arn: str) -> int:
    """About how many bytes of an event's payload a record takes."""
    return (len(record.data) + 2) // 3 * 4 + len(record.partition_key) + len(arn) + _ENVELOPE
