"""One fact of a trace, as its readers see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..core import facts
from ..core.shown import escaped, shown
from ..core.timeline import SECOND
from ..core.timestamps import datetime_of

__all__ = ["TraceEvent"]


class TraceEvent:
    """One fact: ``kind`` says what (``"sqs.message.received"``, ``"call"``), ``resource`` to what."""

    __slots__ = ("actor", "details", "kind", "number", "resource", "time_ns", "told")

    def __init__(
        self,
        time_ns: int,
        kind: str,
        resource: str,
        details: Mapping[str, Any],
        actor: str = "",
        number: int = 0,
        told: bool = False,
    ) -> None:
        self.number = number
        """Its place in the record, which is the true order of the events of one message or stream."""
        self.time_ns = time_ns
        """When, in nanoseconds since the epoch."""
        self.kind = kind
        """What has happened: ``"sqs.message.received"``, ``"call"``."""
        self.resource = resource
        """The name of the queue, topic, stream or function; empty where there is none."""
        self.details = details
        """More about it, by name; of a call, the parameters that were given."""
        self.actor = actor
        """The name of the task or thread that was at work: the caller's, or the poller's that was waiting."""
        self.told = told
        """Whether it is a call of which other events say what it did."""

    @property
    def time(self) -> datetime:
        """When, as an aware datetime in UTC."""
        return datetime_of(self.time_ns)

    def __repr__(self) -> str:
        return f"<TraceEvent {self}>"

    def __str__(self) -> str:
        details = " ".join(
            f"{name}={shown(value, 60)}"
            for name, value in self.details.items()
            if value is not None and name not in facts.FOR_PROGRAMS
        )
        time = f"{self.time:%Y-%m-%d %H:%M:%S}.{self.time_ns % SECOND // 1_000_000:03d}"
        return f"{time}  {self.kind:<28} {escaped(self.resource, 80)}  {details}"
