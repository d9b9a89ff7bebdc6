"""How what a channel has copied comes into a bucket.

Objects are put when the oldest record that is in none yet has waited for as long as ``DataFreshnessInSeconds`` says.
What was copied is the channel's; here is only how much of it has left, and the objects on their way. Where there is no
bucket of that name, nothing is put, and the channel's view shows what would have been. Nobody outside of AWS has seen
such objects: how records are joined, the extension, and the suffix of keys are inferred.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from typing import Any, Final, Protocol

from ...core.effects import Change, ToBucket
from ...core.ids import UuidStream
from ...core.timeline import SECOND, Event
from ...core.timestamps import datetime_of
from ...core.world import World
from .record import Record
from .shard import Shard

__all__ = ["ChannelDelivery"]

_FIRST_WAIT: Final = SECOND
_LONGEST_WAIT: Final = 480 * SECOND
_EXTENSIONS: Final = {"BYTE_ARRAY": ".bin", "JSON": ".json", "STRING": ".txt"}
_COMPRESSIONS: Final = {"GZIP": ".gz", "NONE": ""}
"""ZSTD is not among them: Python cannot make it."""


class DeliveringChannel(Protocol):
    """A channel, as its delivery knows it."""

    name: str
    arn: str
    channel_id: str
    copied: list[tuple[Record, Shard]]
    description: dict[str, Any]

    @property
    def is_to_tables(self) -> bool:
        """Whether its destination is a table, and no bucket."""

    @property
    def destination(self) -> dict[str, Any]:
        """Where it delivers to."""


class ChannelDelivery:
    """What of a channel's records is in its bucket."""

    def __init__(self, channel: DeliveringChannel, world: World, ids: UuidStream) -> None:
        self._channel = channel
        self._world = world
        self._ids = ids
        self.delivered = 0
        """How many of the records have left."""
        self.objects: dict[_Object, None] = {}
        """Those on their way."""
        self._has_ended = False
        self._event: Event | None = None

    # --- when ---------------------------------------------------------------------------------------------------------

    def arm(self, now: int) -> None:
        """See to it that what there is leaves in time. O(1)."""
        channel, event = self._channel, self._event
        if self._has_ended or channel.is_to_tables or self.delivered >= len(channel.copied):
            return
        due = channel.copied[self.delivered][0].arrival + channel.destination["DataFreshnessInSeconds"] * SECOND
        if event is not None:
            if event.due == due and event.callback is not None:
                return
            self._world.timeline.cancel(event)
        self._event = self._world.timeline.schedule(max(due, now), self._deliver)

    def end(self) -> None:
        """Put nothing any more. Doing it again changes nothing."""
        self._has_ended = True
        if self._event is not None:
            self._world.timeline.cancel(self._event)
            self._event = None

    def mend(self, now: int) -> None:
        """See to it that it goes on when all that is due has happened."""
        if not self._has_ended:
            self._world.timeline.schedule(now, self._go_on)

    def _go_on(self, now: int) -> None:
        self.arm(now)
        for one in list(self.objects):
            one.begin(now)

    def waiting(self) -> int:
        """How many records are on their way into a bucket that there is."""
        if self._has_ended or self._place(self._bucket_name()) is None:
            return 0
        return len(self._channel.copied) - self.delivered + sum(one.count for one in self.objects)

    # --- what ---------------------------------------------------------------------------------------------------------

    def _deliver(self, now: int) -> None:
        self._event = None
        channel = self._channel
        records = [record for record, _ in channel.copied[self.delivered :]]
        if not records or self._has_ended:
            return
        count = self.delivered + len(records)
        objects = self._objects(records)
        added = dict.fromkeys(objects)
        # One step: nothing is called.
        self.delivered, self.objects = count, {**self.objects, **added}
        for one in objects:
            one.begin(now)

    def _bucket_name(self) -> str:
        if self._channel.is_to_tables:
            return ""
        name: str = self._channel.destination["StorageConfiguration"]["BucketARN"].rpartition(":")[2]
        return name

    def _place(self, name: str) -> str | None:
        for service in self._world.services("s3") if name else ():
            place: str | None = service.place_of(name)  # any of them finds a bucket wherever it is
            return place
        return None

    def _objects(self, records: Sequence[Record]) -> list[_Object]:
        channel = self._channel
        kind: str = channel.description["RecordConfiguration"]["RecordFormatType"]
        storage, dead = (
            channel.destination[name] for name in ("StorageConfiguration", "DeadLetterQueueS3Configuration")
        )
        compression = _COMPRESSIONS.get(storage["CompressionType"])
        if compression is None:
            return []
        bad = [one for one in records if kind == "JSON" and not _is_json(one.data)]
        good = [one for one in records if one not in bad] if bad else list(records)
        end = b"" if kind == "BYTE_ARRAY" else b"\n"
        made = []
        for part, bucket_arn, prefix in (
            (good, storage["BucketARN"], ""),
            (bad, dead["BucketARN"], dead.get("ErrorOutputPrefix", "")),
        ):
            name = bucket_arn.rpartition(":")[2]
            place = self._place(name) if part else None
            if place is None:
                continue
            content = b"".join([one.data + end for one in part])
            extension = f"{_EXTENSIONS[kind]}{compression}"
            key = prefix + self._key(storage["OutputKeyTemplate"], part[0].arrival, extension)
            content = gzip.compress(content, mtime=0) if compression else content
            made.append(_Object(self, f"{place}{name}", name, key, content, len(part)))
        return made

    def _key(self, template: str, arrival: int, extension: str) -> str:
        channel, time, unique = self._channel, datetime_of(arrival), self._ids.next()
        if "!{extension}" not in template:
            template += "!{extension}"
        parts = {
            "channel-name": channel.name,
            "channel-id": channel.channel_id,
            "extension": f"-{unique}{extension}",
            "yyyy": f"{time:%Y}",
            "MM": f"{time:%m}",
            "dd": f"{time:%d}",
            "HH": f"{time:%H}",
            "mm": f"{time:%M}",
        }
        for name, text in parts.items():
            template = template.replace(f"!{{{name}}}", text)
        return template

    def put(self, now: int, one: _Object, cause: Change) -> None:
        """Have an object put, as soon as ``cause`` happens."""
        channel = self._channel
        self._world.outbox.append(
            ToBucket(
                one.place,
                one.bucket_name,
                one.key,
                one.content,
                source_arn=channel.arn,
                trigger=f"kinesis:{channel.name}",
                on_success=one.done,
                on_failure=one.fail,
                cause=cause,
            )
        )

    def later(self, due: int, one: _Object) -> None:
        """Have an object put once more."""
        self._world.timeline.schedule(due, one.begin)

    def left(self, one: _Object) -> None:
        """An object is there. May be told again."""
        self.objects = {other: None for other in self.objects if other is not one}


