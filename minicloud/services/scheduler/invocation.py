"""One invocation of a schedule's target: what it sends, attempt by attempt, and what its dead letter says."""

from __future__ import annotations

from collections.abc import Mapping
from json import dumps
from typing import TYPE_CHECKING, Any, Final, Protocol

from ...core.effects import NO_SUCH_THING
from ...core.target_deliveries import Failure, RetryPolicy, TargetDelivery
from . import facts
from .target import time_text

if TYPE_CHECKING:
    from ...core.effects import Cause
    from ...core.world import World
    from .schedule import Plan, Schedule

__all__ = ["Invocation"]

_LONGEST: Final = 262_144
"""Bytes of a request that a dead letter has. [inferred from the size of a message at that time]"""
_MISSING: Final = {"sns": "NotFoundException"}
"""What services say of what is not there; others say ResourceNotFoundException."""


class State(Protocol):
    """The service whose schedules they are."""

    world: World

    def own_arn(self, arn: str) -> str:
        """By what it knows a universal target."""
        ...


class Invocation(TargetDelivery):
    """One invocation, for one occurrence of a plan."""

    __slots__ = (
        "dead_letter_arn",
        "event_id",
        "execution_id",
        "group_id",
        "occurrence",
        "owner",
        "partition_key",
        "plan",
        "policy",
        "schedule",
        "source_arn",
        "trigger",
    )

    def __init__(
        self, state: State, schedule: Schedule, plan: Plan, occurrence: int, cause: Cause, number: int = 0
    ) -> None:
        target = plan.target
        super().__init__(state.world, target.arn if target.kind else state.own_arn(target.arn), "", cause)
        settings = target.settings
        self.schedule = schedule
        self.plan = plan
        self.occurrence = occurrence
        """The time that it is for."""
        # They follow from what it is, so that an invocation that was interrupted and is begun anew is the same.
        drawn = state.world.ids.digest(f"scheduler/execution/{schedule.arn}/{schedule.created}/{occurrence}/{number}")
        self.execution_id = drawn[:8].hex()
        self.event_id = _uuid(int.from_bytes(drawn[8:24]))
        self.dead_letter_arn = settings.get("DeadLetterConfig", {}).get("Arn")
        self.group_id = target.group_id
        self.owner = state
        self.partition_key = target.partition_key
        self.policy = RetryPolicy(
            retries=settings["RetryPolicy"]["MaximumRetryAttempts"],
            age=settings["RetryPolicy"]["MaximumEventAgeInSeconds"],
        )
        self.source_arn = schedule.arn
        self.trigger = f"schedule:{schedule.name}"

    @property
    def origin(self) -> str:
        """The schedule, and which time."""
        return f"{self.trigger}/{self.execution_id}"

    @property
    def about(self) -> Mapping[str, Any]:
        """Which invocation it is."""
        return {"origin": self.origin}

    @property
    def context_attributes(self) -> dict[str, str]:
        """What can be put into Input, but for the number of the attempt."""
        return {
            "schedule-arn": self.schedule.arn,
            "scheduled-time": time_text(self.occurrence),
            "execution-id": self.execution_id,
        }

    def _text(self, number: int) -> str:
        _, _, _, region_name, account_id, _ = self.schedule.arn.split(":", 5)
        attributes = {**self.context_attributes, "attempt-number": str(number)}
        return self.plan.target.text(attributes, self.event_id, (account_id, region_name))

    def _try(self, now: int, number: int, cause: Cause | None) -> None:
        self.body = self._body(self._text(number))
        super()._try(now, number, cause)

    def _body(self, text: str) -> str:
        """What is sent; to a bus the parts of an event, of which the rest is the bus's to say."""
        parameters = self.plan.target.settings.get("EventBridgeParameters")
        if parameters is None:
            return text
        source, detail_type = dumps(parameters["Source"]), dumps(parameters["DetailType"])
        return f'{{"source":{source},"detail-type":{detail_type},"detail":{text}}}'

    # --- when it fails ------------------------------------------------------------------------------------------------

    def dead_letter(self, failure: Failure, retries: int, condition: str | None) -> tuple[str, Mapping[str, str]]:
        """The request of the last attempt, and what is said of it. [Scheduler user guide: dead-letter queues]"""
        request = self.plan.target.request(self._text(retries + 1))
        encoded = request.encode("utf-8", "surrogatepass")
        is_cut = len(encoded) > _LONGEST
        attributes = {
            "ERROR_CODE": self._code(failure),
            "ERROR_MESSAGE": failure.message,
            "EXECUTION_ID": self.execution_id,
            "IS_PAYLOAD_TRUNCATED": "true" if is_cut else "false",
            "RETRY_ATTEMPTS": str(retries),
            "SCHEDULED_TIME": time_text(self.occurrence),
            "SCHEDULE_ARN": self.schedule.arn,
            "TARGET_ARN": self.plan.target.arn,
        }
        if condition is not None:
            attributes["EXHAUSTED_RETRY_CONDITION"] = condition
        return (encoded[:_LONGEST].decode("utf-8", "ignore") if is_cut else request), attributes

    def _code(self, failure: Failure) -> str:
        if failure.text == NO_SUCH_THING:
            return _MISSING.get(self.plan.target.kind, "ResourceNotFoundException")
        return failure.code if failure.code.replace(".", "").isalnum() else "InvocationFailed"

    def failed(self, now: int, failure: Failure, number: int, due: int) -> None:
        """Tell that it will be tried again."""
        trace = self.world.trace
        if trace is not None:
            facts.retried(trace, now, self, number, due, failure.text)

    def given_up(self, now: int, failure: Failure, retries: int, condition: str | None) -> None:
        """Tell that it was given up."""
        trace = self.world.trace
        if trace is not None:
            facts.failed(trace, now, self, retries, condition, failure.text)

    def lost(self, now: int, reason: str) -> None:
        """Tell that not even its dead letter has arrived."""
        trace = self.world.trace
        if trace is not None:
            facts.lost(trace, now, self, reason)


def _uuid(bits: int) -> str:
    digits = f"{bits & ~(0xF << 76) & ~(3 << 62) | 4 << 76 | 2 << 62:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
