"""The structures of the operations on queues: parameters and answers, members in the order of AWS's model.

Where AWS has the same structure once for records and once for dead letters, here is one for both.
"""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Answer, Minimum, Timestamp
from .shapes import StreamArn

QueueArn: TypeAlias = Annotated[str, Minimum(1)]
QueueName: TypeAlias = Annotated[str, Minimum(1)]
MaxReceiveCount: TypeAlias = Annotated[int, Minimum(1)]
ReceiptHandle: TypeAlias = Annotated[str, Minimum(1)]
ReceiveLimit: TypeAlias = Annotated[int, Minimum(1)]
VisibilityTimeout: TypeAlias = Annotated[int, Minimum(0)]
WaitTime: TypeAlias = Annotated[int, Minimum(1)]

# What answers carry; parameters are more permissive.
_Bytes: TypeAlias = Annotated[bytes, "blob"]
_Timestamp: TypeAlias = Annotated[datetime, "timestamp"]

# --- parts of requests ----------------------------------------------------------------------------------------------


class QueueStartingPosition(TypedDict):
    """From where on the records of a stream belong to a queue."""

    Type: str
    Timestamp: NotRequired[Timestamp]


class QueueStreamConfiguration(TypedDict):
    """The stream of a queue, and from where on."""

    StreamARN: StreamArn
    StartingPosition: NotRequired[QueueStartingPosition]


class DeadLetterConfiguration(TypedDict):
    """Whether records that were received too often become dead letters (``BUILT_IN``), or come again (``NONE``)."""

    TargetType: str
    MaxReceiveCount: NotRequired[MaxReceiveCount]


class QueueAttributes(TypedDict):
    """How a queue delivers."""

    VisibilityTimeoutSeconds: NotRequired[VisibilityTimeout]
    DeadLetterConfiguration: NotRequired[DeadLetterConfiguration]


class QueueStreamFilter(TypedDict):
    """A stream whose queues are to be listed."""

    StreamARN: StreamArn
    StreamCreationTimestamp: NotRequired[Timestamp]


QueueStreamConfigurationList: TypeAlias = Annotated[Sequence[QueueStreamConfiguration], Minimum(1)]
QueueStreamFilterList: TypeAlias = Annotated[Sequence[QueueStreamFilter], Minimum(1)]


class QueueRecordsRequestEntry(TypedDict):
    """One delivery, by its handle."""

    ReceiptHandle: ReceiptHandle


class QueueRecordsVisibilityRequestEntry(TypedDict):
    """One delivery, and for how long its record is to be hidden from now on."""

    ReceiptHandle: ReceiptHandle
    VisibilityTimeoutSeconds: VisibilityTimeout


QueueRecordsRequestEntryList: TypeAlias = Annotated[Sequence[QueueRecordsRequestEntry], Minimum(1)]
QueueRecordsVisibilityRequestEntryList: TypeAlias = Annotated[Sequence[QueueRecordsVisibilityRequestEntry], Minimum(1)]

# --- parts of answers -----------------------------------------------------------------------------------------------


class QueueStartingPositionDescription(TypedDict):
    """From where on the records of a stream belong to a queue; once it is ACTIVE, with the time."""

    Type: str
    Timestamp: NotRequired[_Timestamp]


class QueueStreamConfigurationDescription(TypedDict):
    """The stream of a queue, and from where on."""

    StreamARN: str
    StartingPosition: NotRequired[QueueStartingPositionDescription]


class QueueDescription(TypedDict):
    """A queue."""

    QueueName: str
    QueueARN: str
    QueueStatus: str
    QueueCreationTimestamp: _Timestamp
    StreamConfigurationList: Sequence[QueueStreamConfigurationDescription]
    QueueAttributes: NotRequired[QueueAttributes]


class QueueStreamIdentifier(TypedDict):
    """A stream, told from its namesakes by the time of its creation."""

    StreamARN: str
    StreamCreationTimestamp: _Timestamp


class QueueSummary(TypedDict):
    """A queue in a list."""

    QueueName: str
    QueueARN: str
    QueueStatus: str
    QueueCreationTimestamp: _Timestamp
    Streams: Sequence[QueueStreamIdentifier]


class QueueRecord(TypedDict):
    """A record as a queue delivers it; without ``PartitionKey`` when it was put without one."""

    ReceiptHandle: str
    RecordId: str
    PartitionKey: NotRequired[str]
    Data: _Bytes
    ApproximateArrivalTimestamp: _Timestamp
    FirstReceiveTimestamp: _Timestamp
    ReceiveCount: int


class QueueRecordsResultEntry(TypedDict):
    """An entry that was carried out."""

    ReceiptHandle: str


class QueueRecordsErrorEntry(TypedDict):
    """An entry that was not."""

    ReceiptHandle: str
    ErrorCode: str
    ErrorMessage: NotRequired[str]


# --- answers --------------------------------------------------------------------------------------------------------


class QueueOutput(Answer):
    """The answer of CreateQueue, UpdateQueue and DescribeQueue."""

    QueueDescription: QueueDescription


class ListQueuesOutput(Answer):
    """The answer of ListQueues."""

    QueueSummaries: Sequence[QueueSummary]
    NextToken: NotRequired[str]


class ReceiveQueueRecordsOutput(Answer):
    """The answer of ReceiveQueueRecords and ReceiveDeadLetterQueueRecords; an empty list when there was nothing."""

    QueueRecords: Sequence[QueueRecord]


class QueueRecordsOutput(Answer):
    """The answer of the operations on deliveries: which entries were carried out, and which were not."""

    Successful: Sequence[QueueRecordsResultEntry]
    Failed: Sequence[QueueRecordsErrorEntry]
