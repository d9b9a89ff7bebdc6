"""Mappings at their edges: states that only an interruption leaves, what is done twice, what is mended."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest

import minicloud

from .inside import facts, mapping_of, state_of
from .queue_stage import Stage

# --- mappings of queues -----------------------------------------------------------------------------------------------


def test_mappings_in_pages(cloud: minicloud.Cloud) -> None:
    """A page goes on behind the last one of the page before."""
    sqs, lambda_ = cloud.client("sqs"), cloud.client("lambda")
    cloud.function("f", lambda *_: None)
    made = []
    for number in range(5):
        sqs.create_queue(QueueName=f"q{number}")
        made.append(cloud.event_source_mapping(f"q{number}", "f").uuid)
    pages: list[list[str]] = []
    marker: dict[str, Any] = {}
    while True:
        page: Any = lambda_.list_event_source_mappings(MaxItems=2, **marker)
        pages.append([one["UUID"] for one in page["EventSourceMappings"]])
        if "NextMarker" not in page:
            break
        marker = {"Marker": page["NextMarker"]}
        assert len(pages) < 5
    assert pages == [made[:2], made[2:4], made[4:]]


def open_batch(s: Stage, *bodies: str) -> Any:
    """A batch of these that waits for its window to end."""
    url = s.queue(VisibilityTimeout=60)
    s.function()
    s.cloud.event_source_mapping(url, "f", MaximumBatchingWindowInSeconds=10)
    s.send(url, *bodies)
    (batch,) = mapping_of(s.cloud).batches
    return batch


def test_what_was_not_taken_in_the_end_is_not_deleted() -> None:
    """Also where the filters did not want it; what was taken, and not deleted yet, is."""
    s = Stage()
    batch = open_batch(s, "a", "b")
    mapping, now = mapping_of(s.cloud), s.cloud.clock.time_ns()
    takes = [type(batch.takes[0][0])(now) for _ in range(2)]
    for take, message in zip(takes, batch.messages, strict=True):
        take.dropped = [message["ReceiptHandle"]]
    takes[1].happened = True
    mapping._to_drop += takes
    mapping.mend(now)
    assert mapping._to_drop == takes[1:]
    s.cloud.clock.advance(0)
    assert (mapping._to_drop, s.counts()) == ([], (0, 0, 1))
    mapping._to_drop.append(takes[0])
    mapping._carry_on(now)
    assert (mapping._to_drop, s.counts()) == ([], (0, 0, 1))


def test_all_that_is_to_be_deleted_unseen_is() -> None:
    """However many takes it is of: each in its turn."""
    s = Stage()
    batch = open_batch(s, "a", "b", "c")
    mapping, now = mapping_of(s.cloud), s.cloud.clock.time_ns()
    takes = [type(batch.takes[0][0])(now) for _ in range(3)]
    for take, message in zip(takes, batch.messages, strict=True):
        take.dropped = [message["ReceiptHandle"]]
        take.happened = take is not takes[1]
    mapping._to_drop += takes
    mapping._carry_on(now)
    assert (mapping._to_drop, s.counts()) == ([], (0, 0, 1))


def with_a_batch_that_runs() -> tuple[Stage, str, Any, Any]:
    """A function that runs with a message of a queue; the queue, the mapping, and its batch."""
    s = Stage()
    url = s.queue(VisibilityTimeout=60)
    s.function(takes=5, timeout=10)
    s.cloud.event_source_mapping(url, "f", BatchSize=1)
    s.send(url, "a")
    mapping = mapping_of(s.cloud)
    (batch,) = mapping.batches
    return s, url, mapping, batch


def test_a_run_that_ends_twice_is_done_once() -> None:
    """The second time its batch is none of the mapping's any more; that goes on reading."""
    s, url, mapping, batch = with_a_batch_that_runs()
    now, run = s.cloud.clock.time_ns(), batch.run
    s.cloud.clock.advance(5)
    assert (len(facts(s.cloud, "mapping.handled")), mapping.batches) == (1, {})
    mapping.source.detach(mapping)
    mapping._in_line = False
    s.send(url, "b")
    assert s.batches == [["a"]]
    mapping.ended(batch, now, run)
    assert mapping.in_flight == 1  # without anybody else's doing
    s.cloud.clock.advance(1)
    s.cloud.run_until_idle()
    assert s.batches == [["a"], ["b"]]
    assert len(facts(s.cloud, "mapping.handled")) == 2  # once of each


def test_a_function_that_is_made_anew_as_a_batch_begins_is_run_with_it() -> None:
    """The one of that name; there was another one when it was asked first."""
    s = Stage()
    batch = open_batch(s, "a")
    mapping = mapping_of(s.cloud)
    former = mapping.current.resolved
    s.lambda_.delete_function(FunctionName="f")
    s.function()
    mapping.current = mapping.current._replace(resolved=former)
    s.cloud.clock.advance(10)
    assert (s.batches, s.counts()) == ([["a"]], (0, 0, 0))
    assert batch not in mapping.batches


