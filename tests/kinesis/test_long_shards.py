"""Shards that have taken many more records than they keep: whoever reads one stands where it stood.

Records go in great numbers, now and then. What a shard has let go of counts all the same, for whoever has a place in
it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

import minicloud
from tests.kinesis.support import ARN, data_of, dead_letters, entries, iterator, make_queue, read_all, receive
from tests.kinesis.test_channels import to_bucket

DAY = 24 * 3600
MIB = 1024 * 1024
MANY = 1500
"""More than a shard keeps of what has expired."""


@pytest.fixture
def cloud() -> Iterator[minicloud.Cloud]:
    """A cloud with a stream of one shard, on demand."""
    with minicloud.Cloud(clock="virtual", seed=1) as made:
        kinesis: Any = made.client("kinesis", "us-east-1")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        kinesis.update_stream_mode(StreamARN=f"{ARN}s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
        yield made


@pytest.fixture
def kinesis(cloud: minicloud.Cloud) -> Any:
    return cloud.client("kinesis", "us-east-1")


def put(kinesis: Any, *datas: bytes) -> list[str]:
    records = [{"Data": data, "PartitionKey": "p"} for data in datas]
    return [
        record["SequenceNumber"]
        for first in range(0, len(records), 500)
        for record in kinesis.put_records(StreamName="s", Records=records[first : first + 500])["Records"]
    ]


def let_most_go(cloud: minicloud.Cloud, kinesis: Any) -> list[str]:
    """Put many records and, before they expire, three new ones; the numbers of these. Somebody has seen them go."""
    numbers = put_some_late(cloud, kinesis)
    assert data_of(read_all(kinesis, "s", 0)) == [b"a", b"b", b"c"]
    return numbers


def put_some_late(cloud: minicloud.Cloud, kinesis: Any) -> list[str]:
    put(kinesis, *[b"old"] * MANY)
    cloud.clock.advance(DAY - 600)
    numbers = put(kinesis, b"a", b"b")
    cloud.clock.advance(300)
    numbers += put(kinesis, b"c")
    cloud.clock.advance(300)
    return numbers


def test_all_kinds_of_positions(cloud: minicloud.Cloud, kinesis: Any) -> None:
    early = iterator(kinesis, "s", 0, "LATEST")
    [oldest] = put(kinesis, b"oldest")
    a, b, c = let_most_go(cloud, kinesis)
    assert a < b < c

    def found(kind: str, **params: Any) -> list[bytes]:
        return data_of(read_all(kinesis, "s", 0, kind, **params))

    for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        assert found(kind, StartingSequenceNumber=oldest) == [b"a", b"b", b"c"]
    assert found("AT_SEQUENCE_NUMBER", StartingSequenceNumber=a) == [b"a", b"b", b"c"]
    assert found("AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=a) == [b"b", b"c"]
    told = cloud.trace.of("kinesis.iterator.made")[-1].details
    assert [told[name] for name in ("position", "before", "left")] == [MANY + 2, 1, 2]
    told = cloud.trace.of("kinesis.records.read")[-1].details
    assert [told[name] for name in ("position", "count", "left")] == [MANY + 2, 2, 0]
    assert found("AT_SEQUENCE_NUMBER", StartingSequenceNumber=b) == [b"b", b"c"]
    assert found("AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=b) == [b"c"]
    assert found("AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=c) == []
    assert found("AT_TIMESTAMP", Timestamp=cloud.clock.now() - timedelta(seconds=400)) == [b"c"]
    assert found("AT_TIMESTAMP", Timestamp=cloud.clock.now() - timedelta(days=2)) == [b"a", b"b", b"c"]
    latest = iterator(kinesis, "s", 0, "LATEST")
    put(kinesis, b"d")
    assert data_of(kinesis.get_records(ShardIterator=latest)["Records"]) == [b"d"]
    with pytest.raises(kinesis.exceptions.ExpiredIteratorException):
        kinesis.get_records(ShardIterator=early)
    first = kinesis.get_records(ShardIterator=iterator(kinesis, "s", 0), Limit=1)
    assert (data_of(first["Records"]), first["MillisBehindLatest"]) == ([b"a"], 600_000)
    rest = kinesis.get_records(ShardIterator=first["NextShardIterator"])
    assert (data_of(rest["Records"]), rest["MillisBehindLatest"]) == ([b"b", b"c", b"d"], 0)


def test_a_reader_that_slept_goes_on_at_what_is_left(cloud: minicloud.Cloud, kinesis: Any) -> None:
    put(kinesis, *[b"old"] * MANY)
    cloud.clock.advance(DAY - 200)
    put(kinesis, b"a", b"b")
    place = iterator(kinesis, "s", 0)
    cloud.clock.advance(200)
    read_all(kinesis, "s", 0)  # which lets go of the old ones
    answer = kinesis.get_records(ShardIterator=place)
    assert data_of(answer["Records"]) == [b"a", b"b"]


def test_when_all_have_gone_the_numbers_go_on(cloud: minicloud.Cloud, kinesis: Any) -> None:
    *_, last = put(kinesis, *[b"old"] * MANY)
    cloud.clock.advance(DAY)
    assert read_all(kinesis, "s", 0) == []
    assert cloud.stream("s").records == []
    latest = iterator(kinesis, "s", 0, "LATEST")
    at_last = iterator(kinesis, "s", 0, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=last)
    oldest = iterator(kinesis, "s", 0)
    [number] = put(kinesis, b"a")
    step = (int(number) >> 80) - (int(last) >> 80)
    assert step == 1  # a record more
    for place in (latest, at_last, oldest):
        assert data_of(kinesis.get_records(ShardIterator=place)["Records"]) == [b"a"]


def test_a_queue_that_has_received_nothing(cloud: minicloud.Cloud, kinesis: Any) -> None:
    queue = make_queue(kinesis)
    let_most_go(cloud, kinesis)
    view = cloud.stream("s").queue("q")
    assert view.counts.visible == 3
    assert [record.data for record in view.records] == [b"a", b"b", b"c"]
    [first] = receive(kinesis, queue, Limit=1)
    assert first["Data"] == b"a"
    assert (view.counts.visible, view.counts.in_flight) == (2, 1)
    assert [record.data for record in view.records] == [b"a", b"b", b"c"]
    put(kinesis, b"d")
    assert view.counts.visible == 3
    assert data_of(receive(kinesis, queue)) == [b"b", b"c", b"d"]
    cloud.clock.advance(30)
    assert data_of(receive(kinesis, queue)) == [b"a", b"b", b"c", b"d"]
    put(kinesis, b"e")
    assert data_of(receive(kinesis, queue)) == [b"e"]


def test_a_queue_that_begins_with_what_is_left(cloud: minicloud.Cloud, kinesis: Any) -> None:
    let_most_go(cloud, kinesis)
    moment = cloud.clock.now() - timedelta(seconds=300)
    late = make_queue(kinesis, name="late", kind="LATEST")
    timed = make_queue(kinesis, name="timed", kind="AT_TIMESTAMP", Timestamp=moment)
    whole = make_queue(kinesis, name="whole")
    put(kinesis, b"d")
    assert data_of(receive(kinesis, late)) == [b"d"]
    assert data_of(receive(kinesis, timed)) == [b"c", b"d"]
    assert data_of(receive(kinesis, whole)) == [b"a", b"b", b"c", b"d"]


def test_each_record_that_a_queue_has_not_received_is_told_of_once(cloud: minicloud.Cloud, kinesis: Any) -> None:
    queue = make_queue(kinesis, QueueAttributes=dead_letters(None))
    numbers = put_some_late(cloud, kinesis)

    def told() -> list[str]:
        return [event.details["record_id"] for event in cloud.trace.of("kinesis.record.expired")]

    assert receive(kinesis, queue, Limit=1)[0]["Data"] == b"a"
    assert len(told()) == len(set(told())) == MANY
    put(kinesis, b"d")
    cloud.clock.advance(DAY - 300)
    for _ in range(2):  # whatever is done with the queue
        kinesis.acknowledge_queue_records(QueueARN=queue, Entries=[{"ReceiptHandle": "none"}])
        assert len(told()) == MANY + 3
    assert data_of(receive(kinesis, queue)) == [b"d"]  # a was in flight, and nobody has received b and c
    assert len(told()) == len(set(told())) == MANY + 3
    assert set(told()[MANY:]) == {f"{int(number):x}" for number in numbers}


@pytest.mark.parametrize("reader", ["a read", "another queue", "a view", "an iterator", "a subscription", "a mapping"])
def test_a_queue_tells_of_what_goes_while_somebody_else_reads(
    cloud: minicloud.Cloud, kinesis: Any, reader: str
) -> None:
    queue = make_queue(kinesis)
    other = make_queue(kinesis, name="other")
    consumer = kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")["Consumer"]["ConsumerARN"]
    place = iterator(kinesis, "s", 0)
    put_some_late(cloud, kinesis)
    if reader == "a read":
        with pytest.raises(kinesis.exceptions.ExpiredIteratorException):
            kinesis.get_records(ShardIterator=place)
        read_all(kinesis, "s", 0)
    elif reader == "another queue":
        receive(kinesis, other)
    elif reader == "a view":
        assert len(cloud.stream("s").records) == 3
    elif reader == "an iterator":
        iterator(kinesis, "s", 0)
    elif reader == "a subscription":
        kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId="0", StartingPosition={"Type": "TRIM_HORIZON"})
    else:
        cloud.function("f", lambda *_: None)
        cloud.client("lambda", "us-east-1").create_event_source_mapping(
            EventSourceArn=f"{ARN}s", FunctionName="f", StartingPosition="TRIM_HORIZON"
        )
        cloud.clock.advance(60)
    assert data_of(receive(kinesis, queue)) == [b"a", b"b", b"c"]
    told = [event for event in cloud.trace.of("kinesis.record.expired") if event.details["arn"] == queue]
    assert len({event.details["record_id"] for event in told}) == len(told) == MANY


def test_a_channel(cloud: minicloud.Cloud, kinesis: Any) -> None:
    kinesis.create_channel(**to_bucket("c"))
    let_most_go(cloud, kinesis)
    put(kinesis, b"d", b"e")
    [channel] = cloud.stream("s").channels
    assert [record.data for record in channel.records] == [b"old"] * MANY + [b"a", b"b", b"c", b"d", b"e"]
    copied = [event.details for event in cloud.trace.of("kinesis.records.copied")]
    assert (copied[-1]["position"], copied[-1]["read"]) == (MANY + 3, 2)


def test_a_subscription(cloud: minicloud.Cloud, kinesis: Any) -> None:
    a, b, c = let_most_go(cloud, kinesis)
    consumer = kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")["Consumer"]["ConsumerARN"]
    position = {"Type": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": a}
    answer = kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId="0", StartingPosition=position)
    events = iter(answer["EventStream"])
    event = next(events)["SubscribeToShardEvent"]
    assert (data_of(event["Records"]), event["ContinuationSequenceNumber"]) == ([b"b", b"c"], c)
    told = cloud.trace.of("kinesis.shard.subscribed")[-1].details
    assert [told[name] for name in ("position", "before", "left")] == [MANY + 1, 1, 2]
    told = cloud.trace.of("kinesis.records.pushed")[-1].details
    assert [told[name] for name in ("position", "count", "left")] == [MANY + 1, 2, 0]
    put(kinesis, b"d")
    event = next(events)["SubscribeToShardEvent"]
    assert data_of(event["Records"]) == [b"d"]
    cloud.clock.advance(5)
    answer = kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId="0", StartingPosition={"Type": "LATEST"})
    idle = next(iter(answer["EventStream"]))["SubscribeToShardEvent"]
    assert idle["Records"] == []
    assert idle["ContinuationSequenceNumber"] == event["ContinuationSequenceNumber"] > c > b


def test_ten_mebibytes_at_a_time_wherever_one_stands(cloud: minicloud.Cloud, kinesis: Any) -> None:
    let_most_go(cloud, kinesis)
    cloud.clock.advance(DAY - 400)
    for _ in range(3):
        put(kinesis, *[bytes(MIB - 1)] * 4)  # a mebibyte each, with its key
    cloud.clock.advance(400)
    place = iterator(kinesis, "s", 0)
    found = []
    while True:
        answer = kinesis.get_records(ShardIterator=place)
        found.append(len(answer["Records"]))
        place = answer["NextShardIterator"]
        if answer["MillisBehindLatest"] == 0:
            break
    assert found == [10, 2]
    first = kinesis.get_records(ShardIterator=iterator(kinesis, "s", 0), Limit=1)
    assert len(kinesis.get_records(ShardIterator=first["NextShardIterator"])["Records"]) == 10


@pytest.mark.parametrize("sizes", [(1, 1_040_000), (1_040_000, 1), (1, 1_040_000, 1)])
def test_what_is_read_counts_in_full_in_whatever_order_it_comes(sizes: tuple[int, ...]) -> None:
    with minicloud.Cloud(clock="virtual", seed=1, limits="strict") as cloud:
        kinesis: Any = cloud.client("kinesis", "us-east-1")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        for size in sizes:
            put(kinesis, bytes(size))
            cloud.clock.advance(1)
        place = iterator(kinesis, "s", 0)
        for _ in range(3):  # a little less than 2 MiB, and then more
            kinesis.get_records(ShardIterator=place)
        with pytest.raises(kinesis.exceptions.ProvisionedThroughputExceededException):
            kinesis.get_records(ShardIterator=place)


def test_how_far_behind_is_the_last_record_that_was_read(cloud: minicloud.Cloud, kinesis: Any) -> None:
    for data in (b"a", b"b", b"c", b"d", b"d"):
        put(kinesis, data)
        if data != b"d":
            cloud.clock.advance(2000)
    place = iterator(kinesis, "s", 0)
    answer = kinesis.get_records(ShardIterator=place, Limit=2)
    assert (data_of(answer["Records"]), answer["MillisBehindLatest"]) == ([b"a", b"b"], 4_000_000)
    answer = kinesis.get_records(ShardIterator=place, Limit=4)
    assert answer["MillisBehindLatest"] == 1  # which has arrived just now, and is not the last


def test_what_nobody_can_read_takes_no_memory() -> None:
    data = bytes(100)
    with minicloud.Cloud(clock="virtual", seed=1, trace=False) as cloud:
        kinesis = cloud.client("kinesis", "us-east-1")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        before = sys.getrefcount(data)
        put(kinesis, *[data] * MANY)
        assert sys.getrefcount(data) >= before + MANY
        cloud.clock.advance(DAY)
        put(kinesis, b"new")
        assert sys.getrefcount(data) <= before + 1


def test_a_record_that_is_hidden_anew_again_and_again_takes_no_more_memory() -> None:
    with minicloud.Cloud(clock="virtual", seed=1, trace=False) as cloud:
        kinesis: Any = cloud.client("kinesis", "us-east-1")
        kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
        queue = make_queue(kinesis, QueueAttributes=dead_letters(None))
        put(kinesis, b"a", b"b")

        def hide(times: int) -> None:
            for number in range(times):
                given = entries(record, VisibilityTimeoutSeconds=10_000 - number)
                kinesis.update_queue_records_visibility(QueueARN=queue, Entries=given)

        def give_up(times: int) -> None:
            for _ in range(times):
                receive(kinesis, queue, Limit=1, VisibilityTimeoutSeconds=0)

        [record] = receive(kinesis, queue, Limit=1)
        for act in (hide, give_up):
            act(500)
            before = sys.getallocatedblocks()
            act(2000)
            assert sys.getallocatedblocks() < before + 1000
