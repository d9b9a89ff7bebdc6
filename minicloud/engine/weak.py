"""Collections of what is held by weak references, in which no line of Python runs when one of them dies.

Garbage is collected between any two lines of a program. What the collections of ``weakref`` have called then is written
in Python; so the handler of a signal that has come meanwhile runs in there, and what it raises is printed and lost: the
timeout of a test, or Ctrl-C. A method of C's lets no handler run. So what is called here when something dies may only
be one of those.
"""

from __future__ import annotations

from _weakref import ref  # where `weakref` has it from, whose own half takes long to import
from collections.abc import Iterator

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Generic, TypeVar

    K = TypeVar("K")
    V = TypeVar("V")
else:
    K = V = object

    class Generic:
        """Typing's own, for type checkers alone."""

        __slots__ = ()

        def __class_getitem__(cls, _: object) -> object:
            return cls


__all__ = ["WeakKeys", "WeakSet"]


class WeakSet(Generic[K]):
    """What is alive of all that was added. Each operation is O(1); threads may do them side by side."""

    __slots__ = ("_refs",)

    def __init__(self) -> None:
        self._refs: set[ref[K]] = set()

    def add(self, one: K) -> None:
        """Have it for as long as it lives. What is equal to another one is that one."""
        refs = self._refs
        refs.add(ref(one, refs.discard))

    def discard(self, one: K) -> None:
        """Do not have it any more, if it is there."""
        self._refs.discard(ref(one))

    def __contains__(self, one: K) -> bool:
        return ref(one) in self._refs

    def __iter__(self) -> Iterator[K]:
        """Those that are there when it begins, in no order. O(n)."""
        for reference in list(self._refs):
            one = reference()
            if one is not None:
                yield one

    def __bool__(self) -> bool:
        return bool(self._refs)


class WeakKeys(Generic[K, V]):
    """Values by keys, each for as long as its key lives; in the order in which the keys came. O(1) each."""

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: dict[ref[K], V] = {}

    def __setitem__(self, key: K, value: V) -> None:
        values = self._values
        values[ref(key, values.pop)] = value

    def __getitem__(self, key: K) -> V:
        return self._values[ref(key)]

    def get(self, key: K) -> V | None:
        """The value of a key; None if there is none."""
        return self._values.get(ref(key))

    def pop(self, key: K) -> V | None:
        """Forget a key; its value, or None if there was none."""
        return self._values.pop(ref(key), None)

    def __iter__(self) -> Iterator[K]:
        """The keys that live. O(n)."""
        return iter([key for key, _ in self.items()])

    def items(self) -> list[tuple[K, V]]:
        """All keys that live, with their values. O(n)."""
        found = []
        # A list of pairs would not do: up to CPython 3.11 garbage is collected when a pair is made, and keys go.
        for reference in list(self._values):
            key = reference()
            if key is not None and reference in self._values:  # another thread may have forgotten it
                found.append((key, self._values[reference]))
        return found
