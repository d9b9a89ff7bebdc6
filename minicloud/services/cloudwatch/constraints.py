"""The constraints that the model of CloudWatch puts on members, and the check of a request's members against them.

botocore checks minimums before it sends, unless it was told not to; what is left to the service are patterns, upper
bounds and lists of values. They are checked here, before anything else that a request asks for is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ...core.constraints import Choice, Length, Member, Number, Text, TextList, violations_of_members
from ...core.unset import UNSET
from . import errors

__all__ = ["check", "dimension_members"]


def check(*members: Member) -> None:
    """Raise ValidationError when any of ``(path, constraint, value)`` is broken; UNSET breaks none."""
    violations = violations_of_members(members)
    if violations:
        raise errors.validation_failed(violations)


UNITS: Final = (
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
)
STATISTICS: Final = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")

NAMESPACE: Final = Text(1, 255, "[^:].*")
METRIC_NAME: Final = Text(1, 255)
DIMENSION_NAME: Final = Text(1, 255)
DIMENSION_VALUE: Final = Text(1, 1024)
DIMENSIONS: Final = Length(0, 30)
DIMENSION_FILTERS: Final = Length(0, 10)
UNIT: Final = Choice(*UNITS)
PERIOD: Final = Number(1)
STATISTIC_LIST: Final = TextList(1, 5, choices=STATISTICS)
EXTENDED_LIST: Final = TextList(1, 10)
QUERY_ID: Final = Text(1, 255)
EXPRESSION: Final = Text(1, 2048)
SCAN_BY: Final = Choice("TimestampDescending", "TimestampAscending")
RECENTLY_ACTIVE: Final = Choice("PT3H")
ARN: Final = Text(1, 1024)
ALARM_NAME: Final = Text(1, 255)
ALARM_DESCRIPTION: Final = Text(0, 1024)
ALARM_RULE: Final = Text(1, 10_240)
SUPPRESSOR: Final = Text(1, 1600)
ALARM_NAMES: Final = Length(0, 100)
ACTIONS: Final = Length(0, 5)
ACTION_PREFIX: Final = Text(1, 1024)
COMPARISON: Final = Choice(
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
)
STATISTIC: Final = Choice(*STATISTICS)
STATE_VALUE: Final = Choice("INSUFFICIENT_DATA", "ALARM", "OK")
STATE_REASON: Final = Text(0, 1023)
STATE_REASON_DATA: Final = Text(0, 4000)
HISTORY_ITEM_TYPE: Final = Choice(
    "ConfigurationUpdate", "StateUpdate", "Action", "AlarmContributorStateUpdate", "AlarmContributorAction"
)
ALARM_TYPE: Final = Choice("CompositeAlarm", "MetricAlarm", "LogAlarm")
MAX_RECORDS: Final = Number(1, 100)
TAG_KEY: Final = Text(1, 128)
TAG_VALUE: Final = Text(0, 256)


def dimension_members(path: str, dimensions: Sequence[Mapping[str, Any]], count: Length = DIMENSIONS) -> list[Member]:
    """What there is to check of a list of dimensions."""
    if dimensions is UNSET:
        return []
    members: list[Member] = [(path, count, dimensions)]
    for number, one in enumerate(dimensions, 1):
        members.append((f"{path}.{number}.member.name", DIMENSION_NAME, one.get("Name", UNSET)))
        members.append((f"{path}.{number}.member.value", DIMENSION_VALUE, one.get("Value", UNSET)))
    return members
