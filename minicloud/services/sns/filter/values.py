"""The atoms of filter policies: the values that they compare.

An *atom* is a JSON scalar in a form that Python can hash and compare as AWS does. A string is itself. A number is an
integer: the value in millionths above -5*10^9, cut off, which is how AWS's rule library stores it, so that 100, 100.0
and 1e2 are one atom; a number outside of that range is compared by how it is written. ``true``, ``false`` and
``null`` are atoms of their own (Python's ``True`` would equal the number 1).
"""

from __future__ import annotations

from typing import Any

from ....core.conditions.clauses import Atom

__all__ = ["FALSE", "LIMIT", "NULL", "TRUE", "atom_of", "number_atom"]

TRUE = ("literal", "true")
FALSE = ("literal", "false")
NULL = ("literal", "null")
_LITERALS: dict[Any, Atom] = {True: TRUE, False: FALSE, None: NULL}

LIMIT = 5_000_000_000


def number_atom(value: float) -> Atom:
    """The atom of a number."""
    if -LIMIT <= value <= LIMIT:
        return int((float(value) + LIMIT) * 1_000_000)
    return ("number", repr(value))


def atom_of(value: Any) -> Atom:
    """The atom of a scalar of ``json.loads``."""
    kind = type(value)
    if kind is str:
        text: str = value
        return text
    if kind is int or kind is float:
        return number_atom(value)
    return _LITERALS[value]
