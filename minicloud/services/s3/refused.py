"""The operations of S3 that minicloud does not have, and what to do instead."""

from __future__ import annotations

from typing import Final

__all__ = ["REFUSED"]

_CONFIG: Final = (
    "it would have no effect here: take the call out of the test, or have another mock be S3, "
    "mock_aws(other='moto', passthrough=('s3',))"
)

REFUSED: Final = {
    "ListMultipartUploads": "keep the UploadId that create_multipart_upload() has returned",
    "GetObjectAttributes": "head_object(ChecksumMode='ENABLED') says the same, but for the single parts",
    "SelectObjectContent": "read the object, and search it in the test",
    "GetBucketNotification": "use get_bucket_notification_configuration(), which took its place",
    "PutBucketNotification": "use put_bucket_notification_configuration(), which took its place",
    "PutBucketLifecycleConfiguration": (
        "objects do not expire here: delete them, or cause the event with cloud.s3_event(bucket, key, "
        "'LifecycleExpiration:Delete')"
    ),
    "PutBucketReplication": "objects are not replicated here: cause its events with cloud.s3_event()",
}
"""By AWS's name; what is not here is refused as well."""

_CONFIGURATIONS: Final = (
    "PutBucketPolicy",
    "GetBucketPolicy",
    "DeleteBucketPolicy",
    "PutBucketEncryption",
    "GetBucketEncryption",
    "DeleteBucketEncryption",
    "PutBucketCors",
    "GetBucketCors",
    "DeleteBucketCors",
    "PutBucketTagging",
    "GetBucketTagging",
    "DeleteBucketTagging",
    "PutPublicAccessBlock",
    "GetPublicAccessBlock",
    "DeletePublicAccessBlock",
    "PutBucketLogging",
    "GetBucketLogging",
    "PutBucketWebsite",
    "GetBucketWebsite",
    "DeleteBucketWebsite",
    "PutBucketAcl",
    "GetBucketAcl",
    "PutBucketOwnershipControls",
    "GetBucketOwnershipControls",
    "DeleteBucketOwnershipControls",
    "PutBucketAccelerateConfiguration",
    "GetBucketAccelerateConfiguration",
    "PutBucketRequestPayment",
    "GetBucketRequestPayment",
)
REFUSED.update(dict.fromkeys(_CONFIGURATIONS, _CONFIG))
