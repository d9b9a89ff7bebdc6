"""Random histories of a stream against an obvious model.

The model is a list of shards, each a range and a list of records, and nothing clever. It knows what was put where,
what has been split and merged, and what is too old. The stream has to agree after every step: every record once, in
order within its shard, routed by hash range, numbers strictly rising, lineage complete, ranges always a partition of
the whole space.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import md5
from itertools import pairwise
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import minicloud
from tests.kinesis.support import (
    TOP,
    check_state,
    hash_range,
    ids_of,
    iterator,
    numbers,
    open_shards,
    read_all,
    shard_id,
    shards_of,
)
from tests.support.answers import refusal
from tests.support.clocks import SettableClock
from tests.support.depth import deep
from tests.support.strikes import by_profile

HOUR = 3_600_000
"""Time is counted in whole milliseconds from the beginning: exact, and what AWS shows."""


@dataclass
class ModelRecord:
    data: bytes
    key: str
    time: int
    kept_from: int
    """Since when its retention counts: not before that of the record before it, also where the clock was put back."""
    number: str
    is_gone: bool = False


@dataclass
class ModelShard:
    low: int
    high: int
    parents: list[int]
    newest: int
    """When the latest record came, at first when the shard was opened. (No record is kept from an earlier time.)"""
    records: list[ModelRecord] = field(default_factory=list)
    closed: int | None = None
    gone_with: int | None = None
    """It goes with what arrived at this time: none goes before one that was closed before it."""
    is_gone: bool = False
    children: list[int] = field(default_factory=list)


class StreamMachine(RuleBasedStateMachine):
    """Put, get, split, merge, scale, advance, expire."""

    def __init__(self) -> None:
        super().__init__()
        self.cloud = minicloud.Cloud(clock=self.new_clock(), seed=1)
        self.kinesis = self.cloud.client("kinesis")
        self.shards: list[ModelShard] = []
        self.retention = 24
        self.counter = 0
        self.now = 0
        self.all_numbers: set[str] = set()
        self.scalings: list[int] = []
        self.last_closed = 0

    def new_clock(self) -> Any:
        """The clock of the cloud."""
        return "virtual"

    def teardown(self) -> None:
        self.cloud.close()

    # --- the model ----------------------------------------------------------------------------------------------------

    def horizon(self) -> int:
        return self.now - self.retention * HOUR

    def sweep(self) -> None:
        """What is too old now does not come back, with a longer retention or an earlier time."""
        for index, shard in enumerate(self.shards):
            kept = self.kept(index)
            for record in shard.records:
                record.is_gone = record not in kept
            shard.is_gone = not self.is_listed(index)

    def kept(self, index: int) -> list[ModelRecord]:
        records = self.shards[index].records
        return [record for record in records if not record.is_gone and record.kept_from > self.horizon()]

    def is_listed(self, index: int) -> bool:
        shard = self.shards[index]
        return not shard.is_gone and (shard.gone_with is None or shard.gone_with > self.horizon())

    def listed(self) -> list[int]:
        return [index for index in range(len(self.shards)) if self.is_listed(index)]

    def open(self) -> list[int]:
        """The open shards in the order of their ranges."""
        found = [index for index, shard in enumerate(self.shards) if shard.closed is None]
        return sorted(found, key=lambda index: self.shards[index].low)

    def owner(self, hash_key: int) -> int:
        (found,) = (index for index in self.open() if self.shards[index].low <= hash_key <= self.shards[index].high)
        return found

    def replace(self, parents: list[int], ranges: list[tuple[int, int]]) -> None:
        children = list(range(len(self.shards), len(self.shards) + len(ranges)))
        for parent in parents:
            shard = self.shards[parent]
            shard.closed = max(self.now, shard.newest)
            self.last_closed = shard.gone_with = max(self.last_closed, shard.closed)
            shard.children = children
        self.shards += [ModelShard(low, high, parents, self.now) for low, high in ranges]

    def record(self, index: int, data: bytes, key: str, answer: dict[str, Any]) -> None:
        assert answer["ShardId"] == shard_id(index)
        number = answer["SequenceNumber"]
        before = [record.number for record in self.shards[index].records]
        before += [record.number for parent in self.ancestors(index) for record in self.shards[parent].records]
        assert all(int(number) > int(earlier) for earlier in before)
        assert number not in self.all_numbers
        self.all_numbers.add(number)
        shard = self.shards[index]
        shard.newest = max(shard.newest, self.now)
        shard.records.append(ModelRecord(data, key, self.now, shard.newest, number))

    def ancestors(self, index: int) -> set[int]:
        found: set[int] = set()
        todo = list(self.shards[index].parents)
        while todo:
            parent = todo.pop()
            if parent not in found:
                found.add(parent)
                todo += self.shards[parent].parents
        return found

    def next_data(self) -> bytes:
        self.counter += 1
        return b"%d" % self.counter

    # --- steps --------------------------------------------------------------------------------------------------------

    @initialize(count=st.integers(1, 4))
    def create(self, count: int) -> None:
        self.kinesis.create_stream(StreamName="s", ShardCount=count)
        width = 2**128 // count
        edges = [place * width for place in range(count)] + [TOP + 1]
        self.shards = [ModelShard(low, high - 1, [], 0) for low, high in pairwise(edges)]

    @rule(key=st.text(min_size=1, max_size=3))
    def put(self, key: str) -> None:
        data = self.next_data()
        hash_key = int.from_bytes(md5(key.encode("utf-8", "surrogatepass")).digest(), "big")
        answer = self.kinesis.put_record(StreamName="s", Data=data, PartitionKey=key)
        self.record(self.owner(hash_key), data, key, answer)

    @rule(hash_keys=st.lists(st.integers(0, TOP), min_size=1, max_size=8))
    def put_many(self, hash_keys: list[int]) -> None:
        datas = [self.next_data() for _ in hash_keys]
        answer = self.kinesis.put_records(
            StreamName="s",
            Records=[
                {"Data": data, "PartitionKey": "p", "ExplicitHashKey": str(hash_key)}
                for data, hash_key in zip(datas, hash_keys, strict=True)
            ],
        )
        assert answer["FailedRecordCount"] == 0
        for data, hash_key, one in zip(datas, hash_keys, answer["Records"], strict=True):
            self.record(self.owner(hash_key), data, "p", one)

    @rule(n=st.integers(1, 70), hash_keys=st.lists(st.integers(0, TOP), min_size=1, max_size=4))
    def interrupt_put(self, n: int, hash_keys: list[int]) -> None:
        """An exception comes into it: the first records are there, or all of them, each in its shard."""
        datas = [self.next_data() for _ in hash_keys]
        records = [
            {"Data": data, "PartitionKey": "p", "ExplicitHashKey": str(hash_key)}
            for data, hash_key in zip(datas, hash_keys, strict=True)
        ]
        if len(records) == 1:
            by_profile(lambda: self.kinesis.put_record(StreamName="s", **records[0]), n)
        else:
            by_profile(lambda: self.kinesis.put_records(StreamName="s", Records=records), n)
        there = {record.data: record for record in self.cloud.stream("s").records}
        put = [data for data in datas if data in there]
        assert put == datas[: len(put)]
        for data, hash_key in zip(put, hash_keys, strict=False):
            answer = {"ShardId": there[data].shard_id, "SequenceNumber": there[data].sequence_number}
            self.record(self.owner(hash_key), data, "p", answer)

    @precondition(lambda self: len(self.open()) < 12)
    @rule(data=st.data())
    def split(self, data: st.DataObject) -> None:
        index = data.draw(st.sampled_from(self.open()), label="shard")
        shard = self.shards[index]
        hash_key = data.draw(st.integers(shard.low, shard.high), label="hash key")
        params = {
            "StreamName": "s",
            "ShardToSplit": shard_id(index),
            "NewStartingHashKey": str(hash_key),
        }
        if shard.low + 1 < hash_key < shard.high:
            self.kinesis.split_shard(**params)
            self.replace([index], [(shard.low, hash_key - 1), (hash_key, shard.high)])
        else:
            assert refusal(self.kinesis.split_shard, **params)[0] == "InvalidArgumentException"

    @precondition(lambda self: len(self.open()) > 1)
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        lower, upper = data.draw(st.sampled_from(list(pairwise(self.open()))), label="neighbours")
        self.kinesis.merge_shards(StreamName="s", ShardToMerge=shard_id(lower), AdjacentShardToMerge=shard_id(upper))
        self.replace([lower, upper], [(self.shards[lower].low, self.shards[upper].high)])

    @rule(data=st.data())
    def scale(self, data: st.DataObject) -> None:
        count = len(self.open())
        target = data.draw(st.integers(-(-count // 2), min(count * 2, 12)) if count <= 12 else st.just(count))
        self.scalings = [moment for moment in self.scalings if moment > self.now - 24 * HOUR]
        params = {"StreamName": "s", "TargetShardCount": target, "ScalingType": "UNIFORM_SCALING"}
        if len(self.scalings) == 10:
            assert refusal(self.kinesis.update_shard_count, **params)[0] == "LimitExceededException"
            return
        self.kinesis.update_shard_count(**params)
        self.scalings.append(max([self.now, *self.scalings]))
        if target > count:
            for index in self.open():
                low, high = self.shards[index].low, self.shards[index].high
                if low < high:
                    middle = (low + high + 1) // 2
                    self.replace([index], [(low, middle - 1), (middle, high)])
        place = 0
        while len(self.open()) > target:
            if place + 1 >= len(self.open()):
                place = 0
            lower, upper = self.open()[place : place + 2]
            self.replace([lower, upper], [(self.shards[lower].low, self.shards[upper].high)])
            place += 1

    @rule(milliseconds=st.sampled_from([1, 1000, 60_000, HOUR, 5 * HOUR, 12 * HOUR, 24 * HOUR]))
    def advance(self, milliseconds: int) -> None:
        self.cloud.clock.advance(timedelta(milliseconds=milliseconds))
        self.now += milliseconds

    @rule(hours=st.sampled_from([24, 25, 36, 48]))
    def retain(self, hours: int) -> None:
        operation = "decrease" if hours < self.retention else "increase"
        getattr(self.kinesis, f"{operation}_stream_retention_period")(StreamName="s", RetentionPeriodHours=hours)
        self.sweep()
        self.retention = hours
        self.sweep()

    # --- looking ------------------------------------------------------------------------------------------------------

    @rule(data=st.data())
    def read_from_somewhere(self, data: st.DataObject) -> None:
        index = data.draw(st.sampled_from(self.listed()), label="shard")
        kept = self.kept(index)
        kind = data.draw(
            st.sampled_from(["TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "AT_TIMESTAMP"])
        )
        if kind.endswith("NUMBER"):
            records = self.shards[index].records
            if not records:
                return
            chosen = data.draw(st.sampled_from(records), label="record")
            params: dict[str, Any] = {"StartingSequenceNumber": chosen.number}
            edge = int(chosen.number) + (kind == "AFTER_SEQUENCE_NUMBER")
            expected = [record for record in kept if int(record.number) >= edge]
        elif kind == "AT_TIMESTAMP":
            times = [record.time for record in kept if record.time <= self.now] or [self.now]
            moment = data.draw(st.sampled_from(times) | st.integers(min(0, self.now) - HOUR, self.now), label="moment")
            back = timedelta(milliseconds=self.now - moment)
            params = {"Timestamp": self.cloud.clock.now() - back}
            second = moment // 1000 * 1000  # what a client sends of it
            first = next((place for place, record in enumerate(kept) if record.time >= second), len(kept))
            expected = kept[first:]
        else:
            params = {}
            expected = kept if kind == "TRIM_HORIZON" else []
        got = read_all(self.kinesis, "s", index, kind, **params)
        assert [record["Data"] for record in got] == [record.data for record in expected]

    @rule(data=st.data(), limit=st.integers(1, 3))
    def read_in_pages(self, data: st.DataObject, limit: int) -> None:
        index = data.draw(st.sampled_from(self.listed()), label="shard")
        shard = self.shards[index]
        expected = [record.data for record in self.kept(index)]
        got: list[bytes] = []
        place: str | None = iterator(self.kinesis, "s", index)
        for _ in range(len(expected) // limit + 1):
            assert place is not None
            answer = self.kinesis.get_records(ShardIterator=place, Limit=limit)
            got += [record["Data"] for record in answer["Records"]]
            place = answer.get("NextShardIterator")
            if place is None and not answer["Records"]:
                assert shard.closed is not None
                assert answer["MillisBehindLatest"] == max(0, (self.now - shard.closed) // 1000 * 1000)
            else:
                assert (answer["MillisBehindLatest"] == 0) == (got == expected)
            assert (place is None) == (shard.closed is not None and got == expected)
            if place is None:
                assert ids_of(answer["ChildShards"]) == shard.children
                break
        assert got == expected

    @invariant()
    def everything_agrees(self) -> None:
        if not self.shards:
            return
        check_state(self.cloud)
        listing = shards_of(self.kinesis, "s")
        assert ids_of(listing) == self.listed()
        started: dict[int, str] = {}
        ended: dict[int, Any] = {}
        for described in listing:
            index = int(described["ShardId"][-12:])
            shard = self.shards[index]
            assert hash_range(described) == (shard.low, shard.high)
            parents = [described.get(name) for name in ("ParentShardId", "AdjacentParentShardId")]
            assert [parent for parent in parents if parent] == [shard_id(parent) for parent in shard.parents]
            ends = numbers(described)
            assert ("EndingSequenceNumber" in ends) == (shard.closed is not None)
            started[index], ended[index] = ends["StartingSequenceNumber"], ends.get("EndingSequenceNumber")
            for parent in shard.parents:
                if parent in ended:
                    assert ended[parent] < started[index]
            for record in shard.records:
                assert int(ends["StartingSequenceNumber"]) < int(record.number)
                assert shard.closed is None or int(record.number) < int(ends["EndingSequenceNumber"])
            got = read_all(self.kinesis, "s", index)
            assert [(record["Data"], record["PartitionKey"], record["SequenceNumber"]) for record in got] == [
                (record.data, record.key, record.number) for record in self.kept(index)
            ]
        ranges = [hash_range(shard) for shard in open_shards(self.kinesis, "s")]
        assert ids_of(open_shards(self.kinesis, "s")) == self.open()
        assert ranges[0][0] == 0
        assert ranges[-1][1] == TOP
        assert all(lower[1] + 1 == upper[0] for lower, upper in pairwise(ranges))


class StreamPutBack(StreamMachine):
    """The same on a clock that is put back at times, as freezegun does to the wall clock: nothing is lost by it."""

    def new_clock(self) -> Any:
        self.clock = SettableClock()
        return self.clock

    @rule(milliseconds=st.sampled_from([1, 1000, HOUR, 5 * HOUR, 24 * HOUR]))
    def put_back(self, milliseconds: int) -> None:
        self.sweep()  # every step looks at all there is
        self.clock.move(-milliseconds / 1000)
        self.now -= milliseconds


TestStream = StreamMachine.TestCase
TestStream.settings = settings(max_examples=deep(40), stateful_step_count=30)
TestStreamPutBack = StreamPutBack.TestCase
TestStreamPutBack.settings = settings(max_examples=deep(40), stateful_step_count=30)
