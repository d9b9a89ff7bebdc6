"""What a protocol has to know of an operation: the models that requests are read, and answers written, with.

A protocol asks for no more than ``WireOperation`` and ``WireShape`` have. botocore's models have it, under these names;
of the services' own declarations it is made here, so no botocore is needed. What a declaration does not say (the names
of lists in forms, the paths of REST) is in small tables beside the service.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import Annotated, Any, Final, Literal, NotRequired, Protocol, Required, get_args, get_origin, is_typeddict
from typing import get_type_hints as hints_of

from ..core.operation import Operation, operations_of
from ..core.service import Service
from ..core.shapes import Shape
from ..services.registry import load_service, module_of
from .bodies import XML_NAMESPACES

__all__ = ["DeclaredOperation", "DeclaredShape", "WireOperation", "WireShape", "declared_operation"]

_JSON_VERSIONS: Final = {"cloudwatch": "1.0", "sqs": "1.0"}
_SCALARS: Final[Mapping[Any, str]] = {
    bool: "boolean",
    bytes: "blob",
    float: "double",
    int: "integer",
}


class WireShape(Protocol):
    """One node of a request or an answer."""

    name: str
    type_name: str
    serialization: Mapping[str, Any]


class WireOperation(Protocol):
    """One operation."""

    name: str
    metadata: Mapping[str, Any]
    input_shape: Any
    output_shape: Any


class DeclaredShape:
    """A shape of a declaration, in botocore's words."""

    def __init__(self, type_name: str, name: str = "", *, is_lenient: bool = False) -> None:
        self.type_name = type_name
        self.name = name
        self.serialization: dict[str, Any] = {}
        """What it is called, and where it lies, in this protocol."""
        self.members: dict[str, DeclaredShape] = {}
        self.required_members: tuple[str, ...] = ()
        self.member: Any = None
        self.key: Any = None
        self.value: Any = None
        self.event_stream_name: str | None = None
        self.is_lenient = is_lenient
        """Whether members that are not known are left out. In JSON a newer SDK may mean something by one."""


class DeclaredOperation:
    """An operation of a declaration, in botocore's words, for one protocol."""

    def __init__(self, service: Service, operation: Operation[..., Any], protocol: str) -> None:
        self.name = operation.name
        self.service = service
        self.operation = operation
        self.metadata = {"jsonVersion": _JSON_VERSIONS.get(service.name, "1.1")}
        if service.name in XML_NAMESPACES:
            self.metadata["xmlNamespace"] = XML_NAMESPACES[service.name]
        self.http: dict[str, Any] = {}
        hints = hints_of(operation.handler, include_extras=True)
        is_lenient = protocol == "query"
        takes = DeclaredShape("structure", operation.input.name, is_lenient=is_lenient)
        takes.members = {name: _shape_of(hints[name], is_lenient) for name in operation.input.members}
        takes.required_members = operation.input.required
        self.input_shape: DeclaredShape | None = takes
        self.output_shape: DeclaredShape | None = None
        if operation.result is not type(None):
            self.output_shape = _shape_of(hints["return"], is_lenient)
            if operation.streaming:
                stream = self.output_shape.members["EventStream"]
                self.output_shape.event_stream_name = "EventStream"
                self.output_shape.members["EventStream"] = stream.member
        if protocol == "query":
            self._name_for_forms()
        elif protocol == "rest-json":
            self._place_for_rest()
        elif protocol == "rest-xml":
            self._place_for_rest_xml()

    def _name_for_forms(self) -> None:
        for shape in (self.input_shape, self.output_shape):
            if shape is None:
                continue
            if self.service.name == "sqs":
                _flatten(shape)
            elif self.service.name == "sns":
                _name_attributes(shape)
        if self.output_shape is not None:
            self.output_shape.serialization["resultWrapper"] = f"{self.name}Result"

    def _place_for_rest(self) -> None:
        rest: Any = import_module(f"..services.{module_of(self.service.name)}.rest", __package__)
        method, path = rest.PATHS[self.name]
        status = self.operation.http.status
        self.http = {"method": method, "requestUri": path, "responseCode": status if isinstance(status, int) else 200}
        takes: Any = self.input_shape
        headers = rest.OF_HEADERS.get(self.name, {})
        payload = rest.PAYLOADS.get(self.name)
        if payload is not None:
            takes.serialization["payload"] = payload
        for name, member in takes.members.items():
            if f"{{{name}}}" in path:
                member.serialization = {"location": "uri", "name": name}
            elif name in headers:
                member.serialization = {"location": "header", "name": headers[name]}
            elif name != payload and (method in ("GET", "DELETE") or name in rest.OF_QUERIES):
                placed = rest.OF_QUERIES.get(f"{self.name}.{name}") or rest.OF_QUERIES.get(name, name)
                member.serialization = {"location": "querystring", "name": placed}
        gives = self.output_shape
        if gives is not None:
            http = self.operation.http
            if http.payload:
                gives.serialization["payload"] = http.payload
            for name, header in http.headers.items():
                gives.members[name].serialization = {"location": "header", "name": header}
            if isinstance(http.status, str):
                gives.members[http.status].serialization = {"location": "statusCode"}

    def _place_for_rest_xml(self) -> None:
        from ..services.s3 import rest

        method, path = rest.PATHS[self.name]
        self.http = {"method": method, "requestUri": path}
        takes: Any = self.input_shape
        payload = rest.PAYLOADS.get(self.name)
        if payload is not None:
            takes.serialization["payload"] = payload
        for name, member in takes.members.items():
            if name in ("Bucket", "Key"):
                member.serialization = {"location": "uri", "name": name}
            elif name == payload:
                if member.type_name == "structure":
                    element = "CompleteMultipartUpload" if name == "MultipartUpload" else name
                    member.serialization = {"name": element}
                _name_elements(member, rest)
            elif name in rest.QUERIES:
                member.serialization = {"location": "querystring", "name": rest.QUERIES[name]}
            else:
                self._place_in_header(name, member)
        gives = self.output_shape
        if gives is None:
            return
        if self.operation.http.payload or self.name in ("CopyObject", "UploadPartCopy"):
            gives.serialization["payload"] = self.operation.http.payload or rest.ROOTS[self.name]
        in_xml = rest.XML_ANSWERS.get(self.name, ("Prefix", "Delimiter"))
        for name, member in gives.members.items():
            if name in rest.HEADERS and not name.startswith(in_xml):
                self._place_in_header(name, member)
        _name_elements(gives, rest)

    def _place_in_header(self, name: str, member: DeclaredShape) -> None:
        from ..services.s3 import rest

        if name == "Metadata":
            member.serialization = {"location": "headers", "name": rest.HEADERS[name]}
            return
        header = rest.HEADERS[name]
        if name == "ChecksumAlgorithm" and self.name in rest.WITH_OTHER_ALGORITHM_HEADER:
            header = rest.ALGORITHM_HEADER
        member.serialization = {"location": "header", "name": header}
        if name == "ObjectLockRetainUntilDate":
            member.serialization["timestampFormat"] = "iso8601"


