"""A registered consumer of a stream.

It knows its subscriptions, but not its stream: a consumer is always found by way of its stream (``find_consumer``
returns both), so the stream may know its consumers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ...core.timeline import SECOND, Event, Timeline
from ...core.timestamps import datetime_to_the_millisecond
from ...exceptions import AwsError
from . import shapes
from .status import ACTIVE, CREATING

__all__ = ["Consumer", "Subscription"]


class Subscription(Protocol):
    """What a consumer has to know of its subscription to a shard."""

    started: int
    """When it began, in nanoseconds."""

    def close(self) -> None:
        """End: another one takes over."""

    def fail(self, error: AwsError) -> None:
        """End with an error."""


class Consumer:
    """A consumer with enhanced fan-out, and its subscriptions."""

    __slots__ = ("_pending", "arn", "created", "name", "policy", "serial", "status", "subscriptions", "tags")

    def __init__(self, stream_arn: str, name: str, serial: int, now: int, tags: dict[str, str]) -> None:
        self.name = name
        self.serial = serial
        """Its place in the order of registrations."""
        self.created = now // SECOND
        """The second of its registration, which its ARN ends in."""
        self.arn = f"{stream_arn}/consumer/{name}:{self.created}"
        self.status = CREATING
        self._pending: Event | None = None
        self.tags = tags
        self.policy: str | None = None
        self.subscriptions: dict[int, Subscription] = {}
        """The last one of each shard, by the shard's index."""

    def change(
        self, timeline: Timeline, now: int, seconds: float, status: str, complete: Callable[[int], object]
    ) -> None:
        """Be in ``status`` for so many seconds; then ``complete`` the change. At once when 0."""
        if self._pending is not None:
            timeline.cancel(self._pending)
        self.status = status
        if seconds > 0:
            self._pending = timeline.schedule(now + round(seconds * SECOND), complete)
        else:
            complete(now)

    def activate(self, _: int) -> None:
        """Be ready for subscriptions."""
        self.status = ACTIVE

    def end(self, error: AwsError) -> None:
        """End its subscriptions with an error: it is no more."""
        for subscription in self.subscriptions.values():
            subscription.fail(error)
        self.subscriptions.clear()

    def describe(self) -> shapes.Consumer:
        """The consumer in a list."""
        return {
            "ConsumerName": self.name,
            "ConsumerARN": self.arn,
            "ConsumerStatus": self.status,
            "ConsumerCreationTimestamp": datetime_to_the_millisecond(self.created * SECOND),
        }
