"""Large numbers of everything: what ends all at once, and how many things of a kind one cloud can hold.

Each figure is what one of them costs; it should not depend on how many there are.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from time import thread_time_ns
from typing import Any

import minicloud

from .report import Options, Progress, Row, at_most
from .sweeps import LONGEST_VISIBILITY, fill_queue

__all__ = ["at_once", "at_once_steps", "many", "many_steps"]

DAYS = 86_400
MILLION = 1_000_000
TWO_PAGES = 200
"""So many of a kind there are at least: where all fit into one page, it costs what is on it."""
LIMITS = minicloud.Limits(sqs_in_flight_standard=10**9, kinesis_shards=10**6)
Pair = tuple[str, float]


def _cloud() -> minicloud.Cloud:
    return minicloud.Cloud(clock="virtual", seed=1, limits=LIMITS)


def _timed(act: Callable[[], object]) -> int:
    gc.collect()
    gc.disable()
    started = thread_time_ns()
    act()
    elapsed = thread_time_ns() - started
    gc.enable()
    return elapsed


# --- all at once -----------------------------------------------------------------------------------------------------


def at_once_steps(options: Options) -> int:
    """How many steps ``at_once`` reports."""
    return sum(len(_sizes(options, most)) for _, most in ENDINGS.values())


def _sizes(options: Options, most: int) -> list[int]:
    return [options.sizes[0], min(options.sizes[-1], most)]


def at_once(options: Options, progress: Progress) -> list[Row]:
    """What the first call pays after everything has ended together; for each message."""
    rows: list[Row] = []
    for what, (prepare, most) in ENDINGS.items():
        first = 0.0
        for size in _sizes(options, most):
            # A few times where that is quick; a million once.
            measured = []
            for _ in range(1 if options.quick else max(1, 9_000 // size)):
                with _cloud() as cloud:
                    act = prepare(cloud, size)
                    measured.append(_timed(act) / size)
            row = Row.of(f"{what}: a message of {size:,}", measured, size=size)
            first = first or row.value
            if size != options.sizes[0]:
                against = f"of {options.sizes[0]:,}"
                row = Row.of(row.name, measured, "ns", against, row.value / first, size=size)
            rows.append(row)
            progress.step("at once")
    return rows


def _filled(cloud: minicloud.Cloud, size: int, **options: Any) -> tuple[Any, str]:
    client = cloud.client("sqs")
    url = client.create_queue(QueueName="bench")["QueueUrl"]
    fill_queue(client, url, size, **options)
    return client, url


def _in_flight(cloud: minicloud.Cloud, size: int) -> Callable[[], object]:
    client, url = _filled(cloud, size)
    for _ in range(size // 10):
        client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=LONGEST_VISIBILITY)
    cloud.clock.advance(LONGEST_VISIBILITY)
    return lambda: client.receive_message(QueueUrl=url)


def _delayed(cloud: minicloud.Cloud, size: int) -> Callable[[], object]:
    client, url = _filled(cloud, size, DelaySeconds=900)
    cloud.clock.advance(900)
    return lambda: client.receive_message(QueueUrl=url)


def _expired(cloud: minicloud.Cloud, size: int) -> Callable[[], object]:
    client, url = _filled(cloud, size)
    cloud.clock.advance(4 * DAYS)
    return lambda: client.receive_message(QueueUrl=url)


def _purged(cloud: minicloud.Cloud, size: int) -> Callable[[], object]:
    client, url = _filled(cloud, size)
    return lambda: client.purge_queue(QueueUrl=url)


def _ordered(cloud: minicloud.Cloud, size: int) -> tuple[Any, str]:
    client: Any = cloud.client("sqs")
    url = client.create_queue(QueueName="bench.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    for start in range(0, size, 10):
        entries = [
            {
                "Id": str(place),
                "MessageBody": f"{start + place:0100d}",
                "MessageGroupId": str((start + place) % 1_000),
                "MessageDeduplicationId": str(start + place),
            }
            for place in range(10)
        ]
        client.send_message_batch(QueueUrl=url, Entries=entries)
    return client, url


def _remembered(cloud: minicloud.Cloud, size: int) -> Callable[[], object]:
    client, url = _ordered(cloud, size)
    cloud.clock.advance(301)
    return lambda: client.receive_message(QueueUrl=url)


def _expired_in_order(cloud: minicloud.Cloud, size: int) -> Callable[[], object]:
    client, url = _ordered(cloud, size)
    cloud.clock.advance(301)
    client.receive_message(QueueUrl=url)
    cloud.clock.advance(4 * DAYS)
    return lambda: client.receive_message(QueueUrl=url)


def _failed(cloud: minicloud.Cloud, size: int) -> Callable[[], object]:
    client, url = _filled(cloud, size)
    client.create_queue(QueueName="dead")
    policy = '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 1}'
    client.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": policy})
    for _ in range(size // 10):
        client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=LONGEST_VISIBILITY)
    cloud.clock.advance(LONGEST_VISIBILITY)
    return lambda: client.receive_message(QueueUrl=url)


def _redriven(cloud: minicloud.Cloud, size: int) -> Callable[[], object]:
    _failed(cloud, size)()
    client = cloud.client("sqs")
    return lambda: client.start_message_move_task(SourceArn="arn:aws:sqs:us-east-1:123456789012:dead")


ENDINGS: dict[str, tuple[Callable[[minicloud.Cloud, int], Callable[[], object]], int]] = {
    "visibility timeout ends": (_in_flight, MILLION),
    "delay ends": (_delayed, MILLION),
    "retention ends": (_expired, MILLION),
    "retention ends, FIFO": (_expired_in_order, MILLION // 10),
    "deduplication ids lapse": (_remembered, MILLION // 10),
    "to the dead-letter queue": (_failed, MILLION // 10),
    "back by a move task": (_redriven, MILLION // 10),
    "purged": (_purged, MILLION),
}
"""Fills a queue, lets time pass, and returns the call that finds out; and how many messages there are at the most."""


# --- many of a kind --------------------------------------------------------------------------------------------------


def many_steps(options: Options) -> int:
    """How many steps ``many`` reports."""
    return len(KINDS) * 2 * _repeats(options)


def _repeats(options: Options) -> int:
    return 1 if options.quick else 3


def many(options: Options, progress: Progress) -> list[Row]:
    """Queues, topics, subscriptions, streams, shards: making one, using one among all, and a page of the list."""
    rows: list[Row] = []
    for what, (build, limit) in KINDS.items():
        most = min(1_000 if options.quick else limit, options.largest)
        few = min(most, max(most // 100, TWO_PAGES))
        figures: dict[tuple[str, int], list[float]] = {}
        for _ in range(_repeats(options)):
            for size in (few, most):
                with _cloud() as cloud:
                    for name, value in build(cloud, size):
                        figures.setdefault((name, size), []).append(value)
                progress.step(what)
        for name in dict.fromkeys(name for name, _ in figures):
            small, large = figures[name, few], figures[name, most]
            rows.append(Row.of(f"{few:,} {what}: {name}", small))
            # The least of the rounds: what else happens on the machine adds, it never takes away.
            grown = min(large) / min(small)
            rows.append(Row.of(f"{most:,} {what}: {name}", large, "ns", f"{few:,}", grown, at_most(1.3)))
    return rows


CALLS = 1_000
PAGES = 300


def _page(call: Callable[..., object], **parameters: Any) -> Pair:
    """A page of a list, the first one: what more of them lie behind it must not matter."""

    def look() -> None:
        for _ in range(PAGES):
            call(**parameters)

    look()
    return f"{call.__name__}, a page", _timed(look) / PAGES


def _queues(cloud: minicloud.Cloud, size: int) -> list[Pair]:
    client: Any = cloud.client("sqs")
    made = _timed(lambda: [client.create_queue(QueueName=f"queue-{number}") for number in range(size)])
    urls = [client.get_queue_url(QueueName=f"queue-{number * size // 100}")["QueueUrl"] for number in range(100)]

    def use() -> None:
        for number in range(CALLS):
            client.send_message(QueueUrl=urls[number % 100], MessageBody="x")

    use()
    page = _page(client.list_queues, MaxResults=10)
    return [("create_queue", made / size), ("send_message", _timed(use) / CALLS), page]


def _topics(cloud: minicloud.Cloud, size: int) -> list[Pair]:
    client: Any = cloud.client("sns")
    cloud.client("sqs").create_queue(QueueName="queue")
    made = _timed(lambda: [client.create_topic(Name=f"topic-{number}") for number in range(size)])
    arns = [f"arn:aws:sns:us-east-1:123456789012:topic-{number * size // 100}" for number in range(100)]
    for arn in arns:
        client.subscribe(TopicArn=arn, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:queue")

    def use() -> None:
        for number in range(CALLS):
            client.publish(TopicArn=arns[number % 100], Message="x")

    use()
    used = _timed(use) / CALLS
    return [("create_topic", made / size), ("publish to one queue", used), _page(client.list_topics)]


def _subscriptions(cloud: minicloud.Cloud, size: int) -> list[Pair]:
    client: Any = cloud.client("sns")
    arn = client.create_topic(Name="topic")["TopicArn"]

    def subscribe() -> None:
        for number in range(size):
            endpoint = f"arn:aws:sqs:us-east-1:123456789012:queue-{number}"
            client.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=endpoint)

    made = _timed(subscribe)
    return [
        ("subscribe", made / size),
        _page(client.list_subscriptions),
        _page(client.list_subscriptions_by_topic, TopicArn=arn),
    ]


def _streams(cloud: minicloud.Cloud, size: int) -> list[Pair]:
    client: Any = cloud.client("kinesis")
    made = _timed(lambda: [client.create_stream(StreamName=f"s-{number}", ShardCount=1) for number in range(size)])

    def put() -> None:
        for number in range(CALLS):
            client.put_record(StreamName=f"s-{number % 100 * size // 100}", Data=b"x" * 100, PartitionKey="device")

    put()
    used = _timed(put) / CALLS
    return [("create_stream", made / size), ("put_record", used), _page(client.list_streams, Limit=10)]


def _shards(cloud: minicloud.Cloud, size: int) -> list[Pair]:
    client: Any = cloud.client("kinesis")
    made = _timed(lambda: client.create_stream(StreamName="stream", ShardCount=size))

    def put() -> None:
        for number in range(CALLS):
            client.put_record(StreamName="stream", Data=b"x" * 100, PartitionKey=f"device-{number}")

    put()
    return [
        ("a shard of create_stream", made / size),
        ("put_record", _timed(put) / CALLS),
        _page(client.list_shards, StreamName="stream", MaxResults=10),
        _page(client.describe_stream, StreamName="stream", Limit=10),
    ]


KINDS: dict[str, tuple[Callable[[minicloud.Cloud, int], list[Pair]], int]] = {
    "queues": (_queues, 100_000),
    "topics": (_topics, 100_000),
    "subscriptions of a topic": (_subscriptions, 100_000),
    "streams": (_streams, 100_000),
    "shards of a stream": (_shards, 10_000),
}
"""How each kind is made, used and listed, and how many there are at the most."""
