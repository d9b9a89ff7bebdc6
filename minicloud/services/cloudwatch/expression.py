"""Metric math: what an expression over series of values is.

An expression is read once (``parse``), into a tree of what it computes, and then computed from the series of the
metrics that it names. There are three types: a number, a series, and an array of series. A series has values at
moments, and a number at every moment.

What a point is that one of two series lacks, and where ``IF`` has no value, is as in the guide's examples. [CloudWatch
user guide: metric math] That MIN and MAX leave out what a series lacks, and FILL with LINEAR what lies before the first
value and behind the last one, is inferred. This file knows no metric and no request.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from math import isfinite, isnan, nan
from typing import Any, Final, TypeAlias

from ...core.timeline import SECOND
from . import errors

__all__ = ["Array", "Expression", "Reading", "Series", "Value", "parse"]

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|(?P<name>[A-Za-z]\w*)|(?P<text>\"[^\"]*\"|'[^']*')"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/^(),<>\[\]]))",
    re.ASCII,
)
_DEEPEST: Final = 20


class Series:
    """Values at moments, in periods of so many nanoseconds. ``name`` is a metric's id; what is computed has none."""

    __slots__ = ("name", "period", "values")

    def __init__(self, values: dict[int, float], period: int, name: str = "") -> None:
        self.values = values
        self.period = period
        self.name = name


class Array:
    """Series, one after the other."""

    __slots__ = ("series",)

    def __init__(self, series: Sequence[Series]) -> None:
        self.series = list(series)


Value: TypeAlias = float | Series | Array


class Reading:
    """What an expression is computed from."""

    __slots__ = ("end", "metrics", "named", "start")

    def __init__(
        self, named: Callable[[str], Value | None], metrics: Mapping[str, Series], start: int, end: int
    ) -> None:
        self.named = named
        """What has an id; None when nothing has."""
        self.metrics = metrics
        """All metrics of the request by their ids, for METRICS()."""
        self.start = start
        self.end = end


Compute: TypeAlias = Callable[[Reading], Value]


class Expression:
    """An expression that was read. ``names`` are the ids that it looks at."""

    __slots__ = ("_compute", "names", "text")

    def __init__(self, text: str, compute: Compute, names: frozenset[str]) -> None:
        self.text = text
        self._compute = compute
        self.names = names

    def series(self, reading: Reading) -> list[Series]:
        """What it is: a series, or those of an array. Raises ValidationError for a number, and for wrong types."""
        try:
            found = self._compute(reading)
        except _Wrong as wrong:
            raise errors.expression_invalid(self.text, wrong) from None
        if isinstance(found, float):
            raise errors.expression_invalid(self.text, "Expression result must be a time series or an array")
        return found.series if isinstance(found, Array) else [found]

    def value(self, reading: Reading) -> Value:
        """The same, and a number where it is one: for another expression. Raises ValidationError."""
        try:
            return self._compute(reading)
        except _Wrong as wrong:
            raise errors.expression_invalid(self.text, wrong) from None


class _Wrong(Exception):
    """What is wrong with an expression."""


@lru_cache(256)
def parse(text: str) -> Expression:
    """Read an expression. Raises ValidationError for what is none; ``UsageError`` for what is not computed here.

    Alarms read the same one each minute, so the latest are remembered: they never change.
    """
    if re.match(r"\s*SELECT\b", text, re.IGNORECASE):
        raise errors.not_computed("SQL expressions", "ask for the metrics by MetricStat, and join them by metric math")
    reader = _Reader(text)
    try:
        compute = reader.choice()
        if reader.ahead:
            raise _Wrong(f"Unexpected '{reader.ahead[0][1]}'")
    except _Wrong as wrong:
        raise errors.expression_invalid(text, wrong) from None
    return Expression(text, compute, frozenset(reader.names))


# --- reading ----------------------------------------------------------------------------------------------------------


