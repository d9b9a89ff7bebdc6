"""The operations that read objects: all of one, some of its bytes, or what there is to know of it."""

from __future__ import annotations

from typing import Any, cast

from ....core.operation import Http, operation
from ....core.unset import UNSET
from .. import answers, errors, shapes
from ..reading import answer_of, check_is_readable, in_order, part_of, version_to_read
from ..settings import refuse_settings
from ..state import S3State

__all__ = ["ReadOperations"]

_OF_GET = tuple(answers.GetObjectOutput.__annotations__)
_OF_HEAD = tuple(answers.HeadObjectOutput.__annotations__)


class ReadOperations(S3State):
    """Objects: got, and looked at."""

    @operation(
        "GetObject",
        http=Http(payload="Body", partial="ContentRange"),
        assumes={"ChecksumMode": "checksum_mode"},
    )
    def get_object(
        self,
        now: int,
        *,
        Bucket: shapes.BucketName,
        IfMatch: str = UNSET,
        IfModifiedSince: shapes.Timestamp = UNSET,
        IfNoneMatch: str = UNSET,
        IfUnmodifiedSince: shapes.Timestamp = UNSET,
        Key: shapes.ObjectKey,
        Range: str = UNSET,
        ResponseCacheControl: str = UNSET,
        ResponseContentDisposition: str = UNSET,
        ResponseContentEncoding: str = UNSET,
        ResponseContentLanguage: str = UNSET,
        ResponseContentType: str = UNSET,
        ResponseExpires: shapes.Timestamp = UNSET,
        VersionId: str = UNSET,
        SSECustomerAlgorithm: str = UNSET,
        SSECustomerKey: str = UNSET,
        SSECustomerKeyMD5: str = UNSET,
        RequestPayer: str = UNSET,
        PartNumber: int = UNSET,
        ExpectedBucketOwner: str = UNSET,
        ChecksumMode: str = UNSET,
    ) -> answers.GetObjectOutput:
        """An object: its bytes, and what was put with it. O(bytes that are asked for).

        Raises NoSuchKey, NoSuchVersion, NoSuchBucket, PreconditionFailed, ``304``, InvalidRange, InvalidPartNumber,
        InvalidObjectState for what is archived.
        """
        given: dict[str, Any] = locals()
        if SSECustomerAlgorithm is not UNSET:
            refuse_settings(given)
        version = version_to_read(now, self.bucket(Bucket, ExpectedBucketOwner), given)
        check_is_readable(now, version)
        part = part_of(version, given)
        answer = in_order(_OF_GET, answer_of(now, version, given, part, shows_checksums=ChecksumMode == "ENABLED"))
        expires = answer.pop("ExpiresString", None)
        answer["Body"] = version.content if part is None else version.content[part[0] : part[1]]
        if expires is not None:
            answer["ExpiresString"] = expires
        return cast("answers.GetObjectOutput", answer)

    @operation("HeadObject", http=Http(partial="ContentRange"))
    def head_object(
        self,
        now: int,
        *,
        Bucket: shapes.BucketName,
        IfMatch: str = UNSET,
        IfModifiedSince: shapes.Timestamp = UNSET,
        IfNoneMatch: str = UNSET,
        IfUnmodifiedSince: shapes.Timestamp = UNSET,
        Key: shapes.ObjectKey,
        Range: str = UNSET,
        ResponseCacheControl: str = UNSET,
        ResponseContentDisposition: str = UNSET,
        ResponseContentEncoding: str = UNSET,
        ResponseContentLanguage: str = UNSET,
        ResponseContentType: str = UNSET,
        ResponseExpires: shapes.Timestamp = UNSET,
        VersionId: str = UNSET,
        SSECustomerAlgorithm: str = UNSET,
        SSECustomerKey: str = UNSET,
        SSECustomerKeyMD5: str = UNSET,
        RequestPayer: str = UNSET,
        PartNumber: int = UNSET,
        ExpectedBucketOwner: str = UNSET,
        ChecksumMode: str = UNSET,
    ) -> answers.HeadObjectOutput:
        """The same without the bytes. O(1). What it raises has no body: ``404``, ``412``, ``304``, ``416``."""
        given: dict[str, Any] = locals()
        if SSECustomerAlgorithm is not UNSET:
            refuse_settings(given)
        try:
            version = version_to_read(now, self.bucket(Bucket, ExpectedBucketOwner), given)
            part = part_of(version, given)
        except errors.AwsError as error:
            raise errors.without_body(error) from None
        answer = answer_of(now, version, given, part, shows_checksums=ChecksumMode == "ENABLED")
        return cast("answers.HeadObjectOutput", in_order(_OF_HEAD, answer))
