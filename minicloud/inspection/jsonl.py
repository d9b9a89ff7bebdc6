"""The trace for a machine: JSON lines, one event a line, and back.

    {"seq": 3, "time": "2026-01-01T00:00:30.000000Z", "kind": "sqs.message.visible", "resource": "orders",
     "actor": "MainThread", "details": {"message_id": "…", "was": "in flight"}}

``details`` are those of the event. What JSON has no word for is an object with one key: ``{"$base64": …}`` for bytes,
``{"$time": …}`` for a datetime, ``{"$repr": …}`` for anything else. A call of which other events say what it did has
``"told": true``.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from math import isfinite
from os import PathLike
from pathlib import Path
from typing import Any

from ..core.shown import shown
from ..core.timestamps import datetime_of
from ..exceptions import UsageError
from .trace_event import TraceEvent

__all__ = ["fields_of", "lines_of", "read", "time_text", "write"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write(events: Iterable[TraceEvent], path: str | PathLike[str]) -> None:
    """Write events to a file. O(events)."""
    with Path(path).open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines_of(events))


def lines_of(events: Iterable[TraceEvent]) -> Iterator[str]:
    """A line for each event, without its end."""
    for event in events:
        yield json.dumps(fields_of(event))


def fields_of(event: TraceEvent) -> dict[str, Any]:
    """An event in words of JSON."""
    fields = {
        "seq": event.number,
        "time": time_text(event.time_ns),
        "kind": event.kind,
        "resource": event.resource,
        "actor": event.actor,
        "details": _plain(event.details),
    }
    if event.told:
        fields["told"] = True
    return fields


def read(lines: Iterable[str]) -> list[TraceEvent]:
    """The events of some lines; empty lines are passed over. Raises ``UsageError`` for one that is not an event."""
    events = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                events.append(_event(json.loads(line)))
            except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
                raise UsageError(
                    f"line {number} is not an event of a trace ({shown(str(error), 80)}): give what "
                    f"cloud.trace.to_jsonl() or --minicloud-jsonl has written, not {shown(line.strip(), 60)}"
                ) from error
    return events


def _event(fields: Mapping[str, Any]) -> TraceEvent:
    details = {name: _thing(value) for name, value in fields["details"].items()}
    texts = [fields[name] for name in ("kind", "resource", "actor")]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("kind, resource and actor have to be texts")
    kind, resource, actor = texts
    told = bool(fields.get("told"))
    return TraceEvent(_nanoseconds(fields["time"]), kind, resource, details, actor, int(fields["seq"]), told)


# --- values ----------------------------------------------------------------------------------------------------------


def time_text(time_ns: int) -> str:
    """A moment in UTC: to the microsecond, or to the nanosecond where that says more."""
    seconds = f"{datetime_of(time_ns):%Y-%m-%dT%H:%M:%S}"
    fraction = f"{time_ns % 1_000_000_000:09d}"
    return f"{seconds}.{fraction[:6] if fraction.endswith('000') else fraction}Z"


def _nanoseconds(text: str) -> int:
    whole, _, fraction = text.removesuffix("Z").partition(".")
    since = datetime.fromisoformat(f"{whole}+00:00") - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000_000 + int(f"{fraction:0<9}"[:9])


def _plain(value: Any) -> Any:
    """The value in words of JSON."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float) and isfinite(value):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return {"$base64": b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    if isinstance(value, Mapping):
        return {str(name): _plain(inside) for name, inside in value.items()}
    if isinstance(value, list | tuple | set | frozenset) or type(value).__name__ in (
        "dict_keys",
        "dict_values",
        "deque",
    ):
        return [_plain(inside) for inside in value]
    return {"$repr": shown(value, 1_000)}


def _thing(value: Any) -> Any:
    """The value that some words of JSON stand for."""
    if isinstance(value, list):
        return [_thing(inside) for inside in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (key, inside), *_ = value.items()
        if key == "$base64":
            return b64decode(inside, validate=True)
        if key == "$time":
            return datetime.fromisoformat(inside)
        if key == "$repr":
            return inside
    return {name: _thing(inside) for name, inside in value.items()}
