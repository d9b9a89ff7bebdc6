"""botocore's validation of parameters, word for word: slow and authoritative.

What the fast check (``fast_validation``) cannot pass at a glance comes here. botocore checks types, required members
and *minimum* lengths and values on the client's side, and nothing else; upper bounds and patterns belong to the service
and are raised by the operation's body, with the service's own texts.
"""

from __future__ import annotations

from typing import Any

from ..exceptions import AwsError
from .dates import UTC, datetime
from .shapes import Shape

__all__ = ["normalised", "violations_of"]

_ACCEPTED: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "structure": (dict,),
    "map": (dict,),
    "list": (list, tuple),
}


def violations_of(shape: Shape, params: Any) -> list[str]:
    """What botocore would report of ``params``, a line each; none for what it accepts. O(size of params)."""
    report: list[str] = []
    _check(shape, params, "", report)
    return report


def _check(shape: Shape, value: Any, path: str, report: list[str]) -> None:
    """Append to ``report`` what botocore's validation would say of ``value``, in its order and wording."""
    kind = shape.kind
    name = path.removeprefix(".") or "input"
    if kind == "blob":
        if not isinstance(value, bytes | bytearray | str) and not hasattr(value, "read"):
            _wrong_type(value, name, f"{bytes}, {bytearray}, file-like object", report)
        return
    if kind == "timestamp":
        if _timestamp_of(value) is None:
            _wrong_type(value, name, f"{datetime}, timestamp-string", report)
        return
    if kind == "double":
        from decimal import Decimal

        accepted: Any = (float, Decimal, int)
    else:
        accepted = _ACCEPTED[kind]
    if not isinstance(value, accepted):
        _wrong_type(value, name, ", ".join(str(one) for one in accepted), report)
        return
    if shape.minimum is not None and kind != "map":
        if kind in ("string", "list"):
            if len(value) < shape.minimum:
                report.append(
                    f"Invalid length for parameter {name}, value: {len(value)}, valid min length: {shape.minimum}"
                )
        elif value < shape.minimum:
            report.append(f"Invalid value for parameter {name}, value: {value}, valid min value: {shape.minimum}")
    if kind == "list":
        for index, item in enumerate(value):
            _check(shape.member, item, f"{path}[{index}]", report)
    elif kind == "map":
        for key, item in value.items():
            _check(shape.key, key, f"{path} (key: {key})", report)
            _check(shape.member, item, f"{path}.{key}", report)
    elif kind == "structure":
        _check_structure(shape, value, path, name, report)


def _check_structure(shape: Shape, value: dict[str, Any], path: str, name: str, report: list[str]) -> None:
    report.extend(
        f'Missing required parameter in {name}: "{required}"' for required in shape.required if required not in value
    )
    valid = ", ".join(shape.members)
    report.extend(
        f'Unknown parameter in {name}: "{member}", must be one of: {valid}'
        for member in value
        if member not in shape.members
    )
    for member in [member for member in value if member in shape.members]:
        _check(shape.members[member], value[member], f"{path}.{member}", report)


def _wrong_type(value: Any, name: str, accepted: str, report: list[str]) -> None:
    report.append(f"Invalid type for parameter {name}, value: {value}, type: {type(value)}, valid types: {accepted}")


def _timestamp_of(value: Any) -> datetime | None:
    """What botocore would read as a timestamp: a datetime, seconds since the epoch, or text."""
    try:
        if isinstance(value, datetime):
            moment = value
        elif isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
        elif isinstance(value, str):
            try:
                return datetime.fromtimestamp(float(value), UTC)
            except ValueError:
                from .date_texts import moment_of  # what few give

                moment = moment_of(value)
        else:
            return None
        return moment.astimezone() if moment.tzinfo is None else moment
    except (ValueError, OverflowError, OSError):
        return None


def normalised(shape: Shape, value: Any) -> Any:
    """``value``, in which no violation was found, without subclasses: what the wire would have carried.

    Raises the service's serialization error for what botocore lets pass and the wire does not carry (a boolean for a
    number).
    """
    kind = shape.kind
    if kind == "string":
        return str.__str__(value)
    if kind == "integer":
        if isinstance(value, bool):
            literal = "TRUE_VALUE" if value else "FALSE_VALUE"
            text = f"{literal} can not be converted to an Integer"
            raise AwsError("SerializationException", text, shape="SerializationException")
        return int.__int__(value)
    if kind == "double":
        return float(value)
    if kind == "blob":
        if isinstance(value, str):
            return value.encode()
        if isinstance(value, bytes | bytearray):
            return bytes(value)
        content = value.read()
        return content.encode() if isinstance(content, str) else bytes(content)
    if kind == "timestamp":
        return _timestamp_of(value)  # to the microsecond, as botocore 1.44 sends it; no violation was found in it
    if kind == "list":
        return [normalised(shape.member, item) for item in value]
    if kind == "map":
        return {str.__str__(key): normalised(shape.member, item) for key, item in value.items()}
    if kind == "structure":
        return {name: normalised(shape.members[name], item) for name, item in value.items()}
    return value
