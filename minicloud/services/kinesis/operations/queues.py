"""Queues on streams: making, changing, deleting, describing and listing them."""

from __future__ import annotations

from typing import Any

from ....core.operation import operation
from ....core.timestamps import nanoseconds_of
from ....core.unset import UNSET
from .. import errors, facts, notes
from .. import queue_shapes as shapes
from ..chaotic_queue import ChaoticRecordQueue
from ..constraints import (
    CONFIGURATIONS,
    MAX_RECEIVE_COUNT,
    NEXT_TOKEN,
    PAGE_LIMIT,
    POSITION_TYPE,
    QUEUE_ARN,
    QUEUE_NAME,
    STREAM_ARN,
    TAGS,
    TARGET_TYPE,
    VISIBILITY_SECONDS,
    check,
)
from ..queue import QueueSettings, QueueStart, RecordQueue
from ..shapes import NextToken, PageLimit, TagMap
from ..state import KinesisState, stream_filter
from ..status import ACTIVE, CREATING, DELETING, UPDATING
from ..stream import Stream
from ..tags import check_tag_texts
from ..transition import Step

__all__ = ["QueueOperations"]

_PAGE = 100


class QueueOperations(KinesisState):
    """The operations on queues as wholes."""

    @operation("CreateQueue")
    def create_queue(
        self,
        now: int,
        *,
        QueueName: shapes.QueueName,
        StreamConfigurationList: shapes.QueueStreamConfigurationList,
        QueueAttributes: shapes.QueueAttributes = UNSET,
        Tags: TagMap = UNSET,
    ) -> shapes.QueueOutput:
        """Make a queue on an on-demand stream. The answer says CREATING, as AWS's does, also when it is ready.

        To it belong the records from ``StartingPosition`` on; by default what is put from now on. Raises
        ResourceInUseException for a name that is taken and a stream that is not ACTIVE, ValidationException for a
        provisioned stream, LimitExceededException beyond the 20 queues and consumers of a stream. O(shards).
        """
        configuration: Any = StreamConfigurationList[0] if StreamConfigurationList else {"StreamARN": UNSET}
        position = configuration.get("StartingPosition", {})
        check(
            ("queueName", QUEUE_NAME, QueueName),
            ("streamConfigurationList", CONFIGURATIONS, StreamConfigurationList),
            ("streamConfigurationList.1.member.streamARN", STREAM_ARN, configuration["StreamARN"]),
            (
                "streamConfigurationList.1.member.startingPosition.type",
                POSITION_TYPE,
                position.get("Type", UNSET),
            ),
            *_members_of_attributes(QueueAttributes),
            ("tags", TAGS, Tags),
        )
        if len(StreamConfigurationList) > 1:
            # A rule of the service: the shape allows more. [inferred]
            raise errors.queue_of_streams(len(StreamConfigurationList))
        kind, asked = _starting_position(position)
        settings = _settings(QueueAttributes, QueueSettings())
        stream = self.find_stream(UNSET, configuration["StreamARN"], "CreateQueue")
        stream.require_active()
        if not stream.on_demand:
            raise errors.queue_of_provisioned(stream.name, stream.account_id)
        if QueueName in self.queues:
            raise errors.queue_exists(QueueName, self.account_id)
        self._require_queue_room(now, stream)
        tags: dict[str, str] = {} if Tags is UNSET else dict(Tags)
        check_tag_texts("add tags to", tags, stream.name, self.account_id)
        if len(tags) > self.limits.kinesis_tags:
            raise errors.too_many_tags(stream.name, self.account_id, self.limits.kinesis_tags)

        oldest = stream.oldest_readable(now)
        begun = now if kind == "LATEST" else max(oldest, asked or 0)
        identity = self.queue_ids.next().replace("-", "")  # a host label, as clients make of it
        queue = (RecordQueue if self.world.chaos is None else ChaoticRecordQueue)(
            QueueName,
            f"{self.queue_arn_prefix}{identity}",
            stream,
            QueueStart(kind, asked, begun),
            settings,
            tags,
            now,
            self.world,
            identity,
            self.limits.kinesis_queue_in_flight,
        )
        # Records that are put while it is CREATING belong to it. [inferred]
        positions = queue.starting_positions(now)
        answer: shapes.QueueOutput = {"QueueDescription": queue.describe()}

        def add() -> None:
            self.queue_list.add(QueueName, queue)
            self.queues_by_arn[queue.arn] = queue
            stream.queues[queue.arn] = queue
            queue.read_from(positions)

        seconds = self.limits.kinesis_transition_seconds
        queue.change(self.world, now, seconds, CREATING, lambda _: queue.activate, add)
        trace = self.world.trace
        if trace is not None:
            facts.queue_created(trace, now, queue, stream, None if kind == "LATEST" else begun)
        return answer

    def _require_queue_room(self, now: int, stream: Stream) -> None:
        """Raise LimitExceededException when one more queue, on this stream, is too much."""
        limit = self.limits.kinesis_queues_changing
        if sum(queue.status in (CREATING, DELETING) for queue in self.queues.values()) >= limit:
            raise errors.too_many_queues_changing(self.account_id, limit)
        self.require_reader_room(now, stream)

    @operation("UpdateQueue")
    def update_queue(
        self, now: int, *, QueueARN: shapes.QueueArn, QueueAttributes: shapes.QueueAttributes
    ) -> shapes.QueueOutput:
        """Change the attributes that are given. What is in flight keeps its timeout. The answer says UPDATING.

        Raises ResourceInUseException unless the queue is ACTIVE.
        """
        check(("queueARN", QUEUE_ARN, QueueARN), *_members_of_attributes(QueueAttributes))
        queue = self.find_queue(QueueARN, "UpdateQueue")
        settings = _settings(QueueAttributes, queue.settings)
        if queue.status != ACTIVE:
            error = errors.queue_not_active(queue.queue_id, queue.account_id, queue.status)
            raise error.noting(notes.changing(queue))

        def prepare(moment: int) -> Step:
            def update() -> None:
                queue.refresh(moment)  # what has ended has ended by the old measure
                queue.activate()
                queue.set(settings)
                trace = self.world.trace
                if trace is not None:
                    facts.queue_updated(trace, moment, queue, settings.max_receive_count, settings.visibility_seconds)

            return update

        answer: shapes.QueueOutput = {"QueueDescription": {**queue.describe(), "QueueStatus": UPDATING}}
        queue.change(self.world, now, self.limits.kinesis_transition_seconds, UPDATING, prepare)
        return answer

    @operation("DeleteQueue")
    def delete_queue(self, now: int, *, QueueARN: shapes.QueueArn) -> None:
        """Delete a queue. Its handles and the calls that wait end at once; the stream and its records stay."""
        check(("queueARN", QUEUE_ARN, QueueARN))
        queue = self.find_queue(QueueARN, "DeleteQueue")
        if queue.status == DELETING:
            error = errors.queue_not_active(queue.queue_id, queue.account_id, queue.status)
            raise error.noting(notes.changing(queue))
        limit = self.limits.kinesis_queues_changing
        if sum(other.status in (CREATING, DELETING) for other in self.queues.values() if other is not queue) >= limit:
            raise errors.too_many_queues_changing(self.account_id, limit)

        def prepare(moment: int) -> Step:
            def drop() -> None:
                queue.status = DELETING
                queue.end()
                self.queue_list.remove(queue.name)
                self.queues_by_arn.pop(queue.arn, None)
                queue.stream.queues.pop(queue.arn, None)
                trace = self.world.trace
                if trace is not None:
                    facts.queue_deleted(trace, moment, queue)

            return drop

        queue.change(self.world, now, self.limits.kinesis_transition_seconds, DELETING, prepare, queue.end)

    @operation("DescribeQueue")
    def describe_queue(self, now: int, *, QueueARN: shapes.QueueArn) -> shapes.QueueOutput:
        """A queue. O(1)."""
        check(("queueARN", QUEUE_ARN, QueueARN))
        return {"QueueDescription": self.find_queue(QueueARN, "DescribeQueue").describe()}

    @operation("ListQueues")
    def list_queues(
        self,
        now: int,
        *,
        MaxResults: PageLimit = UNSET,
        NextToken: NextToken = UNSET,
        StreamFilter: shapes.QueueStreamFilterList = UNSET,
    ) -> shapes.ListQueuesOutput:
        """The account's queues by name, 100 at most in one answer; with ``StreamFilter`` those of some streams.

        O(page), and what the filter passes over.
        """
        check(
            ("maxResults", PAGE_LIMIT, MaxResults),
            ("nextToken", NEXT_TOKEN, NextToken),
            ("streamFilter", CONFIGURATIONS, StreamFilter),
            *(
                (f"streamFilter.{number}.member.streamARN", STREAM_ARN, one["StreamARN"])
                for number, one in enumerate(StreamFilter or (), 1)
            ),
        )
        after = "" if NextToken is UNSET else self.read_next_token("queues", now, NextToken)[0]
        limit = _PAGE if MaxResults is UNSET else min(MaxResults, _PAGE)
        accept = stream_filter(StreamFilter)
        names = self.queue_list.page(limit + 1, after=after, accept=accept)
        page = names[:limit]
        answer: shapes.ListQueuesOutput = {"QueueSummaries": [self.queues[name].list_entry() for name in page]}
        if len(names) > limit:
            answer["NextToken"] = self.tokens.make("queues", now, page[-1])
        return answer


