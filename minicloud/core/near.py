"""Names that somebody may have meant: for errors about a name that nothing has."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from .shown import escaped

__all__ = ["did_you_mean", "listed", "near_name"]

_MOST_COMPARED = 1_000
"""Names beyond these are not looked at, so that an error stays quick."""
_LEAST_PART = 4
"""Characters of a part by which a name is known."""


def did_you_mean(wanted: str, known: Iterable[str], form: str = "{!r}") -> str:
    """``"; did you mean 'jobs'?"`` where a known name is near to the wanted one, else nothing.

    For names of minicloud's own and of AWS's. Near is what ``near_name`` says, whatever the case of letters. Such names
    are also misremembered, so after that comes one that is a part of the other (``region`` of ``region_name``), and one
    that begins so but for a slip (``regoin``). ``form`` is how a name is shown. For errors only: O(names, 1,000 at
    most).
    """
    small = wanted.lower()
    by_small = {name.lower(): name for name in islice(known, _MOST_COMPARED)}
    near = small if small in by_small else near_name(small, by_small)
    if near is None and len(small) >= _LEAST_PART:
        parts = [name for name in by_small if small in name or (name in small and len(name) >= _LEAST_PART)]
        slipped = (name for name in by_small if _distance(small, name[: len(small)], 2) < 2)
        near = min(parts, key=lambda name: abs(len(name) - len(small))) if parts else next(slipped, None)
    return f"; did you mean {form.format(escaped(by_small[near], 80))}?" if near else ""


def near_name(wanted: str, names: Iterable[str]) -> str | None:
    """The name that ``wanted`` was probably to be; None when none is like it. O(names), of which the first 1,000.

    Two slips of one character may be between them (three in a long name), or the case of letters, ``-`` for ``_``, or
    the ending ``.fifo``. Strict, as applications also ask to find out whether something is there.
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
