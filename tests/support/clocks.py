"""A clock that goes where one likes, also back: as a wall clock does that freezegun or time-machine holds."""

from __future__ import annotations

__all__ = ["SECOND", "SettableClock"]

SECOND = 1_000_000_000


class SettableClock:
    """Says what time it was set to, in nanoseconds; ``Cloud(clock=SettableClock())``."""

    def __init__(self, now: int = 1_700_000_000 * SECOND) -> None:
        self.now = now

    def time_ns(self) -> int:
        return self.now

    def move(self, seconds: float) -> None:
        """Forward, or back."""
        self.now += round(seconds * SECOND)
