"""Who waits for records while exceptions come into the calls of others: all of it goes on, and nothing is left behind.

First the call that is struck changes nothing, so that all that was there has to be there afterwards, each time anew.
Then it is one that feeds, moves or ends who waits, struck at each place within what they consist of.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

import minicloud
from minicloud.engine.waits import who_waits
from tests.kinesis import test_interruptions, test_queue_interruptions
from tests.kinesis.support import ARN, check_state, data_of, dead_letters, make_queue, receive
from tests.kinesis.test_channels import to_bucket
from tests.support.strikes import by_profile
from tests.support.strikes_within import wrong_places_within

pytestmark = [
    pytest.mark.stress,
    # Python only prints what strikes in the end of a generator.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

MIB = 1024 * 1024


def interrupt(kinesis: Any) -> None:
    """Strike a call that changes nothing at all of its places in turn; whoever comes next mends."""
    places, _ = by_profile(kinesis.list_queues, 0)
    for place in range(1, places + 1):
        by_profile(kinesis.list_queues, place)
        kinesis.list_queues()


def turns() -> Coroutine[Any, Any, None]:
    """Let everybody on the loop go on as far as may be."""

    async def turn() -> None:
        for _ in range(6):
            await asyncio.sleep(0)

    return turn()


class Scene:
    """A cloud with a stream of one shard, and somebody who reads it by a subscription, in a task."""

    def __init__(self, cloud: minicloud.Cloud) -> None:
        self.cloud = cloud
        self.kinesis: Any = cloud.client("kinesis", "us-east-1")
        self.aio: Any = cloud.async_client("kinesis", "us-east-1")
        self.kinesis.create_stream(StreamName="s", ShardCount=1)
        self.seen: list[Any] = []
        self.events: Any = None

    def put(self, *datas: bytes) -> None:
        self.kinesis.put_records(StreamName="s", Records=[{"Data": data, "PartitionKey": "p"} for data in datas])

    async def subscribe(self, kind: str = "LATEST") -> asyncio.Task[None]:
        """A task that reads on and on."""
        made = self.kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")
        position = {"Type": kind}
        answer = await self.aio.subscribe_to_shard(
            ConsumerARN=made["Consumer"]["ConsumerARN"], ShardId="0", StartingPosition=position
        )
        self.events = answer["EventStream"]
        task = asyncio.create_task(self._read(self.events))
        await turns()
        return task

    async def _read(self, events: Any) -> None:
        async for event in events:
            self.seen.append(event["SubscribeToShardEvent"])

    def read(self) -> list[list[bytes]]:
        """The data of the events since the last time."""
        seen, self.seen = self.seen, []
        return [data_of(event["Records"]) for event in seen]

    @property
    def due(self) -> float | None:
        """In how many seconds the next thing is due."""
        engine: Any = self.cloud
        found = engine.clock._next_due()
        return None if found is None else (found[0] - engine.clock.time_ns()) / 1e9


def play(scenario: Callable[[Scene], Coroutine[Any, Any, None]], **options: Any) -> None:
    with minicloud.Cloud(clock="frozen", seed=1, **options) as cloud:
        asyncio.run(scenario(Scene(cloud)))


@pytest.mark.parametrize("interrupted", [False, True])
def test_who_waits_for_events_waits_on(interrupted: bool) -> None:
    async def scenario(scene: Scene) -> None:
        reader = await scene.subscribe()
        scene.cloud.clock.advance(2)
        if interrupted:
            interrupt(scene.kinesis)
            check_state(scene.cloud)
        assert scene.due == 3
        assert who_waits(scene.cloud) == f"{reader.get_name()}: SubscribeToShard, 3 s"
        assert scene.read() == []
        scene.put(b"a")
        assert scene.due is None  # until the reader comes back
        await turns()
        assert scene.read() == [[b"a"]]
        assert scene.due == 5
        if interrupted:
            interrupt(scene.kinesis)
        scene.cloud.clock.advance(4)
        await turns()
        assert scene.read() == []
        scene.cloud.clock.advance(1)
        await turns()
        assert scene.read() == [[]]  # once
        reader.cancel()
        await turns()
        assert scene.due is None

    play(scenario)


@pytest.mark.parametrize("interrupted", [False, True])
def test_who_waits_for_its_turn_gets_it_in_time(interrupted: bool) -> None:
    async def scenario(scene: Scene) -> None:
        for _ in range(4):
            scene.put(bytes(MIB - 1))
            scene.cloud.clock.advance(1)
        reader = await scene.subscribe("TRIM_HORIZON")
        assert [len(datas) for datas in scene.read()] == [2]
        assert scene.due == 1
        if interrupted:
            interrupt(scene.kinesis)
        assert scene.due == 1
        scene.cloud.clock.advance(0.5)
        scene.put(b"x")
        await turns()
        assert scene.read() == []
        assert scene.due == 0.5
        scene.cloud.clock.advance(0.5)
        await turns()
        assert [len(datas) for datas in scene.read()] == [2]
        scene.cloud.clock.advance(1)
        await turns()
        assert scene.read() == [[b"x"]]
        reader.cancel()
        await turns()
        assert scene.due is None

    play(scenario, limits="strict")


def test_what_comes_too_early_for_who_waits_comes_in_time() -> None:
    async def scenario(scene: Scene) -> None:
        for _ in range(2):
            scene.put(bytes(MIB - 1))
            scene.cloud.clock.advance(1)
        reader = await scene.subscribe("TRIM_HORIZON")
        assert [len(datas) for datas in scene.read()] == [2]
        assert scene.due == 5  # there is nothing to send, then or now
        scene.cloud.clock.advance(0.25)
        scene.put(b"x")
        await turns()
        assert scene.read() == []
        assert scene.due == 0.75
        scene.cloud.clock.advance(0.75)
        await turns()
        assert scene.read() == [[b"x"]]
        reader.cancel()
        await turns()

    play(scenario, limits="strict")


def test_who_waits_gets_an_event_when_its_connection_has_been_silent() -> None:
    async def scenario(scene: Scene) -> None:
        for _ in range(4):
            scene.put(bytes(MIB - 1))
            scene.cloud.clock.advance(1)
        reader = await scene.subscribe("TRIM_HORIZON")
        assert [len(datas) for datas in scene.read()] == [2]
        scene.events.heartbeat()
        await turns()
        assert [event["MillisBehindLatest"] for event in scene.seen] == [2000]  # the next record is as old
        assert scene.read() == [[]]  # its turn has not come
        assert scene.due == 1
        scene.cloud.clock.advance(1)
        scene.events.heartbeat()
        await turns()
        assert [len(datas) for datas in scene.read()] == [2]
        reader.cancel()
        await turns()
        scene.events.heartbeat()
        assert scene.due is None
        scene.put(b"x")
        scene.cloud.clock.advance(1)
        assert data_of((await anext(aiter(scene.events)))["SubscribeToShardEvent"]["Records"]) == [b"x"]
        await turns()
        assert scene.read() == []

    play(scenario, limits="strict")


def test_who_waits_learns_at_once_that_its_consumer_is_gone() -> None:
    async def scenario(scene: Scene) -> None:
        reader = await scene.subscribe()
        assert scene.due == 5
        scene.kinesis.deregister_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")
        assert scene.due is None
        await turns()
        assert reader.done()
        assert isinstance(reader.exception(), minicloud.exceptions.EventStreamError)
        assert [event async for event in scene.events] == []
        check_state(scene.cloud)

    play(scenario)


@pytest.mark.parametrize("interrupted", [False, True])
def test_who_waits_for_records_of_a_queue_waits_on(interrupted: bool) -> None:
    async def scenario(scene: Scene) -> None:
        scene.kinesis.update_stream_mode(StreamARN=f"{ARN}s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
        queue = make_queue(scene.kinesis, QueueAttributes=dead_letters(2, 10))
        scene.put(b"a", b"b", b"c")
        assert data_of(receive(scene.kinesis, queue, Limit=2)) == [b"a", b"b"]
        scene.cloud.clock.advance(1)
        assert data_of(receive(scene.kinesis, queue, Limit=1)) == [b"c"]
        poll = asyncio.create_task(scene.aio.receive_queue_records(QueueARN=queue, WaitTimeSeconds=20, Limit=2))
        dead = asyncio.create_task(scene.aio.receive_dead_letter_queue_records(QueueARN=queue, WaitTimeSeconds=20))
        await turns()
        if interrupted:
            interrupt(scene.kinesis)
            check_state(scene.cloud)
        counts = scene.cloud.stream("s").queue("q").counts
        assert (counts.visible, counts.in_flight) == (0, 3)
        assert who_waits(scene.cloud) == (
            f"{poll.get_name()}: ReceiveQueueRecords on q, 20 s; "
            f"{dead.get_name()}: ReceiveDeadLetterQueueRecords on q, 20 s"
        )
        assert scene.due == 9
        scene.cloud.clock.advance(9)
        await turns()
        assert poll.done()
        assert data_of(poll.result()["QueueRecords"]) == [b"a", b"b"]
        scene.cloud.clock.advance(9)
        await turns()
        assert not dead.done()
        scene.cloud.clock.advance(1)
        await turns()
        assert data_of(dead.result()["QueueRecords"]) == [b"a", b"b"]
        if interrupted:
            interrupt(scene.kinesis)
        counts = scene.cloud.stream("s").queue("q").counts
        assert (counts.visible, counts.dead_letters_in_flight) == (1, 2)
        scene.put(b"d")
        assert data_of(receive(scene.kinesis, queue)) == [b"c", b"d"]

    play(scenario)


@pytest.mark.parametrize("interrupted", [False, True])
def test_to_a_queue_that_is_being_made_belongs_what_is_put_meanwhile(interrupted: bool) -> None:
    limits = minicloud.Limits(kinesis_transition_seconds=30)
    with minicloud.Cloud(clock="virtual", seed=1, limits=limits) as cloud:
        kinesis: Any = cloud.client("kinesis", "us-east-1")
        kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
        cloud.clock.advance(30)
        queue = make_queue(kinesis, kind="LATEST")
        channel = kinesis.create_channel(**to_bucket("c"))["ChannelDescription"]["ChannelARN"]
        if interrupted:
            interrupt(kinesis)
        kinesis.put_record(StreamName="s", Data=b"a", PartitionKey="k")
        kinesis.put_record(StreamName="s", Data=b"b", PartitionKey="k")
        cloud.clock.advance(30)
        kinesis.put_record(StreamName="s", Data=b"c", PartitionKey="k")
        assert data_of(receive(kinesis, queue)) == [b"a", b"b", b"c"]
        [view] = cloud.stream("s").channels
        assert [record.data for record in view.records] == [b"c"]  # a channel begins when it is ACTIVE
        kinesis.delete_queue(QueueARN=queue)
        kinesis.delete_channel(ChannelARN=channel)
        if interrupted:
            interrupt(kinesis)
            check_state(cloud)
        kinesis.put_record(StreamName="s", Data=b"d", PartitionKey="k")
        assert [record.data for record in view.records] == [b"c"]
        cloud.clock.advance(30)
        assert kinesis.list_queues()["QueueSummaries"] == kinesis.list_channels()["ChannelSummaries"] == []


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_channel_copies_on(interrupted: bool) -> None:
    async def scenario(scene: Scene) -> None:
        scene.kinesis.update_stream_mode(StreamARN=f"{ARN}s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
        scene.put(b"before")
        scene.cloud.client("s3", "us-east-1").create_bucket(Bucket="bucket")
        scene.kinesis.create_channel(**to_bucket("c"))
        scene.put(b"a", b"b")
        if interrupted:
            interrupt(scene.kinesis)
            check_state(scene.cloud)
        assert scene.due == 300
        scene.cloud.clock.advance(100)
        scene.put(b"c")
        assert scene.due == 200
        [channel] = scene.cloud.stream("s").channels
        assert [record.data for record in channel.records] == [b"a", b"b", b"c"]
        scene.cloud.clock.advance(200)
        s3 = scene.cloud.client("s3", "us-east-1")
        assert len(s3.list_objects_v2(Bucket="bucket")["Contents"]) == 1
        assert scene.due is None
        if interrupted:
            interrupt(scene.kinesis)
        assert scene.due is None
        assert len(s3.list_objects_v2(Bucket="bucket")["Contents"]) == 1

    play(scenario)


SUBSCRIPTIONS = [
    "feed a subscription a record",
    "a heartbeat",
    "the end of a subscription",
    "end a subscription",
    "split a shard that is read",
    "take a subscription over",
    "deregister who reads",
    "read a heartbeat",
    "read the last event",
    "read the end",
    "read that the consumer is gone",
]
FILES_OF_QUEUES = [
    *("queue", "queue_store", "queue_record", "channel", "channel_delivery", "transition"),
    *("operations/queues", "operations/channels"),
]
QUEUES = [
    "put while somebody waits",
    "give up while somebody waits for dead letters",
    "let time pass while somebody waits",
    "receive again",
    "receive what comes back at once",
    "receive dead letters",
    "acknowledge",
    "restore",
    "put into a channel to a bucket",
    "a channel puts an object",
    "put into a channel, as a shard is split",
    "delete a queue for which somebody waits",
    "delete a queue in use",
    "delete a queue, slowly, and wait",
    "make a channel",
    "delete a channel",
    "delete a channel, slowly, and wait",
]


@pytest.mark.parametrize("name", SUBSCRIPTIONS)
def test_an_exception_within_a_subscription(name: str) -> None:
    row, within = test_interruptions.ROWS[name], ("kinesis/shard_subscription.py", "kinesis/consumer.py")
    wrong = wrong_places_within(row, test_interruptions.World, within)
    assert not wrong, "\n".join(wrong)


STREAMS = {
    "make a stream": ("operations/streams", "kinesis/stream", "kinesis/transition", "core/listing"),
    "delete a stream": ("operations/streams", "kinesis/state", "kinesis/transition", "core/listing"),
    "scale up": ("kinesis/resharding", "kinesis/stream", "kinesis/transition", "core/listing"),
    "find that a shard expires": ("kinesis/stream", "core/listing"),
    "put a record": ("kinesis/shard", "operations/records"),
}


@pytest.mark.parametrize("name", STREAMS)
def test_an_exception_within_a_stream(name: str) -> None:
    within = tuple(f"{file}.py" for file in STREAMS[name])
    wrong = wrong_places_within(test_interruptions.ROWS[name], test_interruptions.World, within)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", QUEUES)
def test_an_exception_within_a_queue_or_a_channel(name: str) -> None:
    row = test_queue_interruptions.ROWS[name]
    within = tuple(f"kinesis/{file}.py" for file in FILES_OF_QUEUES)
    wrong = wrong_places_within(row, test_queue_interruptions.World, within)
    assert not wrong, "\n".join(wrong)
