"""What a queue's tags may be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from . import errors

MAXIMUM_TAGS: Final = 50

_is_tag_text = re.compile(r"[\w\s.:/=+\-@]*").fullmatch


def check_tags(queue_name: str, existing: Mapping[str, str], tags: Mapping[str, str]) -> None:
    """Raise when ``tags`` cannot be added to the ``existing`` ones of that queue."""
    check_tag_keys(tags)
    for key, value in tags.items():
        if not _is_tag_text(key):
            raise errors.tag_key_characters()
        if key.lower().startswith("aws:"):
            raise errors.tag_key_reserved()
        if len(value) > 256:
            raise errors.tag_value_length()
        if not _is_tag_text(value):
            raise errors.tag_value_characters()
    if len(existing.keys() | tags.keys()) > MAXIMUM_TAGS:
        raise errors.too_many_tags(queue_name)


def check_tag_keys(keys: Iterable[str]) -> None:
    """Raise for a tag key of a length that no key can have."""
    for key in keys:
        if not 1 <= len(key) <= 128:
            raise errors.tag_key_length()
