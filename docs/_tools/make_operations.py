#!/usr/bin/env python3
"""Writes docs/reference/operations.md from the operations' signatures: ``python3 docs/_tools/make_operations.py``.

The page is checked in, and ``tests/docs/test_generated.py`` fails when it differs from what this would write.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_type_hints

sys.path.insert(0, str(Path(__file__).parents[2]))

from minicloud.core.operation import Operation, operations_of
from minicloud.core.shapes import Shape
from minicloud.services.registry import SERVICE_NAMES, load_service

PAGE = Path(__file__).parents[1] / "reference" / "operations.md"

_TITLES = {
    "sqs": "Amazon SQS",
    "sns": "Amazon SNS",
    "kinesis": "Amazon Kinesis Data Streams",
    "lambda": "AWS Lambda",
    "s3": "Amazon S3",
    "firehose": "Amazon Data Firehose",
    "pipes": "Amazon EventBridge Pipes",
    "scheduler": "Amazon EventBridge Scheduler",
    "sts": "AWS STS",
    "application-autoscaling": "Application Auto Scaling",
    "cloudwatch": "Amazon CloudWatch",
    "events": "Amazon EventBridge",
    "iam": "AWS IAM",
    "logs": "Amazon CloudWatch Logs",
}
_NOTHING = "-"

_HEAD = """\
# Supported operations

<!-- Written by docs/_tools/make_operations.py from the operations' signatures. Do not edit. -->

Every operation that a client has, with all of its parameters and the members of its answer. **Bold** parameters are
required. Every answer has `ResponseMetadata` as well. Calling an operation that is not here is a `UsageError` that
names it; a parameter that is not here is a `ParamValidationError`, as with boto3.
"""


def page() -> str:
    """The whole page."""
    order = [name for name in _TITLES if name in SERVICE_NAMES]
    order += [name for name in SERVICE_NAMES if name not in _TITLES]
    return "\n".join([_HEAD, *(_service(name) for name in order)])


def _service(name: str) -> str:
    service = load_service(name)
    operations = sorted(operations_of(service.api).values(), key=lambda operation: operation.method_name)
    word = "operation" if len(operations) == 1 else "operations"
    lines = [
        f"## {_TITLES.get(name, service.service_id)}",
        "",
        f'`client("{name}")`, API version {service.api_version}: {len(operations)} {word}.',
        "",
        "| method | parameters | answer |",
        "|---|---|---|",
        *(_row(operation) for operation in operations),
        "",
    ]
    if service.paginators:
        lines += [f"Paginators: {_names(sorted(service.paginators))}.", ""]
    if service.waiters:
        lines += [f"Waiters: {_names(sorted(service.waiters))}.", ""]
    structures = _structures(operations)
    if structures:
        lines += [
            "| structure in parameters | members |",
            "|---|---|",
            *(f"| `{name}` | {_members(structures[name])} |" for name in sorted(structures)),
            "",
        ]
    return "\n".join(lines)


def _row(operation: Operation[..., Any]) -> str:
    result = operation.result
    answer = _NOTHING if result is type(None) else _names(get_type_hints(result)) or _NOTHING
    return f"| `{operation.method_name}` | {_members(operation.input) or _NOTHING} | {answer} |"


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
        if shape is None:
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


def pages() -> dict[Path, str]:
    """The page, by where it is."""
    return {PAGE: page()}


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
