#!/usr/bin/env python3
"""Writes docs/reference/operations.md and a page for each service: ``python3 docs/_tools/make_operations.py``.

From what is declared: an operation's signature and docstring, the service's paginators and waiters, what it refuses,
the bounds of members, and the tables of its errors.
"""

from __future__ import annotations

import inspect
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from string import Formatter
from types import ModuleType
from typing import Any, Self, get_type_hints

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parent))

from bounds import bounds_in
from public_sources import markdown
from raised import names_raised

from minicloud.core.operation import Operation, operations_of
from minicloud.core.service import Service
from minicloud.core.shapes import Shape
from minicloud.exceptions import AwsError
from minicloud.services.registry import SERVICE_NAMES, load_service

REFERENCE = Path(__file__).parents[1] / "reference"
BLANK = "\N{HORIZONTAL ELLIPSIS}"

TITLES = {
    "sqs": "Amazon SQS",
    "sns": "Amazon SNS",
    "kinesis": "Amazon Kinesis Data Streams",
    "lambda": "AWS Lambda",
    "s3": "Amazon S3",
    "firehose": "Amazon Data Firehose",
    "events": "Amazon EventBridge",
    "scheduler": "Amazon EventBridge Scheduler",
    "pipes": "Amazon EventBridge Pipes",
    "cloudwatch": "Amazon CloudWatch",
    "logs": "Amazon CloudWatch Logs",
    "application-autoscaling": "Application Auto Scaling",
    "iam": "AWS IAM",
    "sts": "AWS STS",
}
_TOLD = {"application-autoscaling": "autoscaling", "iam": "stand-ins", "logs": "stand-ins", "sts": "stand-ins"}
"""The pages that say what is emulated, where they have other names than the service."""

_WRITTEN = "<!-- Written by docs/_tools/make_operations.py from what the operations declare. Do not edit. -->"
_HEAD = f"""\
# Operations

{_WRITTEN}

Every operation that a client has: what it does and costs, its parameters, the members of its answer, and the errors of
its service with their texts. The errors of an operation are those that its code comes to, as a program has read it.
Every answer has `ResponseMetadata` as well. Calling an operation that is not here is a `UsageError` that names it; a
parameter that is not here is a `ParamValidationError`, as with boto3.

| service | operations | what is emulated |
|---|---|---|
"""


def pages() -> dict[Path, str]:
    """All pages, by where they are."""
    order = [name for name in TITLES if name in SERVICE_NAMES]
    order += [name for name in SERVICE_NAMES if name not in TITLES]
    found = {REFERENCE / "operations" / f"{name}.md": "\n".join(_service(name)) for name in order}
    rows = (
        f"| {_title(name)} | [{len(_operations(load_service(name)))}](operations/{name}.md) | "
        f"[{_heading(_told(name))}]({_told(name)}.md) |"
        for name in order
    )
    return {REFERENCE / "operations.md": _HEAD + "\n".join(rows) + "\n", **found}


def _told(name: str) -> str:
    return _TOLD.get(name, name)


def _heading(page: str) -> str:
    return (REFERENCE / f"{page}.md").read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def _title(name: str) -> str:
    return TITLES.get(name) or load_service(name).service_id


def _operations(service: Service) -> list[Operation[..., Any]]:
    return sorted(operations_of(service.api).values(), key=lambda operation: operation.method_name)


def _service(name: str) -> Iterator[str]:
    service = load_service(name)
    operations = _operations(service)
    word = "operation" if len(operations) == 1 else "operations"
    yield f"# Operations of {_title(name)}\n\n{_WRITTEN}\n"
    yield f'`client("{name}")`, API version {service.api_version}: {len(operations)} {word}. **Bold** parameters are'
    yield "required."
    yield f"What is emulated, and which choices were made, is on [{_heading(_told(name))}](../{_told(name)}.md).\n"
    for operation in operations:
        yield from _operation(service, operation)
    if service.paginators or service.waiters:
        yield "## Paginators and waiters\n"
    if service.paginators:
        yield f"`get_paginator(...)`: {_names(sorted(service.paginators))}.\n"
    for waiter, model in sorted(service.waiters.items()):
        often = f"every {model.delay} seconds, up to {model.max_attempts} times"
        yield f'- `get_waiter("{waiter}")`: calls {model.operation} {often}'
    if service.waiters:
        yield ""
    structures = _structures(operations)
    if structures:
        yield "## Structures in parameters\n"
        yield from (f"- `{one}`: {_members(structures[one])}" for one in sorted(structures))
        yield ""
    if service.refused:
        yield "## What is refused\n\nA `UsageError` says what to do instead.\n"
        yield from (f"- {refused}: {instead}" for refused, instead in sorted(service.refused.items()))
        yield ""
    yield from bounds_of(service)
    yield from _errors(name, service)


def _operation(service: Service, operation: Operation[..., Any]) -> Iterator[str]:
    yield f"## `{operation.method_name}`\n"
    yield f"{markdown(inspect.cleandoc(operation.__doc__ or ''))}\n"
    members = operation.input.members
    if members:
        yield f"- Parameters: {_members(operation.input)}"
    else:
        yield "- No parameters"
    result = operation.result
    names = "" if result is type(None) else _names(get_type_hints(result))
    yield f"- Answer: {names or 'nothing'}"
    yield f"- Errors: {_names(codes_of(service, operation)) or 'none of its own'}\n"


def _members(shape: Shape) -> str:
    return ", ".join(
        f"**`{name}`** {_kind(member)}" if name in shape.required else f"`{name}` {_kind(member)}"
        for name, member in shape.members.items()
    )


