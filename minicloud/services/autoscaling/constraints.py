"""The constraints that the model of Application Auto Scaling puts on members, and the check of a request's members.

botocore checks minimums before it sends, unless it was told not to; what is left to the service are patterns, upper
bounds and lists of values. They are checked here, before anything else that a request asks for is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, get_args

from ...core.constraints import Choice, Length, Member, Text, violations_of_members
from ...core.unset import UNSET
from . import errors, shapes

__all__ = ["check", "key_members", "name_members", "policy_members", "tag_members"]


def check(*members: Member) -> None:
    """Raise ValidationException when any of ``(path, constraint, value)`` is broken; UNSET breaks none."""
    violations = violations_of_members(members)
    if violations:
        raise errors.validation_failed(violations)


_PATTERN: Final = r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*"
_REGEX: Final = "[\\u0020-\\uD7FF\\uE000-\\uFFFD\\U00010000-\\U0010FFFF\\r\\n\\t]*"
NAMESPACE: Final = Choice(*get_args(shapes.ServiceNamespace))
DIMENSION: Final = Choice(*get_args(shapes.ScalableDimension))
POLICY_TYPE: Final = Choice(*sorted(get_args(shapes.PolicyType)))  # [recorded: in the order of the alphabet]
ADJUSTMENT_TYPE: Final = Choice(*get_args(shapes.AdjustmentType))
AGGREGATION_TYPE: Final = Choice(*get_args(shapes.MetricAggregationType))
STATISTIC: Final = Choice(*get_args(shapes.MetricStatistic))
METRIC_TYPE: Final = Choice(*get_args(shapes.MetricType))
NAME: Final = Text(1, 1600, _PATTERN, _REGEX)
NAMES: Final = Length(0, 50)
POLICY_NAME: Final = Text(1, 256, r"\p{Print}+", r"[\x20-\x7E]+")
ACTION_NAME: Final = Text(
    1,
    256,
    r"(?!((^[ ]+.*)|(.*([\u0000-\u001f]|[\u007f-\u009f]|[:/|])+.*)|(.*[ ]+$))).+",
)
ARN: Final = Text(1, 1011, r"^arn:.+:application-autoscaling:.+:[0-9]+:scalable-target\/[a-zA-Z0-9-]+$")
TAG_KEY: Final = Text(1, 128)
TAG_VALUE: Final = Text(0, 256)
TAG_KEYS: Final = Length(0, 200)


def key_members(namespace: str, resource_id: str, dimension: str) -> Iterable[Member]:
    """What there is to check of what names a target."""
    yield "serviceNamespace", NAMESPACE, namespace
    yield "resourceId", NAME, resource_id
    yield "scalableDimension", DIMENSION, dimension


def name_members(path: str, names: Iterable[str]) -> Iterable[Member]:
    """What there is to check of a list of names."""
    if names is not UNSET:
        yield path, NAMES, names
        for number, one in enumerate(names, 1):
            yield f"{path}.{number}.member", NAME, one


def tag_members(tags: Mapping[str, str]) -> Iterable[Member]:
    """What there is to check of tags."""
    for key, value in (tags or {}).items():
        yield "tags", TAG_KEY, key
        yield f"tags.{key}.member", TAG_VALUE, value


def policy_members(steps: Mapping[str, Any], tracking: Mapping[str, Any]) -> Iterable[Member]:
    """What there is to check of configurations."""
    path = "stepScalingPolicyConfiguration"
    if steps:
        yield f"{path}.adjustmentType", ADJUSTMENT_TYPE, steps.get("AdjustmentType", UNSET)
        yield f"{path}.metricAggregationType", AGGREGATION_TYPE, steps.get("MetricAggregationType", UNSET)
    path = "targetTrackingScalingPolicyConfiguration"
    predefined = tracking.get("PredefinedMetricSpecification", {}) if tracking else {}
    customized = tracking.get("CustomizedMetricSpecification", {}) if tracking else {}
    metric = predefined.get("PredefinedMetricType", UNSET)
    yield f"{path}.predefinedMetricSpecification.predefinedMetricType", METRIC_TYPE, metric
    statistic = customized.get("Statistic", UNSET)
    yield f"{path}.customizedMetricSpecification.statistic", STATISTIC, statistic
