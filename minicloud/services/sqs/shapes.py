"""The structures of Amazon SQS: parameters and answers, members in the order of AWS's model.

Collections of an answer are not required: AWS leaves them out when they are empty.
"""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Answer, Blob

# Names as AWS's model has them, for type checkers: the operations say in AWS's words what is wrong with others.

QueueAttributeName: TypeAlias = Literal[
    "All",
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "ContentBasedDeduplication",
    "CreatedTimestamp",
    "DeduplicationScope",
    "DelaySeconds",
    "FifoQueue",
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "LastModifiedTimestamp",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "Policy",
    "QueueArn",
    "ReceiveMessageWaitTimeSeconds",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
]
"""An attribute of a queue."""

MessageSystemAttributeName: TypeAlias = Literal[
    "AWSTraceHeader",
    "All",
    "ApproximateFirstReceiveTimestamp",
    "ApproximateReceiveCount",
    "DeadLetterQueueSourceArn",
    "MessageDeduplicationId",
    "MessageGroupId",
    "SenderId",
    "SentTimestamp",
    "SequenceNumber",
]
"""What SQS knows of a message."""


class MessageAttributeValue(TypedDict):
    """The value of a user attribute of a message."""

    StringValue: NotRequired[str]
    BinaryValue: NotRequired[Blob]
    StringListValues: NotRequired[Sequence[str]]
    BinaryListValues: NotRequired[Sequence[Blob]]
    DataType: str


class MessageSystemAttributeValue(TypedDict):
    """The value of a system attribute of a message."""

    StringValue: NotRequired[str]
    BinaryValue: NotRequired[Blob]
    StringListValues: NotRequired[Sequence[str]]
    BinaryListValues: NotRequired[Sequence[Blob]]
    DataType: str


# --- entries of batches --------------------------------------------------------------------------------------------


class ChangeMessageVisibilityBatchRequestEntry(TypedDict):
    """One message whose visibility timeout is to be changed."""

    Id: str
    ReceiptHandle: str
    VisibilityTimeout: NotRequired[int]


class ChangeMessageVisibilityBatchResultEntry(TypedDict):
    """One message whose visibility timeout was changed."""

    Id: str


class DeleteMessageBatchRequestEntry(TypedDict):
    """One message to delete."""

    Id: str
    ReceiptHandle: str


class DeleteMessageBatchResultEntry(TypedDict):
    """One message that was deleted."""

    Id: str


class SendMessageBatchRequestEntry(TypedDict):
    """One message to send."""

    Id: str
    MessageBody: str
    DelaySeconds: NotRequired[int]
    MessageAttributes: NotRequired[Mapping[str, MessageAttributeValue]]
    MessageSystemAttributes: NotRequired[Mapping[str, MessageSystemAttributeValue]]
    MessageDeduplicationId: NotRequired[str]
    MessageGroupId: NotRequired[str]


class SendMessageBatchResultEntry(TypedDict):
    """One message that was sent."""

    Id: str
    MessageId: str
    MD5OfMessageBody: str
    MD5OfMessageAttributes: NotRequired[str]
    MD5OfMessageSystemAttributes: NotRequired[str]
    SequenceNumber: NotRequired[str]


class BatchResultErrorEntry(TypedDict):
    """One entry of a batch that failed."""

    Id: str
    SenderFault: bool
    Code: str
    Message: NotRequired[str]


# --- answers -------------------------------------------------------------------------------------------------------


class CancelMessageMoveTaskResult(Answer):
    """The answer of CancelMessageMoveTask."""

    ApproximateNumberOfMessagesMoved: int


class ChangeMessageVisibilityBatchResult(Answer):
    """The answer of ChangeMessageVisibilityBatch."""

    Successful: NotRequired[list[ChangeMessageVisibilityBatchResultEntry]]
    Failed: NotRequired[list[BatchResultErrorEntry]]


class CreateQueueResult(Answer):
    """The answer of CreateQueue."""

    QueueUrl: str


class DeleteMessageBatchResult(Answer):
    """The answer of DeleteMessageBatch."""

    Successful: NotRequired[list[DeleteMessageBatchResultEntry]]
    Failed: NotRequired[list[BatchResultErrorEntry]]


class GetQueueAttributesResult(Answer):
    """The answer of GetQueueAttributes."""

    Attributes: NotRequired[dict[str, str]]


class GetQueueUrlResult(Answer):
    """The answer of GetQueueUrl."""

    QueueUrl: str


class ListDeadLetterSourceQueuesResult(Answer):
    """The answer of ListDeadLetterSourceQueues."""

    queueUrls: list[str]
    NextToken: NotRequired[str]


class ListMessageMoveTasksResultEntry(TypedDict):
    """One message move task."""

    TaskHandle: NotRequired[str]
    Status: str
    SourceArn: str
    DestinationArn: NotRequired[str]
    MaxNumberOfMessagesPerSecond: NotRequired[int]
    ApproximateNumberOfMessagesMoved: int
    ApproximateNumberOfMessagesToMove: NotRequired[int]
    FailureReason: NotRequired[str]
    StartedTimestamp: int


class ListMessageMoveTasksResult(Answer):
    """The answer of ListMessageMoveTasks."""

    Results: NotRequired[list[ListMessageMoveTasksResultEntry]]


class ListQueueTagsResult(Answer):
    """The answer of ListQueueTags."""

    Tags: NotRequired[dict[str, str]]


class ListQueuesResult(Answer):
    """The answer of ListQueues."""

    QueueUrls: NotRequired[list[str]]
    NextToken: NotRequired[str]


if TYPE_CHECKING:
    from .message_shapes import Message  # two declarations, one for each type checker
else:

    class Message(TypedDict):
        """A message that was received."""

        MessageId: str
        ReceiptHandle: str
        MD5OfBody: str
        Body: str
        Attributes: NotRequired[dict[str, str]]
        MD5OfMessageAttributes: NotRequired[str]
        MessageAttributes: NotRequired[dict[str, MessageAttributeValue]]


class ReceiveMessageResult(Answer):
    """The answer of ReceiveMessage."""

    Messages: NotRequired[list[Message]]


class SendMessageResult(Answer):
    """The answer of SendMessage."""

    MD5OfMessageBody: str
    MD5OfMessageAttributes: NotRequired[str]
    MD5OfMessageSystemAttributes: NotRequired[str]
    MessageId: str
    SequenceNumber: NotRequired[str]


class SendMessageBatchResult(Answer):
    """The answer of SendMessageBatch."""

    Successful: NotRequired[list[SendMessageBatchResultEntry]]
    Failed: NotRequired[list[BatchResultErrorEntry]]


class StartMessageMoveTaskResult(Answer):
    """The answer of StartMessageMoveTask."""

    TaskHandle: str
