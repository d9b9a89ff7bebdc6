"""A run of pytest inside of a test of another run: the clouds of each are its own, and what one changes comes back."""

from __future__ import annotations

import os
import sys

import pytest

import minicloud
from minicloud.boto.activation import state
from minicloud.engine import new_clouds
from minicloud.pytest_plugin.clouds import clouds_of_tests

from .support import run

TESTS = """
import minicloud

kept = []

def test_passes(sqs, url):
    sqs.send_message(QueueUrl=url, MessageBody="m")

def test_fails(mock_aws):
    minicloud.client("sqs").create_queue(QueueName="of-the-inner-run")
    kept.append(minicloud.Cloud(seed=5))
    assert not kept[0].trace.is_on
    kept[0].faults.refuse("RequestThrottled", operation="SendMessage")
"""
UNTRACED = "[pytest]\nminicloud_trace = false\n"


def test_its_clouds_are_not_those_of_the_test_around_it(
    pytester: pytest.Pytester, request: pytest.FixtureRequest
) -> None:
    clouds = clouds_of_tests(request.config)
    listeners = [*new_clouds.listeners]
    before = minicloud.Cloud(seed=1)
    pytester.makeini(UNTRACED)
    result = run(pytester, TESTS)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["1 of the test's faults never fired; *"])
    after = minicloud.Cloud(seed=2)

    assert new_clouds.listeners == listeners
    assert before.trace.is_on
    assert after.trace.is_on
    # The fault that never fired has failed the inner test, and does not fail this one.
    assert [cloud.seed for cloud in clouds.made_for(request.node)] == [1, 2]
    assert "of-the-inner-run" not in str(minicloud.default_cloud().client("sqs").list_queues())


def test_a_run_inside_of_a_run_inside_of_a_test(pytester: pytest.Pytester, request: pytest.FixtureRequest) -> None:
    listeners = [*new_clouds.listeners]
    pytester.makeconftest("pytest_plugins = ['pytester']")
    result = run(
        pytester,
        f"""
from minicloud.engine import new_clouds
from tests.pytest_plugin.support import run_all

def test_around(pytester, cloud):
    import minicloud
    assert len(new_clouds.listeners) == {len(listeners) + 1}
    pytester.makeini({UNTRACED!r})
    run_all(pytester, {{"inside": '''
import minicloud
from minicloud.engine import new_clouds

def test_inside():
    assert len(new_clouds.listeners) == {len(listeners) + 2}
    assert not minicloud.Cloud().trace.is_on
'''}}).assert_outcomes(passed=1)
    assert minicloud.Cloud().trace.is_on
""",
    )
    result.assert_outcomes(passed=1)
    assert new_clouds.listeners == listeners


@pytest.mark.parametrize("ini", ["minicloud_verdicts = no_such", "minicloud_trace = perhaps"])
def test_a_run_that_cannot_begin_changes_nothing(pytester: pytest.Pytester, ini: str) -> None:
    listeners = [*new_clouds.listeners]
    pytester.makeini(f"[pytest]\n{ini}\n")
    assert run(pytester, "def test_it(): pass\n").ret in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR)
    assert new_clouds.listeners == listeners
    assert minicloud.Cloud().trace.is_on


def test_verdicts_of_the_test_around_it_are_its_own(pytester: pytest.Pytester) -> None:
    leave = """
    url = cloud.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="m")
"""
    pytester.makeconftest("pytest_plugins = ['pytester']")
    result = run(
        pytester,
        f"""
from tests.pytest_plugin.support import run_all

@pytest.mark.minicloud(verdicts=["queues_empty"])
@pytest.mark.parametrize("leaves", [False, True])
def test_around(pytester, cloud, leaves):
    run_all(pytester, {{"inside": '''
@pytest.mark.minicloud(verdicts=["queues_empty"])
def test_inside(cloud):
{leave}
'''}}).assert_outcomes(passed=1, errors=1)
    if leaves:
{leave.replace("    ", "        ")}
""",
    )
    result.assert_outcomes(passed=2, errors=1)


def test_nothing_stays_answered(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    modules = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "minicloud"}
    result = run(
        pytester,
        """
import os

def test_it(mock_aws):
    assert "AWS_ACCESS_KEY_ID" in os.environ
""",
    )
    result.assert_outcomes(passed=1)
    assert state.cloud is None
    assert not {"AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION"} & set(os.environ)
    # There is one of each of minicloud's modules, the same as before.
    now = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "minicloud"}
    assert now == modules


def test_closed_clouds_cost_the_tests_after_theirs_nothing(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
import minicloud
from minicloud.pytest_plugin.clouds import clouds_of_tests

kept = [minicloud.Cloud()]

def test_closes(cloud, request):
    kept.extend([cloud, minicloud.Cloud()])
    kept[-1].close()
    assert {*kept} <= {*clouds_of_tests(request.config).uses()}

def test_goes_through_those_that_are_open(request):
    uses = clouds_of_tests(request.config).uses()
    assert kept[0] in uses
    assert not {*kept[1:]} & {*uses}
""",
    )
    result.assert_outcomes(passed=2)
