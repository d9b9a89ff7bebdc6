"""What one call costs: floor, native clients, real boto3 clients under ``mock_aws()``, a MagicMock, and moto.

A *caller* is a client with three methods, and a way to start over with an empty queue. In each round every
caller takes its turn, so a slow moment of the machine meets all of them; ratios are those of the rounds. Methods are
looked up on the client at each call, as applications do.
"""

from __future__ import annotations

import asyncio
import copy
import gc
import importlib.util
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from time import thread_time_ns
from typing import Any
from unittest.mock import MagicMock

import minicloud

from .floors import FloorQueue, PlainQueue
from .report import Options, Progress, Row, at_least, at_most, ratio

__all__ = ["bodies_of", "calls", "calls_steps", "clients", "clients_steps", "has", "peer", "peer_steps"]

URL = "https://sqs.us-east-1.amazonaws.com/123456789012/bench"
FLOOR, NATIVE, TRACED, ASYNC = "floor", "native", "native, traced", "native asyncio"
PLAIN = "plain floor"
BOTO3, MAGIC, AIOBOTOCORE = "boto3 client", "MagicMock", "aiobotocore"
CREDENTIALS = {
    "region_name": "us-east-1",
    "aws_access_key_id": "testing",
    "aws_secret_access_key": "testing",
}


@dataclass
class Caller:
    """A client whose calls are measured."""

    name: str
    client: Any
    renew: Callable[[], str]
    """Starts over; returns the queue's URL."""
    sends: list[float] = field(default_factory=list)
    """Nanoseconds a send, one entry a round."""
    cycles: list[float] = field(default_factory=list)
    """Nanoseconds a receive and a delete, one entry a round."""

    def measure(self, bodies: list[str]) -> None:
        """One round: send all, then receive and delete all."""
        url = self.renew()
        client = self.client
        gc.collect()
        gc.disable()  # as timeit does
        started = thread_time_ns()
        for body in bodies:
            client.send_message(QueueUrl=url, MessageBody=body)
        between = thread_time_ns()
        for _ in bodies:
            message = client.receive_message(QueueUrl=url)["Messages"][0]
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        ended = thread_time_ns()
        gc.enable()
        self.sends.append((between - started) / len(bodies))
        self.cycles.append((ended - between) / len(bodies))


class AsyncCaller(Caller):
    """The same, awaited, inside one running event loop."""

    loop: asyncio.AbstractEventLoop

    def measure(self, bodies: list[str]) -> None:
        url = self.renew()
        self.loop.run_until_complete(self._round(url, bodies))

    def _round(self, url: str, bodies: list[str]) -> Coroutine[Any, Any, None]:
        client = self.client

        async def measured() -> None:
            gc.collect()
            gc.disable()
            started = thread_time_ns()
            for body in bodies:
                await client.send_message(QueueUrl=url, MessageBody=body)
            between = thread_time_ns()
            for _ in bodies:
                message = (await client.receive_message(QueueUrl=url))["Messages"][0]
                await client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            ended = thread_time_ns()
            gc.enable()
            self.sends.append((between - started) / len(bodies))
            self.cycles.append((ended - between) / len(bodies))

        return measured()


def bodies_of(count: int) -> list[str]:
    """Bodies of 100 characters, all different."""
    return [f'{{"order": {number:08d}, "text": "{"x" * 70}"}}' for number in range(count)]


def _floor_caller(name: str = FLOOR) -> Caller:
    queue = FloorQueue() if name == FLOOR else PlainQueue()

    def renew() -> str:
        queue.waiting.clear()
        queue.in_flight.clear()
        return URL

    return Caller(name, queue, renew)


def _native_caller(stack: ExitStack, name: str = NATIVE) -> Caller:
    cloud = stack.enter_context(minicloud.Cloud(clock="virtual", seed=1, trace=name == TRACED))
    client = cloud.client("sqs")

    def renew() -> str:
        cloud.reset()
        return client.create_queue(QueueName="bench")["QueueUrl"]

    return Caller(name, client, renew)


