"""What a function's run changes of the process while it lasts: the environment, and which modules have a name.

Both are mappings of the whole process. Runs may overlap, in threads or as tasks, and end in any order; so what was
there before is remembered once for each name, and the name has what the latest run that is under way gave it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Final

from . import locks

__all__ = ["NOTHING", "Overlays"]

NOTHING: Final = object()
"""As a value: the name is gone while the overlay lies there."""


class Overlays:
    """The values that runs under way lay over a mapping of the process."""

    def __init__(self, mapping: MutableMapping[str, Any]) -> None:
        self._mapping = mapping
        self._lock = locks.rlock()
        self.active: list[Mapping[str, Any]] = []
        """Those that lie there, the latest last."""
        self._before: dict[str, Any] = {}
        """What a name had before the first of them, or nothing."""

    def before(self, names: Iterable[str]) -> dict[str, Any]:
        """What these names had before any overlay, or ``NOTHING``; without those that no overlay has."""
        with self._lock:
            return self._before_all(names)

    def _before_all(self, names: Iterable[str]) -> dict[str, Any]:
        return {name: self._before[name] for name in names if name in self._before}

    def lay(self, values: Mapping[str, Any]) -> None:
        """Give the names these values until they are lifted. The mapping itself is the overlay: it may grow."""
        with self._lock:
            self.active.append(values)
            self._put_all(values)

    def _put_all(self, values: Mapping[str, Any]) -> None:
        for name in list(values):
            self.put(name, values[name])

    def put(self, name: str, value: Any) -> None:
        """Give one name of an active overlay its value."""
        with self._lock:
            if name not in self._before:
                self._before[name] = self._mapping.get(name, NOTHING)
            self._set(name, value)

    def _set(self, name: str, value: Any) -> None:
        if value is NOTHING:
            self._mapping.pop(name, None)
        else:
            self._mapping[name] = value

    def lift(self, values: Mapping[str, Any]) -> None:
        """Take an overlay away; not to have laid it is fine."""
        with self._lock:
            self._remove(values)
            self._fall_back_all(values)

    def _remove(self, values: Mapping[str, Any]) -> None:
        for place in reversed(range(len(self.active))):
            if self.active[place] is values:
                del self.active[place]
                return

    def _fall_back_all(self, values: Mapping[str, Any]) -> None:
        for name in list(values):
            self._fall_back(name)

    def _fall_back(self, name: str) -> None:
        for active in reversed(self.active):
            if name in active:
                self._set(name, active[name])
                return
        if name in self._before:  # else nobody has laid it
            self._set(name, self._before[name])
            del self._before[name]  # last: what comes in between leaves the mapping as it was
