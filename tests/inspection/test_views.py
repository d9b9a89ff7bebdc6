"""Looking without touching."""

from __future__ import annotations

import copy
import pickle
import threading
from datetime import timedelta

import pytest

import minicloud
from tests.support.clouds import make_queue, make_queue_with_dlq, make_topic, receive, redrive, send, traced


@pytest.fixture
def cloud() -> minicloud.Cloud:
    return traced()


def test_peeking_consumes_nothing(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "orders")
    for number in range(5):
        send(cloud, url, str(number))
    send(cloud, url, "delayed", DelaySeconds=10)
    receive(cloud, url, MaxNumberOfMessages=1)
    view = cloud.queue("orders")
    for _ in range(2):
        assert [message.body for message in view.peek(2)] == ["1", "2"]
    assert [message.body for message in view.peek()] == ["1", "2", "3", "4"]
    assert {message.receive_count for message in view.peek()} == {0}


def test_peeking_respects_groups(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "orders.fifo")
    for group, body in (("a", "a1"), ("a", "a2"), ("b", "b1")):
        send(cloud, url, body, MessageGroupId=group, MessageDeduplicationId=body)
    view = cloud.queue("orders.fifo")
    assert [message.body for message in view.peek()] == ["a1", "a2", "b1"]
    receive(cloud, url, MaxNumberOfMessages=1)
    assert [message.body for message in view.peek()] == ["b1"]


def test_when_and_by_whom(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "jobs", VisibilityTimeout=30)
    make_queue(cloud, "dead")
    start = cloud.clock.now()
    send(cloud, url, "delayed", DelaySeconds=10)
    cloud.clock.advance(5)
    send(cloud, url, "taken")
    send(cloud, url, "waits")
    worker = threading.Thread(target=lambda: receive(cloud, url, MaxNumberOfMessages=1), name="consumer-7")
    worker.start()
    worker.join()
    delayed, taken, waits = cloud.queue("jobs").messages
    second = timedelta(seconds=1)
    assert [message.sent - start for message in (delayed, taken, waits)] == [0 * second, 5 * second, 5 * second]
    assert (delayed.visible_at, taken.visible_at, waits.visible_at) == (start + 10 * second, start + 35 * second, None)
    assert (delayed.received_by, taken.received_by, waits.received_by) == (None, "consumer-7", None)
    receive(cloud, url, MaxNumberOfMessages=1)
    assert [message.received_by for message in cloud.queue("jobs").messages] == [None, "consumer-7", "MainThread"]
    redrive(cloud, "jobs", "dead", 1)
    cloud.clock.advance(30)
    receive(cloud, url)
    moved = cloud.queue("dead").messages
    assert [(message.body, message.received_by) for message in moved] == [
        ("taken", "consumer-7"),
        ("waits", "MainThread"),
    ]
    assert copy.deepcopy(moved[0]).received_by == pickle.loads(pickle.dumps(moved[0])).received_by == "consumer-7"
    cloud.close()
    assert taken.received_by == "consumer-7"


def test_a_poll_s_message_is_the_poller_s(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "jobs")
    worker = threading.Thread(target=lambda: receive(cloud, url, WaitTimeSeconds=20), name="poller")
    worker.start()
    while not cloud.world.waiters:
        pass
    send(cloud, url, "m")
    worker.join()
    assert cloud.queue("jobs").messages[0].received_by == "poller"


def test_json_and_envelopes(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "jobs")
    topic = make_topic(cloud, "events", "jobs")
    message_id = cloud.client("sns").publish(TopicArn=topic, Message='{"id": 7}', Subject="news")["MessageId"]
    send(cloud, url, '{"id": 8}')
    delivered, sent = cloud.queue("jobs").messages
    assert delivered.json()["Message"] == '{"id": 7}'
    assert (delivered.sns.message, delivered.sns.json()) == ('{"id": 7}', {"id": 7})
    assert (delivered.sns.message_id, delivered.sns.subject) == (message_id, "news")
    assert repr(delivered.sns) == '<notification of events: "{"id": 7}">'
    assert sent.json() == {"id": 8}
    with pytest.raises(minicloud.UsageError, match="is not a notification of SNS"):
        _ = sent.sns
    assert cloud.topic("events").published[0].json() == {"id": 7}
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    kinesis.put_record(StreamName="clicks", Data=b'{"id": 9}', PartitionKey="k")
    assert cloud.stream("clicks").records[0].json() == {"id": 9}


def test_all_queues(cloud: minicloud.Cloud) -> None:
    make_queue_with_dlq(cloud)
    cloud.client("sqs", region_name="eu-west-1").create_queue(QueueName="elsewhere")
    assert [view.name for view in cloud.queues()] == ["orders-dlq", "orders", "elsewhere"]
    assert [view.is_dead_letter_queue for view in cloud.queues()] == [True, False, False]


def test_reprs_can_be_read(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "orders.fifo")
    message_id = send(cloud, url, '{"id": 7}', MessageGroupId="g", MessageDeduplicationId="d")
    assert repr(cloud.queue("orders.fifo")) == "<queue orders.fifo: 1 visible, 0 delayed, 0 in flight>"
    (message,) = cloud.queue("orders.fifo").messages
    assert repr(message) == f'<{message_id[:8]} "{{"id": 7}}": visible, group g, received 0 times>'
    make_queue(cloud, "orders")
    topic = make_topic(cloud, "events", "orders", raw=True)
    cloud.client("sns").publish(TopicArn=topic, Message="hello")
    (subscription,) = cloud.topic("events").subscriptions
    assert repr(subscription) == f"<subscription of sqs {cloud.queue('orders').arn}, raw>"
    assert '"hello" published at 00:00:00' in repr(cloud.topic("events").published[0])
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    cloud.clock.advance(10)
    kinesis.put_record(StreamName="clicks", Data=b"x", PartitionKey="k")
    assert repr(cloud.stream("clicks").shards[0]) == "<shardId-000000000000: open, 1 record>"
    assert repr(cloud.stream("clicks").records[0]).endswith("\"x\" in shardId-000000000000, key 'k'>")
