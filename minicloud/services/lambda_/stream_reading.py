"""What the parts of a stream's mapping know of it: its settings, its source, and whom it tells what.

The mapping has a line for each shard (``shard_line``), and these have lanes (``lane``); they do the work, and ask the
mapping, by what stands here. What it does itself is ``stream_mapping``.
"""

from __future__ import annotations

from typing import Any

from ...core.record_sources import RecordShard, RecordSource
from . import facts
from .mapping import Mapping
from .stream_settings import StreamSettings

__all__ = ["StreamReading"]


class StreamReading(Mapping):
    """A mapping of a stream, as its lines and lanes see it."""

    user_action = "User action"
    shows_result = True
    source: RecordSource

    _read_of: object = None
    _read: StreamSettings
    """What the settings ``_read_of`` mean."""

    @property
    def stream_settings(self) -> StreamSettings:
        """What its settings mean."""
        settings = self.current.settings
        if self._read_of is not settings:
            self._read = StreamSettings.of(settings)
            self._read_of = settings
        return self._read

    def _name_of_source(self) -> str:
        """The name of the stream, also of a consumer's."""
        return str(self.source.stream_name)

    def may_read(self, shard: RecordShard, line: object) -> bool:
        """Whether the line of a shard may begin something: it is enabled, and everything that came before is done."""
        raise NotImplementedError

    def add_descendants(self, line: Any) -> None:
        """Have lines for all shards that took over from that of a line."""
        raise NotImplementedError

    def line_ended(self, now: int, line: Any) -> None:
        """The shard of a line has come to its end, and all of its records are done."""
        raise NotImplementedError

    def next_request_id(self) -> str:
        """The id of a request that was never made, as its function was not run."""
        return str(self.world.ids.uuids("lambda/request").next())

    def destination_failed(self, now: int, reason: str) -> None:
        """Its destination could not be told of a batch."""
        trace = self.world.trace
        if trace is not None:
            facts.destination_failed(trace, now, self, self.stream_settings.destination, reason)
