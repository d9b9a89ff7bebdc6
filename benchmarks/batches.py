"""What a message costs beside the plain way: in order, in batches, with attributes, on its way to a dead-letter queue.

Every row is about one message, and compared with a floor that does the same: batches with batches, a FIFO queue with
groups and deduplication ids.
"""

from __future__ import annotations

from contextlib import ExitStack
from time import thread_time_ns
from typing import Any

import minicloud

from .calls import PLAIN, URL, bodies_of
from .floors import FloorFifoQueue, FloorQueue, PlainQueue
from .report import Options, Progress, Row, at_most, ratio
from .rounds import Act, take_turns

__all__ = ["attributes", "batches", "fifo", "rounds_steps"]

TEN = 10
ATTRIBUTES = {
    "kind": {"DataType": "String", "StringValue": "order"},
    "size": {"DataType": "Number", "StringValue": "17"},
}


def rounds_steps(options: Options) -> int:
    """How many steps each of these reports."""
    return options.rounds + 1


def _client(stack: ExitStack) -> Any:
    return stack.enter_context(minicloud.Cloud(clock="virtual", seed=1)).client("sqs")


def _rows(pairs: dict[str, str], times: dict[str, list[float]]) -> list[Row]:
    """The floors first, each once; then what is compared with them."""
    rows = [Row.of(floor, times[floor]) for floor in dict.fromkeys(pairs.values())]
    for name, floor in pairs.items():
        rows.append(Row.of(name, times[name], reference=floor, ratio=ratio(times[name], times[floor])))
    return rows


# --- FIFO ------------------------------------------------------------------------------------------------------------


