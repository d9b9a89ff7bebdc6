"""A queue: its messages, its name, and the receives that wait in line for a message.

A receive that finds nothing and may wait becomes a *poll* in line. Whatever makes a message available ends in
``offer``, which fills the oldest poll; no poll is woken in vain. Only while somebody waits on the queue is its next due
time on the cloud's timeline, for an expiry that nobody could observe costs nothing.

A queue knows itself alone. It knows of no operation and no error of AWS's, for who calls has checked; of no other
queue, for ``SqsState`` moves messages from one to another; nor of the order in which its kind hands out messages.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Protocol

from ...core.effects import ToQueue
from ...core.ids import UuidStream
from ...core.poll_line import NOBODY, PollLine, WaitingPoll
from ...core.timeline import FOREVER, SECOND, Event
from ...core.waiter import Waiter
from ...core.world import Trace, World
from . import facts
from .attributes import QueueAttributes
from .mending import MendableStore
from .message import DELAYED, GONE, IN_FLIGHT, VISIBLE, Message, Selection
from .message_content import PlainAttributes
from .policy_evaluation import RequestContext, tell_refusal
from .shapes import SendMessageResult

__all__ = ["Poll", "Queue", "Sender"]

_sequence = attrgetter("sequence")


class Line(Protocol):
    """The event source mappings that read from a queue."""

    def serve(self, now: int) -> None:
        """Let them take what is available."""

    def undelivered(self) -> list[Message]:
        """What was being taken for one of them, and did not get there."""

    def settled(self) -> None:
        """That has been taken back."""


class Sender(Protocol):
    """Where sends come from."""

    message_ids: UuidStream
    sender_id: str


class Poll(WaitingPoll):
    """A receive that waits in line."""

    __slots__ = ("attempt_id", "maximum", "selection", "visibility_ns")

    def __init__(
        self, maximum: int, visibility_ns: int | None, selection: Selection | None, attempt_id: str | None
    ) -> None:
        self.attempt_id = attempt_id
        self.maximum = maximum
        self.visibility_ns = visibility_ns
        """None for the queue's own at the time of delivery."""
        self.selection = selection


