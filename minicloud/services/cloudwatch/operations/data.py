"""GetMetricData: statistics of many metrics at once, and expressions over them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ....core.operation import operation
from ....core.timeline import SECOND
from ....core.unset import UNSET
from .. import constraints, errors, shapes
from ..constraints import check, dimension_members
from ..expression import Expression, Reading, Series, Value, parse
from ..metric import MINUTE, Key
from ..state import CloudWatchState
from ..statistics import Compute, statistic
from .metrics import is_period, nanoseconds, timestamp, unique_dimensions

__all__ = ["DataOperations", "Evaluation", "members_of"]

_MOST_QUERIES: Final = 500
_MOST_POINTS: Final = 100_800
_ID: Final = re.compile(r"[a-z]\w*", re.ASCII)


class DataOperations(CloudWatchState):
    """The operation that asks for many metrics."""

    @operation("GetMetricData")
    def get_metric_data(
        self,
        now: int,
        *,
        MetricDataQueries: shapes.MetricDataQueries,
        StartTime: shapes.Timestamp,
        EndTime: shapes.Timestamp,
        NextToken: str = UNSET,
        ScanBy: shapes.ScanBy = UNSET,
        MaxDatapoints: int = UNSET,
        LabelOptions: shapes.LabelOptions = UNSET,
    ) -> shapes.GetMetricDataOutput:
        """The values of queries, each a statistic of a metric or an expression; latest first unless ``ScanBy`` says so.

        O(samples). A page has up to ``MaxDatapoints`` values, and all results; one that goes on is ``PartialData``.
        ``LabelOptions`` changes nothing, as there are no dynamic labels. Raises ValidationError for what is wrong with
        a query, and InvalidNextToken; ``UsageError`` for what minicloud does not compute.
        """
        for number, query in enumerate(MetricDataQueries, 1):
            check(*members_of(f"metricDataQueries.{number}.member", query))
        check(("scanBy", constraints.SCAN_BY, ScanBy))
        start, end = nanoseconds(StartTime), nanoseconds(EndTime)
        if start // SECOND == end // SECOND:  # [other emulators for times within a second]
            raise errors.data_times_equal()
        if start > end:
            raise errors.data_times_out_of_order()
        most = _MOST_POINTS if MaxDatapoints is UNSET else MaxDatapoints
        if not 0 < most <= _MOST_POINTS:
            raise errors.most_points_invalid()
        skip = 0
        if NextToken is not UNSET:
            place = self.read_token("data", now, NextToken)
            if place is None:
                raise errors.token_invalid(NextToken)
            skip = int(place[0])
        evaluation = Evaluation(self, MetricDataQueries)
        if not any(query.get("ReturnData", True) for query in MetricDataQueries):
            raise errors.nothing_returned()
        self.begin(now)
        self.looked_at.update(evaluation.looks_at)
        results = evaluation.results(now, start, end)
        if ScanBy != "TimestampAscending":
            for result in results:
                result["Timestamps"].reverse()
                result["Values"].reverse()
        answer: shapes.GetMetricDataOutput = {"MetricDataResults": []}
        place_of_first = 0
        for result in results:
            count = len(result["Values"])
            first = max(skip - place_of_first, 0)
            last = max(skip + most - place_of_first, 0)
            place_of_first += count
            part = result
            if first or last < count:
                part = {
                    **result,
                    "Timestamps": result["Timestamps"][first:last],
                    "Values": result["Values"][first:last],
                    "StatusCode": "Complete" if last >= count else "PartialData",
                }
            answer["MetricDataResults"].append(part)
        if place_of_first > skip + most:
            answer["NextToken"] = self.tokens.make("data", now, skip + most)
        answer["Messages"] = []
        return answer


class _Query:
    """A query that was checked."""

    __slots__ = ("compute", "expression", "given", "id", "key", "period", "unit")

    def __init__(self, number: int, query: Mapping[str, Any]) -> None:
        self.given = query
        self.id: str = query["Id"]
        self.key: Key | None = None
        self.expression: Expression | None = None
        self.compute: Compute | None = None
        self.period = 0
        self.unit: str | None = None
        if not _ID.fullmatch(self.id):
            raise errors.id_invalid(self.id)
        if ("MetricStat" in query) == ("Expression" in query):
            raise (errors.one_of_two if "MetricStat" in query else errors.neither_of_two)(number)
        if "AccountId" in query:
            raise errors.accounts_not_linked("GetMetricData")
        if "${" in query.get("Label", ""):
            raise errors.labels_not_dynamic(query["Label"])
        if "Expression" in query:
            self.expression = parse(query["Expression"])
            return
        if "Period" in query:
            raise errors.period_of_metric(number)
        stat = query["MetricStat"]
        if not is_period(stat["Period"]):
            raise errors.data_period_invalid()
        metric = stat["Metric"]
        for name in ("Namespace", "MetricName"):
            if name not in metric:
                raise errors.metric_without(number, name)
        path = f"MetricDataQueries.member.{number}.MetricStat.Metric."
        dimensions = unique_dimensions(metric.get("Dimensions", ()), path)
        self.key = metric["Namespace"], metric["MetricName"], dimensions
        self.compute = statistic(stat["Stat"])
        if self.compute is None:
            raise errors.stat_invalid(stat["Stat"], number)
        self.period = stat["Period"] * SECOND
        self.unit = stat.get("Unit")


class Evaluation:
    """The queries of one request, which may name each other. Raises ValidationError for what is wrong with them."""

    def __init__(self, state: CloudWatchState, queries: Sequence[Mapping[str, Any]]) -> None:
        if not queries:
            raise errors.no_query()
        if len(queries) > _MOST_QUERIES:
            raise errors.too_many_queries()
        self._state = state
        self._queries: dict[str, _Query] = {}
        for number, given in enumerate(queries, 1):
            query = _Query(number, given)
            if query.id in self._queries:
                raise errors.id_twice(query.id)
            self._queries[query.id] = query
        self._messages: dict[str, list[shapes.MessageData]] = {}
        self._check_names()

    def _check_names(self) -> None:
        """Raise ValidationError for an id that there is not, and for expressions that go round in a circle."""
        done: set[str] = set()
        for query in self._queries.values():
            ahead: list[tuple[str, tuple[str, ...]]] = [(query.id, ())]
            while ahead:
                name, path = ahead.pop()
                expression = self._queries[name].expression
                if expression is None or name in done:
                    continue
                if name in path:
                    raise errors.expression_invalid(expression.text, f"Circular reference to '{name}'")
                for other in sorted(expression.names):
                    if other not in self._queries:
                        raise errors.expression_invalid(expression.text, f"Unknown identifier '{other}'")
                    ahead.append((other, (*path, name)))
            done.add(query.id)

    @property
    def labels(self) -> dict[str, str]:
        """What each query is called; of metrics that are asked for together, by what tells them apart. [recorded]"""
        unnamed = [query for query in self._queries.values() if query.key is not None and "Label" not in query.given]
        stats = {query.given["MetricStat"]["Stat"] for query in unnamed}
        periods = {query.period for query in unnamed}
        labels = {}
        for query in self._queries.values():
            if "Label" in query.given:
                labels[query.id] = query.given["Label"]
            elif query.key is None:
                labels[query.id] = query.id
            else:
                parts = [query.key[1]]
                parts += [query.given["MetricStat"]["Stat"]] if len(stats) > 1 else []
                parts += [str(query.period // SECOND)] if len(periods) > 1 else []
                labels[query.id] = " ".join(parts)
        return labels

    @property
    def looks_at(self) -> list[tuple[Key, str]]:
        """The metrics, each with its statistic."""
        return [
            (query.key, query.given["MetricStat"]["Stat"]) for query in self._queries.values() if query.key is not None
        ]

    def check_types(self) -> dict[str, int]:
        """How many series each query that returns data is. Raises ValidationError where types do not fit. O(queries).

        Types come from the expressions alone, whatever the metrics are: what passes here never fails.
        """
        metrics = {query.id: Series({}, query.period, query.id) for query in self._queries.values() if query.key}
        return {id_: len(found) for id_, found in self._computed(metrics, 0, 0).items()}

    def series(self, now: int, start: int, end: int) -> dict[str, list[Series]]:
        """What each query that returns data is: a series; of an expression that is an array, several. O(samples)."""
        metrics = {
            query.id: self._metric(query, now, start, end) for query in self._queries.values() if query.key is not None
        }
        return self._computed(metrics, start, end)

    def _computed(self, metrics: dict[str, Series], start: int, end: int) -> dict[str, list[Series]]:
        known: dict[str, Value] = {**metrics}
        least = min((one.period for one in metrics.values()), default=MINUTE)

        reading = Reading(known.get, metrics, start - start % min(least, MINUTE), end)
        found: dict[str, list[Series]] = {}
        for query in self._queries.values():
            if query.given.get("ReturnData", True):
                expression = query.expression
                self._compute_first(query, known, reading)
                found[query.id] = [metrics[query.id]] if expression is None else expression.series(reading)
        return found

    def _compute_first(self, query: _Query, known: dict[str, Value], reading: Reading) -> None:
        """Have everything known that an expression names: one after the other, however long a chain is."""
        ahead = [query]
        while ahead:
            expression = ahead[-1].expression
            names = () if expression is None else expression.names
            missing = [self._queries[name] for name in sorted(names) if name not in known]
            if missing:
                ahead += missing
                continue
            done = ahead.pop()
            if done is not query and done.expression is not None and done.id not in known:
                known[done.id] = done.expression.value(reading)

    def results(self, now: int, start: int, end: int) -> list[shapes.MetricDataResult]:
        """The same as an answer shows it, oldest first."""
        labels = self.labels
        results = []
        for id_, found in self.series(now, start, end).items():
            for series in found:
                moments = sorted(series.values)
                several = len(found) > 1
                result: shapes.MetricDataResult = {
                    "Id": id_,
                    "Label": f"{labels[id_]} {labels.get(series.name, series.name)}".strip()
                    if several
                    else labels[id_],
                    "Timestamps": [timestamp(moment) for moment in moments],
                    "Values": [series.values[moment] for moment in moments],
                    "StatusCode": "Complete",
                }
                if id_ in self._messages:
                    result["Messages"] = self._messages[id_]
                results.append(result)
        return results

    def _metric(self, query: _Query, now: int, start: int, end: int) -> Series:
        """A statistic of a metric: of one unit, when none is asked for and there are several."""
        key, compute, period = query.key, query.compute, query.period
        if key is None or compute is None:
            raise TypeError("an expression is no metric")
        start -= start % min(period, MINUTE)
        unit = query.unit
        if unit is None:
            units = self._state.units_of(key, now)
            unit = units[0] if units else "None"
            if len(units) > 1:
                text = f"Multiple units returned: '[{', '.join(units)}]'"
                self._messages[query.id] = [{"Code": "MultipleUnits", "Value": text}]
        found = self._state.periods(key, now, start, end, period, unit)
        values = {moment: value for moment, samples in found.items() if (value := compute(samples)) is not None}
        return Series(values, period, query.id)


def members_of(path: str, query: Mapping[str, Any]) -> list[Any]:
    """What there is to check of a query, which the request has at a path."""
    stat = query.get("MetricStat", {})
    metric = stat.get("Metric", {})
    return [
        (f"{path}.id", constraints.QUERY_ID, query["Id"]),
        (f"{path}.expression", constraints.EXPRESSION, query.get("Expression", UNSET)),
        (f"{path}.metricStat.metric.namespace", constraints.NAMESPACE, metric.get("Namespace", UNSET)),
        (f"{path}.metricStat.metric.metricName", constraints.METRIC_NAME, metric.get("MetricName", UNSET)),
        *dimension_members(f"{path}.metricStat.metric.dimensions", metric.get("Dimensions", UNSET)),
        (f"{path}.metricStat.period", constraints.PERIOD, stat.get("Period", UNSET)),
        (f"{path}.metricStat.unit", constraints.UNIT, stat.get("Unit", UNSET)),
        (f"{path}.period", constraints.PERIOD, query.get("Period", UNSET)),
    ]
