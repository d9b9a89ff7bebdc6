"""A receive from a FIFO queue looks for available groups among the oldest messages only, 120,000 on AWS."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud
from tests.support.clocks import SettableClock

from .consistency import check
from .support import (
    NewQueue,
    change,
    counts,
    delete,
    receive,
    receive_one,
    received_bodies,
    redrive,
    send_to_groups,
)

pytestmark = pytest.mark.minicloud(limits=minicloud.Limits(sqs_fifo_look_ahead=3))


def test_a_backlog_of_one_group_hides_the_others(sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g1-m1", "g1-m2", "g1-m3", "g2-m1", "g1-m4", "g2-m2")
    first = receive_one(sqs, fifo, maximum=1)
    assert receive(sqs, fifo) == []
    # They are in the queue, and visible.
    assert counts(sqs, fifo) == (5, 1, 0)
    delete(sqs, fifo, first)
    assert received_bodies(sqs, fifo) == ["g1-m2", "g1-m3", "g2-m1"]
    assert receive(sqs, fifo) == []


def test_the_backlog_is_worked_off_in_order(sqs: Any, fifo: str) -> None:
    sent = [f"g{number % 4}-{number}" for number in range(20)]
    send_to_groups(sqs, fifo, *sent)
    received = []
    while messages := receive(sqs, fifo):
        assert len(messages) <= 3
        delete(sqs, fifo, *messages)
        received += [message["Body"] for message in messages]
    assert sorted(received) == sorted(sent)
    for group in ("g0", "g1", "g2", "g3"):
        assert [one for one in received if one.startswith(group)] == [one for one in sent if one.startswith(group)]
    # A group that had been worked off begins anew.
    send_to_groups(sqs, fifo, "g0-again")
    assert received_bodies(sqs, fifo) == ["g0-again"]


def test_a_poll_is_answered_when_a_group_comes_in_sight(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("short.fifo", MessageRetentionPeriod=60)
    send_to_groups(sqs, url, "g1-m1", "g1-m2", "g1-m3")
    first = receive_one(sqs, url, maximum=1)
    change(sqs, url, first, 3600)
    cloud.clock.advance(50)
    send_to_groups(sqs, url, "g2-m1")
    # The three older ones expire, ten seconds later.
    assert received_bodies(sqs, url, WaitTimeSeconds=20) == ["g2-m1"]
    assert counts(sqs, url) == (0, 1, 0)


def test_a_delay_ends_out_of_sight(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("slow.fifo", DelaySeconds=5)
    send_to_groups(sqs, url, "g1-m1", "g1-m2", "g1-m3", "g2-m1", "g3-m1")
    cloud.clock.advance(5)
    assert counts(sqs, url) == (5, 0, 0)
    messages = receive(sqs, url)
    assert [message["Body"] for message in messages] == ["g1-m1", "g1-m2", "g1-m3"]
    delete(sqs, url, *messages[:2])
    assert received_bodies(sqs, url) == ["g2-m1", "g3-m1"]


def test_what_expires_out_of_sight(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("short.fifo", MessageRetentionPeriod=60)
    send_to_groups(sqs, url, "g1-m1", "g1-m2", "g1-m3", "g1-m4", "g2-m1")
    cloud.clock.advance(59)
    send_to_groups(sqs, url, "g3-m1")
    cloud.clock.advance(1)
    assert counts(sqs, url) == (1, 0, 0)
    assert received_bodies(sqs, url) == ["g3-m1"]


def test_a_purge_clears_what_was_out_of_sight(sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g1-m1", "g1-m2", "g1-m3", "g2-m1")
    sqs.purge_queue(QueueUrl=fifo)
    send_to_groups(sqs, fifo, "g3-m1")
    assert received_bodies(sqs, fifo) == ["g3-m1"]


def test_a_move_to_the_dead_letter_queue_makes_room(sqs: Any, new_queue: NewQueue) -> None:
    dead = new_queue("dead.fifo")
    url = new_queue("source.fifo", RedrivePolicy=redrive("dead.fifo"))
    send_to_groups(sqs, url, "g1-m1", "g1-m2", "g1-m3", "g2-m1", "g3-m1")
    assert len(receive(sqs, url, VisibilityTimeout=0)) == 3
    assert received_bodies(sqs, url) == ["g2-m1", "g3-m1"]
    assert received_bodies(sqs, dead) == ["g1-m1", "g1-m2", "g1-m3"]


def test_what_expires_before_its_delay_is_over(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("slow.fifo", DelaySeconds=100, MessageRetentionPeriod=60)
    send_to_groups(sqs, url, "g1-m1", "g1-m2", "g2-m1", "g2-m2", "g3-m1")
    assert counts(sqs, url) == (0, 0, 5)
    cloud.clock.advance(30)
    send_to_groups(sqs, url, "g1-m3", "g4-m1")
    cloud.clock.advance(30)
    assert counts(sqs, url) == (0, 0, 2)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "0"})
    assert counts(sqs, url) == (2, 0, 0)
    assert received_bodies(sqs, url) == ["g1-m3", "g4-m1"]


def test_what_expires_out_of_sight_before_what_was_sent_while_the_clock_was_put_back() -> None:
    """The oldest ones keep the moment of the queue's creation, and are still there when the clock is right again."""
    clock = SettableClock()
    limits = minicloud.Limits(sqs_fifo_look_ahead=2)
    cloud = minicloud.Cloud(clock=clock, limits=limits, region_name="us-east-1")
    sqs = cloud.client("sqs")
    attributes = {"FifoQueue": "true", "MessageRetentionPeriod": "60"}
    url = sqs.create_queue(QueueName="q.fifo", Attributes=attributes)["QueueUrl"]
    clock.move(-3600)
    send_to_groups(sqs, url, "g1-m1", "g1-m2")
    clock.move(3600)
    send_to_groups(sqs, url, "g2-m1", "g3-m1")
    clock.move(59)
    send_to_groups(sqs, url, "g4-m1", "g5-m1", "g6-m1")
    check(cloud)
    clock.move(1)
    assert counts(sqs, url) == (3, 0, 0)
    check(cloud)
    messages = receive(sqs, url)
    assert [message["Body"] for message in messages] == ["g4-m1", "g5-m1"]
    delete(sqs, url, messages[0])
    assert received_bodies(sqs, url) == ["g6-m1"]
    check(cloud)
