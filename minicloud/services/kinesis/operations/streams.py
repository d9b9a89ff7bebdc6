"""Streams: making, deleting, describing and listing them."""

from __future__ import annotations

from collections.abc import Mapping

from ....core.constraints import violation
from ....core.operation import operation
from ....core.timeline import SECOND
from ....core.unset import UNSET
from .. import errors, facts, notes, shapes
from ..constraints import (
    DISTRIBUTION_STRATEGY,
    MAX_RECORD_SIZE,
    NEXT_TOKEN,
    PAGE_LIMIT,
    SHARD_COUNT,
    SHARD_ID,
    STREAM_MODE,
    STREAM_NAME,
    TAGS,
    WARM_THROUGHPUT,
    check,
)
from ..state import KinesisState
from ..status import CREATING, DELETING
from ..stream import DailyQuota, Stream
from ..tags import check_tag_texts
from ..transition import Step

__all__ = ["StreamOperations"]

_ON_DEMAND_SHARDS = 4
_PAGE = 100


class StreamOperations(KinesisState):
    """The operations on streams as wholes."""

    @operation("CreateStream")
    def create_stream(
        self,
        now: int,
        *,
        StreamName: shapes.StreamName,
        ShardCount: shapes.PositiveInteger = UNSET,
        StreamModeDetails: shapes.StreamModeDetails = UNSET,
        Tags: shapes.TagMap = UNSET,
        WarmThroughputMiBps: shapes.NaturalInteger = UNSET,
        MaxRecordSizeInKiB: shapes.MaxRecordSize = UNSET,
        RecordDistributionStrategy: str = UNSET,
    ) -> None:
        """Make a stream: of ``ShardCount`` shards, or on demand, which starts with four.

        One on demand may distribute the records itself, without a partition key (``AUTO``).

        Raises ResourceInUseException for a name that is taken, LimitExceededException when the account has no room for
        the shards or the stream. O(streams).
        """
        mode = UNSET if StreamModeDetails is UNSET else StreamModeDetails["StreamMode"]
        check(
            ("shardCount", SHARD_COUNT, ShardCount),
            ("streamModeDetails.streamMode", STREAM_MODE, mode),
            ("tags", TAGS, Tags),
            ("warmThroughputMiBps", WARM_THROUGHPUT, WarmThroughputMiBps),
            ("maxRecordSizeInKiB", MAX_RECORD_SIZE, MaxRecordSizeInKiB),
            ("recordDistributionStrategy", DISTRIBUTION_STRATEGY, RecordDistributionStrategy),
            ("streamName", STREAM_NAME, StreamName),
        )
        self.pace(now, "CreateStream", StreamName)
        if StreamName in self.streams:
            error = errors.stream_exists(StreamName, self.account_id)
            raise error.noting(notes.there_already(self.streams[StreamName]))
        if WarmThroughputMiBps is not UNSET:
            if ShardCount is not UNSET:
                raise errors.warm_throughput_and_shards()
            if mode == "PROVISIONED":
                raise errors.warm_throughput_of_provisioned()
        on_demand = mode == "ON_DEMAND" or (mode is UNSET and ShardCount is UNSET)
        if on_demand and ShardCount is not UNSET:
            raise errors.shard_count_with_on_demand()
        if not on_demand and ShardCount is UNSET:
            raise errors.validation_failed([violation("shardCount", "Member must not be null", "Value null")])
        if RecordDistributionStrategy == "AUTO" and not on_demand:
            raise errors.distribution_of_provisioned()
        shard_count = _ON_DEMAND_SHARDS if on_demand else ShardCount
        self._require_room(on_demand, shard_count)
        if WarmThroughputMiBps is not UNSET:
            self.check_warm_throughput(now, on_demand, WarmThroughputMiBps)
        tags: Mapping[str, str] = {} if Tags is UNSET else Tags
        check_tag_texts("add tags to", tags, StreamName, self.account_id)
        if len(tags) > self.limits.kinesis_tags:
            raise errors.too_many_tags(StreamName, self.account_id, self.limits.kinesis_tags)

        stream = Stream(
            StreamName,
            self.arn_prefix + StreamName,
            self.account_id,
            serial=self.streams_made,
            now=now,
            # Two streams of one name never share a second, so that their sequence numbers can be told apart.
            created=max(now // SECOND, self.last_created.get(StreamName, -1) + 1),
            shard_count=shard_count,
            on_demand=on_demand,
            max_record_kib=1024 if MaxRecordSizeInKiB is UNSET else MaxRecordSizeInKiB,
            metered=self.world.limits.rates,
            scalings=DailyQuota(self.limits.kinesis_scalings_per_day),
            mode_switches=DailyQuota(self.limits.kinesis_mode_switches_per_day),
            key_changes=DailyQuota(self.limits.kinesis_key_changes_per_day),
        )
        stream.tags.update(tags)
        if RecordDistributionStrategy == "AUTO":
            stream.distribute(self.first_turn())
        if WarmThroughputMiBps is not UNSET:
            stream.warm_throughput = WarmThroughputMiBps

        def add() -> None:
            self.streams_made = stream.serial + 1
            self.last_created[StreamName] = stream.newest_second
            self.stream_list.add(StreamName, stream)
            stream.join_census(self.census)

        stream.be_changed(self.world, now, lambda _: _nothing, CREATING, first=add)
        trace = self.world.trace
        if trace is not None:
            facts.stream_created(trace, now, stream)
        for reader in list(self.readers.get(stream.arn, ())):
            reader.look(now)  # there was a stream of this name before, and a mapping that has stayed

    def _require_room(self, on_demand: bool, shard_count: int) -> None:
        """Raise LimitExceededException when one more stream of so many shards is too much."""
        limits = self.limits
        if self.census.count_changing() >= limits.kinesis_streams_creating:
            raise errors.too_many_changing(self.account_id, limits.kinesis_streams_creating)
        if on_demand:
            self.require_on_demand_room()
        self.require_shards(shard_count)

    def require_on_demand_room(self) -> None:
        """Raise LimitExceededException when one more stream in on-demand mode is too much."""
        count = self.census.on_demand
        if count >= self.limits.kinesis_on_demand_streams:
            raise errors.too_many_on_demand(
                self.account_id, self.region_name, count, self.limits.kinesis_on_demand_streams
            )

    def check_warm_throughput(self, now: int, on_demand: bool, megabytes: int) -> None:
        """Raise ValidationException unless a stream of this account may have this warm throughput."""
        if not on_demand:
            raise errors.warm_throughput_not_on_demand()
        if self.commitment_status(now) == "DISABLED":
            raise errors.warm_throughput_without_commitment(self.account_id)
        if megabytes > 10_240:
            raise errors.warm_throughput_too_high(megabytes)

    @operation("DeleteStream")
    def delete_stream(
        self,
        now: int,
        *,
        StreamName: shapes.StreamName = UNSET,
        EnforceConsumerDeletion: bool = UNSET,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
    ) -> None:
        """Delete a stream, its records, tags and policy; its consumers too with ``EnforceConsumerDeletion``.

        Raises ResourceInUseException when it has consumers otherwise, when there are queues or channels on it, and when
        it is being deleted already.
        """
        stream = self.named_stream(StreamName, StreamARN, "DeleteStream")
        self.pace(now, "DeleteStream", stream.name)
        if stream.status == DELETING:
            error = errors.stream_not_active(stream.name, stream.account_id, stream.status)
            raise error.noting(notes.changing(stream))
        if stream.consumers and EnforceConsumerDeletion is not True:
            raise errors.consumers_registered(stream.arn, stream.name).noting(notes.consumers(stream))
        stream.require_nothing_on_it("DeleteStream", channels=True)

        def prepare(moment: int) -> Step:
            def drop() -> None:
                self.stream_list.remove(stream.name)
                self.forget(stream)
                trace = self.world.trace
                if trace is not None:
                    facts.stream_deleted(trace, moment, stream)

            return drop

        stream.be_changed(self.world, now, prepare, DELETING, exists=stream.exists)
        if stream.comes_or_goes(self.census):
            self.census.note_change(stream)

    @operation("DescribeStream")
    def describe_stream(
        self,
        now: int,
        *,
        StreamName: shapes.StreamName = UNSET,
        Limit: shapes.PageLimit = UNSET,
        ExclusiveStartShardId: shapes.ShardId = UNSET,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
    ) -> shapes.DescribeStreamOutput:
        """A stream with its shards by id, 100 at most in one answer. O(page)."""
        stream = self.named_stream(
            StreamName,
            StreamARN,
            None,
            ("limit", PAGE_LIMIT, Limit),
            ("exclusiveStartShardId", SHARD_ID, ExclusiveStartShardId),
        )
        self.pace(now, "DescribeStream", stream.name)
        after = -1
        if ExclusiveStartShardId is not UNSET:
            after = self.shard_index(ExclusiveStartShardId, stream.name, stream.account_id)
        shards, has_more = stream.page_of_shards(now, after, _PAGE if Limit is UNSET else min(Limit, _PAGE))
        return {"StreamDescription": stream.describe(shards, has_more)}

    @operation("DescribeStreamSummary")
    def describe_stream_summary(
        self,
        now: int,
        *,
        StreamName: shapes.StreamName = UNSET,
        StreamARN: shapes.StreamArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
    ) -> shapes.DescribeStreamSummaryOutput:
        """A stream without its shards."""
        stream = self.named_stream(StreamName, StreamARN)
        self.pace(now, "DescribeStreamSummary", stream.name)
        return {"StreamDescriptionSummary": stream.summarize()}

    @operation("ListStreams")
    def list_streams(
        self,
        now: int,
        *,
        Limit: shapes.PageLimit = UNSET,
        ExclusiveStartStreamName: shapes.StreamName = UNSET,
        NextToken: shapes.NextToken = UNSET,
    ) -> shapes.ListStreamsOutput:
        """The account's streams by name, 100 at most in one answer. O(page)."""
        check(
            ("limit", PAGE_LIMIT, Limit),
            ("exclusiveStartStreamName", STREAM_NAME, ExclusiveStartStreamName),
            ("nextToken", NEXT_TOKEN, NextToken),
        )
        self.pace(now, "ListStreams")
        after = ""
        if NextToken is not UNSET:
            after = self.read_next_token("streams", now, NextToken)[0]
        if ExclusiveStartStreamName is not UNSET:
            after = max(after, ExclusiveStartStreamName)
        limit = _PAGE if Limit is UNSET else min(Limit, _PAGE)
        names = self.stream_list.page(limit + 1, after=after)
        page = names[:limit]
        answer: shapes.ListStreamsOutput = {"StreamNames": page, "HasMoreStreams": len(names) > limit}
        if len(names) > limit:
            answer["NextToken"] = self.tokens.make("streams", now, page[-1])
        answer["StreamSummaries"] = [self.streams[name].list_entry() for name in page]
        return answer


def _nothing() -> None:
    """What is left to do once a stream is ACTIVE."""
