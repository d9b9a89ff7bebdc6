"""What is checked of a call's parameters, in place of native clients' own validation (``clients.base.Validator``).

*fast path*      all that native clients check. What they take and botocore would not send has to go through botocore: a
                 file is no blob for the protocols of these services (botocore's check lets it pass, and what writes the
                 request does not), and half a character does not get into a form.
*full pipeline*  what arrives as a request was checked by botocore, or, where it was told not to, by nobody: then the
                 service says what it lacks.
"""

from __future__ import annotations

import json
from typing import Any

from ..core.operation import Operation
from ..core.unset import UNSET
from ..wire.required_members import check_required

__all__ = ["TakeFullPipeline", "is_text", "validate_call", "validate_request"]


class TakeFullPipeline(Exception):
    """The fast path cannot do what botocore does with this call."""


def validate_call(
    operation: Operation[..., Any], args: tuple[Any, ...], unknown: dict[str, Any], *values: Any
) -> list[Any]:
    """The parameters of a call on the fast path, as the service gets them. Raises ``TakeFullPipeline`` for files."""
    if any(_holds_file(value) for value in values):
        raise TakeFullPipeline
    return operation.validate_call(args, unknown, *values)


def validate_request(
    service_name: str, operation: Operation[..., Any], args: tuple[Any, ...], unknown: dict[str, Any], *values: Any
) -> list[Any]:
    """The parameters of a request. Raises the service's ``AwsError`` when required ones are missing."""
    given = dict(zip(operation.input.members, values, strict=True))
    check_required(service_name, operation, {name: value for name, value in given.items() if value is not UNSET})
    return list(values)


def is_text(params: dict[str, Any]) -> bool:
    """Whether all texts can be written in UTF-8."""
    try:
        json.dumps(params, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        return False
    return True


def _holds_file(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_file, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_holds_file, value))
    return hasattr(value, "read")
