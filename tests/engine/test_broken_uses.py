"""Calls from where none can be answered, handlers that end, clouds and coroutines that nobody keeps."""

from __future__ import annotations

import gc
from typing import Any

import pytest

import minicloud
from minicloud import UsageError
from tests.support.clouds import bodies, make_queue
from tests.support.threads import run_python

from .interrupted import Waits, quietly


def test_a_call_inside_of_a_call_is_refused() -> None:
    met: list[str] = []

    class Meddles(minicloud.VirtualClock):
        meddles = False

        def time_ns(self) -> int:
            if self.meddles:
                try:
                    sqs.send_message(QueueUrl=url, MessageBody="from inside")
                except UsageError as error:
                    met.append(str(error))
            return super().time_ns()

    clock = Meddles()
    cloud = minicloud.Cloud(clock=clock)
    sqs: Any = cloud.client("sqs")
    url = make_queue(cloud)
    clock.meddles = True
    sqs.send_message(QueueUrl=url, MessageBody="m")
    clock.meddles = False
    assert "SendMessage was called from inside of SendMessage" in met[0]
    assert cloud.queue(url).bodies == ["m"]


def test_a_finalizer_that_calls_its_cloud_hangs_nobody() -> None:
    cloud = minicloud.Cloud(clock="virtual")
    sqs: Any = cloud.client("sqs")
    url = make_queue(cloud)
    outcomes: list[str] = []

    class Buffered:
        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            try:
                sqs.send_message(QueueUrl=url, MessageBody="last words")
                outcomes.append("sent")
            except UsageError:
                outcomes.append("refused")

    attributes = {"a": {"DataType": "String", "StringValue": "v"}}
    for count in range(2000):
        if not count % 20:
            Buffered()
        sqs.send_message(QueueUrl=url, MessageBody="m", MessageAttributes=attributes)
    gc.collect()
    assert len(outcomes) == 100
    texts = cloud.queue(url).bodies
    assert texts.count("m") == 2000
    assert texts.count("last words") == outcomes.count("sent")


@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt, GeneratorExit])
def test_a_handler_that_ends_costs_nobody_else_a_delivery(error: type[BaseException]) -> None:
    w = Waits()
    w.function("f", error())
    w.function("g")
    w.endpoint("https://example.com", error())
    quietly(w.publish)
    for _ in range(3):
        quietly(lambda: w.cloud.clock.advance(3600))
    assert sorted(w.called) == ["f", "f", "g", "https://example.com", "https://example.com"]


def test_a_handler_s_misuse_is_raised_at_the_next_call() -> None:
    w = Waits()
    w.endpoint("https://example.com")
    w.cloud.http_endpoint("https://example.com", lambda _: "junk")
    with pytest.raises(UsageError, match="return a status"):
        w.publish()
    w.send()
    assert w.look() == ["m"]


def test_a_poll_without_a_loop_is_refused_and_swallows_nothing() -> None:
    cloud = minicloud.Cloud(clock="virtual")
    url = make_queue(cloud)
    client = cloud.async_client("sqs")
    with pytest.raises(UsageError, match="asyncio event loop"):
        client.receive_message(QueueUrl=url, WaitTimeSeconds=5).send(None)
    with pytest.raises(StopIteration):  # a call that does not wait is answered
        client.send_message(QueueUrl=url, MessageBody="m").send(None)
    assert bodies(cloud.client("sqs").receive_message(QueueUrl=url)) == ["m"]


def test_a_poll_that_is_collected_swallows_nothing() -> None:
    import asyncio

    cloud = minicloud.Cloud(clock="frozen")
    sqs: Any = cloud.client("sqs")
    url = make_queue(cloud)

    async def main() -> None:
        polling = cloud.async_client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=5)
        polling.send(None)  # it sleeps
        with cloud.lock:  # as in the midst of a call, where it cannot be taken back at once
            polling.close()
        sqs.send_message(QueueUrl=url, MessageBody="m")
        assert bodies(sqs.receive_message(QueueUrl=url)) == ["m"]
        assert not cloud.world.waiters

    asyncio.run(main())


def test_a_cloud_that_is_dropped_is_collected() -> None:
    # In a process of its own: pytest's report may hold a cloud for a while.
    assert run_python("""
        import gc, threading, time, weakref
        import minicloud

        def use():
            cloud = minicloud.Cloud(clock="real")
            sns = cloud.client("sns")
            topic = sns.create_topic(Name="t")["TopicArn"]
            sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=cloud.function("f", lambda *_: None))
            sns.publish(TopicArn=topic, Message="m")
            assert threading.active_count() == 2
            return weakref.ref(cloud)

        dropped = use()
        deadline = time.monotonic() + 20
        while (dropped() is not None or threading.active_count() > 1) and time.monotonic() < deadline:
            gc.collect()
        print(dropped(), threading.active_count())
    """).split() == ["None", "1"]
