"""HTTP/1.1 requests, read from bytes as they come. No socket, no clock, no AWS.

A ``RequestParser`` is fed what a connection brings, in pieces of any size, and hands out whole requests in their order.
What could be read in two ways (two lengths, a length and chunks, a bare CR) is refused, and ends the connection:
whoever stands between client and server may have read it in the other one. Sizes are bounded before anything is kept.
"""

from __future__ import annotations

import re
import zlib
from base64 import b64encode
from collections.abc import Callable
from hashlib import md5
from typing import Any, Final, Protocol
from urllib.parse import unquote

__all__ = [
    "DIFFERS",
    "METHODS",
    "MOST_HEADERS",
    "MOST_OF_A_HEAD",
    "PREFACE",
    "HttpError",
    "HttpRequest",
    "Layouts",
    "RequestParser",
    "too_large",
]

MOST_OF_A_HEAD: Final = 64 * 1024
MOST_HEADERS: Final = 200
PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
"""What a connection in HTTP/2 begins with."""
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")

_MOST_KNOWN: Final = 1_000
_MOST_MISSES: Final = 50
_LONGEST_KNOWN: Final = 200
DIFFERS: Final = frozenset(
    {"amz-sdk-invocation-id", "authorization", "content-md5", "x-amz-content-sha256", "x-amz-date"}
)
"""Headers that differ with each request."""
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_DECIMAL = re.compile(r"[0-9]{1,18}")
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}")
_ENDS_OF_LINES = re.compile(rb"\r(?!\n)|(?<!\r)\n|\0")


class HttpError(Exception):
    """A request that is refused before anybody asks what it means."""

    def __init__(
        self,
        status: int,
        text: str,
        *,
        content_type: str = "text/plain; charset=utf-8",
        headers: dict[str, str] | None = None,
        closes: bool = True,
    ) -> None:
        super().__init__(text)
        self.status = status
        self.body = text.encode("utf-8", "replace")
        self.content_type = content_type
        self.headers = headers or {}
        self.closes = closes
        """Whether what comes behind it on the connection cannot be read any more."""


