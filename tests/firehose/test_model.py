"""Delivery streams against an obvious model: every record ends where it belongs, once, in time and in order."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st

import minicloud
from tests.support.depth import deep

from .support import BUCKET, ROLE, by_function, from_stream, to_bucket, upper

LOGS = {"DeliveryStreamName": "logs"}
MB = 1 << 20
KINDS = ("ok", "ok", "ok", "drop", "fail", "crash-1", "crash-3", "crash-9")
"""What becomes of a record: the last ones have a run raise so often that has them in its batch."""
SIZES = (10, 90_000, 400_000)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(SIZES)), max_size=6)),
        st.tuples(st.just("pass"), st.integers(1, 150)),
        st.tuples(st.just("update"), st.integers(1, 200)),
    ),
    max_size=8,
)


class Buffer:
    """Records that wait until there are enough, or the first one has waited for long enough."""

    def __init__(self, size: int, seconds: int, weigh: Callable[[bytes], int] = len) -> None:
        self.weigh = weigh
        self.size = size
        self.seconds = seconds
        self.waiting: list[tuple[int, bytes]] = []

    def take(self, now: int) -> list[bytes]:
        """What leaves now: of what came, not more than ``size`` needs, or all that has come in time."""
        total, taken = 0, []
        for _, data in self.waiting:
            total += self.weigh(data)
            taken.append(data)
            if total >= self.size:
                break
        else:
            if not taken or now < self.waiting[0][0] + self.seconds:
                return []
        del self.waiting[: len(taken)]
        return taken


class Model:
    """A delivery stream as one would write it down: it looks at everything, each second."""

    def __init__(self, *, has_function: bool) -> None:
        self.now = 0
        self.has_function = has_function
        self.entry = Buffer(round(0.2 * MB) if has_function else MB, 60)
        line = 400  # what there is in one beside the record, about
        failures = Buffer(MB, 60, lambda data: len(b64encode(data)) + line)
        self.outputs = {"data": Buffer(MB, 60), "failures": failures, "raw": Buffer(MB, 60)}
        self.runs: list[tuple[int, int, list[bytes]]] = []
        """When a run begins, which attempt it is, and with what."""
        self.objects: list[tuple[int, str, bytes]] = []

    def look(self) -> None:
        """Let everything go on that can at this second."""
        self.deliver("data", "failures")  # before what a run makes of records at the same moment
        while taken := self.entry.take(self.now):
            if not self.has_function:
                self.objects += [(self.now, kind, b"".join(taken)) for kind in ("data", "raw")]
                continue
            self.outputs["raw"].waiting += [(self.now, data) for data in taken]
            self.run(1, taken)
        due = [run for run in self.runs if run[0] == self.now]
        self.runs = [run for run in self.runs if run[0] != self.now]
        for _, attempt, taken in due:
            self.run(attempt, taken)
        self.deliver("data", "failures", "raw")

    def deliver(self, *kinds: str) -> None:
        """Put the objects that are to be put."""
        for kind in kinds:
            while taken := self.outputs[kind].take(self.now):
                self.objects.append((self.now, kind, b"".join(taken)))

    def run(self, attempt: int, taken: list[bytes]) -> None:
        """The function runs with a batch."""
        crashes = max((int(name_of(data)[6:]) for data in taken if name_of(data).startswith("crash")), default=0)
        if attempt <= crashes:
            if attempt <= 3:
                self.runs.append((self.now + (1 << attempt - 1), attempt + 1, taken))
            else:
                self.outputs["failures"].waiting += [(self.now, data) for data in taken]
            return
        for data in taken:
            if name_of(data) == "fail":
                self.outputs["failures"].waiting.append((self.now, data))
            elif name_of(data) != "drop":
                self.outputs["data"].waiting.append((self.now, data.upper()))

    def let_pass(self, seconds: int) -> None:
        """Second by second."""
        for _ in range(seconds):
            self.now += 1
            self.look()


def name_of(data: bytes) -> str:
    """What kind a record is of."""
    return data.partition(b" ")[0].decode().lower()


def delivered(cloud: minicloud.Cloud) -> list[tuple[int, str, bytes]]:
    """The objects in the bucket: when they came, of which kind, with what."""
    s3, found = cloud.client("s3"), []
    for one in s3.list_objects_v2(Bucket="lake").get("Contents", ()):
        content = s3.get_object(Bucket="lake", Key=one["Key"])["Body"].read()
        kind = one["Key"].partition("/")[0]
        if kind == "failures":
            content = b"".join(b64decode(json.loads(line)["rawData"]) for line in content.splitlines())
        seconds = round((one["LastModified"] - datetime(2026, 1, 1, tzinfo=UTC)).total_seconds())
        found.append((seconds, kind, content))
    return found


def shown(objects: list[tuple[int, str, bytes]]) -> list[Any]:
    """Objects in an order of their own, as of a second there may be several, and without what fills records up."""
    return sorted((when, kind, len(content), content.translate(None, b".")) for when, kind, content in objects)


@settings(max_examples=deep(100))
@given(steps=STEPS, has_function=st.booleans(), is_of_stream=st.booleans())
def test_every_record_ends_where_it_belongs(steps: list[Any], has_function: bool, is_of_stream: bool) -> None:
    with minicloud.Cloud(clock="virtual", seed=1, region_name="us-east-1") as cloud:
        firehose, kinesis = cloud.client("firehose"), cloud.client("kinesis")
        cloud.client("s3").create_bucket(Bucket="lake")
        kinesis.create_stream(StreamName="clicks", ShardCount=1)
        tried: dict[str, int] = {}

        def transform(event: Any, context: Any) -> Any:
            names = [name_of(b64decode(one["data"])) for one in event["records"]]
            tried[event["invocationId"]] = tried.get(event["invocationId"], 0) + 1
            if any(name.startswith("crash") and tried[event["invocationId"]] <= int(name[6:]) for name in names):
                raise ConnectionError("down")
            return upper(event, context)

        cloud.function("transform", transform)
        more = by_function("transform", BufferSizeInMBs="0.2") if has_function else {}
        backup = {"RoleARN": ROLE, "BucketARN": BUCKET, "Prefix": "raw/"}
        backup["BufferingHints"] = {"SizeInMBs": 1, "IntervalInSeconds": 60}  # type: ignore[assignment]
        destination = to_bucket(
            Prefix="data/", ErrorOutputPrefix="failures/", S3BackupMode="Enabled", S3BackupConfiguration=backup, **more
        )
        firehose.create_delivery_stream(**LOGS, **(from_stream() if is_of_stream else {}), **destination)
        model, version, count = Model(has_function=has_function), 1, 0
        for action, what in steps:
            note(f"{model.now}: {action} {what}")
            if action == "put" and what:
                records = [f"{kind} {count + n} ".encode().ljust(size, b".") for n, (kind, size) in enumerate(what)]
                count += len(what)
                model.entry.waiting += [(model.now, data) for data in records]
                if is_of_stream:
                    entries: Any = [{"Data": data, "PartitionKey": "k"} for data in records]
                    kinesis.put_records(StreamName="clicks", Records=entries)
                else:
                    firehose.put_record_batch(**LOGS, Records=[{"Data": data} for data in records])
                model.look()
            elif action == "pass":
                cloud.clock.advance(what)
                model.let_pass(what)
            elif action == "update":
                hints = {"SizeInMBs": 1, "IntervalInSeconds": what}
                firehose.update_destination(
                    **LOGS,
                    CurrentDeliveryStreamVersionId=str(version),
                    DestinationId="destinationId-000000000001",
                    ExtendedS3DestinationUpdate={"BufferingHints": hints},
                )
                version += 1
                for buffer in (model.outputs["data"], model.outputs["failures"]):
                    buffer.seconds = what
                if not has_function:
                    model.entry.seconds = what
                model.look()
            assert shown(delivered(cloud)) == shown(model.objects)
        cloud.run_until_idle()
        model.let_pass(600)
        assert shown(delivered(cloud)) == shown(model.objects)
        assert not model.runs
        assert has_function or not cloud.invocations
