"""An operation is declared once: its typed signature is its specification.

A service method under ``@operation("SendMessage")`` takes the moment ``now`` and keyword-only parameters in AWS's
spelling. From its annotations come the shapes below; from the shapes come

* a *filter*, straight-line Python that is compiled into every client's method (``filter_source``): it passes what is
  plainly right and suspects everything else, for about 0.2 µs a call;
* the *judge* (``Operation.judge``), slow and authoritative: it raises ``ParamValidationError`` with botocore's exact
  report, or returns the parameters with subclasses made plain (``str`` enums, ``OrderedDict``, ``bytearray`` …);
* the documentation's tables and the strategies of the property tests.

The filter may suspect too much, never too little. botocore checks types, required members and *minimum* lengths and
values on the client's side, and nothing else; upper bounds and patterns belong to the service and are raised by the
operation's body, with the service's own texts.
"""

from __future__ import annotations

import datetime as _datetime
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import (
    IO,
    Annotated,
    Any,
    Concatenate,
    Generic,
    NotRequired,
    ParamSpec,
    Required,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from ..exceptions import AwsError, ParamValidationError, visible
from .unset import UNSET

__all__ = [
    "UNSET",
    "Blob",
    "Length",
    "Minimum",
    "Operation",
    "Shape",
    "Timestamp",
    "operation",
    "operations_of",
]

P = ParamSpec("P")
R = TypeVar("R")


class Length:
    """The least length that botocore accepts on the client's side."""

    __slots__ = ("minimum",)

    def __init__(self, minimum: int) -> None:
        self.minimum = minimum


class Minimum:
    """The least number that botocore accepts on the client's side."""

    __slots__ = ("minimum",)

    def __init__(self, minimum: int) -> None:
        self.minimum = minimum


Blob = Annotated[bytes | bytearray | str | IO[bytes], "blob"]
"""Binary data. The operation's body always gets ``bytes``."""

Timestamp = Annotated[_datetime.datetime | str | float, "timestamp"]
"""A moment. The operation's body always gets an aware ``datetime``."""


class Shape:
    """One node of a parameter's structure. ``kind`` is the type's name in AWS's models."""

    __slots__ = ("key", "kind", "member", "members", "minimum", "name", "required")

    def __init__(
        self,
        kind: str,
        *,
        minimum: int | None = None,
        key: Shape | None = None,
        member: Shape | None = None,
        name: str = "",
        members: Mapping[str, Shape] | None = None,
        required: tuple[str, ...] = (),
    ) -> None:
        self.kind = kind
        self.minimum = minimum
        self.key: Any = key
        """The shape of a map's keys; None for all but maps."""
        self.member: Any = member
        """The shape of a list's items, or of a map's values; None for others."""
        self.name = name
        self.members = dict(members or {})
        self.required = required

    @classmethod
    def of(cls, annotation: Any) -> Shape:
        """The shape that a type annotation stands for."""
        origin = get_origin(annotation)
        if origin is Annotated:
            base, *notes = get_args(annotation)
            if "blob" in notes or "timestamp" in notes:
                kind = "blob" if "blob" in notes else "timestamp"
                shape = cls(kind)
            else:
                shape = cls.of(base)
            bound = next((note.minimum for note in notes if isinstance(note, Length | Minimum)), None)
            if bound is None:
                return shape
            return cls(
                shape.kind,
                minimum=bound,
                key=shape.key,
                member=shape.member,
                name=shape.name,
                members=shape.members,
                required=shape.required,
            )
        if origin in (Required, NotRequired):
            return cls.of(get_args(annotation)[0])
        if annotation in _SCALARS:
            return cls(_SCALARS[annotation])
        if is_typeddict(annotation):
            return cls._structure(annotation)
        if origin is not None and issubclass(origin, Mapping):
            key, item = get_args(annotation)
            return cls("map", key=cls.of(key), member=cls.of(item))
        if origin is not None and issubclass(origin, Iterable):
            return cls("list", member=cls.of(get_args(annotation)[0]))
        raise TypeError(f"no shape for the annotation {annotation!r}")

    @classmethod
    def _structure(cls, annotation: Any) -> Shape:
        hints = get_type_hints(annotation, include_extras=True)
        return cls(
            "structure",
            name=annotation.__name__,
            members={name: cls.of(hint) for name, hint in hints.items()},
            # Where annotations are postponed, ``__required_keys__`` holds the optional members too: look at both.
            required=tuple(
                name
                for name, hint in hints.items()
                if name in annotation.__required_keys__ and get_origin(hint) is not NotRequired
            ),
        )


_SCALARS: dict[Any, str] = {str: "string", int: "integer", bool: "boolean", float: "double"}

_ACCEPTED: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "structure": (dict,),
    "map": (dict,),
    "list": (list, tuple),
}