def _async_caller(stack: ExitStack) -> Caller:
    cloud = stack.enter_context(minicloud.Cloud(clock="virtual", seed=1))
    maker = cloud.client("sqs")

    def renew() -> str:
        cloud.reset()
        return maker.create_queue(QueueName="bench")["QueueUrl"]

    caller = AsyncCaller(ASYNC, cloud.async_client("sqs"), renew)
    caller.loop = asyncio.new_event_loop()
    stack.callback(caller.loop.close)
    return caller


def _boto3_client() -> Any:
    import boto3
    from botocore.config import Config

    # A call that is answered wrongly must not be repeated in silence.
    return boto3.client("sqs", **CREDENTIALS, config=Config(retries={"total_max_attempts": 1}))


def _boto3_caller(stack: ExitStack) -> Caller:
    cloud = stack.enter_context(minicloud.mock_aws(clock="virtual", seed=1))
    client = _boto3_client()

    def renew() -> str:
        cloud.reset()
        url: str = client.create_queue(QueueName="bench")["QueueUrl"]
        return url

    return Caller(BOTO3, client, renew)


def _magic_caller() -> Caller:
    client = MagicMock()
    client.send_message.return_value = {"MD5OfMessageBody": "0" * 32, "MessageId": "1"}
    client.receive_message.return_value = {"Messages": [{"MessageId": "1", "ReceiptHandle": "1", "Body": "x"}]}
    client.delete_message.return_value = {}

    def renew() -> str:
        client.reset_mock()  # it remembers every call
        return URL

    return Caller(MAGIC, client, renew)


def has(*packages: str) -> bool:
    """Whether these packages are installed."""
    return all(importlib.util.find_spec(package) is not None for package in packages)


def calls_steps(options: Options) -> int:
    """How many steps ``calls`` reports."""
    return options.rounds + 1


def calls(options: Options, progress: Progress) -> list[Row]:
    """Send, and receive with delete, from every caller."""
    with ExitStack() as stack:
        callers = [
            _floor_caller(),
            _floor_caller(PLAIN),
            _native_caller(stack),
            _native_caller(stack, TRACED),
            _async_caller(stack),
            _magic_caller(),
        ]
        if has("boto3"):
            callers.append(_boto3_caller(stack))
        _rounds(callers, options, progress)
    by_name = {caller.name: caller for caller in callers}
    floor, native, magic = by_name[FLOOR], by_name[NATIVE], by_name[MAGIC]
    boto3 = by_name.get(BOTO3)
    rows = []
    for what, native_bound, plain_bound in (("send", 2.2, 1.75), ("receive + delete", 3.5, 3.5)):
        times = {caller.name: caller.sends if what == "send" else caller.cycles for caller in callers}

        def row(caller: Caller, against: Caller, target: Any = None, what: str = what, times: Any = times) -> Row:
            measured = times[caller.name]
            name = f"{caller.name}: {what}"
            against_it = ratio(measured, times[against.name])
            return Row.of(name, measured, reference=against.name, ratio=against_it, target=target)

        rows += [
            Row.of(f"{FLOOR}: {what}", times[FLOOR]),
            Row.of(f"{PLAIN}: {what}", times[PLAIN]),
            row(native, floor, at_most(native_bound)),
            row(native, by_name[PLAIN], at_most(plain_bound)),
            row(native, magic, at_most(0.5)),
            row(by_name[TRACED], native),
            row(by_name[TRACED], by_name[PLAIN]),
            row(by_name[ASYNC], native, at_most(1.05)),
        ]
        if boto3 is not None:
            rows += [row(boto3, native, at_most(1.25)), row(boto3, magic, at_most(1))]
        rows.append(Row.of(f"{MAGIC}: {what}", times[MAGIC]))
    return rows


def _rounds(callers: list[Caller], options: Options, progress: Progress) -> None:
    bodies = bodies_of(options.calls)
    for number in range(options.rounds + 1):
        for caller in callers:
            caller.measure(bodies)
        if number == 0:  # compiles, fills caches
            for caller in callers:
                caller.sends.clear()
                caller.cycles.clear()
        progress.step("calls")


