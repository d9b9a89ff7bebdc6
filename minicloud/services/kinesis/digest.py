"""MD5, the quickest there is in the standard library."""

from __future__ import annotations

try:
    # The built-in MD5 has less to set up: 0.2 µs instead of 0.4 µs for a partition key (CPython 3.11), and it is there
    # where a hardened OpenSSL refuses MD5.
    from _md5 import md5
except ImportError:
    from hashlib import md5

__all__ = ["md5"]
