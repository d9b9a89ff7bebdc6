"""HTTP/2 with prior knowledge: what clients write is read in full, what is against its rules ends a stream or all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from struct import pack, unpack
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minicloud
from minicloud.server import http2_session
from minicloud.server.http2_hpack import Decoder, HpackError, encode
from minicloud.server.http2_session import ConnectionFault, Session
from minicloud.server.http_request import PREFACE, HttpError, HttpRequest
from tests.server.support import Raw, until

DATA, HEADERS, PRIORITY, RST, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
HELLO = b"\0\0\0\4\0\0\0\0\0"


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return pack("!I", len(payload))[1:] + pack("!BBI", kind, flags, stream) + payload


def frames(data: bytes) -> list[tuple[int, int, int, bytes]]:
    found = []
    while len(data) >= 9:
        length = int.from_bytes(data[:3], "big")
        found.append((data[3], data[4], int.from_bytes(data[5:9], "big"), data[9 : 9 + length]))
        data = data[9 + length :]
    return found


def head(method: str = "POST", **headers: str) -> bytes:
    pseudo = [(":method", method), (":scheme", "http"), (":path", "/"), (":authority", "localhost")]
    return encode([*pseudo, *((name.replace("_", "-"), value) for name, value in headers.items())])


def call(stream: int, target: str, content: Any) -> bytes:
    body = json.dumps(content).encode()
    block = head(x_amz_target=target, content_type="application/x-amz-json-1.0", content_length=str(len(body)))
    return frame(HEADERS, 4, stream, block) + frame(DATA, 1, stream, body)


def session(most: int = 1000) -> Session:
    return Session(most, lambda _: None)


# --- fields -----------------------------------------------------------------------------------------------------------


def test_fields_are_read_as_the_standard_s_examples_have_them() -> None:
    plain, coded = Decoder(), Decoder()
    for one, other in [
        ("828684410f7777772e6578616d706c652e636f6d", "828684418cf1e3c2e5f23a6ba0ab90f4ff"),
        ("828684be58086e6f2d6361636865", "828684be5886a8eb10649cbf"),
        (
            "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
            "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
        ),
    ]:
        read = plain.decode(bytes.fromhex(one), 1000)
        assert read == coded.decode(bytes.fromhex(other), 1000)
        assert read is not None
        assert read[0] == (":method", "GET")
        assert read[3] == (":authority", "www.example.com")
    assert read[-1] == ("custom-key", "custom-value")
    # A table of 256 bytes, out of which fields fall.
    answers = Decoder()
    assert answers.decode(bytes.fromhex("3fe101"), 1000) == []
    for block, cookie in [
        (
            "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
            "",
        ),
        ("4883640effc1c0bf", ""),
        (
            "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f"
            "3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
            "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
        ),
    ]:
        fields = dict(answers.decode(bytes.fromhex(block), 1000) or ())
        assert fields["location"] == "https://www.example.com"
        assert fields.get("set-cookie", "") == cookie


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ("80", "a field that the table has not"),
        ("be", "a field that the table has not"),
        ("ff", "a number without an end"),
        ("00", "a block ends in the middle of a field"),
        ("0001", "a block ends in the middle of a text"),
        ("ff808080808080", "a number without an end"),
        ("3fe21f", "a table larger than it may be"),
        ("8220", "the size of the table changes in the middle of a block"),
        ("40", "a block ends in the middle of a field"),
        ("0082ffff0161", "a text ends in the middle of a character"),
        ("00ff", "a number without an end"),
        ("ffffffffffff", "a number without an end"),
        ("ffffffffff7f", "a number beyond all sizes"),
        ("0084ffffffff0161", "a text has the sign for its end in it"),
    ],
)
def test_fields_that_cannot_be_read_are_told(block: str, text: str) -> None:
    with pytest.raises(HpackError) as caught:
        Decoder().decode(bytes.fromhex(block), 1000)
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("coded", "text"),
    [
        ("1f", "a"),
        ("18ff", "aa"),
        ("fc", "X"),
        ("fcfc", "XX"),
        ("f8fc", "&X"),
        ("003f", "00"),
        ("ffcf", "$"),
        ("1ff1", "a!"),
        ("", ""),
    ],
)
def test_texts_in_the_code_of_the_standard(coded: str, text: str) -> None:
    """[RFC 7541, B]"""
    data = bytes.fromhex(coded)
    block = b"\0\x01a" + bytes([0x80 | len(data)]) + data
    assert Decoder().decode(block, 1000) == [("a", text)]


@pytest.mark.parametrize(("name", "value"), [(1, 4_063), (4_063, 1), (2_000, 2_064)])
def test_a_field_of_the_whole_table_is_kept_and_one_of_more_is_not(name: int, value: int) -> None:
    """Its name, its value and 32 bytes. [RFC 7541, 4.1]"""
    for more in (0, 1):
        field = ("n" * name, "v" * (value + more))
        kept = b"\x40" + encode([field])[1:]
        decoder = Decoder()
        assert decoder.decode(kept, 10_000) == [field]
        if more:
            with pytest.raises(HpackError):
                decoder.decode(b"\xbe", 10_000)
        else:
            assert decoder.decode(b"\xbe", 10_000) == [field]


def test_a_table_that_is_made_smaller_has_less() -> None:
    """[RFC 7541, 4.2 and 4.3]"""
    kept, known = bytes.fromhex("400161") + b"\x01b", b"\xbe"
    decoder = Decoder()
    assert decoder.decode(kept + known, 1000) == [("a", "b")] * 2
    assert decoder.decode(b"\x3f\x03" + known, 1000) == [("a", "b")]  # 34 bytes, which it takes
    with pytest.raises(HpackError):
        decoder.decode(b"\x3f\x02" + known, 1000)  # 33
    assert decoder.decode(kept, 1000) == [("a", "b")]
    with pytest.raises(HpackError):
        decoder.decode(known, 1000)  # it was not kept
    assert decoder.decode(b"\x3f\xe1\x1f" + kept, 1000) == [("a", "b")]
    assert decoder.decode(known, 1000) == [("a", "b")]


def test_fields_of_more_than_a_head_may_have_are_not_kept() -> None:
    decoder = Decoder()
    bomb = b"\x40\x01a\x7f" + bytes([0x82, 0x1D]) + b"x" * (0x7F + 2 + (0x1D << 7)) + b"\xbe" * 1000
    assert decoder.decode(bomb, 64 * 1024) is None
    assert decoder.decode(b"\xbe", 64 * 1024) is not None


def test_a_head_has_so_many_bytes_of_names_and_values() -> None:
    """With 32 for each field. [RFC 9113, 6.5.2]"""
    fields = [("a", "value"), ("longer", "v"), ("b", "")]
    size = sum(len(name) + len(value) + 32 for name, value in fields)
    assert Decoder().decode(encode(fields), size) == fields
    assert Decoder().decode(encode(fields), size - 1) is None


_NAMES = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12)
_VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=300)


@settings(max_examples=60)
@given(st.lists(st.tuples(_NAMES, _VALUES), max_size=12))
def test_what_is_written_is_read(fields: list[tuple[str, str]]) -> None:
    assert Decoder().decode(encode(fields), 1_000_000) == fields


def test_lengths_are_written_as_short_as_they_can_be() -> None:
    """[RFC 7541, 5.1]"""
    for length, written in ((126, "7e"), (127, "7f00"), (254, "7f7f"), (255, "7f8001"), (16_510, "7fff7f")):
        assert encode([("a", "x" * length)])[3:].partition(b"x")[0].hex() == written


def test_texts_of_all_lengths_are_read() -> None:
    """Around those at which one more byte says how long they are: 7 bits less one in the first, 7 in each other."""
    for bound in (0, 127, 127 + 128, 127 + 2**14):
        for length in range(max(bound - 2, 0), bound + 3):
            fields = [("a", "x" * length)]
            assert Decoder().decode(encode(fields), 1_000_000) == fields, length


# --- a session --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 5, 17, 50, 64, 1000])
def test_requests_are_the_same_in_pieces_of_any_size(size: int) -> None:
    block = head(cookie="a=1", te="trailers", expect="100-continue")
    data = (
        HELLO
        + frame(HEADERS, 0x28, 1, b"\2" + b"\0\0\0\0\7" + block[:9] + b"..")
        + frame(CONTINUATION, 0, 1, block[9:20])
        + frame(CONTINUATION, 4, 1, block[20:])
        + frame(DATA, 8, 1, b"\1ab.")
        + frame(99, 0, 1, b"unknown")
        + frame(PRIORITY, 0, 3, bytes(5))
        + frame(DATA, 0, 1, b"c")
        + frame(HEADERS, 5, 1, encode([("trailer", "x")]))
        + frame(HEADERS, 5, 3, head("GET"))
    )
    told = []
    made = session()
    for place in range(0, len(data), size):
        told += made.feed(data[place : place + size])
    (first, post), (second, get) = told
    assert (first, second) == (1, 3)
    assert isinstance(post, minicloud.server.http_request.HttpRequest)
    assert isinstance(get, minicloud.server.http_request.HttpRequest)
    assert (post.method, post.path, post.host, post.body) == ("POST", "/", "localhost", b"abc")
    assert (get.method, get.body) == ("GET", b"")
    kinds = [kind for kind, *_ in frames(bytes(made.outgoing))]
    assert kinds == [SETTINGS, WINDOW, SETTINGS, HEADERS]  # its own, the client's are seen, and 100 Continue


OPEN = HELLO + frame(HEADERS, 4, 1, head())


@pytest.mark.parametrize(
    ("data", "code", "text"),
    [
        (frame(PING, 0, 0, bytes(8)), 1, "a client begins with its settings"),
        (frame(SETTINGS, 1, 0), 1, "a client begins with its settings"),
        (HELLO + frame(SETTINGS, 1, 0, bytes(6)), 6, "settings have six bytes each"),
        (HELLO + frame(HEADERS, 0x25, 1, bytes(4)), 6, "a priority has five bytes"),
        (HELLO + frame(PRIORITY, 0, 1, bytes(4)), 6, "this is no priority"),
        (HELLO + b"\0\x40\1\0\0\0\0\0\1", 6, "a frame is larger than it may be"),
        (HELLO + frame(SETTINGS, 0, 1), 1, "settings are the connection's"),
        (HELLO + frame(SETTINGS, 0, 0, b"12345"), 6, "settings have six bytes each"),
        (HELLO + frame(SETTINGS, 0, 0, pack("!HI", 4, 1 << 31)), 3, "a window larger than any"),
        (HELLO + frame(SETTINGS, 0, 0, pack("!HI", 5, (1 << 14) - 1)), 1, "a frame has 16 KiB to 16 MiB"),
        (HELLO + frame(SETTINGS, 0, 0, pack("!HI", 5, 1 << 24)), 1, "a frame has 16 KiB to 16 MiB"),
        (HELLO + frame(PING, 0, 0, bytes(7)), 6, "this is no ping"),
        (HELLO + frame(PING, 0, 1, bytes(8)), 1, "this is no ping"),
        (HELLO + frame(HEADERS, 5, 2, head()), 1, "a client's streams are odd"),
        (HELLO + frame(HEADERS, 5, 0, head()), 1, "a client's streams are odd"),
        (HELLO + frame(HEADERS, 0, 1, head()) + frame(PING, 0, 0, bytes(8)), 1, "a head is one row of frames"),
        (HELLO + frame(CONTINUATION, 4, 1, head()), 1, "a head is one row of frames"),
        (
            HELLO + frame(HEADERS, 0, 1, head()) + frame(CONTINUATION, 0, 1, bytes(16000)) * 9,
            11,
            "a head without an end",
        ),
        (HELLO + frame(HEADERS, 5, 1, b"\x80"), 9, "a field that the table has not"),
        (HELLO + frame(HEADERS, 0xD, 1, b"\3ab"), 1, "a frame is nothing but padding"),
        (HELLO + frame(DATA, 0, 1, b"x"), 1, "a frame of a stream that was not begun"),
        (HELLO + frame(RST, 0, 1, bytes(4)), 1, "a frame of a stream that was not begun"),
        (HELLO + frame(WINDOW, 0, 1, b"\0\0\0\1"), 1, "a frame of a stream that was not begun"),
        (HELLO + frame(WINDOW, 0, 0, bytes(4)), 1, "a window grows up to 2 GiB"),
        (HELLO + frame(WINDOW, 0, 0, b"\x7f\xff\xff\xff"), 3, "a window grows up to 2 GiB"),
        (HELLO + frame(WINDOW, 0, 0, bytes(3)), 6, "a window's update has four bytes"),
        (HELLO + frame(PUSH, 4, 1), 1, "a client pushes nothing"),
        (HELLO + frame(GOAWAY, 0, 1, bytes(8)), 1, "a connection goes away, and no stream"),
        (HELLO + frame(PRIORITY, 0, 0, bytes(5)), 1, "this is no priority"),
        (OPEN + frame(RST, 0, 1, bytes(3)), 6, "a reset has four bytes"),
        (OPEN + frame(RST, 0, 1, bytes(4)) + frame(HEADERS, 5, 1, head()), 5, "a stream that has ended goes on"),
    ],
)
def test_what_is_against_the_rules_of_a_connection_ends_it(data: bytes, code: int, text: str) -> None:
    with pytest.raises(ConnectionFault) as caught:
        session(1 << 30).feed(data)
    assert (caught.value.code, str(caught.value)) == (code, text)


def test_what_is_just_within_the_rules_of_a_connection_is_taken() -> None:
    for name, value in ((4, 0), (4, (1 << 31) - 1), (5, 1 << 14), (5, (1 << 24) - 1), (99, 1)):
        made = session()
        assert made.feed(HELLO + frame(SETTINGS, 0, 0, pack("!HI", name, value))) == []
        assert (SETTINGS, 1, 0, b"") in frames(bytes(made.outgoing)), (name, value)


@pytest.mark.parametrize(("most", "window"), [(1000, 65_535), (100_000, 100_000)])
def test_what_a_server_says_of_itself(most: int, window: int) -> None:
    """A window of a stream is large enough for any body, that of the connection for many."""
    made = session(most)
    first, second = frames(bytes(made.outgoing))
    settings = dict(unpack("!HI", first[3][place : place + 6]) for place in range(0, len(first[3]), 6))
    assert (first[:3], settings) == ((SETTINGS, 0, 0), {3: 1000, 4: window, 6: 65_536})
    assert second == (WINDOW, 0, 0, pack("!I", (1 << 30) - 65_535))
    made.outgoing.clear()
    [(stream, _)] = made.feed(HELLO + frame(HEADERS, 5, 1, head("GET")))
    made.begin(stream, 200, [("a", "b")], ends=True)
    assert frames(bytes(made.outgoing)) == [
        (SETTINGS, 1, 0, b""),
        (HEADERS, 5, 1, encode([(":status", "200"), ("a", "b")])),
    ]


def test_a_frame_that_is_not_whole_waits_for_its_rest() -> None:
    """Though whole ones have come with it."""
    sent = frame(HEADERS, 4, 1, head()) + frame(DATA, 0, 1, b"x" * 100) + frame(DATA, 1, 1, b"y" * 100)
    for cut in range(len(sent) + 1):
        made = session()
        [(stream, request)] = made.feed(HELLO + sent[:cut]) + made.feed(sent[cut:])
        assert isinstance(request, HttpRequest)
        assert (stream, request.body) == (1, b"x" * 100 + b"y" * 100), cut


def test_a_smaller_table_is_said_to_be_none() -> None:
    """[RFC 9113, 4.3.1: the next block begins with the size]"""
    made = session()
    [(stream, _)] = made.feed(HELLO + frame(SETTINGS, 0, 0, pack("!HI", 1, 4095)) + frame(HEADERS, 5, 1, head("GET")))
    made.outgoing.clear()
    made.begin(stream, 200, [], ends=True)
    assert frames(bytes(made.outgoing)) == [(HEADERS, 5, 1, b"\x20" + encode([(":status", "200")]))]
    made.feed(frame(HEADERS, 5, 3, head("GET")))
    made.outgoing.clear()
    made.begin(3, 200, [], ends=True)
    assert frames(bytes(made.outgoing)) == [(HEADERS, 5, 3, encode([(":status", "200")]))]


def test_more_than_a_thousand_streams_are_refused() -> None:
    made = session()
    blocks = b"".join(frame(HEADERS, 5, number, head("GET")) for number in range(1, 2003, 2))
    told = made.feed(HELLO + blocks)
    assert [stream for stream, one in told if one is None] == [2001]
    assert (RST, 0, 2001, pack("!I", 7)) in frames(bytes(made.outgoing))


def test_what_comes_late_is_passed_over() -> None:
    """More of a stream that has been answered, or that the client has ended, is no fault of anybody's."""
    made = session()
    [(stream, _)] = made.feed(HELLO + frame(HEADERS, 5, 1, head("GET")))
    made.begin(stream, 200, [], ends=True)
    assert not made.is_open(1)
    made.begin(stream, 200, [])
    made.send(stream, b"x")
    late = (
        frame(WINDOW, 0, 1, b"\0\0\0\1") + frame(RST, 0, 1, bytes(4)) + frame(DATA, 0, 1, b"x") + frame(SETTINGS, 1, 0)
    )
    made.outgoing.clear()
    assert made.feed(late) == []
    assert made.outgoing == b""