class _Reader:
    """Reads an expression from left to right; what binds less is read by what stands further up."""

    def __init__(self, text: str) -> None:
        self.ahead = _tokens(text)
        self.names: set[str] = set()
        self._depth = 0

    def choice(self) -> Compute:
        return self._chain(self._both, {"OR": _or, "||": _or})

    def _both(self) -> Compute:
        return self._chain(self._comparison, {"AND": _and, "&&": _and})

    def _comparison(self) -> Compute:
        return self._chain(self._sum, _COMPARISONS)

    def _sum(self) -> Compute:
        return self._chain(self._product, {"+": operator.add, "-": operator.sub})

    def _product(self) -> Compute:
        return self._chain(self._signed, {"*": operator.mul, "/": operator.truediv})

    def _signed(self) -> Compute:
        if self._takes("-"):
            operand = self._deeper(self._signed)
            return lambda reading: _pointwise(operator.sub, 0.0, operand(reading))
        return self._power()

    def _power(self) -> Compute:
        base = self._operand()
        if not self._takes("^"):
            return base
        exponent = self._deeper(self._signed)
        return lambda reading: _pointwise(_raised, base(reading), exponent(reading))

    def _operand(self) -> Compute:
        if not self.ahead:
            raise _Wrong("Unexpected end of expression")
        kind, text = self.ahead.pop(0)
        if kind == "number":
            number = float(text)
            return lambda _: number
        if kind == "sign" and text == "(":
            found = self._deeper(self.choice)
            self._expect(")")
            return found
        if kind == "sign" and text == "[":
            items = self._list("]")
            return lambda reading: Array([one for item in items for one in _all_series(item(reading))])
        if kind == "name" and self._takes("("):
            return self._function(text)
        if kind == "name" and text[0].islower():
            self.names.add(text)
            return lambda reading: _known(reading, text)
        raise _Wrong(f"Unexpected '{text}'")

    def _function(self, name: str) -> Compute:
        if name == "METRICS":
            part = self.ahead.pop(0)[1][1:-1] if self.ahead and self.ahead[0][0] == "text" else ""
            self._expect(")")
            return lambda reading: Array([one for key, one in reading.metrics.items() if part in key])
        if name == "FILL":
            return self._fill()
        known = _FUNCTIONS.get(name)
        if known is None:
            if name in _OF_AWS:
                raise errors.not_computed(
                    f"{name}()",
                    "minicloud has METRICS, SUM, AVG, MIN, MAX, IF, FILL, RATE and PERIOD; compute it in the test",
                )
            raise _Wrong(f"Unknown function '{name}'")
        compute, least, most = known
        items = self._list(")")
        if not least <= len(items) <= most:
            raise _Wrong(f"Wrong number of arguments of {name}")
        return lambda reading: compute(*(item(reading) for item in items))

    def _fill(self) -> Compute:
        filled = self._deeper(self.choice)
        self._expect(",")
        if self.ahead and self.ahead[0] in (("name", "REPEAT"), ("name", "LINEAR")):
            way = self.ahead.pop(0)[1]
            self._expect(")")
            return lambda reading: _each(filled(reading), lambda one: _filled(one, way, reading))
        other = self._deeper(self.choice)
        self._expect(")")
        return lambda reading: _each(filled(reading), lambda one: _filled(one, other(reading), reading))

    def _chain(self, part: Callable[[], Compute], signs: Mapping[str, Callable[[float, float], float]]) -> Compute:
        first = part()
        rest: list[tuple[Callable[[float, float], float], Compute]] = []
        while self.ahead and self.ahead[0][1] in signs and self.ahead[0][0] != "text":
            rest.append((signs[self.ahead.pop(0)[1]], part()))
        return _chained(first, rest) if rest else first

    def _list(self, end: str) -> list[Compute]:
        items: list[Compute] = []
        if self._takes(end):
            return items
        while True:
            items.append(self._deeper(self.choice))
            if self._takes(end):
                return items
            self._expect(",")

    def _deeper(self, part: Callable[[], Compute]) -> Compute:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _Wrong("Expression is nested too deeply")
        found = part()
        self._depth -= 1
        return found

    def _takes(self, sign: str) -> bool:
        if self.ahead and self.ahead[0] == ("sign", sign):
            del self.ahead[0]
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._takes(sign):
            found = f"'{self.ahead[0][1]}'" if self.ahead else "end of expression"
            raise _Wrong(f"Expected '{sign}' and found {found}")


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place = 0
    end = len(text.rstrip())
    while place < end:
        token = _TOKEN.match(text, place)
        if token is None:
            raise errors.expression_invalid(text, f"Unexpected '{text[place:].strip()[0]}'")
        found.append((str(token.lastgroup), token[str(token.lastgroup)]))
        place = token.end()
    return found


