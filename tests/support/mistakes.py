"""Small mistakes that can be made in a file of the package: what ``mutants`` makes, one after another."""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]


class Mutant(NamedTuple):
    path: Path
    line: int
    was: str
    now: str
    tree: ast.Module
    lines: range
    """Of what is changed."""
    statement: range
    """Of the statement that it is in."""

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


def _asks_for_version(node: ast.expr) -> bool:
    return isinstance(node, ast.Compare) and ast.unparse(node.left) == "sys.version_info"


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
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return
        if not self.inside and _asks_for_version(node.test):  # what another Python loads no test of this one tells
            chosen = eval(compile(ast.Expression(node.test), "", "eval"), {"sys": sys})
            self.generic_visit(ast.Module(body=node.body if chosen else node.orelse, type_ignores=[]))
        else:
            self.generic_visit(node)

    def visit_Import(self, node: ast.AST) -> None:
        pass

    visit_ImportFrom = visit_Import  # noqa: N815

    def visit_Assign(self, node: ast.Assign) -> None:
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        if not any(name.startswith("__") or name == "TYPE_CHECKING" for name in names):
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if not (isinstance(node.func, ast.Name) and node.func.id in ("cast", "TypeVar", "NewType")):
            self.generic_visit(node)


def sites(path: Path) -> tuple[ast.Module, list[tuple[ast.AST, str, int | None, ast.AST]]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = _Sites()
    found.visit(tree)
    return tree, found.found


def mutant(path: Path, number: int) -> Mutant:
    """The file with that change of all there are."""
    tree, places = sites(path)
    parent, field, position, change = places[number]
    held = getattr(parent, field)
    child = held if position is None else held[position]
    was, now = ast.unparse(child), ast.unparse(change)
    line, lines, statement = child.lineno, _lines(child), _lines(_statement_of(tree, child))
    if position is None:
        setattr(parent, field, change)
    else:
        held[position] = change
    ast.copy_location(change, child)
    return Mutant(path, line, was, now, ast.fix_missing_locations(tree), lines, statement)


def _lines(node: ast.AST) -> range:
    """Those of a node; of a statement with a body, those of its head."""
    body = getattr(node, "body", None)
    if isinstance(body, list) and isinstance(node, ast.stmt):
        return range(node.lineno, max(node.lineno + 1, body[0].lineno))
    return range(node.lineno, node.end_lineno + 1)  # type: ignore[attr-defined]


def _statement_of(tree: ast.AST, node: ast.AST) -> ast.AST:
    """The innermost statement that a node is part of."""
    found = node

    def look(at: ast.AST, statement: ast.AST) -> None:
        nonlocal found
        if isinstance(at, ast.stmt):
            statement = at
        if at is node:
            found = statement
        for child in ast.iter_child_nodes(at):
            look(child, statement)

    look(tree, tree)
    return found
