"""What reads of an object answer with: which version, which of its bytes, and which headers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from ...core.timestamps import datetime_of
from ...core.unset import UNSET
from . import errors, notes
from .bucket import Bucket
from .conditions import check_read, http_time
from .names import is_version_id
from .object import NULL, STANDARD, Version
from .settings import ARCHIVED

__all__ = ["Order", "answer_of", "find_version", "found_version", "part_of", "version_to_read"]

_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")
_RESPONSES: Final = {
    "ResponseCacheControl": "CacheControl",
    "ResponseContentDisposition": "ContentDisposition",
    "ResponseContentEncoding": "ContentEncoding",
    "ResponseContentLanguage": "ContentLanguage",
    "ResponseContentType": "ContentType",
    "ResponseExpires": "Expires",
}
"""Headers that a request may have instead of the object's own."""
_MOST_KNOWN: Final = 1_000


def check_version_id(version_id: str) -> None:
    """Raise InvalidArgument for what cannot be the id of a version."""
    if not is_version_id(version_id):
        raise errors.version_id_invalid(ArgumentName="versionId", ArgumentValue=version_id)


def find_version(bucket: Bucket, key: str, version_id: str) -> Version | None:
    """A version, which may be a delete marker; the newest where no id is given. Raises InvalidArgument."""
    if version_id is UNSET:
        return bucket.latest(key)
    check_version_id(version_id)
    return bucket.version(key, version_id)


def found_version(bucket: Bucket, key: str, version_id: str) -> Version:
    """The same of what has to be there. Raises NoSuchKey, NoSuchVersion; MethodNotAllowed for a marker asked by id."""
    version = find_version(bucket, key, version_id)
    if version is None:
        if version_id is not UNSET and version_id != NULL:
            raise errors.no_such_version(Key=key, VersionId=version_id)
        raise errors.no_such_key(Key=key).noting(notes.no_key(bucket, key))
    if version.is_marker:
        headers = {"x-amz-delete-marker": "true"}  # [field; docs]
        if version_id is not UNSET:
            headers |= {"allow": "DELETE", "last-modified": http_time(version.last_modified)}
            raise errors.with_headers(method_not_allowed("GET"), headers)
        headers["x-amz-version-id"] = version.version_id
        raise errors.with_headers(errors.no_such_key(Key=key), headers).noting(notes.no_key(bucket, key))
    return version


def method_not_allowed(method: str) -> errors.AwsError:
    """What is said of a delete marker that is asked for what only objects have. [rec]"""
    return errors.method_not_allowed(Method=method, ResourceType="DeleteMarker")


def changeable_version(bucket: Bucket, key: str, version_id: str, method: str) -> Version:
    """A version whose tags or ACL are wanted. Raises NoSuchKey, NoSuchVersion, MethodNotAllowed for a marker. [rec]"""
    version = find_version(bucket, key, version_id)
    if version is not None and version.is_marker:
        raise method_not_allowed(method)
    return found_version(bucket, key, version_id)


def version_to_read(now: int, bucket: Bucket, given: Mapping[str, Any]) -> Version:
    """The version that a GET or a HEAD is about, whose conditions hold. Raises as S3 does."""
    version = found_version(bucket, given["Key"], given["VersionId"])
    check_read(
        now,
        version,
        if_match=given["IfMatch"],
        if_none_match=given["IfNoneMatch"],
        if_modified_since=given["IfModifiedSince"],
        if_unmodified_since=given["IfUnmodifiedSince"],
    )
    return version


def check_is_readable(now: int, version: Version, *, is_copied: bool = False) -> None:
    """Raise InvalidObjectState for what is archived, and of which no copy is there at this time."""
    if version.storage_class in ARCHIVED:
        restored = version.restored
        if restored is None or not restored[0] <= now < restored[1]:
            refuse = errors.source_state_invalid if is_copied else errors.state_invalid
            raise refuse(StorageClass=version.storage_class)


