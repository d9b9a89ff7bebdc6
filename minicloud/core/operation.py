"""An operation is declared once: its typed signature is its specification.

A service method under ``@operation("SendMessage")`` takes the moment ``now`` and keyword-only parameters in AWS's
spelling. From its annotations come the shapes below; from the shapes come

* a *fast check*, straight-line Python that is compiled into every client's method (``fast_validation``): it passes
  what is plainly right, for about 0.2 µs a call, and leaves everything else to
* the *validation* (``Operation.validate``), slow and authoritative: it raises ``ParamValidationError`` with botocore's
  exact report, or returns the parameters normalised (no ``str`` enums, ``OrderedDict``, ``bytearray`` …);
* the documentation's tables and the strategies of the property tests.

The fast check may leave too much to the validation, never too little.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, get_type_hints

from ..exceptions import ParamValidationError, visible
from .shapes import ClientSide, Shape
from .unset import UNSET
from .validation import normalised, violations_of
from .value import Value

__all__ = ["Http", "Operation", "operation", "operations_of"]

P = ParamSpec("P")
R = TypeVar("R")
Reader = Callable[[Any], Any]


class Http(Value):
    """What of an answer is not in its body, in protocols that have a place for it."""

    status: int | str = 200
    """The status of an answer; or the member that says which."""
    other_status: str = ""
    """What the operation puts the status into where it is another one; it is no member, and is taken out."""
    partial: str = ""
    """A member that an answer has only when it is a part of what there is: its status is 206 then."""
    payload: str = ""
    """The member that is the body itself: the operation answers with bytes, and clients with a stream of them."""
    headers: Mapping[str, str] = MappingProxyType({})
    """The headers that are members, by name of the member."""
    request_id: str = ""
    """What the operation puts the request's id into, where it makes that itself; it is no member, and is taken out."""


class Operation(Generic[P, R]):
    """One operation of a service: what its method declares, and the two checks made of that."""

    def __init__(
        self,
        name: str,
        handler: Callable[Concatenate[Any, int, P], R],
        blocking: bool,
        streaming: bool,
        plain_answer: tuple[int, int] | None,
        longer_answers: Mapping[str, int],
        http: Http,
        assumes: Mapping[str, str],
        short: Operation[..., Any] | None,
        readers: Mapping[str, Reader],
        plain_way: tuple[str, str, str] | None,
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
        self.longer_answers = longer_answers
        """The bytes of an answer with one member more, by the name of that."""
        self.http = http
        """What of an answer is not in its body."""
        self.assumes = assumes
        """Parameters that a client gives when its caller does not, and the attribute of the client that it gives."""
        self.short = short
        """The same for calls that give few of its parameters; None where there are not many."""
        self.readers = readers
        """What reads and checks a parameter in one walk, of an operation in short; None: it is for the whole one."""
        self.plain_way = plain_way
        """What may do without the handler, of an operation in short: see ``operation``."""
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

    @cached_property
    def _client_side(self) -> list[tuple[str, ClientSide]]:
        """What botocore does with some parameters beyond its model."""
        rules = [(name, member.client_side) for name, member in self.input.members.items()]
        return [(name, rule) for name, rule in rules if rule is not None]

    def validate(self, params: dict[str, Any]) -> dict[str, Any]:
        """Raise ``ParamValidationError`` as botocore would, or return ``params`` normalised.

        Raises the service's serialization error for what botocore lets pass and the wire does not carry.
        """
        for name, rule in self._client_side:
            if name in params:
                params = {**params, name: rule.adapt(params[name])}
        report = violations_of(self.input, params)
        if report:
            raise visible(ParamValidationError)(report="\n".join(report))
        plain: dict[str, Any] = normalised(self.input, params)
        return plain

    def validate_call(self, args: tuple[Any, ...], unknown: dict[str, Any], *values: Any) -> list[Any]:
        """The validation as a compiled method calls it: parameters in the order of the model, or UNSET."""
        if args:
            raise TypeError(f"{self.method_name}() only accepts keyword arguments.")
        names = self.input.members
        params = {name: value for name, value in zip(names, values, strict=True) if value is not UNSET}
        plain = self.validate(params | unknown)
        return [plain.get(name, UNSET) for name in names]


_PLAIN = Http()


def operation(
    name: str,
    *,
    blocking: bool = False,
    streaming: bool = False,
    plain_answer: tuple[int, int] | None = None,
    longer_answers: Mapping[str, int] = MappingProxyType({}),
    http: Http = _PLAIN,
    assumes: Mapping[str, str] = MappingProxyType({}),
    short: Operation[..., Any] | None = None,
    readers: Mapping[str, Reader] = MappingProxyType({}),
    plain_way: tuple[str, str, str] | None = None,
) -> Callable[[Callable[Concatenate[Any, int, P], R]], Operation[P, R]]:
    """Declare a service's method as the operation ``name``.

    ``blocking`` when it may answer with a ``Waiter``, ``streaming`` when its answer has an ``EventStream``.
    ``plain_answer`` when an answer with so many members always has so many bytes on the wire: (members, bytes);
    ``longer_answers`` are the bytes of those that have one member more, by its name.
    ``http`` when an answer has another status than 200, or members that are not in its body. ``assumes`` when clients
    of boto3 add parameters: their names, and the attribute of the client that says what. ``short`` is what clients
    call instead when no parameter is given but those that it has, and nobody intervenes: filling in, checking and
    passing on 49 parameters takes longer than a send. ``readers``, of an operation in short, read parameters in the
    place of the fast check, and the handler gets what they return; None stands for what they leave to the whole one.
    ``plain_way``, of an operation in short, is an attribute of the service, a parameter, and a method: what the first
    has under the second is asked for the answer by the third, with the service, the time and the other parameters; None
    leaves it to the handler. That is one call less for what most calls are.
    """

    def declare(handler: Callable[Concatenate[Any, int, P], R]) -> Operation[P, R]:
        return Operation(
            name, handler, blocking, streaming, plain_answer, longer_answers, http, assumes, short, readers, plain_way
        )

    return declare


def operations_of(service: type) -> dict[str, Operation[..., Any]]:
    """The operations of a service class, by method name, inherited ones included."""
    found: dict[str, Operation[..., Any]] = {}
    for ancestor in reversed(service.__mro__):
        found |= ancestor.__dict__.get("operations", {})
    return found
