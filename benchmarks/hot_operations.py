"""The operations whose instructions are counted: each a task that does so many of them, by name. Messages and records.

The tasks of a theme share a cloud and are run in their order: some live on what others left. Other themes are in
``hot_events``, ``hot_deliveries`` and ``hot_ways``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, NamedTuple

import minicloud

__all__ = ["ATTRIBUTES", "BODY", "REPEATS", "THEMES", "Task", "new_cloud"]

REPEATS = 40


class Task(NamedTuple):
    """Something to be counted: ``act`` does ``units`` operations."""

    units: int
    act: Callable[[], object]


def new_cloud(stack: ExitStack) -> minicloud.Cloud:
    """A cloud on a virtual clock, which ends with the theme."""
    return stack.enter_context(minicloud.Cloud(clock="virtual", seed=1))


BODY = "x" * 100
ATTRIBUTES: Any = {
    "kind": {"DataType": "String", "StringValue": "order"},
    "size": {"DataType": "Number", "StringValue": "17"},
}


def sqs_tasks(stack: ExitStack) -> dict[str, Task]:
    """Messages of a standard queue, one by one and in batches."""
    client = new_cloud(stack).client("sqs")
    url = client.create_queue(QueueName="plain")["QueueUrl"]
    batched = client.create_queue(QueueName="batched")["QueueUrl"]
    described = client.create_queue(QueueName="described")["QueueUrl"]
    handles: deque[str] = deque()

    def send() -> None:
        for _ in range(REPEATS):
            client.send_message(QueueUrl=url, MessageBody=BODY)

    def receive() -> None:
        for _ in range(REPEATS):
            handles.append(client.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"])

    def delete() -> None:
        for _ in range(REPEATS):
            client.delete_message(QueueUrl=url, ReceiptHandle=handles.popleft())

    def hide() -> None:
        for handle in handles:
            client.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=60)

    entries: Any = [{"Id": str(place), "MessageBody": BODY} for place in range(10)]
    received: deque[Any] = deque()

    def send_batch() -> None:
        for _ in range(REPEATS // 10):
            client.send_message_batch(QueueUrl=batched, Entries=entries)

    def receive_ten() -> None:
        for _ in range(REPEATS // 10):
            received.append(client.receive_message(QueueUrl=batched, MaxNumberOfMessages=10)["Messages"])

    def delete_batch() -> None:
        for _ in range(REPEATS // 10):
            doomed: Any = [
                {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]}
                for place, message in enumerate(received.popleft())
            ]
            client.delete_message_batch(QueueUrl=batched, Entries=doomed)

    def send_described() -> None:
        for _ in range(REPEATS):
            client.send_message(QueueUrl=described, MessageBody=BODY, MessageAttributes=ATTRIBUTES)

    def receive_described() -> None:
        for _ in range(REPEATS):
            client.receive_message(QueueUrl=described, MessageAttributeNames=["All"], AttributeNames=["All"])

    def receive_nothing() -> None:
        for _ in range(REPEATS):
            client.receive_message(QueueUrl=url)

    return {
        "sqs.send": Task(REPEATS, send),
        "sqs.receive": Task(REPEATS, receive),
        "sqs.change_visibility": Task(3 * REPEATS, hide),
        "sqs.delete": Task(REPEATS, delete),
        "sqs.receive, nothing there": Task(REPEATS, receive_nothing),
        "sqs.send of a batch of 10, a message": Task(REPEATS, send_batch),
        "sqs.receive of 10, a message": Task(REPEATS, receive_ten),
        "sqs.delete of a batch of 10, a message": Task(REPEATS, delete_batch),
        "sqs.send with 2 attributes": Task(REPEATS, send_described),
        "sqs.receive with all attributes": Task(REPEATS, receive_described),
    }


def fifo_tasks(stack: ExitStack) -> dict[str, Task]:
    """Messages of a FIFO queue with ten groups, and messages on their way to a dead-letter queue."""
    client = new_cloud(stack).client("sqs")
    url = client.create_queue(QueueName="ordered.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    numbers = iter(range(10**9))

    def send() -> None:
        for _ in range(REPEATS):
            number = next(numbers)
            client.send_message(
                QueueUrl=url, MessageBody=BODY, MessageGroupId=str(number % 10), MessageDeduplicationId=str(number)
            )

    def cycle() -> None:
        for _ in range(REPEATS):
            handle = client.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
            client.delete_message(QueueUrl=url, ReceiptHandle=handle)

    def entry(place: int) -> Any:
        number = next(numbers)
        return {
            "Id": str(place),
            "MessageBody": BODY,
            "MessageGroupId": str(number % 10),
            "MessageDeduplicationId": str(number),
        }

    def send_batch() -> None:
        for _ in range(REPEATS // 10):
            client.send_message_batch(QueueUrl=url, Entries=[entry(place) for place in range(10)])

    client.create_queue(QueueName="dead")
    policy = '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 1}'
    source = client.create_queue(QueueName="source", Attributes={"RedrivePolicy": policy})["QueueUrl"]

    def move() -> None:
        for _ in range(REPEATS):
            client.send_message(QueueUrl=source, MessageBody=BODY)
            client.receive_message(QueueUrl=source, VisibilityTimeout=0)
            client.receive_message(QueueUrl=source)

    return {
        "fifo.send": Task(REPEATS, send),
        "fifo.receive + delete": Task(REPEATS, cycle),
        "fifo.send of a batch of 10, a message": Task(REPEATS, send_batch),
        "sqs.send, receive, move to the dead-letter queue": Task(REPEATS, move),
    }


def fair_tasks(stack: ExitStack) -> dict[str, Task]:
    """Messages of a fair queue: ten groups that take turns, and a flood that others do not wait for."""
    client = new_cloud(stack).client("sqs")
    numbers = iter(range(10**9))

    def send(url: str, group: str) -> None:
        client.send_message(QueueUrl=url, MessageBody=BODY, MessageGroupId=group)

    def cycle(url: str) -> None:
        handle = client.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
        client.delete_message(QueueUrl=url, ReceiptHandle=handle)

    calm = client.create_queue(QueueName="calm")["QueueUrl"]
    flooded = client.create_queue(QueueName="flooded")["QueueUrl"]
    for _ in range(1_000):
        send(flooded, "flood")
    for _ in range(4):
        client.receive_message(QueueUrl=flooded, MaxNumberOfMessages=10)

    def send_to_groups() -> None:
        for _ in range(REPEATS):
            send(calm, str(next(numbers) % 10))

    def cycle_of_groups() -> None:
        for _ in range(REPEATS):
            cycle(calm)

    def past_the_flood() -> None:
        for _ in range(REPEATS):
            send(flooded, str(next(numbers) % 10))
            cycle(flooded)

    return {
        "fair: send": Task(REPEATS, send_to_groups),
        "fair: receive + delete": Task(REPEATS, cycle_of_groups),
        "fair: send, receive past a flood, delete": Task(REPEATS, past_the_flood),
    }


def fan_out_tasks(stack: ExitStack) -> dict[str, Task]:
    """A publish to a hundred queues, for each of them; to nobody; to one, where the publish itself is the cost."""
    tasks: dict[str, Task] = {}
    for name, attributes, message_attributes in (
        ("sns.publish, a queue with an envelope", {}, None),
        ("sns.publish, a queue with an envelope, 2 attributes", {}, ATTRIBUTES),
        ("sns.publish, a raw queue", {"RawMessageDelivery": "true"}, None),
        ("sns.publish, a raw queue, 2 attributes", {"RawMessageDelivery": "true"}, ATTRIBUTES),
        ("sns.publish, a queue whose filter matches", {"FilterPolicy": '{"kind": ["order", "bill"]}'}, ATTRIBUTES),
        ("sns.publish, a queue whose filter does not match", {"FilterPolicy": '{"kind": ["bill"]}'}, ATTRIBUTES),
    ):
        cloud = new_cloud(stack)
        sns, sqs = cloud.client("sns"), cloud.client("sqs")
        topic = sns.create_topic(Name="topic")["TopicArn"]
        for place in range(100):
            sqs.create_queue(QueueName=f"queue-{place}")
            endpoint = f"arn:aws:sqs:us-east-1:123456789012:queue-{place}"
            sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=endpoint, Attributes=attributes)
        options = {} if message_attributes is None else {"MessageAttributes": message_attributes}

        def publish(sns: Any = sns, topic: str = topic, options: Any = options) -> None:
            sns.publish(TopicArn=topic, Message=BODY, **options)

        tasks[name] = Task(100, publish)

    sns = new_cloud(stack).client("sns")
    lonely = sns.create_topic(Name="topic")["TopicArn"]

    def publish_to_nobody() -> None:
        for _ in range(REPEATS):
            sns.publish(TopicArn=lonely, Message=BODY)

    tasks["sns.publish, no subscriber"] = Task(REPEATS, publish_to_nobody)
    cloud = new_cloud(stack)
    one, sqs = cloud.client("sns"), cloud.client("sqs")
    topic = one.create_topic(Name="topic")["TopicArn"]
    url = sqs.create_queue(QueueName="queue")["QueueUrl"]
    one.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:queue")

    def publish_to_one() -> None:
        for _ in range(REPEATS):
            one.publish(TopicArn=topic, Message=BODY)

    def receive_notifications() -> None:
        for _ in range(REPEATS):
            one.publish(TopicArn=topic, Message=BODY)
            sqs.receive_message(QueueUrl=url)

    tasks["sns.publish, one queue"] = Task(REPEATS, publish_to_one)
    tasks["sns.publish, one queue, and a receive, which signs"] = Task(REPEATS, receive_notifications)
    return tasks


def kinesis_tasks(stack: ExitStack) -> dict[str, Task]:
    """Records of a stream with four shards."""
    client = new_cloud(stack).client("kinesis")
    client.create_stream(StreamName="stream", ShardCount=4)
    data = BODY.encode()
    entries: Any = [{"Data": data, "PartitionKey": f"device-{place}"} for place in range(500)]

    def put() -> None:
        for _ in range(REPEATS):
            client.put_record(StreamName="stream", Data=data, PartitionKey="device")

    def put_many() -> None:
        client.put_records(StreamName="stream", Records=entries)

    def place() -> str:
        response = client.get_shard_iterator(
            StreamName="stream", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
        )
        return response["ShardIterator"]

    def read_one() -> None:
        iterator = place()
        for _ in range(REPEATS):
            iterator = client.get_records(ShardIterator=iterator, Limit=1)["NextShardIterator"]

    def read_many() -> None:
        client.get_records(ShardIterator=place(), Limit=100)

    def find_place() -> None:
        for _ in range(REPEATS):
            place()

    client.create_stream(StreamName="queued")
    stream_arn = "arn:aws:kinesis:us-east-1:123456789012:stream/queued"
    made = client.create_queue(QueueName="queue", StreamConfigurationList=[{"StreamARN": stream_arn}])
    queue = made["QueueDescription"]["QueueARN"]
    received: deque[Any] = deque()

    def put_queued() -> None:
        for _ in range(REPEATS):
            client.put_record(StreamName="queued", Data=data, PartitionKey="device")

    def receive() -> None:
        for _ in range(REPEATS // 2):
            received.append(client.receive_queue_records(QueueARN=queue, Limit=1)["QueueRecords"])

    def receive_ten() -> None:
        client.put_records(StreamName="queued", Records=entries[:REPEATS])
        for _ in range(REPEATS // 10):
            received.append(client.receive_queue_records(QueueARN=queue)["QueueRecords"])

    def acknowledge() -> None:
        for _ in range(REPEATS // 4):
            doomed: Any = [{"ReceiptHandle": record["ReceiptHandle"]} for record in received.popleft()]
            client.acknowledge_queue_records(QueueARN=queue, Entries=doomed)

    return {
        "kinesis.put_record": Task(REPEATS, put),
        "kinesis.put_records of 500, a record": Task(500, put_many),
        "kinesis.get_shard_iterator": Task(REPEATS, find_place),
        "kinesis.get_records of 1": Task(REPEATS, read_one),
        "kinesis.get_records of 100, a record": Task(100, read_many),
        "kinesis.put_record with a queue": Task(REPEATS, put_queued),
        "kinesis.receive_queue_records of 1": Task(REPEATS // 2, receive),
        "kinesis.acknowledge_queue_records of 1": Task(REPEATS // 4, acknowledge),
        "kinesis.put_records and receive_queue_records of 10, a record": Task(REPEATS, receive_ten),
    }


def traced_tasks(stack: ExitStack) -> dict[str, Task]:
    """Messages of a cloud that is traced, as those of tests are: they take the plain ways, too."""
    client = stack.enter_context(minicloud.Cloud(clock="virtual", seed=1, trace=True)).client("sqs")
    url = client.create_queue(QueueName="plain")["QueueUrl"]
    ordered = client.create_queue(QueueName="ordered.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    serial = iter(range(10**9))

    def send() -> None:
        for _ in range(REPEATS):
            client.send_message(QueueUrl=url, MessageBody=BODY)

    def send_in_order() -> None:
        for place in range(REPEATS):
            token = f"token-{next(serial)}"
            group = f"group-{place % 10}"
            client.send_message(QueueUrl=ordered, MessageBody=BODY, MessageGroupId=group, MessageDeduplicationId=token)

    def cycle(url: str) -> Task:
        def act() -> None:
            for _ in range(REPEATS):
                (message,) = client.receive_message(QueueUrl=url)["Messages"]
                client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

        return Task(REPEATS, act)

    return {
        "traced: send": Task(REPEATS, send),
        "traced: receive + delete": cycle(url),
        "traced: FIFO send": Task(REPEATS, send_in_order),
        "traced: FIFO receive + delete": cycle(ordered),
    }


THEMES = (sqs_tasks, fifo_tasks, fair_tasks, fan_out_tasks, kinesis_tasks, traced_tasks)
