"""Task queues and consumers of SQS: each sends, receives and ends a real workload."""

from __future__ import annotations

import importlib
import logging
import threading
from typing import Any

import boto3
import dramatiq
import pytest
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from botocore.exceptions import ClientError
from celery import Celery
from celery.contrib.testing.worker import start_worker
from dramatiq_sqs import SQSBroker
from kombu import Connection

import minicloud


def test_kombu() -> None:
    with minicloud.mock_aws() as cloud:
        options = {"region": "us-east-1", "wait_time_seconds": 0, "polling_interval": 0}
        with Connection("sqs://", transport_options=options) as connection:
            queue = connection.SimpleQueue("tasks")
            for number in range(5):
                queue.put({"number": number})
            got = []
            for _ in range(5):
                message = queue.get(timeout=5)
                got.append(message.payload["number"])
                message.ack()
            queue.close()
        assert sorted(got) == [0, 1, 2, 3, 4]
        assert cloud.queue("tasks").messages == []


def test_celery_sends_in_one_test_after_the_other() -> None:
    app = Celery("sender", set_as_current=False, broker="sqs://", broker_transport_options={"region": "us-east-1"})

    @app.task(name="sender.add")
    def add(first: int, second: int) -> None: ...

    for _ in range(2):
        app.pool.resize(10, force=True, reset=True)  # docs/how-to/with-celery-dramatiq-taskiq-powertools.md says why
        with minicloud.mock_aws() as cloud:
            add.delay(1, 2)
            assert len(cloud.queue("celery").messages) == 1
    with minicloud.mock_aws(), pytest.raises(ClientError) as error:
        add.delay(1, 2)
    assert "app.pool.resize(10, force=True, reset=True)" in error.value.__notes__[-1]


@pytest.mark.filterwarnings("ignore")
def test_celery() -> None:
    with minicloud.mock_aws():
        app = Celery("app", broker="sqs://", backend="cache+memory://")
        app.conf.broker_transport_options = {"region": "us-east-1", "wait_time_seconds": 0, "polling_interval": 0.01}
        app.conf.worker_enable_remote_control = False
        done = threading.Event()
        seen: list[int] = []

        @app.task
        def add(first: int, second: int) -> None:
            seen.append(first + second)
            if len(seen) == 3:
                done.set()

        with start_worker(app, pool="solo", perform_ping_check=False, use_eventloop=False, loglevel="ERROR"):
            for number in range(3):
                add.delay(number, number)
            assert done.wait(20)
        assert sorted(seen) == [0, 2, 4]


@pytest.mark.filterwarnings("ignore")
def test_celery_with_an_event_loop_is_told_to_do_without() -> None:
    told = threading.Event()

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "use_eventloop=False" in self.format(record):
                told.set()

    handler = Handler()
    with minicloud.mock_aws():
        app = Celery("app", broker="sqs://", backend="cache+memory://")
        app.conf.broker_transport_options = {"region": "us-east-1", "wait_time_seconds": 0, "polling_interval": 0.01}
        app.conf.worker_enable_remote_control = False
        app.conf.worker_hijack_root_logger = False
        logging.getLogger("celery").addHandler(handler)
        try:
            with start_worker(app, pool="solo", perform_ping_check=False, loglevel="ERROR"):
                assert told.wait(20)
        finally:
            logging.getLogger("celery").removeHandler(handler)


@pytest.mark.parametrize("name", ["AsyncConnection", "AsyncHTTPSConnection"])
def test_kombus_own_http_is_refused(name: str) -> None:
    connection: Any = importlib.import_module("kombu.asynchronous.aws.connection")
    client: Any = object()
    with minicloud.mock_aws(), pytest.raises(minicloud.UsageError, match=r"call AWS .*use_eventloop=False"):
        getattr(connection, name)(client)
    assert connection.AsyncHTTPSConnection(http_client=client).http_client is client
    assert connection.AsyncConnection(client, http_client=client).sqs_connection is client


def test_dramatiq() -> None:
    with minicloud.mock_aws() as cloud:
        broker = SQSBroker(namespace="tests")
        seen: list[str] = []
        done = threading.Event()

        @dramatiq.actor(broker=broker, queue_name="default")
        def greet(name: str) -> None:
            seen.append(name)
            if len(seen) == 3:
                done.set()

        worker = dramatiq.Worker(broker, worker_threads=2, worker_timeout=50)
        worker.start()
        try:
            for name in ("a", "b", "c"):
                greet.send(name)
            assert done.wait(20)
        finally:
            worker.stop(timeout=25_000)
        assert sorted(seen) == ["a", "b", "c"]
        assert cloud.queue("tests_default").messages == []


def test_powertools_batch() -> None:
    with minicloud.mock_aws() as cloud:
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        for body in ("good", "bad", "good"):
            sqs.send_message(QueueUrl=url, MessageBody=body)
        received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])["Messages"]
        records = [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
                "messageAttributes": {},
                "md5OfBody": message["MD5OfBody"],
                "eventSource": "aws:sqs",
                "eventSourceARN": cloud.queue("q").arn,
                "awsRegion": "us-east-1",
            }
            for message in received
        ]

        def handle(record: SQSRecord) -> None:
            if record.body == "bad":
                raise ValueError
            assert record.attributes.approximate_receive_count == "1"

        processor = BatchProcessor(event_type=EventType.SQS)
        answer: Any = process_partial_response({"Records": records}, handle, processor)
        failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        assert [message["Body"] for message in received if message["MessageId"] in failed] == ["bad"]


def test_aws_sqs_consumer() -> None:
    from aws_sqs_consumer import Consumer

    logging.getLogger("aws_sqs_consumer").setLevel(logging.CRITICAL)
    with minicloud.mock_aws() as cloud:
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        for number in range(3):
            sqs.send_message(QueueUrl=url, MessageBody=str(number))
        seen: list[str] = []

        class Mine(Consumer):
            def handle_message(self, message: Any) -> None:
                seen.append(message.Body)
                if len(seen) == 3:
                    self.stop()

        Mine(queue_url=url, region="us-east-1", polling_wait_time_ms=0, wait_time_seconds=0).start()
        assert sorted(seen) == ["0", "1", "2"]
        assert cloud.queue("q").messages == []