# --- computing --------------------------------------------------------------------------------------------------------


def _known(reading: Reading, name: str) -> Value:
    found = reading.named(name)
    if found is None:
        raise _Wrong(f"Unknown identifier '{name}'")
    return found


def _chained(first: Compute, rest: Sequence[tuple[Callable[[float, float], float], Compute]]) -> Compute:
    def compute(reading: Reading) -> Value:
        value = first(reading)
        for function, operand in rest:
            value = _pointwise(function, value, operand(reading))
        return value

    return compute


def _pointwise(function: Callable[[float, float], float], left: Value, right: Value) -> Value:
    """A function of two values at each moment; a value that one of two series lacks is 0."""
    if isinstance(left, Array):
        if isinstance(right, Array):
            raise _Wrong("An operation on two arrays is not possible")
        return Array([_of_two(function, one, right) for one in left.series])
    if isinstance(right, Array):
        return Array([_of_two(function, left, one) for one in right.series])
    if isinstance(left, Series) or isinstance(right, Series):
        return _of_two(function, left, right)
    try:
        return float(function(left, right))
    except (ArithmeticError, TypeError):
        return nan  # what is computed with it has no points: whether an expression is wrong does not hang on data


def _of_two(function: Callable[[float, float], float], left: float | Series, right: float | Series) -> Series:
    values: dict[int, float] = {}
    for moment in _moments(left, right):
        try:
            values[moment] = float(function(_at(left, moment, 0.0), _at(right, moment, 0.0)))
        except (ArithmeticError, TypeError):  # a division by zero has no point; a root of less than nothing is complex
            continue
    return Series(_known_values(values), _period(left, right))


def _known_values(values: dict[int, float]) -> dict[int, float]:
    """Those that are numbers."""
    return {moment: value for moment, value in values.items() if isfinite(value)}


def _at(value: Any, moment: int, otherwise: Any) -> Any:
    return value.values.get(moment, otherwise) if isinstance(value, Series) else value


def _moments(*values: Value) -> list[int]:
    return sorted({moment for one in values if isinstance(one, Series) for moment in one.values})


def _period(*values: Value) -> int:
    return max(one.period for one in values if isinstance(one, Series))


def _raised(base: float, exponent: float) -> Any:
    return base**exponent


def _and(left: float, right: float) -> float:
    return float(bool(left) and bool(right))


def _or(left: float, right: float) -> float:
    return float(bool(left) or bool(right))


