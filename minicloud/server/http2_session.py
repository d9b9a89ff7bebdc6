"""One connection in HTTP/2, from bytes to requests and from answers to bytes. No socket, no clock, no AWS.

A ``Session`` is fed what the connection brings. It hands out what has become of streams: a request that is whole, one
that is refused, one that its client wants no more; and gathers in ``outgoing`` what is to be written. Both sides grant
each other how much may be sent (*windows*): what an answer has beyond that waits here until more is granted. What a
client does against the rules of a stream ends the stream, what it does against those of the connection ends all.
[RFC 9113]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from struct import pack, unpack
from typing import Final

from .http2_hpack import MOST_OF_A_TABLE, Decoder, HpackError, encode
from .http_request import METHODS, MOST_HEADERS, MOST_OF_A_HEAD, HttpError, HttpRequest, too_large

__all__ = ["CANCEL", "OF_CONNECTIONS", "ConnectionFault", "Session", "Told"]

MOST_STREAMS: Final = 1_000
"""Requests that one client may have open, most of them polls."""

_DATA, _HEADERS, _PRIORITY, _RST_STREAM, _SETTINGS, _PUSH, _PING, _GOAWAY, _WINDOW_UPDATE, _CONTINUATION = range(10)
_END_STREAM, _ACK, _END_HEADERS, _PADDED, _HAS_PRIORITY = 0x1, 0x1, 0x4, 0x8, 0x20
_NO_ERROR, _PROTOCOL_ERROR, _FLOW_CONTROL_ERROR, _STREAM_CLOSED, _FRAME_SIZE_ERROR = 0, 1, 3, 5, 6
_REFUSED_STREAM, CANCEL, _COMPRESSION_ERROR, _ENHANCE_YOUR_CALM = 7, 8, 9, 0xB
_MOST_OF_A_FRAME: Final = 16_384
_MOST_OF_A_WINDOW: Final = (1 << 31) - 1
_FIRST_WINDOW: Final = 65_535
_WINDOW: Final = 1 << 30
"""What a client may send on a connection before it is granted more; on a stream it is what a body may have."""
OF_CONNECTIONS: Final = frozenset({"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"})
"""Headers of HTTP/1.1 that HTTP/2 has not."""
_CONTROLS: Final = frozenset("\0\r\n")

Told = tuple[int, "HttpRequest | HttpError | None"]
"""What has become of a stream: its request is there, or refused; None where its client has given it up."""


class ConnectionFault(Exception):
    """What ends a connection: a code of HTTP/2's."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


