"""S3, EventBridge and CloudWatch"""

from __future__ import annotations

import json
from typing import Any

import pytest

import minicloud
from tests.support.ways import MakeClient

from .issues import issue


@pytest.fixture
def s3(make_client: MakeClient) -> Any:
    client = make_client("s3", "us-east-1")
    client.create_bucket(Bucket="photos")
    return client


def keys(cloud: minicloud.Cloud, name: str) -> list[str]:
    records = (json.loads(body).get("Records", ()) for body in cloud.queue(name).bodies)
    return [record["s3"]["object"]["key"] for found in records for record in found]


@issue("localstack#396", "localstack#245", symptom="The prefix and suffix of a notification are lost.")
def test_filters_of_uploads(s3: Any, new_queue: Any, cloud: minicloud.Cloud) -> None:
    """A queue is told of those keys alone that begin and end so."""
    new_queue("uploads")
    rules = [{"Name": "prefix", "Value": "in/"}, {"Name": "suffix", "Value": ".png"}]
    entry = {
        "QueueArn": cloud.queue("uploads").arn,
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": rules}},
    }
    s3.put_bucket_notification_configuration(
        Bucket="photos", NotificationConfiguration={"QueueConfigurations": [entry]}
    )
    for key in ("in/cat.png", "in/cat.jpg", "out/cat.png"):
        s3.put_object(Bucket="photos", Key=key, Body=b"x")
    assert keys(cloud, "uploads") == ["in/cat.png"]


@issue("emulate#170", symptom="What an upload starts cannot be tested in a few lines.")
def test_an_upload_runs_a_function(s3: Any, cloud: minicloud.Cloud) -> None:
    """The bucket tells the function itself, which has run when `put_object` returns."""
    seen: list[str] = []
    arn = cloud.function("thumbnail", lambda event, _: seen.append(event["Records"][0]["s3"]["object"]["key"]))
    entry = {"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket="photos", NotificationConfiguration={"LambdaFunctionConfigurations": [entry]}
    )
    s3.put_object(Bucket="photos", Key="cat.png", Body=b"x")
    assert seen == ["cat.png"]


@issue("gopherstack#1232", symptom="Metrics of queues are not there, so that an alarm on them cannot be tested.")
def test_the_age_of_the_oldest_message(
    sqs: Any, make_client: MakeClient, new_queue: Any, cloud: minicloud.Cloud
) -> None:
    """Queues publish their metrics by the cloud's clock, and alarms are evaluated on them."""
    url = new_queue("jobs")
    paged: list[Any] = []
    cloud.on_alarm("late", paged.append)
    make_client("cloudwatch").put_metric_alarm(
        AlarmName="late",
        Namespace="AWS/SQS",
        MetricName="ApproximateAgeOfOldestMessage",
        Dimensions=[{"Name": "QueueName", "Value": "jobs"}],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=300,
        ComparisonOperator="GreaterThanThreshold",
    )
    sqs.send_message(QueueUrl=url, MessageBody="x")
    cloud.clock.advance(300)
    assert cloud.alarm("late").state != "ALARM"
    cloud.clock.advance(120)
    assert cloud.alarm("late").state == "ALARM"
