"""What native clients take and botocore does not send.

A file is no blob for the protocols of these services: botocore's check lets it pass, and what writes the request does
not. Neither does half a character get into a form.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..core.operation import Operation
from ..exceptions import AwsError, ParamValidationError

if TYPE_CHECKING:
    from ..clients.base import BaseClient

__all__ = ["ClientSide", "is_text"]


class ClientSide:
    """Stands in for the check of a native client on the fast way, where a parameter is not plain."""

    def __init__(self, native: BaseClient) -> None:
        self._native = native

    def judge(self, operation: Operation[..., Any], args: Any, unknown: dict[str, Any], *values: Any) -> list[Any]:
        """The parameters as the service gets them. Raises ``ParamValidationError`` for what the road is to refuse."""
        if any(_holds_file(value) for value in values):
            raise ParamValidationError(report="")
        try:
            return operation.validate_call(args, unknown, *values)
        except AwsError as error:
            raise self._native._error(operation, error) from None


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
