"""What queues, channels, and streams that distribute records say when they refuse, word for word.

Where AWS's words are not known they are minicloud's own, and people read them all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import minicloud
from tests.kinesis.support import ACCOUNT, ARN, BUCKET, TABLE, dead_letters, make_queue, receive
from tests.support.answers import refusal

TO_BUCKET: dict[str, Any] = {"S3DestinationConfiguration": {"StorageConfiguration": BUCKET}}
TO_TABLE: dict[str, Any] = {
    "S3TablesDestinationConfiguration": {
        "DeadLetterQueueS3Configuration": {"BucketARN": "arn:aws:s3:::bucket", "ExpectedBucketOwner": ACCOUNT},
        "S3TablesConfigurationList": [TABLE],
    }
}


@pytest.fixture
def cloud() -> Any:
    with minicloud.Cloud(clock="virtual", seed=1) as made:
        yield made


@pytest.fixture
def kinesis(cloud: minicloud.Cloud) -> Any:
    client: Any = cloud.client("kinesis", "us-east-1")
    client.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    client.create_stream(StreamName="p", ShardCount=1)
    return client


def on(*streams: str, kind: str = "STRING") -> list[dict[str, Any]]:
    return [{"StreamARN": f"{ARN}{name}", "RecordConfiguration": {"RecordFormatType": kind}} for name in streams]


def make_channel(kinesis: Any, name: str = "c", streams: Any = None, **params: Any) -> Any:
    role = f"arn:aws:iam::{ACCOUNT}:role/r"
    given = {"StreamConfigurationList": on("s") if streams is None else streams, **(params or TO_BUCKET)}
    return kinesis.create_channel(ChannelName=name, ServiceExecutionRoleARN=role, **given)["ChannelDescription"]


def queue_on(kinesis: Any, *streams: Any, **params: Any) -> Any:
    return kinesis.create_queue(QueueName="q", StreamConfigurationList=list(streams), **params)


def fresh(seconds: int) -> dict[str, Any]:
    return {"S3DestinationConfiguration": {"StorageConfiguration": BUCKET, "DataFreshnessInSeconds": seconds}}


def with_queues(kinesis: Any) -> None:
    for number in range(20):
        make_queue(kinesis, name=f"q{number}")


S = {"StreamARN": f"{ARN}s"}
ROWS: dict[str, tuple[Callable[[Any], Any], str, str]] = {
    "two streams": (
        lambda k: queue_on(k, S, S),
        "ValidationException",
        "A queue has exactly one stream, and StreamConfigurationList has 2.",
    ),
    "provisioned": (
        lambda k: queue_on(k, {"StreamARN": f"{ARN}p"}),
        "ValidationException",
        f"Request is invalid. Stream p under account {ACCOUNT} is in Provisioned mode.",
    ),
    "no time": (
        lambda k: queue_on(k, {**S, "StartingPosition": {"Type": "AT_TIMESTAMP"}}),
        "ValidationException",
        "StartingPosition of type AT_TIMESTAMP requires a Timestamp.",
    ),
    "a time": (
        lambda k: queue_on(k, {**S, "StartingPosition": {"Type": "LATEST", "Timestamp": 0}}),
        "ValidationException",
        "StartingPosition of type LATEST does not take a Timestamp.",
    ),
    "a queue too many": (
        lambda k: (with_queues(k), make_queue(k, name="r")),
        "LimitExceededException",
        f"Stream s under account {ACCOUNT} has reached the limit of 20 consumers and queues.",
    ),
    "a stream with a queue": (
        lambda k: (make_queue(k), k.delete_stream(StreamName="s")),
        "ResourceInUseException",
        f"DeleteStream can't be called on {ARN}s because there are queues associated with this data stream.",
    ),
    "a stream with a channel": (
        lambda k: (make_channel(k), k.delete_stream(StreamName="s")),
        "ResourceInUseException",
        f"DeleteStream can't be called on {ARN}s because there are channels associated with this data stream.",
    ),
    "two streams of a channel": (
        lambda k: make_channel(k, streams=on("s", "s")),
        "ValidationException",
        "A channel has exactly one stream, and StreamConfigurationList has 2.",
    ),
    "two tables": (
        lambda k: make_channel(
            k,
            streams=on("s", kind="GSR_JSON"),
            S3TablesDestinationConfiguration={
                **TO_TABLE["S3TablesDestinationConfiguration"],
                "S3TablesConfigurationList": [TABLE] * 2,
            },
        ),
        "ValidationException",
        "A channel has exactly one table, and S3TablesConfigurationList has 2.",
    ),
    "both destinations": (
        lambda k: make_channel(k, **TO_BUCKET, **TO_TABLE),
        "ValidationException",
        "Exactly one of S3DestinationConfiguration and S3TablesDestinationConfiguration must be specified.",
    ),
    "another destination": (
        lambda k: k.update_channel(
            ChannelARN=make_channel(k)["ChannelARN"], S3TablesDestinationConfiguration={"DataFreshnessInSeconds": 300}
        ),
        "ValidationException",
        "The destination of the channel is of another type.",
    ),
    "a format": (
        lambda k: make_channel(k, **TO_TABLE),
        "ValidationException",
        "RecordFormatType STRING is not supported for a destination of type S3_TABLES.",
    ),
    "another format": (
        lambda k: make_channel(k, streams=on("s", kind="GSR_JSON")),
        "ValidationException",
        "RecordFormatType GSR_JSON is not supported for a destination of type S3.",
    ),
    "no schema": (
        lambda k: make_channel(k, streams=on("s", kind="JSON"), **TO_TABLE),
        "ValidationException",
        "GSRSchemaARN is required for RecordFormatType JSON when the destination is a table.",
    ),
    "not fresh": (
        lambda k: make_channel(k, **fresh(901)),
        "ValidationException",
        "DataFreshnessInSeconds 901 is not between 300 and 900.",
    ),
    "a second channel": (
        lambda k: (make_channel(k), make_channel(k, "d")),
        "LimitExceededException",
        f"Stream s under account {ACCOUNT} already has a channel with a destination of type S3.",
    ),
    "a tag too many": (
        lambda k: make_channel(k, **TO_BUCKET, Tags={f"k{number}": "" for number in range(51)}),
        "InvalidArgumentException",
        f"Failed to add tags to stream s under account {ACCOUNT} because a given stream cannot have more than 50 tags "
        "associated with it.",
    ),
    "no most receives": (
        lambda k: k.update_queue(
            QueueARN=make_queue(k, QueueAttributes=dead_letters(None)),
            QueueAttributes={"DeadLetterConfiguration": {"TargetType": "BUILT_IN"}},
        ),
        "ValidationException",
        "DeadLetterConfiguration of type BUILT_IN requires MaxReceiveCount.",
    ),
    "a queue that is none": (
        lambda k: k.describe_queue(QueueARN=f"arn:aws:kinesis:us-east-1:x:{ACCOUNT}:queue/n"),
        "ResourceNotFoundException",
        f"Queue n under account {ACCOUNT} not found.",
    ),
    "a channel that is none": (
        lambda k: k.describe_channel(ChannelARN=f"arn:aws:kinesis:us-east-1:x:{ACCOUNT}:channel/n"),
        "ResourceNotFoundException",
        f"Channel n under account {ACCOUNT} not found.",
    ),
    "keys of its own": (
        lambda k: k.create_stream(StreamName="t", ShardCount=1, RecordDistributionStrategy="AUTO"),
        "InvalidArgumentException",
        "RecordDistributionStrategy AUTO is only supported for streams in On-Demand mode.",
    ),
    "ordering": (
        lambda k: (
            k.create_stream(
                StreamName="t", StreamModeDetails={"StreamMode": "ON_DEMAND"}, RecordDistributionStrategy="AUTO"
            ),
            k.put_record(StreamName="t", Data=b"", SequenceNumberForOrdering="0"),
        ),
        "InvalidArgumentException",
        f"SequenceNumberForOrdering is not supported for stream t under account {ACCOUNT}, which distributes records "
        "itself.",
    ),
    "a queue of that name": (
        lambda k: (make_queue(k, name="r"), make_queue(k, name="r")),
        "ResourceInUseException",
        f"Queue r under account {ACCOUNT} already exists.",
    ),
    "a channel of that name": (
        lambda k: (make_channel(k, "d"), make_channel(k, "d")),
        "ResourceInUseException",
        f"Channel d under account {ACCOUNT} already exists.",
    ),
    "a dry run": (
        lambda k: k.put_record(StreamName="p", Data=b"", PartitionKey="k", DryRun=True),
        "DryRunOperationException",
        "The request would have succeeded, and nothing was done, because the DryRun parameter was specified.",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_refusals(kinesis: Any, name: str) -> None:
    call, code, text = ROWS[name]
    assert refusal(lambda: call(kinesis)) == (code, text)


def test_a_sign_that_tags_cannot_have(kinesis: Any) -> None:
    """Whatever it would be a tag of, the stream is named."""
    tags, arn = {"a": "50%"}, f"{ARN}s"
    calls: list[tuple[str, str, Any, dict[str, Any]]] = [
        ("t", "add tags to", kinesis.create_stream, {"StreamName": "t", "Tags": tags}),
        ("s", "add tags to", kinesis.add_tags_to_stream, {"StreamName": "s", "Tags": tags}),
        ("s", "remove tags from", kinesis.remove_tags_from_stream, {"StreamName": "s", "TagKeys": ["%"]}),
        ("s", "add tags to", kinesis.tag_resource, {"ResourceARN": arn, "Tags": tags}),
        ("s", "remove tags from", kinesis.untag_resource, {"ResourceARN": arn, "TagKeys": ["%"]}),
        (
            "s",
            "add tags to",
            kinesis.register_stream_consumer,
            {"StreamARN": arn, "ConsumerName": "c", "Tags": tags},
        ),
        ("s", "add tags to", make_queue, {"kinesis": kinesis, "Tags": tags}),
        ("s", "add tags to", make_channel, {"kinesis": kinesis, "Tags": tags, **TO_BUCKET}),
    ]
    for stream, action, call, params in calls:
        assert refusal(call, **params) == (
            "InvalidArgumentException",
            f"Failed to {action} stream {stream} under account {ACCOUNT} because some tags contained illegal "
            "characters. The allowed characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@'.",
        )


@pytest.mark.parametrize(
    ("state", "code", "text"),
    [
        ("spent", "ResourceNotFoundException", "The receipt handle is not valid any more."),
        ("foreign", "InvalidArgumentException", "The receipt handle is not one of this operation and queue."),
        ("over", "InvalidArgumentException", "The visibility timeout of the receipt handle has ended."),
    ],
)
def test_handles(cloud: minicloud.Cloud, kinesis: Any, state: str, code: str, text: str) -> None:
    queue = make_queue(kinesis, QueueAttributes=dead_letters(2, 5))
    kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="k")
    [record] = receive(kinesis, queue)
    handle = "x" if state == "foreign" else record["ReceiptHandle"]
    if state == "spent":
        kinesis.acknowledge_queue_records(QueueARN=queue, Entries=[{"ReceiptHandle": handle}])
    if state == "over":
        cloud.clock.advance(5)
    entry = {"ReceiptHandle": handle, "VisibilityTimeoutSeconds": 9}
    answer = kinesis.update_queue_records_visibility(QueueARN=queue, Entries=[entry])
    assert answer["Failed"] == [{"ReceiptHandle": handle, "ErrorCode": code, "ErrorMessage": text}]


def test_what_is_changing() -> None:
    limits = minicloud.Limits(kinesis_transition_seconds=10, kinesis_queues_changing=1)
    with minicloud.Cloud(clock="virtual", seed=1, limits=limits) as cloud:
        kinesis: Any = cloud.client("kinesis", "us-east-1")
        kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
        cloud.clock.advance(10)
        queue, channel = make_queue(kinesis), make_channel(kinesis)["ChannelARN"]
        assert refusal(make_queue, kinesis=kinesis, name="r") == (
            "LimitExceededException",
            "This request would exceed the limit on the number of queues that can simultaneously be in CREATING or "
            f"DELETING for the account {ACCOUNT}. Limit: 1.",
        )
        rows = (
            (kinesis.update_queue, {"QueueARN": queue, "QueueAttributes": dead_letters(3)}),
            (
                kinesis.update_channel,
                {"ChannelARN": channel, "S3DestinationConfiguration": {"DataFreshnessInSeconds": 300}},
            ),
        )
        for state in ("CREATING", "UPDATING", "DELETING"):
            for (call, params), one, kind in zip(rows, (queue, channel), ("Queue", "Channel"), strict=True):
                label = one.rpartition("/")[2]
                text = f"{kind} {label} under account {ACCOUNT} not ACTIVE, instead in state {state}"
                assert refusal(call, **params) == ("ResourceInUseException", text)
            cloud.clock.advance(10)
            if state == "CREATING":
                for call, params in rows:
                    call(**params)
            elif state == "UPDATING":
                kinesis.delete_queue(QueueARN=queue)
                kinesis.delete_channel(ChannelARN=channel)
