"""The order of a FIFO queue: messages inside a group, groups among each other, and what locks a group."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud
from tests.support.clocks import SettableClock

from .support import (
    NewQueue,
    bodies,
    change,
    counts,
    delete,
    receive,
    receive_one,
    received_bodies,
    redrive,
    send_to_groups,
)

# --- inside a group ------------------------------------------------------------------------------------------------


def test_one_receive_takes_many_of_a_group(sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, *[f"g-{number}" for number in range(12)])
    assert received_bodies(sqs, fifo, 10) == [f"g-{number}" for number in range(10)]
    assert receive(sqs, fifo) == []


def test_a_batch_is_filled_group_by_group(sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g1-m1", "g2-m1", "g1-m2", "g1-m3")
    assert received_bodies(sqs, fifo) == ["g1-m1", "g1-m2", "g1-m3", "g2-m1"]


def test_what_is_in_flight_locks_its_group(cloud: minicloud.Cloud, sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g1-m1", "g1-m2", "g2-m1")
    first = receive_one(sqs, fifo, maximum=1)
    assert first["Body"] == "g1-m1"
    send_to_groups(sqs, fifo, "g1-m3", "g3-m1")
    assert received_bodies(sqs, fifo) == ["g2-m1", "g3-m1"]
    # What only waits behind others counts as visible.
    assert counts(sqs, fifo) == (2, 3, 0)
    delete(sqs, fifo, first)
    assert received_bodies(sqs, fifo) == ["g1-m2", "g1-m3"]


def test_the_lock_ends_when_the_timeout_does(cloud: minicloud.Cloud, sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g-1", "g-2", "g-3")
    assert received_bodies(sqs, fifo, 2) == ["g-1", "g-2"]
    cloud.clock.advance(30)
    assert received_bodies(sqs, fifo) == ["g-1", "g-2", "g-3"]


def test_the_lock_ends_when_the_message_is_released(sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g-1", "g-2")
    change(sqs, fifo, receive_one(sqs, fifo, maximum=1), 0)
    assert received_bodies(sqs, fifo) == ["g-1", "g-2"]


def test_the_first_of_two_is_released(sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g-1", "g-2", "g-3")
    first, second = receive(sqs, fifo, 2)
    change(sqs, fifo, first, 0)
    first = receive_one(sqs, fifo)
    assert first["Body"] == "g-1"
    assert receive(sqs, fifo) == []
    delete(sqs, fifo, first)
    assert receive(sqs, fifo) == []
    delete(sqs, fifo, second)
    assert received_bodies(sqs, fifo) == ["g-3"]


def test_the_second_of_two_is_released(sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g-1", "g-2", "g-3")
    first, second = receive(sqs, fifo, 2)
    change(sqs, fifo, second, 0)
    assert receive(sqs, fifo) == []
    assert counts(sqs, fifo) == (2, 1, 0)
    delete(sqs, fifo, first)
    assert received_bodies(sqs, fifo) == ["g-2", "g-3"]


def test_the_first_of_two_is_deleted(sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g-1", "g-2", "g-3")
    first, _ = receive(sqs, fifo, 2)
    delete(sqs, fifo, first)
    assert receive(sqs, fifo) == []


def test_the_second_of_two_is_deleted(cloud: minicloud.Cloud, sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g-1", "g-2", "g-3")
    _, second = receive(sqs, fifo, 2)
    delete(sqs, fifo, second)
    assert receive(sqs, fifo) == []
    cloud.clock.advance(30)
    assert received_bodies(sqs, fifo) == ["g-1", "g-3"]


def test_a_lock_can_be_made_longer(cloud: minicloud.Cloud, sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g-1", "g-2")
    message = receive_one(sqs, fifo, maximum=1)
    change(sqs, fifo, message, 60)
    cloud.clock.advance(59)
    assert receive(sqs, fifo) == []
    delete(sqs, fifo, message)
    assert received_bodies(sqs, fifo) == ["g-2"]


def test_a_timeout_of_zero_locks_nothing(sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g-1", "g-2")
    assert received_bodies(sqs, fifo, VisibilityTimeout=0) == ["g-1", "g-2"]
    assert received_bodies(sqs, fifo, 1) == ["g-1"]
    assert received_bodies(sqs, fifo) == []


def test_a_group_that_was_empty_works_again(sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g-1")
    delete(sqs, fifo, receive_one(sqs, fifo))
    send_to_groups(sqs, fifo, "g-2")
    assert received_bodies(sqs, fifo) == ["g-2"]


def test_a_message_that_expires_unlocks_its_group(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("queue.fifo", MessageRetentionPeriod=60, VisibilityTimeout=600)
    send_to_groups(sqs, url, "g-1")
    message = receive_one(sqs, url)
    cloud.clock.advance(50)
    send_to_groups(sqs, url, "g-2")
    cloud.clock.advance(9)
    assert receive(sqs, url) == []
    cloud.clock.advance(1)
    assert received_bodies(sqs, url) == ["g-2"]
    delete(sqs, url, message)


# --- delays --------------------------------------------------------------------------------------------------------


def test_another_attribute_hides_nothing_though_the_clock_was_put_back() -> None:
    clock = SettableClock()
    sqs = minicloud.Cloud(clock=clock, seed=1).client("sqs")
    url = sqs.create_queue(QueueName="queue.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    send_to_groups(sqs, url, "g-1")
    clock.move(-60)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "10"})
    assert received_bodies(sqs, url) == ["g-1"]


def test_a_delayed_head_blocks_its_group(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("queue.fifo", DelaySeconds=10)
    send_to_groups(sqs, url, "g1-m1")
    cloud.clock.advance(4)
    send_to_groups(sqs, url, "g1-m2", "g2-m1")
    assert counts(sqs, url) == (0, 0, 3)
    cloud.clock.advance(6)
    assert counts(sqs, url) == (1, 0, 2)
    message = receive_one(sqs, url)
    assert message["Body"] == "g1-m1"
    cloud.clock.advance(4)
    assert received_bodies(sqs, url) == ["g2-m1"]
    delete(sqs, url, message)
    assert received_bodies(sqs, url) == ["g1-m2"]


def test_a_delay_of_zero_does_not_override_the_queues(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("queue.fifo", DelaySeconds=10)
    params = {"MessageGroupId": "g", "MessageDeduplicationId": "d"}
    sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=0, **params)
    assert counts(sqs, url) == (0, 0, 1)
    cloud.clock.advance(10)
    assert received_bodies(sqs, url) == ["x"]


# --- among groups: as recorded from AWS -----------------------------------------------------------------------------


@pytest.mark.parametrize("between", [0, 0.001])
def test_groups_that_were_received_go_behind_those_that_were_not(
    cloud: minicloud.Cloud, sqs: Any, fifo: str, between: float
) -> None:
    send_to_groups(sqs, fifo, "g1-m1", "g1-m2", "g2-m1", "g2-m2", "g3-m1")
    cloud.clock.advance(between)
    assert received_bodies(sqs, fifo, 3, VisibilityTimeout=0) == ["g1-m1", "g1-m2", "g2-m1"]
    cloud.clock.advance(between)
    assert received_bodies(sqs, fifo, 10) == ["g3-m1", "g1-m1", "g1-m2", "g2-m1", "g2-m2"]


@pytest.mark.parametrize("between", [0, 0.001])
def test_groups_go_by_the_age_of_their_heads(cloud: minicloud.Cloud, sqs: Any, fifo: str, between: float) -> None:
    for body in ("g1-m1", "g1-m2", "g2-m1", "g1-m3", "g1-m4", "g3-m1"):
        send_to_groups(sqs, fifo, body)
        cloud.clock.advance(between)
    messages = receive(sqs, fifo, 2)
    assert bodies(messages) == ["g1-m1", "g1-m2"]
    delete(sqs, fifo, *messages)
    assert received_bodies(sqs, fifo) == ["g2-m1", "g1-m3", "g1-m4", "g3-m1"]


@pytest.mark.parametrize("between", [0, 0.001])
def test_a_released_message_goes_behind_groups_that_waited(
    cloud: minicloud.Cloud, sqs: Any, fifo: str, between: float
) -> None:
    send_to_groups(sqs, fifo, "g1-m1", "g2-m1")
    cloud.clock.advance(between)
    message = receive_one(sqs, fifo, maximum=1)
    cloud.clock.advance(between)
    change(sqs, fifo, message, 0)
    assert received_bodies(sqs, fifo) == ["g2-m1", "g1-m1"]


# --- retried receives ----------------------------------------------------------------------------------------------


def test_a_retried_receive_gets_the_same(cloud: minicloud.Cloud, sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g1-m1", "g1-m2", "g2-m1")
    params: dict[str, Any] = {"ReceiveRequestAttemptId": "attempt-1", "AttributeNames": ["ApproximateReceiveCount"]}
    first = receive(sqs, fifo, 2, **params)
    cloud.clock.advance(20)
    assert receive(sqs, fifo, 2, **params) == first
    assert [message["Attributes"]["ApproximateReceiveCount"] for message in first] == ["1", "1"]
    # The timeout has begun anew, and does so each time.
    cloud.clock.advance(20)
    assert received_bodies(sqs, fifo) == ["g2-m1"]
    assert receive(sqs, fifo, 2, **params) == first
    cloud.clock.advance(20)
    assert receive(sqs, fifo) == []
    delete(sqs, fifo, *first)


def test_attempts_with_another_id_are_others(sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g1-m1", "g2-m1")
    assert received_bodies(sqs, fifo, 1, ReceiveRequestAttemptId="a") == ["g1-m1"]
    assert received_bodies(sqs, fifo, 1, ReceiveRequestAttemptId="b") == ["g2-m1"]
    assert received_bodies(sqs, fifo, 1, ReceiveRequestAttemptId="a") == ["g1-m1"]


# What AWS does with the id of a receive that hid nothing is not known: there is no timeout left to repeat it in.


def test_an_attempt_that_hides_nothing_is_not_repeated(sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g-1", "g-2")
    params: dict[str, Any] = {"ReceiveRequestAttemptId": "a", "AttributeNames": ["ApproximateReceiveCount"]}
    first = receive(sqs, fifo, VisibilityTimeout=0, **params)
    assert bodies(first) == ["g-1", "g-2"]
    second = receive(sqs, fifo, **params)
    assert bodies(second) == ["g-1", "g-2"]
    assert [message["Attributes"]["ApproximateReceiveCount"] for message in second] == ["2", "2"]
    assert receive(sqs, fifo, **params) == second
    assert not {message["ReceiptHandle"] for message in first} & {message["ReceiptHandle"] for message in second}


def test_nor_is_one_on_a_queue_that_hides_nothing(sqs: Any, new_queue: NewQueue) -> None:
    url = new_queue("queue.fifo", VisibilityTimeout=0)
    send_to_groups(sqs, url, "g-1")
    for count in "123":
        params = {"ReceiveRequestAttemptId": "a", "AttributeNames": ["ApproximateReceiveCount"]}
        assert receive_one(sqs, url, **params)["Attributes"]["ApproximateReceiveCount"] == count


def test_an_attempt_is_not_repeated_with_what_has_expired(
    cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue
) -> None:
    url = new_queue("queue.fifo", MessageRetentionPeriod=60)
    send_to_groups(sqs, url, "g-1")
    cloud.clock.advance(50)
    assert received_bodies(sqs, url, ReceiveRequestAttemptId="a") == ["g-1"]
    cloud.clock.advance(10)
    assert receive(sqs, url, ReceiveRequestAttemptId="a") == []


def test_an_attempt_that_got_nothing_is_none(sqs: Any, fifo: str) -> None:
    assert receive(sqs, fifo, ReceiveRequestAttemptId="a") == []
    send_to_groups(sqs, fifo, "g-1")
    assert received_bodies(sqs, fifo, ReceiveRequestAttemptId="a") == ["g-1"]


@pytest.mark.parametrize("what", ["deleted", "changed", "expired"])
def test_an_attempt_is_new_once_a_message_has_changed(cloud: minicloud.Cloud, sqs: Any, fifo: str, what: str) -> None:
    send_to_groups(sqs, fifo, "g1-m1", "g2-m1", "g3-m1")
    first, second = receive(sqs, fifo, 2, ReceiveRequestAttemptId="a")
    if what == "deleted":
        delete(sqs, fifo, first)
    elif what == "changed":
        change(sqs, fifo, second, 60)
    else:
        cloud.clock.advance(30)
    again = receive(sqs, fifo, ReceiveRequestAttemptId="a")
    assert not {message["ReceiptHandle"] for message in again} & {first["ReceiptHandle"], second["ReceiptHandle"]}
    assert bodies(again)[0] == "g3-m1"


def test_an_attempt_is_remembered_for_five_minutes(cloud: minicloud.Cloud, sqs: Any, fifo: str) -> None:
    send_to_groups(sqs, fifo, "g1-m1", "g2-m1")
    params: dict[str, Any] = {"maximum": 1, "VisibilityTimeout": 1000, "ReceiveRequestAttemptId": "a"}
    first = receive(sqs, fifo, **params)
    cloud.clock.advance(299)
    assert receive(sqs, fifo, **params) == first
    cloud.clock.advance(1)
    assert received_bodies(sqs, fifo, **params) == ["g2-m1"]


# --- dead letters --------------------------------------------------------------------------------------------------


def test_a_group_goes_on_when_its_head_is_moved_away(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    dead = new_queue("dead.fifo")
    url = new_queue("queue.fifo", RedrivePolicy=redrive("dead.fifo"))
    send_to_groups(sqs, url, "g-1", "g-2")
    assert received_bodies(sqs, url, 1) == ["g-1"]
    assert receive(sqs, url) == []
    cloud.clock.advance(30)
    assert received_bodies(sqs, url) == ["g-2"]
    send_to_groups(sqs, url, "g-3")
    assert receive(sqs, url) == []
    cloud.clock.advance(30)
    assert received_bodies(sqs, url) == ["g-3"]
    assert received_bodies(sqs, dead) == ["g-1", "g-2"]
