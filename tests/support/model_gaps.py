"""What the installed botocore's models have and minicloud's have not.

``python -m tests.support.model_gaps`` prints it, for the services that minicloud emulates.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints, is_typeddict

from minicloud.core.operation import Operation, operations_of
from minicloud.core.shapes import Shape
from minicloud.services.registry import KNOWN_RELEASE, SERVICE_NAMES, load_service

__all__ = [
    "ANSWER",
    "ERROR",
    "OPERATION",
    "OPTIONAL",
    "PARAMETER",
    "Gap",
    "dummy_params",
    "gaps_of",
    "model_of",
    "operations",
    "words",
]

PARAMETER, OPTIONAL, OPERATION = "a parameter", "no longer required", "an operation"
"""The kinds of gaps in which a part of a call could be lost."""
ERROR, ANSWER = "an error", "a member of the answer"
"""An error could be lost in a fault that names it. A member that an answer has not is nothing that anybody sends."""

Step = str | int
"""On the way into parameters: the name of a member, 0 for an item of a list, "" for a value of a map."""


class Gap(NamedTuple):
    """One thing that minicloud's model lacks. ``path`` is empty unless it is about a parameter."""

    kind: str
    service: str
    operation: str
    what: str
    path: tuple[Step, ...] = ()

    def __str__(self) -> str:
        return f"{self.service}.{self.operation}: {self.kind}: {self.what}".replace(".:", ":")


def model_of(service: str) -> Any:
    """The installed botocore's model of a service."""
    import botocore.session

    return botocore.session.get_session().get_service_model(service)


def operations(service: str) -> dict[str, Operation[..., Any]]:
    """minicloud's operations by AWS's name."""
    return {operation.name: operation for operation in operations_of(load_service(service).api).values()}


def gaps_of(service: str, model: Any = None) -> list[Gap]:
    """All gaps of a service; ``model`` is botocore's, of the installed release unless another is given."""
    model = model or model_of(service)
    ours, found = operations(service), []
    for name in model.operation_names:
        if name not in ours:
            if not load_service(service).is_partial:
                found.append(Gap(OPERATION, service, name, name))
            continue
        theirs = model.operation_model(name)
        found += [Gap(kind, service, name, words(path), path) for kind, path in _inputs(ours[name].input, theirs)]
        found += [Gap(ANSWER, service, name, what) for what in _answers(ours[name].result, theirs.output_shape, "")]
    errors = {shape.name for shape in model.error_shapes} - {*load_service(service).exceptions}
    return found + [Gap(ERROR, service, "", name) for name in sorted(errors) if service != "sts"]


def words(path: tuple[Step, ...]) -> str:
    """A path as minicloud's errors have it."""
    parts = ("[0]" if step == 0 else ".key" if step == "" else f".{step}" for step in path)
    return "".join(parts).removeprefix(".")


def _inputs(ours: Shape, model: Any) -> Iterator[tuple[str, tuple[Step, ...]]]:
    if model.input_shape is not None:
        yield from _parameters(ours, model.input_shape, ())


def _parameters(ours: Shape, theirs: Any, path: tuple[Step, ...]) -> Iterator[tuple[str, tuple[Step, ...]]]:
    if theirs.type_name == "structure":
        for name, member in theirs.members.items():
            if name not in ours.members:
                yield PARAMETER, (*path, name)
            else:
                yield from _parameters(ours.members[name], member, (*path, name))
        for name in ours.required:
            if name in theirs.members and name not in theirs.required_members:
                yield OPTIONAL, (*path, name)
    elif theirs.type_name == "list":
        yield from _parameters(ours.member, theirs.member, (*path, 0))
    elif theirs.type_name == "map":
        yield from _parameters(ours.member, theirs.value, (*path, ""))


def _answers(annotation: Any, theirs: Any, path: str) -> Iterator[str]:
    if theirs is None:
        return
    if is_typeddict(annotation):
        hints = get_type_hints(annotation)
        for name, member in theirs.members.items():
            if name not in hints:
                yield f"{path}.{name}".removeprefix(".")
            else:
                yield from _answers(hints[name], member, f"{path}.{name}")
        return
    origin, parts = get_origin(annotation), get_args(annotation)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if theirs.name != "policyDocumentType":  # a text, of which botocore makes a dict
            yield from _answers(parts[1], theirs.value, f"{path}.key")
    elif isinstance(origin, type) and issubclass(origin, Iterable):
        # A stream of events is written as the list of its events.
        yield from _answers(parts[0], getattr(theirs, "member", theirs), f"{path}[]")
    else:
        for part in parts:
            yield from _answers(part, theirs, path)


def dummy_params(shape: Any, path: tuple[Step, ...] = (), without: str = "") -> Any:
    """The least that botocore lets pass for a shape of its own, and what is at ``path`` of it.

    ``without`` is a member of what is at the path that is not there.
    """
    kind, metadata = shape.type_name, shape.metadata
    if kind == "structure":
        names = {*shape.required_members, *path[:1]}
        if not path:
            names.discard(without)
        return {
            name: dummy_params(shape.members[name], *((path[1:], without) if name in path[:1] else ()))
            for name in names
        }
    if kind == "list":
        return [dummy_params(shape.member, path[1:], without)]
    if kind == "map":
        return {"key": dummy_params(shape.value, path[1:], without)}
    least = int(metadata.get("min", 1))
    values = {"boolean": True, "blob": b"x", "timestamp": 0, "string": "x" * max(1, least)}
    return copy.copy(values.get(kind, max(1, least)))


def main() -> None:
    """Print all gaps."""
    import botocore

    found = [gap for service in SERVICE_NAMES for gap in gaps_of(service)]
    print(f"botocore {botocore.__version__} has, and minicloud (botocore {KNOWN_RELEASE}) has not: {len(found)}")
    for gap in found:
        print(f"  {gap}")


if __name__ == "__main__":
    main()
