"""HPACK, how HTTP/2 writes headers: what clients write is read in full, and answers are written in its plainest form.

A block is a row of fields: a number in a table of fields (61 that all know, and those that this connection has added),
or a name and a value as texts, which may be in a Huffman code. So each block of a connection has to be read, in its
order, whether anybody wants it or not. Writing keeps no table. No socket, no frames: ``http2_session.py`` has these.
[RFC 7541]
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

__all__ = ["MOST_OF_A_TABLE", "Decoder", "HpackError", "encode"]

MOST_OF_A_TABLE: Final = 4_096
"""Bytes that the fields of a connection may have, with 32 for each."""
_MOST_OF_A_NUMBER: Final = 1 << 28

_STATIC: Final = tuple(
    (name, value)
    for name, _, value in (
        line.partition(" ")
        for line in """\
:authority
:method GET
:method POST
:path /
:path /index.html
:scheme http
:scheme https
:status 200
:status 204
:status 206
:status 304
:status 400
:status 404
:status 500
accept-charset
accept-encoding gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate
""".splitlines()
    )
)
_LENGTHS: Final = (
    "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca"
    "d67777777777777777777777878djde6f56565666577666567655677777fbeds"
    "kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn"
    "qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq"
    "u"
)
"""How many bits stand for each byte, and for the end, in base 36. The code is canonical: it follows. [RFC 7541, B]"""


class HpackError(ValueError):
    """A block that cannot be read: from here on nobody knows what later ones say."""


def _codes() -> dict[tuple[int, int], int]:
    """What stands for which byte: by length and code."""
    codes: dict[tuple[int, int], int] = {}
    code = before = 0
    for length, symbol in sorted((int(digit, 36), symbol) for symbol, digit in enumerate(_LENGTHS)):
        code <<= length - before
        codes[length, code] = symbol
        code, before = code + 1, length
    return codes


_CODES: Final = _codes()
_LONG: Final = tuple(sorted({length for length, _ in _CODES if length > 8}))
_END: Final = 256


def _short() -> list[tuple[int, int]]:
    """For each eight bits: the byte that they begin with, and its length; a length of 0 where it is longer."""
    found = [(0, 0)] * 256
    for (length, code), symbol in _CODES.items():
        if length <= 8:
            first = code << (8 - length)
            found[first : first + (1 << (8 - length))] = [(symbol, length)] * (1 << (8 - length))
    return found


_SHORT: Final = _short()


def _from_huffman(data: bytes) -> bytes:
    read = bytearray()
    bits = count = 0
    for byte in data:
        bits = (bits << 8 | byte) & 0xFFFFFFFFFF
        count += 8
        while count >= 8:
            symbol, length = _SHORT[bits >> (count - 8) & 0xFF]
            if not length:
                symbol, length = _long(bits, count)
                if not length:
                    break  # its end is to come
            read.append(symbol)
            count -= length
    while count:
        rest = bits & (1 << count) - 1
        symbol, length = _SHORT[rest << (8 - count) & 0xFF] if count < 8 else _long(bits, count)
        if not length or length > count:
            if count > 7 or rest != (1 << count) - 1:
                raise HpackError("a text ends in the middle of a character")
            break
        read.append(symbol)
        count -= length
    return bytes(read)


def _long(bits: int, count: int) -> tuple[int, int]:
    for length in _LONG:
        if length > count:
            break
        symbol = _CODES.get((length, bits >> (count - length) & (1 << length) - 1))
        if symbol is not None:
            if symbol == _END:
                raise HpackError("a text has the sign for its end in it")
            return symbol, length
    return 0, 0


class Decoder:
    """Reads the blocks of one connection."""

    def __init__(self) -> None:
        self._table: deque[tuple[str, str]] = deque()
        self._size = 0
        self._most = MOST_OF_A_TABLE
        self._data = b""
        self._place = 0

    def decode(self, block: bytes, most: int) -> list[tuple[str, str]] | None:
        """The fields of a block; None where they have more than ``most`` bytes. Raises ``HpackError``. O(block)."""
        self._data, self._place = block, 0
        fields: list[tuple[str, str]] | None = []
        size = 0
        may_resize = True
        while self._place < len(block):
            first = block[self._place]
            if 0x20 <= first < 0x40:
                if not may_resize:
                    raise HpackError("the size of the table changes in the middle of a block")
                self._resize(self._number(0x1F))
                continue
            may_resize = False
            field = self._field(first)
            size += len(field[0]) + len(field[1]) + 32
            if size > most:
                fields = None
            elif fields is not None:
                fields.append(field)
        return fields

    def _field(self, first: int) -> tuple[str, str]:
        if first & 0x80:
            return self._known(self._number(0x7F))
        is_kept = bool(first & 0x40)
        index = self._number(0x3F if is_kept else 0x0F)
        name = self._known(index)[0] if index else self._text()
        field = name, self._text()
        if is_kept:
            self._table.appendleft(field)
            self._size += len(field[0]) + len(field[1]) + 32
            self._shrink()
        return field

    def _known(self, index: int) -> tuple[str, str]:
        if 1 <= index <= len(_STATIC):
            return _STATIC[index - 1]
        if not index or index - len(_STATIC) > len(self._table):
            raise HpackError("a field that the table has not")
        return self._table[index - len(_STATIC) - 1]

    def _resize(self, most: int) -> None:
        if most > MOST_OF_A_TABLE:
            raise HpackError("a table larger than it may be")
        self._most = most
        self._shrink()

    def _shrink(self) -> None:
        while self._size > self._most:
            name, value = self._table.pop()
            self._size -= len(name) + len(value) + 32

    def _number(self, mask: int) -> int:
        """A number whose beginning is in the low bits of the next byte."""
        data, place = self._data, self._place
        if place >= len(data):
            raise HpackError("a block ends in the middle of a field")
        value = data[place] & mask
        place += 1
        if value == mask:
            shift = 0
            while True:
                if place >= len(data) or shift > 28:
                    raise HpackError("a number without an end")
                byte = data[place]
                place += 1
                value += (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80:
                    break
            if value > _MOST_OF_A_NUMBER:
                raise HpackError("a number beyond all sizes")
        self._place = place
        return value

    def _text(self) -> str:
        is_huffman = self._place < len(self._data) and self._data[self._place] >= 0x80
        length = self._number(0x7F)
        text = self._data[self._place : self._place + length]
        if len(text) < length:
            raise HpackError("a block ends in the middle of a text")
        self._place += length
        return (_from_huffman(text) if is_huffman else text).decode("latin-1")


def encode(fields: Iterable[tuple[str, str]]) -> bytes:
    """A block of these fields, none of which the other side has to keep."""
    block = bytearray()
    for name, value in fields:
        if (name, value) == (":status", "200"):
            block.append(0x88)
            continue
        block.append(0)
        for text in (name, value):
            data = text.encode("latin-1", "replace")
            _write_length(block, len(data))
            block += data
    return bytes(block)


def _write_length(block: bytearray, length: int) -> None:
    if length < 0x7F:
        block.append(length)
        return
    block.append(0x7F)
    length -= 0x7F
    while length >= 0x80:
        block.append(length & 0x7F | 0x80)
        length >>= 7
    block.append(length)
