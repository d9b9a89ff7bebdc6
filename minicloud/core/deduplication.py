"""What was accepted in the last five minutes: the memory of FIFO queues and FIFO topics.

The window runs from the moment of acceptance, whatever becomes of the message, and is not prolonged by duplicates. A
dict keeps its keys in the order in which they came, which is that of expiry: so the memory is one dict and nothing
beside it. What has lapsed is looked for at its beginning, now and then, and may lie there a little longer; who asks for
it does not find it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import takewhile
from typing import Any, Generic, TypeVar

from .timeline import FOREVER, SECOND

__all__ = ["WINDOW", "Deduplication"]

WINDOW = 300 * SECOND
"""How long an id is remembered, in nanoseconds. [SQS developer guide: exactly-once processing]"""

_PAUSE = 5 * SECOND
"""How long nothing is looked for after a look, which passes by the places of all that went before: in steps as small as
the sends were apart, that would cost more than what it finds."""

E = TypeVar("E", bound=tuple[Any, ...])


class Deduplication(Generic[E]):
    """What was accepted under which key: a tuple that begins with when that was. Every operation is O(1) amortised."""

    __slots__ = ("by_key", "next_lapse")

    def __init__(self) -> None:
        self.by_key: dict[Hashable, E] = {}
        """In the order of acceptance, unless the clock was put back; some may have lapsed already."""
        self.next_lapse = FOREVER
        """Before that, ``lapse`` need not be called; FOREVER when nothing is remembered."""

    def find(self, now: int, key: Hashable) -> E | None:
        """What was accepted under ``key`` in the last five minutes."""
        if now >= self.next_lapse:
            self.lapse(now)
        found = self.by_key.get(key)
        return None if found is None or found[0] + WINDOW <= now else found

    def remember(self, key: Hashable, accepted: E) -> None:
        """Keep what was accepted for five minutes from then on, in the place of what was kept under ``key``."""
        by_key = self.by_key
        if key in by_key:
            del by_key[key]  # or the new one would have the place of the old one
        by_key[key] = accepted
        if self.next_lapse == FOREVER:
            self.next_lapse = accepted[0] + WINDOW

    def mend(self) -> None:
        """Derive anew what can be derived. O(n)."""
        self.next_lapse = min((accepted[0] + WINDOW for accepted in self.by_key.values()), default=FOREVER)

    def keep(self, happened: Callable[[E], bool]) -> None:
        """Forget what did not happen in the end. O(n)."""
        self.by_key = {key: accepted for key, accepted in self.by_key.items() if happened(accepted)}
        self.mend()

    def lapse(self, now: int) -> None:
        """Forget what was accepted five minutes ago or earlier."""
        by_key, horizon = self.by_key, now - WINDOW
        lapsed = [key for key, _ in takewhile(lambda item: item[1][0] <= horizon, by_key.items())]
        for key in lapsed:
            del by_key[key]
        if len(lapsed) > len(by_key):
            self.by_key = by_key = dict(by_key)  # the table would stay as large as it ever was, and keep their places
        if by_key:
            self.next_lapse = max(next(iter(by_key.values()))[0] + WINDOW, now + _PAUSE)
        else:
            self.next_lapse = FOREVER
