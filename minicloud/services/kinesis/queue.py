"""A queue on a stream: its settings, its life, and the receives that wait in line for a record.

A receive that finds nothing becomes a *poll* in line, one line for records and one for dead letters. Whatever makes a
record available ends in ``offer``, which fills the oldest poll; no poll is woken in vain. Only while somebody waits is
the next end of a flight on the cloud's timeline.

A queue knows its stream, and the stream knows that somebody listens. It knows no other queue and no error of AWS's: who
calls has checked.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from ...core.timeline import FOREVER, SECOND, Event
from ...core.timestamps import datetime_to_the_millisecond
from ...core.value import Value
from ...core.waiter import Waiter
from ...core.world import World
from . import facts
from . import queue_shapes as shapes
from .queue_record import DEAD_IN_FLIGHT, IN_FLIGHT, QueueRecord
from .queue_store import SLACK, RecordStore
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


class QueuePoll:
    """A receive that waits in line."""

    __slots__ = ("deadline", "handles", "is_dead", "limit", "number", "taken", "visibility_ns", "waiter")

    def __init__(self, limit: int, visibility_ns: int | None, *, is_dead: bool) -> None:
        self.limit = limit
        self.visibility_ns = visibility_ns
        """None for the queue's own at the time of delivery."""
        self.is_dead = is_dead
        """Whether it is for dead letters."""
        self.number = 0
        """Of the queue's polls, from 1."""
        self.deadline: Event | None = None
        self.waiter: Waiter
        self.taken: list[QueueRecord] = []
        """What it was filled with."""
        self.handles: list[str | None] = []
        """The handles of this delivery."""


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
        self._lines: tuple[deque[QueuePoll], deque[QueuePoll]] = deque(), deque()
        """Who waits for records, and who for dead letters, the oldest first. Those that are done are passed over."""
        self._polls_left = 0
        """How many are done and still in line; or more."""
        self._polls_so_far = 0
        self._watched: Event | None = None
        self._returning: list[QueuePoll] = []
        """Those that were abandoned, as long as what they had been handed goes back."""
        self.set(settings)

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
            shard.trim(stream.horizon(now))
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
        for line in self._lines:
            for poll in line:
                if not poll.waiter.done:
                    self._cancel_deadline(poll)
                    poll.waiter.finish({"QueueRecords": []})
        self._watch()

    def survives(self, now: int, held: QueueRecord) -> bool:
        """Whether a record that is being acknowledged stays, as it may on a chaotic queue."""
        return False

    # --- waiting ------------------------------------------------------------------------------------------------------

    def receive(self, now: int, limit: int, visibility_ns: int | None, *, dead: bool) -> list[shapes.QueueRecord]:
        """Deliver up to ``limit`` records, or dead letters. O(log n) for each."""
        taken = self.take(now, limit, dead=dead)
        self.deliver(now, taken, visibility_ns, dead=dead)
        answers = [held.as_answer() for held in taken]
        lines = self._lines
        if lines[0] or lines[1]:
            self.offer(now)  # a flight of no length may have made a dead letter
        return answers

    def poll(self, now: int, poll: QueuePoll, wait_ns: int) -> Waiter:
        """Put a receive that found nothing in line, for ``wait_ns`` at the most. O(1)."""
        call = "ReceiveDeadLetterQueueRecords" if poll.is_dead else "ReceiveQueueRecords", self.name
        poll.waiter = Waiter(now + wait_ns, lambda moment: self._abandon(moment, poll), self._world.waiters, call)
        self._schedule_deadline(poll)
        self._lines[poll.is_dead].append(poll)
        self._polls_so_far = poll.number = self._polls_so_far + 1
        trace = self._world.trace
        if trace is not None:
            facts.poll_began(trace, now, self, poll.number, wait_ns)
        self._watch()
        return poll.waiter

    def offer(self, now: int) -> None:
        """Fill the polls in line with what is available, oldest first. O(1) while nobody waits."""
        records, dead_letters = self._lines
        if not records and not dead_letters:
            return
        # Those for records first: what they receive for no time at all may become a dead letter.
        self._fill(now, records)
        self._fill(now, dead_letters)
        self._watch()

    def _fill(self, now: int, line: deque[QueuePoll]) -> None:
        while line:
            poll = line[0]
            if poll.waiter.done:
                line.popleft()
                continue
            # It stays in line until it has its answer.
            poll.taken = taken = self.take(now, poll.limit, dead=poll.is_dead)
            if not taken:
                break
            self.deliver(now, taken, poll.visibility_ns, dead=poll.is_dead)
            receiver = self._world.receiver.of(poll.waiter)
            for held in taken:
                held.receiver = receiver
            poll.handles = [held.handle for held in taken]
            self._cancel_deadline(poll)
            trace = self._world.trace
            if trace is not None:
                facts.poll_filled(trace, now, self, poll.number, taken)
            poll.waiter.finish({"QueueRecords": [held.as_answer() for held in taken]})

    def _schedule_deadline(self, poll: QueuePoll) -> None:
        poll.deadline = self._world.timeline.schedule(poll.waiter.deadline, lambda moment: self._deadline(moment, poll))

    def _cancel_deadline(self, poll: QueuePoll) -> None:
        if poll.deadline is not None:
            self._world.timeline.cancel(poll.deadline)

    def _deadline(self, now: int, poll: QueuePoll) -> None:
        # What becomes visible at this very moment is still in time.
        self.offer(now)
        if not poll.waiter.done:
            trace = self._world.trace
            if trace is not None:
                facts.poll_ended_empty(trace, now, self, poll.number)
            poll.waiter.finish({"QueueRecords": []})
        self._watch()

    def _abandon(self, now: int, poll: QueuePoll) -> None:
        """The poll's caller is no more: out of line, and what it had been handed goes back as if never received.

        Doing it again changes nothing.
        """
        if not hasattr(poll, "waiter"):
            return  # it was interrupted before it came into line
        if not poll.waiter.done:
            poll.waiter.leave()
            self._cancel_deadline(poll)
            self._polls_left += 1
            if self._polls_left > sum(map(len, self._lines)) // 2 + SLACK:
                self._arrange_lines()
            self._watch()
            return
        self._returning.append(poll)
        self.refresh(now)
        trace = self._world.trace
        for held, handle in reversed(list(zip(poll.taken, poll.handles, strict=True))):
            if self.give_back(held, handle) and trace is not None:
                facts.record_returned(trace, now, self, held, handle)
        poll.taken, poll.handles = [], []
        self._returning.remove(poll)
        self.offer(now)

    def _arrange_lines(self) -> None:
        """Have nobody in line who is done."""
        records, dead_letters = self._lines
        self._lines = (
            deque(poll for poll in records if not poll.waiter.done),
            deque(poll for poll in dead_letters if not poll.waiter.done),
        )
        self._polls_left = 0

    def _due_changed(self) -> None:
        if any(self._lines):
            self._watch()

    def _watch(self) -> None:
        """Have the next end of a flight on the timeline, exactly while somebody waits."""
        for line in self._lines:
            while line and line[0].waiter.done:
                line.popleft()
        timeline = self._world.timeline
        due = self._next_due if any(self._lines) else FOREVER
        watched = self._watched
        if watched is not None:
            if watched.due == due:
                return
            timeline.cancel(watched)
            self._watched = None
        if due < FOREVER:
            self._watched = timeline.schedule(due, self._flight_ends)

    def _flight_ends(self, now: int) -> None:
        self._watched = None
        self.refresh(now)
        self.offer(now)
        self._watch()

    def mend(self, now: int) -> None:
        """Make whole what an exception may have torn: polls get an answer, or a time at which they will have it."""
        waiting = [poll for line in self._lines for poll in line if not poll.waiter.done]
        for poll in waiting:
            # What was being delivered to it, and did not get there.
            for held in poll.taken:
                if held.state == (DEAD_IN_FLIGHT if poll.is_dead else IN_FLIGHT):
                    held.undo_delivery()
            poll.taken, poll.handles = [], []
        self.derive()
        for poll in self._returning:
            for held, handle in zip(poll.taken, poll.handles, strict=True):
                self.give_back(held, handle)
        self._returning = []
        self._arrange_lines()
        timeline = self._world.timeline
        for poll in waiting:
            if poll.deadline is None or poll.deadline.callback is None:
                self._schedule_deadline(poll)
        if self._watched is not None:
            timeline.cancel(self._watched)
            self._watched = None
        if not self.delivers:
            self.end()
        self._watch()
        if waiting:
            timeline.schedule(now, self.offer)  # when all that is due before has happened

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
