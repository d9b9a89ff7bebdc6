"""Acting when a module is imported, be it now or later.

Nothing is imported for the sake of being hooked: a test that uses no aiobotocore does not pay for it.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec
from threading import get_ident
from types import ModuleType
from typing import Any

__all__ = ["when_imported"]


class _NotifyingFinder:
    """A finder that finds nothing itself, and has the right loader notify it when it has loaded the module."""

    def __init__(self) -> None:
        self.waiting: dict[str, list[Callable[[], object]]] = {}
        self._asking: set[tuple[str, int]] = set()
        """The modules, and the threads that are asking the other finders for them."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec that the other finders have of a module that is waited for. It need not be loaded from it."""
        asking = name, get_ident()
        if name not in self.waiting or asking in self._asking:
            return None
        self._asking.add(asking)
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self._asking.discard(asking)
        if spec is None or spec.loader is None:
            return spec
        loader: Any = spec.loader
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            with suppress(AttributeError):
                del loader.exec_module
            execute(module)
            for then in self.waiting.get(name, ()):  # one may add another
                then()
            self.waiting.pop(name, None)  # last: an import that is interrupted before counts as none

        loader.exec_module = exec_module
        return spec


_finder = _NotifyingFinder()


def when_imported(name: str, then: Callable[[], object]) -> None:
    """Call ``then`` once the module has been imported: at once when it is."""
    if name in sys.modules and not _is_being_imported(sys.modules[name]):
        then()
        return
    waiting = _finder.waiting.setdefault(name, [])
    if then not in waiting:
        waiting.append(then)
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)


def _is_being_imported(module: ModuleType) -> bool:
    return bool(getattr(getattr(module, "__spec__", None), "_initializing", False))
