"""The demo: six short stories on a virtual clock, each step printed with the time at which it happens."""

from __future__ import annotations

import json
import time
from typing import Any

from .cloud import Cloud
from .core.timeline import SECOND
from .engine.handlers import HttpRequest
from .services.sqs.shapes import Message

__all__ = ["run"]


class _Story:
    """A cloud, an SQS client, and a way to say what happens."""

    def __init__(self) -> None:
        self.cloud = Cloud(clock="virtual", seed="demo")
        self.sqs = self.cloud.client("sqs")
        self.sns = self.cloud.client("sns")
        self.kinesis = self.cloud.client("kinesis")
        self._start = self.cloud.clock.time_ns()

    def say(self, what: str) -> None:
        """Print a line of the timeline."""
        seconds = (self.cloud.clock.time_ns() - self._start) / SECOND
        print(f"  {seconds:7.1f} s  {what}")

    def chapter(self, title: str) -> None:
        """Begin a part of the demo."""
        print(f"\n{title}")

    def receive(self, url: str, **options: Any) -> list[Message]:
        """Receive, and say what came."""
        options = {"MaxNumberOfMessages": 10, "MessageSystemAttributeNames": ["All"], **options}
        found = self.sqs.receive_message(QueueUrl=url, **options).get("Messages", [])
        what = ", ".join(
            f"{message['Body']} (delivery {message['Attributes']['ApproximateReceiveCount']})" for message in found
        )
        self.say(f"receive -> {what or 'nothing'}")
        return found


def run() -> None:
    """Tell the stories. Takes milliseconds; the clock shows minutes."""
    started = time.perf_counter()
    story = _Story()
    print("minicloud: SQS, SNS and Kinesis in this process, on a clock that a test can move")
    _standard_queue(story)
    _fifo_queue(story)
    _fair_queue(story)
    _dead_letter_queue(story)
    _topic(story)
    _stream(story)
    _queue_on_stream(story)
    elapsed = (time.perf_counter() - started) * 1000
    virtual = (story.cloud.clock.time_ns() - story._start) / SECOND
    print(f"\n{virtual:.0f} seconds of AWS time in {elapsed:.0f} ms of yours.")


def _standard_queue(story: _Story) -> None:
    story.chapter("A standard queue: a worker dies, the message comes back")
    sqs, clock = story.sqs, story.cloud.clock
    url = sqs.create_queue(QueueName="jobs", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="resize cat.png")
    sqs.send_message(QueueUrl=url, MessageBody="resize dog.png", DelaySeconds=45)
    story.say("send resize cat.png, and resize dog.png with a delay of 45 s")
    story.receive(url)
    story.say("... the worker crashes without deleting it")
    story.receive(url)
    clock.advance(30)
    story.say("the visibility timeout is over")
    again = story.receive(url)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=again[0]["ReceiptHandle"])
    story.say("delete resize cat.png; long-poll for what else there is")
    rest = story.receive(url, WaitTimeSeconds=20)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=rest[0]["ReceiptHandle"])


