"""What services measure of themselves at a moment, as samples of metrics."""

from __future__ import annotations

from ...core.gauges import Gauge
from ...core.timeline import SECOND
from .metric import Key

__all__ = ["Measured", "measured"]


class Measured:
    """What a gauge was when it was sampled. Never changed."""

    __slots__ = ("arn", "is_idle", "key", "place", "since", "unit", "value")

    def __init__(self, gauge: Gauge, place: tuple[str, str]) -> None:
        self.arn = gauge.arn
        self.place = place
        """Account and region."""
        self.key: Key = (gauge.namespace, gauge.name, gauge.dimensions)
        self.unit = gauge.unit
        self.value = float(gauge.value)
        self.since = gauge.since
        self.is_idle = gauge.is_idle

    def value_at(self, now: int) -> float:
        """What it is at a moment, if nothing has happened since it was sampled: ages grow."""
        since = self.since
        return self.value if since is None else float(max(now - since, 0) // SECOND)


def measured(gauge: Gauge) -> Measured:
    """A gauge as it is now."""
    _, _, _, region_name, account_id, _ = gauge.arn.split(":", 5)
    return Measured(gauge, (account_id, region_name))
