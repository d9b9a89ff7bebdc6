"""Mappings and pipes that wanted nothing of what came from their source, and why: told by who reports a failed test.

Made from events alone: the calls that have made them with their filters, what was sent, and what was filtered out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.shown import counted, cut, escaped
from ..exceptions import UsageError

if TYPE_CHECKING:
    from .trace_event import TraceEvent

__all__ = ["wanted_nothing"]

_CALLS = ("lambda.CreateEventSourceMapping", "pipes.CreatePipe", "pipes.UpdatePipe")
_MOST_TOLD = 5


def wanted_nothing(everything: Iterable[TraceEvent], events: Sequence[TraceEvent]) -> list[str]:
    """A line for each of the first whose filters wanted none of the messages among ``events``. O(events)."""
    filtered: dict[tuple[str, str], list[str]] = {}
    for event in events:
        if event.kind in (facts.MAPPING_FILTERED, facts.PIPE_FILTERED) and "message_ids" in event.details:
            filtered.setdefault(_whose(event), []).extend(event.details["message_ids"])
    for event in events:
        if event.kind in (facts.MAPPING_TAKEN, facts.PIPE_TAKEN):
            filtered.pop(_whose(event), None)
    if not filtered:
        return []
    patterns, bodies = _patterns_and_bodies(everything)
    lines = []
    for (name, source), message_ids in filtered.items():
        known = patterns.get((name, source.rpartition(":")[2])) or patterns.get((name, ""))
        body = bodies.get(message_ids[-1])
        why = _why(known, body) if known and body is not None else ""
        if why:
            what = counted(len(message_ids), "message")
            lines.append(f"the filters of {escaped(name, 80)} wanted none of {what}: {why}")
    if len(lines) > _MOST_TOLD:
        lines[_MOST_TOLD:] = [f"… nor did those of {len(lines) - _MOST_TOLD} more"]
    return lines


def _whose(event: TraceEvent) -> tuple[str, str]:
    """The function of a mapping and its source; the name of a pipe."""
    details = event.details
    return (details["function"], details["arn"]) if "function" in details else (event.resource, "")


def _patterns_and_bodies(everything: Iterable[TraceEvent]) -> tuple[dict[tuple[str, str], list[str]], dict[str, str]]:
    patterns: dict[tuple[str, str], list[str]] = {}
    bodies: dict[str, str] = {}
    for event in everything:
        details: Any = event.details
        if event.kind == facts.SQS_MESSAGE_SENT:
            bodies[details["message_id"]] = details["body"]
        elif event.kind == facts.CALL and event.resource in _CALLS:
            given: Any = details if "FilterCriteria" in details else details.get("SourceParameters") or {}
            criteria = given.get("FilterCriteria")
            name = str(details.get("FunctionName") or details.get("Name") or "")
            if isinstance(criteria, Mapping) and name:
                source = str(details.get("EventSourceArn", "")).rpartition(":")[2]
                found = [str(one.get("Pattern")) for one in criteria.get("Filters") or ()]
                patterns[name.rpartition("function:")[2].partition(":")[0], source] = found
    return patterns, bodies


def _why(patterns: Sequence[str], body: str) -> str:
    """Why the first of some patterns does not want a message with this body; empty where that is not seen."""
    from ..core.event_pattern.explain import explain_pattern  # not loaded by who has no filters

    with suppress(KeyError, TypeError, UsageError, ValueError):
        wanted = json.loads(patterns[0])["body"]
        content: Any = body
        if isinstance(wanted, Mapping):
            try:
                content = json.loads(body)
            except ValueError:
                return "they look into JSON, and the body is none"
        found = explain_pattern(json.dumps({"body": wanted}), {"body": content})
        if not found:
            of = f", of the first of {len(patterns)}" if len(patterns) > 1 else ""
            return cut(str(found).removeprefix("no match: "), 240) + of
    return ""
