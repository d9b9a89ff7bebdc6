"""Much in one process: a thousand clouds, an hour of a cloud's time, millions of calls, ten million messages.

The end of each run is compared with its beginning: time and memory of what it does must not grow with what it has done.
Where a run is long, memory is the process's own as the system counts it (resident; where ``/proc`` tells), so that
nothing is hidden and nothing slowed down. Where it is short, tracemalloc counts, to the byte.
"""

from __future__ import annotations

import gc
import os
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from time import thread_time_ns
from typing import Any

import minicloud

from .report import Options, Progress, Row, at_most, ratio

__all__ = [
    "clouds",
    "clouds_steps",
    "hour",
    "hour_steps",
    "million_calls",
    "million_calls_steps",
    "ten_million",
    "ten_million_steps",
]

GROWTH = at_most(1.3)
LEAK = at_most(1, "value")
"""Bytes for each message: what would be kept of it, an entry in a list, is 8 at the least."""
MEMORY = Path("/proc/self/statm")


def _resident() -> int | None:
    """Bytes that the process has in memory; None where the system does not tell."""
    if not MEMORY.exists():
        return None
    return int(MEMORY.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _timed(act: Callable[[], object]) -> int:
    started = thread_time_ns()
    act()
    return thread_time_ns() - started


# --- a thousand clouds -----------------------------------------------------------------------------------------------


def clouds_steps(options: Options) -> int:
    """How many steps ``clouds`` reports."""
    return _rounds(options) + 1


def _rounds(options: Options) -> int:
    return 2 if options.quick else 9


class _Kept:
    """A cloud with a client and a queue."""

    def __init__(self) -> None:
        self.cloud = minicloud.Cloud(clock="virtual", seed=1, trace=True)
        self.client: Any = self.cloud.client("sqs")
        self.url = self.client.create_queue(QueueName="bench")["QueueUrl"]

    def use(self) -> None:
        """Send a message, receive it and delete it."""
        self.client.send_message(QueueUrl=self.url, MessageBody="x" * 100)
        (message,) = self.client.receive_message(QueueUrl=self.url)["Messages"]
        self.client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])


def clouds(options: Options, progress: Progress) -> list[Row]:
    """All of them open at once, traced, as those of tests are: making one, using one after another, what one weighs."""
    few, many = 10, 100 if options.quick else 1_000
    times: dict[tuple[str, int], list[float]] = {}
    for _ in range(_rounds(options)):
        for count in (few, many):
            for what, value in _side_by_side(count, many).items():
                times.setdefault((what, count), []).append(value)
        progress.step("clouds")
    rows = []
    for what in ("made, with a client and a queue", "a message sent, received and deleted"):
        small, large = times[what, few], times[what, many]
        rows.append(Row.of(f"one of {few:,}: {what}", small))
        grown = ratio(large, small)
        rows.append(Row.of(f"one of {many:,}: {what}", large, "ns", f"one of {few:,}", grown, GROWTH))
    weight, left = _weight(many)
    progress.step("clouds")
    rows.append(Row("one with a client, a queue and what happened there", weight, "bytes"))
    rows.append(Row("the same, when it has been closed", left, "bytes", "open", max(left, 0) / weight, at_most(0.05)))
    return rows


