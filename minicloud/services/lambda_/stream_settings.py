"""What the settings of a mapping mean for how it reads a stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...core.timeline import SECOND
from ...core.value import Value
from .filters import Filters, filters_of

__all__ = ["StreamSettings"]

_ENDLESS: Final = 1 << 62


class StreamSettings(Value):
    """The settings of one mapping; times in nanoseconds."""

    batch_size: int
    batching_window: int
    tumbling_window: int
    factor: int
    """How many lanes a shard has."""
    bisects: bool
    reports: bool
    """Whether the function says which records have failed."""
    retries: int
    """How often a batch is tried again."""
    maximum_age: int
    destination: str | None
    """The ARN of who is told of batches that were given up."""
    filters: Filters | None
    """Which records are for the function; None: all are."""

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> StreamSettings:
        """Those of the API's parameters, defaults included."""
        retries, age = settings["MaximumRetryAttempts"], settings["MaximumRecordAgeInSeconds"]
        on_failure = (settings.get("DestinationConfig") or {}).get("OnFailure") or {}
        return cls(
            batch_size=settings["BatchSize"],
            batching_window=settings["MaximumBatchingWindowInSeconds"] * SECOND,
            tumbling_window=settings["TumblingWindowInSeconds"] * SECOND,
            factor=settings["ParallelizationFactor"],
            bisects=settings["BisectBatchOnFunctionError"],
            reports="ReportBatchItemFailures" in settings["FunctionResponseTypes"],
            retries=_ENDLESS if retries < 0 else retries,
            maximum_age=_ENDLESS if age < 0 else age * SECOND,
            destination=on_failure.get("Destination") or None,
            filters=filters_of(settings, "data"),
        )
