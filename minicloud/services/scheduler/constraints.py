"""The constraints that the model of Scheduler puts on members, and the check of a request's members against them.

botocore checks minimums before it sends, unless it was told not to; what is left to the service are patterns, upper
bounds and lists of values. They are checked here, before anything else that a request asks for is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...core.constraints import Choice, Length, Number, Table, Text, members_by_table, violations_of_members
from . import errors

__all__ = ["GROUP", "GROUPS_LISTED", "SCHEDULE", "SCHEDULES_LISTED", "TAGGED", "check"]


def check(given: Mapping[str, Any], table: Table) -> None:
    """Raise ValidationException when any member breaks a constraint; UNSET breaks none. O(members)."""
    violations = violations_of_members(members_by_table(given, table))
    if violations:
        raise errors.validation_failed(violations)


_NAME: Final = Text(1, 64, r"[0-9a-zA-Z-_.]+")
_STATE: Final = Choice("ENABLED", "DISABLED")
_TOKEN: Final = Text(1, 64, r"[a-zA-Z0-9-_]+")
_ANY: Final = Text(1, 1600)
_TAGS: Final = (Length(0, 200), {"Key": Text(1, 128), "Value": Text(1, 256)})
_VPC: Final = {
    "AssignPublicIp": Choice("ENABLED", "DISABLED"),
    "SecurityGroups": (Length(1, 5), Text(1, 1000)),
    "Subnets": (Length(1, 16), Text(1, 1000)),
}
_ECS: Final = {
    "CapacityProviderStrategy": (
        Length(0, 6),
        {"base": Number(0, 100_000), "capacityProvider": Text(1, 255), "weight": Number(0, 1000)},
    ),
    "Group": Text(1, 255),
    "LaunchType": Choice("EC2", "FARGATE", "EXTERNAL"),
    "NetworkConfiguration": {"awsvpcConfiguration": _VPC},
    "PlacementConstraints": (
        Length(0, 10),
        {"expression": Text(0, 2000), "type": Choice("distinctInstance", "memberOf")},
    ),
    "PlacementStrategy": (Length(0, 5), {"field": Text(0, 255), "type": Choice("random", "spread", "binpack")}),
    "PlatformVersion": Text(1, 64),
    "PropagateTags": Choice("TASK_DEFINITION"),
    "ReferenceId": Text(0, 1024),
    "TaskCount": Number(1, 10),
    "TaskDefinitionArn": _ANY,
}
_SAGEMAKER: Final = {
    "PipelineParameterList": (
        Length(0, 200),
        {"Name": Text(1, 256, r"[A-Za-z0-9\-_]*"), "Value": Text(1, 1024)},
    )
}
_SOURCE: Final = Text(1, 256, r"(?=[/\.\-_A-Za-z0-9]+)((?!aws\.).*)|(\$(\.[\w_-]+(\[(\d+|\*)\])*)*)")
_TARGET: Final = {
    "Arn": _ANY,
    "DeadLetterConfig": {"Arn": Text(1, 1600, r"arn:aws[a-z-]*:sqs:[a-z0-9\-]+:\d{12}:[a-zA-Z0-9\-_]+")},
    "EcsParameters": _ECS,
    "EventBridgeParameters": {
        "DetailType": Text(1, 128),
        "Source": _SOURCE,
    },
    "EventBridgePutEventsV2Parameters": {"DetailType": Text(1, 128), "Source": _SOURCE},
    "Input": Text(1),
    "KinesisParameters": {"PartitionKey": Text(1, 256)},
    "RetryPolicy": {"MaximumEventAgeInSeconds": Number(60, 86_400), "MaximumRetryAttempts": Number(0, 185)},
    "RoleArn": Text(1, 1600, r"arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@\/-]+"),
    "SageMakerPipelineParameters": _SAGEMAKER,
    "SqsParameters": {"MessageGroupId": Text(1, 128)},
}

SCHEDULE: Final = {
    "ActionAfterCompletion": Choice("NONE", "DELETE"),
    "ClientToken": _TOKEN,
    "Description": Text(0, 512),
    "FlexibleTimeWindow": {"MaximumWindowInMinutes": Number(1, 1440), "Mode": Choice("OFF", "FLEXIBLE")},
    "GroupName": _NAME,
    "KmsKeyArn": Text(1, 2048, r"arn:aws[a-z-]*:kms:[a-z0-9\-]+:\d{12}:(key|alias)\/[0-9a-zA-Z-_]*"),
    "Name": _NAME,
    "ScheduleExpression": Text(1, 256),
    "ScheduleExpressionTimezone": Text(1, 50),
    "State": _STATE,
    "Target": _TARGET,
}
GROUP: Final = {"ClientToken": _TOKEN, "Name": _NAME, "Tags": _TAGS}
SCHEDULES_LISTED: Final = {
    "GroupName": _NAME,
    "MaxResults": Number(1, 100),
    "NamePrefix": _NAME,
    "NextToken": Text(1, 2048),
    "State": _STATE,
}
GROUPS_LISTED: Final = {"MaxResults": Number(1, 100), "NamePrefix": _NAME, "NextToken": Text(1, 2048)}
TAGGED: Final = {
    "ResourceArn": Text(1, 1011, r"arn:aws[a-z-]*:scheduler:[a-z0-9\-]+:\d{12}:schedule-group\/[0-9a-zA-Z-_.]+"),
    "Tags": _TAGS,
    "TagKeys": (Length(0, 200), Text(1, 128)),
}