class _Object:
    """One object on its way."""

    __slots__ = ("attempts", "bucket_name", "content", "count", "due", "is_under_way", "key", "owner", "place")

    def __init__(
        self, owner: ChannelDelivery, place: str, bucket_name: str, key: str, content: bytes, count: int
    ) -> None:
        self.owner = owner
        self.place = place
        self.bucket_name = bucket_name
        self.key = key
        self.content = content
        self.count = count
        """How many records it has."""
        self.attempts = 0
        self.due = 0
        self.is_under_way = False

    def begin(self, now: int) -> None:
        """Put it, unless that is under way, or to be later. Doing it again changes nothing."""
        if self not in self.owner.objects or self.is_under_way or now < self.due:
            return
        change = Change()
        self.owner.put(now, self, change)
        # One step: nothing is called.
        self.is_under_way, change.happened = True, True

    def done(self, now: int) -> None:
        """It is there."""
        self.owner.left(self)

    def fail(self, now: int, reason: str) -> None:
        """It could not be put: once more, after a while."""
        attempts = self.attempts + 1
        due = now + min(_FIRST_WAIT << min(attempts - 1, 20), _LONGEST_WAIT)
        self.owner.later(due, self)
        # One step: nothing is called.
        self.attempts, self.due, self.is_under_way = attempts, due, False


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True
