"""What tests of Firehose have in common."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import minicloud

__all__ = ["BUCKET", "PLACE", "ROLE", "STREAM", "by_function", "from_stream", "objects", "to_bucket", "upper"]

PLACE = "us-east-1:123456789012"
ROLE = "arn:aws:iam::123456789012:role/firehose"
BUCKET = "arn:aws:s3:::lake"
STREAM = f"arn:aws:kinesis:{PLACE}:stream/clicks"


def to_bucket(**settings: Any) -> dict[str, Any]:
    """ExtendedS3DestinationConfiguration."""
    hints = {"SizeInMBs": 1, "IntervalInSeconds": 60}
    return {
        "ExtendedS3DestinationConfiguration": {
            "RoleARN": ROLE,
            "BucketARN": BUCKET,
            "BufferingHints": hints,
            **settings,
        }
    }


def from_stream(arn: str = STREAM) -> dict[str, Any]:
    """What CreateDeliveryStream asks for a source."""
    return {
        "DeliveryStreamType": "KinesisStreamAsSource",
        "KinesisStreamSourceConfiguration": {"KinesisStreamARN": arn, "RoleARN": ROLE},
    }


def by_function(name: str, **parameters: str) -> dict[str, Any]:
    """ProcessingConfiguration."""
    given = {"LambdaArn": f"arn:aws:lambda:{PLACE}:function:{name}", **parameters}
    pairs = [{"ParameterName": key, "ParameterValue": value} for key, value in given.items()]
    return {"ProcessingConfiguration": {"Enabled": True, "Processors": [{"Type": "Lambda", "Parameters": pairs}]}}


def objects(cloud: minicloud.Cloud, bucket: str = "lake") -> dict[str, bytes]:
    """What is in a bucket, by key; without the ids at the end of keys."""
    s3 = cloud.client("s3")
    found = {}
    for one in s3.list_objects_v2(Bucket=bucket).get("Contents", ()):
        head, _, tail = one["Key"].rpartition("-2026-")
        moment, _, extension = tail.partition(".")
        key = f"{head}@{moment[:14]}" + (f".{extension}" if extension else "")
        found[key] = found.get(key, b"") + s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
    return found


def upper(event: Any, _: Any) -> Any:
    """A function: capitals; drops what begins with "drop", fails what begins with "fail"."""

    def outcome(data: bytes) -> str:
        return "Dropped" if data.startswith(b"drop") else "ProcessingFailed" if data.startswith(b"fail") else "Ok"

    return {
        "records": [
            {
                "recordId": one["recordId"],
                "result": outcome(b64decode(one["data"])),
                "data": b64encode(b64decode(one["data"]).upper()).decode(),
            }
            for one in event["records"]
        ]
    }
