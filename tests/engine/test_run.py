"""``minicloud.run``: an event loop whose time is the cloud's."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

import minicloud
from minicloud.engine import event_loop

START = 1_767_225_600.0
"""Where virtual clocks start."""


async def new_queue(cloud: minicloud.Cloud, **attributes: str) -> tuple[Any, str]:
    sqs: Any = cloud.async_client("sqs")
    return sqs, (await sqs.create_queue(QueueName="jobs", Attributes=attributes))["QueueUrl"]


class Diary:
    """What happened when, in seconds of the loop's time."""

    def __init__(self) -> None:
        self.lines: list[tuple[float, Any]] = []

    def __call__(self, what: Any) -> None:
        self.lines.append((round(asyncio.get_running_loop().time() - START, 6), what))


# --- what is run, and on what ----------------------------------------------------------------------------------------


def test_it_returns_the_result_and_closes_the_cloud() -> None:
    clouds = []

    async def main(cloud: minicloud.Cloud) -> int:
        clouds.append(cloud)
        assert not cloud.closed
        return 42

    assert minicloud.run(main) == 42
    assert clouds[0].closed
    assert isinstance(clouds[0].clock, minicloud.VirtualClock)


def test_a_function_without_a_parameter_and_a_coroutine() -> None:
    async def main() -> float:
        await asyncio.sleep(300)
        return asyncio.get_running_loop().time()

    assert minicloud.run(main) == START + 300
    assert minicloud.run(main(), clock="virtual") == START + 300


def test_the_options_are_the_clouds() -> None:
    async def main(cloud: minicloud.Cloud) -> tuple[str, Any]:
        return cloud.region_name, cloud.seed

    assert minicloud.run(main, region_name="eu-west-1", seed=7) == ("eu-west-1", 7)


def test_a_cloud_that_is_there_stays_open(cloud: minicloud.Cloud) -> None:
    async def main() -> None:
        await asyncio.sleep(10)

    minicloud.run(main, cloud=cloud)
    minicloud.run(main, cloud=cloud)
    assert cloud.clock.time() == START + 20
    assert not cloud.closed
    with pytest.raises(minicloud.UsageError, match="give its options to Cloud"):
        minicloud.run(main, cloud=cloud, seed=1)


def test_what_is_not_async_is_refused() -> None:
    with pytest.raises(minicloud.UsageError, match="runs an async function"):
        minicloud.run(lambda: 3)


def test_errors_come_out_and_tasks_are_cancelled() -> None:
    ended = []

    async def forever() -> None:
        try:
            await asyncio.sleep(10**6)
        finally:
            ended.append(1)

    async def main() -> None:
        task = asyncio.create_task(forever())
        await asyncio.sleep(1)
        assert not task.done()
        raise KeyError("x")

    with pytest.raises(KeyError):
        minicloud.run(main)
    assert ended == [1]


# --- time ------------------------------------------------------------------------------------------------------------


def test_sleeping_takes_no_time() -> None:
    async def main(cloud: minicloud.Cloud) -> None:
        for _ in range(100):
            await asyncio.sleep(36_000)
        assert cloud.clock.time() == asyncio.get_running_loop().time() == START + 3_600_000

    began = time.perf_counter()
    minicloud.run(main)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("delay", [0.1, 0.3, 1.1, 1e-6, 299.999999])
def test_timers_are_exact_to_the_microsecond(delay: float) -> None:
    async def main(cloud: minicloud.Cloud) -> None:
        before = cloud.clock.time_ns()
        await asyncio.sleep(delay)
        assert cloud.clock.time_ns() - before == round(delay * 1e6) * 1_000

    minicloud.run(main)


def test_timers_of_one_moment_go_off_in_the_order_in_which_they_were_set() -> None:
    order: list[int] = []

    async def sleeper(number: int) -> None:
        await asyncio.sleep(0.1)
        order.append(number)

    async def main() -> None:
        await asyncio.gather(*(sleeper(number) for number in range(100)))

    minicloud.run(main)
    assert order == list(range(100))


