"""Threads that were started inside of a mock, and call with clients of the application's when it is over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import NewConnectionError

import minicloud
from tests.support.threads import Worker

pytestmark = pytest.mark.needs("boto3")

CONFIG = Config(retries={"total_max_attempts": 1}, connect_timeout=1)
KEYS = {"aws_access_key_id": "AKIAREALREALREALREAL", "aws_secret_access_key": "real"}
LEFT = r"was about to be sent by the thread 'a worker', which was started inside of a mock_aws\(\) that has ended: stop"


class Steps:
    """A thread that does one thing after another, when it is told to."""

    def __init__(self, name: str = "a worker") -> None:
        self._go, self._done = threading.Semaphore(0), threading.Semaphore(0)
        self._task: Callable[[], Any] | None = None
        self._error: BaseException | None = None
        self._worker = Worker(self._work)
        self._worker.name = name

    def _work(self) -> None:
        while self._go.acquire() and self._task is not None:
            try:
                self._task()
                self._error = None
            except BaseException as error:
                self._error = error
            self._done.release()

    def do(self, task: Callable[[], Any]) -> None:
        self._task = task
        self._go.release()
        assert self._done.acquire(timeout=30)
        if self._error is not None:
            raise self._error

    def end(self) -> None:
        self._task = None
        self._go.release()
        self._worker.result()


@pytest.fixture(autouse=True)
def nothing_connects(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is about to be sent is an ``EndpointConnectionError``."""

    def urlopen(*_: Any, **__: Any) -> Any:
        raise NewConnectionError(None, "nobody is there")  # type: ignore[arg-type]

    monkeypatch.setattr(HTTPConnectionPool, "urlopen", urlopen)


@pytest.fixture
def left() -> Iterator[tuple[Any, Steps]]:
    """A client from before a mock, which that has answered; and a thread that was started inside of it."""
    sqs = boto3.client("sqs", "us-east-1", config=CONFIG, **KEYS)
    with minicloud.mock_aws():
        worker = Steps()
        worker.do(sqs.list_queues)
    yield sqs, worker
    worker.end()


def test_it_does_not_reach_aws_with_credentials_of_a_developers(left: tuple[Any, Steps]) -> None:
    sqs, worker = left
    for _ in range(2):
        with pytest.raises(minicloud.UsageError, match=LEFT) as error:
            worker.do(sqs.list_queues)
        assert isinstance(error.value, NoCredentialsError)
        assert "POST https://sqs.us-east-1.amazonaws.com/ was about" in str(error.value)


def test_without_credentials_it_is_told_the_same() -> None:
    sqs = boto3.Session().client("sqs", "us-east-1", config=CONFIG)
    with minicloud.mock_aws():
        worker = Steps()
        worker.do(sqs.list_queues)
    with pytest.raises(minicloud.UsageError, match=rf"^sqs\.ListQueues {LEFT}"):
        worker.do(sqs.list_queues)
    with pytest.raises(NoCredentialsError, match=r"^Unable to locate credentials$"):
        sqs.list_queues()  # this thread was there before
    worker.end()


def test_others_go_where_they_go_without_a_mock(left: tuple[Any, Steps]) -> None:
    """A thread from before or after the mock, a client that it has not answered, and a host of somebody else's."""
    sqs, worker = left
    new = boto3.client("sqs", "us-east-1", config=CONFIG, **KEYS)
    local = boto3.client("sqs", "us-east-1", config=CONFIG, endpoint_url="http://localhost:1", **KEYS)
    with minicloud.mock_aws():
        local.list_queues()
    later = Steps()
    for do, client in ((_here, sqs), (later.do, sqs), (worker.do, new), (worker.do, local)):
        with pytest.raises(EndpointConnectionError):
            do(client.list_queues)
    later.end()


def test_in_the_next_mock_it_is_answered_again(left: tuple[Any, Steps]) -> None:
    sqs, worker = left
    with minicloud.mock_aws(), minicloud.mock_aws():
        worker.do(lambda: sqs.create_queue(QueueName="q"))
        assert len(sqs.list_queues()["QueueUrls"]) == 1
        inner = Steps()
    for one in (worker, inner):
        with pytest.raises(minicloud.UsageError, match=LEFT):
            one.do(sqs.list_queues)
    inner.end()


def _here(task: Callable[[], Any]) -> None:
    task()
