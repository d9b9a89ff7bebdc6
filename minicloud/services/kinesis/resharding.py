"""Resharding: one shard becomes two, two neighbours become one, or a stream goes to another number of shards.

UpdateShardCount does as AWS does. Going up it splits every open shard in the middle, and then merges neighbours from
the low end until the target is reached; going down it merges neighbours from the low end, pass by pass. So 4 to 5
shards leaves fifteen behind, five of them open.

Nothing is refused here: whether a stream may be resharded is for the operations to ask first.
"""

from __future__ import annotations

from .shard import Shard
from .stream import Stream

__all__ = ["are_neighbours", "can_split_at", "merge", "scale", "split"]


def can_split_at(shard: Shard, hash_key: int) -> bool:
    """Whether AWS lets ``hash_key`` be the first one of the upper half."""
    return shard.starting_hash_key + 1 < hash_key < shard.ending_hash_key


def split(stream: Stream, now: int, shard: Shard, hash_key: int) -> None:
    """Close ``shard``; two children take its hash keys, the second one those from ``hash_key`` on."""
    stream.replace(now, [shard], [(shard.starting_hash_key, hash_key - 1), (hash_key, shard.ending_hash_key)])


def are_neighbours(lower: Shard, upper: Shard) -> bool:
    """Whether the hash keys of ``upper`` follow those of ``lower``."""
    return lower.ending_hash_key + 1 == upper.starting_hash_key


def merge(stream: Stream, now: int, lower: Shard, upper: Shard) -> None:
    """Close two open neighbours; one child takes the hash keys of both."""
    stream.replace(now, [lower, upper], [(lower.starting_hash_key, upper.ending_hash_key)])


def scale(stream: Stream, now: int, target: int) -> None:
    """Bring the number of open shards to ``target``."""
    while len(stream.open) < target:
        _split_all(stream, now)
    while len(stream.open) > target:
        _merge_pass(stream, now, target)


def _split_all(stream: Stream, now: int) -> None:
    for shard in list(stream.open):
        if shard.starting_hash_key < shard.ending_hash_key:
            split(stream, now, shard, (shard.starting_hash_key + shard.ending_hash_key + 1) // 2)


def _merge_pass(stream: Stream, now: int, target: int) -> None:
    """Merge the first and second open shard, the third and fourth, and so on, down to ``target`` shards."""
    place = 0
    while len(stream.open) > target and place + 1 < len(stream.open):
        merge(stream, now, stream.open[place], stream.open[place + 1])
        place += 1
