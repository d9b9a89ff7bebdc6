"""Bodies that real clients answer with: they are read as those of AWS are, but for their sockets, which they lack."""

from __future__ import annotations

import io
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody

import minicloud
from tests.boto.support import take_full_pipeline

pytestmark = pytest.mark.needs("boto3")


@pytest.mark.parametrize("way", ["plain", "with-handler"])
@pytest.mark.parametrize("checksum", [{}, {"ChecksumAlgorithm": "SHA256"}])
def test_the_timeout_of_a_body_s_socket(way: str, checksum: Any) -> None:
    """May be set at any time, as S3's users do against reads that hang. [botocore: StreamingBody.set_socket_timeout]"""
    with minicloud.mock_aws(clock="virtual", region_name="us-east-1"):
        s3 = boto3.client("s3")
        if way == "with-handler":
            take_full_pipeline(s3)
        s3.create_bucket(Bucket="files")
        s3.put_object(Bucket="files", Key="k", Body=b"abcdef", **checksum)
        body = s3.get_object(Bucket="files", Key="k", ChecksumMode="ENABLED")["Body"]
        assert isinstance(body, StreamingBody)
        body.set_socket_timeout(5)
        assert body.read(3) == b"abc"
        body.set_socket_timeout(timeout=None)
        assert body.read() == b"def"


def test_the_timeout_of_a_resource_s_and_of_a_function_s() -> None:
    with minicloud.mock_aws(clock="virtual", region_name="us-east-1") as cloud:
        made = boto3.resource("s3").create_bucket(Bucket="files").put_object(Key="k", Body=b"abc").get()["Body"]
        cloud.function("echo", lambda event, _: event)
        payload = boto3.client("lambda").invoke(FunctionName="echo", Payload="[1]")["Payload"]
        for body, content in ((made, b"abc"), (payload, b"[1]")):
            body.set_socket_timeout(0.5)
            assert body.read() == content


@pytest.mark.parametrize("way", ["plain", "with-handler"])
def test_a_body_is_a_file(way: str) -> None:
    """Whatever reads files takes it, also where a tracing library has handlers."""
    with minicloud.mock_aws(clock="virtual", region_name="us-east-1"):
        s3 = boto3.client("s3")
        if way == "with-handler":
            take_full_pipeline(s3)
        s3.create_bucket(Bucket="files")
        s3.put_object(Bucket="files", Key="k", Body=b"one\ntwo\nthree")

        def body() -> Any:
            return s3.get_object(Bucket="files", Key="k")["Body"]

        assert body().readable()
        assert list(io.TextIOWrapper(body())) == ["one\n", "two\n", "three"]
        assert body().readlines() == [b"one\n", b"two\n", b"three"]
        part, room = body(), bytearray(4)
        if "readinto" in vars(StreamingBody):  # releases of before 2025 have none
            assert (part.readinto(room), bytes(room), part.tell()) == (4, b"one\n", 4)
            assert part.read() == b"two\nthree"
        with body() as raw:
            assert raw.readline() == b"one\n"
        assert raw.closed
