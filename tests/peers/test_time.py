"""Time, polls and threads"""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime
from typing import Any

import pytest

import minicloud

from .issues import issue


@issue("elasticmq#80", "elasticmq#65", symptom="A long poll sleeps past the end of a message's delay.")
def test_a_poll_meets_a_delayed_message(sqs: Any, new_queue: Any, cloud: minicloud.Cloud) -> None:
    """A poll ends when there is something to receive, also when it was sent before; on a virtual clock at once."""
    url = new_queue()
    sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=7)
    start = cloud.clock.now()
    assert len(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]) == 1
    assert (cloud.clock.now() - start).total_seconds() == 7


@issue(
    "moto#891",
    "localstack#52",
    "localstack#6118",
    symptom="A long poll waits for the visibility timeout, or for several rounds, and not for its `WaitTimeSeconds`.",
)
def test_a_poll_in_vain(sqs: Any, new_queue: Any, cloud: minicloud.Cloud) -> None:
    """It takes its own time, also while other messages are in flight for longer."""
    url = new_queue(VisibilityTimeout=300)
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.receive_message(QueueUrl=url)
    start = cloud.clock.now()
    assert "Messages" not in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5)
    assert (cloud.clock.now() - start).total_seconds() == 5


@issue("moto#947", "moto#871", symptom="Tests of visibility timeouts and delays really wait.")
def test_no_time_passes(sqs: Any, new_queue: Any, cloud: minicloud.Cloud) -> None:
    """Time is the cloud's: half a day of heartbeats and polls is over at once, at no cost of processor time."""
    url = new_queue(VisibilityTimeout=43_200)
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.receive_message(QueueUrl=url)
    begun = time.monotonic()
    cloud.clock.advance(43_199)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    assert len(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]) == 1
    assert time.monotonic() - begun < 60


@issue("localstack#5824", symptom="Of several pollers one waits its whole 20 seconds beside messages.")
@pytest.mark.minicloud(clock="real")
def test_each_poller_gets_one(cloud: minicloud.Cloud) -> None:
    """Each message wakes a poller that waits, the longest first."""
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="queue")["QueueUrl"]
    found: list[str] = []

    def poll() -> None:
        found.extend(m["Body"] for m in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages", []))

    pollers = [threading.Thread(target=poll) for _ in range(4)]
    begun = time.monotonic()
    for poller in pollers:
        poller.start()
    for number in range(4):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    for poller in pollers:
        poller.join()
    assert sorted(found) == list("0123")
    assert time.monotonic() - begun < 15


@issue("moto#519", "moto#7166", "moto#372", symptom="Eight threads get some messages twice.")
def test_eight_threads(cloud: minicloud.Cloud) -> None:
    """A cloud may be shared by threads: each message is received by one of them."""
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="queue")["QueueUrl"]
    for number in range(400):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    seen: list[int] = []

    def work() -> None:
        while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            seen.extend(int(message["Body"]) for message in found)

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(seen) == list(range(400))


@issue("moto#3954", "freezegun#399", symptom="Under a frozen clock of 2015 a message is too old as soon as it is sent.")
def test_a_clock_in_the_past() -> None:
    """Everything in a cloud goes by the cloud's own clock, wherever it begins."""
    with minicloud.Cloud(clock=minicloud.VirtualClock(datetime(2015, 1, 1, tzinfo=UTC))) as cloud:
        sqs = cloud.client("sqs")
        url = sqs.create_queue(QueueName="queue")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="x")
        assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1


@issue(
    "moto#5446",
    symptom="A worker's thread outlives its test, and calls AWS with the next test's credentials, or never stops.",
)
def test_a_worker_that_outlives_its_cloud() -> None:
    """A poll ends when its cloud is closed, and says so; later calls are refused in the same way."""
    cloud = minicloud.Cloud()
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="queue")["QueueUrl"]
    errors: list[Exception] = []
    started = threading.Event()

    def work() -> None:
        started.set()
        try:
            while True:
                sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        except minicloud.UsageError as error:
            errors.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    started.wait()
    cloud.close()
    worker.join(20)
    assert len(errors) == 1
    assert "closed" in str(errors[0])


@issue(
    "localstack#13099",
    "yulin#181",
    "cloudemu#45",
    symptom="There is no way to let time pass at once, with all that is due.",
)
def test_all_timers_move_together(sqs: Any, new_queue: Any, cloud: minicloud.Cloud) -> None:
    """`advance()` returns when everything that was due has happened, in order of time."""
    jobs, done = new_queue("jobs", VisibilityTimeout=5), new_queue("done")

    client = cloud.client("sqs")

    def handler(event: Any, context: Any) -> None:
        for record in event["Records"]:
            client.send_message(QueueUrl=done, MessageBody=f"{record['body']} at {cloud.clock.now():%M:%S}")

    cloud.function("worker", handler)
    cloud.event_source_mapping(cloud.queue("jobs").arn, "worker")
    for delay in (10, 70, 40):
        sqs.send_message(QueueUrl=jobs, MessageBody=str(delay), DelaySeconds=delay)
    cloud.clock.advance(90)
    assert cloud.queue("done").bodies == ["10 at 00:10", "40 at 00:40", "70 at 01:10"]


@issue("floci#1282", symptom="A poll of a deleted queue goes on, and takes messages of a new queue of the same name.")
def test_a_poll_ends_with_its_queue(cloud: minicloud.Cloud) -> None:
    """Deleting a queue ends its polls at once, with nothing."""

    async def application() -> Any:
        async with cloud.async_client("sqs") as sqs:
            url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
            poll = asyncio.create_task(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
            await asyncio.sleep(0)
            await sqs.delete_queue(QueueUrl=url)
            return await poll

    start = cloud.clock.now()
    assert "Messages" not in asyncio.run(application())
    assert cloud.clock.now() == start
