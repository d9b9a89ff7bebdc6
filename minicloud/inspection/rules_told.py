"""Rules of EventBridge that no event of a test has matched, and events that no bus got: told of a failed test.

Made from events alone: the calls that put rules, and what was put on their buses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.near import near_name
from ..core.shown import counted, cut, escaped
from ..exceptions import UsageError
from .buckets_told import buckets_without_a_bus

if TYPE_CHECKING:
    from .trace_event import TraceEvent

__all__ = ["events_without_a_bus", "rules_without_events"]

_MOST_TOLD = 5
_DEFAULT = "default"


def rules_without_events(everything: Iterable[TraceEvent], events: Sequence[TraceEvent]) -> list[str]:
    """A line for each of the first rules that wanted none of the events put among ``events``. O(events, rules)."""
    put: dict[str, list[TraceEvent]] = {}
    for event in events:
        if event.kind == facts.EVENT_PUT:
            put.setdefault(event.resource, []).append(event)
    silent = buckets_without_a_bus(everything, events)
    if not put and not silent:
        return []
    stray = [escaped(bus, 80) for bus, those in put.items() if not any(event.details["rules"] for event in those)]
    lines = []
    for (bus, name), (pattern, is_enabled) in _rules(everything).items():
        those = put.get(bus, [])
        if not pattern or any(name in event.details["rules"] for event in those):
            continue
        rule = f"rule {escaped(name, 80)}{'' if bus == _DEFAULT else f' of {escaped(bus, 80)}'}"
        bucket = _bucket_of(pattern, silent)
        if bucket and bus == _DEFAULT:
            lines.append(
                f"{rule} saw no event of S3: bucket {escaped(bucket, 80)} tells EventBridge of nothing without "
                "EventBridgeConfiguration={} in its notification configuration"
            )
        elif those:
            why = _why(pattern, those[-1].details["body"]) if is_enabled else "it is disabled"
            lines.append(f"{rule} matched none of {counted(len(those), 'event')}: {why}")
        elif stray:
            lines.append(f"{rule} saw no event: what no rule has matched went to {', '.join(stray[:_MOST_TOLD])}")
    if len(lines) > _MOST_TOLD:
        lines[_MOST_TOLD:] = [f"… nor did {counted(len(lines) - _MOST_TOLD, 'more rule')}"]
    return lines


def events_without_a_bus(everything: Iterable[TraceEvent], events: Iterable[TraceEvent]) -> list[str]:
    """A line for each of the first buses that events were put on, and that there was not. O(events)."""
    lost = Counter(event.resource for event in events if event.kind == facts.EVENT_LOST)
    if not lost:
        return []
    made = [str(call.details.get("Name", "")) for call in everything if call.resource == "events.CreateEventBus"]
    lines = []
    for bus, count in lost.items():
        near = near_name(bus, [_DEFAULT, *made])
        meant = f"; did you mean {escaped(near, 80)}?" if near is not None else ""
        lines.append(f"{counted(count, 'event')} went nowhere: there was no bus {escaped(bus, 80)}{meant}")
    if len(lines) > _MOST_TOLD:
        lines[_MOST_TOLD:] = [f"… and {len(lines) - _MOST_TOLD} more in the same way"]
    return lines


def _rules(everything: Iterable[TraceEvent]) -> dict[tuple[str, str], tuple[str, bool]]:
    """The patterns of rules, by bus and name, and whether they are enabled, as calls have put them."""
    found: dict[tuple[str, str], tuple[str, bool]] = {}
    for event in everything:
        if event.kind != facts.CALL or not event.resource.startswith("events."):
            continue
        details: Any = event.details
        bus = str(details.get("EventBusName", _DEFAULT)).rpartition("event-bus/")[2]
        key = bus, str(details.get("Name", ""))
        operation = event.resource.partition(".")[2]
        if operation == "PutRule":
            found[key] = str(details.get("EventPattern", "")), details.get("State") != "DISABLED"
        elif operation in ("EnableRule", "DisableRule") and key in found:
            found[key] = found[key][0], operation == "EnableRule"
        elif operation == "DeleteRule":
            found.pop(key, None)
    return found


def _bucket_of(pattern: str, buckets: Sequence[str]) -> str:
    """The bucket of these whose events a pattern is about: one that it names, or any if it names no bucket."""
    if '"aws.s3"' not in pattern:
        return ""
    named = [name for name in buckets if f'"{name}"' in pattern]
    return next(iter(named or ([] if '"bucket"' in pattern else buckets)), "")


def _why(pattern: str, body: str) -> str:
    from ..core.event_pattern.explain import explain_pattern  # not loaded by who has no rules

    with suppress(UsageError):
        return cut(str(explain_pattern(pattern, body)).removeprefix("no match: "), 240)
    return "its pattern was cut off in the record"
