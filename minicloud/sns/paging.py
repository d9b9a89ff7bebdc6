"""Lists in pages of a hundred, with opaque tokens.

A token holds the serial number of the last item of its page, so that the next page goes on behind it whatever has
been made or deleted in between.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, TypeVar

from . import messages
from .errors import invalid

__all__ = ["PAGE_SIZE", "page_of"]

PAGE_SIZE = 100
_serial: Callable[[Any], int] = attrgetter("serial")

Item = TypeVar("Item")


def page_of(
    items: Iterable[Item],
    kind: str,
    token: Any,
    *,
    size: int = PAGE_SIZE,
    parameter: str = "NextToken",
    serial: Callable[[Any], int] = _serial,
) -> tuple[list[Item], str | None]:
    """The page behind ``token`` (the first one when it is not set) and the token of the next. O(items).

    ``serial`` numbers the items, none like another; ``kind`` keeps the tokens of different lists apart. Raises
    ``InvalidParameter`` for a token that is none.
    """
    listed = sorted(items, key=serial)  # they mostly are already, which costs one pass
    start = bisect_right(listed, _last_serial(kind, token, parameter), key=serial) if token else 0
    page = listed[start : start + size]
    more = len(listed) > start + size
    return page, _token(kind, serial(page[-1])) if more else None


def _token(kind: str, serial: int) -> str:
    return urlsafe_b64encode(f"{kind}/{serial}".encode()).decode("ascii")


def _last_serial(kind: str, token: str, parameter: str) -> int:
    try:
        found, _, serial = urlsafe_b64decode(token.encode("ascii")).decode().partition("/")
        if found == kind and serial.isascii() and serial.isdigit() and len(serial) < 20:
            return int(serial)
    except (ValueError, binascii.Error):
        pass
    raise invalid(messages.NEXT_TOKEN, parameter=parameter)
