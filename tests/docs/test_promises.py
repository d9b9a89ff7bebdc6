"""The page of what holds when things break names tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "explanation" / "reliability.md"
NAMED = sorted(set(re.findall(r"`([\w/]+\.py::[\w:]+)`", PAGE.read_text(encoding="utf-8"))))
ROWS = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| (?!what holds)", line)]


def names_in(tree: ast.Module | ast.ClassDef, prefix: str = "") -> set[str]:
    names = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(prefix + node.name)
        elif isinstance(node, ast.ClassDef):
            names |= names_in(node, f"{prefix}{node.name}::")
    return names


@pytest.mark.parametrize("named", NAMED)
def test_a_promise_is_held_by_a_test_that_exists(named: str) -> None:
    file, _, name = named.partition("::")
    assert name.rpartition("::")[2].startswith("test_")
    assert name in names_in(ast.parse((TESTS / file).read_text(encoding="utf-8")))


def test_every_promise_names_its_test() -> None:
    assert len(ROWS) > 20
    assert [row for row in ROWS if "::test_" not in row] == []
