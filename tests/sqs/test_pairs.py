"""Every two parameters of every operation of SQS together, as values that are good or nearly so, through every way in.

A call is answered, or refused properly and without a trace; so is the same call once more.
"""

from __future__ import annotations

import json
from asyncio import AbstractEventLoop
from collections.abc import Iterator
from typing import Any

import pytest

import minicloud
from minicloud.core.operation import Operation
from minicloud.core.shapes import Shape
from tests.support.depth import is_deep
from tests.support.pairs import Path, few_calls, plain_calls, rows
from tests.support.ways import RealClients, client_maker

from .support import OTHER_ACCOUNT, arn_of, binary, received_bodies, redrive, text, url_of
from .test_fuzz import FIFO_HANDLE, HANDLE, OLD_HANDLE, OPERATIONS, TASK, Place

POLICY = {"Sid": "s", "Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}

VALUES: dict[str, Any] = {
    "QueueUrl": [url_of("plain"), url_of("line.fifo")],
    "QueueName": ["plain", "line.fifo", "other", "other.fifo"],
    "QueueNamePrefix": ["", "line"],
    "QueueOwnerAWSAccountId": ["123456789012", OTHER_ACCOUNT],
    "ReceiptHandle": [HANDLE, FIFO_HANDLE, OLD_HANDLE, "x"],
    "SourceArn": [arn_of("dead"), arn_of("dead.fifo"), arn_of("plain")],
    "DestinationArn": [arn_of("plain"), arn_of("line.fifo"), arn_of("dead")],
    "TaskHandle": [TASK, "x"],
    "NextToken": ["x"],
    "MaxResults": [1, 10],
    "MaxNumberOfMessages": [1, 10],
    "MaxNumberOfMessagesPerSecond": [1, 500],
    "VisibilityTimeout": [0, 5, 43_200],
    "WaitTimeSeconds": [0, 3, 20],
    "DelaySeconds": [0, 2],
    "AttributeNames": [[], ["All"], ["QueueArn"]],
    "MessageSystemAttributeNames": [[], ["All"], ["SenderId"]],
    "MessageAttributeNames": [[], ["All"], ["n.*", "x"]],
    "ReceiveRequestAttemptId": ["before", "new"],
    "MessageBody": ["x", "y" * 2000],
    "MessageGroupId": ["g", "new"],
    "MessageDeduplicationId": ["g-1", "new"],
    "MessageAttributes": {"n": [text("x"), binary(b"x")], "x": [text("1", "Number"), text("", "String")]},
    "MessageSystemAttributes": {"AWSTraceHeader": [text("Root=1"), binary(b"x")]},
    "Id": ["a"],
    "Label": ["taken", "new"],
    "AWSAccountIds": [[OTHER_ACCOUNT], ["123456789012", OTHER_ACCOUNT], []],
    "Actions": [["*"], ["SendMessage", "GetQueueUrl"], []],
    "Tags": [{"k": "w"}, {"l": ""}, {}],
    "TagKeys": [["k"], ["k", "x"], []],
    "Attributes": {
        "DelaySeconds": ["0", "5"],
        "MaximumMessageSize": ["1024", "1048576"],
        "MessageRetentionPeriod": ["60", "345600"],
        "ReceiveMessageWaitTimeSeconds": ["0", "20"],
        "VisibilityTimeout": ["0", "30"],
        "RedrivePolicy": ["", redrive("dead", 1), redrive("dead.fifo", 5)],
        "RedriveAllowPolicy": ["", '{"redrivePermission":"denyAll"}'],
        "Policy": ["", json.dumps({"Statement": POLICY})],
        "KmsMasterKeyId": ["", "key"],
        "KmsDataKeyReusePeriodSeconds": ["300", "60"],
        "SqsManagedSseEnabled": ["true", "false"],
        "FifoQueue": ["true"],
        "ContentBasedDeduplication": ["true", "false"],
        "DeduplicationScope": ["queue", "messageGroup"],
        "FifoThroughputLimit": ["perQueue", "perMessageGroupId"],
    },
}
VALUES["tags"] = VALUES["Tags"]


def values(path: Path, shape: Shape) -> Any:
    return VALUES.get(path[-1])


CONTEXTS: list[dict[str, Any]] = [
    {"QueueUrl": url_of("plain")},
    {"QueueUrl": url_of("line.fifo")},
]
"""Values that much else depends on: everything is met beside each of them."""


def calls(operation: Operation[..., Any], way: str) -> Iterator[dict[str, Any]]:
    """Each pair on its own natively, if all is gone through, else packed into a few calls."""
    shape = operation.input
    for context in CONTEXTS if "QueueUrl" in shape.members else [{}]:
        fifo = context.get("QueueUrl") == url_of("line.fifo")
        if way != "native" or not is_deep():
            yield from few_calls(shape, values, context)
            continue
        if operation.name in ("SendMessage", "SendMessageBatch") and fifo:
            for call in plain_calls(shape, values, context):
                for entry in call.get("Entries", [call]):
                    entry.setdefault("MessageGroupId", "g")
                    entry.setdefault("MessageDeduplicationId", "new")
                yield call
        yield from plain_calls(shape, values, context)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_two_parameters_together(name: str, way: str, loop: AbstractEventLoop, real_clients: RealClients) -> None:
    seen = set()
    for params in calls(OPERATIONS[name], way):
        if (written := repr(params)) in seen:
            continue
        seen.add(written)
        place = Place()
        with client_maker(way, place.cloud, loop, real_clients) as make:
            place.caller = make("sqs")
            place.throw(name, params)
            place.throw(name, params)
            place.cloud.clock.advance(1000)
            place.seen()
        place.cloud.close()


def test_every_two_settings_together(way: str, loop: AbstractEventLoop, real_clients: RealClients) -> None:
    """What attributes of a queue and parameters of a receive make of each other, each pair on both kinds of queue."""
    choices: dict[str, list[Any]] = {
        "VisibilityTimeout": ["0", "1"],
        "DelaySeconds": ["0", "1"],
        "ReceiveMessageWaitTimeSeconds": ["0", "1"],
        "RedrivePolicy": [None, redrive("dead", 2)],
        "timeout": [None, 0, 1],
        "attempt": [None, "a"],
        "wait": [None, 0, 2],
    }
    for fifo in (False, True):
        for row in rows(choices):
            cloud = minicloud.Cloud(clock="virtual", seed=1)
            with client_maker(way, cloud, loop, real_clients) as make:
                receive_twice(cloud, make("sqs"), fifo, row)
            cloud.close()


def receive_twice(cloud: minicloud.Cloud, sqs: Any, fifo: bool, row: dict[str, Any]) -> None:
    suffix, kind = (".fifo", {"FifoQueue": "true", "ContentBasedDeduplication": "true"}) if fifo else ("", {})
    sqs.create_queue(QueueName=f"dead{suffix}", Attributes=kind)
    attributes = {name: value for name, value in row.items() if name[0].isupper() and value is not None} | kind
    if "RedrivePolicy" in attributes:
        attributes["RedrivePolicy"] = redrive(f"dead{suffix}", 2)
    url = sqs.create_queue(QueueName=f"queue{suffix}", Attributes=attributes)["QueueUrl"]
    names = {"VisibilityTimeout": "timeout", "ReceiveRequestAttemptId": "attempt", "WaitTimeSeconds": "wait"}
    options = {name: row[key] for name, key in names.items() if row[key] is not None}
    sqs.send_message(QueueUrl=url, MessageBody="x", **({"MessageGroupId": "g"} if fifo else {}))
    cloud.clock.advance(1)
    hidden = options.get("VisibilityTimeout", int(row["VisibilityTimeout"]))
    waits = options.get("WaitTimeSeconds", int(row["ReceiveMessageWaitTimeSeconds"]))
    assert received_bodies(sqs, url, **options) == ["x"]
    # The second one finds what was not hidden, waits for what was, or is the first one once more.
    again = not hidden or waits >= hidden or ("ReceiveRequestAttemptId" in options and fifo)
    assert received_bodies(sqs, url, **options) == (["x"] if again else [])
    cloud.clock.advance(2)
    counts = cloud.queue(url).counts
    assert (counts.visible, counts.delayed, counts.in_flight) == (1, 0, 0)
