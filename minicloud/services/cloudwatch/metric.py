"""A metric: samples, by the moment to which they belong.

Samples of the same moment, a minute or, of a metric of high resolution, a second, and of the same unit are kept as one
``Samples``: each value with how often it came, so that any statistic can be computed later. A ``Samples`` never
changes: what is added makes a new one, which takes the old one's place in one step.
This file knows no service and no request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final, TypeAlias

from ...core.timeline import SECOND

__all__ = ["MINUTE", "Dimensions", "Key", "Metric", "Samples", "StatisticSet", "dimensions_of", "single"]

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


class Metric:
    """What was put under one key."""

    __slots__ = ("key", "latest", "samples")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.samples: dict[tuple[int, str], Samples] = {}
        """By moment and unit."""
        self.latest = 0
        """The latest moment of which there is a sample, in nanoseconds."""

    @property
    def units(self) -> list[str]:
        """The units of what there is, in their order."""
        return sorted({unit for _, unit in self.samples})

    def between(self, start: int, end: int, unit: str | None = None) -> Iterator[tuple[int, str, Samples]]:
        """What there is from one moment to before another. O(n log n)."""
        for moment, of in sorted(key for key in self.samples if start <= key[0] < end and unit in (None, key[1])):
            yield moment, of, self.samples[moment, of]

    def periods(self, start: int, end: int, period: int, unit: str) -> dict[int, Samples]:
        """What there is of a unit, by the beginnings of periods that follow each other from ``start``. O(n log n)."""
        found: dict[int, list[Samples]] = {}
        for moment, _, samples in self.between(start, end, unit):
            found.setdefault(start + (moment - start) // period * period, []).append(samples)
        return {moment: first.joined(rest) if rest else first for moment, (first, *rest) in found.items()}
