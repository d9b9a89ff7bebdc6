"""Schedules of EventBridge Scheduler, as a test looks at them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from ...core.shown import shown
from ...core.timestamps import datetime_of
from ...exceptions import UsageError
from .lookup import find

if TYPE_CHECKING:
    from ...engine.engine import Engine
    from ...services.scheduler.schedule import Schedule

T = TypeVar("T")

__all__ = ["ScheduleView", "find_schedule"]


class ScheduleView:
    """A schedule. Each property looks anew; one that was deleted stays to be looked at."""

    def __init__(self, engine: Engine, schedule: Schedule) -> None:
        self._engine = engine
        self._schedule = schedule

    @property
    def name(self) -> str:
        """Its name."""
        return self._schedule.name

    @property
    def group(self) -> str:
        """The name of its group."""
        return self._schedule.group_name

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self._schedule.arn

    @property
    def expression(self) -> str:
        """When it invokes its target: ``"rate(5 minutes)"``."""
        return self._look(lambda schedule: str(schedule.plan.settings["ScheduleExpression"]))

    @property
    def state(self) -> str:
        """``"ENABLED"``, ``"DISABLED"``, or ``"DELETED"``."""
        return self._look(self._state_of)

    @property
    def targets(self) -> list[str]:
        """The ARN of what it invokes: one, for a schedule has no more."""
        return self._look(lambda schedule: [schedule.plan.target.arn])

    @property
    def next_due(self) -> datetime | None:
        """When its target is invoked next, as an aware datetime in UTC; None when it will not be.

        In a flexible window that is the moment which was drawn from the seed.
        """
        return self._look(self._next_due_of)

    def _next_due_of(self, schedule: Schedule) -> datetime | None:
        plan = schedule.plan
        occurrence = plan.next_occurrence() if self._state_of(schedule) == "ENABLED" else None
        if occurrence is None:
            return None
        return datetime_of(plan.due_of(occurrence, schedule.arn, self._engine.world.ids))

    def _state_of(self, schedule: Schedule) -> str:
        _, _, _, region_name, account_id, _ = schedule.arn.split(":", 5)
        service: Any = self._engine.known_service("scheduler", account_id, region_name)
        is_there = service is not None and service.schedules.items.get(schedule.key) is schedule
        return str(schedule.plan.settings["State"]) if is_there else "DELETED"

    def _look(self, look: Callable[[Schedule], T]) -> T:
        return self._engine.look("a view of a schedule", lambda _: look(self._schedule))

    def __repr__(self) -> str:
        schedule = self._schedule  # takes no lock
        settings = schedule.plan.settings
        return (
            f"<schedule {schedule.key}: {settings['ScheduleExpression']} -> {schedule.plan.target.arn}, "
            f"{self._state_of(schedule)}>"
        )


def find_schedule(engine: Engine, name: str, group: str) -> ScheduleView:
    """``Cloud.schedule``."""
    if not isinstance(name, str) or not isinstance(group, str):
        wrong = group if isinstance(name, str) else name
        raise UsageError(f"{shown(wrong)} is not the name of a schedule or a group: give it as a string")

    def get(service: Any, wanted: str) -> Schedule | None:
        key = wanted.removeprefix("schedule/") if name.startswith("arn:") else f"{group}/{wanted}"
        found: Schedule | None = service.schedules.items.get(key)
        return found

    def names(service: Any) -> list[str]:
        return [one.name if one.group_name == group else one.key for one in service.schedules.items.values()]

    return ScheduleView(engine, find(engine, ("schedule", "scheduler"), name, get, names))