class Queue(MendableStore):
    """What both kinds of queue share."""

    __slots__ = (
        "__dict__",  # of what few queues ever have: see below
        "_polls_so_far",
        "_watched",
        "created",
        "dead_letter_arn",
        "ingest",
        "inset_size",
        "known_inset",
        "modified",
        "purged_at",
        "sequence_number",
        "tags",
        "url",
    )

    is_fifo = False
    is_chaotic = False
    """Whether it does what AWS reserves the right to do."""

    def __init__(
        self,
        name: str,
        arn: str,
        url: str,
        attributes: QueueAttributes,
        tags: dict[str, str],
        now: int,
        world: World,
        token: str,
    ) -> None:
        super().__init__(name, attributes, now, world, token)
        self.arn = arn
        self.url = url
        self.tags = tags
        self.created = now
        self.modified = now
        self.purged_at: int | None = None
        self.dead_letter_arn: str | None = None
        """Of the queue that lists this one among its sources."""
        self.sequence_number = 0
        """The next one of a FIFO queue."""
        self.ingest: Callable[[int, ToQueue], None]
        """Takes in what another service delivers."""
        self.known_inset = ""
        """The own part of the latest body that shared the rest with others: one subscription's is always the same."""
        self.inset_size = 0
        """Of that, in bytes."""
        self._polls_so_far = 0
        self._watched: Event | None = None

    _line: PollLine[Poll] = NOBODY
    """Those who wait."""
    source: Line | None = None
    """The line of those who read from it, once one has."""
    has_readers = False
    """Whether one stands in line."""

    told_refusals: frozenset[tuple[str | None, RequestContext]] = frozenset()
    """What was asked of which policy."""

    def judge_receive(self, trace: Trace, now: int) -> None:
        """Tell if AWS would refuse its owner a receive. Of others it is found out where they call."""
        tell_refusal(trace, now, self, RequestContext("ReceiveMessage", self.arn.split(":")[4]))

    def _filled(self, now: int, poll: Poll, taken: list[Message]) -> None:
        """A poll has got its messages."""

    # --- the plain ways ---------------------------------------------------------------------------------------------
    #
    # What most calls are, in one function each. They do exactly as the general ways do, which have a question at each
    # step that only others raise. They ask first, and when anything is out of the ordinary they answer no, having
    # changed nothing. Each kind of queue has its own.

    def send_plainly(
        self,
        sender: Sender,
        now: int,
        body: str,
        attributes: PlainAttributes,
        deduplication_id: str,
        group_id: str,
    ) -> SendMessageResult | None:
        """Take in a message, and answer the send; None if that has to go the general way.

        All but the body may be UNSET, and nobody has looked at anything but the attributes.
        """
        return None

    def ingest_plainly(self, now: int, effect: ToQueue, ids: UuidStream, sender_id: str) -> bool:
        """Take in what another service delivers, a text and nothing else; false if it has to go the general way."""
        return False

    def arrive_plainly(self, now: int, message: Message) -> bool:
        """Put a visible message without a group into the queue; false if that has to go the general way."""
        return False

    def deliver_plainly(self, now: int) -> Message | None:
        """Deliver one message, hidden for the queue's timeout; None if that has to go the general way."""
        return None

    def forget_plainly(self, now: int, handle: str) -> bool:
        """Delete what was received under a handle; false if that has to go the general way."""
        return False

    def remove_plainly(self, handle: str) -> bool:
        """Delete what was received under a handle, offering nothing; false if that has to go the general way."""
        return False

    def comes_empty(self, now: int) -> bool:
        """Whether a short poll gets nothing although there is something, as it may on a chaotic queue."""
        return False

    def survives(self, now: int, message: Message) -> bool:
        """Whether a message that is being deleted stays, as it may on a chaotic queue."""
        return False

    @property
    def is_fair(self) -> bool:
        """Whether it is a standard queue with messages that have a group."""
        return False

    def oldest(self, forgotten_at: int = 0) -> int | None:
        """When the oldest message came into it, of those that were received less than so many times (0: of all).

        O(1) for most queues, O(n) for one to which messages were moved.
        """
        oldest: int | None = None
        for messages in (self._arrivals, [message for _, _, message in self._late_arrivals]):
            for message in messages:
                if message.state == GONE or (forgotten_at and message.receive_count >= forgotten_at):
                    continue
                if oldest is None or message.arrival < oldest:
                    oldest = message.arrival
                if message.arrival == message.sent:
                    break
        return oldest

    def noisy_groups(self, now: int) -> list[str]:
        """The groups whose messages wait for those of others, by name: on a fair queue alone."""
        return []

    def poll(self, now: int, poll: Poll, wait_ns: int) -> Waiter:
        """Put a receive that found nothing in line, for ``wait_ns`` at the most. O(1)."""
        line = self._line
        if line is NOBODY:
            line = self._line = PollLine(self, self._world, ("ReceiveMessage", self.name), facts, dict)
        self._polls_so_far = number = self._polls_so_far + 1
        return line.join(now, poll, number, wait_ns)

    def offer(self, now: int) -> None:
        """Fill the polls in line with what is available, oldest first."""
        polls = self._line.polls
        while polls and not self._taking:
            poll = polls[0]
            if poll.waiter.done:
                polls.popleft()
                continue
            # It stays in line until it has its answer.
            taken = self.take(now, poll.maximum, poll.visibility_ns, poll)
            if not taken:
                break
            self._filled(now, poll, taken)
            self._line.fill(now, poll, taken, {"Messages": self.answer(taken, poll.selection)})
        if self.has_readers and not polls and not self._taking and self.source is not None:
            self.source.serve(now)
        self.watch()

    def has_ingested(self, effect: ToQueue) -> bool:
        """Whether the message of a delivery is here. O(n): asked only when a delivery was interrupted."""
        return any(message is effect.message for message in self.all_messages())

    def hold(self) -> None:
        """Serve nobody in line before the next ``offer``: for messages that come together, as those of a batch."""
        self.has_polls = False
        self._find_out_whether_plain()

    def end_polls(self) -> None:
        """The queue is gone: let every poll end empty."""
        self._line.end()
        self.watch()

    def purge(self, now: int) -> None:
        """Drop everything. O(n). Doing it again changes nothing."""
        for message in self.all_messages():
            message.state = GONE
        self._empty()
        self.purged_at = now

    def live_messages(self) -> list[Message]:
        """Every message in the queue, oldest first. O(n log n)."""
        return sorted(self.all_messages(), key=_sequence)

    def counts_at(self, now: int) -> tuple[int, int, int]:
        """How many messages are visible, delayed and in flight at ``now``; looks only, also without the lock.

        O(1) unless something has ended since the last call, then O(n).
        """
        if now < self._next_due and now < self._next_expiry:
            return self.size - self.delayed - self.in_flight, self.delayed, self.in_flight
        horizon = now - self.attributes.retention_seconds * SECOND
        late = {message for kept_from, _, message in list(self._late_arrivals) if kept_from > horizon}
        states = [
            VISIBLE if message.state != VISIBLE and message.due <= now else message.state
            for message in self.all_messages()
            if message.sent > horizon or message in late
        ]
        delayed, in_flight = states.count(DELAYED), states.count(IN_FLIGHT)
        return len(states) - delayed - in_flight, delayed, in_flight

    def watch(self) -> None:
        """Have the next time at which something may become available on the timeline, exactly while somebody waits.

        That is when a message becomes visible, or when one expires behind which others wait.
        """
        polls = self._line.polls
        while polls and polls[0].waiter.done:
            polls.popleft()
        has_polls = bool(polls) or self.has_readers
        if has_polls is not self.has_polls:
            self.has_polls = has_polls
            self._find_out_whether_plain()
        due = FOREVER
        if has_polls:
            due = self._next_due
            if self._next_expiry < due:
                due = self._next_expiry
        watched = self._watched
        if watched is not None:
            if watched.due == due:
                return
            self._world.timeline.cancel(watched)
            self._watched = None
        if due < FOREVER:
            self._watched = self._world.timeline.schedule(due, self._watched_due)

    def undelivered(self) -> list[Message]:
        """What was being delivered to somebody in line, and did not get there: known while the queue is mended."""
        messages = [*self._line.undelivered()]
        return messages if self.source is None else messages + self.source.undelivered()

    def mend(self, now: int) -> None:
        """The same; polls get an answer, or a time at which they will have it."""
        for message in self.undelivered():
            self.take_back(message)
        self._line.settled()
        if self.source is not None:
            self.source.settled()
        super().mend(now)
        self._line.mend()
        if self._watched is not None:
            self._world.timeline.cancel(self._watched)
            self._watched = None
        self.watch()
        if self.has_polls:
            self._world.timeline.schedule(now, self.offer)  # when all that is due before has happened

    def _watched_due(self, now: int) -> None:
        self._watched = None
        self.refresh(now)
        self.offer(now)
