"""``cloud.outbox``: what left the cloud for people and systems outside, kept for a test to look at."""

from __future__ import annotations

from collections.abc import Iterator

from ..core.effects import Departure

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import overload

__all__ = ["Outbox"]


class Outbox:
    """A sequence of what left, oldest first: text messages, emails, mobile pushes, posts that nobody listened for.

    Each has ``protocol``, ``endpoint``, ``subject``, ``body``, ``headers``, ``attributes``, ``message_id``, ``time``.
    """

    def __init__(self) -> None:
        self._departures: list[Departure] = []

    def append(self, departure: Departure) -> None:
        """Something left. Called by the cloud."""
        self._departures.append(departure)

    def has(self, departure: Departure) -> bool:
        """Whether it is here. O(n)."""
        return any(one is departure for one in reversed(self._departures))

    def to(self, endpoint: str) -> list[Departure]:
        """What left for one endpoint: a telephone number, an address, a URL, an ARN."""
        return [departure for departure in self._departures if departure.endpoint == endpoint]

    def of(self, protocol: str) -> list[Departure]:
        """What left by one protocol: ``"sms"``, ``"email"``, ``"http"``, ``"application"`` …"""
        return [departure for departure in self._departures if departure.protocol == protocol]

    def clear(self) -> None:
        """Forget all of it."""
        self._departures.clear()

    def __len__(self) -> int:
        return len(self._departures)

    def __iter__(self) -> Iterator[Departure]:
        return iter(list(self._departures))

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, index: int) -> Departure: ...
        @overload
        def __getitem__(self, index: slice) -> list[Departure]: ...

    def __getitem__(self, index: int | slice) -> Departure | list[Departure]:
        return self._departures[index]

    def __repr__(self) -> str:
        return f"<outbox of {len(self._departures)}: {self._departures[-3:]!r}>"
