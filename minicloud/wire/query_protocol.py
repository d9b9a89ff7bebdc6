"""AWS's query protocol: requests are forms, answers are XML. SNS, STS, and older clients of SQS."""

from __future__ import annotations

import base64
import datetime
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ..core.service import Service
from ..core.shown import escaped
from ..exceptions import AwsError
from .bodies import XML_NAMESPACES, Node, query_error, scalar_text, xml
from .protocol import MOST_ECHOED, integer_of, timestamp_of, unknown_member

__all__ = [
    "OF_THE_REQUEST",
    "is_flattened",
    "member_name",
    "namespace_of",
    "params_of",
    "read_request",
    "shown_error",
    "write_answer",
    "write_error",
]

OF_THE_REQUEST = frozenset(
    {
        "AWSAccessKeyId",
        "Action",
        "Expires",
        "SecurityToken",
        "Signature",
        "SignatureMethod",
        "SignatureVersion",
        "Timestamp",
        "Version",
    }
)
"""What a form says of the request itself: which operation, and who has signed it."""

_LONGEST_NUMBER = 20
"""Of an entry in a list: longer ones are no numbers of anybody's."""
_BOOLEANS = {"true": True, "false": False, "": False}
_KINDS = {
    "blob": "a Blob",
    "boolean": "a Boolean",
    "integer": "an Integer",
    "long": "a Long",
    "timestamp": "a Timestamp",
}

# --- requests --------------------------------------------------------------------------------------------------------


def read_request(body: bytes, url: str, headers: Mapping[str, Any], model: Any) -> dict[str, Any]:
    """The parameters of a request. Raises ``AwsError`` (MalformedInput) for what does not fit the model.

    Raises ``UsageError`` for a member that is not in the model.
    """
    text = body.decode() or urlsplit(url).query
    return params_of(parse_qsl(text, keep_blank_values=True), model)


def params_of(form: Iterable[tuple[str, str]], model: Any) -> dict[str, Any]:
    """The parameters in a form. Raises what ``read_request`` does."""
    tree: dict[str, Any] = {}
    for name, value in form:
        if name in OF_THE_REQUEST or name.startswith("X-Amz-"):
            continue
        node = tree
        for part in name.split("."):
            node = node.setdefault(part, {})
        node[""] = value
    if model.input_shape is None:
        return {}
    params: dict[str, Any] = _read(model.input_shape, tree)
    for name in model.input_shape.required_members:
        if name not in params:
            empty = _empty(model.input_shape.members[name])
            if empty is not None:
                params[name] = empty
    return params


def _empty(shape: Any) -> Any:
    """What a member is that a form says nothing of, as the protocol has no words for it when it is empty; or None.

    A list that is not flattened has its name alone.
    """
    if shape.type_name == "map":
        return {}
    return [] if shape.type_name == "list" and is_flattened(shape) else None


def _read(shape: Any, node: dict[str, Any]) -> Any:
    kind = shape.type_name
    if kind == "structure":
        names = {member_name(member, name): (name, member) for name, member in shape.members.items()}
        # What is empty comes under the name that it has in code.
        names = {name: (name, member) for name, member in shape.members.items() if node.get(name) == {"": ""}} | names
        unknown = node.keys() - names.keys() - {""}
        if unknown and not getattr(shape, "is_lenient", False):
            raise unknown_member(min(unknown), shape)
        return {name: _read(member, node[key]) for key, (name, member) in names.items() if key in node}
    if kind == "list":
        items = node if is_flattened(shape) else node.get(shape.member.serialization.get("name", "member"), {})
        if node.get("") and is_flattened(shape) and shape.member.type_name == "string":
            return [node[""]]  # the only one, without a number
        return [_read(shape.member, item) for item in _numbered(items)]
    if kind == "map":
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        entries = _numbered(node if is_flattened(shape) else node.get("entry", {}))
        if is_flattened(shape) and node.get(key_name):
            entries = [node]  # the only one, without a number
        return {
            _read(shape.key, entry.get(key_name, {})): _read(shape.value, entry.get(value_name, {}))
            for entry in entries
        }
    return _scalar(kind, node.get("", ""))


