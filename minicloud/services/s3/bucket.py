"""A bucket: what it is for the API, and the objects in it.

True are ``objects.items``, which has the versions of each key, oldest first, and ``uploads``. A key's versions are a
tuple that is replaced in one step; the order of the keys is derived. A key without versions is not there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from ...core.ids import UuidStream
from ...core.listing import Listing
from ...core.shared_text import SharedText
from ...core.world import World
from .multipart import Upload
from .notification import Configuration, Configured
from .object import Version

__all__ = ["Bucket", "State"]

_MOST_EVENTS: Final = 10_000
"""So many events a bucket remembers for its view."""


class State(Protocol):
    """The S3 of an account in a region, as its buckets know it."""

    account_id: str
    region_name: str
    partition: str
    place: str
    owner_id: str
    owner_principal: str
    caller_id: str
    world: World
    configuration_ids: UuidStream
    bucket_list: Listing[str, Bucket]
    event_count: int

    def next_sequencer(self, now: int) -> int:
        """What the next event of an object is ordered by."""

    def current_request_id(self) -> str:
        """The id of the call that is under way."""

    def has_destination(self, arn: str) -> bool:
        """Whether there is something of an ARN that can be told of events."""

    def lost(
        self, bucket: Bucket, name: str, key: str, to: str, now: int, reason: str, origin: str | None = None
    ) -> None:
        """Somebody could not be told."""

    def wants(self, bucket: Configured, name: str) -> bool:
        """Whether anybody is to be told of an event of a bucket."""


class Bucket:
    """One bucket of an account in a region."""

    def __init__(self, state: State, name: str, created: int) -> None:
        self.state = state
        self.name = name
        self.arn = f"arn:{state.partition}:s3:::{name}"
        self.created = created
        """When, in nanoseconds."""
        self.tags: dict[str, str] = {}
        self.has_acls = False
        """Whether its objects have ACLs of their own: those of new buckets have not. [S3 user guide]"""
        self.versioning = ""
        """``"Enabled"``, ``"Suspended"``, or empty for a bucket that never kept versions."""
        self.objects: Listing[str, tuple[Version, ...]] = Listing()
        self.uploads: dict[str, Upload] = {}
        """The multipart uploads that are under way, by their id."""
        self.completed: dict[str, tuple[object, Mapping[str, object]]] = {}
        """Those that were completed: of which key and parts, and what was answered."""
        self.configuration: Configuration | None = None
        """Who is told of what happens here; None: nobody."""
        self.events: deque[tuple[int, str, str, tuple[str, ...], SharedText]] = deque(maxlen=_MOST_EVENTS)
        """What they were told: when, the event, the key, to whom, the text. For views."""

    def mend(self) -> None:
        """Derive anew the order of the keys. O(n log n)."""
        self.objects.mend()

    def versions_of(self, key: str) -> tuple[Version, ...]:
        """The versions of a key, oldest first; none of a key that is not there."""
        return self.objects.items.get(key, ())

    def latest(self, key: str) -> Version | None:
        """The newest version of a key, which may be a delete marker."""
        versions = self.objects.items.get(key)
        return versions[-1] if versions else None

    def version(self, key: str, version_id: str) -> Version | None:
        """A version of a key by its id."""
        return next((one for one in self.versions_of(key) if one.version_id == version_id), None)

    def put(self, version: Version) -> None:
        """Have a version as the newest of its key. It takes the place of one with the same id. O(versions of the key).

        One step makes it true: the key has other versions then.
        """
        items, key = self.objects.items, version.key
        before = items.get(key)
        if before is None:
            self.objects.add(key, (version,))
        elif not self.versioning:  # there is but that one, and both ids are null
            items[key] = (version,)
        else:
            items[key] = (*[one for one in before if one.version_id != version.version_id], version)

    def remove(self, version: Version) -> None:
        """Take a version out. O(versions of the key)."""
        left = tuple(one for one in self.versions_of(version.key) if one is not version)
        if left:
            self.objects.items[version.key] = left
        else:
            self.objects.remove(version.key)

    def keys_in(self, prefix: str = "", after: str = "") -> Iterator[str]:
        """The keys that begin with a prefix and come after a key, in order. O(log n) for each thousand."""
        since: str | None = prefix
        last: str | None = after or None
        while True:
            page = self.objects.page(1000, after=last, since=since)
            for key in page:
                if not key.startswith(prefix):
                    if key > prefix:
                        return
                    continue
                yield key
            if len(page) < 1000:
                return
            last, since = page[-1], None

    @property
    def is_empty(self) -> bool:
        """Whether there is no object, no version and no marker in it."""
        return not self.objects.items

    def __repr__(self) -> str:
        return f"<bucket {self.name} with {len(self.objects.items)} keys>"
