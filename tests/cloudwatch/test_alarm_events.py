"""What is told of alarms, member for member: the event on the default bus, the notification, the history."""

from __future__ import annotations

import json
from typing import Any

import pytest

import minicloud
from minicloud.services.cloudwatch import notification

REGION = "us-west-1"
STATE = {"StateValue": "ALARM", "StateReason": "why"}
WHEN = "2026-01-01T00:00:00.000+0000"


def test_what_is_told_of_a_change(cloud: minicloud.Cloud) -> None:
    cloudwatch, sqs, sns = (cloud.client(name, REGION) for name in ("cloudwatch", "sqs", "sns"))
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:123456789012:q"
    events = cloud.client("events", REGION)
    events.put_rule(Name="r", EventPattern=json.dumps({"source": ["aws.cloudwatch"]}))
    events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": arn}])
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    usual: dict[str, Any] = {
        "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold",
    }  # fmt: skip
    cloudwatch.put_metric_alarm(
        AlarmName="p90",
        Namespace="n",
        MetricName="m",
        ExtendedStatistic="p90",
        Unit="Seconds",
        Period=60,
        AlarmActions=[topic],
        **usual,
    )
    metric: Any = {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Sum", "Unit": "Count"}
    queries: list[Any] = [
        {"Id": "a", "MetricStat": metric, "ReturnData": False},
        {"Id": "e", "Expression": "a*2", "Label": "double"},
    ]
    cloudwatch.put_metric_alarm(AlarmName="math", Metrics=queries, **usual)
    cloudwatch.set_alarm_state(AlarmName="p90", **STATE, StateReasonData='{"b":2}')
    cloudwatch.set_alarm_state(AlarmName="math", **STATE)
    cloud.run_until_idle()

    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    told = [json.loads(message["Body"]) for message in messages]
    one, two = (event["detail"] for event in told if "detail" in event)
    assert one == {
        "alarmName": "p90",
        "state": {"value": "ALARM", "reason": "why", "reasonData": '{"b":2}', "timestamp": WHEN},
        "previousState": {
            "value": "INSUFFICIENT_DATA", "reason": "Unchecked: Initial alarm creation", "timestamp": WHEN,
        },
        "configuration": {"metrics": [{
            "id": "m1",
            "metricStat": {
                "metric": {"namespace": "n", "name": "m", "dimensions": {}},
                "period": 60, "stat": "p90", "unit": "Seconds",
            },
            "returnData": True,
        }]},
    }  # fmt: skip
    first, second = two["configuration"]["metrics"]
    assert first["metricStat"] == {
        "metric": {"namespace": "n", "name": "m", "dimensions": {}}, "period": 60, "stat": "Sum", "unit": "Count",
    }  # fmt: skip
    assert first["returnData"] is False
    assert second == {"id": "e", "expression": "a*2", "label": "double", "returnData": True}

    (notice,) = (message for message in told if "Trigger" in message)
    assert notice == {
        "AlarmName": "p90", "AlarmDescription": None, "AWSAccountId": "123456789012",
        "AlarmConfigurationUpdatedTimestamp": WHEN, "NewStateValue": "ALARM", "NewStateReason": "why",
        "StateChangeTime": WHEN, "Region": "US West (N. California)",
        "AlarmArn": f"arn:aws:cloudwatch:{REGION}:123456789012:alarm:p90", "OldStateValue": "INSUFFICIENT_DATA",
        "OKActions": [], "AlarmActions": [topic], "InsufficientDataActions": [],
        "Trigger": {
            "MetricName": "m", "Namespace": "n", "StatisticType": "ExtendedStatistic", "ExtendedStatistic": "p90",
            "Unit": "Seconds", "Dimensions": [], "Period": 60, "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanThreshold", "Threshold": 1.0, "TreatMissingData": "missing",
            "EvaluateLowSampleCountPercentile": "",
        },
    }  # fmt: skip
    history = cloudwatch.describe_alarm_history(AlarmName="p90", HistoryItemType="StateUpdate")
    assert json.loads(history["AlarmHistoryItems"][0]["HistoryData"]) == {
        "version": "1.0",
        "oldState": {"stateValue": "INSUFFICIENT_DATA", "stateReason": "Unchecked: Initial alarm creation"},
        "newState": {"stateValue": "ALARM", "stateReason": "why", "stateReasonData": {"b": 2}},
    }


def test_what_is_told_of_alarms_on_several(cloud: minicloud.Cloud) -> None:
    """Of dimensions, of an expression, of other alarms; to a function and to a topic."""
    cloudwatch, sqs, sns = (cloud.client(name) for name in ("cloudwatch", "sqs", "sns"))
    sqs.create_queue(QueueName="q")
    events: list[Any] = []
    told = cloud.function("told", lambda event, _: events.append(event))
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("q").arn)
    actions = {"AlarmActions": [told, topic], "AlarmDescription": "d"}
    usual: dict[str, Any] = {
        "EvaluationPeriods": 2, "DatapointsToAlarm": 1, "Threshold": 1, "ComparisonOperator": "LessThanThreshold",
    }  # fmt: skip
    of = [{"Name": "b", "Value": "1"}, {"Name": "a", "Value": "2"}]
    metric = {"Namespace": "n", "MetricName": "m", "Dimensions": of}
    queries: list[Any] = [
        {"Id": "a", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "ReturnData": False},
        {"Id": "e", "Expression": "a*2", "Label": "double"},
    ]
    name = "x" * 100
    cloudwatch.put_metric_alarm(AlarmName=name, Metrics=queries, **usual, **actions)
    cloudwatch.put_metric_alarm(AlarmName="one", **metric, Statistic="Average", Period=300, **usual, **actions)
    cloudwatch.put_composite_alarm(AlarmName="any", AlarmRule="ALARM(one)", **actions)
    for alarm in (name, "one"):
        cloudwatch.set_alarm_state(AlarmName=alarm, **STATE)
    cloud.run_until_idle()
    assert {event["alarmArn"].rpartition(":")[2] for event in events} == {name, "one", "any"}
    several, one, any_ = sorted(events, key=lambda event: "xoa".index(event["alarmData"]["alarmName"][0]))
    dimensions = {"b": "1", "a": "2"}
    here = {"namespace": "n", "name": "m", "dimensions": dimensions}
    assert several["alarmData"]["configuration"] == {
        "description": "d",
        "metrics": [
            {"id": "a", "metricStat": {"metric": here, "period": 60, "stat": "Sum"}, "returnData": False},
            {"id": "e", "expression": "a*2", "label": "double", "returnData": True},
        ],
    }
    stat = {"metric": here, "period": 300, "stat": "Average"}
    assert one == {
        "source": "aws.cloudwatch",
        "alarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:one",
        "accountId": "123456789012",
        "time": WHEN,
        "region": "us-east-1",
        "alarmData": {
            "alarmName": "one",
            "state": {"value": "ALARM", "reason": "why", "timestamp": WHEN},
            "previousState": {
                "value": "INSUFFICIENT_DATA", "reason": "Unchecked: Initial alarm creation", "timestamp": WHEN,
            },
            "configuration": {
                "description": "d", "metrics": [{"id": "m1", "metricStat": stat, "returnData": True}],
            },
        },
    }  # fmt: skip
    assert any_["alarmData"]["configuration"] == {"description": "d", "alarmRule": "ALARM(one)"}

    notices = [json.loads(body) for body in cloud.queue("q").bodies]
    subjects = {json.loads(notice["Message"])["AlarmName"]: notice["Subject"] for notice in notices}
    assert subjects[name] == f'ALARM: "{"x" * 89}...'
    assert subjects["one"] == 'ALARM: "one" in US East (N. Virginia)'
    by_name = {message["AlarmName"]: message for message in (json.loads(notice["Message"]) for notice in notices)}
    pairs = [{"value": "1", "name": "b"}, {"value": "2", "name": "a"}]
    shared = {
        "EvaluationPeriods": 2, "DatapointsToAlarm": 1, "ComparisonOperator": "LessThanThreshold", "Threshold": 1.0,
        "TreatMissingData": "missing", "EvaluateLowSampleCountPercentile": "",
    }  # fmt: skip
    told_of = {**queries[0]["MetricStat"], "Metric": {**metric, "Dimensions": pairs}}
    assert by_name[name]["Trigger"] == {**shared, "Metrics": [{**queries[0], "MetricStat": told_of}, queries[1]]}
    assert by_name["one"]["Trigger"] == {
        **shared, "MetricName": "m", "Namespace": "n", "StatisticType": "Statistic", "Statistic": "AVERAGE",
        "Unit": None, "Dimensions": pairs, "Period": 300,
    }  # fmt: skip
    child = {"Arn": one["alarmArn"], "State": {"Value": "ALARM", "Timestamp": WHEN}}
    assert by_name["any"]["TriggeringChildren"] == [child]
    assert by_name["any"]["AlarmDescription"] == "d"


