"""What is shown of alarms, and of what happened to them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import minicloud

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
TOPIC = "arn:aws:sns:us-east-1:123456789012:t"
USUAL: dict[str, Any] = {"EvaluationPeriods": 1, "Threshold": 3.0, "ComparisonOperator": "GreaterThanThreshold"}
ON_ONE: dict[str, Any] = {**USUAL, "Namespace": "app", "MetricName": "m", "Period": 60, "Statistic": "Maximum"}
BOTH = ["MetricAlarm", "CompositeAlarm"]


def put(cloudwatch: Any, value: float, **members: Any) -> None:
    cloudwatch.put_metric_data(Namespace="app", MetricData=[{"MetricName": "m", "Value": value, **members}])


def names(answer: Any) -> list[str]:
    return [one["AlarmName"] for one in answer["MetricAlarms"] + answer.get("CompositeAlarms", [])]


def test_an_alarm_is_shown_as_it_was_set(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    settings: dict[str, Any] = {
        **ON_ONE, "AlarmDescription": "d", "ActionsEnabled": False, "OKActions": [TOPIC],
        "InsufficientDataActions": [f"{TOPIC}-2"], "AlarmActions": [f"{TOPIC}-3"], "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2, "TreatMissingData": "ignore", "Unit": "Count",
        "Dimensions": [{"Name": "b", "Value": "2"}, {"Name": "a", "Value": "1"}],
    }  # fmt: skip
    cloudwatch.put_metric_alarm(AlarmName="one", **settings)
    cloud.clock.advance(30)
    later = {**ON_ONE, "ExtendedStatistic": "p90", "EvaluateLowSampleCountPercentile": "ignore"}
    del later["Statistic"]
    cloudwatch.put_metric_alarm(AlarmName="two", **later)
    made: dict[str, Any] = {"StateValue": "INSUFFICIENT_DATA", "StateReason": "Unchecked: Initial alarm creation"}
    times = ("AlarmConfigurationUpdatedTimestamp", "StateUpdatedTimestamp", "StateTransitionedTimestamp")
    one, two = cloudwatch.describe_alarms()["MetricAlarms"]
    assert one == {**settings, **made, "AlarmName": "one", "AlarmArn": f"{ARN}one", **dict.fromkeys(times, START)}
    assert {name: two[name] for name in later} == later
    cloudwatch.put_metric_alarm(AlarmName="one", **ON_ONE)  # with what is not given as if it had never been
    (one,) = cloudwatch.describe_alarms(AlarmNames=["one"])["MetricAlarms"]
    assert not {"AlarmDescription", "DatapointsToAlarm", "TreatMissingData", "Unit"} & {*one}
    assert (one["ActionsEnabled"], one["OKActions"], one["Dimensions"]) == (True, [], [])
    half = START + timedelta(seconds=30)
    assert [one[name] for name in times] == [half, START, START]
    cloud.clock.advance(5)
    cloudwatch.enable_alarm_actions(AlarmNames=["one"])  # which they are
    assert cloudwatch.describe_alarms(AlarmNames=["one"])["MetricAlarms"] == [one]
    cloudwatch.disable_alarm_actions(AlarmNames=["one", "two"])
    for shown in cloudwatch.describe_alarms()["MetricAlarms"]:
        assert (shown["ActionsEnabled"], shown[times[0]]) == (False, half + timedelta(seconds=5))
    # The same state again is an update, and no transition.
    for _ in range(2):
        cloud.clock.advance(5)
        cloudwatch.set_alarm_state(AlarmName="two", StateValue="OK", StateReason="r")
    (two,) = cloudwatch.describe_alarms(AlarmNames=["two"])["MetricAlarms"]
    assert two["StateTransitionedTimestamp"] == START + timedelta(seconds=40)


def test_a_composite_alarm_is_shown_as_it_was_set(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(AlarmName="one", **ON_ONE)
    settings: dict[str, Any] = {
        "AlarmRule": "ALARM(one)", "AlarmDescription": "d", "ActionsEnabled": False, "OKActions": [TOPIC],
        "AlarmActions": [f"{TOPIC}-2"], "InsufficientDataActions": [f"{TOPIC}-3"],
    }  # fmt: skip
    cloudwatch.put_composite_alarm(AlarmName="any", **settings)
    (shown,) = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    reason = f"{ARN}one transitioned to INSUFFICIENT_DATA at Thursday 01 January, 2026 00:00:00 UTC"
    assert {name: shown[name] for name in settings} == settings
    assert (shown["StateValue"], shown["StateReason"], shown["AlarmArn"]) == ("OK", reason, f"{ARN}any")
    child = {"arn": f"{ARN}one", "state": {"value": "INSUFFICIENT_DATA", "timestamp": "2026-01-01T00:00:00.000+0000"}}
    assert json.loads(shown["StateReasonData"]) == {"triggeringAlarms": [child]}
    cloudwatch.put_composite_alarm(AlarmName="any", AlarmRule="TRUE")  # of no other
    (shown,) = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert (shown["StateValue"], shown["StateReason"], shown["OKActions"]) == ("ALARM", "TRUE is true", [])
    assert "StateReasonData" not in shown


def test_lists_and_their_pages(cloudwatch: Any) -> None:
    for number in range(101):
        cloudwatch.put_metric_alarm(AlarmName=f"a{number:03}", **ON_ONE)
    cloudwatch.put_composite_alarm(AlarmName="a050-c", AlarmRule="OK(a001) OR OK('a000')", OKActions=[f"{TOPIC}-2"])
    first = cloudwatch.describe_alarms()
    assert len(names(first)) == 100
    assert names(cloudwatch.describe_alarms(NextToken=first["NextToken"])) == ["a100"]
    page = cloudwatch.describe_alarms(AlarmTypes=BOTH, MaxRecords=52)
    assert [len(page[kind + "s"]) for kind in BOTH] == [51, 1]
    rest = cloudwatch.describe_alarms(AlarmTypes=BOTH, NextToken=page["NextToken"])
    assert (len(names(rest)), "NextToken" in rest) == (50, False)
    assert len(names(cloudwatch.describe_alarms(MaxRecords=100))) == 100
    assert names(cloudwatch.describe_alarms(AlarmNames=["a002", "a001", "no"])) == ["a001", "a002"]
    assert names(cloudwatch.describe_alarms(AlarmNamePrefix="a05", AlarmTypes=["CompositeAlarm"])) == ["a050-c"]
    assert names(cloudwatch.describe_alarms(ActionPrefix=f"{TOPIC}-2", AlarmTypes=BOTH)) == ["a050-c"]
    assert names(cloudwatch.describe_alarms(ChildrenOfAlarmName="a050-c", MaxRecords=1)) == ["a000"]
    assert names(cloudwatch.describe_alarms(ChildrenOfAlarmName="a001")) == []
    assert names(cloudwatch.describe_alarms(ParentsOfAlarmName="a001")) == ["a050-c"]


def test_alarms_on_a_metric(cloudwatch: Any) -> None:
    others = {
        "Statistic": "Sum", "Period": 120, "Unit": "Count", "Dimensions": [{"Name": "a", "Value": "1"}],
        "ExtendedStatistic": "p90",
    }  # fmt: skip
    for name, value in others.items():
        settings = {**ON_ONE, name: value}
        if name == "ExtendedStatistic":
            del settings["Statistic"]
        cloudwatch.put_metric_alarm(AlarmName=name, **settings)
    cloudwatch.put_metric_alarm(AlarmName="else", **{**ON_ONE, "MetricName": "n"})
    cloudwatch.put_metric_alarm(AlarmName="elsewhere", **{**ON_ONE, "Namespace": "n"})

    def found(**asked: Any) -> list[str]:
        return names(cloudwatch.describe_alarms_for_metric(Namespace="app", MetricName="m", **asked))

    assert found() == ["ExtendedStatistic", "Period", "Statistic", "Unit"]
    assert {name: found(**{name: value}) for name, value in others.items()} == {name: [name] for name in others}


def test_the_history(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(AlarmName="one", **ON_ONE, Unit="Count", AlarmActions=[TOPIC])
    cloudwatch.put_composite_alarm(AlarmName="any", AlarmRule="ALARM(one)")
    put(cloudwatch, 9, Unit="Count")
    put(cloudwatch, 1, Unit="Bytes")  # of another unit
    put(cloudwatch, 2, Unit="Count")
    cloud.clock.advance(60)

    def history(**asked: Any) -> list[Any]:
        found: list[Any] = cloudwatch.describe_alarm_history(**{"ScanBy": "TimestampAscending", **asked})[
            "AlarmHistoryItems"
        ]
        return found

    made, changed, acted = history()
    told = {name[0].lower() + name[1:]: value for name, value in ON_ONE.items()}
    more = {"unit": "Count", "alarmActions": [TOPIC], "okActions": [], "insufficientDataActions": []}
    members = {"alarmName": "one", "alarmArn": f"{ARN}one", "actionsEnabled": True, **told, **more}
    members["oKActions"] = members.pop("okActions")
    assert json.loads(made["HistoryData"]) == {"version": "1.0", "type": "Create", "updatedAlarm": members}
    assert made == {
        "AlarmName": "one", "AlarmType": "MetricAlarm", "Timestamp": START, "HistoryItemType": "ConfigurationUpdate",
        "HistorySummary": 'Alarm "one" created', "HistoryData": made["HistoryData"],
    }  # fmt: skip
    moment = "2026-01-01T00:00:00.000+0000"
    data = json.loads(changed["HistoryData"])["newState"]["stateReasonData"]
    assert data == {
        "version": "1.0", "queryDate": "2026-01-01T00:01:00.000+0000", "startDate": moment, "unit": "Count",
        "statistic": "Maximum", "period": 60, "recentDatapoints": [9.0], "threshold": 3.0,
        "evaluatedDatapoints": [{"timestamp": moment, "sampleCount": 2.0, "value": 9.0}],
    }  # fmt: skip
    assert json.loads(acted["HistoryData"]) == {
        "actionState": "Failed", "stateUpdateTimestamp": 1_767_225_660_000, "notificationResource": TOPIC,
        "publishedMessage": json.loads(acted["HistoryData"])["publishedMessage"],
        "error": "the resource does not exist",
    }  # fmt: skip
    after = {"StartDate": START + timedelta(seconds=1)}
    assert history(EndDate=START) == history(HistoryItemType="ConfigurationUpdate") == [made]
    assert history(**after) == history(StartDate=START + MINUTE) == [changed, acted]
    assert history(ScanBy="TimestampDescending", **after) == [acted, changed]
    assert history(EndDate=START + 0.5 * MINUTE, **after) == []
    kinds = [one["HistoryItemType"] for one in history(AlarmTypes=["CompositeAlarm"])]
    assert kinds == ["ConfigurationUpdate", "StateUpdate", "StateUpdate"]
    assert len(history(AlarmTypes=BOTH)) == 6
    cloudwatch.put_metric_alarm(AlarmName="one", **ON_ONE)
    cloudwatch.delete_alarms(AlarmNames=["one"])
    types = [json.loads(one["HistoryData"])["type"] for one in history(HistoryItemType="ConfigurationUpdate")]
    assert types == ["Create", "Update", "Delete"]


def test_the_history_has_pages_and_ends(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    for number in range(101):
        cloudwatch.put_metric_alarm(AlarmName=f"a{number:03}", **ON_ONE)
    first = cloudwatch.describe_alarm_history()
    second = cloudwatch.describe_alarm_history(NextToken=first["NextToken"])
    assert [len(page["AlarmHistoryItems"]) for page in (first, second)] == [100, 1]
    assert "NextToken" not in second
    assert len(cloudwatch.describe_alarm_history(MaxRecords=3)["AlarmHistoryItems"]) == 3
    cloudwatch.delete_alarms(AlarmNames=[f"a{number:03}" for number in range(1, 101)])
    fortnight = timedelta(days=14)
    cloud.clock.advance_to(START + fortnight)
    assert len(cloudwatch.describe_alarm_history(AlarmName="a050")["AlarmHistoryItems"]) == 2
    cloud.clock.advance(1)
    assert cloudwatch.describe_alarm_history(AlarmName="a050")["AlarmHistoryItems"] == []
    assert cloudwatch.describe_alarm_history(StartDate=START)["AlarmHistoryItems"] == []
    cloudwatch.set_alarm_state(AlarmName="a000", StateValue="OK", StateReason="r")
    assert [change.state for change in cloud.alarm("a000").history] == ["OK"]


def test_units_and_few_samples(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    """A percentile of few samples decides nothing, if it is asked for."""
    percentile = {**ON_ONE, "ExtendedStatistic": "p90"}
    del percentile["Statistic"]
    few = {"EvaluateLowSampleCountPercentile": "ignore"}
    cloudwatch.put_metric_alarm(AlarmName="p90", **percentile, **few)  # of 10 / (1 - 0.9)
    cloudwatch.put_metric_alarm(AlarmName="p25", **{**percentile, "ExtendedStatistic": "p25"}, **few)  # of 10 / 0.25
    cloudwatch.put_metric_alarm(AlarmName="p100", **{**percentile, "ExtendedStatistic": "p100"}, **few)
    cloudwatch.put_metric_alarm(AlarmName="any", **percentile)
    cloudwatch.put_metric_alarm(AlarmName="evaluate", **percentile, EvaluateLowSampleCountPercentile="evaluate")
    states = {}
    for count in (39, 41, 99, 101):
        put(cloudwatch, 9, Unit="Count", Timestamp=cloud.clock.now())
        data = [{"MetricName": "m", "Values": [9], "Counts": [count - 1], "Unit": "Count"}]
        cloudwatch.put_metric_data(Namespace="app", MetricData=data)
        cloud.clock.advance(60)
        alarms = cloudwatch.describe_alarms()["MetricAlarms"]
        states[count] = [one["AlarmName"] for one in alarms if one["StateValue"] == "ALARM"]
        for alarm in alarms:
            cloudwatch.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue="OK", StateReason="again")
    always = ["any", "evaluate", "p100"]
    assert states == {
        39: always, 41: [*always[:2], "p100", "p25"], 99: [*always, "p25"], 101: [*always, "p25", "p90"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("percentile", "enough"),
    [("p10", 100), ("p50", 20), ("p80", 50), ("p90", 100), ("p95", 200), ("p99", 1000), ("p99.9", 10_000)],
)
def test_as_many_samples_as_a_percentile_needs_are_not_few(
    cloud: minicloud.Cloud, cloudwatch: Any, percentile: str, enough: int
) -> None:
    """[CloudWatch user guide: 10 / (1 - percentile), and 10 / percentile below the half]"""
    settings = {**ON_ONE, "ExtendedStatistic": percentile, "EvaluateLowSampleCountPercentile": "ignore"}
    del settings["Statistic"]
    cloudwatch.put_metric_alarm(AlarmName="a", **settings)
    for count, state in ((enough - 1, "INSUFFICIENT_DATA"), (enough, "ALARM")):
        data = [{"MetricName": "m", "Values": [9], "Counts": [count], "Unit": "Count"}]
        cloudwatch.put_metric_data(Namespace="app", MetricData=data)
        cloud.clock.advance(60)
        assert cloudwatch.describe_alarms()["MetricAlarms"][0]["StateValue"] == state
