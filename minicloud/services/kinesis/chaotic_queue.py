"""A queue on a stream that does what AWS reserves the right to do (``Cloud(delivery="aws")``).

It delivers records in any order and fewer than it could, one again while it is in flight, and one again that was
acknowledged. What happens is up to ``world.chaos``; a record is repeated at most once in each of the two ways. No
receive ends empty while there is something: all of them wait. Dead letters are exact.
"""

from __future__ import annotations

from typing import Any

from ...core.chaos import Chaos
from . import facts
from .queue import RecordQueue
from .queue_record import IN_FLIGHT, VISIBLE, QueueRecord

__all__ = ["ChaoticRecordQueue"]

_WINDOW = 10
"""Among so many of the oldest records the next one is chosen."""


class ChaoticRecordQueue(RecordQueue):
    """At least once, in any order."""

    def __init__(self, *settings: Any) -> None:
        super().__init__(*settings)
        self._repeated: set[int] = set()
        self._survived: set[int] = set()

    @property
    def _chaos(self) -> Chaos:
        chaos = self._world.chaos
        if chaos is None:
            raise TypeError("a queue is chaotic only in a cloud that is")
        return chaos

    def take(self, now: int, limit: int, *, dead: bool) -> list[QueueRecord]:
        """The same, some of them, in any order."""
        if dead:
            return super().take(now, limit, dead=dead)
        window = super().take(now, max(limit, _WINDOW), dead=False)
        chosen: list[QueueRecord] = []
        most = min(limit, len(window))
        fewer = self._chaos.fewer(most)
        if fewer < most:
            self._tell(now, f"at most {fewer} of {most} records")
        while len(chosen) < fewer:
            chosen.append(window.pop(self._chaos.next_of(len(window))))
        for held in window:
            self._make_available(held)
        return chosen

    def deliver(self, now: int, taken: list[QueueRecord], visibility_ns: int | None, *, dead: bool) -> None:
        """The same; one or another can be received again meanwhile."""
        super().deliver(now, taken, visibility_ns, dead=dead)
        for held in taken:
            if self._is_repeatable(held) and self._chaos.is_repeated() and held.serial not in self._repeated:
                self._repeated.add(held.serial)
                self._tell(now, "delivered, and still visible", held)
                self._show_again(held)

    def survives(self, now: int, held: QueueRecord) -> bool:
        """Whether a record that is being acknowledged stays: a server that has a copy did not hear of it."""
        if not self._is_repeatable(held) or not self._chaos.is_repeated() or held.serial in self._survived:
            return False
        self._survived.add(held.serial)
        self._tell(now, "acknowledged, and still there", held)
        self._show_again(held)
        return True

    def _is_repeatable(self, held: QueueRecord) -> bool:
        return held.state == IN_FLIGHT and not 0 < self.max_receive_count <= held.receive_count

    def _show_again(self, held: QueueRecord) -> None:
        self.in_flight -= 1
        held.state = VISIBLE
        self._make_available(held)

    def _tell(self, now: int, choice: str, held: QueueRecord | None = None) -> None:
        trace = self._world.trace
        if trace is not None:
            facts.chaos(trace, now, self, choice, held)