def test_a_refused_body_is_read_within_reason() -> None:
    """Some clients look for an answer only when they have sent all; others never end."""
    made = session(100)
    [(_, error)] = made.feed(HELLO + frame(HEADERS, 4, 1, head()) + frame(DATA, 0, 1, bytes(101)))
    assert isinstance(error, HttpError)
    made.begin(1, error.status, [], ends=True)
    assert made.feed(frame(DATA, 0, 1, bytes(99))) == []
    assert made.is_open(1)
    assert made.feed(frame(DATA, 0, 1, b"x")) == [(1, None)]
    assert (RST, 0, 1, pack("!I", 8)) in frames(bytes(made.outgoing))
    made = session(100)
    made.feed(HELLO + frame(HEADERS, 4, 1, head()) + frame(DATA, 0, 1, bytes(101)))
    made.begin(1, 413, [], ends=True)
    assert made.feed(frame(DATA, 1, 1, b"the end")) == []
    assert not made.is_open(1)


def test_a_head_that_is_too_long_is_refused_and_the_connection_goes_on() -> None:
    """Up to twice as long; behind that it is taken for one without an end."""
    block = encode([(":method", "GET"), (":path", "/"), (":scheme", "http"), ("long", "x" * 100_000)])
    pieces = [block[place : place + 16_000] for place in range(0, len(block), 16_000)]
    made = session()
    made.feed(HELLO + frame(HEADERS, 1, 1, pieces[0]))
    for piece in pieces[1:-1]:
        assert made.feed(frame(CONTINUATION, 0, 1, piece)) == []
    [(stream, error)] = made.feed(frame(CONTINUATION, 4, 1, pieces[-1]))
    assert (stream, getattr(error, "status", None)) == (1, 431)
    [(stream, _)] = made.feed(frame(HEADERS, 5, 3, head("GET")))
    assert stream == 3


