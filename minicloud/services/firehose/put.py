"""An object on its way into a bucket.

Where the cloud has no bucket of that name, what would have been put is appended to ``cloud.outbox``. What fails is
tried again for 24 hours, or as long as the stream that it is from keeps its records. [Firehose developer guide: data
delivery failure handling; the waits: inferred]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from ...core.effects import Change, Depart, Departure, ToBucket
from ...core.timeline import SECOND
from . import facts

if TYPE_CHECKING:
    from .item import Item
    from .protocols import Stream
    from .settings import Destination

__all__ = ["Put"]

_FIRST_WAIT: Final = SECOND
_LONGEST_WAIT: Final = 480 * SECOND
_AS_LONG_AS: Final = 24 * 3600 * SECOND


class Put:
    """One object."""

    def __init__(
        self,
        stream: Stream,
        place: Destination,
        key: str,
        content: bytes,
        plain: bytes,
        items: Sequence[Item],
        kind: str,
    ) -> None:
        self.stream = stream
        self.bucket_arn = place.bucket_arn
        self.key = key
        self.content = content
        self.plain = plain
        """The same before it was compressed."""
        self.count = len(items)
        """How many records it has."""
        self.kind = kind
        self.begun: int | None = None
        self.attempts = 0
        """How many have failed."""
        self.due = 0
        self.is_under_way = False
        """Whether an effect will put it, or an event of the timeline try again."""

    @property
    def bucket_name(self) -> str:
        """The bucket's name."""
        return self.bucket_arn.rpartition(":")[2]

    def begin(self, now: int) -> None:
        """Put it, unless that is under way. Doing it again changes nothing."""
        stream = self.stream
        if self not in stream.puts:
            return
        if self.is_under_way:
            return
        if now < self.due:
            stream.world.timeline.schedule(self.due, self.begin)
            return
        world, change = stream.world, Change()
        begun = now if self.begun is None else self.begun
        place = next((service.place_of(self.bucket_name) for service in world.services("s3")), None)
        if place is None:
            text = self.plain.decode(errors="backslashreplace")
            departure = Departure("firehose", f"{self.bucket_arn}/{self.key}", text, time_ns=now)
            world.outbox.append(Depart(departure, change))
            rest = {put: None for put in stream.puts if put is not self}
            # One step: nothing is called.
            stream.puts, change.happened = rest, True
            self._tell(now, "outbox")
            return
        effect = ToBucket(
            f"{place}{self.bucket_name}",
            self.bucket_name,
            self.key,
            self.content,
            source_arn=stream.arn,
            trigger=f"firehose:{stream.name}",
            on_success=self.done,
            on_failure=self.fail,
            cause=change,
        )
        world.outbox.append(effect)
        # One step: nothing is called.
        self.begun, self.is_under_way, change.happened = begun, True, True

    def done(self, now: int) -> None:
        """It is there. May be told again."""
        stream = self.stream
        if self in stream.puts:
            stream.puts = {put: None for put in stream.puts if put is not self}
            self._tell(now, self.bucket_name)

    def fail(self, now: int, reason: str) -> None:
        """It could not be put."""
        stream = self.stream
        if self not in stream.puts:
            return
        attempts, begun = self.attempts + 1, self.begun or now
        due = now + min(_FIRST_WAIT << min(attempts - 1, 20), _LONGEST_WAIT)
        is_over = due > begun + max(_AS_LONG_AS, 0 if stream.reader is None else stream.reader.kept_for)
        if (trace := stream.world.trace) is not None:
            facts.put_failed(trace, now, stream, self.key, self.count, str(reason), is_over)
        if is_over:
            stream.puts = {put: None for put in stream.puts if put is not self}
            return
        stream.world.timeline.schedule(due, self.begin)
        # One step: nothing is called.
        self.attempts, self.due, self.is_under_way = attempts, due, False

    def _tell(self, now: int, where: str) -> None:
        stream = self.stream
        if (trace := stream.world.trace) is not None:
            facts.delivered(trace, now, stream, where, self.key, self.count, self.kind)
