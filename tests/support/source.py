"""The package's source, parsed once for all the tests that read it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from . import garbage

__all__ = ["PACKAGE", "last_name", "nodes_of", "source_files", "tree_of"]

PACKAGE = Path(__file__).parents[2] / "minicloud"


def source_files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def tree_of(path: Path) -> ast.Module:
    return _trees()[path]


def nodes_of(path: Path) -> list[ast.AST]:
    """Every node of a file, in the order of ``ast.walk``."""
    return _nodes()[path]


def last_name(node: ast.AST) -> str:
    """The name that an expression ends with: ``c`` of ``a.b().c``; none of one that ends with no name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


@cache
def _trees() -> dict[Path, ast.Module]:
    with garbage.paused(set_aside=True):
        return {path: ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in source_files()}


@cache
def _nodes() -> dict[Path, list[ast.AST]]:
    with garbage.paused(set_aside=True):
        return {path: list(ast.walk(tree)) for path, tree in _trees().items()}
