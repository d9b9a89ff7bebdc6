"""Deliveries from SNS to standard queues as AWS makes them: late, so that later ones overtake them, and twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.choices import Choices
from ..core.effects import ToQueue
from ..exceptions import UsageError

if TYPE_CHECKING:
    from ..cloud import Cloud
    from ..core.ids import Identifiers

__all__ = ["ErraticDelivery", "choices_for"]


def choices_for(delivery: str | Choices, ids: Identifiers) -> Choices | None:
    """What chooses for ``Cloud(delivery=...)``: nobody, or a random stream of its own."""
    if delivery == "readable":
        return None
    if delivery == "aws":
        return Choices(ids.random("chaos").randrange)
    if isinstance(delivery, Choices):
        return delivery
    raise UsageError(f'delivery={delivery!r}: use "readable" (in order, once) or "aws" (all that AWS may do)')


class ErraticDelivery:
    """Stands before a cloud's plain delivery to queues."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def deliver(self, now: int, delivery: ToQueue) -> None:
        """Make a delivery, maybe later, maybe twice. Called under the lock."""
        cloud = self._cloud
        choices = cloud.world.choices
        subscription = getattr(delivery, "subscription", None)
        if choices is None or subscription is None or delivery.queue_arn.endswith(".fifo"):
            cloud.to_queue(now, delivery)
            return
        times = 2 if choices.is_repeated() else 1
        if times > 1:
            self._tell(now, subscription.topic.name, "delivered twice", delivery)
        for _ in range(times):
            late = choices.lateness()
            if late:
                self._tell(now, subscription.topic.name, f"delivered {late / 1e9:g} s late", delivery)
                cloud.timeline.schedule(now + late, lambda due: cloud.to_queue(due, delivery))
            else:
                cloud.to_queue(now, delivery)

    def _tell(self, now: int, topic_name: str, choice: str, delivery: ToQueue) -> None:
        trace = self._cloud.world.trace
        if trace is not None:
            queue_name = delivery.queue_arn.rpartition(":")[2]
            trace(now, "chaos", topic_name, choice=choice, queue=queue_name, message_id=delivery.origin)
