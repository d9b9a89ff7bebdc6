"""Calls on queues and channels into which an exception comes: they have happened as a whole, or not at all.

Where a call is about several records, as a receive and an acknowledgement are, each of them is by itself: the first
ones may have had their turn. (What a receive has delivered and did not return is in flight, as if its answer had been
lost.)
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from typing import Any

import pytest

import minicloud
from tests.kinesis.support import check_state, dead_letters, entries, make_queue
from tests.kinesis.test_channels import to_bucket
from tests.support import strikes
from tests.support.strikes import FORMS, Form

pytestmark = [
    pytest.mark.stress,
    # Python only prints what strikes in the end of a generator.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

TICKS = 6
SLOWLY = {"limits": minicloud.Limits(kinesis_transition_seconds=10)}
FROZEN = {"clock": "frozen"}


class World(strikes.World):
    """A cloud with a stream, and a picture of its queues and channels."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.kinesis: Any = self.cloud.client("kinesis")
        self.stored = False
        """Whether there is the bucket that its channels lead to."""
        self.loop: asyncio.AbstractEventLoop | None = None
        self.tasks: list[asyncio.Task[Any]] = []
        if options.get("clock") == "frozen":
            self.loop = asyncio.new_event_loop()
            self.aio: Any = self.cloud.async_client("kinesis")

    def close(self) -> None:
        if self.loop is not None:
            self.loop.run_until_complete(self._end())
            self.loop.close()
            self.loop = None
        self.cloud.close()

    async def _end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def turn(self) -> None:
        """Let the tasks go on."""

        async def turns() -> None:
            for _ in range(TICKS):
                await asyncio.sleep(0)

        if self.loop is not None:
            self.loop.run_until_complete(turns())

    def poll(self, queue: str, *, dead: bool = False, **params: Any) -> None:
        """Have a task wait for records."""
        assert self.loop is not None
        call = self.aio.receive_dead_letter_queue_records if dead else self.aio.receive_queue_records
        self.tasks.append(self.loop.create_task(call(QueueARN=queue, WaitTimeSeconds=20, **params)))
        self.turn()

    def check(self) -> None:
        check_state(self.cloud)
        for one in self.cloud.stream("s").channels if self.cloud.trace.of("kinesis.channel.created") else ():
            self.check_told(one)

    def check_told(self, channel: Any) -> None:
        """What the trace tells that a channel has copied is what it has, without gaps; some of it perhaps once more."""
        told: dict[str, set[int]] = {}
        for event in self.cloud.trace.of("kinesis.records.copied"):
            details = event.details
            if details["channel_arn"] == channel.arn:
                positions = told.setdefault(details["shard_id"], set())
                positions |= {*range(details["position"], details["position"] + details["read"])}
        for positions in told.values():
            assert positions == {*range(min(positions), min(positions) + len(positions))}
        assert sum(map(len, told.values())) == len(channel.records)

    def look(self) -> Any:
        kinesis = self.kinesis
        kinesis.list_streams()  # whoever comes next mends
        self.turn()
        seen: dict[str, Any] = {}
        if self.loop is not None:
            ended = [task.done() and not task.cancelled() and task.exception() is None for task in self.tasks]
            done = [task.result() if has_ended else None for task, has_ended in zip(self.tasks, ended, strict=True)]
            seen["polls"] = [one and [record["Data"] for record in one["QueueRecords"]] for one in done]
        for listed in kinesis.list_queues()["QueueSummaries"]:
            name = listed["QueueName"]
            described = kinesis.describe_queue(QueueARN=listed["QueueARN"])["QueueDescription"]
            tags = kinesis.list_tags_for_resource(ResourceARN=listed["QueueARN"])["Tags"]
            records = self.cloud.stream("s").queue(name).records
            states = [(record.data, record.state, record.receive_count) for record in records]
            described.pop("QueueARN")
            seen[name] = described, tags, states
        for listed in kinesis.list_channels()["ChannelSummaries"]:
            described = kinesis.describe_channel(ChannelARN=listed["ChannelARN"])["ChannelDescription"]
            for drawn in ("ChannelARN", "ChannelId", "LoggingConfiguration"):
                described.pop(drawn)
            seen[listed["ChannelName"]] = described
        view = self.cloud.stream("s")
        seen["stream"] = len(view.queues), [[record.data for record in one.records] for one in view.channels]
        summary = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]
        seen["counts"] = summary["QueueCount"], summary["ChannelCount"], [record.data for record in view.records]
        if self.stored:
            s3 = self.cloud.client("s3", "us-east-1")
            keys = [one["Key"] for one in s3.list_objects_v2(Bucket="bucket").get("Contents", ())]
            contents = [s3.get_object(Bucket="bucket", Key=key)["Body"].read() for key in keys]
            seen["bucket"] = [gzip.decompress(content) for content in contents]
        return repr(list(seen.items()))


Act = Callable[[World], Any]
Row = strikes.Row[World]


def do(*acts: Act) -> Act:
    return lambda w: [each(w) for each in acts][-1]


