"""Enhanced fan-out: registering consumers and subscribing them to shards."""

from __future__ import annotations

from typing import Any, cast

from ....core.operation import operation
from ....core.shapes import Timestamp
from ....core.unset import UNSET
from .. import errors, facts, notes, shapes
from ..constraints import (
    CONSUMER_ARN,
    CONSUMER_NAME,
    ITERATOR_TYPE,
    NEXT_TOKEN,
    PAGE_LIMIT,
    SEQUENCE_NUMBER,
    SHARD_ID,
    STREAM_ARN,
    TAGS,
    check,
)
from ..consumer import Consumer
from ..shard_subscription import EXCLUSIVE, ShardSubscription
from ..start_position import Start, start_position
from ..status import ACTIVE, CREATING, DELETING
from ..stream import Stream
from ..tags import check_tag_texts
from .records import RecordOperations

__all__ = ["ConsumerOperations"]

_PAGE = 100


class ConsumerOperations(RecordOperations):
    """The operations on consumers."""

    @operation("RegisterStreamConsumer")
    def register_stream_consumer(
        self,
        now: int,
        *,
        StreamARN: shapes.StreamArn,
        ConsumerName: shapes.ConsumerName,
        StreamId: shapes.StreamId = UNSET,
        Tags: shapes.TagMap = UNSET,
    ) -> shapes.RegisterStreamConsumerOutput:
        """Register a consumer with a stream. The answer says CREATING, as AWS's does, also when it is ready.

        Raises ResourceInUseException for a name that is taken, LimitExceededException beyond the 20 consumers and
        queues of a stream. O(consumers).
        """
        check(
            ("streamARN", STREAM_ARN, StreamARN),
            ("consumerName", CONSUMER_NAME, ConsumerName),
            ("tags", TAGS, Tags),
        )
        stream = self.find_stream(UNSET, StreamARN, "RegisterStreamConsumer")
        self.pace(now, "RegisterStreamConsumer", stream.name)
        stream.require_existing()
        if ConsumerName in stream.consumers:
            raise errors.consumer_exists(ConsumerName, stream.name, stream.account_id)
        limits = self.limits
        if (
            sum(consumer.status == CREATING for consumer in stream.consumers.values())
            >= limits.kinesis_consumers_creating
        ):
            raise errors.too_many_consumers_creating(stream.name, stream.account_id, limits.kinesis_consumers_creating)
        self.require_reader_room(now, stream)
        tags: dict[str, str] = {} if Tags is UNSET else dict(Tags)
        check_tag_texts("add tags to", tags, stream.name, stream.account_id)
        if len(tags) > limits.kinesis_tags:
            raise errors.too_many_tags(stream.name, stream.account_id, limits.kinesis_tags)

        consumer = Consumer(stream.arn, ConsumerName, stream.consumers_made, now, tags)
        answer: shapes.RegisterStreamConsumerOutput = {"Consumer": consumer.describe()}

        def add() -> None:
            stream.consumers[ConsumerName] = consumer
            stream.consumers_made = consumer.serial + 1

        seconds = limits.kinesis_transition_seconds
        consumer.change(self.world, now, seconds, CREATING, lambda _: consumer.activate, add)
        return answer

    @operation("DeregisterStreamConsumer")
    def deregister_stream_consumer(
        self,
        now: int,
        *,
        StreamARN: shapes.StreamArn = UNSET,
        ConsumerName: shapes.ConsumerName = UNSET,
        ConsumerARN: shapes.ConsumerArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
    ) -> None:
        """Remove a consumer, named by its ARN, or by its stream's ARN and its name. Its subscriptions end."""
        stream, consumer = self._named_consumer(StreamARN, ConsumerName, ConsumerARN)
        self.pace(now, "DeregisterStreamConsumer", stream.name, stream.arn)
        self.require_own(stream, "DeregisterStreamConsumer")

        def drop() -> None:
            consumer.end(errors.consumer_not_found(consumer.arn, stream.account_id))
            if stream.consumers.get(consumer.name) is consumer:
                del stream.consumers[consumer.name]

        if consumer.status != DELETING:
            consumer.change(self.world, now, self.limits.kinesis_transition_seconds, DELETING, lambda _: drop)

    @operation("DescribeStreamConsumer")
    def describe_stream_consumer(
        self,
        now: int,
        *,
        StreamARN: shapes.StreamArn = UNSET,
        ConsumerName: shapes.ConsumerName = UNSET,
        ConsumerARN: shapes.ConsumerArn = UNSET,
        StreamId: shapes.StreamId = UNSET,
    ) -> shapes.DescribeStreamConsumerOutput:
        """A consumer, named by its ARN, or by its stream's ARN and its name."""
        stream, consumer = self._named_consumer(StreamARN, ConsumerName, ConsumerARN)
        self.pace(now, "DescribeStreamConsumer", stream.name, stream.arn)
        return {"ConsumerDescription": {**consumer.describe(), "StreamARN": stream.arn}}

    @operation("ListStreamConsumers")
    def list_stream_consumers(
        self,
        now: int,
        *,
        StreamARN: shapes.StreamArn,
        NextToken: shapes.NextToken = UNSET,
        MaxResults: shapes.PageLimit = UNSET,
        StreamCreationTimestamp: Timestamp = UNSET,
        StreamId: shapes.StreamId = UNSET,
    ) -> shapes.ListStreamConsumersOutput:
        """A stream's consumers in the order of their registration, 100 at most in one answer."""
        check(
            ("streamARN", STREAM_ARN, StreamARN),
            ("nextToken", NEXT_TOKEN, NextToken),
            ("maxResults", PAGE_LIMIT, MaxResults),
        )
        after = -1
        if NextToken is not UNSET:
            if StreamCreationTimestamp is not UNSET:
                raise errors.next_token_excludes("StreamCreationTimestamp")
            arn, serial = self.read_next_token("consumers", now, NextToken)
            if arn != StreamARN:
                raise errors.invalid_next_token()
            after = int(serial)
        stream = self.find_stream(UNSET, StreamARN, "ListStreamConsumers")
        self.pace(now, "ListStreamConsumers", stream.name, stream.arn)
        self.check_creation(stream, StreamCreationTimestamp)
        consumers = [consumer for consumer in stream.consumers.values() if consumer.serial > after]
        limit = _PAGE if MaxResults is UNSET else min(MaxResults, _PAGE)
        answer: shapes.ListStreamConsumersOutput = {
            "Consumers": [consumer.describe() for consumer in consumers[:limit]]
        }
        if len(consumers) > limit:
            answer["NextToken"] = self.tokens.make("consumers", now, stream.arn, consumers[limit - 1].serial)
        return answer

    @operation("SubscribeToShard", streaming=True)
    def subscribe_to_shard(
        self,
        now: int,
        *,
        ConsumerARN: shapes.ConsumerArn,
        StreamId: shapes.StreamId = UNSET,
        ShardId: shapes.ShardId,
        StartingPosition: shapes.StartingPosition,
        DryRun: bool = UNSET,
    ) -> shapes.SubscribeToShardOutput:
        """Push a shard's records to a consumer for up to five minutes. A later subscription takes over.

        Raises ResourceInUseException while the consumer is not ACTIVE, and within five seconds of the last
        subscription of the same consumer to the shard. ``DryRun`` ends in DryRunOperationException where the call would
        be answered, and leaves a subscription that there is alone. O(log n) in the shard's records.

        ``EventStream`` is a ``ShardSubscription``, which a client makes iterable.
        """
        number = StartingPosition.get("SequenceNumber", UNSET)
        check(
            ("consumerARN", CONSUMER_ARN, ConsumerARN),
            ("shardId", SHARD_ID, ShardId),
            ("startingPosition.type", ITERATOR_TYPE, StartingPosition["Type"]),
            ("startingPosition.sequenceNumber", SEQUENCE_NUMBER, number),
        )
        stream, consumer = self.find_consumer(ConsumerARN)
        if consumer.status != ACTIVE:
            error = errors.consumer_not_active(consumer.name, consumer.created, stream.name, stream.account_id)
            raise error.noting(notes.changing(consumer))
        shard = self.find_readable_shard(now, stream, self.shard_index(ShardId, stream.name, stream.account_id))
        former = consumer.subscriptions.get(shard.index)
        if former is not None and now < former.started + EXCLUSIVE:
            if (trace := self.world.trace) is not None:
                facts.subscription_refused(trace, now, stream, shard, consumer.name)
            raise errors.subscription_exists(stream.account_id, stream.name, shard.shard_id, consumer.name)
        start = Start(StartingPosition["Type"], number, StartingPosition.get("Timestamp", UNSET), "SubscribeToShard")
        position = start_position(now, stream, shard, start)
        if DryRun is not UNSET and DryRun:
            raise self.dry_run(now, stream)
        subscription = ShardSubscription(stream, consumer.name, shard, position, now, self.world)
        consumer.subscribe(shard.index, subscription)
        trace = self.world.trace
        if trace is not None:
            facts.shard_subscribed(trace, now, stream, shard, consumer.name, start.kind, position)
        return {"EventStream": cast(Any, subscription)}

    def _named_consumer(self, stream_arn: str, name: str, arn: str) -> tuple[Stream, Consumer]:
        """The consumer that a request names in one of three ways, and its stream."""
        check(
            ("streamARN", STREAM_ARN, stream_arn),
            ("consumerName", CONSUMER_NAME, name),
            ("consumerARN", CONSUMER_ARN, arn),
        )
        if arn is UNSET:
            if stream_arn is UNSET or name is UNSET:
                raise errors.consumer_identifiers_missing()
            stream = self.find_stream(UNSET, stream_arn)
            consumer = stream.consumers.get(name)
            if consumer is None:
                raise errors.consumer_not_found(name, stream.account_id)
            return stream, consumer
        stream, consumer = self.find_consumer(arn)
        if (stream_arn is not UNSET and stream_arn != stream.arn) or (name is not UNSET and name != consumer.name):
            raise errors.consumer_identifiers_conflict(arn)
        return stream, consumer
