"""What the record says of buckets and objects: each fact with all of its details."""

from __future__ import annotations

from typing import Any

import minicloud

QUEUE = "arn:aws:sqs:us-east-1:123456789012:uploads"
BUCKET = {"arn": "arn:aws:s3:::photos"}


def told(cloud: minicloud.Cloud) -> list[tuple[str, str | None, dict[str, Any]]]:
    """The facts of buckets; that several follow from one call, their ``origin`` says."""
    return [
        (one.kind, one.resource, {name: value for name, value in one.details.items() if name != "origin"})
        for one in cloud.trace
        if one.kind.startswith(("bucket.", "object.", "notification."))
    ]


def test_buckets_objects_and_who_is_told(cloud: minicloud.Cloud) -> None:
    s3, sqs = cloud.client("s3"), cloud.client("sqs")
    s3.create_bucket(Bucket="photos")
    url = sqs.create_queue(QueueName="uploads")["QueueUrl"]
    events = [{"QueueArn": QUEUE, "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]}]
    s3.put_bucket_notification_configuration(Bucket="photos", NotificationConfiguration={"QueueConfigurations": events})
    place = {"Bucket": "photos", "Key": "k"}
    s3.put_object(**place, Body=b"123")
    s3.copy_object(Bucket="photos", Key="copy", CopySource="photos/k")
    sqs.delete_queue(QueueUrl=url)
    s3.delete_object(**place)
    s3.put_bucket_notification_configuration(Bucket="photos", NotificationConfiguration={})
    s3.put_bucket_versioning(Bucket="photos", VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(**place)["VersionId"]
    marker = s3.delete_object(**place)["VersionId"]
    for version_id in (version, marker):
        s3.delete_object(**place, VersionId=version_id)
    s3.delete_object(Bucket="photos", Key="copy", VersionId="null")
    s3.delete_bucket(Bucket="photos")

    def created(key: str, size: int, by: str, version_id: str = "null") -> tuple[str, str, dict[str, Any]]:
        details = {"key": key, "size": size, "version_id": version_id, "by": by}
        return "object.created", "photos", {**BUCKET, **details}

    def removed(key: str, version_id: str = "null", *, is_marked: bool = False) -> tuple[str, str, dict[str, Any]]:
        return "object.removed", "photos", {**BUCKET, "key": key, "version_id": version_id, "is_marked": is_marked}

    def notified(event: str, key: str, **more: str) -> tuple[str, str, dict[str, Any]]:
        kind = "notification.failed" if more else "notification.sent"
        return kind, "photos", {**BUCKET, "event": event, "key": key, "to": QUEUE, **more}

    assert told(cloud) == [
        ("bucket.created", "photos", BUCKET),
        created("k", 3, "PutObject"),
        notified("ObjectCreated:Put", "k"),
        created("copy", 3, "CopyObject"),
        notified("ObjectCreated:Copy", "copy"),
        removed("k"),
        notified("ObjectRemoved:Delete", "k"),
        notified("ObjectRemoved:Delete", "k", reason="AWS.SimpleQueueService.NonExistentQueue"),
        created("k", 0, "PutObject", version),
        removed("k", marker, is_marked=True),
        removed("k", version),
        removed("k", marker),
        removed("copy"),
        ("bucket.deleted", "photos", BUCKET),
    ]


def test_what_another_service_puts_is_told_of_as_well(cloud: minicloud.Cloud) -> None:
    s3, firehose = cloud.client("s3", "us-east-1"), cloud.client("firehose", "us-east-1")
    s3.create_bucket(Bucket="photos")
    destination = {"BucketARN": BUCKET["arn"], "RoleARN": "arn:aws:iam::123456789012:role/r", "Prefix": "in/"}
    firehose.create_delivery_stream(DeliveryStreamName="d", ExtendedS3DestinationConfiguration=destination)
    firehose.put_record(DeliveryStreamName="d", Record={"Data": b"123"})
    cloud.clock.advance(300)
    (key,) = cloud.bucket("photos").keys
    details = {**BUCKET, "key": key, "size": 3, "version_id": "null", "by": "PutObject"}
    assert told(cloud) == [("bucket.created", "photos", BUCKET), ("object.created", "photos", details)]
