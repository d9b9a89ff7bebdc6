"""Message attributes that a receive did not ask for: its answer has none of them, which is easily taken for a bug.

Found by a reader alone, from what the record has anyway: the call's parameters, and what was sent. A receive costs
nothing for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.shown import counted, escaped
from .text import short_id

if TYPE_CHECKING:
    from .trace_event import TraceEvent

__all__ = ["not_asked_for"]

_CALL = "sqs.ReceiveMessage"
_MOST_TOLD = 3


def not_asked_for(
    everything: Iterable[TraceEvent], events: Sequence[TraceEvent], bodies: Mapping[str, str]
) -> list[str]:
    """A line for each of the first messages among ``events`` that were received without their attributes. O(events)."""
    attributes: dict[str, Mapping[str, Any]] = {}
    for event in everything:
        if event.kind == facts.SQS_MESSAGE_SENT and event.details.get("attributes"):
            attributes[event.details["message_id"]] = event.details["attributes"]
    if not attributes:
        return []
    lines: dict[str, str] = {}
    for event, call in _receives(events):
        message_id = event.details["message_id"]
        has = attributes.get(message_id)
        if has and not call.details.get("MessageAttributeNames") and message_id not in lines:
            names = escaped(", ".join(has), 120)
            noun, pronoun = ("attribute", "it") if len(has) == 1 else ("attributes", "them")
            who = f"{short_id(message_id)} {bodies.get(message_id, '')} from {escaped(event.resource, 80)}"
            lines[message_id] = (
                f"received {who} without its message {noun} {names}, as the call did not ask for {pronoun}: "
                'pass MessageAttributeNames=["All"]'
            )
    told = list(lines.values())
    if len(told) > _MOST_TOLD:
        told[_MOST_TOLD:] = [f"… and {counted(len(told) - _MOST_TOLD, 'more message')} in the same way"]
    return told


def _receives(events: Sequence[TraceEvent]) -> list[tuple[TraceEvent, TraceEvent]]:
    """What was received, each with the call that received it, as far as the events tell both."""
    found: list[tuple[TraceEvent, TraceEvent]] = []
    received: dict[str, list[TraceEvent]] = {}
    """What an actor has received since its latest call."""
    began: dict[str, TraceEvent] = {}
    """The poll that an actor has begun since then."""
    polls: dict[tuple[str, int], TraceEvent] = {}
    """The calls that wait, by queue and number of the poll."""
    by_handle: dict[str, TraceEvent] = {}
    for event in events:
        if event.kind == facts.SQS_MESSAGE_RECEIVED and "function" not in event.details:
            received.setdefault(event.actor, []).append(event)
            by_handle[event.details["handle"]] = event
        elif event.kind == facts.SQS_POLL_BEGAN:
            began[event.actor] = event
        elif event.kind == facts.SQS_POLL_FILLED:
            call = polls.pop((event.details["arn"], event.details["poll"]), None)
            taken = [by_handle[handle] for handle in event.details["handles"] if handle in by_handle]
            if call is not None:
                found += [(one, call) for one in taken]
            for one in taken:
                mine = received.get(one.actor, [])
                if one in mine:
                    mine.remove(one)
        elif event.kind == facts.CALL:
            mine = received.pop(event.actor, [])
            poll = began.pop(event.actor, None)
            if event.resource != _CALL:
                continue
            if poll is not None:
                polls[poll.details["arn"], poll.details["poll"]] = event
            found += [(one, event) for one in mine]
    return found
