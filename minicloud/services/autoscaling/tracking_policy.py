"""Target tracking: as much capacity as keeps a metric at its target, by two alarms that the policy has made for it.

The metric is taken to fall as capacity grows, in proportion: so what is wanted is ``capacity * metric / target``,
rounded up. AWS does not publish how it scales in; here it is by the same rule. [inferred] That the alarms look at 3 and
at 15 minutes, and that the lower one is at 90 % of the target, is what AWS's alarms show. [in the field]

Pure functions of a configuration and a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any, Final

__all__ = ["alarm_parameters", "wanted"]

_PERIOD: Final = 60
_SIDES: Final = {
    "high": ("GreaterThanThreshold", 3, 1.0),
    "low": ("LessThanThreshold", 15, 0.9),
}
"""How each alarm compares, how many minutes it looks at, and at what of the target it goes off."""


def wanted(capacity: int, value: float, target: float) -> int:
    """The capacity at which the metric would be at its target, or just below. What is 0 and too little becomes 1."""
    if capacity == 0:
        return 1 if value > target else 0  # [inferred]
    # What is a whole number but for the last bit of a float is that number.
    return ceil(round(capacity * value / target, 9))


def alarm_parameters(settings: Mapping[str, Any], side: str, name: str, policy_arn: str) -> dict[str, Any]:
    """What CloudWatch is asked for, in the parameters of PutMetricAlarm."""
    comparison, periods, share = _SIDES[side]
    asked: dict[str, Any] = {
        "AlarmName": name,
        "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy_arn}.",
        "AlarmActions": [policy_arn],
        "EvaluationPeriods": periods,
        "Threshold": settings["TargetValue"] * share,
        "ComparisonOperator": comparison,
    }
    metric = settings["CustomizedMetricSpecification"]
    if "Metrics" not in metric:
        plain = {name: metric[name] for name in ("Namespace", "MetricName", "Statistic")}
        plain |= {name: metric[name] for name in ("Dimensions", "Unit") if name in metric}
        return asked | plain | {"Period": _PERIOD}
    queries = []
    for given in metric["Metrics"]:
        query = dict(given)
        if "MetricStat" in query:
            query["MetricStat"] = {**query["MetricStat"], "Period": _PERIOD}
        queries.append(query)
    return asked | {"Metrics": queries}
