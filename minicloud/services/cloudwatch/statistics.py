"""Statistics of samples, by the names that CloudWatch has for them: five plain ones, and percentiles.

How CloudWatch finds a percentile between two samples is not established. Here it is the smallest sample that so many
percent of all samples do not exceed (the nearest rank), which is a value that was put. [inferred]
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import ceil
from typing import Final, TypeAlias

from . import errors
from .metric import Samples

__all__ = ["Compute", "statistic"]

Compute: TypeAlias = Callable[[Samples], float | None]
"""What a statistic of samples is; None where they have none: percentiles are not known of statistic sets."""

_PLAIN: Final[dict[str, Compute]] = {
    "SampleCount": lambda samples: samples.count,
    "Average": lambda samples: samples.sum / samples.count,
    "Sum": lambda samples: samples.sum,
    "Minimum": lambda samples: samples.minimum,
    "Maximum": lambda samples: samples.maximum,
}
_PERCENTILE: Final = re.compile(r"p(\d{1,3}(?:\.\d{0,10})?)")
_OTHERS: Final = re.compile(
    r"(?:tm|tc|ts|wm)\d{1,3}(?:\.\d{0,10})?|IQM|(?:PR|TM|TC|TS|WM)\([^()]*:[^()]*\)"  # [CloudWatch user guide]
)


def statistic(name: str) -> Compute | None:
    """What computes a statistic; None when CloudWatch has none of that name.

    Raises ``UsageError`` for one that it has and minicloud does not compute.
    """
    plain = _PLAIN.get(name)
    if plain is not None:
        return plain
    found = _PERCENTILE.fullmatch(name)
    if found is not None and float(found[1]) <= 100:
        percent = float(found[1])
        return lambda samples: _percentile(samples, percent)
    if _OTHERS.fullmatch(name):
        raise errors.statistic_not_computed(name)
    return None


def _percentile(samples: Samples, percent: float) -> float | None:
    values = dict(samples.values)
    for count, _, least, greatest in samples.sets:
        if least != greatest:  # [CloudWatch user guide: percentiles]
            return None
        values[least] = values.get(least, 0.0) + count
    if min(values) < 0:
        return None  # [CloudWatch user guide: percentiles are not for negative values]
    total = sum(values.values())
    rank = max(ceil(percent * total / 100 - 1e-9), 0)
    seen = 0.0
    for value in sorted(values):
        seen += values[value]
        if seen >= rank:
            return value
    return max(values)
