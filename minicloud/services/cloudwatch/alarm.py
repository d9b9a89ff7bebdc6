"""Alarms: what was asked for, and in which state they are.

Settings and state are values: a change puts a new one in the place of the old one, in one step. What an alarm looks at
is its ``Reader``, which gets the service that it is to read from with each question, so that a copy of an alarm reads
from the copy of its service.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Protocol

from ...core.timeline import SECOND, Event
from .alarm_rule import AlarmRule
from .evaluation import Point, StateValue
from .suppression import Held

__all__ = ["ACTIONS_OF", "AlarmState", "CompositeAlarm", "HistoryItem", "MetricAlarm", "Reader", "SomeAlarm"]

MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
ACTIONS_OF: Final[Mapping[str, str]] = {
    "OK": "OKActions",
    "ALARM": "AlarmActions",
    "INSUFFICIENT_DATA": "InsufficientDataActions",
}


class AlarmState(NamedTuple):
    """In which state an alarm is, why, and since when."""

    value: StateValue
    reason: str
    data: str | None
    """JSON for programs."""
    updated: int
    transitioned: int
    """Since when it has that value."""


class HistoryItem(NamedTuple):
    """What happened to an alarm."""

    name: str
    type: str
    """``"MetricAlarm"`` or ``"CompositeAlarm"``."""
    moment: int
    kind: str
    """``"ConfigurationUpdate"``, ``"StateUpdate"`` or ``"Action"``."""
    summary: str
    data: str
    change: tuple[AlarmState, AlarmState] | None = None
    """Of a change of state: from what, and to what."""


class Reader(Protocol):
    """What an alarm looks at. ``state`` is the ``CloudWatchState`` that it is to be read from."""

    def points(self, state: Any, now: int, start: int, end: int) -> dict[int, Point]:
        """Its points by the beginnings of their periods, from one moment to before another."""
        ...

    def latest(self, state: Any) -> int:
        """The latest moment of which there is a sample of any of its metrics; -1 when there is none."""
        ...

    def rests(self, state: Any) -> bool:
        """Whether it is a gauge that goes on as it is until something happens."""
        ...


class SomeAlarm:
    """An alarm of any type."""

    type = ""

    def __init__(self, name: str, arn: str, now: int) -> None:
        self.name = name
        self.arn = arn
        self.settings: Mapping[str, Any] = {}
        """What was asked for, in AWS's names, but for its name and tags."""
        self.configured = now
        self.decided = -1
        """When it was last decided in which state it is: that is not decided again at the same moment."""
        self.tags: dict[str, str] = {}
        self.state = AlarmState("INSUFFICIENT_DATA", "Unchecked: Initial alarm creation", None, now, now)


class MetricAlarm(SomeAlarm):
    """An alarm on a metric, or on an expression over several."""

    type = "MetricAlarm"

    def __init__(self, name: str, arn: str, now: int) -> None:
        super().__init__(name, arn, now)
        self.reader: Reader | None = None
        self.period = 0
        """In nanoseconds."""
        self.fewest_samples = 0.0
        """With fewer in a point a percentile decides nothing."""
        self.event: Event | None = None
        """When it is evaluated next; None or over: it sleeps."""

    @property
    def step(self) -> int:
        """How far its evaluations are apart, in nanoseconds: its window slides. [CloudWatch API: EvaluationWindow]

        A minute, or ten seconds where periods are shorter than that; an hour where more than a day is looked at. [user
        guide: alarm evaluation] An hour, too, where periods are longer than that, lest a year takes long.
        """
        if self.period < MINUTE:
            return 10 * SECOND
        is_long = self.period > HOUR or self.settings["EvaluationPeriods"] * self.period > DAY
        return HOUR if is_long else MINUTE


class CompositeAlarm(SomeAlarm):
    """An alarm on other alarms."""

    type = "CompositeAlarm"

    def __init__(self, name: str, arn: str, now: int, rule: AlarmRule) -> None:
        super().__init__(name, arn, now)
        self.rule = rule
        self.held: Held | None = None
        """What holds its actions back."""
        self.event: Event | None = None
        """When it will not any more, if that is known."""
