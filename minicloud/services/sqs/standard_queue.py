"""A standard queue: at least once, oldest first.

Messages that were never received are *fresh* and wait in a deque, those that came back are *returned* and wait in an
ordered queue; the older of the two heads goes next.
"""

from __future__ import annotations

from collections import deque

from ...core.limits import Limits
from .message import GONE, TAKEN, VISIBLE, Message
from .ordered import OrderedQueue
from .queue import Queue
from .retention import SLACK

__all__ = ["StandardQueue"]


class StandardQueue(Queue):
    """At least once, oldest first."""

    def _empty(self) -> None:
        super()._empty()
        self._fresh: deque[Message] = deque()
        """Never received and never delayed, in order."""
        self._returned: OrderedQueue[tuple[int, Message]] = OrderedQueue()
        """Visible again, or for the first time after a delay."""

    def _in_flight_limit(self, limits: Limits) -> int:
        return limits.sqs_in_flight_standard

    def _rearrange(self, messages: list[Message]) -> None:
        self._fresh = deque()
        self._returned = OrderedQueue()
        for message in messages:
            if message.state == VISIBLE:
                if message.receive_count:
                    self._make_available(message)
                else:
                    self._fresh.append(message)

    def _arrived(self, message: Message) -> None:
        if message.state == VISIBLE:
            self._fresh.append(message)

    def _make_available(self, message: Message) -> None:
        self._returned.push((message.sequence, message))

    _matured = _make_available

    def _pick(self, now: int, maximum: int) -> list[Message]:
        if self.max_receive_count or self._returned.run or self._returned.rest:
            return super()._pick(now, maximum)
        # Nothing but fresh messages: 0.5 µs a receive less than the general way (CPython 3.11).
        taken: list[Message] = []
        fresh = self._fresh
        while fresh and len(taken) < maximum:
            message = fresh.popleft()
            if message.state == VISIBLE:
                message.state = TAKEN
                taken.append(message)
        return taken

    def _take(self) -> Message | None:
        fresh, returned = self._fresh, self._returned
        while fresh and fresh[0].state != VISIBLE:
            fresh.popleft()
        while (entry := returned.head()) is not None:
            message = entry[1]
            if message.state != VISIBLE:
                returned.pop()
                continue
            if fresh and fresh[0].sequence < entry[0]:
                break
            returned.pop()
            return message
        return fresh.popleft() if fresh else None

    def _removed(self, message: Message) -> None:
        fresh = self._fresh
        while fresh and fresh[0].state == GONE:
            fresh.popleft()
        returned = self._returned
        if returned.run or returned.rest:
            visible = self.size - self.delayed - self.in_flight
            if len(returned) > 2 * visible + SLACK:
                returned.keep(lambda entry: entry[1].state == VISIBLE)

    def _removed_all(self, messages: list[Message]) -> None:
        self._removed(messages[-1])  # it looks at what is left, not at what has gone
