"""Beside pytest-asyncio and anyio: each runs the tests that are its own, on a loop in the time of the test's cloud."""

from __future__ import annotations

from pathlib import Path

import pytest

PREFACE = """
import asyncio
import time

import minicloud
import pytest
import pytest_asyncio

async def is_on_time_of(cloud):
    real, before = time.perf_counter(), cloud.clock.time()
    await asyncio.sleep(3600)
    assert time.perf_counter() - real < 60
    assert cloud.clock.time() == before + 3600
    return asyncio.get_running_loop().cloud is cloud

async def is_on_a_plain_loop():
    return not isinstance(asyncio.get_running_loop(), minicloud.EventLoop)
"""

FIXTURES = """
@fixture
async def jobs(cloud):
    return (await cloud.async_client("sqs").create_queue(QueueName="jobs"))["QueueUrl"]

@fixture
async def handled(cloud, jobs):
    sqs = cloud.async_client("sqs")
    bodies = []

    async def work():
        while True:
            for message in (await sqs.receive_message(QueueUrl=jobs, WaitTimeSeconds=20)).get("Messages", []):
                bodies.append(message["Body"])
                await asyncio.sleep(5)
                await sqs.delete_message(QueueUrl=jobs, ReceiptHandle=message["ReceiptHandle"])

    task = asyncio.create_task(work())
    yield bodies
    task.cancel()
    await asyncio.sleep(60)

@fixture
async def early():
    await asyncio.sleep(3600)
    yield asyncio.get_running_loop()
    await asyncio.sleep(3600)
"""

TESTS = """
async def test_reminder(cloud, jobs):
    sqs = cloud.async_client("sqs")
    await sqs.send_message(QueueUrl=jobs, MessageBody="m", DelaySeconds=600)
    await asyncio.sleep(600)
    assert len((await sqs.receive_message(QueueUrl=jobs))["Messages"]) == 1

async def test_worker(cloud, jobs, handled):
    await cloud.async_client("sqs").send_message(QueueUrl=jobs, MessageBody="m", DelaySeconds=600)
    await asyncio.sleep(607)
    assert handled == ["m"]
    assert cloud.queue("jobs").messages == []

@pytest.mark.parametrize("number", [1, 2])
async def test_parameters(cloud, number):
    assert await is_on_time_of(cloud)

async def test_fixture_before_the_cloud(early, cloud):
    assert early is asyncio.get_running_loop()
    assert await is_on_time_of(cloud)

@pytest.mark.minicloud
async def test_marker():
    assert await is_on_time_of(asyncio.get_running_loop().cloud)

@minicloud.mock_aws(clock="virtual")
async def test_decorator(early):
    assert await is_on_time_of(early.cloud)

"""
OF_OTHERS = """
async def test_of_others():
    assert await is_on_a_plain_loop()
"""
COUNT = 7
"""Tests in ``TESTS``."""


def run(pytester: pytest.Pytester, *arguments: str, **files: str) -> pytest.RunResult:
    pytester.makepyfile(**files)
    plugins = ("-p", "asyncio", "-p", "anyio", "-p", "minicloud", "-p", "no:cacheprovider")
    return pytester.runpytest_subprocess(*plugins, *arguments, timeout=120)


@pytest.fixture(autouse=True)
def minicloud_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    # To load all that is installed here takes a third of a run; test_tools.py has one with all of it.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


# --- pytest-asyncio --------------------------------------------------------------------------------------------------


def test_auto_mode(pytester: pytest.Pytester) -> None:
    source = PREFACE + "fixture = pytest.fixture\n" + FIXTURES + TESTS + OF_OTHERS
    run(pytester, "--asyncio-mode=auto", test_it=source).assert_outcomes(passed=COUNT + 1)


def test_strict_mode(pytester: pytest.Pytester) -> None:
    theirs = "fixture = pytest_asyncio.fixture\n"
    mixed = """
async def test_two_loops(cloud, handled): ...

def test_plain(cloud, jobs):
    assert cloud.queue("jobs").url == jobs
"""
    result = run(
        pytester,
        "--asyncio-mode=strict",
        test_ours=PREFACE + "fixture = pytest.fixture\n" + FIXTURES + TESTS,
        test_theirs=PREFACE + theirs + "pytestmark = pytest.mark.asyncio\n" + FIXTURES + TESTS + OF_OTHERS,
        test_mixed=PREFACE + theirs + FIXTURES + mixed,
    )
    result.assert_outcomes(passed=2 * COUNT + 2, errors=1)
    result.stdout.fnmatch_lines(["the fixture 'handled' runs on pytest-asyncio's loop, and this test on its cloud's*"])


