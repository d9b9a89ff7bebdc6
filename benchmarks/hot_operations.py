"""The operations whose instructions are counted: each a task that does so many of them, by name.

The tasks of a theme share a cloud and are run in their order: some live on what others left.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, NamedTuple

import minicloud
from minicloud.core.event_pattern.matcher import compile_pattern, document_of

__all__ = ["THEMES", "Task"]

REPEATS = 40


class Task(NamedTuple):
    """Something to be counted: ``act`` does ``units`` operations."""

    units: int
    act: Callable[[], object]


def _cloud(stack: ExitStack) -> minicloud.Cloud:
    return stack.enter_context(minicloud.Cloud(clock="virtual", seed=1))


BODY = "x" * 100
ATTRIBUTES: Any = {
    "kind": {"DataType": "String", "StringValue": "order"},
    "size": {"DataType": "Number", "StringValue": "17"},
}


def sqs_tasks(stack: ExitStack) -> dict[str, Task]:
    """Messages of a standard queue, one by one and in batches."""
    client = _cloud(stack).client("sqs")
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
    client = _cloud(stack).client("sqs")
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
    client = _cloud(stack).client("sqs")
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
        cloud = _cloud(stack)
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

    sns = _cloud(stack).client("sns")
    lonely = sns.create_topic(Name="topic")["TopicArn"]

    def publish_to_nobody() -> None:
        for _ in range(REPEATS):
            sns.publish(TopicArn=lonely, Message=BODY)

    tasks["sns.publish, no subscriber"] = Task(REPEATS, publish_to_nobody)
    cloud = _cloud(stack)
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
    client = _cloud(stack).client("kinesis")
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


def start_tasks(stack: ExitStack) -> dict[str, Task]:
    """What a test begins with."""

    def make() -> None:
        for _ in range(REPEATS):
            minicloud.Cloud(clock="virtual", seed=1).client("sqs")

    def make_and_use() -> None:
        for _ in range(REPEATS):
            client = minicloud.Cloud(clock="virtual", seed=1).client("sqs")
            url = client.create_queue(QueueName="queue")["QueueUrl"]
            client.send_message(QueueUrl=url, MessageBody=BODY)

    return {
        "cloud and client": Task(REPEATS, make),
        "cloud, client, queue and message": Task(REPEATS, make_and_use),
    }


def asyncio_tasks(stack: ExitStack) -> dict[str, Task]:
    """The same calls, awaited; without a loop, which a call that does not wait has no use for."""
    cloud = _cloud(stack)
    client = cloud.async_client("sqs")
    url = cloud.client("sqs").create_queue(QueueName="plain")["QueueUrl"]

    def drive(coroutine: Any) -> Any:
        try:
            coroutine.send(None)
        except StopIteration as stop:
            return stop.value
        raise RuntimeError("the call waits")

    def send() -> None:
        for _ in range(REPEATS):
            drive(client.send_message(QueueUrl=url, MessageBody=BODY))

    return {"asyncio: sqs.send": Task(REPEATS, send)}


def boto3_tasks(stack: ExitStack) -> dict[str, Task]:
    """A real client's calls under ``mock_aws()``, where boto3 is installed."""
    try:
        import boto3
    except ImportError:
        return {}
    stack.enter_context(minicloud.mock_aws(clock="virtual", seed=1))
    client = boto3.client("sqs", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
    url = client.create_queue(QueueName="plain")["QueueUrl"]

    def send() -> None:
        for _ in range(REPEATS):
            client.send_message(QueueUrl=url, MessageBody=BODY)

    def cycle() -> None:
        for _ in range(REPEATS):
            handle = client.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
            client.delete_message(QueueUrl=url, ReceiptHandle=handle)

    return {"boto3: sqs.send": Task(REPEATS, send), "boto3: sqs.receive + delete": Task(REPEATS, cycle)}


def pattern_tasks(stack: ExitStack) -> dict[str, Task]:
    """Event patterns: an event is flattened once, and each rule looks at what came of it."""
    event = {
        **dict.fromkeys(("version", "id", "account", "time", "region"), "0"),
        "detail-type": "Order Placed",
        "source": "shop",
        "resources": [],
        "detail": {"state": "paid", "total": 12.5, "customer": {"id": "c1", "tier": "gold"}},
    }
    paid: Any = {"source": ["shop"], "detail": {"state": ["paid"], "total": [{"numeric": [">", 10]}]}}
    matching = compile_pattern(json.dumps(paid))
    other = compile_pattern(json.dumps({**paid, "source": ["bank"]}))
    document = document_of(event)

    def flatten() -> None:
        for _ in range(REPEATS):
            document_of(event)

    def match() -> None:
        for _ in range(REPEATS):
            matching.accepts(document)

    def miss() -> None:
        for _ in range(REPEATS):
            other.accepts(document)

    return {
        "event pattern: an event flattened": Task(REPEATS, flatten),
        "event pattern: matches": Task(REPEATS, match),
        "event pattern: does not match": Task(REPEATS, miss),
    }


def function_tasks(stack: ExitStack) -> dict[str, Task]:
    """Messages and records through mappings to a handler that does nothing; a publish to a function."""
    cloud = _cloud(stack)
    sqs, sns, kinesis = cloud.client("sqs"), cloud.client("sns"), cloud.client("kinesis")
    url, backlog = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("mapped", "backlog"))
    kinesis.create_stream(StreamName="records", ShardCount=1)
    topic = sns.create_topic(Name="topic")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=cloud.function("handle", lambda *_: None))
    for source in (url, "records"):
        cloud.event_source_mapping(source, "handle")
    mapping = cloud.event_source_mapping(backlog, "handle", Enabled=False)
    entries: Any = [{"Id": str(place), "MessageBody": BODY} for place in range(10)]

    def send() -> None:
        for _ in range(REPEATS):
            sqs.send_message(QueueUrl=url, MessageBody=BODY)

    def send_ten() -> None:
        for _ in range(REPEATS // 10):
            sqs.send_message_batch(QueueUrl=url, Entries=entries)

    def fill_and_enable() -> None:
        mapping.disable()
        for _ in range(10):
            sqs.send_message_batch(QueueUrl=backlog, Entries=entries)
        mapping.enable()

    def put() -> None:
        for _ in range(REPEATS):
            kinesis.put_record(StreamName="records", Data=BODY.encode(), PartitionKey="device")

    def publish() -> None:
        for _ in range(REPEATS):
            sns.publish(TopicArn=topic, Message="a text")

    return {
        "function: a message sent, handled, deleted": Task(REPEATS, send),
        "function: a batch of 10 sent, handled, deleted, a message": Task(REPEATS, send_ten),
        "function: 100 messages sent, and a mapping enabled, a message": Task(100, fill_and_enable),
        "function: a record put and handled": Task(REPEATS, put),
        "function: a publish handled": Task(REPEATS, publish),
    }


def metric_tasks(stack: ExitStack) -> dict[str, Task]:
    """Sends that are counted, with a record beside it and without; what was heard is written in the same time."""
    tasks = {}
    for traced in (False, True):
        cloud = stack.enter_context(minicloud.Cloud(clock="virtual", seed=1, trace=traced))
        tasks[f"metrics: a send{', traced,' if traced else ''} that is counted"] = _counted_send(cloud)
    return tasks


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


def _counted_send(cloud: minicloud.Cloud) -> Task:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="counted")["QueueUrl"]
    cloud.metrics.start()

    def send() -> None:
        for _ in range(REPEATS):
            sqs.send_message(QueueUrl=url, MessageBody=BODY)
        cloud.metrics.start()  # has what was heard written

    return Task(REPEATS, send)


