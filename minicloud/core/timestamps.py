"""Moments as answers show them."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["moment_of", "nanoseconds_of"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment_of(nanoseconds: int) -> datetime:
    """A moment as an aware datetime in UTC, with the milliseconds that AWS gives."""
    return datetime.fromtimestamp(nanoseconds // 1_000_000 / 1000, UTC)


def nanoseconds_of(moment: datetime) -> int:
    """An aware datetime as nanoseconds since the epoch, exactly."""
    distance = moment - _EPOCH
    return (distance.days * 86_400 + distance.seconds) * 1_000_000_000 + distance.microseconds * 1000
