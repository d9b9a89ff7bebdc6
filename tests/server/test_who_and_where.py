"""Whose call a request is, and in which region: as headers, queries and hosts say it, in the order that decides."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest

import minicloud
from minicloud.server.aio_calls import _region_of
from tests.server.support import Raw, request

KEY, OTHER = "AKIDEXAMPLE", "111122223333"
ARN = re.compile("<Arn>(.*)</Arn>")


def header(credential: str, **more: str) -> dict[str, str]:
    """A signature of today in the headers."""
    algorithm = "AWS4-HMAC-SHA256" if credential.count("/") == 4 else "AWS4-ECDSA-P256-SHA256"
    signature = f"{algorithm} Credential={credential}, SignedHeaders=host, Signature=0"
    return {"Authorization": signature, "X-Amz-Date": "20261125T000000Z", **more}


def presigned(credential: str, **more: str) -> str:
    """The same in the query."""
    given = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": credential,
        "X-Amz-Date": "20261125T000000Z",
        "X-Amz-SignedHeaders": "host",
        "X-Amz-Signature": "0",
        **more,
    }
    return "".join(f"&{name}={quote(value, safe='')}" for name, value in given.items())


def scope(region: str, key: str = KEY, service: str = "sqs") -> str:
    return f"{key}/20261125/{region}/{service}/aws4_request"


OF_4A = f"{KEY}/20261125/sqs/aws4_request"
AWS = "localhost"
# Headers, what is behind the query, host; region and account.
PLACES: dict[str, tuple[dict[str, str], str, str, str, str]] = {
    "unsigned": ({}, "", AWS, "us-east-1", "123456789012"),
    "signed": (header(scope("eu-west-1")), "", AWS, "eu-west-1", "123456789012"),
    "for an account": (header(scope("eu-west-1", OTHER)), "", AWS, "eu-west-1", OTHER),
    "presigned": ({}, presigned(scope("eu-west-1")), AWS, "eu-west-1", "123456789012"),
    "presigned for an account": ({}, presigned(scope("ap-south-2", OTHER)), AWS, "ap-south-2", OTHER),
    "in several regions": (
        header(OF_4A, **{"X-Amz-Region-Set": "eu-north-1 ,us-west-2"}),
        "",
        AWS,
        "eu-north-1",
        "123456789012",
    ),
    "in all regions": (header(OF_4A, **{"X-Amz-Region-Set": "*"}), "", AWS, "us-east-1", "123456789012"),
    "of the second kind": (
        {},
        f"&AWSAccessKeyId={OTHER}&SignatureVersion=2&SignatureMethod=HmacSHA256&Signature=0&Timestamp=0",
        AWS,
        "us-east-1",
        OTHER,
    ),
    "a host": ({}, "", "sqs.eu-central-1.amazonaws.com", "eu-central-1", "123456789012"),
    "a host with a port": ({}, "", "sqs.eu-central-1.amazonaws.com:4566", "eu-central-1", "123456789012"),
    "a signature beats a host": (
        header(scope("eu-west-1")),
        "",
        "sqs.eu-central-1.amazonaws.com",
        "eu-west-1",
        "123456789012",
    ),
    "a region that is none": (
        header(scope("nowhere")),
        "",
        "sqs.eu-central-1.amazonaws.com",
        "eu-central-1",
        "123456789012",
    ),
    "a scope that is none": (header(f"{OTHER}/x/y"), "", AWS, "us-east-1", OTHER),
    "another service's scope": (header(scope("eu-west-1", service="sns")), "", AWS, "", ""),
}


@pytest.mark.parametrize("name", PLACES)
def test_where(raw: Raw, cloud: minicloud.Cloud, name: str) -> None:
    headers, query, host, region, account = PLACES[name]
    path = f"/?Action=CreateQueue&QueueName=made&Version=2012-11-05{query}"
    answer = raw.send(request("GET", path, headers, host=host)).answer()
    if not region:  # a version says one thing, and a signature another
        assert (answer.status, b"<Code>NoSuchVersion</Code>" in answer.body) == (400, True)
        return
    assert answer.status == 200, answer.body
    assert cloud.queue("made").arn == f"arn:aws:sqs:{region}:{account}:made"


def test_signatures_that_only_s3_has_say_whose_request_it_is(raw: Raw, cloud: minicloud.Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="photos")
    for key, has in ((KEY, True), ("123456789012", True), (OTHER, False)):
        answer = raw.send(request("GET", "/", {"Authorization": f"AWS {key}:c2ln"})).answer()
        assert (answer.status, b"<ListAllMyBucketsResult" in answer.body) == (200, True)
        assert (b"<Name>photos</Name>" in answer.body) == has
    assert raw.send(request("GET", "/", {"Authorization": f"AWS {KEY}"})).answer().status == 403


def test_a_host_that_is_s3_s_says_so_with_a_port_too(raw: Raw) -> None:
    for host, status in (("s3:4566", 200), ("s3.localhost:4566", 200), ("minicloud:4566", 403)):
        answer = raw.send(request("GET", "/", host=host)).answer()
        assert (answer.status, b"<ListAllMyBucketsResult" in answer.body) == (status, status == 200), answer.body


def test_a_call_in_json_may_have_its_queue_in_the_path(raw: Raw, cloud: minicloud.Cloud) -> None:
    cloud.client("sqs").create_queue(QueueName="q")
    headers = {"X-Amz-Target": "AmazonSQS.SendMessage", "Content-Type": "application/x-amz-json-1.0"}
    for path, status in (("/123456789012/q", 200), ("/", 400)):
        sent = request("POST", path, headers, b'{"MessageBody": "m"}')
        assert raw.send(sent).answer().status == status
    assert cloud.queue("q").bodies == ["m"]


@pytest.mark.parametrize("length", [100, 101])
def test_names_of_what_is_not_served_are_cut(raw: Raw, length: int) -> None:
    name = "x" * length
    headers = {"X-Amz-Target": f"Nobody.{name}", "Content-Type": "application/x-amz-json-1.0"}
    answer = raw.send(request(headers={**headers, **header(scope("us-east-1", service=name))}, body=b"{}")).answer()
    assert answer.status == 501
    assert f"the service '{name[:100]}': {name[:100]}" in answer.json["message"]
    assert f"{'x' * 101}" not in answer.body.decode()
    assert answer.headers["x-amzn-errortype"] == answer.json["__type"] == "UnsupportedOperation"
    path = f"/?Action={name}&Version=2000-01-01"
    answer = raw.send(request("GET", path, header(scope("us-east-1", service=name)))).answer()
    assert (answer.status, answer.headers["content-type"]) == (501, "text/xml")
    assert b'<ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">' in answer.body
    assert f"the service '{name[:100]}': {name[:100]}: have something else answer it".encode() in answer.body.replace(
        b"&apos;", b"'"
    )


def test_a_signature_has_names_of_its_own_for_services(raw: Raw) -> None:
    for name, status in (("monitoring", 200), ("cloudwatch", 200), ("sns", 400)):
        path = "/?Action=DescribeAlarms"
        answer = raw.send(request("GET", path, header(scope("us-east-1", service=name)))).answer()
        assert answer.status == status, name


def test_a_version_alone_says_what_is_lacking_but_of_sqs(raw: Raw) -> None:
    for version, status, text in (
        ("2010-03-31", 400, b"<Code>MissingAction</Code>"),
        ("2011-06-15", 400, b"<Code>MissingAction</Code>"),
        ("2012-11-05", 403, b"AccessDenied"),
    ):
        answer = raw.send(request("GET", f"/?Version={version}")).answer()
        assert (answer.status, text in answer.body) == (status, True), answer.body


@pytest.fixture
def session(cloud: minicloud.Cloud) -> Any:
    """What somebody who has assumed a role signs with."""
    role = f"arn:aws:iam::{OTHER}:role/worker"
    return cloud.client("sts").assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]


@pytest.mark.parametrize("way", ["in a header", "in the query", "of the second kind", "without it"])
def test_who(raw: Raw, session: Any, way: str) -> None:
    key, token = session["AccessKeyId"], session["SessionToken"]
    credential = scope("us-east-1", key, "sts")
    headers, query = {}, ""
    if way == "in a header":
        headers = header(credential, **{"X-Amz-Security-Token": token})
    elif way == "in the query":
        query = presigned(credential, **{"X-Amz-Security-Token": token})
    elif way == "of the second kind":
        query = f"&AWSAccessKeyId={key}&SignatureVersion=2&Signature=0&SecurityToken={quote(token, safe='')}"
    else:
        headers = header(credential)
    path = f"/?Action=GetCallerIdentity&Version=2011-06-15{query}"
    answer = raw.send(request("GET", path, headers)).answer()
    found = ARN.findall(answer.body.decode())
    # Keys are not checked: one without its token still says whose account it is of.
    user = f"arn:aws:iam::{OTHER}:user/minicloud"
    assert found == [user if way == "without it" else f"arn:aws:sts::{OTHER}:assumed-role/worker/me"]


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("http://localhost:4566/us-west-2/123456789012/q", "us-west-2"),
        ("/us-west-2/123456789012/q", "us-west-2"),
        ("us-west-2/123456789012/q", "eu-west-1"),
        ("http://us-west-2/123456789012/q", "us-west-2"),
        ("http://localhost/queue/123456789012/q", "eu-west-1"),
        ("q", "eu-west-1"),
        (5, "eu-west-1"),
        (None, "eu-west-1"),
    ],
)
def test_the_path_of_a_queue_may_say_its_region(url: Any, region: str) -> None:
    """As other emulators have it. Of other services it does not."""
    route: Any = SimpleNamespace(service_name="sqs", region_name="eu-west-1")
    assert _region_of(route, {"QueueUrl": url}) == region
    assert _region_of(route, {}) == "eu-west-1"
    route.service_name = "sns"
    assert _region_of(route, {"QueueUrl": url}) == "eu-west-1"
