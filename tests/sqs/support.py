"""What the contract tests of SQS share: short words for what is sent and received, and how a refusal looks.

A contract test takes the fixture ``sqs`` and so runs once for each way in: the native client, the asyncio client and,
where botocore is installed, a real boto3 client. It knows nothing of the way.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

import minicloud

ACCOUNT = "123456789012"
OTHER_ACCOUNT = "210987654321"

Connect: TypeAlias = Callable[..., Any]
NewQueue: TypeAlias = Callable[..., str]
Refused: TypeAlias = Callable[..., dict[str, Any]]

LEGACY = "AWS.SimpleQueueService."

# fmt: off
ERRORS = {
    # Error.Code: (name of the shape, HTTP status)
    f"{LEGACY}BatchEntryIdsNotDistinct": ("BatchEntryIdsNotDistinct", 400),
    f"{LEGACY}BatchRequestTooLong": ("BatchRequestTooLong", 400),
    f"{LEGACY}EmptyBatchRequest": ("EmptyBatchRequest", 400),
    "InvalidAddress": ("InvalidAddress", 404),
    "InvalidAttributeName": ("InvalidAttributeName", 400),
    "InvalidAttributeValue": ("InvalidAttributeValue", 400),
    f"{LEGACY}InvalidBatchEntryId": ("InvalidBatchEntryId", 400),
    "InvalidMessageContents": ("InvalidMessageContents", 400),
    "OverLimit": ("OverLimit", 403),
    f"{LEGACY}PurgeQueueInProgress": ("PurgeQueueInProgress", 403),
    f"{LEGACY}QueueDeletedRecently": ("QueueDeletedRecently", 400),
    f"{LEGACY}NonExistentQueue": ("QueueDoesNotExist", 400),
    "QueueAlreadyExists": ("QueueNameExists", 400),
    "ReceiptHandleIsInvalid": ("ReceiptHandleIsInvalid", 404),
    "RequestThrottled": ("RequestThrottled", 403),
    "ResourceNotFoundException": ("ResourceNotFoundException", 404),
    f"{LEGACY}TooManyEntriesInBatchRequest": ("TooManyEntriesInBatchRequest", 400),
    f"{LEGACY}UnsupportedOperation": ("UnsupportedOperation", 400),
    "InvalidParameterValue": ("InvalidParameterValueException", 400),
    "MissingParameter": ("MissingRequiredParameterException", 400),
    "MalformedInput": ("SerializationException", 400),
    "AccessDenied": ("AccessDeniedException", 403),
}
MODELLED = (
    "BatchEntryIdsNotDistinct", "BatchRequestTooLong", "EmptyBatchRequest", "InvalidAddress", "InvalidAttributeName",
    "InvalidAttributeValue", "InvalidBatchEntryId", "InvalidIdFormat", "InvalidMessageContents", "InvalidSecurity",
    "KmsAccessDenied", "KmsDisabled", "KmsInvalidKeyUsage", "KmsInvalidState", "KmsNotFound", "KmsOptInRequired",
    "KmsThrottled", "MessageNotInflight", "OverLimit", "PurgeQueueInProgress", "QueueDeletedRecently",
    "QueueDoesNotExist", "QueueNameExists", "ReceiptHandleIsInvalid", "RequestThrottled", "ResourceNotFoundException",
    "TooManyEntriesInBatchRequest", "UnsupportedOperation",
)
"""The exceptions that ``client.exceptions`` has, beside ``ClientError``."""
# fmt: on


# --- what is sent and received -------------------------------------------------------------------------------------


def text(value: str, data_type: str = "String") -> dict[str, Any]:
    """A message attribute's value."""
    return {"StringValue": value, "DataType": data_type}


def binary(value: bytes, data_type: str = "Binary") -> dict[str, Any]:
    """A message attribute's value."""
    return {"BinaryValue": value, "DataType": data_type}


def arn_of(name: str, region_name: str = "us-east-1", account_id: str = ACCOUNT) -> str:
    return f"arn:aws:sqs:{region_name}:{account_id}:{name}"


def url_of(name: str, region_name: str = "us-east-1", account_id: str = ACCOUNT) -> str:
    return f"https://sqs.{region_name}.amazonaws.com/{account_id}/{name}"


def redrive(target: str, count: int | str = 1) -> str:
    """A RedrivePolicy; the target is a queue's name."""
    return json.dumps({"deadLetterTargetArn": arn_of(target), "maxReceiveCount": count})


def send(client: Any, url: str, *bodies: str, **params: Any) -> list[dict[str, Any]]:
    """Send messages one by one; their answers."""
    return [client.send_message(QueueUrl=url, MessageBody=body, **params) for body in bodies]


def send_to_groups(client: Any, url: str, *bodies: str) -> None:
    """Send to a FIFO queue: ``g1-m2`` goes to the group ``g1``."""
    for body in bodies:
        client.send_message(
            QueueUrl=url, MessageBody=body, MessageGroupId=body.split("-")[0], MessageDeduplicationId=body
        )


