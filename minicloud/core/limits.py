"""Every number that AWS may raise and a test may want smaller, in one table.

``Cloud(limits=...)`` takes ``"aws"`` (the default: whatever depends only on the calls and the clock), ``"strict"``
(rates as well), ``"relaxed"`` (without the rules that only slow a test down) or a ``Limits``:
``minicloud.Limits(sqs_in_flight_standard=5)``, or ``minicloud.Limits.named("strict").replace(...)``.
"""

from __future__ import annotations

from ..exceptions import UsageError
from .shown import shown
from .value import Value

__all__ = ["AWS_LIMITS", "Limits"]


class Limits(Value, kw_only=True):
    """AWS's quotas as one value. Counts are plain numbers, times are seconds, sizes are bytes."""

    rates: bool = False
    """Enforce rates: API calls a second, per-shard throughput, FIFO quotas (``"strict"``)."""

    invocations_per_call: int = 10_000
    """Handlers (of functions, of HTTP endpoints) that may run for one call, with all that follows from them. No limit
    of AWS's: handlers that lead to each other in a circle end in a ``UsageError``, and not never."""

    sqs_in_flight_standard: int = 120_000
    """Messages of a standard queue that may be in flight at once. [SQS developer guide, quotas]"""
    sqs_in_flight_fifo: int = 120_000
    """Messages of a FIFO queue that may be in flight at once (20,000 until 2024). [SQS developer guide, quotas]"""
    sqs_fifo_look_ahead: int = 120_000
    """A receive from a FIFO queue looks for available groups among so many of the oldest messages (20,000 until 2024).
    [SQS developer guide, FIFO quotas]"""
    sqs_noisy_group_in_flight: int = 30
    """A message group of a standard queue becomes noisy with so many of its messages in flight, if they are more than
    ``sqs_noisy_group_percent`` of all that are. [SQS developer guide: fair queues]"""
    sqs_noisy_group_percent: float = 10
    """The share of the messages in flight that a message group of a standard queue may have, in percent, before it can
    be noisy. [SQS developer guide: fair queues]"""
    sqs_message_size: int = 1_048_576
    """The largest value of MaximumMessageSize, and the largest sum of a batch (262,144 until August 2025)."""
    sqs_purge_seconds: int = 60
    """How long after a PurgeQueue the next one is refused; 0 switches the rule off."""
    sqs_recreate_seconds: int = 60
    """How long after a DeleteQueue its name can't be used again; 0 switches the rule off."""
    sqs_fifo_calls_per_second: int = 300
    """Calls of one action a second on a FIFO queue without high throughput; enforced when ``rates``."""
    sqs_move_tasks: int = 100
    """Message move tasks of an account in one region that may be active at once. [SQS API: StartMessageMoveTask]"""
    sqs_move_task_seconds: int = 129_600
    """How long a message move task can run; then it fails. [SQS developer guide: DLQ redrive]"""

    sns_topics: int | None = None
    """Standard topics of an account in one region. This and the next four: None is AWS's number when ``rates``, and no
    limit otherwise. AWS's number: 100,000. [General reference, SNS quotas]"""
    sns_fifo_topics: int | None = None
    """FIFO topics of an account in one region. AWS's number: 1,000."""
    sns_subscriptions: int | None = None
    """Subscriptions of a standard topic. AWS's number: 12,500,000."""
    sns_fifo_subscriptions: int | None = None
    """Subscriptions of a FIFO topic. AWS's number: 100."""
    sns_filter_policies: int | None = None
    """Subscriptions of a topic that have a filter policy. AWS's number: 200."""

    lambda_concurrency: int = 1_000
    """Runs of an account's functions in one region that may be under way at once. [Lambda quotas]"""
    lambda_payload_sync: int = 6_291_556
    """The largest payload of a synchronous invocation, and the largest result. [Lambda quotas]"""
    lambda_payload_async: int = 1_048_576
    """The largest payload of an asynchronous invocation (262,144 until October 2025). [Lambda quotas]"""

    kinesis_transition_seconds: float = 0
    """How long a stream is CREATING, UPDATING or DELETING, and a consumer CREATING or DELETING. 0: not at all, a
    change has happened when the call that asks for it returns; AWS takes some 30 seconds."""

    kinesis_shards: int | None = None
    """Open shards of an account in one region. None: 20,000 in the three big regions, 6,000 elsewhere."""
    kinesis_on_demand_streams: int = 50
    """Streams in on-demand mode of an account in one region."""
    kinesis_streams_creating: int = 5
    """Streams of an account in one region that may be CREATING or DELETING when another one is made."""
    kinesis_consumers: int = 20
    """Registered consumers of a stream, and queues on it, together."""
    kinesis_consumers_advantage: int = 50
    """The same for on-demand streams of an account with MinimumThroughputBillingCommitment (On-demand Advantage)."""
    kinesis_consumers_creating: int = 5
    """Consumers of a stream that may be CREATING at once."""
    kinesis_queues_changing: int = 5
    """Queues of an account in one region that may be CREATING or DELETING at once. [Kinesis developer guide]"""
    kinesis_queue_in_flight: int = 120_000
    """Records of a queue that may be in flight at once. [Kinesis developer guide]"""
    kinesis_tags: int = 50
    """Tags of one stream, consumer, queue or channel."""
    kinesis_put_records_size: int = 10_485_760
    """The largest sum of data and partition keys in one PutRecords (5 MiB until 2025)."""
    kinesis_scaling_factor: int = 2
    """UpdateShardCount goes up to this many times the open shards at most. 0: freely."""
    kinesis_scaling_down_factor: int = 2
    """UpdateShardCount goes down to this part of the open shards at least. 0: freely."""
    kinesis_scalings_per_day: int = 10
    """Calls of UpdateShardCount on a stream in any 24 hours."""
    kinesis_mode_switches_per_day: int = 2
    """Changes of a stream's capacity mode in any 24 hours."""
    kinesis_key_changes_per_day: int = 25
    """Calls of StartStreamEncryption on a stream in any 24 hours."""

    events_buses: int = 100
    """Event buses of an account in one region. [EventBridge quotas]"""
    events_rules: int = 300
    """Rules of an event bus (100 in two regions). [EventBridge quotas]"""

    lambda_pollers_at_first: int = 5
    """Batches of a queue that a mapping handles at once, before there has been a backlog for a minute. [Lambda
    developer guide: SQS, scaling]"""
    lambda_pollers_per_minute: int = 300
    """How many more those may be after each minute of backlog, up to 1,000."""

    @classmethod
    def named(cls, name: str) -> Limits:
        """The limits called ``"aws"``, ``"strict"`` or ``"relaxed"``."""
        if name == "aws":
            return AWS_LIMITS
        if name == "strict":
            return cls(rates=True)
        if name == "relaxed":
            return cls(
                sqs_purge_seconds=0,
                sqs_recreate_seconds=0,
                kinesis_scaling_factor=0,
                kinesis_scaling_down_factor=0,
                kinesis_scalings_per_day=0,
                kinesis_mode_switches_per_day=0,
                kinesis_key_changes_per_day=0,
            )
        raise UsageError(
            f'limits={shown(name)} is not a set of limits: use "aws", "strict", "relaxed" or a minicloud.Limits'
        )


AWS_LIMITS = Limits()
"""Those that a cloud has when nobody says otherwise."""