def begun(mended: float | None) -> tuple[list[float], list[list[str]], tuple[int, int, int]]:
    """What is run, and when, where one batch runs, one is throttled, one is open, and all is mended at a moment."""
    s = Stage()
    url = s.queue(VisibilityTimeout=60)
    s.function(takes=5, timeout=10, reserved_concurrency=1)
    s.cloud.event_source_mapping(url, "f", BatchSize=2, MaximumBatchingWindowInSeconds=10)
    s.send(url, *"12345")
    if mended is not None:
        s.cloud.clock.advance(mended)
        mapping_of(s.cloud).mend(s.cloud.clock.time_ns())
    s.cloud.clock.advance(6 - (mended or 0))
    s.send(url, "6", "7")
    s.cloud.clock.advance(100)
    return s.times, s.batches, s.counts()


@pytest.mark.parametrize("moment", [0, 0.5, 1, 2, 5, 5.5])
def test_a_mapping_of_a_queue_that_is_mended_goes_on_as_one_that_is_not(moment: float) -> None:
    assert begun(moment) == begun(None)


def test_a_mapping_without_room_takes_nothing() -> None:
    s = Stage()
    url = s.queue(VisibilityTimeout=60)
    s.function(takes=5, timeout=10)
    mapped = s.cloud.event_source_mapping(url, "f", BatchSize=1)
    mapping, now = mapping_of(s.cloud), s.cloud.clock.time_ns()
    assert mapping.look(now) is False
    mapped.disable()
    s.send(url, "a")
    assert (mapping.look(now), s.counts()) == (False, (1, 0, 0))


def test_a_batch_that_waits_to_begin_is_let_go_of_when_its_mapping_reads_no_more() -> None:
    s = Stage()
    batch = open_batch(s, "a")
    mapping, now = mapping_of(s.cloud), s.cloud.clock.time_ns()
    mapping.has_ended = True
    mapping._begin(now, batch)
    assert (mapping.batches, s.batches, mapping.last_result) == ({}, [], "No records processed")
    assert (batch.run, list(state_of(s.cloud).running)) == (None, [])


def test_a_batch_of_which_nothing_was_taken_is_none() -> None:
    s = Stage()
    batch = open_batch(s, "a")
    mapping, now = mapping_of(s.cloud), s.cloud.clock.time_ns()
    for take, _ in batch.takes:
        take.happened = False
    mapping.mend(now)
    assert mapping.batches == {}
    s.cloud.clock.advance(60)
    s.cloud.clock.advance(10)
    assert s.batches == [["a"]]  # it came back


def test_a_batch_that_is_complete_begins_when_that_is_mended() -> None:
    """As it had not begun; the same by whoever goes on."""
    s = Stage()
    batch = open_batch(s, "a")
    mapping, now = mapping_of(s.cloud), s.cloud.clock.time_ns()
    mapping._close(batch)
    mapping.mend(now)
    assert (mapping._to_begin, mapping._open) == ([batch], None)
    s.cloud.clock.advance(1)
    assert (s.batches, s.counts()) == ([["a"]], (0, 0, 0))


def test_a_batch_that_was_begun_or_is_gone_does_not_begin() -> None:
    s, _, mapping, batch = with_a_batch_that_runs()
    now, run = s.cloud.clock.time_ns(), batch.run
    mapping._begin(now, batch)
    assert batch.run is run
    del mapping.batches[batch]
    batch.happened = False
    mapping._begin(now, batch)
    assert (batch.run, len(state_of(s.cloud).running)) == (run, 1)


# --- mappings of streams ----------------------------------------------------------------------------------------------


class Clicks:
    """A stream of one shard, a mapping of it, and the records that its function was given: a letter each."""

    def __init__(self, cloud: minicloud.Cloud, bad: str = "", **parameters: Any) -> None:
        self.cloud, self.bad = cloud, bad
        self.batches: list[str] = []
        self.kinesis: Any = cloud.client("kinesis")
        self.kinesis.create_stream(StreamName="s", ShardCount=1)
        cloud.clock.advance(30)
        cloud.function("f", self.handle)
        self.mapping = cloud.event_source_mapping("s", "f", **parameters)

    def handle(self, event: Any, _: Any) -> Any:
        records = [one["kinesis"] for one in event["Records"]]
        letters = b"".join(b64decode(one["data"]) for one in records).decode()
        self.batches.append(letters)
        failed = [one["sequenceNumber"] for one, letter in zip(records, letters, strict=True) if letter in self.bad]
        return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}

    def put(self, letters: str) -> list[str]:
        records = [{"Data": letter.encode(), "PartitionKey": letter} for letter in letters]
        answer = self.kinesis.put_records(StreamName="s", Records=records)
        return [one["SequenceNumber"] for one in answer["Records"]]


