"""The checksums that S3 keeps of an object: which, how they are made, and what to say of one that is wrong.

Those that the standard library has are made at its speed; CRC32C and CRC64NVME are made byte by byte here, which takes
0.1 µs for each. XXHash is not made at all: such a checksum is kept and shown as it was given. The checksum of an object
that was put together from parts is, as on AWS, either that of all its bytes (``FULL_OBJECT``) or one over those of its
parts (``COMPOSITE``).
"""

from __future__ import annotations

import hashlib
from base64 import b64decode
from binascii import b2a_base64
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final
from zlib import crc32

from ...core.unset import UNSET
from . import errors

__all__ = ["ALGORITHMS", "MEMBERS", "check_md5", "checked", "composite", "made", "member_of"]

ALGORITHMS: Final = (
    "CRC32",
    "CRC32C",
    "CRC64NVME",
    "SHA1",
    "SHA256",
    "SHA512",
    "MD5",
    "XXHASH64",
    "XXHASH3",
    "XXHASH128",
)
MEMBERS: Final = tuple(f"Checksum{name}" for name in ALGORITHMS)
"""The members of requests and answers that hold one, in the order of ``ALGORITHMS``."""
_MEMBERS: Final = dict(zip(ALGORITHMS, MEMBERS, strict=True))

_AFFORDABLE: Final = 256 * 1024
"""Of more bytes no CRC64NVME is made that nobody has asked for."""


def member_of(algorithm: str) -> str:
    """The member that holds a checksum. Raises InvalidRequest for an algorithm that there is not."""
    found = _MEMBERS.get(algorithm)
    if found is None:
        raise errors.checksum_unknown(f"[{', '.join(ALGORITHMS)}]")
    return found


def checked(content: bytes, given: dict[str, Any], algorithm: str) -> dict[str, str]:
    """The checksums to keep of what is uploaded: those that came with it, or one by the ``algorithm``. O(content).

    Raises BadDigest for one that does not fit, InvalidRequest for one that cannot be one.
    """
    kept: dict[str, str] = {}
    for name in ALGORITHMS:
        member = f"Checksum{name}"
        value = given.get(member, UNSET)
        if value is UNSET:
            continue
        found = _digest(name, content)
        if found is not None and _bytes_of(value, name, len(found)) != found:
            raise errors.checksum_wrong(name.lower())
        kept[member] = value
    if not kept and algorithm is not UNSET:
        found = _digest(algorithm, content) if member_of(algorithm) else None
        if found is not None:
            kept[f"Checksum{algorithm}"] = _text_of(found)
    return kept


def made(content: bytes, algorithm: str, *, is_asked_for: bool = True) -> dict[str, str]:
    """The checksum of bytes, by the name of its member; none where it would cost too much. O(content).

    Raises InvalidRequest for an algorithm that there is not.
    """
    if algorithm == "CRC32":  # what boto3's clients ask for by themselves
        return {"ChecksumCRC32": b2a_base64(crc32(content).to_bytes(4, "big"), newline=False).decode()}
    if not is_asked_for and len(content) > _AFFORDABLE:
        return {}
    member = member_of(algorithm)
    found = _digest(algorithm, content)
    return {} if found is None else {member: _text_of(found)}


def composite(algorithm: str, parts: Iterable[str]) -> dict[str, str]:
    """The checksum over those of the parts, with their number. O(parts)."""
    digests = [b64decode(part) for part in parts]
    found = _digest(algorithm, b"".join(digests))
    return {} if found is None else {f"Checksum{algorithm}": f"{_text_of(found)}-{len(digests)}"}


def check_md5(content: bytes, content_md5: str) -> None:
    """Raise BadDigest or InvalidDigest for a Content-MD5 that is not that of the content. O(content)."""
    try:
        wanted = b64decode(content_md5, validate=True)
    except ValueError:
        wanted = b""
    if len(wanted) != 16:
        raise errors.digest_invalid(**{"Content-MD5": content_md5})
    found = hashlib.md5(content, usedforsecurity=False).digest()
    if wanted != found:
        raise errors.digest_wrong(ExpectedDigest=content_md5, CalculatedDigest=_text_of(found))


def _text_of(digest: bytes) -> str:
    return b2a_base64(digest, newline=False).decode()


def _bytes_of(text: str, name: str, length: int) -> bytes:
    try:
        found = b64decode(text, validate=True)
    except ValueError:
        found = b""
    if len(found) != length:
        raise errors.checksum_invalid(f"x-amz-checksum-{name.lower()}")
    return found


def _digest(name: str, content: bytes) -> bytes | None:
    if name == "CRC32":
        return crc32(content).to_bytes(4, "big")
    make = _HASHES.get(name)
    if make is not None:
        return make(content)
    if name in _REFLECTED:
        return _crc(name, content)
    return None


_HASHES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "MD5": lambda content: hashlib.md5(content, usedforsecurity=False).digest(),
    "SHA1": lambda content: hashlib.sha1(content, usedforsecurity=False).digest(),
    "SHA256": lambda content: hashlib.sha256(content).digest(),
    "SHA512": lambda content: hashlib.sha512(content).digest(),
}
_REFLECTED: Final = {"CRC32C": (0x82F63B78, 4), "CRC64NVME": (0x9A6C9329AC4BC9B5, 8)}
"""The polynomials, lowest bit first, and how many bytes they give."""


@cache
def _table(name: str) -> list[int]:
    polynomial = _REFLECTED[name][0]
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (polynomial if value & 1 else 0)
        table.append(value)
    return table


def _crc(name: str, content: bytes) -> bytes:
    table, size = _table(name), _REFLECTED[name][1]
    full = (1 << size * 8) - 1
    value = full
    for byte in content:
        value = table[(value ^ byte) & 0xFF] ^ value >> 8
    return (value ^ full).to_bytes(size, "big")
