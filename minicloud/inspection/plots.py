"""The metrics that a test has looked at, or put alarms on, as a line of text each and as pictures.

They are read without the lock and without changing anything, as a failed test's report is made when the cloud may be
closed, or another thread at work in it. What was heard and is not in the metrics yet is counted here, for this alone.
A picture is SVG that needs nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from ..core.shown import counted, escaped
from .times import clock_time

if TYPE_CHECKING:
    from ..engine.engine import Engine

__all__ = ["Plot", "called", "lines_of", "metrics_of", "pictures_of", "plots_of", "spark"]

_MOST = 6
"""Metrics that are shown; more are counted."""
_MOST_NEAR = 3
_COLUMNS = 40
_BARS = "▁▂▃▄▅▆▇█"
_MINUTE = 60_000_000_000
_FAR = 3 * 3600 * 1_000_000_000
_WIDTH, _HEIGHT = 600, 72
_SIGNS = {
    "GreaterThanOrEqualToThreshold": ">=",
    "GreaterThanThreshold": ">",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "<=",
}


class Plot(NamedTuple):
    """A statistic of a metric, by the minute, and what alarms say of it."""

    title: str
    points: list[tuple[int, float]]
    """Beginnings of minutes, in nanoseconds, and values; oldest first."""
    thresholds: list[tuple[str, float]]
    """Of alarms on it: name, state and comparison in words, and the number."""
    near: str = ""
    """Where it has none: which others have, that may have been meant."""


def plots_of(engine: Engine) -> list[Plot]:
    """The metrics that were looked at or that alarms are on, those of alarms first. O(their samples)."""
    meter = engine.world.meter
    if meter is None:
        return []
    plots: list[Plot] = []
    with suppress(RuntimeError):  # another thread goes on
        _add(plots, engine, meter.unwritten())
    return plots


def _add(plots: list[Plot], engine: Engine, heard: dict[tuple[str, str], Any]) -> None:
    for service in list(engine.services("cloudwatch")):
        plots += _of(service, heard, engine.time_ns())


def _of(service: Any, heard: dict[tuple[str, str], Any], now: int) -> Iterator[Plot]:
    from ..services.cloudwatch.statistics import statistic

    wanted: dict[tuple[Any, str], list[tuple[str, float]]] = {}
    for alarm in list(service.alarms.items.values()):
        settings = alarm.settings
        found = metrics_of(settings)
        for whose in found:
            marks = wanted.setdefault(whose, [])
            if len(found) == 1 and "Metrics" not in settings:
                sign = _SIGNS.get(settings["ComparisonOperator"], "")
                threshold = settings["Threshold"]
                unit = _unit_missed(service, found[0][0], settings.get("Unit"))
                text = f"{escaped(alarm.name, 60)} ({alarm.state.value}): {sign} {threshold:g}{unit}"
                marks.append((text, threshold))
    for whose in list(service.looked_at.items()):
        wanted.setdefault(whose, [])
    place = service.account_id, service.region_name
    own = heard.get(place, {})
    for (key, stat), marks in wanted.items():
        compute = statistic(stat)
        samples = service.minutes_of(key, now, own)
        points = [(moment, value) for moment, one in samples if compute and (value := compute(one)) is not None]
        near = "" if points else _near(key, [*service.metrics, *(place[0] for place in own)])
        yield Plot(escaped(f"{called(key)}, {stat}", 200), points, marks, near)


def _unit_missed(service: Any, key: Any, unit: str | None) -> str:
    """What to say of an alarm on samples of a unit which no sample of the metric has."""
    metric = service.metrics.get(key)
    units = [] if unit is None or metric is None else list(metric.units(service.spans(key)))
    return f" {unit}, and no sample has this unit" if units and unit not in units else ""


def called(key: Any) -> str:
    """A metric in words: its namespace, its name, and its dimensions."""
    namespace, name, dimensions = key
    of = _dimensions(dimensions)
    return f"{namespace} {name}{f' ({of})' if of else ''}"


def _dimensions(dimensions: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{one}={value}" for one, value in dimensions)


def _near(key: Any, keys: Iterable[Any]) -> str:
    """What to say of a metric without samples: the dimensions of its namesakes, else its name elsewhere."""
    others = dict.fromkeys(other for other in keys if other != key)
    same = [other for other in others if other[:2] == key[:2]]
    found = [f"with ({escaped(_dimensions(of), 120)})" if of else "without dimensions" for *_, of in same]
    if not same:
        found = [f"of {escaped(called(other), 160)}" for other in others if other[1].lower() == key[1].lower()]
    if len(found) > _MOST_NEAR:
        found[_MOST_NEAR:] = [f"of {counted(len(found) - _MOST_NEAR, 'more metric')}"]
    return f"; there are some {', '.join(found)}" if found else ""


def metrics_of(settings: Mapping[str, Any]) -> list[tuple[Any, str]]:
    """The metrics that an alarm looks at, or a call, each with its statistic."""
    from ..services.cloudwatch.metric import dimensions_of

    if "MetricName" in settings:
        stats = [{"Metric": settings, "Stat": settings.get("Statistic", settings.get("ExtendedStatistic"))}]
    else:
        stats = [query["MetricStat"] for query in settings.get("Metrics", ()) if "MetricStat" in query]
    found = []
    for one in stats:
        metric = one["Metric"]
        key = metric["Namespace"], metric["MetricName"], dimensions_of(metric.get("Dimensions", ()))
        found.append((key, str(one["Stat"])))
    return found


# --- as text ----------------------------------------------------------------------------------------------------------


def lines_of(plots: Sequence[Plot]) -> str:
    """A part of a report: a line for each metric; empty when there is none."""
    if not plots:
        return ""
    lines = [f"  {_line(plot)}" for plot in plots[:_MOST]]
    if len(plots) > _MOST:
        lines.append(f"  … and {counted(len(plots) - _MOST, 'more metric')}")
    return "\n".join(["metrics, by the minute:", *lines])


def _line(plot: Plot) -> str:
    alarms = "".join(f"; {text}" for text, _ in plot.thresholds)
    if not plot.points:
        return f"{plot.title}: no samples{plot.near}{alarms}"
    values = [value for _, value in plot.points]
    (first, _), (last, latest) = plot.points[0], plot.points[-1]
    when = clock_time(first)[:5] if first == last else f"{clock_time(first)[:5]} to {clock_time(last)[:5]}"
    least, most = min(values), max(values)
    span = f"{least:g}" if least == most else f"{least:g} to {most:g}, last {latest:g}"
    return f"{plot.title}: {spark(plot.points)} {span} ({when}){alarms}"


def spark(points: Sequence[tuple[int, float]], columns: int = _COLUMNS) -> str:
    """Points as a row of bars, evenly in time, a blank where there is none; of many minutes the greatest value."""
    first, last = points[0][0] // _MINUTE, points[-1][0] // _MINUTE
    minutes = last - first + 1
    width = -(-minutes // columns)
    bars: dict[int, float] = {}
    for moment, value in points:
        place = (moment // _MINUTE - first) // width
        bars[place] = max(value, bars.get(place, value))
    least, most = min(*bars.values(), 0.0), max(bars.values())
    scale = (len(_BARS) - 1) / (most - least) if most > least else 0.0
    return "".join(
        _BARS[round((bars[place] - least) * scale)] if place in bars else " " for place in range(-(-minutes // width))
    )


# --- as pictures ------------------------------------------------------------------------------------------------------


def pictures_of(plots: Iterable[Plot]) -> str:
    """The same as a part of a page."""
    figures = "\n".join(_figure(plot) for plot in plots if plot.points)
    return f'<details id="metrics"><summary>Metrics</summary>\n{figures}\n</details>' if figures else ""


def _figure(plot: Plot) -> str:
    values = [value for _, value in plot.points] + [threshold for _, threshold in plot.thresholds]
    least, most = min(*values, 0.0), max(values)
    first, last = plot.points[0][0], plot.points[-1][0] + _MINUTE

    def across(moment: int) -> float:
        return round((moment - first) / (last - first) * _WIDTH, 2)

    def up(value: float) -> float:
        return round(_HEIGHT - 2 - (value - least) / ((most - least) or 1.0) * (_HEIGHT - 4), 2)

    steps: list[str] = []
    before = -1
    for moment, value in plot.points:
        start = f"{'L' if moment == before else 'M'}{across(moment)} {up(value)}"
        steps += [start, f"H{across(moment + _MINUTE)}"]
        before = moment + _MINUTE
    marks = "".join(
        f'<path class="threshold" d="M0 {up(value)}H{_WIDTH}"><title>{escape(text)}</title></path>'
        for text, value in plot.thresholds
    )
    alarms = "".join(f"; {text}" for text, _ in plot.thresholds)
    shown = [value for _, value in plot.points]
    caption = (
        f"{plot.title}: {min(shown):g} to {max(shown):g}, {clock_time(first)[:5]} to {clock_time(last)[:5]}{alarms}"
    )
    return (
        f"<figure><figcaption>{escape(caption)}</figcaption>"
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="{escape(caption)}">'
        f'{marks}<path class="line" d="{"".join(steps)}"/></svg></figure>'
    )
