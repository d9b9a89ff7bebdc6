"""Why a message meets conditions, or does not: the clauses of the tree asked one by one, in words.

For people, and far slower than the compiled tree. The walk knows nothing of places (see ``clauses``): whoever explains
compares its verdict with the compiled one, and says that one element would have to meet all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..shown import escaped
from .clauses import AnyOf, Atom, Clause, Condition, Document, Node

__all__ = ["DIFFERENT_ELEMENTS", "Explanation", "Walk", "clauses_of", "hollow_paths", "quoted"]

DIFFERENT_ELEMENTS = (
    "each condition is met, but by different elements of an array; one element must meet all of them ({reasons})"
)


class Explanation:
    """True when the message matches; ``str()`` says which clause decided, and why."""

    __slots__ = ("matched", "reason")

    def __init__(self, matched: bool, reason: str) -> None:
        self.matched = matched
        """Whether it does."""
        self.reason = escaped(reason, 4_000)
        """What decided; a line for each clause when all of them had to hold."""

    def __bool__(self) -> bool:
        return self.matched

    def __str__(self) -> str:
        return f"{'match' if self.matched else 'no match'}: {self.reason}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"


def quoted(text: str) -> str:
    """A text as JSON has it."""
    return json.dumps(text, ensure_ascii=False)


def clauses_of(node: Node) -> Iterator[Clause]:
    """All clauses of a tree."""
    if isinstance(node, Clause):
        yield node
    else:
        for part in node.alternatives if isinstance(node, AnyOf) else node.parts:
            yield from clauses_of(part)


def hollow_paths(tree: Any) -> dict[str, str]:
    """What holds no value in a message, by path: the empty objects and arrays."""
    found: dict[str, str] = {}
    pending = [("", tree)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict):
            prefix = path + "." if value is not tree else ""
            pending += [(prefix + name, member) for name, member in value.items()]
        elif isinstance(value, list):
            pending += [(path, member) for member in value]
        if value in ({}, []):
            found[path] = "object" if value == {} else "array"
    return found


class Walk:
    """Asks the clauses of a tree about one document. ``shown`` is how an atom is shown, as JSON has it."""

    def __init__(
        self,
        document: Document,
        predicate_of: Callable[[Condition], Callable[[Atom], bool]],
        shown: Callable[[Atom], str],
        hollow: dict[str, str],
    ) -> None:
        self.document = document
        self.predicate_of = predicate_of
        self.shown = shown
        self.hollow = hollow

    def node(self, node: Node) -> tuple[bool, list[str]]:
        """Whether a part of the tree holds, and what decided: the first that fails, or all that hold."""
        if isinstance(node, Clause):
            matched, reason = self.clause(node)
            return matched, [reason]
        if isinstance(node, AnyOf):
            return self.any_of(node)
        reasons = []
        for part in node.parts:
            matched, more = self.node(part)
            if not matched:
                return False, more
            reasons += more
        return True, reasons

    def any_of(self, node: AnyOf) -> tuple[bool, list[str]]:
        """The same for ``$or``."""
        failures = []
        for number, alternative in enumerate(node.alternatives, start=1):
            matched, reasons = self.node(alternative)
            if matched:
                return True, [f'alternative {number} of "$or" holds: {"; ".join(reasons)}']
            failures.append(f"({number}) {reasons[0]}")
        return False, [f'no alternative of "$or" holds: {"; ".join(failures)}']

    def clause(self, clause: Clause) -> tuple[bool, str]:
        """The same for a clause."""
        name = quoted(clause.path)
        atoms = self.document.atoms.get(clause.path)
        if atoms is None:
            for condition in clause.conditions:
                if condition.operator == "exists" and not condition.operand:
                    return True, f"{name} is absent, which meets {condition.text}"
            return False, f"{name} is absent{self.near(clause.path)}, which does not meet {_listed(clause)}"
        for condition in clause.conditions:
            predicate = self.predicate_of(condition)
            for atom in atoms:
                if predicate(atom):
                    return True, f"{name} is {self.shown(atom)}, which meets {condition.text}"
        values = self.shown(atoms[0])
        if len(atoms) > 1:
            values = f"one of [{', '.join(map(self.shown, atoms))}]"
        return False, f"{name} is {values}, which does not meet {_listed(clause)}{self.hint(clause, atoms)}"

    def near(self, path: str) -> str:
        """What may have been meant by a key that is not there."""
        for around, kind in self.hollow.items():
            if path == around or path.startswith(around + "."):
                return f" ({quoted(around)} is an empty {kind}, which holds no value)"
        for other in self.document.atoms:
            if other.casefold() == path.casefold():
                return f" (there is {quoted(other)})"
            if other.startswith(path + "."):
                return " (it is an object, and only values count)"
        return ""

    def hint(self, clause: Clause, atoms: Sequence[Atom]) -> str:
        """A remark on the two mistakes that are seen most: a number as a string, and another case."""
        wanted = [condition.operand for condition in clause.conditions if condition.operator == "equals"]
        texts = {self.plain(atom) for atom in atoms}
        if any(self.plain(operand) in texts for operand in wanted):
            return " (a string never equals a number or a literal)"
        if any(condition.operator == "numeric" for condition in clause.conditions) and all(
            isinstance(atom, str) for atom in atoms
        ):
            return " (a string never meets a numeric condition)"
        folded = {text.casefold() for text in texts}
        if any(isinstance(operand, str) and operand.casefold() in folded for operand in wanted):
            return " (upper and lower case differ)"
        return ""

    def plain(self, atom: Atom) -> str:
        """An atom without quotes."""
        return atom if isinstance(atom, str) else self.shown(atom)


def _listed(clause: Clause) -> str:
    return "[" + ",".join([condition.text for condition in clause.conditions]) + "]"
