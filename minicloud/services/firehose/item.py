"""What is on its way through a delivery stream: a record, or what has become of one. Items never change."""

from __future__ import annotations

from typing import Any

__all__ = ["Item"]

_NO_METADATA: dict[str, Any] = {}


class Item:
    """One record."""

    __slots__ = ("arrival", "data", "entered", "metadata", "record_id")

    def __init__(
        self, record_id: str, data: bytes, arrival: int, entered: int, metadata: dict[str, Any] = _NO_METADATA
    ) -> None:
        self.record_id = record_id
        self.data = data
        self.arrival = arrival
        """When it was put, in nanoseconds."""
        self.entered = entered
        """When it came into the buffer that it is in."""
        self.metadata = metadata
        """What a function is told of it beside that: where in its stream it was."""

    def moved(self, now: int, data: bytes | None = None) -> Item:
        """The same in another buffer, or what has become of it."""
        return Item(self.record_id, self.data if data is None else data, self.arrival, now)
