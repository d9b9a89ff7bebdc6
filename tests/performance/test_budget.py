"""Hot operations execute no more than ``benchmarks/budget.toml`` allows: a guard that needs no stopwatch."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks import hot_operations, instructions


def test_hot_operations_keep_to_their_budget() -> None:
    # In a process of its own: pytest rewrites the asserts of what it loads, which then execute more.
    finished = subprocess.run(
        [sys.executable, instructions.__file__], check=False, capture_output=True, encoding="utf-8", timeout=600
    )
    assert finished.returncode == 0, finished.stderr


def test_what_is_over_its_budget_is_named_with_the_way_to_change_it() -> None:
    spent = {"send": instructions.Count(10, 2), "receive": instructions.Count(5, 1), "new": instructions.Count(1, 1)}
    allowed = {"send": instructions.Count(9, 2), "receive": instructions.Count(5, 1), "old": instructions.Count(1, 1)}
    first, second, advice = instructions.exceeded(spent, allowed)
    assert first == "send: 10 instructions and 2 calls, where 9 and 2 are allowed"
    assert second == "new: has no budget"
    assert "--update" in advice
    assert instructions.exceeded(allowed, allowed) == []


def test_counts_are_the_same_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instructions, "THEMES", (hot_operations.kinesis_tasks,))
    assert instructions.count_all() == instructions.count_all()
