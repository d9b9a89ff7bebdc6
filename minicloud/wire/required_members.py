"""What services say of requests that lack what is required.

Clients check that themselves before they send anything, unless they were told not to
(``Config(parameter_validation=False)``).
"""

from __future__ import annotations

from typing import Any, TypeAlias

from ..core.operation import Operation
from ..core.shapes import Shape
from ..exceptions import AwsError

__all__ = ["Key", "Path", "missing_error", "missing_members"]


class Key(str):
    """A key of a map, on the way to what is missing."""

    __slots__ = ()


Path: TypeAlias = tuple[str | int, ...]
"""Where a member is: names of members, numbers of a list's items (from 1), keys of a map."""


def missing_members(operation: Operation[..., Any], params: dict[str, Any]) -> list[Path]:
    """Where required members are missing. O(parameters)."""
    missing: list[Path] = []
    _look(operation.input, params, (), missing)
    return missing


def missing_error(service_name: str, missing: list[Path]) -> AwsError:
    """The service's error for what is missing."""
    return _ERRORS[service_name](missing)


def _look(shape: Shape, value: Any, path: Path, missing: list[Path]) -> None:
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
            _look(shape.member, item, (*path, Key(key)), missing)


def _sqs(missing: list[Path]) -> AwsError:
    path = ".".join(str(part) for part in missing[0])
    text = f"The request must contain the parameter {path}."
    return AwsError("MissingParameter", text, shape="MissingRequiredParameterException")


def _sns(missing: list[Path]) -> AwsError:
    # ARNs are looked at by SNS itself, after the constraints of everything else.
    others = [path for path in missing if not str(path[-1]).endswith("Arn")]
    if others:
        return AwsError("ValidationError", _constraints(others))
    text = f"Invalid parameter: {missing[0][-1]} Reason: no value for required parameter"
    return AwsError("InvalidParameter", text, shape="InvalidParameterException")


def _constraints(missing: list[Path]) -> str:
    found = []
    for path in missing[:10]:
        names = [f"{part}.member" if isinstance(part, (int, Key)) else part[:1].lower() + part[1:] for part in path]
        found.append(f"Value null at '{'.'.join(names)}' failed to satisfy constraint: Member must not be null")
    plural = "s" if len(found) > 1 else ""
    return f"{len(found)} validation error{plural} detected: {'; '.join(found)}"


def _kinesis(missing: list[Path]) -> AwsError:
    return AwsError("ValidationException", _constraints(missing), shape="ValidationException")


def _sts(missing: list[Path]) -> AwsError:
    return AwsError("ValidationError", _constraints(missing))


def _cloudwatch(missing: list[Path]) -> AwsError:
    return AwsError("ValidationError", _constraints(missing), shape="ValidationException")


def _autoscaling(missing: list[Path]) -> AwsError:
    text = _constraints(missing)
    return AwsError("ValidationException", text, shape="ValidationException", members={"Message": text})


def _lambda(missing: list[Path]) -> AwsError:
    return AwsError("ValidationException", _constraints(missing))


def _logs(missing: list[Path]) -> AwsError:
    return AwsError("InvalidParameterException", _constraints(missing), shape="InvalidParameterException")


def _scheduler(missing: list[Path]) -> AwsError:
    text = _constraints(missing)
    return AwsError("ValidationException", text, shape="ValidationException", members={"Message": text})


def _s3(missing: list[Path]) -> AwsError:
    # What lacks in XML; the rest is of the path and of headers, without which a request is another one.
    text = "The XML you provided was not well-formed or did not validate against our published schema"
    return AwsError("MalformedXML", text)


def _firehose(missing: list[Path]) -> AwsError:
    return AwsError("ValidationException", _constraints(missing))


def _pipes(missing: list[Path]) -> AwsError:
    text = _constraints(missing)
    return AwsError("ValidationException", text, shape="ValidationException", members={"message": text})


_ERRORS = {
    "application-autoscaling": _autoscaling,
    "cloudwatch": _cloudwatch,
    "events": _lambda,
    "iam": _sts,
    "kinesis": _kinesis,
    "lambda": _lambda,
    "logs": _logs,
    "s3": _s3,
    "firehose": _firehose,
    "pipes": _pipes,
    "scheduler": _scheduler,
    "sns": _sns,
    "sqs": _sqs,
    "sts": _sts,
}
