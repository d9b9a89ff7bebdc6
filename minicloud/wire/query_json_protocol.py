"""AWS's query protocol for who accepts JSON: requests are forms, answers are JSON in the shape of the XML.

``curl -H 'Accept: application/json'`` and a browser's ``fetch`` get it. [seen on AWS's SQS, and of STS]
"""

from __future__ import annotations

import base64
import datetime
from typing import Any, Final

from ..core.service import Service
from ..exceptions import AwsError
from .bodies import json_text
from .query_protocol import read_request, shown_error

__all__ = ["read_request", "write_answer", "write_error"]

_CONTENT_TYPE: Final = "application/json"


def write_answer(result: dict[str, Any], model: Any, request_id: str) -> tuple[dict[str, str], str, bytes]:
    """No headers, content type and body of an answer."""
    content: dict[str, Any] = {"ResponseMetadata": {"RequestId": request_id}}
    shape = model.output_shape
    if shape is not None:
        wrapper = shape.serialization.get("resultWrapper") or f"{model.name}Result"
        content = {wrapper: _value_of(shape, result), **content}
    return {}, _CONTENT_TYPE, json_text({f"{model.name}Response": content})


def write_error(error: AwsError, service: Service, model: Any, request_id: str) -> tuple[dict[str, str], str, bytes]:
    """No headers, content type and body of an error."""
    details = shown_error(error, service)
    named = {"Code": details["Code"], "Message": details["Message"], "Type": error.fault}
    return {}, _CONTENT_TYPE, json_text({"Error": named, "RequestId": request_id})


def _value_of(shape: Any, value: Any) -> Any:
    """What a Python value is in JSON: members have the model's names, a map is a list of pairs."""
    kind = shape.type_name
    if kind == "structure":
        return {name: _value_of(member, value[name]) for name, member in shape.members.items() if name in value}
    if kind == "list":
        return [_value_of(shape.member, item) for item in value]
    if kind == "map":
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        return [
            {key_name: _value_of(shape.key, key), value_name: _value_of(shape.value, item)}
            for key, item in value.items()
        ]
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    return base64.b64encode(value).decode() if kind == "blob" else value
