"""Resharding: one shard becomes two, two neighbours become one, or a stream goes to another number of shards.

UpdateShardCount does what fits the numbers of shards that AWS was seen to leave behind. [inferred: AWS documents equal
ranges, which come of this by doubling and halving only] Going up it splits every open shard in the middle, and then
merges neighbours from the low end until the target is reached; going down it merges neighbours from the low end, pass
by pass. So 4 to 5 shards leaves fifteen behind, five of them open.

What comes of it is made beside the stream, which then takes over all of it (``Stream.reshard``).

Nothing is refused here: whether a stream may be resharded is for the operations to ask first.
"""

from __future__ import annotations

from bisect import bisect_left
from operator import attrgetter
from typing import NamedTuple

from ...core.timeline import SECOND
from .shard import Shard

__all__ = ["Closing", "Resharding", "are_neighbours", "can_split_at"]

_start = attrgetter("starting_hash_key")


class Closing(NamedTuple):
    """How a shard is closed: see ``Shard.close``."""

    shard: Shard
    moment: int
    second: int
    children: list[Shard]


class Resharding:
    """The shards that a stream is going to have. The stream and its shards stay as they are."""

    def __init__(self, now: int, open_shards: list[Shard], next_index: int, metered: bool) -> None:
        self._now = now
        self._metered = metered
        self._next_index = next_index
        self.open = list(open_shards)
        """The open ones, in the order of their hash keys."""
        self.made: list[Shard] = []
        """By index. Some of them may be closed again."""
        self.closings: list[Closing] = []
        """In order."""

    def split(self, shard: Shard, hash_key: int) -> None:
        """Close ``shard``; two children take its hash keys, the second one those from ``hash_key`` on."""
        self._replace([shard], [(shard.starting_hash_key, hash_key - 1), (hash_key, shard.ending_hash_key)])

    def merge(self, lower: Shard, upper: Shard) -> None:
        """Close two open neighbours; one child takes the hash keys of both."""
        self._replace([lower, upper], [(lower.starting_hash_key, upper.ending_hash_key)])

    def scale(self, target: int) -> None:
        """Bring the number of open shards to ``target``."""
        while len(self.open) < target:
            self._split_all()
        while len(self.open) > target:
            self._merge_pass(target)

    def _split_all(self) -> None:
        for shard in list(self.open):
            if shard.starting_hash_key < shard.ending_hash_key:
                self.split(shard, (shard.starting_hash_key + shard.ending_hash_key + 1) // 2)

    def _merge_pass(self, target: int) -> None:
        """Merge the first and second open shard, the third and fourth, and so on, down to ``target`` shards."""
        place = 0
        while len(self.open) > target and place + 1 < len(self.open):
            self.merge(self.open[place], self.open[place + 1])
            place += 1

    def _replace(self, parents: list[Shard], ranges: list[tuple[int, int]]) -> None:
        """Close neighbouring ``parents`` and open children for ``ranges``, which cover the same hash keys."""
        now = self._now
        second = max(now // SECOND, *(parent.created for parent in parents))
        children = [
            Shard(
                self._next_index + number,
                hash_keys,
                now,
                second + 1,
                parent=parents[0],
                adjacent_parent=parents[1] if len(parents) > 1 else None,
                metered=self._metered,
            )
            for number, hash_keys in enumerate(ranges)
        ]
        self._next_index += len(children)
        self.made += children
        self.closings += [Closing(parent, max(now, parent.newest), second, children) for parent in parents]
        place = bisect_left(self.open, parents[0].starting_hash_key, key=_start)
        self.open[place : place + len(parents)] = children


def can_split_at(shard: Shard, hash_key: int) -> bool:
    """Whether AWS lets ``hash_key`` be the first one of the upper half."""
    return shard.starting_hash_key + 1 < hash_key < shard.ending_hash_key


def are_neighbours(lower: Shard, upper: Shard) -> bool:
    """Whether the hash keys of ``upper`` follow those of ``lower``."""
    return lower.ending_hash_key + 1 == upper.starting_hash_key
