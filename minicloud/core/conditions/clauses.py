"""The tree of conditions, what a message is asked by it, and the elements of arrays.

A document of conditions becomes a tree of three kinds of nodes: a ``Clause`` (a path and the conditions of which one
must hold), an ``AllOf`` (an object: every part must hold) and an ``AnyOf`` (``$or``). Nested objects leave no trace but
longer paths. A message becomes a ``Document``: every scalar of it as an *atom* under its path, the names along the way
joined by dots, arrays being transparent. What an atom is, how one is compared, and what a condition asks of it is the
language's: it makes a ``Row`` of each clause, plain data that is held against the atoms of the clause's path.

Arrays of objects need more than that: conditions that reach into the same array must be met by the same element of
it. So an atom from inside of an array of objects also has a *place*, the elements on the way to it. The rows answer as
if there were no places; where they say yes and places matter, ``consistent`` decides whether one choice of an element
in each array meets all conditions together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

__all__ = [
    "AllOf",
    "AnyOf",
    "Atom",
    "Atoms",
    "Clause",
    "Condition",
    "Document",
    "Node",
    "Place",
    "Row",
    "Test",
    "compile_node",
    "consistent",
    "paths_of",
    "terms_of",
]

Atom = str | int | float | tuple[str, str]
"""A string is itself; numbers are as the language compares them; else a tuple that no other atom equals."""

Place = tuple[tuple[int, int], ...]
"""The elements that hold an atom, outermost first: the array's number and the index in it."""


# --- conditions ------------------------------------------------------------------------------------------------------


class Condition:
    """One element of an array of conditions. What ``operand`` is depends on the operator, and on the language."""

    __slots__ = ("operand", "operator", "text")

    def __init__(self, operator: str, operand: Any, text: str) -> None:
        self.operator = operator
        self.operand = operand
        self.text = text
        """As it stands in the document, without blanks."""


class Clause:
    """The values at ``path`` must meet one of the conditions."""

    __slots__ = ("conditions", "path")

    def __init__(self, path: str, conditions: tuple[Condition, ...]) -> None:
        self.path = path
        self.conditions = conditions


class AnyOf:
    """``$or``."""

    __slots__ = ("alternatives",)

    def __init__(self, alternatives: tuple[AllOf, ...]) -> None:
        self.alternatives = alternatives


