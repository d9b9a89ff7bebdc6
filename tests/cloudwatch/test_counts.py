"""What services count and measure, as metrics."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

import minicloud


@pytest.fixture
def cloud() -> Any:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as cloud:
        yield cloud
        assert wrong_units(cloud) == []


def wrong_units(cloud: Any) -> list[tuple[str, str]]:
    """Metrics of services that are not in the units which their names say."""
    cloudwatch, now = cloud.client("cloudwatch"), cloud.clock.now()
    over = {"StartTime": now - timedelta(days=2), "EndTime": now + timedelta(days=1), "Period": 86_400}
    wrong = []
    for metric in cloudwatch.list_metrics()["Metrics"]:
        name = metric["MetricName"]
        expected = next((unit for words, unit in UNITS.items() if re.search(words, name)), "Count")
        found = cloudwatch.get_metric_statistics(**metric, **over, Statistics=["Sum"])["Datapoints"]
        wrong += [(name, point["Unit"]) for point in found if point["Unit"] != expected]
    return wrong


UNITS = {
    "Bytes$|Size$": "Bytes",
    "ApproximateAgeOfOldestMessage": "Seconds",
    "Latency$|Age$|AgeMilliseconds$|MillisBehindLatest$|Duration$": "Milliseconds",
}


def total(cloud: Any, namespace: str, name: str, **dimensions: str) -> float:
    return float(cloud.metric(namespace, name, **dimensions).total)


def values(cloud: Any, name: str, **dimensions: str) -> list[float]:
    return [value for _, value in cloud.metric("AWS/SQS", name, **dimensions).points("Maximum")]


def test_queues_are_counted_from_the_beginning_of_the_trace(cloud: Any) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
    sqs.receive_message(QueueUrl=url)
    attributes = {"a": {"DataType": "String", "StringValue": "é"}}
    sqs.send_message(QueueUrl=url, MessageBody="hello", MessageAttributes=attributes)
    sqs.send_message(QueueUrl=url, MessageBody="x")
    got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    of = {"QueueName": "q"}
    assert total(cloud, "AWS/SQS", "NumberOfMessagesSent", **of) == 2
    sqs.delete_message(QueueUrl=url, ReceiptHandle=got[0]["ReceiptHandle"])
    sqs.delete_message(QueueUrl=url, ReceiptHandle=got[0]["ReceiptHandle"])
    sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
    assert total(cloud, "AWS/SQS", "SentMessageSize", **of) == 5 + 1 + 6 + 2 + 1
    assert total(cloud, "AWS/SQS", "NumberOfMessagesReceived", **of) == 2
    assert total(cloud, "AWS/SQS", "NumberOfMessagesDeleted", **of) == 2
    assert total(cloud, "AWS/SQS", "NumberOfEmptyReceives", **of) == 2


def test_without_a_trace_it_counts_from_the_start_on() -> None:
    with minicloud.Cloud(clock="virtual", trace=False) as cloud:
        sqs = cloud.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="x")
        cloud.metrics.start()
        assert not cloud.trace.is_on
        sqs.send_message(QueueUrl=url, MessageBody="x")
        assert total(cloud, "AWS/SQS", "NumberOfMessagesSent", QueueName="q") == 1
        cloud.trace.start()
        sqs.send_message(QueueUrl=url, MessageBody="x")
        assert cloud.trace.is_on
        assert len(cloud.trace)
        cloud.trace.stop()
        sqs.send_message(QueueUrl=url, MessageBody="x")
        assert not cloud.trace.is_on
        assert total(cloud, "AWS/SQS", "NumberOfMessagesSent", QueueName="q") == 3


def test_whatever_asks_for_metrics_first_begins_to_count() -> None:
    """Also an alarm, from when it is put on: it does not wait for its first evaluation."""
    times = {"StartTime": "2026-01-01", "EndTime": "2026-01-02"}
    sent = {"Namespace": "AWS/SQS", "MetricName": "NumberOfMessagesSent"}
    compared = {"EvaluationPeriods": 1, "Threshold": 0, "ComparisonOperator": "GreaterThanThreshold"}
    alarm = {"AlarmName": "a", **sent, "Period": 60, "Statistic": "Sum", **compared}
    query = {"Id": "q", "MetricStat": {"Metric": sent, "Period": 60, "Stat": "Sum"}}
    calls: list[tuple[str, dict[str, Any]]] = [
        ("describe_alarm_history", {}),
        ("describe_alarms", {}),
        ("describe_alarms_for_metric", sent),
        ("get_metric_data", {"MetricDataQueries": [query], **times}),
        ("get_metric_statistics", {**sent, **times, "Period": 60, "Statistics": ["Sum"]}),
        ("list_metrics", {}),
        ("put_composite_alarm", {"AlarmName": "c", "AlarmRule": "TRUE"}),
        ("put_metric_alarm", alarm),
        ("put_metric_data", {"Namespace": "app", "MetricData": [{"MetricName": "m", "Value": 1}]}),
    ]
    counted = {}
    for name, params in calls:
        with minicloud.Cloud(clock="virtual", trace=False) as cloud:
            sqs, cloudwatch = cloud.client("sqs"), cloud.client("cloudwatch")
            url = sqs.create_queue(QueueName="q")["QueueUrl"]
            sqs.send_message(QueueUrl=url, MessageBody="before")
            getattr(cloudwatch, name)(**params)
            sqs.send_message(QueueUrl=url, MessageBody="after")
            counted[name] = total(cloud, "AWS/SQS", "NumberOfMessagesSent", QueueName="q")
    assert counted == {name: 1 for name, _ in calls}


def test_gauges_go_on_up_to_the_minute_that_is_under_way(cloud: Any) -> None:
    """Also where something has just happened elsewhere."""
    sqs = cloud.client("sqs")
    urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("q", "other")]
    cloud.metrics.start()
    sqs.send_message(QueueUrl=urls[0], MessageBody="x")
    for minutes in (2, 5, 9):
        cloud.clock.advance_to(datetime(2026, 1, 1, 0, minutes, 30, tzinfo=UTC))
        sqs.send_message(QueueUrl=urls[1], MessageBody="y")
        points = cloud.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/SQS", MetricName="ApproximateNumberOfMessagesVisible",
            Dimensions=[{"Name": "QueueName", "Value": "q"}], Period=60, Statistics=["Maximum"],
            StartTime="2026-01-01", EndTime="2026-01-02",
        )["Datapoints"]  # fmt: skip
        assert [point["Maximum"] for point in points] == [1] * (minutes + 1)


def test_gauges_are_of_the_minutes_that_end(cloud: Any) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "90"})["QueueUrl"]
    visible = cloud.metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName="q")
    assert visible.latest == 0
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.send_message(QueueUrl=url, MessageBody="y", DelaySeconds=200)
    assert visible.latest == 1
    cloud.clock.advance(60)
    sqs.receive_message(QueueUrl=url)
    cloud.clock.advance(240)
    assert values(cloud, "ApproximateNumberOfMessagesVisible", QueueName="q") == [1, 0, 1, 2, 2, 2]
    assert values(cloud, "ApproximateNumberOfMessagesNotVisible", QueueName="q") == [0, 1, 0, 0, 0, 0]
    assert values(cloud, "ApproximateNumberOfMessagesDelayed", QueueName="q") == [1, 1, 1, 0, 0, 0]
    assert values(cloud, "ApproximateAgeOfOldestMessage", QueueName="q") == [60, 120, 180, 240, 300, 300]


def test_an_idle_cloud_has_nothing_due_and_knows_its_gauges_all_the_same(cloud: Any) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    cloud.metrics.start()
    sqs.send_message(QueueUrl=url, MessageBody="x")
    cloud.clock.advance(60)
    assert not [event for event in cloud.timeline.heap if event.callback is not None]
    cloud.clock.advance(3 * 3600)
    assert len(values(cloud, "ApproximateNumberOfMessagesVisible", QueueName="q")) == 182
    sqs.purge_queue(QueueUrl=url)
    cloud.clock.advance(24 * 3600)
    counts = values(cloud, "ApproximateNumberOfMessagesVisible", QueueName="q")
    assert counts[:182] == [1] * 181 + [0]
    assert set(counts[182:]) == {0}
    assert len(counts) == 181 + 360  # after six hours there are none


def test_a_queue_that_is_used_again_is_measured_again(cloud: Any) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    cloud.metrics.start()
    visible = cloud.metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName="q")
    cloud.clock.advance(10 * 3600)
    sqs.receive_message(QueueUrl=url)  # at a full minute, which begins six hours
    cloud.clock.advance(10 * 3600)
    points = visible.points()
    minutes = [(at - points[0][0]).total_seconds() / 60 for at, _ in points]
    assert minutes == [*range(360), *range(600, 960)]


def test_gauges_of_groups() -> None:
    """Of a FIFO queue how many have messages in flight; of a fair one how many are noisy, and what the quiet have."""
    limits = minicloud.Limits(sqs_noisy_group_in_flight=2, sqs_noisy_group_percent=10)
    cloud = minicloud.Cloud(clock="virtual", seed=1, limits=limits)
    sqs = cloud.client("sqs")
    fair = sqs.create_queue(QueueName="fair")["QueueUrl"]
    line = sqs.create_queue(QueueName="line.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    for number, group in enumerate("aabcc"):
        sqs.send_message(QueueUrl=line, MessageBody="x", MessageGroupId=group, MessageDeduplicationId=str(number))
    sqs.receive_message(QueueUrl=line, MaxNumberOfMessages=3)

    def send(group: str, **params: Any) -> None:
        sqs.send_message(QueueUrl=fair, MessageBody="x", MessageGroupId=group, **params)

    for group in "aaa":
        send(group)
    sqs.receive_message(QueueUrl=fair, MaxNumberOfMessages=2)
    cloud.clock.advance(5)
    for group in "bbbbb":
        send(group)
    for group in "cc":
        send(group, DelaySeconds=60)
    send("a", DelaySeconds=60)
    sqs.receive_message(QueueUrl=fair, MaxNumberOfMessages=1)
    cloud.clock.advance(7)
    shown = {
        "line.fifo": {"NumberOfGroupsWithInflightMessages": 2, "AgeOfOldestMessage": 12},
        "fair": {
            "NumberOfNoisyGroups": 1,
            "NumberOfMessagesVisibleInQuietGroups": 4,
            "NumberOfMessagesNotVisibleInQuietGroups": 1,
            "NumberOfMessagesDelayedInQuietGroups": 2,
            "AgeOfOldestMessageInQuietGroups": 7,
            "AgeOfOldestMessage": 12,
        },
    }
    for name, gauges in shown.items():
        found = {gauge: cloud.metric("AWS/SQS", f"Approximate{gauge}", QueueName=name).latest for gauge in gauges}
        assert found == gauges


def test_a_dead_letter_queue_counts_no_send_and_ages_from_the_move(cloud: Any) -> None:
    sqs = cloud.client("sqs")
    dlq = sqs.create_queue(QueueName="dlq")["QueueUrl"]
    redrive = json.dumps({"deadLetterTargetArn": cloud.queue(dlq).arn, "maxReceiveCount": 1})
    url = sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "30", "RedrivePolicy": redrive})["QueueUrl"]
    cloud.metrics.start()
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.receive_message(QueueUrl=url)
    cloud.clock.advance(100)
    sqs.receive_message(QueueUrl=url)
    cloud.clock.advance(50)
    assert total(cloud, "AWS/SQS", "NumberOfMessagesSent", QueueName="dlq") == 0
    assert cloud.metric("AWS/SQS", "ApproximateAgeOfOldestMessage", QueueName="dlq").latest == 50
    assert cloud.metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName="dlq").latest == 1


def test_topics(cloud: Any) -> None:
    sqs, sns = cloud.client("sqs"), cloud.client("sns")
    arn = cloud.queue(sqs.create_queue(QueueName="q")["QueueUrl"]).arn
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    policy = {"FilterPolicy": json.dumps({"kind": ["a"]})}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn.replace(":q", ":r"), Attributes=policy)
    dead = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn})}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn.replace(":q", ":nobody"), Attributes=dead)
    sns.publish(TopicArn=topic, Message="hello")
    of = {"TopicName": "t"}
    assert total(cloud, "AWS/SNS", "NumberOfMessagesPublished", **of) == 1
    assert total(cloud, "AWS/SNS", "PublishSize", **of) == 5
    assert total(cloud, "AWS/SNS", "NumberOfNotificationsDelivered", **of) == 1
    assert total(cloud, "AWS/SNS", "NumberOfNotificationsFailed", **of) == 1
    assert total(cloud, "AWS/SNS", "NumberOfNotificationsRedrivenToDlq", **of) == 1
    assert total(cloud, "AWS/SNS", "NumberOfNotificationsFilteredOut", **of) == 1
    assert total(cloud, "AWS/SNS", "NumberOfNotificationsFilteredOut-NoMessageAttributes", **of) == 1


def test_why_topics_kept_messages_back(cloud: Any) -> None:
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    queue = "arn:aws:sqs:us-east-1:123456789012:q"
    for scope in ("MessageBody", "MessageAttributes"):
        wanted = {"FilterPolicy": json.dumps({"kind": ["a"]}), "FilterPolicyScope": scope}
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"{queue}-{scope}", Attributes=wanted)

    def attributes(type_: str, value: str) -> dict[str, Any]:
        return {"kind": {"DataType": type_, "StringValue": value}}

    sns.publish(TopicArn=topic, Message="no JSON")
    sns.publish(TopicArn=topic, Message="[1]", MessageAttributes=attributes("String", "b"))
    sns.publish(TopicArn=topic, Message='{"kind": "b"}', MessageAttributes=attributes("String.Array", '["b"]'))
    sns.publish(TopicArn=topic, Message='{"kind": "c"}', MessageAttributes=attributes("String.Array", "b"))
    name = "NumberOfNotificationsFilteredOut"
    reasons = ("", "-MessageBody", "-InvalidMessageBody", "-NoMessageAttributes", "-MessageAttributes")
    of = {"TopicName": "t"}
    counts = [total(cloud, "AWS/SNS", name + why, **of) for why in (*reasons, "-InvalidAttributes")]
    assert counts == [8, 2, 2, 1, 2, 1]


def test_notifications_to_web_servers(cloud: Any) -> None:
    """They are delivered when the server says so, and not when they are sent."""
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    is_up = True
    posts: list[Any] = []

    def serve(request: Any) -> int:
        posts.append(request.json())
        return 200 if is_up else 404

    for protocol in ("http", "https"):
        url = f"{protocol}://example.com/hook"
        cloud.http_endpoint(url, serve)
        sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=url)
        sns.confirm_subscription(TopicArn=topic, Token=posts.pop()["Token"])
    sns.publish(TopicArn=topic, Message="x")
    cloud.run_until_idle()
    is_up = False
    sns.publish(TopicArn=topic, Message="y")
    names = ("Delivered", "Failed")
    counts = [total(cloud, "AWS/SNS", f"NumberOfNotifications{name}", TopicName="t") for name in names]
    assert (counts[0], len(posts)) == (2, 4)
    cloud.run_until_idle()
    counts = [total(cloud, "AWS/SNS", f"NumberOfNotifications{name}", TopicName="t") for name in names]
    assert counts == [2, 2]


def test_notifications_that_arrive_nowhere(cloud: Any) -> None:
    """What fails is no delivery, and what the dead-letter queue does not take is not redriven."""
    sqs, sns = cloud.client("sqs"), cloud.client("sns")
    there = cloud.queue(sqs.create_queue(QueueName="q")["QueueUrl"]).arn
    topic = sns.create_topic(Name="t")["TopicArn"]
    for name, dead in (("one", there), ("two", f"{there}-gone"), ("three", f"{there}-gone")):
        redrive = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": dead})}
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"{there}-{name}", Attributes=redrive)
    attributes = {"n": ("Number", "StringValue", "12"), "b": ("Binary", "BinaryValue", b"\x00\xff\x01")}
    given = {name: {"DataType": kind, member: value} for name, (kind, member, value) in attributes.items()}
    sns.publish(TopicArn=topic, Message="é", MessageAttributes=given)
    names = ("Delivered", "Failed", "RedrivenToDlq", "FailedToRedriveToDlq")
    of = {"TopicName": "t"}
    assert [total(cloud, "AWS/SNS", f"NumberOfNotifications{name}", **of) for name in names] == [0, 3, 1, 2]
    (size,) = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SNS", MetricName="PublishSize", Dimensions=[{"Name": "TopicName", "Value": "t"}], Period=60,
        StartTime="2026-01-01", EndTime="2026-01-02", Statistics=["Sum"],
    )["Datapoints"]  # fmt: skip
    assert (size["Sum"], size["Unit"]) == (2 + 1 + 6 + 2 + 1 + 6 + 3, "Bytes")


def test_rules(cloud: Any) -> None:
    events, sqs = cloud.client("events"), cloud.client("sqs")
    events.create_event_bus(Name="own")
    dead = cloud.queue(sqs.create_queue(QueueName="dead")["QueueUrl"]).arn
    there = cloud.queue(sqs.create_queue(QueueName="there")["QueueUrl"]).arn
    targets: list[Any] = [
        {"Id": "there", "Arn": there},
        {"Id": "gone", "Arn": f"{there}-gone"},
        {"Id": "kept", "Arn": f"{there}-gone", "DeadLetterConfig": {"Arn": dead}},
    ]
    lost = {"Id": "lost", "Arn": f"{there}-gone", "DeadLetterConfig": {"Arn": f"{dead}-gone"}}
    events.put_rule(Name="loses", EventPattern='{"source": ["app"]}')
    events.put_targets(Rule="loses", Targets=[lost])
    for bus in ("default", "own"):
        events.put_rule(Name="r", EventBusName=bus, EventPattern='{"source": ["app"]}')
        events.put_targets(Rule="r", EventBusName=bus, Targets=targets)
        entry = {"Source": "app", "DetailType": "t", "Detail": "{}", "EventBusName": bus}
        events.put_events(Entries=[entry] * (2 if bus == "own" else 1))
    events.put_rule(Name="clock", ScheduleExpression="rate(1 minute)")
    events.put_targets(Rule="clock", Targets=targets[:1])
    cloud.clock.advance(90)
    names = (
        *("TriggeredRules", "MatchedEvents", "Invocations", "FailedInvocations"),
        *("InvocationsSentToDlq", "InvocationsFailedToBeSentToDlq"),
    )
    for of, expected in (
        ({"RuleName": "r"}, [1, 1, 3, 2, 1, 0]),
        ({"RuleName": "r", "EventBusName": "own"}, [2, 2, 6, 4, 2, 0]),
        ({"RuleName": "loses"}, [1, 1, 1, 1, 0, 1]),
        ({"RuleName": "clock"}, [1, 0, 1, 0, 0, 0]),
    ):
        assert [total(cloud, "AWS/Events", name, **of) for name in names] == expected, of


OF_READS = {
    "Bytes": [3, 1, 0],
    "IteratorAgeMilliseconds": [1500, 0, 0],  # how far it is behind
    "Latency": [0, 0, 0],
    "Records": [1, 1, 0],
    "Success": [1, 1, 1],
}


def test_streams_and_functions(cloud: Any) -> None:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.enable_enhanced_monitoring(StreamName="s", ShardLevelMetrics=["OutgoingRecords"])
    kinesis.put_record(StreamName="s", Data=b"abc", PartitionKey="k")
    shard = "shardId-000000000000"
    kind = {"ShardIteratorType": "TRIM_HORIZON"}
    iterator = kinesis.get_shard_iterator(StreamName="s", ShardId=shard, **kind)["ShardIterator"]
    cloud.clock.advance(1.5)
    kinesis.put_record(StreamName="s", Data=b"d", PartitionKey="k")
    for _ in range(3):  # at last there is nothing
        iterator = kinesis.get_records(ShardIterator=iterator, Limit=1)["NextShardIterator"]
        cloud.clock.advance(60)
    reads = {name: points(cloud, "AWS/Kinesis", f"GetRecords.{name}", StreamName="s") for name in OF_READS}
    assert reads == OF_READS
    assert total(cloud, "AWS/Kinesis", "IncomingBytes", StreamName="s") == 4
    assert total(cloud, "AWS/Kinesis", "IncomingRecords", StreamName="s") == 2
    assert total(cloud, "AWS/Kinesis", "OutgoingRecords", StreamName="s", ShardId=shard) == 2

    def work(event: Any, context: Any) -> None:
        if event.get("bad"):
            raise ValueError

    cloud.function("f", work, takes=2)
    function = cloud.client("lambda")
    function.invoke(FunctionName="f", Payload=b"{}")
    function.invoke(FunctionName="f", Payload=b'{"bad": 1}')
    assert total(cloud, "AWS/Lambda", "Invocations", FunctionName="f") == 2
    assert total(cloud, "AWS/Lambda", "Errors", FunctionName="f") == 1
    assert [value for _, value in cloud.metric("AWS/Lambda", "Duration", FunctionName="f").points("p50")] == [2000]
    for name, of in (("ConcurrentExecutions", {"FunctionName": "f"}), ("ConcurrentExecutions", {})):
        assert points(cloud, "AWS/Lambda", name, "SampleCount", **of) == [2]  # whenever a run begins
        assert points(cloud, "AWS/Lambda", name, "Maximum", **of) == [1]
    assert points(cloud, "AWS/Lambda", "UnreservedConcurrentExecutions", "Sum") == [2]


def points(cloud: Any, namespace: str, name: str, stat: str = "Sum", **dimensions: str) -> list[float]:
    return [value for _, value in cloud.metric(namespace, name, **dimensions).points(stat)]


def test_calls_of_kinesis() -> None:
    """A sample for each call, also of one that is refused for a shard's rate, and of shards that are monitored."""
    with minicloud.Cloud(clock="virtual", seed=1, trace=True, limits="strict") as cloud:
        kinesis = cloud.client("kinesis")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        cloud.clock.advance(60)
        kinesis.enable_enhanced_monitoring(StreamName="s", ShardLevelMetrics=["ALL"])
        shard = "shardId-000000000000"
        kinesis.put_record(StreamName="s", Data=b"abc", PartitionKey="k")
        large = {"Data": b"x" * 900_000, "PartitionKey": "k"}
        answer = kinesis.put_records(StreamName="s", Records=[{"Data": b"1234", "PartitionKey": "k"}, large, large])
        assert answer["FailedRecordCount"] == 1
        refused = minicloud.exceptions.ClientError
        with pytest.raises(refused, match="Rate exceeded"):
            kinesis.put_record(StreamName="s", Data=large["Data"], PartitionKey="k")
        assert kinesis.put_records(StreamName="s", Records=[large])["FailedRecordCount"] == 1
        kind = {"ShardIteratorType": "TRIM_HORIZON"}
        iterator = kinesis.get_shard_iterator(StreamName="s", ShardId=shard, **kind)["ShardIterator"]
        for _ in range(5):
            kinesis.get_records(ShardIterator=iterator, Limit=1)
        with pytest.raises(refused, match="Rate exceeded"):
            kinesis.get_records(ShardIterator=iterator)
        found = {}
        for listed in cloud.client("cloudwatch").list_metrics(Namespace="AWS/Kinesis")["Metrics"]:
            dimensions = {one["Name"]: one["Value"] for one in listed["Dimensions"]}
            name = listed["MetricName"]
            of = "shard " if "ShardId" in dimensions else ""
            [total], [count] = (
                points(cloud, "AWS/Kinesis", name, stat, **dimensions) for stat in ("Sum", "SampleCount")
            )
            found[of + name] = total, count
        stored = 3 + 4 + 900_000
        assert found == {
            "GetRecords.Bytes": (15, 5), "GetRecords.IteratorAgeMilliseconds": (0, 5), "GetRecords.Latency": (0, 5),
            "GetRecords.Records": (5, 5), "GetRecords.Success": (5, 6), "ReadProvisionedThroughputExceeded": (1, 6),
            "IncomingBytes": (stored, 3), "IncomingRecords": (3, 3), "WriteProvisionedThroughputExceeded": (3, 6),
            "PutRecord.Bytes": (3, 1), "PutRecord.Latency": (0, 1), "PutRecord.Success": (1, 2),
            "PutRecords.Bytes": (900_004, 2), "PutRecords.Latency": (0, 2), "PutRecords.Success": (1, 2),
            "PutRecords.Records": (2, 2), "PutRecords.SuccessfulRecords": (2, 2), "PutRecords.FailedRecords": (0, 2),
            "PutRecords.ThrottledRecords": (2, 2), "PutRecords.TotalRecords": (4, 2),
            "shard IncomingBytes": (stored, 3), "shard IncomingRecords": (3, 3), "shard OutgoingBytes": (15, 5),
            "shard OutgoingRecords": (5, 5), "shard IteratorAgeMilliseconds": (0, 5),
            "shard ReadProvisionedThroughputExceeded": (1, 6), "shard WriteProvisionedThroughputExceeded": (3, 6),
        }  # fmt: skip
        assert len(cloud.trace.of("kinesis.call.throttled")) == 2
        assert wrong_units(cloud) == []


