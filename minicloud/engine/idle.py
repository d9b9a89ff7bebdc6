"""What a cloud owes: what it will still do if time passes and nobody calls.

Errands that wait, are held or are under way, what each service says of itself (``ServiceState.owed``), and deliveries
that are late or that a fault holds back. What goes on for ever (schedules) is not owed, nor is what ends by itself
without anything being done (retention), nor what lies in a queue until somebody receives it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .due import words_of_deliveries

if TYPE_CHECKING:
    from .engine import Engine

__all__ = ["what_is_owed"]


def what_is_owed(engine: Engine) -> list[str]:
    """All of it, in words; empty when the cloud is idle. Called without the lock. O(events, and what is owed)."""

    def look(now: int) -> list[str]:
        owed = engine.errand_runner.owed()
        for service in engine.services():
            owed += service.owed(now)
        return owed + words_of_deliveries(engine)

    return engine.look("a look at what is owed", look)
