"""The receives that wait in line at a queue, of whatever service.

A receive that finds nothing and may wait becomes a *poll* in line. Whatever makes something available has the queue
fill the oldest: it gets its answer then and there. A poll ends in one of four ways: filled, empty at its deadline,
empty because the queue is gone, or abandoned. If it is abandoned when it had been filled, what it was handed goes back,
as if never received.

True is which polls are in line and not done, which are just being returned, and what each was handed. The events of
their deadlines can be made anew. A line knows its queue as ``Queue`` has it below, and neither what that hands out nor
how it takes it. The queue looks at ``polls``: who is done is out of line, though he may still be there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Final, Generic, Protocol, TypeVar

from .timeline import Event
from .waiter import Waiter
from .world import Trace, World

__all__ = ["NOBODY", "PollLine", "WaitingPoll"]

_SLACK = 64
"""Polls that have left and are always tolerated."""


class WaitingPoll:
    """A receive that waits in line."""

    __slots__ = ("deadline", "handles", "number", "taken", "waiter")

    number: int
    """Of the queue's polls, from 1."""
    deadline: Event | None
    waiter: Waiter
    taken: list[Any]
    """What it was filled with, or is just being filled with."""
    handles: list[str | None]
    """The handles of this delivery."""


P = TypeVar("P", bound=WaitingPoll)


class Queue(Protocol):
    """A queue, as its line sees it."""

    def offer(self, now: int) -> None:
        """Fill the polls in line with what is available, oldest first."""

    def refresh(self, now: int) -> None:
        """Notice what has ended by itself."""

    def watch(self) -> None:
        """Have the next time at which something may become available on the timeline, while somebody waits."""

    def give_back(self, one: Any, handle: str | None, /) -> bool:
        """Undo a delivery; false when it is over already. Doing it again changes nothing."""


class Facts(Protocol):
    """What is told of a line."""

    def poll_began(self, trace: Trace, now: int, queue: Any, number: int, wait_ns: int, /) -> None:
        """A poll waits for so many nanoseconds."""

    def poll_filled(self, trace: Trace, now: int, queue: Any, number: int, taken: Any, /) -> None:
        """It has got something."""

    def poll_ended_empty(self, trace: Trace, now: int, queue: Any, number: int, /) -> None:
        """It has waited in vain."""

    def poll_abandoned(self, trace: Trace, now: int, queue: Any, number: int, /) -> None:
        """Its caller is no more, and it had got nothing."""

    def poll_returned(self, trace: Trace, now: int, queue: Any, one: Any, handle: str | None, /) -> None:
        """Something that a poll had got goes back, of which this was the handle."""


