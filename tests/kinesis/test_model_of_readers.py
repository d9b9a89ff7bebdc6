"""A reader of a shard that can be cancelled at any event, against an obvious model.

Records are put, the shard is split, the consumer is deleted, time passes; and at any of it the task that waits for the
next event may be cancelled, before it has seen what it was just handed. Then that was never sent: it comes again.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import minicloud
from tests.kinesis.support import ARN, MIDDLE, check_state, data_of, shard_id
from tests.support.depth import deep
from tests.support.strikes import by_profile
from tests.support.ways import error_class

LIFETIME = 300_000
HEARTBEAT = 5_000
TICKS = 5
"""How often the loop turns after each rule: more than it takes a task to come to its end."""


class Model:
    """Where a subscription stands; times are milliseconds."""

    def __init__(self) -> None:
        self.records: list[bytes] = []
        self.position = 0
        self.is_split = False
        self.is_deleted = False
        self.has_ended = False

    def state(self) -> tuple[int, bool]:
        return self.position, self.has_ended

    def restore(self, state: tuple[int, bool]) -> None:
        self.position, self.has_ended = state

    def next_event(self, now: int) -> Any:
        """Records and whether children came with them; an error's code; "end"; or None when there is nothing yet."""
        if self.has_ended:
            return "end"
        if self.is_deleted:
            self.has_ended = True
            return "ResourceNotFoundException"
        if now >= LIFETIME:
            self.has_ended = True
            return "end"
        if self.position < len(self.records) or self.is_split:
            event = self.records[self.position :], self.is_split
            self.position, self.has_ended = len(self.records), self.is_split
            return event
        return None


