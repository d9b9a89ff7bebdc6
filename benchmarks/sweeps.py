"""Whether a call costs the same however much there is: cost at each size against the cost at the first.

Each size has a cloud of its own, filled beforehand; in each round every size takes its turn. What a round sends it
receives and deletes again, so the size stays.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from time import thread_time_ns
from typing import Any

import minicloud

from .calls import bodies_of
from .report import Options, Progress, Row, at_most, ratio

__all__ = ["LONGEST_VISIBILITY", "backlog", "delayed", "fill_queue", "flood", "groups", "in_flight", "sweep_steps"]

CALLS = 200
BOUND = 1.3
LONGEST_DELAY = 900
LONGEST_VISIBILITY = 43_200

Actions = dict[str, Callable[[], float]]
"""What is measured, by name: each returns nanoseconds a call."""


def sweep_steps(options: Options) -> int:
    """How many steps a sweep reports."""
    return len(options.sizes) + options.rounds + 1


def backlog(options: Options, progress: Progress) -> list[Row]:
    """Messages that wait in a standard queue."""

    def fill(client: Any, size: int) -> Actions:
        url = client.create_queue(QueueName="bench")["QueueUrl"]
        fill_queue(client, url, size)
        return {"send": _sending(client, url), "receive + delete": _cycling(client, url)}

    return _sweep("backlog", fill, options, progress)


def in_flight(options: Options, progress: Progress) -> list[Row]:
    """Messages of a standard queue that were received and not deleted (the limit of 120,000 is lifted)."""

    def fill(client: Any, size: int) -> Actions:
        url = client.create_queue(QueueName="bench")["QueueUrl"]
        fill_queue(client, url, size)
        for _ in range(size // 10):
            client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=LONGEST_VISIBILITY)
        return {"send": _sending(client, url), "receive + delete": _cycling(client, url)}

    return _sweep("in flight", fill, options, progress)


def delayed(options: Options, progress: Progress) -> list[Row]:
    """Messages of a standard queue that are not visible yet. Delayed sends stay, but they are few."""

    def fill(client: Any, size: int) -> Actions:
        url = client.create_queue(QueueName="bench")["QueueUrl"]
        fill_queue(client, url, size, DelaySeconds=LONGEST_DELAY)
        return {
            "send": _sending(client, url),
            "receive + delete": _cycling(client, url),
            "send with a delay": _sending(client, url, CALLS // 10, DelaySeconds=LONGEST_DELAY),
        }

    return _sweep("delayed", fill, options, progress)


def groups(options: Options, progress: Progress) -> list[Row]:
    """Message groups of a FIFO queue, a message each: a send begins a group, a receive and a delete end the oldest.

    Receives look at all messages here. Where they look at 120,000 alone, as AWS's do, a message behind those comes into
    its group later: a send then costs less, a receive and a delete more, and all three together the same.
    """

    def fill(client: Any, size: int) -> Actions:
        url = client.create_queue(QueueName="bench.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
        numbers = iter(range(10**12))

        def entry(index: int) -> dict[str, str]:
            name = f"{next(numbers):012d}"
            return {"Id": str(index), "MessageBody": name, "MessageGroupId": name, "MessageDeduplicationId": name}

        for _ in range(size // 10):
            client.send_message_batch(QueueUrl=url, Entries=[entry(index) for index in range(10)])

        def send() -> float:
            call = client.send_message
            names = [f"{next(numbers):012d}" for _ in range(CALLS)]
            started = thread_time_ns()
            for name in names:
                call(QueueUrl=url, MessageBody=name, MessageGroupId=name, MessageDeduplicationId=name)
            return (thread_time_ns() - started) / CALLS

        return {"send": send, "receive + delete": _cycling(client, url)}

    return _sweep("FIFO groups", fill, options, progress)


def flood(options: Options, progress: Progress) -> list[Row]:
    """The backlog of a noisy group of a standard queue: what quiet groups send is received before it."""

    def fill(client: Any, size: int) -> Actions:
        url = client.create_queue(QueueName="bench")["QueueUrl"]
        fill_queue(client, url, size, MessageGroupId="noisy")
        for _ in range(10):
            client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=LONGEST_VISIBILITY)
        return {"send": _sending(client, url, MessageGroupId="quiet"), "receive + delete": _cycling(client, url)}

    return _sweep("flood", fill, options, progress)


def fill_queue(client: Any, url: str, count: int, **options: Any) -> None:
    """Send ``count`` messages of 100 characters."""
    for start in range(0, count, 10):
        entries = [{"Id": str(index), "MessageBody": f"{start + index:0100d}", **options} for index in range(10)]
        client.send_message_batch(QueueUrl=url, Entries=entries)


def _sending(client: Any, url: str, count: int = CALLS, **options: Any) -> Callable[[], float]:
    bodies = bodies_of(count)
    call = client.send_message

    def send() -> float:
        started = thread_time_ns()
        for body in bodies:
            call(QueueUrl=url, MessageBody=body, **options)
        return (thread_time_ns() - started) / count

    return send


def _cycling(client: Any, url: str) -> Callable[[], float]:
    receive, delete = client.receive_message, client.delete_message

    def cycle() -> float:
        started = thread_time_ns()
        for _ in range(CALLS):
            message = receive(QueueUrl=url)["Messages"][0]
            delete(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return (thread_time_ns() - started) / CALLS

    return cycle


def _sweep(what: str, fill: Callable[[Any, int], Actions], options: Options, progress: Progress) -> list[Row]:
    limits = minicloud.Limits(sqs_in_flight_standard=10**9, sqs_in_flight_fifo=10**9, sqs_fifo_look_ahead=10**9)
    sizes = options.sizes
    times: dict[tuple[str, int], list[float]] = {}
    with ExitStack() as stack:
        gc.disable()
        stack.callback(gc.enable)
        filled: dict[int, Actions] = {}
        for size in sizes:
            cloud = stack.enter_context(minicloud.Cloud(clock="virtual", seed=1, limits=limits))
            filled[size] = fill(cloud.client("sqs"), size)
            progress.step(f"{what}: {size:,} filled")
        for number in range(options.rounds + 1):
            for size, actions in filled.items():
                for name, act in actions.items():
                    elapsed = act()
                    if number:  # the first round warms up
                        times.setdefault((name, size), []).append(elapsed)
            progress.step(what)
        names = list(filled[sizes[0]])
    gc.collect()
    first = sizes[0]
    rows = []
    for name in names:
        for size in sizes:
            measured = times[name, size]
            row = Row.of(f"{name} at {size:,}", measured, size=size)
            if size != first:
                row = replace(
                    row,
                    reference=f"at {first:,}",
                    ratio=ratio(measured, times[name, first]),
                    target=at_most(BOUND),
                )
            rows.append(row)
    return rows
