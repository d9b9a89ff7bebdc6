"""On a loop of asyncio's own, a task is at work on its message while it waits for what another thread is going to do.

And the other way round: a thread that does nothing holds nobody up.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

import minicloud
from tests.support.depth import deep
from tests.support.threads import Worker

from .test_aio_holders import AT_ONCE, Application

# --- what a handler may wait for --------------------------------------------------------------------------------------


def soon(act: Callable[[], object]) -> None:
    """Have this loop call it, from another thread."""
    loop = asyncio.get_running_loop()

    def work() -> None:
        time.sleep(0.05)
        loop.call_soon_threadsafe(act)

    threading.Thread(target=work).start()


async def an_event() -> None:
    event = asyncio.Event()
    soon(event.set)
    await event.wait()


async def a_queue() -> None:
    answers = asyncio.Queue[str]()
    soon(lambda: answers.put_nowait("done"))
    await answers.get()


async def a_semaphore() -> None:
    semaphore = asyncio.Semaphore(0)
    soon(semaphore.release)
    await semaphore.acquire()


async def a_future() -> None:
    future = asyncio.get_running_loop().create_future()
    soon(lambda: future.set_result("done"))
    await future


async def a_task_that_waits_for_an_event() -> None:
    await asyncio.gather(an_event())


async def a_function_in_an_executor() -> None:
    event, loop = asyncio.Event(), asyncio.get_running_loop()

    def work() -> None:
        time.sleep(0.05)
        loop.call_soon_threadsafe(event.set)

    loop.run_in_executor(None, work)
    await event.wait()


async def a_timer() -> None:
    event, loop = asyncio.Event(), asyncio.get_running_loop()
    threading.Timer(0.05, loop.call_soon_threadsafe, [event.set]).start()
    await event.wait()


async def a_task_of_another_loop() -> None:
    event, loop = asyncio.Event(), asyncio.get_running_loop()

    async def work() -> None:
        await asyncio.sleep(0.05)
        loop.call_soon_threadsafe(event.set)

    threading.Thread(target=lambda: asyncio.run(work())).start()
    await event.wait()


async def a_thread_that_waits_for_a_task() -> None:
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(lambda: asyncio.run_coroutine_threadsafe(an_event(), loop).result())


ROADS = [
    *(an_event, a_queue, a_semaphore, a_future, a_task_that_waits_for_an_event, a_function_in_an_executor),
    *(a_timer, a_task_of_another_loop, a_thread_that_waits_for_a_task),
]


async def stop_when_empty(application: Application, *consumers: Coroutine[Any, Any, None]) -> list[str]:
    """As ``Application.run``, with nobody awake who looks whether it is."""
    over = asyncio.Event()
    done = application.done

    async def last(message: Any) -> None:
        await done(message)
        if not len(application.cloud.queue(application.url)):
            over.set()

    application.done = last  # type: ignore[method-assign]
    tasks = [asyncio.create_task(consumer) for consumer in consumers]
    await over.wait()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    return application.handled


@pytest.mark.parametrize("road", ROADS)
def test_whatever_a_thread_wakes_a_task_by_its_message_comes_once(
    road: Callable[[], Coroutine[Any, Any, None]],
) -> None:
    for _ in range(deep(5)):
        application = Application()
        began: list[str] = []

        async def handle(message: Any, began: list[str] = began) -> None:
            began.append(message["Body"])
            await road()

        async def main(application: Application = application, handle: Any = handle) -> list[str]:
            return await stop_when_empty(application, application.consume(handle), application.consume(handle))

        assert asyncio.run(main()) == ["m"]
        assert began == ["m"], application.cloud.trace.render()


def test_a_thread_that_waits_for_a_task_of_the_loop_that_polls() -> None:
    """The message is the thread's."""
    application = Application()

    async def main() -> list[Any]:
        loop, is_over, again = asyncio.get_running_loop(), asyncio.Event(), list[Any]()

        def work() -> None:
            sqs = application.cloud.client("sqs")
            (message,) = sqs.receive_message(QueueUrl=application.url)["Messages"]
            loop.call_soon_threadsafe(taken.set)
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0.05), loop).result()
            sqs.delete_message(QueueUrl=application.url, ReceiptHandle=message["ReceiptHandle"])
            loop.call_soon_threadsafe(is_over.set)

        async def poll() -> None:
            while True:
                again.extend(await application.poll())

        taken = asyncio.Event()
        worker = Worker(work)
        await taken.wait()
        polling = asyncio.create_task(poll())
        await is_over.wait()
        polling.cancel()
        worker.result()
        return again

    assert asyncio.run(main()) == []


def in_a_task(application: Application, taken: threading.Event) -> None:
    async def handle(_: Any) -> None:
        taken.set()
        await an_event()

    asyncio.run(stop_when_empty(application, application.consume(handle)))


