"""Locks for ``with``, which an exception cannot leave held.

An exception may come into a program between any two steps: a signal handler's, or an asynchronous one. Up to Python
3.13 there is no such place between the moment at which ``with lock:`` has the lock and the one from which on it would
let go of it. From 3.14 on there is one: ``__enter__`` is called as anything is, and the interpreter looks for signals
when a call of C's has returned. What comes in there leaves the lock held for ever. It does not look when a function of
Python's returns. So there ``__enter__`` is one, which lets go of what it was interrupted over.

``lock.acquire()`` inside of a ``try`` whose end releases it needs none of this: an RLock that is not held refuses to be
released.
"""

from __future__ import annotations

import sys
import threading

TYPE_CHECKING = False  # typing's own would load typing, as `__init__` tells
if TYPE_CHECKING:
    from typing import Any

__all__ = ["lock", "rlock"]

if sys.version_info < (3, 14):

    def rlock() -> Any:
        """A new lock that its thread may take again."""
        return threading.RLock()

    def lock() -> Any:
        """A new lock."""
        return threading.Lock()

else:
    import _thread

    class _RLock(_thread.RLock):  # type: ignore[misc]  # final for type checkers alone
        __slots__ = ()
        _recursion_count: Any  # of the thread that asks; 0 if another one has the lock

        def __enter__(self) -> bool:  # type: ignore[override]
            held = self._recursion_count()
            try:
                self.acquire()
            except BaseException:
                if self._recursion_count() > held:
                    self.release()
                raise
            return True

    def rlock() -> Any:
        """A new lock that its thread may take again."""
        # Green threads have locks of their own, which are looked up when they are needed: the patch may come late.
        return _RLock() if threading.Lock.__module__ == "_thread" else threading.RLock()

    def lock() -> Any:
        """A new lock, which its thread may take again: one that may not does not tell who has it."""
        return _RLock() if threading.Lock.__module__ == "_thread" else threading.Lock()
