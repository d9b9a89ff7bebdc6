"""The operations that read objects: all of one, some of its bytes, or what there is to know of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ....core.operation import Http, operation
from ....core.unset import UNSET
from .. import answers, errors, shapes
from ..object import NOTHING, Version
from ..reading import Order, answer_of, check_is_readable, found_version, part_of, version_to_read
from ..settings import refuse_settings
from ..state import S3State

__all__ = ["ReadOperations"]

_OF_GET = Order(answers.GetObjectOutput.__annotations__)
_OF_HEAD = Order(answers.HeadObjectOutput.__annotations__)
_ASSUMED = {"ChecksumMode": "checksum_mode"}


@operation("GetObject", assumes=_ASSUMED)
def _get_in_short(
    self: ReadOperations, now: int, *, Bucket: shapes.BucketName, Key: shapes.ObjectKey, ChecksumMode: str = UNSET
) -> answers.GetObjectOutput:
    """What most reads are: all of an object, whatever it is."""
    version = found_version(self.bucket(Bucket), Key, UNSET)
    return self.answer_to_get(now, version, NOTHING, shows_checksums=ChecksumMode == "ENABLED")


class ReadOperations(S3State):
    """Objects: got, and looked at."""

    @operation(
        "GetObject",
        http=Http(payload="Body", partial="ContentRange"),
        assumes=_ASSUMED,
        short=_get_in_short,
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
        if not SSECustomerAlgorithm is SSECustomerKey is SSECustomerKeyMD5 is UNSET:
            refuse_settings(given)
        version = version_to_read(now, self.bucket(Bucket, ExpectedBucketOwner), given)
        return self.answer_to_get(now, version, given, shows_checksums=ChecksumMode == "ENABLED")

    def answer_to_get(
        self, now: int, version: Version, given: Mapping[str, Any], *, shows_checksums: bool
    ) -> answers.GetObjectOutput:
        """What GetObject answers of the version that was found. O(bytes that are asked for).

        ``given`` are the parameters, or nothing where there are none but what the object is found by.
        """
        check_is_readable(now, version)
        part = part_of(version, given) if given else None
        answer = _OF_GET.of(answer_of(now, version, given, part, shows_checksums=shows_checksums))
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
        if not SSECustomerAlgorithm is SSECustomerKey is SSECustomerKeyMD5 is UNSET:
            refuse_settings(given)
        try:
            version = version_to_read(now, self.bucket(Bucket, ExpectedBucketOwner), given)
            part = part_of(version, given)
        except errors.AwsError as error:
            raise errors.without_body(error) from None
        answer = answer_of(now, version, given, part, shows_checksums=ChecksumMode == "ENABLED")
        return cast("answers.HeadObjectOutput", _OF_HEAD.of(answer))
