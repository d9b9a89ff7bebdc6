"""HTTP/2 at its edges: the second frame of a row, the answer that comes twice, the byte that is one too many."""

from __future__ import annotations

from struct import pack

import pytest

from minicloud.server.http2_hpack import Decoder, HpackError, encode
from minicloud.server.http_request import METHODS, HttpError, HttpRequest

from .test_http2 import CONTINUATION, DATA, GOAWAY, HEADERS, HELLO, PING, SETTINGS, frame, frames, head, session

# --- fields -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "name"), [("0f00", "accept-charset"), ("1f00", "accept-charset"), ("1f01", "accept-encoding")]
)
def test_a_field_that_is_never_kept_may_have_a_name_of_the_table(first: str, name: str) -> None:
    """Also the last that is no change of the table's size. [RFC 7541, 6.2.2 and 6.2.3]"""
    decoder = Decoder()
    assert decoder.decode(bytes.fromhex(first) + b"\x01x", 1000) == [(name, "x")]
    assert not decoder._table


def test_the_first_that_is_kept_is_of_a_name_of_its_own() -> None:
    """Behind all changes of the table's size. [RFC 7541, 6.2.1]"""
    decoder = Decoder()
    assert decoder.decode(b"\x40\x01a\x01b\xbe", 1000) == [("a", "b")] * 2


@pytest.mark.parametrize(("value", "count"), [(1, 120), (7, 102), (100, 30)])
def test_a_table_keeps_the_newest_that_have_room_however_many_have_come(value: int, count: int) -> None:
    """Each with 32 bytes more than its name and value. [RFC 7541, 4.1 and 4.4]"""
    decoder = Decoder()
    for number in range(1_000):
        field = ("a", f"{number % 10}" * value)
        assert decoder.decode(b"\x40" + encode([field])[1:], 10_000) == [field]
    for place in range(count):
        index = 62 + place
        block = bytes([0x80 | index]) if index < 127 else bytes([0xFF, index - 127])
        assert decoder.decode(block, 10_000) == [("a", f"{(999 - place) % 10}" * value)]
    index = 62 + count
    with pytest.raises(HpackError, match=r"^a field that the table has not$"):
        decoder.decode(bytes([0x80 | index]) if index < 127 else bytes([0xFF, index - 127]), 10_000)


