"""The tokens of all services: to go on listing with (NextToken), and Kinesis's to go on reading with (shard iterators).

Tokens are opaque and tamper-evident, and hold all they stand for. A token is eight fixed bytes, a 16-byte digest of its
content, and the content, masked with a stream of bytes that the digest selects; all of it in base64. Its size grows in
steps of 16 bytes, as that of Kinesis's does. Nothing has to be remembered about a token that was handed out: it says
when and for what it was made, and it can be used as often as one likes. The latest are remembered all the same, for
they nearly always come back at once, and taking one apart costs 4 µs.

What a token's fields mean, whether it has got too old, and the error for a bad one are up to the service.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from hashlib import blake2b, shake_128

from .timeline import SECOND

__all__ = ["LIFETIME", "TokenMaker"]

LIFETIME = 300 * SECOND
"""How long those of Kinesis are good."""

_PREFIX = b"\0\0\0\0\0\0\0\1"
_DIGEST_SIZE = 16
_LEAST = 128
"""The least size of the content."""
_REMEMBERED = 256


class TokenMaker:
    """Makes and reads the tokens of one cloud. Each token differs from all others, also for the same content."""

    __slots__ = ("_count", "_key", "_latest")

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._count = 0
        self._latest: dict[str, tuple[str, int, list[str]]] = {}

    def make(self, kind: str, now: int, *fields: object) -> str:
        """A token of some kind with ``fields``, none of which contains a tab. O(1)."""
        self._count += 1
        texts = list(map(str, fields))
        content = "\t".join((kind, str(now), *texts, str(self._count))).encode()
        size = max(_LEAST, -(-len(content) // 16) * 16)
        content = content.ljust(size, b"\t")
        digest = blake2b(content, digest_size=_DIGEST_SIZE, key=self._key).digest()
        token = b64encode(_PREFIX + digest + self._mask(digest, content)).decode()
        if len(self._latest) >= _REMEMBERED:
            self._latest.clear()
        self._latest[token] = kind, now, texts
        return token

    def read(self, kind: str, token: str) -> tuple[int, list[str]] | None:
        """When a token of this kind was made, and its fields; None when it is none that was made here. O(1)."""
        known = self._latest.get(token)
        if known is not None:
            return known[1:] if known[0] == kind else None
        try:
            raw = b64decode(token.encode("ascii"), validate=True)
        except ValueError:
            return None
        if raw[: len(_PREFIX)] != _PREFIX or b64encode(raw).decode() != token:
            return None  # the second: bits beyond the last byte would change nothing
        digest = raw[len(_PREFIX) : len(_PREFIX) + _DIGEST_SIZE]
        content = self._mask(digest, raw[len(_PREFIX) + _DIGEST_SIZE :])
        if blake2b(content, digest_size=_DIGEST_SIZE, key=self._key).digest() != digest:
            return None
        found, made, *fields, _ = content.rstrip(b"\t").decode().split("\t")
        return (int(made), fields) if found == kind else None

    def _mask(self, digest: bytes, content: bytes) -> bytes:
        size = len(content)
        stream = shake_128(self._key + digest).digest(size)
        return (int.from_bytes(content, "big") ^ int.from_bytes(stream, "big")).to_bytes(size, "big")
