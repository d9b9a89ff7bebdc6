"""Agents that watch clients, tools that shut the network, and AWS's own command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import elasticapm
import pytest
import pytest_socket
import sentry_sdk
import vcr
from elasticapm.transport.base import Transport
from sentry_sdk.integrations.boto3 import Boto3Integration

import minicloud

ROOT = Path(__file__).parents[2]
recorded: list[tuple[str, dict[str, Any]]] = []


class Recorder(Transport):
    """elasticapm's way out, into a list."""

    def queue(self, event_type: str, data: dict[str, Any], flush: bool = False) -> None:
        recorded.append((event_type, data))

    def start_thread(self, pid: int | None = None) -> None:
        pass

    def close(self) -> None:
        pass


class Nowhere(sentry_sdk.transport.Transport):
    """sentry's way out, to nowhere."""

    def capture_envelope(self, envelope: Any) -> None:
        pass


def exchange(count: int = 30) -> list[dict[str, Any]]:
    """Send messages, receive and delete all of them; what was received."""
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    for number in range(count):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    received: list[dict[str, Any]] = []
    while len(received) < count:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])["Messages"]
        for message in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        received += found
    assert sorted(int(message["Body"]) for message in received) == list(range(count))
    return received


def test_sentry() -> None:
    sentry_sdk.init(
        dsn="http://key@localhost/1",
        traces_sample_rate=1.0,
        integrations=[Boto3Integration()],
        default_integrations=False,
        transport=Nowhere,
    )
    try:
        with minicloud.mock_aws(), sentry_sdk.start_transaction(name="test") as transaction:
            exchange()
            spans = [span.description for span in transaction._span_recorder.spans if span.op == "http.client"]
        assert spans.count("aws.sqs.SendMessage") == spans.count("aws.sqs.DeleteMessage") == 30
    finally:
        sentry_sdk.get_client().close()
        sentry_sdk.init()


def test_elastic_apm() -> None:
    recorded.clear()
    client = elasticapm.Client(
        service_name="test",
        transport_class=f"{__name__}.Recorder",
        metrics_interval="0ms",
        central_config=False,
        cloud_provider="none",
        span_compression_enabled=False,
    )
    elasticapm.instrument()
    try:
        with minicloud.mock_aws():
            client.begin_transaction("test")
            for message in exchange():
                assert "traceparent" in message["MessageAttributes"]
            client.end_transaction("test")
    finally:
        elasticapm.uninstrument()
        client.close()
    names = [data["name"] for kind, data in recorded if kind == "span"]
    assert names.count("SQS SEND to q") == names.count("SQS DELETE from q") == 30


def test_vcr_has_nothing_to_record(tmp_path: Path) -> None:
    with minicloud.mock_aws(), vcr.use_cassette(str(tmp_path / "cassette.yaml"), record_mode="none") as cassette:
        exchange()
    assert cassette.play_count == 0


@pytest.mark.parametrize("seen", [False, True])
def test_without_sockets(seen: bool) -> None:
    pytest_socket.disable_socket()
    try:
        with minicloud.mock_aws(clock="virtual"):
            if seen:
                boto3.DEFAULT_SESSION = None
                boto3.setup_default_session()
                boto3.DEFAULT_SESSION._session.register("before-send", lambda **_: None)
            exchange()
            url = boto3.client("sqs").create_queue(QueueName="empty")["QueueUrl"]
            assert "Messages" not in boto3.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)
            with pytest.raises(minicloud.UsageError):
                boto3.client("dynamodb").list_tables()
    finally:
        pytest_socket.enable_socket()
        boto3.DEFAULT_SESSION = None


def test_the_command_line() -> None:
    # It brings a botocore of its own, under the name of the other one.
    program = """
import contextlib, io, json
import minicloud
from awscli.clidriver import create_clidriver

driver = create_clidriver()

def aws(*words):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        status = driver.main([*words, "--output", "json"])
    return status or (json.loads(out.getvalue()) if out.getvalue().strip() else None)

with minicloud.mock_aws(clock="virtual") as cloud:
    url = aws("sqs", "create-queue", "--queue-name", "q")["QueueUrl"]
    for number in range(5):
        aws("sqs", "send-message", "--queue-url", url, "--message-body", f"m{number}")
    [*found] = aws("sqs", "receive-message", "--queue-url", url, "--max-number-of-messages", "10")["Messages"]
    for message in found:
        aws("sqs", "delete-message", "--queue-url", url, "--receipt-handle", message["ReceiptHandle"])
    aws("kinesis", "create-stream", "--stream-name", "s", "--shard-count", "1")
    aws("kinesis", "wait", "stream-exists", "--stream-name", "s")
    put = aws("kinesis", "put-record", "--stream-name", "s", "--partition-key", "p", "--data", "x")
    topic = aws("sns", "create-topic", "--name", "t")["TopicArn"]
    with contextlib.redirect_stderr(io.StringIO()):
        status = aws("sqs", "get-queue-url", "--queue-name", "nobody")
    print(json.dumps([len(found), cloud.queue("q").bodies, put["ShardId"], topic.rpartition(":")[2], status]))
"""
    run = subprocess.run([sys.executable, "-c", program], check=True, timeout=60, cwd=ROOT, stdout=subprocess.PIPE)
    assert json.loads(run.stdout) == [5, [], "shardId-000000000000", "t", 255]
