"""Pipes: made, shown, listed, changed, started, stopped, deleted; what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import minicloud
from tests.support.answers import answer, refusal

from .support import FUNCTION, PIPE, PLACE, ROLE, SOURCE, STREAM, TARGET, filters, queues, sent

ARN = f"arn:aws:pipes:{PLACE}:pipe/billing"


def test_a_pipe_is_shown_as_it_was_set(cloud: minicloud.Cloud, pipes: Any) -> None:
    queues(cloud)
    now = cloud.clock.now()
    made = answer(pipes.create_pipe(**PIPE, Tags={"team": "a"}, Description="d"))
    dates = {"CreationTime": now, "LastModifiedTime": now}
    changed = {"Arn": ARN, "Name": "billing", "DesiredState": "RUNNING", **dates}
    assert made == {**changed, "CurrentState": "CREATING"}
    shown = answer(pipes.describe_pipe(Name="billing"))
    assert shown == {
        **changed,
        "CurrentState": "RUNNING",
        "Description": "d",
        "Source": SOURCE,
        "Target": TARGET,
        "RoleArn": ROLE,
        "Tags": {"team": "a"},
    }
    queue = {"SqsQueueParameters": {"BatchSize": 5}}
    template = {"InputTemplate": "<$.body>"}
    function = f"{FUNCTION}enrich"
    updated = answer(
        pipes.update_pipe(
            Name="billing", RoleArn=ROLE, SourceParameters=queue, Enrichment=function, EnrichmentParameters=template
        )
    )
    assert updated["CurrentState"] == "UPDATING"
    shown = pipes.describe_pipe(Name="billing")
    assert (shown["SourceParameters"], shown["Enrichment"], shown["EnrichmentParameters"]) == (
        queue,
        function,
        template,
    )
    assert (shown["Target"], shown["Description"]) == (TARGET, "d")
    pipes.update_pipe(Name="billing", RoleArn=ROLE, Enrichment="", SourceParameters=filters({"body": {"a": [1]}}))
    shown = pipes.describe_pipe(Name="billing")
    assert "Enrichment" not in shown
    assert shown["SourceParameters"] == {**filters({"body": {"a": [1]}}), **queue}
    for call, during, after in [(pipes.stop_pipe, "STOPPING", "STOPPED"), (pipes.start_pipe, "STARTING", "RUNNING")]:
        changing = call(Name="billing")
        assert (changing["DesiredState"], changing["CurrentState"]) == (after, during)
        assert pipes.describe_pipe(Name="billing")["CurrentState"] == after
    pipes.tag_resource(resourceArn=ARN, tags={"cost": "b", "team": "c"})
    pipes.untag_resource(resourceArn=ARN, tagKeys=["cost", "nobody"])
    assert pipes.list_tags_for_resource(resourceArn=ARN)["tags"] == {"team": "c"}
    deleted = pipes.delete_pipe(Name="billing")
    assert (deleted["DesiredState"], deleted["CurrentState"]) == ("DELETED", "DELETING")
    missing = ("NotFoundException", "Pipe billing does not exist.")
    for call in (pipes.describe_pipe, pipes.delete_pipe, pipes.start_pipe, pipes.stop_pipe):
        assert refusal(call, Name="billing") == missing
    assert refusal(pipes.update_pipe, Name="billing", RoleArn=ROLE) == missing
    of_tags: list[tuple[Any, dict[str, Any]]] = [
        (pipes.list_tags_for_resource, {}),
        (pipes.tag_resource, {"tags": {"a": "b"}}),
        (pipes.untag_resource, {"tagKeys": ["a"]}),
    ]
    for call, params in of_tags:
        assert refusal(call, resourceArn=ARN, **params) == missing
    other = ARN.replace("east", "west")
    assert refusal(pipes.list_tags_for_resource, resourceArn=other) == (
        "NotFoundException",
        f"Pipe {other} does not exist.",
    )


def test_pipes_are_listed_in_pages(cloud: minicloud.Cloud, pipes: Any) -> None:
    queues(cloud)
    for number in range(5):
        state = "STOPPED" if number % 2 else "RUNNING"
        pipes.create_pipe(**{**PIPE, "Name": f"p{number}"}, DesiredState=state)
    pages = pipes.get_paginator("list_pipes").paginate(PaginationConfig={"PageSize": 2})
    assert [[one["Name"] for one in page["Pipes"]] for page in pages] == [["p0", "p1"], ["p2", "p3"], ["p4"]]
    first = pipes.list_pipes(Limit=1)
    now = cloud.clock.now()
    assert first["Pipes"] == [
        {
            "Name": "p0",
            "Arn": ARN.replace("billing", "p0"),
            "DesiredState": "RUNNING",
            "CurrentState": "RUNNING",
            "CreationTime": now,
            "LastModifiedTime": now,
            "Source": SOURCE,
            "Target": TARGET,
        }
    ]

    def found(**asked: Any) -> list[str]:
        return [one["Name"] for one in pipes.list_pipes(**asked)["Pipes"]]

    assert found(DesiredState="STOPPED") == found(CurrentState="STOPPED") == ["p1", "p3"]
    assert found(NamePrefix="p4", SourcePrefix=SOURCE[:-1], TargetPrefix=TARGET) == ["p4"]
    assert found(SourcePrefix=TARGET) == []
    assert found(NamePrefix="p", CurrentState="RUNNING", DesiredState="RUNNING") == ["p0", "p2", "p4"]
    assert found(NamePrefix="q") == found(TargetPrefix=SOURCE) == found(CurrentState="CREATING") == []
    assert refusal(pipes.list_pipes, NextToken="x") == ("ValidationException", "Invalid NextToken.")
    cloud.clock.advance(timedelta(days=1))
    token = first["NextToken"]
    assert found(NextToken=token) == ["p1", "p2", "p3", "p4"]
    cloud.clock.advance(1)
    assert refusal(pipes.list_pipes, NextToken=token) == ("ValidationException", "Invalid NextToken.")
    pipes.update_pipe(Name="p0", RoleArn=ROLE, Enrichment=f"{FUNCTION}e")
    changed = pipes.list_pipes(Limit=1)["Pipes"][0]
    assert (changed["Enrichment"], changed["CreationTime"]) == (f"{FUNCTION}e", now)
    assert changed["LastModifiedTime"] == cloud.clock.now()


def test_where_a_stream_is_read_from_stays(cloud: minicloud.Cloud, pipes: Any) -> None:
    queues(cloud)
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    start = {"StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": PAST}
    pipes.create_pipe(**{**PIPE, **of_stream(**start, BatchSize=5, MaximumRetryAttempts=2)})
    update = {"KinesisStreamParameters": {"BatchSize": 7}, **filters({"data": {"a": [1]}})}
    pipes.update_pipe(Name="billing", RoleArn=ROLE, SourceParameters=update)
    shown = pipes.describe_pipe(Name="billing")["SourceParameters"]
    assert shown == {**update, "KinesisStreamParameters": {**start, "BatchSize": 7}}


def of_queue(**parameters: Any) -> dict[str, Any]:
    return {"SourceParameters": {"SqsQueueParameters": parameters}}


def of_stream(**parameters: Any) -> dict[str, Any]:
    return {"Source": STREAM, "SourceParameters": {"KinesisStreamParameters": parameters}}


TIMESTAMP = "StartingPositionTimestamp is for the StartingPosition AT_TIMESTAMP, and must not be in the future."
PAST, FUTURE = datetime(2025, 12, 31, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)
OF_LATEST = {"SourceParameters": {"KinesisStreamParameters": {"StartingPosition": "LATEST"}}}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"Source": "x"}, "x is not a valid ARN."),
    ({"Source": f"{SOURCE}-2"}, f"The source {SOURCE}-2 does not exist."),
    ({"Target": "x"}, "x is not a valid ARN."),
    (of_queue(BatchSize=11), "A BatchSize over 10 requires MaximumBatchingWindowInSeconds of at least 1."),
    (
        of_queue(BatchSize=11, MaximumBatchingWindowInSeconds=1),
        "The source's BatchSize of 11 exceeds the target's limit of 10.",
    ),
    (
        OF_LATEST,
        "KinesisStreamParameters is not valid for this source.",
    ),
    ({"Source": STREAM}, "KinesisStreamParameters.StartingPosition is required for this source."),
    (of_stream(StartingPosition="AT_TIMESTAMP"), TIMESTAMP),
    (of_stream(StartingPosition="LATEST", StartingPositionTimestamp=PAST), TIMESTAMP),
    (of_stream(StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=FUTURE), TIMESTAMP),
    (
        {"Source": f"{SOURCE}.fifo", **of_queue(MaximumBatchingWindowInSeconds=1)},
        "MaximumBatchingWindowInSeconds is not valid for a FIFO queue.",
    ),
    ({"Source": SOURCE.replace("east", "west")}, f"The source {SOURCE.replace('east', 'west')} does not exist."),
    ({"Source": f"{STREAM}-2", **OF_LATEST}, f"The source {STREAM}-2 does not exist."),
    (
        {"TargetParameters": {"KinesisStreamParameters": {"PartitionKey": "k"}}},
        "KinesisStreamParameters is not valid for this target.",
    ),
    ({"Target": STREAM}, "KinesisStreamParameters is required for this target."),
    ({"Target": f"{TARGET}.fifo"}, "SqsQueueParameters.MessageGroupId is required for this target."),
    ({"SourceParameters": filters({"body": [{"prefix": 5}]})}, "Invalid filter pattern definition."),
    (
        {"TargetParameters": {"InputTemplate": "<$.a['b']>"}},
        "Invalid InputTemplate: $.a['b']: it is not a path at \"['b']\"",
    ),
    (
        {"DesiredState": "on"},
        "1 validation error detected: Value 'on' at 'desiredState' failed to satisfy constraint: Member must satisfy "
        "enum value set: [RUNNING, STOPPED]",
    ),
]
BUS = f"arn:aws:events:{PLACE}:event-bus/default"
OF_FUNCTIONS = "the enrichment of a pipe here is a function, which can stand in for it in the test"
NOT_HERE: list[tuple[dict[str, Any], str]] = [
    (
        {"Source": f"arn:aws:dynamodb:{PLACE}:table/t/stream/s"},
        "source of pipes in dynamodb: a pipe here reads queues of SQS and streams of Kinesis; have the test send to "
        "such a one what the pipe would read elsewhere",
    ),
    (
        {"Target": f"arn:aws:states:{PLACE}:stateMachine:m"},
        "target of pipes in states: a pipe here leads to a queue, a topic, a function, a stream, a bus, a log group or "
        "a delivery stream; a function that stands in for it (cloud.function(name, handler)) can be the target in the "
        "test",
    ),
    (
        {"Enrichment": f"arn:aws:states:{PLACE}:stateMachine:m"},
        f"enrichment of pipes in states: {OF_FUNCTIONS}",
    ),
    ({"EnrichmentParameters": {"HttpParameters": {}}}, f"enrichment of pipes by HTTP: {OF_FUNCTIONS}"),
    (
        of_stream(StartingPosition="LATEST", ParallelizationFactor=2),
        "ParallelizationFactor of pipes: a pipe here handles one batch of a shard at a time: leave it out",
    ),
    (
        {"TargetParameters": {"CloudWatchLogsParameters": {}}},
        "CloudWatchLogsParameters: each delivery to a log group has a log stream of its own",
    ),
    *(
        (
            {"TargetParameters": {"EventBridgeEventBusParameters": given}, "Target": BUS},
            "EndpointId and Time of EventBridgeEventBusParameters: leave them out",
        )
        for given in ({"EndpointId": "abcde.abc"}, {"Time": "$.time"})
    ),
]


def test_what_is_refused_has_changed_nothing(cloud: minicloud.Cloud, pipes: Any) -> None:
    queues(cloud)
    sent(cloud, {"n": 1})
    for changed, text in REFUSED:
        assert refusal(pipes.create_pipe, **{**PIPE, **changed}) == ("ValidationException", text)
    for changed, text in NOT_HERE:
        with pytest.raises(minicloud.UsageError) as said:
            pipes.create_pipe(**{**PIPE, **changed})
        assert str(said.value) == f"minicloud has no {text}"
    assert pipes.list_pipes()["Pipes"] == []
    assert cloud.queue("orders").counts.visible == 1
    pipes.create_pipe(**PIPE, DesiredState="STOPPED")
    with pytest.raises(pipes.exceptions.ConflictException) as caught:
        pipes.create_pipe(**PIPE)
    assert str(caught.value).endswith("Pipe billing already exists.")
    found = caught.value.response
    assert (found["resourceId"], found["resourceType"]) == ("billing", "pipe")
    assert found["ResponseMetadata"]["HTTPStatusCode"] == 409
    before = answer(pipes.describe_pipe(Name="billing"))
    for changed, text in REFUSED:
        asked = {name: value for name, value in changed.items() if name != "Source"}
        if asked == changed and "KinesisStreamParameters" not in asked.get("SourceParameters", {}):
            assert refusal(pipes.update_pipe, Name="billing", RoleArn=ROLE, **asked) == ("ValidationException", text)
    assert answer(pipes.describe_pipe(Name="billing")) == before
    assert cloud.queue("orders").counts.visible == 1


LARGEST = {
    BUS: 10,
    f"arn:aws:firehose:{PLACE}:deliverystream/d": 500,
    STREAM: 500,
    f"arn:aws:lambda:{PLACE}:function:f": 10_000,
    f"arn:aws:logs:{PLACE}:log-group:g": 10_000,
    f"arn:aws:sns:{PLACE}:t": 10,
    TARGET: 10,
}
"""How large batches may be for each kind of target. [EventBridge user guide: Pipes batching]"""


def test_how_large_batches_may_be_for_a_target(cloud: minicloud.Cloud, pipes: Any) -> None:
    queues(cloud)
    for arn, most in LARGEST.items():
        own = {"KinesisStreamParameters": {"PartitionKey": "k"}} if arn == STREAM else {}
        asked = {**PIPE, "Target": arn, "TargetParameters": own}
        if most < 10_000:
            over = of_queue(BatchSize=most + 1, MaximumBatchingWindowInSeconds=1)
            text = f"The source's BatchSize of {most + 1} exceeds the target's limit of {most}."
            assert refusal(pipes.create_pipe, **asked, **over) == ("ValidationException", text)
        pipes.create_pipe(**asked, **of_queue(BatchSize=most, MaximumBatchingWindowInSeconds=1))
        pipes.delete_pipe(Name="billing")