def test_children_are_those_that_the_data_of_a_state_name(cloud: minicloud.Cloud) -> None:
    """SetAlarmState takes any JSON; a topic is told all the same."""
    cloudwatch = cloud.client("cloudwatch")
    topic = cloud.client("sns").create_topic(Name="t")["TopicArn"]
    cloudwatch.put_composite_alarm(AlarmName="any", AlarmRule="FALSE", AlarmActions=[topic])
    state = {"value": "ALARM", "timestamp": WHEN, "more": 1}
    child = {"arn": "a", "state": state}
    shown = [{"Arn": "a", "State": {"Value": "ALARM", "Timestamp": WHEN}}]
    rows: list[tuple[Any, list[Any]]] = [
        *(([], []), (1, []), (None, []), ({}, []), ("triggeringAlarms", [])),
        *(({"triggeringAlarms": one}, []) for one in (1, None, [1], [None], ["a"], [{"arn": "a"}], [{"state": state}])),
        ({"triggeringAlarms": [{**child, "state": "ALARM"}]}, []),
        ({"triggeringAlarms": [child], "more": 1}, shown),
    ]
    for data, expected in rows:
        for value, given in (("OK", ""), ("ALARM", json.dumps(data))):
            set_to: Any = {"StateValue": value, **({"StateReasonData": given} if given else {})}
            cloudwatch.set_alarm_state(AlarmName="any", StateReason="why", **set_to)
        assert json.loads(cloud.topic("t").messages[-1])["TriggeringChildren"] == expected, data
    assert len(cloud.topic("t").messages) == len(rows)


