"""A stream: its settings, its life, and which of its shards takes which record.

The open shards always divide all hash keys among them. They are kept in the order of their ranges, beside a list of
where each range starts, so that a record finds its shard by bisection. Hash keys are compared as 16 bytes: the MD5 of
a partition key is used as it comes, and bytes sort as the numbers do.

Old shards go lazily: a closed shard is forgotten once the retention period has passed since it was closed.

What is true of a stream is its settings, which shards it has, and of each of these what ``shard`` tells. All else is
derived (``mend``): which are open, where their ranges start, which go next.

A stream knows no other stream and tells nobody what happens to it: what the account allows is asked, and facts are
told, by the operations.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterable
from itertools import dropwhile
from operator import attrgetter
from typing import Any, Final, Protocol, cast

from ...core.listing import Listing
from ...core.timeline import SECOND
from ...core.timestamps import datetime_to_the_millisecond
from ...core.world import World
from . import errors, notes, shapes
from .consumer import Consumer, Subscription
from .resharding import Resharding
from .shard import Listener, Shard, uniform_ranges
from .status import ACTIVE, CREATING, DELETING, UPDATING
from .transition import Changing, Prepare, Step

__all__ = ["DAY", "HOUR", "DailyQuota", "Stream", "StreamTotals"]

_start = attrgetter("starting_hash_key")

HOUR: Final = 3600 * SECOND
DAY: Final = 24 * HOUR


class StreamTotals:
    """What an account's streams add up to: counted as it changes, so that a new stream need not look at all others."""

    __slots__ = ("changing", "on_demand", "open_shards")

    def __init__(self, streams: Iterable[Stream] = ()) -> None:
        self.changing: list[Stream] = []
        """The streams that came or went when it was last looked at."""
        self.on_demand = 0
        """How many streams are in on-demand mode."""
        self.open_shards = 0
        """How many open shards they have together."""
        for stream in streams:
            stream.join_census(self)

    def note_change(self, stream: Stream) -> None:
        """A stream has begun to come, or to go."""
        if stream not in self.changing:
            self.changing.append(stream)

    def forget(self, stream: Stream) -> None:
        """A stream has gone, and with it all that it has kept."""
        self.changing = [other for other in self.changing if other is not stream]

    def count_changing(self) -> int:
        """How many streams are CREATING or DELETING. O(as many)."""
        self.changing = [stream for stream in self.changing if stream.comes_or_goes(self)]
        return len(self.changing)


class DailyQuota:
    """So many times in any 24 hours; 0: as often as you like."""

    __slots__ = ("_allowed", "_times")

    def __init__(self, allowed: int) -> None:
        self._allowed = allowed
        self._times: tuple[int, ...] = ()

    def has_room(self, now: int) -> bool:
        """Whether one more is within the quota."""
        self._times = tuple(dropwhile(lambda moment: moment <= now - DAY, self._times))
        return not self._allowed or len(self._times) < self._allowed

    def use(self, now: int) -> Step:
        """A step that counts one."""
        times = (*self._times, now) if self._allowed else ()

        def use() -> None:
            self._times = times

        return use


class Follower(Protocol):
    """What is on a stream and lives on its records: a queue, or a channel."""

    def look(self, now: int) -> None:
        """The stream is about to let go of what it keeps no longer."""


