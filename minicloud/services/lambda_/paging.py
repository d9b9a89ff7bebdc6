"""Lists of functions and of what belongs to them, in pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from ...core.tokens import TokenMaker
from ...core.unset import UNSET
from . import errors

__all__ = ["MOST", "page_of"]

T = TypeVar("T")

MOST = 50
"""How many of them a page has at the most, and by default. [Lambda API: ListFunctions]"""


def page_of(
    tokens: TokenMaker, now: int, kind: str, items: Sequence[T], Marker: str = UNSET, MaxItems: int = UNSET
) -> tuple[Sequence[T], str | None]:
    """A page of items, and the marker of the next one. O(page). Markers never expire. [inferred]

    Raises ``InvalidParameterValueException`` for a marker that is none of this list.
    """
    begin = 0
    if Marker:
        found = tokens.read(kind, Marker)
        if found is None:
            raise errors.bad_marker()
        begin = int(found[1][0])
    end = begin + min(MaxItems or MOST, MOST)
    return items[begin:end], tokens.make(kind, now, end) if end < len(items) else None
