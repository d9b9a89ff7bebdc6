"""boto3, aiobotocore, pytest"""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

import minicloud

from .issues import issue

pytestmark = pytest.mark.needs("boto3")


def client(name: str) -> Any:
    return boto3.client(name, region_name="us-east-1")  # type: ignore[call-overload]


@issue("moto#1805", "moto#2413", "moto#2118", symptom="A client that was made before the mock calls AWS.")
def test_a_client_from_before() -> None:
    """While `mock_aws` is active every client of the process is answered, whenever it was made."""
    session = boto3.Session("testing", "testing", region_name="us-east-1")
    before = session.client("sqs")
    with minicloud.mock_aws() as cloud:
        before.create_queue(QueueName="jobs")
        assert cloud.queue("jobs").bodies == []


@issue(
    "moto#2058",
    "moto#3330",
    "responses#467",
    "moto#4197",
    symptom="To import the mock changes credentials, or breaks the mocks of others.",
)
def test_an_import_changes_nothing() -> None:
    """An import of minicloud loads no botocore, sets no variable and patches nothing."""
    code = """
import os, sys
before = dict(os.environ)
import minicloud
assert os.environ == before
assert not {"boto3", "botocore", "requests", "urllib3"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@issue("moto#4797", symptom="State is reset between `setUp` and the test.")
def test_set_up_and_test_share_a_cloud() -> None:
    """A class that is decorated has one cloud for `setUp` and the test, and a new one for the next test."""
    import unittest

    @minicloud.mock_aws
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            self.url = client("sqs").create_queue(QueueName="jobs")["QueueUrl"]

        def test_one(self) -> None:
            client("sqs").send_message(QueueUrl=self.url, MessageBody="x")
            assert len(client("sqs").list_queues()["QueueUrls"]) == 1

        def test_two(self) -> None:
            assert "Messages" not in client("sqs").receive_message(QueueUrl=self.url)

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)
    assert (result.testsRun, result.errors, result.failures) == (2, [], [])


@issue("moto#7201", symptom="A decorated `async def` test is never awaited.")
def test_async_tests() -> None:
    """The decorator keeps a coroutine function one; the cloud is there while it runs."""

    @minicloud.mock_aws
    async def test() -> list[str]:
        await asyncio.sleep(0)
        client("sqs").create_queue(QueueName="jobs")
        urls: list[str] = client("sqs").list_queues()["QueueUrls"]
        return urls

    assert inspect.iscoroutinefunction(test)
    assert len(asyncio.run(test())) == 1


@pytest.mark.needs("aiobotocore")
@issue(
    "aiobotocore#755",
    "aiobotocore#979",
    "moto#8513",
    "moto#2039",
    symptom="The mock does not work with aiobotocore, and that is out of scope.",
)
def test_aiobotocore() -> None:
    """Clients of aiobotocore are answered by the same cloud, in the same process, without a server."""
    from aiobotocore.session import get_session

    async def application() -> str:
        credentials = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        async with get_session().create_client("sqs", region_name="us-east-1", **credentials) as sqs:
            url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
            await sqs.send_message(QueueUrl=url, MessageBody="x")
            answer = await sqs.receive_message(QueueUrl=url)
            body: str = answer["Messages"][0]["Body"]
            return body

    with minicloud.mock_aws() as cloud:
        assert asyncio.run(application()) == "x"
        assert cloud.queue("jobs").counts.in_flight == 1


@issue(
    "botocore#2930",
    "moto#7192",
    "moto#6286",
    "elasticmq#812",
    "emulate#95",
    symptom="A newer botocore speaks another protocol to SQS, and `create_queue` answers `{}`.",
)
def test_the_protocol_of_the_day(mock_aws: minicloud.Cloud) -> None:
    """Calls are answered where they are still calls; over the endpoint both protocols of SQS are spoken."""
    assert client("sqs").create_queue(QueueName="jobs")["QueueUrl"].endswith("/jobs")


@issue("moto#2858", symptom="To import the mock takes seconds.")
def test_what_an_import_loads() -> None:
    """No service is loaded before it is used, and nothing but the standard library at all."""
    code = """
import sys
import minicloud
services = [name for name in sys.modules if name.startswith("minicloud.services.")]
assert not any(name.split(".")[2] in ("sqs", "sns", "kinesis", "lambda_", "s3", "cloudwatch") for name in services)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@issue("botocore#3078", "boto3#3197", symptom="A client takes so long to make that tests share one, and its state.")
def test_clients_are_cheap_and_apart() -> None:
    """A cloud and a client of its own for each test: two clouds share nothing."""
    clouds = [minicloud.Cloud(clock="virtual") for _ in range(100)]
    for cloud in clouds:
        cloud.client("sqs").create_queue(QueueName="jobs")
    clouds[0].client("sqs").send_message(QueueUrl="jobs", MessageBody="x")
    assert [len(cloud.queue("jobs").bodies) for cloud in clouds] == [1] + [0] * 99


@issue("moto#372", symptom="A mocked client that several threads share fails.")
def test_threads_share_a_client(mock_aws: minicloud.Cloud) -> None:
    """A client of boto3 may be shared by threads, and is answered by the same cloud in each."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: sqs.send_message(QueueUrl=url, MessageBody=str(number)), range(80)))
    assert sorted(map(int, mock_aws.queue("jobs").bodies)) == list(range(80))
