"""Shapes: what the annotations of an operation's parameters stand for, in the words of AWS's service models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import (
    IO,
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    NotRequired,
    Protocol,
    Required,
    TypedDict,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from .dates import datetime

__all__ = ["Answer", "Blob", "ByteStream", "ClientSide", "Minimum", "ResponseMetadata", "Shape", "Timestamp"]


class ResponseMetadata(TypedDict):
    """``answer["ResponseMetadata"]``, which clients add to what a service answers."""

    RequestId: str
    HTTPStatusCode: int
    HTTPHeaders: dict[str, str]
    RetryAttempts: int


if TYPE_CHECKING:
    MYPY = False  # true to mypy, and to it alone

    # To whoever calls a client the member is always there. A service does not make it, so mypy, which also checks the
    # services, gets to know it as one that need not be; reading such a member is no mistake to mypy.
    if MYPY:

        class Answer(TypedDict):
            """What a client answers."""

            ResponseMetadata: NotRequired[ResponseMetadata]
    else:

        class Answer(TypedDict):
            """What a client answers."""

            ResponseMetadata: ResponseMetadata
else:
    Answer = TypedDict
    """At run time an answer is declared as AWS's model has it, without what comes from the transport."""


class Minimum:
    """The least length of a text or a list, or the least number, that botocore accepts on the client's side."""

    __slots__ = ("least",)

    def __init__(self, least: int) -> None:
        self.least = least


class ClientSide:
    """What botocore does with a parameter on the client's side that its model does not say.

    ``is_plain(value)`` is true for what is sent as it is, which no call has to pay more for; of everything else
    ``adapt(value)`` makes what is sent, or raises ``ParamValidationError``.
    """

    __slots__ = ("adapt", "is_plain", "kind")

    def __init__(self, kind: str, is_plain: Callable[[Any], bool], adapt: Callable[[Any], Any]) -> None:
        self.kind = kind
        """Of the model."""
        self.is_plain = is_plain
        self.adapt = adapt


Blob = Annotated[bytes | bytearray | str | IO[bytes], "blob"]
"""Binary data. The operation's body always gets ``bytes``."""

Timestamp = Annotated[datetime | str | float, "timestamp"]
"""A timestamp. The operation's body always gets an aware ``datetime``."""


class ByteStream(Protocol):
    """A body that is read once: bytes, or, from an asyncio client, what is awaited for them."""

    def read(self, amt: int | None = None) -> Any:
        """The next ``amt`` bytes, or all that are left."""


class Shape:
    """One node of a parameter's structure. ``kind`` is the type's name in AWS's models."""

    __slots__ = ("client_side", "key", "kind", "member", "members", "minimum", "name", "required")

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
        self.client_side: ClientSide | None = None

    @classmethod
    def of(cls, annotation: Any) -> Shape:
        """The shape that a type annotation stands for."""
        origin = get_origin(annotation)
        if origin is Annotated:
            base, *notes = get_args(annotation)
            client_side = next((note for note in notes if isinstance(note, ClientSide)), None)
            if client_side is not None:
                shape = cls(client_side.kind) if client_side.kind == "string" else cls.of(base)
                shape.client_side = client_side
                return shape
            if "blob" in notes or "timestamp" in notes:
                kind = "blob" if "blob" in notes else "timestamp"
                shape = cls(kind)
            else:
                shape = cls.of(base)
            bound = next((note.least for note in notes if isinstance(note, Minimum)), None)
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
        if origin is Literal:
            # For type checkers. Which values there are is checked by the service, as AWS's is.
            return cls("string")
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
