"""On a loop of asyncio's own, a virtual clock does not pass the end of a visibility timeout while a task is at work.

As ``test_holders`` has it of threads: no duplicate that real time would not have given, and nobody waits for a task
that is not at it.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

import minicloud
from tests.support.depth import deep, is_deep
from tests.support.threads import run_python

PATIENCE = 60.0
AT_ONCE = 20.0
"""Seconds in which something happens that waits for nobody, on however busy a machine; far less than the patience."""


# --- what a handler may wait for --------------------------------------------------------------------------------------


async def thread(seconds: float) -> None:
    await asyncio.to_thread(time.sleep, seconds)


async def subprocess(seconds: float) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-S", "-c", f"import time; time.sleep({seconds})", stdout=asyncio.subprocess.DEVNULL
    )
    await process.wait()


async def request(seconds: float) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        await asyncio.sleep(seconds)
        writer.write(b"done\n")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"go\n")
        await reader.readline()
        writer.close()


async def lock(seconds: float) -> None:
    taken = asyncio.Lock()
    await taken.acquire()

    async def release() -> None:
        await asyncio.sleep(seconds)
        taken.release()

    releasing = asyncio.create_task(release())
    async with taken:
        await releasing


async def event_with_a_limit(seconds: float) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), seconds)


async def timeout(seconds: float) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.Queue[str]().get()


async def gather(seconds: float) -> None:
    await asyncio.gather(asyncio.sleep(0), asyncio.sleep(seconds))


async def group(seconds: float) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(asyncio.sleep(seconds))


async def wait(seconds: float) -> None:
    await asyncio.wait([asyncio.create_task(asyncio.sleep(seconds))])


async def shield(seconds: float) -> None:
    await asyncio.shield(asyncio.sleep(seconds))


async def busy(seconds: float) -> None:
    over = asyncio.get_running_loop().run_in_executor(None, time.sleep, seconds)
    while not over.done():  # noqa: ASYNC110  # nothing tells of it
        await asyncio.sleep(0)


ROADS: list[Callable[[float], Awaitable[object]]] = [
    *(asyncio.sleep, request, lock, thread, event_with_a_limit),
    *(subprocess, timeout, gather, group, wait, shield, busy),
]


class Application:
    """A queue with one message, and consumers."""

    def __init__(self, **options: Any) -> None:
        self.cloud = minicloud.Cloud(**{"clock": minicloud.VirtualClock(patience=PATIENCE), "trace": True, **options})
        self.sqs = self.cloud.async_client("sqs")
        self.url = self.cloud.client("sqs").create_queue(QueueName="queue")["QueueUrl"]
        self.cloud.client("sqs").send_message(QueueUrl=self.url, MessageBody="m")
        self.handled: list[str] = []

    async def poll(self) -> list[Any]:
        return list((await self.sqs.receive_message(QueueUrl=self.url, WaitTimeSeconds=20)).get("Messages", []))

    async def again(self) -> list[Any]:
        """What is redelivered."""
        while not (found := await self.poll()):
            pass
        return found

    async def consume(self, handle: Callable[[Any], Awaitable[object]]) -> None:
        while True:
            for message in await self.poll():
                await handle(message)
                await self.done(message)

    async def done(self, message: Any) -> None:
        self.handled.append(message["Body"])
        await self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    async def run(self, *consumers: Coroutine[Any, Any, None]) -> list[str]:
        tasks = [asyncio.create_task(consumer) for consumer in consumers]
        while len(self.cloud.queue(self.url)):  # noqa: ASYNC110  # nothing tells of it
            await asyncio.sleep(0.002)
        await asyncio.sleep(0.01)  # whoever is late has it twice
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        return self.handled


# --- no duplicate -----------------------------------------------------------------------------------------------------


@pytest.mark.stress
def test_whatever_a_task_waits_for_its_message_comes_once() -> None:
    for road in ROADS if is_deep() else ROADS[:5]:
        for seconds in (0.05, 0.2, 0.5)[: deep(3)]:
            application = Application()

            async def handle(_: Any, road: Any = road, seconds: float = seconds) -> None:
                await road(seconds)

            async def main(application: Application = application, handle: Any = handle) -> list[str]:
                return await application.run(application.consume(handle), application.consume(handle))

            assert asyncio.run(main()) == ["m"], (road, application.cloud.trace.render())


def test_a_message_that_is_handed_from_task_to_task() -> None:
    application = Application()

    async def main() -> list[str]:
        jobs = asyncio.Queue[Any]()

        async def work() -> None:
            while True:
                message = await jobs.get()
                await asyncio.sleep(0.05)
                await application.done(message)

        async def hand_over() -> None:
            while True:
                for message in await application.poll():
                    jobs.put_nowait(message)

        return await application.run(work(), hand_over())

    assert asyncio.run(main()) == ["m"]


@pytest.mark.needs("aiobotocore")
def test_real_clients() -> None:
    import aiobotocore.session

    async def main() -> list[str]:
        application = Application()
        with minicloud.mock_aws(cloud=application.cloud):
            session = aiobotocore.session.get_session()
            async with session.create_client("sqs", region_name="us-east-1") as application.sqs:
                slow = application.consume(lambda _: asyncio.sleep(0.05))
                return await application.run(slow, application.consume(lambda _: asyncio.sleep(0)))

    assert asyncio.run(main()) == ["m"]


# --- nobody to wait for -----------------------------------------------------------------------------------------------


async def _beat() -> None:
    while True:  # noqa: ASYNC110  # nothing tells of it
        await asyncio.sleep(30)


async def after_a_crash(application: Application) -> Any:
    async def crash() -> None:
        await application.poll()
        raise ValueError

    with pytest.raises(ValueError):
        await asyncio.create_task(crash())
    return await application.again()


async def while_it_gathers(application: Application) -> Any:
    message = (await application.poll())[0]
    (again,) = await asyncio.gather(application.again())
    return again or message


async def while_a_group_ends(application: Application) -> Any:
    message = (await application.poll())[0]
    async with asyncio.TaskGroup() as tasks:
        again = tasks.create_task(application.again())
    return again.result() or message


async def while_it_waits_with_a_limit(application: Application) -> Any:
    message = (await application.poll())[0]
    task = asyncio.create_task(application.again())
    await asyncio.wait([task], timeout=60)
    return await asyncio.wait_for(task, 60) or message


async def while_it_is_shielded(application: Application) -> Any:
    message = (await application.poll())[0]
    return await asyncio.shield(application.again()) or message


async def while_what_came_is_collected(application: Application) -> Any:
    seen: list[Any] = []

    async def forget_to_delete() -> None:
        while True:
            seen.extend(await application.poll())

    task = asyncio.create_task(forget_to_delete())
    while len(seen) < 2:  # noqa: ASYNC110  # nothing tells of it
        await asyncio.sleep(0.002)
    task.cancel()
    return seen[1:2]


async def while_it_sleeps_in_the_cloud_s_time(application: Application) -> Any:
    message = (await application.poll())[0]
    task = asyncio.create_task(application.again())
    await application.cloud.async_sleep(60)
    return await task or message


@pytest.mark.parametrize(
    "scene",
    [
        *(after_a_crash, while_it_gathers, while_a_group_ends, while_it_waits_with_a_limit, while_it_is_shielded),
        *(while_what_came_is_collected, while_it_sleeps_in_the_cloud_s_time),
    ],
)
def test_who_is_not_at_it_holds_nothing_up(scene: Callable[[Application], Awaitable[Any]]) -> None:
    async def main() -> Any:
        beat = asyncio.create_task(_beat())  # awake, and has nothing in hand
        try:
            return await scene(Application())
        finally:
            beat.cancel()

    before = time.monotonic()
    (again,) = asyncio.run(main())
    assert again["Body"] == "m"
    assert time.monotonic() - before < AT_ONCE


@pytest.mark.parametrize("is_at_it", [True, False], ids=["at work", "crashed"])
def test_tasks_of_a_loop_in_another_thread(is_at_it: bool) -> None:
    application = Application()
    taken = threading.Event()

    async def consume() -> None:
        message = (await application.poll())[0]
        taken.set()
        if is_at_it:
            await asyncio.sleep(0.2)
            await application.done(message)

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    done = asyncio.run_coroutine_threadsafe(consume(), loop)
    taken.wait()
    while not is_at_it and not done.done():
        time.sleep(0.001)
    before = time.monotonic()
    sqs = application.cloud.client("sqs")
    found = [sqs.receive_message(QueueUrl=application.url, WaitTimeSeconds=20) for _ in range(2)]
    assert time.monotonic() - before < AT_ONCE
    assert any("Messages" in answer for answer in found) != is_at_it
    done.result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_a_long_chain_of_tasks_that_wait_for_each_other() -> None:
    application = Application()

    async def wait_for(task: asyncio.Task[Any]) -> Any:
        return await task

    async def main() -> Any:
        beat = asyncio.create_task(_beat())
        message = (await application.poll())[0]
        last = asyncio.create_task(application.again())
        for _ in range(2_000):
            last = asyncio.create_task(wait_for(last))
        try:
            return await last or message
        finally:
            beat.cancel()

    assert [message["Body"] for message in asyncio.run(main())] == ["m"]


@pytest.mark.parametrize("is_lifted", [False, True], ids=["a limit", "a limit that was lifted"])
def test_who_waits_for_a_limit_of_time_is_awake(is_lifted: bool) -> None:
    """Nobody else is; and without the limit nobody can wake it."""
    application = Application()

    async def hold(message: Any) -> None:
        try:
            async with asyncio.timeout(0.05) as limit:
                limit.reschedule(asyncio.get_running_loop().time() + 0.05)
                if is_lifted:
                    limit.reschedule(None)
                await asyncio.Event().wait()
        except TimeoutError:
            await application.done(message)

    async def main() -> list[Any]:
        holder = asyncio.create_task(hold((await application.poll())[0]))
        await asyncio.sleep(0)
        found = [*await application.poll(), *await application.poll()]
        holder.cancel()
        return found

    assert len(asyncio.run(main())) == is_lifted


def test_on_a_loop_in_another_cloud_s_time_nobody_is_waited_for() -> None:
    """There tasks wait in that time, which goes on by itself."""

    async def main() -> list[Any]:
        application = Application()

        async def hold() -> None:
            message = (await application.poll())[0]
            await asyncio.sleep(3600)
            await application.done(message)

        holder = asyncio.create_task(hold())
        await asyncio.sleep(0)
        again = await application.again()
        holder.cancel()
        return again

    assert [message["Body"] for message in minicloud.run(main)] == ["m"]


def test_who_waits_for_several_is_as_awake_as_any_of_them() -> None:
    application = Application()
    happened: list[str] = []

    async def rest() -> None:
        await asyncio.sleep(0.05)
        happened.append("rested")

    async def again() -> None:
        await application.again()
        happened.append("redelivered")

    async def main() -> None:
        message = (await application.poll())[0]
        await asyncio.gather(again(), rest())
        await application.done(message)

    asyncio.run(main())
    assert happened == ["rested", "redelivered"]


# --- patience ---------------------------------------------------------------------------------------------------------


def test_who_makes_no_end_of_it_is_overtaken_and_the_record_says_so() -> None:
    application = Application(clock=minicloud.VirtualClock(patience=0.05))

    async def main() -> list[str]:
        async def hold() -> None:
            message = (await application.poll())[0]
            await asyncio.sleep(30)
            await application.done(message)

        holder = asyncio.create_task(hold(), name="holder")
        await asyncio.sleep(0)
        again = await application.again()
        holder.cancel()
        return [message["Body"] for message in again]

    assert asyncio.run(main()) == ["m"]
    (story,) = [account.message_id for account in application.cloud.ledger]
    assert "(the clock jumped; holder was still at it)" in str(application.cloud.ledger[story])
    overtaken = [jump for jump in application.cloud.trace.of("clock.jumped") if "holder" in jump.details]
    assert [(jump.details["holder"], jump.details["held"]) for jump in overtaken] == [("holder", story)]


def test_beside_a_clock_of_the_machine_that_somebody_has_replaced_nobody_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It may stand still, and the timers of the loop with it (freezegun)."""
    application = Application()
    real = time.monotonic

    def of_python() -> float:
        return real()

    async def main() -> list[Any]:
        async def hold() -> None:
            message = (await application.poll())[0]
            await asyncio.sleep(30)
            await application.done(message)

        holder = asyncio.create_task(hold())
        await asyncio.sleep(0)
        with monkeypatch.context() as patched:
            patched.setattr(time, "monotonic", of_python)
            again = await application.again()
        holder.cancel()
        return again

    assert [message["Body"] for message in asyncio.run(main())] == ["m"]


@pytest.mark.needs("freezegun")
def test_where_something_holds_the_loop_s_clock_still_nobody_is_waited_for() -> None:
    printed = run_python(
        """
        import asyncio, freezegun, minicloud

        async def main():
            sqs = cloud.async_client("sqs")
            url = (await sqs.create_queue(QueueName="queue"))["QueueUrl"]
            await sqs.send_message(QueueUrl=url, MessageBody="m")
            message = (await sqs.receive_message(QueueUrl=url))["Messages"][0]
            task = asyncio.create_task(again(sqs, url))
            while not task.done():
                await asyncio.sleep(0)
            print(task.result(), message["Body"])

        async def again(sqs, url):
            while not (found := (await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)).get("Messages", [])):
                pass
            return found[0]["Body"]

        cloud = minicloud.Cloud(clock="virtual")
        with freezegun.freeze_time("2026-01-01"):
            asyncio.run(main())
        """
    )
    assert printed.split() == ["m", "m"]
