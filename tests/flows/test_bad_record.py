"""Flow: a record that a function cannot handle does not block its shard, and is told of at a destination."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import minicloud
from tests.support.ways import MakeClient


def test_a_bad_record_does_not_block_its_shard(cloud: minicloud.Cloud, make_client: MakeClient) -> None:
    kinesis, sqs = make_client("kinesis"), make_client("sqs")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    sqs.create_queue(QueueName="given-up")
    counted: list[bytes] = []

    def count(event: Any, _: Any) -> None:
        clicks = [b64decode(record["kinesis"]["data"]) for record in event["Records"]]
        if b"bad" in clicks:
            raise ValueError("not a number")
        counted.extend(clicks)

    cloud.function("count", count)
    mapping = cloud.event_source_mapping(
        "clicks",
        "count",
        BatchSize=4,
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": cloud.queue("given-up").arn}},
    )
    clicks = [{"Data": data, "PartitionKey": "p"} for data in (b"1", b"2", b"bad", b"4")]
    numbers = [one["SequenceNumber"] for one in kinesis.put_records(StreamName="clicks", Records=clicks)["Records"]]
    cloud.run_until_idle()

    (lost,) = cloud.queue("given-up").bodies
    assert counted == [b"1", b"2", b"4"]
    runs = cloud.invocations.of("count")
    assert [len(run.event["Records"]) for run in runs] == [4, 2, 2, 1, 1, 1]
    assert {run.trigger for run in runs} == {"kinesis:clicks"}
    assert [run.attempt for run in runs] == [1, 1, 1, 1, 2, 1]
    record = json.loads(lost)
    assert list(record) == ["requestContext", "responseContext", "version", "timestamp", "KinesisBatchInfo"]
    assert record["requestContext"] == {
        "requestId": runs[4].request_id,
        "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:count",
        "condition": "RetryAttemptsExhausted",
        "approximateInvokeCount": 2,
    }
    assert record["responseContext"] == {
        "statusCode": 200,
        "executedVersion": "$LATEST",
        "functionError": "Unhandled",
    }
    info = record["KinesisBatchInfo"]
    assert (info["batchSize"], info["startSequenceNumber"], info["endSequenceNumber"]) == (1, numbers[2], numbers[2])
    assert info["streamArn"] == "arn:aws:kinesis:us-east-1:123456789012:stream/clicks"
    assert (mapping.last_result, mapping.in_flight) == ("OK", 0)
    assert mapping.positions == {"shardId-000000000000": numbers[3]}
