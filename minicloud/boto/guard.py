"""Keeps real clients from AWS in a test that has to do with minicloud, and is in no mock.

Only where botocore is imported: while it is not, nothing of it is hooked, and no module of the hooks is loaded.
"""

from __future__ import annotations

from .activation import Guard, state
from .import_hooks import when_imported

__all__ = ["begin_guard", "end_guard"]


def begin_guard(fixtures: tuple[str, ...]) -> Guard | None:
    """From now on calls outside of a mock are refused: in a test with these fixtures. What held before."""
    before = state.guard
    state.guard = Guard(fixtures)
    when_imported("botocore.client", _install)
    return before


def end_guard(before: Guard | None) -> None:
    """From now on what held before does again."""
    state.guard = before


def _install() -> None:
    from .hooks import install

    install()
