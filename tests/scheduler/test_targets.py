"""What schedules invoke, with what, how often it is tried, and what becomes of what fails."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest

import minicloud

from .support import OFF, QUEUE, SCHEDULE, flexible, target

PLACE = "us-east-1:123456789012"
ARN = f"arn:aws:scheduler:{PLACE}:schedule/default/s"
FUNCTION = f"arn:aws:lambda:{PLACE}:function:bill"
DLQ = f"arn:aws:sqs:{PLACE}:given-up"
SDK = "arn:aws:scheduler:::aws-sdk:"
ALL = (
    '{"arn": "<aws.scheduler.schedule-arn>", "time": "<aws.scheduler.scheduled-time>", '
    '"id": "<aws.scheduler.execution-id>", "attempt": "<aws.scheduler.attempt-number>"}'
)


def once(scheduler: Any, to: dict[str, Any], name: str = "s", **more: Any) -> None:
    params = {"ScheduleExpression": "at(2026-01-01T00:01:00)", "FlexibleTimeWindow": OFF, **more}
    scheduler.create_schedule(Name=name, Target=to, **params)


@pytest.fixture
def queues(cloud: minicloud.Cloud) -> dict[str, str]:
    sqs = cloud.client("sqs")
    fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    sqs.create_queue(QueueName="runs.fifo", Attributes=fifo)
    return {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("runs", "given-up", "told")}


def letters(cloud: minicloud.Cloud, queues: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
    """What is in the dead-letter queue: bodies and attributes."""
    asked = {"QueueUrl": queues["given-up"], "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]}
    found = cloud.client("sqs").receive_message(**asked).get("Messages", [])
    return [
        (one["Body"], {name: value["StringValue"] for name, value in one["MessageAttributes"].items()}) for one in found
    ]


def test_each_kind_of_target_gets_input_or_an_event(
    cloud: minicloud.Cloud, scheduler: Any, queues: dict[str, str]
) -> None:
    sns, kinesis = cloud.client("sns"), cloud.client("kinesis")
    topic = sns.create_topic(Name="news")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("told").arn)
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    cloud.function("bill", lambda event, _: event)
    once(scheduler, target(text=ALL), "queue")
    once(scheduler, target(f"{QUEUE}.fifo", "one", SqsParameters={"MessageGroupId": "g"}), "fifo")
    once(scheduler, target(topic, "two"), "topic")
    once(scheduler, target(FUNCTION, ALL), "function")
    stream = f"arn:aws:kinesis:{PLACE}:stream/clicks"
    once(scheduler, target(stream, "three", KinesisParameters={"PartitionKey": "k"}), "stream")
    once(scheduler, target(f"arn:aws:firehose:{PLACE}:deliverystream/d", "four"), "firehose")
    bus = f"arn:aws:events:{PLACE}:event-bus/default"
    once(scheduler, target(bus, '{"n": 5}', EventBridgeParameters={"DetailType": "five", "Source": "app"}), "bus")
    once(scheduler, target(bus, "[5]", EventBridgeParameters={"DetailType": "bad", "Source": "app"}), "no-detail")
    cloud.client("events").put_rule(Name="app", EventPattern='{"source": ["app"]}')
    once(scheduler, target(text=None), "event")
    cloud.clock.advance(60)
    said, event = map(json.loads, cloud.queue("runs").bodies)
    execution = said.pop("id")
    assert len(bytes.fromhex(execution)) == 8
    assert said == {"arn": ARN[:-1] + "queue", "time": "2026-01-01T00:01:00Z", "attempt": "1"}
    event_id = event.pop("id")
    assert str(uuid.UUID(event_id)) == event_id
    assert (uuid.UUID(event_id).version, uuid.UUID(event_id).variant) == (4, uuid.RFC_4122)
    assert event == {
        "version": "0",
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": "123456789012",
        "time": "2026-01-01T00:01:00Z",
        "region": "us-east-1",
        "resources": [ARN[:-1] + "event"],
        "detail": "{}",
    }
    (message,) = cloud.queue("runs.fifo").messages
    assert (message.body, message.group_id) == ("one", "g")
    told = json.loads(cloud.queue("told").bodies[0])
    assert (told["Message"], told["TopicArn"], "Subject" in told) == ("two", topic, False)
    run = cloud.invocations.last
    assert (run.function, run.trigger, run.event["time"]) == ("bill", "schedule:function", "2026-01-01T00:01:00Z")
    (record,) = cloud.stream("clicks").records
    assert (record.data, record.partition_key) == (b"three", "k")
    (put,) = cloud.rule("app").matched
    assert (put["detail-type"], put["detail"], put["account"]) == ("five", {"n": 5}, "123456789012")
    assert "invocation of event-bus/default given up" in cloud.trace.render()
    (left,) = [one for one in cloud.outbox if one.protocol == "firehose"]
    assert left.body == "four"


def test_a_function_that_fails_is_lambdas_own_affair(cloud: minicloud.Cloud, scheduler: Any) -> None:
    attempts = []

    def fail(event: Any, context: Any) -> None:
        attempts.append(event)
        raise ValueError("no")

    cloud.function("bill", fail)
    once(scheduler, target(FUNCTION, '{"n": <aws.scheduler.attempt-number>}'.replace("<", '"<').replace(">", '>"')))
    cloud.clock.advance(60)
    assert cloud.run_until_idle() == timedelta(seconds=180)
    assert attempts == [{"n": "1"}] * 3


def test_what_is_not_there_is_given_up_at_once(cloud: minicloud.Cloud, scheduler: Any, queues: dict[str, str]) -> None:
    dead = {"DeadLetterConfig": {"Arn": DLQ}}
    once(scheduler, target(FUNCTION, ALL, **dead))
    once(scheduler, target(f"arn:aws:sqs:{PLACE}:nobody", "x", **dead), "queue")
    once(scheduler, target(f"arn:aws:sns:{PLACE}:nobody", "x", **dead), "topic")
    stream = {"KinesisParameters": {"PartitionKey": "k"}}
    once(scheduler, target(f"arn:aws:kinesis:{PLACE}:stream/nobody", "x", **dead, **stream), "stream")
    once(scheduler, target(f"arn:aws:sqs:{PLACE}:nobody", "x"), "without")
    once(scheduler, target(f"arn:aws:sqs:{PLACE}:nobody", "x", DeadLetterConfig={"Arn": f"{DLQ}-2"}), "lost")
    cloud.clock.advance(60)
    found = {
        attributes["SCHEDULE_ARN"].rpartition("/")[2]: (body, attributes) for body, attributes in letters(cloud, queues)
    }
    assert set(found) == {"s", "queue", "topic", "stream"}
    body, attributes = found["s"]
    request = json.loads(body)
    payload = json.loads(request.pop("Payload"))
    assert request == {"FunctionName": FUNCTION, "InvocationType": "Event"}
    assert (payload["attempt"], payload["id"]) == ("1", attributes["EXECUTION_ID"])
    assert attributes == {
        "ERROR_CODE": "ResourceNotFoundException",
        "ERROR_MESSAGE": attributes["ERROR_MESSAGE"],
        "EXECUTION_ID": payload["id"],
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": "0",
        "SCHEDULED_TIME": "2026-01-01T00:01:00Z",
        "SCHEDULE_ARN": ARN,
        "TARGET_ARN": FUNCTION,
    }
    bodies = {name: json.loads(body) for name, (body, _) in found.items()}
    assert bodies["queue"] == {
        "MessageBody": "x",
        "QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/nobody",
    }
    assert bodies["topic"] == {"Message": "x", "TopicArn": f"arn:aws:sns:{PLACE}:nobody"}
    assert bodies["stream"] == {"Data": "x", "PartitionKey": "k", "StreamName": "nobody"}
    codes = {name: attributes["ERROR_CODE"] for name, (_, attributes) in found.items()}
    assert codes["queue"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert (codes["topic"], codes["stream"]) == ("NotFoundException", "ResourceNotFoundException")
    text = cloud.trace.render()
    assert "invocation of nobody given up (AWS.SimpleQueueService.NonExistentQueue), dead letter to given-up" in text
    assert "dead letter lost, as given-up-2 did not take it" in text


def test_requests_of_dead_letters(cloud: minicloud.Cloud, scheduler: Any, queues: dict[str, str]) -> None:
    """Of each kind of target, in the words of its service; of up to 262,144 bytes."""
    dead = {"DeadLetterConfig": {"Arn": DLQ}}
    bus = f"arn:aws:events:{PLACE}:event-bus/own"
    of_bus = {"DetailType": "t", "Source": "app"}
    once(scheduler, target(f"{QUEUE}-2.fifo", "x", SqsParameters={"MessageGroupId": "g"}, **dead), "fifo")
    once(scheduler, target(bus, "{}", EventBridgeParameters=of_bus, **dead), "bus")
    bucket = cloud.client("s3").create_bucket(Bucket="bucket")["BucketArn"]
    cloud.client("firehose").create_delivery_stream(
        DeliveryStreamName="another",
        ExtendedS3DestinationConfiguration={"RoleARN": target()["RoleArn"], "BucketARN": bucket},
    )
    once(scheduler, target(f"arn:aws:firehose:{PLACE}:deliverystream/no", "x", **dead), "firehose")
    most = 262_144 - len('{"Message":"","TopicArn":""}') - len(f"arn:aws:sns:{PLACE}:no")
    for name, size in (("fits", most), ("long", most + 1)):
        once(scheduler, target(f"arn:aws:sns:{PLACE}:no", "x" * size, **dead), name)
    cloud.clock.advance(60)
    asked = {"QueueUrl": queues["given-up"], "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]}
    found = {}
    while got := cloud.client("sqs").receive_message(**asked).get("Messages", []):
        for one in got:
            said = {key: value["StringValue"] for key, value in one["MessageAttributes"].items()}
            found[said["SCHEDULE_ARN"].rpartition("/")[2]] = one["Body"], said["IS_PAYLOAD_TRUNCATED"]
    place = "https://sqs.us-east-1.amazonaws.com/123456789012"
    assert json.loads(found["fifo"][0]) == {
        "MessageBody": "x", "QueueUrl": f"{place}/runs-2.fifo", "MessageGroupId": "g",
    }  # fmt: skip
    entry = {**of_bus, "Detail": "{}", "EventBusName": bus}
    assert json.loads(found["bus"][0]) == {"Entries": [entry]}
    assert json.loads(found["firehose"][0]) == {"DeliveryStreamName": "no", "Record": {"Data": "x"}}
    assert {name: (len(body), is_cut) for name, (body, is_cut) in found.items() if name in ("fits", "long")} == {
        "fits": (262_144, "false"), "long": (262_144, "true"),
    }  # fmt: skip


def test_what_may_pass_is_tried_again_until_one_limit_is_reached(
    cloud: minicloud.Cloud, scheduler: Any, queues: dict[str, str]
) -> None:
    # Refused by a fault, as AWS would throttle it.
    cloud.faults.refuse("ThrottlingException", service="sqs", operation="SendMessage", first=2)
    once(scheduler, target(text=ALL))
    cloud.clock.advance(60)
    assert cloud.queue("runs").bodies == []
    assert cloud.run_until_idle() == timedelta(seconds=3)
    assert json.loads(cloud.queue("runs").bodies[0])["attempt"] == "3"
    assert "runs is invoked again at" in cloud.trace.render()
    for name, policy, retries, condition in [
        ("count", {"MaximumRetryAttempts": 2}, 2, "MaximumRetryAttempts"),
        ("age", {"MaximumEventAgeInSeconds": 60}, 5, "MaximumEventAgeInSeconds"),
        ("never", {"MaximumRetryAttempts": 0}, 0, "MaximumRetryAttempts"),
    ]:
        refusing = cloud.faults.refuse("ThrottlingException", service="sns", operation="Publish")
        dead = {"DeadLetterConfig": {"Arn": DLQ}, "RetryPolicy": policy}
        soon = f"at({cloud.clock.now() + timedelta(seconds=1):%Y-%m-%dT%H:%M:%S})"
        once(scheduler, target(f"arn:aws:sns:{PLACE}:t", "x", **dead), name, ScheduleExpression=soon)
        cloud.clock.advance(1)
        cloud.run_until_idle()
        ((_, attributes),) = letters(cloud, queues)
        cloud.client("sqs").purge_queue(QueueUrl=queues["given-up"])
        cloud.clock.advance(61)
        assert (attributes["RETRY_ATTEMPTS"], attributes["EXHAUSTED_RETRY_CONDITION"]) == (str(retries), condition)
        assert attributes["ERROR_CODE"] == "ThrottlingException"
        cloud.faults.remove(refusing)


def test_any_operation_can_be_a_target(cloud: minicloud.Cloud, scheduler: Any, queues: dict[str, str]) -> None:
    def call(name: str, api: str, **given: Any) -> None:
        once(scheduler, target(f"{SDK}{api}", json.dumps(given), DeadLetterConfig={"Arn": DLQ}), name)

    attributes = {"kind": {"DataType": "String", "StringValue": "<aws.scheduler.execution-id>"}}
    call(
        "send",
        "sqs:sendMessage",
        QueueUrl=queues["runs"],
        MessageBody="m",
        MessageAttributes=attributes,
        DelaySeconds=5,
    )
    call("topic", "sns:createTopic", Name="made")
    call("group", "cloudwatchlogs:createLogGroup", logGroupName="/made")  # as SDKs call them
    call("bus", "eventbridge:createEventBus", Name="made")
    cloud.function("bill", lambda event, _: event)
    call("invoke", "lambda:invoke", FunctionName="bill", Payload='{"a": 1}')
    call("nobody", "sqs:sendMessage", QueueUrl=queues["runs"] + "-2", MessageBody="m")
    call("wrong", "sqs:sendMessage", QueueUrl=queues["runs"])
    cloud.clock.advance(60)
    assert cloud.queue("runs").counts.delayed == 1
    assert cloud.topic("made").arn.endswith(":made")
    assert cloud.client("logs").describe_log_groups(logGroupNamePrefix="/made")["logGroups"]
    assert cloud.bus("made").arn.endswith("/made")
    assert (cloud.invocations.last.event, cloud.invocations.last.trigger) == ({"a": 1}, "invoke-async")
    found = {one["TARGET_ARN"] + one["ERROR_CODE"]: (body, one) for body, one in letters(cloud, queues)}
    assert {code.rpartition(":")[2] for code in found} == {
        "sendMessageAWS.SimpleQueueService.NonExistentQueue",
        "sendMessageValidationException",
    }
    assert json.loads(found[f"{SDK}sqs:sendMessageValidationException"][0]) == {"QueueUrl": queues["runs"]}


@pytest.mark.minicloud(limits="strict")
def test_what_an_operation_refuses_for_a_while_is_tried_again(cloud: minicloud.Cloud, scheduler: Any) -> None:
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    cloud.clock.advance(30)
    for number in range(3):  # a shard takes one MiB a second
        given = {"StreamName": "clicks", "Data": "QUFB" * 174_000, "PartitionKey": str(number)}
        once(scheduler, target(f"{SDK}kinesis:putRecord", json.dumps(given)), f"put-{number}")
    for number in range(6):  # and an account five new streams
        given = {"StreamName": f"s{number}", "ShardCount": 1}
        once(scheduler, target(f"{SDK}kinesis:createStream", json.dumps(given)), f"create-{number}")
    cloud.clock.advance(60)
    cloud.run_until_idle()
    retried = {(one.resource, one.details["reason"].partition(":")[0]) for one in cloud.trace.of("schedule.retried")}
    assert retried == {
        ("put-1", "ProvisionedThroughputExceededException"),
        ("put-2", "ProvisionedThroughputExceededException"),
        ("create-5", "LimitExceededException"),
    }
    assert cloud.trace.of("schedule.failed") == []
    assert [record.partition_key for record in cloud.stream("clicks").records] == ["0", "1", "2"]


def test_parameters_that_minicloud_has_not_are_told_once_and_the_cloud_goes_on(
    cloud: minicloud.Cloud, scheduler: Any, queues: dict[str, str]
) -> None:
    entry = {"Source": "app", "DetailType": "t", "Detail": "{}"}
    given = json.dumps({"EndpointId": "abc.def", "Entries": [entry]})
    once(scheduler, target(f"{SDK}events:putEvents", given, DeadLetterConfig={"Arn": DLQ}), "endpoint")
    once(scheduler, target(f"{SDK}sqs:sendMessage", "[" * 100_000, DeadLetterConfig={"Arn": DLQ}), "deep")
    with pytest.raises(minicloud.UsageError, match="there are no global endpoints here"):
        cloud.clock.advance(60)
    cloud.clock.advance(60)
    found = {one["TARGET_ARN"].rpartition(":")[2]: one["ERROR_CODE"] for _, one in letters(cloud, queues)}
    assert found == {"putEvents": "UsageError", "sendMessage": "ValidationException"}
    reasons = {one.resource: one.details["reason"] for one in cloud.trace.of("schedule.failed")}
    assert reasons["endpoint"] == (
        "UsageError: events.PutEvents was given EndpointId: there are no global endpoints here: leave it out"
    )
    assert reasons["deep"].startswith("ValidationException: ")
    assert cloud.bus().events == []


def test_as_aws_may_do_a_target_is_invoked_twice() -> None:
    """Each time under an id of its own."""
    counts = set()
    text = "<aws.scheduler.execution-id> <aws.scheduler.scheduled-time>"
    for seed in range(8):
        with minicloud.Cloud(clock="virtual", seed=seed, delivery="aws", trace=True) as cloud:
            cloud.client("sqs").create_queue(QueueName="runs")
            more = {"FlexibleTimeWindow": flexible(1), "Target": target(text=text)}
            cloud.client("scheduler").create_schedule(**{**SCHEDULE, **more})
            cloud.clock.advance(timedelta(days=3))
            bodies = cloud.queue("runs").bodies
            assert len({*bodies}) == len(bodies)
            assert len({body.split()[1] for body in bodies}) == 3
            assert len([one for one in cloud.trace.of("chaos") if "nightly" in str(one)]) == len(bodies) - 3
            counts.add(len(bodies))
    assert min(counts) >= 3
    assert max(counts) > 3


def test_a_failed_test_tells_what_schedules_did(cloud: minicloud.Cloud, queues: dict[str, str]) -> None:
    scheduler = cloud.client("scheduler")
    scheduler.create_schedule(**SCHEDULE)
    cloud.clock.advance(timedelta(days=1))
    scheduler.update_schedule(**{**SCHEDULE, "State": "DISABLED"})
    scheduler.delete_schedule(Name="nightly")
    lines = [line.split("  ", 1)[1].strip() for line in cloud.trace.render().splitlines() if "nightly" in line]
    assert any(line.endswith("schedule made: cron(0 3 * * ? *) -> runs") for line in lines), lines
    assert any(line.endswith("its time has come: runs is invoked") for line in lines)
    assert any(line.endswith("schedule changed: cron(0 3 * * ? *), DISABLED") for line in lines)
    assert any(line.endswith("schedule deleted: DeleteSchedule") for line in lines)


def test_what_the_record_says_of_schedules(cloud: minicloud.Cloud, queues: dict[str, str]) -> None:
    """Each fact with all of its details."""
    scheduler: Any = cloud.client("scheduler")
    scheduler.create_schedule_group(Name="apps")
    apps = {**SCHEDULE, "GroupName": "apps"}
    at = "at(2026-01-01T00:0{}:00)"
    scheduler.create_schedule(**{**apps, "ScheduleExpression": at.format(1), "ActionAfterCompletion": "DELETE"})
    cloud.faults.refuse("ThrottlingException", service="sqs", operation="SendMessage", first=1)
    cloud.clock.advance(60)
    cloud.run_until_idle()
    gone = f"arn:aws:sqs:{PLACE}:gone"
    dead = {"DeadLetterConfig": {"Arn": f"{DLQ}-2"}, "RetryPolicy": {"MaximumRetryAttempts": 0}}
    once(scheduler, target(gone, "x", **dead), ScheduleExpression=at.format(2))
    cloud.clock.advance(59)
    scheduler.create_schedule(**apps)
    scheduler.update_schedule(**apps, State="DISABLED")
    scheduler.delete_schedule_group(Name="apps")
    facts = [(one.kind, one.resource, dict(one.details)) for one in cloud.trace if one.kind.startswith("schedule.")]
    ids = [details.pop("execution_id") for kind, _, details in facts if kind == "schedule.fired"]
    assert len({*ids}) == 2
    reasons = [details.pop("reason") for kind, _, details in facts if kind == "schedule.retried"]
    assert reasons == ["ThrottlingException: Rate exceeded"]
    minute = 1_767_225_660 * 10**9
    nightly = {"arn": ARN[: -len("default/s")] + "apps/nightly", "group": "apps"}
    lost = {"arn": ARN, "group": "default", "target": gone}
    to_queue = {**nightly, "target": QUEUE}
    missing = {"dead_letter_queue": f"{DLQ}-2", "reason": "AWS.SimpleQueueService.NonExistentQueue"}
    expected: list[tuple[str, str, dict[str, Any]]] = [
        ("created", "nightly", {**to_queue, "zone": "UTC", "expression": at.format(1)}),
        ("fired", "nightly", {**to_queue, "scheduled_ns": minute}),
        ("deleted", "nightly", {**nightly, "why": "it is complete"}),
        ("retried", "nightly", {**to_queue, "attempt": 1, "due": minute + 10**9}),
        ("created", "s", {**lost, "zone": "UTC", "expression": at.format(2)}),
        ("fired", "s", {**lost, "scheduled_ns": 2 * minute - 1_767_225_600 * 10**9}),
        ("failed", "s", {**lost, **missing, "retries": 0, "condition": None}),
        ("dead_letter_lost", "s", {**lost, **missing}),
        ("created", "nightly", {**to_queue, "zone": "UTC", "expression": "cron(0 3 * * ? *)"}),
        ("changed", "nightly", {**nightly, "expression": "cron(0 3 * * ? *)", "state": "DISABLED"}),
        ("deleted", "nightly", {**nightly, "why": "DeleteScheduleGroup"}),
    ]
    assert facts == [(f"schedule.{kind}", name, details) for kind, name, details in expected]
