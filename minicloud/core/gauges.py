"""What a service measures of itself: a number at a moment, under the name that CloudWatch has for it.

Services yield gauges (``ServiceState.gauges``); whoever wants to know them asks at full minutes. This file knows no
service.
"""

from __future__ import annotations

__all__ = ["Gauge"]


class Gauge:
    """A number at a moment. ``since`` in the place of a value: seconds since then, which grow while nobody looks."""

    __slots__ = ("arn", "dimensions", "is_idle", "name", "namespace", "since", "unit", "value")

    def __init__(
        self,
        arn: str,
        namespace: str,
        name: str,
        dimensions: tuple[tuple[str, str], ...],
        unit: str,
        value: float = 0,
        *,
        since: int | None = None,
        is_idle: bool = False,
    ) -> None:
        self.arn = arn
        """What it is of; says whose account and which region."""
        self.namespace = namespace
        self.name = name
        self.dimensions = dimensions
        self.unit = unit
        self.value = value
        self.since = since
        self.is_idle = is_idle
        """Whether there is nothing in it, so that it is not measured for long."""
