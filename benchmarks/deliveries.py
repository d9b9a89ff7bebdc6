"""What Firehose and Pipes cost, beside a send: a record put, delivered, transformed; a message through a pipe."""

from __future__ import annotations

from contextlib import ExitStack
from time import thread_time_ns
from typing import Any

import minicloud

from .report import Options, Progress, Row, at_most, ratio
from .rounds import Act, take_turns

__all__ = ["deliveries", "deliveries_steps"]

ROLE = "arn:aws:iam::123456789012:role/r"
DATA = b"x" * 100
EACH = 500
MOST = {
    "a record put": 3,
    "a record of a batch of 500, put and delivered in one object": 1,
    "the same, and a function transforms it": 4,
    "a message through a pipe, from queue to queue": 20,
}
"""Sends."""


def deliveries_steps(options: Options) -> int:
    """How many steps ``deliveries`` reports."""
    return options.rounds + 1


def transform(event: Any, _: Any) -> Any:
    """A function that leaves records as they are."""
    return {"records": [{"recordId": one["recordId"], "result": "Ok", "data": one["data"]} for one in event["records"]]}


def deliveries(options: Options, progress: Progress) -> list[Row]:
    """Records of 100 bytes into delivery streams, messages of 100 characters into a pipe."""
    with ExitStack() as stack:
        cloud = stack.enter_context(minicloud.Cloud(clock="virtual", seed=1, region_name="us-east-1"))
        sqs, firehose = cloud.client("sqs"), cloud.client("firehose")
        urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("plain", "source", "target")}
        cloud.client("s3").create_bucket(Bucket="lake")
        cloud.client("pipes").create_pipe(
            Name="p", Source=cloud.queue("source").arn, Target=cloud.queue("target").arn, RoleArn=ROLE
        )
        parameters = {"LambdaArn": cloud.function("transform", transform), "BufferIntervalInSeconds": "0"}
        pairs = [{"ParameterName": name, "ParameterValue": value} for name, value in parameters.items()]
        processing = {"Enabled": True, "Processors": [{"Type": "Lambda", "Parameters": pairs}]}
        for name, seconds, more in (
            ("waits", 300, {}),
            ("at-once", 0, {}),
            ("transformed", 0, {"ProcessingConfiguration": processing}),
        ):
            hints = {"SizeInMBs": 5, "IntervalInSeconds": seconds}
            destination: Any = {"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::lake", "BufferingHints": hints, **more}
            firehose.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration=destination)
        records: Any = [{"Data": DATA}] * EACH

        def send(name: str) -> Act:
            def run() -> float:
                started = thread_time_ns()
                for _ in range(EACH):
                    sqs.send_message(QueueUrl=urls[name], MessageBody="x" * 100)
                passed = thread_time_ns() - started
                for url in urls.values():
                    sqs.purge_queue(QueueUrl=url)
                cloud.clock.advance(60)
                return passed / EACH

            return run

        def put() -> float:
            started = thread_time_ns()
            for record in records:
                firehose.put_record(DeliveryStreamName="waits", Record=record)
            return (thread_time_ns() - started) / EACH

        def put_batch(name: str) -> Act:
            def run() -> float:
                started = thread_time_ns()
                firehose.put_record_batch(DeliveryStreamName=name, Records=records)
                return (thread_time_ns() - started) / EACH

            return run

        runs: list[Act] = [put, put_batch("at-once"), put_batch("transformed"), send("source")]
        acts: dict[str, Act] = {"send": send("plain")} | dict(zip(MOST, runs, strict=True))
        times = take_turns(acts, options, progress, "deliveries")
    reference, *others = acts
    return [Row.of(reference, times[reference])] + [
        Row.of(name, times[name], "ns", reference, ratio(times[name], times[reference]), at_most(MOST[name]))
        for name in others
    ]
