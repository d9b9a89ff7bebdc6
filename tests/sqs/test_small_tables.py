"""What queues keep beside their messages stays as small as these are, whatever was deleted, and in which order.

Nobody sees that but in the memory of a long run, so these tests look inside.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest

import minicloud
from minicloud.services.sqs.retention import SLACK
from tests.sqs.consistency import check

MANY = 3 * SLACK
FIFO = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
ANYTHING = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
GENERAL = {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [ANYTHING]})}
"""With a policy a recorded queue goes the general ways."""


class Queue:
    """A queue, by the calls that tests make of it, and what it keeps."""

    def __init__(self, cloud: minicloud.Cloud, name: str, **attributes: str) -> None:
        self.cloud = cloud
        self.sqs = cloud.client("sqs")
        self.is_fifo = name.endswith(".fifo")
        attributes = {"VisibilityTimeout": "43200", **(FIFO if self.is_fifo else {}), **attributes}
        self.url = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        self.kept: Any = next(iter(cloud.services("sqs"))).queue(self.url)
        self.sent = 0

    def send(self, **params: Any) -> None:
        self.sent += 1
        group = {"MessageGroupId": f"g{self.sent}", **params} if self.is_fifo else params
        self.sqs.send_message(QueueUrl=self.url, MessageBody=f"m{self.sent}", **group)

    def receive(self, **params: Any) -> str:
        [message] = self.sqs.receive_message(QueueUrl=self.url, **params)["Messages"]
        handle: str = message["ReceiptHandle"]
        return handle

    def delete(self, *handles: str) -> None:
        if len(handles) == 1:
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=handles[0])
            return
        for first in range(0, len(handles), 10):
            entries = [
                {"Id": str(number), "ReceiptHandle": handle}
                for number, handle in enumerate(handles[first : first + 10])
            ]
            assert "Failed" not in self.sqs.delete_message_batch(QueueUrl=self.url, Entries=entries)

    def change(self, handle: str, seconds: int) -> None:
        self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=handle, VisibilityTimeout=seconds)

    # --- what is kept ------------------------------------------------------------------------------------------------

    @property
    def hidden(self) -> int:
        return len(self.kept._hidden)

    @property
    def arrivals(self) -> int:
        return len(self.kept._arrivals) + len(self.kept._late_arrivals)

    def check(self) -> None:
        """What is kept is not more than twice as much as what is there, but for a few."""
        assert self.hidden <= 2 * (self.kept.delayed + self.kept.in_flight) + SLACK
        assert self.arrivals <= 2 * self.kept.size + SLACK


Make: TypeAlias = Callable[..., Queue]


@pytest.fixture
def make() -> Iterator[Make]:
    """Makes queues; what they keep is looked at in the end, too."""
    with minicloud.Cloud(clock="virtual", region_name="us-east-1") as cloud:
        yield lambda name, **attributes: Queue(cloud, name, **attributes)
        check(cloud)


WAYS = [
    pytest.param(name, way, id=f"{name}{' in general' * bool(way)}")
    for name in ("q", "q.fifo")
    for way in ({}, GENERAL)
]


@pytest.mark.parametrize(("name", "way"), WAYS)
def test_what_is_deleted_behind_one_that_stays_in_flight_leaves_little(
    make: Make, name: str, way: dict[str, str]
) -> None:
    queue = make(name, **way)
    queue.send()
    first = queue.receive()
    for _ in range(MANY):
        queue.send()
        queue.delete(queue.receive())
        queue.check()
    check(queue.cloud)
    queue.delete(first)
    assert queue.arrivals == 0


@pytest.mark.parametrize(("name", "way"), WAYS)
def test_what_is_deleted_from_the_youngest_on_leaves_little(make: Make, name: str, way: dict[str, str]) -> None:
    queue = make(name, **way)
    handles = []
    for _ in range(MANY):
        queue.send()
        handles.append(queue.receive())
    for handle in reversed(handles):
        queue.delete(handle)
        queue.check()
    assert queue.arrivals == 0


@pytest.mark.parametrize("name", ["q", "q.fifo"])
def test_what_is_deleted_in_batches_leaves_little(make: Make, name: str) -> None:
    queue = make(name)
    handles = []
    for _ in range(MANY):
        queue.send()
        handles.append(queue.receive())
    for first in range(MANY - 10, -1, -10):
        queue.delete(*handles[first : first + 10])
        queue.check()
    assert queue.kept.size == MANY % 10
    queue.delete(*handles[: MANY % 10])
    assert (queue.hidden, queue.arrivals) == (0, 0)


@pytest.mark.parametrize("name", ["q", "q.fifo"])
def test_timeouts_that_change_leave_little(make: Make, name: str) -> None:
    """Longer, shorter, and none."""
    queue = make(name)
    for _ in range(2):
        queue.send()
    first, second = queue.receive(), queue.receive()
    for number in range(MANY):
        queue.change(first, 1_000 + number)
        queue.check()
    for number in range(MANY):
        queue.change(second, 1_000 - number)
        queue.check()
    for _ in range(MANY):
        queue.change(second, 0)
        second = queue.receive()
        queue.check()


@pytest.mark.parametrize("from_the_youngest", [False, True])
def test_what_is_seen_again_and_deleted_leaves_little(make: Make, *, from_the_youngest: bool) -> None:
    queue = make("q")
    handles = []
    for _ in range(MANY):
        queue.send()
        handles.append(queue.receive())
    for handle in handles:
        queue.change(handle, 0)
    for handle in handles[::-1] if from_the_youngest else handles:
        queue.delete(handle)
        assert len(queue.kept._returned) <= 2 * queue.kept.size + SLACK
        queue.check()


def test_the_line_of_groups_holds_little_that_is_out_of_date(make: Make) -> None:
    """A queue whose delay comes and goes: each time every group has another place."""
    queue = make("q.fifo")
    for _ in range(10):
        queue.send()
    line, groups = queue.kept._ready, queue.kept._groups
    for _ in range(SLACK):
        for seconds in ("900", "0"):
            queue.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"DelaySeconds": seconds})
            assert len(line) <= 2 * len(groups) + SLACK
        check(queue.cloud)
    messages = queue.sqs.receive_message(QueueUrl=queue.url, MaxNumberOfMessages=10)["Messages"]
    assert [message["Body"] for message in messages] == [f"m{number}" for number in range(1, 11)]


def holds_little(queue: Queue) -> bool:
    """Whether its dicts are those of a queue that is new."""
    tables = [queue.kept.handles, *([queue.kept._groups] if queue.is_fifo else [])]
    return all(sys.getsizeof(table) == sys.getsizeof({}) for table in tables)


@pytest.mark.parametrize(("name", "way"), [*WAYS, pytest.param("q", None, id="q at once"), ("q.fifo", None)])
def test_the_tables_of_a_queue_that_was_large_are_let_go_when_it_is_empty(
    make: Make, name: str, way: dict[str, str] | None
) -> None:
    """One by one, and in batches. They are kept where few messages have come since the last time."""
    queue = make(name, **(way or {}))
    for count, are_let_go in ((1_000, False), (1, True), (1_000, False), (1, True)):
        handles = []
        for _ in range(count):
            queue.send()
            handles.append(queue.receive())
        if way is None:
            queue.delete(*handles)
        else:
            for handle in handles:
                queue.delete(handle)
        assert queue.kept.size == 0
        assert holds_little(queue) == are_let_go


@pytest.mark.parametrize("name", ["q", "q.fifo"])
def test_what_was_deleted_behind_another_message_has_not_expired_with_it(make: Make, name: str) -> None:
    """Nor is it told so, although it lies there still."""
    queue = make(name, MessageRetentionPeriod="60")
    queue.send()
    queue.receive()
    queue.send()
    queue.delete(queue.receive())
    queue.cloud.clock.advance(60)
    assert queue.cloud.queue(name).messages == []
    told = [event.kind for event in queue.cloud.trace if event.kind == "sqs.message.expired"]
    assert len(told) == 1
