"""The answers of S3's operations, members in the order of AWS's model."""

# No ``from __future__ import annotations`` here: a TypedDict with postponed annotations does not know at run time
# which of its members are required.

from datetime import datetime
from typing import Annotated, NotRequired

from ...core.shapes import Answer, ByteStream
from . import shapes


class CreateBucketOutput(Answer):
    """What CreateBucket answers."""

    Location: NotRequired[str]
    BucketArn: NotRequired[str]


class HeadBucketOutput(Answer):
    """What HeadBucket answers."""

    BucketArn: NotRequired[str]
    BucketLocationType: NotRequired[str]
    BucketLocationName: NotRequired[str]
    BucketRegion: NotRequired[str]
    AccessPointAlias: NotRequired[bool]


class ListBucketsOutput(Answer):
    """What ListBuckets answers."""

    Buckets: NotRequired[list[shapes.Bucket]]
    Owner: NotRequired[shapes.Owner]
    ContinuationToken: NotRequired[str]
    Prefix: NotRequired[str]


class GetBucketLocationOutput(Answer):
    """What GetBucketLocation answers."""

    LocationConstraint: NotRequired[str]


class GetBucketVersioningOutput(Answer):
    """What GetBucketVersioning answers."""

    Status: NotRequired[str]
    MFADelete: NotRequired[str]


class NotificationConfiguration(Answer):
    """What GetBucketNotificationConfiguration answers."""

    TopicConfigurations: NotRequired[list[shapes.TopicConfiguration]]
    QueueConfigurations: NotRequired[list[shapes.QueueConfiguration]]
    LambdaFunctionConfigurations: NotRequired[list[shapes.LambdaFunctionConfiguration]]
    EventBridgeConfiguration: NotRequired[shapes.EventBridgeConfiguration]


class PutObjectOutput(Answer):
    """What PutObject answers."""

    Expiration: NotRequired[str]
    ETag: NotRequired[str]
    ChecksumCRC32: NotRequired[str]
    ChecksumCRC32C: NotRequired[str]
    ChecksumCRC64NVME: NotRequired[str]
    ChecksumSHA1: NotRequired[str]
    ChecksumSHA256: NotRequired[str]
    ChecksumSHA512: NotRequired[str]
    ChecksumMD5: NotRequired[str]
    ChecksumXXHASH64: NotRequired[str]
    ChecksumXXHASH3: NotRequired[str]
    ChecksumXXHASH128: NotRequired[str]
    ChecksumType: NotRequired[str]
    ServerSideEncryption: NotRequired[str]
    VersionId: NotRequired[str]
    SSECustomerAlgorithm: NotRequired[str]
    SSECustomerKeyMD5: NotRequired[str]
    SSEKMSKeyId: NotRequired[str]
    SSEKMSEncryptionContext: NotRequired[str]
    BucketKeyEnabled: NotRequired[bool]
    Size: NotRequired[int]
    RequestCharged: NotRequired[str]


