"""Calls that lead to runs with records, or change what reads a stream, into which an exception comes.

They have happened as a whole or not at all; no record is passed over, and what is given up is told of, once. A handler
that is interrupted is a failed run, so what is compared is which records were handled or given up in the end.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest

from tests.support import strikes
from tests.support.strikes import FORMS, Form

pytestmark = [
    pytest.mark.stress,
    # Python only prints what strikes in the end of a generator.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

MIDDLE = str(2**127)


class World(strikes.World):
    """A cloud with a stream, a function that handles it, and a picture of what became of the records."""

    LONG = 600

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.cloud: Any
        self.kinesis: Any = self.cloud.client("kinesis")
        self.lambda_: Any = self.cloud.client("lambda")
        self.cloud.client("sqs").create_queue(QueueName="given-up")
        self.handled: set[bytes] = set()
        self.windows: set[tuple[str, str]] = set()
        self.fails_at = b"none"
        self.cloud.function("f", self.handle)
        self.kinesis.create_stream(StreamName="s", ShardCount=1)
        self.arn = self.cloud.stream("s").arn

    def handle(self, event: Any, _: Any) -> Any:
        data = [b64decode(record["kinesis"]["data"]) for record in event["Records"]]
        if self.fails_at in data:
            raise ValueError("no")
        self.handled.update(data)
        if "window" not in event:
            return None
        seen = [*event["state"].get("seen", []), *[one.decode() for one in data]]
        if event["isFinalInvokeForWindow"]:
            self.windows.add((event["window"]["start"], ",".join(sorted(set(seen)))))
        return {"state": {"seen": seen}}

    def map(self, **parameters: Any) -> Any:
        destination = self.cloud.queue("given-up").arn
        parameters["DestinationConfig"] = {"OnFailure": {"Destination": destination}}
        # By its ARN: a look for a name goes through all clouds of the test, and has more places with each.
        return self.cloud.event_source_mapping(self.arn, "f", **parameters)

    def picture(self) -> dict[str, Any]:
        """Taken when everything had its time: before, what was interrupted may have to be tried again."""
        self.look()  # whoever comes next mends
        self.cloud.clock.advance(self.LONG)
        return super().picture()

    def look(self) -> Any:
        lambda_, engine = self.lambda_, self.cloud
        names = self.kinesis.list_streams()["StreamNames"]
        records = engine.stream("s").records if names else []
        told = [json.loads(body)["KinesisBatchInfo"] for body in engine.queue("given-up").bodies]
        given_up = [
            record.data
            for one in told
            for record in records
            if record.shard_id == one["shardId"]
            and one["startSequenceNumber"] <= record.sequence_number <= one["endSequenceNumber"]
        ]
        seen: dict[str, Any] = {
            "left": sorted({record.data for record in records} - self.handled - set(given_up)),
            "both": sorted(self.handled & set(given_up)),
            "given up twice": sorted(one for one in set(given_up) if given_up.count(one) > 1),
            "windows": sorted(self.windows),
            "records": sorted(record.data for record in records),
        }
        for one in lambda_.list_event_source_mappings()["EventSourceMappings"]:
            for drawn in ("UUID", "EventSourceMappingArn", "LastProcessingResult", "LastModified"):
                one.pop(drawn)
            seen["mapping"] = one
        state = engine.find_service("lambda", engine.account_id, engine.region_name)
        seen["positions"] = [(mapping.positions, mapping.in_flight) for mapping in state.mappings.values()]
        return repr(seen)


Act = Callable[[World], Any]
Row = strikes.Row[World]


def do(*acts: Act) -> Act:
    return lambda w: [each(w) for each in acts][-1]


def put(*data: bytes) -> Act:
    return lambda w: w.kinesis.put_records(
        StreamName="s", Records=[{"Data": one, "PartitionKey": one.decode()} for one in data]
    )


def partly(*data: bytes) -> tuple[Act, ...]:
    return tuple(put(*data[:count]) for count in range(1, len(data)))


def mapped(**parameters: Any) -> Act:
    return lambda w: w.map(**parameters)


def failing(data: bytes) -> Act:
    return lambda w: setattr(w, "fails_at", data)


def wait(seconds: float) -> Act:
    return lambda w: w.cloud.clock.advance(seconds)


def change(**parameters: Any) -> Act:
    return lambda w: w.lambda_.update_event_source_mapping(UUID=w.kept.uuid, **parameters)


def split(w: World) -> Any:
    return w.kinesis.split_shard(StreamName="s", ShardToSplit="shardId-000000000000", NewStartingHashKey=MIDDLE)


def delete_stream(w: World) -> Any:
    return w.kinesis.delete_stream(StreamName="s")


def delete(w: World) -> Any:
    return w.lambda_.delete_event_source_mapping(UUID=w.kept.uuid)


def kept(make: Act, *more: Act) -> Act:
    """What ``make`` made is what the call is about, whatever comes after it."""

    def act(w: World) -> Any:
        made = make(w)
        for each in more:
            each(w)
        return made

    return act


LETTERS = b"a", b"b", b"c", b"d"
BISECTING = {"BisectBatchOnFunctionError": True, "MaximumRetryAttempts": 0}

ROWS: dict[str, Row] = {
    "put": Row(mapped(), put(*LETTERS), partly(*LETTERS)),
    "put to lanes": Row(mapped(ParallelizationFactor=3, BatchSize=1), put(*LETTERS), partly(*LETTERS)),
    "put what fails": Row(do(failing(b"b"), mapped(**BISECTING)), put(*LETTERS), partly(*LETTERS)),
    "read what there is": Row(put(*LETTERS), mapped(BatchSize=2)),
    "halves": Row(kept(mapped(**BISECTING), failing(b"b"), put(*LETTERS)), wait(0.5)),
    "giving up": Row(kept(mapped(MaximumRetryAttempts=0), failing(b"b"), put(b"a")), put(b"b")),
    "too old": Row(kept(mapped(MaximumRecordAgeInSeconds=60), failing(b"b"), put(b"b"), wait(63)), wait(1)),
    "a window's end": Row(kept(mapped(TumblingWindowInSeconds=60), put(b"a")), wait(60)),
    "a batch's end": Row(kept(mapped(MaximumBatchingWindowInSeconds=60), put(b"a")), wait(60)),
    "split": Row(kept(mapped(), put(*LETTERS)), split),
    "a split and what came after": Row(
        kept(mapped(Enabled=False), put(*LETTERS), split, put(b"e")), change(Enabled=True)
    ),
    "disable": Row(kept(mapped(), failing(b"b"), put(*LETTERS)), change(Enabled=False)),
    "other lanes": Row(
        kept(mapped(ParallelizationFactor=3), failing(b"b"), put(*LETTERS)), change(ParallelizationFactor=2)
    ),
    "delete": Row(kept(mapped(), failing(b"b"), put(*LETTERS)), delete),
    "a stream that goes": Row(kept(mapped(), failing(b"b"), put(*LETTERS)), delete_stream),
    "a stream that comes again": Row(
        kept(mapped(), delete_stream), lambda w: w.kinesis.create_stream(StreamName="s", ShardCount=2)
    ),
}


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_calls_have_happened_in_full_or_not_at_all(row: Row, form: Form) -> None:
    assert not form.wrong_places(row, World)
