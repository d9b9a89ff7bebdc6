"""An event on its way to one target of a rule: what its dead letter says, and what is told of it.

When it is tried again, and when given up, is ``core/target_deliveries``' affair. What a target makes of the event is
made once, before the first attempt; what is no JSON then is not delivered, nor is there a dead letter. [recorded that
nothing arrives; that no dead letter does: inferred]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ...core.target_deliveries import Failure, RetryPolicy, TargetDelivery
from . import facts
from .input_transformer import NotRendered

if TYPE_CHECKING:
    from ...core.world import World
    from .event import Event
    from .protocols import State
    from .rule import Rule
    from .target import Target

__all__ = ["EventDelivery", "deliver"]

_CODES: Final = (
    ("NO_PERMISSIONS", ("AccessDenied", "NotAuthorized", "AuthorizationError")),
    ("THROTTLING", ("Throttl", "TooManyRequests", "RequestLimit", "ProvisionedThroughput", "LimitExceeded")),
    ("TIMEOUT", ("Timeout",)),
    ("CONNECTION_FAILURE", ("Connection", "EndpointConnection")),
)
"""What the guide's codes stand for. [EventBridge user guide: dead-letter queues; which error is which: inferred]"""


def deliver(now: int, state: State, rule: Rule, target: Target, event: Event) -> None:
    """Have a target get an event, as soon as the event has happened.

    What cannot be delivered is noted by the event (``not_rendered``): it is told of when the event has happened.
    """
    body = event.text
    if not target.is_event:
        try:
            body = target.body_for(event, rule.arn)
        except NotRendered as problem:
            event.not_rendered = (*event.not_rendered, (rule, target, str(problem)))
            return
    EventDelivery(now, state, rule, target, event, body).start(now)
    chaos = state.world.chaos
    if chaos is not None and not target.arn.endswith(".fifo") and chaos.is_repeated():
        EventDelivery(now, state, rule, target, event, body).start(now)
        if state.world.trace is not None:
            facts.repeated(state.world.trace, now, rule, target, event)


class EventDelivery(TargetDelivery):
    """One event for one target."""

    __slots__ = ("_rule", "_target", "group_id", "owner")

    cause: Event
    owner: State

    def __init__(self, now: int, state: State, rule: Rule, target: Target, event: Event, body: str) -> None:
        # Most are taken at once, and asked for nothing but this: all else is found out when somebody asks.
        self.begun = now
        self.owner = state
        self._rule = rule
        self._target = target
        self.queue_arn = target.arn
        self.group_id = target.group_id
        self.cause = event
        self.body = body

    # --- what it is ---------------------------------------------------------------------------------------------------

    @property
    def world(self) -> World:  # type: ignore[override]  # the state knows
        """The state's."""
        return self.owner.world

    @property
    def is_to_queue(self) -> bool:  # type: ignore[override]  # the target knows
        """Whether the target is a queue."""
        return self._target.kind == "sqs"

    @property
    def source_arn(self) -> str:  # type: ignore[override]  # the rule knows
        """The rule."""
        return self._rule.arn

    @property
    def partition_key(self) -> str | None:  # type: ignore[override]  # the target knows
        """The target's, for this event."""
        return self._target.partition_key_for(self.cause) if self._target.kind == "kinesis" else None

    @property
    def trigger(self) -> str:  # type: ignore[override]  # the rule knows
        """The rule."""
        return f"events:{self._rule.name}"

    @property
    def dead_letter_arn(self) -> str | None:  # type: ignore[override]  # the target knows
        """The target's."""
        return self._target.dead_letter_arn

    @property
    def policy(self) -> RetryPolicy:  # type: ignore[override]  # the target knows
        """The target's."""
        return self._target.policy

    @property
    def origin(self) -> str:
        """The event."""
        return f"event:{self.cause.event_id}"

    @property
    def about(self) -> Mapping[str, Any]:
        """Which event it is."""
        return {"event_id": self.cause.event_id}

    # --- what becomes of it -------------------------------------------------------------------------------------------

    def dead_letter(self, failure: Failure, retries: int, condition: str | None) -> tuple[str, Mapping[str, str]]:
        """The event as it was put, with AWS's attributes. [EventBridge user guide; the body: measured]"""
        attributes = {
            "RULE_ARN": self._rule.arn,
            "TARGET_ARN": self._target.arn,
            "ERROR_CODE": _code_of(failure),
            "ERROR_MESSAGE": failure.message,
            "RETRY_ATTEMPTS": str(retries),
        }
        if condition is not None:
            attributes["EXHAUSTED_RETRY_CONDITION"] = condition
        return self.cause.text, attributes

    def failed(self, now: int, failure: Failure, number: int, due: int) -> None:
        """Tell it."""
        self._tell(now, failure.text, number - 1, due, None)

    def given_up(self, now: int, failure: Failure, retries: int, condition: str | None) -> None:
        """Tell it."""
        reason = failure.text if condition is None else f"{failure.text} ({condition})"
        arn = self.dead_letter_arn
        self._tell(now, reason, retries, None, arn if arn in self.world.sinks else None)

    def lost(self, now: int, reason: str) -> None:
        """Tell it."""
        self._tell(now, f"its dead-letter queue did not take it: {reason}", 0, None, None, is_lost=True)

    def _tell(
        self,
        now: int,
        reason: str,
        retries: int,
        due: int | None,
        dead_letter_arn: str | None,
        *,
        is_lost: bool = False,
    ) -> None:
        trace = self.world.trace
        if trace is not None:
            facts.failed(
                trace,
                now,
                self._rule,
                self._target,
                self.cause,
                reason,
                retries=retries,
                due=due,
                dead_letter_arn=dead_letter_arn,
                is_lost=is_lost,
            )


def _code_of(failure: Failure) -> str:
    if failure.is_missing:
        return "NO_RESOURCE"
    return next((code for code, words in _CODES if any(word in failure.code for word in words)), "ERROR_FROM_TARGET")