def test_timeouts() -> None:
    diary = Diary()

    async def main() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 30)
        diary("wait_for")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(60):
                await asyncio.sleep(61)
        diary("timeout")
        async with asyncio.timeout(60):
            await asyncio.sleep(59)
        diary("in time")

    minicloud.run(main)
    assert diary.lines == [(30, "wait_for"), (90, "timeout"), (149, "in time")]


def test_sleeps_and_the_cloud_share_one_timeline() -> None:
    diary = Diary()

    async def main(cloud: minicloud.Cloud) -> None:
        sqs, url = await new_queue(cloud, VisibilityTimeout="30")

        async def consumer() -> None:
            while True:
                answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
                diary([message["Body"] for message in answer.get("Messages", [])])

        async def producer() -> None:
            await asyncio.sleep(7)
            await sqs.send_message(QueueUrl=url, MessageBody="a")
            diary("sent a")
            await asyncio.sleep(5)
            await sqs.send_message(QueueUrl=url, MessageBody="b", DelaySeconds=9)
            diary("sent b")

        task = asyncio.create_task(consumer())
        await producer()
        await asyncio.sleep(33)
        task.cancel()

    minicloud.run(main)
    assert diary.lines == [
        (7, "sent a"),
        (7, ["a"]),
        (12, "sent b"),
        (21, ["b"]),
        (37, ["a"]),  # its visibility timeout is over
    ]


def test_a_poll_under_a_shorter_timeout_has_taken_nothing() -> None:
    async def main(cloud: minicloud.Cloud) -> None:
        sqs, url = await new_queue(cloud)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20), 5)
        await sqs.send_message(QueueUrl=url, MessageBody="m")
        assert cloud.clock.time() == START + 5
        assert [message.state for message in cloud.queue("jobs").messages] == ["visible"]

    minicloud.run(main)


def test_what_the_cloud_does_at_a_moment_comes_before_the_tasks_that_sleep_until_then() -> None:
    async def main(cloud: minicloud.Cloud) -> None:
        sqs, url = await new_queue(cloud)
        await sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=30)
        await asyncio.sleep(30)
        assert len((await sqs.receive_message(QueueUrl=url))["Messages"]) == 1

    minicloud.run(main)


def test_it_is_the_same_in_each_run() -> None:
    def once() -> list[Any]:
        diary = Diary()

        async def main(cloud: minicloud.Cloud) -> None:
            sqs, url = await new_queue(cloud, VisibilityTimeout="3")

            async def worker(name: str, pause: float) -> None:
                for _ in range(20):
                    answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=2)
                    diary((name, [message["MessageId"] for message in answer.get("Messages", [])]))
                    await asyncio.sleep(pause)

            async def sender() -> None:
                for number in range(20):
                    await sqs.send_message(QueueUrl=url, MessageBody=str(number), DelaySeconds=number % 3)
                    await asyncio.sleep(0.7)

            await asyncio.gather(sender(), worker("one", 0.5), worker("two", 1.3), worker("three", 0))

        minicloud.run(main, seed=5)
        return diary.lines

    assert once() == once()


def test_advance_wakes_who_sleeps() -> None:
    async def main(cloud: minicloud.Cloud) -> float:
        task = asyncio.create_task(asyncio.sleep(300))
        await asyncio.sleep(0)
        cloud.clock.advance(400)
        await task
        return cloud.clock.time()

    assert minicloud.run(main) == START + 400
    assert minicloud.run(main, clock="frozen") == START + 400


def test_a_reset_does_not_stop_the_applications_own_timers() -> None:
    async def main(cloud: minicloud.Cloud) -> float:
        task = asyncio.create_task(asyncio.sleep(300))
        await asyncio.sleep(10)
        cloud.reset()
        await task
        return cloud.clock.time()

    assert minicloud.run(main) == START + 300


