"""Which behaviours of the services a run has exercised: a table of names, and how to find each in the trace.

A suite that never saw a redelivery has not tested what its consumer does about one. ``pytest --minicloud-report`` shows
the table, with what is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from ..core import facts
from ..core.near import did_you_mean
from ..core.shown import shown
from ..exceptions import UsageError
from .record_ledger import PARTIAL_PUT_RETRIED
from .stream_accounts import EARLY_CHILD, StreamAccounts
from .trace_event import TraceEvent

__all__ = ["BEHAVIOURS", "count_behaviours", "named_behaviours"]

_THROTTLES = frozenset(
    {
        "LimitExceededException",
        "OverLimit",
        "ProvisionedThroughputExceededException",
        "RequestThrottled",
        "Throttled",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)

Finder = Callable[[Any], object]


def _always(_: Any) -> bool:
    return True


_TABLE: tuple[tuple[str, tuple[str, ...], Finder], ...] = (
    ("sqs: message sent", (facts.SQS_MESSAGE_SENT,), _always),
    ("sqs: delayed message", (facts.SQS_MESSAGE_SENT,), lambda details: details.get("delay_seconds")),
    ("sqs: message group", (facts.SQS_MESSAGE_SENT,), lambda details: details.get("group_id")),
    ("sqs: duplicate send", (facts.SQS_MESSAGE_DEDUPLICATED,), _always),
    ("sqs: message received", (facts.SQS_MESSAGE_RECEIVED,), _always),
    ("sqs: empty receive", (facts.SQS_RECEIVE_EMPTY, facts.SQS_POLL_ENDED_EMPTY), _always),
    ("sqs: long poll that waited", (facts.SQS_POLL_BEGAN,), _always),
    (
        "sqs: visibility timeout expired",
        (facts.SQS_MESSAGE_VISIBLE,),
        lambda details: details.get("was") == "in flight",
    ),
    ("sqs: redelivery", (facts.SQS_MESSAGE_RECEIVED,), lambda details: details["receive_count"] > 1),
    ("sqs: visibility changed", (facts.SQS_MESSAGE_VISIBILITY_CHANGED,), _always),
    ("sqs: message deleted", (facts.SQS_MESSAGE_DELETED,), _always),
    ("sqs: delete that came too late", (facts.SQS_DELETE_IN_VAIN, facts.SQS_DELETE_REFUSED), _always),
    ("sqs: move to a dead-letter queue", (facts.SQS_MESSAGE_MOVED_TO_DLQ,), _always),
    ("sqs: move task", (facts.SQS_MESSAGE_SENT,), lambda details: details.get("redriven_from")),
    ("sqs: retention period over", (facts.SQS_MESSAGE_EXPIRED,), _always),
    ("sqs: queue purged", (facts.SQS_QUEUE_PURGED,), _always),
    ("sns: message published", (facts.SNS_MESSAGE_PUBLISHED,), _always),
    ("sns: duplicate publication", (facts.SNS_MESSAGE_DEDUPLICATED,), _always),
    ("sns: message filtered out", (facts.SNS_MESSAGE_FILTERED,), _always),
    ("sns: subscription not confirmed", (facts.SNS_DELIVERY_UNCONFIRMED,), _always),
    (
        "sns: delivery to a queue",
        (facts.SQS_MESSAGE_SENT,),
        lambda details: details.get("origin") and ":" not in details["origin"],
    ),
    ("sns: delivery retried", (facts.SNS_DELIVERY_RETRIED,), _always),
    ("sns: delivery failed", (facts.SNS_DELIVERY_FAILED,), _always),
    ("sns: move to a dead-letter queue", (facts.SNS_MESSAGE_DEAD_LETTERED,), _always),
    ("kinesis: record put", (facts.KINESIS_RECORD_PUT,), _always),
    ("kinesis: entry throttled", (facts.KINESIS_RECORD_THROTTLED,), _always),
    ("kinesis: records read", (facts.KINESIS_RECORDS_READ,), _always),
    (
        "kinesis: reader at LATEST missed records",
        (facts.KINESIS_ITERATOR_MADE, facts.KINESIS_SHARD_SUBSCRIBED),
        lambda details: details.get("start") == "LATEST" and details["before"],
    ),
    (EARLY_CHILD, (), _always),
    (PARTIAL_PUT_RETRIED, (), _always),
    ("kinesis: enhanced fan-out", (facts.KINESIS_SHARD_SUBSCRIBED, facts.KINESIS_RECORDS_PUSHED), _always),
    (
        "kinesis: expired iterator",
        (facts.CALL_REFUSED,),
        lambda details: details["error"] == "ExpiredIteratorException",
    ),
    (
        "kinesis: resharding",
        (facts.KINESIS_SHARD_SPLIT, facts.KINESIS_SHARDS_MERGED, facts.KINESIS_STREAM_SCALED),
        _always,
    ),
    ("kinesis: dry run", (facts.CALL_REFUSED,), lambda details: details["error"] == "DryRunOperationException"),
    ("kinesis: record received from a queue", (facts.KINESIS_RECORD_RECEIVED,), _always),
    ("kinesis: redelivery", (facts.KINESIS_RECORD_RECEIVED,), lambda details: details["receive_count"] > 1),
    ("kinesis: record acknowledged", (facts.KINESIS_RECORD_ACKNOWLEDGED,), _always),
    ("kinesis: acknowledgement that came too late", (facts.KINESIS_RECORD_ACKNOWLEDGED_IN_VAIN,), _always),
    ("kinesis: dead letter", (facts.KINESIS_RECORD_DEAD_LETTERED,), _always),
    ("kinesis: dead letter restored", (facts.KINESIS_RECORD_RESTORED,), _always),
    ("lambda: run", (facts.LAMBDA_INVOKED,), _always),
    ("lambda: run failed", (facts.LAMBDA_FAILED,), _always),
    ("lambda: run timed out", (facts.LAMBDA_TIMED_OUT,), _always),
    ("lambda: run throttled", (facts.LAMBDA_THROTTLED,), _always),
    ("lambda: event tried again", (facts.LAMBDA_RETRIED,), _always),
    ("lambda: event given up", (facts.LAMBDA_GIVEN_UP,), _always),
    (
        "lambda: part of a batch failed",
        (facts.MAPPING_HANDLED,),
        lambda details: 0 < len(details["failed"]) < len(details.get("message_ids") or details.get("numbers") or ()),
    ),
    ("lambda: filtered out", (facts.MAPPING_FILTERED,), _always),
    ("lambda: batch divided", (facts.MAPPING_BISECTED,), _always),
    ("lambda: records given up", (facts.MAPPING_DISCARDED,), _always),
    ("firehose: object delivered", (facts.DELIVERY_STREAM_DELIVERED,), lambda details: details["what"] == "data"),
    ("firehose: records failed", (facts.DELIVERY_STREAM_TRANSFORMED,), lambda details: bool(details["failed"])),
    ("firehose: records dropped", (facts.DELIVERY_STREAM_TRANSFORMED,), lambda details: bool(details["dropped"])),
    ("pipes: batch handled", (facts.PIPE_HANDLED,), lambda details: not details["failed"]),
    ("pipes: batch failed", (facts.PIPE_HANDLED,), lambda details: bool(details["failed"])),
    ("pipes: filtered out", (facts.PIPE_FILTERED,), _always),
    ("events: event put", (facts.EVENT_PUT,), _always),
    ("events: event that no rule matched", (facts.EVENT_PUT,), lambda details: not details["rules"]),
    ("events: event for a bus that is not there", (facts.EVENT_LOST,), _always),
    ("events: entry of a call refused", (facts.EVENT_REFUSED,), _always),
    ("events: rule matched", (facts.EVENT_MATCHED,), lambda details: not details["is_scheduled"]),
    ("events: event of a schedule", (facts.EVENT_MATCHED,), lambda details: details["is_scheduled"]),
    ("events: delivery tried again", (facts.EVENT_FAILED,), lambda details: details["due"] is not None),
    ("events: delivery given up", (facts.EVENT_FAILED,), lambda details: details["due"] is None),
    ("scheduler: target invoked", (facts.SCHEDULE_FIRED,), _always),
    ("scheduler: invocation tried again", (facts.SCHEDULE_RETRIED,), _always),
    ("scheduler: invocation given up", (facts.SCHEDULE_FAILED,), _always),
    ("any: call throttled", (facts.CALL_REFUSED,), lambda details: details["error"] in _THROTTLES),
    ("any: call refused", (facts.CALL_REFUSED,), _always),
    ("any: policy that would refuse", (facts.POLICY_WOULD_REFUSE,), _always),
    ("any: fault fired", (facts.FAULT_FIRED,), _always),
    ("any: chaos", (facts.CHAOS,), _always),
)

BEHAVIOURS = tuple(name for name, _, _ in _TABLE)
"""The names, in the order of the report."""

_BY_KIND: dict[str, list[tuple[str, Finder]]] = {}
for _name, _kinds, _finder in _TABLE:
    for _kind in _kinds:
        _BY_KIND.setdefault(_kind, []).append((_name, _finder))


def named_behaviours(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The behaviours that each name stands for: ``"sqs: redelivery"`` that one, ``"redelivery"`` those of all services.

    Raises ``UsageError`` for a name of none.
    """
    found = {}
    for name in names:
        of_name = tuple(one for one in BEHAVIOURS if name in (one, one.partition(": ")[2]))
        if not of_name:
            short = [one.partition(": ")[2] for one in BEHAVIOURS]
            near = did_you_mean(name, [*BEHAVIOURS, *short])
            raise UsageError(f"{shown(name)} is not a behaviour{near or ': there are ' + ', '.join(BEHAVIOURS)}")
        found[name] = of_name
    return found


def count_behaviours(events: Iterable[TraceEvent]) -> Counter[str]:
    """How often each behaviour occurs among the events. O(events)."""
    found: Counter[str] = Counter()
    events = list(events)
    if any(event.kind.startswith("kinesis.") for event in events):
        found += StreamAccounts(events).behaviours
    for event in events:
        for name, finder in _BY_KIND.get(event.kind, ()):
            if finder(event.details):
                found[name] += 1
    return found
