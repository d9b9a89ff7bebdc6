"""Exceptions at random moments: signals, asynchronous ones in threads, cancelled tasks. Nothing is lost or comes twice,
nobody hangs. What is struck at each place in turn is in ``test_interruptions`` and ``test_interrupted_loops``."""

from __future__ import annotations

import asyncio
import ctypes
import random
import signal
import threading
import time
from ast import literal_eval
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest

import minicloud
from tests.support.clouds import make_queue, make_topic
from tests.support.depth import deep, is_deep
from tests.support.threads import run_python

from .interrupted import has_an_end

__all__ = ["Account", "of_signals", "of_threads"]

pytestmark = [
    pytest.mark.stress,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
]
needs_signals = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="signals that interrupt Python code")
WELL = {"lost": 0, "double": 0, "hung": 0}


class LateError(Exception):
    """What comes into a call."""


class Account:
    """What the callers know of their messages: an interrupted call may have happened or not."""

    def __init__(self) -> None:
        self.sent: set[str] = set()
        """For sure."""
        self.deleted: set[str] = set()
        """Perhaps."""
        self.calls = 0
        self.interrupted = 0

    def outcome(self, cloud: minicloud.Cloud, *urls: str) -> dict[str, int]:
        """How many messages are lost, or there twice. Received ones come back before."""
        cloud.clock.advance(100_000)
        sqs = cloud.client("sqs")
        lost, double = 0, 0
        for url in urls:
            got: Counter[str] = Counter()
            while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
                for message in found:
                    got[message["Body"]] += 1
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            known = {body for body in self.sent if body.partition(" ")[0] == url.rpartition("/")[2]}
            lost += len(known - self.deleted - set(got))
            double += sum(count - 1 for count in got.values())
        return {"lost": lost, "double": double}


class User:
    """Makes calls of all kinds, by chance."""

    def __init__(self, cloud: minicloud.Cloud, account: Account, name: str, chance: random.Random, wait: int) -> None:
        self.cloud = cloud
        self.sqs: Any = cloud.client("sqs")
        self.sns: Any = cloud.client("sns")
        self.account = account
        self.name = name
        self.chance = chance
        self.wait = wait
        self.count = 0
        self.topic = make_topic(cloud, "topic", "published", raw=True)

    def act(self) -> None:
        self.account.calls += 1
        act = self.chance.choice((self.send, self.send, self.send_late, self.receive, self.receive, self.publish))
        act()

    def body(self, queue: str) -> str:
        self.count += 1
        return f"{queue} {self.name} {self.count}"

    def send(self) -> None:
        queue = self.chance.choice(("queue", "queue.fifo"))
        fifo = {"MessageGroupId": self.chance.choice("abc")} if queue == "queue.fifo" else {}
        body = self.body(queue)
        self.sqs.send_message(QueueUrl=self.cloud.queue(queue).url, MessageBody=body, **fifo)
        self.account.sent.add(body)

    def send_late(self) -> None:
        body = self.body("queue")
        self.sqs.send_message(QueueUrl=self.cloud.queue("queue").url, MessageBody=body, DelaySeconds=1)
        self.account.sent.add(body)

    def publish(self) -> None:
        body = self.body("published")
        self.sns.publish(TopicArn=self.topic, Message=body)
        self.account.sent.add(body)

    def receive(self) -> None:
        url = self.cloud.queue(self.chance.choice(("queue", "queue.fifo", "published"))).url
        answer = self.sqs.receive_message(
            QueueUrl=url, WaitTimeSeconds=self.wait * self.chance.randrange(2), MaxNumberOfMessages=3
        )
        for message in answer.get("Messages", []):
            if self.chance.randrange(3):
                self.account.deleted.add(message["Body"])
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            else:
                self.sqs.change_message_visibility(
                    QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=self.chance.randrange(3)
                )


def new_cloud(**options: Any) -> tuple[minicloud.Cloud, list[str]]:
    cloud = minicloud.Cloud(**options)
    return cloud, [make_queue(cloud, name) for name in ("queue", "queue.fifo", "published")]


def apart(call: str) -> Any:
    """What comes of a call in a process of its own: pytest has hooks into which an exception may come, too."""
    return literal_eval(run_python(f"from tests.engine.test_chance import *\nprint({call})"))


# --- signals ---------------------------------------------------------------------------------------------------------


