"""The structures of CloudWatch's alarms: parameters and answers, members in the order of AWS's model."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

import datetime
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Answer, Minimum
from .shapes import MetricDataQuery, ShownDimension

AlarmName: TypeAlias = Annotated[str, Minimum(1)]
AlarmNames: TypeAlias = Sequence[AlarmName]
AlarmArn: TypeAlias = Annotated[str, Minimum(1)]
AlarmRule: TypeAlias = Annotated[str, Minimum(1)]
ActionPrefix: TypeAlias = Annotated[str, Minimum(1)]
ContributorId: TypeAlias = Annotated[str, Minimum(1)]
DatapointsToAlarm: TypeAlias = Annotated[int, Minimum(1)]
EvaluationPeriods: TypeAlias = Annotated[int, Minimum(1)]
EvaluationInterval: TypeAlias = Annotated[int, Minimum(10)]
MaxRecords: TypeAlias = Annotated[int, Minimum(1)]
TreatMissingData: TypeAlias = Annotated[str, Minimum(1)]
EvaluateLowSampleCountPercentile: TypeAlias = Annotated[str, Minimum(1)]
ResourceName: TypeAlias = Annotated[str, Minimum(1)]
ResourceList: TypeAlias = Sequence[ResourceName]

ComparisonOperator: TypeAlias = Literal[
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
]
StateValue: TypeAlias = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
AlarmType: TypeAlias = Literal["CompositeAlarm", "MetricAlarm", "LogAlarm"]
AlarmTypes: TypeAlias = Sequence[AlarmType]
HistoryItemType: TypeAlias = Literal[
    "ConfigurationUpdate", "StateUpdate", "Action", "AlarmContributorStateUpdate", "AlarmContributorAction"
]


class WallClockWindow(TypedDict, total=False):
    """Periods by the clock of a time zone."""

    Timezone: Annotated[str, Minimum(1)]


class SlidingWindow(TypedDict):
    """Periods that slide."""


class EvaluationWindow(TypedDict, total=False):
    """Which periods are evaluated."""

    WallClockWindow: WallClockWindow
    SlidingWindow: SlidingWindow


class WarmUpConfiguration(TypedDict):
    """How long an alarm is not evaluated at first."""

    WarmUpPeriodDurationInMinutes: Annotated[int, Minimum(1)]
    OnlyStartEvaluatingAfterWarmUpPeriodEnds: NotRequired[bool]


class AlarmPromQLCriteria(TypedDict):
    """A query in PromQL."""

    Query: Annotated[str, Minimum(1)]
    PendingPeriod: NotRequired[Annotated[int, Minimum(0)]]
    RecoveryPeriod: NotRequired[Annotated[int, Minimum(0)]]


class EvaluationCriteria(TypedDict, total=False):
    """What is evaluated beside metrics."""

    PromQLCriteria: AlarmPromQLCriteria


class AlarmTagsPropagation(TypedDict):
    """Which tags notifications tell."""

    Enabled: bool
    IncludedTagKeys: NotRequired[Annotated[Sequence[Annotated[str, Minimum(1)]], Minimum(1)]]
    ExcludedTagKeys: NotRequired[Annotated[Sequence[Annotated[str, Minimum(1)]], Minimum(1)]]


class ActionConfiguration(TypedDict, total=False):
    """What notifications tell."""

    AlarmTagsPropagation: AlarmTagsPropagation


# --- answers ----------------------------------------------------------------------------------------------------------


class CompositeAlarm(TypedDict, total=False):
    """A composite alarm, in an answer."""

    ActionsEnabled: bool
    AlarmActions: list[str]
    AlarmArn: str
    AlarmConfigurationUpdatedTimestamp: datetime.datetime
    AlarmDescription: str
    AlarmName: str
    AlarmRule: str
    InsufficientDataActions: list[str]
    OKActions: list[str]
    StateReason: str
    StateReasonData: str
    StateUpdatedTimestamp: datetime.datetime
    StateValue: str
    StateTransitionedTimestamp: datetime.datetime
    ActionsSuppressedBy: str
    ActionsSuppressedReason: str
    ActionsSuppressor: str
    ActionsSuppressorWaitPeriod: int
    ActionsSuppressorExtensionPeriod: int


class MetricAlarm(TypedDict, total=False):
    """A metric alarm, in an answer."""

    AlarmName: str
    AlarmArn: str
    AlarmDescription: str
    AlarmConfigurationUpdatedTimestamp: datetime.datetime
    ActionsEnabled: bool
    OKActions: list[str]
    AlarmActions: list[str]
    InsufficientDataActions: list[str]
    StateValue: str
    StateReason: str
    StateReasonData: str
    StateUpdatedTimestamp: datetime.datetime
    MetricName: str
    Namespace: str
    Statistic: str
    ExtendedStatistic: str
    Dimensions: list[ShownDimension]
    Period: int
    Unit: str
    EvaluationPeriods: int
    DatapointsToAlarm: int
    Threshold: float
    ComparisonOperator: str
    TreatMissingData: str
    EvaluateLowSampleCountPercentile: str
    Metrics: list[MetricDataQuery]
    StateTransitionedTimestamp: datetime.datetime


class LogAlarm(TypedDict, total=False):
    """An alarm on a query of logs, of which there are none here."""

    AlarmName: str


class AlarmHistoryItem(TypedDict, total=False):
    """What happened to an alarm, in an answer."""

    AlarmName: str
    AlarmContributorId: str
    AlarmType: str
    Timestamp: datetime.datetime
    HistoryItemType: str
    HistorySummary: str
    HistoryData: str
    AlarmContributorAttributes: Mapping[str, str]


class DescribeAlarmsOutput(Answer):
    """A page of alarms."""

    CompositeAlarms: NotRequired[list[CompositeAlarm]]
    MetricAlarms: NotRequired[list[MetricAlarm]]
    LogAlarms: NotRequired[list[LogAlarm]]
    NextToken: NotRequired[str]


class DescribeAlarmsForMetricOutput(Answer):
    """The alarms on a metric."""

    MetricAlarms: NotRequired[list[MetricAlarm]]


class DescribeAlarmHistoryOutput(Answer):
    """A page of what happened to alarms."""

    AlarmHistoryItems: NotRequired[list[AlarmHistoryItem]]
    NextToken: NotRequired[str]
