#!/usr/bin/env python3
"""Counts what hot operations execute: Python's bytecode instructions, and calls of Python functions.

    python3 benchmarks/instructions.py              compares with the budget; exits with 1 when it is exceeded
    python3 benchmarks/instructions.py --update     writes the counts of this Python into the budget

A count needs no stopwatch: it is the same in every run, on every machine, under any load. It says nothing of what C
functions take, nor how dear an instruction is; the benchmarks do. What it is good for is a guard: work that creeps into
a hot path shows as a number in ``budget.toml``, which the change then has to touch.

Counted is what runs from the call of the method on, minicloud and the standard library alike. Left out are botocore,
for its releases differ, and the making of ids, which are made a few hundred at a time whenever the last is gone.
Compilers of different Pythons write different bytecode, so each has a budget of its own. Figures are for one message,
record or delivery; each is an average over many, rounded up.
"""

from __future__ import annotations

import argparse
import gc
import math
import sys
import tomllib
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import hot_deliveries, hot_events, hot_operations, hot_ways
from benchmarks.hot_operations import Task
from minicloud.core import ids

__all__ = ["BUDGET", "Count", "budget_of", "count_all", "exceeded", "main", "version"]

BUDGET = Path(__file__).with_name("budget.toml")
THEMES = (*hot_operations.THEMES, *hot_events.THEMES, *hot_ways.THEMES, *hot_deliveries.THEMES)
_MAKING_OF_IDS = {ids.UuidStream._fill.__code__, ids._spread.__code__, ids._lanes.__wrapped__.__code__}


class Count(NamedTuple):
    """What one operation executes."""

    instructions: int
    calls: int
    """Of Python functions, the operation's own included."""


class Counter:
    """Counts instructions and calls in this thread, but for those of the tasks, of botocore, and of ids' making."""

    def __init__(self) -> None:
        self.instructions = 0
        self.calls = 0

    def run(self, act: Callable[[], object]) -> None:
        """Call ``act`` and count."""
        before = sys.gettrace()
        sys.settrace(self._entered)
        try:
            act()
        finally:
            sys.settrace(before)

    def _entered(self, frame: FrameType, event: str, argument: Any) -> Any:
        names = frame.f_globals
        if names.get("__name__", "").startswith(("benchmarks", "botocore")) or frame.f_code in _MAKING_OF_IDS:
            return None
        self.calls += 1
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        return self._counted

    def _counted(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "opcode":
            self.instructions += 1
        return self._counted


def count(task: Task) -> Count:
    """What one unit of the task executes."""
    gc.collect()
    gc.disable()  # what it frees may run code
    try:
        task.act()  # compiles methods
        Counter().run(task.act)  # Python 3.12 and later report the instructions of a function from its second call on
        counter = Counter()
        counter.run(task.act)
    finally:
        gc.enable()
    return Count(math.ceil(counter.instructions / task.units), math.ceil(counter.calls / task.units))


def count_all() -> dict[str, Count]:
    """Every operation's count, by name; boto3's only where it is installed."""
    gc.collect()
    was_frozen = gc.get_freeze_count() > 0  # so it stays: a run of tests has set aside what it has to the end
    gc.freeze()  # or each task would go through all that the process has, which in a run of tests is a lot
    try:
        if sys.version_info >= (3, 12):
            _count_themes()  # from 3.12 on, instructions are reported from the second traced call of a function on
            gc.freeze()  # what the themes have imported
        return _count_themes()
    finally:
        if not was_frozen:
            gc.unfreeze()


def _count_themes() -> dict[str, Count]:
    counts: dict[str, Count] = {}
    for theme in THEMES:
        with ExitStack() as stack:
            # Some tasks live on what others left: the order counts.
            for name, task in theme(stack).items():
                counts[name] = count(task)
    return counts


# --- the budget ------------------------------------------------------------------------------------------------------


def version() -> str:
    """The version of this Python, as the budget names it."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def _budgets() -> dict[str, dict[str, Count]]:
    document = tomllib.loads(BUDGET.read_text(encoding="utf-8")) if BUDGET.exists() else {}
    return {python: {name: Count(*figures) for name, figures in budget.items()} for python, budget in document.items()}


def budget_of(python: str) -> dict[str, Count] | None:
    """The budget of a version of Python; None when it has none."""
    return _budgets().get(python)


def exceeded(counts: dict[str, Count], budget: dict[str, Count]) -> list[str]:
    """A sentence for every operation that is over its budget or has none; and how to change it."""
    sentences = []
    for name, now in counts.items():
        allowed = budget.get(name)
        if allowed is None:
            sentences.append(f"{name}: has no budget")
        elif now.instructions > allowed.instructions or now.calls > allowed.calls:
            sentences.append(
                f"{name}: {now.instructions} instructions and {now.calls} calls, where {allowed.instructions} and "
                f"{allowed.calls} are allowed"
            )
    if sentences:
        sentences.append(
            f"Spend less, or say so: python{version()} benchmarks/instructions.py --update writes the new counts into "
            f"benchmarks/{BUDGET.name}; commit it with the change that needs it."
        )
    return sentences


_PREFACE = """\
# What hot operations may execute: [bytecode instructions, calls of Python functions], by version of Python.
# benchmarks/instructions.py counts them and says more; with --update it writes this file.
"""


def _update(counts: dict[str, Count]) -> None:
    budgets = _budgets()
    # Where boto3 is not installed, its lines stay as they are.
    budgets[version()] = {**budgets.get(version(), {}), **counts}
    parts = [_PREFACE]
    for python in sorted(budgets, key=lambda text: [int(part) for part in text.split(".")]):
        lines = [f'"{name}" = [{figures.instructions}, {figures.calls}]' for name, figures in budgets[python].items()]
        parts.append(f'["{python}"]\n' + "\n".join(lines) + "\n")
    BUDGET.write_text("\n".join(parts), encoding="utf-8")


def main() -> int:
    """Count, and compare or write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write the counts of this Python into the budget")
    arguments = parser.parse_args()
    counts = count_all()
    known = budget_of(version())
    budget = known or {}
    width = max(map(len, counts))
    print(f"{'':{width}}  instructions  allowed   calls  allowed   (Python {version()})")
    for name, now in counts.items():
        allowed = budget.get(name)
        shown = ("-", "-") if allowed is None else (f"{allowed.instructions:,}", f"{allowed.calls:,}")
        print(f"{name:{width}}  {now.instructions:12,}  {shown[0]:>7}  {now.calls:6,}  {shown[1]:>7}")
    if arguments.update:
        _update(counts)
        return 0
    if known is None:
        print(f"Python {version()} has no budget: the guard holds on others")
        return 0
    sentences = exceeded(counts, budget)
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
