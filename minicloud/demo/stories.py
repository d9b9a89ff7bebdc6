"""The stories of the demo. Each is run and shown statement by statement; its docstring is its title."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..clients.kinesis import KinesisClient
    from ..clients.sns import SnsClient
    from ..clients.sqs import SqsClient
    from ..cloud import Cloud
    from ..engine.handlers import HttpRequest

__all__ = ["ALL", "an_order_is_shipped_once"]


# fmt: off
# Narrow, as they are shown beside what they make happen.

def a_worker_dies(cloud: Cloud, sqs: SqsClient) -> None:
    """A standard queue: a worker dies, the message comes back."""
    jobs = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    sqs.send_message(QueueUrl=jobs, MessageBody="cat.png")
    sqs.receive_message(QueueUrl=jobs)  # a worker, which dies
    cloud.clock.advance(30)  # takes no time
    job = sqs.receive_message(QueueUrl=jobs)["Messages"][0]
    handle = job["ReceiptHandle"]
    sqs.delete_message(QueueUrl=jobs, ReceiptHandle=handle)
    sqs.send_message(
        QueueUrl=jobs, MessageBody="dog.png", DelaySeconds=15
    )
    sqs.receive_message(QueueUrl=jobs, WaitTimeSeconds=20)


def a_group_is_locked(cloud: Cloud, sqs: SqsClient) -> None:
    """A FIFO queue: order within a group, duplicates dropped for five minutes."""
    orders = sqs.create_queue(
        QueueName="orders.fifo",
        Attributes={"FifoQueue": "true"},
    )["QueueUrl"]

    def send(group: str, body: str, once: str) -> None:
        sqs.send_message(
            QueueUrl=orders,
            MessageBody=body,
            MessageGroupId=group,
            MessageDeduplicationId=once,
        )

    send("alice", "alice's 1st", "a1")
    send("alice", "alice's 2nd", "a2")
    send("bob", "bob's 1st", "b1")
    send("alice", "alice's 1st", "a1")  # once more
    sqs.receive_message(QueueUrl=orders)
    sqs.receive_message(  # alice's group is locked meanwhile
        QueueUrl=orders, MaxNumberOfMessages=10
    )


def a_tenant_floods(cloud: Cloud, sqs: SqsClient) -> None:
    """A fair queue: one tenant floods, another does not wait."""
    exports = sqs.create_queue(QueueName="exports")["QueueUrl"]
    for number in range(40):
        sqs.send_message(
            QueueUrl=exports,
            MessageBody=f"big {number}",
            MessageGroupId="big",
        )
    for _ in range(3):
        sqs.receive_message(
            QueueUrl=exports, MaxNumberOfMessages=10
        )
    sqs.send_message(
        QueueUrl=exports,
        MessageBody="small 0",
        MessageGroupId="small",
    )
    sqs.receive_message(QueueUrl=exports)


def what_fails_is_set_aside(
    cloud: Cloud, sqs: SqsClient
) -> None:
    """A dead-letter queue: what fails twice is set aside, and redriven."""
    sqs.create_queue(QueueName="payments-dlq")
    dlq = cloud.queue("payments-dlq").arn
    policy = {"deadLetterTargetArn": dlq, "maxReceiveCount": 2}
    payments = sqs.create_queue(
        QueueName="payments",
        Attributes={"RedrivePolicy": json.dumps(policy)},
    )["QueueUrl"]
    sqs.send_message(QueueUrl=payments, MessageBody="charge 9")
    for _ in range(3):  # workers fail on it
        sqs.receive_message(QueueUrl=payments)
        cloud.clock.advance(30)
    sqs.start_message_move_task(SourceArn=dlq)  # mended
    job = sqs.receive_message(QueueUrl=payments)["Messages"][0]
    sqs.delete_message(
        QueueUrl=payments, ReceiptHandle=job["ReceiptHandle"]
    )


def an_order_reaches_every_queue(
    cloud: Cloud, sqs: SqsClient, sns: SnsClient
) -> None:
    """A topic: one order reaches every queue; a filter; a web server that fails."""
    shop = sns.create_topic(Name="shop")["TopicArn"]
    for name, policy in (
        ("billing", {}),
        ("gifts", {"gift": ["yes"]}),
    ):
        sqs.create_queue(QueueName=name)
        sns.subscribe(
            TopicArn=shop,
            Protocol="sqs",
            Endpoint=cloud.queue(name).arn,
            Attributes={"FilterPolicy": json.dumps(policy)},
        )

    def publish(body: str, gift: str) -> None:
        sns.publish(
            TopicArn=shop,
            Message=body,
            MessageAttributes={
                "gift": {
                    "DataType": "String",
                    "StringValue": gift,
                }
            },
        )

    publish("order 1", gift="no")
    publish("order 2", gift="yes")

    def web_server(request: HttpRequest) -> int:
        message = request.json()
        if message["Type"] != "SubscriptionConfirmation":
            return 503
        cloud.visit(message["SubscribeURL"])
        return 200

    cloud.http_endpoint("https://shop.example/", web_server)
    sns.subscribe(
        TopicArn=shop,
        Protocol="https",
        Endpoint="https://shop.example/",
    )
    publish("order 3", gift="no")
    cloud.clock.advance(60)  # and the first retries


def a_shard_is_split(
    cloud: Cloud, kinesis: KinesisClient
) -> None:
    """A stream: three devices over two shards, a split, and where a reader finds what."""
    kinesis.create_stream(StreamName="readings", ShardCount=2)
    cloud.clock.advance(10)
    for device in ("pump", "valve", "motor"):
        kinesis.put_record(
            StreamName="readings",
            PartitionKey=device,
            Data=f"{device}=1".encode(),
        )
    shard = cloud.stream("readings").shards[0]
    middle = (
        shard.starting_hash_key + shard.ending_hash_key
    ) // 2
    kinesis.split_shard(
        StreamName="readings",
        ShardToSplit=shard.shard_id,
        NewStartingHashKey=str(middle),
    )
    cloud.clock.advance(10)
    kinesis.put_record(
        StreamName="readings",
        PartitionKey="pump",
        Data=b"pump=2",
    )
    for shard in cloud.stream("readings").shards:
        start = kinesis.get_shard_iterator(
            StreamName="readings",
            ShardId=shard.shard_id,
            ShardIteratorType="TRIM_HORIZON",
        )["ShardIterator"]
        kinesis.get_records(ShardIterator=start)


def each_record_is_acknowledged(
    cloud: Cloud, kinesis: KinesisClient
) -> None:
    """A queue on a stream: each record is acknowledged, or becomes a dead letter after two receives."""
    kinesis.create_stream(
        StreamName="orders", RecordDistributionStrategy="AUTO"
    )
    arn = cloud.stream("orders").arn
    queue = kinesis.create_queue(
        QueueName="shipping",
        StreamConfigurationList=[{"StreamARN": arn}],
        QueueAttributes={
            "DeadLetterConfiguration": {
                "TargetType": "BUILT_IN",
                "MaxReceiveCount": 2,
            }
        },
    )["QueueDescription"]["QueueARN"]
    kinesis.put_record(StreamName="orders", Data=b"order 1")
    kinesis.put_record(StreamName="orders", Data=b"order 2")
    records = kinesis.receive_queue_records(QueueARN=queue)
    handle = records["QueueRecords"][0]["ReceiptHandle"]
    kinesis.acknowledge_queue_records(
        QueueARN=queue, Entries=[{"ReceiptHandle": handle}]
    )
    cloud.clock.advance(30)  # the worker died on the other
    kinesis.receive_queue_records(QueueARN=queue)
    cloud.clock.advance(30)
    kinesis.receive_dead_letter_queue_records(QueueARN=queue)


def a_function_bills_orders(
    cloud: Cloud, sqs: SqsClient
) -> None:
    """A function: a queue runs it, what it fails on is tried again, and set aside."""
    sqs.create_queue(QueueName="failed")
    failed = cloud.queue("failed").arn
    policy = {"deadLetterTargetArn": failed, "maxReceiveCount": 2}
    orders = sqs.create_queue(
        QueueName="orders",
        Attributes={"RedrivePolicy": json.dumps(policy)},
    )["QueueUrl"]

    def bill(event: Any, context: Any) -> None:
        for record in event["Records"]:
            int(record["body"])  # raises

    cloud.function("bill", bill)
    cloud.event_source_mapping(orders, "bill", BatchSize=1)
    sqs.send_message(QueueUrl=orders, MessageBody="7")
    sqs.send_message(QueueUrl=orders, MessageBody="seven")
    cloud.run_until_idle()  # what has failed is tried again
    cloud.assert_invoked("bill", outcome="success", times=1)


def workers_follow_the_backlog(
    cloud: Cloud, sqs: SqsClient
) -> None:
    """An alarm and scaling: a deep queue brings workers, an empty one sends them home."""
    jobs = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    depth = cloud.metric(
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        QueueName="jobs",
    )
    fleet = cloud.scaling_target("workers", minimum=1, maximum=4)
    fleet.step(depth, {20: +1, 60: +2, 0: -1}, cooldown=60)
    for start in range(0, 80, 10):
        sqs.send_message_batch(
            QueueUrl=jobs,
            Entries=[
                {"Id": str(n), "MessageBody": f"job {start + n}"}
                for n in range(10)
            ],
        )
    cloud.clock.advance(120)  # alarms look once a minute
    sqs.purge_queue(QueueUrl=jobs)
    cloud.clock.advance(240)


def uploads_are_worked_off(
    cloud: Cloud, sqs: SqsClient, sns: SnsClient
) -> None:
    """All of it: uploads, a queue, workers, dead letters, an alarm, a mail."""
    ops = sns.create_topic(Name="ops")["TopicArn"]
    sns.subscribe(
        TopicArn=ops, Protocol="email", Endpoint="ops@example.com"
    )
    mail = cloud.outbox.to("ops@example.com")[0]
    cloud.visit(  # confirms
        next(w for w in mail.body.split() if "https:" in w)
    )
    sqs.create_queue(QueueName="dead")
    dead = cloud.queue("dead").arn
    redrive = {"deadLetterTargetArn": dead, "maxReceiveCount": 2}
    may_send = {
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "*",
    }
    uploads = sqs.create_queue(
        QueueName="uploads",
        Attributes={
            "RedrivePolicy": json.dumps(redrive),
            "Policy": json.dumps({"Statement": [may_send]}),
        },
    )["QueueUrl"]
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="photos")
    told: Any = {
        "QueueArn": cloud.queue("uploads").arn,
        "Events": ["s3:ObjectCreated:*"],
    }
    s3.put_bucket_notification_configuration(
        Bucket="photos",
        NotificationConfiguration={"QueueConfigurations": [told]},
    )
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName="poison",
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": "dead"}],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[ops],
    )

    def thumbnail(event: Any, context: Any) -> None:
        for message in event["Records"]:
            told = json.loads(message["body"])
            for record in told.get("Records", []):
                key = unquote_plus(record["s3"]["object"]["key"])
                photo = s3.get_object(Bucket="photos", Key=key)
                assert photo["Body"].read() != b"bad"

    cloud.function("thumbnail", thumbnail, assertions="retry")
    cloud.event_source_mapping(uploads, "thumbnail", BatchSize=1)
    s3.put_object(Bucket="photos", Key="cat.png", Body=b"cat")
    s3.put_object(Bucket="photos", Key="a dog.png", Body=b"bad")
    cloud.run_until_idle()  # tried twice, and set aside
    (bad,) = cloud.queue("dead").bodies
    assert "a+dog.png" in bad  # encoded as in a form
    cloud.clock.advance(60)  # the alarm looks
    assert "poison" in str(cloud.outbox.to("ops@example.com")[-1].subject)


def a_test_fails(cloud: Cloud, sqs: SqsClient) -> None:
    """A test that fails, and its report: a worker takes longer than the visibility timeout."""
    bills = sqs.create_queue(
        QueueName="bills",
        Attributes={"VisibilityTimeout": "10"},
    )["QueueUrl"]
    sent = sqs.create_queue(QueueName="receipts")["QueueUrl"]
    sqs.send_message(QueueUrl=bills, MessageBody="charge 9.99")
    first = sqs.receive_message(QueueUrl=bills)["Messages"][0]
    cloud.clock.advance(12)  # it is slow; another worker comes
    second = sqs.receive_message(QueueUrl=bills)["Messages"][0]
    for job in first, second:
        sqs.send_message(QueueUrl=sent, MessageBody="paid")
        sqs.delete_message(
            QueueUrl=bills, ReceiptHandle=job["ReceiptHandle"]
        )
    cloud.assert_sent("receipts", "paid", times=1)


def an_order_is_shipped_once(
    cloud: Cloud, sqs: SqsClient
) -> None:
    """The shortest way to break a consumer: AWS delivers at least once."""
    orders = sqs.create_queue(QueueName="orders")["QueueUrl"]
    for number in range(3):
        sqs.send_message(
            QueueUrl=orders, MessageBody=f"order {number}"
        )
    shipped = []
    while cloud.queue("orders").messages:
        found = sqs.receive_message(
            QueueUrl=orders, MaxNumberOfMessages=10
        )
        for message in found.get("Messages", []):
            shipped.append(message["Body"])
            sqs.delete_message(
                QueueUrl=orders,
                ReceiptHandle=message["ReceiptHandle"],
            )
    assert sorted(shipped) == ["order 0", "order 1", "order 2"]


ALL: tuple[Callable[..., Any], ...] = (
    a_worker_dies,
    a_group_is_locked,
    a_tenant_floods,
    what_fails_is_set_aside,
    an_order_reaches_every_queue,
    a_shard_is_split,
    each_record_is_acknowledged,
    a_function_bills_orders,
    workers_follow_the_backlog,
    uploads_are_worked_off,
    a_test_fails,
)
"""All but the last one, ``an_order_is_shipped_once``, of which a simplest cloud is searched that breaks it."""
