"""Before the first example of a hypothesis test all is loaded that it needs; and nothing where it needs nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.runs import ROOT

NATIVE = """
import sys
from hypothesis import given, settings, strategies
import minicloud

assert "minicloud.cloud" not in sys.modules
seen = []

@settings(max_examples=3, database=None, deadline=None)
@given(strategies.integers())
def test_it(number):
    before = set(sys.modules)
    assert "minicloud.pytest_plugin.warm_up" in before
    cloud = minicloud.Cloud(clock="virtual")
    sqs, sns = cloud.client("sqs"), cloud.client("sns")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=str(number))
    sqs.receive_message(QueueUrl=url, WaitTimeSeconds=2)
    sns.publish(TopicArn=sns.create_topic(Name="t")["TopicArn"], Message="x")
    seen.append(set(sys.modules) - before)

def test_nothing_was_loaded_by_an_example():
    assert seen[0] == set()
"""
BOTO = """
import sys
import boto3
import botocore.session
from hypothesis import given, settings, strategies
import minicloud

create_loader = botocore.session.create_loader
seen = []

@settings(max_examples=3, database=None, deadline=None)
@given(strategies.integers())
def test_it(number):
    before = set(sys.modules)
    assert seen or boto3.DEFAULT_SESSION is None
    with minicloud.mock_aws() as cloud:
        sqs = boto3.client("sqs", region_name="us-east-1")
        sqs.send_message(QueueUrl=sqs.create_queue(QueueName="q")["QueueUrl"], MessageBody=str(number))
        assert [view.name for view in cloud.queues()] == ["q"]
    seen.append(set(sys.modules) - before)

def test_nothing_was_loaded_by_an_example():
    assert seen[0] == set()

def test_what_was_read_is_handed_on_once():
    assert botocore.session.create_loader is create_loader
"""
OTHER = """
import sys
from hypothesis import given, settings, strategies

@settings(max_examples=3, database=None, deadline=None)
@given(strategies.integers())
def test_it(number):
    assert "minicloud.pytest_plugin.warm_up" not in sys.modules
    assert "minicloud.cloud" not in sys.modules
"""
FIXTURE = """
import sys
from hypothesis import HealthCheck, given, settings, strategies

@settings(max_examples=3, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(number=strategies.integers())
def test_it(sqs, number):
    assert "minicloud.pytest_plugin.warm_up" in sys.modules
    assert not sqs.list_queues().get("QueueUrls")
"""
ACTIVE = """
import botocore.session
import pytest
from hypothesis import given, settings, strategies
import minicloud

@pytest.fixture(scope="module", autouse=True)
def mocked():
    with minicloud.mock_aws() as cloud:
        yield cloud

@settings(max_examples=3, database=None, deadline=None)
@given(strategies.integers())
def test_it(number):
    pass

def test_no_call_was_made(mocked):
    assert mocked.queues() == []
"""


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(NATIVE, id="native"),
        pytest.param(BOTO, id="boto3", marks=pytest.mark.needs("boto3")),
        pytest.param(OTHER, id="other"),
        pytest.param(FIXTURE, id="fixture"),
        pytest.param(ACTIVE, id="active mock", marks=pytest.mark.needs("boto3")),
    ],
)
def test_the_first_example(source: str, tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(source, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    plugins = ("-p", "minicloud.pytest_plugin", "-p", "_hypothesis_pytestplugin", "-p", "no:cacheprovider")
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, "-q", "test_it.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
