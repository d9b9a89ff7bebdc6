"""A queue on a stream: its settings, its life, and the receives that wait in line for a record.

A receive that finds nothing becomes a *poll* in line, one line for records and one for dead letters. Whatever makes a
record available ends in ``offer``, which fills the oldest poll; no poll is woken in vain. Only while somebody waits is
the next end of a flight on the cloud's timeline.

A queue knows its stream, and the stream knows that somebody listens. It knows no other queue and no error of AWS's: who
calls has checked.
"""

from __future__ import annotations

from typing import Any

from ...core.poll_line import NOBODY, PollLine, WaitingPoll
from ...core.timeline import FOREVER, SECOND, Event
from ...core.timestamps import datetime_to_the_millisecond
from ...core.value import Value
from ...core.waiter import Waiter
from ...core.world import World
from . import facts
from . import queue_shapes as shapes
from .queue_record import DEAD_IN_FLIGHT, IN_FLIGHT, QueueRecord
from .queue_store import RecordStore
from .shard import Shard
from .status import ACTIVE, CREATING, DELETING
from .stream import Stream
from .transition import Changing

__all__ = ["QueuePoll", "QueueSettings", "QueueStart", "RecordQueue"]


class QueueSettings(Value):
    """How a queue delivers."""

    visibility_seconds: int = 30
    max_receive_count: int = 6
    """How often a record is received before it becomes a dead letter; 0: there are no dead letters."""


class QueueStart(Value):
    """From where on the records of the stream belong to a queue."""

    kind: str
    asked: int | None
    """The time of ``AT_TIMESTAMP``, in nanoseconds."""
    begun: int
    """From when on it really is."""


class QueuePoll(WaitingPoll):
    """A receive that waits in line."""

    __slots__ = ("is_dead", "limit", "visibility_ns")

    def __init__(self, limit: int, visibility_ns: int | None, *, is_dead: bool) -> None:
        self.limit = limit
        self.visibility_ns = visibility_ns
        """None for the queue's own at the time of delivery."""
        self.is_dead = is_dead
        """Whether it is for dead letters."""


