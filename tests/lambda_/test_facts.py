"""What the record says of functions: each fact with all of its details."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import minicloud
from minicloud.exceptions import ClientError

from .archives import archive

PLACE = "us-east-1:123456789012"
ARN = f"arn:aws:lambda:{PLACE}:function:f"


def told(cloud: minicloud.Cloud, prefix: str) -> list[tuple[str, str | None, dict[str, Any]]]:
    """The facts whose kinds begin so."""
    return [(one.kind, one.resource, dict(one.details)) for one in cloud.trace if one.kind.startswith(prefix)]


def moment(cloud: minicloud.Cloud) -> int:
    return round(cloud.clock.time()) * 10**9


def test_functions_and_their_events(cloud: minicloud.Cloud) -> None:
    lambda_, sqs = cloud.client("lambda"), cloud.client("sqs")
    dead, done = (f"arn:aws:sqs:{PLACE}:{name}" for name in ("dead", "done"))
    for name in ("dead", "done"):
        sqs.create_queue(QueueName=name)

    def work(event: Any, _: Any) -> int:
        if event.get("bad"):
            raise ValueError("no")
        return 1

    cloud.function("f", work, takes=2, timeout=5)
    lambda_.update_function_configuration(FunctionName="f", DeadLetterConfig={"TargetArn": dead})
    lambda_.put_function_event_invoke_config(
        FunctionName="f", MaximumRetryAttempts=1, DestinationConfig={"OnSuccess": {"Destination": done}}
    )
    begin = moment(cloud)
    for payload in (b'{"bad": 1}', b"{}"):
        lambda_.invoke(FunctionName="f", InvocationType="Event", Payload=payload)
        cloud.run_until_idle()
    last = moment(cloud)
    lambda_.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    with pytest.raises(ClientError, match="TooManyRequestsException"):
        lambda_.invoke(FunctionName="f")
    lambda_.publish_version(FunctionName="f")
    lambda_.delete_function(FunctionName="f")

    bad, good, throttled = dict.fromkeys(
        one.details["request_id"]
        for one in cloud.trace
        if one.kind.startswith("lambda.") and "request_id" in one.details
    )

    def event(request_id: str, attempt: int, queued: int, run: int | None = None) -> dict[str, Any]:
        common = {"function": ARN, "request_id": request_id, "attempt": attempt, "trigger": "invoke-async"}
        return {**common, "queued": queued, "steps": attempt, **({} if run is None else {"run": run})}

    first, second, third = event(bad, 1, begin, 1), event(bad, 2, begin, 2), event(good, 1, last - 2 * 10**9, 3)
    begun = {"version": "$LATEST", "under_way": [1, 1, 1]}
    failed = {"lasted": 2 * 10**9, "reason": "ValueError: no"}
    given_up = event(bad, 2, begin)
    facts = told(cloud, "lambda.")
    for _, _, details in facts:
        details.pop("stack", None)
    assert facts == [
        ("lambda.function.created", "f", {"arn": ARN}),
        ("lambda.function.changed", "f", {"arn": ARN}),
        ("lambda.invoked", "f", {**begun, **first}),
        ("lambda.failed", "f", {**failed, **first}),
        ("lambda.retried", "f", {"due": begin + 62 * 10**9, "reason": "ValueError: no", **event(bad, 1, begin)}),
        ("lambda.invoked", "f", {**begun, **second}),
        ("lambda.failed", "f", {**failed, **second}),
        ("lambda.given_up", "f", {"condition": "RetriesExhausted", "reason": "ValueError: no", **given_up}),
        ("lambda.dead_lettered", "f", {"to": dead, "what": "a dead letter", **given_up}),
        ("lambda.invoked", "f", {**begun, **third}),
        ("lambda.succeeded", "f", {"lasted": 2 * 10**9, **third}),
        ("lambda.dead_lettered", "f", {"to": done, "what": "a record", **event(good, 1, last - 2 * 10**9)}),
        (
            "lambda.throttled",
            "f",
            {
                "reason": "ReservedFunctionConcurrentInvocationLimitExceeded",
                "function": ARN,
                "request_id": throttled,
                "attempt": 1,
                "trigger": "invoke",
                "run": None,
            },
        ),
        ("lambda.version.published", "f", {"version": "1", "arn": ARN}),
        ("lambda.function.deleted", "f", {"arn": ARN}),
    ]


def test_code_that_is_published_at_once(cloud: minicloud.Cloud) -> None:
    lambda_ = cloud.client("lambda")
    cloud.function("f", lambda *_: None)
    lambda_.update_function_code(FunctionName="f", ZipFile=archive("x = 1"), Publish=True)
    lambda_.update_function_code(FunctionName="f", ZipFile=archive("x = 2"))
    assert told(cloud, "lambda.") == [
        ("lambda.function.created", "f", {"arn": ARN}),
        ("lambda.function.changed", "f", {"arn": ARN}),
        ("lambda.version.published", "f", {"version": "1", "arn": ARN}),
        ("lambda.function.changed", "f", {"arn": ARN}),
    ]


def test_a_run_that_takes_too_long_and_one_that_is_told_of_nobody(cloud: minicloud.Cloud) -> None:
    lambda_ = cloud.client("lambda")
    cloud.function("f", lambda *_: None, takes=9)
    gone = f"arn:aws:sqs:{PLACE}:gone"
    lambda_.put_function_event_invoke_config(
        FunctionName="f", MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": gone}}
    )
    begin = moment(cloud)
    lambda_.invoke(FunctionName="f", InvocationType="Event")
    cloud.clock.advance(3)
    run = cloud.invocations.last
    event = {"function": ARN, "request_id": run.request_id, "attempt": 1, "trigger": "invoke-async", "queued": begin}
    reason = f"Sandbox.Timedout: RequestId: {run.request_id} Error: Task timed out after 3.00 seconds"
    facts = told(cloud, "lambda.")[2:]
    lost = "AWS.SimpleQueueService.NonExistentQueue"
    assert facts == [
        ("lambda.timed_out", "f", {"lasted": 3 * 10**9, "reason": reason, **event, "steps": 1, "run": 1}),
        ("lambda.given_up", "f", {"condition": "RetriesExhausted", "reason": reason, **event, "steps": 1}),
        ("lambda.dead_lettered", "f", {"to": gone, "what": "a record", **event, "steps": 1}),
        ("lambda.lost", "f", {"to": gone, "what": "a record", "reason": lost, **event, "steps": 1}),
    ]


def test_mappings_of_queues(cloud: minicloud.Cloud) -> None:
    lambda_, sqs = cloud.client("lambda"), cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    cloud.function("f", lambda event, _: {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]})
    pattern = {"Filters": [{"Pattern": '{"body": [{"anything-but": "out"}]}'}]}
    uuid = lambda_.create_event_source_mapping(
        FunctionName="f",
        EventSourceArn=cloud.queue("q").arn,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        FilterCriteria=pattern,
    )["UUID"]
    cloud.clock.advance(1)
    ids = [sqs.send_message(QueueUrl=url, MessageBody=body)["MessageId"] for body in ("in", "out")]
    cloud.clock.advance(1)
    lambda_.update_event_source_mapping(UUID=uuid, BatchSize=1)
    lambda_.delete_event_source_mapping(UUID=uuid)
    (request_id,) = [one.details["request_id"] for one in cloud.trace.of("mapping.handled")]
    mapping = {"function": "f", "mapping": uuid, "arn": cloud.queue("q").arn}
    assert told(cloud, "mapping.") == [
        ("mapping.created", "q", {**mapping, "state": "Enabled"}),
        ("mapping.taken", "q", {**mapping, "message_ids": ids[:1]}),
        ("mapping.handled", "q", {**mapping, "message_ids": ids[:1], "failed": ids[:1], "request_id": request_id}),
        ("mapping.filtered", "q", {**mapping, "message_ids": ids[1:]}),
        ("mapping.changed", "q", {**mapping, "state": "Enabled"}),
        ("mapping.deleted", "q", mapping),
    ]


def test_mappings_of_streams(cloud: minicloud.Cloud) -> None:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    cloud.clock.advance(timedelta(seconds=30))
    cloud.function("f", lambda *_: 1 / 0)
    gone = f"arn:aws:sqs:{PLACE}:gone"
    uuid = cloud.client("lambda").create_event_source_mapping(
        FunctionName="f",
        EventSourceArn=cloud.stream("clicks").arn,
        StartingPosition="TRIM_HORIZON",
        MaximumRetryAttempts=1,
        MaximumBatchingWindowInSeconds=1,
        BisectBatchOnFunctionError=True,
        DestinationConfig={"OnFailure": {"Destination": gone}},
        FilterCriteria={"Filters": [{"Pattern": '{"data": {"a": [1]}}'}]},
    )["UUID"]
    put = [
        kinesis.put_record(StreamName="clicks", Data=data, PartitionKey="k")["SequenceNumber"]
        for data in (b'{"a": 1}', b'{"a": 2}', b'{"a": 1}')
    ]
    cloud.clock.advance(timedelta(seconds=300))
    facts = told(cloud, "mapping.")
    ids = [details.pop("request_id") for _, _, details in facts if "request_id" in details]
    assert ids[::2] == ids[1::2]  # of what is taken, and then handled
    mapping = {"function": "f", "mapping": uuid, "arn": cloud.stream("clicks").arn}

    def of(*numbers: str, **more: Any) -> dict[str, Any]:
        return {**mapping, "shard": "shardId-000000000000", "records": len(numbers), "numbers": [*numbers], **more}

    def handled(*numbers: str, age: int) -> tuple[str, str, dict[str, Any]]:
        more = {"failed": [*numbers], "age": age, "function_arn": ARN}
        return "mapping.handled", "clicks", of(*numbers, **more)

    def told_of(kind: str, *numbers: str, **more: Any) -> tuple[str, str, dict[str, Any]]:
        return f"mapping.{kind}", "clicks", of(*numbers, **more)

    first, second = put[0], put[2]
    start = 1_767_225_630 * 10**9  # when they were put
    given_up = {"why": "RetryAttemptsExhausted", "destination": gone}
    reason = "AWS.SimpleQueueService.NonExistentQueue"
    lost = ("mapping.destination_failed", "clicks", {**mapping, "destination": gone, "reason": reason})
    assert facts == [
        ("mapping.created", "clicks", {**mapping, "state": "Enabled"}),
        told_of("filtered", put[1]),
        told_of("taken", first, second, attempt=1),
        handled(first, second, age=1000),
        told_of("bisected", first, second, first=1, due=start + 1_500_000_000),
        told_of("taken", first, attempt=1),
        handled(first, age=1500),
        told_of("retried", first, outcome="error", due=start + 2_500_000_000),
        told_of("taken", first, attempt=2),
        handled(first, age=2500),
        told_of("discarded", first, **given_up),
        told_of("taken", second, attempt=1),
        lost,
        handled(second, age=2500),
        told_of("retried", second, outcome="error", due=start + 3_000_000_000),
        told_of("taken", second, attempt=2),
        handled(second, age=3000),
        told_of("discarded", second, **given_up),
        lost,
    ]
