"""CBOR as AWS speaks it with Java's SDKs: the JSON document in bytes. [RFC 8949; AWS's dialect is not documented]

Datetimes are written as tag 1 with whole milliseconds, where the standard has seconds, so no other decoder will do; a
``Timestamp`` is written as it is, for the protocol that has seconds there. SDKs write
maps, lists and texts of indefinite length; what is written here is of definite length. Nothing else of CBOR is here
than what a document needs, and nothing of what a document means.
"""

from __future__ import annotations

import datetime
from struct import pack, unpack
from typing import Any

__all__ = ["CborError", "Timestamp", "dumps", "loads"]

DEEPEST = 64
"""Levels of a document that are read."""

_BREAK: Any = object()


class CborError(ValueError):
    """The bytes are no CBOR, or deeper than anybody needs."""


class Timestamp:
    """What is tagged as a timestamp: the number behind the tag."""

    __slots__ = ("value",)

    def __init__(self, value: float) -> None:
        self.value = value


# --- writing ----------------------------------------------------------------------------------------------------------


def dumps(value: Any) -> bytes:
    """The bytes of a document: dicts, lists, texts, bytes, numbers, booleans, None, datetimes and timestamps."""
    out = bytearray()
    _write(value, out)
    return bytes(out)


def _write(value: Any, out: bytearray) -> None:
    if isinstance(value, str):
        text = value.encode("utf-8", "surrogatepass")
        _head(3, len(text), out)
        out += text
    elif isinstance(value, bool):
        out.append(0xF5 if value else 0xF4)
    elif isinstance(value, int):
        _head(0 if value >= 0 else 1, value if value >= 0 else -1 - value, out)
    elif isinstance(value, dict):
        _head(5, len(value), out)
        for key, item in value.items():
            _write(key, out)
            _write(item, out)
    elif isinstance(value, list | tuple):
        _head(4, len(value), out)
        for item in value:
            _write(item, out)
    elif isinstance(value, bytes | bytearray):
        _head(2, len(value), out)
        out += value
    elif isinstance(value, datetime.datetime):
        # Eight bytes, whatever the number.
        out += b"\xc1\x1b" + pack("!Q", round(value.timestamp() * 1000))
    elif isinstance(value, Timestamp):
        out.append(0xC1)
        _write(value.value, out)
    elif isinstance(value, float):
        out += b"\xfb" + pack("!d", value)
    elif value is None:
        out.append(0xF6)
    else:
        raise TypeError(f"CBOR has no {type(value).__name__}")


def _head(major: int, number: int, out: bytearray) -> None:
    first = major << 5
    if number < 24:
        out.append(first | number)
    elif number < 1 << 8:
        out += pack("!BB", first | 24, number)
    elif number < 1 << 16:
        out += pack("!BH", first | 25, number)
    elif number < 1 << 32:
        out += pack("!BI", first | 26, number)
    else:
        out += pack("!BQ", first | 27, number)


# --- reading ----------------------------------------------------------------------------------------------------------


def loads(data: bytes) -> Any:
    """The document that bytes are. Raises ``CborError`` for all else, also for bytes behind it. O(bytes)."""
    reader = _Reader(data)
    try:
        value = reader.value(0)
    except (IndexError, UnicodeDecodeError, OverflowError):
        raise CborError from None
    if value is _BREAK or reader.place != len(data):
        raise CborError  # there are bytes behind the document
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self.place = 0

    def value(self, depth: int) -> Any:
        if depth > DEEPEST:
            raise CborError  # the document is too deep
        first = self._data[self.place]
        self.place += 1
        major, info = first >> 5, first & 31
        if major == 7:
            return self._simple(info)
        number = self._number(info)
        if major in (0, 1, 6) and number is None:
            raise CborError  # a number has no end
        if number is not None and major in (0, 1):
            return number if major == 0 else -1 - number
        if major in (2, 3):
            taken = self._bytes(number, major)
            return taken if major == 2 else taken.decode()
        if major == 4:
            return self._items(number, depth)
        if major == 5:
            return self._map(number, depth)
        tagged = self.value(depth + 1)
        if number == 1 and isinstance(tagged, int | float) and not isinstance(tagged, bool):
            return Timestamp(tagged)
        return tagged

    def _number(self, info: int) -> int | None:
        """What stands behind the first byte; None for something of indefinite length."""
        if info < 24:
            return info
        if info == 31:
            return None
        if info > 27:
            raise CborError  # a length is not one
        return int.from_bytes(self._take(1 << (info - 24)), "big")

    def _take(self, size: int) -> bytes:
        end = self.place + size
        if end > len(self._data):
            raise CborError  # the document is cut off
        taken = self._data[self.place : end]
        self.place = end
        return taken

    def _bytes(self, size: int | None, major: int) -> bytes:
        if size is not None:
            return self._take(size)
        parts = []
        while self._data[self.place] != 0xFF:
            first = self._data[self.place]
            self.place += 1
            size = self._number(first & 31)
            if first >> 5 != major or size is None:
                raise CborError  # a chunk is of another kind
            parts.append(self._take(size))
        self.place += 1
        return b"".join(parts)

    def _items(self, size: int | None, depth: int) -> list[Any]:
        items: list[Any] = []
        while size is None or len(items) < size:
            item = self.value(depth + 1)
            if item is _BREAK:
                if size is not None:
                    raise CborError  # something ends too early
                break
            items.append(item)
        return items

    def _map(self, size: int | None, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        count = 0
        while size is None or count < size:
            key = self.value(depth + 1)
            if key is _BREAK and size is None:
                break
            if not isinstance(key, str):
                raise CborError  # a key is no text
            value = self.value(depth + 1)
            if value is _BREAK:
                raise CborError  # a key has no value
            found[key] = value
            count += 1
        return found

    def _simple(self, info: int) -> Any:
        if info in (20, 21):
            return info == 21
        if info in (22, 23):
            return None
        if info == 31:
            return _BREAK
        formats = {25: ("!e", 2), 26: ("!f", 4), 27: ("!d", 8)}
        if info not in formats:
            raise CborError  # a simple value is none that documents have
        form, size = formats[info]
        return unpack(form, self._take(size))[0]
