"""Consumers and producers of messages: retries, dead letters, order, payloads in S3, an end to each."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import aws_kinesis_agg.aggregator
import aws_kinesis_agg.deaggregator
import boto3
import moto
import pytest
import requests
from sns_message_validator import SNSMessageValidator
from sqs_workers import IMMEDIATE_RETURN, SQSEnv, create_fifo_queue, create_standard_queue
from sqs_workers.shutdown_policies import IdleShutdown
from taskiq.receiver import Receiver
from taskiq_aio_sqs import SQSBroker, SQSQueue

import minicloud

CLOCKS = ["real", "virtual"]


def test_sqs_workers() -> None:
    with minicloud.mock_aws(clock="virtual") as cloud:
        env = SQSEnv(queue_prefix="app-", backoff_policy=IMMEDIATE_RETURN)
        create_standard_queue(env, "dead")
        create_standard_queue(env, "mail", redrive_policy=env.redrive_policy("dead", 3))
        create_fifo_queue(env, "ledger.fifo", content_based_deduplication=True)
        sent: list[int] = []
        tries: list[int] = []
        booked: list[int] = []

        @env.processor("mail", "send")
        def send(number: int) -> None:
            if number == 7:
                tries.append(number)
                raise ValueError
            sent.append(number)

        @env.processor("ledger.fifo", "book")
        def book(number: int) -> None:
            booked.append(number)

        for number in range(30):
            send.delay(number=number)
            book.delay(number=number, _group_id=f"group-{number % 2}")
        for name in ("mail", "ledger.fifo"):
            env.queue(name).process_queue(shutdown_policy=IdleShutdown(idle_seconds=0.001), wait_second=20)
        assert sorted(sent) == [number for number in range(30) if number != 7]
        assert len(tries) == 3
        assert len(cloud.queue("app-dead").bodies) == 1
        for group in (0, 1):
            assert [number for number in booked if number % 2 == group] == list(range(group, 30, 2))


@pytest.mark.parametrize("clock", CLOCKS)
def test_taskiq(clock: str) -> None:
    async def main(cloud: minicloud.Cloud) -> list[int]:
        broker = SQSBroker("jobs", max_number_of_messages=10, wait_time_seconds=1, visibility_timeout=30)
        broker.with_queues(SQSQueue(name="other.fifo", is_fifo=True, wait_time_seconds=1))
        broker.is_worker_process = True
        seen: list[int] = []
        all_seen = asyncio.Event()

        @broker.task
        async def at_once(number: int) -> None:
            seen.append(number)

        @broker.task(delay=1)
        async def later(number: int) -> None:
            seen.append(number)
            if len(seen) == 30:
                all_seen.set()

        await broker.startup()
        finish = asyncio.Event()
        listening = asyncio.create_task(Receiver(broker, max_async_tasks=10).listen(finish))
        for number in range(25):
            await at_once.kiq(number)
        for number in range(25, 30):
            await later.kiq(number)
        await all_seen.wait()
        finish.set()
        await listening
        await broker.shutdown()
        assert cloud.queue("jobs").messages == []
        return seen

    with minicloud.mock_aws(clock=clock) as cloud:
        sqs = cloud.client("sqs")
        sqs.create_queue(QueueName="jobs")
        sqs.create_queue(QueueName="other.fifo", Attributes={"FifoQueue": "true"})
        assert sorted(asyncio.run(asyncio.wait_for(main(cloud), 30))) == list(range(30))


def test_payloads_of_the_extended_client_are_in_s3(monkeypatch: pytest.MonkeyPatch) -> None:
    # Importing the library puts its own session in the place of boto3's.
    for module in (boto3, boto3.session):
        monkeypatch.setattr(module, "Session", boto3.session.Session)
    from sqs_extended_client.client import SQSExtendedClientSession

    with moto.mock_aws(), minicloud.mock_aws(passthrough=("s3",)) as cloud:
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="payloads")
        sqs: Any = SQSExtendedClientSession().client("sqs")
        sqs.large_payload_support = "payloads"
        sqs.delete_payload_from_s3 = True
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        sent = [f"{number} " + "x" * (300_000 if number % 2 else 10) for number in range(6)]
        for body in sent:
            sqs.send_message(QueueUrl=url, MessageBody=body)
        assert len(s3.list_objects_v2(Bucket="payloads")["Contents"]) == 3
        received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
        assert [message["Body"] for message in received] == sent
        for message in received:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        assert cloud.queue("q").messages == []
        assert "Contents" not in s3.list_objects_v2(Bucket="payloads")


def test_aggregated_records() -> None:
    with minicloud.mock_aws(clock="virtual") as cloud:
        kinesis = boto3.client("kinesis")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        kinesis.get_waiter("stream_exists").wait(StreamName="s")

        def put(record: Any) -> None:
            key, _, data = record.get_contents()
            kinesis.put_record(StreamName="s", PartitionKey=key, Data=data)

        aggregator = aws_kinesis_agg.aggregator.RecordAggregator(max_size=500)
        aggregator.on_record_complete(put, execute_on_new_thread=False)
        sent = [f"data-{number}".encode() for number in range(60)]
        for number, data in enumerate(sent):
            aggregator.add_user_record(f"key-{number}", data)
        put(aggregator.clear_and_get())

        iterator = kinesis.get_shard_iterator(
            StreamName="s", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        records = kinesis.get_records(ShardIterator=iterator)["Records"]
        assert 1 < len(records) < 60
        event = [
            {
                "kinesis": {
                    "data": base64.b64encode(record["Data"]).decode(),
                    "partitionKey": record["PartitionKey"],
                    "sequenceNumber": record["SequenceNumber"],
                    "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"].timestamp(),
                    "kinesisSchemaVersion": "1.0",
                },
                "eventID": "id",
            }
            for record in records
        ]
        found = aws_kinesis_agg.deaggregator.deaggregate_records(event)
        assert [base64.b64decode(record["kinesis"]["data"]) for record in found] == sent
        # Both ways: the library reads what minicloud has aggregated, and the other way round.
        assert [one.data for record in records for one in minicloud.kinesis.deaggregate(record["Data"])] == sent
        assert len(cloud.stream("s").records) == len(records)


@pytest.mark.parametrize("clock", CLOCKS)
def test_signatures_of_sns_are_valid(clock: str) -> None:
    validator = SNSMessageValidator()
    seen: list[str] = []

    def endpoint(request: minicloud.HttpRequest) -> None:
        message = request.json()
        validator.validate_message(message)
        if message["Type"] == "SubscriptionConfirmation":
            requests.get(message["SubscribeURL"], timeout=5).raise_for_status()
        else:
            seen.append(message["Message"])

    with minicloud.mock_aws(clock=clock) as cloud:
        cloud.http_endpoint("https://example.com/sns", endpoint)
        sns = boto3.client("sns")
        topic = sns.create_topic(Name="t")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://example.com/sns")
        for number in range(10):
            sns.publish(TopicArn=topic, Message=str(number), **({"Subject": "s"} if number % 2 else {}))
        assert seen == [str(number) for number in range(10)]