class StreamFault(Exception):
    """What ends one stream."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code


class _Stream:
    """One request and its answer."""

    __slots__ = (
        "body",
        "ends",
        "granted",
        "is_answered",
        "is_read",
        "length",
        "pending",
        "received",
        "request",
        "window",
    )

    def __init__(self, window: int, granted: int) -> None:
        self.request: HttpRequest | None = None
        """None where it is refused, so that its body is not kept."""
        self.body: list[bytes] = []
        self.received = 0
        self.length: int | None = None
        """What the request says of its body."""
        self.is_read = False
        """Whether the client has said all of it."""
        self.granted = granted
        """What the client may still send."""
        self.window = window
        """What may be sent to it."""
        self.pending = bytearray()
        self.ends = False
        """Whether nothing comes after what is pending."""
        self.is_answered = False


class Session:
    """What is said on one connection."""

    def __init__(self, most_of_a_body: int, admit: Callable[[HttpRequest], object]) -> None:
        self.outgoing = bytearray()
        """What is to be written: whoever writes it empties it."""
        self._most = most_of_a_body
        self._admit = admit
        """Asked when a head is read, before its body is: raises ``HttpError``."""
        self._buffer = bytearray()
        self._decoder = Decoder()
        self._streams: dict[int, _Stream] = {}
        self._last = 0
        """The highest stream that the client has begun."""
        self._block: tuple[int, int, bytearray] | None = None
        """A head of which there is more to come: its stream, its flags, what is there."""
        self._is_settled = False
        """Whether the client's settings have come, which is the first that comes."""
        self._granted = _WINDOW
        self._window_of_streams = max(most_of_a_body, _FIRST_WINDOW)
        """So large that no client has to wait in the middle of a body: not all of them go on well."""
        self._window = _FIRST_WINDOW
        self._first_window = _FIRST_WINDOW
        self._most_of_a_frame = _MOST_OF_A_FRAME
        self._shrinks = False
        """Whether the next head has to say that no table is kept, as the client asked for a smaller one."""
        self._frame(_SETTINGS, 0, 0, pack("!HIHIHI", 3, MOST_STREAMS, 4, self._window_of_streams, 6, MOST_OF_A_HEAD))
        self._frame(_WINDOW_UPDATE, 0, 0, pack("!I", self._granted - _FIRST_WINDOW))

    # --- what others ask ----------------------------------------------------------------------------------------------

    @property
    def waits_for(self) -> str | None:
        """What has begun and is not whole: ``"head"``, ``"body"``, nothing; None while answers are to come."""
        if self._block is not None or not self._is_settled:
            return "head"
        if not self._streams:
            return "head" if self._buffer else ""
        return "body" if any(not stream.is_read for stream in self._streams.values()) else None

    def is_open(self, stream_id: int) -> bool:
        """Whether a stream can still be answered."""
        return stream_id in self._streams

    def is_blocked(self, stream_id: int) -> bool:
        """Whether something of a stream's answer waits for the client to grant more."""
        stream = self._streams.get(stream_id)
        return stream is not None and bool(stream.pending)

    # --- what comes ---------------------------------------------------------------------------------------------------

    def feed(self, data: bytes) -> list[Told]:
        """Take in what has come, behind the preface. Raises ``ConnectionFault``."""
        self._buffer += data
        told: list[Told] = []
        buffer, place = self._buffer, 0
        try:
            while len(buffer) - place >= 9:
                length = int.from_bytes(buffer[place : place + 3], "big")
                if length > _MOST_OF_A_FRAME:
                    raise ConnectionFault(_FRAME_SIZE_ERROR, "a frame is larger than it may be")
                if len(buffer) - place < 9 + length:
                    break
                kind, flags = buffer[place + 3], buffer[place + 4]
                stream_id = int.from_bytes(buffer[place + 5 : place + 9], "big") & _MOST_OF_A_WINDOW
                payload = bytes(buffer[place + 9 : place + 9 + length])
                place += 9 + length
                try:
                    self._take(kind, flags, stream_id, payload, told)
                except StreamFault as fault:
                    told.append((stream_id, None))
                    self.reset(stream_id, fault.code)
                except HttpError as error:
                    told.append((stream_id, error))
        finally:
            del buffer[:place]
        return told

    def _take(self, kind: int, flags: int, stream_id: int, payload: bytes, told: list[Told]) -> None:
        if not self._is_settled and kind != _SETTINGS:
            raise ConnectionFault(_PROTOCOL_ERROR, "a client begins with its settings")
        if (self._block is None) == (kind == _CONTINUATION) or (
            self._block is not None and self._block[0] != stream_id
        ):
            raise ConnectionFault(_PROTOCOL_ERROR, "a head is one row of frames")
        if kind == _DATA:
            self._take_data(flags, stream_id, payload, told)
        elif kind == _HEADERS:
            self._take_headers(flags, stream_id, payload, told)
        elif kind == _CONTINUATION:
            self._take_more(flags, stream_id, payload, told)
        elif kind == _SETTINGS:
            self._take_settings(flags, stream_id, payload)
        elif kind == _WINDOW_UPDATE:
            self._take_window(stream_id, payload)
        elif kind == _PING:
            if stream_id or len(payload) != 8:
                raise ConnectionFault(_PROTOCOL_ERROR if stream_id else _FRAME_SIZE_ERROR, "this is no ping")
            if not flags & _ACK:
                self._frame(_PING, _ACK, 0, payload)
        elif kind == _RST_STREAM:
            self._check_begun(stream_id)
            if len(payload) != 4:
                raise ConnectionFault(_FRAME_SIZE_ERROR, "a reset has four bytes")
            if self._streams.pop(stream_id, None) is not None:
                told.append((stream_id, None))
        elif kind == _PRIORITY:
            if not stream_id or len(payload) != 5:
                raise ConnectionFault(_FRAME_SIZE_ERROR if stream_id else _PROTOCOL_ERROR, "this is no priority")
        elif kind == _PUSH:
            raise ConnectionFault(_PROTOCOL_ERROR, "a client pushes nothing")
        elif kind == _GOAWAY and stream_id:
            raise ConnectionFault(_PROTOCOL_ERROR, "a connection goes away, and no stream")

    def _check_begun(self, stream_id: int) -> None:
        if not stream_id or stream_id > self._last or not stream_id % 2:
            raise ConnectionFault(_PROTOCOL_ERROR, "a frame of a stream that was not begun")

    def _take_settings(self, flags: int, stream_id: int, payload: bytes) -> None:
        if stream_id:
            raise ConnectionFault(_PROTOCOL_ERROR, "settings are the connection's")
        if len(payload) % 6 or (flags & _ACK and payload):
            raise ConnectionFault(_FRAME_SIZE_ERROR, "settings have six bytes each")
        if flags & _ACK:
            if not self._is_settled:
                raise ConnectionFault(_PROTOCOL_ERROR, "a client begins with its settings")
            return
        self._is_settled = True
        for place in range(0, len(payload), 6):
            name, value = unpack("!HI", payload[place : place + 6])
            if name == 1:
                self._shrinks = self._shrinks or value < MOST_OF_A_TABLE
            elif name == 4:
                if value > _MOST_OF_A_WINDOW:
                    raise ConnectionFault(_FLOW_CONTROL_ERROR, "a window larger than any")
                for stream in self._streams.values():
                    stream.window += value - self._first_window
                self._first_window = value
            elif name == 5:
                if not _MOST_OF_A_FRAME <= value < 1 << 24:
                    raise ConnectionFault(_PROTOCOL_ERROR, "a frame has 16 KiB to 16 MiB")
                self._most_of_a_frame = value
        self._frame(_SETTINGS, _ACK, 0, b"")
        self._flush()

    def _take_window(self, stream_id: int, payload: bytes) -> None:
        if len(payload) != 4:
            raise ConnectionFault(_FRAME_SIZE_ERROR, "a window's update has four bytes")
        more = int.from_bytes(payload, "big") & _MOST_OF_A_WINDOW
        if not stream_id:
            self._window += more
            if not more or self._window > _MOST_OF_A_WINDOW:
                raise ConnectionFault(_FLOW_CONTROL_ERROR if more else _PROTOCOL_ERROR, "a window grows up to 2 GiB")
        else:
            self._check_begun(stream_id)
            stream = self._streams.get(stream_id)
            if stream is None:
                return
            stream.window += more
            if not more or stream.window > _MOST_OF_A_WINDOW:
                raise StreamFault(_FLOW_CONTROL_ERROR if more else _PROTOCOL_ERROR)
        self._flush()

    # --- a request ----------------------------------------------------------------------------------------------------

    def _take_headers(self, flags: int, stream_id: int, payload: bytes, told: list[Told]) -> None:
        if not stream_id % 2:
            raise ConnectionFault(_PROTOCOL_ERROR, "a client's streams are odd")
        payload = _unpadded(flags, payload)
        if flags & _HAS_PRIORITY:
            if len(payload) < 5:
                raise ConnectionFault(_FRAME_SIZE_ERROR, "a priority has five bytes")
            payload = payload[5:]
        self._block = (stream_id, flags, bytearray(payload))
        if flags & _END_HEADERS:
            self._end_block(told)

    def _take_more(self, flags: int, stream_id: int, payload: bytes, told: list[Told]) -> None:
        if self._block is None:
            return
        self._block[2].extend(payload)
        if len(self._block[2]) > 2 * MOST_OF_A_HEAD:
            raise ConnectionFault(_ENHANCE_YOUR_CALM, "a head without an end")
        if flags & _END_HEADERS:
            self._end_block(told)

    def _end_block(self, told: list[Told]) -> None:
        if self._block is None:
            return
        (stream_id, flags, block), self._block = self._block, None
        try:
            fields = self._decoder.decode(bytes(block), MOST_OF_A_HEAD)
        except HpackError as error:
            raise ConnectionFault(_COMPRESSION_ERROR, str(error)) from None
        ends = bool(flags & _END_STREAM)
        stream = self._streams.get(stream_id)
        if stream is not None:  # trailers, which nobody needs
            if stream.is_read:
                raise StreamFault(_STREAM_CLOSED)
            if not ends:
                raise StreamFault(_PROTOCOL_ERROR)
            self._end_request(stream_id, stream, told)
            return
        if stream_id <= self._last:
            raise ConnectionFault(_STREAM_CLOSED, "a stream that has ended goes on")
        self._last = stream_id
        if len(self._streams) >= MOST_STREAMS:
            raise StreamFault(_REFUSED_STREAM)
        stream = self._streams[stream_id] = _Stream(self._first_window, self._window_of_streams)
        stream.is_read = ends
        if fields is None or len(fields) > MOST_HEADERS:
            raise HttpError(431, f"a request's head has at most {MOST_OF_A_HEAD} bytes and {MOST_HEADERS} headers")
        request = _request_of(fields)
        length = request.headers.get("content-length")
        if length is not None:
            if not length.isdecimal() or not length.isascii() or len(length) > 18:
                raise StreamFault(_PROTOCOL_ERROR)
            stream.length = int(length)
            if stream.length > self._most:
                raise too_large(self._most)
        self._admit(request)
        expected = request.headers.get("expect", "").lower()
        if expected and expected != "100-continue":
            raise HttpError(417, f"minicloud knows no expectation but 100-continue, and not {expected[:200]!r}")
        stream.request = request
        if ends:
            self._end_request(stream_id, stream, told)
        elif expected:
            self._frame(_HEADERS, _END_HEADERS, stream_id, encode([(":status", "100")]))

    def _take_data(self, flags: int, stream_id: int, payload: bytes, told: list[Told]) -> None:
        self._check_begun(stream_id)
        size = len(payload)
        self._granted -= size
        if self._granted < _WINDOW // 2:
            self._frame(_WINDOW_UPDATE, 0, 0, pack("!I", _WINDOW - self._granted))
            self._granted = _WINDOW
        data = _unpadded(flags, payload)
        stream = self._streams.get(stream_id)
        if stream is None:
            return  # it was on its way when the stream ended
        if stream.is_read:
            raise StreamFault(_STREAM_CLOSED)
        stream.granted -= size
        stream.received += len(data)
        if stream.request is not None:
            if stream.received > self._most:
                stream.request, stream.body = None, []
                raise too_large(self._most)
            stream.body.append(data)
        elif stream.received > 2 * self._most:
            raise StreamFault(CANCEL)
        if flags & _END_STREAM:
            self._end_request(stream_id, stream, told)
        elif stream.granted < self._window_of_streams // 2:
            self._frame(_WINDOW_UPDATE, 0, stream_id, pack("!I", self._window_of_streams - stream.granted))
            stream.granted = self._window_of_streams

    def _end_request(self, stream_id: int, stream: _Stream, told: list[Told]) -> None:
        stream.is_read = True
        request, stream.request = stream.request, None
        if request is None:  # refused already
            if stream.ends and not stream.pending:
                self._streams.pop(stream_id, None)
            return
        if stream.length is not None and stream.length != stream.received:
            raise StreamFault(_PROTOCOL_ERROR)
        body, stream.body = b"".join(stream.body), []
        request.take(body, self._most)
        told.append((stream_id, request))

    # --- an answer ----------------------------------------------------------------------------------------------------

    def begin(self, stream_id: int, status: int, headers: Iterable[tuple[str, str]], *, ends: bool = False) -> None:
        """Answer a stream's request: the head, and nothing more where it ``ends``."""
        stream = self._streams.get(stream_id)
        if stream is None or stream.is_answered:
            return
        stream.is_answered = True
        block = encode([(":status", str(status)), *headers])
        if self._shrinks:
            block, self._shrinks = b"\x20" + block, False
        first, rest = block[: self._most_of_a_frame], block[self._most_of_a_frame :]
        flags = _END_STREAM if ends else 0
        self._frame(_HEADERS, flags | (0 if rest else _END_HEADERS), stream_id, first)
        while rest:
            first, rest = rest[: self._most_of_a_frame], rest[self._most_of_a_frame :]
            self._frame(_CONTINUATION, 0 if rest else _END_HEADERS, stream_id, first)
        if ends:
            self._close(stream_id, stream)

    def send(self, stream_id: int, data: bytes, *, ends: bool = False) -> None:
        """More of the answer: it is written as far as the client grants it, and the rest later."""
        stream = self._streams.get(stream_id)
        if stream is None or stream.ends:
            return
        stream.pending += data
        stream.ends = ends
        self._flush_stream(stream_id, stream)

    def reset(self, stream_id: int, code: int = CANCEL) -> None:
        """End a stream, answered or not."""
        if self._streams.pop(stream_id, None) is not None or code != CANCEL:
            self._frame(_RST_STREAM, 0, stream_id, pack("!I", code))

    def go_away(self, code: int = _NO_ERROR, text: str = "") -> None:
        """Say that no more requests are taken, and why."""
        self._frame(_GOAWAY, 0, 0, pack("!II", self._last, code) + text.encode())

    def _flush(self) -> None:
        for stream_id, stream in list(self._streams.items()):
            if stream.pending:
                self._flush_stream(stream_id, stream)

    def _flush_stream(self, stream_id: int, stream: _Stream) -> None:
        while True:
            size = min(len(stream.pending), max(stream.window, 0), self._window, self._most_of_a_frame)
            if not size and (stream.pending or not stream.ends):
                return
            data = bytes(stream.pending[:size])
            del stream.pending[:size]
            stream.window -= size
            self._window -= size
            is_last = stream.ends and not stream.pending
            self._frame(_DATA, _END_STREAM if is_last else 0, stream_id, data)
            if is_last:
                self._close(stream_id, stream)
                return

    def _close(self, stream_id: int, stream: _Stream) -> None:
        """The answer is written. What comes yet is read, within reason: some look for answers only then."""
        stream.ends = True
        if stream.is_read:
            self._streams.pop(stream_id, None)

    def _frame(self, kind: int, flags: int, stream_id: int, payload: bytes) -> None:
        self.outgoing += pack("!I", len(payload))[1:] + pack("!BBI", kind, flags, stream_id) + payload


