"""Targets: put, listed, refused; what each kind of them gets; retries and dead letters."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import minicloud
from minicloud.exceptions import UsageError
from tests.support.ways import MakeClient

from .support import PLACE, entry, refused, rule_to

VALIDATION, NOT_FOUND = "ValidationException", "ResourceNotFoundException"
ROLE = {"RoleArn": "arn:aws:iam::123456789012:role/r"}
QUEUE = f"arn:aws:sqs:{PLACE}:q"
TOPIC = f"arn:aws:sns:{PLACE}:t"
STREAM = f"arn:aws:kinesis:{PLACE}:stream/s"
FUNCTION = f"arn:aws:lambda:{PLACE}:function:f"


NOT_HERE = (
    re.escape(
        " is a target that minicloud has not: it delivers to queues, topics, functions, streams, event buses, log "
        "groups and Firehose. Give a function that stands for it (cloud.function(name, handler))"
    )
    + "$"
)


def test_put_listed_removed(events: Any) -> None:
    events.put_rule(Name="r", ScheduleExpression="rate(1 day)")
    transformer = {"InputPathsMap": {"a": "$.detail"}, "InputTemplate": '{"x": <a>}'}
    policy = {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}
    targets = [
        {"Id": "b", "Arn": QUEUE, "Input": '"text"', "SqsParameters": {"MessageGroupId": "g"}},
        {"Id": "a", "Arn": TOPIC, "InputPath": "$.detail.x[0]"},
        {"Id": "c", "Arn": FUNCTION, "InputTransformer": transformer, "DeadLetterConfig": {"Arn": QUEUE}},
        {"Id": "e", "Arn": STREAM, "KinesisParameters": {"PartitionKeyPath": "$.id"}, "RetryPolicy": policy, **ROLE},
    ]
    done = {"FailedEntryCount": 0, "FailedEntries": []}
    put = events.put_targets(Rule="r", Targets=targets)
    del put["ResponseMetadata"]
    assert put == done
    page = events.list_targets_by_rule(Rule="r", Limit=3)
    rest = events.list_targets_by_rule(Rule="r", Limit=3, NextToken=page["NextToken"])
    assert page["Targets"] + rest["Targets"] == targets
    assert "NextToken" not in rest
    events.put_targets(Rule="r", Targets=[{"Id": "a", "Arn": QUEUE}])
    assert [one["Id"] for one in events.list_targets_by_rule(Rule="r")["Targets"]] == ["b", "a", "c", "e"]
    for name in ("z", "y", "x"):
        rule_to(events, QUEUE, name=name)
    page = events.list_rule_names_by_target(TargetArn=QUEUE, Limit=3)
    assert page["RuleNames"] == ["r", "x", "y"]
    rest = events.list_rule_names_by_target(TargetArn=QUEUE, Limit=3, NextToken=page["NextToken"])
    assert rest["RuleNames"] == ["z"]
    assert "NextToken" not in rest
    assert events.list_rule_names_by_target(TargetArn=f"{QUEUE}x")["RuleNames"] == []
    sixth = [{"Id": "f", "Arn": QUEUE}, {"Id": "g", "Arn": QUEUE}]
    limit = "LimitExceededException", "The requested resource exceeds the maximum number allowed."
    assert refused(events.put_targets, Rule="r", Targets=sixth) == limit
    events.put_targets(Rule="r", Targets=sixth[:1])
    assert len(events.list_targets_by_rule(Rule="r")["Targets"]) == 5
    assert refused(events.put_targets, Rule="r", Targets=sixth[1:]) == limit
    events.remove_targets(Rule="r", Ids=["f"])
    removed = events.remove_targets(Rule="r", Ids=["a", "none", "b"])
    del removed["ResponseMetadata"]
    assert removed == done
    assert [one["Id"] for one in events.list_targets_by_rule(Rule="r")["Targets"]] == ["c", "e"]
    missing = NOT_FOUND, "Rule no does not exist on EventBus default."
    for operation, more in (
        (events.put_targets, {"Targets": targets}),
        (events.remove_targets, {"Ids": ["a"]}),
        (events.list_targets_by_rule, {}),
    ):
        assert refused(operation, Rule="no", **more) == missing


TEMPLATE = {"InputTemplate": "x"}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"Arn": "queue"}, "Parameter queue is not valid. Reason: Provided Arn is not in correct format."),
    (
        {"Arn": f"arn:aws:nothing:{PLACE}:x"},
        f"Parameter arn:aws:nothing:{PLACE}:x is not valid. Reason: Provided Arn is not in correct format.",
    ),
    (
        {"Input": "{}", "InputPath": "$"},
        "Only one of Input, InputPath, or InputTransformer must be provided for target T.",
    ),
    ({"Input": "{a}"}, "JSON syntax error in input for target T."),
    ({"Input": "NaN"}, "JSON syntax error in input for target T."),
    ({"InputPath": "detail"}, "InputPath for target T is invalid."),
    ({"InputPath": "$.a['b']"}, "InputPath for target T is invalid."),
    (
        {"InputTransformer": {**TEMPLATE, "InputPathsMap": {"a": "x"}}},
        "InputPath for target T is invalid.",
    ),
    (
        {"InputTransformer": {"InputTemplate": '{"a": <b>}'}},
        "InputTemplate for target T contains invalid placeholder b.",
    ),
    (
        {"InputTransformer": {"InputTemplate": '"<aws.events.event.json>"'}},
        "InputTemplate for target T contains placeholder aws.events.event.json valid only for JSON template.",
    ),
    ({"Arn": f"{QUEUE}.fifo"}, "Parameter(s) SqsParameters must be specified for target: T."),
    (
        {"KinesisParameters": {"PartitionKeyPath": "$.id"}},
        "Parameter(s) KinesisParameters not supported for target: T.",
    ),
    ({"Arn": f"{QUEUE}.fifo", "SqsParameters": {}}, "Parameter(s) SqsParameters must be specified for target: T."),
    (
        {"Arn": STREAM, **ROLE, "KinesisParameters": {"PartitionKeyPath": "id"}},
        "PartitionKeyPath for target T is invalid.",
    ),
    (
        {"Arn": f"arn:aws:lambda:{PLACE}:layer:x"},
        f"Parameter arn:aws:lambda:{PLACE}:layer:x is not valid. Reason: Provided Arn is not in correct format.",
    ),
    ({"DeadLetterConfig": {"Arn": "x"}}, "Parameter x is not valid. Reason: Provided Arn is not in correct format."),
    ({"Arn": STREAM}, f"RoleArn is required for target {STREAM}."),
    (
        {"Arn": f"arn:aws:events:{PLACE}:event-bus/b"},
        f"RoleArn is required for target arn:aws:events:{PLACE}:event-bus/b.",
    ),
    ({"DeadLetterConfig": {"Arn": TOPIC}}, "sns is not supported as a dead letter resource"),
    ({"DeadLetterConfig": {"Arn": f"{QUEUE}.fifo"}}, "SQS FIFO is not supported by Dead Letter Queues"),
    (
        {"Id": "b a"},
        "1 validation error detected: Value 'b a' at 'targets.1.member.id' failed to satisfy constraint: Member must "
        r"satisfy regular expression pattern: [\.\-_A-Za-z0-9]+",
    ),
    (
        {"RetryPolicy": {"MaximumRetryAttempts": 186}},
        "1 validation error detected: Value '186' at 'targets.1.member.retryPolicy.maximumRetryAttempts' failed to "
        "satisfy constraint: Member must have value less than or equal to 185",
    ),
]


def test_what_is_refused(events: Any) -> None:
    events.put_rule(Name="r", ScheduleExpression="rate(1 day)")
    for given, text in WRONG:
        target = {"Id": "T", "Arn": QUEUE, **given}
        fine = {"Id": "fine", "Arn": QUEUE}
        assert refused(events.put_targets, Rule="r", Targets=[target, fine]) == (VALIDATION, text)
    predefined = {"InputPathsMap": {"aws.events.event": "$"}, "InputTemplate": "x"}
    many = {"InputPathsMap": {f"a{n}": "$" for n in range(101)}, "InputTemplate": "x"}
    for transformer in (predefined, many):
        code, text = refused(
            events.put_targets, Rule="r", Targets=[{"Id": "T", "Arn": QUEUE, "InputTransformer": transformer}]
        )
        assert (code, text.split(":")[0]) == (VALIDATION, "1 validation error detected")
    twice = [{"Id": "T", "Arn": QUEUE}] * 2
    assert refused(events.put_targets, Rule="r", Targets=twice) == (
        VALIDATION,
        "Parameter targets is not valid. Reason: More than one target with Id 'T' is provided.",
    )
    elsewhere = {"Arn": QUEUE.replace("us-east-1", "eu-west-1")}
    assert refused(events.put_targets, Rule="r", Targets=[{**twice[0], "DeadLetterConfig": elsewhere}]) == (
        VALIDATION,
        f"Parameter {elsewhere['Arn']} is not valid. Reason: The dead letter queue must be in the region of the rule.",
    )
    of_kind: dict[str, tuple[str, dict[str, Any]]] = {
        "AppSyncParameters": ("appsync", {"GraphQLOperation": "q"}),
        "BatchParameters": ("batch", {"JobDefinition": "d", "JobName": "n"}),
        "EcsParameters": ("ecs", {"TaskDefinitionArn": "t"}),
        "HttpParameters": ("execute-api", {"PathParameterValues": ["p"]}),
        "RedshiftDataParameters": ("redshift", {"Database": "d"}),
        "RunCommandParameters": ("ssm", {"RunCommandTargets": [{"Key": "k", "Values": ["v"]}]}),
        "SageMakerPipelineParameters": ("sagemaker", {"PipelineParameterList": [{"Name": "n", "Value": "v"}]}),
    }
    for name, (service, parameters) in of_kind.items():
        target = {"Id": "T", name: parameters, **ROLE}
        text = f"Parameter(s) {name} not supported for target: T."
        assert refused(events.put_targets, Rule="r", Targets=[{**target, "Arn": QUEUE}]) == (VALIDATION, text)
        with pytest.raises(UsageError, match=NOT_HERE):
            events.put_targets(Rule="r", Targets=[{**target, "Arn": f"arn:aws:{service}:{PLACE}:x"}])
    others = [
        *("appsync", "apigateway", "batch", "codebuild", "codepipeline", "ec2", "ecs", "execute-api", "glue"),
        *("inspector", "kafka", "redshift", "redshift-serverless", "sagemaker", "ssm", "ssm-incidents", "states"),
    ]
    for arn in (*(f"arn:aws:{service}:{PLACE}:x" for service in others), f"arn:aws:events:{PLACE}:api-destination/d/1"):
        with pytest.raises(UsageError, match=NOT_HERE):
            events.put_targets(Rule="r", Targets=[{"Id": "T", "Arn": arn, **ROLE}])
    assert events.list_targets_by_rule(Rule="r")["Targets"] == []


def test_what_each_kind_of_target_gets(cloud: minicloud.Cloud, events: Any, sqs: Any, make_client: MakeClient) -> None:
    fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    sqs.create_queue(QueueName="q")
    sqs.create_queue(QueueName="q.fifo", Attributes=fifo)
    make_client("sns").create_topic(Name="t")
    make_client("kinesis").create_stream(StreamName="s", ShardCount=1)
    make_client("logs").create_log_group(logGroupName="/aws/events/all")
    got: list[Any] = []
    cloud.function("f", lambda event, _: got.append(event))
    log, hose = f"arn:aws:logs:{PLACE}:log-group:/aws/events/all", f"arn:aws:firehose:{PLACE}:deliverystream/d"
    rule_to(events, QUEUE, TOPIC, FUNCTION, log, name="one")
    rule_to(events, hose, name="two", **ROLE)
    rule_to(events, STREAM, name="three", KinesisParameters={"PartitionKeyPath": "$.detail-type"}, **ROLE)
    rule_to(events, STREAM, name="four", **ROLE)
    rule_to(events, f"{QUEUE}.fifo", name="five", SqsParameters={"MessageGroupId": "g"})
    events.put_events(Entries=[entry({"é": 1})])
    (event,) = cloud.bus().events
    text = json.dumps(event, separators=(",", ":"), ensure_ascii=False)
    assert cloud.queue("q").bodies == cloud.queue("q.fifo").bodies == cloud.topic("t").messages == [text]
    assert cloud.queue("q.fifo").messages[0].group_id == "g"
    assert cloud.topic("t").published[0].subject is None
    assert got == [event]
    assert (cloud.invocations.last.trigger, cloud.invocations.last.outcome) == ("events:one", "success")
    records = cloud.stream("s").records
    assert [(one.data.decode(), one.partition_key) for one in records] == [(text, "t"), (text, event["id"])]
    assert [one.body for one in cloud.outbox.of("firehose")] == [text]
    logged = cloud.client("logs").filter_log_events(logGroupName="/aws/events/all")["events"]
    assert [one["message"] for one in logged] == [text]
    assert cloud.check_history()


def test_what_cannot_be_delivered_goes_to_the_dead_letter_queue(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    sqs.create_queue(QueueName="dlq")
    letters = {"DeadLetterConfig": {"Arn": cloud.queue("dlq").arn}}
    cloud.client("cloudwatch").list_metrics()  # counts from here on
    rule_to(events, QUEUE, Input='"other"', **letters)
    rule_to(events, QUEUE, name="without")
    events.put_events(Entries=[entry({"n": 1})])
    (letter,) = cloud.queue("dlq").messages
    assert json.loads(letter.body) == cloud.bus().events[0]  # what was put, not what the target would have got
    told = {name: value["StringValue"] for name, value in letter.message_attributes.items()}
    assert told.pop("ERROR_MESSAGE") == "The specified queue does not exist."
    assert told == {
        "RULE_ARN": f"arn:aws:events:{PLACE}:rule/r",
        "TARGET_ARN": QUEUE,
        "ERROR_CODE": "NO_RESOURCE",
        "RETRY_ATTEMPTS": "0",
    }
    assert cloud.metric("AWS/Events", "FailedInvocations", RuleName="without").total == 1
    assert cloud.metric("AWS/Events", "InvocationsSentToDlq", RuleName="r").total == 1
    assert cloud.metric("AWS/Events", "TriggeredRules", RuleName="r").total == 1
    violations = cloud.check_history().of("no_loss")
    assert [("without" in violation.text) for violation in violations] in ([True], [])  # the same event, one queue
    sqs.create_queue(QueueName="q")
    events.put_events(Entries=[entry()])
    assert len(cloud.queue("q").bodies) == 2


def test_what_no_dead_letter_queue_takes_is_lost(cloud: minicloud.Cloud, events: Any) -> None:
    rule_to(events, QUEUE, DeadLetterConfig={"Arn": f"{QUEUE}-gone"})
    events.put_events(Entries=[entry()])
    assert "its dead-letter queue did not take it: " in cloud.trace.render()


def test_as_aws_may_do_an_event_comes_twice() -> None:
    """But never to a FIFO queue."""
    counts = set()
    for seed in range(8):
        with minicloud.Cloud(clock="virtual", seed=seed, delivery="aws", trace=True) as cloud:
            sqs, events = cloud.client("sqs"), cloud.client("events")
            sqs.create_queue(QueueName="q")
            sqs.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"})
            rule_to(events, QUEUE)
            rule_to(events, f"{QUEUE}.fifo", name="fifo", SqsParameters={"MessageGroupId": "g"})
            events.put_events(Entries=[entry({"n": number}) for number in range(4)])
            cloud.clock.advance(60)
            bodies = cloud.queue("q").bodies
            assert len(set(bodies)) == len(cloud.queue("q.fifo").bodies) == 4
            counts.add(len(bodies))
            repeated = [one for one in cloud.trace.of("chaos") if one.details["choice"] == "delivered twice"]
            assert len(bodies) == 4 + sum(one.details.get("target") == QUEUE for one in repeated)
    assert max(counts) > 4


def test_what_may_pass_is_tried_again(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    sqs.create_queue(QueueName="dlq")
    letters = {"DeadLetterConfig": {"Arn": cloud.queue("dlq").arn}}
    ran: list[Any] = []
    cloud.function("f", lambda event, _: ran.append(event))
    rule_to(events, FUNCTION, **letters, RetryPolicy={"MaximumEventAgeInSeconds": 60})
    cloud.faults.throttle(function="f", optional=True)  # a run that is throttled is Lambda's own affair
    hour = cloud.faults.refuse("TooManyRequestsException", operation="Invoke", resource="f")
    events.put_events(Entries=[entry()])
    assert list(_owed(cloud)) == [f"a delivery of events:r to {FUNCTION}"]
    cloud.clock.advance(59)
    assert cloud.queue("dlq").bodies == []
    cloud.clock.advance(1)
    (letter,) = cloud.queue("dlq").messages
    told = {name: value["StringValue"] for name, value in letter.message_attributes.items()}
    assert (told["EXHAUSTED_RETRY_CONDITION"], told["ERROR_CODE"]) == ("MaximumEventAgeInSeconds", "THROTTLING")
    assert told["RETRY_ATTEMPTS"] == "5"
    assert _owed(cloud) == []

    events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": FUNCTION, **letters, "RetryPolicy": _TWICE}])
    events.put_events(Entries=[entry()])
    assert cloud.run_until_idle().total_seconds() == 1 + 2
    told = {n: value["StringValue"] for n, value in cloud.queue("dlq").messages[1].message_attributes.items()}
    assert (told["EXHAUSTED_RETRY_CONDITION"], told["RETRY_ATTEMPTS"]) == ("MaximumRetryAttempts", "2")
    cloud.faults.remove(hour)
    assert ran == []
    assert cloud.check_history()


def test_a_queue_that_goes_between_two_attempts(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    sqs.create_queue(QueueName="dlq")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    rule_to(events, QUEUE, DeadLetterConfig={"Arn": cloud.queue("dlq").arn})
    fault = cloud.faults.refuse("RequestThrottled", operation="SendMessage", resource="q")
    events.put_events(Entries=[entry()])
    assert list(_owed(cloud)) == [f"a delivery of events:r to {QUEUE}"]
    cloud.faults.remove(fault)
    sqs.delete_queue(QueueUrl=url)
    cloud.run_until_idle()
    (letter,) = cloud.queue("dlq").messages
    told = {name: value["StringValue"] for name, value in letter.message_attributes.items()}
    assert (told["ERROR_CODE"], told["RETRY_ATTEMPTS"]) == ("NO_RESOURCE", "1")
    assert _owed(cloud) == []
    assert cloud.check_history()


_TWICE = {"MaximumRetryAttempts": 2}


def _owed(cloud: Any) -> list[str]:
    return [owed for service in cloud.services("events") for owed in service.owed(0)]


def test_what_a_dead_letter_calls_an_error(cloud: minicloud.Cloud, events: Any, sqs: Any) -> None:
    sqs.create_queue(QueueName="dlq")
    cloud.function("f", lambda _event, _context: None)
    rule_to(events, FUNCTION, DeadLetterConfig={"Arn": cloud.queue("dlq").arn}, RetryPolicy={"MaximumRetryAttempts": 0})
    told = {}
    for code in (
        "AccessDeniedException",
        "EC2ThrottledException",
        "ThrottlingException",
        "ServiceException",
        "InvalidParameterValueException",
    ):
        fault = cloud.faults.refuse(code, operation="Invoke", resource="f")
        events.put_events(Entries=[entry()])
        cloud.run_until_idle()
        cloud.faults.remove(fault)
        told[code] = cloud.queue("dlq").messages[-1].message_attributes["ERROR_CODE"]["StringValue"]
    assert told == {
        "AccessDeniedException": "NO_PERMISSIONS",
        "EC2ThrottledException": "THROTTLING",
        "ThrottlingException": "THROTTLING",
        "ServiceException": "ERROR_FROM_TARGET",
        "InvalidParameterValueException": "ERROR_FROM_TARGET",
    }
