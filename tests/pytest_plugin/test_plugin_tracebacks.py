"""A failed test's traceback ends in the test's own code, whatever of minicloud it called."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from minicloud.inspection.near_attributes import note_missing_await
from tests.support.runs import ROOT, run_inside

CALLS = """
import minicloud

TOPIC = "arn:aws:sns:us-east-1:123456789012:nope"

def test_refused(sqs): sqs.send_message(QueueUrl="nope", MessageBody="x")
def test_wrong_parameter(sqs): sqs.send_message(QueueUrl="nope", Body="x")
def test_unknown_operation(sqs): sqs.send_mesage()
def test_sns(sns): sns.publish(TopicArn=TOPIC, Message="x")
def test_paginator(sns): list(sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=TOPIC))
def test_waiter(kinesis, cloud): kinesis.get_waiter("stream_exists").wait(StreamName="nope")
def test_kinesis(kinesis): kinesis.put_record(StreamName="nope", Data=b"x", PartitionKey="a")
def test_resource(cloud): cloud.resource("sqs").get_queue_by_name(QueueName="nope")
def test_view(cloud): cloud.queue("nope")
def test_clock(cloud): cloud.clock.advance(-1)
def test_closed(cloud): cloud.close(); cloud.client("sqs").list_queues()
def test_assert(cloud): cloud.client("sqs").create_queue(QueueName="q"); cloud.assert_sent("q")
async def test_async(cloud): await cloud.async_client("sqs").send_message(QueueUrl="nope", MessageBody="x")
async def test_async_assert(cloud): assert cloud is None
async def test_async_timeout(cloud):
    import asyncio
    sqs = cloud.async_client("sqs")
    url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]
    async with asyncio.timeout(5):
        await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
def test_stuck(cloud):
    import asyncio
    async def main(): await asyncio.Event().wait()
    with asyncio.Runner(loop_factory=minicloud.loop_factory(cloud)) as runner:
        runner.run(main())
def test_chained(sqs):
    try:
        sqs.get_queue_url(QueueName="nope")
    except sqs.exceptions.QueueDoesNotExist as error:
        raise LookupError("nope") from error
def test_own_error_in_run():
    async def main(): raise LookupError("mine")
    minicloud.run(main())
def test_own_error_in_a_predicate(cloud, sqs):
    def check(body): raise LookupError("mine")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="x")
    cloud.assert_sent("q", check)
@minicloud.mock_aws
def test_own_error_under_a_decorator(): raise LookupError("mine")
"""

REAL_CALLS = """
import unittest
import boto3
from minicloud import mock_aws

def client(name="sqs"): return boto3.client(name, region_name="us-east-1")

@mock_aws
def test_refused(): client().send_message(QueueUrl="nope", MessageBody="x")
@mock_aws
def test_wrong_parameter(): client().send_message(QueueUrl="nope", Body="x")
@mock_aws
def test_other_service(): client("dynamodb").list_tables()
def test_resource(mock_aws): boto3.resource("sqs", region_name="us-east-1").get_queue_by_name(QueueName="nope")
def test_full_pipeline(mock_aws):
    sqs = client()
    sqs.meta.events.register("before-send", lambda **_: None)
    sqs.get_queue_url(QueueName="nope")
class TestRefused(unittest.TestCase):
    @mock_aws
    def test_refused(self): client().get_queue_url(QueueName="nope")
"""

BUG = """
def test_a_bug_of_minicloud(sqs, cloud):
    cloud.world.limits = None
    sqs.create_queue(QueueName="q")
"""


def inner_lines(result: pytest.RunResult) -> list[str]:
    """The lines that say where a frame of minicloud's or botocore's is."""
    frame = re.compile(r"(minicloud/.*|botocore/.*)\.py:\d+: |<minicloud (def|async def|patch) .*>:\d+: ")
    return [line for line in result.outlines if frame.search(line)]


@pytest.mark.parametrize("style", ["auto", "long", "short"])
def test_none_of_minicloud_s_frames_is_shown(pytester: pytest.Pytester, style: str) -> None:
    pytester.makepyfile(CALLS)
    # Which frames are shown does not depend on the style: one style goes through all calls, the others through some.
    some = () if style == "short" else ("-k", "refused or async or own_error or stuck")
    result = run_inside(pytester, f"--tb={style}", *some)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "passed" not in result.parseoutcomes()
    assert inner_lines(result) == []
    assert "base_events.py" not in result.stdout.str()  # where a stuck loop has found out that it is


@pytest.mark.needs("boto3")
@pytest.mark.parametrize("style", ["auto", "long", "short"])
def test_nor_botocore_s_where_minicloud_has_answered(pytester: pytest.Pytester, style: str) -> None:
    pytester.makepyfile(REAL_CALLS)
    some = () if style == "short" else ("-k", "refused")
    result = run_inside(pytester, f"--tb={style}", *some)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "passed" not in result.parseoutcomes()
    assert inner_lines(result) == []


COLLECTED = """
import minicloud

