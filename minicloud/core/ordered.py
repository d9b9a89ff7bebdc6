"""A priority queue for entries that mostly arrive in order.

What a queue keeps sorted (by send order, by the end of a visibility timeout) is nearly always appended in that very
order, for time and sequence numbers only rise. So entries that are not smaller than the last one go to the end of a
plain *run*; only the others go to a heap, and the head is the smaller of the two heads. A queue of a million messages
in flight with one timeout costs the same per call as one of ten; a heap alone would cost twenty comparisons more.

Entries are tuples that begin with their key. Nothing is removed from the middle: an entry whose message has moved on
is *stale*, the owner skips it at the head, and rebuilds when stale ones prevail. A message that moved on and came back
may have left the very same entry twice: at the head the second one is stale, and rebuilding drops it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import takewhile
from typing import Any, Generic, TypeVar

__all__ = ["OrderedQueue"]

E = TypeVar("E", bound=tuple[Any, ...])


class OrderedQueue(Generic[E]):
    """Entries in order; ``push`` and ``pop`` are O(1) for a run, O(log n) for what came out of order."""

    __slots__ = ("rest", "run")

    def __init__(self) -> None:
        self.run: deque[E] = deque()
        self.rest: list[E] = []

    def __len__(self) -> int:
        return len(self.run) + len(self.rest)

    def push(self, entry: E) -> None:
        """Put in an entry. O(1) when none is greater, O(log n) otherwise."""
        run = self.run
        if not run or entry >= run[-1]:
            run.append(entry)
        else:
            heappush(self.rest, entry)

    def head(self) -> E | None:
        """The smallest entry, left in place; None when there is none. O(1)."""
        run, rest = self.run, self.rest
        if rest and (not run or rest[0] < run[0]):
            return rest[0]
        return run[0] if run else None

    def pop(self) -> E:
        """Take out the smallest entry. O(1) from the run, O(log n) from the heap."""
        run, rest = self.run, self.rest
        if rest and (not run or rest[0] < run[0]):
            return heappop(rest)
        return run.popleft()

    def pop_until(self, key: int) -> list[E]:
        """Take out the entries whose first item is not above ``key``, in order. O(as many), O(log n) from the heap."""
        run, rest = self.run, self.rest
        taken = []
        while run and run[0][0] <= key:
            taken.append(run.popleft())
        if rest and rest[0][0] <= key:
            while rest and rest[0][0] <= key:
                taken.append(heappop(rest))
            taken.sort()
        return taken

    def until(self, key: int, is_live: Callable[[E], bool]) -> list[E]:
        """The live entries whose first item is not above ``key``, in order. O(as many, and the heap)."""
        found = [entry for entry in takewhile(lambda entry: entry[0] <= key, self.run) if is_live(entry)]
        found += [entry for entry in self.rest if entry[0] <= key and is_live(entry)]
        return sorted(dict.fromkeys(found))

    def keep(self, is_live: Callable[[E], bool], *, tells_apart: bool = False) -> None:
        """Drop the entries that are not live, and what is there twice. O(n).

        ``tells_apart`` where of two entries that are equal one may be live, and the other not.
        """
        live = dict.fromkeys(entry for entry in self.run if is_live(entry))
        rest = filter(is_live, self.rest) if tells_apart else self.rest
        self.rest = [entry for entry in dict.fromkeys(rest) if entry not in live and is_live(entry)]
        self.run = deque(live)
        heapify(self.rest)
