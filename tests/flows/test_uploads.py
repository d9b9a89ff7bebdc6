"""Flows that begin with an upload: workers that follow the backlog, a mapping that sleeps, one order for many."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

import pytest

import minicloud
from tests.lambda_.idle import until_idle
from tests.support.ways import MakeClient


def keys_of(message: dict[str, Any]) -> list[str]:
    """The keys of what S3 tells in a message; none of a test message."""
    records = json.loads(message["body"] if "body" in message else message["Body"]).get("Records", ())
    return [unquote_plus(record["s3"]["object"]["key"]) for record in records]


def tell(s3: Any, bucket: str, kind: str, arn: str, prefix: str = "") -> None:
    member, name = {
        "queue": ("QueueConfigurations", "QueueArn"),
        "function": ("LambdaFunctionConfigurations", "LambdaFunctionArn"),
    }[kind]
    entry: dict[str, Any] = {name: arn, "Events": ["s3:ObjectCreated:*"]}
    if prefix:
        entry["Filter"] = {"Key": {"FilterRules": [{"Name": "prefix", "Value": prefix}]}}
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={member: [entry]})


def test_workers_follow_the_uploads_and_a_poison_file_is_reported(
    cloud: minicloud.Cloud, make_client: MakeClient
) -> None:
    s3, sqs, sns, cloudwatch = (make_client(name) for name in ("s3", "sqs", "sns", "cloudwatch"))
    ops = sns.create_topic(Name="ops")["TopicArn"]
    sns.subscribe(TopicArn=ops, Protocol="email", Endpoint="ops@example.com")
    found = re.search(r"https://\S+", cloud.outbox.to("ops@example.com")[0].body)
    assert found
    cloud.visit(found[0])
    dead = sqs.create_queue(QueueName="uploads-dead")["QueueUrl"]
    redrive = json.dumps({"deadLetterTargetArn": cloud.queue("uploads-dead").arn, "maxReceiveCount": 3})
    attributes = {"VisibilityTimeout": "30", "RedrivePolicy": redrive}
    uploads = sqs.create_queue(QueueName="uploads", Attributes=attributes)["QueueUrl"]
    s3.create_bucket(Bucket="files")
    tell(s3, "files", "queue", cloud.queue("uploads").arn, "in/")
    depth = cloud.metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName="uploads")
    fleet = cloud.scaling_target("workers", minimum=1, maximum=3)
    fleet.step(depth, {20: +2, 0: -2}, cooldown=0)
    cloudwatch.put_metric_alarm(
        AlarmName="poison",
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": "uploads-dead"}],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[ops],
    )
    for number in range(39):
        s3.put_object(Bucket="files", Key=f"in/file {number:02}", Body=b"fine")
    s3.put_object(Bucket="files", Key="in/poison", Body=b"bad")
    cloud.clock.advance(60)
    assert fleet.desired == 3

    def work() -> None:
        """What a worker does in a round: up to ten messages; what it cannot read stays."""
        for message in sqs.receive_message(QueueUrl=uploads, MaxNumberOfMessages=10).get("Messages", ()):
            keys = keys_of(message)
            bodies = {key: s3.get_object(Bucket="files", Key=key)["Body"].read() for key in keys}
            if b"bad" in bodies.values():
                continue
            for key, body in bodies.items():
                s3.put_object(Bucket="files", Key=key.replace("in/", "out/"), Body=body)
            sqs.delete_message(QueueUrl=uploads, ReceiptHandle=message["ReceiptHandle"])

    for _ in range(12):
        for _ in range(fleet.desired):
            work()
        cloud.clock.advance(30)
    cloud.clock.advance(60)
    assert [key for key in cloud.bucket("files").keys if key.startswith("out/")] == [
        f"out/file {number:02}" for number in range(39)
    ]
    assert [(change.old, change.new) for change in fleet.history] == [(1, 3), (3, 1)]
    (poison,) = cloud.queue("uploads-dead").bodies
    assert keys_of({"body": poison}) == ["in/poison"]
    (account,) = [account for account in cloud.ledger if account.body == poison]
    story = account.lines()
    assert story[0].endswith("  in/poison put, 3 bytes, in files")
    assert story[-2].endswith("  moved to uploads-dead after 3 receives")
    assert "  alarm poison OK -> ALARM: Threshold Crossed: 1 datapoint [1.0" in story[-1]
    (mail,) = [mail for mail in cloud.outbox.to("ops@example.com") if mail.subject and "ALARM" in mail.subject]
    assert mail.subject is not None
    assert mail.subject.startswith('ALARM: "poison"')
    counts = cloud.queue("uploads").counts
    assert (counts.visible, counts.in_flight) == (0, 0)
    sqs.purge_queue(QueueUrl=dead)


def test_nothing_is_lost_while_a_mapping_sleeps(cloud: minicloud.Cloud, make_client: MakeClient) -> None:
    s3, sqs = make_client("s3"), make_client("sqs")
    sqs.create_queue(QueueName="uploads", Attributes={"VisibilityTimeout": "60"})
    s3.create_bucket(Bucket="files")
    tell(s3, "files", "queue", cloud.queue("uploads").arn)
    sqs.purge_queue(QueueUrl=cloud.queue("uploads").url)  # the test message
    handled: list[tuple[str, bytes]] = []

    def handle(event: Any, _: Any) -> None:
        for message in event["Records"]:
            keys = keys_of(message)
            handled.extend((key, s3.get_object(Bucket="files", Key=key)["Body"].read()) for key in keys)

    cloud.function("handle", handle, timeout=30)
    mapping = cloud.event_source_mapping("uploads", "handle", BatchSize=10, Enabled=False)
    for number in range(60):
        s3.put_object(Bucket="files", Key=f"{number:02}", Body=b"%d" % number)
        cloud.clock.advance(60)
    assert (len(cloud.invocations), cloud.queue("uploads").counts.visible) == (0, 60)
    mapping.enable()
    until_idle(cloud)
    assert len(cloud.invocations) == 6
    assert handled == [(f"{number:02}", b"%d" % number) for number in range(60)]
    cloud.assert_empty("uploads")


def test_each_application_has_each_order_once(cloud: minicloud.Cloud, make_client: MakeClient) -> None:
    s3, sns, sqs = (make_client(name) for name in ("s3", "sns", "sqs"))
    orders = sns.create_topic(Name="orders")["TopicArn"]
    seen: dict[str, list[str]] = {"billing": [], "shipping": [], "archive": []}
    for name in seen:
        timeout = "180" if name == "archive" else "30"
        sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": timeout})
        policy = {"RawMessageDelivery": "true"}
        if name == "shipping":
            policy["FilterPolicy"] = json.dumps({"kind": ["goods"]})
        sns.subscribe(TopicArn=orders, Protocol="sqs", Endpoint=cloud.queue(name).arn, Attributes=policy)

    def read(event: Any, _: Any) -> None:
        """The function behind the bucket: reads an order, and publishes it."""
        for record in event["Records"]:
            key = unquote_plus(record["s3"]["object"]["key"])
            kind = s3.get_object(Bucket="orders", Key=key)["Body"].read().decode()
            attributes = {"kind": {"DataType": "String", "StringValue": kind}}
            sns.publish(TopicArn=orders, Message=key, MessageAttributes=attributes)

    def application(name: str) -> Any:
        return lambda event, _: seen[name].extend(record["body"] for record in event["Records"])

    s3.create_bucket(Bucket="orders")
    tell(s3, "orders", "function", cloud.function("read", read))
    for name in seen:
        takes = 60 if name == "archive" else 0
        cloud.function(name, application(name), timeout=120 if takes else 20, takes=takes)
        cloud.event_source_mapping(name, name)
    for number, kind in enumerate(("goods", "service", "goods")):
        s3.put_object(Bucket="orders", Key=f"order {number}.pdf", Body=kind.encode())
    assert cloud.run_until_idle() >= timedelta(seconds=60)
    assert seen == {
        "billing": ["order 0.pdf", "order 1.pdf", "order 2.pdf"],
        "shipping": ["order 0.pdf", "order 2.pdf"],
        "archive": ["order 0.pdf", "order 1.pdf", "order 2.pdf"],
    }
    assert {run.outcome for run in cloud.invocations} == {"success"}


THUMBNAIL = """\
import json
from urllib.parse import unquote_plus

