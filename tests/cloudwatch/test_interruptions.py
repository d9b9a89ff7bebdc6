"""Calls of CloudWatch, and full minutes, into which an exception comes: as a whole, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support import strikes
from tests.support.strikes import FORMS, Form

pytestmark = [
    pytest.mark.stress,
    # Python only prints what strikes in the end of a generator.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

START = datetime(2026, 1, 1, tzinfo=UTC)
TIMES = {"StartTime": START - timedelta(hours=1), "EndTime": START + timedelta(hours=1)}
STAT = {"Metric": {"Namespace": "app", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
QUERIES = [{"Id": "m", "MetricStat": STAT}, {"Id": "e", "Expression": "m * 2"}]


class World(strikes.World):
    """A cloud with a queue, and all that can be asked of CloudWatch."""

    LONG = 20 * 60  # each minute has its points, and what is counted is counted at once

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.cloudwatch: Any = self.cloud.client("cloudwatch")
        self.sqs: Any = self.cloud.client("sqs")
        self.url = self.sqs.create_queue(QueueName="q")["QueueUrl"]

    def metrics(self) -> list[Any]:
        return [
            self.cloud.metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName="q"),
            self.cloud.metric("AWS/SQS", "NumberOfMessagesSent", QueueName="q"),
            self.cloud.metric("AWS/SQS", "NumberOfMessagesDeleted", QueueName="q"),
            self.cloud.metric("app", "m"),
        ]

    def look(self) -> Any:
        return [one.points(stat) for one in self.metrics() for stat in ("Sum", "SampleCount")]


class Senders(World):
    """The same with a topic in front of the queue, and a stream."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.sns: Any = self.cloud.client("sns")
        self.kinesis: Any = self.cloud.client("kinesis")
        self.kinesis.create_stream(StreamName="s", ShardCount=1)
        self.topic = self.sns.create_topic(Name="t")["TopicArn"]
        self.sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=self.cloud.queue("q").arn)
        policy = '{"color": ["red"]}'
        self.sns.subscribe(
            TopicArn=self.topic, Protocol="sms", Endpoint="+15555550100", Attributes={"FilterPolicy": policy}
        )

    def metrics(self) -> list[Any]:
        metric = self.cloud.metric
        return [
            *super().metrics(),
            metric("AWS/SNS", "NumberOfMessagesPublished", TopicName="t"),
            metric("AWS/SNS", "NumberOfNotificationsDelivered", TopicName="t"),
            metric("AWS/SNS", "NumberOfNotificationsFilteredOut", TopicName="t"),
            metric("AWS/Kinesis", "IncomingRecords", StreamName="s"),
        ]

    def look(self) -> Any:
        """What is counted is what there is."""
        _, sent, _, _, published, delivered, filtered, put = (one.total for one in self.metrics())
        messages, records = len(self.cloud.queue("q").messages), len(self.cloud.stream("s").records)
        there = len(self.cloud.topic("t").published)
        assert (sent, put, published, delivered, filtered) == (messages, records, there, there, there)
        return super().look()


Row = strikes.Row[World]


def put(w: World) -> None:
    data = [{"MetricName": "m", "Value": 1}, {"MetricName": "m", "Values": [2, 3]}, {"MetricName": "n", "Value": 4}]
    w.cloudwatch.put_metric_data(Namespace="app", MetricData=data)


def used(w: World) -> None:
    """Metrics, and what was heard and is not written yet."""
    put(w)
    w.sqs.send_message(QueueUrl=w.url, MessageBody="x")


def batch(w: World) -> None:
    entries = [{"Id": str(number), "MessageBody": "y"} for number in range(3)]
    w.sqs.send_message_batch(QueueUrl=w.url, Entries=entries)


def some_of(number: int) -> Any:
    """So many entries of the batch, which are there each for itself."""

    def send(w: World) -> None:
        for _ in range(number):
            w.sqs.send_message(QueueUrl=w.url, MessageBody="y")

    return send


def delete(w: World) -> None:
    w.sqs.delete_message(QueueUrl=w.url, ReceiptHandle=w.kept)


def received(w: World) -> Any:
    used(w)
    return w.sqs.receive_message(QueueUrl=w.url)["Messages"][0]["ReceiptHandle"]


def nothing(w: World) -> None:
    pass


ROWS: dict[str, Row] = {
    "put first": Row(nothing, put),
    "put more": Row(used, put),
    "list": Row(used, lambda w: w.cloudwatch.list_metrics()),
    "statistics": Row(
        used,
        lambda w: w.cloudwatch.get_metric_statistics(
            Namespace="app", MetricName="m", **TIMES, Period=60, Statistics=["Sum"]
        ),
    ),
    "data": Row(used, lambda w: w.cloudwatch.get_metric_data(MetricDataQueries=QUERIES, **TIMES, MaxDatapoints=1)),
    "send": Row(used, lambda w: w.sqs.send_message(QueueUrl=w.url, MessageBody="y")),
    "send, and ask then": Row(nothing, lambda w: w.sqs.send_message(QueueUrl=w.url, MessageBody="y")),
    "send some": Row(used, batch, (some_of(1), some_of(2))),
    "delete": Row(received, delete),
    "a minute": Row(used, lambda w: w.cloud.clock.advance(60)),
}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_an_interrupted_call_has_happened_or_has_not(name: str, form: Form) -> None:
    wrong = form.wrong_places(ROWS[name], World)
    assert not wrong, "\n".join(wrong)


def put_records(w: Senders) -> None:
    records = [{"Data": b"y", "PartitionKey": "k"}] * 2
    w.kinesis.put_records(StreamName="s", Records=records)


SENDS: dict[str, strikes.Row[Senders]] = {
    "publish": strikes.Row(used, lambda w: w.sns.publish(TopicArn=w.topic, Message="y")),
    "put a record": strikes.Row(used, lambda w: w.kinesis.put_record(StreamName="s", Data=b"y", PartitionKey="k")),
    "put records": strikes.Row(
        used,
        put_records,
        (lambda w: w.kinesis.put_records(StreamName="s", Records=[{"Data": b"y", "PartitionKey": "k"}]),),
    ),
}


@pytest.mark.parametrize("name", SENDS)
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_what_is_counted_is_what_there_is(name: str, form: Form) -> None:
    wrong = form.wrong_places(SENDS[name], Senders)
    assert not wrong, "\n".join(wrong)
