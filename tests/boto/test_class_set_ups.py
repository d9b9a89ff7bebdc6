"""Each test of a decorated class begins with what the set-up of the class left, whatever the tests before it did."""

from __future__ import annotations

import threading
import unittest
from typing import Any

import boto3
import pytest

import minicloud
from minicloud.engine import new_clouds
from tests.support.runs import run_inside

pytestmark = pytest.mark.needs("boto3")

SETUP = """
import boto3, minicloud, pytest, unittest

def client():
    return boto3.client("sqs", region_name="us-east-1")

def send(url, body):
    client().send_message(QueueUrl=url, MessageBody=body)

def bodies():
    return minicloud.current_cloud().queue("q").bodies
"""

CASES = {
    "setUpClass": """
@minicloud.mock_aws
class Test(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.url = client().create_queue(QueueName="q")["QueueUrl"]
        send(cls.url, "shared")

    def setUp(self):
        send(self.url, "own")

    def test_a(self):
        assert bodies() == ["shared", "own"]
        client().create_queue(QueueName="other")

    def test_b(self):
        assert bodies() == ["shared", "own"]
        assert len(client().list_queues()["QueueUrls"]) == 1
""",
    "setup_class": """
@minicloud.mock_aws
class Test:
    def setup_class(cls):
        cls.url = client().create_queue(QueueName="q")["QueueUrl"]
        send(cls.url, "shared")

    def setup_method(self):
        send(self.url, "own")

    def test_a(self):
        assert bodies() == ["shared", "own"]

    def test_b(self):
        assert bodies() == ["shared", "own"]
""",
    "a class that inherits it and makes more": """
@minicloud.mock_aws
class Base(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.url = client().create_queue(QueueName="q")["QueueUrl"]

    def test_a(self):
        send(self.url, "own")
        assert bodies()[-1] == "own" and bodies().count("own") == 1

    def test_b(self):
        send(self.url, "own")
        assert bodies()[-1] == "own" and bodies().count("own") == 1

class Test(Base):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        send(cls.url, "of the class")

    def test_c(self):
        assert bodies() == ["of the class"]

    def test_d(self):
        assert bodies() == ["of the class"]
""",
    "fixtures beside it": """
@pytest.fixture(scope="class")
def late(request):
    send(request.cls.url, "late")

@minicloud.mock_aws
class Test:
    def setup_class(cls):
        cls.url = client().create_queue(QueueName="q")["QueueUrl"]

    @pytest.fixture
    def own(self):
        send(self.url, "own")
        yield
        for message in client().receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)["Messages"]:
            client().delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def test_a(self, own):
        assert bodies() == ["own"]

    def test_b(self, own):
        assert bodies() == ["own"]

    def test_c(self, late, own):
        assert bodies() == ["late", "own"]

    def test_d(self, own):
        assert bodies() == ["late", "own"]
""",
}


@pytest.mark.parametrize("case", CASES)
def test_under_pytest(pytester: pytest.Pytester, case: str) -> None:
    pytester.makepyfile(SETUP + CASES[case])
    result = run_inside(pytester)
    outcomes = result.parseoutcomes()
    assert set(outcomes) == {"passed"}, outcomes
    assert not [one for one in new_clouds.shared_by_tests if not one.cloud.closed]


@pytest.mark.parametrize("case", ["setUpClass", "a class that inherits it and makes more"])
def test_under_unittest(monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    monkeypatch.setattr(new_clouds, "listeners", [])  # as where pytest does not run
    namespace: dict[str, Any] = {}
    exec(SETUP + CASES[case], namespace)
    result = unittest.TestResult()
    for name in ("Base", "Test"):
        if name in namespace:
            unittest.defaultTestLoader.loadTestsFromTestCase(namespace[name]).run(result)
    assert result.testsRun >= 2
    assert result.errors == result.failures == []
    assert not [one for one in new_clouds.shared_by_tests if not one.cloud.closed]


def test_a_failure_tells_what_happened_in_its_own_test(pytester: pytest.Pytester) -> None:
    first = CASES["setUpClass"].replace("def test_a", "def test_0(self): send(self.url, 'first')\n\n    def test_a")
    last = "\n    def test_c(self):\n        send(self.url, 'mine')\n        assert False\n"
    pytester.makepyfile(SETUP + first + last)
    result = run_inside(pytester)
    result.assert_outcomes(passed=3, failed=1)
    text = result.stdout.str()
    assert "mine" in text
    assert "first" not in text.partition("minicloud:")[2]


def test_a_consumer_of_the_class_lives_on() -> None:
    seen: list[str] = []
    stop = threading.Event()

    @minicloud.mock_aws
    class Suite(unittest.TestCase):
        worker: threading.Thread
        url: str

        @classmethod
        def setUpClass(cls) -> None:
            sqs = boto3.client("sqs", region_name="us-east-1")
            cls.url = sqs.create_queue(QueueName="q")["QueueUrl"]

            def work() -> None:
                while not stop.is_set():
                    for message in sqs.receive_message(QueueUrl=cls.url, WaitTimeSeconds=20).get("Messages", []):
                        sqs.delete_message(QueueUrl=cls.url, ReceiptHandle=message["ReceiptHandle"])
                        seen.append(message["Body"])
                        arrived.release()

            cls.worker = threading.Thread(target=work)
            cls.worker.start()
            cls.addClassCleanup(cls.worker.join)
            cls.addClassCleanup(cls.send, "end")
            cls.addClassCleanup(stop.set)

        @classmethod
        def send(cls, body: str) -> None:
            boto3.client("sqs", region_name="us-east-1").send_message(QueueUrl=cls.url, MessageBody=body)

        def use(self, body: str) -> None:
            self.send(body)
            assert arrived.acquire(timeout=20)

        def test_a(self) -> None:
            self.use("a")

        def test_b(self) -> None:
            self.use("b")

    arrived = threading.Semaphore(0)
    result = unittest.TestResult()
    listeners = new_clouds.listeners[:]
    new_clouds.listeners.clear()
    try:
        unittest.defaultTestLoader.loadTestsFromTestCase(Suite).run(result)
    finally:
        new_clouds.listeners[:] = listeners
    assert result.errors == result.failures == []
    assert seen == ["a", "b", "end"]


def test_in_a_mock_around_it_nothing_is_taken_back(pytester: pytest.Pytester) -> None:
    around = """
@pytest.fixture(scope="module", autouse=True)
def around():
    with minicloud.mock_aws():
        yield
"""
    three = "test_b(self):\n        assert len(bodies()) == 3\n        return"
    shared = CASES["setup_class"].replace("test_b(self):", three)
    pytester.makepyfile(SETUP + around + shared)
    run_inside(pytester).assert_outcomes(passed=2)
