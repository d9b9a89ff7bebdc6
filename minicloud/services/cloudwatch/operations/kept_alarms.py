"""Alarms that another service keeps here, and acts on (``core/alarm_keeping``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ....core.effects import ToAlarms
from ..alarm import ACTIONS_OF
from .alarms import AlarmOperations

__all__ = ["KeptAlarms"]


class KeptAlarms(AlarmOperations):
    """The ``AlarmKeeper`` of an account in a region."""

    def check_alarm(self, parameters: Mapping[str, Any]) -> None:
        """Raise what PutMetricAlarm would raise for these parameters."""
        self.read_alarm(parameters)

    def keep_alarms(self, now: int, effect: ToAlarms) -> None:
        """Have alarms, and others no more. What is already so stays so. O(alarms)."""
        for parameters in effect.put:
            alarm = self.alarms.items.get(parameters["AlarmName"])
            if alarm is None or alarm.settings != self.read_alarm(parameters).settings:
                self.put_metric_alarm.handler(self, now, **parameters)
        gone = [self.alarms.items[name] for name in effect.gone if name in self.alarms.items]
        if gone:
            self.alarms.delete(now, gone)
        for arn in effect.actions_gone:
            self._without_action(arn)

    def _without_action(self, arn: str) -> None:
        for alarm in self.alarms.items.values():
            if any(arn in alarm.settings[name] for name in ACTIONS_OF.values()):
                kept = {name: [one for one in alarm.settings[name] if one != arn] for name in ACTIONS_OF.values()}
                alarm.settings = {**alarm.settings, **kept}

    def alarms_with(self, arn: str) -> Sequence[tuple[str, str]]:
        """Names and ARNs of the alarms that have this action. O(alarms)."""
        return [
            (alarm.name, alarm.arn)
            for alarm in self.alarms.items.values()
            if any(arn in alarm.settings[name] for name in ACTIONS_OF.values())
        ]

    def is_in_alarm(self, name: str) -> bool:
        """Whether there is an alarm of this name, and it is in ALARM. O(1)."""
        alarm = self.alarms.items.get(name)
        return alarm is not None and alarm.state.value == "ALARM"

    def wake_alarms(self, now: int) -> None:
        """Have alarms that sleep evaluated at the next full minutes, after what may have changed. O(alarms)."""
        meter = self.world.meter
        if meter is not None:
            meter.notice(now)
        self.alarms.wake(now)
