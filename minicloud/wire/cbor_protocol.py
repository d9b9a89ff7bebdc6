"""AWS's CBOR protocol, in which Java's SDKs speak to Kinesis: the JSON protocol's documents, in CBOR.

Blobs are bytes and timestamps are whole milliseconds; names and structures are those of JSON.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

from ..core.service import Service
from ..exceptions import AwsError
from .bodies import error_members
from .cbor import CborError, Timestamp, dumps, loads
from .json_protocol import read_value
from .protocol import timestamp_of

__all__ = ["CONTENT_TYPE", "document_of", "read_request", "write_answer", "write_error"]

CONTENT_TYPE: Final = "application/x-amz-cbor-1.1"


def read_request(body: bytes, url: str, headers: Mapping[str, Any], model: Any) -> dict[str, Any]:
    """The parameters of a request. Raises ``AwsError`` (SerializationException) for what does not fit the model.

    Raises ``UsageError`` for a member that is not in the model.
    """
    try:
        content = loads(body) if body else {}
    except CborError:
        raise AwsError("SerializationException", "", shape="SerializationException") from None
    if model.input_shape is None:
        return {}
    params: dict[str, Any] = read_value(model.input_shape, content, _scalar)
    return params


def _scalar(kind: str, value: Any) -> Any:
    """A blob or a timestamp; None for what is none."""
    if kind == "blob":
        return value if isinstance(value, bytes) else None
    if isinstance(value, Timestamp):
        value = value.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return timestamp_of(value if isinstance(value, float) else value / 1000)
    except (OverflowError, ValueError, OSError):
        return None


def write_answer(result: dict[str, Any], model: Any, request_id: str) -> tuple[dict[str, str], str, bytes]:
    """No headers, content type and body of an answer. One without output has an empty body."""
    if model.output_shape is None:
        return {}, CONTENT_TYPE, b""
    return {}, CONTENT_TYPE, dumps(document_of(model.output_shape, result))


def document_of(shape: Any, value: Any) -> Any:
    """What of a Python value is in the document: what the shape has."""
    kind = shape.type_name
    if kind == "structure":
        members = shape.members
        return {name: document_of(members[name], item) for name, item in value.items() if name in members}
    if kind == "map":
        return {key: document_of(shape.value, item) for key, item in value.items()}
    if kind == "list":
        return [document_of(shape.member, item) for item in value]
    if kind == "timestamp" and not isinstance(value, datetime.datetime):
        return timestamp_of(value)
    return value


def write_error(error: AwsError, service: Service, model: Any, request_id: str) -> tuple[dict[str, str], str, bytes]:
    """Headers that only errors have, content type and body of an error."""
    return service.error_headers(error), CONTENT_TYPE, dumps(error_members(service, error))
