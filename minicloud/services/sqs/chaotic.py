"""A standard queue that does what AWS reserves the right to do (``Cloud(delivery="aws")``).

It returns messages out of order and fewer than it could, nothing at all to a short poll, a message again while it is in
flight, and a message again that was deleted. What happens is up to ``world.chaos``; a message is repeated at most
once in each of the two ways. FIFO queues are exact.
"""

from __future__ import annotations

from ...core.chaos import Chaos
from ...core.waiter import Waiter
from . import facts
from .message import IN_FLIGHT, VISIBLE, Message
from .queue import Poll
from .standard_queue import StandardQueue
from .store import TakesMessages

__all__ = ["ChaoticQueue"]

WINDOW = 10
"""Among so many of the oldest messages the next one is chosen."""


class ChaoticQueue(StandardQueue):
    """At least once, in any order."""

    __slots__ = ("_repeated", "_survived")

    is_chaotic = True

    @property
    def _chaos(self) -> Chaos:
        chaos = self._world.chaos
        if chaos is None:
            raise TypeError("a queue is chaotic only in a cloud that is")
        return chaos

    def _empty(self) -> None:
        super()._empty()
        self._repeated: set[int] = set()
        self._survived: set[int] = set()

    def comes_empty(self, now: int) -> bool:
        """The same."""
        self.refresh(now)
        if self._visible and self._chaos.is_empty(self.arn):
            self._tell(now, "an empty answer, although there are messages")
            return True
        return False

    def poll(self, now: int, poll: Poll, wait_ns: int) -> Waiter:
        """A long poll asks all servers: it gets what there is."""
        waiter = super().poll(now, poll, wait_ns)
        self.offer(now)
        return waiter

    def take(
        self, now: int, maximum: int, visibility_ns: int | None, poll: TakesMessages | None = None
    ) -> list[Message]:
        """The same, with fewer messages than there are; some of them stay visible."""
        chaos = self._chaos
        self.refresh(now)
        most = min(maximum, self._visible)
        fewer = chaos.fewer(most)
        if fewer < most:
            self._tell(now, f"at most {fewer} of {most} messages")
        taken = super().take(now, fewer if most > 0 else maximum, visibility_ns, poll)
        for message in taken:
            if chaos.is_repeated() and message.state == IN_FLIGHT and message.sequence not in self._repeated:
                self._repeated.add(message.sequence)
                self._tell(now, "delivered, and still visible", message)
                self._show_again(message)
        return taken

    def deliver_plainly(self, now: int) -> Message | None:
        """Never: nothing is plain here."""
        return None

    def forget_plainly(self, now: int, handle: str) -> bool:
        """Never: the message may survive."""
        return False

    def survives(self, now: int, message: Message) -> bool:
        """Whether a message that is being deleted stays: a server that has a copy did not hear of it."""
        chaos = self._chaos
        if not chaos.is_repeated() or message.sequence in self._survived:
            return False
        self._survived.add(message.sequence)
        self._tell(now, "deleted, and still there", message)
        if message.state == IN_FLIGHT:
            self._show_again(message)
        return True

    def _pick(self, now: int, maximum: int) -> list[Message]:
        # One by one: the short way of the plain queue knows no choice.
        if self._fair is not None:
            return self._pick_fairly(now, maximum, self._fair, self._take)
        return self._pick_by(now, maximum, self._take)

    def _take(self) -> Message | None:
        chaos = self._chaos
        take = super()._take if self._fair is None else self._fair.take
        window: list[Message] = []
        while len(window) < WINDOW and (message := take()) is not None:
            window.append(message)
        if not window:
            return None
        chosen = window.pop(chaos.next_of(len(window)))
        for message in window:
            self.put_back(message)
        return chosen

    @property
    def _visible(self) -> int:
        return self.size - self.delayed - self.in_flight

    def _show_again(self, message: Message) -> None:
        self.in_flight -= 1
        message.state = VISIBLE
        self._make_available(message)

    def _tell(self, now: int, choice: str, message: Message | None = None) -> None:
        trace = self._world.trace
        if trace is not None:
            facts.chaos(trace, now, self, choice, message)
