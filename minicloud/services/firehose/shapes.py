"""The structures of Firehose: parameters and answers, members in the order of AWS's model."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from datetime import datetime
from typing import Annotated, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Answer, Blob, Minimum
from .common_shapes import (
    BufferingHints,
    CloudWatchLoggingOptions,
    EncryptionConfiguration,
    ProcessingConfiguration,
    RetryOptions,
    S3DestinationConfiguration,
    S3DestinationUpdate,
)
from .format_shapes import (
    DataFormatConversionConfiguration,
)

# --- scalars, with the minimum that the client checks -----------------------------------------------------------------

AWSKMSKeyARNForSSE: TypeAlias = Annotated[str, Minimum(1)]
BucketARN: TypeAlias = Annotated[str, Minimum(1)]
DeliveryStreamName: TypeAlias = Annotated[str, Minimum(1)]
DeliveryStreamVersionId: TypeAlias = Annotated[str, Minimum(1)]
DescribeDeliveryStreamInputLimit: TypeAlias = Annotated[int, Minimum(1)]
DestinationId: TypeAlias = Annotated[str, Minimum(1)]
KinesisStreamARN: TypeAlias = Annotated[str, Minimum(1)]
ListDeliveryStreamsInputLimit: TypeAlias = Annotated[int, Minimum(1)]
ListTagsForDeliveryStreamInputLimit: TypeAlias = Annotated[int, Minimum(1)]
RoleARN: TypeAlias = Annotated[str, Minimum(1)]
TagKey: TypeAlias = Annotated[str, Minimum(1)]
ThroughputHintInMBs: TypeAlias = Annotated[int, Minimum(1)]

# --- structures -------------------------------------------------------------------------------------------------------


class DirectPutSourceConfiguration(TypedDict):
    """Direct put source configuration."""

    ThroughputHintInMBs: ThroughputHintInMBs


class KinesisStreamSourceConfiguration(TypedDict):
    """Kinesis stream source configuration."""

    KinesisStreamARN: KinesisStreamARN
    RoleARN: RoleARN


class DeliveryStreamEncryptionConfigurationInput(TypedDict):
    """Delivery stream encryption configuration input."""

    KeyARN: NotRequired[AWSKMSKeyARNForSSE]
    KeyType: str


class DynamicPartitioningConfiguration(TypedDict, total=False):
    """Dynamic partitioning configuration."""

    RetryOptions: RetryOptions
    Enabled: bool


class ExtendedS3DestinationConfiguration(TypedDict):
    """Extended S3destination configuration."""

    RoleARN: RoleARN
    BucketARN: BucketARN
    Prefix: NotRequired[str]
    ErrorOutputPrefix: NotRequired[str]
    BufferingHints: NotRequired[BufferingHints]
    CompressionFormat: NotRequired[str]
    EncryptionConfiguration: NotRequired[EncryptionConfiguration]
    CloudWatchLoggingOptions: NotRequired[CloudWatchLoggingOptions]
    ProcessingConfiguration: NotRequired[ProcessingConfiguration]
    S3BackupMode: NotRequired[str]
    S3BackupConfiguration: NotRequired[S3DestinationConfiguration]
    DataFormatConversionConfiguration: NotRequired[DataFormatConversionConfiguration]
    DynamicPartitioningConfiguration: NotRequired[DynamicPartitioningConfiguration]
    FileExtension: NotRequired[str]
    CustomTimeZone: NotRequired[str]


class Tag(TypedDict):
    """Tag."""

    Key: TagKey
    Value: NotRequired[str]


class Record(TypedDict):
    """Record."""

    Data: Blob


class ExtendedS3DestinationUpdate(TypedDict, total=False):
    """Extended S3destination update."""

    RoleARN: RoleARN
    BucketARN: BucketARN
    Prefix: str
    ErrorOutputPrefix: str
    BufferingHints: BufferingHints
    CompressionFormat: str
    EncryptionConfiguration: EncryptionConfiguration
    CloudWatchLoggingOptions: CloudWatchLoggingOptions
    ProcessingConfiguration: ProcessingConfiguration
    S3BackupMode: str
    S3BackupUpdate: S3DestinationUpdate
    DataFormatConversionConfiguration: DataFormatConversionConfiguration
    DynamicPartitioningConfiguration: DynamicPartitioningConfiguration
    FileExtension: str
    CustomTimeZone: str


class CreateDeliveryStreamOutput(Answer):
    """CreateDeliveryStream answers this."""

    DeliveryStreamARN: NotRequired[str]


class DeleteDeliveryStreamOutput(Answer):
    """DeleteDeliveryStream answers this."""


class DirectPutSourceDescription(TypedDict, total=False):
    """Direct put source description."""

    ThroughputHintInMBs: int


class KinesisStreamSourceDescription(TypedDict, total=False):
    """Kinesis stream source description."""

    KinesisStreamARN: str
    RoleARN: str
    DeliveryStartTimestamp: datetime


class SourceDescription(TypedDict, total=False):
    """Source description."""

    DirectPutSourceDescription: DirectPutSourceDescription
    KinesisStreamSourceDescription: KinesisStreamSourceDescription


class S3DestinationDescription(TypedDict):
    """S3destination description."""

    RoleARN: str
    BucketARN: str
    Prefix: NotRequired[str]
    ErrorOutputPrefix: NotRequired[str]
    BufferingHints: BufferingHints
    CompressionFormat: str
    EncryptionConfiguration: EncryptionConfiguration
    CloudWatchLoggingOptions: NotRequired[CloudWatchLoggingOptions]


class ExtendedS3DestinationDescription(TypedDict):
    """Extended S3destination description."""

    RoleARN: str
    BucketARN: str
    Prefix: NotRequired[str]
    ErrorOutputPrefix: NotRequired[str]
    BufferingHints: BufferingHints
    CompressionFormat: str
    EncryptionConfiguration: EncryptionConfiguration
    CloudWatchLoggingOptions: NotRequired[CloudWatchLoggingOptions]
    ProcessingConfiguration: NotRequired[ProcessingConfiguration]
    S3BackupMode: NotRequired[str]
    S3BackupDescription: NotRequired[S3DestinationDescription]
    DataFormatConversionConfiguration: NotRequired[DataFormatConversionConfiguration]
    DynamicPartitioningConfiguration: NotRequired[DynamicPartitioningConfiguration]
    FileExtension: NotRequired[str]
    CustomTimeZone: NotRequired[str]


class DestinationDescription(TypedDict):
    """Destination description."""

    DestinationId: str
    S3DestinationDescription: NotRequired[S3DestinationDescription]
    ExtendedS3DestinationDescription: NotRequired[ExtendedS3DestinationDescription]


class DeliveryStreamDescription(TypedDict):
    """Delivery stream description."""

    DeliveryStreamName: str
    DeliveryStreamARN: str
    DeliveryStreamStatus: str
    DeliveryStreamType: str
    VersionId: str
    CreateTimestamp: NotRequired[datetime]
    LastUpdateTimestamp: NotRequired[datetime]
    Source: NotRequired[SourceDescription]
    Destinations: list[DestinationDescription]
    HasMoreDestinations: bool


class DescribeDeliveryStreamOutput(Answer):
    """DescribeDeliveryStream answers this."""

    DeliveryStreamDescription: DeliveryStreamDescription


class ListDeliveryStreamsOutput(Answer):
    """ListDeliveryStreams answers this."""

    DeliveryStreamNames: list[str]
    HasMoreDeliveryStreams: bool


class ListTagsForDeliveryStreamOutput(Answer):
    """ListTagsForDeliveryStream answers this."""

    Tags: list[Tag]
    HasMoreTags: bool


class PutRecordOutput(Answer):
    """PutRecord answers this."""

    RecordId: str
    Encrypted: NotRequired[bool]


class PutRecordBatchResponseEntry(TypedDict, total=False):
    """Put record batch response entry."""

    RecordId: str
    ErrorCode: str
    ErrorMessage: str


class PutRecordBatchOutput(Answer):
    """PutRecordBatch answers this."""

    FailedPutCount: int
    Encrypted: NotRequired[bool]
    RequestResponses: list[PutRecordBatchResponseEntry]


class TagDeliveryStreamOutput(Answer):
    """TagDeliveryStream answers this."""


class UntagDeliveryStreamOutput(Answer):
    """UntagDeliveryStream answers this."""


class UpdateDestinationOutput(Answer):
    """UpdateDestination answers this."""
