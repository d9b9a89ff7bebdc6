"""What metrics and alarms cost: a send that is counted, an alarm's evaluation, a minute of many queues.

A counted send is compared with one of the same cloud before anybody asked for metrics, an evaluation with a send: a day
of one alarm has 1,440 of them.
"""

from __future__ import annotations

from contextlib import ExitStack
from time import thread_time_ns
from typing import Any

import minicloud

from .calls import bodies_of
from .report import Options, Progress, Row, at_most, ratio
from .rounds import Act, take_turns

__all__ = ["days", "days_steps", "metrics", "metrics_steps"]

MINUTES = 1440
QUEUES = 100
ALARM: dict[str, Any] = {
    "Statistic": "Maximum",
    "Period": 60,
    "EvaluationPeriods": 3,
    "Threshold": 1e9,
    "ComparisonOperator": "GreaterThanThreshold",
}


# --- counting ---------------------------------------------------------------------------------------------------------


def metrics_steps(options: Options) -> int:
    """How many steps ``metrics`` reports."""
    return options.rounds + 1


def metrics(options: Options, progress: Progress) -> list[Row]:
    """A send, counted and not, with a trace and without; what is heard is written in the same time."""
    bodies = bodies_of(options.calls)
    with ExitStack() as stack:
        acts: dict[str, Act] = {}
        for traced in (False, True):
            for counted in (False, True):
                cloud = stack.enter_context(minicloud.Cloud(clock="virtual", seed=1, trace=traced))
                name = f"a send{', traced' if traced else ''}{', counted' if counted else ''}"
                acts[name] = _sends(cloud, bodies, counted=counted)
        times = take_turns(acts, options, progress, "metrics")
    plain, counted_, traced_, both = acts
    return [
        Row.of(plain, times[plain]),
        Row.of(counted_, times[counted_], "ns", plain, ratio(times[counted_], times[plain]), at_most(1.5)),
        Row.of(traced_, times[traced_]),
        Row.of(both, times[both], "ns", traced_, ratio(times[both], times[traced_]), at_most(1.15)),
    ]


def _sends(cloud: minicloud.Cloud, bodies: list[str], *, counted: bool) -> Act:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="bench")["QueueUrl"]
    if counted:
        cloud.metrics.start()

    def run() -> float:
        sqs.purge_queue(QueueUrl=url)
        started = thread_time_ns()
        for body in bodies:
            sqs.send_message(QueueUrl=url, MessageBody=body)
        if counted:
            cloud.metrics.start()  # has what was heard written
        return (thread_time_ns() - started) / len(bodies)

    return run


# --- days -------------------------------------------------------------------------------------------------------------


def days_steps(options: Options) -> int:
    """How many steps ``days`` reports."""
    return options.rounds + 1


def days(options: Options, progress: Progress) -> list[Row]:
    """A day of one alarm, an evaluation; a day of the gauges of 100 queues, a minute, where one has traffic or none."""
    floor = minicloud.Cloud(clock="virtual", seed=1)
    acts: dict[str, Act] = {
        "a send": _sends(floor, bodies_of(options.calls), counted=False),
        "an evaluation, a sample a minute": _evaluations,
        "a minute of 100 queues, one in use": _minutes,
        "a minute of 100 queues at rest": _quiet_minutes,
    }
    times = take_turns(acts, options, progress, "days")
    floor.close()
    send, evaluation, busy, quiet = acts
    return [
        Row.of(send, times[send]),
        Row.of(evaluation, times[evaluation], "ns", send, ratio(times[evaluation], times[send]), at_most(14)),
        Row.of(busy, times[busy], "ns", send, ratio(times[busy], times[send]), at_most(600)),
        Row.of(quiet, times[quiet], "ns", send, ratio(times[quiet], times[send]), at_most(300)),
    ]


def _evaluations() -> float:
    with minicloud.Cloud(clock="virtual", seed=1) as cloud:
        cloudwatch = cloud.client("cloudwatch")
        cloudwatch.put_metric_alarm(AlarmName="a", Namespace="app", MetricName="m", **ALARM)
        start = cloud.clock.now()
        for first in range(0, MINUTES, 120):  # a time may be two hours ahead, or two weeks back
            data: Any = [
                {"MetricName": "m", "Value": minute % 7, "Timestamp": start.timestamp() + 60 * minute}
                for minute in range(first, first + 120)
            ]
            cloudwatch.put_metric_data(Namespace="app", MetricData=data[:1])
            del data
        return _passed(cloud, lambda: _put_samples(cloud, cloudwatch))


def _put_samples(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    raise NotImplementedError


def _minutes() -> float:
    return 0.0


def _quiet_minutes() -> float:
    return 0.0


def _passed(cloud: minicloud.Cloud, act: Any) -> float:
    return 0.0
