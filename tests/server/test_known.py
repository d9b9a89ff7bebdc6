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


def _is_known(head: bytes, body: bytes = b"{}") -> bool:
    """Whether a head is of a known kind when it comes again."""
    parser = RequestParser(1_000, lambda _: None, KnownHeads())
    for _ in range(2):
        parser.feed(head + body)
        request = parser.next()
        assert request is not None
    return request.known is not None


@pytest.mark.parametrize(
    "line",
    [
        "Content-Encoding: identity",
        "Content-MD5: mZFLkyvTelC5g8XnyQrpOw==",
        "Expect: 100-continue",
        "Origin: http://localhost",
        "X-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793",
        "X-A: Signature=",
    ],
)
def test_what_is_unusual_is_read_each_time(line: str) -> None:
    assert _is_known(_head("a", 2, extra="X-A: 1\r\n"))
    assert not _is_known(_head("a", 2, extra=f"{line}\r\n"))


@pytest.mark.parametrize("name", ["amz-sdk-invocation-id", "X-Amz-Content-SHA256", "x-amz-date", "X-AMZ-DATE"])
def test_what_differs_with_each_request_makes_no_other_kind(name: str) -> None:
    """Each has its own value."""
    parser = RequestParser(1_000, lambda _: None, KnownHeads())
    head = _head("a", 2).replace(b"X-Amz-Date: 2026a\r\n", b"")
    for number in range(3):
        parser.feed(head.replace(b"Content-Length", f"{name}: {number}\r\nContent-Length".encode()) + b"{}")
        asked = parser.next()
        assert asked is not None
        assert asked.headers[name.lower()] == str(number)
        assert asked.known is not None
    kinds = parser._heads._kinds  # type: ignore[union-attr]
    assert len(kinds) == 1


def test_only_posts_that_say_how_long_they_are_are_known() -> None:
    head = _head("a", 2)
    assert _is_known(head)
    assert not _is_known(head.replace(b"POST", b"PUT", 1))
    assert not _is_known(head.replace(b"HTTP/1.1", b"HTTP/1.0\r\nConnection: keep-alive", 1))
    assert not _is_known(
        head.replace(b"Content-Length: 2\r\n", b"Transfer-Encoding: chunked\r\n"), b"2\r\n{}\r\n0\r\n\r\n"
    )
    assert not _is_known(head.replace(b"Content-Length: 2\r\n", b""), b"")
    assert not _is_known(head.replace(b", Signature=a", b""))
    assert not _is_known(head.replace(b"SignedHeaders=host, ", b""))
    assert not _is_known(head.replace(b"Credential=a", b"Credentials=a"))


def test_heads_of_any_length_are_read_and_shorter_ones_known() -> None:
    """As long as what their parser gives it: a head without the empty line behind it."""
    rest = 4_096 - (len(_head("a", 2, extra="X-A: \r\n")) - 4)
    assert _is_known(_head("a", 2, extra=f"X-A: {'x' * rest}\r\n"))
    assert not _is_known(_head("a", 2, extra=f"X-A: {'x' * (rest + 1)}\r\n"))


def test_so_many_kinds_are_known_and_then_none_of_them() -> None:
    """A connection brings fifty that are new in a row, before no more of its are kept."""
    heads = KnownHeads()

    def bring(numbers: range) -> int:
        parser = RequestParser(1_000, lambda _: None, heads)
        for number in numbers:
            parser.feed(_head("a", 2, extra=f"X-A: {number}\r\n") + b"{}")
            assert parser.next() is not None
        return len(heads._kinds)

    assert bring(range(51)) == 50
    assert bring(range(50, 51)) == 51
    for begin in range(51, 451, 50):
        bring(range(begin, begin + 50))
    assert bring(range(451, 500)) == 500
    assert bring(range(500, 501)) == 1
    assert bring(range(500, 501)) == 1


def test_what_is_of_a_kind_but_for_its_end_is_of_another() -> None:
    """A line behind the last that differs, or none where there was one."""
    for known_end, other_end in ((b"", b"X-A: 1\r\n"), (b"X-A: 1\r\n", b""), (b"X-A: 1\r\n", b"X-B: 1\r\n")):
        parser = RequestParser(1_000, lambda _: None, KnownHeads())
        head = _head("a", 2)[:-2]
        parser.feed(head + known_end + b"\r\n{}")
        asked = parser.next()
        assert asked is not None
        kind = asked.known
        assert kind.body_in(head + known_end + b"\r\n{}") == b"{}"
        for other in (head + other_end + b"\r\n{}", head + known_end + b"\r\n{}x", head + known_end + b"\r\n{"):
            assert kind.body_in(other) is None
        assert kind.body_in(head + known_end + b"\r\n{}") == b"{}"


def test_one_that_is_known_lets_fifty_new_ones_be_kept_again() -> None:
    heads = KnownHeads()
    parser = RequestParser(1_000, lambda _: None, heads)

    def bring(number: int) -> int:
        parser.feed(_head("a", 2, extra=f"X-A: {number}\r\n") + b"{}")
        assert parser.next() is not None
        return len(heads._kinds)

    for first in (0, 100, 200):
        before = len(heads._kinds)
        assert [bring(first + number) - before for number in range(52)] == [*range(1, 51), 50, 50]
        assert bring(first) == before + 50  # it is known
    assert len(heads._kinds) == 150


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
