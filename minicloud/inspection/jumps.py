"""The jumps of a virtual clock, in words: each is an event, and many are told as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..core import facts
from ..core.shown import counted, escaped
from ..core.timeline import SECOND
from .trace_event import TraceEvent

__all__ = ["folded", "remark", "span", "words"]

_FOLD_AT = 2
"""How many jumps are told as one, if nothing else happened between them than polls that got nothing."""
_WORTH_A_REMARK = 3_600 * SECOND
_IDLE = frozenset(
    {
        facts.CLOCK_JUMPED,
        facts.KINESIS_POLL_BEGAN,
        facts.KINESIS_POLL_ENDED_EMPTY,
        facts.SQS_POLL_BEGAN,
        facts.SQS_POLL_ENDED_EMPTY,
        facts.SQS_RECEIVE_EMPTY,
    }
)
_NEWS = frozenset({facts.KINESIS_RECORD_PUT, facts.SNS_MESSAGE_PUBLISHED, facts.SQS_MESSAGE_SENT})


def words(details: Any) -> str:
    """A jump, or several that are told as one."""
    length = span(details["to_ns"] - details["from_ns"])
    if "holder" in details:
        waited = span(round(details["held_seconds"] * SECOND))
        why = f" although {escaped(details['holder'], 80)} has been holding {_short(details['held'])} for {waited}"
    else:
        why = f": {details['why']}"
    if "times" in details:
        return f"--- time jumps {details['times']} times, {length} in all{why} ---"
    return f"--- time jumps {length}{why} ---"


def span(duration_ns: int) -> str:
    """How long something is: ``20 s``, ``0.05 s``, ``1 h 2 min``; the two largest units that it has."""
    if duration_ns < 60 * SECOND:
        return f"{duration_ns / SECOND:.3g} s"
    rest = round(duration_ns / SECOND)
    parts = []
    for unit, seconds in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        many, rest = divmod(rest, seconds)
        if many:
            parts.append(f"{many} {unit}")
    return " ".join(parts[:2])


def folded(events: Sequence[TraceEvent]) -> list[TraceEvent]:
    """The events, with one jump in place of many between which only polls began, and ended with nothing. O(n)."""
    told: list[TraceEvent] = []
    place = 0
    while place < len(events):
        end = place
        while end < len(events) and _is_idle(events[end]):
            end += 1
        told += _one_jump(events[place:end])
        told += events[end : end + 1]
        place = end + 1
    return told


def _is_idle(event: TraceEvent) -> bool:
    return event.kind in _IDLE and "holder" not in event.details


def _one_jump(events: Sequence[TraceEvent]) -> list[TraceEvent]:
    jumps = [event for event in events if event.kind == facts.CLOCK_JUMPED]
    if len(jumps) < _FOLD_AT:
        return list(events)
    first = jumps[0]
    whole = {
        "from_ns": first.time_ns,
        "to_ns": first.time_ns + sum(map(_length, jumps)),
        "why": first.details["why"],
        "times": len(jumps),
    }
    one = TraceEvent(first.time_ns, first.kind, first.resource, whole, first.actor, first.number)
    return [one if event is first else event for event in events if event is first or event.kind != first.kind]


def remark(events: Iterable[TraceEvent]) -> str:
    """What a reader should know first: that hours passed by themselves, or messages expired so; empty if not."""
    longest = current = times = most_times = 0
    until, expired = 0, 0
    for event in events:
        if event.kind == facts.CLOCK_JUMPED:
            current, times, until = current + _length(event), times + 1, event.details["to_ns"]
            if current > longest:
                longest, most_times = current, times
        elif event.kind in _NEWS:
            current = times = 0
        elif event.kind == facts.SQS_MESSAGE_EXPIRED and event.time_ns <= until:
            expired += 1
    if longest <= _WORTH_A_REMARK and not expired:
        return ""
    text = f"time jumped {span(longest)} by itself while nothing was sent ({counted(most_times, 'jump')})"
    if expired:
        text = f"time jumped past the end of the retention period of {counted(expired, 'message')}"
    return f"{text}: on a virtual clock it does whenever all threads and tasks wait, as in a poll that has no end"


def _length(event: TraceEvent) -> int:
    length: int = event.details["to_ns"] - event.details["from_ns"]
    return length


def _short(identity: str) -> str:
    return identity[:8] if "-" in identity else f"…{identity[-8:]}"
