"""A channel: it copies what is put into its stream to a bucket or a table.

It keeps what it copies, where a test can look at it: each record that was put since the channel became ACTIVE, once,
also when the stream keeps it no longer. If there is such a bucket, all of it is put there (``channel_delivery``).

A channel knows its stream, and the stream knows that somebody follows. What is true is what was copied; how far a shard
has been read is derived from that.
"""

from __future__ import annotations

from typing import Any, cast

from ...core.ids import UuidStream
from ...core.timeline import SECOND
from ...core.timestamps import datetime_to_the_millisecond
from ...core.world import World
from . import channel_shapes as shapes
from . import facts
from .channel_delivery import ChannelDelivery
from .record import Record
from .shard import Shard
from .status import ACTIVE, CREATING, DELETING
from .stream import Stream
from .transition import Changing, Step

__all__ = ["Channel", "ChannelReader"]


class ChannelReader:
    """How far a channel has copied a shard. It listens to the shard for as long as the channel is there."""

    __slots__ = ("_channel", "position", "shard", "told")

    def __init__(self, channel: Channel, shard: Shard, position: int) -> None:
        self._channel = channel
        self.shard = shard
        self.position = position
        self.told = position
        """How far the trace knows of it."""

    def note(self) -> None:
        """Records were put, or the shard was closed."""
        self._channel.copy_from(self)

    def look(self, now: int) -> None:
        """The same; they have been copied, and are to be delivered."""
        self._channel.tell(now, self)
        self._channel.delivery.arm(now)

    def mend(self, now: int) -> None:
        """Its channel mends it."""


class Channel(Changing):
    """One channel of one stream."""

    def __init__(
        self,
        name: str,
        arn: str,
        stream: Stream,
        world: World,
        ids: UuidStream,
        now: int,
        tags: dict[str, str],
        description: dict[str, Any],
    ) -> None:
        super().__init__(CREATING)
        self.name = name
        self.arn = arn
        self.channel_id = arn.rpartition("/")[2]
        self.stream = stream
        self._world = world
        self.created = now
        self.tags = tags
        self.policy: str | None = None
        self.description = description
        """What DescribeChannel shows beside its identity: what was asked for, with the defaults."""
        self.copied: list[tuple[Record, Shard]] = []
        """What it has delivered, or would have."""
        self.readers: dict[int, ChannelReader] = {}
        """By the index of the shard."""
        self.delivery = ChannelDelivery(self, world, ids)

    @property
    def is_to_tables(self) -> bool:
        """Whether its destination is a table, and no bucket."""
        return "S3TablesDestinationConfiguration" in self.description

    @property
    def destination(self) -> dict[str, Any]:
        """Where it delivers to."""
        name = "S3TablesDestinationConfiguration" if self.is_to_tables else "S3DestinationConfiguration"
        return cast("dict[str, Any]", self.description[name])

    # --- life ---------------------------------------------------------------------------------------------------------

    def beginning(self, _: int) -> Step:
        """A step by which it begins to copy what is put from this moment on, and is ACTIVE. O(shards)."""
        positions = {shard: shard.tip for shard in self.stream.open}

        def begin() -> None:
            self._read_from(positions)
            self.status = ACTIVE

        return begin

    def end(self) -> None:
        """Copy nothing any more. Doing it again changes nothing."""
        for reader in self.readers.values():
            reader.shard.remove_listener(reader)
        self.delivery.end()

    def mend(self) -> None:
        """Derive anew how far each shard has been copied, and copy what was put since. O(n)."""
        if self.status == DELETING:
            self.end()
            return
        for reader in list(self.readers.values()):
            reader.shard.add_listener(reader)
        ends: dict[int, str] = {}
        for record, shard in self.copied:
            ends[shard.index] = record.sequence_number
        for reader in list(self.readers.values()):
            if reader.shard.index in ends:
                reader.position = reader.shard.position_after_number(ends[reader.shard.index])
            self.copy_from(reader)

    def go_on(self, now: int) -> None:
        """It is whole again: see to it that what it has copied is told, and gets to its bucket."""
        for reader in list(self.readers.values()):
            self.tell(now, reader)
        self.delivery.mend(now)

    def derived(self) -> object:
        """What ``mend`` derives, to be compared."""
        return len(self.copied), {index: reader.position for index, reader in self.readers.items()}

    # --- copying ------------------------------------------------------------------------------------------------------

    def look(self, now: int) -> None:
        """The stream is about to let go of something: all that it has was copied when it came."""

    def _read_from(self, positions: dict[Shard, int]) -> None:
        """Copy from shards what comes behind these positions. Doing it again changes nothing."""
        for shard, position in positions.items():
            if shard.index not in self.readers:
                self.readers[shard.index] = ChannelReader(self, shard, position)
            shard.add_listener(self.readers[shard.index])
        for shard in positions:
            self.copy_from(self.readers[shard.index])

    def copy_from(self, reader: ChannelReader) -> None:
        """Copy what a shard has more than the last time."""
        shard = reader.shard
        self.copied += [(record, shard) for record in shard.records[reader.position - shard.offset :]]
        reader.position = shard.tip
        if shard.closed is not None:
            self._read_from({child: 0 for child in shard.children if child.index not in self.readers})

    def tell(self, now: int, reader: ChannelReader) -> None:
        """Have the trace know how far a shard is copied. Doing it again changes nothing."""
        first, end = reader.told, reader.position
        trace = self._world.trace
        if trace is not None and first < end:
            facts.records_copied(trace, now, self.stream, reader.shard, self, first, end - first)
        reader.told = end

    # --- as answers show it -------------------------------------------------------------------------------------------

    def describe(self) -> shapes.ChannelDescription:
        """The channel."""
        description = self.description
        answer: dict[str, Any] = {
            "ChannelName": self.name,
            "ChannelARN": self.arn,
            "ChannelId": self.channel_id,
            "ChannelStatus": self.status,
            "ChannelCreationTimestamp": datetime_to_the_millisecond(self.created),
            "ServiceExecutionRoleARN": description["ServiceExecutionRoleARN"],
            "StreamConfigurationList": [
                {
                    "StreamARN": self.stream.arn,
                    "StreamCreationTimestamp": datetime_to_the_millisecond(self.stream.created_at * SECOND),
                    "RecordConfiguration": description["RecordConfiguration"],
                }
            ],
        }
        for name in (
            "S3DestinationConfiguration",
            "S3TablesDestinationConfiguration",
            "EncryptionConfiguration",
            "LoggingConfiguration",
        ):
            if name in description:
                answer[name] = description[name]
        return cast("shapes.ChannelDescription", _copied(answer))

    def list_entry(self) -> shapes.ChannelSummary:
        """The channel in a list."""
        return {
            "ChannelName": self.name,
            "ChannelARN": self.arn,
            "ChannelId": self.channel_id,
            "ChannelStatus": self.status,
            "ChannelCreationTimestamp": datetime_to_the_millisecond(self.created),
            "ChannelDestinationType": "S3_TABLES" if self.is_to_tables else "S3",
            "Streams": [
                {
                    "StreamARN": self.stream.arn,
                    "StreamCreationTimestamp": datetime_to_the_millisecond(self.stream.created_at * SECOND),
                }
            ],
        }


def _copied(value: Any) -> Any:
    """The caller's own copy of dicts and lists."""
    if isinstance(value, dict):
        return {name: _copied(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(item) for item in value]
    return value
