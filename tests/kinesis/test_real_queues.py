"""Queues and channels through real boto3 clients: where their calls would be sent, and with which credentials."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud
from tests.kinesis.support import ARN, dead_letters, entries, make_queue, receive
from tests.kinesis.test_channels import to_bucket
from tests.support.answers import answer

pytestmark = [pytest.mark.needs("boto3"), pytest.mark.known_release]


@pytest.fixture
def mocked() -> Any:
    with minicloud.mock_aws(clock="virtual", seed=1) as cloud:
        yield cloud


def hosts_of(client: Any) -> list[str]:
    """Where the client's requests are going to be sent; makes them take the full pipeline."""
    hosts: list[str] = []
    client.meta.events.register("before-send", lambda request, **_: hosts.append(request.url.split("/")[2]))
    return hosts


@pytest.mark.parametrize("account_id", [None, "123456789012"])
def test_all_hosts_are_answered(mocked: Any, account_id: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3

    if account_id is not None:
        monkeypatch.setenv("AWS_ACCOUNT_ID", account_id)
    kinesis = boto3.Session().client("kinesis", region_name="us-east-1")
    hosts = hosts_of(kinesis)
    kinesis.create_stream(StreamName="s")
    queue = make_queue(kinesis, QueueAttributes=dead_letters(1))
    channel = kinesis.create_channel(**to_bucket())["ChannelDescription"]["ChannelARN"]
    kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k")
    [record] = receive(kinesis, queue)
    kinesis.acknowledge_queue_records(QueueARN=queue, Entries=entries(record))
    kinesis.list_tags_for_resource(ResourceARN=queue)
    kinesis.list_tags_for_resource(ResourceARN=channel)
    kinesis.list_queues()
    kinesis.list_channels()
    kinesis.describe_channel(ChannelARN=channel)
    kinesis.describe_queue(QueueARN=queue)
    label = queue.rpartition("/")[2]
    assert f"{label}.data-kinesis-queues.us-east-1.amazonaws.com" in hosts
    assert f"{label}.control-kinesis-queues.us-east-1.amazonaws.com" in hosts
    assert f"{channel.rpartition('/')[2]}.control-kinesis.us-east-1.amazonaws.com" in hosts
    assert any("kinesis-queues.us-east-1" in host and not host.startswith(label) for host in hosts)


def play(kinesis: Any, cloud: Any) -> list[Any]:
    """A history of calls; everything they answered."""
    seen: list[Any] = []

    def note(response: dict[str, Any]) -> Any:
        seen.append(answer(response))
        return response

    kinesis.create_stream(StreamName="s")
    queue = make_queue(kinesis, QueueAttributes=dead_letters(1, 5))
    for data in (b"a", b"b"):
        note(kinesis.put_record(StreamName="s", Data=data, PartitionKey="k"))
    first = note(kinesis.receive_queue_records(QueueARN=queue, Limit=1))["QueueRecords"]
    note(kinesis.acknowledge_queue_records(QueueARN=queue, Entries=entries(*first, "nonsense")))
    note(kinesis.receive_queue_records(QueueARN=queue))
    note(kinesis.receive_queue_records(QueueARN=queue))
    letters = note(kinesis.receive_dead_letter_queue_records(QueueARN=queue))["QueueRecords"]
    note(kinesis.restore_dead_letter_queue_records(QueueARN=queue, Entries=entries(*letters)))
    cloud.clock.advance(1.5)
    note(kinesis.describe_queue(QueueARN=queue))
    note(kinesis.list_queues(StreamFilter=[{"StreamARN": f"{ARN}s"}]))
    note(kinesis.create_channel(**to_bucket()))
    note(kinesis.list_channels())
    return seen


def test_real_and_native_clients_see_the_same(mocked: Any) -> None:
    import boto3

    native = minicloud.Cloud(clock="virtual", seed=1)
    real = boto3.client("kinesis", region_name="us-east-1")
    assert play(real, mocked) == play(native.client("kinesis"), native)


def test_errors_are_the_clients_own(mocked: Any) -> None:
    import boto3

    kinesis = boto3.client("kinesis", region_name="us-east-1")
    kinesis.create_stream(StreamName="s")
    with pytest.raises(kinesis.exceptions.DryRunOperationException):
        kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k", DryRun=True)
    mocked.faults.refuse("ThrottlingException", operation="ReceiveQueueRecords", first=10)
    queue = make_queue(kinesis)
    with pytest.raises(kinesis.exceptions.ThrottlingException) as caught:
        receive(kinesis, queue)
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] > 0  # it is worth a retry
