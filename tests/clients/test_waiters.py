"""Waiters and sleeping go by the cloud's clock."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

import minicloud
from minicloud.clients.waiters import ServiceWaiter
from minicloud.core.service import Acceptor, WaiterModel
from minicloud.exceptions import ClientError, WaiterError


@pytest.fixture
def start(cloud: Any) -> Any:
    return cloud.clock.now()


def passed(cloud: Any, start: Any) -> float:
    return (cloud.clock.now() - start) / timedelta(seconds=1)


# --- sleeping -------------------------------------------------------------------------------------------------------


def test_a_virtual_clock_jumps(cloud: Any, sqs: Any, start: Any) -> None:
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="late", DelaySeconds=5)
    before = time.perf_counter()
    cloud.sleep(4.5)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    cloud.sleep(0.5)
    assert "Messages" in sqs.receive_message(QueueUrl=url)
    cloud.sleep(1e-9)
    assert cloud.clock.time_ns() % 1_000_000_000 == 1
    cloud.sleep(3600)
    assert passed(cloud, start) == pytest.approx(3605)
    assert time.perf_counter() - before < 5


def test_no_time_is_no_sleep(cloud: Any, start: Any) -> None:
    cloud.sleep(0)
    asyncio.run(cloud.async_sleep(0))
    assert cloud.clock.now() == start
    with pytest.raises(minicloud.UsageError, match="zero or more"):
        cloud.sleep(-1)


@pytest.mark.minicloud(clock="real")
def test_a_real_clock_waits(cloud: Any) -> None:
    before = time.perf_counter()
    cloud.sleep(0.03)
    asyncio.run(cloud.async_sleep(0.03))
    assert 0.06 <= time.perf_counter() - before < 5


@pytest.mark.minicloud(clock="frozen")
def test_a_frozen_clock_can_not_move_by_itself(cloud: Any, start: Any) -> None:
    cloud.sleep(0)
    with pytest.raises(minicloud.UsageError, match=r"3 more seconds on a frozen clock"):
        cloud.sleep(3)
    assert cloud.clock.now() == start
    sleeper = threading.Thread(target=cloud.sleep, args=(3,))
    sleeper.start()
    while sleeper.is_alive():
        cloud.clock.advance(1)
        sleeper.join(0.001)


def test_sleepers_wake_in_order(cloud: Any) -> None:
    woken: list[tuple[int, float]] = []

    async def sleeper(seconds: int) -> None:
        for _ in range(3):
            await cloud.async_sleep(seconds)
            woken.append((seconds, cloud.clock.time() % 100))

    async def main() -> None:
        await asyncio.gather(sleeper(5), sleeper(3), sleeper(7))

    asyncio.run(main())
    assert woken == [(3, 3), (5, 5), (3, 6), (7, 7), (3, 9), (5, 10), (7, 14), (5, 15), (7, 21)]


def test_a_cancelled_sleep_is_over(cloud: Any, start: Any) -> None:
    async def main() -> None:
        sleeper = asyncio.ensure_future(cloud.async_sleep(1000))
        await cloud.async_sleep(1)
        sleeper.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sleeper
        await cloud.async_sleep(1)

    asyncio.run(main())
    assert passed(cloud, start) == 2
    cloud.clock.advance(2000)


def test_a_closed_cloud_does_not_sleep(cloud: Any) -> None:
    async def main() -> None:
        sleeper = asyncio.ensure_future(cloud.async_sleep(1000))
        await cloud.async_sleep(1)
        cloud.close()
        with pytest.raises(minicloud.UsageError, match="closed"):
            await sleeper

    asyncio.run(main())
    with pytest.raises(minicloud.UsageError, match="closed"):
        cloud.sleep(1)


# --- waiters --------------------------------------------------------------------------------------------------------


def test_a_state_that_is_there_takes_no_time(cloud: Any, kinesis: Any, start: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    waiter = kinesis.get_waiter("stream_exists")
    assert waiter.name == "StreamExists"
    assert (waiter.config.delay, waiter.config.max_attempts) == (10, 18)
    assert waiter.wait(StreamName="s") is None
    assert kinesis.get_waiter("stream_not_exists").wait(StreamName="none") is None
    assert cloud.clock.now() == start


def test_a_state_that_comes_later(cloud: Any, kinesis: Any, start: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)

    def delete() -> None:
        cloud.sleep(25)
        kinesis.delete_stream(StreamName="s")

    deleter = threading.Thread(target=delete)
    deleter.start()
    kinesis.get_waiter("stream_not_exists").wait(StreamName="s")
    deleter.join()
    assert passed(cloud, start) == 30


def test_attempts_run_out(cloud: Any, kinesis: Any, start: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    waiter = kinesis.get_waiter("stream_not_exists")
    with pytest.raises(WaiterError, match="Waiter StreamNotExists failed: Max attempts exceeded") as caught:
        waiter.wait(StreamName="s")
    assert passed(cloud, start) == 170
    assert caught.value.last_response["StreamDescription"]["StreamName"] == "s"
    assert caught.value.kwargs == {"name": "StreamNotExists", "reason": "Max attempts exceeded"}
    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        waiter.wait(StreamName="s", WaiterConfig={"Delay": 0.5, "MaxAttempts": 3})
    assert passed(cloud, start) == 171
    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        waiter.wait(StreamName="s", WaiterConfig={"Delay": 0})
    assert passed(cloud, start) == 171


def test_an_error_that_was_not_waited_for(kinesis: Any) -> None:
    text = "Waiter StreamExists failed: An error occurred (ResourceNotFoundException): Stream none under account "
    with pytest.raises(WaiterError, match=f"^{text.replace('(', '[(]').replace(')', '[)]')}") as caught:
        kinesis.get_waiter("stream_exists").wait(StreamName="none")
    assert caught.value.last_response["Error"]["Code"] == "ResourceNotFoundException"
    with pytest.raises(minicloud.exceptions.ParamValidationError):
        kinesis.get_waiter("stream_exists").wait(StreamName=1)


def test_unknown_waiters(sqs: Any, kinesis: Any) -> None:
    assert [name for name in kinesis.waiter_names if name != "channel_active"] == ["stream_exists", "stream_not_exists"]
    assert sqs.waiter_names == []
    for client in (sqs, kinesis):
        with pytest.raises(ValueError, match=r"^Waiter does not exist: StreamExists$"):
            client.get_waiter("StreamExists")


def _statuses(*statuses: str) -> Iterator[dict[str, Any]]:
    for status in statuses:
        yield {"Status": status}


@pytest.mark.parametrize(
    ("statuses", "outcome"),
    [
        ("done", None),
        ("busy busy done", None),
        ("odd busy done", None),
        ("busy broken", "Waiter encountered a terminal failure state: it is broken"),
        ("busy busy busy done", "Max attempts exceeded. Previously accepted state: it is busy"),
        ("busy none none done", "Max attempts exceeded. Previously accepted state: it is busy"),
        ("none none none done", "Max attempts exceeded$"),
    ],
)
def test_acceptors(cloud: Any, sqs: Any, statuses: str, outcome: str | None) -> None:
    answers = _statuses(*statuses.split())
    sqs.list_queues = lambda **_: next(answers)

    def has(status: str) -> Any:
        return lambda result, _: result is not None and result["Status"] == status

    acceptors = (
        Acceptor("success", has("done")),
        Acceptor("failure", has("broken"), "it is broken"),
        Acceptor("retry", has("busy"), "it is busy"),
    )
    waiter = ServiceWaiter(sqs, "all_done", WaiterModel("list_queues", 1, 3, acceptors))
    if outcome is None:
        waiter.wait()
    else:
        with pytest.raises(WaiterError, match=f"Waiter AllDone failed: {outcome}"):
            waiter.wait()


def test_an_acceptor_of_errors_may_go_on(cloud: Any, sqs: Any, start: Any) -> None:
    acceptors = (Acceptor("retry", lambda _, error: error is not None and error.code.endswith("NonExistentQueue")),)
    waiter = ServiceWaiter(sqs, "queue_exists", WaiterModel("get_queue_url", 2, 4, acceptors))
    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        waiter.wait(QueueName="q")
    assert passed(cloud, start) == 6


def test_waiting_in_a_loop(cloud: Any, start: Any) -> None:
    client = cloud.async_client("kinesis")

    async def main() -> None:
        await client.create_stream(StreamName="s", ShardCount=1)
        await client.get_waiter("stream_exists").wait(StreamName="s")

        async def delete() -> None:
            await cloud.async_sleep(25)
            await client.delete_stream(StreamName="s")

        waiter = client.get_waiter("stream_not_exists")
        await asyncio.gather(waiter.wait(StreamName="s"), delete())
        assert passed(cloud, start) == 30
        with pytest.raises(WaiterError, match="An error occurred"):
            await client.get_waiter("stream_exists").wait(StreamName="s")
        with pytest.raises(ValueError, match="Waiter does not exist: none"):
            client.get_waiter("none")
        with pytest.raises(ClientError):
            await client.describe_stream(StreamName="s")

    asyncio.run(main())
