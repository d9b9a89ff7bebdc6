"""Queues that note who received what, in worlds where that matters: where the clock jumps by itself.

They are classes of their own, so that a receive costs nothing more anywhere else.
"""

from __future__ import annotations

from typing import Any

from ...core.waiter import Waiter
from .chaotic import ChaoticQueue
from .fifo_queue import FifoQueue
from .message import Message, Selection
from .queue import Poll, Queue
from .standard_queue import StandardQueue

__all__ = ["NOTING"]


class _Noting(Queue):
    """What the kinds share: they stand before it in the order of classes."""

    def receive(
        self, now: int, maximum: int, visibility_ns: int | None, selection: Selection | None
    ) -> list[dict[str, Any]] | None:
        """The same, noted for the caller."""
        taken = self.take(now, maximum, visibility_ns)
        if not taken:
            return None
        # As ``Receives.note`` does it: a call less on the way of each receive.
        receives = self._world.receives
        if receives is not None:
            noted = receives.noted
            noted.append((receives.mine.who, taken))
            if len(noted) > receives.most:
                receives.forget()
        return self.answer(taken, selection)

    def _filled(self, now: int, poll: Poll, taken: list[Message]) -> None:
        super()._filled(now, poll, taken)
        self._note(taken, poll.waiter)

    def _note(self, taken: list[Message], waiter: Waiter | None = None) -> None:
        receives = self._world.receives
        if receives is not None:
            receives.note(taken, waiter)


class NotingStandardQueue(StandardQueue, _Noting):
    """A standard queue that notes."""


class NotingFifoQueue(FifoQueue, _Noting):
    """A FIFO queue that notes."""

    def remember_attempt(self, now: int, attempt_id: str, messages: list[Message], visibility_ns: int | None) -> None:
        """The same, noted for the caller; what fills a poll is noted again."""
        super().remember_attempt(now, attempt_id, messages, visibility_ns)
        self._note(messages)

    def retried(self, now: int, attempt_id: str) -> list[Message] | None:
        """The same; who asks again has the messages now."""
        messages = super().retried(now, attempt_id)
        if messages:
            self._note(messages)
        return messages

    def _filled(self, now: int, poll: Poll, taken: list[Message]) -> None:
        super()._filled(now, poll, taken)
        self._note(taken, poll.waiter)


class NotingChaoticQueue(ChaoticQueue, _Noting):
    """A chaotic queue that notes."""


NOTING: dict[type[Queue], type[Queue]] = {
    ChaoticQueue: NotingChaoticQueue,
    FifoQueue: NotingFifoQueue,
    StandardQueue: NotingStandardQueue,
}
"""By the kind of queue, the one that notes."""