def event_tasks(stack: ExitStack) -> dict[str, Task]:
    """Events that are put on a bus: one of whose rules wants them, or none of many."""
    cloud = stack.enter_context(minicloud.Cloud(clock="virtual", seed=1, limits=minicloud.Limits(events_rules=1_000)))
    events, sqs = cloud.client("events"), cloud.client("sqs")
    sqs.create_queue(QueueName="orders")
    for bus in ("empty", "one", "looks-inside", "many"):
        events.create_event_bus(Name=bus)
    inside = {"source": ["shop"], "detail": {"total": [{"numeric": [">", 100]}]}}
    patterns = {"one": {"source": ["shop"]}, "looks-inside": inside}
    for bus, pattern in patterns.items():
        events.put_rule(Name="r", EventBusName=bus, EventPattern=json.dumps(pattern))
        target: Any = {"Id": "1", "Arn": cloud.queue("orders").arn}
        events.put_targets(Rule="r", EventBusName=bus, Targets=[target])
    for number in range(1_000):
        other = {**inside, "detail": {"total": [{"numeric": [">", 1_000 + number]}]}}
        events.put_rule(Name=f"r{number}", EventBusName="many", EventPattern=json.dumps(other))

    def put_on(bus: str) -> Callable[[], None]:
        detail = json.dumps({"order": "4711", "total": 120, "customer": {"id": "c1"}})

        def put() -> None:
            for _ in range(REPEATS):
                events.put_events(
                    Entries=[{"Source": "shop", "DetailType": "order", "Detail": detail, "EventBusName": bus}]
                )

        return put

    put_on("many")()  # makes the index of the rules
    return {
        "events: an event put, and no rule": Task(REPEATS, put_on("empty")),
        "events: an event put, one rule, one queue": Task(REPEATS, put_on("one")),
        "events: the same, the rule looks into the detail": Task(REPEATS, put_on("looks-inside")),
        "events: one of 1,000 rules that do not match": Task(REPEATS * 1_000, put_on("many")),
    }


THEMES = (
    sqs_tasks,
    fifo_tasks,
    fair_tasks,
    fan_out_tasks,
    pattern_tasks,
    kinesis_tasks,
    function_tasks,
    metric_tasks,
    traced_tasks,
    event_tasks,
    start_tasks,
    asyncio_tasks,
    boto3_tasks,
)
