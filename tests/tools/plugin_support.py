"""Running tests that use the plugin, in a process of their own."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest

INSTALLED = bool(entry_points(group="pytest11", name="minicloud"))
ROOT = Path(__file__).parents[2]

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


def run_all(pytester: pytest.Pytester, tests: dict[str, str], preface: str = "") -> pytest.RunResult:
    """The outcome of many tests in one process, each in a file of its own that is named for what it shows."""
    names = {about: "test_" + about.replace(" ", "_").replace(",", "") for about in tests}
    pytester.makepyfile(**{names[about]: SETUP + preface + test for about, test in tests.items()})
    return run(pytester, "")


def run(pytester: pytest.Pytester, test: str, *arguments: str) -> pytest.RunResult:
    """The outcome of tests from a bare clone; they find a queue ``url`` with a dead-letter queue."""
    pytester.makepyfile(SETUP + test)
    plugin = () if INSTALLED else ("-p", "minicloud.pytest_plugin")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        for name in ("CI", "BUILD_NUMBER"):  # with these, pytest repeats whole messages in its summary
            patch.delenv(name, raising=False)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:randomly", *plugin, *arguments)
