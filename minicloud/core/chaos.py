"""Chaos: what AWS reserves the right to do. Which message comes next, how many, whether twice.

A world without chaos (the default) has ``world.chaos`` None and shows everything in its plain order. With it, each
choice is one draw of a whole number, of which 0 stands for the plain behaviour: a random stream draws for
``Cloud(delivery="aws")``, and hypothesis for ``minicloud.hypothesis.clouds()``, which shrinks a failing schedule by
bringing draws down to 0.

Nothing is chosen without end, so that a consumer that goes on comes to an end as well: an answer that is empty although
there is something is followed by one that is not, and a message comes again at most once of each kind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

__all__ = ["Chaos", "DeliveryName"]

DeliveryName: TypeAlias = Literal["readable", "aws"]
"""What ``Cloud(delivery=...)`` takes."""

_MILLISECOND = 1_000_000
_LATE = (0, 0, 0, 100 * _MILLISECOND, 1_000 * _MILLISECOND)
_OFF_BY = (0, 0, -1, 1, -2, 2)


class Chaos:
    """``draw(n)`` gives a whole number from 0 to n - 1. Used under the cloud's lock."""

    def __init__(self, draw: Callable[[int], int]) -> None:
        self._draw = draw
        self._was_empty: set[str] = set()

    def next_of(self, count: int) -> int:
        """Which of the oldest ``count`` comes next: its place."""
        return self._draw(count) if count > 1 else 0

    def fewer(self, most: int) -> int:
        """How many to return where ``most`` could be: at least one."""
        return most - self._draw(most) if most > 1 else most

    def is_empty(self, resource: str) -> bool:
        """Whether to return nothing although there is something; never twice in a row."""
        # Drawn also where it does not count: what is drawn next then stays the same, which keeps schedules short.
        happens = self._happens(4)
        if happens and resource not in self._was_empty:
            self._was_empty.add(resource)
            return True
        self._was_empty.discard(resource)
        return False

    def is_repeated(self) -> bool:
        """Whether a message comes again that need not."""
        return self._happens(5)

    def is_early(self) -> bool:
        """Whether something is closed before it is full and its time is over."""
        return self._happens(4)

    def count(self, exact: int) -> int:
        """An approximate number."""
        return max(0, exact + _OFF_BY[self._draw(len(_OFF_BY))])

    def lateness(self) -> int:
        """How many nanoseconds a delivery takes."""
        return _LATE[self._draw(len(_LATE))]

    def _happens(self, odds: int) -> bool:
        return self._draw(odds) == odds - 1
