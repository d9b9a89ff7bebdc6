"""A registered consumer of a stream.

It knows its subscriptions, but not its stream: a consumer is always found by way of its stream (``find_consumer``
returns both), so the stream may know its consumers.
"""

from __future__ import annotations

from typing import Protocol

from ...core.timeline import SECOND
from ...core.timestamps import datetime_to_the_millisecond
from ...exceptions import AwsError
from . import shapes
from .status import ACTIVE, CREATING
from .transition import Changing

__all__ = ["Consumer", "Subscription"]


class Subscription(Protocol):
    """What a consumer has to know of its subscription to a shard."""

    started: int
    """When it began, in nanoseconds."""
    ended: bool
    """Whether nothing comes any more."""

    def close(self) -> None:
        """End: another one takes over."""

    def fail(self, error: AwsError) -> None:
        """End with an error. Doing it again changes nothing."""

    def mend(self, now: int) -> None:
        """Make whole what an exception may have torn."""

    def check(self) -> None:
        """Raise ``AssertionError`` where something that is derived is not what it should be. For tests."""


class Consumer(Changing):
    """A consumer with enhanced fan-out, and its subscriptions."""

    __slots__ = ("arn", "created", "name", "policy", "serial", "subscriptions", "tags")

    def __init__(self, stream_arn: str, name: str, serial: int, now: int, tags: dict[str, str]) -> None:
        super().__init__(CREATING)
        self.name = name
        self.serial = serial
        """Its place in the order of registrations."""
        self.created = now // SECOND
        """The second of its registration, which its ARN ends in."""
        self.arn = f"{stream_arn}/consumer/{name}:{self.created}"
        self.tags = tags
        self.policy: str | None = None
        self.subscriptions: dict[int, Subscription] = {}
        """The last one of each shard, by the shard's index."""

    def activate(self) -> None:
        """Be ready for subscriptions."""
        self.status = ACTIVE

    def subscribe(self, shard_index: int, subscription: Subscription) -> None:
        """Have the subscription to a shard, in the place of the former one, which ends."""
        former = self.subscriptions.get(shard_index)
        self.subscriptions[shard_index] = subscription
        if former is not None:
            former.ended = True  # in the same step
            former.close()

    def end(self, error: AwsError) -> None:
        """End its subscriptions with an error: it is no more. Doing it again changes nothing."""
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
