"""What S3 tells the recorder: a function for each fact.

The kinds come from the register in ``core/facts.py``. No kind and no name of a detail stands anywhere else in this
folder. Whoever calls has looked whether anybody records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core import facts as kinds

if TYPE_CHECKING:
    from ...core.world import Trace
    from .bucket import Bucket
    from .event import Occurrence
    from .object import Version

__all__ = [
    "bucket_created",
    "bucket_deleted",
    "chaos",
    "notification_failed",
    "notification_sent",
    "object_created",
    "object_removed",
]


def bucket_created(trace: Trace, now: int, bucket: Bucket) -> None:
    """There is another bucket."""
    trace(now, kinds.BUCKET_CREATED, bucket.name, arn=bucket.arn)


def bucket_deleted(trace: Trace, now: int, bucket: Bucket) -> None:
    """A bucket is gone."""
    trace(now, kinds.BUCKET_DELETED, bucket.name, arn=bucket.arn)


def object_created(trace: Trace, now: int, version: Version, by: str) -> None:
    """An object, or another version of it."""
    trace(
        now,
        kinds.OBJECT_CREATED,
        version.bucket.name,
        arn=version.bucket.arn,
        key=version.key,
        size=version.size,
        version_id=version.version_id,
        by=by,
    )


def object_removed(trace: Trace, now: int, version: Version, *, is_marked: bool = False) -> None:
    """An object, or a version of it, is not there any more, or hidden behind a delete marker."""
    trace(
        now,
        kinds.OBJECT_REMOVED,
        version.bucket.name,
        arn=version.bucket.arn,
        key=version.key,
        version_id=version.version_id,
        is_marked=is_marked,
    )


def notification_sent(trace: Trace, now: int, occurrence: Occurrence, to: str) -> None:
    """Somebody is told of an event of a bucket."""
    bucket, key = occurrence.bucket, occurrence.version.key
    details = {"arn": bucket.arn, "event": occurrence.name, "key": key, "to": to, "origin": occurrence.origin}
    trace(now, kinds.NOTIFICATION_SENT, bucket.name, **details)


def notification_failed(
    trace: Trace, now: int, bucket: Bucket, event: str, key: str, to: str, reason: str, origin: str | None
) -> None:
    """Who was to be told does not exist, or refuses; nobody tries again."""
    details = {"arn": bucket.arn, "event": event, "key": key, "to": to, "reason": reason, "origin": origin}
    trace(now, kinds.NOTIFICATION_FAILED, bucket.name, **details)


def chaos(trace: Trace, now: int, bucket: Bucket, choice: str, to: str) -> None:
    """An event comes late, or twice."""
    trace(now, kinds.CHAOS, bucket.name, choice=choice, to=to)
