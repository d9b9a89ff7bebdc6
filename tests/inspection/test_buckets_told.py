"""Whom a bucket did not tell of its objects, and why: in what a failed test is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import minicloud
from minicloud.inspection.report import report

CREATED, REMOVED = "s3:ObjectCreated:*", "s3:ObjectRemoved:*"


@pytest.fixture
def cloud() -> Iterator[minicloud.Cloud]:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as made:
        made.client("s3").create_bucket(Bucket="photos")
        yield made


def tells(cloud: minicloud.Cloud, *entries: tuple[str, str, dict[str, str]], **more: Any) -> None:
    """Have the bucket tell queues of these names of these events, of keys that pass these filters."""
    given = []
    for name, event, rules in entries:
        cloud.client("sqs").create_queue(QueueName=name)
        filters = [{"Name": kind, "Value": value} for kind, value in rules.items()]
        arn = cloud.queue(name).arn
        given.append({"QueueArn": arn, "Events": [event], "Filter": {"Key": {"FilterRules": filters}}})
    configuration: Any = {"QueueConfigurations": given, **more}
    cloud.client("s3").put_bucket_notification_configuration(Bucket="photos", NotificationConfiguration=configuration)


def put(cloud: minicloud.Cloud, *keys: str) -> None:
    for key in keys:
        cloud.client("s3").put_object(Bucket="photos", Key=key, Body=b"")


def lines(cloud: minicloud.Cloud) -> list[str]:
    return [line for line in report(list(cloud.trace)).splitlines() if "was told of none" in line or "saw no" in line]


def test_a_filter_that_no_key_passes(cloud: minicloud.Cloud) -> None:
    tells(cloud, ("slash", CREATED, {"prefix": "/in/"}), ("csv", CREATED, {"prefix": "in/", "suffix": ".csv"}))
    assert lines(cloud) == []
    put(cloud, "in/a.txt", "in/b.txt")
    assert lines(cloud) == [
        "queue slash was told of none of 2 changes in photos: in/b.txt does not begin with '/in/'; keys have no slash "
        "before them",
        "queue csv was told of none of 2 changes in photos: in/b.txt does not end with '.csv'",
    ]
    put(cloud, "in/c.csv")
    assert ["slash" in line for line in lines(cloud)] == [True]


def test_another_event_than_those_that_happened(cloud: minicloud.Cloud) -> None:
    tells(cloud, ("gone", REMOVED, {}))
    put(cloud, "a")
    assert lines(cloud) == [
        "queue gone was told of none of 1 change in photos: it asks for s3:ObjectRemoved:*, and this was "
        "s3:ObjectCreated:Put"
    ]
    tells(cloud, ("gone", REMOVED, {}), ("come", CREATED, {}))
    assert lines(cloud) == []  # what came before a configuration is not its business
    put(cloud, "b")
    assert lines(cloud) == []  # one is told, as it should be, and nothing was removed


def test_only_the_first_are_told(cloud: minicloud.Cloud) -> None:
    tells(cloud, *((f"q{number}", CREATED, {"prefix": f"{number}/"}) for number in range(8)))
    put(cloud, "x")
    told = [line for line in report(list(cloud.trace)).splitlines() if "does not begin with" in line]
    assert len(told) == 5
    assert "… and 3 more in the same way" in report(list(cloud.trace))


def test_a_rule_for_a_bucket_that_does_not_tell_eventbridge(cloud: minicloud.Cloud) -> None:
    events = cloud.client("events")
    for name, pattern in (
        ("all", {"source": ["aws.s3"]}),
        ("named", {"source": ["aws.s3"], "detail": {"bucket": {"name": ["photos"]}}}),
        ("of another", {"source": ["aws.s3"], "detail": {"bucket": {"name": ["films"]}}}),
        ("none of S3", {"source": ["shop"]}),
    ):
        events.put_rule(Name=name.replace(" ", "-"), EventPattern=json.dumps(pattern))
    assert lines(cloud) == []
    put(cloud, "a")
    assert lines(cloud) == [
        f"rule {name} saw no event of S3: bucket photos tells EventBridge of nothing without "
        "EventBridgeConfiguration={} in its notification configuration"
        for name in ("all", "named")
    ]
    tells(cloud, EventBridgeConfiguration={})
    put(cloud, "b")
    assert lines(cloud) == []


def test_events_for_buses_that_there_are_not(cloud: minicloud.Cloud) -> None:
    events = cloud.client("events")
    event: Any = {"Source": "shop", "DetailType": "placed", "Detail": "{}"}

    def told(*buses: str) -> list[str]:
        events.put_events(Entries=[{**event, "EventBusName": bus} for bus in buses])
        return [line for line in report(list(cloud.trace)).splitlines() if line.startswith(("1 ", "2 ", "… and"))]

    assert told("default") == []
    assert told("Default") == ["1 event went nowhere: there was no bus Default; did you mean default?"]
    events.create_event_bus(Name="orders")
    assert told("ordrs", "ordrs", "x")[1:] == [
        "2 events went nowhere: there was no bus ordrs; did you mean orders?",
        "1 event went nowhere: there was no bus x",
    ]
    assert told("a", "b")[5:] == []
    assert told("c")[5:] == ["… and 1 more in the same way"]


def test_a_rule_on_another_bus_than_the_event(cloud: minicloud.Cloud) -> None:
    events = cloud.client("events")
    events.create_event_bus(Name="shop")
    events.put_rule(Name="placed", EventBusName="shop", EventPattern='{"source": ["shop"]}')
    event: Any = {"Source": "shop", "DetailType": "placed", "Detail": "{}"}
    events.put_events(Entries=[event])
    assert lines(cloud) == ["rule placed of shop saw no event: what no rule has matched went to default"]
    events.put_rule(Name="own", EventPattern='{"source": ["shop"]}')
    events.put_events(Entries=[event])
    assert lines(cloud) == []
