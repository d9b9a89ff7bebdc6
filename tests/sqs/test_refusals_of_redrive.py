"""What is refused about dead-letter queues and message move tasks. One row for each text of AWS's.

Each row is run through every way in; code, text and the whole form of the error are checked, and that nothing changed.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

import minicloud

from .support import OTHER_ACCOUNT, Stage, arn_of, receive, send

IPV = "InvalidParameterValue"

# --- redrive policies ----------------------------------------------------------------------------------------------

HERE = arn_of("plain")


def policy(target: Any = HERE, count: Any = 3, **more: Any) -> str:
    return json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": count, **more})


LACKS = "Redrive policy does not contain mandatory attribute: "
COUNT = "Invalid value for maxReceiveCount: {}, valid values are from 1 to 1000 both inclusive."
TARGET_GONE = "Dead letter target does not exist."
OTHER_REGION = "Dead-letter target must be in same region as the source."  # [seen on AWS, 2026]
OTHER_OWNER = "Dead-letter target owner should be same as the source."
OTHER_TYPE = "Dead-letter queue must be same type of queue as the source.."
ONLY = "Only following attributes are supported: [maxReceiveCount, deadLetterTargetArn]."
UNQUALIFIED = "Dead-letter target ARN should be fully qualified ARN."
NO_QUEUE = "Only SQS queues are valid resources for deadLetterTargetArn."


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("{}", f"{LACKS}maxReceiveCount."),
        (json.dumps({"deadLetterTargetArn": HERE}), f"{LACKS}maxReceiveCount."),
        (json.dumps({"maxReceiveCount": 3}), f"{LACKS}deadLetterTargetArn."),
        (json.dumps({"deadLetterTargetArn": HERE, "max": 3}), f"{LACKS}maxReceiveCount."),
        (policy(count=0), COUNT.format(0)),
        (policy(count=1001), COUNT.format(1001)),
        (policy(count=-1), COUNT.format(-1)),
        (policy(count="0"), COUNT.format(0)),
        (policy(count="three"), COUNT.format("three")),
        (policy(count=True), COUNT.format("true")),
        (policy(count=2.5), COUNT.format(2.5)),
        (policy("plain"), UNQUALIFIED),
        (policy("arn:aws:sqs:us-east-1:123456789012"), UNQUALIFIED),
        (policy(""), UNQUALIFIED),
        (policy("arn:aws:sns:us-east-1:123456789012:topic"), NO_QUEUE),
        (policy(arn_of("nothing")), TARGET_GONE),
        (policy(arn_of("plain", "eu-west-1")), OTHER_REGION),
        (policy(arn_of("nothing", "eu-west-1")), OTHER_REGION),
        (policy(arn_of("plain", account_id=OTHER_ACCOUNT)), OTHER_OWNER),
        (policy(arn_of("line.fifo")), OTHER_TYPE),
        (policy(more=1), ONLY),
    ],
)
def test_redrive_policies(stage: Stage, value: str, reason: str) -> None:
    message = f"Value {value} for parameter RedrivePolicy is invalid. Reason: {reason}"
    attributes = {"RedrivePolicy": value}
    stage.refuse(IPV, message, lambda s: s.sqs.set_queue_attributes(QueueUrl=s.url, Attributes=attributes))
    stage.refuse(IPV, message, lambda s: s.sqs.create_queue(QueueName="other", Attributes=attributes))


@pytest.mark.parametrize("value", ["nonsense", "[]", "3", '"text"', "null", '{"a":', "\x00"])
def test_a_redrive_policy_that_is_no_map(stage: Stage, value: str) -> None:
    message = "Invalid value for the parameter RedrivePolicy. Reason: Redrive policy is not a valid JSON map."
    attributes = {"RedrivePolicy": value}
    stage.refuse(
        "InvalidAttributeValue",
        message,
        lambda s: s.sqs.set_queue_attributes(QueueUrl=s.url, Attributes=attributes),
    )


def test_a_standard_queue_for_a_fifo_queue(stage: Stage) -> None:
    message = f"Value {policy()} for parameter RedrivePolicy is invalid. Reason: {OTHER_TYPE}"
    attributes = {"FifoQueue": "true", "RedrivePolicy": policy()}
    stage.refuse(IPV, message, lambda s: s.sqs.create_queue(QueueName="other.fifo", Attributes=attributes))


@pytest.mark.parametrize(
    "allows", [{"redrivePermission": "denyAll"}, {"redrivePermission": "byQueue", "sourceQueueArns": [arn_of("a")]}]
)
def test_a_target_that_does_not_allow_it(stage: Stage, allows: dict[str, Any]) -> None:
    allowed = {"RedriveAllowPolicy": json.dumps(allows)}
    stage.sqs.set_queue_attributes(QueueUrl=stage.url, Attributes=allowed)
    message = (
        f"Value {policy()} for parameter RedrivePolicy is invalid. "
        "Reason: The redrive allow policy of the dead-letter queue does not allow this source queue."
    )
    stage.refuse(IPV, message, lambda s: s.sqs.create_queue(QueueName="other", Attributes={"RedrivePolicy": policy()}))


# --- redrive allow policies ----------------------------------------------------------------------------------------

UNSUPPORTED = (
    "Invalid value for the parameter RedriveAllowPolicy. Reason: Amazon SQS can't create the redrive allow policy, "
    "as it’s in an unsupported format."
)
CANNOT = "Amazon SQS can't create the redrive allow policy. "
# [the sentences: seen on AWS, 2026]
BY_QUEUE = f"{CANNOT}You can specify source queue ARNs only when the permission type is byQueue."
NUMBER = (
    f"{CANNOT}When you specify the byQueue permission type, you must also specify between 1 and 10 source queue ARNs."
)
REGION = f"{CANNOT}All source queue ARNs must be in the same region as the current SQS queue."


@pytest.mark.parametrize(
    "value",
    [
        "nonsense",
        "[]",
        "{}",
        '{"redrivePermission": "everyone"}',
        '{"redrivePermission": 1}',
        '{"redrivePermission": ["allowAll"]}',
        '{"redrivePermission": "allowAll", "more": 1}',
        '{"redrivePermission": "byQueue", "sourceQueueArns": "arn"}',
        '{"redrivePermission": "byQueue", "sourceQueueArns": [1]}',
    ],
)
def test_redrive_allow_policies_of_no_known_form(stage: Stage, value: str) -> None:
    attributes = {"RedriveAllowPolicy": value}
    stage.refuse(
        "InvalidAttributeValue",
        UNSUPPORTED,
        lambda s: s.sqs.set_queue_attributes(QueueUrl=s.url, Attributes=attributes),
    )


@pytest.mark.parametrize(
    ("permission", "sources", "reason"),
    [
        ("allowAll", [HERE], BY_QUEUE),
        ("denyAll", [HERE], BY_QUEUE),
        ("byQueue", [], NUMBER),
        ("byQueue", None, NUMBER),
        ("byQueue", [arn_of(f"q{number}") for number in range(11)], NUMBER),
        ("byQueue", [HERE, arn_of("plain", "eu-west-1")], REGION),
    ],
)
def test_redrive_allow_policies(stage: Stage, permission: str, sources: list[str] | None, reason: str) -> None:
    allows: dict[str, Any] = {"redrivePermission": permission}
    if sources is not None:
        allows["sourceQueueArns"] = sources
    value = json.dumps(allows)
    message = f"Value {value} for parameter RedriveAllowPolicy is invalid. Reason: {reason}"
    attributes = {"RedriveAllowPolicy": value}
    stage.refuse(IPV, message, lambda s: s.sqs.set_queue_attributes(QueueUrl=s.url, Attributes=attributes))
    stage.refuse(IPV, message, lambda s: s.sqs.create_queue(QueueName="other", Attributes=attributes))


# --- message move tasks --------------------------------------------------------------------------------------------

DEAD = arn_of("dead")
NOT_FOUND = "The resource that you specified for the {} parameter doesn't exist."
FORMAT = "You must use this format to specify the {}: arn:<partition>:<service>:<region>:<account-id>:<resource-id>"
RATE = (
    "Value for parameter MaxNumberOfMessagesPerSecond is invalid. "
    "Reason: You must enter a number that's between 1 and 500."
)
PAGE = "Value for parameter MaxResults is invalid. Reason: You must enter a number that's between 1 and 10."


@pytest.fixture
def moving(cloud: minicloud.Cloud, sqs: Any) -> Stage:
    """``dead`` is the dead-letter queue of ``source`` and holds two messages of it."""
    stage = Stage(cloud, sqs)
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    redrive = {"RedrivePolicy": policy(DEAD, 1)}
    source = sqs.create_queue(QueueName="source", Attributes=redrive)["QueueUrl"]
    send(sqs, source, "a", "b")
    receive(sqs, source, VisibilityTimeout=0)
    assert receive(sqs, source) == []
    assert len(cloud.queue(dead).messages) == 2
    return stage


def start(source: str = DEAD, **params: Any) -> Callable[[Stage], Any]:
    return lambda stage: stage.sqs.start_message_move_task(SourceArn=source, **params)


def list_(source: str = DEAD, **params: Any) -> Callable[[Stage], Any]:
    return lambda stage: stage.sqs.list_message_move_tasks(SourceArn=source, **params)


def cancel(handle: str) -> Callable[[Stage], Any]:
    return lambda stage: stage.sqs.cancel_message_move_task(TaskHandle=handle)


def handle_of(task: Any) -> str:
    return b64encode(json.dumps(task).encode()).decode()


NO_SUCH_TASK = {"taskId": "6f9619ff-8b86-d011-b42d-00c04fc964ff", "sourceArn": DEAD}

# fmt: off
MOVE_ROWS = [
    ("ResourceNotFoundException", NOT_FOUND.format("SourceArn"), start(arn_of("nothing"))),
    ("ResourceNotFoundException", NOT_FOUND.format("SourceArn"), start(arn_of("dead", "eu-west-1"))),
    ("ResourceNotFoundException", NOT_FOUND.format("SourceArn"), list_(arn_of("nothing"))),
    (IPV, "Source queue must be configured as a Dead Letter Queue.", start(arn_of("plain"))),
    ("ResourceNotFoundException", NOT_FOUND.format("DestinationArn"), start(DestinationArn=arn_of("nothing"))),
    (IPV, FORMAT.format("SourceArn"), start("dead")),
    (IPV, FORMAT.format("SourceArn"), start("")),
    (IPV, FORMAT.format("SourceArn"), list_("dead")),
    (IPV, FORMAT.format("DestinationArn"), start(DestinationArn="plain")),
    (IPV, FORMAT.format("DestinationArn"), start(DestinationArn="")),
    (IPV, "Source queue arn and destination queue arn cannot be the same.", start(DestinationArn=DEAD)),
    (IPV, "The source queue and destination queue must be of the same queue type.",
     start(DestinationArn=arn_of("line.fifo"))),
    *[(IPV, RATE, start(MaxNumberOfMessagesPerSecond=rate)) for rate in (0, -1, 501)],
    *[(IPV, PAGE, list_(MaxResults=number)) for number in (0, -1, 11)],
    ("MissingParameter", "The request must contain the parameter TaskHandle.", cancel("")),
    *[(IPV, "Value for parameter TaskHandle is invalid.", cancel(handle)) for handle in (
        "nonsense", "é", "AAAA", handle_of([]), handle_of({"taskId": "x"}), handle_of({"taskId": 1, "sourceArn": DEAD}),
        handle_of({"taskId": "x", "sourceArn": 2}))],
    ("ResourceNotFoundException", NOT_FOUND.format("SourceArn"),
     cancel(handle_of({**NO_SUCH_TASK, "sourceArn": arn_of("nothing")}))),
    ("ResourceNotFoundException", "Task does not exist.", cancel(handle_of(NO_SUCH_TASK))),
]
# fmt: on


@pytest.mark.parametrize(("code", "message", "call"), MOVE_ROWS)
def test_message_move_tasks(moving: Stage, code: str, message: str, call: Callable[[Stage], Any]) -> None:
    moving.refuse(code, message, call)
    assert "Results" not in list_()(moving)


def test_a_second_task(moving: Stage) -> None:
    start(MaxNumberOfMessagesPerSecond=1)(moving)
    message = "There is already a task running. Only one active task is allowed for a source queue arn at a given time."
    moving.refuse(IPV, message, start())


def test_cancelling_what_has_ended(moving: Stage) -> None:
    handle = start()(moving)["TaskHandle"]
    moving.refuse(IPV, "Only active tasks can be cancelled.", cancel(handle))
    handle = start(MaxNumberOfMessagesPerSecond=1)(moving)["TaskHandle"]
    moving.refuse(IPV, "Only active tasks can be cancelled.", cancel(handle))
