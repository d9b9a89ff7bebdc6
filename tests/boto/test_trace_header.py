"""A request's X-Amzn-Trace-Id becomes the AWSTraceHeader of the messages that it sends, by SQS or by SNS."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import minicloud

pytestmark = pytest.mark.needs("boto3")

HEADER = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
OWN = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-own"}}


@pytest.fixture
def traced(mock_aws: minicloud.Cloud) -> Any:
    """A client whose requests carry the header."""

    def add(request: Any, **_: Any) -> None:
        request.headers["X-Amzn-Trace-Id"] = HEADER

    client = boto3.client("sqs", "us-east-1", aws_access_key_id="x", aws_secret_access_key="y")
    client.meta.events.register("before-send.sqs", add)
    client.create_queue(QueueName="queue")
    return client


def headers(client: Any) -> dict[str, str | None]:
    """What the messages of the queue show, by their bodies."""
    messages = client.receive_message(QueueUrl="queue", MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"])
    return {message["Body"]: message["Attributes"].get("AWSTraceHeader") for message in messages["Messages"]}


def test_a_message(traced: Any) -> None:
    answer = traced.send_message(QueueUrl="queue", MessageBody="without")
    assert "MD5OfMessageSystemAttributes" not in answer
    answer = traced.send_message(QueueUrl="queue", MessageBody="with", MessageSystemAttributes=OWN)
    assert "MD5OfMessageSystemAttributes" in answer
    assert headers(traced) == {"without": HEADER, "with": "Root=1-own"}


def test_a_batch(traced: Any) -> None:
    entries = [
        {"Id": "1", "MessageBody": "without"},
        {"Id": "2", "MessageBody": "with", "MessageSystemAttributes": OWN},
    ]
    without, with_own = traced.send_message_batch(QueueUrl="queue", Entries=entries)["Successful"]
    assert "MD5OfMessageSystemAttributes" not in without
    assert "MD5OfMessageSystemAttributes" in with_own
    assert headers(traced) == {"without": HEADER, "with": "Root=1-own"}


def test_a_request_without_the_header(mock_aws: minicloud.Cloud) -> None:
    client = boto3.client("sqs", "us-east-1", aws_access_key_id="x", aws_secret_access_key="y")
    client.meta.events.register("before-send.sqs", lambda **_: None)
    client.create_queue(QueueName="queue")
    client.send_message(QueueUrl="queue", MessageBody="x")
    assert headers(client) == {"x": None}


# --- SNS -------------------------------------------------------------------------------------------------------------


def before_call(params: dict[str, Any], **_: Any) -> None:
    params["headers"]["X-Amzn-Trace-Id"] = HEADER


def before_send(request: Any, **_: Any) -> None:
    request.headers["X-Amzn-Trace-Id"] = HEADER


HANDLERS: dict[str, Callable[..., None]] = {
    "before-call": before_call,
    "before-sign": before_send,
    "before-send": before_send,
}


def publisher(event: str = "before-send") -> Any:
    sns = boto3.client("sns", "us-east-1")
    sns.meta.events.register(f"{event}.sns", HANDLERS[event])
    return sns


def subscribed(topic: str, queue: str, **attributes: str) -> None:
    """Subscribe a new queue to a topic."""
    sqs, sns = boto3.client("sqs", "us-east-1"), boto3.client("sns", "us-east-1")
    fifo = {"FifoQueue": "true"} if queue.endswith(".fifo") else {}
    url = sqs.create_queue(QueueName=queue, Attributes=fifo)["QueueUrl"]
    [arn] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"].values()
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=attributes)


def received(queue: str) -> list[tuple[str, str | None]]:
    """The bodies in a queue, and the trace header of each."""
    sqs = boto3.client("sqs", "us-east-1")
    answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, AttributeNames=["All"])
    return [(one["Body"], one["Attributes"].get("AWSTraceHeader")) for one in answer.get("Messages", [])]


@pytest.mark.parametrize("event", HANDLERS)
def test_a_publication_goes_to_queues_with_it(event: str) -> None:
    with minicloud.mock_aws() as cloud:
        sns = publisher(event)
        topic = sns.create_topic(Name="t")["TopicArn"]
        subscribed(topic, "raw", RawMessageDelivery="true")
        subscribed(topic, "enveloped")
        subscribed(topic, "picky", FilterPolicy='{"colour": ["red"]}')
        colour = {"colour": {"DataType": "String", "StringValue": "red"}}
        answer = sns.publish(TopicArn=topic, Message="m")
        sns.publish(TopicArn=topic, Message="red", MessageAttributes=colour)
        assert received("raw") == [("m", HEADER), ("red", HEADER)]
        [(body, header), _] = received("enveloped")
        assert header == HEADER
        envelope = json.loads(body)
        assert envelope["MessageId"] == answer["MessageId"]
        assert "Root=" not in body
        assert "MessageAttributes" not in envelope
        [(body, header)] = received("picky")
        assert (json.loads(body)["Message"], header) == ("red", HEADER)
        # What follows without the header has none.
        cloud.client("sns").publish(TopicArn=topic, Message="plain")
        boto3.client("sns", "us-east-1").publish(TopicArn=topic, Message="plain")
        assert received("raw") == [("plain", None)] * 2


def test_the_envelope_is_that_of_a_message_without_it() -> None:
    def bodies(publish: Callable[[Any], Any]) -> list[str]:
        with minicloud.mock_aws(clock="frozen", seed=1) as cloud:
            topic = cloud.client("sns").create_topic(Name="t")["TopicArn"]
            subscribed(topic, "q")
            publish(topic)
            return [body for body, _ in received("q")]

    params: dict[str, Any] = {"Message": "m", "Subject": "s"}
    assert bodies(lambda topic: publisher().publish(TopicArn=topic, **params)) == bodies(
        lambda topic: boto3.client("sns", "us-east-1").publish(TopicArn=topic, **params)
    )


def test_a_batch_and_fifo() -> None:
    with minicloud.mock_aws():
        sns = publisher()
        attributes = {"FifoTopic": "true", "ContentBasedDeduplication": "true"}
        topic = sns.create_topic(Name="t.fifo", Attributes=attributes)["TopicArn"]
        subscribed(topic, "line.fifo", RawMessageDelivery="true")
        subscribed(topic, "standard", RawMessageDelivery="true")
        entries = [{"Id": str(n), "Message": f"m{n}", "MessageGroupId": "g"} for n in range(3)]
        sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
        expected = [(f"m{n}", HEADER) for n in range(3)]
        assert received("line.fifo") == expected
        assert received("standard") == expected
        # A duplicate is the first one, with or without a header of its own.
        other = boto3.client("sns", "us-east-1")
        first = other.publish(TopicArn=topic, Message="plain", MessageGroupId="h")
        assert sns.publish(TopicArn=topic, Message="plain", MessageGroupId="h")["MessageId"] == first["MessageId"]
        assert received("standard") == [("plain", None)]
        assert received("line.fifo") == [("plain", None)]


def test_sampling_is_left_to_who_reads_it() -> None:
    with minicloud.mock_aws():
        sns = boto3.client("sns", "us-east-1")
        texts = iter(["Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0", "anything", ""])

        def add(request: Any, **_: Any) -> None:
            request.headers["X-Amzn-Trace-Id"] = next(texts)

        topic = sns.create_topic(Name="t")["TopicArn"]
        subscribed(topic, "q", RawMessageDelivery="true")
        sns.meta.events.register("before-send.sns", add)
        for message in "abc":
            sns.publish(TopicArn=topic, Message=message)
        assert received("q") == [
            ("a", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0"),
            ("b", "anything"),
            ("c", None),
        ]


def test_other_subscribers_get_what_they_get_without_it() -> None:
    with minicloud.mock_aws() as cloud:
        sns = publisher()
        topic = sns.create_topic(Name="t")["TopicArn"]
        events: list[Any] = []
        arn = cloud.function("f", lambda event, _: events.append(event))
        sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
        sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+15551234567")
        sns.publish(TopicArn=topic, Message="m")
        sns.publish(PhoneNumber="+15551234567", Message="m")
        assert events[0]["Records"][0]["Sns"]["Message"] == "m"
        assert "Root=" not in json.dumps(events)
        assert len(cloud.outbox) == 2


def test_a_handler_that_publishes_has_no_part_in_the_header_of_its_caller() -> None:
    with minicloud.mock_aws() as cloud:
        sns = publisher()
        outer, inner = (sns.create_topic(Name=name)["TopicArn"] for name in ("outer", "inner"))
        subscribed(inner, "q", RawMessageDelivery="true")
        native = cloud.client("sns")
        arn = cloud.function("f", lambda *_: native.publish(TopicArn=inner, Message="m"))
        sns.subscribe(TopicArn=outer, Protocol="lambda", Endpoint=arn)
        sns.publish(TopicArn=outer, Message="m")
        assert received("q") == [("m", None)]


def test_what_failed_and_what_is_replayed_keeps_it() -> None:
    with minicloud.mock_aws(clock="virtual") as cloud:
        sns, sqs = publisher(), boto3.client("sqs", "us-east-1")
        topic = sns.create_topic(Name="t")["TopicArn"]
        sqs.create_queue(QueueName="dead")
        policy = json.dumps({"deadLetterTargetArn": cloud.queue("dead").arn})
        subscribed(topic, "gone", RedrivePolicy=policy, RawMessageDelivery="true")
        sqs.delete_queue(QueueUrl="gone")
        sns.publish(TopicArn=topic, Message="m")
        assert received("dead") == [("m", HEADER)]

        attributes = {"FifoTopic": "true", "ArchivePolicy": '{"MessageRetentionPeriod": "30"}'}
        line = sns.create_topic(Name="t.fifo", Attributes=attributes)["TopicArn"]
        start = cloud.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        sns.publish(TopicArn=line, Message="m", MessageGroupId="g", MessageDeduplicationId="1")
        replay = json.dumps({"PointType": "Timestamp", "StartingPoint": start})
        subscribed(line, "late.fifo", RawMessageDelivery="true", ReplayPolicy=replay)
        cloud.clock.advance(60)
        assert received("late.fifo") == [("m", HEADER)]


def test_a_snapshot_and_faults() -> None:
    with minicloud.mock_aws(clock="virtual") as cloud:
        sns = publisher()
        topic = sns.create_topic(Name="t")["TopicArn"]
        subscribed(topic, "q", RawMessageDelivery="true")
        sns.publish(TopicArn=topic, Message="a")
        before = cloud.snapshot()
        cloud.faults.refuse("InternalError", operation="Publish", first=1)
        sns.publish(TopicArn=topic, Message="b")  # at the second try
        assert received("q") == [("a", HEADER), ("b", HEADER)]
        cloud.restore(before)
        assert received("q") == [("a", HEADER)]


@pytest.mark.parametrize("service", ["sqs", "sns"])
def test_botocore_adds_it_in_a_function_of_lambda(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "f")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", HEADER)
    with minicloud.mock_aws() as cloud:
        topic = cloud.client("sns").create_topic(Name="t")["TopicArn"]
        subscribed(topic, "q", RawMessageDelivery="true")
        if service == "sqs":
            boto3.client("sqs", "us-east-1").send_message(QueueUrl="q", MessageBody="m")
        else:
            boto3.client("sns", "us-east-1").publish(TopicArn=topic, Message="m")
        assert received("q") == [("m", HEADER)]


@pytest.mark.needs("aiobotocore")
def test_a_client_of_aiobotocore() -> None:
    from aiobotocore.session import get_session

    async def main(topic: str) -> None:
        async with get_session().create_client("sns", "us-east-1") as sns:
            sns.meta.events.register("before-send.sns", before_send)
            await sns.publish(TopicArn=topic, Message="m")
            await sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[{"Id": "1", "Message": "n"}])

    with minicloud.mock_aws() as cloud:
        topic = cloud.client("sns").create_topic(Name="t")["TopicArn"]
        subscribed(topic, "q", RawMessageDelivery="true")
        asyncio.run(main(topic))
        assert received("q") == [("m", HEADER), ("n", HEADER)]


def test_a_form_that_somebody_signed() -> None:
    import urllib.parse
    import urllib.request

    with minicloud.mock_aws() as cloud:
        topic = cloud.client("sns").create_topic(Name="t")["TopicArn"]
        subscribed(topic, "q", RawMessageDelivery="true")
        form = {"Action": "Publish", "Version": "2010-03-31", "TopicArn": topic, "Message": "m"}
        headers = {"X-Amzn-Trace-Id": HEADER}
        url = "https://sns.us-east-1.amazonaws.com/"
        request = AWSRequest("POST", url, data=urllib.parse.urlencode(form), headers=headers)
        SigV4Auth(Credentials("x", "y"), "sns", "us-east-1").add_auth(request)
        posted = urllib.request.Request(url, request.data.encode(), dict(request.headers.items()))
        with urllib.request.urlopen(posted) as answer:
            assert b"<MessageId>" in answer.read()
        assert received("q") == [("m", HEADER)]
