"""IP addresses and wildcards: what conditions compare beside strings and numbers.

What cannot be read is a ``Complaint``: the name of a text in the errors of whoever reads, with what fills its blanks.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["Complaint", "check_wildcard", "ip_number", "is_address", "read_block", "wildcard_test"]


class Complaint(Exception):
    """A block of addresses or a wildcard pattern that AWS refuses; ``name`` is that of its text in the errors."""

    def __init__(self, name: str, **blanks: object) -> None:
        super().__init__(name)
        self.name = name
        self.blanks = blanks


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
    last = groups[1] if gap else groups[0]
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


def read_block(text: str) -> tuple[int, int, int]:
    """Width, first and last address of a CIDR block. Raises ``Complaint``."""
    parts = text.split("/")
    while parts and not parts[-1]:
        parts.pop()
    if len(parts) != 2:
        raise Complaint("cidr_slash")
    address, bits_text = parts
    if re.fullmatch(r"[+-]?[0-9]{1,9}", bits_text, re.ASCII) is None:
        raise Complaint("cidr_bits")
    bits = int(bits_text)
    if bits < 0:
        raise Complaint("cidr_negative")
    if not is_address(address):
        raise Complaint("cidr_nonstandard", address=address)
    parsed = ip_number(address)
    if parsed is None:
        raise Complaint("cidr_invalid", address=address)
    width, number = parsed
    if bits >= width:
        raise Complaint("cidr_bits_4" if width == 32 else "cidr_bits_6")
    low = number >> width - bits << width - bits
    return width, low, low | (1 << width - bits) - 1


def check_wildcard(pattern: str) -> str:
    """The pattern. Two ``*`` in a row, and a backslash before anything but ``*`` and itself, are a ``Complaint``."""
    data = f'"{pattern}"'.encode("utf-8", "surrogatepass")  # AWS counts bytes, and the opening quote
    position = 0
    while position < len(data):
        pair = data[position : position + 2]
        if pair == b"**":
            raise Complaint("wildcard_consecutive", position=position)
        if pair[:1] == b"\\":
            if pair not in (b"\\*", b"\\\\"):
                raise Complaint("wildcard_escape", position=position)
            position += 1
        position += 1
    return pattern


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
