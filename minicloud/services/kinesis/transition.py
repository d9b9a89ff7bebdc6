"""What a stream and a consumer have in common: changes that take their time.

A change is asked for (a stream is UPDATING from then on), and made when its time has come, or at once. Each of the two
has several steps and is carried through (``World.carry_through``): once it has begun, all of it happens. So its steps
bear having been done before. What is to be made is found out first, by a function that changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ...core.timeline import SECOND, Event
from ...core.world import World

__all__ = ["Changing", "Prepare", "Step"]

Step: TypeAlias = Callable[[], object]
"""Changes something; doing it again changes nothing."""
Prepare: TypeAlias = Callable[[int], Step]
"""``prepare(moment)``: what is to be done at that moment. It changes nothing yet."""


class Changing:
    """Something that has a ``status``, and changes."""

    __slots__ = ("_event", "_pending", "status")

    def __init__(self, status: str) -> None:
        self.status = status
        self._pending: Prepare | None = None
        """What is under way; it counts, and not what stands on the timeline."""
        self._event: Event | None = None

    @property
    def changes_at(self) -> int | None:
        """When the change that is under way is made; None when none is."""
        return None if self._event is None else self._event.due

    def change(
        self, world: World, now: int, seconds: float, status: str, prepare: Prepare, first: Step | None = None
    ) -> None:
        """Be in ``status`` for so many seconds; then do what ``prepare`` says. At once when 0.

        ``first`` is done as soon as the change is asked for. What was under way is so no longer.
        """
        timeline = world.timeline
        former = self._event
        due = now + round(seconds * SECOND)
        finish = None if seconds > 0 else prepare(now)

        def begin() -> None:
            if first is not None:
                first()
            if former is not None:
                timeline.cancel(former)
            if finish is not None:
                self._pending = self._event = None
                finish()
                return
            self._pending, self.status = prepare, status
            self._event = timeline.schedule(due, lambda moment: self._complete(world, moment, prepare))

        world.carry_through(begin)

    def _complete(self, world: World, moment: int, prepare: Prepare) -> None:
        if self._pending is not prepare:
            return  # it has been made, or another one is under way
        finish = prepare(moment)

        def end() -> None:
            self._pending = self._event = None
            finish()

        world.carry_through(end)
