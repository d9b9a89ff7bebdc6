"""Schedules: made, shown, listed, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from ....core.operation import operation
from ....core.schedule import SCHEDULER, ScheduleError, read_schedule, read_zone
from ....core.schedule import Schedule as Times
from ....core.timeline import SECOND
from ....core.timestamps import datetime_of, nanoseconds_of
from ....core.unset import UNSET
from .. import constraints, errors, facts, notes, shapes
from ..constraints import check
from ..group import DEFAULT
from ..schedule import DEFAULTS, Plan, Schedule
from ..state import SchedulerState
from ..target import in_order, read_target

__all__ = ["ScheduleOperations"]

_PAGE: Final = 100
"""Schedules that a page has at most. [Scheduler API; that it is so by default: inferred]"""
_EARLIEST: Final = 5 * 60 * SECOND
_RETRIES: Final = {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}
_DATES: Final = ("StartDate", "EndDate")
_TIMING: Final = ("ScheduleExpression", "ScheduleExpressionTimezone", "StartDate")
"""What has a schedule count from the beginning when it is changed."""
_NOT_SET: Final = ("Name", "GroupName", "ClientToken")


class ScheduleOperations(SchedulerState):
    """The operations on schedules."""

    @operation("CreateSchedule")
    def create_schedule(
        self,
        now: int,
        *,
        Name: shapes.Name,
        GroupName: shapes.ScheduleGroupName = UNSET,
        ScheduleExpression: shapes.ScheduleExpression,
        StartDate: Annotated[datetime, "timestamp"] = UNSET,
        EndDate: Annotated[datetime, "timestamp"] = UNSET,
        Description: str = UNSET,
        ScheduleExpressionTimezone: shapes.ScheduleExpressionTimezone = UNSET,
        State: str = UNSET,
        KmsKeyArn: shapes.KmsKeyArn = UNSET,
        Target: shapes.Target,
        FlexibleTimeWindow: shapes.FlexibleTimeWindow,
        ClientToken: shapes.ClientToken = UNSET,
        ActionAfterCompletion: str = UNSET,
    ) -> shapes.CreateScheduleOutput:
        """Have a target invoked at the times of an expression. O(log n).

        A rate begins at once, or at StartDate. A call with the ClientToken of the one that has made the schedule
        answers as that did. Raises ConflictException for a name that its group has, ResourceNotFoundException for a
        group that is not there, ValidationException; ``UsageError`` for targets that minicloud does not have.
        """
        given = {name: value for name, value in locals().items() if value is not UNSET and name not in ("self", "now")}
        settings, times = self._read(now, given, {})
        group_name = GroupName or DEFAULT
        self.group(group_name)
        key = f"{group_name}/{Name}"
        known = self.schedules.items.get(key)
        if known is not None:
            if ClientToken and known.token == ClientToken:
                return {"ScheduleArn": known.arn}
            raise errors.schedule_exists(Name)
        plan = self._plan_of(now, settings, times, None)
        arn = f"{self.arn_prefix}schedule/{key}"
        schedule = Schedule(group_name, Name, arn, now, ClientToken or None, plan)
        if (trace := self.world.trace) is not None:
            facts.schedule_created(trace, now, schedule)
        self.schedules.add(key, schedule)  # from now on it is there, and will go on
        self.go_on(now, schedule)
        return {"ScheduleArn": arn}

    @operation("GetSchedule")
    def get_schedule(
        self, now: int, *, Name: shapes.Name, GroupName: shapes.ScheduleGroupName = UNSET
    ) -> shapes.GetScheduleOutput:
        """What a schedule is set to. O(settings). Raises ResourceNotFoundException."""
        check({"GroupName": GroupName, "Name": Name}, constraints.SCHEDULE)
        answer: Any = self.schedule(Name, GroupName).describe()
        return answer  # type: ignore[no-any-return]  # what the client adds is missing

    @operation("ListSchedules")
    def list_schedules(
        self,
        now: int,
        *,
        GroupName: shapes.ScheduleGroupName = UNSET,
        NamePrefix: shapes.NamePrefix = UNSET,
        State: str = UNSET,
        NextToken: shapes.NextToken = UNSET,
        MaxResults: shapes.MaxResults = UNSET,
    ) -> shapes.ListSchedulesOutput:
        """Schedules in the order of their groups and names. O(page), and what it passes over.

        Raises ResourceNotFoundException for a group that is not there, ValidationException.
        """
        given = {"GroupName": GroupName, "MaxResults": MaxResults, "NamePrefix": NamePrefix, "State": State}
        check({**given, "NextToken": NextToken}, constraints.SCHEDULES_LISTED)
        if GroupName:
            self.group(GroupName)
        after = self.read_token("schedules", now, NextToken)

        def is_wanted(schedule: Schedule) -> bool:
            return (
                GroupName in (UNSET, schedule.group_name)
                and schedule.name.startswith(NamePrefix or "")
                and State in (UNSET, schedule.plan.settings["State"])
            )

        size = MaxResults or _PAGE
        since = f"{GroupName}/" if GroupName else None
        keys = self.schedules.page(size + 1, after=after, since=since, accept=is_wanted)
        page: list[Any] = [self.schedules.items[key].summary() for key in keys[:size]]
        if len(keys) > size:
            return {"NextToken": self.tokens.make("schedules", now, keys[size - 1]), "Schedules": page}
        return {"Schedules": page}

    @operation("UpdateSchedule")
    def update_schedule(
        self,
        now: int,
        *,
        Name: shapes.Name,
        GroupName: shapes.ScheduleGroupName = UNSET,
        ScheduleExpression: shapes.ScheduleExpression,
        StartDate: Annotated[datetime, "timestamp"] = UNSET,
        EndDate: Annotated[datetime, "timestamp"] = UNSET,
        Description: str = UNSET,
        ScheduleExpressionTimezone: shapes.ScheduleExpressionTimezone = UNSET,
        State: str = UNSET,
        KmsKeyArn: shapes.KmsKeyArn = UNSET,
        Target: shapes.Target,
        FlexibleTimeWindow: shapes.FlexibleTimeWindow,
        ClientToken: shapes.ClientToken = UNSET,
        ActionAfterCompletion: str = UNSET,
    ) -> shapes.UpdateScheduleOutput:
        """Replace all that a schedule is set to; what is not given goes to its default. O(log n).

        A rate whose expression and start stay as they were goes on in its beat; another one begins anew. [inferred]
        Raises ResourceNotFoundException, and what CreateSchedule raises.
        """
        given = {name: value for name, value in locals().items() if value is not UNSET and name not in ("self", "now")}
        known = self.schedules.items.get(f"{GroupName or DEFAULT}/{Name}")
        settings, times = self._read(now, given, {} if known is None else known.plan.settings)
        schedule = self.schedule(Name, GroupName)
        plan = self._plan_of(now, settings, times, schedule.plan)
        if (trace := self.world.trace) is not None:
            facts.schedule_changed(trace, now, schedule, settings)
        schedule.plan = plan  # from now on it is so
        self.go_on(now, schedule)
        return {"ScheduleArn": schedule.arn}

    @operation("DeleteSchedule")
    def delete_schedule(
        self,
        now: int,
        *,
        Name: shapes.Name,
        GroupName: shapes.ScheduleGroupName = UNSET,
        ClientToken: shapes.ClientToken = UNSET,
    ) -> shapes.DeleteScheduleOutput:
        """Delete a schedule; an invocation that is tried again goes on to its end. O(log n).

        Raises ResourceNotFoundException.
        """
        check({"ClientToken": ClientToken, "GroupName": GroupName, "Name": Name}, constraints.SCHEDULE)
        self._drop(now, self.schedule(Name, GroupName), "DeleteSchedule")
        return {}

    # --- steps --------------------------------------------------------------------------------------------------------

    def _read(self, now: int, given: dict[str, Any], before: Mapping[str, Any]) -> tuple[dict[str, Any], Times]:
        """The settings that a request asks for, with defaults, and their times. Raises what AWS refuses."""
        check(given, constraints.SCHEDULE)
        settings = {**DEFAULTS, **{name: value for name, value in given.items() if name not in _NOT_SET}}
        for name in _DATES:
            if name in settings:
                settings[name] = settings[name].replace(microsecond=0)  # as requests have it
        times = _read_times(settings)
        window = settings["FlexibleTimeWindow"]
        has_minutes = "MaximumWindowInMinutes" in window
        if window["Mode"] == "FLEXIBLE" and not has_minutes:
            raise errors.window_missing()
        if window["Mode"] == "OFF" and has_minutes:
            raise errors.window_unwanted()
        _check_dates(now, settings, before)
        target = settings["Target"]
        retries = {**_RETRIES, **target.get("RetryPolicy", {})}
        settings["Target"] = in_order(target | {"RetryPolicy": retries}, shapes.Target)
        settings["FlexibleTimeWindow"] = in_order(window, shapes.FlexibleTimeWindow)
        return settings, times

    def _plan_of(self, now: int, settings: dict[str, Any], times: Times, before: Plan | None) -> Plan:
        """The plan of a schedule that is made, or, in the place of another plan, changed."""
        target = read_target(settings["Target"], (self.account_id, self.region_name), self.world.find_service)
        start, end = (nanoseconds_of(settings[name]) if name in settings else None for name in _DATES)
        if settings["ScheduleExpression"][:2].lower() == "at":
            start = end = None  # they mean nothing to it [Scheduler user guide]
        begins = max(now, start or 0)  # one that lies back, by minutes at most, is now
        done = begins - 1
        if before is not None:
            done = max(done, before.done if before.done <= now else 0)
            if all(settings.get(name) == before.settings.get(name) for name in _TIMING):
                begins = before.start
        return Plan(settings, target, times, modified=now, start=begins, end=end, done=done)


def _read_times(settings: Mapping[str, Any]) -> Times:
    expression, zone = settings["ScheduleExpression"], settings["ScheduleExpressionTimezone"]
    try:
        read_schedule(expression, SCHEDULER)
    except ScheduleError as reason:
        raise errors.expression_invalid(expression).noting(notes.why_not_read(reason)) from None
    try:
        found = UTC if zone == "UTC" else read_zone(zone)
    except ScheduleError as reason:
        raise errors.zone_unknown(zone).noting(notes.why_not_read(reason)) from None
    return read_schedule(expression, SCHEDULER, found)


def _check_dates(now: int, settings: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    start, end = (settings.get(name) for name in _DATES)
    if start is not None and end is not None and start >= end:
        raise errors.start_after_end()
    if start is not None and start != before.get("StartDate") and nanoseconds_of(start) < now - _EARLIEST:
        raise errors.start_too_early().noting(f"it is {datetime_of(now):%Y-%m-%dT%H:%M:%SZ} on this cloud's clock")
