"""What the application's botocore knows and minicloud does not.

minicloud's model of a service is that of one release of botocore. A newer one has more: operations, parameters, members
of parameters, and parameters that need no longer be given. What minicloud knows nothing of it cannot do, and to leave
it out may be the opposite of what was asked for (``DryRun``), so each of them is a ``UsageError`` that names it.

Nothing of this is looked at on the fast path: what minicloud does not know fails the check of parameters there, and the
call takes the full pipeline. Names that botocore does not know either it has refused by then.
"""

from __future__ import annotations

from typing import Any

from ..core.operation import Operation
from ..core.shapes import Shape
from ..exceptions import UsageError
from ..services.registry import KNOWN_RELEASE, load_service
from ..wire.required_members import Key, Path

__all__ = ["may_be_missing", "refuse_unknown", "unknown_operation"]


_STUB = "stub the call (botocore.stub.Stubber)"


def unknown_operation(service_name: str, operation_name: str, *, is_emulated: bool) -> UsageError:
    """What to say of an operation that minicloud does not have."""
    call = f"{service_name}.{operation_name}"
    service = load_service(service_name) if is_emulated else None
    if service is not None and operation_name in service.refused:
        return UsageError(f"minicloud does not answer {call}: {service.refused[operation_name]}; or {_STUB}")
    if service is not None and not service.is_partial:
        return UsageError(f"minicloud does not answer {call}: {_releases(service_name)}")
    return UsageError(
        f"minicloud does not answer {call}, and while mock_aws() is active no call reaches the network: let it through "
        f"with mock_aws(passthrough=({service_name!r},)) where something else answers it (with mock_aws(other='moto') "
        f"moto does, for the services that it has), {_STUB}, or take it out of the test"
    )


def refuse_unknown(service_name: str, operation: Operation[..., Any], params: dict[str, Any]) -> None:
    """Raise ``UsageError`` for a parameter, or a member of one, that minicloud does not know. O(parameters)."""
    path = _first_unknown(operation.input, params, "")
    if path is not None:
        raise UsageError(
            f"minicloud does not know the parameter {path} of {service_name}.{operation.name}, and does not leave it "
            f"out: {_releases(service_name)}; take it out of the call, or use a release of minicloud that knows it"
        )


def may_be_missing(service_name: str, operation: Operation[..., Any], model: Any, missing: list[Path]) -> None:
    """Raise ``UsageError`` when all that is missing is what the application's botocore does not ask for.

    ``model`` is botocore's of the operation.
    """
    if all(not _is_required(model.input_shape, path) for path in missing):
        where = ", ".join(map(_in_words, missing))
        raise UsageError(
            f"minicloud does not know {service_name}.{operation.name} without {where}: {_releases(service_name)}; put "
            "it into the call, or use a release of minicloud that can do without"
        )


def _releases(service_name: str) -> str:
    from botocore import __version__

    theirs = f"the client's is of botocore {__version__}"
    return f"its model of {service_name} is that of botocore {KNOWN_RELEASE}, and {theirs}"


def _in_words(path: Path) -> str:
    parts = (f"[{part - 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")


def _first_unknown(shape: Shape, value: Any, path: str) -> str | None:
    if shape.kind == "structure" and isinstance(value, dict):
        for name, item in value.items():
            inner = f"{path}.{name}" if path else str(name)
            member = shape.members.get(name)
            found = inner if member is None else _first_unknown(member, item, inner)
            if found is not None:
                return found
    elif shape.kind == "list" and isinstance(value, list | tuple):
        return _first_of(shape.member, ((f"{path}[{index}]", item) for index, item in enumerate(value)))
    elif shape.kind == "map" and isinstance(value, dict):
        return _first_of(shape.member, ((f"{path}.{key}", item) for key, item in value.items()))
    return None


def _first_of(shape: Shape, items: Any) -> str | None:
    return next((found for path, item in items if (found := _first_unknown(shape, item, path)) is not None), None)


def _is_required(shape: Any, path: Path) -> bool:
    for part in path[:-1]:
        if isinstance(part, Key):
            shape = shape.value
        elif isinstance(part, int):
            shape = shape.member
        else:
            shape = shape.members[part]
    return path[-1] in shape.required_members
