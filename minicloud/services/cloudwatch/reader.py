"""What metric alarms look at: a statistic of one metric, or an expression over several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .evaluation import Point
from .metric import MINUTE, Key, Samples
from .operations.data import Evaluation
from .statistics import Compute

if TYPE_CHECKING:
    from .state import CloudWatchState

__all__ = ["MathReader", "MetricReader"]


class MetricReader:
    """A statistic of a metric, of samples of one unit: the first that there is when none is asked for."""

    def __init__(self, key: Key, compute: Compute, period: int, unit: str | None) -> None:
        self.key = key
        self._compute = compute
        self._period = period
        self._unit = unit

    def points(self, state: CloudWatchState, now: int, start: int, end: int) -> dict[int, Point]:
        """Its points by the beginnings of their periods. O(moments between), or O(samples) if these are fewer."""
        metric = state.metric(self.key)
        if metric is None or metric.latest < start:
            return {}
        unit, period = self._unit, self._period
        if unit is None:
            units = state.units_of(self.key, now) if len(metric.samples) < 3 else metric.units
            unit = units[0] if units else "None"
        step = min(period, MINUTE)
        found: Mapping[int, Samples]
        if period == step == MINUTE:
            samples = metric.samples
            found = {at: samples[at, unit] for at in range(start, end, step) if (at, unit) in samples}
        else:
            found = metric.periods(start, end, period, unit)
        points = {}
        for moment, one in found.items():
            value = self._compute(one)
            if value is not None:
                points[moment] = Point(moment, value, one.count)
        return points

    def latest(self, state: CloudWatchState) -> int:
        """The latest moment of which there is a sample; -1 when there is none."""
        metric = state.metric(self.key)
        return -1 if metric is None else metric.latest

    def rests(self, state: CloudWatchState) -> bool:
        """Whether it is a gauge that goes on as it is until something happens."""
        meter = state.world.meter
        return meter is not None and bool(meter.rests(state.account_id, state.region_name, self.key))


class MathReader:
    """An expression over metrics."""

    def __init__(self, queries: Sequence[Mapping[str, Any]], keys: Sequence[Key]) -> None:
        self._queries = queries
        self._keys = keys

    def points(self, state: CloudWatchState, now: int, start: int, end: int) -> dict[int, Point]:
        """Its points by the beginnings of their periods. O(samples)."""
        (found,) = Evaluation(state, self._queries).series(now, start, end).values()
        if not found:
            return {}
        return {
            moment: Point(moment, value, None) for moment, value in found[0].values.items() if start <= moment < end
        }

    def latest(self, state: CloudWatchState) -> int:
        """The latest moment of which there is a sample of any of the metrics; -1 when there is none."""
        found = [metric.latest for key in self._keys if (metric := state.metric(key)) is not None]
        return max(found, default=-1)

    def rests(self, state: CloudWatchState) -> bool:
        """Whether all metrics are gauges that go on as they are until something happens."""
        meter = state.world.meter
        place = state.account_id, state.region_name
        return meter is not None and all(meter.rests(*place, key) for key in self._keys)
