"""Filter policies of subscriptions, compiled once and asked once a subscriber.

A message is turned into a *document* once a publish (see ``document``): the atoms of it by their paths. A policy
is compiled to rows of plain data that are held against such a document, and closures where there is a choice (``$or``);
a clause that only lists values is one set operation.

Where a policy reaches into arrays of objects, ``consistent`` has the last word (see ``core/conditions/clauses``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from sys import intern
from typing import Any

from ....core.conditions.clauses import (
    AllOf,
    Atom,
    Clause,
    Condition,
    Document,
    Row,
    compile_node,
    consistent,
    paths_of,
    terms_of,
)
from ....core.conditions.values import ip_number, is_address, wildcard_test
from ..errors import AT_CREATION
from ..shapes import MessageAttributeValue
from .document import Candidate
from .grammar import ANYTHING_BUT_OPERATORS, read_policy
from .values import NULL

__all__ = ["FilterPolicy", "compile_policy", "predicate_of"]


class FilterPolicy:
    """A policy that AWS would accept, ready to be asked."""

    __slots__ = ("_bound_terms", "_by_body", "_choices", "_clauses", "_paths", "combinations", "root", "scope", "text")

    def __init__(self, text: str, scope: str, root: AllOf, combinations: int) -> None:
        self.text = text
        self.scope = scope
        self.root = root
        self.combinations = combinations
        self._by_body = scope == "MessageBody"
        parts = root.parts
        # A thousand subscribers are a thousand policies: what is looked at lies together, as cold memory costs most.
        self._clauses = tuple(_compile_clause(part) for part in parts if isinstance(part, Clause))
        self._choices = tuple(compile_node(part, _compile_clause) for part in parts if not isinstance(part, Clause))
        self._paths = paths_of(root)
        self._bound_terms: list[tuple[Row, ...]] | None = None

    def accepts(self, candidate: Candidate) -> bool:
        """Whether the message passes. A dictionary look-up and a set operation per key of the policy, as a rule."""
        # Past the properties where they have been asked before: a call for each subscriber.
        if self._by_body:
            document = candidate.known_body or candidate.body_document
        else:
            document = candidate.known_attributes or candidate.attribute_document
        if document.problem:
            return False
        atoms = document.atoms
        for path, listed, others, absence in self._clauses:
            values = atoms.get(path)
            if values is None:
                if not absence:
                    return False
            elif listed.isdisjoint(values) and (others is None or not others.hold_of(values)):
                return False
        for choice in self._choices:
            if not choice(atoms):
                return False
        places = document.places
        return not places or places.keys().isdisjoint(self._paths) or self.consistent(document)

    def matches(self, attributes: Mapping[str, MessageAttributeValue] | None, body: str) -> bool:
        """Whether a message passes. For many policies and one message, make a ``Candidate`` and use ``accepts``."""
        return self.accepts(Candidate(attributes, body))

    def consistent(self, document: Document) -> bool:
        """Whether one choice of an element in each array meets the conditions together.

        O(atoms under the policy's paths), times the combinations of ``$or``.
        """
        if self._bound_terms is None:
            self._bound_terms = [tuple(map(_compile_clause, term)) for term in terms_of(self.root)]
        return any(consistent(term, document) for term in self._bound_terms)


def compile_policy(
    policy_text: str,
    scope: str,
    *,
    prefix: str = AT_CREATION,
    anything_but: frozenset[str] = ANYTHING_BUT_OPERATORS,
) -> FilterPolicy:
    """The policy of a subscription, checked and compiled. ``scope`` is ``MessageAttributes`` or ``MessageBody``.

    Raises ``InvalidParameter`` with AWS's text; ``prefix`` stands between ``Invalid parameter: `` and the text:
    ``AT_CHANGE`` at SetSubscriptionAttributes. O(length of the policy).
    """
    root, combinations = read_policy(policy_text, scope, prefix, anything_but)
    return FilterPolicy(policy_text, scope, root, combinations)


# --- compiling -------------------------------------------------------------------------------------------------------

Predicate = Callable[[Atom], bool]


def _compile_clause(clause: Clause) -> Row:
    # One text for all policies that name the path.
    return (intern(clause.path), *_sorted_conditions(clause))


_NOTHING: frozenset[Atom] = frozenset()
"""One for all clauses that list no values."""


class Others:
    """The conditions of a clause that do not list values: spans of numbers as plain data, and tests."""

    __slots__ = ("predicates", "spans")

    def __init__(self, spans: tuple[tuple[int, int], ...], predicates: tuple[Predicate, ...]) -> None:
        self.spans = spans
        self.predicates = predicates

    def hold_of(self, values: Iterable[Atom]) -> bool:
        """Whether one of the conditions holds of one of the values."""
        for value in values:
            if type(value) is int:
                for low, high in self.spans:
                    if low <= value <= high:
                        return True
            for predicate in self.predicates:
                if predicate(value):
                    return True
        return False


def _sorted_conditions(clause: Clause) -> tuple[frozenset[Atom], Others | None, bool]:
    """The values a clause lists, its other conditions, and whether absence is enough."""
    listed = frozenset(condition.operand for condition in clause.conditions if condition.operator == "equals")
    spans = []
    predicates = []
    absence = False
    for condition in clause.conditions:
        if condition.operator == "exists" and not condition.operand:
            absence = True
        elif condition.operator == "numeric":
            spans.append(_span(*condition.operand))
        elif condition.operator != "equals" or _is_ip(condition.operand):
            predicates.append(predicate_of(condition))
    others = Others(tuple(spans), tuple(predicates)) if spans or predicates else None
    return listed or _NOTHING, others, absence


def _is_ip(operand: Any) -> bool:
    return isinstance(operand, str) and is_address(operand) and ip_number(operand) is not None


def predicate_of(condition: Condition) -> Predicate:
    """The test of one condition on one atom; ``{"exists": false}`` is met by no atom."""
    operator, operand = condition.operator, condition.operand
    if operator == "equals":
        if _is_ip(operand):
            number = ip_number(operand)
            return lambda atom: atom == operand or (type(atom) is str and ip_number(atom) == number)
        return lambda atom: atom == operand
    if operator == "prefix":
        return lambda atom: type(atom) is str and atom.startswith(operand)
    if operator == "suffix":
        return lambda atom: type(atom) is str and atom.endswith(operand)
    if operator == "equals-ignore-case":
        lowered = frozenset([operand.lower()]) if isinstance(operand, str) else operand
        return lambda atom: type(atom) is str and atom.lower() in lowered
    if operator == "wildcard":
        matches = wildcard_test(operand)
        return lambda atom: type(atom) is str and matches(atom)
    if operator == "anything-but":
        if isinstance(operand, Condition):
            excluded = predicate_of(operand)
            return lambda atom: not excluded(atom)
        return lambda atom: atom not in operand
    if operator == "numeric":
        low, high = _span(*operand)
        return lambda atom: type(atom) is int and low <= atom <= high
    if operator == "cidr":
        return _block_predicate(*operand)
    # exists
    if operand:
        return lambda atom: atom is not NULL and atom != ""
    return lambda _: False


def _block_predicate(width: int, low: int, high: int) -> Predicate:
    def in_block(atom: Atom) -> bool:
        address = ip_number(atom) if type(atom) is str else None
        return address is not None and address[0] == width and low <= address[1] <= high

    return in_block


def _span(low: int | None, low_open: bool, high: int | None, high_open: bool) -> tuple[int, int]:
    """The first and the last number of a range: atoms of numbers are integers, an open bound is the one next to it."""
    return -1 if low is None else low + low_open, (1 << 63) if high is None else high - high_open
