"""The filters of an event source mapping: patterns of which a message has to match one.

What they accept is told in ``core.event_pattern.filters``. Streams have no plain text: a pattern that has values for
``data`` could match nothing, and is refused. [Lambda developer guide: event filtering with Kinesis]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ...core.event_pattern.errors import EventPatternError
from ...core.event_pattern.filters import Filters
from . import errors, notes

__all__ = ["Filters", "filters_of", "patterns_of"]

_JSON_ALONE: Final = "data"
"""The content for which a pattern has to have fields."""


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
