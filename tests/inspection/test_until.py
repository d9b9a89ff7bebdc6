"""Time from one thing that is due to the next: ``advance_to_next`` and ``run_until``."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

import minicloud
from minicloud import UsageError
from minicloud.engine import due
from minicloud.engine.clock import set_pace
from tests.kinesis.support import make_queue as make_queue_on_stream
from tests.support.clouds import bodies, make_queue, make_queue_with_dlq, make_topic, send, traced
from tests.support.threads import Worker


@pytest.fixture(params=["virtual", "frozen", "real"])
def cloud(request: pytest.FixtureRequest) -> minicloud.Cloud:
    return minicloud.Cloud(clock=request.param, trace=True)


def passed(cloud: minicloud.Cloud, since: Any) -> float:
    return round((cloud.clock.now() - since) / timedelta(seconds=1), 1)


def receive(cloud: minicloud.Cloud, url: str, **options: Any) -> list[str]:
    return bodies(cloud.client("sqs").receive_message(QueueUrl=url, **options))


# --- advance_to_next --------------------------------------------------------------------------------------------------


def test_from_one_thing_to_the_next(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "jobs")
    began = cloud.clock.now()
    message_id = send(cloud, url, "m")[:8]
    receive(cloud, url, VisibilityTimeout=30)
    delayed = send(cloud, url, "d", DelaySeconds=10)[:8]
    assert cloud.clock.next_due == f"message {delayed} in jobs is visible, as its delay is over"
    assert passed(cloud, began) == 0
    assert cloud.clock.advance_to_next() == f"message {delayed} in jobs is visible, as its delay is over"
    assert passed(cloud, began) == 10
    assert cloud.clock.advance_to_next() == f"message {message_id} in jobs is visible again"
    assert passed(cloud, began) == 30
    assert cloud.clock.advance_to_next() is None
    assert passed(cloud, began) == 30
    assert cloud.queue(url).counts.visible == 2


def test_what_is_deleted_is_not_due(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud)
    send(cloud, url, "m")
    sqs = cloud.client("sqs")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert cloud.clock.advance_to_next() is None


def test_a_clock_of_nobody_s() -> None:
    assert minicloud.FrozenClock().advance_to_next() is None
    assert minicloud.FrozenClock().next_due is None


def test_what_else_may_be_due() -> None:
    cloud = minicloud.Cloud(clock="frozen")
    sns, kinesis = cloud.client("sns"), cloud.client("kinesis")
    told = []

    def go_on() -> None:
        while (what := cloud.clock.advance_to_next()) is not None:
            told.append(what)

    queue = make_queue(cloud)
    topic = make_topic(cloud, "t", "queue")
    kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    go_on()
    arn = make_queue_on_stream(kinesis)
    go_on()
    kinesis.put_record(StreamName="s", Data=b"a", PartitionKey="k")
    kinesis.receive_queue_records(QueueARN=arn)
    go_on()
    for fault in (lambda: cloud.faults.postpone(3), lambda: cloud.faults.reorder(2)):
        fault()
        sns.publish(TopicArn=topic, Message="m")
        go_on()
        cloud.faults.clear()
    cloud.http_endpoint("http://example.com/", lambda _: 500)
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint="http://example.com/")
    go_on()
    redriven, dead = make_queue_with_dlq(cloud), cloud.queue("orders-dlq")
    send(cloud, dead.url, "m")
    send(cloud, dead.url, "m")
    cloud.client("sqs").start_message_move_task(
        SourceArn=dead.arn, DestinationArn=cloud.queue(redriven).arn, MaxNumberOfMessagesPerSecond=1
    )
    go_on()
    others: list[Callable[[], object]] = [
        lambda: cloud.sleep(5),
        lambda: cloud.client("sqs").receive_message(QueueUrl=make_queue(cloud, "empty"), WaitTimeSeconds=5),
    ]
    for other in others:
        worker = Worker(other)
        while (what := cloud.clock.advance_to_next()) is None:
            pass
        told.append(what)
        worker.result()
    role = "arn:aws:iam::123456789012:role/r"
    cloud.client("scheduler").create_schedule(
        Name="once",
        ScheduleExpression=f"at({(cloud.clock.now() + timedelta(hours=1)).isoformat()[:19]})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": cloud.queue(queue).arn, "RoleArn": role},
    )
    go_on()
    cloud.client("s3").create_bucket(Bucket="bucket")
    destination = {"RoleARN": role, "BucketARN": "arn:aws:s3:::bucket"}
    firehose = cloud.client("firehose")
    firehose.create_delivery_stream(DeliveryStreamName="d", ExtendedS3DestinationConfiguration=destination)
    go_on()
    firehose.put_record(DeliveryStreamName="d", Record={"Data": b"a"})
    go_on()
    assert len(cloud.queue(redriven)) == 2
    assert len(cloud.queue(queue)) == 3
    assert due._SOMETHING not in told
    record = next(what for what in told if what.startswith("record "))
    assert set(told) == {
        "a delivery arrives that a fault holds back",
        "a buffer of a delivery stream is delivered",
        "a delivery is tried again",
        "a move task goes on",
        "a receive has waited for as long as it may",
        "a schedule is due",
        "a sleep is over",
        "a subscription ends that nobody has confirmed",
        record,
    }


# --- run_until --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clock", ["virtual", "frozen"])
def test_time_passes_until_it_is_so(clock: Any) -> None:
    cloud = minicloud.Cloud(clock=clock)
    url = make_queue_with_dlq(cloud, "jobs", 3)
    began = cloud.clock.now()
    send(cloud, url, "m")

    def is_dead() -> Any:
        receive(cloud, url)
        return cloud.queue("jobs-dlq").messages

    (message,) = cloud.run_until(is_dead)
    assert message.body == "m"
    assert passed(cloud, began) == 90


def test_at_once_when_it_is_so_already(cloud: minicloud.Cloud) -> None:
    began = cloud.clock.now()
    assert cloud.run_until(lambda: "yes") == "yes"
    assert passed(cloud, began) == 0


@pytest.mark.parametrize("way", ["thread", "task"])
def test_a_real_clock_is_waited_for(way: str) -> None:
    cloud = minicloud.Cloud()
    cloud.function("work", lambda *_: None, takes=0.05)
    began = cloud.clock.now()
    cloud.client("lambda").invoke(FunctionName="work", InvocationType="Event")

    def is_done() -> bool:
        return cloud.invocations[0].outcome == "success"

    if way == "task":
        assert asyncio.run(cloud.async_run_until(is_done))
    else:
        assert cloud.run_until(is_done)
    assert cloud.clock.now() - began >= timedelta(seconds=0.05)
    assert cloud.clock._offset == 0  # type: ignore[attr-defined]


def test_a_real_clock_passes_no_message_that_a_thread_is_at_work_on() -> None:
    """Nor is it waited for until the next thing is due, which is the end of a poll of twenty seconds."""
    cloud = minicloud.Cloud()
    url = make_queue(cloud, "jobs", VisibilityTimeout=5)
    handled: list[str] = []

    def consume() -> None:
        sqs = cloud.client("sqs")
        while True:
            for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages", []):
                time.sleep(0.05)
                handled.append(message["Body"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    workers = [Worker(consume), Worker(consume)]
    send(cloud, url, "m")
    cloud.run_until(lambda: handled and not cloud.queue(url).messages)
    assert cloud.clock._offset == 0  # type: ignore[attr-defined]
    cloud.close()
    for worker in workers:
        with pytest.raises(UsageError, match="was closed while this call was waiting"):
            worker.result()
    assert handled == ["m"]


def test_a_clock_that_stands_still_is_moved() -> None:
    """As a server's clock does that was told to."""
    cloud = minicloud.Cloud()
    url = make_queue(cloud)
    with cloud.lock:
        set_pace(cloud.clock, stands=True)  # type: ignore[arg-type]
    send(cloud, url, "m", DelaySeconds=100)
    assert cloud.run_until(lambda: cloud.queue(url).counts.visible) == 1


