"""Processes forked at any moment, beside threads that move clocks, wait, look and make clouds: no child ever hangs."""

from __future__ import annotations

import gc
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

import minicloud
from minicloud.engine import clock, frames, idle_threads
from tests.support.depth import deep

from .test_forks import forked, pytestmark

__all__ = ["pytestmark"]

FORKS = deep(20)
PATIENCE = 20.0


@pytest.mark.stress
def test_no_child_hangs() -> None:
    assert outcomes(FORKS) == {"well": FORKS}


def outcomes(forks: int) -> dict[str, int]:
    """How so many children ended, forked beside threads that advance, poll and send."""
    chance = random.Random(1)
    cloud = minicloud.Cloud(clock="virtual", seed=1)
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    child(sqs, url)  # what is loaded then, no thread is importing at a fork
    moved = minicloud.Cloud(clock="virtual")
    ended: dict[str, int] = {}
    with busy(
        lambda: moved.clock.advance(1),
        lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1),
        lambda: sqs.send_message(QueueUrl=url, MessageBody="m"),
    ):
        for _ in range(forks):
            time.sleep(chance.random() / 200)
            end = end_of(sqs, url)
            ended[end] = ended.get(end, 0) + 1
    return ended


@contextmanager
def busy(*actions: Callable[[], object]) -> Iterator[None]:
    """Threads that do these over and over."""
    over = threading.Event()

    def repeat(action: Callable[[], object]) -> None:
        while not over.is_set():
            action()

    threads = [threading.Thread(target=repeat, args=(action,)) for action in actions]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        sys.setswitchinterval(interval)
        for thread in threads:
            thread.join()


def end_of(sqs: minicloud.clients.sqs.SqsClient, url: str) -> str:  # type: ignore[name-defined]
    """How a child ends that is forked now."""
    process = os.fork()
    if not process:
        code = 1
        try:
            code = 0 if child(sqs, url) else 2
        finally:
            os._exit(code)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return {0: "well", 2: "wrong"}.get(os.waitstatus_to_exitcode(status), "an error")
        time.sleep(0.002)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return "hung"


def child(sqs, url) -> bool:  # type: ignore[no-untyped-def]
    """Use the copy, which is refused, and a cloud of its own, which works; whether both is so."""
    refused = 0
    for call in (
        lambda: sqs.send_message(QueueUrl=url, MessageBody="m"),
        lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20),
        lambda: sqs._cloud.clock.advance(1),
    ):
        try:
            call()
        except minicloud.UsageError as error:
            refused += "forked" in str(error)
    cloud = minicloud.Cloud(clock="virtual")
    own = cloud.client("sqs")
    own_url = own.create_queue(QueueName="q")["QueueUrl"]
    worker = threading.Thread(target=lambda: cloud.clock.advance(1))
    worker.start()
    own.receive_message(QueueUrl=own_url, WaitTimeSeconds=1)
    worker.join()
    own.send_message(QueueUrl=own_url, MessageBody="m", DelaySeconds=5)
    cloud.clock.advance(5)
    messages = own.receive_message(QueueUrl=own_url)["Messages"]
    assert cloud.trace is not None
    assert gc.isenabled()
    return len(messages) == 1 and (refused == 3 or not sqs._cloud.closed)


@pytest.mark.parametrize(("module", "name"), [(clock, "_goals"), (frames, "_looking")])
def test_locks_that_another_thread_holds(module: object, name: str) -> None:
    with getattr(module, name):
        assert forked(lambda: minicloud.Cloud(clock="virtual").clock.advance(1) or "moved") == "moved"
        assert forked(idle_threads.count_running) == 1


def test_the_collector_goes_on_in_a_child() -> None:
    looks = sys._current_frames

    def look() -> dict[int, object]:
        assert not gc.isenabled()
        return {0: forked(gc.isenabled)}

    sys._current_frames = look  # type: ignore[assignment]
    try:
        assert frames.frames_of_others() == {0: True}  # type: ignore[comparison-overlap]
        gc.disable()
        sys._current_frames = lambda: {0: forked(gc.isenabled)}  # type: ignore[assignment, dict-item]
        assert frames.frames_of_others() == {0: False}  # type: ignore[comparison-overlap]
    finally:
        sys._current_frames = looks
        gc.enable()


def test_a_child_of_a_child() -> None:
    cloud = minicloud.Cloud()
    sqs = cloud.client("sqs")

    def again() -> object:
        with cloud.lock:
            return forked(sqs.list_queues)

    assert "forked" in str(forked(again))
