"""A metric: samples, by the moment to which they belong.

Samples of the same moment, a minute or, of a metric of high resolution, a second, and of the same unit are kept as one
``Samples``: each value with how often it came, so that any statistic can be computed later. A ``Samples`` never
changes: what is added makes a new one, which takes the old one's place in one step.
This file knows no service and no request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from ...core.timeline import SECOND

__all__ = ["MINUTE", "Dimensions", "Key", "Metric", "Samples", "Span", "StatisticSet", "dimensions_of", "single"]

MINUTE: Final = 60 * SECOND
Dimensions: TypeAlias = tuple[tuple[str, str], ...]
"""Names and values, in the order of their names."""
Key: TypeAlias = tuple[str, str, Dimensions]
"""Namespace, name, dimensions: what makes a metric that metric."""
StatisticSet: TypeAlias = tuple[float, float, float, float]
"""How many samples, their sum, the least and the greatest of them."""


def dimensions_of(pairs: Iterable[Mapping[str, str]]) -> Dimensions:
    """The dimensions that a request or an answer lists."""
    return tuple(sorted((pair["Name"], pair["Value"]) for pair in pairs))


class Samples:
    """Samples of one unit that belong together. Never changed."""

    __slots__ = ("sets", "values")

    def __init__(self, values: dict[float, float], sets: tuple[StatisticSet, ...] = ()) -> None:
        self.values = values
        """How often each value came."""
        self.sets = sets
        """What came as a statistic set, of which the single values are not known."""

    @property
    def count(self) -> float:
        """How many."""
        return sum(self.values.values()) + sum(one[0] for one in self.sets)

    @property
    def sum(self) -> float:
        """Their sum."""
        return sum(value * count for value, count in self.values.items()) + sum(one[1] for one in self.sets)

    @property
    def minimum(self) -> float:
        """The least of them."""
        return min([*self.values, *(one[2] for one in self.sets)])

    @property
    def maximum(self) -> float:
        """The greatest of them."""
        return max([*self.values, *(one[3] for one in self.sets)])

    def joined(self, others: Iterable[Samples]) -> Samples:
        """These and others. O(values)."""
        values, sets = dict(self.values), list(self.sets)
        for one in others:
            for value, count in one.values.items():
                values[value] = values.get(value, 0.0) + count
            sets += one.sets
        return Samples(values, tuple(sets))


@lru_cache(10_000)
def single(value: float) -> Samples:
    """One sample; the same object for the same value, as what is measured rarely changes."""
    return Samples({value: 1.0})


class Span(NamedTuple):
    """Minutes, from one to before another, in which a gauge was the same at each one's end, or grew with time."""

    start: int
    end: int
    unit: str
    value: float
    since: int | None

    def at(self, minute: int) -> Samples:
        """Its sample of a minute."""
        since = self.since
        return single(self.value if since is None else float(max(minute + MINUTE - since, 0) // SECOND))


class Metric:
    """What was put under one key: samples by unit and moment, and what was measured by spans, which follow each other.

    Spans of one minute are samples.
    """

    __slots__ = ("key", "latest", "samples", "spans")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.samples: dict[str, dict[int, Samples]] = {}
        """By unit, and by the moment."""
        self.spans: tuple[Span, ...] = ()
        self.latest = -1
        """The latest moment of which there is a sample, in nanoseconds; -1 when there is none."""

    def units(self, more: Iterable[Span] = ()) -> list[str]:
        """The units of what there is, and of more, in their order."""
        return sorted({*self.samples, *(span.unit for span in self.spans[-1:]), *(span.unit for span in more)})

    def between(self, start: int, end: int, unit: str, more: Iterable[Span] = ()) -> dict[int, Samples]:
        """What there is of a unit, and more, from one moment to before another, oldest first. O(n log n)."""
        samples = self.samples.get(unit, {})
        found = {moment: one for moment, one in samples.items() if start <= moment < end}
        self._add_spans(found, start, end, unit, more)
        return dict(sorted(found.items()))

    def minutes(self, start: int, end: int, unit: str, more: Iterable[Span] = ()) -> dict[int, Samples]:
        """The same of a metric of minutes, in no order. O(minutes between)."""
        samples = self.samples.get(unit, {})
        found = {at: samples[at] for at in range(start, end, MINUTE) if at in samples}
        self._add_spans(found, start, end, unit, more)
        return found

    def _add_spans(self, found: dict[int, Samples], start: int, end: int, unit: str, more: Iterable[Span]) -> None:
        first = -(-start // MINUTE) * MINUTE
        for span in (*more, *reversed(self.spans)):
            if span.end <= start and span.start < span.end:
                break
            if span.unit == unit:
                for minute in range(max(first, span.start), min(end, span.end), MINUTE):
                    one = span.at(minute)
                    found[minute] = found[minute].joined([one]) if minute in found else one

    def periods(self, start: int, end: int, period: int, unit: str, more: Iterable[Span] = ()) -> dict[int, Samples]:
        """What there is of a unit, by the beginnings of periods that follow each other from ``start``. O(n log n)."""
        found: dict[int, list[Samples]] = {}
        for moment, samples in self.between(start, end, unit, more).items():
            found.setdefault(start + (moment - start) // period * period, []).append(samples)
        return {moment: first.joined(rest) if rest else first for moment, (first, *rest) in found.items()}
