"""How the messages of a queue are made whole when an exception came into something that changed them.

What is true of a queue is which messages are among its arrivals and not gone, and of each of them its state, when it is
due, how often it was received, and under which handles. A change makes itself true in one step: it links a message that
is whole, or sets what is true of one that is there. All else can be derived: the counters, the handles of the queue,
what is hidden, and what each kind of queue keeps to find the next message. Here it is derived, in one pass over the
messages; it may be interrupted, and begun again. Who waits is ``queue``'s affair, which queues there are ``state``'s.
"""

from __future__ import annotations

from collections import deque
from heapq import heapify
from operator import attrgetter

from ...core.ordered import OrderedQueue
from ...core.timeline import FOREVER
from .message import DELAYED, GONE, IN_FLIGHT, TAKEN, VISIBLE, Message
from .store import MessageStore

__all__ = ["MendableStore", "handles_of"]

_sequence = attrgetter("sequence")


def handles_of(message: Message) -> list[str]:
    """The handles of all deliveries of a message, in order."""
    handles = message.handles
    if handles is None:
        return []
    return list(handles) if isinstance(handles, list) else [handles]


class MendableStore(MessageStore):
    """The part of a queue that derives anew what can be derived."""

    __slots__ = ()

    def _rearrange(self, messages: list[Message]) -> None:
        """Find the messages anew that can be received; they are all that there are, oldest first."""
        raise NotImplementedError

    def mend(self, now: int) -> None:
        """Derive anew what can be derived. O(n log n)."""
        arrivals = deque(message for message in self._arrivals if message.state != GONE)
        late = [entry for entry in self._late_arrivals if entry[2].state != GONE]
        heapify(late)
        there = {*arrivals, *(entry[2] for entry in late)}
        for message in self.handles.values():
            if message not in there:  # it was just going to expire
                message.state = GONE
        messages = sorted(there, key=_sequence)
        handles = {}
        hidden = []
        delayed = 0
        for message in messages:
            if message.state == TAKEN:
                message.state = VISIBLE
            elif message.state != VISIBLE:
                hidden.append((message.due, message.sequence, message))
                delayed += message.state == DELAYED
                if message.state == IN_FLIGHT:
                    self._complete_handles(message)
            for handle in handles_of(message):
                handles[handle] = message
        hidden.sort()
        self._arrivals, self._late_arrivals = arrivals, late
        self.handles = handles
        self.departed = self.sequence - len(messages)
        self.delayed, self.in_flight = delayed, len(hidden) - delayed
        self._hidden = OrderedQueue()
        self._hidden.run.extend(hidden)
        self._next_due = hidden[0][0] if hidden else FOREVER
        self._next_expiry = FOREVER
        self._latest = self._latest_send()
        if arrivals:
            self._latest = max(self._latest, arrivals[-1].sent)
            self._will_expire(arrivals[0].sent)
        if late:
            self._will_expire(late[0][0])
        self._plain_since = FOREVER
        self._find_out_whether_plain()
        self._taking = False
        self._came_meanwhile = []
        self._rearrange(messages)

    def _complete_handles(self, message: Message) -> None:
        """Add the handle of the latest delivery, if that was interrupted before: or an earlier one would be current."""
        latest = self._latest_handle(message)
        handles = handles_of(message)
        if not handles:
            message.handles = latest
        elif handles[-1] != latest:
            message.handles = [*handles, latest]

    def _latest_handle(self, message: Message) -> str:
        return f"{self.handle_prefix}{message.sequence}/{message.receive_count}="

    # --- deliveries that nobody gets --------------------------------------------------------------------------------

    def give_back(self, message: Message, handle: str | None) -> bool:
        """Undo a delivery; false when the message is gone or has been delivered again since. O(log n)."""
        if message.state == GONE or message.handle != handle:
            return False
        was_in_flight = message.state == IN_FLIGHT
        self._undo_delivery(message, handle)
        if handle is not None:
            self.handles.pop(handle, None)
        if was_in_flight:
            self.in_flight -= 1
            self._make_available(message)
        return True

    def take_back(self, message: Message) -> None:
        """Undo what has been done of a delivery that was interrupted. What is derived has to be derived anew then."""
        if message.state == IN_FLIGHT:
            self._undo_delivery(message, self._latest_handle(message))

    def _undo_delivery(self, message: Message, handle: str | None) -> None:
        """Set in one step what is true of the message."""
        handles = [earlier for earlier in handles_of(message) if earlier != handle]
        message.handles = handles[0] if len(handles) == 1 else handles or None
        message.receive_count -= 1
        if not message.receive_count:
            message.first_received = 0
        if message.state == IN_FLIGHT:
            message.state = VISIBLE
