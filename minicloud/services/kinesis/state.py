"""The Kinesis of one account in one region: which streams there are, and how a call finds the one it means.

What more than one group of operations needs is here; what only one of them does is with that one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Protocol

from ...core.arns import caller_arn
from ...core.constraints import Member
from ...core.gauges import Gauges
from ...core.hosts import partition_of
from ...core.listing import Listing
from ...core.notes import STRICT
from ...core.rates import CallRates
from ...core.service_state import ServiceState
from ...core.shown import counted, escaped
from ...core.sources import Reader
from ...core.timeline import SECOND
from ...core.timestamps import nanoseconds_of
from ...core.tokens import LIFETIME, TokenMaker
from ...core.unset import UNSET
from ...core.world import World
from ...exceptions import AwsError
from . import errors, facts, notes
from .channel import Channel
from .constraints import STREAM_ARN, STREAM_NAME, check
from .consumer import Consumer
from .queue import RecordQueue
from .queue_record import QueueRecord
from .record_source import SourceStream
from .shard import Shard, shard_id_of
from .status import DELETING
from .stream import Stream, StreamTotals
from .throughput import CALLS_PER_SECOND

__all__ = ["KinesisState", "stream_filter"]

_BIG_REGIONS = ("us-east-1", "us-west-2", "eu-west-1")
_LAST_INDEX = 2_147_483_647
_QUEUE_ARN = re.compile(r"arn:[^:]*:kinesis:([^:]*):(\d{12}):queue/(\S+)", re.ASCII)
_CHANNEL_ARN = re.compile(r"arn:[^:]*:kinesis:([^:]*):(\d{12}):channel/(\S+)", re.ASCII)
_RESOURCE_ARN = re.compile(r"arn:[^:]*:kinesis:([^:]*):(\d{12}):stream/([^/]+)(?:/consumer/([^/:]+):(\d+))?", re.ASCII)


_MOST_SHOWN: Final = 1_000_000
"""[Kinesis developer guide: metrics of queues]"""


class KinesisState(ServiceState):
    """What the operations work on. The groups of operations inherit from it."""

    def __init__(self, account_id: str, region_name: str, world: World) -> None:
        self.account_id = account_id
        self.region_name = region_name
        self.world = world
        self.limits = world.limits
        self.arn_prefix = f"arn:{partition_of(region_name)}:kinesis:{region_name}:{account_id}:stream/"
        self.queue_arn_prefix = f"{self.arn_prefix.removesuffix('stream/')}queue/"
        self.channel_arn_prefix = f"{self.arn_prefix.removesuffix('stream/')}channel/"
        self.streams: dict[str, Stream] = {}
        self.channels: dict[str, Channel] = {}
        self.queues_by_arn: dict[str, RecordQueue] = {}
        self.channels_by_arn: dict[str, Channel] = {}
        self.queues: dict[str, RecordQueue] = {}
        self.queue_ids = world.ids.uuids("kinesis/queues")
        self.channel_ids = world.ids.uuids("kinesis/channels")
        self.object_ids = world.ids.uuids("kinesis/objects")
        self.reset()

    def not_so(self, told: Sequence[tuple[int, str, str, dict[str, Any]]]) -> Iterable[int]:
        """Puts that have not happened. O(facts)."""
        return facts.not_so(told, lambda arn: self.streams.get(arn.removeprefix(self.arn_prefix)))

    def gauges(self, now: int, arn: str | None = None) -> Iterable[Gauges]:
        """What queues measure, or one of them. O(records that they have begun to deliver)."""
        for queue in self.queues.values():
            if arn not in (None, queue.arn):
                continue
            visible, in_flight, dead, dead_in_flight, *_ = queue.counts_at(now)
            values = (
                ("VisibleQueueRecords", "Count", min(visible, _MOST_SHOWN), None),
                ("VisibleDeadLetterQueueRecords", "Count", min(dead, _MOST_SHOWN), None),
                ("InFlightQueueRecords", "Count", in_flight + dead_in_flight, None),
            )
            dimensions = ("QueueId", queue.queue_id), ("QueueName", queue.name)
            yield Gauges(queue.arn, "AWS/Kinesis", dimensions, values, not visible)

    def mend(self, now: int) -> None:
        """Make whole what an exception may have torn. O(everything).

        True is which streams, queues and channels have a name, and what each of them takes for true. (Who has begun a
        change of several steps has it carried through.)
        """
        self._derive()
        for stream in self.streams.values():
            stream.mend(now)
        for queue in self.queues.values():
            queue.mend(now)
        for channel in self.channels.values():
            channel.mend()
            channel.go_on(now)

    def _derive(self) -> None:
        self.stream_list.mend()
        self.queue_list.mend()
        self.channel_list.mend()
        self.queues_by_arn = {queue.arn: queue for queue in self.queues.values()}
        self.channels_by_arn = {channel.arn: channel for channel in self.channels.values()}
        for stream in self.streams.values():
            stream.queues = {arn: queue for arn, queue in stream.queues.items() if arn in self.queues_by_arn}
            stream.channels = {arn: one for arn, one in stream.channels.items() if arn in self.channels_by_arn}
        self.census = StreamTotals(self.streams.values())

    def check(self) -> None:
        """Raise ``AssertionError`` unless all that is derived is what it would be if derived anew. For tests."""
        kept = self._derived()
        self._derive()
        for stream in self.streams.values():
            stream.derive()
        for queue in self.queues.values():
            queue.derive()
        for channel in self.channels.values():
            channel.mend()
        for one, other in zip(kept, self._derived(), strict=True):
            if one != other:
                raise AssertionError(f"{one!r} and not {other!r}")
        for stream in self.streams.values():
            for consumer in stream.consumers.values():
                for subscription in consumer.subscriptions.values():
                    subscription.check()

    def _derived(self) -> list[object]:
        census = self.census
        return [
            self.stream_list.page(len(self.streams) + 1),
            (census.count_changing(), census.on_demand, census.open_shards),
            *(derived for stream in self.streams.values() for derived in stream.derived()),
            (self.queue_list.page(len(self.queues) + 1), set(self.queues_by_arn)),
            (self.channel_list.page(len(self.channels) + 1), set(self.channels_by_arn)),
            [(list(stream.queues), list(stream.channels)) for stream in self.streams.values()],
            *(derived for queue in self.queues.values() for derived in queue.derived()),
            *(channel.derived() for channel in self.channels.values()),
        ]

    def next_due(self, now: int) -> tuple[int, str] | None:
        """When the next record can be received again from one of the queues, and which. O(queues)."""
        found: tuple[int, str] | None = None
        for queue in self.queues.values():
            queue.refresh(now)
            held = queue.next_in_flight()
            if held is not None and (found is None or held.due < found[0]):
                number = held.record.sequence_number
                found = held.due, f"record …{number[-8:]} in {queue.name} can be received again"
        return found

    def owed(self, now: int) -> Iterable[str]:
        """What channels are to put into buckets that there are. Other records wait for who reads them."""
        for channel in self.channels.values():
            count = channel.delivery.waiting()
            if count:
                yield f"{counted(count, 'record')} for the channel {escaped(channel.name, 120)}"

    def flights(self, until: int) -> list[QueueRecord]:
        """The records in flight whose flights end by ``until``. O(queues, and as many)."""
        return [held for queue in self.queues.values() for held in queue.flights(until)]

    def catch_up(self, now: int) -> None:
        """Have every queue notice which flights have ended, and which records. O(queues)."""
        for queue in self.queues.values():
            queue.refresh(now)

    def reset(self) -> None:
        """Forget every stream, as if just made."""
        for queue in self.queues.values():
            queue.end()
        for channel in self.channels.values():
            channel.end()
        for stream in self.streams.values():
            self.forget(stream)
        self.stream_list: Listing[str, Stream] = Listing()
        self.streams = self.stream_list.items
        """By name."""
        self.queue_list: Listing[str, RecordQueue] = Listing()
        self.queues = self.queue_list.items
        """By name."""
        self.queues_by_arn = {}
        self.channel_list: Listing[str, Channel] = Listing()
        self.channels = self.channel_list.items
        """By name."""
        self.channels_by_arn = {}
        self.census = StreamTotals()
        self.readers: dict[str, dict[Reader, None]] = {}
        """The event source mappings that read from streams, by the ARN of these, which need not be there."""
        self.streams_made = 0
        self.last_created: dict[str, int] = {}
        """The second in which the last stream of a name was made."""
        self.tokens = TokenMaker(self.world.ids.digest("kinesis/tokens"))
        self.distribution = self.world.ids.random("kinesis/distribution")
        self.commitment: dict[str, int] = {}
        """The account's MinimumThroughputBillingCommitment: times, in nanoseconds, by their names in answers."""
        self.rates = CallRates()

    # --- streams ------------------------------------------------------------------------------------------------------

    def find_stream(self, name: str, arn: str, action: str | None = None) -> Stream:
        """The stream that a request names, by either or both. O(1).

        ``action`` is given by operations that are never allowed across accounts. Raises ResourceNotFoundException,
        InvalidArgumentException when nothing is given or both do not agree, or AccessDeniedException.
        """
        account_id, stream_name, stream = self.look_up_stream(name, arn)
        if stream is None:
            raise self.stream_missing(stream_name, account_id)
        if action is not None:
            self.require_own(stream, action)
        return stream

    def named_stream(self, name: str, arn: str, action: str | None = None, *members: Member) -> Stream:
        """The stream that a request names, after a check of that and of its other ``members``. O(1).

        Raises ValidationException, and what ``find_stream`` raises.
        """
        check(*members, ("streamName", STREAM_NAME, name), ("streamARN", STREAM_ARN, arn))
        return self.find_stream(name, arn, action)

    def stream_missing(self, name: str, account_id: str) -> AwsError:
        """What to raise where there is no stream of that name."""
        return errors.stream_not_found(name, account_id).noting(*notes.no_stream(self, name, account_id))

    def check_creation(self, stream: Stream, created: Any) -> None:
        """Raise ResourceNotFoundException when another stream of that name is meant: one made at another time.

        ``created`` is a request's ``StreamCreationTimestamp``: a datetime, whatever the caller gave, or UNSET.
        """
        if created is not UNSET and nanoseconds_of(created) // SECOND != stream.created_at:
            made = notes.there_already(stream)
            raise errors.stream_not_found(stream.name, stream.account_id).noting(
                f"there is another of its name: {made}"
            )

    def look_up_stream(self, name: str, arn: str) -> tuple[str, str, Stream | None]:
        """The account and the name that a request gives, and the stream when it is there. O(1).

        Raises InvalidArgumentException when nothing is given or name and ARN do not agree.
        """
        if arn is UNSET:
            if name is UNSET:
                raise errors.name_or_arn_required()
            return self.account_id, name, self.streams.get(name)
        account_id, stream_name, stream = self._by_arn(arn)
        if name is not UNSET and name != stream_name:
            raise errors.name_contradicts_arn(name, arn)
        return account_id, stream_name, stream

    def _by_arn(self, arn: str) -> tuple[str, str, Stream | None]:
        """The account and the name in a stream's ARN, and the stream when it is there."""
        if arn.startswith(self.arn_prefix):
            name = arn[len(self.arn_prefix) :]
            return self.account_id, name, self.streams.get(name)
        match = _RESOURCE_ARN.fullmatch(arn)
        if match is None:
            return self.account_id, arn.split("stream/", 1)[-1], None
        account_id, name = match.group(2, 3)
        self._require_here(match)
        stream = self.peer(account_id).streams.get(name)
        return account_id, name, stream if stream is not None and stream.arn == arn else None

    def require_here(self, arn: str) -> None:
        """Raise InvalidArgumentException when an ARN is of another region."""
        match = _RESOURCE_ARN.fullmatch(arn)
        if match is not None:
            self._require_here(match)

    def _require_here(self, match: re.Match[str]) -> None:
        """Raise InvalidArgumentException when an ARN is of another region."""
        if match[1] != self.region_name:
            raise errors.region_differs(match[0]).noting(notes.wrong_region(match[1], self.region_name))

    def peer(self, account_id: str) -> KinesisState:
        """The Kinesis of an account in the same region. What it shares, by its policies, is not asked."""
        if account_id == self.account_id:
            return self
        peer: KinesisState = self.world.find_service("kinesis", account_id, self.region_name)
        return peer

    def require_own(self, stream: Stream, action: str) -> None:
        """Raise AccessDeniedException when the stream belongs to another account."""
        if stream.account_id != self.account_id:
            caller = caller_arn(self.account_id, self.region_name)
            raise errors.access_denied(caller, action, stream.arn)

    def find_resource(
        self, arn: str, action: str, called: str | None = None
    ) -> tuple[Stream, Stream | Consumer | RecordQueue | Channel]:
        """What has this ARN, a stream, or a consumer, queue or channel of one: the stream, and then which it is.

        ``called`` is what the error calls a stream that is not there; otherwise its name. Raises
        ResourceNotFoundException or AccessDeniedException.
        """
        match = _RESOURCE_ARN.fullmatch(arn)
        if match is not None and match[4] is not None:
            stream_of_consumer, consumer = self.find_consumer(arn)
            self.require_own(stream_of_consumer, action)
            return stream_of_consumer, consumer
        if _QUEUE_ARN.fullmatch(arn) is not None:
            queue = self.find_queue(arn, action)
            return queue.stream, queue
        if _CHANNEL_ARN.fullmatch(arn) is not None:
            channel = self.find_channel(arn, action)
            return channel.stream, channel
        account_id, name, stream = self._by_arn(arn)
        if stream is None:
            raise errors.stream_not_found(called or name, account_id).noting(*notes.no_stream(self, name, account_id))
        self.require_own(stream, action)
        return stream, stream

    def find_consumer(self, arn: str) -> tuple[Stream, Consumer]:
        """The consumer with this ARN, of any account, and its stream. Raises ResourceNotFoundException."""
        match = _RESOURCE_ARN.fullmatch(arn)
        account_id = self.account_id
        if match is not None:
            self._require_here(match)
            account_id = match[2]
            stream = self.peer(account_id).streams.get(match[3])
            if stream is not None:
                consumer = stream.consumers.get(match[4] or "")
                if consumer is not None and consumer.arn == arn:
                    return stream, consumer
        raise errors.consumer_not_found(arn, account_id)

    def source(self, arn: str) -> SourceStream | None:
        """The stream or the consumer with this ARN, of this account, for who wants to read from it. O(1).

        It stands for the ARN, which may go and come again. None when there is nothing of that ARN.
        """
        match = _RESOURCE_ARN.fullmatch(arn)
        if match is None:
            return None
        prefix = arn.partition("/consumer/")[0]
        source = SourceStream(self, arn, prefix, match[3], match[4])
        return source if source.exists else None

    def forget(self, stream: Stream) -> None:
        """End what hangs on a stream that is no more. Doing it again changes nothing."""
        stream.status = DELETING
        stream.leave_census()
        error = errors.stream_not_found(stream.name, stream.account_id)
        for consumer in stream.consumers.values():
            consumer.end(error)

    def first_turn(self) -> int:
        """With which of its open shards a stream begins to distribute records; the same for the same seed."""
        return int(self.distribution.random() * 1024)

    # --- queues -------------------------------------------------------------------------------------------------------

    def find_queue(self, arn: str, action: str | None = None) -> RecordQueue:
        """The queue with this ARN, of any account. O(1). ``action`` is given by operations of its own account alone.

        Raises ResourceNotFoundException, InvalidArgumentException for one of another region, or AccessDeniedException.
        """
        queue = self.queues_by_arn.get(arn)
        if queue is not None:
            return queue
        match = _QUEUE_ARN.fullmatch(arn)
        if match is None:
            raise errors.queue_not_found(arn.rpartition("queue/")[2], self.account_id)
        self._require_here(match)
        queue = self.peer(match[2]).queues_by_arn.get(arn)
        if queue is None:
            raise errors.queue_not_found(match[3], match[2])
        if action is not None:
            raise errors.access_denied(caller_arn(self.account_id, self.region_name), action, arn)
        return queue

    def delivering_queue(self, arn: str) -> RecordQueue:
        """The queue with this ARN, when records can be received from it and its handles are good.

        Of one that is CREATING or DELETING AWS says no more than that it does not deliver, and the operations that
        receive know no ResourceInUseException: it is not found. [inferred]
        """
        queue = self.queues_by_arn.get(arn) or self.find_queue(arn)
        if not queue.delivers:
            raise errors.queue_not_found(queue.queue_id, queue.account_id).noting(notes.changing(queue))
        return queue

    def find_channel(self, arn: str, action: str) -> Channel:
        """The channel with this ARN. O(1). Raises as ``find_queue``; only its own account may do anything with it."""
        channel = self.channels_by_arn.get(arn)
        if channel is not None:
            return channel
        match = _CHANNEL_ARN.fullmatch(arn)
        if match is None:
            raise errors.channel_not_found(arn.rpartition("channel/")[2], self.account_id)
        self._require_here(match)
        if arn not in self.peer(match[2]).channels_by_arn:
            raise errors.channel_not_found(match[3], match[2])
        raise errors.access_denied(caller_arn(self.account_id, self.region_name), action, arn)

    def require_reader_room(self, now: int, stream: Stream) -> None:
        """Raise LimitExceededException when a stream has as many consumers and queues together as it may have."""
        limits = self.limits
        has_advantage = stream.on_demand and self.commitment_status(now) != "DISABLED"
        most = limits.kinesis_consumers_advantage if has_advantage else limits.kinesis_consumers
        if len(stream.consumers) + len(stream.queues) >= most:
            if not stream.queues:
                raise errors.too_many_consumers(stream.name, stream.account_id, most)
            raise errors.too_many_readers(stream.name, stream.account_id, most)

    # --- shards -------------------------------------------------------------------------------------------------------

    def shard_index(self, text: str, stream_name: str, account_id: str) -> int:
        """The index that a shard id means: ``shardId-000000000007``, ``shard-7`` and ``7`` all mean 7.

        Raises ResourceNotFoundException for what is not a number.
        """
        digits = text.split("-", 1)[-1]
        index = int(digits) if digits.isascii() and digits.isdecimal() else _LAST_INDEX + 1
        if index > _LAST_INDEX:
            raise errors.could_not_find_shard(text, stream_name, account_id)
        return index

    def find_shard(self, now: int, stream: Stream, index: int) -> Shard:
        """The shard with this index. Raises ResourceNotFoundException in the words of the control operations."""
        stream.expire(now)
        shard = stream.shards.get(index)
        if shard is None:
            error = errors.could_not_find_shard(shard_id_of(index), stream.name, stream.account_id)
            raise error.noting(notes.other_shards(stream))
        return shard

    @property
    def shard_limit(self) -> int:
        """How many open shards the account may have."""
        if self.limits.kinesis_shards is not None:
            return self.limits.kinesis_shards
        return 20_000 if self.region_name in _BIG_REGIONS else 6_000

    def has_room_for(self, additional: int) -> bool:
        """Whether the account may have so many more shards."""
        return self.census.open_shards + additional <= self.shard_limit

    def require_shards(self, additional: int) -> None:
        """Raise LimitExceededException when so many more shards are too many."""
        if not self.has_room_for(additional):
            count = self.census.open_shards
            raise errors.too_many_shards(self.account_id, self.region_name, count, self.shard_limit, additional)

    def commitment_status(self, now: int) -> str:
        """The account's MinimumThroughputBillingCommitment: ENABLED, DISABLED or ENABLED_UNTIL_EARLIEST_ALLOWED_END."""
        commitment = self.commitment
        if "StartedAt" not in commitment or now >= commitment.get("EndedAt", now + 1):
            return "DISABLED"
        return "ENABLED_UNTIL_EARLIEST_ALLOWED_END" if "EndedAt" in commitment else "ENABLED"

    # --- tokens and rates ---------------------------------------------------------------------------------------------

    def read_next_token(self, kind: str, now: int, token: str) -> list[str]:
        """What a NextToken of this kind holds. Raises InvalidArgumentException or ExpiredNextTokenException."""
        found = self.tokens.read(kind, token)
        if found is None:
            raise errors.invalid_next_token()
        made, fields = found
        if now - made > LIFETIME:
            raise errors.expired_next_token(made, now).noting(notes.expired(made, now, LIFETIME))
        return fields

    def dry_run(self, now: int, stream: Stream) -> AwsError:
        """What a dry run of a call on a stream ends with that would be answered: never an answer.

        All five operations share one dry run a second of a stream, when the limits enforce rates. [docs]
        """
        if self.world.limits.rates and not self.within_rate(now, "DryRun", (stream.serial,)):
            return errors.throttled(stream.name, stream.account_id)
        return errors.dry_run_succeeded()

    def pace(self, now: int, operation: str, stream_name: str | None = None, *scope: object) -> None:
        """Count a call; raise LimitExceededException when there are too many a second and the limits enforce rates.

        Calls are counted by account, or by what ``scope`` tells apart.
        """
        if self.world.limits.rates and not self.within_rate(now, operation, scope):
            if stream_name is None:
                raise errors.account_rate_exceeded(self.account_id).noting(STRICT)
            raise errors.rate_exceeded(stream_name, self.account_id).noting(STRICT)

    def within_rate(self, now: int, operation: str, scope: tuple[object, ...]) -> bool:
        """Count a call; whether it is within its operation's rate."""
        return self.rates.admit(now, (operation, *scope), CALLS_PER_SECOND[operation])


class _OnStream(Protocol):
    """What is on a stream: a queue, or a channel."""

    stream: Stream


def stream_filter(streams: Any) -> Callable[[_OnStream], bool] | None:
    """Whether something is on one of the streams that a list is asked for; None when all are.

    A stream is told from its namesakes by the second of its making, where that is given.
    """
    if streams is UNSET:
        return None
    wanted = [
        (one["StreamARN"], nanoseconds_of(one["StreamCreationTimestamp"]) // SECOND)
        if "StreamCreationTimestamp" in one
        else (one["StreamARN"], None)
        for one in streams
    ]
    return lambda one: (one.stream.arn, one.stream.created_at) in wanted or (one.stream.arn, None) in wanted
