"""The structures of S3: what requests and answers are made of, members in the order of AWS's model."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Required, TypeAlias, TypedDict

from ...core.shapes import Blob, Minimum
from ...core.shapes import Timestamp as Moment
from .client_side import BUCKET_NAME, COPY_SOURCE, METADATA

# --- what the client checks, or changes ------------------------------------------------------------------------------

Body: TypeAlias = Blob
BucketName: TypeAlias = Annotated[str, BUCKET_NAME]
CopySource: TypeAlias = Annotated[str | Mapping[str, str], COPY_SOURCE]
"""``"bucket/key"``, or ``{"Bucket": …, "Key": …, "VersionId": …}``."""
Metadata: TypeAlias = Annotated[Mapping[str, str], METADATA]
ObjectKey: TypeAlias = Annotated[str, Minimum(1)]
PositiveNumber: TypeAlias = Annotated[int, Minimum(1)]
Timestamp: TypeAlias = Moment

# --- parts of requests and answers ------------------------------------------------------------------------------------


class LocationInfo(TypedDict, total=False):
    """Where a directory bucket is."""

    Type: str
    Name: str


class BucketInfo(TypedDict, total=False):
    """What kind of directory bucket it is."""

    DataRedundancy: str
    Type: str


class Tag(TypedDict, total=False):
    """A tag of a bucket or an object."""

    Key: Required[ObjectKey]
    Value: Required[str]


class CreateBucketConfiguration(TypedDict, total=False):
    """The region that a bucket is to be in, and its tags."""

    LocationConstraint: str
    Location: LocationInfo
    Bucket: BucketInfo
    Tags: Sequence[Tag]


class Bucket(TypedDict, total=False):
    """A bucket, as it is listed."""

    Name: str
    CreationDate: datetime
    BucketRegion: str
    BucketArn: str


class Owner(TypedDict, total=False):
    """The account that owns something."""

    DisplayName: str
    ID: str


class VersioningConfiguration(TypedDict, total=False):
    """Whether versions are kept."""

    MFADelete: str
    Status: str


class FilterRule(TypedDict, total=False):
    """How the keys begin, or end, that a notification is about."""

    Name: str
    Value: str


class S3KeyFilter(TypedDict, total=False):
    """The rules that a key has to fit."""

    FilterRules: Sequence[FilterRule]


class NotificationConfigurationFilter(TypedDict, total=False):
    """Which objects a notification is about."""

    Key: S3KeyFilter


class TopicConfiguration(TypedDict, total=False):
    """What a topic is told of."""

    Id: str
    TopicArn: Required[str]
    Events: Required[Sequence[str]]
    Filter: NotificationConfigurationFilter


class QueueConfiguration(TypedDict, total=False):
    """What a queue is told of."""

    Id: str
    QueueArn: Required[str]
    Events: Required[Sequence[str]]
    Filter: NotificationConfigurationFilter


class LambdaFunctionConfiguration(TypedDict, total=False):
    """What a function is run for."""

    Id: str
    LambdaFunctionArn: Required[str]
    Events: Required[Sequence[str]]
    Filter: NotificationConfigurationFilter


class EventBridgeConfiguration(TypedDict, total=False):
    """That the default event bus is told of everything."""


class NotificationConfiguration(TypedDict, total=False):
    """Who is told of what happens in a bucket."""

    TopicConfigurations: Sequence[TopicConfiguration]
    QueueConfigurations: Sequence[QueueConfiguration]
    LambdaFunctionConfigurations: Sequence[LambdaFunctionConfiguration]
    EventBridgeConfiguration: EventBridgeConfiguration


class ObjectIdentifier(TypedDict, total=False):
    """An object, or a version of one, to delete."""

    Key: Required[ObjectKey]
    VersionId: str
    ETag: str
    LastModifiedTime: Timestamp
    Size: int


class Delete(TypedDict, total=False):
    """What to delete."""

    Objects: Required[Sequence[ObjectIdentifier]]
    Quiet: bool


class DeletedObject(TypedDict, total=False):
    """What was deleted."""

    Key: str
    VersionId: str
    DeleteMarker: bool
    DeleteMarkerVersionId: str


class Error(TypedDict, total=False):
    """What could not be deleted."""

    Key: str
    VersionId: str
    Code: str
    Message: str


class CopyPartResult(TypedDict, total=False):
    """What a part that was copied has become."""

    ETag: str
    LastModified: datetime
    ChecksumCRC32: str
    ChecksumCRC32C: str
    ChecksumCRC64NVME: str
    ChecksumSHA1: str
    ChecksumSHA256: str
    ChecksumSHA512: str
    ChecksumMD5: str
    ChecksumXXHASH64: str
    ChecksumXXHASH3: str
    ChecksumXXHASH128: str


class CopyObjectResult(TypedDict, total=False):
    """What a copy has become."""

    ETag: str
    LastModified: datetime
    ChecksumType: str
    ChecksumCRC32: str
    ChecksumCRC32C: str
    ChecksumCRC64NVME: str
    ChecksumSHA1: str
    ChecksumSHA256: str
    ChecksumSHA512: str
    ChecksumMD5: str
    ChecksumXXHASH64: str
    ChecksumXXHASH3: str
    ChecksumXXHASH128: str


class RestoreStatus(TypedDict, total=False):
    """Whether a copy of an archived object is there."""

    IsRestoreInProgress: bool
    RestoreExpiryDate: datetime


class Object(TypedDict, total=False):
    """An object, as it is listed."""

    Key: str
    LastModified: datetime
    ETag: str
    ChecksumAlgorithm: list[str]
    ChecksumType: str
    Size: int
    StorageClass: str
    Owner: Owner
    RestoreStatus: RestoreStatus


class CommonPrefix(TypedDict, total=False):
    """What keys have in common up to a delimiter."""

    Prefix: str


class ObjectVersion(TypedDict, total=False):
    """A version of an object, as it is listed."""

    ETag: str
    ChecksumAlgorithm: list[str]
    ChecksumType: str
    Size: int
    StorageClass: str
    Key: str
    VersionId: str
    IsLatest: bool
    LastModified: datetime
    Owner: Owner
    RestoreStatus: RestoreStatus


class DeleteMarkerEntry(TypedDict, total=False):
    """A delete marker, as it is listed."""

    Owner: Owner
    Key: str
    VersionId: str
    IsLatest: bool
    LastModified: datetime


class CompletedPart(TypedDict, total=False):
    """A part that an upload is completed with."""

    ETag: str
    ChecksumCRC32: str
    ChecksumCRC32C: str
    ChecksumCRC64NVME: str
    ChecksumSHA1: str
    ChecksumSHA256: str
    ChecksumSHA512: str
    ChecksumMD5: str
    ChecksumXXHASH64: str
    ChecksumXXHASH3: str
    ChecksumXXHASH128: str
    PartNumber: int


class CompletedMultipartUpload(TypedDict, total=False):
    """The parts that an upload is completed with."""

    Parts: Sequence[CompletedPart]


class Part(TypedDict, total=False):
    """A part of an upload, as it is listed."""

    PartNumber: int
    LastModified: datetime
    ETag: str
    Size: int
    ChecksumCRC32: str
    ChecksumCRC32C: str
    ChecksumCRC64NVME: str
    ChecksumSHA1: str
    ChecksumSHA256: str
    ChecksumSHA512: str
    ChecksumMD5: str
    ChecksumXXHASH64: str
    ChecksumXXHASH3: str
    ChecksumXXHASH128: str


class Initiator(TypedDict, total=False):
    """Who has begun an upload."""

    ID: str
    DisplayName: str


class Tagging(TypedDict, total=False):
    """The tags of an object."""

    TagSet: Required[Sequence[Tag]]


class Grantee(TypedDict, total=False):
    """Who may do something."""

    DisplayName: str
    EmailAddress: str
    ID: str
    Type: Required[str]
    URI: str


class Grant(TypedDict, total=False):
    """That somebody may do something."""

    Grantee: Grantee
    Permission: str


class AccessControlPolicy(TypedDict, total=False):
    """Who may do what."""

    Grants: Sequence[Grant]
    Owner: Owner


class GlacierJobParameters(TypedDict, total=False):
    """How fast an archived object is restored."""

    Tier: Required[str]


class CSVInput(TypedDict, total=False):
    """How to read CSV; of SELECT."""

    FileHeaderInfo: str
    Comments: str
    QuoteEscapeCharacter: str
    RecordDelimiter: str
    FieldDelimiter: str
    QuoteCharacter: str
    AllowQuotedRecordDelimiter: bool


class JSONInput(TypedDict, total=False):
    """How to read JSON; of SELECT."""

    Type: str


class ParquetInput(TypedDict, total=False):
    """How to read Parquet; of SELECT."""


class InputSerialization(TypedDict, total=False):
    """How to read an object; of SELECT."""

    CSV: CSVInput
    CompressionType: str
    JSON: JSONInput
    Parquet: ParquetInput


class CSVOutput(TypedDict, total=False):
    """How to write CSV; of SELECT."""

    QuoteFields: str
    QuoteEscapeCharacter: str
    RecordDelimiter: str
    FieldDelimiter: str
    QuoteCharacter: str


class JSONOutput(TypedDict, total=False):
    """How to write JSON; of SELECT."""

    RecordDelimiter: str


class OutputSerialization(TypedDict, total=False):
    """How to write what was found; of SELECT."""

    CSV: CSVOutput
    JSON: JSONOutput


class SelectParameters(TypedDict, total=False):
    """A query over an archived object."""

    InputSerialization: Required[InputSerialization]
    ExpressionType: Required[str]
    Expression: Required[str]
    OutputSerialization: Required[OutputSerialization]


class Encryption(TypedDict, total=False):
    """How what was found is encrypted."""

    EncryptionType: Required[str]
    KMSKeyId: str
    KMSContext: str


class MetadataEntry(TypedDict, total=False):
    """A name and a value of metadata."""

    Name: str
    Value: str


class S3Location(TypedDict, total=False):
    """Where what was found goes."""

    BucketName: Required[str]
    Prefix: Required[str]
    Encryption: Encryption
    CannedACL: str
    AccessControlList: Sequence[Grant]
    Tagging: Tagging
    UserMetadata: Sequence[MetadataEntry]
    StorageClass: str


class OutputLocation(TypedDict, total=False):
    """Where what was found goes."""

    S3: S3Location


class RestoreRequest(TypedDict, total=False):
    """For how long an archived object is to be there, and how soon."""

    Days: int
    GlacierJobParameters: GlacierJobParameters
    Type: str
    Tier: str
    Description: str
    SelectParameters: SelectParameters
    OutputLocation: OutputLocation
