"""Looking into a stream: its shards and what lies in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from ...core.near import did_you_mean
from ...core.shown import counted, escaped, shown
from ...exceptions import UsageError
from ...services.kinesis.channel import Channel
from ...services.kinesis.queue import RecordQueue
from ...services.kinesis.shard import Shard
from ...services.kinesis.stream import Stream
from ..stream_accounts import StreamAccounts
from ..stream_readers import ShardAccount, StreamReader
from ..trace import Trace
from .lookup import AmbiguousName, find
from .queues import QueueView, find_queue
from .stream_queues import ChannelView, RecordView, StreamQueueView, record_view

if TYPE_CHECKING:
    from ...engine.engine import Engine

__all__ = ["RecordView", "ShardView", "StreamView", "all_streams", "find_queue_or_stream", "find_stream"]


@dataclass(frozen=True, slots=True, repr=False)
class ShardView:
    """A shard as it was when it was looked at."""

    shard_id: str
    """``"shardId-000000000000"``."""
    is_open: bool
    """Whether records can be put into it: it was neither split nor merged."""
    parent_shard_id: str | None
    """The shard that it was made of; None of a first one."""
    adjacent_parent_shard_id: str | None
    """The other one, where two were merged."""
    starting_hash_key: int
    """The first hash key that is its own."""
    ending_hash_key: int
    """The last one."""
    records: tuple[RecordView, ...]
    """What it still keeps, oldest first."""

    def __repr__(self) -> str:
        return f"<{self.shard_id}: {'open' if self.is_open else 'closed'}, {counted(len(self.records), 'record')}>"


class StreamView:
    """A stream, read-only. Each property looks anew; nothing is consumed."""

    def __init__(self, engine: Engine, stream: Stream) -> None:
        self._engine = engine
        self._stream = stream

    @property
    def name(self) -> str:
        """The stream's name."""
        return self._stream.name

    @property
    def arn(self) -> str:
        """The stream's ARN."""
        return self._stream.arn

    @property
    def status(self) -> str:
        """``"CREATING"``, ``"ACTIVE"``, ``"UPDATING"`` or ``"DELETING"``."""
        return self._engine.look("a view", lambda _: self._stream.status)

    @property
    def shards(self) -> list[ShardView]:
        """Every shard that is still kept, closed ones included, in the order of their making. O(records)."""
        return self._engine.look("a view", self._shards)

    def _shards(self, now: int) -> list[ShardView]:
        return [self._view(shard, now) for shard in self._stream.listed_shards(now)]

    @property
    def records(self) -> list[RecordView]:
        """Every record that is still kept, in the order of their arrival. O(n log n)."""
        found = [record for shard in self.shards for record in shard.records]
        return sorted(found, key=lambda record: (record.time, int(record.sequence_number)))

    @property
    def readers(self) -> list[StreamReader]:
        """Who has read the stream's shards, in the order in which they began. O(events).

        Threads and tasks by iterators, consumers by subscriptions; functions, delivery streams, pipes and channels.

        Needs the trace, whose record it is made from; raises ``UsageError`` when it never was on.
        """
        trace = Trace(self._engine)
        trace.demand("who reads a stream")
        accounts = self.accounts(StreamAccounts(trace))
        found = [reader for account in accounts.values() for reader in account.readers]
        return sorted(found, key=lambda reader: reader.began.number)

    def accounts(self, streams: StreamAccounts) -> dict[str, ShardAccount]:
        """The accounts of the stream's shards, by id, brought to what the shards hold now."""
        accounts = streams.current(self.arn)
        for shard_id, (horizon, tip) in self._engine.look("a view", self._extents).items():
            account = accounts.setdefault(shard_id, ShardAccount(self.name, self.arn, shard_id))
            account.horizon, account.tip = max(account.horizon, horizon), max(account.tip, tip)
        return accounts

    def _extents(self, now: int) -> dict[str, tuple[int, int]]:
        shards = self._stream.listed_shards(now)
        for shard in shards:
            self._stream.trim(now, shard)
        return {shard.shard_id: (shard.horizon, shard.tip) for shard in shards}

    @property
    def queues(self) -> list[StreamQueueView]:
        """The queues on the stream, in the order of their making."""
        found = self._engine.look("a view", lambda _: list(self._stream.queues.values()))
        queues = cast("list[RecordQueue]", found)
        return [StreamQueueView(self._engine, queue) for queue in queues]

    def queue(self, queue: str) -> StreamQueueView:
        """The queue on the stream with this name or ARN. Raises ``UsageError``, naming those that there are."""
        views = self.queues
        for view in views:
            if queue in (view.name, view.arn):
                return view
        known = sorted(view.name for view in views)
        raise UsageError(
            f"there is no queue {shown(queue)} on {escaped(self.name, 80)}{did_you_mean(str(queue), known)}; "
            f"there are: {escaped(', '.join(known) or 'none', 1_000)}"
        )

    @property
    def channels(self) -> list[ChannelView]:
        """The channels of the stream, in the order of their making."""
        found = self._engine.look("a view", lambda _: list(self._stream.channels.values()))
        channels = cast("list[Channel]", found)
        return [ChannelView(self._engine, channel) for channel in channels]

    def _view(self, shard: Shard, now: int) -> ShardView:
        self._stream.trim(now, shard)
        records = tuple(record_view(record, shard) for record in shard.records[shard.head :])
        return ShardView(
            shard.shard_id,
            shard.closed is None,
            shard.parent,
            shard.adjacent_parent,
            shard.starting_hash_key,
            shard.ending_hash_key,
            records,
        )

    def __repr__(self) -> str:
        # Without the lock, and nothing is settled: a debugger shows it in the midst of a call.
        horizon = self._stream.horizon(self._engine.seen_ns())
        shards = list(self._stream.shards.values()) if self._stream.exists else []
        open_shards = sum(shard.closed is None for shard in shards)
        records = sum(record.kept_from > horizon for shard in shards for record in shard.records[shard.head :])
        held = f"{counted(open_shards, 'open shard')}, {counted(records, 'record')}"
        return f"<stream {self.name}: {held}, {self._stream.status}>"


def find_stream(engine: Engine, stream: str) -> StreamView:
    """The view of a stream by name (of the cloud's own account and region first) or ARN."""
    return StreamView(engine, find(engine, ("stream", "kinesis"), stream, _get, lambda service: service.streams))


def all_streams(engine: Engine) -> list[StreamView]:
    """Views of the streams of every account and region, in the order of their making."""
    with engine.gate("a view"):
        return _all_streams(engine)


def _all_streams(engine: Engine) -> list[StreamView]:
    # Apart: what comes into the jump back of a loop passes by the `with` that the loop stands in (CPython 3.13).
    return [StreamView(engine, stream) for service in engine.services("kinesis") for stream in service.streams.values()]


def find_queue_or_stream(engine: Engine, name: str) -> QueueView | StreamView:
    """The view of a queue, else of a stream, by name, URL or ARN. Raises ``UsageError`` when there is neither."""
    if isinstance(name, str) and ":kinesis:" in name:
        return find_stream(engine, name)
    try:
        return find_queue(engine, name)
    except AmbiguousName:
        raise
    except UsageError as error:
        streams = all_streams(engine)
        if not streams or not isinstance(name, str):
            raise
        if name not in [view.name for view in streams]:
            raise UsageError(f"{error}; nor is there a stream of that name") from None
    return find_stream(engine, name)


def _get(service: Any, name: str) -> Stream | None:
    found: Stream | None = service.streams.get(name.removeprefix("stream/"))
    return found
