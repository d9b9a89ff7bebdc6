"""Identifiers that look like AWS's and repeat with the seed.

The first eight digits of an id are a counter, *spread* over the whole range of 32 bits: a bijection, so nothing repeats
in a stream's first 2**32 ids, and the first characters differ as a random id's do. The rest of the id comes from the
seed once per stream. Each kind of id has its own stream (drawn by name), so that making more of one kind moves no id of
another.

Ids are made a block at a time, all of them in one number. ``_spread`` is made of shifts and XOR alone, so
``_spread(a ^ b) == _spread(a) ^ _spread(b)``. A block has a power of two of ids and begins at a multiple of that, so
the counter of its i-th id is its first one's XOR i: what ``_spread`` makes of 0, 1, 2 ... stands side by side in
*lanes* of 32 bits, known once for all, and one XOR with the first one's in each lane makes the block. Nothing that is
not linear in this sense (a sum, a product) may come into ``_spread``.
"""

from __future__ import annotations

from functools import cache

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from random import Random

__all__ = ["Identifiers", "UuidStream", "derived_random"]

_LANE = (1 << 32) - 1
_BY_FIRST_BITS = b"".join(bytes([character]) * 8 for character in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def derived_random(seed: str, purpose: str) -> Random:
    """A random stream that depends on the seed and on what it is for, and on nothing else."""
    # Not at the top of the file: importing minicloud need not pay for it.
    from random import Random

    # The same numbers as from the text itself, which Random would refuse when it holds a lone surrogate.
    return Random(f"{seed}/{purpose}".encode("utf-8", "surrogatepass"))


def _spread(number: int) -> int:
    """Another number of 32 bits for each number of 32 bits: three rounds of an xorshift generator. [Marsaglia, 2003]"""
    for _ in range(3):
        number ^= number << 13 & _LANE
        number ^= number >> 17
        number ^= number << 5 & _LANE
    return number


@cache
def _lanes(count: int) -> tuple[int, int]:
    """What is made of 0, 1 ... ``count`` - 1, and as many times 1, each in 32 bits of one number; the first on top."""
    lanes = ones = 0
    for place in range(count):
        lanes = lanes << 32 | _spread(place)
        ones = ones << 32 | 1
    return lanes, ones


class UuidStream:
    """UUIDs (version 4 in looks) that never repeat within a stream.

    They are made in advance, up to 256 at a time, in ``pool``: taking one off it costs 0.03 µs and making it 0.03 µs,
    where a call that makes a single one costs 0.35 µs (CPython 3.11).
    """

    __slots__ = ("_made", "_offset", "_tail", "pool")

    def __init__(self, seed: bytes) -> None:  # of 16 bytes
        bits = int.from_bytes(seed, "big")
        self._offset = bits & _LANE
        digits = f"{bits >> 32 & (1 << 88) - 1:022x}"
        self._tail = f"-{digits[:4]}-4{digits[4:7]}-{'89ab'[bits >> 120 & 3]}{digits[7:10]}-{digits[10:]}"
        self._made = 0
        self.pool: list[str] = []
        """The next ones, the very next at the end. Always the same list."""

    @property
    def position(self) -> int:
        """How many were taken."""
        return self._made - len(self.pool)

    def next(self) -> str:
        """The next UUID of the stream, 36 characters. O(1) amortised."""
        pool = self.pool
        if not pool:
            self._fill()
        return pool.pop()

    def _fill(self) -> None:
        made, tail = self._made, self._tail
        # Few at first, for most clouds live for one small test; always a power of two that divides ``made``.
        count = min(max(8, made), 256)
        lanes, ones = _lanes(count)
        lanes ^= _spread((made ^ self._offset) & _LANE) * ones
        # bytes.hex groups the digits itself.
        block = lanes.to_bytes(4 * count, "big").hex("-", 4).replace("-", f"{tail}|") + tail
        self._made = made + count
        self.pool.extend(reversed(block.split("|")))


class Identifiers:
    """The named id streams of one cloud, all from one seed."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self._uuids: dict[str, UuidStream] = {}

    def random(self, purpose: str) -> Random:
        """A fresh random stream for ``purpose``: the same seed and purpose give the same numbers."""
        return derived_random(self.seed, purpose)

    def digest(self, purpose: str, size: int = 32) -> bytes:
        """Bytes for ``purpose``, always the same: for one number or id of something that is known by a name.

        A random stream costs ten times as much to make, and the import of its module 3 ms.
        """
        try:
            # Where hashlib has it from, whose import loads all of OpenSSL.
            from _blake2 import blake2b
        except ImportError:
            from hashlib import blake2b

        return blake2b(f"{self.seed}/{purpose}".encode("utf-8", "surrogatepass"), digest_size=size).digest()

    def uuids(self, purpose: str) -> UuidStream:
        """The stream of UUIDs for ``purpose``; asking again gives the same stream, further on."""
        stream = self._uuids.get(purpose)
        if stream is None:
            stream = self._uuids[purpose] = UuidStream(self.digest(purpose, 16))
        return stream

    def user_id(self, account_id: str) -> str:
        """The IAM user id that callers of an account have: ``AIDA`` and 17 characters."""
        return "AIDA" + self.digest(f"user/{account_id}", 17).translate(_BY_FIRST_BITS).decode()

    def iam_id(self, prefix: str, purpose: str) -> str:
        """Another id of IAM's: four letters that say of what, and 17 characters. The same for the same purpose."""
        return prefix + "".join(self.random(purpose).choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=17))
