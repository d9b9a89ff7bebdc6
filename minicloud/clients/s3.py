"""The S3 clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..services.s3.service import S3, SERVICE
from .aio import AsyncClient
from .compiled import async_method, sync_method
from .sync import Client

if TYPE_CHECKING:
    from .declared import AsyncS3Base, S3Base
else:
    S3Base, AsyncS3Base = Client, AsyncClient

__all__ = ["AsyncS3Client", "S3Client"]


class S3Client(S3Base):
    """A boto3-like S3 client."""

    service = SERVICE
    checksum_algorithm: str = "CRC32"
    """The checksum of what is uploaded without one: boto3's clients of today send it."""
    checksum_mode: str = "ENABLED"
    """They ask for it as well, of what they get."""
    abort_multipart_upload = sync_method(S3.abort_multipart_upload)
    complete_multipart_upload = sync_method(S3.complete_multipart_upload)
    copy_object = sync_method(S3.copy_object)
    create_bucket = sync_method(S3.create_bucket)
    create_multipart_upload = sync_method(S3.create_multipart_upload)
    delete_bucket = sync_method(S3.delete_bucket)
    delete_object = sync_method(S3.delete_object)
    delete_object_tagging = sync_method(S3.delete_object_tagging)
    delete_objects = sync_method(S3.delete_objects)
    get_bucket_location = sync_method(S3.get_bucket_location)
    get_bucket_notification_configuration = sync_method(S3.get_bucket_notification_configuration)
    get_bucket_versioning = sync_method(S3.get_bucket_versioning)
    get_object = sync_method(S3.get_object)
    get_object_acl = sync_method(S3.get_object_acl)
    get_object_tagging = sync_method(S3.get_object_tagging)
    head_bucket = sync_method(S3.head_bucket)
    head_object = sync_method(S3.head_object)
    list_buckets = sync_method(S3.list_buckets)
    list_object_versions = sync_method(S3.list_object_versions)
    list_objects = sync_method(S3.list_objects)
    list_objects_v2 = sync_method(S3.list_objects_v2)
    list_parts = sync_method(S3.list_parts)
    put_bucket_notification_configuration = sync_method(S3.put_bucket_notification_configuration)
    put_bucket_versioning = sync_method(S3.put_bucket_versioning)
    put_object = sync_method(S3.put_object)
    put_object_acl = sync_method(S3.put_object_acl)
    put_object_tagging = sync_method(S3.put_object_tagging)
    restore_object = sync_method(S3.restore_object)
    upload_part = sync_method(S3.upload_part)
    upload_part_copy = sync_method(S3.upload_part_copy)


class AsyncS3Client(AsyncS3Base):
    """An aiobotocore-like S3 client."""

    service = SERVICE
    checksum_algorithm: str = "CRC32"
    """The checksum of what is uploaded without one: boto3's clients of today send it."""
    checksum_mode: str = "ENABLED"
    """They ask for it as well, of what they get."""
    abort_multipart_upload = async_method(S3.abort_multipart_upload)
    complete_multipart_upload = async_method(S3.complete_multipart_upload)
    copy_object = async_method(S3.copy_object)
    create_bucket = async_method(S3.create_bucket)
    create_multipart_upload = async_method(S3.create_multipart_upload)
    delete_bucket = async_method(S3.delete_bucket)
    delete_object = async_method(S3.delete_object)
    delete_object_tagging = async_method(S3.delete_object_tagging)
    delete_objects = async_method(S3.delete_objects)
    get_bucket_location = async_method(S3.get_bucket_location)
    get_bucket_notification_configuration = async_method(S3.get_bucket_notification_configuration)
    get_bucket_versioning = async_method(S3.get_bucket_versioning)
    get_object = async_method(S3.get_object)
    get_object_acl = async_method(S3.get_object_acl)
    get_object_tagging = async_method(S3.get_object_tagging)
    head_bucket = async_method(S3.head_bucket)
    head_object = async_method(S3.head_object)
    list_buckets = async_method(S3.list_buckets)
    list_object_versions = async_method(S3.list_object_versions)
    list_objects = async_method(S3.list_objects)
    list_objects_v2 = async_method(S3.list_objects_v2)
    list_parts = async_method(S3.list_parts)
    put_bucket_notification_configuration = async_method(S3.put_bucket_notification_configuration)
    put_bucket_versioning = async_method(S3.put_bucket_versioning)
    put_object = async_method(S3.put_object)
    put_object_acl = async_method(S3.put_object_acl)
    put_object_tagging = async_method(S3.put_object_tagging)
    restore_object = async_method(S3.restore_object)
    upload_part = async_method(S3.upload_part)
    upload_part_copy = async_method(S3.upload_part_copy)