def around_a_loop(application: Application, taken: threading.Event) -> None:
    sqs = application.cloud.client("sqs")
    (message,) = sqs.receive_message(QueueUrl=application.url)["Messages"]
    taken.set()
    asyncio.run(an_event())
    sqs.delete_message(QueueUrl=application.url, ReceiptHandle=message["ReceiptHandle"])


@pytest.mark.parametrize("work", [in_a_task, around_a_loop])
def test_a_thread_polls_beside_the_loop(work: Callable[[Application, threading.Event], None]) -> None:
    application, taken = Application(), threading.Event()
    worker = Worker(lambda: work(application, taken))
    taken.wait()
    sqs, again = application.cloud.client("sqs"), list[Any]()
    while len(application.cloud.queue(application.url)):
        again += sqs.receive_message(QueueUrl=application.url, WaitTimeSeconds=20).get("Messages", [])
    worker.result()
    assert again == []


# --- threads that nobody waits for ------------------------------------------------------------------------------------


@contextmanager
def nobody(_: Application) -> Iterator[None]:
    yield


@contextmanager
def a_parked_thread(_: Application) -> Iterator[None]:
    over = threading.Event()
    worker = Worker(over.wait)
    yield
    over.set()
    worker.result()


@contextmanager
def an_idle_worker_of_a_pool(_: Application) -> Iterator[None]:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()
        yield


@contextmanager
def a_timer_far_ahead(_: Application) -> Iterator[None]:
    """As a plugin of pytest has one that ends what takes too long."""
    timer = threading.Timer(3600, int)
    timer.start()
    yield
    timer.cancel()
    timer.join()


@contextmanager
def a_thread_that_polls(application: Application) -> Iterator[None]:
    sqs = application.cloud.client("sqs")
    url = sqs.create_queue(QueueName="other")["QueueUrl"]

    def poll() -> None:
        while not sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages"):
            pass

    worker = Worker(poll)
    yield
    sqs.send_message(QueueUrl=url, MessageBody="the last one")
    worker.result()


@contextmanager
def an_endpoint(application: Application) -> Iterator[None]:
    """One on which a client polls."""
    other = application.cloud.client("sqs").create_queue(QueueName="other")["QueueUrl"]
    body = f"Action=ReceiveMessage&WaitTimeSeconds=20&QueueUrl={other}"
    head = f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    with application.cloud.serve() as server, socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(f"{head}{kind}{body}".encode())
        while not application.cloud.world.waiters:
            time.sleep(0.001)
        yield


@contextmanager
def a_loop_in_a_cloud_s_time(_: Application) -> Iterator[None]:
    with minicloud.Cloud(clock="real") as other:
        loop = minicloud.EventLoop(other)
        worker = Worker(loop.run_forever)
        yield
        loop.call_soon_threadsafe(loop.stop)
        worker.result()
        loop.close()


@contextmanager
def a_loop_whose_tasks_wait(_: Application) -> Iterator[None]:
    loop, over = asyncio.new_event_loop(), asyncio.Event()
    worker = Worker(lambda: loop.run_until_complete(over.wait()))
    yield
    loop.call_soon_threadsafe(over.set)
    worker.result()
    loop.close()


async def hold_for_ever(application: Application) -> list[str]:
    """A task waits for what nobody does; who receives its message again."""

    async def hold() -> None:
        message = (await application.poll())[0]
        await asyncio.Event().wait()
        await application.done(message)

    holder = asyncio.create_task(hold(), name="holder")
    await asyncio.sleep(0)
    again = await application.again()
    holder.cancel()
    return [message["Body"] for message in again]


@pytest.mark.parametrize(
    "beside",
    [
        *(nobody, a_parked_thread, an_idle_worker_of_a_pool, a_timer_far_ahead, a_thread_that_polls),
        *(an_endpoint, a_loop_in_a_cloud_s_time, a_loop_whose_tasks_wait),
    ],
)
def test_a_thread_that_wakes_nobody_holds_nothing_up(beside: Any) -> None:
    application = Application()
    with beside(application):
        before = time.monotonic()
        assert asyncio.run(hold_for_ever(application)) == ["m"]
        assert time.monotonic() - before < AT_ONCE


def test_who_is_never_woken_is_overtaken_beside_a_thread_and_the_record_says_so() -> None:
    application = Application(clock=minicloud.VirtualClock(patience=0.05))
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            time.sleep(0.01)

    worker = Worker(work)
    assert asyncio.run(hold_for_ever(application)) == ["m"]
    over.set()
    worker.result()
    assert [jump.details["holder"] for jump in application.cloud.trace.of("clock.jumped") if "holder" in jump.details]
    (story,) = [account.message_id for account in application.cloud.ledger]
    assert "(the clock jumped; holder was still at it)" in str(application.cloud.ledger[story])
