"""The values that filter policies compare: atoms, IP addresses, wildcards.

An *atom* is a JSON scalar in a form that Python can hash and compare as AWS does. A string is itself. A number is an
integer: the value in millionths above -5*10^9, cut off, which is how AWS's rule library stores it, so that 100, 100.0
and 1e2 are one atom; a number outside of that range is compared by how it is written. ``true``, ``false`` and
``null`` are atoms of their own (Python's ``True`` would equal the number 1).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

__all__ = ["FALSE", "NULL", "TRUE", "Atom", "atom_of", "ip_number", "is_address", "number_atom", "wildcard_test"]

Atom = str | int | tuple[str, str]

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


_IPV4 = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+", re.ASCII)
_IPV6 = re.compile(r"(?=.*:)[0-9a-fA-F:.]+", re.ASCII)


def is_address(text: str) -> bool:
    """Whether ``text`` is spelled like an IP address; it may still be none, with 300 in it for instance."""
    return _IPV4.fullmatch(text) is not None or _IPV6.fullmatch(text) is not None


def _ipv4_number(text: str) -> int | None:
    if _IPV4.fullmatch(text) is None:
        return None
    number = 0
    for part in text.split("."):
        if len(part) > 3 or int(part) > 255:
            return None
        number = number << 8 | int(part)
    return number


def ip_number(text: str) -> tuple[int, int] | None:
    """The width in bits (32 or 128) and the number of an IP address in any notation, or None."""
    if ":" not in text:
        number = _ipv4_number(text)
        return None if number is None else (32, number)
    if _IPV6.fullmatch(text) is None:
        return None
    head, gap, tail = text.partition("::")
    groups: list[list[str]] = [side.split(":") if side else [] for side in (head, tail)]
    last = groups[1] or groups[0]
    if last and "." in last[-1]:
        embedded = _ipv4_number(last.pop())
        if embedded is None:
            return None
        last += [f"{embedded >> 16:x}", f"{embedded & 0xFFFF:x}"]
    missing = 8 - len(groups[0]) - len(groups[1])
    if missing < 1 if gap else missing != 0:
        return None
    number = 0
    for group in [*groups[0], *["0"] * missing, *groups[1]]:
        if not group or len(group) > 4 or "." in group:
            return None
        number = number << 16 | int(group, 16)
    return 128, number


def wildcard_test(pattern: str) -> Callable[[str], bool]:
    """The test of a valid wildcard pattern: ``*`` is any run of characters, a backslash takes its meaning away.

    Never backtracks: for a piece between two ``*`` the first place where it occurs is as good as any later one.
    """
    pieces = [""]
    characters = iter(pattern)
    for character in characters:
        if character == "*":
            pieces.append("")
        else:
            pieces[-1] += next(characters) if character == "\\" else character
    if len(pieces) == 1:
        return pieces[0].__eq__
    first, *middle, last = pieces

    def test(text: str) -> bool:
        end = len(text) - len(last)
        if not text.startswith(first) or not text.endswith(last):
            return False
        position = len(first)
        for piece in middle:
            found = text.find(piece, position, end)
            if found < 0:
                return False
            position = found + len(piece)
        return position <= end

    return test
