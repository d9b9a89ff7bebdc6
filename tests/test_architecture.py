"""Imports point down the tower. Read from the source, so it holds for lazy imports and those for type checkers, too.

Whoever builds here needs one rule: a file may import from the floors below its own, and from its own folder. Folders of
one floor do not know each other, services least of all. So a floor can be read, tested and changed without what stands
on it.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from minicloud.core.facts import KINDS as FACTS
from tests.support.source import PACKAGE, last_name, nodes_of, source_files, tree_of

ROOT = PACKAGE.parent
MOST_LINES = 450
"""Of code: docstrings, comments and blank lines do not count."""

TOWER = (
    {"pytest_plugin"},
    {"__main__"},
    {"__init__"},
    {"hypothesis"},
    {"boto", "default", "demo", "kinesis", "typing", "verdicts"},
    {"cloud"},
    {"server"},
    {"clients"},
    {"faults", "inspection", "wire"},
    {"engine"},
    {"services"},
    {"core"},
    {"exceptions"},
)
"""The folders and files of the package, floor by floor."""
PURE = ("core", "services", "exceptions")
"""What knows no clock, lock, loop, socket or log: a state change takes the time and returns."""
CALLS_RUN_THROUGH = ("core", "services", "engine", "clients", "cloud", "exceptions")
CIRCLES = {
    frozenset({"services/sns/subscription.py", "services/sns/topic.py"}): (
        "a topic holds its subscriptions, and each of them its topic"
    ),
}
"""Files that import each other, and why they must."""

# fmt: off
IMPURE = frozenset({
    "asyncio", "concurrent", "getpass", "http", "logging", "multiprocessing", "os", "queue", "random",
    "sched", "secrets", "select", "selectors", "signal", "socket", "socketserver", "ssl", "subprocess",
    "tempfile", "threading", "time", "urllib.request", "uuid",
})
# fmt: on
"""What a deterministic core has no use for: clocks, locks, loops, sockets, logs, and randomness without a seed."""
SEEDED = "random.Random"
WALL_CLOCK = frozenset({"now", "utcnow", "today"})
"""The ways of ``datetime`` and ``date`` to ask what time it is."""
NAMED_FACTS = FACTS - {"call", "chaos"}
"""Kinds of facts that are no words of English."""
PEERS = frozenset({"aiobotocore", "boto3", "botocore", "moto"})
TEST_TOOLS = frozenset({"_pytest", "hypothesis", "pytest"})


@dataclass(frozen=True)
class Import:
    """One imported module, and how: at the module's top, inside a function, or for type checkers only."""

    module: str
    line: int
    lazy: bool
    typing_only: bool

    @property
    def root(self) -> str:
        return self.module.partition(".")[0]


def imports_of(path: Path) -> list[Import]:
    package = ["minicloud", *path.relative_to(PACKAGE).parent.parts]
    return list(_imports(tree_of(path), package, lazy=False, typing_only=False))


def _imports(node: ast.AST, package: list[str], *, lazy: bool, typing_only: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, child.lineno, lazy, typing_only)
        elif isinstance(child, ast.ImportFrom):
            base = package[: len(package) - child.level + 1] if child.level else []
            module = ".".join([*base, *([child.module] if child.module else [])])
            for alias in child.names:
                # `from . import x` and `from urllib import request` name modules, most others something inside of one;
                # `_file_of` and the set of impure modules find out which.
                yield Import(f"{module}.{alias.name}", child.lineno, lazy, typing_only)
        elif isinstance(child, ast.If) and _is_for_type_checkers(child.test):
            for statement in child.body:
                wrapped = ast.Module([statement], [])
                yield from _imports(wrapped, package, lazy=lazy, typing_only=True)
            for statement in child.orelse:
                yield from _imports(ast.Module([statement], []), package, lazy=lazy, typing_only=typing_only)
        elif not isinstance(child, ast.expr):  # an import is a statement
            inside_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from _imports(child, package, lazy=lazy or inside_function, typing_only=typing_only)


