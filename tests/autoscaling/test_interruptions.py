"""Calls about scaling into which an exception comes, and scaling by itself: as a whole, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import strikes
from tests.support.strikes import FORMS, Form, is_where_handlers_are_called

from .conftest import KEY
from .test_policies import STEPS, TRACKING
from .test_scaling import ALARM

pytestmark = [
    pytest.mark.stress,
    # Python only prints what strikes in the end of a generator.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
BOUNDS = {"MinCapacity": 2, "MaxCapacity": 4}


class World(strikes.World):
    """A cloud with a target, a policy of each kind, and somebody who is told."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.scaling: Any = self.cloud.client("application-autoscaling")
        self.cw: Any = self.cloud.client("cloudwatch")
        self.told: list[tuple[int, int]] = []
        self.fleet = self.cloud.scaling_target(
            "web", minimum=1, maximum=9, on_change=lambda old, new: self.told.append((old, new))
        )
        arn = self.scaling.put_scaling_policy(
            PolicyName="there", **KEY, StepScalingPolicyConfiguration={**STEPS, "Cooldown": 60}
        )["PolicyARN"]
        self.cw.put_metric_alarm(
            AlarmName="a", **ALARM, Threshold=5, ComparisonOperator="GreaterThanThreshold", AlarmActions=[arn]
        )

    def look(self) -> Any:
        of, scaling = {"ServiceNamespace": "ecs"}, self.scaling
        policies = scaling.describe_scaling_policies(**of)["ScalingPolicies"]
        return (
            scaling.describe_scalable_targets(**of)["ScalableTargets"],
            policies,
            scaling.describe_scheduled_actions(**of)["ScheduledActions"],
            scaling.describe_scaling_activities(**of, IncludeNotScaledActivities=True)["ScalingActivities"],
            [
                (one["AlarmName"], one["StateValue"], one["AlarmActions"])
                for one in self.cw.describe_alarms()["MetricAlarms"]
            ],
            self.fleet.history,
        )

    def picture(self) -> dict[str, Any]:
        return super().picture() | {"told": list(self.told)}


Row = strikes.Row[World]


def nothing(w: World) -> None:
    pass


def high(w: World) -> None:
    w.cw.put_metric_data(Namespace="app", MetricData=[{"MetricName": "load", "Value": 9}])


def track(w: World) -> None:
    w.scaling.put_scaling_policy(
        PolicyName="t",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=TRACKING,
        **KEY,
    )


def plan(w: World) -> None:
    w.scaling.put_scheduled_action(
        ScheduledActionName="s", Schedule="rate(1 minute)", ScalableTargetAction={"MinCapacity": 3}, **KEY
    )


def both(w: World) -> None:
    track(w)
    plan(w)


def by_hand(w: World) -> None:
    w.cw.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="test")


def a_minute_ago(w: World) -> None:
    high(w)
    w.cloud.clock.advance(70)


ROWS: dict[str, Row] = {
    "register": Row(nothing, lambda w: w.scaling.register_scalable_target(**KEY, **BOUNDS)),
    "register another": Row(
        nothing,
        lambda w: w.scaling.register_scalable_target(**{**KEY, "ResourceId": "service/a/b"}, **BOUNDS),
    ),
    "put a policy": Row(
        nothing, lambda w: w.scaling.put_scaling_policy(PolicyName="p", **KEY, StepScalingPolicyConfiguration=STEPS)
    ),
    "track": Row(nothing, track),
    "put a scheduled action": Row(nothing, plan),
    "its time": Row(plan, lambda w: w.cloud.clock.advance(60)),
    "an alarm goes off": Row(high, lambda w: w.cloud.clock.advance(60)),
    "an alarm is set": Row(a_minute_ago, by_hand),
    "delete a policy": Row(both, lambda w: w.scaling.delete_scaling_policy(PolicyName="t", **KEY)),
    "delete a step policy": Row(nothing, lambda w: w.scaling.delete_scaling_policy(PolicyName="there", **KEY)),
    "delete a scheduled action": Row(both, lambda w: w.scaling.delete_scheduled_action(ScheduledActionName="s", **KEY)),
    "deregister": Row(both, lambda w: w.scaling.deregister_scalable_target(**KEY)),
    "scaling_target": Row(nothing, lambda w: w.cloud.scaling_target("web", minimum=3, maximum=5)),
    "schedule": Row(nothing, lambda w: w.fleet.schedule("rate(1 day)", 2, 3)),
}


def came_into_the_listener(place: str, seen: Any, allowed: list[Any]) -> bool:
    """What comes into the call of somebody who is told has come into that: all else is as it has to be."""
    untold = [{**one, "told": []} for one in (seen, *allowed)]
    return is_where_handlers_are_called(place) and untold[0] in untold[1:]


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_an_interrupted_call_has_happened_or_has_not(name: str, form: Form) -> None:
    wrong = form.wrong_places(ROWS[name], World, came_into_the_listener)
    assert not wrong, "\n".join(wrong)
