"""The events that functions get of a stream, and the records of batches that were given up."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from ...core.record_sources import StreamRecord
from ...core.timestamps import datetime_of
from .filters import Filters
from .stream_batch import Batch, Window

__all__ = ["failure_record", "is_wanted", "stream_event", "window_event"]


def stream_event(
    records: Sequence[StreamRecord], shard_id: str, source_arn: str, region_name: str, role_arn: str
) -> dict[str, Any]:
    """The event of a batch, fresh. O(its bytes). [Lambda developer guide: Kinesis; recorded]"""
    return {
        "Records": [
            {
                "kinesis": {
                    "kinesisSchemaVersion": "1.0",
                    "partitionKey": record.partition_key,
                    "sequenceNumber": record.sequence_number,
                    "data": b64encode(record.data).decode("ascii"),
                    "approximateArrivalTimestamp": record.arrival // 1_000_000 / 1000,
                },
                "eventSource": "aws:kinesis",
                "eventVersion": "1.0",
                "eventID": f"{shard_id}:{record.sequence_number}",
                "eventName": "aws:kinesis:record",
                "invokeIdentityArn": role_arn,
                "awsRegion": region_name,
                "eventSourceARN": source_arn,
            }
            for record in records
        ]
    }


def window_event(
    event: dict[str, Any], window: Window, shard_id: str, source_arn: str, *, final: bool
) -> dict[str, Any]:
    """The event of a batch in a tumbling window, or of the window's end. [Lambda developer guide: tumbling windows]"""
    return event | {
        "window": {"start": _second(window.start), "end": _second(window.end)},
        "state": json.loads(window.state),
        "shardId": shard_id,
        "eventSourceARN": source_arn,
        "isFinalInvokeForWindow": final,
        "isWindowTerminatedEarly": final and window.early,
    }


def is_wanted(filters: Filters, record: StreamRecord) -> bool:
    """Whether filters want a record. They see its data as text, parsed where it is a JSON object, and its metadata.

    [Lambda developer guide: event filtering with Kinesis]
    """
    frame = {
        "kinesisSchemaVersion": "1.0",
        "partitionKey": record.partition_key,
        "sequenceNumber": record.sequence_number,
        "approximateArrivalTimestamp": record.arrival // 1_000_000 / 1000,
    }
    try:
        return filters.accept(frame, record.data.decode())
    except UnicodeDecodeError:
        return filters.accept(frame, None)


def failure_record(
    now: int,
    batch: Batch,
    *,
    condition: str,
    request_id: str,
    function_arn: str,
    executed_version: str,
    function_error: str | None,
    invoke_count: int,
    shard_id: str,
    stream_arn: str,
) -> str:
    """What a destination gets of a batch that was given up: its place in the stream, and not its records. [recorded]

    One that was too old has no ``responseContext``, whether its function was run or not.
    """
    first, last = batch.records[0], batch.records[-1]
    record: dict[str, Any] = {
        "requestContext": {
            "requestId": request_id,
            "functionArn": function_arn,
            "condition": condition,
            "approximateInvokeCount": invoke_count,
        },
    }
    if condition != "RecordAgeExceeded":
        record["responseContext"] = {
            "statusCode": 200,
            "executedVersion": executed_version,
            "functionError": function_error,
        }
    record["version"] = "1.0"
    record["timestamp"] = _millisecond(now)
    record["KinesisBatchInfo"] = {
        "shardId": shard_id,
        "startSequenceNumber": first.sequence_number,
        "endSequenceNumber": last.sequence_number,
        "approximateArrivalOfFirstRecord": _millisecond(first.arrival),
        "approximateArrivalOfLastRecord": _millisecond(last.arrival),
        "batchSize": len(batch.records),
        "streamArn": stream_arn,
    }
    return json.dumps(record, separators=(",", ":"))


def _second(moment: int) -> str:
    return f"{datetime_of(moment):%Y-%m-%dT%H:%M:%SZ}"


def _millisecond(moment: int) -> str:
    return f"{datetime_of(moment).isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"
