"""The record of what happened: off unless wanted, bounded, in order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import minicloud
from minicloud.exceptions import ClientError
from tests.support.clouds import make_queue, redrive
from tests.support.threads import Worker


def kinds(cloud: minicloud.Cloud) -> list[str]:
    """What happened to messages."""
    return [event.kind for event in cloud.trace if event.kind.startswith("sqs.message.")]


def test_off_unless_somebody_wants_it() -> None:
    cloud = minicloud.Cloud(trace=False)
    cloud.client("sqs").send_message(QueueUrl=make_queue(cloud), MessageBody="m")
    assert len(cloud.trace) == 0
    assert not cloud.trace.is_on
    assert "off" in repr(cloud.trace)


def test_on_from_the_beginning() -> None:
    cloud = minicloud.Cloud(clock="virtual", trace=True)
    url = make_queue(cloud)
    cloud.clock.advance(1.25)
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="m")
    assert cloud.trace.is_on
    (created, call), (sent,) = cloud.trace.of("call"), cloud.trace.of("sqs.message.sent")
    assert (created.resource, created.details["QueueName"]) == ("sqs.CreateQueue", "queue")
    assert (call.resource, call.details["MessageBody"]) == ("sqs.SendMessage", "m")
    assert sent.resource == "queue"
    assert "DelaySeconds" not in call.details  # only what was given
    assert sent.time == datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=1.25)
    assert sent.time_ns == cloud.clock.time_ns()


def test_on_and_off_at_will() -> None:
    cloud = minicloud.Cloud(trace=False)
    sqs = cloud.client("sqs")
    url = make_queue(cloud)
    cloud.trace.start()
    sqs.send_message(QueueUrl=url, MessageBody="one")
    cloud.trace.stop()
    sqs.send_message(QueueUrl=url, MessageBody="two")
    assert kinds(cloud) == ["sqs.message.sent"]
    cloud.trace.start()
    sqs.purge_queue(QueueUrl=url)
    assert [event.resource for event in cloud.trace if event.kind == "call"] == ["sqs.SendMessage", "sqs.PurgeQueue"]
    cloud.trace.clear()
    assert list(cloud.trace) == []


def test_the_life_of_a_message() -> None:
    cloud = minicloud.Cloud(clock="virtual")
    sqs = cloud.client("sqs")
    url = make_queue(cloud, VisibilityTimeout=30)
    make_queue(cloud, "dead")
    redrive(cloud, "queue", "dead", 1)
    cloud.trace.start()
    sqs.send_message(QueueUrl=url, MessageBody="m")
    sqs.receive_message(QueueUrl=url)
    cloud.clock.advance(40)
    sqs.receive_message(QueueUrl=url)
    (message,) = sqs.receive_message(QueueUrl="dead")["Messages"]
    sqs.delete_message(QueueUrl="dead", ReceiptHandle=message["ReceiptHandle"])
    assert kinds(cloud) == [
        "sqs.message.sent",
        "sqs.message.received",
        "sqs.message.visible",
        "sqs.message.moved_to_dlq",
        "sqs.message.received",
        "sqs.message.deleted",
    ]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    (visible,) = cloud.trace.of("sqs.message.visible")
    assert visible.time == start + timedelta(seconds=30)  # its own time, not that of the call that came across it
    assert all(event.details["message_id"] == message["MessageId"] for event in cloud.trace.of(*kinds(cloud)))


def test_calls_that_were_refused() -> None:
    cloud = minicloud.Cloud(trace=True)
    with pytest.raises(ClientError):
        cloud.client("sqs").send_message(QueueUrl="none", MessageBody="m")
    (refused,) = cloud.trace
    assert (refused.kind, refused.resource) == ("call.refused", "sqs.SendMessage")
    assert refused.details["error"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert refused.details["message"] == "The specified queue does not exist."


def test_only_so_many_are_kept() -> None:
    cloud = minicloud.Cloud(limits="relaxed", trace=False)
    url = make_queue(cloud)
    cloud.trace.start(limit=10)
    for number in range(50):
        cloud.client("sqs").send_message(QueueUrl=url, MessageBody=str(number))
    assert len(cloud.trace) == 10
    assert cloud.trace.dropped == 90
    assert [event.details["body"] for event in cloud.trace.of("sqs.message.sent")] == ["45", "46", "47", "48", "49"]


def test_there_is_a_limit_when_nobody_gives_one() -> None:
    cloud = minicloud.Cloud(trace=True)
    sqs = cloud.client("sqs")
    for _ in range(10_100):
        sqs.list_queues()
    assert len(cloud.trace) == 10_000
    assert cloud.trace.dropped == 100


def test_as_text() -> None:
    cloud = minicloud.Cloud(clock="virtual", trace=True)
    url = make_queue(cloud)
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="hello")
    text = cloud.trace.render()
    assert "00:00:00" in text
    assert "queue" in text
    assert "hello" in text
    assert len(cloud.trace.render(last=1).splitlines()) <= len(text.splitlines())
    assert cloud.trace.render(last=1).splitlines()[-1] == text.splitlines()[-1]


def test_a_reset_empties_it_and_leaves_it_on() -> None:
    cloud = minicloud.Cloud(trace=True)
    make_queue(cloud)
    cloud.reset()
    assert len(cloud.trace) == 0
    make_queue(cloud)
    assert [event.resource for event in cloud.trace.of("call")] == ["sqs.CreateQueue"]


def test_reading_while_others_write() -> None:
    cloud = minicloud.Cloud(trace=True)
    sqs = cloud.client("sqs")
    url = make_queue(cloud)

    def send() -> None:
        for number in range(300):
            sqs.send_message(QueueUrl=url, MessageBody=str(number))

    worker = Worker(send)
    while worker.is_alive():
        assert all(event.kind for event in cloud.trace)
        cloud.trace.render(last=5)
    worker.result()
    assert len(cloud.trace.of("sqs.message.sent")) == 300


def test_recording_changes_no_answer() -> None:
    def answers(trace: bool) -> list[object]:
        cloud = minicloud.Cloud(clock="virtual", seed=1, trace=trace)
        sqs = cloud.client("sqs")
        url = make_queue(cloud)
        sent = sqs.send_message(QueueUrl=url, MessageBody="m", DelaySeconds=3)
        return [sent, sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20), sqs.list_queues(), cloud.clock.now()]

    assert answers(trace=True) == answers(trace=False)


def test_a_call_is_told_although_time_had_something_to_tell_before_it() -> None:
    cloud = minicloud.Cloud(clock="virtual", trace=True)
    sns = cloud.client("sns")
    urls: list[str] = []

    def fail(request: Any) -> int:
        urls.append(request.json().get("SubscribeURL", ""))
        return 500 if request.json()["Type"] == "Notification" else 200

    cloud.http_endpoint("http://orders.example/", fail)
    topic = sns.create_topic(Name="orders")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint="http://orders.example/")
    cloud.visit(urls[0])
    sns.publish(TopicArn=topic, Message="m")
    cloud.clock.advance(20)  # a retry
    assert "again later" in cloud.trace.render(last=1)
    sns.list_topics()
    assert "sns.ListTopics()" in cloud.trace.render(last=1)
    assert "sns.Publish" not in cloud.trace.render()