def wait(seconds: float) -> Act:
    return lambda w: w.cloud.clock.advance(seconds)


def stream(w: World) -> None:
    """A stream on demand that has records."""
    w.kinesis.create_stream(StreamName="s")
    w.cloud.clock.advance(20)
    for data in (b"a", b"b", b"c", b"d"):
        w.kinesis.put_record(StreamName="s", Data=data, PartitionKey=data.decode())


def queue(w: World, **params: Any) -> str:
    stream(w)
    made = make_queue(w.kinesis, QueueAttributes=dead_letters(2, 50), **params)
    w.cloud.clock.advance(20)
    return made


def flying(w: World) -> tuple[str, list[dict[str, Any]]]:
    """A queue three records of which are in flight, with their entries."""
    made = queue(w)
    return made, entries(*w.kinesis.receive_queue_records(QueueARN=made, Limit=3)["QueueRecords"])


def dead(w: World) -> tuple[str, list[dict[str, Any]]]:
    """A queue two dead letters of which are in flight, with their entries."""
    made = queue(w)
    for _ in range(2):
        w.kinesis.receive_queue_records(QueueARN=made, Limit=2, VisibilityTimeoutSeconds=0)
    return made, entries(*w.kinesis.receive_dead_letter_queue_records(QueueARN=made)["QueueRecords"])


def waiting(w: World) -> str:
    """A queue nobody's records of which are left, and two who wait."""
    made = queue(w)
    w.kinesis.receive_queue_records(QueueARN=made)
    w.poll(made)
    w.poll(made, Limit=1)
    return made


def waiting_for_dead_letters(w: World) -> tuple[str, list[dict[str, Any]]]:
    made = queue(w)
    for _ in range(2):
        held = w.kinesis.receive_queue_records(QueueARN=made, Limit=2, VisibilityTimeoutSeconds=10)
        w.cloud.clock.advance(0 if _ else 10)
    w.poll(made, dead=True)
    return made, entries(*held["QueueRecords"])


def receive(limit: int, **params: Any) -> Act:
    return lambda w: w.kinesis.receive_queue_records(QueueARN=w.kept, Limit=limit, **params)


def receive_dead(w: World) -> Any:
    return w.kinesis.receive_dead_letter_queue_records(QueueARN=w.kept[0], Limit=2)


def on_entries(operation: str, count: int, **more: Any) -> Act:
    return lambda w: getattr(w.kinesis, operation)(
        QueueARN=w.kept[0], Entries=[{**entry, **more} for entry in w.kept[1][:count]]
    )


def partly(operation: str, count: int, **more: Any) -> tuple[Act, ...]:
    return tuple(on_entries(operation, some, **more) for some in range(1, count))


def create(w: World) -> Any:
    return make_queue(w.kinesis, name="n", Tags={"a": "b"})


def delete(w: World) -> Any:
    return w.kinesis.delete_queue(QueueARN=w.kept[0] if isinstance(w.kept, tuple) else w.kept)


def update(w: World) -> Any:
    return w.kinesis.update_queue(QueueARN=w.kept, QueueAttributes=dead_letters(9, 9))


def put(w: World) -> Any:
    return w.kinesis.put_record(StreamName="s", Data=b"new", PartitionKey="k")


def channel(w: World) -> str:
    stream(w)
    made: str = w.kinesis.create_channel(**to_bucket())["ChannelDescription"]["ChannelARN"]
    w.cloud.clock.advance(20)
    return made


def stored(w: World) -> str:
    """A channel to a bucket that there is, and a record that it is not in yet."""
    w.cloud.client("s3", "us-east-1").create_bucket(Bucket="bucket")
    w.stored = True
    made = channel(w)
    put(w)
    return made


def split(w: World) -> str:
    """A channel, and a shard that is about to be two."""
    made = channel(w)
    put(w)
    stream = w.cloud.stream("s")
    w.kinesis.update_stream_mode(StreamARN=stream.arn, StreamModeDetails={"StreamMode": "PROVISIONED"})
    w.cloud.clock.advance(20)
    w.kinesis.split_shard(StreamName="s", ShardToSplit="shardId-000000000000", NewStartingHashKey="10")
    return made


def create_channel(w: World) -> Any:
    return w.kinesis.create_channel(**to_bucket("n"))


def change_channel(w: World) -> Any:
    changed = {"DataFreshnessInSeconds": 600}
    return w.kinesis.update_channel(ChannelARN=w.kept, S3DestinationConfiguration=changed)


def delete_channel(w: World) -> Any:
    return w.kinesis.delete_channel(ChannelARN=w.kept)


def cancel(w: World) -> None:
    """A task that has been handed a record, and does not know yet, is cancelled."""
    put(w)
    for task in w.tasks:
        task.cancel()
    w.turn()


def cancel_after_dead_letters(w: World) -> None:
    """The same of a task that has been handed a dead letter."""
    on_entries(HIDE, 2, VisibilityTimeoutSeconds=0)(w)
    for task in w.tasks:
        task.cancel()
    w.turn()


