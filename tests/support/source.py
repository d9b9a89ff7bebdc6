"""The package's source, parsed once for all the tests that read it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

__all__ = ["PACKAGE", "nodes_of", "source_files", "tree_of"]

PACKAGE = Path(__file__).parents[2] / "minicloud"


def source_files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    """Every node of a file, in the order of ``ast.walk``."""
    return list(ast.walk(tree_of(path)))
