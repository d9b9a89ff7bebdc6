"""The operations that put objects, copy them, and delete them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....core.md5 import md5
from ....core.operation import Http, operation
from ....core.unset import UNSET
from .. import answers, errors, facts, shapes
from ..bucket import Bucket as BucketObject
from ..checksums import check_md5, checked, made, member_of
from ..conditions import check_write
from ..object import NOTHING, NULL, STANDARD, Gone, Version
from ..reading import check_version_id
from ..settings import (
    PLAIN_HEADERS,
    bytes_of,
    check_acl,
    check_key,
    read_metadata,
    read_settings,
    refuse_settings,
)
from ..state import S3State

__all__ = ["ObjectOperations"]

_MOST_DELETED = 1_000
_ASSUMED = {"ChecksumAlgorithm": "checksum_algorithm"}


@operation("PutObject", assumes=_ASSUMED)
def _put_in_short(
    self: ObjectOperations,
    now: int,
    *,
    Body: shapes.Body = UNSET,
    Bucket: shapes.BucketName,
    ContentType: str = UNSET,
    ChecksumAlgorithm: str = UNSET,
    Key: shapes.ObjectKey,
    Metadata: shapes.Metadata = UNSET,
) -> answers.PutObjectOutput:
    """What most puts are: they need not pay for what they do not give."""
    content: Any = b"" if Body is UNSET else Body  # validation has made bytes of it
    bucket = self.bucket(Bucket)
    if len(Key) > 256:  # four bytes for each character, at the most
        check_key(Key)
    sums = NOTHING if ChecksumAlgorithm is UNSET else made(content, ChecksumAlgorithm)
    metadata = NOTHING if Metadata is UNSET else read_metadata(Metadata)
    headers = PLAIN_HEADERS if ContentType is UNSET else {"ContentType": ContentType}
    version = Version(
        bucket,
        Key,
        self.version_id_for(bucket),
        now,
        bucket.state.next_sequencer(now),
        content,
        md5(content).hexdigest(),
        headers=headers,
        metadata=metadata,
        checksums=sums,
    )
    return self.put_and_answer(now, version)


class ObjectOperations(S3State):
    """Objects: put, copied, deleted."""

    @operation("PutObject", assumes=_ASSUMED, short=_put_in_short)
    def put_object(
        self,
        now: int,
        *,
        ACL: str = UNSET,
        Body: shapes.Body = UNSET,
        Bucket: shapes.BucketName,
        CacheControl: str = UNSET,
        ContentDisposition: str = UNSET,
        ContentEncoding: str = UNSET,
        ContentLanguage: str = UNSET,
        ContentLength: int = UNSET,
        ContentMD5: str = UNSET,
        ContentType: str = UNSET,
        ChecksumAlgorithm: str = UNSET,
        ChecksumCRC32: str = UNSET,
        ChecksumCRC32C: str = UNSET,
        ChecksumCRC64NVME: str = UNSET,
        ChecksumSHA1: str = UNSET,
        ChecksumSHA256: str = UNSET,
        ChecksumSHA512: str = UNSET,
        ChecksumMD5: str = UNSET,
        ChecksumXXHASH64: str = UNSET,
        ChecksumXXHASH3: str = UNSET,
        ChecksumXXHASH128: str = UNSET,
        Expires: shapes.Timestamp = UNSET,
        IfMatch: str = UNSET,
        IfNoneMatch: str = UNSET,
        GrantFullControl: str = UNSET,
        GrantRead: str = UNSET,
        GrantReadACP: str = UNSET,
        GrantWriteACP: str = UNSET,
        Key: shapes.ObjectKey,
        WriteOffsetBytes: int = UNSET,
        Metadata: shapes.Metadata = UNSET,
        ServerSideEncryption: str = UNSET,
        StorageClass: str = UNSET,
        WebsiteRedirectLocation: str = UNSET,
        SSECustomerAlgorithm: str = UNSET,
        SSECustomerKey: str = UNSET,
        SSECustomerKeyMD5: str = UNSET,
        SSEKMSKeyId: str = UNSET,
        SSEKMSEncryptionContext: str = UNSET,
        BucketKeyEnabled: bool = UNSET,
        RequestPayer: str = UNSET,
        Tagging: str = UNSET,
        ObjectLockMode: str = UNSET,
        ObjectLockRetainUntilDate: shapes.Timestamp = UNSET,
        ObjectLockLegalHoldStatus: str = UNSET,
        ObjectLockEventHold: str = UNSET,
        ObjectLockEventHoldDurationDays: int = UNSET,
        ObjectLockEventHoldDurationYears: int = UNSET,
        ExpectedBucketOwner: str = UNSET,
    ) -> answers.PutObjectOutput:
        """Put an object, or another version of it. O(size).

        Raises NoSuchBucket, PreconditionFailed, BadDigest, InvalidDigest, InvalidStorageClass, KeyTooLongError,
        MetadataTooLarge, AccessControlListNotSupported, NotImplemented for an If-None-Match other than ``*``;
        ``UsageError`` for encryption, locks and the like.
        """
        given: dict[str, Any] = locals()
        content = bytes_of(Body)
        refuse_settings(given)
        bucket = self.bucket(Bucket, ExpectedBucketOwner)
        acl = check_acl(bucket, given)
        settings = read_settings(given)
        if ContentLength is not UNSET and len(content) != ContentLength:
            raise errors.length_differs()
        if ContentMD5 is not UNSET:
            check_md5(content, ContentMD5)
        sums = checked(content, given, ChecksumAlgorithm)
        if IfMatch is not UNSET or IfNoneMatch is not UNSET:
            check_write(Key, bucket.latest(Key), IfMatch, IfNoneMatch)
        version_id, etag = self.version_id_for(bucket), md5(content).hexdigest()
        sequencer = bucket.state.next_sequencer(now)
        version = Version(bucket, Key, version_id, now, sequencer, content, etag, checksums=sums, **settings)
        version.acl = acl
        return self.put_and_answer(now, version)

    def put_and_answer(self, now: int, version: Version) -> answers.PutObjectOutput:
        """What PutObject does once all is checked. O(versions of the key)."""
        self.announce("ObjectCreated:Put", version, version)
        version.bucket.put(version)
        if (trace := self.world.trace) is not None:
            facts.object_created(trace, now, version, "PutObject")
        answer: answers.PutObjectOutput = {"ETag": f'"{version.etag}"'}
        if version.checksums:
            answer.update(version.checksums)  # type: ignore[typeddict-item]
            answer["ChecksumType"] = "FULL_OBJECT"
        answer["ServerSideEncryption"] = "AES256"
        if version.version_id != NULL:
            answer["VersionId"] = version.version_id
        return answer

    def put(self, now: int, version: Version, event: str, by: str) -> None:
        """Have a version as the newest of its key, and tell everybody. O(versions of the key)."""
        bucket = version.bucket
        self.announce(event, version, version)
        bucket.put(version)
        if (trace := self.world.trace) is not None:
            facts.object_created(trace, now, version, by)

    @operation("CopyObject")
    def copy_object(
        self,
        now: int,
        *,
        ACL: str = UNSET,
        Bucket: shapes.BucketName,
        CacheControl: str = UNSET,
        ChecksumAlgorithm: str = UNSET,
        ContentDisposition: str = UNSET,
        ContentEncoding: str = UNSET,
        ContentLanguage: str = UNSET,
        ContentType: str = UNSET,
        CopySource: shapes.CopySource,
        CopySourceIfMatch: str = UNSET,
        CopySourceIfModifiedSince: shapes.Timestamp = UNSET,
        CopySourceIfNoneMatch: str = UNSET,
        CopySourceIfUnmodifiedSince: shapes.Timestamp = UNSET,
        Expires: shapes.Timestamp = UNSET,
        GrantFullControl: str = UNSET,
        GrantRead: str = UNSET,
        GrantReadACP: str = UNSET,
        GrantWriteACP: str = UNSET,
        IfMatch: str = UNSET,
        IfNoneMatch: str = UNSET,
        Key: shapes.ObjectKey,
        Metadata: shapes.Metadata = UNSET,
        MetadataDirective: str = UNSET,
        TaggingDirective: str = UNSET,
        AnnotationDirective: str = UNSET,
        ServerSideEncryption: str = UNSET,
        StorageClass: str = UNSET,
        WebsiteRedirectLocation: str = UNSET,
        SSECustomerAlgorithm: str = UNSET,
        SSECustomerKey: str = UNSET,
        SSECustomerKeyMD5: str = UNSET,
        SSEKMSKeyId: str = UNSET,
        SSEKMSEncryptionContext: str = UNSET,
        BucketKeyEnabled: bool = UNSET,
        CopySourceSSECustomerAlgorithm: str = UNSET,
        CopySourceSSECustomerKey: str = UNSET,
        CopySourceSSECustomerKeyMD5: str = UNSET,
        RequestPayer: str = UNSET,
        Tagging: str = UNSET,
        ObjectLockMode: str = UNSET,
        ObjectLockRetainUntilDate: shapes.Timestamp = UNSET,
        ObjectLockLegalHoldStatus: str = UNSET,
        ObjectLockEventHold: str = UNSET,
        ObjectLockEventHoldDurationDays: int = UNSET,
        ObjectLockEventHoldDurationYears: int = UNSET,
        ExpectedBucketOwner: str = UNSET,
        ExpectedSourceBucketOwner: str = UNSET,
    ) -> answers.CopyObjectOutput:
        """Copy an object, from any bucket of the cloud. O(1).

        Raises NoSuchKey, NoSuchBucket, PreconditionFailed, InvalidRequest for a copy onto itself that changes nothing,
        InvalidObjectState for what is archived.
        """
        given: dict[str, Any] = locals()
        refuse_settings(given)
        bucket = self.bucket(Bucket, ExpectedBucketOwner)
        acl = check_acl(bucket, given)
        source = self.copied_version(now, given)
        settings = read_settings(given)
        for name, directive in (("metadata", MetadataDirective), ("tagging", TaggingDirective)):
            if directive not in (UNSET, "COPY", "REPLACE"):
                raise errors.directive_invalid(ArgumentName=f"x-amz-{name}-directive", ArgumentValue=directive)
        if MetadataDirective != "REPLACE":
            settings |= {"headers": dict(source.headers), "metadata": dict(source.metadata)}
            if WebsiteRedirectLocation is not UNSET:
                settings["headers"]["WebsiteRedirectLocation"] = WebsiteRedirectLocation
        if TaggingDirective != "REPLACE":
            settings["tags"] = dict(source.tags)
        if source is bucket.latest(Key) and "REPLACE" not in (MetadataDirective, TaggingDirective):
            # Whether something is given counts, not whether it differs; and a version that is named is another. [field]
            is_named = "?versionId=" in CopySource
            if not is_named and {StorageClass, WebsiteRedirectLocation, ServerSideEncryption} == {UNSET}:
                raise errors.copy_to_itself()
        if IfMatch is not UNSET or IfNoneMatch is not UNSET:
            check_write(Key, bucket.latest(Key), IfMatch, IfNoneMatch)
        algorithm = ChecksumAlgorithm
        if algorithm is UNSET:
            algorithm = next((name.removeprefix("Checksum") for name in source.checksums), UNSET)
        sums: Mapping[str, str] = {}
        if algorithm is not UNSET:
            member_of(algorithm)
            kept = source.checksum_type == "FULL_OBJECT" and f"Checksum{algorithm}" in source.checksums
            sums = source.checksums if kept else made(source.content, algorithm)
        version = Version(
            bucket,
            Key,
            self.version_id_for(bucket),
            now,
            bucket.state.next_sequencer(now),
            source.content,
            md5(source.content).hexdigest(),
            checksums=sums,
            **settings,
        )
        version.acl = acl
        self.put(now, version, "ObjectCreated:Copy", "CopyObject")
        copied: shapes.CopyObjectResult = {"ETag": f'"{version.etag}"', "LastModified": version.last_modified}
        if sums:
            copied["ChecksumType"] = "FULL_OBJECT"
            copied.update(sums)  # type: ignore[typeddict-item]
        answer: answers.CopyObjectOutput = {}
        if source.version_id != NULL:
            answer["CopySourceVersionId"] = source.version_id
        if version.version_id != NULL:
            answer["VersionId"] = version.version_id
        answer["ServerSideEncryption"] = "AES256"
        answer["CopyObjectResult"] = copied
        return answer

    # --- deletes -----------------------------------------------------------------------------------------------------

    @operation("DeleteObject", http=Http(status=204))
    def delete_object(
        self,
        now: int,
        *,
        Bucket: shapes.BucketName,
        Key: shapes.ObjectKey,
        MFA: str = UNSET,
        VersionId: str = UNSET,
        RequestPayer: str = UNSET,
        BypassGovernanceRetention: bool = UNSET,
        ExpectedBucketOwner: str = UNSET,
        IfMatch: str = UNSET,
        IfMatchLastModifiedTime: shapes.Timestamp = UNSET,
        IfMatchSize: int = UNSET,
    ) -> answers.DeleteObjectOutput:
        """Delete an object, or a version; where versions are kept, an object gets a delete marker. O(versions).

        What is not there is deleted as well, but for a condition. Raises NoSuchBucket, PreconditionFailed, NoSuchKey,
        InvalidArgument for an id that cannot be a version's, NotImplemented for conditions of directory buckets.
        """
        refuse_settings(locals())
        for header, value in (
            ("x-amz-if-match-size", IfMatchSize),
            ("x-amz-if-match-last-modified-time", IfMatchLastModifiedTime),
        ):
            if value is not UNSET:
                raise errors.header_not_implemented(Header=header)
        bucket = self.bucket(Bucket, ExpectedBucketOwner)
        found = self._delete(now, bucket, Key, VersionId, IfMatch)
        answer: answers.DeleteObjectOutput = {}
        if found.get("DeleteMarker"):
            answer["DeleteMarker"] = True
        version_id = found.get("DeleteMarkerVersionId") or found.get("VersionId")
        if version_id is not None:
            answer["VersionId"] = version_id
        return answer

    @operation("DeleteObjects")
    def delete_objects(
        self,
        now: int,
        *,
        Bucket: shapes.BucketName,
        Delete: shapes.Delete,
        MFA: str = UNSET,
        RequestPayer: str = UNSET,
        BypassGovernanceRetention: bool = UNSET,
        ExpectedBucketOwner: str = UNSET,
        ChecksumAlgorithm: str = UNSET,
    ) -> answers.DeleteObjectsOutput:
        """Delete up to 1,000 objects, one after the other. O(keys).

        What goes wrong with one is told of it in ``Errors``. Raises NoSuchBucket, MalformedXML for none, or too many.
        """
        refuse_settings(locals())
        bucket = self.bucket(Bucket, ExpectedBucketOwner)
        wanted = Delete["Objects"]
        if not 1 <= len(wanted) <= _MOST_DELETED:
            raise errors.xml_malformed()
        deleted: list[shapes.DeletedObject] = []
        failed: list[shapes.Error] = []
        for one in wanted:
            version_id = one.get("VersionId", UNSET)
            try:
                found = self._delete_listed(now, bucket, one)
            except errors.AwsError as error:
                row: shapes.Error = {"Key": one["Key"]}
                if version_id is not UNSET:
                    row["VersionId"] = version_id
                row["Code"] = error.code
                row["Message"] = error.message
                failed.append(row)
            else:
                deleted.append(found)
        answer: answers.DeleteObjectsOutput = {}
        if deleted and not Delete.get("Quiet"):
            answer["Deleted"] = deleted
        if failed:
            answer["Errors"] = failed
        return answer

    def _delete_listed(self, now: int, bucket: BucketObject, one: shapes.ObjectIdentifier) -> shapes.DeletedObject:
        """Delete one of several."""
        for name in ("LastModifiedTime", "Size"):
            if name in one:
                raise errors.header_not_implemented(Header=name)
        return self._delete(now, bucket, one["Key"], one.get("VersionId", UNSET), one.get("ETag", UNSET))

    def _delete(self, now: int, bucket: BucketObject, key: str, version_id: str, if_match: str) -> shapes.DeletedObject:
        """Delete one, and say what was done, as DeleteObjects does."""
        latest = bucket.latest(key)
        if if_match is not UNSET:
            if latest is None or latest.is_marker:
                raise errors.no_such_key(Key=key)  # [field]
            if if_match.strip('"') not in ("*", latest.etag):
                raise errors.precondition_failed(Condition="If-Match")
        if version_id is not UNSET:
            return self._delete_version(now, bucket, key, version_id)
        done: shapes.DeletedObject = {"Key": key}
        if not bucket.versioning:
            if latest is not None:
                self._remove(now, latest)
            return done
        marker = Version(
            bucket,
            key,
            self.version_id_for(bucket),
            now,
            bucket.state.next_sequencer(now),
            is_marker=True,
            storage_class=STANDARD,
        )
        self.announce("ObjectRemoved:DeleteMarkerCreated", marker, marker)
        bucket.put(marker)  # where versions are suspended, in the place of the null version
        if (trace := self.world.trace) is not None:
            facts.object_removed(trace, now, marker, is_marked=True)
        done["DeleteMarker"] = True
        done["DeleteMarkerVersionId"] = marker.version_id
        return done

    def _delete_version(self, now: int, bucket: BucketObject, key: str, version_id: str) -> shapes.DeletedObject:
        check_version_id(version_id)
        version = bucket.version(key, version_id)
        done: shapes.DeletedObject = {"Key": key, "VersionId": version_id}
        if version is not None:
            self._remove(now, version)
            if version.is_marker:
                done["DeleteMarker"] = True
                done["DeleteMarkerVersionId"] = version_id
        return done

    def _remove(self, now: int, version: Version) -> None:
        bucket = version.bucket
        sequencer = bucket.state.next_sequencer(now)
        removed = Version(bucket, version.key, version.version_id, version.modified, sequencer, etag=version.etag)
        self.announce("ObjectRemoved:Delete", removed, Gone(version))
        bucket.remove(version)
        if (trace := self.world.trace) is not None:
            facts.object_removed(trace, now, version)
