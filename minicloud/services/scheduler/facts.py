"""What EventBridge Scheduler tells the recorder: a function for each fact.

The kinds come from the register in ``core/facts.py``. No kind and no name of a detail stands anywhere else in this
folder. Whoever calls has looked whether anybody records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from ...core import facts as kinds

if TYPE_CHECKING:
    from ...core.world import Trace
    from .schedule import Plan, Schedule

__all__ = ["chaos", "failed", "fired", "lost", "retried", "schedule_changed", "schedule_created", "schedule_deleted"]


class Invocation(Protocol):
    """An invocation, as facts tell of it."""

    schedule: Schedule
    plan: Plan
    occurrence: int
    execution_id: str
    dead_letter_arn: str | None


def schedule_created(trace: Trace, now: int, schedule: Schedule) -> None:
    """A schedule is there."""
    settings = schedule.plan.settings
    trace(
        now,
        kinds.SCHEDULE_CREATED,
        schedule.name,
        arn=schedule.arn,
        group=schedule.group_name,
        expression=settings["ScheduleExpression"],
        zone=settings["ScheduleExpressionTimezone"],
        target=schedule.plan.target.arn,
    )


def schedule_changed(trace: Trace, now: int, schedule: Schedule, settings: Any) -> None:
    """A schedule gets other settings."""
    trace(
        now,
        kinds.SCHEDULE_CHANGED,
        schedule.name,
        arn=schedule.arn,
        group=schedule.group_name,
        expression=settings["ScheduleExpression"],
        state=settings["State"],
    )


def schedule_deleted(trace: Trace, now: int, schedule: Schedule, why: str) -> None:
    """A schedule is no more."""
    trace(now, kinds.SCHEDULE_DELETED, schedule.name, arn=schedule.arn, group=schedule.group_name, why=why)


def fired(trace: Trace, now: int, invocation: Invocation) -> None:
    """The time of a schedule has come: its target is invoked."""
    trace(
        now,
        kinds.SCHEDULE_FIRED,
        invocation.schedule.name,
        **_details(invocation),
        scheduled_ns=invocation.occurrence,
        execution_id=invocation.execution_id,
    )


def retried(trace: Trace, now: int, invocation: Invocation, number: int, due: int, reason: str) -> None:
    """An attempt has failed, and there will be another one."""
    details = _details(invocation)
    trace(now, kinds.SCHEDULE_RETRIED, invocation.schedule.name, **details, attempt=number, due=due, reason=reason)


def failed(trace: Trace, now: int, invocation: Invocation, retries: int, condition: str | None, reason: str) -> None:
    """An invocation was given up; its dead letter is on its way, where there is a queue for it."""
    trace(
        now,
        kinds.SCHEDULE_FAILED,
        invocation.schedule.name,
        **_details(invocation),
        retries=retries,
        condition=condition,
        reason=reason,
        dead_letter_queue=invocation.dead_letter_arn,
    )


def lost(trace: Trace, now: int, invocation: Invocation, reason: str) -> None:
    """A dead letter could not be delivered."""
    trace(
        now,
        kinds.SCHEDULE_DEAD_LETTER_LOST,
        invocation.schedule.name,
        **_details(invocation),
        dead_letter_queue=invocation.dead_letter_arn,
        reason=reason,
    )


def chaos(trace: Trace, now: int, invocation: Invocation) -> None:
    """A target is invoked once more."""
    trace(
        now, kinds.CHAOS, invocation.schedule.name, arn=invocation.schedule.arn, choice="a target is invoked once more"
    )


def _details(invocation: Invocation) -> dict[str, Any]:
    schedule = invocation.schedule
    return {"arn": schedule.arn, "group": schedule.group_name, "target": invocation.plan.target.arn}