def test_how_far_a_shard_is_done_when_a_part_of_a_batch_has_failed(cloud: minicloud.Cloud) -> None:
    clicks = Clicks(cloud, "c", FunctionResponseTypes=["ReportBatchItemFailures"])
    numbers = clicks.put("abcde")
    (position,) = mapping_of(cloud).positions.values()
    assert position == numbers[1]
    assert any("3 records of s" in one for one in state_of(cloud).owed(cloud.clock.time_ns()))


def test_what_is_gathered_is_gathered_anew_by_other_filters(cloud: minicloud.Cloud) -> None:
    clicks = Clicks(cloud, MaximumBatchingWindowInSeconds=60)
    clicks.put("123")
    pattern = {"Filters": [{"Pattern": '{"partitionKey": [{"anything-but": "2"}]}'}]}
    cloud.client("lambda").update_event_source_mapping(UUID=clicks.mapping.uuid, FilterCriteria=pattern)  # type: ignore[arg-type]
    cloud.clock.advance(60)
    assert clicks.batches == ["13"]


def test_a_reset_leaves_nobody_who_reads_a_stream(cloud: minicloud.Cloud) -> None:
    clicks = Clicks(cloud, MaximumBatchingWindowInSeconds=60)
    clicks.put("a")
    mapping = mapping_of(cloud)
    (line,) = mapping.lines.values()
    state_of(cloud).reset()
    assert all(lane._alarm is None for lane in line.lanes)
    assert mapping.owed(0) is not None
    assert list(mapping.owed(cloud.clock.time_ns())) == []
    cloud.clock.advance(60)
    assert clicks.batches == []


def test_a_run_of_records_that_ends_twice_is_done_once(cloud: minicloud.Cloud) -> None:
    clicks = Clicks(cloud)
    cloud.function("f", clicks.handle, takes=2)
    clicks.put("a")
    (line,) = mapping_of(cloud).lines.values()
    (lane,) = line.lanes
    run, now = lane.progress.run, cloud.clock.time_ns()
    cloud.clock.advance(2)
    done = lane.progress
    assert (done.run, done.batch, len(facts(cloud, "mapping.handled"))) == (None, None, 1)
    lane._ended(now, run)
    assert (lane.progress, len(facts(cloud, "mapping.handled"))) == (done, 1)
    assert lane._start(now) is False  # there is no batch


@pytest.mark.parametrize(("key", "count"), [("k", 1), ("other", 0)])
def test_a_filter_that_asks_for_no_data_takes_records_whose_data_is_no_text(
    cloud: minicloud.Cloud, key: str, count: int
) -> None:
    clicks = Clicks(cloud)
    events: list[Any] = []
    cloud.function("f", lambda event, _: events.append(event))
    pattern: Any = {"Filters": [{"Pattern": '{"partitionKey": ["k"]}'}]}
    cloud.client("lambda").update_event_source_mapping(UUID=clicks.mapping.uuid, FilterCriteria=pattern)
    for data in (b"\xff", b"text", b'{"n": 1}'):
        events.clear()
        clicks.kinesis.put_record(StreamName="s", Data=data, PartitionKey=key)
        assert [len(event["Records"]) for event in events] == [1] * count


def handled(mended: float | None, **parameters: Any) -> Any:
    """Which records are run, and when, where some fail and others wait, and all is mended at a moment."""
    cloud = minicloud.Cloud(clock="virtual", seed=1)
    clicks = Clicks(cloud, "x", **parameters)
    clicks.put("abx")
    clicks.put("cd")
    if mended is not None:
        cloud.clock.advance(mended)
        mapping_of(cloud).mend(cloud.clock.time_ns())
    cloud.clock.advance(6 - (mended or 0))
    clicks.put("ef")
    cloud.clock.advance(200)
    runs = [(run.started, run.event) for run in cloud.invocations]
    return runs, clicks.batches, mapping_of(cloud).positions


SETTINGS: list[dict[str, Any]] = [
    {},
    {"MaximumBatchingWindowInSeconds": 5, "BatchSize": 2, "BisectBatchOnFunctionError": True},
    {"ParallelizationFactor": 3},
    {"FilterCriteria": {"Filters": [{"Pattern": '{"partitionKey": [{"anything-but": "b"}]}'}]}},
]


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("moment", [0, 0.7, 3])
def test_a_mapping_of_a_stream_that_is_mended_goes_on_as_one_that_is_not(settings: Any, moment: float) -> None:
    given = {"FunctionResponseTypes": ["ReportBatchItemFailures"], "MaximumRetryAttempts": 3, **settings}
    assert handled(moment, **given) == handled(None, **given)
