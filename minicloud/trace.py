"""The record of what happened in a cloud: bounded, ordered, off unless somebody wants it.

Two sorts of facts arrive here: calls, with their outcome, from the clients, and what the services did on their own
(a message became visible again, moved to a dead-letter queue, was taken for a duplicate).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ._probe import with_watcher
from ._timeline import SECOND
from .exceptions import AwsError

if TYPE_CHECKING:
    from ._spec import Operation
    from .cloud import Cloud

__all__ = ["Recorder", "TraceEvent"]


class TraceEvent:
    """One fact: ``kind`` says what (``"sqs.message.received"``, ``"call"``), ``resource`` to what."""

    __slots__ = ("details", "kind", "resource", "time_ns")

    def __init__(self, time_ns: int, kind: str, resource: str, details: Mapping[str, Any]) -> None:
        self.time_ns = time_ns
        """When, in nanoseconds since the epoch."""
        self.kind = kind
        self.resource = resource
        self.details = details

    @property
    def time(self) -> datetime:
        """When, as an aware datetime in UTC."""
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.time_ns // 1000)

    def __repr__(self) -> str:
        return f"<TraceEvent {self}>"

    def __str__(self) -> str:
        details = " ".join(f"{name}={_short(value)}" for name, value in self.details.items())
        time = f"{self.time:%Y-%m-%d %H:%M:%S}.{self.time_ns % SECOND // 1_000_000:03d}"
        return f"{time}  {self.kind:<28} {self.resource}  {details}"


class Recorder:
    """``cloud.trace``: the last ``limit`` events, oldest first. Iterate it, or ``render()`` it as text."""

    def __init__(self, cloud: Cloud, limit: int = 10_000) -> None:
        self._cloud = cloud
        self._events: deque[TraceEvent] = deque(maxlen=limit)

    def start(self) -> None:
        """Record from now on. While off, tracing costs a call one attribute test."""
        self._cloud.world.trace = self._fact
        self._cloud.probe = with_watcher(self._cloud.probe, self)

    def stop(self) -> None:
        """Record no more; what is there stays."""
        self._cloud.world.trace = None
        self._cloud.probe = with_watcher(self._cloud.probe, None)

    def clear(self) -> None:
        """Forget what was recorded."""
        self._events.clear()

    def render(self, last: int | None = None) -> str:
        """The record as text, a line per event; only the ``last`` ones when given."""
        events = list(self._events)
        if last is not None:
            events = events[-last:]
        return "\n".join(str(event) for event in events)

    def __iter__(self) -> Iterator[TraceEvent]:
        return iter(list(self._events))

    def __len__(self) -> int:
        return len(self._events)

    def __repr__(self) -> str:
        return f"<trace of {len(self._events)} events, {'on' if self._cloud.world.trace is not None else 'off'}>"

    # --- called by clients and services -----------------------------------------------------------------------------

    def _fact(self, now: int, kind: str, resource: str, /, **details: Any) -> None:
        self._events.append(TraceEvent(now, kind, resource, details))

    def answered(self, operation: Operation[..., Any], service: str, params: Mapping[str, Any], now: int) -> None:
        """A call was answered."""
        self._events.append(TraceEvent(now, "call", f"{service}.{operation.name}", params))

    def refused(
        self, operation: Operation[..., Any], service: str, params: Mapping[str, Any], now: int, error: AwsError
    ) -> None:
        """A call was answered with an error."""
        details = {"error": error.code, "message": error.message, **params}
        self._events.append(TraceEvent(now, "call.refused", f"{service}.{operation.name}", details))


def _short(value: Any, limit: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
