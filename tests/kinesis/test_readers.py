"""Who reads a stream is told in the same way, whichever client reads."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import minicloud
from minicloud.inspection.verdicts import judge
from tests.support.depth import deep

SHARD = "shardId-000000000000"

STEPS = st.one_of(
    st.tuples(st.just("put"), st.integers(1, 4)),
    st.tuples(st.just("iterate"), st.sampled_from(["LATEST", "TRIM_HORIZON"])),
    st.tuples(st.just("resume"), st.integers(0, 30)),
    st.tuples(st.just("read"), st.integers(0, 30)),
    st.tuples(st.just("advance"), st.sampled_from([100, 301, 43_200])),
)


def test_readers_of_every_client(cloud: minicloud.Cloud, kinesis: Any) -> None:
    cloud.trace.start()
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    numbers = [
        kinesis.put_record(StreamName="clicks", Data=b"%d" % number, PartitionKey="k")["SequenceNumber"]
        for number in range(4)
    ]
    place = kinesis.get_shard_iterator(StreamName="clicks", ShardId=SHARD, ShardIteratorType="TRIM_HORIZON")
    answer = kinesis.get_records(ShardIterator=place["ShardIterator"], Limit=2)
    kinesis.get_records(ShardIterator=answer["NextShardIterator"], Limit=1)
    [reader] = cloud.stream("clicks").readers
    assert (reader.start, reader.reads, reader.behind) == ("TRIM_HORIZON", [(0, 2), (2, 3)], 1)
    assert [cloud.ledger[number].fate for number in numbers] == ["read", "read", "read", "unread"]
    assert {delivery.by for delivery in cloud.ledger[numbers[0]].deliveries} == {reader.name}
    assert cloud.check_history("clicks")


@settings(max_examples=deep(200))
@given(st.lists(STEPS, max_size=40))
def test_whatever_is_read_the_ledger_and_the_answers_agree(steps: list[tuple[str, Any]]) -> None:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as cloud:
        kinesis = cloud.client("kinesis")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        numbers: list[str] = []
        iterators: list[str] = []
        times: Counter[str] = Counter()
        place = {"StreamName": "s", "ShardId": SHARD}
        for step, value in steps:
            if step == "put":
                entries = [{"Data": b"x", "PartitionKey": "k"}] * value
                answer = kinesis.put_records(StreamName="s", Records=entries)  # type: ignore[arg-type]
                numbers += [record["SequenceNumber"] for record in answer["Records"]]
            elif step == "iterate":
                iterators.append(kinesis.get_shard_iterator(**place, ShardIteratorType=value)["ShardIterator"])
            elif step == "resume" and numbers:
                after = {"StartingSequenceNumber": numbers[value % len(numbers)]}
                made = kinesis.get_shard_iterator(**place, ShardIteratorType="AFTER_SEQUENCE_NUMBER", **after)
                iterators.append(made["ShardIterator"])
            elif step == "read" and iterators:
                try:
                    got = kinesis.get_records(ShardIterator=iterators[value % len(iterators)], Limit=value % 3 + 1)
                except kinesis.exceptions.ExpiredIteratorException:
                    continue
                iterators.append(got["NextShardIterator"])
                times.update(record["SequenceNumber"] for record in got["Records"])
            elif step == "advance":
                cloud.clock.advance(value)
        ledger = cloud.ledger
        assert [account.message_id for account in ledger.of("s")] == numbers
        assert {number: len(ledger[number].deliveries) for number in numbers} == {one: times[one] for one in numbers}
        assert cloud.check_history(checks=["shard_order"])
        kept = [record.sequence_number for record in cloud.stream("s").records]
        unread = [number for number in kept if not times[number]]
        judged = judge(cloud, ["streams_read"])
        assert bool(judged) == bool(unread)
        if unread:
            how_many = len(unread) if len(unread) == len(kept) else f"{len(unread)} of {len(kept)}"
            assert judged.splitlines()[1].startswith(f"  {how_many} record")
        readers = cloud.stream("s").readers
        assert all(0 <= reader.behind <= len(kept) for reader in readers)
        # What a reader has neither read nor is behind of lies before where it began, was passed over, or is gone.
        for reader in readers:
            read = {position for first, end in reader.reads for position in range(first, end)}
            skipped = {position for first, end, _, _ in reader.skipped() for position in range(first, end)}
            assert not read & skipped
            between = set(range(reader.start_position, reader.position))
            assert between <= read | skipped
