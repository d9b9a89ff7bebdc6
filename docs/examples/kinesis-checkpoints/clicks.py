"""Counts clicks of a Kinesis stream, shard by shard, and goes on after a crash where it had saved how far it was."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Protocol

import boto3

STREAM = "clicks"


class Checkpoints(Protocol):
    """Where the last sequence number of each shard is kept: a dict, a table, a file."""

    def get(self, shard_id: str) -> str | None:
        """How far the shard was read."""

    def __setitem__(self, shard_id: str, sequence_number: str) -> None: ...


def click(user: str, page: str) -> None:
    """Records a click; those of a user stay in order."""
    boto3.client("kinesis").put_record(
        StreamName=STREAM, PartitionKey=user, Data=json.dumps({"user": user, "page": page}).encode()
    )


class Reader:
    """Reads all shards, a shard's parents before itself, as resharding needs it."""

    def __init__(self, checkpoints: Checkpoints) -> None:
        self.pages: Counter[str] = Counter()
        self._checkpoints = checkpoints
        self._kinesis = boto3.client("kinesis")

    def catch_up(self) -> None:
        """Reads until there is nothing new in any shard."""
        shards = {s["ShardId"]: s for s in self._kinesis.list_shards(StreamName=STREAM)["Shards"]}
        done: set[str] = set()
        while len(done) < len(shards):
            for shard_id, shard in shards.items():
                parents = {shard.get("ParentShardId"), shard.get("AdjacentParentShardId")} & shards.keys()
                if shard_id not in done and parents <= done:
                    self._read(shard_id)
                    done.add(shard_id)

    def _read(self, shard_id: str) -> None:
        iterator = self._iterator(shard_id)
        while iterator:
            try:
                answer = self._kinesis.get_records(ShardIterator=iterator, Limit=100)
            except self._kinesis.exceptions.ExpiredIteratorException:
                iterator = self._iterator(shard_id)  # it took longer than five minutes to handle what came before
                continue
            for record in answer["Records"]:
                self.handle(json.loads(record["Data"]))
                self._checkpoints[shard_id] = record["SequenceNumber"]
            if not answer["Records"] and answer["MillisBehindLatest"] == 0:
                return
            iterator = answer.get("NextShardIterator")  # none after the last record of a closed shard

    def handle(self, event: Any) -> None:
        """What is done with a click."""
        self.pages[event["page"]] += 1

    def _iterator(self, shard_id: str) -> str:
        start: dict[str, str] = {"ShardIteratorType": "TRIM_HORIZON"}
        if last := self._checkpoints.get(shard_id):
            start = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": last}
        return self._kinesis.get_shard_iterator(StreamName=STREAM, ShardId=shard_id, **start)["ShardIterator"]
