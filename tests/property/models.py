"""What a queue should do, said as plainly as it goes: one list of messages, loops over all of it, no cleverness.

Times are milliseconds of the cloud's clock, counted from its start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

DEDUPLICATION = 300_000
PURGE = 60_000
LONGEST_VISIBILITY = 43_200_000


@dataclass(eq=False)
class Message:
    message_id: str
    body: str
    sent: int
    place: int
    """Its place in the order of the queue."""
    group: str | None = None
    sequence_number: str | None = None
    hidden_until: int | None = None
    """Until when it is delayed or in flight; None when it is visible."""
    delayed: bool = False
    visible_since: int = 0
    turn: int = 0
    """Its turn among those that are visible since the same moment: calls have an order even when no time passes."""
    count: int = 0
    first_received: int | None = None
    received_at: int = 0
    handles: list[str] = field(default_factory=list)
    is_answered: bool = False
    """Whether the handle of its latest receive is among them."""
    source: str | None = None
    kept_from: int = 0
    """Since when its retention counts in this queue."""

    @property
    def state(self) -> str:
        return "visible" if self.hidden_until is None else "delayed" if self.delayed else "in_flight"


@dataclass(eq=False)
class Poll:
    maximum: int
    visibility: int | None
    deadline: int
    attempt: str | None = None
    answer: list[Message] | None = None
    counts: list[int] = field(default_factory=list)
    """Of each message of the answer, which of its deliveries this is."""
    done_at: int = 0
    repeats: bool = False
    """Whether the answer is that of an earlier receive."""

    def end(self, now: int, taken: list[Message]) -> None:
        self.answer, self.counts, self.done_at = taken, [message.count for message in taken], now


class QueueModel:
    fifo = False

    def __init__(self, name: str, in_flight_limit: int = 120_000) -> None:
        self.name = name
        self.in_flight_limit = in_flight_limit
        self.look_ahead = 120_000
        self.visibility, self.delay, self.retention = 30_000, 0, 345_600_000
        self.max_receives = 0
        self.dead_letters: QueueModel | None = None
        self.messages: list[Message] = []
        self.polls: list[Poll] = []
        self.purged_at: int | None = None
        self.places = 0
        self.turns = 0
        self.latest = 0
        """The latest send time so far."""

    # --- looking ------------------------------------------------------------------------------------------------------

    def count(self, state: str) -> int:
        return sum(message.state == state for message in self.messages)

    def available(self, but: Sequence[Message] = ()) -> list[Message]:
        """What a receive may take, in the order in which it does: the oldest first. It is done with some already."""
        return [message for message in self.messages if message.state == "visible" and message not in but]

    def find(self, handle: str) -> Message | None:
        return next((message for message in self.messages if handle in message.handles), None)

    # --- time ---------------------------------------------------------------------------------------------------------

    def refresh(self, now: int) -> None:
        self.messages = [message for message in self.messages if message.kept_from + self.retention > now]
        for message in self.messages:
            if message.hidden_until is not None and message.hidden_until <= now:
                message.visible_since, message.turn = message.hidden_until, 0
                message.hidden_until, message.delayed = None, False

    def next_time(self) -> int:
        """When something happens next while somebody waits."""
        return min(self.ends() + [poll.deadline for poll in self.polls])

    def ends(self) -> list[int]:
        """The moments at which messages become visible or expire."""
        visible = [message.hidden_until for message in self.messages if message.hidden_until is not None]
        return visible + [message.kept_from + self.retention for message in self.messages]

    def step(self, now: int) -> None:
        """Let happen what happens at ``now``: what becomes available at a poll's deadline is still in time."""
        self.refresh(now)
        self.offer(now)
        while self.polls and (poll := min(self.polls, key=lambda poll: poll.deadline)).deadline <= now:
            self.polls.remove(poll)
            poll.end(now, [])

    def advance(self, to: int) -> None:
        while self.polls and (time := self.next_time()) <= to:
            self.step(time)
        self.refresh(to)

    # --- calls --------------------------------------------------------------------------------------------------------

    def add(self, now: int, message: Message, delay: int = 0) -> None:
        """The newest message of the queue."""
        self.places += 1
        message.place, message.visible_since, message.turn = self.places, now + delay, 0 if delay else self.turns
        if delay:
            message.hidden_until, message.delayed = now + delay, True
        # Where the clock was put back, retention counts as if it stood still until time has caught up.
        message.kept_from = max(message.sent, self.latest) if message.sent == now else message.sent
        self.latest = max(self.latest, message.sent)
        self.messages.append(message)

    def send(self, now: int, message: Message, delay: int) -> None:
        self.add(now, message, delay)
        self.offer(now)

    def receive(
        self, now: int, maximum: int, visibility: int | None, attempt: str | None = None
    ) -> tuple[list[Message], bool]:
        """The messages, and whether they are those of an earlier receive once more."""
        return self.take(now, maximum, visibility, attempt), False

    def take(self, now: int, maximum: int, visibility: int | None, attempt: str | None = None) -> list[Message]:
        return self.take_some(now, maximum, visibility)

    def take_some(
        self, now: int, maximum: int, visibility: int | None, most_moved: int = 1000, most_taken: int = 1000
    ) -> list[Message]:
        """A receive that is interrupted has moved so many messages, and delivered so many."""
        self.refresh(now)
        maximum = min(maximum, self.in_flight_limit - self.count("in_flight"))
        taken: list[Message] = []
        moved: list[Message] = []
        group: str | None = None
        while len(taken) < maximum and (left := self.available([*taken, *moved])):
            # One group as far as it goes, then the next.
            message = next((one for one in left if self.fifo and one.group == group), left[0])
            group = message.group
            if self.max_receives and message.count >= self.max_receives:
                if len(moved) == most_moved:
                    break
                self.move(now, message)
                moved.append(message)
                others = [one for one in self.messages[: self.look_ahead - 1] if one not in moved]
                if group not in [one.group for one in others]:
                    group = None
            else:
                taken.append(message)
        taken = taken[:most_taken]
        for message in taken:
            message.count += 1
            message.is_answered = False
            message.first_received = now if message.first_received is None else message.first_received
            message.received_at = now
            self.hide(now, message, self.visibility if visibility is None else visibility)
        return taken

    def move(self, now: int, message: Message) -> None:
        """To the dead-letter queue: the count goes on, the handles are of no use any more."""
        assert self.dead_letters is not None
        self.messages.remove(message)
        message.handles = []
        message.source = self.name
        if self.dead_letters.fifo:
            message.sent, message.sequence_number = now, None
        self.dead_letters.add(now, message)

    def hide(self, now: int, message: Message, visibility: int) -> None:
        message.hidden_until = now + visibility if visibility else None
        if not visibility:
            self.turns += 1
            message.visible_since, message.turn = now, self.turns

    def poll(self, now: int, maximum: int, visibility: int | None, wait: int, attempt: str | None = None) -> Poll:
        """A receive that waits for something, and nobody else does anything meanwhile."""
        poll = self.join(now, maximum, visibility, wait, attempt)
        while poll.answer is None:
            self.step(self.next_time())
        return poll

    def join(self, now: int, maximum: int, visibility: int | None, wait: int, attempt: str | None = None) -> Poll:
        """A receive that gets in line unless there is something."""
        poll = Poll(maximum, visibility, now + wait, attempt)
        taken, poll.repeats = self.receive(now, maximum, visibility, attempt)
        if taken:
            poll.end(now, taken)
        else:
            self.polls.append(poll)
        return poll

    def offer(self, now: int) -> None:
        """Give what is available to those who wait, the first in line first."""
        while self.polls:
            taken = self.take(now, self.polls[0].maximum, self.polls[0].visibility, self.polls[0].attempt)
            if not taken:
                return
            self.polls.pop(0).end(now, taken)

    def delete(self, now: int, handle: str) -> bool:
        """False when it is refused."""
        self.refresh(now)
        message = self.find(handle)
        if message is not None:
            if self.fifo and not self.is_current(message, handle):
                return False
            self.messages.remove(message)
            self.offer(now)
        return True

    def change_visibility(self, now: int, handle: str, visibility: int) -> bool:
        """False when it is refused."""
        self.refresh(now)
        message = self.find(handle)
        if message is None or (self.fifo and not self.is_current(message, handle)):
            return False
        if message.state == "visible":
            return True
        if now - message.received_at + visibility >= LONGEST_VISIBILITY:
            return False
        self.hide(now, message, visibility)
        self.offer(now)
        return True

    def set_retention(self, now: int, retention: int) -> None:
        self.refresh(now)
        self.retention = retention
        self.refresh(now)
        self.offer(now)

    def set_delay(self, now: int, delay: int) -> None:
        """Holds for what is sent from now on."""
        self.delay = delay

    def is_current(self, message: Message, handle: str) -> bool:
        # Whoever has been handed the message and has not run since has a later handle, which nobody knows yet.
        return message.state == "in_flight" and message.is_answered and message.handles[-1] == handle

    def purge(self, now: int) -> bool:
        if self.purged_at is not None and now - self.purged_at < PURGE:
            return False
        self.purged_at = now
        self.messages.clear()
        return True

    def cancel(self, now: int, poll: Poll) -> None:
        """A poll's caller is gone. If the poll has its answer already, that delivery never happened."""
        if poll.answer is None:
            self.polls.remove(poll)
            return
        for message, count in zip(poll.answer, poll.counts, strict=True):
            if message in self.messages and message.count == count:
                message.count -= 1
                message.hidden_until = None
                message.first_received = message.first_received if message.count else None
        self.offer(now)


