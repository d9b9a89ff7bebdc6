"""One story from the upload to the alarm: what a message follows from is told, whichever way it has come."""

from __future__ import annotations

import json
import re
from typing import Any

import minicloud
from tests.support.ways import MakeClient

ROLE = "arn:aws:iam::123456789012:role/r"
TOLD = ("uploads", "dead", "after-function", "after-rule", "after-rule-function", "after-pipe")
CREATED = ["s3:ObjectCreated:*"]


def under(prefix: str) -> dict[str, Any]:
    return {"Key": {"FilterRules": [{"Name": "prefix", "Value": prefix}]}}


def story_of(cloud: minicloud.Cloud, queue: str) -> list[str]:
    """The account of the one message in a queue, without times."""
    (account,) = [account for account in cloud.ledger if account.queue == queue and not account.is_gone]
    return [line.partition("  ")[2] for line in account.lines()]


def test_the_story_of_a_message_begins_with_what_led_to_it(cloud: minicloud.Cloud, make_client: MakeClient) -> None:
    sqs, sns, s3, events = (make_client(name) for name in ("sqs", "sns", "s3", "events"))
    for name in TOLD:
        sqs.create_queue(QueueName=name)
    arns = {name: cloud.queue(name).arn for name in TOLD}
    redrive = json.dumps({"deadLetterTargetArn": arns["dead"], "maxReceiveCount": 1})
    sqs.create_queue(QueueName="to-read", Attributes={"RedrivePolicy": redrive})
    topics = {name: sns.create_topic(Name=name)["TopicArn"] for name in ("new", "done", "ops")}
    sns.subscribe(TopicArn=topics["new"], Protocol="sqs", Endpoint=cloud.queue("to-read").arn)
    sns.subscribe(TopicArn=topics["done"], Protocol="sqs", Endpoint=arns["after-function"])
    s3.create_bucket(Bucket="files")
    functions = {
        "publish": cloud.function("publish", lambda *_: sns.publish(TopicArn=topics["done"], Message="done") and None),
        "send": cloud.function(
            "send",
            lambda *_: sqs.send_message(QueueUrl=cloud.queue("after-rule-function").url, MessageBody="sent") and None,
        ),
    }
    by_function = {"LambdaFunctionArn": functions["publish"], "Events": CREATED, "Filter": under("function/")}
    s3.put_bucket_notification_configuration(
        Bucket="files",
        NotificationConfiguration={
            "TopicConfigurations": [{"TopicArn": topics["new"], "Events": CREATED, "Filter": under("topic/")}],
            "LambdaFunctionConfigurations": [by_function],
            "QueueConfigurations": [{"QueueArn": arns["uploads"], "Events": CREATED, "Filter": under("queue/")}],
            "EventBridgeConfiguration": {},
        },
    )
    for name in ("uploads", "to-read"):  # the test messages
        sqs.purge_queue(QueueUrl=cloud.queue(name).url)
    pattern = {"source": ["aws.s3"], "detail": {"object": {"key": [{"prefix": "rule/"}]}}}
    events.put_rule(Name="new", EventPattern=json.dumps(pattern))
    targets: Any = [{"Id": "1", "Arn": arns["after-rule"]}, {"Id": "2", "Arn": functions["send"]}]
    events.put_targets(Rule="new", Targets=targets)
    make_client("pipes").create_pipe(Name="p", Source=arns["uploads"], Target=arns["after-pipe"], RoleArn=ROLE)
    make_client("cloudwatch").put_metric_alarm(
        AlarmName="poison",
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": "dead"}],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[topics["ops"]],
    )
    for kind in ("topic", "function", "rule", "queue"):
        s3.put_object(Bucket="files", Key=f"{kind}/a", Body=b"1")
    for _ in range(2):
        sqs.receive_message(QueueUrl=cloud.queue("to-read").url, VisibilityTimeout=10)
        cloud.clock.advance(10)
    cloud.clock.advance(60)
    story = story_of(cloud, "dead")
    assert story[:2] == ["topic/a put, 1 byte, in files", "published to new"]
    assert story[-2] == "moved to dead after 1 receive"
    assert story[-1].startswith("alarm poison INSUFFICIENT_DATA -> ALARM: Threshold Crossed: 1 datapoint [1.0")
    assert story_of(cloud, "after-function")[:3] == [
        "function/a put, 1 byte, in files",
        "run 1 of publish begins",
        "published to done",
    ]
    put, event, delivered = story_of(cloud, "after-rule")
    assert put == "rule/a put, 1 byte, in files"
    assert event == "aws.s3 'Object Created' put: matched by new, on the bus default"
    assert delivered.startswith("delivered from event ")
    assert story_of(cloud, "after-rule-function") == [put, event, "run 1 of send begins", "sent"]
    put, taken, by, delivered = story_of(cloud, "after-pipe")
    assert put == "queue/a put, 1 byte, in files"
    assert taken.endswith(" delivered from bucket files, in uploads")
    assert (by, delivered) == ("taken by the pipe p", "delivered from pipe p")