class AllOf:
    """An object."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Node, ...]) -> None:
        self.parts = parts


Node: TypeAlias = Clause | AnyOf | AllOf


# --- messages --------------------------------------------------------------------------------------------------------


class Document:
    """The atoms of a message by path, and for the paths inside of arrays of objects the places, side by side."""

    __slots__ = ("atoms", "places", "problem")

    def __init__(self, problem: str = "") -> None:
        self.atoms: dict[str, list[Atom]] = {}
        self.places: dict[str, list[Place]] = {}
        self.problem = problem
        """Why nothing matches this document, whatever is asked; empty when there is no such reason."""

    def add(self, path: str, atom: Atom, place: Place) -> None:
        """Note an atom."""
        found = self.atoms.get(path)
        if found is None:
            self.atoms[path] = [atom]
            if place:
                self.places[path] = [place]
        else:
            if place or path in self.places:
                self.places.setdefault(path, [()] * len(found)).append(place)
            found.append(atom)

    def add_tree(self, tree: Mapping[str, Any], atom_of: Callable[[Any], Atom], prefix: str = "") -> None:
        """Note all scalars of a JSON object; ``atom_of`` makes their atoms, but for strings. O(its size).

        ``prefix`` stands before all paths: ``"detail."`` for a part of an event.
        """
        add = self.add
        atoms = self.atoms
        arrays = 0
        # Objects and arrays that are still to be looked into: what the paths of an object's members begin with, or the
        # path of an array; value, place. The order of atoms means nothing.
        pending: list[tuple[str, Any, Place]] = [(prefix, tree, ())]
        while pending:
            path, value, place = pending.pop()
            if type(value) is dict:
                for name, member in value.items():
                    kind = type(member)
                    full = path + name
                    if kind is str:
                        atom = member
                    elif kind is dict:
                        pending.append((full + ".", member, place))
                        continue
                    elif kind is list:
                        pending.append((full, member, place))
                        continue
                    else:
                        atom = atom_of(member)
                    if place or full in atoms:
                        add(full, atom, place)
                    else:  # nearly always; ``add`` would cost as much as all the rest
                        atoms[full] = [atom]
            else:
                for index, member in enumerate(value):
                    kind = type(member)
                    if kind is dict:
                        pending.append((path + ".", member, (*place, (arrays, index))))
                    elif kind is list:
                        pending.append((path, member, (*place, (arrays, index))))
                    else:
                        add(path, member if kind is str else atom_of(member), place)
                arrays += 1


# --- what a document is asked ----------------------------------------------------------------------------------------


class Others(Protocol):
    """The conditions of a clause that do not list values."""

    def hold_of(self, values: Iterable[Atom]) -> bool:
        """Whether one of the conditions holds of one of the values."""
        ...


Atoms = Mapping[str, Sequence[Atom]]
Test = Callable[[Atoms], bool]
Row = tuple[str, frozenset[Atom], Others | None, bool]
"""A clause: its path, the values it lists, its other conditions, and whether it is enough that the path is absent."""


def compile_node(node: Node, row_of: Callable[[Clause], Row]) -> Test:
    """What a part of the tree asks of the atoms of a document, places aside."""
    if isinstance(node, Clause):
        path, listed, others, absence = row_of(node)

        def holds(atoms: Atoms) -> bool:
            values = atoms.get(path)
            if values is None:
                return absence
            return not listed.isdisjoint(values) or (others is not None and others.hold_of(values))

        return holds
    if isinstance(node, AnyOf):
        alternatives = tuple(compile_node(alternative, row_of) for alternative in node.alternatives)

        def any_of(atoms: Atoms) -> bool:
            for alternative in alternatives:  # noqa: SIM110  # a generator would cost more than it says
                if alternative(atoms):
                    return True
            return False

        return any_of
    parts = tuple(compile_node(part, row_of) for part in node.parts)

    def all_of(atoms: Atoms) -> bool:
        for part in parts:  # noqa: SIM110  # the same
            if not part(atoms):
                return False
        return True

    return all_of


# --- arrays of objects -----------------------------------------------------------------------------------------------


def paths_of(node: Node) -> frozenset[str]:
    """The paths a tree looks at; none when it has one clause only, which no choice of elements can defeat."""
    paths: list[str] = []
    pending = [node]
    while pending:
        node = pending.pop()
        if isinstance(node, Clause):
            paths.append(node.path)
        else:
            pending += node.alternatives if isinstance(node, AnyOf) else node.parts
    return frozenset(paths if len(paths) > 1 else ())


def terms_of(node: Node) -> list[tuple[Clause, ...]]:
    """The tree as a choice of conjunctions; not more of them than it has combinations."""
    if isinstance(node, Clause):
        return [(node,)]
    if isinstance(node, AnyOf):
        return [term for alternative in node.alternatives for term in terms_of(alternative)]
    terms: list[tuple[Clause, ...]] = [()]
    for part in node.parts:
        more = terms_of(part)
        terms = [term + addition for term in terms for addition in more]
    return terms


def _largest(sets: set[int]) -> set[int]:
    """Without the sets of bits that another one includes."""
    return {one for one in sets if not any(one != other and one & other == one for other in sets)}


def consistent(term: Iterable[Row], document: Document) -> bool:
    """Whether one choice of an element in each array meets all clauses of a conjunction. O(atoms under its paths).

    Each clause is a bit. From the innermost arrays outwards, each place gets the sets of clauses that can be met
    inside of it together: one of the sets of one of the elements for each array in it, united.
    """
    wanted = 0
    levels: list[dict[Place, set[int]]] = [{(): {0}}]  # by the number of arrays around
    for number, (path, listed, others, absence) in enumerate(term):
        atoms = document.atoms.get(path)
        if atoms is None:
            if not absence:
                return False
            continue
        places = document.places.get(path)
        met = {
            places[index] if places else ()
            for index, atom in enumerate(atoms)
            if atom in listed or (others is not None and others.hold_of((atom,)))
        }
        if not met:
            return False
        if () in met:
            continue  # met outside of arrays: nothing to choose
        bit = 1 << number
        wanted |= bit
        for place in met:
            while len(levels) <= len(place):
                levels.append({})
            level = levels[len(place)]
            level[place] = {bit | choice for choice in level.get(place, {0})}
    while len(levels) > 1:
        options: dict[tuple[Place, int], set[int]] = {}
        for place, choices in levels.pop().items():
            options.setdefault((place[:-1], place[-1][0]), set()).update(choices)
        outer = levels[-1]
        for (around, _), choices in options.items():
            outer[around] = _largest({one | other for one in outer.get(around, {0}) for other in choices})
    return any(choice & wanted == wanted for choice in levels[0][()])
