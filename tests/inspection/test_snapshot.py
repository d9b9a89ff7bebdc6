"""Snapshots: back to where the cloud was, clients and all."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

import minicloud
from tests.support.clouds import delete, make_queue, make_queue_with_dlq, make_topic, receive, send, traced


@pytest.fixture
def cloud() -> minicloud.Cloud:
    return traced()


def state(cloud: minicloud.Cloud) -> list[Any]:
    """What can be seen of a cloud."""
    shown: list[Any] = [cloud.clock.now(), len(cloud.trace), [departure.body for departure in cloud.outbox]]
    shown += [
        (view.name, [(m.message_id, m.body, m.state, m.receive_count) for m in view.messages])
        for view in cloud.queues()
    ]
    return shown


def rich_cloud() -> tuple[minicloud.Cloud, str, str]:
    """Something of everything, in every state."""
    cloud = traced()
    url = make_queue_with_dlq(cloud)
    make_queue(cloud, "billing")
    topic = make_topic(cloud, "events", "orders", "billing", raw=True)
    cloud.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")
    cloud.client("sns").subscribe(TopicArn=topic, Protocol="sms", Endpoint="+15550100")
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=2)
    cloud.clock.advance(60)
    for number in range(5):
        cloud.client("sns").publish(TopicArn=topic, Message=str(number))
        kinesis.put_record(StreamName="clicks", Data=b"x", PartitionKey=str(number))
    receive(cloud, url, MaxNumberOfMessages=2)
    send(cloud, url, "later", DelaySeconds=100)
    fifo = make_queue(cloud, "orders.fifo")
    for body in "abc":
        send(cloud, fifo, body, MessageGroupId="g", MessageDeduplicationId=body)
    receive(cloud, fifo, MaxNumberOfMessages=1, ReceiveRequestAttemptId="attempt")
    kinesis.split_shard(StreamName="clicks", ShardToSplit="shardId-000000000000", NewStartingHashKey="1000")
    return cloud, url, topic


def story(cloud: minicloud.Cloud, url: str, topic: str) -> list[Any]:
    """Do something of everything, and return what came of it."""
    sqs, sns, kinesis = cloud.client("sqs"), cloud.client("sns"), cloud.client("kinesis")
    told: list[Any] = [sns.publish(TopicArn=topic, Message="more")]
    for _ in range(5):
        messages = receive(cloud, url, WaitTimeSeconds=5)
        told.append(messages)
        for message in messages[::2]:
            delete(cloud, url, message)
        cloud.clock.advance(31)
    told.append(sqs.create_queue(QueueName="new"))
    told.append(receive(cloud, "orders.fifo", ReceiveRequestAttemptId="attempt", MaxNumberOfMessages=1))
    told.append(
        sqs.send_message(QueueUrl="orders.fifo", MessageBody="a", MessageGroupId="g", MessageDeduplicationId="a")
    )
    told.append(kinesis.list_shards(StreamName="clicks"))
    told.append(kinesis.put_record(StreamName="clicks", Data=b"y", PartitionKey="z"))
    kinesis.delete_stream(StreamName="clicks")
    sns.delete_topic(TopicArn=topic)
    sqs.purge_queue(QueueUrl="billing")
    cloud.clock.advance(100_000)
    return [*told, state(cloud)]


def test_the_same_story_again() -> None:
    cloud, url, topic = rich_cloud()
    before = state(cloud)
    snapshot = cloud.snapshot()
    first = story(cloud, url, topic)
    for _ in range(2):
        cloud.restore(snapshot)
        assert state(cloud) == before
        assert story(cloud, url, topic) == first  # ids, handles and sequence numbers included


def test_several_snapshots_in_any_order(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "orders")
    snapshots = [cloud.snapshot()]
    for number in range(3):
        send(cloud, url, str(number))
        snapshots.append(cloud.snapshot())
    for count in (1, 3, 0, 2, 3):
        cloud.restore(snapshots[count])
        assert cloud.queue("orders").bodies == ["0", "1", "2"][:count]


@pytest.mark.parametrize("name", ["jobs", "jobs.fifo"])
def test_what_was_deleted_before_stays_deleted(cloud: minicloud.Cloud, name: str) -> None:
    """One snapshot has the message, the other one has not, and the queue has not yet come to what is left of it."""
    url = make_queue(cloud, name)
    for body in "abc":
        ids = {"MessageGroupId": body, "MessageDeduplicationId": body} if name.endswith(".fifo") else {}
        send(cloud, url, body, **ids)
    with_it = cloud.snapshot()
    _, second, _ = receive(cloud, url, MaxNumberOfMessages=3)
    delete(cloud, url, second)
    without_it = cloud.snapshot()
    cloud.restore(with_it)
    assert cloud.queue(url).bodies == ["a", "b", "c"]
    cloud.restore(without_it)
    assert cloud.queue(url).bodies == ["a", "c"]
    cloud.clock.advance(30)
    assert [message["Body"] for message in receive(cloud, url, MaxNumberOfMessages=10)] == ["a", "c"]


def test_queues_that_came_and_went(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "old")
    send(cloud, url, "m")
    view = cloud.queue("old")
    snapshot = cloud.snapshot()
    make_queue(cloud, "new")
    cloud.client("sqs").delete_queue(QueueUrl=url)
    cloud.restore(snapshot)
    assert [queue.name for queue in cloud.queues()] == ["old"]
    assert view.bodies == ["m"]


def test_after_a_reset(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "orders")
    send(cloud, url, "m")
    snapshot = cloud.snapshot()
    first = send(cloud, url, "n")
    cloud.reset()
    cloud.restore(snapshot)
    assert cloud.queue("orders").bodies == ["m"]
    assert send(cloud, url, "n") == first


def test_events_to_come(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "orders", DelaySeconds=10)
    send(cloud, url, "m")
    snapshot = cloud.snapshot()
    for _ in range(2):
        assert [message["Body"] for message in receive(cloud, url, WaitTimeSeconds=20)] == ["m"]
        assert cloud.clock.time() % 60 == 10
        cloud.restore(snapshot)


def test_the_trace_goes_back_too(cloud: minicloud.Cloud) -> None:
    url = make_queue(cloud, "orders")
    send(cloud, url, "m")
    snapshot = cloud.snapshot()
    send(cloud, url, "n")
    before = [event.number for event in cloud.trace]
    cloud.restore(snapshot)
    cloud.assert_sent("orders", times=1)
    assert len(cloud.ledger) == 1
    send(cloud, url, "n")
    assert [event.number for event in cloud.trace] == before  # each number once


def test_functions_and_endpoints(cloud: minicloud.Cloud) -> None:
    called: list[Any] = []
    arn = cloud.function("f", lambda event, _: called.append(event))
    topic = make_topic(cloud, "events")
    cloud.client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
    snapshot = cloud.snapshot()
    cloud.client("sns").publish(TopicArn=topic, Message="m")
    cloud.restore(snapshot)
    cloud.client("sns").publish(TopicArn=topic, Message="m")
    assert len(called) == 2  # the test's own list is the test's
    assert len(cloud.topic("events").published) == 1


def test_a_real_clock_goes_on() -> None:
    cloud = minicloud.Cloud()
    url = make_queue(cloud, "orders")
    snapshot = cloud.snapshot()
    cloud.clock.advance(3600)
    cloud.restore(snapshot)
    assert cloud.clock.time() > time.time() + 3500
    send(cloud, url, "m")
    assert cloud.queue("orders").bodies == ["m"]


def test_chaos_repeats() -> None:
    cloud = minicloud.Cloud(clock="virtual", seed=3, delivery="aws")
    url = make_queue(cloud, "orders")
    for number in range(20):
        send(cloud, url, str(number))
    snapshot = cloud.snapshot()
    runs = []
    for _ in range(2):
        runs.append([[message["Body"] for message in receive(cloud, url)] for _ in range(10)])
        cloud.restore(snapshot)
    assert runs[0] == runs[1]


def test_not_while_somebody_waits(cloud: minicloud.Cloud) -> None:
    frozen = minicloud.Cloud(clock="frozen")
    url = make_queue(frozen, "orders")
    snapshot = frozen.snapshot()
    errors: list[Exception] = []

    def wait() -> None:
        try:
            receive(frozen, url, WaitTimeSeconds=20)
        except minicloud.UsageError as error:
            errors.append(error)

    waiter = threading.Thread(target=wait)
    waiter.start()
    while not frozen.world.waiters:
        pass
    with pytest.raises(minicloud.UsageError, match="1 call waiting in the cloud cannot be part of a snapshot"):
        frozen.snapshot()
    frozen.restore(snapshot)  # ends the wait
    waiter.join()
    assert [str(error) for error in errors] == [
        "the cloud was restored while this call was waiting: stop its pollers before the test ends"
    ]


def test_only_into_the_same_cloud(cloud: minicloud.Cloud) -> None:
    snapshot = traced().snapshot()
    with pytest.raises(minicloud.UsageError, match="not a snapshot of this cloud"):
        cloud.restore(snapshot)
    own = cloud.snapshot()
    assert "snapshot of" in repr(own)
    cloud.close()
    with pytest.raises(minicloud.UsageError, match="closed"):
        cloud.restore(own)


def test_restoring_is_much_quicker_than_setting_up() -> None:
    started = time.perf_counter()
    cloud, url, topic = rich_cloud()
    for number in range(2_000):
        send(cloud, url, str(number))
        cloud.client("sns").publish(TopicArn=topic, Message="m")
    setting_up = time.perf_counter() - started
    snapshot = cloud.snapshot()
    spent = []
    for _ in range(3):
        story(cloud, url, topic)
        started = time.perf_counter()
        cloud.restore(snapshot)
        spent.append(time.perf_counter() - started)
    assert min(spent) < setting_up / 5
