"""What is measured at full minutes, as spans of minutes in which it was the same.

What a gauge is at the end of a minute is of that minute. As most do not change most of the time, a span begins when one
has changed and lasts as long as it has not; a span that is still open belongs to the meter, one that is over to its
metric. Ages go on growing in a span. What is idle is measured for six hours more. [SQS developer guide: metrics]
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ...core.gauges import Gauges
from ...core.timeline import SECOND
from .metric import MINUTE, Key, Span

__all__ = ["OpenSpan", "Whose", "compare", "place_of"]

Whose = tuple[tuple[str, str], Key]
"""Account and region, and the metric."""
_IDLE: Final = 6 * 3600 * SECOND
"""How long after the last thing that happened to it an empty queue still has gauges."""


class OpenSpan(NamedTuple):
    """A gauge since it has changed last."""

    first: int
    """The first minute of which it is."""
    unit: str
    value: float
    since: int | None
    is_idle: bool
    arn: str
    touched: int
    """When something last happened to what it is of."""

    def until(self, minute: int) -> Span:
        """The span, of the minutes before one."""
        end = minute
        if self.is_idle:
            last = self.touched + _IDLE
            end = min(end, last - last % MINUTE)
        return Span(self.first, max(end, self.first), self.unit, self.value, self.since)

    def value_at(self, now: int) -> float:
        """What it is at a moment, if nothing has happened since it was measured."""
        return self.value if self.since is None else float(max(now - self.since, 0) // SECOND)

    def goes_on_as(self, other: OpenSpan) -> bool:
        """Whether what was measured now is the same as before."""
        return self[1:5] == other[1:5] and not (self.is_idle and other.touched - self.touched > _IDLE)


def place_of(arn: str) -> tuple[str, str]:
    """The account and the region of an ARN."""
    _, _, _, region_name, account_id, _ = arn.split(":", 5)
    return account_id, region_name


def opened(gauges: Gauges, first: int, touched: int) -> dict[Whose, OpenSpan]:
    """What begins when these are measured."""
    arn, namespace, dimensions, values, is_idle = gauges
    place = place_of(arn)
    return {
        (place, (namespace, name, dimensions)): OpenSpan(first, unit, float(value), since, is_idle, arn, touched)
        for name, unit, value, since in values
    }


def compare(
    before: Gauges | None, after: Gauges | None, known: dict[Whose, OpenSpan], first: int, touched: int
) -> tuple[dict[Whose, OpenSpan], dict[Whose, OpenSpan]]:
    """What of the open spans that are ``known`` is over, and what is open now, of one thing that was measured."""
    new = {} if after is None else opened(after, first, touched)
    old = {whose: known[whose] for whose in ({} if before is None else opened(before, 0, 0)) if whose in known}
    over = {}
    for whose, span in old.items():
        there = new.get(whose)
        if there is not None and span.goes_on_as(there):
            new[whose] = span._replace(touched=touched)
        else:
            over[whose] = span
    return over, new