def test_it_begins_with_a_schedule_a_delivery_or_an_alarm_where_nothing_else_did(
    cloud: minicloud.Cloud, make_client: MakeClient
) -> None:
    sqs, sns, s3, events = (make_client(name) for name in ("sqs", "sns", "s3", "events"))
    for name in ("at-nine", "nightly", "objects", "ops"):
        sqs.create_queue(QueueName=name)
    arns = {name: cloud.queue(name).arn for name in ("at-nine", "nightly", "objects", "ops")}
    make_client("scheduler").create_schedule(
        Name="nine",
        ScheduleExpression=f"at({cloud.clock.now():%Y-%m-%dT09:00:00})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": arns["at-nine"], "RoleArn": ROLE, "Input": "x"},
    )
    events.put_rule(Name="night", ScheduleExpression="cron(0 3 * * ? *)")
    events.put_targets(Rule="night", Targets=[{"Id": "1", "Arn": arns["nightly"]}])
    s3.create_bucket(Bucket="lake")
    entry: Any = {"QueueArn": arns["objects"], "Events": CREATED}
    s3.put_bucket_notification_configuration(Bucket="lake", NotificationConfiguration={"QueueConfigurations": [entry]})
    sqs.purge_queue(QueueUrl=cloud.queue("objects").url)
    kinesis, firehose = make_client("kinesis"), make_client("firehose")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    stream = {"KinesisStreamARN": cloud.stream("clicks").arn, "RoleARN": ROLE}
    firehose.create_delivery_stream(
        DeliveryStreamName="logs",
        DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration=stream,
        ExtendedS3DestinationConfiguration={"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::lake"},
    )
    topic = sns.create_topic(Name="ops")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arns["ops"])
    cloudwatch = make_client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="own",
        Namespace="app",
        MetricName="m",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[topic],
    )
    for data in (b"1", b"2"):
        kinesis.put_record(StreamName="clicks", Data=data, PartitionKey="k")
    cloudwatch.put_metric_data(Namespace="app", MetricData=[{"MetricName": "m", "Value": 1}])
    cloud.clock.advance(10 * 3600)
    assert story_of(cloud, "at-nine") == ["nine: its time has come: at-nine is invoked", "delivered from schedule nine"]
    assert story_of(cloud, "nightly")[0] == "night: its schedule has made an event, for nightly"
    delivered, put, told = story_of(cloud, "objects")
    assert delivered.startswith("logs: 2 records delivered to lake: 20")
    assert put.endswith(" put, 2 bytes, in lake")
    assert told == "delivered from bucket lake"
    alarm, published, told = story_of(cloud, "ops")
    assert alarm.startswith("alarm own ")
    assert published == "published to ops"
    assert told.startswith("delivered from publication ")


