"""Shards: listing and resharding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....core.operation import operation
from ....core.shapes import Timestamp
from ....core.timestamps import nanoseconds_of
from ....core.unset import UNSET
from ....core.world import Trace
from .. import errors, facts, notes, shapes
from ..constraints import (
    HASH_KEY,
    NEXT_TOKEN,
    PAGE_LIMIT,
    SCALING_TYPE,
    SHARD_FILTER_TYPE,
    SHARD_ID,
    STREAM_ARN,
    STREAM_NAME,
    TARGET_SHARD_COUNT,
    check,
)
from ..resharding import Resharding, are_neighbours, can_split_at
from ..shard import Shard
from ..state import KinesisState
from ..status import CREATING
from ..stream import Stream
from ..transition import Step

__all__ = ["ShardOperations"]

_PAGE = 1000
_MOST_SHARDS = 10_000


class ShardOperations(KinesisState):
    """The operations on shards."""

    # --- listing ------------------------------------------------------------------------------------------------------

    @operation("ListShards")
    def list_shards(
        self,
        now: int,
        *,
        StreamName: shapes.StreamName = UNSET,
        NextToken: shapes.NextToken = UNSET,
        ExclusiveStartShardId: shapes.ShardId = UNSET,
        MaxResults: shapes.PageLimit = UNSET,
        StreamCreationTimestamp: Timestamp = UNSET,
        ShardFilter: shapes.ShardFilter = UNSET,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
    ) -> shapes.ListShardsOutput:
        """The shards that ``ShardFilter`` lets through, by id, 1,000 at most in one answer.

        O(page), and what the filter passes over.
        """
        shard_filter: shapes.ShardFilter = {"Type": "FROM_TRIM_HORIZON"} if ShardFilter is UNSET else ShardFilter
        check(
            ("exclusiveStartShardId", SHARD_ID, ExclusiveStartShardId),
            ("maxResults", PAGE_LIMIT, MaxResults),
            ("nextToken", NEXT_TOKEN, NextToken),
            ("shardFilter.type", SHARD_FILTER_TYPE, shard_filter["Type"]),
            ("shardFilter.shardId", SHARD_ID, shard_filter.get("ShardId", UNSET)),
            ("streamName", STREAM_NAME, StreamName),
            ("streamARN", STREAM_ARN, StreamARN),
        )
        after = -1
        if NextToken is UNSET:
            if StreamName is UNSET and StreamARN is UNSET:
                raise errors.list_shards_needs_stream()
            stream = self.find_stream(StreamName, StreamARN)
            self.check_creation(stream, StreamCreationTimestamp)
            if ExclusiveStartShardId is not UNSET:
                after = self.shard_index(ExclusiveStartShardId, stream.name, stream.account_id)
            kind, argument = self._filter(now, stream, shard_filter)
        else:
            for name, value in (
                ("StreamName", StreamName),
                ("StreamARN", StreamARN),
                ("StreamCreationTimestamp", StreamCreationTimestamp),
                ("ExclusiveStartShardId", ExclusiveStartShardId),
                ("ShardFilter", ShardFilter),
            ):
                if value is not UNSET:
                    raise errors.next_token_excludes(name)
            account_id, stream_name, serial, last, kind, number = self.read_next_token("shards", now, NextToken)
            found = self.peer(account_id).streams.get(stream_name)
            if found is None or found.serial != int(serial):
                raise self.stream_missing(stream_name, account_id)
            stream, after, argument = found, int(last), int(number)
        self.pace(now, "ListShards", stream.name, stream.arn)
        if stream.status == CREATING:
            error = errors.stream_not_active(stream.name, stream.account_id, stream.status)
            raise error.noting(notes.changing(stream))

        limit = _PAGE if MaxResults is UNSET else min(MaxResults, _PAGE)
        begin = max(after, argument) if kind == "AFTER_SHARD_ID" else after
        shards, has_more = stream.page_of_shards(now, begin, limit, _filter_of(stream, now, kind, argument))
        answer: shapes.ListShardsOutput = {"Shards": [shard.describe() for shard in shards]}
        if has_more:
            answer["NextToken"] = self.tokens.make(
                "shards", now, stream.account_id, stream.name, stream.serial, shards[-1].index, kind, argument
            )
        return answer

    def _filter(self, now: int, stream: Stream, shard_filter: shapes.ShardFilter) -> tuple[str, int]:
        """The filter's type, and the index or the time (in nanoseconds) that goes with it."""
        kind = shard_filter["Type"]
        if kind == "AFTER_SHARD_ID":
            if "ShardId" not in shard_filter:
                raise errors.shard_filter_needs("ShardId", kind)
            return kind, self.shard_index(shard_filter["ShardId"], stream.name, stream.account_id)
        if kind in ("AT_TIMESTAMP", "FROM_TIMESTAMP"):
            if "Timestamp" not in shard_filter:
                raise errors.shard_filter_needs("Timestamp", kind)
            timestamp: Any = shard_filter["Timestamp"]  # a datetime, whatever the caller gave
            moment = nanoseconds_of(timestamp)
            if moment > now:
                raise errors.shard_filter_in_future(moment // 1_000_000, now // 1_000_000)
            return kind, moment
        return kind, 0

    # --- resharding ---------------------------------------------------------------------------------------------------

    @operation("SplitShard")
    def split_shard(
        self,
        now: int,
        *,
        StreamName: shapes.StreamName = UNSET,
        ShardToSplit: shapes.ShardId,
        NewStartingHashKey: str,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
    ) -> None:
        """Close a shard and open two; the second one takes the hash keys from ``NewStartingHashKey`` on.

        Raises InvalidArgumentException for a key that is not inside the shard, LimitExceededException when the account
        has no room for a shard more, ResourceInUseException while the stream changes. O(shards).
        """
        check(
            ("newStartingHashKey", HASH_KEY, NewStartingHashKey),
            ("streamName", STREAM_NAME, StreamName),
            ("shardToSplit", SHARD_ID, ShardToSplit),
            ("streamARN", STREAM_ARN, StreamARN),
        )
        index = self._index_in_request(StreamName, StreamARN, ShardToSplit)
        stream = self.find_stream(StreamName, StreamARN, "SplitShard")
        self.pace(now, "SplitShard", stream.name)
        stream.require_active()
        stream.require_provisioned()
        shard = self.find_shard(now, stream, index)
        _require_open(stream, shard)
        self.require_shards(1)
        hash_key = int(NewStartingHashKey)
        if not can_split_at(shard, hash_key):
            raise errors.bad_split_point(
                NewStartingHashKey,
                shard.shard_id,
                stream.name,
                stream.account_id,
                shard.starting_hash_key,
                shard.ending_hash_key,
            )

        def prepare(moment: int) -> Step:
            resharding = stream.resharding(moment)
            resharding.split(shard, hash_key)
            return self._take_over(
                moment, stream, resharding, lambda trace: facts.shard_split(trace, moment, stream, shard)
            )

        stream.be_changed(self.world, now, prepare)

    @operation("MergeShards")
    def merge_shards(
        self,
        now: int,
        *,
        StreamName: shapes.StreamName = UNSET,
        ShardToMerge: shapes.ShardId,
        AdjacentShardToMerge: shapes.ShardId,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
    ) -> None:
        """Close two neighbours, the lower one first, and open one shard for the hash keys of both.

        Raises InvalidArgumentException for shards that are closed or not neighbours. O(shards).
        """
        check(
            ("shardToMerge", SHARD_ID, ShardToMerge),
            ("adjacentShardToMerge", SHARD_ID, AdjacentShardToMerge),
            ("streamName", STREAM_NAME, StreamName),
            ("streamARN", STREAM_ARN, StreamARN),
        )
        lower_index = self._index_in_request(StreamName, StreamARN, ShardToMerge)
        upper_index = self._index_in_request(StreamName, StreamARN, AdjacentShardToMerge)
        stream = self.find_stream(StreamName, StreamARN, "MergeShards")
        self.pace(now, "MergeShards", stream.name)
        stream.require_active()
        stream.require_provisioned()
        lower = self.find_shard(now, stream, lower_index)
        upper = self.find_shard(now, stream, upper_index)
        _require_open(stream, lower)
        _require_open(stream, upper)
        if not are_neighbours(lower, upper):
            raise errors.shards_not_adjacent(lower.shard_id, upper.shard_id, stream.name, stream.account_id)

        def prepare(moment: int) -> Step:
            resharding = stream.resharding(moment)
            resharding.merge(lower, upper)
            return self._take_over(
                moment, stream, resharding, lambda trace: facts.shards_merged(trace, moment, stream, lower)
            )

        stream.be_changed(self.world, now, prepare)

    @operation("UpdateShardCount")
    def update_shard_count(
        self,
        now: int,
        *,
        StreamName: shapes.StreamName = UNSET,
        TargetShardCount: shapes.PositiveInteger,
        ScalingType: str,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
    ) -> shapes.UpdateShardCountOutput:
        """Split and merge until so many shards are open: the double at most, half of them at least; ten times a day.

        Raises LimitExceededException for more, for less, for an eleventh call within 24 hours and when the account has
        no room. O(shards).
        """
        stream = self.named_stream(
            StreamName,
            StreamARN,
            "UpdateShardCount",
            ("targetShardCount", TARGET_SHARD_COUNT, TargetShardCount),
            ("scalingType", SCALING_TYPE, ScalingType),
        )
        self.pace(now, "UpdateShardCount", stream.name)
        stream.require_active()
        stream.require_provisioned()
        current = len(stream.open)
        self._check_target(current, TargetShardCount)
        if not stream.scalings.has_room(now):
            error = errors.too_many_scalings(stream.name, stream.account_id, self.limits.kinesis_scalings_per_day)
            raise error.noting(notes.RELAXED)

        def prepare(moment: int) -> Step:
            resharding = stream.resharding(moment)
            resharding.scale(TargetShardCount)
            return self._take_over(moment, stream, resharding, lambda trace: facts.stream_scaled(trace, moment, stream))

        stream.be_changed(self.world, now, prepare, first=stream.scalings.use(now))
        return {
            "StreamName": stream.name,
            "CurrentShardCount": current,
            "TargetShardCount": TargetShardCount,
            "StreamARN": stream.arn,
        }

    def _take_over(self, moment: int, stream: Stream, resharding: Resharding, tell: Callable[[Trace], object]) -> Step:
        """A step by which a stream gets its new shards, and whoever watches is told."""

        def take_over() -> None:
            stream.reshard(moment, resharding)
            trace = self.world.trace
            if trace is not None:
                tell(trace)

        return take_over

    def _index_in_request(self, name: str, arn: str, shard_id: str) -> int:
        """The index that a shard id means. AWS reads it before it looks whether the stream is there."""
        account_id, stream_name, _ = self.look_up_stream(name, arn)
        return self.shard_index(shard_id, stream_name, account_id)

    def _check_target(self, current: int, target: int) -> None:
        """Raise LimitExceededException for a number of shards that UpdateShardCount does not go to."""
        limits = self.limits
        if target > _MOST_SHARDS:
            raise errors.target_over_limit(_MOST_SHARDS, current, target)
        if not self.has_room_for(target - current):
            raise errors.target_over_limit(self.shard_limit, current, target)
        if limits.kinesis_scaling_factor and target > current * limits.kinesis_scaling_factor:
            raise errors.target_too_high(current, target).noting(notes.RELAXED)
        if limits.kinesis_scaling_down_factor and target * limits.kinesis_scaling_down_factor < current:
            raise errors.target_too_low(current, target).noting(notes.RELAXED)


def _require_open(stream: Stream, shard: Shard) -> None:
    if shard.closed is not None:
        error = errors.shard_closed(shard.shard_id, stream.name, stream.account_id)
        raise error.noting(notes.closed(shard, stream))


def _filter_of(stream: Stream, now: int, kind: str, moment: int) -> Callable[[Shard], bool] | None:
    """Whether a filter lets a shard through; None when it lets all."""
    if kind == "AT_LATEST":
        return lambda shard: shard.closed is None
    if kind == "AT_TRIM_HORIZON" or (kind == "AT_TIMESTAMP" and moment <= stream.oldest_readable(now)):
        # The oldest generation that is left: nothing that it takes over from can be read.
        return lambda shard: not stream.lists(shard.parent) and not stream.lists(shard.adjacent_parent)
    if kind == "AT_TIMESTAMP":
        return lambda shard: shard.opened <= moment and (shard.closed is None or shard.closed > moment)
    if kind == "FROM_TIMESTAMP":
        return lambda shard: shard.closed is None or shard.closed >= moment
    return None