def part_of(version: Version, given: Mapping[str, Any]) -> tuple[int, int] | None:
    """From where to where a request wants the bytes; None for all of them. Raises InvalidRange, InvalidPartNumber.

    Both a range and a part are an InvalidRequest. A range that cannot be read is ignored. [RFC 9110; S3 does so, known]
    """
    size = version.size
    number, asked = given["PartNumber"], given["Range"]
    if number is not UNSET:
        if asked is not UNSET:
            raise errors.range_and_part()
        sizes = version.parts or (size,)
        if not 1 <= number <= len(sizes):
            raise errors.part_not_satisfiable(ActualPartCount=str(len(sizes)), PartNumberRequested=str(number))
        begin = sum(sizes[: number - 1])
        return begin, begin + sizes[number - 1]
    found = None if asked is UNSET else _RANGE.fullmatch(asked.strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        begin, end = max(0, size - int(found[2])), size
        is_fine = int(found[2]) > 0 and size > 0
    else:
        begin = int(found[1])
        last = int(found[2]) if found[2] else size - 1
        if found[2] and last < begin:
            return None
        end = min(last + 1, size)
        is_fine = begin < size
    if not is_fine:
        raise errors.range_not_satisfiable(ActualObjectSize=str(size), RangeRequested=asked)
    return begin, end


def answer_of(
    now: int, version: Version, given: Mapping[str, Any], part: tuple[int, int] | None, *, shows_checksums: bool
) -> dict[str, Any]:
    """What a GET and a HEAD say of an object, without its bytes. O(headers).

    ``given`` are the parameters of the request, or nothing where there are none but what the object is found by.
    """
    answer: dict[str, Any] = {"AcceptRanges": "bytes"}
    if version.restored is not None and (restored := version.restore_shown(now)) is not None:
        answer["Restore"] = _restore_text(now, restored)
    answer["LastModified"] = version.last_modified
    answer["ContentLength"] = version.size if part is None else part[1] - part[0]
    answer["ETag"] = f'"{version.etag}"'
    if shows_checksums and version.checksums and (part is None or part == (0, version.size)):
        answer.update(version.checksums)
        answer["ChecksumType"] = version.checksum_type
    if version.version_id != NULL or version.bucket.versioning:
        answer["VersionId"] = version.version_id
    answer.update(version.headers)
    if given:
        for name, header in _RESPONSES.items():
            if given[name] is not UNSET:
                answer[header] = given[name]
    if "Expires" in answer:
        answer["ExpiresString"] = http_time(answer["Expires"])
    if part is not None:
        answer["ContentRange"] = f"bytes {part[0]}-{part[1] - 1}/{version.size}"
    answer["ServerSideEncryption"] = "AES256"
    answer["Metadata"] = dict(version.metadata)
    if version.storage_class != STANDARD:
        answer["StorageClass"] = version.storage_class
    if version.parts and given.get("PartNumber", UNSET) is not UNSET:
        answer["PartsCount"] = len(version.parts)
    if version.tags:
        answer["TagCount"] = len(version.tags)
    return answer


class Order:
    """The order that the members of an answer have in the model, as boto3's clients show those of headers."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)
        self._known: dict[tuple[str, ...], tuple[str, ...]] = {}
        """Of some members: that of most answers is found out once."""

    def of(self, answer: dict[str, Any]) -> dict[str, Any]:
        """An answer with its members in order; what the model does not have comes last. O(members)."""
        members = tuple(answer)
        ordered = self._known.get(members)
        if ordered is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            ordered = tuple([name for name in self._names if name in answer])
            self._known[members] = ordered = ordered + tuple([name for name in members if name not in ordered])
        return {name: answer[name] for name in ordered}


def _restore_text(now: int, restored: tuple[int, int]) -> str:
    if now < restored[0]:
        return 'ongoing-request="true"'
    return f'ongoing-request="false", expiry-date="{http_time(datetime_of(restored[1]))}"'