_COMPARISONS: Final[Mapping[str, Callable[[float, float], float]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _all_series(value: Value) -> list[Series]:
    if isinstance(value, Array):
        return value.series
    if isinstance(value, Series):
        return [value]
    raise _Wrong("An array is made of time series")


def _each(value: Value, change: Callable[[Series], Series]) -> Value:
    if isinstance(value, Array):
        return Array([change(one) for one in value.series])
    if isinstance(value, Series):
        return change(value)
    raise _Wrong("A time series is expected, and not a number")


def _aggregated(join: Callable[[list[float], int], float]) -> Callable[[Value], Value]:
    """Of a series a number, of an array a series, point by point; ``join`` takes what there is, of how many."""

    def aggregate(value: Value) -> Value:
        if isinstance(value, Series):
            values = list(value.values.values())
            return join(values, len(values)) if values else 0.0
        if isinstance(value, Array):
            if not value.series:
                return Array([])
            there = {moment: [one.values[moment] for one in value.series if moment in one.values]
                     for moment in _moments(*value.series)}  # fmt: skip
            joined = {moment: join(values, len(value.series)) for moment, values in there.items()}
            return Series(joined, _period(*value.series))
        raise _Wrong("A time series or an array is expected, and not a number")

    return aggregate


def _if(condition: Value, yes: Value, no: Value | None = None) -> Value:
    if any(isinstance(one, Array) for one in (condition, yes, no)):
        raise _Wrong("IF takes no array")
    if not isinstance(condition, Series):
        if no is None:
            raise _Wrong("IF of a number needs a third argument")
        is_true = isinstance(condition, float) and condition != 0 and not isnan(condition)
        chosen, other = (yes, no) if is_true else (no, yes)
        if isinstance(other, Series) and isinstance(chosen, float):  # what it is does not hang on data [inferred]
            return Series(_known_values(dict.fromkeys(other.values, chosen)), other.period)
        return chosen
    values: dict[int, float] = {}
    for moment, holds in condition.values.items():
        if holds:
            values[moment] = _at(yes, moment, 0.0)
        elif no is not None:
            found = _at(no, moment, None)
            if found is not None:
                values[moment] = found
    return Series(_known_values(values), condition.period)


def _rate(value: Value) -> Value:
    def change(one: Series) -> Series:
        moments = sorted(one.values)
        values = {
            moment: (one.values[moment] - one.values[before]) / ((moment - before) / SECOND)
            for before, moment in pairwise(moments)
        }
        return Series(values, one.period)

    return _each(value, change)


def _period_of(value: Value) -> Value:
    if not isinstance(value, Series) or not value.name:
        raise _Wrong("PERIOD takes a metric")
    return value.period / SECOND


def _filled(one: Series, way: Value | str, reading: Reading) -> Series:
    """A series with a value at every period of what was asked for."""
    values: dict[int, float] = {}
    moments = sorted(one.values)
    for moment in range(reading.start, reading.end, one.period):
        found = one.values.get(moment)
        if found is None:
            found = _filling(one, way, moment, moments)
        if found is not None:
            values[moment] = found
    return Series(_known_values(values), one.period)


def _filling(one: Series, way: Value | str, moment: int, moments: list[int]) -> float | None:
    if isinstance(way, float):
        return way
    if isinstance(way, Series):
        return way.values.get(moment)
    if isinstance(way, Array):
        raise _Wrong("FILL takes no array to fill with")
    before = max((other for other in moments if other < moment), default=None)
    if before is None:
        return None
    if way == "REPEAT":
        return one.values[before]
    behind = min((other for other in moments if other > moment), default=None)
    if behind is None:
        return None
    share = (moment - before) / (behind - before)
    return one.values[before] + (one.values[behind] - one.values[before]) * share


def _plain(function: Callable[[Iterable[float]], float]) -> Callable[[list[float], int], float]:
    return lambda values, _: float(function(values))


_FUNCTIONS: Final[Mapping[str, tuple[Callable[..., Value], int, int]]] = {
    "SUM": (_aggregated(_plain(sum)), 1, 1),
    "AVG": (_aggregated(lambda values, count: sum(values) / count), 1, 1),
    "MIN": (_aggregated(_plain(min)), 1, 1),
    "MAX": (_aggregated(_plain(max)), 1, 1),
    "IF": (_if, 2, 3),
    "RATE": (_rate, 1, 1),
    "PERIOD": (_period_of, 1, 1),
}
_OF_AWS: Final = frozenset(
    [
        "ABS",
        "ANOMALY_DETECTION_BAND",
        "CEIL",
        "DATAPOINT_COUNT",
        "DAY",
        "DB_PERF_INSIGHTS",
        "DIFF",
        "DIFF_TIME",
        "EPOCH",
        "FIRST",
        "FLOOR",
        "HOUR",
        "INSIGHT_RULE_METRIC",
        "LAMBDA",
        "LAST",
        "LOG",
        "LOG10",
        "METRIC_COUNT",
        "MINUTE",
        "MONTH",
        "DATE",
        "REMOVE_EMPTY",
        "RUNNING_SUM",
        "SEARCH",
        "SERVICE_QUOTA",
        "SLICE",
        "SORT",
        "STDDEV",
        "TIME_SERIES",
        "YEAR",
    ]
)
"""[CloudWatch user guide: metric math]"""
