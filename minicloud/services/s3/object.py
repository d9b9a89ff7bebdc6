"""Objects: the versions of a key, and the delete markers between them.

What a version *is* (its bytes, ETag, headers) never changes; its tags, its ACL and whether a copy of it was restored
are replaced in one step each. Whether a version is there is said by its bucket, and so it is the cause of the events
that follow from its coming: they have happened when it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from ...core.timestamps import datetime_of

__all__ = ["NOTHING", "NULL", "STANDARD", "Changed", "Gone", "Holder", "Version"]

NULL: Final = "null"
"""The id of a version that was put while the bucket kept none."""
STANDARD: Final = "STANDARD"
_SECOND: Final = 1_000_000_000
NOTHING: Final[Mapping[str, Any]] = {}


class Holder(Protocol):
    """A bucket, as its objects know it."""

    name: str
    arn: str
    versioning: str
    state: Any
    configuration: Any

    def versions_of(self, key: str) -> tuple[Version, ...]:
        """The versions of a key, oldest first."""

    def latest(self, key: str) -> Version | None:
        """The newest version of a key."""

    def put(self, version: Version) -> None:
        """Have a version as the newest of its key."""

    def remove(self, version: Version) -> None:
        """Take a version out."""


class Version:
    """One version of an object, or a delete marker."""

    __slots__ = (
        "acl",
        "bucket",
        "checksum_type",
        "checksums",
        "content",
        "etag",
        "headers",
        "is_marker",
        "key",
        "metadata",
        "modified",
        "parts",
        "restored",
        "sequencer",
        "storage_class",
        "tags",
        "version_id",
    )

    def __init__(
        self,
        bucket: Holder,
        key: str,
        version_id: str,
        modified: int,
        sequencer: int,
        content: bytes = b"",
        etag: str = "",
        *,
        is_marker: bool = False,
        headers: Mapping[str, Any] = NOTHING,
        metadata: Mapping[str, str] = NOTHING,
        tags: Mapping[str, str] = NOTHING,
        storage_class: str = STANDARD,
        checksums: Mapping[str, str] = NOTHING,
        checksum_type: str = "FULL_OBJECT",
        parts: tuple[int, ...] = (),
    ) -> None:
        if not key.isascii():
            key.encode()  # half a character is in no URL: UnicodeEncodeError, as from botocore, before anything is true
        self.bucket = bucket
        self.key = key
        self.version_id = version_id
        self.modified = modified
        """When, in nanoseconds; AWS shows whole seconds."""
        self.sequencer = sequencer
        """What orders the events of its key."""
        self.content = content
        self.etag = etag
        """Without quotes."""
        self.is_marker = is_marker
        self.headers = headers
        """What was put with it and comes back as it is: ``ContentType``, ``CacheControl`` …"""
        self.metadata = metadata
        self.tags = tags
        self.acl = "private"
        """The name of its canned ACL."""
        self.storage_class = storage_class
        self.checksums = checksums
        self.checksum_type = checksum_type
        self.parts = parts
        """The sizes of its parts, where it was put together from such."""
        self.restored: tuple[int, int] | None = None
        """From when until when a copy of what is archived is there, in nanoseconds."""

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.content)

    @property
    def number(self) -> int:
        """The how many-th event it came by, of those of its bucket's account and region."""
        return self.sequencer & 0xFFFFFFFF

    @property
    def last_modified(self) -> datetime:
        """When it was put, to the second."""
        return datetime_of(self.modified - self.modified % _SECOND)

    def restore_shown(self, now: int) -> tuple[int, int] | None:
        """``restored``, until the copy has gone: nothing tells of it then. [S3 API: RestoreStatus]"""
        restored = self.restored
        return restored if restored is not None and now < restored[1] else None

    @property
    def happened(self) -> bool:
        """Whether it is in its bucket; the cause of what its coming leads to."""
        return self in self.bucket.versions_of(self.key)

    def __repr__(self) -> str:
        what = "delete marker of" if self.is_marker else f"{self.size} bytes of"
        return f"<{what} {self.key} in {self.bucket.name}>"


class Gone:
    """A cause: a version is not there any more."""

    __slots__ = ("version",)

    def __init__(self, version: Version) -> None:
        self.version = version

    @property
    def happened(self) -> bool:
        """Whether it is gone."""
        return not self.version.happened


class Changed:
    """A cause: something of a version has been replaced."""

    __slots__ = ("name", "value", "version")

    def __init__(self, version: Version, name: str, value: object) -> None:
        self.version = version
        self.name = name
        self.value = value

    @property
    def happened(self) -> bool:
        """Whether it has."""
        return getattr(self.version, self.name) is self.value