def test_a_length_may_have_eighteen_digits() -> None:
    made = session()
    block = head(content_length="3".rjust(18, "0"))
    [(stream, told)] = made.feed(HELLO + frame(HEADERS, 4, 1, block) + frame(DATA, 1, 1, b"abc"))
    assert (stream, getattr(told, "body", None)) == (1, b"abc")


def test_a_field_that_comes_twice_is_one() -> None:
    fields = [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "localhost")]
    fields += [("cookie", "a=1"), ("x-own", "a"), ("cookie", "b=2"), ("x-own", "b")]
    [(_, told)] = session().feed(HELLO + frame(HEADERS, 5, 1, encode(fields)))
    assert isinstance(told, minicloud.server.http_request.HttpRequest)
    assert (told.headers["cookie"], told.headers["x-own"]) == ("a=1; b=2", "a,b")


def test_the_value_of_a_field_may_be_of_all_characters_that_can_be_shown() -> None:
    value = "".join(map(chr, range(33, 127))) + "\t x"
    [(stream, told)] = session().feed(HELLO + frame(HEADERS, 5, 1, head("GET", x_own=value)))
    assert stream == 1
    assert isinstance(told, minicloud.server.http_request.HttpRequest)
    assert told.headers["x-own"] == value


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(HEADERS, 5, 1, head(Upper="x")), 1),
        (frame(HEADERS, 5, 1, head(connection="close")), 1),
        (frame(HEADERS, 5, 1, head(te="gzip")), 1),
        (frame(HEADERS, 5, 1, head(a="b\r\nc")), 1),
        (frame(HEADERS, 5, 1, encode([("a", "b"), (":method", "GET")])), 1),
        (frame(HEADERS, 5, 1, encode([(":method", "GET"), (":path", "x"), (":scheme", "http")])), 1),
        (
            frame(HEADERS, 5, 1, encode([(":method", "GET"), (":method", "GET"), (":path", "/"), (":scheme", "http")])),
            1,
        ),
        (
            frame(HEADERS, 5, 1, encode([(":method", "GET"), (":path", "/"), (":scheme", "http"), (":status", "200")])),
            1,
        ),
        (frame(HEADERS, 5, 1, encode([(":method", "GET"), (":path", "/")])), 1),
        (frame(HEADERS, 5, 1, encode([(":path", "/"), (":scheme", "http")])), 1),
        (frame(HEADERS, 5, 1, head("GET", host="a") + encode([("host", "a")])), 1),
        (frame(HEADERS, 5, 1, head("GET") + encode([("", "a")])), 1),
        (frame(HEADERS, 4, 1, head(content_length="2")) + frame(DATA, 1, 1, b"abc"), 1),
        (frame(HEADERS, 4, 1, head(content_length="-2")), 1),
        (frame(HEADERS, 4, 1, head()) + frame(HEADERS, 4, 1, encode([("a", "b")])), 1),
        (frame(HEADERS, 4, 1, head()) + frame(WINDOW, 0, 1, bytes(4)), 1),
        (frame(HEADERS, 4, 1, head()) + frame(WINDOW, 0, 1, b"\x7f\xff\xff\xff"), 3),
        (frame(HEADERS, 5, 1, head()) + frame(DATA, 1, 1, b"abc"), 5),
        (frame(HEADERS, 5, 1, head()) + frame(HEADERS, 5, 1, encode([("a", "b")])), 5),
        (frame(HEADERS, 4, 1, head(content_length="1" * 19)), 1),
        (frame(HEADERS, 4, 1, head(content_length="0" * 18 + "1")), 1),
        (frame(HEADERS, 4, 1, head(content_length="\xb2")), 1),
    ],
)
def test_what_is_against_the_rules_of_a_stream_ends_the_stream(data: bytes, code: int) -> None:
    made = session()
    told = made.feed(HELLO + data + frame(HEADERS, 5, 3, head("GET")))
    assert (1, None) in told
    assert (RST, 0, 1, pack("!I", code)) in frames(bytes(made.outgoing))
    assert told[-1][0] == 3


