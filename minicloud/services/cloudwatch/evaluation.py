"""What an alarm makes of its points: a pure function of series, thresholds and the treatment of missing data.

More periods are looked at than the alarm evaluates: two more. With as many points as it evaluates, or more, the newest
of them decide. With fewer all of them count, and what is missing is filled in by the setting, as little as possible.
[CloudWatch user guide: how missing data is treated; that it is two more: inferred from its tables, in which 5 are
looked at for 3]

An alarm of which all points breach, but too few, goes to ALARM when the oldest of them is as old as it takes points:
this is how AWS avoids that it stays unknown. [same page]

Here is also what an alarm says of its decision. Texts with one point, and with missing ones, are recorded of AWS; those
with several and "M out of N" are what its users quote. This file knows no alarm, no metric and no clock.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple, Protocol, TypeAlias

from ...core.timestamps import datetime_of

__all__ = ["COMPARISONS", "EXTRA_PERIODS", "Decision", "Point", "StateValue", "Treatment", "decide"]

StateValue: TypeAlias = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
Treatment: TypeAlias = Literal["missing", "ignore", "breaching", "notBreaching"]

EXTRA_PERIODS: Final = 2
"""How many periods more than it evaluates an alarm looks at."""

COMPARISONS: Final[Mapping[str, tuple[Callable[[float, float], bool], str]]] = {
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}
_TREATED: Final = {"breaching": "Breaching", "notBreaching": "NonBreaching"}


class Counted(Protocol):
    """What knows how many samples it is."""

    @property
    def count(self) -> float:
        """How many."""


class Point(NamedTuple):
    """What a metric, or an expression, was in a period."""

    moment: int
    """The beginning of the period."""
    value: float
    of: Counted | None
    """Of which samples; None of an expression."""

    @property
    def samples(self) -> float | None:
        """Of how many samples; None of an expression."""
        return None if self.of is None else self.of.count


class Decision(NamedTuple):
    """What an alarm is to be, and on which points that rests, newest first."""

    state: StateValue
    reason: str
    points: tuple[Point, ...]


def decide(
    points: Mapping[int, Point],
    end: int,
    period: int,
    *,
    evaluated: int,
    to_alarm: int,
    threshold: float,
    comparison: str,
    treatment: Treatment,
    fewest_samples: float = 0,
    current: str = "",
) -> Decision | None:
    """What an alarm is at ``end``, where a period ends; None: what it was. O(evaluated periods).

    ``points`` are by the beginnings of their periods; ``period`` is in nanoseconds. With fewer than ``fewest_samples``
    in a point that counts nothing is decided; nor is anything said of a state that is ``current`` already.
    """
    breaches, words = COMPARISONS[comparison]
    found: list[Point] = []
    oldest = 0
    for age in range(1, evaluated + EXTRA_PERIODS + 1):
        point = points.get(end - age * period)
        if point is not None:
            found.append(point)
            oldest = age
            if len(found) == evaluated:
                break
    if fewest_samples and any(point.samples is not None and point.samples < fewest_samples for point in found):
        return None
    breaching = [point for point in found if breaches(point.value, threshold)]
    missing = evaluated - len(found)
    filled = missing if treatment == "breaching" else 0
    if len(breaching) + filled >= to_alarm:
        if current == "ALARM":
            return None
        return Decision(
            "ALARM", _crossed(breaching, filled, "was", words, threshold, evaluated, to_alarm, treatment), (*found,)
        )
    if not missing or treatment in _TREATED or len(breaching) < len(found):
        if current == "OK":
            return None
        fine = [point for point in found if point not in breaching]
        filled = missing if treatment in _TREATED and not fine else 0
        reason = _crossed(fine, filled, "was not", words, threshold, evaluated, evaluated - to_alarm + 1, treatment)
        return Decision("OK", reason, (*found,))
    if treatment == "ignore":
        return None
    if found and oldest >= to_alarm:
        reason = _crossed(breaching, 0, "was", words, threshold, len(found), len(found), treatment)
        return Decision("ALARM", reason, (*found,))
    return Decision("INSUFFICIENT_DATA", _unknown(missing), (*found,))


def _crossed(
    points: list[Point],
    missing: int,
    verb: str,
    words: str,
    threshold: float,
    evaluated: int,
    needed: int,
    treatment: Treatment,
) -> str:
    """Why an alarm is on one side of its threshold."""
    several = f"{missing} missing datapoint{'s' if missing > 1 else ''} {'were' if missing > 1 else 'was'}"
    treated = f"{several} treated as [{_TREATED.get(treatment, '')}]"
    if not points:
        periods = f"{evaluated} period{'s' if evaluated > 1 else ''}"
        return f"Threshold Crossed: no datapoints were received for {periods} and {treated}."
    shown = ", ".join(f"{point.value} ({datetime_of(point.moment):%d/%m/%y %H:%M:%S})" for point in points)
    is_plural = len(points) > 1
    if is_plural:
        verb = verb.replace("was", "were")
    count, tail = f"{len(points)} datapoint{'s' if is_plural else ''}", ""
    if evaluated != needed and not missing:
        change = "OK -> ALARM" if "not" not in verb else "ALARM -> OK"
        count = f"{len(points)} out of the last {evaluated} datapoints"
        tail = f" (minimum {needed} datapoint{'s' if needed > 1 else ''} for {change} transition)"
    more = f" and {treated}" if missing else ""
    return f"Threshold Crossed: {count} [{shown}] {verb} {words} the threshold ({threshold}){tail}{more}."


def _unknown(missing: int) -> str:
    return f"Insufficient Data: {missing} datapoint{'s were' if missing > 1 else ' was'} unknown."
