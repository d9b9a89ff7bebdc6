"""Event patterns, compiled once and asked once an event.

An event is turned into a *document* once (``document_of``): the atoms of it by their paths. A pattern is compiled to
rows of plain data that are held against such a document, and closures where there is a choice (``$or``); a clause that
only lists values is one look-up and one set operation, whatever the event holds beside. Where a pattern reaches into
arrays of objects, ``consistent`` has the last word (see ``core/conditions/clauses``).

A dot in a key is the same as nesting, in patterns and in events [recorded]: both are paths here, and nothing else is
done for it. What holds no value (an empty object, an empty array) is not in a document, so it does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf, nextafter
from sys import intern
from typing import Any

from ..conditions.clauses import (
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
from ..conditions.values import ip_number, is_address, wildcard_test
from ..shown import escaped
from . import errors
from .errors import EventPatternError
from .grammar import ALL_OPERATORS, read_pattern
from .values import atom_of

__all__ = ["Pattern", "compile_pattern", "document_of", "predicate_of"]


def document_of(event: object) -> Document:
    """An event as patterns look at it: of what ``json.loads`` or ``read_event`` makes. O(its size).

    What is not an object matches no pattern.
    """
    if type(event) is not dict:
        return Document("it is not a JSON object")
    document = Document()
    document.add_tree(event, atom_of)
    return document


class Pattern:
    """A pattern that AWS would accept, ready to be asked."""

    __slots__ = ("_bound_terms", "_choices", "_clauses", "_paths", "_top", "root", "text")

    def __init__(self, text: str, root: AllOf) -> None:
        self.text = text
        self.root = root
        parts = root.parts
        self._clauses = tuple(_compile_clause(part) for part in parts if isinstance(part, Clause))
        self._choices = tuple(compile_node(part, _compile_clause) for part in parts if not isinstance(part, Clause))
        # Nothing else of an event can have a path without a dot.
        self._top = tuple((path, listed) for path, listed, others, _ in self._clauses if not others and "." not in path)
        self._paths = paths_of(root)
        self._bound_terms: list[tuple[Row, ...]] | None = None

    def __repr__(self) -> str:
        return f"<Pattern {escaped(self.text, 200)}>"

    def listed(self) -> dict[str, frozenset[Atom]]:
        """The values of the fields at the top of an event for which the pattern lists values, and nothing else."""
        return dict(self._top)

    def asks_only(self, *names: str) -> bool:
        """Whether nothing is asked for but listed values of these fields at the top of an event."""
        return (
            not self._choices and len(self._top) == len(self._clauses) and all(path in names for path, _ in self._top)
        )

    def matches(self, event: object) -> bool:
        """Whether an event matches. For many patterns and one event, make its ``document_of`` and use ``accepts``.

        O(size of the event), but where a string at its top (``source``, say) already says no.
        """
        if type(event) is dict:
            for name, listed in self._top:
                value = event.get(name)
                if type(value) is str and value not in listed:
                    return False
        return self.accepts(document_of(event))

    def accepts(self, document: Document) -> bool:
        """Whether the event of a document matches. A look-up and a set operation per field of the pattern, as a rule.

        O(atoms under the pattern's paths), times the combinations of ``$or``, where it reaches into arrays of objects.
        """
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
        return not places or places.keys().isdisjoint(self._paths) or self._consistent(document)

    def _consistent(self, document: Document) -> bool:
        if self._bound_terms is None:
            self._bound_terms = [tuple(map(_compile_clause, term)) for term in terms_of(self.root)]
        return any(consistent(term, document) for term in self._bound_terms)


def compile_pattern(text: str, operators: frozenset[str] = ALL_OPERATORS) -> Pattern:
    """The pattern of a text, checked and compiled. ``operators`` is what it may use: ``MAPPING_OPERATORS``, say.

    Raises ``EventPatternError`` with AWS's reason, and nothing else. O(length of the text).
    """
    root = read_pattern(text, operators)
    try:
        return Pattern(text, root)
    except RecursionError:  # hundreds of ``$or``, one in the other
        raise EventPatternError(errors.too_complex) from None


# --- compiling -------------------------------------------------------------------------------------------------------

Predicate = Callable[[Atom], bool]


class _Others:
    """The conditions of a clause that do not list values, as tests."""

    __slots__ = ("predicates",)

    def __init__(self, predicates: tuple[Predicate, ...]) -> None:
        self.predicates = predicates

    def hold_of(self, values: Iterable[Atom]) -> bool:
        """Whether one of the conditions holds of one of the values."""
        for value in values:
            for predicate in self.predicates:
                if predicate(value):
                    return True
        return False


_NOTHING: frozenset[Atom] = frozenset()
"""One for all clauses that list no values."""


def _compile_clause(clause: Clause) -> Row:
    listed: set[Atom] = set()
    predicates = []
    absence = False
    for condition in clause.conditions:
        operator, operand = condition.operator, condition.operand
        if operator == "equals":
            listed.add(operand)
            if _is_ip(operand):
                predicates.append(predicate_of(condition))
        elif operator == "exactly":
            listed.add(operand)
        elif operator == "numeric" and operand[0] == operand[2]:
            listed.add(operand[0])
        elif operator == "exists" and not operand:
            absence = True
        else:
            predicates.append(predicate_of(condition))
    others = _Others(tuple(predicates)) if predicates else None
    # One text for all patterns that name the path.
    return intern(clause.path), frozenset(listed) or _NOTHING, others, absence


def _is_ip(operand: Any) -> bool:
    return isinstance(operand, str) and is_address(operand) and ip_number(operand) is not None


def predicate_of(condition: Condition) -> Predicate:
    """The test of one condition on one atom; ``{"exists": false}`` is met by no atom."""
    operator, operand = condition.operator, condition.operand
    if operator in ("equals", "exactly"):
        if operator == "equals" and _is_ip(operand):
            number = ip_number(operand)
            return lambda atom: atom == operand or (type(atom) is str and ip_number(atom) == number)
        return lambda atom: atom == operand
    if operator in ("prefix", "suffix"):
        return _affix_predicate(operator, operand)
    if operator == "equals-ignore-case":
        lowered = operand.lower()
        return lambda atom: type(atom) is str and atom.lower() == lowered
    if operator == "wildcard":
        matches = wildcard_test(operand)
        return lambda atom: type(atom) is str and matches(atom)
    if operator == "anything-but":
        if isinstance(operand, frozenset):
            return lambda atom: atom not in operand
        excluded = tuple(map(predicate_of, operand))
        return lambda atom: not any(predicate(atom) for predicate in excluded)
    if operator == "numeric":
        return _range_predicate(*operand)
    if operator == "cidr":
        return _block_predicate(*operand)
    # exists
    wanted: bool = operand
    return lambda _: wanted


def _affix_predicate(operator: str, operand: str | Condition) -> Predicate:
    if isinstance(operand, Condition):
        lowered = operand.operand.lower()
        if operator == "prefix":
            return lambda atom: type(atom) is str and atom.lower().startswith(lowered)
        return lambda atom: type(atom) is str and atom.lower().endswith(lowered)
    if operator == "prefix":
        return lambda atom: type(atom) is str and atom.startswith(operand)
    return lambda atom: type(atom) is str and atom.endswith(operand)


def _range_predicate(low: float | None, low_open: bool, high: float | None, high_open: bool) -> Predicate:
    # Numbers are doubles: an open bound is the one next to it.
    first = -inf if low is None else nextafter(low, inf) if low_open else low
    last = inf if high is None else nextafter(high, -inf) if high_open else high

    def in_range(atom: Atom) -> bool:
        kind = type(atom)
        return (kind is int or kind is float) and first <= atom <= last  # type: ignore[operator]

    return in_range


def _block_predicate(width: int, low: int, high: int) -> Predicate:
    def in_block(atom: Atom) -> bool:
        address = ip_number(atom) if type(atom) is str else None
        return address is not None and address[0] == width and low <= address[1] <= high

    return in_block
