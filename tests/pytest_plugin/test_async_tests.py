"""Async tests that the plugin runs on their cloud's time, and faults that have to fire."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

import minicloud
from tests.support.runs import run_inside


def run(pytester: pytest.Pytester, source: str) -> pytest.RunResult:
    pytester.makepyfile(source)
    # Whoever else would run async tests stays away; that minicloud lives with them is shown by tests/interop.
    names = ("anyio", "asyncio", "tornado", "trio", "twisted")
    return run_inside(pytester, *(f"-pno:{name}" for name in names), "--strict-markers")


# --- here, by this very plugin ---------------------------------------------------------------------------------------


async def test_time_is_the_clouds(cloud: minicloud.Cloud) -> None:
    before = cloud.clock.time()
    await asyncio.sleep(300)
    assert cloud.clock.time() == asyncio.get_running_loop().time() == before + 300


@pytest.mark.minicloud(region_name="eu-west-1")
async def test_a_marker_is_enough() -> None:
    await asyncio.sleep(300)


async def test_the_clients_are_of_the_same_cloud(cloud: minicloud.Cloud, sqs: Any) -> None:
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    await cloud.async_client("sqs").send_message(QueueUrl=url, MessageBody="m", DelaySeconds=60)
    await asyncio.sleep(60)
    assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1


class TestMethods:
    @pytest.mark.parametrize("seconds", [1, 60])
    async def test_with_parameters(self, cloud: minicloud.Cloud, seconds: int) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), seconds)


# --- in a run of its own ---------------------------------------------------------------------------------------------


def test_a_failure_is_reported_with_the_timeline(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import asyncio

        async def test_it(cloud):
            sqs = cloud.async_client("sqs")
            url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
            await asyncio.sleep(90)
            await sqs.send_message(QueueUrl=url, MessageBody="m")
            assert cloud.queue("jobs").messages == []
        """,
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert cloud.queue*", "*minicloud: seed=*"])


def test_a_deadlock_is_reported(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import asyncio

        async def test_it(cloud):
            await asyncio.Event().wait()
        """,
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*wait for something that cannot happen*"])


def test_async_tests_of_others_are_left_alone(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nmarkers =\n    asyncio\n    anyio")
    pytester.makeconftest(
        """
        import inspect
        import pytest

        @pytest.hookimpl(trylast=False)
        def pytest_pyfunc_call(pyfuncitem):
            if inspect.iscoroutinefunction(pyfuncitem.obj):
                pyfuncitem.obj(**{name: None for name in pyfuncitem._fixtureinfo.argnames}).close()
                return True

        @pytest.fixture
        def anyio_backend():
            return "asyncio"
        """
    )
    result = run(
        pytester,
        """
        import pytest

        @pytest.mark.asyncio
        async def test_one(cloud):
            assert 0, "run by the wrong plugin"

        @pytest.mark.anyio
        async def test_two(cloud):
            assert 0, "run by the wrong plugin"

        async def test_three(cloud, anyio_backend):
            assert 0, "run by the wrong plugin"

        async def test_four():
            assert 0, "run by the wrong plugin"
        """,
    )
    result.assert_outcomes(passed=4)


def test_of_a_test_that_nobody_has_run_no_loop_is_told(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nmarkers =\n    asyncio")
    result = run(
        pytester,
        """
        import pytest

        @pytest.mark.asyncio
        async def test_it(cloud):
            pass
        """,
    )
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*own loop*")


def test_a_test_that_fails_on_trio_says_whose_time_it_was(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nmarkers =\n    anyio")
    pytester.makeconftest(
        """
        import pytest

        @pytest.hookimpl(trylast=False)
        def pytest_pyfunc_call(pyfuncitem):
            given = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
            with pytest.raises(StopIteration):
                pyfuncitem.obj(**given).send(None)
            return True

        @pytest.fixture(params=["trio", ("trio", {"restrict_keyboard_interrupt_to_checkpoints": True})])
        def anyio_backend(request):
            return request.param
        """
    )
    result = run(
        pytester,
        """
        import pytest

        @pytest.mark.anyio
        async def test_it(cloud, anyio_backend):
            await cloud.async_client("sqs").list_queues()
            await cloud.async_sleep(1)
        """,
    )
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["this test ran on trio, whose time is real: trio.sleep did not move*"] * 2)
    result.stdout.no_fnmatch_line("*asyncio.sleep*")


def test_a_fault_that_never_fired_fails_the_test(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        def test_unused(cloud):
            cloud.faults.refuse("RequestThrottled", operation="SendMessage", nth=3)

        async def test_unused_async(cloud):
            cloud.faults.refuse("RequestThrottled", operation="SendMessage", nth=3)

        def test_optional(cloud):
            cloud.faults.refuse("RequestThrottled", operation="SendMessage", nth=3, optional=True)

        def test_removed(cloud):
            cloud.faults.remove(cloud.faults.refuse("RequestThrottled", operation="SendMessage"))

        def test_that_fails_anyway(cloud):
            cloud.faults.refuse("RequestThrottled", operation="SendMessage")
            raise KeyError("the real reason")
        """,
    )
    result.assert_outcomes(passed=2, failed=3)
    result.stdout.fnmatch_lines(
        [
            "*1 of the test's faults never fired*",
            "*Fault(Refuse(error='RequestThrottled'), operation='SendMessage', nth=3) <seen 0, fired 0>*",
            "*KeyError: 'the real reason'*",
        ]
    )


TWO_CLOUDS = """
import asyncio
import re
import minicloud
import pytest

@pytest.fixture
def aws():
    with minicloud.mock_aws(clock="virtual") as cloud:
        cloud.client("sqs").list_queues()
        yield cloud

@pytest.mark.minicloud
async def test_beside(aws):
    await asyncio.sleep(60)
    assert aws is None

async def test_both(aws, cloud, sqs):
    sqs.list_queues()
    assert aws is None

def test_not_async(aws, cloud):
    assert aws is None
"""


def test_a_loop_that_is_not_on_the_time_of_the_cloud_that_was_called_says_so(pytester: pytest.Pytester) -> None:
    result = run(pytester, TWO_CLOUDS)
    result.assert_outcomes(failed=3)
    told = [line for line in result.outlines if line.startswith("the loop of this test is on the time of ")]
    assert len(told) == 1
    assert "did not move the clock of the cloud with seed='test_a_loop_that_is_not*.py::test_beside'" in re.sub(
        r"seed='\w+\.py", "seed='test_a_loop_that_is_not*.py", told[0]
    )
