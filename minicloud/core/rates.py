"""How many units a second: the one rate limiter, of API calls, records and bytes alike.

A bucket holds what a burst may have and drains at its rate; what does not fit is refused. All arithmetic is in
integers, in units a second times nanoseconds, so a bucket is empty exactly when it should be. AWS's services throttle
with such buckets, where only the rate is documented the burst is one second's worth.
"""

from __future__ import annotations

from collections.abc import Hashable

from .timeline import SECOND

__all__ = ["Bucket", "CallRates"]


class Bucket:
    """Holds up to ``capacity`` units (one second's worth by default) and loses ``rate`` of them a second."""

    __slots__ = ("_capacity", "_level", "_rate", "_updated_at")

    def __init__(self, rate: int, capacity: int | None = None) -> None:
        self._rate = rate
        self._capacity = (rate if capacity is None else capacity) * SECOND
        self._level = 0
        self._updated_at = 0

    def has_room(self, now: int, units: int) -> bool:
        """Whether ``units`` more would fit. O(1)."""
        return self._drain(now) + units * SECOND <= self._capacity

    def pour(self, now: int, units: int) -> None:
        """Put ``units`` in, also over the brim. O(1)."""
        self._level = self._drain(now) + units * SECOND

    def take(self, now: int, units: int) -> bool:
        """Put ``units`` in if they fit; whether they did. O(1)."""
        if not self.has_room(now, units):
            return False
        self.pour(now, units)
        return True

    def empty_at(self, now: int, units: int = 0) -> int:
        """When it will have drained, with ``units`` more in it."""
        return now - -(self._drain(now) + units * SECOND) // self._rate

    def _drain(self, now: int) -> int:
        if now > self._updated_at:
            self._level = max(0, self._level - (now - self._updated_at) * self._rate)
            self._updated_at = now
        return self._level


class CallRates:
    """Calls a second, counted apart for each key: an operation, or an operation on one resource."""

    __slots__ = ("_buckets",)

    def __init__(self) -> None:
        self._buckets: dict[Hashable, Bucket] = {}

    def admit(self, now: int, key: Hashable, calls_per_second: int) -> bool:
        """Count one more call; False, and not counted, when there were too many. O(1)."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(calls_per_second)
        return bucket.take(now, 1)
