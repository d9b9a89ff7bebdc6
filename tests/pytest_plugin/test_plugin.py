"""The plugin: what a failed test says, and the report of behaviours."""

from __future__ import annotations

import json
from fnmatch import fnmatch

import pytest

from .support import run, run_all

FAILING = """
def test_orders(sqs, cloud, url):
    sqs.send_message(QueueUrl=url, MessageBody="order 17")
    for _ in range(3):
        sqs.receive_message(QueueUrl=url)
        cloud.clock.advance(30)
    cloud.assert_sent("orders", {"id": 17})
"""


def test_a_failure_explains_itself(pytester: pytest.Pytester) -> None:
    result = run(pytester, FAILING)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*AssertionError: nothing sent to orders with body={'id': 17}",
            "*body: is not JSON: 'order 17'",
            "*minicloud: seed='*::test_orders', 2026-01-01 00:01:30 on its clock, * events*",
            "1 message, moved to orders-dlq",
            'message * "order 17" in orders-dlq, visible',
            "  00:01:00.000  moved to orders-dlq after 2 receives",
            "what happened:",
            "00:00:00.000              set up: 2 queues (orders-dlq, orders)",
            '00:00:30.000  orders      * "order 17": visible again, as it was not deleted in time',
            '00:01:00.000  orders      * "order 17": moved to orders-dlq after 2 receives',
        ]
    )
    # The assertion fails at the test's own line, not inside of minicloud.
    assert "minicloud/assertions.py" not in result.stdout.str()


def test_a_page_for_each_failure(pytester: pytest.Pytester) -> None:
    result = run(pytester, FAILING + "\ndef test_fine(cloud): pass\n", "--minicloud-html=pages")
    result.assert_outcomes(failed=1, passed=1)
    (page,) = (pytester.path / "pages").iterdir()
    assert page.name.endswith("test_orders.html")
    assert "order 17" in page.read_text(encoding="utf-8")
    result.stdout.fnmatch_lines([f"as a page: pages/{page.name}"])


def test_json_lines_for_each_failure(pytester: pytest.Pytester) -> None:
    result = run(pytester, FAILING + "\ndef test_fine(cloud): pass\n", "--minicloud-jsonl=lines")
    result.assert_outcomes(failed=1, passed=1)
    (file,) = (pytester.path / "lines").iterdir()
    assert file.name.endswith("test_orders.jsonl")
    result.stdout.fnmatch_lines([f"as JSON lines: lines/{file.name}"])
    assert {"seq", "kind"} <= set(json.loads(file.read_text(encoding="utf-8").splitlines()[0]))


def test_a_teardown_that_fails_too_tells_only_what_is_new(pytester: pytest.Pytester) -> None:
    result = run_all(
        pytester,
        {
            "nothing new": """
@pytest.fixture
def broken(cloud):
    yield
    raise RuntimeError("broken")

def test_it(sqs, url, broken):
    sqs.send_message(QueueUrl=url, MessageBody="only once")
    assert 0
""",
            "something new": """
@pytest.fixture
def broken(sqs, url):
    yield
    sqs.send_message(QueueUrl=url, MessageBody="afterwards")
    raise RuntimeError("broken")

def test_it(sqs, url, broken):
    sqs.send_message(QueueUrl=url, MessageBody="once too")
    assert 0
""",
        },
    )
    result.assert_outcomes(failed=2, errors=2)
    told = result.stdout.str()
    for body in ("only once", "once too", "afterwards"):
        assert told.count(f'"{body}": sent') == 1
    assert told.count("minicloud: seed='test_nothing_new.py::test_it'") == 1
    assert told.count("minicloud: seed='test_something_new.py::test_it'") == 2


