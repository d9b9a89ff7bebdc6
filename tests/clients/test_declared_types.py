"""What ``clients/declared.pyi`` tells type checkers is what the services have; no program reads it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import minicloud.clients
from minicloud.core.operation import operations_of
from minicloud.services.registry import SERVICE_NAMES, load_service, title_of

SERVICES: dict[str, Any] = {name: load_service(name) for name in SERVICE_NAMES}
TREE = ast.parse((Path(minicloud.clients.__file__).with_name("declared.pyi")).read_text(encoding="utf-8"))
CLASSES = {node.name: node.body for node in TREE.body if isinstance(node, ast.ClassDef)}
ALIASES = {
    ast.unparse(node.target): ast.unparse(node.value)
    for node in TREE.body
    if isinstance(node, ast.AnnAssign) and node.value
}

each_service = pytest.mark.parametrize("service", SERVICES)
each_flavour = pytest.mark.parametrize("flavour", ["", "Async"])


def members_of(class_name: str) -> list[ast.stmt]:
    assert class_name in CLASSES, f"minicloud/clients/declared.pyi has no class {class_name}"
    return CLASSES[class_name]


def signatures(class_name: str, method: str) -> set[tuple[str, str]]:
    """The annotations of the parameter and of the result of each overload."""
    found = [node for node in members_of(class_name) if isinstance(node, ast.FunctionDef) and node.name == method]
    return {(ast.unparse(node.args.args[1]).partition(": ")[2], ast.unparse(node.returns or node)) for node in found}


def test_each_service_is_declared() -> None:
    names = [title_of(name) for name in SERVICES]
    assert sorted(CLASSES) == sorted(
        [f"{name}Exceptions" for name in names]
        + [f"{name}Base" for name in names]
        + [f"Async{name}Base" for name in names]
    ), "minicloud/clients/declared.pyi has three classes of each service: <Name>Exceptions, <Name>Base, Async<Name>Base"


@each_service
def test_the_exceptions(service: str) -> None:
    members = [ast.unparse(node) for node in members_of(f"{title_of(service)}Exceptions")]
    assert members == [f"{name}: type[ClientError]" for name in SERVICES[service].exceptions]


@each_service
@each_flavour
def test_the_pages_of_paginators(service: str, flavour: str) -> None:
    operations = operations_of(SERVICES[service].api)
    assert signatures(f"{flavour}{title_of(service)}Base", "get_paginator") == {
        (f"Literal[{name!r}]", f"{flavour}Paginator[{operations[name].result.__name__}]")
        for name in SERVICES[service].paginators
    }


@each_service
@each_flavour
def test_the_names_of_waiters(service: str, flavour: str) -> None:
    waiters = sorted(SERVICES[service].waiters)
    name = f"{title_of(service)}WaiterName"
    assert ALIASES.get(name) == (f"Literal[{', '.join(map(repr, waiters))}]" if waiters else None)
    wanted = {(name, f"{flavour}ServiceWaiter")} if waiters else set()
    assert signatures(f"{flavour}{title_of(service)}Base", "get_waiter") == wanted
