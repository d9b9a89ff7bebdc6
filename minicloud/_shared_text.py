"""The text that many deliveries of one publication begin with.

A notification reaches a hundred queues as a hundred bodies that differ in one ARN near their end; raw, as the very same
body. What a queue has to find out of a body (is it valid, how long is it in UTF-8, what is its MD5) is found out once,
by the first queue, and kept here: an MD5 can be copied half-way. That is 0.8 µs a queue instead of 4.5 µs for an
envelope of 1.2 KB (CPython 3.11).
"""

from __future__ import annotations

from typing import Any

__all__ = ["SharedText"]


class SharedText:
    """A text, and what the first queue has found out about it; None until then."""

    __slots__ = ("attributes", "digest", "hasher", "length", "size", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.length = len(text)
        """In characters."""
        self.size = 0
        """In bytes of UTF-8."""
        self.hasher: Any = None
        """The MD5 of the text, still open."""
        self.digest = ""
        """The MD5 of the text in hexadecimal."""
        self.attributes: Any = None
        """What the message attributes that go with it came to, as the queue keeps them."""
