"""Enhanced fan-out: consumers, and subscriptions that push records to them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import minicloud
from tests.kinesis.support import ACCOUNT, ARN, MIDDLE, data_of, numbers, shard_id, shards_of
from tests.support.answers import answer, refusal
from tests.support.ways import MakeClient

MIB = 1024 * 1024

Make = Callable[..., tuple[Any, Any]]


@pytest.fixture
def stream(kinesis: Any) -> str:
    kinesis.create_stream(StreamName="s", ShardCount=1)
    return "s"


def register(kinesis: Any, name: str = "c", **params: Any) -> str:
    response = kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName=name, **params)
    return response["Consumer"]["ConsumerARN"]


def subscribe(kinesis: Any, consumer: str, kind: str = "TRIM_HORIZON", shard: int = 0, **position: Any) -> Any:
    response = kinesis.subscribe_to_shard(
        ConsumerARN=consumer, ShardId=shard_id(shard), StartingPosition={"Type": kind, **position}
    )
    return response["EventStream"]


def put(kinesis: Any, *datas: bytes) -> list[str]:
    response = kinesis.put_records(StreamName="s", Records=[{"Data": data, "PartitionKey": "p"} for data in datas])
    return [record["SequenceNumber"] for record in response["Records"]]


def next_event(events: Any) -> dict[str, Any]:
    return next(events)["SubscribeToShardEvent"]


# --- consumers ------------------------------------------------------------------------------------------------------


def test_a_consumer_comes_and_goes(cloud: Any, kinesis: Any, stream: str) -> None:
    created = int(cloud.clock.time())
    consumer = answer(kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c"))["Consumer"]
    assert consumer == {
        "ConsumerName": "c",
        "ConsumerARN": f"{ARN}s/consumer/c:{created}",
        "ConsumerStatus": "CREATING",
        "ConsumerCreationTimestamp": cloud.clock.now(),
    }
    active = {**consumer, "ConsumerStatus": "ACTIVE"}
    assert kinesis.list_stream_consumers(StreamARN=f"{ARN}s")["Consumers"] == [active]
    described = {**active, "StreamARN": f"{ARN}s"}
    arn = consumer["ConsumerARN"]
    for names in (
        {"ConsumerARN": arn},
        {"StreamARN": f"{ARN}s", "ConsumerName": "c"},
        {"StreamARN": f"{ARN}s", "ConsumerName": "c", "ConsumerARN": arn},
    ):
        assert kinesis.describe_stream_consumer(**names)["ConsumerDescription"] == described
    assert answer(kinesis.deregister_stream_consumer(ConsumerARN=arn)) == {}
    assert kinesis.list_stream_consumers(StreamARN=f"{ARN}s")["Consumers"] == []
    assert refusal(kinesis.describe_stream_consumer, ConsumerARN=arn) == (
        "ResourceNotFoundException",
        f"Consumer {arn}, account {ACCOUNT} not found.",
    )


def test_naming_a_consumer(kinesis: Any, stream: str) -> None:
    arn = register(kinesis)
    for names in ({}, {"ConsumerName": "c"}, {"StreamARN": f"{ARN}s"}):
        for call in (kinesis.describe_stream_consumer, kinesis.deregister_stream_consumer):
            assert refusal(call, **names) == (
                "InvalidArgumentException",
                "Either ConsumerARN or both StreamARN and ConsumerName should be provided.",
            )
    for names in ({"ConsumerName": "d"}, {"StreamARN": f"{ARN}t"}):
        assert refusal(kinesis.describe_stream_consumer, ConsumerARN=arn, **names) == (
            "InvalidArgumentException",
            f"ConsumerARN {arn} does not match the given StreamARN or ConsumerName.",
        )
    assert refusal(kinesis.describe_stream_consumer, StreamARN=f"{ARN}s", ConsumerName="d")[0] == (
        "ResourceNotFoundException"
    )
    assert refusal(kinesis.describe_stream_consumer, StreamARN=f"{ARN}t", ConsumerName="c")[1] == (
        f"Stream t under account {ACCOUNT} not found."
    )


def test_a_consumers_name_is_taken_once(kinesis: Any, stream: str) -> None:
    register(kinesis)
    assert refusal(kinesis.register_stream_consumer, StreamARN=f"{ARN}s", ConsumerName="c") == (
        "ResourceInUseException",
        f"Consumer c under stream s already exists for account {ACCOUNT}.",
    )


def too_many(limit: int) -> tuple[str, str]:
    return "LimitExceededException", f"Stream s under account {ACCOUNT} has reached the limit of {limit} consumers."


def test_twenty_consumers(kinesis: Any, stream: str) -> None:
    for place in range(20):
        register(kinesis, f"c{place}")
    assert refusal(register, kinesis=kinesis) == too_many(20)


@pytest.mark.modelled("kinesis.UpdateAccountSettings")
def test_fifty_consumers_with_on_demand_advantage(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s")
    kinesis.update_account_settings(MinimumThroughputBillingCommitment={"Status": "ENABLED"})
    for place in range(50):
        register(kinesis, f"c{place}")
    assert refusal(register, kinesis=kinesis) == too_many(50)


@pytest.mark.modelled("kinesis.UpdateAccountSettings")
def test_the_advantage_is_for_streams_on_demand_only(kinesis: Any, stream: str) -> None:
    kinesis.update_account_settings(MinimumThroughputBillingCommitment={"Status": "ENABLED"})
    for place in range(20):
        register(kinesis, f"c{place}")
    assert refusal(register, kinesis=kinesis) == too_many(20)


def test_on_demand_alone_is_no_advantage(kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s")
    for place in range(20):
        register(kinesis, f"c{place}")
    assert refusal(register, kinesis=kinesis) == too_many(20)


def test_a_consumer_takes_its_time(limited: Make) -> None:
    cloud, kinesis = limited(transition_seconds=10)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    assert refusal(kinesis.register_stream_consumer, StreamARN=f"{ARN}s", ConsumerName="c")[1] == (
        f"Stream s under account {ACCOUNT} not ACTIVE, instead in state CREATING"
    )
    cloud.clock.advance(10)
    arns = [register(kinesis, f"c{place}") for place in range(5)]
    created = int(cloud.clock.time())
    assert refusal(register, kinesis=kinesis) == (
        "LimitExceededException",
        f"Stream s under account {ACCOUNT} has reached the limit of 5 consumers in state CREATING.",
    )
    assert refusal(subscribe, kinesis=kinesis, consumer=arns[0]) == (
        "ResourceInUseException",
        f"Consumer c0 with creation timestamp {created} under stream: s , account {ACCOUNT} is not in ACTIVE status.",
    )
    assert refusal(kinesis.put_resource_policy, ResourceARN=arns[0], Policy="{}") == (
        "ResourceInUseException",
        f"Consumer c0 with creation timestamp {created} under stream s and account {ACCOUNT} is not in ACTIVE status.",
    )
    cloud.clock.advance(10)
    subscribe(kinesis, arns[0])
    kinesis.deregister_stream_consumer(ConsumerARN=arns[0])
    description = kinesis.describe_stream_consumer(ConsumerARN=arns[0])["ConsumerDescription"]
    assert description["ConsumerStatus"] == "DELETING"
    cloud.clock.advance(10)
    assert len(kinesis.list_stream_consumers(StreamARN=f"{ARN}s")["Consumers"]) == 4


def test_a_consumer_that_is_removed_before_it_is_ready_never_gets_ready(limited: Make) -> None:
    cloud, kinesis = limited(transition_seconds=10)
    kinesis.create_stream(StreamName="s", ShardCount=1)
    cloud.clock.advance(10)
    arn = kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")["Consumer"]["ConsumerARN"]
    cloud.clock.advance(6)
    kinesis.deregister_stream_consumer(ConsumerARN=arn)
    cloud.clock.advance(6)
    consumer = kinesis.describe_stream_consumer(ConsumerARN=arn)["ConsumerDescription"]
    assert consumer["ConsumerStatus"] == "DELETING"
    kinesis.deregister_stream_consumer(ConsumerARN=arn)  # once more, which changes nothing
    cloud.clock.advance(4)
    assert kinesis.list_stream_consumers(StreamARN=f"{ARN}s")["Consumers"] == []


def test_pages_of_consumers(cloud: Any, kinesis: Any, stream: str) -> None:
    for place in (3, 1, 2):
        register(kinesis, f"c{place}")
    first = kinesis.list_stream_consumers(StreamARN=f"{ARN}s", MaxResults=2)
    assert [consumer["ConsumerName"] for consumer in first["Consumers"]] == ["c3", "c1"]
    second = kinesis.list_stream_consumers(StreamARN=f"{ARN}s", NextToken=first["NextToken"])
    assert [consumer["ConsumerName"] for consumer in second["Consumers"]] == ["c2"]
    assert "NextToken" not in second
    assert refusal(
        kinesis.list_stream_consumers,
        StreamARN=f"{ARN}s",
        NextToken=first["NextToken"],
        StreamCreationTimestamp=cloud.clock.now(),
    ) == ("InvalidArgumentException", "NextToken and StreamCreationTimestamp cannot be provided together.")
    cloud.clock.advance(301)
    assert refusal(kinesis.list_stream_consumers, StreamARN=f"{ARN}s", NextToken=first["NextToken"]) == (
        "ExpiredNextTokenException",
        "NextToken expired. The token was created at time Thu Jan 01 00:00:00 UTC 2026 while right now it is Thu Jan "
        "01 00:05:01 UTC 2026 which is further in the future than the tolerated delay of 300000 milliseconds.",
    )


def test_consumers_of_a_stream_that_was_made_at_another_time(cloud: Any, kinesis: Any, stream: str) -> None:
    made = cloud.clock.now()
    register(kinesis)
    cloud.clock.advance(1)
    found = kinesis.list_stream_consumers(StreamARN=f"{ARN}s", StreamCreationTimestamp=made)["Consumers"]
    assert [consumer["ConsumerName"] for consumer in found] == ["c"]
    assert refusal(kinesis.list_stream_consumers, StreamARN=f"{ARN}s", StreamCreationTimestamp=cloud.clock.now()) == (
        "ResourceNotFoundException",
        f"Stream s under account {ACCOUNT} not found.",
    )


# --- subscriptions --------------------------------------------------------------------------------------------------


def test_an_event(cloud: Any, kinesis: Any, stream: str) -> None:
    made = put(kinesis, b"0", b"1")
    event = next(iter(subscribe(kinesis, register(kinesis))))
    assert event == {
        "SubscribeToShardEvent": {
            "Records": [
                {
                    "SequenceNumber": number,
                    "ApproximateArrivalTimestamp": cloud.clock.now(),
                    "Data": data,
                    "PartitionKey": "p",
                }
                for number, data in zip(made, (b"0", b"1"), strict=True)
            ],
            "ContinuationSequenceNumber": made[-1],
            "MillisBehindLatest": 0,
        }
    }


def test_all_starting_positions(cloud: Any, kinesis: Any, stream: str) -> None:
    made = put(kinesis, b"0", b"1")
    cloud.clock.advance(10)
    made += put(kinesis, b"2")
    mark = cloud.clock.now()

    def first(name: str, kind: str, **position: Any) -> list[bytes]:
        events = iter(subscribe(kinesis, register(kinesis, name), kind, **position))
        return data_of(next_event(events)["Records"])

    assert first("a", "TRIM_HORIZON") == [b"0", b"1", b"2"]
    assert first("b", "AT_SEQUENCE_NUMBER", SequenceNumber=made[1]) == [b"1", b"2"]
    assert first("c", "AFTER_SEQUENCE_NUMBER", SequenceNumber=made[1]) == [b"2"]
    assert first("d", "AT_TIMESTAMP", Timestamp=mark) == [b"2"]
    assert first("e", "LATEST") == []


def test_starting_positions_that_are_refused(cloud: Any, kinesis: Any, stream: str) -> None:
    arn = register(kinesis)
    for position in (
        {"Type": "AT_SEQUENCE_NUMBER"},
        {"Type": "LATEST", "SequenceNumber": put(kinesis, b"")[0]},
        {"Type": "AT_TIMESTAMP"},
        {"Type": "AT_TIMESTAMP", "Timestamp": cloud.clock.time() + 10},
        {"Type": "AT_SEQUENCE_NUMBER", "SequenceNumber": str(2**186 - 1)},
    ):
        assert (
            refusal(kinesis.subscribe_to_shard, ConsumerARN=arn, ShardId="0", StartingPosition=position)[0]
            == "InvalidArgumentException"
        )
    number = put(kinesis, b"")[0]
    none = f"{int(number) | 0xF}"  # of a version that there is not
    assert refusal(subscribe, kinesis=kinesis, consumer=arn, kind="AT_SEQUENCE_NUMBER", SequenceNumber=none) == (
        "InvalidArgumentException",
        f"StartingSequenceNumber {none} used in SubscribeToShard on shard shardId-000000000000 in stream s under "
        f"account {ACCOUNT} is invalid.",
    )
    assert refusal(subscribe, kinesis=kinesis, consumer=arn, shard=7)[0] == "ResourceNotFoundException"
    assert refusal(subscribe, kinesis=kinesis, consumer=arn.replace("/c:", "/d:"))[0] == "ResourceNotFoundException"
    assert refusal(subscribe, kinesis=kinesis, consumer=f"{ARN}s")[0] == "ValidationException"
    subscribe(kinesis, arn)  # none of those counts as a subscription


def test_it_lasts_five_minutes_and_beats(cloud: Any, kinesis: Any, stream: str) -> None:
    start = cloud.clock.now()
    (number,) = put(kinesis, b"0")
    events, moments = [], []
    for event in subscribe(kinesis, register(kinesis)):
        events.append(event["SubscribeToShardEvent"])
        moments.append((cloud.clock.now() - start).total_seconds())
    assert cloud.clock.now() == start + timedelta(minutes=5)
    assert data_of(events[0]["Records"]) == [b"0"]
    assert all(event["Records"] == [] for event in events[1:])
    assert moments == [0, *range(5, 300, 5)]
    assert {event["ContinuationSequenceNumber"] for event in events} == {number}


def test_it_goes_on_at_the_continuation_number(cloud: Any, kinesis: Any, stream: str) -> None:
    arn = register(kinesis)
    put(kinesis, b"0")
    *_, last = subscribe(kinesis, arn)
    put(kinesis, b"1")
    number = last["SubscribeToShardEvent"]["ContinuationSequenceNumber"]
    events = iter(subscribe(kinesis, arn, "AFTER_SEQUENCE_NUMBER", SequenceNumber=number))
    assert data_of(next_event(events)["Records"]) == [b"1"]


@pytest.mark.parametrize("kind", ["LATEST", "TRIM_HORIZON"])
def test_an_idle_subscription_has_a_continuation_number_too(cloud: Any, kinesis: Any, stream: str, kind: str) -> None:
    arn = register(kinesis)
    event = next_event(iter(subscribe(kinesis, arn, kind)))
    assert event["Records"] == []
    put(kinesis, b"0")
    cloud.clock.advance(5)
    number = event["ContinuationSequenceNumber"]
    events = iter(subscribe(kinesis, arn, "AFTER_SEQUENCE_NUMBER", SequenceNumber=number))
    assert data_of(next_event(events)["Records"]) == [b"0"]


@pytest.mark.parametrize("several", [False, True])
def test_a_put_wakes_it(several: bool) -> None:
    with minicloud.Cloud(clock="real", seed=1) as cloud:
        kinesis = cloud.client("kinesis")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        events = iter(subscribe(kinesis, register(kinesis), "LATEST"))
        seen: list[Any] = []
        reader = threading.Thread(target=lambda: seen.append(next_event(events)))
        reader.start()
        while not cloud.world.waiters:
            reader.join(0.001)
        if several:
            put(kinesis, b"0", b"1", b"2")
        else:
            kinesis.put_record(StreamName="s", PartitionKey="p", Data=b"0")
        reader.join(4)
        assert not reader.is_alive()
        assert data_of(seen[0]["Records"]) == ([b"0", b"1", b"2"] if several else [b"0"])  # all of the call at once


def test_it_follows_the_clock(cloud: Any, kinesis: Any, stream: str) -> None:
    events = iter(subscribe(kinesis, register(kinesis), "LATEST"))
    cloud.clock.advance(299)
    put(kinesis, b"late")
    assert data_of(next_event(events)["Records"]) == [b"late"]
    cloud.clock.advance(1)
    assert list(events) == []


def test_many_records_come_in_several_events(kinesis: Any, stream: str) -> None:
    put(kinesis, *[bytes(MIB - 1)] * 5)
    events = iter(subscribe(kinesis, register(kinesis)))
    first = next_event(events)
    assert [len(record["Data"]) for record in first["Records"]] == [MIB - 1] * 2
    assert first["MillisBehindLatest"] > 0
    assert len(next_event(events)["Records"]) == 2
    last = next_event(events)
    assert len(last["Records"]) == 1
    assert last["MillisBehindLatest"] == 0


def test_ten_thousand_records_at_most_in_an_event(cloud: Any) -> None:
    kinesis = cloud.client("kinesis", "us-east-1")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    for _ in range(20):
        kinesis.put_records(StreamName="s", Records=[{"Data": b"", "PartitionKey": "p"}] * 500)
    put(kinesis, b"last")
    events = iter(subscribe(kinesis, register(kinesis)))
    assert [len(next_event(events)["Records"]) for _ in range(2)] == [10_000, 1]


@pytest.mark.modelled("kinesis.UpdateMaxRecordSize")
def test_a_record_that_is_larger_than_an_event_comes_alone(kinesis: Any, stream: str) -> None:
    kinesis.update_max_record_size(StreamARN=f"{ARN}{stream}", MaxRecordSizeInKiB=10240)
    put(kinesis, b"small", bytes(3 * MIB), b"small")
    events = iter(subscribe(kinesis, register(kinesis)))
    assert [[len(record["Data"]) for record in next_event(events)["Records"]] for _ in range(3)] == [
        [5],
        [3 * MIB],
        [5],
    ]


def test_the_end_of_a_shard_ends_it(cloud: Any, kinesis: Any, stream: str) -> None:
    (number,) = put(kinesis, b"0")
    events = iter(subscribe(kinesis, register(kinesis)))
    assert "ChildShards" not in next_event(events)
    kinesis.split_shard(StreamName=stream, ShardToSplit="0", NewStartingHashKey=str(MIDDLE))
    (event,) = (item["SubscribeToShardEvent"] for item in events)
    assert event["Records"] == []
    assert event["ContinuationSequenceNumber"] == number
    assert event["MillisBehindLatest"] == 0
    assert [child["ShardId"] for child in event["ChildShards"]] == [shard_id(1), shard_id(2)]
    assert event["ChildShards"][0] == {
        "ShardId": shard_id(1),
        "ParentShards": [shard_id(0)],
        "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": str(MIDDLE - 1)},
    }


def test_the_last_records_of_a_shard_come_with_its_children(kinesis: Any, stream: str) -> None:
    put(kinesis, b"0")
    kinesis.split_shard(StreamName=stream, ShardToSplit="0", NewStartingHashKey=str(MIDDLE))
    (event,) = subscribe(kinesis, register(kinesis))
    assert data_of(event["SubscribeToShardEvent"]["Records"]) == [b"0"]
    assert len(event["SubscribeToShardEvent"]["ChildShards"]) == 2


def test_a_split_wakes_it() -> None:
    with minicloud.Cloud(clock="real", seed=1) as cloud:
        kinesis = cloud.client("kinesis")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        events = iter(subscribe(kinesis, register(kinesis), "LATEST"))
        seen: list[Any] = []
        reader = threading.Thread(target=lambda: seen.extend(events))
        reader.start()
        while not cloud.world.waiters:
            reader.join(0.001)
        kinesis.split_shard(StreamName="s", ShardToSplit="0", NewStartingHashKey=str(MIDDLE))
        reader.join(4)
        assert not reader.is_alive()
        assert len(seen) == 1


def test_consumers_do_not_share(kinesis: Any, stream: str) -> None:
    put(kinesis, b"0")
    for name in ("a", "b"):
        events = iter(subscribe(kinesis, register(kinesis, name)))
        assert data_of(next_event(events)["Records"]) == [b"0"]


def test_a_second_subscription_waits_five_seconds_and_takes_over(cloud: Any, kinesis: Any) -> None:
    kinesis.create_stream(StreamName="s", ShardCount=2)
    arn = register(kinesis)
    first = iter(subscribe(kinesis, arn, "LATEST"))
    subscribe(kinesis, arn, "LATEST", shard=1)
    cloud.clock.advance(4.999)
    assert refusal(subscribe, kinesis=kinesis, consumer=arn) == (
        "ResourceInUseException",
        f"Another active subscription exists for this consumer: {ACCOUNT}:s:shardId-000000000000:c",
    )
    cloud.clock.advance(0.001)
    second = iter(subscribe(kinesis, arn, "LATEST"))
    assert list(first) == []
    kinesis.put_record(StreamName="s", Data=b"0", PartitionKey="a")
    assert data_of(next_event(second)["Records"]) == [b"0"]


def test_closing_it_ends_it(kinesis: Any, stream: str) -> None:
    put(kinesis, b"0")
    stream_of_events = subscribe(kinesis, register(kinesis))
    events = iter(stream_of_events)
    next(events)
    stream_of_events.close()
    assert list(events) == []


@pytest.mark.parametrize("what", ["consumer", "stream"])
def test_deleting_ends_it_with_an_error(kinesis: Any, stream: str, what: str) -> None:
    arn = register(kinesis)
    events = iter(subscribe(kinesis, arn, "LATEST"))
    if what == "consumer":
        kinesis.deregister_stream_consumer(ConsumerARN=arn)
    else:
        kinesis.delete_stream(StreamName=stream, EnforceConsumerDeletion=True)
    with pytest.raises(kinesis.exceptions.ClientError) as caught:
        next(events)
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"
    assert caught.value.operation_name == "SubscribeToShard"
    assert list(events) == []


def test_records_that_go_before_they_are_read(cloud: Any, kinesis: Any, stream: str) -> None:
    put(kinesis, b"old")
    cloud.clock.advance(24 * 3600 - 60)
    events = iter(subscribe(kinesis, register(kinesis)))
    put(kinesis, b"new")
    cloud.clock.advance(60)
    assert data_of(next_event(events)["Records"]) == [b"new"]


@pytest.mark.minicloud(limits="strict")
def test_two_mebibytes_a_second_and_consumer(cloud: Any, kinesis: Any, stream: str) -> None:
    for _ in range(6):
        put(kinesis, bytes(MIB - 1))
        cloud.clock.advance(1)
    start = cloud.clock.now()
    events = iter(subscribe(kinesis, register(kinesis)))
    assert len(next_event(events)["Records"]) == 2
    assert cloud.clock.now() == start
    for seconds in (1, 2):
        assert len(next_event(events)["Records"]) == 2
        assert cloud.clock.now() == start + timedelta(seconds=seconds)
    put(kinesis, b"small")
    assert data_of(next_event(events)["Records"]) == [b"small"]
    assert cloud.clock.now() == start + timedelta(seconds=3)


def test_a_consumer_of_another_account(make_client: MakeClient, kinesis: Any, stream: str) -> None:
    arn = register(kinesis)
    put(kinesis, b"0")
    other = make_client("kinesis", account_id="210987654321")
    assert other.describe_stream_consumer(ConsumerARN=arn)["ConsumerDescription"]["ConsumerName"] == "c"
    assert data_of(next_event(iter(subscribe(other, arn)))["Records"]) == [b"0"]
    assert refusal(other.deregister_stream_consumer, ConsumerARN=arn) == (
        "AccessDeniedException",
        "User: arn:aws:iam::210987654321:user/minicloud is not authorized to perform: "
        f"kinesis:DeregisterStreamConsumer on resource: {ARN}s because no resource-based policy allows the "
        "kinesis:DeregisterStreamConsumer action",
    )


def test_the_continuation_number_is_the_shards_own(kinesis: Any, stream: str) -> None:
    event = next_event(iter(subscribe(kinesis, register(kinesis))))
    start = numbers(shards_of(kinesis, stream)[0])["StartingSequenceNumber"]
    assert event["ContinuationSequenceNumber"] == start


def test_who_begins_behind_the_first_record_goes_on_behind_it(kinesis: Any, stream: str) -> None:
    (number,) = put(kinesis, b"0")
    event = next_event(iter(subscribe(kinesis, register(kinesis), "LATEST")))
    assert (event["Records"], event["ContinuationSequenceNumber"]) == ([], number)


def test_a_reset_ends_it(cloud: Any, kinesis: Any, stream: str) -> None:
    events = iter(subscribe(kinesis, register(kinesis), "LATEST"))
    next(events)
    cloud.reset()
    with pytest.raises(kinesis.exceptions.ClientError):
        next(events)
    assert list(events) == []
    kinesis.create_stream(StreamName="s", ShardCount=1)
    assert data_of(next_event(iter(subscribe(kinesis, register(kinesis), "LATEST")))["Records"]) == []


def test_closing_the_cloud_wakes_its_readers() -> None:
    cloud = minicloud.Cloud(clock="real", seed=1)
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    events = iter(subscribe(kinesis, register(kinesis), "LATEST"))
    seen: list[BaseException] = []

    def read() -> None:
        try:
            next(events)
        except minicloud.UsageError as error:
            seen.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    while not cloud.world.waiters:
        reader.join(0.001)
    cloud.close()
    reader.join(4)
    assert len(seen) == 1


@pytest.mark.minicloud(clock="frozen", region_name="us-east-1")
def test_on_a_frozen_clock_waiting_is_a_mistake(cloud: Any) -> None:
    kinesis = cloud.client("kinesis")  # an event loop would wait a while for other tasks to move the clock
    kinesis.create_stream(StreamName="s", ShardCount=1)
    put(kinesis, b"0")
    events = iter(subscribe(kinesis, register(kinesis)))
    assert data_of(next_event(events)["Records"]) == [b"0"]
    with pytest.raises(minicloud.UsageError, match="frozen"):
        next(events)


def test_one_reader_at_a_time() -> None:
    with minicloud.Cloud(clock="real", seed=1) as cloud:
        kinesis = cloud.client("kinesis")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        events = subscribe(kinesis, register(kinesis), "LATEST")
        seen: list[Any] = []
        reader = threading.Thread(target=lambda: seen.append(next(iter(events))))
        reader.start()
        while not cloud.world.waiters:
            reader.join(0.001)
        with pytest.raises(
            minicloud.UsageError,
            match=r"^two readers wait for the same event stream: iterate it from one thread or task$",
        ):
            next(iter(events))
        put(kinesis, b"0")
        reader.join(4)
        assert records_of(seen) == [b"0"]


def records_of(events: list[Any]) -> list[bytes]:
    return [data for event in events for data in data_of(event["SubscribeToShardEvent"]["Records"])]


def test_a_token_of_the_consumers_of_another_stream_is_refused(kinesis: Any, stream: str) -> None:
    kinesis.create_stream(StreamName="other", ShardCount=1)
    for name in ("a", "b"):
        register(kinesis, name)
    token = kinesis.list_stream_consumers(StreamARN=f"{ARN}s", MaxResults=1)["NextToken"]
    listing = refusal(lambda: kinesis.list_stream_consumers(StreamARN=f"{ARN}other", NextToken=token))
    assert listing == ("InvalidArgumentException", "Invalid NextToken.")


def test_a_consumer_of_another_region_is_not_that_of_the_same_name_here(kinesis: Any, stream: str) -> None:
    arn = register(kinesis)
    elsewhere = arn.replace(":us-east-1:", ":eu-west-1:")
    assert refusal(lambda: kinesis.describe_stream_consumer(ConsumerARN=elsewhere)) == (
        "InvalidArgumentException",
        f"The region specified in the ARN '{elsewhere}' does not match the endpoint region",
    )
