"""Whom a bucket has told of none of its objects, though it was asked to: told by who reports a failed test.

A filter that begins with a slash, another event than the one that happens, a bucket that does not tell EventBridge:
then nothing happens, and nothing says so. Made from events alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.shown import counted, escaped, shown
from .object_texts import told

if TYPE_CHECKING:
    from .trace_event import TraceEvent

__all__ = ["buckets_without_a_bus", "told_of_nothing"]

_CALL = "s3.PutBucketNotificationConfiguration"
_ENTRIES = (
    ("TopicConfigurations", "TopicArn"),
    ("QueueConfigurations", "QueueArn"),
    ("LambdaFunctionConfigurations", "LambdaFunctionArn"),
)
_CREATED = {"PutObject": "Put", "CopyObject": "Copy"}
_MOST_TOLD = 5


def told_of_nothing(everything: Iterable[TraceEvent], events: Sequence[TraceEvent]) -> list[str]:
    """A line for each of the first who were to be told of objects, and of ``events`` were told of none. O(events)."""
    happened = _happened(events)
    if not happened:
        return []
    were_told = _were_told(events)
    lines = []
    for bucket, (number, given) in _configurations(everything).items():
        those = [event for event in happened.get(bucket, ()) if event.number > number]
        if not those:
            continue
        is_silent = all(name != bucket for name, _ in were_told)
        for member, arn_member in _ENTRIES:
            for entry in given.get(member) or ():
                arn = str(entry.get(arn_member))
                why = "" if (bucket, arn) in were_told else _why(entry, those[-1], is_silent=is_silent)
                if why:
                    who = told({"to": arn})
                    what = counted(len(those), "change")
                    lines.append(f"{who} was told of none of {what} in {escaped(bucket, 80)}: {why}")
    if len(lines) > _MOST_TOLD:
        lines[_MOST_TOLD:] = [f"… and {len(lines) - _MOST_TOLD} more in the same way"]
    return lines


def buckets_without_a_bus(everything: Iterable[TraceEvent], events: Sequence[TraceEvent]) -> list[str]:
    """The names of buckets that had changes, and tell EventBridge of none; empty where any bucket does. O(events)."""
    happened = _happened(events)
    if not happened or any(":event-bus/" in to for _, to in _were_told(events)):
        return []
    given = _configurations(everything)
    return [name for name in happened if name not in given or "EventBridgeConfiguration" not in given[name][1]]


def _happened(events: Iterable[TraceEvent]) -> dict[str, list[TraceEvent]]:
    """What came into buckets and went, by bucket."""
    found: dict[str, list[TraceEvent]] = {}
    for event in events:
        if event.kind in (facts.OBJECT_CREATED, facts.OBJECT_REMOVED):
            found.setdefault(event.resource, []).append(event)
    return found


def _were_told(events: Iterable[TraceEvent]) -> set[tuple[str, str]]:
    """Buckets, and the ARNs of those whom they have told of an object, or have tried to tell."""
    return {
        (event.resource, event.details["to"])
        for event in events
        if event.kind in (facts.NOTIFICATION_SENT, facts.NOTIFICATION_FAILED) and event.details["key"]
    }


def _configurations(everything: Iterable[TraceEvent]) -> dict[str, tuple[int, Mapping[str, Any]]]:
    """The latest configuration of each bucket, and the number of the call that has put it."""
    found: dict[str, tuple[int, Mapping[str, Any]]] = {}
    for event in everything:
        if event.kind == facts.CALL and event.resource == _CALL:
            given = event.details.get("NotificationConfiguration")
            if isinstance(given, Mapping):
                found[str(event.details.get("Bucket"))] = event.number, given
    return found


def _why(entry: Mapping[str, Any], event: TraceEvent, *, is_silent: bool) -> str:
    """What an entry did not want of an event; empty when it is not known, or others were told, as they asked for it."""
    name, key = _name(event), str(event.details["key"])
    wanted = [str(one) for one in entry.get("Events") or ()]
    if not any(_is(name, one) for one in wanted):
        return f"it asks for {escaped(', '.join(wanted), 120)}, and this was {name}" if is_silent else ""
    rules: Any = ((entry.get("Filter") or {}).get("Key") or {}).get("FilterRules") or ()
    for rule in rules:
        kind, value = str(rule.get("Name", "")).lower(), str(rule.get("Value", ""))
        if kind == "prefix" and not key.startswith(value):
            why = f"{escaped(key, 80)} does not begin with {shown(value, 80)}"
            return f"{why}; keys have no slash before them" if value[:1] == "/" and key.startswith(value[1:]) else why
        if kind == "suffix" and not key.endswith(value):
            return f"{escaped(key, 80)} does not end with {shown(value, 80)}"
    return ""


def _name(event: TraceEvent) -> str:
    if event.kind == facts.OBJECT_REMOVED:
        return f"s3:ObjectRemoved:{'DeleteMarkerCreated' if event.details['is_marked'] else 'Delete'}"
    return f"s3:ObjectCreated:{_CREATED.get(event.details['by'], 'CompleteMultipartUpload')}"


def _is(name: str, wanted: str) -> bool:
    return name == wanted or (wanted.endswith("*") and name.startswith(wanted[:-1]))
