"""The structures of the operations on channels: parameters and answers, members in the order of AWS's model."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Answer, Minimum, Timestamp
from .shapes import KeyId, StreamArn

BucketArn: TypeAlias = Annotated[str, Minimum(1)]
ChannelArn: TypeAlias = Annotated[str, Minimum(1)]
ChannelName: TypeAlias = Annotated[str, Minimum(1)]
ExpectedBucketOwner: TypeAlias = Annotated[str, Minimum(12)]
LogName: TypeAlias = Annotated[str, Minimum(1)]
RoleArn: TypeAlias = Annotated[str, Minimum(1)]
SchemaArn: TypeAlias = Annotated[str, Minimum(1)]
TableBucketArn: TypeAlias = Annotated[str, Minimum(1)]
TableText: TypeAlias = Annotated[str, Minimum(1)]
KeyText: TypeAlias = Annotated[str, Minimum(1)]

_Timestamp: TypeAlias = Annotated[datetime, "timestamp"]

# --- parts of requests, which descriptions show too -----------------------------------------------------------------


class RecordConfiguration(TypedDict):
    """What the data of records is."""

    RecordFormatType: str
    GSRSchemaARN: NotRequired[SchemaArn]


class ChannelStreamConfiguration(TypedDict):
    """The stream of a channel, and what its data is."""

    StreamARN: StreamArn
    RecordConfiguration: RecordConfiguration


class DeadLetterQueueS3Configuration(TypedDict):
    """Where what cannot be delivered goes."""

    BucketARN: BucketArn
    ExpectedBucketOwner: ExpectedBucketOwner
    ErrorOutputPrefix: NotRequired[KeyText]


class S3StorageConfiguration(TypedDict):
    """A bucket, and how objects in it are made."""

    BucketARN: BucketArn
    ExpectedBucketOwner: ExpectedBucketOwner
    OutputKeyTemplate: NotRequired[KeyText]
    StorageClass: NotRequired[str]
    CompressionType: str


class S3DestinationConfiguration(TypedDict):
    """Delivery to a bucket."""

    DataFreshnessInSeconds: NotRequired[int]
    DeadLetterQueueS3Configuration: NotRequired[DeadLetterQueueS3Configuration]
    StorageConfiguration: S3StorageConfiguration


class PartitionField(TypedDict):
    """By what a table is partitioned."""

    Transform: str
    SourceName: TableText


class PartitionSpec(TypedDict):
    """How a table is partitioned."""

    PartitionFields: Annotated[Sequence[PartitionField], Minimum(1)]


class S3TablesConfiguration(TypedDict):
    """A table."""

    TableBucketARN: TableBucketArn
    Namespace: TableText
    TableName: TableText
    CompressionType: str
    PartitionSpec: NotRequired[PartitionSpec]


class S3TablesDestinationConfiguration(TypedDict):
    """Delivery to a table."""

    DataFreshnessInSeconds: NotRequired[int]
    DeadLetterQueueS3Configuration: DeadLetterQueueS3Configuration
    S3TablesConfigurationList: Annotated[Sequence[S3TablesConfiguration], Minimum(1)]


class ChannelEncryptionConfiguration(TypedDict):
    """The key that what is delivered is encrypted with."""

    EncryptionType: str
    KeyId: KeyId


class CloudWatchLogs(TypedDict):
    """Whether deliveries are logged, and where."""

    Enabled: bool
    LogGroupName: NotRequired[LogName]
    LogStreamName: NotRequired[LogName]


class ChannelLoggingConfiguration(TypedDict):
    """Where deliveries are logged."""

    CloudWatchLogs: CloudWatchLogs


class DestinationUpdateInput(TypedDict):
    """What of a destination can change."""

    DataFreshnessInSeconds: int


class StreamFilter(TypedDict):
    """A stream whose channels are to be listed."""

    StreamARN: StreamArn
    StreamCreationTimestamp: NotRequired[Timestamp]


ChannelStreamConfigurationList: TypeAlias = Annotated[Sequence[ChannelStreamConfiguration], Minimum(1)]
StreamFilterList: TypeAlias = Annotated[Sequence[StreamFilter], Minimum(1)]

# --- parts of answers -----------------------------------------------------------------------------------------------


class ChannelStreamDescription(TypedDict):
    """The stream of a channel, and what its data is."""

    StreamARN: str
    StreamCreationTimestamp: _Timestamp
    RecordConfiguration: RecordConfiguration


class S3DestinationDescription(TypedDict):
    """Delivery to a bucket."""

    DataFreshnessInSeconds: int
    DeadLetterQueueS3Configuration: DeadLetterQueueS3Configuration
    StorageConfiguration: S3StorageConfiguration


class S3TablesDestinationDescription(TypedDict):
    """Delivery to a table."""

    DataFreshnessInSeconds: int
    DeadLetterQueueS3Configuration: DeadLetterQueueS3Configuration
    S3TablesConfigurationList: Sequence[S3TablesConfiguration]


class ChannelDescription(TypedDict):
    """A channel."""

    ChannelName: str
    ChannelARN: str
    ChannelId: str
    ChannelStatus: str
    ChannelStatusReason: NotRequired[str]
    ChannelCreationTimestamp: _Timestamp
    ServiceExecutionRoleARN: str
    StreamConfigurationList: Sequence[ChannelStreamDescription]
    S3DestinationConfiguration: NotRequired[S3DestinationDescription]
    S3TablesDestinationConfiguration: NotRequired[S3TablesDestinationDescription]
    EncryptionConfiguration: NotRequired[ChannelEncryptionConfiguration]
    LoggingConfiguration: ChannelLoggingConfiguration


class ChannelStreamIdentifier(TypedDict):
    """A stream, told from its namesakes by the time of its creation."""

    StreamARN: str
    StreamCreationTimestamp: _Timestamp


class ChannelSummary(TypedDict):
    """A channel in a list."""

    ChannelName: str
    ChannelARN: str
    ChannelId: str
    ChannelStatus: str
    ChannelStatusReason: NotRequired[str]
    ChannelCreationTimestamp: _Timestamp
    ChannelDestinationType: str
    Streams: Sequence[ChannelStreamIdentifier]


# --- answers --------------------------------------------------------------------------------------------------------


class ChannelOutput(Answer):
    """The answer of CreateChannel, UpdateChannel and DescribeChannel."""

    ChannelDescription: ChannelDescription


class ListChannelsOutput(Answer):
    """The answer of ListChannels."""

    ChannelSummaries: Sequence[ChannelSummary]
    NextToken: NotRequired[str]
