"""What ``inspect.signature`` and ``help`` say of a client's method: its parameters and answer, from the declaration.

The compiled function takes anything, to refuse it in botocore's words, and tells neither types nor what is required.
This is loaded when somebody looks: neither a call nor compiling a method pays for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from inspect import Parameter, Signature
from types import NoneType, UnionType
from typing import IO, Any, Literal, Union, get_args, get_origin, get_type_hints

from ..core.operation import Operation

__all__ = ["signature_of"]

_MOST_NAMES = 6
"""Of a ``Literal`` with more names than these only the type is shown."""


class _Shown:
    """What is shown in few words: a type by its own name, without the modules; the default that is no value."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def signature_of(operation: Operation[..., Any]) -> Signature:
    """The signature of the method in a client: keyword-only parameters, optional ones with the default ``...``."""
    hints = get_type_hints(operation.handler)
    required = operation.input.required
    parameters = [Parameter("self", Parameter.POSITIONAL_OR_KEYWORD)]
    for name in operation.input.members:
        default = Parameter.empty if name in required else _Shown("...")
        parameters.append(
            Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=_Shown(_text(hints[name])))
        )
    answer = hints["return"]
    return Signature(parameters, return_annotation=_Shown("dict" if answer is NoneType else _text(answer)))


def _text(hint: Any) -> str:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return "str" if len(arguments) > _MOST_NAMES else f"Literal[{', '.join(map(repr, arguments))}]"
    if origin in (Union, UnionType):
        return " | ".join(map(_text, arguments))
    if origin is IO or hint is IO:
        return "IO"
    if origin is not None and issubclass(origin, Mapping | Iterable):
        return f"{origin.__name__}[{', '.join(map(_text, arguments))}]"
    return getattr(hint, "__name__", str(hint))
