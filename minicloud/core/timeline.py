"""What is due, and when: one heap of events a cloud.

Time is an integer of nanoseconds. An event is a callback that takes the moment at which it was due: ``settle``
runs whatever is due up to ``now``, one by one, each with *its own* due time, so that a chain of retries does not
collapse into one instant. Ties break by the order of scheduling, never by identity.

Cancelled events stay in the heap as hollow entries until they surface or outnumber the living two to one; then
the heap is rebuilt. ``next_due`` is a plain int that is kept current, so a call pays one comparison to learn that
nothing is due.

Some events are *perpetual*: when one has happened the next one is due, for ever (a rate, a cron). That something of
this kind is due does not tell that there is anything to wait for, so whoever moves time for those who wait looks at
``is_perpetual`` and gives up when nothing else has been due for long.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush

__all__ = ["FOREVER", "LATEST", "SECOND", "Event", "Timeline"]

SECOND = 1_000_000_000
FOREVER = 253_402_300_800 * SECOND
"""Later than any moment, the end of the year 9999: the due time of what never happens."""
LATEST = 253_370_764_800 * SECOND
"""The end of the year 9998, which clocks do not reach: what is due a while later has a date, too."""

_PRUNE_AT = 64


class Event:
    """Something that will happen at ``due``; ``cancel`` through the timeline that made it."""

    __slots__ = ("callback", "due", "sequence")

    def __init__(self, due: int, sequence: int, callback: Callable[[int], object]) -> None:
        self.due = due
        self.sequence = sequence
        self.callback: Callable[[int], object] | None = callback

    def __lt__(self, other: Event) -> bool:
        if self.due != other.due:
            return self.due < other.due
        return self.sequence < other.sequence


class _Perpetual(Event):
    """One of those that go on for ever."""

    __slots__ = ()


class Timeline:
    """The events of a cloud in order of their due time. Not thread-safe: used under the cloud's lock."""

    __slots__ = ("_hollow", "_sequence", "earlier", "heap", "next_due", "running", "torn")

    def __init__(self) -> None:
        self.heap: list[Event] = []
        self.next_due = FOREVER
        self.earlier: Callable[[], object] | None = None
        """Called when an event is scheduled before all others: whoever sleeps until ``next_due`` must look again."""
        self.torn = 0
        """Not 0 when something was interrupted half way: everything is due then, and whoever comes next mends it."""
        self.running: Event | None = None
        """The event that is happening; until all that it causes is over, it may have to happen once more."""
        self._hollow = 0
        self._sequence = 0

    def schedule(self, due: int, callback: Callable[[int], object]) -> Event:
        """Have ``callback(due)`` called once time reaches ``due``. O(log n)."""
        self._sequence += 1
        event = Event(due, self._sequence, callback)
        heappush(self.heap, event)
        if due < self.next_due:
            self.next_due = due
            if self.earlier is not None:
                self.earlier()
        return event

    def schedule_perpetual(self, due: int, callback: Callable[[int], object]) -> Event:
        """The same, for what goes on for ever: each time it happens the next one is scheduled. O(log n)."""
        # Not one method for both: the other one is in every call that has something to do later.
        self._sequence += 1
        event = _Perpetual(due, self._sequence, callback)
        heappush(self.heap, event)
        if due < self.next_due:
            self.next_due = due
            if self.earlier is not None:
                self.earlier()
        return event

    @property
    def is_perpetual(self) -> bool:
        """Whether what is due first is of what goes on for ever. O(1)."""
        return bool(self.heap) and isinstance(self.heap[0], _Perpetual)

    def cancel(self, event: Event) -> None:
        """Make sure that ``event`` does not happen (any more). O(1) amortised."""
        if event.callback is None:
            return
        event.callback = None
        if event is not self.running:  # it has left the heap: a poll that is filled at its deadline, for one
            self._hollow += 1
        if self._hollow > _PRUNE_AT and self._hollow > len(self.heap) * 2 // 3:
            self.heap = [entry for entry in self.heap if entry.callback is not None]
            heapify(self.heap)
            self._hollow = 0
        self._refresh()

    def pop_due(self, now: int) -> tuple[int, Callable[[int], object]] | None:
        """Take out the first event that is due at ``now``: when, and its callback. None if none is. O(log n)."""
        heap = self.heap
        while heap and heap[0].due <= now:
            event = heap[0]
            if event.callback is not None:
                self.running = event  # before it leaves the heap
                heappop(heap)
                self._refresh()
                return event.due, event.callback
            heappop(heap)
            self._hollow -= 1
        self._refresh()
        return None

    def mend(self) -> None:
        """Put back the event that was happening when something tore it, and count anew. O(n)."""
        event, heap = self.running, self.heap
        if event is not None and event.callback is not None and not any(entry is event for entry in heap):
            heap.append(event)
        self.heap = [entry for entry in heap if entry.callback is not None]
        heapify(self.heap)
        self._hollow = 0
        self.running = None

    def first(self) -> tuple[int, Callable[[int], object] | None]:
        """When the next event is due, and its callback; ``FOREVER`` and None when there is none."""
        return self.next_due, self.heap[0].callback if self.heap else None

    def clear(self) -> None:
        """Forget every event."""
        for event in self.heap:
            event.callback = None
        self.heap = []
        self._hollow = 0
        self.running = None
        self._refresh()

    def _refresh(self) -> None:
        heap = self.heap
        while heap and heap[0].callback is None:
            heappop(heap)
            self._hollow -= 1
        self.next_due = -1 if self.torn else heap[0].due if heap else FOREVER
