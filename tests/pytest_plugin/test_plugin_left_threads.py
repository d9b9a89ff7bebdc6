"""What a failed test is told of threads that an earlier test has left behind."""

from __future__ import annotations

import pytest

from tests.support.runs import run_inside

pytestmark = pytest.mark.needs("boto3")

TESTS = """
    import threading
    import boto3, minicloud

    sqs = boto3.client("sqs", "us-east-1")
    go, done, tasks = threading.Semaphore(0), threading.Semaphore(0), []

    def work():
        while go.acquire() and tasks:
            tasks.pop()()
            done.release()

    def in_the_thread(task):
        tasks.append(task)
        go.release()
        assert done.acquire(timeout=30)

    def take():
        sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName="jobs")["QueueUrl"])

    def send():
        url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="mine")

    def test_one(mock_aws):
        send()
        threading.Thread(target=work, name="worker", daemon=True).start()
        in_the_thread(take)
        {one}

    def test_two(mock_aws):
        send()
        {two}
        assert mock_aws.queue("jobs").counts.visible == {visible}

    def test_the_last():
        go.release()
"""
TOLD = (
    "thread worker has used this cloud, and was started inside of the mock of test_left.py::test_one: what it took "
    "this test did not get; have it end with its own test"
)


def told(pytester: pytest.Pytester, *, passed: int, one: str = "", two: str = "", visible: int = 1) -> list[str]:
    """The lines that tell of the thread, each with the one that follows it."""
    pytester.makepyfile(test_left=TESTS.format(one=one, two=two, visible=visible))
    result = run_inside(pytester)
    result.assert_outcomes(passed=passed, failed=3 - passed)
    lines = result.outlines
    found = [number for number, line in enumerate(lines) if line.startswith("thread ")]
    return [text for number in found for text in lines[number : number + 2]]


def test_who_has_taken_a_message_is_told_first(pytester: pytest.Pytester) -> None:
    found = told(pytester, two="in_the_thread(take)", passed=2)
    assert found == [TOLD, "1 message, in flight"]


def test_a_thread_that_has_not_used_the_cloud_is_not_told_of(pytester: pytest.Pytester) -> None:
    assert told(pytester, passed=2, visible=7) == []


def test_nor_is_a_thread_of_the_test_itself(pytester: pytest.Pytester) -> None:
    assert told(pytester, one="assert 0", passed=2) == []