def test_a_real_clock_really_waits_and_can_be_advanced() -> None:
    async def main(cloud: minicloud.Cloud) -> None:
        loop = asyncio.get_running_loop()
        assert abs(loop.time() - time.time()) < 60
        sqs, url = await new_queue(cloud)
        await sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=900)
        poll = asyncio.create_task(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
        sleep = asyncio.create_task(asyncio.sleep(900))
        await asyncio.sleep(0.02)
        cloud.clock.advance(900)
        await sleep
        assert "Messages" not in await poll
        assert len((await sqs.receive_message(QueueUrl=url))["Messages"]) == 1

    began = time.perf_counter()
    minicloud.run(main, clock="real")
    assert 0.02 <= time.perf_counter() - began < 10


def test_debug_mode() -> None:
    async def main() -> float:
        await asyncio.sleep(5)
        return asyncio.get_running_loop().time()

    assert minicloud.run(main, debug=True) == START + 5


# --- nothing can happen any more -------------------------------------------------------------------------------------


@pytest.mark.parametrize("clock", ["virtual", "frozen"])
def test_waiting_for_ever_is_a_mistake(clock: str) -> None:
    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(minicloud.UsageError, match="wait for something that cannot happen"):
        minicloud.run(main, clock=clock)


@pytest.mark.parametrize("has_handler", [False, True])
def test_what_goes_on_for_ever_is_nothing_to_wait_for(monkeypatch: pytest.MonkeyPatch, has_handler: bool) -> None:
    monkeypatch.setattr(event_loop, "_MOST_JUMPS", 50)
    happened: list[int] = []
    is_wanted = 120

    async def main(at_last: bool) -> float:
        loop: Any = asyncio.get_running_loop()
        timeline, wanted = loop.cloud.timeline, asyncio.Event()
        happened.clear()

        async def handle() -> None:
            await asyncio.sleep(0)

        tasks = []

        def happen(due: int) -> None:
            happened.append(due)
            timeline.schedule_perpetual(due + 60 * 10**9, happen)
            if has_handler:
                tasks.append(asyncio.create_task(handle()))
            if at_last and not len(happened) % 40:
                nudge.set()
            if at_last and len(happened) == is_wanted:
                wanted.set()

        async def others() -> None:
            while True:
                await nudge.wait()
                nudge.clear()

        nudge = asyncio.Event()
        if at_last:
            tasks.append(asyncio.create_task(others()))
        timeline.schedule_perpetual(loop.cloud.clock.time_ns(), happen)
        await wanted.wait()
        for task in tasks:
            task.cancel()
        return loop.time()

    with pytest.raises(minicloud.UsageError, match="nothing is due in the cloud but what goes on for ever") as caught:
        minicloud.run(lambda: main(False))
    assert ", and that has woken nobody 10,000 times, and no socket" in str(caught.value)
    assert 50 <= len(happened) <= 53
    assert minicloud.run(lambda: main(True)) == START + (is_wanted - 1) * 60  # somebody was woken now and then


def test_a_thread_that_was_left_over_does_not_make_it_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_loop, "STALL", 0.05)  # it is seconds of real time
    over = threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    try:
        test_waiting_for_ever_is_a_mistake("virtual")
    finally:
        over.set()
        thread.join()


def test_sleeping_on_a_frozen_clock_is_a_mistake() -> None:
    async def main() -> None:
        await asyncio.sleep(30)

    with pytest.raises(minicloud.UsageError, match="for 30 more seconds on a frozen clock"):
        minicloud.run(main, clock="frozen")


def test_polling_on_a_frozen_clock_is_a_mistake() -> None:
    async def main(cloud: minicloud.Cloud) -> None:
        sqs, url = await new_queue(cloud)
        await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)

    with pytest.raises(minicloud.UsageError, match="for 20 more seconds on a frozen clock"):
        minicloud.run(main, clock="frozen")


# --- threads, executors, sockets -------------------------------------------------------------------------------------


def in_executor(function: Callable[[], Any]) -> Any:
    return asyncio.get_running_loop().run_in_executor(None, function)


def test_time_stands_still_while_a_function_runs_in_an_executor() -> None:
    diary = Diary()

    async def main() -> None:
        assert await asyncio.wait_for(in_executor(lambda: time.sleep(0.05) or "done"), 1) == "done"
        diary("done")
        await asyncio.sleep(1)
        diary("slept")

    minicloud.run(main)
    assert diary.lines == [(0, "done"), (1, "slept")]


