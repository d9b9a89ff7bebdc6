"""A FIFO topic's memory of the last five minutes: what was published under which deduplication id.

The window runs from the first publish and is not prolonged by duplicates, so the memory is a queue in the order of
expiry beside the index; both shrink as it is asked.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from .timeline import SECOND

if TYPE_CHECKING:
    from ..services.sns.publication import Publication

__all__ = ["Deduplication"]

_WINDOW = 300 * SECOND

Key = tuple[str | None, str]
"""The message group, where it is the scope, and the deduplication id."""


class Deduplication:
    """What a topic remembers. Every operation is O(1) amortised."""

    __slots__ = ("_by_key", "_in_order")

    def __init__(self) -> None:
        self._by_key: dict[Key, Publication] = {}
        self._in_order: deque[tuple[int, Key]] = deque()

    def original(self, now: int, key: Key) -> Publication | None:
        """What was published under ``key`` in the last five minutes."""
        in_order = self._in_order
        if in_order and in_order[0][0] <= now:
            while in_order and in_order[0][0] <= now:
                del self._by_key[in_order.popleft()[1]]
            if not in_order:
                self._by_key.clear()  # the table, which would stay as large as it ever was
        return self._by_key.get(key)

    def remember(self, now: int, key: Key, publication: Publication) -> None:
        """Keep ``publication``, of which ``original`` knew nothing, for five minutes."""
        self._by_key[key] = publication
        self._in_order.append((now + _WINDOW, key))
