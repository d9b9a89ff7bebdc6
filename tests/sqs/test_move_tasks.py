"""Message move tasks: from a dead-letter queue to a queue, or each message back to where it came from."""

from __future__ import annotations

import json
import uuid
from base64 import b64decode
from typing import Any

import pytest

import minicloud

from .support import (
    NewQueue,
    arn_of,
    attributes,
    counts,
    receive,
    receive_one,
    received_bodies,
    redrive,
    send,
    send_to_groups,
    text,
)

DEAD = arn_of("dead")
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


def bury(sqs: Any, url: str, *bodies: str, **params: Any) -> None:
    """Send messages that end in the dead-letter queue."""
    send(sqs, url, *bodies, **params)
    for _ in range(len(bodies)):
        receive(sqs, url, VisibilityTimeout=0)
    assert receive(sqs, url) == []


@pytest.fixture
def dead(new_queue: NewQueue) -> str:
    return new_queue("dead")


@pytest.fixture
def source(new_queue: NewQueue, dead: str) -> str:
    """A queue whose dead-letter queue is ``dead``."""
    return new_queue("source", RedrivePolicy=redrive("dead"))


def tasks(sqs: Any, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sqs.list_message_move_tasks(SourceArn=DEAD, **params).get("Results", [])
    return found


def without(task: dict[str, Any], *members: str) -> dict[str, Any]:
    return {name: value for name, value in task.items() if name not in members}


def test_back_to_where_each_came_from(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue, source: str) -> None:
    other = new_queue("other", RedrivePolicy=redrive("dead"))
    bury(sqs, source, "a", "b")
    bury(sqs, other, "c")
    cloud.clock.advance(7)
    started = round(cloud.clock.time() * 1000)
    answer = sqs.start_message_move_task(SourceArn=DEAD)
    assert list(answer) == ["TaskHandle", "ResponseMetadata"]
    cloud.clock.advance(60)
    assert tasks(sqs) == [
        {
            "Status": "COMPLETED",
            "SourceArn": DEAD,
            "ApproximateNumberOfMessagesMoved": 3,
            "ApproximateNumberOfMessagesToMove": 3,
            "StartedTimestamp": started,
        }
    ]
    members = ["Status", "SourceArn", "ApproximateNumberOfMessagesMoved", "ApproximateNumberOfMessagesToMove"]
    assert list(tasks(sqs)[0]) == [*members, "StartedTimestamp"]
    assert received_bodies(sqs, source) == ["a", "b"]
    assert received_bodies(sqs, other) == ["c"]


def test_to_one_destination(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue, dead: str, source: str) -> None:
    target = new_queue("target")
    bury(sqs, source, "a")
    # Also what was sent to the dead-letter queue itself, and so came from nowhere.
    send(sqs, dead, "b")
    sqs.start_message_move_task(SourceArn=DEAD, DestinationArn=arn_of("target"), MaxNumberOfMessagesPerSecond=500)
    cloud.clock.advance(60)
    [task] = tasks(sqs)
    assert list(task)[:4] == ["Status", "SourceArn", "DestinationArn", "MaxNumberOfMessagesPerSecond"]
    assert (task["DestinationArn"], task["MaxNumberOfMessagesPerSecond"]) == (arn_of("target"), 500)
    assert received_bodies(sqs, target) == ["a", "b"]
    assert receive(sqs, source) == receive(sqs, dead) == []


def test_moved_messages_are_new_ones(cloud: minicloud.Cloud, sqs: Any, dead: str, source: str) -> None:
    params = {"MessageAttributes": {"k": text("v")}, "MessageSystemAttributes": {"AWSTraceHeader": text(TRACE)}}
    bury(sqs, source, "x", **params)
    asked: dict[str, Any] = {"AttributeNames": ["All"], "MessageAttributeNames": ["All"]}
    [before] = receive(sqs, dead, VisibilityTimeout=0, **asked)
    cloud.clock.advance(100)
    sqs.start_message_move_task(SourceArn=DEAD)
    cloud.clock.advance(1)
    after = receive_one(sqs, source, **asked)
    assert after["MessageId"] != before["MessageId"]
    for member in ("Body", "MD5OfBody", "MessageAttributes", "MD5OfMessageAttributes"):
        assert after[member] == before[member]
    shown = after["Attributes"]
    assert shown["ApproximateReceiveCount"] == "1"
    assert shown["AWSTraceHeader"] == TRACE
    assert "DeadLetterQueueSourceArn" not in shown
    assert int(shown["SentTimestamp"]) >= int(before["Attributes"]["SentTimestamp"]) + 100_000
    # So it does not bounce straight back: it may be delivered as often as any new message.
    assert counts(sqs, dead) == (0, 0, 0)


def test_the_rate(cloud: minicloud.Cloud, sqs: Any, dead: str, source: str) -> None:
    bury(sqs, source, "a", "b", "c", "d")
    start = cloud.clock.time()
    handle = sqs.start_message_move_task(SourceArn=DEAD, MaxNumberOfMessagesPerSecond=1)["TaskHandle"]
    cloud.clock.advance(2)
    [task] = tasks(sqs)
    assert list(task)[:2] == ["TaskHandle", "Status"]
    assert (task["TaskHandle"], task["Status"]) == (handle, "RUNNING")
    assert task["ApproximateNumberOfMessagesToMove"] == 4
    moved = task["ApproximateNumberOfMessagesMoved"]
    assert moved == counts(sqs, source)[0] < 4
    assert counts(sqs, dead)[0] == 4 - moved
    # A receive that waits sees them come one by one.
    received: list[str] = []
    while len(received) < 4:
        received += received_bodies(sqs, source, WaitTimeSeconds=20)
    assert received == ["a", "b", "c", "d"]
    assert cloud.clock.time() - start >= 3
    cloud.clock.advance(1)
    [task] = tasks(sqs)
    assert task["Status"] == "COMPLETED"
    assert "TaskHandle" not in task


def test_the_handle(sqs: Any, source: str) -> None:
    bury(sqs, source, "a", "b")
    handle = sqs.start_message_move_task(SourceArn=DEAD, MaxNumberOfMessagesPerSecond=1)["TaskHandle"]
    text = b64decode(handle).decode()
    task_id = json.loads(text)["taskId"]
    assert str(uuid.UUID(task_id)) == task_id
    # AWS's, to the character.
    assert text == f'{{"taskId":"{task_id}","sourceArn":"{DEAD}"}}'


def test_cancelling(cloud: minicloud.Cloud, sqs: Any, dead: str, source: str) -> None:
    bury(sqs, source, "a", "b", "c")
    handle = sqs.start_message_move_task(SourceArn=DEAD, MaxNumberOfMessagesPerSecond=1)["TaskHandle"]
    cloud.clock.advance(1.5)
    moved = counts(sqs, source)[0]
    assert 0 < moved < 3
    answer = sqs.cancel_message_move_task(TaskHandle=handle)
    assert list(answer) == ["ApproximateNumberOfMessagesMoved", "ResponseMetadata"]
    assert answer["ApproximateNumberOfMessagesMoved"] == moved
    # It comes to its end when the next message would have been moved, and is active until then.
    [task] = tasks(sqs)
    assert "TaskHandle" not in task
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("CANCELLING", moved)
    with pytest.raises(sqs.exceptions.ClientError, match="Only active tasks can be cancelled"):
        sqs.cancel_message_move_task(TaskHandle=handle)
    with pytest.raises(sqs.exceptions.ClientError, match="There is already a task running"):
        sqs.start_message_move_task(SourceArn=DEAD)
    cloud.clock.advance(0.5)
    [task] = tasks(sqs)
    assert task["Status"] == "CANCELLED"
    cloud.clock.advance(60)
    assert counts(sqs, source)[0] == moved
    assert counts(sqs, dead)[0] == 3 - moved
    [task] = tasks(sqs)
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("CANCELLED", moved)
    assert "TaskHandle" not in task
    # The rest can be moved by another task.
    sqs.start_message_move_task(SourceArn=DEAD)
    cloud.clock.advance(60)
    assert counts(sqs, source)[0] == 3


def test_listing(cloud: minicloud.Cloud, sqs: Any, source: str) -> None:
    assert tasks(sqs) == []
    for number in range(12):
        bury(sqs, source, "x")
        sqs.start_message_move_task(SourceArn=DEAD, MaxNumberOfMessagesPerSecond=number + 1)
        cloud.clock.advance(60)
        receive(sqs, source, VisibilityTimeout=0)
        receive(sqs, source)
    assert [task["MaxNumberOfMessagesPerSecond"] for task in tasks(sqs)] == [12]
    assert tasks(sqs, MaxResults=1) == tasks(sqs)
    assert [task["MaxNumberOfMessagesPerSecond"] for task in tasks(sqs, MaxResults=3)] == [12, 11, 10]
    assert len(tasks(sqs, MaxResults=10)) == 10


def test_the_destination_is_deleted_meanwhile(
    cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue, dead: str, source: str
) -> None:
    target = new_queue("target")
    bury(sqs, source, "a", "b", "c")
    sqs.start_message_move_task(SourceArn=DEAD, DestinationArn=arn_of("target"), MaxNumberOfMessagesPerSecond=1)
    cloud.clock.advance(0.5)
    moved = counts(sqs, target)[0]
    sqs.delete_queue(QueueUrl=target)
    cloud.clock.advance(60)
    [task] = tasks(sqs)
    assert task["Status"] == "FAILED"
    assert task["FailureReason"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert list(task)[-2:] == ["FailureReason", "StartedTimestamp"]
    assert task["ApproximateNumberOfMessagesMoved"] == moved
    assert counts(sqs, dead)[0] == 3 - moved


def test_a_new_queue_under_the_name_of_a_source_has_no_tasks(
    cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue, dead: str, source: str
) -> None:
    bury(sqs, source, "a", "b")
    sqs.start_message_move_task(SourceArn=DEAD, MaxNumberOfMessagesPerSecond=1)
    sqs.delete_queue(QueueUrl=dead)
    cloud.clock.advance(61)
    new_queue("dead")
    assert tasks(sqs, MaxResults=10) == []
    sqs.start_message_move_task(SourceArn=DEAD)
    assert [task["Status"] for task in tasks(sqs, MaxResults=10)] == ["COMPLETED"]


@pytest.mark.minicloud(limits=minicloud.Limits(sqs_recreate_seconds=0))
def test_the_source_is_made_anew_meanwhile(
    cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue, dead: str, source: str
) -> None:
    """The new queue is another one, which the task leaves alone."""
    target = new_queue("target")
    bury(sqs, source, "a", "b", "c")
    sqs.start_message_move_task(SourceArn=DEAD, DestinationArn=arn_of("target"), MaxNumberOfMessagesPerSecond=1)
    sqs.delete_queue(QueueUrl=dead)
    new_queue("dead")
    send(sqs, dead, "new")
    cloud.clock.advance(10)
    assert counts(sqs, dead) == (1, 0, 0)
    assert counts(sqs, target) == (1, 0, 0)


def test_messages_that_come_in_meanwhile_are_moved_and_counted(
    cloud: minicloud.Cloud, sqs: Any, dead: str, source: str
) -> None:
    bury(sqs, source, "a", "b")
    sqs.start_message_move_task(SourceArn=DEAD, DestinationArn=arn_of("source"), MaxNumberOfMessagesPerSecond=1)
    send(sqs, dead, "c", "d")
    cloud.clock.advance(10)
    [task] = tasks(sqs)
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 4)
    assert task["ApproximateNumberOfMessagesToMove"] == 4


def test_what_is_visible_again_as_a_task_begins_is_counted(
    cloud: minicloud.Cloud, sqs: Any, dead: str, source: str
) -> None:
    """At the moment itself, and whatever else has ended by then."""
    bury(sqs, source, "a", "b", "c")
    sqs.set_queue_attributes(QueueUrl=dead, Attributes={"MessageRetentionPeriod": "60"})
    receive(sqs, dead, 1, VisibilityTimeout=10)
    receive(sqs, dead, 1, VisibilityTimeout=11)
    send(sqs, dead, "d", DelaySeconds=10)
    cloud.clock.advance(10)
    sqs.start_message_move_task(SourceArn=DEAD, DestinationArn=arn_of("source"), MaxNumberOfMessagesPerSecond=1)
    [task] = tasks(sqs)
    assert task["ApproximateNumberOfMessagesToMove"] == 3


def test_a_message_that_came_from_nowhere(cloud: minicloud.Cloud, sqs: Any, dead: str, source: str) -> None:
    bury(sqs, source, "a")
    send(sqs, dead, "b")
    sqs.start_message_move_task(SourceArn=DEAD)
    cloud.clock.advance(60)
    [task] = tasks(sqs)
    assert (task["Status"], task["FailureReason"]) == ("FAILED", "CouldNotDetermineMessageSource")
    assert received_bodies(sqs, source) == ["a"]
    assert received_bodies(sqs, dead) == ["b"]


def test_what_is_in_flight_stays(cloud: minicloud.Cloud, sqs: Any, dead: str, source: str) -> None:
    bury(sqs, source, "a", "b")
    in_flight = receive_one(sqs, dead, maximum=1)
    sqs.start_message_move_task(SourceArn=DEAD)
    cloud.clock.advance(20)
    assert received_bodies(sqs, source) == ["b"]
    sqs.delete_message(QueueUrl=dead, ReceiptHandle=in_flight["ReceiptHandle"])
    assert counts(sqs, dead) == (0, 0, 0)


def test_fifo_queues(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    dead = new_queue("dead.fifo")
    url = new_queue("source.fifo", RedrivePolicy=redrive("dead.fifo"))
    send_to_groups(sqs, url, "g1-1", "g2-1", "g1-2")
    for _ in range(3):
        receive(sqs, url, VisibilityTimeout=0)
    assert counts(sqs, dead) == (3, 0, 0)
    sqs.start_message_move_task(SourceArn=arn_of("dead.fifo"))
    cloud.clock.advance(60)
    messages = receive(sqs, url, AttributeNames=["All"])
    assert sorted(message["Body"] for message in messages) == ["g1-1", "g1-2", "g2-1"]
    in_order = [message["Body"] for message in messages if message["Attributes"]["MessageGroupId"] == "g1"]
    assert in_order == ["g1-1", "g1-2"]
    assert all(message["Attributes"]["SequenceNumber"].isdecimal() for message in messages)


def test_an_empty_source(cloud: minicloud.Cloud, sqs: Any, source: str) -> None:
    sqs.start_message_move_task(SourceArn=DEAD)
    cloud.clock.advance(1)
    [task] = tasks(sqs)
    assert without(task, "StartedTimestamp") == {
        "Status": "COMPLETED",
        "SourceArn": DEAD,
        "ApproximateNumberOfMessagesMoved": 0,
        "ApproximateNumberOfMessagesToMove": 0,
    }
    # A task is only told of the counters; the attributes of the queues are as they were.
    assert attributes(sqs, source, "RedrivePolicy")


@pytest.mark.minicloud(limits=minicloud.Limits(sqs_move_tasks=2))
def test_active_tasks_of_an_account(cloud: minicloud.Cloud, sqs: Any, new_queue: NewQueue) -> None:
    for number in range(3):
        new_queue(f"dead-{number}")
        url = new_queue(f"source-{number}", RedrivePolicy=redrive(f"dead-{number}"))
        bury(sqs, url, "a", "b")

    def start(number: int) -> str:
        arn = arn_of(f"dead-{number}")
        handle: str = sqs.start_message_move_task(SourceArn=arn, MaxNumberOfMessagesPerSecond=1)["TaskHandle"]
        return handle

    handles = [start(0), start(1)]
    with pytest.raises(sqs.exceptions.ClientError) as refused:
        start(2)
    error = refused.value.response["Error"]
    assert error["Code"] == "InvalidParameterValue"
    text = "There are too many active tasks. At most 2 tasks can be active at a given time."
    assert error["Message"] == text
    # One that is being cancelled is still active; one that has come to its end is not.
    sqs.cancel_message_move_task(TaskHandle=handles[1])
    with pytest.raises(sqs.exceptions.ClientError):
        start(2)
    cloud.clock.advance(1)
    start(2)


@pytest.mark.minicloud(limits=minicloud.Limits(sqs_move_task_seconds=2))
def test_a_task_that_runs_too_long(cloud: minicloud.Cloud, sqs: Any, dead: str, source: str) -> None:
    bury(sqs, source, "a", "b", "c")
    sqs.start_message_move_task(SourceArn=DEAD, MaxNumberOfMessagesPerSecond=1)
    cloud.clock.advance(60)
    [task] = tasks(sqs)
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("FAILED", 2)
    assert task["FailureReason"] == "TaskTimedOut"
    assert counts(sqs, dead)[0] == 1
    sqs.start_message_move_task(SourceArn=DEAD)
    assert counts(sqs, dead)[0] == 0
