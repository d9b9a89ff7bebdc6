"""What schedules, replays and deliveries need of the state that they belong to."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Any, Protocol

from ...core.effects import Cause
from ...core.listing import Listing
from ...core.world import World
from .bus import Bus
from .event import Event
from .rule import Rule

__all__ = ["State"]


class State(Protocol):
    """The EventBridge of one account in one region."""

    world: World
    buses: Listing[str, Bus]

    def make_event(
        self,
        now: int,
        time: int,
        source: str,
        detail_type: str,
        resources: Sequence[str],
        detail: Any,
        cause: Cause | None,
    ) -> Event:
        """A new event of this account."""

    def deliver(self, now: int, rule: Rule, event: Event) -> None:
        """Have all targets of a rule get an event."""

    def route(
        self, now: int, bus: Bus, event: Event, only: Container[str] | None = None, *, is_replayed: bool = False
    ) -> Sequence[Rule]:
        """Put all that follows from an event into the outbox."""

    def tell_not_rendered(self, now: int, event: Event) -> None:
        """Tell of an event that has happened which of its targets it is not delivered to."""

    def tell(self, now: int, bus: Bus, event: Event, rules: Iterable[Rule]) -> None:
        """Tell of an event that has happened."""
