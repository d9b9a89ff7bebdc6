"""Tools of tests: other mocks, moved time, several workers, whatever fetches."""

from __future__ import annotations

import datetime
import unittest
from pathlib import Path
from typing import Any

import boto3
import freezegun
import moto
import pytest
import time_machine

import minicloud
from tests.boto.test_fetch import test_all_urls_are_answered

__all__ = ["test_all_urls_are_answered"]


@pytest.mark.parametrize("outer", ["moto", "minicloud"])
def test_moto_for_the_rest(outer: str) -> None:
    mocks: list[Any] = [moto.mock_aws(), minicloud.mock_aws(passthrough=("s3", "dynamodb"))]
    if outer == "minicloud":
        mocks.reverse()
    with mocks[0], mocks[1]:
        s3, sqs = boto3.client("s3"), boto3.client("sqs")
        s3.create_bucket(Bucket="bucket")
        s3.put_object(Bucket="bucket", Key="key", Body=b"content")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        sqs.meta.events.register("before-send", lambda **_: None)
        sqs.send_message(QueueUrl=url, MessageBody="key")
        [message] = sqs.receive_message(QueueUrl=url)["Messages"]
        assert s3.get_object(Bucket="bucket", Key=message["Body"])["Body"].read() == b"content"
        # moto gives out receipt handles of 186 characters.
        assert message["ReceiptHandle"].startswith("AQEB")


def look_and_make(seen: list[tuple[int, int]]) -> None:
    s3, sqs = boto3.client("s3", region_name="us-east-1"), boto3.client("sqs", region_name="us-east-1")
    seen.append((len(s3.list_buckets()["Buckets"]), len(sqs.list_queues().get("QueueUrls", []))))
    s3.create_bucket(Bucket="bucket")
    sqs.create_queue(QueueName="q")


@pytest.mark.parametrize("outer", ["moto", "minicloud"])
def test_moto_on_the_same_class(outer: str) -> None:
    seen: list[tuple[int, int]] = []
    here = minicloud.mock_aws(passthrough=("s3",))

    class Plain:
        def setup_method(self) -> None:
            boto3.client("s3", region_name="us-east-1").list_buckets()

        def test_a(self) -> None:
            look_and_make(seen)

        def test_b(self) -> None:
            look_and_make(seen)

    class Case(unittest.TestCase):
        def test_a(self) -> None:
            look_and_make(seen)

        def test_b(self) -> None:
            look_and_make(seen)

    class CaseWithSetUp(Case):
        def setUp(self) -> None:
            boto3.client("s3", region_name="us-east-1").list_buckets()

        def test_a(self) -> None:
            look_and_make(seen)

        def test_b(self) -> None:
            look_and_make(seen)

    for suite in (Plain, Case, CaseWithSetUp):
        mocked: Any = moto.mock_aws(here(suite)) if outer == "moto" else here(moto.mock_aws(suite))
        for name in ("test_a", "test_b"):
            if suite is Plain:
                instance = mocked()
                instance.setup_method()
                getattr(instance, name)()
                instance.teardown_method()
            else:
                result = mocked(name).run()
                assert result.errors == result.failures == []
        assert seen == [(0, 0), (0, 0)], suite
        seen.clear()


def send_and_receive(sqs: Any) -> bool:
    return "Messages" in sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName="q")["QueueUrl"])


def test_freezegun() -> None:
    # freezegun looks at everything that is imported, and what powertools makes on that occasion fails on frozen time.
    freeze = freezegun.freeze_time("2030-01-01 00:00:00", ignore=["aws_lambda_powertools"])
    with minicloud.mock_aws(), freeze as frozen:
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="q", Attributes={"DelaySeconds": "60"})["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="x")
        assert not send_and_receive(sqs)
        frozen.tick(datetime.timedelta(seconds=60))
        assert send_and_receive(sqs)
        sqs.meta.events.register("before-send", lambda **_: None)
        assert "01 Jan 2030 00:01:00" in sqs.list_queues()["ResponseMetadata"]["HTTPHeaders"]["date"]


def test_time_machine() -> None:
    with minicloud.mock_aws(), time_machine.travel("2030-01-01 00:00:00 +0000", tick=False) as traveller:
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="q", Attributes={"DelaySeconds": "60"})["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="x")
        assert not send_and_receive(sqs)
        traveller.shift(60)
        assert send_and_receive(sqs)


def test_xdist(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    pytester.makepyfile(
        """
        import boto3, minicloud, pytest

        @pytest.mark.parametrize("number", range(20))
        @minicloud.mock_aws
        def test_alone(number):
            sqs = boto3.client("sqs")
            assert "QueueUrls" not in sqs.list_queues()
            sqs.create_queue(QueueName="q")
        """
    )
    pytester.runpytest_subprocess("-n", "2", "-q", "-p", "no:randomly").assert_outcomes(passed=20)
