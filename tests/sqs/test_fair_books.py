"""Which groups of a fair queue are noisy, and what is counted of each: derived anew it is the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

import minicloud
from minicloud.services.sqs.fair_groups import FairGroups
from minicloud.services.sqs.retention import SLACK

LIMITS = minicloud.Limits(sqs_noisy_group_in_flight=2, sqs_noisy_group_percent=10)


def books(groups: FairGroups) -> dict[str | None, tuple[int, int, bool]]:
    """How many of each group are visible and in flight, and whether it is remembered."""
    return {name: (one.visible, one.in_flight, one.remembered) for name, one in groups._groups.items()}


class Queue:
    """A fair queue of which three messages of a group, and one of another, are in flight."""

    def __init__(self, cloud: minicloud.Cloud) -> None:
        self.cloud = cloud
        self.sqs = cloud.client("sqs")
        self.url = self.sqs.create_queue(QueueName="q")["QueueUrl"]
        for body in ("a1", "a2", "a3", "b1", "a4", "b2", "c1"):
            self.send(body)
        self.receive(4)
        self.queue: Any = next(iter(cloud.services("sqs"))).queue(self.url)

    @property
    def groups(self) -> FairGroups:
        made: FairGroups = self.queue._fair
        return made

    def send(self, body: str) -> None:
        self.sqs.send_message(QueueUrl=self.url, MessageBody=body, MessageGroupId=body[0])

    def receive(self, maximum: int, **options: Any) -> list[str]:
        answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=maximum, **options)
        return [message["Body"] for message in answer.get("Messages", [])]


@pytest.fixture
def fair() -> Any:
    with minicloud.Cloud(clock="virtual", limits=LIMITS, region_name="us-east-1") as cloud:
        yield Queue(cloud)


def test_what_is_counted_is_the_same_when_it_is_counted_anew(fair: Queue) -> None:
    fair.groups.settle()
    counted = books(fair.groups)
    assert counted == {"a": (1, 3, True), "b": (1, 1, False), "c": (1, 0, False)}
    fair.groups.interrupted(())
    assert books(fair.groups) == counted
    derived = FairGroups.derived(LIMITS, list(fair.queue.all_messages()), fair.groups)
    assert books(derived) == counted
    assert derived._drained == {}


def test_a_group_whose_backlog_is_gone_is_not_remembered_when_it_is_derived_anew(fair: Queue) -> None:
    """Also where that has only just happened."""
    assert fair.receive(3, VisibilityTimeout=600) == ["b2", "c1", "a4"]
    fair.groups.settle()
    derived = FairGroups.derived(LIMITS, list(fair.queue.all_messages()), fair.groups)
    assert {group.name for group in derived._drained} == {"a", "b", "c"}
    derived.begin(fair.cloud.time_ns())
    assert books(derived) == {"a": (0, 4, False), "b": (0, 2, False), "c": (0, 1, False)}


def test_policies_of_redrive_leave_the_groups_as_they_are(fair: Queue) -> None:
    fair.sqs.create_queue(QueueName="dead")
    policy = json.dumps({"deadLetterTargetArn": fair.cloud.queue("dead").arn, "maxReceiveCount": 5})
    fair.sqs.set_queue_attributes(QueueUrl=fair.url, Attributes={"RedrivePolicy": policy})
    assert fair.cloud.queue("q").noisy_groups == ["a"]
    fair.send("a5")
    assert [fair.receive(1) for _ in range(4)] == [["b2"], ["c1"], ["a4"], ["a5"]]


@pytest.mark.parametrize("is_aside", [False, True])
def test_lines_of_groups_hold_little_that_is_out_of_date(is_aside: bool) -> None:
    """A group stands in one place of one line, however often that was another."""
    groups = FairGroups(LIMITS)
    first, other = groups._group("a"), groups._group("b")
    first.remembered = other.remembered = True
    stand = groups._stand_aside if is_aside else groups._stand_in_line
    line, empty = (groups._noisy, groups._quiet) if is_aside else (groups._quiet, groups._noisy)
    stand(other, 10_000)
    for place in range(1_000, 0, -1):
        stand(first, place)
        assert len(line) <= 2 * 2 + SLACK
        assert line.head() == (place, first)
    assert (first.key, first.stands_aside) == (1, is_aside)
    assert groups._aside == []
    left = []
    while (entry := line.head()) is not None:
        line.pop()
        left.append(entry)
    assert left[-1] == (10_000, other)
    assert sorted(place for place, group in left if group is first) == [
        place for place, group in left if group is first
    ]
    assert len(empty) == 0
    groups._number = 0
    for _ in range(1_000):
        groups._watch(first)
        assert len(groups._silences) <= 2 * 2 + SLACK


def test_a_group_that_stands_aside_for_one_receive_is_looked_at_again_by_the_next() -> None:
    groups = FairGroups(LIMITS)
    group = groups._group("a")
    groups._stand_aside(group, 5)
    groups._stand_aside(group, 6)
    assert groups._aside == [group]
    groups.begin(1)
    assert (group.stands_aside, groups._aside, groups._quiet.head()) == (False, [], (6, group))
