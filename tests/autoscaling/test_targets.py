"""Scalable targets: registered, shown, moved within their bounds, deregistered; and their tags."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest

import minicloud
from tests.support.ways import OVER_A_SOCKET, error_class

from .conftest import KEY

ROLE = (
    "arn:aws:iam::123456789012:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_ECSService"
)
OF = "service namespace: ecs, resource ID: service/default/web, scalable dimension: ecs:service:DesiredCount"


def client_error() -> type[Exception]:
    return error_class("ClientError")


def refused(call: Any, code: str, text: str, **parameters: Any) -> None:
    with pytest.raises(client_error()) as raised:
        call(**parameters)
    response: Any = raised.value.response  # type: ignore[attr-defined]
    error = response["Error"]
    assert (error["Code"], error["Message"]) == (code, text)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["Message"] == text


def test_a_target_is_shown_as_aws_shows_it(scaling: Any) -> None:
    arn = scaling.register_scalable_target(**KEY, MinCapacity=1, MaxCapacity=5)["ScalableTargetARN"]
    place = "arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target"
    assert re.fullmatch(rf"{place}/0ec5[0-9a-f]{{32}}", arn)
    key = {**KEY, "ResourceId": "service/default/other"}
    other = scaling.register_scalable_target(**key, MinCapacity=1, MaxCapacity=1)
    assert re.fullmatch(rf"{place}/0ec5[0-9a-f]{{32}}", other["ScalableTargetARN"])
    assert other["ScalableTargetARN"] != arn
    scaling.deregister_scalable_target(**key)
    assert arn.startswith("arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/")
    (target,) = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert target["CreationTime"] == datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    assert {name: value for name, value in target.items() if name != "CreationTime"} == {
        **KEY,
        "MinCapacity": 1,
        "MaxCapacity": 5,
        "RoleARN": ROLE,
        "SuspendedState": {
            "DynamicScalingInSuspended": False,
            "DynamicScalingOutSuspended": False,
            "ScheduledScalingSuspended": False,
        },
        "ScalableTargetARN": arn,
    }
    again = {"RoleARN": "arn:aws:iam::123456789012:role/r", "SuspendedState": {"ScheduledScalingSuspended": True}}
    assert scaling.register_scalable_target(**KEY, MaxCapacity=7, **again)["ScalableTargetARN"] == arn
    (target,) = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 7)
    assert (target["RoleARN"], target["SuspendedState"]["ScheduledScalingSuspended"]) == (again["RoleARN"], True)


def test_a_capacity_is_moved_within_new_bounds(cloud: minicloud.Cloud, scaling: Any) -> None:
    fleet = cloud.scaling_target("web", minimum=1, maximum=20)
    scaling.register_scalable_target(**KEY, MinCapacity=15)
    scaling.register_scalable_target(**KEY, MinCapacity=1, MaxCapacity=10)
    assert [(one.old, one.new, one.cause) for one in fleet.history] == [
        (1, 15, "minimum capacity was set to 15"),
        (15, 10, "maximum capacity was set to 10"),
    ]
    newest, _ = scaling.describe_scaling_activities(**KEY)["ScalingActivities"]
    assert newest.pop("ActivityId")
    moment = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    assert newest == {
        **KEY,
        "Description": "Setting desired count to 10.",
        "Cause": "maximum capacity was set to 10",
        "StartTime": moment,
        "EndTime": moment,
        "StatusCode": "Successful",
        "StatusMessage": "Successfully set desired count to 10. Change successfully fulfilled by ecs.",
    }


def test_what_is_deregistered_keeps_its_capacity(cloud: minicloud.Cloud, scaling: Any, cloudwatch: Any) -> None:
    fleet = cloud.scaling_target("web", minimum=3, maximum=9, desired=4)
    fleet.track(cloud.metric("app", "load"), 10)
    fleet.schedule("rate(1 hour)", minimum=5)
    assert len(cloudwatch.describe_alarms()["MetricAlarms"]) == 2
    scaling.deregister_scalable_target(**KEY)
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []
    assert scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"] == []
    cloud.clock.advance(7200)
    assert cloud.scaling_target("web", minimum=1, maximum=9).desired == 4
    assert scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"] == []
    assert scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"] == []


def test_refusals(scaling: Any) -> None:
    invalid, missing = "ValidationException", "ObjectNotFoundException"
    register = scaling.register_scalable_target
    crossed = "Maximum capacity cannot be less than minimum capacity"
    refused(register, invalid, crossed, **KEY, MinCapacity=2, MaxCapacity=1)
    unsupported = "Unsupported service namespace, resource type or scalable dimension"
    bounds = {"MinCapacity": 1, "MaxCapacity": 1}
    for wrong in (
        {"ScalableDimension": "dynamodb:table:ReadCapacityUnits"},
        {"ResourceId": "cluster/default/web"},
        {"ServiceNamespace": "custom-resource"},
        {"ServiceNamespace": "dynamodb"},
    ):
        refused(register, invalid, unsupported, **{**KEY, **wrong}, **bounds)
    refused(scaling.deregister_scalable_target, missing, f"No scalable target found for {OF}", **KEY)
    names = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}
    text = "Resource ID must be specified when scalable dimension is specified"
    refused(scaling.describe_scalable_targets, invalid, text, **names)
    refused(
        scaling.describe_scalable_targets,
        "InvalidNextTokenException",
        "The next token is invalid.",
        ServiceNamespace="ecs",
        NextToken="x",
    )
    both = "Both min and max capacity must be specified when registering a scalable target"
    for name in bounds:
        refused(register, invalid, both, **KEY, **{name: 1})
    refused(register, invalid, "Max capacity cannot be less than 0", **KEY, MinCapacity=0, MaxCapacity=-1)
    many = {str(number): "" for number in range(51)}
    text = "The number of tags exceeds the limit of 50"
    refused(register, "TooManyTagsException", text, **KEY, **bounds, Tags=many)
    del many["0"]
    register(**KEY, **bounds, Tags=many)
    refused(register, invalid, crossed, **KEY, MinCapacity=2)
    register(**KEY, MinCapacity=0, MaxCapacity=0)


def test_a_word_that_is_none_of_them_is_named(scaling: Any) -> None:
    text = "Value 'ECS' at 'serviceNamespace' failed to satisfy constraint: Member must satisfy enum value set"
    with pytest.raises(client_error(), match=text):
        scaling.describe_scalable_targets(ServiceNamespace="ECS")


def test_tasks_are_measured(cloud: minicloud.Cloud) -> None:
    cloud.scaling_target("web", minimum=3, maximum=5)
    of = {"ClusterName": "default", "ServiceName": "web"}
    names = ("DesiredTaskCount", "RunningTaskCount")
    assert [cloud.metric("ECS/ContainerInsights", name, **of).latest for name in names] == [3, 3]
    cloud.clock.advance(60)
    assert [cloud.metric("ECS/ContainerInsights", name, **of).latest for name in names] == [3, 3]


def test_what_minicloud_does_not_scale(scaling: Any, way: str) -> None:
    table = {"ServiceNamespace": "dynamodb", "ResourceId": "table/t"}
    with pytest.raises(minicloud.UsageError) as caught:
        scaling.register_scalable_target(
            **table, ScalableDimension="dynamodb:table:ReadCapacityUnits", MinCapacity=1, MaxCapacity=2
        )
    to_do = (
        "let the service through with mock_aws(passthrough=('application-autoscaling',)) where something else "
        "answers it"
    )
    if way in OVER_A_SOCKET:
        to_do = (
            "have something else answer it, to which AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING or the client's "
            "endpoint_url leads"
        )
    assert str(caught.value) == (
        "minicloud scales services of ECS and custom resources, and nothing of 'dynamodb': register it as a custom "
        f"resource in the test (ServiceNamespace='custom-resource'), or {to_do}"
    )


def test_pages(scaling: Any) -> None:
    for number in range(5):
        key = {**KEY, "ResourceId": f"service/default/{number}"}
        scaling.register_scalable_target(**key, MinCapacity=number, MaxCapacity=5)
    custom = {"ServiceNamespace": "custom-resource", "ScalableDimension": "custom-resource:ResourceType:Property"}
    scaling.register_scalable_target(**custom, ResourceId="https://example.com/1", MinCapacity=0, MaxCapacity=1)
    found, token = [], {}
    for _ in range(3):
        page = scaling.describe_scalable_targets(ServiceNamespace="ecs", MaxResults=2, **token)
        found += [one["MinCapacity"] for one in page["ScalableTargets"]]
        token = {"NextToken": page.get("NextToken")}
    assert (found, token) == ([0, 1, 2, 3, 4], {"NextToken": None})
    some = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=["service/default/3"])
    assert [one["MinCapacity"] for one in some["ScalableTargets"]] == [3]
    assert len(scaling.describe_scalable_targets(ServiceNamespace="custom-resource")["ScalableTargets"]) == 1


def test_tags(scaling: Any) -> None:
    arn = scaling.register_scalable_target(**KEY, MinCapacity=1, MaxCapacity=1, Tags={"a": "b"})["ScalableTargetARN"]
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"a": "b"}
    scaling.tag_resource(ResourceARN=arn, Tags={"a": "c", "d": ""})
    scaling.untag_resource(ResourceARN=arn, TagKeys=["x", "d"])
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"a": "c"}
    with pytest.raises(client_error(), match="TooManyTagsException"):
        scaling.tag_resource(ResourceARN=arn, Tags={str(number): "" for number in range(50)})
    with pytest.raises(client_error()) as raised:
        scaling.list_tags_for_resource(ResourceARN=f"{arn}0")
    response: Any = raised.value.response  # type: ignore[attr-defined]
    assert (response["Error"]["Code"], response["ResourceName"]) == ("ResourceNotFoundException", f"{arn}0")
