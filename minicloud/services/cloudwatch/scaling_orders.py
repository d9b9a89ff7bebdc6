"""What an alarm tells the scaling policies that are among its actions (``core/alarm_keeping``).

Unlike other actions, a policy is told again at each evaluation as long as the alarm stays in ALARM. [Application Auto
Scaling user guide: step scaling policies] So that an alarm whose data rest need not be evaluated for ever, it asks
whether any policy may still do something merely because time has passed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from json import dumps
from typing import TYPE_CHECKING, Any, Final

from ...core.alarm_keeping import AlarmActor
from ...core.arns import service_in
from ...core.effects import Cause, Deliver
from .alarm import ACTIONS_OF, MetricAlarm, SomeAlarm
from .evaluation import EXTRA_PERIODS, Point
from .metric import MINUTE

if TYPE_CHECKING:
    from ...core.world import World

__all__ = ["is_policy", "may_act", "only_scales", "order_again", "order_of"]

_POLICY: Final = re.compile(r"arn:[^:]+:autoscaling:[^:]+:\d{12}:scalingPolicy:[^:]+:resource/(?!autoScalingGroup).+")
"""Those of groups of EC2 have `autoScalingGroupName` in their ARNs instead."""


def is_policy(arn: str) -> bool:
    """Whether it is the ARN of a policy of Application Auto Scaling."""
    return _POLICY.fullmatch(arn) is not None


def policies_of(alarm: SomeAlarm) -> list[str]:
    """The policies that are told of an alarm in the state that it is in."""
    if not alarm.settings["ActionsEnabled"]:
        return []
    return [arn for arn in alarm.settings[ACTIONS_OF[alarm.state.value]] if ":autoscaling:" in arn]


def only_scales(alarm: SomeAlarm) -> bool:
    """Whether there are actions, and all of them are policies: nobody is to be woken by it."""
    actions = [arn for name in ACTIONS_OF.values() for arn in alarm.settings[name]]
    return bool(actions) and all(map(is_policy, actions))


def order_of(
    state: Any,
    now: int,
    alarm: SomeAlarm,
    value: str,
    arn: str,
    cause: Cause | None = None,
    points: Mapping[int, Point] | None = None,
) -> Deliver:
    """What a policy is told when an alarm is in a state. O(evaluated periods).

    ``points`` are what the alarm looks at, where they have been read.
    """
    settings = alarm.settings
    told = {
        "alarm": alarm.name,
        "state": value,
        "above": settings["ComparisonOperator"].startswith("Greater"),
        "threshold": settings["Threshold"],
        "values": _latest(_read(state, now, alarm) if points is None else points),
    }
    body = dumps(told, separators=(",", ":"))
    return Deliver(arn, body, source_arn=alarm.arn, trigger=f"alarm:{alarm.name}", cause=cause)


def _read(state: Any, now: int, alarm: SomeAlarm) -> Mapping[int, Point]:
    if not isinstance(alarm, MetricAlarm) or alarm.reader is None:
        return {}
    end = now - now % alarm.step
    start = end - (alarm.settings["EvaluationPeriods"] + EXTRA_PERIODS) * alarm.period
    return alarm.reader.points(state, now, start, end)


def _latest(points: Mapping[int, Point]) -> list[float]:
    """The metric in the latest minute that has any, newest first."""
    if not points:
        return []
    first = max(points) - MINUTE
    return [points[moment].value for moment in sorted(points, reverse=True) if moment > first]


def order_again(state: Any, now: int, alarm: MetricAlarm, points: Mapping[int, Point]) -> None:
    """An alarm has been evaluated and stays in ALARM: have its policies told once more."""
    if alarm.state.value == "ALARM":
        policies = policies_of(alarm)
        state.world.outbox += [order_of(state, now, alarm, "ALARM", arn, points=points) for arn in policies]


def may_act(world: World, alarm: MetricAlarm) -> bool:
    """Whether a policy that is told of an alarm in ALARM may do something when time has passed. O(policies)."""
    if alarm.state.value != "ALARM":
        return False
    for arn in policies_of(alarm):
        _, _, _, region_name, account_id, _ = arn.split(":", 5)
        actor: AlarmActor | None = world.known_service(service_in(arn), account_id, region_name)
        if actor is not None and actor.may_act(arn):
            return True
    return False
