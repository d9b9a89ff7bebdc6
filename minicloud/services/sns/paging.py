"""Lists in pages of a hundred, with opaque tokens.

A token holds the serial number of the last item of its page, so that the next page goes on behind it whatever has
been made or deleted in between.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, TypeVar

from ...core.listing import Listing
from . import errors

__all__ = ["PAGE_SIZE", "page_of"]

PAGE_SIZE = 100

Item = TypeVar("Item")


def page_of(
    listing: Listing[int, Item],
    kind: str,
    token: Any,
    *,
    size: int = PAGE_SIZE,
    parameter: str = "NextToken",
) -> tuple[list[Item], str | None]:
    """The page behind ``token`` (the first one when it is not set) and the token of the next. O(log n + page).

    Items are listed by their serial numbers; ``kind`` keeps the tokens of different lists apart. Raises
    ``InvalidParameter`` for a token that is none.
    """
    after = _last_serial(kind, token, parameter) if token else None
    serials = listing.page(size + 1, after=after)
    next_token = _token(kind, serials[size - 1]) if len(serials) > size else None
    return [listing.items[serial] for serial in serials[:size]], next_token


def _token(kind: str, serial: int) -> str:
    return urlsafe_b64encode(f"{kind}/{serial}".encode()).decode("ascii")


def _last_serial(kind: str, token: str, parameter: str) -> int:
    try:
        found, _, serial = urlsafe_b64decode(token.encode("ascii")).decode().partition("/")
        if found == kind and serial.isascii() and serial.isdigit() and len(serial) < 20:
            return int(serial)
    except (ValueError, binascii.Error):
        pass
    raise errors.parameter_wrong(parameter=parameter)
