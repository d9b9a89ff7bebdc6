"""OpenTelemetry, X-Ray and New Relic wrap botocore's functions: they see the calls, and leave what they found."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.client
import pytest
from botocore.endpoint import Endpoint
from opentelemetry.instrumentation.botocore import BotocoreInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import minicloud

ROOT = Path(__file__).parents[2]
BaseClient: Any = botocore.client.BaseClient


class Telemetry:
    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self._provider = TracerProvider()
        self._provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self._instrumentor = BotocoreInstrumentor()

    def start(self) -> None:
        self._instrumentor.instrument(tracer_provider=self._provider)

    def stop(self) -> None:
        self._instrumentor.uninstrument()

    def take(self) -> list[str]:
        names = [str(span.attributes["rpc.method"]) for span in self._exporter.get_finished_spans()]
        self._exporter.clear()
        return names


@pytest.fixture
def telemetry() -> Iterator[Telemetry]:
    before = BaseClient._make_api_call, Endpoint.prepare_request
    made = Telemetry()
    yield made
    made.stop()
    assert (BaseClient._make_api_call, Endpoint.prepare_request) == before


def work() -> None:
    sqs, sns = boto3.client("sqs"), boto3.client("sns")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    sns.publish(TopicArn=topic, Message="hello")
    [message] = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert message["Body"] == "hello"


CALLS = ["CreateQueue", "GetQueueAttributes", "CreateTopic", "Subscribe", "Publish", "ReceiveMessage"]


def test_instrumented_before(telemetry: Telemetry) -> None:
    telemetry.start()
    with minicloud.mock_aws():
        work()
    assert telemetry.take() == CALLS


def test_instrumented_inside(telemetry: Telemetry) -> None:
    with minicloud.mock_aws():
        boto3.client("sqs").list_queues()
        telemetry.start()
        work()
        assert telemetry.take() == CALLS
        telemetry.stop()
        boto3.client("sqs").list_queues()
        assert telemetry.take() == []


def test_instrumented_before_and_uninstrumented_inside(telemetry: Telemetry) -> None:
    telemetry.start()
    with minicloud.mock_aws():
        sqs = boto3.client("sqs")
        sqs.list_queues()
        telemetry.stop()
        sqs.list_queues()
    telemetry.start()
    with minicloud.mock_aws():
        sqs.list_queues()
    assert telemetry.take() == ["ListQueues", "ListQueues"]


def test_the_context_travels_with_messages(telemetry: Telemetry) -> None:
    telemetry.start()
    with minicloud.mock_aws() as cloud:
        work()
        topic = boto3.client("sns").list_topics()["Topics"][0]["TopicArn"]
        boto3.client("sns").publish(TopicArn=topic, Message="again")
        assert "traceparent" in cloud.queue("q").messages[-1].message_attributes


@pytest.mark.parametrize("first", ["x-ray", "mock"])
def test_x_ray(first: str) -> None:
    program = f"""
import boto3, botocore.client, minicloud
from aws_xray_sdk.core import patch, xray_recorder
from botocore.endpoint import Endpoint
xray_recorder.configure(sampling=False, service="test")
xray_recorder._emitter = type("Emitter", (), {{"send_entity": lambda self, entity: None}})()
if {first!r} == "mock":
    with minicloud.mock_aws():
        boto3.client("sqs").list_queues()
patch(["botocore"])
with minicloud.mock_aws():
    segment = xray_recorder.begin_segment("test")
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="x")
    try:
        sqs.get_queue_url(QueueName="nobody")
    except sqs.exceptions.QueueDoesNotExist:
        pass
    xray_recorder.end_segment()
    seen = [(one.name, one.aws["operation"], one.http["response"]["status"]) for one in segment.subsegments]
    assert seen == [("sqs", "CreateQueue", 200), ("sqs", "SendMessage", 200), ("sqs", "GetQueueUrl", 400)], seen
    assert segment.subsegments[0].aws["request_id"]
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, cwd=ROOT)


@pytest.mark.parametrize("first", ["new-relic", "mock"])
def test_new_relic(first: str) -> None:
    program = f"""
import os
os.environ.update(NEW_RELIC_DEVELOPER_MODE="true", NEW_RELIC_APP_NAME="test", NEW_RELIC_LOG=os.devnull)
import minicloud, newrelic.agent
from newrelic.core.stats_engine import StatsEngine
if {first!r} == "mock":
    with minicloud.mock_aws():
        import boto3
        boto3.client("sqs").list_queues()
newrelic.agent.initialize()
application = newrelic.agent.register_application(timeout=10)
import boto3
seen = []
StatsEngine.record_transaction = lambda self, transaction: seen.append(transaction.root)
with minicloud.mock_aws():
    sqs = boto3.client("sqs")
    with newrelic.agent.BackgroundTask(application, name="work"):
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="x")
        boto3.client("kinesis").list_streams()
def operations(node):
    name = (getattr(node, "agent_attributes", None) or {{}}).get("aws.operation")
    return [*([name] if name else []), *(each for child in node.children for each in operations(child))]
expected = ["CreateQueue", "SendMessage", "ListStreams"]
assert operations(seen[0]) == expected, operations(seen[0])
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, cwd=ROOT)
