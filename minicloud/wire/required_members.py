"""What services say of requests that lack what is required.

Clients check that themselves before they send anything, unless they were told not to
(``Config(parameter_validation=False)``).
"""

from __future__ import annotations

from typing import Any

from ..core.operation import Operation
from ..core.shapes import Shape
from ..exceptions import AwsError

__all__ = ["check_required"]


class _Key(str):
    """A key of a map, on the way to what is missing."""

    __slots__ = ()


def check_required(service_name: str, operation: Operation[..., Any], params: dict[str, Any]) -> None:
    """Raise the service's error when required parameters are missing."""
    missing: list[tuple[str | int, ...]] = []
    _look(operation.input, params, (), missing)
    if missing:
        raise _ERRORS[service_name](missing)


def _look(shape: Shape, value: Any, path: tuple[str | int, ...], missing: list[tuple[str | int, ...]]) -> None:
    if shape.kind == "structure":
        missing += [(*path, name) for name in shape.required if name not in value]
        for name, item in value.items():
            if name in shape.members:
                _look(shape.members[name], item, (*path, name), missing)
    elif shape.kind == "list" and shape.member is not None:
        for number, item in enumerate(value, 1):
            _look(shape.member, item, (*path, number), missing)
    elif shape.kind == "map" and shape.member is not None:
        for key, item in value.items():
            _look(shape.member, item, (*path, _Key(key)), missing)


def _sqs(missing: list[tuple[str | int, ...]]) -> AwsError:
    path = ".".join(str(part) for part in missing[0])
    text = f"The request must contain the parameter {path}."
    return AwsError("MissingParameter", text, shape="MissingRequiredParameterException")


def _sns(missing: list[tuple[str | int, ...]]) -> AwsError:
    # ARNs are looked at by SNS itself, after the constraints of everything else.
    others = [path for path in missing if not str(path[-1]).endswith("Arn")]
    if others:
        return AwsError("ValidationError", _constraints(others))
    text = f"Invalid parameter: {missing[0][-1]} Reason: no value for required parameter"
    return AwsError("InvalidParameter", text, shape="InvalidParameterException")


def _constraints(missing: list[tuple[str | int, ...]]) -> str:
    found = []
    for path in missing[:10]:
        names = [f"{part}.member" if isinstance(part, (int, _Key)) else part[:1].lower() + part[1:] for part in path]
        found.append(f"Value null at '{'.'.join(names)}' failed to satisfy constraint: Member must not be null")
    plural = "s" if len(found) > 1 else ""
    return f"{len(found)} validation error{plural} detected: {'; '.join(found)}"


def _kinesis(missing: list[tuple[str | int, ...]]) -> AwsError:
    return AwsError("ValidationException", _constraints(missing), shape="ValidationException")


def _sts(missing: list[tuple[str | int, ...]]) -> AwsError:
    return AwsError("ValidationError", _constraints(missing))


_ERRORS = {"kinesis": _kinesis, "sns": _sns, "sqs": _sqs, "sts": _sts}