@pytest.mark.parametrize(
    ("data", "status", "text"),
    [
        (frame(HEADERS, 5, 1, head("BREW")), 405, "minicloud does not know this method"),
        (frame(HEADERS, 5, 1, head(host="other")), 400, "a request has one host"),
        (
            frame(HEADERS, 4, 1, head(expect="a pony")),
            417,
            "minicloud knows no expectation but 100-continue, and not 'a pony'",
        ),
        (
            frame(HEADERS, 4, 1, head(content_length="1001")),
            413,
            '{"__type":"RequestEntityTooLarge","message":"a body has at most 1000 bytes: see --max-body"}',
        ),
        (
            frame(HEADERS, 4, 1, head()) + frame(DATA, 0, 1, bytes(1001)),
            413,
            '{"__type":"RequestEntityTooLarge","message":"a body has at most 1000 bytes: see --max-body"}',
        ),
        (
            frame(HEADERS, 4, 1, head(content_encoding="br")) + frame(DATA, 1, 1, b"abc"),
            415,
            "minicloud unpacks gzip and deflate",
        ),
        (
            frame(HEADERS, 5, 1, encode([(":method", "GET"), *[("a", "b")] * 300])),
            431,
            "a request's head has at most 65536 bytes and 200 headers",
        ),
    ],
)
def test_what_is_refused_in_http_1_is_refused_here(data: bytes, status: int, text: str) -> None:
    [(stream, error)] = session().feed(HELLO + data)
    assert stream == 1
    assert isinstance(error, HttpError)
    assert (error.status, error.body.decode()) == (status, text)


