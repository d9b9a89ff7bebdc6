"""``cloud.metric(...)`` and ``cloud.metrics``: what CloudWatch has of a metric, without a client."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ...core.shown import escaped, shown
from ...core.timeline import SECOND
from ...exceptions import UsageError

if TYPE_CHECKING:
    from ...engine.engine import Engine

__all__ = ["MetricView", "Metrics"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Metrics:
    """``cloud.metrics``: whether what happens is counted."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def start(self) -> None:
        """Count what happens, and measure at full minutes, from now on.

        What the trace has recorded is counted, too. Not needed where the trace is on, as in every run of pytest, and
        has forgotten nothing: CloudWatch begins by itself when it is first used.
        """
        self._engine.need_open()
        _begin(self._engine, "metrics.start()", self._engine.account_id, self._engine.region_name)

    def __repr__(self) -> str:
        return f"<metrics, {'counted' if self._engine.world.meter is not None else 'not counted yet'}>"


class MetricView:
    """A metric of the cloud's account and region; there need not be any sample of it yet."""

    def __init__(self, engine: Engine, namespace: str, name: str, dimensions: Mapping[str, str]) -> None:
        self._engine = engine
        self.namespace = namespace
        """``"AWS/SQS"``, or the application's own."""
        self.name = name
        """The name of the metric."""
        self.dimensions = dict(dimensions)
        """What tells it from others of this name."""
        self._key = namespace, name, tuple(sorted(dimensions.items()))
        _begin(engine, "metric()", engine.account_id, engine.region_name)

    @property
    def latest(self) -> float | None:
        """The average of the latest minute that has a sample: what a gauge is now. None when there is none."""
        points = self.points("Average")
        return points[-1][1] if points else None

    @property
    def total(self) -> float:
        """The sum of all samples."""
        return sum(value for _, value in self.points("Sum"))

    def points(self, stat: str = "Sum", period: int = 60) -> list[tuple[datetime, float]]:
        """The values of a statistic by periods of so many seconds, oldest first, each with the beginning of its period.

        Periods without samples have none. Raises ``UsageError`` for a statistic or a period that there is not.
        """
        from ...services.cloudwatch.statistics import statistic

        compute = statistic(stat)
        if compute is None:
            raise UsageError(
                f"stat={shown(stat)} is no statistic: give SampleCount, Average, Sum, Minimum, Maximum or p0 to p100"
            )
        if period not in (1, 5, 10, 20, 30) and (period < 60 or period % 60):
            raise UsageError(
                f"period={shown(period)} is no period of statistics: give 1, 5, 10, 20, 30 or 60, 120, ..."
            )
        service = self._service()
        key, length = self._key, period * SECOND

        def look(now: int) -> list[tuple[int, float]]:
            found: dict[int, Any] = {}
            service.begin(now)
            service.looked_at[key] = stat
            for unit in service.units_of(key, now):
                for moment, samples in service.periods(key, now, 0, now + _FAR, length, unit).items():
                    found[moment] = found[moment].joined([samples]) if moment in found else samples
            values = ((moment, compute(samples)) for moment, samples in sorted(found.items()))
            return [(moment, value) for moment, value in values if value is not None]

        points = self._engine.look("a view", look)
        return [(_EPOCH + timedelta(microseconds=moment // 1000), value) for moment, value in points]

    def _service(self) -> Any:
        return self._engine.service("cloudwatch", self._engine.account_id, self._engine.region_name)

    def __repr__(self) -> str:
        of = "".join(f" {name}={value}" for name, value in self.dimensions.items())
        return f"<metric {escaped(f'{self.namespace} {self.name}{of}', 400)}>"


_FAR = 3 * 3600 * SECOND
"""Samples may be two hours ahead."""


def _begin(engine: Engine, what: str, account_id: str, region_name: str) -> None:
    if engine.closed:
        return
    service = engine.service("cloudwatch", account_id, region_name)
    engine.change(what, service.begin)
