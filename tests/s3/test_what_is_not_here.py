"""What minicloud does not have of the service: its own client says what to do instead."""

from __future__ import annotations

import minicloud
from tests.support.answers import told_instead

INSTEAD = [
    ("keep the UploadId that create_multipart_upload() has returned", ["list_multipart_uploads"]),
    ("head_object(ChecksumMode='ENABLED') says the same, but for the single parts", ["get_object_attributes"]),
    ("read the object, and search it in the test", ["select_object_content"]),
    ("use get_bucket_notification_configuration(), which took its place", ["get_bucket_notification"]),
    ("use put_bucket_notification_configuration(), which took its place", ["put_bucket_notification"]),
    (
        (
            "objects do not expire here: delete them, or cause the event with cloud.s3_event(bucket, key, "
            "'LifecycleExpiration:Delete')"
        ),
        ["put_bucket_lifecycle_configuration"],
    ),
    ("objects are not replicated here: cause its events with cloud.s3_event()", ["put_bucket_replication"]),
    (
        (
            "it would have no effect here: take the call out of the test, or have another mock be S3, "
            "mock_aws(other='moto', passthrough=('s3',))"
        ),
        [
            "put_bucket_policy",
            "get_bucket_policy",
            "delete_bucket_policy",
            "put_bucket_encryption",
            "get_bucket_encryption",
            "delete_bucket_encryption",
            "put_bucket_cors",
            "get_bucket_cors",
            "delete_bucket_cors",
            "put_bucket_tagging",
            "get_bucket_tagging",
            "delete_bucket_tagging",
            "put_public_access_block",
            "get_public_access_block",
            "delete_public_access_block",
            "put_bucket_logging",
            "get_bucket_logging",
            "put_bucket_website",
            "get_bucket_website",
            "delete_bucket_website",
            "put_bucket_acl",
            "get_bucket_acl",
            "put_bucket_ownership_controls",
            "get_bucket_ownership_controls",
            "delete_bucket_ownership_controls",
            "put_bucket_accelerate_configuration",
            "get_bucket_accelerate_configuration",
            "put_bucket_request_payment",
            "get_bucket_request_payment",
        ],
    ),
]


def test_operations_that_are_not_here(cloud: minicloud.Cloud) -> None:
    client = cloud.client("s3")
    for text, operations in INSTEAD:
        assert told_instead(client, *operations) == {text}
