"""HTTP itself: what is read, what is refused, and what stays unhurt."""

from __future__ import annotations

import errno
import gc
import gzip
import os
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minicloud
from minicloud.core.waiter import Waiter
from minicloud.server import http_request
from minicloud.server.http_request import HttpError, HttpRequest, RequestParser
from tests.kinesis.support import dead_letters
from tests.kinesis.support import make_queue as make_queue_on_stream
from tests.server.support import Raw, call, form, request, until


@pytest.fixture
def server(cloud: minicloud.Cloud) -> Iterator[Any]:
    with cloud.serve() as made:
        yield made


@pytest.fixture
def raw(server: Any) -> Iterator[Raw]:
    made = Raw(server.url)
    yield made
    made.close()


def parsed(*pieces: bytes, most: int = 1000) -> list[HttpRequest]:
    parser = RequestParser(most, lambda _: None)
    found = []
    for piece in pieces:
        parser.feed(piece)
        while (one := parser.next()) is not None:
            found.append(one)
    return found


# --- the parser -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_requests_are_the_same_in_pieces_of_any_size(size: int) -> None:
    data = (
        b"\r\nPOST /a%20b?c=d HTTP/1.1\r\nhost: h\r\nX-A: 1\r\nx-a:2\r\ncontent-length: 3\r\n\r\nabc"
        b"POST http://other/x HTTP/1.1\r\nHost: https://h:1/\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3;ext=1\r\nabc\r\n02\r\nde\r\n0\r\nTrailer: x\r\n\r\n"
        b"GET / HTTP/1.0\r\n\r\n"
    )
    first, second, third = parsed(*(data[place : place + size] for place in range(0, len(data), size)))
    assert (first.path, first.query, first.headers["x-a"], first.body) == ("/a b", "c=d", "1,2", b"abc")
    assert (second.path, second.host, second.body, second.keep_alive) == ("/x", "h:1", b"abcde", True)
    assert (third.body, third.keep_alive) == (b"", False)


