"""Calls with the machine's time on a clock of the cloud's own: the report of a failed test says what they missed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import minicloud
from minicloud.inspection.report import section

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
START = "2026-01-01 00:00:00"
STANDS = (
    "the cloud's clock stands at {}: use cloud.clock.now(), or a clock that begins now, "
    "clock=VirtualClock(datetime.now(timezone.utc)) (in pytest's ini file, minicloud_clock_start = now)"
)
LOG = {"logGroupName": "app", "logStreamName": "web"}
METRIC: dict[str, Any] = {"Namespace": "shop", "MetricName": "Orders", "Dimensions": [{"Name": "env", "Value": "test"}]}


@pytest.fixture
def cloud() -> Iterator[minicloud.Cloud]:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as made:
        yield made


def lines(cloud: minicloud.Cloud) -> list[str]:
    """The part of the report; its last line is the same in every one."""
    parts = section(cloud, list(cloud.trace))[1].split("\n\n")
    found = [part.splitlines() for part in parts if "\nthe cloud's clock stands at" in part]
    if not found:
        return []
    ((*told, last),) = found
    assert last == STANDS.format(f"{cloud.clock.now():%Y-%m-%d %H:%M:%S}")
    return told


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def log(cloud: minicloud.Cloud, *moments: datetime) -> Any:
    """Make the log stream, and put an event of each time."""
    logs = cloud.client("logs")
    if not logs.describe_log_groups()["logGroups"]:
        logs.create_log_group(logGroupName="app")
        logs.create_log_stream(**LOG)
    if moments:
        logs.put_log_events(**LOG, logEvents=[{"timestamp": milliseconds(one), "message": "x"} for one in moments])
    return logs


def put(cloud: minicloud.Cloud) -> Any:
    cloudwatch = cloud.client("cloudwatch")
    datum = {**METRIC, "Value": 3}
    cloudwatch.put_metric_data(Namespace=datum.pop("Namespace"), MetricData=[datum])
    return cloudwatch


def ask(cloudwatch: Any, start: datetime, end: datetime, **more: Any) -> None:
    given: Any = {**METRIC, "StartTime": start, "EndTime": end, "Period": 60, "Statistics": ["Sum"], **more}
    cloudwatch.get_metric_statistics(**given)


def test_log_events_that_were_rejected(cloud: minicloud.Cloud) -> None:
    log(cloud, cloud.clock.now(), NOW - HOUR, NOW)
    log(cloud, NOW)
    assert lines(cloud) == [
        f"log stream web of app rejected 3 of 4 events as too new: of {shown(NOW - HOUR)} to {shown(NOW)}"
    ]


def test_log_events_on_a_clock_ahead_of_the_machine() -> None:
    with minicloud.Cloud(clock=minicloud.VirtualClock(NOW + 300 * 24 * HOUR), trace=True) as cloud:
        log(cloud, NOW)
        assert lines(cloud) == [f"log stream web of app rejected 1 of 1 event as too old: of {shown(NOW)}"]


def test_log_events_that_are_taken_and_those_a_test_means(cloud: minicloud.Cloud) -> None:
    log(cloud, cloud.clock.now())
    log(cloud, cloud.clock.now() + 3 * HOUR)
    log(cloud, cloud.clock.now() - 15 * 24 * HOUR)
    assert lines(cloud) == []
    with minicloud.Cloud(clock=minicloud.VirtualClock(NOW + 3 * 24 * HOUR), trace=True) as other:
        log(other, NOW)  # three days are not too old
        assert lines(other) == []


def test_samples_that_were_missed(cloud: minicloud.Cloud) -> None:
    cloudwatch = put(cloud)
    asked = (
        f"metric shop Orders (env=test): asked for {shown(NOW - HOUR)} to {shown(NOW)}, and its samples are of {START}"
    )
    ask(cloudwatch, NOW - 2 * HOUR, NOW)
    ask(cloudwatch, NOW - HOUR, NOW)  # the latest call is told of
    assert lines(cloud) == [asked]
    cloud.clock.advance(120)
    put(cloud)
    assert lines(cloud) == [f"{asked} to 2026-01-01 00:02:00"]


def test_samples_that_get_metric_data_missed(cloud: minicloud.Cloud) -> None:
    cloudwatch = put(cloud)
    other = {**METRIC, "MetricName": "Refunds"}
    queries = [
        {"Id": f"q{number}", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
        for number, metric in enumerate((METRIC, other))  # of the other there is no sample at any time
    ]
    cloudwatch.get_metric_data(
        MetricDataQueries=[*queries, {"Id": "sum", "Expression": "q0 + q1"}], StartTime=NOW - HOUR, EndTime=NOW
    )
    assert lines(cloud) == [
        f"metric shop Orders (env=test): asked for {shown(NOW - HOUR)} to {shown(NOW)}, and its samples are of {START}"
    ]


def test_samples_of_a_service(cloud: minicloud.Cloud) -> None:
    cloudwatch = put(cloud)
    sqs = cloud.client("sqs")
    sqs.send_message(QueueUrl=sqs.create_queue(QueueName="jobs")["QueueUrl"], MessageBody="x")
    of_queue = {"Namespace": "AWS/SQS", "MetricName": "NumberOfMessagesSent"}
    ask(cloudwatch, NOW - HOUR, NOW, **of_queue, Dimensions=[{"Name": "QueueName", "Value": "jobs"}])
    (line,) = lines(cloud)
    assert line.startswith("metric AWS/SQS NumberOfMessagesSent (QueueName=jobs): asked for ")


def test_samples_that_were_not_missed_for_the_time(cloud: minicloud.Cloud) -> None:
    cloudwatch = put(cloud)
    now = cloud.clock.now()
    ask(cloudwatch, now - HOUR, now + HOUR)
    ask(cloudwatch, now - HOUR, NOW, Period=30 * 24 * 3600)  # the cloud's time is in between
    ask(cloudwatch, now + 3 * HOUR, now + 4 * HOUR)  # wrong, but it is no time of the machine's
    ask(cloudwatch, NOW - 72 * HOUR, NOW - 48 * HOUR, Period=3600)
    ask(cloudwatch, NOW - HOUR, NOW, MetricName="Refunds")  # there are none
    ask(cloudwatch, NOW - HOUR, NOW, Dimensions=[])
    assert lines(cloud) == []


def test_samples_of_both_times() -> None:
    with minicloud.Cloud(clock=minicloud.VirtualClock(NOW), trace=True) as cloud:
        cloudwatch = put(cloud)
        cloud.clock.advance(timedelta(days=30))
        ask(cloudwatch, NOW - HOUR, NOW + HOUR)
        assert lines(cloud) == []  # they were found


def test_logged_events_that_were_missed(cloud: minicloud.Cloud) -> None:
    logs = log(cloud, cloud.clock.now())
    logs.get_log_events(**LOG, startTime=milliseconds(NOW - HOUR))
    since = f"log group app: asked for {shown(NOW - HOUR)} "
    assert lines(cloud) == [f"{since}and later, and its events are of {START}"]
    logs.filter_log_events(logGroupName="app", startTime=milliseconds(NOW - HOUR), endTime=milliseconds(NOW))
    assert lines(cloud) == [f"{since}to {shown(NOW)}, and its events are of {START}"]


@pytest.mark.parametrize(
    ("streams", "is_told"),
    [
        ({"logStreamNamePrefix": "w"}, True),
        ({"logStreamNames": ["web"]}, True),
        ({"logStreamNamePrefix": "x"}, False),
        ({"logStreamNames": ["idle"]}, False),
    ],
)
def test_streams_of_which_some_are_searched(cloud: minicloud.Cloud, streams: Any, is_told: bool) -> None:
    logs = log(cloud, cloud.clock.now())
    logs.create_log_stream(logGroupName="app", logStreamName="idle")
    logs.filter_log_events(logGroupName="app", startTime=milliseconds(NOW), **streams)
    assert bool(lines(cloud)) is is_told


def test_logged_events_that_were_not_missed_for_the_time(cloud: minicloud.Cloud) -> None:
    logs = log(cloud)
    logs.get_log_events(**LOG, startTime=milliseconds(NOW))  # nothing has been logged yet
    cloud.clock.advance(1)
    now = cloud.clock.now()
    log(cloud, now)
    logs.get_log_events(**LOG)
    logs.get_log_events(**LOG, endTime=milliseconds(NOW))
    logs.get_log_events(**LOG, startTime=milliseconds(now), endTime=milliseconds(NOW))
    logs.filter_log_events(logGroupName="app", startTime=milliseconds(now + HOUR), endTime=milliseconds(now + 2 * HOUR))
    assert lines(cloud) == []


@pytest.mark.parametrize("clock", ["real", minicloud.VirtualClock(NOW)])
def test_a_clock_that_says_what_the_machine_does(clock: Any) -> None:
    with minicloud.Cloud(clock=clock, trace=True) as cloud:
        cloudwatch, logs = put(cloud), log(cloud, NOW + 30 * HOUR)
        log(cloud, NOW)
        ask(cloudwatch, NOW - 40 * HOUR, NOW - 30 * HOUR)
        logs.get_log_events(**LOG, startTime=milliseconds(NOW + 30 * HOUR))
        assert lines(cloud) == []


def test_a_frozen_clock_and_many_lines() -> None:
    with minicloud.Cloud(clock="frozen", trace=True) as cloud:
        cloudwatch = cloud.client("cloudwatch")
        for number in range(7):
            name = f"M{number}"
            cloudwatch.put_metric_data(Namespace="shop", MetricData=[{"MetricName": name, "Value": 1}])
            ask(cloudwatch, NOW - HOUR, NOW, MetricName=name, Dimensions=[])
        told = lines(cloud)
        assert (len(told), told[-1]) == (6, "… and 2 more in the same way")
