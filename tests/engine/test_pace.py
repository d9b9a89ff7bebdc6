"""A real clock that stands still, or runs faster: whoever sleeps in its cloud sleeps by it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

import minicloud
from minicloud.engine.clock import RealClock, pace_of, set_pace


def change(cloud: minicloud.Cloud, speed: float | None = None, *, stands: bool = False) -> None:
    """What the control API does."""
    clock = cloud.clock
    assert isinstance(clock, RealClock)

    def set_it(_: int) -> None:
        set_pace(clock, speed, stands=stands)
        cloud.look_again()

    cloud.change("a change of the clock's pace", set_it)


class Ticks:
    """A wall clock that a test moves."""

    def __init__(self) -> None:
        self.now = 10**18

    def time_ns(self) -> int:
        return self.now


def test_time_is_continuous_whatever_its_pace() -> None:
    ticks = Ticks()
    with minicloud.Cloud(clock=ticks) as cloud:
        clock: Any = cloud.clock
        assert pace_of(clock) == (1.0, False)
        change(cloud, 60)
        assert cloud.time_ns() == 10**18
        ticks.now += 10**9
        assert cloud.time_ns() == 10**18 + 60 * 10**9
        assert clock.lasts(60 * 10**9) == 1
        change(cloud, stands=True)
        ticks.now += 10**9
        assert cloud.time_ns() == 10**18 + 60 * 10**9
        assert clock.lasts(1) == float("inf")
        clock.advance(5)
        assert cloud.time_ns() == 10**18 + 65 * 10**9
        assert (repr(clock), pace_of(clock)) == (
            f"<RealClock {clock.now().isoformat()}, 5 s ahead, standing still>",
            (60.0, True),
        )
        change(cloud)
        assert cloud.time_ns() == 10**18 + 65 * 10**9
        ticks.now += 10**9
        assert cloud.time_ns() == 10**18 + 125 * 10**9
        assert repr(clock).endswith("5 s ahead, 60 times as fast>")
        clock.advance_to(datetime(2001, 10, 1, tzinfo=UTC))
        change(cloud, 0.5)
        ticks.now += 10**9
        assert clock.now() == datetime(2001, 10, 1, 0, 0, 0, 500_000, tzinfo=UTC)
        ticks.now -= 10**9  # as freezegun may have it
        assert clock.now() == datetime(2001, 10, 1, tzinfo=UTC)


def later(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.parametrize("way", ["asyncio", "loop of the cloud", "thread"])
def test_who_sleeps_already_sleeps_by_the_new_pace(way: str) -> None:
    with minicloud.Cloud(clock="real") as cloud:
        begun = cloud.time_ns()
        asleep = threading.Event()

        def speed_up() -> None:
            asleep.wait(10)
            while way != "loop of the cloud" and not cloud.world.waiters:
                pass
            change(cloud, stands=True)
            change(cloud, 1_000_000)

        thread = later(speed_up)

        async def main() -> None:
            asyncio.get_running_loop().call_soon(asleep.set)
            if way == "asyncio":
                await cloud.async_sleep(3_600)
            else:
                await asyncio.sleep(3_600)

        if way == "asyncio":
            asyncio.run(asyncio.wait_for(main(), 10))
        elif way == "thread":
            asleep.set()
            cloud.sleep(3_600)
        else:
            minicloud.run(main(), cloud=cloud)
        thread.join(10)
        assert cloud.time_ns() - begun >= 3_600 * 10**9