@pytest.mark.parametrize(
    ("head", "status", "text"),
    [
        (b"GET /\r\n\r\n", 400, "a request begins with a method, a target and HTTP/1.1"),
        (b"GET / HTTP/2.0\r\n\r\n", 505, "minicloud speaks HTTP/1.1"),
        (b"BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 405, "minicloud does not know this method"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "a request of HTTP/1.1 has a header Host"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "a request has one header host"),
        (b"GET / HTTP/1.1\r\nHost: h\r\n folded: 1\r\n\r\n", 400, "a header is a name, a colon and a value"),
        (b"GET / HTTP/1.1\nHost: h\n\n", 400, "lines of a request's head end in CR LF"),
        (b"GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", 400, "lines of a request's head end in CR LF"),
        (b"GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400, "a header is a name, a colon and a value"),
        (b"GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400, "the target of a request is a path"),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\nabc", 400, "a Content-Length is a decimal number"),
        (
            b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            400,
            "a request has one header content-length",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            400,
            "a body has a Content-Length, or Transfer-Encoding: chunked",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            400,
            "a body has a Content-Length, or Transfer-Encoding: chunked",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            400,
            "a chunk begins with its size in hexadecimal digits",
        ),
        (b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc", 400, "a chunk ends in CR LF"),
        (
            b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n",
            413,
            '{"__type":"RequestEntityTooLarge","message":"a body has at most 1000 bytes: see --max-body"}',
        ),
        (
            b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n",
            413,
            '{"__type":"RequestEntityTooLarge","message":"a body has at most 1000 bytes: see --max-body"}',
        ),
        (
            b"POST / HTTP/1.1\r\nHost: h\r\nExpect: a pony\r\nContent-Length: 1\r\n\r\n",
            417,
            "minicloud knows no expectation but 100-continue, and not 'a pony'",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: h\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx",
            415,
            "minicloud unpacks gzip and deflate",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
            400,
            "the body is cut off: its gzip has no end",
        ),
        (
            b"GET / HTTP/1.1\r\n" + b"".join(b"a%d: b\r\n" % n for n in range(300)) + b"\r\n",
            431,
            "a request has at most 200 headers",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"a" * 65_535,
            400,
            "the line before a chunk is too long",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"a" * 65_537,
            431,
            "the trailers are too long",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"a" * 66_537 + b"\r\n\r\n",
            431,
            "the trailers are too long",
        ),
        (b"GET / HTTP/1.1\r\nHost: " + b"a" * 70_000, 431, "a request's head has at most 65536 bytes"),
    ],
)
def test_what_is_no_request_or_two_is_refused(head: bytes, status: int, text: str) -> None:
    with pytest.raises(HttpError) as caught:
        parsed(head)
    assert (caught.value.status, caught.value.body.decode()) == (status, text)
    known = caught.value.headers, caught.value.content_type
    of_text = "application/json" if status == 413 else "text/plain; charset=utf-8"
    assert known == ({"allow": "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH"} if status == 405 else {}, of_text)
    assert caught.value.closes == ("Content-Encoding" not in head.decode("latin-1"))


@pytest.mark.parametrize(
    "pieces",
    [
        (b"\nGET / HTTP/1.1",),
        (b"GET / HTTP/1.1\r", b"X"),
        (b"GET / HTTP/1.1\r\n\r", b"X"),
        (b"GET / HTTP/1.1\r", b"\r\n"),
        (b"GET / HTTP/1.1", b"\n"),
        (b"GET / HTTP/1.1", b"\nHost: h"),
        (b"GET / HTTP/1.1", b"\r\nHost: h\n"),
        (b"GET / HTTP/1.1\r\n", b"\n"),
        (b"GET / HTTP/1.1", b"\0"),
        (b"GET / HTTP/1.1\r\nHost: h\r", b"\n\r", b"X"),
    ],
)
def test_a_line_that_ends_otherwise_is_refused_as_soon_as_that_has_come(pieces: tuple[bytes, ...]) -> None:
    parser = RequestParser(1000, lambda _: None)
    for piece in pieces[:-1]:
        parser.feed(piece)
        assert parser.next() is None
    parser.feed(pieces[-1])
    with pytest.raises(HttpError) as caught:
        parser.next()
    assert (caught.value.status, caught.value.body) == (400, b"lines of a request's head end in CR LF")


def test_of_headers_that_come_again_no_more_are_kept_than_so_many() -> None:
    for number in range(2_500):
        for name in ("X-Some", "X-Amz-Date"):
            [one] = parsed(f"GET / HTTP/1.1\r\nHost: h\r\n{name}: {number}\r\n\r\n".encode())
            assert one.headers[name.lower()] == str(number)
        spelt = "".join(
            letter.upper() if number >> place & 1 else letter for place, letter in enumerate("authorization")
        )
        [one] = parsed(f"GET / HTTP/1.1\r\nHost: h\r\n{spelt}: {number}\r\n\r\n".encode())
        assert one.headers["authorization"] == str(number)
    assert 0 < len(http_request._KNOWN) <= 1_000
    assert 0 < len(http_request._NAMES_THAT_DIFFER) <= 1_000


@pytest.mark.parametrize("name", [b"X-Some", b"X-Amz-Date", b"Authorization", b"Content-Type"])
def test_the_value_of_a_header_has_no_blanks_around_it(name: bytes) -> None:
    """Blanks and tabs, and nothing else; those inside are its own. [RFC 9110, 5.5]"""
    for value in (b"~a~", b"~a \t b~", b"-a-", b"\xa0a\xa0", b""):
        for before, behind in ((b" ", b""), (b"", b""), (b"\t", b" \t"), (b" \t ", b"\t")):
            [one] = parsed(b"GET / HTTP/1.1\r\nHost: h\r\n" + name + b":" + before + value + behind + b"\r\n\r\n")
            assert one.headers[name.decode().lower()] == value.decode("latin-1")


POST = b"POST / HTTP/1.1\r\nHost: h\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


def test_what_is_behind_the_last_chunk_is_the_next_request() -> None:
    """However much it is."""
    next_one = POST + b"Content-Length: 70000\r\n\r\n" + bytes(70_000)
    first, second = parsed(CHUNKED + b"1\r\na\r\n0\r\n\r\n" + next_one, most=100_000)
    assert (first.body, len(second.body)) == (b"a", 70_000)
    first, second = parsed(CHUNKED + b"1\r\na\r\n0\r\nTrailer: x\r\n", b"\r\n" + next_one, most=100_000)
    assert (first.body, len(second.body)) == (b"a", 70_000)


def test_what_is_just_small_enough_and_just_too_large() -> None:
    """A head has 64 KiB and 200 headers, a body what it may have: to the byte."""

    def status(data: bytes, *more: bytes) -> int:
        try:
            return 200 if parsed(data, *more) else 0
        except HttpError as error:
            return error.status

    headers = b"".join(b"a%d: b\r\n" % number for number in range(199))
    line = b"GET / HTTP/1.1\r\nHost: "
    filled = line + b"a" * (65_536 - len(line))
    found = [
        status(b"GET / HTTP/1.1\r\nHost: h\r\n" + headers + b"\r\n"),
        status(b"GET / HTTP/1.1\r\nHost: h\r\nb: c\r\n" + headers + b"\r\n"),
        status(filled + b"\r\n\r\n"),
        status(filled + b"a\r\n\r\n"),
        status(filled, b"\r\n\r\n"),
        status(filled + b"a"),
        status(POST + b"Content-Length: 1000\r\n\r\n" + bytes(1000)),
        status(CHUNKED + b"3E8\r\n" + bytes(1000) + b"\r\n0\r\n\r\n"),
        status(CHUNKED + b"1F4\r\n" + bytes(500) + b"\r\n1F5\r\n"),
        status(CHUNKED + b"1;" + b"a" * 65_534 + b"\r\nx\r\n0\r\n\r\n"),
        status(CHUNKED + b"1;" + b"a" * 65_535 + b"\r\n"),
        status(CHUNKED + b"1;" + b"a" * 65_535),
        status(CHUNKED + b"0\r\n" + b"a" * 66_536 + b"\r\n\r\n"),
        status(CHUNKED + b"0\r\n" + b"a" * 66_537 + b"\r\n\r\n"),
        status(CHUNKED + b"0\r\n" + b"a" * 65_536),
        status(CHUNKED + b"0\r\n" + b"a" * 65_537),
    ]
    assert found == [200, 431, 200, 431, 200, 431, 200, 200, 413, 200, 400, 400, 200, 431, 0, 431]


@pytest.mark.parametrize(
    ("connection", "version", "is_kept"),
    [
        (None, "1.1", True),
        (None, "1.0", False),
        ("close", "1.1", False),
        ("Upgrade, CLOSE", "1.1", False),
        ("keep-alive", "1.1", True),
        ("Keep-Alive", "1.0", True),
        ("close", "1.0", False),
        ("closed", "1.1", True),
    ],
)
def test_whether_a_connection_is_kept(connection: str | None, version: str, is_kept: bool) -> None:
    line = b"" if connection is None else b"Connection: " + connection.encode() + b"\r\n"
    [one] = parsed(b"GET / HTTP/" + version.encode() + b"\r\nHost: h\r\n" + line + b"\r\n")
    assert one.keep_alive is is_kept


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/", "/", ""),
        ("/a%2Fb%20c?d=%20&e", "/a/b c", "d=%20&e"),
        ("http://h", "/", ""),
        ("HTTPS://h:1/a?b", "/a", "b"),
        ("http://h/a//b", "/a//b", ""),
    ],
)
def test_targets(target: str, path: str, query: str) -> None:
    [one] = parsed(b"GET " + target.encode() + b" HTTP/1.1\r\nHost: h\r\n\r\n")
    assert (one.path, one.query) == (path, query)


def test_bodies_that_are_packed() -> None:
    def body(coding: bytes, data: bytes) -> bytes:
        [one] = parsed(POST + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (coding, len(data)) + data)
        return one.body

    assert body(b"gzip", gzip.compress(b"abc")) == b"abc"
    assert body(b"GZIP ", gzip.compress(b"abc")) == b"abc"
    assert body(b"deflate", zlib.compress(b"abc")) == b"abc"
    assert body(b"identity", b"abc") == b"abc"
    assert body(b"aws-chunked", b"abc") == b"abc"
    assert body(b"gzip", b"") == b""
    assert body(b"gzip", gzip.compress(bytes(1000))) == bytes(1000)
    for data, status, text in (
        (gzip.compress(bytes(1001)), 413, "a body has at most 1000 bytes"),
        (gzip.compress(b"abc")[:-1], 400, "the body is cut off: its gzip has no end"),
        (b"nothing of the kind", 400, "the body is no gzip"),
    ):
        with pytest.raises(HttpError, match=text) as caught:
            body(b"gzip", data)
        assert caught.value.status == status


def test_a_bomb_is_stopped_while_it_is_unpacked() -> None:
    body = gzip.compress(b"x" * 1_000_000)
    head = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    [small] = parsed(head % len(gzip.compress(b"abc")) + gzip.compress(b"abc"))
    assert small.body == b"abc"
    with pytest.raises(HttpError) as caught:
        parsed(head % len(body) + body, most=10_000)
    assert caught.value.status == 413


_PARTS = st.sampled_from(
    [b"GET ", b"POST ", b"/", b" HTTP/1.1", b"\r\n", b"\r\n\r\n", b"\r", b"\n", b"Host: h", b"Content-Length: ", b"3",
     b"Transfer-Encoding: chunked", b"0", b"ffff", b"abc", b"\0", b"\xff", b": ", b";", b"Expect: 100-continue"]
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(_PARTS | st.binary(max_size=5), max_size=40))
def test_bytes_of_any_kind_are_requests_or_refused(pieces: list[bytes]) -> None:
    def outcome(data: list[bytes]) -> list[Any]:
        parser = RequestParser(1000, lambda _: None)
        found: list[Any] = []
        try:
            for piece in data:
                parser.feed(piece)
                while (one := parser.next()) is not None:
                    found.append((one.method, one.target, one.headers, one.body))
        except HttpError as error:
            found.append(error.status)
        return found

    together = b"".join(pieces)
    assert outcome([together]) == outcome(pieces) == outcome([bytes([one]) for one in together])


# --- a connection -----------------------------------------------------------------------------------------------------


def test_requests_on_one_connection_are_answered_in_their_order(raw: Raw) -> None:
    raw.send(call("AmazonSQS.CreateQueue", {"QueueName": "a"}) + call("AmazonSQS.ListQueues", {}))
    assert raw.answer().json["QueueUrl"].endswith("/a")
    listed = raw.answer()
    assert listed.json["QueueUrls"] == ["http://localhost/123456789012/a"]
    assert listed.headers["date"].endswith("GMT")
    assert listed.headers["x-amzn-requestid"]
    raw.send(request("HEAD", headers={"Connection": "close"}))
    assert raw.answer(has_body=False).status == 403
    assert raw.rest() == b""


def test_what_comes_together_with_a_poll_is_answered_behind_it(raw: Raw, cloud: minicloud.Cloud) -> None:
    url = cloud.client("sqs").create_queue(QueueName="a")["QueueUrl"]
    raw.send(poll(url) + call("AmazonSQS.ListQueues", {}))
    until(lambda: cloud.world.waiters)
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="m")
    assert list(raw.answer().json) == ["Messages"]
    assert list(raw.answer().json) == ["QueueUrls"]


