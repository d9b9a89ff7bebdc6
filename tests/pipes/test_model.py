"""Whatever happens to a pipe, nothing is lost and nothing comes twice; records of a key stay in order."""

from __future__ import annotations

import json
from base64 import b64decode
from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st

import minicloud
from tests.support.depth import deep

from .support import PIPE, PLACE, ROLE, STREAM, filters, queues, sent

KINDS = ("good", "good", "unwanted", "once", "never")
"""What becomes of a record: it is handled, filtered out, handled when it is tried again, or given up in the end."""
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.lists(st.sampled_from(KINDS), min_size=1, max_size=10)),
        st.tuples(st.just("pass"), st.integers(1, 45)),
        st.tuples(st.sampled_from(["stop", "start", "update"]), st.integers(1, 10)),
    ),
    max_size=12,
)


class Handler:
    """A function that a pipe leads to."""

    def __init__(self) -> None:
        self.handled: list[str] = []
        self.tried: Counter[str] = Counter()

    def fails(self, name: str) -> bool:
        """Whether a record fails this time."""
        self.tried[name] += 1
        return name.startswith("never") or (name.startswith("once") and self.tried[name] == 1)

    def of_messages(self, event: Any, context: Any) -> Any:
        failed = []
        for one in event:
            name = json.loads(one["body"])["name"]
            if self.fails(name):
                failed.append({"itemIdentifier": one["messageId"]})
            else:
                self.handled.append(name)
        return {"batchItemFailures": failed}

    def of_records(self, event: Any, context: Any) -> Any:
        for one in event:
            name = json.loads(b64decode(one["data"]))["name"]
            if self.fails(name):
                return {"batchItemFailures": [{"itemIdentifier": one["eventID"]}]}
            self.handled.append(name)
        return None


def names(kinds: list[str], begin: int) -> list[str]:
    return [f"{kind}-{begin + number}" for number, kind in enumerate(kinds)]


def body_of(name: str) -> dict[str, str]:
    return {"name": name, "kind": name.partition("-")[0]}


WANTED = {"kind": [{"anything-but": "unwanted"}]}


@settings(max_examples=deep(200))
@given(STEPS, st.sampled_from([0, 20]))
def test_each_message_ends_once(steps: list[tuple[str, Any]], window: int) -> None:
    with minicloud.Cloud(clock="virtual", seed=1) as cloud:
        queues(cloud)
        pipes, handler, made = cloud.client("pipes"), Handler(), list[str]()
        target = cloud.function("bill", handler.of_messages)
        queue = {"BatchSize": 10, "MaximumBatchingWindowInSeconds": window}
        given_source: Any = {"SqsQueueParameters": queue, **filters({"body": WANTED})}
        pipes.create_pipe(**{**PIPE, "Target": target}, SourceParameters=given_source)
        for what, value in [*steps, ("start", 1)]:
            note(f"{what} {value}")
            if what == "send":
                fresh = names(value, len(made))
                made += fresh
                sent(cloud, *map(body_of, fresh))
            elif what == "pass":
                cloud.clock.advance(value)
            elif what == "update":
                size: Any = {"SqsQueueParameters": {**queue, "BatchSize": value}}
                pipes.update_pipe(Name="billing", RoleArn=ROLE, SourceParameters=size)
            else:
                (pipes.stop_pipe if what == "stop" else pipes.start_pipe)(Name="billing")
        cloud.clock.advance(timedelta(minutes=5))
        given_up = [json.loads(body)["name"] for body in cloud.queue("given-up").bodies]
        assert cloud.queue("orders").bodies == []
        assert sorted(handler.handled) == sorted(
            name for name in made if name.startswith(("good", "once")) and name not in given_up
        )
        assert all(count == 1 for count in Counter(handler.handled + given_up).values())
        assert {name for name in made if name.startswith("never")} <= set(given_up)
        assert not any(name.startswith(("good", "unwanted")) and window == 0 for name in given_up)


@settings(max_examples=deep(200))
@given(STEPS, st.booleans(), st.booleans())
def test_each_record_ends_once_and_in_order(steps: list[tuple[str, Any]], halves: bool, splits: bool) -> None:
    with minicloud.Cloud(clock="virtual", seed=1) as cloud:
        queues(cloud)
        kinesis, pipes, handler, made = cloud.client("kinesis"), cloud.client("pipes"), Handler(), list[str]()
        kinesis.create_stream(StreamName="clicks", ShardCount=1)
        cloud.clock.advance(30)
        stream: Any = {"StartingPosition": "TRIM_HORIZON", "MaximumRetryAttempts": 3, "BatchSize": 4}
        stream["DeadLetterConfig"] = {"Arn": f"arn:aws:sqs:{PLACE}:given-up"}
        if halves:
            stream["OnPartialBatchItemFailure"] = "AUTOMATIC_BISECT"
        source: Any = {"KinesisStreamParameters": stream, **filters({"data": WANTED})}
        target = cloud.function("bill", handler.of_records)
        pipes.create_pipe(Name="billing", Source=STREAM, SourceParameters=source, Target=target, RoleArn=ROLE)
        for what, value in [*steps, ("start", 1)]:
            note(f"{what} {value}")
            if what == "send":
                fresh = names(value, len(made))
                made += fresh
                records: Any = [
                    {"Data": json.dumps(body_of(name)).encode(), "PartitionKey": str(place % 3)}
                    for place, name in enumerate(fresh, len(made) - len(fresh))
                ]
                kinesis.put_records(StreamName="clicks", Records=records)
            elif what == "pass":
                cloud.clock.advance(value)
            elif what == "update" and splits:
                splits = False
                half = str(2**127)
                kinesis.split_shard(StreamName="clicks", ShardToSplit="shardId-000000000000", NewStartingHashKey=half)
                cloud.clock.advance(30)
            elif what != "update":
                (pipes.stop_pipe if what == "stop" else pipes.start_pipe)(Name="billing")
        cloud.run_until_idle(limit=100_000)
        given_up = sum(json.loads(body)["KinesisBatchInfo"]["batchSize"] for body in cloud.queue("given-up").bodies)
        wanted = [name for name in made if not name.startswith("unwanted")]
        # A record is handled once, or given up; what stands behind one that is given up is given up with it.
        assert max(Counter(handler.handled).values(), default=1) == 1
        assert len(handler.handled) + given_up == len(wanted)
        for key in range(3):
            of_key = [name for name in handler.handled if int(name.partition("-")[2]) % 3 == key]
            assert of_key == [name for place, name in enumerate(made) if place % 3 == key and name in of_key]
        if halves:
            assert given_up == sum(name.startswith("never") for name in wanted)
