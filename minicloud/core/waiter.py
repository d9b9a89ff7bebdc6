"""A long poll as an object.

A queue (or a shard) that cannot answer at once returns a ``Waiter`` and keeps it in line. Whoever has the answer
later *fills* it, under the cloud's lock, and calls ``wake``: the sleeper finds the result, there is no second race
for it. A waiter ends in exactly one of four ways: filled, expired at its deadline (filled with the empty answer),
failed (the cloud was closed), or abandoned (its caller was cancelled; what it had been handed goes back).

From the moment it is made until its caller has been told a waiter is among the world's ``waiters``, so that closing a
cloud finds also the call that has left the lock and does not sleep yet.
"""

from __future__ import annotations

from collections.abc import Callable

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Pending", "Waiter"]


class Waiter:
    """One blocked call. All but ``wake`` is used under the cloud's lock."""

    __slots__ = ("_pending", "call", "deadline", "done", "error", "on_abandon", "result", "wake")

    def __init__(
        self, deadline: int, on_abandon: Callable[[int], object], pending: Pending, call: tuple[str, str] = ("", "")
    ) -> None:
        self._pending = pending
        pending[self] = pending.caller()
        self.deadline = deadline
        """When the poll ends empty, in nanoseconds of the cloud's clock."""
        self.call = call
        """What it is, and on what: the name of the operation, and of the queue or the like."""
        self.done = False
        self.result: Any = None
        self.error: Exception | None = None
        self.on_abandon = on_abandon
        """Takes the poll back: out of line when it still waits, its messages returned when it was filled."""
        self.wake: Callable[[], object] | None = None
        """Supplied by the shell that sleeps; called when the waiter is done, and again if that was interrupted."""

    def finish(self, result: Any) -> None:
        """Fill the waiter with its answer and wake its caller."""
        self.result = result
        self.done = True
        self.tell()

    def tell(self) -> None:
        """Wake the caller of a waiter that is done; once more does no harm."""
        if self.wake is not None:
            self.wake()
        self._pending.pop(self, None)

    @property
    def caller(self) -> object:
        """Who made the call, until he has been told; None from then on."""
        return self._pending.get(self)

    def leave(self) -> None:
        """Be done without waking anybody: the caller has gone."""
        self.done = True
        self._pending.pop(self, None)

    def fail(self, error: Exception) -> None:
        """End the wait with an error."""
        self.error = error
        self.finish(None)


class Pending(dict[Waiter, object]):
    """The blocked polls of a world, in order, with who made the call: a thread, where there are threads."""

    __slots__ = ("caller",)

    def __init__(self, caller: Callable[[], object]) -> None:
        super().__init__()
        self.caller = caller
