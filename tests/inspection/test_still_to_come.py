"""What a failed test is told of that would come later: buffers of Firehose, and schedules that have not run yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import minicloud
from minicloud.inspection.report import section

ROLE = "arn:aws:iam::123456789012:role/any"


@pytest.fixture
def cloud() -> Iterator[minicloud.Cloud]:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as made:
        made.client("sqs").create_queue(QueueName="reports")
        yield made


def lines(cloud: minicloud.Cloud) -> list[str]:
    text = section(cloud, list(cloud.trace))[1]
    return text.partition("still to come:\n")[2].partition("\n\n")[0].splitlines()


def schedule(cloud: minicloud.Cloud, name: str, expression: str, **more: Any) -> None:
    target: Any = {"Arn": cloud.queue("reports").arn, "RoleArn": ROLE, "Input": "x"}
    cloud.client("scheduler").create_schedule(
        Name=name, ScheduleExpression=expression, FlexibleTimeWindow={"Mode": "OFF"}, Target=target, **more
    )


def test_a_buffer_that_waits(cloud: minicloud.Cloud) -> None:
    firehose = cloud.client("firehose")
    cloud.client("s3").create_bucket(Bucket="lake")
    to: Any = {"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::lake"}
    firehose.create_delivery_stream(DeliveryStreamName="clicks", ExtendedS3DestinationConfiguration=to)
    function = {"ParameterName": "LambdaArn", "ParameterValue": cloud.function("same", lambda event, _: event)}
    processing: Any = {"Enabled": True, "Processors": [{"Type": "Lambda", "Parameters": [function]}]}
    firehose.create_delivery_stream(
        DeliveryStreamName="changed", ExtendedS3DestinationConfiguration={**to, "ProcessingConfiguration": processing}
    )
    assert lines(cloud) == []
    for name in ("clicks", "clicks", "changed"):
        firehose.put_record(DeliveryStreamName=name, Record={"Data": b"x"})
    assert lines(cloud) == [
        "  00:01:00.000  delivery stream changed hands its function 1 record",
        "  00:05:00.000  delivery stream clicks delivers 2 records",
    ]
    cloud.clock.advance(299)
    assert len(lines(cloud)) == 2
    cloud.clock.advance(1)
    assert not any("clicks" in line for line in lines(cloud))


def test_a_schedule_that_has_not_run(cloud: minicloud.Cloud) -> None:
    schedule(cloud, "nightly", "cron(0 3 * * ? *)", ScheduleExpressionTimezone="America/New_York")
    schedule(cloud, "late", "at(2025-12-31T23:00:00)")
    schedule(cloud, "off", "rate(1 minute)", State="DISABLED")
    cloud.client("events").put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    cloud.clock.advance(1800)
    assert lines(cloud) == [
        "  01:00:00.000  rule hourly makes its first event (rate(1 hour))",
        "  08:00:00.000  schedule nightly invokes its target for the first time (cron(0 3 * * ? *), America/New_York)",
        "  never  schedule late invokes its target: at(2025-12-31T23:00:00), UTC was over when it was made",
    ]
    cloud.clock.advance(8 * 3600)
    assert [line.split()[0] for line in lines(cloud)] == ["never"]


def test_days_are_told_and_only_the_next_ones(cloud: minicloud.Cloud) -> None:
    for number in range(7):
        schedule(cloud, f"s{number}", f"at(2026-01-0{number + 2}T00:00:00)")
    told = lines(cloud)
    assert (
        told[0]
        == "  01-02 00:00:00.000  schedule s0 invokes its target for the first time (at(2026-01-02T00:00:00), UTC)"
    )
    assert (len(told), told[-1]) == (6, "  … and 2 more")
    cloud.close()
    assert len(lines(cloud)) == 6
