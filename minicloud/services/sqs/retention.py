"""How messages grow old: a queue's messages in the order in which their retention ends.

They nearly always come in that order, so a deque will do, and a heap for the others. What has gone stays in either
until it comes to the head, or until the gone outnumber the rest. Nothing runs when a message has outlived its
retention: the next call on the queue drops it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from heapq import heapify, heappop

from ...core.timeline import FOREVER, SECOND
from ...core.world import World
from . import facts
from .attributes import QueueAttributes
from .message import GONE, Message

__all__ = ["SLACK", "Retention"]

SLACK = 64
"""Stale entries that are always tolerated."""


class Retention:
    """The part of a queue that knows how old its messages are."""

    # Slots for all that a queue has: there are more attributes than CPython keeps beside an object, 30, so each would
    # be looked for in a dict of the queue's own, of 1.5 KB. What a send touches comes first, for it lies together.
    __slots__ = (
        "_arrivals",
        "_late_arrivals",
        "_latest",
        "_next_expiry",
        "_plain_since",
        "_world",
        "attributes",
        "departed",
        "has_polls",
        "name",
        "sequence",
    )

    name: str
    attributes: QueueAttributes
    modified: int
    sequence: int
    departed: int
    has_polls: bool
    _latest: int
    _plain_since: int
    _world: World

    @property
    def size(self) -> int:
        """Messages in the queue, in whatever state. O(1)."""
        return self.sequence - self.departed

    def _start_aging(self) -> None:
        """Know of no message."""
        self._arrivals: deque[Message] = deque()
        self._late_arrivals: list[tuple[int, int, Message]] = []
        """A heap of those that came with an older send time: from a source queue, or while the clock was put back."""
        self._next_expiry = FOREVER
        self._latest, self._plain_since = self._latest_send(), FOREVER

    def _settings_are_plain(self) -> bool:
        """Whether the queue's attributes let a send go the plain way."""
        raise NotImplementedError

    def _find_out_whether_plain(self) -> None:
        """Whenever that may have changed: from when on sends go the plain way, which ask for nothing but this moment.

        They do from the latest send on, unless the clock was put back; while nobody waits, by the settings, and once a
        time is known at which messages may expire, which comes before the end of all that is younger.
        """
        self._latest = latest = self._latest_send()
        is_plain = self._next_expiry < FOREVER and not self.has_polls and self._settings_are_plain()
        self._plain_since = latest if is_plain else FOREVER

    def _latest_send(self) -> int:
        """The latest send time so far, at first the queue's creation."""
        return self._latest if self._plain_since == FOREVER else self._plain_since

    def remove_all(self, messages: Iterable[Message]) -> None:
        """Take messages out of the queue for good; some may be gone already, or be the same."""
        raise NotImplementedError

    def _will_expire(self, kept_from: int) -> None:
        expiry = kept_from + self.attributes.retention_seconds * SECOND
        if expiry < self._next_expiry:
            self._next_expiry = expiry

    def _prune_arrivals(self) -> None:
        """Let the head be a message that is there, and the gone not outnumber the rest. O(1) amortised."""
        arrivals = self._arrivals
        while arrivals and arrivals[0].state == GONE:
            arrivals.popleft()
        if len(arrivals) + len(self._late_arrivals) > 2 * self.size + SLACK:
            self._arrivals = deque(arrived for arrived in arrivals if arrived.state != GONE)
            self._late_arrivals = [entry for entry in self._late_arrivals if entry[2].state != GONE]
            heapify(self._late_arrivals)

    def expire(self, now: int) -> None:
        """Drop what has outlived the retention period. O(1) amortised per message."""
        horizon = now - self.attributes.retention_seconds * SECOND
        arrivals, late = self._arrivals, self._late_arrivals
        expired = []
        while arrivals and arrivals[0].sent <= horizon:
            expired.append(arrivals.popleft())
        while late and (late[0][2].state == GONE or late[0][0] <= horizon):
            expired.append(heappop(late)[2])
        trace = self._world.trace
        for message in expired if trace is not None else ():
            if trace is not None and message.state != GONE:
                # When it was over, and not when somebody looks; a period that was made shorter since ended then.
                ended = max(message.sent + self.attributes.retention_seconds * SECOND, self.modified)
                facts.expired(trace, min(ended, now), self, message)
        self.remove_all(expired)
        self._prune_arrivals()
        self._next_expiry = FOREVER
        if self._arrivals:
            self._will_expire(self._arrivals[0].sent)
        if self._late_arrivals:
            self._will_expire(self._late_arrivals[0][0])
        self._find_out_whether_plain()

    def all_messages(self) -> list[Message]:
        """Every message in the queue, in no order. O(n)."""
        late = [entry[2] for entry in self._late_arrivals]
        return [message for message in (*self._arrivals, *late) if message.state != GONE]
