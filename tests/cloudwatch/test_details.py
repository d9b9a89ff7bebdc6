"""Tags of alarms, how long their history is kept, what facts say of them, and what is not done here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

import minicloud
from tests.support.ways import error_class

ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
ALARM: dict[str, Any] = {"EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"}
ON_LOAD: dict[str, Any] = {**ALARM, "Namespace": "app", "MetricName": "load", "Statistic": "Sum", "Period": 60}


@pytest.mark.parametrize("settings", [ON_LOAD, {"AlarmRule": "TRUE"}], ids=["metric", "composite"])
def test_an_alarm_has_the_tags_of_its_making(cloudwatch: Any, settings: Any) -> None:
    put = cloudwatch.put_composite_alarm if "AlarmRule" in settings else cloudwatch.put_metric_alarm
    tags = [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": ""}]
    put(AlarmName="n", **settings, Tags=tags)
    put(AlarmName="plain", **settings)

    def shown(name: str = "n") -> Any:
        return cloudwatch.list_tags_for_resource(ResourceARN=ARN + name)["Tags"]

    assert (shown(), shown("plain")) == (tags, [])
    put(AlarmName="n", **settings, Tags=[{"Key": "other", "Value": "x"}])  # of an alarm that is there it has no effect
    put(AlarmName="plain", **settings, Tags=tags)
    assert (shown(), shown("plain")) == (tags, [])
    cloudwatch.tag_resource(ResourceARN=f"{ARN}n", Tags=[{"Key": "a", "Value": "2"}])
    cloudwatch.untag_resource(ResourceARN=f"{ARN}n", TagKeys=["c", "nobody"])
    assert shown() == [{"Key": "a", "Value": "2"}]
    cloudwatch.delete_alarms(AlarmNames=["n"])
    put(AlarmName="n", **settings)
    assert shown() == []


def test_history_is_kept_for_two_weeks(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    def days() -> list[int]:
        told = cloudwatch.describe_alarm_history(AlarmName="n", ScanBy="TimestampAscending")["AlarmHistoryItems"]
        return [one["Timestamp"].day for one in told]

    for number, wait in enumerate((0, 1, 13, 1)):
        if number == 3:
            assert days() == [1, 2, 15]
        cloud.clock.advance(wait * 24 * 3600)
        cloudwatch.put_metric_alarm(AlarmName="n", **{**ON_LOAD, "Threshold": number})
    assert days() == [2, 15, 16]  # what is two weeks old is there, what is older is not


def test_facts_name_the_queues_that_an_alarm_looks_at(cloud: minicloud.Cloud) -> None:
    cloudwatch, sqs = cloud.client("cloudwatch"), cloud.client("sqs")
    for name in ("one", "two"):
        sqs.create_queue(QueueName=name)

    def on(namespace: str, *dimensions: tuple[str, str]) -> dict[str, Any]:
        shown = [{"Name": name, "Value": value} for name, value in dimensions]
        return {"Namespace": namespace, "MetricName": "NumberOfMessagesSent", "Dimensions": shown}

    def query(number: int, metric: Any, *, returned: bool = False) -> dict[str, Any]:
        stat = {"Metric": metric, "Period": 60, "Stat": "Sum"}
        return {"Id": f"m{number}", "MetricStat": stat, "ReturnData": returned}

    one, two = on("AWS/SQS", ("QueueName", "one")), on("AWS/SQS", ("QueueName", "two"))
    plain = {**ALARM, "Statistic": "Sum", "Period": 60}
    both: list[Any] = [query(1, two), query(2, one), {"Id": "e", "Expression": "m1 + m2", "ReturnData": True}]
    expected = {
        "plain": ({**plain, **one}, ["one"]),
        "math": ({**ALARM, "Metrics": both}, ["one", "two"]),
        "single": ({**ALARM, "Metrics": [query(1, two, returned=True)]}, ["two"]),
        "other namespace": ({**plain, **on("app", ("QueueName", "one"))}, []),
        "other dimension": ({**plain, **on("AWS/SQS", ("Queue", "one"))}, []),
        "none": ({**plain, **on("AWS/SQS")}, []),
    }
    for name, (settings, _) in expected.items():
        cloudwatch.put_metric_alarm(AlarmName=name, **settings)
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="r")
    told = {event.resource: event.details["queues"] for event in cloud.trace.of("alarm.changed")}
    assert told == {name: queues for name, (_, queues) in expected.items()}


@pytest.mark.parametrize(("operation", "text"), [
    ("put_dashboard", "there is nobody to look at dashboards here"),
    ("put_anomaly_detector", "anomaly detection is a model that AWS trains: give the alarm a threshold"),
    ("put_insight_rule", "there are no log events to look into here"),
    ("put_metric_stream", "metrics are not streamed: read them with get_metric_data"),
    ("put_alarm_mute_rule", "alarms are not muted by rules: use disable_alarm_actions"),
])  # fmt: skip
def test_what_minicloud_does_not_do_it_says(cloud: minicloud.Cloud, operation: str, text: str) -> None:
    with pytest.raises(minicloud.UsageError) as caught:
        getattr(cloud.client("cloudwatch"), operation)()
    rest = (
        "minicloud answers for metrics and alarms: take the call out of the test, or let the service through with "
        "mock_aws(passthrough=('cloudwatch',)) where something else answers it"
    )
    assert str(caught.value).endswith(f": {text}; {rest}")


def test_reasons_that_are_no_json(cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(AlarmName="n", **ON_LOAD)
    for data in ("{no", "NaN", '{"a": 1}x'):
        with pytest.raises(error_class("ClientError")) as caught:
            cloudwatch.set_alarm_state(AlarmName="n", StateValue="ALARM", StateReason="why", StateReasonData=data)
        error = caught.value.response["Error"]  # type: ignore[attr-defined]
        assert (error["Code"], error["Message"]) == ("InvalidFormat", "StateReasonData must be valid JSON."), data
    assert cloudwatch.describe_alarm_history(AlarmName="n", HistoryItemType="StateUpdate")["AlarmHistoryItems"] == []


def depth_left() -> int:
    """How many calls Python still allows."""
    frame, depth = sys._getframe(1), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1  # type: ignore[assignment]
    return sys.getrecursionlimit() - depth


def within(calls: int, call: Callable[[], Any]) -> Any:
    return call() if calls <= 0 else within(calls - 1, call)


@pytest.mark.parametrize("name", ["n", "c"])
def test_reasons_are_taken_or_are_no_json_however_deeply_they_are_nested(cloud: minicloud.Cloud, name: str) -> None:
    cloudwatch: Any = cloud.client("cloudwatch")
    topic = cloud.client("sns").create_topic(Name="t")["TopicArn"]
    cloudwatch.put_metric_alarm(AlarmName="n", AlarmActions=[topic], **ON_LOAD)
    cloudwatch.put_composite_alarm(AlarmName="c", AlarmRule="FALSE", AlarmActions=[topic])
    left = depth_left()
    taken = 0
    for depth in range(left - 60, left + 5):
        data = "[" * depth + "]" * depth
        if name == "c":
            data = f'{{"triggeringAlarms":[{{"arn":{data},"state":{{"value":"OK","timestamp":""}}}}]}}'
        change: Any = {"AlarmName": name, "StateReason": f"nested {depth}", "StateReasonData": data}
        try:
            cloudwatch.set_alarm_state(StateValue="ALARM", **change)
        except cloudwatch.exceptions.InvalidFormatFault:
            assert cloud.alarm(name).reason != f"nested {depth}"
        else:
            taken += 1
            assert cloud.alarm(name).reason == f"nested {depth}"
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="it is over")
    assert taken


def test_a_nested_reason_is_in_the_history_whoever_causes_the_next_change(cloud: minicloud.Cloud) -> None:
    """Also from calls so deep that Python would not read the reason again."""
    cloudwatch: Any = cloud.client("cloudwatch")
    cloudwatch.put_metric_alarm(AlarmName="n", **ON_LOAD)
    nested = 300
    data = '{"a \\" : , b": ' + "[ 1 , " * nested + "[]" + "]" * nested + "\n}"
    cloudwatch.set_alarm_state(AlarmName="n", StateValue="ALARM", StateReason="why", StateReasonData=data)
    back = partial(cloudwatch.set_alarm_state, AlarmName="n", StateValue="OK", StateReason="it is over")
    within(depth_left() - nested + 100, back)
    told = cloudwatch.describe_alarm_history(AlarmName="n", HistoryItemType="StateUpdate")["AlarmHistoryItems"]
    compact = '{"a \\" : , b":' + "[1," * nested + "[]" + "]" * nested + "}"
    old = f'"oldState":{{"stateValue":"ALARM","stateReason":"why","stateReasonData":{compact}}}'
    new = '"newState":{"stateValue":"OK","stateReason":"it is over"}'
    assert told[0]["HistoryData"] == f'{{"version":"1.0",{old},{new}}}'


def test_changes_are_remembered_for_two_weeks(cloud: minicloud.Cloud) -> None:
    """[``AlarmView.history``]"""
    cloudwatch = cloud.client("cloudwatch")
    cloudwatch.put_composite_alarm(AlarmName="n", AlarmRule="FALSE")
    reasons = []
    for number, wait in enumerate((0, 14 * 24 * 3600, 1)):
        cloud.clock.advance(wait)
        state: Any = ("ALARM", "OK")[number % 2]
        cloudwatch.set_alarm_state(AlarmName="n", StateValue=state, StateReason=str(number))
        reasons.append("".join(one.reason for one in cloud.alarm("n").history if len(one.reason) == 1))
    assert reasons == ["0", "01", "12"]


@pytest.mark.parametrize(
    ("comparison", "threshold", "expected"),
    [
        ("GreaterThanThreshold", 120, [("OK", 1), ("ALARM", 3)]),
        ("GreaterThanOrEqualToThreshold", 120, [("OK", 1), ("ALARM", 2)]),
        ("LessThanThreshold", 180, [("ALARM", 1), ("OK", 3)]),
        ("LessThanOrEqualToThreshold", 180, [("ALARM", 1), ("OK", 4)]),
    ],
)
def test_an_alarm_on_what_grows_by_itself(
    cloud: minicloud.Cloud, comparison: Any, threshold: float, expected: list[tuple[str, int]]
) -> None:
    """The age of what lies in a queue: nothing happens, and the alarm rings; then it has nothing due."""
    url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    begun = cloud.clock.now()
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName="old", Namespace="AWS/SQS", MetricName="ApproximateAgeOfOldestMessage", Statistic="Maximum",
        Dimensions=[{"Name": "QueueName", "Value": "q"}], Period=60, EvaluationPeriods=1, Threshold=threshold,
        ComparisonOperator=comparison,
    )  # fmt: skip
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="x")
    cloud.clock.advance(20 * 60)
    changes = cloud.alarm("old").history
    assert [(one.state, (one.time - begun).total_seconds() / 60) for one in changes] == expected
    assert cloud.clock.next_due is None
