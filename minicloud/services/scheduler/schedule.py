"""A schedule: what it is set to, up to where it is done, and when it is due next.

What it is set to, and how far it has come with that, is one ``Plan``, which an update replaces in one step. A plan goes
from one *occurrence* of its expression to the next: ``done`` is the last one that has had its invocation, and says all
that was. When the next one is due follows from that, so it is never kept.

A flexible window moves an invocation by some seconds, which are drawn from the seed, the schedule and the occurrence:
drawn again they are the same. No occurrence overtakes the one before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ...core.schedule import Schedule as Times
from ...core.timeline import SECOND
from ...core.timestamps import datetime_to_the_millisecond

if TYPE_CHECKING:
    from ...core.ids import Identifiers
    from ...core.timeline import Event
    from .target import Target

__all__ = ["DEFAULTS", "Occurrence", "Plan", "Schedule"]

DEFAULTS: Final[Mapping[str, Any]] = {
    "ActionAfterCompletion": "NONE",
    "ScheduleExpressionTimezone": "UTC",
    "State": "ENABLED",
}
"""What is shown of what was not given. [Scheduler API]"""
_SHOWN: Final = (
    *("Arn", "GroupName", "Name", "ScheduleExpression", "StartDate", "EndDate", "Description"),
    *("ScheduleExpressionTimezone", "State", "CreationDate", "LastModificationDate", "KmsKeyArn"),
    *("Target", "FlexibleTimeWindow", "ActionAfterCompletion"),
)


class Plan:
    """What a schedule is set to, and how far it has come."""

    __slots__ = ("count", "done", "end", "is_once", "latest", "modified", "settings", "start", "target", "times")

    def __init__(
        self,
        settings: Mapping[str, Any],
        target: Target,
        times: Times,
        *,
        modified: int,
        start: int,
        end: int | None,
        done: int,
    ) -> None:
        self.settings = settings
        """As they were given, and defaults for what was not."""
        self.target = target
        self.times = times
        self.modified = modified
        self.start = start
        """When it begins to count."""
        self.end = end
        """When nothing comes any more; None for never."""
        self.is_once = settings["ScheduleExpression"][:2].lower() == "at"
        self.done = done
        """All occurrences up to this moment have had their invocation, or will have none."""
        self.latest = 0
        """When the last invocation was."""
        self.count = 0
        """How many invocations there were."""

    @property
    def is_enabled(self) -> bool:
        """Whether it invokes anything."""
        return bool(self.settings["State"] == "ENABLED")

    @property
    def is_deleted_when_complete(self) -> bool:
        """Whether its schedule goes after the last invocation."""
        return bool(self.settings["ActionAfterCompletion"] == "DELETE")

    @property
    def window(self) -> int:
        """How many seconds later than its time an invocation may come."""
        return 60 * int(self.settings["FlexibleTimeWindow"].get("MaximumWindowInMinutes", 0))

    def next_occurrence(self) -> int | None:
        """The first occurrence that is not done; None when there is none any more. O(1), or as ``core.schedule``."""
        found = self.times.next_after(self.done, self.start)
        if found is None or (self.end is not None and found > self.end):
            return None
        return found

    def due_of(self, occurrence: int, arn: str, ids: Identifiers) -> int:
        """When the invocation of an occurrence is due. O(1)."""
        window = self.window
        if not window:
            return max(occurrence, self.latest)
        later = int.from_bytes(ids.digest(f"scheduler/window/{arn}/{occurrence}")[:8]) % window
        return max(occurrence + later * SECOND, self.latest)


class Occurrence:
    """One occurrence of a plan, as the cause of what follows from it."""

    __slots__ = ("_moment", "_plan")

    def __init__(self, plan: Plan, moment: int) -> None:
        self._plan = plan
        self._moment = moment

    @property
    def happened(self) -> bool:
        """Whether it has had its invocation."""
        return self._plan.done >= self._moment


class Schedule:
    """One schedule of a group."""

    __slots__ = ("arn", "created", "event", "group_name", "name", "plan", "token")

    def __init__(self, group_name: str, name: str, arn: str, created: int, token: str | None, plan: Plan) -> None:
        self.group_name = group_name
        self.name = name
        self.arn = arn
        self.created = created
        self.token = token
        """The ClientToken of the call that has made it."""
        self.plan = plan
        """Replaced in one step."""
        self.event: Event | None = None
        """What is on the timeline for it: follows from the plan."""

    @property
    def key(self) -> str:
        """What it is listed by."""
        return f"{self.group_name}/{self.name}"

    def describe(self) -> dict[str, Any]:
        """As GetSchedule shows it."""
        plan = self.plan
        found = {
            **plan.settings,
            "Arn": self.arn,
            "CreationDate": datetime_to_the_millisecond(self.created),
            "GroupName": self.group_name,
            "LastModificationDate": datetime_to_the_millisecond(plan.modified),
            "Name": self.name,
        }
        return {name: found[name] for name in _SHOWN if name in found}

    def summary(self) -> dict[str, Any]:
        """As ListSchedules shows it."""
        return {
            "Arn": self.arn,
            "Name": self.name,
            "GroupName": self.group_name,
            "State": self.plan.settings["State"],
            "CreationDate": datetime_to_the_millisecond(self.created),
            "LastModificationDate": datetime_to_the_millisecond(self.plan.modified),
            "Target": {"Arn": self.plan.target.arn},
        }
