"""SubscribeToShard through real clients: botocore's own event streams over the cloud's."""

from __future__ import annotations

from typing import Any

import boto3
import botocore.eventstream
import pytest
from botocore.exceptions import EventStreamError

import minicloud
from tests.boto.support import take_full_pipeline

pytestmark = pytest.mark.needs("boto3")


@pytest.fixture(params=["plain", "with-handler"])
def kinesis(request: pytest.FixtureRequest) -> Any:
    def make() -> Any:
        client = boto3.client("kinesis")
        return take_full_pipeline(client) if request.param == "with-handler" else client

    return make


def subscribe(client: Any, cloud: minicloud.Cloud) -> Any:
    client.create_stream(StreamName="s", ShardCount=1)
    cloud.clock.advance(60)
    arn = client.describe_stream(StreamName="s")["StreamDescription"]["StreamARN"]
    consumer = client.register_stream_consumer(StreamARN=arn, ConsumerName="c")["Consumer"]["ConsumerARN"]
    cloud.clock.advance(60)
    return client.subscribe_to_shard(
        ConsumerARN=consumer, ShardId="shardId-000000000000", StartingPosition={"Type": "LATEST"}
    )["EventStream"]


def test_events_come_when_records_do_and_the_stream_ends(kinesis: Any) -> None:
    with minicloud.mock_aws(clock="virtual") as cloud:
        client = kinesis()
        stream = subscribe(client, cloud)
        assert isinstance(stream, botocore.eventstream.EventStream)
        started = cloud.clock.time()
        client.put_record(StreamName="s", Data=b"\xff", PartitionKey="k")
        data = [record["Data"] for event in stream for record in event["SubscribeToShardEvent"]["Records"]]
        assert data == [b"\xff"]
        assert cloud.clock.time() - started >= 300


def test_a_closed_stream_gives_nothing_more(kinesis: Any) -> None:
    with minicloud.mock_aws(clock="virtual") as cloud:
        client = kinesis()
        stream = subscribe(client, cloud)
        client.put_record(StreamName="s", Data=b"x", PartitionKey="k")
        events = iter(stream)
        [record] = next(events)["SubscribeToShardEvent"]["Records"]
        assert record["Data"] == b"x"
        stream.close()
        assert list(events) == []


def test_a_deleted_stream_ends_it_with_an_error(kinesis: Any) -> None:
    with minicloud.mock_aws(clock="virtual") as cloud:
        client = kinesis()
        stream = subscribe(client, cloud)
        client.delete_stream(StreamName="s", EnforceConsumerDeletion=True)
        cloud.clock.advance(60)
        with pytest.raises(EventStreamError, match="ResourceNotFoundException"):
            list(stream)


def test_the_first_frame_is_aws_own(kinesis: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    add_data = botocore.eventstream.EventStreamBuffer.add_data
    monkeypatch.setattr(
        botocore.eventstream.EventStreamBuffer,
        "add_data",
        lambda buffer, data: (seen.append(bytes(data)), add_data(buffer, data)),
    )
    with minicloud.mock_aws(clock="virtual") as cloud:
        subscribe(kinesis(), cloud)
    assert seen[0].hex() == (
        "0000007200000060ab820d9e0d3a6d6573736167652d747970650700056576656e740b3a6576656e742d74797065070010696e697469616c"
        "2d726573706f6e73650d3a636f6e74656e742d7479706507001a6170706c69636174696f6e2f782d616d7a2d6a736f6e2d312e317b7de16e"
        "66e4"
    )
