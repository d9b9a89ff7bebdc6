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
        key, period = self.key, self._period
        metric = state.metric(key)
        if metric is None or state.latest(key) < start:
            return {}
        more = state.spans(key, now if end > now else None)
        unit = self._unit
        if unit is None:
            unit = metric.units(more)[0]  # there is one, as there is a sample
        found: Mapping[int, Samples]
        if period == MINUTE:
            found = metric.minutes(start, end, unit, more)
        else:
            found = metric.periods(start, end, period, unit, more)
        points = {}
        for moment, one in found.items():
            value = self._compute(one)
            if value is not None:
                points[moment] = Point(moment, value, one)
        return points

    def latest(self, state: CloudWatchState) -> int:
        """The latest moment of which there is a sample; -1 when there is none."""
        return state.latest(self.key)

    def rests(self, state: CloudWatchState) -> bool:
        """Whether it is a gauge that goes on as it is until something happens."""
        meter = state.world.meter
        return meter is not None and bool(meter.rests((state.account_id, state.region_name), self.key))


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
        return max((state.latest(key) for key in self._keys), default=-1)

    def rests(self, state: CloudWatchState) -> bool:
        """Whether all metrics are gauges that go on as they are until something happens."""
        meter = state.world.meter
        place = state.account_id, state.region_name
        return meter is not None and all(meter.rests(place, key) for key in self._keys)
