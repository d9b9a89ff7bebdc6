"""Whose thread handlers run in: that of the call which led to it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import pytest

import minicloud
from minicloud.engine.turns import Lines
from tests.support.clouds import make_queue, send

if TYPE_CHECKING:
    from minicloud.core.errands import Errand

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


def test_what_runs_says_whether_there_was_anything() -> None:
    cloud = minicloud.Cloud(clock="virtual")
    ran: list[bool] = []

    def work(event: object, context: object) -> None:
        ran.append(cloud.errand_runner.run())  # the outermost call performs what there is

    sns, topic = cloud.client("sns"), cloud.client("sns").create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=cloud.function("work", work))
    assert not cloud.errand_runner.run()
    with cloud.hold_handlers():
        sns.publish(TopicArn=topic, Message="m")
        assert not cloud.errand_runner.run()
    assert (ran, cloud.errand_runner.run()) == ([False], False)
    with cloud.hold_handlers():
        sns.publish(TopicArn=topic, Message="m")
        cloud.errand_runner.held.holders.clear()
        assert cloud.errand_runner.run()


def test_what_comes_into_a_change_goes_through_it() -> None:
    cloud = minicloud.Cloud(clock="virtual")
    url = make_queue(cloud)

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    for change in (cloud.change, cloud.look):
        with pytest.raises(KeyboardInterrupt):
            change("a change", interrupted)
    send(cloud, url, "m")
    cloud.close()
    with pytest.raises(KeyboardInterrupt):
        cloud.look("a look", interrupted)
    assert cloud.queue(url).bodies == ["m"]


# --- the lines they wait in -------------------------------------------------------------------------------------------


def test_errands_wait_in_the_lines_of_their_owners() -> None:
    lines, first, second, third = Lines(), *(cast("Errand", object()) for _ in range(3))
    assert not lines
    lines.add(1, second)
    lines.add(1, third)
    lines.put_back(first, 1)  # it was taken, and could not be performed
    assert (lines.all(), list(lines[1])) == ([first, second, third], [first, second, third])
    assert [lines.has(one) for one in (first, second, third, object())] == [True, True, True, False]
    assert (lines.owner_of_next(None, 1), lines.owner_of_next(None, 2)) == (1, None)
    assert (lines.disown(2), lines.disown(1), lines.disown(1)) == (False, True, False)
    [nobody] = lines
    assert isinstance(nobody, int)
    assert nobody < 0
    assert lines.owner_of_next(None, 2) == nobody
    lines.put_back(cast("Errand", object()), None)
    assert len(lines) == 2
    assert all(isinstance(owner, int) and owner < 0 for owner in lines)
    emptied = Lines()
    emptied.add(3, first)
    emptied.add(4, second)
    emptied[3].popleft()
    assert (emptied.owner_of_next(None, 3), list(emptied)) == (None, [4])  # what took the last one was interrupted
