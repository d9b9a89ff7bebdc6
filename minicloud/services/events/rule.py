"""A rule: which events it wants, or when it makes one of its own; and its targets.

What it is set to is one value, which is replaced as a whole (``Settings``). A schedule also has ``due``, the next time
at which it makes an event: that is true, and the event of the timeline follows from it (``State.mend``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any, Final

from ...core.event_pattern.matcher import Pattern
from ...core.schedule import Schedule
from ...core.timeline import Event as Due
from ...core.value import Value
from .event import Event
from .target import Target

__all__ = ["KEPT", "Rule", "Settings"]

KEPT: Final = 10_000
"""How many events a rule, and a bus, remembers for who looks at it."""


class Settings(Value):
    """What a rule is set to."""

    pattern: Pattern | None = None
    schedule: Schedule | None = None
    expression: str | None = None
    """The text of the schedule."""
    state: str = "ENABLED"
    description: str | None = None
    role_arn: str | None = None

    @property
    def is_enabled(self) -> bool:
        """Whether it does anything."""
        return self.state != "DISABLED"


class Rule:
    """A rule of a bus."""

    __slots__ = ("arn", "begun", "bus_name", "due", "events", "name", "settings", "tags", "targets", "timer")

    def __init__(self, bus_name: str, name: str, arn: str, tags: dict[str, str]) -> None:
        self.bus_name = bus_name
        self.name = name
        self.arn = arn
        self.tags = tags
        self.settings = Settings()
        self.targets: dict[str, Target] = {}
        """By id, in the order in which they were put. Replaced as a whole."""
        self.begun = 0
        """When its schedule began to count: when it was put, or enabled again."""
        self.due: int | None = None
        """When it makes its next event; None when it does not."""
        self.timer: Due | None = None
        self.events: deque[Event] = deque(maxlen=KEPT)
        """The latest that it has matched, or made; some may not have happened."""

    @property
    def matched(self) -> Iterable[Event]:
        """The latest events that it has matched, or made, oldest first."""
        return [event for event in self.events if event.happened]

    def shown(self) -> dict[str, Any]:
        """As it is listed."""
        settings = self.settings
        answer: dict[str, Any] = {"Name": self.name, "Arn": self.arn}
        if settings.pattern is not None:
            answer["EventPattern"] = settings.pattern.text
        answer["State"] = settings.state
        if settings.description is not None:
            answer["Description"] = settings.description
        if settings.expression is not None:
            answer["ScheduleExpression"] = settings.expression
        if settings.role_arn is not None:
            answer["RoleArn"] = settings.role_arn
        answer["EventBusName"] = self.bus_name
        return answer

    def __repr__(self) -> str:
        return f"<rule {self.name}: {self.settings.state}>"
