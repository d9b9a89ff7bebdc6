"""What a service lists in pages: things by a key that gives their order, found from any place on without a search.

A list must not cost what the number of all things costs: a program that walks through 100,000 subscriptions asks for
1,000 pages. So the keys are kept in order beside the dict of the things, in runs that are short enough to put a key
into the middle of one: 1.5 µs among 100,000 (CPython 3.11), where one long list would have to move them all.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable
from itertools import islice
from typing import Generic, TypeVar

__all__ = ["Listing"]

K = TypeVar("K", int, str)
V = TypeVar("V")

_LONGEST = 1024
"""A longer run is cut in two."""


class Listing(Generic[K, V]):
    """A dict, ``items``, that is read in pages in the order of its keys, and changed by ``add`` and ``remove``."""

    __slots__ = ("_firsts", "_runs", "items")

    def __init__(self) -> None:
        self.items: dict[K, V] = {}
        self._runs: list[list[K]] = [[]]
        """The keys in order. Only the first run may be empty, and only when it is the only one."""
        self._firsts: list[K] = []
        """For each run but the first one, a key above all in the runs before it and not above its own."""

    def add(self, key: K, item: V) -> None:
        """Put in an item under a key that has none. O(log n), where keys come in order O(1)."""
        self.items[key] = item
        place = bisect_right(self._firsts, key)
        run = self._runs[place]
        if not run or key > run[-1]:
            run.append(key)
        else:
            insort(run, key)
        if len(run) > _LONGEST:
            half = run[_LONGEST // 2 :]
            del run[_LONGEST // 2 :]
            self._runs.insert(place + 1, half)
            self._firsts.insert(place, half[0])

    def remove(self, key: K) -> None:
        """Take out an item, if it is there. O(log n)."""
        if self.items.pop(key, None) is None:
            return
        place = bisect_right(self._firsts, key)
        run = self._runs[place]
        del run[bisect_left(run, key)]
        if not run and self._firsts:
            del self._runs[place]
            del self._firsts[max(place - 1, 0)]

    def mend(self) -> None:
        """Derive the order of the keys anew from ``items``, which is what is true. O(n log n)."""
        keys = sorted(self.items)
        runs = [keys[begin : begin + _LONGEST // 2] for begin in range(0, len(keys), _LONGEST // 2)] or [[]]
        self._runs, self._firsts = runs, [run[0] for run in runs[1:]]

    def renew(self, items: dict[K, V]) -> None:
        """Have these items in the place of all that there were. O(n log n)."""
        self.items = items
        self.mend()

    def page(
        self,
        size: int,
        *,
        after: K | None = None,
        since: K | None = None,
        accept: Callable[[V], bool] | None = None,
    ) -> list[K]:
        """The keys of up to ``size`` items, higher than ``after`` and not lower than ``since``.

        O(log n + size), and what ``accept`` passes over.
        """
        begin = after if since is None or (after is not None and after >= since) else since
        number = place = 0
        if begin is not None:
            number = bisect_right(self._firsts, begin)
            find = bisect_right if begin is after else bisect_left
            place = find(self._runs[number], begin)
        found: list[K] = []
        items = self.items
        for run in islice(self._runs, number, None):
            if accept is None:
                found += run[place : place + size - len(found)]
            else:
                found += [key for key in run[place:] if accept(items[key])]
            if len(found) >= size:
                break
            place = 0
        return found[:size]
