"""A FIFO queue: groups, their locks, and the memory of deduplication.

Within a group messages keep their send order, and a message can be received iff it is visible and no earlier message
of its group is in flight or still delayed. So a group needs three things: the messages never received, in order; those
that came back (all older than the former, for a group is received in order); and those in flight, of which only the
oldest matters. Its head is the older of the two first, unless it is delayed or the oldest in flight is older still.

Groups that have a head wait in one ordered queue, the one whose head has been visible longest first. A receive takes
from the first group as far as it goes, then from the next; what it takes does not lock the group against itself, so
one receive may return many messages of one group.

A receive looks only at a window of the oldest messages, a great number of them: what lies *beyond* comes into a group
when one of those has left the queue. So a long backlog of one group hides other groups behind it, as on AWS.

Deduplication remembers ids from the moment of acceptance for five minutes, whatever becomes of the message.

Only what sets a FIFO queue apart is here. The states of messages, their timeouts and retention and the polls are the
same for both kinds of queue, and belong to ``store``, ``retention`` and ``queue``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable
from heapq import heappush
from typing import TypeAlias

from ...core.deduplication import WINDOW, Deduplication
from ...core.limits import Limits
from ...core.md5 import md5
from ...core.notes import STRICT
from ...core.ordered import OrderedQueue
from ...core.rates import CallRates
from ...core.timeline import SECOND
from ...core.unset import UNSET
from . import errors, facts
from .message import DELAYED, GONE, IN_FLIGHT, VISIBLE, GroupedMessage, Message
from .message_content import FORBIDDEN_CONTROLS_CHANGED, PlainAttributes, check_body, is_valid_id
from .message_group import LOCKING, Group
from .queue import Poll, Queue, Sender
from .retention import SLACK
from .shapes import SendMessageResult

__all__ = ["SEQUENCE_STEP", "FifoQueue"]

SEQUENCE_STEP = 256
"""How far the sequence numbers of two sends are apart."""

_CHANGE_OF_SCOPE = 60 * SECOND
"""How long after its change the scope of deduplication is the former one."""


Accepted: TypeAlias = tuple[int, str, int, str | None]
"""When something was sent, its message id, sequence number and group.