class RecordQueue(RecordStore, Changing):
    """One queue of one stream."""

    def __init__(
        self,
        name: str,
        arn: str,
        stream: Stream,
        start: QueueStart,
        settings: QueueSettings,
        tags: dict[str, str],
        now: int,
        world: World,
        token: str,
        in_flight_limit: int,
    ) -> None:
        self._world = world
        Changing.__init__(self, CREATING)
        RecordStore.__init__(self, stream, start.asked or 0, token, in_flight_limit)
        self.name = name
        self.arn = arn
        self.queue_id = arn.rpartition("/")[2]
        self.start = start
        self.created = now
        self.tags = tags
        self.policy: str | None = None
        self._polls_so_far = 0
        self._watched: Event | None = None
        self.set(settings)

    has_polls = False
    """Whether somebody waits."""
    _for_records: PollLine[QueuePoll] = NOBODY
    _for_dead_letters: PollLine[QueuePoll] = NOBODY

    def look(self, now: int) -> None:
        """The stream has looked for what it keeps no longer, by the measure of this moment."""
        self.refresh(now)

    # --- life ---------------------------------------------------------------------------------------------------------

    @property
    def account_id(self) -> str:
        """The account that it is in: that of its stream."""
        return self.stream.account_id

    def set(self, settings: QueueSettings) -> None:
        """Deliver in this way from now on; what is in flight keeps its timeout."""
        self.settings = settings
        self.visibility_ns = settings.visibility_seconds * SECOND
        self.max_receive_count = settings.max_receive_count

    def starting_positions(self, now: int) -> dict[Shard, int]:
        """From where on it reads which shard. O(shards)."""
        stream = self.stream
        stream.expire(now)
        kind, asked = self.start.kind, self.start.asked
        positions: dict[Shard, int] = {}
        for shard in stream.shards.values():
            stream.trim(now, shard)
            if asked is not None:
                positions[shard] = shard.position_at_time(asked)
            elif kind == "TRIM_HORIZON":
                positions[shard] = shard.horizon
            elif shard.closed is None:
                positions[shard] = shard.tip
        return positions

    def activate(self) -> None:
        """Be ready for receives."""
        self.status = ACTIVE

    @property
    def delivers(self) -> bool:
        """Whether records can be received, and handles are good."""
        return self.status not in (CREATING, DELETING)

    def end(self) -> None:
        """Deliver nothing any more: every poll ends empty, the stream is left alone. Doing it again changes nothing."""
        self.stop_reading()
        self._for_records.end()
        self._for_dead_letters.end()
        self.watch()

    def survives(self, now: int, held: QueueRecord) -> bool:
        """Whether a record that is being acknowledged stays, as it may on a chaotic queue."""
        return False

    # --- waiting ------------------------------------------------------------------------------------------------------

    def receive(self, now: int, limit: int, visibility_ns: int | None, *, dead: bool) -> list[shapes.QueueRecord]:
        """Deliver up to ``limit`` records, or dead letters. O(log n) for each."""
        taken = self.take(now, limit, dead=dead)
        self.deliver(now, taken, visibility_ns, dead=dead)
        answers = [held.as_answer() for held in taken]
        if self.has_polls:
            self.offer(now)  # a flight of no length may have made a dead letter
        return answers

    def poll(self, now: int, poll: QueuePoll, wait_ns: int) -> Waiter:
        """Put a receive that found nothing in line, for ``wait_ns`` at the most. O(1)."""
        self._polls_so_far = number = self._polls_so_far + 1
        line = self._for_dead_letters if poll.is_dead else self._for_records
        if line is NOBODY:
            line = self._new_line(is_dead=poll.is_dead)
        return line.join(now, poll, number, wait_ns)

    def _new_line(self, *, is_dead: bool) -> PollLine[QueuePoll]:
        line: PollLine[QueuePoll]
        if is_dead:
            call = "ReceiveDeadLetterQueueRecords", self.name
            line = self._for_dead_letters = PollLine(self, self._world, call, facts, _nothing)
        else:
            line = self._for_records = PollLine(self, self._world, ("ReceiveQueueRecords", self.name), facts, _nothing)
        return line

    def offer(self, now: int) -> None:
        """Fill the polls in line with what is available, oldest first. O(1) while nobody waits."""
        if not self.has_polls:
            return
        # Those for records first: what they receive for no time at all may become a dead letter.
        if self._for_records.polls:
            self._fill(now, self._for_records)
        if self._for_dead_letters.polls:
            self._fill(now, self._for_dead_letters)
        self.watch()

    def _fill(self, now: int, line: PollLine[QueuePoll]) -> None:
        polls = line.polls
        while polls:
            poll = polls[0]
            if poll.waiter.done:
                polls.popleft()
                continue
            # It stays in line until it has its answer.
            poll.taken = taken = self.take(now, poll.limit, dead=poll.is_dead)
            if not taken:
                break
            self.deliver(now, taken, poll.visibility_ns, dead=poll.is_dead)
            line.fill(now, poll, taken, {"QueueRecords": [held.as_answer() for held in taken]})

    def _due_changed(self) -> None:
        if self.has_polls:
            self.watch()

    def watch(self) -> None:
        """Have the next end of a flight on the timeline, exactly while somebody waits."""
        records, dead_letters = self._for_records.polls, self._for_dead_letters.polls
        while records and records[0].waiter.done:
            records.popleft()
        while dead_letters and dead_letters[0].waiter.done:
            dead_letters.popleft()
        self.has_polls = has_polls = bool(records or dead_letters)
        due = self._next_due if has_polls else FOREVER
        watched = self._watched
        if watched is not None:
            if watched.due == due:
                return
            self._world.timeline.cancel(watched)
            self._watched = None
        if due < FOREVER:
            self._watched = self._world.timeline.schedule(due, self._flight_ends)

    def _flight_ends(self, now: int) -> None:
        self._watched = None
        self.refresh(now)
        self.offer(now)
        self.watch()

    def mend(self, now: int) -> None:
        """Make whole what an exception may have torn: polls get an answer, or a time at which they will have it."""
        for line, state in ((self._for_records, IN_FLIGHT), (self._for_dead_letters, DEAD_IN_FLIGHT)):
            # What was being delivered to a poll, and did not get there.
            for held in line.undelivered():
                if held.state == state:
                    held.undo_delivery()
            line.settled()
        self.derive()
        self._for_records.mend()
        self._for_dead_letters.mend()
        if self._watched is not None:
            self._world.timeline.cancel(self._watched)
            self._watched = None
        if self.status == DELETING:
            self.end()  # one that is CREATING delivers nothing either, but what is put meanwhile belongs to it
        self.watch()
        if self.has_polls:
            self._world.timeline.schedule(now, self.offer)  # when all that is due before has happened

    # --- as others see it ---------------------------------------------------------------------------------------------

    def describe(self) -> shapes.QueueDescription:
        """The queue."""
        start = self.start
        position: shapes.QueueStartingPositionDescription = {"Type": start.kind}
        begun = start.asked if self.status == CREATING else start.begun
        if begun is not None:
            position["Timestamp"] = datetime_to_the_millisecond(begun)
        return {
            "QueueName": self.name,
            "QueueARN": self.arn,
            "QueueStatus": self.status,
            "QueueCreationTimestamp": datetime_to_the_millisecond(self.created),
            "StreamConfigurationList": [{"StreamARN": self.stream.arn, "StartingPosition": position}],
            "QueueAttributes": self._describe_settings(),
        }

    def _describe_settings(self) -> shapes.QueueAttributes:
        """What is in force, defaults too: nothing else lets a caller see them. [inferred]"""
        settings = self.settings
        dead_letters: Any = {"TargetType": "NONE"}
        if settings.max_receive_count:
            dead_letters = {"TargetType": "BUILT_IN", "MaxReceiveCount": settings.max_receive_count}
        return {
            "VisibilityTimeoutSeconds": settings.visibility_seconds,
            "DeadLetterConfiguration": dead_letters,
        }

    def list_entry(self) -> shapes.QueueSummary:
        """The queue in a list."""
        return {
            "QueueName": self.name,
            "QueueARN": self.arn,
            "QueueStatus": self.status,
            "QueueCreationTimestamp": datetime_to_the_millisecond(self.created),
            "Streams": [
                {
                    "StreamARN": self.stream.arn,
                    "StreamCreationTimestamp": datetime_to_the_millisecond(self.stream.created_at * SECOND),
                }
            ],
        }


def _nothing() -> dict[str, Any]:
    return {"QueueRecords": []}
