"""A subscription to a shard: events for five minutes, or until the shard ends.

The subscription knows nothing of loops or threads. A client's iterator asks for the ``next_event`` and gets an event,
None at the end, or a ``Waiter``; then it sleeps until the waiter is done, whose result is the next event (or None).
While it sleeps the subscription stands in line at its shard, which tells it when records were put or the shard was
closed, and it has an alarm on the timeline, so that it sends an empty event every few seconds, as AWS does: the
consumer can move its checkpoint.
"""

from __future__ import annotations

from typing import Final

from ...core.timeline import SECOND, Event
from ...core.waiter import Waiter
from ...core.world import World
from ...exceptions import AwsError, UsageError
from . import facts, shapes
from .record import Record, as_answers
from .shard import Shard
from .stream import Stream
from .throughput import MEBIBYTE

__all__ = ["ShardSubscription"]

HEARTBEAT: Final = 5 * SECOND
"""How long a subscription is silent at most."""
LIFETIME: Final = 300 * SECOND
"""How long a subscription lasts."""
EXCLUSIVE: Final = 5 * SECOND
"""How long after its start nobody can take it over."""

_MOST_RECORDS: Final = 10_000
_MOST_BYTES: Final = 2 * MEBIBYTE


class ShardSubscription:
    """The event stream of one SubscribeToShard. All methods are called under the cloud's lock."""

    __slots__ = (
        "_alarm",
        "_before",
        "_consumer_name",
        "_continuation",
        "_ended",
        "_error",
        "_position",
        "_rate",
        "_ready",
        "_shard",
        "_stream",
        "_timeline",
        "_waiter",
        "_waiters",
        "_world",
        "ends",
        "started",
    )

    def __init__(self, stream: Stream, consumer_name: str, shard: Shard, position: int, now: int, world: World) -> None:
        self.started = now
        self.ends = now + LIFETIME
        self._stream = stream
        self._consumer_name = consumer_name
        self._shard = shard
        self._world = world
        self._timeline = world.timeline
        self._waiters = world.waiters
        self._position = position
        self._continuation = shard.number_before(position)
        self._rate = 2 * MEBIBYTE if world.limits.rates else None
        """Bytes a second; None: as fast as they come."""
        self._ready = now
        """When the next records may be sent."""
        self._waiter: Waiter | None = None
        self._alarm: Event | None = None
        self._before: tuple[int, str, bool] | None = None
        """Where it stood before the event, or the error, that its waiter was filled with."""
        self._ended = False
        self._error: AwsError | None = None

    def next_event(self, now: int) -> shapes.SubscribeToShardEventStream | Waiter | None:
        """The next event, a ``Waiter`` whose result will be the next event (or None), or None at the end.

        Raises the ``AwsError`` that ends the stream early: the consumer or the stream was deleted. One at a time: an
        event that is being waited for has to come, or to be abandoned, before the next is asked for.
        """
        if self._waiter is not None and not self._waiter.done:
            raise UsageError("two readers wait for the same event stream: iterate it from one thread or task")
        self._waiter = None
        if self._error is not None and not self._ended:
            self._ended = True
            raise self._error
        if self._ended or now >= self.ends:
            self._ended = True
            return None
        event = self._ready_event(now)
        if event is not None:
            return event
        waiter = self._waiter = Waiter(min(now + HEARTBEAT, self.ends), self._abandon, self._waiters)
        self._before = None
        if self._shard.listeners is None:
            self._shard.listeners = {}
        self._shard.listeners[self] = None
        self._set_alarm(waiter)
        return waiter

    def look(self, now: int) -> None:
        """There is news at the shard: records were put, or it was closed."""
        waiter = self._waiter
        if waiter is None or waiter.done:
            self._leave()
            return
        before = (self._position, self._continuation, self._ended)
        event = self._ready_event(now)
        if event is not None:
            self._before = before
            self._finish(event)
        else:
            self._set_alarm(waiter)

    def close(self) -> None:
        """End the stream: its reader is gone, or another subscription took over."""
        self._ended = True
        self._finish(None)

    def fail(self, error: AwsError) -> None:
        """End the stream with an error, which its reader meets next."""
        if self._ended:
            return
        waiter = self._waiter
        self._leave()
        self._error = error
        if waiter is not None and not waiter.done:
            # Where this reader is cancelled now, the next one meets the error.
            self._before = (self._position, self._continuation, self._ended)
            self._ended = True
            waiter.fail(error)

    # --- waiting ------------------------------------------------------------------------------------------------------

    def _on_alarm(self, due: int) -> None:
        self._alarm = None
        waiter = self._waiter
        if waiter is None or waiter.done:
            self._leave()
            return
        if due >= self.ends:
            self.close()
            return
        self.look(due)
        if not waiter.done and due >= waiter.deadline:
            self._before = (self._position, self._continuation, self._ended)
            self._finish(self._event(due, []))

    def _set_alarm(self, waiter: Waiter) -> None:
        """Have the subscription look again when it may send what there is, or when it has been silent for too long."""
        due = min(waiter.deadline, self._ready) if self._has_news() else waiter.deadline
        if self._alarm is not None:
            if self._alarm.due == due:
                return
            self._timeline.cancel(self._alarm)
        self._alarm = self._timeline.schedule(due, self._on_alarm)

    def _finish(self, event: shapes.SubscribeToShardEventStream | None) -> None:
        waiter = self._waiter
        self._leave()
        if waiter is not None and not waiter.done:
            waiter.finish(event)

    def _leave(self) -> None:
        """Step out of the shard's line."""
        listeners = self._shard.listeners
        if listeners is not None:
            listeners.pop(self, None)
            if not listeners:
                self._shard.listeners = None
        if self._alarm is not None:
            self._timeline.cancel(self._alarm)
            self._alarm = None

    def _abandon(self, now: int) -> None:
        """The reader was cancelled: what it had been handed over will come again."""
        if self._before is not None:
            self._position, self._continuation, self._ended = self._before
            self._before = None
        if self._waiter is not None:
            self._waiter.leave()
            self._waiter = None
        self._leave()

    # --- events -------------------------------------------------------------------------------------------------------

    def _has_news(self) -> bool:
        return self._position < self._shard.tip or self._shard.closed is not None

    def _ready_event(self, now: int) -> shapes.SubscribeToShardEventStream | None:
        """The event that can be sent now, if there is one."""
        shard = self._shard
        shard.trim(self._stream.horizon(now))
        self._position = max(self._position, shard.horizon)
        if now < self._ready or not self._has_news():
            return None
        records = shard.read(self._position, _MOST_RECORDS, _MOST_BYTES)
        if self._rate is not None:
            self._ready = now + shard.size_of(records) * SECOND // self._rate
        return self._event(now, records)

    def _event(self, now: int, records: list[Record]) -> shapes.SubscribeToShardEventStream:
        shard = self._shard
        if records:
            self._position += len(records)
            self._continuation = records[-1].sequence_number
            trace = self._world.trace
            if trace is not None:
                facts.records_pushed(trace, now, self._stream, shard, self._consumer_name, records)
        event: shapes.SubscribeToShardEvent = {
            "Records": as_answers(records),
            "ContinuationSequenceNumber": self._continuation,
            "MillisBehindLatest": shard.millis_behind(now, self._position, records),
        }
        if shard.has_ended_at(self._position):
            event["ChildShards"] = shard.describe_children()
            self._ended = True
        return {"SubscribeToShardEvent": event}
