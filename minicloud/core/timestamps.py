"""Nanoseconds since the epoch, which is how minicloud counts time, to aware datetimes and back."""

from __future__ import annotations

from .dates import UTC, datetime, timedelta
from .timeline import SECOND

__all__ = ["datetime_of", "datetime_to_the_millisecond", "iso_seconds", "nanoseconds_of"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def datetime_of(nanoseconds: int) -> datetime:
    """An aware datetime in UTC, exact to the microsecond."""
    return _EPOCH + timedelta(microseconds=nanoseconds // 1000)


def datetime_to_the_millisecond(nanoseconds: int) -> datetime:
    """An aware datetime in UTC, with the milliseconds that answers of AWS's have."""
    return datetime.fromtimestamp(nanoseconds // 1_000_000 / 1000, UTC)


def iso_seconds(nanoseconds: int) -> str:
    """A moment as events show it, cut to the second: ``"2026-01-01T00:00:00Z"``."""
    return f"{(_EPOCH + timedelta(seconds=nanoseconds // SECOND)).isoformat()[:19]}Z"


def nanoseconds_of(moment: datetime) -> int:
    """An aware datetime as nanoseconds since the epoch, exactly."""
    distance = moment - _EPOCH
    return (distance.days * 86_400 + distance.seconds) * SECOND + distance.microseconds * 1000
