"""What is counted of a queue at the very moment at which something ends, also where no call has noticed that yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

import minicloud
from tests.support.clocks import SettableClock

FIFO = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}


@pytest.fixture
def clock() -> SettableClock:
    """One that tells nobody when it is moved."""
    return SettableClock()


@pytest.fixture
def cloud(clock: SettableClock) -> Iterator[minicloud.Cloud]:
    with minicloud.Cloud(clock=clock, region_name="us-east-1") as made:
        yield made


def made(cloud: minicloud.Cloud, name: str, *bodies: str, **attributes: str) -> str:
    """A queue with some messages."""
    sqs: Any = cloud.client("sqs")
    fifo = FIFO if name.endswith(".fifo") else {}
    url: str = sqs.create_queue(QueueName=name, Attributes={**fifo, **attributes})["QueueUrl"]
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body, **({"MessageGroupId": body} if fifo else {}))
    return url


def counted(cloud: minicloud.Cloud, name: str) -> tuple[int, ...]:
    """Visible, delayed and in flight, by the one look at a queue that settles nothing."""
    visible, delayed, in_flight = re.findall(r"\d+", repr(cloud.queue(name)))
    return int(visible), int(delayed), int(in_flight)


@pytest.mark.parametrize("name", ["q", "q.fifo"])
def test_what_is_visible_is_counted_until_it_expires(cloud: minicloud.Cloud, clock: SettableClock, name: str) -> None:
    made(cloud, name, "a", "b", MessageRetentionPeriod="100")
    clock.move(99)
    assert counted(cloud, name) == (2, 0, 0)
    clock.move(1)
    assert counted(cloud, name) == (0, 0, 0)


@pytest.mark.parametrize("name", ["q", "q.fifo"])
def test_what_is_in_flight_is_counted_so_until_it_comes_back_and_until_it_expires(
    cloud: minicloud.Cloud, clock: SettableClock, name: str
) -> None:
    url = made(cloud, name, "a", "b", "c", MessageRetentionPeriod="100", VisibilityTimeout="70")
    cloud.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=2)
    clock.move(69)
    assert counted(cloud, name) == (1, 0, 2)
    clock.move(1)
    assert counted(cloud, name) == (3, 0, 0)
    clock.move(29)
    assert counted(cloud, name) == (3, 0, 0)
    clock.move(1)
    assert counted(cloud, name) == (0, 0, 0)


@pytest.mark.parametrize("name", ["q", "q.fifo"])
def test_what_is_delayed_is_counted_so_until_it_is_visible(
    cloud: minicloud.Cloud, clock: SettableClock, name: str
) -> None:
    made(cloud, name, "a", "b", MessageRetentionPeriod="100", DelaySeconds="50")
    clock.move(49)
    assert counted(cloud, name) == (0, 2, 0)
    clock.move(1)
    assert counted(cloud, name) == (2, 0, 0)


@pytest.mark.parametrize("name", ["q", "q.fifo"])
def test_what_was_hidden_for_longer_is_still_counted_so(
    cloud: minicloud.Cloud, clock: SettableClock, name: str
) -> None:
    """Also where another message has come back that nobody has noticed."""
    url = made(cloud, name, "a", "b", MessageRetentionPeriod="200")
    sqs: Any = cloud.client("sqs")
    sqs.receive_message(QueueUrl=url, VisibilityTimeout=50)
    sqs.receive_message(QueueUrl=url, VisibilityTimeout=60)
    for seconds, visible in ((50, 1), (9, 1), (1, 2)):
        clock.move(seconds)
        assert counted(cloud, name) == (visible, 0, 2 - visible)


@pytest.mark.parametrize("name", ["q", "q.fifo"])
def test_what_was_sent_while_the_clock_was_put_back_is_counted_as_long_as_what_was_sent_before(
    cloud: minicloud.Cloud, clock: SettableClock, name: str
) -> None:
    url = made(cloud, name, "a", MessageRetentionPeriod="100")
    clock.move(-1_000)
    group = {"MessageGroupId": "g"} if name.endswith(".fifo") else {}
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="b", **group)
    clock.move(1_000 + 99)
    assert counted(cloud, name) == (2, 0, 0)
    clock.move(1)
    assert counted(cloud, name) == (0, 0, 0)
