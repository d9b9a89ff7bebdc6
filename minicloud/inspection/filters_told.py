"""Mappings and pipes that wanted nothing of what came from their source, and why: told by who reports a failed test.

Made from events alone: the calls that have made them with their filters, what was sent or put, and what was filtered
out. Of the rest of a record, such as who has sent a message, or when a record arrived, nothing is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from ..core import facts
from ..core.message_records import shown_attribute
from ..core.shown import counted, cut, escaped
from ..exceptions import UsageError
from .stream_accounts import stream_arn

if TYPE_CHECKING:
    from .trace_event import TraceEvent

__all__ = ["wanted_nothing"]

_CALLS = ("lambda.CreateEventSourceMapping", "pipes.CreatePipe", "pipes.UpdatePipe")
_MOST_TOLD = 5
_Key: TypeAlias = tuple[str, str]
_Patterns: TypeAlias = dict[tuple[str, str], list[str]]
"""By the name of the function and the source, or that of the pipe and nothing."""


def wanted_nothing(everything: Iterable[TraceEvent], events: Sequence[TraceEvent]) -> list[str]:
    """A line for each of the first whose filters wanted none of what came to them among ``events``. O(events)."""
    filtered: dict[tuple[str, str], list[_Key]] = {}
    for event in events:
        if event.kind in (facts.MAPPING_FILTERED, facts.PIPE_FILTERED):
            filtered.setdefault(_whose(event), []).extend(_keys_of(event))
    for event in events:
        if event.kind in (facts.MAPPING_TAKEN, facts.PIPE_TAKEN):
            filtered.pop(_whose(event), None)
    if not filtered:
        return []
    patterns, sent = _patterns_and_sent(everything)
    lines = []
    for (name, source), keys in filtered.items():
        known = patterns.get((name, source.rpartition(":")[2])) or patterns.get((name, ""))
        latest = sent.get(keys[-1]) if keys else None
        why = _why(known, latest) if known and latest is not None else ""
        if why:
            what = counted(len(keys), "record" if keys[-1][0] else "message")
            lines.append(f"the filters of {escaped(name, 80)} wanted none of {what}: {why}")
    if len(lines) > _MOST_TOLD:
        lines[_MOST_TOLD:] = [f"… nor did those of {len(lines) - _MOST_TOLD} more"]
    return lines


def _whose(event: TraceEvent) -> tuple[str, str]:
    """The function of a mapping and its source; the name of a pipe."""
    details = event.details
    return (details["function"], details["arn"]) if "function" in details else (event.resource, "")


def _keys_of(event: TraceEvent) -> list[_Key]:
    """What was filtered out: the stream of each record and its number, and nothing and the id of each message."""
    details: Any = event.details
    source = stream_arn(details.get("source") or details["arn"])
    if ":kinesis:" not in source:
        return [("", message_id) for message_id in details["message_ids"]]
    names = details["message_ids"] if "message_ids" in details else details["numbers"]
    return [(source, name.rpartition(":")[2]) for name in names]  # a pipe's records have the shard before the number


def _patterns_and_sent(everything: Iterable[TraceEvent]) -> tuple[_Patterns, dict[_Key, TraceEvent]]:
    patterns: _Patterns = {}
    sent: dict[_Key, TraceEvent] = {}
    for event in everything:
        details: Any = event.details
        if event.kind == facts.SQS_MESSAGE_SENT:
            sent["", details["message_id"]] = event
        elif event.kind == facts.KINESIS_RECORD_PUT:
            sent[details["arn"], details["sequence_number"]] = event
        elif event.kind == facts.CALL and event.resource in _CALLS:
            given: Any = details if "FilterCriteria" in details else details.get("SourceParameters") or {}
            criteria = given.get("FilterCriteria")
            name = str(details.get("FunctionName") or details.get("Name") or "")
            if isinstance(criteria, Mapping) and name:
                source = str(details.get("EventSourceArn", "")).rpartition(":")[2]
                found = [str(one.get("Pattern")) for one in criteria.get("Filters") or ()]
                patterns[name.rpartition("function:")[2].partition(":")[0], source] = found
    return patterns, sent


def _why(patterns: Sequence[str], event: TraceEvent) -> str:
    """Why the first of some patterns does not want what an event has sent; empty where that is not seen."""
    from ..core.event_pattern.explain import explain_pattern  # not loaded by who has no filters

    with suppress(AttributeError, KeyError, RecursionError, TypeError, UsageError, ValueError):
        content, text, frame = _seen(event)
        pattern = json.loads(patterns[0])
        wanted = pattern.get(content)
        of = f", of the first of {len(patterns)}" if len(patterns) > 1 else ""
        if wanted is not None:
            parsed = _object_of(text)
            reason = _other_kind(content, wanted, parsed)
            if reason:
                return reason + of
            frame[content] = text if parsed is None else parsed
        found = explain_pattern(json.dumps(_of_what_is_there(pattern, frame)), frame)
        if not found:
            return cut(str(found).removeprefix("no match: "), 240) + of
    return ""


def _of_what_is_there(pattern: dict[str, Any], frame: dict[str, Any]) -> dict[str, Any]:
    return {name: conditions for name, conditions in pattern.items() if name in frame}


def _seen(event: TraceEvent) -> tuple[str, str | None, dict[str, Any]]:
    """What filters see: what the content is called, its text, if it is one, and what the trace has beside it."""
    details: Any = event.details
    if event.kind == facts.SQS_MESSAGE_SENT:
        attributes = {name: shown_attribute(value) for name, value in (details["attributes"] or {}).items()}
        return "body", details["body"], {"messageAttributes": attributes}
    frame = {"partitionKey": details["partition_key"] or "", "sequenceNumber": details["sequence_number"]}
    try:
        return "data", details["data"].decode(), frame
    except UnicodeDecodeError:
        return "data", None, frame


def _object_of(text: str | None) -> dict[str, Any] | None:
    try:
        parsed = json.loads(text or "")
    except (RecursionError, ValueError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _other_kind(content: str, wanted: object, parsed: object) -> str:
    """Why conditions for the content are not even looked at: they are for JSON objects, or for plain text."""
    if isinstance(wanted, Mapping) and parsed is None:
        return f"they look into a JSON object, and the {content} is none"
    if not isinstance(wanted, Mapping) and parsed is not None:
        return f"they want the {content} to be plain text, and it is JSON"
    return ""
