"""A metric of the application's own, an alarm with M of N points, and mails; also when there are no data."""

from __future__ import annotations

import re
from typing import Any

import pytest

import minicloud
from tests.support.ways import MakeClient

N = None


@pytest.mark.parametrize(
    ("treatment", "states"),
    [
        ("missing", ["OK", "ALARM", "OK", "INSUFFICIENT_DATA"]),
        ("ignore", ["OK", "ALARM", "OK"]),
        ("breaching", ["ALARM", "OK", "ALARM"]),
        ("notBreaching", ["OK", "ALARM", "OK"]),
    ],
)
def test_one_mail_for_each_change(
    cloud: minicloud.Cloud, make_client: MakeClient, treatment: str, states: list[str]
) -> None:
    cloudwatch, sns = make_client("cloudwatch"), make_client("sns")
    topic = sns.create_topic(Name="ops")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.com")
    link = re.search(r"https://\S+", cloud.outbox.to("ops@example.com")[0].body)
    assert link is not None
    cloud.visit(link[0])
    actions: dict[str, Any] = {name: [topic] for name in ("OKActions", "AlarmActions", "InsufficientDataActions")}
    cloudwatch.put_metric_alarm(
        AlarmName="slow",
        Namespace="shop",
        MetricName="latency",
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=3,
        DatapointsToAlarm=2,
        Threshold=1.5,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData=treatment,
        **actions,
    )
    for value in (1.0, 2.0, N, 3.0, 1.0, 1.0, 1.0, *[N] * 8):
        if value is not None:
            cloudwatch.put_metric_data(Namespace="shop", MetricData=[{"MetricName": "latency", "Value": value}])
        cloud.clock.advance(60)
    changes = cloud.alarm("slow").history
    assert [change.state for change in changes] == states
    mails = [mail for mail in cloud.outbox.to("ops@example.com") if 'slow" in' in (mail.subject or "")]
    assert [mail.subject for mail in mails] == [f'{state}: "slow" in US East (N. Virginia)' for state in states]
    (to_alarm, *_) = [change.reason for change in changes if change.state == "ALARM"]
    if treatment == "breaching":
        assert "treated as [Breaching]" in to_alarm
    else:
        assert to_alarm.startswith("Threshold Crossed: 2 ")
        assert "3.0 (01/01/26 00:03:00), 2.0 (01/01/26 00:01:00)" in to_alarm
    if treatment == "missing":
        assert changes[-1].reason == "Insufficient Data: 3 datapoints were unknown."
