"""More operations whose instructions are counted: uploads, and what is delivered from service to service."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import minicloud

from .hot_operations import BODY, REPEATS, Task

__all__ = ["THEMES"]

_ROLE = "arn:aws:iam::123456789012:role/r"
_CONTENT = b"x" * 1024


def _cloud(stack: ExitStack) -> minicloud.Cloud:
    return stack.enter_context(minicloud.Cloud(clock="virtual", seed=1, region_name="us-east-1"))


def object_tasks(stack: ExitStack) -> dict[str, Task]:
    """Objects of 1 KB, put where nobody is told of them and where a queue is, and read."""
    cloud = _cloud(stack)
    s3, sqs = cloud.client("s3"), cloud.client("sqs")
    sqs.create_queue(QueueName="told")
    for name in ("quiet", "telling"):
        s3.create_bucket(Bucket=name)
    entry: Any = {"QueueArn": cloud.queue("told").arn, "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket="telling", NotificationConfiguration={"QueueConfigurations": [entry]}
    )

    def put(bucket: str) -> None:
        for number in range(REPEATS):
            s3.put_object(Bucket=bucket, Key=f"in/{number}", Body=_CONTENT)

    def get() -> None:
        for number in range(REPEATS):
            s3.get_object(Bucket="quiet", Key=f"in/{number}")["Body"].read()

    return {
        "s3: an object put": Task(REPEATS, lambda: put("quiet")),
        "s3: an object put, and a queue is told": Task(REPEATS, lambda: put("telling")),
        "s3: an object read": Task(REPEATS, get),
    }


def delivery_tasks(stack: ExitStack) -> dict[str, Task]:
    """Records that Firehose gathers into an object; messages through a pipe; what a schedule delivers."""
    cloud = _cloud(stack)
    s3, sqs, firehose = cloud.client("s3"), cloud.client("sqs"), cloud.client("firehose")
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("source", "target", "jobs")}
    s3.create_bucket(Bucket="lake")
    for name, seconds in (("logs", 300), ("at-once", 0)):
        hints = {"SizeInMBs": 5, "IntervalInSeconds": seconds}
        destination: Any = {"RoleARN": _ROLE, "BucketARN": "arn:aws:s3:::lake", "BufferingHints": hints}
        firehose.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration=destination)
    cloud.client("pipes").create_pipe(
        Name="p", Source=cloud.queue("source").arn, Target=cloud.queue("target").arn, RoleArn=_ROLE
    )
    cloud.client("scheduler").create_schedule(
        Name="s",
        ScheduleExpression="rate(1 minute)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": cloud.queue("jobs").arn, "RoleArn": _ROLE, "Input": BODY},
    )
    records: Any = [{"Data": BODY.encode()}] * REPEATS

    def put() -> None:
        for _ in range(REPEATS):
            firehose.put_record(DeliveryStreamName="logs", Record=records[0])

    def put_many() -> None:
        firehose.put_record_batch(DeliveryStreamName="at-once", Records=records)

    def send() -> None:
        for _ in range(REPEATS):
            sqs.send_message(QueueUrl=urls["source"], MessageBody=BODY)

    def let_time_pass() -> None:
        cloud.clock.advance(60 * REPEATS)

    return {
        "firehose: a record put": Task(REPEATS, put),
        "firehose: a record of a batch, put and delivered in one object": Task(REPEATS, put_many),
        "pipes: a message from queue to queue": Task(REPEATS, send),
        "scheduler: a minute passes, and a queue is told": Task(REPEATS, let_time_pass),
    }


THEMES = (object_tasks, delivery_tasks)
