"""What a service measures of itself: numbers at a moment, under the names that CloudWatch has for them.

Services yield gauges (``ServiceState.gauges``); whoever wants to know them asks at full minutes, and compares them with
those of the minute before. This file knows no service.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

__all__ = ["Gauges", "Value"]

Value: TypeAlias = tuple[str, str, float, int | None]
"""Name, unit and number; or, in the place of a number that does not count, since when: seconds, which grow while nobody
looks."""


class Gauges(NamedTuple):
    """What is measured of one thing at a moment."""

    arn: str
    """What it is of; says whose account and which region."""
    namespace: str
    dimensions: tuple[tuple[str, str], ...]
    values: tuple[Value, ...]
    is_idle: bool = False
    """Whether there is nothing in it, so that it is not measured for long."""