def test_it_goes_on_through_a_stream(cloud: minicloud.Cloud, make_client: MakeClient) -> None:
    sqs, kinesis, s3 = (make_client(name) for name in ("sqs", "kinesis", "s3"))
    for name in ("after-mapping", "after-pipe"):
        sqs.create_queue(QueueName=name)
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    s3.create_bucket(Bucket="files")

    def put(event: Any, context: object) -> None:
        kinesis.put_record(StreamName="clicks", Data=b"1", PartitionKey="k")

    def send(event: Any, context: object) -> None:
        sqs.send_message(QueueUrl=cloud.queue("after-mapping").url, MessageBody=str(len(event["Records"])))

    entry: Any = {"LambdaFunctionArn": cloud.function("put", put), "Events": CREATED}
    s3.put_bucket_notification_configuration(
        Bucket="files", NotificationConfiguration={"LambdaFunctionConfigurations": [entry]}
    )
    cloud.function("send", send)
    mapping = cloud.event_source_mapping("clicks", "send", BatchSize=2)
    make_client("pipes").create_pipe(
        Name="p",
        Source=cloud.stream("clicks").arn,
        SourceParameters={"KinesisStreamParameters": {"StartingPosition": "TRIM_HORIZON"}},
        Target=cloud.queue("after-pipe").arn,
        RoleArn=ROLE,
    )
    s3.put_object(Bucket="files", Key="a", Body=b"1")
    cloud.run_until_idle()
    *before, record, run, sent = story_of(cloud, "after-mapping")
    assert (before, run, sent) == (["a put, 1 byte, in files", "run 1 of put begins"], "run 1 of send begins", "sent")
    assert re.fullmatch(r"record …\d+ put into shardId-000000000000, key 'k', in clicks", record)
    assert story_of(cloud, "after-pipe") == [*before, record, "taken by the pipe p", "delivered from pipe p"]

    functions = cloud.client("lambda")
    functions.update_event_source_mapping(UUID=mapping.uuid, Enabled=False)
    for key in ("b", "c"):
        s3.put_object(Bucket="files", Key=key, Body=b"1")
    functions.update_event_source_mapping(UUID=mapping.uuid, Enabled=True)
    cloud.run_until_idle()
    several = cloud.ledger.of("after-mapping")[-1]  # which of the two does it follow from?
    assert (several.body, [line.partition("  ")[2] for line in several.lines()]) == (
        "2",
        ["sent"],
    )  # from which of them?
    kinesis.put_record(StreamName="clicks", Data=b"0", PartitionKey="k")
    plain = cloud.ledger.of("after-mapping")[-1]
    assert (plain.body, [line.partition("  ")[2] for line in plain.lines()]) == ("1", ["sent"])  # the record tells all


def test_a_story_that_goes_round_keeps_its_beginning_and_its_end(cloud: minicloud.Cloud) -> None:
    s3, sqs = cloud.client("s3"), cloud.client("sqs")
    url = sqs.create_queue(QueueName="again")["QueueUrl"]

    def go_on(*_: Any) -> None:
        count = len(cloud.invocations)
        sqs.send_message(QueueUrl=url if count < 30 else last, MessageBody=str(count))

    last = sqs.create_queue(QueueName="last")["QueueUrl"]
    s3.create_bucket(Bucket="files")
    cloud.function("go-on", go_on)
    cloud.event_source_mapping("again", "go-on", BatchSize=1)
    arn = cloud.function("begin", lambda *_: sqs.send_message(QueueUrl=url, MessageBody="0") and None)
    entry: Any = {"LambdaFunctionArn": arn, "Events": CREATED}
    s3.put_bucket_notification_configuration(
        Bucket="files", NotificationConfiguration={"LambdaFunctionConfigurations": [entry]}
    )
    s3.put_object(Bucket="files", Key="a", Body=b"")
    story = story_of(cloud, "last")
    assert story[:2] == ["a put, 0 bytes, in files", "run 1 of begin begins"]
    assert story[3] == "…"
    assert story[-2:] == ["run 29 of go-on begins", "sent"]
    assert len(story) == 14
