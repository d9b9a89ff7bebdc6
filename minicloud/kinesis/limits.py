"""The numbers of Kinesis that AWS may raise, or that a test may want smaller."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["KinesisLimits"]


class KinesisLimits(NamedTuple):
    """Kinesis' quotas as one value. Times are seconds, sizes are bytes; 0 switches a rule per day off."""

    kinesis_transition_seconds: float = 0
    """How long a stream is CREATING, UPDATING or DELETING, and a consumer CREATING or DELETING. 0: not at all, a
    change has happened when the call that asks for it returns; AWS takes some 30 seconds."""

    kinesis_shards: int | None = None
    """Open shards of an account in one region. None: 20,000 in the three big regions, 6,000 elsewhere."""
    kinesis_on_demand_streams: int = 50
    """Streams in on-demand mode of an account in one region."""
    kinesis_streams_creating: int = 5
    """Streams of an account in one region that may be CREATING at once."""
    kinesis_consumers: int = 20
    """Registered consumers of a stream."""
    kinesis_consumers_advantage: int = 50
    """The same for on-demand streams of an account with MinimumThroughputBillingCommitment (On-demand Advantage)."""
    kinesis_consumers_creating: int = 5
    """Consumers of a stream that may be CREATING at once."""
    kinesis_tags: int = 50
    """Tags of one stream or consumer."""
    kinesis_put_records_size: int = 10_485_760
    """The largest sum of data and partition keys in one PutRecords (5 MiB until 2025)."""
    kinesis_scaling_factor: int = 2
    """UpdateShardCount goes to this many times the open shards at most, to this part of them at least. 0: freely."""
    kinesis_scalings_per_day: int = 10
    """Calls of UpdateShardCount on a stream in any 24 hours."""
    kinesis_mode_switches_per_day: int = 2
    """Changes of a stream's capacity mode in any 24 hours."""
    kinesis_key_changes_per_day: int = 25
    """Calls of StartStreamEncryption on a stream in any 24 hours."""
