"""Tests of the plugin: what their runs of pytest have in common."""

from __future__ import annotations

import pytest

from tests.support.runs import run_apart, run_inside

SETUP = """
import json
import threading

import pytest

@pytest.fixture
def url(sqs, cloud):
    sqs.create_queue(QueueName="orders-dlq")
    policy = json.dumps({"deadLetterTargetArn": cloud.queue("orders-dlq").arn, "maxReceiveCount": 2})
    return sqs.create_queue(QueueName="orders", Attributes={"RedrivePolicy": policy})["QueueUrl"]

"""

VERDICTS = {
    "no_in_flight": (
        "sqs.receive_message(QueueUrl=url)",
        '*"m" is still in flight in orders: received at 00:00:00.000 by MainThread, never deleted; hidden for 30 s *',
    ),
    "queues_empty": ("pass", '*"m" is left in orders, received 0 times; sent 0 s ago'),
    "history_holds": ("cloud.clock.advance(5 * 86400)", "*no_loss: *dropped at the end of its retention period*"),
    "dlqs_empty": (
        "[(sqs.receive_message(QueueUrl=url), cloud.clock.advance(31)) for _ in range(3)]",
        '*"m" is left in orders-dlq, received 2 times: last received at 00:00:31.000 by MainThread; sent 93 s ago',
    ),
    "no_users_left": (
        """\
ready = threading.Event()
def work():
    sqs.list_queues(); ready.set(); threading.Event().wait(5)
threading.Thread(target=work, name='worker-7', daemon=True).start(); ready.wait()""",
        "*worker-7 has used the cloud and has not ended",
    ),
    "no_blocked_pollers": (
        """\
other = sqs.create_queue(QueueName='other')['QueueUrl']
def work():
    sqs.receive_message(QueueUrl=other, WaitTimeSeconds=20)
threading.Thread(target=work, daemon=True).start()
while not cloud.world.waiters: pass""",
        "*1 call is still waiting in the cloud (Thread-*: ReceiveMessage on other, 20 s)*",
    ),
}
"""How a test that has sent ``m`` to ``url`` breaks each verdict, and what is said of it."""


def run(pytester: pytest.Pytester, test: str, *arguments: str, apart: bool = False) -> pytest.RunResult:
    """The outcome of tests that find a queue ``url`` with a dead-letter queue."""
    pytester.makepyfile(SETUP + test)
    return (run_apart if apart else run_inside)(pytester, *arguments)


def run_all(
    pytester: pytest.Pytester, tests: dict[str, str], preface: str = "", *, apart: bool = False
) -> pytest.RunResult:
    """The outcome of many tests in one run, each in a file of its own that is named for what it shows."""
    names = {about: "test_" + about.replace(" ", "_").replace(",", "") for about in tests}
    pytester.makepyfile(**{names[about]: SETUP + preface + test for about, test in tests.items()})
    return (run_apart if apart else run_inside)(pytester)
