"""What a queue tells of itself: how old its oldest message is, and what comes back by when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import minicloud
from tests.sqs.consistency import check

FIFO = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
LIMITS = minicloud.Limits(sqs_noisy_group_in_flight=2, sqs_noisy_group_percent=10)


class Queue:
    """A queue, by the calls that tests make of it."""

    def __init__(self, cloud: minicloud.Cloud, name: str, **attributes: str) -> None:
        self.cloud = cloud
        self.name = name
        self.sqs: Any = cloud.client("sqs")
        attributes = {**(FIFO if name.endswith(".fifo") else {}), **attributes}
        self.url = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        self.kept: Any = next(iter(cloud.services("sqs"))).queue(self.url)

    def send(self, body: str, **params: Any) -> None:
        if self.name.endswith(".fifo"):
            params = {"MessageGroupId": body, **params}
        self.sqs.send_message(QueueUrl=self.url, MessageBody=body, **params)

    def receive(self, seconds: int = 30) -> str:
        [message] = self.sqs.receive_message(QueueUrl=self.url, VisibilityTimeout=seconds)["Messages"]
        handle: str = message["ReceiptHandle"]
        return handle

    def change(self, handle: str, seconds: int) -> None:
        self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=handle, VisibilityTimeout=seconds)

    def delete(self, handle: str) -> None:
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=handle)

    def metric(self, name: str) -> float | None:
        """The latest value of a gauge; None where there is none."""
        found = self.cloud.metric("AWS/SQS", name, QueueName=self.name)
        return found.latest if found.points else None

    def flights(self, seconds: float) -> list[str]:
        """What was received and comes back in so many seconds."""
        return [message.body for message in self.kept.flights(self.cloud.time_ns() + round(seconds * 1e9))]


@pytest.fixture
def cloud() -> Iterator[minicloud.Cloud]:
    with minicloud.Cloud(clock="virtual", limits=LIMITS, region_name="us-east-1") as made:
        yield made
        check(made)


# --- ages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", range(5))
@pytest.mark.parametrize("name", ["q", "q.fifo"])
def test_the_age_of_the_oldest_message_leaves_out_of_a_standard_queue_what_was_received_three_times(
    cloud: minicloud.Cloud, name: str, times: int
) -> None:
    queue = Queue(cloud, name)
    queue.send("old")
    for _ in range(times):
        queue.receive(0)
    cloud.clock.advance(100)
    queue.send("young")
    cloud.clock.advance(50)
    is_left_out = name == "q" and times >= 3
    assert queue.metric("ApproximateAgeOfOldestMessage") == (50 if is_left_out else 150)


@pytest.mark.parametrize("times", range(5))
def test_so_does_that_of_the_oldest_message_in_quiet_groups(cloud: minicloud.Cloud, times: int) -> None:
    queue = Queue(cloud, "q")
    queue.send("old", MessageGroupId="a")
    for _ in range(times):
        queue.receive(0)
    cloud.clock.advance(100)
    queue.send("young", MessageGroupId="a")
    cloud.clock.advance(50)
    assert queue.metric("ApproximateAgeOfOldestMessageInQuietGroups") == (50 if times >= 3 else 150)


# --- flights ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["q", "q.fifo"])
def test_what_comes_back_by_when(cloud: minicloud.Cloud, name: str) -> None:
    """Neither what was deleted, nor what is hidden for longer by now, and nothing that is delayed; each once."""
    queue = Queue(cloud, name)
    for body in "abcde":
        queue.send(body)
    a, b, c, d = (queue.receive(seconds) for seconds in (10, 20, 30, 40))
    assert queue.flights(9.999) == []
    assert queue.flights(10) == ["a"]
    assert queue.flights(40) == ["a", "b", "c", "d"]
    queue.change(a, 50)
    assert queue.flights(40) == ["b", "c", "d"]
    assert queue.flights(49.999) == ["b", "c", "d"]
    assert queue.flights(50) == ["b", "c", "d", "a"]
    queue.change(d, 5)
    assert queue.flights(5) == ["d"]
    assert queue.flights(50) == ["d", "b", "c", "a"]
    queue.delete(c)
    assert queue.flights(50) == ["d", "b", "a"]
    queue.change(b, 0)
    assert queue.flights(50) == ["d", "a"]
    queue.change(a, 60)
    queue.change(a, 50)
    assert queue.flights(60) == ["d", "a"]


def test_what_is_delayed_is_no_flight(cloud: minicloud.Cloud) -> None:
    queue = Queue(cloud, "q")
    queue.send("a", DelaySeconds=10)
    queue.send("b")
    queue.receive(20)
    assert queue.flights(30) == ["b"]


@pytest.mark.parametrize("moved_at", [50, 150])
def test_the_age_in_a_dead_letter_queue_is_that_of_what_came_first_moved_or_sent(
    cloud: minicloud.Cloud, moved_at: int
) -> None:
    """A letter counts from its move on, however old it is; another message was sent there at 100."""
    dead = Queue(cloud, "dead")
    policy = json.dumps({"deadLetterTargetArn": cloud.queue("dead").arn, "maxReceiveCount": 1})
    queue = Queue(cloud, "q", RedrivePolicy=policy)
    queue.send("letter")
    queue.receive(0)
    for moment in range(50, 200, 50):
        cloud.clock.advance(50)
        if moment == 100:
            dead.send("sent")
        elif moment == moved_at:
            assert "Messages" not in queue.sqs.receive_message(QueueUrl=queue.url)
    assert dead.metric("ApproximateAgeOfOldestMessage") == 150 - min(moved_at, 100)


def test_the_age_in_a_dead_letter_queue_is_that_of_the_letter_that_was_moved_first(cloud: minicloud.Cloud) -> None:
    """Which need not be the oldest letter."""
    dead = Queue(cloud, "dead")
    policy = json.dumps({"deadLetterTargetArn": cloud.queue("dead").arn, "maxReceiveCount": 1})
    queues = [Queue(cloud, name, RedrivePolicy=policy) for name in ("old", "middle", "young")]
    for queue in queues:
        queue.send("letter")
        queue.receive(0)
        cloud.clock.advance(10)
    for queue in reversed(queues):
        cloud.clock.advance(50)
        assert "Messages" not in queue.sqs.receive_message(QueueUrl=queue.url)
    cloud.clock.advance(5)
    assert dead.metric("ApproximateAgeOfOldestMessage") == 105
    dead.delete(dead.receive())
    cloud.clock.advance(60)
    assert dead.metric("ApproximateAgeOfOldestMessage") == 115


@pytest.mark.parametrize("name", ["q", "q.fifo", "fair"])
def test_numbers_are_counts_and_ages_are_seconds(cloud: minicloud.Cloud, name: str) -> None:
    queue = Queue(cloud, name)
    queue.send("m", **({"MessageGroupId": "g"} if name == "fair" else {}))
    [gauges] = next(iter(cloud.services("sqs"))).gauges(cloud.time_ns())
    units = {metric: unit for metric, unit, _, _ in gauges.values}
    assert units == {metric: "Seconds" if "AgeOf" in metric else "Count" for metric in units}
    assert len(units) == {"q": 4, "q.fifo": 5, "fair": 9}[name]


@pytest.mark.parametrize("source", ["q", "a:b:c:eu-north-1:e", "arn:aws:sqs:us-east-1:123456789012:q"])
def test_a_redrive_allow_policy_may_name_what_is_no_arn(cloud: minicloud.Cloud, source: str) -> None:
    """Only of what has the form of one the region is looked at."""
    text = json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [source]})
    queue = Queue(cloud, "q", RedriveAllowPolicy=text)
    answer = queue.sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=["RedriveAllowPolicy"])
    assert json.loads(answer["Attributes"]["RedriveAllowPolicy"]) == json.loads(text)
