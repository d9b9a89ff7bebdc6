"""Names of functions as requests have them: a bare name, one with a qualifier, a partial ARN or a whole one.

``bill``, ``bill:live``, ``123456789012:function:bill:3``, ``arn:aws:lambda:us-east-1:123456789012:function:bill``
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["FunctionName", "parse_name"]


class FunctionName(NamedTuple):
    """The parts of a name; None for those that it does not have."""

    name: str
    qualifier: str | None
    region_name: str | None
    account_id: str | None


_NAME = re.compile(
    r"(?:arn:[a-zA-Z-]+:lambda:)?"
    r"(?:(?P<region>[a-z]{2,4}(?:-[a-z0-9]+)*-\d+):)?"
    r"(?:(?P<account>\d{12}):)?"
    r"(?:function:)?"
    r"(?P<name>[a-zA-Z0-9_.-]+)"
    r"(?::(?P<qualifier>\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9_-]+))?"
)


def parse_name(text: str) -> FunctionName | None:
    """The parts of what names a function; None for what does not. O(1)."""
    found = _NAME.fullmatch(text)
    if found is None:
        return None
    return FunctionName(found["name"], found["qualifier"], found["region"], found["account"])
