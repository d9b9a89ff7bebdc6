"""``mock_aws`` in pytest's fixtures of every scope, and on tests that use them."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.needs("boto3")

SUITE = """
import os
import boto3
import pytest
from minicloud import mock_aws

def queues():
    return len(boto3.client("sqs", "us-east-1").list_queues().get("QueueUrls", []))

def make(name):
    return boto3.client("sqs", "us-east-1").create_queue(QueueName=name)["QueueUrl"]

@pytest.fixture(scope="session")
def kept_client():
    return boto3.client("sqs", "us-east-1")

@pytest.fixture
@mock_aws
def by_decorator():
    yield make("decorated")

@pytest.fixture
def by_context():
    with mock_aws() as cloud:
        make("context")
        yield cloud

@pytest.fixture
def by_start():
    mock = mock_aws()
    mock.start()
    yield make("started")
    mock.stop()

def test_a(by_decorator, kept_client):
    assert queues() == len(kept_client.list_queues()["QueueUrls"]) == 1

def test_both(by_context, by_decorator, by_start):
    assert queues() == 3

@mock_aws
@pytest.mark.parametrize("number", [1, 2])
def test_decorated(number, tmp_path, kept_client):
    assert queues() == 0
    make(str(number))
    assert len(kept_client.list_queues()["QueueUrls"]) == 1

@mock_aws(clock="virtual")
class TestClass:
    def setup_method(self, method):
        make(method.__name__)

    def test_one(self, tmp_path):
        assert queues() == 1

    @pytest.mark.parametrize("number", [1, 2])
    def test_two(self, number):
        assert queues() == 1

class TestOfModule:
    @pytest.fixture(scope="class", autouse=True)
    def mock(self):
        with mock_aws():
            make("class")
            yield

    def test_one(self):
        make("one")
        assert queues() == 2

    @mock_aws
    def test_two(self):
        assert queues() == 2

def test_nothing_is_left():
    assert "AWS_ACCESS_KEY_ID" not in os.environ
"""


def test_every_scope(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    pytester.makepyfile(SUITE)
    pytester.runpytest_subprocess("-q", "-p", "no:randomly", "-p", "no:cacheprovider").assert_outcomes(passed=10)