# --- other callers ---------------------------------------------------------------------------------------------------


def clients_steps(options: Options) -> int:
    """How many steps ``clients`` reports."""
    return options.rounds + 1


def clients(options: Options, progress: Progress) -> list[Row]:
    """The callers that applications use less: resources, native and boto3's, and aiobotocore."""
    with ExitStack() as stack:
        chosen = [_native_caller(stack), _resource_caller(stack)]
        if has("boto3"):
            chosen += [_boto3_caller(stack), _boto3_resource_caller(stack)]
        if has("aiobotocore"):
            chosen += [_async_caller(stack), _aiobotocore_caller(stack)]
        _rounds(chosen, options, progress)
    native = chosen[0]
    rows = []
    for what in ("send", "receive + delete"):
        times = {caller.name: caller.sends if what == "send" else caller.cycles for caller in chosen}
        rows.append(Row.of(f"{NATIVE}: {what}", times[NATIVE]))
        for name, measured in times.items():
            if name == native.name:
                continue
            is_aio = name == AIOBOTOCORE
            against = ASYNC if is_aio else NATIVE
            target = at_most(2) if is_aio else None
            against_it = ratio(measured, times[against])
            rows.append(Row.of(f"{name}: {what}", measured, reference=against, ratio=against_it, target=target))
    return rows


class _ResourceClient:
    """A resource's queue behind the three methods that a caller calls."""

    def __init__(self) -> None:
        self.queue: Any = None

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> Any:
        return self.queue.send_message(MessageBody=MessageBody)

    def receive_message(self, *, QueueUrl: str) -> Any:
        return {"Messages": [{"ReceiptHandle": self.queue.receive_messages()[0]}]}

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: Any) -> Any:
        return ReceiptHandle.delete()


def _resource_caller(stack: ExitStack) -> Caller:
    cloud = stack.enter_context(minicloud.Cloud(clock="virtual", seed=1))
    return _caller_of_resource("native resource", cloud, cloud.resource("sqs"))


def _boto3_resource_caller(stack: ExitStack) -> Caller:
    import boto3

    cloud = stack.enter_context(minicloud.mock_aws(clock="virtual", seed=1))
    return _caller_of_resource("boto3 resource", cloud, boto3.resource("sqs", **CREDENTIALS))


def _caller_of_resource(name: str, cloud: minicloud.Cloud, resource: Any) -> Caller:
    client = _ResourceClient()

    def renew() -> str:
        cloud.reset()
        client.queue = resource.create_queue(QueueName="bench")
        return URL

    return Caller(name, client, renew)


def _aiobotocore_caller(stack: ExitStack) -> Caller:
    from aiobotocore.session import get_session

    cloud = stack.enter_context(minicloud.mock_aws(clock="virtual", seed=1))
    loop = asyncio.new_event_loop()
    stack.callback(loop.close)
    context = get_session().create_client("sqs", **CREDENTIALS)
    client = loop.run_until_complete(context.__aenter__())
    stack.callback(lambda: loop.run_until_complete(context.__aexit__(None, None, None)))
    maker = cloud.client("sqs")

    def renew() -> str:
        cloud.reset()
        return maker.create_queue(QueueName="bench")["QueueUrl"]

    caller = AsyncCaller(AIOBOTOCORE, client, renew)
    caller.loop = loop
    return caller


# --- the peer --------------------------------------------------------------------------------------------------------

PEER_BACKLOG = 10_000


def peer_steps(options: Options) -> int:
    """How many steps ``peer`` reports."""
    return 2 * (1 if options.quick else 2) + 2