class GetObjectOutput(Answer):
    """What GetObject answers."""

    Body: Annotated[ByteStream, "blob"]
    DeleteMarker: NotRequired[bool]
    AcceptRanges: NotRequired[str]
    Expiration: NotRequired[str]
    Restore: NotRequired[str]
    LastModified: NotRequired[datetime]
    ContentLength: NotRequired[int]
    ETag: NotRequired[str]
    ChecksumCRC32: NotRequired[str]
    ChecksumCRC32C: NotRequired[str]
    ChecksumCRC64NVME: NotRequired[str]
    ChecksumSHA1: NotRequired[str]
    ChecksumSHA256: NotRequired[str]
    ChecksumSHA512: NotRequired[str]
    ChecksumMD5: NotRequired[str]
    ChecksumXXHASH64: NotRequired[str]
    ChecksumXXHASH3: NotRequired[str]
    ChecksumXXHASH128: NotRequired[str]
    ChecksumType: NotRequired[str]
    MissingMeta: NotRequired[int]
    VersionId: NotRequired[str]
    CacheControl: NotRequired[str]
    ContentDisposition: NotRequired[str]
    ContentEncoding: NotRequired[str]
    ContentLanguage: NotRequired[str]
    ContentRange: NotRequired[str]
    ContentType: NotRequired[str]
    Expires: NotRequired[datetime]
    WebsiteRedirectLocation: NotRequired[str]
    ServerSideEncryption: NotRequired[str]
    Metadata: NotRequired[dict[str, str]]
    SSECustomerAlgorithm: NotRequired[str]
    SSECustomerKeyMD5: NotRequired[str]
    SSEKMSKeyId: NotRequired[str]
    BucketKeyEnabled: NotRequired[bool]
    StorageClass: NotRequired[str]
    RequestCharged: NotRequired[str]
    ReplicationStatus: NotRequired[str]
    PartsCount: NotRequired[int]
    TagCount: NotRequired[int]
    ObjectLockMode: NotRequired[str]
    ObjectLockRetainUntilDate: NotRequired[datetime]
    ObjectLockLegalHoldStatus: NotRequired[str]
    ObjectLockEventHold: NotRequired[str]
    ObjectLockEventHoldDurationDays: NotRequired[int]
    ObjectLockEventHoldDurationYears: NotRequired[int]


class HeadObjectOutput(Answer):
    """What HeadObject answers."""

    DeleteMarker: NotRequired[bool]
    AcceptRanges: NotRequired[str]
    Expiration: NotRequired[str]
    Restore: NotRequired[str]
    ArchiveStatus: NotRequired[str]
    LastModified: NotRequired[datetime]
    ContentLength: NotRequired[int]
    ChecksumCRC32: NotRequired[str]
    ChecksumCRC32C: NotRequired[str]
    ChecksumCRC64NVME: NotRequired[str]
    ChecksumSHA1: NotRequired[str]
    ChecksumSHA256: NotRequired[str]
    ChecksumSHA512: NotRequired[str]
    ChecksumMD5: NotRequired[str]
    ChecksumXXHASH64: NotRequired[str]
    ChecksumXXHASH3: NotRequired[str]
    ChecksumXXHASH128: NotRequired[str]
    ChecksumType: NotRequired[str]
    ETag: NotRequired[str]
    MissingMeta: NotRequired[int]
    VersionId: NotRequired[str]
    CacheControl: NotRequired[str]
    ContentDisposition: NotRequired[str]
    ContentEncoding: NotRequired[str]
    ContentLanguage: NotRequired[str]
    ContentType: NotRequired[str]
    ContentRange: NotRequired[str]
    Expires: NotRequired[datetime]
    WebsiteRedirectLocation: NotRequired[str]
    ServerSideEncryption: NotRequired[str]
    Metadata: NotRequired[dict[str, str]]
    SSECustomerAlgorithm: NotRequired[str]
    SSECustomerKeyMD5: NotRequired[str]
    SSEKMSKeyId: NotRequired[str]
    BucketKeyEnabled: NotRequired[bool]
    StorageClass: NotRequired[str]
    RequestCharged: NotRequired[str]
    ReplicationStatus: NotRequired[str]
    PartsCount: NotRequired[int]
    TagCount: NotRequired[int]
    ObjectLockMode: NotRequired[str]
    ObjectLockRetainUntilDate: NotRequired[datetime]
    ObjectLockLegalHoldStatus: NotRequired[str]
    ObjectLockEventHold: NotRequired[str]
    ObjectLockEventHoldDurationDays: NotRequired[int]
    ObjectLockEventHoldDurationYears: NotRequired[int]


class DeleteObjectOutput(Answer):
    """What DeleteObject answers."""

    DeleteMarker: NotRequired[bool]
    VersionId: NotRequired[str]
    RequestCharged: NotRequired[str]


class DeleteObjectsOutput(Answer):
    """What DeleteObjects answers."""

    Deleted: NotRequired[list[shapes.DeletedObject]]
    RequestCharged: NotRequired[str]
    Errors: NotRequired[list[shapes.Error]]


