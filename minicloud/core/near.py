"""Names that somebody may have meant: for errors about a name that nothing has."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from .shown import escaped

__all__ = ["did_you_mean", "listed", "near_name"]

_MOST_COMPARED = 1_000
"""Names beyond these are not looked at, so that an error stays quick."""


def did_you_mean(wanted: str, known: Iterable[str], form: str = "{!r}") -> str:
    """``"; did you mean 'jobs'?"`` where a known name is near to the wanted one, else nothing.

    ``form`` is how a name is shown. O(names, 1,000 at most); for errors only.
    """
    from difflib import get_close_matches  # takes longer to import than it does to say what is wrong

    by_small = {name.lower(): name for name in islice(known, _MOST_COMPARED)}
    near = get_close_matches(wanted.lower(), by_small, n=1, cutoff=0.55)
    return f"; did you mean {form.format(escaped(by_small[near[0]], 80))}?" if near else ""


def near_name(wanted: str, names: Iterable[str]) -> str | None:
    """The name that ``wanted`` was probably to be; None when none is like it. O(names), of which the first 1,000.

    Two slips of one character may be between them (three in a long name), or the case of letters, ``-`` for ``_``, or
    the ending ``.fifo``. Stricter than ``did_you_mean`` and far quicker, for what applications do to find out whether
    something is there.
    """
    slips = min(len(wanted) // 3, 3 if len(wanted) > 12 else 2)
    found, best = None, slips + 1
    plain, letters = _plain(wanted), set(wanted)
    for name in islice(names, _MOST_COMPARED):
        if name == wanted:
            continue
        if _plain(name) == plain:
            return name
        # An edit takes at most one letter away and brings one, so most names are told by these two.
        if abs(len(name) - len(wanted)) < best and len(letters.symmetric_difference(name)) < 2 * best:
            distance = _distance(wanted, name, best)
            if distance < best:
                found, best = name, distance
    return found


def listed(names: Iterable[str], most: int = 5) -> str:
    """The first few names, for a sentence: ``"a, b and 7 more"``."""
    known = sorted(names)
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return escaped(", ".join(known[:most]), 400) + more


def _plain(name: str) -> str:
    return name.casefold().replace("_", "-").removesuffix(".fifo")


def _distance(one: str, other: str, limit: int) -> int:
    """How many characters have to be changed, added, left out, or swapped with their neighbours; ``limit`` or more."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, character in enumerate(one, 1):
        current = [row]
        for column, another in enumerate(other, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (character != another))
            if row > 1 and column > 1 and one[row - 2] == another and other[column - 2] == character:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) >= limit:
            return limit
        before, last = last, current
    return last[-1]
