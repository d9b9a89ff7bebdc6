"""The code of a function as a request brings it: an archive, or an image that is only stored."""

from __future__ import annotations

import io
from collections.abc import Mapping
from operator import attrgetter
from typing import Any, Final

from ...core.unset import UNSET
from ...exceptions import AwsError
from . import errors
from .function import Code
from .state import LambdaState

__all__ = ["read_code"]

_MOST_UNZIPPED: Final = 262_144_000
"""Bytes. [Lambda quotas]"""


def read_code(state: LambdaState, given: Mapping[str, Any]) -> Code:
    """The code that a request names. O(size).

    Raises ``InvalidParameterValueException`` for what is not an archive, or too large a one, when nothing is named, and
    when it is not in the bucket that is named.
    """
    archive = given.get("ZipFile", UNSET)
    if archive is not UNSET:
        _check_archive(archive)
        return Code(archive)
    if given.get("ImageUri", UNSET) is not UNSET:
        return Code(None, given["ImageUri"])
    bucket, key = given.get("S3Bucket", UNSET), given.get("S3Key", UNSET)
    if bucket is UNSET or key is UNSET:
        raise errors.no_code()
    archive = _archive_in_bucket(state, bucket, key, given.get("S3ObjectVersion", UNSET))
    _check_archive(archive)
    return Code(archive)


def _archive_in_bucket(state: LambdaState, bucket: str, key: str, version_id: str) -> bytes:
    """What lies in a bucket of this region. Raises ``InvalidParameterValueException`` with what S3 says otherwise."""
    s3 = state.world.find_service("s3", state.account_id, state.region_name)
    try:
        found: bytes = s3.bytes_of(bucket, key, version_id)
    except AwsError as error:
        raise errors.code_not_got(error.code, error.message).noting(*getattr(error, "__notes__", ())) from None
    return found


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
