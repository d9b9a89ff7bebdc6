"""Which behaviours of the services a run has exercised: a table of names, and how to find each in the trace.

A suite that never saw a redelivery has not tested what its consumer does about one. ``pytest --minicloud-report`` shows
the table, with what is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from .trace import TraceEvent

__all__ = ["BEHAVIOURS", "count_behaviours"]

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
    ("sqs: message sent", ("sqs.message.sent",), _always),
    ("sqs: delayed message", ("sqs.message.sent",), lambda details: details.get("delay_seconds")),
    ("sqs: message group", ("sqs.message.sent",), lambda details: details.get("group_id")),
    ("sqs: duplicate send", ("sqs.message.deduplicated",), _always),
    ("sqs: message received", ("sqs.message.received",), _always),
    ("sqs: empty receive", ("sqs.receive.empty", "sqs.poll.ended_empty"), _always),
    ("sqs: long poll that waited", ("sqs.poll.began",), _always),
    ("sqs: visibility timeout expired", ("sqs.message.visible",), lambda details: details.get("was") == "in flight"),
    ("sqs: redelivery", ("sqs.message.received",), lambda details: details["receive_count"] > 1),
    ("sqs: visibility changed", ("sqs.message.visibility_changed",), _always),
    ("sqs: message deleted", ("sqs.message.deleted",), _always),
    ("sqs: delete that came too late", ("sqs.delete.in_vain", "sqs.delete.refused"), _always),
    ("sqs: move to a dead-letter queue", ("sqs.message.moved_to_dlq",), _always),
    ("sqs: move task", ("sqs.message.sent",), lambda details: details.get("redriven_from")),
    ("sqs: retention period over", ("sqs.message.expired",), _always),
    ("sqs: queue purged", ("sqs.queue.purged",), _always),
    ("sns: message published", ("sns.message.published",), _always),
    ("sns: duplicate publication", ("sns.message.deduplicated",), _always),
    ("sns: delivery to a queue", ("sqs.message.sent",), lambda details: details.get("origin")),
    ("sns: delivery retried", ("sns.delivery.retried",), _always),
    ("sns: delivery failed", ("sns.delivery.failed", "sns.function.failed"), _always),
    ("sns: move to a dead-letter queue", ("sns.message.dead_lettered",), _always),
    ("kinesis: record put", ("kinesis.record.put",), _always),
    ("kinesis: entry throttled", ("kinesis.record.throttled",), _always),
    ("kinesis: records read", ("kinesis.records.read",), _always),
    ("kinesis: enhanced fan-out", ("kinesis.shard.subscribed", "kinesis.records.pushed"), _always),
    ("kinesis: expired iterator", ("call.refused",), lambda details: details["error"] == "ExpiredIteratorException"),
    (
        "kinesis: resharding",
        ("kinesis.shard.split", "kinesis.shards.merged", "kinesis.stream.scaled"),
        _always,
    ),
    ("any: call throttled", ("call.refused",), lambda details: details["error"] in _THROTTLES),
    ("any: call refused", ("call.refused",), _always),
    ("any: fault fired", ("fault.fired",), _always),
    ("any: liberty of AWS's taken", ("chaos",), _always),
)

BEHAVIOURS = tuple(name for name, _, _ in _TABLE)
"""The names, in the order of the report."""

_BY_KIND: dict[str, list[tuple[str, Finder]]] = {}
for _name, _kinds, _finder in _TABLE:
    for _kind in _kinds:
        _BY_KIND.setdefault(_kind, []).append((_name, _finder))


def count_behaviours(events: Iterable[TraceEvent]) -> Counter[str]:
    """How often each behaviour occurs among the events. O(events)."""
    found: Counter[str] = Counter()
    for event in events:
        for name, finder in _BY_KIND.get(event.kind, ()):
            if finder(event.details):
                found[name] += 1
    return found
