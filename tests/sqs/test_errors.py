"""What a client shows of errors: exception classes, and the report of wrong parameters before any call."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import minicloud

from .support import ERRORS, LEGACY, MODELLED, Connect, Refused, check_error, snapshot


def test_modelled_exceptions(sqs: Any) -> None:
    names = {name for name in dir(sqs.exceptions) if name[0].isupper()}
    assert names == {*MODELLED, "ClientError"}
    for name in MODELLED:
        modelled = getattr(sqs.exceptions, name)
        assert issubclass(modelled, sqs.exceptions.ClientError)
        assert modelled.__name__ == name
        assert sqs.exceptions.from_code(name) is modelled
    assert sqs.exceptions.from_code("InvalidParameterValue") is sqs.exceptions.ClientError
    with pytest.raises(AttributeError, match="QueueDoesNotExist"):
        _ = sqs.exceptions.NoSuchException


def test_an_error_is_caught_by_the_class_of_any_client(connect: Connect) -> None:
    one, other = connect(), connect("eu-west-1")
    with pytest.raises(other.exceptions.ClientError):
        one.get_queue_url(QueueName="nothing")


def test_the_whole_answer(sqs: Any, refused: Refused) -> None:
    gone = "The specified queue does not exist."
    response = refused(sqs.get_queue_url, f"{LEGACY}NonExistentQueue", gone, QueueName="nothing")
    assert list(response) == ["Error", "ResponseMetadata"]
    assert list(response["ResponseMetadata"]) == ["RequestId", "HTTPStatusCode", "HTTPHeaders", "RetryAttempts"]
    url = sqs.create_queue(QueueName="queue")["QueueUrl"]
    response = refused(
        sqs.get_queue_attributes, "InvalidAttributeName", "Unknown Attribute x.", QueueUrl=url, AttributeNames=["x"]
    )
    assert list(response) == ["Error", "ResponseMetadata", "message"]


def test_errors_can_be_pickled(sqs: Any) -> None:
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
        sqs.get_queue_url(QueueName="nothing")
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.response == caught.value.response
    assert str(again) == str(caught.value)


def test_the_operation_is_named(sqs: Any) -> None:
    calls: list[tuple[str, Any, dict[str, Any]]] = [
        ("SendMessage", sqs.send_message, {"MessageBody": "x"}),
        ("ReceiveMessage", sqs.receive_message, {}),
        ("DeleteQueue", sqs.delete_queue, {}),
    ]
    for operation, call, params in calls:
        with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
            call(QueueUrl="nothing", **params)
        assert caught.value.operation_name == operation
        check_error(sqs, caught.value, f"{LEGACY}NonExistentQueue", "The specified queue does not exist.")


# --- wrong parameters ----------------------------------------------------------------------------------------------

STR, INT, DICT = "<class 'str'>", "<class 'int'>", "<class 'dict'>"
LIST = "<class 'list'>, <class 'tuple'>"
BYTES = "<class 'bytes'>, <class 'bytearray'>, file-like object"
MESSAGE = (
    "MessageBody, DelaySeconds, MessageAttributes, MessageSystemAttributes, MessageDeduplicationId, MessageGroupId"
)


def wrong(name: str, value: Any, types: str) -> str:
    return f"Invalid type for parameter {name}, value: {value}, type: {type(value)}, valid types: {types}"


@pytest.mark.parametrize(
    ("operation", "params", "report"),
    [
        ("create_queue", {}, ['Missing required parameter in input: "QueueName"']),
        ("create_queue", {"QueueName": None}, [wrong("QueueName", None, STR)]),
        (
            "create_queue",
            {"QueueName": "q", "Attributes": {"DelaySeconds": 5}},
            [wrong("Attributes.DelaySeconds", 5, STR)],
        ),
        (
            "create_queue",
            {"QueueName": "q", "Attributes": {1: "x"}},
            [wrong("Attributes (key: 1)", 1, STR)],
        ),
        ("create_queue", {"QueueName": "q", "tags": ["x"]}, [wrong("tags", ["x"], DICT)]),
        (
            "create_queue",
            {"QueueName": "q", "Tags": {}},
            ['Unknown parameter in input: "Tags", must be one of: QueueName, Attributes, tags'],
        ),
        (
            "send_message",
            {"QueueUrl": "u", "DelaySeconds": "5", "Foo": 1},
            [
                'Missing required parameter in input: "MessageBody"',
                f'Unknown parameter in input: "Foo", must be one of: QueueUrl, {MESSAGE}',
                wrong("DelaySeconds", "5", INT),
            ],
        ),
        ("send_message", {"QueueUrl": "u", "MessageBody": b"x"}, [wrong("MessageBody", b"x", STR)]),
        ("send_message", {"QueueUrl": "u", "MessageBody": {"a": 1}}, [wrong("MessageBody", {"a": 1}, STR)]),
        (
            "send_message",
            {"QueueUrl": "u", "MessageBody": "x", "MessageAttributes": {"n": {"StringValue": "x"}}},
            ['Missing required parameter in MessageAttributes.n: "DataType"'],
        ),
        (
            "send_message",
            {
                "QueueUrl": "u",
                "MessageBody": "x",
                "MessageAttributes": {"n": {"DataType": "Number", "StringValue": 5, "BinaryValue": 5}},
            },
            [
                wrong("MessageAttributes.n.StringValue", 5, STR),
                wrong("MessageAttributes.n.BinaryValue", 5, BYTES),
            ],
        ),
        ("receive_message", {"QueueUrl": "u", "MaxNumberOfMessages": 1.0}, [wrong("MaxNumberOfMessages", 1.0, INT)]),
        ("receive_message", {"QueueUrl": "u", "AttributeNames": "All"}, [wrong("AttributeNames", "All", LIST)]),
        ("receive_message", {"QueueUrl": "u", "AttributeNames": [1]}, [wrong("AttributeNames[0]", 1, STR)]),
        (
            "send_message_batch",
            {"QueueUrl": "u", "Entries": [{"Id": "a", "Body": "x"}, "text"]},
            [
                'Missing required parameter in Entries[0]: "MessageBody"',
                f'Unknown parameter in Entries[0]: "Body", must be one of: Id, {MESSAGE}',
                wrong("Entries[1]", "text", DICT),
            ],
        ),
        (
            "send_message_batch",
            {"QueueUrl": "u", "Entries": [{"Id": "a", "MessageBody": "x", "Foo": 1}, {"Id": "b", "MessageBody": "y"}]},
            [f'Unknown parameter in Entries[0]: "Foo", must be one of: Id, {MESSAGE}'],
        ),
        ("delete_message_batch", {"QueueUrl": "u", "Entries": None}, [wrong("Entries", None, LIST)]),
        ("get_queue_url", {"QueueName": 5}, [wrong("QueueName", 5, STR)]),
        ("list_queues", {"MaxResults": "5"}, [wrong("MaxResults", "5", INT)]),
    ],
)
def test_reports(cloud: minicloud.Cloud, sqs: Any, operation: str, params: dict[str, Any], report: list[str]) -> None:
    with pytest.raises(Exception) as caught:
        getattr(sqs, operation)(**params)
    # Each way in has its own class of this name.
    assert type(caught.value).__name__ == "ParamValidationError"
    assert str(caught.value) == "\n".join(["Parameter validation failed:", *report])
    assert snapshot(cloud, cloud.client("sqs")) == {}


def test_positional_arguments(sqs: Any) -> None:
    with pytest.raises(TypeError, match=r"create_queue\(\) only accepts keyword arguments\."):
        sqs.create_queue("queue")


@pytest.mark.parametrize("value", [True, False])
def test_a_boolean_for_a_number(sqs: Any, url: str, value: bool) -> None:
    message = f"{str(value).upper()}_VALUE can not be converted to an Integer"
    with pytest.raises(sqs.exceptions.ClientError) as caught:
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=value)
    check_error(sqs, caught.value, "MalformedInput", message)


class Text(str):
    """Applications pass members of string enums, and other subclasses."""

    __slots__ = ()

    def __str__(self) -> str:
        return "something else"


def test_subclasses_of_what_is_expected(sqs: Any, url: str) -> None:
    from collections import OrderedDict

    value = OrderedDict(BinaryValue=bytearray(b"\x00\x01"), DataType=Text("Binary"))
    sqs.send_message(QueueUrl=Text(url), MessageBody=Text("body"), MessageAttributes=OrderedDict(n=value))
    [message] = sqs.receive_message(QueueUrl=url, MessageAttributeNames=("All",))["Messages"]
    assert (message["Body"], type(message["Body"])) == ("body", str)
    assert message["MessageAttributes"] == {"n": {"BinaryValue": b"\x00\x01", "DataType": "Binary"}}


CODES = {
    **{shape: (code, status) for code, (shape, status) in ERRORS.items() if shape in MODELLED},
    "InvalidIdFormat": ("InvalidIdFormat", 400),
    "InvalidSecurity": ("InvalidSecurity", 403),
    "KmsAccessDenied": ("KMS.AccessDeniedException", 400),
    "KmsDisabled": ("KMS.DisabledException", 400),
    "KmsInvalidKeyUsage": ("KMS.InvalidKeyUsageException", 400),
    "KmsInvalidState": ("KMS.InvalidStateException", 400),
    "KmsNotFound": ("KMS.NotFoundException", 400),
    "KmsOptInRequired": ("KMS.OptInRequired", 403),
    "KmsThrottled": ("KMS.ThrottlingException", 400),
    "MessageNotInflight": (f"{LEGACY}MessageNotInflight", 400),
}
"""Every modelled exception. [SQS API: Errors; botocore 1.31's model]"""


def test_every_error_there_is_has_its_code_and_its_status() -> None:
    """Whether it is asked for by its shape or by its code."""
    cloud = minicloud.Cloud(clock="virtual", seed=1)
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    assert CODES.keys() == set(MODELLED)
    for shape, (code, status) in CODES.items():
        for name in {shape, code}:
            cloud.faults.refuse(name, service="sqs", first=1)
            with pytest.raises(getattr(sqs.exceptions, shape)) as caught:
                sqs.send_message(QueueUrl=url, MessageBody="x")
            response = caught.value.response
            error = response["Error"]
            assert (error["Code"], error["QueryErrorCode"], error["Type"]) == (code, shape, "Sender")
            assert response["ResponseMetadata"]["HTTPStatusCode"] == status, name
            has_member = code in MODELLED and code != "InvalidIdFormat"
            assert ("message" in response) is has_member, name
            cloud.faults.clear()
