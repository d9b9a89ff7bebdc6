"""Heads that come again are not read again: what is answered is the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

import minicloud
from minicloud.exceptions import AwsError, UsageError
from minicloud.server.http_known import KnownHeads
from minicloud.server.http_request import HttpError, RequestParser
from minicloud.wire import json_protocol
from minicloud.wire.json_compiled import reader_of, writer_of
from minicloud.wire.model import declared_operation
from tests.server.support import Raw


def _head(signature: str, length: int, scope: str = "us-east-1", extra: str = "") -> bytes:
    return (
        "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AmazonSQS.ListQueues\r\n"
        f"Content-Type: application/x-amz-json-1.0\r\nX-Amz-Date: 2026{signature}\r\nAuthorization: AWS4-HMAC-SHA256 "
        f"Credential=a/20260101/{scope}/sqs/aws4_request, SignedHeaders=host, Signature={signature}\r\n{extra}"
        f"Content-Length: {length}\r\n\r\n"
    ).encode("latin-1")


def test_a_known_head_is_the_one_that_would_have_been_read() -> None:
    heads = KnownHeads()
    knowing = RequestParser(1_000, lambda _: None, heads)
    reading = RequestParser(1_000, lambda _: None)
    data = [
        _head("a", 2) + b"{}",
        _head("b\xe9 ", 3) + b"{ }",
        _head("c", 0),
        _head("d", 2, "eu-west-1") + b"{}",
        _head("e", 2, extra="X-A: 1\r\n") + b"{}",
        # A name that stands there twice, also one of those that differ: each has its own value the next time.
        _head("f", 2, extra="X-A: 1\r\nX-A: 2\r\n") + b"{}",
        _head("g", 2, extra="X-Amz-Date: 1\r\n") + b"{}",
        _head("h", 2, extra="X-Amz-Date: 2\r\n") + b"{}",
        _head("i", 2, extra="Connection: close\r\n") + b"{}",
        _head("j", 2, extra="Connection: keep-alive\r\n") + b"{}",
        _head("k, x=Signature=l", 2) + b"{}",
    ]
    for one in data * 2:
        knowing.feed(one)
        reading.feed(one)
        known, read = knowing.next(), reading.next()
        assert known is not None
        assert read is not None
        for name in ("method", "target", "path", "query", "host", "headers", "keep_alive", "body"):
            assert getattr(known, name) == getattr(read, name)
    knowing.feed(_head("f", 2) + b"{}")
    assert knowing.next().known is not None  # type: ignore[union-attr]
    for wrong in (_head("g\rh", 2), _head("g\0", 2), _head("g", 2_000), _head("g", 2).replace(b": 2\r", b": x\r")):
        again = RequestParser(1_000, lambda _: None, heads)
        for one in data[:1]:
            again.feed(one)
            again.next()
        again.feed(wrong)
        with pytest.raises(HttpError):
            again.next()


def test_requests_behind_each_other_and_behind_one_that_cannot_be_unpacked(cloud: minicloud.Cloud) -> None:
    cloud.client("sqs").create_queue(QueueName="q")
    with cloud.serve() as server:
        raw = Raw(server.url)
        raw.send(b"".join(_head(str(number), 2) + b"{}" for number in range(80)))
        for _ in range(80):
            assert json.loads(raw.answer().body)["QueueUrls"]
        raw.send(_head("x", 2, extra="Content-Encoding: gzip\r\n") + b"{}" + _head("y", 2) + b"{}")
        assert raw.answer().status == 400
        assert raw.answer().status == 200
        raw.close()


@pytest.mark.parametrize(
    "body",
    [
        '{"QueueUrl":"q","MessageBody":"\\u00e9","DelaySeconds":3,"MessageAttributes":{"a":{"DataType":"Binary",'
        '"BinaryValue":"YQ=="},"b":null}}',
        '{"QueueUrl":1}',
        '{"QueueUrl":"q","DelaySeconds":"3"}',
        '{"DelaySeconds":true}',
        '{"DelaySeconds":NaN}',
        '{"Wrong":1}',
        '{"Wrong":null,"QueueUrl":null}',
        "[]",
        "",
        "{",
        '{"MessageAttributes":[]}',
        '{"MessageAttributes":{"a":{"BinaryValue":"Y"},"Wrong":1}}',
    ],
)
def test_compiled_readers_read_what_the_protocol_does(body: str) -> None:
    model = declared_operation("sqs", "SendMessage", "json")

    def outcome(read: Any) -> Any:
        try:
            return read()
        except (AwsError, UsageError) as error:
            return type(error), str(error)

    data = body.encode()
    assert outcome(lambda: reader_of(model)(data)) == outcome(lambda: json_protocol.read_request(data, "", {}, model))


def test_compiled_writers_write_what_the_protocol_does() -> None:
    model = declared_operation("sqs", "ReceiveMessage", "json")
    message = {
        "MessageId": 'a"\u00e9\n',
        "Attributes": {"SenderId": "x"},
        "MessageAttributes": {"b": {"DataType": "Binary", "BinaryValue": b"a"}},
        "Other": 1,
    }
    for result in ({}, {"Messages": []}, {"Messages": [message, message], "Other": 2}):
        assert writer_of(model)(result).encode() == json_protocol.write_answer(result, model, "")[2]
