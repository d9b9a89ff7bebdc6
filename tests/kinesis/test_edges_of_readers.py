"""Readers of streams and queues at their edges: silences, ids that are none, deliveries that are taken back."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

import minicloud
from minicloud.core.effects import Deliver
from minicloud.exceptions import AwsError
from minicloud.services.kinesis.queue_store import SLACK
from tests.kinesis.support import ARN, data_of, dead_letters, entries, make_queue, receive
from tests.kinesis.test_channels import to_bucket
from tests.support.answers import refusal


@pytest.mark.parametrize("shard_id", ["shard-id-0", "a-b-0", "shardId-", "-", "shardId-0-"])
def test_ids_that_are_of_no_shard(kinesis: Any, shard_id: str) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    code, text = refusal(kinesis.get_shard_iterator, StreamName="s", ShardId=shard_id, ShardIteratorType="TRIM_HORIZON")
    assert (code, shard_id in text) == ("ResourceNotFoundException", True)
    for same in ("shardId-0", "a-0", "0", "shardId-000000000000"):
        kinesis.get_shard_iterator(StreamName="s", ShardId=same, ShardIteratorType="TRIM_HORIZON")


@pytest.mark.parametrize("is_mended", [False, True])
def test_silence_is_broken_every_five_seconds(is_mended: bool) -> None:
    """Also where it is the test that has time pass, and after an interruption."""
    seen: list[Any] = []

    async def scenario(cloud: minicloud.Cloud) -> None:
        kinesis, aio = cloud.client("kinesis"), cloud.async_client("kinesis")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        made = kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")["Consumer"]["ConsumerARN"]
        answer = await aio.subscribe_to_shard(ConsumerARN=made, ShardId="0", StartingPosition={"Type": "LATEST"})

        async def read() -> None:
            async for event in answer["EventStream"]:
                seen.append(data_of(event["SubscribeToShardEvent"]["Records"]))  # noqa: PERF401  # one by one

        async def turns() -> None:
            for _ in range(6):
                await asyncio.sleep(0)

        task = asyncio.create_task(read())
        await turns()
        for seconds, found in ((4, []), (1, [[]]), (4, [[]]), (1, [[], []])):
            for service in cloud.services("kinesis") if is_mended else ():
                service.mend(cloud.clock.time_ns())
                service.check()
            cloud.clock.advance(seconds)
            await turns()
            assert seen == found
        kinesis.put_record(StreamName="s", Data=b"a", PartitionKey="k")
        await turns()
        assert seen == [[], [], [b"a"]]
        task.cancel()
        await turns()

    with minicloud.Cloud(clock="frozen", seed=1, region_name="us-east-1") as cloud:
        asyncio.run(scenario(cloud))


def test_a_delivery_that_did_not_get_there_is_taken_back_once() -> None:
    """Whoever else has the record meanwhile keeps it."""

    async def scenario(cloud: minicloud.Cloud) -> None:
        kinesis, aio = cloud.client("kinesis"), cloud.async_client("kinesis")
        kinesis.create_stream(StreamName="s")
        arn = make_queue(kinesis)
        (service,) = cloud.services("kinesis")
        queue, now = service.queues["q"], cloud.clock.time_ns()
        task = asyncio.create_task(aio.receive_queue_records(QueueARN=arn, WaitTimeSeconds=20))
        for _ in range(3):
            await asyncio.sleep(0)
        (poll,) = queue._for_records.polls
        queue._for_records.polls.clear()
        kinesis.put_record(StreamName="s", Data=b"a", PartitionKey="k")
        queue._for_records.polls.append(poll)
        # A poll was being filled when an exception came.
        poll.taken = queue.take(now, 1, dead=False)
        queue.deliver(now, poll.taken, None, dead=False)
        (held,) = poll.taken
        assert (held.receive_count, held.first_received) == (1, now)
        queue.mend(now)
        assert held.first_received == 0
        assert (held.receive_count, list(queue._for_records.undelivered())) == (0, [])
        queue._for_records.polls.clear()
        assert data_of(receive(kinesis, arn)) == [b"a"]
        queue._for_records.polls.append(poll)
        queue.mend(now)
        assert held.receive_count == 1
        task.cancel()
        for _ in range(3):
            await asyncio.sleep(0)

    with minicloud.Cloud(clock="frozen", seed=1, region_name="us-east-1") as cloud:
        asyncio.run(scenario(cloud))


def test_no_records_are_too_few(cloud: minicloud.Cloud) -> None:
    """Also for a client that does not look at its parameters."""
    cloud.client("kinesis", "us-east-1").create_stream(StreamName="s", ShardCount=1)
    (service,) = cloud.services("kinesis")
    with pytest.raises(AwsError) as caught:
        type(service).put_records.handler(service, cloud.clock.time_ns(), Records=[], StreamName="s")
    assert caught.value.message == (
        "1 validation error detected: Value '[]' at 'records' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1"
    )


def test_the_bytes_of_a_call_are_those_of_all_its_records(cloud: minicloud.Cloud) -> None:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    cloud.client("cloudwatch").list_metrics()
    for sizes in ((1, 10, 100), (1_000, 2)):
        kinesis.put_records(StreamName="s", Records=[{"Data": bytes(size), "PartitionKey": "k"} for size in sizes])
    ((_, found),) = cloud.metric("AWS/Kinesis", "PutRecords.Bytes", StreamName="s").points("Sum")
    assert found == 1_113


@pytest.mark.parametrize("is_dead", [False, True])
def test_who_waits_is_answered_in_the_end_also_when_its_deadline_was_lost(is_dead: bool) -> None:
    async def scenario(cloud: minicloud.Cloud) -> None:
        kinesis, aio = cloud.client("kinesis"), cloud.async_client("kinesis")
        kinesis.create_stream(StreamName="s")
        arn = make_queue(kinesis, QueueAttributes=dead_letters(1))
        (service,) = cloud.services("kinesis")
        queue = service.queues["q"]
        receive = aio.receive_dead_letter_queue_records if is_dead else aio.receive_queue_records
        task = asyncio.create_task(receive(QueueARN=arn, WaitTimeSeconds=20))
        for _ in range(3):
            await asyncio.sleep(0)
        line = queue._for_dead_letters if is_dead else queue._for_records
        (poll,) = line.polls
        service.world.timeline.cancel(poll.deadline)
        queue.mend(cloud.clock.time_ns())
        for seconds, is_done in ((19, False), (1, True)):
            cloud.clock.advance(seconds)
            for _ in range(3):
                await asyncio.sleep(0)
            assert task.done() is is_done
        assert (await task)["QueueRecords"] == []

    with minicloud.Cloud(clock="frozen", seed=1, region_name="us-east-1") as cloud:
        asyncio.run(scenario(cloud))


def test_a_queue_keeps_little_of_what_is_gone(cloud: minicloud.Cloud) -> None:
    kinesis = cloud.client("kinesis", "us-east-1")
    kinesis.create_stream(StreamName="s")
    arn = make_queue(kinesis)
    kinesis.put_records(StreamName="s", Records=[{"Data": b"x", "PartitionKey": str(n)} for n in range(400)])
    (service,) = cloud.services("kinesis")
    queue = service.queues["q"]
    while taken := receive(kinesis, arn, Limit=10):
        kinesis.acknowledge_queue_records(QueueARN=arn, Entries=entries(*taken))
        assert len(queue._aging) <= 2 * len(queue.held) + SLACK
    assert len(queue.held) == 0


def test_a_source_says_how_long_records_are_kept(cloud: minicloud.Cloud) -> None:
    kinesis = cloud.client("kinesis", "us-east-1")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    (service,) = cloud.services("kinesis")
    source = service.source(cloud.stream("s").arn)
    assert source.kept_for == 24 * 3600 * 10**9
    put = [kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k")["SequenceNumber"] for _ in range(3)]
    ((shard, position),) = source.starts(cloud.clock.time_ns(), "TRIM_HORIZON", None)
    assert (position, [shard.number_before(place) for place in (1, 2, 3)]) == (0, put)
    kinesis.increase_stream_retention_period(StreamName="s", RetentionPeriodHours=25)
    assert source.kept_for == 25 * 3600 * 10**9
    kinesis.delete_stream(StreamName="s")
    assert source.kept_for == 0


def test_what_is_delivered_twice_is_put_once(cloud: minicloud.Cloud) -> None:
    """As after an interruption; what is only alike is put as well."""
    cloud.client("kinesis", "us-east-1").create_stream(StreamName="s", ShardCount=2)
    (service,) = cloud.services("kinesis")
    arn = cloud.stream("s").arn
    for delivery in (Deliver(arn, "x" * 100), Deliver(arn, "x" * 100, partition_key="k")):
        for _ in range(3):
            service.target(arn)(cloud.clock.time_ns(), delivery)
    assert [(one.data, one.partition_key) for one in cloud.stream("s").records] == [
        (b"x" * 100, "-"),
        (b"x" * 100, "k"),
    ]


@pytest.mark.parametrize("effect", ["Allow", "Deny", "deny", "", None])
def test_effects_of_policies(kinesis: Any, effect: str | None) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    statement = {"Principal": "*", "Action": "kinesis:PutRecord", "Resource": f"{ARN}s"}
    policy = json.dumps({"Statement": {**statement, **({} if effect is None else {"Effect": effect})}})
    if effect in ("Allow", "Deny"):
        kinesis.put_resource_policy(ResourceARN=f"{ARN}s", Policy=policy)
        assert kinesis.get_resource_policy(ResourceARN=f"{ARN}s")["Policy"] == policy
    else:
        assert (
            refusal(kinesis.put_resource_policy, ResourceARN=f"{ARN}s", Policy=policy)[0] == "InvalidArgumentException"
        )


def test_all_that_is_derived_of_streams_is_derived_anew(cloud: minicloud.Cloud) -> None:
    kinesis = cloud.client("kinesis", "us-east-1")
    for name in ("a", "b"):
        kinesis.create_stream(StreamName=name)
        make_queue(kinesis, name, f"of-{name}")
        kinesis.create_channel(**to_bucket(f"to-{name}", name))
    (service,) = cloud.services("kinesis")
    before = service._derived()
    for listing in (service.stream_list, service.queue_list, service.channel_list):
        listing._runs, listing._firsts = [[]], []
    service.queues_by_arn, service.channels_by_arn = {}, {}
    service.census.on_demand = 99
    for stream in service.streams.values():
        stream.queues = {**stream.queues, "gone": None}
        stream.channels = {**stream.channels, "gone": None}
    service.mend(cloud.clock.time_ns())
    assert service._derived() == before


def test_a_shard_that_is_mended_goes_on_counting(cloud: minicloud.Cloud) -> None:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    (service,) = cloud.services("kinesis")
    (shard,) = service.streams["s"].shards.values()
    for _ in range(3):
        kinesis.put_record(StreamName="s", Data=b"abc", PartitionKey="k")
        before = shard.next_sequence_number(0), shard.newest, shard.taken
        shard._number, shard.newest, shard.taken = 0, 0, 0
        shard.mend()
        assert (shard.next_sequence_number(0), shard.newest, shard.taken) == before


def test_waiters_of_streams(cloud: minicloud.Cloud) -> None:
    kinesis = cloud.client("kinesis")
    waits: dict[str, Any] = {"StreamName": "s", "WaiterConfig": {"Delay": 1, "MaxAttempts": 2}}
    for name, is_there in (("stream_exists", False), ("stream_not_exists", True)):
        if is_there:
            kinesis.create_stream(StreamName="s", ShardCount=1)
            kinesis.get_waiter("stream_exists").wait(**waits)
        with pytest.raises(minicloud.exceptions.WaiterError):
            kinesis.get_waiter(name).wait(**waits)
    kinesis.delete_stream(StreamName="s")
    kinesis.get_waiter("stream_not_exists").wait(**waits)
