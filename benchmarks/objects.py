"""What uploads cost: an object of 1 KB, with and without somebody who is told of it, beside a send."""

from __future__ import annotations

from contextlib import ExitStack
from time import thread_time_ns
from typing import Any

import minicloud

from .report import Options, Progress, Row, at_most, ratio
from .rounds import Act, take_turns

__all__ = ["objects", "objects_steps"]

BODY = b"x" * 1024
EACH = 500
MOST = {"put_object of 1 KB": 4, "the same, and a queue is told": 5, "get_object": 5}
"""Sends. The MD5 of 1 KB alone is nearly one."""


def objects_steps(options: Options) -> int:
    """How many steps ``objects`` reports."""
    return options.rounds + 1


def objects(options: Options, progress: Progress) -> list[Row]:
    """Puts of 1 KB into buckets that tell nobody, and a queue; what is read back."""
    with ExitStack() as stack:
        cloud = stack.enter_context(minicloud.Cloud(clock="virtual", seed=1, region_name="us-east-1"))
        s3, sqs = cloud.client("s3"), cloud.client("sqs")
        urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("q", "told")]
        for name in ("quiet", "telling"):
            s3.create_bucket(Bucket=name)
        entry: Any = {"QueueArn": cloud.queue("told").arn, "Events": ["s3:ObjectCreated:*"]}
        s3.put_bucket_notification_configuration(
            Bucket="telling", NotificationConfiguration={"QueueConfigurations": [entry]}
        )

        def send() -> float:
            started = thread_time_ns()
            for _ in range(EACH):
                sqs.send_message(QueueUrl=urls[0], MessageBody="x")
            passed = thread_time_ns() - started
            for url in urls:
                sqs.purge_queue(QueueUrl=url)
            cloud.clock.advance(60)
            return passed / EACH

        def put(bucket: str) -> Act:
            def run() -> float:
                started = thread_time_ns()
                for number in range(EACH):
                    s3.put_object(Bucket=bucket, Key=f"in/{number}", Body=BODY)
                return (thread_time_ns() - started) / EACH

            return run

        def get() -> float:
            started = thread_time_ns()
            for number in range(EACH):
                s3.get_object(Bucket="quiet", Key=f"in/{number}")["Body"].read()
            return (thread_time_ns() - started) / EACH

        acts: dict[str, Act] = {
            "send": send,
            "put_object of 1 KB": put("quiet"),
            "the same, and a queue is told": put("telling"),
            "get_object": get,
        }
        times = take_turns(acts, options, progress, "objects")
    reference, *others = acts
    return [Row.of(reference, times[reference])] + [
        Row.of(name, times[name], "ns", reference, ratio(times[name], times[reference]), at_most(MOST[name]))
        for name in others
    ]
