"""The constraints that the model of IAM puts on members, and the check of a request's members against them.

botocore checks minimums before it sends, unless it was told not to; what is left to the service are patterns and upper
bounds. They are checked here, before anything else that a request asks for is looked at. Of names, paths and documents
IAM has texts of its own for what their characters may not be (``check_characters``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ...core.constraints import Length, Member, Number, Text, members_of, violations_of_members
from ...core.error_text import ErrorText
from ...core.unset import UNSET
from . import errors, shapes

__all__ = ["check", "check_characters", "check_tags"]


def check(*members: Member) -> None:
    """Raise ValidationError when any of ``(path, constraint, value)`` is broken; UNSET breaks none."""
    violations = violations_of_members(members)
    if violations:
        raise errors.validation_failed(violations)


_TAG: Final = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]"
# Python has no classes of Unicode's: what is neither a control character nor one of ASCII's marks.
_TAG_REGEX: Final = r"(?:[\w .:/=+\-@]|[^\x00-\xa0])"

ROLE_NAME: Final = Text(1, 64)
POLICY_NAME: Final = Text(1, 128)
PATH: Final = Text(1, 512)
DOCUMENT: Final = Text(1, 131_072, is_shown=False)
ROLE_DESCRIPTION: Final = Text(
    0, 1000, r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*", r"[\t\n\r\x20-\x7e\xa1-\xff]*"
)
DESCRIPTION: Final = Text(0, 1000)
SESSION_DURATION: Final = Number(3600, 43_200)
SIGNIN_SESSION_DURATION: Final = Number(3600, 7_776_000)
ARN: Final = Text(20, 2048)
MARKER: Final = Text(1, 320)
MAX_ITEMS: Final = Number(1, 1000)
TAGS: Final = Length(0, 50)
TAG_KEY: Final = Text(1, 128, _TAG + "+", _TAG_REGEX + "+")
TAG_VALUE: Final = Text(0, 256, _TAG + "*", _TAG_REGEX + "*")

_KINDS: Final[dict[str, tuple[re.Pattern[str], ErrorText]]] = {
    "roleName": (re.compile(r"[\w+=,.@-]+", re.ASCII), errors.name_invalid),
    "policyName": (re.compile(r"[\w+=,.@-]+", re.ASCII), errors.name_invalid),
    "path": (re.compile(r"/(?:[\x21-\x7e]+/)?"), errors.path_invalid),
    "policyPath": (re.compile(r"(?:/[A-Za-z0-9.,+@=_-]+)*/"), errors.path_invalid),
    "pathPrefix": (re.compile(r"/[\x21-\x7f]*"), errors.path_invalid),
    "policyDocument": (re.compile(r"[\t\n\r\x20-\xff]+"), errors.document_invalid),
    "assumeRolePolicyDocument": (re.compile(r"[\t\n\r\x20-\xff]+"), errors.document_invalid),
}
"""By kind of member, what its characters may be. [the model]"""


def check_characters(kind: str, value: str) -> None:
    """Raise ValidationError, in IAM's own words, for characters that a member may not have; UNSET has none."""
    if value is UNSET:
        return
    pattern, wrong = _KINDS[kind]
    if pattern.fullmatch(value) is None:
        raise wrong("path" if kind == "policyPath" else kind)


def tag_members(tags: shapes.Tags) -> Iterator[Member]:
    """What there is to check of tags."""
    yield "tags", TAGS, tags
    yield from members_of("tags", tags, {"Key": TAG_KEY, "Value": TAG_VALUE})


def check_tags(tags: shapes.Tags) -> None:
    """Raise InvalidInput for tags that repeat a key, in whatever case, or have one of AWS's own."""
    keys = [tag["Key"].lower() for tag in tags or ()]
    if len({*keys}) < len(keys):
        raise errors.tags_twice()
    if any(key.startswith("aws:") for key in keys):
        raise errors.tag_reserved()
