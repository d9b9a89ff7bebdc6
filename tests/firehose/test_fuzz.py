"""Whatever is thrown at Firehose is answered or refused properly, and a refusal leaves everything as it was."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import minicloud
from minicloud.core.operation import operations_of
from minicloud.exceptions import ClientError, ParamValidationError
from minicloud.services.firehose.service import Firehose
from tests.support.depth import deep
from tests.support.made_up import values_of

from .support import BUCKET, PLACE, ROLE, STREAM, by_function, from_stream, to_bucket

OPERATIONS = operations_of(Firehose)
NAMED: dict[str, Any] = {
    "integer": st.sampled_from([-1, 0, 1, 2, 64, 128, 129, 900, 901, 10_001]),
    "BucketARN": st.sampled_from([BUCKET, BUCKET, "arn:aws:s3:::nobody", "lake"]),
    "BufferingHints": st.sampled_from([{}, {"SizeInMBs": 1}, {"SizeInMBs": 64, "IntervalInSeconds": 0}]),
    "CompressionFormat": st.sampled_from(["GZIP", "ZIP", "UNCOMPRESSED", "Snappy", "x"]),
    "CurrentDeliveryStreamVersionId": st.sampled_from(["1", "2", "x"]),
    "DeliveryStreamName": st.sampled_from(["logs", "logs", "clicks", "new", "é", "x" * 65]),
    "DeliveryStreamType": st.sampled_from(["DirectPut", "KinesisStreamAsSource", "MSKAsSource", "x"]),
    "DestinationId": st.sampled_from(["destinationId-000000000001", "destinationId-000000000002"]),
    "ErrorOutputPrefix": st.sampled_from(["", "e/", "!{firehose:error-output-type}/", "!{"]),
    "FileExtension": st.sampled_from([".json", "", "json"]),
    "KinesisStreamARN": st.sampled_from([STREAM, f"{STREAM}x", "x"]),
    "Prefix": st.sampled_from(["", "p/", "!{timestamp:yyyy}/", "!{timestamp:Q}", "!{firehose:random-string}", "!{x}"]),
    "ProcessingConfiguration": st.sampled_from(
        [
            {"Enabled": False},
            {"Enabled": True},
            by_function("nobody")["ProcessingConfiguration"],
            by_function("upper", NumberOfRetries="x")["ProcessingConfiguration"],
            {"Enabled": True, "Processors": [{"Type": "AppendDelimiterToRecord"}] * 2},
            {"Enabled": True, "Processors": [{"Type": "Lambda"}, {"Type": "MetadataExtraction"}]},
        ]
    ),
    "Record": st.sampled_from([{"Data": b"x"}, {"Data": b""}, {"Data": bytes(1_024_001)}, {"Data": "é"}, {}]),
    "RoleARN": st.sampled_from([ROLE, ROLE, "r"]),
    "S3BackupMode": st.sampled_from(["Enabled", "Disabled", "on"]),
}
TEXTS = st.sampled_from(["k", "", "\ud800", "x" * 300, "aws:x", f"arn:aws:firehose:{PLACE}:deliverystream/logs"])
calls = st.one_of(
    [st.tuples(st.just(name), values_of(operation.input, NAMED, TEXTS)) for name, operation in OPERATIONS.items()]
)


def everything(cloud: minicloud.Cloud) -> str:
    """All that can be seen of delivery streams, and what they have delivered."""
    client, seen = cloud.client("firehose"), []
    for name in client.list_delivery_streams(Limit=100)["DeliveryStreamNames"]:
        seen.append(client.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"])
        seen.append(client.list_tags_for_delivery_stream(DeliveryStreamName=name)["Tags"])  # type: ignore[arg-type]
    return json.dumps([seen, cloud.bucket("lake").keys], default=str)


@settings(max_examples=deep(400), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(calls, min_size=1, max_size=5))
def test_a_call_is_answered_or_refused_as_a_whole(made: list[tuple[str, dict[str, Any]]]) -> None:
    with minicloud.Cloud(clock="virtual", seed=1, region_name="us-east-1") as cloud:
        client: Any = cloud.client("firehose")
        cloud.client("s3").create_bucket(Bucket="lake")
        cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
        client.create_delivery_stream(DeliveryStreamName="logs", **to_bucket())
        client.create_delivery_stream(DeliveryStreamName="clicks", **from_stream(), **to_bucket())
        for name, params in made:
            before = everything(cloud)
            try:
                answer = getattr(client, name)(**params)
            except (ClientError, ParamValidationError, minicloud.UsageError):
                assert everything(cloud) == before
            else:
                assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
        before, snapshot = everything(cloud), cloud.snapshot()
        cloud.clock.advance(3600)
        cloud.restore(snapshot)
        assert everything(cloud) == before
