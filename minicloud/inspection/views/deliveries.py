"""What became of a publication, subscription by subscription: who got it, who did not, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ...core import facts
from ...core.shown import counted, escaped
from ...exceptions import UsageError
from ...services.sns.filter.explain import explain_text
from ..bodies import excerpt
from ..text import endpoint_name, reason_of_filter, short_id
from ..trace import Trace

if TYPE_CHECKING:
    from ...engine.engine import Engine
    from ...services.sns.publication import Publication
    from ..trace_event import TraceEvent

__all__ = ["DeliveryView", "deliveries_of", "filtered_of"]


Outcome: TypeAlias = Literal["delivered", "retried", "failed", "dead-lettered", "lost", "filtered", "unconfirmed"]


@dataclass(frozen=True, slots=True, repr=False)
class DeliveryView:
    """A publication and one subscription: whether it got there, and why or why not."""

    subscription_arn: str
    """Which subscription."""
    protocol: str
    """The subscription's protocol."""
    endpoint: str
    """The subscription's endpoint."""
    outcome: Outcome
    """``"delivered"``; ``"retried"``: it has broken at least once, and was tried again; ``"failed"``;
    ``"dead-lettered"``; ``"lost"``: the dead-letter queue did not take it either; and where the message was not for it
    ``"filtered"`` or ``"unconfirmed"``."""
    reason: str
    """Why: what the filter policy says, or what the endpoint said that did not take it."""

    def __repr__(self) -> str:
        name = endpoint_name({"protocol": self.protocol, "endpoint": self.endpoint})
        return f"<{self.outcome}, {escaped(name, 120)}: {escaped(self.reason, 400)}>"


def deliveries_of(trace: Trace | None, publication: Publication) -> list[DeliveryView]:
    """The subscriptions that a publication was for. O(events)."""
    events = _events_of(trace, publication)
    fanned_out = next(event for event in events if event.kind == facts.SNS_MESSAGE_FANNED_OUT)
    views = []
    for arn, protocol, endpoint, policy, scope in fanned_out.details["subscriptions"]:
        text = publication.text_for(protocol)
        reason = explain_text(policy, scope, publication.attributes, text).reason
        outcome: Outcome = "delivered"
        for event in events:
            if event.kind in _OUTCOMES and event.details["subscription"] == arn:
                outcome, reason = _OUTCOMES[event.kind], event.details.get("reason") or reason
        views.append(DeliveryView(arn, protocol, endpoint, outcome, reason))
    return views


def filtered_of(trace: Trace | None, publication: Publication) -> list[DeliveryView]:
    """The subscriptions that a publication was not for. O(events)."""
    return [_filtered(event) for event in _events_of(trace, publication) if event.kind in _NOT_FOR]


def kept_from(engine: Engine, queue_arn: str) -> list[str]:
    """What was published to topics that a queue is subscribed to, and was not for it, in words. O(events)."""
    events = Trace(engine).of(*_NOT_FOR, facts.SNS_MESSAGE_PUBLISHED)
    kept = [event for event in events if event.details.get("endpoint") == queue_arn]
    if not kept:
        return []
    bodies = {event.details["message_id"]: event.details["body"] for event in events if "subject" in event.details}
    topics = ", ".join(dict.fromkeys(event.resource for event in kept))
    lines = [f"{counted(len(kept), 'publication')} to {topics} {'was' if len(kept) == 1 else 'were'} not for it:"]
    for event in kept[:_MOST_LISTED]:
        body = bodies.get(event.details["message_id"], "")
        lines.append(f"  {short_id(event.details['message_id'])} {excerpt(body)}: {_filtered(event).reason}")
    if len(kept) > _MOST_LISTED:
        lines.append(f"  … and {len(kept) - _MOST_LISTED} more")
    return lines


_MOST_LISTED = 5
_NOT_FOR: dict[str, Outcome] = {facts.SNS_MESSAGE_FILTERED: "filtered", facts.SNS_DELIVERY_UNCONFIRMED: "unconfirmed"}
_OUTCOMES: dict[str, Outcome] = {
    facts.SNS_DELIVERY_RETRIED: "retried",
    facts.LAMBDA_FAILED: "retried",
    facts.LAMBDA_TIMED_OUT: "retried",
    facts.LAMBDA_GIVEN_UP: "failed",
    facts.SNS_DELIVERY_FAILED: "failed",
    facts.SNS_MESSAGE_DEAD_LETTERED: "dead-lettered",
    facts.SNS_MESSAGE_LOST: "lost",
}


def _events_of(trace: Trace | None, publication: Publication) -> list[TraceEvent]:
    if trace is None:
        raise UsageError("a copy of a publication does not know what became of it: ask the one of cloud.topic(...)")
    trace.demand("what became of a publication")
    kinds = {*_NOT_FOR, *_OUTCOMES, facts.SNS_MESSAGE_FANNED_OUT}
    events = [event for event in trace.of(*kinds) if event.details.get("message_id") == publication.message_id]
    if not any(event.kind == facts.SNS_MESSAGE_FANNED_OUT for event in events):
        raise UsageError(
            "what became of this publication is not in the trace: it was off at the time, was cleared since, or has "
            "forgotten it (cloud.trace.start(limit=None) keeps all)"
        )
    return events


def _filtered(event: TraceEvent) -> DeliveryView:
    details: Any = event.details
    is_filtered = event.kind == facts.SNS_MESSAGE_FILTERED
    reason = reason_of_filter(details) if is_filtered else "not confirmed yet"
    return DeliveryView(details["subscription"], details["protocol"], details["endpoint"], _NOT_FOR[event.kind], reason)