def test_subscriptions(cloud: Any) -> None:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    cloud.clock.advance(60)
    kinesis.enable_enhanced_monitoring(StreamName="s", ShardLevelMetrics=["OutgoingBytes", "OutgoingRecords"])
    arn = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")["Consumer"]["ConsumerARN"]
    cloud.clock.advance(60)
    kinesis.put_record(StreamName="s", Data=b"abc", PartitionKey="k")
    shard = "shardId-000000000000"
    asked = {"ConsumerARN": consumer, "ShardId": shard, "StartingPosition": {"Type": "TRIM_HORIZON"}}
    events = iter(kinesis.subscribe_to_shard(**asked)["EventStream"])
    assert next(events)["SubscribeToShardEvent"]["Records"]
    with pytest.raises(minicloud.exceptions.ClientError):
        kinesis.subscribe_to_shard(**asked)
    of = {"StreamName": "s", "ConsumerName": "c"}
    names = ("SubscribeToShard.Success", "SubscribeToShard.RateExceeded", "SubscribeToShardEvent.Bytes",
             "SubscribeToShardEvent.Records", "SubscribeToShardEvent.Success")  # fmt: skip
    assert [total(cloud, "AWS/Kinesis", name, **of) for name in names] == [1, 1, 3, 1, 1]
    assert total(cloud, "AWS/Kinesis", "OutgoingBytes", StreamName="s", ShardId=shard) == 3
    assert total(cloud, "AWS/Kinesis", "OutgoingRecords", StreamName="s", ShardId=shard) == 1


