"""Why an event matches a pattern, or does not: the same clauses as in ``matcher``, asked one by one.

The verdict is the compiled pattern's own; the explanation walks the pattern's tree beside it
(``core/conditions/explaining``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...exceptions import UsageError
from ..conditions.explaining import DIFFERENT_ELEMENTS, Explanation, Walk, hollow_paths
from ..shown import escaped
from .errors import EventPatternError
from .matcher import Pattern, compile_pattern, document_of, predicate_of
from .values import read_event, shown_atom

__all__ = ["PatternExplanation", "explain", "explain_pattern"]


class PatternExplanation(Explanation):
    """True when the event matches; ``str()`` says which clause of the pattern decided, and why."""

    __slots__ = ()


def explain_pattern(pattern: str | Mapping[str, Any], event: str | Mapping[str, Any]) -> PatternExplanation:
    """Say whether an event matches an EventBridge pattern, and which clause of the pattern decides it.

    Both are given as dicts or as JSON text. ``event`` is what the pattern is held against as a whole: an event of a
    bus with ``source``, ``detail-type`` and ``detail``, say, or a record for the filter of an event source mapping.

    Raises ``UsageError`` for a pattern that AWS would refuse, with AWS's reason, and for an event that is not JSON.

        >>> print(explain_pattern({"detail": {"state": ["running"]}}, {"detail": {"state": "Running"}}))
        no match: "detail.state" is "Running", which does not meet ["running"] (upper and lower case differ)
    """
    text = pattern if isinstance(pattern, str) else _dump("pattern", pattern)
    try:
        compiled = compile_pattern(text)
    except EventPatternError as error:
        raise UsageError(f"AWS refuses this event pattern: {escaped(str(error), 1_000)}") from None
    try:
        read = read_event(event if isinstance(event, str) else _dump("event", event))
    except ValueError as error:
        raise UsageError(f"explain_pattern(): event is not JSON: {escaped(str(error), 200)}") from None
    return explain(compiled, read)


def _dump(what: str, value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"explain_pattern(): {what} is not JSON: {escaped(str(error), 200)}") from None


def explain(pattern: Pattern, event: object) -> PatternExplanation:
    """The same for a compiled pattern and an event as it is matched."""
    document = document_of(event)
    if document.problem:
        return PatternExplanation(False, f"the event matches no pattern: {document.problem}")
    matched, reasons = Walk(document, predicate_of, shown_atom, hollow_paths(event)).node(pattern.root)
    if not matched:
        return PatternExplanation(False, reasons[0])
    if not pattern.accepts(document):
        return PatternExplanation(False, DIFFERENT_ELEMENTS.format(reasons="; ".join(reasons)))
    return PatternExplanation(True, "; ".join(reasons))