class FifoModel(QueueModel):
    fifo = True

    def __init__(
        self, name: str, in_flight_limit: int = 120_000, *, scope: str = "queue", look_ahead: int = 120_000
    ) -> None:
        super().__init__(name, in_flight_limit)
        self.look_ahead = look_ahead
        self.scope = scope
        self.accepted: dict[tuple[str | None, str], tuple[int, tuple[str, str]]] = {}
        """When an id was accepted, and the message id and sequence number of that send."""
        self.attempts: dict[str, tuple[int, int, list[tuple[Message, int, int | None]]]] = {}
        """Of receives with an id: when, for how long they hid what, each with its count and until when it is hidden."""

    def receive(
        self, now: int, maximum: int, visibility: int | None, attempt: str | None = None
    ) -> tuple[list[Message], bool]:
        """With the id of an earlier receive the same once more, while all that it got is in flight and untouched."""
        self.refresh(now)
        if attempt in self.attempts:
            at, hidden_for, taken = self.attempts[attempt]
            left = [one for one, count, until in taken if one.count == count and one.hidden_until == until]
            if now - at < DEDUPLICATION and len(left) == len(taken) and all(one in self.messages for one in left):
                for one in left:
                    self.hide(now, one, hidden_for)
                self.attempts[attempt] = at, hidden_for, [(one, one.count, one.hidden_until) for one in left]
                return left, True
        return super().receive(now, maximum, visibility, attempt)

    def take(self, now: int, maximum: int, visibility: int | None, attempt: str | None = None) -> list[Message]:
        taken = super().take(now, maximum, visibility)
        hidden_for = self.visibility if visibility is None else visibility
        if attempt is not None and taken and hidden_for:
            self.attempts[attempt] = now, hidden_for, [(one, one.count, one.hidden_until) for one in taken]
        return taken

    def available(self, but: Sequence[Message] = ()) -> list[Message]:
        """Of each group what comes before its first hidden message; the group whose head waits longest first.

        The messages of the queue are looked at only so far.
        """
        runs = []
        by_group = sorted(self.messages[: self.look_ahead], key=lambda message: (message.group, message.place))
        for _, messages in groupby(by_group, key=lambda message: message.group):
            run: list[Message] = []
            for message in messages:
                if message.state != "visible":
                    break
                if message not in but:
                    run.append(message)
            if run:
                runs.append(run)
        runs.sort(key=lambda run: (run[0].visible_since, run[0].turn, run[0].place))
        return [message for run in runs for message in run]

    def original(self, now: int, group: str, deduplication_id: str) -> tuple[str, str] | None:
        """The identity of what a send would duplicate."""
        at, identity = self.accepted.get(self.key(group, deduplication_id), (0, None))
        return identity if now - at < DEDUPLICATION else None

    def accept(self, now: int, message: Message, deduplication_id: str) -> None:
        assert message.group is not None
        assert message.sequence_number is not None
        key = self.key(message.group, deduplication_id)
        self.accepted[key] = now, (message.message_id, message.sequence_number)
        self.send(now, message, self.delay)

    def key(self, group: str, deduplication_id: str) -> tuple[str | None, str]:
        return (group if self.scope == "messageGroup" else None), deduplication_id

    def set_delay(self, now: int, delay: int) -> None:
        """A FIFO queue's delay works back on what was never received."""
        self.refresh(now)
        if delay == self.delay:
            return
        self.delay = delay
        for message in self.messages:
            due = message.sent + delay
            if message.count == 0 and message.state != "in_flight" and (message.delayed or due > now):
                message.hidden_until, message.delayed, message.visible_since, message.turn = due, True, due, 0
        self.refresh(now)
        self.offer(now)

    def purge(self, now: int) -> bool:
        if super().purge(now):
            self.accepted.clear()
            self.attempts.clear()
            return True
        return False
