"""Calls in JSON that somebody signs by hand are answered, whatever they are sent with and to which of AWS's hosts."""

from __future__ import annotations

import asyncio
import gzip
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import minicloud

pytestmark = pytest.mark.needs("boto3")

TARGETS = {"sqs": "AmazonSQS", "kinesis": "Kinesis_20131202"}
Post = Callable[[str, bytes, dict[str, str]], tuple[int, bytes]]


def by_urllib(url: str, data: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def by_requests(url: str, data: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    import requests

    answer = requests.post(url, data=data, headers=headers, timeout=60)
    return answer.status_code, answer.content


def by_httpx(url: str, data: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    import httpx

    answer = httpx.post(url, content=data, headers=headers)
    return answer.status_code, answer.content


def by_aiohttp(url: str, data: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    import aiohttp

    async def main() -> tuple[int, bytes]:
        async with aiohttp.ClientSession() as session, session.post(url, data=data, headers=headers) as answer:
            return answer.status, await answer.read()

    return asyncio.run(main())


POSTS = [
    by_urllib,
    pytest.param(by_requests, marks=pytest.mark.needs("requests")),
    pytest.param(by_httpx, marks=pytest.mark.needs("httpx")),
    pytest.param(by_aiohttp, marks=pytest.mark.needs("aiohttp")),
]
HOSTS = {
    "sqs": ["sqs.us-east-1.amazonaws.com", "us-east-1.queue.amazonaws.com", "sqs-fips.us-east-1.api.aws"],
    "kinesis": [
        "kinesis.us-east-1.amazonaws.com",
        "123456789012.control-kinesis.us-east-1.amazonaws.com",
        "123456789012.data-kinesis-fips.us-east-1.api.aws",
        "a1b2.control-kinesis-queues.us-east-1.amazonaws.com",
    ],
}


def call(post: Post, host: str, service: str, operation: str, more: dict[str, str] | None = None, **params: Any) -> Any:
    url, data = f"https://{host}/", json.dumps(params).encode()
    target = f"{TARGETS[service]}.{operation}"
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1", **(more or {})}
    request = AWSRequest("POST", url, data=data, headers=headers)
    SigV4Auth(Credentials("x", "y"), service, "us-east-1").add_auth(request)
    status, content = post(url, data, dict(request.headers.items()))
    return status, json.loads(content or b"{}")


@pytest.mark.parametrize("post", POSTS)
def test_sqs(post: Post) -> None:
    header = "Root=1-5759e988-bd862e3fe1be46a994272793"
    with minicloud.mock_aws() as cloud:
        for host in HOSTS["sqs"]:
            _, made = call(post, host, "sqs", "CreateQueue", QueueName="q")
            traced = {"X-Amzn-Trace-Id": header}
            status, sent = call(post, host, "sqs", "SendMessage", traced, QueueUrl=made["QueueUrl"], MessageBody=host)
            assert status == 200
            assert sent["MessageId"] == cloud.queue("q").messages[-1].message_id
        received = boto3.client("sqs", "us-east-1").receive_message(QueueUrl="q", AttributeNames=["All"])["Messages"]
        assert [one["Attributes"]["AWSTraceHeader"] for one in received] == [header]
        status, error = call(post, HOSTS["sqs"][0], "sqs", "GetQueueUrl", QueueName="nobody")
        assert (status, error["__type"]) == (400, "com.amazonaws.sqs#QueueDoesNotExist")


@pytest.mark.parametrize("post", POSTS)
def test_kinesis(post: Post) -> None:
    with minicloud.mock_aws() as cloud:
        boto3.client("kinesis", "us-east-1").create_stream(StreamName="s", ShardCount=1)
        for number, host in enumerate(HOSTS["kinesis"]):
            status, _ = call(post, host, "kinesis", "PutRecord", StreamName="s", Data="eA==", PartitionKey=host)
            assert status == 200
            assert len(cloud.stream("s").records) == number + 1
        status, error = call(post, host, "kinesis", "DescribeStream", StreamName="nobody")
        assert (status, error["__type"]) == (400, "ResourceNotFoundException")


def test_a_region_of_another_partition() -> None:
    with minicloud.mock_aws():
        _, made = call(by_urllib, "sqs.eusc-de-east-1.amazonaws.eu", "sqs", "CreateQueue", QueueName="q")
        assert made["QueueUrl"] == "https://sqs.eusc-de-east-1.amazonaws.eu/123456789012/q"


def test_what_is_not_signed() -> None:
    with minicloud.mock_aws():
        headers = {"X-Amz-Target": "Kinesis_20131202.ListStreams"}
        status, content = by_urllib("https://kinesis.us-east-1.amazonaws.com/", b"{}", headers)
        assert (status, json.loads(content)["__type"]) == (400, "MissingAuthenticationTokenException")


@pytest.mark.parametrize(
    ("content_type", "body", "status", "told"),
    [
        ("application/x-amz-json-1.1", b"", 400, b'{"__type":"SerializationException"}'),
        ("application/x-www-form-urlencoded", b"{}", 404, b"<UnknownOperationException/>\n"),  # which urllib sends
        ("application/json", b"x", 400, b"com.amazon.coral.service#SerializationException"),
        ("application/json; charset=utf-8", b"{}", 404, b"com.amazon.coral.service#UnknownOperationException"),
    ],
)
def test_what_kinesis_does_not_read(content_type: str, body: bytes, status: int, told: bytes) -> None:
    """As over the endpoint. [seen on AWS, 2013 to 2020]"""
    url = f"https://{HOSTS['kinesis'][0]}/"
    headers = {"X-Amz-Target": "Kinesis_20131202.CreateStream", "Content-Type": content_type}
    request = AWSRequest("POST", url, data=body, headers=headers)
    SigV4Auth(Credentials("x", "y"), "kinesis", "us-east-1").add_auth(request)
    with minicloud.mock_aws() as cloud:
        found, content = by_urllib(url, body, dict(request.headers.items()))
        assert (found, told in content) == (status, True)
        assert cloud.client("kinesis").list_streams()["StreamNames"] == []


def test_a_body_that_is_packed() -> None:
    with minicloud.mock_aws() as cloud:
        url, body = f"https://{HOSTS['sqs'][0]}/", gzip.compress(b'{"QueueName": "q"}')
        headers = {
            "X-Amz-Target": "AmazonSQS.CreateQueue",
            "Content-Type": "application/x-amz-json-1.0",
            "Content-Encoding": "gzip",
        }
        request = AWSRequest("POST", url, data=body, headers=headers)
        SigV4Auth(Credentials("x", "y"), "sqs", "us-east-1").add_auth(request)
        assert by_urllib(url, body, dict(request.headers.items()))[0] == 200
        assert cloud.queue("q").name == "q"
        for damaged in (b"{}", body[:-9], body[:10] + b"x" + body[11:]):
            status, content = by_urllib(url, damaged, dict(request.headers.items()))
            assert (status, b"SerializationException" in content) == (400, True)


def test_what_is_not_answered() -> None:
    with minicloud.mock_aws() as cloud:
        cloud.client("sqs").create_queue(QueueName="q")
        for url in (
            "https://sqs.us-east-1.amazonaws.com/123456789012/q?Action=SendMessage&MessageBody=m",
            "https://queue.amazonaws.com/?Action=ListQueues",
            boto3.client("sqs", "us-east-1").generate_presigned_url("list_queues"),
            "https://a1.data-kinesis-queues.us-east-1.amazonaws.com/",
        ):
            with pytest.raises(minicloud.UsageError, match=r"X-Amz-Target .* in JSON only: .*passthrough"):
                by_urllib(url, b"", {})
        host = HOSTS["kinesis"][0]
        with pytest.raises(minicloud.UsageError, match=r"does not answer kinesis\.Invent"):
            call(by_urllib, host, "kinesis", "Invent")
        with pytest.raises(minicloud.UsageError, match=r"kinesis\.SubscribeToShard .* a stream of events"):
            call(by_urllib, host, "kinesis", "SubscribeToShard")
        with pytest.raises(minicloud.UsageError, match=r"in CBOR; and .* in JSON only"):
            call(by_urllib, host, "kinesis", "ListStreams", {"Content-Type": "application/x-amz-cbor-1.1"})
        assert cloud.queue("q").bodies == []


def test_a_service_that_is_let_through_goes_where_it_would_go(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def nowhere(*_: Any, **__: Any) -> Any:
        raise OSError("nowhere")

    monkeypatch.setattr(socket, "create_connection", nowhere)
    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    with minicloud.mock_aws(passthrough=("sqs",)), pytest.raises(urllib.error.URLError, match="nowhere"):
        by_urllib("https://sqs.us-east-1.amazonaws.com/", b"{}", {})
