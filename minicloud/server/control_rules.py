"""The control API's event buses with their rules, and schedules."""

from __future__ import annotations

import json
from typing import Any, Final

from ..core.event_pattern.explain import explain_pattern
from ..inspection.views.buses import BusView, RuleView, find_bus
from ..inspection.views.contents import all_buses, all_schedules
from ..inspection.views.schedules import ScheduleView
from .control_ask import NAME, Ask, Refused, Routes
from .control_messages import found, moment, plain

__all__ = ["ROUTES"]

_BUS_ARN: Final = "arn:{partition}:events:{region}:{account}:event-bus/{name}"
_MOST_EVENTS: Final = 100
"""So many of the events of a bus are shown, the latest."""


def _buses(ask: Ask) -> dict[str, Any]:
    ask.given()
    return {"buses": [_bus_of(bus) for bus in all_buses(ask.cloud)]}


def _bus(ask: Ask) -> dict[str, Any]:
    ask.given()
    bus = found(ask, find_bus, _BUS_ARN)
    return {**_bus_of(bus), "events": bus.events[-_MOST_EVENTS:]}


def _bus_of(bus: BusView) -> dict[str, Any]:
    return {
        "name": bus.name,
        "arn": bus.arn,
        "rules": [_rule_of(rule) for rule in bus.rules],
        "events_count": len(bus.events),
        "unmatched_count": len(bus.unmatched),
    }


def _rule_of(rule: RuleView) -> dict[str, Any]:
    return {
        "name": rule.name,
        "arn": rule.arn,
        "pattern": plain(rule.pattern),
        "expression": rule.expression,
        "state": rule.state,
        "targets": plain(rule.targets),
        "matched_count": len(rule.matched),
        "next_due": moment(rule.next_due),
    }


def _explain(ask: Ask) -> dict[str, Any]:
    """Which rules an event would match, and why: nothing is put."""
    event = ask.given("event").get("event")
    if isinstance(event, str):
        try:
            event = json.loads(event)
        except (ValueError, RecursionError):
            event = None
    if not isinstance(event, dict):
        raise Refused(400, 'say which event: {"event": {"source": "shop", "detail-type": "Order", "detail": {}}}')
    rules = [rule for rule in found(ask, find_bus, _BUS_ARN).rules if rule.pattern is not None]
    return {"rules": [_explained(rule, event) for rule in rules]}


def _explained(rule: RuleView, event: dict[str, Any]) -> dict[str, Any]:
    explanation = explain_pattern(rule.pattern or {}, event)
    return {**_rule_of(rule), "matches": bool(explanation), "reason": str(explanation.reason)}


def _schedules(ask: Ask) -> dict[str, Any]:
    ask.given()
    return {"schedules": [_schedule_of(schedule) for schedule in all_schedules(ask.cloud)]}


def _schedule_of(schedule: ScheduleView) -> dict[str, Any]:
    return {
        "name": schedule.name,
        "group": schedule.group,
        "arn": schedule.arn,
        "expression": schedule.expression,
        "state": schedule.state,
        "targets": schedule.targets,
        "next_due": moment(schedule.next_due),
    }


ROUTES: Routes = (
    (("buses",), {"GET": _buses}),
    (("buses", NAME), {"GET": _bus}),
    (("buses", NAME, "explain"), {"POST": _explain}),
    (("schedules",), {"GET": _schedules}),
)