def test_an_answer_is_sent_as_far_as_the_client_grants() -> None:
    made = session()
    made.feed(frame(SETTINGS, 0, 0, pack("!HIHI", 4, 10, 1, 0)) + frame(HEADERS, 5, 1, head("GET")))
    made.outgoing.clear()
    made.begin(1, 200, [("a", "b" * 20_000)])
    first, rest = frames(bytes(made.outgoing))
    assert (first[0], rest[0], rest[1]) == (HEADERS, CONTINUATION, 4)
    # A client that asked for a smaller table is told that none is kept.
    assert first[3][0] == 0x20
    made.outgoing.clear()
    made.send(1, b"x" * 30_000, ends=True)
    assert frames(bytes(made.outgoing)) == [(DATA, 0, 1, b"x" * 10)]
    assert made.is_blocked(1)
    made.outgoing.clear()
    made.feed(frame(SETTINGS, 0, 0, pack("!HI", 4, 20)))
    assert frames(bytes(made.outgoing)) == [(SETTINGS, 1, 0, b""), (DATA, 0, 1, b"x" * 10)]
    made.outgoing.clear()
    made.feed(frame(WINDOW, 0, 1, pack("!I", 1_000_000)))
    sent = frames(bytes(made.outgoing))
    assert [(flags, len(data)) for _, flags, _, data in sent] == [(0, 16_384), (1, 13_596)]
    assert not made.is_open(1)


