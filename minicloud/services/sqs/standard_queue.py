"""A standard queue: at least once, oldest first, and fair to the groups that its messages may have.

Messages that were never received are *fresh* and wait in a deque, those that came back are *returned* and wait in an
ordered queue; the older of the two heads goes next. That is all as long as no message has a group.

With the first that has one, the queue is *fair*: ``fair_groups`` knows which message is next. Fresh and returned
messages still go where they always go, and from there into their groups when a receive begins.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from ...core.effects import ToQueue
from ...core.ids import UuidStream
from ...core.limits import Limits
from ...core.md5 import md5
from ...core.ordered import OrderedQueue
from ...core.timeline import SECOND
from ...core.unset import UNSET
from . import facts
from .fair_groups import FairGroups
from .message import GONE, IN_FLIGHT, TAKEN, VISIBLE, DescribedMessage, Message
from .message_content import FORBIDDEN_CONTROLS_CHANGED, PlainAttributes, check_body
from .queue import Queue, Sender
from .retention import SLACK
from .shapes import SendMessageResult

__all__ = ["StandardQueue"]


class StandardQueue(Queue):
    """At least once, oldest first; quiet groups before noisy ones."""

    __slots__ = ("_fair", "_fresh", "_returned")

    def _empty(self) -> None:
        super()._empty()
        self._fair: FairGroups | None = None
        """The groups of its messages; None while none has had one, and when a receive has found no message at all."""
        self._fresh: deque[Message] = deque()
        """Never received and never delayed, in order."""
        self._returned: OrderedQueue[tuple[int, Message]] = OrderedQueue()
        """Visible again, or for the first time after a delay."""

    def _in_flight_limit(self, limits: Limits) -> int:
        return limits.sqs_in_flight_standard

    def _arrived(self, message: Message) -> None:
        if message.group_id is not None and self._fair is None:
            self._become_fair()
        if not message.state:  # visible
            self._fresh.append(message)

    def _settings_are_plain(self) -> bool:
        return not self.attributes.delay_seconds

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
        """The same: without ids; also where somebody waits, and with a delay of the queue's."""
        if group_id is not UNSET or deduplication_id is not UNSET or not body:
            return None
        data = body.encode() if body.isascii() else check_body(body)
        size = len(data)
        message: Message
        if attributes is UNSET:
            message = Message()
        else:
            message = DescribedMessage()
            message.plain_attributes, more, message.attributes_md5 = attributes
            size += more
        trace = self._world.trace
        if (
            data.translate(FORBIDDEN_CONTROLS_CHANGED) is not data
            or size > self.attributes.maximum_message_size
            or (trace is not None and self.attributes.policy is not None)
        ):
            return None
        message.body = body
        message.digest = digest = md5(data).digest()
        pool = sender.message_ids.pool
        message.message_id = message_id = pool.pop() if pool else sender.message_ids.next()
        message.sent = now
        message.sender_id = sender.sender_id
        message.state = VISIBLE
        message.receive_count = message.first_received = 0
        message.handles = None
        self.sequence = message.sequence = self.sequence + 1
        if trace is not None:
            facts.sent(trace, now, self, message, self.attributes.delay_seconds * SECOND)
        if now < self._plain_since:
            self.put(now, message, self.attributes.delay_seconds * SECOND)
        else:
            self._arrivals.append(message)  # from here on it is in the queue: all else can be derived
            self._plain_since = now
            self._fresh.append(message)
        if attributes is UNSET:
            return {"MD5OfMessageBody": digest.hex(), "MessageId": message_id}
        return {
            "MD5OfMessageBody": digest.hex(),
            "MD5OfMessageAttributes": attributes[2],
            "MessageId": message_id,
        }

    def ingest_plainly(self, now: int, effect: ToQueue, ids: UuidStream, sender_id: str) -> bool:
        """The same, where nobody records: a text in ASCII that is neither empty nor too long.

        The steps are those of ``send_plainly``, written here once more, so that neither pays for a call: what one
        of them comes to ask, the other has to ask, too. ``tests/sqs/test_plain_ways.py`` compares both with the general
        ways.
        """
        body = effect.body
        data = body.encode() if body.isascii() else b""
        settings = self.attributes
        if (
            effect.attributes
            or effect.group_id is not None
            or effect.trace_header is not None
            or effect.sender_id is not None
            or not 0 < len(data) <= settings.maximum_message_size
            or data.translate(FORBIDDEN_CONTROLS_CHANGED) is not data
        ):
            return False
        # A message that a queue takes in this way has no fields for more, and is made in half the time.
        effect.message = message = Message()
        message.body = body
        message.digest = md5(data).digest()
        pool = ids.pool
        message.message_id = pool.pop() if pool else ids.next()
        message.sent = now
        message.sender_id = sender_id
        message.state = VISIBLE
        message.receive_count = message.first_received = 0
        message.handles = None
        self.sequence = message.sequence = self.sequence + 1
        if now < self._plain_since:
            self.put(now, message, settings.delay_seconds * SECOND)
            return True
        self._arrivals.append(message)  # from here on it is in the queue: all else can be derived
        self._plain_since = now
        self._fresh.append(message)
        return True

    def arrive_plainly(self, now: int, message: Message) -> bool:
        """The same: where nobody waits, and there is no delay."""
        if now < self._plain_since:
            return False
        self._arrivals.append(message)  # from here on it is in the queue: all else can be derived
        self._plain_since = now
        self._fresh.append(message)
        return True

    def deliver_plainly(self, now: int) -> Message | None:
        """The same: the oldest message, if none has ever been received that is visible again."""
        fresh = self._fresh
        if not fresh or self._fair is not None or self.max_receive_count:
            return None
        returned = self._returned
        if (
            now >= self._next_due
            or now >= self._next_expiry
            or returned.run
            or returned.rest
            or self.has_polls
            or self.in_flight >= self.in_flight_limit
        ):
            return None
        message = fresh[0]
        seconds = self.attributes.visibility_seconds
        world = self._world
        trace = world.trace
        if (
            message.state  # it has left the queue
            or message.receive_count  # in another queue
            or not seconds
            or (trace is not None and self.attributes.policy is not None)
        ):
            return None
        sequence = message.sequence
        handle = f"{self.handle_prefix}{sequence}/1="
        due = now + seconds * SECOND
        # Delivered in one step, before anything that can be interrupted.
        message.receive_count = 1
        message.first_received = message.received_at = now
        message.receiver = world.receiver.who
        message.handles = handle
        message.due = due
        message.state = IN_FLIGHT
        fresh.popleft()
        self.in_flight += 1
        self.handles[handle] = message
        if trace is not None:
            facts.received(trace, now, self, message, seconds * SECOND)
        run = self._hidden.run
        entry = (due, sequence, message)
        if run and entry < run[-1]:
            self._hidden.push(entry)
        else:
            run.append(entry)
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
        ):
            return False
        trace = self._world.trace
        if trace is not None:
            if self.attributes.policy is not None:
                return False
            facts.deleted(trace, now, self, message, handle)
        message.state = GONE
        self._left(message, handle)
        if self._fair is not None:
            self._fair.removed(message)
        return True

    def remove_plainly(self, handle: str) -> bool:
        """The same: of a message that is in flight, and was received once, where nobody records."""
        message = self.handles.get(handle)
        if message is None or message.state != IN_FLIGHT or message.handles != handle or self._fair is not None:
            return False
        message.state = GONE
        self._left(message, handle)
        return True

    # --- what is available ------------------------------------------------------------------------------------------

    def _make_available(self, message: Message) -> None:
        self._returned.push((message.sequence, message))

    _matured = _make_available

    def _pick(self, now: int, maximum: int) -> list[Message]:
        if self._fair is not None:
            return self._pick_fairly(now, maximum, self._fair, self._fair.take)
        if self.max_receive_count or self._returned.run or self._returned.rest:
            return self._pick_by(now, maximum, self._take)
        # Nothing but fresh messages: 0.5 µs a receive less than the general way (CPython 3.11).
        taken: list[Message] = []
        fresh = self._fresh
        if maximum > 0:
            while fresh:
                message = fresh.popleft()
                if message.state == VISIBLE:
                    message.state = TAKEN
                    taken.append(message)
                    if len(taken) == maximum:
                        break
        return taken

    def _pick_fairly(
        self, now: int, maximum: int, fair: FairGroups, take: Callable[[], Message | None]
    ) -> list[Message]:
        self._sort_in(now)
        taken = self._pick_by(now, maximum, take)
        if self._fresh:  # it is its own dead-letter queue
            self._sort_in_all(fair)
        fair.took(taken)
        return taken

    def _take(self) -> Message | None:
        """The same, on a queue that is not fair."""
        fresh, returned = self._fresh, self._returned
        while fresh and fresh[0].state != VISIBLE:
            fresh.popleft()
        # Mostly they came back in order, if any have, and `head` and `pop` would be calls for nothing.
        run, rest = returned.run, returned.rest
        while (run or rest) and (entry := returned.head() if rest else run[0]) is not None:
            message = entry[1]
            if message.state != VISIBLE:
                returned.pop()
                continue
            if fresh and fresh[0].sequence < entry[0]:
                break
            if rest:
                returned.pop()
            else:
                run.popleft()
            return message
        return fresh.popleft() if fresh else None

    def take_one(self, now: int) -> Message | None:
        """The same; quiet groups first."""
        self.refresh(now)
        self._sort_in(now)
        return self._take() if self._fair is None else self._fair.take()

    def put_back(self, message: Message) -> None:
        """The same; also in the midst of a receive."""
        if self._fair is not None:
            self._fair.add(message)
        else:
            self._make_available(message)

    def _removed(self, message: Message) -> None:
        fresh = self._fresh
        while fresh and fresh[0].state == GONE:
            fresh.popleft()
        if self._fair is not None:
            self._fair.removed(message)
        if self._returned.run or self._returned.rest:
            returned = self._returned
            visible = self.size - self.delayed - self.in_flight
            if len(returned.run) + len(returned.rest) > 2 * visible + SLACK:
                returned.keep(lambda entry: entry[1].state == VISIBLE)

    def _removed_all(self, messages: list[Message]) -> None:
        if self._fair is not None:
            for message in messages:
                self._fair.removed(message)
        self._removed(messages[-1])  # it looks at what is left, not at what has gone

    # --- fair queues ------------------------------------------------------------------------------------------------

    @property
    def is_fair(self) -> bool:
        """Whether it has messages that have a group."""
        return self._fair is not None

    def noisy_groups(self, now: int) -> list[str]:
        """The groups whose messages wait until no quiet group has any, by name. O(groups)."""
        self.refresh(now)
        if self._fair is None:
            return []
        self._sort_in_all(self._fair)
        return self._fair.noisy_groups(now)

    def _become_fair(self) -> None:
        """The first message that has a group is here. O(n), once."""
        under_way = [message for message in self.all_messages() if message.state in (IN_FLIGHT, TAKEN)]
        self._fair = FairGroups.derived(self._world.limits, under_way, None)

    def _sort_in(self, now: int) -> None:
        """A receive begins."""
        fair = self._fair
        if fair is not None:
            self._sort_in_all(fair)
            fair.begin(now)
            if not (self.size or fair):
                self._fair = None

    def _sort_in_all(self, fair: FairGroups) -> None:
        """Let what has come, or come back, since the last time into its groups. O(1) for each that comes in order."""
        fair.settle()
        # Each stays where it is until it is there: an entry of what has moved on is stale, and does no harm.
        returned, fresh = self._returned, self._fresh
        while (entry := returned.head()) is not None:
            fair.add(entry[1])
            returned.pop()
        while fresh:
            fair.add(fresh[0])
            fresh.popleft()

    def give_back(self, message: Message, handle: str | None) -> bool:
        """The same; its group is not noisy for it."""
        given_back = super().give_back(message, handle)
        if given_back and self._fair is not None:
            self._fair.disregard([message])
        return given_back

    def mend(self, now: int) -> None:
        """The same; what an interrupted receive did not deliver has made no group noisy."""
        fair = self._fair
        if fair is not None:
            undelivered = {message for message in self.all_messages() if message.state == TAKEN}
            undelivered.update(self.undelivered())
            fair.interrupted(undelivered)
        super().mend(now)

    def _rearrange(self, messages: list[Message]) -> None:
        self._fresh = deque()
        self._returned = OrderedQueue()
        if self._fair is not None or any(message.group_id is not None for message in messages):
            self._fair = FairGroups.derived(self._world.limits, messages, self._fair)
            return
        for message in messages:
            if message.state == VISIBLE:
                if message.receive_count:
                    self._make_available(message)
                else:
                    self._fresh.append(message)
