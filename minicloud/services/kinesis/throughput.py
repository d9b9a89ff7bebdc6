"""How much a shard takes and gives a second; in force when the cloud's limits enforce rates.

Writing fills a bucket that holds one second's worth and drains at the shard's rate: what does not fit is refused.
Reading is let through and counted afterwards: an answer that goes over the rate closes the shard to readers until
what was read has drained, so a full answer of 10 MiB closes it for five seconds, as AWS says.

Meters count and say yes or no; what a refusal looks like is for the operations to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ...core.rates import Bucket

__all__ = ["CALLS_PER_SECOND", "ReadMeter", "WriteMeter"]

CALLS_PER_SECOND: Final = {
    # By account.
    "AddTagsToStream": 5,
    "CreateChannel": 5,
    "CreateStream": 5,
    "DeleteChannel": 5,
    "DeleteStream": 5,
    "DescribeAccountSettings": 5,
    "DescribeChannel": 5,
    "DescribeLimits": 1,
    "DescribeStream": 10,
    "DescribeStreamSummary": 20,
    "ListChannels": 5,
    "ListStreams": 5,
    "ListTagsForStream": 5,
    "MergeShards": 5,
    "RegisterStreamConsumer": 5,
    "RemoveTagsFromStream": 5,
    "SplitShard": 5,
    "UpdateAccountSettings": 5,
    "UpdateChannel": 5,
    "UpdateShardCount": 10,
    "UpdateStreamWarmThroughput": 5,
    # By stream.
    "DryRun": 1,
    "DeregisterStreamConsumer": 5,
    "DescribeStreamConsumer": 20,
    "ListShards": 1000,
    "ListStreamConsumers": 5,
    # By shard.
    "GetShardIterator": 5,
}
"""How often an operation may be called. (SubscribeToShard has a rule of its own that is stricter.)"""

MEBIBYTE: Final = 1 << 20


class WriteMeter:
    """What a shard takes: 1 MiB and 1,000 records a second."""

    __slots__ = ("_bytes", "_large", "_records")

    def __init__(self) -> None:
        self._empty()

    def _empty(self) -> None:
        self._records = Bucket(1000)
        self._bytes = Bucket(MEBIBYTE)
        self._large = Bucket(MEBIBYTE, 10 * MEBIBYTE)

    def mend(self, records: Iterable[tuple[int, int]]) -> None:
        """Count anew: the records that the shard has, by their arrival and size. O(records)."""
        self._empty()
        for now, size in records:
            self._pour(now, size)

    def admit(self, now: int, size: int, is_large: bool) -> bool:
        """Whether a record of ``size`` bytes goes in, which then counts.

        ``is_large``: the stream takes records over 1 MiB; the shard then takes bursts of 10 MiB.
        """
        room = self._large if is_large else self._bytes
        if not (self._records.has_room(now, 1) and room.has_room(now, size)):
            return False
        self._pour(now, size)
        return True

    def _pour(self, now: int, size: int) -> None:
        self._records.pour(now, 1)
        self._bytes.pour(now, size)
        self._large.pour(now, size)


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
            # First of all: until then nobody asks what is in the bucket, and after that it is empty.
            self._closed_until = self._bytes.empty_at(now, size)
        self._bytes.pour(now, size)
