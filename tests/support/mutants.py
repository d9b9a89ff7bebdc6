"""Which mistakes in the code no test would tell: a developer's tool, and no test. ::

    python -m tests.support.mutants 300                     # of all that is listed in NEAR
    python -m tests.support.mutants 50 services/sqs core    # of these
    python -m tests.support.mutants --seed 7 300 --only 3   # the third of that sample again, with what pytest says

A *mutant* is the code with one small mistake: a comparison that is off by one, a statement that is gone, a text with a
letter too many. The sample is drawn evenly from all there could be, the same for the same seed. Each runs in a process
of its own, forked from one that has imported pytest and hypothesis and nothing of minicloud; only there the module is
compiled with the mistake in it, so nothing is written anywhere. The tests of the same area are run until the first
fails, through minicloud's own clients and then through the others: those of the service, not all of the suite's.

What lives is printed. It is either *equivalent* (nobody could tell: a faster path, a bound that nothing can reach), or
there is a test to write.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import copy
import importlib.machinery
import importlib.util
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

import hypothesis
import hypothesis.stateful
import pytest

from tests.support.needs import is_installed

ROOT = Path(__file__).parents[2]

NEAR = {
    "core": "core sqs sns kinesis property events pipes scheduler",
    "engine": "engine property core sqs",
    "wire": "server boto",
    "server": "server",
    "services/sts": "clients boto",
    "services/kinesis": "kinesis property",
    "services/sqs": "sqs property inspection",
    "services/sns": "sns",
    "services/lambda_": "lambda_",
    "services/cloudwatch": "cloudwatch autoscaling",
    "services/events": "events",
    "services/scheduler": "scheduler",
    "services/s3": "s3",
    "services/pipes": "pipes",
    "services/firehose": "firehose",
    "services/autoscaling": "autoscaling",
    "services/logs": "logs",
    "services/iam": "iam",
}
"""Folders of the package, and the folders of tests that are theirs."""
MODELS = [
    "tests/clients/test_models_parity.py",
    "tests/clients/test_models_bounds.py",
    "tests/server/test_protocols.py",
]
"""Tests that compare all services with botocore's models: run this with a botocore that is new enough for them."""

OPTIONS = ["-q", "-x", "--no-header", "--tb=line", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist"]
OPTIONS += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # hypothesis is there before pytest


WAYS = ["native", "boto3" if is_installed("boto3") else "asyncio"]


class Mutant(NamedTuple):
    path: Path
    line: int
    was: str
    now: str
    tree: ast.Module

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT / 'minicloud')}:{self.line}  {self.was[:70]}  ->  {self.now[:70]}"


# --- the mistakes ----------------------------------------------------------------------------------------------------

_COMPARISONS: dict[type[ast.cmpop], list[ast.cmpop]] = {
    ast.Lt: [ast.LtE(), ast.GtE()],
    ast.LtE: [ast.Lt(), ast.Gt()],
    ast.Gt: [ast.GtE(), ast.LtE()],
    ast.GtE: [ast.Gt(), ast.Lt()],
    ast.Eq: [ast.NotEq()],
    ast.NotEq: [ast.Eq()],
    ast.Is: [ast.IsNot()],
    ast.IsNot: [ast.Is()],
    ast.In: [ast.NotIn()],
    ast.NotIn: [ast.In()],
}
_OPERATORS: dict[type[ast.operator], ast.operator] = {
    ast.Add: ast.Sub(),
    ast.Sub: ast.Add(),
    ast.Mult: ast.FloorDiv(),
    ast.FloorDiv: ast.Mult(),
    ast.Mod: ast.FloorDiv(),
    ast.LShift: ast.RShift(),
    ast.RShift: ast.LShift(),
    ast.BitAnd: ast.BitOr(),
    ast.BitOr: ast.BitAnd(),
}
_Change = tuple[ast.AST, ast.AST]


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """What could stand in a node's place."""

    def other(**fields: Any) -> ast.AST:
        made = copy.copy(node)
        for name, value in fields.items():
            setattr(made, name, value)
        return made

    match node:
        case ast.Compare(ops=operators):
            for number, operator in enumerate(operators):
                for changed in _COMPARISONS[type(operator)]:
                    yield other(ops=[*operators[:number], changed, *operators[number + 1 :]])
        case ast.BoolOp(op=operator):
            yield other(op=ast.Or() if isinstance(operator, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BinOp(op=operator) if type(operator) in _OPERATORS:
            yield other(op=_OPERATORS[type(operator)])
        case ast.Constant(value=bool(value)):
            yield other(value=not value)
        case ast.Constant(value=int(value)):
            yield other(value=value + 1)
            yield other(value=value - 1)
        case ast.Constant(value=str(value)) if value:
            yield other(value=value + "~")
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield other(value=ast.Constant(value=None))
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
        case ast.Return(value=None) | ast.Raise() | ast.AugAssign() | ast.Delete() | ast.Expr():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_]):
            yield ast.Pass()
        case _:
            pass


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


