"""What breaks or is left out on purpose where parts of the engine are tested by themselves."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

__all__ = ["SECOND", "Source", "Stop", "a_runner", "interrupted"]

SECOND = 10**9


class Stop(BaseException):
    """What is no error of a handler's."""


class Source:
    """A clock of the application's, which may be broken."""

    now: Any = 1_800_000_000 * SECOND

    def time_ns(self) -> Any:
        return self.now


def interrupted(*_: object, **__: object) -> Any:
    """Stand for a call that something comes into."""
    raise Stop


def a_runner(**parts: Any) -> Any:
    """Return what performs nothing, but for these parts."""
    return SimpleNamespace(**{"pending": 0, "perform_all": lambda _: None, "in_tasks": {}, **parts})
