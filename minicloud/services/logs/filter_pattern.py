"""Filter patterns: which events FilterLogEvents finds. [CloudWatch Logs user guide: filter pattern syntax]

Of AWS's three kinds the one for unstructured text is read here:

    ERROR            has the term; terms are letters, digits and underscores
    "not found"      has the phrase; anything may stand in quotes
    ERROR timeout    has all of these
    ?ERROR ?WARN     has one of these
    ERROR -retried   has the one and not the other

Terms are looked for in the right case, and also inside of words [inferred]. Patterns for JSON (``{...}``), for texts in
columns (``[...]``) and regular expressions (``%...%``) are a UsageError, and so is a pattern that has both terms with a
question mark and others, of which AWS ignores the question marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from . import errors

__all__ = ["compile_pattern"]

_TERM: Final = re.compile(r'(?P<sign>[?-]?)(?:"(?P<phrase>(?:[^"\\]|\\.)*)"|(?P<term>[^\s"]+))(?=\s|$)')
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_KINDS: Final = {"{": "is for JSON", "[": "is for texts in columns", "%": "has a regular expression"}


def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """Whether a message matches, as a function of it. O(pattern).

    Raises InvalidParameterException for what is no pattern, UsageError for one that is not read here.
    """
    wanted: dict[str, list[str]] = {"": [], "?": [], "-": []}
    rest = pattern.strip()
    while rest:
        found = _TERM.match(rest)
        if found is None:
            raise errors.quote_open()
        term = found["term"]
        if term is None:
            wanted[found["sign"]].append(_ESCAPED.sub(r"\1", found["phrase"]))
        else:
            if term[0] in _KINDS:
                raise errors.pattern_not_read(pattern, _KINDS[term[0]])
            if not term.replace("_", "a").isalnum():
                raise errors.term_invalid(term)
            wanted[found["sign"]].append(term)
        rest = rest[found.end() :].lstrip()
    all_of, any_of, none_of = wanted[""], wanted["?"], wanted["-"]
    if any_of and (all_of or none_of):
        raise errors.pattern_not_read(pattern, "has terms with a question mark and others")

    def matches(message: str) -> bool:
        return (
            all(term in message for term in all_of)
            and (not any_of or any(term in message for term in any_of))
            and not any(term in message for term in none_of)
        )

    return matches
