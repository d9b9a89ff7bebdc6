"""From facts of Lambda to counts, as ``counted`` does it."""

from __future__ import annotations

from typing import Final

from ...core import facts
from .rows import Details, Maker, Rows

__all__ = ["MAKERS"]

_NAMESPACE: Final = "AWS/Lambda"


def _lambda(resource: str, details: Details, *values: tuple[str, str, float]) -> Rows:
    arn, dimensions = details["function"], (("FunctionName", resource),)
    return [(arn, _NAMESPACE, name, dimensions, unit, value, None) for name, unit, value in values]


def _received(resource: str, details: Details, steps: int) -> Rows:
    """What an asynchronous event adds with the first thing that is done with it: then so many steps are behind it."""
    is_first = details.get("steps") == steps
    return _lambda(resource, details, ("AsyncEventsReceived", "Count", 1.0)) if is_first else []


def _invoked(now: int, resource: str, details: Details) -> Rows:
    rows = _lambda(resource, details, ("Invocations", "Count", 1.0)) + _received(resource, details, 1)
    queued = details.get("queued")
    if queued is not None:
        rows += _lambda(resource, details, ("AsyncEventAge", "Milliseconds", (now - queued) / 1_000_000))
    under_way = details.get("under_way")
    if under_way is not None:
        own, all_, unreserved = map(float, under_way)
        rows += _lambda(resource, details, ("ConcurrentExecutions", "Count", own))
        for name, value in (("ConcurrentExecutions", all_), ("UnreservedConcurrentExecutions", unreserved)):
            rows.append((details["function"], _NAMESPACE, name, (), "Count", value, None))
    return rows


def _throttled(now: int, resource: str, details: Details) -> Rows:
    return _lambda(resource, details, ("Throttles", "Count", 1.0)) + _received(resource, details, 0)


def _given_up(now: int, resource: str, details: Details) -> Rows:
    return _lambda(resource, details, ("AsyncEventsDropped", "Count", 1.0)) + _received(resource, details, 0)


def _ran(errors: float) -> Maker:
    def make(now: int, resource: str, details: Details) -> Rows:
        lasted = details["lasted"] / 1_000_000
        return _lambda(resource, details, ("Duration", "Milliseconds", lasted), ("Errors", "Count", errors))

    return make


def _not_sent(now: int, resource: str, details: Details) -> Rows:
    name = "DeadLetterErrors" if details["what"] == "a dead letter" else "DestinationDeliveryFailures"
    return _lambda(resource, details, (name, "Count", 1.0))


def _handled(now: int, resource: str, details: Details) -> Rows:
    """A batch of a stream's records has been handled; one of messages has no age."""
    age = details.get("age")
    if age is None:
        return []
    dimensions = (("FunctionName", details["function"]),)
    return [(details["function_arn"], _NAMESPACE, "IteratorAge", dimensions, "Milliseconds", float(age), None)]


MAKERS: Final[dict[str, Maker]] = {
    facts.LAMBDA_FAILED: _ran(1.0),
    facts.LAMBDA_GIVEN_UP: _given_up,
    facts.LAMBDA_INVOKED: _invoked,
    facts.LAMBDA_LOST: _not_sent,
    facts.LAMBDA_SUCCEEDED: _ran(0.0),
    facts.LAMBDA_THROTTLED: _throttled,
    facts.LAMBDA_TIMED_OUT: _ran(1.0),
    facts.MAPPING_HANDLED: _handled,
}
