"""``cloud.alarm``, ``cloud.on_alarm``, the trace and the verdict of alarms."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

import minicloud
from minicloud.inspection.verdicts import judge

ALARM: dict[str, Any] = {
    "AlarmName": "deep",
    "Namespace": "app",
    "MetricName": "backlog",
    "Statistic": "Maximum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 3,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
}


@pytest.fixture
def cloudwatch(cloud: minicloud.Cloud) -> Any:
    return cloud.client("cloudwatch")


def put(cloudwatch: Any, value: float) -> None:
    cloudwatch.put_metric_data(Namespace="app", MetricData=[{"MetricName": "backlog", "Value": value}])


def test_a_view_has_state_reason_and_history(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**ALARM)
    alarm = cloud.alarm("deep")
    assert (alarm.state, alarm.reason, alarm.history) == (
        "INSUFFICIENT_DATA",
        "Unchecked: Initial alarm creation",
        [],
    )
    begun = cloud.clock.now()
    put(cloudwatch, 4)
    cloud.clock.advance(60)
    put(cloudwatch, 1)
    cloud.clock.advance(60)
    assert cloud.alarm(alarm.arn).state == "OK"
    assert repr(alarm) == "<alarm deep: OK>"
    assert [(one.old_state, one.state, one.time - begun) for one in alarm.history] == [
        ("INSUFFICIENT_DATA", "ALARM", timedelta(seconds=60)),
        ("ALARM", "OK", timedelta(seconds=120)),
    ]
    assert [event.details["state"] for event in cloud.trace.of("alarm.changed")] == ["ALARM", "OK"]
    assert "INSUFFICIENT_DATA -> ALARM" in cloud.trace.render()
    with pytest.raises(minicloud.UsageError, match="dep"):
        cloud.alarm("dep")


def test_a_change_knows_the_queues_that_the_alarm_looks_at(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    def of(namespace: str, name: str, value: str) -> Any:
        return {"Namespace": namespace, "MetricName": "m", "Dimensions": [{"Name": name, "Value": value}]}

    how = {"EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"}
    for name, metric in (
        ("queue", of("AWS/SQS", "QueueName", "q")),
        ("topic", of("AWS/SNS", "QueueName", "t")),
        ("other", of("AWS/SQS", "Other", "o")),
    ):
        cloudwatch.put_metric_alarm(AlarmName=name, **how, **metric, Statistic="Sum", Period=60)
    metrics = [
        {"Id": f"m{n}", "MetricStat": {"Metric": of("AWS/SQS", "QueueName", f"q{n}"), "Period": 60, "Stat": "Sum"},
         "ReturnData": False}
        for n in (2, 1)
    ]  # fmt: skip
    cloudwatch.put_metric_alarm(AlarmName="math", **how, Metrics=[*metrics, {"Id": "e", "Expression": "m1 + m2"}])
    for name in ("queue", "topic", "other", "math"):
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="r")
    looked_at = {event.resource: event.details["queues"] for event in cloud.trace.of("alarm.changed")}
    assert looked_at == {"queue": ["q"], "topic": [], "other": [], "math": ["q1", "q2"]}


def test_a_listener_is_called_at_each_change(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    seen: list[Any] = []

    async def later(change: Any) -> None:
        await asyncio.sleep(0)
        seen.append(("later", change.state))

    def told(change: Any) -> None:
        seen.append((change.name, change.old_state, change.state, change.reason))
        cloud.client("sqs").create_queue(QueueName=f"q-{change.state}")  # a handler may call the cloud

    cloud.on_alarm("deep", told)  # before there is one
    cloudwatch.put_metric_alarm(**ALARM)
    cloud.on_alarm(cloud.alarm("deep").arn, later)
    cloudwatch.set_alarm_state(AlarmName="deep", StateValue="ALARM", StateReason="r")
    assert seen == [("deep", "INSUFFICIENT_DATA", "ALARM", "r"), ("later", "ALARM")]
    assert cloud.queue("q-ALARM").bodies == []
    cloudwatch.disable_alarm_actions(AlarmNames=["deep"])
    cloud.clock.advance(60)
    assert seen[2:] == [("deep", "ALARM", "OK", cloud.alarm("deep").reason), ("later", "OK")]
    cloud.reset()
    cloudwatch.put_metric_alarm(**ALARM)
    cloudwatch.set_alarm_state(AlarmName="deep", StateValue="ALARM", StateReason="r")
    assert len(seen) == 4
    for name, listener in ((1, told), ("deep", None), ("arn:aws:sqs:a:b:c", told)):
        with pytest.raises(minicloud.UsageError):
            cloud.on_alarm(name, listener)  # type: ignore[arg-type]


def test_what_a_listener_asserts_fails_the_test(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    def told(change: Any) -> None:
        raise AssertionError(change.state)

    cloud.on_alarm("deep", told)
    cloudwatch.put_metric_alarm(**ALARM)
    cloudwatch.set_alarm_state(AlarmName="deep", StateValue="ALARM", StateReason="r")
    with pytest.raises(AssertionError, match="ALARM"):
        cloud.clock.advance(1)


def test_the_verdict_no_alarms(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**ALARM)
    cloudwatch.set_alarm_state(AlarmName="deep", StateValue="OK", StateReason="fine")
    assert judge(cloud, ["no_alarms"]) == ""
    cloudwatch.set_alarm_state(AlarmName="deep", StateValue="ALARM", StateReason="much")
    assert "alarm deep went to ALARM at 00:00:00: much" in judge(cloud, ["no_alarms"])


def test_snapshots_hold_alarms(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**ALARM)
    put(cloudwatch, 4)
    before = cloud.snapshot()
    for _ in range(2):
        cloud.clock.advance(60)
        assert cloud.alarm("deep").state == "ALARM"
        cloud.restore(before)
        assert (cloud.alarm("deep").state, cloud.alarm("deep").history) == ("INSUFFICIENT_DATA", [])


def test_an_alarm_that_has_nothing_to_look_at_sleeps(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**ALARM)
    put(cloudwatch, 4)
    cloud.clock.advance(3600)
    assert cloud.alarm("deep").state == "OK"
    assert not cloud.timeline.heap
    put(cloudwatch, 4)
    cloud.clock.advance(60)
    assert cloud.alarm("deep").state == "ALARM"


def test_alarms_on_a_queue_follow_it_and_sleep_when_it_rests(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    names = ("ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage")
    for name, threshold in zip(names, (0, 300), strict=True):
        of = {"Namespace": "AWS/SQS", "MetricName": name, "Dimensions": [{"Name": "QueueName", "Value": "jobs"}]}
        cloudwatch.put_metric_alarm(**{**ALARM, **of, "AlarmName": name, "Threshold": threshold})

    def states() -> list[str]:
        return [cloud.alarm(name).state for name in names]

    sqs.send_message(QueueUrl=url, MessageBody="x")
    cloud.clock.advance(60)
    assert states() == ["ALARM", "OK"]
    cloud.clock.advance(360)
    assert states() == ["ALARM", "ALARM"]
    cloud.clock.advance(600)
    assert not cloud.timeline.heap  # both rest: nothing changes until somebody does something
    sqs.purge_queue(QueueUrl=url)
    cloud.clock.advance(240)  # nothing has an age any more, so its last points are looked at for a while
    assert states() == ["OK", "OK"]
