"""Clouds whose choices are hypothesis's: schedules shrink, and are printed."""

from __future__ import annotations

import sys
from fnmatch import fnmatch
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis.database import InMemoryExampleDatabase
from hypothesis.errors import NoSuchExample

import minicloud
from minicloud.engine import new_clouds
from minicloud.hypothesis import ConsumerMachine, clouds
from tests.support.depth import deep
from tests.support.runs import run_inside

QUIETLY = settings(database=InMemoryExampleDatabase(), deadline=None, max_examples=200)


def consume(cloud: minicloud.Cloud, messages: int = 3) -> list[str]:
    """A consumer that deletes what it has received; what it saw."""
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    for number in range(messages):
        sqs.send_message(QueueUrl=url, MessageBody=f"order {number}")
    seen = []
    while cloud.queue("orders").messages:
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            seen.append(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return seen


@given(clouds())
def test_every_message_comes_at_least_once(cloud: minicloud.Cloud) -> None:
    assert set(consume(cloud)) == {"order 0", "order 1", "order 2"}


def facts(cloud: minicloud.Cloud) -> list[str]:
    return [event.details["choice"] for event in cloud.trace if event.kind == "chaos"]


@pytest.mark.parametrize(
    ("breaks", "expected"),
    [
        (lambda seen: len(seen) > 3, ["deleted, and still there"]),
        (lambda seen: seen != sorted(seen) and len(seen) == 3, []),
    ],
)
def test_what_breaks_a_consumer_is_brought_down_to_one_choice(breaks: Any, expected: list[str]) -> None:
    found = find(clouds(trace=True), lambda cloud: breaks(consume(cloud)), settings=QUIETLY)
    assert facts(found) == expected


def test_it_shrinks_to_a_cloud_without_any_choice() -> None:
    found = find(clouds(trace=True), lambda cloud: bool(consume(cloud)), settings=QUIETLY)
    assert facts(found) == []


def test_fifo_queues_stay_exact() -> None:
    def repeats(cloud: minicloud.Cloud) -> bool:
        sqs = cloud.client("sqs")
        attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
        url = sqs.create_queue(QueueName="line.fifo", Attributes=attributes)["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="m", MessageGroupId="g")
        sqs.delete_message(
            QueueUrl=url, ReceiptHandle=sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
        )
        return bool(cloud.queue("line.fifo").messages)

    with pytest.raises(NoSuchExample):
        find(clouds(), repeats, settings=QUIETLY)


UNLUCKY = """
        from hypothesis import given, settings
        from minicloud.hypothesis import clouds

        @settings(database=None, deadline=None, derandomize=True)
        @given(clouds())
        def test_consumer(cloud):
            sqs = cloud.client("sqs")
            url = sqs.create_queue(QueueName="orders")["QueueUrl"]
            sqs.send_message(QueueUrl=url, MessageBody="ship it")
            shipped = 0
            while cloud.queue("orders").messages:
                for message in sqs.receive_message(QueueUrl=url).get("Messages", []):
                    shipped += 1
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            assert shipped == 1
"""
SCHEDULE = [
    '*00:00:00.000  orders  * "ship it": sent*',
    '*orders  * "ship it": *deleted, and still there*',
    '*orders  * "ship it": received (2nd time)*',
]


def test_the_section_has_the_schedule_and_hypothesis_says_it_no_second_time(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(dedent(UNLUCKY))
    result = run_inside(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*minicloud: seed=*", "what happened:", *SCHEDULE])
    assert [sum(fnmatch(line, pattern) for line in result.outlines) for pattern in SCHEDULE] == [1, 1, 1]
    # Of the lines that only failing examples have run, it names none of minicloud's.
    result.stdout.no_fnmatch_line("*minicloud/*.py:*")


def test_a_failure_is_not_explained_by_lines_of_minicloud(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from hypothesis import given, settings, strategies
        import minicloud

        @settings(database=None, deadline=None, derandomize=True)
        @given(strategies.integers(0, 50))
        def test_a_message_comes(delay):
            cloud = minicloud.Cloud(clock="virtual")
            sqs = cloud.client("sqs")
            url = sqs.create_queue(QueueName="q")["QueueUrl"]
            sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=delay)
            if delay > 10:
                late = True
            cloud.clock.advance(10)
            assert "Messages" in sqs.receive_message(QueueUrl=url)
        """
    )
    result = run_inside(pytester)
    result.assert_outcomes(failed=1)
    if sys.gettrace() is None:  # where somebody measures coverage, hypothesis explains nothing
        result.stdout.fnmatch_lines(["*only run by failing*", "*/test_a_failure_is_not_explained*.py:12"])
    result.stdout.no_fnmatch_line("*minicloud/*.py:*")


def test_where_no_section_has_the_schedule_hypothesis_notes_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(dedent(UNLUCKY).replace("clouds()", "clouds(trace=False)"))
    result = run_inside(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(SCHEDULE)


def test_without_the_plugin_hypothesis_notes_the_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    names: dict[str, Any] = {}
    exec(dedent(UNLUCKY), names)
    monkeypatch.setattr(new_clouds, "listeners", [])
    with pytest.raises(AssertionError) as failed:
        names["test_consumer"]()
    lines = "\n".join(failed.value.__notes__).splitlines()
    assert [any(fnmatch(line, pattern) for line in lines) for pattern in SCHEDULE] == [True] * 3


class Shipping(ConsumerMachine):
    """Ships each order once, for it remembers which it has shipped."""

    def __init__(self) -> None:
        super().__init__()
        self.shipped: list[str] = []

    def consume(self, message: dict[str, Any]) -> None:
        if message["Body"] not in self.shipped:
            self.shipped.append(message["Body"])

    def check(self, sent: list[str]) -> None:
        assert sorted(self.shipped) == sorted(sent)


class FifoShipping(Shipping):
    """The same from a FIFO queue, in order."""

    queue_name = "jobs.fifo"
    queue_attributes = {"FifoQueue": "true"}

    def check(self, sent: list[str]) -> None:
        assert self.shipped == sent


class ForgetfulShipping(Shipping):
    """Ships whatever comes."""

    def consume(self, message: dict[str, Any]) -> None:
        self.shipped.append(message["Body"])


TestShipping = Shipping.TestCase
TestShipping.settings = settings(max_examples=deep(30), stateful_step_count=15, deadline=None)
TestFifoShipping = FifoShipping.TestCase
TestFifoShipping.settings = TestShipping.settings


def test_the_machine_breaks_a_consumer_that_is_not_idempotent() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    found_is_enough = settings(QUIETLY, max_examples=100, phases=[Phase.generate])
    with pytest.raises(AssertionError):
        run_state_machine_as_test(ForgetfulShipping, settings=found_is_enough)
