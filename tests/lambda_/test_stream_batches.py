"""Where batches of a stream begin and end: windows, sizes, filters, and shards that follow others."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest

import minicloud
from minicloud.inspection.verdicts import judge

MEGABYTE = 2**20
SHARDS = [f"shardId-{number:012d}" for number in range(6)]


class Stream:
    """A stream with a function, and what it is run with: by the data of records."""

    def __init__(self, cloud: minicloud.Cloud, name: str = "s", shards: int = 1) -> None:
        self.cloud = cloud
        self.name = name
        self.kinesis = cloud.client("kinesis")
        self.lambda_ = cloud.client("lambda")
        self.kinesis.create_stream(StreamName=name, ShardCount=shards)
        self.began = cloud.clock.now()
        self.events: list[dict[str, Any]] = []
        self.answer: Callable[[dict[str, Any]], Any] = lambda _: None

    def handle(self, event: Any, _: Any) -> Any:
        self.events.append(event)
        return self.answer(event)

    def map(self, *, takes: float = 0, **parameters: Any) -> Any:
        self.cloud.function("f", self.handle, takes=takes, timeout=900)
        return self.cloud.event_source_mapping(self.name, "f", **parameters)

    def put(self, *data: bytes, at: str | None = None, key: str = "k") -> None:
        """Put records; ``at`` is a hash key."""
        more = {} if at is None else {"ExplicitHashKey": at}
        for one in data:
            self.kinesis.put_record(StreamName=self.name, Data=one, PartitionKey=key, **more)

    @property
    def times(self) -> list[float]:
        """When each run began or was throttled, in seconds."""
        return [(run.started - self.began).total_seconds() for run in self.cloud.invocations]

    @property
    def handed(self) -> list[list[bytes]]:
        return [[b64decode(one["kinesis"]["data"]) for one in event["Records"]] for event in self.events]


@pytest.fixture
def stream(cloud: minicloud.Cloud) -> Stream:
    return Stream(cloud)


# --- tumbling windows -------------------------------------------------------------------------------------------------


def test_a_record_that_comes_when_a_window_ends_is_of_the_next_one(stream: Stream) -> None:
    """Also where the function is still at work for the window that has ended."""
    stream.answer = lambda event: {"state": {"n": event["state"].get("n", 0) + len(event["Records"])}}
    stream.map(TumblingWindowInSeconds=60, takes=90)
    stream.put(b"1")
    stream.cloud.clock.advance(59.999)
    stream.put(b"2")
    stream.cloud.clock.advance(0.001)
    stream.put(b"3")
    stream.cloud.clock.advance(600)
    seen = [
        (event["window"]["start"][14:19], event["state"], event["isFinalInvokeForWindow"]) for event in stream.events
    ]
    assert list(zip(stream.handed, seen, strict=True)) == [
        ([b"1"], ("00:00", {}, False)),
        ([b"2"], ("00:00", {"n": 1}, False)),
        ([], ("00:00", {"n": 2}, True)),
        ([b"3"], ("01:00", {}, False)),
        ([], ("01:00", {"n": 1}, True)),
    ]


@pytest.mark.parametrize(("letters", "early"), [(MEGABYTE - 2, False), (MEGABYTE - 1, True)])
def test_a_state_of_more_than_a_megabyte_ends_its_window(stream: Stream, letters: int, early: bool) -> None:
    """Counted as JSON, in which a text has quotes around it."""
    stream.answer = lambda _: {"state": "x" * letters}
    stream.map(TumblingWindowInSeconds=60)
    stream.put(b"1")
    assert [event["isFinalInvokeForWindow"] for event in stream.events] == [False, True][: 1 + early]
    stream.cloud.clock.advance(60)
    assert [event["isWindowTerminatedEarly"] for event in stream.events] == [False, early]


def test_a_window_that_is_open_outlives_any_change_of_lanes(stream: Stream) -> None:
    stream.answer = lambda _: {"state": "open"}
    mapping = stream.map(TumblingWindowInSeconds=120)
    stream.put(b"1")
    for lanes in (2, 3):
        stream.lambda_.update_event_source_mapping(
            UUID=mapping.uuid, TumblingWindowInSeconds=0, ParallelizationFactor=lanes
        )
    stream.cloud.clock.advance(120)
    (end,) = [event for event in stream.events if event.get("isFinalInvokeForWindow")]
    assert end["state"] == "open"


# --- sizes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("over", [0, 1])
def test_a_batch_has_six_megabytes_at_the_most(stream: Stream, over: int) -> None:
    """Data in base64, its key, the ARN of the stream, and what is around them: about the size of the event."""
    around = len("k") + len(stream.cloud.stream("s").arn) + 420
    sizes = [3 * 250_000 + rest for rest in (0, 1, 2)]
    encoded = [1_000_000, 1_000_004, 1_000_004]
    left = 6 * MEGABYTE - sum(encoded) * 2 - 7 * around
    stream.map(BatchSize=100, Enabled=False)
    last = left // 4 * 3
    stream.put(*[bytes(size) for size in (*sizes, *sizes, last + over)])
    (mapping,) = stream.lambda_.list_event_source_mappings()["EventSourceMappings"]
    stream.lambda_.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    assert left % 4 == 0
    assert [len(event["Records"]) for event in stream.events] == ([6, 1] if over else [7])
    assert abs(len(json.dumps(stream.events[0])) - (6 * MEGABYTE - over * left)) < 2_000


# --- pauses -----------------------------------------------------------------------------------------------------------


def test_what_is_left_of_a_batch_pauses_anew(stream: Stream) -> None:
    """Half a second after it was made, and twice as long each time it fails as a whole."""

    def answer(event: Any) -> Any:
        if len(event["Records"]) == 1:
            raise ValueError("no")
        return {"batchItemFailures": [{"itemIdentifier": event["Records"][1]["kinesis"]["sequenceNumber"]}]}

    stream.answer = answer
    stream.map(FunctionResponseTypes=["ReportBatchItemFailures"], Enabled=False)
    stream.put(b"1", b"2")
    (mapping,) = stream.lambda_.list_event_source_mappings()["EventSourceMappings"]
    stream.lambda_.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    stream.cloud.clock.advance(10)
    assert stream.times == [0, 0.5, 1.5, 3.5, 7.5]


def test_what_pauses_when_a_mapping_is_disabled_is_tried_anew(stream: Stream) -> None:
    """At once when it is enabled again, as if it had not been tried."""

    def fail(_: Any) -> None:
        raise ValueError("no")

    stream.answer = fail
    mapping = stream.map(MaximumRetryAttempts=1)
    stream.put(b"1")
    stream.cloud.clock.advance(0.25)
    mapping.disable()
    mapping.enable()
    stream.cloud.run_until_idle()
    assert stream.times == [0, 0.25, 0.75]


def test_what_is_throttled_pauses_twice_as_long_each_time_and_begins_anew_when_it_has_run(stream: Stream) -> None:
    def fail(_: Any) -> None:
        raise ValueError("no")

    stream.answer = fail
    stream.map()
    stream.lambda_.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    stream.put(b"1")
    stream.cloud.clock.advance(3)
    stream.lambda_.delete_function_concurrency(FunctionName="f")
    stream.cloud.clock.advance(0.5)
    stream.lambda_.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    stream.cloud.clock.advance(5)
    outcomes = [(run.outcome, when) for run, when in zip(stream.cloud.invocations, stream.times, strict=True)]
    assert outcomes == [
        *(("throttled", when) for when in (0, 0.5, 1.5)),
        ("error", 3.5),
        *(("throttled", when) for when in (4, 4.5, 5.5, 7.5)),
    ]


# --- filters ----------------------------------------------------------------------------------------------------------


def test_a_filter_may_ask_when_a_record_was_put(stream: Stream) -> None:
    """In seconds, to the millisecond."""
    stream.cloud.clock.advance(0.125)
    moment = stream.cloud.clock.now().timestamp()
    pattern = json.dumps({"approximateArrivalTimestamp": [{"numeric": ["=", moment]}]})
    stream.map(FilterCriteria={"Filters": [{"Pattern": pattern}]})
    stream.put(b"then")
    stream.cloud.clock.advance(0.001)
    stream.put(b"later")
    assert stream.handed == [[b"then"]]


@pytest.mark.parametrize("wanted", [True, False])
def test_a_filter_sees_what_a_record_says_of_itself(stream: Stream, wanted: bool) -> None:
    stream.put(b"1")
    (number,) = [one.sequence_number for one in stream.cloud.stream("s").records]
    pattern = {
        "kinesisSchemaVersion": ["1.0"],
        "partitionKey": ["k"],
        "sequenceNumber": [number if wanted else f"{number}0"],
    }
    stream.map(FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)}]})
    assert stream.handed == ([[b"1"]] if wanted else [])


# --- shards that follow others ----------------------------------------------------------------------------------------


def test_a_shard_waits_for_all_that_came_before_it_also_before_its_parents(cloud: minicloud.Cloud) -> None:
    """One parent of a merged shard is done long before the other one, whose own parent is not, has begun."""
    stream = Stream(cloud, shards=2)
    upper, middle = 2**127, 2**127 + 2**126
    stuck = True

    def answer(event: Any) -> None:
        if stuck and event["Records"][0]["kinesis"]["data"] == "c3R1Y2s=":
            raise ValueError("stuck")

    stream.answer = answer
    stream.map()
    stream.put(b"stuck", at=str(upper))
    stream.kinesis.split_shard(StreamName="s", ShardToSplit=SHARDS[1], NewStartingHashKey=str(middle))
    stream.put(b"behind it", at=str(upper))
    stream.put(b"beside it", at="0")
    stream.kinesis.merge_shards(StreamName="s", ShardToMerge=SHARDS[0], AdjacentShardToMerge=SHARDS[2])
    stream.put(b"last", at="0")
    cloud.clock.advance(100)
    done = [run.event["Records"] for run in cloud.invocations if run.outcome == "success"]
    assert [b64decode(one["kinesis"]["data"]) for records in done for one in records] == [b"beside it"]
    stuck = False
    cloud.run_until_idle()
    assert stream.handed[-3:] == [[b"stuck"], [b"behind it"], [b"last"]]


# --- what is owed -----------------------------------------------------------------------------------------------------


def test_a_run_that_lasts_is_owed(cloud: minicloud.Cloud) -> None:
    name = "s" * 128
    stream = Stream(cloud, name)
    stream.map(takes=100)
    assert judge(cloud, ["nothing_owed"]) == ""
    stream.put(b"1")
    said = judge(cloud, ["nothing_owed"])
    assert f"a run of f for kinesis:{name[:100]}" in said
    cloud.clock.advance(100)
    assert judge(cloud, ["nothing_owed"]) == ""
