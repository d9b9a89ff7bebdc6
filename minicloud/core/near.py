"""Names that somebody may have meant: for errors about a name that nothing has."""

from __future__ import annotations

from collections.abc import Iterable

from .shown import escaped

__all__ = ["did_you_mean"]

_MOST_COMPARED = 1_000
"""Names beyond these are not looked at, so that an error stays quick."""


def did_you_mean(wanted: str, known: Iterable[str], form: str = "{!r}") -> str:
    """``"; did you mean 'jobs'?"`` where a known name is near to the wanted one, else nothing.

    ``form`` is how a name is shown. O(names, 1,000 at most); for errors only.
    """
    from difflib import get_close_matches  # takes longer to import than it does to say what is wrong
    from itertools import islice

    by_small = {name.lower(): name for name in islice(known, _MOST_COMPARED)}
    near = get_close_matches(wanted.lower(), by_small, n=1, cutoff=0.55)
    return f"; did you mean {form.format(escaped(by_small[near[0]], 80))}?" if near else ""