def _unpadded(flags: int, payload: bytes) -> bytes:
    if not flags & _PADDED:
        return payload
    if not payload or payload[0] >= len(payload):
        raise ConnectionFault(_PROTOCOL_ERROR, "a frame is nothing but padding")
    return payload[1 : len(payload) - payload[0]]


def _request_of(fields: list[tuple[str, str]]) -> HttpRequest:
    """The request that a head begins. Raises ``HttpError``, and ``StreamFault`` for what is no head."""
    pseudo: dict[str, str] = {}
    headers: dict[str, str] = {}
    for name, value in fields:
        if name.startswith(":"):
            if headers or name in pseudo or name not in (":method", ":scheme", ":path", ":authority"):
                raise StreamFault(_PROTOCOL_ERROR)
            pseudo[name] = value
        elif (
            not name
            or name != name.lower()
            or name in OF_CONNECTIONS
            or (name == "te" and value != "trailers")
            or (name == "host" and name in headers)
        ):
            raise StreamFault(_PROTOCOL_ERROR)
        elif name in headers:
            headers[name] += ("; " if name == "cookie" else ",") + value
        else:
            headers[name] = value
        if not _CONTROLS.isdisjoint(value) or not _CONTROLS.isdisjoint(name):
            raise StreamFault(_PROTOCOL_ERROR)
    method, path = pseudo.get(":method", ""), pseudo.get(":path", "")
    if method and method not in METHODS:
        raise HttpError(405, "minicloud does not know this method", headers={"allow": ", ".join(METHODS)})
    if not method or ":scheme" not in pseudo or not (path.startswith("/") or (path == "*" and method == "OPTIONS")):
        raise StreamFault(_PROTOCOL_ERROR)
    authority = pseudo.get(":authority", headers.get("host"))
    if authority is None or headers.get("host", authority) != authority:
        raise HttpError(400, "a request has one host")
    headers["host"] = authority
    return HttpRequest(method, path, headers, True)
