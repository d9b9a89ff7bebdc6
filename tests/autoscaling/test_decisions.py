"""What alarms make of a capacity: steps at their bounds, several policies, cooldowns, suspensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import minicloud

from .conftest import KEY
from .test_policies import METRIC, tracked
from .test_scaling import step, step_policy
from .test_targets import refused

ABOVE, BELOW = "GreaterThanOrEqualToThreshold", "LessThanOrEqualToThreshold"
PERCENT, EXACT, CHANGE = "PercentChangeInCapacity", "ExactCapacity", "ChangeInCapacity"
BOTH = [step(None, 0, -1), step(0, None, 1)]
OUT = [step(0, 10, 1), step(10, None, 2)]
IN = [step(-10, 0, -1), step(None, -10, -2)]


def by(percent: int) -> list[dict[str, Any]]:
    return [step(None if percent < 0 else 0, 0 if percent < 0 else None, percent)]


Row = tuple[str, list[dict[str, Any]], str, float, int, dict[str, Any]]
ROWS: list[Row] = [
    # At the threshold, which is 50, the alarm says on which side it is; a bound belongs to the step further away.
    (CHANGE, OUT, ABOVE, 50, 11, {}),
    (CHANGE, OUT, ABOVE, 59, 11, {}),
    (CHANGE, OUT, ABOVE, 60, 12, {}),
    (CHANGE, IN, BELOW, 50, 9, {}),
    (CHANGE, IN, BELOW, 41, 9, {}),
    (CHANGE, IN, BELOW, 40, 8, {}),
    (CHANGE, BOTH, ABOVE, 50, 11, {}),
    (CHANGE, BOTH, BELOW, 50, 9, {}),
    (CHANGE, OUT, BELOW, 49, 10, {}),  # which no step is for
    (CHANGE, IN, ABOVE, 51, 10, {}),
    (CHANGE, by(99), ABOVE, 50, 20, {}),
    (CHANGE, by(-99), BELOW, 50, 1, {}),
    # 10 % of 10 is 1: less is 1, more is rounded towards 0.
    (PERCENT, by(5), ABOVE, 50, 11, {}),
    (PERCENT, by(10), ABOVE, 50, 11, {}),
    (PERCENT, by(19), ABOVE, 50, 11, {}),
    (PERCENT, by(20), ABOVE, 50, 12, {}),
    (PERCENT, by(-5), BELOW, 50, 9, {}),
    (PERCENT, by(-10), BELOW, 50, 9, {}),
    (PERCENT, by(-19), BELOW, 50, 9, {}),
    (PERCENT, by(-20), BELOW, 50, 8, {}),
    (PERCENT, by(-100), BELOW, 50, 1, {}),
    (PERCENT, by(0), ABOVE, 50, 10, {}),
    (PERCENT, by(5), ABOVE, 50, 13, {"MinAdjustmentMagnitude": 3}),
    (PERCENT, by(40), ABOVE, 50, 14, {"MinAdjustmentMagnitude": 3}),
    (PERCENT, by(-5), BELOW, 50, 7, {"MinAdjustmentMagnitude": 3}),
    (PERCENT, by(-40), BELOW, 50, 6, {"MinAdjustmentMagnitude": 3}),
    (PERCENT, by(0), ABOVE, 50, 10, {"MinAdjustmentMagnitude": 3}),
    (EXACT, by(7), ABOVE, 50, 7, {}),
    (EXACT, by(12), ABOVE, 50, 12, {}),
    (EXACT, by(99), ABOVE, 50, 20, {}),
    (EXACT, by(0), ABOVE, 50, 1, {}),
]


def test_what_steps_make_of_ten(cloud: minicloud.Cloud, scaling: Any, cloudwatch: Any) -> None:
    for number, (how, steps, comparison, value, _, more) in enumerate(ROWS):
        key = {**KEY, "ResourceId": f"service/default/{number}"}
        scaling.register_scalable_target(**key, MinCapacity=10, MaxCapacity=20)
        scaling.register_scalable_target(**key, MinCapacity=1)
        configuration = {"AdjustmentType": how, "StepAdjustments": steps, **more}
        arn = scaling.put_scaling_policy(PolicyName="p", **key, StepScalingPolicyConfiguration=configuration)[
            "PolicyARN"
        ]
        alarm = {"EvaluationPeriods": 1, "Period": 60, "Threshold": 50, "ComparisonOperator": comparison}
        metric = {"Namespace": "app", "MetricName": f"m{number}", "Statistic": "Average"}
        cloudwatch.put_metric_alarm(AlarmName=str(number), **metric, **alarm, AlarmActions=[arn])
        cloudwatch.put_metric_data(Namespace="app", MetricData=[{"MetricName": f"m{number}", "Value": value}])
    cloud.clock.advance(60)
    wrong = [
        f"{row}: {found}"
        for number, row in enumerate(ROWS)
        if (found := cloud.scaling_target(str(number), minimum=1, maximum=20).desired) != row[4]
    ]
    assert not wrong, "\n".join(wrong)


def reasons(scaling: Any) -> list[Any]:
    """Why nothing was scaled, oldest first."""
    found = scaling.describe_scaling_activities(**KEY, IncludeNotScaledActivities=True)["ScalingActivities"]
    return [one["NotScaledReasons"] for one in reversed(found) if "NotScaledReasons" in one]


def minutes(fleet: Any) -> list[tuple[int, int]]:
    return [(one.time.minute, one.new) for one in fleet.history]


def test_why_nothing_was_scaled(
    cloud: minicloud.Cloud, scaling: Any, cloudwatch: Any, measure: Callable[..., None]
) -> None:
    fleet = cloud.scaling_target("web", minimum=2, maximum=3, desired=3)
    step_policy(scaling, cloudwatch, OUT)
    measure(100)
    cloudwatch.delete_alarms(AlarmNames=["p"])
    step_policy(scaling, cloudwatch, by(3), how=EXACT)
    measure(100)
    cloudwatch.delete_alarms(AlarmNames=["p"])
    step_policy(scaling, cloudwatch, IN, below=True)
    measure(99, 99)
    assert reasons(scaling) == [
        [{"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 3}],
        [{"Code": "AlreadyAtDesiredCapacity", "CurrentCapacity": 3}],
        [{"Code": "AlreadyAtMinCapacity", "MinCapacity": 2}],
    ]
    assert minutes(fleet) == [(3, 2)]


def test_the_largest_capacity_wins_where_all_want_less(
    cloud: minicloud.Cloud, scaling: Any, cloudwatch: Any, measure: Callable[..., None]
) -> None:
    fleet = cloud.scaling_target("web", minimum=1, maximum=9, desired=9)
    step_policy(scaling, cloudwatch, by(-3), below=True, name="three")
    step_policy(scaling, cloudwatch, by(-1), below=True, name="one")
    measure(10)
    assert minutes(fleet) == [(1, 8)]
    assert fleet.history[0].cause.endswith("triggered policy one")
    step_policy(scaling, cloudwatch, [step(None, 0, 8)], how=EXACT, below=True, name="as it is")
    measure(10)
    assert minutes(fleet) == [(1, 8)]
    assert reasons(scaling) == [[{"Code": "AlreadyAtDesiredCapacity", "CurrentCapacity": 8}]]
    scaling.delete_scaling_policy(PolicyName="as it is", **KEY)
    measure(10)
    assert minutes(fleet)[1:] == [(3, 7)]


@pytest.mark.parametrize(("steps", "below", "value", "want"), [
    (by(1), False, 100, [(1, 6), (6, 7), (11, 8)]),
    (by(-1), True, 10, [(1, 4), (6, 3), (11, 2)]),
])  # fmt: skip
def test_a_cooldown_is_five_minutes_unless_it_is_given(
    cloud: minicloud.Cloud, scaling: Any, cloudwatch: Any, measure: Any, steps: Any, below: bool, value: int, want: Any
) -> None:
    fleet = cloud.scaling_target("web", minimum=1, maximum=9, desired=5)
    step_policy(scaling, cloudwatch, steps, below=below)
    configuration = {"AdjustmentType": CHANGE, "StepAdjustments": steps}
    scaling.put_scaling_policy(PolicyName="p", **KEY, StepScalingPolicyConfiguration=configuration)
    measure(*[value] * 12)
    assert minutes(fleet) == want


def test_cooldowns_of_tracking(cloud: minicloud.Cloud, scaling: Any, measure: Callable[..., None]) -> None:
    fleet = cloud.scaling_target("web", minimum=1, maximum=999)
    tracked(scaling)
    measure(*[40] * 9)
    assert minutes(fleet) == [(3, 4), (8, 16)]
    tracked(scaling, ScaleOutCooldown=60, ScaleInCooldown=120)
    measure(*[20] * 7)  # in the cooldown that has begun, and then each minute
    assert minutes(fleet)[2:] == [(13, 32), (14, 64), (15, 128), (16, 256)]
    measure(*[5] * 20)
    assert minutes(fleet)[6:] == [(31, 128), (33, 64), (35, 32)]


def test_who_may_not_scale_in_is_not_asked(
    cloud: minicloud.Cloud, scaling: Any, cloudwatch: Any, measure: Callable[..., None]
) -> None:
    fleet = cloud.scaling_target("web", minimum=1, maximum=99, desired=10)
    tracked(scaling, ScaleOutCooldown=0, ScaleInCooldown=0)
    other = {**METRIC, "MetricName": "other"}
    scaling.put_scaling_policy(
        PolicyName="out",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 10,
            "CustomizedMetricSpecification": other,
            "DisableScaleIn": True,
        },
        **KEY,
    )
    for minute in range(15):
        value = 20 if minute < 3 else 1
        cloudwatch.put_metric_data(Namespace="app", MetricData=[{"MetricName": "other", "Value": value}])
        measure(5)
    assert minutes(fleet) == [(3, 20), (15, 10)]


def test_scaling_in_is_suspended(
    cloud: minicloud.Cloud, scaling: Any, cloudwatch: Any, measure: Callable[..., None]
) -> None:
    fleet = cloud.scaling_target("web", minimum=1, maximum=9, desired=5)
    step_policy(scaling, cloudwatch, BOTH, threshold=50, below=True, name="in")
    step_policy(scaling, cloudwatch, BOTH, threshold=50, name="out")
    scaling.register_scalable_target(**KEY, SuspendedState={"DynamicScalingInSuspended": True})
    measure(10, 60, 10)
    assert minutes(fleet) == [(2, 6)]
    scaling.register_scalable_target(
        **KEY, SuspendedState={"DynamicScalingInSuspended": False, "DynamicScalingOutSuspended": True}
    )
    measure(10, 60, 10)
    assert minutes(fleet)[1:] == [(4, 5), (6, 4)]
    (target,) = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert target["SuspendedState"] == {
        "DynamicScalingInSuspended": False,
        "DynamicScalingOutSuspended": True,
        "ScheduledScalingSuspended": False,
    }


def test_which_activities_are_told_and_for_how_long(cloud: minicloud.Cloud, scaling: Any) -> None:
    other = {**KEY, "ResourceId": "service/default/other"}
    custom = {
        "ServiceNamespace": "custom-resource",
        "ResourceId": "https://example.com/1",
        "ScalableDimension": "custom-resource:ResourceType:Property",
    }
    told = scaling.describe_scaling_activities
    for key in (KEY, other, custom):
        for least in (1, 2):
            scaling.register_scalable_target(**key, MinCapacity=least, MaxCapacity=5)
    of_ecs = {"ServiceNamespace": "ecs"}
    for asked, resources in (
        (of_ecs, ["other", "web"]),
        (KEY, ["web"]),
        ({**of_ecs, "ResourceId": other["ResourceId"]}, ["other"]),
        ({**of_ecs, "ResourceId": "service/default/nobody"}, []),
        ({"ServiceNamespace": "custom-resource"}, ["1"]),
        ({**KEY, "ScalableDimension": custom["ScalableDimension"]}, []),
    ):
        found = [one["ResourceId"].rpartition("/")[2] for one in told(**asked)["ScalingActivities"]]
        assert found == resources, asked
    (one,) = told(ServiceNamespace="custom-resource")["ScalingActivities"]
    assert one["StatusMessage"].endswith("Change successfully fulfilled by custom-resource.")
    cloud.clock.advance(42 * 24 * 3600)
    assert len(told(**of_ecs)["ScalingActivities"]) == 2
    cloud.clock.advance(1)
    assert told(**of_ecs)["ScalingActivities"] == []
    cloud.clock.advance(2 * 24 * 3600)
    scaling.register_scalable_target(**KEY, MinCapacity=3, MaxCapacity=5)
    (newest,) = told(**of_ecs)["ScalingActivities"]  # and so it is once the old ones are let go of
    assert newest["Description"] == "Setting desired count to 3."


def test_how_long_a_token_is_good_for(cloud: minicloud.Cloud, scaling: Any) -> None:
    for name in ("a", "b", "c"):
        key = {**KEY, "ResourceId": f"service/default/{name}"}
        scaling.register_scalable_target(**key, MinCapacity=1, MaxCapacity=5)
    listed = scaling.describe_scalable_targets
    asked = {"ServiceNamespace": "ecs", "MaxResults": 2}
    token = listed(**asked)["NextToken"]
    cloud.clock.advance(24 * 3600)
    (third,) = listed(**asked, NextToken=token)["ScalableTargets"]
    assert third["ResourceId"] == "service/default/c"
    cloud.clock.advance(1)
    refused(listed, "InvalidNextTokenException", "The next token is invalid.", **asked, NextToken=token)
    assert "NextToken" not in listed(ServiceNamespace="ecs", MaxResults=3)


def test_lists_hold_what_is_asked_for(scaling: Any) -> None:
    other = {**KEY, "ResourceId": "service/default/other"}
    custom = {
        "ServiceNamespace": "custom-resource",
        "ResourceId": "https://example.com/1",
        "ScalableDimension": "custom-resource:ResourceType:Property",
    }
    steps = {"AdjustmentType": CHANGE, "StepAdjustments": by(1)}
    for key in (KEY, other, custom):
        scaling.register_scalable_target(**key, MinCapacity=1, MaxCapacity=5)
        for name in ("a", "b"):
            scaling.put_scaling_policy(PolicyName=name, **key, StepScalingPolicyConfiguration=steps)
            action = {"ScheduledActionName": name, "Schedule": "rate(1 day)"}
            scaling.put_scheduled_action(**key, **action, ScalableTargetAction={"MinCapacity": 1})
    of_ecs = {"ServiceNamespace": "ecs"}
    for operation, answer, name, names in (
        (scaling.describe_scaling_policies, "ScalingPolicies", "PolicyName", "PolicyNames"),
        (scaling.describe_scheduled_actions, "ScheduledActions", "ScheduledActionName", "ScheduledActionNames"),
    ):
        for asked, want in (
            (of_ecs, ["web a", "web b", "other a", "other b"]),
            (KEY, ["web a", "web b"]),
            ({**of_ecs, "ResourceId": other["ResourceId"]}, ["other a", "other b"]),
            ({**of_ecs, names: ["b"]}, ["web b", "other b"]),
            ({**KEY, names: ["b", "c"]}, ["web b"]),
            ({**of_ecs, "ResourceId": custom["ResourceId"]}, []),
            ({**KEY, "ScalableDimension": custom["ScalableDimension"]}, []),
            ({"ServiceNamespace": "custom-resource"}, ["1 a", "1 b"]),
        ):
            found = [f"{one['ResourceId'].rpartition('/')[2]} {one[name]}" for one in operation(**asked)[answer]]
            assert found == want, (answer, asked)
    for asked, want in (
        (of_ecs, ["web", "other"]),
        ({**of_ecs, "ResourceIds": [other["ResourceId"], "service/default/nobody"]}, ["other"]),
        ({**of_ecs, "ResourceIds": [KEY["ResourceId"]], "ScalableDimension": KEY["ScalableDimension"]}, ["web"]),
        ({**of_ecs, "ResourceIds": [KEY["ResourceId"]], "ScalableDimension": custom["ScalableDimension"]}, []),
        ({**of_ecs, "ResourceIds": [custom["ResourceId"]]}, []),
    ):
        shown = scaling.describe_scalable_targets(**asked)["ScalableTargets"]
        assert [one["ResourceId"].rpartition("/")[2] for one in shown] == want, asked


def test_a_policy_is_told_of_the_latest_minute(cloud: minicloud.Cloud, scaling: Any, cloudwatch: Any) -> None:
    fleet = cloud.scaling_target("web", minimum=1, maximum=9)
    exact = {
        "AdjustmentType": EXACT,
        "StepAdjustments": [step(0, 100, 2), step(100, None, 5)],
        "MetricAggregationType": "Minimum",
        "Cooldown": 0,
    }
    arn = scaling.put_scaling_policy(PolicyName="p", **KEY, StepScalingPolicyConfiguration=exact)["PolicyARN"]
    alarm = {"Period": 10, "EvaluationPeriods": 6, "DatapointsToAlarm": 1, "Threshold": 10}
    cloudwatch.put_metric_alarm(
        AlarmName="p", **METRIC, **alarm, ComparisonOperator="GreaterThanThreshold", AlarmActions=[arn]
    )
    for value in (20, *[120] * 6):
        data = {"MetricName": "load", "Value": value, "StorageResolution": 1}
        cloudwatch.put_metric_data(Namespace="app", MetricData=[data])
        cloud.clock.advance(10)
    assert [(one.time.minute, one.time.second, one.new) for one in fleet.history] == [(0, 10, 2), (1, 10, 5)]


def test_tracking_begins_at_nothing(
    cloud: minicloud.Cloud, scaling: Any, cloudwatch: Any, measure: Callable[..., None]
) -> None:
    fleet = cloud.scaling_target("web", minimum=0, maximum=9)
    tracked(scaling, ScaleOutCooldown=0)
    (policy,) = scaling.describe_scaling_policies(**KEY)["ScalingPolicies"]
    (high,) = [one["AlarmName"] for one in policy["Alarms"] if "AlarmHigh" in one["AlarmName"]]
    for value, want in ((9, 0), (10, 0), (10.5, 1)):
        measure(value)
        for state in ("OK", "ALARM"):
            cloudwatch.set_alarm_state(AlarmName=high, StateValue=state, StateReason="test")
        assert fleet.desired == want, value


def test_what_a_policy_wants_that_has_nothing_new_to_say(cloud: minicloud.Cloud, scaling: Any, cloudwatch: Any) -> None:
    """It counts where all scale in, with the value that it was told last."""
    fleet = cloud.scaling_target("web", minimum=1, maximum=50, desired=10)
    for name in ("load", "other"):
        tracking = {
            "TargetValue": 10,
            "CustomizedMetricSpecification": {**METRIC, "MetricName": name},
            "ScaleInCooldown": 0,
            "ScaleOutCooldown": 0,
        }
        scaling.put_scaling_policy(
            PolicyName=name,
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=tracking,
            **KEY,
        )
    for minute in range(25):
        values = {"other": 9.5 if minute < 10 else 5}
        if minute < 16:
            values["load"] = 8
        data = [{"MetricName": name, "Value": value} for name, value in values.items()]
        cloudwatch.put_metric_data(Namespace="app", MetricData=data)
        cloud.clock.advance(60)
    assert minutes(fleet) == [(25, 8)]


def test_in_a_cooldown_what_was_added_counts_from_nothing_on(
    cloud: minicloud.Cloud, scaling: Any, cloudwatch: Any, measure: Callable[..., None]
) -> None:
    fleet = cloud.scaling_target("web", minimum=0, maximum=9)
    step_policy(scaling, cloudwatch, [step(0, 10, 2), step(10, None, 3)], Cooldown=300)
    measure(100, 100)
    assert minutes(fleet) == [(1, 2)]
    measure(110)  # three from nothing on is more
    assert minutes(fleet) == [(1, 2), (3, 3)]
