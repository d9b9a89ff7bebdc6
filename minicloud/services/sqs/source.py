"""A queue as event source mappings see it: who stands in its line, and what is taken for them.

Receives that wait in line come first, then the readers, in turn: each takes one batch, and goes to the end of the line.
While a reader stands in line the queue behaves as with a poll in line (``has_polls``): whatever makes a message
available ends in ``offer``, and the queue's next due time is on the timeline.

The line belongs to an ARN: when the queue is deleted the readers stay, and the next queue of that name finds them here.
A queue that nobody reads from knows nothing of this file.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from ...core.effects import Cause
from ...core.sources import Reader
from ...core.timeline import SECOND
from ...core.world import World
from ...exceptions import AwsError
from .message import Message, Selection
from .queue import Queue

__all__ = ["QueueSource"]

_EVERYTHING = Selection(frozenset({"All"}), ("All",))


class QueueSource:
    """The queue with some ARN, whether there is one or not."""

    def __init__(self, arn: str, world: World, delete: Callable[[int, Queue, str], object]) -> None:
        self.arn = arn
        self._world = world
        self._delete = delete
        self.is_fifo = arn.endswith(".fifo")
        self._queue: Queue | None = None
        self._line: deque[Reader] = deque()
        self._serving = False
        """The readers are being asked: whatever becomes available meanwhile is for these rounds."""
        self._exhausted = False
        """The latest take found less than was asked for."""
        self._cause: Cause | None = None
        """Why something is being taken for a reader, while it is."""
        self.taken: list[Message] = []
        """What is being taken."""

    # --- the queue ---------------------------------------------------------------------------------------------------

    def found(self, queue: Queue | None) -> None:
        """This is the queue from now on; None when there is none (any more)."""
        former, self._queue = self._queue, queue
        if former is not None and former is not queue:
            former.source, former.has_readers = None, False
        if queue is not None:
            queue.source, queue.has_readers = self, bool(self._line)
            queue.watch()

    @property
    def exists(self) -> bool:
        """Whether there is a queue."""
        return self._queue is not None

    @property
    def visibility_timeout(self) -> int:
        """Its visibility timeout in nanoseconds, 0 without a queue."""
        return 0 if self._queue is None else self._queue.attributes.visibility_seconds * SECOND

    def count(self, now: int) -> int:
        """How many messages are in it, in whatever state."""
        return 0 if self._queue is None else sum(self._queue.counts_at(now))

    # --- the line ----------------------------------------------------------------------------------------------------

    def attach(self, reader: Reader) -> None:
        """Let a reader into the line. O(readers)."""
        if reader not in self._line:
            self._line.append(reader)
        self._line_changed()

    def detach(self, reader: Reader) -> None:
        """Let a reader out of the line. O(readers)."""
        if reader in self._line:
            self._line.remove(reader)
        self._line_changed()

    def _line_changed(self) -> None:
        queue = self._queue
        if queue is not None and queue.has_readers != bool(self._line):
            queue.has_readers = not queue.has_readers
            queue.watch()

    def offer(self, now: int) -> None:
        """Have all who wait look, receives before readers."""
        if self._queue is not None:
            self._queue.refresh(now)
            self._queue.offer(now)

    def serve(self, now: int) -> None:
        """Ask the readers in turn, until nobody takes anything. Called by the queue."""
        if self._serving:
            return
        self._serving = True
        line = self._line
        in_vain = 0
        while in_vain < len(line):
            reader = line[0]
            self._exhausted = False
            took = reader.look(now)
            self._cause = None
            if line and line[0] is reader:
                line.rotate(-1)
            if took and self._exhausted:
                break
            in_vain = 0 if took else in_vain + 1
        self._serving = False

    # --- messages ----------------------------------------------------------------------------------------------------

    def take_for(self, now: int, maximum: int, cause: Cause) -> list[dict[str, Any]]:
        """Receive up to ``maximum`` messages for a reader."""
        queue = self._queue
        if queue is None:
            return []
        self.taken = []
        self._cause = cause
        taken = queue.take(now, maximum, None, self)
        for message in taken:
            message.receiver = None  # no thread has it in hand
        # A chaotic queue gives fewer than it has.
        self._exhausted = len(taken) < maximum and not queue.is_chaotic
        return queue.answer(taken, _EVERYTHING) if taken else []

    def delete_taken(self, now: int, handles: Sequence[str]) -> bool:
        """Delete messages by their handles; those that are out of date have no effect where the queue refuses them."""
        queue = self._queue
        if queue is None or not handles:
            return False
        was_full = queue.in_flight >= queue.in_flight_limit
        self._exhausted = False  # a group of a FIFO queue may have more to give
        if not (queue.is_fifo or queue.is_chaotic or self._world.trace is not None):
            # Most batches have one message: 104 instructions instead of 195 (CPython 3.11).
            if len(handles) > 1 or not queue.remove_plainly(handles[0]):
                queue.remove_all(filter(None, map(queue.handles.get, handles)))
            return was_full
        queue.hold()
        for handle in handles:
            self._try_to_delete(now, queue, handle)
        queue.watch()
        return was_full or queue.is_fifo or queue.is_chaotic

    def _try_to_delete(self, now: int, queue: Queue, handle: str) -> None:
        with suppress(AwsError):  # it has been told, and nobody waits for the answer
            self._delete(now, queue, handle)

    def undelivered(self) -> list[Message]:
        """What was being taken for a reader and did not get there."""
        return [] if self._cause is None or self._cause.happened else self.taken

    def mend(self, queue: Queue | None) -> None:
        """Derive anew which queue it is, and be done with what was interrupted. The queue is mended after this."""
        self._serving = False
        self.found(queue)

    def settled(self) -> None:
        """What was interrupted has been taken back."""
        self._cause, self.taken = None, []
