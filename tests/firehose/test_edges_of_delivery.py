"""Delivery streams at their edges: the first byte of a buffer, what is held while it waits, who hears of a stream."""

from __future__ import annotations

import gzip
from types import SimpleNamespace
from typing import Any

import pytest

import minicloud
from minicloud.core.effects import Deliver
from minicloud.inspection.verdicts import judge
from minicloud.services.firehose.item import Item
from minicloud.services.firehose.operations import streams
from minicloud.services.firehose.put import Put
from minicloud.services.firehose.settings import Processing
from minicloud.services.firehose.source import StreamReader
from minicloud.services.firehose.transform import Transform
from tests.support.answers import refusal

from .support import STREAM, by_function, from_stream, objects, to_bucket, upper

LOGS = {"DeliveryStreamName": "logs"}


def test_a_first_buffer_leaves_with_the_byte_that_fills_it_and_not_before(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose = cloud.client("firehose")
    firehose.create_delivery_stream(**LOGS, **to_bucket())
    for content, count in ((bytes(1_000_000), 0), (bytes(2**20 - 1_000_001), 0), (b"x", 1)):
        firehose.put_record(**LOGS, Record={"Data": content})
        assert len(cloud.bucket("lake").keys) == count


def test_what_waits_for_a_function_is_held_with_what_has_come_since(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose = cloud.client("firehose")
    cloud.function("upper", upper)
    cloud.client("lambda").put_function_concurrency(FunctionName="upper", ReservedConcurrentExecutions=0)
    firehose.create_delivery_stream(**LOGS, **to_bucket(**by_function("upper", NumberOfRetries="300")))
    for content in (b"a", b"b"):
        firehose.put_record(**LOGS, Record={"Data": content})
    cloud.clock.advance(60)
    firehose.put_record(**LOGS, Record={"Data": b"c"})
    assert "3 records for the delivery stream logs" in judge(cloud, ["nothing_owed"])
    cloud.client("lambda").delete_function_concurrency(FunctionName="upper")
    cloud.run_until_idle()
    assert judge(cloud, ["nothing_owed"]) == ""
    assert b"".join(objects(cloud).values()) == b"ABC"


def test_a_buffer_that_is_to_leave_earlier_leaves_nothing_on_the_timeline(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose = cloud.client("firehose")
    late: dict[str, Any] = {"BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 900}}
    firehose.create_delivery_stream(**LOGS, **to_bucket(**late))
    firehose.put_record(**LOGS, Record={"Data": b"a"})
    firehose.update_destination(
        **LOGS,
        CurrentDeliveryStreamVersionId="1",
        DestinationId="destinationId-000000000001",
        ExtendedS3DestinationUpdate={"BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 60}},
    )
    assert str(cloud.run_until_idle()) == "0:01:00"
    assert cloud.clock.next_due is None


def test_what_functions_have_made_leaves_with_the_byte_that_fills_it(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose = cloud.client("firehose")
    cloud.function("upper", upper)
    at_once = by_function("upper", BufferIntervalInSeconds="0")
    firehose.create_delivery_stream(**LOGS, **to_bucket(**at_once))
    for size, count in ((2**19, 0), (2**19 - 1, 0), (1, 1), (2**19, 1), (2**19, 2)):
        firehose.put_record(**LOGS, Record={"Data": b"x" * size})
        assert len(cloud.bucket("lake").keys) == count
    assert [len(one.body) for one in cloud.bucket("lake").objects] == [2**20] * 2


@pytest.mark.parametrize(
    "bounds",
    [
        {"BufferSizeInMBs": "0.2", "BufferIntervalInSeconds": "0", "NumberOfRetries": "0"},
        {"BufferSizeInMBs": "3", "BufferIntervalInSeconds": "900", "NumberOfRetries": "300"},
    ],
)
def test_the_bounds_of_what_a_function_is_given_are_taken(firehose: Any, bounds: dict[str, str]) -> None:
    firehose.create_delivery_stream(**LOGS, **to_bucket(**by_function("f", **bounds)))
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == ["logs"]


class Shard:
    """A shard with a number of records of which nobody is told."""

    shard_id = "shardId-0"
    is_closed = False

    def __init__(self, tip: int, oldest: int = 0) -> None:
        self.tip = tip
        self.oldest = oldest
        self.readers: list[Any] = []
        self.records: list[Any] = []
        self.children_: list[Shard] = []

    def children(self) -> list[Shard]:
        return self.children_

    def read(self, now: int, position: int, limit: int) -> list[Any]:
        return self.records[position:]

    def horizon(self, now: int) -> int:
        return self.oldest

    def add_reader(self, reader: Any) -> None:
        self.readers.append(reader)

    def remove_reader(self, reader: Any) -> None:
        self.readers.remove(reader)


class Source:
    """A stream with one shard, read from a position on."""

    kept_for = 0

    def __init__(self, shard: Shard, position: int) -> None:
        self.shard = shard
        self.position = position
        self.life: object = object()
        self.readers: list[Any] = []

    def starts(self, now: int, kind: str, moment: int | None) -> list[Any]:
        return [(self.shard, self.position)]

    def attach(self, reader: Any) -> None:
        self.readers.append(reader)

    def detach(self, reader: Any) -> None:
        self.readers.remove(reader)


def test_how_far_a_reader_is_behind() -> None:
    """By what its stream has and it has not read, of what is kept; what another stream of that name has is not read."""
    shard = Shard(tip=7, oldest=2)
    source: Any = Source(shard, 4)
    stream: Any = SimpleNamespace(has_ended=False)
    reader = StreamReader(stream, source)
    reader.start(0)
    assert reader.behind(0) == 3
    shard.oldest = 5
    assert reader.behind(0) == 2
    shard.oldest = 9
    assert reader.behind(0) == 0
    shard.oldest, source.life = 5, object()
    assert reader.behind(0) == 0


def test_a_delivery_stream_that_is_deleted_hears_of_no_stream_any_more(cloud: minicloud.Cloud) -> None:
    cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    firehose = cloud.client("firehose")
    firehose.create_delivery_stream(**LOGS, **from_stream(), **to_bucket())
    (service,) = cloud.services("firehose")
    reader = service.streams.items["logs"].reader
    (cursor,) = reader.cursors.values()
    (kinesis,) = cloud.services("kinesis")
    (shard,) = kinesis.streams["clicks"].shards.values()

    def hear() -> tuple[list[Any], list[Any]]:
        return list(kinesis.readers[cloud.stream("clicks").arn]), list(shard.listeners or ())

    assert hear() == ([reader], [cursor])
    service.mend(cloud.clock.time_ns() + 10**9)  # what it has begin in a second finds that the stream is no more
    firehose.delete_delivery_stream(**LOGS)
    assert hear() == ([], [])
    cloud.clock.advance(60)
    assert hear() == ([], [])


def test_a_reader_whose_delivery_stream_has_ended_looks_no_more() -> None:
    shard = Shard(tip=7)
    source: Any = Source(shard, 4)
    stream: Any = SimpleNamespace(has_ended=True)
    reader = StreamReader(stream, source)
    reader.start(0)
    assert reader.look(0) is False
    stream.has_ended, source.life = False, None
    assert reader.look(0) is False
    assert shard.readers == []


def test_which_source_there_is_not(cloud: minicloud.Cloud, firehose: Any) -> None:
    told = refusal(firehose.create_delivery_stream, **LOGS, **from_stream(), **to_bucket())
    assert told == ("ResourceNotFoundException", "Stream clicks under account 123456789012 not found.")
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == []
    assert STREAM.endswith("/clicks")


def test_what_is_compressed_says_nothing_of_the_time(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose = cloud.client("firehose")
    firehose.create_delivery_stream(**LOGS, **to_bucket(CompressionFormat="GZIP"))
    firehose.put_record(**LOGS, Record={"Data": b"a"})
    cloud.run_until_idle()
    assert list(objects(cloud).values()) == [gzip.compress(b"a", mtime=0)]


def test_halves_of_surrogate_pairs_are_delivered_as_they_are(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    arn = cloud.client("firehose").create_delivery_stream(**LOGS, **to_bucket())["DeliveryStreamARN"]
    (service,) = cloud.services("firehose")
    delivery = Deliver(arn, "a\ud800")
    for _ in range(2):  # told twice, as after an interruption, it is one record
        service.target(arn)(0, delivery)
    cloud.run_until_idle()
    assert list(objects(cloud).values()) == ["a\ud800".encode("utf-8", "surrogatepass")]


class World:
    """What a put needs of a cloud: one with a bucket, or with none."""

    trace = None

    def __init__(self, place: str | None) -> None:
        self.place = place
        self.outbox: list[Any] = []
        self.timeline = self
        self.due: list[int] = []

    def services(self, name: str) -> list[Any]:
        return [SimpleNamespace(place_of=lambda _: self.place)]

    def schedule(self, due: int, callback: Any) -> None:
        self.due.append(due)


def a_put(place: str | None = "us-east-1/123456789012/", **reader: Any) -> tuple[Any, World]:
    """A put that a delivery stream has, and what it is in."""
    world = World(place)
    stream: Any = SimpleNamespace(world=world, puts={}, arn="arn", name="logs", reader=None)
    if reader:
        stream.reader = SimpleNamespace(**reader)
    to: Any = SimpleNamespace(bucket_arn="arn:aws:s3:::lake")
    put = Put(stream, to, "key", b"zipped", b"plain\xff", [Item("1", b"x", 0, 0)] * 2, "data")
    stream.puts[put] = None
    return put, world


SECOND = 10**9
HOUR = 3600 * SECOND


def test_a_put_is_begun_once_until_it_has_failed() -> None:
    put, world = a_put()
    for _ in range(2):
        put.begin(5)
    (effect,) = world.outbox
    assert (effect.bucket_name, effect.key, effect.content) == ("lake", "key", b"zipped")
    assert (effect.target_arn, effect.source_arn, effect.trigger) == (
        "us-east-1/123456789012/lake",
        "arn",
        "firehose:logs",
    )
    assert effect.cause.happened
    effect.on_failure(7, "no")
    assert world.due == [7 + SECOND]
    put.begin(6 + SECOND)  # too early: it is to be told again
    assert (len(world.outbox), world.due) == (1, [7 + SECOND] * 2)
    put.begin(7 + SECOND)
    assert (len(world.outbox), put.attempts, put.count) == (2, 1, 2)
    for _ in range(2):
        world.outbox[1].on_success(8 + SECOND)
    assert put.stream.puts == {}
    effect.on_failure(9 + SECOND, "late")
    put.begin(9 + SECOND)
    assert (len(world.outbox), len(world.due), put.attempts) == (2, 2, 1)


def test_how_long_a_put_is_tried() -> None:
    """For a day since it was begun, or as long as what it is from is kept; what would be later is not tried."""
    for kept_for, longest in ((None, 24 * HOUR), (HOUR, 24 * HOUR), (48 * HOUR, 48 * HOUR)):
        for late, is_over in ((0, False), (1, True)):
            put, world = a_put(**({} if kept_for is None else {"kept_for": kept_for}))
            put.begin(5)
            other = object()
            put.stream.puts[other] = None
            put.fail(5 + longest - SECOND + late, "no")
            assert (list(put.stream.puts), bool(world.due)) == ([other] if is_over else [put, other], not is_over)


def test_without_a_bucket_what_would_be_put_leaves_once() -> None:
    put, world = a_put(None)
    other = object()
    put.stream.puts[other] = None
    for _ in range(2):
        put.begin(5)
    (effect,) = world.outbox
    assert (effect.cause.happened, list(put.stream.puts)) == (True, [other])
    departure = effect.departure
    assert (departure.protocol, departure.endpoint) == ("firehose", "arn:aws:s3:::lake/key")
    assert (departure.body, departure.time_ns) == ("plain\\xff", 5)


class Functions(World):
    """What a batch needs of a cloud: functions that run, are throttled, or are not there."""

    def __init__(self, run: Any) -> None:
        super().__init__(None)
        self.run = run
        self.asked: list[tuple[int, str]] = []

    def find_service(self, name: str, account_id: str, region_name: str) -> Any:
        assert (name, account_id, region_name) == ("lambda", "123456789012", "us-east-1")
        return self

    def run_for(self, now: int, arn: str, work: Any, change: Any) -> Any:
        self.asked.append((now, arn))
        if isinstance(self.run, Exception):
            raise self.run
        return self.run


FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"


def a_batch(run: Any, retries: int = 3) -> tuple[Transform, Functions]:
    """A batch that a delivery stream has, and what it is in."""
    world = Functions(run)
    stream: Any = SimpleNamespace(world=world, works={}, name="logs")
    work = Transform(stream, [Item("1", b"x", 0, 0)], Processing(FUNCTION, retries, 1, 1), "id")
    stream.works[work] = None
    return work, world


@pytest.mark.parametrize("run", [None, LookupError("nobody"), ValueError("no ARN")], ids=str)
def test_a_batch_that_cannot_run_waits_for_its_time(run: Any) -> None:
    """However often it is told to begin before that."""
    work, world = a_batch(run)
    for _ in range(3):
        work.begin(5)
    assert (world.asked, work.attempts, work.run) == ([(5, FUNCTION)], 1, None)
    assert world.due == [5 + SECOND] * 3
    work.begin(4 + SECOND)
    assert len(world.asked) == 1
    work.begin(5 + SECOND)
    assert (len(world.asked), work.attempts, world.due[-1]) == (2, 2, 5 + 3 * SECOND)


def test_a_batch_whose_run_is_under_way_is_not_begun_again() -> None:
    run, other = SimpleNamespace(outcome="error"), SimpleNamespace(outcome="error")
    work, world = a_batch(run)
    for _ in range(2):
        work.begin(5)
    assert (len(world.asked), work.run, work.attempts) == (1, run, 0)
    work.ended(6, other)  # of before
    assert (work.run, work.attempts, world.due) == (run, 0, [])
    for _ in range(2):
        work.ended(6, run)
    assert (work.run, work.attempts, world.due) == (None, 1, [6 + SECOND])
    work.stream.works.clear()
    work.begin(6 + SECOND)
    assert len(world.asked) == 1


def test_what_the_record_says_of_a_batch_that_is_given_up(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose = cloud.client("firehose")
    firehose.create_delivery_stream(**LOGS, **to_bucket(**by_function("nobody", NumberOfRetries="0")))
    firehose.put_record_batch(**LOGS, Records=[{"Data": b"a"}, {"Data": b"b"}])
    cloud.run_until_idle()
    (fact,) = cloud.trace.of("delivery_stream.transformed")
    details = {name: value for name, value in fact.details.items() if name != "arn"}
    assert details == {"count": 2, "dropped": 0, "failed": 2, "reason": "Lambda.ResourceNotFound"}


def test_there_are_as_many_delivery_streams_as_may_be(cloud: minicloud.Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    firehose = cloud.client("firehose")
    monkeypatch.setattr(streams, "_MOST", 2)
    for name in ("a", "b"):
        firehose.create_delivery_stream(DeliveryStreamName=name, **to_bucket())
    assert refusal(firehose.create_delivery_stream, DeliveryStreamName="c", **to_bucket()) == (
        "LimitExceededException",
        "You have already consumed your firehose quota of 2 hoses.",
    )
    firehose.delete_delivery_stream(DeliveryStreamName="a")
    firehose.create_delivery_stream(DeliveryStreamName="c", **to_bucket())
    assert firehose.list_delivery_streams()["DeliveryStreamNames"] == ["b", "c"]


def test_what_is_gathered_is_counted_anew(cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="lake")
    firehose = cloud.client("firehose")
    firehose.create_delivery_stream(**LOGS, **to_bucket())
    firehose.put_record(**LOGS, Record={"Data": bytes(2**19)})
    (service,) = cloud.services("firehose")
    stream = service.streams.items["logs"]
    cloud.clock.advance(30)
    stream.entry_size = 7
    service.world.timeline.cancel(stream._event)
    service.mend(cloud.clock.time_ns())
    assert stream.entry_size == 2**19
    cloud.clock.advance(29)
    assert cloud.bucket("lake").keys == []
    cloud.clock.advance(1)
    assert len(cloud.bucket("lake").keys) == 1


def test_what_took_over_from_a_shard_is_read_at_once() -> None:
    came: list[int] = []
    stream: Any = SimpleNamespace(
        has_ended=False,
        entry=[],
        entry_size=0,
        world=SimpleNamespace(trace=None),
        came=lambda _, count: came.append(count),
    )
    children = [Shard(tip=0), Shard(tip=0)]
    record = SimpleNamespace(data=b"abc", sequence_number="1", partition_key="k", arrival=0)
    for number, child in enumerate(children, 1):
        child.shard_id, child.records = f"shardId-{number}", [record] * number
    parent = Shard(tip=4)
    parent.is_closed, parent.children_ = True, children
    source: Any = Source(parent, 4)
    reader = StreamReader(stream, source)
    reader.start(0)
    reader.look(0)
    assert (came, len(stream.entry), stream.entry_size) == ([1, 2], 3, 9)
    assert list(reader.cursors) == ["shardId-1", "shardId-2"]
    assert ([len(one.readers) for one in children], parent.readers) == ([1, 1], [])
