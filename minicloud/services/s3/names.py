"""Names, ids and counters of S3, as they look on AWS; all of them from the cloud's seed."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote_plus

from ...core.timeline import SECOND

__all__ = [
    "ASSUMED_ENCODING",
    "Assumed",
    "is_bucket_name",
    "is_version_id",
    "time_text",
]


class Assumed(str):  # noqa: SLOT000  # of a few members of an answer, and it has to remember
    """What boto3's clients find in an answer because they have asked for keys as in URLs themselves.

    To who has not asked ``sent`` is sent instead, or nothing.
    """

    sent: str | None = None

    @classmethod
    def instead_of(cls, text: str) -> Assumed:
        """A text as in URLs, which is sent as it is."""
        made = cls(quote_plus(text, safe="/"))
        made.sent = text
        return made


ASSUMED_ENCODING: Final = Assumed("url")
_BUCKET: Final = re.compile(r"(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?<!-s3alias)(?<!--ol-s3)")
_ADDRESS: Final = re.compile(r"\d+\.\d+\.\d+\.\d+")
_VERSION_ID: Final = re.compile(r"[A-Za-z0-9._-]{32}")


def is_bucket_name(name: str) -> bool:
    """Whether a bucket can be made of that name. [S3 user guide: General purpose bucket naming rules]"""
    return _BUCKET.fullmatch(name) is not None and ".." not in name and _ADDRESS.fullmatch(name) is None


def is_version_id(text: str) -> bool:
    """Whether it looks like the id of a version; ``null`` does, too."""
    return text == "null" or _VERSION_ID.fullmatch(text) is not None


@lru_cache(maxsize=64)
def time_text(now: int) -> str:
    """A moment as events have it: ``2026-01-01T00:00:00.000Z``."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(now // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{now // 1_000_000 % 1000:03}Z"
