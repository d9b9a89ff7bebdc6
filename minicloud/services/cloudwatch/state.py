"""The CloudWatch of one account in one region: its metrics.

True are the metrics and what is in each. Samples get there by ``put``, in two steps that are one: what is to be written
is *staged*, and ``finish`` writes it; whatever comes in between, whoever comes next finishes it (``mend``). What other
services count and measure comes by the ``Meter`` that all CloudWatch of a cloud share, which begins when one of them is
first used: whoever is asked something calls ``begin`` first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from ...core.hosts import partition_of
from ...core.service_state import ServiceState
from ...core.timeline import SECOND
from ...core.tokens import TokenMaker
from ...core.world import World
from .alarms import Alarms
from .meter import Meter
from .metric import Key, Metric, Samples, single

__all__ = ["CloudWatchState", "Sample"]

Sample: TypeAlias = tuple[Key, int, str, Samples]
"""The metric, the moment (the beginning of a minute, or of a second), the unit, and the samples to add."""

Place: TypeAlias = tuple[Key, int, str]
"""The metric, the moment and the unit."""
_TOKEN_LIFETIME: Final = 24 * 3600 * SECOND
"""[inferred]"""


class CloudWatchState(ServiceState):
    """What the operations work on. The groups of operations inherit from it."""

    def __init__(self, account_id: str, region_name: str, world: World) -> None:
        self.arn_prefix = f"arn:{partition_of(region_name)}:cloudwatch:{region_name}:{account_id}:"
        super().__init__(account_id, region_name, world)

    def reset(self) -> None:
        """Forget all metrics."""
        self.metrics: dict[Key, Metric] = {}
        self.alarms = Alarms(self)
        self._staged: list[tuple[Metric, int, str, Samples]] = []
        self.tokens = TokenMaker(self.world.ids.random("cloudwatch/tokens").randbytes(32))
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
        """The units in which there are samples of a metric, in their order. O(samples)."""
        metric = self.metrics.get(key)
        units = set() if metric is None else {unit for _, unit in metric.samples}
        return sorted(units | {unit for _, unit, _ in self._present(key, now)})

    def periods(self, key: Key, now: int, start: int, end: int, period: int, unit: str) -> dict[int, Samples]:
        """The samples of a metric from one moment to before another, by periods that follow each other. O(samples).

        Of the minute that is under way a gauge is what it is now.
        """
        metric = self.metrics.get(key)
        if metric is None:
            metric = Metric(key)
        found = metric.periods(start, end, period, unit)
        for moment, of, samples in self._present(key, now):
            if start <= moment < end and of == unit and (moment, unit) not in metric.samples:
                begin = start + (moment - start) // period * period
                found[begin] = found[begin].joined([samples]) if begin in found else samples
        return found

    def _present(self, key: Key, now: int) -> list[tuple[int, str, Samples]]:
        """What a gauge is now."""
        meter = self.world.meter
        if meter is None or not key[0].startswith(("AWS/", "ECS/")):
            return []
        place = self.account_id, self.region_name
        return [
            (moment, unit, samples)
            for whose, of, moment, unit, samples in meter.present(now)
            if of == key and whose == place
        ]

    # --- what comes ---------------------------------------------------------------------------------------------------

    def stage(self, values: Mapping[Place, Mapping[float, float]]) -> list[tuple[Metric, int, str, Samples]]:
        """What to write so that values are there, each so often: for each place, all that is to be in it. O(values)."""
        made: dict[Key, Metric] = {}
        staged = []
        for (key, moment, unit), counts in values.items():
            metric = self.metrics.get(key) or made.get(key)
            if metric is None:
                metric = made[key] = Metric(key)
            before = metric.samples.get((moment, unit))
            if before is not None:
                samples = before.joined([Samples(dict(counts))])
            elif len(counts) == 1 and 1.0 in counts.values():
                (value,) = counts
                samples = single(value)
            else:
                samples = Samples(dict(counts))
            staged.append((metric, moment, unit, samples))
        return staged

    def _staged_samples(self, samples: Iterable[Sample]) -> list[tuple[Metric, int, str, Samples]]:
        """The same of samples that come with statistic sets."""
        added: dict[Place, list[Samples]] = {}
        for key, moment, unit, one in samples:
            added.setdefault((key, moment, unit), []).append(one)
        made: dict[Key, Metric] = {}
        staged = []
        for (key, moment, unit), new in added.items():
            metric = self.metrics.get(key) or made.get(key)
            if metric is None:
                metric = made[key] = Metric(key)
            before = metric.samples.get((moment, unit))
            first, *rest = new if before is None else (before, *new)
            staged.append((metric, moment, unit, first.joined(rest) if rest else first))
        return staged

    def put(self, samples: Iterable[Sample]) -> None:
        """Add samples: all of them, or none."""
        self._staged = self._staged_samples(samples)
        self.finish()

    def finish(self) -> None:
        """Write what is staged; also when some of it is written."""
        staged = self._staged
        if staged:
            self.write(staged)
            self._staged = []

    def write(self, staged: Iterable[tuple[Metric, int, str, Samples]]) -> None:
        """Write what ``stage`` has made. May be done again. O(samples)."""
        for metric, moment, unit, samples in staged:
            metric.samples[moment, unit] = samples
            metric.latest = max(metric.latest, moment)
            self.metrics[metric.key] = metric

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