def _side_by_side(count: int, most: int) -> dict[str, float]:
    """What one of ``count`` clouds costs; each is made anew as often as there are ``most``."""
    made = used = 0
    gc.collect()
    gc.disable()
    for _ in range(most // count):
        kept: list[_Kept] = []
        made += _timed(lambda kept=kept: kept.extend(_Kept() for _ in range(count)))  # type: ignore[misc]
        for one in kept:  # the first use of a cloud makes what the others find
            one.use()
        used += _timed(lambda kept=kept: [one.use() for one in kept])  # type: ignore[misc]
        for one in kept:
            one.cloud.close()
    gc.enable()
    each = most // count * count
    return {"made, with a client and a queue": made / each, "a message sent, received and deleted": used / each}


def _weight(count: int) -> tuple[float, float]:
    """Bytes of each of ``count`` clouds, and what is left of each when all are closed (tracemalloc)."""
    _Kept().cloud.close()
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        kept = [_Kept() for _ in range(count)]
        for one in kept:
            one.use()
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
        while kept:
            kept.pop().cloud.close()
        gc.collect()
        left = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    return grown / count, left / count


# --- an hour ---------------------------------------------------------------------------------------------------------


def hour_steps(options: Options) -> int:
    """How many steps ``hour`` reports."""
    return 2 * _minutes(options)


def _minutes(options: Options) -> int:
    return 6 if options.quick else 60


def hour(options: Options, progress: Progress) -> list[Row]:
    """An application goes on for an hour of the cloud's time, traced: what a second of it costs, late and early."""
    minutes = _minutes(options)
    part = minutes // 6
    times: list[float] = []
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as cloud:
        second = _application(cloud)
        for _ in range(minutes):
            times.append(_timed(lambda: [next(second) for _ in range(60)]) / 60)
            progress.step("an hour")
    early, late = times[part : 2 * part], times[-part:]
    half, end = _kept_by(minutes, progress)
    return [
        Row.of(f"a second of it, after {part} minutes", early),
        Row.of(f"a second of it, after {minutes - part} minutes", late, "ns", "early", ratio(late, early), GROWTH),
        Row(f"memory after {minutes // 2} minutes", half, "bytes"),
        Row(f"memory after {minutes} minutes", end, "bytes", "after half of it", end / half, at_most(1.05)),
    ]


def _kept_by(minutes: int, progress: Progress) -> tuple[float, float]:
    """Bytes that the cloud holds after half of the time, and at its end (tracemalloc).

    By then ids of deduplication have lapsed and the trace is full: what still grew would grow with time.
    """
    held = []
    gc.collect()
    tracemalloc.start()
    try:
        with minicloud.Cloud(clock="virtual", seed=1, trace=True) as cloud:
            second = _application(cloud)
            for minute in range(1, minutes + 1):
                for _ in range(60):
                    next(second)
                if minute in (minutes // 2, minutes):
                    gc.collect()
                    held.append(tracemalloc.get_traced_memory()[0])
                progress.step("an hour: memory")
    finally:
        tracemalloc.stop()
    return float(held[0]), float(held[1])


def _application(cloud: minicloud.Cloud) -> Iterator[None]:
    """Each step is a second: ten messages to a topic, to two queues; a worker fails with one of ten; a schedule."""
    sqs: Any = cloud.client("sqs")
    sns: Any = cloud.client("sns")
    policy = '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 2}'
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    topic = sns.create_topic(Name="topic.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    urls = [
        sqs.create_queue(QueueName="work", Attributes={"RedrivePolicy": policy})["QueueUrl"],
        sqs.create_queue(QueueName="ordered.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"],
    ]
    for name, raw in (("work", "true"), ("ordered.fifo", "false")):
        endpoint = f"arn:aws:sqs:us-east-1:123456789012:{name}"
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=endpoint, Attributes={"RawMessageDelivery": raw})
    schedule: Any = {"Arn": "arn:aws:sqs:us-east-1:123456789012:work", "RoleArn": ROLE, "Input": "a minute"}
    cloud.client("scheduler").create_schedule(
        Name="minutes", ScheduleExpression="rate(1 minute)", FlexibleTimeWindow={"Mode": "OFF"}, Target=schedule
    )
    number = 0
    while True:
        for place in range(10):
            own = {"MessageGroupId": f"group-{place}", "MessageDeduplicationId": f"{number}"}
            sns.publish(TopicArn=topic, Message=f"order {number}", **own)
            number += 1
        for url in (*urls, dead):
            while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
                for message in messages:
                    if url != urls[0] or not message["Body"].endswith("0"):
                        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        cloud.clock.advance(1)
        yield


ROLE = "arn:aws:iam::123456789012:role/scheduler"


# --- millions --------------------------------------------------------------------------------------------------------


def million_calls_steps(options: Options) -> int:
    """How many steps ``million_calls`` reports."""
    return PARTS + 1


def million_calls(options: Options, progress: Progress) -> list[Row]:
    """Sends, receives and deletes of one test, traced, each of them a million times."""
    messages = 20_000 if options.quick else 1_000_000
    kept = _Kept()

    def part(count: int) -> None:
        for _ in range(count):
            kept.use()

    rows = _parts(part, messages, progress, f"traced: a message of {messages:,} ({3 * messages:,} calls)")
    kept.cloud.close()
    return rows


def ten_million_steps(options: Options) -> int:
    """How many steps ``ten_million`` reports."""
    return PARTS + 1


BACKLOG = 1_000


def ten_million(options: Options, progress: Progress) -> list[Row]:
    """Ten million messages go through a queue in which a thousand wait, ten a call."""
    messages = 100_000 if options.quick else 10_000_000
    with minicloud.Cloud(clock="virtual", seed=1, trace=False) as cloud:
        client: Any = cloud.client("sqs")
        url = client.create_queue(QueueName="bench")["QueueUrl"]
        serial = iter(range(10**12))

        def send() -> None:
            entries = [{"Id": str(place), "MessageBody": f"{next(serial):0100d}"} for place in range(10)]
            client.send_message_batch(QueueUrl=url, Entries=entries)

        def part(count: int) -> None:
            for _ in range(count // 10):
                send()
                found = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
                entries = [{"Id": str(place), "ReceiptHandle": one["ReceiptHandle"]} for place, one in enumerate(found)]
                client.delete_message_batch(QueueUrl=url, Entries=entries)

        for _ in range(BACKLOG // 10):
            send()
        rows = _parts(part, messages, progress, f"a message of {messages:,}, ten a call")
        left = cloud.queue(url).counts
        if (left.visible, left.in_flight) != (BACKLOG, 0):
            raise RuntimeError(f"messages were lost, or have come twice: {left}")
    return rows


PARTS = 10


def _parts(part: Callable[[int], None], count: int, progress: Progress, name: str) -> list[Row]:
    """The last tenth of a run against its first one, and by how much the process has grown between them."""
    part(count // 100)
    progress.step(name)
    times = []
    memory = []
    for _ in range(PARTS):
        times.append(_timed(lambda: part(count // PARTS)) * PARTS / count)
        memory.append(_resident())
        progress.step(name)
    rows = [
        Row(f"{name}: the first tenth", times[0]),
        Row(f"{name}: the last tenth", times[-1], "ns", "the first tenth", times[-1] / times[0], GROWTH),
    ]
    if memory[0] is not None and memory[-1] is not None:
        grown = (memory[-1] - memory[0]) * PARTS / (PARTS - 1) / count
        rows.append(Row(f"{name}: memory left behind", grown, "bytes", target=LEAK))
    return rows
