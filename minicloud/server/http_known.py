"""Heads of requests that have come before. No socket, no clock, no AWS.

Of the heads that one client sends only few values differ: a date, a signature, the number of the request, the length of
the body. Where these lie is the layout of a head; without them it is its kind. A head of a kind that is known needs not
be read again, nor does anybody have to ask again what it wants: whoever has found that out keeps it at ``plan``.

A request that is whole and of a kind which its connection has brought before is found in one go over its bytes
(``KnownHead.body_in``): what stands between the values that differ is compared, the values are passed over.

Only what can be left out without a look is: a head that says anything unusual (a coding of its body, an origin, what
the client expects) is of no kind, and what has a byte in a value that may not be there is read as if never seen.
"""

from __future__ import annotations

from typing import Any, Final

from .http_request import DIFFERS, HttpRequest, Layouts

__all__ = ["KnownHead", "KnownHeads"]

_MOST: Final = 500
_LONGEST: Final = 4_096
_SIGNATURE: Final = b"Signature="
_UNUSUAL: Final = frozenset(
    {"content-encoding", "content-md5", "expect", "origin", "transfer-encoding", "x-amzn-trace-id"}
)


class KnownHead:
    """A kind of heads."""

    __slots__ = (
        "_before_length",
        "_befores",
        "_end",
        "_latest_end",
        "_length",
        "_lines",
        "_places",
        "client",
        "forms",
        "headers",
        "host",
        "path",
        "plan",
        "query",
        "target",
    )

    def __init__(self, request: HttpRequest, lines: list[bytes], cut: set[int]) -> None:
        self.headers = request.headers
        self.host = request.host
        self.path = request.path
        self.query = request.query
        self.target = request.target
        self.plan: Any = None
        """What these requests ask for, for whoever answers them."""
        self.client = ""
        """Who asks, once that is known."""
        self.forms: dict[str, Any] | None = None
        """The same by action, where it is a form in the body that says so."""
        pieces = [b""]
        for number, line in enumerate(lines):
            pieces[-1] += line
            if number in cut:
                if line[:14].lower() == b"content-length":
                    self._before_length = pieces[-1]
                pieces.append(b"")
            pieces[-1] += b"\r\n"
        self._befores = tuple(pieces[:-1])
        self._end = pieces[-1] + b"\r\n"
        self._length = (0, 0)
        """Where the length of the body stood."""
        self._lines = len(lines) + 1
        self._places: tuple[tuple[bytes, int], ...] = ()
        """Where these stood in the latest request, the end among them: mostly they stand there again."""
        self._latest_end = 0

    def body_in(self, data: bytes) -> bytes | None:
        """The body, if ``data`` is one whole request of this kind and nothing else."""
        for piece, place in self._places:
            if not data.startswith(piece, place):
                end = self._end_in(data)
                break
        else:
            end = self._latest_end if self._places else self._end_in(data)
        # Neither does a value go on over the end of its line, nor has it what may not be there.
        lines = self._lines
        if end < 0 or data.count(b"\n", 0, end) != lines or data.count(b"\r", 0, end) != lines or b"\0" in data[:end]:
            return None
        first, last = self._length
        length = data[first:last]
        return data[end:] if length.isdigit() and int(length) == len(data) - end else None

    def _end_in(self, data: bytes) -> int:
        """Where the head ends that the data begins with, and where its pieces stand; -1 if it is of another kind."""
        places = []
        end = 0
        for before in self._befores:
            if not data.startswith(before, end):
                return -1
            places.append((before, end))
            begin = end + len(before)
            end = data.find(b"\r", begin)
            if before is self._before_length:
                self._length = begin, end
        if not data.startswith(self._end, end):
            return -1
        self._places = (*places, (self._end, end))
        self._latest_end = end + len(self._end)
        return self._latest_end

    def another(self, values: list[tuple[str, bytes]]) -> HttpRequest:
        """A request of this kind."""
        made = HttpRequest.__new__(HttpRequest)
        made.method = "POST"
        made.target = self.target
        made.path = self.path
        made.query = self.query
        made.host = self.host
        made.keep_alive = True
        made.body = b""
        made.is_damaged = False
        made.known = self
        made.headers = headers = self.headers.copy()
        for name, value in values:
            headers[name] = value.decode("latin-1").strip(" \t")
        return made


class KnownHeads:
    """The kinds that one server has seen."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[bytes, ...], KnownHead] = {}

    def find(self, head: bytes, layouts: Layouts) -> HttpRequest | None:
        """The request that a head begins, if it is of a known kind."""
        lines = head.split(b"\r\n")
        layout = layouts.get(len(lines))
        if layout is None:
            return None
        values = []
        for number, begin, name in layout:
            line = lines[number]
            if not line.startswith(begin):
                return None
            values.append((name, line[len(begin) :]))
            lines[number] = _without_signature(line) if name == "authorization" else begin
        kind = self._kinds.get(tuple(lines))
        if kind is None or head.count(b"\r") != len(lines) - 1 or head.count(b"\n") != len(lines) - 1 or b"\0" in head:
            return None
        return kind.another(values)

    def keep(self, head: bytes, request: HttpRequest, layouts: Layouts) -> None:
        """Know heads like this one from now on; ``request`` is what was read of it."""
        headers = request.headers
        if (
            not request.keep_alive
            or request.method != "POST"
            or len(head) > _LONGEST
            or not headers.keys().isdisjoint(_UNUSUAL)
            or head.count(b"Signature=") != 1
            or "content-length" not in headers
        ):
            return
        lines = head.split(b"\r\n")
        if not lines[0].endswith(b"HTTP/1.1") or len(lines) != len(headers) + 1:  # a name that stands there twice
            return
        layout = []
        for number, line in enumerate(lines[1:], 1):
            written, colon, rest = line.partition(b":")
            name = written.decode("latin-1").lower()
            if name in DIFFERS or name == "content-length":
                begin = written + colon + (b" " if rest[:1] == b" " else b"")
                layout.append((number, begin, name))
                lines[number] = _without_signature(line) if name == "authorization" else begin
                if lines[number] is line:
                    return  # each would be a kind of its own
        layouts[len(lines)] = tuple(layout)
        if len(self._kinds) >= _MOST:
            self._kinds.clear()
        request.known = self._kinds[tuple(lines)] = KnownHead(request, lines, {number for number, _, _ in layout})


def _without_signature(line: bytes) -> bytes:
    """What of the line says who signs, and for what; all of it where that is not all that stands before."""
    before, found, _ = line.partition(_SIGNATURE)
    return before + found if b"SignedHeaders=" in before and b"Credential=" in before else line