def test_the_failure_says_what_was_due_and_what_happened_last() -> None:
    cloud = traced()
    url = make_queue(cloud)
    message_id = send(cloud, url, "m", DelaySeconds=100)

    def never() -> bool:
        return False

    with pytest.raises(AssertionError) as caught:
        cloud.run_until(never, limit=60)
    first, *rest = str(caught.value).splitlines()
    assert first.endswith(
        "never does not hold after 0 s (2026-01-01 00:00:00.000 now); next is due, at 2026-01-01 00:01:40.000: "
        f"message {message_id[:8]} in queue is visible, as its delay is over"
    )
    assert rest[0] == "what happened last:"
    assert rest[-1].endswith("sent, delayed for 100 s")
    with pytest.raises(AssertionError, match=r"after 1 min 40 s .*; nothing is due any more"):
        cloud.run_until(never)
    with pytest.raises(AssertionError, match=r"nobody is there to do something\nnothing has happened in this cloud$"):
        traced().run_until(never)


@pytest.mark.parametrize("sleeps", [5, 30])
def test_what_is_next_may_be_a_timer_of_the_loop(sleeps: int) -> None:
    """Time goes to it, if it is within the limit; else it is what the failure tells."""

    cloud = minicloud.Cloud(clock="virtual")

    async def main() -> None:
        told: list[str] = []

        async def work() -> None:
            await asyncio.sleep(sleeps)
            told.append("done")

        task = asyncio.create_task(work())
        began = cloud.clock.time()
        if sleeps < 20:
            await cloud.async_run_until(lambda: told, 20)
            assert cloud.clock.time() == began + sleeps
        else:
            with pytest.raises(AssertionError, match=r"0:30\.000: a timer of the event loop goes off(\n|$)"):
                await cloud.async_run_until(lambda: told, 20)
            assert cloud.clock.time() == began
        task.cancel()

    minicloud.run(main(), cloud=cloud)


