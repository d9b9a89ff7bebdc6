"""Threads that were started inside of a mock, and go on when it is over.

What they call then with a client that the mock has answered was meant for the mock: with credentials of a developer's
it would reach AWS. So such calls are refused (``refusals``). Nothing is asked of a thread while a mock is active: which
threads there are is looked up when the mock begins and when it ends.
"""

from __future__ import annotations

import threading

from ..engine.weak import WeakSet

__all__ = ["left_thread", "mock_begins", "mock_ends"]


class _Threads:
    before: WeakSet[threading.Thread] = WeakSet()
    """Those that there were when the latest mock began."""
    left: WeakSet[threading.Thread] = WeakSet()
    """Those that were started inside of any."""


def mock_begins() -> None:
    """The outermost use of a mock is about to begin. O(threads)."""
    before: WeakSet[threading.Thread] = WeakSet()
    for thread in threading.enumerate():
        before.add(thread)
    _Threads.before = before


def mock_ends() -> None:
    """The outermost use is over; may be called again. O(threads)."""
    for thread in threading.enumerate():
        if thread not in _Threads.before:
            _Threads.left.add(thread)


def left_thread() -> str | None:
    """The name of the thread that calls this, if it was started inside of a mock that has ended."""
    if not _Threads.left:
        return None
    thread = threading.current_thread()
    return thread.name if thread in _Threads.left else None
