"""Whose thread handlers run in: that of the call which led to it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest

import minicloud
from tests.support.clouds import make_queue, send

URL = "https://example.com/orders"


@pytest.fixture
def _threads_take_turns_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_threads_take_turns_often")
def test_on_a_real_clock_a_handler_has_run_when_the_call_returns() -> None:
    """Though a thread of the cloud's own looks after what comes due while nobody calls."""
    for _ in range(40):
        assert threads_of_a_confirmation() == [threading.current_thread().name]


def threads_of_a_confirmation() -> list[str]:
    """Those in which an endpoint had been called when its subscription was made."""
    threads: list[str] = []
    with minicloud.Cloud(clock="real") as cloud:
        cloud.http_endpoint(URL, lambda _: threads.append(threading.current_thread().name))
        sns = cloud.client("sns", region_name="us-east-1")
        sns.subscribe(TopicArn=sns.create_topic(Name="t")["TopicArn"], Protocol="https", Endpoint=URL)
        return threads


def test_what_comes_due_while_nobody_calls_is_seen_to() -> None:
    """Though nothing has run so far: a message that is delayed becomes visible to a mapping."""
    has_run = threading.Event()

    def work(event: object, context: object) -> None:
        has_run.set()

    with minicloud.Cloud(clock="real") as cloud:
        url = make_queue(cloud, "jobs")
        cloud.function("work", work)
        cloud.event_source_mapping(url, "work")
        send(cloud, url, "m", DelaySeconds=1)
        assert has_run.wait(10)
