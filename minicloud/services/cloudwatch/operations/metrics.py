"""Metrics: put, listed, and their statistics."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, Final

from ....core.notes import of_other_clock
from ....core.operation import operation
from ....core.timeline import SECOND
from ....core.unset import UNSET
from ....core.world import World
from .. import constraints, errors, shapes
from ..constraints import check, dimension_members
from ..metric import MINUTE, Dimensions, Metric, Samples, dimensions_of
from ..state import CloudWatchState, Sample
from ..statistics import Compute, statistic

__all__ = ["MetricOperations", "is_period", "nanoseconds", "timestamp", "unique_dimensions"]

_MOST_DATA: Final = 1000
_MOST_VALUES: Final = 150
_GREATEST: Final = 2.0**360
"""[CloudWatch API: MetricDatum]"""
_DAY: Final = 24 * 3600 * SECOND
_FORTNIGHT: Final = 14 * _DAY
_MOST_POINTS: Final = 1440
_PAGE_SIZE: Final = 500
_RECENTLY: Final = 3 * 3600 * SECOND
_EPOCH: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND: Final = datetime.timedelta(microseconds=1)


def nanoseconds(moment: Any) -> int:
    """A timestamp of a request in nanoseconds."""
    microseconds: int = (moment - _EPOCH) // _MICROSECOND
    return microseconds * 1000


def timestamp(moment: int) -> datetime.datetime:
    """A moment as answers show it."""
    return _EPOCH + datetime.timedelta(microseconds=moment // 1000)


def is_period(seconds: int) -> bool:
    """Whether statistics are made of so many seconds."""
    return seconds in (1, 5, 10, 20, 30) or (seconds > 0 and seconds % 60 == 0)


class MetricOperations(CloudWatchState):
    """The operations on metrics."""

    @operation("PutMetricData")
    def put_metric_data(
        self,
        now: int,
        *,
        Namespace: shapes.Namespace,
        MetricData: shapes.MetricData = UNSET,
        EntityMetricData: list[shapes.EntityMetricData] = UNSET,
        StrictEntityValidation: bool = UNSET,
    ) -> None:
        """Add samples to metrics: all of them, or none. O(samples).

        Raises InvalidParameterValue for a namespace of AWS's, a value that is no number, or a time too far away,
        InvalidParameterCombination for values given in two ways, MissingParameter for none; ``UsageError`` for
        entities.
        """
        check(
            ("namespace", constraints.NAMESPACE, Namespace),
            *(member for number, datum in enumerate(MetricData or (), 1) for member in _members_of(number, datum)),
        )
        if EntityMetricData or StrictEntityValidation:
            raise errors.entities_not_kept()
        if Namespace.startswith("AWS/"):
            raise errors.namespace_reserved(Namespace)
        if not MetricData:
            raise errors.data_missing()
        if len(MetricData) > _MOST_DATA:
            raise errors.too_many_data()
        samples = [_sample(self.world, Namespace, number, datum, now) for number, datum in enumerate(MetricData, 1)]
        self.begin(now)
        self.put(samples)
        self.alarms.wake(now)

    @operation("ListMetrics")
    def list_metrics(
        self,
        now: int,
        *,
        Namespace: shapes.Namespace = UNSET,
        MetricName: shapes.MetricName = UNSET,
        Dimensions: shapes.DimensionFilters = UNSET,
        NextToken: str = UNSET,
        RecentlyActive: shapes.RecentlyActive = UNSET,
        IncludeLinkedAccounts: bool = UNSET,
        OwningAccount: shapes.AccountId = UNSET,
    ) -> shapes.ListMetricsOutput:
        """The metrics of which there were samples in the last two weeks, in their order, 500 a page. O(metrics).

        A metric has to have all dimensions that are given, and may have others. Raises InvalidParameterValue for a
        wrong token; ``UsageError`` for other accounts' metrics.
        """
        check(
            ("namespace", constraints.NAMESPACE, Namespace),
            ("metricName", constraints.METRIC_NAME, MetricName),
            *dimension_members("dimensions", Dimensions, constraints.DIMENSION_FILTERS),
            ("recentlyActive", constraints.RECENTLY_ACTIVE, RecentlyActive),
        )
        if IncludeLinkedAccounts or OwningAccount not in (UNSET, self.account_id):
            raise errors.accounts_not_linked("ListMetrics")
        begin = 0
        if NextToken is not UNSET:
            place = self.read_token("metrics", now, NextToken)
            if place is None:
                raise errors.list_token_invalid()
            begin = int(place[0])
        self.begin(now)
        since = now - (_FORTNIGHT if RecentlyActive is UNSET else _RECENTLY)
        wanted = [(one["Name"], one.get("Value")) for one in Dimensions or ()]
        found = [
            metric
            for _, metric in sorted(self.metrics.items())
            if self.latest(metric.key) >= since - MINUTE
            and Namespace in (UNSET, metric.key[0])
            and MetricName in (UNSET, metric.key[1])
            and _has(metric.key[2], wanted)
        ]
        answer: shapes.ListMetricsOutput = {"Metrics": [_shown(metric) for metric in found[begin : begin + _PAGE_SIZE]]}
        if len(found) > begin + _PAGE_SIZE:
            answer["NextToken"] = self.tokens.make("metrics", now, begin + _PAGE_SIZE)
        return answer

    @operation("GetMetricStatistics")
    def get_metric_statistics(
        self,
        now: int,
        *,
        Namespace: shapes.Namespace,
        MetricName: shapes.MetricName,
        Dimensions: shapes.Dimensions = UNSET,
        StartTime: shapes.Timestamp,
        EndTime: shapes.Timestamp,
        Period: shapes.Period,
        Statistics: shapes.Statistics = UNSET,
        ExtendedStatistics: shapes.ExtendedStatistics = UNSET,
        Unit: shapes.StandardUnit = UNSET,
    ) -> shapes.GetMetricStatisticsOutput:
        """Statistics of a metric by periods that follow each other from the start on, oldest first. O(samples).

        Raises InvalidParameterCombination for more than 1,440 periods, or statistics of both kinds, and
        InvalidParameterValue for times out of order, a wrong period, or a statistic that there is not; ``UsageError``
        for one that minicloud does not compute.
        """
        check(
            ("namespace", constraints.NAMESPACE, Namespace),
            ("metricName", constraints.METRIC_NAME, MetricName),
            *dimension_members("dimensions", Dimensions),
            ("period", constraints.PERIOD, Period),
            ("statistics", constraints.STATISTIC_LIST, Statistics),
            ("extendedStatistics", constraints.EXTENDED_LIST, ExtendedStatistics),
            ("unit", constraints.UNIT, Unit),
        )
        dimensions = unique_dimensions(Dimensions or (), "")
        start, end = nanoseconds(StartTime), nanoseconds(EndTime)
        if start >= end:
            raise errors.times_out_of_order()
        if not is_period(Period):
            raise errors.period_invalid()
        if Statistics is UNSET and ExtendedStatistics is UNSET:
            raise errors.statistics_missing()
        if Statistics is not UNSET and ExtendedStatistics is not UNSET:
            raise errors.statistics_both()
        compute: dict[str, Compute] = {}
        for name in Statistics or ExtendedStatistics:
            found = statistic(name) if (name in constraints.STATISTICS) == bool(Statistics) else None
            if found is None:
                raise errors.statistic_invalid(name)
            compute[name] = found
        period = Period * SECOND
        start -= start % min(period, MINUTE)
        points = -(-(end - start) // period)
        if points > _MOST_POINTS:
            raise errors.too_many_points(points)
        self.begin(now)
        answer: shapes.GetMetricStatisticsOutput = {"Label": MetricName, "Datapoints": []}
        key = Namespace, MetricName, dimensions
        self.looked_at[key] = next(iter(compute))
        for unit in self.units_of(key, now) if Unit is UNSET else (Unit,):
            for moment, samples in self.periods(key, now, start, end, period, unit).items():
                values = {name: value for name, one in compute.items() if (value := one(samples)) is not None}
                if not values:
                    continue
                point: shapes.Datapoint = {"Timestamp": timestamp(moment)}
                if Statistics:
                    in_order = {name: values[name] for name in constraints.STATISTICS if name in values}
                    point.update(in_order)  # type: ignore[typeddict-item]
                point["Unit"] = unit
                if not Statistics:
                    point["ExtendedStatistics"] = values
                answer["Datapoints"].append(point)
        answer["Datapoints"].sort(key=lambda point: point["Timestamp"])
        return answer


def unique_dimensions(given: Iterable[Mapping[str, Any]], path: str) -> Dimensions:
    """The dimensions of a metric. Raises InvalidParameterValue for one that is given twice."""
    dimensions = dimensions_of(given)
    names = [name for name, _ in dimensions]
    for before, name in pairwise(names):
        if before == name:
            raise errors.dimension_twice(path, name)
    return dimensions


def _members_of(number: int, datum: Mapping[str, Any]) -> list[Any]:
    path = f"metricData.{number}.member"
    return [
        (f"{path}.metricName", constraints.METRIC_NAME, datum.get("MetricName", UNSET)),
        *dimension_members(f"{path}.dimensions", datum.get("Dimensions", UNSET)),
        (f"{path}.unit", constraints.UNIT, datum.get("Unit", UNSET)),
    ]


def _sample(world: World, namespace: str, number: int, datum: Mapping[str, Any], now: int) -> Sample:
    """What a datum adds. Raises what is wrong with it."""
    given = [name for name in ("Value", "StatisticValues", "Values") if name in datum]
    if len(given) > 1:
        raise errors.both_given(number, *given[:2])
    if not given:
        raise errors.none_given(number)
    path = f"MetricData.member.{number}."
    _check_text(f"{path}MetricName", datum["MetricName"])
    for place, one in enumerate(datum.get("Dimensions", ()), 1):
        for member in ("Name", "Value"):
            _check_text(f"{path}Dimensions.member.{place}.{member}", one[member])
    dimensions = unique_dimensions(datum.get("Dimensions", ()), path)
    resolution = datum.get("StorageResolution", 60)
    if resolution not in (1, 60):
        raise errors.resolution_invalid(number, resolution)
    moment = now
    if "Timestamp" in datum:
        moment = nanoseconds(datum["Timestamp"])
        if moment < now - _FORTNIGHT:
            raise errors.timestamp_too_old(number).noting(of_other_clock(world, now, moment))
        if moment > now + 2 * 3600 * SECOND:
            raise errors.timestamp_too_new(number).noting(of_other_clock(world, now, moment))
    moment -= moment % (resolution * SECOND)
    key = namespace, datum["MetricName"], dimensions
    return key, moment, datum.get("Unit", "None"), _samples(number, datum)


def _check_text(path: str, text: str) -> None:
    """Raise InvalidParameterValue for a name that is no printable ASCII, or blank. [CloudWatch API: Dimension]"""
    if not text.isascii() or not text.isprintable():
        raise errors.not_ascii(path)
    if not text.strip():
        raise errors.blank(path)


def _samples(number: int, datum: Mapping[str, Any]) -> Samples:
    if "Value" in datum:
        return Samples({_checked(datum["Value"], number, "Value"): 1.0})
    if "Values" in datum:
        values, counts = datum["Values"], datum.get("Counts")
        if counts is None:
            counts = [1.0] * len(values)
        if len(values) != len(counts):
            raise errors.sizes_differ(number)
        if not values:
            raise errors.none_given(number)
        if len(values) > _MOST_VALUES:
            raise errors.too_many_values(number)
        found: dict[float, float] = {}
        for given, count in zip(values, counts, strict=True):
            value = _checked(given, number, "Values")
            if _checked(count, number, "Counts") <= 0:
                raise errors.value_invalid(_java(count), number, "Counts")
            found[value] = found.get(value, 0.0) + float(count)
        return Samples(found)
    whole = datum["StatisticValues"]
    names = ("SampleCount", "Sum", "Minimum", "Maximum")
    count, total, least, greatest = (_checked(whole[name], number, f"StatisticValues.{name}") for name in names)
    if count <= 0:
        raise errors.value_invalid(_java(count), number, "StatisticValues.SampleCount")
    if least > greatest:
        raise errors.set_out_of_order(number)
    return Samples({}, ((count, total, least, greatest),))


def _checked(value: float, number: int, name: str) -> float:
    if not math.isfinite(value) or abs(value) > _GREATEST:
        raise errors.value_invalid(_java(value), number, name)
    return float(value)


def _java(value: float) -> str:
    """A number as AWS's texts have it, which are Java's. [NaN: known]"""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    digits, _, exponent = repr(float(value)).partition("e")
    if not exponent:
        return digits
    return f"{digits if '.' in digits else f'{digits}.0'}E{int(exponent)}"


def _has(dimensions: Dimensions, wanted: Iterable[tuple[str, str | None]]) -> bool:
    there = dict(dimensions)
    return all(name in there and value in (None, there[name]) for name, value in wanted)


def _shown(metric: Metric) -> shapes.Metric:
    namespace, name, dimensions = metric.key
    listed: list[shapes.ShownDimension] = [{"Name": of, "Value": value} for of, value in dimensions]
    return {"Namespace": namespace, "MetricName": name, "Dimensions": listed}