def fifo(options: Options, progress: Progress) -> list[Row]:
    """A FIFO queue with ten groups; a deduplication id a message."""
    bodies = bodies_of(options.calls)
    groups = [f"group-{place % 10}" for place in range(len(bodies))]
    serial = iter(range(10**12))

    def sending(send: Any, url: str) -> Act:
        def act() -> float:
            tokens = [f"token-{next(serial)}" for _ in bodies]
            started = thread_time_ns()
            for body, group, token in zip(bodies, groups, tokens, strict=True):
                send(QueueUrl=url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=token)
            return (thread_time_ns() - started) / len(bodies)

        return act

    with ExitStack() as stack:
        client = _client(stack)
        url = client.create_queue(QueueName="bench.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
        floor = FloorFifoQueue()
        acts = {
            "floor: send": sending(floor.send_in_order, url),
            "send": sending(client.send_message, url),
            "floor: receive + delete": _cycling(floor, url, len(bodies)),
            "receive + delete": _cycling(client, url, len(bodies)),
            **_plain_acts(bodies),
        }
        times = take_turns(acts, options, progress, "fifo")
    rows = _rows({"send": "floor: send", "receive + delete": "floor: receive + delete"}, times)
    return rows + _against_plain(times, {"send": 2.6, "receive + delete": 4.7})


def _plain_acts(bodies: list[str]) -> dict[str, Act]:
    """A send, and a receive and a delete, of the plain floor: of a standard queue, without attributes."""
    plain = PlainQueue()

    def send() -> float:
        started = thread_time_ns()
        for body in bodies:
            plain.send_message(QueueUrl=URL, MessageBody=body)
        return (thread_time_ns() - started) / len(bodies)

    return {f"{PLAIN}: send": send, f"{PLAIN}: receive + delete": _cycling(plain, URL, len(bodies))}


def _against_plain(times: dict[str, list[float]], bounds: dict[str, float]) -> list[Row]:
    """The same figures in multiples of the plain floor, which they may not exceed."""
    rows = []
    for name, bound in bounds.items():
        floor = f"{PLAIN}: {name}"
        against_it = ratio(times[name], times[floor])
        rows.append(Row.of(floor, times[floor]))
        rows.append(Row.of(name, times[name], reference=floor, ratio=against_it, target=at_most(bound)))
    return rows


def _cycling(client: Any, url: str, count: int) -> Act:
    def act() -> float:
        started = thread_time_ns()
        for _ in range(count):
            message = client.receive_message(QueueUrl=url)["Messages"][0]
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return (thread_time_ns() - started) / count

    return act


# --- batches ---------------------------------------------------------------------------------------------------------


def batches(options: Options, progress: Progress) -> list[Row]:
    """Ten messages a call."""
    bodies = bodies_of(options.calls // TEN * TEN)
    entries = [
        [{"Id": str(place), "MessageBody": body} for place, body in enumerate(bodies[start : start + TEN])]
        for start in range(0, len(bodies), TEN)
    ]
    ordered = [[{**entry, "MessageGroupId": f"group-{entry['Id']}"} for entry in batch] for batch in entries]
    serial = iter(range(10**12))

    def sending(send: Any, url: str) -> Act:
        def act() -> float:
            started = thread_time_ns()
            for batch in entries:
                send(QueueUrl=url, Entries=batch)
            return (thread_time_ns() - started) / len(bodies)

        return act

    def sending_in_order(client: Any, url: str) -> Act:
        def act() -> float:
            batches = [[{**entry, "MessageDeduplicationId": str(next(serial))} for entry in batch] for batch in ordered]
            started = thread_time_ns()
            for batch in batches:
                client.send_message_batch(QueueUrl=url, Entries=batch)
            return (thread_time_ns() - started) / len(bodies)

        return act

    with ExitStack() as stack:
        client = _client(stack)
        url = client.create_queue(QueueName="bench")["QueueUrl"]
        fifo_url = client.create_queue(QueueName="bench.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
        floor = FloorQueue()
        taken: list[Any] = []
        received: list[Any] = []
        acts = {
            "floor: send": sending(floor.send_message_batch, url),
            "send": sending(client.send_message_batch, url),
            "FIFO: send": sending_in_order(client, fifo_url),
            "floor: receive": _receiving(floor.receive_messages, url, len(entries), taken),
            "receive": _receiving(client.receive_message, url, len(entries), received),
            "floor: delete": _deleting(floor.delete_message_batch, url, taken),
            "delete": _deleting(client.delete_message_batch, url, received),
        }
        times = take_turns(acts, options, progress, "batches")
    pairs = {name: f"floor: {name.removeprefix('FIFO: ')}" for name in acts if not name.startswith("floor")}
    return _rows(pairs, times)


def _receiving(receive: Any, url: str, count: int, into: list[Any]) -> Act:
    def act() -> float:
        started = thread_time_ns()
        into.extend(receive(QueueUrl=url, MaxNumberOfMessages=TEN)["Messages"] for _ in range(count))
        return (thread_time_ns() - started) / count / TEN

    return act


def _deleting(delete: Any, url: str, received: list[Any]) -> Act:
    def act() -> float:
        batches = [
            [{"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]} for place, message in enumerate(messages)]
            for messages in received
        ]
        received.clear()
        started = thread_time_ns()
        for batch in batches:
            delete(QueueUrl=url, Entries=batch)
        return (thread_time_ns() - started) / len(batches) / TEN

    return act


# --- attributes, dead letters ----------------------------------------------------------------------------------------


def attributes(options: Options, progress: Progress) -> list[Row]:
    """Two message attributes; and a receive too many."""
    bodies = bodies_of(options.calls)
    serial = iter(range(10**12))
    policy = '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 1}'

    def sending(send: Any, url: str) -> Act:
        def act() -> float:
            started = thread_time_ns()
            for body in bodies:
                send(QueueUrl=url, MessageBody=body, MessageAttributes=ATTRIBUTES)
            return (thread_time_ns() - started) / len(bodies)

        return act

    def sending_others(send: Any, url: str) -> Act:
        """The same, of attributes that were never seen: of the latest it is known what they come to."""

        def act() -> float:
            others = [{**ATTRIBUTES, "size": {"DataType": "Number", "StringValue": str(next(serial))}} for _ in bodies]
            started = thread_time_ns()
            for body, attributes in zip(bodies, others, strict=True):
                send(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)
            return (thread_time_ns() - started) / len(bodies)

        return act

    def asking(client: Any, url: str) -> Act:
        def act() -> float:
            started = thread_time_ns()
            for _ in bodies:
                message = client.receive_message(QueueUrl=url, MessageAttributeNames=["All"], AttributeNames=["All"])
                handle = message["Messages"][0]["ReceiptHandle"]
                client.delete_message(QueueUrl=url, ReceiptHandle=handle)
            return (thread_time_ns() - started) / len(bodies)

        return act

    def moving(cloud: minicloud.Cloud, client: Any, url: str) -> Act:
        def act() -> float:
            for body in bodies:
                client.send_message(QueueUrl=url, MessageBody=body)
                client.receive_message(QueueUrl=url)
            cloud.clock.advance(60)
            started = thread_time_ns()
            client.receive_message(QueueUrl=url)  # all of them have been received once, and go
            return (thread_time_ns() - started) / len(bodies)

        return act

    with ExitStack() as stack:
        cloud = stack.enter_context(minicloud.Cloud(clock="virtual", seed=1))
        client: Any = cloud.client("sqs")
        url = client.create_queue(QueueName="bench")["QueueUrl"]
        client.create_queue(QueueName="dead")
        source = client.create_queue(QueueName="source", Attributes={"RedrivePolicy": policy})["QueueUrl"]
        floor = FloorQueue()
        acts = {
            "floor: send": sending(floor.send_with_attributes, URL),
            "send": sending(client.send_message, url),
            "send, other attributes each time": sending_others(client.send_message, url),
            "floor: receive + delete, without them": _cycling(floor, URL, len(bodies)),
            "receive all of them + delete": asking(client, url),
            "moved to the dead-letter queue": moving(cloud, client, source),
            **_plain_acts(bodies),
        }
        times = take_turns(acts, options, progress, "attributes")
    pairs = {
        "send": "floor: send",
        "send, other attributes each time": "floor: send",
        "receive all of them + delete": "floor: receive + delete, without them",
        "moved to the dead-letter queue": "floor: send",
    }
    return _rows(pairs, times) + _against_plain(times, {"send": 3.2})
