"""Sequence numbers, bit by bit as AWS makes them.

A sequence number is a number of 47 hexadecimal digits, written in decimal (56 digits)::

    2 ccccccccc i qqqqqqqqqqqqqqqq 00 ttttttttt iiiiiiii 2
    |     |     |        |         |      |         |    '- version
    |     |     |        |         |      |         '------ index of the shard in its stream
    |     |     |        |         |      '---------------- second in which the record arrived
    |     |     |        |         '----------------------- always zero
    |     |     |        '--------------------------------- rises by one with each record of the shard
    |     |     '------------------------------------------ index of the shard, last digit
    |     '------------------------------------------------ second in which the shard was made
    '------------------------------------------------------ always two

So numbers of one shard rise with each record whatever the clock does, and the numbers of a child shard lie above all
numbers of its parents, because it was made in a later second. All numbers of this form have 56 decimal digits: as
texts they sort as the numbers do. The number of a shard itself counts no record; that of its end has the highest count.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ...core.timeline import SECOND

__all__ = [
    "COUNT_STEP",
    "SequenceNumber",
    "ending_number",
    "parse",
    "record_count",
    "shard_number",
    "starting_number",
    "time_stamp",
]

COUNT_STEP: Final = 1 << 80
"""What one record adds to the number."""

_TIME_SHIFT: Final = 36
_LAST_COUNT: Final = 0x7FFF_FFFF_FFFF_FFFF
_COUNT_MASK: Final = 0xFFFF_FFFF_FFFF_FFFF
_LAST_SECOND: Final = 16_025_175_000
"""From this second on AWS takes no number (it is in the year 2477)."""
_FIRST_FORM: Final = 1 << 124
"""Below this a number has the form of version 0."""


def shard_number(created: int, index: int) -> int:
    """The number of a shard made in the second ``created``, with no count and no second of arrival in it."""
    return 2 << 184 | created << 148 | (index & 0xF) << 144 | index << 4 | 2


def starting_number(created: int, index: int) -> int:
    """The number that a shard starts with."""
    return shard_number(created, index) + (created << _TIME_SHIFT)


def ending_number(created: int, index: int, second: int) -> int:
    """The number that ends a shard which is closed in ``second``."""
    return shard_number(created, index) + _LAST_COUNT * COUNT_STEP + (second << _TIME_SHIFT)


def record_count(number: int) -> int:
    """Which record of its shard a number is, from 1; 0 for that of the shard itself."""
    return number // COUNT_STEP & _COUNT_MASK


def time_stamp(now: int) -> int:
    """What a time, in nanoseconds, adds to the number of a record that arrives then."""
    return now // SECOND << _TIME_SHIFT


class SequenceNumber(NamedTuple):
    """What a sequence number says."""

    version: int
    created: int
    """The second in which its shard was made."""
    shard_index: int
    """Negative when its highest bit is set."""
    second: int
    """The second in which the record arrived."""


def parse(text: str) -> SequenceNumber | None:
    """What the number ``text`` (decimal digits) says; None when it is not a sequence number of any version."""
    number = int(text)
    if number < _FIRST_FORM:
        return SequenceNumber(0, 0, number & 0xFFFF, 0)
    digits = f"{number:x}"
    if len(digits) != 47 or digits[0] != "2" or digits[46] not in "12":
        return None
    created = int(digits[1:10], 16)
    if created >= _LAST_SECOND:
        return None
    index = int(digits[38:46], 16)
    if index >> 31:
        index -= 1 << 32
    if digits[46] == "1":
        return SequenceNumber(1, created, index, 0)
    second = int(digits[29:38], 16)
    if int(digits[11:27], 16) > _LAST_COUNT or second >= _LAST_SECOND:
        return None
    return SequenceNumber(2, created, index, second)
