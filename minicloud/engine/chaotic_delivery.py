"""Deliveries from SNS to standard queues as AWS makes them: late, so that later ones overtake them, and twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..core import facts
from ..core.chaos import Chaos
from ..core.effects import ToQueue
from ..exceptions import UsageError

if TYPE_CHECKING:
    from ..core.ids import Identifiers
    from .state import State

__all__ = ["ChaoticDelivery", "chaos_for"]


def chaos_for(delivery: str | Chaos, ids: Identifiers) -> Chaos | None:
    """What chooses for ``Cloud(delivery=...)``: nobody, or a random stream of its own."""
    if delivery == "readable":
        return None
    if delivery == "aws":
        return Chaos(ids.random("chaos").randrange)
    if isinstance(delivery, Chaos):
        return delivery
    raise UsageError(f'delivery={delivery!r}: use "readable" (in order, once) or "aws" (all that AWS may do)')


class ChaoticDelivery:
    """Stands before a cloud's plain delivery to queues."""

    def __init__(self, state: State, onward: Callable[[int, ToQueue], object]) -> None:
        self._state = state
        self._onward = onward

    def deliver(self, now: int, delivery: ToQueue) -> None:
        """Make a delivery, maybe later, maybe twice. Called under the lock."""
        state, onward = self._state, self._onward
        chaos = state.world.chaos
        subscription = getattr(delivery, "subscription", None)
        if chaos is None or subscription is None or delivery.queue_arn.endswith(".fifo"):
            onward(now, delivery)
            return
        times = 2 if chaos.is_repeated() else 1
        if times > 1:
            self._tell(now, subscription.topic.name, "delivered twice", delivery)
        for _ in range(times):
            late = chaos.lateness()
            if late:
                self._tell(now, subscription.topic.name, f"delivered {late / 1e9:g} s late", delivery)
                state.timeline.schedule(now + late, lambda due: onward(due, delivery))
            else:
                onward(now, delivery)

    def _tell(self, now: int, topic_name: str, choice: str, delivery: ToQueue) -> None:
        trace = self._state.world.trace
        if trace is not None:
            queue_name = delivery.queue_arn.rpartition(":")[2]
            trace(now, facts.CHAOS, topic_name, choice=choice, queue=queue_name, message_id=delivery.origin)
