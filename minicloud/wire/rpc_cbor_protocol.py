"""Smithy's RPC v2 in CBOR, in which SDKs of today speak to CloudWatch: the operation is in the path, the rest in CBOR.

``POST /service/<prefix>/operation/<name>``. Blobs are bytes, and timestamps are tag 1 with seconds, whole or not, as
the standard of CBOR has them; AWS's older CBOR protocol, Kinesis's, has milliseconds there. [Smithy: RPC v2 CBOR]
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

from ..core.service import Service
from ..exceptions import AwsError
from .cbor import CborError, Timestamp, dumps, loads
from .json_protocol import read_value
from .protocol import timestamp_of

__all__ = ["CONTENT_TYPE", "PROTOCOL", "read_request", "write_answer", "write_error"]

CONTENT_TYPE: Final = "application/cbor"
PROTOCOL: Final = {"smithy-protocol": "rpc-v2-cbor"}
"""The header that requests and answers of this protocol have."""
_NAMESPACES: Final = {"cloudwatch": "com.amazonaws.cloudwatch#"}
"""What stands before the name of an error."""


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
    if not isinstance(value, Timestamp):
        return None
    try:
        return timestamp_of(round(value.value * 1000) / 1000)
    except (OverflowError, ValueError, OSError):
        return None


def write_answer(result: dict[str, Any], model: Any, request_id: str) -> tuple[dict[str, str], str, bytes]:
    """The protocol's header, content type and body of an answer. One without output has neither of the two."""
    if model.output_shape is None:
        return PROTOCOL, "", b""
    return PROTOCOL, CONTENT_TYPE, dumps(_document(model.output_shape, result))


def _document(shape: Any, value: Any) -> Any:
    kind = shape.type_name
    if kind == "structure":
        members = shape.members
        return {name: _document(members[name], item) for name, item in value.items() if name in members}
    if kind == "map":
        return {key: _document(shape.value, item) for key, item in value.items()}
    if kind == "list":
        return [_document(shape.member, item) for item in value]
    if kind == "timestamp" and isinstance(value, datetime.datetime):
        seconds = round(value.timestamp(), 3)  # of more the protocol does not speak
        return Timestamp(int(seconds) if seconds.is_integer() else seconds)
    if kind in ("double", "float"):
        return float(value)
    return value


def write_error(error: AwsError, service: Service, model: Any, request_id: str) -> tuple[dict[str, str], str, bytes]:
    """Headers that only errors have, content type and body of an error. It is named as its exception, in full."""
    details = service.error_response(error)["Error"]
    name = details.get("QueryErrorCode", details["Code"])
    content = {"__type": _NAMESPACES.get(service.name, "") + name, **(error.members or {})}
    if error.message:
        content["message"] = details["Message"]
    return {**PROTOCOL, **service.error_headers(error)}, CONTENT_TYPE, dumps(content)
