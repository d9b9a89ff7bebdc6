"""freezegun and time-machine beside ``minicloud.run``: a real clock follows them, a virtual one does not look."""

from __future__ import annotations

import asyncio
import datetime
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import freezegun
import pytest
import time_machine

import minicloud

pytestmark = pytest.mark.needs("freezegun", "time_machine")

ROOT = Path(__file__).parents[2]
NEW_YEAR = datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)


async def delayed_message(cloud: minicloud.Cloud, seconds: int) -> tuple[Any, str]:
    sqs: Any = cloud.async_client("sqs")
    url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
    await sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=seconds)
    return sqs, url


def frozen_by_freezegun() -> Any:
    return freezegun.freeze_time(NEW_YEAR)


def frozen_by_time_machine() -> Any:
    return time_machine.travel(NEW_YEAR, tick=False)


FREEZERS = pytest.mark.parametrize("freeze", [frozen_by_freezegun, frozen_by_time_machine])


def shift(traveller: Any, seconds: float) -> None:
    (traveller.tick if hasattr(traveller, "tick") else traveller.shift)(seconds)


@FREEZERS
def test_a_real_clock_is_where_the_freezer_is(freeze: Any) -> None:
    async def main(cloud: minicloud.Cloud) -> None:
        assert cloud.clock.now() == NEW_YEAR
        assert asyncio.get_running_loop().time() == NEW_YEAR.timestamp() == time.time()

    with freeze():
        minicloud.run(main, clock="real")


@FREEZERS
def test_moving_the_freezer_moves_the_cloud_and_the_sleepers(freeze: Any) -> None:
    async def main(cloud: minicloud.Cloud) -> None:
        sqs, url = await delayed_message(cloud, 300)
        sleeper = asyncio.create_task(asyncio.sleep(300))
        await asyncio.sleep(0)
        assert "Messages" not in await sqs.receive_message(QueueUrl=url)
        shift(traveller, 300)
        await sleeper
        assert len((await sqs.receive_message(QueueUrl=url))["Messages"]) == 1

    with freeze() as traveller:
        minicloud.run(main, clock="real")


@FREEZERS
def test_a_sleep_under_a_frozen_wall_clock_ends_after_real_time(freeze: Any) -> None:
    async def main(cloud: minicloud.Cloud) -> None:
        await asyncio.sleep(0.05)
        await asyncio.sleep(0.05)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 0.05)

    with freeze():
        minicloud.run(main, clock="real")


@FREEZERS
def test_a_virtual_clock_does_not_look(freeze: Any) -> None:
    async def main(cloud: minicloud.Cloud) -> float:
        sqs, url = await delayed_message(cloud, 12)
        assert len((await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))["Messages"]) == 1
        await asyncio.sleep(300)
        return cloud.clock.time()

    with freeze():
        frozen = minicloud.run(main, clock="virtual")
    assert frozen == minicloud.run(main, clock="virtual") == 1_767_225_600 + 312


def test_a_journey_back_ends_well() -> None:
    async def main(cloud: minicloud.Cloud) -> None:
        with time_machine.travel(NEW_YEAR, tick=True):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.01)
        assert cloud.clock.time() < NEW_YEAR.timestamp()

    minicloud.run(main, clock="real")


@FREEZERS
def test_a_virtual_clock_jumps_although_a_thread_is_there(freeze: Any) -> None:
    async def main() -> float:
        await asyncio.to_thread(str)
        done = threading.Event()
        thread = threading.Thread(target=done.wait)
        thread.start()
        await asyncio.sleep(300)
        done.set()
        thread.join()
        return asyncio.get_running_loop().time()

    with freeze():
        assert minicloud.run(main) == 1_767_225_600 + 300


@pytest.mark.parametrize(
    "freeze", ['freezegun.freeze_time("2030-01-01")', 'time_machine.travel("2030-01-01 00:00Z", tick=False)']
)
def test_it_does_not_matter_that_it_is_first_imported_under_a_freezer(freeze: str) -> None:
    program = f"""
import asyncio, sys, threading
import freezegun, time_machine

with {freeze}:
    import minicloud

    async def main(cloud):
        sqs = cloud.async_client("sqs")
        url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
        server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())  # what may hold up time
        done = threading.Event()
        thread = threading.Thread(target=done.wait)
        thread.start()
        answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        await asyncio.sleep(300)
        done.set()
        writer.close()
        server.close()
        return answer.get("Messages"), cloud.clock.time() - 1_767_225_600

    print(minicloud.run(main, patience=0.01))
"""
    finished = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60, cwd=ROOT
    )
    assert finished.stdout.strip() == "(None, 320.0)"
