"""The structures of CloudWatch's metrics: parameters and answers, members in the order of AWS's model."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

import datetime
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Answer, Minimum
from ...core.shapes import Timestamp as Moment

# --- scalars with a minimum, which the client checks ------------------------------------------------------------------

AccountId: TypeAlias = Annotated[str, Minimum(1)]
AmazonResourceName: TypeAlias = Annotated[str, Minimum(1)]
DimensionName: TypeAlias = Annotated[str, Minimum(1)]
DimensionValue: TypeAlias = Annotated[str, Minimum(1)]
MetricExpression: TypeAlias = Annotated[str, Minimum(1)]
MetricId: TypeAlias = Annotated[str, Minimum(1)]
MetricName: TypeAlias = Annotated[str, Minimum(1)]
Namespace: TypeAlias = Annotated[str, Minimum(1)]
Period: TypeAlias = Annotated[int, Minimum(1)]
StorageResolution: TypeAlias = Annotated[int, Minimum(1)]
Timestamp: TypeAlias = Moment
TagKey: TypeAlias = Annotated[str, Minimum(1)]
TagKeyList: TypeAlias = Sequence[TagKey]

StandardUnit: TypeAlias = Literal[
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
]
Statistic: TypeAlias = Literal["SampleCount", "Average", "Sum", "Minimum", "Maximum"]
Statistics: TypeAlias = Annotated[Sequence[Statistic], Minimum(1)]
ExtendedStatistics: TypeAlias = Annotated[Sequence[str], Minimum(1)]
ScanBy: TypeAlias = Literal["TimestampDescending", "TimestampAscending"]
RecentlyActive: TypeAlias = Literal["PT3H"]

# --- parts of requests and answers ------------------------------------------------------------------------------------


class Dimension(TypedDict):
    """A name and a value that belong to a metric's identity."""

    Name: DimensionName
    Value: DimensionValue


Dimensions: TypeAlias = Sequence[Dimension]


class DimensionFilter(TypedDict):
    """A dimension that a metric has to have, of any value where none is given."""

    Name: DimensionName
    Value: NotRequired[DimensionValue]


DimensionFilters: TypeAlias = Sequence[DimensionFilter]


class StatisticSet(TypedDict):
    """What is known of many samples."""

    SampleCount: float
    Sum: float
    Minimum: float
    Maximum: float


class MetricDatum(TypedDict):
    """Samples of a metric at one moment."""

    MetricName: MetricName
    Dimensions: NotRequired[Dimensions]
    Timestamp: NotRequired[Timestamp]
    Value: NotRequired[float]
    StatisticValues: NotRequired[StatisticSet]
    Values: NotRequired[Sequence[float]]
    Counts: NotRequired[Sequence[float]]
    Unit: NotRequired[StandardUnit]
    StorageResolution: NotRequired[StorageResolution]


MetricData: TypeAlias = Sequence[MetricDatum]


class Entity(TypedDict, total=False):
    """What metrics are of, elsewhere."""

    KeyAttributes: Annotated[Mapping[str, Annotated[str, Minimum(1)]], Minimum(2)]
    Attributes: Mapping[str, Annotated[str, Minimum(1)]]


class EntityMetricData(TypedDict, total=False):
    """Metrics with what they are of."""

    Entity: Entity
    MetricData: MetricData


class MetricOfQuery(TypedDict, total=False):
    """Which metric a query is about."""

    Namespace: Namespace
    MetricName: MetricName
    Dimensions: Dimensions


class MetricStat(TypedDict):
    """A statistic of a metric."""

    Metric: MetricOfQuery
    Period: Period
    Stat: str
    Unit: NotRequired[StandardUnit]


class MetricDataQuery(TypedDict):
    """A statistic of a metric, or an expression of others."""

    Id: MetricId
    MetricStat: NotRequired[MetricStat]
    Expression: NotRequired[MetricExpression]
    Label: NotRequired[str]
    ReturnData: NotRequired[bool]
    Period: NotRequired[Period]
    AccountId: NotRequired[AccountId]


MetricDataQueries: TypeAlias = Sequence[MetricDataQuery]


class LabelOptions(TypedDict, total=False):
    """The time zone of what is filled into labels."""

    Timezone: str


class Tag(TypedDict):
    """A tag."""

    Key: TagKey
    Value: str


TagList: TypeAlias = Sequence[Tag]


class ShownDimension(TypedDict):
    """A dimension, in an answer."""

    Name: str
    Value: str


class Metric(TypedDict, total=False):
    """A metric, in an answer."""

    Namespace: str
    MetricName: str
    Dimensions: list[ShownDimension]


class Datapoint(TypedDict, total=False):
    """The statistics of a period."""

    Timestamp: datetime.datetime
    SampleCount: float
    Average: float
    Sum: float
    Minimum: float
    Maximum: float
    Unit: str
    ExtendedStatistics: dict[str, float]


class MessageData(TypedDict, total=False):
    """What there is to say of a result."""

    Code: str
    Value: str


class MetricDataResult(TypedDict, total=False):
    """The values of a query."""

    Id: str
    Label: str
    Timestamps: list[datetime.datetime]
    Values: list[float]
    StatusCode: str
    Messages: list[MessageData]


class ShownTag(TypedDict):
    """A tag, in an answer."""

    Key: str
    Value: str


# --- answers ----------------------------------------------------------------------------------------------------------


class GetMetricDataOutput(Answer):
    """A page of the values of queries."""

    MetricDataResults: NotRequired[list[MetricDataResult]]
    NextToken: NotRequired[str]
    Messages: NotRequired[list[MessageData]]


class GetMetricStatisticsOutput(Answer):
    """The statistics of a metric."""

    Label: NotRequired[str]
    Datapoints: NotRequired[list[Datapoint]]


class ListMetricsOutput(Answer):
    """A page of metrics."""

    Metrics: NotRequired[list[Metric]]
    NextToken: NotRequired[str]
    OwningAccounts: NotRequired[list[str]]


class ListTagsForResourceOutput(Answer):
    """The tags of an alarm."""

    Tags: NotRequired[list[ShownTag]]


class TagResourceOutput(Answer):
    """Nothing."""


class UntagResourceOutput(Answer):
    """Nothing."""
