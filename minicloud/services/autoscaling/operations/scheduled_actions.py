"""Scheduled actions: put, shown, deleted."""

from __future__ import annotations

from typing import Any, Final, cast

from ....core.operation import operation
from ....core.schedule import SCALING, Schedule, ScheduleError, read_schedule, read_zone
from ....core.shapes import Timestamp
from ....core.timestamps import datetime_to_the_millisecond, nanoseconds_of
from ....core.unset import UNSET
from .. import constraints, errors, shapes
from ..constraints import check, key_members, name_members
from ..state import AutoScalingState
from ..target import ScheduledAction, Target
from .targets import key_of

__all__ = ["ScheduledActionOperations"]

_TIMES: Final = ("StartTime", "EndTime")


class ScheduledActionOperations(AutoScalingState):
    """The operations on scheduled actions."""

    @operation("PutScheduledAction")
    def put_scheduled_action(
        self,
        now: int,
        *,
        ServiceNamespace: shapes.ServiceNamespace,
        Schedule: shapes.Text = UNSET,
        Timezone: shapes.Text = UNSET,
        ScheduledActionName: shapes.Text,
        ResourceId: shapes.Text,
        ScalableDimension: shapes.ScalableDimension,
        StartTime: Timestamp = UNSET,
        EndTime: Timestamp = UNSET,
        ScalableTargetAction: shapes.ScalableTargetAction = UNSET,
    ) -> shapes.PutScheduledActionOutput:
        """Have a target get other bounds at certain times; or change what is given of such an action. O(log events).

        Times of start and end that are not given are none. Raises ValidationException, and ObjectNotFoundException for
        what is no target.
        """
        check(
            ("serviceNamespace", constraints.NAMESPACE, ServiceNamespace),
            ("schedule", constraints.NAME, Schedule),
            ("timezone", constraints.NAME, Timezone),
            ("scheduledActionName", constraints.ACTION_NAME, ScheduledActionName),
            ("resourceId", constraints.NAME, ResourceId),
            ("scalableDimension", constraints.DIMENSION, ScalableDimension),
        )
        key = key_of(ServiceNamespace, ResourceId, ScalableDimension)
        target = self.registered(key)
        before = target.scheduled.get(ScheduledActionName)
        settings: dict[str, Any] = {} if before is None else dict(before.settings)
        for name in _TIMES:
            settings.pop(name, None)
        given = {"Schedule": Schedule, "Timezone": Timezone, "ScalableTargetAction": dict(ScalableTargetAction or ())}
        settings |= {name: value for name, value in given.items() if value}
        times: dict[str, Any] = {"StartTime": StartTime, "EndTime": EndTime}
        settings |= {name: nanoseconds_of(value) for name, value in times.items() if value is not UNSET}
        schedule = _schedule_of(settings)
        bounds = settings.get("ScalableTargetAction", {})
        if not bounds:
            raise errors.action_without_bounds()
        for name, value in bounds.items():
            if value < 0:
                raise errors.capacity_below_zero(name.removesuffix("Capacity"))
        if bounds.get("MaxCapacity", bounds.get("MinCapacity")) < bounds.get("MinCapacity", 0):
            raise errors.bounds_crossed()
        if settings.get("EndTime", settings.get("StartTime", 0) + 1) <= settings.get("StartTime", 0):
            raise errors.times_out_of_order()
        action = before or ScheduledAction(ScheduledActionName, self._action_arn(target, ScheduledActionName), now)

        def make() -> None:
            action.settings = settings
            action.schedule = schedule
            action.last = now
            target.scheduled[ScheduledActionName] = action

        self.world.carry_through(make)
        self.world.keep_settling()  # it happens without a call
        self.schedule(target, action)
        return {}

    @operation("DescribeScheduledActions")
    def describe_scheduled_actions(
        self,
        now: int,
        *,
        ScheduledActionNames: shapes.Texts = UNSET,
        ServiceNamespace: shapes.ServiceNamespace,
        ResourceId: shapes.Text = UNSET,
        ScalableDimension: shapes.ScalableDimension = UNSET,
        MaxResults: int = UNSET,
        NextToken: str = UNSET,
    ) -> shapes.DescribeScheduledActionsOutput:
        """The scheduled actions of a namespace, in the order of their making, up to 50 a page. O(actions).

        Raises ValidationException and InvalidNextTokenException.
        """
        check(
            *name_members("scheduledActionNames", ScheduledActionNames),
            *key_members(ServiceNamespace, ResourceId, ScalableDimension),
        )
        if ScalableDimension is not UNSET and ResourceId is UNSET:
            raise errors.resource_id_missing()
        found = [
            (target, action)
            for target in self.targets.values()
            if target.namespace == ServiceNamespace
            and ResourceId in (UNSET, target.resource_id)
            and ScalableDimension in (UNSET, target.key[2])
            for action in target.scheduled.values()
            if ScheduledActionNames is UNSET or action.name in ScheduledActionNames
        ]
        page, token = self.page("actions", now, found, MaxResults, 50, NextToken)
        answer: shapes.DescribeScheduledActionsOutput = {"ScheduledActions": [_shown(*one) for one in page]}
        if token is not None:
            answer["NextToken"] = token
        return answer

    @operation("DeleteScheduledAction")
    def delete_scheduled_action(
        self,
        now: int,
        *,
        ServiceNamespace: shapes.ServiceNamespace,
        ScheduledActionName: shapes.Text,
        ResourceId: shapes.Text,
        ScalableDimension: shapes.ScalableDimension,
    ) -> shapes.DeleteScheduledActionOutput:
        """Take a scheduled action from a target. O(1). Raises ObjectNotFoundException."""
        check(
            ("serviceNamespace", constraints.NAMESPACE, ServiceNamespace),
            ("scheduledActionName", constraints.NAME, ScheduledActionName),
            ("resourceId", constraints.NAME, ResourceId),
            ("scalableDimension", constraints.DIMENSION, ScalableDimension),
        )
        key = key_of(ServiceNamespace, ResourceId, ScalableDimension)
        target = self.targets.get(key)
        action = None if target is None else target.scheduled.get(ScheduledActionName)
        if target is None or action is None:
            raise errors.action_not_found(*key, ScheduledActionName)
        del target.scheduled[ScheduledActionName]
        if action.event is not None:
            self.world.timeline.cancel(action.event)
        return {}

    def _action_arn(self, target: Target, name: str) -> str:
        namespace, resource_id, _ = target.key
        action_id = self.derived_id("action", target.created, *target.key, name)
        return (
            f"arn:{self.partition}:autoscaling:{self.region_name}:{self.account_id}:scheduledAction:{action_id}:"
            f"resource/{namespace}/{resource_id}:scheduledActionName/{name}"
        )


