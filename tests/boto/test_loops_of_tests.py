"""A mock that is begun in a set-up, or on a loop that runs: whose time the loop is on."""

from __future__ import annotations

import asyncio
import sys
import time
import unittest
from pathlib import Path
from typing import Any

import pytest

import minicloud
from tests.support.runs import run_inside

AT_ONCE = 1.0


async def passed(cloud: minicloud.Cloud, seconds: float = 100) -> float:
    """How much of the cloud's time a sleep takes; of real time it takes hardly any."""
    before, real = cloud.clock.time(), time.monotonic()
    await asyncio.sleep(seconds)
    assert time.monotonic() - real < AT_ONCE
    return cloud.clock.time() - before


def run(case: type[unittest.TestCase]) -> None:
    """The tests of a class, none of which may fail."""
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    assert result.testsRun
    assert not [text for _, text in (*result.errors, *result.failures)]


# --- IsolatedAsyncioTestCase ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["start", "enterContext", "fixture of a class that is decorated"])
def test_begun_in_the_set_up_of_a_test_case(by: str) -> None:
    seen: list[Any] = []

    class Case(unittest.IsolatedAsyncioTestCase):
        def setUp(self) -> None:
            mock = minicloud.mock_aws(clock="virtual")
            if by == "start":
                self.cloud = mock.start()
                self.addCleanup(mock.stop)
            else:
                self.cloud = self.enterContext(mock)
            self.addAsyncCleanup(self.clean_up)

        async def asyncSetUp(self) -> None:
            seen.append(await passed(self.cloud))

        async def test_a(self) -> None:
            seen.append(await passed(self.cloud))

        async def asyncTearDown(self) -> None:
            seen.append(await passed(self.cloud))

        async def clean_up(self) -> None:
            seen.append(await passed(self.cloud))

    run(minicloud.mock_aws(clock="virtual")(Case) if by.startswith("fixture") else Case)
    assert seen == [100] * 4


def test_what_is_left_when_the_mock_has_ended_goes_on_in_a_time_of_the_loop_s_own() -> None:
    seen: list[Any] = []

    class Case(unittest.IsolatedAsyncioTestCase):
        def setUp(self) -> None:
            self.addAsyncCleanup(self.clean_up)
            self.mock = minicloud.mock_aws(clock="virtual")
            self.mock.start()

        def tearDown(self) -> None:
            self.mock.stop()

        async def test_it(self) -> None:
            self.task = asyncio.create_task(asyncio.sleep(3600, "slept"))
            await asyncio.sleep(10)

        async def clean_up(self) -> None:
            seen.append(await self.task)

    run(Case)
    assert seen == ["slept"]


def test_loops_that_somebody_has_chosen_stay() -> None:
    seen: list[Any] = []

    class Loop(asyncio.SelectorEventLoop):
        pass

    class Case(unittest.IsolatedAsyncioTestCase):
        make: Any = Loop

        if sys.version_info >= (3, 13):

            def __init__(self, name: str) -> None:
                super().__init__(name)
                self.loop_factory = self.make  # type: ignore[misc]  # what it is for

        else:

            def _setupAsyncioRunner(self) -> None:  # noqa: N802  # unittest's name
                self._asyncioRunner = asyncio.Runner(loop_factory=self.make)

        def setUp(self) -> None:
            mock = minicloud.mock_aws(clock="virtual")
            self.cloud = mock.start()
            self.addCleanup(mock.stop)

        async def test_it(self) -> None:
            loop = asyncio.get_running_loop()
            seen.append((type(loop), getattr(loop, "cloud", None) is self.cloud))

    class Following(Case):
        make = minicloud.EventLoop

    run(Case)
    run(Following)
    assert seen == [(Loop, False), (minicloud.EventLoop, True)]


def test_on_a_real_clock_nothing_is_done() -> None:
    seen: list[Any] = []

    class Case(unittest.IsolatedAsyncioTestCase):
        def setUp(self) -> None:
            self.enterContext(minicloud.mock_aws())

        async def test_it(self) -> None:
            seen.append(hasattr(asyncio.get_running_loop(), "cloud"))

    run(Case)
    assert seen == [False]


TESTS = """
import asyncio, unittest
import minicloud

class Begins:
    async def begin(self):
        mock = minicloud.mock_aws(clock="virtual")
        self.addCleanup(mock.stop)
        mock.start().client("sqs").create_queue(QueueName="orders")

class InSetUp(Begins, unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        await self.begin()

    async def test_it(self):
        self.fail("as it does")

class InTest(Begins, unittest.IsolatedAsyncioTestCase):
    async def test_it(self):
        await self.begin()
        self.fail("as it does")
"""
NOTE = "this test ran on unittest's own loop: asyncio.sleep took real time"


@pytest.mark.parametrize("runner", ["unittest", "pytest"])
def test_where_the_loop_runs_already_a_failure_says_so(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, runner: str
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(minicloud.__file__).parents[1]))
    pytester.makepyfile(TESTS)
    told = run_inside(pytester).stdout if runner == "pytest" else pytester.run(sys.executable, "-m", "unittest").stderr
    assert told.str().count(NOTE) == 2


# --- minicloud.EventLoop ----------------------------------------------------------------------------------------------


def test_a_loop_without_a_cloud_follows_a_mock_that_begins_on_it() -> None:
    async def main() -> None:
        loop: Any = asyncio.get_running_loop()
        async with asyncio.timeout(3600):
            early = asyncio.create_task(asyncio.sleep(160, loop))
            await asyncio.sleep(100)
            for _ in range(2):
                with minicloud.mock_aws(clock="virtual") as cloud:
                    assert await passed(cloud, 25) == 25
                    assert not early.done()
                await asyncio.sleep(0.1)  # in the loop's own time
            mock = minicloud.mock_aws(clock="virtual")
            cloud = mock.start()
            assert await passed(cloud, 25) == 25
            assert early.done()
            mock.stop()

    # Not the plugin's, which would have it follow this test's cloud.
    for make in (minicloud.EventLoop, minicloud.loop_factory()):
        with asyncio.Runner(loop_factory=make) as runner:
            runner.run(main())


def test_a_loop_that_has_a_cloud_stays_on_its_time() -> None:
    async def main(cloud: minicloud.Cloud) -> float:
        with minicloud.mock_aws(clock="virtual"):
            return await passed(cloud)

    assert minicloud.run(main) == 100

    async def with_its_own() -> float:
        loop: Any = asyncio.get_running_loop()
        return await main(loop.cloud)

    with asyncio.Runner(loop_factory=minicloud.EventLoop) as runner:
        assert runner.run(with_its_own()) == 100
