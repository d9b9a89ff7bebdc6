"""Hot operations execute no more than ``benchmarks/budget.toml`` allows: a guard that needs no stopwatch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks import instructions

ROOT = Path(__file__).parents[2]


def test_hot_operations_keep_to_their_budget() -> None:
    # In a process of its own: what other tests leave behind in this one would be counted too.
    run = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "instructions.py")],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_what_is_over_its_budget_is_named_with_the_way_to_change_it() -> None:
    spent = {"send": instructions.Count(10, 2), "receive": instructions.Count(5, 1), "new": instructions.Count(1, 1)}
    allowed = {"send": instructions.Count(9, 2), "receive": instructions.Count(5, 1), "old": instructions.Count(1, 1)}
    first, second, advice = instructions.exceeded(spent, allowed)
    assert first == "send: 10 instructions and 2 calls, where 9 and 2 are allowed"
    assert second == "new: has no budget"
    assert "--update" in advice
    assert instructions.exceeded(allowed, allowed) == []
