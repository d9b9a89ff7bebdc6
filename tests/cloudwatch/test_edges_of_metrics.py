"""Metrics and alarms at their edges: what is in which order, conditions that are numbers, windows that are long."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import minicloud
from minicloud.core import facts
from minicloud.exceptions import AwsError
from minicloud.services.cloudwatch.alarm_rule import parse_rule
from minicloud.services.cloudwatch.meter import Meter
from tests.kinesis.support import make_queue

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def put(cloudwatch: Any, name: str, values: dict[int, float], **members: Any) -> None:
    """Values by the minute."""
    data = [
        {"MetricName": name, "Timestamp": START + number * MINUTE, "Value": value, **members}
        for number, value in values.items()
    ]
    cloudwatch.put_metric_data(Namespace="app", MetricData=data)


def test_points_of_several_units_are_in_the_order_of_time(cloudwatch: Any) -> None:
    put(cloudwatch, "m", {2: 1, 4: 2}, Unit="Bytes")
    put(cloudwatch, "m", {1: 3, 3: 4}, Unit="Seconds")
    times = {"StartTime": START, "EndTime": START + 10 * MINUTE, "Period": 60, "Statistics": ["Sum"]}
    points = cloudwatch.get_metric_statistics(Namespace="app", MetricName="m", **times)["Datapoints"]
    assert [(one["Sum"], one["Unit"]) for one in points] == [
        (3, "Seconds"), (1, "Bytes"), (4, "Seconds"), (2, "Bytes"),
    ]  # fmt: skip


def test_conditions_that_are_numbers(cloudwatch: Any) -> None:
    """A number that is chosen instead of a series is one where the series has points."""
    put(cloudwatch, "a", {0: 1, 1: 2})
    put(cloudwatch, "b", {1: 5})
    hidden = [
        {
            "Id": name,
            "MetricStat": {"Metric": {"Namespace": "app", "MetricName": name}, "Period": 60, "Stat": "Sum"},
            "ReturnData": False,
        }
        for name in ("a", "b")
    ]
    for expression, values in [
        ("IF(1, a, b)", [1, 2]),
        ("IF(0, a, b)", [5]),
        ("IF(1, 7, b)", [7]),
        ("IF(0, a, 7)", [7, 7]),
        ("IF(1, b, 7)", [5]),
        ("a * IF(1, 2, 3)", [2, 4]),
        ("a * IF(0, 2, 3)", [3, 6]),
    ]:
        (found,) = cloudwatch.get_metric_data(
            MetricDataQueries=[*hidden, {"Id": "e", "Expression": expression}],
            StartTime=START,
            EndTime=START + 5 * MINUTE,
            ScanBy="TimestampAscending",
        )["MetricDataResults"]
        assert found["Values"] == values, expression


@pytest.mark.parametrize(
    ("period", "evaluated", "minute"),
    [(60, 1, 1), (3600, 1, 1), (3600, 24, 1), (3600, 25, 60), (7200, 1, 60), (86400, 1, 60)],
)
def test_how_often_an_alarm_is_evaluated(
    cloud: minicloud.Cloud, cloudwatch: Any, period: int, evaluated: int, minute: int
) -> None:
    """Every minute; every hour where its periods are longer than that, or what it looks at is longer than a day."""
    cloudwatch.put_metric_alarm(
        AlarmName="n",
        Namespace="app",
        MetricName="m",
        Statistic="Sum",
        Period=period,
        EvaluationPeriods=evaluated,
        DatapointsToAlarm=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    cloudwatch.put_metric_data(Namespace="app", MetricData=[{"MetricName": "m", "Value": 2}])
    cloud.clock.advance(3600)
    change, *_ = cloud.trace.of("alarm.changed")
    assert change.time_ns == cloud.clock.time_ns() - (60 - minute) * 60 * 10**9


def test_what_is_wrong_is_said_beside_the_error(cloud: minicloud.Cloud) -> None:
    """Where the model of an error has a member for it."""
    with pytest.raises(minicloud.exceptions.ClientError) as caught:
        cloud.client("cloudwatch").list_metrics(NextToken="x")
    response: Any = caught.value.response
    assert response["message"] == response["Error"]["Message"] != ""


def test_what_was_interrupted_is_looked_through_to_its_end(
    cloud: minicloud.Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where so much was told that the older half of it is written first."""
    cloudwatch = cloud.client("cloudwatch")
    cloud.client("sqs").create_queue(QueueName="q")
    cloudwatch.list_metrics()
    (service,) = cloud.services("cloudwatch")
    meter, now = service.world.meter, cloud.clock.time_ns()
    monkeypatch.setattr(Meter, "most_heard", 4)
    meter.mend(now)
    for number in range(7):
        details = {"message_id": f"gone {number}", "body": "x", "attributes": None}
        meter.fact(now, facts.SQS_MESSAGE_SENT, "q", arn=cloud.queue("q").arn, **details)
    assert cloud.metric("AWS/SQS", "NumberOfMessagesSent", QueueName="q").points("Sum") == []


