"""Buckets, as a test looks at them, and events that no call of a test's causes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from ...core.near import did_you_mean
from ...core.shown import counted, escaped, shown
from ...core.timestamps import datetime_of
from ...exceptions import UsageError
from .lookup import find

if TYPE_CHECKING:
    from datetime import datetime

    from ...core.shared_text import SharedText
    from ...engine.engine import Engine
    from ...services.s3.bucket import Bucket
    from ...services.s3.object import Version

T = TypeVar("T")

__all__ = ["BucketEventView", "BucketView", "ObjectView", "cause_event", "find_bucket"]


class ObjectView:
    """An object of a bucket, as it was when it was looked at."""

    def __init__(self, version: Version) -> None:
        self._version = version

    @property
    def key(self) -> str:
        """The object's."""
        return self._version.key

    @property
    def body(self) -> bytes:
        """Its bytes."""
        return self._version.content

    @property
    def text(self) -> str:
        """Its bytes as UTF-8. Raises ``UnicodeDecodeError`` where they are none."""
        return self._version.content.decode()

    @property
    def size(self) -> int:
        """In bytes."""
        return self._version.size

    @property
    def etag(self) -> str:
        """Without quotes."""
        return self._version.etag

    @property
    def version_id(self) -> str:
        """``"null"`` where the bucket kept no versions."""
        return self._version.version_id

    @property
    def metadata(self) -> dict[str, str]:
        """What the application has put with it."""
        return dict(self._version.metadata)

    @property
    def tags(self) -> dict[str, str]:
        """Its tags."""
        return dict(self._version.tags)

    @property
    def content_type(self) -> str:
        """``"binary/octet-stream"`` where none was given."""
        found: str = self._version.headers["ContentType"]
        return found

    @property
    def time(self) -> datetime:
        """When it was put."""
        return datetime_of(self._version.modified)

    def __repr__(self) -> str:
        return f"<object {escaped(self.key)} of {counted(self.size, 'byte')}>"


class BucketEventView:
    """A notification that was made: who was told, and what."""

    def __init__(self, told: tuple[int, str, str, tuple[str, ...], SharedText]) -> None:
        self._told = told

    @property
    def name(self) -> str:
        """``"ObjectCreated:Put"``."""
        return self._told[1]

    @property
    def key(self) -> str:
        """The object's, as it is: in what was told it is encoded."""
        return self._told[2]

    @property
    def to(self) -> list[str]:
        """The ARNs of those who were told."""
        return list(self._told[3])

    @property
    def message(self) -> Any:
        """What the last of the queues, topics and functions was told, or the bus where there is none of these."""
        return json.loads(self._told[4].head)

    @property
    def time(self) -> datetime:
        """When it happened."""
        return datetime_of(self._told[0])

    def __repr__(self) -> str:
        names = ", ".join(arn.rpartition(":")[2] for arn in self._told[3])
        return f"<{self.name} of {escaped(self.key)} to {names}>"


class BucketView:
    """A bucket of S3. Each property looks anew."""

    def __init__(self, engine: Engine, bucket: Bucket) -> None:
        self._engine = engine
        self._bucket = bucket

    @property
    def name(self) -> str:
        """The bucket's."""
        return self._bucket.name

    @property
    def arn(self) -> str:
        """The bucket's."""
        return self._bucket.arn

    @property
    def keys(self) -> list[str]:
        """The keys of the objects, in their order. What is hidden behind a delete marker is not there. O(keys)."""
        return [one.key for one in self.objects]

    @property
    def objects(self) -> list[ObjectView]:
        """The objects, in the order of their keys. O(keys)."""
        return self._look(lambda: _objects(self._bucket))

    @property
    def events(self) -> list[BucketEventView]:
        """The notifications that were made, oldest first; the last 10,000. O(events)."""
        return self._look(lambda: [BucketEventView(told) for told in self._bucket.events])

    def _look(self, get: Callable[[], T]) -> T:
        return self._engine.look("a view", lambda _: get())

    def __repr__(self) -> str:
        return f"<bucket {self._bucket.name} with {counted(len(self._bucket.objects.items), 'key')}>"  # takes no lock


def _objects(bucket: Bucket) -> list[ObjectView]:
    latest = [bucket.versions_of(key)[-1] for key in bucket.keys_in()]
    return [ObjectView(version) for version in latest if not version.is_marker]


def find_bucket(engine: Engine, name: str) -> BucketView:
    """``Cloud.bucket``."""
    wanted = name.rpartition(":")[2] if isinstance(name, str) and name.startswith("arn:") else name
    bucket = find(
        engine,
        ("bucket", "s3"),
        wanted,
        lambda service, one: service.buckets.get(one),
        lambda service: list(service.buckets),
    )
    return BucketView(engine, bucket)


def cause_event(engine: Engine, name: str, key: str, event: str, members: dict[str, Any]) -> None:
    """``Cloud.s3_event``."""
    bucket = find_bucket(engine, name)._bucket
    if not isinstance(key, str) or not key:
        raise UsageError(f"{shown(key)} is not a key: give the key of an object as a string")
    for text in (key, *members.values()):
        if isinstance(text, str) and not text.isascii() and text.encode(errors="ignore").decode() != text:
            raise UsageError(f"{shown(text)} has half a character (a surrogate) in it, which no event can have")
    engine.change("s3_event()", lambda now: _cause(bucket, now, key, event, members))
    engine.run_errands()


_MEMBERS = ("size", "eTag", "versionId", "sourceIPAddress", "glacierEventData", "storageClass")


def _check_kinds(members: dict[str, Any]) -> None:
    import json

    for member, value in members.items():
        if member == "size":
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise UsageError(f"s3_event(size={shown(value)}): give the number of bytes")
        elif member == "glacierEventData":
            try:
                json.dumps(value, allow_nan=False)
            except (TypeError, ValueError):
                raise UsageError(f"s3_event(glacierEventData={shown(value)}): give what JSON can hold") from None
        elif not isinstance(value, str):
            raise UsageError(f"s3_event({member}={shown(value)}): give a string")


def _cause(bucket: Bucket, now: int, key: str, event: str, members: dict[str, Any]) -> None:
    from ...services.s3.event import Occurrence
    from ...services.s3.notification import EVENTS
    from ...services.s3.object import Version

    state = bucket.state
    name = event.removeprefix("s3:")
    if name not in EVENTS:
        near = did_you_mean(name, EVENTS) or f": there are {', '.join(EVENTS)}"
        raise UsageError(f"{shown(event)} is not an event of S3{near}")
    for member in members:
        if member not in _MEMBERS:
            near = did_you_mean(member, _MEMBERS) or f": it takes {', '.join(_MEMBERS)}"
            raise UsageError(f"s3_event() takes no {member!r}{near}")
    _check_kinds(members)
    latest = bucket.latest(key)
    there = latest if latest is not None and not latest.is_marker else None
    version = Version(
        bucket,
        key,
        members.get("versionId") or (there.version_id if there is not None else "null"),
        now,
        state.next_sequencer(now),
        b"" if there is None else there.content,
        "d41d8cd98f00b204e9800998ecf8427e" if there is None else there.etag,
        storage_class=members.get("storageClass") or ("STANDARD" if there is None else there.storage_class),
    )
    version.restored = None if there is None else there.restored
    if state.wants(bucket, name):
        state.world.outbox.append(Occurrence(state, name, version, None, members))
