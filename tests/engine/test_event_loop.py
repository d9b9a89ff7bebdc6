"""The public event loop: whose time it follows, who may be given it, and what it says when it is stuck."""

from __future__ import annotations

import asyncio
import re
import sys
import threading
import time
import unittest
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import minicloud
from minicloud.engine import event_loop
from minicloud.engine.aio_driver import LoopDriver
from tests.support.clouds import bodies, make_queue

START = 1767225600.0


async def sleeps(seconds: float) -> float:
    """The loop's time when it has slept."""
    await asyncio.sleep(seconds)
    return asyncio.get_running_loop().time()


# --- loops and factories ---------------------------------------------------------------------------------------------


def test_the_class_is_a_factory_and_the_loop_makes_its_cloud() -> None:
    async def main() -> minicloud.Cloud:
        loop: Any = asyncio.get_running_loop()
        await asyncio.sleep(60)
        cloud: minicloud.Cloud = loop.cloud  # which goes on where the loop is
        before = cloud.clock.time()
        assert before == loop.time() == START + 60
        await asyncio.sleep(3600)
        assert cloud.clock.time() == loop.time() == before + 3600
        assert loop.cloud is cloud
        return cloud

    with asyncio.Runner(loop_factory=minicloud.EventLoop) as runner:
        cloud = runner.run(main())
        assert not cloud.closed
    assert cloud.closed


def test_a_factory_for_a_cloud_that_is_there() -> None:
    with minicloud.Cloud(clock="virtual") as cloud:
        for make in (minicloud.loop_factory(cloud), minicloud.loop_factory(cloud, patience=0.1)):
            with asyncio.Runner(loop_factory=make) as runner:
                before = cloud.clock.time()
                assert runner.run(sleeps(60)) == cloud.clock.time() == before + 60
        assert not cloud.closed


def test_a_closed_loop_takes_no_timers() -> None:
    loop = minicloud.EventLoop()
    loop.close()
    for set_a_timer in (loop.call_later, loop.call_at):
        with pytest.raises(RuntimeError, match=r"^Event loop is closed$"):
            set_a_timer(1, print)


@pytest.mark.parametrize("make", [minicloud.EventLoop, minicloud.loop_factory])
def test_what_is_not_a_cloud_or_a_duration_is_refused(make: Any) -> None:
    for arguments in ({"cloud": "virtual"}, {"patience": -1}, {"patience": "1"}, {"patience": True}):
        with pytest.raises(minicloud.UsageError, match="is not a"):
            make(**arguments)


def test_a_loop_that_goes_on_in_another_clouds_time_keeps_who_sleeps_on_it() -> None:
    async def begin() -> asyncio.Task[float]:
        task = asyncio.create_task(sleeps(10))
        await asyncio.sleep(4)
        return task

    async def join(task: asyncio.Task[float]) -> float:
        return await task

    with minicloud.Cloud(clock="virtual") as first, minicloud.Cloud(clock="virtual") as second:
        second.clock.advance(5000)
        loop = minicloud.EventLoop()
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            loop.follow(first)
            task = runner.run(begin())
            assert (first.clock.time(), second.clock.time()) == (START + 4, START + 5000)
            loop.follow(second)
            assert runner.run(join(task)) == second.clock.time() == START + 5006
            assert first.clock.time() == START + 4


# --- beside other clouds, and beside servers -------------------------------------------------------------------------


def test_an_endless_poll_in_another_cloud_keeps_no_time_from_passing() -> None:
    async def main(cloud: minicloud.Cloud) -> float:
        other = minicloud.Cloud(clock="virtual").async_client("sqs")
        url = (await other.create_queue(QueueName="jobs"))["QueueUrl"]

        async def poll() -> None:
            while True:
                await other.receive_message(QueueUrl=url, WaitTimeSeconds=20)

        task = asyncio.create_task(poll())
        ended = await sleeps(300)
        task.cancel()
        return ended - START

    assert minicloud.run(main) == 300


def test_an_endless_poll_in_another_cloud_leaves_a_frozen_clock_alone() -> None:
    async def main(cloud: minicloud.Cloud) -> float:
        other = minicloud.Cloud(clock="virtual")
        sqs = other.async_client("sqs")
        url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        later = asyncio.create_task(asyncio.sleep(300))
        began = other.clock.now()
        for _ in range(3):
            await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        assert (other.clock.now() - began).total_seconds() == 60
        assert not later.done()
        cloud.clock.advance(300)
        await later
        return asyncio.get_running_loop().time() - START

    assert minicloud.run(main, clock="frozen") == 300


def test_of_a_timer_that_was_cancelled_nothing_is_due() -> None:
    async def main(cloud: minicloud.Cloud) -> object:
        sqs = cloud.async_client("sqs")
        url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]
        timer = asyncio.get_running_loop().call_later(60, print)
        await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
        before = cloud.clock.next_due
        timer.cancel()
        await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
        assert before is not None
        return cloud.clock.next_due

    assert minicloud.run(main) is None


