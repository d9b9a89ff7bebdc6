"""What is checked of a call's parameters, in place of native clients' own validation (``clients.base.Validator``).

*fast path*      all that native clients check. What they take and botocore would not send has to go through botocore: a
                 file is no blob for the protocols of these services (botocore's check lets it pass, and what writes the
                 request does not), half a character does not get into a form, and ``True`` for a number is what the
                 protocol makes of it. How much of a second it sends is
                 botocore's affair as well: newer releases send milliseconds.
*full pipeline*  what arrives as a request was checked by botocore, or, where it was told not to, by nobody: then the
                 service says what it lacks. What only botocore knows of it is no call that minicloud can answer
                 (``newer_models``).
"""

from __future__ import annotations

import json
from typing import Any

from ..core.operation import Operation
from ..core.shapes import Shape
from ..core.unset import UNSET
from ..wire.required_members import missing_error, missing_members
from .newer_models import may_be_missing, refuse_unknown

__all__ = ["TakeFullPipeline", "is_text", "validate_call", "validate_request"]


_DEEPEST = 16
"""More levels than any parameter has."""


class TakeFullPipeline(Exception):
    """The fast path cannot do what botocore does with this call."""


def validate_call(
    operation: Operation[..., Any], args: tuple[Any, ...], unknown: dict[str, Any], *values: Any
) -> list[Any]:
    """The parameters of a call on the fast path, as the service gets them.

    Raises ``TakeFullPipeline`` for files, for parts of seconds, and for booleans in the place of numbers.
    """
    shapes = operation.input.members.values()
    if (
        any(map(_holds_file, values))
        or any(map(_may_hold_part_of_second, shapes, values))
        or any(map(_is_boolean_for_number, shapes, values))
    ):
        raise TakeFullPipeline
    return operation.validate_call(args, unknown, *values)


def validate_request(
    service_model: Any, operation: Operation[..., Any], args: tuple[Any, ...], unknown: dict[str, Any], *values: Any
) -> list[Any]:
    """The parameters of a request, which was written by the client with that model of botocore's.

    Raises the service's ``AwsError`` when required ones are missing, and ``UsageError`` for what a newer botocore has
    sent.
    """
    service_name = service_model.service_name
    given = {name: value for name, value in zip(operation.input.members, values, strict=True) if value is not UNSET}
    refuse_unknown(service_name, operation, given | unknown)
    missing = missing_members(operation, given)
    if missing:
        may_be_missing(service_name, operation, service_model.operation_model(operation.name), missing)
        raise missing_error(service_name, missing)
    return list(values)


def is_text(params: dict[str, Any]) -> bool:
    """Whether all texts can be written in UTF-8, as far as anybody can say."""
    try:
        json.dumps(params, ensure_ascii=False, default=str).encode()
    except Exception:  # noqa: BLE001  # half a character; or code of the caller's, which is botocore's to meet
        return False
    return True


def _holds_file(value: Any) -> bool:
    """Whether a file is in it, or what nobody can say that of: then botocore is to say what it is. O(value)."""
    try:
        if not isinstance(value, dict | list | tuple):
            return hasattr(value, "read")
        level: list[Any] = [value]
        seen = set()  # it may hold itself
        for _ in range(_DEEPEST):
            inner = []
            for container in level:
                for item in container.values() if isinstance(container, dict) else container:
                    if not isinstance(item, dict | list | tuple):
                        if hasattr(item, "read"):
                            return True
                    elif id(item) not in seen:
                        seen.add(id(item))
                        inner.append(item)
            if not inner:
                return False
            level = inner
    except Exception:  # noqa: BLE001  # code of the caller's; botocore runs it as well, and lets it raise
        return True
    return True


def _may_hold_part_of_second(shape: Shape, value: Any) -> bool:
    """Whether a timestamp in it may be no whole second. Those of these services are in structures at the most."""
    if shape.kind == "structure" and isinstance(value, dict):
        members = shape.members
        return any(_may_hold_part_of_second(members[name], item) for name, item in value.items() if name in members)
    if shape.kind != "timestamp" or value is UNSET:
        return False
    return isinstance(value, str | float) or bool(getattr(value, "microsecond", 0))


def _is_boolean_for_number(shape: Shape, value: Any) -> bool:
    """Whether it lies with the protocol how a boolean reads: ``true`` in JSON, ``True`` in a query."""
    return isinstance(value, bool) and shape.kind in ("double", "integer")
