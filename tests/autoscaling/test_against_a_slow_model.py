"""Random metrics, policies and cooldowns: what an obvious, slow evaluator says of each minute is what happens."""

from __future__ import annotations

import itertools
from math import ceil, floor, inf
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import minicloud
from tests.support.depth import deep

from .conftest import KEY
from .test_policies import METRIC
from .test_scaling import ALARM

VALUES = st.lists(st.one_of(st.none(), st.integers(0, 60)), min_size=5, max_size=40)
EDGES = st.lists(st.integers(-30, 30), min_size=1, max_size=4, unique=True).map(sorted)


@st.composite
def step_policies(draw: st.DrawFn) -> dict[str, Any]:
    """Steps without gaps, from somewhere to somewhere, open where AWS wants it."""
    edges: list[float] = list(draw(EDGES))
    if edges[0] < 0 or draw(st.booleans()):
        edges = [-inf, *edges]
    if edges[-1] > 0 or len(edges) == 1 or draw(st.booleans()):
        edges = [*edges, inf]
    if edges == [-inf, inf]:
        edges = [0, inf]
    how = draw(st.sampled_from(["ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity"]))
    least = 0 if how == "ExactCapacity" else -60
    steps = []
    for low, high in itertools.pairwise(edges):
        step: dict[str, Any] = {"ScalingAdjustment": draw(st.integers(least, 60 if "Percent" in how else 9))}
        if low > -inf:
            step["MetricIntervalLowerBound"] = low
        if high < inf:
            step["MetricIntervalUpperBound"] = high
        steps.append(step)
    policy = {"AdjustmentType": how, "StepAdjustments": steps, "Cooldown": draw(st.sampled_from([0, 60, 150, 300]))}
    if how == "PercentChangeInCapacity" and draw(st.booleans()):
        policy["MinAdjustmentMagnitude"] = draw(st.integers(1, 4))
    return policy


class Slow:
    """What the guide says, minute by minute."""

    def __init__(self, capacity: int, minimum: int, maximum: int) -> None:
        self.capacity = capacity
        self.minimum = minimum
        self.maximum = maximum
        self.last_out: tuple[int, int, int] | None = None
        """When it was, how long its cooldown is, and what was added in it."""
        self.last_in: tuple[int, int] | None = None

    def scale(self, minute: int, want: Any, cooldown_out: int, cooldown_in: int) -> None:
        """``want(capacity)``: what a policy makes of a capacity."""
        now = minute * 60
        wanted = want(self.capacity)
        if wanted is None or wanted == self.capacity:
            return
        if wanted > self.capacity:
            added = 0
            if self.last_out is not None and now < self.last_out[0] + self.last_out[1]:
                added = self.last_out[2]
                wanted = want(max(self.capacity - added, 0))
                if wanted is None or wanted <= self.capacity:
                    return
            new = min(wanted, self.maximum)
            if new > self.capacity:
                self.last_out = now, cooldown_out, new - self.capacity + added
                self.last_in = None
                self.capacity = new
        elif self.last_in is None or now >= self.last_in[0] + self.last_in[1]:
            new = max(wanted, self.minimum)
            if new < self.capacity:
                self.last_in = now, cooldown_in
                self.last_out = None
                self.capacity = new


def by_steps(policy: dict[str, Any], value: float, threshold: float, above: bool, capacity: int) -> int | None:
    breach = value - threshold
    is_above = breach > 0 or (breach == 0 and above)
    for step in policy["StepAdjustments"]:
        low, high = step.get("MetricIntervalLowerBound", -inf), step.get("MetricIntervalUpperBound", inf)
        if (low <= breach < high) if is_above else (low < breach <= high):
            by = step["ScalingAdjustment"]
            if policy["AdjustmentType"] == "ExactCapacity":
                return int(by)
            if policy["AdjustmentType"] == "ChangeInCapacity":
                return max(int(capacity + by), 0)
            exact = capacity * by / 100
            change = floor(exact) if exact > 1 else ceil(exact) if exact < -1 else (exact > 0) - (exact < 0)
            least = policy.get("MinAdjustmentMagnitude", 0)
            if by and abs(change) < least:
                change = least if by > 0 else -least
            return int(max(capacity + change, 0))
    return None