def peer(options: Options, progress: Progress) -> list[Row]:
    """A real boto3 client under moto and under ``minicloud.mock_aws()``: on an empty queue, and on a long one."""
    import moto

    backlog = 200 if options.quick else PEER_BACKLOG
    rows = []
    for depth, send_bound, cycle_bound in ((0, 150.0, 150.0), (backlog, None, 10_000.0)):
        if depth and options.quick:
            continue
        figures = {}
        for name, mock in (("moto", moto.mock_aws()), (BOTO3, _mock())):
            with mock:
                figures[name] = _at_depth(_boto3_client(), depth, options, is_peer=name == "moto")
            progress.step(f"peer: {name} at {depth}")
        for index, (what, bound) in enumerate((("send", send_bound), ("receive + delete", cycle_bound))):
            theirs, ours = figures["moto"][index], figures[BOTO3][index]
            rows.append(
                Row(
                    f"moto: {what}, backlog {depth:,}",
                    theirs,
                    reference=BOTO3,
                    ratio=theirs / ours,
                    target=None if bound is None else at_least(bound),
                )
            )
    for what, measure in (("mock, client, queue, message", _start), ("a test", _whole_test)):
        times = [[measure(mock) for mock in (moto.mock_aws, _mock)] for _ in range(3 if options.quick else 15)]
        with_moto, with_minicloud = ([time[place] for time in times[1:]] for place in (0, 1))
        against_ours = ratio(with_moto, with_minicloud)
        rows += [
            Row.of(f"{BOTO3}: {what}", with_minicloud),
            Row.of(f"moto: {what}", with_moto, "ns", BOTO3, against_ours, at_least(1)),
        ]
        progress.step(f"peer: {what}")
    return rows


def _mock() -> Any:
    return minicloud.mock_aws(clock="virtual", seed=1)


def _start(mock: Callable[[], Any]) -> float:
    """What a test with a client of its own begins and ends with; most of it is botocore making the client."""
    started = thread_time_ns()
    with mock():
        client = _boto3_client()
        url = client.create_queue(QueueName="bench")["QueueUrl"]
        client.send_message(QueueUrl=url, MessageBody="x")
    return float(thread_time_ns() - started)


def _whole_test(mock: Callable[[], Any]) -> float:
    """The test that docs/explanation/why.md shows, and README.md has the figure of."""
    started = thread_time_ns()
    with mock():
        client = _boto3_client()
        url = client.create_queue(QueueName="bench")["QueueUrl"]
        client.send_message(QueueUrl=url, MessageBody="x")
        (message,) = client.receive_message(QueueUrl=url)["Messages"]
        client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return float(thread_time_ns() - started)


def _at_depth(client: Any, depth: int, options: Options, *, is_peer: bool) -> tuple[float, float]:
    """Medians of a send, and of a receive and a delete, on a queue with ``depth`` messages."""
    url = client.create_queue(QueueName="bench")["QueueUrl"]
    if is_peer and depth:
        _fill_moto(client, url, depth)
    else:
        for start in range(0, depth, 10):
            entries = [{"Id": str(index), "MessageBody": f"{start + index:0100d}"} for index in range(10)]
            client.send_message_batch(QueueUrl=url, Entries=entries)
    repeats = (3 if depth or options.quick else 30) if is_peer else 1_000
    sends = []
    cycles = []
    for body in bodies_of(repeats + 1):
        started = thread_time_ns()
        client.send_message(QueueUrl=url, MessageBody=body)
        between = thread_time_ns()
        message = client.receive_message(QueueUrl=url)["Messages"][0]
        client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        ended = thread_time_ns()
        sends.append(between - started)
        cycles.append(ended - between)
    return median(sends[1:]), median(cycles[1:])


def _fill_moto(client: Any, url: str, depth: int) -> None:
    """Put ``depth`` copies of a message into moto's own list: sending them takes it half an hour."""
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.sqs.models import sqs_backends

    client.send_message(QueueUrl=url, MessageBody=f"{0:0100d}")
    messages = sqs_backends[DEFAULT_ACCOUNT_ID][CREDENTIALS["region_name"]].queues["bench"]._messages
    for number in range(1, depth):
        message = copy.deepcopy(messages[0])
        message.id = f"{number:032x}"
        messages.append(message)
    names = ["ApproximateNumberOfMessages"]
    count = client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"][names[0]]
    if int(count) != depth:
        raise RuntimeError(f"moto's queue was to hold {depth} messages and says {count}")
