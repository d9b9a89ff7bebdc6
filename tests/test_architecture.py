"""Imports point down: primitives, services, cloud, shells. Read from the source, so it holds for lazy imports too.

==========  ====================================================  =====================================================
layer       files                                                 may import
==========  ====================================================  =====================================================
primitives  ``exceptions.py``, ``_*.py`` but those of the cloud   primitives, and a stdlib without time or I/O
services    ``sqs/``, ``sns/``, ``kinesis/``, ``sts/``            primitives, the same stdlib, and their own folder
cloud       ``_clock.py`` and the like, the other plain files     all of the above
shells      ``clients/``, ``boto/``, and the package's entrances  everything
==========  ====================================================  =====================================================

An import inside a function, or for type checkers only, may point up; in primitives and services not even that.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "minicloud"
MOST_LINES = 450

PRIMITIVES, SERVICES, CLOUD, SHELLS = range(4)
SERVICE_FOLDERS = ("kinesis", "sns", "sqs", "sts")
PRIVATE_CLOUD_FILES = ("_blocking.py", "_clock.py", "_forks.py", "_registry.py", "_threads.py")
# fmt: off
ENTRANCES = (
    "__init__.py", "__main__.py", "demo.py", "hypothesis.py",
    "pytest_plugin.py", "pytest_plugin_async.py", "pytest_plugin_clouds.py", "pytest_plugin_report.py",
    "pytest_plugin_verdicts.py",
)
# fmt: on

# fmt: off
IMPURE = frozenset({
    "asyncio", "concurrent", "getpass", "http", "logging", "multiprocessing", "os", "queue", "random",
    "sched", "secrets", "select", "selectors", "signal", "socket", "socketserver", "ssl", "subprocess",
    "tempfile", "threading", "time", "urllib.request", "uuid",
})
# fmt: on
"""What a deterministic core has no use for: clocks, locks, loops, sockets, logs, and randomness without a seed."""
MAY_DRAW = frozenset({"_ids.py"})
"""Where seeded random streams are made."""
WALL_CLOCK = frozenset({"now", "utcnow", "today"})
"""The ways of ``datetime`` and ``date`` to ask what time it is."""
PEERS = frozenset({"aiobotocore", "boto3", "botocore"})
TEST_TOOLS = frozenset({"_pytest", "hypothesis", "pytest"})
TEST_TOOL_FILES = frozenset({"hypothesis.py", *(name for name in ENTRANCES if name.startswith("pytest_plugin"))})


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


def source_files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def layer_of(path: Path) -> int:
    inside = path.relative_to(PACKAGE)
    if len(inside.parts) > 1:
        return SERVICES if inside.parts[0] in SERVICE_FOLDERS else SHELLS
    if inside.name in ENTRANCES:
        return SHELLS
    if inside.name in PRIVATE_CLOUD_FILES:
        return CLOUD
    if inside.name == "exceptions.py" or inside.name.startswith("_"):
        return PRIMITIVES
    return CLOUD


def imports_of(path: Path) -> list[Import]:
    package = ["minicloud", *path.relative_to(PACKAGE).parent.parts]
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    return list(_imports(tree, package, lazy=False, typing_only=False))


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
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for statement in child.body:
                wrapped = ast.Module([statement], [])
                yield from _imports(wrapped, package, lazy=lazy, typing_only=True)
            for statement in child.orelse:
                yield from _imports(ast.Module([statement], []), package, lazy=lazy, typing_only=typing_only)
        else:
            inside_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(child, package, lazy=lazy or inside_function, typing_only=typing_only)


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
    parts = module.split(".")
    return any(".".join(parts[:length]) in IMPURE for length in range(1, len(parts) + 1))


def _complain(path: Path, line: int, what: str) -> str:
    return f"{path.relative_to(ROOT)}:{line}: {what}"


@pytest.fixture(scope="module")
def everything() -> list[tuple[Path, int, list[Import]]]:
    found = [(path, layer_of(path), imports_of(path)) for path in source_files()]
    assert found
    return found


def test_imports_point_down(everything: list[tuple[Path, int, list[Import]]]) -> None:
    wrong = []
    for path, layer, imports in everything:
        for imported in imports:
            target = _file_of(imported.module) if imported.root == "minicloud" else None
            if target is None or layer == SHELLS:
                continue
            strict = layer in (PRIMITIVES, SERVICES)
            if layer_of(target) > layer and (strict or not (imported.lazy or imported.typing_only)):
                wrong.append(_complain(path, imported.line, f"points up to {imported.module}"))
    assert wrong == []


def test_services_do_not_know_each_other(everything: list[tuple[Path, int, list[Import]]]) -> None:
    wrong = []
    for path, layer, imports in everything:
        if layer != SERVICES:
            continue
        own_folder = path.relative_to(PACKAGE).parts[0]
        for imported in imports:
            parts = imported.module.split(".")
            if parts[0] == "minicloud" and parts[1] in SERVICE_FOLDERS and parts[1] != own_folder:
                wrong.append(_complain(path, imported.line, f"imports another service: {imported.module}"))
    assert wrong == []


def test_the_core_knows_no_clock_lock_loop_socket_or_log(everything: list[tuple[Path, int, list[Import]]]) -> None:
    wrong = []
    for path, layer, imports in everything:
        if layer not in (PRIMITIVES, SERVICES):
            continue
        for imported in imports:
            if imported.root != "minicloud" and imported.root not in sys.stdlib_module_names:
                wrong.append(_complain(path, imported.line, f"needs a package: {imported.module}"))
            if _is_impure(imported.module) and not (imported.root == "random" and path.name in MAY_DRAW):
                wrong.append(_complain(path, imported.line, f"imports {imported.module}"))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        wrong += [
            _complain(path, node.lineno, f"asks the wall clock: {ast.unparse(node)}")
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and node.attr in WALL_CLOCK
            and ast.unparse(node.value).rpartition(".")[2].strip("_") in ("datetime", "date")
        ]
    assert wrong == []


def test_asyncio_is_loaded_only_by_what_is_async(everything: list[tuple[Path, int, list[Import]]]) -> None:
    wrong = []
    for path, _, imports in everything:
        inside = path.relative_to(PACKAGE)
        in_shell = inside.parts[0] in ("boto", "clients")
        for imported in imports:
            if imported.root != "asyncio" or imported.typing_only:
                continue
            if not in_shell or not (imported.lazy or inside.name.startswith("aio")):
                wrong.append(_complain(path, imported.line, "imports asyncio"))
    assert wrong == []


def test_peers_and_test_tools_stay_at_the_edge(everything: list[tuple[Path, int, list[Import]]]) -> None:
    wrong = []
    for path, _, imports in everything:
        inside = path.relative_to(PACKAGE)
        for imported in imports:
            if imported.root in PEERS and inside.parts[0] != "boto":
                wrong.append(_complain(path, imported.line, f"imports {imported.module} outside of boto/"))
            if imported.root in TEST_TOOLS and str(inside) not in TEST_TOOL_FILES:
                wrong.append(_complain(path, imported.line, f"imports {imported.module}"))
            if imported.module.startswith("minicloud.pytest_plugin") and not inside.name.startswith("pytest_plugin"):
                wrong.append(_complain(path, imported.line, f"imports {imported.module}"))
            known = imported.root in sys.stdlib_module_names or imported.root == "minicloud"
            if not known and imported.root not in PEERS | TEST_TOOLS:
                wrong.append(_complain(path, imported.line, f"needs a package: {imported.module}"))
    assert wrong == []


def test_what_calls_run_through_asserts_nothing(everything: list[tuple[Path, int, list[Import]]]) -> None:
    # pytest rewrites every assert of a distribution that has a plugin, which its users' calls would pay for.
    wrong = []
    for path, layer, _ in everything:
        if layer in (PRIMITIVES, SERVICES) or path.name in ("cloud.py", "compiled.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            asserts = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
            wrong += [_complain(path, node.lineno, f"asserts: {ast.unparse(node)}") for node in asserts]
    assert wrong == []


def test_files_are_short() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in source_files()}
    assert {str(path.relative_to(ROOT)): length for path, length in lengths.items() if length > MOST_LINES} == {}


def test_importing_minicloud_loads_neither_asyncio_nor_a_peer() -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); before = set(sys.modules); import minicloud\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new & {'asyncio', 'socket', 'ssl', 'logging', 'http', 'unittest'}))\n"
        "print(sorted(name for name in new - set(sys.stdlib_module_names) if name != 'minicloud'))\n"
    )
    # Isolated and without site: nothing but the standard library is there.
    finished = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], check=True, capture_output=True, text=True, timeout=60
    )
    assert finished.stdout.splitlines() == ["[]", "[]"]