def test_timers_that_are_cancelled_are_let_go_of() -> None:
    async def main() -> int:
        loop: Any = asyncio.get_running_loop()
        for _ in range(1_000):
            loop.call_later(3600, print).cancel()
        await asyncio.sleep(1)
        return len(loop._scheduled)

    assert minicloud.run(main) < 500


def test_after_the_end_of_its_executor_time_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(print, end="")
        await loop.shutdown_default_executor()
        monkeypatch.setattr(event_loop, "STALL", 3600)
        await asyncio.sleep(60)

    minicloud.run(main)


def test_a_connection_within_the_loop_costs_no_patience() -> None:
    async def main() -> float:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while line := await reader.readline():
                await asyncio.sleep(30)
                writer.write(line.upper())
            writer.close()
            await writer.wait_closed()
            closed.set()

        closed = asyncio.Event()
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for _ in range(3):
            writer.write(b"hello\n")
            assert await reader.readline() == b"HELLO\n"
        ended = asyncio.get_running_loop().time()
        writer.close()
        await writer.wait_closed()
        await closed.wait()
        server.close()
        return ended

    before = time.perf_counter()
    assert minicloud.run(main, patience=60) == START + 90
    assert time.perf_counter() - before < 30


def test_a_connection_to_a_thread_still_does() -> None:
    import socket

    def answer(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            time.sleep(0.1)
            connection.sendall(b"late\n")

    async def main(server: socket.socket) -> float:
        reader, writer = await asyncio.open_connection(*server.getsockname())
        assert await asyncio.wait_for(reader.readline(), 60) == b"late\n"
        writer.close()
        await writer.wait_closed()
        return asyncio.get_running_loop().time()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer, args=(server,))
        thread.start()
        assert minicloud.run(main(server), patience=30) < START + 60
        thread.join()


# --- stuck -----------------------------------------------------------------------------------------------------------


async def worker(event: asyncio.Event) -> None:
    await event.wait()


@pytest.mark.parametrize("clock", ["virtual", "frozen"])
def test_a_loop_that_is_stuck_says_who_waits_where(clock: str) -> None:
    async def main() -> None:
        queue: asyncio.Queue[int] = asyncio.Queue()
        tasks = [asyncio.create_task(worker(asyncio.Event()), name="worker-1")]
        tasks += [asyncio.create_task(queue.get(), name=f"reader-{number}") for number in range(11)]
        await asyncio.gather(*tasks)

    with pytest.raises(minicloud.UsageError) as caught:
        minicloud.run(main, clock=clock)
    first, *lines = str(caught.value).splitlines()
    assert first.startswith("all tasks wait for something that cannot happen any more: no timer is set")
    assert len(lines) == 3
    number = worker.__code__.co_firstlineno + 1
    path = Path("tests", "engine", "test_event_loop.py")
    assert f"  worker-1 waits at {path}:{number} in worker: await event.wait()" in lines
    assert any("in main: await asyncio.gather(*tasks)" in line for line in lines)
    assert lines[-1] == "  reader-0, reader-1, reader-2 and 8 more wait in asyncio.queues.get()"


@pytest.mark.parametrize("places", [2, 10, 11, 13])
def test_ten_places_are_told(places: int) -> None:
    """And two tasks at one place, of which there is no more to say."""
    names: dict[str, Any] = {}
    lines = "".join(f"async def wait_{number}(event): await event.wait()\n" for number in range(places))
    exec(compile(lines, "waits.py", "exec"), names)  # places of their own

    async def main() -> None:
        waits = [names[f"wait_{number}"](asyncio.Event()) for number in (0, *range(places))]
        tasks = [asyncio.create_task(one, name=f"t{number}") for number, one in enumerate(waits)]
        await asyncio.shield(tasks[0])

    with pytest.raises(minicloud.UsageError) as caught:
        minicloud.run(main)
    told = str(caught.value).splitlines()[1:]
    assert sum(" wait at " in line or " waits at " in line for line in told) == min(places + 1, 10)
    assert any(line.startswith("  t0 and t1 wait at ") and line.endswith(" in wait_0") for line in told)
    more = places + 1 - 10
    assert told[10:] == ([f"  \u2026 and {more} more task{'s' if more > 1 else ''}"] if more > 0 else [])


def test_time_passes_when_the_threads_of_a_loop_have_ended() -> None:
    async def main(cloud: minicloud.Cloud) -> float:
        loop = asyncio.get_running_loop()
        for _ in range(2):
            await asyncio.to_thread(len, "")
        await loop.shutdown_default_executor()
        await asyncio.sleep(3600)
        return cloud.clock.time()

    assert minicloud.run(main) == START + 3600


def test_it_looks_into_asynchronous_generators() -> None:
    async def numbers() -> AsyncIterator[int]:
        await asyncio.Event().wait()
        yield 1

    async def walk() -> None:
        async for _ in numbers():
            pass

    async def ask() -> int:
        return await anext(numbers())

    for main in (walk, ask):
        with pytest.raises(minicloud.UsageError, match="in numbers: await asyncio"):
            minicloud.run(main)