def test_other_threads_run_on() -> None:
    """And none of them is taken a message from that it is at work on."""
    cloud = traced()
    url = make_queue(cloud, VisibilityTimeout=30)
    handled: list[str] = []

    def consume() -> None:
        sqs = cloud.client("sqs")
        while len(handled) < 3:
            for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages", []):
                time.sleep(0.05)
                handled.append(message["Body"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    worker = Worker(consume)
    for number in range(3):
        send(cloud, url, str(number), DelaySeconds=100 * number)
    cloud.run_until(lambda: len(handled) == 3 and not cloud.queue(url).messages)
    worker.result()
    assert handled == ["0", "1", "2"]
    assert 200 <= passed(cloud, minicloud.VirtualClock().now()) <= 260


def time_of_send(cloud: minicloud.Cloud, url: str, body: str) -> Any:
    message_id = send(cloud, url, body, DelaySeconds=300)
    return cloud.ledger[message_id].sent


def test_time_stops_where_it_is_so_though_others_poll_on() -> None:
    """Nobody's poll takes the clock further before the one that waits has looked."""
    with traced() as cloud:
        url = make_queue(cloud, "jobs")
        sqs = cloud.client("sqs")
        handled: list[str] = []
        stopping = threading.Event()

        def work() -> None:
            while not stopping.is_set():
                for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages", []):
                    handled.append(message["Body"])
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

        workers = [Worker(work), Worker(work)]
        for number in range(10):
            due = time_of_send(cloud, url, str(number)) + timedelta(seconds=300)
            cloud.run_until(lambda number=number: len(handled) > number)  # type: ignore[misc]
            assert cloud.clock.now() == due
        stopping.set()
        for worker in workers:
            worker.result()


def test_a_thread_of_which_nothing_is_due_is_waited_for() -> None:
    cloud = traced()
    url = make_queue(cloud)
    over = threading.Event()

    def send_later() -> None:
        over.wait(0.1)
        send(cloud, url, "m")

    worker = Worker(send_later)
    assert cloud.run_until(lambda: cloud.queue(url).messages)[0].body == "m"
    worker.result()


@pytest.mark.parametrize(
    ("arguments", "text"), [((3,), "takes a function"), ((bool, -1), "is not a number of seconds")]
)
def test_what_it_does_not_take(arguments: Any, text: str) -> None:
    with pytest.raises(UsageError, match=text):
        traced().run_until(*arguments)


async def is_so() -> bool:
    return False


@pytest.mark.parametrize("predicate", [is_so, partial(is_so)])
def test_a_coroutine_is_no_answer(predicate: Any) -> None:
    with pytest.raises(UsageError, match=r"^what run_until\(\) asks is an async def, .*: await cloud.async_run_until"):
        traced().run_until(predicate)


# --- tasks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loop", ["asyncio's", "the cloud's"])
def test_tasks_run_on(loop: str) -> None:
    cloud = traced()
    url = make_queue(cloud)

    async def main() -> float:
        sqs = cloud.async_client("sqs")
        seen: list[str] = []

        async def consume() -> None:
            while True:
                if loop == "the cloud's":
                    await asyncio.sleep(100)
                seen.extend(bodies(await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)))

        task = asyncio.create_task(consume())
        await sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=50)
        assert await cloud.async_run_until(lambda: seen) == ["m"]

        async def is_late() -> bool:
            return cloud.clock.now() >= minicloud.VirtualClock().now() + timedelta(minutes=10)

        assert await cloud.async_run_until(is_late) is True
        with pytest.raises(AssertionError, match="does not hold after"):
            await cloud.async_run_until(lambda: False, limit=30)
        task.cancel()
        return passed(cloud, minicloud.VirtualClock().now())

    if loop == "the cloud's":
        assert 600 <= minicloud.run(main(), cloud=cloud) <= 740
    else:
        assert 600 <= asyncio.run(main()) <= 660


