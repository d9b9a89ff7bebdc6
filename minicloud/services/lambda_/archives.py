"""The code of a function as a request brings it: an archive, or an image that is only stored."""

from __future__ import annotations

import io
from collections.abc import Mapping
from operator import attrgetter
from typing import Any, Final

from ...core.unset import UNSET
from ...exceptions import UsageError
from . import errors
from .function import Code

__all__ = ["read_code"]

_MOST_UNZIPPED: Final = 262_144_000
"""Bytes. [Lambda quotas]"""


def read_code(given: Mapping[str, Any]) -> Code:
    """The code that a request names. O(size).

    Raises ``InvalidParameterValueException`` for what is not an archive, or too large a one, and when nothing is named;
    ``UsageError`` for code that lies in a bucket.
    """
    archive = given.get("ZipFile", UNSET)
    if archive is not UNSET:
        _check_archive(archive)
        return Code(archive)
    if given.get("ImageUri", UNSET) is not UNSET:
        return Code(None, given["ImageUri"])
    if given.get("S3Bucket", UNSET) is not UNSET or given.get("S3Key", UNSET) is not UNSET:
        raise UsageError(
            "minicloud has no buckets yet, so a function's code cannot come from one: give the archive itself as "
            "ZipFile, or make the function with cloud.function(name, handler)"
        )
    raise errors.no_code()


def _check_archive(archive: bytes) -> None:
    from zipfile import BadZipFile, ZipFile

    if not archive:
        raise errors.empty_archive()
    try:
        with ZipFile(io.BytesIO(archive)) as opened:
            sizes = list(map(attrgetter("file_size"), opened.infolist()))
    except (BadZipFile, ValueError, OSError, NotImplementedError):
        raise errors.bad_archive() from None
    if not sizes:
        raise errors.empty_archive()
    if sum(sizes) > _MOST_UNZIPPED:
        raise errors.unzipped_too_large(_MOST_UNZIPPED)