def test_concurrency_and_asynchronous_events(cloud: Any) -> None:
    def work(event: Any, context: Any) -> None:
        if event.get("bad"):
            raise ValueError

    cloud.function("slow", work, takes=150, timeout=200)
    cloud.function("kept", work, takes=30, timeout=60, reserved_concurrency=1)
    cloud.function("f", work)
    function = cloud.client("lambda")
    for name in ("slow", "slow", "kept", "kept"):
        function.invoke(FunctionName=name, InvocationType="Event", Payload=b"{}")
    assert points(cloud, "AWS/Lambda", "ConcurrentExecutions", "Maximum", FunctionName="slow") == [2]
    assert points(cloud, "AWS/Lambda", "ConcurrentExecutions", "Maximum") == [3]
    assert points(cloud, "AWS/Lambda", "UnreservedConcurrentExecutions", "Maximum") == [2]
    assert total(cloud, "AWS/Lambda", "Throttles", FunctionName="kept") == 1
    cloud.run_until_idle()
    assert points(cloud, "AWS/Lambda", "ConcurrentExecutions", "Maximum", FunctionName="slow") == [2, 2]
    assert points(cloud, "AWS/Lambda", "AsyncEventsReceived", FunctionName="kept") == [2]
    # Throttled after 0, 1, 3, 7 and 15 seconds, it runs after 31.
    assert points(cloud, "AWS/Lambda", "AsyncEventAge", "Maximum", FunctionName="kept") == [31_000]
    assert points(cloud, "AWS/Lambda", "AsyncEventAge", "SampleCount", FunctionName="kept") == [2]
    settings = {"FunctionName": "f", "MaximumRetryAttempts": 1}
    function.put_function_event_invoke_config(
        **settings, DestinationConfig={"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:123456789012:nobody"}}
    )
    function.invoke(FunctionName="f", InvocationType="Event", Payload=b'{"bad": 1}')
    cloud.run_until_idle()
    ages = cloud.metric("AWS/Lambda", "AsyncEventAge", FunctionName="f").points("Maximum")
    assert [value for _, value in ages] == [0, 60_000]
    of = {"FunctionName": "f"}
    names = ("AsyncEventsReceived", "AsyncEventsDropped", "DestinationDeliveryFailures", "DeadLetterErrors")
    assert [total(cloud, "AWS/Lambda", name, **of) for name in names] == [1, 1, 1, 0]
    target = {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:nobody"}
    with BytesIO() as file:
        with ZipFile(file, "w") as code:
            code.writestr("app.py", "def handler(event, context):\n    raise ValueError\n")
        function.create_function(
            FunctionName="dead", Role="arn:aws:iam::123456789012:role/r", Runtime="python3.12", Handler="app.handler",
            Code={"ZipFile": file.getvalue()}, DeadLetterConfig=target,
        )  # fmt: skip
    function.put_function_event_invoke_config(FunctionName="dead", MaximumRetryAttempts=0)
    function.invoke(FunctionName="dead", InvocationType="Event", Payload=b'{"bad": 1}')
    cloud.run_until_idle()
    assert total(cloud, "AWS/Lambda", "DeadLetterErrors", FunctionName="dead") == 1
    function.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    function.invoke(FunctionName="f", InvocationType="Event", Payload=b"{}")
    assert [total(cloud, "AWS/Lambda", name, **of) for name in names] == [2, 2, 2, 0]


def test_the_age_of_what_a_function_reads(cloud: Any) -> None:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    cloud.clock.advance(60)
    cloud.function("f", lambda *_: None, takes=2)
    kinesis.put_record(StreamName="s", Data=b"1", PartitionKey="k")
    cloud.clock.advance(10)
    kinesis.put_record(StreamName="s", Data=b"2", PartitionKey="k")
    cloud.clock.advance(10)
    cloud.event_source_mapping("s", "f")
    cloud.run_until_idle()
    assert points(cloud, "AWS/Lambda", "IteratorAge", FunctionName="f") == [12_000]


def test_a_snapshot_has_the_metrics_in_it(cloud: Any) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    before = cloud.snapshot()
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sent = cloud.metric("AWS/SQS", "NumberOfMessagesSent", QueueName="q")
    assert sent.total == 1
    counted = cloud.snapshot()
    sqs.send_message(QueueUrl=url, MessageBody="x")
    assert sent.total == 2
    cloud.restore(counted)
    assert sent.total == 1
    cloud.restore(before)
    sqs.send_message(QueueUrl=url, MessageBody="x")
    assert cloud.metric("AWS/SQS", "NumberOfMessagesSent", QueueName="q").total == 1
    cloud.reset()
    assert sent.total == 0


def test_runs_under_way_are_told_of_whenever_somebody_looks(cloud: minicloud.Cloud) -> None:
    """The account's and a function's, as others begin and end."""
    cloud.client("cloudwatch").list_metrics()
    for name in "fgh":
        cloud.function(name, lambda *_: None, takes=250, timeout=300)

    def under_way() -> list[float | None]:
        every = [cloud.metric("AWS/Lambda", f"{which}ConcurrentExecutions").latest for which in ("", "Unreserved")]
        return [*every, cloud.metric("AWS/Lambda", "ConcurrentExecutions", FunctionName="f").latest]

    found = []
    for name, seconds in (("f", 90), ("g", 0), ("", 60), ("h", 50), ("", 250)):
        if name:
            cloud.client("lambda").invoke(FunctionName=name, InvocationType="Event")
        cloud.clock.advance(seconds)
        found.append(under_way())
    assert found == [[1, 1, 1], [2, 2, 1], [2, 2, 1], [3, 3, 1], [1, 1, 1]]