def test_a_client_is_granted_what_it_has_sent() -> None:
    made = session(1_000_000)
    made.feed(HELLO + frame(HEADERS, 4, 1, head()))
    made.outgoing.clear()
    for _ in range(40):
        made.feed(frame(DATA, 0, 1, bytes(16_384)))
    [(kind, _, stream, more)] = frames(bytes(made.outgoing))
    assert (kind, stream, int.from_bytes(more, "big")) == (WINDOW, 1, 31 * 16_384)


@pytest.mark.parametrize(("most", "granted"), [(8 * 16_384, [0, 1]), (64 * 16_384, [0])])
def test_a_connection_is_granted_what_its_streams_have_sent(
    monkeypatch: pytest.MonkeyPatch, most: int, granted: list[int]
) -> None:
    """As soon as less than half is left, and as much as there was at first; a stream's own window apart from that."""
    monkeypatch.setattr(http2_session, "_WINDOW", 8 * 16_384)
    made = session(most)
    made.feed(HELLO + frame(HEADERS, 4, 1, head()))
    for _ in range(2):
        for number in range(1, 6):
            made.outgoing.clear()
            assert made.feed(frame(DATA, 0, 1, bytes(16_384 if number < 5 else 100))) == []
            updates = [(WINDOW, 0, stream, pack("!I", 4 * 16_384 + 100)) for stream in granted]
            assert frames(bytes(made.outgoing)) == (updates if number == 5 else [])
        most -= 4 * 16_384 + 100
        if most < 5 * 16_384:
            return


_PIECES = st.sampled_from(
    [
        *(HELLO, b"\0\0\1", b"\xff"),
        *(frame(HEADERS, 5, 1, head("GET")), frame(HEADERS, 4, 3, head()), frame(CONTINUATION, 4, 3, b"\x82")),
        *(frame(DATA, 1, 3, b"x"), frame(RST, 0, 3, bytes(4)), frame(WINDOW, 0, 0, b"\0\0\1\0")),
        frame(PING, 0, 0, bytes(8)),
    ]
)


@settings(max_examples=100)
@given(st.lists(_PIECES | st.binary(max_size=12), max_size=30))
def test_bytes_of_any_kind_are_requests_or_refused(pieces: list[bytes]) -> None:
    def outcome(data: list[bytes]) -> list[Any]:
        made = session()
        found: list[Any] = []
        try:
            for piece in data:
                found += [(stream, type(what)) for stream, what in made.feed(piece)]
        except ConnectionFault as fault:
            return [fault.code]
        return [*found, bytes(made.outgoing)]

    together = b"".join([HELLO, *pieces])
    assert outcome([together]) == outcome([HELLO, *pieces]) == outcome([bytes([one]) for one in together])


# --- a connection -----------------------------------------------------------------------------------------------------