WIDE = """
@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def wide():
    yield asyncio.get_running_loop()

pytestmark = pytest.mark.asyncio(loop_scope="session")

@pytest.mark.parametrize("number", [1, 2])
async def test_clouds(cloud, wide, number):
    cloud.client("sqs").list_queues()
    assert asyncio.get_running_loop() is wide
    assert {assertion}

async def test_without(wide):
    assert asyncio.get_running_loop() is wide
"""


def test_loops_that_tests_share_are_left_alone_which_a_failure_tells(pytester: pytest.Pytester) -> None:
    source = PREFACE + WIDE.replace("{assertion}", "not await is_on_a_plain_loop()")
    result = run(pytester, test_it=source)
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["this test ran on pytest-asyncio's own loop: asyncio.sleep took real time*"])


OWN_MOCK = """
@pytest.fixture
def aws():
    with minicloud.mock_aws(clock="virtual") as cloud:
        cloud.client("sqs").list_queues()
        yield cloud

async def test_own(aws):
    assert await is_on_a_plain_loop()
    assert aws is None
"""


def test_a_failure_tells_it_of_a_mock_of_a_fixture_of_ones_own_too(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nasyncio_mode = auto")
    result = run(pytester, test_it=PREFACE + OWN_MOCK)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["this test ran on pytest-asyncio's own loop: *pytest_asyncio_loop_factories() return {'minicloud': *"]
    )
    hook = (
        "import minicloud\ndef pytest_asyncio_loop_factories():\n    return {'minicloud': minicloud.loop_factory()}\n"
    )
    source = PREFACE + OWN_MOCK.replace("await is_on_a_plain_loop()", "await is_on_time_of(aws)")
    result = run(pytester, conftest=hook, test_it=source)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*assert <minicloud.Cloud*is None"])
    result.stdout.no_fnmatch_line("*the event loop*")


def test_they_follow_the_cloud_of_each_test_where_the_project_says_so(pytester: pytest.Pytester) -> None:
    source = PREFACE + WIDE.replace("{assertion}", "await is_on_time_of(cloud)")
    hook = (
        "import minicloud\ndef pytest_asyncio_loop_factories():\n    return {'minicloud': minicloud.loop_factory()}\n"
    )
    run(pytester, conftest=hook, test_it=source).assert_outcomes(passed=3)


def test_the_offer_can_be_declined(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nasyncio_mode = auto\nminicloud_event_loop = false")
    source = PREFACE + "async def test_it(cloud):\n    assert await is_on_a_plain_loop()\n"
    run(pytester, test_it=source).assert_outcomes(passed=1)


# --- anyio -----------------------------------------------------------------------------------------------------------

BACKEND = "pytestmark = pytest.mark.anyio\n\n@pytest.fixture(scope='module')\ndef anyio_backend():\n    return {}\n"


def test_anyio(pytester: pytest.Pytester) -> None:
    source = PREFACE + BACKEND.replace("{}", "'asyncio'") + "fixture = pytest.fixture\n" + FIXTURES + TESTS + OF_OTHERS
    source += "async def test_asks(cloud, anyio_backend):\n    assert 0, anyio_backend\n"
    result = run(pytester, test_it=source)
    result.assert_outcomes(passed=COUNT + 1, failed=1)
    result.stdout.fnmatch_lines(["E*AssertionError: asyncio", "this test ran on anyio's own loop: asyncio.sleep took*"])


def test_anyios_option(pytester: pytest.Pytester) -> None:
    wide = """
@pytest.fixture(scope="module")
async def wide():
    await asyncio.sleep(3600)
    yield asyncio.get_running_loop()
    await asyncio.sleep(3600)

@pytest.mark.parametrize("number", [1, 2])
async def test_clouds(cloud, wide, number):
    assert asyncio.get_running_loop() is wide
    assert await is_on_time_of(cloud)
"""
    option = "'asyncio', {'loop_factory': minicloud.EventLoop}"
    run(pytester, test_it=PREFACE + BACKEND.replace("{}", option) + wide).assert_outcomes(passed=2)


# --- aiobotocore -----------------------------------------------------------------------------------------------------


@pytest.mark.needs("aiobotocore")
@pytest.mark.parametrize("mode", ["auto", "strict"])
def test_clients_of_aiobotocore_in_fixtures(pytester: pytest.Pytester, mode: str) -> None:
    source = """
@pytest.fixture
async def sqs(mock_aws):
    from aiobotocore.session import get_session

    async with get_session().create_client("sqs", region_name="us-east-1") as client:
        yield client

async def test_it(sqs, mock_aws):
    url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
    await sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=600)
    await asyncio.sleep(600)
    assert len((await sqs.receive_message(QueueUrl=url))["Messages"]) == 1
    assert await is_on_time_of(mock_aws)
"""
    run(pytester, f"--asyncio-mode={mode}", test_it=PREFACE + source).assert_outcomes(passed=1)
