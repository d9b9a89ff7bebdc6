"""The atoms of events and patterns: JSON scalars in a form that Python can hash and compare as EventBridge does.

A string is itself, a number is Python's number (300 and 300.0 are one atom, as they are to AWS [recorded]), ``true``,
``false`` and ``null`` are atoms of their own (Python's ``True`` would equal the number 1). AWS compares numbers as
doubles. One that a double cannot hold exactly (to be precise: whose nearest double is written in another way) is
compared by its text instead, and no range has it in it. [event-ruler: ComparableNumber]

Python's own reader forgets the text of such a fraction; ``read_event`` keeps it.
"""

from __future__ import annotations

import json
from decimal import Decimal
from math import isfinite
from typing import Any

from ..conditions.clauses import Atom
from ..json_text import NumberText, refuse_constant

__all__ = ["FALSE", "NULL", "TRUE", "atom_of", "number_atom", "read_event", "shown_atom"]

TRUE = ("literal", "true")
FALSE = ("literal", "false")
NULL = ("literal", "null")
_LITERALS: dict[object, Atom] = {True: TRUE, False: FALSE, None: NULL}

_LARGEST = 1 << 53
_LEAST = -_LARGEST
"""Integers between them are doubles."""
_SURELY_EXACT = 15
"""A number of so many characters is no other than its nearest double, when it has no exponent."""


def number_atom(text: str) -> Atom:
    """The atom of a number as it is written."""
    if len(text) <= _SURELY_EXACT and "e" not in text and "E" not in text:
        return float(text)
    value = float(text)
    if isfinite(value):
        try:
            if Decimal(repr(value)) == Decimal(text):
                return value
        except ArithmeticError:  # an exponent beyond Python's
            pass
    return ("number", text)


def atom_of(value: Any) -> Atom:
    """The atom of a scalar of ``json.loads`` or ``read_event``."""
    kind = type(value)
    if kind is int:
        number: int = value
        return number if _LEAST <= number <= _LARGEST else _large_integer(number)
    if kind is str:
        string: str = value
        return string
    if kind is float:
        fraction: float = value
        return fraction if isfinite(fraction) else ("number", repr(fraction))
    if kind is NumberText:
        return number_atom(value)
    return _LITERALS[value]


def _large_integer(number: int) -> Atom:
    # Python writes no integers of thousands of digits.
    return number_atom(str(number)) if number.bit_length() < 2_000 else ("number", hex(number))


def shown_atom(atom: Atom) -> str:
    """An atom as JSON shows it."""
    if isinstance(atom, tuple):
        return atom[1]
    if isinstance(atom, float) and atom.is_integer() and -_LARGEST <= atom <= _LARGEST:
        return str(int(atom))
    return json.dumps(atom, ensure_ascii=False)


def read_event(text: str) -> Any:
    """What a JSON text stands for, with the text of numbers that no ``int`` or ``float`` is equal to (``NumberText``).

    For matching, not for passing on. Of a name that an object repeats, the last value holds. Raises ``ValueError``.
    """
    try:
        return json.loads(text, parse_int=_read_integer, parse_float=_read_fraction, parse_constant=refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _read_integer(text: str) -> int | str:
    return int(text) if len(text) <= _SURELY_EXACT else NumberText(text)


def _read_fraction(text: str) -> float | str:
    atom = number_atom(text)
    return atom if isinstance(atom, float) else NumberText(text)
