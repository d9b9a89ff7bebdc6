"""The asyncio client: the same operations, event streams that wait without blocking the loop, cancellation."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

import minicloud
from tests.kinesis.support import ARN, MIDDLE, data_of
from tests.support.ways import error_class


async def subscribed(kinesis: Any, kind: str = "TRIM_HORIZON") -> Any:
    """The event stream of a new consumer of a new stream."""
    await kinesis.create_stream(StreamName="s", ShardCount=1)
    response = await kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")
    response = await kinesis.subscribe_to_shard(
        ConsumerARN=response["Consumer"]["ConsumerARN"], ShardId="0", StartingPosition={"Type": kind}
    )
    return response["EventStream"]


async def put(kinesis: Any, *datas: bytes) -> None:
    await kinesis.put_records(StreamName="s", Records=[{"Data": data, "PartitionKey": "p"} for data in datas])


def records(event: Any) -> list[bytes]:
    return data_of(event["SubscribeToShardEvent"]["Records"])


def test_put_and_get() -> None:
    async def main() -> list[bytes]:
        async with minicloud.Cloud(clock="virtual", seed=1).async_client("kinesis") as kinesis:
            await kinesis.create_stream(StreamName="s", ShardCount=1)
            await put(kinesis, b"0", b"1")
            place = await kinesis.get_shard_iterator(StreamName="s", ShardId="0", ShardIteratorType="TRIM_HORIZON")
            return data_of((await kinesis.get_records(ShardIterator=place["ShardIterator"]))["Records"])

    assert asyncio.run(main()) == [b"0", b"1"]


def test_an_event_stream_ends_after_five_virtual_minutes() -> None:
    cloud = minicloud.Cloud(clock="virtual", seed=1)
    start = cloud.clock.now()

    async def main() -> list[Any]:
        kinesis = cloud.async_client("kinesis")
        events = await subscribed(kinesis)
        await put(kinesis, b"0")
        return [event async for event in events]

    seen = asyncio.run(main())
    assert records(seen[0]) == [b"0"]
    assert cloud.clock.now() - start == timedelta(minutes=5)


def test_a_put_of_another_task_wakes_it() -> None:
    async def main() -> list[list[bytes]]:
        kinesis = minicloud.Cloud(clock="real", seed=1).async_client("kinesis")
        events = await subscribed(kinesis, "LATEST")
        seen: list[list[bytes]] = []

        async def read() -> None:
            async for event in events:
                seen.append(records(event))
                if len(seen) == 2:
                    return

        reader = asyncio.create_task(read())
        await asyncio.sleep(0)
        await put(kinesis, b"0", b"1")
        await asyncio.sleep(0)
        await put(kinesis, b"2")
        await asyncio.wait_for(reader, 4)
        return seen

    seen = asyncio.run(main())
    assert [data for datas in seen for data in datas] == [b"0", b"1", b"2"]


def test_cancelling_a_reader_loses_nothing() -> None:
    async def main() -> list[bytes]:
        kinesis = minicloud.Cloud(clock="real", seed=1).async_client("kinesis")
        events = await subscribed(kinesis, "LATEST")

        async def first() -> list[bytes]:
            async for event in events:
                return records(event)
            return []

        seen = []
        for data in (b"put while it waits", b"put after it was cancelled"):
            reader = asyncio.create_task(first())
            await asyncio.sleep(0)
            if data.startswith(b"put while"):
                await put(kinesis, data)  # hands the event over to the reader, which does not get to see it
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
            if not data.startswith(b"put while"):
                await put(kinesis, data)
            seen += await asyncio.wait_for(first(), 4)
        return seen

    assert asyncio.run(main()) == [b"put while it waits", b"put after it was cancelled"]


def test_nothing_is_kept_of_a_reader_that_is_cancelled() -> None:
    async def main() -> None:
        cloud: Any = minicloud.Cloud(clock="virtual", seed=1)
        kinesis = cloud.async_client("kinesis")
        events = await subscribed(kinesis, "LATEST")
        for _ in range(2):
            reader = asyncio.ensure_future(anext(aiter(events)))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert len(cloud.world.waiters) == 1
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
            assert not cloud.world.waiters
            assert not [event for event in cloud.timeline.heap if event.callback is not None]

    asyncio.run(main())


def test_a_reader_that_is_cancelled_at_the_end_of_a_shard_is_told_of_it_again() -> None:
    async def main() -> list[Any]:
        kinesis = minicloud.Cloud(clock="virtual", seed=1).async_client("kinesis")
        events = await subscribed(kinesis, "LATEST")
        reader = asyncio.ensure_future(anext(aiter(events)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        # Hands the last event over to the reader, which does not get to see it.
        await kinesis.split_shard(StreamName="s", ShardToSplit="0", NewStartingHashKey=str(MIDDLE))
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        assert reader.cancelled()
        return [event["SubscribeToShardEvent"] async for event in events]

    (event,) = asyncio.run(main())
    assert len(event["ChildShards"]) == 2


def test_a_reader_that_is_cancelled_as_its_consumer_is_deleted_leaves_the_error_to_the_next() -> None:
    async def main() -> None:
        kinesis = minicloud.Cloud(clock="virtual", seed=1).async_client("kinesis")
        events = await subscribed(kinesis, "LATEST")
        reader = asyncio.ensure_future(anext(aiter(events)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await kinesis.deregister_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        assert reader.cancelled()
        with pytest.raises(error_class("EventStreamError"), match="ResourceNotFoundException"):
            await anext(aiter(events))
        assert [event async for event in events] == []

    asyncio.run(main())


def test_the_end_of_a_shard_that_nobody_saw_does_not_come_after_that_of_the_consumer() -> None:
    async def main() -> None:
        kinesis = minicloud.Cloud(clock="virtual", seed=1).async_client("kinesis")
        events = await subscribed(kinesis, "LATEST")
        reader = asyncio.ensure_future(anext(aiter(events)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await kinesis.split_shard(StreamName="s", ShardToSplit="0", NewStartingHashKey=str(MIDDLE))
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        await kinesis.deregister_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")
        with pytest.raises(error_class("EventStreamError"), match="ResourceNotFoundException"):
            await anext(aiter(events))

    asyncio.run(main())


def test_a_reader_that_was_taken_over_and_is_cancelled_does_not_read_on() -> None:
    async def main() -> list[Any]:
        cloud = minicloud.Cloud(clock="frozen", seed=1)
        kinesis = cloud.async_client("kinesis")
        events = await subscribed(kinesis, "LATEST")
        cloud.clock.advance(6)
        reader = asyncio.create_task(anext(aiter(events)))
        await asyncio.sleep(0)
        await put(kinesis, b"0")
        (consumer,) = (await kinesis.list_stream_consumers(StreamARN=f"{ARN}s"))["Consumers"]
        await kinesis.subscribe_to_shard(
            ConsumerARN=consumer["ConsumerARN"], ShardId="0", StartingPosition={"Type": "LATEST"}
        )
        reader.cancel()
        await asyncio.wait([reader])
        assert reader.cancelled()
        return [records(event) async for event in events]

    assert asyncio.run(main()) == []


def test_a_follower_goes_on_with_the_children() -> None:
    async def main() -> list[bytes]:
        kinesis = minicloud.Cloud(clock="virtual", seed=1).async_client("kinesis")
        events = await subscribed(kinesis)
        consumer = (await kinesis.list_stream_consumers(StreamARN=f"{ARN}s"))["Consumers"][0]["ConsumerARN"]
        await put(kinesis, b"0")
        await kinesis.split_shard(StreamName="s", ShardToSplit="0", NewStartingHashKey=str(MIDDLE))
        await put(kinesis, b"1")
        seen: list[bytes] = []
        todo = [events]
        while todo:
            async for event in todo.pop():
                seen += records(event)
                for child in event["SubscribeToShardEvent"].get("ChildShards", []):
                    response = await kinesis.subscribe_to_shard(
                        ConsumerARN=consumer,
                        ShardId=child["ShardId"],
                        StartingPosition={"Type": "TRIM_HORIZON"},
                    )
                    todo.append(response["EventStream"])
        return seen

    assert asyncio.run(main()) == [b"0", b"1"]