import boto3


def handler(event, context):
    s3 = boto3.client("s3")
    for message in event["Records"]:
        for record in json.loads(message["body"]).get("Records", ()):
            key = unquote_plus(record["s3"]["object"]["key"])
            body = s3.get_object(Bucket="photos", Key=key)["Body"].read()
            s3.put_object(Bucket="photos", Key=key.replace("in/", "out/"), Body=body[:1])
"""


class app:  # noqa: N801  # stands for a module of an application
    """An application that deploys itself with boto3."""

    @staticmethod
    def deploy() -> None:
        """A queue, a bucket that tells it of what comes into in/, a function of an archive, a mapping."""
        import boto3

        s3, sqs, lambda_ = boto3.client("s3"), boto3.client("sqs"), boto3.client("lambda")
        url = sqs.create_queue(QueueName="uploads")["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
        s3.create_bucket(Bucket="photos")
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as opened:
            opened.writestr("app.py", THUMBNAIL)
        lambda_.create_function(
            FunctionName="thumbnail",
            Runtime="python3.12",
            Handler="app.handler",
            Role="arn:aws:iam::123456789012:role/r",
            Code={"ZipFile": archive.getvalue()},
        )
        lambda_.create_event_source_mapping(EventSourceArn=attributes["QueueArn"], FunctionName="thumbnail")
        tell(s3, "photos", "queue", attributes["QueueArn"], "in/")


@pytest.mark.needs("boto3")
@pytest.mark.minicloud(region_name="us-east-1")
def test_upload_to_thumbnail(mock_aws: Any) -> None:
    import boto3

    app.deploy()
    boto3.client("s3").put_object(Bucket="photos", Key="in/cat 1.png", Body=b"...")
    run = mock_aws.invocations.last
    assert (run.function, run.trigger, run.outcome) == ("thumbnail", "sqs:uploads", "success")
    assert json.loads(run.event["Records"][0]["body"])["Records"][0]["s3"]["object"]["key"] == "in/cat+1.png"
    assert mock_aws.bucket("photos").keys == ["in/cat 1.png", "out/cat 1.png"]