class CopyObjectOutput(Answer):
    """What CopyObject answers."""

    CopyObjectResult: NotRequired[shapes.CopyObjectResult]
    Expiration: NotRequired[str]
    CopySourceVersionId: NotRequired[str]
    VersionId: NotRequired[str]
    ServerSideEncryption: NotRequired[str]
    SSECustomerAlgorithm: NotRequired[str]
    SSECustomerKeyMD5: NotRequired[str]
    SSEKMSKeyId: NotRequired[str]
    SSEKMSEncryptionContext: NotRequired[str]
    BucketKeyEnabled: NotRequired[bool]
    RequestCharged: NotRequired[str]


class ListObjectsV2Output(Answer):
    """What ListObjectsV2 answers."""

    IsTruncated: NotRequired[bool]
    Contents: NotRequired[list[shapes.Object]]
    Name: NotRequired[str]
    Prefix: NotRequired[str]
    Delimiter: NotRequired[str]
    MaxKeys: NotRequired[int]
    CommonPrefixes: NotRequired[list[shapes.CommonPrefix]]
    EncodingType: NotRequired[str]
    KeyCount: NotRequired[int]
    ContinuationToken: NotRequired[str]
    NextContinuationToken: NotRequired[str]
    StartAfter: NotRequired[str]
    RequestCharged: NotRequired[str]


class ListObjectsOutput(Answer):
    """What ListObjects answers."""

    IsTruncated: NotRequired[bool]
    Marker: NotRequired[str]
    NextMarker: NotRequired[str]
    Contents: NotRequired[list[shapes.Object]]
    Name: NotRequired[str]
    Prefix: NotRequired[str]
    Delimiter: NotRequired[str]
    MaxKeys: NotRequired[int]
    CommonPrefixes: NotRequired[list[shapes.CommonPrefix]]
    EncodingType: NotRequired[str]
    RequestCharged: NotRequired[str]


class ListObjectVersionsOutput(Answer):
    """What ListObjectVersions answers."""

    IsTruncated: NotRequired[bool]
    KeyMarker: NotRequired[str]
    VersionIdMarker: NotRequired[str]
    NextKeyMarker: NotRequired[str]
    NextVersionIdMarker: NotRequired[str]
    Versions: NotRequired[list[shapes.ObjectVersion]]
    DeleteMarkers: NotRequired[list[shapes.DeleteMarkerEntry]]
    Name: NotRequired[str]
    Prefix: NotRequired[str]
    Delimiter: NotRequired[str]
    MaxKeys: NotRequired[int]
    CommonPrefixes: NotRequired[list[shapes.CommonPrefix]]
    EncodingType: NotRequired[str]
    RequestCharged: NotRequired[str]


class CreateMultipartUploadOutput(Answer):
    """What CreateMultipartUpload answers."""

    AbortDate: NotRequired[datetime]
    AbortRuleId: NotRequired[str]
    Bucket: NotRequired[str]
    Key: NotRequired[str]
    UploadId: NotRequired[str]
    ServerSideEncryption: NotRequired[str]
    SSECustomerAlgorithm: NotRequired[str]
    SSECustomerKeyMD5: NotRequired[str]
    SSEKMSKeyId: NotRequired[str]
    SSEKMSEncryptionContext: NotRequired[str]
    BucketKeyEnabled: NotRequired[bool]
    RequestCharged: NotRequired[str]
    ChecksumAlgorithm: NotRequired[str]
    ChecksumType: NotRequired[str]
    VersionId: NotRequired[str]


class UploadPartOutput(Answer):
    """What UploadPart answers."""

    ServerSideEncryption: NotRequired[str]
    ETag: NotRequired[str]
    ChecksumCRC32: NotRequired[str]
    ChecksumCRC32C: NotRequired[str]
    ChecksumCRC64NVME: NotRequired[str]
    ChecksumSHA1: NotRequired[str]
    ChecksumSHA256: NotRequired[str]
    ChecksumSHA512: NotRequired[str]
    ChecksumMD5: NotRequired[str]
    ChecksumXXHASH64: NotRequired[str]
    ChecksumXXHASH3: NotRequired[str]
    ChecksumXXHASH128: NotRequired[str]
    SSECustomerAlgorithm: NotRequired[str]
    SSECustomerKeyMD5: NotRequired[str]
    SSEKMSKeyId: NotRequired[str]
    BucketKeyEnabled: NotRequired[bool]
    RequestCharged: NotRequired[str]
    VersionId: NotRequired[str]


