"""What has not come yet because the clock has not: buffers of Firehose, and schedules that have never run.

They are read without the lock and without changing anything, as a failed test's report is made when the cloud may be
closed, or another thread at work in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..core.shown import counted, escaped
from ..core.timeline import FOREVER
from .times import time_teller

if TYPE_CHECKING:
    from ..engine.engine import Engine

__all__ = ["still_to_come"]

_MOST = 5


def still_to_come(engine: Engine) -> str:
    """A part of a report: when what comes, a line each, the next first; empty when nothing waits. O(what there is)."""
    found: list[tuple[int, str]] = []
    with suppress(RuntimeError):  # another thread goes on
        _find(engine, found)
    if not found:
        return ""
    found.sort()
    told = found[:_MOST]
    when = time_teller([engine.time_ns(), *(due for due, _ in told if due < FOREVER)])
    lines = [f"  {when(due) if due < FOREVER else 'never'}  {words}" for due, words in told]
    if len(found) > _MOST:
        lines.append(f"  … and {len(found) - _MOST} more")
    return "\n".join(["still to come:", *lines])


def _find(engine: Engine, found: list[tuple[int, str]]) -> None:
    for name, look in (("firehose", _buffers), ("scheduler", _schedules), ("events", _rules)):
        for service in list(engine.services(name)):
            found += look(service)


def _buffers(service: Any) -> Iterator[tuple[int, str]]:
    for stream in list(service.streams.items.values()):
        count = len(stream.entry) + sum(map(len, stream.outputs.values()))
        due = stream.buffer_due()
        if due < FOREVER and not stream.has_ended:
            what = "hands its function" if stream.entry and stream.destination.processing else "delivers"
            yield due, f"delivery stream {escaped(stream.name, 80)} {what} {counted(count, 'record')}"


def _schedules(service: Any) -> Iterator[tuple[int, str]]:
    for schedule in list(service.schedules.items.values()):
        plan = schedule.plan
        if plan.count or not plan.is_enabled:
            continue
        settings, occurrence = plan.settings, plan.next_occurrence()
        when = f"{settings['ScheduleExpression']}, {settings['ScheduleExpressionTimezone']}"
        what = f"schedule {escaped(schedule.name, 80)}"
        if occurrence is None:
            yield FOREVER, f"{what} invokes its target: {escaped(when, 120)} was over when it was made"
        else:
            due = plan.due_of(occurrence, schedule.arn, service.world.ids)
            yield due, f"{what} invokes its target for the first time ({escaped(when, 120)})"


def _rules(service: Any) -> Iterator[tuple[int, str]]:
    for rule in list(service.schedules.rules()):
        if not rule.events:
            yield (
                rule.due,
                f"rule {escaped(rule.name, 80)} makes its first event ({escaped(rule.settings.expression, 120)})",
            )