def _is_for_type_checkers(test: ast.expr) -> bool:
    names = isinstance(test, ast.Name | ast.Attribute | ast.BoolOp | ast.UnaryOp)
    return names and "TYPE_CHECKING" in ast.unparse(test)


def _file_of(module: str) -> Path | None:
    """The file of a module of ours; a name inside of a module leads to that module's file."""
    parts = module.split(".")[1:]
    while True:
        place = PACKAGE.joinpath(*parts)
        if parts and place.with_suffix(".py").is_file():
            return place.with_suffix(".py")
        if (place / "__init__.py").is_file():
            return place / "__init__.py"
        if not parts:
            return None
        parts.pop()


def _is_impure(module: str) -> bool:
    if module == SEEDED:
        return False
    parts = module.split(".")
    return any(".".join(parts[:length]) in IMPURE for length in range(1, len(parts) + 1))


def _complain(path: Path, line: int, what: str) -> str:
    return f"{path.relative_to(ROOT)}:{line}: {what}"


def room_of(path: Path) -> str:
    """The folder or file at the top of the package in which a file lies."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def floor_of(room: str) -> int:
    return next(floor for floor, rooms in enumerate(TOWER) if room in rooms)


@pytest.fixture(scope="module")
def everything() -> list[tuple[Path, str, list[Import]]]:
    found = [(path, room_of(path), imports_of(path)) for path in source_files()]
    assert found
    return found


Everything = list[tuple[Path, str, list[Import]]]


def test_every_room_has_its_floor(everything: Everything) -> None:
    rooms = {room for _, room, _ in everything}
    assert rooms == set().union(*TOWER)
    assert len(rooms) <= 20


def test_imports_point_down(everything: Everything) -> None:
    wrong = []
    for path, room, imports in everything:
        for imported in imports:
            target = _file_of(imported.module) if imported.root == "minicloud" else None
            if target is None or room_of(target) == room:
                continue
            if floor_of(room_of(target)) <= floor_of(room):
                wrong.append(_complain(path, imported.line, f"imports {imported.module}, which does not lie below"))
    assert wrong == []


def test_services_do_not_know_each_other(everything: Everything) -> None:
    wrong = []
    for path, room, imports in everything:
        if room != "services":
            continue
        own = path.relative_to(PACKAGE).parts[1]
        for imported in imports:
            target = _file_of(imported.module) if imported.root == "minicloud" else None
            if target is None or room_of(target) != "services":
                continue
            parts = target.relative_to(PACKAGE).parts
            if len(parts) > 2 and parts[1] != own:
                wrong.append(_complain(path, imported.line, f"imports another service: {imported.module}"))
    assert wrong == []


def test_no_file_imports_itself_in_a_circle(everything: Everything) -> None:
    arrows = {
        path: {
            target
            for imported in imports
            if imported.root == "minicloud" and (target := _file_of(imported.module)) not in (None, path)
        }
        for path, _, imports in everything
    }
    circles = [
        frozenset(str(path.relative_to(PACKAGE)) for path in circle) for circle in _circles(arrows) if len(circle) > 1
    ]
    assert {tuple(sorted(circle)) for circle in circles if circle not in CIRCLES} == set()


def _circles(arrows: dict[Path, set[Path]]) -> list[list[Path]]:
    """The strongly connected components (Tarjan), of one file each where there is no circle."""
    index: dict[Path, int] = {}
    low: dict[Path, int] = {}
    stack: list[Path] = []
    found: list[list[Path]] = []

    def visit(path: Path) -> None:
        index[path] = low[path] = len(index)
        stack.append(path)
        for target in sorted(arrows[path]):
            if target not in index:
                visit(target)
                low[path] = min(low[path], low[target])
            elif target in stack:
                low[path] = min(low[path], index[target])
        if low[path] == index[path]:
            place = stack.index(path)
            found.append(stack[place:])
            del stack[place:]

    for path in arrows:
        if path not in index:
            visit(path)
    return found


def test_the_core_knows_no_clock_lock_loop_socket_or_log(everything: Everything) -> None:
    wrong = []
    for path, room, imports in everything:
        if room not in PURE:
            continue
        for imported in imports:
            if imported.root != "minicloud" and imported.root not in sys.stdlib_module_names:
                wrong.append(_complain(path, imported.line, f"needs a package: {imported.module}"))
            if _is_impure(imported.module):
                wrong.append(_complain(path, imported.line, f"imports {imported.module}"))
        wrong += [
            _complain(path, node.lineno, f"asks the wall clock: {ast.unparse(node)}")
            for node in nodes_of(path)
            if isinstance(node, ast.Attribute)
            and node.attr in WALL_CLOCK
            and last_name(node.value).strip("_") in ("datetime", "date")
        ]
    assert wrong == []


def test_facts_have_a_function_each(everything: Everything) -> None:
    """A kind that is misspelt is an error: kinds stand in the register, and services tell facts in facts.py alone."""
    wrong = []
    for path, room, _ in everything:
        inside = path.relative_to(PACKAGE)
        if inside == Path("core/facts.py"):
            continue
        for node in nodes_of(path):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in NAMED_FACTS:
                wrong.append(_complain(path, node.lineno, f"a fact's kind by its name: {node.value!r}"))
            is_call = isinstance(node, ast.Call) and room == "services" and path.name != "facts.py"
            if is_call and last_name(node.func) in ("trace", "_trace"):
                wrong.append(_complain(path, node.lineno, f"tells a fact: {ast.unparse(node)}"))
    assert wrong == []


def test_asyncio_is_loaded_only_by_what_is_async(everything: Everything) -> None:
    wrong = []
    for path, _, imports in everything:
        is_async = path.name.startswith("aio") or path.name == "event_loop.py"
        wrong += [
            _complain(path, imported.line, "imports asyncio at its top")
            for imported in imports
            if imported.root == "asyncio" and not (imported.typing_only or imported.lazy or is_async)
        ]
    assert wrong == []


def test_peers_and_test_tools_stay_at_the_edge(everything: Everything) -> None:
    wrong = []
    for path, room, imports in everything:
        for imported in imports:
            if imported.root in PEERS and room != "boto":
                wrong.append(_complain(path, imported.line, f"imports {imported.module} outside of boto/"))
            if imported.root in TEST_TOOLS and room not in ("hypothesis", "pytest_plugin"):
                wrong.append(_complain(path, imported.line, f"imports {imported.module}"))
            known = imported.root in sys.stdlib_module_names or imported.root == "minicloud"
            if not known and imported.root not in PEERS | TEST_TOOLS:
                wrong.append(_complain(path, imported.line, f"needs a package: {imported.module}"))
    assert wrong == []


def test_what_calls_run_through_asserts_nothing(everything: Everything) -> None:
    # pytest rewrites every assert of a distribution that has a plugin, which its users' calls would pay for.
    wrong = []
    for path, room, _ in everything:
        if room in CALLS_RUN_THROUGH:
            asserts = [node for node in nodes_of(path) if isinstance(node, ast.Assert)]
            wrong += [_complain(path, node.lineno, f"asserts: {ast.unparse(node)}") for node in asserts]
    assert wrong == []


def test_files_are_short() -> None:
    lengths = {str(path.relative_to(ROOT)): _lines_of_code(path) for path in source_files()}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def _lines_of_code(path: Path) -> int:
    text = path.read_text(encoding="utf-8")
    docstrings: set[int] = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            docstrings.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return sum(
        bool(line.strip()) and not line.lstrip().startswith("#") and number not in docstrings
        for number, line in enumerate(text.splitlines(), 1)
    )