def receive(client: Any, url: str, maximum: int = 10, **params: Any) -> list[dict[str, Any]]:
    """One ReceiveMessage; its messages."""
    messages: list[dict[str, Any]] = client.receive_message(QueueUrl=url, MaxNumberOfMessages=maximum, **params).get(
        "Messages", []
    )
    return messages


def receive_one(client: Any, url: str, **params: Any) -> dict[str, Any]:
    """The one message that there has to be."""
    [message] = receive(client, url, **params)
    return message


def bodies(messages: list[Any]) -> list[str]:
    return [message["Body"] for message in messages]


def received_bodies(client: Any, url: str, maximum: int = 10, **params: Any) -> list[str]:
    return bodies(receive(client, url, maximum, **params))


def delete(client: Any, url: str, *messages: dict[str, Any]) -> None:
    for message in messages:
        client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def change(client: Any, url: str, message: dict[str, Any], seconds: int) -> None:
    client.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds)


def attributes(client: Any, url: str, *names: str) -> dict[str, str]:
    """Attributes of a queue, all of them by default."""
    found: dict[str, str] = client.get_queue_attributes(QueueUrl=url, AttributeNames=[*names] or ["All"]).get(
        "Attributes", {}
    )
    return found


def counts(client: Any, url: str) -> tuple[int, int, int]:
    """Messages visible, in flight, delayed."""
    shown = attributes(client, url)
    kinds = ("", "NotVisible", "Delayed")
    visible, in_flight, delayed = (int(shown[f"ApproximateNumberOfMessages{kind}"]) for kind in kinds)
    return visible, in_flight, delayed


# --- refusals ------------------------------------------------------------------------------------------------------


def check_error(client: Any, error: Any, code: str, message: str) -> dict[str, Any]:
    """Check everything that boto3 shows of an error; the answer."""
    response: dict[str, Any] = error.response
    shape, status = ERRORS[code]
    assert response["Error"] == {"Message": message, "Code": code, "QueryErrorCode": shape, "Type": "Sender"}
    assert str(error) == f"An error occurred ({code}) when calling the {error.operation_name} operation: {message}"
    metadata = response["ResponseMetadata"]
    assert metadata["HTTPStatusCode"] == status
    assert metadata["HTTPHeaders"]["x-amzn-query-error"] == f"{code};Sender"
    assert metadata["HTTPHeaders"]["x-amzn-requestid"] == metadata["RequestId"]
    # botocore finds the modelled members by the code: only where that is a shape's name as well.
    assert response.get("message") == (message if code in MODELLED else None)
    expected = getattr(client.exceptions, shape) if shape in MODELLED else client.exceptions.ClientError
    assert isinstance(error, expected)
    assert type(error).__name__ == (shape if shape in MODELLED else "ClientError")
    return response


def snapshot(cloud: minicloud.Cloud, client: Any) -> dict[str, Any]:
    """All there is to see of the queues of a client, without touching them."""
    seen: dict[str, Any] = {}
    for url in client.list_queues().get("QueueUrls", []):
        view = cloud.queue(url)
        messages = [(one.message_id, one.body, one.state, one.receive_count) for one in view.messages]
        seen[url] = (attributes(client, url), client.list_queue_tags(QueueUrl=url).get("Tags"), messages)
    return seen


class Stage:
    """Two queues and a message of each in flight: where the rows of the tables of refusals happen.

    A client of minicloud's own sets it, and looks at it: only the call that is refused goes the test's way.
    """

    def __init__(self, cloud: minicloud.Cloud, sqs: Any) -> None:
        self.cloud = cloud
        self.sqs = sqs
        self.own: Any = cloud.client("sqs", region_name=sqs.meta.region_name)
        client = self.own
        fifo = {"FifoQueue": "true"}
        self.url = client.create_queue(QueueName="plain", Attributes={"MaximumMessageSize": "1024"})["QueueUrl"]
        self.fifo = client.create_queue(QueueName="line.fifo", Attributes=fifo)["QueueUrl"]
        send(client, self.url, "first", "second")
        send_to_groups(client, self.fifo, "g-first", "g-second")
        self.handle: str = receive(client, self.url, 1)[0]["ReceiptHandle"]
        self.fifo_handle: str = receive(client, self.fifo, 1)[0]["ReceiptHandle"]

    def refuse(self, code: str, message: str, call: Callable[[Stage], Any]) -> None:
        """Check that the call is refused in these words, and that nothing has come of it."""
        before = snapshot(self.cloud, self.own)
        with pytest.raises(self.sqs.exceptions.ClientError) as caught:
            call(self)
        message = message.replace("<handle>", self.handle).replace("<fifo handle>", self.fifo_handle)
        check_error(self.sqs, caught.value, code, message)
        assert snapshot(self.cloud, self.own) == before
