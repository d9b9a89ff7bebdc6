"""Calls with the machine's time, where the cloud has one of its own: told by who reports a failed test.

On a virtual clock, what an application asks for by ``datetime.now()`` is nothing, and what it logs is rejected, by an
answer that nobody looks at; nothing says so. Found by a reader alone: a call costs nothing for it. As in
``still_to_come``, the cloud is read without the lock and without changing anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..core import facts
from ..core.notes import clock_stands
from ..core.shown import counted, escaped
from ..core.timeline import FOREVER, LATEST, SECOND
from ..core.timestamps import datetime_of, nanoseconds_of
from .plots import called, metrics_of

if TYPE_CHECKING:
    from ..engine.engine import Engine
    from .trace_event import TraceEvent

__all__ = ["asked_of_other_clock"]

_MOST_TOLD = 5
_MILLISECOND = SECOND // 1000
_DAY = 24 * 3600 * SECOND
_OLDEST = 14 * _DAY
"""Logs take in nothing that is older. [CloudWatch Logs API: PutLogEvents]"""


def asked_of_other_clock(engine: Engine, events: Sequence[TraceEvent]) -> str:
    """A part of a report: a line for each stream that rejected, and each metric or group that was missed, so.

    Empty where there is none. O(events, samples and logged events of what was asked for).
    """
    if not engine.clock.manual:
        return ""
    lines = list(_rejected(engine, events))
    with suppress(RuntimeError):  # another thread goes on
        lines += _missed(engine, events)
    if not lines:
        return ""
    if len(lines) > _MOST_TOLD:
        lines[_MOST_TOLD:] = [f"… and {len(lines) - _MOST_TOLD} more in the same way"]
    return "\n".join([*lines, clock_stands(engine.clock.time_ns())])


# --- what was rejected ------------------------------------------------------------------------------------------------


def _rejected(engine: Engine, events: Iterable[TraceEvent]) -> Iterator[str]:
    """A line for each stream of a log group."""
    found: dict[tuple[str, str], tuple[int, list[tuple[int, int]]]] = {}
    for event, given in _calls(events, "logs.PutLogEvents"):
        now, times = event.time_ns, [one["timestamp"] * _MILLISECOND for one in given["logEvents"]]
        total, those = found.setdefault((given["logGroupName"], given["logStreamName"]), (0, []))
        # More than a day ahead, as it is then, is more than the two hours that there may be.
        wrong = [(now, one) for one in times if not now - _OLDEST <= one <= now]
        those += [(now, one) for now, one in wrong if engine.is_of_the_machine(now, one, one)]
        found[given["logGroupName"], given["logStreamName"]] = total + len(times), those
    for (group, stream), (total, those) in found.items():
        if those:
            how = " and ".join(dict.fromkeys(f"too {'new' if moment > now else 'old'}" for now, moment in those))
            yield (
                f"log stream {escaped(stream, 80)} of {escaped(group, 80)} rejected {len(those)} of "
                f"{counted(total, 'event')} as {how}: of {_span([moment for _, moment in those])}"
            )


# --- what was missed --------------------------------------------------------------------------------------------------


def _missed(engine: Engine, events: Sequence[TraceEvent]) -> list[str]:
    """A line for each metric and each log group, of the latest call that missed it."""
    meter = engine.world.meter
    heard = {} if meter is None else meter.unwritten()
    samples: dict[Any, list[int]] = {}
    lines: dict[object, str] = {}
    for event, given in _calls(reversed(events), "cloudwatch.GetMetricStatistics", "cloudwatch.GetMetricData"):
        start, end = nanoseconds_of(given["StartTime"]), nanoseconds_of(given["EndTime"])
        if engine.is_of_the_machine(event.time_ns, start, end):
            for key in _keys_of(given):
                those = samples[key] if key in samples else samples.setdefault(key, _samples(engine, key, heard))
                if key not in lines and _misses(start, end, those):
                    lines[key] = f"metric {escaped(called(key), 200)}: {_told(start, end, 'samples', those)}"
    for event, given in _calls(reversed(events), "logs.GetLogEvents", "logs.FilterLogEvents"):
        name = given.get("logGroupName") or given["logGroupIdentifier"]
        start = given.get("startTime", 0) * _MILLISECOND
        end = given["endTime"] * _MILLISECOND if "endTime" in given else FOREVER
        if name not in lines and engine.is_of_the_machine(event.time_ns, start, end):
            those = _logged(engine, name, given, event.time_ns)
            if _misses(start, end, those):
                lines[name] = f"log group {escaped(name, 120)}: {_told(start, end, 'events', those)}"
    return list(lines.values())


def _keys_of(given: Mapping[str, Any]) -> list[Any]:
    """The metrics that a call asks for."""
    return [key for key, _ in metrics_of({"Metrics": given.get("MetricDataQueries", ()), **given})]


def _samples(engine: Engine, key: Any, heard: Mapping[tuple[str, str], Any]) -> list[int]:
    """The minutes of a metric's samples, in any region."""
    return [
        moment
        for service in list(engine.services("cloudwatch"))
        for moment, _ in service.minutes_of(
            key, engine.clock.time_ns(), heard.get((service.account_id, service.region_name), {})
        )
    ]


def _logged(engine: Engine, name: str, given: Mapping[str, Any], now: int) -> list[int]:
    """The times of what was logged by then into the streams that a call asks for, in any region."""
    names = given.get("logStreamNames") or [given[one] for one in ("logStreamName",) if one in given]
    prefix = given.get("logStreamNamePrefix", "")
    return [
        event.timestamp * _MILLISECOND
        for service in list(engine.services("logs"))
        if (group := service.find_group(name)) is not None
        for stream in list(group.streams.items.values())
        if (stream.name in names if names else stream.name.startswith(prefix))
        for event in list(stream.events)
        if event.ingested * _MILLISECOND <= now
    ]


def _misses(start: int, end: int, moments: Sequence[int]) -> bool:
    """Whether there are some, all of them more than a day away."""
    return bool(moments) and not any(start - _DAY <= moment <= end + _DAY for moment in moments)


# --- in words ---------------------------------------------------------------------------------------------------------


def _calls(events: Iterable[TraceEvent], *operations: str) -> Iterator[tuple[TraceEvent, Mapping[str, Any]]]:
    """The calls of some operations that were answered, each with what it was given."""
    for event in events:
        if event.kind == facts.CALL and event.resource in operations:
            yield event, event.details


def _told(start: int, end: int, what: str, moments: Sequence[int]) -> str:
    asked = f"{_moment(start)} to {_moment(end)}" if end < LATEST else f"{_moment(start)} and later"
    return f"asked for {asked}, and its {what} are of {_span(moments)}"


def _span(moments: Sequence[int]) -> str:
    first, last = _moment(min(moments)), _moment(max(moments))
    return first if first == last else f"{first} to {last}"


def _moment(moment: int) -> str:
    return f"{datetime_of(moment):%Y-%m-%d %H:%M:%S}"
