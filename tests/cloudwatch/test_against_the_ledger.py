"""What is counted is what the ledger and the trace know of, whenever CloudWatch was first asked."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import minicloud

SHARD = "shardId-000000000000"
STEPS = st.lists(
    st.sampled_from(
        [
            "send",
            "receive",
            "delete",
            "pass",
            "ask",
            "publish",
            "filtered",
            "put",
            "put 3",
            "read",
            "run",
            "fail",
            "event",
        ]
    ),
    max_size=30,
)


class Flow:
    """A topic in front of a queue, a stream, a function that lasts; and what was done with them."""

    def __init__(self, cloud: minicloud.Cloud) -> None:
        self.cloud = cloud
        self.sqs: Any = cloud.client("sqs")
        self.sns: Any = cloud.client("sns")
        self.kinesis: Any = cloud.client("kinesis")
        self.url = self.sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "20"})["QueueUrl"]
        self.topic = self.sns.create_topic(Name="t")["TopicArn"]
        policy = {"FilterPolicy": '{"color": ["red"]}'}
        self.sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=cloud.queue("q").arn, Attributes=policy)
        self.kinesis.create_stream(StreamName="s", ShardCount=1)
        cloud.function("f", self.work, takes=5, timeout=10)
        self.handles: list[str] = []
        self.done: Counter[str] = Counter()
        self.records = 0
        kind = {"ShardIteratorType": "TRIM_HORIZON"}
        self.place = self.kinesis.get_shard_iterator(StreamName="s", ShardId=SHARD, **kind)["ShardIterator"]

    @staticmethod
    def work(event: Any, _: Any) -> None:
        if event.get("fail"):
            raise ValueError(event)

    def step(self, step: str) -> None:
        self.done[step] += 1
        if step == "send":
            self.sqs.send_message(QueueUrl=self.url, MessageBody="x")
        elif step == "receive":
            got = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=2).get("Messages", [])
            self.handles += [message["ReceiptHandle"] for message in got]
        elif step == "delete" and self.handles:
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=self.handles.pop())
            self.done["deleted"] += 1
        elif step == "pass":
            self.cloud.clock.advance(25)
        elif step == "ask":
            self.cloud.metrics.start()
        elif step in ("publish", "filtered"):
            color = {"color": {"DataType": "String", "StringValue": "red" if step == "publish" else "blue"}}
            self.sns.publish(TopicArn=self.topic, Message="x", MessageAttributes=color)
        elif step == "put":
            self.kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k")
        elif step == "put 3":
            self.kinesis.put_records(StreamName="s", Records=[{"Data": b"x", "PartitionKey": "k"}] * 3)
        elif step == "read":
            self.place = self.kinesis.get_records(ShardIterator=self.place, Limit=2)["NextShardIterator"]
        elif step in ("run", "fail", "event"):
            body = b'{"fail": 1}' if step == "fail" else b"{}"
            kind = "RequestResponse" if step == "run" else "Event"
            self.cloud.client("lambda").invoke(FunctionName="f", InvocationType=kind, Payload=body)

    def counted(self, namespace: str, *names: str, **dimensions: str) -> list[float]:
        return [self.cloud.metric(namespace, name, **dimensions).total for name in names]


@given(STEPS)
def test_counts_are_those_of_the_ledger(steps: list[str]) -> None:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as cloud:
        flow = Flow(cloud)
        for step in steps:
            flow.step(step)
        done, trace = flow.done, cloud.trace
        messages = [account for account in cloud.ledger if not account.is_of_stream]
        names = [f"NumberOf{name}" for name in ("MessagesSent", "MessagesReceived", "MessagesDeleted", "EmptyReceives")]
        assert flow.counted("AWS/SQS", *names, QueueName="q") == [
            len(messages),
            sum(len(account.deliveries) for account in messages),
            done["deleted"],
            len(trace.of("sqs.receive.empty")),
        ]
        names = [
            f"NumberOf{name}" for name in ("MessagesPublished", "NotificationsDelivered", "NotificationsFilteredOut")
        ]
        published = done["publish"] + done["filtered"]
        assert flow.counted("AWS/SNS", *names, TopicName="t") == [published, done["publish"], done["filtered"]]
        assert len(messages) == done["send"] + done["publish"]
        records = [account for account in cloud.ledger if account.is_of_stream]
        names = ["IncomingRecords", "PutRecord.Success", "PutRecords.TotalRecords", "GetRecords.Success"]
        assert flow.counted("AWS/Kinesis", *names, StreamName="s") == [
            len(records),
            done["put"],
            3 * done["put 3"],
            done["read"],
        ]
        assert len(records) == done["put"] + 3 * done["put 3"]
        read = sum(event.details["count"] for event in trace.of("kinesis.records.read"))
        assert flow.counted("AWS/Kinesis", "GetRecords.Records", StreamName="s") == [read]
        names = ["Invocations", "Errors", "Throttles", "AsyncEventsReceived"]
        assert flow.counted("AWS/Lambda", *names, FunctionName="f") == [
            len(trace.of("lambda.invoked")),
            len(trace.of("lambda.failed")),
            0,
            done["fail"] + done["event"],
        ]