# --- a session --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [16_384 * 2, 16_384 * 2 + 1, 16_384 * 4])
def test_a_head_of_an_answer_goes_on_for_as_many_frames_as_it_needs(size: int) -> None:
    """Only the last says that it is."""
    made = session()
    made.feed(HELLO + frame(HEADERS, 5, 1, head("GET")))
    for ends in (0, 1):
        stream = 1 + 2 * ends
        made.feed(frame(HEADERS, 5, stream, head("GET")) if ends else b"")
        made.outgoing.clear()
        fields = [(":status", "200"), ("a", "b" * (size - len(encode([(":status", "200"), ("a", "b" * size)])) + size))]
        made.begin(stream, 200, fields[1:], ends=bool(ends))
        sent = frames(bytes(made.outgoing))
        assert sum(len(block) for *_, block in sent) == size
        assert [(kind, flags) for kind, flags, _, _ in sent] == [
            (HEADERS, ends),
            *[(CONTINUATION, 0)] * (len(sent) - 2),
            (CONTINUATION, 4),
        ]
        assert len(sent) == -(-size // 16_384)
        assert Decoder().decode(b"".join(block for *_, block in sent), 100_000) == fields


@pytest.mark.parametrize(
    "data",
    [
        frame(HEADERS, 5, 1, head("BREW")),
        frame(HEADERS, 5, 1, head(expect="a pony")),
        frame(HEADERS, 5, 1, head(content_length="1001")),
        frame(HEADERS, 4, 1, head("BREW")) + frame(DATA, 1, 1, b"x"),
    ],
)
def test_a_request_that_is_refused_and_has_ended_is_over_with_its_answer(data: bytes) -> None:
    """Nothing of it is kept, and nobody waits for more."""
    made = session()
    [(stream, error)] = made.feed(HELLO + data)
    assert isinstance(error, HttpError)
    assert made.waits_for is None
    made.begin(stream, error.status, [])
    made.send(stream, b"no", ends=True)
    assert not made.is_open(stream)
    assert made.waits_for == ""


@pytest.mark.parametrize(
    ("method", "path", "is_one"),
    [("OPTIONS", "*", True), ("GET", "*", False), ("OPTIONS", "/", True), ("GET", "/a", True), ("OPTIONS", "x", False)],
)
def test_the_target_of_a_request_of_http_2(method: str, path: str, is_one: bool) -> None:
    """[RFC 9113, 8.3.1]"""
    fields = [(":method", method), (":scheme", "http"), (":path", path), (":authority", "localhost")]
    [(_, asked)] = session().feed(HELLO + frame(HEADERS, 5, 1, encode(fields)))
    assert isinstance(asked, HttpRequest) is is_one
    if isinstance(asked, HttpRequest):
        assert (asked.method, asked.target) == (method, path)


def test_a_request_that_is_refused_before_it_has_ended_is_waited_for() -> None:
    made = session()
    [(stream, _)] = made.feed(HELLO + frame(HEADERS, 4, 1, head("BREW")))
    made.begin(stream, 405, [], ends=True)
    assert (made.is_open(stream), made.waits_for) == (True, "body")
    assert made.feed(frame(DATA, 1, 1, b"x")) == []
    assert (made.is_open(stream), made.waits_for) == (False, "")


def test_a_stream_is_answered_once() -> None:
    made = session()
    made.feed(HELLO + frame(HEADERS, 5, 1, head("GET")))
    made.outgoing.clear()
    made.begin(1, 200, [])
    made.begin(1, 500, [])
    assert frames(bytes(made.outgoing)) == [(HEADERS, 4, 1, encode([(":status", "200")]))]
    made.outgoing.clear()
    made.send(1, b"a", ends=True)
    made.send(1, b"b", ends=True)
    assert frames(bytes(made.outgoing)) == [(DATA, 1, 1, b"a")]


def test_a_ping_is_answered_and_its_answer_is_not() -> None:
    """[RFC 9113, 6.7]"""
    made = session()
    made.feed(HELLO)
    made.outgoing.clear()
    made.feed(frame(PING, 0, 0, b"12345678"))
    assert frames(bytes(made.outgoing)) == [(PING, 1, 0, b"12345678")]
    made.outgoing.clear()
    made.feed(frame(PING, 1, 0, b"12345678"))
    assert made.outgoing == b""


def test_who_goes_away_says_which_stream_was_the_last() -> None:
    """On the connection, which is stream 0. [RFC 9113, 6.8]"""
    made = session()
    made.feed(HELLO + frame(HEADERS, 5, 7, head("GET")))
    made.outgoing.clear()
    made.go_away()
    made.go_away(11, "why")
    assert frames(bytes(made.outgoing)) == [
        (GOAWAY, 0, 0, pack("!II", 7, 0)),
        (GOAWAY, 0, 0, pack("!II", 7, 11) + b"why"),
    ]


def test_a_client_that_goes_away_is_answered() -> None:
    made = session()
    [(stream, asked)] = made.feed(HELLO + frame(GOAWAY, 0, 0, bytes(8)) + frame(HEADERS, 5, 1, head("GET")))
    assert isinstance(asked, HttpRequest)
    assert made.is_open(stream)


def test_the_methods_that_there_are_are_told_one_after_the_other() -> None:
    [(_, error)] = session().feed(frame(SETTINGS, 0, 0) + frame(HEADERS, 5, 1, head("BREW")))
    assert isinstance(error, HttpError)
    assert error.headers["allow"].split(", ") == list(METHODS)