class Operation(Generic[P, R]):
    """One operation of a service: what its method declares, and the two checks made of that."""

    def __init__(
        self,
        name: str,
        handler: Callable[Concatenate[Any, int, P], R],
        blocking: bool,
        streaming: bool,
        plain_answer: tuple[int, int] | None,
    ) -> None:
        self.name = name
        """AWS's name: ``"SendMessage"``."""
        self.method_name = handler.__name__
        """The client's method: ``"send_message"``."""
        self.handler = handler
        self.blocking = blocking
        """Whether the answer may be a ``Waiter``."""
        self.streaming = streaming
        """Whether the answer's ``EventStream`` has to be made iterable."""
        self.plain_answer = plain_answer
        """A number of members, and the bytes on the wire of any answer that has so many; None if there is no such."""
        self.__doc__ = handler.__doc__

    def __set_name__(self, owner: Any, name: str) -> None:
        operations = owner.__dict__.get("operations")
        if operations is None:
            operations = {}
            owner.operations = operations  # read by operations_of
        operations[name] = self

    @cached_property
    def input(self) -> Shape:
        """The parameters as one structure, in the order of the model."""
        hints = get_type_hints(self.handler, include_extras=True)
        # What inspect.signature would say, and 6 ms of its import less.
        code = self.handler.__code__
        names = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        optional = self.handler.__kwdefaults__ or {}
        return Shape(
            "structure",
            name=f"{self.name}Request",
            members={name: Shape.of(hints[name]) for name in names},
            required=tuple(name for name in names if name not in optional),
        )

    @cached_property
    def result(self) -> Any:
        """The annotation of the answer: a TypedDict, or None for an operation without output."""
        return get_type_hints(self.handler)["return"]

    def judge(self, params: dict[str, Any]) -> dict[str, Any]:
        """Raise ``ParamValidationError`` as botocore would, or return ``params`` made plain.

        Raises the service's serialization error for what botocore lets pass and the wire does not carry
        (a boolean for a number).
        """
        report: list[str] = []
        _judge(self.input, params, "", report)
        if report:
            made: Any = visible(ParamValidationError)
            raise made(report="\n".join(report))
        plain: dict[str, Any] = _plain(self.input, params)
        return plain

    def judge_call(self, args: tuple[Any, ...], unknown: dict[str, Any], *values: Any) -> list[Any]:
        """The judge as a compiled method calls it: parameters in the order of the model, or UNSET."""
        if args:
            raise TypeError(f"{self.method_name}() only accepts keyword arguments.")
        names = self.input.members
        params = {name: value for name, value in zip(names, values, strict=True) if value is not UNSET}
        plain = self.judge(params | unknown)
        return [plain.get(name, UNSET) for name in names]


def operation(
    name: str, *, blocking: bool = False, streaming: bool = False, plain_answer: tuple[int, int] | None = None
) -> Callable[[Callable[Concatenate[Any, int, P], R]], Operation[P, R]]:
    """Declare a service's method as the operation ``name``.

    ``blocking`` when it may answer with a ``Waiter``, ``streaming`` when its answer has an ``EventStream``.
    ``plain_answer`` when an answer with so many members always has so many bytes on the wire: (members, bytes).
    """

    def declare(handler: Callable[Concatenate[Any, int, P], R]) -> Operation[P, R]:
        return Operation(name, handler, blocking, streaming, plain_answer)

    return declare


def operations_of(service: type) -> dict[str, Operation[..., Any]]:
    """The operations of a service class, by method name, inherited ones included."""
    found: dict[str, Operation[..., Any]] = {}
    for ancestor in reversed(service.__mro__):
        found |= ancestor.__dict__.get("operations", {})
    return found


# --- the judge -----------------------------------------------------------------------------------------------------


def _judge(shape: Shape, value: Any, path: str, report: list[str]) -> None:
    """Append to ``report`` what botocore's validation would say of ``value``, in its order and wording."""
    kind = shape.kind
    name = path.removeprefix(".") or "input"
    if kind == "blob":
        if not isinstance(value, bytes | bytearray | str) and not hasattr(value, "read"):
            _wrong_type(value, name, f"{bytes}, {bytearray}, file-like object", report)
        return
    if kind == "timestamp":
        if _moment(value) is None:
            _wrong_type(value, name, f"{_datetime.datetime}, timestamp-string", report)
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
            _judge(shape.member, item, f"{path}[{index}]", report)
    elif kind == "map":
        for key, item in value.items():
            _judge(shape.key, key, f"{path} (key: {key})", report)
            _judge(shape.member, item, f"{path}.{key}", report)
    elif kind == "structure":
        _judge_structure(shape, value, path, name, report)


def _judge_structure(shape: Shape, value: dict[str, Any], path: str, name: str, report: list[str]) -> None:
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
        _judge(shape.members[member], value[member], f"{path}.{member}", report)


def _wrong_type(value: Any, name: str, accepted: str, report: list[str]) -> None:
    report.append(f"Invalid type for parameter {name}, value: {value}, type: {type(value)}, valid types: {accepted}")


def _moment(value: Any) -> _datetime.datetime | None:
    """What botocore would read as a moment: a datetime, seconds since the epoch, or ISO 8601 text."""
    try:
        if isinstance(value, _datetime.datetime):
            moment = value
        elif isinstance(value, int | float):
            return _datetime.datetime.fromtimestamp(value, _datetime.UTC)
        elif isinstance(value, str):
            try:
                return _datetime.datetime.fromtimestamp(float(value), _datetime.UTC)
            except ValueError:
                moment = _datetime.datetime.fromisoformat(value)
        else:
            return None
        return moment.astimezone() if moment.tzinfo is None else moment
    except (ValueError, OverflowError, OSError):
        return None


def _plain(shape: Shape, value: Any) -> Any:
    """``value``, which the judge has passed, without subclasses: what the wire would have carried."""
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
        moment: Any = _moment(value)  # the judge has passed it
        return moment.replace(microsecond=0)  # botocore sends whole seconds
    if kind == "list":
        return [_plain(shape.member, item) for item in value]
    if kind == "map":
        return {str.__str__(key): _plain(shape.member, item) for key, item in value.items()}
    if kind == "structure":
        return {name: _plain(shape.members[name], item) for name, item in value.items()}
    return value
