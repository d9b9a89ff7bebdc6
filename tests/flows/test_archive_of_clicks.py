"""Devices put clicks into a stream; Firehose has a function look at them, and archives them in a bucket."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode, b64encode
from typing import Any

import minicloud
from tests.support.ways import MakeClient

ROLE = "arn:aws:iam::123456789012:role/firehose"


def look_at(event: Any, _: Any) -> Any:
    """The function: bots are dropped, what is no JSON has failed, the rest becomes a line."""
    records = []
    for one in event["records"]:
        told = {"recordId": one["recordId"], "result": "Ok", "data": one["data"]}
        try:
            click = json.loads(b64decode(one["data"]))
        except ValueError:
            told["result"] = "ProcessingFailed"
        else:
            if click.get("bot"):
                told["result"] = "Dropped"
            line = json.dumps({**click, "by": one["kinesisRecordMetadata"]["partitionKey"]})
            told["data"] = b64encode(f"{line}\n".encode()).decode()
        records.append(told)
    return {"records": records}


def test_all_clicks_end_where_they_belong(cloud: minicloud.Cloud, make_client: MakeClient) -> None:
    kinesis, firehose, s3, sqs = (make_client(name) for name in ("kinesis", "firehose", "s3", "sqs"))
    kinesis.create_stream(StreamName="clicks", ShardCount=2)
    s3.create_bucket(Bucket="archive")
    url = sqs.create_queue(QueueName="archived")["QueueUrl"]
    told: Any = {"QueueArn": cloud.queue("archived").arn, "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket="archive", NotificationConfiguration={"QueueConfigurations": [told]}
    )
    sqs.purge_queue(QueueUrl=url)
    arn = cloud.function("look-at", look_at)
    parameters = {"LambdaArn": arn, "BufferIntervalInSeconds": "30"}
    pairs = [{"ParameterName": name, "ParameterValue": value} for name, value in parameters.items()]
    firehose.create_delivery_stream(
        DeliveryStreamName="archive",
        DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration={"KinesisStreamARN": cloud.stream("clicks").arn, "RoleARN": ROLE},
        ExtendedS3DestinationConfiguration={
            "RoleARN": ROLE,
            "BucketARN": "arn:aws:s3:::archive",
            "Prefix": "clicks/day=!{timestamp:yyyy-MM-dd}/",
            "ErrorOutputPrefix": "wrong/!{firehose:error-output-type}/",
            "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 60},
            "CompressionFormat": "GZIP",
            "ProcessingConfiguration": {"Enabled": True, "Processors": [{"Type": "Lambda", "Parameters": pairs}]},
        },
    )
    cloud.faults.crash(function="look-at", first=1)  # the first run is lost, and tried again
    cloud.faults.refuse("SlowDown", operation="PutObject", first=1)
    for number in range(60):
        data = b"?" if number % 20 == 7 else json.dumps({"n": number, "bot": number % 10 == 3}).encode()
        kinesis.put_record(StreamName="clicks", Data=data, PartitionKey=f"device-{number % 6}")
        if number == 30:
            half = {"ShardToSplit": "shardId-000000000001", "NewStartingHashKey": str(3 << 126)}
            kinesis.split_shard(StreamName="clicks", **half)
        cloud.clock.advance(4)
    cloud.run_until_idle()
    lines, wrong = [], []
    keys = [json.loads(body)["Records"][0]["s3"]["object"]["key"] for body in cloud.queue("archived").bodies]
    assert sorted(keys) == [key.replace("=", "%3D") for key in cloud.bucket("archive").keys]
    for key in cloud.bucket("archive").keys:
        content = s3.get_object(Bucket="archive", Key=key)["Body"].read()
        if key.startswith("wrong/processing-failed/archive-1-"):
            wrong += [b64decode(json.loads(line)["rawData"]) for line in content.splitlines()]
        else:
            assert key.startswith(f"clicks/day={cloud.clock.now():%Y-%m-%d}/archive-1-")
            assert key.endswith(".gz")
            lines += [json.loads(line) for line in gzip.decompress(content).splitlines()]
    assert wrong == [b"?"] * 3
    assert sorted(one["n"] for one in lines) == [n for n in range(60) if n % 20 != 7 and n % 10 != 3]
    assert all(one["by"] == f"device-{one['n'] % 6}" for one in lines)
    assert [run.outcome for run in cloud.invocations][:2] == ["error", "success"]