cloud = minicloud.Cloud()
{}
"""


@pytest.mark.parametrize(
    "line",
    ["minicloud.mock_aws(regoin='x')", "cloud.queue('nope')", "cloud.client('sqs').get_queue_url(QueueName='x')"],
)
def test_nor_of_a_file_that_cannot_be_collected(pytester: pytest.Pytester, line: str) -> None:
    pytester.makepyfile(COLLECTED.format(line))
    result = run_inside(pytester)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        ["test_nor_of_a_file*.py:4: in <module>", f"*{line.replace('[', '[[]')}", "E *minicloud.exceptions.*"]
    )
    assert inner_lines(result) == []


VERDICT = """
import pytest

@pytest.mark.minicloud(verdicts=("queues_empty",))
def test_it(sqs):
    sqs.send_message(QueueUrl=sqs.create_queue(QueueName="q")["QueueUrl"], MessageBody="m")
"""


def test_what_has_no_traceback_does_not_say_that_it_is_hidden(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(VERDICT)
    result = run_inside(pytester)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["queues_empty:"])
    result.stdout.no_fnmatch_line("*--full-trace*")


def test_all_are_shown_when_asked_for(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CALLS)
    result = run_inside(pytester, "--full-trace", "-k", "test_refused")
    assert any("<minicloud def SendMessage in short>:" in line for line in inner_lines(result))


def test_a_bug_of_minicloud_s_is_shown_whole(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(BUG)
    result = run_inside(pytester, "--tb=short")
    result.stdout.fnmatch_lines(
        ["*in test_a_bug_of_minicloud", "<minicloud def CreateQueue>:*", "*sqs/attributes.py:*: in parse_for_create"]
    )


UNITTEST = """
import unittest
import minicloud

class TestJobs(unittest.TestCase):
    @minicloud.mock_aws
    def test_equal(self): self.assertEqual(1, 2)
    def test_sent(self):
        cloud = minicloud.Cloud(trace=True)
        cloud.client("sqs").create_queue(QueueName="jobs")
        cloud.assert_sent("jobs")

unittest.main()
"""


def test_the_runner_of_unittest_shows_none_of_an_assertion(pytester: pytest.Pytester) -> None:
    path = pytester.makepyfile(tests_of_jobs=UNITTEST)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, str(path)], check=False, capture_output=True, encoding="utf-8", env=environment
    )
    assert "FAILED (failures=2)" in ran.stderr
    assert "/minicloud/" not in ran.stderr


def test_a_misspelt_attribute_is_answered_with_the_name_that_is_near(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_cloud(cloud): cloud.assert_sentt("jobs")
        def test_clock(cloud): cloud.clock.advanc(3)
        def test_view(cloud, sqs):
            sqs.create_queue(QueueName="jobs")
            cloud.queue("jobs").counts.visibel
        def test_nothing_like_it(cloud): cloud.xylophone
        def test_of_another(cloud): (7).bit_lengt
        """
    )
    lines = run_inside(pytester, "--tb=short").stdout.lines
    named = [line.rpartition(" ")[2] for line in lines if line.startswith("E ") and "id you mean" in line]
    of_python = ["'bit_length'?"] if sys.version_info >= (3, 12) else []  # which says it itself from then on
    assert named == ["'assert_sent'?", "'advance'?", "'visible'?", *of_python]


def test_a_call_that_was_not_awaited_is_said_to_be_none(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from contextlib import closing

        def test_subscript(cloud):
            with closing(cloud.async_client("sqs").create_queue(QueueName="jobs")) as answer:
                answer["QueueUrl"]

        async def test_attribute(cloud):
            with closing(cloud.async_client("sqs").receive_message(QueueUrl="jobs")) as answer:
                answer.get("Messages")

        def test_of_something_else(cloud):
            {}["QueueUrl"]
        """
    )
    result = run_inside(pytester)
    result.assert_outcomes(failed=3)
    told = "a coroutine was not awaited: calls of an async client are, in an `async def` test; in another one take"
    assert str(result.stdout).count(told) == 2


def test_without_async_clients_nothing_is_said_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    error = TypeError("'coroutine' object is not subscriptable")
    for name in ("aiobotocore", "minicloud.clients.aio"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    note_missing_await(error)
    assert not hasattr(error, "__notes__")
    monkeypatch.setitem(sys.modules, "minicloud.clients.aio", sys)
    for _ in range(2):
        note_missing_await(error)
    assert len(error.__notes__) == 1