def test_statistics_in_notifications(cloud: minicloud.Cloud) -> None:
    cloudwatch = cloud.client("cloudwatch")
    topic = cloud.client("sns").create_topic(Name="t")["TopicArn"]
    words: dict[Any, str] = {
        "SampleCount": "SAMPLE_COUNT",
        "Average": "AVERAGE",
        "Sum": "SUM",
        "Minimum": "MINIMUM",
        "Maximum": "MAXIMUM",
    }
    for name in words:
        cloudwatch.put_metric_alarm(
            AlarmName=name, Namespace="n", MetricName="m", Statistic=name, Period=60, EvaluationPeriods=1, Threshold=1,
            ComparisonOperator="LessThanThreshold", AlarmActions=[topic],
        )  # fmt: skip
        cloudwatch.set_alarm_state(AlarmName=name, **STATE)
    told = [json.loads(message) for message in cloud.topic("t").messages]
    assert {one["AlarmName"]: one["Trigger"]["Statistic"] for one in told} == words


@pytest.mark.needs("botocore")
def test_regions_have_aws_s_names() -> None:
    """Botocore calls Europe what it is; in notifications older regions are in the EU still."""
    import botocore.session

    data = botocore.session.get_session().get_data("endpoints")
    theirs = {name: one["description"] for part in data["partitions"] for name, one in part["regions"].items()}
    for name, ours in notification._REGIONS.items():
        assert ours.replace("EU (", "Europe (") == theirs[name]