def test_who_blocks_the_loop_whose_tasks_would_help_is_told() -> None:
    cloud = traced()

    async def main() -> None:
        held: list[bool] = []
        asyncio.get_running_loop().call_later(5, held.append, True)
        with pytest.raises(AssertionError) as caught:
            cloud.run_until(lambda: held)
        assert (
            "; run_until() blocks the event loop, whose tasks do not run meanwhile: await cloud.async_run_until()"
            in (str(caught.value))
        )
        with pytest.raises(AssertionError) as caught:
            await cloud.async_run_until(lambda: held, limit=1)
        assert "blocks the event loop" not in str(caught.value)
        assert await cloud.async_run_until(lambda: held)

    minicloud.run(main(), cloud=cloud)
    with pytest.raises(AssertionError) as caught:
        cloud.run_until(lambda: False)
    assert "blocks the event loop" not in str(caught.value)


@pytest.mark.parametrize("idle", [False, True])
def test_of_a_task_that_has_died_the_error_is_told(idle: bool) -> None:
    cloud = traced()
    cloud.function("f", lambda *_: 1 / 0)
    cloud.client("sns").subscribe(
        TopicArn=make_topic(cloud, "t"), Protocol="lambda", Endpoint=cloud.function("f", lambda *_: 1 / 0)
    )

    async def main() -> str:
        async def work(seconds: float) -> None:
            await cloud.async_sleep(seconds)
            {}["id"]

        tasks = [asyncio.create_task(work(seconds), name=f"worker-{seconds}") for seconds in (20, 3, 10, 100)]
        cancelled = asyncio.create_task(asyncio.sleep(5))
        cancelled.cancel()
        await cloud.async_client("sns").publish(TopicArn=cloud.topic("t").arn, Message="m")
        with pytest.raises(AssertionError) as caught:
            await (cloud.async_run_until_idle(limit=30) if idle else cloud.async_run_until(lambda: False, limit=30))
        tasks.pop().cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return str(caught.value)

    told = minicloud.run(main(), cloud=cloud)
    _, _, lines = told.partition("; of the other tasks have ended by an error:\n")
    number = r"at tests.inspection.test_until\.py:\d+ in work"
    assert re.match(
        rf"  worker-3 {number}: KeyError\('id'\)\n  worker-10 {number}: .*\n  worker-20 {number}: .*(\n\S|$)", lines
    )


def test_nor_more_than_ten_of_them() -> None:
    cloud = traced()

    async def main() -> str:
        async def work() -> None:
            raise ValueError("x" * 1000)

        tasks = [asyncio.create_task(work()) for _ in range(12)]
        tasks.append(asyncio.create_task(asyncio.sleep(60)))  # what is due: where nothing is, real time is waited for
        with pytest.raises(AssertionError) as caught:
            await cloud.async_run_until(lambda: False, limit=0)
        tasks.pop().cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return str(caught.value)

    told = minicloud.run(main(), cloud=cloud).splitlines()
    assert sum("ValueError('xxx" in line and len(line) < 400 for line in told) == 10
    assert "  … and 2 more tasks" in told