class Stream(Changing):
    """One stream of one account in one region."""

    def __init__(
        self,
        name: str,
        arn: str,
        account_id: str,
        *,
        serial: int,
        now: int,
        created: int,
        shard_count: int,
        on_demand: bool,
        max_record_kib: int,
        metered: bool,
        scalings: DailyQuota,
        mode_switches: DailyQuota,
        key_changes: DailyQuota,
    ) -> None:
        super().__init__(CREATING)
        self.name = name
        self.arn = arn
        self.account_id = account_id
        self.serial = serial
        """Tells it from an earlier stream of the same name."""
        self._census = StreamTotals()
        self.exists = False
        """Whether it has been ACTIVE: before, its shards are not shown."""
        self.created_at = now // SECOND
        """The second of its creation."""

        self.on_demand = on_demand
        self.distributes = False
        self.turn = 0
        """Which of the open shards takes the next record, where the stream distributes them."""
        self.set_max_record_size(max_record_kib)
        self.warm_throughput: int | None = None
        self.retention_hours = 24
        self.key_id: str | None = None
        self.metrics: list[str] = []
        self.tags: dict[str, str] = {}
        self.policy: str | None = None
        self.consumers: dict[str, Consumer] = {}
        """By name, in the order of their registration."""
        self.consumers_made = 0
        self.queues: dict[str, Follower] = {}
        """Its queues by ARN, in the order of their making."""
        self.channels: dict[str, Follower] = {}
        """Its channels, the same."""
        self.scalings = scalings
        self.mode_switches = mode_switches
        self.key_changes = key_changes

        self._metered = metered
        self._next_sweep = 0
        self._closed: deque[Shard] = deque()
        """Those that are closed, in the order in which they go."""
        self._next_index = shard_count
        self.newest_second = created
        """The second in which the newest shard was made; after a reshard ahead of the clock."""
        self.shard_list: Listing[int, Shard] = Listing()
        self.shards = self.shard_list.items
        """All shards that are listed, by index, in the order of their making."""
        self.open: list[Shard] = []
        """The open shards in the order of their hash keys."""
        self.starts: list[bytes] = []
        """Where their ranges start."""
        self._landmarks: list[int] | None = None
        """How many of them lie before each first byte of a hash key; None when they have changed."""
        for index, hash_keys in enumerate(uniform_ranges(shard_count)):
            shard = Shard(index, hash_keys, now, created, metered=metered)
            self.shard_list.add(index, shard)
            self.open.append(shard)
            self.starts.append(_as_bytes(hash_keys[0]))

    # --- life ---------------------------------------------------------------------------------------------------------

    def be_changed(
        self,
        world: World,
        now: int,
        prepare: Prepare,
        status: str = UPDATING,
        *,
        exists: bool = True,
        first: Step | None = None,
    ) -> None:
        """Be in ``status`` for as long as changes take; then be ACTIVE and do what ``prepare`` says.

        ``first`` is done as soon as the change is asked for.
        """

        def prepare_all(moment: int) -> Step:
            finish = prepare(moment)

            def be_active() -> None:
                self.status, self.exists = ACTIVE, exists
                finish()

            return be_active

        self.change(world, now, world.limits.kinesis_transition_seconds, status, prepare_all, first)

    def comes_or_goes(self, census: StreamTotals) -> bool:
        """Whether it is CREATING or DELETING; in no census when it is gone."""
        return self._census is census and self.status in (CREATING, DELETING)

    def join_census(self, census: StreamTotals) -> None:
        """Be counted there."""
        self._census = census
        census.open_shards += len(self.open)
        census.on_demand += self.on_demand
        if self.status in (CREATING, DELETING):
            census.note_change(self)

    def set_mode(self, on_demand: bool) -> None:
        """Be in on-demand mode, or have shards that are provisioned."""
        self._census.on_demand += on_demand - self.on_demand
        self.on_demand = on_demand
        if not on_demand:
            self.distribute(None)  # a provisioned stream has no such setting, also when it comes back [inferred]

    def distribute(self, turn: int | None) -> None:
        """Give each record to the next open shard, beginning at this ``turn``; None: to the one of its key."""
        self.distributes = turn is not None
        self.turn = turn or 0
        self._set_largest_plain()

    def leave_census(self) -> None:
        """Be counted no more: the stream is gone."""
        self.set_mode(False)
        self._census.open_shards -= len(self.open)
        self._census.forget(self)
        self._census = StreamTotals()

    def require_active(self) -> None:
        """Raise ResourceInUseException unless the stream is ACTIVE."""
        if self.status != ACTIVE:
            error = errors.stream_not_active(self.name, self.account_id, self.status)
            raise error.noting(notes.changing(self))

    def require_existing(self) -> None:
        """Raise ResourceInUseException while the stream is CREATING or DELETING."""
        if self.status in (CREATING, DELETING):
            error = errors.stream_not_active(self.name, self.account_id, self.status)
            raise error.noting(notes.changing(self))

    def require_nothing_on_it(self, operation: str, *, channels: bool = False) -> None:
        """Raise ResourceInUseException while there are queues on the stream, DELETING ones too, or ``channels``.

        That they are in the way is AWS's word; which exception says so for an operation is [inferred].
        """
        if self.queues:
            raise errors.queues_on_stream(operation, self.arn)
        if channels and self.channels:
            raise errors.channels_on_stream(operation, self.arn)

    def require_provisioned(self) -> None:
        """Raise ValidationException for a stream whose shards AWS manages."""
        if self.on_demand:
            raise errors.stream_is_on_demand(self.name, self.account_id)

    def set_max_record_size(self, kibibytes: int) -> None:
        """Take records of so many KiB."""
        self.max_record_kib = kibibytes
        self.max_record_size = kibibytes * 1024
        self._set_largest_plain()

    def _set_largest_plain(self) -> None:
        self.largest_plain = -1 if self.distributes else self.max_record_size
        """The size up to which a record with nothing but a key goes where its key says, and no question asked."""

    # --- shards -------------------------------------------------------------------------------------------------------

    def shard_of(self, hash_key: bytes) -> Shard:
        """The open shard that takes this hash key, 16 bytes. O(log shards)."""
        marks = self._landmarks or self._set_landmarks()
        first = hash_key[0]
        return self.open[bisect_right(self.starts, hash_key, marks[first], marks[first + 1]) - 1]

    def shards_of(self, hash_keys: list[bytes]) -> list[Shard]:
        """The same for some of them."""
        marks = self._landmarks or self._set_landmarks()
        shards, starts = self.open, self.starts
        return [shards[bisect_right(starts, key, marks[key[0]], marks[key[0] + 1]) - 1] for key in hash_keys]

    def next_shard(self) -> Shard:
        """The open shard whose turn it is, where the stream distributes records. In their order, round and round.

        AWS promises no more than evenness; this is even, and the same each time. [inferred]
        """
        turn = self.turn
        self.turn = turn + 1
        return self.open[turn % len(self.open)]

    def _set_landmarks(self) -> list[int]:
        # The first byte leaves four of 1,000 shards to choose from: 0.05 µs instead of 0.13 (CPython 3.11).
        starts = self.starts
        marks = [bisect_left(starts, bytes([first])) for first in range(256)]
        self._landmarks = [*marks, len(starts)]
        return self._landmarks

    def resharding(self, now: int) -> Resharding:
        """What can be made of its shards now, for ``reshard``."""
        return Resharding(now, self.open, self._next_index, self._metered)

    def reshard(self, now: int, resharding: Resharding) -> None:
        """Have the shards that were made. Doing it again changes nothing that is not derived. O(shards)."""
        add = self.shard_list.add
        for shard in resharding.made:
            add(shard.index, shard)
        closings = resharding.closings
        for closing in closings:
            closing.shard.close(closing.moment, closing.second, closing.children)
        self._closed += [closing.shard for closing in closings]
        self._census.open_shards += len(resharding.open) - len(self.open)
        self._set_open(resharding.open)
        for closing in closings:
            closing.shard.notify_listeners(now)

    def _set_open(self, shards: list[Shard]) -> None:
        """Have these shards open; they are in the order of their hash keys. No shard is newer than all of them."""
        starts = [_as_bytes(shard.starting_hash_key) for shard in shards]
        index, second = max(shard.index for shard in shards), max(shard.created for shard in shards)
        self.open, self.starts, self._landmarks = shards, starts, None
        self._next_index, self.newest_second = index + 1, second

    def mend(self, now: int) -> None:
        """Make whole what an exception may have torn. O(n log n) in shards; readers look for news."""
        self.derive()
        readers: dict[Listener | Subscription, None] = {}
        for shard in self.shards.values():
            readers.update(dict.fromkeys(shard.listeners or ()))
        for consumer in self.consumers.values():
            readers.update(dict.fromkeys(consumer.subscriptions.values()))
        for reader in readers:
            reader.mend(now)

    def derive(self) -> None:
        """Derive anew what can be derived of the shards, which are true. O(n log n)."""
        self.shard_list.mend()
        shards = self.shards.values()
        for shard in shards:
            shard.mend()
        self._closed = deque(sorted((shard for shard in shards if shard.closed is not None), key=_order_of_closing))
        self._set_open(sorted((shard for shard in shards if shard.closed is None), key=_start))

    def derived(self) -> list[object]:
        """What ``derive`` derives, to be compared."""
        order = self.shard_list.page(len(self.shards) + 1)
        counts = [(one.newest, one.taken, one.number_before(one.tip)) for one in self.shards.values()]
        return [order, counts, list(self._closed), self.open, self.starts, self._next_index, self.newest_second]

    # --- retention ----------------------------------------------------------------------------------------------------

    def horizon(self, now: int) -> int:
        """What arrived at this moment or earlier is gone."""
        return now - self.retention_hours * HOUR

    def oldest_readable(self, now: int) -> int:
        """The moment from which on records can be there."""
        return max(self.horizon(now), self.created_at * SECOND)

    def trim(self, now: int, shard: Shard) -> None:
        """Let go of what a shard keeps no longer. O(log n) if there is anything, else O(1).

        Queues look before: what they have not received goes with that, and whoever watches is told.
        """
        head, records = shard.head, shard.records
        if head < len(records) and records[head].kept_from <= now - self.retention_hours * HOUR:
            for queue in self.queues.values():
                queue.look(now)
            shard.trim(self.horizon(now))

    def expire(self, now: int) -> None:
        """Forget the shards whose records are all gone. O(1) when there are none."""
        closed = self._closed
        horizon = self.horizon(now)
        while closed and closed[0].closed is not None and closed[0].closed <= horizon:
            shard = closed.popleft()
            self.trim(now, shard)  # a queue may still be reading it
            self.shard_list.remove(shard.index)

    def set_retention(self, now: int, hours: int) -> None:
        """Keep records for so many hours from now on. What is gone by the old measure does not come back.

        Doing it again changes nothing.
        """
        self.sweep(now)
        self.retention_hours = hours
        self.sweep(now)

    def sweep(self, now: int) -> None:
        """Trim every shard. O(shards)."""
        for follower in (*self.channels.values(), *self.queues.values()):
            follower.look(now)
        self.expire(now)
        horizon = self.horizon(now)
        for shard in self.shards.values():
            shard.trim(horizon)
        # Readers trim what they look at, exactly; this only keeps a stream that nobody reads from growing without end.
        self._next_sweep = now + self.retention_hours * HOUR // 24

    def sweep_sometimes(self, now: int) -> None:
        """Trim every shard now and then; called by writers."""
        if now >= self._next_sweep:
            self.sweep(now)

    # --- as answers show it -------------------------------------------------------------------------------------------

    def listed_shards(self, now: int) -> list[Shard]:
        """Every shard that can be listed, by index. O(shards)."""
        if not self.exists:
            return []
        self.expire(now)
        return list(self.shards.values())

    def lists(self, shard_id: str | None) -> bool:
        """Whether the shard with this id can be listed. O(1)."""
        return shard_id is not None and int(shard_id.rpartition("-")[2]) in self.shards

    def page_of_shards(
        self, now: int, after: int, limit: int, accept: Callable[[Shard], bool] | None = None
    ) -> tuple[list[Shard], bool]:
        """Up to ``limit`` accepted shards with an index above ``after``, and whether there are more. O(page)."""
        if not self.exists:
            return [], False
        self.expire(now)
        indexes = self.shard_list.page(limit + 1, after=after, accept=accept)
        return [self.shards[index] for index in indexes[:limit]], len(indexes) > limit

    def mode_details(self) -> shapes.StreamModeDetails:
        """The capacity mode."""
        return {"StreamMode": "ON_DEMAND" if self.on_demand else "PROVISIONED"}

    def monitoring(self) -> list[shapes.EnhancedMetrics]:
        """The shard-level metrics that are on."""
        return [{"ShardLevelMetrics": list(self.metrics)}]

    def describe(self, shards: list[Shard], has_more: bool) -> shapes.StreamDescription:
        """The stream with a page of its shards."""
        answer: shapes.StreamDescription = {
            "StreamName": self.name,
            "StreamARN": self.arn,
            "StreamStatus": self.status,
            "StreamModeDetails": self.mode_details(),
            "Shards": [shard.describe() for shard in shards],
            "HasMoreShards": has_more,
            "RetentionPeriodHours": self.retention_hours,
            "StreamCreationTimestamp": datetime_to_the_millisecond(self.created_at * SECOND),
            "EnhancedMonitoring": self.monitoring(),
            "EncryptionType": "NONE",
        }
        if self.key_id is not None:
            answer["EncryptionType"] = "KMS"
            answer["KeyId"] = self.key_id
        return answer

    def summarize(self) -> shapes.StreamDescriptionSummary:
        """The stream without its shards."""
        answer: dict[str, Any] = {  # filled in the model's order
            "StreamName": self.name,
            "StreamARN": self.arn,
            "StreamStatus": self.status,
            "StreamModeDetails": self.mode_details(),
            "RetentionPeriodHours": self.retention_hours,
            "StreamCreationTimestamp": datetime_to_the_millisecond(self.created_at * SECOND),
            "EnhancedMonitoring": self.monitoring(),
            "EncryptionType": "NONE",
        }
        if self.key_id is not None:
            answer["EncryptionType"] = "KMS"
            answer["KeyId"] = self.key_id
        answer["OpenShardCount"] = len(self.open) if self.exists else 0
        answer["ConsumerCount"] = len(self.consumers)
        if self.warm_throughput is not None:
            answer["WarmThroughput"] = self.describe_warm_throughput()
        answer["MaxRecordSizeInKiB"] = self.max_record_kib
        answer["ChannelCount"] = len(self.channels)
        if self.on_demand:
            answer["RecordDistributionStrategy"] = "AUTO" if self.distributes else "USER_PARTITION_KEY"
        answer["QueueCount"] = len(self.queues)
        return cast("shapes.StreamDescriptionSummary", answer)

    def describe_warm_throughput(self) -> shapes.WarmThroughputObject:
        """The write throughput that the stream is kept ready for."""
        megabytes = self.warm_throughput or 0
        return {"TargetMiBps": megabytes, "CurrentMiBps": megabytes}

    def list_entry(self) -> shapes.StreamSummary:
        """The stream in a list of streams."""
        return {
            "StreamName": self.name,
            "StreamARN": self.arn,
            "StreamStatus": self.status,
            "StreamModeDetails": self.mode_details(),
            "StreamCreationTimestamp": datetime_to_the_millisecond(self.created_at * SECOND),
        }


def _order_of_closing(shard: Shard) -> tuple[int, int]:
    # Children are made one after the other, and of two parents the lower one is closed first.
    return shard.children[0].index, shard.starting_hash_key


def _as_bytes(hash_key: int) -> bytes:
    return hash_key.to_bytes(16, "big")
