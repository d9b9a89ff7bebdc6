"""A mapping of a stream, whatever happens to it: no record is passed over, none is handled twice, and those of a key
are handled in order.

Each record that was put ends handled, filtered, discarded (with a record of that at the destination), expired, or is
still ahead of the mapping. What the function does is decided by the records themselves: how often each of them fails.
"""

from __future__ import annotations

import copy
import json
from base64 import b64decode
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import minicloud
from tests.support.depth import deep
from tests.support.strikes import by_profile

FOR_EVER = 10**9
KEYS = st.sampled_from(["a", "b", "c", "d", "e"])
FAILURES = st.sampled_from([0, 0, 0, 0, 1, 2, 5, FOR_EVER])
"""How many runs fail at a record."""
RECORDS = st.lists(st.tuples(KEYS, FAILURES, st.integers(0, 4)), min_size=1, max_size=7)
HANDLERS = "engine/turns.py", "engine/errands.py", "engine/function_runs.py"
"""Whoever runs handlers: what comes into these is a failed run, and may have done all the same."""


class Broken(Exception):
    """What the function fails with."""


class Mapped(RuleBasedStateMachine):
    """A stream, a function that handles it, and what became of each record."""

    OWN = "put", "failures", "handled", "open_windows", "lost_windows", "down"
    """What a snapshot has to remember of the model."""

    def __init__(self) -> None:
        super().__init__()
        self.remembered: Any = None
        self.interrupted = False
        """What was interrupted may be missing from the trace."""
        self.stack = ExitStack()
        self.cloud = minicloud.Cloud(clock="virtual", seed=1, trace=True)
        self.cloud.trace.start(limit=None)
        self.kinesis = self.cloud.client("kinesis")
        self.aws_lambda = self.cloud.client("lambda")
        self.sqs = self.cloud.client("sqs")
        two_weeks = {"MessageRetentionPeriod": "1209600"}
        self.given_up = self.sqs.create_queue(QueueName="given-up", Attributes=two_weeks)["QueueUrl"]
        self.put: dict[int, tuple[str, bool, str]] = {}
        """By number: the key, whether it is wanted, and the sequence number."""
        self.count = 0
        self.failures: Counter[int] = Counter()
        self.handled: list[int] = []
        self.open_windows: dict[str, list[int]] = {}
        """By shard, what the state of its window has to be."""
        self.lost_windows: Counter[str] = Counter()
        self.down = False
        self.mapping: Any = None

    @initialize(
        shards=st.integers(1, 3),
        parameters=st.fixed_dictionaries(
            {
                "BatchSize": st.integers(1, 5),
                "MaximumBatchingWindowInSeconds": st.sampled_from([0, 0, 1, 10]),
                "BisectBatchOnFunctionError": st.booleans(),
                "MaximumRetryAttempts": st.sampled_from([-1, 0, 1, 3]),
                "MaximumRecordAgeInSeconds": st.sampled_from([-1, -1, 60]),
            }
        ),
        lanes=st.integers(1, 3),
        window=st.sampled_from([0, 0, 30]),
        reports=st.booleans(),
        filters=st.booleans(),
        takes=st.sampled_from([0, 0, 3, 20]),
        records=RECORDS,
    )
    def begin(
        self,
        shards: int,
        parameters: dict[str, Any],
        lanes: int,
        window: int,
        reports: bool,
        filters: bool,
        takes: int,
        records: list[tuple[str, int, int]],
    ) -> None:
        self.kinesis.create_stream(StreamName="s", ShardCount=shards)
        self.reports, self.window, self.filters = reports, window, filters
        self.cloud.function("f", self.run, takes=takes, timeout=60)
        self.put_records(records)
        if window:
            parameters["TumblingWindowInSeconds"] = window
        else:
            parameters["ParallelizationFactor"] = lanes
        if reports:
            parameters["FunctionResponseTypes"] = ["ReportBatchItemFailures"]
        if filters:
            parameters["FilterCriteria"] = {"Filters": [{"Pattern": '{"data": {"wanted": [true]}}'}]}
        destination = self.cloud.queue(self.given_up).arn
        parameters["DestinationConfig"] = {"OnFailure": {"Destination": destination}}
        self.mapping = self.cloud.event_source_mapping("s", "f", **parameters)

    # --- the function -------------------------------------------------------------------------------------------------

    def run(self, event: dict[str, Any], _: object) -> object:
        records = event["Records"]
        numbers = [json.loads(b64decode(record["kinesis"]["data"]))["number"] for record in records]
        if self.down:
            raise Broken
        state: dict[str, Any] = {}
        if self.window:
            shard, state = event["shardId"], event["state"]
            ends = [one for one in self.discarded if not one.details["records"] and one.details["shard"] == shard]
            if len(ends) > self.lost_windows[shard]:
                self.lost_windows[shard] = len(ends)  # its last run was given up, and the next one begins anew
                self.open_windows.pop(shard, None)
            assert state.get("numbers", []) == self.open_windows.get(shard, [])
            if event["isFinalInvokeForWindow"]:
                assert not records
                del self.open_windows[shard]
                return {}
        failed = next((number for number in numbers if self.failures[number]), None)
        done = numbers
        if failed is not None:
            self.failures[failed] -= 1
            done = numbers[: numbers.index(failed)]
            if not self.reports:
                raise Broken
        self.handled += done
        answer: dict[str, Any] = {}
        if self.window:
            if done:
                self.open_windows.setdefault(shard, []).extend(done)
            answer["state"] = {"numbers": state.get("numbers", []) + done}
        if failed is not None:
            number = records[len(done)]["kinesis"]["sequenceNumber"]
            answer["batchItemFailures"] = [{"itemIdentifier": number}]
        return answer

    # --- what happens -------------------------------------------------------------------------------------------------

    def entries(self, records: list[tuple[str, int, int]]) -> list[dict[str, Any]]:
        entries = []
        for key, failures, unwanted in records:
            number = self.count
            self.count += 1
            self.failures[number] = failures
            data = {"number": number, "wanted": unwanted > 0}
            entries.append({"Data": json.dumps(data).encode(), "PartitionKey": key})
            self.put[number] = key, unwanted > 0 or not self.filters, ""
        return entries

    @rule(records=RECORDS)
    def put_records(self, records: list[tuple[str, int, int]]) -> None:
        first = self.count
        answers = self.kinesis.put_records(StreamName="s", Records=self.entries(records))["Records"]
        for number, answer in enumerate(answers, first):
            key, wanted, _ = self.put[number]
            self.put[number] = key, wanted, answer["SequenceNumber"]

    @rule(n=st.integers(1, 600), records=RECORDS)
    def interrupt_put(self, n: int, records: list[tuple[str, int, int]]) -> None:
        """The first ones were put, or none, or all."""
        first, entries = self.count, self.entries(records)
        self.interrupt(lambda: self.kinesis.put_records(StreamName="s", Records=entries), n)
        there = {json.loads(one.data)["number"]: one.sequence_number for one in self.cloud.stream("s").records}
        for number in range(first, self.count):
            key, wanted, _ = self.put.pop(number)
            if number in there:
                self.put[number] = key, wanted, there[number]

    @rule(n=st.integers(1, 1_000), seconds=st.sampled_from([0.5, 5, 100]))
    def interrupt_wait(self, n: int, seconds: float) -> None:
        self.interrupt(lambda: self.cloud.clock.advance(seconds), n)

    @rule(n=st.integers(1, 400), enabled=st.booleans())
    def interrupt_enable(self, n: int, enabled: bool) -> None:
        self.interrupt(self.mapping.enable if enabled else self.mapping.disable, n)

    def interrupt(self, call: Callable[[], object], n: int) -> None:
        by_profile(call, n, passes_by=HANDLERS)
        self.interrupted = True
        self.cloud.clock.advance(0)  # whoever comes next does what was left

    @rule(seconds=st.sampled_from([0.2, 1, 5, 30, 100]))
    def wait(self, seconds: float) -> None:
        self.cloud.clock.advance(seconds)

    @rule(pick=st.integers(0, 7))
    def split(self, pick: int) -> None:
        open_shards = self._open_shards()
        shard = open_shards[pick % len(open_shards)]
        low, high = (int(shard["HashKeyRange"][name]) for name in ("StartingHashKey", "EndingHashKey"))
        if len(open_shards) < 5 and high - low > 4:
            self.kinesis.split_shard(
                StreamName="s", ShardToSplit=shard["ShardId"], NewStartingHashKey=str((low + high) // 2)
            )

    @rule(pick=st.integers(0, 7))
    def merge(self, pick: int) -> None:
        open_shards = sorted(self._open_shards(), key=lambda one: int(one["HashKeyRange"]["StartingHashKey"]))
        if len(open_shards) > 1:
            first, second = open_shards[pick % (len(open_shards) - 1) :][:2]
            self.kinesis.merge_shards(
                StreamName="s", ShardToMerge=first["ShardId"], AdjacentShardToMerge=second["ShardId"]
            )

    def _open_shards(self) -> list[Any]:
        shards = self.kinesis.list_shards(StreamName="s")["Shards"]
        return [shard for shard in shards if "EndingSequenceNumber" not in shard["SequenceNumberRange"]]

    @rule(enabled=st.booleans())
    def enable(self, enabled: bool) -> None:
        (self.mapping.enable if enabled else self.mapping.disable)()

    @rule(down=st.booleans())
    def break_down(self, down: bool) -> None:
        self.down = down

    @rule(concurrency=st.sampled_from([0, None]))
    def throttle(self, concurrency: int | None) -> None:
        if concurrency is None:
            self.aws_lambda.delete_function_concurrency(FunctionName="f")
        else:
            self.aws_lambda.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=concurrency)

    @rule(
        size=st.integers(1, 5),
        lanes=st.integers(1, 3),
        bisects=st.booleans(),
        retries=st.sampled_from([-1, 0, 2]),
    )
    def change(self, size: int, lanes: int, bisects: bool, retries: int) -> None:
        lanes = 1 if self.window else lanes
        self.aws_lambda.update_event_source_mapping(
            UUID=self.mapping.uuid,
            BatchSize=size,
            ParallelizationFactor=lanes,
            BisectBatchOnFunctionError=bisects,
            MaximumRetryAttempts=retries,
        )

    @rule()
    def remember(self) -> None:
        own = copy.deepcopy([getattr(self, name) for name in self.OWN])
        self.remembered = self.cloud.snapshot(), own

    @precondition(lambda self: self.remembered is not None)
    @rule()
    def go_back(self) -> None:
        snapshot, own = self.remembered
        self.cloud.restore(snapshot)
        for name, value in zip(self.OWN, copy.deepcopy(own), strict=True):
            setattr(self, name, value)

    @precondition(lambda self: self.mapping.state == "Disabled")
    @rule()
    def sleep_over(self) -> None:
        """Records go from the stream before anybody comes to read them."""
        self.cloud.clock.advance(60)
        self.cloud.clock.advance(25 * 3600)

    @property
    def discarded(self) -> list[Any]:
        return [event for event in self.cloud.trace if event.kind == "mapping.discarded"]

    # --- what holds ---------------------------------------------------------------------------------------------------

    @invariant()
    def each_record_has_one_end(self) -> None:
        if self.mapping is None:
            return
        handled = Counter(self.handled)
        assert not [number for number, times in handled.items() if times > 1], "handled twice"
        for key in "abcde":
            numbers = [number for number in self.handled if self.put[number][0] == key]
            assert numbers == sorted(numbers), "out of order"
        by_number = {number: own for own, (_, _, number) in self.put.items()}
        discarded = self.discarded
        ends = Counter(self.handled)
        for event in discarded:
            ends.update(by_number[number] for number in event.details.get("numbers", ()))
        assert not [number for number, times in ends.items() if times > 1], "handled and given up"
        assert all(self.put[number][1] for number in ends), "not wanted"
        expected = [
            (event.details["numbers"][0], event.details["numbers"][-1], event.details["records"])
            for event in discarded
            if event.details["why"] != "expired" and event.details["records"]
        ]
        assert self.interrupted or self.told == expected

    @property
    def told(self) -> list[tuple[str, str, int]]:
        """First and last number, and how many records, of what the destination was told of."""
        told = [json.loads(body)["KinesisBatchInfo"] for body in self.cloud.queue(self.given_up).bodies]
        return [(one["startSequenceNumber"], one["endSequenceNumber"], one["batchSize"]) for one in told]

    def teardown(self) -> None:
        try:
            if self.mapping is not None:
                self._let_all_end()
        finally:
            self.cloud.close()

    def _let_all_end(self) -> None:
        self.failures.clear()
        self.down = False
        self.throttle(None)
        self.mapping.enable()
        self.cloud.run_until_idle()
        self.each_record_has_one_end()
        discarded = self.discarded
        ended = set(self.handled)
        by_number = {number: own for own, (_, _, number) in self.put.items()}
        unnamed = 0
        for event in discarded:
            ended.update(by_number[number] for number in event.details.get("numbers", ()))
            unnamed += 0 if "numbers" in event.details else event.details["records"]
        if self.interrupted:
            ended |= {own for own, (*_, number) in self.put.items() for one in self.told if one[0] <= number <= one[1]}
            there = {json.loads(one.data)["number"] for one in self.cloud.stream("s").records}
            ended |= self.put.keys() - there
        left = [own for own, (_, wanted, _) in self.put.items() if wanted and own not in ended]
        assert len(left) <= unnamed, f"neither handled nor given up: {left}"
        given_up = {event.details["shard"] for event in discarded if not event.details["records"]}
        assert self.open_windows.keys() <= given_up, "a window that was not ended"
        untold = [one for one in discarded if one.details["why"] == "expired" or not one.details["records"]]
        if not self.interrupted and not untold:
            report = self.cloud.check_history(checks=["mapped"])
            assert report, str(report)


TestMapped = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")(Mapped.TestCase)
TestMapped.settings = settings(max_examples=deep(150), stateful_step_count=25)
