"""Long polls: how soon one wakes up, what a thousand of them cost, and what threads do to each other.

Waking up is measured by the clock on the wall, from the call that sends the message to the return of the one that
waits: two threads or tasks take part. It is compared with the least that Python has for it, a lock that one thread
releases and another waits for, or a future. The rest is processor time.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from time import perf_counter_ns, process_time_ns, sleep
from typing import Any

import minicloud

from .report import Options, Progress, Row, at_most, ratio

__all__ = ["crowd", "crowd_steps", "threads", "threads_steps", "wake_ups", "wake_ups_steps"]


def _queue(cloud: minicloud.Cloud) -> tuple[Any, str]:
    client = cloud.client("sqs")
    return client, client.create_queue(QueueName="bench")["QueueUrl"]


# --- waking up -------------------------------------------------------------------------------------------------------


def wake_ups_steps(options: Options) -> int:
    """How many steps ``wake_ups`` reports."""
    return 4


def wake_ups(options: Options, progress: Progress) -> list[Row]:
    """From the send of a message to the return of the receive that waited for it; on the real clock."""
    count = 20 if options.quick else 500
    times: dict[str, list[float]] = {}
    times["floor: a lock between threads"] = _wake_thread_by_lock(count)
    progress.step("wake-up")
    times["a thread in ReceiveMessage"] = _wake_thread(count)
    progress.step("wake-up")
    times["floor: a future between tasks"] = asyncio.run(_wake_task_by_future(count))
    progress.step("wake-up")
    times["a task in ReceiveMessage"] = asyncio.run(_wake_task(count))
    progress.step("wake-up")
    rows = []
    for floor, name in list(zip(times, list(times)[1:], strict=False))[::2]:
        rows.append(Row.of(floor, times[floor]))
        rows.append(Row.of(name, times[name], reference=floor, ratio=ratio(times[name], times[floor])))
    return rows


def _wake_thread_by_lock(count: int) -> list[float]:
    lock = threading.Lock()
    lock.acquire()

    def wait() -> None:
        lock.acquire()

    return _wake(count, wait, lock.release)


def _wake_thread(count: int) -> list[float]:
    with minicloud.Cloud(seed=1) as cloud:
        client, url = _queue(cloud)

        def wait() -> None:
            client.receive_message(QueueUrl=url, WaitTimeSeconds=20)

        return _wake(count, wait, lambda: client.send_message(QueueUrl=url, MessageBody="x"))


def _wake(count: int, wait: Callable[[], None], rouse: Callable[[], object]) -> list[float]:
    """How long it takes from ``rouse`` in this thread to the end of ``wait`` in another."""
    woken: list[int] = []
    about_to_wait = threading.Semaphore(0)

    def sleeper() -> None:
        for _ in range(count + 1):
            about_to_wait.release()
            wait()
            woken.append(perf_counter_ns())

    thread = threading.Thread(target=sleeper)
    thread.start()
    roused = []
    for _ in range(count + 1):
        about_to_wait.acquire()
        sleep(0.001)  # by now it sleeps
        roused.append(perf_counter_ns())
        rouse()
    thread.join()
    return [float(end - start) for start, end in zip(roused, woken, strict=True)][1:]


async def _wake_task_by_future(count: int) -> list[float]:
    futures: list[asyncio.Future[None]] = []
    loop = asyncio.get_running_loop()

    async def wait() -> None:
        futures.append(loop.create_future())
        await futures[-1]

    async def rouse() -> None:
        futures[-1].set_result(None)

    return await _wake_async(count, wait, rouse)


async def _wake_task(count: int) -> list[float]:
    with minicloud.Cloud(seed=1) as cloud:
        maker, url = _queue(cloud)
        client = cloud.async_client("sqs")

        async def wait() -> None:
            await client.receive_message(QueueUrl=url, WaitTimeSeconds=20)

        async def rouse() -> None:
            await client.send_message(QueueUrl=url, MessageBody="x")

        assert maker
        return await _wake_async(count, wait, rouse)


async def _wake_async(count: int, wait: Callable[[], Any], rouse: Callable[[], Any]) -> list[float]:
    woken: list[int] = []

    async def sleeper() -> None:
        for _ in range(count + 1):
            await wait()
            woken.append(perf_counter_ns())

    task = asyncio.ensure_future(sleeper())
    roused = []
    for number in range(count + 1):
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        roused.append(perf_counter_ns())
        await rouse()
        while len(woken) == number:  # noqa: ASYNC110  # an event would be another thing that wakes up
            await asyncio.sleep(0)
    await task
    return [float(end - start) for start, end in zip(roused, woken, strict=True)][1:]


# --- a thousand that wait --------------------------------------------------------------------------------------------


def crowd_steps(options: Options) -> int:
    """How many steps ``crowd`` reports."""
    return 2 * _crowd_rounds(options)


def _crowd_rounds(options: Options) -> int:
    return 2 if options.quick else 9


def crowd(options: Options, progress: Progress) -> list[Row]:
    """Tasks that wait on one queue, all at once: filled by a message each, or left empty, on a virtual clock."""
    counts = (10, 100 if options.quick else 1_000)
    filled: dict[int, list[float]] = {}
    emptied: dict[int, list[float]] = {}
    for _ in range(_crowd_rounds(options)):
        for count in counts:
            with_message, without = asyncio.run(_crowd(count))
            filled.setdefault(count, []).append(with_message)
            emptied.setdefault(count, []).append(without)
            progress.step("crowd")
    few, many = counts
    rows = []
    for what, times in (("that gets a message", filled), ("that ends empty", emptied)):
        rows.append(Row.of(f"one of {few:,} polls {what}", times[few]))
        grown = ratio(times[many], times[few])
        rows.append(Row.of(f"one of {many:,} polls {what}", times[many], "ns", f"of {few}", grown, at_most(1.3)))
    return rows


async def _crowd(count: int) -> tuple[float, float]:
    with minicloud.Cloud(clock="virtual", seed=1) as cloud:
        maker, url = _queue(cloud)
        empty = maker.create_queue(QueueName="empty")["QueueUrl"]
        client = cloud.async_client("sqs")

        async def poll(url: str) -> int:
            response = await client.receive_message(QueueUrl=url, WaitTimeSeconds=20)
            return len(response.get("Messages", ()))

        async def send() -> int:
            for _ in range(count):
                await client.send_message(QueueUrl=url, MessageBody="x")
            return 0

        repeats = max(1, 100 // count)
        started = process_time_ns()
        for _ in range(repeats):
            got = await asyncio.gather(*(poll(url) for _ in range(count)), send())
            assert sum(got) == count
        between = process_time_ns()
        for _ in range(repeats):
            got = await asyncio.gather(*(poll(empty) for _ in range(count)))
            assert sum(got) == 0
        ended = process_time_ns()
    return (between - started) / count / repeats, (ended - between) / count / repeats


# --- threads ---------------------------------------------------------------------------------------------------------


def threads_steps(options: Options) -> int:
    """How many steps ``threads`` reports."""
    return 2 * _crowd_rounds(options)


def threads(options: Options, progress: Progress) -> list[Row]:
    """A send, a receive and a delete by 1 and by 64 threads that share a queue: processor time of all together."""
    count = 1_280 if options.quick else 25_600
    times: dict[int, list[float]] = {1: [], 64: []}
    for _ in range(_crowd_rounds(options)):
        for number, measured in times.items():
            measured.append(_by_threads(number, count))
            progress.step("threads")
    return [
        Row.of("send + receive + delete, 1 thread", times[1]),
        Row.of("the same, 64 threads", times[64], reference="1 thread", ratio=ratio(times[64], times[1])),
    ]


def _by_threads(number: int, count: int) -> float:
    with minicloud.Cloud(seed=1) as cloud:
        client, url = _queue(cloud)
        ready = threading.Barrier(number + 1)

        def work() -> None:
            ready.wait()
            for _ in range(count // number):
                client.send_message(QueueUrl=url, MessageBody="x")
                message = client.receive_message(QueueUrl=url)["Messages"][0]
                client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

        workers = [threading.Thread(target=work) for _ in range(number)]
        for worker in workers:
            worker.start()
        started = process_time_ns()
        ready.wait()
        for worker in workers:
            worker.join()
        elapsed = process_time_ns() - started
        left = cloud.queue(url).counts
        assert not left.visible
    return elapsed / count
