"""What a request may make its success depend on: ETags and times.

Of reads [rec]: If-Match and If-Unmodified-Since that do not hold are 412, If-None-Match and If-Modified-Since 304; an
If-Match that holds has If-Unmodified-Since ignored, and an If-None-Match that holds If-Modified-Since. [docs] Of
writes: only ``If-None-Match: *`` and ``If-Match``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ...core.timestamps import nanoseconds_of
from ...core.unset import UNSET
from ...exceptions import AwsError
from . import errors
from .object import Version

__all__ = ["check_read", "check_write", "http_time"]

_SECOND = 1_000_000_000


def _matches(wanted: str, etag: str) -> bool:
    return any(one.strip().strip('"') in (etag, "*") for one in wanted.split(","))


def _seconds(moment: datetime) -> int:
    return nanoseconds_of(moment.astimezone(UTC)) // _SECOND


def check_read(
    now: int,
    version: Version,
    *,
    if_match: Any,
    if_none_match: Any,
    if_modified_since: Any,
    if_unmodified_since: Any,
    is_copy: bool = False,
) -> None:
    """Raise what S3 answers when the conditions of a read do not hold; of a copy it is always 412."""
    modified = version.modified // _SECOND
    header = "x-amz-copy-source-" if is_copy else ""
    if if_match is not UNSET:
        if not _matches(if_match, version.etag):
            raise errors.precondition_failed(Condition=f"{header}If-Match")
    elif if_unmodified_since is not UNSET and modified > _seconds(if_unmodified_since):
        raise errors.precondition_failed(Condition=f"{header}If-Unmodified-Since")
    if if_none_match is not UNSET:
        if _matches(if_none_match, version.etag):
            raise errors.precondition_failed(Condition=f"{header}If-None-Match") if is_copy else _not_modified(version)
    elif if_modified_since is not UNSET:
        since = _seconds(if_modified_since)
        if modified <= since <= now // _SECOND:  # one in the future is ignored [rec]
            raise (
                errors.precondition_failed(Condition=f"{header}If-Modified-Since")
                if is_copy
                else _not_modified(version)
            )


def _not_modified(version: Version) -> AwsError:
    return errors.not_modified({"etag": f'"{version.etag}"', "last-modified": http_time(version.last_modified)})


def check_write(
    key: str, latest: Version | None, if_match: Any, if_none_match: Any, *, since: int | None = None
) -> None:
    """Raise what S3 answers when the conditions of a write do not hold.

    ``since`` is how many events there had been when a multipart upload was begun: what was put after that is a
    conflict, also when no time has passed. [rec]
    """
    there = None if latest is None or latest.is_marker else latest
    if if_none_match is not UNSET:
        if if_none_match != "*":
            raise errors.header_not_implemented(
                Header="If-None-Match",
                additionalMessage="We don't accept the provided value of If-None-Match header for this API",
            )
        if there is not None:
            raise errors.precondition_failed(Condition="If-None-Match")
    if if_match is not UNSET:
        if there is None:
            raise errors.no_such_key(Key=key)
        if since is not None and there.number > since:
            raise errors.conflict(Condition="If-Match", Key=key)
        if if_match.strip('"') != there.etag:
            raise errors.precondition_failed(Condition="If-Match")


def http_time(moment: datetime) -> str:
    """A time as headers have it."""
    from email.utils import format_datetime

    return format_datetime(moment.astimezone(UTC), usegmt=True)
