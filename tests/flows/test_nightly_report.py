"""Flow: a rule at 03:00 puts into a queue from which a batch function reads; on one day it is disabled."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import minicloud
from tests.lambda_.idle import until_idle
from tests.support.ways import MakeClient

DAY = timedelta(days=1).total_seconds()


def test_a_batch_runs_each_night_but_for_one(cloud: minicloud.Cloud, make_client: MakeClient) -> None:
    events, sqs = make_client("events"), make_client("sqs")
    sqs.create_queue(QueueName="nightly", Attributes={"VisibilityTimeout": "900"})
    ran: list[tuple[str, str]] = []

    def batch(event: Any, _: Any) -> None:
        now = f"{cloud.clock.now():%d %H:%M:%S}"
        ran.extend((now, json.loads(record["body"])["time"]) for record in event["Records"])

    cloud.function("batch", batch, timeout=900, takes=600)
    cloud.event_source_mapping("nightly", "batch")
    events.put_rule(Name="nightly", ScheduleExpression="cron(0 3 * * ? *)")
    queue = {"Id": "1", "Arn": "arn:aws:sqs:us-east-1:123456789012:nightly"}
    events.put_targets(Rule="nightly", Targets=[queue])

    cloud.clock.advance(2 * DAY + 3600)  # 1 o'clock of the third day
    events.disable_rule(Name="nightly")
    cloud.clock.advance(DAY / 2)
    assert cloud.rule("nightly").next_due is None
    events.enable_rule(Name="nightly")
    cloud.clock.advance(DAY)
    until_idle(cloud)

    assert ran == [(f"{day:02} 03:00:00", f"2026-01-{day:02}T03:00:00Z") for day in (1, 2, 4)]
    assert {run.trigger for run in cloud.invocations} == {"sqs:nightly"}
    cloud.assert_empty("nightly")
    assert cloud.check_history()


async def test_nightly_report(cloud: Any) -> None:
    async def report(event: Any, context: Any) -> None:
        await asyncio.sleep(40)  # the cloud's seconds
        await cloud.async_client("sqs").send_message(QueueUrl=url, MessageBody=event["time"])

    url = (await cloud.async_client("sqs").create_queue(QueueName="reports"))["QueueUrl"]
    events = cloud.async_client("events")
    await events.put_rule(Name="nightly", ScheduleExpression="cron(0 3 * * ? *)")
    await events.put_targets(Rule="nightly", Targets=[{"Id": "1", "Arn": cloud.function("report", report, timeout=60)}])
    await asyncio.sleep(26 * 3600)  # the clock starts at midnight
    assert cloud.queue(url).bodies == ["2026-01-01T03:00:00Z"]
