"""Whatever happens to a stream, a consumer that follows its children gets every record once and in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import minicloud
from minicloud.inspection.verdicts import judge
from tests.kinesis.support import ARN, TOP, ids_of, open_shards, shard_id
from tests.support.depth import deep

PUT, SPLIT, MERGE, READ, ADVANCE, RESUBSCRIBE = range(6)

steps = st.one_of(
    st.tuples(st.just(PUT), st.lists(st.integers(0, TOP), min_size=1, max_size=6)),
    st.tuples(st.sampled_from([SPLIT, MERGE, READ, READ, RESUBSCRIBE]), st.integers(0, 30)),
    st.tuples(st.just(ADVANCE), st.sampled_from([0.5, 5, 200, 299, 300])),
)


class Follower:
    """A consumer with a subscription to each shard that it has got to, and checkpoints."""

    def __init__(self, kinesis: Any, cloud: Any, name: str) -> None:
        self.kinesis = kinesis
        self.cloud = cloud
        self.arn = kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName=name)["Consumer"]["ConsumerARN"]
        self.streams: dict[str, Iterator[Any]] = {}
        self.checkpoints: dict[str, str] = {}
        self.finished: set[str] = set()
        self.seen: dict[str, list[bytes]] = defaultdict(list)
        for index in ids_of(kinesis.list_shards(StreamName="s")["Shards"]):
            self.subscribe(shard_id(index))

    def subscribe(self, shard: str) -> None:
        position: dict[str, Any] = {"Type": "TRIM_HORIZON"}
        if shard in self.checkpoints:
            position = {"Type": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self.checkpoints[shard]}
        response = self.kinesis.subscribe_to_shard(ConsumerARN=self.arn, ShardId=shard, StartingPosition=position)
        self.streams[shard] = iter(response["EventStream"])

    def resubscribe(self, shard: str) -> None:
        self.cloud.clock.advance(5)
        self.subscribe(shard)

    def read(self, shard: str) -> bool:
        """One event of a shard; whether it had records or ended the shard."""
        event = next(self.streams[shard], None)
        if event is None:
            self.resubscribe(shard)
            return True
        event = event["SubscribeToShardEvent"]
        self.checkpoints[shard] = event["ContinuationSequenceNumber"]
        self.seen[shard] += [record["Data"] for record in event["Records"]]
        children = event.get("ChildShards", [])
        if children:
            assert next(self.streams.pop(shard), None) is None
            self.finished.add(shard)
            for child in children:
                if set(child["ParentShards"]) <= self.finished:
                    self.subscribe(child["ShardId"])
        return bool(event["Records"] or children)

    def read_everything(self) -> None:
        busy = True
        while busy:
            busy = False
            for shard in list(self.streams):
                busy = self.read(shard) or busy


@settings(max_examples=deep(80))
@given(st.lists(steps, max_size=25), st.integers(1, 3))
def test_every_record_once_and_in_order(history: list[tuple[int, Any]], shards: int) -> None:
    with minicloud.Cloud(clock="virtual", seed=1, trace=True) as cloud:
        kinesis = cloud.client("kinesis")
        kinesis.create_stream(StreamName="s", ShardCount=shards)
        followers = [Follower(kinesis, cloud, name) for name in ("a", "b")]
        sent: dict[str, list[bytes]] = defaultdict(list)
        counter = 0
        for what, value in history:
            open_now = open_shards(kinesis, "s")
            if what == PUT:
                entries = []
                for hash_key in value:
                    counter += 1
                    entries.append({"Data": b"%d" % counter, "PartitionKey": "p", "ExplicitHashKey": str(hash_key)})
                response = kinesis.put_records(StreamName="s", Records=entries)
                for entry, record in zip(entries, response["Records"], strict=True):
                    sent[record["ShardId"]].append(entry["Data"])
            elif what == SPLIT:
                shard = open_now[value % len(open_now)]
                low, high = (int(key) for key in shard["HashKeyRange"].values())
                if low + 1 < (low + high) // 2 < high:
                    kinesis.split_shard(
                        StreamName="s", ShardToSplit=shard["ShardId"], NewStartingHashKey=str((low + high) // 2)
                    )
            elif what == MERGE:
                if len(open_now) > 1:
                    place = value % (len(open_now) - 1)
                    lower, upper = (shard["ShardId"] for shard in open_now[place : place + 2])
                    kinesis.merge_shards(StreamName="s", ShardToMerge=lower, AdjacentShardToMerge=upper)
            elif what == ADVANCE:
                cloud.clock.advance(value)
            else:
                for follower in followers:
                    known = sorted(follower.streams)
                    if what == READ:
                        follower.read(known[value % len(known)])
                    else:
                        follower.resubscribe(known[value % len(known)])
        for follower in followers:
            follower.read_everything()
            assert {shard: datas for shard, datas in follower.seen.items() if datas} == sent
        assert cloud.check_history("s")
        assert judge(cloud, ["streams_read"]) == ""
        assert not any(reader.behind for reader in cloud.stream("s").readers)
