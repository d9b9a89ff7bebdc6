"""Alarms: made, evaluated as time passes, told, looked at."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from typing import Any

import pytest

import minicloud
from tests.support.ways import MakeClient, error_class

ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
ALARM: dict[str, Any] = {
    "AlarmName": "deep",
    "Namespace": "app",
    "MetricName": "backlog",
    "Statistic": "Maximum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 3,
    "ComparisonOperator": "GreaterThanThreshold",
}
TYPES = ["MetricAlarm", "CompositeAlarm"]


@pytest.fixture
def sns(make_client: MakeClient) -> Any:
    return make_client("sns")


@pytest.fixture
def mails(cloud: minicloud.Cloud, sns: Any) -> Callable[[], list[Any]]:
    """What a topic ``ops`` was told so far: subjects and messages."""
    queue = cloud.client("sqs").create_queue(QueueName="mails")["QueueUrl"]
    topic = sns.create_topic(Name="ops")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue(queue).arn)
    return lambda: [
        (told["Subject"], json.loads(told["Message"])) for told in map(json.loads, cloud.queue(queue).bodies)
    ]


TOPIC = "arn:aws:sns:us-east-1:123456789012:ops"


def put(cloudwatch: Any, *values: float, name: str = "backlog") -> None:
    cloudwatch.put_metric_data(Namespace="app", MetricData=[{"MetricName": name, "Value": value} for value in values])


def shown(cloudwatch: Any, name: str = "deep") -> Any:
    answer = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=TYPES)
    (found,) = answer["MetricAlarms"] + answer["CompositeAlarms"]
    return found


def query(id_: str) -> dict[str, Any]:
    """A metric of an expression."""
    of = {"Metric": {"Namespace": "app", "MetricName": id_}, "Period": 60, "Stat": "Sum"}
    return {"Id": id_, "MetricStat": of, "ReturnData": False}


def state(cloudwatch: Any, name: str = "deep") -> str:
    value: str = shown(cloudwatch, name)["StateValue"]
    return value


def test_a_new_alarm_is_as_recorded(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(**ALARM)
    now = cloud.clock.now()
    assert shown(cloudwatch) == {
        "AlarmName": "deep",
        "AlarmArn": f"{ARN}deep",
        "AlarmConfigurationUpdatedTimestamp": now,
        "ActionsEnabled": True,
        "OKActions": [],
        "AlarmActions": [],
        "InsufficientDataActions": [],
        "StateValue": "INSUFFICIENT_DATA",
        "StateReason": "Unchecked: Initial alarm creation",
        "StateUpdatedTimestamp": now,
        "MetricName": "backlog",
        "Namespace": "app",
        "Statistic": "Maximum",
        "Dimensions": [],
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 3.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "StateTransitionedTimestamp": now,
    }
    cloudwatch.get_waiter("alarm_exists").wait(AlarmNames=["deep"])


def test_a_topic_is_told_once_a_change(cloud: minicloud.Cloud, cloudwatch: Any, mails: Callable[[], list[Any]]) -> None:
    begun = cloud.clock.now()
    settings = {"AlarmDescription": "é", "AlarmActions": [TOPIC], "OKActions": [TOPIC], "TreatMissingData": "missing"}
    cloudwatch.put_metric_alarm(**ALARM, **settings)
    put(cloudwatch, 1, 21.5)
    cloud.clock.advance(59)
    assert (state(cloudwatch), mails()) == ("INSUFFICIENT_DATA", [])
    cloud.clock.advance(1)
    assert state(cloudwatch) == "ALARM"
    cloud.clock.advance(60)
    ((subject, told),) = mails()
    assert subject == 'ALARM: "deep" in US East (N. Virginia)'
    after = begun + datetime.timedelta(seconds=60)
    reason = f"Threshold Crossed: 1 datapoint [21.5 ({begun:%d/%m/%y %H:%M:%S})] was greater than the threshold (3.0)."
    assert list(told.items()) == list(
        {
            "AlarmName": "deep",
            "AlarmDescription": "é",
            "AWSAccountId": "123456789012",
            "AlarmConfigurationUpdatedTimestamp": f"{begun:%Y-%m-%dT%H:%M:%S}.000+0000",
            "NewStateValue": "ALARM",
            "NewStateReason": reason,
            "StateChangeTime": f"{after:%Y-%m-%dT%H:%M:%S}.000+0000",
            "Region": "US East (N. Virginia)",
            "AlarmArn": f"{ARN}deep",
            "OldStateValue": "INSUFFICIENT_DATA",
            "OKActions": [TOPIC],
            "AlarmActions": [TOPIC],
            "InsufficientDataActions": [],
            "Trigger": {
                "MetricName": "backlog",
                "Namespace": "app",
                "StatisticType": "Statistic",
                "Statistic": "MAXIMUM",
                "Unit": None,
                "Dimensions": [],
                "Period": 60,
                "EvaluationPeriods": 1,
                "ComparisonOperator": "GreaterThanThreshold",
                "Threshold": 3.0,
                "TreatMissingData": "missing",
                "EvaluateLowSampleCountPercentile": "",
            },
        }.items()
    )
    put(cloudwatch, 2)
    cloud.clock.advance(60)
    assert [subject for subject, _ in mails()][1:] == ['OK: "deep" in US East (N. Virginia)']
    assert "was not greater than" in mails()[1][1]["NewStateReason"]
    cloud.clock.advance(3600)
    assert state(cloudwatch) == "INSUFFICIENT_DATA"
    assert len(mails()) == 2


def test_the_history_has_what_happened(cloud: minicloud.Cloud, cloudwatch: Any, mails: Any) -> None:
    cloudwatch.put_metric_alarm(**ALARM, AlarmActions=[TOPIC, f"{TOPIC}-gone"])
    put(cloudwatch, 21.5)
    cloud.clock.advance(60)
    items = cloudwatch.describe_alarm_history(AlarmName="deep", ScanBy="TimestampAscending")["AlarmHistoryItems"]
    assert [item["HistorySummary"] for item in items] == [
        'Alarm "deep" created',
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        f"Successfully executed action {TOPIC}",
        f"Failed to execute action {TOPIC}-gone",
    ]
    data = json.loads(items[1]["HistoryData"])
    assert data["oldState"] == {
        "stateValue": "INSUFFICIENT_DATA",
        "stateReason": "Unchecked: Initial alarm creation",
    }
    reason = data["newState"]["stateReasonData"]
    assert (reason["recentDatapoints"], reason["threshold"], reason["period"]) == ([21.5], 3.0, 60)
    assert json.loads(shown(cloudwatch)["StateReasonData"]) == reason
    cloudwatch.delete_alarms(AlarmNames=["deep"])
    pages = cloudwatch.get_paginator("describe_alarm_history").paginate(PaginationConfig={"PageSize": 2})
    assert [item["HistorySummary"] for page in pages for item in page["AlarmHistoryItems"]][:1] == [
        'Alarm "deep" deleted'
    ]


def test_m_of_n_and_a_function_that_is_told(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    events: list[Any] = []
    function = cloud.function("told", lambda event, _: events.append(event))
    given = {**ALARM, "EvaluationPeriods": 3, "DatapointsToAlarm": 2, "TreatMissingData": "notBreaching"}
    cloudwatch.put_metric_alarm(**given, AlarmActions=[function])
    for value in (9, 1, 9):
        assert state(cloudwatch) != "ALARM"
        put(cloudwatch, value)
        cloud.clock.advance(60)
    assert state(cloudwatch) == "ALARM"
    (event,) = events
    assert event["source"] == "aws.cloudwatch"
    assert event["alarmData"]["state"]["value"] == "ALARM"
    assert event["alarmData"]["previousState"]["value"] == "OK"
    assert event["alarmData"]["configuration"]["metrics"][0]["metricStat"]["metric"]["name"] == "backlog"
    assert cloud.invocations.last.trigger == "alarm:deep"


def test_an_alarm_on_math(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    def stat(name: str) -> Any:
        return {"Metric": {"Namespace": "app", "MetricName": name}, "Period": 60, "Stat": "Sum"}

    queries = [
        {"Id": "a", "MetricStat": stat("a"), "ReturnData": False},
        {"Id": "b", "MetricStat": stat("b"), "ReturnData": False},
        {"Id": "rate", "Expression": "100 * a / b", "Label": "rate"},
    ]
    common = {name: ALARM[name] for name in ("AlarmName", "EvaluationPeriods", "ComparisonOperator")}
    cloudwatch.put_metric_alarm(**common, Threshold=10, Metrics=queries)
    put(cloudwatch, 1, 1, name="a")
    put(cloudwatch, 10, name="b")
    cloud.clock.advance(60)
    assert state(cloudwatch) == "ALARM"
    assert "[20.0 (" in shown(cloudwatch)["StateReason"]
    assert shown(cloudwatch)["Metrics"] == queries


def test_composite_alarms_follow_their_children(cloud: minicloud.Cloud, cloudwatch: Any, mails: Any) -> None:
    for name in ("one", "two"):
        cloudwatch.put_metric_alarm(**{**ALARM, "AlarmName": name, "MetricName": name})
    rule = f'ALARM("one") OR ALARM("{ARN}two")'
    cloudwatch.put_composite_alarm(AlarmName="any", AlarmRule=rule, AlarmActions=[TOPIC])
    cloudwatch.get_waiter("composite_alarm_exists").wait(AlarmNames=["any"], AlarmTypes=["CompositeAlarm"])
    cloudwatch.put_composite_alarm(AlarmName="none", AlarmRule="NOT ALARM(any)")
    assert [state(cloudwatch, name) for name in ("any", "none")] == ["OK", "ALARM"]
    put(cloudwatch, 9, name="one")
    cloud.clock.advance(60)
    put(cloudwatch, 9, name="one")
    put(cloudwatch, 9, name="two")
    cloud.clock.advance(60)
    assert [state(cloudwatch, name) for name in ("any", "none")] == ["ALARM", "OK"]
    ((subject, told),) = mails()
    assert subject.startswith('ALARM: "any" in')
    assert told["AlarmRule"] == rule
    assert [child["Arn"] for child in told["TriggeringChildren"]] == [f"{ARN}one"]
    assert cloudwatch.describe_alarms(AlarmNames=["any"])["CompositeAlarms"] == []  # of metrics only, if not asked
    assert cloudwatch.describe_alarm_history(AlarmName="any")["AlarmHistoryItems"] == []
    children = cloudwatch.describe_alarms(ChildrenOfAlarmName="any")["MetricAlarms"]
    assert [(one["AlarmName"], one["StateValue"]) for one in children] == [("one", "ALARM"), ("two", "ALARM")]
    assert {*children[0]} == {"AlarmName", "AlarmArn", "StateValue", "StateUpdatedTimestamp"}
    parents = cloudwatch.describe_alarms(ParentsOfAlarmName="any")["CompositeAlarms"]
    assert parents == [{"AlarmName": "none", "AlarmArn": f"{ARN}none"}]
    with pytest.raises(error_class("ClientError"), match="ChildrenOfAlarmName must not be specified together"):
        cloudwatch.describe_alarms(ChildrenOfAlarmName="any", StateValue="OK")
    with pytest.raises(error_class("ClientError"), match="only one composite alarm"):
        cloudwatch.delete_alarms(AlarmNames=["any", "none"])
    cloudwatch.delete_alarms(AlarmNames=["any", "one"])
    assert state(cloudwatch, "none") == "ALARM"


def test_a_circle_is_not_evaluated_and_not_deleted(cloudwatch: Any) -> None:
    cloudwatch.put_composite_alarm(AlarmName="a", AlarmRule="TRUE")
    cloudwatch.put_composite_alarm(AlarmName="b", AlarmRule="OK(a)")
    cloudwatch.put_composite_alarm(AlarmName="a", AlarmRule="ALARM(b)")
    before = state(cloudwatch, "a"), state(cloudwatch, "b")
    cloudwatch.set_alarm_state(AlarmName="b", StateValue="ALARM", StateReason="test")
    assert (state(cloudwatch, "a"), before[1]) == (before[0], "OK")
    with pytest.raises(error_class("ClientError"), match="part of a cycle"):
        cloudwatch.delete_alarms(AlarmNames=["a"])


def test_a_state_that_is_set_lasts_until_the_next_evaluation(
    cloud: minicloud.Cloud, cloudwatch: Any, mails: Callable[[], list[Any]]
) -> None:
    cloudwatch.put_metric_alarm(**ALARM, AlarmActions=[TOPIC])
    for _ in range(2):
        cloudwatch.set_alarm_state(AlarmName="deep", StateValue="ALARM", StateReason="by hand", StateReasonData="{}")
    assert [told["NewStateReason"] for _, told in mails()] == ["by hand"]
    assert (shown(cloudwatch)["StateReason"], shown(cloudwatch)["StateReasonData"]) == ("by hand", "{}")
    cloud.clock.advance(60)
    assert state(cloudwatch) == "INSUFFICIENT_DATA"
    cloudwatch.disable_alarm_actions(AlarmNames=["deep", "nobody"])
    cloudwatch.set_alarm_state(AlarmName="deep", StateValue="ALARM", StateReason="silent")
    assert len(mails()) == 1
    cloudwatch.enable_alarm_actions(AlarmNames=["deep"])
    cloudwatch.set_alarm_state(AlarmName="deep", StateValue="OK", StateReason="nothing to tell")
    cloudwatch.set_alarm_state(AlarmName="deep", StateValue="ALARM", StateReason="loud")
    assert [told["NewStateReason"] for _, told in mails()] == ["by hand", "loud"]


def test_what_is_wrong_is_refused(cloudwatch: Any) -> None:
    def refused(name: str, **more: Any) -> tuple[str, str]:
        with pytest.raises(error_class("ClientError")) as caught:
            getattr(cloudwatch, name)(**more)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"] or ""  # of an empty element in XML botocore makes None

    cloudwatch.put_metric_alarm(**ALARM)
    set_to = {"StateValue": "OK", "StateReason": "r"}
    assert refused("set_alarm_state", AlarmName="x", **set_to) == ("ResourceNotFound", "")
    assert refused("set_alarm_state", AlarmName="deep", **set_to, StateReasonData="{") == (
        "InvalidFormat",
        "StateReasonData must be valid JSON.",
    )
    assert refused("set_alarm_state", AlarmName="deep", StateValue="INVALID", StateReason="") == (
        "ValidationError",
        "1 validation error detected: Value 'INVALID' at 'stateValue' failed to satisfy constraint: Member must "
        "satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]",
    )
    assert refused("delete_alarms", AlarmNames=["x"])[0] == "ResourceNotFound"
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"Period": 70}, "ValidationError"),
        ({"Period": 600, "EvaluationPeriods": 145}, "ValidationError"),
        ({"Period": 86400, "EvaluationPeriods": 8}, "ValidationError"),
        ({"DatapointsToAlarm": 2}, "ValidationError"),
        ({"TreatMissingData": "x"}, "ValidationError"),
        ({"ExtendedStatistic": "p99"}, "InvalidParameterCombination"),
        ({"AlarmActions": ["x"]}, "ValidationError"),
        ({"EvaluateLowSampleCountPercentile": "ignore"}, "ValidationError"),
    ]
    for more, code in wrong:
        assert refused("put_metric_alarm", **{**ALARM, **more})[0] == code, more
    rest = {name: ALARM[name] for name in ("AlarmName", "EvaluationPeriods", "Threshold", "ComparisonOperator")}
    unit = {**query("m"), "MetricStat": {**query("m")["MetricStat"], "Unit": "x"}}
    for expression, text in (
        ("AVG(m)", "must be a time series"),
        ("[m, m * 2]", "must be a single time series"),
        ("[m] + [m]", "two arrays"),
        ("FILL(1, 2)", "time series is expected"),
    ):
        asked = [query("m"), {"Id": "e", "Expression": expression}]
        assert text in refused("put_metric_alarm", **rest, Metrics=asked)[1], expression
    assert "'metrics.1.member.metricStat.unit'" in refused("put_metric_alarm", **rest, Metrics=[unit])[1]
    cloudwatch.put_metric_alarm(**{**ALARM, "Period": 86400, "EvaluationPeriods": 7})
    assert refused("put_composite_alarm", AlarmName="c", AlarmRule="ALARM(nobody)") == (
        "ValidationError",
        "Could not save the composite alarm as alarms [nobody] in the alarm rule do not exist",
    )
    assert refused("put_composite_alarm", AlarmName="deep", AlarmRule="TRUE")[0] == "ValidationError"
    assert refused("describe_alarms", NextToken="x")[0] == "InvalidNextToken"
    for more in (
        {"AlarmActions": ["arn:aws:automate:us-east-1:ec2:stop"]},
        {"ComparisonOperator": "LessThanLowerThreshold"},
    ):
        with pytest.raises(minicloud.UsageError):
            cloudwatch.put_metric_alarm(**{**ALARM, **more})
    assert len(cloudwatch.describe_alarms(AlarmTypes=TYPES)["MetricAlarms"]) == 1


def test_alarms_are_listed_by_what_they_have(cloudwatch: Any) -> None:
    for number in range(3):
        cloudwatch.put_metric_alarm(**{**ALARM, "AlarmName": f"deep-{number}"}, AlarmActions=[f"{TOPIC}{number}"])
    cloudwatch.set_alarm_state(AlarmName="deep-1", StateValue="OK", StateReason="r")

    def names(**asked: Any) -> list[str]:
        return [one["AlarmName"] for one in cloudwatch.describe_alarms(**asked)["MetricAlarms"]]

    assert names(StateValue="OK") == ["deep-1"]
    assert names(AlarmNamePrefix="deep-") == ["deep-0", "deep-1", "deep-2"]
    assert names(ActionPrefix=f"{TOPIC}2") == ["deep-2"]
    pages = cloudwatch.get_paginator("describe_alarms").paginate(PaginationConfig={"PageSize": 2})
    assert [len(page["MetricAlarms"]) for page in pages] == [2, 1]
    of = {"Namespace": "app", "MetricName": "backlog"}
    assert len(cloudwatch.describe_alarms_for_metric(**of)["MetricAlarms"]) == 3
    dimensions = [{"Name": "a", "Value": "b"}]
    assert cloudwatch.describe_alarms_for_metric(**of, Dimensions=dimensions)["MetricAlarms"] == []
    cloudwatch.tag_resource(ResourceARN=f"{ARN}deep-0", Tags=[{"Key": "k", "Value": "v"}])
    many = [{"Key": str(number), "Value": ""} for number in range(50)]
    for tags, text in ((many, "the limit of 50"), ([{"Key": "aws:x", "Value": ""}], "reserved")):
        with pytest.raises(error_class("ClientError"), match=text):
            cloudwatch.tag_resource(ResourceARN=f"{ARN}deep-0", Tags=tags)
    cloudwatch.put_metric_alarm(**{**ALARM, "AlarmName": "deep-0"})
    assert cloudwatch.list_tags_for_resource(ResourceARN=f"{ARN}deep-0")["Tags"] == [{"Key": "k", "Value": "v"}]


def test_what_cannot_be_told_is_in_the_history(cloudwatch: Any, sns: Any) -> None:
    """A topic that there is not, and one that takes nothing without a group."""
    fifo = sns.create_topic(Name="ops.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    cloudwatch.put_metric_alarm(**ALARM, AlarmActions=[fifo, TOPIC])
    cloudwatch.set_alarm_state(AlarmName="deep", StateValue="ALARM", StateReason="try it")
    found = cloudwatch.describe_alarm_history(AlarmName="deep", HistoryItemType="Action")["AlarmHistoryItems"]
    assert {one["HistorySummary"] for one in found} == {f"Failed to execute action {arn}" for arn in (fifo, TOPIC)}


def test_windows_slide(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    """Minute by minute, as far as periods go; by ten seconds, where they are shorter than a minute."""
    cloudwatch.put_metric_alarm(**{**ALARM, "Statistic": "Sum", "Period": 300, "Threshold": 25})
    cloudwatch.put_metric_alarm(**{**ALARM, "AlarmName": "quick", "MetricName": "q", "Period": 30})
    fine = {"MetricName": "q", "Value": 9, "StorageResolution": 1}
    cloudwatch.put_metric_data(Namespace="app", MetricData=[fine])
    cloud.clock.advance(10)
    assert state(cloudwatch, "quick") == "ALARM"
    cloud.clock.advance(50)
    states = []
    for value in (0, 0, 10, 10, 10, 0, 0, 0, 0):
        put(cloudwatch, value)
        cloud.clock.advance(60)
        states.append(state(cloudwatch))
    assert states == ["OK"] * 4 + ["ALARM"] * 3 + ["OK"] * 2
    assert [change.time.minute for change in cloud.alarm("deep").history][1:] == [6, 9]
