"""Async fixtures on the loop of the test's cloud, run by this very plugin; and whose tests and fixtures are whose."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from contextvars import ContextVar
from typing import Any

import pytest

import minicloud
from tests.support.runs import run_inside

variable: ContextVar[str] = ContextVar("variable", default="")


def running_loop() -> Any:
    return asyncio.get_running_loop()


async def assert_sleeps_on(cloud: minicloud.Cloud) -> None:
    before = cloud.clock.time()
    await asyncio.sleep(3600)
    assert cloud.clock.time() == before + 3600
    assert running_loop().cloud is cloud


# --- fixtures of a test ----------------------------------------------------------------------------------------------


@pytest.fixture
async def jobs(cloud: minicloud.Cloud) -> str:
    url: str = (await cloud.async_client("sqs").create_queue(QueueName="jobs"))["QueueUrl"]
    return url


@pytest.fixture
async def handled(cloud: minicloud.Cloud, jobs: str) -> AsyncIterator[list[str]]:
    """What a worker, which goes on during the test, has handled."""
    sqs = cloud.async_client("sqs")
    bodies: list[str] = []

    async def work() -> None:
        while True:
            answer = await sqs.receive_message(QueueUrl=jobs, WaitTimeSeconds=20)
            for message in answer.get("Messages", []):
                bodies.append(message["Body"])
                await asyncio.sleep(5)
                await sqs.delete_message(QueueUrl=jobs, ReceiptHandle=message["ReceiptHandle"])

    task = asyncio.create_task(work())
    token = variable.set("of the fixture")
    yield bodies
    variable.reset(token)  # the fixture's end finds the context of its beginning
    task.cancel()
    await asyncio.sleep(60)
    await asyncio.gather(task, return_exceptions=True)


async def test_a_worker_of_a_fixture_works_on(cloud: minicloud.Cloud, jobs: str, handled: list[str]) -> None:
    assert variable.get() == "of the fixture"
    await cloud.async_client("sqs").send_message(QueueUrl=jobs, MessageBody="m", DelaySeconds=600)
    await asyncio.sleep(599)
    assert handled == []
    await asyncio.sleep(7)
    assert handled == ["m"]
    assert cloud.queue("jobs").messages == []


def test_a_plain_test_has_async_fixtures_too(cloud: minicloud.Cloud, jobs: str) -> None:
    assert cloud.queue("jobs").url == jobs


@pytest.fixture
async def early() -> AsyncIterator[Any]:
    await asyncio.sleep(5)
    yield running_loop()
    await asyncio.sleep(5)


async def test_a_fixture_before_the_cloud(early: Any, cloud: minicloud.Cloud) -> None:
    assert early is running_loop()
    await assert_sleeps_on(cloud)


@pytest.mark.minicloud
async def test_with_a_marker_alone(early: Any) -> None:
    await assert_sleeps_on(early.cloud)


class TestMethods:
    @pytest.fixture
    async def own(self) -> AsyncIterator[TestMethods]:
        self.url = "set by the fixture"
        yield self
        assert self.url == "set by the test"

    async def test_of_the_same_instance(self, cloud: minicloud.Cloud, own: TestMethods) -> None:
        assert own is self
        assert self.url == "set by the fixture"
        self.url = "set by the test"


# --- of wider scopes -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
async def ticks() -> AsyncIterator[list[float]]:
    """When a task of the module's ticked: every ten seconds, whichever test runs."""
    times: list[float] = []

    async def tick() -> None:
        while True:
            await asyncio.sleep(10)
            times.append(running_loop().time())

    task = asyncio.create_task(tick())
    await asyncio.sleep(25)
    assert len(times) == 2
    yield times
    task.cancel()
    await asyncio.sleep(10)


@pytest.mark.parametrize("number", [1, 2])
async def test_a_modules_fixture_follows_the_clouds_of_tests(
    cloud: minicloud.Cloud, ticks: list[float], handled: list[str], number: int
) -> None:
    """Its tasks sleep as long as they would have, though each test has a time of its own."""
    before, count = cloud.clock.time(), len(ticks)
    await asyncio.sleep(100)
    assert len(ticks) == count + 10
    assert before < ticks[-10] <= before + 10
    assert running_loop().cloud is cloud


async def test_one_without_it_has_a_loop_of_its_own(cloud: minicloud.Cloud, early: Any) -> None:
    await assert_sleeps_on(cloud)


async def test_the_cloud_of_a_module(cloud_module: minicloud.Cloud, early: Any) -> None:
    assert early is running_loop()
    await assert_sleeps_on(cloud_module)


async def test_beside_one_of_the_test(cloud_module: minicloud.Cloud, cloud: minicloud.Cloud) -> None:
    before = cloud_module.clock.time()
    await assert_sleeps_on(cloud)
    assert cloud_module.clock.time() == before


@pytest.mark.minicloud(patience=0.25)
async def test_the_marker_says_how_patient_it_is() -> None:
    assert running_loop().patience == 0.25