def _fifo_queue(story: _Story) -> None:
    story.chapter("A FIFO queue: order within a group, duplicates dropped for five minutes")
    sqs, clock = story.sqs, story.cloud.clock
    url = sqs.create_queue(QueueName="orders.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]

    def send(group: str, body: str, deduplication_id: str) -> None:
        sent = sqs.send_message(
            QueueUrl=url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=deduplication_id
        )
        story.say(f"send {body} to group {group}, id {deduplication_id} -> message {sent['MessageId'][:8]}")

    send("alice", "alice:create", "a1")
    send("bob", "bob:create", "b1")
    send("alice", "alice:pay", "a2")
    send("alice", "alice:create", "a1")
    first = story.receive(url, MaxNumberOfMessages=1)
    story.say("alice's group is locked while that message is in flight")
    other = story.receive(url)
    for message in (*first, *other):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    story.say("delete both: alice's next message is free")
    for message in story.receive(url):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    send("alice", "alice:create", "a1")
    story.receive(url)
    clock.advance(300)
    story.say("five minutes later the id may be used again")
    send("alice", "alice:create", "a1")
    for message in story.receive(url):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def _fair_queue(story: _Story) -> None:
    story.chapter("A fair queue: one tenant floods, another does not wait")
    sqs = story.sqs
    url = sqs.create_queue(QueueName="exports")["QueueUrl"]
    for number in range(40):
        sqs.send_message(QueueUrl=url, MessageBody=f"big {number}", MessageGroupId="big")
    for _ in range(3):
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    story.say("big sends 40 messages, workers have 30 of them; then small sends one")
    sqs.send_message(QueueUrl=url, MessageBody="small 0", MessageGroupId="small")
    story.say(f"noisy groups: {', '.join(story.cloud.queue('exports').noisy_groups)}")
    story.receive(url, MaxNumberOfMessages=2)


def _dead_letter_queue(story: _Story) -> None:
    story.chapter("A dead-letter queue: what fails twice is set aside, and redriven")
    sqs, clock = story.sqs, story.cloud.clock
    sqs.create_queue(QueueName="payments-dlq")
    dlq_arn = story.cloud.queue("payments-dlq").arn
    policy = json.dumps({"deadLetterTargetArn": dlq_arn, "maxReceiveCount": 2})
    url = sqs.create_queue(QueueName="payments", Attributes={"VisibilityTimeout": "10", "RedrivePolicy": policy})[
        "QueueUrl"
    ]
    sqs.send_message(QueueUrl=url, MessageBody="charge 9.99")
    story.say("send charge 9.99; every worker fails on it")
    for _ in range(3):
        story.receive(url)
        clock.advance(10)
    (dead,) = story.cloud.queue("payments-dlq").messages
    story.say(f"it lies in payments-dlq: {dead.body}, received {dead.receive_count} times")
    sqs.start_message_move_task(SourceArn=dlq_arn)
    story.say("the bug is fixed: start a message move task")
    for message in story.receive(url):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    story.say(f"done: {story.cloud.queue('payments')}, {story.cloud.queue('payments-dlq')}")


def _topic(story: _Story) -> None:
    story.chapter("A FIFO topic: one order reaches every queue, once and in order; a filter; a web server that fails")
    sqs, sns, cloud = story.sqs, story.sns, story.cloud
    topic = sns.create_topic(Name="orders.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    filters = {"billing.fifo": None, "shipping.fifo": None, "gifts.fifo": {"gift": ["yes"]}}
    for name, policy in filters.items():
        sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})
        attributes = {"RawMessageDelivery": "true"}
        if policy is not None:
            attributes["FilterPolicy"] = json.dumps(policy)
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue(name).arn, Attributes=attributes)
    for body, gift, order in (("order 1", "no", "o1"), ("order 2", "yes", "o2"), ("order 1", "no", "o1")):
        sns.publish(
            TopicArn=topic,
            Message=body,
            MessageGroupId="alice",
            MessageDeduplicationId=order,
            MessageAttributes={"gift": {"DataType": "String", "StringValue": gift}},
        )
        story.say(f"publish {body}, id {order}, gift: {gift}")
    for name in filters:
        story.say(f"{name} has {', '.join(cloud.queue(name).bodies) or 'nothing'}")

    calls: list[str] = []

    def server(request: HttpRequest) -> int:
        message = request.json()
        calls.append(message["Type"])
        if message["Type"] != "SubscriptionConfirmation":
            return 503
        sns.confirm_subscription(TopicArn=message["TopicArn"], Token=message["Token"])
        story.say("a web server subscribes, and confirms with the token it was sent")
        return 200

    cloud.http_endpoint("https://shop.example/hook", server)
    alerts = sns.create_topic(Name="alerts")["TopicArn"]
    sqs.create_queue(QueueName="alerts-dlq")
    sns.subscribe(
        TopicArn=alerts,
        Protocol="https",
        Endpoint="https://shop.example/hook",
        Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": cloud.queue("alerts-dlq").arn})},
    )
    sns.publish(TopicArn=alerts, Message="disk full")
    story.say("publish disk full; the server answers 503")
    cloud.clock.advance(3600)
    retries = len(calls) - 2
    (dead,) = cloud.queue("alerts-dlq").bodies
    story.say(f"after {retries} retries it lies in alerts-dlq: {json.loads(dead)['Message']}")


