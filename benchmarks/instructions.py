#!/usr/bin/env python3
"""Counts what hot operations execute: Python's bytecode instructions, and calls of Python functions.

    python3 benchmarks/instructions.py              compares with the budget; exits with 1 when it is exceeded
    python3 benchmarks/instructions.py --update     writes the counts of this Python into the budget

A count needs no stopwatch: it is the same in every run, on every machine, under any load. It says nothing of what C
functions take, nor how dear an instruction is; the benchmarks do. What it is good for is a guard: work that creeps into
a hot path shows as a number in ``budget.toml``, which the change then has to touch.

Counted is what runs from the call of the method on, minicloud and the standard library alike. Left out are botocore,
for its releases differ, and the making of ids, which are made a few hundred at a time whenever the last is gone.
Compilers of different Pythons write different bytecode, so each has a budget of its own. Figures are for one message,
record or delivery; each is an average over many, rounded up.
"""

from __future__ import annotations

import argparse
import gc
import math
import sys
import tomllib
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[1]))

import minicloud
from minicloud._ids import UuidStream

__all__ = ["BUDGET", "Count", "budget_of", "count_all", "exceeded", "main", "version"]

BUDGET = Path(__file__).with_name("budget.toml")
REPEATS = 40
_HARNESS = globals()
_MAKING_OF_IDS = UuidStream._fill.__code__


class Count(NamedTuple):
    """What one operation executes."""

    instructions: int
    calls: int
    """Of Python functions, the operation's own included."""


class Task(NamedTuple):
    """Something to be counted: ``act`` does ``units`` operations."""

    units: int
    act: Callable[[], object]


