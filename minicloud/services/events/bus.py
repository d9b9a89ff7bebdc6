"""A bus: its rules, and which of them an event may match.

Most rules ask for a ``source`` or a ``detail-type`` by listing values. Those are found by a look-up (``candidates``): a
rule whose list does not hold the event's value is not looked at. The index is made of the rules when an event needs it,
after a change of them: rules are what is true. What it says of a source and a detail type is kept, too, for most events
are like an earlier one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, Final

from ...core.event_pattern.matcher import Pattern
from ...core.json_text import compact
from ...core.listing import Listing
from .event import Event
from .rule import KEPT, Rule

__all__ = ["DEFAULT", "Bus"]

DEFAULT: Final = "default"
"""The bus that every account has."""

_Key = tuple[str | None, str | None]
_Candidate = tuple[int, Rule, Pattern | None]
"""Its number, the rule, and what is still to be asked: None where the look-up has said it all."""
_Found = tuple[Sequence[Rule], tuple[str, ...]]
"""Rules that an event matches, and their ARNs."""
_MOST_KNOWN: Final = 256
"""Pairs of a source and a detail type whose candidates are kept."""


class Bus:
    """An event bus of an account in a region."""

    __slots__ = (
        "_index",
        "_kinds",
        "_known",
        "arn",
        "dead_letter_config",
        "description",
        "events",
        "kms_key",
        "log_config",
        "name",
        "rules",
        "statements",
        "tags",
        "times",
    )

    def __init__(self, name: str, arn: str, now: int | None) -> None:
        self.name = name
        self.arn = arn
        self.times: tuple[int, int] | None = None if now is None else (now, now)
        """When it was made and last changed; None of the one that is always there, until somebody looks."""
        self.description: str | None = None
        self.kms_key: str | None = None
        self.dead_letter_config: Any = None
        self.log_config: Any = None
        self.tags: dict[str, str] = {}
        self.statements: list[dict[str, Any]] = []
        """Of its policy. Replaced as a whole."""
        self.rules: Listing[str, Rule] = Listing()
        self.events: deque[Event] = deque(maxlen=KEPT)
        """The latest that were put; some may not have happened."""
        self._index: dict[_Key, list[_Candidate]] | None = None
        self._kinds: list[tuple[bool, bool]] = []
        """Which of the two a key of the index has, of the keys that there are."""
        self._known: dict[tuple[str, str], tuple[_Found | None, list[_Candidate]]] = {}
        """By source and detail type: what there is to find, or, where events are to be looked into, the candidates."""

    @property
    def happened(self) -> list[Event]:
        """The latest events that were put, oldest first."""
        return [event for event in self.events if event.happened]

    @property
    def policy(self) -> str | None:
        """Its policy as JSON; None when there is none."""
        return compact({"Version": "2012-10-17", "Statement": self.statements}) if self.statements else None

    def rules_changed(self) -> None:
        """Rules come or go, or are set to something else: to be called before that is true."""
        self._index = None
        self._known = {}

    def mend(self) -> None:
        """Derive anew what follows from the rules."""
        self.rules.mend()
        self.rules_changed()

    # --- which rules --------------------------------------------------------------------------------------------------

    def matching(self, event: Event) -> _Found:
        """The rules that an event matches, in the order in which they were made, and their ARNs.

        O(rules that list its source and its detail type, or do not ask for them). Where none of these asks for more,
        O(1) from the second such event on.
        """
        known = self._known.get((event.source, event.detail_type))
        found, candidates = known or self._look_up(event.source, event.detail_type)
        if found is not None:
            return found
        document = event.document
        rules = [rule for _, rule, pattern in candidates if pattern is None or pattern.accepts(document)]
        return rules, tuple([rule.arn for rule in rules])

    def _look_up(self, source: str, detail_type: str) -> tuple[_Found | None, list[_Candidate]]:
        index = self._index
        if index is None:
            index = self._derive()
            self._kinds = sorted({(key[0] is not None, key[1] is not None) for key in index}, reverse=True)
            self._index = index
        candidates: list[_Candidate] = []
        for has_source, has_type in self._kinds:
            candidates += index.get((source if has_source else None, detail_type if has_type else None), ())
        candidates.sort(key=_number)
        found: _Found | None = None
        if all(pattern is None for _, _, pattern in candidates):
            rules = tuple([rule for _, rule, _ in candidates])
            found = rules, tuple([rule.arn for rule in rules])
        if len(self._known) >= _MOST_KNOWN:
            self._known = {}
        self._known[source, detail_type] = found, candidates
        return found, candidates

    def _derive(self) -> dict[_Key, list[_Candidate]]:
        index: dict[_Key, list[_Candidate]] = {}
        for number, rule in enumerate(self.rules.items.values()):
            pattern = rule.settings.pattern
            if pattern is None or not rule.settings.is_enabled:
                continue
            listed = pattern.listed()
            sources, types = (_texts(listed.get(name)) for name in ("source", "detail-type"))
            candidate = number, rule, None if pattern.asks_only("source", "detail-type") else pattern
            for source in sources:
                for detail_type in types:
                    index.setdefault((source, detail_type), []).append(candidate)
        return index

    def __repr__(self) -> str:
        return f"<event bus {self.name}>"


def _texts(listed: Any) -> tuple[str | None, ...]:
    """The texts that a field may be; None for any."""
    return (None,) if listed is None else tuple(value for value in listed if isinstance(value, str))


def _number(one: _Candidate) -> int:
    return one[0]
