"""Alarms, as a test looks at them and listens to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from ...core.shown import escaped, shown
from ...exceptions import UsageError
from .lookup import find

if TYPE_CHECKING:
    from ...engine.engine import Engine
    from ...services.cloudwatch.alarm import AlarmState, SomeAlarm
    from ...services.cloudwatch.alarms import AlarmChange
    from ...services.cloudwatch.evaluation import StateValue

T = TypeVar("T")

__all__ = ["AlarmView", "all_alarm_changes", "find_alarm", "listen"]


class AlarmView:
    """An alarm of CloudWatch. Each property looks anew."""

    def __init__(self, engine: Engine, alarm: SomeAlarm) -> None:
        self._engine = engine
        self._alarm = alarm

    @property
    def name(self) -> str:
        """The alarm's."""
        return self._alarm.name

    @property
    def arn(self) -> str:
        """The alarm's."""
        return self._alarm.arn

    @property
    def state(self) -> StateValue:
        """``"OK"``, ``"ALARM"`` or ``"INSUFFICIENT_DATA"``."""
        return self._state.value

    @property
    def reason(self) -> str:
        """Why it is in that state, in CloudWatch's words."""
        return self._state.reason

    @property
    def history(self) -> list[AlarmChange]:
        """Its changes of state of the last two weeks, oldest first, as ``cloud.on_alarm`` tells them. O(history)."""
        alarm = self._alarm
        _, _, _, region_name, account_id, _ = alarm.arn.split(":", 5)
        service = self._engine.service("cloudwatch", account_id, region_name)
        changes: list[AlarmChange] = self._look(lambda: service.alarms.changes_of(alarm.name))
        return changes

    @property
    def _state(self) -> AlarmState:
        return self._look(lambda: self._alarm.state)

    def _look(self, get: Callable[[], T]) -> T:
        return self._engine.look("a view", lambda _: get())

    def __repr__(self) -> str:
        return f"<alarm {escaped(self._alarm.name)}: {self._alarm.state.value}>"  # takes no lock


def find_alarm(engine: Engine, name: str) -> AlarmView:
    """``Cloud.alarm``."""
    alarm = find(
        engine,
        ("alarm", "cloudwatch"),
        name,
        lambda service, wanted: service.alarms.items.get(wanted.removeprefix("alarm:")),
        lambda service: list(service.alarms.items),
    )
    return AlarmView(engine, alarm)


def listen(engine: Engine, name: str, listener: Callable[[AlarmChange], object]) -> None:
    """``Cloud.on_alarm``."""
    if not callable(listener):
        raise UsageError(f"{shown(listener)} cannot be told of {shown(name)}: give a callable that takes (change)")
    if not isinstance(name, str) or not name:
        raise UsageError(f"{shown(name)} is not the name of an alarm: give a name or an ARN as a string")
    account_id, region_name, bare = engine.account_id, engine.region_name, name
    if name.startswith("arn:"):
        parts = name.split(":", 6)
        if len(parts) != 7 or parts[2] != "cloudwatch" or parts[5] != "alarm":
            raise UsageError(
                f"{shown(name)} is not an alarm: give a name, or an ARN such as arn:aws:cloudwatch:…:alarm:name"
            )
        region_name, account_id, bare = parts[3], parts[4], parts[6]

    def add(now: int) -> None:
        alarms = engine.find_service("cloudwatch", account_id, region_name).alarms
        alarms.listeners = {**alarms.listeners, bare: (*alarms.listeners.get(bare, ()), listener)}

    engine.change("on_alarm()", add)


def all_alarm_changes(engine: Engine) -> list[AlarmChange]:
    """All changes of alarms of a cloud, in their order, but for alarms that only have something scaled. O(history)."""
    return engine.look("a view", lambda _: _changes(engine))


def _changes(engine: Engine) -> list[AlarmChange]:
    found = [
        change
        for service in engine.services("cloudwatch")
        for name in sorted({item.name for item in service.alarms.history} - _that_only_scale(service))
        for change in service.alarms.changes_of(name)
    ]
    return sorted(found, key=lambda change: change.time)


def _that_only_scale(service: Any) -> set[str]:
    """The alarms whose actions are policies, all of them."""
    from ...services.cloudwatch.scaling_orders import only_scales

    return {alarm.name for alarm in service.alarms.items.values() if only_scales(alarm)}
