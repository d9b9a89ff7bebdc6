"""What was accepted in the last five minutes: the memory of FIFO queues and FIFO topics.

The window runs from the moment of acceptance, whatever becomes of the message, and is not prolonged by duplicates. So
the memory is a queue in the order of expiry beside the index; both shrink as it is asked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from operator import itemgetter
from typing import Generic, TypeVar

from .timeline import FOREVER, SECOND

__all__ = ["WINDOW", "Deduplication"]

WINDOW = 300 * SECOND
"""How long an id is remembered, in nanoseconds. [SQS developer guide: exactly-once processing]"""

V = TypeVar("V")

_lapses = itemgetter(0)


class Deduplication(Generic[V]):
    """What was accepted under which key. Every operation is O(1) amortised."""

    __slots__ = ("by_key", "in_order", "next_lapse")

    def __init__(self) -> None:
        self.by_key: dict[Hashable, tuple[int, Hashable, V]] = {}
        """When it lapses, its key, and what was accepted; some may have lapsed already."""
        self.in_order: deque[tuple[int, Hashable, V]] = deque()
        """The same in the order in which they lapse; for some, the key may have been accepted anew."""
        self.next_lapse = FOREVER
        """When the oldest is forgotten: before that, ``lapse`` has nothing to do."""

    def find(self, now: int, key: Hashable) -> V | None:
        """What was remembered under ``key`` in the last five minutes."""
        if now >= self.next_lapse:
            self.lapse(now)
        found = self.by_key.get(key)
        return None if found is None else found[2]

    def remember(self, now: int, key: Hashable, value: V) -> None:
        """Keep ``value`` for five minutes from ``now``, in the place of what was kept under ``key``."""
        lapses = now + WINDOW
        self.by_key[key] = entry = lapses, key, value
        self.in_order.append(entry)
        if self.next_lapse == FOREVER:
            self.next_lapse = lapses

    def mend(self) -> None:
        """Derive the order of expiry anew from the index, which is what is true. O(n log n)."""
        in_order = deque(sorted(self.by_key.values(), key=_lapses))
        self.in_order, self.next_lapse = in_order, in_order[0][0] if in_order else FOREVER

    def keep(self, happened: Callable[[V], bool]) -> None:
        """Forget what did not happen in the end, and derive the order of expiry anew. O(n log n)."""
        self.by_key = {key: kept for key, kept in self.by_key.items() if happened(kept[2])}
        self.mend()

    def lapse(self, now: int) -> None:
        """Forget what was remembered five minutes ago or earlier."""
        in_order, by_key = self.in_order, self.by_key
        while in_order and in_order[0][0] <= now:
            entry = in_order.popleft()
            if by_key.get(entry[1]) is entry:
                del by_key[entry[1]]
        if in_order:
            self.next_lapse = in_order[0][0]
        else:
            self.next_lapse = FOREVER
            by_key.clear()  # the table, which would stay as large as it ever was
