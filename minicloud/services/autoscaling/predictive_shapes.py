"""The structures of predictive scaling, which minicloud refuses: members in the order of AWS's model."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from collections.abc import Sequence
from typing import Annotated, Literal, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Minimum

Text: TypeAlias = Annotated[str, Minimum(1)]
PredictiveScalingMode: TypeAlias = Literal[
    "ForecastOnly",
    "ForecastAndScale",
]
PredictiveScalingMaxCapacityBreachBehavior: TypeAlias = Literal[
    "HonorMaxCapacity",
    "IncreaseMaxCapacity",
]


class PredictiveScalingPredefinedMetricPairSpecification(TypedDict):
    """A load and a utilisation that belong together."""

    PredefinedMetricType: Text
    ResourceLabel: NotRequired[Text]


class PredictiveScalingPredefinedScalingMetricSpecification(TypedDict):
    """A utilisation."""

    PredefinedMetricType: Text
    ResourceLabel: NotRequired[Text]


class PredictiveScalingPredefinedLoadMetricSpecification(TypedDict):
    """A load."""

    PredefinedMetricType: Text
    ResourceLabel: NotRequired[Text]


class PredictiveScalingMetricDimension(TypedDict):
    """A dimension of a metric."""

    Name: Text
    Value: Text


class PredictiveScalingMetric(TypedDict, total=False):
    """A metric."""

    Dimensions: Sequence[PredictiveScalingMetricDimension]
    MetricName: Text
    Namespace: Text


class PredictiveScalingMetricStat(TypedDict):
    """A statistic of a metric."""

    Metric: PredictiveScalingMetric
    Stat: str
    Unit: NotRequired[Text]


class PredictiveScalingMetricDataQuery(TypedDict):
    """A metric, or an expression over metrics."""

    Id: Text
    Expression: NotRequired[Text]
    MetricStat: NotRequired[PredictiveScalingMetricStat]
    Label: NotRequired[str]
    ReturnData: NotRequired[bool]


class PredictiveScalingCustomizedMetricSpecification(TypedDict):
    """Metrics of the application."""

    MetricDataQueries: Sequence[PredictiveScalingMetricDataQuery]


class PredictiveScalingMetricSpecification(TypedDict):
    """What is predicted, and what is kept at the target."""

    TargetValue: float
    PredefinedMetricPairSpecification: NotRequired[PredictiveScalingPredefinedMetricPairSpecification]
    PredefinedScalingMetricSpecification: NotRequired[PredictiveScalingPredefinedScalingMetricSpecification]
    PredefinedLoadMetricSpecification: NotRequired[PredictiveScalingPredefinedLoadMetricSpecification]
    CustomizedScalingMetricSpecification: NotRequired[PredictiveScalingCustomizedMetricSpecification]
    CustomizedLoadMetricSpecification: NotRequired[PredictiveScalingCustomizedMetricSpecification]
    CustomizedCapacityMetricSpecification: NotRequired[PredictiveScalingCustomizedMetricSpecification]


class PredictiveScalingPolicyConfiguration(TypedDict):
    """How a predictive policy would scale."""

    MetricSpecifications: Sequence[PredictiveScalingMetricSpecification]
    Mode: NotRequired[PredictiveScalingMode]
    SchedulingBufferTime: NotRequired[int]
    MaxCapacityBreachBehavior: NotRequired[PredictiveScalingMaxCapacityBreachBehavior]
    MaxCapacityBuffer: NotRequired[int]
