"""What a publish costs for each queue that it reaches, by the number of queues and by what they get.

Compared with the floor of an SQS send, which does about what has to be done for each queue: an MD5, an id, an entry.
The floor of a publish is the same without an answer for each, and with an envelope that is neither signed nor complete.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from time import thread_time_ns
from typing import Any

import minicloud
from minicloud.services.sns.signature import sign

from .batches import ATTRIBUTES, rounds_steps
from .calls import URL, bodies_of
from .floors import FloorQueue, FloorTopic, PlainQueue
from .report import Options, Progress, Row, at_most, ratio
from .rounds import Act, take_turns

__all__ = ["fan_out", "rounds_steps"]

FLOOR = "floor of a send"
PLAIN = "plain floor of a send"
BODY = bodies_of(1)[0]
SIGNATURE = "a signature"
SIGNED = f"Message\n{BODY}\nMessageId\n{'0' * 36}\nTimestamp\n{'0' * 24}\nTopicArn\n{'0' * 36}\nType\nNotification\n"
DELIVERIES = 1_000
"""Of one measurement, over however many publishes."""
LEAST_PUBLISHES = 10
"""Of one measurement: the first message of an empty queue costs more than others."""


def fan_out(options: Options, progress: Progress) -> list[Row]:
    """Publish to 1, 10, 100 and 1,000 queues."""
    acts: dict[str, Act] = {
        FLOOR: _sending(options, FloorQueue),
        PLAIN: _sending(options, PlainQueue),
        "floor of a publish to 100": _publishing_nothing(),
        SIGNATURE: _signing(),
    }
    floors = list(acts)
    targets: dict[str, bool] = {}
    with ExitStack() as stack:
        for count in (1, 10, 100, 1_000):
            for what, settings, parameters in (
                ("envelope", {}, {}),
                ("raw", {"RawMessageDelivery": "true"}, {}),
                ("raw, 2 attributes", {"RawMessageDelivery": "true"}, {"MessageAttributes": ATTRIBUTES}),
                ("envelope, filter passes", {"FilterPolicy": '{"kind": ["order"]}'}, {"MessageAttributes": ATTRIBUTES}),
                ("filter stops", {"FilterPolicy": '{"kind": ["bill"]}'}, {"MessageAttributes": ATTRIBUTES}),
            ):
                if count != 100 and what not in ("envelope", "raw"):
                    continue
                name = f"{count:,} queues, {what}" if count > 1 else f"1 queue, {what}"
                acts[name] = _publishing(stack, count, settings, parameters)
                # The target is for what reaches a queue; what a filter takes comes on top.
                targets[name] = count == 100 and "filter" not in what
        times = take_turns(acts, options, progress, "fan-out")
    rows = [Row.of(name, times[name], target=at_most(3_500, "value") if name == SIGNATURE else None) for name in floors]
    for name, has_target in targets.items():
        target = at_most(2) if has_target else None
        rows.append(Row.of(name, times[name], "ns", FLOOR, ratio(times[name], times[FLOOR]), target))
    one = times["1 queue, envelope"]
    rows.append(Row.of("a publish to one queue", one, "ns", PLAIN, ratio(one, times[PLAIN]), at_most(4)))
    return rows


def _signing() -> Act:
    def act() -> float:
        started = thread_time_ns()
        for _ in range(DELIVERIES):
            sign(SIGNED)
        return (thread_time_ns() - started) / DELIVERIES

    return act


def _sending(options: Options, floor: Callable[[], Any]) -> Act:
    bodies = bodies_of(options.calls)

    def act() -> float:
        call: Callable[..., Any] = floor().send_message
        started = thread_time_ns()
        for body in bodies:
            call(QueueUrl=URL, MessageBody=body)
        return (thread_time_ns() - started) / len(bodies)

    return act


def _publishing_nothing() -> Act:
    repeats = DELIVERIES // 100

    def act() -> float:
        topic = FloorTopic(100)
        started = thread_time_ns()
        for _ in range(repeats):
            topic.publish(TopicArn="", Message="x")
        return (thread_time_ns() - started) / repeats / 100

    return act


def _publishing(stack: ExitStack, count: int, settings: Any, parameters: Any) -> Act:
    cloud = stack.enter_context(minicloud.Cloud(clock="virtual", seed=1))
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    topic = sns.create_topic(Name="bench")["TopicArn"]
    urls = []
    for place in range(count):
        urls.append(sqs.create_queue(QueueName=f"queue-{place}")["QueueUrl"])
        arn = f"arn:aws:sqs:us-east-1:123456789012:queue-{place}"
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=settings)
    repeats = max(LEAST_PUBLISHES, DELIVERIES // count)
    client = cloud.client("sqs")

    def act() -> float:
        publish = sns.publish
        started = thread_time_ns()
        for _ in range(repeats):
            publish(TopicArn=topic, Message=BODY, **parameters)
        elapsed = thread_time_ns() - started
        cloud.clock.advance(61)  # queues may be purged once a minute
        for url in urls:
            client.purge_queue(QueueUrl=url)
        return elapsed / repeats / count

    return act