class HttpRequest:
    """One request. Names of headers are in lower case."""

    __slots__ = ("body", "headers", "host", "is_damaged", "keep_alive", "known", "method", "path", "query", "target")

    def __init__(self, method: str, target: str, headers: dict[str, str], keep_alive: bool) -> None:
        self.method = method
        self.target = target
        """As it was written; never in absolute form."""
        path, _, self.query = target.partition("?")
        self.path = unquote(path) if "%" in path else path
        self.headers = headers
        self.keep_alive = keep_alive
        host = headers.get("host", "")
        self.host = host.partition("://")[2].rstrip("/") if "://" in host else host
        """The value of Host; some clients put a whole URL there, and AWS takes it."""
        self.body = b""
        self.is_damaged = False
        """Whether the body is not what its ``Content-MD5`` says."""
        self.known: Any = None
        """What kind of heads its own is of, if of one that comes again."""

    def take(self, body: bytes, most: int) -> None:
        """Take a body as it was sent. Raises ``HttpError`` where it cannot be unpacked."""
        digest, coding = self.headers.get("content-md5"), self.headers.get("content-encoding")
        if (digest is None and coding is None) or self._is_of_s3():
            self.body = body
            return
        if digest is not None:
            self.is_damaged = digest != b64encode(md5(body, usedforsecurity=False).digest()).decode()
        self.body = _unpacked(body, coding or "", most)

    def _is_of_s3(self) -> bool:
        """Whether the body may be an object: S3 says itself what is damaged, and keeps what is packed as it is.

        Signed for S3, by headers or in the query, or put without a signature. That there is a hash of the content says
        nothing: many SDKs send it to all services.
        """
        headers, query = self.headers, self.query
        if "x-amz-target" in headers or "smithy-protocol" in headers:
            return False
        authorization = headers.get("authorization", "")
        if "Credential=" in authorization:
            return "/s3/aws4_request" in authorization
        if "X-Amz-Credential=" in query:
            return "/s3/aws4_request" in unquote(query)
        return self.method == "PUT"

    @property
    def content_type(self) -> str:
        """What the body is, in lower case and without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


Layouts = dict[int, tuple[tuple[int, bytes, str], ...]]
"""Where the values that differ lie in the heads of one connection, by the number of their lines: the number of the
line, how it begins, and the name in lower case."""


class Heads(Protocol):
    """Heads that have come before (``http_known.py``)."""

    def find(self, head: bytes, layouts: Layouts) -> HttpRequest | None:
        """The request that a head begins, if it is of a known kind."""

    def keep(self, head: bytes, request: HttpRequest, layouts: Layouts) -> None:
        """Know heads like this one from now on; ``request`` is what was read of it."""


class RequestParser:
    """The requests of one connection."""

    def __init__(self, most_of_a_body: int, admit: Callable[[HttpRequest], object], heads: Heads | None = None) -> None:
        self._heads = heads
        """Those of all connections; None where each head is to be read."""
        self._layouts: Layouts = {}
        self._misses = 0
        """So many heads in a row were of no known kind: what is never the same is not worth to be kept."""
        self._buffer = bytearray()
        self._searched = 0
        """So much of the buffer holds no end of a head."""
        self._most = most_of_a_body
        self._admit = admit
        """Asked when a head is read, before its body is: raises ``HttpError``."""
        self._request: HttpRequest | None = None
        """The one whose body is to come."""
        self._length: int | None = None
        """Of that body; None where it comes in chunks."""
        self._chunks: list[bytes] = []
        self._chunked = 0
        """How many bytes these are."""
        self._missing = 0
        """How much of a chunk is to come, with the line end behind it."""
        self._in_trailers = False
        self.wants_continue = False
        """Whether the client waits for a word before it sends its body."""

    @property
    def waits_for(self) -> str:
        """What has begun and is not whole: ``"head"``, ``"body"``, or nothing."""
        if self._request is not None:
            return "body"
        return "head" if self._buffer else ""

    @property
    def buffered(self) -> int:
        """How many bytes wait to be read."""
        return len(self._buffer)

    def feed(self, data: bytes) -> None:
        """Take in what has come."""
        self._buffer += data

    def next(self) -> HttpRequest | None:
        """The next whole request; None while there is more to come. Raises ``HttpError``."""
        if self._request is None and not self._read_head():
            return None
        request = self._request
        if request is None:
            return None
        length = self._length
        if request.known is not None and length is not None:  # it has no codings
            buffer = self._buffer
            if len(buffer) < length:
                return None
            request.body = bytes(buffer) if len(buffer) == length else bytes(buffer[:length])
            del buffer[:length]
        else:
            body = self._read_body()
            if body is None:
                return None
            self._request = None  # also when its body cannot be unpacked: what comes now is another one
            request.take(body, self._most)
        self._request = None
        self.wants_continue = False
        return request

    # --- the head -----------------------------------------------------------------------------------------------------

    def _read_head(self) -> bool:
        buffer = self._buffer
        if not buffer:
            return False
        while buffer.startswith(b"\r\n"):
            del buffer[:2]
        end = buffer.find(b"\r\n\r\n", max(0, self._searched - 3))
        if end > MOST_OF_A_HEAD or (end < 0 and len(buffer) > MOST_OF_A_HEAD):
            raise HttpError(431, f"a request's head has at most {MOST_OF_A_HEAD} bytes")
        if end < 0:
            wrong = _ENDS_OF_LINES.search(buffer, max(0, self._searched - 1))
            if wrong is not None and (wrong.end() < len(buffer) or wrong[0] != b"\r"):
                raise HttpError(400, "lines of a request's head end in CR LF")
            self._searched = len(buffer)
            return False
        head = bytes(buffer[:end])
        del buffer[: end + 4]
        self._searched = 0
        heads = self._heads
        request = None if heads is None else heads.find(head, self._layouts)
        if request is not None:
            self._misses = 0
            self._length = length = _length_of(request.headers)
            if length is None or length > self._most:
                raise too_large(self._most)
            self._request = request
            return True
        request = _head_of(head)
        self._length = _length_of(request.headers)
        if self._length is not None and self._length > self._most:
            raise too_large(self._most)
        self._admit(request)
        if heads is not None and self._misses < _MOST_MISSES:
            self._misses += 1
            heads.keep(head, request, self._layouts)
        expected = request.headers.get("expect", "").lower()
        if expected and expected != "100-continue":
            raise HttpError(417, f"minicloud knows no expectation but 100-continue, and not {expected[:200]!r}")
        self.wants_continue = bool(expected) and (self._length is None or len(buffer) < self._length)
        self._request = request
        self._chunks, self._chunked, self._missing, self._in_trailers = [], 0, 0, False
        return True

    # --- the body -----------------------------------------------------------------------------------------------------

    def _read_body(self) -> bytes | None:
        if self._length is None:
            if not self._read_chunks():
                return None
            body = b"".join(self._chunks)
            self._chunks = []
        else:
            if len(self._buffer) < self._length:
                return None
            body = bytes(self._buffer[: self._length])
            del self._buffer[: self._length]
        return body

    def _read_chunks(self) -> bool:
        buffer = self._buffer
        while not self._in_trailers:
            if self._missing:
                if len(buffer) < self._missing:
                    return False
                if buffer[self._missing - 2 : self._missing] != b"\r\n":
                    raise HttpError(400, "a chunk ends in CR LF")
                self._chunks.append(bytes(buffer[: self._missing - 2]))
                del buffer[: self._missing]
                self._missing = 0
            end = buffer.find(b"\r\n")
            if end > MOST_OF_A_HEAD or (end < 0 and len(buffer) > MOST_OF_A_HEAD):
                raise HttpError(400, "the line before a chunk is too long")
            if end < 0:
                return False
            size = buffer[:end].partition(b";")[0].strip()
            if not _SIZE.fullmatch(size):
                raise HttpError(400, "a chunk begins with its size in hexadecimal digits")
            del buffer[: end + 2]
            number = int(size, 16)
            self._chunked += number
            if self._chunked > self._most:
                raise too_large(self._most)
            if number:
                self._missing = number + 2
            else:
                self._in_trailers = True
        return self._skip_trailers()

    def _skip_trailers(self) -> bool:
        buffer = self._buffer
        while (end := buffer.find(b"\r\n")) > 0:
            self._chunked += end
            if self._chunked > self._most + MOST_OF_A_HEAD:
                raise HttpError(431, "the trailers are too long")
            del buffer[: end + 2]
        if end < 0 and len(buffer) > MOST_OF_A_HEAD:
            raise HttpError(431, "the trailers are too long")
        if end == 0:
            del buffer[:2]
        return end == 0


def _head_of(head: bytes) -> HttpRequest:
    lines_end = head.count(b"\r\n")
    if head.count(b"\r") != lines_end or head.count(b"\n") != lines_end or b"\0" in head:
        raise HttpError(400, "lines of a request's head end in CR LF")
    first, *lines = head.decode("latin-1").split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or not parts[1]:
        raise HttpError(400, "a request begins with a method, a target and HTTP/1.1")
    method, target, version = parts
    if version not in ("HTTP/1.1", "HTTP/1.0"):
        raise HttpError(505, "minicloud speaks HTTP/1.1")
    if method not in METHODS:
        raise HttpError(405, "minicloud does not know this method", headers={"allow": ", ".join(METHODS)})
    if len(lines) > MOST_HEADERS:
        raise HttpError(431, f"a request has at most {MOST_HEADERS} headers")
    headers: dict[str, str] = {}
    for line in lines:
        name, value = _KNOWN.get(line) or _header_of(line)
        if name not in headers:
            headers[name] = value
        elif name == "host" or (name in ("content-length", "transfer-encoding") and headers[name] != value):
            raise HttpError(400, f"a request has one header {name}")
        elif name != "content-length":
            headers[name] = f"{headers[name]},{value}"
    if "host" not in headers and version == "HTTP/1.1":
        raise HttpError(400, "a request of HTTP/1.1 has a header Host")
    keep_alive = version == "HTTP/1.1"
    if "connection" in headers:
        options = headers["connection"].lower().replace(" ", "").split(",")
        keep_alive = "close" not in options if keep_alive else "keep-alive" in options
    return HttpRequest(method, _origin_form(method, target), headers, keep_alive)


_KNOWN: Final[dict[str, tuple[str, str]]] = {}
"""Headers that have come before: of a client's heads only few lines differ."""
_NAMES_THAT_DIFFER: Final[dict[str, str]] = {}
"""How clients write the names of those that differ, and these in lower case."""


