"""The constraints that the model of STS puts on members, and the check of a request's members against them.

botocore checks minimums before it sends, unless it was told not to; what is left to the service are patterns and upper
bounds. They are checked here, before anything else that a request asks for is looked at.
"""

from __future__ import annotations

from typing import Final

from ...core.constraints import Length, Member, Number, Text, violations_of_members
from . import errors


def check(*members: Member) -> None:
    """Raise ValidationError when any of ``(path, constraint, value)`` is broken; UNSET breaks none."""
    violations = violations_of_members(members)
    if violations:
        raise errors.validation_failed(violations)


_TEXT: Final = r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+"
_POLICY: Final = r"[\u0009\u000A\u000D\u0020-\u00FF]+"
_TAG: Final = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]"
# Python has no classes of Unicode's: what is neither a control character nor one of ASCII's marks.
_TAG_REGEX: Final = r"(?:[\w .:/=+\-@]|[^\x00-\xa0])"

ARN: Final = Text(20, 2048, _TEXT, r"[\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")
NAME: Final = Text(2, 64, r"[\w+=,.@-]*")
SOURCE_IDENTITY: Final = Text(2, 256, r"[\w+=,.@-]*")
DURATION: Final = Number(900, 43_200)
SESSION_DURATION: Final = Number(900, 129_600)
TOKEN_SIZE: Final = Number(0, 4096)
POLICY: Final = Text(1, None, _POLICY)
IDENTITY_POLICY: Final = Text(1, 2048, _POLICY)
EXTERNAL_ID: Final = Text(2, 1224, r"[\w+=,.@:\/-]*")
SERIAL_NUMBER: Final = Text(9, 256, r"[\w+=/:,.@-]*")
TOKEN_CODE: Final = Text(6, 6, r"[\d]*")
TAGS: Final = Length(0, 50)
TAG_KEY: Final = Text(1, 128, _TAG + "+", _TAG_REGEX + "+")
TAG_VALUE: Final = Text(0, 256, _TAG + "*", _TAG_REGEX + "*")
CONTEXTS: Final = Length(1, 5)
ASSERTION: Final = Text(4, 3072)
ACCESS_KEY_ID: Final = Text(16, 128, r"[\w]*")
PROVIDER_ID: Final = Text(4, 2048)
WEB_IDENTITY_TOKEN: Final = Text(4, 20_000, is_shown=False)
