"""Mappings and pipes whose filters want nothing of what comes: the report of a failed test says why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import minicloud
from minicloud.inspection.report import report

SOURCE, TARGET = (f"arn:aws:sqs:us-east-1:123456789012:{name}" for name in ("orders", "large"))


@pytest.fixture
def cloud() -> Iterator[minicloud.Cloud]:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as made:
        for name in ("orders", "large"):
            made.client("sqs").create_queue(QueueName=name)
        made.function("bill", lambda *_: None)
        yield made


def filters(*patterns: Any) -> Any:
    return {"Filters": [{"Pattern": json.dumps(pattern)} for pattern in patterns]}


def send(cloud: minicloud.Cloud, *bodies: str) -> None:
    for body in bodies:
        cloud.client("sqs").send_message(QueueUrl=cloud.queue("orders").url, MessageBody=body)


def lines(cloud: minicloud.Cloud) -> list[str]:
    return [line for line in report(list(cloud.trace)).splitlines() if line.startswith("the filters of")]


@pytest.mark.parametrize(
    ("patterns", "body", "why"),
    [
        ([{"body": {"kind": ["book"]}}], '{"kind": "Book"}', '"body.kind" is "Book", which does not meet ["book"] '),
        ([{"body": {"kind": ["book"]}}], "book", "they look into a JSON object, and the body is none"),
        ([{"body": ["book"]}], "books", '"body" is "books", which does not meet ["book"]'),
        ([{"body": {"kind": ["book"]}}], '["book"]', "they look into a JSON object, and the body is none"),
        ([{"body": {"kind": ["book"]}}], "[" * 100_000, "they look into a JSON object, and the body is none"),
        ([{"body": [{"prefix": "{"}]}], "{}", "they want the body to be plain text, and it is JSON"),
        ([{"body": {"a": [1]}}, {"body": {"a": [2]}}], '{"a": 3}', '"body.a" is 3, which does not meet [1]'),
    ],
)
def test_a_mapping(cloud: minicloud.Cloud, patterns: list[Any], body: str, why: str) -> None:
    cloud.client("lambda").create_event_source_mapping(
        EventSourceArn=SOURCE, FunctionName="bill", FilterCriteria=filters(*patterns)
    )
    assert lines(cloud) == []
    send(cloud, body, body)
    (line,) = lines(cloud)
    assert line.startswith(f"the filters of bill wanted none of 2 messages: {why}")
    assert line.endswith(", of the first of 2") == (len(patterns) == 2)


def test_a_mapping_that_the_test_has_made(cloud: minicloud.Cloud) -> None:
    cloud.event_source_mapping("orders", "bill", FilterCriteria=filters({"body": {"kind": ["book"]}}))
    send(cloud, '{"kind": "pen"}')
    assert ["pen" in line for line in lines(cloud)] == [True]
    send(cloud, '{"kind": "book"}')
    assert lines(cloud) == []  # they do want something


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (
            {"tier": {"stringValue": ["gold"]}},
            '"messageAttributes.tier.stringValue" is "silver", which does not meet ["gold"]',
        ),
        (
            {"teir": {"stringValue": ["gold"]}},
            '"messageAttributes.teir.stringValue" is absent, which does not meet ["gold"]',
        ),
        ({"tier": ["gold"]}, '"messageAttributes.tier" is'),
        (
            {"raw": {"binaryValue": ["Yg=="]}},
            '"messageAttributes.raw.binaryValue" is "YQ==", which does not meet ["Yg=="]',
        ),
    ],
)
@pytest.mark.parametrize("body", [{}, {"body": {"kind": ["book"]}}])
def test_message_attributes(cloud: minicloud.Cloud, body: Any, pattern: Any, why: str) -> None:
    cloud.event_source_mapping("orders", "bill", FilterCriteria=filters({"messageAttributes": pattern, **body}))
    cloud.client("sqs").send_message(
        QueueUrl=cloud.queue("orders").url,
        MessageBody='{"kind": "book"}',
        MessageAttributes={
            "tier": {"DataType": "String", "StringValue": "silver"},
            "raw": {"DataType": "Binary", "BinaryValue": b"a"},
        },
    )
    (line,) = lines(cloud)
    assert line.startswith(f"the filters of bill wanted none of 1 message: {why}")


def test_a_message_without_attributes(cloud: minicloud.Cloud) -> None:
    cloud.event_source_mapping("orders", "bill", FilterCriteria=filters({"messageAttributes": {"a": {"b": ["c"]}}}))
    send(cloud, "x")
    (line,) = lines(cloud)
    assert line.startswith('the filters of bill wanted none of 1 message: "messageAttributes.a.b" is absent')


def test_what_the_trace_does_not_have_is_not_explained(cloud: minicloud.Cloud) -> None:
    cloud.event_source_mapping("orders", "bill", FilterCriteria=filters({"attributes": {"SenderId": ["b"]}}))
    send(cloud, "x")
    assert lines(cloud) == []


@pytest.mark.parametrize(
    ("pattern", "data", "why"),
    [
        ({"data": {"kind": ["book"]}}, b'{"kind": "pen"}', '"data.kind" is "pen", which does not meet ["book"]'),
        ({"data": {"kind": ["book"]}}, b"pen", "they look into a JSON object, and the data is none"),
        ({"data": {"kind": ["book"]}}, b"\xff", "they look into a JSON object, and the data is none"),
        ({"partitionKey": ["other"]}, b"pen", '"partitionKey" is "k", which does not meet ["other"]'),
        (
            {"partitionKey": ["other"], "data": {"kind": ["pen"]}},
            b'{"kind": "pen"}',
            '"partitionKey" is "k", which does not meet ["other"]',
        ),
    ],
)
@pytest.mark.parametrize("reader", ["mapping", "consumer", "pipe"])
def test_a_stream(cloud: minicloud.Cloud, reader: str, pattern: Any, data: bytes, why: str) -> None:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    cloud.clock.advance(60)
    arn = "arn:aws:kinesis:us-east-1:123456789012:stream/clicks"
    criteria: Any = filters(pattern)
    name = "bill"
    if reader == "pipe":
        name = "to-large"
        source: Any = {"KinesisStreamParameters": {"StartingPosition": "TRIM_HORIZON"}, "FilterCriteria": criteria}
        role = "arn:aws:iam::123456789012:role/any"
        cloud.client("pipes").create_pipe(Name=name, RoleArn=role, Source=arn, Target=TARGET, SourceParameters=source)
    else:
        if reader == "consumer":
            kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")
            cloud.clock.advance(60)
            arn = kinesis.describe_stream_consumer(StreamARN=arn, ConsumerName="c")["ConsumerDescription"][
                "ConsumerARN"
            ]
        cloud.client("lambda").create_event_source_mapping(
            EventSourceArn=arn, FunctionName=name, StartingPosition="TRIM_HORIZON", FilterCriteria=criteria
        )
    cloud.clock.advance(60)
    assert lines(cloud) == []
    for _ in range(2):
        kinesis.put_record(StreamName="clicks", PartitionKey="k", Data=data)
        cloud.clock.advance(10)
    (line,) = lines(cloud)
    assert line.startswith(f"the filters of {name} wanted none of 2 records: {why}")


def test_a_pipe(cloud: minicloud.Cloud) -> None:
    pipe: Any = {
        "Name": "to-large",
        "RoleArn": "arn:aws:iam::123456789012:role/any",
        "Source": SOURCE,
        "Target": TARGET,
        "SourceParameters": {"FilterCriteria": filters({"body": {"count": [{"numeric": [">", 9]}]}})},
    }
    cloud.client("pipes").create_pipe(**pipe)
    send(cloud, '{"count": "10"}')
    assert lines(cloud) == [
        'the filters of to-large wanted none of 1 message: "body.count" is "10", which does not meet '
        '[{"numeric":[">",9]}] (a string never meets a numeric condition)'
    ]
    send(cloud, '{"count": 10}')
    assert lines(cloud) == []


def test_a_pipe_that_is_stopped(cloud: minicloud.Cloud) -> None:
    def told() -> list[str]:
        return [line for line in report(list(cloud.trace)).splitlines() if line.startswith("the pipe ")]

    pipes = cloud.client("pipes")
    pipe: Any = {"RoleArn": "arn:aws:iam::123456789012:role/any", "Source": SOURCE, "Target": TARGET}
    pipes.create_pipe(Name="one", **pipe, DesiredState="STOPPED")
    assert told() == []  # nothing waits for it
    send(cloud, "x")
    assert told() == ["the pipe one from orders is stopped"]
    pipes.start_pipe(Name="one")
    assert told() == []
    pipes.stop_pipe(Name="one")
    send(cloud, "y")
    assert told() == ["the pipe one from orders is stopped"]
    pipes.delete_pipe(Name="one")
    assert told() == []
