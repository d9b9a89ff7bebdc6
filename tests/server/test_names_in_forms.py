"""What lists and maps are called in forms and XML, and which status an answer has, operation by operation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

import minicloud
from minicloud.core.operation import operations_of
from minicloud.services.registry import load_service
from minicloud.wire.model import DeclaredOperation
from tests.server.support import Raw, form

ATTRIBUTES = "Attributes=Attribute/Name/Value"
OF_MESSAGES = "MessageAttributes=MessageAttribute/Name/Value"
VALUES = "StringListValues=StringListValue BinaryListValues=BinaryListValue"
SENT = f"{OF_MESSAGES} {VALUES} MessageSystemAttributes=MessageSystemAttribute/Name/Value {VALUES}"
ASKED = (
    "AttributeNames=AttributeName MessageSystemAttributeNames=MessageSystemAttributeName "
    "MessageAttributeNames=MessageAttributeName"
)
NAMES = {
    "AddPermission": ("AWSAccountIds=AWSAccountId Actions=ActionName", ""),
    "ChangeMessageVisibilityBatch": (
        "Entries=ChangeMessageVisibilityBatchRequestEntry",
        "Successful=ChangeMessageVisibilityBatchResultEntry Failed=BatchResultErrorEntry",
    ),
    "CreateQueue": (f"{ATTRIBUTES} tags=Tag/Key/Value", ""),
    "DeleteMessageBatch": (
        "Entries=DeleteMessageBatchRequestEntry",
        "Successful=DeleteMessageBatchResultEntry Failed=BatchResultErrorEntry",
    ),
    "GetQueueAttributes": ("AttributeNames=AttributeName", ATTRIBUTES),
    "ListDeadLetterSourceQueues": ("", "queueUrls=QueueUrl"),
    "ListMessageMoveTasks": ("", "Results=ListMessageMoveTasksResultEntry"),
    "ListQueueTags": ("", "Tags=Tag/Key/Value"),
    "ListQueues": ("", "QueueUrls=QueueUrl"),
    "ReceiveMessage": (ASKED, f"Messages=Message {ATTRIBUTES} {OF_MESSAGES} {VALUES}"),
    "SendMessage": (SENT, ""),
    "SendMessageBatch": (
        f"Entries=SendMessageBatchRequestEntry {SENT}",
        "Successful=SendMessageBatchResultEntry Failed=BatchResultErrorEntry",
    ),
    "SetQueueAttributes": (ATTRIBUTES, ""),
    "TagQueue": ("Tags=Tag/Key/Value", ""),
    "UntagQueue": ("TagKeys=TagKey", ""),
}
"""Of SQS: what is taken, what is given. [botocore 1.31's model, which had the query protocol]"""


def names(shape: Any) -> Iterator[str]:
    for name, member in () if shape is None else shape.members.items():
        if member.type_name == "list":
            assert member.serialization == {"flattened": True}
            yield f"{name}={member.member.serialization['name']}"
            yield from names(member.member)
        elif member.type_name == "map":
            entry = {**member.serialization}
            assert entry.pop("flattened") is True
            yield "/".join(
                [f"{name}={entry.pop('name')}", *(one.serialization["name"] for one in (member.key, member.value))]
            )
            assert entry == {}
            yield from names(member.value)
        else:
            yield from names(member)


def test_lists_and_maps_of_queues_stand_one_by_one_under_names_of_their_own() -> None:
    service = load_service("sqs")
    found = {}
    for operation in operations_of(service.api).values():
        made = DeclaredOperation(service, operation, "query")
        both = " ".join(names(made.input_shape)), " ".join(names(made.output_shape))
        if both != ("", ""):
            found[made.name] = both
        if made.output_shape is not None:
            assert made.output_shape.serialization["resultWrapper"] == f"{made.name}Result"
    assert found == NAMES


def test_entries_of_attributes_of_messages_have_names_of_their_own_in_sns() -> None:
    """Those of all other maps are called key and value."""
    service = load_service("sns")
    named: list[str] = []
    others: list[str] = []

    def look(operation: str, shape: Any) -> None:
        for name, member in () if shape is None else shape.members.items():
            if member.type_name == "map":
                of_its_own = (member.key.serialization, member.value.serialization) == (
                    {"name": "Name"},
                    {"name": "Value"},
                )
                (named if of_its_own else others).append(f"{operation}.{name}")
                assert of_its_own or (member.key.serialization, member.value.serialization) == ({}, {})
            else:
                look(operation, member.member if member.type_name == "list" else member)

    for operation in operations_of(service.api).values():
        made = DeclaredOperation(service, operation, "query")
        look(made.name, made.input_shape)
        look(made.name, made.output_shape)
    assert sorted(named) == ["Publish.MessageAttributes", "PublishBatch.MessageAttributes"]
    assert "CreateTopic.Attributes" in others


@pytest.mark.parametrize(
    ("service_name", "others"),
    [
        (
            "lambda",
            {
                201: "AddPermission CreateAlias CreateFunction PublishVersion",
                202: "CreateEventSourceMapping DeleteEventSourceMapping UpdateEventSourceMapping",
                204: "DeleteAlias DeleteFunctionConcurrency DeleteFunctionEventInvokeConfig RemovePermission "
                "TagResource UntagResource",
            },
        ),
        ("pipes", {}),
        ("scheduler", {}),
    ],
)
def test_the_status_of_an_answer_by_a_path(service_name: str, others: dict[int, str]) -> None:
    service = load_service(service_name)
    found = defaultdict(list)
    for operation in operations_of(service.api).values():
        found[DeclaredOperation(service, operation, "rest-json").http["responseCode"]].append(operation.name)
    assert found.pop(200)
    assert {status: " ".join(sorted(operations)) for status, operations in found.items()} == others


def test_attributes_of_a_batch_to_a_topic_come_with_their_messages(cloud: minicloud.Cloud) -> None:
    """In a form, as SDKs send it."""
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    first = "PublishBatchRequestEntries.member.1"
    attribute = f"{first}.MessageAttributes.entry.1"
    text = (
        f"Action=PublishBatch&Version=2010-03-31&TopicArn={topic}&{first}.Id=a&{first}.Message=m&{attribute}.Name=n&"
        f"{attribute}.Value.DataType=String&{attribute}.Value.StringValue=v"
    )
    with cloud.serve() as server:
        assert Raw(server.url).send(form(text)).answer().status == 200
    [published] = cloud.topic("t").published
    assert dict(published.message_attributes["n"]) == {"DataType": "String", "StringValue": "v"}
