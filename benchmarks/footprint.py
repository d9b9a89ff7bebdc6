"""What minicloud weighs: bytes a message, the time of its import, the time to make a cloud and a client."""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import thread_time_ns
from typing import Any

import minicloud

from .floors import FloorQueue
from .report import Options, Progress, Row, at_most, ratio

__all__ = [
    "imports",
    "imports_steps",
    "making",
    "making_steps",
    "memory",
    "memory_steps",
    "returned",
    "returned_steps",
]

ROOT = Path(__file__).parents[1]

_IMPORT = """\
import sys, time
sys.path.insert(0, {root!r})
started = time.process_time_ns()
{statement}
ended = time.process_time_ns()
print(ended - started, int("asyncio" in sys.modules))
"""

_FIRST_MESSAGE = (
    "sqs = Cloud(clock='virtual').client('sqs'); "
    "sqs.send_message(QueueUrl=sqs.create_queue(QueueName='q')['QueueUrl'], MessageBody='x')"
)


def memory_steps(options: Options) -> int:
    """How many steps ``memory`` reports."""
    return 5


def memory(options: Options, progress: Progress) -> list[Row]:
    """Bytes for each queued message with a body of 100 characters, the body's own 149 included (tracemalloc)."""
    count = 2_000 if options.quick else 100_000
    rows: list[Row] = []

    def floor() -> tuple[object, float]:
        queue = FloorQueue()
        return queue, _growth(lambda body: queue.send_message(QueueUrl="", MessageBody=body), count)

    def standard() -> tuple[object, float]:
        cloud = minicloud.Cloud(clock="virtual", seed=1)
        client = cloud.client("sqs")
        url = client.create_queue(QueueName="bench")["QueueUrl"]
        return cloud, _growth(lambda body: client.send_message(QueueUrl=url, MessageBody=body), count)

    def on_a_real_clock() -> tuple[object, float]:
        # Each message has a moment of its own.
        cloud = minicloud.Cloud(clock="real", seed=1)
        client = cloud.client("sqs")
        url = client.create_queue(QueueName="bench")["QueueUrl"]
        return cloud, _growth(lambda body: client.send_message(QueueUrl=url, MessageBody=body), count)

    def in_flight() -> tuple[object, float]:
        cloud = minicloud.Cloud(clock="virtual", seed=1)
        client = cloud.client("sqs")
        url = client.create_queue(QueueName="bench")["QueueUrl"]

        def send_and_receive(body: str) -> None:
            client.send_message(QueueUrl=url, MessageBody=body)
            client.receive_message(QueueUrl=url, VisibilityTimeout=43_200)

        return cloud, _growth(send_and_receive, count)

    def fifo() -> tuple[object, float]:
        cloud = minicloud.Cloud(clock="virtual", seed=1)
        client = cloud.client("sqs")
        url = client.create_queue(QueueName="bench.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
        return cloud, _growth(
            lambda body: client.send_message(
                QueueUrl=url, MessageBody=body, MessageGroupId="group", MessageDeduplicationId=body[-40:]
            ),
            count,
        )

    for name, measure, target in (
        ("floor: queued", floor, None),
        ("standard: queued", standard, at_most(470, "value")),
        ("standard: queued, on a real clock", on_a_real_clock, None),
        ("standard: in flight", in_flight, None),
        ("FIFO: queued, with its deduplication id", fifo, None),
    ):
        _, grown = measure()
        first = rows[0].value if rows else None
        rows.append(
            Row(
                name,
                grown,
                "bytes",
                reference=None if first is None else "floor",
                ratio=None if first is None else grown / first,
                target=target,
            )
        )
        gc.collect()
        progress.step("memory")
    return rows


def _growth(act: Callable[[str], object], count: int) -> float:
    """Bytes by which memory grows for each ``act(body)``."""
    act(f"{-1:0100d}")
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(count):
            act(f"{number:0100d}")
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return (after - before) / count


# --- given back ------------------------------------------------------------------------------------------------------


def returned_steps(options: Options) -> int:
    """How many steps ``returned`` reports."""
    return len(CLEANUPS)


def returned(options: Options, progress: Progress) -> list[Row]:
    """What is left of the memory of many messages when they have gone, for each of them (tracemalloc)."""
    count = 5_000 if options.quick else 100_000
    rows = []
    for name, (kind, clean_up) in CLEANUPS.items():
        with minicloud.Cloud(clock="virtual", seed=1) as cloud:
            fill, url = _filler(cloud, kind)
            fill(1)
            gc.collect()
            tracemalloc.start()
            try:
                before, _ = tracemalloc.get_traced_memory()
                fill(count)
                grown = tracemalloc.get_traced_memory()[0] - before
                clean_up(cloud, url)
                gc.collect()
                left = tracemalloc.get_traced_memory()[0] - before
            finally:
                tracemalloc.stop()
        reference = "while there"
        rows.append(Row(name, left / count, "bytes", reference, max(left, 0) / grown, at_most(0.05)))
        progress.step("given back")
    return rows


def _filler(cloud: minicloud.Cloud, kind: str) -> tuple[Callable[[int], None], str]:
    """Sends so many messages (or puts so many records)."""
    serial = iter(range(10**9))
    if kind == "stream":
        kinesis: Any = cloud.client("kinesis")
        kinesis.create_stream(StreamName="bench", ShardCount=1)

        def put(count: int) -> None:
            for _ in range(count):
                kinesis.put_record(StreamName="bench", Data=b"%0100d" % next(serial), PartitionKey="device")

        return put, "bench"
    client: Any = cloud.client("sqs")
    if kind == "FIFO":
        url = client.create_queue(QueueName="bench.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    else:
        url = client.create_queue(QueueName="bench")["QueueUrl"]

    def send(count: int) -> None:
        for _ in range(count):
            number = next(serial)
            own = {"MessageGroupId": f"{number % 100}", "MessageDeduplicationId": f"{number}"} if kind == "FIFO" else {}
            client.send_message(QueueUrl=url, MessageBody=f"{number:0100d}", **own)

    return send, url


def _delete_all(cloud: minicloud.Cloud, url: str) -> None:
    client: Any = cloud.client("sqs")
    handles: list[str] = []
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        handles += [message["ReceiptHandle"] for message in messages]
        if url.endswith(".fifo"):
            _delete(client, url, handles)
    _delete(client, url, handles)


def _delete(client: Any, url: str, handles: list[str]) -> None:
    for handle in handles:
        client.delete_message(QueueUrl=url, ReceiptHandle=handle)
    handles.clear()


def _forget_ids(cloud: minicloud.Cloud, url: str) -> None:
    _delete_all(cloud, url)
    cloud.clock.advance(301)
    cloud.client("sqs").receive_message(QueueUrl=url)


def _expire(cloud: minicloud.Cloud, url: str) -> None:
    cloud.clock.advance(4 * 86_400)
    cloud.client("sqs").receive_message(QueueUrl=url)


def _trim(cloud: minicloud.Cloud, name: str) -> None:
    cloud.clock.advance(86_400)
    cloud.client("kinesis").put_record(StreamName=name, Data=b"x", PartitionKey="device")


def _delete_stream(cloud: minicloud.Cloud, name: str) -> None:
    kinesis: Any = cloud.client("kinesis")
    kinesis.delete_stream(StreamName=name)
    kinesis.get_waiter("stream_not_exists").wait(StreamName=name)  # until then it is DELETING, and has them


CLEANUPS: dict[str, tuple[str, Callable[[minicloud.Cloud, str], object]]] = {
    "standard: received, then deleted": ("standard", _delete_all),
    "standard: purged": ("standard", lambda cloud, url: cloud.client("sqs").purge_queue(QueueUrl=url)),
    "standard: retention is over, and a call": ("standard", _expire),
    "standard: the queue is deleted": ("standard", lambda cloud, url: cloud.client("sqs").delete_queue(QueueUrl=url)),
    "standard: reset": ("standard", lambda cloud, _: cloud.reset()),
    "FIFO: deleted, five minutes, and a call": ("FIFO", _forget_ids),
    "FIFO: purged": ("FIFO", lambda cloud, url: cloud.client("sqs").purge_queue(QueueUrl=url)),
    "records: retention is over, and a call": ("stream", _trim),
    "records: the stream is deleted": ("stream", _delete_stream),
}
"""By what happens to them: what they are, and how it is done."""


# --- the first import ------------------------------------------------------------------------------------------------


def imports_steps(options: Options) -> int:
    """How many steps ``imports`` reports."""
    return _import_rounds(options) + 1


def _import_rounds(options: Options) -> int:
    return 3 if options.quick else 25


def imports(options: Options, progress: Progress) -> list[Row]:
    """The first import in a fresh, isolated interpreter, with compiled files at hand."""
    ours: list[float] = []
    theirs: list[float] = []
    firsts: list[float] = []
    loads_asyncio = False
    floor, cloud = "import json, hashlib, threading", "from minicloud import Cloud"
    with tempfile.TemporaryDirectory() as cache:
        for number in range(_import_rounds(options) + 1):
            needed, _ = _import(floor, cache)
            whole, loads_asyncio = _import(cloud, cache)  # the package alone loads nothing
            first, _ = _import(f"{cloud}; {_FIRST_MESSAGE}", cache)
            if number:  # the first one compiles
                theirs.append(needed)
                ours.append(whole)
                firsts.append(first)
            progress.step("import")
    return [
        Row.of(floor, theirs),
        Row.of(cloud, ours, reference=floor, ratio=ratio(ours, theirs), target=at_most(1.3)),
        Row.of(cloud, ours, target=at_most(40e6, "value")),
        Row.of("the same, a client, a queue and a message", firsts, reference=floor, ratio=ratio(firsts, theirs)),
        Row("asyncio loaded by it", float(loads_asyncio), "count", target=at_most(0, "value")),
    ]


def _import(statement: str, cache: str) -> tuple[float, bool]:
    program = _IMPORT.format(root=str(ROOT), statement=statement)
    finished = subprocess.run(
        [sys.executable, "-I", "-S", "-X", f"pycache_prefix={cache}", "-c", program],
        check=True,
        capture_output=True,
        text=True,
    )
    elapsed, loads_asyncio = finished.stdout.split()
    return float(elapsed), bool(int(loads_asyncio))


def making_steps(options: Options) -> int:
    """How many steps ``making`` reports."""
    return 1


def making(options: Options, progress: Progress) -> list[Row]:
    """A new cloud with a client, as every test makes one; and one with a queue and a first message."""
    rounds = 20 if options.quick else 500
    plain: list[float] = []
    used: list[float] = []
    for _ in range(rounds):
        started = thread_time_ns()
        cloud = minicloud.Cloud(clock="virtual")
        client: Any = cloud.client("sqs")
        made = thread_time_ns()
        url = client.create_queue(QueueName="bench")["QueueUrl"]
        client.send_message(QueueUrl=url, MessageBody="x")
        sent = thread_time_ns()
        cloud.close()
        plain.append(made - started)
        used.append(sent - started)
    progress.step("making")
    return [
        Row.of("Cloud and client", plain, target=at_most(40e3, "value")),
        Row.of("the same, a queue, a message", used, target=at_most(50e3, "value")),
    ]
