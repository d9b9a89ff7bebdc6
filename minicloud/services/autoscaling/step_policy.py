"""Step scaling: how far the metric is beyond the alarm's threshold says by how much to scale.

Pure functions of a configuration and a number. [Application Auto Scaling user guide: step scaling policies; what is
not in it is marked]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil, floor, inf
from typing import Any

from ...exceptions import AwsError
from . import errors

__all__ = ["adjusted", "aggregated", "check_steps", "step_for"]


def check_steps(settings: Mapping[str, Any]) -> AwsError | None:
    """What AWS says of a configuration that it refuses; None of one that it takes."""
    if "AdjustmentType" not in settings:
        return errors.adjustment_type_missing()
    steps: Sequence[Mapping[str, Any]] = settings.get("StepAdjustments", ())
    if not steps:
        return errors.steps_missing()
    for step in steps:
        if "MetricIntervalLowerBound" not in step and "MetricIntervalUpperBound" not in step:
            return errors.bounds_open()
    for step in steps:
        low, high = _bounds(step)
        if low >= high:
            return errors.bounds_out_of_order()
    if settings["AdjustmentType"] == "ExactCapacity" and any(step["ScalingAdjustment"] < 0 for step in steps):
        return errors.exact_below_zero()
    spans = sorted(_bounds(step) for step in steps)
    if sum(low == -inf for low, _ in spans) > 1:
        return errors.lower_open_twice()
    if sum(high == inf for _, high in spans) > 1:
        return errors.upper_open_twice()
    for (_, before), (after, _) in pairwise(spans):
        if after < before:
            return errors.steps_overlap()
        if after > before:
            return errors.steps_apart()
    if -inf < spans[0][0] < 0:
        return errors.lower_not_open()
    if 0 < spans[-1][1] < inf:
        return errors.upper_not_open()
    return None


def _bounds(step: Mapping[str, Any]) -> tuple[float, float]:
    return step.get("MetricIntervalLowerBound", -inf), step.get("MetricIntervalUpperBound", inf)


def aggregated(settings: Mapping[str, Any], values: Sequence[float]) -> float | None:
    """What the values of a minute are to a policy; None of no values.

    More than one there are of alarms with periods of less than a minute. [inferred]
    """
    if not values:
        return None
    how = settings.get("MetricAggregationType", "Average")
    if how == "Average":
        return sum(values) / len(values)
    return min(values) if how == "Minimum" else max(values)


def step_for(settings: Mapping[str, Any], breach: float, above: bool) -> int | None:
    """The adjustment for a distance from the threshold; None where no step is for it. O(steps).

    At the threshold itself ``above`` says on which side it is: of an alarm that goes off above.
    """
    is_above = breach > 0 or (breach == 0 and above)
    for step in settings["StepAdjustments"]:
        low, high = _bounds(step)
        if low <= breach < high if is_above else low < breach <= high:
            adjustment: int = step["ScalingAdjustment"]
            return adjustment
    return None


def adjusted(settings: Mapping[str, Any], capacity: int, adjustment: int) -> int:
    """What a capacity becomes by an adjustment, wherever the bounds are."""
    how = settings["AdjustmentType"]
    if how == "ExactCapacity":
        return adjustment
    if how == "ChangeInCapacity":
        return capacity + adjustment
    share = capacity * adjustment / 100
    if share == 0:
        change = 0
    elif share > 0:
        change = max(floor(share), 1)
    else:
        change = min(ceil(share), -1)
    if adjustment:
        least = settings.get("MinAdjustmentMagnitude", 0)
        change = max(change, least) if adjustment > 0 else min(change, -least)
    return capacity + change
