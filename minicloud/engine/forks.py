"""Processes that are forked from the one in which clouds live.

A forked process has a copy of everything: what it would do to the copy of a cloud, nobody else would ever see, and
messages would wait there for threads that were not copied. So a cloud is told when its process is a copy, and refuses.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Protocol
from weakref import WeakSet

__all__ = ["in_forked_processes", "tell_in_forked_processes"]


class _Living(Protocol):
    def is_a_copy(self) -> None: ...


_living: WeakSet[_Living] = WeakSet()


def tell_in_forked_processes(one: _Living) -> None:
    """Have ``one.is_a_copy()`` called in each process that is forked from this one, if it is alive then."""
    _living.add(one)


def in_forked_processes(action: Callable[[], None]) -> None:
    """Have ``action`` called in each process that is forked from this one. For as long as the process lives."""
    if hasattr(os, "register_at_fork"):  # not where there is no fork
        os.register_at_fork(after_in_child=action)


@in_forked_processes
def _tell_all() -> None:
    for one in _living:
        one.is_a_copy()
    _living.clear()
