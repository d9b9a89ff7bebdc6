"""What botocore does with parameters of S3 before it sends them, beyond what the model says. [botocore's handlers.py]

A bucket's name has to look like one, metadata have to be ASCII, and ``CopySource`` becomes a text that is fit for a
header, whichever way it was given.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from ...core.shapes import ClientSide
from ...exceptions import ParamValidationError, visible

__all__ = ["BUCKET_NAME", "COPY_SOURCE", "METADATA"]

_BUCKET: Final = re.compile(r"^[a-zA-Z0-9.\-_]{1,255}$")
_ARN: Final = re.compile(
    r"^arn:(aws).*:(s3|s3-object-lambda):[a-z\-0-9]*:[0-9]{12}:accesspoint[/:][a-zA-Z0-9\-.]{1,63}$|"
    r"^arn:(aws).*:s3-outposts:[a-z\-0-9]+:[0-9]{12}:outpost[/:][a-zA-Z0-9\-]{1,63}[/:]accesspoint[/:]"
    r"[a-zA-Z0-9\-]{1,63}$"
)
_VERSION_ID: Final = re.compile(r"\?versionId=[^\s]+$")


_looks_like_one = lru_cache(maxsize=64)(_BUCKET.match)


def _is_bucket(value: Any) -> bool:
    return type(value) is str and _looks_like_one(value) is not None


def _bucket(value: Any) -> Any:
    if isinstance(value, str) and not _BUCKET.search(value) and not _ARN.search(value):
        raise visible(ParamValidationError)(
            report=f'Invalid bucket name "{value}": Bucket name must match the regex "{_BUCKET.pattern}" or be an ARN '
            f'matching the regex "{_ARN.pattern}"'
        )
    return value


def _is_ascii(value: Any) -> bool:
    if type(value) is not dict:
        return False
    return all(
        type(key) is str and type(item) is str and key.isascii() and item.isascii() for key, item in value.items()
    )


def _metadata(value: Any) -> Any:
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(key, str) and isinstance(item, str) and not (key.isascii() and item.isascii()):
                raise visible(ParamValidationError)(
                    report=f'Non ascii characters found in S3 metadata for key "{key}", value: "{item}".  \nS3 '
                    "metadata can only contain ASCII characters. "
                )
    return value


def _copy_source(value: Any) -> Any:
    if isinstance(value, dict):
        for name in ("Bucket", "Key"):
            if name not in value:
                raise visible(ParamValidationError)(report=f"Missing required parameter: {name!r}")
        version_id = value.get("VersionId")
        return quote(f"{value['Bucket']}/{value['Key']}", safe="-._~/") + (
            "" if version_id is None else f"?versionId={version_id}"
        )
    if isinstance(value, str):
        found = _VERSION_ID.search(value)
        begin = len(value) if found is None else found.start()
        return quote(value[:begin], safe="-._~/") + value[begin:]
    return value


BUCKET_NAME: Final = ClientSide("string", _is_bucket, _bucket)
METADATA: Final = ClientSide("map", _is_ascii, _metadata)
COPY_SOURCE: Final = ClientSide("string", lambda _: False, _copy_source)