def test_a_blocking_client_in_an_executor_shares_the_time() -> None:
    diary = Diary()

    async def main(cloud: minicloud.Cloud) -> None:
        sqs, url = await new_queue(cloud)

        async def send() -> None:
            await asyncio.sleep(5)
            await sqs.send_message(QueueUrl=url, MessageBody="m")

        task = asyncio.create_task(send())
        blocking = cloud.client("sqs")
        answer = await asyncio.to_thread(blocking.receive_message, QueueUrl=url, WaitTimeSeconds=20)
        diary(answer["Messages"][0]["Body"])
        await task

    minicloud.run(main)
    assert diary.lines == [(5, "m")]


def test_another_thread_hands_in_work() -> None:
    async def main() -> str:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[str] = loop.create_future()
        thread = threading.Thread(target=lambda: loop.call_soon_threadsafe(future.set_result, "from outside"))
        thread.start()
        try:
            return await future
        finally:
            thread.join()

    assert minicloud.run(main) == "from outside"


def test_another_thread_moves_a_frozen_clock() -> None:
    async def main(cloud: minicloud.Cloud) -> float:
        thread = threading.Timer(0.02, cloud.clock.advance, [300])
        thread.start()
        await asyncio.sleep(300)
        thread.join()
        return cloud.clock.time()

    assert minicloud.run(main, clock="frozen") == START + 300


def _as_the_loop_is_about_to_wait(monkeypatch: pytest.MonkeyPatch, threads: list[threading.Thread]) -> None:
    """Threads are put into the list, which run and are gone before the loop looks who could still wake a task."""

    class OtherThreads(event_loop.OtherThreads):
        """Made when the loop has looked at the time and has found nothing due."""

        def __init__(self) -> None:
            super().__init__()
            while threads:
                thread = threads.pop()
                thread.start()
                thread.join()

    monkeypatch.setattr(event_loop, "OtherThreads", OtherThreads)


@pytest.mark.parametrize("clock", ["frozen", "virtual"])
def test_a_thread_that_moves_the_clock_while_the_loop_is_about_to_wait(
    monkeypatch: pytest.MonkeyPatch, clock: str
) -> None:
    threads: list[threading.Thread] = []
    _as_the_loop_is_about_to_wait(monkeypatch, threads)

    async def main(cloud: minicloud.Cloud) -> float:
        threads.append(threading.Thread(target=cloud.clock.advance, args=[300]))
        await asyncio.sleep(300)
        return asyncio.get_running_loop().time()

    assert minicloud.run(main, clock=clock) == START + 300


@pytest.mark.parametrize("clock", ["frozen", "virtual"])
@pytest.mark.parametrize("limit", [None, 300])
def test_a_thread_that_hands_in_work_while_the_loop_is_about_to_wait(
    monkeypatch: pytest.MonkeyPatch, clock: str, limit: float | None
) -> None:
    threads: list[threading.Thread] = []
    _as_the_loop_is_about_to_wait(monkeypatch, threads)

    async def main() -> float:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        threads.append(threading.Thread(target=loop.call_soon_threadsafe, args=(future.set_result, None)))
        async with asyncio.timeout(limit):
            await future
        return loop.time()

    assert minicloud.run(main, clock=clock) == START


def test_sockets_work() -> None:
    diary = Diary()

    async def main() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            line = await reader.readline()
            await asyncio.sleep(30)
            writer.write(line.upper())
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"hello\n")
        async with asyncio.timeout(31):
            assert await reader.readline() == b"HELLO\n"
        diary("answered")
        writer.close()
        await writer.wait_closed()
        server.close()

    minicloud.run(main, patience=0.02)
    assert diary.lines == [(30, "answered")]


@pytest.mark.parametrize("listens", [False, True])
def test_time_waits_for_what_comes_over_a_socket(listens: bool) -> None:
    """Also beside a server, which itself waits for nothing."""
    import socket

    async def main() -> float:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) if listens else None
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            threading.Timer(0.1, theirs.send, [b"x"]).start()
            assert await asyncio.wait_for(asyncio.get_running_loop().sock_recv(ours, 1), 60) == b"x"
        if server is not None:
            server.close()
        return asyncio.get_running_loop().time()

    assert minicloud.run(main, patience=10) == START


def test_a_listening_socket_holds_nobody_up() -> None:
    async def main() -> None:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        for _ in range(5):
            await asyncio.sleep(300)
        server.close()

    began = time.perf_counter()
    minicloud.run(main, patience=10)
    assert time.perf_counter() - began < 5
