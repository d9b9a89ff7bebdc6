"""The metrics that a test looked at, or put alarms on, in what a failed test is told, and on the page."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import minicloud
from minicloud.inspection.plots import spark
from minicloud.inspection.report import section

MINUTE = 60_000_000_000
DEEP: dict[str, Any] = {
    "AlarmName": "deep <x>",
    "Namespace": "AWS/SQS",
    "MetricName": "ApproximateNumberOfMessagesVisible",
    "Dimensions": [{"Name": "QueueName", "Value": "orders"}],
    "Statistic": "Maximum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 2.5,
    "ComparisonOperator": "GreaterThanThreshold",
}


def told(cloud: minicloud.Cloud) -> str:
    return section(cloud, list(cloud.trace))[1]


def test_what_was_looked_at_is_a_line_and_a_picture(tmp_path: Path) -> None:
    cloud = minicloud.Cloud(clock="virtual", seed=1, trace=True)
    sqs, cloudwatch = cloud.client("sqs"), cloud.client("cloudwatch")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    assert "metrics, by the minute" not in told(cloud)
    cloudwatch.put_metric_alarm(**DEEP)
    for count in (1, 0, 3):
        for _ in range(count):
            sqs.send_message(QueueUrl=url, MessageBody="x")
        cloud.clock.advance(60)
    assert cloud.metric("AWS/SQS", "NumberOfMessagesSent", QueueName="orders").total == 4
    cloud.metric("app", "nothing")
    assert cloud.metric("app", "nobody").latest is None
    sqs.send_message(QueueUrl=url, MessageBody="heard, and not written yet")
    lines = told(cloud).partition("metrics, by the minute:\n")[2].splitlines()
    of = "(QueueName=orders)"
    assert lines == [
        f"  AWS/SQS ApproximateNumberOfMessagesVisible {of}, Maximum: ▃▃█ 1 to 4, last 4 (00:00 to 00:02); "
        "deep <x> (ALARM): > 2.5",
        f"  AWS/SQS NumberOfMessagesSent {of}, Sum: ▃ █▃ 1 to 3, last 1 (00:00 to 00:03)",
        "  app nobody, Average: no samples",
    ]
    page = tmp_path / "page.html"
    cloud.trace.to_html(page)
    whole = page.read_text("utf-8")
    figures = re.findall(r"<figure>.*?</figure>", whole)
    assert len(figures) == 2
    for figure in figures:
        ElementTree.fromstring(figure)  # each is well-formed
    assert "deep &lt;x&gt; (ALARM): &gt; 2.5" in figures[0]
    assert figures[0].count('class="threshold"') == 1
    assert "Maximum: 1 to 4, 00:00 to 00:03" in figures[0]
    (path,) = re.findall(r'class="line" d="([^"]*)"', figures[1])
    assert path.count("M") == 2  # a minute without samples is a gap
    cloud.close()
    assert "metrics, by the minute" in told(cloud)


def test_of_a_metric_without_samples_it_is_said_which_one_may_have_been_meant() -> None:
    """An alarm that never goes off has most often other dimensions than the metric."""
    cloud = minicloud.Cloud(clock="virtual", seed=1, trace=True)
    sqs, cloudwatch = cloud.client("sqs"), cloud.client("cloudwatch")
    sqs.send_message(QueueUrl=sqs.create_queue(QueueName="orders")["QueueUrl"], MessageBody="x")
    datum: Any = {"MetricName": "Late", "Value": 5}
    cloudwatch.put_metric_data(Namespace="shop", MetricData=[datum])
    for number in range(4):
        of = [{"Name": "env", "Value": f"e{number}"}, {"Name": "zone", "Value": "a"}]
        cloudwatch.put_metric_data(Namespace="shop", MetricData=[{**datum, "Dimensions": of}])
    of = [{"Name": "env", "Value": "prod"}]
    cloudwatch.put_metric_alarm(**{**DEEP, "Namespace": "shop", "MetricName": "Late", "Dimensions": of})
    sent = "NumberOfMessagesSent"
    for namespace, name, dimensions in (
        ("Shop", "late", {}),
        ("AWS/SQS", sent, {"QueueName": "order"}),
        ("shop", "Other", {}),
    ):
        assert cloud.metric(namespace, name, **dimensions).latest is None
    lines = told(cloud).partition("metrics, by the minute:\n")[2].splitlines()
    assert lines == [
        "  shop Late (env=prod), Maximum: no samples; there are some without dimensions, with (env=e0, zone=a), with "
        "(env=e1, zone=a), of 2 more metrics; deep <x> (INSUFFICIENT_DATA): > 2.5",
        "  Shop late, Average: no samples; there are some of shop Late, of shop Late (env=e0, zone=a), of shop Late "
        "(env=e1, zone=a), of 2 more metrics",
        f"  AWS/SQS {sent} (QueueName=order), Average: no samples; there are some with (QueueName=orders)",
        "  shop Other, Average: no samples",
    ]


def test_an_alarm_on_samples_of_another_unit_says_so() -> None:
    cloud = minicloud.Cloud(clock="virtual", seed=1, trace=True)
    cloudwatch = cloud.client("cloudwatch")
    alarm = {name: value for name, value in DEEP.items() if name != "Dimensions"}
    alarm |= {"Namespace": "shop", "MetricName": "Late", "AlarmName": "late", "Unit": "Seconds"}
    cloudwatch.put_metric_alarm(**alarm)
    late: Any = {"MetricName": "Late", "Value": 5}
    assert ": no samples; late (" in told(cloud)
    cloudwatch.put_metric_data(Namespace="shop", MetricData=[late])
    cloud.clock.advance(60)
    assert "late (INSUFFICIENT_DATA): > 2.5 Seconds, and no sample has this unit" in told(cloud)
    cloudwatch.put_metric_data(Namespace="shop", MetricData=[{**late, "Unit": "Seconds"}])
    cloud.clock.advance(60)
    assert "late (ALARM): > 2.5\n" in f"{told(cloud)}\n"


def test_samples_that_are_ahead_are_shown() -> None:
    """PutMetricData takes them up to two hours ahead."""
    cloud = minicloud.Cloud(clock="virtual", seed=1, trace=True)
    now = cloud.clock.now()
    for value, ahead in ((1, 0), (2, 119)):
        datum: Any = {"MetricName": "m", "Value": value, "Timestamp": now + timedelta(minutes=ahead)}
        cloud.client("cloudwatch").put_metric_data(Namespace="app", MetricData=[datum])
    assert cloud.metric("app", "m").total == 3
    assert "app m, Sum: " in told(cloud)
    assert "1 to 2, last 2 (00:00 to 01:59)" in told(cloud)


def test_a_cloud_without_metrics_has_no_picture(tmp_path: Path) -> None:
    cloud = minicloud.Cloud(clock="virtual", seed=1, trace=True)
    cloud.client("sqs").create_queue(QueueName="q")
    cloud.trace.to_html(tmp_path / "page.html")
    assert '<details id="metrics"' not in (tmp_path / "page.html").read_text("utf-8")


def test_bars_are_evenly_in_time() -> None:
    assert spark([(0, 5.0)]) == "█"
    assert spark([(0, 0.0), (3 * MINUTE, 0.0)]) == "▁  ▁"
    assert spark([(n * MINUTE, -1.0 + n) for n in range(3)]) == "▁▅█"
    assert len(spark([(0, 1.0), (1439 * MINUTE, 2.0)])) == 40
