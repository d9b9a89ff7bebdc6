"""What schedules cost: a year of a cron, for each of its runs, beside the send that each comes to."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from time import thread_time_ns

import minicloud

from .report import Options, Progress, Row, at_most, ratio
from .rounds import Act, take_turns

__all__ = ["schedules", "schedules_steps"]

DAYS = 365
EXPRESSIONS = {
    "a run of rate(1 hour)": ("rate(1 hour)", "UTC", 24),
    "a run of an hourly cron": ("cron(0 * * * ? *)", "UTC", 24),
    "a run of an hourly cron in a time zone": ("cron(0 * * * ? *)", "Europe/Berlin", 24),
    "a run of a daily cron": ("cron(0 3 * * ? *)", "UTC", 1),
}


def schedules_steps(options: Options) -> int:
    """How many steps ``schedules`` reports."""
    return options.rounds + 1


def schedules(options: Options, progress: Progress) -> list[Row]:
    """A year passes: what a run costs that sends a message, with all that leads to it."""
    with ExitStack() as stack:
        cloud = stack.enter_context(minicloud.Cloud(clock="virtual", seed=1))
        sqs, scheduler = cloud.client("sqs"), cloud.client("scheduler")
        # What has been sent is forgotten at the next look, so that no year is dearer than the one before.
        url = sqs.create_queue(QueueName="q", Attributes={"MessageRetentionPeriod": "60"})["QueueUrl"]
        arn = cloud.queue(url).arn

        def send() -> float:
            started = thread_time_ns()
            for _ in range(1_000):
                sqs.send_message(QueueUrl=url, MessageBody="x")
            return (thread_time_ns() - started) / 1_000

        def year(expression: str, zone: str, a_day: int) -> Act:
            def run() -> float:
                scheduler.create_schedule(
                    Name="s",
                    ScheduleExpression=expression,
                    ScheduleExpressionTimezone=zone,
                    FlexibleTimeWindow={"Mode": "OFF"},
                    Target={"Arn": arn, "RoleArn": "arn:aws:iam::123456789012:role/r", "Input": "x"},
                )
                started = thread_time_ns()
                cloud.clock.advance(timedelta(days=DAYS))
                passed = thread_time_ns() - started
                scheduler.delete_schedule(Name="s")
                return passed / (DAYS * a_day)

            return run

        acts: dict[str, Act] = {"send": send} | {name: year(*of) for name, of in EXPRESSIONS.items()}
        times = take_turns(acts, options, progress, "schedules")
    reference, *others = acts
    return [Row.of(reference, times[reference])] + [
        Row.of(name, times[name], "ns", reference, ratio(times[name], times[reference]), at_most(20)) for name in others
    ]
