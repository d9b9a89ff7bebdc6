"""What is scaled: a scalable target, with its policies, its scheduled actions, and what happened to it.

Nothing is started or stopped for a target: its *capacity* is a number, which a test looks at, and which tells whoever
wants to know when it changes (``on_change``). That of a target that is registered for the first time is its minimum.

Values that belong together are one value, which a change replaces in one step. This file knows no request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from ...core.effects import Deliver
from ...core.schedule import Schedule
from ...core.timeline import Event

__all__ = [
    "Activity",
    "Bounds",
    "Cooldown",
    "Key",
    "Listener",
    "Order",
    "Policy",
    "Scaled",
    "ScheduledAction",
    "Target",
]

Key: TypeAlias = tuple[str, str, str]
"""Service namespace, resource id, scalable dimension: what makes a target that target."""
Listener: TypeAlias = Callable[[int, int], object]
"""``on_change(old, new)``."""


class Bounds(NamedTuple):
    """Between what the capacity of a target is kept."""

    minimum: int
    maximum: int

    def clip(self, capacity: int) -> int:
        """The capacity between them that is nearest."""
        return min(max(capacity, self.minimum), self.maximum)


class Cooldown(NamedTuple):
    """What policies wait for: the last scaling by one of them shall take effect first."""

    until: int
    """Over from this moment on."""
    added: int
    """What a scale-out has added, which the next one counts off; of a scale-in 0."""


class Scaled(NamedTuple):
    """A change of the capacity."""

    moment: int
    old: int
    new: int
    cause: str


class Order(NamedTuple):
    """An alarm that is in a state tells a policy to scale."""

    delivery: Deliver
    """With which it came: the same one asks once."""
    alarm: str
    state: str
    above: bool
    """Whether the alarm goes off above its threshold, and not below."""
    threshold: float
    values: tuple[float, ...]
    """The metric in the latest minute that has any, newest first."""


class Policy:
    """A scaling policy."""

    def __init__(self, name: str, arn: str, now: int) -> None:
        self.name = name
        self.arn = arn
        self.created = now
        self.type: str
        """``"StepScaling"`` or ``"TargetTrackingScaling"``."""
        self.settings: Mapping[str, Any] = {}
        """Its configuration, in AWS's names."""
        self.alarms: Mapping[str, str] = {}
        """The alarms of a tracking policy: ``"high"`` and ``"low"``, by name."""
        self.obeyed: Deliver | None = None
        """The order that was carried out last."""
        self.value: float | None = None
        """The metric as it came with the last order."""
        self.rests = False
        """Whether the last order led to nothing, and would again as long as nothing changes."""


class ScheduledAction:
    """Bounds that a target gets at certain times."""

    def __init__(self, name: str, arn: str, now: int) -> None:
        self.name = name
        self.arn = arn
        self.created = now
        self.settings: Mapping[str, Any] = {}
        """What was asked for, in AWS's names, times in nanoseconds."""
        self.schedule: Schedule | None = None
        self.last = now
        """Up to when it has been looked at."""
        self.event: Event | None = None


class Activity(NamedTuple):
    """What happened, as DescribeScalingActivities tells it."""

    id: str
    key: Key
    moment: int
    description: str
    cause: str
    status: str
    message: str | None = None
    reason: Mapping[str, Any] | None = None
    """Why nothing was scaled."""


class Target:
    """A scalable target."""

    def __init__(self, key: Key, arn: str, role_arn: str, bounds: Bounds, capacity: int, now: int) -> None:
        self.key = key
        self.arn = arn
        self.role_arn = role_arn
        self.bounds = bounds
        self.capacity = capacity
        self.created = now
        self.suspended: Mapping[str, bool] = {
            "DynamicScalingInSuspended": False,
            "DynamicScalingOutSuspended": False,
            "ScheduledScalingSuspended": False,
        }
        self.tags: Mapping[str, str] = {}
        self.policies: dict[str, Policy] = {}
        self.scheduled: dict[str, ScheduledAction] = {}
        self.on_change: Listener | None = None
        self.history: list[Scaled] = []
        """The changes of its capacity, oldest first."""
        self.cooling_out = Cooldown(0, 0)
        self.cooling_in = Cooldown(0, 0)
        self.orders: Mapping[str, Order] = {}
        """What policies were told at this moment and have not obeyed yet, by their names."""
        self.event: Event | None = None
        """When they do."""

    @property
    def namespace(self) -> str:
        """The service whose resource it is."""
        return self.key[0]

    @property
    def resource_id(self) -> str:
        """Which resource of the service."""
        return self.key[1]
