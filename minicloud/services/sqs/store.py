"""The messages of a queue: what is in it and what is hidden. The part that standard and FIFO queues share.

A message is visible, delayed, in flight or gone. Delayed and in-flight messages are *hidden* until their ``due``; the
hidden ones lie in one ordered queue by that time. Nothing runs when a due time passes: the next call on the queue
*surfaces* what has become visible before it looks. Retention works the same way, over the messages in order of their
send times.

An entry of an ordered queue is a hint: it holds while the message's own state agrees and is stale otherwise. Deleting
and changing a timeout therefore touch the message alone, O(1); stale entries are dropped at the head, and all at once
when they outnumber the rest.

How the available messages are kept is what sets the two kinds of queue apart (``standard_queue``, ``fifo_queue``);
who waits for them is ``queue``'s affair. Neither may be asked about here, but through the methods that they have to
have. Nothing here refuses anything: who calls has checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heappush
from typing import Any, Protocol

from ...core.limits import Limits
from ...core.ordered import OrderedQueue
from ...core.timeline import FOREVER, SECOND
from ...core.world import Trace, World
from . import facts
from .attributes import QueueAttributes
from .message import DELAYED, GONE, IN_FLIGHT, TAKEN, VISIBLE, Message, Selection
from .retention import SLACK, Retention

__all__ = ["HANDLE_PREFIX_LENGTH", "MessageStore"]

HANDLE_PREFIX_LENGTH = 48  # of the beginning of a receipt handle that tells the queue

_WORTH_EMPTYING = 1_000  # so many messages after the last time


class TakesMessages(Protocol):
    """Whoever messages are taken for."""

    taken: list[Message]


Mover = Callable[[Any, int, Message], bool]
"""Moves a message of a queue, its first argument, to the dead-letter queue; false when there is none (any more)."""


def _is_hidden(entry: tuple[int, int, Message]) -> bool:
    due, _, message = entry
    return message.due == due and message.state in (DELAYED, IN_FLIGHT)


def _is_in_flight(entry: tuple[int, int, Message]) -> bool:
    due, _, message = entry
    return message.due == due and message.state == IN_FLIGHT


class MessageStore(Retention):
    """Messages, and their ways from one state to another."""

    __slots__ = (
        "_came_meanwhile",
        "_empty_at",
        "_hidden",
        "_next_due",
        "_taking",
        "arn",
        "delayed",
        "handle_prefix",
        "handles",
        "in_flight",
        "in_flight_limit",
        "max_receive_count",
        "move_to_dead_letter_queue",
        "turns",
    )

    arn: str
    orders_by_turn = False
    """Whether its messages have to tell since when they are visible, and their turn."""

    def __init__(self, name: str, attributes: QueueAttributes, now: int, world: World, token: str) -> None:
        self.name = name
        self.attributes = attributes
        self.move_to_dead_letter_queue: Mover | None = None
        """Set while a redrive policy is in force."""
        self.max_receive_count = 0
        self.in_flight_limit = self._in_flight_limit(world.limits)
        """How many messages may be in flight at once."""
        self.sequence = 0
        """The place of the latest message in the queue's order."""
        self._empty_at = _WORTH_EMPTYING
        self.has_polls = False
        """Whether somebody waits for a message."""
        self.turns = 0
        """How many messages calls have released: who is released later at the same moment comes later."""
        self._world = world
        self.handle_prefix = f"AQEB{token}"
        """What its receipt handles begin with, and no other queue's."""
        self.handles: dict[str, Message] = {}
        """The messages by the handles under which they were delivered, as long as they are here."""
        self._latest = now
        """The latest send time, but for those that went the plain way since."""
        self._plain_since = FOREVER
        """When the latest send was, if the next one may go the plain way; FOREVER if not."""
        self._taking = False
        """A receive is taking messages."""
        self._came_meanwhile: list[Message] = []
        """What it moved to a dead-letter queue and came back: the queue is its own, or two are each other's."""
        self._empty()

    def _empty(self) -> None:
        self.handles.clear()
        self.departed = self.sequence
        """How many messages have left the queue."""
        self.delayed = 0
        self.in_flight = 0
        self._hidden: OrderedQueue[tuple[int, int, Message]] = OrderedQueue()
        self._next_due = FOREVER
        self._start_aging()

    # --- who waits ---------------------------------------------------------------------------------------------------

    def offer(self, now: int) -> None:
        """Something may have become available: fill the polls in line."""
        raise NotImplementedError

    def watch(self) -> None:
        """The next due time has changed."""
        raise NotImplementedError

    # --- who may receive ---------------------------------------------------------------------------------------------

    def judge_receive(self, trace: Trace, now: int) -> None:
        """Tell if AWS would refuse a receive by the queue's policy."""
        raise NotImplementedError

    # --- what the kinds of queue differ in --------------------------------------------------------------------------

    def _in_flight_limit(self, limits: Limits) -> int:
        """How many messages may be in flight at once."""
        raise NotImplementedError

    def _make_available(self, message: Message) -> None:
        """Let a message that was taken out be received again."""
        raise NotImplementedError

    def _matured(self, message: Message) -> None:
        """Let a message whose delay is over be received."""
        raise NotImplementedError

    def _take(self) -> Message | None:
        """Take out the next message that may be received; None when there is none."""
        raise NotImplementedError

    def _arrived(self, message: Message) -> None:
        """A message has been put into the queue, visible or delayed."""
        raise NotImplementedError

    def _removed(self, message: Message) -> None:
        """A message has left the queue."""
        raise NotImplementedError

    def _removed_all(self, messages: list[Message]) -> None:
        """Some messages, one at least, have left the queue."""
        raise NotImplementedError

    def _emptied(self) -> None:
        """The last message has left: let go of the tables of dicts, which would stay as large as they ever were."""
        self._empty_at = self.sequence + _WORTH_EMPTYING
        self.handles.clear()

    # --- sending ----------------------------------------------------------------------------------------------------

    def put(self, now: int, message: Message, delay_ns: int = 0) -> None:
        """Put a message into the queue, hidden for ``delay_ns``. O(1) amortised.

        It is in the queue from the moment on at which it is among the arrivals, so it has to be whole before.
        """
        if delay_ns:
            message.state = DELAYED
            if self.orders_by_turn:
                message.visible_since, message.turn = now + delay_ns, 0
            self.delayed += 1
            self._hide(message, now + delay_ns)
        kept_from = message.sent
        latest = self._plain_since
        is_plain = latest != FOREVER
        if not is_plain:
            latest = self._latest
        if kept_from < latest:
            # The clock was put back (freezegun): the message shows that time, but its retention counts as for others,
            # or it would be gone as soon as the clock is right again.
            if kept_from == now:
                kept_from = latest
            heappush(self._late_arrivals, (kept_from, message.sequence, message))
            self._will_expire(kept_from)
        else:
            if is_plain:
                self._plain_since = kept_from
            else:
                self._latest = kept_from
                if not self._arrivals:  # or an older one expires first
                    self._will_expire(kept_from)
                    self._find_out_whether_plain()
            self._arrivals.append(message)
        if self._taking:
            self._came_meanwhile.append(message)
            return
        self._arrived(message)
        if self.has_polls:
            self.offer(now)

    # --- receiving --------------------------------------------------------------------------------------------------

    def answer(self, messages: list[Message], selection: Selection | None) -> list[dict[str, Any]]:
        """The messages as a ReceiveMessage shows them."""
        answers = []
        for message in messages:
            answer: dict[str, Any] = {
                "MessageId": message.message_id,
                "ReceiptHandle": message.handles if message.receive_count == 1 else message.handle,
                "MD5OfBody": message.digest.hex(),
                "Body": message.body,
            }
            if selection is not None:
                selection.decorate(message, answer)
            answers.append(answer)
        return answers

    def take_one(self, now: int) -> Message | None:
        """Take out the next available message without delivering it: for a move task. ``put_back`` undoes it."""
        self.refresh(now)
        return self._take()

    def put_back(self, message: Message) -> None:
        """Undo ``take_one``."""
        self._make_available(message)

    def take(
        self, now: int, maximum: int, visibility_ns: int | None, poll: TakesMessages | None = None
    ) -> list[Message]:
        """Take up to ``maximum`` messages for a delivery, moving those to the dead-letter queue that had enough.

        O(messages delivered) on a standard queue, O(log groups) more on a FIFO queue.
        A ``poll`` knows from the beginning what is taken for it.
        """
        if now >= self._next_expiry:
            self.expire(now)
        if now >= self._next_due:
            self.surface(now)
        room = self.in_flight_limit - self.in_flight
        if room < maximum:
            maximum = room
        if visibility_ns is None:
            visibility_ns = self.attributes.visibility_seconds * SECOND
        taken = self._pick(now, maximum)
        if poll is not None:
            poll.taken = taken
        if not taken:
            return taken
        # One loop without calls: delivering is half of what a receive costs.
        due = now + visibility_ns
        handles = self.handles
        run = self._hidden.run
        world = self._world
        trace = world.trace
        receiver = world.receiver.who
        for message in taken:
            message.receive_count = count = message.receive_count + 1
            if not message.first_received:
                message.first_received = now
            message.received_at = now
            message.receiver = receiver
            # Delivered in one step with its count, before anything that can be interrupted.
            message.state = IN_FLIGHT
            message.due = due
            handle = f"{self.handle_prefix}{message.sequence}/{count}="
            earlier = message.handles
            if earlier is None:
                message.handles = handle
            elif isinstance(earlier, list):
                earlier.append(handle)
            else:
                message.handles = [earlier, handle]
            handles[handle] = message
            if trace is not None:
                if visibility_ns:
                    facts.received(trace, now, self, message, visibility_ns)
                else:
                    facts.received_and_visible(trace, now, self, message, self.moves_to(message))
                if self.attributes.policy is not None:
                    self.judge_receive(trace, now)
            if visibility_ns:
                entry = (due, message.sequence, message)
                if run and entry < run[-1]:
                    self._hidden.push(entry)
                else:
                    run.append(entry)
            else:
                message.state = VISIBLE
                self.turns = turn = self.turns + 1
                if self.orders_by_turn:
                    message.visible_since, message.turn = now, turn
                self._make_available(message)
        if visibility_ns:
            self.in_flight += len(taken)
            if due < self._next_due:
                self._next_due = due
                if self.has_polls:
                    self.watch()
        return taken

    def _pick(self, now: int, maximum: int) -> list[Message]:
        """Take out up to ``maximum`` available messages; those that had enough go to the dead-letter queue."""
        return self._pick_by(now, maximum, self._take)

    def _pick_by(self, now: int, maximum: int, take: Callable[[], Message | None]) -> list[Message]:
        """The same; ``take`` takes out the next available message.

        Each message moves once: what comes back is for the next receive, or this one might never end.
        """
        taken: list[Message] = []
        limit, move = self.max_receive_count, self.move_to_dead_letter_queue
        self._taking = True
        while len(taken) < maximum:
            message = take()
            if message is None:
                break
            if limit and message.receive_count >= limit and move is not None and move(self, now, message):
                continue
            message.state = TAKEN
            taken.append(message)
        self._taking = False
        if self._came_meanwhile:
            came, self._came_meanwhile = self._came_meanwhile, []
            for message in came:
                self._arrived(message)
        return taken

    # --- for observers -----------------------------------------------------------------------------------------------

    def moves_to(self, message: Message) -> str | None:
        """The name of the queue to which the next receive moves a message that was received too often. O(1)."""
        limit, policy = self.max_receive_count, self.attributes.redrive
        if not limit or message.receive_count < limit or policy is None or policy.target_arn not in self._world.sinks:
            return None
        return policy.target_arn.rpartition(":")[2]

    def awaited(self) -> tuple[Message, int] | None:
        """The hidden message that will be visible first, and how many of its group wait for it. O(1) amortised."""
        message = self.next_hidden()
        return None if message is None else (message, self._behind(message))

    def _behind(self, message: Message) -> int:
        """How many messages wait for one that is hidden."""
        return 0

    # --- hiding and surfacing ---------------------------------------------------------------------------------------

    def _hide(self, message: Message, due: int) -> None:
        """Have a message that is delayed or in flight visible at ``due``, and not before."""
        message.due = due
        self._hidden.push((due, message.sequence, message))
        if due < self._next_due:
            self._next_due = due
            if self.has_polls:
                self.watch()

    def surface(self, now: int) -> None:
        """Make visible what was hidden until now. O(1) amortised per message."""
        hidden = self._hidden
        trace = self._world.trace
        for due, _, message in hidden.pop_until(now):
            if message.due == due and message.state in (DELAYED, IN_FLIGHT):
                if trace is not None:
                    was_delayed = message.state == DELAYED
                    moves_to = self.moves_to(message)
                    facts.visible(trace, due, self, message, was_delayed=was_delayed, moves_to=moves_to)
                self._show(message, due)
        while (entry := hidden.head()) is not None and not _is_hidden(entry):
            hidden.pop()
        self._next_due = FOREVER if entry is None else entry[0]

    def flights(self, until: int) -> list[Message]:
        """The messages in flight that are visible again by ``until``, in that order. O(as many) in the usual case."""
        entries = self._hidden.until(until, _is_in_flight) if self._next_due <= until else []
        return [message for _, _, message in entries]

    def next_hidden(self) -> Message | None:
        """The one that becomes visible next, of those that are hidden. O(1) amortised."""
        hidden = self._hidden
        while (entry := hidden.head()) is not None and not _is_hidden(entry):
            hidden.pop()
        return None if entry is None else entry[2]

    def _show(self, message: Message, now: int, turn: int = 0) -> None:
        """Turn a hidden message visible."""
        was_delayed = message.state == DELAYED
        message.state = VISIBLE
        if self.orders_by_turn:
            message.visible_since, message.turn = now, turn
        if was_delayed:
            self.delayed -= 1
            self._matured(message)
        else:
            self.in_flight -= 1
            self._make_available(message)

    def change_visibility(self, now: int, message: Message, visibility_ns: int) -> None:
        """Hide a message in flight for ``visibility_ns`` from now, or show it at once for 0. O(1) amortised."""
        if visibility_ns > 0:
            self._hide(message, now + visibility_ns)
            self._prune_hidden()
        elif message.state == IN_FLIGHT:
            self.turns += 1
            self._show(message, now, self.turns)
            self._prune_hidden()
        if self.has_polls:
            self.offer(now)

    def _prune_hidden(self) -> None:
        run = self._hidden.run
        while run:
            due, _, message = run[0]
            if message.due == due and message.state in (IN_FLIGHT, DELAYED):
                break
            run.popleft()
        if len(run) + len(self._hidden.rest) > 2 * (self.delayed + self.in_flight) + SLACK:
            self._hidden.keep(_is_hidden)

    # --- leaving ----------------------------------------------------------------------------------------------------

    def issued(self, handle: str) -> bool:
        """Whether a handle has the form of this queue's handles."""
        return handle.startswith(self.handle_prefix) and handle.endswith("=")

    def remove(self, message: Message) -> None:
        """Take a message out of the queue for good. O(1) amortised."""
        state = message.state
        if state == IN_FLIGHT:
            self.in_flight -= 1
        elif state == DELAYED:
            self.delayed -= 1
        message.state = GONE
        self.departed += 1
        handles = message.handles
        if type(handles) is str:
            self.handles.pop(handles, None)
        else:
            for handle in handles or ():
                self.handles.pop(handle, None)
        self._removed(message)
        if not self.size and self.sequence > self._empty_at:
            self._emptied()
        if state == IN_FLIGHT:
            run, rest = self._hidden.run, self._hidden.rest
            if run and run[0][2] is message:
                run.popleft()
            if len(run) + len(rest) > self.delayed + self.in_flight:
                self._prune_hidden()
        # As `_prune_arrivals` does; deleted in order, messages leave nothing stale behind, and no call is needed.
        arrivals = self._arrivals
        while arrivals and arrivals[0].state == GONE:
            arrivals.popleft()
        if len(arrivals) + len(self._late_arrivals) > 2 * self.size + SLACK:
            self._prune_arrivals()

    def _left(self, message: Message, handle: str) -> None:
        """A message that was in flight, and had this handle alone, has gone: what plain deletes have in common."""
        self.in_flight -= 1
        self.departed = departed = self.departed + 1
        size = self.sequence - departed
        del self.handles[handle]
        # Deleted in order, messages leave nothing stale behind.
        hidden = self._hidden
        run = hidden.run
        if run and run[0][2] is message:
            run.popleft()
        elif len(run) + len(hidden.rest) > self.delayed + self.in_flight:
            self._prune_hidden()
        arrivals = self._arrivals
        if arrivals and arrivals[0] is message:
            arrivals.popleft()
            if arrivals and arrivals[0].state == GONE:
                self._prune_arrivals()
        elif len(arrivals) + len(self._late_arrivals) > 2 * size + SLACK:
            self._prune_arrivals()
        if not size and self.sequence > self._empty_at:
            self._emptied()

    def remove_all(self, messages: Iterable[Message]) -> None:
        """The same for many messages; some may be gone already, or be the same."""
        # A loop of its own, for one by one they would take 0.4 µs more each, in a batch that takes 1.0 µs each
        # (CPython 3.13).
        pop = self.handles.pop
        removed = []
        for message in messages:
            state = message.state
            if state == GONE:
                continue
            if state == IN_FLIGHT:
                self.in_flight -= 1
            elif state == DELAYED:
                self.delayed -= 1
            message.state = GONE
            handles = message.handles
            if type(handles) is str:
                pop(handles, None)
            else:
                for handle in handles or ():
                    pop(handle, None)
            removed.append(message)
        if removed:
            self.departed += len(removed)
            self._removed_all(removed)
            if not self.size and self.sequence > self._empty_at:
                self._emptied()
            run = self._hidden.run
            while run and run[0][2].state == GONE:
                run.popleft()
            if len(run) + len(self._hidden.rest) > self.delayed + self.in_flight:
                self._prune_hidden()
            arrivals = self._arrivals
            while arrivals and arrivals[0].state == GONE:
                arrivals.popleft()
            if len(arrivals) + len(self._late_arrivals) > 2 * self.size + SLACK:
                self._prune_arrivals()

    def refresh(self, now: int) -> None:
        """Bring the counters up to ``now``."""
        if now >= self._next_expiry:
            self.expire(now)
        if now >= self._next_due:
            self.surface(now)

    def attributes_changed(self, now: int) -> None:
        """The queue's attributes have been replaced."""
        self._next_expiry = 0
        self.refresh(now)
