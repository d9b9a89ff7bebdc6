"""What a handler returned or raised, as JSON: what AWS's Python runtime and the platform around it make of it.

Texts are those of AWS's runtime (``awslambdaric``), which writes JSON with spaces and without escapes, and those of the
platform, which writes it without spaces. This runs without the lock: what is made to JSON may be anything.
"""

from __future__ import annotations

import json
import traceback
from decimal import Decimal
from typing import Any, Final

__all__ = ["Failure", "Killed", "exit_failure", "exit_of", "failure_of", "marshalled", "timeout_payload", "too_large"]

_INDENT: Final = "\u00a0\u00a0"
"""Of a traceback in a log: no-break spaces."""


class Failure(Exception):
    """A run that has failed for a reason of the runtime's: no handler raised it."""

    def __init__(self, error_type: str, message: str, trace: list[str] | None = None) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.trace = trace or []

    def __str__(self) -> str:
        return f"{self.error_type}: {self.args[0]}"


def marshalled(value: Any) -> str:
    """The JSON of what a handler returned. Raises ``Failure`` for what has none.

    [awslambdaric, lambda_runtime_marshaller]
    """
    if value is None:
        return "null"
    try:
        return _encoded(value)
    except Exception as error:
        raise Failure("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def _encoded(value: Any) -> str:
    decimals: list[str] = []

    def default(other: Any) -> str:
        if not isinstance(other, Decimal):
            raise TypeError(f"Object of type {type(other).__name__} is not JSON serializable")
        if not other.is_finite():
            raise ValueError("Out of range float values are not JSON compliant")
        decimals.append(str(other))
        return f"\0{len(decimals) - 1}\0"

    text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=default)
    for number, decimal in enumerate(decimals):
        text = text.replace(f'"\\u0000{number}\\u0000"', decimal, 1)  # with all its digits
    return text


def failure_of(error: BaseException, request_id: str, ours: str) -> tuple[str, str]:
    """The error object of what a handler raised, and its entry in the log. ``ours`` is where minicloud's frames are.

    [awslambdaric, bootstrap: handle_event_request, log_error]
    """
    if isinstance(error, Failure):
        message, error_type, trace = str(error.args[0]), error.error_type, error.trace
    else:
        frames = traceback.extract_tb(error.__traceback__)
        while frames and frames[0].filename.startswith(ours):
            del frames[0]
        # As tuples: the runtime's have no marks under the part of a line.
        trace = traceback.format_list([(one.filename, one.lineno or 0, one.name, one.line) for one in frames])
        message, error_type = _text_of(error), type(error).__name__
    payload = _object(errorMessage=message, errorType=error_type, requestId=request_id, stackTrace=trace)
    title = f"[ERROR] {error_type}: {message}" if message else f"[ERROR] {error_type}"
    lines = [title, "Traceback (most recent call last):"]
    for part in trace:
        for line in part.splitlines():
            inner = line.lstrip(" ")
            lines.append(_INDENT * ((len(line) - len(inner)) // 2) + inner)
    return payload, "\n".join(lines)


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as other:  # noqa: BLE001 - its __str__ is broken
        return f"<{type(other).__name__} in the __str__ of {type(error).__name__}>"


def _object(**members: Any) -> str:
    return json.dumps(members, ensure_ascii=False)


def _platform_object(error_type: str, message: str) -> str:
    return json.dumps({"errorType": error_type, "errorMessage": message}, separators=(",", ":"))


class Killed(Failure):
    """The process of a run has died (a fault)."""

    def __init__(self) -> None:
        super().__init__("Runtime.ExitError", "with error: signal: killed")

    def __str__(self) -> str:
        return str(self.args[0])


def exit_of(code: Any) -> str:
    """How a handler left that did so by ``sys.exit``."""
    if code in (None, 0):
        return "without providing a reason"
    return f"with error: exit status {code & 0xFF if isinstance(code, int) else 1}"


def exit_failure(how: str, request_id: str) -> str:
    """The error object of a run whose process has ended."""
    return _platform_object("Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited {how}")


def timeout_payload(request_id: str, seconds: float) -> str:
    """The error object of a run that took too long."""
    text = f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds"
    return _platform_object("Sandbox.Timedout", text)


def too_large(limit: int) -> str:
    """The error object of a result that is too large."""
    text = f"Response payload size exceeded maximum allowed payload size ({limit} bytes)."
    return json.dumps({"errorMessage": text, "errorType": "Function.ResponseSizeTooLarge"}, separators=(",", ":"))
