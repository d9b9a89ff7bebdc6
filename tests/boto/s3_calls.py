"""Calls of S3, each operation at least once, some of them refused."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

__all__ = ["s3_script"]

Call = tuple[str, str, dict[str, Any]]

KEY = "in/ü+é a&b <\"'>.png"
MOMENT = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def s3_script() -> Iterator[Call]:
    """Yields calls (service, method, parameters) and takes each answer, or error response, by ``send``."""
    bucket = {"Bucket": "photos"}
    yield "s3", "create_bucket", {**bucket, "ObjectOwnership": "ObjectWriter"}
    yield "s3", "create_bucket", bucket
    yield "s3", "create_bucket", {"Bucket": "A_b"}
    yield "s3", "create_bucket", {"Bucket": "other", "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    yield (
        "s3",
        "create_bucket",
        {"Bucket": "tagged", "CreateBucketConfiguration": {"Tags": [{"Key": "a", "Value": "b"}]}},
    )
    yield "s3", "list_buckets", {}
    yield "s3", "list_buckets", {"MaxBuckets": 1, "Prefix": "p"}
    yield "s3", "head_bucket", bucket
    yield "s3", "head_bucket", {"Bucket": "nobody"}
    yield "s3", "get_bucket_location", bucket
    yield "s3", "get_bucket_versioning", bucket
    yield from objects(bucket)
    yield from versions(bucket)
    yield from uploads(bucket)
    yield from notifications(bucket)
    yield "s3", "delete_bucket", bucket
    yield "s3", "delete_bucket", {"Bucket": "tagged"}


def objects(bucket: dict[str, Any]) -> Iterator[Call]:
    key = {**bucket, "Key": KEY}
    headers = {"ContentType": "image/png", "CacheControl": "no-cache", "ContentEncoding": "gzip", "Expires": MOMENT}
    more = {"Metadata": {"Name": "b c"}, "Tagging": "a=b&c=%20", "ContentLanguage": "de", "ACL": "public-read"}
    put = yield "s3", "put_object", {**key, "Body": b"hello", **headers, **more, "StorageClass": "STANDARD_IA"}
    etag = put["ETag"]
    yield "s3", "put_object", {**bucket, "Key": "text", "Body": "ü", "ChecksumSHA256": "x"}
    yield "s3", "put_object", {**bucket, "Key": "text", "Body": bytearray(b"b"), "ChecksumAlgorithm": "SHA1"}
    yield "s3", "put_object", {**bucket, "Key": "empty"}
    yield "s3", "put_object", {**key, "Body": b"x", "IfNoneMatch": "*"}
    yield "s3", "put_object", {**key, "Body": b"x", "IfNoneMatch": "y"}
    yield "s3", "put_object", {**key, "Body": b"x", "StorageClass": "X"}
    yield "s3", "put_object", {**bucket, "Key": "k", "Body": b"", "ContentMD5": "1B2M2Y8AsgTpgAmY7PhCfg=="}
    yield "s3", "put_object", {**bucket, "Key": "k", "Body": b"", "ContentMD5": "x"}
    yield "s3", "put_object", {**bucket, "Key": "k", "Body": b"x", "Metadata": {"é": "b"}}
    yield "s3", "get_object", key
    yield "s3", "get_object", {**key, "Range": "bytes=1-2"}
    yield "s3", "get_object", {**key, "Range": "bytes=9-"}
    yield "s3", "get_object", {**key, "PartNumber": 2}
    yield "s3", "get_object", {**key, "IfNoneMatch": etag}
    yield "s3", "get_object", {**key, "IfMatch": "other"}
    yield "s3", "get_object", {**key, "IfModifiedSince": MOMENT, "ResponseContentType": "text/plain"}
    yield "s3", "get_object", {**bucket, "Key": "nobody", "ExpectedBucketOwner": "123456789012"}
    yield "s3", "get_object", {"Bucket": "nobody", "Key": "k"}
    yield "s3", "get_object", {"Bucket": "no body", "Key": "k"}
    yield "s3", "get_object", {**key, "ExpectedBucketOwner": "111122223333"}
    yield "s3", "head_object", {**key, "ChecksumMode": "ENABLED"}
    yield "s3", "head_object", {**bucket, "Key": "nobody"}
    yield "s3", "head_object", {**key, "IfNoneMatch": etag}
    yield "s3", "copy_object", {**bucket, "Key": "copy/1", "CopySource": {**key}}
    yield (
        "s3",
        "copy_object",
        {**bucket, "Key": "copy/2", "CopySource": f"photos/{KEY}", "MetadataDirective": "REPLACE"},
    )
    yield "s3", "copy_object", {**key, "CopySource": key}
    yield "s3", "copy_object", {**key, "CopySource": {**bucket, "Key": "nobody"}}
    yield "s3", "copy_object", {**key, "CopySource": key, "CopySourceIfMatch": "x", "TaggingDirective": "REPLACE"}
    yield "s3", "list_objects_v2", bucket
    yield "s3", "list_objects_v2", {**bucket, "Delimiter": "/", "MaxKeys": 2, "FetchOwner": True, "StartAfter": "a"}
    page = yield "s3", "list_objects_v2", {**bucket, "MaxKeys": 1, "Prefix": "copy/"}
    yield "s3", "list_objects_v2", {**bucket, "ContinuationToken": page["NextContinuationToken"], "EncodingType": "url"}
    yield "s3", "list_objects_v2", {**bucket, "ContinuationToken": "x"}
    yield "s3", "list_objects", {**bucket, "Marker": "copy/1", "MaxKeys": 2, "Delimiter": "/"}
    yield "s3", "list_objects", {**bucket, "Prefix": "in/ü"}
    yield "s3", "put_object_tagging", {**key, "Tagging": {"TagSet": [{"Key": "é", "Value": "<&>"}]}}
    yield "s3", "put_object_tagging", {**key, "Tagging": {"TagSet": [{"Key": "a", "Value": ""}] * 2}}
    yield "s3", "get_object_tagging", key
    yield "s3", "delete_object_tagging", key
    yield "s3", "get_object_acl", key
    yield "s3", "put_object_acl", {**key, "ACL": "private"}
    yield "s3", "put_object_acl", {"Bucket": "tagged", "Key": "k", "ACL": "private"}
    yield "s3", "restore_object", {**key, "RestoreRequest": {"Days": 1}}
    archived = {**bucket, "Key": "archived"}
    yield "s3", "put_object", {**archived, "Body": b"a", "StorageClass": "GLACIER"}
    yield "s3", "get_object", archived
    yield "s3", "restore_object", {**archived, "RestoreRequest": {"Days": 1, "GlacierJobParameters": {"Tier": "Bulk"}}}
    yield "s3", "restore_object", {**archived, "RestoreRequest": {"Days": 1}}
    yield "s3", "head_object", archived
    yield "wait", "", {"seconds": 13 * 3600}
    yield "s3", "get_object", archived


def versions(bucket: dict[str, Any]) -> Iterator[Call]:
    key = {**bucket, "Key": KEY}
    yield "s3", "put_bucket_versioning", {**bucket, "VersioningConfiguration": {"Status": "enabled"}}
    yield "s3", "put_bucket_versioning", {**bucket, "VersioningConfiguration": {"Status": "Enabled"}}
    yield "s3", "get_bucket_versioning", bucket
    made = yield "s3", "put_object", {**key, "Body": b"two"}
    marker = yield "s3", "delete_object", key
    yield "s3", "get_object", key
    yield "s3", "get_object", {**key, "VersionId": made["VersionId"]}
    yield "s3", "get_object", {**key, "VersionId": "x"}
    yield "s3", "get_object_acl", {**key, "VersionId": marker["VersionId"]}
    yield "s3", "list_object_versions", bucket
    page = yield "s3", "list_object_versions", {**bucket, "MaxKeys": 1, "Prefix": "in/"}
    place = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}
    yield "s3", "list_object_versions", {**bucket, **place, "Delimiter": "/"}
    yield "s3", "delete_object", {**key, "VersionId": marker["VersionId"]}
    yield "s3", "delete_object", {**key, "IfMatch": "x"}
    wanted = [{"Key": KEY, "VersionId": made["VersionId"]}, {"Key": "nobody"}, {"Key": "text", "VersionId": "x"}]
    yield "s3", "delete_objects", {**bucket, "Delete": {"Objects": wanted}}
    yield "s3", "delete_objects", {**bucket, "Delete": {"Objects": [{"Key": "nobody"}], "Quiet": True}}


def uploads(bucket: dict[str, Any]) -> Iterator[Call]:
    key = {**bucket, "Key": "big & é"}
    begun = yield "s3", "create_multipart_upload", {**key, "Metadata": {"a": "b"}, "ChecksumAlgorithm": "CRC32"}
    upload = {**key, "UploadId": begun["UploadId"]}
    part = yield "s3", "upload_part", {**upload, "PartNumber": 1, "Body": b"part"}
    yield "s3", "upload_part", {**upload, "PartNumber": 10_001, "Body": b"part"}
    yield "s3", "upload_part", {**upload, "UploadId": "x", "PartNumber": 1}
    yield "s3", "upload_part_copy", {**upload, "PartNumber": 2, "CopySource": {**bucket, "Key": KEY}}
    source = {**bucket, "Key": "nobody"}
    yield "s3", "upload_part_copy", {**upload, "PartNumber": 2, "CopySource": source, "CopySourceRange": "bytes=0-1"}
    yield "s3", "list_parts", {**upload, "MaxParts": 1}
    parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
    yield "s3", "complete_multipart_upload", {**upload, "MultipartUpload": {"Parts": [{**parts[0], "ETag": "x"}]}}
    yield "s3", "complete_multipart_upload", upload
    yield "s3", "complete_multipart_upload", {**upload, "MultipartUpload": {"Parts": parts}}
    yield "s3", "head_object", {**key, "PartNumber": 1}
    begun = yield "s3", "create_multipart_upload", key
    yield "s3", "abort_multipart_upload", {**key, "UploadId": begun["UploadId"]}
    yield "s3", "abort_multipart_upload", {**key, "UploadId": begun["UploadId"]}


def notifications(bucket: dict[str, Any]) -> Iterator[Call]:
    made = yield "sqs", "create_queue", {"QueueName": "of-photos"}
    yield "sqs", "get_queue_url", {"QueueName": "of-photos"}
    arn = "arn:aws:sqs:us-east-1:123456789012:of-photos"
    rules = {"Key": {"FilterRules": [{"Name": "PREFIX", "Value": "in/"}, {"Name": "suffix", "Value": ""}]}}
    queue = {"Id": "é", "QueueArn": arn, "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:Delete"], "Filter": rules}
    function = {
        "LambdaFunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:none",
        "Events": ["s3:ObjectAcl:Put"],
    }
    everything = {"QueueConfigurations": [queue], "EventBridgeConfiguration": {}}
    put = "put_bucket_notification_configuration"
    yield "s3", put, {**bucket, "NotificationConfiguration": everything}
    yield "s3", put, {**bucket, "NotificationConfiguration": {"LambdaFunctionConfigurations": [function]}}
    yield "s3", put, {**bucket, "NotificationConfiguration": {"QueueConfigurations": [{**queue, "QueueArn": "x"}]}}
    yield "s3", "get_bucket_notification_configuration", bucket
    yield "s3", "put_object", {**bucket, "Key": "in/é x", "Body": b"x"}
    yield "sqs", "receive_message", {"QueueUrl": made["QueueUrl"], "MaxNumberOfMessages": 10}
    yield "sqs", "delete_queue", {"QueueUrl": made["QueueUrl"]}
