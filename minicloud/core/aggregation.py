"""Aggregated records, as the Kinesis Producer Library packs many user records into the data of one.

The data is four magic bytes, a Protocol Buffers message and its MD5. The message has two tables of keys, without
repetitions, and the records, which name their keys by place::

    message AggregatedRecord { repeated string partition_key_table = 1;
                               repeated string explicit_hash_key_table = 2;
                               repeated Record records = 3; }
    message Record { required uint64 partition_key_index = 1; optional uint64 explicit_hash_key_index = 2;
                     required bytes data = 3; repeated Tag tags = 4; }

A consumer that does not know the format sees one record; data that is not of this format is one record as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .md5 import md5
from .shown import shown

__all__ = ["UserRecord", "aggregate", "deaggregate"]

_MAGIC = b"\xf3\x89\x9a\xc2"
_DIGEST_SIZE = 16

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class UserRecord(NamedTuple):
    """One record of an aggregate. The keys are None in data that was not aggregated."""

    partition_key: str | None
    """The key that the producer gave it; None when the record was no aggregate."""
    explicit_hash_key: str | None
    """The hash key that the producer gave it; None when there was none."""
    data: bytes
    """What the producer put."""


def aggregate(entries: Iterable[Sequence[str | bytes | None]]) -> bytes:
    """Pack user records into the data of one Kinesis record.

    Each entry is ``(partition_key, data)`` or ``(partition_key, explicit_hash_key, data)``; the hash key may be None.
    ``deaggregate`` takes the result apart again. Linear in its size. Raises ``ValueError`` for an entry of another
    form, or when there is none.
    """
    partition_keys: dict[str, int] = {}
    hash_keys: dict[str, int] = {}
    records = []
    for entry in entries:
        partition_key, hash_key, data = _entry(entry)
        record = b"\x08" + _varint(partition_keys.setdefault(partition_key, len(partition_keys)))
        if hash_key is not None:
            record += b"\x10" + _varint(hash_keys.setdefault(hash_key, len(hash_keys)))
        records.append(record + _field(3, data))
    if not records:
        raise ValueError("there is nothing to aggregate: give at least one entry")
    message = b"".join(
        [
            *(_field(1, key.encode()) for key in partition_keys),
            *(_field(2, key.encode()) for key in hash_keys),
            *(_field(3, record) for record in records),
        ]
    )
    digest: bytes = md5(message).digest()
    return _MAGIC + message + digest


def deaggregate(data: bytes) -> list[UserRecord]:
    """The user records in the data of one Kinesis record, in order; other data is one record as it is.

    Linear in the size of the data.
    """
    message = data[len(_MAGIC) : -_DIGEST_SIZE]
    if len(data) >= len(_MAGIC) + _DIGEST_SIZE and data.startswith(_MAGIC) and data.endswith(md5(message).digest()):
        try:
            return _records(message)
        except (ValueError, IndexError):
            pass  # a digest that fits something else: AWS's library gives the data as it is, too
    return [UserRecord(None, None, data)]


def _entry(entry: Sequence[str | bytes | None]) -> tuple[str, str | None, bytes]:
    hash_key: str | bytes | None = None
    if len(entry) == 2:
        partition_key, data = entry
    elif len(entry) == 3:
        partition_key, hash_key, data = entry
    else:
        raise ValueError(
            f"{shown(entry)} is not an entry: use (partition_key, data) or (partition_key, hash_key, data)"
        )
    if (
        not isinstance(partition_key, str)
        or not (hash_key is None or isinstance(hash_key, str))
        or not isinstance(data, bytes | bytearray)
    ):
        raise ValueError(f"{shown(entry)} is not an entry: keys are strings, data is bytes")
    return partition_key, hash_key, bytes(data)


def _records(message: bytes) -> list[UserRecord]:
    partition_keys: list[str] = []
    hash_keys: list[str] = []
    records: list[bytes] = []
    for number, value in _fields(message):
        if isinstance(value, bytes):
            if number == 1:
                partition_keys.append(value.decode())
            elif number == 2:
                hash_keys.append(value.decode())
            elif number == 3:
                records.append(value)
    return [_record(record, partition_keys, hash_keys) for record in records]


def _record(message: bytes, partition_keys: list[str], hash_keys: list[str]) -> UserRecord:
    partition_key = hash_key = data = None
    for number, value in _fields(message):
        if number == 1 and isinstance(value, int):
            partition_key = partition_keys[value]
        elif number == 2 and isinstance(value, int):
            hash_key = hash_keys[value]
        elif number == 3 and isinstance(value, bytes):
            data = value
    if partition_key is None or data is None:
        raise ValueError("a record without its required fields")
    return UserRecord(partition_key, hash_key, data)


# --- Protocol Buffers' wire format ----------------------------------------------------------------------------------


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _field(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | _BYTES) + _varint(len(value)) + value


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message: number, and an int or the bytes. Raises ``ValueError`` or ``IndexError`` for others."""
    place = 0
    while place < len(message):
        tag, place = _read_varint(message, place)
        kind = tag & 7
        if kind == _VARINT:
            value, place = _read_varint(message, place)
            yield tag >> 3, value
            continue
        if kind == _BYTES:
            size, place = _read_varint(message, place)
        elif kind == _FIXED64:
            size = 8
        elif kind == _FIXED32:
            size = 4
        else:
            raise ValueError(f"wire type {kind}")
        if place + size > len(message):
            raise ValueError("a field that is longer than its message")
        yield tag >> 3, message[place : place + size]
        place += size


def _read_varint(message: bytes, place: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = message[place]
        place += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, place
        shift += 7
        if shift > 63:
            raise ValueError("a number of more than 64 bits")
