"""Tags of topics."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from . import errors
from .shapes import Tag

__all__ = ["check_tags", "merged_tags"]

_MOST_TAGS = 50
_is_allowed = re.compile(r"[\w\s.:/=+@-]*").fullmatch
"""Truthy for a key or value of letters and digits of any script, white space, and a few signs."""


def check_tags(tags: Sequence[Tag]) -> Sequence[Tag]:
    """Raise ``ValidationError`` or ``InvalidParameter`` for tags that could be on nothing."""
    keys = set()
    reserved = False
    for number, tag in enumerate(tags, 1):
        for member, maximum in (("Key", 128), ("Value", 256)):
            value = tag["Key"] if member == "Key" else tag["Value"]
            if len(value) > maximum:
                path = f"tags.{number}.member.{member.lower()}"
                raise errors.member_long(value=value, path=path, maximum=maximum)
            if not _is_allowed(value):
                raise errors.tags_characters()
        reserved = reserved or tag["Key"].lower().startswith("aws:")
        keys.add(tag["Key"])
    if reserved:
        raise errors.tags_reserved()
    if len(keys) != len(tags):
        raise errors.tags_duplicated()
    return tags


def merged_tags(existing: Mapping[str, str], tags: Sequence[Tag]) -> dict[str, str]:
    """The tags with more of them added or overwritten. Raises ``TagLimitExceeded``."""
    merged = {**existing, **{tag["Key"]: tag["Value"] for tag in tags}}
    if len(merged) > _MOST_TAGS:
        raise errors.tag_limit()
    return merged