def after_all(w: World) -> Any:
    """What is there when nobody waits any more: the new record, if it was put, and nobody has it."""
    w.kinesis.list_streams()  # whoever comes next mends
    for task in w.tasks:
        task.cancel()
    w.turn()
    w.check()
    records = w.cloud.stream("s").queue("q").records
    return [(record.data, record.state, record.receive_count) for record in records]


ACKNOWLEDGE, RESTORE = "acknowledge_queue_records", "restore_dead_letter_queue_records"
HIDE, HIDE_DEAD = "update_queue_records_visibility", "update_dead_letter_queue_records_visibility"

ROWS = {
    "make a queue": Row(stream, create),
    "make another queue": Row(queue, create),
    "make a queue, slowly, and wait": Row(stream, do(create, wait(20)), (create,), options=SLOWLY),
    "wait for a queue": Row(do(stream, create), wait(20), options=SLOWLY),
    "change a queue": Row(queue, update),
    "change a queue, slowly, and wait": Row(queue, do(update, wait(20)), (update,), options=SLOWLY),
    "delete a queue": Row(queue, delete),
    "delete a queue in use": Row(flying, delete),
    "delete a queue, slowly, and wait": Row(queue, do(delete, wait(20)), (delete,), options=SLOWLY),
    "delete a queue for which somebody waits": Row(waiting, delete, options=FROZEN),
    "receive": Row(queue, receive(3), (receive(1), receive(2))),
    "receive what comes back at once": Row(
        queue,
        receive(2, VisibilityTimeoutSeconds=0),
        (receive(1, VisibilityTimeoutSeconds=0), receive(1), do(receive(1, VisibilityTimeoutSeconds=0), receive(1))),
    ),
    "receive again": Row(lambda w: (flying(w)[0], wait(50)(w))[0], receive(3), (receive(1), receive(2))),
    "receive dead letters": Row(
        lambda w: (dead(w), wait(50)(w))[0],
        receive_dead,
        (lambda w: w.kinesis.receive_dead_letter_queue_records(QueueARN=w.kept[0], Limit=1),),
    ),
    "acknowledge": Row(flying, on_entries(ACKNOWLEDGE, 3), partly(ACKNOWLEDGE, 3)),
    "acknowledge dead letters": Row(
        dead,
        on_entries("acknowledge_dead_letter_queue_records", 2),
        partly("acknowledge_dead_letter_queue_records", 2),
    ),
    "restore": Row(dead, on_entries(RESTORE, 2), partly(RESTORE, 2)),
    "hide for longer": Row(
        flying,
        on_entries(HIDE, 3, VisibilityTimeoutSeconds=5000),
        partly(HIDE, 3, VisibilityTimeoutSeconds=5000),
    ),
    "give up": Row(
        flying, on_entries(HIDE, 3, VisibilityTimeoutSeconds=0), partly(HIDE, 3, VisibilityTimeoutSeconds=0)
    ),
    "give dead letters up": Row(
        dead, on_entries(HIDE_DEAD, 2, VisibilityTimeoutSeconds=0), partly(HIDE_DEAD, 2, VisibilityTimeoutSeconds=0)
    ),
    "put while somebody waits": Row(waiting, put, options=FROZEN),
    "put, and cancel who was handed it": Row(waiting, cancel, (put,), options=FROZEN, judge=after_all),
    "let time pass while somebody waits": Row(waiting, wait(31), options=FROZEN),
    "give up while somebody waits for dead letters": Row(
        waiting_for_dead_letters,
        on_entries(HIDE, 2, VisibilityTimeoutSeconds=0),
        partly(HIDE, 2, VisibilityTimeoutSeconds=0),
        options=FROZEN,
    ),
    "give up, and cancel who was handed dead letters": Row(
        waiting_for_dead_letters,
        cancel_after_dead_letters,
        partly(HIDE, 2, VisibilityTimeoutSeconds=0),
        options=FROZEN,
        judge=after_all,
    ),
    "put": Row(queue, put),
    "let records expire": Row(flying, wait(90_000)),
    "make a channel": Row(stream, create_channel),
    "make a channel, slowly, and wait": Row(stream, do(create_channel, wait(20)), (create_channel,), options=SLOWLY),
    "change a channel": Row(channel, change_channel),
    "delete a channel": Row(channel, delete_channel),
    "delete a channel, slowly, and wait": Row(channel, do(delete_channel, wait(20)), (delete_channel,), options=SLOWLY),
    "put into a channel": Row(channel, put),
    "put into a channel to a bucket": Row(stored, put),
    "a channel puts an object": Row(stored, wait(301)),
    "put into a channel, as a shard is split": Row(split, do(put, wait(20)), (put,), options=SLOWLY),
}


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("name", ROWS)
def test_an_interrupted_call_has_happened_or_has_not(name: str, form: Form) -> None:
    wrong = form.wrong_places(ROWS[name], World)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", [name for name in ROWS if name.startswith("put into a channel")])
def test_what_a_channel_has_copied_is_told_also_after_an_interruption(name: str) -> None:
    wrong = strikes.wrong_places(ROWS[name], World, trace=True)
    assert not wrong, "\n".join(wrong)
