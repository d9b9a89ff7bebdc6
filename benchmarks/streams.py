"""What Kinesis costs: puts over few and many shards, reads, positions in a large shard, events to consumers.

A put is compared with the floor of an SQS send, which does about the same work: an MD5, a number, an entry, the answer.
"""

from __future__ import annotations

from contextlib import ExitStack
from time import thread_time_ns
from typing import Any

import minicloud

from .calls import URL, bodies_of
from .floors import FloorQueue
from .report import Options, Progress, Row, at_most, ratio
from .rounds import Act, take_turns

__all__ = ["consumers", "consumers_steps", "positions", "positions_steps", "puts", "puts_steps", "reads", "reads_steps"]

FLOOR = "floor of a send"
BATCH = 500
SHARDS = (1, 64, 1000)
STREAM_ARN = "arn:aws:kinesis:us-east-1:123456789012:stream/bench"


def _stream(stack: ExitStack, shards: int) -> Any:
    cloud = stack.enter_context(minicloud.Cloud(clock="virtual", seed=1))
    client = cloud.client("kinesis")
    client.create_stream(StreamName="bench", ShardCount=shards)
    return client


def _entries() -> list[dict[str, Any]]:
    bodies = bodies_of(BATCH)
    return [{"Data": body.encode(), "PartitionKey": f"device-{place}"} for place, body in enumerate(bodies)]


