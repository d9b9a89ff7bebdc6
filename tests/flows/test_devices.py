"""Flow: devices report to a stream whose shards a function reads, with a bad report, and a reshard under way."""

from __future__ import annotations

import json
from base64 import b64decode
from collections import defaultdict
from typing import Any

import minicloud
from tests.support.ways import MakeClient

MIDDLE = 2**127


def test_reports_of_a_device_stay_in_order_over_a_reshard(cloud: minicloud.Cloud, make_client: MakeClient) -> None:
    kinesis, sqs = make_client("kinesis"), make_client("sqs")
    kinesis.create_stream(StreamName="reports", ShardCount=1)
    sqs.create_queue(QueueName="broken-reports")
    reports: dict[str, list[int]] = defaultdict(list)
    shards: dict[str, set[str]] = defaultdict(set)

    def note(event: Any, _: Any) -> dict[str, Any]:
        for record in event["Records"]:
            report = json.loads(b64decode(record["kinesis"]["data"]))
            if "reading" not in report:
                return {"batchItemFailures": [{"itemIdentifier": record["kinesis"]["sequenceNumber"]}]}
            device = record["kinesis"]["partitionKey"]
            reports[device].append(report["reading"])
            shards[device].add(record["eventID"].partition(":")[0])
        return {"batchItemFailures": []}

    cloud.function("note", note)
    mapping = cloud.event_source_mapping(
        "reports",
        "note",
        BatchSize=10,
        MaximumRetryAttempts=3,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        DestinationConfig={"OnFailure": {"Destination": cloud.queue("broken-reports").arn}},
    )
    devices = [f"device-{number}" for number in range(12)]

    def report(first: int, last: int) -> None:
        for reading in range(first, last):
            entries = [
                {"Data": json.dumps({"reading": reading}).encode(), "PartitionKey": device} for device in devices
            ]
            kinesis.put_records(StreamName="reports", Records=entries)

    report(0, 3)
    kinesis.put_record(StreamName="reports", Data=b"{}", PartitionKey="device-3")  # its shard waits behind this one
    report(3, 5)
    kinesis.split_shard(StreamName="reports", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(MIDDLE))
    report(5, 8)
    assert {len(readings) for readings in reports.values()} == {3}, "the children wait for their parent"
    cloud.run_until_idle()

    assert reports == {device: list(range(8)) for device in devices}
    assert {len(names) for names in shards.values()} == {2}, "each in the parent, and in one of the children"
    assert set(mapping.positions) == {"shardId-000000000001", "shardId-000000000002"}
    (broken,) = cloud.queue("broken-reports").bodies
    told = json.loads(broken)
    assert told["requestContext"]["approximateInvokeCount"] == 4
    assert told["responseContext"]["functionError"] is None
    assert told["KinesisBatchInfo"]["batchSize"] == 1
