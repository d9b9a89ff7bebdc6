"""Batches of messages: what was taken together, and what becomes of it.

A mapping *takes* up to ten messages at a time, and puts them into batches; a batch is *open* as long as it may get
more, then it is run. A take counts from the moment on at which its ``happened`` is set: before that nothing of it is in
any batch, whatever an interruption has left behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from ...core.message_records import queue_event, size_of, size_of_event, upper_bound
from ...core.timeline import SECOND, Event

if TYPE_CHECKING:
    from .function import State
    from .invocation import Run

__all__ = ["Batch", "Take", "backoff"]

_LONGEST_PAUSE: Final = 30


class Take:
    """What was taken in one go. It is the cause of its messages being with the mapping."""

    __slots__ = ("dropped", "happened", "hidden_until")

    def __init__(self, hidden_until: int) -> None:
        self.happened = False
        self.hidden_until = hidden_until
        """When its messages come back, if nothing is done."""
        self.dropped: Sequence[str] = ()
        """The handles of those that the filters did not want, until these are deleted."""


class BatchMapping(Protocol):
    """The mapping of a batch, as that sees it."""

    source_arn: str
    trigger: str

    @property
    def state(self) -> State:
        """The Lambda that it lives in."""

    def ended(self, batch: Batch, now: int, run: Run) -> None:
        """The run of a batch has ended."""


class Batch:
    """Messages for one run: the work of that, and its cause."""

    # What most batches never change is the class's: each message may make one.
    is_open = True
    """Whether it may get more."""
    run: Run | None = None
    """What handles it, once that has been begun."""
    throttles = 0
    """How often it was not let run, in a row."""
    tried_at: int | None = None
    """When it is tried again, having been throttled."""
    count = 0
    size = 0
    """Not less than the bytes of its event; exact once that may matter."""
    is_windowed = False
    """Whether its event is that of a mapping with a batching window."""
    takes: tuple[tuple[Take, int], ...] = ()
    """Its takes, each with the place of its first message among the messages."""
    _is_exact = False

    def __init__(self, mapping: BatchMapping, closes: int) -> None:
        self._mapping = mapping
        self.messages: list[Mapping[str, Any]] = []
        """What it has, in order."""
        self.closes = closes
        """When its window is over."""
        self.event: Event | None = None
        """What is on the timeline for it: the end of its window, or that."""
        self.happened = False
        """Whether it is sure to run."""

    def is_all_of(self, take: Take, messages: list[Mapping[str, Any]], limit: int) -> bool:
        """Put in all of a take, being empty; False when that might be more than ``limit`` bytes. O(messages)."""
        size = upper_bound(messages[0]) if len(messages) == 1 else sum(map(upper_bound, messages))
        if size > limit:
            return False
        self.takes = ((take, 0),)
        self.messages, self.count, self.size = messages, len(messages), size
        return True

    def fits(self, message: Mapping[str, Any], limit: int) -> bool:
        """Whether a message has room in an event of ``limit`` bytes. O(1), unless it is a close thing."""
        if not self._is_exact:
            if self.size + upper_bound(message) <= limit:
                return True
            self._measure()
        return not self.count or self.size + size_of(message, self._mapping.source_arn) <= limit

    def _measure(self) -> None:
        self.size = size_of_event(size_of(one, self._mapping.source_arn) for one in self.messages)
        self._is_exact = True

    def add(self, take: Take, message: Mapping[str, Any]) -> None:
        """Put in a message."""
        if not self.takes or self.takes[-1][0] is not take:
            self.takes += ((take, len(self.messages)),)
        self.messages.append(message)
        self.count += 1
        self.size += size_of(message, self._mapping.source_arn) if self._is_exact else upper_bound(message)

    @property
    def message_ids(self) -> list[str]:
        """The ids of its messages, in order. O(batch)."""
        return [message["MessageId"] for message in self.messages]

    @property
    def hidden_until(self) -> int:
        """When the first of its messages comes back, if nothing is done."""
        return min(take.hidden_until for take, _ in self.takes)

    def mend(self) -> bool:
        """Be without what was not taken in the end; whether something is left."""
        ends = [*(first for _, first in self.takes[1:]), len(self.messages)]
        kept: list[Mapping[str, Any]] = []
        takes: tuple[tuple[Take, int], ...] = ()
        for (take, first), end in zip(self.takes, ends, strict=False):
            if take.happened:
                takes += ((take, len(kept)),)
                kept += self.messages[first:end]
        self.takes, self.messages, self.count = takes, kept, len(kept)
        self._measure()
        return bool(self.count)

    # --- as the work of its run ---------------------------------------------------------------------------------------

    @property
    def trigger(self) -> str:
        """The queue."""
        return self._mapping.trigger

    def make_event(self) -> dict[str, Any]:
        """The event of the batch. O(batch)."""
        mapping = self._mapping
        return queue_event(self.messages, mapping.source_arn, mapping.state.region_name, is_windowed=self.is_windowed)

    def about(self) -> dict[str, Any]:
        """What facts say of its run. O(batch)."""
        return {"message_ids": self.message_ids}

    def ended(self, now: int, run: Run) -> None:
        """The run has ended."""
        self._mapping.ended(self, now, run)


def backoff(throttles: int) -> int:
    """How long a batch waits that was throttled so often in a row, in nanoseconds.

    A second that doubles, up to half a minute. That it is tried until its visibility timeout is over is known, the
    pauses are not. [inferred]
    """
    return min(1 << min(throttles - 1, 5), _LONGEST_PAUSE) * SECOND
