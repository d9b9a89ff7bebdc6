"""Which errors an operation can answer with, as its code says: the texts of ``errors.py`` that it comes to.

From the syntax tree of the service's package. Followed are calls of functions, classes and methods by their names: of a
name that there is once in the package, or only in classes of one family (a queue, and a FIFO queue). What another
service says, or what only a fault does, is not known here.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["names_raised"]

_Code = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class _Found(NamedTuple):
    """A function, a class or a method: the class that it is in, the names of ``errors`` that it says, what it calls."""

    owner: str
    said: set[str]
    called: set[str]


class _Package:
    """What a service consists of, by name."""

    def __init__(self, root: Path) -> None:
        self.known: dict[str, list[_Found]] = {}
        self.bases: dict[str, list[str]] = {}
        for path in sorted(root.rglob("*.py")):
            if path.name != "errors.py":
                self._read(ast.parse(path.read_text(encoding="utf-8")), "", ())

    def _read(self, node: ast.AST, owner: str, around: tuple[_Found, ...]) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, _Code):
                found = _Found(owner, set(), set())
                self.known.setdefault(child.name, []).append(found)
                if isinstance(child, ast.ClassDef):
                    self.bases[child.name] = [ast.unparse(base).partition("[")[0] for base in child.bases]
                    self._read(child, child.name, (*around, found))
                else:
                    self._read(child, owner, (*around, found))
                continue
            if isinstance(child, ast.Attribute) and isinstance(child.value, ast.Name) and child.value.id == "errors":
                for found in around:
                    found.said.add(child.attr)
                continue
            if isinstance(child, ast.Call):
                name = child.func.id if isinstance(child.func, ast.Name) else getattr(child.func, "attr", "")
                for found in around:
                    found.called.add(name)
            self._read(child, owner, around)

    def reached(self, owner: str, name: str) -> set[str]:
        """The names of ``errors`` that a method comes to."""
        said: set[str] = set()
        seen = {name}
        ahead = [one for one in self.known.get(name, []) if one.owner == owner]
        while ahead:
            one = ahead.pop()
            said |= one.said
            for called in one.called - seen:
                seen.add(called)
                ahead += self._meant(called)
        return said

    def _meant(self, name: str) -> list[_Found]:
        """What is called by a name, where that is sure."""
        known = self.known.get(name, [])
        families = {self._root(one.owner) for one in known if one.owner}
        return known if len(families) + sum(not one.owner for one in known) <= 1 else []

    def _root(self, owner: str) -> str:
        """The first class of the package that a class comes from."""
        while bases := [base for base in self.bases.get(owner, []) if base in self.bases]:
            owner = bases[0]
        return owner


@cache
def _package(root: Path) -> _Package:
    return _Package(root)


def names_raised(root: Path, owner: str, method: str) -> set[str]:
    """The names in ``errors`` that a method of a class comes to; ``root`` is the folder of its service."""
    return _package(root).reached(owner, method)
