"""Real clients in processes that are forked inside a mock: never a network, never a silent copy."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import boto3
import pytest

import minicloud
from tests.engine import test_forks

pytestmark = [pytest.mark.needs("boto3"), *test_forks.pytestmark]


def test_a_copied_mock_refuses() -> None:
    with minicloud.mock_aws() as cloud:
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        assert "this process was forked" in test_forks.forked(lambda: sqs.send_message(QueueUrl=url, MessageBody="m"))
        assert "this process was forked" in test_forks.forked(lambda: boto3.client("sns").list_topics())
        sqs.send_message(QueueUrl=url, MessageBody="m")
        assert cloud.queue("q").bodies == ["m"]


def send(url: str) -> None:
    boto3.client("sqs").send_message(QueueUrl=url, MessageBody="m")


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_pool_of_workers_that_send_says_what_to_run_in_its_place() -> None:
    with minicloud.mock_aws() as cloud:
        url = boto3.client("sqs").create_queue(QueueName="q")["QueueUrl"]
        processes = ProcessPoolExecutor(1, mp_context=get_context("fork"))
        with processes, pytest.raises(minicloud.UsageError, match=r"ThreadPoolExecutor .* in place of ProcessPool"):
            processes.submit(send, url).result(30)
        with ThreadPoolExecutor(1) as threads:
            threads.submit(send, url).result(30)
        assert cloud.queue("q").bodies == ["m"]


@pytest.mark.parametrize("nested", [False, True])
def test_a_process_may_have_a_mock_of_its_own(nested: bool) -> None:
    def own() -> list[Any]:
        with minicloud.mock_aws() as cloud:
            with minicloud.mock_aws() as inner:
                boto3.client("sqs").create_queue(QueueName="mine")
            urls = boto3.client("sqs").list_queues()["QueueUrls"]
            seen = [inner is cloud, [url.rpartition("/")[2] for url in urls]]
        try:
            boto3.client("sqs").list_queues()
        except minicloud.UsageError as error:
            seen.append("forked" in str(error))
        except Exception as error:  # outside of any mock there is no network in these tests
            seen.append(type(error).__name__)
        return seen

    if not nested:
        assert test_forks.forked(own)[:2] == [True, ["mine"]]
        return
    with minicloud.mock_aws():
        boto3.client("sqs").create_queue(QueueName="q")
        # After its own mock the copied one answers again, so that no call gets out.
        assert test_forks.forked(own) == [True, ["mine"], True]
        assert len(boto3.client("sqs").list_queues()["QueueUrls"]) == 1


def test_a_process_may_leave_the_mocks_that_it_was_forked_in() -> None:
    outer, inner = minicloud.mock_aws(), minicloud.mock_aws()
    outer.start()
    inner.start()

    def leave() -> str:
        inner.stop()
        outer.stop()
        with minicloud.mock_aws():
            return str(boto3.client("sqs").create_queue(QueueName="q")["QueueUrl"])

    try:
        assert test_forks.forked(leave).endswith("/q")
        boto3.client("sqs").list_queues()
    finally:
        inner.stop()
        outer.stop()
