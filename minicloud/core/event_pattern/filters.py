"""Filters of records: patterns of which a message or a record has to match one.

A pattern is one of EventBridge's, and is held against the record without its frame. What it says of the content
(``body`` of messages, ``data`` of records) has to be of the content's own kind: a pattern with fields matches JSON
objects alone, one with values plain text alone; what is of the other kind does not match. A pattern without the content
looks at the rest. [Lambda developer guide: event filtering; EventBridge user guide: filtering in Pipes]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from json import loads
from typing import Any, Final

from .grammar import MAPPING_OPERATORS
from .matcher import Pattern, compile_pattern, document_of
from .values import read_event

__all__ = ["Filters"]

_JSON: Final = "json"
_TEXT: Final = "text"


class _Filter:
    """One pattern, and of what kind it wants the content to be."""

    __slots__ = ("kind", "pattern")

    def __init__(self, text: str, content: str) -> None:
        self.pattern: Pattern = compile_pattern(text, MAPPING_OPERATORS)
        wanted = loads(text).get(content)
        self.kind = None if wanted is None else _JSON if isinstance(wanted, dict) else _TEXT


class Filters:
    """The filters of a mapping. They never change."""

    __slots__ = ("_content", "_filters")

    def __init__(self, patterns: Iterable[str], content: str) -> None:
        self._filters = [_Filter(text, content) for text in patterns]
        self._content = content

    @property
    def want_text(self) -> bool:
        """Whether one of the patterns has values for the content, not fields. O(patterns)."""
        return _TEXT in [one.kind for one in self._filters]

    def accept(self, frame: Mapping[str, Any], content: str | None) -> bool:
        """Whether one of the patterns matches ``frame``, with the content in it; None for what is not text. O(n)."""
        parsed = _object_of(content)
        kind = _TEXT if parsed is None else _JSON
        event = {**frame, self._content: content if parsed is None else parsed}
        document = document_of(event)
        for one in self._filters:  # noqa: SIM110  # a generator that is interrupted raises when it is collected
            if one.kind in (None, kind) and one.pattern.accepts(document):
                return True
        return False


def _object_of(content: str | None) -> dict[str, Any] | None:
    if content is None or not content.lstrip().startswith("{"):
        return None
    try:
        parsed = read_event(content)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None
