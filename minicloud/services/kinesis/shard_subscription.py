"""A subscription to a shard: events for five minutes, or until the shard ends.

The subscription knows nothing of loops or threads. A client's iterator asks for the ``next_event`` and gets an event,
None at the end, or a ``Waiter``; then it sleeps until the waiter is done, whose result is the next event (or None).
While it sleeps the subscription stands in line at its shard, which tells it when records were put or the shard was
closed, and it has an alarm on the timeline, so that it sends an empty event every few seconds, as AWS does: the
consumer can move its checkpoint.

An event counts as sent once its reader has it, which says so with its next request. Until then the subscription still
knows where it stood before (``_before``): a reader that was cancelled or interrupted on the way gets it again.
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
_CALL = "SubscribeToShard", ""


class ShardSubscription:
    """The event stream of one SubscribeToShard. All methods are called under the cloud's lock."""

    __slots__ = (
        "_alarm",
        "_before",
        "_consumer_name",
        "_continuation",
        "_error",
        "_given",
        "_position",
        "_rate",
        "_ready",
        "_shard",
        "_stream",
        "_timeline",
        "_waiters",
        "_world",
        "ended",
        "ends",
        "started",
        "waiter",
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
        self.waiter: Waiter | None = None
        """What the reader waits for, or has waited for last."""
        self._alarm: Event | None = None
        self._given: shapes.SubscribeToShardEventStream | AwsError | None = None
        """The last event, or the error, that was given to the reader, or to the waiter."""
        self._before = position, self._continuation, False
        """Where it stood before that."""
        self.ended = False
        self._error: AwsError | None = None

    def next_event(self, now: int, seen: object) -> shapes.SubscribeToShardEventStream | Waiter | None:
        """The next event, a ``Waiter`` whose result will be the next event (or None), or None at the end.

        ``seen`` is the last event, or error, that the reader has got; where another one was given since, that got
        lost on the way to it, and is given again.

        Raises the ``AwsError`` that ends the stream early: the consumer or the stream was deleted. One at a time: an
        event that is being waited for has to come, or to be abandoned, before the next is asked for.
        """
        if self.waiter is not None and not self.waiter.done:
            raise UsageError("two readers wait for the same event stream: iterate it from one thread or task")
        self.waiter = None
        if self._given is not None and self._given is not seen:
            self._position, self._continuation, self.ended = self._before
        self._given = None
        if self._error is not None and not self.ended:
            self._before = self._position, self._continuation, False
            self._given, self.ended = self._error, True
            raise self._error
        if self.ended or now >= self.ends:
            self.ended = True
            return None
        event = self._ready_event(now)
        if event is not None:
            return event
        waiter = self.waiter = Waiter(min(now + HEARTBEAT, self.ends), self._abandon, self._waiters, _CALL)
        self._shard.add_listener(self)
        self._set_alarm(waiter)
        return waiter

    def note(self) -> None:
        """There is news; what it is shows when it looks."""

    def look(self, now: int) -> None:
        """There is news at the shard: records were put, or it was closed."""
        waiter = self.waiter
        if waiter is None or waiter.done:
            self._leave()
        elif self._given is not None or self._ready_event(now) is not None:
            self._hand_over()
        else:
            self._set_alarm(waiter)

    def close(self) -> None:
        """End the stream: its reader is gone, or another subscription took over."""
        self.ended, self._given = True, None
        self._hand_over()

    def heartbeat(self, now: int) -> None:
        """Let who waits have an event, be it an empty one, as after a silence: its connection has been silent too."""
        waiter = self.waiter
        if waiter is None or waiter.done:
            return
        self.look(now)
        if not waiter.done:
            self._give(now, self._position, [], self._ready)
            self._hand_over()

    def fail(self, error: AwsError) -> None:
        """End the stream with an error, which its reader meets next. Doing it again changes nothing."""
        waiter = self.waiter
        if self._error is None:
            self._error = error  # of one that has ended as well: its last event may yet get lost on the way
            if waiter is not None and not waiter.done and not self.ended:
                # In the same step; where this reader is cancelled now, the next one meets the error.
                self._before = self._position, self._continuation, False
                self._given, self.ended = error, True
        if self.ended:
            self._hand_over()
        else:
            self._leave()

    def mend(self, now: int) -> None:
        """Make whole what an exception may have torn: who waits gets what there is for it, and is in line until then.

        True is where it stands, what was given, and whether it has ended.
        """
        waiter = self.waiter
        if waiter is None or waiter.done or self._given is not None or self.ended:
            self._hand_over()
            if waiter is not None:
                waiter.leave()
            return
        self._shard.add_listener(self)
        if self._alarm is not None:
            self._timeline.cancel(self._alarm)
            self._alarm = None
        self._set_alarm(waiter)
        self._timeline.schedule(now, self.look)  # when all that is due before has happened

    def check(self) -> None:
        """Raise ``AssertionError`` unless it is in line, and has an alarm, exactly while somebody waits. For tests."""
        waits = self.waiter is not None and not self.waiter.done
        in_line = self in (self._shard.listeners or ())
        if not waits == in_line == (self._alarm is not None):
            raise AssertionError(f"{waits=}, {in_line=}, {self._alarm=}")

    # --- waiting ------------------------------------------------------------------------------------------------------

    def _on_alarm(self, due: int) -> None:
        self._alarm = None
        waiter = self.waiter
        if waiter is None or waiter.done:
            self._leave()
            return
        if due >= self.ends:
            self.close()
            return
        self.look(due)
        if not waiter.done and due >= waiter.deadline:
            self._give(due, self._position, [], self._ready)
            self._hand_over()

    def _set_alarm(self, waiter: Waiter) -> None:
        """Have the subscription look again when it may send what there is, or when it has been silent for too long."""
        due = min(waiter.deadline, self._ready) if self._has_news() else waiter.deadline
        if self._alarm is not None:
            if self._alarm.due == due:
                return
            self._timeline.cancel(self._alarm)
        self._alarm = self._timeline.schedule(due, self._on_alarm)

    def _hand_over(self) -> None:
        """Let who waits have what was given, or the end; then it is out of line. Doing it again changes nothing."""
        waiter, given = self.waiter, self._given
        if waiter is not None and not waiter.done:
            if isinstance(given, AwsError):
                waiter.fail(given)
            else:
                waiter.finish(given)
        self._leave()

    def _leave(self) -> None:
        """Step out of the shard's line."""
        self._shard.remove_listener(self)
        if self._alarm is not None:
            self._timeline.cancel(self._alarm)
            self._alarm = None

    def _abandon(self, _: int) -> None:
        """The reader was cancelled: what it had been handed over will come again."""
        if self.waiter is not None:
            self.waiter.leave()
            self.waiter = None
        self._leave()

    # --- events -------------------------------------------------------------------------------------------------------

    def _has_news(self) -> bool:
        return self._position < self._shard.tip or self._shard.closed is not None

    def _ready_event(self, now: int) -> shapes.SubscribeToShardEventStream | None:
        """The event that can be sent now, if there is one; it has been given then."""
        shard = self._shard
        self._stream.trim(now, shard)
        self._position = max(self._position, shard.horizon)
        if now < self._ready or not self._has_news():
            return None
        records = shard.read(self._position, _MOST_RECORDS, _MOST_BYTES)
        ready = self._ready if self._rate is None else now + shard.size_of(records) * SECOND // self._rate
        return self._give(now, self._position, records, ready)

    def _give(self, now: int, position: int, records: list[Record], ready: int) -> shapes.SubscribeToShardEventStream:
        """Make an event of the records at a position, and give it. The next records can be sent when it says."""
        shard = self._shard
        first = position
        position += len(records)
        continuation = records[-1].sequence_number if records else self._continuation
        event: shapes.SubscribeToShardEvent = {
            "Records": as_answers(records),
            "ContinuationSequenceNumber": continuation,
            "MillisBehindLatest": shard.millis_behind(now, position, records),
        }
        has_ended = shard.has_ended_at(position)
        if has_ended:
            event["ChildShards"] = shard.describe_children()
        given: shapes.SubscribeToShardEventStream = {"SubscribeToShardEvent": event}
        # One step from here on: nothing is called.
        self._before = self._position, self._continuation, self.ended
        self._position, self._continuation, self._ready, self.ended = position, continuation, ready, has_ended
        self._given = given
        trace = self._world.trace
        if trace is not None and records:
            facts.records_pushed(trace, now, self._stream, shard, self._consumer_name, records, first)
        return given
