"""Processes that are forked from the one in which clouds live.

A forked process has a copy of everything: what it would do to the copy of a cloud, nobody else would ever see, and
messages would wait there for threads that were not copied. So a cloud is told when its process is a copy, and refuses.

A lock that another thread held at that moment is held for ever in the copy. So whatever a process's own clouds share
with others, locks of modules above all, is made anew there.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property

from . import locks
from .weak import WeakSet

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any, Protocol
else:
    Protocol = object

__all__ = ["in_forked_processes", "renew_properties", "tell_in_forked_processes"]


class _Living(Protocol):
    def is_a_copy(self) -> None: ...


_living: WeakSet[_Living] = WeakSet()


def tell_in_forked_processes(one: _Living) -> None:
    """Have ``one.is_a_copy()`` called in each process that is forked from this one, if it is alive then."""
    _living.add(one)


def in_forked_processes(action: Callable[[], None]) -> Callable[[], None]:
    """Have ``action`` called in each process that is forked from this one. For as long as the process lives."""
    if hasattr(os, "register_at_fork"):  # not where there is no fork
        os.register_at_fork(after_in_child=action)
    return action


@in_forked_processes
def _tell_all() -> None:
    # Those of a process that was itself forked are told again: another thread may have held their locks, too.
    for one in _living:
        one.is_a_copy()


def renew_properties(owner: type) -> None:
    """Make anew, in each process that is forked from this one, the locks of the cached properties of a class.

    CPython 3.11 has one in each, which is held while the value is made; later ones have none.
    """
    properties: list[Any] = [one for one in vars(owner).values() if isinstance(one, cached_property)]

    @in_forked_processes
    def renew() -> None:
        for one in properties:
            if hasattr(one, "lock"):
                one.lock = locks.rlock()