def test_a_body_is_awaited_in_so_many_words(raw: Raw, server: Any) -> None:
    body = b'{"QueueName": "a"}'
    headers = {"X-Amz-Target": "AmazonSQS.CreateQueue", "Content-Type": "application/x-amz-json-1.0"}
    whole = request(headers={**headers, "Expect": "100-continue"}, body=body)
    raw.send(whole[: -len(body)])
    assert raw.answer().status == 100
    raw.send(body[:5])
    until(lambda: [one for one in server._listener._connections if one._parser.buffered == 5])
    assert raw.send(body[5:]).answer().status == 200  # it has been told once
    refused = Raw(server.url)
    refused.send(request(headers={"Expect": "100-continue"}, body=body, host="evil.example")[: -len(body)])
    assert refused.answer().status == 403
    assert refused.rest() == b""


def test_a_body_that_is_cut_off_changes_nothing(raw: Raw, cloud: minicloud.Cloud) -> None:
    raw.send(call("AmazonSQS.CreateQueue", {"QueueName": "a"})[:-1])
    raw.socket.shutdown(socket.SHUT_WR)
    assert raw.rest() == b""
    assert cloud.queues() == []


def test_a_half_closed_connection_gets_its_answer(raw: Raw) -> None:
    raw.send(call("AmazonSQS.ListQueues", {}))
    raw.socket.shutdown(socket.SHUT_WR)
    assert raw.answer().status == 200
    assert raw.rest() == b""