def test_so_does_one_on_a_clock_that_nobody_moves() -> None:
    async def main(cloud: minicloud.Cloud) -> None:
        sqs = cloud.async_client("sqs")
        url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        await asyncio.gather(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20), sleeps(3))

    with pytest.raises(minicloud.UsageError, match="on a frozen clock that nobody moves") as caught:
        minicloud.run(main, clock="frozen")
    begin = (
        "all tasks wait for 3 more seconds on a frozen clock that nobody moves: call cloud.clock.advance() from a "
        'task, or use minicloud.run(clock="virtual"), which moves by itself:'
    )
    assert str(caught.value).splitlines()[0] == begin
    assert "in sleeps: await asyncio.sleep(seconds)" in str(caught.value)
    assert "waits in receive_message()" in str(caught.value)


# --- unittest --------------------------------------------------------------------------------------------------------


def test_an_isolated_test_case_under_a_mock_on_a_virtual_clock_runs_in_its_time() -> None:
    seen: list[Any] = []

    class Case(unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self) -> None:
            await asyncio.sleep(100)

        async def asyncTearDown(self) -> None:
            seen.append(await sleeps(100) - START)

        async def test_it(self) -> None:
            seen.append(await sleeps(100) - START)

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(minicloud.mock_aws(clock="virtual")(Case)).run(result)
    assert not result.errors
    assert not result.failures
    assert seen == [200, 300]


def test_on_a_real_clock_it_has_asyncios_own_loop() -> None:
    seen: list[Any] = []

    @minicloud.mock_aws
    class Case(unittest.IsolatedAsyncioTestCase):
        async def test_it(self) -> None:
            seen.append(hasattr(asyncio.get_running_loop(), "cloud"))

    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(unittest.TestResult())
    assert seen == [False]


async def in_a_thread_of_its_own(function: Callable[[], Any]) -> Any:
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    threading.Thread(target=lambda: loop.call_soon_threadsafe(future.set_result, function())).start()
    return await future


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a thread has had of the processor")
@pytest.mark.parametrize("begin", [asyncio.to_thread, in_a_thread_of_its_own])
def test_a_poll_in_a_thread_waits_for_a_task_that_computes(begin: Any) -> None:
    async def main(cloud: minicloud.Cloud) -> tuple[list[str], float]:
        sqs = cloud.client("sqs")
        url = make_queue(cloud)
        poll = asyncio.create_task(begin(partial(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=20)))
        await asyncio.sleep(5)
        until = time.thread_time() + 0.05  # as long as a real client takes to be made
        while time.thread_time() < until:
            pass
        sqs.send_message(QueueUrl=url, MessageBody="m")
        return bodies(await poll), cloud.clock.time() - START

    assert minicloud.run(main) == (["m"], 5)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a thread has had of the processor")
def test_no_longer_than_the_loop_has_patience_nor_for_one_that_spins() -> None:
    async def main(cloud: minicloud.Cloud) -> None:
        sqs = cloud.client("sqs")
        url = make_queue(cloud)
        for turns in (True, False):
            poll = asyncio.get_running_loop().run_in_executor(
                None, partial(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=20)
            )
            jobs = cloud.sleepers
            while not jobs.count:  # noqa: ASYNC110  # the thread tells nobody that it has come to wait
                await asyncio.sleep(0)
            while jobs.count:  # it waits for the other thread in vain, as long as that waits for it
                if turns:
                    await asyncio.sleep(0)
            assert bodies(await poll) == []

    with minicloud.Cloud(clock="virtual") as cloud:
        with asyncio.Runner(loop_factory=minicloud.loop_factory(cloud, patience=0.02)) as runner:
            runner.run(main(cloud))
        assert cloud.clock.time() == START + 40


def test_another_thread_hands_something_in_while_a_loop_looks_at_what_is_ready() -> None:
    class Callback:
        @property
        def __self__(self) -> LoopDriver:
            thread = threading.Thread(target=loop.call_soon_threadsafe, args=(print,))
            thread.start()
            thread.join()
            return driver

    with minicloud.Cloud(clock="virtual") as cloud:
        loop: Any = minicloud.EventLoop(cloud)
        driver = LoopDriver(cloud, loop)
        loop.call_soon(Callback())
        assert not loop.has_only_guests()  # there is now what the thread has handed in
        loop.close()


def test_a_loop_that_is_stuck_says_who_has_died() -> None:
    async def main() -> None:
        jobs: asyncio.Queue[str] = asyncio.Queue()

        async def work() -> None:
            raise KeyError(await jobs.get())

        worker = asyncio.create_task(work(), name="worker")
        try:
            jobs.put_nowait("job 17")
            await jobs.join()
        finally:
            await asyncio.gather(worker, return_exceptions=True)

    with pytest.raises(minicloud.UsageError) as caught:
        minicloud.run(main())
    waits, ended = str(caught.value).split("\nof the other tasks have ended by an error:\n")
    assert waits.endswith(": await jobs.join()")
    assert re.fullmatch(r"  worker at tests.engine.test_event_loop\.py:\d+ in work: KeyError\('job 17'\)", ended)
