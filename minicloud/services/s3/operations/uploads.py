"""The operations of multipart uploads: begun, filled with parts, listed, completed, aborted."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from ....core.operation import Http, operation
from ....core.timestamps import datetime_of
from ....core.unset import UNSET
from .. import answers, errors, facts, shapes
from ..bucket import Bucket as BucketObject
from ..checksums import MEMBERS, check_md5, checked, composite, made, member_of
from ..conditions import check_write
from ..multipart import MOST_PARTS, Part, Upload, etag_of_parts, ordered_parts
from ..object import NULL, STANDARD, Version
from ..settings import bytes_of, check_acl, read_settings, refuse_settings
from ..state import S3State

__all__ = ["UploadOperations"]

_KINDS = ("COMPOSITE", "FULL_OBJECT")
_BOTH_KINDS = ("CRC32", "CRC32C")
"""Algorithms whose checksum of an object of parts may be that of all its bytes, or one over those of the parts."""
_MOST_LISTED = 1_000
_SOURCE_RANGE = re.compile("bytes=([0-9]+)-([0-9]+)")


class UploadOperations(S3State):
    """Multipart uploads."""

    @operation("CreateMultipartUpload")
    def create_multipart_upload(
        self,
        now: int,
        *,
        ACL: str = UNSET,
        Bucket: shapes.BucketName,
        CacheControl: str = UNSET,
        ContentDisposition: str = UNSET,
        ContentEncoding: str = UNSET,
        ContentLanguage: str = UNSET,
        ContentType: str = UNSET,
        Expires: shapes.Timestamp = UNSET,
        GrantFullControl: str = UNSET,
        GrantRead: str = UNSET,
        GrantReadACP: str = UNSET,
        GrantWriteACP: str = UNSET,
        Key: shapes.ObjectKey,
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
        ChecksumAlgorithm: str = UNSET,
        ChecksumType: str = UNSET,
    ) -> answers.CreateMultipartUploadOutput:
        """Begin an upload of parts. Nothing is there until it is completed. O(1). Raises as PutObject does."""
        given: dict[str, Any] = locals()
        refuse_settings(given)
        bucket = self.bucket(Bucket, ExpectedBucketOwner)
        acl = check_acl(bucket, given)
        settings = read_settings(given) | {"acl": acl}
        algorithm, kind = "", ""
        if ChecksumType is not UNSET and ChecksumAlgorithm is UNSET:
            raise errors.checksum_kind_alone()
        if ChecksumAlgorithm is not UNSET:
            member_of(ChecksumAlgorithm)
            algorithm = ChecksumAlgorithm
            kind = "FULL_OBJECT" if algorithm == "CRC64NVME" else "COMPOSITE"
            if ChecksumType is not UNSET:
                if ChecksumType not in _KINDS:
                    raise errors.checksum_invalid("x-amz-checksum-type")
                if ChecksumType != kind and algorithm not in _BOTH_KINDS:
                    raise errors.checksum_kind_invalid(ChecksumType, algorithm.lower())
                kind = ChecksumType
        upload_id = (self.upload_ids.next() + self.upload_ids.next()).replace("-", "")
        bucket.uploads[upload_id] = Upload(upload_id, Key, bucket.state.event_count, algorithm, kind, settings)
        answer: answers.CreateMultipartUploadOutput = {"ServerSideEncryption": "AES256"}
        if algorithm:
            answer["ChecksumAlgorithm"] = algorithm
            answer["ChecksumType"] = kind
        answer["Bucket"] = Bucket
        answer["Key"] = Key
        answer["UploadId"] = upload_id
        return answer

    @operation("UploadPart", assumes={"ChecksumAlgorithm": "checksum_algorithm"})
    def upload_part(
        self,
        now: int,
        *,
        Body: shapes.Body = UNSET,
        Bucket: shapes.BucketName,
        ContentLength: int = UNSET,
        ContentMD5: str = UNSET,
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
        Key: shapes.ObjectKey,
        PartNumber: int,
        UploadId: str,
        SSECustomerAlgorithm: str = UNSET,
        SSECustomerKey: str = UNSET,
        SSECustomerKeyMD5: str = UNSET,
        RequestPayer: str = UNSET,
        ExpectedBucketOwner: str = UNSET,
    ) -> answers.UploadPartOutput:
        """Upload a part, in the place of one with the same number. O(size).

        Raises NoSuchUpload, BadDigest, InvalidArgument for a number that is not 1 to 10,000.
        """
        given: dict[str, Any] = locals()
        refuse_settings(given)
        bucket = self.bucket(Bucket, ExpectedBucketOwner)
        upload = self._upload(bucket, Key, UploadId)
        if not 1 <= PartNumber <= MOST_PARTS:
            raise errors.part_number_invalid(ArgumentName="partNumber", ArgumentValue=str(PartNumber))
        content = bytes_of(Body)
        if ContentLength is not UNSET and len(content) != ContentLength:
            raise errors.length_differs()
        if ContentMD5 is not UNSET:
            check_md5(content, ContentMD5)
        algorithm = upload.algorithm if upload.algorithm and ChecksumAlgorithm is UNSET else ChecksumAlgorithm
        part = Part(PartNumber, content, now, checked(content, given, algorithm or UNSET))
        upload.parts[PartNumber] = part
        answer: answers.UploadPartOutput = {"ServerSideEncryption": "AES256", "ETag": f'"{part.etag}"'}
        answer.update(part.checksums)  # type: ignore[typeddict-item]
        return answer

    @operation("UploadPartCopy")
    def upload_part_copy(
        self,
        now: int,
        *,
        Bucket: shapes.BucketName,
        CopySource: shapes.CopySource,
        CopySourceIfMatch: str = UNSET,
        CopySourceIfModifiedSince: shapes.Timestamp = UNSET,
        CopySourceIfNoneMatch: str = UNSET,
        CopySourceIfUnmodifiedSince: shapes.Timestamp = UNSET,
        CopySourceRange: str = UNSET,
        Key: shapes.ObjectKey,
        PartNumber: int,
        UploadId: str,
        SSECustomerAlgorithm: str = UNSET,
        SSECustomerKey: str = UNSET,
        SSECustomerKeyMD5: str = UNSET,
        CopySourceSSECustomerAlgorithm: str = UNSET,
        CopySourceSSECustomerKey: str = UNSET,
        CopySourceSSECustomerKeyMD5: str = UNSET,
        RequestPayer: str = UNSET,
        ExpectedBucketOwner: str = UNSET,
        ExpectedSourceBucketOwner: str = UNSET,
    ) -> answers.UploadPartCopyOutput:
        """Have a part be what an object has, or some of its bytes. O(size).

        Raises NoSuchUpload, NoSuchKey, PreconditionFailed, InvalidObjectState for what is archived, InvalidArgument for
        a number that is not 1 to 10,000 and for a range that the object has not.
        """
        given: dict[str, Any] = locals()
        refuse_settings(given)
        bucket = self.bucket(Bucket, ExpectedBucketOwner)
        upload = self._upload(bucket, Key, UploadId)
        if not 1 <= PartNumber <= MOST_PARTS:
            raise errors.part_number_invalid(ArgumentName="partNumber", ArgumentValue=str(PartNumber))
        source = self.copied_version(now, given)
        content = source.content
        if CopySourceRange is not UNSET:
            found = _SOURCE_RANGE.fullmatch(CopySourceRange)
            named = {"ArgumentName": "x-amz-copy-source-range", "ArgumentValue": CopySourceRange}
            if found is None or int(found[2]) < int(found[1]):
                raise errors.source_range_invalid(**named)
            if int(found[2]) >= len(content):
                raise errors.source_range_too_long(len(content), **named)
            content = content[int(found[1]) : int(found[2]) + 1]
        part = Part(PartNumber, content, now, made(content, upload.algorithm) if upload.algorithm else {})
        upload.parts[PartNumber] = part
        copied: shapes.CopyPartResult = {"ETag": f'"{part.etag}"', "LastModified": _listed(part)["LastModified"]}
        copied.update(part.checksums)  # type: ignore[typeddict-item]
        answer: answers.UploadPartCopyOutput = {}
        if source.version_id != NULL:
            answer["CopySourceVersionId"] = source.version_id
        answer["ServerSideEncryption"] = "AES256"
        answer["CopyPartResult"] = copied
        return answer

    @operation("CompleteMultipartUpload")
    def complete_multipart_upload(
        self,
        now: int,
        *,
        Bucket: shapes.BucketName,
        Key: shapes.ObjectKey,
        MultipartUpload: shapes.CompletedMultipartUpload = UNSET,
        UploadId: str,
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
        ChecksumType: str = UNSET,
        MpuObjectSize: int = UNSET,
        RequestPayer: str = UNSET,
        ExpectedBucketOwner: str = UNSET,
        IfMatch: str = UNSET,
        IfNoneMatch: str = UNSET,
        SSECustomerAlgorithm: str = UNSET,
        SSECustomerKey: str = UNSET,
        SSECustomerKeyMD5: str = UNSET,
    ) -> answers.CompleteMultipartUploadOutput:
        """Put the parts together to an object. The same again has the same answer, and changes nothing. O(size).

        Raises NoSuchUpload, InvalidPart, InvalidPartOrder, EntityTooSmall, MalformedXML, InvalidRequest for another
        size than was said, PreconditionFailed, ConditionalRequestConflict.
        """
        given: dict[str, Any] = locals()
        refuse_settings(given)
        bucket = self.bucket(Bucket, ExpectedBucketOwner)
        listed = (MultipartUpload or {}).get("Parts") or ()
        asked = Key, tuple((one.get("PartNumber"), one.get("ETag", "").strip('"')) for one in listed)
        before: Any = bucket.completed.get(UploadId)
        if before is not None and before[0] == asked:  # whatever the conditions are [field]
            again: answers.CompleteMultipartUploadOutput = dict(before[1])  # type: ignore[assignment]
            return again
        upload = self._upload(bucket, Key, UploadId)
        parts = ordered_parts(upload, listed)
        content = b"".join([part.content for part in parts])
        if MpuObjectSize is not UNSET and MpuObjectSize != len(content):
            raise errors.size_differs(MpuObjectSize, len(content))
        if IfMatch is not UNSET or IfNoneMatch is not UNSET:
            check_write(Key, bucket.latest(Key), IfMatch, IfNoneMatch, since=upload.events_before)
        sums, kind = _checksum_of(upload, parts, content, given)
        settings = dict(upload.given)
        acl = settings.pop("acl")
        version = Version(
            bucket,
            Key,
            self.version_id_for(bucket),
            now,
            bucket.state.next_sequencer(now),
            content,
            etag_of_parts(parts),
            checksums=sums,
            checksum_type=kind,
            parts=tuple(len(part.content) for part in parts),
            **settings,
        )
        version.acl = acl
        answer: answers.CompleteMultipartUploadOutput = {"ServerSideEncryption": "AES256"}
        if version.version_id != NULL:
            answer["VersionId"] = version.version_id
        answer["Location"] = f"https://{Bucket}.s3.{bucket.state.region_name}.amazonaws.com/{quote(Key, safe='')}"
        answer["Bucket"] = Bucket
        answer["Key"] = Key
        answer["ETag"] = f'"{version.etag}"'
        if sums:
            answer.update(sums)  # type: ignore[typeddict-item]
            answer["ChecksumType"] = kind
        self.announce("ObjectCreated:CompleteMultipartUpload", version, version)

        def complete() -> None:
            if upload.upload_id in bucket.uploads:
                bucket.put(version)
                bucket.completed[upload.upload_id] = asked, dict(answer)
                del bucket.uploads[upload.upload_id]

        self.world.carry_through(complete)
        if (trace := self.world.trace) is not None:
            facts.object_created(trace, now, version, "CompleteMultipartUpload")
        return answer

    @operation("AbortMultipartUpload", http=Http(status=204))
    def abort_multipart_upload(
        self,
        now: int,
        *,
        Bucket: shapes.BucketName,
        Key: shapes.ObjectKey,
        UploadId: str,
        RequestPayer: str = UNSET,
        ExpectedBucketOwner: str = UNSET,
        IfMatchInitiatedTime: shapes.Timestamp = UNSET,
    ) -> answers.AbortMultipartUploadOutput:
        """Give an upload up, with its parts. O(1). Raises NoSuchUpload, NoSuchBucket."""
        if IfMatchInitiatedTime is not UNSET:
            raise errors.header_not_implemented(Header="x-amz-if-match-initiated-time")
        bucket = self.bucket(Bucket, ExpectedBucketOwner)
        upload = self._upload(bucket, Key, UploadId)
        del bucket.uploads[upload.upload_id]
        return {}

    @operation("ListParts")
    def list_parts(
        self,
        now: int,
        *,
        Bucket: shapes.BucketName,
        Key: shapes.ObjectKey,
        MaxParts: int = UNSET,
        PartNumberMarker: int = UNSET,
        UploadId: str,
        RequestPayer: str = UNSET,
        ExpectedBucketOwner: str = UNSET,
        SSECustomerAlgorithm: str = UNSET,
        SSECustomerKey: str = UNSET,
        SSECustomerKeyMD5: str = UNSET,
    ) -> answers.ListPartsOutput:
        """A page of the parts of an upload, by number. O(parts). Raises NoSuchUpload, InvalidArgument."""
        refuse_settings(locals())
        bucket = self.bucket(Bucket, ExpectedBucketOwner)
        upload = self._upload(bucket, Key, UploadId)
        for name, value in (("max-parts", MaxParts), ("part-number-marker", PartNumberMarker)):
            if value is not UNSET and value < 0:
                raise errors.max_keys_negative(name, ArgumentName=name, ArgumentValue=str(value))
        most = _MOST_LISTED if MaxParts is UNSET else min(MaxParts, _MOST_LISTED)
        numbers = sorted(number for number in upload.parts if number > (PartNumberMarker or 0))
        shown = numbers[:most]
        answer: answers.ListPartsOutput = {
            "Bucket": Bucket,
            "Key": Key,
            "UploadId": UploadId,
            "PartNumberMarker": PartNumberMarker or 0,
            "NextPartNumberMarker": shown[-1] if shown else 0,
            "MaxParts": most,
            "IsTruncated": len(shown) < len(numbers),
        }
        if shown:
            answer["Parts"] = [_listed(upload.parts[number]) for number in shown]
        caller = f"arn:{self.partition}:iam::{self.account_id}:user/minicloud"
        answer["Initiator"] = {"ID": caller, "DisplayName": "minicloud"}
        answer["Owner"] = {"ID": bucket.state.owner_id}
        answer["StorageClass"] = upload.given.get("storage_class", STANDARD)
        if upload.algorithm:
            answer["ChecksumAlgorithm"] = upload.algorithm
            answer["ChecksumType"] = upload.checksum_type
        return answer

    def _upload(self, bucket: BucketObject, key: str, upload_id: str) -> Upload:
        found = bucket.uploads.get(upload_id)
        if found is None or found.key != key:
            raise errors.no_such_upload(UploadId=upload_id)
        return found


def _listed(part: Part) -> shapes.Part:
    row: shapes.Part = {
        "PartNumber": part.number,
        "LastModified": datetime_of(part.modified - part.modified % 1_000_000_000),
        "ETag": f'"{part.etag}"',
        "Size": len(part.content),
    }
    row.update(part.checksums)  # type: ignore[typeddict-item]
    return row


def _checksum_of(
    upload: Upload, parts: list[Part], content: bytes, given: dict[str, Any]
) -> tuple[dict[str, str], str]:
    """The checksum that an object of parts has, and of which kind. Raises BadDigest for another than was given."""
    algorithm, kind = upload.algorithm, upload.checksum_type
    member = f"Checksum{algorithm}"
    if not algorithm:
        sums, kind = made(content, "CRC64NVME", is_asked_for=False), "FULL_OBJECT"
    elif kind == "COMPOSITE" and all(member in part.checksums for part in parts):
        sums = composite(algorithm, [part.checksums[member] for part in parts])
    else:
        sums, kind = made(content, algorithm), "FULL_OBJECT"
    for name in MEMBERS:
        wanted = given[name]
        if wanted is UNSET:
            continue
        found = sums.get(name) or made(content, name.removeprefix("Checksum")).get(name)
        if found is not None and wanted not in (found, found.partition("-")[0]):
            raise errors.checksum_wrong(name.removeprefix("Checksum").lower())
    return sums, kind
