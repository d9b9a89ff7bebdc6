"""The EventBridge Scheduler of one account in one region: its groups, its schedules, and when these are due.

True are the groups and the schedules by name, and of each schedule its plan: what it is set to, and how far it has come
(``schedule``). What is on the timeline follows from that: one event for each schedule that has something ahead of it,
which is *perpetual* where the expression goes on for ever. An invocation is put into the outbox first, and then its
occurrence is done, in one step, which makes it sure to be carried out; so an event that happens twice, as it may after
an interruption, invokes once.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from ...core.hosts import partition_of
from ...core.listing import Listing
from ...core.service_state import ServiceState, Target
from ...core.target_deliveries import retries_owed
from ...core.timeline import SECOND
from ...core.tokens import TokenMaker
from ...core.unset import UNSET
from ...core.world import World
from . import errors, facts, notes, universal
from .group import DEFAULT, Group
from .invocation import Invocation
from .schedule import Occurrence, Plan, Schedule

if TYPE_CHECKING:
    from ...core.effects import Deliver

__all__ = ["SchedulerState"]

_TOKEN_LIFETIME: Final = 24 * 3600 * SECOND
"""[inferred]"""
_SDK: Final = "aws-sdk:"


class SchedulerState(ServiceState):
    """What the operations work on. The groups of operations inherit from it."""

    def __init__(self, account_id: str, region_name: str, world: World) -> None:
        self.arn_prefix = f"arn:{partition_of(region_name)}:scheduler:{region_name}:{account_id}:"
        super().__init__(account_id, region_name, world)

    # --- life ---------------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Forget everything, as if just made."""
        self.schedules: Listing[str, Schedule] = Listing()
        """By group and name."""
        self.groups: Listing[str, Group] = Listing()
        self.groups.add(DEFAULT, Group(DEFAULT, self.group_arn(DEFAULT), None, {}, None))
        self.tokens = TokenMaker(self.world.ids.digest("scheduler/tokens"))

    def mend(self, now: int) -> None:
        """Derive anew the order of names, and what is on the timeline. O(schedules)."""
        self.groups.mend()
        self.schedules.mend()
        for schedule in list(self.schedules.items.values()):
            self.plan(now, schedule)

    def owed(self, now: int) -> Iterable[str]:
        """Invocations that failed and are tried again; schedules go on for ever, and are not owed. O(events)."""
        return retries_owed(self.world.timeline, self)

    def target(self, arn: str) -> Target | None:
        """What calls the operation of a universal target, as this account in this region."""
        rest = arn.removeprefix(self.arn_prefix)
        if rest == arn or not rest.startswith(_SDK):
            return None
        _, service_name, api = rest.split(":", 2)
        place = self.account_id, self.region_name

        def take(now: int, delivery: Deliver) -> None:
            universal.call((service_name, api), place, self.world.find_service, now, delivery)

        return take

    def own_arn(self, arn: str) -> str:
        """By what ``target`` knows a universal target, whose ARN has neither account nor region."""
        return f"{self.arn_prefix}{arn[arn.index(_SDK) :]}"

    # --- when ---------------------------------------------------------------------------------------------------------

    def go_on(self, now: int, schedule: Schedule) -> None:
        """Invoke for what is due, and have what comes next on the timeline. O(what is due)."""
        plan = schedule.plan
        while plan.is_enabled and (occurrence := plan.next_occurrence()) is not None:
            if plan.due_of(occurrence, schedule.arn, self.world.ids) > now:
                break
            self._invoke(now, schedule, plan, occurrence)
        self.plan(now, schedule)

    def plan(self, now: int, schedule: Schedule) -> None:
        """Have what a schedule does next on the timeline, or the schedule deleted where that is all. O(log n)."""
        timeline, plan = self.world.timeline, schedule.plan
        if schedule.event is not None:
            timeline.cancel(schedule.event)
            schedule.event = None
        if not plan.is_enabled:
            return
        occurrence = plan.next_occurrence()
        if occurrence is not None:
            add = timeline.schedule if plan.is_once else timeline.schedule_perpetual
            due = plan.due_of(occurrence, schedule.arn, self.world.ids)
            schedule.event = add(due, partial(self._fire, schedule, plan, occurrence))
            self.world.keep_settling()
        elif plan.is_deleted_when_complete:
            if plan.count or (plan.end is not None and plan.end <= now):
                self._drop(now, schedule, "it is complete")
            elif plan.end is not None:
                schedule.event = timeline.schedule(plan.end, partial(self._end, schedule, plan))
                self.world.keep_settling()

    def _fire(self, schedule: Schedule, plan: Plan, occurrence: int, now: int) -> None:
        """The invocation of an occurrence is due; the same one a second time is none."""
        event = schedule.event
        if event is not None and event.due <= now:
            schedule.event = None  # this is it
        if self.schedules.items.get(schedule.key) is not schedule or schedule.plan is not plan:
            return
        if plan.done < occurrence:
            self._invoke(now, schedule, plan, occurrence)
        self.plan(now, schedule)

    def _end(self, schedule: Schedule, plan: Plan, now: int) -> None:
        if self.schedules.items.get(schedule.key) is schedule and schedule.plan is plan:
            schedule.event = None
            self.plan(now, schedule)

    def _invoke(self, now: int, schedule: Schedule, plan: Plan, occurrence: int) -> None:
        world = self.world
        cause = Occurrence(plan, occurrence)
        invocation = Invocation(self, schedule, plan, occurrence, cause)
        trace = world.trace
        if trace is not None:
            facts.fired(trace, now, invocation)
        invocation.start(now)
        if world.chaos is not None and world.chaos.is_repeated():
            Invocation(self, schedule, plan, occurrence, cause, 1).start(now)
            if trace is not None:
                facts.chaos(trace, now, invocation)
        plan.latest = now
        plan.count += 1
        plan.done = occurrence

    def _drop(self, now: int, schedule: Schedule, why: str) -> None:
        if schedule.event is not None:
            self.world.timeline.cancel(schedule.event)
            schedule.event = None
        if (trace := self.world.trace) is not None:
            facts.schedule_deleted(trace, now, schedule, why)
        self.schedules.remove(schedule.key)

    # --- what there is ------------------------------------------------------------------------------------------------

    def group_arn(self, name: str) -> str:
        """The ARN of a group here."""
        return f"{self.arn_prefix}schedule-group/{name}"

    def group(self, name: str) -> Group:
        """A group by its name. O(1). Raises ResourceNotFoundException."""
        found = self.groups.items.get(name)
        if found is None:
            raise errors.group_missing(name).noting(*notes.no_group(self, name))
        return found

    def schedule(self, name: str, GroupName: str = UNSET) -> Schedule:
        """A schedule by its name and that of its group. O(1). Raises ResourceNotFoundException."""
        group_name = GroupName or DEFAULT
        found = self.schedules.items.get(f"{group_name}/{name}")
        if found is None:
            self.group(group_name)
            raise errors.schedule_missing(name).noting(*notes.no_schedule(self, group_name, name))
        return found

    def read_token(self, kind: str, now: int, NextToken: str) -> str | None:
        """After what a list goes on. Raises ValidationException for a token of another list, or an old one."""
        if not NextToken:
            return None
        found = self.tokens.read(kind, NextToken)
        if found is None or now - found[0] > _TOKEN_LIFETIME:
            raise errors.token_invalid()
        return found[1][0]
