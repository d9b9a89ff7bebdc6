"""What EventBridge tells the recorder: a function for each fact.

The kinds come from the register in ``core/facts.py``. No kind and no name of a detail stands anywhere else in this
folder. Whoever calls has looked whether anybody records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core import facts as kinds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...core.world import Trace
    from .bus import Bus
    from .event import Event
    from .rule import Rule
    from .target import Target

__all__ = ["failed", "lost", "matched", "put", "refused", "repeated"]


def put(trace: Trace, now: int, bus: Bus, event: Event, rules: Sequence[Rule]) -> None:
    """An event was put on a bus, and matched rules, or none."""
    trace(
        now,
        kinds.EVENT_PUT,
        bus.name,
        event_id=event.event_id,
        source=event.source,
        detail_type=event.detail_type,
        rules=[rule.name for rule in rules],
        body=event.text,
        arn=bus.arn,
    )


def refused(trace: Trace, now: int, bus_name: str, number: int, code: str, reason: str) -> None:
    """An entry of a call was not put; ``number`` is its place among them, from 1."""
    trace(now, kinds.EVENT_REFUSED, bus_name.rpartition("event-bus/")[2], entry=number, code=code, reason=reason)


def lost(trace: Trace, now: int, bus_name: str, event: Event) -> None:
    """An event was put on a bus that there is not: it goes nowhere."""
    trace(
        now,
        kinds.EVENT_LOST,
        bus_name.rpartition("event-bus/")[2],
        event_id=event.event_id,
        source=event.source,
        detail_type=event.detail_type,
        body=event.text,
    )


def matched(trace: Trace, now: int, rule: Rule, event: Event) -> None:
    """A rule has matched an event, or its schedule has made one: its targets are to get it."""
    trace(
        now,
        kinds.EVENT_MATCHED,
        rule.name,
        event_id=event.event_id,
        targets=[target.arn for target in rule.targets.values()],
        is_scheduled=rule.arn not in event.matched,
        arn=rule.arn,
    )


def failed(
    trace: Trace,
    now: int,
    rule: Rule,
    target: Target,
    event: Event,
    reason: str,
    *,
    retries: int,
    due: int | None,
    dead_letter_arn: str | None,
    is_lost: bool = False,
) -> None:
    """A target did not take an event: it is tried again when ``due``, or given up, with a dead letter or without.

    ``is_lost``: this is of the dead letter, which its queue did not take either.
    """
    trace(
        now,
        kinds.EVENT_FAILED,
        rule.name,
        event_id=event.event_id,
        target=target.arn,
        reason=reason,
        retries=retries,
        due=due,
        dead_letter_arn=dead_letter_arn,
        is_lost=is_lost,
        arn=rule.arn,
    )


def repeated(trace: Trace, now: int, rule: Rule, target: Target, event: Event) -> None:
    """A target gets an event twice, as AWS may do."""
    trace(now, kinds.CHAOS, rule.name, choice="delivered twice", target=target.arn, event_id=event.event_id)
