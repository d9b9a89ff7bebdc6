"""How requests to S3 look whose operation is refused with a reason of its own. [botocore's model]

Two are not here: ``GetBucketNotification`` and ``PutBucketNotification`` look like what took their place.
"""

from __future__ import annotations

from typing import Final

__all__ = ["PATHS"]

PATHS: Final = {
    "DeleteBucketCors": ("DELETE", "/{Bucket}?cors"),
    "DeleteBucketEncryption": ("DELETE", "/{Bucket}?encryption"),
    "DeleteBucketOwnershipControls": ("DELETE", "/{Bucket}?ownershipControls"),
    "DeleteBucketPolicy": ("DELETE", "/{Bucket}?policy"),
    "DeleteBucketTagging": ("DELETE", "/{Bucket}?tagging"),
    "DeleteBucketWebsite": ("DELETE", "/{Bucket}?website"),
    "DeletePublicAccessBlock": ("DELETE", "/{Bucket}?publicAccessBlock"),
    "GetBucketAccelerateConfiguration": ("GET", "/{Bucket}?accelerate"),
    "GetBucketAcl": ("GET", "/{Bucket}?acl"),
    "GetBucketCors": ("GET", "/{Bucket}?cors"),
    "GetBucketEncryption": ("GET", "/{Bucket}?encryption"),
    "GetBucketLogging": ("GET", "/{Bucket}?logging"),
    "GetBucketOwnershipControls": ("GET", "/{Bucket}?ownershipControls"),
    "GetBucketPolicy": ("GET", "/{Bucket}?policy"),
    "GetBucketRequestPayment": ("GET", "/{Bucket}?requestPayment"),
    "GetBucketTagging": ("GET", "/{Bucket}?tagging"),
    "GetBucketWebsite": ("GET", "/{Bucket}?website"),
    "GetObjectAttributes": ("GET", "/{Bucket}/{Key+}?attributes"),
    "GetPublicAccessBlock": ("GET", "/{Bucket}?publicAccessBlock"),
    "ListMultipartUploads": ("GET", "/{Bucket}?uploads"),
    "PutBucketAccelerateConfiguration": ("PUT", "/{Bucket}?accelerate"),
    "PutBucketAcl": ("PUT", "/{Bucket}?acl"),
    "PutBucketCors": ("PUT", "/{Bucket}?cors"),
    "PutBucketEncryption": ("PUT", "/{Bucket}?encryption"),
    "PutBucketLifecycleConfiguration": ("PUT", "/{Bucket}?lifecycle"),
    "PutBucketLogging": ("PUT", "/{Bucket}?logging"),
    "PutBucketOwnershipControls": ("PUT", "/{Bucket}?ownershipControls"),
    "PutBucketPolicy": ("PUT", "/{Bucket}?policy"),
    "PutBucketReplication": ("PUT", "/{Bucket}?replication"),
    "PutBucketRequestPayment": ("PUT", "/{Bucket}?requestPayment"),
    "PutBucketTagging": ("PUT", "/{Bucket}?tagging"),
    "PutBucketWebsite": ("PUT", "/{Bucket}?website"),
    "PutPublicAccessBlock": ("PUT", "/{Bucket}?publicAccessBlock"),
    "SelectObjectContent": ("POST", "/{Bucket}/{Key+}?select&select-type=2"),
}
"""By AWS's name: method and path."""
