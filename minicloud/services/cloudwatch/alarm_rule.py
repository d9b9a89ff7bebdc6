"""The rules of composite alarms: what of which alarms makes one be in ALARM.

    ALARM("cpu") AND NOT (OK("arn:aws:cloudwatch:...:alarm:disk") OR INSUFFICIENT_DATA(net))

A rule is read once, into a tree that is computed from the states of the alarms that it names. NOT binds closest, then
AND, then OR. An alarm that there is not makes what is said of it false. [CloudWatch API: PutCompositeAlarm]
This file knows no alarm: whoever asks gives what finds the state of a name or an ARN.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from . import errors

__all__ = ["MOST_CHILDREN", "MOST_ELEMENTS", "AlarmRule", "parse_rule"]

StateOf: TypeAlias = Callable[[str], str | None]
"""The state of an alarm by its name or ARN; None when there is no such alarm."""
Clause: TypeAlias = Callable[[StateOf], bool]

MOST_CHILDREN: Final = 100
MOST_ELEMENTS: Final = 500
_DEEPEST: Final = 100
_TOKEN: Final = re.compile(r"\s*(?:(?P<text>\"[^\"]*\"|'[^']*')|(?P<sign>[()])|(?P<word>[^\s()\"']+))")
_STATES: Final = ("ALARM", "OK", "INSUFFICIENT_DATA")


class AlarmRule:
    """A rule that was read."""

    __slots__ = ("_clause", "children", "text")

    def __init__(self, text: str, clause: Clause, children: tuple[str, ...]) -> None:
        self.text = text
        self._clause = clause
        self.children = children
        """The names and ARNs that it mentions, each once, in their order."""

    def holds(self, state_of: StateOf) -> bool:
        """Whether it is true. O(elements)."""
        return self._clause(state_of)


def parse_rule(text: str) -> AlarmRule:
    """Read a rule. Raises ValidationError for what is none, and for one that is too long."""
    reader = _Reader(text)
    clause = reader.any_of()
    if reader.rest:
        raise errors.rule_invalid(f"unexpected {reader.rest[0]}")
    if len(reader.children) > MOST_CHILDREN:
        raise errors.rule_children(MOST_CHILDREN)
    if reader.elements > MOST_ELEMENTS:
        raise errors.rule_elements(MOST_ELEMENTS)
    return AlarmRule(text, clause, tuple(reader.children))


class _Reader:
    """Reads a rule from its left to its right."""

    def __init__(self, text: str) -> None:
        self.rest = _tokens(text)
        self.children: dict[str, None] = {}
        self.elements = 0
        self._depth = 0

    def any_of(self) -> Clause:
        clauses = [self._all_of()]
        while self._takes("OR"):
            clauses.append(self._all_of())
        return clauses[0] if len(clauses) == 1 else lambda state_of: any(clause(state_of) for clause in clauses)

    def _all_of(self) -> Clause:
        clauses = [self._negated()]
        while self._takes("AND"):
            clauses.append(self._negated())
        return clauses[0] if len(clauses) == 1 else lambda state_of: all(clause(state_of) for clause in clauses)

    def _negated(self) -> Clause:
        negated = False
        while self._takes("NOT"):
            negated = not negated
        clause = self._operand()
        return (lambda state_of: not clause(state_of)) if negated else clause

    def _operand(self) -> Clause:
        self.elements += 1
        if self._takes("("):
            self._depth += 1
            if self._depth > _DEEPEST:
                raise errors.rule_invalid("it is nested too deeply")
            clause = self.any_of()
            self._expect(")")
            self._depth -= 1
            return clause
        if self._takes("TRUE"):
            return lambda _: True
        if self._takes("FALSE"):
            return lambda _: False
        for state in _STATES:
            if self._takes(state):
                return self._state_of(state)
        raise errors.rule_invalid(f"unexpected {self.rest[0]}" if self.rest else "unexpected end")

    def _state_of(self, state: str) -> Clause:
        self._expect("(")
        if not self.rest or self.rest[0] in ("(", ")"):
            raise errors.rule_invalid(f"{state} needs the name or the ARN of an alarm")
        name = self.rest.pop(0)
        if name[0] in "\"'":
            name = name[1:-1]
        if not name:
            raise errors.rule_invalid(f"{state} needs the name or the ARN of an alarm")
        self._expect(")")
        self.children[name] = None
        return lambda state_of: state_of(name) == state

    def _takes(self, token: str) -> bool:
        if self.rest and self.rest[0] == token:
            del self.rest[0]
            return True
        return False

    def _expect(self, token: str) -> None:
        if not self._takes(token):
            raise errors.rule_invalid(f"expected {token}" + (f" before {self.rest[0]}" if self.rest else " at its end"))


def _tokens(text: str) -> list[str]:
    tokens, place = [], 0
    text = text.rstrip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise errors.rule_invalid("a quotation mark is not closed")
        tokens.append(found[0].lstrip())
        place = found.end()
    return tokens
