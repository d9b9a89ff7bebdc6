"""What an event source mapping reads from, as the service that has it and Lambda see each other.

A *source* belongs to the service that has the queue or the stream; a *reader* is a mapping that stands in its line. The
source tells the readers that there may be news, and a reader takes what it can handle: nobody polls, there is no thread
and no timer, and a reader is not among those who wait (``World.waiters``). What is in the source, and whose turn it is,
is the source's affair; what becomes of what was taken is the reader's.

A source stands for an ARN, not for what has it at the moment: a queue may be deleted under a mapping, and made anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from .effects import Cause

__all__ = ["MessageSource", "Reader", "Source"]


class Reader(Protocol):
    """A mapping that stands in line."""

    def look(self, now: int) -> bool:
        """There may be something: take a share of it, if there is room. Whether something was taken.

        The source asks again, in turn with the other readers, until nobody takes anything.
        """


class Source(Protocol):
    """What all sources have in common."""

    @property
    def arn(self) -> str:
        """Of the queue, the stream or the consumer."""

    @property
    def exists(self) -> bool:
        """Whether there is something with this ARN at the moment."""

    def attach(self, reader: Any) -> None:
        """Let a reader into the line, at its end, unless it stands there. It is not asked to look yet."""

    def detach(self, reader: Any) -> None:
        """Let a reader out of the line, if it stands there."""

    def offer(self, now: int) -> None:
        """Have all who wait look, in their order, as long as there is something for them."""


class MessageSource(Source, Protocol):
    """A queue. Receives that wait in line come before the readers; these take turns."""

    @property
    def is_fifo(self) -> bool:
        """Whether it is a FIFO queue."""

    @property
    def visibility_timeout(self) -> int:
        """How long messages that are taken now are hidden, in nanoseconds; 0 when there is no queue."""

    def take_for(self, now: int, maximum: int, cause: Cause) -> list[dict[str, Any]]:
        """Receive up to ``maximum`` messages, at most ten of which a call may ask: AWS's own answers, in full.

        Receive counts, the way to the dead-letter queue, limits and the locks of groups are the queue's own. When
        something interrupts the call, what was taken goes back as if never received, unless the ``cause`` happened:
        whoever has noted what to do with the messages says so by that. Called by a reader that is asked to look.
        """

    def delete_taken(self, now: int, handles: Sequence[str]) -> bool:
        """Delete messages as DeleteMessageBatch does, by the queue's own rule for handles that are out of date.

        Whether others may be available for it: nobody in line is served before the next ``offer``. Doing it again
        changes nothing.
        """

    def count(self, now: int) -> int:
        """How many messages there are, visible, delayed and in flight. Looks only."""