def test_a_rule_without_alarms_is_told_without_children(cloud: minicloud.Cloud) -> None:
    cloudwatch, sns = cloud.client("cloudwatch"), cloud.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    cloudwatch.put_composite_alarm(AlarmName="n", AlarmRule="TRUE", AlarmActions=[topic])
    (told,) = cloud.topic("t").published
    message = json.loads(told.message)
    assert (message["AlarmRule"], message["NewStateValue"]) == ("TRUE", "ALARM")
    assert message["TriggeringChildren"] == []


def test_queues_of_streams_are_measured(cloud: minicloud.Cloud) -> None:
    kinesis = cloud.client("kinesis", "us-east-1")
    kinesis.create_stream(StreamName="s")
    arn = make_queue(kinesis)
    kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k")
    cloud.client("cloudwatch", "us-east-1").list_metrics()
    cloud.clock.advance(120)
    (queue,) = cloud.services("kinesis")
    of = {"QueueId": queue.queues_by_arn[arn].queue_id, "QueueName": "q"}
    found = cloud.client("cloudwatch", "us-east-1").get_metric_statistics(
        Namespace="AWS/Kinesis",
        MetricName="VisibleQueueRecords",
        Dimensions=[{"Name": name, "Value": value} for name, value in of.items()],
        StartTime=START,
        EndTime=START + 2 * MINUTE,
        Period=60,
        Statistics=["Maximum"],
    )["Datapoints"]
    assert [one["Maximum"] for one in found] == [1, 1]


def test_the_history_tells_what_is_new_from_what_has_changed(cloudwatch: Any) -> None:
    for rule in ("TRUE", "FALSE"):
        cloudwatch.put_composite_alarm(AlarmName="n", AlarmRule=rule)
    cloudwatch.delete_alarms(AlarmNames=["n"])
    told = cloudwatch.describe_alarm_history(
        AlarmName="n",
        AlarmTypes=["CompositeAlarm"],
        HistoryItemType="ConfigurationUpdate",
        ScanBy="TimestampAscending",
    )["AlarmHistoryItems"]
    assert sorted(one["HistorySummary"] for one in told) == [
        'Alarm "n" created',
        'Alarm "n" deleted',
        'Alarm "n" updated',
    ]


def test_how_deep_a_rule_may_be_does_not_hang_on_what_stands_before() -> None:
    for before in ("", "(TRUE) OR " * 30, "((TRUE) AND (FALSE)) OR " * 10):
        parse_rule(before + "(" * 100 + "TRUE" + ")" * 100)
        with pytest.raises(AwsError, match="it is nested too deeply"):
            parse_rule(before + "(" * 101 + "TRUE" + ")" * 101)


def test_an_answer_has_messages_also_where_there_are_none(cloud: minicloud.Cloud) -> None:
    stat = {"Metric": {"Namespace": "app", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
    found = cloud.client("cloudwatch").get_metric_data(
        MetricDataQueries=[{"Id": "m", "MetricStat": stat}], StartTime=START, EndTime=START + MINUTE
    )
    assert found["Messages"] == []