@cache
def _operations(service_name: str) -> dict[str, Operation[..., Any]]:
    return {operation.name: operation for operation in operations_of(load_service(service_name).api).values()}


@cache
def declared_operation(service_name: str, operation_name: str, protocol: str) -> DeclaredOperation | None:
    """An operation by AWS's name; None for one that minicloud does not have."""
    operation = _operations(service_name).get(operation_name)
    return None if operation is None else DeclaredOperation(load_service(service_name), operation, protocol)


def _shape_of(annotation: Any, is_lenient: bool) -> DeclaredShape:
    """The shape of a parameter or a part of an answer."""
    origin = get_origin(annotation)
    if origin is Annotated:
        kind = Shape.of(annotation).kind
        if kind in ("blob", "timestamp"):
            return DeclaredShape(kind)
        return _shape_of(get_args(annotation)[0], is_lenient)
    if origin in (Required, NotRequired):
        return _shape_of(get_args(annotation)[0], is_lenient)
    if is_typeddict(annotation):
        made = DeclaredShape("structure", annotation.__name__, is_lenient=is_lenient)
        hints = hints_of(annotation, include_extras=True)
        made.members = {name: _shape_of(hint, is_lenient) for name, hint in hints.items()}
        made.required_members = tuple(name for name in hints if name in annotation.__required_keys__)
        return made
    if origin is Literal:
        return DeclaredShape("string")
    if isinstance(origin, type) and issubclass(origin, Mapping):
        key, item = get_args(annotation)
        if item in (Any, object):
            return DeclaredShape("string")  # a policy document, which is a text on the wire
        made = DeclaredShape("map")
        made.key, made.value = _shape_of(key, is_lenient), _shape_of(item, is_lenient)
        return made
    if isinstance(origin, type) and issubclass(origin, Iterable):
        made = DeclaredShape("list")
        made.member = _shape_of(get_args(annotation)[0], is_lenient)
        return made
    if getattr(annotation, "__name__", "") == "ByteStream":
        return DeclaredShape("blob")
    if isinstance(annotation, type) and issubclass(annotation, datetime.datetime):
        return DeclaredShape("timestamp")  # also where freezegun has put its own in the place of Python's
    return DeclaredShape(_SCALARS.get(annotation, "string"))


def _flatten(shape: DeclaredShape) -> None:
    """Name lists and maps of SQS as its forms do."""
    from ..services.sqs import query_names

    for name, member in shape.members.items():
        if member.type_name == "list":
            member.serialization = {"flattened": True}
            inner = member.member
            item = query_names.LISTS.get(name) or inner.name
            inner.serialization = {"name": item}
            _flatten(inner)
        elif member.type_name == "map":
            entry, key, value = query_names.MAPS[name]
            member.serialization = {"flattened": True, "name": entry}
            member.key.serialization = {"name": key}
            member.value.serialization = {"name": value}
            _flatten(member.value)
        else:
            _flatten(member)


def _name_attributes(shape: DeclaredShape) -> None:
    """Name the entries of message attributes as SNS does; all other maps have ``key`` and ``value``."""
    for name, member in shape.members.items():
        if name == "MessageAttributes":
            member.key.serialization = {"name": "Name"}
            member.value.serialization = {"name": "Value"}
        elif member.type_name == "list":
            _name_attributes(member.member)


def _name_elements(shape: DeclaredShape, rest: Any) -> None:
    """Name what is in the XML of S3 as it is called there."""
    for name, member in shape.members.items():
        if "location" in member.serialization:
            continue
        element = rest.ELEMENTS.get((shape.name, name))
        if element is not None:
            member.serialization["name"] = element
        if element == "xsi:type":
            member.serialization["xmlAttribute"] = True
        if name == "LastModifiedTime":
            member.serialization["timestampFormat"] = "rfc822"
        if member.type_name == "list":
            if name in rest.FLAT:
                member.serialization["flattened"] = True
            else:
                member.member.serialization["name"] = rest.ITEMS.get(name, "member")
            _name_elements(member.member, rest)
        else:
            _name_elements(member, rest)