def _starting_position(position: Any) -> tuple[str, int | None]:
    """The type, and the time of AT_TIMESTAMP in nanoseconds."""
    kind = position.get("Type", "LATEST")
    if kind == "AT_TIMESTAMP":
        if "Timestamp" not in position:
            raise errors.queue_lacks_time()
        return kind, nanoseconds_of(position["Timestamp"])
    if "Timestamp" in position:
        raise errors.queue_has_time(kind)
    return kind, None


def _members_of_attributes(attributes: Any) -> list[Any]:
    given: Any = {} if attributes is UNSET else attributes
    dead_letters = given.get("DeadLetterConfiguration", {})
    path = "queueAttributes.deadLetterConfiguration"
    return [
        (
            "queueAttributes.visibilityTimeoutSeconds",
            VISIBILITY_SECONDS,
            given.get("VisibilityTimeoutSeconds", UNSET),
        ),
        (f"{path}.targetType", TARGET_TYPE, dead_letters.get("TargetType", UNSET)),
        (f"{path}.maxReceiveCount", MAX_RECEIVE_COUNT, dead_letters.get("MaxReceiveCount", UNSET)),
    ]


def _settings(attributes: Any, former: QueueSettings) -> QueueSettings:
    """The attributes that are given, and the former ones where none are. A count that comes with NONE is not kept."""
    given: Any = {} if attributes is UNSET else attributes
    most = former.max_receive_count
    dead_letters = given.get("DeadLetterConfiguration")
    if dead_letters is not None:
        most = 0
        if dead_letters["TargetType"] == "BUILT_IN":
            if "MaxReceiveCount" not in dead_letters:
                raise errors.queue_lacks_count()
            most = dead_letters["MaxReceiveCount"]
    return QueueSettings(given.get("VisibilityTimeoutSeconds", former.visibility_seconds), most)
