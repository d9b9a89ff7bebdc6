"""What functions cost: a message through a mapping to a plain handler, records of a shard, a publish to a function.

A message that goes through a mapping is compared with the send, the receive and the delete that it replaces.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from time import thread_time_ns
from typing import Any

import minicloud

from .calls import CREDENTIALS, bodies_of, has
from .report import Options, Progress, Row, at_most, ratio
from .rounds import Act, take_turns
from .sweeps import fill_queue

__all__ = ["backlogs", "backlogs_steps", "functions", "functions_steps"]

LIMITS = minicloud.Limits(invocations_per_call=10**9)
BATCH = 100


def handle(event: Any, context: Any) -> None:
    """A handler that does nothing."""


# --- one by one ------------------------------------------------------------------------------------------------------


def functions_steps(options: Options) -> int:
    """How many steps ``functions`` reports."""
    return options.rounds + 1


def functions(options: Options, progress: Progress) -> list[Row]:
    """A message, through a mapping and without; a publish to a function; a chain of two functions."""
    with ExitStack() as stack:
        cloud = stack.enter_context(minicloud.Cloud(clock="virtual", seed=1))
        sqs, sns = cloud.client("sqs"), cloud.client("sns")
        bodies = bodies_of(options.calls)
        by_hand = sqs.create_queue(QueueName="by-hand")["QueueUrl"]
        mapped = sqs.create_queue(QueueName="mapped")["QueueUrl"]
        first, second = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("first", "second"))
        topic = sns.create_topic(Name="topic")["TopicArn"]
        function = cloud.function("handle", handle)

        def pass_on(event: Any, context: Any) -> None:
            for record in event["Records"]:
                sqs.send_message(QueueUrl=second, MessageBody=record["body"])

        cloud.function("pass-on", pass_on)
        cloud.event_source_mapping(mapped, "handle")
        cloud.event_source_mapping(first, "pass-on")
        cloud.event_source_mapping(second, "handle")
        sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)

        def native(body: str) -> None:
            sqs.send_message(QueueUrl=by_hand, MessageBody=body)
            (message,) = sqs.receive_message(QueueUrl=by_hand)["Messages"]
            sqs.delete_message(QueueUrl=by_hand, ReceiptHandle=message["ReceiptHandle"])

        acts: dict[str, Act] = {
            "send + receive + delete": _each(bodies, native),
            "send, mapping, handler, deleted": _each(
                bodies, lambda body: sqs.send_message(QueueUrl=mapped, MessageBody=body)
            ),
            "send, handler sends, handler": _each(
                bodies, lambda body: sqs.send_message(QueueUrl=first, MessageBody=body)
            ),
            # The same text: a new one has to be signed, which costs more than all the rest.
            "publish, handler": _each(bodies, lambda _: sns.publish(TopicArn=topic, Message="a text")),
        }
        if has("boto3"):
            acts["boto3: send, handler sends, handler"] = _chain_of_boto3(stack, bodies)
        times = take_turns(acts, options, progress, "functions")
    reference, one, *others = acts
    rows = [
        Row.of(reference, times[reference]),
        Row.of(one, times[one], "ns", reference, ratio(times[one], times[reference]), at_most(4)),
    ]
    return rows + [
        Row.of(name, times[name], "ns", reference, ratio(times[name], times[reference]), at_most(10)) for name in others
    ]


def _chain_of_boto3(stack: ExitStack, bodies: list[str]) -> Act:
    """The chain of two functions with a real client: at most 50 µs on the machine of the design."""
    import boto3

    cloud = stack.enter_context(minicloud.mock_aws(clock="virtual", seed=1))
    sqs = boto3.client("sqs", **CREDENTIALS)
    first, second = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("first", "second"))

    def pass_on(event: Any, context: Any) -> None:
        for record in event["Records"]:
            sqs.send_message(QueueUrl=second, MessageBody=record["body"])

    cloud.function("pass-on", pass_on)
    cloud.function("handle", handle)
    cloud.event_source_mapping(first, "pass-on")
    cloud.event_source_mapping(second, "handle")
    return _each(bodies, lambda body: sqs.send_message(QueueUrl=first, MessageBody=body))


def _each(bodies: list[str], act: Callable[[str], object]) -> Act:
    def run() -> float:
        started = thread_time_ns()
        for body in bodies:
            act(body)
        return (thread_time_ns() - started) / len(bodies)

    return run


# --- what has gathered -----------------------------------------------------------------------------------------------


def backlogs_steps(options: Options) -> int:
    """How many steps ``backlogs`` reports."""
    return 2 * len(options.sizes)


def backlogs(options: Options, progress: Progress) -> list[Row]:
    """A mapping is enabled: what each message costs that waits in the queue, in tens; each record, in hundreds."""
    rows: list[Row] = []
    for what, fill in {"messages": _messages, "records": _records}.items():
        first = 0.0
        for size in options.sizes:
            measured = []
            for _ in range(max(1, 9_000 // size)):
                with minicloud.Cloud(clock="virtual", seed=1, limits=LIMITS) as cloud:
                    enable = fill(cloud, size)
                    gc.collect()
                    gc.disable()
                    started = thread_time_ns()
                    enable()
                    measured.append((thread_time_ns() - started) / size)
                    gc.enable()
            row = Row.of(f"{what} at {size:,}", measured, size=size)
            if first:
                compared = {"reference": f"{what} at {options.sizes[0]:,}", "ratio": row.value / first}
                row = replace(row, **compared, target=at_most(1.3))  # type: ignore[arg-type]
            first = first or row.value
            rows.append(row)
            progress.step("backlogs")
    return rows


def _messages(cloud: minicloud.Cloud, size: int) -> Callable[[], object]:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="bench")["QueueUrl"]
    cloud.function("handle", handle)
    mapping = cloud.event_source_mapping(url, "handle", Enabled=False)
    fill_queue(sqs, url, size)
    return mapping.enable


def _records(cloud: minicloud.Cloud, size: int) -> Callable[[], object]:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="bench", ShardCount=1)
    cloud.function("handle", handle)
    mapping = cloud.event_source_mapping("bench", "handle", Enabled=False, BatchSize=BATCH)
    for start in range(0, size, 500):
        records: Any = [{"Data": f"{start + place:0100d}".encode(), "PartitionKey": "device"} for place in range(500)]
        kinesis.put_records(StreamName="bench", Records=records)
    return mapping.enable
