"""The Firehose of one account in one region: its delivery streams, by name.

True are the streams, and of each what ``stream`` says. No operation stands here, and nothing runs: what a stream does
follows from what is put into it, from its source, and from time.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from ...core.effects import Deliver
from ...core.hosts import partition_of
from ...core.ids import UuidStream
from ...core.listing import Listing
from ...core.service_state import ServiceState, Target
from ...core.shown import counted, escaped
from ...core.world import World
from . import errors, facts, notes
from .stream import DeliveryStream

__all__ = ["DIRECT", "FROM_STREAM", "FirehoseState"]

DIRECT = "DirectPut"
FROM_STREAM = "KinesisStreamAsSource"
_FIRST = 49_600_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000


class FirehoseState(ServiceState):
    """What the operations work on. The groups of operations inherit from it."""

    def __init__(self, account_id: str, region_name: str, world: World) -> None:
        prefix = f"arn:{partition_of(region_name)}:firehose:{region_name}:{account_id}"
        self.arn_prefix = f"{prefix}:deliverystream/"
        self.streams: Listing[str, DeliveryStream] = Listing()
        super().__init__(account_id, region_name, world)

    # --- life ---------------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Forget everything, as if just made."""
        for stream in self.streams.items.values():
            stream.end()
        self.streams = Listing()
        ids, place = self.world.ids, f"{self.account_id}/{self.region_name}"
        self.object_ids: UuidStream = ids.uuids(f"firehose/object/{place}")
        self.invocation_ids: UuidStream = ids.uuids(f"firehose/invocation/{place}")
        self.first_id = _FIRST + ids.random(f"firehose/record/{place}").getrandbits(100)
        """Ids of records are above it."""

    def mend(self, now: int) -> None:
        """Derive anew the order of names, and what streams derive. O(streams, and what they hold)."""
        self.streams.mend()
        for stream in self.streams.items.values():
            stream.mend(now)

    def owed(self, now: int) -> Iterable[str]:
        """Records that are not delivered. O(streams)."""
        for stream in self.streams.items.values():
            count = stream.held() + (0 if stream.reader is None else stream.reader.behind(now))
            if count:
                yield f"{counted(count, 'record')} for the delivery stream {escaped(stream.name, 120)}"
            elif stream.outputs or stream.puts:
                yield f"a backup of the delivery stream {escaped(stream.name, 120)}"

    # --- what there is ------------------------------------------------------------------------------------------------

    def stream(self, name: str) -> DeliveryStream:
        """A delivery stream by its name. O(1). Raises ResourceNotFoundException."""
        found = self.streams.items.get(name)
        if found is None:
            raise errors.stream_missing(name, self.account_id).noting(*notes.no_stream(self, self.world, name))
        return found

    def target(self, arn: str) -> Target | None:
        """What takes deliveries to a delivery stream."""
        found = self.streams.items.get(arn.removeprefix(self.arn_prefix))
        return None if found is None or found.arn != arn else partial(self._take, found)

    def _take(self, stream: DeliveryStream, now: int, delivery: Deliver) -> None:
        if stream.kind != DIRECT:
            error = errors.not_direct()
            delivery.fail(now, f"{error.code}: {error.message}")
            return
        if getattr(delivery, "made", None) is not None:
            stream.look(now)  # it was taken before that something came in
            return
        if (trace := self.world.trace) is not None:
            facts.records_taken(trace, now, stream, 1, delivery.trigger)
        items = stream.made(now, [delivery.body.encode("utf-8", "surrogatepass")])
        size, count = stream.entry_size + len(items[0].data), stream.count + 1
        # One step: nothing is called.
        stream.entry += items
        stream.entry_size, stream.count, delivery.made = size, count, items
        stream.came(now, 1)
