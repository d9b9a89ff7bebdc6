"""The garbage collector in a run of tests: what stays to the end is looked through as rarely as can be."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["paused", "set_aside"]


def set_aside() -> None:
    """Collect garbage, and never again look for it in what is there now."""
    gc.collect()
    gc.freeze()


@contextmanager
def paused(*, set_aside: bool = False) -> Iterator[None]:
    """No collection while much is made that stays, syntax trees for one: it takes longer than to make them.

    If that stays to the end, set it aside, too.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if set_aside:
            gc.freeze()
        if was_enabled:
            gc.enable()
