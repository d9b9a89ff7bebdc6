"""Tags of topics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import messages
from .errors import aws_error, invalid, validation_error
from .shapes import Tag

__all__ = ["check_tags", "merged_tags"]

_MOST_TAGS = 50


def check_tags(tags: Sequence[Tag]) -> Sequence[Tag]:
    """Raise ``ValidationError`` or ``InvalidParameter`` for tags that could be on nothing."""
    keys = set()
    for number, tag in enumerate(tags, 1):
        for member, maximum in (("Key", 128), ("Value", 256)):
            value = tag["Key"] if member == "Key" else tag["Value"]
            if len(value) > maximum:
                path = f"tags.{number}.member.{member.lower()}"
                raise validation_error(messages.MEMBER_LONG, value=value, path=path, maximum=maximum)
        keys.add(tag["Key"])
    if len(keys) != len(tags):
        raise invalid(messages.DUPLICATED_TAGS)
    return tags


def merged_tags(existing: Mapping[str, str], tags: Sequence[Tag]) -> dict[str, str]:
    """The tags with more of them added or overwritten. Raises ``TagLimitExceeded``."""
    merged = {**existing, **{tag["Key"]: tag["Value"] for tag in tags}}
    if len(merged) > _MOST_TAGS:
        raise aws_error("TagLimitExceeded", messages.TAG_QUOTA)
    return merged
