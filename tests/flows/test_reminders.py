"""Flow: a schedule asks each morning for reminders; a pipe looks up whom to remind, and has them told."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import minicloud
from tests.support.ways import MakeClient

ROLE = "arn:aws:iam::123456789012:role/reminders"
PLACE = "us-east-1:123456789012"


def test_customers_are_reminded_each_morning(cloud: minicloud.Cloud, make_client: MakeClient) -> None:
    scheduler, pipes, sqs, sns = (make_client(name) for name in ("scheduler", "pipes", "sqs", "sns"))
    sqs.create_queue(QueueName="mornings", Attributes={"VisibilityTimeout": "60"})
    topic = sns.create_topic(Name="reminders")["TopicArn"]
    mornings: list[str] = []

    def look_up(event: Any, context: Any) -> Any:
        (asked,) = (json.loads(record["body"])["day"] for record in event)
        mornings.append(asked)
        if len(mornings) == 2:
            raise ConnectionError("the database is down")
        return [{"customer": name, "day": asked} for name in ("ada", "bob")]

    cloud.function("look-up", look_up, takes=2)
    pipes.create_pipe(
        Name="reminders",
        Source=f"arn:aws:sqs:{PLACE}:mornings",
        Enrichment=f"arn:aws:lambda:{PLACE}:function:look-up",
        Target=topic,
        TargetParameters={"InputTemplate": "<$.customer>: it is <$.day>"},
        RoleArn=ROLE,
    )
    scheduler.create_schedule(
        Name="mornings",
        ScheduleExpression="cron(0 7 * * ? *)",
        ScheduleExpressionTimezone="America/New_York",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": f"arn:aws:sqs:{PLACE}:mornings",
            "RoleArn": ROLE,
            "Input": '{"day": "<aws.scheduler.scheduled-time>"}',
        },
    )
    cloud.clock.advance(timedelta(days=3))
    times = [f"2026-01-0{day}T12:00:00Z" for day in (1, 2, 2, 3)]  # of the second day it was asked twice
    assert mornings == times
    told = [publication.message for publication in cloud.topic("reminders").published]
    assert told == [f"{name}: it is 2026-01-0{day}T12:00:00Z" for day in (1, 2, 3) for name in ("ada", "bob")]
    cloud.assert_empty("mornings")
    assert cloud.check_history()
    assert [(run.trigger, run.outcome) for run in cloud.invocations] == [
        ("pipe:reminders", outcome) for outcome in ("success", "error", "success", "success")
    ]
