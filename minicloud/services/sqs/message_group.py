"""The messages of one message group of a FIFO queue, and which of them is next."""

from __future__ import annotations

from collections import deque
from heapq import heappop

from .message import DELAYED, GONE, IN_FLIGHT, TAKEN, VISIBLE, Message

__all__ = ["LOCKING", "Group"]

LOCKING = (IN_FLIGHT, TAKEN)
"""A message in one of these states keeps the later ones of its group from being received."""


class Group:
    """The messages of one message group."""

    __slots__ = ("fresh", "key", "locked", "name", "returned", "size")

    def __init__(self, name: str | None) -> None:
        self.name = name
        self.size = 0
        self.fresh: deque[Message] = deque()
        """Never received, in order; those whose delay goes on included."""
        self.returned: list[tuple[int, Message]] = []
        """Received before and visible again; a heap."""
        self.locked: list[tuple[int, Message]] = []
        """In flight, or taken by the receive that is running; a heap."""
        self.key: tuple[int, int, int] | None = None
        """The place among the groups that have a head: the very tuple that stands in their line."""

    def head(self) -> Message | None:
        """The message that may be received next; None when there is none. O(1) amortised."""
        returned, fresh, locked = self.returned, self.fresh, self.locked
        while returned and returned[0][1].state not in (VISIBLE, DELAYED):
            heappop(returned)
        while fresh and fresh[0].state == GONE:
            fresh.popleft()
        head = returned[0][1] if returned else fresh[0] if fresh else None
        if head is None or head.state != VISIBLE:
            return None
        while locked and locked[0][1].state not in LOCKING:
            heappop(locked)
        if locked and locked[0][0] < head.sequence:
            return None
        return head

    def take(self, head: Message) -> None:
        """Take the head out."""
        if self.returned and self.returned[0][1] is head:
            heappop(self.returned)
        else:
            self.fresh.popleft()
