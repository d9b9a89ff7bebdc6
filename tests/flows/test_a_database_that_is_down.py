"""A function writes to a database that is down for a while: the queue keeps what could not be written."""

from __future__ import annotations

import json
from typing import Any

import minicloud
from tests.support.ways import MakeClient


class Database:
    """Is there again after 590 seconds."""

    def __init__(self, cloud: minicloud.Cloud) -> None:
        self.cloud = cloud
        self.begun = cloud.clock.time_ns()
        self.rows: dict[str, tuple[int, float]] = {}

    def write(self, row: str, receives: int) -> None:
        now = (self.cloud.clock.time_ns() - self.begun) / 1e9
        if now < 590:
            raise ConnectionError("the database is down")
        self.rows[row] = receives, now


def test_every_row_is_there_in_the_end(cloud: minicloud.Cloud, make_client: MakeClient) -> None:
    sqs, database = make_client("sqs"), Database(cloud)
    dlq = sqs.create_queue(QueueName="dlq")["QueueUrl"]
    redrive = json.dumps({"deadLetterTargetArn": cloud.queue(dlq).arn, "maxReceiveCount": 30})
    attributes = {"VisibilityTimeout": "30", "RedrivePolicy": redrive}
    rows = sqs.create_queue(QueueName="rows", Attributes=attributes)["QueueUrl"]

    def write(event: dict[str, Any], _: Any) -> dict[str, Any]:
        failed = []
        for record in event["Records"]:
            try:
                database.write(record["body"], int(record["attributes"]["ApproximateReceiveCount"]))
            except ConnectionError:
                failed.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failed}

    cloud.function("write", write, timeout=5)
    make_client("lambda").create_event_source_mapping(
        EventSourceArn=cloud.queue(rows).arn, FunctionName="write", FunctionResponseTypes=["ReportBatchItemFailures"]
    )
    for start in (0, 10, 20):
        entries = [{"Id": str(n), "MessageBody": f"row {n}"} for n in range(start, start + 10)]
        sqs.send_message_batch(QueueUrl=rows, Entries=entries)
    cloud.clock.advance(599)
    assert (database.rows, cloud.queue(rows).counts.in_flight) == ({}, 30)
    cloud.clock.advance(1)
    assert database.rows == {f"row {n}": (21, 600) for n in range(30)}
    assert len(cloud.queue(rows).messages) == len(cloud.queue(dlq).messages) == 0
