"""Requests whose kind has come before are answered on a short way: byte for byte as on the long one."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

import pytest

import minicloud
from minicloud.server.aio_connection import Connection
from minicloud.server.aio_plans import Plan, form_of
from minicloud.server.aio_step import Step
from minicloud.wire import query_protocol
from minicloud.wire.model import declared_operation
from minicloud.wire.query_compiled import form_reader_of, xml_writer_of
from tests.server.support import Raw
from tests.server.test_http import until

URL = "http://127.0.0.1/123456789012/orders"
TOPIC = "arn:aws:sns:us-east-1:123456789012:news"
SPECIAL = 'a<b>&"c"\r\n\u00e9\U0001f600 +%41'


def _signed(service: str, body: bytes, content_type: str, target: str = "", path: str = "/", extra: str = "") -> bytes:
    """A request as SDKs send it: with a signature, a date and an id that differ."""
    _signed.number = number = getattr(_signed, "number", 0) + 1  # type: ignore[attr-defined]
    target = f"X-Amz-Target: {target}\r\n" if target else ""
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost:4566\r\nUser-Agent: Tests/1\r\n{target}Content-Type: "
        f"{content_type}\r\nX-Amz-Date: 20260101T{number:06}Z\r\namz-sdk-invocation-id: {'i' * (number % 3)}\r\n{extra}"
        f"Authorization: AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/{service}/aws4_request, SignedHeaders=a, "
        f"Signature={number:x}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def _json(target: str, **content: Any) -> bytes:
    service, version = ("kinesis", "1.1") if target.startswith("Kinesis") else ("sqs", "1.0")
    return _signed(service, json.dumps(content).encode(), f"application/x-amz-json-{version}", target)


def _form(service: str, action: str, version: str, path: str = "/", **fields: str) -> bytes:
    text = urlencode({"Action": action, "Version": version, **fields})
    return _signed(service, text.encode(), "application/x-www-form-urlencoded; charset=utf-8", path=path)


def _requests() -> list[bytes]:
    sqs, sns = "2012-11-05", "2010-03-31"
    attributes = {"n": {"DataType": "Number", "StringValue": "1"}, "b": {"DataType": "Binary", "BinaryValue": "YQ=="}}
    return [
        _json("AmazonSQS.SendMessage", QueueUrl=URL, MessageBody=SPECIAL),
        _json("AmazonSQS.SendMessage", QueueUrl=URL, MessageBody="a", MessageAttributes=attributes, DelaySeconds=0),
        _json("AmazonSQS.SendMessage", QueueUrl=URL, MessageBody="a", MessageGroupId=None),
        _json("AmazonSQS.SendMessage", QueueUrl=f"{URL}x", MessageBody="a"),
        _json("AmazonSQS.SendMessage", QueueUrl=URL.replace("1234", "us-west-2/1234"), MessageBody="a"),
        _json("AmazonSQS.SendMessage", QueueUrl=URL, MessageBody=1),
        _json("AmazonSQS.SendMessage", QueueUrl=URL),
        _json("AmazonSQS.SendMessage", QueueUrl=URL, MessageBody="a", Wrong=1),
        _signed("sqs", b"{", "application/x-amz-json-1.0", "AmazonSQS.SendMessage"),
        _json("AmazonSQS.GetQueueUrl", QueueName="orders"),
        _json("AmazonSQS.ReceiveMessage", QueueUrl=URL, MessageAttributeNames=["All"], AttributeNames=["All"]),
        _json("AmazonSQS.ReceiveMessage", QueueUrl=URL, MaxNumberOfMessages=10, WaitTimeSeconds=20),
        _json("AmazonSQS.ReceiveMessage", QueueUrl=URL),
        _json("AmazonSQS.DeleteMessage", QueueUrl=URL, ReceiptHandle="x"),
        _json("AmazonSQS.PurgeQueue", QueueUrl=URL),
        _form("sqs", "SendMessage", sqs, QueueUrl=URL, MessageBody=SPECIAL),
        _form("sqs", "SendMessage", sqs, path="/123456789012/orders", MessageBody="a+b c"),
        _form("sqs", "SendMessage", sqs, QueueUrl=URL, MessageBody="a", DelaySeconds="0", Unknown="x"),
        _form("sqs", "SendMessage", sqs, QueueUrl=URL, MessageBody="a", DelaySeconds="x"),
        _form("sqs", "SendMessage", "2011-01-01", QueueUrl=URL, MessageBody="a"),
        _form("sqs", "ReceiveMessage", sqs, QueueUrl=URL, **{"AttributeName.1": "All", "MaxNumberOfMessages": "10"}),
        _form("sqs", "ListQueues", sqs),
        _form("sqs", "DeleteMessage", sqs, QueueUrl=URL, ReceiptHandle="x"),
        _form("sns", "Publish", sns, TopicArn=TOPIC, Message=SPECIAL),
        _form("sns", "Publish", sns, TopicArn=TOPIC, Message=""),
        _form("sns", "Publish", sns, TopicArn=TOPIC + "x", Message="a"),
        _form("sns", "ListTopics", sns),
        _form("sns", "GetTopicAttributes", sns, TopicArn=TOPIC),
        _form("sns", "ListSubscriptions", sns),
        _form("sns", "SetTopicAttributes", sns, TopicArn=TOPIC, AttributeName="DisplayName", AttributeValue='"<>'),
        _form("sts", "GetCallerIdentity", "2011-06-15"),
        _json("Kinesis_20131202.PutRecord", StreamName="clicks", Data="YQ==", PartitionKey="p"),
        _json("Kinesis_20131202.PutRecord", StreamName="clicks", Data="YQ", PartitionKey="p"),
        _json("Kinesis_20131202.DescribeStreamSummary", StreamName="clicks"),
    ]


def _answers(requests: list[bytes]) -> list[Any]:
    with minicloud.Cloud(clock="frozen", seed=1, limits="relaxed") as cloud:
        cloud.client("sqs").create_queue(QueueName="orders")
        cloud.client("sns").create_topic(Name="news", Attributes={"DisplayName": '"<>'})
        cloud.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
        with cloud.serve() as server:
            raw = Raw(server.url)
            found = []
            for one in requests:
                answer = raw.send(one).answer()
                found.append((answer.status, list(answer.headers.items()), answer.body))
            raw.close()
        return [*found, [(event.actor, event.kind, event.resource, event.details) for event in cloud.trace]]


def test_the_short_way_and_the_long_one_give_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = _requests() * 3
    with monkeypatch.context() as patched:
        patched.setattr(Plan, "keep", lambda *_: None)
        patched.setattr(Connection, "_answer_at_once", lambda *_: False)
        long = _answers(requests)
    taken = []
    at_once = Connection._answer_at_once
    monkeypatch.setattr(
        Connection, "_answer_at_once", lambda self, data: taken.append(at_once(self, data)) or taken[-1]
    )
    short = _answers(requests)
    for request, one, other in zip([*requests, b"trace"], short, long, strict=True):
        assert one == other, request
    refused_or_failed = {5, 7, 8, 18, 19, 32}  # and what comes for the first time
    assert taken[-len(_requests()) :] == [place not in refused_or_failed for place in range(len(_requests()))]
    taken.clear()
    monkeypatch.setattr(Step, "can_stand_for_a_task", False)  # an asyncio that knows nothing of it
    assert _answers(requests) == long
    assert not any(taken)  # it is traced


def test_a_request_that_waits_before_it_is_a_task_is_a_mistake() -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.append("closed")

    class First(Step):
        def get_name(self) -> str:
            return "somebody"

        def done(self) -> bool:
            return False

    async def main() -> None:
        loop = asyncio.get_running_loop()
        outcome = loop.create_future()

        def take() -> None:
            try:
                First().take(work(), loop)
            except RuntimeError as error:
                outcome.set_exception(error)

        loop.call_soon(take)  # outside of any task, as what a transport tells
        with pytest.raises(RuntimeError, match=r"^a request waits for <Future pending> and is no task: see as_a_task"):
            await outcome

    asyncio.run(main())
    assert ended == ["closed"]


def test_what_waits_goes_on_the_long_way() -> None:
    with minicloud.Cloud(clock="virtual") as cloud, cloud.serve() as server:
        sqs = cloud.client("sqs")
        url = sqs.create_queue(QueueName="orders")["QueueUrl"]
        raw = Raw(server.url)
        receive = _json("AmazonSQS.ReceiveMessage", QueueUrl=url, WaitTimeSeconds=20)
        for number in range(4):
            raw.send(receive)  # the first one makes the kind known
            until(lambda: cloud.world.waiters)
            sqs.send_message(QueueUrl=url, MessageBody=str(number))
            assert raw.answer().json["Messages"][0]["Body"] == str(number)
        raw.send(receive)  # its client goes away
        until(lambda: cloud.world.waiters)
        raw.close()
        until(lambda: not cloud.world.waiters)


def test_what_comes_behind_a_call_that_waits_is_answered_behind_it() -> None:
    """Though it is of a kind that is known, and nothing else is to be read."""
    with minicloud.Cloud(clock="virtual") as cloud, cloud.serve() as server:
        sqs = cloud.client("sqs")
        url = sqs.create_queue(QueueName="orders")["QueueUrl"]
        raw = Raw(server.url)
        listing = _json("AmazonSQS.GetQueueUrl", QueueName="orders")
        for _ in range(3):
            assert raw.send(listing).answer().json == {"QueueUrl": "http://localhost:4566/123456789012/orders"}
        [connection] = server._listener._connections
        for _ in range(3):  # the first one makes its kind known
            raw.send(_json("AmazonSQS.ReceiveMessage", QueueUrl=url, WaitTimeSeconds=20))
            until(lambda: cloud.world.waiters)
            raw.send(listing)
            until(lambda: connection._parser.buffered)
            sqs.send_message(QueueUrl=url, MessageBody="a")
            assert list(raw.answer().json) == ["Messages"]
            assert list(raw.answer().json) == ["QueueUrl"]
        # What is in a body is no request, though it may come by itself and look like one.
        whole = _json("AmazonSQS.SendMessage", QueueUrl=url, MessageBody="b" * len(listing)).replace(b": key/", b"~")
        raw.send(whole[: -len(listing) - 2])
        until(lambda: connection._parser.buffered)
        raw.send(listing)
        until(lambda: connection._parser.buffered > len(listing))
        assert raw.send(b'"}').answer().status == 400
        assert raw.send(listing).answer().status == 200
        raw.close()


def test_what_leads_to_more_what_fails_and_what_is_behind_each_other_goes_on_the_long_way() -> None:
    handled: list[Any] = []
    with minicloud.Cloud(clock="virtual") as cloud, cloud.serve() as server:
        sqs = cloud.client("sqs")
        url, jobs = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("orders", "jobs"))
        cloud.function("work", lambda event, _: handled.append(event))
        cloud.event_source_mapping("jobs", "work")
        raw = Raw(server.url)
        for number in range(3):  # what leads to a handler is answered when that has ended
            raw.send(_json("AmazonSQS.SendMessage", QueueUrl=jobs, MessageBody=str(number)))
            assert raw.answer().status == 200
            assert len(handled) == number + 1
        send = _json("AmazonSQS.SendMessage", QueueUrl=url, MessageBody="a")
        cloud.faults.refuse("RequestThrottled", first=1)
        assert [raw.send(send).answer().status for _ in range(3)] == [403, 200, 200]
        raw.send(send + send + send[:-3])  # behind each other, and the last one in two parts
        assert [raw.answer().status for _ in range(2)] == [200, 200]
        raw.send(send[-3:])
        assert raw.answer().status == 200
        raw.close()


@pytest.mark.parametrize(
    ("service", "operation", "text"),
    [
        ("sqs", "SendMessage", "QueueUrl=a&MessageBody=%C3%A9+%FF&Unknown=1&MessageBody=b"),
        (
            "sqs",
            "SendMessage",
            "DelaySeconds=3&MessageAttribute.1.Name=n&MessageAttribute.1.Value.DataType=x",
        ),
        ("sns", "SetTopicAttributes", "TopicArn=a&Timestamp=x&X-Amz-A=1"),
        ("sns", "TagResource", "ResourceArn=a"),
    ],
)
def test_compiled_readers_read_the_forms_that_the_protocol_does(service: str, operation: str, text: str) -> None:
    model = declared_operation(service, operation, "query")
    read = form_reader_of(model)(form_of(text.encode()))
    assert read == query_protocol.read_request(text.encode(), "", {}, model)


def test_compiled_writers_write_the_xml_that_the_protocol_does() -> None:
    message = {
        "MessageId": SPECIAL,
        "Attributes": {"SenderId": "x", "Empty": ""},
        "MessageAttributes": {"b": {"DataType": "Binary", "BinaryValue": b"a"}, "c": {}},
        "Other": 1,
    }
    lists: list[tuple[str, str, dict[str, Any]]] = [
        ("sqs", "ReceiveMessage", {}),
        ("sqs", "ReceiveMessage", {"Messages": []}),
        ("sqs", "ReceiveMessage", {"Messages": [message, {}]}),
        ("sqs", "DeleteMessage", {}),
        ("sns", "ListTopics", {"Topics": []}),
        ("sns", "ListTopics", {"Topics": [{"TopicArn": SPECIAL}, {}], "NextToken": ""}),
        ("sns", "GetTopicAttributes", {"Attributes": {SPECIAL: SPECIAL, "Empty": ""}}),
        ("sns", "PublishBatch", {"Successful": [{"Id": "a"}], "Failed": [{"Id": "b", "SenderFault": True}]}),
        ("sns", "DeleteTopic", {}),
    ]
    for service, operation, result in lists:
        model = declared_operation(service, operation, "query")
        written = xml_writer_of(model)(result, "id").encode("utf-8", "surrogatepass")
        assert written == query_protocol.write_answer(result, model, "id")[2], (operation, result)