def _kind(shape: Shape) -> str:
    """What a parameter takes, in a word or two."""
    if shape.kind == "structure":
        return f"`{shape.name}`"
    if shape.kind == "list":
        assert shape.member is not None
        return f"list of {_kind(shape.member)}"
    if shape.kind == "map":
        assert shape.member is not None
        return f"map to {_kind(shape.member)}"
    return shape.kind


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _structures(operations: Iterable[Operation[..., Any]]) -> dict[str, Shape]:
    """The structures inside the parameters, by name."""
    found: dict[str, Shape] = {}

    def look(shape: Shape | None) -> None:
        if shape is None or found.get(shape.name) is shape:
            return
        if shape.kind == "structure":
            found[shape.name] = shape
        look(shape.member)
        for member in shape.members.values():
            look(member)

    for operation in operations:
        for member in operation.input.members.values():
            look(member)
    return found


def codes_of(service: Service, operation: Operation[..., Any]) -> list[str]:
    """The codes of the errors that an operation answers with, as its code and its docstring say."""
    code = operation.handler.__code__
    texts = texts_of(service.name)
    file = Path(code.co_filename)
    root = next(folder for folder in file.parents if folder.parent.name == "services")
    owner, _, method = operation.handler.__qualname__.rpartition(".")
    errors = [_made(texts[name]) for name in names_raised(root, owner, method) if name in texts]
    codes = {service.error_response(error)["Error"]["Code"] for error in errors if error is not None}
    told = re.findall(r"\b[A-Z]\w+\b", (operation.__doc__ or "").partition("Raises")[2])
    by_shape = {error.shape: error for error in errors_of(service.name) if error.shape} if told else {}
    codes |= {service.error_response(by_shape[name])["Error"]["Code"] for name in told if name in by_shape}
    return sorted(codes)


def bounds_of(service: Service) -> Iterator[str]:
    """What the model holds members to, from the tables of the service."""
    tables: dict[str, Any] = {}
    for module in modules_of(service.name, "constraints"):
        tables |= vars(module)
    rows = list(bounds_in(tables))
    if rows:
        yield "## Bounds of members\n"
        yield "What is refused by the constraints of the model, before anything else of a request is looked at.\n"
        yield from rows
        yield ""


# --- errors -----------------------------------------------------------------------------------------------------------


def _errors(name: str, service: Service) -> Iterator[str]:
    by_code: dict[tuple[str, int, str], list[str]] = {}
    for error in errors_of(service.name):
        code = service.error_response(error)["Error"]["Code"]
        known = error.shape if error.shape in service.exceptions else ""
        texts = by_code.setdefault((code, error.status, known), [])
        if error.message not in texts:
            texts.append(error.message)
    yield "## Errors\n"
    yield f"What a `ClientError` of {_title(name)} says, by its code; `{BLANK}` stands for what differs from case to"
    yield "case. Where a code has a class of its own, `client.exceptions` has it. Which texts are not known from AWS is"
    yield "on [How true to AWS](../../explanation/fidelity.md).\n"
    for (code, status, known), texts in sorted(by_code.items()):
        yield f"- **`{code}`**, HTTP {status}{f', `{known}`' if known else ''}"
        yield from (f"  - {_quoted(text)}" for text in texts)
    others = [one for one in service.exceptions if one not in {known for _, _, known in by_code}]
    if others:
        yield "\nClasses that `client.exceptions` has as well, and that only a fault raises: " + _names(others) + "."
    yield ""


@cache
def errors_of(name: str) -> list[AwsError]:
    """An error of each text in the tables of a service, its blanks filled with ``BLANK``."""
    errors = [_made(text) for text in texts_of(name).values() if callable(text)]
    return [error for error in errors if error is not None]


@cache
def texts_of(name: str) -> dict[str, Any]:
    """What the tables of errors of a service have, by name."""
    found: dict[str, Any] = {}
    for module in modules_of(name, "errors"):
        found |= {one: value for one, value in vars(module).items() if not one.startswith("_")}
    return found


def modules_of(name: str, suffix: str) -> Iterator[ModuleType]:
    """The modules of a service whose names end so."""
    package = inspect.getmodule(load_service(name).api)
    assert package is not None
    root = import_module(".".join(package.__name__.split(".")[:3]))
    for module in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
        if module.name.endswith(suffix):
            yield import_module(module.name)


class _Blank(str):
    """Fills every blank of a text, whatever its format."""

    __slots__ = ()

    def __new__(cls) -> Self:
        return super().__new__(cls, BLANK)

    def __format__(self, spec: str) -> str:
        return BLANK

    def __repr__(self) -> str:
        return BLANK


class _Blanks(dict[str, _Blank]):
    def __missing__(self, name: str) -> _Blank:
        return _Blank()


def _made(text: Any) -> AwsError | None:
    """The error that a text makes; None for what is no text."""
    if inspect.isclass(text):
        return None
    template = getattr(text, "template", None)
    if template is not None:
        filled = Formatter().vformat(template, [_Blank()] * 20, _Blanks())
        make = getattr(text, "make", None)
        if make is None:
            return AwsError(text.code, filled, text.status, shape=text.code)
        error: AwsError = make(text.name, f"{text.lead}{filled}")
        return error
    if inspect.isfunction(text) and text.__annotations__.get("return") == "AwsError":
        parameters = inspect.signature(text).parameters.values()
        if [one.annotation for one in parameters] == ["list[str]"]:  # what breaks bounds
            broken: AwsError = text([BLANK])
            return broken
        if all(one.annotation == "str" for one in parameters) and not any("message" in one.name for one in parameters):
            made: AwsError = text(*[_Blank() for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD])
            return made
    return None


def _quoted(text: str) -> str:
    shown = " ".join(text.split()) or "(no text)"
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


if __name__ == "__main__":
    (REFERENCE / "operations").mkdir(exist_ok=True)
    for place, written in pages().items():
        place.write_text(written, encoding="utf-8")