@pytest.mark.parametrize("within_mock", [False, True])
def test_a_loop_of_the_tests_own_follows_its_cloud(cloud: minicloud.Cloud, within_mock: bool) -> None:
    with ExitStack() as stack:
        if within_mock:
            cloud = stack.enter_context(minicloud.mock_aws(clock="virtual"))
        with asyncio.Runner(loop_factory=minicloud.EventLoop) as runner:
            runner.run(assert_sleeps_on(cloud))
        assert not cloud.closed


# --- under a decorator -----------------------------------------------------------------------------------------------


@minicloud.mock_aws(clock="virtual")
async def test_the_decorator_is_enough(early: Any) -> None:
    assert early is running_loop()
    await assert_sleeps_on(early.cloud)


@minicloud.mock_aws(clock="virtual")
class TestDecorated:
    async def test_methods(self) -> None:
        await assert_sleeps_on(running_loop().cloud)


# --- whose is whose, in runs of their own ----------------------------------------------------------------------------


def run(pytester: pytest.Pytester, **files: str) -> pytest.RunResult:
    pytester.makepyfile(**files)
    # Whoever else would run async tests stays away; that minicloud lives with them is shown by tests/interop.
    names = ("anyio", "asyncio", "tornado", "trio", "twisted")
    return run_inside(pytester, *(f"-pno:{name}" for name in names), "--strict-markers")


def test_names_of_the_projects_own_are_left_alone(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        test_other_things="""
        import asyncio
        import pytest

        @pytest.fixture
        def cloud():
            return "my own cloud provider"

        @pytest.fixture
        async def sqs():
            return "my own queue"

        async def test_is_not_taken_over(cloud): ...

        def test_nor_is_its_async_fixture(cloud, sqs): ...

        @pytest.fixture
        def nursery():
            return "a shop for plants"

        @pytest.mark.minicloud
        async def test_a_name_of_another_plugins(nursery):
            await asyncio.sleep(3600)

        @pytest.mark.minicloud(seed=7)
        async def test_a_marker_makes_a_cloud_beside(cloud):
            assert cloud == "my own cloud provider"
            assert asyncio.get_running_loop().cloud.seed == 7
            await asyncio.sleep(3600)
        """,
        test_clouds="""
        import asyncio
        import minicloud
        import pytest

        @pytest.fixture(scope="module")
        def cloud():
            with minicloud.Cloud(clock="virtual") as cloud:
                yield cloud

        @pytest.fixture
        async def function_scoped(cloud):
            await asyncio.sleep(5)
            return asyncio.get_running_loop()

        @pytest.fixture(scope="module")
        async def module_scoped(cloud):
            await asyncio.sleep(5)
            yield asyncio.get_running_loop()
            await asyncio.sleep(5)

        async def is_on_time_of(cloud):
            before = cloud.clock.time()
            await asyncio.sleep(3600)
            return cloud.clock.time() == before + 3600

        async def test_a_modules_cloud(cloud, function_scoped):
            assert function_scoped is asyncio.get_running_loop()
            assert await is_on_time_of(cloud)

        async def test_with_a_fixture_of_the_module(cloud, module_scoped):
            assert module_scoped is asyncio.get_running_loop()
            assert await is_on_time_of(cloud)

        async def test_again(cloud, module_scoped):
            assert module_scoped is asyncio.get_running_loop()
            assert await is_on_time_of(cloud)
        """,
    )
    result.assert_outcomes(passed=5, failed=1, errors=1)
    result.stdout.fnmatch_lines(["*requested an async fixture 'sqs'*", "*async def functions are not*"])


def test_mistakes_are_told(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        test_it="""
        import asyncio
        import pytest

        async def for_asyncio(): ...

        for_asyncio._force_asyncio_fixture = True  # as pytest-asyncio's decorator does
        other = pytest.fixture(for_asyncio, name="other")

        @pytest.fixture
        async def late(): ...

        @pytest.fixture(scope="module")
        async def late_and_wide(): ...

        @pytest.fixture
        async def twice():
            yield 1
            yield 2

        @pytest.fixture
        async def never():
            return
            yield

        async def test_other_loop(cloud, other): ...

        async def test_while_the_loop_runs(cloud, request):
            request.getfixturevalue("late")

        def test_two_loops(cloud, late, request):
            request.getfixturevalue("late_and_wide")

        async def test_twice(cloud, twice): ...

        async def test_never(cloud, never): ...
        """,
    )
    result.assert_outcomes(passed=1, failed=2, errors=3)
    result.stdout.fnmatch_lines_random(
        [
            "the fixture 'other' runs on pytest-asyncio's loop, and this test on its cloud's*",
            "*'late' was asked for by getfixturevalue() while an event loop runs*",
            "*'late_and_wide' has the scope of a module*",
            "*'twice' yields more than once",
            "*'never' has ended without a yield",
        ]
    )
