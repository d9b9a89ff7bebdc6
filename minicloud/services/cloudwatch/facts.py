"""What CloudWatch tells the recorder: a function for each fact.

The kinds come from the register in ``core/facts.py``. No kind and no name of a detail stands anywhere else in this
folder. Whoever calls has looked whether anybody records.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...core import facts as kinds

if TYPE_CHECKING:
    from ...core.world import Trace
    from .alarm import AlarmState, SomeAlarm

__all__ = ["alarm_changed"]


def alarm_changed(trace: Trace, now: int, alarm: SomeAlarm, old: AlarmState) -> None:
    """An alarm is in another state."""
    state = alarm.state
    trace(
        now,
        kinds.ALARM_CHANGED,
        alarm.name,
        arn=alarm.arn,
        state=state.value,
        old=old.value,
        reason=state.reason,
        queues=sorted(_queues_of(alarm.settings)),
    )


def _queues_of(settings: Mapping[str, Any]) -> set[str]:
    """The names of the queues whose metrics an alarm looks at."""
    looked_at = [settings, *(one.get("MetricStat", {}).get("Metric", {}) for one in settings.get("Metrics", ()))]
    return {
        dimension["Value"]
        for metric in looked_at
        if metric.get("Namespace") == "AWS/SQS"
        for dimension in metric.get("Dimensions", ())
        if dimension["Name"] == "QueueName"
    }
