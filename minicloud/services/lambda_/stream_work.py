"""What a function is run for with a batch of a shard's records: the work of its run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .stream_batch import Batch, Window
from .stream_events import stream_event, window_event
from .stream_reading import StreamReading

if TYPE_CHECKING:
    from .invocation import Run

__all__ = ["StreamWork"]


class StreamWork:
    """A batch, with what there was of its tumbling window when it was begun."""

    __slots__ = ("_batch", "_mapping", "_role_arn", "_shard_id", "_window", "ended")

    def __init__(
        self,
        mapping: StreamReading,
        shard_id: str,
        batch: Batch,
        open_window: Window | None,
        ended: Callable[[int, Run], object],
    ) -> None:
        self._mapping = mapping
        self._shard_id = shard_id
        self._batch = batch
        self._role_arn = mapping.role_arn
        self.ended = ended
        window: Window | None = None
        if batch.window is not None:
            is_open = open_window is not None and open_window[:2] == batch.window
            window = open_window if is_open else Window(*batch.window, "{}")
        self._window = window

    @property
    def trigger(self) -> str:
        """The stream."""
        return self._mapping.trigger

    def make_event(self) -> dict[str, Any]:
        """The event of the batch."""
        batch, mapping = self._batch, self._mapping
        event = stream_event(batch.records, self._shard_id, mapping.source_arn, mapping.region_name, self._role_arn)
        if self._window is None:
            return event
        return window_event(event, self._window, self._shard_id, mapping.source_arn, final=batch.closes)

    def about(self) -> dict[str, Any]:
        """What facts of the run say."""
        return self._batch.about(self._shard_id)
