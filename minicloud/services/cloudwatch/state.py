"""The CloudWatch of one account in one region: its metrics.

True are the metrics and what is in each. Samples get there by ``put``, in two steps that are one: what is to be written
is *staged*, and ``finish`` writes it; whatever comes in between, whoever comes next finishes it (``mend``). What other
services count and measure comes by the ``Meter`` that all CloudWatch of a cloud share, which begins when one of them is
first used: whoever is asked something calls ``begin`` first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias

from ...core.hosts import partition_of
from ...core.service_state import ServiceState
from ...core.timeline import SECOND
from ...core.tokens import TokenMaker
from ...core.world import World
from .alarms import Alarms
from .meter import Meter
from .metric import MINUTE, Key, Metric, Samples, Span, single

__all__ = ["CloudWatchState", "Sample"]

Sample: TypeAlias = tuple[Key, int, str, Samples]
"""The metric, the moment (the beginning of a minute, or of a second), the unit, and the samples to add."""

Place: TypeAlias = tuple[Key, int, str]
"""The metric, the moment and the unit."""
_FAR: Final = 3 * 3600 * SECOND
"""Samples may be two hours ahead."""
_TOKEN_LIFETIME: Final = 24 * 3600 * SECOND
"""[inferred]"""


class Staged:
    """What is to be written to metrics: for each place, all that is to be there."""

    __slots__ = ("made", "samples", "spans")

    def __init__(self) -> None:
        self.samples: list[tuple[Metric, int, str, Samples]] = []
        self.spans: list[tuple[Metric, tuple[Span, ...]]] = []
        self.made: dict[Key, Metric] = {}
        """Metrics that there were not before."""

    def metric(self, metrics: Mapping[Key, Metric], key: Key) -> Metric:
        """The metric of a key: the one that there is, or one that will be."""
        found = metrics.get(key) or self.made.get(key)
        if found is None:
            found = self.made[key] = Metric(key)
        return found


class CloudWatchState(ServiceState):
    """What the operations work on. The groups of operations inherit from it."""

    def __init__(self, account_id: str, region_name: str, world: World) -> None:
        self.arn_prefix = f"arn:{partition_of(region_name)}:cloudwatch:{region_name}:{account_id}:"
        super().__init__(account_id, region_name, world)

    def reset(self) -> None:
        """Forget all metrics."""
        self.metrics: dict[Key, Metric] = {}
        self.alarms = Alarms(self)
        self.looked_at: dict[Key, str] = {}
        """The metrics that somebody asked for, with the statistic; told to people alone."""
        self._staged: Staged | None = None
        self.tokens = TokenMaker(self.world.ids.digest("cloudwatch/tokens"))
        meter = self.world.meter
        if meter is not None:
            meter.reset()

    def mend(self, now: int) -> None:
        """Finish what was being written. O(samples of it)."""
        self.finish()
        meter = self.world.meter
        if meter is not None:
            meter.mend(now)
        self.alarms.mend(now)

    # --- what there is ------------------------------------------------------------------------------------------------

    def begin(self, now: int) -> None:
        """Count and measure from now on, if nobody has begun yet, and have everything counted that has happened.

        Called by every operation, before it looks at a metric. O(what was counted since).
        """
        meter = self.world.meter
        if meter is None:
            meter = Meter(self.world)
            meter.begin(now)
        meter.catch_up(now)

    def metric(self, key: Key) -> Metric | None:
        """A metric, if there are samples of it. Dimensions have to be those that were put, all of them. O(1)."""
        return self.metrics.get(key)

    def units_of(self, key: Key, now: int) -> list[str]:
        """The units in which there are samples of a metric, in their order. O(units), O(gauges) for a new gauge."""
        return (self.metrics.get(key) or Metric(key)).units(self.spans(key, now))

    def periods(self, key: Key, now: int, start: int, end: int, period: int, unit: str) -> dict[int, Samples]:
        """The samples of a metric from one moment to before another, by periods that follow each other. O(samples).

        Of the minute that is under way a gauge is what it is now.
        """
        metric = self.metrics.get(key) or Metric(key)
        return metric.periods(start, end, period, unit, self.spans(key, now))

    def spans(self, key: Key, now: int | None = None) -> list[Span]:
        """What a gauge is that is not in its metric yet; with what it is now, in the minute that is under way."""
        meter = self.world.meter
        return [] if meter is None else meter.spans((self.account_id, self.region_name), key, now)

    def minutes_of(self, key: Key, now: int, heard: Mapping[Place, Mapping[float, float]]) -> list[tuple[int, Samples]]:
        """All samples of a metric by the minute, oldest first, with what was heard and is not in it. O(samples).

        Changes nothing, and may be called without the lock.
        """
        metric = self.metrics.get(key) or Metric(key)
        more = self.spans(key)
        found: dict[int, Samples] = {}
        for unit in metric.units(more):
            for moment, one in metric.periods(0, now + _FAR, MINUTE, unit, more).items():
                found[moment] = found[moment].joined([one]) if moment in found else one
        for (of, moment, _), counts in heard.items():
            if of == key:
                one = Samples(dict(counts))
                found[moment] = found[moment].joined([one]) if moment in found else one
        return sorted(found.items())

    def latest(self, key: Key) -> int:
        """The latest moment of which there is a sample of a metric; -1 when there is none. O(1)."""
        metric, meter = self.metrics.get(key), self.world.meter
        latest = -1 if metric is None else metric.latest
        return latest if meter is None else max(latest, meter.latest((self.account_id, self.region_name), key))

    # --- what comes ---------------------------------------------------------------------------------------------------

    def stage(
        self,
        values: Mapping[Place, Mapping[float, float]],
        spans: Mapping[Key, Sequence[Span]] = MappingProxyType({}),
        keys: Iterable[Key] = (),
    ) -> Staged:
        """What to write so that values are there, each so often, and spans, and metrics of these keys. O(values)."""
        staged = Staged()
        for (key, moment, unit), counts in values.items():
            metric = staged.metric(self.metrics, key)
            before = metric.samples.get(unit, {}).get(moment)
            if before is not None:
                samples = before.joined([Samples(dict(counts))])
            elif len(counts) == 1 and 1.0 in counts.values():
                (value,) = counts
                samples = single(value)
            else:
                samples = Samples(dict(counts))
            staged.samples.append((metric, moment, unit, samples))
        for key, some in spans.items():
            metric = staged.metric(self.metrics, key)
            staged.spans.append((metric, (*metric.spans, *some)))
        for key in keys:
            staged.metric(self.metrics, key)
        return staged

    def put(self, samples: Iterable[Sample]) -> None:
        """Add samples: all of them, or none."""
        added: dict[Place, list[Samples]] = {}
        for key, moment, unit, one in samples:
            added.setdefault((key, moment, unit), []).append(one)
        staged = Staged()
        for (key, moment, unit), new in added.items():
            metric = staged.metric(self.metrics, key)
            before = metric.samples.get(unit, {}).get(moment)
            first, *rest = new if before is None else (before, *new)
            staged.samples.append((metric, moment, unit, first.joined(rest) if rest else first))
        self._staged = staged
        self.finish()

    def finish(self) -> None:
        """Write what is staged; also when some of it is written."""
        staged = self._staged
        if staged is not None:
            self.write(staged)
            self._staged = None

    def write(self, staged: Staged) -> None:
        """Write what ``stage`` has made. May be done again. O(samples)."""
        for metric, moment, unit, samples in staged.samples:
            metric.samples.setdefault(unit, {})[moment] = samples
            metric.latest = max(metric.latest, moment)
        for metric, spans in staged.spans:
            metric.spans = spans
            metric.latest = max(metric.latest, spans[-1].end - MINUTE)
        for key, metric in staged.made.items():
            self.metrics[key] = metric

    # --- tokens -------------------------------------------------------------------------------------------------------

    def read_token(self, kind: str, now: int, token: str) -> list[str] | None:
        """What a NextToken holds; None when it is of another list, of none, or older than a day."""
        found = self.tokens.read(kind, token)
        return None if found is None or now - found[0] > _TOKEN_LIFETIME else found[1]

    # --- tags ---------------------------------------------------------------------------------------------------------

    def tags_of(self, arn: str) -> dict[str, str] | None:
        """The tags of the alarm that has this ARN; None when there is no such thing."""
        alarm = self.alarms.find(arn)
        return None if alarm is None else alarm.tags

    def set_tags(self, arn: str, tags: dict[str, str]) -> None:
        """Have the alarm that has this ARN have these tags, in one step."""
        alarm = self.alarms.find(arn)
        if alarm is not None:
            alarm.tags = tags
