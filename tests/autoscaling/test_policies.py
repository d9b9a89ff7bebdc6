"""Scaling policies: put, shown, deleted, refused; and the alarms that belong to them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import minicloud
from tests.support.answers import told_instead

from .conftest import KEY
from .test_targets import OF, client_error, refused

STEPS = {
    "AdjustmentType": "ChangeInCapacity",
    "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
}
METRIC = {"Namespace": "app", "MetricName": "load", "Statistic": "Average"}
TRACKING = {"TargetValue": 10.0, "CustomizedMetricSpecification": METRIC}
INVALID = "ValidationException"


@pytest.fixture
def target(scaling: Any) -> Any:
    return scaling.register_scalable_target(**KEY, MinCapacity=1, MaxCapacity=5)


def steps(*bounds: tuple[float | None, float | None], how: str = "ChangeInCapacity", by: int = 1) -> dict[str, Any]:
    made = []
    for low, high in bounds:
        step = {"MetricIntervalLowerBound": low, "MetricIntervalUpperBound": high, "ScalingAdjustment": by}
        made.append({name: value for name, value in step.items() if value is not None})
    return {"AdjustmentType": how, "StepAdjustments": made}


def tracked(scaling: Any, **changes: Any) -> Any:
    return scaling.put_scaling_policy(
        PolicyName="t",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={**TRACKING, **changes},
        **KEY,
    )


@pytest.mark.usefixtures("target")
def test_a_step_policy_hears_the_alarms_that_name_it(scaling: Any, cloudwatch: Any) -> None:
    put = scaling.put_scaling_policy(PolicyName="p", **KEY, StepScalingPolicyConfiguration=STEPS)
    arn = put["PolicyARN"]
    prefix = r"arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:[0-9a-f-]{36}:resource/ecs/service/default/web"
    assert re.fullmatch(prefix + ":policyName/p", arn)
    assert put["Alarms"] == []
    alarm = {"EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold", "Period": 60}
    cloudwatch.put_metric_alarm(AlarmName="a", **METRIC, **alarm, AlarmActions=[arn])
    (shown,) = scaling.describe_scaling_policies(**KEY)["ScalingPolicies"]
    assert shown.pop("CreationTime")
    assert shown == {
        **KEY,
        "PolicyARN": arn,
        "PolicyName": "p",
        "PolicyType": "StepScaling",
        "StepScalingPolicyConfiguration": STEPS,
        "Alarms": [{"AlarmName": "a", "AlarmARN": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a"}],
    }
    again = scaling.put_scaling_policy(PolicyName="p", **KEY, StepScalingPolicyConfiguration={**STEPS, "Cooldown": 7})
    assert again["PolicyARN"] == arn
    scaling.delete_scaling_policy(PolicyName="p", **KEY)
    (left,) = cloudwatch.describe_alarms()["MetricAlarms"]
    assert (left["AlarmName"], left["AlarmActions"]) == ("a", [])


@pytest.mark.usefixtures("target")
def test_a_tracking_policy_has_alarms_of_its_own(scaling: Any, cloudwatch: Any) -> None:
    put = tracked(scaling)
    high, low = (one["AlarmName"] for one in put["Alarms"])
    assert re.fullmatch(r"TargetTracking-service/default/web-AlarmHigh-[0-9a-f-]{36}", high)
    assert re.fullmatch(r"TargetTracking-service/default/web-AlarmLow-[0-9a-f-]{36}", low)
    alarms = {one["AlarmName"]: one for one in cloudwatch.describe_alarms()["MetricAlarms"]}
    seen = ("ComparisonOperator", "Threshold", "EvaluationPeriods", "Period", "AlarmDescription", "AlarmActions")
    text = f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {put['PolicyARN']}."
    rest = (60, text, [put["PolicyARN"]])
    assert [alarms[high][name] for name in seen] == ["GreaterThanThreshold", 10.0, 3, *rest]
    assert [alarms[low][name] for name in seen] == ["LessThanThreshold", 9.0, 15, *rest]
    (shown,) = scaling.describe_scaling_policies(ServiceNamespace="ecs", PolicyNames=["t"])["ScalingPolicies"]
    assert (shown["PolicyType"], shown["Alarms"]) == ("TargetTrackingScaling", put["Alarms"])
    assert shown["TargetTrackingScalingPolicyConfiguration"] == TRACKING

    assert [one["AlarmName"] for one in tracked(scaling, DisableScaleIn=True)["Alarms"]] == [high]
    assert [one["AlarmName"] for one in cloudwatch.describe_alarms()["MetricAlarms"]] == [high]
    scaling.delete_scaling_policy(PolicyName="t", **KEY)
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


@pytest.mark.parametrize(
    ("configuration", "text"),
    [
        ({}, "Adjustment type must be specified"),
        ({"AdjustmentType": "ExactCapacity"}, "There must be at least one step adjustment"),
        (steps((None, None)), "Both lower and upper bounds of a step adjustment cannot be left unspecified"),
        (
            steps((None, 0), (None, 1), (1, None)),
            "At most one step adjustment may have an unspecified lower bound",
        ),
        (steps((0, None), (1, None)), "At most one step adjustment may have an unspecified upper bound"),
        (steps((1, 1)), "Lower bound must be less than upper bound for a step adjustment"),
        (steps((0, 5), (4, None)), "Step adjustment intervals cannot overlap"),
        (steps((0, 5), (6, None)), "Step adjustment intervals cannot have gaps between them"),
        (
            steps((-5, 0), (0, None)),
            "There must be a step adjustment with an unspecified lower bound when one step adjustment has a negative "
            "lower bound",
        ),
        (
            steps((None, 0), (0, 5)),
            "There must be a step adjustment with an unspecified upper bound when one step adjustment has a positive "
            "upper bound",
        ),
        ({**STEPS, "Cooldown": -1}, "Cooldown cannot be less than 0"),
        ({**STEPS, "MinAdjustmentMagnitude": 0}, "Min adjustment magnitude must be greater than 0"),
        (
            steps((0, None), how="ExactCapacity", by=-1),
            "Scaling adjustment cannot be less than 0 when adjustment type is ExactCapacity",
        ),
    ],
)
@pytest.mark.usefixtures("target")
def test_steps_that_are_refused(scaling: Any, configuration: Any, text: str) -> None:
    put = scaling.put_scaling_policy
    refused(put, INVALID, text, PolicyName="p", **KEY, StepScalingPolicyConfiguration=configuration)


def test_refusals(scaling: Any) -> None:
    put, missing = scaling.put_scaling_policy, "ObjectNotFoundException"
    policy = {"PolicyName": "p", **KEY}
    registered = f"No scalable target registered for {OF}"
    refused(put, missing, registered, **policy, StepScalingPolicyConfiguration=STEPS)
    refused(put, INVALID, "StepScaling policy configuration must be specified", **policy)
    scaling.register_scalable_target(**KEY, MinCapacity=1, MaxCapacity=5)
    text = "Value 'x' at 'policyType' failed to satisfy constraint: Member must satisfy enum value set: "
    text += "[PredictiveScaling, StepScaling, TargetTrackingScaling]"
    with pytest.raises(client_error(), match=re.escape(text)):
        put(**policy, PolicyType="x")
    text = (
        "1 validation error detected: Value 'a\x7f' at 'policyName' failed to satisfy constraint: Member must satisfy "
        r"regular expression pattern: \p{Print}+"
    )
    refused(put, INVALID, text, **{**policy, "PolicyName": "a\x7f"}, StepScalingPolicyConfiguration=STEPS)
    deleted = f"No scaling policy found for {OF}, policy name: p"
    refused(scaling.delete_scaling_policy, missing, deleted, **policy)
    text = "StepScaling policy configuration cannot be specified for policy type TargetTrackingScaling"
    both = {"StepScalingPolicyConfiguration": STEPS, "TargetTrackingScalingPolicyConfiguration": TRACKING}
    refused(put, INVALID, text, **policy, PolicyType="TargetTrackingScaling", **both)
    text = "TargetTrackingScaling policy configuration cannot be specified for policy type StepScaling"
    refused(put, INVALID, text, **policy, PolicyType="StepScaling", **both)
    text = "TargetTrackingScaling policy configuration must be specified"
    refused(put, INVALID, text, **policy, PolicyType="TargetTrackingScaling")
    one_metric = "Either a predefined metric or a customized metric must be specified, but not both"
    together = "{} and Metrics cannot be specified together for a customized metric"
    plain = {**METRIC, "Dimensions": [], "Unit": "Count"}
    predefined = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}
    none = {key: value for key, value in TRACKING.items() if key != "CustomizedMetricSpecification"}
    rows: list[tuple[dict[str, Any], str]] = [
        (none, one_metric),
        ({**TRACKING, **predefined}, one_metric),
        ({**TRACKING, "ScaleInCooldown": -1}, "Cooldown cannot be less than 0"),
        ({**TRACKING, "ScaleOutCooldown": -1}, "Cooldown cannot be less than 0"),
        ({**TRACKING, "TargetValue": 0}, "Target value must be greater than 0"),
        *(
            ({**none, "CustomizedMetricSpecification": {key: METRIC[key] for key in METRIC if key != name}},
             f"{name} must be specified for a customized metric")
            for name in METRIC
        ),
        *(
            ({**none, "CustomizedMetricSpecification": {name: plain[name], "Metrics": []}}, together.format(name))
            for name in plain
        ),
    ]  # fmt: skip
    for configuration, text in rows:
        given = {"PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": configuration}
        refused(put, INVALID, text, **policy, **given)
    wrong = {"CustomizedMetricSpecification": {"Metrics": [{"Id": "e", "Expression": "nothing + "}]}}
    with pytest.raises(client_error(), match="The metric specification is invalid: Error in expression"):
        tracked(scaling, **wrong)
    assert scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"] == []


@pytest.mark.usefixtures("target")
def test_steps_at_the_bounds_of_what_is_taken(scaling: Any) -> None:
    for number, configuration in enumerate(
        (
            steps((0, 5), (5, None)),
            steps((None, -5), (-5, 0)),
            steps((None, 0), (0, None)),
            steps((0, None), how="ExactCapacity", by=0),
            {**STEPS, "Cooldown": 0},
            {**STEPS, "MinAdjustmentMagnitude": 1},
        )
    ):
        scaling.put_scaling_policy(PolicyName=str(number), **KEY, StepScalingPolicyConfiguration=configuration)
        (shown,) = scaling.describe_scaling_policies(ServiceNamespace="ecs", PolicyNames=[str(number)])[
            "ScalingPolicies"
        ]
        assert shown["StepScalingPolicyConfiguration"] == configuration


@pytest.mark.usefixtures("target")
def test_a_configuration_is_shown_in_aws_order_and_is_a_copy(scaling: Any) -> None:
    dimensions = [{"Value": "v", "Name": "n"}]
    metric = {"Statistic": "Sum", "Dimensions": dimensions, "Namespace": "app", "MetricName": "load"}
    tracking = {"DisableScaleIn": True, "ScaleOutCooldown": 1, "CustomizedMetricSpecification": metric}
    tracked(scaling, **tracking, TargetValue=9.0)
    steps = {
        "Cooldown": 1,
        "StepAdjustments": [{"ScalingAdjustment": 1, "MetricIntervalLowerBound": 0.0}],
        "AdjustmentType": "ChangeInCapacity",
    }
    scaling.put_scaling_policy(PolicyName="s", **KEY, StepScalingPolicyConfiguration=steps)
    dimensions[0]["Value"] = "changed"
    metric["Statistic"] = "changed"

    def shown() -> list[Any]:
        policies = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
        return [one[f"{one['PolicyType']}PolicyConfiguration"] for one in policies]

    whole = [
        {
            "TargetValue": 9.0,
            "CustomizedMetricSpecification": {
                "MetricName": "load",
                "Namespace": "app",
                "Dimensions": [{"Name": "n", "Value": "v"}],
                "Statistic": "Sum",
            },
            "ScaleOutCooldown": 1,
            "DisableScaleIn": True,
        },
        {
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
            "Cooldown": 1,
        },
    ]
    found = shown()
    assert json.dumps(found) == json.dumps(whole)  # in this order
    found[0]["CustomizedMetricSpecification"]["Dimensions"][0]["Value"] = "changed"
    found[1]["StepAdjustments"].clear()
    assert shown() == whole


@pytest.mark.usefixtures("target")
def test_policies_are_listed_in_pages(scaling: Any) -> None:
    other = {**KEY, "ResourceId": "service/default/other"}
    scaling.register_scalable_target(**other, MinCapacity=1, MaxCapacity=5)
    for number in range(11):
        scaling.put_scaling_policy(PolicyName=f"p{number}", **KEY, StepScalingPolicyConfiguration=STEPS)
    scaling.put_scaling_policy(PolicyName="p0", **other, StepScalingPolicyConfiguration=STEPS)
    listed = scaling.describe_scaling_policies
    first = listed(ServiceNamespace="ecs")
    second = listed(ServiceNamespace="ecs", NextToken=first["NextToken"])
    names = [one["PolicyName"] for one in first["ScalingPolicies"] + second["ScalingPolicies"]]
    assert names == [*(f"p{number}" for number in range(11)), "p0"]
    assert (len(first["ScalingPolicies"]), "NextToken" in second) == (10, False)
    for asked, count in (
        ({"ResourceId": other["ResourceId"]}, 1),
        ({"PolicyNames": ["p0"]}, 2),
        ({**other, "PolicyNames": ["p1"]}, 0),
        ({"MaxResults": 1}, 1),
        ({"MaxResults": 10}, 10),
    ):
        assert len(listed(**{"ServiceNamespace": "ecs", **asked})["ScalingPolicies"]) == count, asked
    dimension = {"ServiceNamespace": "ecs", "ScalableDimension": KEY["ScalableDimension"]}
    text = "Resource ID must be specified when scalable dimension is specified"
    for operation in (listed, scaling.describe_scaling_activities, scaling.describe_scheduled_actions):
        refused(operation, INVALID, text, **dimension)
    for operation, most in (
        (listed, 10),
        (scaling.describe_scaling_activities, 50),
        (scaling.describe_scheduled_actions, 50),
        (scaling.describe_scalable_targets, 50),
    ):
        operation(ServiceNamespace="ecs", MaxResults=most)
        for size in (0, most + 1):
            text = f"Max results must be between 1 and {most}"
            refused(operation, INVALID, text, ServiceNamespace="ecs", MaxResults=size)


@pytest.mark.usefixtures("target")
def test_a_policy_that_is_deleted_is_gone(scaling: Any, cloudwatch: Any) -> None:
    tracked(scaling)
    scaling.put_scaling_policy(PolicyName="s", **KEY, StepScalingPolicyConfiguration=STEPS)
    for name, left in (("t", ["s"]), ("s", [])):
        scaling.delete_scaling_policy(PolicyName=name, **KEY)
        shown = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
        assert [one["PolicyName"] for one in shown] == left
        with pytest.raises(client_error(), match="ObjectNotFoundException"):
            scaling.delete_scaling_policy(PolicyName=name, **KEY)
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_operations_that_are_not_here(cloud: minicloud.Cloud) -> None:
    assert told_instead(cloud.client("application-autoscaling"), "get_predictive_scaling_forecast") == {
        "predictive scaling is a model that AWS trains: take the call out of the test, or let the service through "
        "with mock_aws(passthrough=('application-autoscaling',)) where something else answers it"
    }


@pytest.mark.usefixtures("target")
def test_what_minicloud_does_not_do(scaling: Any) -> None:
    predefined = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
    with pytest.raises(minicloud.UsageError) as caught:
        scaling.put_scaling_policy(
            PolicyName="p",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={"TargetValue": 1, "PredefinedMetricSpecification": predefined},
            **KEY,
        )
    assert str(caught.value) == (
        "PredefinedMetricType='ECSServiceAverageCPUUtilization' is a metric that nothing measures here: give a "
        "CustomizedMetricSpecification, of a metric that the test puts, or of what minicloud measures"
    )
    with pytest.raises(minicloud.UsageError) as caught:
        scaling.put_scaling_policy(PolicyName="p", PolicyType="PredictiveScaling", **KEY)
    assert str(caught.value) == (
        "predictive scaling is a model that AWS trains: give the target a step or a target tracking policy, or a "
        "scheduled action"
    )


@pytest.mark.usefixtures("target")
def test_alarms_take_policies_where_aws_does(cloudwatch: Any, scaling: Any) -> None:
    arn = tracked(scaling)["PolicyARN"]
    with pytest.raises(minicloud.UsageError, match="an action that minicloud cannot take"):
        cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="TRUE", AlarmActions=[arn])
    group = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:x:autoScalingGroupName/g:policyName/p"
    alarm = {"EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold", "Period": 60}
    with pytest.raises(minicloud.UsageError, match="an action that minicloud cannot take"):
        cloudwatch.put_metric_alarm(AlarmName="a", **METRIC, **alarm, AlarmActions=[group])
