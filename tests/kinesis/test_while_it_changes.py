"""What is refused while a stream, a queue or a channel comes or goes, operation by operation."""

from __future__ import annotations

from typing import Any

import pytest

import minicloud
from tests.kinesis.support import ACCOUNT, ARN, make_queue
from tests.kinesis.test_other_accounts import OF_ANYTHING, OF_ONE, OF_STREAMS, STREAM, TO_BUCKET, method_of

NOT_FOUND = f"Stream s under account {ACCOUNT} not found."
NO_SHARD = f"Shard shardId-000000000000 in stream s under account {ACCOUNT} does not exist"
READS = {"ListStreamConsumers", "ListTagsForStream", "GetResourcePolicy", "ListTagsForResource"}
OTHERS: dict[str, dict[str, Any]] = {
    "DescribeStream": STREAM,
    "DescribeStreamSummary": STREAM,
    "GetShardIterator": {**STREAM, "ShardId": "0", "ShardIteratorType": "LATEST"},
    "ListShards": STREAM,
    "PutRecord": {**STREAM, "Data": b"", "PartitionKey": "p"},
    "PutRecords": {**STREAM, "Records": [{"Data": b"", "PartitionKey": "p"}]},
}


@pytest.fixture
def cloud() -> Any:
    limits = minicloud.Limits.named("relaxed").replace(kinesis_transition_seconds=30)
    with minicloud.Cloud(clock="virtual", seed=1, limits=limits, trace=False) as made:
        yield made


def told(kinesis: Any, operation: str, params: dict[str, Any]) -> tuple[str, str] | None:
    try:
        method_of(kinesis, operation)(**params)
    except minicloud.exceptions.ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    return None


def busy(what: str, state: str) -> tuple[str, str]:
    text = f"{what} under account {ACCOUNT} not ACTIVE, instead in state {state}"
    return "ResourceInUseException", text


@pytest.mark.parametrize("state", ["CREATING", "DELETING"])
def test_a_stream(cloud: minicloud.Cloud, state: str) -> None:
    kinesis: Any = cloud.client("kinesis", "us-east-1")
    of_it = {name: {**params, "ResourceARN": f"{ARN}s"} for name, params in OF_ANYTHING.items()}
    calls = {**OF_STREAMS, **of_it, **OTHERS}
    del calls["DeregisterStreamConsumer"], calls["DeleteStream"]
    expected: dict[str, Any] = {name: None if name in READS else busy("Stream s", state) for name in calls}
    expected.update(dict.fromkeys(OTHERS))  # what is going can be written and read till the end
    if state == "CREATING":
        expected |= dict.fromkeys(("PutRecord", "PutRecords"), ("ResourceNotFoundException", NOT_FOUND))
        expected |= {"GetShardIterator": ("ResourceNotFoundException", NO_SHARD), "ListShards": busy("Stream s", state)}
    kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    if state == "DELETING":
        cloud.clock.advance(30)
        kinesis.delete_stream(StreamName="s")
        assert told(kinesis, "DeleteStream", STREAM) == busy("Stream s", state)
    assert {name: told(kinesis, name, params) for name, params in calls.items()} == expected
    if state == "CREATING":
        assert told(kinesis, "DeleteStream", STREAM) is None


@pytest.mark.parametrize("state", ["CREATING", "DELETING"])
@pytest.mark.parametrize("kind", ["queue", "channel"])
def test_what_is_on_a_stream(cloud: minicloud.Cloud, kind: str, state: str) -> None:
    kinesis: Any = cloud.client("kinesis", "us-east-1")
    kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    cloud.clock.advance(30)
    if kind == "queue":
        arn = make_queue(kinesis)
    else:
        arn = kinesis.create_channel(**TO_BUCKET)["ChannelDescription"]["ChannelARN"]
    name = kind.capitalize()
    if state == "DELETING":
        cloud.clock.advance(30)
        method_of(kinesis, f"Delete{name}")(**{f"{name}ARN": arn})
    identity = f"{name} {arn.rpartition('/')[2]}"
    refused = busy(identity, state)
    calls: dict[str, dict[str, Any]] = {one: {**params, f"{name}ARN": arn} for one, params in OF_ONE[kind].items()}
    expected: dict[str, Any] = {f"Describe{name}": None, f"Update{name}": refused, f"Delete{name}": refused}
    if kind == "queue":  # of channels AWS says no such thing
        calls |= {one: {**params, "ResourceARN": arn} for one, params in OF_ANYTHING.items()}
        expected |= {one: None if one in READS else refused for one in OF_ANYTHING}
        calls["ReceiveQueueRecords"] = {"QueueARN": arn}
        expected["ReceiveQueueRecords"] = (
            "ResourceNotFoundException",
            f"{identity} under account {ACCOUNT} not found.",
        )
    if state == "CREATING":
        del calls[f"Delete{name}"], expected[f"Delete{name}"]
    assert {one: told(kinesis, one, params) for one, params in calls.items()} == expected
    if state == "CREATING":
        assert told(kinesis, f"Delete{name}", {f"{name}ARN": arn}) is None
