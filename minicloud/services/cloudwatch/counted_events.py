"""From facts of EventBridge to counts (``counted``): what rules have matched, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ...core import facts
from .rows import Details, Maker, Rows

__all__ = ["MAKERS"]


def _of_rule(details: Details, *names: str) -> Rows:
    """For a rule of the default bus by its name, for others by bus and name. [EventBridge user guide]"""
    bus, _, rule = details["arn"].partition(":rule/")[2].rpartition("/")
    dimensions = (("EventBusName", bus), ("RuleName", rule)) if bus else (("RuleName", rule),)
    return [(details["arn"], "AWS/Events", name, dimensions, "Count", 1.0, None) for name in names]


def _matched(now: int, resource: str, details: Details) -> Rows:
    names = ["TriggeredRules", *["Invocations"] * len(details["targets"])]
    return _of_rule(details, *names) if details["is_scheduled"] else _of_rule(details, "MatchedEvents", *names)


def _not_taken(now: int, resource: str, details: Details) -> Rows:
    if details["due"] is not None:
        return []
    if details["is_lost"]:
        return _of_rule(details, "InvocationsFailedToBeSentToDlq")
    if details["dead_letter_arn"] is None:
        return _of_rule(details, "FailedInvocations")
    return _of_rule(details, "FailedInvocations", "InvocationsSentToDlq")


MAKERS: Final[Mapping[str, Maker]] = {facts.EVENT_FAILED: _not_taken, facts.EVENT_MATCHED: _matched}
