"""Which lines a test runs, and other code for functions that are there already: what ``mutants`` is quick by.

Needs ``sys.monitoring``, so Python 3.12.
"""

from __future__ import annotations

import ast
import gc
import sys
from collections import defaultdict
from collections.abc import Iterator
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple

__all__ = ["CodeName", "Functions", "Lines", "is_of_functions", "name_of"]


class CodeName(NamedTuple):
    """What a code object is known by, whichever time it has been compiled."""

    qualified: str
    line: int
    column: int | None


def name_of(code: CodeType) -> CodeName:
    """The name of a code object; two lambdas of one line differ in their column."""
    column = next((place[2] for place in code.co_positions() if place[2]), None) if "<" in code.co_name else None
    return CodeName(code.co_qualname, code.co_firstlineno, column)  # type: ignore[attr-defined,unused-ignore]


class Lines:
    """Writes down which lines of some files run, each once until ``take`` has been called."""

    def __init__(self, folder: Path) -> None:
        self.folder = f"{folder}/"
        self.seen: set[tuple[str, int]] = set()
        self.codes: set[tuple[str, CodeName]] = set()
        """Of functions that have been entered."""
        self.monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        self.tool = self.monitoring.COVERAGE_ID
        events = self.monitoring.events
        self.monitoring.use_tool_id(self.tool, "mutants")
        self.monitoring.register_callback(self.tool, events.PY_START, self._enter)
        self.monitoring.register_callback(self.tool, events.LINE, self._line)
        self.monitoring.set_events(self.tool, events.PY_START)

    def _enter(self, code: CodeType, _: int) -> Any:
        if code.co_filename.startswith(self.folder):
            self.monitoring.set_local_events(self.tool, code, self.monitoring.events.LINE)
            self.codes.add((code.co_filename, name_of(code)))
            self.seen.add((code.co_filename, code.co_firstlineno))
        return self.monitoring.DISABLE

    def _line(self, code: CodeType, line: int) -> Any:
        self.seen.add((code.co_filename, line))
        return self.monitoring.DISABLE

    def take(self) -> set[tuple[str, int]]:
        """The lines that have run since it was called last."""
        taken, self.seen = self.seen, set()
        self.monitoring.restart_events()
        return taken

    def stop(self) -> None:
        """Watch no more."""
        self.monitoring.set_events(self.tool, 0)
        self.monitoring.free_tool_id(self.tool)


class Functions:
    """The functions that there are of some files, to which other code can be given."""

    def __init__(self, folder: Path) -> None:
        self.of: dict[tuple[str, CodeName], list[FunctionType]] = defaultdict(list)
        gc.unfreeze()  # what tests have set aside is not listed
        for one in gc.get_objects():
            if type(one) is FunctionType and one.__code__.co_filename.startswith(f"{folder}/"):
                self.of[one.__code__.co_filename, name_of(one.__code__)].append(one)

    def change(self, path: Path, tree: ast.Module) -> None:
        """Have them run what is written there instead."""
        base, other = (
            {name_of(code): code for code in _walk(compile(source, path, "exec"))}
            for source in (path.read_text(encoding="utf-8"), tree)
        )
        for name, code in other.items():
            if name in base and code != base[name]:
                for function in self.of.get((str(path), name), ()):
                    function.__code__ = _as(function.__code__, base[name], code)


def is_of_functions(path: Path, tree: ast.Module) -> tuple[bool, list[CodeName]]:
    """Whether only functions differ, rather than what a module or a class does when it is loaded; and which."""
    base = {name_of(code): code for code in _walk(compile(path.read_text(encoding="utf-8"), path, "exec"))}
    differing = [
        code
        for code in _walk(compile(tree, path, "exec"))
        if name_of(code) not in base or _alone(base[name_of(code)]) != _alone(code)
    ]
    are_functions = all(name_of(code) in base and code.co_flags & CO_OPTIMIZED for code in differing)
    return are_functions, [name_of(code) for code in differing]


def _walk(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _walk(constant)


def _alone(code: CodeType) -> CodeType:
    return code.replace(co_consts=tuple(None if isinstance(one, CodeType) else one for one in code.co_consts))


def _as(live: CodeType, base: CodeType, other: CodeType) -> CodeType:
    """The other code, with the arguments of the live one, which may be a copy that takes them otherwise."""
    return other.replace(
        co_argcount=live.co_argcount,
        co_posonlyargcount=live.co_posonlyargcount,
        co_kwonlyargcount=live.co_kwonlyargcount,
        co_flags=other.co_flags ^ base.co_flags ^ live.co_flags,
    )