def test_a_half_closed_connection_is_closed_when_its_call_has_ended(cloud: minicloud.Cloud, raw: Raw) -> None:
    go_on = threading.Event()
    begun = threading.Event()
    cloud.function("slow", lambda *_: begun.set() or go_on.wait(20))
    raw.send(request("POST", "/2015-03-31/functions/slow/invocations", {}, b"7"))
    begun.wait(20)
    raw.socket.shutdown(socket.SHUT_WR)
    time.sleep(0)
    go_on.set()
    assert raw.answer().json is True
    assert raw.rest() == b""


def test_a_body_has_sixteen_megabytes_at_most(raw: Raw) -> None:
    refused = raw.send(POST + b"Content-Length: 16777217\r\n\r\n").answer()
    assert (refused.status, refused.json["message"]) == (413, "a body has at most 16777216 bytes: see --max-body")


def has_answer(raw: Raw) -> bool:
    try:
        return bool(raw.socket.recv(1))
    except TimeoutError:
        return False


def test_slow_clients_are_sent_away(cloud: minicloud.Cloud, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(server._listener.patience, "head", 0.05)
    monkeypatch.setitem(server._listener.patience, "body", 0.05)
    for beginning in (b"GET / HT", call("AmazonSQS.ListQueues", {})[:-1]):
        slow = Raw(server.url).send(beginning)
        assert slow.answer().status == 408
        assert slow.rest() == b""
    assert Raw(server.url).rest() == b""  # who has said nothing is told nothing
    # Bytes that come one by one buy no more time.
    monkeypatch.setitem(server._listener.patience, "head", 0.2)
    dripping, began = Raw(server.url, 0.02), time.perf_counter()
    with suppress(ConnectionError):
        while not has_answer(dripping):
            dripping.send(b"G")
    assert time.perf_counter() - began < 5
    monkeypatch.setitem(server._listener.patience, "", 0.05)
    for calls in (1, 5):  # those that are known are answered on a shorter way
        idle = Raw(server.url)
        for _ in range(calls):
            assert idle.send(call("AmazonSQS.ListQueues", {})).answer().status == 200
        assert idle.rest() == b""


def test_who_does_not_read_an_answer_is_sent_away(
    cloud: minicloud.Cloud, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has its time to read; who reads gets all of it, however long that takes."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="bucket")
    size = 12 << 20  # more than the system keeps for who does not read
    s3.put_object(Bucket="bucket", Key="k", Body=bytes(size))
    asked = request("GET", "/bucket/k", {"Connection": "close"}, host="s3.localhost")
    assert Raw(server.url).send(asked).rest().count(0) == size
    monkeypatch.setitem(server._listener.patience, "answer", 0.05)
    slow = Raw(server.url).send(asked)
    until(lambda: server._listener._connections)
    until(lambda: not server._listener._connections)
    assert slow.rest().count(0) < size


def test_nothing_is_kept_of_a_poll_that_is_over(cloud: minicloud.Cloud, server: Any, raw: Raw) -> None:
    url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    raw.send(poll(url))
    until(lambda: cloud.world.waiters)
    cloud.clock.advance(20)
    assert raw.answer().json == {}
    pending = cloud.world.waiters

    def is_gone() -> bool:
        gc.collect()
        return not [one for one in gc.get_objects() if isinstance(one, Waiter) and one._pending is pending]

    until(is_gone)


def test_more_clients_than_there_may_be_are_sent_away(cloud: minicloud.Cloud) -> None:
    with cloud.serve(most_connections=1) as server:
        one = Raw(server.url).send(call("AmazonSQS.ListQueues", {}))
        assert one.answer().status == 200
        other = Raw(server.url)
        refused = other.answer()
        assert (refused.status, refused.body) == (503, b"too many connections: see --max-connections\n")
        assert other.rest() == b""
        assert one.send(call("AmazonSQS.ListQueues", {})).answer().status == 200


def test_an_answer_of_part_of_an_object_or_of_nothing_has_its_words(cloud: minicloud.Cloud, raw: Raw) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="k", Body=b"abc")
    for sent, line in [
        (request("GET", "/bucket/k", {"Range": "bytes=0-1"}, host="s3.localhost"), b"HTTP/1.1 206 Partial Content"),
        (request("DELETE", "/bucket/k", host="s3.localhost"), b"HTTP/1.1 204 No Content"),
    ]:
        assert raw.send(sent).until(b"\r\n\r\n").split(b"\r\n")[0] == line


def test_a_status_has_its_words(cloud: minicloud.Cloud, raw: Raw) -> None:
    """Those of HTTP, where it has any; a fault of a test may have another number."""
    words = {
        400: "Bad Request",
        403: "Forbidden",
        404: "Not Found",
        405: "Method Not Allowed",
        408: "Request Timeout",
        409: "Conflict",
        412: "Precondition Failed",
        413: "Content Too Large",
        415: "Unsupported Media Type",
        416: "Range Not Satisfiable",
        417: "Expectation Failed",
        429: "Too Many Requests",
        431: "Request Header Fields Too Large",
        500: "Internal Server Error",
        501: "Not Implemented",
        503: "Service Unavailable",
        505: "HTTP Version Not Supported",
        599: "Status",
    }
    found = {}
    for status in words:
        cloud.faults.refuse(("Broken", "It is broken.", status), operation="ListQueues", first=1)
        line = raw.send(call("AmazonSQS.ListQueues", {})).until(b'is broken."}').split(b"\r\n")[0].decode()
        version, number, said = line.split(" ", 2)
        assert version == "HTTP/1.1"
        found[int(number)] = said
    assert found == words


@pytest.mark.parametrize(
    ("headers", "begin"),
    [
        ({}, "http://localhost/"),
        ({"X-Forwarded-Proto": "https"}, "https://localhost/"),
        ({"X-Forwarded-Proto": "HTTPS"}, "https://localhost/"),
        ({"X-Forwarded-Proto": "http"}, "http://localhost/"),
    ],
)
def test_urls_lead_to_where_a_request_came_in(raw: Raw, headers: dict[str, str], begin: str) -> None:
    named = {"X-Amz-Target": "AmazonSQS.CreateQueue", "Content-Type": "application/x-amz-json-1.0", **headers}
    answer = raw.send(request(headers=named, body=b'{"QueueName": "q"}')).answer()
    assert answer.json == {"QueueUrl": f"{begin}123456789012/q"}
    text = "Action=GetQueueUrl&QueueName=q&Version=2012-11-05"
    answer = raw.send(form(text, **{name.replace("-", "_"): value for name, value in headers.items()})).answer()
    assert f"<QueueUrl>{begin}123456789012/q</QueueUrl>".encode() in answer.body


@pytest.mark.parametrize(
    ("host", "headers", "status"),
    [
        ("localhost:1", {}, 200),
        ("127.0.0.1", {}, 200),
        ("[::1]:4566", {}, 200),
        ("minicloud:4566", {}, 200),
        ("sqs.eu-west-1.amazonaws.com", {}, 200),
        ("a.localhost", {"Origin": "http://localhost:3000"}, 200),
        ("https://localhost", {"Origin": "http://127.0.0.1"}, 200),
        ("evil.example", {}, 403),
        ("127.0.0.1.evil.example", {}, 403),
        ("localhost@evil.example", {}, 403),
        ("localhost", {"Origin": "https://evil.example"}, 403),
        ("localhost", {"Origin": "null"}, 403),
        ("localhost", {"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_pages_of_other_sites_are_not_served(
    raw: Raw, cloud: minicloud.Cloud, host: str, headers: dict[str, str], status: int
) -> None:
    body = b"Action=CreateQueue&Version=2012-11-05&QueueName=a"
    headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    answer = raw.send(request(headers=headers, body=body, host=host)).answer()
    assert answer.status == status
    assert len(cloud.queues()) == (status == 200)
    assert answer.headers.get("access-control-allow-origin") == (headers.get("Origin") if status == 200 else None)


def test_a_browser_may_ask_first(raw: Raw) -> None:
    asked = {"Origin": "http://localhost:3000", "Access-Control-Request-Headers": "x-amz-target"}
    answer = raw.send(request("OPTIONS", headers=asked)).answer()
    assert (answer.status, answer.headers["access-control-allow-headers"]) == (200, "x-amz-target")
    assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert answer.headers["date"] == "Thu, 01 Jan 2026 00:00:00 GMT"
    assert raw.send(request("OPTIONS")).answer().status == 200


def test_certificates_that_there_are_not(raw: Raw) -> None:
    for _ in range(2):
        missing = raw.send(request("GET", "/SimpleNotificationService-x.pem")).answer()
        assert (missing.status, missing.body) == (404, b"Not Found")
        assert "connection" not in missing.headers


def test_who_sends_ahead_of_answers_is_read_no_further_for_a_while(
    cloud: minicloud.Cloud, raw: Raw, server: Any
) -> None:
    url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    server._listener.most_of_a_body = 1_000
    raw.send(poll(url))
    until(lambda: cloud.world.waiters)
    [connection] = server._listener._connections
    raw.send(call("AmazonSQS.ListQueues", {}) * 20)
    until(lambda: not connection._transport.is_reading())
    assert connection._parser.buffered > 1_000
    cloud.clock.advance(20)
    assert raw.answer().json == {}
    assert [raw.answer().status for _ in range(20)] == [200] * 20
    assert raw.send(call("AmazonSQS.ListQueues", {})).answer().status == 200


# --- polls ------------------------------------------------------------------------------------------------------------


def poll(url: str, seconds: int = 20) -> bytes:
    return call("AmazonSQS.ReceiveMessage", {"QueueUrl": url, "WaitTimeSeconds": seconds})


def files_for(number: int) -> None:
    """As many open files as that, where the system starts with fewer."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < number:
        resource.setrlimit(resource.RLIMIT_NOFILE, (number if hard < 0 else min(number, hard), hard))


@pytest.mark.parametrize("clock", ["virtual", "frozen", "real"])
def test_a_poll_is_answered_when_a_message_comes(clock: Any) -> None:
    with minicloud.Cloud(clock=clock) as cloud, cloud.serve() as server:
        sqs = cloud.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        raw = Raw(server.url).send(poll(url))
        until(lambda: cloud.world.waiters)
        before = cloud.time_ns()
        sqs.send_message(QueueUrl=url, MessageBody="a")
        assert raw.answer().json["Messages"][0]["Body"] == "a"
        if clock != "real":
            assert cloud.time_ns() == before


def test_a_poll_ends_when_the_test_moves_time_or_real_time_has_passed(cloud: minicloud.Cloud, server: Any) -> None:
    url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    raw = Raw(server.url).send(poll(url))
    until(lambda: cloud.world.waiters)
    cloud.clock.advance(20)
    assert raw.answer().json == {}
    now = cloud.time_ns()
    raw.send(poll(url, 1))
    assert raw.answer().json == {}
    assert cloud.time_ns() == now


@pytest.mark.parametrize("way", ["close", "reset", "half"])
def test_a_client_that_vanishes_in_a_poll_loses_no_message(cloud: minicloud.Cloud, server: Any, way: str) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    gone = Raw(server.url).send(poll(url))
    until(lambda: cloud.world.waiters)
    if way == "half":
        gone.socket.shutdown(socket.SHUT_WR)
    elif way == "reset":
        gone.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        gone.close()
    else:
        gone.close()
    until(lambda: not cloud.world.waiters)
    sqs.send_message(QueueUrl=url, MessageBody="a", MessageGroupId="g", MessageDeduplicationId="d")
    [message] = sqs.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"]
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"


def test_calls_are_answered_beside_a_thousand_polls(cloud: minicloud.Cloud, server: Any) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    files_for(2_100)
    polls = [Raw(server.url).send(poll(url)) for _ in range(1_000)]
    until(lambda: len(cloud.world.waiters) == 1_000)
    assert Raw(server.url).send(call("AmazonSQS.ListQueues", {})).answer().status == 200
    assert len(cloud.world.waiters) == 1_000  # none of them had to end for it
    for number in range(1_000):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    got = {raw.answer().json["Messages"][0]["Body"] for raw in polls}
    assert got == {str(number) for number in range(1_000)}
    for raw in polls:
        raw.close()


def test_a_server_that_ends_answers_its_polls(cloud: minicloud.Cloud) -> None:
    url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    with cloud.serve() as server:
        raw = Raw(server.url).send(poll(url))
        until(lambda: cloud.world.waiters)
        kinesis = cloud.client("kinesis")
        kinesis.create_stream(StreamName="s", StreamModeDetails={"StreamMode": "ON_DEMAND"})
        queue = make_queue_on_stream(kinesis, QueueAttributes=dead_letters(1))
        cloud.clock.advance(60)
        raw.answer()
        raw.send(poll(url))
        others = []
        for name in ("ReceiveQueueRecords", "ReceiveDeadLetterQueueRecords"):
            params = {"QueueARN": queue, "WaitTimeSeconds": 20}
            others.append(Raw(server.url).send(call(f"Kinesis_20131202.{name}", params, "application/x-amz-json-1.1")))
        until(lambda: len(cloud.world.waiters) == 3)
    assert raw.answer().json == {}
    assert raw.rest() == b""
    assert [other.answer().json for other in others] == [{"QueueRecords": []}] * 2
    server.stop()
    with pytest.raises(OSError):
        Raw(server.url)


def test_a_message_that_comes_as_the_server_ends_is_still_handed_over(cloud: minicloud.Cloud) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    with cloud.serve() as server:
        raw = Raw(server.url).send(poll(url))
        until(lambda: cloud.world.waiters)

        def end() -> None:
            sqs.send_message(QueueUrl=url, MessageBody="late")  # whose task is to be woken
            server._listener.calls.waits.end_all()

        loop: Any = server._loop
        loop.call_soon_threadsafe(end)
        assert [one["Body"] for one in raw.answer().json["Messages"]] == ["late"]
        assert cloud.queue("q").counts.in_flight == 1


def test_a_server_that_ends_waits_for_no_function() -> None:
    """A call that waits for time that nobody moves is cut off; what it asked for goes on."""
    with minicloud.Cloud(clock="frozen") as cloud, cloud.serve() as server:
        cloud.function("slow", lambda event, _: event, takes=60, timeout=100)
        path = "/2015-03-31/functions/slow/invocations"
        raw = Raw(server.url).send(request("POST", path, {}, b"7"))
        until(lambda: cloud.world.waiters)
        server.stop()
        assert raw.rest() == b""
        cloud.clock.advance(60)
        assert [(run.event, run.result) for run in cloud.invocations] == [(7, 7)]


def test_a_port_in_use_is_said(cloud: minicloud.Cloud, server: Any) -> None:
    with pytest.raises(minicloud.UsageError) as caught:
        cloud.serve(port=server.port)
    why = os.strerror(errno.EADDRINUSE)
    assert str(caught.value).startswith(f"minicloud cannot listen at port {server.port}: ")
    assert str(caught.value).endswith("; give another port, or 0 for any")
    assert why.lower() in str(caught.value).lower()


def misused(*_: Any) -> Any:
    raise minicloud.UsageError("x" * 2_001)


def test_a_failure_of_one_request_is_its_own(
    raw: Raw, server: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(server._listener.calls, "_written", lambda *_: 1 / 0)
        failed = raw.send(call("AmazonSQS.ListQueues", {})).answer()
    said = {"__type": "InternalFailure", "message": "minicloud failed: see its standard error"}
    assert failed.headers["content-type"] == "application/json"
    with monkeypatch.context() as patched:
        patched.setattr(server._listener.calls, "_written", misused)
        told = raw.send(call("AmazonSQS.ListQueues", {})).answer()
        assert (told.status, told.json) == (500, {"__type": "InternalFailure", "message": "x" * 2_000})
    assert (failed.status, failed.json) == (500, said)
    assert "ZeroDivisionError" in capfd.readouterr().err
    assert raw.send(form("Action=ListQueues&Version=2012-11-05")).answer().status == 200
