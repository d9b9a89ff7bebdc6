"""Every number that AWS may raise and a test may want smaller, in one table.

``Cloud(limits=...)`` takes ``"aws"`` (the default: whatever depends only on the calls and the clock), ``"strict"``
(rates as well), ``"relaxed"`` (without the rules that only slow a test down) or a ``Limits``:
``minicloud.Limits(sqs_in_flight_standard=5)``, or ``minicloud.Limits.named("strict").replace(...)``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .exceptions import UsageError

__all__ = ["Limits"]


class Limits(NamedTuple):
    """AWS's quotas as one value. Counts are plain numbers, times are seconds, sizes are bytes."""

    rates: bool = False
    """Enforce rates: API calls a second, per-shard throughput, FIFO quotas (``"strict"``)."""

    sqs_in_flight_standard: int = 120_000
    """Messages of a standard queue that may be in flight at once. [SQS developer guide, quotas]"""
    sqs_in_flight_fifo: int = 120_000
    """Messages of a FIFO queue that may be in flight at once (20,000 until 2024). [SQS developer guide, quotas]"""
    sqs_message_size: int = 1_048_576
    """The largest value of MaximumMessageSize, and the largest sum of a batch (262,144 until August 2025)."""
    sqs_purge_seconds: int = 60
    """How long after a PurgeQueue the next one is refused; 0 switches the rule off."""
    sqs_recreate_seconds: int = 60
    """How long after a DeleteQueue its name can't be used again; 0 switches the rule off."""
    sqs_fifo_calls_per_second: int = 300
    """Calls of one action a second on a FIFO queue without high throughput; enforced when ``rates``."""

    @classmethod
    def named(cls, name: str) -> Limits:
        """The limits called ``"aws"``, ``"strict"`` or ``"relaxed"``."""
        if name == "aws":
            return cls()
        if name == "strict":
            return cls(rates=True)
        if name == "relaxed":
            return cls(sqs_purge_seconds=0, sqs_recreate_seconds=0)
        raise UsageError(f'limits={name!r} is unknown: use "aws", "strict", "relaxed" or a minicloud.Limits')

    def replace(self, **changes: Any) -> Limits:
        """These limits with some fields changed."""
        return self._replace(**changes)
