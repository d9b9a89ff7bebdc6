"""Each service is in all places that know services by name and of which nothing else tells that one lacks there.

Who adds a service is told here of all of them at once. Tests of their own tell of ``ServiceName``, ``BY_USE``,
``PROTOCOLS``, ``clients/declared.pyi``, pages of the documentation, and the lists in ``tests/clients`` and
``tests/server``. What is read by programs alone, or by type checkers, is read here as source.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from minicloud import typing as names
from minicloud.server import routing
from minicloud.services.registry import SERVICE_NAMES, load_service, module_of, title_of
from minicloud.wire import bodies, required_members
from minicloud.wire.protocol import PROTOCOLS

ROOT = Path(__file__).parents[1]
SPEAK_QUERY_TOO = ("cloudwatch", "sqs")
"""Services that clients of today speak JSON with, and others the query protocol."""


def test_each_service_is_wherever_services_are_listed() -> None:
    lacking = [f"{path}: {what}" for name in SERVICE_NAMES for path, what, is_there in places_of(name) if not is_there]
    assert lacking == [], "a service lacks in these places:\n" + "\n".join(lacking)


def places_of(name: str) -> Iterator[tuple[str, str, bool]]:
    """Where a service has to be: the file, what is to be there, and whether it is."""
    yield from of_type_checkers(name)
    yield from of_the_wire(name)
    path = "docs/_tools/make_operations.py"
    yield path, f"TITLES, {name!r}: how AWS calls the service", name in keys_of(path, "TITLES")
    path = f"tests/{module_of(name)}/test_interruptions.py"
    if name != "sts":  # where hardly anything is changed
        yield path, "calls into which an exception comes, as of the other services", (ROOT / path).is_file()
    path, area = "tests/support/mutants.py", f"services/{module_of(name)}"
    yield path, f"NEAR, {area!r}: the folders of tests that are the service's", area in keys_of(path, "NEAR")


def of_type_checkers(name: str) -> Iterator[tuple[str, str, bool]]:
    clients = {"client": f"{title_of(name)}Client", "async_client": f"Async{title_of(name)}Client"}
    stubs = {
        "client": f"mypy_boto3_{name.replace('-', '_')}",
        "async_client": f"types_aiobotocore_{name.replace('-', '_')}",
    }
    for method, client in clients.items():
        for path in ("minicloud/clients/maker.py", "minicloud/clients/session.py", "minicloud/default.py"):
            if (method, path) != ("async_client", "minicloud/default.py"):  # as boto3 itself has none
                yield path, f"{method}, an overload of Literal[{name!r}]", name in overloads_of(path, method)
        path = "minicloud/clients/peers.pyi"
        yield path, f"from {stubs[method]} import", f"\nfrom {stubs[method]} import " in text_of(path)
        for_mypy, for_pyright = classes_of_peers()
        yield path, f"class {client} under `if MYPY`", client in for_mypy
        yield path, f"class {client} under its `else`", client in for_pyright
        known = len(re.findall(rf'\bLiteral\["{client}"\]', text_of(path)))
        yield path, f"_known, two overloads of Literal[{client!r}]", known == 2
        yield "minicloud/typing.py", f"{client}, in _PLACES and where type checkers look", client in names.__all__
        modules = {module for override in pyproject()["mypy"]["overrides"] for module in override["module"]}
        yield "pyproject.toml", f"[[tool.mypy.overrides]], '{stubs[method]}.*'", f"{stubs[method]}.*" in modules
    path = ".ci/steps/types-of-users.sh"
    if (ROOT / path).is_file():  # a source distribution is without
        for package in ("boto3-stubs", "types-aiobotocore"):
            extras = re.findall(rf"{package}\[([a-z0-9,-]+)\]", text_of(path))
            has_all = bool(extras) and all(name in found.split(",") for found in extras)
            yield path, f"{package}[{name}]", has_all


def of_the_wire(name: str) -> Iterator[tuple[str, str, bool]]:
    service, protocol = load_service(name), PROTOCOLS.get(name)
    yield "minicloud/wire/protocol.py", f"PROTOCOLS, {name!r}: which one it speaks", protocol is not None
    path = "minicloud/wire/required_members.py"
    yield path, f"_ERRORS, {name!r}: what is said where a required member lacks", name in required_members._ERRORS
    path = "minicloud/server/routing.py"
    if protocol == "json":
        yield path, f"_TARGETS, of {name!r}: the beginning of X-Amz-Target", name in routing._TARGETS.values()
    if protocol == "rest-json":
        yield path, f"_REST, {name!r}: how its paths begin", name in routing._REST
    if protocol == "query" or name in SPEAK_QUERY_TOO:
        version = service.api_version
        yield path, f"_VERSIONS, {version!r} of {name!r}", routing._VERSIONS.get(version) == name
        yield path, f"_QUERY, {name!r}", name in routing._QUERY
        yield "minicloud/wire/bodies.py", f"XML_NAMESPACES, {name!r}", name in bodies.XML_NAMESPACES


# --- sources ----------------------------------------------------------------------------------------------------------


@cache
def text_of(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree_of(path: str) -> ast.Module:
    return ast.parse(text_of(path))


@cache
def pyproject() -> Any:
    return tomllib.loads(text_of("pyproject.toml"))["tool"]


@cache
def overloads_of(path: str, function: str) -> frozenset[str]:
    """The services that a function's overloads name."""
    return frozenset(
        ast.literal_eval(literal)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef) and node.name == function
        for argument in node.args.args
        if argument.arg == "service_name"
        for literal in [getattr(argument.annotation, "slice", None)]
        if isinstance(literal, ast.Constant)
    )


@cache
def classes_of_peers() -> tuple[frozenset[str], frozenset[str]]:
    """The classes in ``peers.pyi`` that mypy sees, and those that other type checkers see."""
    (both,) = [
        node
        for node in tree_of("minicloud/clients/peers.pyi").body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "MYPY"
    ]
    mypys, others = (
        frozenset(node.name for node in branch if isinstance(node, ast.ClassDef)) for branch in (both.body, both.orelse)
    )
    return mypys, others


@cache
def keys_of(path: str, table: str) -> frozenset[str]:
    """The keys of a dict that is written out in a file."""
    (written,) = [
        node.value
        for node in tree_of(path).body
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == [table]
    ]
    return frozenset(ast.literal_eval(written))
