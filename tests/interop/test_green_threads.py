"""gevent and eventlet in the place of threads, on each clock. In processes of their own, for they patch all of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

GEVENT = """
from gevent import monkey
monkey.patch_all()
import gevent
spawn, sleep, join = gevent.spawn, gevent.sleep, gevent.Greenlet.join
"""
EVENTLET = """
import eventlet
eventlet.monkey_patch()
spawn, sleep, join = eventlet.spawn, eventlet.sleep, lambda green: green.wait()
"""
QUEUE = """
import threading
import time
import minicloud
cloud = minicloud.Cloud(clock=CLOCK)
sqs = cloud.client("sqs")
url = sqs.create_queue(QueueName="q")["QueueUrl"]
start = cloud.clock.time()
def poll(seconds=20):
    answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=seconds)
    return [message["Body"] for message in answer.get("Messages", ())]
"""


@pytest.fixture(params=["gevent", "eventlet"])
def patches(request: pytest.FixtureRequest) -> str:
    pytest.importorskip(request.param)
    return {"gevent": GEVENT, "eventlet": EVENTLET}[request.param]


def run(patches: str, clock: str, program: str) -> None:
    source = f"import sys; sys.path.insert(0, {str(ROOT)!r}); CLOCK = {clock!r}\n{patches}\n{QUEUE}\n{program}"
    subprocess.run([sys.executable, "-W", "ignore", "-c", source], check=True, timeout=60)


def test_no_message_is_taken_from_who_is_at_work_on_it(patches: str) -> None:
    run(
        patches,
        "virtual",
        """
handled, over = [], []
def consume():
    while not over:
        for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages", []):
            time.sleep(0.1)
            handled.append(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
sqs.send_message(QueueUrl=url, MessageBody="m")
consumers = [spawn(consume), spawn(consume)]
while len(cloud.queue("q")):
    sleep(0.005)
sleep(0.05)
over.append(True)
for consumer in consumers:
    join(consumer)
assert handled == ["m"], handled
""",
    )


def test_the_main_one_and_one_that_has_ended_hold_nothing_up(patches: str) -> None:
    run(
        patches,
        "virtual",
        """
before = time.time()
for take in (lambda: sqs.receive_message(QueueUrl=url), lambda: join(spawn(sqs.receive_message, QueueUrl=url))):
    sqs.send_message(QueueUrl=url, MessageBody="m")
    take()
    got = []
    def consume():
        while not got:
            got.extend(poll())
            sqs.purge_queue(QueueUrl=url) if got else None
    join(spawn(consume))
    assert got == ["m"]
    cloud.clock.advance(60)
assert time.time() - before < 2
""",
    )


@pytest.mark.parametrize("kind", ["green", "thread"])
@pytest.mark.parametrize("clock", ["virtual", "real"])
def test_a_producer_has_its_turn_before_time_jumps(patches: str, clock: str, kind: str) -> None:
    run(
        patches,
        clock,
        f"""
got, polls = [], 0
def consume():
    global polls
    while len(got) < 5:
        polls += 1
        got.extend(poll())
def produce():
    for number in range(5):
        until = time.monotonic() + 0.02  # computes for longer than a poll waits before it jumps
        while time.monotonic() < until: pass
        sleep(0)
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
        sleep(0)
if {kind == "green"}:
    for green in [spawn(consume), spawn(produce)]: join(green)
else:
    threads = [threading.Thread(target=consume), threading.Thread(target=produce)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
assert got == ["0", "1", "2", "3", "4"], got
assert polls <= 6, polls
assert CLOCK == "real" or cloud.clock.time() == start, cloud.clock.time() - start
""",
    )


def test_with_nobody_else_time_jumps(patches: str) -> None:
    run(
        patches,
        "virtual",
        """
began = time.monotonic()
assert poll() == []
assert cloud.clock.time() - start == 20
for green in [spawn(poll) for _ in range(5)]: join(green)
assert cloud.clock.time() - start == 40
sqs.send_message(QueueUrl=url, MessageBody="late", DelaySeconds=10)
assert poll() == ["late"]
cloud.sleep(3600)
assert cloud.clock.time() - start == 40 + 10 + 3600
assert time.monotonic() - began < 2
""",
    )


def test_a_frozen_clock_waits_for_who_moves_it(patches: str) -> None:
    run(
        patches,
        "frozen",
        """
def move():
    sleep(0.02)
    cloud.clock.advance(20)
spawn(move)
assert poll() == []
assert cloud.clock.time() - start == 20
""",
    )
