"""Real boto3 clients, answered by a cloud: what they show is what native clients show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import boto3
import botocore.exceptions
import pytest

import minicloud
from tests.kinesis.support import ARN, MIDDLE, data_of, iterator, read_all
from tests.support.answers import answer

pytestmark = pytest.mark.needs("boto3")

ACCOUNT = "123456789012"


@pytest.fixture
def mocked() -> Any:
    with minicloud.mock_aws(clock="virtual", seed=1) as cloud:
        yield cloud


@pytest.fixture
def client(mocked: Any) -> Any:
    return boto3.client("kinesis", region_name="us-east-1")


def play(kinesis: Any, cloud: Any) -> list[Any]:
    """A history of calls; everything they answered."""
    seen: list[Any] = []

    def note(response: dict[str, Any]) -> dict[str, Any]:
        seen.append(answer(response))
        return response

    note(kinesis.create_stream(StreamName="s", ShardCount=2))
    note(kinesis.describe_stream(StreamName="s"))
    for key in ("a", "b", "c"):
        note(kinesis.put_record(StreamName="s", Data=key.encode(), PartitionKey=key))
    note(kinesis.put_records(StreamName="s", Records=[{"Data": b"x", "PartitionKey": "k"}] * 3))
    cloud.clock.advance(1.5)
    note(kinesis.split_shard(StreamName="s", ShardToSplit="0", NewStartingHashKey=str(MIDDLE // 2)))
    note(kinesis.list_shards(StreamName="s"))
    for shard in ("0", "1", "2"):
        place = note(kinesis.get_shard_iterator(StreamName="s", ShardId=shard, ShardIteratorType="TRIM_HORIZON"))
        note(kinesis.get_records(ShardIterator=place["ShardIterator"]))
    consumer = note(kinesis.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c"))["Consumer"]
    note(kinesis.describe_stream_consumer(ConsumerARN=consumer["ConsumerARN"]))
    events = kinesis.subscribe_to_shard(
        ConsumerARN=consumer["ConsumerARN"], ShardId="0", StartingPosition={"Type": "TRIM_HORIZON"}
    )["EventStream"]
    seen.extend(events)
    note(kinesis.describe_limits())
    return seen


def test_real_and_native_clients_see_the_same(mocked: Any, client: Any) -> None:
    native = minicloud.Cloud(clock="virtual", seed=1)
    assert play(client, mocked) == play(native.client("kinesis"), native)


def test_errors_are_the_real_clients_own(client: Any) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.describe_stream(StreamName="x")
    assert caught.value.response["Error"] == {
        "Message": f"Stream x under account {ACCOUNT} not found.",
        "Code": "ResourceNotFoundException",
    }
    assert caught.value.response["message"] == caught.value.response["Error"]["Message"]
    with pytest.raises(botocore.exceptions.ParamValidationError):
        client.describe_stream(StreamName="")


def test_real_waiters_and_paginators(mocked: Any, client: Any) -> None:
    client.create_stream(StreamName="s", ShardCount=250)
    client.get_waiter("stream_exists").wait(StreamName="s")
    pages = client.get_paginator("describe_stream").paginate(StreamName="s")
    assert [len(page["StreamDescription"]["Shards"]) for page in pages] == [100, 100, 50]
    pages = client.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 1})
    assert [page["StreamNames"] for page in pages] == [["s"]]
    client.delete_stream(StreamName="s")
    client.get_waiter("stream_not_exists").wait(StreamName="s")


def test_botocores_paginator_of_list_shards_repeats_the_name_which_aws_refuses(client: Any) -> None:
    client.create_stream(StreamName="s", ShardCount=3)
    pages = iter(client.get_paginator("list_shards").paginate(StreamName="s", PaginationConfig={"PageSize": 2}))
    assert len(next(pages)["Shards"]) == 2
    with pytest.raises(client.exceptions.InvalidArgumentException, match="cannot be provided together"):
        next(pages)


def test_an_event_stream(mocked: Any, client: Any) -> None:
    client.create_stream(StreamName="s", ShardCount=1)
    client.put_record(StreamName="s", Data=b"0", PartitionKey="p")
    arn = client.register_stream_consumer(StreamARN=f"{ARN}s", ConsumerName="c")["Consumer"]["ConsumerARN"]
    start = mocked.clock.now()
    position = {"Type": "TRIM_HORIZON"}
    response = client.subscribe_to_shard(ConsumerARN=arn, ShardId="0", StartingPosition=position)
    events = [event["SubscribeToShardEvent"] for event in response["EventStream"]]
    assert data_of(events[0]["Records"]) == [b"0"]
    assert mocked.clock.now() - start == timedelta(minutes=5)

    response = client.subscribe_to_shard(ConsumerARN=arn, ShardId="0", StartingPosition={"Type": "LATEST"})
    client.delete_stream(StreamName="s", EnforceConsumerDeletion=True)
    with pytest.raises(botocore.exceptions.EventStreamError) as caught:
        list(response["EventStream"])
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_reading_by_time(mocked: Any, client: Any) -> None:
    client.create_stream(StreamName="s", ShardCount=1)
    client.put_record(StreamName="s", Data=b"0", PartitionKey="p")
    mocked.clock.advance(10)
    moment = mocked.clock.now()
    client.put_record(StreamName="s", Data=b"1", PartitionKey="p")
    for timestamp in (moment, moment.replace(tzinfo=None), moment.isoformat(), moment.timestamp()):
        assert data_of(read_all(client, "s", 0, "AT_TIMESTAMP", Timestamp=timestamp)) == [b"1"]
    assert iterator(client, "s", 0)
