"""AWS's JSON protocols, 1.0 (SQS) and 1.1 (Kinesis)."""

from __future__ import annotations

import base64
import datetime
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from ..core.service import Service
from ..core.shown import escaped
from ..exceptions import AwsError
from .bodies import json_error
from .protocol import MOST_ECHOED, timestamp_of, unknown_member

__all__ = [
    "blob_of",
    "content_of",
    "read_request",
    "read_value",
    "scan_json",
    "value_of",
    "write_answer",
    "write_error",
]

_NUMBERS = {"integer": "an Integer", "long": "a Long", "double": "a Double", "float": "a Float"}

_NOT_FINITE = ("NaN", "Infinity", "-Infinity")
"""Numbers that JSON has no form for are texts. [Smithy 2.0: AWS JSON 1.0 protocol, shape serialization]"""

_encode = json.JSONEncoder(separators=(",", ":")).encode


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_decoder = json.JSONDecoder(parse_constant=_no_constant)
_decode = _decoder.decode
scan_json: Callable[[str, int], tuple[Any, int]] = _decoder.scan_once  # type: ignore[attr-defined]
"""The value that begins at a place in a text, and where it ends; without blanks around it."""


def read_request(body: bytes, url: str, headers: Mapping[str, Any], model: Any) -> dict[str, Any]:
    """The parameters of a request. Raises ``AwsError`` (SerializationException) for what does not fit the model.

    Raises ``UsageError`` for a member that is not in the model.
    """
    content = content_of(body)
    if model.input_shape is None:
        return {}
    params: dict[str, Any] = read_value(model.input_shape, content)
    return params


def content_of(body: bytes) -> Any:
    """The content of a body in JSON; of an empty one, nothing. Raises ``AwsError`` for what is no JSON in UTF-8."""
    if not body:
        return {}
    try:
        return _decode(body.decode("utf-8", "surrogatepass").removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        raise _malformed("Unable to parse the request as JSON") from None


def read_value(shape: Any, value: Any, other: Callable[[str, Any], Any] | None = None) -> Any:
    """What a JSON value is in Python, for a shape of a model.

    ``other(kind, value)`` reads blobs and timestamps in a protocol that has others; None is for what is none.
    """
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            raise _unexpected(value, "Expected null")
        names = {member.serialization.get("name", name): (name, member) for name, member in shape.members.items()}
        unknown = value.keys() - names.keys()
        if unknown:
            value = {key: item for key, item in value.items() if item is not None}  # null counts as absent
            unknown = value.keys() - names.keys()
            if unknown:
                raise unknown_member(min(unknown), shape)
        known = ((*names[key], item) for key, item in value.items() if item is not None)
        return {name: read_value(member, item, other) for name, member, item in known}
    if kind == "map":
        if not isinstance(value, dict):
            raise _unexpected(value, "Expected map or null")
        return {key: read_value(shape.value, item, other) for key, item in value.items() if item is not None}
    if kind == "list":
        if not isinstance(value, list):
            raise _unexpected(value, "Expected list or null")
        return [read_value(shape.member, item, other) for item in value if item is not None]
    if isinstance(value, list | dict):
        raise _unexpected(value, "")
    if other is not None and kind in ("blob", "timestamp"):
        found = other(kind, value)
        if found is None:
            raise _malformed(f"{_literal(value)} can not be converted to a {kind.capitalize()}")
        return found
    if kind in _NUMBERS:
        if kind in ("double", "float") and value in _NOT_FINITE:
            return float(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _malformed(f"{_literal(value)} can not be converted to {_NUMBERS[kind]}")
        try:
            return float(value) if kind in ("double", "float") else int(value)
        except (OverflowError, ValueError):  # infinite, or no number
            raise _malformed(f"{_literal(value)} can not be converted to {_NUMBERS[kind]}") from None
    if kind == "boolean":
        if not isinstance(value, bool):
            raise _malformed(f"{_literal(value)} can not be converted to a Boolean")
        return value
    if kind == "timestamp":
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _malformed(f"{_literal(value)} can not be converted to milliseconds since epoch")
        try:
            return timestamp_of(value)
        except (OverflowError, ValueError, OSError):
            raise _malformed(f"{_literal(value)} can not be converted to milliseconds since epoch") from None
    if not isinstance(value, str):
        raise _malformed(f"{_literal(value)} can not be converted to a {'Blob' if kind == 'blob' else 'String'}")
    return blob_of(value) if kind == "blob" else value


def write_answer(result: dict[str, Any], model: Any, request_id: str) -> tuple[dict[str, str], str, bytes]:
    """No headers, content type and body of an answer. One without output has an empty body."""
    version = model.metadata.get("jsonVersion", "1.0")
    content_type = f"application/x-amz-json-{version}"
    if model.output_shape is None:
        return {}, content_type, b""
    return {}, content_type, _encode(value_of(model.output_shape, result)).encode()


def value_of(shape: Any, value: Any) -> Any:
    """What a Python value is in JSON."""
    kind = shape.type_name
    if kind == "structure":
        members = shape.members
        return {
            members[name].serialization.get("name", name): value_of(members[name], item)
            for name, item in value.items()
            if name in members
        }
    if kind == "map":
        return {key: value_of(shape.value, item) for key, item in value.items()}
    if kind == "list":
        return [value_of(shape.member, item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    if kind == "blob":
        return base64.b64encode(value).decode()
    return value


def write_error(error: AwsError, service: Service, model: Any, request_id: str) -> tuple[dict[str, str], str, bytes]:
    """Headers that only errors have, content type and body of an error."""
    version = model.metadata.get("jsonVersion", "1.0")
    return service.error_headers(error), f"application/x-amz-json-{version}", json_error(service, error)


def blob_of(value: str) -> bytes:
    """The bytes of a text in base64. Raises ``AwsError`` (SerializationException) for what is none."""
    if len(value) % 4:
        why = f"Base64 encoded length is expected a multiple of 4 bytes but found: {len(value)}"
        raise _malformed(f"'{escaped(value, MOST_ECHOED)}' can not be converted to a Blob: {why}")
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        found = re.search("[^A-Za-z0-9+/=]|=[^=]", value)
        why = f"Invalid Base64 character: '{'=' if found is None else found[0][0]}'"
        raise _malformed(f"'{escaped(value, MOST_ECHOED)}' can not be converted to a Blob: {why}") from None


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE_VALUE" if value else "FALSE_VALUE"
    return "STRING_VALUE" if isinstance(value, str) else "NUMBER_VALUE"


def _unexpected(value: Any, otherwise: str) -> AwsError:
    if isinstance(value, list):
        return _malformed("Start of list found where not expected")
    if isinstance(value, dict):
        return _malformed("Start of structure or map found where not expected.")
    return _malformed(otherwise)


def _malformed(text: str) -> AwsError:
    return AwsError("SerializationException", text, shape="SerializationException")
