"""Types of arguments that are not needed to run: by themselves, for typing is dear to load."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias, runtime_checkable

__all__ = ["ClockName", "HandlersName", "TimeSource"]

ClockName: TypeAlias = Literal["real", "virtual", "frozen"]
"""What ``Cloud(clock=...)`` takes beside an object."""

HandlersName: TypeAlias = Literal["at_once", "held"]
"""What ``Cloud(handlers=...)`` takes."""


@runtime_checkable
class TimeSource(Protocol):
    """What an object must offer to be a cloud's clock: the time, in nanoseconds since the epoch."""

    def time_ns(self) -> int:
        """The time. It may go back."""