class UploadPartCopyOutput(Answer):
    """What UploadPartCopy answers."""

    CopySourceVersionId: NotRequired[str]
    CopyPartResult: NotRequired[shapes.CopyPartResult]
    ServerSideEncryption: NotRequired[str]
    SSECustomerAlgorithm: NotRequired[str]
    SSECustomerKeyMD5: NotRequired[str]
    SSEKMSKeyId: NotRequired[str]
    BucketKeyEnabled: NotRequired[bool]
    RequestCharged: NotRequired[str]
    VersionId: NotRequired[str]


class CompleteMultipartUploadOutput(Answer):
    """What CompleteMultipartUpload answers."""

    Location: NotRequired[str]
    Bucket: NotRequired[str]
    Key: NotRequired[str]
    Expiration: NotRequired[str]
    ETag: NotRequired[str]
    ChecksumCRC32: NotRequired[str]
    ChecksumCRC32C: NotRequired[str]
    ChecksumCRC64NVME: NotRequired[str]
    ChecksumSHA1: NotRequired[str]
    ChecksumSHA256: NotRequired[str]
    ChecksumSHA512: NotRequired[str]
    ChecksumMD5: NotRequired[str]
    ChecksumXXHASH64: NotRequired[str]
    ChecksumXXHASH3: NotRequired[str]
    ChecksumXXHASH128: NotRequired[str]
    ChecksumType: NotRequired[str]
    ServerSideEncryption: NotRequired[str]
    VersionId: NotRequired[str]
    SSEKMSKeyId: NotRequired[str]
    BucketKeyEnabled: NotRequired[bool]
    RequestCharged: NotRequired[str]


class AbortMultipartUploadOutput(Answer):
    """What AbortMultipartUpload answers."""

    RequestCharged: NotRequired[str]
    VersionId: NotRequired[str]


class ListPartsOutput(Answer):
    """What ListParts answers."""

    AbortDate: NotRequired[datetime]
    AbortRuleId: NotRequired[str]
    Bucket: NotRequired[str]
    Key: NotRequired[str]
    UploadId: NotRequired[str]
    PartNumberMarker: NotRequired[int]
    NextPartNumberMarker: NotRequired[int]
    MaxParts: NotRequired[int]
    IsTruncated: NotRequired[bool]
    Parts: NotRequired[list[shapes.Part]]
    Initiator: NotRequired[shapes.Initiator]
    Owner: NotRequired[shapes.Owner]
    StorageClass: NotRequired[str]
    RequestCharged: NotRequired[str]
    ChecksumAlgorithm: NotRequired[str]
    ChecksumType: NotRequired[str]
    VersionId: NotRequired[str]


class PutObjectTaggingOutput(Answer):
    """What PutObjectTagging answers."""

    VersionId: NotRequired[str]


class GetObjectTaggingOutput(Answer):
    """What GetObjectTagging answers."""

    VersionId: NotRequired[str]
    TagSet: NotRequired[list[shapes.Tag]]


class DeleteObjectTaggingOutput(Answer):
    """What DeleteObjectTagging answers."""

    VersionId: NotRequired[str]


class PutObjectAclOutput(Answer):
    """What PutObjectAcl answers."""

    RequestCharged: NotRequired[str]


class GetObjectAclOutput(Answer):
    """What GetObjectAcl answers."""

    Owner: NotRequired[shapes.Owner]
    Grants: NotRequired[list[shapes.Grant]]
    RequestCharged: NotRequired[str]


class RestoreObjectOutput(Answer):
    """What RestoreObject answers."""

    RequestCharged: NotRequired[str]
    RestoreOutputPath: NotRequired[str]
