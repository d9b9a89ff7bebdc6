"""Runs of functions, as a record tells of them: what belongs to one run, put together for who reads lines.

A run is told of by several facts: its mapping has taken something, it begins, it ends, and its mapping says which of
the messages have failed. Where nothing else happened in between, that is one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core import facts
from .trace_event import TraceEvent

__all__ = ["ENDS", "runs_joined"]

ENDS = frozenset({facts.LAMBDA_FAILED, facts.LAMBDA_SUCCEEDED, facts.LAMBDA_TIMED_OUT})
"""How a run can end."""


def runs_joined(events: Sequence[TraceEvent]) -> list[TraceEvent]:
    """The events, without those of runs that others say, too. O(events)."""
    if not any(event.kind == facts.LAMBDA_INVOKED for event in events):
        return list(events)
    begun = {_run(event) for event in events if event.kind == facts.LAMBDA_INVOKED}
    ended = {event.details["request_id"] for event in events if event.kind in ENDS}
    received = {event.details["message_id"] for event in events if _is_for_function(event)}
    failed = {
        event.details["request_id"]: len(event.details["failed"])
        for event in events
        if event.kind == facts.MAPPING_HANDLED
    }
    joined: list[TraceEvent] = []
    for event in events:
        details = event.details
        if event.kind == facts.MAPPING_HANDLED and details["request_id"] in ended:
            continue
        if event.kind == facts.MAPPING_TAKEN and (
            received.issuperset(details["message_ids"])
            if "message_ids" in details
            else (details["request_id"], details["attempt"]) in begun
        ):
            continue
        if event.kind in ENDS:
            if joined and joined[-1].kind == facts.LAMBDA_INVOKED and _is_same_moment(joined[-1], event):
                joined.pop()
            reported = failed.get(details["request_id"])
            if reported and event.kind == facts.LAMBDA_SUCCEEDED:
                joined.append(_with(event, reported=reported))
                continue
        joined.append(event)
    return joined


def _is_for_function(event: TraceEvent) -> bool:
    return event.kind == facts.SQS_MESSAGE_RECEIVED and "function" in event.details


def _run(event: TraceEvent) -> tuple[str, int]:
    return event.details["request_id"], event.details["attempt"]


def _is_same_moment(begin: TraceEvent, end: TraceEvent) -> bool:
    return _run(begin) == _run(end) and begin.time_ns == end.time_ns


def _with(event: TraceEvent, **details: Any) -> TraceEvent:
    """The same with more to say."""
    return TraceEvent(
        event.time_ns, event.kind, event.resource, {**event.details, **details}, event.actor, event.number, event.told
    )
