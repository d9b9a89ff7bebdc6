"""What CloudWatch refuses, word for word, and what lies just inside of each bound."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import minicloud
from tests.support.ways import error_class

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = 60 * MINUTE
DAY = 24 * HOUR
VALUE, BOTH, MISSING = "InvalidParameterValue", "InvalidParameterCombination", "MissingParameter"
INVALID = "ValidationError"

Row = tuple[dict[str, Any], str, str]


def said(call: Callable[..., Any], params: dict[str, Any]) -> tuple[str, str] | str:
    """Code and text of a refusal; of what minicloud does not do its text; "" where nothing is refused."""
    try:
        call(**params)
    except error_class("ClientError") as error:
        found = error.response["Error"]  # type: ignore[attr-defined]
        return found["Code"], found["Message"] or ""  # of an empty element in XML botocore makes None
    except minicloud.UsageError as error:
        return str(error)
    return ""


def other_than(call: Callable[..., Any], usual: dict[str, Any], rows: Iterable[Row]) -> list[Any]:
    """The rows that are answered otherwise: parameters that differ from the usual, and the error, by code and text."""
    found = [(more, (code, text), said(call, {**usual, **more})) for more, code, text in rows]
    return [row for row in found if row[1] != row[2]]


def refused(call: Callable[..., Any], usual: dict[str, Any], taken: Iterable[dict[str, Any]]) -> list[Any]:
    """Of what has to be taken, what is refused."""
    found = [(more, said(call, {**usual, **more})) for more in taken]
    return [row for row in found if row[1]]


def no_pair(name: str, other: str) -> str:
    path = "MetricData.member.1."
    return f"The parameters {path}{name} and {path}{other} are mutually exclusive and you have specified both."


def whole(**members: float) -> dict[str, Any]:
    return {"StatisticValues": {"SampleCount": 2, "Sum": 7, "Minimum": 3, "Maximum": 4, **members}}


NONE_GIVEN = (
    "At least one of the parameters MetricData.member.1.Value, MetricData.member.1.Values or "
    "MetricData.member.1.StatisticValues must be specified."
)
DIFFERENT = "The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same size."
ORDER = (
    "The parameter MetricData.member.1.StatisticValues.Maximum must be greater than "
    "MetricData.member.1.StatisticValues.Minimum."
)
OLD = "The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks."
NEW = "The parameter MetricData.member.1.Timestamp must specify a time no more than two hours in the future."
SECOND_DIMENSION = "The parameter MetricData.member.1.Dimensions.member.2."
BLANK = "must contain at least one character that is no whitespace."
ASCII = "must contain only printable ASCII characters."
OTHER = {"Name": "a", "Value": "1"}
DATUM: list[Row] = [
    ({}, MISSING, NONE_GIVEN),
    ({"Values": []}, MISSING, NONE_GIVEN),
    ({"Value": 1, "Values": [1]}, BOTH, no_pair("Value", "Values")),
    ({"Value": 1, **whole()}, BOTH, no_pair("Value", "StatisticValues")),
    ({"Values": [1], **whole()}, BOTH, no_pair("StatisticValues", "Values")),
    ({"Values": [1], "Counts": [1, 2]}, VALUE, DIFFERENT),
    ({"Values": [1] * 151}, VALUE, "The collection MetricData.member.1.Values must not have a size greater than 150."),
    ({"Values": [1], "Counts": [0]}, VALUE, "The value 0.0 for parameter MetricData.member.1.Counts is invalid."),
    ({"Values": [2.0**361]}, VALUE,
     "The value 4.6970851655476665E108 for parameter MetricData.member.1.Values is invalid."),
    *(({"Value": value}, VALUE, f"The value {text} for parameter MetricData.member.1.Value is invalid.")
      for value, text in ((float("nan"), "NaN"), (float("inf"), "Infinity"), (float("-inf"), "-Infinity"),
                          (1e300, "1.0E300"), (-(2.0**361), "-4.6970851655476665E108"))),
    (whole(SampleCount=0), VALUE,
     "The value 0.0 for parameter MetricData.member.1.StatisticValues.SampleCount is invalid."),
    (whole(Sum=2.0**361), VALUE,
     "The value 4.6970851655476665E108 for parameter MetricData.member.1.StatisticValues.Sum is invalid."),
    (whole(Minimum=5), VALUE, ORDER),
    ({"Value": 1, "StorageResolution": 5}, VALUE,
     "The value 5 for parameter MetricData.member.1.StorageResolution is invalid: it must be 1 or 60."),
    ({"Value": 1, "Timestamp": START - 14 * DAY - timedelta(seconds=1)}, VALUE, OLD),
    ({"Value": 1, "Timestamp": START + 2 * HOUR + timedelta(seconds=1)}, VALUE, NEW),
    ({"Value": 1, "MetricName": "é"}, VALUE, f"The parameter MetricData.member.1.MetricName {ASCII}"),
    ({"Value": 1, "MetricName": " "}, VALUE, f"The parameter MetricData.member.1.MetricName {BLANK}"),
    ({"Value": 1, "Dimensions": [OTHER, {"Name": "b\n", "Value": "1"}]}, VALUE, f"{SECOND_DIMENSION}Name {ASCII}"),
    ({"Value": 1, "Dimensions": [OTHER, {"Name": "b", "Value": " "}]}, VALUE, f"{SECOND_DIMENSION}Value {BLANK}"),
    ({"Value": 1, "Dimensions": [OTHER, OTHER]}, VALUE,
     "The parameter MetricData.member.1.Dimensions has the dimension a more than once."),
]  # fmt: skip
TAKEN: list[dict[str, Any]] = [
    {"Values": [1] * 150},
    {"Values": [1], "Counts": [0.5]},
    {"Value": 2.0**360},
    {"Value": -(2.0**360)},
    whole(Minimum=4),
    {"Value": 1, "StorageResolution": 60},
    {"Value": 1, "StorageResolution": 1},
    {"Value": 1, "Timestamp": START - 14 * DAY},
    {"Value": 1, "Timestamp": START + 2 * HOUR},
]


def test_what_is_put(cloudwatch: Any) -> None:
    def put(**datum: Any) -> None:
        cloudwatch.put_metric_data(Namespace="app", MetricData=[{"MetricName": "m", **datum}])

    assert other_than(put, {}, DATUM) == []
    second = "The parameters MetricData.member.2.Values and MetricData.member.2.Counts must be of the same size."
    one = {"MetricName": "m", "Value": 1}
    data = {"Namespace": "app", "MetricData": [one]}
    rows: list[Row] = [
        ({"MetricData": [one, {"MetricName": "m", "Values": [1], "Counts": [1, 2]}]}, VALUE, second),
        ({"MetricData": []}, MISSING, "The parameter MetricData is required."),
        ({"MetricData": [one] * 1001}, VALUE, "The collection MetricData must not have a size greater than 1000."),
        ({"Namespace": "AWS/SQS"}, VALUE, "The value AWS/SQS for parameter Namespace is invalid."),
    ]
    assert other_than(cloudwatch.put_metric_data, data, rows) == []
    assert cloudwatch.list_metrics()["Metrics"] == []
    assert refused(put, {}, TAKEN) == []
    assert refused(cloudwatch.put_metric_data, data, [{"MetricData": [one] * 1000}, {"Namespace": "AWS"}]) == []


STATISTICS = {
    "Namespace": "app", "MetricName": "m", "StartTime": START, "EndTime": START + DAY, "Period": 60,
    "Statistics": ["Sum"],
}  # fmt: skip
PERIOD = "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60."
ORDER_OF_TIMES = "The parameter StartTime must be less than the parameter EndTime."


def test_statistics_that_are_asked_for(cloudwatch: Any) -> None:
    many = (
        "You have requested up to {} datapoints, which exceeds the limit of 1,440. You may reduce the datapoints "
        "requested by increasing Period, or decreasing the time range."
    )
    names = ("ExtendedStatistics", "p100.5")
    rows: list[Row] = [
        ({"EndTime": START}, VALUE, ORDER_OF_TIMES),
        ({"Period": 61}, VALUE, PERIOD),
        ({"Period": 15}, VALUE, PERIOD),
        ({"EndTime": START + DAY + timedelta(seconds=1)}, BOTH, many.format("1,441")),
        ({"EndTime": START + HOUR, "Period": 1}, BOTH, many.format("3,600")),
        ({"ExtendedStatistics": ["p50"]}, BOTH,
         "The parameters Statistics and ExtendedStatistics are mutually exclusive and you have specified both."),
        ({"Dimensions": [OTHER, OTHER]}, VALUE, "The parameter Dimensions has the dimension a more than once."),
    ]  # fmt: skip
    assert other_than(cloudwatch.get_metric_statistics, STATISTICS, rows) == []
    usual = {name: value for name, value in STATISTICS.items() if name != "Statistics"}
    rows = [
        ({}, BOTH, "Must specify either Statistics or ExtendedStatistics"),
        ({names[0]: [names[1]]}, VALUE, f"The value {names[1]} for parameter {names[0]} is not supported."),
        ({names[0]: ["Sum"]}, VALUE, f"The value Sum for parameter {names[0]} is not supported."),
    ]
    assert other_than(cloudwatch.get_metric_statistics, usual, rows) == []
    taken = [{"Period": 60 * 60}, *({"Period": n, "EndTime": START + 20 * MINUTE} for n in (1, 5, 10, 20, 30, 180))]
    assert refused(cloudwatch.get_metric_statistics, STATISTICS, taken) == []


def stat(**members: Any) -> dict[str, Any]:
    return {"Metric": {"Namespace": "app", "MetricName": "m"}, "Period": 60, "Stat": "Sum", **members}


ONE_OF_TWO = "Exactly one of the parameters MetricStat and Expression must be specified in MetricDataQueries.member.2."
QUERY: list[Row] = [
    ({"Id": "A"}, INVALID,
     "The value A for parameter id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$."),
    ({"Id": "first"}, INVALID, "The values for parameter id in MetricDataQueries must be unique: first."),
    ({"Expression": "first"}, INVALID, ONE_OF_TWO),
    ({"Period": 60}, INVALID,
     "The parameter Period of MetricDataQueries.member.2 is for expressions: a metric has it in its MetricStat."),
    ({"MetricStat": stat(Period=61)}, INVALID, PERIOD),
    ({"MetricStat": stat(Stat="p101")}, INVALID,
     "The value p101 for parameter MetricDataQueries.member.2.MetricStat.Stat is not supported."),
    ({"MetricStat": stat(Metric={"Namespace": "app"})}, INVALID,
     "The parameter MetricDataQueries.member.2.MetricStat.Metric.MetricName is required."),
    ({"MetricStat": stat(Metric={"MetricName": "m"})}, INVALID,
     "The parameter MetricDataQueries.member.2.MetricStat.Metric.Namespace is required."),
    ({"MetricStat": stat(Metric={"MetricName": "m", "Namespace": "app", "Dimensions": [OTHER, OTHER]})}, VALUE,
     "The parameter MetricDataQueries.member.2.MetricStat.Metric.Dimensions has the dimension a more than once."),
]  # fmt: skip


OTHERS = (
    "cloudwatch.{} was asked for metrics of another account, and no account of a Cloud monitors another one: ask with "
    "a client of that account (cloud.client('cloudwatch', account_id=...)), and leave out AccountId, OwningAccount and "
    "IncludeLinkedAccounts"
)


def test_data_that_is_asked_for(cloudwatch: Any) -> None:
    first = {"Id": "first", "MetricStat": stat()}
    times = {"StartTime": START, "EndTime": START + HOUR}

    def ask(**query: Any) -> None:
        cloudwatch.get_metric_data(MetricDataQueries=[first, query], **times)

    second = {"Id": "second", "MetricStat": stat()}
    assert other_than(ask, second, QUERY) == []
    neither = "The parameter MetricDataQueries.member.2.MetricStat is required.\n"
    assert other_than(ask, {"Id": "second"}, [({}, INVALID, neither)]) == []
    label = "Label='${LAST}' is to be filled in by CloudWatch, which minicloud does not do: give a plain label"
    for more, text in (({"AccountId": "123456789012"}, OTHERS.format("GetMetricData")), ({"Label": "${LAST}"}, label)):
        assert said(ask, {**second, **more}) == text
    many = [{"Id": f"q{number}", "MetricStat": stat()} for number in range(501)]
    points = "The parameter MaxDatapoints must be between 1 and 100800."
    rows: list[Row] = [
        ({"EndTime": START}, INVALID, "The parameter StartTime must not equal parameter EndTime."),
        ({"EndTime": START + timedelta(milliseconds=900)}, INVALID,
         "The parameter StartTime must not equal parameter EndTime."),
        ({"EndTime": START - HOUR}, INVALID, "The parameter EndTime must be greater than StartTime."),
        ({"MaxDatapoints": 0}, INVALID, points),
        ({"MaxDatapoints": 100_801}, INVALID, points),
        ({"NextToken": "x"}, "InvalidNextToken", "The value x for parameter NextToken is invalid."),
        ({"MetricDataQueries": []}, INVALID, "The collection MetricDataQueries must not be empty."),
        ({"MetricDataQueries": many}, INVALID,
         "The collection MetricDataQueries must not have a size greater than 500."),
        ({"MetricDataQueries": [{**first, "ReturnData": False}]}, INVALID,
         "At least one query must have ReturnData set to true."),
    ]  # fmt: skip
    usual = {"MetricDataQueries": [first], **times}
    assert other_than(cloudwatch.get_metric_data, usual, rows) == []
    taken = [{"MaxDatapoints": 1}, {"MaxDatapoints": 100_800}, {"MetricDataQueries": many[:500]}]
    assert refused(cloudwatch.get_metric_data, usual, taken) == []
    rows = [({"NextToken": "x"}, VALUE, "Request parameter NextToken is invalid.")]
    assert other_than(cloudwatch.list_metrics, {}, rows) == []
    for others in ({"OwningAccount": "210987654321"}, {"IncludeLinkedAccounts": True}):
        assert said(cloudwatch.list_metrics, others) == OTHERS.format("ListMetrics")
    taken = [{"OwningAccount": "123456789012"}, {"IncludeLinkedAccounts": False}]
    assert refused(cloudwatch.list_metrics, {}, taken) == []


HOW = {"AlarmName": "deep", "EvaluationPeriods": 1, "Threshold": 3, "ComparisonOperator": "GreaterThanThreshold"}
ON_ONE = {**HOW, "Namespace": "app", "MetricName": "m", "Period": 60}
ALARM: list[Row] = [
    ({"Period": 70}, INVALID, "Period must be 10, 20, 30 or a multiple of 60"),
    ({"Period": 600, "EvaluationPeriods": 145}, INVALID,
     "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400)."),
    ({"Period": 3600, "EvaluationPeriods": 169}, INVALID,
     "Metrics cannot be checked across more than a week (EvaluationPeriods * Period must be <= 604800)."),
    ({"DatapointsToAlarm": 2}, INVALID,
     "The parameter DatapointsToAlarm must be less than or equal to EvaluationPeriods."),
    ({"TreatMissingData": "x"}, INVALID,
     "The value x is not supported for TreatMissingData parameter. Supported values are [breaching, notBreaching, "
     "ignore, missing]."),
    ({"EvaluateLowSampleCountPercentile": "x"}, INVALID,
     "Option x is not supported. Supported options for parameter EvaluateLowSampleCountPercentile are evaluate and "
     "ignore."),
    ({"EvaluateLowSampleCountPercentile": "ignore"}, INVALID,
     "EvaluateLowSampleCountPercentile is for alarms on percentiles only."),
    ({"ExtendedStatistic": "p99"}, BOTH, "Exactly one of Statistic and ExtendedStatistic must be specified."),
    ({"Metrics": [{"Id": "m", "MetricStat": stat()}]}, INVALID,
     "Exactly one of the parameters MetricName and Metrics must be specified."),
    ({"Dimensions": [OTHER, OTHER]}, VALUE, "The parameter Dimensions has the dimension a more than once."),
    *(
        ({name: [arn]}, INVALID, f"Invalid arn syntax: {arn}")
        for name in ("OKActions", "AlarmActions", "InsufficientDataActions")
        for arn in ("x", "a:aws:sns:us-east-1:123456789012:t", "arn:aws:sns:us-east-1:123456789012:", "arn:aws:sns:x:t")
    ),
]  # fmt: skip
NOT_DONE: list[tuple[dict[str, Any], str]] = [
    ({"ComparisonOperator": "LessThanLowerThreshold"}, "anomaly detection band: give a Threshold"),
    ({"ComparisonOperator": "GreaterThanUpperThreshold"}, "anomaly detection band: give a Threshold"),
    ({"ThresholdMetricId": "m"}, "anomaly detection band: give a Threshold"),
    ({"AlarmActions": ["arn:aws:automate:us-east-1:ec2:stop"]}, "is an action that minicloud cannot take"),
    ({"AlarmActions": ["arn:aws:autoscaling:us-east-1:123456789012:other"]}, "is an action that minicloud cannot take"),
    ({"ExtendedStatistic": "tm90"}, "does not compute the statistic 'tm90'"),
]


def test_alarms_on_a_metric(cloud: minicloud.Cloud, cloudwatch: Any) -> None:
    put, usual = cloudwatch.put_metric_alarm, {**ON_ONE, "Statistic": "Sum"}
    assert other_than(put, usual, ALARM) == []
    ours = cloud.client("cloudwatch").put_metric_alarm  # older releases of botocore ask for periods themselves
    for name, call in (("EvaluationPeriods", ours), ("Namespace", put), ("Period", put), ("Threshold", put)):
        without = {key: value for key, value in usual.items() if key != name}
        assert other_than(call, without, [({}, MISSING, f"The parameter {name} is required.")]) == []
    extended = "The value p101 for parameter ExtendedStatistic is not supported."
    one_of_two = "Exactly one of Statistic and ExtendedStatistic must be specified."
    rows: list[Row] = [({"ExtendedStatistic": "p101"}, VALUE, extended), ({}, BOTH, one_of_two)]
    assert other_than(put, ON_ONE, rows) == []
    for more, text in NOT_DONE:
        assert text in said(put, {**(ON_ONE if "ExtendedStatistic" in more else usual), **more}), more
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []
    taken = [
        *({"Period": period} for period in (10, 20, 30, 120)),
        {"Period": 600, "EvaluationPeriods": 144},
        {"Period": 3600, "EvaluationPeriods": 168},
        {"EvaluationPeriods": 2, "DatapointsToAlarm": 2},
        *({"TreatMissingData": word} for word in ("breaching", "notBreaching", "ignore", "missing")),
        {"InsufficientDataActions": ["arn:aws:sns:us-east-1:123456789012:t"]},
        {"OKActions": ["arn:aws:lambda:us-east-1:123456789012:function:f"]},
    ]
    assert refused(put, usual, taken) == []
    words = [{"ExtendedStatistic": "p50", "EvaluateLowSampleCountPercentile": word} for word in ("evaluate", "ignore")]
    assert refused(put, ON_ONE, words) == []


@pytest.mark.modelled("cloudwatch.PutMetricAlarm.EvaluationCriteria", "cloudwatch.PutMetricAlarm.EvaluationWindow")
def test_ways_of_evaluation_that_are_not_done(cloudwatch: Any) -> None:
    query = {"PromQLCriteria": {"Query": "up"}}
    told = {"AlarmTagsPropagation": {"Enabled": True}}
    for more, text in (
        ({"EvaluationCriteria": query}, "does not evaluate alarms on PromQL: give MetricName or Metrics"),
        (
            {"WarmUpConfiguration": {"WarmUpPeriodDurationInMinutes": 1}},
            "in windows of their own: leave EvaluationWindow",
        ),
        ({"EvaluationInterval": 60}, "in windows of their own: leave EvaluationWindow, WarmUpConfiguration and"),
        ({"ActionConfiguration": told}, "tells no tags of alarms in notifications: leave ActionConfiguration out"),
    ):
        assert text in said(cloudwatch.put_metric_alarm, {**ON_ONE, "Statistic": "Sum", **more})
    rule = {"AlarmName": "c", "AlarmRule": "TRUE", "ActionConfiguration": told}
    assert "tells no tags of alarms" in said(cloudwatch.put_composite_alarm, rule)


def test_alarms_on_several(cloudwatch: Any) -> None:
    def query(id_: str, **members: Any) -> dict[str, Any]:
        return {"Id": id_, "MetricStat": stat(**members), "ReturnData": False}

    def total(*queries: dict[str, Any]) -> dict[str, Any]:
        names = ", ".join(one["Id"] for one in queries)
        return {"Metrics": [*queries, {"Id": "e", "Expression": f"SUM([{names}])"}]}

    many = [query(f"m{number}") for number in range(11)]
    one = total(query("m"))
    returned = "Exactly one element of the Metrics list must have ReturnData set to true."
    rows: list[Row] = [
        (total(*many), INVALID, "An alarm cannot be based on more than 10 metrics."),
        ({"Metrics": [query("m")]}, INVALID, returned),
        ({"Metrics": [{**query("m"), "ReturnData": True}, *total(query("n"))["Metrics"]]}, INVALID, returned),
        (total(query("m"), query("n", Period=120)), INVALID,
         "All metrics of the Metrics list must have the same Period."),
        ({"Metrics": [query("m"), {"Id": "e", "Expression": "[m, m * 2]"}]}, INVALID,
         "The element of the Metrics list that has ReturnData set to true must be a single time series."),
        (total(query("m", Period=5)), INVALID, "Period must be 10, 20, 30 or a multiple of 60"),
        *(
            ({**one, name: value}, INVALID, f"The parameter {name} must not be specified together with Metrics.")
            for name, value in {
                "Namespace": "app", "Statistic": "Sum", "ExtendedStatistic": "p50", "Dimensions": [OTHER],
                "Period": 60, "Unit": "Count",
            }.items()
        ),
        (total(query("m", Metric={"Namespace": "app", "MetricName": "m", "Dimensions": [OTHER, OTHER]})), VALUE,
         "The parameter MetricDataQueries.member.1.MetricStat.Metric.Dimensions has the dimension a more than once."),
    ]  # fmt: skip
    assert other_than(cloudwatch.put_metric_alarm, HOW, rows) == []
    assert refused(cloudwatch.put_metric_alarm, HOW, [total(*many[:10]), total(query("m", Period=10))]) == []


def test_alarms_on_alarms(cloudwatch: Any) -> None:
    own_arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:c"
    for name in ("deep", "other"):
        cloudwatch.put_metric_alarm(**{**ON_ONE, "Statistic": "Sum", "AlarmName": name})
    wait, extension = {"ActionsSuppressorWaitPeriod": 0}, {"ActionsSuppressorExtensionPeriod": 0}
    by = {"ActionsSuppressor": "deep"}
    itself = "A composite alarm must not be its own ActionsSuppressor"
    type_ = "An alarm of another type with the name {} exists already."
    rows: list[Row] = [
        ({"AlarmName": "deep"}, INVALID, type_.format("deep")),
        ({"AlarmRule": "ALARM(no) OR OK(deep) OR OK(one)"}, INVALID,
         "Could not save the composite alarm as alarms [no, one] in the alarm rule do not exist"),
        ({"AlarmRule": "ALARM("}, INVALID, "AlarmRule is not valid: ALARM needs the name or the ARN of an alarm"),
        ({"AlarmRule": "ALARM('')"}, INVALID, "AlarmRule is not valid: ALARM needs the name or the ARN of an alarm"),
        ({"AlarmRule": "ALARM deep"}, INVALID, "AlarmRule is not valid: expected ( before deep"),
        (by | extension, INVALID, "ActionsSuppressorWaitPeriod is required when ActionsSuppressor is specified"),
        (by | wait, INVALID, "ActionsSuppressorExtensionPeriod is required when ActionsSuppressor is specified"),
        (wait, INVALID, "ActionsSuppressorWaitPeriod must not be specified without ActionsSuppressor"),
        (extension, INVALID, "ActionsSuppressorExtensionPeriod must not be specified without ActionsSuppressor"),
        (by | extension | {"ActionsSuppressorWaitPeriod": -1}, INVALID,
         "ActionsSuppressorWaitPeriod must not be negative"),
        (wait | extension | {"ActionsSuppressor": "c"}, INVALID, itself),
        (wait | extension | {"ActionsSuppressor": own_arn}, INVALID, itself),
        (wait | extension | {"ActionsSuppressor": "no"}, INVALID, "ActionsSuppressor [no] does not exist"),
        ({"AlarmActions": ["x"]}, INVALID, "Invalid arn syntax: x"),
    ]  # fmt: skip
    usual = {"AlarmName": "c", "AlarmRule": "OK(deep)"}
    assert other_than(cloudwatch.put_composite_alarm, usual, rows) == []
    assert cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"] == []
    taken = [
        by | wait | extension,
        {"AlarmRule": " OR ".join(["TRUE"] * 500)},
        {"AlarmRule": f"OK({own_arn}) OR OK(c)"},
        {"AlarmRule": "OK(deep)", "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:t"]},
    ]
    assert refused(cloudwatch.put_composite_alarm, usual, taken) == []
    policy = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:1:resource/sqs/q:policyName/p"
    assert "cannot take" in said(cloudwatch.put_composite_alarm, {**usual, "AlarmActions": [policy]})
    cloudwatch.put_composite_alarm(AlarmName="d", AlarmRule="TRUE")
    together = "{} must not be specified together with parameters other than MaxRecords and NextToken."
    for call, calls in (
        (cloudwatch.put_metric_alarm, [({**ON_ONE, "Statistic": "Sum", "AlarmName": "c"}, INVALID, type_.format("c"))]),
        (cloudwatch.delete_alarms, [
            ({"AlarmNames": ["c", "d"]}, INVALID,
             "You can delete any number of metric alarms in one operation, but only one composite alarm."),
            ({"AlarmNames": ["no", "none"]}, "ResourceNotFound", "Alarm no does not exist"),
        ]),
        (cloudwatch.describe_alarms, [
            ({"AlarmNames": ["c"], "AlarmNamePrefix": "c"}, BOTH,
             "AlarmNames and AlarmNamePrefix are mutually exclusive."),
            *(
                ({name: "c", **more}, BOTH, together.format(name))
                for name in ("ChildrenOfAlarmName", "ParentsOfAlarmName")
                for more in ({"AlarmNames": ["c"]}, {"AlarmNamePrefix": "c"}, {"AlarmTypes": ["MetricAlarm"]},
                             {"StateValue": "OK"}, {"ActionPrefix": "arn"})
            ),
            ({"ChildrenOfAlarmName": "c", "ParentsOfAlarmName": "c"}, BOTH, together.format("ChildrenOfAlarmName")),
            ({"ChildrenOfAlarmName": "no"}, "ResourceNotFound", ""),
            ({"NextToken": "x"}, "InvalidNextToken", "Invalid NextToken"),
        ]),
        (cloudwatch.describe_alarm_history, [({"NextToken": "x"}, "InvalidNextToken", "Invalid NextToken")]),
    ):  # fmt: skip
        assert other_than(call, {}, calls) == []
    assert refused(cloudwatch.delete_alarms, {}, [{"AlarmNames": ["no", "c", "deep", "other"]}]) == []


def test_tags(cloudwatch: Any) -> None:
    arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:deep"
    tags = [{"Key": str(number), "Value": ""} for number in range(51)]
    cloudwatch.put_metric_alarm(**ON_ONE, Statistic="Sum", Tags=tags[:49])
    many = "The number of tags exceeds the limit of 50."
    rows: list[Row] = [
        ({"Tags": [{"Key": "AWS:x", "Value": ""}]}, VALUE,
         "The tag key AWS:x is reserved: it must not begin with aws:"),
        ({"Tags": tags}, VALUE, many),
        ({"Tags": tags[49:]}, VALUE, many),
        ({"ResourceARN": "deep"}, VALUE, "Invalid resource ARN: deep"),
        ({"ResourceARN": f"{arn}er"}, "ResourceNotFoundException", "The named resource does not exist."),
    ]  # fmt: skip
    assert other_than(cloudwatch.tag_resource, {"ResourceARN": arn, "Tags": []}, rows) == []
    assert refused(cloudwatch.tag_resource, {"ResourceARN": arn}, [{"Tags": tags[:50]}]) == []
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags[:50]
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["nobody", *(tag["Key"] for tag in tags[2:])])
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags[:2]
    cloudwatch.put_metric_alarm(**ON_ONE, Statistic="Sum", Tags=[{"Key": "new", "Value": "v"}])
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags[:2]  # only what makes an alarm has tags
