"""Multipart uploads: parts that come in any order, from any thread, and what they are put together to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ...core.unset import UNSET
from . import checksums, errors

if TYPE_CHECKING:
    from .shapes import CompletedPart

__all__ = ["LEAST", "MOST_PARTS", "Part", "Upload", "etag_of_parts", "ordered_parts"]

LEAST: Final = 5 * 1024 * 1024
"""The least size of a part that is not the last one. [S3 user guide: Multipart upload limits]"""
MOST_PARTS: Final = 10_000


class Part:
    """A part that was uploaded. It never changes: another upload of its number makes another one."""

    __slots__ = ("checksums", "content", "digest", "etag", "modified", "number")

    def __init__(self, number: int, content: bytes, modified: int, made: Mapping[str, str]) -> None:
        self.number = number
        self.content = content
        self.modified = modified
        """When, in nanoseconds."""
        self.checksums = made
        self.digest = hashlib.md5(content, usedforsecurity=False).digest()
        self.etag = self.digest.hex()
        """Without quotes."""


class Upload:
    """A multipart upload that is under way."""

    __slots__ = ("algorithm", "checksum_type", "events_before", "given", "key", "parts", "upload_id")

    def __init__(
        self, upload_id: str, key: str, events_before: int, algorithm: str, checksum_type: str, given: Mapping[str, Any]
    ) -> None:
        self.upload_id = upload_id
        self.key = key
        self.events_before = events_before
        """How many events there had been by then: what was put since has a later one, also at the same moment."""
        self.algorithm = algorithm
        """Of the checksums that its parts have; empty where none was chosen."""
        self.checksum_type = checksum_type
        self.given = given
        """What the object is to have: headers, metadata, tags, storage class."""
        self.parts: dict[int, Part] = {}
        """By number; the last that was uploaded counts."""

    def __repr__(self) -> str:
        return f"<upload of {self.key} with {len(self.parts)} parts>"


def etag_of_parts(parts: Sequence[Part]) -> str:
    """What S3 calls the ETag of an object of parts: the MD5 of their MD5s, and how many they are. [rec]"""
    digest = hashlib.md5(b"".join(part.digest for part in parts), usedforsecurity=False).hexdigest()
    return f"{digest}-{len(parts)}"


def ordered_parts(upload: Upload, listed: Sequence[CompletedPart]) -> list[Part]:
    """The parts that an upload is completed with. Raises for what S3 does not take. O(parts).

    MalformedXML for none, InvalidPartOrder, InvalidPart for one that was not uploaded or has another ETag,
    EntityTooSmall for one under 5 MiB that is not the last. [rec]
    """
    if not listed:
        raise errors.xml_malformed()
    parts = []
    before = 0
    for one in listed:
        number, etag = one.get("PartNumber", UNSET), one.get("ETag", UNSET)
        if number is UNSET or etag is UNSET:
            raise errors.xml_malformed()
        if number <= before:
            raise errors.parts_unordered(UploadId=upload.upload_id)
        before = number
        part = upload.parts.get(number)
        if part is None or etag.strip('"') != part.etag or _differs(one, part):
            raise errors.part_invalid(ETag=etag.strip('"'), PartNumber=str(number), UploadId=upload.upload_id)
        parts.append(part)
    for part in parts[:-1]:
        if len(part.content) < LEAST:
            raise errors.part_too_small(
                ETag=part.etag,
                MinSizeAllowed=str(LEAST),
                PartNumber=str(part.number),
                ProposedSize=str(len(part.content)),
            )
    return parts


def _differs(listed: CompletedPart, part: Part) -> bool:
    return any(
        member in listed and member in part.checksums and listed[member] != part.checksums[member]  # type: ignore[literal-required]
        for member in checksums.MEMBERS
    )
