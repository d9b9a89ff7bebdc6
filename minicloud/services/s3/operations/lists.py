"""The operations that list the objects of a bucket, and their versions, in pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote_plus

from ....core.operation import operation
from ....core.timestamps import datetime_of
from ....core.unset import UNSET
from .. import answers, errors, shapes
from ..bucket import Bucket as BucketObject
from ..checksums import MEMBERS
from ..names import ASSUMED_ENCODING, Assumed
from ..object import Version
from ..state import S3State

__all__ = ["ListOperations"]

_MOST = 1_000
_BEHIND_ALL = "\U0010ffff"


class ListOperations(S3State):
    """Objects and versions: listed."""

    @operation("ListObjectsV2")
    def list_objects_v2(
        self,
        now: int,
        *,
        Bucket: shapes.BucketName,
        Delimiter: str = UNSET,
        EncodingType: str = UNSET,
        MaxKeys: int = UNSET,
        Prefix: str = UNSET,
        ContinuationToken: str = UNSET,
        FetchOwner: bool = UNSET,
        StartAfter: str = UNSET,
        RequestPayer: str = UNSET,
        ExpectedBucketOwner: str = UNSET,
        OptionalObjectAttributes: Sequence[str] = UNSET,
    ) -> answers.ListObjectsV2Output:
        """A page of objects, in the order of their keys' bytes. O(log n + what is on the page).

        ``MaxKeys`` counts keys and common prefixes. Raises NoSuchBucket, InvalidArgument for a token that is none.
        """
        bucket = self.bucket(Bucket, ExpectedBucketOwner)
        encode = _encoder(EncodingType)
        after = StartAfter or ""
        if ContinuationToken is not UNSET:
            if not ContinuationToken:
                raise errors.token_incorrect(ArgumentName="continuation-token")
            (after,) = self.read_token("ListObjectsV2", ContinuationToken)
        page = _Page(bucket, Prefix or "", Delimiter or "", after, _most(MaxKeys, "max-keys"))
        answer: answers.ListObjectsV2Output = {"IsTruncated": page.is_truncated}
        if page.versions:
            answer["Contents"] = [
                self._listed(
                    now, version, encode, with_owner=FetchOwner is True, with_restore=bool(OptionalObjectAttributes)
                )
                for version in page.versions
            ]
        answer["Name"] = Bucket
        answer["Prefix"] = encode(Prefix or "")
        if Delimiter:
            answer["Delimiter"] = encode(Delimiter)
        answer["MaxKeys"] = page.most
        if page.prefixes:
            answer["CommonPrefixes"] = [{"Prefix": encode(prefix)} for prefix in page.prefixes]
        answer["EncodingType"] = ASSUMED_ENCODING if EncodingType is UNSET else EncodingType
        answer["KeyCount"] = len(page.versions) + len(page.prefixes)
        if ContinuationToken is not UNSET:
            answer["ContinuationToken"] = ContinuationToken
        if page.is_truncated:
            answer["NextContinuationToken"] = self.make_token("ListObjectsV2", now, page.last)
        if StartAfter is not UNSET:
            answer["StartAfter"] = encode(StartAfter)
        return answer

    @operation("ListObjects")
    def list_objects(
        self,
        now: int,
        *,
        Bucket: shapes.BucketName,
        Delimiter: str = UNSET,
        EncodingType: str = UNSET,
        Marker: str = UNSET,
        MaxKeys: int = UNSET,
        Prefix: str = UNSET,
        RequestPayer: str = UNSET,
        ExpectedBucketOwner: str = UNSET,
        OptionalObjectAttributes: Sequence[str] = UNSET,
    ) -> answers.ListObjectsOutput:
        """The same in its older form, which goes on behind ``Marker``. O(log n + what is on the page)."""
        bucket = self.bucket(Bucket, ExpectedBucketOwner)
        encode = _encoder(EncodingType)
        page = _Page(bucket, Prefix or "", Delimiter or "", Marker or "", _most(MaxKeys, "max-keys"))
        answer: answers.ListObjectsOutput = {"IsTruncated": page.is_truncated, "Marker": encode(Marker or "")}
        if page.is_truncated and Delimiter:
            answer["NextMarker"] = encode(page.last)
        if page.versions:
            answer["Contents"] = [
                self._listed(now, version, encode, with_owner=True, with_restore=bool(OptionalObjectAttributes))
                for version in page.versions
            ]
        answer["Name"] = Bucket
        prefix = Prefix or ""
        # boto3 shows it as it was sent. [botocore: decode_list_object]
        answer["Prefix"] = Assumed.instead_of(prefix) if EncodingType is UNSET else encode(prefix)
        if Delimiter:
            answer["Delimiter"] = encode(Delimiter)
        answer["MaxKeys"] = page.most
        if page.prefixes:
            answer["CommonPrefixes"] = [{"Prefix": encode(prefix)} for prefix in page.prefixes]
        answer["EncodingType"] = ASSUMED_ENCODING if EncodingType is UNSET else EncodingType
        return answer

    @operation("ListObjectVersions")
    def list_object_versions(
        self,
        now: int,
        *,
        Bucket: shapes.BucketName,
        Delimiter: str = UNSET,
        EncodingType: str = UNSET,
        KeyMarker: str = UNSET,
        MaxKeys: int = UNSET,
        Prefix: str = UNSET,
        VersionIdMarker: str = UNSET,
        ExpectedBucketOwner: str = UNSET,
        RequestPayer: str = UNSET,
        OptionalObjectAttributes: Sequence[str] = UNSET,
    ) -> answers.ListObjectVersionsOutput:
        """A page of versions and delete markers, by key, newest first. O(log n + what is on the page).

        Raises NoSuchBucket, InvalidArgument for a version to go on from without its key.
        """
        bucket = self.bucket(Bucket, ExpectedBucketOwner)
        encode = _encoder(EncodingType)
        if VersionIdMarker and not KeyMarker:
            raise errors.marker_without_key(ArgumentName="version-id-marker", ArgumentValue=VersionIdMarker)
        most = _most(MaxKeys, "max-keys")
        rows: list[Version | str] = []
        is_truncated = False
        for row in _versions(bucket, Prefix or "", Delimiter or "", KeyMarker or "", VersionIdMarker or ""):
            if len(rows) == most:
                is_truncated = most > 0
                break
            rows.append(row)
        answer: answers.ListObjectVersionsOutput = {
            "IsTruncated": is_truncated,
            "KeyMarker": encode(KeyMarker or ""),
            "VersionIdMarker": VersionIdMarker or "",
        }
        if is_truncated:
            last = rows[-1]
            answer["NextKeyMarker"] = encode(last if isinstance(last, str) else last.key)
            if not isinstance(last, str):
                answer["NextVersionIdMarker"] = last.version_id
        found = [row for row in rows if isinstance(row, Version)]
        with_restore = bool(OptionalObjectAttributes)
        versions = [
            self._listed_version(now, one, encode, with_restore=with_restore) for one in found if not one.is_marker
        ]
        markers = [self._listed_marker(one, encode) for one in found if one.is_marker]
        if versions:
            answer["Versions"] = versions
        if markers:
            answer["DeleteMarkers"] = markers
        answer["Name"] = Bucket
        answer["Prefix"] = encode(Prefix or "")
        if Delimiter:
            answer["Delimiter"] = encode(Delimiter)
        answer["MaxKeys"] = most
        prefixes = [row for row in rows if isinstance(row, str)]
        if prefixes:
            answer["CommonPrefixes"] = [{"Prefix": encode(prefix)} for prefix in prefixes]
        answer["EncodingType"] = ASSUMED_ENCODING if EncodingType is UNSET else EncodingType
        return answer

    def _listed(
        self, now: int, version: Version, encode: Any, *, with_owner: bool, with_restore: bool
    ) -> shapes.Object:
        row: shapes.Object = {
            "Key": encode(version.key),
            "LastModified": version.last_modified,
            "ETag": f'"{version.etag}"',
        }
        algorithms = _algorithms(version)
        if algorithms:
            row["ChecksumAlgorithm"] = algorithms
            row["ChecksumType"] = version.checksum_type
        row["Size"] = version.size
        row["StorageClass"] = version.storage_class
        if with_owner:
            row["Owner"] = {"ID": version.bucket.state.owner_id}
        if with_restore and (restored := version.restore_shown(now)) is not None:
            row["RestoreStatus"] = _restore_status(now, restored)
        return row

    def _listed_version(self, now: int, version: Version, encode: Any, *, with_restore: bool) -> shapes.ObjectVersion:
        row: shapes.ObjectVersion = {"ETag": f'"{version.etag}"'}
        algorithms = _algorithms(version)
        if algorithms:
            row["ChecksumAlgorithm"] = algorithms
            row["ChecksumType"] = version.checksum_type
        row["Size"] = version.size
        row["StorageClass"] = version.storage_class
        row["Key"] = encode(version.key)
        row["VersionId"] = version.version_id
        row["IsLatest"] = version is version.bucket.latest(version.key)
        row["LastModified"] = version.last_modified
        row["Owner"] = {"ID": version.bucket.state.owner_id}
        if with_restore and (restored := version.restore_shown(now)) is not None:
            row["RestoreStatus"] = _restore_status(now, restored)
        return row

    def _listed_marker(self, marker: Version, encode: Any) -> shapes.DeleteMarkerEntry:
        return {
            "Owner": {"ID": marker.bucket.state.owner_id},
            "Key": encode(marker.key),
            "VersionId": marker.version_id,
            "IsLatest": marker is marker.bucket.latest(marker.key),
            "LastModified": marker.last_modified,
        }


class _Page:
    """A page of objects and common prefixes."""

    def __init__(self, bucket: BucketObject, prefix: str, delimiter: str, after: str, most: int) -> None:
        self.most = most
        self.versions: list[Version] = []
        self.prefixes: list[str] = []
        self.is_truncated = False
        self.last = ""
        """What the next page goes on behind."""
        if most == 0:
            return
        for row in _rows(bucket, prefix, delimiter, after):
            if len(self.versions) + len(self.prefixes) == most:
                self.is_truncated = True
                return
            if isinstance(row, str):
                self.prefixes.append(row)
                self.last = row
            else:
                self.versions.append(row)
                self.last = row.key


def _rows(bucket: BucketObject, prefix: str, delimiter: str, after: str) -> Iterator[Version | str]:
    """The objects behind a key, and the common prefixes. O(log n) for each thousand keys, and for each prefix."""
    for key, common in _keys(bucket, prefix, delimiter, after):
        if common:
            if any(not bucket.versions_of(one)[-1].is_marker for one in bucket.keys_in(common)):
                yield common
            continue
        version = bucket.versions_of(key)[-1]
        if not version.is_marker:
            yield version


def _keys(bucket: BucketObject, prefix: str, delimiter: str, after: str) -> Iterator[tuple[str, str]]:
    """Keys behind a key, each with an empty text; of all with a common prefix only the first, with that prefix."""
    passed = ""
    if delimiter and after.startswith(prefix) and delimiter in after[len(prefix) :]:
        # What goes on behind a common prefix goes on behind all that have it.
        common = prefix + after[len(prefix) :].partition(delimiter)[0] + delimiter
        if after == common:
            after, passed = common + _BEHIND_ALL, common
    while True:
        skipped = ""
        for key in bucket.keys_in(prefix, after):
            place = key.find(delimiter, len(prefix)) if delimiter else -1
            if place < 0:
                yield key, ""
                continue
            common = key[: place + len(delimiter)]
            if common == passed:
                continue  # behind the last of all characters there may be others
            skipped = common
            yield key, skipped
            break
        if not skipped:
            return
        after, passed = skipped + _BEHIND_ALL, skipped


def _versions(
    bucket: BucketObject, prefix: str, delimiter: str, key_marker: str, version_id_marker: str
) -> Iterator[Version | str]:
    """Versions and common prefixes behind a version, newest first."""
    if version_id_marker and bucket.versions_of(key_marker):
        versions = list(reversed(bucket.versions_of(key_marker)))
        ids = [one.version_id for one in versions]
        yield from versions[ids.index(version_id_marker) + 1 if version_id_marker in ids else len(ids) :]
    for key, common in _keys(bucket, prefix, delimiter, key_marker):
        if common:
            yield common
        else:
            yield from reversed(bucket.versions_of(key))


def _restore_status(now: int, restored: tuple[int, int]) -> shapes.RestoreStatus:
    """Whether a copy is being made; when one is there, until when it is. [model]"""
    if now < restored[0]:
        return {"IsRestoreInProgress": True}
    return {"IsRestoreInProgress": False, "RestoreExpiryDate": datetime_of(restored[1])}


def _algorithms(version: Version) -> list[str]:
    return [member.removeprefix("Checksum") for member in MEMBERS if member in version.checksums]


def _most(given: int, argument: str) -> int:
    if given is UNSET:
        return _MOST
    if given < 0:
        raise errors.max_keys_negative(argument, ArgumentName=argument, ArgumentValue=str(given))
    return min(given, _MOST)  # which is what the answer says, too [inferred]


def _as_it_is(text: str) -> str:
    return text


def _encoded(text: str) -> str:
    return quote_plus(text, safe="/")


def _encoder(encoding: str) -> Any:
    """What writes keys as a request wants them. Raises InvalidArgument for an encoding that there is not."""
    if encoding is UNSET:
        return _as_it_is
    if encoding != "url":
        raise errors.encoding_invalid(ArgumentName="encoding-type", ArgumentValue=encoding)
    return _encoded