class Http2:
    """A client's side."""

    def __init__(self, url: str) -> None:
        self.raw = Raw(url)
        self.raw.send(PREFACE + HELLO)
        self._decoder = Decoder()
        self._buffer = b""

    def send(self, data: bytes) -> Http2:
        self.raw.send(data)
        return self

    def frame(self) -> tuple[int, int, int, bytes]:
        while len(self._buffer) < 9 or len(self._buffer) < 9 + int.from_bytes(self._buffer[:3], "big"):
            data = self.raw.socket.recv(65536)
            if not data:
                raise ConnectionError
            self._buffer += data
        length = 9 + int.from_bytes(self._buffer[:3], "big")
        [one] = frames(self._buffer[:length])
        self._buffer = self._buffer[length:]
        return one

    def answer(self) -> tuple[int, int, Any]:
        """Stream, status and body of the next answer that comes."""
        status, body = 0, b""
        while True:
            kind, flags, stream, payload = self.frame()
            if kind == HEADERS:
                status = int(dict(self._decoder.decode(payload, 100_000) or ())[":status"])
            elif kind == DATA:
                body += payload
            elif kind in (RST, GOAWAY):
                return stream, kind, payload
            if kind in (HEADERS, DATA) and flags & 1:
                return stream, status, json.loads(body) if body else None

    def close(self) -> None:
        self.raw.close()


@pytest.fixture
def server(cloud: minicloud.Cloud) -> Iterator[Any]:
    with cloud.serve() as made:
        yield made


@pytest.fixture
def client(server: Any) -> Iterator[Http2]:
    made = Http2(server.url)
    yield made
    made.close()


def test_calls_are_answered_side_by_side(cloud: minicloud.Cloud, client: Http2, server: Any) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    for number in range(100):
        client.send(call(1 + 2 * number, "AmazonSQS.ReceiveMessage", {"QueueUrl": url, "WaitTimeSeconds": 20}))
    until(lambda: len(cloud.world.waiters) == 100)
    client.send(call(1001, "AmazonSQS.ListQueues", {}))
    assert client.answer() == (1001, 200, {"QueueUrls": ["http://localhost/123456789012/q"]})
    # A poll that its client has given up has taken nothing.
    client.send(frame(RST, 0, 1, pack("!I", 8)))
    until(lambda: len(cloud.world.waiters) == 99)
    for number in range(99):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    answers = [client.answer() for _ in range(99)]
    assert {stream for stream, _, _ in answers} == set(range(3, 201, 2))
    assert {body["Messages"][0]["Body"] for _, _, body in answers} == {str(number) for number in range(99)}
    # What cannot be placed, and a foreign page.
    client.send(frame(HEADERS, 5, 1003, head("GET")))
    assert client.frame()[:3] == (HEADERS, 4, 1003)
    assert b"Unable to determine service" in client.frame()[3]
    client.send(frame(HEADERS, 5, 1005, head(origin="https://evil.example")))
    assert client.frame()[3].startswith(encode([(":status", "403")]))
    client.frame()
    client.send(frame(SETTINGS, 1, 1))
    assert client.answer()[:2] == (0, GOAWAY)
    with pytest.raises(ConnectionError):
        client.frame()
    assert Raw(server.url).send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").answer().status == 403


