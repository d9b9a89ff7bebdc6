"""What tags may consist of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from unicodedata import category

from . import errors

__all__ = ["check_tag_texts"]

_ALLOWED = frozenset(" _.:/=+-@%")


def check_tag_texts(action: str, tags: Mapping[str, str] | Iterable[str], stream_name: str, account_id: str) -> None:
    """Raise InvalidArgumentException for characters that AWS does not take in tags, and for tags with its own keys.

    ``tags`` are tags, or only keys; ``action`` is what is to be done with them (``"add tags to"``).
    """
    texts = list(chain(tags, tags.values())) if isinstance(tags, Mapping) else list(tags)
    if not all(_is_allowed(character) for text in texts for character in text):
        raise errors.tags_with_bad_characters()
    if any("%" in text for text in texts):
        # AWS names it among the valid characters, and then refuses it.
        raise errors.tags_with_illegal_characters(action, stream_name, account_id)
    if isinstance(tags, Mapping) and any(key.lower().startswith("aws:") for key in tags):
        raise errors.tags_reserved()


def _is_allowed(character: str) -> bool:
    return character in _ALLOWED or category(character)[0] in "LMN" or category(character) == "Zs"
