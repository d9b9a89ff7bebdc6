"""What the tests of Kinesis share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.ways import error_class

ACCOUNT = "123456789012"
ARN = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/"
TOP = 2**128 - 1
MIDDLE = 2**127
BUCKET = {"BucketARN": "arn:aws:s3:::bucket", "ExpectedBucketOwner": ACCOUNT, "CompressionType": "GZIP"}
TABLE = {
    "TableBucketARN": f"arn:aws:s3tables:us-east-1:{ACCOUNT}:bucket/tables",
    "Namespace": "n",
    "TableName": "t",
    "CompressionType": "ZSTD",
}


def botocores_refusal(call: Callable[..., Any], **params: Any) -> str:
    """What real clients say of ARNs in which they can't find where to send the call: it is never sent."""
    with pytest.raises(error_class("EndpointResolutionError")) as caught:
        call(**params)
    return str(caught.value)


def sends_parts_of_seconds(kinesis: Any) -> bool:
    """Whether a client writes parts of seconds into its requests: not real ones of older releases of botocore."""
    serializer = getattr(kinesis, "_serializer", None)
    if serializer is None:
        return True
    model = kinesis.meta.service_model.operation_model("GetShardIterator")
    moment = datetime(2026, 1, 1, 0, 0, 0, 250_000, tzinfo=UTC)
    params = {"ShardId": "0", "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": moment}
    return b".25" in serializer.serialize_to_request(params, model)["body"]


def shard_id(index: int) -> str:
    return f"shardId-{index:012d}"


def iterator(kinesis: Any, stream: str, shard: int | str, kind: str = "TRIM_HORIZON", **params: Any) -> str:
    shard = shard_id(shard) if isinstance(shard, int) else shard
    response = kinesis.get_shard_iterator(StreamName=stream, ShardId=shard, ShardIteratorType=kind, **params)
    return response["ShardIterator"]


def read_all(kinesis: Any, stream: str, shard: int | str, kind: str = "TRIM_HORIZON", **params: Any) -> list[Any]:
    """The records of a shard up to its tip."""
    records: list[Any] = []
    place: str | None = iterator(kinesis, stream, shard, kind, **params)
    while place is not None:
        response = kinesis.get_records(ShardIterator=place)
        records += response["Records"]
        if response["MillisBehindLatest"] == 0:
            break
        place = response.get("NextShardIterator")
    return records


def data_of(records: list[Any]) -> list[bytes]:
    return [record["Data"] for record in records]


def shards_of(kinesis: Any, stream: str, **params: Any) -> list[Any]:
    return kinesis.list_shards(StreamName=stream, **params)["Shards"]


def ids_of(shards: list[Any]) -> list[int]:
    return [int(shard["ShardId"].split("-")[1]) for shard in shards]


def open_shards(kinesis: Any, stream: str) -> list[Any]:
    """The open shards in the order of their hash keys."""
    shards = shards_of(kinesis, stream, ShardFilter={"Type": "AT_LATEST"})
    return sorted(shards, key=lambda shard: int(shard["HashKeyRange"]["StartingHashKey"]))


def hash_range(shard: Any) -> tuple[int, int]:
    return int(shard["HashKeyRange"]["StartingHashKey"]), int(shard["HashKeyRange"]["EndingHashKey"])


def numbers(shard: Any) -> Any:
    return shard["SequenceNumberRange"]


def check_state(cloud: Any) -> None:
    """Raise ``AssertionError`` unless all that Kinesis derives is what it would be if derived anew."""
    for service in cloud.services("kinesis"):
        service.check()


def make_queue(kinesis: Any, stream: str = "s", name: str = "q", kind: str = "TRIM_HORIZON", **params: Any) -> str:
    """A queue on a stream; its ARN."""
    position: dict[str, Any] = {"Type": kind}
    if "Timestamp" in params:
        position["Timestamp"] = params.pop("Timestamp")
    configuration = {"StreamARN": f"{ARN}{stream}", "StartingPosition": position}
    made = kinesis.create_queue(QueueName=name, StreamConfigurationList=[configuration], **params)
    return made["QueueDescription"]["QueueARN"]


def dead_letters(most: int | None, visibility: int = 30) -> dict[str, Any]:
    """The attributes of a queue that gives up after so many receives; None: never."""
    target = {"TargetType": "NONE"} if most is None else {"TargetType": "BUILT_IN", "MaxReceiveCount": most}
    return {"VisibilityTimeoutSeconds": visibility, "DeadLetterConfiguration": target}


def receive(kinesis: Any, queue: str, **params: Any) -> list[Any]:
    """What a receive returns that waits for a second at most."""
    return kinesis.receive_queue_records(QueueARN=queue, **{"WaitTimeSeconds": 1, **params})["QueueRecords"]


def receive_dead(kinesis: Any, queue: str, **params: Any) -> list[Any]:
    """The same of dead letters."""
    given = {"WaitTimeSeconds": 1, **params}
    return kinesis.receive_dead_letter_queue_records(QueueARN=queue, **given)["QueueRecords"]


def entries(*records: Any, **more: Any) -> list[dict[str, Any]]:
    """The entries of a call on deliveries, of the records or handles."""
    handles = [record if isinstance(record, str) else record["ReceiptHandle"] for record in records]
    return [{"ReceiptHandle": handle, **more} for handle in handles]