def _header_of(line: str) -> tuple[str, str]:
    written, colon, value = line.partition(":")
    name = _NAMES_THAT_DIFFER.get(written)
    if name is not None and colon:
        return name, value.strip(" \t")
    if not colon or not _TOKEN.fullmatch(written):
        raise HttpError(400, "a header is a name, a colon and a value")
    header = written.lower(), value.strip(" \t")
    if header[0] in DIFFERS:
        known: dict[str, Any] = _NAMES_THAT_DIFFER
        known[written] = header[0]
    elif len(line) <= _LONGEST_KNOWN:
        known = _KNOWN
        known[line] = header
    else:
        return header
    if len(known) > _MOST_KNOWN:
        known.clear()
    return header


def _origin_form(method: str, target: str) -> str:
    if target.startswith("/") or (target == "*" and method == "OPTIONS"):
        return target
    scheme, found, rest = target.partition("://")
    if not found or scheme.lower() not in ("http", "https"):
        raise HttpError(400, "the target of a request is a path")
    return "/" + rest.partition("/")[2]


def _length_of(headers: dict[str, str]) -> int | None:
    """The length of a body; None where it comes in chunks."""
    coding, length = headers.get("transfer-encoding"), headers.get("content-length")
    if coding is not None:
        if coding.lower() != "chunked" or length is not None:
            raise HttpError(400, "a body has a Content-Length, or Transfer-Encoding: chunked")
        return None
    if length is None:
        return 0
    if not _DECIMAL.fullmatch(length):
        raise HttpError(400, "a Content-Length is a decimal number")
    return int(length)


def _unpacked(body: bytes, coding: str, most: int) -> bytes:
    coding = coding.lower().strip()
    if coding in ("", "identity", "aws-chunked") or not body:
        return body
    if coding not in ("gzip", "deflate"):
        raise HttpError(415, "minicloud unpacks gzip and deflate", closes=False)
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        whole = unpacker.decompress(body, most + 1)
    except zlib.error:
        raise HttpError(400, f"the body is no {coding}", closes=False) from None
    if len(whole) > most:
        raise too_large(most)
    if not unpacker.eof:
        raise HttpError(400, f"the body is cut off: its {coding} has no end", closes=False)
    return whole


def too_large(most: int) -> HttpError:
    """What is said to a body that has more bytes than it may."""
    text = f'{{"__type":"RequestEntityTooLarge","message":"a body has at most {most} bytes: see --max-body"}}'
    return HttpError(413, text, content_type="application/json")