def _fill(client: Any, records: int) -> list[str]:
    """Put so many records, at one moment; some of their numbers."""
    entries = _entries()
    numbers = []
    for _ in range(-(-records // BATCH)):
        response = client.put_records(StreamName="bench", Records=entries)
        numbers.append(response["Records"][0]["SequenceNumber"])
    return numbers


# --- putting --------------------------------------------------------------------------------------------------------


def puts_steps(options: Options) -> int:
    """How many steps ``puts`` reports."""
    return options.rounds + 1


def puts(options: Options, progress: Progress) -> list[Row]:
    """One record a call, and 500 a call, over 1, 64 and 1,000 shards."""
    with ExitStack() as stack:
        acts: dict[str, Act] = {FLOOR: _floor(options)}
        for shards in SHARDS:
            acts[f"put_record, {shards:,} shards"] = _putting(_stream(stack, shards), options)
            acts[f"put_records of {BATCH}, {shards:,} shards: a record"] = _putting_many(_stream(stack, shards))
        times = take_turns(acts, options, progress, "streams")
    rows = [Row.of(FLOOR, times[FLOOR])]
    for name in list(acts)[1:]:
        target = at_most(2) if "records" in name else at_most(3)
        rows.append(Row.of(name, times[name], "ns", FLOOR, ratio(times[name], times[FLOOR]), target))
    return rows


def _floor(options: Options) -> Act:
    bodies = bodies_of(options.calls)

    def send() -> float:
        queue = FloorQueue()
        call = queue.send_message
        started = thread_time_ns()
        for body in bodies:
            call(QueueUrl=URL, MessageBody=body)
        return (thread_time_ns() - started) / len(bodies)

    return send


def _putting(client: Any, options: Options) -> Act:
    entries = (_entries() * 2)[: options.calls]

    def put() -> float:
        call = client.put_record
        started = thread_time_ns()
        for entry in entries:
            call(StreamName="bench", Data=entry["Data"], PartitionKey=entry["PartitionKey"])
        return (thread_time_ns() - started) / len(entries)

    return put


def _putting_many(client: Any) -> Act:
    entries = _entries()

    def put() -> float:
        started = thread_time_ns()
        client.put_records(StreamName="bench", Records=entries)
        return (thread_time_ns() - started) / BATCH

    return put


# --- reading --------------------------------------------------------------------------------------------------------


def reads_steps(options: Options) -> int:
    """How many steps ``reads`` reports."""
    return options.rounds + 1


def reads(options: Options, progress: Progress) -> list[Row]:
    """GetRecords: one record, and what a record costs in an answer of 1,000 and of 10,000."""
    with ExitStack() as stack:
        client = _stream(stack, 1)
        _fill(client, 10_000)
        place = _iterator(client, "TRIM_HORIZON")
        acts = {f"get_records of {limit:,}: a record": _reading(client, place, limit) for limit in (1, 1_000, 10_000)}
        times = take_turns(acts, options, progress, "streams")
    one, thousand, most = acts
    return [
        Row.of(one, times[one]),
        Row.of(thousand, times[thousand]),
        Row.of(most, times[most], "ns", thousand, ratio(times[most], times[thousand]), at_most(1.3)),
    ]


def _iterator(client: Any, kind: str, **params: Any) -> str:
    response = client.get_shard_iterator(
        StreamName="bench", ShardId="shardId-000000000000", ShardIteratorType=kind, **params
    )
    iterator: str = response["ShardIterator"]
    return iterator


def _reading(client: Any, place: str, limit: int) -> Act:
    repeats = 100 if limit == 1 else 1

    def read() -> float:
        started = thread_time_ns()
        for _ in range(repeats):
            client.get_records(ShardIterator=place, Limit=limit)
        return (thread_time_ns() - started) / repeats / limit

    return read


# --- positions ------------------------------------------------------------------------------------------------------


def positions_steps(options: Options) -> int:
    """How many steps ``positions`` reports."""
    return len(options.sizes) + options.rounds + 1


def positions(options: Options, progress: Progress) -> list[Row]:
    """GetShardIterator and a read of one record there, by the number of records in the shard."""
    kinds = ("TRIM_HORIZON", "AT_SEQUENCE_NUMBER")
    sizes = options.sizes
    with ExitStack() as stack:
        acts: dict[str, Act] = {}
        for size in sizes:
            client = _stream(stack, 1)
            numbers = _fill(client, size)
            for kind in kinds:
                acts[f"{kind} at {size:,}"] = _positioning(client, kind, numbers)
            progress.step(f"{size:,} filled")
        times = take_turns(acts, options, progress, "streams")
    rows = []
    for kind in kinds:
        first = f"{kind} at {sizes[0]:,}"
        for size in sizes:
            name = f"{kind} at {size:,}"
            if name == first:
                rows.append(Row.of(name, times[name], size=size))
            else:
                grown = ratio(times[name], times[first])
                rows.append(Row.of(name, times[name], "ns", f"at {sizes[0]:,}", grown, at_most(1.3), size))
    return rows


def _positioning(client: Any, kind: str, numbers: list[str]) -> Act:
    chosen = [numbers[place * len(numbers) // 100] for place in range(100)]

    def look_up() -> float:
        started = thread_time_ns()
        for number in chosen:
            params = {"StartingSequenceNumber": number} if kind == "AT_SEQUENCE_NUMBER" else {}
            client.get_records(ShardIterator=_iterator(client, kind, **params), Limit=1)
        return (thread_time_ns() - started) / len(chosen)

    return look_up


# --- enhanced fan-out -----------------------------------------------------------------------------------------------


def consumers_steps(options: Options) -> int:
    """How many steps ``consumers`` reports."""
    return options.rounds + 1


def consumers(options: Options, progress: Progress) -> list[Row]:
    """Events of 500 records to 1 and to 20 consumers of a shard, a record and consumer."""
    with ExitStack() as stack:
        acts = {f"{count} consumers: a record of an event": _fanning(stack, count) for count in (1, 20)}
        times = take_turns(acts, options, progress, "streams")
    one, many = acts
    return [
        Row.of(one, times[one]),
        Row.of(many, times[many], "ns", one, ratio(times[many], times[one]), at_most(1.3)),
    ]


def _fanning(stack: ExitStack, count: int) -> Act:
    client = _stream(stack, 1)
    entries = _entries()
    streams = []
    for place in range(count):
        response = client.register_stream_consumer(StreamARN=STREAM_ARN, ConsumerName=f"consumer-{place}")
        response = client.subscribe_to_shard(
            ConsumerARN=response["Consumer"]["ConsumerARN"],
            ShardId="shardId-000000000000",
            StartingPosition={"Type": "LATEST"},
        )
        streams.append(iter(response["EventStream"]))

    def push() -> float:
        client.put_records(StreamName="bench", Records=entries)
        started = thread_time_ns()
        for events in streams:
            next(events)
        return (thread_time_ns() - started) / count / BATCH

    return push
