"""Who reads a stream is told in the same way, whichever client reads."""

from __future__ import annotations

from typing import Any

import minicloud

SHARD = "shardId-000000000000"


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
