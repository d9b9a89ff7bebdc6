"""What services measure of themselves at a moment, as samples of metrics."""

from __future__ import annotations

from ...core.gauges import Gauge
from ...core.timeline import SECOND
from .metric import Key, Samples

__all__ = ["sample_of"]


def sample_of(gauge: Gauge, now: int, moment: int) -> tuple[str, str, Key, int, str, Samples]:
    """What a gauge is at ``now``, as a sample of the minute ``moment``: account, region, key, moment, unit, samples."""
    _, _, _, region_name, account_id, _ = gauge.arn.split(":", 5)
    value = float(gauge.value if gauge.since is None else max(now - gauge.since, 0) // SECOND)
    key = gauge.namespace, gauge.name, gauge.dimensions
    return account_id, region_name, key, moment, gauge.unit, Samples({value: 1.0})