def test_who_does_not_read_an_answer_is_sent_away(
    cloud: minicloud.Cloud, client: Http2, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it has granted all of it."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="k", Body=bytes(12 << 20))
    monkeypatch.setitem(server._listener.patience, "answer", 0.05)
    pseudo = [(":method", "GET"), (":scheme", "http"), (":path", "/bucket/k"), (":authority", "s3.localhost")]
    most = pack("!I", (1 << 31) - 1 - 65_535)
    client.send(frame(WINDOW, 0, 0, most) + frame(HEADERS, 5, 1, encode(pseudo)) + frame(WINDOW, 0, 1, most))
    until(lambda: not server._listener._connections)
    assert client.raw.rest().count(0) < 12 << 20


def test_an_answer_that_is_lost_ends_the_connection(cloud: minicloud.Cloud, client: Http2) -> None:
    cloud.client("sqs").create_queue(QueueName="q")
    cloud.faults.disconnect(operation="ListQueues", first=1)
    client.send(call(1, "AmazonSQS.ListQueues", {}))
    assert client.frame()[0] == SETTINGS
    with pytest.raises(ConnectionError):
        client.answer()


def test_the_preface_may_come_in_pieces(cloud: minicloud.Cloud, server: Any) -> None:
    def first_bytes() -> list[Any]:
        return [getattr(one, "_first", "it is HTTP/2") for one in server._listener._connections]

    raw = Raw(server.url)
    until(first_bytes)
    for piece in (PREFACE[:3], PREFACE[3:20], PREFACE[20:]):
        before = first_bytes()
        raw.send(piece)
        until(lambda before=before: first_bytes() != before)  # type: ignore[misc]
    raw.send(HELLO)
    assert raw.socket.recv(9)[3] == SETTINGS
    raw.close()


def test_an_answer_without_a_body_ends_with_its_head(client: Http2) -> None:
    """What HEAD asks for says how long its body would be; that of a call with no output has none. [RFC 9110, 9.3.2]"""
    client.send(call(1, "AmazonSQS.CreateQueue", {"QueueName": "q"}))
    _, _, made = client.answer()
    client.send(frame(HEADERS, 5, 3, head("HEAD")))
    kind, flags, stream, payload = client.frame()
    fields = dict(client._decoder.decode(payload, 10_000) or ())
    assert (kind, flags, stream, fields[":status"]) == (HEADERS, 5, 3, "403")
    assert int(fields["content-length"]) > 0
    client.send(call(5, "AmazonSQS.PurgeQueue", made))
    kind, flags, stream, payload = client.frame()
    assert (kind, flags, stream) == (HEADERS, 5, 5)
    client.send(call(7, "AmazonSQS.ListQueues", {}))
    assert client.answer()[:2] == (7, 200)  # nothing came between


def test_a_message_that_is_not_granted_goes_back_with_its_stream(cloud: minicloud.Cloud, client: Http2) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    client.send(frame(SETTINGS, 0, 0, pack("!HI", 4, 5)))
    client.send(call(1, "AmazonSQS.ReceiveMessage", {"QueueUrl": url, "WaitTimeSeconds": 20}))
    until(lambda: cloud.world.waiters)
    sqs.send_message(QueueUrl=url, MessageBody="a")
    while client.frame()[0] != DATA:
        pass
    assert cloud.queue("q").counts.in_flight == 1
    client.send(frame(RST, 0, 1, pack("!I", 8)))
    until(lambda: cloud.queue("q").counts.visible == 1)
    [message] = sqs.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"]
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"


def test_a_server_that_ends_answers_its_polls(cloud: minicloud.Cloud) -> None:
    url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    with cloud.serve() as server:
        idle, client = Http2(server.url), Http2(server.url)
        client.send(call(1, "AmazonSQS.ReceiveMessage", {"QueueUrl": url, "WaitTimeSeconds": 20}))
        until(lambda: cloud.world.waiters)
    assert client.answer()[0] == 1
    assert idle.answer()[1] == GOAWAY
    idle.close()
    client.close()


def test_slow_clients_are_sent_away(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, beginning in [
        ("head", b""),
        ("head", frame(HEADERS, 0, 1, head())),
        ("body", frame(HEADERS, 4, 1, head())),
        ("", frame(PING, 0, 0, bytes(8))),
    ]:
        with monkeypatch.context() as patched:
            patched.setitem(server._listener.patience, name, 0.05)
            slow = Http2(server.url)
            if beginning:
                slow.send(beginning)
            else:
                slow.raw.send(b"\0")
            assert slow.answer()[1] == GOAWAY
            with pytest.raises(ConnectionError):
                slow.frame()
            slow.close()


def test_events_of_a_shard_come_over_http_2(client: Http2) -> None:
    with minicloud.Cloud(clock="virtual") as cloud, cloud.serve() as server:
        kinesis = cloud.client("kinesis")
        kinesis.create_stream(StreamName="s", ShardCount=1)
        cloud.clock.advance(60)
        arn = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
        consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")["Consumer"]["ConsumerARN"]
        cloud.clock.advance(60)
        reader = Http2(server.url)
        content = {
            "ConsumerARN": consumer,
            "ShardId": "shardId-000000000000",
            "StartingPosition": {"Type": "TRIM_HORIZON"},
        }
        body = json.dumps(content).encode()
        block = head(x_amz_target="Kinesis_20131202.SubscribeToShard", content_type="application/x-amz-json-1.1")
        reader.send(frame(HEADERS, 4, 1, block) + frame(DATA, 1, 1, body))
        while (first := reader.frame())[0] != DATA:
            pass
        assert b"initial-response" in first[3]
        kinesis.put_record(StreamName="s", Data=b"one", PartitionKey="a")
        assert b'"Data":"b25l"' in reader.frame()[3]
        kinesis.put_record(StreamName="s", Data=b"two", PartitionKey="a")
        assert b'"Data":"dHdv"' in reader.frame()[3]
        # Its time is over after five minutes; then one more, of a client that goes away before.
        cloud.clock.advance(300)
        while (last := reader.frame())[1] != 1:
            assert last[:3] == (DATA, 0, 1)
        assert (last[0], last[2]) == (DATA, 1)
        reader.send(frame(HEADERS, 4, 3, block) + frame(DATA, 1, 3, body))
        while (first := reader.frame())[0] != DATA:
            pass
        assert b"initial-response" in first[3]
        # A client that goes away ends its subscription.
        reader.close()
        until(lambda: not cloud.world.waiters)
