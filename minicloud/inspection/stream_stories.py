"""What a failed test is told of its streams: how many records there were, and how far each reader has come.

20 records in clicks: 10 read, 10 never read
MainThread read clicks/0 from TRIM_HORIZON: 0..9; 10 left unread
nobody has read clicks/1: 3 records
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from ..core import facts
from ..core.shown import counted, escaped
from .stream_accounts import StreamAccounts
from .stream_readers import ShardAccount, StreamReader

if TYPE_CHECKING:
    from .trace_event import TraceEvent

__all__ = ["stories_of_streams"]

_MOST_READERS = 8
_FATES = {"unread": "never read", "stream deleted": "gone with the stream"}


def stories_of_streams(streams: StreamAccounts, concerned: Collection[str], events: Sequence[TraceEvent]) -> list[str]:
    """A line for each stream, for each of its readers, and for the shards that nobody has read.

    ``concerned``  the identities of the records that the report is about.
    ``events``     what the report is about.
    """
    first = events[0].number if events else 0
    served = _served_otherwise(events)
    by_stream: dict[str, list[ShardAccount]] = {}
    for shard in streams.shards:
        by_stream.setdefault(shard.arn, []).append(shard)
    lines: list[str] = []
    for arn, shards in by_stream.items():
        readers = [reader for shard in shards for reader in shard.readers if reader.latest.number >= first]
        records = [record for shard in shards for record in shard.records.values() if record.identity in concerned]
        if not readers and (not records or served & {arn, shards[0].stream}):
            continue  # what queues and channels take is told of those
        if arn in served and all(reader._what == "channel" for reader in readers):
            continue  # some may be for its queues alone
        if records:
            fates = Counter(_FATES.get(record.fate, record.fate) for record in records)
            told = ", ".join(f"{number} {fate}" for fate, number in fates.most_common())
            if len(fates) == 1:
                told = f"{'all ' if len(records) > 1 else ''}{next(iter(fates))}"
            lines.append(f"{counted(len(records), 'record')} in {escaped(shards[0].stream, 80)}: {told}")
        lines += _of_readers(readers)
        lines += _of_nobody([shard for shard in shards if shard.tip > shard.horizon and not shard.readers])
    return lines


def _of_readers(readers: list[StreamReader]) -> list[str]:
    """The readers with something to say first."""
    by_trouble = sorted(readers, key=lambda reader: (not reader.is_troubled, -reader.latest.number))
    chosen = sorted(by_trouble[:_MOST_READERS], key=lambda reader: reader.began.number)
    lines = [str(reader) for reader in chosen]
    if len(readers) > len(chosen):
        lines.append(f"… and {counted(len(readers) - len(chosen), 'more reader')}")
    return lines


def _of_nobody(shards: list[ShardAccount]) -> list[str]:
    """The shards that have records and no reader."""
    told = [f"{shard.label}: {counted(shard.tip - shard.horizon, 'record')}" for shard in shards[:_MOST_READERS]]
    more = f" and {len(shards) - len(told)} more" if len(shards) > len(told) else ""
    return [f"nobody has read {', '.join(told)}{more}"] if shards else []


def _served_otherwise(events: Sequence[TraceEvent]) -> set[str]:
    """The names and ARNs of the streams on which queues and channels were made."""
    served: set[str] = set()
    for event in events:
        if event.kind == facts.KINESIS_QUEUE_CREATED:
            served.add(event.details["stream_arn"])
        elif event.kind == facts.KINESIS_CHANNEL_CREATED:
            served.add(event.details["stream"])
    return served
