"""Queues on streams that note who received what, in worlds where that matters: where the clock jumps by itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from ...core.world import World
from .chaotic_queue import ChaoticRecordQueue
from .queue import QueuePoll, RecordQueue
from .queue_record import QueueRecord

__all__ = ["kind_of_queue"]


class NotingRecordQueue(RecordQueue):
    """A queue that notes."""

    def deliver(self, now: int, taken: list[QueueRecord], visibility_ns: int | None, *, dead: bool) -> None:
        """The same, and it is noted for whom."""
        RecordQueue.deliver(self, now, taken, visibility_ns, dead=dead)
        _note(self._world, self._lines[dead], taken)


class NotingChaoticRecordQueue(ChaoticRecordQueue):
    """A chaotic queue that notes."""

    def deliver(self, now: int, taken: list[QueueRecord], visibility_ns: int | None, *, dead: bool) -> None:
        """The same, and it is noted for whom."""
        ChaoticRecordQueue.deliver(self, now, taken, visibility_ns, dead=dead)
        _note(self._world, self._lines[dead], taken)


def kind_of_queue(world: World) -> Callable[..., RecordQueue]:
    """What a queue of this world is made of."""
    if world.receives is not None:
        return NotingRecordQueue if world.chaos is None else NotingChaoticRecordQueue
    return RecordQueue if world.chaos is None else ChaoticRecordQueue


def _note(world: World, line: deque[QueuePoll], taken: list[QueueRecord]) -> None:
    if taken and world.receives is not None:
        waiter = line[0].waiter if line and line[0].taken is taken else None  # the first in line is being filled
        world.receives.note(taken, waiter)
