"""Looking without touching."""

from __future__ import annotations

import pytest

import minicloud
from tests.support.clouds import make_queue, make_queue_with_dlq, make_topic, receive, send, traced


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
