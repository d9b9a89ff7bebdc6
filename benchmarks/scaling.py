"""What scaling costs: a day of a target that is scaled once a minute, beside a day of an alarm alone."""

from __future__ import annotations

from collections.abc import Callable
from time import thread_time_ns
from typing import Any

import minicloud

from .report import Options, Progress, Row, at_most, ratio
from .rounds import Act, take_turns

__all__ = ["scaling", "scaling_steps"]

MINUTES = 24 * 60
FEW = 2 * 60
"""Of a day of which no figure is wanted: two half hours of either kind."""
ALARM: dict[str, Any] = {
    "AlarmName": "deep",
    "Namespace": "app",
    "MetricName": "load",
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 100,
    "ComparisonOperator": "GreaterThanThreshold",
}
Make = Callable[[Any, Any, Any], object]
"""Has a target scaled: ``make(cloudwatch, target, metric)``."""


def scaling_steps(options: Options) -> int:
    """How many steps ``scaling`` reports."""
    return options.rounds + 1


def _day(make: Make, minutes: int) -> Act:
    """A day with half an hour of much and half an hour of little, for each of its minutes."""

    def run() -> float:
        with minicloud.Cloud(clock="virtual", seed=1) as cloud:
            cloudwatch = cloud.client("cloudwatch")
            make(cloudwatch, cloud.scaling_target("workers", minimum=1, maximum=9), cloud.metric("app", "load"))
            passed = 0
            for minute in range(minutes):
                value = 350 if minute // 30 % 2 else 5
                cloudwatch.put_metric_data(Namespace="app", MetricData=[{"MetricName": "load", "Value": value}])
                started = thread_time_ns()
                cloud.clock.advance(60)
                passed += thread_time_ns() - started
        return passed / minutes

    return run


def _alarm(cloudwatch: Any, fleet: Any, load: Any) -> None:
    cloudwatch.put_metric_alarm(**ALARM)


def _steps(cloudwatch: Any, fleet: Any, load: Any) -> None:
    fleet.step(load, {100: +1, 300: +2}, cooldown=60)


def _steps_up_and_down(cloudwatch: Any, fleet: Any, load: Any) -> None:
    fleet.step(load, {100: +1, 10: -1}, cooldown=60)


def _tracking(cloudwatch: Any, fleet: Any, load: Any) -> None:
    fleet.track(load, 50)


def scaling(options: Options, progress: Progress) -> list[Row]:
    """A day passes: what a minute of it costs."""
    minutes = FEW if options.quick else MINUTES
    acts: dict[str, Act] = {
        "a minute of an alarm": _day(_alarm, minutes),
        "a minute of step scaling": _day(_steps, minutes),
        "a minute of steps up and down": _day(_steps_up_and_down, minutes),
        "a minute of target tracking": _day(_tracking, minutes),
    }
    times = take_turns(acts, options, progress, "scaling")
    reference, *others = acts
    most = dict(zip(others, (3, 6, 24), strict=True))
    return [Row.of(reference, times[reference])] + [
        Row.of(name, times[name], "ns", reference, ratio(times[name], times[reference]), at_most(most[name]))
        for name in others
    ]