def run(values: list[int | None], fleet: Any, cloud: minicloud.Cloud) -> list[int]:
    """The capacity after each minute."""
    cloudwatch, seen = cloud.client("cloudwatch"), []
    for value in values:
        if value is not None:
            cloudwatch.put_metric_data(Namespace="app", MetricData=[{"MetricName": "load", "Value": value}])
        cloud.clock.advance(60)
        seen.append(fleet.desired)
    return seen


def newest(values: list[int | None], end: int, most: int) -> list[int]:
    """The values of the last minutes before ``end``, newest first, as many as an alarm looks at."""
    return [value for value in reversed(values[max(end - most, 0) : end]) if value is not None]


@settings(max_examples=deep(300))
@given(VALUES, step_policies(), st.integers(5, 55), st.booleans(), st.integers(0, 9), st.integers(0, 30))
def test_steps(
    values: list[int | None], policy: dict[str, Any], threshold: int, above: bool, minimum: int, more: int
) -> None:
    with minicloud.Cloud(clock="virtual") as cloud:
        fleet = cloud.scaling_target("web", minimum=minimum, maximum=minimum + more, desired=minimum + more // 2)
        arn = cloud.client("application-autoscaling").put_scaling_policy(
            PolicyName="p", **KEY, StepScalingPolicyConfiguration=policy
        )["PolicyARN"]
        cloud.client("cloudwatch").put_metric_alarm(
            AlarmName="p",
            **ALARM,
            Threshold=threshold,
            ComparisonOperator="GreaterThanOrEqualToThreshold" if above else "LessThanOrEqualToThreshold",
            AlarmActions=[arn],
        )
        seen = run(values, fleet, cloud)
    slow = Slow(minimum + more // 2, minimum, minimum + more)
    for minute in range(1, len(values) + 1):
        found = newest(values, minute, 3)
        if found and (found[0] >= threshold if above else found[0] <= threshold):
            slow.scale(
                minute,
                lambda capacity, value=found[0]: by_steps(policy, value, threshold, above, capacity),
                policy["Cooldown"],
                policy["Cooldown"],
            )
        assert slow.capacity == seen[minute - 1], minute


@settings(max_examples=deep(200))
@given(
    st.lists(st.integers(0, 60), min_size=20, max_size=60),
    st.integers(1, 40),
    st.integers(0, 20),
    st.sampled_from([0, 60, 300]),
    st.sampled_from([0, 120, 300]),
)
def test_tracking(values: list[int | None], target: int, maximum: int, out: int, back: int) -> None:
    # Values stay for some minutes, as those of a real load do; so alarms of three and fifteen minutes go off.
    values = [value for value in values[:6] for _ in range(12)]
    with minicloud.Cloud(clock="virtual") as cloud:
        fleet = cloud.scaling_target("web", minimum=0, maximum=maximum, desired=maximum // 2)
        cloud.client("application-autoscaling").put_scaling_policy(
            PolicyName="t",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": target,
                "CustomizedMetricSpecification": METRIC,
                "ScaleOutCooldown": out,
                "ScaleInCooldown": back,
            },
            **KEY,
        )
        seen = run(values, fleet, cloud)
    slow = Slow(maximum // 2, 0, maximum)
    for minute in range(1, len(values) + 1):
        high, low = newest(values, minute, 3), newest(values, minute, 15)
        if len(high) == 3 and all(value > target for value in high):
            slow.scale(minute, lambda capacity, value=high[0]: in_proportion(capacity, value, target), out, back)
        if len(low) == 15 and all(value < 0.9 * target for value in low):
            slow.scale(minute, lambda capacity, value=low[0]: in_proportion(capacity, value, target), out, back)
        assert slow.capacity == seen[minute - 1], minute


def in_proportion(capacity: int, value: int, target: int) -> int:
    if capacity == 0:
        return int(value > target)
    return -(-capacity * value // target)