As little as can be, for it stays five minutes: memory that is new to the process is what a FIFO send pays most for. The
number takes half of the memory that its text does, which only a duplicate needs.
"""


class _Attempt:
    """A receive with a ReceiveRequestAttemptId: which messages it got, under which handles, until when."""

    __slots__ = ("taken", "visibility_ns")

    def __init__(self, messages: list[Message], visibility_ns: int) -> None:
        self.visibility_ns = visibility_ns
        self.hidden(messages)

    def hidden(self, messages: list[Message]) -> None:
        """Keep the messages, each with its handle and the end of its visibility timeout as it is now."""
        self.taken = [(message, message.handle, message.due) for message in messages]


class FifoQueue(Queue):
    """Exactly once inside the deduplication window, in order inside a group."""

    # fmt: off
    __slots__ = (
        "_attempts", "_beyond", "_beyond_size", "_current", "_delay_seconds", "_groups", "_look_ahead",
        "_rates", "_ready", "_scope", "accepted", "last_sent", "scope_changed_at",
    )
    # fmt: on

    is_fifo = True
    orders_by_turn = True

    def _in_flight_limit(self, limits: Limits) -> int:
        return limits.sqs_in_flight_fifo

    def _empty(self) -> None:
        super()._empty()
        self._groups: dict[str | None, Group] = {}
        """By their ids, which all messages of a FIFO queue have."""
        self._ready: OrderedQueue[tuple[tuple[int, int, int], Group]] = OrderedQueue()
        self._current: Group | None = None
        self._look_ahead = self._world.limits.sqs_fifo_look_ahead
        """The size of the window: how many messages are in groups, the oldest ones."""
        self._beyond: deque[Message] = deque()
        """Those beyond the window, in order; the first one is not gone."""
        self._beyond_size = 0
        """How many of them are not gone."""
        self.accepted: Deduplication[Accepted] = Deduplication()
        """The sends of the last five minutes."""
        self.last_sent: Message | None = None
        """What was sent last, also if that was interrupted before it was remembered."""
        self._delay_seconds = self.attributes.delay_seconds
        """The delay that all messages have which were never received."""
        self._scope = self.attributes.deduplication_scope
        """The scope that was last set."""
        self.scope_changed_at: int | None = None
        """When the scope of deduplication was changed; None when that is long ago."""
        self._attempts: Deduplication[tuple[int, _Attempt]] = Deduplication()
        self._rates = CallRates()

    def _rearrange(self, messages: list[Message]) -> None:
        window, beyond = messages[: self._look_ahead], messages[self._look_ahead :]
        self._groups = {}
        self._ready = OrderedQueue()
        self._current = None
        for message in messages:
            if message.state == VISIBLE and not hasattr(message, "visible_since"):  # it has just come
                message.visible_since, message.turn = message.sent, self.turns
        for message in window:
            group = self._groups.setdefault(message.group_id, Group(message.group_id))
            group.size += 1
            entry = (message.sequence, message)
            if message.state == IN_FLIGHT:
                group.locked.append(entry)
            else:
                # Also what was never received: all that will be put into the group is younger.
                group.returned.append(entry)
        self._beyond, self._beyond_size = deque(beyond), len(beyond)
        for group in self._groups.values():
            self._activate(group)
        self._attempts.mend()
        self.accepted.mend()
        sent = self.last_sent
        if sent is not None and any(message is sent for message in messages):
            key, earlier = self.find_after_change(sent.sent, sent.group_id, sent.deduplication_id or "")
            if earlier is None:
                self.accepted.remember(key, (sent.sent, sent.message_id, int(sent.sequence_number or 0), sent.group_id))
                self.accepted.mend()

    # --- for observers -----------------------------------------------------------------------------------------------

    def _behind(self, message: Message) -> int:
        group = self._groups.get(message.group_id)
        if group is None:
            return 0
        return group.size - sum(other.state in LOCKING for _, other in group.locked)

    # --- rates ------------------------------------------------------------------------------------------------------

    def throttle(self, now: int, action: str) -> None:
        """Count a call of an action; raises RequestThrottled beyond the quota of a second. O(1).

        A queue with high throughput (both attributes set) has none. [SQS developer guide: FIFO queue quotas]
        """
        if self.attributes.fifo_throughput_limit == "perMessageGroupId":
            return
        if not self._rates.admit(now, action, self._world.limits.sqs_fifo_calls_per_second):
            raise errors.request_throttled().noting(STRICT)

    # --- deduplication ----------------------------------------------------------------------------------------------

    _former_scope = ""

    def _change_scope(self, now: int) -> None:
        scope = self.attributes.deduplication_scope
        if scope != self._scope:
            if self.scope_changed_at is None or now - self.scope_changed_at >= _CHANGE_OF_SCOPE:
                self._former_scope = self._scope
            self._scope, self.scope_changed_at = scope, now
        self._find_out_whether_plain()

    def find_after_change(
        self, now: int, group_id: str | None, deduplication_id: str
    ) -> tuple[Hashable, Accepted | None]:
        """The key of a send, and the send that it duplicates, while a change of the scope matters. O(1).

        For a minute the former scope goes on deciding, for new ids, too. [seen on AWS, 2025; the minute: SQS API,
        SetQueueAttributes] From then on the new one, and an id from before is still one of its own group.
        """
        since = now - (self.scope_changed_at or 0)
        scope = self._former_scope if since < _CHANGE_OF_SCOPE else self._scope
        in_group = (group_id, deduplication_id)
        key, other = (in_group, deduplication_id) if scope == "messageGroup" else (deduplication_id, in_group)
        earlier = self.accepted.find(now, key)
        if earlier is None and since >= _CHANGE_OF_SCOPE:
            found = self.accepted.find(now, other)
            if found is not None and found[3] == group_id:
                earlier = found
            if since >= _CHANGE_OF_SCOPE + WINDOW:
                self.scope_changed_at = None
                self._find_out_whether_plain()
        return key, earlier

    def _settings_are_plain(self) -> bool:
        return not (self.attributes.delay_seconds or self.scope_changed_at is not None or self._world.limits.rates)

    # --- the plain ways ---------------------------------------------------------------------------------------------

    def send_plainly(
        self,
        sender: Sender,
        now: int,
        body: str,
        attributes: PlainAttributes,
        deduplication_id: str,
        group_id: str,
    ) -> SendMessageResult | None:
        """The same: without attributes, in sight of receives, under an id that is new."""
        settings = self.attributes
        # What has lapsed may lie there: receives let go of it, and a send under such an id goes the general way.
        remembered = self.accepted.by_key
        if (
            group_id is UNSET
            or attributes is not UNSET
            or not body
            or now < self._plain_since  # an earlier send has also drawn the first sequence number
            or self.sequence - self.departed >= self._look_ahead
            or not remembered  # then it is to be known when the first one lapses
        ):
            return None
        if deduplication_id is UNSET:
            if not settings.content_based_deduplication:
                return None
            from hashlib import sha256

            deduplication_id = sha256(body.encode(errors="replace")).hexdigest()
        elif not (
            # As `is_valid_id` says, in half of the time.
            deduplication_id.isascii()
            and deduplication_id.isprintable()
            and " " not in deduplication_id
            and deduplication_id
            and len(deduplication_id) <= 128
        ):
            return None
        key: Hashable = deduplication_id
        if settings.deduplication_scope == "messageGroup":
            key = group_id, deduplication_id
        group = self._groups.get(group_id)
        if key in remembered or (group is None and not is_valid_id(group_id)):
            return None
        data = body.encode() if body.isascii() else check_body(body)
        trace = self._world.trace
        if (
            data.translate(FORBIDDEN_CONTROLS_CHANGED) is not data
            or len(data) > settings.maximum_message_size
            or (trace is not None and settings.policy is not None)
        ):
            return None
        message = GroupedMessage()
        message.body = body
        message.digest = digest = md5(data).digest()
        pool = sender.message_ids.pool
        message.message_id = message_id = pool.pop() if pool else sender.message_ids.next()
        message.sent = message.visible_since = now
        message.turn = self.turns
        message.sender_id = sender.sender_id
        message.state = VISIBLE
        message.receive_count = message.first_received = 0
        message.handles = None
        message.group_id = group_id
        message.deduplication_id = deduplication_id
        number = self.sequence_number
        message.sequence_number = sequence_number = str(number)
        self.sequence_number = number + SEQUENCE_STEP
        self.sequence = message.sequence = self.sequence + 1
        self.last_sent = message
        if trace is not None:
            facts.sent(trace, now, self, message, 0)
        self._arrivals.append(message)  # from here on it is in the queue: all else can be derived
        self._plain_since = now
        if group is None:
            group = self._groups[group_id] = Group(group_id)
        group.size += 1
        group.fresh.append(message)
        if group.key is None:
            self._activate(group)
        remembered[key] = now, message_id, number, group_id  # as `accepted.remember` does it, but for a call
        return {"MD5OfMessageBody": digest.hex(), "MessageId": message_id, "SequenceNumber": sequence_number}

    def deliver_plainly(self, now: int) -> Message | None:
        """The same: the first of a group of which nothing has ever come back."""
        run = self._ready.run
        if (
            not run
            or self._ready.rest
            or now >= self._next_due
            or now >= self._next_expiry
            or now >= self.accepted.next_lapse
            or self.max_receive_count
            or self.has_polls
            or self._beyond
            or self.in_flight >= self.in_flight_limit
        ):
            return None
        key, group = run[0]
        if group.key is not key or group.returned or not group.fresh:
            return None
        message = group.fresh[0]
        sequence = message.sequence
        seconds = self.attributes.visibility_seconds
        world = self._world
        trace = world.trace
        if (
            sequence != key[2]  # the head for which the group stands in line
            or message.state
            or message.receive_count  # in another queue
            or not seconds
            or world.limits.rates
            or (trace is not None and self.attributes.policy is not None)
        ):
            return None
        handle = f"{self.handle_prefix}{sequence}/1="
        due = now + seconds * SECOND
        # Delivered in one step, before anything that can be interrupted.
        message.receive_count = 1
        message.first_received = message.received_at = now
        message.receiver = world.receiver.who
        message.handles = handle
        message.due = due
        message.state = IN_FLIGHT
        run.popleft()
        group.key = None
        group.fresh.popleft()
        locked = group.locked
        if locked:
            heappush(locked, (sequence, message))
        else:
            locked.append((sequence, message))
        self.in_flight += 1
        self.handles[handle] = message
        if trace is not None:
            facts.received(trace, now, self, message, seconds * SECOND)
        self._hidden.push((due, sequence, message))
        if due < self._next_due:
            self._next_due = due
        return message

    def forget_plainly(self, now: int, handle: str) -> bool:
        """The same: of a message that is in flight, and was received once."""
        message = self.handles.get(handle)
        if (
            message is None
            or message.state != IN_FLIGHT
            or message.handles != handle
            or now >= self._next_due
            or now >= self._next_expiry
            or self.has_polls
            or self._beyond
            or self._world.limits.rates
        ):
            return False
        trace = self._world.trace
        if trace is not None:
            if self.attributes.policy is not None:
                return False
            facts.deleted(trace, now, self, message, handle)
        message.state = GONE
        group = self._groups[message.group_id]
        group.size -= 1
        if group.size:
            self._activate(group)
        else:
            group.key = None
            del self._groups[group.name]
        self._left(message, handle)
        return True

    # --- groups -----------------------------------------------------------------------------------------------------

    def _arrived(self, message: Message, *, in_window: bool = False) -> None:
        if not in_window:
            if message.state == VISIBLE:
                message.visible_since, message.turn = message.sent, self.turns
            if self.sequence - self.departed > self._look_ahead:
                self._beyond.append(message)
                self._beyond_size += 1
                return
        group = self._groups.get(message.group_id)
        if group is None:
            group = self._groups[message.group_id] = Group(message.group_id)
        group.size += 1
        group.fresh.append(message)
        if group.key is None:
            self._activate(group)

    def _is_beyond(self, message: Message) -> bool:
        return bool(self._beyond) and message.sequence >= self._beyond[0].sequence

    def _fill_window(self) -> None:
        """Let the oldest messages beyond the window into it, as far as there is room."""
        beyond = self._beyond
        others = self._beyond_size + len(self._came_meanwhile)
        while beyond and (beyond[0].state == GONE or self.size - others < self._look_ahead):
            message = beyond.popleft()
            if message.state != GONE:
                others -= 1
                self._beyond_size -= 1
                self._arrived(message, in_window=True)

    def _make_available(self, message: Message) -> None:
        group = self._group_of(message)
        heappush(group.returned, (message.sequence, message))
        self._activate(group)

    def _matured(self, message: Message) -> None:
        if not self._is_beyond(message):
            self._activate(self._group_of(message))

    def _group_of(self, message: Message) -> Group:
        return self._groups[message.group_id]

    def _activate(self, group: Group) -> None:
        """Put the group in line if it has a head, at its head's place."""
        head = group.head()
        if head is None:
            group.key = None
            return
        key = (head.visible_since, head.turn, head.sequence)
        if group.key != key:
            group.key = key
            ready = self._ready
            ready.push((key, group))
            if len(ready.run) + len(ready.rest) > 2 * len(self._groups) + SLACK:
                ready.keep(_is_in_place, tells_apart=True)

    def _take(self) -> Message | None:
        group = self._current
        if group is not None:
            head = group.head()
            if head is not None:
                group.take(head)
                return head
            group.key = None
        ready = self._ready
        while (entry := ready.head()) is not None:
            ready.pop()
            group = entry[1]
            if group.key is entry[0]:
                head = group.head()
                group.key = None
                if head is not None:
                    self._current = group
                    group.take(head)
                    return head
        self._current = None
        return None

    def _emptied(self) -> None:
        super()._emptied()
        if not self._groups:
            self._groups.clear()  # the table

    def _pick(self, now: int, maximum: int) -> list[Message]:
        taken = self._pick_by(now, maximum, self._take)
        # Sends do this, too; but a queue may be emptied long after the last one.
        if now >= self.accepted.next_lapse:
            self.accepted.lapse(now)
            self._attempts.lapse(now)
        groups = self._groups
        for message in taken:
            heappush(groups[message.group_id].locked, (message.sequence, message))
        # The last group may have more, but what was taken from it locks it, until a receive shows that again at once.
        group, self._current = self._current, None
        if group is not None and not (taken and taken[-1].group_id == group.name):
            self._activate(group)
        if self._beyond:
            # What a queue moved to itself was counted among those in the window before it was there.
            self._fill_window()
        return taken

    def take_one(self, now: int) -> Message | None:
        """The same; its group is not locked by it."""
        message = super().take_one(now)
        group, self._current = self._current, None
        if group is not None:
            self._activate(group)
        return message

    def _removed(self, message: Message) -> None:
        beyond = self._beyond
        if beyond and self._is_beyond(message):
            self._beyond_size -= 1
            self._fill_window()
            return
        group = self._groups[message.group_id]
        group.size -= 1
        if not group.size:
            group.key = None
            del self._groups[group.name]
            if self._current is group:
                self._current = None
        elif self._current is not group:
            self._activate(group)
        if beyond:
            self._fill_window()

    def remove_all(self, messages: Iterable[Message]) -> None:
        """One by one: each may let a receive look at another message."""
        for message in messages:
            if message.state != GONE:
                self.remove(message)

    def attributes_changed(self, now: int) -> None:
        """The queue's delay works back on what is waiting already. O(n). [SQS API: SetQueueAttributes]"""
        super().attributes_changed(now)
        self._change_scope(now)
        delay_seconds = self.attributes.delay_seconds
        if delay_seconds == self._delay_seconds:
            return  # another attribute: what is visible stays so, also where the clock was put back
        for message in self.live_messages():
            if message.receive_count or message.state not in (DELAYED, VISIBLE):
                continue
            due = message.sent + delay_seconds * SECOND
            if message.state == VISIBLE and due > now:
                message.due = due
                message.state = DELAYED
                self.delayed += 1
            if message.state == DELAYED:
                message.visible_since, message.turn = due, 0
                self._hide(message, due)
        for group in self._groups.values():
            group.key = None
            self._activate(group)
        self.surface(now)
        self._delay_seconds = delay_seconds

    def mend(self, now: int) -> None:
        """The same; a new delay works back on all messages, if it was not yet on all, and a new scope is noted."""
        super().mend(now)
        self._change_scope(self.modified)
        if self._delay_seconds != self.attributes.delay_seconds:
            self.attributes_changed(now)

    # --- retried receives -------------------------------------------------------------------------------------------

    def retried(self, now: int, attempt_id: str) -> list[Message] | None:
        """The messages of an earlier receive with the same attempt id, hidden anew; None when it can't be repeated.

        They are the same messages under the same handles, provided that none was deleted or had its visibility
        changed and that their timeout has not ended. [SQS API: ReceiveRequestAttemptId]
        """
        found = self._attempts.find(now, attempt_id)
        if found is None:
            return None
        _, attempt = found
        self.refresh(now)
        for message, handle, due in attempt.taken:
            if message.state != IN_FLIGHT or message.handle != handle or message.due != due:
                return None
        messages = [message for message, _, _ in attempt.taken]
        for message in messages:
            message.receiver = self._world.receiver.who
            self._hide(message, now + attempt.visibility_ns)
        attempt.hidden(messages)
        return messages

    def remember_attempt(self, now: int, attempt_id: str, messages: list[Message], visibility_ns: int | None) -> None:
        """Keep what a receive with an attempt id got, so that it can be repeated for five minutes.

        Messages that were not hidden have no timeout in which to repeat it: the next one with the id is a new receive.
        """
        if visibility_ns is None:
            visibility_ns = self.attributes.visibility_seconds * SECOND
        if visibility_ns:
            self._attempts.remember(attempt_id, (now, _Attempt(messages, visibility_ns)))

    def _filled(self, now: int, poll: Poll, taken: list[Message]) -> None:
        if poll.attempt_id is not None:
            self.remember_attempt(now, poll.attempt_id, taken, poll.visibility_ns)


def _is_in_place(entry: tuple[tuple[int, int, int], Group]) -> bool:
    return entry[1].key is entry[0]