class PollLine(Generic[P]):
    """One line of polls at a queue, the oldest first."""

    __slots__ = ("_call", "_facts", "_left", "_nothing", "_queue", "_returning", "_world", "polls")

    def __init__(
        self, queue: Queue, world: World, call: tuple[str, str], facts: Facts, nothing: Callable[[], dict[str, Any]]
    ) -> None:
        self._queue = queue
        self._world = world
        self._call = call
        """The name of the operation, and of the queue."""
        self._facts = facts
        self._nothing = nothing
        """Makes the answer of a receive that found nothing."""
        self.polls: deque[P] = deque()
        self._left = 0
        """How many have left since the last time that all were looked at."""
        self._returning: list[P] = []
        """Those that were abandoned, as long as what they had been handed goes back."""

    def join(self, now: int, poll: P, number: int, wait_ns: int) -> Waiter:
        """Put a receive that found nothing in line, for ``wait_ns`` at the most. O(1)."""
        poll.number = number
        poll.taken = []
        poll.handles = []
        poll.deadline = None
        world, ends = self._world, now + wait_ns
        waiter = Waiter(ends, lambda moment: self._abandon(moment, poll), world.waiters, self._call)
        poll.waiter = waiter
        poll.deadline = world.timeline.schedule(ends, lambda moment: self._deadline(moment, poll))
        self.polls.append(poll)
        trace = world.trace
        if trace is not None:
            self._facts.poll_began(trace, now, self._queue, number, wait_ns)
        self._queue.watch()
        return waiter

    def fill(self, now: int, poll: P, taken: list[Any], answer: Any) -> None:
        """Give a poll in line its answer. O(what was taken)."""
        world = self._world
        receiver = world.receiver.of(poll.waiter)
        poll.handles = handles = []
        for one in taken:
            one.receiver = receiver
            handles.append(one.handle)
        if poll.deadline is not None:
            world.timeline.cancel(poll.deadline)
        trace = world.trace
        if trace is not None:
            self._facts.poll_filled(trace, now, self._queue, poll.number, taken)
        poll.waiter.finish(answer)

    def end(self) -> None:
        """The queue is gone: every poll ends empty. Doing it again changes nothing."""
        for poll in self.polls:
            if not poll.waiter.done:
                if poll.deadline is not None:
                    self._world.timeline.cancel(poll.deadline)
                poll.waiter.finish(self._nothing())

    def arrange(self) -> None:
        """Have nobody in line who is done. O(polls)."""
        self.polls = deque(poll for poll in self.polls if not poll.waiter.done)
        self._left = 0

    def undelivered(self) -> Iterator[Any]:
        """What was being delivered to a poll, and did not get there: known while the queue is mended."""
        for poll in self.polls:
            if not poll.waiter.done:
                yield from poll.taken

    def settled(self) -> None:
        """That has been taken back."""
        for poll in self.polls:
            if not poll.waiter.done:
                poll.taken, poll.handles = [], []

    def mend(self) -> None:
        """Give back what was being given back, and have everybody in line have a deadline. The queue is whole."""
        for poll in self._returning:
            for one, handle in zip(poll.taken, poll.handles, strict=True):
                self._queue.give_back(one, handle)
        self._returning = []
        self.arrange()
        for poll in self.polls:
            if poll.deadline is None or poll.deadline.callback is None:
                self._renew_deadline(poll)

    def _renew_deadline(self, poll: P) -> None:
        timeline = self._world.timeline
        poll.deadline = timeline.schedule(poll.waiter.deadline, lambda moment: self._deadline(moment, poll))

    def _deadline(self, now: int, poll: P) -> None:
        # What becomes available at this very moment is still in time.
        self._queue.offer(now)
        if not poll.waiter.done:
            if self._world.trace is not None:
                self._facts.poll_ended_empty(self._world.trace, now, self._queue, poll.number)
            poll.waiter.finish(self._nothing())
        self._queue.watch()

    def _abandon(self, now: int, poll: P) -> None:
        """The poll's caller is no more: out of line, and what it had been handed goes back as if never received.

        Doing it again changes nothing.
        """
        if not hasattr(poll, "waiter"):
            return  # it was interrupted before it came into line
        if not poll.waiter.done:
            poll.waiter.leave()
            if poll.deadline is not None:
                self._world.timeline.cancel(poll.deadline)
            self._left += 1
            if self._left > len(self.polls) // 2 + _SLACK:
                self.arrange()
            self._queue.watch()
            if self._world.trace is not None:
                self._facts.poll_abandoned(self._world.trace, now, self._queue, poll.number)
            return
        queue = self._queue
        self._returning.append(poll)
        queue.refresh(now)
        trace = self._world.trace
        for one, handle in reversed(list(zip(poll.taken, poll.handles, strict=True))):
            if queue.give_back(one, handle) and trace is not None:
                self._facts.poll_returned(trace, now, queue, one, handle)
        poll.taken, poll.handles = [], []
        self._returning.remove(poll)
        queue.offer(now)


_NO_QUEUE: Any = None
NOBODY: Final[PollLine[Any]] = PollLine(_NO_QUEUE, _NO_QUEUE, ("", ""), _NO_QUEUE, dict)
"""The line of a queue that nobody has waited at: always empty."""
