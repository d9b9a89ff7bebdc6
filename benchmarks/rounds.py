"""Measuring things side by side: each has its turn in every round, so what slows a round down meets them all."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping

from .report import Options, Progress

__all__ = ["Act", "take_turns"]

Act = Callable[[], float]
"""Measures something once: nanoseconds of processor time for one unit of it."""


def take_turns(acts: Mapping[str, Act], options: Options, progress: Progress, label: str) -> dict[str, list[float]]:
    """What every act measured in each round; reports one step a round, and one for the first, which warms up."""
    times: dict[str, list[float]] = {name: [] for name in acts}
    for number in range(options.rounds + 1):
        for name, act in acts.items():
            gc.collect()
            gc.disable()  # as timeit does
            elapsed = act()
            gc.enable()
            if number:
                times[name].append(elapsed)
        progress.step(label)
    return times
