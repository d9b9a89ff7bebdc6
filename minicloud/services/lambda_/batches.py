"""Batches of messages: what was taken together, and what becomes of it.

A mapping *takes* up to ten messages at a time, and puts them into batches; a batch is *open* as long as it may get
more, then it is run. A take counts from the moment on at which its ``happened`` is set: before that nothing of it is in
any batch, whatever an interruption has left behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ...core.timeline import SECOND, Event
from .event_records import size_of, size_of_event, upper_bound

if TYPE_CHECKING:
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


class Batch:
    """Messages for one run. It is the cause of that run."""

    # What most batches never change is the class's: each message may make one.
    is_open = True
    """Whether it may get more."""
    run: Run | None = None
    """What handles it, once that has been begun."""
    happened = False
    """Whether that is sure to run."""
    throttles = 0
    """How often it was not let run, in a row."""
    tried_at: int | None = None
    """When it is tried again, having been throttled."""
    event: Event | None = None
    """What is on the timeline for it: the end of its window, or that."""
    count = 0
    size = 0
    """Not less than the bytes of its event; exact once that may matter."""
    _is_exact = False

    def __init__(self, queue_arn: str, closes: int) -> None:
        self._queue_arn = queue_arn
        self.parts: list[tuple[Take, list[Mapping[str, Any]]]] = []
        """What it has of which take."""
        self.closes = closes
        """When its window is over."""

    def is_all_of(self, take: Take, messages: Sequence[Mapping[str, Any]], limit: int) -> bool:
        """Put in all of a take, being empty; False when that might be more than ``limit`` bytes. O(messages)."""
        size = sum(map(upper_bound, messages))
        if size > limit:
            return False
        self.parts.append((take, list(messages)))
        self.count, self.size = len(messages), size
        return True

    def fits(self, message: Mapping[str, Any], limit: int) -> bool:
        """Whether a message has room in an event of ``limit`` bytes. O(1), unless it is a close thing."""
        if not self._is_exact:
            if self.size + upper_bound(message) <= limit:
                return True
            self.size = size_of_event(size_of(one, self._queue_arn) for one in self._all())
            self._is_exact = True
        return not self.count or self.size + size_of(message, self._queue_arn) <= limit

    def add(self, take: Take, message: Mapping[str, Any]) -> None:
        """Put in a message."""
        if not self.parts or self.parts[-1][0] is not take:
            self.parts.append((take, []))
        self.parts[-1][1].append(message)
        self.count += 1
        self.size += size_of(message, self._queue_arn) if self._is_exact else upper_bound(message)

    def _all(self) -> Iterator[Mapping[str, Any]]:
        for _, messages in self.parts:
            yield from messages

    @property
    def messages(self) -> list[Mapping[str, Any]]:
        """What it has, in order. O(batch)."""
        return self.parts[0][1] if len(self.parts) == 1 else list(self._all())

    @property
    def message_ids(self) -> list[str]:
        """The ids of its messages, in order."""
        return [message["MessageId"] for message in self.messages]

    def about(self) -> dict[str, Any]:
        """What facts say of its run. O(batch)."""
        return {"message_ids": self.message_ids}

    @property
    def hidden_until(self) -> int:
        """When the first of its messages comes back, if nothing is done."""
        return min(take.hidden_until for take, _ in self.parts)

    def mend(self) -> bool:
        """Be without what was not taken in the end; whether something is left."""
        self.parts = [part for part in self.parts if part[0].happened]
        self.count = sum(len(messages) for _, messages in self.parts)
        self._is_exact = True
        self.size = size_of_event(size_of(one, self._queue_arn) for one in self._all())
        return bool(self.count)


def backoff(throttles: int) -> int:
    """How long a batch waits that was throttled so often in a row, in nanoseconds.

    A second that doubles, up to half a minute. That it is tried until its visibility timeout is over is known, the
    pauses are not. [inferred]
    """
    return min(1 << min(throttles - 1, 5), _LONGEST_PAUSE) * SECOND