def _schedule_of(settings: dict[str, Any]) -> Schedule:
    if "Schedule" not in settings:
        raise errors.schedule_missing()
    try:
        zone = read_zone(settings.get("Timezone", "UTC"))
    except ScheduleError as error:
        raise errors.zone_invalid(settings["Timezone"]).noting(str(error)) from None
    try:
        return read_schedule(settings["Schedule"], SCALING, zone)
    except ScheduleError as error:
        raise errors.schedule_invalid(settings["Schedule"]).noting(str(error)) from None


def _shown(target: Target, action: ScheduledAction) -> shapes.ScheduledAction:
    namespace, resource_id, dimension = target.key
    settings: Any = action.settings
    bounds: Any = settings["ScalableTargetAction"]
    shown: Any = {
        "ScheduledActionName": action.name,
        "ScheduledActionARN": action.arn,
        "ServiceNamespace": namespace,
        "Schedule": settings["Schedule"],
    }
    if "Timezone" in settings:
        shown["Timezone"] = settings["Timezone"]
    shown |= {"ResourceId": resource_id, "ScalableDimension": dimension}
    for name in _TIMES:
        if name in settings:
            shown[name] = datetime_to_the_millisecond(settings[name])
    shown["ScalableTargetAction"] = {name: bounds[name] for name in ("MinCapacity", "MaxCapacity") if name in bounds}
    shown["CreationTime"] = datetime_to_the_millisecond(action.created)
    return cast("shapes.ScheduledAction", shown)