def test_bodies_are_as_wide_as_the_ini_file_says(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nminicloud_body_width = 300\n")
    result = run(
        pytester,
        'def test_it(sqs, url):\n    sqs.send_message(QueueUrl=url, MessageBody="x" * 290 + "y" * 50)\n    assert 0\n',
    )
    result.stdout.fnmatch_lines([f'message * "{"x" * 290}yyyyyyyyy…" in orders: sent at *, never received'])


def test_a_width_that_is_not_a_number(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nminicloud_body_width = wide\n")
    result = run(pytester, "def test_it(sqs, url):\n    assert 0\n")
    result.stderr.fnmatch_lines(
        ["*minicloud_body_width: 'wide' is not a number of characters from 20 on: give 60, say"]
    )


def test_only_the_hardest_messages_are_told(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def test_many(sqs, cloud, url):
    for number in range(30):
        sqs.send_message(QueueUrl=url, MessageBody=f"order {number}")
        sqs.receive_message(QueueUrl=url)
    cloud.clock.advance(31)
    assert not "fine"
""",
    )
    result.stdout.fnmatch_lines(["… and 22 more messages like these"])


def test_a_cloud_without_a_trace_says_so(pytester: pytest.Pytester) -> None:
    result = run(pytester, "@pytest.mark.minicloud(trace=False)\ndef test_it(sqs, url): assert 0\n")
    result.stdout.fnmatch_lines(["*minicloud: seed=*", "nothing was recorded: the trace is off"])


EXERCISING = (
    FAILING.replace('cloud.assert_sent("orders", {"id": 17})', "")
    + """
def test_throttled(cloud, kinesis):
    with pytest.raises(kinesis.exceptions.ExpiredIteratorException):
        kinesis.create_stream(StreamName="clicks", ShardCount=1)
        cloud.clock.advance(10)
        iterator = kinesis.get_shard_iterator(
            StreamName="clicks", ShardId="shardId-000000000000", ShardIteratorType="LATEST"
        )["ShardIterator"]
        cloud.clock.advance(301)
        kinesis.get_records(ShardIterator=iterator)
"""
)
EXERCISED = [
    "*minicloud: behaviours exercised*",
    "sqs: message received * 2 times in *1 test",
    "sqs: redelivery * 1 time  in *1 test",
    "sqs: move to a dead-letter queue * 1 time  in *1 test",
    "kinesis: expired iterator * 1 time  in *1 test",
    "never:",
    "  sqs: duplicate send",
]


def test_what_the_suite_has_exercised(pytester: pytest.Pytester) -> None:
    result = run(pytester, EXERCISING, "--minicloud-report")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(EXERCISED)
    assert "behaviours exercised" not in run(pytester, EXERCISING).stdout.str()


def test_a_run_has_to_exercise_what_is_asked_for(pytester: pytest.Pytester) -> None:
    met = run(pytester, EXERCISING, "--minicloud-fail-under-behaviours=redelivery,kinesis: expired iterator")
    assert met.ret == pytest.ExitCode.OK
    assert "behaviours" not in met.stdout.str()
    missed = run(pytester, EXERCISING, "--minicloud-fail-under-behaviours", "redelivery, duplicate send,chaos")
    missed.assert_outcomes(passed=2)
    assert missed.ret == pytest.ExitCode.TESTS_FAILED
    missed.stdout.fnmatch_lines(
        ["*behaviours that had to be exercised*", "no test has met: duplicate send", "*: chaos"]
    )
    unknown = run(pytester, EXERCISING, "--minicloud-fail-under-behaviours=redelivry")
    assert unknown.ret == pytest.ExitCode.USAGE_ERROR
    unknown.stderr.fnmatch_lines(["*'redelivry' is not a behaviour; did you mean 'redelivery'?"])


@pytest.mark.needs("xdist")
def test_what_workers_have_to_exercise(pytester: pytest.Pytester) -> None:
    options = ("-p", "xdist", "-n2", "--minicloud-fail-under-behaviours")
    assert run(pytester, EXERCISING, *options, "duplicate send", apart=True).ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.needs("xdist")
def test_what_workers_have_exercised(pytester: pytest.Pytester) -> None:
    enough = "--minicloud-fail-under-behaviours=redelivery,expired iterator"
    result = run(pytester, EXERCISING, "--minicloud-report", enough, "-p", "xdist", "-n2", apart=True)
    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(EXERCISED)


# --- clouds that no fixture made -------------------------------------------------------------------------------------

OWN_CLOUDS = """
import gc
import unittest
import weakref

import pytest

import minicloud

elder = minicloud.Cloud(clock="virtual", seed=7)
default = minicloud.client("sqs")

def fill(client, name):
    url = client.create_queue(QueueName=name)["QueueUrl"]
    client.send_message(QueueUrl=url, MessageBody=f"to {name}")

"""


MAKINGS = {
    "decorator": """
@minicloud.mock_aws(seed=5)
def test_it():
    fill(minicloud.boto.activation.state.cloud.client("sqs"), "orders")
    assert 0
""",
    "class": """
@minicloud.mock_aws(seed=5)
class TestCase(unittest.TestCase):
    def test_it(self):
        fill(minicloud.boto.activation.state.cloud.client("sqs"), "orders")
        assert 0
""",
    "with": """
def test_it():
    with minicloud.mock_aws(seed=5) as cloud:
        fill(cloud.client("sqs"), "orders")
        assert 0
""",
    "body": """
def test_it():
    fill(minicloud.Cloud(seed=5).client("sqs"), "orders")
    assert 0
""",
    "fixture": """
@pytest.fixture
def orders():
    return minicloud.Cloud(seed=5)

def test_it(orders):
    fill(orders.client("sqs"), "orders")
    assert 0
""",
}


def test_clouds_of_all_makings_have_their_section(pytester: pytest.Pytester) -> None:
    result = run_all(pytester, MAKINGS, OWN_CLOUDS + "import minicloud.boto.activation\n")
    result.assert_outcomes(failed=len(MAKINGS))
    for line in (
        "*minicloud: seed=5, * on its clock, 2 events*",
        "* orders  queue created",
        '* orders  * "to orders": sent',
        "* on its clock, *",
    ):
        assert len([found for found in result.outlines if fnmatch(found, line)]) == len(MAKINGS)


def test_of_a_cloud_that_outlives_tests_each_tells_its_own_part(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        OWN_CLOUDS
        + """
def test_first():
    fill(elder.client("sqs"), "first")
    fill(default, "default")

def test_second():
    fill(elder.client("sqs"), "second")
    assert 0

def test_third():
    elder.reset()
    fill(elder.client("sqs"), "third")
    fill(default, "other")
    assert 0
""",
    )
    result.assert_outcomes(passed=1, failed=2)
    _, second, third = result.stdout.str().split("E       assert 0\n")
    assert '"to second": sent' in second
    assert '"to third": sent' in third
    assert '"to other": sent' in third
    assert third.count("on its clock, 2 events") == 2
    for told in (second, third):
        assert '"to first": sent' not in told
        assert '"to default": sent' not in told


def test_only_the_latest_of_many_clouds_are_told(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        OWN_CLOUDS
        + """
def test_it():
    for seed in range(20):
        fill(minicloud.Cloud(seed=seed).client("sqs"), "orders")
    assert 0
""",
    )
    assert [f"minicloud: seed={seed}," in result.stdout.str() for seed in (14, 15, 19)] == [False, True, True]
    result.stdout.fnmatch_lines(["*earlier clouds are left out"])


@pytest.mark.parametrize("off", ["ini", "marker", "argument"])
def test_they_are_not_traced_where_that_is_switched_off(pytester: pytest.Pytester, off: str) -> None:
    if off == "ini":
        pytester.makeini("[pytest]\nminicloud_trace = false\n")
    marker = "@pytest.mark.minicloud(trace=False)" if off == "marker" else ""
    options = "seed=5, trace=False" if off == "argument" else "seed=5"
    result = run(
        pytester,
        OWN_CLOUDS
        + f"""
{marker}
def test_it():
    fill(minicloud.Cloud({options}).client("sqs"), "orders")
    assert 0
""",
    )
    result.stdout.fnmatch_lines(["*minicloud: seed=5, *", "nothing was recorded: the trace is off"])


def test_clouds_end_with_their_tests(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        OWN_CLOUDS
        + """
clouds = []

def test_own():
    clouds.append(weakref.ref(minicloud.Cloud()))

def test_of_the_fixture(cloud):
    clouds.append(weakref.ref(cloud))

def test_they_are_gone():
    gc.collect()
    assert [cloud() for cloud in clouds] == [None, None]
""",
    )
    result.assert_outcomes(passed=3)


def test_what_their_tests_exercise_counts(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        OWN_CLOUDS
        + """
def test_many():
    for seed in range(20):
        with minicloud.mock_aws(seed=seed) as cloud:
            fill(cloud.client("sqs"), "orders")

def test_default():
    fill(default, "orders")
    fill(elder.client("sqs"), "orders")
""",
        "--minicloud-report",
    )
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["sqs: message sent * 22 times in *2 tests"])


def test_their_faults_have_to_fire(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        OWN_CLOUDS
        + """
def test_own():
    with minicloud.mock_aws() as cloud:
        cloud.faults.refuse("RequestThrottled", operation="SendMessage")

def test_optional():
    minicloud.Cloud().faults.refuse("RequestThrottled", operation="SendMessage", optional=True)

def test_elder():
    elder.faults.refuse("RequestThrottled", operation="SendMessage")
""",
    )
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["1 of the test's faults never fired; *"])
