"""The constraints that the model of EventBridge puts on members, and the check of a request's members against them.

botocore checks minimums before it sends, unless it was told not to; what is left to the service are patterns, upper
bounds and lists of values. They are checked here, before anything else that a request asks for is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ...core.constraints import Choice, Length, Member, Number, Text, members_of, violations_of_members
from ...core.unset import UNSET
from . import errors

__all__ = ["check", "tag_members", "tags_of", "target_members"]


def check(*members: Member) -> None:
    """Raise ValidationException when any of ``(path, constraint, value)`` is broken; UNSET breaks none."""
    violations = violations_of_members(members)
    if violations:
        raise errors.validation_failed(violations)


_NAME = r"[\.\-_A-Za-z0-9]+"
_BUS_ARN = r"(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?"
_ARN_OF_EVENTS = r"^arn:aws([a-z]|\-)*:events:([a-z]|\d|\-)*:([0-9]{12})?:.+\/.+$"

BUS_NAME: Final = Text(1, 256, r"[/\.\-_A-Za-z0-9]+")
BUS: Final = Text(1, 1600, rf"{_BUS_ARN}[/\.\-_A-Za-z0-9]+")
OWN_BUS: Final = Text(1, 1600, rf"{_BUS_ARN}{_NAME}")
OWN_BUS_NAME: Final = Text(1, 256, _NAME)
BUS_DESCRIPTION: Final = Text(0, 512)
KMS_KEY: Final = Text(0, 2048, r"^[a-zA-Z0-9_\-/:]*$")
INCLUDE_DETAIL: Final = Choice("NONE", "FULL")
LEVEL: Final = Choice("OFF", "ERROR", "INFO", "TRACE")
DEAD_LETTER_ARN: Final = Text(1, 1600)
RULE_NAME: Final = Text(1, 64, _NAME)
SCHEDULE: Final = Text(0, 256)
PATTERN: Final = Text(0, 4096)
RULE_STATE: Final = Choice("ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")
DESCRIPTION: Final = Text(0, 512)
ROLE_ARN: Final = Text(1, 1600)
ARN: Final = Text(1, 1600)
TARGET_ID: Final = Text(1, 64, _NAME)
TARGETS: Final = Length(1, 100)
INPUT: Final = Text(0, 8192)
INPUT_PATH: Final = Text(0, 256)
PATHS: Final = Length(0, 100)
PATH_KEY: Final = Text(1, 256, r"[A-Za-z0-9\_\-]+")
RETRIES: Final = Number(0, 185)
AGE: Final = Number(60, 86_400)
TEMPLATE: Final = Text(1, 8192)
ENTRIES: Final = 10
RESOURCE: Final = Text(0, 2048)
TRACE_HEADER: Final = Text(1, 500)
ACTION: Final = Text(1, 64, "events:[a-zA-Z]+")
PRINCIPAL: Final = Text(1, 12, r"(\d{12}|\*)")
STATEMENT_ID: Final = Text(1, 64, "[a-zA-Z0-9-_]+")
NEXT_TOKEN: Final = Text(1, 2048)
LIMIT: Final = Number(1, 100)
ARCHIVE_NAME: Final = Text(1, 48, _NAME)
ARCHIVE_STATE: Final = Choice("ENABLED", "DISABLED", "CREATING", "UPDATING", "CREATE_FAILED", "UPDATE_FAILED")
EVENTS_ARN: Final = Text(1, 1600, _ARN_OF_EVENTS)
RETENTION: Final = Number(0)
REPLAY_NAME: Final = Text(1, 64, _NAME)
REPLAY_STATE: Final = Choice("STARTING", "RUNNING", "CANCELLING", "COMPLETED", "CANCELLED", "FAILED")
TAG_KEY: Final = Text(1, 128)
TAG_VALUE: Final = Text(0, 256)


def tag_members(tags: Sequence[Mapping[str, Any]]) -> list[Member]:
    """What there is to check of tags."""
    return [] if tags is UNSET else members_of("tags", tags, {"Key": TAG_KEY, "Value": TAG_VALUE})


def tags_of(tags: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The values of tags, by their keys. Raises ValidationException for a key that is given twice."""
    values = {tag["Key"]: tag["Value"] for tag in tags or ()}
    if tags and len(values) < len(tags):
        raise errors.tag_twice()
    return values


def list_members(limit: int, next_token: str) -> list[Member]:
    """What there is to check of what all lists take."""
    return [("nextToken", NEXT_TOKEN, next_token), ("limit", LIMIT, limit)]


def target_members(targets: Sequence[Mapping[str, Any]]) -> list[Member]:
    """What there is to check of targets."""
    members: list[Member] = [("targets", TARGETS, targets)]
    for number, target in enumerate(targets, 1):
        path = f"targets.{number}.member"
        members += [
            (f"{path}.id", TARGET_ID, target["Id"]),
            (f"{path}.arn", ARN, target["Arn"]),
            (f"{path}.roleArn", ROLE_ARN, target.get("RoleArn", UNSET)),
            (f"{path}.input", INPUT, target.get("Input", UNSET)),
            (f"{path}.inputPath", INPUT_PATH, target.get("InputPath", UNSET)),
        ]
        transformer = target.get("InputTransformer")
        if transformer is not None:
            paths = transformer.get("InputPathsMap", {})
            members.append((f"{path}.inputTransformer.inputPathsMap", PATHS, paths))
            for key, value in paths.items():
                members.append((f"{path}.inputTransformer.inputPathsMap.key", PATH_KEY, key))
                members.append((f"{path}.inputTransformer.inputPathsMap.{key}.member", INPUT_PATH, value))
            members.append((f"{path}.inputTransformer.inputTemplate", TEMPLATE, transformer["InputTemplate"]))
        stream, letters, retries = (
            target.get(name, {}) for name in ("KinesisParameters", "DeadLetterConfig", "RetryPolicy")
        )
        members += [
            (f"{path}.kinesisParameters.partitionKeyPath", INPUT_PATH, stream.get("PartitionKeyPath", UNSET)),
            (f"{path}.deadLetterConfig.arn", DEAD_LETTER_ARN, letters.get("Arn", UNSET)),
            (f"{path}.retryPolicy.maximumRetryAttempts", RETRIES, retries.get("MaximumRetryAttempts", UNSET)),
            (f"{path}.retryPolicy.maximumEventAgeInSeconds", AGE, retries.get("MaximumEventAgeInSeconds", UNSET)),
        ]
    return members
