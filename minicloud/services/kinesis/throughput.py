"""How much a shard takes and gives a second; in force when the cloud's limits enforce rates.

Writing fills a bucket that holds one second's worth and drains at the shard's rate: what does not fit is refused.
Reading is let through and counted afterwards: an answer that goes over the rate closes the shard to readers until
what was read has drained, so a full answer of 10 MiB closes it for five seconds, as AWS says. All arithmetic is in
integers, in units a second times nanoseconds, so a bucket is empty exactly when it should be.
"""

from __future__ import annotations

from typing import Final

from ...core.timeline import SECOND

__all__ = ["CALLS_PER_SECOND", "Bucket", "ReadMeter", "WriteMeter"]

CALLS_PER_SECOND: Final = {
    # By account.
    "AddTagsToStream": 5,
    "CreateStream": 5,
    "DeleteStream": 5,
    "DescribeAccountSettings": 5,
    "DescribeLimits": 1,
    "DescribeStream": 10,
    "DescribeStreamSummary": 20,
    "ListStreams": 5,
    "ListTagsForStream": 5,
    "MergeShards": 5,
    "RegisterStreamConsumer": 5,
    "RemoveTagsFromStream": 5,
    "SplitShard": 5,
    "UpdateAccountSettings": 5,
    "UpdateShardCount": 10,
    "UpdateStreamWarmThroughput": 5,
    # By stream.
    "DeregisterStreamConsumer": 5,
    "DescribeStreamConsumer": 20,
    "ListShards": 1000,
    "ListStreamConsumers": 5,
    # By shard.
    "GetShardIterator": 5,
}
"""How often an operation may be called. (SubscribeToShard has a rule of its own that is stricter.)"""

MEBIBYTE: Final = 1 << 20


class Bucket:
    """Holds up to ``capacity`` units and loses ``rate`` of them a second."""

    __slots__ = ("_capacity", "_level", "_moment", "_rate")

    def __init__(self, rate: int, capacity: int | None = None) -> None:
        self._rate = rate
        self._capacity = (rate if capacity is None else capacity) * SECOND
        self._level = 0
        self._moment = 0

    def has_room(self, now: int, units: int) -> bool:
        """Whether ``units`` more would fit."""
        return self._drain(now) + units * SECOND <= self._capacity

    def pour(self, now: int, units: int) -> None:
        """Put ``units`` in, also over the brim."""
        self._level = self._drain(now) + units * SECOND

    def take(self, now: int, units: int) -> bool:
        """Put ``units`` in if they fit; whether they did."""
        if not self.has_room(now, units):
            return False
        self.pour(now, units)
        return True

    def empty_at(self, now: int) -> int:
        """When it will have drained."""
        return now - -self._drain(now) // self._rate

    def _drain(self, now: int) -> int:
        if now > self._moment:
            self._level = max(0, self._level - (now - self._moment) * self._rate)
            self._moment = now
        return self._level


class WriteMeter:
    """What a shard takes: 1 MiB and 1,000 records a second."""

    __slots__ = ("_bytes", "_large", "_records")

    def __init__(self) -> None:
        self._records = Bucket(1000)
        self._bytes = Bucket(MEBIBYTE)
        self._large = Bucket(MEBIBYTE, 10 * MEBIBYTE)

    def admit(self, now: int, size: int, is_large: bool) -> bool:
        """Whether a record of ``size`` bytes goes in, which then counts.

        ``is_large``: the stream takes records over 1 MiB; the shard then takes bursts of 10 MiB.
        """
        room = self._large if is_large else self._bytes
        if not (self._records.has_room(now, 1) and room.has_room(now, size)):
            return False
        self._records.pour(now, 1)
        self._bytes.pour(now, size)
        self._large.pour(now, size)
        return True


class ReadMeter:
    """What a shard gives: five GetRecords and 2 MiB a second to all readers together."""

    __slots__ = ("_bytes", "_calls", "_closed_until")

    def __init__(self) -> None:
        self._calls = Bucket(5)
        self._bytes = Bucket(2 * MEBIBYTE)
        self._closed_until = 0

    def admit(self, now: int) -> bool:
        """Whether a call may read, which then counts."""
        return now >= self._closed_until and self._calls.take(now, 1)

    def count(self, now: int, size: int) -> None:
        """Note that a call was given ``size`` bytes."""
        if size and not self._bytes.has_room(now, size):
            self._bytes.pour(now, size)
            self._closed_until = self._bytes.empty_at(now)
        else:
            self._bytes.pour(now, size)