def _numbered(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        node[number]
        for number in sorted((key for key in node if key.isdecimal() and len(key) < _LONGEST_NUMBER), key=int)
    ]


def _scalar(kind: str, text: str) -> Any:
    try:
        if kind in ("integer", "long"):
            return integer_of(text)
        if kind in ("double", "float"):
            return float(text)
        if kind == "blob":
            return base64.b64decode(text, validate=True)
        if kind == "timestamp":
            moment = datetime.datetime.fromisoformat(text) if "-" in text else timestamp_of(float(text))
            return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
        if kind == "boolean":
            return _BOOLEANS[text.lower()]
    except (ValueError, KeyError, OverflowError, OSError):
        text = f"'{escaped(text, MOST_ECHOED)}' can not be converted to {_KINDS.get(kind, 'a Double')}"
        raise AwsError("MalformedInput", text, shape="SerializationException") from None
    return text


# --- answers ---------------------------------------------------------------------------------------------------------


def write_answer(result: dict[str, Any], model: Any, request_id: str) -> tuple[dict[str, str], str, bytes]:
    """No headers, content type and body of an answer."""
    shape = model.output_shape
    parts: list[Node] = []
    if shape is not None:
        parts = _members(shape, result)
        wrapper = shape.serialization.get("resultWrapper")
        if wrapper:
            parts = [(wrapper, parts)]
    parts.append(("ResponseMetadata", [("RequestId", request_id)]))
    return {}, "text/xml", xml((f"{model.name}Response", parts), namespace_of(model))


def write_error(error: AwsError, service: Service, model: Any, request_id: str) -> tuple[dict[str, str], str, bytes]:
    """Headers that only errors have, content type and body of an error."""
    extra: list[Node] = [("Detail", "")] if service.name == "sqs" else []
    details = shown_error(error, service)
    return {}, "text/xml", query_error(service, error, details, extra, request_id, namespace_of(model))


def shown_error(error: AwsError, service: Service) -> dict[str, Any]:
    """Code and message of an error, as they are in this protocol."""
    details = dict(service.error_response(error)["Error"])
    if details["Code"] == "AWS.SimpleQueueService.NonExistentQueue":
        details["Message"] = "The specified queue does not exist for this wsdl version."
    return details


def namespace_of(model: Any) -> str:
    """The namespace of an operation's answers."""
    return str(model.metadata.get("xmlNamespace") or XML_NAMESPACES[model.service_model.service_name])


def _nodes(shape: Any, name: str, value: Any) -> list[Node]:
    """What a member of an answer is in XML: an element, or, of a flattened list or map, one for each item."""
    kind = shape.type_name
    if kind == "structure":
        return [(name, _members(shape, value))]
    if kind not in ("list", "map"):
        return [(name, scalar_text(value))]
    flat = is_flattened(shape)
    if kind == "list":
        item_name = name if flat else shape.member.serialization.get("name", "member")
        items = [node for item in value for node in _nodes(shape.member, item_name, item)]
    else:
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        items = [
            (name if flat else "entry", [*_nodes(shape.key, key_name, key), *_nodes(shape.value, value_name, item)])
            for key, item in value.items()
        ]
    return items if flat else [(name, items)]


def _members(shape: Any, value: dict[str, Any]) -> list[Node]:
    return [
        node
        for name, member in shape.members.items()
        if name in value
        for node in _nodes(member, member_name(member, name), value[name])
    ]


def member_name(shape: Any, name: str) -> str:
    """What a member is called in forms and in XML."""
    if shape.type_name == "list" and is_flattened(shape):
        inner = shape.member.serialization.get("name")
        if inner is not None:
            return str(inner)
    return str(shape.serialization.get("name", name))


def is_flattened(shape: Any) -> bool:
    """Whether the items of a list or a map stand where the list itself would."""
    return bool(shape.serialization.get("flattened"))
