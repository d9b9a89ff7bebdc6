"""How a service that acts on alarms and the service that has alarms see each other: neither imports the other.

Who acts finds the alarms of its account and region as an ``AlarmKeeper``; what it wants to have there is an effect
(``ToAlarms``). An alarm tells it by a ``Deliver`` to the ARN of what is to act, whose body is an *order*, in JSON:
``alarm`` (its name), ``state``, ``above`` (whether it goes off above its threshold), ``threshold``, and ``values``: the
metric in the latest minute that has any, newest first. As long as the alarm stays in ALARM the order is repeated at
each evaluation.

An alarm whose data cannot change is not evaluated for nothing (``cloudwatch.alarms``). So it asks who acts whether it
*may act* on the same order once more, merely because time has passed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from .effects import ToAlarms

__all__ = ["AlarmActor", "AlarmKeeper"]


class AlarmKeeper(Protocol):
    """The service that has alarms, as who acts on them sees it."""

    def begin(self, now: int) -> None:
        """Count and measure from now on, if nobody has begun yet."""

    def check_alarm(self, parameters: Mapping[str, Any]) -> None:
        """Raise what PutMetricAlarm would raise for these parameters."""

    def keep_alarms(self, now: int, effect: ToAlarms) -> None:
        """Carry out an effect. May be called again."""

    def alarms_with(self, arn: str) -> Sequence[tuple[str, str]]:
        """Names and ARNs of the alarms that have this action, whatever the state that it is for. O(alarms)."""

    def is_in_alarm(self, name: str) -> bool:
        """Whether there is an alarm of this name, and it is in ALARM. O(1)."""

    def wake_alarms(self, now: int) -> None:
        """What acts on alarms, or is measured of it, may be another from now on. O(alarms)."""


class AlarmActor(Protocol):
    """The service that acts on alarms, as they see it."""

    def may_act(self, arn: str) -> bool:
        """Whether what has this ARN may do something on the order that it has had, merely because time has passed."""
