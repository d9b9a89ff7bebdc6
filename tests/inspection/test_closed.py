"""What is left to look at of a cloud that is closed: all that there was at the close."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from minicloud import Cloud, UsageError
from tests.support.clouds import make_queue, make_topic, send

ROLE = "arn:aws:iam::123456789012:role/r"
ALARM = {"Namespace": "shop", "MetricName": "Orders", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1}


def cloud_with_everything() -> Cloud:
    cloud = Cloud(clock="virtual", trace=True)
    url = make_queue(cloud, "jobs")
    send(cloud, url, "m")
    cloud.client("sns").publish(TopicArn=make_topic(cloud, "orders", "jobs"), Message="m")
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    kinesis.put_record(StreamName="clicks", Data=b"1", PartitionKey="p")
    function = cloud.function("bill", lambda *_: None)
    cloud.event_source_mapping("clicks", "bill")
    cloud.client("s3").create_bucket(Bucket="photos")
    cloud.client("s3").put_object(Bucket="photos", Key="cat.png", Body=b"...")
    events = cloud.client("events")
    events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    events.put_events(Entries=[{"Source": "shop", "DetailType": "d", "Detail": "{}"}])
    cloud.client("scheduler").create_schedule(
        Name="nightly",
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": function, "RoleArn": ROLE},
    )
    cloudwatch = cloud.client("cloudwatch")
    cloudwatch.put_metric_alarm(AlarmName="deep", Threshold=1, ComparisonOperator="GreaterThanThreshold", **ALARM)
    cloudwatch.set_alarm_state(AlarmName="deep", StateValue="ALARM", StateReason="a test")
    return cloud


def views_of(cloud: Cloud) -> list[Any]:
    return [
        *(cloud.queue("jobs"), cloud.topic("orders"), cloud.stream("clicks"), cloud.bucket("photos")),
        *(cloud.rule("hourly"), cloud.bus(), cloud.schedule("nightly"), cloud.alarm("deep"), cloud.invocations),
        cloud.metric("AWS/SQS", "NumberOfMessagesSent", QueueName="jobs"),
    ]


def seen(view: Any) -> dict[str, str]:
    names = [name for name in dir(view) if name[0] != "_"]
    values = {name: getattr(view, name) for name in names}
    return {name: repr(value) for name, value in values.items() if not callable(value)}


@pytest.mark.parametrize("made", ["before the close", "after it"])
def test_views_show_what_there_was(made: str) -> None:
    cloud = cloud_with_everything()
    views = views_of(cloud)
    before = [seen(view) for view in views]
    cloud.close()
    assert [seen(view) for view in (views if made == "before the close" else views_of(cloud))] == before
    assert cloud.bucket("photos").keys == ["cat.png"]
    assert [change.state for change in cloud.alarm("deep").history] == ["ALARM"]


@pytest.mark.parametrize("is_due", [True, False])
def test_the_clock_shows_what_would_have_been_due(is_due: bool) -> None:
    cloud = Cloud(clock="virtual")
    if is_due:
        send(cloud, make_queue(cloud, "jobs"), "m", DelaySeconds=60)
    before = cloud.clock.next_due
    cloud.close()
    assert (cloud.clock.next_due, before is not None) == (before, is_due)
    for move in (cloud.clock.advance_to_next, lambda: cloud.clock.advance(timedelta(days=1))):
        with pytest.raises(UsageError, match=r"^this Cloud is closed: make a new one"):
            move()
    assert cloud.clock.next_due == before


def test_an_event_of_the_cloud_s_own_is_shown_as_well() -> None:
    cloud = Cloud(clock="virtual")
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    cloud.client("events").put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    before = cloud.clock.next_due
    cloud.close()
    assert cloud.clock.next_due == before is not None


async def serve(cloud: Cloud) -> None:
    async with cloud.serve_async():
        pass


CHANGES: dict[str, Callable[[Cloud], object]] = {
    "http_endpoint()": lambda cloud: cloud.http_endpoint("https://example.com/hook", lambda _: None),
    "serve()": lambda cloud: cloud.serve(),
    "serve_async()": lambda cloud: asyncio.run(serve(cloud)),
    "patch_time()": lambda cloud: cloud.patch_time(),
    "hold_handlers()": lambda cloud: cloud.hold_handlers(),
    "metrics.start()": lambda cloud: cloud.metrics.start(),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_would_change_something_is_refused(name: str) -> None:
    cloud = Cloud(clock="virtual")
    cloud.close()
    with pytest.raises(UsageError, match=r"^this Cloud is closed: make a new one"):
        CHANGES[name](cloud)