def of_signals(calls: int, seed: int, account: Account) -> dict[str, int]:
    """A thread's calls on a virtual clock, into which signals come."""
    chance = random.Random(seed)
    cloud, urls = new_cloud(clock="virtual", seed=seed, trace=bool(seed % 2))
    user = User(cloud, account, "main", chance, 20)

    def strike(*_: object) -> None:
        raise LateError

    def act() -> None:
        try:
            signal.setitimer(signal.ITIMER_REAL, chance.uniform(2e-5, 2e-3))
            for _ in range(200):  # one that comes into a callback of the garbage collector's is only told of
                user.act()
        except LateError:
            account.interrupted += 1

    before: Any = signal.signal(signal.SIGALRM, strike)
    try:
        while account.calls < calls:
            with suppress(LateError):
                act()
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return {**account.outcome(cloud, *urls), "hung": len(cloud.world.waiters)}


@needs_signals
@pytest.mark.parametrize("seed", range(2))
def test_signals_lose_nothing(seed: int) -> None:
    assert apart(f"of_signals({8000 if is_deep() else 500}, {seed}, Account())") == WELL


# --- threads ---------------------------------------------------------------------------------------------------------


def of_threads(seconds: float, seed: int, clock: str, account: Account) -> dict[str, int]:
    """The calls of three threads, into which asynchronous exceptions come."""
    chance = random.Random(seed)
    cloud, urls = new_cloud(clock=clock, seed=seed)
    over = threading.Event()

    def work(user: User) -> None:
        while not over.is_set():
            try:
                user.act()
            except LateError:
                account.interrupted += 1

    threads: list[threading.Thread] = []
    started = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        threads = [thread for thread in threads if thread.is_alive()]  # some ended outside of their try
        while len(threads) < 3:
            started += 1
            user = User(cloud, account, str(started), random.Random(started), 1)
            threads.append(threading.Thread(target=work, args=(user,), daemon=True))
            threads[-1].start()
        time.sleep(chance.uniform(1e-4, 3e-3))
        target = ctypes.c_ulong(chance.choice(threads).ident or 0)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(target, ctypes.py_object(LateError))
    over.set()
    for thread in threads:
        thread.join(30)
    return {**account.outcome(cloud, *urls), "hung": sum(thread.is_alive() for thread in threads)}


@pytest.mark.parametrize("clock", ["virtual", "real"])
def test_asynchronous_exceptions_in_threads_lose_nothing(clock: str) -> None:
    assert apart(f"of_threads({4 if is_deep() else 0.3}, 1, {clock!r}, Account())") == WELL


# --- tasks -----------------------------------------------------------------------------------------------------------


async def cancelled_tasks(cloud: minicloud.Cloud, account: Account, seed: int) -> None:
    chance = random.Random(seed)
    sqs: Any = cloud.async_client("sqs")
    url = cloud.queue("queue").url

    async def consume() -> None:
        while True:
            account.calls += 1
            answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=chance.randrange(21))
            for message in answer.get("Messages", []):
                account.deleted.add(message["Body"])
                await sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    async def produce(name: int) -> None:
        for count in range(8):
            account.calls += 1
            body = f"queue {name} {count}"
            await sqs.send_message(QueueUrl=url, MessageBody=body, DelaySeconds=chance.randrange(3))
            account.sent.add(body)
            if chance.randrange(3):
                await cloud.async_sleep(chance.random() * 3)

    producers = [asyncio.create_task(produce(name)) for name in range(2)]
    consumers = [asyncio.create_task(consume()) for _ in range(4)]
    while not all(task.done() for task in producers):
        if chance.randrange(4):
            await asyncio.sleep(0)
        else:
            await cloud.async_sleep(chance.random())
        place = chance.randrange(len(consumers))
        consumers[place].cancel()
        account.interrupted += 1
        with suppress(asyncio.CancelledError):
            await consumers[place]
        consumers[place] = asyncio.create_task(consume())
        if not chance.randrange(30):
            chance.choice(producers).cancel()
    for task in consumers:
        task.cancel()
    await asyncio.wait([*consumers, *producers])


def of_tasks(seed: int, account: Account) -> dict[str, int]:
    """Tasks of a loop, cancelled at any turn."""
    cloud, _ = new_cloud(clock="virtual", seed=seed)
    account.sent.clear()
    account.deleted.clear()
    if seed % 2:
        asyncio.run(cancelled_tasks(cloud, account, seed))
    else:
        minicloud.run(cancelled_tasks(cloud, account, seed), cloud=cloud)
    engine: Any = cloud
    hung = len(engine.world.waiters) + sum(len(driver.waiters) for driver in engine.sleepers.drivers.values())
    return {**account.outcome(cloud, cloud.queue("queue").url), "hung": hung}


@needs_signals
def test_cancelled_tasks_lose_nothing() -> None:
    with has_an_end(300):
        for seed in range(deep(80)):
            assert of_tasks(seed, Account()) == WELL, seed