class Counter:
    """Counts instructions and calls in this thread, but for those of this file, of botocore, and of ids' making."""

    def __init__(self) -> None:
        self.instructions = 0
        self.calls = 0

    def run(self, act: Callable[[], object]) -> None:
        """Call ``act`` and count."""
        before = sys.gettrace()
        sys.settrace(self._entered)
        try:
            act()
        finally:
            sys.settrace(before)

    def _entered(self, frame: FrameType, event: str, argument: Any) -> Any:
        names = frame.f_globals
        if names is _HARNESS or names.get("__name__", "").startswith("botocore") or frame.f_code is _MAKING_OF_IDS:
            return None
        self.calls += 1
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        return self._counted

    def _counted(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "opcode":
            self.instructions += 1
        return self._counted


def count(task: Task) -> Count:
    """What one unit of the task executes."""
    gc.collect()
    gc.disable()  # what it frees may run code
    try:
        task.act()  # compiles methods
        Counter().run(task.act)  # Python 3.12 and later report the instructions of a function from its second call on
        counter = Counter()
        counter.run(task.act)
    finally:
        gc.enable()
    return Count(math.ceil(counter.instructions / task.units), math.ceil(counter.calls / task.units))


# --- what is counted -------------------------------------------------------------------------------------------------


def _cloud(stack: ExitStack) -> minicloud.Cloud:
    return stack.enter_context(minicloud.Cloud(clock="virtual", seed=1))


BODY = "x" * 100
ATTRIBUTES: Any = {
    "kind": {"DataType": "String", "StringValue": "order"},
    "size": {"DataType": "Number", "StringValue": "17"},
}


def sqs_tasks(stack: ExitStack) -> dict[str, Task]:
    """Messages of a standard queue, one by one and in batches."""
    client = _cloud(stack).client("sqs")
    url = client.create_queue(QueueName="plain")["QueueUrl"]
    batched = client.create_queue(QueueName="batched")["QueueUrl"]
    described = client.create_queue(QueueName="described")["QueueUrl"]
    handles: deque[str] = deque()

    def send() -> None:
        for _ in range(REPEATS):
            client.send_message(QueueUrl=url, MessageBody=BODY)

    def receive() -> None:
        for _ in range(REPEATS):
            handles.append(client.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"])

    def delete() -> None:
        for _ in range(REPEATS):
            client.delete_message(QueueUrl=url, ReceiptHandle=handles.popleft())

    def hide() -> None:
        for handle in handles:
            client.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=60)

    entries: Any = [{"Id": str(place), "MessageBody": BODY} for place in range(10)]
    received: deque[Any] = deque()

    def send_batch() -> None:
        for _ in range(REPEATS // 10):
            client.send_message_batch(QueueUrl=batched, Entries=entries)

    def receive_ten() -> None:
        for _ in range(REPEATS // 10):
            received.append(client.receive_message(QueueUrl=batched, MaxNumberOfMessages=10)["Messages"])

    def delete_batch() -> None:
        for _ in range(REPEATS // 10):
            doomed: Any = [
                {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]}
                for place, message in enumerate(received.popleft())
            ]
            client.delete_message_batch(QueueUrl=batched, Entries=doomed)

    def send_described() -> None:
        for _ in range(REPEATS):
            client.send_message(QueueUrl=described, MessageBody=BODY, MessageAttributes=ATTRIBUTES)

    def receive_described() -> None:
        for _ in range(REPEATS):
            client.receive_message(QueueUrl=described, MessageAttributeNames=["All"], AttributeNames=["All"])

    def receive_nothing() -> None:
        for _ in range(REPEATS):
            client.receive_message(QueueUrl=url)

    return {
        "sqs.send": Task(REPEATS, send),
        "sqs.receive": Task(REPEATS, receive),
        "sqs.change_visibility": Task(3 * REPEATS, hide),
        "sqs.delete": Task(REPEATS, delete),
        "sqs.receive, nothing there": Task(REPEATS, receive_nothing),
        "sqs.send of a batch of 10, a message": Task(REPEATS, send_batch),
        "sqs.receive of 10, a message": Task(REPEATS, receive_ten),
        "sqs.delete of a batch of 10, a message": Task(REPEATS, delete_batch),
        "sqs.send with 2 attributes": Task(REPEATS, send_described),
        "sqs.receive with all attributes": Task(REPEATS, receive_described),
    }


def fifo_tasks(stack: ExitStack) -> dict[str, Task]:
    """Messages of a FIFO queue with ten groups, and messages on their way to a dead-letter queue."""
    client = _cloud(stack).client("sqs")
    url = client.create_queue(QueueName="ordered.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    numbers = iter(range(10**9))

    def send() -> None:
        for _ in range(REPEATS):
            number = next(numbers)
            client.send_message(
                QueueUrl=url, MessageBody=BODY, MessageGroupId=str(number % 10), MessageDeduplicationId=str(number)
            )

    def cycle() -> None:
        for _ in range(REPEATS):
            handle = client.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
            client.delete_message(QueueUrl=url, ReceiptHandle=handle)

    def entry(place: int) -> Any:
        number = next(numbers)
        return {
            "Id": str(place),
            "MessageBody": BODY,
            "MessageGroupId": str(number % 10),
            "MessageDeduplicationId": str(number),
        }

    def send_batch() -> None:
        for _ in range(REPEATS // 10):
            client.send_message_batch(QueueUrl=url, Entries=[entry(place) for place in range(10)])

    client.create_queue(QueueName="dead")
    policy = '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 1}'
    source = client.create_queue(QueueName="source", Attributes={"RedrivePolicy": policy})["QueueUrl"]

    def move() -> None:
        for _ in range(REPEATS):
            client.send_message(QueueUrl=source, MessageBody=BODY)
            client.receive_message(QueueUrl=source, VisibilityTimeout=0)
            client.receive_message(QueueUrl=source)

    return {
        "fifo.send": Task(REPEATS, send),
        "fifo.receive + delete": Task(REPEATS, cycle),
        "fifo.send of a batch of 10, a message": Task(REPEATS, send_batch),
        "sqs.send, receive, move to the dead-letter queue": Task(REPEATS, move),
    }


def fan_out_tasks(stack: ExitStack) -> dict[str, Task]:
    """A publish to a hundred queues, for each of them; and one to nobody."""
    tasks: dict[str, Task] = {}
    for name, attributes, message_attributes in (
        ("sns.publish, a queue with an envelope", {}, None),
        ("sns.publish, a queue with an envelope, 2 attributes", {}, ATTRIBUTES),
        ("sns.publish, a raw queue", {"RawMessageDelivery": "true"}, None),
        ("sns.publish, a raw queue, 2 attributes", {"RawMessageDelivery": "true"}, ATTRIBUTES),
        ("sns.publish, a queue whose filter matches", {"FilterPolicy": '{"kind": ["order", "bill"]}'}, ATTRIBUTES),
        ("sns.publish, a queue whose filter does not match", {"FilterPolicy": '{"kind": ["bill"]}'}, ATTRIBUTES),
    ):
        cloud = _cloud(stack)
        sns, sqs = cloud.client("sns"), cloud.client("sqs")
        topic = sns.create_topic(Name="topic")["TopicArn"]
        for place in range(100):
            sqs.create_queue(QueueName=f"queue-{place}")
            endpoint = f"arn:aws:sqs:us-east-1:123456789012:queue-{place}"
            sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=endpoint, Attributes=attributes)
        options = {} if message_attributes is None else {"MessageAttributes": message_attributes}

        def publish(sns: Any = sns, topic: str = topic, options: Any = options) -> None:
            sns.publish(TopicArn=topic, Message=BODY, **options)

        tasks[name] = Task(100, publish)

    sns = _cloud(stack).client("sns")
    lonely = sns.create_topic(Name="topic")["TopicArn"]

    def publish_to_nobody() -> None:
        for _ in range(REPEATS):
            sns.publish(TopicArn=lonely, Message=BODY)

    return {"sns.publish, no subscriber": Task(REPEATS, publish_to_nobody), **tasks}


def kinesis_tasks(stack: ExitStack) -> dict[str, Task]:
    """Records of a stream with four shards."""
    client = _cloud(stack).client("kinesis")
    client.create_stream(StreamName="stream", ShardCount=4)
    data = BODY.encode()
    entries: Any = [{"Data": data, "PartitionKey": f"device-{place}"} for place in range(500)]

    def put() -> None:
        for _ in range(REPEATS):
            client.put_record(StreamName="stream", Data=data, PartitionKey="device")

    def put_many() -> None:
        client.put_records(StreamName="stream", Records=entries)

    def place() -> str:
        response = client.get_shard_iterator(
            StreamName="stream", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
        )
        return response["ShardIterator"]

    def read_one() -> None:
        iterator = place()
        for _ in range(REPEATS):
            iterator = client.get_records(ShardIterator=iterator, Limit=1)["NextShardIterator"]

    def read_many() -> None:
        client.get_records(ShardIterator=place(), Limit=100)

    def find_place() -> None:
        for _ in range(REPEATS):
            place()

    return {
        "kinesis.put_record": Task(REPEATS, put),
        "kinesis.put_records of 500, a record": Task(500, put_many),
        "kinesis.get_shard_iterator": Task(REPEATS, find_place),
        "kinesis.get_records of 1": Task(REPEATS, read_one),
        "kinesis.get_records of 100, a record": Task(100, read_many),
    }


def start_tasks(stack: ExitStack) -> dict[str, Task]:
    """What a test begins with."""

    def make() -> None:
        for _ in range(REPEATS):
            minicloud.Cloud(clock="virtual", seed=1).client("sqs")

    def make_and_use() -> None:
        for _ in range(REPEATS):
            client = minicloud.Cloud(clock="virtual", seed=1).client("sqs")
            url = client.create_queue(QueueName="queue")["QueueUrl"]
            client.send_message(QueueUrl=url, MessageBody=BODY)

    return {
        "cloud and client": Task(REPEATS, make),
        "cloud, client, queue and message": Task(REPEATS, make_and_use),
    }


def asyncio_tasks(stack: ExitStack) -> dict[str, Task]:
    """The same calls, awaited; without a loop, which a call that does not wait has no use for."""
    cloud = _cloud(stack)
    client = cloud.async_client("sqs")
    url = cloud.client("sqs").create_queue(QueueName="plain")["QueueUrl"]

    def drive(coroutine: Any) -> Any:
        try:
            coroutine.send(None)
        except StopIteration as stop:
            return stop.value
        raise RuntimeError("the call waits")

    def send() -> None:
        for _ in range(REPEATS):
            drive(client.send_message(QueueUrl=url, MessageBody=BODY))

    return {"asyncio: sqs.send": Task(REPEATS, send)}


def seat_tasks(stack: ExitStack) -> dict[str, Task]:
    """A real client's calls under ``mock_aws()``, where boto3 is installed."""
    try:
        import boto3
    except ImportError:
        return {}
    stack.enter_context(minicloud.mock_aws(clock="virtual", seed=1))
    client = boto3.client("sqs", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
    url = client.create_queue(QueueName="plain")["QueueUrl"]

    def send() -> None:
        for _ in range(REPEATS):
            client.send_message(QueueUrl=url, MessageBody=BODY)

    def cycle() -> None:
        for _ in range(REPEATS):
            handle = client.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
            client.delete_message(QueueUrl=url, ReceiptHandle=handle)

    return {"boto3: sqs.send": Task(REPEATS, send), "boto3: sqs.receive + delete": Task(REPEATS, cycle)}


THEMES = (sqs_tasks, fifo_tasks, fan_out_tasks, kinesis_tasks, start_tasks, asyncio_tasks, seat_tasks)


def count_all() -> dict[str, Count]:
    """Every operation's count, by name; boto3's only where it is installed."""
    counts: dict[str, Count] = {}
    for theme in THEMES:
        with ExitStack() as stack:
            # Some tasks live on what others left: the order counts.
            for name, task in theme(stack).items():
                counts[name] = count(task)
    return counts


# --- the budget ------------------------------------------------------------------------------------------------------


def version() -> str:
    """The version of this Python, as the budget names it."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def _budgets() -> dict[str, dict[str, Count]]:
    document = tomllib.loads(BUDGET.read_text(encoding="utf-8")) if BUDGET.exists() else {}
    return {python: {name: Count(*figures) for name, figures in budget.items()} for python, budget in document.items()}


def budget_of(python: str) -> dict[str, Count] | None:
    """The budget of a version of Python; None when it has none."""
    return _budgets().get(python)


def exceeded(counts: dict[str, Count], budget: dict[str, Count]) -> list[str]:
    """A sentence for every operation that is over its budget or has none; and how to change it."""
    sentences = []
    for name, now in counts.items():
        allowed = budget.get(name)
        if allowed is None:
            sentences.append(f"{name}: has no budget")
        elif now.instructions > allowed.instructions or now.calls > allowed.calls:
            sentences.append(
                f"{name}: {now.instructions} instructions and {now.calls} calls, where {allowed.instructions} and "
                f"{allowed.calls} are allowed"
            )
    if sentences:
        sentences.append(
            f"Spend less, or say so: python{version()} benchmarks/instructions.py --update writes the new counts into "
            f"benchmarks/{BUDGET.name}; commit it with the change that needs it."
        )
    return sentences


_PREFACE = """\
# What hot operations may execute: [bytecode instructions, calls of Python functions], by version of Python.
# benchmarks/instructions.py counts them and says more; with --update it writes this file.
"""


def _update(counts: dict[str, Count]) -> None:
    budgets = _budgets()
    # Where boto3 is not installed, its lines stay as they are.
    budgets[version()] = {**budgets.get(version(), {}), **counts}
    parts = [_PREFACE]
    for python in sorted(budgets, key=lambda text: [int(part) for part in text.split(".")]):
        lines = [f'"{name}" = [{figures.instructions}, {figures.calls}]' for name, figures in budgets[python].items()]
        parts.append(f'["{python}"]\n' + "\n".join(lines) + "\n")
    BUDGET.write_text("\n".join(parts), encoding="utf-8")


def main() -> int:
    """Count, and compare or write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write the counts of this Python into the budget")
    arguments = parser.parse_args()
    counts = count_all()
    budget = budget_of(version()) or {}
    width = max(map(len, counts))
    print(f"{'':{width}}  instructions  allowed   calls  allowed   (Python {version()})")
    for name, now in counts.items():
        allowed = budget.get(name)
        shown = ("-", "-") if allowed is None else (f"{allowed.instructions:,}", f"{allowed.calls:,}")
        print(f"{name:{width}}  {now.instructions:12,}  {shown[0]:>7}  {now.calls:6,}  {shown[1]:>7}")
    if arguments.update:
        _update(counts)
        return 0
    sentences = exceeded(counts, budget)
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
