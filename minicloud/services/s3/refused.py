"""The operations of S3 that minicloud does not have, and what to do instead."""

from __future__ import annotations

from typing import Final

__all__ = ["REFUSED"]

_CONFIG: Final = "it would have no effect here: take the call out of the test"
_OTHER: Final = (
    "the store here is for what causes events, and follows them: let the service through with "
    "mock_aws(passthrough=('s3',)) where something else answers it (moto does)"
)

REFUSED: Final = {
    "UploadPartCopy": "upload the part's bytes with upload_part(), or copy objects of up to 5 GB with copy_object()",
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