class Readers(RuleBasedStateMachine):
    """One shard, one subscription, and the task that waits for its next event."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.cloud = minicloud.Cloud(clock="frozen", seed=1)
        self.kinesis, self.aio = self.cloud.client("kinesis"), self.cloud.async_client("kinesis")
        self.model = Model()
        self.task: asyncio.Task[Any] | None = None
        self.since = 0
        """When the task began to wait."""
        self.now = 0
        self.counter = 0

    @initialize()
    def subscribe(self) -> None:
        self.kinesis.create_stream(StreamName="s", ShardCount=1)
        answer = self.kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")
        self.consumer = answer["Consumer"]["ConsumerARN"]
        call = self.aio.subscribe_to_shard(
            ConsumerARN=self.consumer, ShardId=shard_id(0), StartingPosition={"Type": "TRIM_HORIZON"}
        )
        self.events = self.loop.run_until_complete(call)["EventStream"]

    # --- the reader ---------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.task is None)
    @rule()
    def read(self) -> None:
        self.task = self.loop.create_task(self.next_event())
        self.since = self.now
        expected = self.model.next_event(self.now)
        self.turn()
        if expected is not None:
            self.check(expected)
        else:
            assert not self.task.done()

    async def next_event(self) -> Any:
        async for event in self.events:
            return event["SubscribeToShardEvent"]
        return "end"

    @precondition(lambda self: self.task is not None)
    @rule()
    def cancel(self) -> None:
        self.end_task()

    def happen(self, cancelled: bool) -> None:
        """Something has happened that may give the reader its event; it may be cancelled before it has run."""
        if self.task is None:
            return
        before = self.model.state()
        expected = self.model.next_event(self.now)
        if cancelled:
            self.model.restore(before)
            self.end_task()
        else:
            self.turn()
            if expected is not None:
                self.check(expected)
            else:
                assert not self.task.done()

    # --- what happens -------------------------------------------------------------------------------------------------

    @precondition(lambda self: not self.model.is_split and not self.model.is_deleted)
    @rule(count=st.integers(1, 3), cancelled=st.booleans())
    def put(self, count: int, cancelled: bool) -> None:
        datas = [b"%d" % number for number in range(self.counter, self.counter + count)]
        self.counter += count
        self.model.records += datas
        self.kinesis.put_records(StreamName="s", Records=[{"Data": data, "PartitionKey": "p"} for data in datas])
        self.happen(cancelled)

    @precondition(lambda self: not self.model.is_split and not self.model.is_deleted)
    @rule(n=st.integers(1, 90), cancelled=st.booleans())
    def interrupt_put(self, n: int, cancelled: bool) -> None:
        """An exception comes into it: if the record is there, it comes to the reader."""
        data = b"%d" % self.counter
        self.counter += 1
        by_profile(lambda: self.kinesis.put_record(StreamName="s", Data=data, PartitionKey="p"), n)
        if data in [record.data for record in self.cloud.stream("s").records]:  # whoever looks first mends
            self.model.records.append(data)
        self.happen(cancelled)

    @precondition(lambda self: not self.model.is_split and (self.task is not None or self.counter > 6))
    @rule(cancelled=st.booleans())
    def split(self, cancelled: bool) -> None:
        self.model.is_split = True
        self.kinesis.split_shard(StreamName="s", ShardToSplit=shard_id(0), NewStartingHashKey=str(MIDDLE))
        self.happen(cancelled)

    @precondition(lambda self: not self.model.is_deleted and (self.task is not None or self.counter > 6))
    @rule(cancelled=st.booleans())
    def delete_consumer(self, cancelled: bool) -> None:
        self.model.is_deleted = True
        self.kinesis.deregister_stream_consumer(ConsumerARN=self.consumer)
        self.happen(cancelled)

    @rule(milliseconds=st.sampled_from([1, 1000, 4999]))
    def advance(self, milliseconds: int) -> None:
        """Not as far as the next event that comes by itself."""
        if self.task is not None:
            milliseconds = min(milliseconds, min(self.since + HEARTBEAT, LIFETIME) - self.now - 1)
        if milliseconds > 0:
            self.advance_clock(milliseconds)
        self.happen(cancelled=False)

    @precondition(lambda self: self.task is not None)
    @rule(cancelled=st.booleans())
    def advance_to_the_next_event(self, cancelled: bool) -> None:
        """A heartbeat, or the end of the five minutes."""
        self.advance_clock(min(self.since + HEARTBEAT, LIFETIME) - self.now)
        if cancelled:
            self.end_task()
        else:
            self.turn()
            if self.now >= LIFETIME:
                self.model.has_ended = True
            self.check("end" if self.now >= LIFETIME else ([], False))

    @precondition(lambda self: self.task is None and self.counter > 6)
    @rule(early=st.sampled_from([0, 1]))
    def advance_to_the_end(self, early: int) -> None:
        """While nobody waits."""
        if self.now < LIFETIME - early:
            self.advance_clock(LIFETIME - early - self.now)

    @invariant()
    def all_is_derived_right(self) -> None:
        check_state(self.cloud)

    # --- between the rules --------------------------------------------------------------------------------------------

    def advance_clock(self, milliseconds: int) -> None:
        self.cloud.clock.advance(timedelta(milliseconds=milliseconds))
        self.now += milliseconds

    def turn(self) -> None:
        async def turns() -> None:
            for _ in range(TICKS):
                await asyncio.sleep(0)

        self.loop.run_until_complete(turns())

    def end_task(self) -> None:
        assert self.task is not None
        self.task.cancel()
        self.turn()
        assert self.task.cancelled()
        self.task = None

    def check(self, expected: Any) -> None:
        """The task has come to its end with what was expected."""
        task, self.task = self.task, None
        assert task is not None
        assert task.done()
        error = task.exception()
        if isinstance(error, error_class("EventStreamError")):
            assert error.response["Error"]["Code"] == expected  # type: ignore[attr-defined]
            return
        event = task.result()
        if event == "end":
            assert expected == "end"
        else:
            assert (data_of(event["Records"]), "ChildShards" in event) == expected
            assert event["MillisBehindLatest"] == 0

    def teardown(self) -> None:
        if self.task is not None:
            self.end_task()
        self.turn()
        self.loop.close()
        self.cloud.close()


TestReaders = Readers.TestCase
TestReaders.settings = settings(max_examples=deep(150), stateful_step_count=30, deadline=None)
