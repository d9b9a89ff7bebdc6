"""The structures that destinations of S3 and others have in common."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from collections.abc import Sequence
from typing import Annotated, NotRequired, TypeAlias, TypedDict

from ...core.shapes import Minimum

# --- scalars, with the minimum that the client checks -----------------------------------------------------------------

AWSKMSKeyARN: TypeAlias = Annotated[str, Minimum(1)]
BucketARN: TypeAlias = Annotated[str, Minimum(1)]
IntervalInSeconds: TypeAlias = Annotated[int, Minimum(0)]
ProcessorParameterValue: TypeAlias = Annotated[str, Minimum(1)]
RetryDurationInSeconds: TypeAlias = Annotated[int, Minimum(0)]
RoleARN: TypeAlias = Annotated[str, Minimum(1)]
SizeInMBs: TypeAlias = Annotated[int, Minimum(1)]

# --- structures -------------------------------------------------------------------------------------------------------


class BufferingHints(TypedDict, total=False):
    """Buffering hints."""

    SizeInMBs: SizeInMBs
    IntervalInSeconds: IntervalInSeconds


class KMSEncryptionConfig(TypedDict):
    """KMSencryption config."""

    AWSKMSKeyARN: AWSKMSKeyARN


class EncryptionConfiguration(TypedDict, total=False):
    """Encryption configuration."""

    NoEncryptionConfig: str
    KMSEncryptionConfig: KMSEncryptionConfig


class CloudWatchLoggingOptions(TypedDict, total=False):
    """Cloud watch logging options."""

    Enabled: bool
    LogGroupName: str
    LogStreamName: str


class S3DestinationConfiguration(TypedDict):
    """S3destination configuration."""

    RoleARN: RoleARN
    BucketARN: BucketARN
    Prefix: NotRequired[str]
    ErrorOutputPrefix: NotRequired[str]
    BufferingHints: NotRequired[BufferingHints]
    CompressionFormat: NotRequired[str]
    EncryptionConfiguration: NotRequired[EncryptionConfiguration]
    CloudWatchLoggingOptions: NotRequired[CloudWatchLoggingOptions]


class ProcessorParameter(TypedDict):
    """Processor parameter."""

    ParameterName: str
    ParameterValue: ProcessorParameterValue


class Processor(TypedDict):
    """Processor."""

    Type: str
    Parameters: NotRequired[Sequence[ProcessorParameter]]


class ProcessingConfiguration(TypedDict, total=False):
    """Processing configuration."""

    Enabled: bool
    Processors: Sequence[Processor]


class RetryOptions(TypedDict, total=False):
    """Retry options."""

    DurationInSeconds: RetryDurationInSeconds


class S3DestinationUpdate(TypedDict, total=False):
    """S3destination update."""

    RoleARN: RoleARN
    BucketARN: BucketARN
    Prefix: str
    ErrorOutputPrefix: str
    BufferingHints: BufferingHints
    CompressionFormat: str
    EncryptionConfiguration: EncryptionConfiguration
    CloudWatchLoggingOptions: CloudWatchLoggingOptions
