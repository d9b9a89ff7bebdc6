"""Lists in pages of a hundred, with the tokens of ``core/tokens.py``, which are good forever here.

A token holds the serial number of the last item of its page, so that the next page goes on behind it whatever has
been made or deleted in between.
"""

from __future__ import annotations

from typing import Any, TypeVar

from ...core.listing import Listing
from ...core.tokens import TokenMaker
from . import errors

__all__ = ["PAGE_SIZE", "page_of"]

PAGE_SIZE = 100

Item = TypeVar("Item")


def page_of(
    tokens: TokenMaker,
    now: int,
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
    after = _last_serial(tokens, kind, token, parameter) if token else None
    serials = listing.page(size + 1, after=after)
    next_token = tokens.make(kind, now, serials[size - 1]) if len(serials) > size else None
    return [listing.items[serial] for serial in serials[:size]], next_token


def _last_serial(tokens: TokenMaker, kind: str, token: str, parameter: str) -> int:
    found = tokens.read(kind, token)
    if found is None:
        raise errors.parameter_wrong(parameter=parameter)
    return int(found[1][0])
