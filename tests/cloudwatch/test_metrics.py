"""Metrics that clients put: PutMetricData, ListMetrics, GetMetricStatistics, tags."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import minicloud
from tests.support.ways import error_class

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def put(cloudwatch: Any, *values: Any, **members: Any) -> None:
    data = [{"MetricName": "m", "Value": value, **members} for value in values]
    cloudwatch.put_metric_data(Namespace="app", MetricData=data)


def statistics(cloudwatch: Any, *names: str, **members: Any) -> list[dict[str, Any]]:
    times = {"StartTime": START - 10 * MINUTE, "EndTime": START + 10 * MINUTE, "Period": 60}
    kind = "ExtendedStatistics" if names[0].startswith("p") else "Statistics"
    asked = {"Namespace": "app", "MetricName": "m", **times, kind: list(names), **members}
    answer = cloudwatch.get_metric_statistics(**asked)
    assert answer["Label"] == "m"
    points: list[dict[str, Any]] = answer["Datapoints"]
    return points


def refused(call: Any, **params: Any) -> tuple[str, str]:
    with pytest.raises(error_class("ClientError")) as caught:
        call(**params)
    error = caught.value.response["Error"]  # type: ignore[attr-defined]
    return error["Code"], error["Message"]


def test_samples_come_together_by_the_minute(cloudwatch: Any) -> None:
    put(cloudwatch, 3, 5, Unit="Count")
    put(cloudwatch, 1, Unit="Count", Timestamp=START - timedelta(seconds=1))
    values = {"MetricName": "m", "Values": [1, 10], "Counts": [2, 4], "Unit": "Count", "Timestamp": START - 3 * MINUTE}
    whole = {"SampleCount": 2, "Sum": 7, "Minimum": 3, "Maximum": 4}
    cloudwatch.put_metric_data(
        Namespace="app", MetricData=[values, {"MetricName": "m", "StatisticValues": whole, "Unit": "Count"}]
    )
    assert statistics(cloudwatch, "SampleCount", "Sum", "Minimum", "Maximum", "Average") == [
        {"Timestamp": at, "SampleCount": count, "Average": average, "Sum": total, "Minimum": low, "Maximum": high,
         "Unit": "Count"}
        for at, count, average, total, low, high in [
            (START - 3 * MINUTE, 6, 7, 42, 1, 10), (START - MINUTE, 1, 1, 1, 1, 1), (START, 4, 3.75, 15, 3, 5),
        ]
    ]  # fmt: skip
    assert [point["Sum"] for point in statistics(cloudwatch, "Sum", Period=300)] == [42 + 1, 15]
    assert statistics(cloudwatch, "Sum", Unit="Bytes") == []
    assert statistics(cloudwatch, "Sum", Dimensions=[{"Name": "a", "Value": "b"}]) == []
    assert statistics(cloudwatch, "Sum", EndTime=START)[-1]["Timestamp"] == START - MINUTE  # the end is not included


def test_percentiles(cloudwatch: Any) -> None:
    put(cloudwatch, *range(1, 101))
    (point,) = statistics(cloudwatch, "p0", "p50", "p99", "p99.9", "p100")
    assert point["ExtendedStatistics"] == {"p0": 1, "p50": 50, "p99": 99, "p99.9": 100, "p100": 100}
    put(cloudwatch, -1)  # there are no percentiles of negative values
    assert statistics(cloudwatch, "p50") == []
    whole = {"SampleCount": 2, "Sum": 8, "Minimum": 4, "Maximum": 4}
    cloudwatch.put_metric_data(
        Namespace="app", MetricData=[{"MetricName": "m", "StatisticValues": whole, "Timestamp": START - MINUTE}]
    )
    assert statistics(cloudwatch, "p50")[0]["ExtendedStatistics"] == {"p50": 4}
    for number, (values, sets, expected) in enumerate(
        [
            ([0, 2], [], [{"p50": 0}]),  # nothing is not negative
            ([1], [{**whole, "Minimum": 3, "Maximum": 5}], []),  # what was between is not known
            ([1], [whole, {**whole, "SampleCount": 3, "Sum": 9, "Minimum": 3, "Maximum": 3}], [{"p50": 3}]),
            ([5], [whole], [{"p50": 4}]),
        ]
    ):
        name = f"m{number}"
        data: list[Any] = [{"MetricName": name, "Value": value} for value in values]
        data += [{"MetricName": name, "StatisticValues": one} for one in sets]
        cloudwatch.put_metric_data(Namespace="app", MetricData=data)
        found = cloudwatch.get_metric_statistics(
            Namespace="app", MetricName=name, Period=60, ExtendedStatistics=["p50"],
            StartTime=START - MINUTE, EndTime=START + MINUTE,
        )["Datapoints"]  # fmt: skip
        assert [point["ExtendedStatistics"] for point in found] == expected, name
    with pytest.raises(minicloud.UsageError, match="does not compute the statistic 'tm90'"):
        statistics(cloudwatch, "p50", ExtendedStatistics=["tm90"])


def test_high_resolution(cloudwatch: Any) -> None:
    for second in (0, 1, 31):
        put(cloudwatch, second, StorageResolution=1, Timestamp=START + timedelta(seconds=second))
    points = statistics(cloudwatch, "Sum", Period=1, StartTime=START, EndTime=START + MINUTE)
    assert [point["Timestamp"].second for point in points] == [0, 1, 31]
    points = statistics(cloudwatch, "Sum", Period=30, StartTime=START, EndTime=START + MINUTE)
    assert [(point["Timestamp"].second, point["Sum"]) for point in points] == [(0, 1), (30, 31)]
    assert [point["Sum"] for point in statistics(cloudwatch, "Sum")] == [32]


def test_metrics_are_listed(cloudwatch: Any, cloud: Any) -> None:
    pairs = [{"Name": "b", "Value": "2"}, {"Name": "a", "Value": "1"}]
    put(cloudwatch, 1, Dimensions=pairs)
    put(cloudwatch, 1)
    put(cloudwatch, 1, Timestamp=START - timedelta(hours=5), MetricName="old")
    one = {"Namespace": "app", "MetricName": "m", "Dimensions": sorted(pairs, key=lambda pair: pair["Name"])}
    other, old = {**one, "Dimensions": []}, {**one, "Dimensions": [], "MetricName": "old"}
    assert cloudwatch.list_metrics(Namespace="app")["Metrics"] == [other, one, old]
    assert cloudwatch.list_metrics(MetricName="m", Dimensions=[{"Name": "b"}])["Metrics"] == [one]
    assert cloudwatch.list_metrics(Dimensions=[{"Name": "b", "Value": "1"}])["Metrics"] == []
    assert cloudwatch.list_metrics(Namespace="app", RecentlyActive="PT3H")["Metrics"] == [other, one]
    data = [{"MetricName": f"n{number:03}", "Value": 1} for number in range(600)]
    cloudwatch.put_metric_data(Namespace="many", MetricData=data)
    first = cloudwatch.list_metrics(Namespace="many")
    second = cloudwatch.list_metrics(Namespace="many", NextToken=first["NextToken"])
    names = [metric["MetricName"] for metric in first["Metrics"] + second["Metrics"]]
    assert names == [datum["MetricName"] for datum in data]
    assert len(first["Metrics"]) == 500
    assert "NextToken" not in second
    cloud.clock.advance(15 * 24 * 3600)
    assert cloudwatch.list_metrics(Namespace="many")["Metrics"] == []


def test_how_long_a_metric_is_listed(cloudwatch: Any, cloud: Any) -> None:
    """For two weeks after its last sample, as a recent one for three hours. [CloudWatch API: ListMetrics]

    What minicloud knows of a sample is its minute.
    """
    cloud.clock.advance(59)
    put(cloudwatch, 1)
    last = cloud.clock.now()
    for hours, asked in ((3, {"RecentlyActive": "PT3H"}), (14 * 24, {})):
        cloud.clock.advance_to(last + timedelta(hours=hours))
        assert len(cloudwatch.list_metrics(Namespace="app", **asked)["Metrics"]) == 1
        cloud.clock.advance(2)
        assert cloudwatch.list_metrics(Namespace="app", **asked)["Metrics"] == []


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({}, "MissingParameter", "At least one of the parameters MetricData.member.1.Value, MetricData.member.1.Values or"),
    ({"Value": 1, "Values": [1]}, "InvalidParameterCombination", "The parameters MetricData.member.1.Value and Metric"),
    ({"Values": [1], "Counts": [1, 2]}, "InvalidParameterValue", "The parameters MetricData.member.1.Values and Metr"),
    ({"Values": [1], "Counts": [-1]}, "InvalidParameterValue", "The value -1"),
    ({"Value": 2.0**361}, "InvalidParameterValue", "The value 4.69"),
    ({"Value": 1, "StorageResolution": 5}, "InvalidParameterValue", "The value 5 for parameter MetricData.member.1.St"),
    ({"Value": 1, "Timestamp": START - timedelta(days=15)}, "InvalidParameterValue", "The parameter MetricData.membe"),
    ({"Value": 1, "Timestamp": START + timedelta(hours=3)}, "InvalidParameterValue", "The parameter MetricData.membe"),
    ({"Value": 1, "Unit": "Apples"}, "ValidationError", "1 validation error detected: Value 'Apples' at 'metricData.1"),
    (
        {"Value": 1, "Dimensions": [{"Name": "a", "Value": "1"}, {"Name": "a", "Value": "2"}]},
        "InvalidParameterValue",
        "The parameter MetricData.member.1.Dimensions has the dimension a more than once.",
    ),
    ({"Value": 1, "MetricName": "é"}, "InvalidParameterValue", "The parameter MetricData.member.1.MetricName must con"),
    (
        {"Value": 1, "Dimensions": [{"Name": "a", "Value": "a\nb"}]},
        "InvalidParameterValue",
        "The parameter MetricData.member.1.Dimensions.member.1.Value must contain only printable ASCII characters.",
    ),
    ({"Value": 1, "Dimensions": [{"Name": " ", "Value": "a"}]}, "InvalidParameterValue", "The parameter MetricData.m"),
]  # fmt: skip


def test_what_is_not_put(cloudwatch: Any) -> None:
    for members, code, message in REFUSED:
        data = [{"MetricName": "m", **members}, {"MetricName": "n", "Value": 1}]
        found = refused(cloudwatch.put_metric_data, Namespace="app", MetricData=data)
        assert found[0] == code
        assert found[1].startswith(message)
    assert cloudwatch.list_metrics()["Metrics"] == []  # all or nothing


def test_other_refusals(cloudwatch: Any) -> None:
    data = [{"MetricName": "m", "Value": 1}]
    text = "The value AWS/SQS for parameter Namespace is invalid."
    assert refused(cloudwatch.put_metric_data, Namespace="AWS/SQS", MetricData=data) == ("InvalidParameterValue", text)
    text = "The collection MetricData must not have a size greater than 1000."
    assert refused(cloudwatch.put_metric_data, Namespace="a", MetricData=data * 1001)[1] == text
    asked = {"Namespace": "a", "MetricName": "m", "StartTime": START, "EndTime": START + 25 * 60 * MINUTE, "Period": 60}
    many = (
        "You have requested up to 1,500 datapoints, which exceeds the limit of 1,440. You may reduce the datapoints "
        "requested by increasing Period, or decreasing the time range."
    )
    ask = cloudwatch.get_metric_statistics
    assert refused(ask, **asked, Statistics=["Sum"]) == ("InvalidParameterCombination", many)
    text = "The parameter StartTime must be less than the parameter EndTime."
    assert refused(ask, **{**asked, "EndTime": START}, Statistics=["Sum"]) == ("InvalidParameterValue", text)
    assert refused(ask, **asked)[0] == "InvalidParameterCombination"
    assert refused(ask, **{**asked, "Period": 61}, Statistics=["Sum"])[0] == "InvalidParameterValue"
    text = "The value p101 for parameter ExtendedStatistics is not supported."
    assert refused(ask, **asked, ExtendedStatistics=["p101"]) == ("InvalidParameterValue", text)
    arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:nobody"
    assert refused(cloudwatch.list_tags_for_resource, ResourceARN=arn)[0] == "ResourceNotFoundException"


@pytest.mark.modelled("cloudwatch.PutMetricData.StrictEntityValidation")
def test_entities(cloudwatch: Any) -> None:
    data = [{"MetricName": "m", "Value": 1}]
    with pytest.raises(minicloud.UsageError, match="does not keep"):
        cloudwatch.put_metric_data(Namespace="a", MetricData=data, StrictEntityValidation=True)


def test_what_cloudwatch_has_and_minicloud_has_not(cloud: Any) -> None:
    with pytest.raises(minicloud.UsageError, match="there is nobody to look at dashboards here"):
        cloud.client("cloudwatch").put_dashboard(DashboardName="d", DashboardBody="{}")
