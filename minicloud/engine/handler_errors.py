"""What a handler raised that the test is to be told: assertions, mostly.

An ``AssertionError`` in a handler is a failed errand as any other, and would be lost in a retry. But mostly it is the
test's own. So it is kept for the next call that only a test makes (a move of the clock, ``close()``, an assertion), or
for the end of the test, whichever comes first, and raised there as it was. It is not raised from the call that led to
the handler, for that one may lie in the application's code, under its ``except``, or in a thread of its own.
"""

from __future__ import annotations

import sys
from typing import NoReturn

from ..core.shown import counted, escaped
from . import locks

__all__ = ["HandlerErrors"]


class HandlerErrors:
    """What one cloud keeps for the test. False while that is nothing."""

    def __init__(self) -> None:
        self._first: BaseException | None = None
        self._more = 0
        self._noted: BaseException | None = None
        """What was told of it in a note; that one may still be caught by somebody."""
        self._lock = locks.lock()

    def __bool__(self) -> bool:
        return self._first is not None

    def keep(self, error: BaseException) -> None:
        """Keep what a handler has raised."""
        with self._lock:
            if self._first is None:
                self._first = error
            elif self._first is not error:
                self._more += 1

    def tell(self) -> None:
        """Raise the first one, with a note that counts the others; as a note of what is under way, if something is."""
        under_way = sys.exc_info()[1]
        __tracebackhide__ = True
        if under_way is None:
            self.throw()
        else:
            self.note(under_way)

    def throw(self) -> None:
        """Raise the first one, if there is one, whatever is under way."""
        __tracebackhide__ = True
        with self._lock:
            error, more = self._first, self._more
            self._first, self._more = None, 0
        if error is not None:
            _throw(error, more)

    def note(self, under_way: BaseException) -> None:
        """Add a note to what is under way instead. It stays kept, for that may be caught."""
        with self._lock:
            error, more = self._first, self._more
            if error is None or under_way is self._noted or under_way is error:
                return
            self._noted = under_way
        beside = f", and {counted(more, 'other')} did so" if more else ""
        first_line = escaped(str(error).partition("\n")[0], 300)
        under_way.add_note(f"a handler has raised {type(error).__name__}: {first_line}{beside}")

    def forget(self) -> None:
        """Keep nothing any more: the test is over."""
        with self._lock:
            self._first, self._more, self._noted = None, 0, None


def _throw(error: BaseException, more: int) -> NoReturn:
    __tracebackhide__ = True
    if more:
        there_are = "there is 1 more" if more == 1 else f"there are {more:,} more"
        error.add_note(f"it is the first of those that handlers have raised; {there_are}")
    raise error