def _stream(story: _Story) -> None:
    story.chapter("A stream: three devices over two shards, a split, and a reader that follows")
    kinesis = story.kinesis
    kinesis.create_stream(StreamName="readings", ShardCount=2)

    def put(device: str, value: int) -> None:
        where = kinesis.put_record(StreamName="readings", Data=f"{device}={value}".encode(), PartitionKey=device)
        story.say(f"put {device}={value} -> {where['ShardId']}")

    for device in ("pump", "valve", "motor"):
        put(device, 1)
    first = story.cloud.stream("readings").shards[0]
    middle = (first.starting_hash_key + first.ending_hash_key) // 2
    kinesis.split_shard(StreamName="readings", ShardToSplit=first.shard_id, NewStartingHashKey=str(middle))
    story.say(f"split {first.shard_id}")
    for device in ("pump", "valve", "motor"):
        put(device, 2)

    shards = kinesis.list_shards(StreamName="readings", ShardFilter={"Type": "AT_TRIM_HORIZON"})["Shards"]
    waiting = [shard["ShardId"] for shard in shards]
    while waiting:
        shard_id = waiting.pop(0)
        iterator: str | None = kinesis.get_shard_iterator(
            StreamName="readings", ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while iterator is not None:
            page = kinesis.get_records(ShardIterator=iterator)
            texts = ", ".join(record["Data"].decode() for record in page["Records"])
            iterator = page.get("NextShardIterator")
            if not page["Records"] and iterator is not None:
                break
            children = [child["ShardId"] for child in page.get("ChildShards", [])]
            waiting += [child for child in children if child not in waiting]
            story.say(f"read {shard_id}: {texts or 'nothing'}{', then ' + ' and '.join(children) if children else ''}")


def _queue_on_stream(story: _Story) -> None:
    story.chapter("A queue on a stream: each record is acknowledged, or becomes a dead letter after two receives")
    kinesis, cloud = story.kinesis, story.cloud
    kinesis.create_stream(StreamName="orders", RecordDistributionStrategy="AUTO")
    queue = kinesis.create_queue(
        QueueName="billing",
        StreamConfigurationList=[{"StreamARN": cloud.stream("orders").arn}],
        QueueAttributes={"DeadLetterConfiguration": {"TargetType": "BUILT_IN", "MaxReceiveCount": 2}},
    )["QueueDescription"]["QueueARN"]
    for order in ("order 1", "order 2"):
        where = kinesis.put_record(StreamName="orders", Data=order.encode())
        story.say(f"put {order} without a key -> {where['ShardId']}")
    for _ in range(2):
        records = kinesis.receive_queue_records(QueueARN=queue)["QueueRecords"]
        texts = [f"{record['Data'].decode()} (delivery {record['ReceiveCount']})" for record in records]
        story.say(f"receive -> {', '.join(texts)}")
        done = [record for record in records if record["Data"] == b"order 1"]
        if done:
            kinesis.acknowledge_queue_records(
                QueueARN=queue, Entries=[{"ReceiptHandle": record["ReceiptHandle"]} for record in done]
            )
            story.say("acknowledge order 1; the worker cannot read order 2")
        cloud.clock.advance(30)
    (letter,) = kinesis.receive_dead_letter_queue_records(QueueARN=queue)["QueueRecords"]
    story.say(f"dead letters -> {letter['Data'].decode()}")
