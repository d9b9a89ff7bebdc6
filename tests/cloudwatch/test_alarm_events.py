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


@pytest.mark.needs("botocore")
def test_regions_have_aws_s_names() -> None:
    """Botocore calls Europe what it is; in notifications older regions are in the EU still."""
    import botocore.session

    data = botocore.session.get_session().get_data("endpoints")
    theirs = {name: one["description"] for part in data["partitions"] for name, one in part["regions"].items()}
    for name, ours in notification._REGIONS.items():
        assert ours.replace("EU (", "Europe (") == theirs[name]
