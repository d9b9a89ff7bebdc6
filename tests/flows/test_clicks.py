"""Flow: clicks on a stream, through Firehose and a function, into a bucket; each record once, where it belongs."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode, b64encode
from typing import Any

import minicloud
from tests.support.ways import MakeClient

ROLE = "arn:aws:iam::123456789012:role/lake"
PLACE = "us-east-1:123456789012"


def transform(event: Any, _: Any) -> Any:
    """Clicks of robots are dropped, and what is no JSON has failed."""
    answers = []
    for record in event["records"]:
        answer = {"recordId": record["recordId"], "data": record["data"]}
        try:
            click = json.loads(b64decode(record["data"]))
        except ValueError:
            answers.append({**answer, "result": "ProcessingFailed"})
            continue
        line = json.dumps({**click, "day": "today"}) + "\n"
        is_robot = click["who"] == "robot"
        data = b64encode(line.encode()).decode()
        answers.append({**answer, "data": data, "result": "Dropped" if is_robot else "Ok"})
    return {"records": answers}


def test_clicks_come_into_the_lake(cloud: minicloud.Cloud, make_client: MakeClient) -> None:
    kinesis, firehose, s3 = (make_client(name) for name in ("kinesis", "firehose", "s3"))
    s3.create_bucket(Bucket="lake")
    kinesis.create_stream(StreamName="clicks", ShardCount=2)
    cloud.run_until_idle()
    cloud.function("transform", transform, takes=3)
    processor = {
        "Type": "Lambda",
        "Parameters": [
            {"ParameterName": "LambdaArn", "ParameterValue": f"arn:aws:lambda:{PLACE}:function:transform"},
            {"ParameterName": "BufferIntervalInSeconds", "ParameterValue": "10"},
        ],
    }
    firehose.create_delivery_stream(
        DeliveryStreamName="lake",
        DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration={
            "KinesisStreamARN": f"arn:aws:kinesis:{PLACE}:stream/clicks",
            "RoleARN": ROLE,
        },
        ExtendedS3DestinationConfiguration={
            "RoleARN": ROLE,
            "BucketARN": "arn:aws:s3:::lake",
            "Prefix": "clicks/day=!{timestamp:yyyy-MM-dd}/",
            "ErrorOutputPrefix": "failed/!{firehose:error-output-type}/",
            "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 60},
            "CompressionFormat": "GZIP",
            "ProcessingConfiguration": {"Enabled": True, "Processors": [processor]},
        },
    )
    who = ["ada", "robot", "bob"]
    for number in range(30):
        click = json.dumps({"who": who[number % 3], "number": number}) if number % 10 else f"broken {number}"
        kinesis.put_record(StreamName="clicks", Data=click.encode(), PartitionKey=str(number))
        cloud.clock.advance(7)
    cloud.run_until_idle()
    clicks: list[int] = []
    failed: list[str] = []
    for found in s3.list_objects_v2(Bucket="lake")["Contents"]:
        content = s3.get_object(Bucket="lake", Key=found["Key"])["Body"].read()
        if found["Key"].startswith("failed/processing-failed/"):
            failed += [b64decode(json.loads(line)["rawData"]).decode() for line in content.splitlines()]
        else:
            assert found["Key"].startswith("clicks/day=2026-01-01/lake-1-2026-01-01-")
            clicks += [json.loads(line)["number"] for line in gzip.decompress(content).splitlines()]
    wanted = [number for number in range(30) if number % 10 and who[number % 3] != "robot"]
    assert sorted(clicks) == wanted
    assert sorted(failed) == ["broken 0", "broken 10", "broken 20"]
    assert all(run.outcome == "success" for run in cloud.invocations)
    assert cloud.check_history()
