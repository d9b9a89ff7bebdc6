"""What metrics and alarms cost: a send that is counted, an alarm's evaluation, a minute of many queues.

A counted send is compared with one of the same cloud before anybody asked for metrics, an evaluation with a send: a day
of one alarm has 1,440 of them.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from time import thread_time_ns
from typing import Any

import minicloud

from .calls import bodies_of
from .report import Options, Progress, Row, at_most, ratio
from .rounds import Act, take_turns

__all__ = ["days", "days_steps", "metrics", "metrics_steps"]

MINUTES = 1440
AHEAD = 120
"""How many minutes ahead a sample may be."""
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
    """A send, counted and not, with a trace and without; and what it costs to write what was heard of it."""
    bodies = bodies_of(options.calls)
    with ExitStack() as stack:
        acts: dict[str, Act] = {}
        writing: list[float] = []
        for traced in (False, True):
            for counted in (False, True):
                cloud = minicloud.Cloud(clock="virtual", seed=1, trace=traced, limits="relaxed")
                name = f"a send{', traced' if traced else ''}{', counted' if counted else ''}"
                acts[name] = _sends(stack.enter_context(cloud), bodies, counted=counted, writing=writing)
        acts["what was heard of it is written"] = lambda: writing[-1]
        times = take_turns(acts, options, progress, "metrics")
    plain, counted_, traced_, both, written = acts
    return [
        Row.of(plain, times[plain]),
        Row.of(counted_, times[counted_], "ns", plain, ratio(times[counted_], times[plain]), at_most(1.5)),
        Row.of(traced_, times[traced_]),
        Row.of(both, times[both], "ns", traced_, ratio(times[both], times[traced_]), at_most(1.15)),
        Row.of(written, times[written], "ns", traced_, ratio(times[written], times[traced_]), at_most(0.25)),
    ]


def _sends(cloud: minicloud.Cloud, bodies: list[str], *, counted: bool, writing: list[float]) -> Act:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="bench")["QueueUrl"]
    if counted:
        cloud.metrics.start()

    def run() -> float:
        sqs.purge_queue(QueueUrl=url)
        started = thread_time_ns()
        for body in bodies:
            sqs.send_message(QueueUrl=url, MessageBody=body)
        sent = thread_time_ns()
        if counted:
            cloud.metrics.start()  # has what was heard written
        writing.append((thread_time_ns() - sent) / len(bodies))
        return (sent - started) / len(bodies)

    return run


# --- days -------------------------------------------------------------------------------------------------------------


def days_steps(options: Options) -> int:
    """How many steps ``days`` reports."""
    return options.rounds + 1


def days(options: Options, progress: Progress) -> list[Row]:
    """A day of one alarm, by the evaluation; a day of the gauges of 100 queues, by the minute: one in use, and none."""
    with minicloud.Cloud(clock="virtual", seed=1, trace=False, limits="relaxed") as floor:
        acts: dict[str, Act] = {
            "a send": _sends(floor, bodies_of(options.calls), counted=False, writing=[]),
            "an alarm's evaluation, a sample a minute": _evaluations,
            "a minute of 100 queues, one in use": lambda: _minutes(used=True),
            "a minute of 100 queues at rest": lambda: _minutes(used=False),
        }
        times = take_turns(acts, options, progress, "days")
    send, evaluation, busy, quiet = acts
    return [
        Row.of(send, times[send]),
        Row.of(evaluation, times[evaluation], "ns", send, ratio(times[evaluation], times[send]), at_most(15)),
        Row.of(busy, times[busy], "ns", send, ratio(times[busy], times[send]), at_most(300)),
        Row.of(quiet, times[quiet], "ns", send, ratio(times[quiet], times[send]), at_most(1)),
    ]


def _evaluations() -> float:
    with minicloud.Cloud(clock="virtual", seed=1, trace=False) as cloud:
        cloudwatch = cloud.client("cloudwatch")
        cloudwatch.put_metric_alarm(AlarmName="a", Namespace="app", MetricName="m", **ALARM)
        passed = 0
        for _ in range(0, MINUTES, AHEAD):
            start = cloud.clock.now()
            data: Any = [
                {"MetricName": "m", "Value": minute % 7, "Timestamp": start + timedelta(minutes=minute)}
                for minute in range(AHEAD)
            ]
            cloudwatch.put_metric_data(Namespace="app", MetricData=data)
            started = thread_time_ns()
            cloud.clock.advance(60 * AHEAD)
            passed += thread_time_ns() - started
        return passed / MINUTES


def _minutes(*, used: bool) -> float:
    with minicloud.Cloud(clock="virtual", seed=1, trace=False) as cloud:
        sqs = cloud.client("sqs")
        urls = [sqs.create_queue(QueueName=f"q{number}")["QueueUrl"] for number in range(QUEUES)]
        for url in urls:
            sqs.send_message(QueueUrl=url, MessageBody="x")
        cloud.metrics.start()
        cloud.clock.advance(60)
        started = thread_time_ns()
        if used:
            for _ in range(MINUTES):
                sqs.send_message(QueueUrl=urls[0], MessageBody="x")
                cloud.clock.advance(60)
        else:
            cloud.clock.advance(60 * MINUTES)
        return (thread_time_ns() - started) / MINUTES
