"""The filters of an event source mapping: patterns of which a message has to match one.

A pattern is one of EventBridge's (``core.event_pattern``), and is held against the record without its frame. What it
says of the content (``body`` of messages, ``data`` of records) has to be of the content's own kind: a pattern with
fields matches JSON objects alone, one with values plain text alone; what is of the other kind does not match. A pattern
without the content looks at the rest. [Lambda developer guide: event filtering]

Streams have no plain text: a pattern that has values for ``data`` could match nothing, and is refused. [Lambda
developer guide: event filtering with Kinesis]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from json import loads
from typing import Any, Final

from ...core.event_pattern.errors import EventPatternError
from ...core.event_pattern.grammar import MAPPING_OPERATORS
from ...core.event_pattern.matcher import Pattern, compile_pattern, document_of
from ...core.event_pattern.values import read_event
from . import errors, notes

__all__ = ["Filters", "filters_of", "patterns_of"]

_JSON: Final = "json"
_TEXT: Final = "text"
_JSON_ALONE: Final = "data"
"""The content for which a pattern has to have fields."""


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


def patterns_of(settings: Mapping[str, Any]) -> Sequence[str]:
    """The patterns of a mapping's settings."""
    criteria = settings.get("FilterCriteria") or {}
    return [one["Pattern"] for one in criteria.get("Filters") or () if "Pattern" in one]


def filters_of(settings: Mapping[str, Any], content: str) -> Filters | None:
    """The filters of a mapping's settings; None where there are none, and everything is wanted.

    Raises InvalidParameterValueException for what is not a pattern, and for a filter without one.
    """
    patterns = patterns_of(settings)
    if len(patterns) < len((settings.get("FilterCriteria") or {}).get("Filters") or ()):
        raise errors.bad_pattern().noting(notes.no_pattern())
    if not patterns:
        return None
    try:
        filters = Filters(patterns, content)
    except EventPatternError as error:
        raise errors.bad_pattern().noting(str(error)) from None
    if content == _JSON_ALONE and filters.want_text:
        raise errors.bad_pattern().noting(notes.data_without_fields())
    return filters
