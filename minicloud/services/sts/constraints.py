"""The constraints that AWS's model puts on STS's members, and the one error that reports all that are broken.

botocore checks minimums before it sends, unless it was told not to; what is left to the service are patterns and upper
bounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from ...core.unset import UNSET
from ...exceptions import AwsError

__all__ = [
    "ACCESS_KEY_ID",
    "ARN",
    "ASSERTION",
    "CONTEXTS",
    "DURATION",
    "EXTERNAL_ID",
    "IDENTITY_POLICY",
    "NAME",
    "POLICY",
    "PROVIDER_ID",
    "SERIAL_NUMBER",
    "SESSION_DURATION",
    "TAGS",
    "TAG_KEY",
    "TAG_VALUE",
    "TOKEN_CODE",
    "WEB_IDENTITY_TOKEN",
    "Constraint",
    "check",
]


class Constraint:
    """Bounds, and a pattern: of a text's or a list's length, or of a number."""

    __slots__ = ("_is_shown", "_maximum", "_minimum", "_pattern", "_regex")

    def __init__(
        self,
        minimum: int = 0,
        maximum: int | None = None,
        pattern: str | None = None,
        regex: str | None = None,
        *,
        is_shown: bool = True,
    ) -> None:
        self._minimum = minimum
        self._maximum = maximum
        self._pattern = pattern
        """As Java has it, and the error shows it; ``regex`` is Python's form where that differs."""
        source = pattern if regex is None else regex
        self._regex = None if source is None else re.compile(source, re.ASCII)
        self._is_shown = is_shown

    def broken(self, value: Any) -> Iterator[str]:
        """The constraints that a value breaks."""
        if self._regex is not None and self._regex.fullmatch(value) is None:
            yield f"Member must satisfy regular expression pattern: {self._pattern}"
        kind, size = ("value", value) if isinstance(value, int) else ("length", len(value))
        if size < self._minimum:
            yield f"Member must have {kind} greater than or equal to {self._minimum}"
        if self._maximum is not None and size > self._maximum:
            yield f"Member must have {kind} less than or equal to {self._maximum}"

    def shown(self, value: Any) -> str:
        """How the error shows the value; not at all where that is secret or long."""
        return f"Value '{value}'" if self._is_shown else "Value"


def check(*members: tuple[str, Constraint, Any]) -> None:
    """Raise ValidationError when any of ``(path, constraint, value)`` is broken; UNSET breaks none."""
    faults = [
        f"{constraint.shown(value)} at '{path}' failed to satisfy constraint: {text}"
        for path, constraint, value in members
        if value is not UNSET
        for text in constraint.broken(value)
    ]
    if faults:
        seen = faults[:10]
        plural = "s" if len(seen) > 1 else ""
        raise AwsError("ValidationError", f"{len(seen)} validation error{plural} detected: {'; '.join(seen)}")


# --- the members of STS' model --------------------------------------------------------------------------------------

_TEXT: Final = r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+"
_POLICY: Final = r"[\u0009\u000A\u000D\u0020-\u00FF]+"
_TAG: Final = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]"
# Python has no classes of Unicode's: what is neither a control character nor one of ASCII's marks.
_TAG_REGEX: Final = r"(?:[\w .:/=+\-@]|[^\x00-\xa0])"

ARN: Final = Constraint(20, 2048, _TEXT, r"[\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")
NAME: Final = Constraint(2, 64, r"[\w+=,.@-]*")
DURATION: Final = Constraint(900, 43_200)
SESSION_DURATION: Final = Constraint(900, 129_600)
POLICY: Final = Constraint(1, None, _POLICY)
IDENTITY_POLICY: Final = Constraint(1, 2048, _POLICY)
EXTERNAL_ID: Final = Constraint(2, 1224, r"[\w+=,.@:\/-]*")
SERIAL_NUMBER: Final = Constraint(9, 256, r"[\w+=/:,.@-]*")
TOKEN_CODE: Final = Constraint(6, 6, r"[\d]*")
TAGS: Final = Constraint(0, 50, is_shown=False)
TAG_KEY: Final = Constraint(1, 128, _TAG + "+", _TAG_REGEX + "+")
TAG_VALUE: Final = Constraint(0, 256, _TAG + "*", _TAG_REGEX + "*")
CONTEXTS: Final = Constraint(1, 5, is_shown=False)
ASSERTION: Final = Constraint(4, 2048)
ACCESS_KEY_ID: Final = Constraint(16, 128, r"[\w]*")
PROVIDER_ID: Final = Constraint(4, 2048)
WEB_IDENTITY_TOKEN: Final = Constraint(4, 20_000, is_shown=False)