class _Sites(ast.NodeVisitor):
    """The changes of a file, each with the place where it would be put. What only type checkers read has none."""

    def __init__(self) -> None:
        self.found: list[tuple[ast.AST, str, int | None, ast.AST]] = []
        self.inside = 0

    def generic_visit(self, node: ast.AST) -> None:
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "type_params"):
                continue
            for number, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(child, ast.AST) and not _is_docstring(child):
                    self.found.extend(
                        (node, field, number, change)
                        for change in _changes(child)
                        if self.inside or not isinstance(change, ast.Pass)
                    )
                    self.visit(child)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        if not any(isinstance(base, ast.Name) and base.id in ("TypedDict", "Protocol") for base in node.bases):
            self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name == "__repr__":
            return
        self.inside += 1
        self.generic_visit(node)
        self.inside -= 1

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment] # noqa: N815

    def visit_If(self, node: ast.If) -> None:
        if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            self.generic_visit(node)

    def visit_Import(self, node: ast.AST) -> None:
        pass

    visit_ImportFrom = visit_Import  # noqa: N815

    def visit_Assign(self, node: ast.Assign) -> None:
        if not any(isinstance(target, ast.Name) and target.id.startswith("__") for target in node.targets):
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if not (isinstance(node.func, ast.Name) and node.func.id in ("cast", "TypeVar", "NewType")):
            self.generic_visit(node)


def _sites(path: Path) -> tuple[ast.Module, list[tuple[ast.AST, str, int | None, ast.AST]]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    sites = _Sites()
    sites.visit(tree)
    return tree, sites.found


def mutant(path: Path, number: int) -> Mutant:
    """The file with that change of all there are."""
    tree, sites = _sites(path)
    parent, field, position, change = sites[number]
    held = getattr(parent, field)
    child = held if position is None else held[position]
    was, now = ast.unparse(child), ast.unparse(change)
    if position is None:
        setattr(parent, field, change)
    else:
        held[position] = change
    ast.copy_location(change, child)
    return Mutant(path, child.lineno, was, now, ast.fix_missing_locations(tree))


# --- a run -----------------------------------------------------------------------------------------------------------


class _Finder(importlib.machinery.SourceFileLoader):
    """Finds the one module that has the mistake, and loads it."""

    def __init__(self, mutated: Mutant) -> None:
        parts = mutated.path.relative_to(ROOT).with_suffix("").parts
        super().__init__(".".join(part for part in parts if part != "__init__"), str(mutated.path))
        self.mutated = mutated

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = compile(self.mutated.tree, self.path, "exec")
        return code


def run(mutated: Mutant | None, tests: list[str], ways: str, limit: float, output: Path) -> str:
    """How the tests end: "passes", or what has failed first."""
    child = os.fork()
    if child == 0:
        status = 99
        try:
            os.setsid()
            os.environ.update(MINICLOUD_WAYS=ways, CI="1")  # hypothesis: the same examples each time
            for stream in (1, 2):
                os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
            if mutated:
                sys.meta_path.insert(0, _Finder(mutated))  # type: ignore[arg-type]
            status = int(pytest.main([*OPTIONS, *tests]))
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)
    end = time.monotonic() + limit
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        if time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return "does not end"
        time.sleep(0.02)
    if os.waitstatus_to_exitcode(status) == 0:
        return "passes"
    lines = output.read_text(encoding="utf-8", errors="replace").splitlines()
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))] or lines[-1:] or ["?"]
    return failed[0][:110]


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("count", nargs="?", type=int, default=100)
    parser.add_argument("areas", nargs="*", help="all of NEAR, if none is named", metavar="AREA")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, nargs="+", help="those of these numbers; of one, what pytest says")
    parser.add_argument("--tests", help="these folders or files, rather than those of the area")
    options = parser.parse_args()
    os.chdir(ROOT)

    places = []
    for area in options.areas or NEAR:
        for path in sorted((ROOT / "minicloud" / area).rglob("*.py")):
            places.extend((area, path, number) for number in range(len(_sites(path)[1])))
    chosen = random.Random(options.seed).sample(places, min(options.count, len(places)))
    print(f"{len(chosen)} of {len(places)}, seed {options.seed}", flush=True)

    output = Path(tempfile.mkdtemp()) / "output"
    limits: dict[str, float] = {}
    died = 0
    for position, (area, path, number) in enumerate(chosen, 1):
        if options.only and position not in options.only:
            continue
        tests = options.tests.split() if options.tests else [f"tests/{folder}" for folder in NEAR[area].split()]
        if area.startswith("services/"):
            tests += MODELS
        if area not in limits:
            start = time.monotonic()
            for ways in WAYS:
                if (said := run(None, tests, ways, 900, output)) != "passes":
                    sys.exit(f"without any mistake, of {area}: {said}")
            limits[area] = 30 + 5 * (time.monotonic() - start)
        found = mutant(path, number)
        for ways in WAYS:
            if (said := run(found, tests, ways, limits[area], output)) != "passes":
                break
        died += said != "passes"
        print(f"{position:4}  {'LIVES' if said == 'passes' else 'dies '}  {found}   {said}", flush=True)
        if options.only and len(options.only) == 1:
            print(output.read_text(encoding="utf-8", errors="replace"))
    print(f"{died} died")


# What the tests import anyway, once for all of them.
_IMPORTED = (asyncio, hypothesis)

if __name__ == "__main__":
    main()
