"""AWS's query protocol: requests are forms, answers are XML. SNS, STS, and older clients of SQS."""

from __future__ import annotations

import base64
import binascii
import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from .._service import Service
from ..exceptions import AwsError
from .wire import moment_of

__all__ = ["read", "write", "write_error"]

_NAMESPACES = {
    "sns": "http://sns.amazonaws.com/doc/2010-03-31/",
    "sqs": "http://queue.amazonaws.com/doc/2012-11-05/",
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
}
_ESCAPES = {"\r": "&#xD;"}
"""A parser would make a line feed of it."""


# --- requests --------------------------------------------------------------------------------------------------------


def read(body: bytes, url: str, model: Any) -> dict[str, Any]:
    """The parameters of a request. Raises ``AwsError`` (MalformedInput) for what does not fit the model."""
    text = body.decode() or urlsplit(url).query
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        node = tree
        for part in name.split("."):
            node = node.setdefault(part, {})
        node[""] = value
    if model.input_shape is None:
        return {}
    params: dict[str, Any] = _read(model.input_shape, tree)
    return params


def _read(shape: Any, node: dict[str, Any]) -> Any:
    kind = shape.type_name
    if kind == "structure":
        found = {}
        for name, member in shape.members.items():
            inner = node.get(_member_name(member, name))
            if inner is not None:
                found[name] = _read(member, inner)
        return found
    if kind == "list":
        items = node if _is_flattened(shape) else node.get(shape.member.serialization.get("name", "member"), {})
        return [_read(shape.member, item) for item in _numbered(items)]
    if kind == "map":
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        entries = _numbered(node if _is_flattened(shape) else node.get("entry", {}))
        return {_read(shape.key, entry[key_name]): _read(shape.value, entry.get(value_name, {})) for entry in entries}
    return _scalar(kind, node.get("", ""))


def _numbered(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node[number] for number in sorted((key for key in node if key.isdecimal()), key=int)]


def _scalar(kind: str, text: str) -> Any:
    try:
        if kind in ("integer", "long"):
            return int(text)
        if kind in ("double", "float"):
            return float(text)
        if kind == "blob":
            return base64.b64decode(text)
        if kind == "timestamp":
            moment = datetime.datetime.fromisoformat(text) if "-" in text else moment_of(float(text))
            return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
    except (ValueError, binascii.Error):
        names = {"integer": "an Integer", "long": "a Long", "blob": "a Blob", "timestamp": "a Timestamp"}
        text = f"'{text}' can not be converted to {names.get(kind, 'a Double')}"
        raise AwsError("MalformedInput", text, shape="SerializationException") from None
    return text == "true" if kind == "boolean" else text


# --- answers ---------------------------------------------------------------------------------------------------------


def write(result: dict[str, Any], model: Any, request_id: str) -> tuple[str, bytes]:
    """Content type and body of an answer."""
    shape = model.output_shape
    parts: list[str] = []
    if shape is not None:
        _write_members(shape, result, parts)
        wrapper = shape.serialization.get("resultWrapper")
        if wrapper:
            parts = [f"<{wrapper}>", *parts, f"</{wrapper}>"]
    namespace = model.metadata.get("xmlNamespace") or _NAMESPACES[model.service_model.service_name]
    content = (
        f'<{model.name}Response xmlns="{namespace}">{"".join(parts)}'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{model.name}Response>"
    )
    return "text/xml", content.encode("utf-8", "surrogatepass")


def write_error(error: AwsError, service: Service, model: Any, request_id: str) -> tuple[dict[str, str], bytes]:
    """Headers and body of an error."""
    details = dict(service.error_response(error)["Error"])
    message = details["Message"]
    extra = "".join(_element(name, value) for name, value in (error.members or {}).items() if name != "Message")
    if service.name == "sqs":
        extra += "<Detail/>"
        if details["Code"] == "AWS.SimpleQueueService.NonExistentQueue":
            message = "The specified queue does not exist for this wsdl version."
    namespace = model.metadata.get("xmlNamespace") or _NAMESPACES[service.name]
    content = (
        f'<ErrorResponse xmlns="{namespace}"><Error>{_element("Type", error.fault)}{_element("Code", details["Code"])}'
        f"{_element('Message', message)}{extra}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    )
    return {"content-type": "text/xml"}, content.encode("utf-8", "surrogatepass")


def _write(shape: Any, name: str, value: Any, parts: list[str]) -> None:
    kind = shape.type_name
    if kind == "structure":
        parts.append(f"<{name}>")
        _write_members(shape, value, parts)
        parts.append(f"</{name}>")
    elif kind == "list":
        if _is_flattened(shape):
            for item in value:
                _write(shape.member, name, item, parts)
        else:
            parts.append(f"<{name}>")
            for item in value:
                _write(shape.member, shape.member.serialization.get("name", "member"), item, parts)
            parts.append(f"</{name}>")
    elif kind == "map":
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        flattened = _is_flattened(shape)
        if not flattened:
            parts.append(f"<{name}>")
        for key, item in value.items():
            parts.append(f"<{name if flattened else 'entry'}>")
            _write(shape.key, key_name, key, parts)
            _write(shape.value, value_name, item, parts)
            parts.append(f"</{name if flattened else 'entry'}>")
        if not flattened:
            parts.append(f"</{name}>")
    else:
        parts.append(_element(name, _text(kind, value)))


def _write_members(shape: Any, value: dict[str, Any], parts: list[str]) -> None:
    for name, member in shape.members.items():
        if name in value:
            _write(member, _member_name(member, name), value[name], parts)


def _text(kind: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return base64.b64encode(value).decode() if kind == "blob" else str(value)


def _element(name: str, text: object) -> str:
    return f"<{name}>{escape(str(text), _ESCAPES)}</{name}>"


def _member_name(shape: Any, name: str) -> str:
    if shape.type_name == "list" and _is_flattened(shape):
        inner = shape.member.serialization.get("name")
        if inner is not None:
            return str(inner)
    return str(shape.serialization.get("name", name))


def _is_flattened(shape: Any) -> bool:
    return bool(shape.serialization.get("flattened"))
