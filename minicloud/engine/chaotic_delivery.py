"""Deliveries from SNS to standard queues as AWS makes them: late, so that later ones overtake them, and twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..core import facts
from ..core.chaos import Chaos
from ..core.effects import ToQueue
from ..core.shown import shown
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
    raise UsageError(
        f'delivery={shown(delivery)} is not a kind of delivery: use "readable" (in order, once) or '
        '"aws" (all that AWS may do)'
    )


class _Copy:
    """One of the times that a delivery is made. Each step bears that it was interrupted and is made again."""

    __slots__ = ("_before", "_begun", "_delivery", "_onward", "_state", "late")

    def __init__(self, state: State, onward: Callable[[int, ToQueue], object], delivery: ToQueue, late: int) -> None:
        self._state = state
        self._onward = onward
        self._delivery = delivery
        self.late = late
        """By how many nanoseconds."""
        self._begun = False
        self._before: object = None
        """The message that an earlier copy has become."""

    @property
    def is_under_way(self) -> bool:
        """Whether its arrival stands in the timeline. O(events)."""
        return any(getattr(event.callback, "__self__", None) is self for event in self._state.timeline.heap)

    def arrive(self, now: int) -> None:
        """Make the delivery, if it was not made and interrupted after that."""
        state, delivery = self._state, self._delivery
        if not self._begun:
            self._before = getattr(delivery, "message", None)
            self._begun = True
        elif getattr(delivery, "message", None) is not self._before and state.is_carried_out(delivery):
            return
        self._onward(now, delivery)


class _Plan:
    """What was drawn for a delivery."""

    __slots__ = ("copies", "delivery", "times")

    def __init__(self, delivery: ToQueue, times: int) -> None:
        self.delivery = delivery
        self.times = times
        self.copies: list[_Copy] = []
        """Those that were begun."""


class ChaoticDelivery:
    """Stands before a cloud's plain delivery to queues."""

    def __init__(self, state: State, onward: Callable[[int, ToQueue], object]) -> None:
        self._state = state
        self._onward = onward
        self._latest: _Plan | None = None
        """For the delivery that came last: when it was interrupted, it comes again, and is to go on as was drawn."""

    def deliver(self, now: int, delivery: ToQueue) -> None:
        """Make a delivery, maybe later, maybe twice. Called under the lock."""
        state, onward = self._state, self._onward
        chaos = state.world.chaos
        subscription = getattr(delivery, "subscription", None)
        if chaos is None or subscription is None or delivery.queue_arn.endswith(".fifo"):
            onward(now, delivery)
            return
        plan = self._latest
        if plan is None or plan.delivery is not delivery:
            plan = self._latest = _Plan(delivery, 2 if chaos.is_repeated() else 1)
            if plan.times > 1:
                self._tell(now, subscription.topic.name, "delivered twice", delivery)
        for number in range(plan.times):
            known = number < len(plan.copies)
            if not known:
                plan.copies.append(_Copy(state, onward, delivery, chaos.lateness()))
            copy = plan.copies[number]
            if not copy.late:
                copy.arrive(now)
            elif not (known and copy.is_under_way):
                self._tell(now, subscription.topic.name, f"delivered {copy.late / 1e9:g} s late", delivery)
                state.timeline.schedule(now + copy.late, copy.arrive)

    def _tell(self, now: int, topic_name: str, choice: str, delivery: ToQueue) -> None:
        trace = self._state.world.trace
        if trace is not None:
            queue_name = delivery.queue_arn.rpartition(":")[2]
            trace(now, facts.CHAOS, topic_name, choice=choice, queue=queue_name, message_id=delivery.origin)
