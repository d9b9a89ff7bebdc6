"""Threads that were started inside of a mock, and go on when it is over.

What they call then with a client that the mock has answered was meant for the mock: with credentials of a developer's
it would reach AWS. So such calls are refused (``refusals``). In the next mock they are answered, and take what is
there, of which the report of a failed test tells. Nothing is asked of a thread while a mock is active: which threads
there are is looked up when the mock begins and when it ends.
"""

from __future__ import annotations

import os
import threading

from ..engine.weak import WeakKeys, WeakSet

__all__ = ["left_thread", "mock_begins", "mock_ends", "where_started"]


class _Threads:
    before: WeakSet[threading.Thread] = WeakSet()
    """Those that there were when the latest mock began."""
    left: WeakKeys[threading.Thread, str] = WeakKeys()
    """Those that were started inside of any, and in which test of pytest's, if it was in one."""


def mock_begins() -> None:
    """The outermost use of a mock is about to begin. O(threads)."""
    before: WeakSet[threading.Thread] = WeakSet()
    for thread in threading.enumerate():
        before.add(thread)
    _Threads.before = before


def mock_ends() -> None:
    """The outermost use is over; may be called again. O(threads)."""
    for thread in threading.enumerate():
        if thread not in _Threads.before and _Threads.left.get(thread) is None:
            _Threads.left[thread] = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]


def left_thread() -> str | None:
    """The name of the thread that calls this, if it was started inside of a mock that has ended."""
    thread = threading.current_thread()
    return None if _Threads.left.get(thread) is None else thread.name


def where_started(thread: threading.Thread) -> str | None:
    """The test in which a thread was started inside of a mock that has ended, ``""`` if in none; None of any other."""
    return _Threads.left.get(thread)
