"""Readers of pipes at their edges: sizes to the byte, what only an interruption leaves, what nobody waits for."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest

import minicloud
from minicloud.core.message_records import upper_bound
from minicloud.exceptions import ClientError
from minicloud.services.pipes.errors import make_error
from minicloud.services.pipes.target import arn_parts

from .support import FUNCTION, PIPE, PLACE, ROLE, SOURCE, STREAM, filters, queues, sent

WINDOW = {"SourceParameters": {"SqsQueueParameters": {"MaximumBatchingWindowInSeconds": 20}}}


class Bills:
    """The queues of these tests, a pipe from one of them to a function, and the batches that this was given."""

    def __init__(self, cloud: minicloud.Cloud, parameters: Any = WINDOW, **settings: Any) -> None:
        self.cloud = cloud
        self.urls = queues(cloud)
        self.batches: list[list[str]] = []
        target = cloud.function("bill", lambda event, _: self.batches.append([one["body"] for one in event]))
        self.pipes: Any = cloud.client("pipes")
        self.pipes.create_pipe(**{**PIPE, "Target": target, **parameters, **settings})

    @property
    def reader(self) -> Any:
        return reader_of(self.cloud)


class Clicks:
    """A stream, a pipe from it to a function, and the records that this was given."""

    def __init__(self, cloud: minicloud.Cloud, bad: str = "", **stream: Any) -> None:
        self.cloud, self.bad = cloud, bad
        self.batches: list[str] = []
        self.times: list[float] = []
        self.kinesis: Any = cloud.client("kinesis")
        self.make_stream()
        self.pipes: Any = cloud.client("pipes")
        source = {"KinesisStreamParameters": {"StartingPosition": "TRIM_HORIZON", **stream}}
        given = {**PIPE, "Source": STREAM, "Target": cloud.function("count", self.count), "SourceParameters": source}
        self.pipes.create_pipe(**given)

    def count(self, event: Any, _: Any) -> Any:
        """Records have one letter each; those that are bad have failed."""
        letters = b"".join(b64decode(one["data"])[:1] for one in event).decode()
        self.batches.append(letters)
        self.times.append(self.cloud.clock.time() - 1767225630)
        failed = [one["eventID"] for one, letter in zip(event, letters, strict=True) if letter in self.bad]
        return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}

    def make_stream(self) -> None:
        self.kinesis.create_stream(StreamName="clicks", ShardCount=1)
        self.cloud.clock.advance(30)

    def put(self, letters: str, size: int = 1) -> None:
        records = [{"Data": letter.encode() * size, "PartitionKey": "k"} for letter in letters]
        self.kinesis.put_records(StreamName="clicks", Records=records)

    @property
    def reader(self) -> Any:
        return reader_of(self.cloud)


def reader_of(cloud: minicloud.Cloud) -> Any:
    engine: Any = cloud
    return engine.find_service("pipes", cloud.account_id, cloud.region_name).pipes.items["billing"].reader


def in_hand(cloud: minicloud.Cloud, reader: Any) -> list[list[str]]:
    """The bodies of the batches that a reader of a queue has."""
    return [[message["Body"] for message in batch.messages] for batch in reader.batches]


# --- sizes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("less", "batches"), [(0, [["aa", "bb"]]), (1, [["aa"], ["bb"]])])
def test_messages_are_together_as_long_as_they_are_sure_to_fit(less: int, batches: list[list[str]]) -> None:
    """To the byte of what a record may have at the most."""
    most = 2 * upper_bound({"Body": "aa"})
    limits = minicloud.Limits(lambda_payload_sync=most - less)
    bills = Bills(minicloud.Cloud(clock="virtual", limits=limits))
    sent(bills.cloud, "aa", "bb")
    bills.cloud.clock.advance(20)
    assert bills.batches == batches


@pytest.mark.parametrize(("less", "batches"), [(0, ["ab"]), (1, ["a", "b"])])
def test_records_are_together_as_long_as_they_are_sure_to_fit(less: int, batches: list[str]) -> None:
    """Each is twice as long as its data, and a thousand bytes."""
    limits = minicloud.Limits(lambda_payload_sync=2 * (2 * 3 + 1_000) - less)
    clicks = Clicks(minicloud.Cloud(clock="virtual", limits=limits))
    clicks.put("ab", 3)
    assert clicks.batches == batches


def test_a_record_that_is_too_large_goes_alone() -> None:
    """As the next one does not fit beside it, and neither is left behind."""
    clicks = Clicks(minicloud.Cloud(clock="virtual", limits=minicloud.Limits(lambda_payload_sync=1_500)))
    clicks.put("abc", 100)
    assert clicks.batches == ["a", "b", "c"]


# --- what a record has ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("parameters", [{}, WINDOW])
def test_the_record_of_a_message(cloud: minicloud.Cloud, parameters: Any) -> None:
    """As a function gets it that reads the queue without a window, also where the pipe has one."""
    queues(cloud)
    events: list[Any] = []
    target = cloud.function("bill", lambda event, _: events.append(event))
    cloud.client("pipes").create_pipe(**{**PIPE, "Target": target, **parameters})
    sent(cloud, "m")
    cloud.clock.advance(20)
    ((record,),) = events
    (message_id,) = [one.details["message_id"] for one in cloud.trace.of("sqs.message.sent")]
    names = "messageId receiptHandle body attributes messageAttributes md5OfBody eventSource eventSourceARN awsRegion"
    assert list(record) == names.split()
    assert (record["messageId"], record["body"], record["messageAttributes"]) == (message_id, "m", {})
    assert (record["eventSource"], record["eventSourceARN"], record["awsRegion"]) == ("aws:sqs", SOURCE, "us-east-1")


# --- what an interruption leaves --------------------------------------------------------------------------------------


def test_an_open_batch_that_is_mended_stays_open(cloud: minicloud.Cloud) -> None:
    """What comes later joins it, and its window ends when it would have."""
    bills = Bills(cloud)
    sent(cloud, "a")
    cloud.clock.advance(5)
    bills.reader.mend(cloud.clock.time_ns())
    cloud.clock.advance(5)
    sent(cloud, "b")
    assert in_hand(cloud, bills.reader) == [["a", "b"]]
    cloud.clock.advance(10)
    assert bills.batches == [["a", "b"]]
    assert cloud.queue("orders").messages == []


def taken_and_interrupted(bills: Bills, body: str) -> Any:
    """Have a reader put a message into its batch by a take that does not happen; the take."""
    reader = bills.reader
    (first, *_) = next(iter(reader.batches)).messages
    take = type(next(iter(reader.batches)).parts[0][0])()
    reader._gather(bills.cloud.clock.time_ns(), take, [{**first, "Body": body}, {**first, "Body": body}])
    return take


def test_a_batch_that_was_being_closed_is_closed_when_that_is_mended(cloud: minicloud.Cloud) -> None:
    """And begins; the next message is of another one."""
    bills = Bills(cloud)
    sent(cloud, "a")
    bills.reader._open.is_open = False
    bills.reader.mend(cloud.clock.time_ns())
    assert bills.reader._open is None
    cloud.clock.advance(1)
    assert bills.batches == [["a"]]
    sent(cloud, "b")
    assert in_hand(cloud, bills.reader) == [["b"]]


def test_a_batch_that_is_full_waits_for_no_window(cloud: minicloud.Cloud) -> None:
    bills = Bills(cloud)
    sent(cloud, "a")
    sent(cloud, *"bcdefghij")
    assert bills.batches == [list("abcdefghij")]
    assert cloud.clock.next_due != "a pipe goes on"
    assert bills.reader.look(cloud.clock.time_ns()) is False


def test_a_reset_leaves_nobody_in_line(cloud: minicloud.Cloud) -> None:
    bills = Bills(cloud)
    line = bills.reader._source._line
    assert list(line) == [bills.reader]
    cloud.reset()
    assert list(line) == []


def test_what_was_not_taken_in_the_end_is_in_no_batch(cloud: minicloud.Cloud) -> None:
    """Neither in one that it was to join, whatever was taken for that before and after."""
    bills = Bills(cloud)
    sent(cloud, "a", "b")
    taken_and_interrupted(bills, "never")
    taken_and_interrupted(bills, "c").happened = True
    assert in_hand(cloud, bills.reader) == [["a", "b", "never", "never", "c", "c"]]
    bills.reader.mend(cloud.clock.time_ns())
    assert in_hand(cloud, bills.reader) == [["a", "b", "c", "c"]]


def test_a_batch_of_which_nothing_was_taken_is_none(cloud: minicloud.Cloud) -> None:
    bills = Bills(cloud)
    sent(cloud, "a")
    (batch,) = bills.reader.batches
    for part in batch.parts:
        part[0].happened = False
    bills.reader.mend(cloud.clock.time_ns())
    assert in_hand(cloud, bills.reader) == []
    assert str(cloud.clock.next_due).endswith(" in orders is visible again")  # and no window ends
    sent(cloud, "b")
    assert in_hand(cloud, bills.reader) == [["b"]]


def test_a_reader_that_is_mended_stands_in_line_again(cloud: minicloud.Cloud) -> None:
    """Whatever it took itself for: it was interrupted between the two."""
    bills = Bills(cloud, {})
    bills.reader._source.detach(bills.reader)
    bills.reader.mend(cloud.clock.time_ns())
    sent(cloud, "a")
    assert bills.batches == [["a"]]


def run_when(mended: float | None) -> Any:
    """What runs, and when, where one batch runs, one is open, and all is mended at a moment."""
    cloud = minicloud.Cloud(clock="virtual", seed=1)
    queues(cloud)
    runs: list[tuple[float, list[str]]] = []

    def bill(event: Any, _: Any) -> None:
        runs.append((cloud.clock.time(), [one["body"] for one in event]))

    source: Any = {"SqsQueueParameters": {"MaximumBatchingWindowInSeconds": 10, "BatchSize": 2}}
    target = cloud.function("bill", bill, takes=2)
    cloud.client("pipes").create_pipe(**{**PIPE, "Target": target, "SourceParameters": source})
    sent(cloud, "a", "b", "c")
    if mended is not None:
        cloud.clock.advance(mended)
        reader_of(cloud).mend(cloud.clock.time_ns())
    cloud.clock.advance(3 - (mended or 0))
    sent(cloud, "d", "e")
    cloud.clock.advance(60)
    return runs, cloud.queue("orders").bodies


@pytest.mark.parametrize("moment", [0, 1, 2, 3])
def test_a_reader_of_a_queue_that_is_mended_goes_on_as_one_that_is_not(moment: float) -> None:
    assert run_when(moment) == run_when(None)


def handled(mended: float | None, **stream: Any) -> Any:
    """Which records are run, and when, where some fail and others wait, and all is mended at a moment."""
    cloud = minicloud.Cloud(clock="virtual", seed=1)
    clicks = Clicks(cloud, "x", **stream)
    clicks.put("abx")
    clicks.put("cd")
    if mended is not None:
        cloud.clock.advance(mended)
        clicks.reader.mend(cloud.clock.time_ns())
    cloud.clock.advance(6 - (mended or 0))
    clicks.put("ef")
    cloud.clock.advance(100)
    return clicks.batches, clicks.times, cloud.clock.next_due


@pytest.mark.parametrize("settings", [{}, {"MaximumBatchingWindowInSeconds": 5, "BatchSize": 4}])
@pytest.mark.parametrize("moment", [0, 0.7, 3])
def test_a_reader_of_a_stream_that_is_mended_goes_on_as_one_that_is_not(settings: Any, moment: float) -> None:
    given = {"MaximumRetryAttempts": 3, **settings}
    assert handled(moment, **given) == handled(None, **given)


def test_what_was_not_taken_is_not_deleted(cloud: minicloud.Cloud) -> None:
    """Also where the filters did not want it."""
    bills = Bills(cloud)
    sent(cloud, "a", "b")
    (batch,) = bills.reader.batches
    take = type(batch.parts[0][0])()
    take.dropped = [message["ReceiptHandle"] for message in batch.messages[:1]]
    bills.reader._to_drop.append(take)
    bills.reader._carry_on(cloud.clock.time_ns())
    assert cloud.queue("orders").counts.in_flight == 2
    take.happened = True
    other, last = type(take)(), type(take)()
    last.happened, last.dropped = True, [message["ReceiptHandle"] for message in batch.messages[1:]]
    bills.reader._to_drop += [take, other]
    bills.reader._carry_on(cloud.clock.time_ns())
    assert (cloud.queue("orders").counts.in_flight, bills.reader._to_drop) == (1, [])
    bills.reader._to_drop += [take, last]
    bills.reader._carry_on(cloud.clock.time_ns())
    assert (cloud.queue("orders").counts.in_flight, bills.reader._to_drop) == (0, [])


class Hasty:
    """A queue whose readers look while they are told that they are done."""

    def __init__(self, bills: Bills) -> None:
        self._queue, self._reader = bills.reader._source, bills.reader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queue, name)

    def offer(self, now: int) -> None:
        self._reader.look(now)


def test_batches_that_come_while_others_begin_begin_once(cloud: minicloud.Cloud) -> None:
    """The function is throttled, so each is done as soon as it has begun."""
    bills = Bills(cloud, {"SourceParameters": {"SqsQueueParameters": {"BatchSize": 1}}}, DesiredState="STOPPED")
    limit = cloud.client("lambda").put_function_concurrency
    limit(FunctionName="bill", ReservedConcurrentExecutions=0)
    bills.reader._source = Hasty(bills)
    assert bills.reader.look(cloud.clock.time_ns()) is False
    sent(cloud, "a", "b", "c")
    bills.pipes.start_pipe(Name="billing")
    assert (in_hand(cloud, bills.reader), bills.reader._to_begin) == ([], [])
    handled = [one.details["message_ids"] for one in cloud.trace.of("pipe.handled")]
    assert sorted(handled) == sorted([one.message_id] for one in cloud.queue("orders").messages)


def test_a_batch_that_is_done_twice_is_done_once(cloud: minicloud.Cloud) -> None:
    bills = Bills(cloud, {})
    with cloud.hold_handlers():
        sent(cloud, "a")
        (batch,) = bills.reader.batches
        work = batch.work
    assert len(cloud.trace.of("pipe.handled")) == 1
    assert (bills.reader._of, bills.reader.batches) == ({}, {})
    bills.reader._of[work] = batch  # as it is where that was interrupted
    bills.reader.done(cloud.clock.time_ns(), work, ())
    bills.reader._of.clear()
    bills.reader.batches[batch] = None
    bills.reader.done(cloud.clock.time_ns(), work, ())
    bills.reader.batches.clear()
    work.ended(cloud.clock.time_ns(), work.run)
    work.ended(cloud.clock.time_ns(), None)
    work.begin(cloud.clock.time_ns())
    assert len(cloud.trace.of("pipe.handled")) == 1
    assert bills.batches == [["a"]]


# --- pipes that are stopped -------------------------------------------------------------------------------------------


def test_a_pipe_that_is_stopped_finds_no_place_in_a_stream_that_is_made_anew(cloud: minicloud.Cloud) -> None:
    """It starts at what is the latest when it is started."""
    clicks = Clicks(cloud, StartingPosition="LATEST")
    clicks.put("a")
    clicks.pipes.stop_pipe(Name="billing")
    clicks.kinesis.delete_stream(StreamName="clicks")
    cloud.clock.advance(30)
    clicks.make_stream()
    clicks.put("b")
    clicks.pipes.start_pipe(Name="billing")
    clicks.put("c")
    assert clicks.reader.look(cloud.clock.time_ns()) is False  # nothing is ever taken from a stream
    assert clicks.batches == ["a", "c"]


def test_a_pipe_that_does_not_read_stands_in_no_line(cloud: minicloud.Cloud) -> None:
    """Nobody asks it to look in vain; the end of a batch does not bring it back."""
    bills = Bills(cloud, {})
    line = bills.reader._source._line
    assert list(line) == [bills.reader]
    with cloud.hold_handlers():
        sent(cloud, "a")
        bills.pipes.stop_pipe(Name="billing")
        assert list(line) == []
    assert (bills.batches, list(line)) == ([["a"]], [])
    bills.pipes.start_pipe(Name="billing")
    assert list(line) == [bills.reader]
    bills.pipes.delete_pipe(Name="billing")
    assert list(line) == []


def test_a_pipe_that_has_ended_is_told_of_no_stream(cloud: minicloud.Cloud) -> None:
    """Deleted, or forgotten; one that is stopped still is."""
    clicks = Clicks(cloud)
    engine: Any = cloud
    told = engine.find_service("kinesis", cloud.account_id, cloud.region_name).readers
    assert list(told[STREAM]) == [clicks.reader]
    clicks.pipes.stop_pipe(Name="billing")
    assert list(told[STREAM]) == [clicks.reader]
    reader = clicks.reader
    clicks.pipes.delete_pipe(Name="billing")
    assert list(told[STREAM]) == []
    reader._source.attach(reader)
    reader.forget()
    assert list(told[STREAM]) == []


@pytest.mark.parametrize("age", [-1, None])
@pytest.mark.parametrize("retries", [-1, None])
def test_records_of_a_pipe_that_may_be_as_old_as_they_like(
    cloud: minicloud.Cloud, age: int | None, retries: int | None
) -> None:
    """And are tried as often as that takes."""
    named = {"MaximumRecordAgeInSeconds": age, "MaximumRetryAttempts": retries}
    clicks = Clicks(cloud, "x", **{name: value for name, value in named.items() if value is not None})
    clicks.put("x")
    cloud.clock.advance(1_000)
    clicks.bad = ""
    cloud.clock.advance(60)
    assert (len(clicks.batches), cloud.trace.of("pipe.given_up")) == (24, [])


def test_a_queue_of_another_region_is_no_source(cloud: minicloud.Cloud) -> None:
    """Though it is there."""
    queues(cloud)
    cloud.client("sqs", region_name="us-west-2").create_queue(QueueName="orders")
    pipes: Any = cloud.client("pipes")
    for source in (SOURCE.replace("east-1", "west-2"), SOURCE.replace(cloud.account_id, "")):
        with pytest.raises(ClientError, match=f"The source {source} does not exist."):
            pipes.create_pipe(**{**PIPE, "Source": source})


def test_a_stream_that_is_gone_leaves_a_pipe_as_it_is(cloud: minicloud.Cloud) -> None:
    clicks = Clicks(cloud)
    clicks.put("a")
    clicks.kinesis.delete_stream(StreamName="clicks")
    cloud.clock.advance(30)
    assert clicks.reader.look(cloud.clock.time_ns()) is False
    assert clicks.reader.owed(cloud.clock.time_ns()) == ""
    clicks.pipes.stop_pipe(Name="billing")
    clicks.pipes.start_pipe(Name="billing")
    clicks.make_stream()
    clicks.put("b")
    assert clicks.batches == ["a", "b"]


def test_nobody_waits_for_the_window_of_a_pipe_that_is_stopped(cloud: minicloud.Cloud) -> None:
    clicks = Clicks(cloud, MaximumBatchingWindowInSeconds=20)
    clicks.put("a")
    assert cloud.clock.next_due == "a pipe goes on"
    clicks.pipes.stop_pipe(Name="billing")
    assert cloud.clock.next_due is None
    clicks.pipes.start_pipe(Name="billing")
    clicks.pipes.delete_pipe(Name="billing")
    assert cloud.clock.next_due is None


def test_the_window_of_what_was_there_before_the_pipe(cloud: minicloud.Cloud) -> None:
    """Begins when that is found."""
    clicks = Clicks(cloud)
    clicks.pipes.delete_pipe(Name="billing")
    clicks.put("ab")
    cloud.clock.advance(5)
    window = {"StartingPosition": "TRIM_HORIZON", "MaximumBatchingWindowInSeconds": 20}
    source: Any = {"KinesisStreamParameters": window}
    clicks.pipes.create_pipe(**{**PIPE, "Source": STREAM, "Target": f"{FUNCTION}count", "SourceParameters": source})
    cloud.clock.advance(60)
    assert (clicks.batches, clicks.times) == (["ab"], [25])


def test_a_window_has_one_end(cloud: minicloud.Cloud) -> None:
    """However many records come before it, and whatever was waited for before."""
    clicks = Clicks(cloud, MaximumBatchingWindowInSeconds=20)
    clicks.put("a")
    cloud.clock.advance(5)
    clicks.put("b")
    cloud.clock.advance(5)
    clicks.put("c")
    assert cloud.clock.advance_to_next() == "a pipe goes on"
    assert (clicks.batches, clicks.times, cloud.clock.next_due) == (["abc"], [20], None)


# --- what fails -------------------------------------------------------------------------------------------------------


def test_what_is_left_of_a_batch_counts_anew(cloud: minicloud.Cloud) -> None:
    """From the first that has failed on: a pause as after a first failure, and as many attempts."""
    clicks = Clicks(cloud, "bd", MaximumRetryAttempts=2)
    clicks.put("abcd")
    cloud.clock.advance(1)
    clicks.bad = "d"
    cloud.clock.advance(100)
    assert clicks.batches == ["abcd", "bcd", "bcd", "d", "d"]
    assert [round(when, 3) for when in clicks.times] == [0, 0.5, 1.5, 2, 3]
    assert [one.details["condition"] for one in cloud.trace.of("pipe.given_up")] == ["RetryAttemptsExhausted"]


def test_what_is_left_when_the_old_ones_are_given_up_counts_anew(cloud: minicloud.Cloud) -> None:
    clicks = Clicks(cloud, "xy", MaximumRecordAgeInSeconds=60)
    clicks.pipes.stop_pipe(Name="billing")
    clicks.put("x")
    cloud.clock.advance(50)
    clicks.put("y")
    clicks.pipes.start_pipe(Name="billing")
    cloud.clock.advance(17)
    assert clicks.batches == ["xy", "xy", "xy", "xy", "xy", "y", "y", "y"]
    assert [round(when, 3) for when in clicks.times] == [50, 50.5, 51.5, 53.5, 57.5, 65.5, 66, 67]


def test_a_merge_waits_for_parents_of_its_parents(cloud: minicloud.Cloud) -> None:
    """A shard is split, and a half of it merged with another shard, before what was put first is done."""
    clicks = Clicks(cloud, "x")
    kinesis = clicks.kinesis
    clicks.pipes.delete_pipe(Name="billing")
    kinesis.delete_stream(StreamName="clicks")
    cloud.clock.advance(30)
    kinesis.create_stream(StreamName="clicks", ShardCount=2)
    cloud.clock.advance(30)
    source: Any = {"KinesisStreamParameters": {"StartingPosition": "TRIM_HORIZON"}}
    clicks.pipes.create_pipe(**{**PIPE, "Source": STREAM, "Target": f"{FUNCTION}count", "SourceParameters": source})
    shards = [f"shardId-00000000000{number}" for number in range(5)]

    def put(letter: bytes, key: int) -> None:
        kinesis.put_record(StreamName="clicks", Data=letter, PartitionKey="k", ExplicitHashKey=str(key))

    put(b"x", 1)
    kinesis.split_shard(StreamName="clicks", ShardToSplit=shards[0], NewStartingHashKey=str(2**126))
    cloud.clock.advance(30)
    put(b"y", 2**126)
    kinesis.merge_shards(StreamName="clicks", ShardToMerge=shards[3], AdjacentShardToMerge=shards[1])
    cloud.clock.advance(30)
    put(b"z", 2**127)
    assert set(clicks.batches) == {"x"}
    clicks.bad = ""
    clicks.batches.clear()
    cloud.clock.advance(60)
    assert clicks.batches == ["x", "y", "z"]


# --- what is said of runs ---------------------------------------------------------------------------------------------


def test_what_facts_of_runs_say_of_messages(cloud: minicloud.Cloud) -> None:
    """Which they are about; nothing of what an enrichment has made anew."""
    bills = Bills(cloud, {})
    sent(cloud, "a")
    cloud.function("enrich", lambda event, _: event)
    bills.pipes.update_pipe(Name="billing", RoleArn=ROLE, Enrichment=f"{FUNCTION}enrich")
    sent(cloud, "b")
    first, second = [one.details["message_id"] for one in cloud.trace.of("sqs.message.sent")]
    about = [(one.resource, one.details.get("message_ids")) for one in cloud.trace.of("lambda.invoked")]
    assert about == [("bill", [first]), ("enrich", [second]), ("bill", None)]


def test_the_parts_of_an_arn() -> None:
    assert arn_parts(f"arn:aws:sqs:{PLACE}:orders") == ("sqs", "us-east-1", "123456789012", "orders")
    assert arn_parts("arn:aws-cn:s3:::a:b/c") == ("s3", "", "", "a:b/c")


@pytest.mark.parametrize("enriched", [False, True])
def test_a_batch_for_a_function_that_is_gone_fails_as_a_whole(cloud: minicloud.Cloud, enriched: bool) -> None:
    """Also where nobody waits for its answer."""
    queues(cloud)
    cloud.function("enrich", lambda event, _: event)
    fire = {"LambdaFunctionParameters": {"InvocationType": "FIRE_AND_FORGET"}}
    given: Any = {**PIPE, "Target": f"{FUNCTION}gone", "TargetParameters": fire}
    cloud.client("pipes").create_pipe(**given, Enrichment=f"{FUNCTION}enrich" if enriched else "")
    sent(cloud, "a", "b")
    cloud.clock.advance(1)
    (handled,) = [one.details for one in cloud.trace.of("pipe.handled")]
    assert sorted(handled["failed"]) == sorted(one.message_id for one in cloud.queue("orders").messages)
    assert len(handled["failed"]) == 2


def test_records_that_are_kept_no_longer_are_passed_over(cloud: minicloud.Cloud) -> None:
    clicks = Clicks(cloud)
    clicks.put("a")
    clicks.pipes.stop_pipe(Name="billing")
    clicks.put("bc")
    cloud.clock.advance(24 * 3600 + 1)
    clicks.put("d")
    (cursor,) = clicks.reader.cursors.values()
    assert cursor.behind(cloud.clock.time_ns()) == 1
    clicks.pipes.start_pipe(Name="billing")
    assert (clicks.batches, cursor.behind(cloud.clock.time_ns())) == (["a", "d"], 0)


def test_what_the_filters_do_not_want_is_told_once(cloud: minicloud.Cloud) -> None:
    """When the batch is complete for which it was looked at; at once where there is no batch."""
    clicks = Clicks(cloud)
    source = {"KinesisStreamParameters": {"MaximumBatchingWindowInSeconds": 20}}
    wanted = filters({"partitionKey": ["k"]})
    clicks.pipes.update_pipe(Name="billing", RoleArn=ROLE, SourceParameters={**source, **wanted})

    def put(letter: str, key: str) -> str:
        answer = clicks.kinesis.put_record(StreamName="clicks", Data=letter.encode(), PartitionKey=key)
        return f"{answer['ShardId']}:{answer['SequenceNumber']}"

    def filtered() -> list[list[str]]:
        return [one.details["message_ids"] for one in cloud.trace.of("pipe.filtered")]

    alone = put("a", "other")
    assert filtered() == [[alone]]
    put("b", "k")
    first = put("c", "other")
    cloud.clock.advance(5)
    second = put("d", "other")
    assert filtered() == [[alone]]
    cloud.clock.advance(15)
    assert (clicks.batches, clicks.times, filtered()) == (["b"], [20], [[alone], [first, second]])


def test_a_batch_of_records_that_is_done_twice_is_done_once(cloud: minicloud.Cloud) -> None:
    clicks = Clicks(cloud)
    with cloud.hold_handlers():
        clicks.put("a")
        (cursor,) = clicks.reader.cursors.values()
        work = cursor.progress.work
    done, now = cursor.progress, cloud.clock.time_ns()
    assert (done.work, done.batches) == (None, ())
    cursor.done(now, work, ())
    cursor.done(now, work, [item.identifier for item in work.items])
    assert (cursor.progress, len(cloud.trace.of("pipe.handled"))) == (done, 1)


def test_whom_a_dead_letter_is_from(cloud: minicloud.Cloud) -> None:
    """A delivery of the pipe, as all of its deliveries; it counts when the records have been given up."""
    clicks = Clicks(cloud, "x", DeadLetterConfig={"Arn": f"arn:aws:sqs:{PLACE}:given-up"})
    clicks.put("x")
    (cursor,) = clicks.reader.cursors.values()
    progress = cursor.progress
    engine: Any = cloud
    world = engine.world
    kept, world.outbox = world.outbox, []
    try:
        cursor._give_up(cloud.clock.time_ns(), progress.batches[0], "RetryAttemptsExhausted", progress.beyond())
        (letter,) = world.outbox
    finally:
        world.outbox = kept
    assert (letter.target_arn, letter.source_arn) == (f"arn:aws:sqs:{PLACE}:given-up", clicks.reader.pipe.arn)
    assert (letter.trigger, letter.cause.happened, cursor.progress.batches) == ("pipe:billing", True, ())


def test_deliveries_of_a_batch_count_as_soon_as_all_are_on_their_way(cloud: minicloud.Cloud) -> None:
    bills = Bills(cloud, Target=f"arn:aws:sqs:{PLACE}:bills")
    sent(cloud, "a", "b")
    reader, world = bills.reader, bills.reader._pipe.world
    kept, world.outbox = world.outbox, []
    try:
        reader._close(reader._open)
        reader._carry_on(cloud.clock.time_ns())
        deliveries = list(world.outbox)
    finally:
        world.outbox = kept
    assert [one.cause.happened for one in deliveries] == [True, True]


# --- what is owed, what is listed -------------------------------------------------------------------------------------


def test_what_a_reader_of_a_queue_owes(cloud: minicloud.Cloud) -> None:
    """Batches, then messages that it will read; nothing where there is nothing, or where it reads no more."""
    bills = Bills(cloud, {})
    target = cloud.function("bill", lambda *_: 1 // 0, takes=2)

    def owed() -> str:
        return str(bills.reader.owed(cloud.clock.time_ns()))

    said = [owed()]
    sent(cloud, "a")
    said.append(owed())
    cloud.clock.advance(2)
    said.append(owed())
    bills.pipes.stop_pipe(Name="billing")
    said.append(owed())
    assert said == ["", "1 batch of the pipe billing", "1 message for the pipe billing", ""]
    bills.pipes.start_pipe(Name="billing")
    with cloud.hold_handlers():
        sent(cloud, "b")
        sent(cloud, "c")
        assert owed() == "2 batches of the pipe billing"
    assert target.endswith(":bill")


def test_a_last_page_that_is_full_is_the_last(cloud: minicloud.Cloud) -> None:
    queues(cloud)
    pipes: Any = cloud.client("pipes")
    for name in "abcd":
        pipes.create_pipe(**{**PIPE, "Name": name}, DesiredState="STOPPED")
    first = pipes.list_pipes(Limit=2)
    last = pipes.list_pipes(Limit=2, NextToken=first["NextToken"])
    assert [one["Name"] for page in (first, last) for one in page["Pipes"]] == ["a", "b", "c", "d"]
    assert "NextToken" not in last
    assert "NextToken" not in pipes.list_pipes(Limit=4)


@pytest.mark.parametrize("count", [100, 101])
def test_a_page_has_a_hundred_pipes(cloud: minicloud.Cloud, count: int) -> None:
    queues(cloud)
    pipes: Any = cloud.client("pipes")
    for number in range(count):
        pipes.create_pipe(**{**PIPE, "Name": f"p{number}"}, DesiredState="STOPPED")
    page = pipes.list_pipes()
    assert (len(page["Pipes"]), "NextToken" in page) == (100, count > 100)


# --- what is said of errors -------------------------------------------------------------------------------------------


def test_what_is_said_of_pipes_that_are_not_there(cloud: minicloud.Cloud) -> None:
    bills = Bills(cloud)
    with pytest.raises(ClientError) as caught:
        bills.pipes.describe_pipe(Name="biling")
    assert caught.value.__notes__ == ["there is a pipe 'billing': did you mean that one?"]


@pytest.mark.parametrize(("name", "fault"), [("ConflictException", "Sender"), ("InternalException", "Receiver")])
def test_whose_fault_an_error_is(name: str, fault: str) -> None:
    assert make_error(name, "text").fault == fault


def test_statuses_of_errors_that_come_by_faults_alone(cloud: minicloud.Cloud) -> None:
    queues(cloud)
    pipes: Any = cloud.client("pipes")
    statuses = {"InternalException": 500, "ThrottlingException": 429, "ServiceQuotaExceededException": 402}
    for name, status in statuses.items():
        cloud.faults.clear()
        cloud.faults.refuse(name)
        with pytest.raises(ClientError) as caught:
            pipes.list_pipes()
        answer = caught.value.response
        assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (name, status)
