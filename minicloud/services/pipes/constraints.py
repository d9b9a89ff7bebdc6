"""The constraints that the model of Pipes puts on members, and the check of a request's members against them.

botocore checks minimums before it sends, unless it was told not to; what is left to the service are patterns, upper
bounds and lists of values. What is only for sources and targets that are refused is not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...core.constraints import Choice, Length, Number, Table, TagMap, Text, members_by_table, violations_of_members
from . import errors

__all__ = ["LISTED", "PIPE", "TAGGED", "check"]


def check(given: Mapping[str, Any], table: Table) -> None:
    """Raise ValidationException when any member breaks a constraint; UNSET breaks none. O(members)."""
    violations = violations_of_members(members_by_table(given, table))
    if violations:
        raise errors.validation_failed(violations)


_NAME: Final = Text(1, 64, r"[\.\-_A-Za-z0-9]+")
_TEMPLATE: Final = Text(0, 8192, is_shown=False)
_STATE: Final = Choice("RUNNING", "STOPPED")
_ARN: Final = Text(1, 1600)
_WINDOW: Final = Number(0, 300)
_SOURCE: Final = {
    "FilterCriteria": {"Filters": (Length(0, 5), {"Pattern": Text(0, 4096, is_shown=False)})},
    "KinesisStreamParameters": {
        "BatchSize": Number(1, 10_000),
        "DeadLetterConfig": {"Arn": _ARN},
        "OnPartialBatchItemFailure": Choice("AUTOMATIC_BISECT"),
        "MaximumBatchingWindowInSeconds": _WINDOW,
        "MaximumRecordAgeInSeconds": Number(-1, 604_800),
        "MaximumRetryAttempts": Number(-1, 10_000),
        "ParallelizationFactor": Number(1, 10),
        "StartingPosition": Choice("TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"),
    },
    "SqsQueueParameters": {"BatchSize": Number(1, 10_000), "MaximumBatchingWindowInSeconds": _WINDOW},
}
_TARGET: Final = {
    "EventBridgeEventBusParameters": {
        "DetailType": Text(1, 128, is_shown=False),
        "Resources": (Length(0, 10), Text(1, 1600)),
        "Source": Text(
            1,
            256,
            r".*(?=[/\.\-_A-Za-z0-9]+)((?!aws\.).*)|(\$(\.[\w/_-]+(\[(\d+|\*)\])*)*).*",
            is_shown=False,
        ),
    },
    "InputTemplate": _TEMPLATE,
    "KinesisStreamParameters": {"PartitionKey": Text(0, 256, is_shown=False)},
    "LambdaFunctionParameters": {"InvocationType": Choice("REQUEST_RESPONSE", "FIRE_AND_FORGET")},
    "SqsQueueParameters": {
        "MessageDeduplicationId": Text(0, 100, is_shown=False),
        "MessageGroupId": Text(0, 100, is_shown=False),
    },
}
PIPE: Final = {
    "Name": _NAME,
    "Description": Text(0, 512, is_shown=False),
    "DesiredState": _STATE,
    "Source": _ARN,
    "SourceParameters": _SOURCE,
    "Enrichment": Text(0, 1600),
    "EnrichmentParameters": {"InputTemplate": _TEMPLATE},
    "Target": _ARN,
    "TargetParameters": _TARGET,
    "RoleArn": Text(1, 1600, r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z0-9+=,.@\-_/]+"),
    "Tags": TagMap(50),
    "KmsKeyIdentifier": Text(0, 2048, r"[a-zA-Z0-9_\-/:]*"),
}
LISTED: Final = {
    "NamePrefix": _NAME,
    "DesiredState": _STATE,
    "CurrentState": Choice(
        *("RUNNING", "STOPPED", "CREATING", "UPDATING", "DELETING", "STARTING", "STOPPING", "CREATE_FAILED"),
        *("UPDATE_FAILED", "START_FAILED", "STOP_FAILED", "DELETE_FAILED", "CREATE_ROLLBACK_FAILED"),
        *("DELETE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED"),
    ),
    "SourcePrefix": _ARN,
    "TargetPrefix": _ARN,
    "NextToken": Text(1, 2048, is_shown=False),
    "Limit": Number(1, 100),
}
TAGGED: Final = {
    "resourceArn": Text(1, 1600, r"arn:aws([a-z]|\-)*:([a-zA-Z0-9\-]+):([a-z]|\d|\-)*:([0-9]{12})?:(.+)"),
    "tags": TagMap(50),
    "tagKeys": (Length(0, 50), Text(1, 128)),
}
